//! Figures in a text.

use firsthand_model::{DateMention, Figure};

/// The figures of a text: numbers that are not dates, ordinals, scores or phone numbers.
pub fn figures(_text: &str, _dates: &[DateMention], _language: Option<&str>) -> Vec<Figure> {
    Vec::new()
}
