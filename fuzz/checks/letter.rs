//! What must hold of every message read as a letter.

use firsthand_letters::read;
use firsthand_model::Timestamp;
use firsthand_text::html::sanitise;

/// Reads the bytes as a message and panics when the letter is not what it should be.
pub fn check(message: &[u8]) {
    let letter = read(message, Timestamp::from_seconds(1_772_445_600));
    assert!(!letter.subject.is_empty() && !letter.key.is_empty());
    for line in [&letter.subject, &letter.sender, &letter.sender_address, &letter.excerpt, &letter.key] {
        assert!(line.chars().count() <= 300 && !line.contains(['\n', '\r']), "{line:?}");
    }
    let lower = letter.html.to_lowercase();
    assert!(!lower.contains("<script") && !lower.contains("<img"), "{}", letter.html);
    // But for blanks: of those at the begin of a `<pre>` one is dropped whenever it is read.
    let seen = |html: &str| html.split_whitespace().collect::<String>();
    assert_eq!(seen(&sanitise(&letter.html, None)), seen(&letter.html), "what was made harmless stays as it is");
    assert_eq!(read(message, letter.received_at), letter);
}
