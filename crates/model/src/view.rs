//! What pages, feeds and APIs show: read models, filled by the store in one query set each.

use crate::{
    Analysis, ArticleId, Details, FeedStatus, How, Link, OutletId, Revision, Role, Span, StoryId, StoryLink, StoryMark,
    StoryTrace, Tally, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

/// Which stories a list shows, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum StoryOrder {
    /// The public rank (see `firsthand-rank`).
    #[default]
    Rank,
    /// The newest report first.
    New,
    /// By likes less dislikes among the stories of the last so many hours.
    Top {
        /// The length of the window.
        hours: u32,
    },
}

/// A page of stories.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct StoryQuery {
    /// The order.
    pub order: StoryOrder,
    /// Only stories with a report in this language.
    pub language: Option<String>,
    /// Only stories with a report from a feed in this folder.
    pub folder: Option<String>,
    /// Only stories with a report that is filed under one of these labels, folded; empty: all.
    pub labels: Vec<String>,
    /// Only stories with a first-hand report that is known.
    pub firsthand_only: bool,
    /// Only stories that this account has not read, or that have a newer first-hand report.
    pub unread_by: Option<UserId>,
    /// The stories that editors hid, instead of all others.
    pub hidden: bool,
    /// How many.
    pub limit: usize,
    /// How many to leave out first.
    pub offset: usize,
}

/// A story as a list shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoryCard {
    /// The story.
    pub id: StoryId,
    /// The headline of its best report: the origin's where known.
    pub headline: String,
    /// That report's excerpt.
    pub excerpt: String,
    /// That report.
    pub article_id: ArticleId,
    /// That report's address at its source.
    pub url: String,
    /// That report's outlet.
    pub outlet: String,
    /// That report's lead image.
    pub lead_image: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// All outlets, first-hand ones first, each once.
    pub outlets: Vec<OutletMention>,
    /// Reports in all.
    pub reports: u32,
    /// Reports with reporting of their own.
    pub firsthand: u32,
    /// Voices (reports that stand for themselves, and outside outlets that others rest on).
    pub voices: u32,
    /// The earliest report.
    pub first_published_at: Timestamp,
    /// The latest report.
    pub last_published_at: Timestamp,
    /// The latest first-hand report.
    pub last_firsthand_at: Option<Timestamp>,
    /// Times of all reports (at most the first 400), for the sparkline.
    pub report_times: Vec<Timestamp>,
    /// Votes on the story.
    pub tally: Tally,
    /// Network prefixes among the likes and the dislikes: what the rank counts at most twice each.
    pub like_prefixes: u32,
    /// See `like_prefixes`.
    pub dislike_prefixes: u32,
    /// Whether the asker read it, and nothing first-hand was published since.
    #[serde(default)]
    pub read: bool,
    /// Whether the asker starred the best report.
    #[serde(default)]
    pub starred: bool,
    /// What an editor said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<StoryMark>,
    /// The authors of the best report.
    #[serde(default)]
    pub byline: Option<String>,
    /// Those whom the best report quotes, folded, a line each.
    #[serde(default, skip_serializing)]
    pub sources: String,
    /// The address of a feed that had the best report.
    #[serde(default)]
    pub feed: Option<String>,
    /// Why it stands where it stands, filled by the rank.
    pub why_here: Option<String>,
}

/// An outlet in a story's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutletMention {
    /// The outlet.
    pub id: OutletId,
    /// Its name.
    pub name: String,
    /// Whether it has a first-hand report in the story.
    pub firsthand: bool,
}

/// A report in a story, with its part and its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportView {
    /// The article.
    pub article_id: ArticleId,
    /// Its address at the source.
    pub url: String,
    /// Its headline.
    pub title: String,
    /// Its outlet.
    pub outlet_id: OutletId,
    /// Its outlet's name.
    pub outlet: String,
    /// Its authors.
    pub byline: Option<String>,
    /// When it was published.
    pub published_at: Timestamp,
    /// Its excerpt.
    pub excerpt: String,
    /// Its text, for comparing; it is not public, so it is not serialised.
    #[serde(skip)]
    pub text: String,
    /// Its language.
    pub language: Option<String>,
    /// Its part in the story; `None` until it is known.
    pub role: Option<Role>,
    /// Whose voice it repeats: an article's id or an outlet's name; its own id when it stands for itself.
    pub voice: Option<String>,
    /// Why it has this role.
    pub why: Option<String>,
    /// Words that show reporting of its own.
    pub own_reporting: Vec<Span>,
    /// What it rests on.
    pub relies_on: Vec<RelianceView>,
    /// Who says what in it, its figures and dates.
    pub analysis: Analysis,
}

/// A reliance as a page shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RelianceView {
    /// The outlet's name.
    pub outlet: String,
    /// Its domain.
    pub domain: Option<String>,
    /// The report that it rests on, if it is in the story.
    pub article_id: Option<ArticleId>,
    /// In which way.
    pub how: How,
    /// Whether the main news rests on it.
    pub main: bool,
    /// The words that show it.
    pub evidence: Span,
}

/// A story with all that its page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoryView {
    /// As in a list.
    pub card: StoryCard,
    /// The origin: an article's id or "outlet: NAME"; `None` when nothing shows it.
    pub origin: Option<String>,
    /// Why, in one sentence.
    pub origin_why: Option<String>,
    /// The reports, earliest first.
    pub reports: Vec<ReportView>,
    /// What changed in its reports, earliest first.
    pub revisions: Vec<Change>,
    /// How its reports were put together anew, earliest first.
    pub traces: Vec<StoryTrace>,
    /// Stories of neighbouring events, nearest first.
    pub neighbours: Vec<StoryLink>,
}

/// An entry of a feed, as it is said where an article came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryTrace {
    /// The feed's address.
    pub feed_url: String,
    /// Its title.
    pub feed_title: Option<String>,
    /// What names the entry in the feed.
    pub key: String,
    /// The address that it gives.
    pub url: Option<String>,
    /// When the feed was seen with it first.
    pub first_seen_at: Timestamp,
    /// How often its page was asked for in vain, since it was had last.
    pub attempts: u32,
    /// Why the page could not be had.
    pub last_error: Option<String>,
    /// When its page is asked for (again); `None`: no more.
    pub due_at: Option<Timestamp>,
    /// The article that came of it.
    pub article_id: Option<ArticleId>,
    /// When that article was let go, as it was older than is kept.
    pub released_at: Option<Timestamp>,
}

/// What was let go because it was older than is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Released {
    /// Stories, with all of their reports.
    pub stories: u64,
    /// Their reports.
    pub articles: u64,
}

/// A change of a report's text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// The article.
    pub article_id: ArticleId,
    /// Its outlet's name.
    pub outlet: String,
    /// The text before.
    pub before: Revision,
    /// The text after (the present one or the next revision).
    pub after: Revision,
    /// Whether the outlet's page carries a note of a correction.
    pub noted: bool,
}

/// An article with all that its page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ArticleView {
    /// The article.
    pub id: ArticleId,
    /// Its story, once grouped.
    pub story_id: Option<StoryId>,
    /// Its outlet.
    pub outlet_id: OutletId,
    /// Its outlet's name.
    pub outlet: String,
    /// Its feed, if that is still followed.
    pub feed_url: Option<String>,
    /// Its address at the source.
    pub url: String,
    /// Its headline.
    pub title: String,
    /// Its authors.
    pub byline: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// When it was published.
    pub published_at: Timestamp,
    /// When its page says it was changed.
    pub modified_at: Option<Timestamp>,
    /// When it was fetched.
    pub fetched_at: Timestamp,
    /// The excerpt for public pages.
    pub excerpt: String,
    /// The full text.
    pub text: String,
    /// The full text as sanitised HTML.
    pub html: String,
    /// Its lead image.
    pub lead_image: Option<String>,
    /// Links in the text.
    pub links: Vec<Link>,
    /// What else its page says of it.
    pub details: Details,
    /// Whether only the feed's text was to be had.
    pub from_feed: bool,
    /// Its part in its story.
    pub role: Option<Role>,
    /// Why it has this role.
    pub role_why: Option<String>,
    /// The part that an editor gave it, if one did.
    pub editor_role: Option<Role>,
    /// Whether an editor put it into its story.
    pub placed_by_editor: bool,
    /// What it rests on.
    pub relies_on: Vec<RelianceView>,
    /// Who says what in it, its figures and dates.
    pub analysis: Analysis,
    /// Earlier texts, oldest first.
    pub revisions: Vec<Revision>,
    /// Other reports of its story.
    pub also_reported_by: Vec<AlsoReported>,
    /// Votes on the article.
    pub tally: Tally,
    /// Whether the asker starred it.
    #[serde(default)]
    pub starred: bool,
}

/// Another report of the same story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AlsoReported {
    /// The article.
    pub article_id: ArticleId,
    /// Its headline.
    pub title: String,
    /// Its outlet's name.
    pub outlet: String,
    /// Its part in the story.
    pub role: Option<Role>,
    /// When it was published.
    pub published_at: Timestamp,
}

/// An article in a list (an outlet's page, search, feeds out).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ArticleCard {
    /// The article.
    pub id: ArticleId,
    /// Its story.
    pub story_id: Option<StoryId>,
    /// Its outlet.
    pub outlet_id: OutletId,
    /// Its outlet's name.
    pub outlet: String,
    /// Its address at the source.
    pub url: String,
    /// Its headline.
    pub title: String,
    /// Its authors.
    pub byline: Option<String>,
    /// Its excerpt.
    pub excerpt: String,
    /// Its language.
    pub language: Option<String>,
    /// When it was published.
    pub published_at: Timestamp,
    /// Its part in its story.
    pub role: Option<Role>,
    /// Reports in its story.
    pub story_reports: u32,
    /// Votes on the article.
    pub tally: Tally,
    /// Whether the asker starred it.
    #[serde(default)]
    pub starred: bool,
}

/// An outlet with all that its page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutletView {
    /// The outlet.
    pub id: OutletId,
    /// Its name.
    pub name: String,
    /// Its domain.
    pub domain: String,
    /// Articles in all.
    pub articles: u64,
    /// Articles by their part in their story.
    pub roles: Vec<(Role, u64)>,
    /// Its last weeks, earliest first, those without a report left out.
    pub weeks: Vec<OutletWeek>,
    /// The outlets that editors merged into it.
    pub merged: Vec<OutletName>,
    /// Outlets that it rests on, most often first.
    pub rests_on: Vec<OutletCount>,
    /// Followed outlets that rest on it, most often first.
    pub rested_on_by: Vec<OutletCount>,
    /// Its feeds with their health.
    pub feeds: Vec<OutletFeed>,
    /// Its newest reports that carry notes of corrections.
    pub corrected: Vec<Corrected>,
    /// Its newest reports.
    pub recent: Vec<ArticleCard>,
}

/// A report with the outlet's own notes that it was corrected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Corrected {
    /// The article.
    pub article_id: ArticleId,
    /// Its headline.
    pub title: String,
    /// When it was published.
    pub published_at: Timestamp,
    /// The notes, each whole.
    pub notes: Vec<String>,
}

/// An outlet and how many reports it stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutletCount {
    /// The outlet, if it is followed.
    pub id: Option<OutletId>,
    /// Its name.
    pub name: String,
    /// Reports.
    pub reports: u64,
}

/// A feed's health on its outlet's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutletFeed {
    /// The address that is polled.
    pub url: String,
    /// Whether it is polled.
    pub status: FeedStatus,
    /// The last poll that succeeded.
    pub last_success_at: Option<Timestamp>,
    /// What is wrong, in plain words.
    pub last_error: Option<String>,
}

/// What a reader said of an article: by a vote, on it or on its story, or by a star.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taste {
    /// The headline.
    pub title: String,
    /// The excerpt.
    pub excerpt: String,
    /// The outlet's name.
    pub outlet: String,
    /// Liked or starred; else disliked.
    pub like: bool,
}

/// An outlet under its own name, and as what it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutletName {
    /// The outlet.
    pub id: OutletId,
    /// Its own name.
    pub name: String,
    /// Its own domain.
    pub domain: String,
    /// The name of the outlet that it is shown and counted as: its own unless an editor merged it.
    pub shown_as: String,
}

/// The reports of an outlet in a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutletWeek {
    /// Its Monday, midnight UTC.
    pub from: Timestamp,
    /// Reports whose part in their story is known.
    pub reports: u64,
    /// Those that are first-hand.
    pub firsthand: u64,
    /// Those whose main news rests on other outlets.
    pub resting: u64,
    /// Reports of other outlets that rest on it.
    pub rested_on: u64,
}

/// An outlet in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutletCard {
    /// The outlet.
    pub id: OutletId,
    /// Its name.
    pub name: String,
    /// Its domain.
    pub domain: String,
    /// Articles in all.
    pub articles: u64,
    /// First-hand reports.
    pub firsthand: u64,
}

/// What to search for. `words` and `phrases` must all occur; the rest narrows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct SearchQuery {
    /// Single words.
    pub words: Vec<String>,
    /// Exact phrases.
    pub phrases: Vec<String>,
    /// Beginnings of words (`brid*`).
    pub prefixes: Vec<String>,
    /// Words and phrases that must not occur (`-word`).
    pub without: Vec<String>,
    /// `author:`: a part of the byline.
    pub author: Option<String>,
    /// `story:`.
    pub story: Option<StoryId>,
    /// `is:starred`: by the asker, who must have an account.
    pub starred_only: bool,
    /// `is:unread`: in stories that the asker, who must have an account, has not read.
    pub unread_only: bool,
    /// The best matches first, of those of late, instead of the newest.
    pub by_relevance: bool,
    /// Only what was stored after this instant.
    pub admitted_after: Option<Timestamp>,
    /// Only what came into a story after the first and up to the second place in the order of that.
    pub assigned: Option<(i64, i64)>,
    /// Only this outlet's.
    pub outlet_id: Option<OutletId>,
    /// `outlet:`: a part of the outlet's name or domain.
    pub outlet: Option<String>,
    /// `source:`: a part of an attribution's source.
    pub source: Option<String>,
    /// `before:`: published before this instant.
    pub before: Option<Timestamp>,
    /// `after:`: published at or after this instant.
    pub after: Option<Timestamp>,
    /// `language:`.
    pub language: Option<String>,
    /// `is:firsthand`.
    pub firsthand_only: bool,
    /// How many.
    pub limit: usize,
    /// How many to leave out first.
    pub offset: usize,
}

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum UserRole {
    /// Reads in full, votes, stars.
    Reader,
    /// Follows outlets, corrects labels.
    Editor,
    /// Manages users.
    Administrator,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct User {
    /// The account.
    pub id: UserId,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: UserRole,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How much there is, for `/metrics`, `firsthand check` and the feeds page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counts {
    /// Outlets.
    pub outlets: u64,
    /// Feeds followed.
    pub feeds: u64,
    /// Feeds whose last poll failed.
    pub failing_feeds: u64,
    /// Entries.
    pub entries: u64,
    /// Entries whose page has still to be fetched.
    pub pending_entries: u64,
    /// Articles.
    pub articles: u64,
    /// Articles without a story.
    pub ungrouped_articles: u64,
    /// Stories.
    pub stories: u64,
    /// Revisions.
    pub revisions: u64,
    /// Votes.
    pub votes: u64,
    /// Accounts.
    pub users: u64,
}
