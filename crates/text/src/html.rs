//! Foreign HTML made safe, and HTML read as plain text.

use ammonia::{Builder, UrlRelative};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;
use url::Url;

/// Elements that a foreign text may have: text, lists, tables, figures. No SVG, MathML, style,
/// form, frame or media player: each has been a way past a sanitiser.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "u",
    "ul",
    "var",
    "wbr",
];

fn builder() -> Builder<'static> {
    let mut builder = Builder::empty();
    builder
        .tags(ELEMENTS.iter().copied().collect())
        .clean_content_tags(HashSet::from([
            "script", "style", "noscript", "template", "title", "textarea", "select", "object", "iframe", "svg", "math",
        ]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href", "title", "hreflang"])),
            ("img", HashSet::from(["src", "alt", "title", "width", "height"])),
            ("td", HashSet::from(["colspan", "rowspan"])),
            ("th", HashSet::from(["colspan", "rowspan", "scope"])),
            ("ol", HashSet::from(["start", "reversed"])),
            ("time", HashSet::from(["datetime"])),
        ]))
        .generic_attributes(HashSet::from(["lang", "dir"]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .link_rel(Some("noopener noreferrer nofollow"));
    builder
}

/// Sanitised HTML: only elements of text, only http, https and mailto links, resolved against
/// `base`; without a base, links that are not absolute are dropped. Never panics; the last step
/// before anything foreign is stored.
pub fn sanitise(html: &str, base: Option<&Url>) -> String {
    static WITHOUT_BASE: OnceLock<Builder<'static>> = OnceLock::new();
    match base {
        None => WITHOUT_BASE
            .get_or_init(|| {
                let mut builder = builder();
                builder.url_relative(UrlRelative::Deny);
                builder
            })
            .clean(html)
            .to_string(),
        Some(base) => {
            let mut builder = builder();
            builder.url_relative(UrlRelative::RewriteWithBase(base.clone()));
            builder.clean(html).to_string()
        }
    }
}

/// Escapes text for use in HTML content and quoted attributes.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_or_ask_is_gone() {
        let dirty = "<p onclick=x style=y>a<script>b</script><svg><a href=javascript:c>d</a></svg><a href=' javascript:e'>f</a><iframe srcdoc='<script>g</script>'></iframe><form action=/><input></form>";
        assert_eq!(sanitise(dirty, None), "<p>a<a rel=\"noopener noreferrer nofollow\">f</a></p>");
    }

    #[test]
    fn links_are_made_absolute() {
        let base = Url::parse("https://outlet.example/a/").unwrap();
        let clean = sanitise("<a href=b>x</a><img src=//cdn.example/i.png>", Some(&base));
        assert!(clean.contains("href=\"https://outlet.example/a/b\""), "{clean}");
        assert!(clean.contains("src=\"https://cdn.example/i.png\""), "{clean}");
        assert!(!sanitise("<a href=b>x</a>", None).contains("href"));
    }
}
