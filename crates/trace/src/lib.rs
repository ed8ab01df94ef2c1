//! Who says what in an article, with which figures and dates, and who relies on whom among the
//! reports of one story.
//!
//! Pure: no I/O, no clock, no panic on any input. It reads one article ([`analyse`]) or the
//! reports of one story ([`relate`]); it does not know how they were fetched, grouped or stored.

mod article;
pub mod compare;
pub mod dates;
mod differences;
pub mod figures;
pub mod learned;
mod lex;
mod main_news;
mod numbers;
mod outlets;
mod quotes;
mod relate;
mod reliance;
mod sources;
mod speech;
mod tongues;

pub use article::{analyse, analyse_with};
pub use outlets::Outlets;
pub use relate::relate;

use firsthand_model::{Link, Timestamp};

/// The version of this stage, stored with what it makes.
pub const VERSION: u32 = 4;

/// The confidence from which an attribution is shown as sure: on articles that the model has not seen,
/// about seven in eight of those that name a source are right (models/README.md).
pub const SURE: f32 = 0.65;

/// An article as [`analyse`] takes it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ArticleInput<'a> {
    /// The headline.
    pub title: &'a str,
    /// The text; all spans are code-point offsets into it.
    pub text: &'a str,
    /// When it was published: relative dates are resolved against it.
    pub published: Option<Timestamp>,
    /// The language (BCP 47).
    pub language: Option<&'a str>,
    /// The outlet that the article is from.
    pub publisher: Option<&'a str>,
    /// The article's address.
    pub url: Option<&'a str>,
    /// Links in the text.
    pub links: &'a [Link],
}
