//! A message as a letter.

use firsthand_model::{NewLetter, Timestamp};
use firsthand_text::html::{plain_text, sanitise};
use mail_parser::{Message, MessageParser};
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Characters of a subject, a name and an excerpt at the most.
const MOST_LINE: usize = 300;
const MOST_EXCERPT: usize = 300;

fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MOST_LINE).collect()
}

/// Makes a letter of a message (RFC 5322, MIME) that came at an instant; whatever is broken in it is read past. Its HTML is
/// sanitised and without images: newsletters count their readers by them.
pub fn read(message: &[u8], received_at: Timestamp) -> NewLetter {
    // A message without any header is none to the library, and its empty message must not be asked for anything.
    let parsed = parts(message);
    let parsed = parsed.as_ref();
    let from = parsed.and_then(|parsed| parsed.from()).and_then(|from| from.first());
    let address = line(from.and_then(|from| from.address()).unwrap_or_default());
    let name = line(from.and_then(|from| from.name()).unwrap_or_default());
    // Of a letter that is text alone the library makes HTML.
    let html = without_images(&sanitise(&parsed.and_then(|parsed| parsed.body_html(0)).unwrap_or_default(), None));
    let text = plain_text(&html);
    // Letters with one key are one letter: an identifier of blanks is none.
    let id = line(parsed.and_then(|parsed| parsed.message_id()).unwrap_or_default());
    let key = match id.as_str() {
        "" => Sha256::digest(message).iter().take(16).map(|byte| format!("{byte:02x}")).collect(),
        _ => id,
    };
    let subject = line(parsed.and_then(|parsed| parsed.subject()).unwrap_or_default());
    NewLetter {
        key,
        sender: if name.is_empty() { address.clone() } else { name },
        sender_address: address,
        subject: if subject.is_empty() { "(no subject)".to_owned() } else { subject },
        excerpt: line(&text).chars().take(MOST_EXCERPT).collect(),
        html,
        received_at,
    }
}

/// A message taken apart. The library fails (0.11.9, by a panic) on some whose parts are nested falsely: of those the headers are read, and
/// their letter is empty rather than given back to a mail server that would bring it again and again.
fn parts(message: &[u8]) -> Option<Message<'_>> {
    let whole = catch_unwind(AssertUnwindSafe(|| MessageParser::default().parse(message)));
    whole.unwrap_or_else(|_| MessageParser::default().parse_headers(message))
}

/// Sanitised HTML without its images.
fn without_images(html: &str) -> String {
    let mut pieces = html.split("<img");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out.push_str(piece.split_once('>').map_or("", |(_, rest)| rest));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(message: &str) -> NewLetter {
        read(message.replace('\n', "\r\n").as_bytes(), Timestamp::default())
    }

    #[test]
    fn a_letter_of_two_parts_is_read_by_its_html() {
        let read = letter(
            "From: =?utf-8?q?H=C3=A4fen_heute?= <news@harbour.example>\nTo: x@letters.example\nMessage-ID: <1@harbour.example>\nSubject: =?utf-8?b?w5xiZXIgZGllIEbDpGhyZQ==?=\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\nplain\n--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<p onclick=3Dalert(1)>The ferry <b>sails</b>.</p><script>alert(2)</script><img src=3D\"https://track.example/?who=3Dann\"><p>Again.</p>\n--b--\n",
        );
        assert_eq!((read.sender.as_str(), read.sender_address.as_str()), ("Häfen heute", "news@harbour.example"));
        assert_eq!((read.subject.as_str(), read.key.as_str()), ("Über die Fähre", "1@harbour.example"));
        assert_eq!(read.html.trim(), "<p>The ferry <b>sails</b>.</p><p>Again.</p>");
        assert_eq!(read.excerpt, "The ferry sails. Again.");
    }

    #[test]
    fn text_alone_and_nonsense_are_letters_too() {
        let read = letter("From: news@harbour.example\nSubject: Ferries\n\nOne & two\nthree\n\nfour <b>\n");
        assert_eq!(read.html, "One &amp; two<br>three<br><br>four &lt;b&gt;<br>");
        assert_eq!(read.sender, "news@harbour.example");
        assert_eq!(read.key.len(), 32);
        let blank = letter("From: news@harbour.example\nMessage-ID: \x0c \nSubject: Ferries\n\nOne\n");
        let other = letter("From: news@harbour.example\nMessage-ID: \x0c \nSubject: Ferries\n\nTwo\n");
        assert_eq!((blank.key.len(), other.key.len()), (32, 32));
        assert_ne!(blank.key, other.key, "two letters");
        // Parts that are nested falsely: what can be read of it is.
        let stray = include_bytes!("../../../fuzz/seeds/letter/stray");
        assert_eq!(super::read(stray, Timestamp::default()).subject, "N");
        for nonsense in [&[0, 255, 13, 10, 7][..], b""] {
            assert_eq!(super::read(nonsense, Timestamp::default()).subject, "(no subject)");
        }
    }
}
