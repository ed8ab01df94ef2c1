//! Dates in a text.

use firsthand_model::{DateMention, Timestamp};

/// The dates of a text, resolved against `published` as news is written: backward.
pub fn dates(_text: &str, _published: Option<Timestamp>, _language: Option<&str>) -> Vec<DateMention> {
    Vec::new()
}
