//! Feeds named by a web page.

use crate::values::{address, literal, plain};
use crate::xml::Document;
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

/// How much of a page is looked at.
const MOST_BYTES: usize = 8 << 20;
/// How deep a page is read.
const MOST_DEPTH: usize = 256;
/// Most feeds that are given of one page.
const MOST_FEEDS: usize = 20;

/// How a feed was found, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The address given is the feed's own.
    Address,
    /// The server names it in a `Link` header (RFC 8288).
    Header,
    /// The page's head names it.
    Head,
    /// The page links to it.
    Link,
    /// The site's platform puts its feeds there.
    Platform,
    /// Many sites have one at this address.
    UsualPath,
    /// It is the site's news sitemap.
    NewsSitemap,
    /// It is no feed: the page itself is watched for new links.
    Page,
}

impl Way {
    /// As a reader understands it, after "found: ".
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Address => "the address is a feed",
            Self::Header => "named by the server's Link header",
            Self::Head => "named in the page's head",
            Self::Link => "linked in the page",
            Self::Platform => "where the site's platform has its feeds",
            Self::UsualPath => "at a usual address",
            Self::NewsSitemap => "the site's news sitemap",
            Self::Page => "no feed; the page itself is watched for new links",
        }
    }
}

/// A feed that a site may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    /// Its absolute address.
    pub url: String,
    /// Its title.
    pub title: Option<String>,
    /// How it was found.
    pub way: Way,
}

/// The feeds that a page links to, the most likely first: those in its head by `rel=alternate`
/// (feeds of comments last), then links in the page whose address or text says that they are feeds.
pub fn discover(page: &[u8], page_url: &Url) -> Vec<Discovered> {
    let text = crate::decode::decode_page(page.get(..page.len().min(MOST_BYTES)).unwrap_or_default(), None);
    let document = Document::read_page(&text, MOST_DEPTH);
    let mut base = page_url.clone();
    let mut named: Vec<(usize, Discovered)> = Vec::new();
    let mut linked: Vec<(usize, Discovered)> = Vec::new();
    for id in document.all() {
        let Some(element) = document.element(id) else { continue };
        let name = element.local.to_ascii_lowercase();
        if !matches!(name.as_str(), "base" | "link" | "a") {
            continue;
        }
        let attribute = |name: &str| document.attribute(id, name).map(|value| value.trim().to_owned());
        let Some(href) = attribute("href") else { continue };
        let url = address(&href, Some(&base)).and_then(|url| Url::parse(&url).ok());
        let Some(url) = url else { continue };
        if name == "base" {
            base = url;
            continue;
        }
        let kind = attribute("type").unwrap_or_default().to_ascii_lowercase();
        let relation = attribute("rel").unwrap_or_default().to_ascii_lowercase();
        let relations: Vec<&str> = relation.split_whitespace().collect();
        let place = TYPES.iter().position(|known| kind.starts_with(known));
        let title = attribute("title").as_deref().and_then(literal);
        let by_relation = (relations.contains(&"alternate") && place.is_some()) || relations.contains(&"feed");
        if name == "link" && by_relation {
            let comments = is_of_comments(&url, title.as_deref());
            let rank = place.unwrap_or(0) + if comments { 100 } else { 0 };
            named.push((rank, Discovered { url: url.into(), title, way: Way::Head }));
        } else if name == "a" {
            let text = plain(&document.text_start(id, 400).chars().take(60).collect::<String>()).unwrap_or_default();
            if place.is_some() || looks_like_a_feed(&url, &text) {
                let rank = if is_of_comments(&url, Some(&text)) { 100 } else { 0 };
                linked.push((rank, Discovered { url: url.into(), title, way: Way::Link }));
            }
        }
    }
    // The order of the page decides within a kind: the site's main feed is named first.
    named.sort_by_key(|(rank, _)| *rank);
    linked.sort_by_key(|(rank, _)| *rank);
    let mut seen = std::collections::HashSet::new();
    let all = named.into_iter().chain(linked).map(|(_, found)| found);
    all.filter(|found| seen.insert(found.url.clone())).take(MOST_FEEDS).collect()
}

/// The feeds that the values of an answer's `Link` headers name (RFC 8288): `rel=alternate` with the
/// type of a feed.
pub fn in_headers<'a>(values: impl Iterator<Item = &'a str>, page_url: &Url) -> Vec<Discovered> {
    let mut found: Vec<Discovered> = Vec::new();
    for value in values {
        // A comma parts two links only where the next one begins.
        for link in value.split('<').skip(1).take(64) {
            let Some((target, parameters)) = link.split_once('>') else { continue };
            let parameter = |wanted: &str| {
                let all = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
                let mut all = all.filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
                all.next().map(|(_, value)| value.trim().trim_matches([',', ' ', '"']).to_owned())
            };
            let relation = parameter("rel").unwrap_or_default().to_ascii_lowercase();
            let kind = parameter("type").unwrap_or_default().to_ascii_lowercase();
            let is_feed = relation.split_whitespace().any(|relation| relation == "alternate")
                && TYPES.iter().any(|known| kind.starts_with(known));
            let url = address(target, Some(page_url)).filter(|_| is_feed);
            let Some(url) = url.filter(|url| found.len() < MOST_FEEDS && found.iter().all(|known| known.url != *url))
            else {
                continue;
            };
            let title = parameter("title").as_deref().and_then(literal);
            found.push(Discovered { url, title, way: Way::Header });
        }
    }
    found
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

/// Addresses where a site that names no feed often has one, the likeliest first: each in the page's
/// folder and at the root.
pub fn common_paths(page_url: &Url) -> Vec<Url> {
    let mut root = page_url.clone();
    root.set_query(None);
    root.set_fragment(None);
    let mut folder = root.clone();
    root.set_path("/");
    // A page is no folder, whatever a section may be.
    if folder.path().rsplit('/').next().is_some_and(|last| last.contains('.')) {
        folder = folder.join(".").unwrap_or(folder);
    } else if !folder.path().ends_with('/') {
        let path = format!("{}/", folder.path());
        folder.set_path(&path);
    }
    let mut out: Vec<Url> = Vec::new();
    for path in COMMON {
        for place in [&folder, &root] {
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
    fn a_head_full_of_unclosed_elements_and_scripts_hides_no_feed() {
        let script = "<script>document.write('<link rel=alternate type=application/rss+xml href=/wrong>')</script>";
        let html = format!(
            "<html><head>{}{script}<link rel=alternate type=application/rss+xml href=/right>",
            "<meta x=y>".repeat(900)
        );
        let found: Vec<String> = discover(html.as_bytes(), &page()).into_iter().map(|found| found.url).collect();
        assert_eq!(found, ["https://outlet.example/right"]);
    }

    #[test]
    fn the_server_may_name_feeds_in_a_header() {
        let values = [
            "</style.css>; rel=preload, </feed,1>; rel=\"alternate\"; type=\"application/rss+xml\"; title=\"All, of it\", </de>; rel=alternate; hreflang=de",
            "<javascript:x>; rel=alternate; type=application/rss+xml",
            "nonsense; <",
        ];
        let found = in_headers(values.into_iter(), &page());
        assert_eq!(found.len(), 1);
        assert_eq!(found.first().unwrap().url, "https://outlet.example/feed,1");
        assert_eq!(found.first().unwrap().title.as_deref(), Some("All, of it"));
    }

    #[test]
    fn the_usual_places_are_those_of_the_folder_and_the_root() {
        let places = common_paths(&page());
        assert!(places.iter().any(|url| url.as_str() == "https://outlet.example/news/feed"));
        assert!(places.iter().any(|url| url.as_str() == "https://outlet.example/feed"));
        let of_a_page = common_paths(&Url::parse("https://outlet.example/news/a.html?x=1").unwrap());
        assert_eq!(of_a_page.first().unwrap().as_str(), "https://outlet.example/news/feed");
    }
}
