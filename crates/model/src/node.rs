//! Processes that share the work on one database.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// A process among those that share a database. It is another one after every start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct NodeId(pub i64);

/// A part of the work that one process does at a time: the feeds and pages of some hosts, or the grouping of stories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Part(pub u32);

impl Part {
    /// Into how many shards hosts are divided.
    pub const SHARDS: u32 = 1024;
    /// Putting articles into stories, and relating their reports. It is one part: a story may hold reports in several languages.
    pub const STORIES: Self = Self(Self::SHARDS);

    /// Whether it is a shard of hosts.
    pub fn is_shard(self) -> bool {
        self.0 < Self::SHARDS
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_shard() { write!(f, "shard {}", self.0) } else { f.write_str("the grouping of stories") }
    }
}

/// The right to a part of the work. What is written under it carries its fence: a number that rises with each new
/// holder, so that one who was thought dead cannot write over its successor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The part.
    pub part: Part,
    /// The number of this holding.
    pub fence: i64,
}

/// What a process learns when it says that it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beat {
    /// The database's clock.
    pub now: Timestamp,
    /// How many processes share the work.
    pub nodes: u32,
    /// The leases that it holds, in the order of their parts.
    pub held: Vec<Lease>,
    /// How many shards are its share of all.
    pub share: u32,
    /// How many shards it holds above its share: it is to give up so many.
    pub excess: u32,
    /// How many parts came to it with this beat.
    pub taken: u32,
}

/// A process, as those who run the server see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeView {
    /// The process.
    pub id: NodeId,
    /// Its name, by default that of its machine.
    pub name: String,
    /// What it does: all, crawl or web.
    pub role: String,
    /// The program's version.
    pub version: String,
    /// When it started.
    pub started_at: Timestamp,
    /// When it last said that it lives.
    pub beat_at: Timestamp,
    /// Whether it is taken for alive.
    pub alive: bool,
    /// Shards that it holds.
    pub shards: u32,
    /// Whether it groups stories.
    pub stories: bool,
}

/// What waits to be done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// By how many seconds the feed that waits longest is late.
    pub feeds_late_s: u64,
    /// By how many seconds the page that waits longest is late.
    pub entries_late_s: u64,
    /// The age of the oldest article without a story, in seconds.
    pub ungrouped_s: u64,
    /// Stories whose reports are to be related anew.
    pub stale_stories: u64,
}
