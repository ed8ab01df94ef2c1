//! What readers and editors with an account do, in a real browser: the first run, rules, marks, keys, settings, and
//! pages without a connection.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use firsthand_browser_tests::{Browser, Demo};
use serde_json::{Value, json};

const STORIES: &str = "[...document.querySelectorAll('.story')].map(story => story.querySelector('.head').textContent)";

/// A browser on the demo's front page, once everything is read and all its stories are there.
fn front() -> (Demo, Browser) {
    let demo = Demo::start().unwrap();
    let mut browser = Browser::start().unwrap();
    browser.window(1280, 900, false).unwrap();
    for _ in 0..100 {
        browser.open(&demo.address).unwrap();
        let settled = "fetch('/metrics').then(answer => answer.text()).then(text => { const of = name => Number(text.match(new RegExp(`^firsthand_${name} ([0-9]+)`, 'm'))[1]); \
            return of('entries') > 20 && of('entries_pending') + of('articles_ungrouped') == 0 && of('stories') == document.querySelectorAll('.story').length; })";
        if browser.value(settled).unwrap() == true {
            return (demo, browser);
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    panic!("the demo does not come to rest");
}

/// Makes the first account and leaves the browser signed in, on the page of outlets to begin with.
fn first_account(demo: &Demo, browser: &mut Browser) {
    browser.open(&demo.welcome).unwrap();
    browser.fill("input[name=name]", "ann").unwrap();
    browser.fill("input[name=password]", "correct horse battery").unwrap();
    browser.follow("document.querySelector('main form button').click()").unwrap();
    assert_eq!(browser.value("location.pathname").unwrap(), "/welcome/outlets");
}

fn text(browser: &mut Browser) -> String {
    browser.value("document.body.innerText").unwrap().as_str().unwrap().to_owned()
}

fn no_complaints(browser: &Browser) {
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

#[test]
fn three_steps_lead_to_the_first_article() {
    let demo = Demo::start().unwrap();
    let mut browser = Browser::start().unwrap();
    browser.window(390, 800, false).unwrap();
    // One: the account. Without the code there is none.
    browser.open(&format!("{}welcome", demo.address)).unwrap();
    browser.fill("input[name=code]", "guessed").unwrap();
    browser.fill("input[name=name]", "eve").unwrap();
    browser.fill("input[name=password]", "correct horse battery").unwrap();
    browser.follow("document.querySelector('main form button').click()").unwrap();
    assert!(text(&mut browser).contains("The code is another one"));
    browser.complaints.clear();
    first_account(&demo, &mut browser);
    // Two: outlets; an address that cannot be followed is kept and shown with its reason.
    let sets = browser.value("document.querySelectorAll('input[name=set]').length").unwrap();
    assert!(sets.as_u64().unwrap() >= 8);
    browser.fill("textarea", "http://nowhere.invalid/feed").unwrap();
    browser.follow("document.querySelector('main form button').click()").unwrap();
    assert_eq!(browser.value("location.pathname").unwrap(), "/");
    // Three: the first article, in full. An empty page looks again by itself.
    browser.until("document.querySelector('.story .head a')").unwrap();
    browser.follow("document.querySelector('.story .head a').click()").unwrap();
    browser.follow("document.querySelector('.report a[href^=\"/article/\"]').click()").unwrap();
    assert!(browser.value("document.querySelectorAll('.text p').length").unwrap().as_u64().unwrap() >= 2);
    browser.open(&format!("{}feeds", demo.address)).unwrap();
    assert!(text(&mut browser).contains("http://nowhere.invalid/feed"));
    // Nobody makes a second first account.
    browser.open(&demo.welcome).unwrap();
    assert_eq!(browser.value("location.pathname").unwrap(), "/");
    no_complaints(&browser);
    assert!(browser.requests.iter().all(|url| url.starts_with(&demo.address) || url.starts_with("about:")));
}

#[test]
fn a_rule_is_tried_while_it_is_written_then_kept_then_taken_away() {
    let (demo, mut browser) = front();
    first_account(&demo, &mut browser);
    browser.open(&format!("{}rules", demo.address)).unwrap();
    browser.fill("input[name=pattern]", "harbour bridge").unwrap();
    browser.until("/would hide [1-9] of the newest/.test(document.getElementById('preview').textContent)").unwrap();
    assert!(
        browser.value("document.querySelector('#preview a').textContent").unwrap().as_str().unwrap().contains("bridge")
    );
    browser.value("document.querySelector('select[name=field]').value = 'regex'").unwrap();
    browser.fill("input[name=pattern]", "bridge(").unwrap();
    browser.until("document.querySelector('#preview [role=alert]')?.textContent.includes('unclosed group')").unwrap();
    browser.fill("input[name=pattern]", "harbour.bridge").unwrap();
    browser.until("/would hide [1-9] of/.test(document.getElementById('preview').textContent)").unwrap();
    browser.follow("document.querySelector('button[formmethod=post]').click()").unwrap();
    assert!(text(&mut browser).contains("harbour.bridge"));
    browser.open(&demo.address).unwrap();
    let headlines = browser.value(STORIES).unwrap().to_string();
    assert!(!headlines.contains("harbour bridge"), "{headlines}");
    // It stands as a number that can be opened.
    let folded = "document.querySelector('.folded summary').textContent";
    // One, unless the reports of the bridge are in several stories.
    assert!(browser.value(folded).unwrap().as_str().unwrap().ends_with(" hidden by your rules"));
    browser.value("document.querySelector('.folded summary').click()").unwrap();
    assert!(text(&mut browser).contains("regular expression: harbour.bridge"));
    // Without script it is tried by a button.
    browser.scripts(false).unwrap();
    browser.open(&format!("{}rules?effect=show&field=outlet&pattern=Harbour+Radio", demo.address)).unwrap();
    let said = text(&mut browser);
    assert!(
        ["1", "2", "3"].iter().any(|count| said.contains(&format!("It would bring {count} of the newest"))),
        "{said}"
    );
    browser.value("document.querySelector('form[action=\"/rules/remove\"] button').click()").unwrap();
    browser.until_loaded().unwrap();
    browser.open(&demo.address).unwrap();
    assert!(browser.value(STORIES).unwrap().to_string().contains("harbour bridge"));
    browser.scripts(true).unwrap();
    no_complaints(&browser);
}

#[test]
fn marks_stars_and_votes_go_by_keys_and_can_be_undone() {
    let (demo, mut browser) = front();
    first_account(&demo, &mut browser);
    browser.open(&demo.address).unwrap();
    browser.press("j").unwrap();
    browser.press("m").unwrap();
    browser.until("document.querySelector('.story').classList.contains('read')").unwrap();
    browser.until("document.querySelector('.toast').textContent.includes('Marked as read')").unwrap();
    browser.value("document.querySelector('.toast button').click()").unwrap();
    browser.until("!document.querySelector('.story').classList.contains('read')").unwrap();
    browser.press("s").unwrap();
    browser.until("document.querySelector('.story .starit button').textContent == 'Starred'").unwrap();
    browser.press("+").unwrap();
    browser
        .until("document.querySelector('.story [data-ballot=like]').getAttribute('aria-pressed') == 'true'")
        .unwrap();
    browser.press("-").unwrap();
    browser
        .until("document.querySelector('.story [data-ballot=dislike]').getAttribute('aria-pressed') == 'true'")
        .unwrap();
    assert_eq!(browser.value("document.querySelector('.story [data-ballot=like] .count').textContent").unwrap(), "0");
    // What was done is there after a new page, and the whole page can be marked and that undone without script.
    let headline = browser.value("document.querySelector('.story .head').textContent").unwrap();
    for (key, path, there) in [
        ("s", "/starred", headline.as_str().unwrap()),
        ("n", "/", "New"),
        ("f", "/feeds", "Feeds"),
        ("r", "/for-you", "For you"),
        ("u", "/", "Unread"),
        ("h", "/", ""),
    ] {
        browser.press("g").unwrap();
        browser.press_to_page(key).unwrap();
        assert_eq!(browser.value("location.pathname").unwrap(), path);
        assert!(text(&mut browser).contains(there), "{path}");
    }
    let all = browser.value("document.querySelectorAll('.story').length").unwrap();
    browser.press_to_page("A").unwrap();
    assert_eq!(browser.value("document.querySelectorAll('.story.read').length").unwrap(), all);
    browser.follow("document.querySelector('[role=status] button').click()").unwrap();
    assert_eq!(browser.value("document.querySelectorAll('.story.read').length").unwrap(), 0);
    // From a story the next one of the list, and the list, are a key away.
    let hrefs = "[...document.querySelectorAll('.story .head a')].map(link => link.pathname)";
    let hrefs = browser.value(hrefs).unwrap();
    browser.press("j").unwrap();
    browser.press_to_page("o").unwrap();
    assert_eq!(browser.value("location.pathname").unwrap(), hrefs[0]);
    browser.press_to_page("j").unwrap();
    assert_eq!(browser.value("location.pathname").unwrap(), hrefs[1]);
    assert_eq!(browser.value("document.querySelectorAll('.inlist a').length").unwrap(), 3);
    browser.press_to_page("k").unwrap();
    assert_eq!(browser.value("location.pathname").unwrap(), hrefs[0]);
    browser.press_to_page("u").unwrap();
    assert_eq!(browser.value("location.pathname").unwrap(), "/");
    // The source is a key away; its page is the outlet's own.
    browser.press("j").unwrap();
    browser.value("document.querySelector('.story a.more').addEventListener('click', (event) => { event.preventDefault(); window.went = event.currentTarget.href; })").unwrap();
    browser.press("v").unwrap();
    assert!(browser.value("window.went").unwrap().as_str().unwrap().contains("localhost"));
    no_complaints(&browser);
}

#[test]
fn a_swipe_marks_stars_and_turns() {
    let (demo, mut browser) = front();
    first_account(&demo, &mut browser);
    browser.window(390, 800, false).unwrap();
    browser.call("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).unwrap();
    browser.open(&demo.address).unwrap();
    let swipe = |browser: &mut Browser, y: u32, from: u32, to: u32| {
        for (kind, x) in [("touchStart", Some(from)), ("touchMove", Some(to)), ("touchEnd", None)] {
            let points: Vec<Value> = x.map(|x| json!({ "x": x, "y": y })).into_iter().collect();
            browser.call("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points })).unwrap();
        }
    };
    let place = "Math.round(document.querySelector('.story p').getBoundingClientRect().top + 10)";
    let y = u32::try_from(browser.value(place).unwrap().as_u64().unwrap()).unwrap();
    swipe(&mut browser, y, 60, 300);
    browser.until("document.querySelector('.story').classList.contains('read')").unwrap();
    swipe(&mut browser, y, 300, 60);
    browser.until("document.querySelector('.story .starit button').getAttribute('aria-pressed') == 'true'").unwrap();
    // Too short, or rather down: nothing.
    swipe(&mut browser, y, 100, 150);
    browser.follow("document.querySelector('.story .head a').click()").unwrap();
    let first = browser.value("location.pathname").unwrap();
    browser
        .to_page(|browser| {
            swipe(browser, 300, 300, 60);
            Ok(())
        })
        .unwrap();
    assert_ne!(browser.value("location.pathname").unwrap(), first);
    no_complaints(&browser);
}

#[test]
fn a_visitors_votes_move_to_the_account_at_sign_in() {
    let (demo, mut browser) = front();
    first_account(&demo, &mut browser);
    browser.follow("document.querySelector('form[action=\"/signout\"] button').click()").unwrap();
    assert_eq!(browser.value("document.querySelectorAll('.readit').length").unwrap(), 0);
    let story = browser.value("document.querySelector('.story').id").unwrap();
    let button = format!("document.querySelector('#{} [data-ballot=like]')", story.as_str().unwrap());
    browser.value(&format!("{button}.click()")).unwrap();
    browser.until(&format!("{button}.getAttribute('aria-pressed') == 'true'")).unwrap();
    browser.open(&format!("{}signin", demo.address)).unwrap();
    browser.fill("input[name=name]", "ann").unwrap();
    browser.fill("input[name=password]", "correct horse battery").unwrap();
    browser.follow("document.querySelector('main form button').click()").unwrap();
    assert_eq!(browser.value(&format!("{button}.getAttribute('aria-pressed')")).unwrap(), "true");
    assert_eq!(browser.value(&format!("{button}.querySelector('.count').textContent")).unwrap(), "1");
    // It counts once, and the visitor has it no more.
    browser.follow("document.querySelector('form[action=\"/signout\"] button').click()").unwrap();
    assert_eq!(browser.value(&format!("{button}.getAttribute('aria-pressed')")).unwrap(), "false");
    assert_eq!(browser.value(&format!("{button}.querySelector('.count').textContent")).unwrap(), "1");
    no_complaints(&browser);
}

#[test]
fn without_a_connection_the_pages_read_last_are_there() {
    let (demo, mut browser) = front();
    browser.until("navigator.serviceWorker.controller").unwrap();
    let address = demo.address.clone();
    let story =
        "[...document.querySelectorAll('.story .head a')].find(link => link.textContent.includes('harbour bridge'))";
    browser.open(&address).unwrap();
    let href = browser.value(&format!("{story}.href")).unwrap().as_str().unwrap().to_owned();
    browser.open(&href).unwrap();
    let headline = browser.value("document.querySelector('h1').textContent").unwrap();
    browser.until("caches.open('pages').then(pages => pages.keys()).then(keys => window.kept = keys.length) && window.kept >= 2").unwrap();
    drop(demo);
    browser.open(&href).unwrap();
    assert_eq!(browser.value("document.querySelector('h1').textContent").unwrap(), headline);
    browser.open(&format!("{address}outlets")).unwrap();
    assert_eq!(browser.value("document.querySelector('h1').textContent").unwrap(), "No connection");
    browser.until("document.querySelectorAll('#kept a').length >= 2").unwrap();
    assert!(
        browser
            .value("document.getElementById('kept').textContent")
            .unwrap()
            .as_str()
            .unwrap()
            .contains(headline.as_str().unwrap())
    );
}

#[test]
fn editors_say_what_the_site_is() {
    let (demo, mut browser) = front();
    first_account(&demo, &mut browser);
    browser.open(&format!("{}site", demo.address)).unwrap();
    browser.fill("input[name=name]", "Harbour News").unwrap();
    browser.fill("input[name=accent]", "#ffee00").unwrap();
    browser.fill("textarea[name=imprint]", "Printed by nobody.\n\nOf an invented town.").unwrap();
    browser.follow("document.querySelector('main form > button').click()").unwrap();
    assert!(text(&mut browser).contains("contrast of 1.2"));
    // What was typed is still there.
    assert_eq!(browser.value("document.querySelector('input[name=name]').value").unwrap(), "Harbour News");
    browser.complaints.clear();
    browser.fill("input[name=accent]", "#7a1f5c").unwrap();
    browser.fill("textarea[name=topics]", "Crossings: bridge, ferry, fähre").unwrap();
    browser.value("document.querySelector('input[value=embed]').checked = true; document.querySelector('input[value=day]').checked = false; 0").unwrap();
    browser.value("document.querySelector('input[name=voters][value=accounts]').checked = true").unwrap();
    // A logo, drawn here.
    let logo = "new Promise(done => { const c = document.createElement('canvas'); c.width = c.height = 32; c.getContext('2d').fillRect(4, 4, 24, 24); c.toBlob(blob => { \
        const files = new DataTransfer(); files.items.add(new File([blob], 'logo.png', { type: 'image/png' })); document.querySelector('input[name=logo]').files = files.files; done(files.files.length); }); })";
    assert_eq!(browser.value(logo).unwrap(), 1);
    browser.follow("document.querySelector('main form > button').click()").unwrap();
    assert!(text(&mut browser).contains("Kept."));
    browser.open(&demo.address).unwrap();
    assert_eq!(browser.value("document.title").unwrap(), "Harbour News");
    assert_eq!(browser.value("document.querySelector('.logo').naturalWidth").unwrap(), 32);
    assert_eq!(browser.value("getComputedStyle(document.querySelector('.more')).color").unwrap(), "rgb(122, 31, 92)");
    let navigation = browser.value("document.querySelector('nav').textContent").unwrap();
    assert!(!navigation.as_str().unwrap().contains("Top of the day"));
    browser
        .follow("[...document.querySelectorAll('.chips a')].find(chip => chip.textContent == 'Crossings').click()")
        .unwrap();
    let stories = browser.value(STORIES).unwrap().to_string();
    assert!(stories.contains("bridge") && stories.contains("Fähre") && !stories.contains("strike"), "{stories}");
    browser.open(&format!("{}imprint", demo.address)).unwrap();
    assert!(text(&mut browser).contains("Of an invented town."));
    browser.open(&format!("{}embed?n=3", demo.address)).unwrap();
    assert_eq!(browser.value("document.querySelectorAll('li').length").unwrap(), 3);
    // Who is not signed in sees counts, and no buttons.
    browser.open(&demo.address).unwrap();
    browser.follow("document.querySelector('form[action=\"/signout\"] button').click()").unwrap();
    assert_eq!(browser.value("document.querySelectorAll('.votes').length").unwrap(), 0);
    no_complaints(&browser);
}

#[test]
fn settings_change_lists_and_times() {
    let (demo, mut browser) = front();
    first_account(&demo, &mut browser);
    browser.open(&demo.address).unwrap();
    let height = "document.querySelector('.story').getBoundingClientRect().height";
    let calm = browser.value(height).unwrap().as_f64().unwrap();
    browser.open(&format!("{}settings", demo.address)).unwrap();
    browser.value("document.querySelector('input[value=dense]').checked = true; document.querySelector('input[name=scrolling]').checked = true; 0").unwrap();
    browser.fill("input[name=zone]", "Asia/Kolkata").unwrap();
    browser.follow("document.querySelector('main form button').click()").unwrap();
    assert!(text(&mut browser).contains("Kept."));
    browser.open(&demo.address).unwrap();
    assert!(browser.value(height).unwrap().as_f64().unwrap() < calm / 1.8);
    // Half an hour from every full hour of UTC.
    let minutes = "(() => { const time = document.querySelector('time'); const of = text => Number(text.match(/:(\\d\\d)/)[1]); return (of(time.title) - of(time.dateTime.slice(11)) + 60) % 60; })()";
    assert_eq!(browser.value(minutes).unwrap(), 30);
    // What is scrolled past is read: seen first, which takes the browser a moment, then above the window.
    browser.window(390, 300, false).unwrap();
    browser.open(&demo.address).unwrap();
    browser
        .value(
            "window.past = document.querySelectorAll('.story')[1].getBoundingClientRect().bottom + 40; window.turn = 0",
        )
        .unwrap();
    browser.until("(scrollTo({ top: ++window.turn % 10 > 5 ? window.past : 0, behavior: 'instant' }), document.querySelector('.story').classList.contains('read'))").unwrap();
    no_complaints(&browser);
}

#[test]
fn who_wishes_german_is_answered_in_german() {
    let (demo, mut browser) = front();
    let agent = json!({ "userAgent": "Browser", "acceptLanguage": "de-DE" });
    browser.call("Network.setUserAgentOverride", agent).unwrap();
    browser.open(&demo.address).unwrap();
    assert_eq!(browser.value("document.documentElement.lang").unwrap(), "de");
    let said = text(&mut browser);
    for words in ["Titelseite", "aus erster Hand", "Gefällt mir", "Weiterlesen bei", "Anmelden"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    browser.press("?").unwrap();
    browser.until("document.querySelector('dialog.keys').textContent.includes('zurück zur Liste')").unwrap();
    // The articles stay as they are.
    assert!(said.contains("harbour bridge"));
    no_complaints(&browser);
}

#[test]
fn a_search_is_kept_and_a_name_nearly_typed_is_found() {
    let (demo, mut browser) = front();
    first_account(&demo, &mut browser);
    browser.open(&format!("{}search?q=outlet:harbor+brige", demo.address)).unwrap();
    let suggested = "document.querySelector('main a[href*=\"outlet%3A\"]').textContent";
    assert_eq!(browser.value(suggested).unwrap(), "outlet:\"Harbour Radio\"");
    browser.open(&format!("{}search?q=bridge", demo.address)).unwrap();
    assert!(browser.value("document.querySelectorAll('.row mark').length").unwrap().as_u64().unwrap() > 2);
    browser.fill("form.keep input[name=name]", "The bridge").unwrap();
    browser.follow("document.querySelector('form.keep button').click()").unwrap();
    assert_eq!(browser.value("location.pathname").unwrap(), "/saved");
    browser
        .follow("[...document.querySelectorAll('main a')].find(link => link.textContent == 'The bridge').click()")
        .unwrap();
    assert_eq!(browser.value("document.querySelector('form.keep input[name=name]').value").unwrap(), "The bridge");
    no_complaints(&browser);
}

#[test]
fn axe_finds_nothing_on_the_pages_of_an_account() {
    let Some(axe) = std::env::var_os("FIRSTHAND_AXE") else {
        // The only place to say it: the runner shows what a test prints when asked to.
        eprintln!("skipped: FIRSTHAND_AXE names no axe.min.js (bin/test fetches it)");
        return;
    };
    let axe = std::fs::read_to_string(axe).unwrap();
    let (demo, mut browser) = front();
    browser.open(&demo.welcome).unwrap();
    first_account(&demo, &mut browser);
    browser.open(&format!("{}search?q=bridge", demo.address)).unwrap();
    browser.follow("document.querySelector('form.keep button').click()").unwrap();
    let article = browser.value("fetch('/api/v1/articles?limit=1').then(a => a.json()).then(a => a.items[0])").unwrap();
    let of = |kind: &str, id: &Value| format!("{kind}/{id}");
    let pages = [
        "".to_owned(),
        "for-you".to_owned(),
        "?unread=1".to_owned(),
        "?order=week".to_owned(),
        "?order=hidden".to_owned(),
        "starred".to_owned(),
        "saved".to_owned(),
        "rules?pattern=bridge".to_owned(),
        "settings".to_owned(),
        "alerts".to_owned(),
        "accounts".to_owned(),
        "letters".to_owned(),
        "site".to_owned(),
        "feeds".to_owned(),
        "welcome/outlets".to_owned(),
        "search?q=bridge".to_owned(),
        "offline".to_owned(),
        "about".to_owned(),
        of("article", &article["id"]),
        of("story", &article["story_id"]),
        of("outlet", &article["outlet_id"]),
    ];
    let found = "axe.run({ resultTypes: ['violations'] }).then(found => found.violations.map(one => \
        `${one.impact} ${one.id}: ${one.nodes.map(node => node.html.slice(0, 120)).slice(0, 3).join(' | ')}`))";
    for (width, dark) in [(1280, false), (390, true)] {
        browser.window(width, 900, dark).unwrap();
        for page in &pages {
            browser.open(&format!("{}{page}", demo.address)).unwrap();
            browser.value(&format!("{axe};0")).unwrap();
            assert_eq!(browser.value(found).unwrap(), json!([]), "{page}, {width} pixels wide");
            let wide = browser.value("document.documentElement.scrollWidth").unwrap();
            assert!(wide.as_u64().unwrap() <= u64::from(width), "{page} is {wide} pixels wide");
        }
    }
    no_complaints(&browser);
}
