//! Groups the reports of one event into a story, online: each article is decided as it arrives.
//!
//! Pure: no I/O, no clock, no chance, no panic on any input. The same stream gives the same
//! decisions. It knows texts and times, not outlets' feeds, pages or the store.
//!
//! The method: an article joins the story whose articles are most like it by weighted words of
//! title, lead, body, names and numbers (TF-IDF, cosine), less with the days between them; the
//! weights of words are learnt from the stream, those of the fields are fitted ([`Parameters`]). Candidates come from an inverted index over the heaviest
//! words of each article, so that the cost of a decision does not grow with the window. A near
//! copy (shared runs of four words) joins whatever its date.

mod background;
mod embedding;
mod features;
mod packed;
mod parameters;
mod repair;
mod sketch;
mod state;

pub use embedding::{Embedder, Embedding, WordVectors};
pub use features::{Features, features, features_with};
pub use parameters::Parameters;
pub use repair::Change;
pub use state::{Candidate, Explanation, HeldBytes, State};
