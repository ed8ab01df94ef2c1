//! Feeds that lie, blow up and drip, each beside a healthy one: one clear line of error or what sense
//! it makes, the neighbour unharmed, nothing asked again too early.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::Place;
use firsthand_crawl::RunMode;
use firsthand_model::{Clock, FeedView, NewFeed, ParsedItem};
use firsthand_store::Store;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a feed's server does, and what must come of it.
struct Case {
    name: &'static str,
    answer: Answer,
    /// A word of the error, or `None` when the feed makes sense all the same.
    error: Option<&'static str>,
    /// Entries stored.
    entries: usize,
}

enum Answer {
    /// Bytes as they are, then the end.
    Raw(Vec<u8>),
    /// The same bytes again and again for as long as anybody reads.
    Endless(Vec<u8>, Vec<u8>),
    /// A byte now and then.
    Drip,
}

fn case(name: &'static str, answer: Answer, error: Option<&'static str>, entries: usize) -> Case {
    Case { name, answer, error, entries }
}

fn whole(headers: &str, body: &[u8]) -> Answer {
    let mut bytes =
        format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    Answer::Raw(bytes)
}

fn xml(body: &str) -> Answer {
    whole("Content-Type: application/rss+xml\r\n", body.as_bytes())
}

fn rss(items: &str) -> Answer {
    xml(&format!("<rss version=\"2.0\"><channel><title>T</title>{items}</channel></rss>"))
}

fn plain(head: &str) -> Answer {
    Answer::Raw(format!("{head}\r\nConnection: close\r\n\r\n").into_bytes())
}

fn repeat(count: usize, what: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = write!(text, "{}", what(number));
        text
    })
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut child = std::process::Command::new("gzip")
        .args(["-c", "-9"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    output.stdout
}

fn cases() -> Vec<Case> {
    let item = "<item><title>One</title><guid>1</guid></item>";
    let good = format!("<rss version=\"2.0\"><channel><title>T</title>{item}</channel></rss>");
    let laughs = repeat(20, |n| {
        if n == 0 {
            "<!ENTITY e0 \"ha\">".into()
        } else {
            format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10))
        }
    });
    let unpacked = "<rss><channel><item><title>".to_owned() + &" ".repeat(40 << 20);
    let bomb = gzip(unpacked.as_bytes());
    let cut = gzip(good.repeat(50).as_bytes());
    vec![
        // Not HTTP, or not all of it.
        case("speaks something else", Answer::Raw(b"220 smtp.example ready\r\n".to_vec()), Some("could not be reached"), 0),
        case("hangs up", Answer::Raw(Vec::new()), Some("could not be reached"), 0),
        case("half a head", Answer::Raw(b"HTTP/1.1 200 OK\r\nContent-Ty".to_vec()), Some("could not be reached"), 0),
        case("less than it says", Answer::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<rss>".to_vec()), Some("could not be reached"), 0),
        case("broken chunks", Answer::Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".to_vec()), Some("could not be reached"), 0),
        case("drips", Answer::Drip, Some("no complete answer"), 0),
        case("headers without end", Answer::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-A: 1\r\n".repeat(64)), Some("could not be reached"), 0),
        case("a body without end", Answer::Endless(b"HTTP/1.1 200 OK\r\n\r\n<rss><channel><title>".to_vec(), vec![b'a'; 4096]), Some("feed.max_bytes"), 0),
        case("packed to blow up", whole("Content-Encoding: gzip\r\n", &bomb), Some("feed.max_bytes"), 0),
        case("says it is packed and is not", whole("Content-Encoding: gzip\r\n", good.as_bytes()), Some("could not be reached"), 0),
        case("packed and cut off", whole("Content-Encoding: gzip\r\n", cut.get(..cut.len() / 2).unwrap()), Some("could not be reached"), 0),
        // Statuses and redirects.
        case("a challenge with 200", whole("Content-Type: text/html\r\n", b"<!doctype html><html><body>Are you human?</body></html>"), Some("web page, not a feed"), 0),
        case("nothing with 200", whole("", b""), Some("empty"), 0),
        case("a picture with 200", whole("Content-Type: image/png\r\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some("not a feed"), 0),
        case("forbidden", plain("HTTP/1.1 403 Forbidden"), Some("403"), 0),
        case("a status of its own", plain("HTTP/1.1 799 Odd"), Some("799"), 0),
        case("moved to a file", plain("HTTP/1.1 301 Moved\r\nLocation: file:///etc/passwd"), Some("only http and https"), 0),
        case("moved to nowhere", plain("HTTP/1.1 302 Found"), Some("without a usable Location"), 0),
        case("moved in a circle", plain("HTTP/1.1 302 Found\r\nLocation: ?again"), Some("more than 5 redirects"), 0),
        case("asks for an absurd pause", plain("HTTP/1.1 503 Busy\r\nRetry-After: 99999999999999999999"), Some("503"), 0),
        // Documents made to blow up.
        case("entities that multiply", xml(&format!("<!DOCTYPE rss [{laughs}]><rss><channel><item><title>&e19;</title><guid>1</guid></item></channel></rss>")), None, 1),
        case("an entity from a file", xml("<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><rss><channel><item><title>&x;</title><guid>1</guid></item></channel></rss>"), None, 1),
        case("very deep", xml(&format!("<rss><channel>{item}<item><guid>2</guid><description>{}</description></item></channel></rss>", "<b>".repeat(100_000))), None, 2),
        case("very many attributes", xml(&format!("<rss {}><channel>{item}</channel></rss>", repeat(50_000, |n| format!("a{n}='1' ")))), None, 1),
        case("very many prefixes", xml(&format!("<rss {}><channel>{item}</channel></rss>", repeat(20_000, |n| format!("xmlns:n{n}='u{n}' ")))), None, 1),
        case("very many items", rss(&repeat(20_000, |n| format!("<item><guid>{n}</guid></item>"))), None, 500),
        case("very many categories", rss(&format!("<item><guid>1</guid>{}</item>", repeat(50_000, |n| format!("<category>{n}</category>")))), None, 1),
        case("a title of a megabyte", rss(&format!("<item><guid>1</guid><title>{}</title></item>", "word ".repeat(200_000))), None, 1),
        case("deep JSON", whole("Content-Type: application/json\r\n", "[".repeat(200_000).as_bytes()), Some("not a feed"), 0),
        case("numbers without measure", whole("Content-Type: application/feed+json\r\n", br#"{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":1e99999,"content_text":"x"}]}"#), Some("not a feed"), 0),
        // Documents that lie.
        case("dates without sense", rss("<item><guid>1</guid><pubDate>Tue, 99 Foo 99999 77:77:77 GMT</pubDate></item><item><guid>2</guid><pubDate>Fri, 01 Jan 9999 00:00:00 GMT</pubDate></item>"), None, 2),
        case("links that run", rss("<item><guid>1</guid><title>a</title><link>javascript:alert(1)</link></item><item><guid>2</guid><link>data:text/html,x</link></item><item><guid>3</guid><description>&lt;a href='vbscript:x'&gt;y&lt;/a&gt;&lt;script&gt;z()&lt;/script&gt;</description></item>"), None, 3),
        case("one id for all", rss("<item><guid>1</guid><link>https://outlet.invalid/a</link></item><item><guid>1</guid><link>https://outlet.invalid/b</link></item><item><guid>1</guid><link>https://outlet.invalid/a</link></item>"), None, 2),
        case("no ids at all", rss("<item><title>One</title></item><item><title>Two</title></item><item><title>One</title></item>"), None, 2),
        case("text that turns and hides", rss("<item><guid>1</guid><title>a\u{202E}b\u{200B}c\u{0}d</title></item>"), None, 1),
        case("cut off", xml("<rss><channel><title>T</title><item><title>One</title><guid>1</guid></item><item><title>Tw"), None, 2),
        case("two documents in one", xml(&format!("{good}{good}<html>")), None, 1),
    ]
}

async fn serve(listener: TcpListener, answers: HashMap<String, Answer>, asked: Arc<Mutex<HashMap<String, usize>>>) {
    let answers = Arc::new(answers);
    while let Ok((stream, _)) = listener.accept().await {
        let (answers, asked) = (Arc::clone(&answers), Arc::clone(&asked));
        tokio::spawn(async move {
            // The client hangs up when it has had enough: that is what is tested.
            let _ = answer(stream, &answers, &asked).await;
        });
    }
}

async fn answer(
    stream: TcpStream,
    answers: &HashMap<String, Answer>,
    asked: &Mutex<HashMap<String, usize>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut first = String::new();
    stream.read_line(&mut first).await?;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 2 {
        line.clear();
    }
    let path = first.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap_or("/").to_owned();
    *asked.lock().unwrap().entry(path.clone()).or_default() += 1;
    match answers.get(&path) {
        Some(Answer::Raw(bytes)) => stream.write_all(bytes).await?,
        Some(Answer::Endless(head, again)) => {
            stream.write_all(head).await?;
            loop {
                stream.write_all(again).await?;
            }
        }
        Some(Answer::Drip) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n<rss>").await?;
            // Until the client hangs up.
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await?;
        }
        None => stream.write_all(b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await?,
    }
    stream.shutdown().await
}

async fn entries_of(store: &Store, feed: &FeedView, now: firsthand_model::Timestamp) -> Vec<ParsedItem> {
    let entries = store.pending_entries(now.plus_seconds(30 * 86_400), 100_000).await.unwrap();
    entries.into_iter().filter(|entry| entry.feed_id == feed.id).map(|entry| entry.item).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_feeds_cost_one_line_each_and_harm_nobody() {
    let Place { store, crawler, clock, .. } = &common::place(|config| {
        config.http.exchange_timeout = Duration::from_secs(3);
        config.feed_limits.max_bytes = 2 << 20;
        config.feed_limits.max_items = 500;
    })
    .await;

    let cases = cases();
    let asked: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
    let mut feeds = Vec::new();
    let mut expected = Vec::new();
    // Each on an address of its own: a busy host is held as a whole, and rightly.
    for (number, case) in cases.into_iter().enumerate() {
        let listener = TcpListener::bind(format!("127.0.1.{}:0", number + 1)).await.unwrap();
        let (path, address) = (format!("/{number}"), listener.local_addr().unwrap());
        feeds.push(NewFeed { url: format!("http://{address}{path}"), ..NewFeed::default() });
        expected.push((case.name, path.clone(), case.error, case.entries));
        tokio::spawn(serve(listener, HashMap::from([(path, case.answer)]), Arc::clone(&asked)));
    }
    let listener = TcpListener::bind("127.0.2.1:0").await.unwrap();
    let healthy = format!("http://{}/healthy", listener.local_addr().unwrap());
    feeds.push(NewFeed { url: healthy.clone(), ..NewFeed::default() });
    let items = repeat(10, |n| format!("<item><title>Item {n}</title><guid>{n}</guid></item>"));
    tokio::spawn(serve(listener, HashMap::from([("/healthy".to_owned(), rss(&items))]), Arc::clone(&asked)));

    crawler.import(&feeds).await.unwrap();
    // The poll alone: what entries become is another matter.
    for feed in store.due_feeds(clock.now(), 1000, true).await.unwrap() {
        crawler.poll_one(&feed).await.unwrap();
    }
    let views: HashMap<String, FeedView> =
        store.feeds().await.unwrap().into_iter().map(|feed| (feed.url.clone(), feed)).collect();
    for (feed, (name, _, error, entries)) in feeds.iter().zip(&expected) {
        let view = &views[&feed.url];
        match (error, &view.last_error) {
            (None, said) => assert_eq!(*said, None, "{name}"),
            (Some(word), said) => {
                let said = said.as_deref().unwrap_or_default();
                assert!(said.contains(word) && !said.contains('\n') && said.len() < 400, "{name}: {said:?}");
            }
        }
        let items = entries_of(store, view, clock.now()).await;
        assert_eq!(items.len(), *entries, "{name}");
        for item in items {
            let text = serde_json::to_string(&item).unwrap();
            for bad in ["root:", "script:", "<script", "data:text", "\\u0000", "\u{202E}", "hahaha"] {
                assert!(!text.contains(bad), "{name}: {bad} in {}", text.chars().take(300).collect::<String>());
            }
            assert!(item.title.is_none_or(|title| title.chars().count() <= 1000), "{name}: the title");
            assert!(item.published.is_none_or(|at| at <= clock.now()), "{name}: {:?}", item.published);
            assert!(item.categories.len() <= 100, "{name}: {} categories", item.categories.len());
        }
    }
    let well = &views[&healthy];
    assert_eq!((well.last_error.clone(), entries_of(store, well, clock.now()).await.len()), (None, 10));

    // Nobody is asked again before the time, not even when all feeds are asked for.
    let before = asked.lock().unwrap().clone();
    clock.advance_seconds(60);
    let again = store.due_feeds(clock.now(), 1000, true).await.unwrap();
    for (feed, (name, path, error, _)) in feeds.iter().zip(&expected) {
        let due = again.iter().any(|due| due.url == feed.url);
        assert_eq!(due, error.is_none(), "{name} is {}due", if due { "" } else { "not " });
        // A circle of redirects is walked to its limit.
        assert!((1..=6).contains(&before[path]), "{name}: {}", before[path]);
    }
}

#[tokio::test]
async fn a_feed_that_changes_its_ids_shows_nothing_twice_and_one_that_reuses_them_loses_nothing() {
    let Place { store, crawler, clock, .. } = &common::place(|_| ()).await;
    let server = wiremock::MockServer::start().await;
    let feed = |ids: [&str; 2], pages: [&str; 2]| {
        let items = repeat(2, |n| {
            format!(
                "<item><guid isPermaLink='false'>{}</guid><title>{n}</title><link>https://outlet.invalid/{}</link></item>",
                ids[n], pages[n]
            )
        });
        wiremock::ResponseTemplate::new(200)
            .set_body_raw(format!("<rss version='2.0'><channel>{items}</channel></rss>"), "text/xml")
    };
    for (priority, answer) in [
        (1, feed(["1", "2"], ["a", "b"])),
        (2, feed(["x1", "x2"], ["a?utm_source=rss", "b"])),
        (3, feed(["1", "2"], ["c", "d"])),
    ] {
        wiremock::Mock::given(wiremock::matchers::any())
            .respond_with(answer)
            .up_to_n_times(1)
            .with_priority(priority)
            .mount(&server)
            .await;
    }
    crawler.import(&[NewFeed { url: server.uri(), ..NewFeed::default() }]).await.unwrap();
    let mut entries = Vec::new();
    for _ in 0..3 {
        for due in store.due_feeds(clock.now(), 10, true).await.unwrap() {
            crawler.poll_one(&due).await.unwrap();
        }
        entries.push(store.pending_entries(clock.now(), 100).await.unwrap().len());
        clock.advance_seconds(86_400);
    }
    assert_eq!(entries, [2, 2, 4]);
}

#[tokio::test]
async fn a_run_goes_on_beside_feeds_that_fail() {
    let Place { crawler, .. } = &common::place(|config| {
        config.http.exchange_timeout = Duration::from_millis(300);
    })
    .await;
    let asked: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
    let mut feeds = Vec::new();
    // More feeds that hang than exchanges may be under way.
    for number in 0..20 {
        let listener = TcpListener::bind(format!("127.0.3.{}:0", number + 1)).await.unwrap();
        feeds.push(NewFeed { url: format!("http://{}/drip", listener.local_addr().unwrap()), ..NewFeed::default() });
        tokio::spawn(serve(listener, HashMap::from([("/drip".to_owned(), Answer::Drip)]), Arc::clone(&asked)));
    }
    let listener = TcpListener::bind("127.0.4.1:0").await.unwrap();
    feeds.push(NewFeed { url: format!("http://{}/feed", listener.local_addr().unwrap()), ..NewFeed::default() });
    let item = "<item><title>The ferry sails again</title><guid isPermaLink='false'>1</guid><description>The ferry between the islands sails again since Monday.</description></item>";
    tokio::spawn(serve(listener, HashMap::from([("/feed".to_owned(), rss(item))]), Arc::clone(&asked)));
    crawler.import(&feeds).await.unwrap();
    let summary = crawler.run(RunMode::Once { all: false }).await.unwrap();
    assert_eq!((summary.feeds, summary.failed, summary.entries, summary.articles, summary.grouped), (21, 20, 1, 1, 1));
    assert!(summary.errors.iter().all(|failure| failure.error.contains("no complete answer")));
}
