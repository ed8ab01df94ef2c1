//! The pages, feeds and APIs over a hostile outlet: nothing of it runs, nothing private is shown.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Answer, Outlet, Server, as_text, json_lines, request, run, stderr, stdout};
use serde_json::{Value, json};
use std::fs;
use std::time::Duration;
use tempfile::TempDir;

const EVIL: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>";

/// A server that has read a hostile outlet, with an administrator "ann" and a reader "ben".
struct Served {
    server: Server,
    folder: TempDir,
}

impl Served {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = as_text(folder.path());
        let escaped = EVIL.replace('<', "&lt;").replace('>', "&gt;");
        let feed = format!(
            "<rss version=\"2.0\"><channel><title>Bad &amp; {escaped} Post</title><link>{{base}}/</link><item><title>Ferry {escaped} &amp;lt;b&amp;gt; sinks</title><link>{{base}}/a</link><author>{escaped}</author></item></channel></rss>"
        );
        let text =
            "The ferry sank in the harbour of Port Ellery on Monday, the harbour master Ida Brandt told the Post. ";
        let page = format!(
            "<!doctype html><html lang=en><head><title>Ferry sinks</title></head><body><article><h1>Ferry sinks</h1><p>{text}{EVIL} &lt;script&gt;alert(3)&lt;/script&gt;</p><p onclick=alert(4)>{}<a href='javascript:alert(5)'>more</a></p></article></body></html>",
            text.repeat(3)
        );
        let documents =
            vec![("/feed.xml".to_owned(), "application/rss+xml", feed), ("/a".to_owned(), "text/html", page)];
        let outlet = Outlet::start(documents, Duration::ZERO);
        let url = format!("http://{}/feed.xml", outlet.address);
        for (name, role) in [("ann", "administrator"), ("ben", "reader")] {
            let made = run(
                &["user", "add", name, "--role", role, "--password-stdin", "--data", data],
                b"correct horse battery\n",
            );
            assert!(made.status.success(), "{}", stderr(&made));
        }
        let added = run(&["add", &url, "--folder", "Town & <b>", "--data", data, "--allow-private-network"], b"");
        assert!(added.status.success(), "{}", stderr(&added));
        let fetched = run(&["fetch", "--once", "--data", data, "--allow-private-network"], b"");
        assert!(fetched.status.success(), "{}", stderr(&fetched));
        let server = Server::start(&["serve", "--data", data]);
        Self { server, folder }
    }

    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let host = self.server.address;
        request(
            host,
            &format!(
                "{method} {path} HTTP/1.0\r\nHost: {host}\r\n{headers}Content-Length: {}\r\n\r\n{body}",
                body.len()
            ),
        )
    }

    fn token(&self, name: &str) -> String {
        let made = run(&["token", name, "--data", as_text(self.folder.path())], b"");
        format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", stdout(&made).trim())
    }

    fn json(&self, path: &str, headers: &str) -> Value {
        let answer = self.ask("GET", path, headers, "");
        serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{path}: {answer:?}"))
    }
}

#[test]
fn nothing_foreign_runs_on_any_page() {
    let served = Served::start();
    let stories = served.json("/api/v1/stories", "");
    let story = &stories["items"][0];
    let pages = [
        "/".to_owned(),
        format!("/story/{}", story["id"]),
        format!("/article/{}", story["article_id"]),
        format!("/outlet/{}", story["outlets"][0]["id"]),
        "/outlets".to_owned(),
        "/search?q=ferry".to_owned(),
        "/search?q=%22%3E%3Cscript%3Ealert(6)%3C/script%3E".to_owned(),
        "/?folder=%3Cscript%3Ealert(7)%3C/script%3E".to_owned(),
        "/nothing/%3Cscript%3Ealert(8)".to_owned(),
        "/signin?back=%22%3E%3Cscript%3Ealert(9)".to_owned(),
    ];
    for page in pages {
        let answer = served.server.get(&page);
        for evil in ["<script>", "<img", "onerror=\"", "onclick", "javascript:"] {
            assert!(!answer.body.contains(evil), "{evil} is on {page}: {}", answer.body);
        }
        for part in [
            "content-security-policy: default-src 'none'",
            "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types firsthand",
            "x-frame-options: DENY",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "permissions-policy: accelerometer=(), camera=()",
            "cross-origin-opener-policy: same-origin",
        ] {
            assert!(answer.head.contains(part), "{part}: {}", answer.head);
        }
        assert!(!answer.head.contains("set-cookie"), "{page} sets a cookie");
    }
}

#[test]
fn feeds_that_are_given_out_can_be_read() {
    let served = Served::start();
    let story = served.json("/api/v1/stories", "")["items"][0]["id"].to_string();
    let outlet = served.json("/api/v1/outlets", "")["items"][0]["id"].to_string();
    let lists = ["front", "new", "day", "week", "search", &format!("story-{story}"), &format!("outlet-{outlet}")];
    for list in lists {
        for format in ["atom", "json"] {
            let path = format!("/feeds/{list}.{format}?q=ferry");
            let answer = served.server.get(&path);
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            let file = served.folder.path().join("given.feed");
            fs::write(&file, &answer.body).unwrap();
            let read = json_lines(&run(&["feed", as_text(&file)], b""));
            assert_eq!(read[0]["format"], format, "{path}: {}", read[0]);
            let title = read[0]["items"][0]["title"].as_str().unwrap();
            assert!(title.contains("Ferry"), "{path}: {title}");
            assert!(!read[0]["items"][0]["content"].as_str().unwrap().contains("<script"));
            let tag = answer.head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
            assert_eq!(served.ask("GET", &path, &format!("If-None-Match: {tag}\r\n"), "").status, 304);
        }
    }
    assert_eq!(served.server.get("/feeds/nothing.atom").status, 404);
    assert_eq!(served.server.get("/feeds/front.rss").status, 404);
}

#[test]
fn the_api_has_every_path_that_it_lists_and_keeps_what_is_private() {
    let served = Served::start();
    let (ann, ben) = (served.token("ann"), served.token("ben"));
    let stories = served.json("/api/v1/stories", "");
    let (story, article) = (&stories["items"][0]["id"], &stories["items"][0]["article_id"]);
    let outlet = &stories["items"][0]["outlets"][0]["id"];
    let specification = served.json("/api/v1/openapi.json", "");
    for (path, methods) in specification["paths"].as_object().unwrap() {
        let id = match path.as_str() {
            path if path.starts_with("/stories") => story,
            path if path.starts_with("/articles") => article,
            _ => outlet,
        };
        let full = format!("/api/v1{}", path.replace("{id}", &id.to_string()));
        for method in methods.as_object().unwrap().keys() {
            // Events do not end.
            if path == "/events" {
                continue;
            }
            let answer = served.ask(&method.to_uppercase(), &full, &ann, "{}");
            let is_there = answer.status != 405 && !answer.body.contains("there is nothing at");
            assert!(is_there && answer.status < 500, "{method} {full}: {answer:?}");
        }
    }
    assert_eq!(served.ask("PATCH", "/api/v1/stories", &ann, "").status, 405);
    let missing = served.ask("GET", "/api/v1/stories/1", "", "");
    assert_eq!((missing.status, missing.body.contains("\"error\"")), (404, true));
    assert_eq!(served.ask("GET", "/api/v1/stories?after=x", "", "").status, 400);

    let unread = served.ask("POST", "/api/v1/votes", &ben, "{\"subject\":\"outlet\"}");
    assert_eq!(unread.status, 422, "{unread:?}");
    assert!(serde_json::from_str::<Value>(&unread.body).unwrap()["error"].as_str().unwrap().contains("subject"));
    let page = served.ask("GET", "/?page=many", "", "");
    assert!(page.status == 400 && page.body.contains("<h1") && page.body.contains("page"), "{page:?}");

    let path = format!("/api/v1/articles/{article}");
    assert_eq!(served.json(&path, "")["text"], Value::Null);
    assert!(served.json(&path, &ben)["text"].as_str().unwrap().starts_with("The ferry sank"));
    assert_eq!(served.ask("GET", "/api/v1/feeds", "", "").status, 401);
    assert_eq!(served.json("/api/v1/feeds", &ben)["items"].as_array().unwrap().len(), 1);
    assert_eq!(served.ask("GET", "/api/v1/users", &ben, "").status, 403);
    assert_eq!(served.json("/api/v1/users", &ann)["items"].as_array().unwrap().len(), 2);
    assert_eq!(served.ask("POST", "/api/v1/feeds", &ben, "{\"url\":\"https://a.example/\"}").status, 403);
    assert_eq!(served.ask("GET", "/api/v1/feeds", "Authorization: Bearer nonsense\r\n", "").status, 403);
    assert_eq!(served.ask("GET", "/fever/", "", "").body, r#"{"api_version":3,"auth":0}"#);

    let vote = served.ask("POST", &format!("/api/v1/articles/{article}/vote"), &ben, "{\"vote\":\"like\"}");
    let tally: Value = serde_json::from_str(&vote.body).unwrap();
    assert_eq!(tally, json!({ "likes": 1, "dislikes": 0, "vote": "like" }));
    let wrong = served.ask("POST", "/api/v1/stories/1/vote", &ben, "{\"vote\":\"like\"}");
    assert_eq!(wrong.status, 404, "{wrong:?}");
}

#[test]
fn an_editor_gives_a_report_another_part_and_takes_it_back() {
    let served = Served::start();
    let (ann, ben) = (served.token("ann"), served.token("ben"));
    let article = served.json("/api/v1/stories", "")["items"][0]["article_id"].clone();
    let path = format!("/api/v1/articles/{article}");
    let until = |role: &str| {
        let found = (0..150).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            served.json(&path, "")["role"] == role
        });
        assert!(found, "never {role}: {}", served.json(&path, ""));
    };
    until("first-hand");
    assert_eq!(served.ask("PUT", &format!("{path}/role"), &ben, "{\"role\":\"unclear\"}").status, 403);
    assert_eq!(served.ask("PUT", &format!("{path}/role"), &ann, "{\"role\":\"best\"}").status, 422);
    assert_eq!(served.ask("PUT", "/api/v1/articles/1/role", &ann, "{\"role\":\"unclear\"}").status, 404);
    assert_eq!(served.ask("PUT", &format!("{path}/role"), &ann, "{\"role\":\"unclear\"}").status, 204);
    until("unclear");
    let page = served.ask("GET", &format!("/article/{article}"), "", "").body;
    assert!(page.contains("An editor of this server set this") && !page.contains("name=\"role\""), "{page}");
    let page = served.ask("GET", &format!("/article/{article}"), &ann, "").body;
    assert!(page.contains("<option value=\"unclear\" selected>"), "{page}");
    assert_eq!(served.ask("PUT", &format!("{path}/role"), &ann, "{}").status, 422);
    assert_eq!(served.ask("PUT", &format!("{path}/role"), &ann, "{\"role\":null}").status, 204);
    until("first-hand");
}

#[test]
fn an_editor_puts_a_report_elsewhere_and_merges_outlets_by_the_api_and_by_forms() {
    let served = Served::start();
    let (ann, ben) = (served.token("ann"), served.token("ben"));
    let story = served.json("/api/v1/stories", "")["items"][0].clone();
    let article = story["article_id"].clone();
    let place = |token: &str, body: &str| served.ask("PUT", &format!("/api/v1/articles/{article}/story"), token, body);
    assert_eq!(place(&ben, "{\"story\":\"own\"}").status, 403);
    for wrong in ["{}", "{\"story\":\"other\"}", "{\"story\":1.5}"] {
        assert_eq!(place(&ann, wrong).status, 422, "{wrong}");
    }
    assert_eq!(place(&ann, "{\"story\":1}").status, 404);
    let placed = place(&ann, "{\"story\":\"own\"}");
    assert_eq!((placed.status, placed.body), (200, json!({ "story_id": story["id"] }).to_string()));
    let page = |token: &str| served.ask("GET", &format!("/article/{article}"), token, "").body;
    assert!(
        page("").contains("An editor of this server put it into its story") && !page("").contains("name=\"story\"")
    );
    assert!(page(&ann).contains("value=\"computed\">Back to where"));
    let form = |path: &str, body: &str| {
        let headers = ann.replace("application/json", "application/x-www-form-urlencoded");
        served.ask("POST", path, &headers, body)
    };
    let path = format!("/article/{article}/story");
    let wrong = form(&path, "to=story&story=the+bridge");
    assert!(wrong.status == 400 && wrong.body.contains("names no story"), "{wrong:?}");
    assert_eq!(form(&path, "to=elsewhere").status, 400);
    assert_eq!(form(&path, "to=computed&story=").status, 303);
    assert!(!page(&ann).contains("value=\"computed\">Back to where"));

    let path = format!("/story/{}", story["id"]);
    let api = format!("/api/v1/stories/{}", story["id"]);
    let feed = format!("/feeds/story-{}.atom", story["id"]);
    assert_eq!(form(&format!("{path}/mark"), "mark=funny").status, 400);
    assert_eq!(
        served
            .ask("POST", &format!("{path}/mark"), "Content-Type: application/x-www-form-urlencoded\r\n", "mark=hidden")
            .status,
        303
    );
    assert_eq!(served.ask("GET", &path, "", "").status, 200, "nobody who is not an editor hides a story");
    assert_eq!(served.ask("PUT", &format!("{api}/mark"), &ben, "{\"mark\":\"hidden\"}").status, 403);
    assert_eq!(form(&format!("{path}/mark"), "mark=hidden").status, 303);
    for path in [&path, &api, &feed, &format!("{path}.json")] {
        assert_eq!(served.ask("GET", path, "", "").status, 404, "{path}");
    }
    assert!(served.ask("GET", &path, &ann, "").body.contains("Hidden by the editors"));
    assert_eq!(served.json("/api/v1/stories", "")["items"], json!([]));
    assert_eq!(served.ask("GET", "/?order=hidden", &ben, "").status, 403);
    assert!(served.ask("GET", "/?order=hidden", &ann, "").body.contains("Ferry"));
    assert_eq!(served.ask("PUT", &format!("{api}/mark"), &ann, "{\"mark\":\"pinned\"}").status, 204);
    assert!(served.ask("GET", "/", "", "").body.contains("picked by the editors"));
    assert_eq!(served.ask("PUT", &format!("{api}/mark"), &ann, "{\"mark\":null}").status, 204);

    let outlet = served.json(&format!("/api/v1/articles/{article}"), "")["outlet_id"].clone();
    let merge =
        |token: &str, body: &str| served.ask("PUT", &format!("/api/v1/outlets/{outlet}/merged-into"), token, body);
    assert_eq!(merge(&ben, "{\"outlet\":null}").status, 403);
    let itself = merge(&ann, &format!("{{\"outlet\":{outlet}}}"));
    assert!(itself.status == 400 && itself.body.contains("into itself"), "{itself:?}");
    assert_eq!(merge(&ann, "{\"outlet\":77}").status, 404);
    assert_eq!(merge(&ann, "{\"outlet\":null}").status, 200);
    assert_eq!(form(&format!("/outlet/{outlet}/merge"), "into=").status, 303);
}

#[test]
fn a_reader_has_an_order_of_their_own_and_can_have_it_forgotten() {
    let served = Served::start();
    let ben = served.token("ben");
    assert_eq!(served.ask("GET", "/for-you", "", "").status, 303, "only for who is signed in");
    assert_eq!(served.ask("GET", "/api/v1/for-you", "", "").status, 401);
    let page = |path: &str| served.ask("GET", path, &ben, "").body;
    assert!(page("/for-you").contains("in its public order") && page("/").contains("href=\"/for-you\""));
    let story = served.json("/api/v1/stories", "")["items"][0]["id"].clone();
    let vote = served.ask("POST", &format!("/api/v1/stories/{story}/vote"), &ben, "{\"vote\":\"like\"}");
    assert_eq!(vote.status, 200);
    assert!(page("/for-you").contains("1 vote or star of yours"), "{}", page("/for-you"));
    let items = served.json("/api/v1/for-you?limit=1", &ben)["items"].clone();
    assert_eq!(items[0]["id"], story);
    assert!(items[0]["why_here"].as_str().unwrap().contains("public order: 1"), "{items}");
    // What was opened is read; a form takes that back, and marks a page.
    let unread = |path: &str| served.ask("GET", path, &ben, "").body.contains(&format!("id=\"story-{story}\""));
    assert!(unread("/?unread=1"));
    assert_eq!(served.ask("GET", "/?unread=1", "", "").status, 303);
    assert_eq!(served.ask("GET", &format!("/story/{story}"), &ben, "").status, 200);
    assert!(!unread("/?unread=1") && page("/").contains("story lead read"));
    assert_eq!(served.json("/api/v1/stories?unread=1", &ben)["items"], json!([]));
    let form = ben.replace("application/json", "application/x-www-form-urlencoded");
    let marked = served.ask("POST", "/read", &form, &format!("stories={story}&read=false&back=%2F%3Funread%3D1"));
    assert!(marked.status == 303 && marked.head.contains("/?unread=1"), "{marked:?}");
    assert!(unread("/?unread=1"));
    let marked = served.ask("POST", "/read", &form, &format!("stories={story},7&read=true&back=//evil.example"));
    assert!(marked.head.contains(&format!("location: /?read={story},7")), "{marked:?}");
    assert!(page(&format!("/?read={story},7")).contains("2 stories are marked as read"));
    assert_eq!(served.ask("PUT", &format!("/api/v1/stories/{story}/read"), &ben, "{\"read\":false}").status, 204);
    let nobody = "Content-Type: application/json\r\n";
    assert_eq!(served.ask("PUT", &format!("/api/v1/stories/{story}/read"), nobody, "{\"read\":false}").status, 401);
    assert_eq!(served.ask("DELETE", "/api/v1/for-you", &ben, "").status, 204);
    assert!(page("/for-you").contains("in its public order"));
}

#[test]
fn search_engines_and_those_who_link_are_told_what_a_page_is() {
    let served = Served::start();
    let story = served.json("/api/v1/stories", "")["items"][0].clone();
    let page = |path: &str| served.ask("GET", path, "", "");
    let base = format!("http://{}", served.server.address);
    assert!(page("/robots.txt").body.contains(&format!("Sitemap: {base}/sitemap.xml")));
    let map = page("/sitemap.xml");
    assert!(
        map.head.contains("application/xml") && map.body.contains(&format!("<loc>{base}/story/{}</loc>", story["id"]))
    );
    let shown = page(&format!("/story/{}", story["id"])).body;
    assert!(
        shown.contains("property=\"og:title\"") && !shown.contains("rel=\"canonical\"") && !shown.contains("noindex")
    );
    let article = page(&format!("/article/{}", story["article_id"])).body;
    let source = story["url"].as_str().unwrap();
    assert!(article.contains(&format!("<link rel=\"canonical\" href=\"{source}\">")), "{article}");
    assert!(page("/").body.contains("<meta name=\"description\""));
}

#[test]
fn the_feeds_page_says_which_feeds_have_problems() {
    let served = Served::start();
    let body = "name=ann&password=correct+horse+battery";
    let answer = served.ask("POST", "/signin", "Content-Type: application/x-www-form-urlencoded\r\n", body);
    let cookie = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap());
    let page = |path: &str| served.ask("GET", path, &cookie, "").body;
    let row = "class=\"failing\"";
    assert!(page("/feeds").contains("1 feed<") && page("/feeds?show=problems").contains("No feed has a problem."));
    let list = served.folder.path().join("list.opml");
    // A server that may not ask its own network refuses this one.
    let outline =
        "<opml version=\"2.0\"><body><outline text=\"Lost\" xmlUrl=\"http://127.0.0.1:9/feed\"/></body></opml>";
    fs::write(&list, outline).unwrap();
    let imported = run(&["import", as_text(&list), "--data", as_text(served.folder.path())], b"");
    assert!(imported.status.success(), "{}", stderr(&imported));
    let found = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        page("/feeds").contains("1 with problems")
    });
    let troubled = page("/feeds?show=problems");
    assert!(found && troubled.contains(row) && troubled.contains("is not on the public internet"), "{troubled}");
    assert!(!troubled.contains("Bad &#38;") && page("/feeds").contains("Bad &#38;"), "{troubled}");
}

#[test]
fn signing_in_shows_the_full_text_and_ends_with_signing_out() {
    let served = Served::start();
    let article = served.json("/api/v1/stories", "")["items"][0]["article_id"].to_string();
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let wrong = served.ask("POST", "/signin", form, "name=ben&password=wrong");
    assert_eq!((wrong.status, wrong.body.contains("The name or the password is wrong")), (401, true));
    let body = "name=ben&password=correct+horse+battery&back=//evil.example/";
    let answer = served.ask("POST", "/signin", form, body);
    assert_eq!(answer.status, 303, "{answer:?}");
    assert!(answer.head.contains("location: /\r\n"), "{}", answer.head);
    let cookie = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap());
    let page = |cookie: &str| served.ask("GET", &format!("/article/{article}"), cookie, "").body;
    assert!(page(&cookie).contains("<div class=\"text\"") && page(&cookie).contains("Signed in as ben"));
    assert!(!page("").contains("<div class=\"text\""));
    assert_eq!(served.ask("GET", "/feeds", &cookie, "").status, 200);
    assert_eq!(served.ask("GET", "/feeds", "", "").status, 303);
    assert_eq!(served.ask("POST", "/feeds", &format!("{cookie}{form}"), "url=https://a.example/").status, 403);
    let marked = served.ask("GET", &format!("/article/{article}?marks=1"), &cookie, "").body;
    assert!(marked.contains("<mark class=\"source\">"), "{marked}");
    assert_eq!(
        served.ask("POST", &format!("/article/{article}/star"), &format!("{cookie}{form}"), "starred=true").status,
        303
    );
    let starred = || served.ask("GET", "/starred", &cookie, "").body;
    assert!(starred().contains("Ferry") && starred().contains("Take the star away"));
    served.ask("POST", &format!("/article/{article}/star"), &format!("{cookie}{form}"), "starred=false");
    assert!(starred().contains("Nothing is starred"));
    assert_eq!(served.ask("POST", "/signout", &cookie, "").status, 303);
    assert!(!page(&cookie).contains("Signed in as"));
}

/// The smallest GIF.
const IMAGE: &str = "base64:R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=";

#[test]
fn images_come_through_this_server_and_only_those_of_its_pages() {
    let folder = tempfile::tempdir().unwrap();
    let data = as_text(folder.path());
    let text = "The ferry sank in the harbour of Port Ellery on Monday, the harbour master Ida Brandt told the Post. ";
    let page = format!(
        "<!doctype html><html lang=en><head><title>Ferry sinks</title><meta property=og:image content='{{base}}/lead.gif'></head><body><article><h1>Ferry sinks</h1><p>{}</p><figure><img src='/in.gif' alt='The ferry'></figure><p>{}</p><p><img src='/script.svg'>{text}</p></article></body></html>",
        text.repeat(3),
        text.repeat(2)
    );
    let outlet = Outlet::start(
        vec![
            ("/feed.xml".to_owned(), "application/rss+xml", "<rss version=\"2.0\"><channel><title>Post</title><link>{base}/</link><item><title>Ferry sinks</title><link>{base}/a</link></item></channel></rss>".to_owned()),
            ("/a".to_owned(), "text/html", page),
            ("/in.gif".to_owned(), "text/plain", IMAGE.to_owned()),
            ("/lead.gif".to_owned(), "image/gif", IMAGE.to_owned()),
            ("/script.svg".to_owned(), "image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_owned()),
        ],
        Duration::ZERO,
    );
    let made = run(
        &["user", "add", "ann", "--role", "administrator", "--password-stdin", "--data", data],
        b"correct horse battery\n",
    );
    assert!(made.status.success(), "{}", stderr(&made));
    let url = format!("http://{}/feed.xml", outlet.address);
    for command in [vec!["add", &url], vec!["fetch", "--once"]] {
        let done = run(&[command, vec!["--data", data, "--allow-private-network"]].concat(), b"");
        assert!(done.status.success(), "{}", stderr(&done));
    }
    let server = Server::start(&["serve", "--data", data, "--allow-private-network"]);
    let served = Served { server, folder };
    let token = served.token("ann");
    let id = served.json("/api/v1/articles", "")["items"][0]["id"].to_string();
    // Who is not signed in sees no image, and nobody's browser asks the outlet.
    let public = served.ask("GET", &format!("/article/{id}"), "", "").body;
    assert!(!public.contains("<img") && !public.contains("og:image"), "{public}");
    let page = served.ask("GET", &format!("/article/{id}"), &token, "").body;
    let images: Vec<&str> = page.split("<img src=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(images.len() == 3 && images.iter().all(|image| image.starts_with("/image/")), "{images:?}");
    let get = |path: &str| served.ask("GET", path, "", "");
    let lead = get(images[0]);
    assert_eq!(lead.status, 200);
    // Drawn anew: it is another file than the outlet's.
    assert!(lead.head.contains("content-type: image/png") && lead.head.contains("sandbox"), "{}", lead.head);
    assert!(lead.body.contains("PNG") && !lead.body.contains("GIF"));
    // By its bytes, whatever the outlet calls it; and from memory the next time.
    assert!(get(images[1]).head.contains("content-type: image/png") && get(images[1]).status == 200);
    assert_eq!(outlet.asked("/in.gif"), 1);
    assert_eq!(get(images[2]).status, 404, "what can run script is no image");
    assert_eq!((get(images[2]).status, outlet.asked("/script.svg")), (404, 1), "and is not asked for again");
    let forged = images[1].replacen("/image/", "/image/0", 1);
    assert_eq!(get(&forged).status, 404);
    // Editors may show them to everyone, or to nobody.
    let set = |images: &str| served.ask("PUT", "/api/v1/site", &token, &json!({ "images": images }).to_string());
    assert_eq!(set("everyone").status, 200);
    let public = served.ask("GET", &format!("/article/{id}"), "", "").body;
    assert!(public.contains("og:image") && public.contains("<img src=\"/image/"), "{public}");
    assert_eq!(set("off").status, 200);
    assert!(!served.ask("GET", &format!("/article/{id}"), &token, "").body.contains("<img"));
    assert_eq!(set("sometimes").status, 400);
}

#[test]
fn what_an_account_keeps_is_its_own_by_the_api_too() {
    let served = Served::start();
    let (ann, ben) = (served.token("ann"), served.token("ben"));
    let rule = json!({ "effect": "hide", "field": "words", "pattern": " ferry " }).to_string();
    let made = served.ask("POST", "/api/v1/rules", &ben, &rule);
    assert_eq!(made.status, 201, "{made:?}");
    let made: Value = serde_json::from_str(&made.body).unwrap();
    assert_eq!(made["pattern"], "ferry");
    let bad = json!({ "effect": "hide", "field": "regex", "pattern": "(" }).to_string();
    assert_eq!(served.ask("POST", "/api/v1/rules", &ben, &bad).status, 400);
    assert_eq!(served.ask("POST", "/api/v1/rules", "Content-Type: application/json\r\n", &rule).status, 401);
    // The story is folded away on ben's page, and on nobody else's.
    let page = |token: &str| served.ask("GET", "/", token, "").body;
    assert!(page(&ben).contains("hidden by your rules") && !page(&ann).contains("hidden by your rules"));
    let path = format!("/api/v1/rules/{}", made["id"]);
    assert_eq!(served.ask("DELETE", &path, &ann, "").status, 404);
    assert_eq!(served.ask("DELETE", &path, &ben, "").status, 204);
    assert!(!page(&ben).contains("hidden by your rules"));

    let search = json!({ "query": "ferry", "name": "Ferries", "alert": "yes" }).to_string();
    let made = served.ask("POST", "/api/v1/searches", &ben, &search);
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(served.json("/api/v1/searches", &ben)["items"][0]["name"], "Ferries");
    assert_eq!(served.json("/api/v1/searches", &ann)["items"], json!([]));
    assert_eq!(
        served.ask("POST", "/api/v1/searches", &ben, &json!({ "query": "before:never" }).to_string()).status,
        400
    );

    let wish = json!({ "layout": "dense", "language": "de" }).to_string();
    assert_eq!(served.ask("PUT", "/api/v1/preferences", &ben, &wish).status, 200);
    let (german, english) = (page(&ben), page(&ann));
    assert!(
        german.contains("<html lang=\"de\"") && german.contains("class=\"dense\"") && german.contains("Gefällt mir")
    );
    assert!(english.contains("<html lang=\"en\"") && english.contains("I like it"));
    // Only editors speak for the site.
    let site = json!({ "name": "Harbour News", "voters": "accounts" }).to_string();
    assert_eq!(served.ask("PUT", "/api/v1/site", &ben, &site).status, 403);
    assert_eq!(served.ask("PUT", "/api/v1/site", &ann, &site).status, 200);
    assert!(page(&ann).contains("Harbour News"));
    let story = served.json("/api/v1/stories", "")["items"][0]["id"].to_string();
    let vote =
        |token: &str| served.ask("POST", &format!("/api/v1/stories/{story}/vote"), token, r#"{"vote":"like"}"#).status;
    assert_eq!((vote("Content-Type: application/json\r\n"), vote(&ben)), (401, 200));
    let outlet = served.json("/api/v1/outlets", "")["items"][0]["id"].to_string();
    let excerpt = format!("/api/v1/outlets/{outlet}/excerpt");
    assert_eq!(served.ask("PUT", &excerpt, &ben, r#"{"characters":0}"#).status, 403);
    assert_eq!(served.ask("PUT", &excerpt, &ann, r#"{"characters":0}"#).status, 204);
    assert_eq!(served.json("/api/v1/stories", "")["items"][0]["excerpt"], "");
    assert_eq!(served.ask("PUT", &excerpt, &ann, "{}").status, 422);
}

#[test]
fn editors_say_how_long_a_feeds_articles_are_kept() {
    let served = Served::start();
    let token = served.token("ann");
    let feed = || served.json("/api/v1/feeds", &token)["items"][0].clone();
    let (id, url) = (feed()["id"].to_string(), feed()["url"].as_str().unwrap().to_owned());
    assert_eq!(feed()["keep"], Value::Null);
    let set = |wish: Value| served.ask("PUT", &format!("/api/v1/feeds/{id}"), &token, &wish.to_string()).status;
    assert_eq!(set(json!({ "keep": { "days": 40, "articles": null } })), 204);
    assert_eq!(feed()["keep"], json!({ "days": 40, "articles": null }));
    assert_eq!(set(json!({ "keep": { "days": 3, "articles": null } })), 400);
    assert_eq!(set(json!({ "title": "Another" })), 204);
    assert_eq!(feed()["keep"]["days"], 40);
    assert!(served.ask("GET", "/feeds", &token, "").body.contains("keep: 40 days"));
    let by_form = token.replace("application/json", "application/x-www-form-urlencoded");
    let form = |days: &str, articles: &str| {
        let url: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
        let body = format!("url={url}&days={days}&articles={articles}");
        served.ask("POST", "/feeds/keep", &by_form, &body)
    };
    assert_eq!(form("0", "50").status, 303);
    assert_eq!(feed()["keep"], json!({ "days": null, "articles": 50 }));
    let refused = form("seven", "");
    assert!(refused.status == 422 && refused.body.contains("seven is no number"));
    assert_eq!(form("", "").status, 303);
    assert_eq!(feed()["keep"], Value::Null);
    assert_eq!(set(json!({ "keep_as_all": true })), 204);
}
