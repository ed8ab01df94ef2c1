//! Whole rounds of polling against a server that answers as servers do: what it asks for is done,
//! and nothing is asked too early.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::Place;
use firsthand_crawl::{RunMode, Summary};
use firsthand_model::{FeedStatus, FeedView, NewFeed};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const FEED: &str = "<rss version=\"2.0\"><channel><title>T</title></channel></rss>";

struct World {
    server: MockServer,
    place: Place,
}

impl World {
    async fn new(paths: &[&str]) -> Self {
        let place = common::place(|_| ()).await;
        let server = MockServer::start().await;
        let feeds: Vec<NewFeed> =
            paths.iter().map(|path| NewFeed { url: format!("{}{path}", server.uri()), ..NewFeed::default() }).collect();
        place.crawler.import(&feeds).await.unwrap();
        Self { server, place }
    }

    async fn answers(&self, at: &str, answer: ResponseTemplate) {
        Mock::given(method("GET")).and(path(at)).respond_with(answer).mount(&self.server).await;
    }

    async fn round(&self, all: bool) -> Summary {
        self.place.crawler.run(RunMode::Once { all }).await.unwrap()
    }

    async fn asked(&self, at: &str) -> usize {
        self.server.received_requests().await.unwrap().iter().filter(|request| request.url.path() == at).count()
    }

    async fn feed(&self) -> FeedView {
        self.place.store.feeds().await.unwrap().into_iter().next().unwrap()
    }
}

#[tokio::test]
async fn a_busy_server_is_left_alone_for_as_long_as_it_asks() {
    for status in [429, 503] {
        let world = World::new(&["/a", "/b"]).await;
        world.answers("/a", ResponseTemplate::new(status).insert_header("retry-after", "7200")).await;
        world.answers("/b", ResponseTemplate::new(status).insert_header("retry-after", "7200")).await;
        world.round(false).await;
        // The host is held, not the feed alone: the second feed is not even tried.
        assert_eq!(world.asked("/a").await + world.asked("/b").await, 1, "{status}");
        for _ in 0..3 {
            world.place.clock.advance_seconds(1700);
            world.round(true).await;
        }
        assert_eq!(world.asked("/a").await + world.asked("/b").await, 1, "{status}");
        let error = world.feed().await.last_error.unwrap();
        assert!(error.contains("left alone") || error.contains(&status.to_string()), "{error}");
        world.place.clock.advance_seconds(86_400);
        world.round(false).await;
        assert!(world.asked("/a").await + world.asked("/b").await >= 2, "{status}");
    }
}

#[tokio::test]
async fn a_feed_that_has_ended_is_not_asked_again() {
    let world = World::new(&["/a"]).await;
    world.answers("/a", ResponseTemplate::new(410)).await;
    world.round(false).await;
    for _ in 0..3 {
        world.place.clock.advance_seconds(30 * 86_400);
        world.round(true).await;
    }
    assert_eq!(world.asked("/a").await, 1);
    let feed = world.feed().await;
    assert_eq!((feed.status, feed.next_fetch_at), (FeedStatus::Gone, None));
    assert!(feed.last_error.unwrap().contains("410"));
}

#[tokio::test]
async fn an_unchanged_feed_costs_a_conditional_request() {
    let world = World::new(&["/a"]).await;
    let as_given = |request: &wiremock::Request| {
        let sent =
            |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        sent("if-none-match") == "W/\"odd, tag\"" && sent("if-modified-since") == "Mon, 2 Mar 2026 9:00:00 GMT"
    };
    Mock::given(method("GET"))
        .and(as_given)
        .respond_with(ResponseTemplate::new(304))
        .with_priority(1)
        .mount(&world.server)
        .await;
    let first = ResponseTemplate::new(200)
        .insert_header("etag", "W/\"odd, tag\"")
        .insert_header("last-modified", "Mon, 2 Mar 2026 9:00:00 GMT")
        .set_body_raw(FEED, "application/rss+xml");
    Mock::given(method("GET")).respond_with(first).with_priority(5).mount(&world.server).await;
    assert_eq!(world.round(false).await.unchanged, 0);
    // Not due yet: nothing is asked.
    assert_eq!(world.round(false).await.feeds, 0);
    for _ in 0..3 {
        world.place.clock.advance_seconds(86_400);
        assert_eq!(world.round(false).await.unchanged, 1);
    }
    assert_eq!(world.asked("/a").await, 4);
    assert_eq!(world.feed().await.last_error, None);
}

#[tokio::test]
async fn a_failing_feed_is_asked_less_and_less_and_recovers() {
    let world = World::new(&["/a"]).await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(500)).up_to_n_times(4).mount(&world.server).await;
    world.answers("/a", ResponseTemplate::new(200).set_body_raw(FEED, "text/xml")).await;
    let mut asked = Vec::new();
    for hour in 0..48 {
        let before = world.asked("/a").await;
        world.round(true).await;
        if world.asked("/a").await > before {
            asked.push(hour);
        }
        if asked.len() == 5 {
            break;
        }
        world.place.clock.advance_seconds(3600);
    }
    let gaps: Vec<i32> = asked.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.len() == 4 && gaps.windows(2).all(|pair| pair[0] <= pair[1]) && gaps[3] >= 8, "{asked:?}");
    let feed = world.feed().await;
    assert_eq!((feed.failures, feed.last_error), (0, None));
}

#[tokio::test]
async fn a_move_is_followed_at_once_and_adopted_when_it_stays() {
    let world = World::new(&["/old"]).await;
    let to = format!("{}/new", world.server.uri());
    world.answers("/old", ResponseTemplate::new(301).insert_header("location", to.as_str())).await;
    world.answers("/new", ResponseTemplate::new(200).set_body_raw(FEED, "text/xml")).await;
    world.round(false).await;
    assert!(world.feed().await.url.ends_with("/old"), "a single move may be a mistake");
    for _ in 0..4 {
        world.place.clock.advance_seconds(86_400);
        world.round(false).await;
    }
    assert_eq!(world.feed().await.url, to);
    assert!(world.asked("/old").await < 5, "the old address is not asked for ever");
}

#[tokio::test]
async fn an_article_on_several_pages_is_read_whole() {
    let place = common::place(|_| ()).await;
    let server = MockServer::start().await;
    let feed = "<rss version=\"2.0\"><channel><title>T</title><item><title>The port</title><link>/port</link></item></channel></rss>";
    let said = ["on Monday", "on Tuesday", "on Wednesday"];
    let answer = |number: usize| {
        let day = said[number - 1];
        let text: String = ["harbour master", "pilots", "crews of the ferries"]
            .iter()
            .map(|who| format!("<p>The {who} told the council {day} that the quay needs new stones before the winter storms come.</p>"))
            .collect();
        let note = if number == 3 {
            "<p>Correction: An earlier version of this report named another quay and pier.</p>"
        } else {
            ""
        };
        // The last page leads to itself once more, under another number.
        let next = number + 1;
        let body = format!(
            "<html lang=en><body><article><h1>The port</h1>{text}{note}</article><a href=/port>1</a><a href='/port?page={next}'>Next</a></body></html>"
        );
        ResponseTemplate::new(200).set_body_raw(body, "text/html")
    };
    let page = |number: &str| wiremock::matchers::query_param("page", number.to_owned());
    for (number, shown) in [("2", 2), ("3", 3), ("4", 3)] {
        Mock::given(path("/port")).and(page(number)).respond_with(answer(shown)).with_priority(1).mount(&server).await;
    }
    Mock::given(path("/port")).respond_with(answer(1)).with_priority(2).mount(&server).await;
    Mock::given(path("/feed")).respond_with(ResponseTemplate::new(200).set_body_string(feed)).mount(&server).await;
    let url = format!("{}/feed", server.uri());
    place.crawler.import(&[NewFeed { url, ..NewFeed::default() }]).await.unwrap();
    place.crawler.run(RunMode::Once { all: false }).await.unwrap();
    let articles = place.store.export_articles(None, 10).await.unwrap();
    assert_eq!(articles.len(), 1);
    let text = &articles[0].text;
    assert_eq!(said.map(|day| text.matches(day).count()), [3, 3, 3], "{text}");
    let view = place.store.article(articles[0].id, None).await.unwrap().unwrap();
    assert_eq!(view.details.corrections.len(), 1, "{:?}", view.details);
    // A later look at which the second page cannot be had is no change of the article.
    server.reset().await;
    Mock::given(path("/port"))
        .and(page("2"))
        .respond_with(ResponseTemplate::new(500))
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(path("/port")).respond_with(answer(1)).with_priority(2).mount(&server).await;
    place.clock.advance_seconds(6 * 3600);
    place.crawler.run(RunMode::Once { all: true }).await.unwrap();
    let asked = server.received_requests().await.unwrap();
    assert!(asked.iter().any(|request| request.url.query() == Some("page=2")), "it was looked at again");
    assert_eq!(place.store.export_articles(None, 10).await.unwrap()[0].text, *text);
}
