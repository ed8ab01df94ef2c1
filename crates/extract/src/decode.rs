//! From bytes to text.

use crate::ExtractError;
use firsthand_text::encoding;
use std::borrow::Cow;

/// How far into a page its own declaration of the encoding is looked for; the standard says 1024,
/// pages say it later.
const DECLARATION_BYTES: usize = 4096;

/// Decodes a page (WHATWG HTML, "determining the character encoding", with a guess at its end).
pub(crate) fn decode<'a>(page: &'a [u8], content_type: Option<&str>) -> Result<Cow<'a, str>, ExtractError> {
    if let Some(what) = binary(page) {
        return Err(ExtractError::NotHtml { what: what.to_owned() });
    }
    let head = String::from_utf8_lossy(page.get(..DECLARATION_BYTES.min(page.len())).unwrap_or_default());
    let declared = encoding::charset_of(&head);
    Ok(encoding::decode(page, &[content_type.and_then(encoding::charset_of), declared]))
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
    // Wide encodings have zeros too, but regularly: their text is decoded, and here only asked for a tag.
    let zeros = head.iter().filter(|byte| **byte == 0).count();
    (zeros * 10 > head.len() && !encoding::decode(head, &[]).contains('<')).then_some("it holds binary data")
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
