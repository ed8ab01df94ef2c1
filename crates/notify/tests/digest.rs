//! The stories of the day, at the hour of the reader's zone, once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use firsthand_crawl::{Fetcher, HttpConfig};
use firsthand_model::*;
use firsthand_notify::{Notifier, NotifyConfig};
use firsthand_store::{Admission, Admitted, DatabaseUrl, Store};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A story of one report, stored now.
async fn story(store: &Store, clock: &ManualClock, title: &str) -> StoryId {
    let feed = NewFeed {
        url: "https://courier.example/feed".to_owned(),
        title: None,
        site_url: None,
        folder: None,
        page: false,
    };
    let feed = store.add_feed(&feed, "The Courier", "courier.example").await.unwrap().id;
    let url = format!("https://courier.example/{}", title.replace(' ', "-"));
    let entry = NewEntry {
        key: title.to_owned(),
        url: Some(url.clone()),
        canonical_url: Some(url.clone()),
        ..NewEntry::default()
    };
    let now = clock.now();
    let document = FeedDocument { entries: vec![entry], ..FeedDocument::default() };
    let outcome = PollOutcome::brought(now, document);
    store.record_poll(feed, &outcome).await.unwrap();
    let pending = store.pending_entries(now, 9).await.unwrap();
    let pending = pending.iter().find(|pending| pending.url.as_deref() == Some(&url)).unwrap();
    let article = Article {
        outlet_id: pending.outlet_id,
        url: url.clone(),
        canonical_url: url,
        title: title.to_owned(),
        byline: None,
        language: Some("en".to_owned()),
        published_at: now,
        modified_at: None,
        fetched_at: now,
        excerpt: "It happened in the morning.".to_owned(),
        text: "It happened in the morning.".to_owned(),
        html: "<p>It happened in the morning.</p>".to_owned(),
        lead_image: None,
        links: Vec::new(),
        categories: Vec::new(),
        details: Details::default(),
        from_feed: false,
        extract_version: 1,
    };
    let admission =
        Admission { entry_id: pending.id, article, analysis: Analysis::default(), trace_version: 1, recheck_at: None };
    let Admitted::New(id) = store.admit(&admission).await.unwrap() else { panic!("it is new") };
    store.assign(id, Decision::New).await.unwrap()
}

#[tokio::test]
async fn the_stories_of_the_day_come_once_every_morning() {
    let sink = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).mount(&sink).await;
    let hub = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(202)).mount(&hub).await;
    let folder = tempfile::tempdir().unwrap();
    // A Thursday evening in Berlin.
    let clock = Arc::new(ManualClock::at("2026-03-12T18:00:00Z".parse().unwrap()));
    let store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("firsthand.db")), clock.clone()).await.unwrap();
    let http = HttpConfig { allow_private_network: true, ..HttpConfig::default() };
    let fetcher = Fetcher::new(http, clock.clone()).unwrap();
    let config = NotifyConfig {
        title: "Harbour News".to_owned(),
        base_url: "https://news.example".to_owned(),
        mail: None,
        hub: Some(hub.uri()),
        timeout: Duration::from_secs(5),
    };
    let notifier = Notifier::new(store.clone(), fetcher, clock.clone(), config).unwrap();
    let ann = store.add_user("ann", "hash", UserRole::Reader).await.unwrap().id;
    let zone = Preferences { time_zone: Some("Europe/Berlin".to_owned()), ..Preferences::default() };
    store.set_preferences(ann, zone).await.unwrap();
    let way = NewChannel {
        kind: ChannelKind::Webhook,
        address: sink.uri(),
        secret: Some("whsec_AAAA".to_owned()),
        code: None,
    };
    let way = store.add_channel(ann, way).await.unwrap();
    let watch = NewWatch {
        channel_id: way.id,
        kind: WatchKind::Daily,
        subject: String::new(),
        name: "Harbour News: the stories of the day".to_owned(),
        query: SearchQuery::default(),
        stop_code: "stop".to_owned(),
        next_at: firsthand_text::mornings::next_morning(clock.now(), Some("Europe/Berlin"), false),
    };
    store.add_watch(ann, watch).await.unwrap();
    notifier.once().await.unwrap();
    let fell = story(&store, &clock, "The bridge fell").await;
    let received = async || sink.received_requests().await.unwrap();
    notifier.once().await.unwrap();
    assert_eq!(received().await.len(), 0);

    clock.advance_seconds(12 * 3600);
    notifier.once().await.unwrap();
    let got = received().await;
    assert_eq!(got.len(), 1);
    let body: Value = serde_json::from_slice(&got[0].body).unwrap();
    assert_eq!(body["data"]["heading"], "Harbour News: the stories of the day");
    assert_eq!(body["data"]["items"][0]["title"], "The bridge fell");
    assert_eq!(body["data"]["items"][0]["url"], format!("https://news.example/story/{fell}"));
    // Not again before the next morning; and where there is no story, nothing is sent.
    notifier.once().await.unwrap();
    assert_eq!(received().await.len(), 1);
    assert_eq!(store.watches(ann).await.unwrap()[0].next_at.to_string(), "2026-03-14T06:00:00Z");
    clock.advance_seconds(26 * 3600);
    notifier.once().await.unwrap();
    assert_eq!(received().await.len(), 1);

    // The hub was told of the one report, once.
    let told = hub.received_requests().await.unwrap();
    assert_eq!(told.len(), 1);
    let form = String::from_utf8(told[0].body.clone()).unwrap();
    assert!(form.starts_with("hub.mode=publish&hub.url=https%3A%2F%2Fnews.example%2Ffeeds%2Ffront.atom"), "{form}");
}
