//! Words.

use unicode_segmentation::UnicodeSegmentation;

/// A word with its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// Its letters or digits.
    pub text: &'a str,
    /// Its first byte.
    pub start: usize,
    /// The byte after its last one.
    pub end: usize,
}

/// The words of a text by the word boundaries of Unicode (UAX #29), without punctuation and
/// space. Chinese and Japanese come out a character each.
pub fn words(text: &str) -> impl Iterator<Item = Token<'_>> {
    text.unicode_word_indices().map(|(start, word)| Token { text: word, start, end: start + word.len() })
}
