//! Signing in through another service: a small OpenID Connect issuer on this machine, honest and not.

#![cfg(feature = "oidc")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{Answer, Server, as_text, read_request, request, run, stderr};
use firsthand_model::{Clock, SystemClock};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

/// What the issuer says of who came, the next time it is asked for tokens.
#[derive(Clone, Default)]
struct Claims {
    subject: String,
    name: String,
    nonce: String,
    audience: String,
    /// By another key than the one it shows.
    forged: bool,
}

struct Issuer {
    address: SocketAddr,
    claims: Arc<Mutex<Claims>>,
}

fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn token(issuer: &str, claims: &Claims) -> String {
    let now = SystemClock.now().as_seconds();
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!(
        "{}.{}",
        part(json!({ "alg": "EdDSA", "kid": "1", "typ": "JWT" })),
        part(json!({
            "iss": issuer, "sub": claims.subject, "aud": claims.audience, "iat": now, "exp": now + 300,
            "nonce": claims.nonce, "preferred_username": claims.name,
        }))
    );
    let signature = key(if claims.forged { 2 } else { 1 }).sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

impl Issuer {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let claims: Arc<Mutex<Claims>> = Arc::default();
        let said = Arc::clone(&claims);
        std::thread::spawn(move || {
            let base = format!("http://{address}");
            for stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(stream);
                let (head, body) = read_request(&mut reader);
                let form: HashMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
                let answer = match head.split(' ').nth(1).unwrap_or_default() {
                    "/.well-known/openid-configuration" => json!({
                        "issuer": base, "authorization_endpoint": format!("{base}/authorize"),
                        "token_endpoint": format!("{base}/token"), "jwks_uri": format!("{base}/keys"),
                        "response_types_supported": ["code"], "subject_types_supported": ["public"],
                        "id_token_signing_alg_values_supported": ["EdDSA"],
                    }),
                    "/keys" => json!({ "keys": [{
                        "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "1",
                        "x": URL_SAFE_NO_PAD.encode(key(1).public_key().as_ref()),
                    }] }),
                    "/token" if form["code"] == "good" && form["code_verifier"].len() == 64 => {
                        let claims = said.lock().unwrap().clone();
                        json!({ "access_token": "x", "token_type": "Bearer", "id_token": token(&base, &claims) })
                    }
                    _ => json!({ "error": "invalid_grant" }),
                };
                let status = if answer.get("error").is_some() { "400 No" } else { "200 OK" };
                let text = answer.to_string();
                let _ = reader.get_mut().write_all(
                    format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}", text.len()).as_bytes(),
                );
            }
        });
        Self { address, claims }
    }
}

fn get(server: &Server, path: &str, cookies: &str) -> Answer {
    let host = server.address;
    request(host, &format!("GET {path} HTTP/1.0\r\nHost: {host}\r\nCookie: {cookies}\r\n\r\n"))
}

fn header<'a>(answer: &'a Answer, name: &str, part: &str) -> Option<&'a str> {
    let lines = answer.head.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    lines.filter(|value| value.contains(part)).map(|value| value.split(';').next().unwrap()).next()
}

/// Begins at the server, as a browser does: the cookie to come back with, and what the issuer is asked.
fn begin(server: &Server, cookies: &str) -> (String, HashMap<String, String>) {
    let begun = get(server, "/signin/oidc", cookies);
    assert_eq!(begun.status, 303, "{begun:?}");
    let cookie = header(&begun, "set-cookie", "firsthand_oidc").unwrap().to_owned();
    let url = url::Url::parse(header(&begun, "location", "/authorize").unwrap()).unwrap();
    (cookie, url.query_pairs().into_owned().collect())
}

#[test]
fn who_comes_from_the_issuer_gets_an_account_and_nobody_else_does() {
    let issuer = Issuer::start();
    let folder = tempfile::tempdir().unwrap();
    let data = as_text(folder.path());
    let settings = format!(
        "[oidc]\nissuer = \"http://{}\"\nclient_id = \"news\"\nname = \"Town ID\"\nmakes_accounts = true\n",
        issuer.address
    );
    std::fs::write(folder.path().join("firsthand.toml"), settings).unwrap();
    let made = run(&["user", "add", "ann", "--password-stdin", "--data", data], b"correct horse\n");
    assert!(made.status.success(), "{}", stderr(&made));
    let server = Server::start(&["serve", "--data", data, "--allow-private-network"]);
    assert!(get(&server, "/signin", "").body.contains("Town ID"));

    let say = |subject: &str, name: &str, asked: &HashMap<String, String>| {
        *issuer.claims.lock().unwrap() = Claims {
            subject: subject.to_owned(),
            name: name.to_owned(),
            nonce: asked["nonce"].clone(),
            audience: "news".to_owned(),
            forged: false,
        };
    };
    let back = |cookie: &str, state: &str, code: &str| {
        get(&server, &format!("/signin/oidc/back?code={code}&state={state}"), cookie)
    };
    // A new account; its name is taken by another, so that it gets a number.
    let (cookie, asked) = begin(&server, "");
    assert_eq!((asked["client_id"].as_str(), asked["code_challenge_method"].as_str()), ("news", "S256"));
    assert!(asked["redirect_uri"].ends_with("/signin/oidc/back") && asked["scope"].contains("openid"));
    say("7", "Ann", &asked);
    let come = back(&cookie, &asked["state"], "good");
    assert_eq!((come.status, header(&come, "location", "/")), (303, Some("/")), "{come:?}");
    let session = header(&come, "set-cookie", "firsthand_session").unwrap().to_owned();
    assert!(get(&server, "/settings", &session).body.contains("Settings of Ann 2"));
    // Known the next time, whatever it is called then.
    let (cookie, asked) = begin(&server, "");
    say("7", "Somebody", &asked);
    let again = back(&cookie, &asked["state"], "good");
    let session = header(&again, "set-cookie", "firsthand_session").unwrap().to_owned();
    assert!(get(&server, "/settings", &session).body.contains("Settings of Ann 2"));

    // Not so: another state, no cookie, a bad code, an answer to another question, for another client, by another key.
    let refused = |change: &dyn Fn(&mut Claims), cookie: Option<&str>, state: Option<&str>, code: &str| {
        let (own, asked) = begin(&server, "");
        say("7", "Ann", &asked);
        change(&mut issuer.claims.lock().unwrap());
        let answer = back(cookie.unwrap_or(&own), state.unwrap_or(&asked["state"]), code);
        assert!(answer.status == 403 && !answer.head.contains("firsthand_session"), "{answer:?}");
    };
    let nothing = |_: &mut Claims| {};
    refused(&nothing, None, Some("other"), "good");
    refused(&nothing, Some(""), None, "good");
    refused(&nothing, None, None, "bad");
    refused(&|claims| claims.nonce = "other".to_owned(), None, None, "good");
    refused(&|claims| claims.audience = "other".to_owned(), None, None, "good");
    refused(&|claims| claims.forged = true, None, None, "good");
    assert_eq!(get(&server, "/signin/oidc/back?error=access_denied", "").status, 403);
}
