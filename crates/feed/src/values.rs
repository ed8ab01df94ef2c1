//! Values as feeds write them, made plain: titles, names, dates, addresses, HTML.

use crate::xml::decode_entities;
use firsthand_model::Timestamp;
use firsthand_text::{dates, html, normalise, urls};
use url::Url;

/// HTML's elements: what looks like a tag of another name in a title is text.
const TAGS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "b",
    "big",
    "blink",
    "blockquote",
    "br",
    "center",
    "cite",
    "code",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "figure",
    "font",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "li",
    "link",
    "mark",
    "marquee",
    "math",
    "meta",
    "nobr",
    "noscript",
    "object",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "script",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "th",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Plain text on one line of a value that may be HTML: entities decoded once, tags of HTML removed.
/// What only looks like a tag ("5 < 6", "the <x> key") stays.
pub(crate) fn plain(value: &str) -> Option<String> {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    // After the last ">" nothing is a tag any more: it is looked for once, not at every "<".
    let last_close = value.rfind('>').unwrap_or(0);
    while let Some(place) = rest.find('<') {
        out.push_str(&decode_entities(rest.get(..place).unwrap_or_default(), &[]));
        let tag = rest.get(place..).unwrap_or_default();
        if tag.starts_with("<!--") {
            rest = tag.find("-->").and_then(|end| tag.get(end + 3..)).unwrap_or_default();
            continue;
        }
        let may_close = value.len() - tag.len() <= last_close;
        match may_close.then(|| tag_end(tag)).flatten() {
            Some((name, end)) => {
                let after = tag.get(end..).unwrap_or_default();
                rest = match name.as_str() {
                    "script" | "style" if !tag.starts_with("</") => {
                        end_tag(after, &name).and_then(|close| after.get(close..)).unwrap_or_default()
                    }
                    _ => after,
                };
                if matches!(name.as_str(), "br" | "p" | "div" | "li" | "td" | "tr") {
                    out.push(' ');
                }
            }
            None => {
                out.push('<');
                rest = tag.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(&decode_entities(rest, &[]));
    literal(&out)
}

/// Where the first end tag of an element stands, its name in any case.
pub(crate) fn end_tag(text: &str, name: &str) -> Option<usize> {
    let bears_the_name = |place: &usize| {
        let found = text.get(place + 2..place + 2 + name.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(name))
    };
    text.match_indices("</").map(|(place, _)| place).find(bears_the_name)
}

/// The name of HTML's tag that `text` begins with, and where it ends.
fn tag_end(text: &str) -> Option<(String, usize)> {
    let body = text.get(1..)?;
    let body = body.strip_prefix('/').unwrap_or(body);
    let name: String =
        body.chars().take(12).take_while(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    if TAGS.binary_search(&name.as_str()).is_err() {
        return None;
    }
    let end = text.find('>')? + 1;
    Some((name, end))
}

/// Text that is no HTML, on one line.
pub(crate) fn literal(value: &str) -> Option<String> {
    let kept: String = value.chars().filter(|c| !c.is_control() || c.is_whitespace()).collect();
    Some(normalise::one_line(&kept)).filter(|line| !line.is_empty())
}

/// Sanitised HTML of a value that is HTML.
pub(crate) fn safe_html(value: &str, base: Option<&Url>) -> Option<String> {
    let clean = html::sanitise(value.trim(), base);
    Some(clean.trim().to_owned()).filter(|clean| !clean.is_empty())
}

/// HTML of a value that is plain text.
pub(crate) fn text_as_html(value: &str) -> Option<String> {
    let kept: String = value.trim().chars().filter(|c| !c.is_control() || c.is_whitespace()).collect();
    // Written as the sanitiser writes it, so that sanitising it once more changes nothing.
    (!kept.is_empty()).then(|| html::sanitise(&html::escape(&kept), None))
}

/// A date, never after the present.
pub(crate) fn date(value: &str, now: Option<Timestamp>) -> Option<Timestamp> {
    let time = dates::read(value).or_else(|| dates::partial(value))?;
    Some(now.map_or(time, |now| time.min(now)))
}

/// A name from "name", "address (name)", "name <address>"; an address alone is no name that a
/// reader wants, but better than none.
pub(crate) fn person(value: &str) -> Option<String> {
    let value = plain_keeping_addresses(value)?;
    let in_brackets = value.split_once('(').map(|(before, inner)| (before, inner.trim_end_matches(')')));
    let name = match in_brackets {
        Some((before, inner)) if before.contains('@') => inner,
        _ => match value.split_once('<') {
            Some((before, address)) if address.contains('@') && !before.trim().is_empty() => before,
            _ => &value,
        },
    };
    literal(name.trim().trim_matches('"'))
}

fn plain_keeping_addresses(value: &str) -> Option<String> {
    literal(&decode_entities(value, &[]))
}

/// An absolute address for the web: one that is absolute already stays as it is written.
pub(crate) fn address(value: &str, base: Option<&Url>) -> Option<String> {
    if urls::is_plain(value.trim()) {
        return Some(value.trim().to_owned());
    }
    let joined: String = value.trim().chars().filter(|c| !matches!(c, '\n' | '\r' | '\t')).collect();
    if joined.is_empty() {
        return None;
    }
    // "feed:" says which program shall read it, not how to get it.
    let web = match joined.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("feed:")) {
        Some(_) => {
            let rest = joined.get(5..).unwrap_or_default();
            rest.strip_prefix("//").map_or_else(|| rest.to_owned(), |rest| format!("http://{rest}"))
        }
        None => joined,
    };
    let url = urls::absolute(&web, base)?;
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | '<' | '>' | '\\' | '`');
    let as_written = Url::parse(&web).is_ok() && web.contains("://") && web.chars().all(plain);
    Some(if as_written { web } else { url.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tags_are_in_order() {
        assert!(TAGS.is_sorted());
    }

    #[test]
    fn titles_are_plain() {
        assert_eq!(plain("AT&amp;T <b>buys</b> 5 < 6 <x> a<br>b").as_deref(), Some("AT&T buys 5 < 6 <x> a b"));
        assert_eq!(plain("a<script>alert(1)</script>b &lt;b&gt;").as_deref(), Some("ab <b>"));
        assert_eq!(plain(" \n "), None);
    }

    #[test]
    fn a_text_as_html_is_sanitised_html() {
        let html = text_as_html(" \"A\" & 'b' <i>\u{a0}c ").unwrap();
        assert_eq!(html, "\"A\" &amp; 'b' &lt;i&gt;&nbsp;c");
        assert_eq!(html::sanitise(&html, None), html);
    }

    #[test]
    fn a_title_of_megabytes_is_read_in_one_pass() {
        // At every "<" to the end and back, either of these would take minutes.
        assert!(plain(&"<b".repeat(2_000_000)).is_some());
        assert_eq!(plain(&"<script></SCRIPT>".repeat(300_000)), None);
    }

    #[test]
    fn a_person_has_a_name() {
        assert_eq!(person("desk@outlet.example (Ida Brandt)").as_deref(), Some("Ida Brandt"));
        assert_eq!(person("Ida Brandt <ida@outlet.example>").as_deref(), Some("Ida Brandt"));
        assert_eq!(person("Ida Brandt (photos)").as_deref(), Some("Ida Brandt (photos)"));
    }

    #[test]
    fn an_absolute_address_stays_as_it_is() {
        let base = Url::parse("https://a.example/b/c").ok();
        let shown = |value: &str| address(value, base.as_ref()).unwrap_or_default();
        assert_eq!(shown(" https://Outlet.example\n"), "https://Outlet.example");
        assert_eq!(shown("d e"), "https://a.example/b/d%20e");
        assert_eq!(shown("feed://outlet.example/f"), "http://outlet.example/f");
        assert_eq!(shown("feed:https://outlet.example/f"), "https://outlet.example/f");
        assert_eq!((shown("javascript:x"), shown("mailto:a@b")), (String::new(), String::new()));
    }

    #[test]
    fn no_date_is_later_than_now() {
        let now = "2026-03-04T00:00:00Z".parse().ok();
        assert_eq!(date("Wed, 01 Jan 2099 00:00:00 GMT", now), now);
    }
}
