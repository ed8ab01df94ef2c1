//! From bytes to text.

use crate::ExtractError;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// How far into a page its own declaration of the encoding is looked for; the standard says 1024,
/// pages say it later.
const DECLARATION_BYTES: usize = 4096;

/// Decodes a page: byte order mark, HTTP, the page's own declaration, UTF-8 if it is valid, else a
/// guess (WHATWG HTML, "determining the character encoding", with the guess at its end).
pub(crate) fn decode(page: &[u8], content_type: Option<&str>) -> Result<String, ExtractError> {
    if let Some(what) = binary(page) {
        return Err(ExtractError::NotHtml { what: what.to_owned() });
    }
    if let Some((encoding, length)) = Encoding::for_bom(page) {
        return Ok(encoding.decode_without_bom_handling(page.get(length..).unwrap_or_default()).0.into_owned());
    }
    if let Ok(text) = std::str::from_utf8(page) {
        return Ok(text.to_owned());
    }
    let declared = content_type.and_then(charset_of).or_else(|| declared_in(page));
    let encoding = declared.filter(|encoding| *encoding != UTF_8).unwrap_or_else(|| {
        let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        detector.feed(page, true);
        match declared {
            // Declared as UTF-8 with a few broken bytes: those are replaced, the rest is right.
            Some(_) if mostly_utf8(page) => UTF_8,
            _ => detector.guess(None, chardetng::Utf8Detection::Allow),
        }
    });
    Ok(encoding.decode_without_bom_handling(page).0.into_owned())
}

fn mostly_utf8(page: &[u8]) -> bool {
    let text = String::from_utf8_lossy(page);
    let broken = text.chars().filter(|character| *character == '\u{fffd}').count();
    let wide = text.chars().filter(|character| !character.is_ascii()).count();
    broken * 4 < wide
}

fn charset_of(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let value = lower.split("charset=").nth(1)?;
    let label = value.trim_start_matches(['"', '\'']).split(['"', '\'', ';', ' ', '>', '/']).next()?;
    Encoding::for_label(label.as_bytes())
}

fn declared_in(page: &[u8]) -> Option<&'static Encoding> {
    let head = WINDOWS_1252.decode_without_bom_handling(page.get(..DECLARATION_BYTES.min(page.len()))?).0;
    let lower = head.to_ascii_lowercase();
    let after = lower.split("charset").nth(1)?.trim_start().strip_prefix('=')?.trim_start();
    let encoding = charset_of(&format!("charset={after}"))?;
    // A page that could be read so far is not in UTF-16, whatever it says.
    let utf16 = encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE;
    Some(if utf16 { UTF_8 } else { encoding })
}

fn binary(page: &[u8]) -> Option<&'static str> {
    const KINDS: &[(&[u8], &str)] = &[
        (b"%PDF-", "it is a PDF document"),
        (b"\x89PNG", "it is an image"),
        (b"\xff\xd8\xff", "it is an image"),
        (b"GIF8", "it is an image"),
        (b"PK\x03\x04", "it is a ZIP archive or an office document"),
        (b"\x1f\x8b", "it is compressed with gzip"),
        (b"\x7fELF", "it is a program"),
    ];
    if let Some((_, what)) = KINDS.iter().find(|(magic, _)| page.starts_with(magic)) {
        return Some(what);
    }
    let head = page.get(..page.len().min(4096)).unwrap_or_default();
    let zeros = head.iter().filter(|byte| **byte == 0).count();
    (Encoding::for_bom(page).is_none() && zeros * 10 > head.len()).then_some("it holds binary data")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_found_where_it_is_said() {
        let latin = b"<meta charset=iso-8859-1><p>caf\xe9";
        assert!(decode(latin, None).unwrap().ends_with("café"));
        assert!(
            decode(b"<p>\xcf\xf0\xe8\xe2\xe5\xf2", Some("text/html; charset=windows-1251"))
                .unwrap()
                .ends_with("Привет")
        );
        assert!(decode("<p>naïve".as_bytes(), Some("text/html; charset=windows-1251")).unwrap().ends_with("naïve"));
        assert!(decode(b"\xef\xbb\xbf<p>x", None).unwrap().starts_with("<p>"));
    }

    #[test]
    fn what_is_no_page_says_what_it_is() {
        assert_eq!(
            decode(b"%PDF-1.7 ...", None),
            Err(ExtractError::NotHtml { what: "it is a PDF document".to_owned() })
        );
        assert!(decode(&[0; 100], None).is_err());
        assert!(decode(b"", None).is_ok());
    }
}
