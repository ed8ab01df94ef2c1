//! The types that pass between the stages of firsthand, and nothing else.
//!
//! A stage takes one of these types and gives another; no stage knows a neighbour. This crate
//! does no I/O, reads no clock, draws no random number and holds no rule of any stage: what can
//! be decided here is only how a value is written down.
//!
//! Offsets are Unicode code points into the text they belong to, `end` exclusive. Times are
//! [`Timestamp`]s in UTC. Absent values are `None` (`null` on the wire).

mod account;
mod alert;
mod article;
mod feed;
mod ids;
mod letter;
mod node;
mod push;
mod reader;
mod relate;
mod story;
mod time;
mod trace;
mod view;
mod vote;

pub use account::*;
pub use alert::*;
pub use article::*;
pub use feed::*;
pub use ids::*;
pub use letter::*;
pub use node::*;
pub use push::*;
pub use reader::*;
pub use relate::*;
pub use story::*;
pub use time::*;
pub use trace::*;
pub use view::*;
pub use vote::*;
