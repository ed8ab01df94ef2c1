//! WebSub (W3C Recommendation, <https://www.w3.org/TR/websub/>), the subscriber's part.
//!
//! A feed that names a hub is subscribed to there. Whatever the hub does, polling goes on: at the
//! feed's own rhythm until a push has come, then seldom, as a check; a poll that finds what the hub
//! owed brings the own rhythm back. Hubs are strangers named by strangers: requests to them go
//! through the one client, what they send counts only when it is signed with the subscription's
//! secret. Of the signatures that the Recommendation lists SHA-1's is taken as well: many hubs sign
//! with nothing else, and HMAC does not rest on what is broken in SHA-1.

use crate::Crawler;
use crate::http::FetchError;
use crate::schedule::ScheduleConfig;
use firsthand_model::*;
use firsthand_store::StoreError;
use firsthand_text::shingles::stable_hash;
use firsthand_text::urls;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use reqwest::header::{self, HeaderMap};
use std::fmt::Write as _;
use url::{Url, form_urlencoded};

/// How hubs reach this server.
#[derive(Debug, Clone)]
pub struct WebSubConfig {
    /// The address below which call-backs are, with a slash at its end: a subscription's token
    /// follows.
    pub callbacks: String,
    /// The interval at which a feed is polled whose hub is trusted, in seconds.
    pub poll_interval_s: u32,
}

/// The lease that is asked for, and taken where the hub names none.
const LEASE_S: i64 = 10 * 86_400;
/// The longest lease that is believed: a hub that has forgotten us is found out by then.
const LONGEST_LEASE_S: i64 = 30 * 86_400;
/// However short the lease, the hub is not asked again sooner.
const SOONEST_RENEWAL_S: i64 = 600;
/// After a refusal the hub is asked again: it may have changed its mind.
const AFTER_REFUSAL_S: i64 = 7 * 86_400;
/// How long an ended subscription is remembered at least.
const ENDED_S: i64 = 86_400;
/// A hub may be so much slower than a poll, in seconds.
const GRACE_S: i64 = 900;
/// Pushes after which a hub that failed is trusted again.
const PUSHES_UNTIL_TRUSTED: u32 = 5;
/// The longest hub's address and topic.
const MAX_ADDRESS_BYTES: usize = 2048;
/// The longest reason of a refusal that is kept, in characters.
const MAX_REASON_CHARS: usize = 200;

/// The hub and the topic that an answer names (section 4): in its `Link` headers, else in its
/// document. A hub that the feed has a subscription at is kept while it is named.
pub(crate) fn discover(
    headers: &HeaderMap,
    url: &Url,
    hints: &CrawlHints,
    present: Option<&str>,
) -> Option<(String, String)> {
    let (mut hubs, mut topic) = (Vec::new(), None);
    let values = headers.get_all(header::LINK).iter().filter_map(|value| value.to_str().ok());
    for (target, relation) in values.flat_map(links) {
        let Some(target) = urls::absolute(target, Some(url)) else { continue };
        match relation.to_ascii_lowercase().as_str() {
            "hub" => hubs.push(target.to_string()),
            "self" if topic.is_none() => topic = Some(target.to_string()),
            _ => {}
        }
    }
    if hubs.is_empty() {
        hubs.clone_from(&hints.hubs);
    }
    hubs.retain(|hub| hub.len() <= MAX_ADDRESS_BYTES && urls::absolute(hub, None).is_some());
    let topic = topic.or_else(|| hints.self_link.clone()).filter(|topic| topic.len() <= MAX_ADDRESS_BYTES)?;
    let hub = hubs.iter().find(|hub| present == Some(hub.as_str())).or_else(|| hubs.first())?;
    Some((hub.clone(), topic))
}

/// The targets of a `Link` header (RFC 8288) with their relations.
fn links(header: &str) -> Vec<(&str, &str)> {
    let (mut found, mut rest) = (Vec::new(), header);
    while let Some((target, after)) = rest.split_once('<').and_then(|(_, after)| after.split_once('>')) {
        let mut quoted = false;
        let end = after.find(|character| {
            quoted ^= character == '"';
            character == ',' && !quoted
        });
        let (parameters, next) = end.and_then(|end| after.split_at_checked(end)).unwrap_or((after, ""));
        rest = next;
        let relations = parameters
            .split(';')
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("rel"))
            .map_or("", |(_, value)| value.trim().trim_matches('"'));
        found.extend(relations.split_ascii_whitespace().map(|relation| (target, relation)));
    }
    found
}

/// A token and a secret for a new subscription: 32 random bytes each, as hexadecimal digits.
pub(crate) fn draw(random: &dyn Random) -> (String, String) {
    let one = || {
        let mut bytes = [0; 32];
        random.fill(&mut bytes);
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    };
    (one(), one())
}

/// What is posted to the hub (section 5.1).
fn request_form(mode: HubMode, subscription: &Subscription, callbacks: &str) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("hub.callback", &format!("{callbacks}{}", subscription.token));
    form.append_pair("hub.topic", &subscription.topic);
    match mode {
        HubMode::Subscribe => form
            .append_pair("hub.mode", "subscribe")
            .append_pair("hub.lease_seconds", &LEASE_S.to_string())
            .append_pair("hub.secret", &subscription.secret),
        HubMode::Unsubscribe => form.append_pair("hub.mode", "unsubscribe"),
    };
    form.finish()
}

/// What a hub says to a call-back by GET (sections 5.2 and 5.3).
#[derive(Debug, PartialEq, Eq)]
enum Word {
    /// It was asked for this: is that so?
    Verify { mode: HubMode, challenge: String, lease_s: i64 },
    /// It does not push, or no more.
    Denied { why: String },
}

/// Reads a hub's word; `None` where it makes no sense or is not about this topic.
fn word(query: &str, topic: &str) -> Option<Word> {
    let value = |name: &str| {
        form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    if value("hub.topic")? != topic {
        return None;
    }
    let mode = match value("hub.mode")?.as_str() {
        "subscribe" => HubMode::Subscribe,
        "unsubscribe" => HubMode::Unsubscribe,
        "denied" => {
            let why = firsthand_text::normalise::one_line(&value("hub.reason").unwrap_or_default());
            return Some(Word::Denied { why: why.chars().take(MAX_REASON_CHARS).collect() });
        }
        _ => return None,
    };
    let lease_s = value("hub.lease_seconds").and_then(|seconds| seconds.parse().ok()).unwrap_or(LEASE_S);
    Some(Word::Verify { mode, challenge: value("hub.challenge")?, lease_s: lease_s.clamp(0, LONGEST_LEASE_S) })
}

/// When a subscription is renewed: when between seven and eight tenths of the lease are over, by
/// its token, so that those made together do not stay together.
fn renew_at(now: Timestamp, lease_s: i64, token: &str) -> Timestamp {
    let spread = (stable_hash(token.as_bytes()) % 100) as i64;
    now.plus_seconds((lease_s * (700 + spread) / 1000).max(SOONEST_RENEWAL_S))
}

/// Whether a body is signed with the secret (section 7.1): `method=hexadecimal digits`. Takes the
/// same time wherever the digits differ.
fn is_signed(secret: &str, signature: &str, body: &[u8]) -> bool {
    fn fits<M: Mac + KeyInit>(secret: &str, expected: &[u8], body: &[u8]) -> bool {
        M::new_from_slice(secret.as_bytes()).is_ok_and(|hmac| hmac.chain_update(body).verify_slice(expected).is_ok())
    }
    let Some((method, digits)) = signature.trim().split_once('=') else { return false };
    let digits: Option<Vec<u8>> =
        digits.chars().map(|c| c.to_digit(16).and_then(|digit| digit.try_into().ok())).collect();
    let Some(digits) = digits.filter(|digits| digits.len().is_multiple_of(2)) else { return false };
    let expected: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    match method.to_ascii_lowercase().as_str() {
        "sha1" => fits::<Hmac<sha1::Sha1>>(secret, &expected, body),
        "sha256" => fits::<Hmac<sha2::Sha256>>(secret, &expected, body),
        "sha384" => fits::<Hmac<sha2::Sha384>>(secret, &expected, body),
        "sha512" => fits::<Hmac<sha2::Sha512>>(secret, &expected, body),
        _ => false,
    }
}

/// How a poll at `at` is a check of the feed's hub; `None` where none pushes. `interval_s`: the
/// feed's own.
pub(crate) fn check(
    feed: &DueFeed,
    at: Timestamp,
    interval_s: u32,
    hints: Option<&CrawlHints>,
    websub: &WebSubConfig,
    schedule: &ScheduleConfig,
) -> Option<PushCheck> {
    let push = feed.push.as_ref().filter(|push| push.holds(at))?;
    let seldom_s = websub.poll_interval_s.min(schedule.max_interval_s).max(interval_s);
    // What came between the last poll and the hub's word the hub does not owe.
    let pushed_all_along = feed.last_success_at.zip(push.since).is_some_and(|(last, since)| last >= since);
    Some(PushCheck {
        next_fetch_at: schedule.next_poll(at, i64::from(seldom_s), feed.id.0, hints),
        owed_before: pushed_all_along.then(|| at.plus_seconds(-GRACE_S)),
        pushes_until_trusted: PUSHES_UNTIL_TRUSTED,
    })
}

impl Crawler {
    /// The subscription that a document asks for; `None` without push or without a hub.
    pub(crate) fn wanted(
        &self,
        feed: &DueFeed,
        headers: &HeaderMap,
        url: &Url,
        hints: &CrawlHints,
    ) -> Option<NewSubscription> {
        self.inner.config.websub.as_ref()?;
        let present = feed.push.as_ref().map(|push| push.hub.as_str());
        let (hub, topic) = discover(headers, url, hints, present)?;
        let (token, secret) = draw(self.inner.random.as_ref());
        Some(NewSubscription { hub, topic, token, secret })
    }

    /// Asks a hub for what is due: to push, to go on, or (once, whatever comes of it) to end.
    pub(crate) async fn ask_hub(&self, websub: &WebSubConfig, subscription: &Subscription) -> Result<(), StoreError> {
        let (store, now) = (&self.inner.store, self.inner.clock.now());
        let lease_ends = subscription.until.filter(|until| *until > now);
        let (mode, again_at) = match (&subscription.feed, subscription.asked) {
            (Some(_), _) => {
                let pause_s = self.inner.config.schedule.backoff_s(subscription.failures + 1);
                // The end of the lease must not be slept through.
                let again_at = now.plus_seconds(pause_s);
                (HubMode::Subscribe, lease_ends.map_or(again_at, |until| again_at.min(until)))
            }
            (None, Some(HubMode::Unsubscribe)) => {
                return store.forget_subscriptions(Some(&subscription.token)).await;
            }
            (None, _) => (HubMode::Unsubscribe, now.plus_seconds(ENDED_S).max(lease_ends.unwrap_or(now))),
        };
        // Stored before it is sent: the hub may ask back before it answers.
        if !store.ask_hub(&subscription.token, mode, again_at).await? {
            return Ok(());
        }
        let form = request_form(mode, subscription, &websub.callbacks);
        let (error, again_at) = match self.inner.fetcher.post_form(&subscription.hub, &form).await {
            Ok(answer) if matches!(answer.status, 200..=299) => return Ok(()),
            Ok(answer) => (format!("it answered with status {}", answer.status), again_at),
            Err(error @ FetchError::Held { until, .. }) => (error.to_string(), again_at.max(until)),
            Err(error) => (error.to_string(), again_at),
        };
        if mode == HubMode::Subscribe {
            tracing::info!(hub = subscription.hub, %error, "a hub could not be asked to push");
            store.hub_failed(&subscription.token, &error, again_at).await?;
        }
        Ok(())
    }

    /// Takes a hub's word on a call-back; gives what to answer it with, or `None` where it speaks of
    /// what was not asked for.
    pub async fn hear_hub(&self, token: &str, query: &str) -> Result<Option<String>, StoreError> {
        let (store, now) = (&self.inner.store, self.inner.clock.now());
        let Some(subscription) = store.subscription(token).await? else { return Ok(None) };
        let wanted = subscription.feed.is_some();
        match word(query, &subscription.topic) {
            // Only what was asked for last is confirmed; once more if the hub missed the answer.
            Some(Word::Verify { mode, challenge, lease_s })
                if subscription.asked == Some(mode) && wanted == (mode == HubMode::Subscribe) =>
            {
                if wanted {
                    let renew_at = renew_at(now, lease_s, token);
                    store.confirm_subscription(token, now.plus_seconds(lease_s), renew_at).await?;
                }
                Ok(Some(challenge))
            }
            Some(Word::Denied { why }) if wanted && subscription.asked.is_some() => {
                let why = if why.is_empty() { "it gave no reason" } else { &why };
                store.deny_subscription(token, why, now.plus_seconds(AFTER_REFUSAL_S)).await?;
                Ok(Some(String::new()))
            }
            _ => Ok(None),
        }
    }

    /// Takes what a hub pushed, as if a poll had brought it. What is wrongly signed or no feed is
    /// counted and otherwise ignored. Once this returns, the new entries are stored.
    pub async fn take_push(
        &self,
        subscription: &Subscription,
        content_type: Option<String>,
        signature: String,
        body: Vec<u8>,
    ) -> Result<(), StoreError> {
        let Some((_, url)) = &subscription.feed else { return Ok(()) };
        let (store, at) = (&self.inner.store, self.inner.clock.now());
        let secret = subscription.secret.clone();
        let signed = self.on_a_core(move || is_signed(&secret, &signature, &body).then_some(body)).await.flatten();
        let document = match signed {
            None => Err("a push was not signed with the subscription's secret".to_owned()),
            Some(body) => self
                .read_document(body, url.clone(), content_type, at)
                .await
                .map_err(|why| format!("a push could not be read: {why}")),
        };
        match document {
            Ok(document) => {
                let entries = crate::polls::entries(document.items);
                store.record_push(&subscription.token, at, &entries).await?;
                self.wake();
            }
            Err(why) => store.refuse_push(&subscription.token, &why).await?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn named(link_headers: &[&str], hints: &CrawlHints, present: Option<&str>) -> Option<(String, String)> {
        let mut headers = HeaderMap::new();
        for value in link_headers {
            headers.append(header::LINK, HeaderValue::from_str(value).unwrap());
        }
        discover(&headers, &Url::parse("https://outlet.example/feed").unwrap(), hints, present)
    }

    fn pair(hub: &str, topic: &str) -> Option<(String, String)> {
        Some((hub.to_owned(), topic.to_owned()))
    }

    #[test]
    fn hub_and_topic_are_found_in_headers_first() {
        let hints = CrawlHints {
            hubs: vec!["https://a.example/".to_owned(), "https://b.example/".to_owned()],
            self_link: Some("https://outlet.example/in-document".to_owned()),
            ..CrawlHints::default()
        };
        let topic = "https://outlet.example/in-document";
        assert_eq!(named(&[], &hints, None), pair("https://a.example/", topic));
        assert_eq!(named(&[], &hints, Some("https://b.example/")), pair("https://b.example/", topic));
        assert_eq!(named(&[], &hints, Some("https://c.example/")), pair("https://a.example/", topic));
        let one = "<https://hub.example/x,y>; title=\"a, b\"; rel=\"Hub other\", </feed>; rel=self";
        assert_eq!(named(&[one], &hints, None), pair("https://hub.example/x,y", "https://outlet.example/feed"));
        let two = ["<https://hub.example/>;rel=hub", "<https://outlet.example/f>; rel=\"self\""];
        let nothing = CrawlHints::default();
        assert_eq!(named(&two, &nothing, None), pair("https://hub.example/", "https://outlet.example/f"));
        // Neither a hub without a topic nor what is no address of the web.
        assert_eq!(named(&two[..1], &nothing, None), None);
        assert_eq!(named(&["<file:///etc/passwd>; rel=hub", two[1]], &nothing, None), None);
        assert_eq!(named(&["<https://hub.example/", "rel=hub", "<>", "", "<a>;rel"], &nothing, None), None);
        let long = CrawlHints { hubs: vec![format!("https://a.example/{}", "x".repeat(3000))], ..hints };
        assert_eq!(named(&[], &long, None), None);
    }

    struct Counting;
    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            (0..).zip(bytes).for_each(|(number, byte)| *byte = number);
        }
    }

    #[test]
    fn a_request_names_what_the_hub_must_know() {
        let (token, secret) = draw(&Counting);
        assert_eq!((token.len(), secret.len()), (64, 64));
        assert!(token.starts_with("000102") && token.ends_with("1e1f"));
        let subscription = Subscription {
            token: "t0".to_owned(),
            feed: None,
            hub: String::new(),
            topic: "https://outlet.example/?a=b&c".to_owned(),
            secret: "s".to_owned(),
            asked: None,
            until: None,
            failures: 0,
        };
        let form = |mode| request_form(mode, &subscription, "https://here.example/websub/");
        let start = "hub.callback=https%3A%2F%2Fhere.example%2Fwebsub%2Ft0&hub.topic=https%3A%2F%2Foutlet.example%2F%3Fa%3Db%26c&hub.mode=";
        assert_eq!(form(HubMode::Subscribe), format!("{start}subscribe&hub.lease_seconds=864000&hub.secret=s"));
        assert_eq!(form(HubMode::Unsubscribe), format!("{start}unsubscribe"));
    }

    #[test]
    fn a_hubs_word_is_about_its_topic_or_nothing() {
        let topic = "https://outlet.example/f";
        let verify = |lease_s| Word::Verify { mode: HubMode::Subscribe, challenge: "<b> &".to_owned(), lease_s };
        let base = "hub.mode=subscribe&hub.topic=https%3A%2F%2Foutlet.example%2Ff&hub.challenge=%3Cb%3E+%26";
        assert_eq!(word(&format!("{base}&hub.lease_seconds=60"), topic), Some(verify(60)));
        assert_eq!(word(base, topic), Some(verify(LEASE_S)));
        assert_eq!(word(&format!("{base}&hub.lease_seconds=99999999999"), topic), Some(verify(LONGEST_LEASE_S)));
        assert_eq!(word(&format!("{base}&hub.lease_seconds=-5"), topic), Some(verify(0)));
        assert_eq!(word(base, "https://outlet.example/F"), None);
        assert_eq!(word("hub.mode=subscribe&hub.topic=https://outlet.example/f", topic), None);
        assert_eq!(word("hub.mode=publish&hub.topic=https://outlet.example/f&hub.challenge=x", topic), None);
        assert_eq!(word("", topic), None);
        assert_eq!(
            word("hub.mode=denied&hub.topic=https://outlet.example/f&hub.reason=not%0Ahere", topic),
            Some(Word::Denied { why: "not here".to_owned() })
        );
    }

    #[test]
    fn a_lease_is_renewed_before_it_ends_and_never_at_once() {
        let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        for token in ["a", "b", "c"] {
            let after = renew_at(now, 1000 * 86_400, token).seconds_since(now);
            assert!((700 * 86_400..800 * 86_400).contains(&after), "{after}");
        }
        assert_ne!(renew_at(now, LEASE_S, "a"), renew_at(now, LEASE_S, "b"));
        assert_eq!(renew_at(now, 1, "a"), now.plus_seconds(SOONEST_RENEWAL_S));
    }

    /// Test case 2 of RFC 2202 (SHA-1) and RFC 4231 (the others).
    #[test]
    fn signatures_are_those_of_the_standards() {
        let body = b"what do ya want for nothing?";
        let digits = [
            "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "sha384=af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
            "sha512=164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ];
        for signature in digits {
            assert!(is_signed("Jefe", signature, body), "{signature}");
            assert!(is_signed("Jefe", &signature.to_ascii_uppercase(), body), "{signature}");
            assert!(!is_signed("Jeff", signature, body) && !is_signed("Jefe", signature, b"what"), "{signature}");
            let mut cut = signature.to_owned();
            while cut.pop().is_some() {
                assert!(!is_signed("Jefe", &cut, body), "{cut}");
            }
            assert!(!is_signed("Jefe", &signature.replacen("sha", "md", 1), body), "{signature}");
        }
        for signature in ["", "sha1", "sha1=", "sha256=zz", "sha256=é", "=00"] {
            assert!(!is_signed("Jefe", signature, body), "{signature}");
        }
    }

    #[test]
    fn a_poll_judges_the_hub_only_where_it_can() {
        let at: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let push = Push {
            hub: "https://hub.example/".to_owned(),
            state: PushState::Active,
            since: Some(at.plus_seconds(-7200)),
            until: Some(at.plus_seconds(7200)),
            pushes_until_trusted: 0,
            last_push_at: None,
            pushes: 0,
            refused: 0,
            error: None,
        };
        let feed = |push: Push, last: i64| DueFeed {
            last_success_at: Some(at.plus_seconds(last)),
            push: Some(push),
            ..crate::polls::unknown_feed("https://outlet.example/feed")
        };
        let websub = WebSubConfig { callbacks: String::new(), poll_interval_s: 50_000 };
        let schedule = ScheduleConfig::default();
        let checked = |feed: &DueFeed, interval_s| check(feed, at, interval_s, None, &websub, &schedule);
        let usual = checked(&feed(push.clone(), -3600), 1800).unwrap();
        assert_eq!(usual.owed_before, Some(at.plus_seconds(-GRACE_S)));
        assert_eq!(usual.next_fetch_at, schedule.next_poll(at, 50_000, 0, None));
        // The first poll after the hub's word; a feed that is polled more seldom still; a lease that is over.
        assert_eq!(checked(&feed(push.clone(), -9000), 1800).unwrap().owed_before, None);
        let slow = checked(&feed(push.clone(), -3600), 80_000).unwrap();
        assert_eq!(slow.next_fetch_at, schedule.next_poll(at, 80_000, 0, None));
        assert_eq!(checked(&feed(Push { until: Some(at), ..push.clone() }, -3600), 1800), None);
        assert_eq!(checked(&feed(Push { state: PushState::Denied, ..push }, -3600), 1800), None);
    }
}
