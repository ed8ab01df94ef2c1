//! Every route as nobody and as the wrong account: what is somebody's own stays theirs.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test fails by panicking")]

mod common;

use common::{Answer, Outlet, Server, as_text, database_of, feeds, request, run, stderr, stdout};
use firsthand_model::{Clock, ManualClock, SystemClock};
use firsthand_store::{DatabaseUrl, Store};
use firsthand_web::token_hash;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const PASSWORD: &str = "correct horse battery";

/// A server with an administrator "ann", an editor "eve" and a reader "ben", each with a token.
struct Served {
    server: Server,
    tokens: HashMap<&'static str, String>,
    _folder: TempDir,
}

impl Served {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = as_text(folder.path());
        let outlet = Outlet::start(feeds(1, 2), Duration::ZERO);
        let mut tokens = HashMap::new();
        for (name, role) in [("ann", "administrator"), ("eve", "editor"), ("ben", "reader")] {
            let made = run(
                &["user", "add", name, "--role", role, "--password-stdin", "--data", data],
                format!("{PASSWORD}\n").as_bytes(),
            );
            assert!(made.status.success(), "{}", stderr(&made));
            tokens.insert(name, stdout(&run(&["token", name, "--data", data], b"")).trim().to_owned());
        }
        let url = format!("http://{}/0/feed.xml", outlet.address);
        for command in [vec!["add", url.as_str()], vec!["fetch", "--once"]] {
            let done = run(&[command, vec!["--data", data, "--allow-private-network"]].concat(), b"");
            assert!(done.status.success(), "{}", stderr(&done));
        }
        Self { server: Server::start(&["serve", "--data", data]), tokens, _folder: folder }
    }

    /// Asks in an account's name, or in nobody's.
    fn ask(&self, who: &str, method: &str, path: &str, body: &str) -> Answer {
        let kind = if body.starts_with(['{', '[']) { "application/json" } else { "application/x-www-form-urlencoded" };
        let own = self.tokens.get(who).map(|token| format!("Authorization: Bearer {token}\r\n"));
        self.send(method, path, &format!("{}Content-Type: {kind}\r\n", own.unwrap_or_default()), body)
    }

    fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let (host, length) = (self.server.address, body.len());
        request(
            host,
            &format!("{method} {path} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {length}\r\n{headers}\r\n{body}"),
        )
    }

    fn json(&self, who: &str, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.ask(who, method, &format!("/api/v1{path}"), &body.to_string());
        assert!(matches!(answer.status, 200..=204), "{method} {path}: {answer:?}");
        serde_json::from_str(&answer.body).unwrap_or_default()
    }

    /// How many things a list of the API holds for an account.
    fn count(&self, who: &str, path: &str) -> usize {
        self.json(who, "GET", path, &json!({}))["items"].as_array().unwrap().len()
    }
}

/// A body that fits a schema well enough to get past its reading.
fn body_for(schema: &Value, schemas: &Value) -> Value {
    let schema = match schema["$ref"].as_str() {
        Some(name) => &schemas[name.rsplit('/').next().unwrap()],
        None => schema,
    };
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(|name| name.as_str()).collect();
    let value = |property: &Value| -> Value {
        let property = match property["$ref"].as_str() {
            Some(name) => &schemas[name.rsplit('/').next().unwrap()],
            None => property,
        };
        let first = property["enum"][0].clone();
        let constant = property["oneOf"][0]["const"].clone();
        match property["type"].as_str().or(property["type"][0].as_str()) {
            _ if !first.is_null() => first,
            _ if !constant.is_null() => constant,
            Some("string") => json!("https://a.example/"),
            Some("integer") => json!(1),
            Some("boolean") => json!(true),
            _ => Value::Null,
        }
    };
    let fields = required.into_iter().map(|name| (name.to_owned(), value(&schema["properties"][name])));
    Value::Object(fields.collect())
}

#[test]
fn every_call_of_the_api_asks_who_calls() {
    let served = Served::start();
    let specification: Value = serde_json::from_str(&served.ask("", "GET", "/api/v1/openapi.json", "").body).unwrap();
    let schemas = &specification["components"]["schemas"];
    let mut walked = HashMap::new();
    for (path, methods) in specification["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            // Events do not end, and are for everyone.
            if path == "/events" {
                continue;
            }
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let body = if schema.is_null() { String::new() } else { body_for(schema, schemas).to_string() };
            let full = format!("/api/v1{}?url=x", path.replace("{id}", "7"));
            let status = |who: &str| served.ask(who, &method.to_uppercase(), &full, &body).status;
            let description = operation["description"].as_str().unwrap();
            let (refused, least) = match description {
                text if text.contains("an administrator") => {
                    (vec![("", 401), ("ben", 403), ("eve", 403)], "administrator")
                }
                text if text.contains("an editor") => (vec![("", 401), ("ben", 403)], "editor"),
                text if text.contains("Needs an account") => (vec![("", 401)], "reader"),
                _ => (Vec::new(), "nobody"),
            };
            for (who, expected) in refused {
                assert_eq!(status(who), expected, "{who:?} {method} {path} with {body}");
            }
            // Whoever may is not refused, though there is no number 7 of anything.
            let answer = status(if least == "nobody" { "" } else { "ann" });
            // Its old password is not the one that the walk gives.
            let is_refused = path == "/me/password" && answer == 403;
            assert!(is_refused || !matches!(answer, 401 | 403 | 405) && answer < 500, "{method} {path}: {answer}");
            *walked.entry(least).or_insert(0) += 1;
        }
    }
    assert!(
        walked["administrator"] > 7 && walked["editor"] > 8 && walked["reader"] > 20 && walked["nobody"] > 10,
        "{walked:?}"
    );
}

#[test]
fn what_is_ones_own_no_other_sees_or_changes() {
    let served = Served::start();
    let story = served.json("", "GET", "/stories", &json!({}))["items"][0].clone();
    let article = story["article_id"].to_string();
    let rule = json!({ "effect": "hide", "field": "words", "pattern": "football" });
    let channel = json!({ "kind": "webhook", "address": "https://hook.example/" });
    let id = |value: &Value| value["id"].to_string().trim_matches('"').to_owned();
    let rule = id(&served.json("ann", "POST", "/rules", &rule));
    let search = id(&served.json("ann", "POST", "/searches", &json!({ "query": "harbour" })));
    let way = served.json("ann", "POST", "/channels", &channel);
    let watch = json!({ "channel_id": way["id"], "kind": "search", "subject": "harbour" });
    let watch_id = id(&served.json("ann", "POST", "/watches", &watch));
    served.json("ann", "POST", "/tokens", &json!({ "label": "ann's own" }));
    let tokens = served.json("ann", "GET", "/tokens", &json!({}));
    let token = tokens["items"].as_array().unwrap().iter().find(|token| token["label"] == "ann's own").unwrap().clone();
    served.json("ann", "PUT", &format!("/articles/{article}/star"), &json!({ "starred": true }));
    served.json("ann", "PUT", &format!("/stories/{}/read", story["id"]), &json!({ "read": true }));
    served.json("ann", "PUT", "/preferences", &json!({ "layout": "dense" }));
    served.json("ann", "POST", &format!("/articles/{article}/vote"), &json!({ "vote": "like" }));

    for who in ["ben", "eve"] {
        for list in ["/rules", "/searches", "/channels", "/watches", "/starred"] {
            assert_eq!((served.count("ann", list), served.count(who, list)), (1, 0), "{who} {list}");
        }
        assert_eq!(served.json(who, "GET", "/preferences", &json!({}))["layout"], "calm");
        assert_eq!(served.json(who, "GET", &format!("/articles/{article}/vote"), &json!({}))["vote"], "none");
        for path in [
            format!("/rules/{rule}"),
            format!("/searches/{search}"),
            format!("/channels/{}", id(&way)),
            format!("/watches/{watch_id}"),
            format!("/tokens/{}", id(&token)),
        ] {
            assert_eq!(served.ask(who, "DELETE", &format!("/api/v1{path}"), "").status, 404, "{who} {path}");
        }
        // Another's way is no way of one's own.
        assert_eq!(served.ask(who, "POST", "/api/v1/watches", &watch.to_string()).status, 404);
        let own = served.json(who, "GET", "/me/export", &json!({})).to_string();
        assert!(own.contains(who) && !own.contains("hook.example") && !own.contains("football"), "{own}");
        // Nor by forms.
        for (path, number) in
            [("/rules/remove", &rule), ("/saved/remove", &search), ("/alerts/watch/remove", &watch_id)]
        {
            let answer = served.ask(who, "POST", path, &format!("id={number}"));
            assert!(matches!(answer.status, 303 | 404), "{path}: {answer:?}");
        }
    }
    for list in ["/rules", "/searches", "/channels", "/watches", "/starred"] {
        assert_eq!(served.count("ann", list), 1, "{list}");
    }
    // Stars of another reader's file: what is here is starred, the rest kept as links, which nobody else sees.
    let url = served.json("ann", "GET", &format!("/articles/{article}"), &json!({}))["url"].clone();
    let file =
        json!({ "items": [{ "url": url }, { "url": "https://gone.example/a", "title": "Gone <b>" }] }).to_string();
    let form =
        format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.json\"\r\n\r\n{file}\r\n--x--\r\n");
    let token = |who: &str| format!("Authorization: Bearer {}\r\n", served.tokens[who]);
    let multipart = "Content-Type: multipart/form-data; boundary=x\r\n";
    let brought = served.send("POST", "/starred/import", &format!("{}{multipart}", token("ann")), &form);
    assert!(brought.status == 200 && brought.body.contains("1 starred here, 1 kept"), "{brought:?}");
    assert!(brought.body.contains("https://gone.example/a"), "{brought:?}");
    let bad = served.send(
        "POST",
        "/starred/import",
        &format!("{}{multipart}", token("ann")),
        &form.replace("{\"items\"", "\"items\""),
    );
    assert!(bad.status == 422 && bad.body.contains("no JSON"), "{bad:?}");
    assert!(!served.ask("ben", "GET", "/starred", "").body.contains("gone.example"));
    let again: Value = serde_json::from_str(&served.ask("ann", "PUT", "/api/v1/starred", &file).body).unwrap();
    assert_eq!(again, json!({ "starred": 1, "kept": 0 }));
    served.ask("ann", "POST", "/starred/links/remove", "url=https://gone.example/a");
    assert!(!served.ask("ann", "GET", "/starred", "").body.contains("gone.example"));
    // The feed of what is starred has an address that only its owner is told; another password for apps makes another.
    let feed = || {
        let page = served.ask("ann", "GET", "/starred", "").body;
        let at = page.find("/feeds/starred-").unwrap();
        page[at..].split('"').next().unwrap().to_owned()
    };
    let first = feed();
    let read = served.ask("", "GET", &first, "");
    assert!(read.status == 200 && read.body.contains("sinks in the harbour"), "{read:?}");
    assert!(read.head.contains("cache-control: private"), "{read:?}");
    let (name, signature) = first.rsplit_once('-').unwrap();
    let ben = served.json("ben", "GET", "/me", &json!({}))["id"].to_string();
    for guess in [format!("{name}-000000000000000000000000.atom"), format!("/feeds/starred-{ben}-{signature}")] {
        assert_eq!(served.ask("", "GET", &guess, "").status, 404, "{guess}");
    }
    served.json("ann", "PUT", "/me/app-password", &json!({}));
    assert_eq!(served.ask("", "GET", &first, "").status, 404);
    assert_eq!(served.ask("", "GET", &feed(), "").status, 200);
    assert!(served.json("ann", "GET", "/me/export", &json!({})).to_string().contains("hook.example"));
}

#[test]
fn pages_ask_who_comes() {
    let served = Served::start();
    let readers =
        ["/for-you", "/rules", "/saved", "/settings", "/alerts", "/starred", "/feeds", "/letters", "/welcome/outlets"];
    for page in readers {
        let nobody = served.ask("", "GET", page, "");
        assert!(nobody.status == 303 && nobody.head.contains("/signin"), "{page}: {nobody:?}");
        let expected = if page == "/welcome/outlets" { 403 } else { 200 };
        assert_eq!(served.ask("ben", "GET", page, "").status, expected, "{page}");
    }
    for (page, eve) in [("/site", 200), ("/accounts", 403)] {
        assert_eq!(served.ask("", "GET", page, "").status, 303, "{page}");
        assert_eq!(served.ask("ben", "GET", page, "").status, 403, "{page}");
        assert_eq!(served.ask("eve", "GET", page, "").status, eve, "{page}");
        assert_eq!(served.ask("ann", "GET", page, "").status, 200, "{page}");
    }
    for (form, body, least) in [
        ("/alerts/channels", "kind=post&address=https://a.example/", "ben"),
        ("/alerts/watch", "channel_id=1&kind=daily", "ben"),
        ("/alerts/watch/remove", "id=1", "ben"),
        ("/alerts/channels/remove", "id=1", "ben"),
        ("/article/1/save", "", "ben"),
        ("/starred/links/remove", "url=x", "ben"),
        ("/letters/remove", "id=1", "ben"),
        ("/letters/address", "address=none", "ben"),
        ("/settings/tokens", "label=x", "ben"),
        ("/settings/tokens/remove", "id=x", "ben"),
        ("/settings/apps", "app=new", "ben"),
        ("/rules", "effect=hide&field=words&pattern=x", "ben"),
        ("/saved", "query=x", "ben"),
        ("/read", "stories=1&read=true", "ben"),
        ("/article/1/star", "starred=true", "ben"),
        ("/for-you/forget", "", "ben"),
        ("/feeds", "url=x", "eve"),
        ("/feeds/remove", "url=x", "eve"),
        ("/story/1/mark", "mark=hidden", "eve"),
        ("/article/1/role", "role=relay", "eve"),
        ("/article/1/story", "to=own", "eve"),
        ("/outlet/1/merge", "into=", "eve"),
        ("/outlet/1/excerpt", "chars=10", "eve"),
        ("/accounts/invite", "role=reader", "ann"),
        ("/accounts/revoke", "id=x", "ann"),
        ("/accounts/role", "id=1&role=reader", "ann"),
        ("/accounts/remove", "id=1", "ann"),
    ] {
        let nobody = served.ask("", "POST", form, body);
        assert!(nobody.status == 303 && nobody.head.contains("/signin"), "{form}: {nobody:?}");
        for who in ["ben", "eve"] {
            let answer = served.ask(who, "POST", form, body);
            let refused = least == "ann" || least == "eve" && who == "ben";
            assert_eq!(answer.status == 403, refused, "{who} {form}: {answer:?}");
            assert!(answer.status < 500, "{who} {form}: {answer:?}");
        }
    }
}

#[test]
fn reader_apps_are_told_apart() {
    let served = Served::start();
    let app =
        |who: &str| served.json(who, "PUT", "/me/app-password", &json!({}))["password"].as_str().unwrap().to_owned();
    let basic = |who: &str, password: &str| {
        use base64::Engine;
        let coded = base64::engine::general_purpose::STANDARD.encode(format!("{who}:{password}"));
        format!("Authorization: Basic {coded}\r\nContent-Type: application/json\r\n")
    };
    let (ann, ben) = (app("ann"), app("ben"));
    let routes = [
        ("GET", "/v1/me"),
        ("GET", "/v1/users"),
        ("GET", "/v1/categories"),
        ("POST", "/v1/categories"),
        ("PUT", "/v1/categories/1"),
        ("DELETE", "/v1/categories/1"),
        ("GET", "/v1/categories/1/feeds"),
        ("GET", "/v1/categories/1/entries"),
        ("PUT", "/v1/categories/1/mark-all-as-read"),
        ("GET", "/v1/feeds"),
        ("POST", "/v1/feeds"),
        ("GET", "/v1/feeds/counters"),
        ("PUT", "/v1/feeds/refresh"),
        ("GET", "/v1/feeds/1"),
        ("PUT", "/v1/feeds/1"),
        ("DELETE", "/v1/feeds/1"),
        ("GET", "/v1/feeds/1/entries"),
        ("PUT", "/v1/feeds/1/mark-all-as-read"),
        ("GET", "/v1/entries"),
        ("PUT", "/v1/entries"),
        ("GET", "/v1/entries/ids"),
        ("GET", "/v1/entries/1"),
        ("PUT", "/v1/entries/1/bookmark"),
        ("PUT", "/v1/entries/1/star"),
        ("POST", "/v1/entries/1/save"),
        ("GET", "/v1/entries/1/fetch-content"),
        ("GET", "/v1/export"),
        ("POST", "/v1/import"),
        ("POST", "/v1/discover"),
        ("GET", "/v1/integrations/status"),
        ("GET", "/v1/version"),
        ("PUT", "/v1/flush-history"),
        ("PUT", "/v1/users/1/mark-all-as-read"),
    ];
    let edits = [
        "POST /v1/categories",
        "PUT /v1/categories/1",
        "DELETE /v1/categories/1",
        "POST /v1/feeds",
        "PUT /v1/feeds/1",
        "DELETE /v1/feeds/1",
        "POST /v1/import",
        "POST /v1/discover",
    ];
    for (method, path) in routes {
        for headers in [String::new(), basic("ann", "wrong"), basic("ann", &ben), basic("ben", PASSWORD)] {
            let answer = served.send(method, path, &headers, "{}");
            assert!(answer.status == 401 && answer.body.contains("access unauthorized"), "{method} {path}: {answer:?}");
        }
        let answer =
            served.send(method, path, &basic("ben", &ben), "{\"title\":\"x\",\"feed_url\":\"x\",\"url\":\"x\"}");
        let refused = edits.contains(&format!("{method} {path}").as_str())
            || ["/v1/users", "/v1/users/1/mark-all-as-read"].contains(&path);
        assert_eq!(answer.status == 403, refused, "{method} {path}: {answer:?}");
        assert!(answer.status < 500 && answer.status != 405, "{method} {path}: {answer:?}");
    }
    // The walk marked everything of the one feed as read; one's marks are not the other's.
    let mark = served.send("PUT", "/v1/entries", &basic("ben", &ben), "{\"entry_ids\":[1],\"status\":\"unread\"}");
    assert_eq!(mark.status, 204, "{mark:?}");
    let total = |who: &str, password: &str| -> Value {
        let answer = served.send("GET", "/v1/entries/ids?status=read", &basic(who, password), "");
        serde_json::from_str::<Value>(&answer.body).unwrap()["total"].clone()
    };
    assert_eq!((total("ann", &ann), total("ben", &ben)), (json!(0), json!(1)));
    // A token opens it as well; after the password for apps is taken away, that is good no more.
    let by_token = format!("X-Auth-Token: {}\r\n", served.tokens["ben"]);
    assert_eq!(served.send("GET", "/v1/me", &by_token, "").status, 200);
    served.json("ben", "DELETE", "/me/app-password", &json!({}));
    assert_eq!(served.send("GET", "/v1/me", &basic("ben", &ben), "").status, 401);

    // The Google Reader API and Fever: nobody, and nonsense.
    for call in [
        "token",
        "user-info",
        "subscription/list",
        "tag/list",
        "unread-count",
        "stream/items/ids",
        "stream/contents",
        "stream/items/count",
        "subscribed",
        "subscription/export",
    ] {
        for base in ["/api/greader.php/reader/api/0/", "/reader/api/0/"] {
            for headers in ["", "Authorization: GoogleLogin auth=1/abc\r\n"] {
                let answer = served.send("GET", &format!("{base}{call}"), headers, "");
                assert!(
                    answer.status == 401 && answer.head.to_ascii_lowercase().contains("x-reader-google-bad-token"),
                    "{call}: {answer:?}"
                );
            }
        }
    }
    assert_eq!(served.send("POST", "/fever/?api&items", "", "api_key=00").body, r#"{"api_version":3,"auth":0}"#);
}

#[test]
fn an_invitation_makes_one_account_and_the_log_says_so() {
    let served = Served::start();
    let made = served.json("ann", "POST", "/invitations", &json!({ "role": "editor" }));
    let url = made["url"].as_str().unwrap();
    let path = &url[url.find("/join/").unwrap()..];
    assert_eq!(served.ask("", "GET", path, "").status, 200);
    let form = "name=cleo&password=long+enough+1";
    let short = served.ask("", "POST", path, "name=cleo&password=short");
    assert!(short.status == 422 && short.body.contains("at least 8"), "{short:?}");
    let taken = served.ask("", "POST", path, "name=ann&password=long+enough+1");
    assert!(taken.status == 422 && taken.body.contains("exists already"), "{taken:?}");
    let joined = served.ask("", "POST", path, form);
    assert!(joined.status == 303 && joined.head.contains("firsthand_session"), "{joined:?}");
    assert_eq!(served.ask("", "POST", path, form).status, 404);
    let users = served.json("ann", "GET", "/users", &json!({}));
    let cleo = users["items"].as_array().unwrap().iter().find(|user| user["name"] == "cleo").unwrap();
    assert_eq!(cleo["role"], "editor");
    served.json("ann", "PUT", &format!("/users/{}/role", cleo["id"]), &json!({ "role": "reader" }));
    assert_eq!(served.ask("ann", "DELETE", &format!("/api/v1/users/{}", cleo["id"]), "").status, 204);
    // The last administrator stays.
    let ann = users["items"].as_array().unwrap().iter().find(|user| user["name"] == "ann").unwrap();
    assert_eq!(served.ask("ann", "DELETE", &format!("/api/v1/users/{}", ann["id"]), "").status, 400);
    let log = served.json("ann", "GET", "/audit", &json!({}));
    let actions: Vec<&str> =
        log["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["account-removed", "role-changed", "account-made", "invited"]);
    // A second page of the log begins behind the first.
    let first = served.json("ann", "GET", "/audit?limit=3", &json!({}));
    let rest = served.json("ann", "GET", &format!("/audit?after={}", first["next"].as_str().unwrap()), &json!({}));
    assert_eq!(rest["items"][0]["action"], "invited");
}

#[test]
fn answers_that_are_known_are_not_sent_again_and_problems_are_documents() {
    let served = Served::start();
    let first = served.ask("ben", "GET", "/api/v1/outlets", "");
    let tag = first.head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().trim().to_owned();
    let known = |tag: &str| {
        let token = &served.tokens["ben"];
        served.send("GET", "/api/v1/outlets", &format!("Authorization: Bearer {token}\r\nIf-None-Match: {tag}\r\n"), "")
    };
    let again = known(&tag);
    assert!(again.status == 304 && again.body.is_empty(), "{again:?}");
    assert_eq!(known("\"other\"").status, 200);
    let missing = served.ask("ben", "GET", "/api/v1/stories/7", "");
    assert!(missing.head.contains("application/problem+json"), "{missing:?}");
    let problem: Value = serde_json::from_str(&missing.body).unwrap();
    assert_eq!((problem["status"].as_u64(), problem["title"].as_str()), (Some(404), Some("Not Found")));
    assert_eq!(problem["detail"], problem["error"]);
}

#[test]
fn a_session_of_yesterday_gets_another_token_by_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let data = as_text(folder.path());
    let made = run(&["user", "add", "ann", "--password-stdin", "--data", data], b"correct horse battery\n");
    assert!(made.status.success(), "{}", stderr(&made));
    let now = SystemClock.now();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let database = database_of(as_text(folder.path())).parse::<DatabaseUrl>().unwrap();
        let store = Store::open(&database, Arc::new(ManualClock::at(now.plus_seconds(-2 * 86_400)))).await.unwrap();
        let (ann, _) = store.user_by_name("ann").await.unwrap().unwrap();
        for token in ["old", "leaving"] {
            store.add_session(ann.id, &token_hash(token), now.plus_seconds(86_400)).await.unwrap();
        }
    });
    let server = Server::start(&["serve", "--data", data]);
    let host = server.address;
    let ask = |method: &str, path: &str, token: &str| {
        let cookie = format!("Cookie: firsthand_session={token}\r\n");
        request(host, &format!("{method} {path} HTTP/1.0\r\nHost: {host}\r\n{cookie}Content-Length: 0\r\n\r\n"))
    };
    let cookies = |answer: &Answer| -> Vec<String> {
        let lines = answer.head.lines().filter_map(|line| line.strip_prefix("set-cookie: firsthand_session="));
        lines.map(|rest| rest.split(';').next().unwrap().to_owned()).collect()
    };
    let first = ask("GET", "/settings", "old");
    let fresh = cookies(&first);
    assert_eq!((first.status, fresh.len(), fresh[0].len()), (200, 1, 32), "{first:?}");
    // The new one opens the account and is not changed again; the old one is good for what was under way.
    let second = ask("GET", "/settings", &fresh[0]);
    assert_eq!((second.status, cookies(&second)), (200, Vec::new()));
    assert_eq!(ask("GET", "/settings", "old").status, 200);
    // Who signs out in that moment is out: the answer says nothing else.
    let out = ask("POST", "/signout", "leaving");
    assert_eq!(cookies(&out), [""], "{out:?}");
}
