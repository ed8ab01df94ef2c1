//! Feeds named by a web page.

use crate::values::{literal, plain};
use crate::xml::Document;
use firsthand_text::urls;
use url::Url;

/// Media types of feeds, in the order in which a reader wants them.
const TYPES: &[&str] = &[
    "application/atom+xml",
    "application/rss+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/json",
    "application/xml",
    "text/xml",
    "application/x.atom+xml",
];

/// Where sites without a named feed often have one.
const COMMON: &[&str] =
    &["feed", "rss", "feed.xml", "atom.xml", "rss.xml", "index.xml", "feed.json", "index.rdf", "feeds/all.atom.xml"];

/// How much of a page is looked at: links to feeds stand in its head.
const MOST_BYTES: usize = 1 << 20;

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    /// Its absolute address.
    pub url: String,
    /// Its title.
    pub title: Option<String>,
}

/// The feeds that a page links to, the most likely first: those in its head by `rel=alternate`
/// (feeds of comments last), then links in the page whose address or text says that they are feeds.
pub fn discover(page: &[u8], page_url: &Url) -> Vec<Discovered> {
    let text = crate::decode::decode(page.get(..page.len().min(MOST_BYTES)).unwrap_or_default(), None);
    let document = Document::read(&text, 128);
    let mut base = page_url.clone();
    let mut named: Vec<(usize, Discovered)> = Vec::new();
    let mut linked: Vec<(usize, Discovered)> = Vec::new();
    for id in document.all() {
        let Some(element) = document.element(id) else { continue };
        let attribute = |name: &str| document.attribute(id, name).map(|value| value.trim().to_owned());
        let name = element.local.to_ascii_lowercase();
        let Some(href) = attribute("href") else { continue };
        if name == "base" {
            base = urls::absolute(&href, Some(&base)).unwrap_or(base);
        }
        let Some(url) = urls::absolute(&href, Some(&base)) else { continue };
        let kind = attribute("type").unwrap_or_default().to_ascii_lowercase();
        let relation = attribute("rel").unwrap_or_default().to_ascii_lowercase();
        let relations: Vec<&str> = relation.split_whitespace().collect();
        let place = TYPES.iter().position(|known| kind.starts_with(known));
        let title = attribute("title").as_deref().and_then(literal);
        match name.as_str() {
            "link" if (relations.contains(&"alternate") && place.is_some()) || relations.contains(&"feed") => {
                let comments = is_of_comments(&url, title.as_deref());
                let rank = place.unwrap_or(0) + if comments { 100 } else { 0 };
                named.push((rank, Discovered { url: url.into(), title }));
            }
            "a" => {
                let text = plain(&document.text(id).chars().take(60).collect::<String>()).unwrap_or_default();
                if place.is_some() || looks_like_a_feed(&url, &text) {
                    let comments = is_of_comments(&url, Some(&text));
                    linked.push((if comments { 100 } else { 0 }, Discovered { url: url.into(), title }));
                }
            }
            _ => {}
        }
    }
    // The order of the page decides within a kind: the site's main feed is named first.
    named.sort_by_key(|(rank, _)| *rank);
    linked.sort_by_key(|(rank, _)| *rank);
    let mut seen = std::collections::HashSet::new();
    named
        .into_iter()
        .chain(linked)
        .map(|(_, found)| found)
        .filter(|found| seen.insert(found.url.clone()))
        .take(20)
        .collect()
}

fn is_of_comments(url: &Url, title: Option<&str>) -> bool {
    url.path().contains("comments") || title.is_some_and(|title| title.to_lowercase().contains("comment"))
}

fn looks_like_a_feed(url: &Url, text: &str) -> bool {
    let path = url.path().to_ascii_lowercase();
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let by_path =
        matches!(last, "rss" | "feed" | "atom" | "feed.xml" | "rss.xml" | "atom.xml" | "index.rdf" | "feed.json")
            || [".rss", ".rdf", ".atom"].iter().any(|ending| last.ends_with(ending));
    let text = text.trim().to_ascii_lowercase();
    by_path || (matches!(text.as_str(), "rss" | "atom" | "rss feed" | "atom feed") && !last.ends_with(".html"))
}

/// Addresses where a site that names no feed often has one: in the page's folder and at the root.
pub fn common_paths(page_url: &Url) -> Vec<Url> {
    let mut root = page_url.clone();
    root.set_query(None);
    root.set_fragment(None);
    let mut folder = root.clone();
    root.set_path("/");
    if !folder.path().ends_with('/') {
        let path = format!("{}/", folder.path());
        folder.set_path(&path);
    }
    let mut out: Vec<Url> = Vec::new();
    for place in [&folder, &root] {
        for path in COMMON {
            out.extend(place.join(path).ok().filter(|url| !out.contains(url)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Url {
        Url::parse("https://outlet.example/news/").unwrap()
    }

    #[test]
    fn the_feeds_of_a_head_come_first() {
        let html = b"<!doctype html><html><head><link rel=alternate type=application/rss+xml title='Comments' href=/comments/feed>
            <link rel='alternate' type='application/rss+xml' title='News' href='/feed?a=1&amp;b=2'>
            <link rel=alternate hreflang=fr href=/fr></head><body><a href=rss.xml>x</a><a href=/about>RSS readers</a></body>";
        let found: Vec<String> = discover(html, &page()).into_iter().map(|found| found.url).collect();
        assert_eq!(
            found,
            [
                "https://outlet.example/feed?a=1&b=2",
                "https://outlet.example/comments/feed",
                "https://outlet.example/news/rss.xml"
            ]
        );
        assert!(discover(b"<p>nothing", &page()).is_empty());
    }

    #[test]
    fn the_usual_places_are_those_of_the_folder_and_the_root() {
        let places = common_paths(&page());
        assert!(places.iter().any(|url| url.as_str() == "https://outlet.example/news/feed"));
        assert!(places.iter().any(|url| url.as_str() == "https://outlet.example/feed"));
    }
}
