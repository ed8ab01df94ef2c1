//! Several processes on one PostgreSQL: one dies, one is frozen past its term and woken, one is stopped; nothing is lost,
//! doubled, or written over by who held a lease before.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod common;

use common::{Outlet, Server, as_text, firsthand, new_database, request, run, stderr, stdout};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

const HOSTS: usize = 24;
const PAGES: usize = 8;
const TERM_S: &str = "4";

/// Events that four outlets each tell of: a headline and what happened.
const EVENTS: [(&str, &str); 6] = [
    (
        "Ferry Aurelia sinks off Port Ellery",
        "The ferry Aurelia sank off Port Ellery early on Monday after its engine room flooded. Harbour master Odile Brandt said that all 212 passengers reached the quay in lifeboats. Divers will inspect the wreck once the storm has passed.",
    ),
    (
        "Orchestra of Vellmar cancels its summer tour",
        "The Vellmar philharmonic has cancelled its summer tour because its conductor, Ignatz Rullo, fell ill with pneumonia. Violinists rehearsed without him until Thursday. Concert halls in nine cities refund the tickets.",
    ),
    (
        "Clinic in Tarrow receives first malaria vaccine",
        "A clinic in Tarrow has received the first 4,000 doses of a malaria vaccine. Paediatrician Nuri Okafor vaccinated children from three villages. The ministry of health wants to reach every district before the rainy season.",
    ),
    (
        "Glacier above Sankt Velten cracks",
        "A crevasse 300 metres long has opened in the glacier above Sankt Velten, geologist Mirja Aalto measured with a drone. Mountain guides closed two huts and four trails. Meltwater was warmer than in any July on record.",
    ),
    (
        "Tram derails at Corvane depot",
        "A tram of line 14 derailed at the Corvane depot because a switch was set wrongly. Dispatcher Lew Hansen stopped traffic for six hours. A crane lifted the carriage back onto the rails in the evening.",
    ),
    (
        "Observatory loses contact with satellite Petrel",
        "The Marrick observatory has lost contact with the weather satellite Petrel. Astronomer Isolde Quint suspects that a micrometeorite hit its antenna. Forecasters switch to two older satellites until a replacement is launched.",
    ),
];

/// What an outlet has: a feed, and pages that tell of the event that is its own and three others'.
fn documents(host: usize) -> Vec<(String, &'static str, String)> {
    let (headline, text) = EVENTS[host % EVENTS.len()];
    let title = |page: usize| format!("{headline}, report {page} of outlet {host}");
    let item = |page: usize| {
        format!(
            "<item><title>{}</title><link>{{base}}/{host}/{page}</link><pubDate>Tue, 05 May 2026 10:0{page}:00 GMT</pubDate></item>",
            title(page)
        )
    };
    let items: String = (0..PAGES).map(item).collect();
    let feed = format!("<rss version=\"2.0\"><channel><title>Outlet {host}</title>{items}</channel></rss>");
    let page = |page: usize| {
        let title = title(page);
        let html = format!(
            "<!doctype html><html lang=en><title>{title}</title><body><article><h1>{title}</h1><p>{text}</p><p>{text}</p></article>"
        );
        (format!("/{host}/{page}"), "text/html", html)
    };
    let mut documents: Vec<_> = (0..PAGES).map(page).collect();
    documents.push((format!("/{host}/feed.xml"), "application/rss+xml", feed));
    documents
}

/// Outlets that are hosts of their own, each with one feed.
fn outlets(delay: Duration) -> (Vec<Outlet>, String) {
    let outlets: Vec<Outlet> =
        (0..HOSTS).map(|host| Outlet::start_at(&format!("127.0.3.{}", host + 1), documents(host), delay)).collect();
    let lines: String = outlets
        .iter()
        .enumerate()
        .map(|(host, outlet)| format!("<outline xmlUrl=\"http://{}/{host}/feed.xml\"/>", outlet.address))
        .collect();
    (outlets, format!("<opml><body>{lines}</body></opml>"))
}

fn metric(page: &str, name: &str) -> u64 {
    let line = page.lines().find(|line| line.starts_with(&format!("firsthand_{name} ")));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or_else(|| panic!("no {name}: {page}"))
}

fn exported(place: &[&str]) -> Vec<Value> {
    let output = run(&[&["export", "--format", "jsonl"], place].concat(), b"");
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The stories as sets of addresses.
fn stories(articles: &[Value]) -> BTreeSet<BTreeSet<String>> {
    let mut stories: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for article in articles {
        // The ports differ from run to run; the path says which page it is.
        let path = article["url"].as_str().unwrap().splitn(4, '/').nth(3).unwrap().to_owned();
        stories.entry(article["story"].to_string()).or_default().insert(path);
    }
    stories.into_values().collect()
}

fn is_done(page: &str) -> bool {
    metric(page, "articles") == (HOSTS * PAGES) as u64
        && metric(page, "entries_pending") == 0
        && metric(page, "articles_ungrouped") == 0
        && metric(page, "stories_stale") == 0
}

#[test]
fn what_one_of_three_processes_leaves_the_others_take_over() {
    let Some(database) = new_database("nodes") else { return };
    let (outlets, opml) = outlets(Duration::from_millis(60));
    let place = ["--database", database.as_str()];
    let output = run(&[&["import", "-"], place.as_slice()].concat(), opml.as_bytes());
    assert!(output.status.success(), "{}", stderr(&output));

    let folders: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    let start = |node: usize| {
        std::fs::write(
            folders.get(node).unwrap().path().join("firsthand.toml"),
            format!("votes_per_minute = 10000\n[node]\nname = \"node{node}\"\nterm_s = {TERM_S}\n"),
        )
        .unwrap();
        let data = as_text(folders.get(node).unwrap().path());
        Server::start(&["serve", "--allow-private-network", "--data", data, "--database", database.as_str()])
    };
    let (first, second, third) = (start(0), start(1), start(2));
    third.wait_for("/metrics", |page| metric(page, "nodes") == 3 && metric(page, "parts") >= 300);
    // Two of them cannot be told from one `fetch --once`: it says so, and leaves the work to them.
    let beside = run(&[&["fetch", "--once", "--all"], place.as_slice()].concat(), b"");
    assert_eq!(beside.status.code(), Some(1));
    assert!(stderr(&beside).contains("processes are at work on this database"), "{}", stderr(&beside));

    third.wait_for("/metrics", |page| metric(page, "articles") > 10);
    first.kill();
    third.wait_for("/metrics", |page| metric(page, "articles") > 30);
    second.freeze(true);
    // Both terms are over: the third has everything.
    third.wait_for("/metrics", |page| metric(page, "parts") == 1025 && metric(page, "nodes") == 1);
    let vote = |server: &Server, subject: &str| {
        let body = r#"{"vote":"like"}"#;
        let length = body.len();
        let answer = request(
            server.address,
            &format!(
                "POST {subject}/vote HTTP/1.0\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}",
                server.address
            ),
        );
        assert_eq!(answer.status, 200, "{answer:?}");
    };
    let items: Value = serde_json::from_str(&third.get("/api/v1/articles").body).unwrap();
    let subject = format!("/api/v1/articles/{}", items["items"][0]["id"]);
    vote(&third, &subject);
    second.freeze(false);
    // It wakes, finds its parts gone, and gets its share again.
    second.wait_for("/metrics", |page| metric(page, "parts") >= 512 && metric(page, "nodes") == 2);
    vote(&second, &subject);
    third.wait_for("/metrics", is_done);
    let listed: Value =
        serde_json::from_str(&stdout(&run(&[&["nodes", "--json"], place.as_slice()].concat(), b""))).unwrap();
    let alive: Vec<&str> = listed
        .as_array()
        .unwrap()
        .iter()
        .filter(|node| node["alive"] == true)
        .map(|node| node["name"].as_str().unwrap())
        .collect();
    assert_eq!(alive, ["node1", "node2"]);
    for server in [&second, &third] {
        let tally: Value = serde_json::from_str(&server.get(&format!("{subject}/vote")).body).unwrap();
        assert_eq!(tally["likes"], 2, "{tally}");
    }
    // Who is told to stop gives its parts to the others at once.
    assert_eq!(second.terminate(), Some(0));
    third.wait_for("/metrics", |page| metric(page, "parts") == 1025);
    assert_eq!(third.terminate(), Some(0));

    let check = run(&[&["check"], place.as_slice()].concat(), b"");
    assert!(check.status.success(), "{}", stdout(&check));
    let shared = exported(&place);
    let urls: HashSet<&str> = shared.iter().map(|article| article["url"].as_str().unwrap()).collect();
    assert_eq!((shared.len(), urls.len()), (HOSTS * PAGES, HOSTS * PAGES));
    // Nothing is fetched again but what was under way where a process was killed or taken for dead.
    let asked: usize = outlets
        .iter()
        .enumerate()
        .map(|(host, outlet)| (0..PAGES).map(|page| outlet.asked(&format!("/{host}/{page}"))).sum::<usize>())
        .sum();
    // A process has 64 under way at the most; a slow machine may take one for dead once more than we do here.
    assert!(asked <= HOSTS * PAGES + 3 * 64, "{asked} requests for {} pages", HOSTS * PAGES);

    // One process alone makes the same stories.
    let alone = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", as_text(&alone.path().join("alone.db")));
    let place = ["--database", file.as_str()];
    assert!(run(&[&["import", "-"], place.as_slice()].concat(), opml.as_bytes()).status.success());
    assert!(
        run(&[&["fetch", "--once", "--all", "--allow-private-network"], place.as_slice()].concat(), b"")
            .status
            .success()
    );
    let alone = stories(&exported(&place));
    assert!(alone.len() >= EVENTS.len(), "{alone:?}");
    assert_eq!(stories(&shared), alone);
}

#[test]
fn pages_and_fetching_can_be_processes_of_their_own() {
    let Some(database) = new_database("roles") else { return };
    let (_outlets, opml) = outlets(Duration::ZERO);
    let place = ["--database", database.as_str()];
    assert!(run(&[&["import", "-"], place.as_slice()].concat(), opml.as_bytes()).status.success());
    let folder = tempfile::tempdir().unwrap();
    let data = as_text(folder.path());
    let serve = |role: &str| {
        Server::start(
            &[&["serve", "--role", role, "--allow-private-network", "--data", data], place.as_slice()].concat(),
        )
    };
    let (pages, crawler) = (serve("web"), serve("crawl"));
    pages.wait_for("/metrics", is_done);
    assert_eq!((metric(&pages.get("/metrics").body, "parts"), pages.get("/").status), (0, 200));
    assert_eq!((metric(&crawler.get("/metrics").body, "parts"), crawler.get("/").status), (1025, 404));
    assert_eq!(crawler.get("/readyz").body, "ok\n");
    // What the dashboard asks for is there.
    let dashboard: Value = serde_json::from_str(include_str!("../../../deploy/grafana.json")).unwrap();
    let given = format!("{}firsthand_replica_lag_seconds ", pages.get("/metrics").body);
    for target in dashboard["panels"].as_array().unwrap().iter().flat_map(|panel| panel["targets"].as_array().unwrap())
    {
        let query = target["expr"].as_str().unwrap();
        for name in
            query.split(|c: char| !(c.is_ascii_lowercase() || c == '_')).filter(|word| word.starts_with("firsthand_"))
        {
            assert!(given.contains(&format!("{name} ")) || given.contains(&format!("{name}{{")), "{name} of {query}");
        }
    }
    let listed = stdout(&run(&[&["nodes"], place.as_slice()].concat(), b""));
    assert!(listed.contains("web") && listed.contains("1024 of 1024 shards, groups stories"), "{listed}");
    assert_eq!((pages.terminate(), crawler.terminate()), (Some(0), Some(0)));
    // A place on a file is one process's.
    let alone = firsthand(&["nodes", "--database", &format!("sqlite:{data}/other.db")]).output().unwrap();
    assert!(stderr(&alone).contains("PostgreSQL only"), "{}", stderr(&alone));
}

#[test]
fn a_server_that_is_asked_for_tls_must_show_who_it_is() {
    let Some(database) = new_database("tls") else { return };
    let Ok(certificate) = std::env::var("FIRSTHAND_TEST_PG_CERTIFICATE") else {
        eprintln!("SKIPPED with TLS: FIRSTHAND_TEST_PG_CERTIFICATE names no certificate");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let asked = format!("{database}?sslmode=require");
    let check = |trusted: Option<&str>| {
        let mut command = firsthand(&["check", "--data", as_text(folder.path()), "--database", &asked]);
        command.envs(trusted.map(|file| ("SSL_CERT_FILE", file))).output().unwrap()
    };
    let stranger = check(None);
    assert!(!stranger.status.success());
    assert!(stderr(&stranger).contains("certificate"), "{}", stderr(&stranger));
    let known = check(Some(&certificate));
    assert!(known.status.success(), "{}", stderr(&known));
}
