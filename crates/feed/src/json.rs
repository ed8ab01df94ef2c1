//! JSON Feed 1.0 and 1.1 (jsonfeed.org), read leniently.

use crate::values::{address, date, literal, safe_html, text_as_html};
use crate::{FeedError, Hints, Limits};
use firsthand_model::{CrawlHints, Enclosure, FeedFormat, ParsedFeed, ParsedItem};
use serde_json::Value;
use url::Url;

/// Reads a JSON document.
pub(crate) fn parse(text: &str, hints: &Hints<'_>, limits: &Limits) -> Result<ParsedFeed, FeedError> {
    let document: Value = serde_json::from_str(text).map_err(|error| FeedError::NotAFeed {
        what: format!("JSON that is broken off or ill-formed at line {}, column {}", error.line(), error.column()),
    })?;
    let feed = match &document {
        Value::Object(feed) if feed.get("items").is_some_and(Value::is_array) => feed,
        _ => return Err(FeedError::NotAFeed { what: "JSON without a list of items".to_owned() }),
    };
    let own = string(feed.get("feed_url"));
    let base = hints.url.or(own.as_deref()).or(feed.get("home_page_url").and_then(Value::as_str));
    let base = base.and_then(|url| Url::parse(url).ok());
    let items = feed.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut notes = Vec::new();
    if items.len() > limits.max_items {
        notes.push(format!("the feed has {} items; the first {} are read", items.len(), limits.max_items));
    }
    let hubs = feed.get("hubs").and_then(Value::as_array).into_iter().flatten();
    let feed_authors = authors(&document);
    Ok(ParsedFeed {
        format: FeedFormat::Json,
        version: string(feed.get("version")).and_then(|version| {
            let number = version.trim_end_matches('/').rsplit('/').next()?.to_owned();
            number.starts_with(|c: char| c.is_ascii_digit()).then_some(number)
        }),
        title: string(feed.get("title")).as_deref().and_then(literal),
        link: string(feed.get("home_page_url")).and_then(|url| address(&url, base.as_ref())),
        language: string(feed.get("language")).map(|language| language.trim().to_ascii_lowercase()),
        items: items
            .iter()
            .take(limits.max_items)
            .filter(|item| item.is_object())
            .map(|value| {
                let mut item = item(value, base.as_ref(), hints);
                if item.authors.is_empty() {
                    item.authors.clone_from(&feed_authors);
                }
                item
            })
            .collect(),
        crawl: CrawlHints {
            hubs: hubs.filter_map(|hub| address(hub.get("url")?.as_str()?, base.as_ref())).collect(),
            self_link: own.and_then(|url| address(&url, base.as_ref())),
            ..CrawlHints::default()
        },
        notes,
    })
}

fn item(item: &Value, base: Option<&Url>, hints: &Hints<'_>) -> ParsedItem {
    let html = string(item.get("content_html")).and_then(|html| safe_html(&html, base));
    let link = ["url", "external_url"]
        .iter()
        .find_map(|name| address(&string(item.get(name))?, base))
        .or_else(|| string(item.get("id")).and_then(|id| address(&id, None)));
    ParsedItem {
        id: string(item.get("id")).filter(|id| !id.is_empty()),
        title: string(item.get("title")).as_deref().and_then(literal),
        link,
        published: string(item.get("date_published")).and_then(|value| date(&value, hints.now)),
        updated: string(item.get("date_modified")).and_then(|value| date(&value, hints.now)),
        authors: authors(item),
        summary: string(item.get("summary")).and_then(|text| text_as_html(&text)),
        content: html.or_else(|| string(item.get("content_text")).and_then(|text| text_as_html(&text))),
        categories: item
            .get("tags")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|tag| literal(tag.as_str()?))
            .collect(),
        enclosures: item
            .get("attachments")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|file| {
                Some(Enclosure {
                    url: address(file.get("url")?.as_str()?, base)?,
                    media_type: string(file.get("mime_type")),
                    length: file.get("size_in_bytes").and_then(Value::as_u64),
                })
            })
            .collect(),
    }
}

/// Version 1.1's list, else version 1.0's one author.
fn authors(value: &Value) -> Vec<String> {
    let list = value.get("authors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let one = value.get("author").filter(|_| list.is_empty());
    let name = |author: &Value| literal(author.get("name").unwrap_or(author).as_str()?);
    list.iter().chain(one).filter_map(name).collect()
}

/// A string, or a number where a string is meant.
fn string(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
