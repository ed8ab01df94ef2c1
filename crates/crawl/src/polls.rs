//! One poll of one feed.

use crate::Crawler;
use crate::articles::PAGE_ACCEPT;
use crate::http::{FetchError, Fetched, Request};
use crate::recorder::Recorder;
use crate::schedule::retry_after_s;
use crate::websub;
use firsthand_feed::page_links::{PageLimits, find};
use firsthand_feed::{Hints, entry_key};
use firsthand_model::{
    DueFeed, FeedDocument, FeedStatus, Lease, NewEntry, NewSubscription, ParsedFeed, ParsedItem, PollOutcome,
    PollSummary, Timestamp,
};
use firsthand_store::{RecordedPoll, StoreError};
use firsthand_text::urls;
use reqwest::header;

/// A permanent redirect is adopted when so many polls in a row saw the same one: one may be a
/// mistake or a captive portal.
const MOVES_UNTIL_ADOPTED: u32 = 3;

pub(crate) const FEED_ACCEPT: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5";

/// What is said of a watched page in which no list of articles is found.
const NO_LIST: &str = "no list of articles is found on this page any more; it may have been redesigned: look at it, and follow a feed or another page of the outlet in its place";

/// What is said of a page that may not be watched.
/// A feed that was not asked, for another's sake.
const HOST_LEFT_ALONE: &str =
    "not asked: its server refused another request as one too many, and is left alone for as long as it asked";
pub(crate) const PAGE_FORBIDDEN: &str =
    "the outlet's robots.txt asks not to fetch this page; follow a feed of the outlet in its place, if it has one";

/// What one poll did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Polled {
    pub(crate) url: String,
    pub(crate) unchanged: bool,
    pub(crate) error: Option<String>,
    pub(crate) asked: bool,
    pub(crate) entries: PollSummary,
}

impl Crawler {
    /// Polls one feed, due or not, without looking at its entries' pages. Gives the entries that
    /// were new.
    pub async fn poll_one(&self, feed: &DueFeed) -> Result<PollSummary, StoreError> {
        let (outcome, _) = self.ask(feed).await;
        self.inner.store.record_poll(feed.id, &outcome).await
    }

    /// Polls a feed and stores what came of it. Only the store's failure is an error here: the
    /// feed's own is data.
    pub(crate) async fn poll(
        &self,
        feed: &DueFeed,
        lease: Option<Lease>,
        recorder: &Recorder,
    ) -> Result<Polled, StoreError> {
        let (outcome, polled) = self.ask(feed).await;
        let entries = recorder.record(RecordedPoll { feed: feed.id, outcome, lease }).await?;
        Ok(Polled { entries, ..polled })
    }

    /// Asks a feed; what it means is to be stored.
    async fn ask(&self, feed: &DueFeed) -> (PollOutcome, Polled) {
        let outcome = match self.inner.fetcher.held_until(&feed.url) {
            Some(until) => self.left_alone(feed, until),
            None => {
                let request = Request {
                    etag: feed.etag.as_deref(),
                    last_modified: feed.last_modified.as_deref(),
                    ..self.first_request(feed.page)
                };
                // A feed is made for programs; a page is not, and its outlet may not want them there.
                if feed.page && !self.robots_allow_address(&feed.url).await {
                    self.failure(feed, self.inner.clock.now(), None, PAGE_FORBIDDEN.to_owned(), None)
                } else {
                    match self.inner.fetcher.get(&feed.url, &request).await {
                        Ok(answer) => self.outcome(feed, answer).await,
                        Err(FetchError::Held { until, .. }) => self.left_alone(feed, until),
                        Err(error) => self.failure(feed, self.inner.clock.now(), None, error.to_string(), None),
                    }
                }
            }
        };
        let polled = Polled {
            url: feed.url.clone(),
            unchanged: outcome.error.is_none() && outcome.document.is_none(),
            error: outcome.error.clone(),
            asked: outcome.asked,
            entries: PollSummary::default(),
        };
        (outcome, polled)
    }

    /// What an answer means for the feed.
    pub(crate) async fn outcome(&self, feed: &DueFeed, answer: Fetched) -> PollOutcome {
        match answer.status {
            304 => self.success(feed, &answer, None),
            200..=299 => match self.read(feed.page, &answer).await {
                Ok(parsed) => self.success(feed, &answer, Some(parsed)),
                Err(why) => PollOutcome {
                    etag: None,
                    last_modified: None,
                    ..self.failure(feed, answer.at, Some(answer.status), why, None)
                },
            },
            410 => PollOutcome {
                status: FeedStatus::Gone,
                ..self.failure(
                    feed,
                    answer.at,
                    Some(410),
                    "the outlet has ended this feed (410 Gone); it is not asked again".to_owned(),
                    None,
                )
            },
            status => {
                let wait_s = matches!(status, 429 | 503).then(|| {
                    retry_after_s(&answer).unwrap_or_else(|| self.inner.config.schedule.backoff_s(feed.failures + 1))
                });
                if let Some(wait_s) = wait_s {
                    self.leave_alone(&feed.url, answer.at.plus_seconds(wait_s)).await;
                }
                self.failure(feed, answer.at, Some(status), in_plain_words(status), wait_s)
            }
        }
    }

    /// What is asked of a feed or a watched page that is not known yet.
    pub(crate) fn first_request(&self, page: bool) -> Request<'static> {
        let config = &self.inner.config;
        let (accept, max_body_bytes, limit_setting) = if page {
            (PAGE_ACCEPT, config.page_limits.max_bytes, "page.max_bytes")
        } else {
            (FEED_ACCEPT, config.feed_limits.max_bytes, "feed.max_bytes")
        };
        Request { accept, max_body_bytes, limit_setting, ..Request::default() }
    }

    async fn read(&self, page: bool, answer: &Fetched) -> Result<ParsedFeed, String> {
        if !page {
            return self.read_feed(answer).await;
        }
        let min_links = self.inner.config.link_limits.min_links;
        self.read_page(answer, min_links).await.ok_or_else(|| NO_LIST.to_owned())
    }

    /// The articles that a page lists, if it lists so many at least.
    pub(crate) async fn read_page(&self, answer: &Fetched, min_links: usize) -> Option<ParsedFeed> {
        let (body, url, at) = (answer.body.clone(), answer.final_url.clone(), answer.at);
        let content_type = answer.header(header::CONTENT_TYPE).map(str::to_owned);
        let limits = PageLimits { min_links, ..self.inner.config.link_limits };
        self.on_a_core(move || find(&body, content_type.as_deref(), &url, Some(at), &limits)).await.flatten()
    }

    /// Reads the document of an answer on the bounded pool.
    pub(crate) async fn read_feed(&self, answer: &Fetched) -> Result<ParsedFeed, String> {
        let content_type = answer.header(header::CONTENT_TYPE).map(str::to_owned);
        self.read_document(answer.body.clone(), answer.final_url.to_string(), content_type, answer.at).await
    }

    /// Reads a document that came from `url` on the bounded pool.
    pub(crate) async fn read_document(
        &self,
        body: Vec<u8>,
        url: String,
        content_type: Option<String>,
        at: Timestamp,
    ) -> Result<ParsedFeed, String> {
        let limits = self.inner.config.feed_limits;
        let parsed = self
            .on_a_core(move || {
                firsthand_feed::parse(
                    &body,
                    &Hints { url: Some(&url), content_type: content_type.as_deref(), now: Some(at) },
                    &limits,
                )
            })
            .await;
        match parsed {
            Some(Ok(parsed)) => Ok(parsed),
            Some(Err(error)) => Err(error.to_string()),
            None => Err("the feed could not be read (a fault in firsthand; please report it with the feed's address)"
                .to_owned()),
        }
    }

    fn success(&self, feed: &DueFeed, answer: &Fetched, parsed: Option<ParsedFeed>) -> PollOutcome {
        let schedule = &self.inner.config.schedule;
        let hints = parsed.as_ref().map(|parsed| parsed.crawl.clone());
        let published = |parsed: &ParsedFeed| -> Vec<Timestamp> {
            parsed.items.iter().filter_map(|item| item.published.or(item.updated)).collect()
        };
        let learnt_s = parsed.as_ref().map(|parsed| schedule.learnt_interval_s(&published(parsed), answer.at));
        let interval_s = match &hints {
            Some(hints) => schedule.interval_after_success_s(answer, Some(hints)).max(learnt_s.unwrap_or(0)),
            // A 304 does not repeat what the document asked for.
            None => schedule.interval_after_success_s(answer, None).max(feed.interval_s.min(schedule.max_interval_s)),
        };
        let validator = |name: header::HeaderName, old: &Option<String>| match answer.header(name) {
            Some(value) => Some(value.to_owned()),
            None if answer.status == 304 => old.clone(),
            None => None,
        };
        let moved_to = answer.moved_to.as_ref().map(|target| {
            let before =
                feed.moved_to.as_ref().filter(|(url, _)| url == target.as_str()).map_or(0, |(_, times)| *times);
            (target.to_string(), before + 1)
        });
        let new_url = moved_to.as_ref().filter(|(_, times)| *times >= MOVES_UNTIL_ADOPTED).map(|(url, _)| url.clone());
        let push_check = self
            .inner
            .config
            .websub
            .as_ref()
            .and_then(|websub| websub::check(feed, answer.at, interval_s, hints.as_ref(), websub, schedule));
        let push = hints.as_ref().and_then(|hints| self.wanted(feed, &answer.headers, &answer.final_url, hints));
        PollOutcome {
            at: answer.at,
            asked: true,
            http_status: Some(answer.status),
            error: None,
            etag: validator(header::ETAG, &feed.etag),
            last_modified: validator(header::LAST_MODIFIED, &feed.last_modified),
            next_fetch_at: schedule.next_poll(answer.at, i64::from(interval_s), feed.id.0, hints.as_ref()),
            not_before: None,
            interval_s,
            status: FeedStatus::Active,
            moved_to,
            new_url,
            document: parsed.map(|parsed| document(parsed, push)),
            push_check,
        }
    }

    fn failure(
        &self,
        feed: &DueFeed,
        at: Timestamp,
        http_status: Option<u16>,
        error: String,
        wait_s: Option<i64>,
    ) -> PollOutcome {
        let schedule = &self.inner.config.schedule;
        let wait_s = wait_s.unwrap_or(0).max(schedule.backoff_s(feed.failures + 1));
        let next = schedule.next_poll(at, wait_s, feed.id.0, None);
        PollOutcome {
            at,
            asked: true,
            http_status,
            error: Some(error),
            etag: feed.etag.clone(),
            last_modified: feed.last_modified.clone(),
            next_fetch_at: next,
            not_before: Some(next),
            interval_s: feed.interval_s,
            status: FeedStatus::Active,
            moved_to: None,
            new_url: None,
            document: None,
            push_check: None,
        }
    }

    fn left_alone(&self, feed: &DueFeed, until: Timestamp) -> PollOutcome {
        let why = HOST_LEFT_ALONE.to_owned();
        let next = self.inner.config.schedule.next_poll(until, 60, feed.id.0, None);
        PollOutcome {
            asked: false,
            next_fetch_at: next,
            not_before: Some(until),
            ..self.failure(feed, self.inner.clock.now(), None, why, None)
        }
    }
}

fn document(parsed: ParsedFeed, push: Option<NewSubscription>) -> FeedDocument {
    let format = serde_json::to_value(parsed.format).ok().and_then(|name| name.as_str().map(str::to_owned));
    FeedDocument { title: parsed.title, site_url: parsed.link, format, entries: entries(parsed.items), push }
}

/// A document's items with their identities.
pub(crate) fn entries(items: Vec<ParsedItem>) -> Vec<NewEntry> {
    items
        .into_iter()
        .map(|item| NewEntry {
            key: entry_key(&item),
            canonical_url: item.link.as_deref().and_then(urls::canonical),
            url: item.link.clone(),
            item,
        })
        .collect()
}

/// A status as a reader understands it, with what can be done.
pub(crate) fn in_plain_words(status: u16) -> String {
    match status {
        401 | 407 => format!("the server asks for a password (status {status})"),
        402 | 403 => {
            format!("the server refuses to answer this program (status {status}); the outlet may block feed readers")
        }
        404 => "nothing is at this address any more (status 404); look for the feed's new address on the outlet's site"
            .to_owned(),
        429 => "the server asks for fewer requests (status 429); it is left alone for as long as it asked".to_owned(),
        503 => "the server is busy or under repair (status 503); it is left alone for as long as it asked".to_owned(),
        500..=599 => format!("the server has a fault of its own (status {status}); it is tried again later"),
        _ => format!("the server answered with status {status}"),
    }
}

/// Whether a failure may pass: a refused or unreadable address stays as it is.
pub(crate) fn may_pass(error: &FetchError) -> bool {
    matches!(error, FetchError::Timeout { .. } | FetchError::Network { .. } | FetchError::Held { .. })
}

/// A feed that is not stored yet, as the outcome functions want it.
pub(crate) fn unknown_feed(url: &str) -> DueFeed {
    DueFeed {
        id: firsthand_model::FeedId(0),
        outlet_id: firsthand_model::OutletId(0),
        url: url.to_owned(),
        page: false,
        etag: None,
        last_modified: None,
        failures: 0,
        interval_s: 0,
        not_before: None,
        moved_to: None,
        last_success_at: None,
        push: None,
        part: None,
    }
}
