//! Text as every stage sees it: tokens, sentences, offsets, language, shingles, names, numbers,
//! dates, safe HTML and canonical addresses.
//!
//! Pure: no I/O, no clock, no panic on any input. It knows nothing of feeds, pages, articles or
//! stories; what two stages need of text stands here once.

pub mod csv;
pub mod dates;
pub mod encoding;
pub mod html;
pub mod language;
pub mod mornings;
pub mod normalise;
pub mod offsets;
pub mod sentences;
pub mod shingles;
mod simple_html;
pub mod tokens;
pub mod urls;
