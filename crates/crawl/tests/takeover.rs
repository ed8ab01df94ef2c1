//! A crawler that begins where another ended: what grouping knows is read once.

mod common;

use common::{Counting, Place};
use firsthand_crawl::{CrawlConfig, Crawler, RunMode};
use firsthand_model::{NewFeed, StoryInput, StoryQuery};
use firsthand_story::{Embedder, Embedding};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Counts the texts that it is shown.
#[derive(Debug, Default)]
struct Seen(AtomicUsize);

impl Embedder for Seen {
    fn embed(&self, _article: &StoryInput<'_>) -> Option<Embedding> {
        self.0.fetch_add(1, Ordering::Relaxed);
        None
    }
}

const BRIDGE: &str = "<p>The Calder bridge in Port Sorrel was closed on Monday after engineers found cracks in two of its cables, \
    the harbour authority said. Traffic is sent over the old ferry until the cables have been replaced in the spring.</p>";

/// A feed that has so many reports of one event.
fn feed(count: usize) -> ResponseTemplate {
    let items: String = (0..count)
        .map(|number| {
            format!(
                "<item><guid>{number}</guid><title>Calder bridge closed</title><pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate>\
                 <description><![CDATA[{BRIDGE}<p>It is report number {number} from the harbour.</p>]]></description></item>"
            )
        })
        .collect();
    let text = format!("<rss version=\"2.0\"><channel><title>Courier</title>{items}</channel></rss>");
    ResponseTemplate::new(200).set_body_raw(text, "application/rss+xml")
}

#[tokio::test]
async fn what_grouping_knows_is_taken_over_unless_texts_are_read_otherwise() {
    let seen = Arc::new(Seen::default());
    let place = common::place(|config| config.embedder = Some(seen.clone())).await;
    let server = MockServer::start().await;
    let with = |embedder: Arc<Seen>| {
        let mut config = CrawlConfig { embedder: Some(embedder), ..CrawlConfig::default() };
        config.http.allow_private_network = true;
        let Place { store, clock, .. } = &place;
        Crawler::new(store.clone(), clock.clone(), Arc::new(Counting(AtomicU8::new(9))), config).unwrap()
    };
    let round = async |crawler: &Crawler, reports: usize| {
        server.reset().await;
        Mock::given(path("/feed")).respond_with(feed(reports)).mount(&server).await;
        place.clock.advance_seconds(7200);
        crawler.run(RunMode::Once { all: true }).await.unwrap();
    };
    place.crawler.import(&[NewFeed { url: format!("{}/feed", server.uri()), ..NewFeed::default() }]).await.unwrap();
    round(&place.crawler, 3).await;
    assert_eq!(seen.0.load(Ordering::Relaxed), 3);

    let next = with(Arc::clone(&seen));
    next.take_over(&place.crawler).await;
    round(&next, 4).await;
    assert_eq!(seen.0.load(Ordering::Relaxed), 4, "only the new one is read");

    let other = Arc::new(Seen::default());
    let otherwise = with(Arc::clone(&other));
    otherwise.take_over(&next).await;
    round(&otherwise, 5).await;
    assert_eq!((seen.0.load(Ordering::Relaxed), other.0.load(Ordering::Relaxed)), (4, 5), "all are read anew");

    let stories = place.store.stories(&StoryQuery { limit: 9, ..StoryQuery::default() }, None).await.unwrap();
    assert_eq!(stories.iter().map(|story| story.reports).collect::<Vec<_>>(), [5]);
}
