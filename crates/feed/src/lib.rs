//! Feeds of every format, read from bytes; subscription lists in and out; feeds found on a page.
//!
//! Pure: no I/O, no clock, no panic on any input. It knows documents, not how they are fetched,
//! scheduled or stored.

use firsthand_model::{ParsedFeed, ParsedItem, Timestamp};

mod decode;
pub mod discovery;
mod json;
mod markup;
pub mod opml;
pub mod page_links;
pub mod platforms;
pub mod sitemaps;
pub mod starred;
mod values;
mod xml;

/// What is known of a feed's document besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// The address it was fetched from, for relative links.
    pub url: Option<&'a str>,
    /// The `Content-Type` header's value.
    pub content_type: Option<&'a str>,
    /// The present: no date is later than it.
    pub now: Option<Timestamp>,
}

/// How much work a document may make.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The greatest document in bytes.
    pub max_bytes: usize,
    /// The most items that are read; the rest is left out with a note.
    pub max_items: usize,
    /// The greatest depth of elements.
    pub max_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 15 << 20, max_items: 5000, max_depth: 256 }
    }
}

/// Why a document could not be read as a feed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FeedError {
    /// It is larger than the limit.
    #[error(
        "the feed has {bytes} bytes, more than the limit of {limit}: raise the feed limit in the configuration to read it"
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// It is a web page.
    #[error(
        "this is a web page, not a feed: give the address of its feed, or add the page's address so that its feed is looked for"
    )]
    Html,
    /// It is empty.
    #[error("the document is empty")]
    Empty,
    /// It is something else.
    #[error("not a feed: {what}")]
    NotAFeed {
        /// What it looks like.
        what: String,
    },
}

/// Reads a feed of any format.
pub fn parse(document: &[u8], hints: &Hints<'_>, limits: &Limits) -> Result<ParsedFeed, FeedError> {
    if document.len() > limits.max_bytes {
        return Err(FeedError::TooLarge { bytes: document.len(), limit: limits.max_bytes });
    }
    let text = decode::decode(document, hints.content_type);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
    if text.is_empty() {
        return Err(FeedError::Empty);
    }
    let mut parsed = if text.starts_with(['{', '[']) {
        json::parse(text, hints, limits)?
    } else {
        markup::parse(text, hints, limits)?
    };
    bound(&mut parsed);
    Ok(parsed)
}

/// The longest title in characters: what is longer is no title.
const LONGEST_TITLE: usize = 1000;
/// The longest name of a person or category in characters.
const LONGEST_NAME: usize = 200;
/// The most authors, categories and attached files of one item.
const MOST_OF_A_KIND: usize = 100;
/// The longest id in bytes that is kept as it is.
const LONGEST_ID: usize = 2000;

/// Cuts what no reader could read down to a size that can be stored and shown.
fn bound(feed: &mut ParsedFeed) {
    let cut = |text: &mut String, most: usize| {
        if let Some((end, _)) = text.char_indices().nth(most) {
            text.truncate(end);
            text.truncate(text.trim_end().len());
        }
    };
    if let Some(title) = &mut feed.title {
        cut(title, LONGEST_TITLE);
    }
    for item in &mut feed.items {
        if let Some(title) = &mut item.title {
            cut(title, LONGEST_TITLE);
        }
        item.enclosures.truncate(MOST_OF_A_KIND);
        for names in [&mut item.authors, &mut item.categories] {
            names.truncate(MOST_OF_A_KIND);
            names.iter_mut().for_each(|name| cut(name, LONGEST_NAME));
        }
    }
}

/// What makes an item the same one at the next poll: its id, else the canonical form of its
/// link, else a hash of its content.
pub fn entry_key(item: &ParsedItem) -> String {
    if let Some(id) = item.id.as_deref().map(str::trim).filter(|id| !id.is_empty()) {
        if id.len() <= LONGEST_ID {
            return id.to_owned();
        }
        return format!("id:{:016x}", firsthand_text::shingles::stable_hash(id.as_bytes()));
    }
    if let Some(link) = item.link.as_deref() {
        return firsthand_text::urls::canonical(link).unwrap_or_else(|| link.to_owned());
    }
    let parts = [&item.title, &item.summary, &item.content];
    let joined: Vec<&str> = parts.iter().map(|part| part.as_deref().unwrap_or_default()).collect();
    format!("content:{:016x}", firsthand_text::shingles::stable_hash(joined.join("\u{1f}").as_bytes()))
}
