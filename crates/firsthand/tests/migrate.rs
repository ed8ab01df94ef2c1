//! A store taken from a file to PostgreSQL, while its pages are read.

mod common;

use common::{Outlet, Server, as_text, feeds, new_database, request, run, stderr, stdout};
use serde_json::{Value, json};
use std::time::Duration;

fn post(server: &Server, path: &str, body: &str) -> u16 {
    let (address, length) = (server.address, body.len());
    let head = format!("POST {path} HTTP/1.0\r\nHost: {address}\r\nContent-Type: application/json\r\n");
    request(address, &format!("{head}Content-Length: {length}\r\n\r\n{body}")).status
}

#[test]
fn a_store_moves_to_postgresql_and_nothing_is_written_behind_it() {
    let Some(database) = new_database("moved") else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", as_text(&folder.path().join("news.db")));
    let from = ["--database", file.as_str()];
    let outlet = Outlet::start(feeds(3, 6), Duration::ZERO);
    for feed in 0..3 {
        let url = format!("http://{}/{feed}/feed.xml", outlet.address);
        assert!(run(&[&["add", &url, "--allow-private-network"], from.as_slice()].concat(), b"").status.success());
    }
    assert!(run(&[&["fetch", "--once", "--allow-private-network"], from.as_slice()].concat(), b"").status.success());
    let ann = run(&[&["user", "add", "ann", "--password-stdin"], from.as_slice()].concat(), b"a long password\n");
    assert!(ann.status.success(), "{}", stderr(&ann));

    let pages =
        Server::start(&[&["serve", "--role", "web", "--data", as_text(folder.path())], from.as_slice()].concat());
    let stories: Value = serde_json::from_str(&pages.get("/api/v1/stories").body).unwrap();
    let subject = format!("/api/v1/stories/{}/vote", stories["items"][0]["id"]);
    assert_eq!(post(&pages, &subject, r#"{"vote":"like"}"#), 200);
    let front = pages.get("/").body;

    let migrate = ["migrate", "--from", file.as_str(), "--to", database.as_str(), "--json"];
    let moved = run(&migrate, b"");
    assert!(moved.status.success(), "{}", stderr(&moved));
    let report: Value = serde_json::from_str(&stdout(&moved)).unwrap();
    let rows = |table: &str| {
        let tables = report["tables"].as_array().unwrap();
        tables.iter().find(|row| row["name"] == table).map(|row| row["rows"].clone())
    };
    assert_eq!((rows("article"), rows("feed"), rows("vote")), (Some(json!(18)), Some(json!(3)), Some(json!(1))));
    assert_eq!((rows("account"), rows("entry"), &report["resumed"]), (Some(json!(1)), Some(json!(18)), &json!(0)));
    let again = run(&migrate, b"");
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("was moved to PostgreSQL"), "{}", stderr(&again));

    // What is served from the file can be read on, but no ballot is taken that would be lost.
    assert_eq!(pages.get("/").status, 200);
    assert_eq!(post(&pages, &subject, r#"{"vote":"dislike"}"#), 503);
    drop(pages);
    let behind = run(&[&["add", "http://127.0.0.1:9/"], from.as_slice()].concat(), b"");
    assert!(stderr(&behind).contains("start with --database postgres://"), "{}", stderr(&behind));

    let to = ["--database", database.as_str()];
    let check = run(&[&["check"], to.as_slice()].concat(), b"");
    assert!(check.status.success(), "{}{}", stdout(&check), stderr(&check));
    let server = Server::start(
        &[&["serve", "--allow-private-network", "--data", as_text(folder.path())], to.as_slice()].concat(),
    );
    let tally: Value = serde_json::from_str(&server.get(&subject).body).unwrap();
    assert_eq!((&tally["likes"], &tally["dislikes"]), (&json!(1), &json!(0)));
    let headline = stories["items"][0]["headline"].as_str().unwrap_or("sinks in the harbour");
    assert!(front.contains(headline) && server.get("/").body.contains(headline));
    // It goes on there: what was known is not fetched again.
    server.wait_for("/metrics", |page| page.contains("\nfirsthand_parts 1025\n"));
    let found = server.get("/api/v1/search?q=harbour").body;
    assert!(found.contains("sinks in the harbour"), "{found}");
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn what_cannot_be_moved_is_said() {
    for (from, to, expected) in [
        ("sqlite:/nowhere/news.db", "postgres://x@127.0.0.1:9/news", "cannot write /nowhere/news.lock"),
        ("postgres://x@127.0.0.1:9/news", "postgres://x@127.0.0.1:9/news", "--from sqlite:PATH"),
        ("mysql://x", "postgres://x@127.0.0.1:9/news", "sqlite:PATH or postgres://"),
    ] {
        let output = run(&["migrate", "--from", from, "--to", to], b"");
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", as_text(&folder.path().join("news.db")));
    assert!(run(&["feeds", "--database", &file], b"").status.success());
    let output = run(&["migrate", "--from", &file, "--to", "postgres://x@127.0.0.1:9/news"], b"");
    assert!(stderr(&output).contains("is the server running"), "{}", stderr(&output));
    let output = run(&["migrate", "--from", &file, "--to", &file], b"");
    assert!(stderr(&output).contains("give --to postgres://"), "{}", stderr(&output));
}
