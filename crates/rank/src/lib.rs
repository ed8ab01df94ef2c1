//! The public order of stories and one reader's order, each with its reasons.
//!
//! Pure: no I/O, no clock, no chance.

mod public;
mod reader;

pub use public::{RankInput, Ranked, public_score};
pub use reader::{Item, Reader, Reason, Verdict, Voted};
