//! Newsletters over LMTP, as a mail server hands them over: stored before they are acknowledged, and their reader's alone.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a test fails by panicking")]

mod common;

use common::{Server, as_text, request, run, stderr, stdout};
use serde_json::Value;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

const LETTER: &str = "From: Harbour Weekly <news@harbour.example>\r\nMessage-ID: <7@harbour.example>\r\nSubject: =?utf-8?q?The_ferry_=E2=80=93_again?=\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>The ferry sails.</p><script>alert(1)</script><img src=\"https://track.example/ann\">\r\n..dotted\r\n";

/// A mail server's side of a conversation.
struct Mta(BufReader<TcpStream>);

impl Mta {
    fn connect(address: SocketAddr) -> Self {
        let mut mta = Self(BufReader::new(TcpStream::connect(address).unwrap()));
        assert!(mta.answer().starts_with("220"));
        mta
    }

    /// The last line of an answer.
    fn answer(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line;
            }
        }
    }

    fn say(&mut self, text: &str) -> String {
        self.0.get_mut().write_all(format!("{text}\r\n").as_bytes()).unwrap();
        self.answer()
    }
}

#[test]
fn a_newsletter_reaches_its_reader_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = as_text(folder.path());
    // A port that was free a moment ago.
    let lmtp = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = format!("[letters]\nlisten = \"{lmtp}\"\ndomain = \"letters.example\"\nmax_bytes = 100000\n");
    std::fs::write(folder.path().join("firsthand.toml"), settings).unwrap();
    let mut tokens = HashMap::new();
    for name in ["ann", "ben"] {
        let made = run(&["user", "add", name, "--password-stdin", "--data", data], b"correct horse\n");
        assert!(made.status.success(), "{}", stderr(&made));
        tokens.insert(name, stdout(&run(&["token", name, "--data", data], b"")).trim().to_owned());
    }
    let server = Server::start(&["serve", "--data", data]);
    let host = server.address;
    let ask = |who: &str, method: &str, path: &str, body: &str| {
        let own = tokens.get(who).map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        request(
            host,
            &format!(
                "{method} {path} HTTP/1.0\r\nHost: {host}\r\n{own}{kind}Content-Length: {}\r\n\r\n{body}",
                body.len()
            ),
        )
    };
    assert_eq!(ask("ann", "POST", "/letters/address", "address=new").status, 303);
    let page = ask("ann", "GET", "/letters", "").body;
    let end = page.find("@letters.example").unwrap();
    let address = format!("{}@letters.example", &page[page[..end].rfind('>').unwrap() + 1..end]);

    let mut mta = Mta::connect(lmtp);
    assert!(mta.say("EHLO mail.example").starts_with("500"));
    assert!(mta.say("LHLO mail.example").starts_with("250"));
    assert!(mta.say("DATA").starts_with("503"));
    assert!(mta.say("MAIL FROM:<bounce@harbour.example>").starts_with("250"));
    for nobody in
        ["nobody@letters.example", "ann@letters.example", &address.replace("letters.example", "other.example")]
    {
        assert!(mta.say(&format!("RCPT TO:<{nobody}>")).starts_with("550"), "{nobody}");
    }
    assert!(mta.say(&format!("RCPT TO:<{}>", address.to_uppercase())).starts_with("250"));
    assert!(mta.say("DATA").starts_with("354"));
    assert!(mta.say(&format!("{LETTER}.")).starts_with("250"));
    // The same once more, as after a lost answer; and one that is too large.
    for (message, expected) in
        [(LETTER.to_owned(), "250"), (format!("{LETTER}{}", "a line of text\r\n".repeat(10_000)), "552")]
    {
        assert!(mta.say("MAIL FROM:<bounce@harbour.example>").starts_with("250"));
        assert!(mta.say(&format!("RCPT TO:<{address}>")).starts_with("250"));
        assert!(mta.say("DATA").starts_with("354"));
        assert!(mta.say(&format!("{message}.")).starts_with(expected));
    }
    assert!(mta.say("QUIT").starts_with("221"));

    let list: Value = serde_json::from_str(&ask("ann", "GET", "/api/v1/letters", "").body).unwrap();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(list["items"][0]["subject"], "The ferry – again");
    let path = format!("/letters/{}", list["items"][0]["id"]);
    let letter = ask("ann", "GET", &path, "").body;
    assert!(letter.contains("The ferry sails.") && letter.contains(".dotted"), "{letter}");
    assert!(!letter.contains("track.example") && !letter.contains("alert(1)"), "{letter}");
    let feed = ask("ann", "GET", "/letters", "").body;
    let at = feed.find("/feeds/letters-").unwrap();
    let own = feed[at..].split('"').next().unwrap().to_owned();
    let read = ask("", "GET", &own, "");
    assert!(read.status == 200 && read.body.contains("The ferry sails."), "{read:?}");

    // Nobody else's: neither the letter nor a search finds it.
    assert_eq!(ask("ben", "GET", &path, "").status, 404);
    assert_eq!(ask("ben", "DELETE", &format!("/api/v1{path}"), "").status, 404);
    assert_eq!(ask("", "GET", &path, "").status, 303);
    assert!(!ask("", "GET", "/search?q=ferry", "").body.contains("The ferry"));
    // Thrown away, and the address with it: it takes nothing more.
    assert_eq!(ask("ann", "DELETE", &format!("/api/v1{path}"), "").status, 204);
    assert_eq!(ask("ann", "POST", "/letters/address", "address=none").status, 303);
    let mut mta = Mta::connect(lmtp);
    assert!(mta.say("LHLO mail.example").starts_with("250"));
    assert!(mta.say(&format!("RCPT TO:<{address}>")).starts_with("550"));
}
