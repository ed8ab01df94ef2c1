//! What a reader says of their own pages, and editors of the site.

use crate::{ArticleId, FeedId, Role, Timestamp};
use serde::{Deserialize, Serialize};

/// What a rule does with the stories that it fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum RuleEffect {
    /// They are folded away.
    Hide,
    /// They are shown whatever else hides them.
    Show,
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum RuleField {
    /// Words and phrases in headline and excerpt, with commas between; a `*` at the end stands for any ending.
    Words,
    /// A regular expression over headline and excerpt, without regard to case.
    Regex,
    /// The outlet's name.
    Outlet,
    /// A part of the byline.
    Author,
    /// A part of the name of somebody whom the report quotes.
    Source,
    /// A part of the feed's address.
    Feed,
}

/// A rule of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rule {
    /// Its number; 0 for one that is not stored.
    #[serde(default)]
    pub id: i64,
    /// What it does.
    pub effect: RuleEffect,
    /// What it looks at.
    pub field: RuleField,
    /// What it looks for.
    pub pattern: String,
}

/// A search that an account keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SavedSearch {
    /// Its number.
    pub id: i64,
    /// The name that the reader gave it.
    pub name: String,
    /// The query, as it is typed.
    pub query: String,
    /// Whether the reader is told of new finds on every page.
    pub alert: bool,
    /// What was stored until then was seen.
    pub seen_at: Timestamp,
}

/// How lists are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Headline, excerpt, outlets.
    #[default]
    Calm,
    /// A line or two a story.
    Dense,
}

/// How an account wants its pages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Preferences {
    /// How lists are laid out.
    pub layout: Layout,
    /// The language of the pages' own words (BCP 47); `None`: what the browser asks for.
    pub language: Option<String>,
    /// The zone that times are shown in (IANA name); `None`: the browser's, UTC without script.
    pub time_zone: Option<String>,
    /// Whether images are not shown.
    pub without_images: bool,
    /// Whether stories that were scrolled past are marked as read.
    pub read_by_scrolling: bool,
    /// Whether a report that is marked as read in a reader app takes those with it that print the same text.
    pub copies_together: bool,
    /// Whether reader apps show above a report what part it has in its story.
    pub credits_in_apps: bool,
    /// Whether reader apps get a label with one report for each story.
    pub stories_in_apps: bool,
}

/// A file that editors gave the site: its logo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFile {
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// When it was given.
    pub set_at: Timestamp,
}

/// A list of articles as reader apps ask for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Stream {
    /// Everything that feeds brought.
    #[default]
    All,
    /// What the account starred.
    Starred,
    /// What it read.
    Read,
    /// One feed's.
    Feed(FeedId),
    /// Those of the feeds of a folder.
    Folder(String),
    /// Those of the feeds that are in no folder.
    NoFolder,
    /// One report for each story: the one that speaks for it on the front page.
    Stories,
    /// None at all: a state that apps know and this server does not keep.
    Nothing,
}

/// What a part of a stream is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StreamOrder {
    /// When it was stored, by the articles' own numbers.
    #[default]
    Stored,
    /// When it was published.
    Published,
    /// Its headline.
    Title,
    /// Its authors.
    Byline,
    /// Its number of 32 bits.
    Number,
}

/// A part of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamQuery {
    /// Which stream.
    pub stream: Stream,
    /// Only what is not read.
    pub unread_only: bool,
    /// Only these articles; `None`: whichever.
    pub among: Option<Vec<ArticleId>>,
    /// Only what is read.
    pub read_only: bool,
    /// Only what is starred.
    pub starred_only: bool,
    /// Only what is not starred.
    pub without_starred: bool,
    /// What it is ordered by; `after` goes with the order of storing.
    pub order: StreamOrder,
    /// The oldest first instead of the newest.
    pub oldest_first: bool,
    /// Stored at or after this instant.
    pub since: Option<Timestamp>,
    /// Stored before this instant.
    pub until: Option<Timestamp>,
    /// Published after this instant.
    pub published_since: Option<Timestamp>,
    /// Published before this instant.
    pub published_until: Option<Timestamp>,
    /// Numbers of 32 bits above this one.
    pub above_number: Option<i64>,
    /// Numbers of 32 bits below this one.
    pub below_number: Option<i64>,
    /// Behind this article, in the order asked for.
    pub after: Option<ArticleId>,
    /// How many are passed over.
    pub offset: usize,
    /// How many.
    pub limit: usize,
}

/// How much of a feed an account has not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadCount {
    /// The feed.
    pub feed_id: FeedId,
    /// Its folder.
    pub folder: Option<String>,
    /// Articles that are not read.
    pub unread: u64,
    /// When the newest article of the feed was stored.
    pub newest_at: Timestamp,
}

/// An article as reader apps show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamItem {
    /// The article.
    pub id: ArticleId,
    /// Its headline.
    pub title: String,
    /// Its authors.
    pub byline: Option<String>,
    /// Its address at the source.
    pub url: String,
    /// When it was published.
    pub published_at: Timestamp,
    /// When it was stored.
    pub stored_at: Timestamp,
    /// Its sanitised HTML.
    pub html: String,
    /// The feed that brought it first.
    pub feed_id: FeedId,
    /// That feed's title.
    pub feed_title: String,
    /// That feed's site.
    pub site_url: Option<String>,
    /// That feed's folder.
    pub folder: Option<String>,
    /// Its part in its story.
    pub role: Option<Role>,
    /// Why it has that part, in a sentence.
    pub why: Option<String>,
    /// How many reports its story has.
    pub reports: u64,
    /// Whether it speaks for its story.
    pub speaks: bool,
    /// Whether the account read it.
    pub read: bool,
    /// Whether the account starred it.
    pub starred: bool,
}
