//! A small sequence model for attributions: first the cues of a text, then for each cue its source
//! and content, then how likely the whole is right.
//!
//! The model is data (`models/attributions.bin`), made by `cargo xtask train-trace`; without it the
//! rules stand alone. It reads English.

pub(crate) mod features;
pub(crate) mod lattice;
mod model;
mod pass;
pub mod train;

pub use features::Hidden;
pub use model::{Model, ModelError};
pub(crate) use pass::speeches;
