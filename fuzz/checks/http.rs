//! What must hold of every answer of the server, whoever asks: it is one, it is not a fault of the server's, and it carries what
//! keeps a page from being misused.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use firsthand_model::*;
use firsthand_store::{Admission, Admitted, DatabaseUrl, Store, StoreError};
use firsthand_web::{CrawlControl, CrawlFuture, ServiceAnswer, ServiceRequest, WebConfig, token_hash};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// A server with some news and an administrator, and what its programs sign in with.
struct Server {
    runtime: Runtime,
    router: Router,
    /// What stands for them in a request, and what is put there.
    words: Vec<(&'static str, String)>,
}

/// Asks the server what the bytes say: a line with method and address, lines of headers, an empty line, the body. Panics when the
/// answer breaks a promise.
pub fn check(data: &[u8]) {
    static SERVER: OnceLock<Server> = OnceLock::new();
    let server = SERVER.get_or_init(Server::new);
    let mut text = String::from_utf8_lossy(data).into_owned();
    for (word, value) in &server.words {
        text = text.replace(word, value);
    }
    let Some(request) = request(&text) else { return };
    let what = format!("{} {}", request.method(), request.uri());
    let (status, headers, body) = server.ask(request);
    assert!(!status.is_server_error(), "{what}: {status} {}", body.chars().take(300).collect::<String>());
    for name in ["content-security-policy", "x-content-type-options", "referrer-policy"] {
        assert!(headers.contains_key(name), "{what}: {status} without {name}");
    }
    let redirect = headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or("/");
    assert!(
        redirect.starts_with('/') && !redirect.starts_with("//") && !redirect.contains('\\'),
        "{what} leads to {redirect}"
    );
}

/// The request that a text says; `None`: it says none that HTTP can carry.
fn request(text: &str) -> Option<Request<Body>> {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let (method, uri) = lines.next()?.trim().split_once(' ')?;
    // What waits for news waits without end.
    if uri.contains("/events") || !uri.starts_with('/') {
        return None;
    }
    let mut builder = Request::builder().method(method).uri(uri).header("host", "here.example");
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        builder = builder.header(name.trim(), value.trim());
    }
    let mut request = builder.body(Body::from(body.to_owned())).ok()?;
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 9))));
    Some(request)
}

impl Server {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder").keep();
        let clock = Arc::new(ManualClock::at(Timestamp::from_seconds(1_772_445_600)));
        let (router, store, user) = runtime.block_on(async {
            let store =
                Store::open(&DatabaseUrl::Sqlite(folder.join("firsthand.db")), clock.clone()).await.expect("a store");
            fill(&store, clock.as_ref()).await.expect("some news");
            let user = store.add_user("ann", "not a hash", UserRole::Administrator).await.expect("an account").id;
            store.add_token(user, "fuzzing", &token_hash("token")).await.expect("a token");
            let config = WebConfig {
                votes_per_minute: u32::MAX,
                letters_domain: Some("letters.example".to_owned()),
                ..WebConfig::default()
            };
            let (_, stopped) = tokio::sync::watch::channel(false);
            let router = firsthand_web::router(
                store.clone(),
                clock,
                Arc::new(Counting(AtomicU64::new(1))),
                config,
                Arc::new(Nobody),
                stopped,
            );
            (router.await.expect("routes"), store, user)
        });
        let mut server = Self { runtime, router, words: vec![("TOKEN", "token".to_owned())] };
        // A password for apps, and what Google Reader's programs make of it.
        let asked = "PUT /api/v1/me/app-password\nAuthorization: Bearer token\nContent-Type: application/json\n\n{}";
        let (status, _, body) = server.ask(request(asked).expect("a request"));
        let password =
            body.split("\"password\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned();
        assert!(status.is_success() && !password.is_empty(), "{status} {body}");
        let asked = format!(
            "POST /accounts/ClientLogin\nContent-Type: application/x-www-form-urlencoded\n\nEmail=ann&Passwd={password}"
        );
        let (_, _, body) = server.ask(request(&asked).expect("a request"));
        let auth = body.lines().find_map(|line| line.strip_prefix("Auth=")).unwrap_or_default().to_owned();
        assert!(!auth.is_empty(), "{body}");
        server.words.extend([("READER", auth), ("APPWORD", password)]);
        let ids = server.runtime.block_on(async {
            let cards = store.articles(None, None, 1, None).await.unwrap_or_default();
            cards.first().map(|card| {
                (
                    card.id.to_string(),
                    card.story_id.map(|id| id.to_string()).unwrap_or_default(),
                    card.outlet_id.to_string(),
                )
            })
        });
        let (article, story, outlet) = ids.expect("an article");
        server.words.extend([("ARTICLE", article), ("STORY", story), ("OUTLET", outlet), ("USER", user.to_string())]);
        server
    }

    fn ask(&self, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
        self.runtime.block_on(async {
            let answer = self.router.clone().oneshot(request).await.expect("an answer");
            let (head, body) = answer.into_parts();
            let body = axum::body::to_bytes(body, 64 << 20).await.unwrap_or_default();
            (head.status, head.headers, String::from_utf8_lossy(&body).into_owned())
        })
    }
}

async fn fill(store: &Store, clock: &ManualClock) -> Result<(), StoreError> {
    for number in 0..4 {
        let feed = NewFeed {
            url: format!("https://outlet{number}.example/feed"),
            folder: Some("Town".to_owned()),
            ..NewFeed::default()
        };
        let feed = store.add_feed(&feed, &format!("The Post {number}"), &format!("outlet{number}.example")).await?.id;
        let url = format!("https://outlet{number}.example/bridge");
        let entry = NewEntry {
            key: url.clone(),
            url: Some(url.clone()),
            canonical_url: Some(url.clone()),
            item: ParsedItem::default(),
        };
        let document = FeedDocument { entries: vec![entry], ..FeedDocument::default() };
        store.record_poll(feed, &PollOutcome::brought(clock.now(), document)).await?;
        let pending = store.pending_entries(clock.now(), 100).await?;
        let Some(pending) = pending.iter().find(|pending| pending.feed_id == feed) else { continue };
        let text = "The harbour bridge is closed, Ida Marrow told The Post 0.".to_owned();
        let article = Article {
            outlet_id: pending.outlet_id,
            url: url.clone(),
            canonical_url: url,
            title: format!("Harbour bridge closed, part {number}"),
            byline: Some("Ann Bell".to_owned()),
            language: Some("en".to_owned()),
            published_at: clock.now(),
            modified_at: None,
            fetched_at: clock.now(),
            excerpt: text.clone(),
            html: format!("<p>{text}</p>"),
            text,
            lead_image: None,
            links: Vec::new(),
            categories: Vec::new(),
            details: Details::default(),
            from_feed: false,
            extract_version: 1,
        };
        let admission = Admission {
            entry_id: pending.id,
            article,
            analysis: Analysis::default(),
            trace_version: 1,
            recheck_at: None,
        };
        if let Admitted::New(id) = store.admit(&admission).await? {
            store.assign(id, Decision::New).await?;
        }
    }
    store.give_numbers().await
}

/// Bytes that are the same every time.
struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.fetch_add(7, Ordering::Relaxed).to_le_bytes()[0];
        }
    }
}

/// A crawler that has no network.
struct Nobody;

fn nothing<T: Send + 'static>(value: T) -> CrawlFuture<T> {
    Box::pin(std::future::ready(value))
}

impl CrawlControl for Nobody {
    fn follow(&self, _: String, _: Option<String>) -> CrawlFuture<Result<String, String>> {
        nothing(Err("there is no network".to_owned()))
    }

    fn import(&self, feeds: Vec<NewFeed>) -> CrawlFuture<Result<usize, StoreError>> {
        nothing(Ok(feeds.len()))
    }

    fn image(&self, _: String) -> CrawlFuture<Result<Vec<u8>, String>> {
        nothing(Err("there is no network".to_owned()))
    }

    fn ask(&self, _: ServiceRequest) -> CrawlFuture<Result<ServiceAnswer, String>> {
        nothing(Err("there is no network".to_owned()))
    }

    fn wake(&self) {}

    fn metrics(&self) -> String {
        String::new()
    }

    fn hear_hub(&self, _: String, _: String) -> CrawlFuture<Result<Option<String>, StoreError>> {
        nothing(Ok(None))
    }

    fn take_push(
        &self,
        _: Subscription,
        _: Option<String>,
        _: String,
        _: Vec<u8>,
    ) -> CrawlFuture<Result<(), StoreError>> {
        nothing(Ok(()))
    }
}
