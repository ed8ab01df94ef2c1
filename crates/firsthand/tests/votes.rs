//! Votes over HTTP: whatever comes in at once and wherever, the counts are those of the last ballots.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod common;

use common::{Answer, Outlet, Server, as_text, feeds, new_database, request, run, stderr};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;
use tempfile::TempDir;

const VOTERS: usize = 400;
const THREADS: usize = 8;
const BALLOTS: usize = 5;

/// Two servers on one store, and the folders that must live as long.
fn served(database: Option<&str>) -> ([Server; 2], Vec<TempDir>) {
    let folders: Vec<TempDir> = (0..2).map(|_| tempfile::tempdir().unwrap()).collect();
    // The voters come through a proxy that says where from.
    let settings = "trusted_proxies = \"127.0.0.1\"\nvotes_per_minute = 100000\n";
    for folder in &folders {
        std::fs::write(folder.path().join("firsthand.toml"), settings).unwrap();
    }
    let [first, second] = [0, 1].map(|place: usize| match database {
        Some(database) => vec!["--database", database, "--data", as_text(folders.get(place).unwrap().path())],
        None => vec!["--data", as_text(folders.first().unwrap().path())],
    });
    let outlet = Outlet::start(feeds(1, 3), Duration::ZERO);
    let url = format!("http://{}/0/feed.xml", outlet.address);
    for command in
        [vec!["add", url.as_str(), "--allow-private-network"], vec!["fetch", "--once", "--allow-private-network"]]
    {
        let done = run(&[command, first.clone()].concat(), b"");
        assert!(done.status.success(), "{}", stderr(&done));
    }
    let servers = [
        Server::start(&[vec!["serve"], first].concat()),
        Server::start(&[vec!["serve", "--role", "web"], second].concat()),
    ];
    (servers, folders)
}

fn ask(server: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.0\r\nHost: {server}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
    );
    request(server, &format!("{head}{headers}\r\n{body}"))
}

/// What one voter does: ballots in a row, each at the other server, on subjects in turn. Gives the last ballot on each.
fn vote(number: usize, servers: [SocketAddr; 2], subjects: &[String]) -> HashMap<String, &'static str> {
    let from = format!("X-Forwarded-For: 10.{}.{}.9\r\n", number / 250, number % 250);
    let mut cookie = String::new();
    let mut last = HashMap::new();
    for round in 0..BALLOTS * subjects.len() {
        let subject = subjects.get(round % subjects.len()).unwrap();
        // Another ballot each time, no two voters in the same order; some are cast twice, some withdrawn.
        let ballot = ["like", "dislike", "like", "none", "dislike", "dislike", "like"]
            .get((number * 3 + round + round / 3) % 7)
            .copied()
            .unwrap();
        let server = *servers.get((number + round) % 2).unwrap();
        let body = json!({ "vote": ballot }).to_string();
        let answer = ask(server, "POST", &format!("{subject}/vote"), &format!("{from}{cookie}"), &body);
        assert_eq!(answer.status, 200, "{answer:?}");
        let tally: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(tally["vote"], ballot);
        if let Some(given) = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")) {
            assert!(cookie.is_empty(), "a voter is given one cookie");
            cookie = format!("Cookie: {}\r\n", given.split(';').next().unwrap());
        }
        last.insert(subject.clone(), ballot);
    }
    last
}

fn counts_equal_the_last_ballots(database: Option<&str>) {
    let (servers, _folders) = served(database);
    let addresses = [servers[0].address, servers[1].address];
    let stories: Value = serde_json::from_str(&servers[1].get("/api/v1/stories").body).unwrap();
    let story = &stories["items"][0];
    let subjects =
        vec![format!("/api/v1/stories/{}", story["id"]), format!("/api/v1/articles/{}", story["article_id"])];
    let threads = (0..THREADS).map(|thread| {
        let subjects = subjects.clone();
        std::thread::spawn(move || {
            (thread..VOTERS).step_by(THREADS).map(|number| vote(number, addresses, &subjects)).collect::<Vec<_>>()
        })
    });
    let ballots: Vec<_> = threads.collect::<Vec<_>>().into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    assert_eq!(ballots.len(), VOTERS);
    for subject in &subjects {
        let cast = |wanted: &str| ballots.iter().filter(|ballots| ballots.get(subject) == Some(&wanted)).count();
        let (likes, dislikes) = (cast("like"), cast("dislike"));
        assert!(likes > 50 && dislikes > 50 && cast("none") > 20, "the ballots differ: {likes}, {dislikes}");
        for server in &servers {
            let tally: Value = serde_json::from_str(&server.get(&format!("{subject}/vote")).body).unwrap();
            assert_eq!((&tally["likes"], &tally["dislikes"]), (&json!(likes), &json!(dislikes)), "{subject}");
        }
    }
    // No two of them came from one network: none is set aside.
    let page = servers[0].get(&subjects[0].replace("/api/v1/stories", "/story")).body;
    assert!(page.contains("% like it") && !page.contains("set aside in the rank:"), "{page}");
    for server in servers {
        assert_eq!(server.terminate(), Some(0));
    }
}

#[test]
fn two_servers_on_one_file_count_the_last_ballots() {
    counts_equal_the_last_ballots(None);
}

#[test]
fn two_servers_on_postgresql_count_the_last_ballots() {
    let Some(database) = new_database("votes") else { return };
    counts_equal_the_last_ballots(Some(&database));
}

#[test]
fn many_votes_from_one_network_are_counted_and_set_aside() {
    let (servers, _folders) = served(None);
    let stories: Value = serde_json::from_str(&servers[0].get("/api/v1/stories").body).unwrap();
    let story = stories["items"][0]["id"].to_string();
    for number in 0..12 {
        let from = format!("X-Forwarded-For: 203.0.113.{number}\r\n");
        let answer =
            ask(servers[0].address, "POST", &format!("/api/v1/stories/{story}/vote"), &from, r#"{"vote":"like"}"#);
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let page = servers[1].get(&format!("/story/{story}")).body;
    assert!(page.contains("100 % like it; 10 votes are set aside in the rank: many came from one network"), "{page}");
    let tally: Value = serde_json::from_str(&servers[1].get(&format!("/api/v1/stories/{story}/vote")).body).unwrap();
    assert_eq!(tally["likes"], 12);
    // The front page says so as well, some moments later.
    servers[0].wait_for("/", |page| page.contains("10 votes set aside"));
}
