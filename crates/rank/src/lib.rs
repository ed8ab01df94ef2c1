//! The public order of stories and one reader's order, each with its reasons.
//!
//! Pure: no I/O, no clock, no chance.

mod logistic;
mod lsa;
mod public;
mod reader;
mod spread;
mod words;

pub use public::{Coverage, RankInput, Ranked, public_score, set_aside};
pub use reader::{Item, Reader, Reason, Verdict, Voted};
pub use spread::spread;
