//! Groups the reports of one event into a story, online: each article is decided as it arrives.
//!
//! Pure: no I/O, no clock, no chance, no panic on any input. The same stream gives the same
//! decisions. It knows texts and times, not outlets' feeds, pages or the store.

use firsthand_model::{Decision, StoryInput};

/// The state of grouping over its window: an inverted index of the live articles.
#[derive(Debug, Clone, Default)]
pub struct State {}

/// What grouping sees of an article.
#[derive(Debug, Clone, Default)]
pub struct Features {}

/// Reads an article for [`State::decide`].
pub fn features(_article: &StoryInput<'_>) -> Features {
    Features::default()
}

impl State {
    /// An empty state.
    pub fn new() -> Self {
        Self::default()
    }

    /// Decides one article. `article` is the caller's number for it; a new story has the number
    /// of its first article.
    pub fn decide(&mut self, _article: u64, _features: Features) -> Decision<u64> {
        Decision::New
    }

    /// Takes up an article that was decided before (after a restart), without deciding again.
    pub fn restore(&mut self, _article: u64, _story: u64, _features: Features) {}
}
