//! OPML 1 and 2 (opml.org): subscription lists.

use crate::values::{address, literal};
use crate::xml::Document;
use firsthand_model::NewFeed;
use firsthand_text::html::escape;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The greatest list in bytes.
const MAX_BYTES: usize = 64 << 20;

/// The type of an outline whose address is that of a watched page: no standard knows one.
const PAGE: &str = "page";

/// Why a file could not be read as OPML.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OpmlError {
    /// No outline with a feed's address.
    #[error("no feed found in the file: is it OPML? It should hold outline elements with xmlUrl attributes")]
    NoFeeds,
    /// It is larger than the limit.
    #[error("the file has {bytes} bytes, more than the limit of {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
}

/// The feeds of a subscription list with their folders (nested ones joined by "/"), each address
/// once. What is broken in the file is read past.
pub fn parse(document: &[u8]) -> Result<Vec<NewFeed>, OpmlError> {
    if document.len() > MAX_BYTES {
        return Err(OpmlError::TooLarge { bytes: document.len(), limit: MAX_BYTES });
    }
    let text = crate::decode::decode(document, None);
    let document = Document::read(&text, 64);
    let mut seen = std::collections::HashSet::new();
    let mut feeds = Vec::new();
    for id in document.all() {
        if !document.element(id).is_some_and(|element| element.local.eq_ignore_ascii_case("outline")) {
            continue;
        }
        let attribute = |id: usize, name: &str| document.attribute(id, name).as_deref().and_then(literal);
        let Some(url) = attribute(id, "xmlUrl").and_then(|url| address(&url, None)) else {
            continue;
        };
        if !seen.insert(url.clone()) {
            continue;
        }
        let title = |id: usize| attribute(id, "title").or_else(|| attribute(id, "text"));
        let above = std::iter::successors(document.element(id).and_then(|element| element.parent), |id| {
            document.element(*id)?.parent
        });
        let mut folders: Vec<String> = above
            .filter(|id| document.element(*id).is_some_and(|element| element.local.eq_ignore_ascii_case("outline")))
            .filter_map(title)
            // The parts of a folder are joined by "/", so none of them may hold one.
            .map(|name| name.replace('/', "∕"))
            .collect();
        folders.reverse();
        if folders.is_empty() {
            // OPML 2.0: a list of paths parted by commas. A feed has one folder here: the first.
            let category = attribute(id, "category").unwrap_or_default();
            let path = category.split(',').next().unwrap_or_default();
            folders.extend(path.split('/').filter_map(literal));
        }
        feeds.push(NewFeed {
            url,
            title: title(id),
            site_url: attribute(id, "htmlUrl").and_then(|url| address(&url, None)),
            folder: Some(folders.join("/")).filter(|folder| !folder.is_empty()),
            page: attribute(id, "type").is_some_and(|kind| kind.eq_ignore_ascii_case(PAGE)),
        });
    }
    if feeds.is_empty() { Err(OpmlError::NoFeeds) } else { Ok(feeds) }
}

#[derive(Default)]
struct Folder<'a> {
    folders: BTreeMap<&'a str, Folder<'a>>,
    feeds: Vec<&'a NewFeed>,
}

/// An OPML 2.0 document of the feeds, in their folders.
pub fn write(title: &str, feeds: &[NewFeed]) -> String {
    let mut root = Folder::default();
    for feed in feeds {
        let mut folder = &mut root;
        for part in feed.folder.as_deref().unwrap_or_default().split('/').filter(|part| !part.is_empty()).take(32) {
            folder = folder.folders.entry(part).or_default();
        }
        folder.feeds.push(feed);
    }
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n<head><title>{}</title></head>\n<body>\n",
        escape(title)
    );
    write_folder(&root, 1, &mut out);
    out.push_str("</body>\n</opml>\n");
    out
}

fn write_folder(folder: &Folder<'_>, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    for (name, inner) in &folder.folders {
        let _ = writeln!(out, "{indent}<outline text=\"{0}\" title=\"{0}\">", escape(name));
        write_folder(inner, depth + 1, out);
        let _ = writeln!(out, "{indent}</outline>");
    }
    for feed in &folder.feeds {
        let title = escape(feed.title.as_deref().unwrap_or(&feed.url)).into_owned();
        let site = feed.site_url.as_deref().map(|url| format!(" htmlUrl=\"{}\"", escape(url))).unwrap_or_default();
        let kind = if feed.page { PAGE } else { "rss" };
        let _ = writeln!(
            out,
            "{indent}<outline type=\"{kind}\" text=\"{title}\" title=\"{title}\" xmlUrl=\"{}\"{site}/>",
            escape(&feed.url)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(url: &str, folder: Option<&str>) -> NewFeed {
        NewFeed {
            url: url.to_owned(),
            title: Some("A & \"B\" <c>".to_owned()),
            site_url: Some("https://outlet.example/".to_owned()),
            folder: folder.map(str::to_owned),
            page: url.ends_with("/3"),
        }
    }

    #[test]
    fn a_list_comes_back_as_it_went() {
        let feeds = [
            feed("https://outlet.example/1?a=1&b=2", Some("World/Europe")),
            feed("https://outlet.example/2", Some("World")),
            feed("https://outlet.example/3", None),
        ];
        assert_eq!(parse(write("t", &feeds).as_bytes()).unwrap(), feeds);
    }

    #[test]
    fn ten_thousand_feeds_in_nested_folders_come_back() {
        let feeds: Vec<NewFeed> = (0..10_000)
            .map(|number| {
                let folder = format!("F{}/G{}", number % 7, number % 13);
                feed(&format!("https://outlet{number}.example/feed"), Some(&folder))
            })
            .collect();
        let mut read = parse(write("t", &feeds).as_bytes()).unwrap();
        let number = |feed: &NewFeed| feed.url.trim_start_matches("https://outlet").split('.').next().map(str::len);
        read.sort_by(|one, other| number(one).cmp(&number(other)).then(one.url.cmp(&other.url)));
        assert_eq!(read, feeds);
    }

    #[test]
    fn a_category_is_a_folder_when_no_outline_is() {
        let folder = |category: &str| {
            let list = format!("<opml><outline xmlUrl='https://outlet.example/' category='{category}'/></opml>");
            parse(list.as_bytes()).unwrap().remove(0).folder
        };
        assert_eq!(folder("/Tech//Old ,Other").as_deref(), Some("Tech/Old"));
        assert_eq!(folder(" / "), None);
    }

    #[test]
    fn a_broken_list_gives_what_it_holds() {
        let list = b"<opml><body><outline text='A & B'><outline TEXT=x xmlurl=https://outlet.example/f><outline xmlUrl='javascript:x'/>";
        let feeds = parse(list).unwrap();
        assert_eq!(feeds.len(), 1);
        assert_eq!(feeds.first().unwrap().folder.as_deref(), Some("A & B"));
        assert_eq!(parse(b"<html>"), Err(OpmlError::NoFeeds));
    }
}
