//! Most foreign HTML is a few paragraphs, emphasis and links, written properly. For that a parser of
//! HTML gives back what it was given; this recognises it in one pass. Whatever is not surely of that
//! kind is left to the sanitiser, and a property test holds the two to the same answers.

/// Elements whose content is prose, which must not stand in a `p`.
const BLOCKS: [&str; 12] = ["blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "ul"];
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
    let (name, attributes) = inner.split_once(' ').unwrap_or((inner, ""));
    if BLOCKS.contains(&name) {
        let heading = |name: &str| name.len() == 2 && name.starts_with('h');
        let in_list = matches!(open.last(), Some(&("ul" | "ol")));
        let misplaced = open.iter().any(|outer| *outer == "p" || INLINE.contains(outer) || heading(outer));
        if misplaced || (name == "li") != in_list {
            return None;
        }
    } else if !INLINE.contains(&name) || open.contains(&name) || matches!(open.last(), Some(&("ul" | "ol"))) {
        return None;
    }
    out.push('<');
    out.push_str(name);
    match (name, attributes) {
        ("a", attributes) => {
            let address = attributes.strip_prefix("href=\"")?.strip_suffix('"')?;
            let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
            let plain =
                |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_' | b'=' | b'?');
            if !host.starts_with(|c: char| c.is_ascii_alphabetic()) || !address.bytes().skip(8).all(plain) {
                return None;
            }
            // The host itself may be no host ("http://a..b"): the parser of addresses knows.
            url::Url::parse(address).ok()?;
            out.push_str(" href=\"");
            out.push_str(address);
            out.push('"');
            out.push_str(LINK_END);
        }
        (_, "") if name.len() == inner.len() => out.push('>'),
        _ => return None,
    }
    open.push(name);
    Some(after)
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
        fn nested_prose_is_recognised_and_the_same(depth in 0usize..3, text in "[a-z &<>]{0,6}") {
            let inner = format!("<p>{}<b>x</b> <em><a href=\"https://a.example/\">y</a></em></p>", text.replace(['&', '<', '>'], ""));
            let html = format!("{}{inner}{}", "<div>".repeat(depth), "</div>".repeat(depth));
            prop_assert_eq!(simple(&html), Some(sanitise_by_parser(&html, None)));
        }
    }
}
