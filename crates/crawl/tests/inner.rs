//! Addresses of inner networks in every spelling, at every place from which an address is taken: none is asked (server-side request
//! forgery). A canary listens on all addresses of this machine and must stay silent.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::Place;
use firsthand_crawl::{RunMode, WebSubConfig};
use firsthand_model::NewFeed;
use std::collections::BTreeSet;
use std::net::UdpSocket;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// What must not be asked: every connection is noted, with the path that it asks for.
struct Canary {
    port: u16,
    heard: Arc<Mutex<BTreeSet<String>>>,
}

impl Canary {
    async fn start() -> Self {
        // Both families at once, or the older one alone where there is no other.
        let listener = match TcpListener::bind("[::]:0").await {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind("0.0.0.0:0").await.unwrap(),
        };
        let port = listener.local_addr().unwrap().port();
        let heard: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        let notes = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let notes = Arc::clone(&notes);
                tokio::spawn(async move {
                    let mut bytes = vec![0; 4096];
                    let read = stream.read(&mut bytes).await.unwrap_or(0);
                    let request = String::from_utf8_lossy(bytes.get(..read).unwrap_or_default()).into_owned();
                    let asked = request.split(' ').nth(1).unwrap_or("a connection").to_owned();
                    notes.lock().unwrap().insert(asked);
                    let _ = stream
                        .write_all(b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                        .await;
                });
            }
        });
        Self { port, heard }
    }

    /// What was asked for since the last time.
    fn take(&self) -> BTreeSet<String> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }
}

/// Spellings of addresses of this machine and of inner networks, as what stands before the port.
fn spellings() -> Vec<String> {
    let mut spellings: Vec<String> = [
        // Numbers of every kind.
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "127.255.255.254",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "0177.1",
        "017700000001",
        "0x7F.0X0.0x0.0x1",
        "127.0.0.1.",
        "0",
        "0.0.0.0",
        "0x0",
        "00000000000",
        // Letters that are mapped to digits and dots.
        "\u{2460}\u{2461}\u{2466}.0.0.1",
        "127\u{3002}0\u{3002}0\u{3002}1",
        "127\u{FF0E}0\u{FF0E}0\u{FF0E}1",
        "\u{FF11}\u{FF12}\u{FF17}.0.0.1",
        "127.0.0\u{00AD}.1",
        "%31%32%37.0.0.1",
        "127.0.0.%31",
        // The newer family, and the older one inside it.
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[0000::0001]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:7f00:0001]",
        "[::127.0.0.1]",
        "[::ffff:0:127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[fe80::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "[100::1]",
        "[5f00::1]",
        // Names.
        "localhost",
        "LocalHost",
        "localhost.",
        "a.localhost",
        "a.b.LOCALHOST.",
        "ip6-localhost",
        "ip6-loopback",
        "l\u{24DE}calhost",
        "\u{FF4C}\u{FF4F}\u{FF43}\u{FF41}\u{FF4C}\u{FF48}\u{FF4F}\u{FF53}\u{FF54}",
        // What is not the host.
        "outlet.example@127.0.0.1",
        "outlet.example:80@127.0.0.1",
        "outlet.example%40@127.0.0.1",
        "127.0.0.1%00.outlet.example",
        "user:pass@[::1]",
        // Other inner networks: nothing listens there, and nothing is to be tried.
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.254",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "169.254.170.2",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "0xa9fea9fe",
        "2852039166",
        "0251.0376.0251.0376",
        "[::ffff:a9fe:a9fe]",
        "[::ffff:169.254.169.254]",
        "[::ffff:10.0.0.1]",
    ]
    .map(str::to_owned)
    .to_vec();
    // What this machine is called, and its address on its network.
    if let Ok(name) = std::fs::read_to_string("/proc/sys/kernel/hostname") {
        spellings.push(name.trim().to_owned());
    }
    let own = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    if let Ok(own) = own
        && firsthand_crawl::special_purpose(own.ip()).is_some()
    {
        spellings.push(own.ip().to_string());
    }
    spellings
}

/// Spellings tried at a time.
const AT_A_TIME: usize = 8;

/// The places from which an address is taken, each with the path that its canary is asked for.
const PLACES: [&str; 14] = [
    "follow",
    "watch",
    "feed",
    "redirect-301",
    "redirect-302",
    "redirect-307",
    "redirect-308",
    "linked",
    "page-redirect",
    "hub",
    "discovered",
    "image",
    "image-redirect",
    "post",
];

/// Lets a crawler meet an address in every place.
async fn meet(place: &Place, host: &str, port: u16) {
    let Place { crawler, store, clock, .. } = place;
    let target = |name: &str| format!("http://{host}:{port}/{name}");
    let listener = std::net::TcpListener::bind("127.0.9.1:0").unwrap();
    let outlet = MockServer::builder().listener(listener).start().await;
    let at = |path: &str| format!("{}{path}", outlet.uri());
    let html = |text: String| ResponseTemplate::new(200).set_body_raw(text, "text/html; charset=utf-8");
    let words =
        "The harbour bridge was closed on Monday after engineers found cracks in two of its piers, the city said. "
            .repeat(6);
    let items: String = [target("linked"), at("/page-redirect"), at("/page")]
        .iter()
        .enumerate()
        .map(|(number, link)| format!("<item><guid isPermaLink='false'>{number}</guid><title>Bridge {number}</title><link>{link}</link></item>"))
        .collect();
    let feed = format!(
        "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>T</title><link>{}</link><atom:link rel='hub' href='{}'/><atom:link rel='self' href='{}'/><image><url>{}</url></image>{items}</channel></rss>",
        target("site"),
        target("hub"),
        target("self"),
        target("icon")
    );
    let answers = [
        ("/feed", ResponseTemplate::new(200).set_body_raw(feed, "application/rss+xml")),
        ("/page-redirect", ResponseTemplate::new(302).insert_header("location", target("page-redirect"))),
        (
            "/page",
            html(format!(
                "<!doctype html><html><head><title>Bridge</title><link rel=next href='{}'><link rel=canonical href='{}'><link rel=amphtml href='{}'></head><body><article><h1>Bridge</h1><p>{words}</p><img src='{}'><p>{words}</p><a rel=next href='{}'>Next page</a></article></body></html>",
                target("page-link"), target("canonical"), target("amp"), target("picture"), target("page-link")
            )),
        ),
        (
            "/site/",
            html(format!("<!doctype html><html><head><link rel=alternate type='application/rss+xml' href='{}'></head><body><a href='{}'>RSS feed</a></body></html>", target("discovered"), target("discovered")))
                .insert_header("link", format!("<{}>; rel=alternate; type=\"application/rss+xml\"", target("discovered")).as_str()),
        ),
        ("/image", ResponseTemplate::new(302).insert_header("location", target("image-redirect"))),
        ("/robots.txt", ResponseTemplate::new(200).set_body_string(format!("User-agent: *\nAllow: /\nSitemap: {}\n", target("discovered")))),
    ];
    for (page, answer) in answers {
        Mock::given(method("GET")).and(path(page)).respond_with(answer).mount(&outlet).await;
    }
    for status in [301, 302, 307, 308] {
        let answer = ResponseTemplate::new(status).insert_header("location", target(&format!("redirect-{status}")));
        Mock::given(path(format!("/moved-{status}"))).respond_with(answer).mount(&outlet).await;
    }
    let _ = crawler.follow(&target("follow"), None).await;
    let _ = crawler.follow_page(&target("watch"), None).await;
    let _ = crawler.follow(&at("/site/"), None).await;
    let feed = |url: String| NewFeed { url, ..NewFeed::default() };
    let mut feeds = vec![feed(target("feed")), feed(at("/feed"))];
    feeds.extend([301, 302, 307, 308].map(|status| feed(at(&format!("/moved-{status}")))));
    crawler.import(&feeds).await.unwrap();
    crawler.run(RunMode::Once { all: true }).await.unwrap();
    // What failed is tried again, and what was fetched is looked at again.
    clock.advance_seconds(86_400);
    crawler.run(RunMode::Once { all: true }).await.unwrap();
    assert!(store.counts().await.unwrap().articles >= 1, "{host}: the outlet's own page is fetched");
    for address in [target("image"), at("/image")] {
        let _ = crawler.image(&address).await;
    }
    let _ = crawler.fetcher().post_form(&target("post"), "a=b").await;
}

async fn crawler(allow: bool) -> Place {
    common::place(|config| {
        config.http.allow_private_network = allow;
        config.http.allowed_networks = vec!["127.0.9.1/32".parse().unwrap()];
        config.http.connect_timeout = Duration::from_millis(500);
        config.http.exchange_timeout = Duration::from_secs(2);
        config.websub =
            Some(WebSubConfig { callbacks: "https://here.example/websub/".to_owned(), poll_interval_s: 86_400 });
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_inner_address_is_asked_from_any_place_in_any_spelling() {
    let mut waiting = spellings().into_iter();
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() < AT_A_TIME
            && let Some(host) = waiting.next()
        {
            under_way.spawn(async move {
                let canary = Canary::start().await;
                meet(&crawler(false).await, &host, canary.port).await;
                assert_eq!(canary.take(), BTreeSet::new(), "{host} was asked");
            });
        }
        match under_way.join_next().await {
            Some(met) => met.unwrap(),
            None => return,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_canary_hears_every_place_where_inner_addresses_are_allowed() {
    let canary = Canary::start().await;
    meet(&crawler(true).await, "127.0.0.1", canary.port).await;
    let heard = canary.take();
    let silent: Vec<&str> = PLACES.into_iter().filter(|place| !heard.contains(&format!("/{place}"))).collect();
    assert!(silent.is_empty(), "not asked from {silent:?}; asked: {heard:?}");
}
