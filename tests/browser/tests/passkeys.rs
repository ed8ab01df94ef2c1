//! Signing in with a key: the browser's own authenticator, made for tests (WebDriver's virtual authenticator).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use firsthand_browser_tests::{Browser, Demo};
use serde_json::json;

fn text(browser: &mut Browser) -> String {
    browser.value("document.body.innerText").unwrap().as_str().unwrap().to_owned()
}

#[test]
fn a_key_signs_in_without_the_password() {
    let demo = Demo::start().unwrap();
    let mut browser = Browser::start().unwrap();
    browser.window(1280, 900, false).unwrap();
    // Keys are for names, not for numbers.
    let here = |path: &str| format!("{}{path}", demo.address.replace("127.0.0.1", "localhost"));
    browser.call("WebAuthn.enable", json!({})).unwrap();
    let options = json!({
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
        "isUserVerified": true, "automaticPresenceSimulation": true,
    });
    let made = browser.call("WebAuthn.addVirtualAuthenticator", json!({ "options": options })).unwrap();
    let authenticator = made["authenticatorId"].clone();

    browser.open(&demo.welcome.replace("127.0.0.1", "localhost")).unwrap();
    browser.fill("input[name=name]", "ann").unwrap();
    browser.fill("input[name=password]", "correct horse battery").unwrap();
    browser.follow("document.querySelector('main form button').click()").unwrap();
    browser.open(&here("settings")).unwrap();
    if browser.value("document.querySelector('[data-passkey]') == null").unwrap() == true {
        eprintln!("SKIPPED a_key_signs_in_without_the_password: the program was built without the feature passkeys");
        return;
    }
    browser.fill("#key-label", "My phone").unwrap();
    browser.follow("document.querySelector('[data-passkey=add]').click()").unwrap();
    assert!(text(&mut browser).contains("My phone"), "{}", text(&mut browser));

    let sign_out = "document.querySelector('form[action=\"/signout\"] button').click()";
    browser.follow(sign_out).unwrap();
    browser.open(&here("signin?back=/starred")).unwrap();
    browser.fill("input[name=name]", "ann").unwrap();
    browser.follow("document.querySelector('[data-passkey=signin]').click()").unwrap();
    assert_eq!(browser.value("location.pathname").unwrap(), "/starred");
    assert!(text(&mut browser).contains("Signed in as ann"));
    browser.open(&here("accounts")).unwrap();
    assert!(text(&mut browser).contains("by passkey"));

    // A name without keys, and a device that says no: a sentence, and nobody is signed in.
    browser.follow(sign_out).unwrap();
    browser.complaints.clear();
    let problem = "document.querySelector('[data-passkey-problem]').hidden == false";
    for (name, verified) in [("ben", true), ("ann", false)] {
        let setting = json!({ "authenticatorId": authenticator, "isUserVerified": verified });
        browser.call("WebAuthn.setUserVerified", setting).unwrap();
        browser.open(&here("signin")).unwrap();
        browser.fill("input[name=name]", name).unwrap();
        browser.value("document.querySelector('[data-passkey=signin]').click(); 0").unwrap();
        browser.until(problem).unwrap();
        assert_eq!(browser.value("location.pathname").unwrap(), "/signin");
    }
}
