//! From a feed's bytes to text.

use firsthand_text::encoding;
use std::borrow::Cow;

/// How far into a document its XML declaration reaches.
const DECLARATION_BYTES: usize = 512;

/// Decodes a document: HTTP's charset is believed before the declaration's (RFC 7303).
pub(crate) fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let head = String::from_utf8_lossy(bytes.get(..DECLARATION_BYTES.min(bytes.len())).unwrap_or_default());
    let declared = head.find("<?xml").and_then(|start| {
        let declaration = head.get(start..)?.split("?>").next()?;
        let value = declaration.split("encoding").nth(1)?.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next()?;
        value.get(1..)?.split(quote).next().map(str::to_owned)
    });
    let http = content_type.and_then(encoding::charset_of).filter(|charset| {
        // Servers send these for every text they do not know.
        !matches!(charset.to_ascii_lowercase().as_str(), "us-ascii" | "ascii" | "iso-8859-1") || declared.is_none()
    });
    encoding::decode(bytes, &[http, declared.as_deref()])
}

/// How far into a page its `meta charset` stands (HTML, 13.2.3.2: the first 1024 bytes; pages take more).
const META_BYTES: usize = 4096;

/// Decodes a web page: HTTP's charset, then the page's own.
pub(crate) fn decode_page<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let head =
        String::from_utf8_lossy(bytes.get(..META_BYTES.min(bytes.len())).unwrap_or_default()).to_ascii_lowercase();
    let declared = head.match_indices("charset").find_map(|(place, word)| {
        let value =
            head.get(place + word.len()..)?.trim_start().strip_prefix('=')?.trim_start_matches(['"', '\'', ' ']);
        value
            .split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '>' | '/'))
            .next()
            .filter(|name| !name.is_empty())
    });
    encoding::decode(bytes, &[content_type.and_then(encoding::charset_of), declared])
}
