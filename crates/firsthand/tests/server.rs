//! The whole server over outlets on this machine: interrupted, started twice, stopped, looked at.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Outlet, Server, as_text, feeds, on_postgres, request, run, stderr, stdout};
use serde_json::Value;
use std::collections::HashSet;
use std::time::Duration;

const FEEDS: usize = 3;
const PAGES: usize = 24;

fn follow(outlet: &Outlet, data: &str) {
    let addresses: Vec<String> = (0..FEEDS).map(|feed| format!("http://{}/{feed}/feed.xml", outlet.address)).collect();
    let mut arguments = vec!["add", "--data", data, "--allow-private-network"];
    arguments.extend(addresses.iter().map(String::as_str));
    let output = run(&arguments, b"");
    assert!(output.status.success(), "{}", stderr(&output));
}

fn metric(page: &str, name: &str) -> u64 {
    let line = page.lines().find(|line| line.starts_with(&format!("firsthand_{name} "))).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

/// Ten times, each further on: in the middle of the feeds, of the pages, of grouping.
#[test]
fn a_server_killed_in_the_middle_of_a_fetch_goes_on_where_it_was() {
    const KILLS: u64 = 10;
    let all = (FEEDS * PAGES) as u64;
    let folder = tempfile::tempdir().unwrap();
    let data = as_text(folder.path());
    let outlet = Outlet::start(feeds(FEEDS, PAGES), Duration::from_millis(40));
    follow(&outlet, data);
    let serve = ["serve", "--data", data, "--allow-private-network"];

    for kill in 0..KILLS {
        let server = Server::start(&serve);
        let wanted = kill * all / (KILLS + 2);
        server.wait_for("/metrics", |page| metric(page, "articles") >= wanted);
        let page = server.get("/metrics").body;
        assert!(metric(&page, "articles") < all, "it was too quick to be interrupted");
        server.kill();
        let check = run(&["check", "--data", data], b"");
        assert!(check.status.success(), "kill {kill}: {}{}", stdout(&check), stderr(&check));
    }

    let server = Server::start(&serve);
    server.wait_for("/metrics", |page| {
        metric(page, "articles") == all
            && metric(page, "entries_pending") == 0
            && metric(page, "articles_ungrouped") == 0
    });
    assert_eq!(server.terminate(), Some(0));
    let check = run(&["check", "--data", data], b"");
    assert!(check.status.success(), "{}", stdout(&check));
    let exported = run(&["export", "--format", "jsonl", "--data", data], b"");
    let articles: Vec<Value> = stdout(&exported).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let urls: HashSet<&str> = articles.iter().map(|article| article["url"].as_str().unwrap()).collect();
    assert_eq!((articles.len(), urls.len()), (FEEDS * PAGES, FEEDS * PAGES));
    assert!(articles.iter().all(|article| article["story"].is_number()));
    // What was stored is not fetched again; what was under way when the server died, is.
    for feed in 0..FEEDS {
        let asked = outlet.asked(&format!("/{feed}/feed.xml"));
        assert!((1..=1 + KILLS as usize).contains(&asked), "feed {feed} was asked for {asked} times");
        let pages: usize = (0..PAGES).map(|page| outlet.asked(&format!("/{feed}/{page}"))).sum();
        assert!(pages <= PAGES + KILLS as usize, "{pages} requests for {PAGES} pages");
    }
}

#[test]
fn one_folder_and_one_port_belong_to_one_server() {
    let folder = tempfile::tempdir().unwrap();
    let data = as_text(folder.path());
    let server = Server::start(&["serve", "--data", data]);
    // On a server's database several share the work.
    if !on_postgres() {
        let second = run(&["serve", "--data", data, "--listen", "127.0.0.1:0"], b"");
        assert_eq!(second.status.code(), Some(1));
        assert!(stderr(&second).contains("is at work on") && stderr(&second).contains("--data"), "{}", stderr(&second));
    }
    let other = tempfile::tempdir().unwrap();
    let third = run(&["serve", "--data", as_text(other.path()), "--listen", &server.address.to_string()], b"");
    assert_eq!(third.status.code(), Some(1));
    assert!(stderr(&third).contains("cannot listen on") && stderr(&third).contains("--listen"), "{}", stderr(&third));
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn fetch_once_polls_and_sums_up_although_a_feed_fails() {
    let folder = tempfile::tempdir().unwrap();
    let data = as_text(folder.path());
    let mut documents = feeds(1, 2);
    documents.push((
        "/broken.xml".to_owned(),
        "text/html",
        "<!doctype html><html><body>moved</body></html>".to_owned(),
    ));
    let outlet = Outlet::start(documents, Duration::ZERO);
    let opml = format!(
        "<opml><body><outline xmlUrl=\"http://{0}/0/feed.xml\"/><outline xmlUrl=\"http://{0}/broken.xml\"/><outline xmlUrl=\"http://{0}/missing.xml\"/></body></opml>",
        outlet.address
    );
    assert!(run(&["import", "-", "--data", data], opml.as_bytes()).status.success());
    let output = run(&["fetch", "--once", "--json", "--allow-private-network", "--data", data], b"");
    assert!(output.status.success(), "{}", stderr(&output));
    let feeds: Value = serde_json::from_str(&stdout(&run(&["feeds", "--json", "--data", data], b""))).unwrap();
    let error = |name: &str| {
        let feed = feeds.as_array().unwrap().iter().find(|feed| feed["url"].as_str().unwrap().ends_with(name)).unwrap();
        feed["last_error"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(error("/0/feed.xml"), "");
    assert!(error("broken.xml").contains("web page, not a feed"), "{feeds}");
    assert!(error("missing.xml").contains("404"), "{feeds}");
    // What failed is left alone for a while, even when all feeds are asked for.
    assert!(run(&["fetch", "--once", "--all", "--allow-private-network", "--data", data], b"").status.success());
    assert_eq!((outlet.asked("/missing.xml"), outlet.asked("/0/feed.xml")), (1, 2));
}

/// A page that lists the pages of feed 0 with these numbers, and names no feed.
fn list_of(numbers: &[usize]) -> String {
    let items: String = numbers
        .iter()
        .map(|number| format!("<li><h2><a href=\"/0/{number}?story=sinks-in-the-harbour-{number}00\">Number {number} of feed 0 sinks in the harbour</a></h2>"))
        .collect();
    format!(
        "<!doctype html><html lang=en><title>Ellery Courier</title><nav><a href=/about>About us</a></nav><ul>{items}</ul></html>"
    )
}

#[test]
fn a_site_without_a_feed_is_watched() {
    let folder = tempfile::tempdir().unwrap();
    let data = as_text(folder.path());
    let pages = feeds(1, 7).into_iter().filter(|(path, _, _)| !path.ends_with("feed.xml"));
    // The outlet knows addresses with their query.
    let mut documents: Vec<_> = pages
        .map(|(path, kind, text)| {
            let number = path.rsplit('/').next().unwrap_or_default().to_owned();
            (format!("{path}?story=sinks-in-the-harbour-{number}00"), kind, text)
        })
        .collect();
    documents.push(("/".to_owned(), "text/html", list_of(&[0, 1, 2, 3, 4, 5])));
    let outlet = Outlet::start(documents, Duration::ZERO);
    let added = run(&["add", "--data", data, "--allow-private-network", &format!("http://{}/", outlet.address)], b"");
    assert!(added.status.success(), "{}", stderr(&added));
    let said = format!("{}{}", stdout(&added), stderr(&added));
    assert!(said.contains("the page itself is watched") && said.contains("6 entries"), "{said}");
    assert!(stdout(&run(&["feeds", "--data", data], b"")).contains("watched page"));

    let round = || -> Value {
        let fetch = ["fetch", "--once", "--all", "--json", "--allow-private-network", "--data", data];
        let output = run(&fetch, b"");
        assert!(output.status.success(), "{}", stderr(&output));
        serde_json::from_str(&stdout(&output)).unwrap()
    };
    let first = round();
    assert_eq!((&first["entries"], &first["articles"]), (&Value::from(0), &Value::from(6)), "{first}");
    outlet.change("/", "text/html", &list_of(&[6, 0, 1, 2, 3, 4]));
    let second = round();
    assert_eq!((&second["entries"], &second["articles"]), (&Value::from(1), &Value::from(1)), "{second}");
    let exported = run(&["export", "--format", "jsonl", "--data", data], b"");
    let titles: Vec<String> = stdout(&exported)
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["title"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((titles.len(), titles.iter().collect::<HashSet<_>>().len()), (7, 7), "{titles:?}");
    assert!(run(&["check", "--data", data], b"").status.success());
}

#[test]
fn the_demo_traces_its_stories_before_the_eyes() {
    let server = Server::start(&["demo"]);
    let front = server.wait_for("/", |page| {
        page.contains("Cracks in harbour bridge")
            && ["5", "6", "7"].iter().any(|n| page.contains(&format!("{n} reports")))
    });
    assert!(
        front.contains("Read more at")
            && front.contains("I like it")
            && front.contains("every outlet, person and event here is invented")
    );
    let path = front
        .split("href=\"")
        .filter_map(|part| part.split_once('"'))
        .find(|(_, rest)| rest.starts_with(">Cracks in harbour"));
    let path = path.unwrap().0.to_owned();
    let story = server.wait_for(&path, |page| page.contains("2 first-hand") && page.contains("relays"));
    for expected in [
        "Who reported it",
        "Who says what",
        "Figures that differ",
        "Timeline",
        "Shared quotes",
        "<svg class=\"who wide\"",
        "told the Courier",
        "4 centimetres",
    ] {
        assert!(story.contains(expected), "{expected} is not on the story page");
    }
    let (_, reports) = story.split_once("id=\"report-").unwrap();
    assert!(reports.find("The Ellery Courier").unwrap() < reports.find("NWA").unwrap());
    // The article that is changed after publication shows what changed.
    let stories: Vec<String> = server
        .get("/?order=new")
        .body
        .split("href=\"/story/")
        .skip(1)
        .map(|part| format!("/story/{}", part.split('"').next().unwrap()))
        .collect();
    let changed = (0..400).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        stories.iter().any(|path| server.get(path).body.contains("What changed"))
    });
    assert!(changed, "no story shows a change");
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn a_vote_needs_no_script_and_counts_once() {
    let server = Server::start(&["demo"]);
    let front = server.wait_for("/", |page| page.contains("class=\"story"));
    let id = front.split("data-subject=\"story\" data-id=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let host = server.address;
    let vote = |ballot: &str, headers: &str| {
        let body = format!("subject=story&id={id}&vote={ballot}&back=/");
        request(
            host,
            &format!(
                "POST /vote HTTP/1.0\r\nHost: {host}\r\n{headers}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            ),
        )
    };
    let answer = vote("like", "");
    assert_eq!(answer.status, 303);
    let cookie = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap());
    let tally = || -> Value {
        let path = format!("/api/v1/stories/{id}/vote");
        let answer = request(host, &format!("GET {path} HTTP/1.0\r\nHost: {host}\r\n{cookie}\r\n"));
        serde_json::from_str(&answer.body).unwrap()
    };
    assert_eq!((&tally()["likes"], &tally()["vote"]), (&Value::from(1), &Value::from("like")));
    vote("like", &cookie);
    vote("dislike", &cookie);
    let counted = tally();
    assert_eq!((&counted["likes"], &counted["dislikes"]), (&Value::from(0), &Value::from(1)));
    vote("none", &cookie);
    assert_eq!(tally()["dislikes"], 0);
    assert_eq!(vote("like", "Sec-Fetch-Site: cross-site\r\n").status, 403);
    assert_eq!(vote("like", "Origin: https://evil.example\r\n").status, 403);
    assert_eq!(tally()["likes"], 0);
}

#[test]
fn settings_are_taken_over_while_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = as_text(folder.path());
    let outlet = Outlet::start(feeds(FEEDS, 2), Duration::ZERO);
    follow(&outlet, data);
    let set = |text: &str| std::fs::write(folder.path().join("firsthand.toml"), text).unwrap();
    set("title = \"The first name\"\n[metrics]\nnetworks = \"192.0.2.1\"\n");
    let server = Server::start(&["serve", "--data", data, "--allow-private-network"]);
    assert!(server.get("/").body.contains("The first name"));
    assert_eq!(server.get("/metrics").status, 403);
    set("title = \"The second name\"\n[node]\nname = \"other\"\n");
    server.read_settings();
    server.wait_for("/", |page| page.contains("The second name"));
    server.wait_until_it_says("these settings change with the next start only: node.name");
    // What is fetched goes on being fetched, and what is wrong changes nothing.
    server.wait_for("/metrics", |page| metric(page, "articles") == FEEDS as u64 * 2);
    set("title = \"The third name\"\nnonsense = 1\n");
    server.read_settings();
    server.wait_until_it_says("the settings cannot be taken over, those of before go on");
    assert!(server.get("/").body.contains("The second name"));
    set("title = \"The fourth name\"\n");
    server.read_settings();
    server.wait_for("/", |page| page.contains("The fourth name"));
    assert_eq!(server.terminate(), Some(0));
}
