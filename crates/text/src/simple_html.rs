//! Most foreign HTML is a few paragraphs, emphasis and links, written properly. For that a parser of
//! HTML gives back what it was given; this recognises it in one pass. Whatever is not surely of that
//! kind is left to the sanitiser, and a property test holds the two to the same answers.

use crate::urls::is_plain;

/// Elements whose content is prose, which must not stand in a `p`.
const BLOCKS: [&str; 14] =
    ["blockquote", "div", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "ul"];
/// Elements within prose.
const INLINE: [&str; 8] = ["a", "b", "em", "i", "span", "strong", "sub", "sup"];
/// What the sanitiser adds to a link.
const LINK_END: &str = " rel=\"noopener noreferrer nofollow\">";

/// The sanitised form of simple HTML; `None` where it is not simple.
pub(crate) fn simple(html: &str) -> Option<String> {
    let mut out = String::with_capacity(html.len() + 64);
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(place) = rest.find(['<', '>', '&', '\0', '\r', '\u{a0}']) {
        out.push_str(rest.get(..place)?);
        rest = rest.get(place..)?;
        rest = match rest.chars().next()? {
            '>' => {
                out.push_str("&gt;");
                rest.get(1..)?
            }
            '&' => entity(rest, &mut out)?,
            '<' => tag(rest, &mut open, &mut out)?,
            '\u{a0}' => {
                out.push_str("&nbsp;");
                rest.get('\u{a0}'.len_utf8()..)?
            }
            _ => return None,
        };
    }
    out.push_str(rest);
    open.is_empty().then_some(out)
}

fn entity<'a>(rest: &'a str, out: &mut String) -> Option<&'a str> {
    const KEPT: [&str; 4] = ["&amp;", "&lt;", "&gt;", "&nbsp;"];
    if let Some(kept) = KEPT.iter().find(|kept| rest.starts_with(**kept)) {
        out.push_str(kept);
        return rest.get(kept.len()..);
    }
    for (written, meant) in [("&quot;", '"'), ("&#39;", '\'')] {
        if let Some(rest) = rest.strip_prefix(written) {
            out.push(meant);
            return Some(rest);
        }
    }
    let after = rest.get(1..)?;
    after.starts_with(' ').then(|| out.push_str("&amp;"))?;
    Some(after)
}

fn tag<'a>(rest: &'a str, open: &mut Vec<&'a str>, out: &mut String) -> Option<&'a str> {
    let end = rest.find('>')?;
    let inner = rest.get(1..end)?;
    let after = rest.get(end + 1..)?;
    if let Some(name) = inner.strip_prefix('/') {
        if open.pop() != Some(name) {
            return None;
        }
        out.push_str("</");
        out.push_str(name);
        out.push('>');
        return Some(after);
    }
    if matches!(inner, "br" | "br/" | "br /") {
        out.push_str("<br>");
        return Some(after);
    }
    let inner = inner.strip_suffix('/').map_or(inner, str::trim_end);
    let (name, attributes) = inner.split_once(' ').unwrap_or((inner, ""));
    if BLOCKS.contains(&name) {
        let heading = |name: &str| name.len() == 2 && name.starts_with('h');
        let in_list = matches!(open.last(), Some(&("ul" | "ol")));
        let misplaced = open.iter().any(|outer| *outer == "p" || INLINE.contains(outer) || heading(outer));
        if misplaced || (name == "li") != in_list {
            return None;
        }
    } else if (!INLINE.contains(&name) && name != "img")
        || open.contains(&name)
        || matches!(open.last(), Some(&("ul" | "ol")))
    {
        return None;
    }
    let is_empty = name == "img";
    // A slash says nothing on an element that is not empty: what follows would be its content.
    if !is_empty && rest.get(..end)?.ends_with('/') {
        return None;
    }
    out.push('<');
    out.push_str(name);
    self::attributes(name, attributes, out)?;
    if name == "a" {
        out.push_str(LINK_END);
    } else {
        out.push('>');
    }
    if !is_empty {
        open.push(name);
    }
    Some(after)
}

/// Copies the attributes that the sanitiser keeps; `None` for what is not written plainly.
fn attributes(element: &str, written: &str, out: &mut String) -> Option<()> {
    let mut seen: Vec<&str> = Vec::new();
    let mut rest = written;
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        rest = match after.strip_prefix(' ') {
            Some(more) if !more.is_empty() => more,
            Some(_) => return None,
            None if after.is_empty() => after,
            None => return None,
        };
        let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        if !plain || seen.contains(&name) {
            return None;
        }
        seen.push(name);
        let kept = match (element, name) {
            ("a", "href") | ("img", "src") => (is_plain(value) || is_absolute(value)).then_some(true)?,
            ("a", "title" | "hreflang") | ("img", "alt" | "title" | "width" | "height") | (_, "lang" | "dir") => true,
            ("ol", "start" | "reversed") => return None,
            _ => false,
        };
        let plain = |c: char| !matches!(c, '<' | '>' | '\0' | '\r' | '\u{a0}');
        if !value.chars().all(plain) || value.replace("&amp;", "").contains('&') {
            return None;
        }
        if kept {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            out.push_str(value);
            out.push('"');
        }
    }
    Some(())
}

/// Whether an address is absolute as the parser of addresses has it, without what it would change.
fn is_absolute(address: &str) -> bool {
    let web = address.starts_with("https://") || address.starts_with("http://");
    web && address.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\^`{|}".contains(&byte))
        && url::Url::parse(address).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::sanitise_by_parser;
    use proptest::prelude::*;

    #[test]
    fn what_is_simple_is_recognised() {
        let html = "<p>A &amp; b, <b>bold</b> and <a href=\"https://a.example/x?y=1\">more</a>.<br></p>\n<ul><li>one</li></ul>";
        assert_eq!(simple(html), Some(sanitise_by_parser(html, None)));
        for other in [
            "<p>",
            "<p onclick=x>a</p>",
            "<script>x</script>",
            "<b><p>x</p></b>",
            "<a href=\"javascript:x\">y</a>",
            "&eacute;",
            "<!-- x -->",
            "<p><div>x</div></p>",
        ] {
            assert_eq!(simple(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn the_answer_is_the_parsers(pieces in proptest::collection::vec(prop_oneof![
            Just("<p>"), Just("</p>"), Just("<b>"), Just("</b>"), Just("<i>"), Just("</i>"), Just("<ul>"), Just("<li>"), Just("</li>"), Just("</ul>"),
            Just("<h2>"), Just("</h2>"), Just("<div>"), Just("</div>"), Just("<br/>"), Just("<span>"), Just("</span>"), Just("<blockquote>"), Just("</blockquote>"),
            Just("<a href=\"https://a.example/b-c?d=e\">"), Just("<a href=\"http://A.example\">"), Just("<a href=\"https://a..b/\">"), Just("</a>"),
            Just("<a href=\"https://a.example/?x=1&amp;y=2\" rel=\"me\" class=\"c\" title=\"t &amp; u\">"), Just("<img src=\"http://127.0.0.1:80/i.png\" alt=\"x\" srcset=\"y 2x\"/>"),
            Just("<img alt=\"\" src=\"https://a.example\">"), Just("<img/>"), Just("<ul class=\"x\">"), Just("<p style=\"x\" lang=\"de\">"), Just("<div/>"), Just("<figure>"), Just("</figure>"), Just("<figcaption>"), Just("</figcaption>"),
            Just("<a name=\"x\">"), Just("<a>"), Just("<a href=\"http://a.example:99999/\">"), Just("<a href=\"http://a b/\">"), Just("<p id=\"a\" id=\"b\">"), Just("<img src=\"/i.png\">"),
            Just("x"), Just(" "), Just("\n"), Just("&amp;"), Just("& "), Just("&quot;"), Just("\""), Just(">"), Just("\u{a0}"), Just("é"), Just("&nbsp;"), Just("<"), Just("<P>"), Just("&lt;"),
        ], 0..12)) {
            let html = pieces.concat();
            if let Some(answer) = simple(&html) {
                prop_assert_eq!(&answer, &sanitise_by_parser(&html, None));
                let base = url::Url::parse("https://base.example/x/").unwrap();
                prop_assert_eq!(&answer, &sanitise_by_parser(&html, Some(&base)));
            }
        }

        #[test]
        fn prose_is_recognised_and_the_same(depth in 0usize..3, inline in proptest::collection::vec(prop_oneof![
            Just("words & more"), Just("<b>x</b>"), Just("<em><strong>y</strong></em>"), Just("<br>"), Just("a > b"),
            Just("<a href=\"https://a.example/?x=1&amp;y=%20#z\" rel=\"me\" class=\"c\" title=\"t &amp; u\">l</a>"),
            Just("<a href=\"http://127.0.0.1:8080/i\">l</a>"), Just("<a href=\"http://A.Example\">l</a>"), Just("<a>l</a>"),
            Just("<img src=\"https://a.example/i.png\" srcset=\"y 2x\" width=\"1\" alt=\"\"/>"), Just("<img alt=\"x\" />"),
            Just("<span class=\"s\" lang=\"de\">é</span>"),
        ], 0..5), block in prop_oneof![
            Just(("<p>", "</p>")), Just(("<ul class=\"u\"><li>", "</li></ul>")), Just(("<figure><figcaption>", "</figcaption></figure>")),
            Just(("<blockquote><p style=\"x\">", "</p></blockquote>")), Just(("<h2 id=\"h\">", "</h2>")), Just(("", "")),
        ]) {
            let html = format!("{}{}{}{}{}", "<div>".repeat(depth), block.0, inline.concat(), block.1, "</div>".repeat(depth));
            let html = html.replace("& more", "&amp; more");
            prop_assert_eq!(simple(&html), Some(sanitise_by_parser(&html, None)));
            let base = url::Url::parse("https://base.example/x/").unwrap();
            prop_assert_eq!(simple(&html), Some(sanitise_by_parser(&html, Some(&base))));
        }
    }
}
