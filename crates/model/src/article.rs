//! Articles: what was extracted from a page, and what is stored of it.

use crate::{ArticleId, OutletId, Timestamp, WrittenTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A link in an article's text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Link {
    /// The absolute address, http or https.
    pub url: String,
    /// The words that carry it.
    pub text: String,
}

/// What `extract` made of a page. Serialises as `firsthand extract` prints it (less `file`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Extracted {
    /// The address that the page was said to be from.
    pub url: Option<String>,
    /// The headline, without the outlet's name.
    pub title: Option<String>,
    /// Names of the authors, parted by ", ".
    pub byline: Option<String>,
    /// The outlet's name as the page gives it.
    pub site_name: Option<String>,
    /// When it was published, in the zone in which the page says so.
    pub published: Option<WrittenTime>,
    /// When it was last changed, likewise.
    pub modified: Option<WrittenTime>,
    /// The text's language (BCP 47 primary subtag).
    pub language: Option<String>,
    /// The absolute canonical address.
    pub canonical_url: Option<String>,
    /// The absolute address of the lead image.
    pub lead_image: Option<String>,
    /// The first sentences, cut at a sentence end.
    pub excerpt: Option<String>,
    /// Paragraphs parted by a blank line; no page furniture; the title is not repeated.
    pub text: String,
    /// The same, as sanitised HTML.
    pub html: String,
    /// The links in the text, in order.
    pub links: Vec<Link>,
    /// What else the page says of it.
    #[serde(flatten)]
    pub details: Details,
}

/// What a page says of its article besides, and where each value was found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Details {
    /// The line under the headline.
    pub subtitle: Option<String>,
    /// The outlet's section.
    pub section: Option<String>,
    /// What it is about by the outlet's own words, at most 20.
    pub keywords: Vec<String>,
    /// The absolute address of its AMP copy.
    pub amp_url: Option<String>,
    /// Who may read it whole, where the page says so.
    pub access: Option<Access>,
    /// Notes that the outlet corrected or changed it, each whole.
    pub corrections: Vec<String>,
    /// The place that the text begins with ("LONDON (AP) —").
    pub dateline: Option<String>,
    /// The agency that the dateline credits.
    pub credit: Option<String>,
    /// Entries of a live blog, in the order of the page.
    pub entries: Vec<LiveEntry>,
    /// The absolute address of the page on which the text goes on.
    pub next_page: Option<String>,
    /// By a value's name, where it was found: "json-ld", "meta", "heading", "markup", "text", "address", "script".
    pub found_in: BTreeMap<String, String>,
}

/// Who may read an article whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Everyone.
    Free,
    /// Everyone, some of them.
    Metered,
    /// Those who pay or sign in.
    Restricted,
}

/// An entry of a live blog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LiveEntry {
    /// When it was written.
    pub time: WrittenTime,
    /// Where its text stands in the article's, in code points.
    pub start: usize,
    /// The end, exclusive.
    pub end: usize,
}

/// An article as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Article {
    /// Its outlet.
    pub outlet_id: OutletId,
    /// The address that was fetched last (after redirects).
    pub url: String,
    /// The address by which two copies of one page are known to be one; unique.
    pub canonical_url: String,
    /// The headline.
    pub title: String,
    /// Names of the authors.
    pub byline: Option<String>,
    /// The text's language (BCP 47 primary subtag).
    pub language: Option<String>,
    /// When it was published: by the page, else by the feed, else when it was first seen; never
    /// later than `fetched_at`.
    pub published_at: Timestamp,
    /// When the page says that it was changed.
    pub modified_at: Option<Timestamp>,
    /// When this text was fetched.
    pub fetched_at: Timestamp,
    /// The first sentences.
    pub excerpt: String,
    /// The text.
    pub text: String,
    /// Sanitised HTML.
    pub html: String,
    /// The lead image's address.
    pub lead_image: Option<String>,
    /// Links in the text.
    pub links: Vec<Link>,
    /// The feed's categories for it.
    pub categories: Vec<String>,
    /// What else its page says of it.
    pub details: Details,
    /// Whether the text is only what the feed gave, because the page could not be had or held no
    /// article.
    pub from_feed: bool,
    /// The version of the extraction stage that made it.
    pub extract_version: u32,
}

/// A text that an article had, kept when it changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Revision {
    /// Whose.
    pub article_id: ArticleId,
    /// When this text was fetched.
    pub fetched_at: Timestamp,
    /// The headline at that time.
    pub title: String,
    /// The text at that time.
    pub text: String,
}

/// A line of the article streams that `cluster`, `trace` and `relate` read and
/// `export --format jsonl` writes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ArticleLine {
    /// The caller's identifier, a string or a number, given back as it is.
    pub id: serde_json::Value,
    /// The story that it belongs to, for `relate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<serde_json::Value>,
    /// The article's address.
    #[serde(default)]
    pub url: Option<String>,
    /// The headline.
    #[serde(default)]
    pub title: Option<String>,
    /// The text.
    #[serde(default)]
    pub text: Option<String>,
    /// The time of publication, RFC 3339; a date alone is taken as its first instant.
    #[serde(default)]
    pub published: Option<String>,
    /// The language (BCP 47).
    #[serde(default)]
    pub language: Option<String>,
    /// The outlet that the article is from.
    #[serde(default)]
    pub publisher: Option<String>,
    /// Links in the text.
    #[serde(default)]
    pub links: Vec<Link>,
}
