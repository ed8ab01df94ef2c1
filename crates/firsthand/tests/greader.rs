//! The Google Reader API and Fever as reader apps use them, over a real server: every call, both addresses, bad calls, other accounts.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod common;

use common::{Answer, Outlet, Server, as_text, feeds, request, run, stderr};
use serde_json::Value;
use std::time::Duration;
use tempfile::TempDir;

const FOLDER: &str = "Town / Sea & more";
const LABEL: &str = "user%2F-%2Flabel%2FTown%20%2F%20Sea%20%26%20more";
const READ: &str = "user/-/state/com.google/read";
const STARRED: &str = "user/-/state/com.google/starred";
const ALL: &str = "user/-/state/com.google/reading-list";

/// A server with two feeds of three articles, an administrator "ann" and a reader "ben".
struct Served {
    server: Server,
    outlet: Outlet,
    _folder: TempDir,
}

impl Served {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = as_text(folder.path());
        let outlet = Outlet::start(feeds(3, 3), Duration::ZERO);
        for (name, role) in [("ann", "administrator"), ("ben", "reader")] {
            let made = run(
                &["user", "add", name, "--role", role, "--password-stdin", "--data", data],
                b"correct horse battery\n",
            );
            assert!(made.status.success(), "{}", stderr(&made));
        }
        let urls = [0, 1].map(|feed| format!("http://{}/{feed}/feed.xml", outlet.address));
        for command in [vec!["add", &urls[0], "--folder", FOLDER], vec!["add", &urls[1]], vec!["fetch", "--once"]] {
            let done = run(&[command, vec!["--data", data, "--allow-private-network"]].concat(), b"");
            assert!(done.status.success(), "{}", stderr(&done));
        }
        let server = Server::start(&["serve", "--data", data, "--allow-private-network"]);
        Self { server, outlet, _folder: folder }
    }

    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let (host, length) = (self.server.address, body.len());
        let kind = if body.is_empty() { "" } else { "Content-Type: application/x-www-form-urlencoded\r\n" };
        let head =
            format!("{method} {path} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {length}\r\n{kind}{headers}\r\n");
        request(host, &format!("{head}{body}"))
    }

    /// The password for apps, made on the settings page.
    fn app_password(&self, name: &str) -> String {
        let signed_in = self.ask("POST", "/signin", "", &format!("name={name}&password=correct+horse+battery"));
        let cookie = signed_in.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap());
        let page = self.ask("POST", "/settings/apps", &cookie, "app=new").body;
        let password = page.split("role=\"status\"").nth(1).unwrap().split("<code>").nth(1).unwrap();
        password.split('<').next().unwrap().to_owned()
    }

    fn app(&self, name: &str) -> App<'_> {
        let password = self.app_password(name);
        let answer = self.ask(
            "POST",
            "/api/greader.php/accounts/ClientLogin",
            "",
            &format!("Email={name}&Passwd={password}&service=reader"),
        );
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.body.starts_with("SID=") && answer.body.contains("\nLSID="), "{}", answer.body);
        let token = answer.body.lines().find_map(|line| line.strip_prefix("Auth=")).unwrap().to_owned();
        assert!(!token.contains('=') && token.matches('/').count() == 1);
        App { served: self, token }
    }
}

/// An app that is signed in.
struct App<'a> {
    served: &'a Served,
    token: String,
}

impl App<'_> {
    fn get(&self, call: &str) -> Answer {
        let header = format!("Authorization: GoogleLogin auth={}\r\n", self.token);
        self.served.ask("GET", &format!("/api/greader.php/reader/api/0/{call}"), &header, "")
    }

    fn json(&self, call: &str) -> Value {
        let answer = self.get(call);
        assert_eq!(answer.status, 200, "{call}: {answer:?}");
        serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{call}: {answer:?}"))
    }

    fn post(&self, call: &str, body: &str) -> Answer {
        let header = format!("Authorization: GoogleLogin auth={}\r\n", self.token);
        self.served.ask("POST", &format!("/api/greader.php/reader/api/0/{call}"), &header, body)
    }

    fn done(&self, call: &str, body: &str) {
        let answer = self.post(call, body);
        assert_eq!((answer.status, answer.body.as_str()), (200, "OK"), "{call} {body}");
    }

    fn ids(&self, query: &str) -> Vec<String> {
        let answer = self.json(&format!("stream/items/ids?output=json&n=100&{query}"));
        let references = answer["itemRefs"].as_array().unwrap();
        references.iter().map(|reference| reference["id"].as_str().unwrap().to_owned()).collect()
    }

    fn unread(&self) -> u64 {
        self.json("unread-count?output=json")["max"].as_u64().unwrap()
    }
}

#[test]
fn an_app_lists_reads_marks_and_stars() {
    let served = Served::start();
    let app = served.app("ann");
    assert_eq!(app.json("user-info?output=json")["userName"], "ann");
    let token = app.get("token").body;
    assert_eq!(token.trim(), app.token);
    let subscriptions = app.json("subscription/list?output=json");
    let subscriptions = subscriptions["subscriptions"].as_array().unwrap();
    assert_eq!(subscriptions.len(), 2);
    let town = subscriptions.iter().find(|feed| feed["categories"][0]["label"] == FOLDER).unwrap();
    assert_eq!(town["categories"][0]["id"], format!("user/-/label/{FOLDER}"));
    assert!(town["id"].as_str().unwrap().starts_with("feed/") && town["url"].as_str().unwrap().contains("/0/feed.xml"));
    let tags = app.json("tag/list?output=json");
    assert!(tags["tags"].as_array().unwrap().iter().any(|tag| tag["id"] == format!("user/-/label/{FOLDER}")), "{tags}");

    // Numbers: newest first, oldest first, of a feed by number and by address, of a folder with a slash.
    let ids = app.ids(&format!("s={ALL}"));
    assert_eq!(ids.len(), 6);
    let mut turned = app.ids(&format!("s={ALL}&r=o"));
    turned.reverse();
    assert_eq!(ids, turned);
    let of_feed = app.ids(&format!("s={}", town["id"].as_str().unwrap().replace('/', "%2F")));
    assert_eq!(of_feed.len(), 3);
    assert_eq!(of_feed, app.ids(&format!("s=feed/{}", town["url"].as_str().unwrap())));
    assert_eq!(of_feed, app.ids(&format!("s={LABEL}")));
    assert!(app.ids("s=user/-/state/com.google/broadcast").is_empty(), "a state that is not kept here");
    // Page by page nothing is lost or doubled.
    let mut paged = Vec::new();
    let mut next = String::new();
    loop {
        let page = app.json(&format!("stream/items/ids?s={ALL}&n=4{next}"));
        paged.extend(page["itemRefs"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
        let Some(behind) = page["continuation"].as_str() else { break };
        next = format!("&c={behind}");
    }
    assert_eq!(paged, ids);

    // Contents: by decimal numbers, 16 digits and the long form; in the order asked for.
    let number: i64 = ids[2].parse().unwrap();
    let asked = format!(
        "i={}&i={:016x}&i=tag:google.com,2005:reader/item/{number:016x}",
        ids[0],
        ids[1].parse::<i64>().unwrap()
    );
    let contents: Value = serde_json::from_str(&app.post("stream/items/contents?output=json", &asked).body).unwrap();
    let items = contents["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    let item = &items[2];
    assert_eq!(item["id"], format!("tag:google.com,2005:reader/item/{number:016x}"));
    assert!(item["title"].as_str().unwrap().contains("sinks in the harbour"));
    assert!(item["summary"]["content"].as_str().unwrap().contains("<p>"));
    assert!(item["alternate"][0]["href"].as_str().unwrap().starts_with("http://"));
    assert_eq!(
        (item["timestampUsec"].as_str().unwrap().len(), item["crawlTimeMsec"].as_str().unwrap().len()),
        (16, 13)
    );
    assert!(item["origin"]["streamId"].as_str().unwrap().starts_with("feed/") && item["published"].is_i64());
    let streamed = app.json(&format!("stream/contents/{LABEL}?n=2"));
    assert_eq!(streamed["items"].as_array().unwrap().len(), 2);
    assert!(streamed["continuation"].is_string());
    assert_eq!(
        app.json("stream/contents?n=50")["items"].as_array().unwrap().len(),
        6,
        "without a name it is the reading list"
    );

    // Marks.
    assert_eq!(app.unread(), 6);
    app.done("edit-tag", &format!("i={}&i={}&a={READ}&T=", ids[0], ids[1]));
    app.done("edit-tag", &format!("i={}&a={STARRED}&T=x", ids[3]));
    assert_eq!((app.unread(), app.ids(&format!("s={ALL}&xt={READ}")).len()), (4, 4));
    assert_eq!(app.ids(&format!("s={READ}")), ids[..2]);
    assert_eq!(app.ids(&format!("s={STARRED}")), ids[3..4]);
    assert_eq!(app.ids(&format!("s={ALL}&it={STARRED}")), ids[3..4]);
    let marked = app.json(&format!("stream/contents?n=50&xt={STARRED}"));
    let of = |id: &str| {
        let long = format!("tag:google.com,2005:reader/item/{:016x}", id.parse::<i64>().unwrap());
        marked["items"].as_array().unwrap().iter().find(|item| item["id"] == long).unwrap()["categories"].to_string()
    };
    let read = format!("\"{READ}\"");
    assert!(of(&ids[0]).contains(&read) && !of(&ids[4]).contains(&read) && of(&ids[3]).contains(STARRED));
    app.done("edit-tag", &format!("i={}&r={READ}&T=x", ids[0]));
    app.done("edit-tag", &format!("i={}&a=user/-/state/com.google/kept-unread", ids[1]));
    app.done("edit-tag", &format!("i={}&r=user/1/state/com.google/starred&a=user/-/label/any", ids[3]));
    assert_eq!((app.unread(), app.ids(&format!("s={STARRED}")).len()), (6, 0));
    // Mark all of a folder, then everything, but nothing newer than was seen.
    app.done("mark-all-as-read", &format!("s={LABEL}"));
    assert_eq!(app.unread(), 3);
    app.done("mark-all-as-read", &format!("s={ALL}&ts=1000000"));
    assert_eq!(app.unread(), 3);
    app.done("mark-all-as-read", &format!("s={ALL}&ts=9999999999999999"));
    assert_eq!(app.unread(), 0);
    assert_eq!(app.json("unread-count")["unreadcounts"].as_array().unwrap().len(), 0);

    // The other base, and Atom.
    let header = format!("Authorization: GoogleLogin auth={}\r\n", app.token);
    let root = served.ask("GET", "/reader/api/0/subscription/list?output=json", &header, "");
    assert_eq!(serde_json::from_str::<Value>(&root.body).unwrap()["subscriptions"].as_array().unwrap().len(), 2);
    let atom = served.ask("GET", &format!("/reader/atom/{ALL}?n=2"), &header, "");
    assert!(atom.body.matches("<entry>").count() == 2 && atom.body.contains("<gr:continuation>"), "{}", atom.body);
    let atom = served.ask("GET", &format!("/api/greader.php/reader/atom/{LABEL}?n=9"), &header, "");
    assert_eq!(atom.body.matches("<entry>").count(), 3);
}

#[test]
fn an_app_follows_renames_and_leaves() {
    let served = Served::start();
    let app = served.app("ann");
    let third = format!("http://{}/2/feed.xml", served.outlet.address);
    let added: Value =
        serde_json::from_str(&app.post(&format!("subscription/quickadd?quickadd={third}"), "T=x").body).unwrap();
    assert_eq!((&added["numResults"], added["streamName"].as_str()), (&Value::from(1), Some("Outlet 2")), "{added}");
    let stream = added["streamId"].as_str().unwrap().to_owned();
    app.done("subscription/edit", &format!("ac=edit&s={stream}&t=Third+%26+last&a=user/-/label/New"));
    let feed = |app: &App<'_>| {
        let list = app.json("subscription/list");
        list["subscriptions"].as_array().unwrap().iter().find(|feed| feed["id"] == stream.as_str()).cloned()
    };
    let edited = feed(&app).unwrap();
    assert_eq!(
        (edited["title"].as_str(), edited["categories"][0]["label"].as_str()),
        (Some("Third & last"), Some("New"))
    );
    app.done("rename-tag", "s=user/-/label/New&dest=user/-/label/Newer");
    assert_eq!(feed(&app).unwrap()["categories"][0]["label"], "Newer");
    app.done("disable-tag", "s=user/-/label/Newer");
    assert_eq!(feed(&app).unwrap()["categories"].as_array().unwrap().len(), 0);
    let opml = app.get("subscription/export").body;
    assert!(opml.contains("Third &amp; last") && opml.contains(&third), "{opml}");
    app.done("subscription/edit", &format!("ac=unsubscribe&s={stream}"));
    assert!(feed(&app).is_none());
    let imported = served.ask(
        "POST",
        "/api/greader.php/reader/api/0/subscription/import?T=x",
        &format!("Authorization: GoogleLogin auth={}\r\n", app.token),
        &opml,
    );
    assert_eq!((imported.status, imported.body.as_str()), (200, "OK: 1"), "{imported:?}");
    let nowhere: Value =
        serde_json::from_str(&app.post("subscription/quickadd", "quickadd=http://127.0.0.1:1/").body).unwrap();
    assert_eq!(nowhere["numResults"], 0);
    assert!(nowhere["error"].is_string());
    // A reader reads; what is followed is the editors' affair.
    let ben = served.app("ben");
    assert_eq!(ben.post("subscription/edit", &format!("ac=unsubscribe&s={stream}")).status, 403);
    assert_eq!(ben.post("disable-tag", &format!("s={LABEL}")).status, 403);
    assert_eq!(ben.post("subscription/quickadd", &format!("quickadd={third}")).status, 403);
}

#[test]
fn bad_calls_get_the_status_that_apps_expect_and_change_nothing() {
    let served = Served::start();
    let (ann, ben) = (served.app("ann"), served.app("ben"));
    let wrong = served.ask("POST", "/accounts/ClientLogin", "", "Email=ann&Passwd=correct+horse+battery");
    assert_eq!(
        (wrong.status, wrong.body.as_str()),
        (401, "Error=BadAuthentication"),
        "the account's own password is none for apps"
    );
    for header in [
        "",
        "Authorization: GoogleLogin auth=x\r\n",
        "Authorization: GoogleLogin auth=1/2\r\n",
        "Authorization: GoogleLogin\r\n",
    ] {
        let answer = served.ask("GET", "/reader/api/0/subscription/list", header, "");
        assert_eq!(answer.status, 401, "{answer:?}");
        assert!(answer.head.to_lowercase().contains("x-reader-google-bad-token: true"), "{}", answer.head);
    }
    let ids = ann.ids(&format!("s={ALL}"));
    for (call, body) in [
        ("edit-tag", format!("i={}&i=nonsense&a={READ}", ids[0])),
        ("edit-tag", format!("a={READ}")),
        ("stream/items/contents", "i=zzzz".to_owned()),
        ("mark-all-as-read", String::new()),
        ("mark-all-as-read", format!("s={ALL}&ts=soon")),
        ("subscription/edit", "ac=explode&s=feed/1".to_owned()),
        ("subscription/edit", "ac=edit".to_owned()),
        ("rename-tag", "s=user/-/label/A".to_owned()),
        ("subscription/import", "no outline".to_owned()),
    ] {
        let status = ann.post(call, &body).status;
        assert!(matches!(status, 400 | 404), "{call} {body}: {status}");
    }
    for call in [
        "stream/items/ids?s=feed/77",
        "stream/items/ids?s=user/-/state/com.google/never",
        "stream/items/ids?n=many",
        "stream/items/ids?c=here",
        "nothing",
    ] {
        let status = ann.get(call).status;
        assert!(matches!(status, 400 | 404), "{call}: {status}");
    }
    assert_eq!(ann.get("edit-tag").status, 405);
    assert_eq!(ann.unread(), 6, "nothing was marked halfway");
    // What one marks is nobody else's.
    ann.done("mark-all-as-read", &format!("s={ALL}"));
    ann.done("edit-tag", &format!("i={}&a={STARRED}", ids[0]));
    assert_eq!((ann.unread(), ben.unread()), (0, 6));
    assert!(ben.ids(&format!("s={STARRED}")).is_empty() && ben.ids(&format!("s={READ}")).is_empty());
    // Another password for apps ends what went before.
    let again = served.app("ann");
    assert_eq!((ann.get("user-info").status, again.get("user-info").status), (401, 200));
}

#[test]
fn an_app_that_speaks_fever_reads_marks_and_saves() {
    let served = Served::start();
    let password = served.app_password("ann");
    let key = md5(&format!("ann:{password}"));
    let ask = |query: &str, body: &str| -> Value {
        let answer = served.ask("POST", &format!("/fever/?api{query}"), "", &format!("api_key={key}{body}"));
        assert_eq!(answer.status, 200, "{answer:?}");
        serde_json::from_str(&answer.body).unwrap()
    };
    let nobody: Value = serde_json::from_str(&served.ask("POST", "/fever/?api&items", "", "api_key=0").body).unwrap();
    assert_eq!(nobody, serde_json::json!({ "api_version": 3, "auth": 0 }));
    let all = ask("&groups&feeds&items&unread_item_ids&saved_item_ids&favicons&links", "");
    assert_eq!((&all["api_version"], &all["auth"]), (&Value::from(3), &Value::from(1)));
    assert!(all["last_refreshed_on_time"].as_i64().unwrap() > 1_000_000_000);
    assert_eq!((all["feeds"].as_array().unwrap().len(), all["groups"][0]["title"].as_str()), (2, Some(FOLDER)));
    let town = all["feeds_groups"][0]["feed_ids"].as_str().unwrap().to_owned();
    assert!(all["feeds"].as_array().unwrap().iter().any(|feed| feed["id"].as_i64() == town.parse().ok()));
    assert_eq!((all["items"].as_array().unwrap().len(), &all["total_items"]), (6, &Value::from(6)));
    let ids: Vec<String> = all["items"].as_array().unwrap().iter().map(|item| item["id"].to_string()).collect();
    assert!(ids.windows(2).all(|pair| pair[0].parse::<i64>().unwrap() < pair[1].parse::<i64>().unwrap()));
    assert!(all["items"][0]["html"].as_str().unwrap().contains("<p>") && all["items"][0]["is_read"] == 0);
    let list =
        |answer: &Value, name: &str| answer[name].as_str().unwrap().split(',').filter(|id| !id.is_empty()).count();
    assert_eq!((list(&all, "unread_item_ids"), list(&all, "saved_item_ids")), (6, 0));
    // Up from a number, down from one, by a list.
    let numbers = |answer: &Value| {
        answer["items"].as_array().unwrap().iter().map(|item| item["id"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&ask(&format!("&items&since_id={}", ids[3]), "")), ids[4..]);
    let mut down = numbers(&ask(&format!("&items&max_id={}", ids[2]), ""));
    down.reverse();
    assert_eq!(down, ids[..2]);
    assert_eq!(numbers(&ask("&items&max_id=0", ""))[0], ids[5]);
    assert_eq!(numbers(&ask(&format!("&items&with_ids={},{}", ids[4], ids[1]), "")), [ids[4].clone(), ids[1].clone()]);
    // Marks: saved twice is saved.
    ask("", &format!("&mark=item&as=read&id={}", ids[0]));
    ask("", &format!("&mark=item&as=saved&id={}", ids[1]));
    ask("", &format!("&mark=item&as=saved&id={}", ids[1]));
    let now = ask("&unread_item_ids&saved_item_ids", "");
    assert_eq!((list(&now, "unread_item_ids"), now["saved_item_ids"].as_str()), (5, Some(ids[1].as_str())));
    ask("", &format!("&mark=item&as=unsaved&id={}", ids[1]));
    ask("", &format!("&mark=item&as=unread&id={}", ids[0]));
    ask("", &format!("&mark=feed&as=read&id={town}&before=9999999999"));
    let now = ask("&unread_item_ids&saved_item_ids", "");
    assert_eq!((list(&now, "unread_item_ids"), list(&now, "saved_item_ids")), (3, 0));
    ask("", "&mark=group&as=read&id=0&before=1000");
    ask("", "&mark=nonsense&as=read&id=zero");
    assert_eq!(list(&ask("&unread_item_ids", ""), "unread_item_ids"), 3);
    ask("", "&mark=group&as=read&id=0&before=9999999999");
    assert_eq!(list(&ask("&unread_item_ids", ""), "unread_item_ids"), 0);
    // The other account has read nothing.
    assert_eq!(served.app("ben").unread(), 6);
}

/// MD5 (RFC 1321) by the system's own program.
fn md5(text: &str) -> String {
    use std::io::Write as _;
    let mut child = std::process::Command::new("md5sum")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8_lossy(&output.stdout).split(' ').next().unwrap().to_owned()
}
