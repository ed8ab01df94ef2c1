//! The public order of stories and one reader's order, each with its reasons.
//!
//! Pure: no I/O, no clock, no chance.

use serde::{Deserialize, Serialize};

/// What the public rank knows of a story. Deserialises from the lines of `firsthand rank`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct RankInput {
    /// Hours since the last new first-hand report (else the last report).
    #[serde(default)]
    pub age_hours: f64,
    /// Voters who like it.
    #[serde(default)]
    pub likes: u32,
    /// Voters who do not.
    #[serde(default)]
    pub dislikes: u32,
    /// Network prefixes among the likes.
    #[serde(default)]
    pub like_prefixes: Option<u32>,
    /// Network prefixes among the dislikes.
    #[serde(default)]
    pub dislike_prefixes: Option<u32>,
    /// Independent outlets.
    #[serde(default)]
    pub outlets: u32,
    /// First-hand reports.
    #[serde(default)]
    pub firsthand: u32,
    /// The section.
    #[serde(default)]
    pub section: Option<String>,
}

/// A score with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ranked {
    /// Higher is earlier.
    pub score: f64,
    /// Every term, in one line.
    pub why: String,
}

/// The public score of a story.
pub fn public_score(_story: &RankInput) -> Ranked {
    Ranked { score: 0.0, why: String::new() }
}
