//! Stories: what grouping takes and gives.

use crate::{ArticleId, StoryId, Timestamp};
use serde::{Deserialize, Serialize};

/// An article as `story::features` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoryInput<'a> {
    /// The headline.
    pub title: &'a str,
    /// The text.
    pub text: &'a str,
    /// When it was published; `None` takes the stream's time.
    pub published: Option<Timestamp>,
    /// The language (BCP 47 primary subtag), if known.
    pub language: Option<&'a str>,
    /// The outlet: two reports of one outlet are not two witnesses.
    pub outlet: Option<&'a str>,
}

/// What grouping decided of one article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Decision<S> {
    /// It reports the event of this story.
    Join(S),
    /// It is the first report of its event.
    New,
}

/// A second thought of grouping about stories whose reports came in of late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum StoryChange {
    /// Two stories are one: the reports of `from` belong to the older `into`, to which its number leads from now on.
    Merge {
        /// The younger story.
        from: StoryId,
        /// The older story.
        into: StoryId,
    },
    /// One report belongs to another story.
    Move {
        /// The report.
        article: ArticleId,
        /// The story that it leaves.
        from: StoryId,
        /// The story that it joins.
        to: StoryId,
    },
    /// Reports of a story are one of their own, with the number of the first of them.
    Split {
        /// The story that they leave.
        from: StoryId,
        /// The reports, the first to come in first.
        articles: Vec<ArticleId>,
    },
}

/// A story that another one's page leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoryLink {
    /// The story.
    pub id: StoryId,
    /// Its headline, and the language of that.
    pub headline: String,
    /// BCP 47, where it is known.
    pub language: Option<String>,
    /// How many reports it has.
    pub reports: u32,
    /// When its first report was published.
    pub first_published_at: Timestamp,
}

/// What a story's page tells of such a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoryTrace {
    /// When.
    pub at: Timestamp,
    /// Whether the other story went into this one.
    pub merged: bool,
    /// Whether the reports came to this story; else they left it.
    pub came: bool,
    /// The other story.
    pub story: StoryId,
    /// How many reports went.
    pub reports: u32,
}

/// An article waiting for a story, or already in one.
#[derive(Debug, Clone, PartialEq)]
pub struct StoryArticle {
    /// The article.
    pub id: ArticleId,
    /// The story it is in, if any.
    pub story_id: Option<StoryId>,
    /// The outlet's name.
    pub outlet: String,
    /// The headline.
    pub title: String,
    /// The text.
    pub text: String,
    /// When it was published.
    pub published_at: Timestamp,
    /// The language.
    pub language: Option<String>,
    /// Whether an editor put it into its story.
    pub placed: bool,
    /// Its place in the order in which articles were put into stories.
    pub assigned: Option<i64>,
}

/// What an editor says of a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum StoryMark {
    /// It does not belong here: no list, feed or search shows it.
    Hidden,
    /// It stands first on the front page.
    Pinned,
}

/// Where an editor puts a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Into a story.
    In(StoryId),
    /// Into a story of its own.
    Alone,
    /// Where grouping had it: the editor's word is taken back.
    Computed,
}

/// A story that got reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryNews {
    /// The story.
    pub story_id: StoryId,
    /// The place of its last report in the order in which reports came into stories.
    pub at: i64,
    /// Whether all of its reports came since.
    pub new: bool,
    /// The headline of the report that speaks for it.
    pub headline: String,
    /// How many reports it has.
    pub reports: u64,
    /// How many of them have reporting of their own.
    pub firsthand: u64,
}
