//! Feeds of known platforms: where a page's address, or a sign in the page, tells what the site runs
//! on, the platform's own pattern tells where its feeds are. Data about platforms, none about outlets.

use crate::discovery::{Discovered, Way};
use crate::values::address;
use crate::xml::Document;
use std::sync::OnceLock;
use url::Url;

/// How much of a page is searched for signs, in bytes.
const MOST_BYTES: usize = 2 << 20;
/// Most addresses that are given of one page.
const MOST_FEEDS: usize = 4;
/// The longest that a part of a pattern may stand for, in bytes.
const LONGEST_PART: usize = 200;

/// A line of the table.
struct Pattern {
    host: &'static str,
    /// The path's segments; the last is `*` where any rest fits.
    path: Vec<&'static str>,
    /// A query parameter that must be there: its name, and the name of the part it stands for.
    query: Option<(&'static str, &'static str)>,
    sign: Sign,
    feed: &'static str,
}

enum Sign {
    None,
    Generator(String),
    /// What stands before and after what is to be found; the second is `None` where nothing is.
    Text(&'static str, Option<&'static str>),
}

type Parts = Vec<(&'static str, String)>;

fn patterns() -> &'static [Pattern] {
    static PATTERNS: OnceLock<Vec<Pattern>> = OnceLock::new();
    PATTERNS.get_or_init(|| include_str!("../data/platforms.tsv").lines().filter_map(pattern).collect())
}

fn pattern(line: &'static str) -> Option<Pattern> {
    let mut columns = line.split('\t').skip(1);
    let (place, sign, feed) = (columns.next()?, columns.next()?, columns.next()?);
    let (place, query) = place.split_once('?').map_or((place, None), |(place, query)| (place, Some(query)));
    let (host, path) = place.split_once('/').unwrap_or((place, ""));
    let query = query.and_then(|query| query.split_once('=')).map(|(name, part)| (name, inner(part)));
    let sign = match sign.split_once(':') {
        Some(("generator", name)) => Sign::Generator(name.to_lowercase()),
        Some(("text", text)) => {
            text.split_once("{found}").map_or(Sign::Text(text, None), |(before, after)| Sign::Text(before, Some(after)))
        }
        _ => Sign::None,
    };
    let path = path.split('/').filter(|segment| !segment.is_empty()).collect();
    Some(Pattern { host: host.trim_start_matches("www."), path, query, sign, feed })
}

/// The name in `{name}`.
fn inner(part: &'static str) -> &'static str {
    part.trim_start_matches('{').trim_end_matches('}')
}

/// Where the platform that a page runs on has its feeds: guesses to be tried, the likeliest first.
pub fn feeds_of_platform(page: &[u8], page_url: &Url) -> Vec<Discovered> {
    let text = crate::decode::decode_page(page.get(..page.len().min(MOST_BYTES)).unwrap_or_default(), None);
    let generator = generator(&text);
    let mut found: Vec<Discovered> = Vec::new();
    for pattern in patterns() {
        let Some(mut parts) = pattern.fits(page_url) else { continue };
        if !pattern.sign.is_in(&text, &generator, &mut parts) {
            continue;
        }
        let Some(url) = filled(pattern.feed, &parts, page_url) else { continue };
        if found.len() < MOST_FEEDS && found.iter().all(|known| known.url != url) && url != page_url.as_str() {
            found.push(Discovered { url, title: None, way: Way::Platform });
        }
    }
    found
}

/// What the page says it was made by, in lower case.
fn generator(text: &str) -> String {
    let document = Document::read_page(text, 64);
    let is_generator = |id: &usize| {
        document.element(*id).is_some_and(|element| element.local.eq_ignore_ascii_case("meta"))
            && document.attribute(*id, "name").is_some_and(|name| name.trim().eq_ignore_ascii_case("generator"))
    };
    let all: Vec<String> = document
        .all()
        .filter(is_generator)
        .take(4)
        .filter_map(|id| document.attribute(id, "content"))
        .map(|content| content.trim().to_lowercase())
        .collect();
    all.join("\n")
}

impl Pattern {
    /// What the pattern's parts stand for in an address; `None` where it does not fit.
    fn fits(&self, url: &Url) -> Option<Parts> {
        let mut parts = Parts::new();
        let host = url.host_str()?;
        let host = host.strip_prefix("www.").unwrap_or(host);
        match self.host.strip_prefix("{sub}.") {
            Some(rest) => {
                let sub = host.strip_suffix(rest)?.strip_suffix('.')?;
                parts.push(("sub", sub.to_owned()));
            }
            None if self.host == "{host}" => {}
            None if self.host == host => {}
            None => return None,
        }
        let mut segments = url.path_segments()?.filter(|segment| !segment.is_empty());
        for wanted in &self.path {
            if *wanted == "*" {
                return self.with_query(url, parts);
            }
            let segment = segments.next()?;
            match wanted.split_once('{') {
                None if *wanted == segment => {}
                None => return None,
                Some((before, part)) => {
                    let value = segment.strip_prefix(before).filter(|value| !value.is_empty())?;
                    parts.push((inner(part), value.to_owned()));
                }
            }
        }
        if segments.next().is_some() {
            return None;
        }
        self.with_query(url, parts)
    }

    fn with_query(&self, url: &Url, mut parts: Parts) -> Option<Parts> {
        if let Some((name, part)) = self.query {
            let (_, value) = url.query_pairs().find(|(known, _)| known == name)?;
            let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            parts.push((part, Some(encoded).filter(|value| !value.is_empty())?));
        }
        Some(parts)
    }
}

impl Sign {
    fn is_in(&self, text: &str, generator: &str, parts: &mut Parts) -> bool {
        match self {
            Self::None => true,
            Self::Generator(name) => generator.lines().any(|line| line.starts_with(name.as_str())),
            Self::Text(wanted, None) => text.contains(wanted),
            Self::Text(before, Some(after)) => {
                let may_be = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '@' | '.');
                let value = text.match_indices(before).take(20).find_map(|(place, _)| {
                    let rest = text.get(place + before.len()..)?;
                    let length = rest.bytes().take(LONGEST_PART).take_while(|byte| may_be(char::from(*byte))).count();
                    let (value, rest) = rest.split_at_checked(length)?;
                    (!value.is_empty() && rest.starts_with(after)).then(|| value.to_owned())
                });
                let is_there = value.is_some();
                parts.extend(value.map(|value| ("found", value)));
                is_there
            }
        }
    }
}

/// A template with its parts filled in, if an address of the web comes of it.
fn filled(template: &str, parts: &Parts, page_url: &Url) -> Option<String> {
    let path = page_url.path().trim_end_matches('/');
    let folder = match path.rsplit_once('/') {
        // A page is no folder, whatever a section may be.
        Some((folder, last)) if last.contains('.') => folder,
        _ => path,
    };
    let origin = page_url.origin().ascii_serialization();
    let mut out = template
        .replace("{origin}", &origin)
        .replace("{path}", &format!("{origin}{path}"))
        .replace("{folder}", &format!("{origin}{folder}/"));
    for (name, value) in parts.iter().filter(|(_, value)| value.len() <= LONGEST_PART) {
        out = out.replace(&format!("{{{name}}}"), value);
    }
    if out.contains(['{', '}']) {
        return None;
    }
    address(&out, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(url: &str, page: &str) -> Vec<String> {
        let url = Url::parse(url).unwrap();
        feeds_of_platform(page.as_bytes(), &url).into_iter().map(|found| found.url).collect()
    }

    #[test]
    fn the_table_is_whole() {
        let rows = include_str!("../data/platforms.tsv").lines().filter(|line| !line.starts_with('#'));
        let mut count = 0;
        for row in rows {
            let columns: Vec<&str> = row.split('\t').collect();
            assert_eq!(columns.len(), 4, "{row}");
            let (place, sign, feed) = (columns[1], columns[2], columns[3]);
            let known = |part: &str| {
                matches!(part, "origin" | "path" | "folder")
                    || format!("{place}{sign}").contains(&format!("{{{part}}}"))
            };
            let mut parts = feed.split('{').skip(1).map(|part| part.split('}').next().unwrap());
            assert!(parts.all(known), "{row}");
            assert!(
                feed.starts_with("http")
                    || feed.starts_with("{origin}")
                    || feed.starts_with("{path}")
                    || feed.starts_with("{folder}"),
                "{row}"
            );
            // A pattern that fits every host needs a sign, or it would be asked of every site.
            assert!(!place.starts_with("{host}") || !sign.is_empty(), "{row}");
            count += 1;
        }
        assert_eq!(patterns().len(), count);
    }

    #[test]
    fn a_platform_is_known_by_its_address() {
        for (url, feed) in [
            (
                "https://www.youtube.com/channel/UCx_-1/videos",
                "https://www.youtube.com/feeds/videos.xml?channel_id=UCx_-1",
            ),
            ("https://youtube.com/playlist?list=PLa&x=1", "https://www.youtube.com/feeds/videos.xml?playlist_id=PLa"),
            ("https://github.com/ann/tool/releases", "https://github.com/ann/tool/releases.atom"),
            ("https://github.com/ann", "https://github.com/ann.atom"),
            ("https://www.reddit.com/r/ferries/top/", "https://www.reddit.com/r/ferries/.rss"),
            ("https://ann.substack.com/about", "https://ann.substack.com/feed"),
            ("https://medium.com/@ann/list", "https://medium.com/feed/@ann"),
            ("https://ann.tumblr.com/tagged/sea%20side", "https://ann.tumblr.com/tagged/sea%20side/rss"),
            (
                "https://news.google.com/search?q=harbour%20bridge&hl=en",
                "https://news.google.com/rss/search?q=harbour+bridge",
            ),
            ("https://bsky.app/profile/ann.example", "https://bsky.app/profile/ann.example/rss"),
        ] {
            assert_eq!(found(url, "").first().map(String::as_str), Some(feed), "{url}");
        }
        assert!(found("https://outlet.example/r/ferries", "<p>x").is_empty());
        assert!(found("https://evilgithub.com/ann/tool", "").is_empty());
    }

    #[test]
    fn a_platform_is_known_by_a_sign_in_the_page() {
        let generator = |name: &str| format!("<html><head><meta content='{name}' name=Generator></head>");
        assert_eq!(found("https://outlet.example/", &generator("WordPress 6.9.1"))[0], "https://outlet.example/feed/");
        assert_eq!(
            found("https://outlet.example/posts/", &generator("Hugo 0.150"))[0],
            "https://outlet.example/posts/index.xml"
        );
        assert_eq!(
            found("https://a.example/forum/index.php?x", "Powered by phpBB")[0],
            "https://a.example/forum/feed.php"
        );
        assert_eq!(found("https://a.example/@ann", "<div id=\"mastodon\">")[0], "https://a.example/@ann.rss");
        assert_eq!(
            found("https://www.youtube.com/@ann", "{\"externalId\":\"UC9_z\",\"x\":1}")[0],
            "https://www.youtube.com/feeds/videos.xml?channel_id=UC9_z"
        );
        // A sign within a text that is not a sign, and one that would smuggle something in.
        assert!(found("https://outlet.example/", &generator("Better than WordPress")).is_empty());
        assert!(found("https://www.youtube.com/@ann", "\"externalId\":\"UC&x=\\\"\"").is_empty());
    }
}
