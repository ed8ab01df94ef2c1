//! Votes: absolute ballots, one a voter and subject.

use crate::{ArticleId, StoryId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What can be voted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A story as a whole.
    Story(StoryId),
    /// One article.
    Article(ArticleId),
}

impl Subject {
    /// "story" or "article".
    pub fn kind(self) -> &'static str {
        match self {
            Self::Story(_) => "story",
            Self::Article(_) => "article",
        }
    }

    /// The number of the story or article.
    pub fn number(self) -> i64 {
        match self {
            Self::Story(id) => id.0,
            Self::Article(id) => id.0,
        }
    }

    /// From what [`Subject::kind`] and [`Subject::number`] give.
    pub fn from_parts(kind: &str, number: i64) -> Option<Self> {
        match kind {
            "story" => Some(Self::Story(StoryId(number))),
            "article" => Some(Self::Article(ArticleId(number))),
            _ => None,
        }
    }
}

/// A ballot. It is absolute: casting it twice is the same as casting it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Ballot {
    /// "I like it".
    Like,
    /// "I don't like it".
    Dislike,
    /// Withdrawn.
    None,
}

/// Who votes: an account, or a visitor known by a signed cookie.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Voter {
    /// An account.
    User(crate::UserId),
    /// A visitor's random identifier.
    Visitor(String),
}

impl fmt::Display for Voter {
    /// The form in which it is stored: "u:7" or "v:…".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "u:{id}"),
            Self::Visitor(id) => write!(f, "v:{id}"),
        }
    }
}

/// The public counts of a subject, with the asker's own ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tally {
    /// Voters who like it.
    pub likes: u64,
    /// Voters who do not.
    pub dislikes: u64,
    /// The asker's own ballot.
    pub vote: Ballot,
}

impl Default for Tally {
    fn default() -> Self {
        Self { likes: 0, dislikes: 0, vote: Ballot::None }
    }
}
