//! OPML 1 and 2: subscription lists.

use firsthand_model::NewFeed;

/// Why a file could not be read as OPML.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OpmlError {
    /// No outline with a feed's address.
    #[error("no feed found in the file: is it OPML? It should hold outline elements with xmlUrl attributes")]
    NoFeeds,
    /// It is larger than the limit.
    #[error("the file has {bytes} bytes, more than the limit of {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
}

/// The feeds of a subscription list with their folders (nested ones joined by "/").
pub fn parse(_document: &[u8]) -> Result<Vec<NewFeed>, OpmlError> {
    Err(OpmlError::NoFeeds)
}

/// An OPML 2.0 document of the feeds, in their folders.
pub fn write(_title: &str, _feeds: &[NewFeed]) -> String {
    String::new()
}
