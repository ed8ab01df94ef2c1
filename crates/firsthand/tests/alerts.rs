//! Alerts on their way: a mail server and a web server on this machine take what is sent; the server is killed while it
//! sends, and nothing is lost, nothing told twice without being marked.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test fails by panicking")]

mod common;

use common::{Answer, Outlet, Server, as_text, database_of, feeds, read_request, request, run, stderr, stdout};
use firsthand_model::{Clock, ManualClock, SystemClock};
use firsthand_store::{DatabaseUrl, Store};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// How long what is awaited may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A mail as the mail server got it.
#[derive(Debug, Clone)]
struct Mail {
    to: String,
    text: String,
}

/// A mail server (RFC 5321) that takes everything. While `holds` is set it takes a mail and never says so.
struct MailServer {
    address: SocketAddr,
    mails: Receiver<Mail>,
    holds: Arc<Mutex<bool>>,
}

impl MailServer {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, mails) = channel();
        let holds: Arc<Mutex<bool>> = Arc::default();
        let held = Arc::clone(&holds);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (sender, held) = (sender.clone(), Arc::clone(&held));
                std::thread::spawn(move || smtp(stream, &sender, &held));
            }
        });
        Self { address, mails, holds }
    }
}

fn smtp(stream: TcpStream, mails: &Sender<Mail>, holds: &Mutex<bool>) {
    let mut reader = BufReader::new(stream);
    let say = |reader: &mut BufReader<TcpStream>, text: &str| reader.get_mut().write_all(text.as_bytes()).is_ok();
    say(&mut reader, "220 mail.example\r\n");
    let (mut to, mut line) = (String::new(), String::new());
    while reader.read_line(&mut line).unwrap_or(0) > 0 {
        let command = line.trim_end().to_owned();
        line.clear();
        let upper = command.to_ascii_uppercase();
        if upper.starts_with("EHLO") {
            say(&mut reader, "250-mail.example\r\n250 8BITMIME\r\n");
        } else if upper.starts_with("RCPT TO:") {
            to = command[8..].trim_matches(['<', '>', ' ']).to_owned();
            say(&mut reader, "250 ok\r\n");
        } else if upper == "DATA" {
            say(&mut reader, "354 go on\r\n");
            let mut text = String::new();
            while reader.read_line(&mut line).unwrap_or(0) > 0 && line != ".\r\n" {
                text.push_str(&line);
                line.clear();
            }
            line.clear();
            let _ = mails.send(Mail { to: to.clone(), text });
            if *holds.lock().unwrap() {
                // Taken, and the answer lost: the sender cannot know.
                std::thread::sleep(PATIENCE);
                return;
            }
            say(&mut reader, "250 taken\r\n");
        } else if upper == "QUIT" {
            say(&mut reader, "221 bye\r\n");
            return;
        } else {
            say(&mut reader, "250 ok\r\n");
        }
    }
}

/// A request as the web server got it.
#[derive(Debug, Clone)]
struct Posted {
    path: String,
    head: String,
    body: String,
}

impl Posted {
    fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")));
        line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
    }
}

/// A web server that answers with the statuses it is told, then with 200.
struct Sink {
    address: SocketAddr,
    posts: Receiver<Posted>,
}

impl Sink {
    fn start(statuses: Vec<u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, posts) = channel();
        std::thread::spawn(move || {
            let mut statuses = statuses.into_iter();
            for stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(stream);
                let (head, body) = read_request(&mut reader);
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                let body = String::from_utf8(body).unwrap();
                let token = "{\"access_token\":\"opened\"}";
                let status = statuses.next().unwrap_or(200);
                let answer = format!(
                    "HTTP/1.1 {status} Said\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{token}",
                    token.len()
                );
                let _ = reader.get_mut().write_all(answer.as_bytes());
                let _ = sender.send(Posted { path, head, body });
            }
        });
        Self { address, posts }
    }

    fn next(&self) -> Posted {
        self.posts.recv_timeout(PATIENCE).unwrap()
    }
}

/// A server with an account, and what is needed for it to have news.
struct Served {
    server: Option<Server>,
    folder: TempDir,
    outlet: Outlet,
    token: String,
}

impl Served {
    fn start(mail: Option<SocketAddr>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = "[alerts]\ntimeout_s = 3\n".to_owned();
        if let Some(address) = mail {
            settings.push_str(&format!(
                "[mail]\nserver = \"smtp://{address}\"\nfrom = \"Harbour News <news@harbour.example>\"\n"
            ));
        }
        std::fs::write(folder.path().join("firsthand.toml"), settings).unwrap();
        let data = as_text(folder.path());
        let outlet = Outlet::start(feeds(2, 1), Duration::ZERO);
        let made =
            run(&["user", "add", "ann", "--role", "editor", "--password-stdin", "--data", data], b"correct horse\n");
        assert!(made.status.success(), "{}", stderr(&made));
        let token = stdout(&run(&["token", "ann", "--data", data], b"")).trim().to_owned();
        let mut served = Self { server: None, folder, outlet, token };
        served.serve();
        served.follow(0);
        served
    }

    fn serve(&mut self) {
        let data = as_text(self.folder.path());
        self.server = Some(Server::start(&["serve", "--data", data, "--allow-private-network"]));
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let (host, length) = (self.server.as_ref().unwrap().address, body.len());
        let token = &self.token;
        request(
            host,
            &format!(
                "{method} {path} HTTP/1.0\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
            ),
        )
    }

    fn made(&self, path: &str, body: &Value) -> Value {
        let answer = self.ask("POST", path, &body.to_string());
        assert_eq!(answer.status, 201, "{answer:?}");
        serde_json::from_str(&answer.body).unwrap()
    }

    /// Follows a feed and waits until its article is in a story.
    fn follow(&self, number: usize) {
        let url = format!("http://{}/{number}/feed.xml", self.outlet.address);
        self.made("/api/v1/feeds", &json!({ "url": url }));
        let title = format!("of feed {number} sinks");
        let server = self.server.as_ref().unwrap();
        server.wait_for("/api/v1/articles", |body| {
            let articles: Value = serde_json::from_str(body).unwrap();
            let all = articles["items"].as_array().unwrap();
            all.iter().any(|card| card["title"].as_str().unwrap().contains(&title) && !card["story_id"].is_null())
        });
    }

    fn article(&self) -> Value {
        let articles: Value = serde_json::from_str(&self.ask("GET", "/api/v1/articles", "").body).unwrap();
        articles["items"][0].clone()
    }
}

/// The path of a link within a mail: lines that were folded for their length are whole again.
fn link(mail: &Mail, before: &str) -> String {
    let text = mail.text.replace("=\r\n", "");
    let at = text.find(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    text[at..].chars().take_while(|c| !c.is_whitespace() && !"<>\"".contains(*c)).collect()
}

#[test]
fn a_mailbox_is_told_after_its_owner_agreed_and_no_more_after_one_click() {
    let mail = MailServer::start();
    let served = Served::start(Some(mail.address));
    let way = served.made("/api/v1/channels", &json!({ "kind": "email", "address": "ann@mail.example" }));
    assert_eq!(way["confirmed"], json!(false));
    let watch = json!({ "channel_id": way["id"], "kind": "search", "subject": "harbour" });
    served.made("/api/v1/watches", &watch);
    let asked = mail.mails.recv_timeout(PATIENCE).unwrap();
    assert_eq!(asked.to, "ann@mail.example");
    assert!(asked.text.contains("From: \"Harbour News\" <news@harbour.example>"), "{}", asked.text);
    let confirm = link(&asked, "/alerts/confirm/");
    // To look at the page does not yet say yes.
    let page = served.ask("GET", &confirm, "");
    assert!(page.status == 200 && page.body.contains("ann@mail.example"), "{page:?}");
    served.follow(1);
    assert_eq!(served.ask("POST", &confirm, "").status, 303);

    let told = mail.mails.recv_timeout(PATIENCE).unwrap();
    assert!(told.text.contains("Subject: harbour: Number 0 of feed 1 sinks in the harbour"), "{}", told.text);
    assert!(told.text.contains("text/plain") && told.text.contains("text/html"), "{}", told.text);
    assert!(told.text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{}", told.text);
    assert!(!told.text.contains("May-Repeat"), "{}", told.text);
    let stop = link(&told, "/stop/");
    assert_eq!(served.ask("GET", &stop, "").status, 200);
    let watches = |served: &Served| {
        let list: Value = serde_json::from_str(&served.ask("GET", "/api/v1/watches", "").body).unwrap();
        list["items"].as_array().unwrap().len()
    };
    assert_eq!(watches(&served), 1);
    // As mail programs do: a form, and nobody is signed in.
    let address = served.server.as_ref().unwrap().address;
    let click = format!(
        "POST {stop} HTTP/1.0\r\nHost: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 26\r\n\r\nList-Unsubscribe=One-Click"
    );
    assert_eq!(request(address, &click).status, 200);
    assert_eq!(watches(&served), 0);
    assert_eq!(request(address, &click).status, 404);
}

#[test]
fn a_webhook_is_signed_and_tried_again() {
    let sink = Sink::start(vec![500]);
    let served = Served::start(None);
    let hook = format!("http://{}/hook", sink.address);
    let way = served.made("/api/v1/channels", &json!({ "kind": "webhook", "address": hook }));
    let secret = way["secret"].as_str().unwrap().to_owned();
    served.made("/api/v1/watches", &json!({ "channel_id": way["id"], "kind": "search", "subject": "harbour" }));
    served.follow(1);
    let first = sink.next();
    assert_eq!(first.path, "/hook");
    let (id, at) = (first.header("webhook-id"), first.header("webhook-timestamp"));
    use base64::Engine;
    let engine = base64::engine::general_purpose::STANDARD;
    let key = engine.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let signed = format!("{id}.{at}.{}", first.body);
    let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap().chain_update(signed).finalize().into_bytes();
    assert_eq!(first.header("webhook-signature"), format!("v1,{}", engine.encode(mac)));
    let body: Value = serde_json::from_str(&first.body).unwrap();
    let item = &body["data"]["items"][0];
    assert_eq!(item["title"], "Number 0 of feed 1 sinks in the harbour");
    assert!(item["source_url"].as_str().unwrap().ends_with("/1/0"), "{item}");
    // It answered with 500: the same again, which is no repeat of something that arrived.
    let second = sink.next();
    assert_eq!((second.header("webhook-id"), &second.body), (id, &first.body));
    assert_eq!((second.header("x-firsthand-attempt"), second.header("x-firsthand-may-repeat")), ("2", "false"));
}

#[test]
fn news_reaches_phones_and_articles_reach_services() {
    let sink = Sink::start(Vec::new());
    let served = Served::start(None);
    let base = format!("http://{}", sink.address);
    let topic = served.made("/api/v1/channels", &json!({ "kind": "ntfy", "address": format!("{base}/harbour") }));
    served.made("/api/v1/watches", &json!({ "channel_id": topic["id"], "kind": "search", "subject": "harbour" }));
    served.follow(1);
    let told: Value = serde_json::from_str(&sink.next().body).unwrap();
    assert_eq!(
        (told["topic"].as_str(), told["title"].as_str()),
        (Some("harbour"), Some("harbour: Number 0 of feed 1 sinks in the harbour"))
    );

    // Nothing is set up that keeps articles: it says so.
    let article = served.article();
    let save = format!("/api/v1/articles/{}/save", article["id"]);
    assert_eq!(served.ask("POST", &save, "").status, 400);
    for (kind, path, secret, authorization) in [
        ("readeck", "/api/bookmarks", json!("key"), "Bearer key"),
        ("linkding", "/api/bookmarks/", json!("key"), "Token key"),
        ("wallabag", "/api/entries.json", json!("a:b:c:d"), "Bearer opened"),
        ("post", "/", Value::Null, ""),
    ] {
        let way = json!({ "kind": kind, "address": format!("{base}/"), "secret": secret });
        let way = served.made("/api/v1/channels", &way);
        assert_eq!(served.ask("POST", &save, "").status, 204);
        let mut posted = sink.next();
        if kind == "wallabag" {
            assert!(posted.path == "/oauth/v2/token" && posted.body.contains("password=d"), "{posted:?}");
            posted = sink.next();
        }
        assert_eq!((posted.path.as_str(), posted.header("authorization")), (path, authorization), "{kind}");
        let body: Value = serde_json::from_str(&posted.body).unwrap();
        assert_eq!(body["url"], article["url"], "{kind}");
        assert_eq!(served.ask("DELETE", &format!("/api/v1/channels/{}", way["id"]), "").status, 204);
    }
}

#[test]
fn killed_while_sending_it_loses_nothing_and_marks_what_may_come_twice() {
    let mail = MailServer::start();
    let mut served = Served::start(Some(mail.address));
    let way = served.made("/api/v1/channels", &json!({ "kind": "email", "address": "ann@mail.example" }));
    let asked = mail.mails.recv_timeout(PATIENCE).unwrap();
    assert_eq!(served.ask("POST", &link(&asked, "/alerts/confirm/"), "").status, 303);
    served.made("/api/v1/watches", &json!({ "channel_id": way["id"], "kind": "search", "subject": "harbour" }));
    let ways: Value = serde_json::from_str(&served.ask("GET", "/api/v1/channels", "").body).unwrap();
    let before = ways["items"][0]["last_success_at"].clone();
    *mail.holds.lock().unwrap() = true;
    served.follow(1);
    let first = mail.mails.recv_timeout(PATIENCE).unwrap();
    // The mail is with the mail server, whose word on it never comes: in this moment the power fails.
    served.server.take().unwrap().kill();
    *mail.holds.lock().unwrap() = false;
    served.serve();
    let second = mail.mails.recv_timeout(PATIENCE).unwrap();
    let id = |mail: &Mail| mail.text.lines().find(|line| line.starts_with("Message-ID:")).unwrap().to_owned();
    assert_eq!(id(&first), id(&second));
    assert!(!first.text.contains("X-Firsthand-May-Repeat"), "{}", first.text);
    assert!(second.text.contains("X-Firsthand-May-Repeat: attempt 2"), "{}", second.text);
    assert!(second.text.replace("=\r\n", "").contains("may have reached you before"), "{}", second.text);
    // Once it is ticked off, nothing is left to be sent, today or tomorrow.
    let arrived = |served: &Served| {
        let ways: Value = serde_json::from_str(&served.ask("GET", "/api/v1/channels", "").body).unwrap();
        ways["items"][0]["last_success_at"].clone()
    };
    for _ in 0..300 {
        if arrived(&served) != before {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_ne!(arrived(&served), before);
    served.server.take().unwrap().kill();
    let tomorrow = SystemClock.now().plus_seconds(86_400);
    let left = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let database = database_of(as_text(served.folder.path())).parse::<DatabaseUrl>().unwrap();
        let store = Store::open(&database, Arc::new(ManualClock::at(tomorrow))).await.unwrap();
        store.take_deliveries(9, 30).await.unwrap()
    });
    assert_eq!(left, []);
    assert!(mail.mails.try_recv().is_err());
}
