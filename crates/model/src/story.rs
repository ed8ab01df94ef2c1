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
pub enum Decision<S> {
    /// It reports the event of this story.
    Join(S),
    /// It is the first report of its event.
    New,
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
}
