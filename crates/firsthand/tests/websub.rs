//! The whole server with a hub on this machine: a feed names it, it is asked to push, and does.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Answer, Outlet, Server, as_text, feeds, read_request, request, run, stderr, stdout};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use std::collections::HashMap;
use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How the hub believes to reach the server.
const BASE: &str = "http://news.example";

/// A hub that takes every request with 202 and hands its form on.
fn hub() -> (SocketAddr, Receiver<HashMap<String, String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, forms) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let (_, body) = read_request(&mut reader);
            reader
                .get_mut()
                .write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .unwrap();
            let _ = sender.send(url::form_urlencoded::parse(&body).into_owned().collect());
        }
    });
    (address, forms)
}

/// What the hub does to the server's call-back.
struct Callback<'a> {
    server: &'a Server,
    path: String,
}

impl Callback<'_> {
    fn get(&self, query: &str) -> Answer {
        self.server.get(&format!("{}?{query}", self.path))
    }

    fn push(&self, body: &str, headers: &str) -> Answer {
        let address = self.server.address;
        request(
            address,
            &format!(
                "POST {} HTTP/1.0\r\nHost: {address}\r\nContent-Type: application/rss+xml\r\n{headers}Content-Length: {}\r\n\r\n{body}",
                self.path,
                body.len()
            ),
        )
    }
}

fn signature<M: Mac + KeyInit>(secret: &str, body: &str) -> String {
    let hmac = M::new_from_slice(secret.as_bytes()).unwrap().chain_update(body).finalize().into_bytes();
    hmac.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_hub_pushes_an_article_and_no_poll_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let data = as_text(folder.path());
    let (hub, forms) = hub();
    // The pages are there from the start; the feed at first names only the first of them.
    let mut documents = feeds(1, 3);
    let full = documents[0].2.clone();
    let links = format!(
        "<link xmlns=\"http://www.w3.org/2005/Atom\" rel=\"hub\" href=\"http://{hub}/\"/><link xmlns=\"http://www.w3.org/2005/Atom\" rel=\"self\" href=\"{{base}}/0/feed.xml\"/>"
    );
    let (first, _) = full.split_once("</item>").unwrap();
    documents[0].2 = format!("{first}</item></channel></rss>").replacen("<item>", &format!("{links}<item>"), 1);
    let outlet = Outlet::start(documents, Duration::ZERO);
    let base = format!("http://{}", outlet.address);
    let full = full.replace("{base}", &base);
    let topic = format!("{base}/0/feed.xml");

    std::fs::write(folder.path().join("firsthand.toml"), format!("base_url = \"{BASE}/\"\n")).unwrap();
    let imported = run(
        &["import", "-", "--data", data],
        format!("<opml><body><outline xmlUrl=\"{topic}\"/></body></opml>").as_bytes(),
    );
    assert!(imported.status.success(), "{}", stderr(&imported));
    let server = Server::start(&["serve", "--data", data, "--allow-private-network"]);

    let form = forms.recv_timeout(Duration::from_secs(60)).unwrap();
    assert_eq!((form["hub.mode"].as_str(), form["hub.topic"].as_str()), ("subscribe", topic.as_str()));
    let path = form["hub.callback"].strip_prefix(BASE).unwrap().to_owned();
    assert!(path.starts_with("/websub/") && path.len() > 64 && form["hub.secret"].len() >= 32, "{form:?}");
    let callback = Callback { server: &server, path };

    // Only what was asked for is confirmed, and the challenge is never a page.
    let elsewhere = callback.get("hub.mode=subscribe&hub.topic=http://other.example/&hub.challenge=x");
    assert_eq!(elsewhere.status, 404);
    let unasked = callback.get(&format!("hub.mode=unsubscribe&hub.topic={topic}&hub.challenge=x"));
    assert_eq!(unasked.status, 404);
    let stranger = Callback { server: &server, path: "/websub/0000".to_owned() };
    assert_eq!(stranger.get(&format!("hub.mode=subscribe&hub.topic={topic}&hub.challenge=x")).status, 404);
    assert_eq!(stranger.push(&full, "").status, 404);
    let confirmed =
        callback.get(&format!("hub.mode=subscribe&hub.topic={topic}&hub.challenge=%3Cb%3Eyes&hub.lease_seconds=86400"));
    assert_eq!((confirmed.status, confirmed.body.as_str()), (200, "<b>yes"));
    let head = confirmed.head.to_ascii_lowercase();
    assert!(head.contains("content-type: text/plain") && head.contains("x-content-type-options: nosniff"), "{head}");

    // The answer does not say that the signature is wrong.
    let entries = || {
        server
            .get("/metrics")
            .body
            .lines()
            .find_map(|line| line.strip_prefix("firsthand_entries ").map(str::to_owned))
            .unwrap()
    };
    assert_eq!(callback.push(&full, "X-Hub-Signature: sha256=00\r\n").status, 202);
    assert_eq!(callback.push(&full, "").status, 202);
    assert_eq!(entries(), "1");
    let too_large = format!("POST {} HTTP/1.0\r\nContent-Length: 99999999\r\n\r\n", callback.path);
    assert_eq!(request(server.address, &too_large).status, 413);
    let digits = signature::<Hmac<sha2::Sha512>>(&form["hub.secret"], &full);
    assert_eq!(callback.push(&full, &format!("X-Hub-Signature: sha512={digits}\r\n")).status, 202);
    // What was acknowledged is stored.
    assert_eq!(entries(), "3");
    server.wait_for("/metrics", |page| page.contains("firsthand_articles 3\n"));
    let exported = stdout(&run(&["export", "--format", "jsonl", "--data", data], b""));
    assert!((0..3).all(|page| exported.contains(&format!("{base}/0/{page}"))), "{exported}");
    assert_eq!(outlet.asked("/0/feed.xml"), 1, "the feed was not polled again");

    let listed = || -> Value {
        serde_json::from_str::<Value>(&stdout(&run(&["feeds", "--json", "--data", data], b""))).unwrap()[0]["push"]
            .clone()
    };
    let push = listed();
    assert_eq!(
        (&push["state"], &push["pushes"], &push["refused"]),
        (&Value::from("active"), &Value::from(1), &Value::from(2))
    );
    let told = stdout(&run(&["feeds", "--data", data], b""));
    assert!(told.contains(&format!("pushed by {hub} until in 2")) && told.contains("last push"), "{told}");

    // The hub changes its mind.
    assert_eq!(callback.get(&format!("hub.mode=denied&hub.topic={topic}&hub.reason=closed+for+winter")).status, 200);
    assert_eq!((&listed()["state"], &listed()["error"]), (&Value::from("denied"), &Value::from("closed for winter")));
    assert_eq!(server.terminate(), Some(0));
}
