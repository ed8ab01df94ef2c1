//! Feeds: what one says, and what is known of following it.

use crate::{EntryId, FeedId, NewSubscription, OutletId, Push, PushCheck, Timestamp};
use serde::{Deserialize, Serialize};

/// The family that a feed's document belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum FeedFormat {
    /// RSS 0.9x and 2.0.
    Rss,
    /// RSS 0.90 and 1.0, in RDF.
    Rdf,
    /// Atom 0.3 and 1.0 (RFC 4287).
    Atom,
    /// JSON Feed 1.0 and 1.1.
    Json,
    /// Channel Definition Format.
    Cdf,
    /// A sitemap with the news extension.
    Sitemap,
    /// A web page without a feed, watched for links to new articles.
    Page,
}

/// A feed's document, read. Serialises as `firsthand feed` prints it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ParsedFeed {
    /// The family of formats.
    pub format: FeedFormat,
    /// The version that the document claims ("2.0"), if any.
    pub version: Option<String>,
    /// The feed's title as plain text.
    pub title: Option<String>,
    /// The absolute address of the site.
    pub link: Option<String>,
    /// The declared language (BCP 47), lower case.
    pub language: Option<String>,
    /// The items in the document's order.
    pub items: Vec<ParsedItem>,
    /// What a crawler wants to know besides; not a part of the printed form.
    #[serde(skip)]
    pub crawl: CrawlHints,
    /// What was wrong with the document, in plain words; not a part of the printed form.
    #[serde(skip)]
    pub notes: Vec<String>,
}

/// What a feed asks of those who poll it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CrawlHints {
    /// WebSub hubs (W3C WebSub).
    pub hubs: Vec<String>,
    /// The feed's own address as it names it.
    pub self_link: Option<String>,
    /// Minutes for which the document may be kept (RSS `ttl`).
    pub ttl_minutes: Option<u32>,
    /// Hours of the day in UTC (0 to 23) in which not to ask.
    pub skip_hours: Vec<u8>,
    /// Days of the week (Monday is 0) on which not to ask.
    pub skip_days: Vec<u8>,
}

/// One item of a feed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ParsedItem {
    /// guid, `atom:id`, `rdf:about` or JSON `id` as given.
    pub id: Option<String>,
    /// The title as plain text.
    pub title: Option<String>,
    /// The absolute address of the item's page.
    pub link: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was changed.
    pub updated: Option<Timestamp>,
    /// Names of its authors.
    pub authors: Vec<String>,
    /// Sanitised HTML with absolute links.
    pub summary: Option<String>,
    /// Sanitised HTML with absolute links.
    pub content: Option<String>,
    /// Names of its categories.
    pub categories: Vec<String>,
    /// Attached files.
    pub enclosures: Vec<Enclosure>,
}

/// A file that belongs to an item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Enclosure {
    /// Its absolute address.
    pub url: String,
    /// Its media type.
    #[serde(rename = "type")]
    pub media_type: Option<String>,
    /// Its length in bytes.
    pub length: Option<u64>,
}

/// A feed to follow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewFeed {
    /// The address to poll.
    pub url: String,
    /// A title, from an outline or the feed itself.
    pub title: Option<String>,
    /// The address of the outlet's site.
    pub site_url: Option<String>,
    /// The reader's folder; `/` parts nested ones.
    pub folder: Option<String>,
    /// It is no feed but a page, watched for links to new articles ([`FeedFormat::Page`]).
    #[serde(default)]
    pub page: bool,
}

/// Whether a feed is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum FeedStatus {
    /// It is polled.
    Active,
    /// It answered 410 Gone and is not asked again.
    Gone,
}

/// What is needed to poll a feed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DueFeed {
    /// The feed.
    pub id: FeedId,
    /// Its outlet.
    pub outlet_id: OutletId,
    /// The address to poll.
    pub url: String,
    /// It is a page that is watched for links.
    pub page: bool,
    /// The `ETag` of the last 200 answer, byte for byte.
    pub etag: Option<String>,
    /// The `Last-Modified` of the last 200 answer, byte for byte.
    pub last_modified: Option<String>,
    /// Polls that failed since the last one that did not.
    pub failures: u32,
    /// The present interval between polls, in seconds.
    pub interval_s: u32,
    /// When the feed's server allowed the next request (Retry-After, back-off), if it said so.
    pub not_before: Option<Timestamp>,
    /// An address that a permanent redirect pointed to, and how many polls in a row it did.
    pub moved_to: Option<(String, u32)>,
    /// The last poll that succeeded.
    pub last_success_at: Option<Timestamp>,
    /// Its subscription at a hub.
    pub push: Option<Push>,
    /// The part of the work that polling it belongs to; `None` where one process does all.
    pub part: Option<crate::Part>,
}

/// The outcome of one poll, as data: a failure is stored and shown like a success.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollOutcome {
    /// When the answer came.
    pub at: Timestamp,
    /// Whether the server was asked: a feed whose host asked to be left alone was not, and has failed
    /// no more often than before.
    pub asked: bool,
    /// The HTTP status of the last hop, if there was an answer.
    pub http_status: Option<u16>,
    /// What went wrong, in plain words; `None` on success.
    pub error: Option<String>,
    /// The validators to send next time; unchanged ones are given again.
    pub etag: Option<String>,
    /// See `etag`.
    pub last_modified: Option<String>,
    /// When to ask next.
    pub next_fetch_at: Timestamp,
    /// Before this instant the feed is not asked, not even by `fetch --all`.
    pub not_before: Option<Timestamp>,
    /// The interval that `next_fetch_at` was computed from, in seconds.
    pub interval_s: u32,
    /// Whether it is asked again.
    pub status: FeedStatus,
    /// See [`DueFeed::moved_to`].
    pub moved_to: Option<(String, u32)>,
    /// A new address to poll from now on (a permanent redirect seen often enough).
    pub new_url: Option<String>,
    /// What the document said of the feed; `None` when there was no new document.
    pub document: Option<FeedDocument>,
    /// How this poll is a check of the feed's hub, if it has one that pushes.
    pub push_check: Option<PushCheck>,
}

impl PollOutcome {
    /// A poll that brought a document, and is repeated in half an hour.
    pub fn brought(at: Timestamp, document: FeedDocument) -> Self {
        let interval_s = 1800;
        Self {
            at,
            asked: true,
            http_status: Some(200),
            error: None,
            etag: None,
            last_modified: None,
            next_fetch_at: at.plus_seconds(i64::from(interval_s)),
            not_before: None,
            interval_s,
            status: FeedStatus::Active,
            moved_to: None,
            new_url: None,
            document: Some(document),
            push_check: None,
        }
    }
}

/// The parts of a parsed feed that are stored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeedDocument {
    /// The feed's title.
    pub title: Option<String>,
    /// The outlet's site.
    pub site_url: Option<String>,
    /// The format's name as `firsthand feed` prints it.
    pub format: Option<String>,
    /// The items, in document order; those already known are left alone.
    pub entries: Vec<NewEntry>,
    /// The subscription to have from now on; one at the same hub for the same topic is kept. `None`:
    /// none, and one that is there is ended.
    pub push: Option<NewSubscription>,
}

/// An item with its identity, ready to be stored if it is new.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewEntry {
    /// What makes it the same item at the next poll: its guid, else its canonical URL, else a
    /// hash of its content. Unique within a feed.
    pub key: String,
    /// The page's address, if it has one.
    pub url: Option<String>,
    /// The canonical form of `url`: two items with the same one are one article.
    pub canonical_url: Option<String>,
    /// The item as the feed gave it.
    pub item: ParsedItem,
}

/// What a poll brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PollSummary {
    /// Items in the document.
    pub seen: usize,
    /// Items that were not known before.
    pub new: usize,
}

/// An entry whose page is to be fetched and analysed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PendingEntry {
    /// The entry.
    pub id: EntryId,
    /// Its feed.
    pub feed_id: FeedId,
    /// Its feed's outlet.
    pub outlet_id: OutletId,
    /// The outlet's name.
    pub outlet_name: String,
    /// The page's address.
    pub url: Option<String>,
    /// The item as the feed gave it.
    pub item: ParsedItem,
    /// When the feed first showed it.
    pub first_seen_at: Timestamp,
    /// How often its page was tried before.
    pub attempts: u32,
    /// The article made from it, when the page is looked at again for changes.
    pub article: Option<crate::ArticleId>,
    /// The part of the work that fetching it belongs to; `None` where one process does all.
    pub part: Option<crate::Part>,
}

/// A feed with its health, as `firsthand feeds --json` and the feeds page show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeedView {
    /// The feed.
    pub id: FeedId,
    /// The address that is polled.
    pub url: String,
    /// Its title, or its address while it has none.
    pub title: String,
    /// Its outlet.
    pub outlet_id: OutletId,
    /// Its outlet's name.
    pub outlet: String,
    /// The outlet's site.
    pub site_url: Option<String>,
    /// The reader's folder.
    pub folder: Option<String>,
    /// Its format's name.
    pub format: Option<String>,
    /// Whether it is polled.
    pub status: FeedStatus,
    /// When it was followed.
    pub added_at: Timestamp,
    /// The last poll.
    pub last_fetch_at: Option<Timestamp>,
    /// The last poll that succeeded.
    pub last_success_at: Option<Timestamp>,
    /// The HTTP status of the last poll.
    pub last_status: Option<u16>,
    /// The next poll; `None` when it is not polled any more.
    pub next_fetch_at: Option<Timestamp>,
    /// What is wrong, in plain words; `None` when all is well.
    pub last_error: Option<String>,
    /// Polls that failed since the last one that did not.
    pub failures: u32,
    /// Articles from this feed.
    pub articles: u64,
    /// Its subscription at a hub, if it has one.
    pub push: Option<Push>,
    /// How long its articles are kept; `None`: as those of all.
    pub keep: Option<KeepRule>,
}

impl From<FeedView> for NewFeed {
    /// As it would be followed again: what subscriptions in a file hold.
    fn from(feed: FeedView) -> Self {
        Self {
            page: feed.format.as_deref() == Some("page"),
            url: feed.url,
            title: Some(feed.title),
            site_url: feed.site_url,
            folder: feed.folder,
        }
    }
}

/// How long what a feed brought is kept. An article goes when it is older than the days or when so many newer ones of its feed are
/// there; what several feeds brought stays as long as one of them keeps it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeepRule {
    /// Days since it came; `None`: for ever.
    pub days: Option<u32>,
    /// The newest articles of one feed; `None`: all.
    pub articles: Option<u32>,
}

impl KeepRule {
    /// Nothing that came in the last so many days is let go: what comes in is compared with it.
    pub const LEAST_DAYS: u32 = 15;

    /// Whether everything is kept for ever.
    pub fn is_everything(self) -> bool {
        self.days.is_none() && self.articles.is_none()
    }

    /// The rule as its parts are given, where 0 is without limit.
    ///
    /// Fails on days that are fewer than [`Self::LEAST_DAYS`], in words for people.
    pub fn of_numbers(days: u32, articles: u32) -> Result<Self, String> {
        if days > 0 && days < Self::LEAST_DAYS {
            return Err(format!(
                "{days} days are too few: what comes in is compared with the news of the days before, so keep {} or more, or 0 for ever",
                Self::LEAST_DAYS
            ));
        }
        Ok(Self {
            days: Some(days).filter(|days| *days > 0),
            articles: Some(articles).filter(|articles| *articles > 0),
        })
    }
}
