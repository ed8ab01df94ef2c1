//! What must hold of every document read as a feed, besides that reading it ends.

use firsthand_feed::{Hints, Limits, entry_key, parse};
use firsthand_model::{ParsedFeed, ParsedItem, Timestamp};
use firsthand_text::html::sanitise;
use serde_json::{Value, json};
use url::Url;

const CONTENT_TYPES: [Option<&str>; 4] =
    [None, Some("text/xml; charset=iso-8859-1"), Some("application/rss+xml; charset=utf-8"), Some("text/html")];

/// Reads the bytes as a feed and panics when the result is not what it should be.
pub fn check(document: &[u8]) {
    let now = Timestamp::from_seconds(1_772_445_600);
    let hints = Hints {
        url: Some("https://outlet.example/news/feed.xml?all=1"),
        content_type: CONTENT_TYPES.get(document.len() % CONTENT_TYPES.len()).copied().flatten(),
        now: Some(now),
    };
    let limits = Limits { max_items: 40, max_depth: 24, ..Limits::default() };
    let Ok(feed) = parse(document, &hints, &limits) else { return };
    assert!(feed.items.len() <= limits.max_items);
    let addresses = feed.link.iter().chain(&feed.crawl.self_link).chain(&feed.crawl.hubs);
    addresses.for_each(|address| is_of_the_web(address));
    is_a_line(feed.title.as_deref());
    for item in &feed.items {
        check_item(item, now);
    }
    assert_eq!(parse(document, &hints, &limits).as_ref(), Ok(&feed), "the same document reads the same");
    check_printed(&feed);
    check_as_json_feed(&feed, &hints, &limits);
}

fn check_item(item: &ParsedItem, now: Timestamp) {
    is_a_line(item.title.as_deref());
    item.authors.iter().chain(&item.categories).for_each(|name| is_a_line(Some(name)));
    item.link.iter().chain(item.enclosures.iter().map(|file| &file.url)).for_each(|address| is_of_the_web(address));
    for html in [&item.summary, &item.content].into_iter().flatten() {
        assert_eq!(&sanitise(html, None), html, "sanitised HTML is sanitised");
    }
    assert!([item.published, item.updated].into_iter().flatten().all(|time| time <= now), "a date after the present");
    assert!(!entry_key(item).is_empty());
}

/// What `firsthand feed` prints and the store keeps reads back as the same.
fn check_printed(feed: &ParsedFeed) {
    let printed = serde_json::to_string(feed).unwrap_or_default();
    let read: Result<ParsedFeed, _> = serde_json::from_str(&printed);
    let Ok(read) = read else { panic!("what was printed cannot be read: {printed}") };
    assert_eq!(read.items, feed.items);
    let keys = |items: &[ParsedItem]| items.iter().map(entry_key).collect::<Vec<_>>();
    assert_eq!(keys(&read.items), keys(&feed.items), "a stored item keeps its key");
}

/// The items written as JSON Feed read back as the same, except for what the format cannot say.
fn check_as_json_feed(feed: &ParsedFeed, hints: &Hints<'_>, limits: &Limits) {
    let items: Vec<Value> = feed
        .items
        .iter()
        .map(|item| {
            json!({
                "id": item.id, "url": item.link, "title": item.title, "content_html": item.content,
                "date_published": item.published, "date_modified": item.updated,
                "authors": item.authors.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
                "tags": item.categories,
            })
        })
        .collect();
    let document = json!({ "version": "https://jsonfeed.org/version/1.1", "title": feed.title, "items": items });
    let Ok(read) = parse(document.to_string().as_bytes(), &Hints { content_type: None, ..*hints }, limits) else {
        panic!("a JSON Feed of our own is refused: {document}");
    };
    assert_eq!(read.title, feed.title);
    assert_eq!(read.items.len(), feed.items.len());
    for (read, item) in read.items.iter().zip(&feed.items) {
        assert_eq!((&read.title, &read.content), (&item.title, &item.content));
        assert_eq!((read.published, read.updated), (item.published, item.updated));
        assert_eq!((&read.authors, &read.categories), (&item.authors, &item.categories));
        if item.link.is_some() {
            assert_eq!(read.link, item.link);
            assert_eq!(entry_key(read), entry_key(item));
        }
    }
}

fn is_of_the_web(address: &str) {
    let url = Url::parse(address);
    let good = url.as_ref().is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    assert!(good && !address.contains(char::is_whitespace), "{address:?} is no address of the web");
}

fn is_a_line(text: Option<&str>) {
    let Some(text) = text else { return };
    assert!(!text.is_empty() && text.trim() == text && !text.contains(char::is_control), "{text:?} is no line of text");
}
