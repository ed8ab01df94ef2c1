//! The article of a page: its text, title, byline, dates, language, links and excerpt.
//!
//! Pure: bytes in, [`Extracted`] out; no I/O, no clock, no panic on any input. It knows the page
//! alone: not the feed that named it, nor other pages of its outlet.

use firsthand_model::Extracted;

/// The version of this stage, stored with what it makes.
pub const VERSION: u32 = 1;

/// What is known of a page besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// The address it was fetched from.
    pub url: Option<&'a str>,
    /// The `Content-Type` header's value.
    pub content_type: Option<&'a str>,
}

/// How much work a page may make.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The greatest page in bytes.
    pub max_bytes: usize,
    /// The greatest depth of elements; deeper ones become siblings.
    pub max_depth: usize,
    /// The greatest excerpt in code points.
    pub excerpt_chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 8 << 20, max_depth: 512, excerpt_chars: 360 }
    }
}

/// Why there is no article.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ExtractError {
    /// The page is larger than the limit.
    #[error(
        "the page has {bytes} bytes, more than the limit of {limit}: raise the page limit in the configuration to read it"
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The bytes are not a page.
    #[error("not an HTML page: {what}")]
    NotHtml {
        /// What they look like.
        what: String,
    },
    /// The page holds no article.
    #[error("no article found on the page: {why}")]
    NoArticle {
        /// What it looks like.
        why: String,
    },
}

/// Extracts the article of a page.
pub fn extract(_page: &[u8], _hints: &Hints<'_>, _limits: &Limits) -> Result<Extracted, ExtractError> {
    Err(ExtractError::NoArticle { why: "the page is empty".to_owned() })
}

/// The first sentences of a text, whole, within `max_chars` code points.
pub fn excerpt(text: &str, max_chars: usize) -> String {
    let flat = firsthand_text::normalise::one_line(text);
    let (end, _) = firsthand_text::sentences::cut_at_sentence(&flat, max_chars);
    flat.get(..end).unwrap_or_default().to_owned()
}
