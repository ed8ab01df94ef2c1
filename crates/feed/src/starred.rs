//! What readers starred elsewhere, from the files that other readers give out: items as Google Reader wrote them (FreshRSS,
//! Inoreader, Feedly), entries of Miniflux, stories of NewsBlur, items of a JSON Feed, and our own export.

use crate::values::plain;
use firsthand_model::{StarredLink, Timestamp};
use firsthand_text::urls::canonical;
use serde_json::Value;

/// The greatest file in bytes, and links read of it.
const MAX_BYTES: usize = 64 << 20;
const MAX_LINKS: usize = 50_000;
/// Letters of a title at the most.
const MAX_TITLE: usize = 500;

/// Why a file could not be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum StarredError {
    /// It is no JSON.
    #[error("the file is no JSON: {0}")]
    NoJson(String),
    /// It holds no list of articles.
    #[error(
        "no articles found in the file: it should hold a list under items, entries, stories or starred, with an address each"
    )]
    NoLinks,
    /// It is larger than the limit.
    #[error("the file has {bytes} bytes, more than the limit of {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
}

/// The articles of a file, each address once, in the file's order; what is broken is read past.
pub fn parse(document: &[u8]) -> Result<Vec<StarredLink>, StarredError> {
    if document.len() > MAX_BYTES {
        return Err(StarredError::TooLarge { bytes: document.len(), limit: MAX_BYTES });
    }
    let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
    let value: Value = serde_json::from_slice(document).map_err(|error| StarredError::NoJson(error.to_string()))?;
    let lists = ["items", "entries", "stories", "starred", "starred_stories"];
    let list = value.as_array().or_else(|| lists.iter().find_map(|name| value.get(*name)?.as_array()));
    let mut seen = std::collections::HashSet::new();
    let links = list.into_iter().flatten().filter_map(link).filter(|link| seen.insert(link.url.clone()));
    let links: Vec<StarredLink> = links.take(MAX_LINKS).collect();
    match links.is_empty() {
        true => Err(StarredError::NoLinks),
        false => Ok(links),
    }
}

fn link(item: &Value) -> Option<StarredLink> {
    // An address stands under a name of its own, or in a list of links.
    let listed = |name: &str| item.get(name)?.get(0)?.get("href")?.as_str();
    let named = |name: &&str| item.get(*name)?.as_str();
    let url = listed("canonical").or_else(|| listed("alternate")).or_else(|| {
        ["url", "external_url", "story_permalink", "link", "canonicalUrl", "originId"].iter().find_map(named)
    })?;
    let url = canonical(url)?;
    let title = ["title", "story_title"].iter().find_map(named).and_then(plain).unwrap_or_default();
    let title: String = title.trim().chars().take(MAX_TITLE).collect();
    let within = |name: &str, field: &str| item.get(name)?.get(field)?.as_str();
    let outlet = within("origin", "title")
        .or_else(|| within("feed", "title"))
        .or_else(|| ["feed_title", "outlet"].iter().find_map(named));
    let outlet = outlet.and_then(plain).map(|name| name.trim().chars().take(MAX_TITLE).collect::<String>());
    let times = ["published", "published_at", "date_published", "story_timestamp", "created_at"];
    Some(StarredLink {
        title: if title.is_empty() { url.clone() } else { title },
        url,
        outlet: outlet.filter(|name| !name.is_empty()),
        published: times.iter().find_map(|name| instant(item.get(*name)?)),
    })
}

/// A time as a number of seconds or milliseconds, as digits, or as RFC 3339.
fn instant(value: &Value) -> Option<Timestamp> {
    let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
    match number {
        Some(number @ 1..100_000_000_000) => Some(Timestamp::from_seconds(number)),
        Some(number @ 100_000_000_000..) => Some(Timestamp::from_millis(number)),
        Some(_) => None,
        None => value.as_str()?.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_readers_file_is_read() {
        let at = "2026-05-05T10:00:00Z".parse::<Timestamp>().unwrap();
        let (seconds, millis) = (at.as_seconds(), at.as_millis());
        let files = [
            format!(r#"{{"id":"starred","items":[{{"title":"A &amp; B","published":{seconds},"canonical":[{{"href":"https://a.example/1?utm_source=x"}}],"origin":{{"title":"The A"}}}}]}}"#),
            format!(r#"{{"items":[{{"title":"A &amp; B","published":{millis},"alternate":[{{"href":"https://a.example/1"}}],"origin":{{"title":"The A"}}}}]}}"#),
            r#"{"total":1,"entries":[{"title":"A &amp; B","url":"https://a.example/1","published_at":"2026-05-05T12:00:00+02:00","feed":{"title":"The A"}}]}"#.to_owned(),
            format!(r#"[{{"story_title":"A &amp; B","story_permalink":"https://a.example/1","story_timestamp":"{seconds}","feed_title":"The A"}}]"#),
            r#"{"version":"https://jsonfeed.org/version/1.1","items":[{"title":"A &amp; B","url":"https://a.example/1","date_published":"2026-05-05T10:00:00Z","feed_title":"The A"}]}"#.to_owned(),
            r#"{"starred":[{"url":"https://a.example/1","title":"A &amp; B","outlet":"The A","published":"2026-05-05T10:00:00Z"}]}"#.to_owned(),
        ];
        for file in files {
            let expected = StarredLink {
                url: "https://a.example/1".to_owned(),
                title: "A & B".to_owned(),
                outlet: Some("The A".to_owned()),
                published: Some(at),
            };
            assert_eq!(parse(file.as_bytes()), Ok(vec![expected]), "{file}");
        }
    }

    #[test]
    fn what_is_broken_is_read_past() {
        let file = br#"{"items":[{"title":"no address"},{"url":"javascript:alert(1)"},7,null,{"url":"https://a.example/1"},{"url":"https://a.example/1#again"}]}"#;
        let read = parse(file).unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!((read[0].title.as_str(), read[0].published), ("https://a.example/1", None));
        assert_eq!(parse(b"{}"), Err(StarredError::NoLinks));
        assert!(matches!(parse(b"<opml/>"), Err(StarredError::NoJson(_))));
    }
}
