//! Following a site: its feed is found the way that asks least of it, and a site without one is watched.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::Place;
use firsthand_crawl::{FollowError, Followed, RunMode};
use firsthand_model::FeedView;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

const FEED: &str =
    "<rss version=\"2.0\"><channel><title>T</title><item><title>One</title><link>/1</link></item></channel></rss>";

struct World {
    server: MockServer,
    place: Place,
}

impl World {
    async fn new() -> Self {
        Self { server: MockServer::start().await, place: common::place(|_| ()).await }
    }

    /// Serves a document; `{base}` in it is the server's address.
    async fn serves(&self, at: &str, kind: &str, text: &str) {
        let text = text.replace("{base}", &self.server.uri());
        self.answers(at, ResponseTemplate::new(200).set_body_raw(text, kind)).await;
    }

    async fn answers(&self, at: &str, answer: ResponseTemplate) {
        Mock::given(path(at)).respond_with(answer).with_priority(2).mount(&self.server).await;
    }

    /// What is found for the site's address, and what was asked for it besides the address itself.
    async fn follow(&self) -> (Result<Followed, FollowError>, Vec<String>) {
        let followed = self.place.crawler.follow(&format!("{}/", self.server.uri()), None).await;
        let requests = self.server.received_requests().await.unwrap();
        (followed, requests.iter().skip(1).map(|request| request.url.path().to_owned()).collect())
    }

    async fn found(&self) -> (String, &'static str, Vec<String>) {
        let (followed, asked) = self.follow().await;
        let followed = followed.unwrap();
        (followed.url.replace(&self.server.uri(), ""), followed.way.in_words(), asked)
    }

    async fn feed(&self) -> FeedView {
        self.place.store.feeds().await.unwrap().into_iter().next().unwrap()
    }
}

/// A page with a list of articles by these names.
fn page(names: &[&str]) -> String {
    let items: String = names
        .iter()
        .map(|name| format!("<li><h3><a href=\"/news/{name}-in-the-harbour-of-ellery\">The {name} in the harbour of Port Ellery</a></h3>"))
        .collect();
    format!(
        "<!doctype html><html lang=en><title>Courier</title><nav><a href=/about>About</a></nav><ul>{items}</ul></html>"
    )
}

const NAMES: [&str; 6] = ["bridge", "ferry", "regatta", "lighthouse", "fish-market", "storm"];

#[tokio::test]
async fn what_the_site_names_is_taken_and_nothing_is_guessed() {
    let world = World::new().await;
    let named = ResponseTemplate::new(200)
        .insert_header(
            "link",
            "</style.css>; rel=preload, </by-header>; rel=\"alternate\"; type=\"application/rss+xml\"",
        )
        .set_body_raw("<link rel=alternate type=application/rss+xml href=/by-head><a href=/rss>RSS</a>", "text/html");
    world.answers("/", named).await;
    world.serves("/by-header", "text/xml", FEED).await;
    let (url, way, asked) = world.found().await;
    assert_eq!((url.as_str(), way), ("/by-header", "named by the server's Link header"));
    assert_eq!(asked, ["/by-header"]);

    let world = World::new().await;
    world
        .serves("/", "text/html", "<link rel=alternate type=application/rss+xml href=/by-head><a href=/rss>RSS</a>")
        .await;
    world.serves("/rss", "text/xml", FEED).await;
    let (url, way, asked) = world.found().await;
    assert_eq!((url.as_str(), way), ("/rss", "linked in the page"), "the one in the head is broken");
    assert_eq!(asked, ["/by-head", "/rss"]);
}

#[tokio::test]
async fn the_platform_is_asked_before_the_usual_addresses() {
    let world = World::new().await;
    world.serves("/", "text/html", "<meta name=generator content='Ghost 5.9'><p>Hello").await;
    world.serves("/rss/", "text/xml", FEED).await;
    let (url, way, asked) = world.found().await;
    assert_eq!((url.as_str(), way), ("/rss/", "where the site's platform has its feeds"));
    assert_eq!(asked, ["/rss/"]);

    let world = World::new().await;
    world.serves("/", "text/html", "<p>Hello").await;
    world.serves("/rss.xml", "text/xml", FEED).await;
    let (url, way, asked) = world.found().await;
    assert_eq!((url.as_str(), way), ("/rss.xml", "at a usual address"));
    assert!(asked.len() <= 8, "{asked:?}");
}

#[tokio::test]
async fn a_news_sitemap_is_found_by_robots_txt_and_through_an_index() {
    let world = World::new().await;
    world.serves("/", "text/html", "<p>Hello").await;
    world.serves("/robots.txt", "text/plain", "Sitemap: {base}/maps.xml\nUser-agent: *\nDisallow: /x\n").await;
    let index = "<sitemapindex><sitemap><loc>{base}/pages.xml</loc></sitemap><sitemap><loc>{base}/latest-news.xml</loc></sitemap></sitemapindex>";
    world.serves("/maps.xml", "text/xml", index).await;
    world.serves("/pages.xml", "text/xml", "<urlset><url><loc>{base}/about</loc></url></urlset>").await;
    let news = "<urlset xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\"><url><loc>{base}/1</loc><news:news><news:title>One</news:title></news:news></url></urlset>";
    world.serves("/latest-news.xml", "text/xml", news).await;
    let (url, way, asked) = world.found().await;
    assert_eq!((url.as_str(), way), ("/latest-news.xml", "the site's news sitemap"));
    assert!(!asked.contains(&"/pages.xml".to_owned()), "{asked:?}");
    assert_eq!(world.feed().await.format.as_deref(), Some("sitemap"));
}

#[tokio::test]
async fn looking_for_a_feed_costs_a_bounded_number_of_requests_and_ends_at_a_hold() {
    let world = World::new().await;
    world.serves("/", "text/html", "<meta name=generator content='WordPress 6'><p>Hello").await;
    let (followed, asked) = world.follow().await;
    let error = followed.unwrap_err().to_string();
    assert!(error.contains("no feed found") && !error.contains('\n'), "{error}");
    assert!((10..=26).contains(&asked.len()), "{} {asked:?}", asked.len());
    let different: std::collections::HashSet<&String> = asked.iter().collect();
    assert_eq!(different.len(), asked.len(), "an address was asked for twice: {asked:?}");

    let world = World::new().await;
    world.serves("/", "text/html", &page(&NAMES)).await;
    Mock::given(path("/feed")).respond_with(ResponseTemplate::new(429)).with_priority(1).mount(&world.server).await;
    let (followed, asked) = world.follow().await;
    assert!(followed.unwrap_err().to_string().contains("left alone"));
    assert_eq!(asked, ["/feed"]);
}

#[tokio::test]
async fn a_site_without_a_feed_is_watched_and_only_new_links_come() {
    let world = World::new().await;
    let first = ResponseTemplate::new(200).insert_header("etag", "\"1\"").set_body_raw(page(&NAMES[1..]), "text/html");
    Mock::given(path("/")).respond_with(first).up_to_n_times(1).with_priority(1).mount(&world.server).await;
    let (followed, asked) = world.follow().await;
    let followed = followed.unwrap();
    assert_eq!((followed.way.in_words(), followed.entries), ("no feed; the page itself is watched for new links", 5));
    assert!(asked.contains(&"/robots.txt".to_owned()));
    assert_eq!(world.feed().await.format.as_deref(), Some("page"));

    world.serves("/", "text/html", &page(&NAMES)).await;
    world.place.clock.advance_seconds(86_400);
    let summary = world.place.crawler.run(RunMode::Once { all: false }).await.unwrap();
    assert_eq!((summary.feeds, summary.failed, summary.entries), (1, 0, 1), "{:?}", summary.errors);
    let conditional = world.server.received_requests().await.unwrap();
    let last = conditional.iter().rfind(|request| request.url.path() == "/").unwrap();
    assert_eq!(last.headers.get("if-none-match").unwrap(), "\"1\"");
    // A round later nothing is new.
    world.place.clock.advance_seconds(86_400);
    assert_eq!(world.place.crawler.run(RunMode::Once { all: false }).await.unwrap().entries, 0);
}

#[tokio::test]
async fn a_watched_page_that_was_redesigned_says_so_and_recovers() {
    let world = World::new().await;
    let first = ResponseTemplate::new(200).set_body_raw(page(&NAMES), "text/html");
    Mock::given(path("/")).respond_with(first).up_to_n_times(1).with_priority(1).mount(&world.server).await;
    let redesigned = ResponseTemplate::new(200).set_body_raw("<div id=app></div>", "text/html");
    let address = format!("{}/", world.server.uri());
    let followed = world.place.crawler.follow_page(&address, Some("Town")).await.unwrap();
    assert_eq!((followed.entries, followed.created), (6, true));
    Mock::given(path("/")).respond_with(redesigned).up_to_n_times(1).with_priority(1).mount(&world.server).await;
    world.serves("/", "text/html", &page(&NAMES)).await;
    world.place.clock.advance_seconds(86_400);
    assert_eq!(world.place.crawler.run(RunMode::Once { all: false }).await.unwrap().failed, 1);
    let feed = world.feed().await;
    let error = feed.last_error.unwrap();
    assert!(error.contains("redesigned") && error.contains("no list of articles"), "{error}");
    assert_eq!(feed.format.as_deref(), Some("page"));
    world.place.clock.advance_seconds(2 * 86_400);
    assert_eq!(world.place.crawler.run(RunMode::Once { all: false }).await.unwrap().failed, 0);
    assert_eq!(world.feed().await.last_error, None);
}

#[tokio::test]
async fn robots_txt_is_obeyed_by_watched_pages() {
    let world = World::new().await;
    world.serves("/", "text/html", &page(&NAMES)).await;
    let rules = ResponseTemplate::new(200).set_body_string("User-agent: *\nDisallow: /\n");
    Mock::given(path("/robots.txt")).respond_with(rules).with_priority(1).mount(&world.server).await;
    let (followed, _) = world.follow().await;
    let error = followed.unwrap_err().to_string();
    assert!(error.contains("robots.txt"), "{error}");
    assert!(world.place.store.feeds().await.unwrap().is_empty());

    // An outlet that forbids it later is not asked any more, and the reader is told.
    let world = World::new().await;
    world.serves("/", "text/html", &page(&NAMES)).await;
    world.place.crawler.follow_page(&format!("{}/", world.server.uri()), None).await.unwrap();
    let rules = ResponseTemplate::new(200).set_body_string("User-agent: *\nDisallow: /\n");
    Mock::given(path("/robots.txt")).respond_with(rules).with_priority(1).mount(&world.server).await;
    world.place.clock.advance_seconds(2 * 86_400);
    assert_eq!(world.place.crawler.run(RunMode::Once { all: false }).await.unwrap().failed, 1);
    assert!(world.feed().await.last_error.unwrap().contains("robots.txt"));
    let asked = world.server.received_requests().await.unwrap();
    assert_eq!(asked.iter().filter(|request| request.url.path() == "/").count(), 1);
}
