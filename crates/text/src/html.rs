//! Foreign HTML made safe, and HTML read as plain text.

use crate::simple_html::simple;
use ammonia::{Builder, UrlRelative};
use std::borrow::Cow;
use std::cell::RefCell;
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
        // What is no text goes with its content; of all else that is not allowed the text stays.
        .clean_content_tags(HashSet::from(["script", "style", "applet", "template", "iframe", "noembed", "noframes"]))
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
/// `base`; without a base, links that are not absolute are dropped. Sanitising the result gives the
/// result: every parser sees the tree that was checked. Never panics; the last step before anything
/// foreign is stored.
pub fn sanitise(html: &str, base: Option<&Url>) -> String {
    simple(html, base).unwrap_or_else(|| sanitise_by_parser(html, base))
}

thread_local! {
    /// The sanitiser for the address met last: the texts of a feed or page all have the same.
    static WITH_BASE: RefCell<Option<(Url, Builder<'static>)>> = const { RefCell::new(None) };
}

pub(crate) fn sanitise_by_parser(html: &str, base: Option<&Url>) -> String {
    let mut clean = one_pass(html, base);
    for _ in 0..MOST_PASSES {
        clean = without_first_line_breaks(clean);
        // The quick reader gives back only what a parser would give back too.
        if simple(&clean, base).is_some_and(|again| again == clean) {
            return clean;
        }
        let again = one_pass(&clean, base);
        if again == clean {
            return clean;
        }
        clean = again;
    }
    escape(&plain_text(&clean)).replace("&#39;", "'").replace("&quot;", "\"")
}

/// Passes after which HTML that a parser reads differently each time is kept as its text alone.
const MOST_PASSES: usize = 6;

/// Without the line breaks that a `pre` begins with: a parser drops the first one, and would drop the
/// next when it reads its own output.
fn without_first_line_breaks(html: String) -> String {
    let mut pieces = html.split("<pre");
    let Some(first) = pieces.next().filter(|first| first.len() < html.len()) else { return html };
    let mut out = String::with_capacity(html.len());
    out.push_str(first);
    for piece in pieces {
        let (attributes, text) = piece.split_once('>').unwrap_or((piece, ""));
        out.extend(["<pre", attributes, ">", text.trim_start_matches('\n')]);
    }
    out
}

/// What the sanitiser makes of HTML. Where it takes an element out, what is left may be read by the
/// next parser as another tree (a paragraph in a paragraph), and that one's output as yet another.
fn one_pass(html: &str, base: Option<&Url>) -> String {
    static WITHOUT_BASE: OnceLock<Builder<'static>> = OnceLock::new();
    let Some(base) = base else {
        let without = || {
            let mut builder = builder();
            builder.url_relative(UrlRelative::Deny);
            builder
        };
        return WITHOUT_BASE.get_or_init(without).clean(html).to_string();
    };
    WITH_BASE.with_borrow_mut(|known| {
        let builder = match known {
            Some((last, builder)) if last == base => builder,
            _ => {
                let mut builder = builder();
                builder.url_relative(UrlRelative::RewriteWithBase(base.clone()));
                &mut known.insert((base.clone(), builder)).1
            }
        };
        builder.clean(html).to_string()
    })
}

/// The text of sanitised HTML: blocks parted by a blank line, `br` and table rows by a line break,
/// entities decoded, runs of white space as one space.
pub fn plain_text(sanitised: &str) -> String {
    let mut out = String::with_capacity(sanitised.len());
    let mut rest = sanitised;
    while let Some(open) = rest.find('<') {
        push_text(rest.get(..open).unwrap_or_default(), &mut out);
        let Some(close) = rest.get(open..).and_then(|tag| tag.find('>')).map(|close| open + close) else {
            rest = "";
            break;
        };
        let tag = rest.get(open + 1..close).unwrap_or_default().trim_start_matches('/');
        match tag.split(|character: char| !character.is_ascii_alphanumeric()).next().unwrap_or_default() {
            "br" | "tr" | "dt" | "dd" => end_line(&mut out, 1),
            "p" | "div" | "blockquote" | "ul" | "ol" | "li" | "dl" | "table" | "caption" | "figure" | "figcaption"
            | "pre" | "hr" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => end_line(&mut out, 2),
            "td" | "th" if !out.ends_with(char::is_whitespace) => out.push(' '),
            _ => {}
        }
        rest = rest.get(close + 1..).unwrap_or_default();
    }
    push_text(rest, &mut out);
    out.trim().to_owned()
}

/// The text of sanitised HTML without tags: the entities that the sanitiser writes, decoded.
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((decoded, length)) = next_decoded(rest) {
        out.push(decoded);
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

fn next_decoded(rest: &str) -> Option<(char, usize)> {
    let character = rest.chars().next()?;
    let known = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\''), ("&nbsp;", ' ')];
    let entity = known.iter().find(|(entity, _)| character == '&' && rest.starts_with(entity));
    Some(entity.map_or((character, character.len_utf8()), |(entity, decoded)| (*decoded, entity.len())))
}

fn push_text(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((decoded, length)) = next_decoded(rest) {
        if !decoded.is_whitespace() {
            out.push(decoded);
        } else if !out.is_empty() && !out.ends_with([' ', '\n']) {
            out.push(' ');
        }
        rest = rest.get(length..).unwrap_or_default();
    }
}

fn end_line(out: &mut String, breaks: usize) {
    let kept = out.trim_end_matches(' ').len();
    out.truncate(kept);
    let have = out.len() - out.trim_end_matches('\n').len();
    if !out.is_empty() {
        out.extend(std::iter::repeat_n('\n', breaks.saturating_sub(have)));
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
        let link = |text: &str| format!("<a rel=\"noopener noreferrer nofollow\">{text}</a>");
        assert_eq!(sanitise(dirty, None), format!("<p>a{}</p>", link("f")));
        assert_eq!(
            sanitise("<math><mi>x</mi><annotation-xml encoding=text/html><img src=x onerror=y></annotation-xml></math><noscript><p title='</noscript><img src=x onerror=z>'>", None)
                .matches("onerror=\"")
                .count(),
            0
        );
    }

    #[test]
    fn what_is_sanitised_stays_as_it_is() {
        for html in [
            "<p><object><p>x</p></object></p>",
            "<pre>\n\n\na</pre><pre lang=en>\n\n</pre>",
            "<a href=b>c<a href=d>e<table><tr>f<td>g</a>",
            "<b><button><b>x</b></button></b><table><caption><object><table><tr><td>y</table></object></caption></table>",
        ] {
            let base = Url::parse("https://outlet.example/a/").ok();
            let clean = sanitise(html, base.as_ref());
            assert_eq!(sanitise(&clean, None), clean, "{html}");
            assert_eq!(sanitise_by_parser(&clean, base.as_ref()), clean, "{html}");
        }
    }

    #[test]
    fn html_reads_as_paragraphs() {
        let html = sanitise(
            "<div><p>One &amp; <b>two</b>\n three</p><p>Four<br>five</p></div><ul><li>six<li>seven</ul><table><tr><td>a</td><td>b</td></tr></table>",
            None,
        );
        assert_eq!(plain_text(&html), "One & two three\n\nFour\nfive\n\nsix\n\nseven\n\na b");
        assert_eq!(plain_text("5 &lt; 6 &amp;lt; <unclosed"), "5 < 6 &lt;");
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
