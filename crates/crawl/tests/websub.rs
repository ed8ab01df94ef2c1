//! Push through a hub that is good, slow, hostile or gone, over simulated days.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::Place;
use firsthand_crawl::{CrawlConfig, Crawler, Fetcher, HttpConfig, RunMode, WebSubConfig};
use firsthand_model::{FeedView, NewFeed, Push, PushState};
use hmac::{Hmac, KeyInit, Mac};
use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use url::form_urlencoded;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const DAY_S: i64 = 86_400;

/// A feed at `/feed` that names the hub at `/hub`, both on this machine.
struct World {
    server: MockServer,
    place: Place,
}

impl World {
    async fn new(change: impl FnOnce(&mut CrawlConfig)) -> Self {
        let place = common::place(|config| {
            // All feeds alike, so that only push makes a poll seldom.
            config.schedule.quiet_interval_s = config.schedule.poll_interval_s;
            config.websub =
                Some(WebSubConfig { callbacks: "https://here.example/websub/".to_owned(), poll_interval_s: 86_400 });
            change(config);
        })
        .await;
        let server = MockServer::start().await;
        let feed = NewFeed { url: format!("{}/feed", server.uri()), ..NewFeed::default() };
        place.crawler.import(&[feed]).await.unwrap();
        Self { server, place }
    }

    /// Serves the feed with these items; `hub` is the path or address of the hub that it names.
    async fn serve(&self, hub: &str, items: &[&str]) {
        self.server.reset().await;
        let answer = ResponseTemplate::new(200).set_body_raw(self.document(hub, items), "application/atom+xml");
        Mock::given(method("GET")).and(path("/feed")).respond_with(answer).mount(&self.server).await;
        self.hub_answers(ResponseTemplate::new(202)).await;
    }

    async fn hub_answers(&self, answer: ResponseTemplate) {
        Mock::given(method("POST")).respond_with(answer).with_priority(7).mount(&self.server).await;
    }

    fn document(&self, hub: &str, items: &[&str]) -> String {
        let hub = if hub.starts_with('/') { format!("{}{hub}", self.server.uri()) } else { hub.to_owned() };
        let entries: String = items
            .iter()
            .map(|item| {
                format!(
                    "<entry><id>{item}</id><title>{item}</title><published>2026-03-02T09:00:00Z</published></entry>"
                )
            })
            .collect();
        format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>T</title><link rel=\"hub\" href=\"{hub}\"/><link rel=\"self\" href=\"{}\"/>{entries}</feed>",
            self.topic()
        )
    }

    fn topic(&self) -> String {
        format!("{}/feed?self", self.server.uri())
    }

    async fn round(&self) {
        self.place.crawler.run(RunMode::Once { all: false }).await.unwrap();
    }

    async fn after(&self, seconds: i64) {
        self.place.clock.advance_seconds(seconds);
        self.round().await;
    }

    async fn feed(&self) -> FeedView {
        self.place.store.feeds().await.unwrap().into_iter().next().unwrap()
    }

    async fn push_state(&self) -> Push {
        self.feed().await.push.unwrap()
    }

    /// What was posted since the server was last set up, as the values of a field.
    async fn posted(&self, field: &str) -> Vec<String> {
        let requests = self.server.received_requests().await.unwrap();
        requests
            .iter()
            .filter(|request| request.method.as_str() == "POST")
            .map(|request| {
                let value = form_urlencoded::parse(&request.body).find(|(name, _)| name == field);
                value.map(|(_, value)| value.into_owned()).unwrap_or_default()
            })
            .collect()
    }

    async fn polled(&self) -> usize {
        let requests = self.server.received_requests().await.unwrap();
        requests.iter().filter(|request| request.method.as_str() == "GET").count()
    }

    /// The token of the call-back that the hub was given last.
    async fn token(&self) -> String {
        let callback = self.posted("hub.callback").await.pop().unwrap();
        callback.strip_prefix("https://here.example/websub/").unwrap().to_owned()
    }

    async fn hear(&self, token: &str, mode: &str, rest: &str) -> Option<String> {
        let topic: String = form_urlencoded::byte_serialize(self.topic().as_bytes()).collect();
        let query = format!("hub.mode={mode}&hub.topic={topic}&hub.challenge=c{rest}");
        self.place.crawler.hear_hub(token, &query).await.unwrap()
    }

    async fn push(&self, token: &str, items: &[&str], secret: Option<&str>) {
        let subscription = self.place.store.subscription(token).await.unwrap().unwrap();
        let body = self.document("/hub", items).into_bytes();
        let key = secret.unwrap_or(&subscription.secret).as_bytes();
        let hmac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap().chain_update(&body).finalize().into_bytes();
        let digits: String = hmac.iter().map(|byte| format!("{byte:02x}")).collect();
        let kind = Some("application/atom+xml".to_owned());
        self.place.crawler.take_push(&subscription, kind, format!("sha256={digits}"), body).await.unwrap();
    }

    async fn entries(&self) -> u64 {
        self.place.store.counts().await.unwrap().entries
    }

    /// A subscription that has pushed once, and the poll that saw it; gives its token.
    async fn trusted() -> (Self, String) {
        let world = Self::new(|_| ()).await;
        world.serve("/hub", &["a"]).await;
        world.round().await;
        let token = world.token().await;
        assert_eq!(world.hear(&token, "subscribe", "&hub.lease_seconds=864000").await.as_deref(), Some("c"));
        world.push(&token, &["b"], None).await;
        world.serve("/hub", &["a", "b"]).await;
        world.after(3600).await;
        assert_eq!(world.polled().await, 1);
        (world, token)
    }
}

#[tokio::test]
async fn a_feed_whose_hub_pushes_is_polled_seldom() {
    let (world, token) = World::trusted().await;
    assert_eq!(world.entries().await, 2);
    let push = world.push_state().await;
    assert_eq!((push.state, push.pushes, push.pushes_until_trusted, push.error), (PushState::Active, 1, 0, None));
    for _ in 0..11 {
        world.after(7200).await;
    }
    assert_eq!(world.polled().await, 1, "not polled for most of a day");
    world.push(&token, &["c"], None).await;
    assert_eq!(world.entries().await, 3);
    world.serve("/hub", &["a", "b", "c"]).await;
    world.after(DAY_S / 4).await;
    assert_eq!(world.polled().await, 1, "checked once");
    assert_eq!(world.push_state().await.pushes_until_trusted, 0);
    assert!(world.posted("hub.mode").await.is_empty(), "the hub is not asked again as long as the lease is young");
}

#[tokio::test]
async fn until_a_hub_has_pushed_the_feed_keeps_its_rhythm() {
    let world = World::new(|_| ()).await;
    world.serve("/hub", &["a"]).await;
    world.round().await;
    assert_eq!(world.posted("hub.mode").await, ["subscribe"]);
    assert_eq!(world.posted("hub.secret").await[0].len(), 64);
    assert_eq!(world.posted("hub.topic").await, [world.topic()]);
    let token = world.token().await;
    // What was not asked for is not confirmed: other topics, other modes, other call-backs.
    for (token, query) in [
        (token.as_str(), "hub.mode=subscribe&hub.topic=http://other.example/&hub.challenge=c".to_owned()),
        (token.as_str(), format!("hub.mode=unsubscribe&hub.topic={}&hub.challenge=c", world.topic())),
        ("00", format!("hub.mode=subscribe&hub.topic={}&hub.challenge=c", world.topic())),
    ] {
        assert_eq!(world.place.crawler.hear_hub(token, &query).await.unwrap(), None, "{query}");
    }
    assert_eq!(world.push_state().await.state, PushState::Requested);
    world.hear(&token, "subscribe", "").await.unwrap();
    for _ in 0..4 {
        world.after(2000).await;
    }
    assert_eq!(world.polled().await, 5);
}

#[tokio::test]
async fn a_lease_is_renewed_before_it_ends_and_its_end_brings_polling_back() {
    let (world, token) = World::trusted().await;
    let before = world.push_state().await;
    world.after(8 * DAY_S).await;
    assert_eq!(world.posted("hub.mode").await, ["subscribe"]);
    assert_eq!(world.token().await, token);
    world.hear(&token, "subscribe", "&hub.lease_seconds=864000").await.unwrap();
    let renewed = world.push_state().await;
    assert_eq!(renewed.since, before.since);
    assert!(renewed.until > before.until);

    // The next time the hub is silent: it is asked less and less, and the feed is polled as ever.
    world.serve("/hub", &["a", "b"]).await;
    world.server.reset().await;
    for _ in 0..20 {
        world.after(DAY_S / 2).await;
    }
    assert_eq!(world.push_state().await.state, PushState::Requested);
    let asked = world.posted("hub.mode").await.len();
    assert!((3..=12).contains(&asked), "{asked}");
    world.serve("/hub", &["a", "b"]).await;
    world.after(2 * DAY_S).await;
    let polls = world.polled().await;
    world.after(2000).await;
    assert_eq!((polls, world.polled().await), (1, 2), "at its own rhythm");
}

#[tokio::test]
async fn a_poll_that_finds_what_the_hub_owed_brings_the_own_rhythm_back() {
    let (world, token) = World::trusted().await;
    world.serve("/hub", &["a", "b", "unpushed"]).await;
    world.after(DAY_S + DAY_S / 10).await;
    let failed = world.push_state().await;
    assert_eq!((failed.pushes_until_trusted, world.entries().await), (5, 3));
    assert!(failed.error.unwrap().contains("had not pushed"));
    world.after(2000).await;
    world.after(2000).await;
    assert_eq!(world.polled().await, 3);
    for item in ["c", "d", "e", "f", "g"] {
        world.push(&token, &[item], None).await;
    }
    let trusted = world.push_state().await;
    assert_eq!((trusted.pushes_until_trusted, trusted.error, world.entries().await), (0, None, 8));
    world.after(2000).await;
    world.after(2000).await;
    assert_eq!(world.polled().await, 4);
}

#[tokio::test]
async fn what_is_wrongly_signed_or_no_feed_is_counted_and_ignored() {
    let (world, token) = World::trusted().await;
    world.push(&token, &["forged"], Some("guessed")).await;
    let subscription = world.place.store.subscription(&token).await.unwrap().unwrap();
    let body = world.document("/hub", &["unsigned"]).into_bytes();
    world.place.crawler.take_push(&subscription, None, String::new(), body).await.unwrap();
    let push = world.push_state().await;
    assert_eq!((push.refused, push.pushes, world.entries().await), (2, 1, 2));
    assert!(push.error.unwrap().contains("not signed"));
}

#[tokio::test]
async fn a_refusal_is_kept_with_its_reason_and_asked_about_again_after_days() {
    let (world, token) = World::trusted().await;
    assert_eq!(world.hear(&token, "denied", "&hub.reason=for%20friends%20only").await.as_deref(), Some(""));
    let denied = world.push_state().await;
    assert_eq!((denied.state, denied.error.as_deref()), (PushState::Denied, Some("for friends only")));
    assert_eq!(world.hear(&token, "subscribe", "").await, None, "it was not asked since");
    world.after(6 * DAY_S).await;
    assert!(world.posted("hub.mode").await.is_empty());
    assert!(world.polled().await >= 2);
    world.after(2 * DAY_S).await;
    assert_eq!(world.posted("hub.mode").await, ["subscribe"]);
    world.hear(&token, "subscribe", "").await.unwrap();
    assert_eq!(world.push_state().await.state, PushState::Active);
}

#[tokio::test]
async fn a_hub_that_a_feed_leaves_is_told() {
    let (world, token) = World::trusted().await;
    world.serve("/other", &["a", "b"]).await;
    world.after(DAY_S + DAY_S / 10).await;
    let mut asked = world.posted("hub.mode").await;
    asked.sort();
    assert_eq!(asked, ["subscribe", "unsubscribe"]);
    assert_eq!(world.hear(&token, "subscribe", "").await, None);
    assert_eq!(world.hear(&token, "unsubscribe", "").await.as_deref(), Some("c"));
    let push = world.push_state().await;
    assert!(push.hub.ends_with("/other") && push.state == PushState::Requested);
    // The ended one is remembered until its lease is over.
    assert_eq!(world.place.store.subscription(&token).await.unwrap().unwrap().feed, None);
    world.after(10 * DAY_S).await;
    assert_eq!(world.place.store.subscription(&token).await.unwrap(), None);
    // A feed that is not followed any more wants nothing.
    let feed = world.feed().await;
    world.place.store.remove_feed(&feed.url).await.unwrap();
    world.serve("/other", &[]).await;
    world.after(30 * DAY_S).await;
    assert!(world.posted("hub.mode").await.is_empty());
}

#[tokio::test]
async fn hubs_that_lead_inward_or_astray_are_refused_and_named() {
    // Named by a feed on the public internet, a hub may be anywhere.
    let world = World::new(|_| ()).await;
    let guarded = Fetcher::new(HttpConfig::default(), world.place.clock.clone()).unwrap();
    for hub in ["http://127.0.0.1/hub", "http://169.254.169.254/latest", "http://[::1]:80/", "http://localhost/hub"] {
        let error = guarded.post_form(hub, "hub.mode=subscribe").await.unwrap_err().to_string();
        assert!(error.contains("not on the public internet"), "{hub}: {error}");
    }

    let to = |status: u16, target: &str| ResponseTemplate::new(status).insert_header("location", target);
    for (hub, answer) in [
        ("/found", to(302, "/else")),
        ("/file", to(307, "file:///etc/passwd")),
        ("/round", to(308, "/round")),
        ("/broken", ResponseTemplate::new(500)),
    ] {
        world.serve(hub, &["a"]).await;
        Mock::given(method("POST")).and(path(hub)).respond_with(answer).with_priority(1).mount(&world.server).await;
        world.after(3 * DAY_S).await;
        let push = world.push_state().await;
        assert_eq!((push.state, push.hub.ends_with(hub)), (PushState::Requested, true));
        let error = push.error.unwrap();
        let expected = match hub {
            "/found" => "status 302",
            "/file" => "only http and https",
            "/round" => "redirects",
            _ => "status 500",
        };
        assert!(error.contains(expected), "{hub}: {error}");
        assert!(world.feed().await.last_error.is_none(), "the feed is none the worse for its hub");
    }
    // Where a request may be sent elsewhere it arrives whole.
    world.serve("/moved", &["a"]).await;
    Mock::given(path("/moved")).respond_with(to(307, "/there")).with_priority(1).mount(&world.server).await;
    world.after(3 * DAY_S).await;
    let requests = world.server.received_requests().await.unwrap();
    let arrived = requests.iter().find(|request| request.url.path() == "/there").unwrap();
    assert!(String::from_utf8_lossy(&arrived.body).contains("hub.mode=subscribe"));
    assert_eq!(world.push_state().await.error, None);
}

#[tokio::test]
async fn without_push_no_hub_is_asked_and_what_was_there_is_forgotten() {
    let (mut world, _) = World::trusted().await;
    let mut config = CrawlConfig::default();
    config.http.allow_private_network = true;
    let random = Arc::new(common::Counting(AtomicU8::new(100)));
    world.place.crawler = Crawler::new(world.place.store.clone(), world.place.clock.clone(), random, config).unwrap();
    world.round().await;
    assert_eq!(world.feed().await.push, None);
    world.after(2000).await;
    assert_eq!((world.polled().await, world.feed().await.push), (2, None), "polled at its own rhythm");
    assert!(world.posted("hub.mode").await.is_empty());
}
