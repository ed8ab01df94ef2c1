//! From bytes to text, for documents that say their encoding wrongly or not at all.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// Decodes a document. Believed in this order: a byte order mark; the shape of UTF-16 and UTF-32;
/// valid UTF-8 with letters outside ASCII, which is hardly ever anything else; the encoding that
/// HTTP or the document itself names (`declared`, labels in order of trust); at last a guess.
/// Bytes that fit no character become U+FFFD. Never fails.
pub fn decode<'a>(bytes: &'a [u8], declared: &[Option<&str>]) -> Cow<'a, str> {
    if let Some(text) = utf32(bytes) {
        return Cow::Owned(text);
    }
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(length..).unwrap_or_default()).0;
    }
    match bytes {
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => {
            return UTF_16BE.decode_without_bom_handling(bytes).0;
        }
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => {
            return UTF_16LE.decode_without_bom_handling(bytes).0;
        }
        _ => {}
    }
    let named = declared.iter().flatten().find_map(|label| for_label(label));
    if let Ok(text) = std::str::from_utf8(bytes)
        && !named.is_some_and(|encoding| seven_bit(encoding) && text.is_ascii())
    {
        return Cow::Borrowed(text);
    }
    // What could be read as bytes so far is not in UTF-16, whatever it says.
    let usable = named.filter(|encoding| !matches!(*encoding, e if e == UTF_8 || e == UTF_16LE || e == UTF_16BE));
    let encoding = usable.unwrap_or_else(|| {
        if mostly_utf8(bytes) {
            return UTF_8;
        }
        let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        detector.feed(bytes, true);
        detector.guess(None, chardetng::Utf8Detection::Allow)
    });
    encoding.decode_without_bom_handling(bytes).0
}

/// The charset parameter of a `Content-Type`.
pub fn charset_of(content_type: &str) -> Option<&str> {
    let start = content_type.to_ascii_lowercase().find("charset")? + "charset".len();
    let value = content_type.get(start..)?.trim_start().strip_prefix('=')?.trim_start();
    let value = value.trim_start_matches(['"', '\'']);
    let value = value.split(['"', '\'', ';', ',', ' ', '>', '/']).next()?.trim();
    (!value.is_empty()).then_some(value)
}

/// Encodings whose text consists of ASCII bytes alone.
fn seven_bit(encoding: &'static Encoding) -> bool {
    encoding == encoding_rs::ISO_2022_JP
}

/// The encoding with a label of the WHATWG's standard, or one that is spelt nearly so.
fn for_label(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().to_ascii_lowercase();
    let direct = Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != encoding_rs::REPLACEMENT);
    direct.or_else(|| {
        let joined: String = label.chars().filter(char::is_ascii_alphanumeric).collect();
        let rest = |prefixes: &[&str]| prefixes.iter().find_map(|prefix| joined.strip_prefix(prefix));
        let candidates = [
            Some(joined.clone()),
            rest(&["windows", "win", "cp", "ms", "xcp"]).map(|number| format!("windows-{number}")),
            rest(&["iso8859", "isoir8859", "8859"]).map(|number| format!("iso-8859-{number}")),
            rest(&["mac"]).filter(|name| *name == "roman").map(|_| "macintosh".to_owned()),
            rest(&["koi8"]).map(|variant| format!("koi8-{variant}")),
            rest(&["x", "cs"]).map(str::to_owned),
        ];
        candidates.into_iter().flatten().find_map(|candidate| Encoding::for_label(candidate.as_bytes()))
    })
}

/// UTF-32 by its byte order mark or by the zeros around a first "<" or "{".
fn utf32(bytes: &[u8]) -> Option<String> {
    let (big, rest) = match bytes {
        [0, 0, 0xfe, 0xff, rest @ ..] => (true, rest),
        [0xff, 0xfe, 0, 0, rest @ ..] => (false, rest),
        [0, 0, 0, first, ..] if *first != 0 => (true, bytes),
        [first, 0, 0, 0, ..] if *first != 0 => (false, bytes),
        _ => return None,
    };
    let character = |quad: &[u8]| {
        let quad: [u8; 4] = quad.try_into().unwrap_or_default();
        let code = if big { u32::from_be_bytes(quad) } else { u32::from_le_bytes(quad) };
        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
    };
    Some(rest.chunks_exact(4).map(character).collect())
}

/// Whether what is broken in UTF-8 is little beside what is right.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let broken = text.chars().filter(|character| *character == char::REPLACEMENT_CHARACTER).count();
    let wide = text.chars().filter(|character| !character.is_ascii()).count();
    broken * 4 < wide
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_found_where_it_is_said() {
        assert_eq!(decode(b"\xcf\xf0\xe8\xe2\xe5\xf2", &[Some("Windows_1251")]), "Привет");
        assert_eq!(decode(b"\xcf\xf0\xe8\xe2\xe5\xf2", &[None, Some("cp-1251")]), "Привет");
        assert_eq!(decode(b"caf\xe9", &[Some("latin1")]), "café");
        assert_eq!(decode("naïve".as_bytes(), &[Some("iso-8859-1")]), "naïve");
        assert_eq!(decode(b"\xef\xbb\xbfx", &[Some("utf-16")]), "x");
        assert_eq!(decode(b"\x1b$B%K\x1b(B", &[Some("iso-2022-jp")]), "ニ");
    }

    #[test]
    fn the_shape_of_wide_encodings_is_known() {
        assert_eq!(decode(b"\0<\0a\0>", &[]), "<a>");
        assert_eq!(decode(b"<\0a\0>\0", &[]), "<a>");
        assert_eq!(decode(b"\0\0\0<\0\0\0a", &[]), "<a");
        assert_eq!(decode(b"\xff\xfe\0\0<\0\0\0", &[]), "<");
    }

    #[test]
    fn a_broken_byte_spoils_only_itself() {
        assert_eq!(
            decode(b"na\xc3\xafve caf\xc3\xa9 \xff ok \xc3\xa9\xc3\xa9\xc3\xa9", &[Some("utf-8")]),
            "naïve café \u{fffd} ok ééé"
        );
    }

    #[test]
    fn a_content_type_names_its_charset() {
        assert_eq!(charset_of("text/xml; Charset=\"utf-8\""), Some("utf-8"));
        assert_eq!(charset_of("text/xml"), None);
    }
}
