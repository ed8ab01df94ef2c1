//! Who wrote the article: names out of JSON-LD, meta elements and visible bylines.

use crate::bylines::{self, PLAIN};
use crate::metadata::{Meta, plain};
use crate::names::{is_full_name, split_names};
use crate::page::Page;
use firsthand_text::normalise::fold;
use serde_json::Value;

/// At most so many authors are named.
const MAX_AUTHORS: usize = 12;

/// The names of the authors, parted by ", ", and where they were found.
pub(crate) fn byline<'a>(
    page: &Page,
    meta: &Meta,
    objects: &'a [Value],
    article: Option<&'a Value>,
    title: Option<&str>,
    site: &str,
) -> Option<(String, &'static str)> {
    let tidy = |names: Vec<String>, trusted: bool| -> Option<String> {
        let mut out: Vec<String> = Vec::new();
        for name in names.iter().flat_map(|name| split_names(name, trusted)) {
            let folded = fold(&name);
            if !out.iter().any(|held| fold(held) == folded) {
                out.push(name);
            }
        }
        if out.len() > 1 {
            out.retain(|name| fold(name) != site);
        }
        out.truncate(MAX_AUTHORS);
        (!out.is_empty()).then(|| out.join(", "))
    };
    let (mut people, mut organizations) = (Vec::new(), Vec::new());
    let of = |object: &'a Value| object.get("author").or_else(|| object.get("creator"));
    let mut is_person = false;
    if let Some(authors) = article.and_then(of) {
        collect(authors, objects, &mut people, &mut organizations);
        let first = authors.as_array().and_then(|authors| authors.first()).unwrap_or(authors);
        is_person = first.get("@type").and_then(Value::as_str) == Some("Person");
    }
    let said = || SAID.iter().map(|name| meta.all(name).map(plain).collect::<Vec<_>>()).chain([labelled(meta)]);
    let by_meta = || said().find_map(|names| tidy(names, true).filter(|names| !is_outlet(names, site)));
    let from = |place: &'static str| move |names: String| (names, place);
    let people = tidy(people, true);
    let named = people.clone().filter(|names| !is_outlet(names, site)).map(from("json-ld"));
    let named = named.or_else(|| by_meta().map(from("meta")));
    if let Some(named) = named.as_ref().filter(|(names, _)| !is_stand_in(names)) {
        return Some(named.clone());
    }
    let (mut plain, mut faint) = (None, None);
    if let Some(shown) = bylines::shown(page, title) {
        let is_plain = shown.worth >= PLAIN && shown.names.iter().all(|name| is_full_name(name));
        *if is_plain { &mut plain } else { &mut faint } = tidy(shown.names, true).map(from("markup"));
    }
    // The outlet may be a person's own.
    let owner = || people.filter(|names| is_person && is_full_name(names)).map(from("json-ld"));
    plain
        .or(named)
        .or_else(owner)
        .or(faint)
        .or_else(|| tidy(organizations, true).map(from("json-ld")))
        .or_else(|| said().find(|names| !names.is_empty()).and_then(|names| tidy(names, true)).map(from("meta")))
}

/// Meta elements that name authors.
const SAID: &[&str] = &[
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "article:author_name",
    "og:article:author",
    "citation_author",
];

/// The names that the labels for cards of links give.
fn labelled(meta: &Meta) -> Vec<String> {
    let value = |label: &str, data: &str| {
        meta.first(&[label]).filter(|label| fold(label).contains("written by")).and_then(|_| meta.first(&[data]))
    };
    value("twitter:label1", "twitter:data1").or_else(|| value("twitter:label2", "twitter:data2")).into_iter().collect()
}

/// Whether a name stands for somebody whom the page may show: a login, or a team.
fn is_stand_in(names: &str) -> bool {
    let is_login = !names.contains([' ', ',']) && names.chars().all(|letter| !letter.is_uppercase());
    let last = names.rsplit(' ').next().map(fold).unwrap_or_default();
    is_login || (!names.contains(',') && matches!(last.as_str(), "team" | "staff" | "editors" | "editorial"))
}

/// Whether a name is the outlet's own.
fn is_outlet(names: &str, site: &str) -> bool {
    !site.is_empty() && fold(names) == site
}

/// The names in a value of JSON-LD; those that are given by reference are looked up.
fn collect(value: &Value, objects: &[Value], people: &mut Vec<String>, organizations: &mut Vec<String>) {
    match value {
        Value::String(name) => people.push(plain(name)),
        Value::Array(values) => {
            values.iter().take(20).for_each(|value| collect(value, objects, people, organizations));
        }
        Value::Object(fields) => {
            let fields = match (fields.get("name"), fields.get("@id")) {
                (None, Some(id)) => objects
                    .iter()
                    .filter_map(Value::as_object)
                    .find(|object| object.get("@id") == Some(id) && object.contains_key("name"))
                    .unwrap_or(fields),
                _ => fields,
            };
            let organization =
                fields.get("@type").and_then(Value::as_str).is_some_and(|kind| kind.ends_with("Organization"));
            let into = if organization { organizations } else { people };
            match fields.get("name") {
                Some(Value::String(name)) => into.push(plain(name)),
                Some(Value::Array(names)) => {
                    into.extend(names.iter().filter_map(Value::as_str).take(20).map(plain));
                }
                _ => {}
            }
        }
        _ => {}
    }
}
