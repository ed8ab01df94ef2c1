//! Most foreign HTML is paragraphs, emphasis, links, lists, pictures and tables, written properly. For
//! that a parser of HTML gives back what it was given; this recognises it in one pass. Whatever is not
//! surely of that kind is left to the sanitiser, and a property test holds the two to the same answers.

use crate::urls::is_plain;
use url::Url;

/// Elements whose content is prose or other blocks, which must not stand in a `p`.
const BLOCKS: [&str; 18] = [
    "blockquote",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ol",
    "p",
    "table",
    "ul",
];
/// The parts of a table and what each stands in.
const TABLE: [(&str, &[&str]); 7] = [
    ("caption", &["table"]),
    ("tbody", &["table"]),
    ("td", &["tr"]),
    ("tfoot", &["table"]),
    ("th", &["tr"]),
    ("thead", &["table"]),
    ("tr", &["tbody", "tfoot", "thead"]),
];
/// Elements within prose.
const INLINE: [&str; 25] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp",
    "small", "span", "strong", "sub", "sup", "time", "u", "var",
];
/// What the sanitiser adds to a link.
const LINK_END: &str = " rel=\"noopener noreferrer nofollow\">";

/// The sanitised form of simple HTML; `None` where it is not simple. Addresses that begin with a slash
/// are resolved against `base`.
pub(crate) fn simple(html: &str, base: Option<&Url>) -> Option<String> {
    let mut out = String::with_capacity(html.len() + 64);
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(place) = rest.find(['<', '>', '&', '\0', '\r', '\u{a0}']) {
        push_text(rest.get(..place)?, &open, &mut out)?;
        rest = rest.get(place..)?;
        if !rest.starts_with('<') && in_table(&open) {
            return None;
        }
        rest = match rest.chars().next()? {
            '>' => {
                out.push_str("&gt;");
                rest.get(1..)?
            }
            '&' => {
                let (decoded, after) = entity(rest)?;
                push_escaped(decoded, &mut out);
                after
            }
            '<' => match rest.strip_prefix("<!--") {
                // Without the comment a line break may be the first of the preformatted text.
                Some(comment) if open.last() != Some(&"pre") => after_comment(comment)?,
                Some(_) => return None,
                None => tag(rest, base, &mut open, &mut out)?,
            },
            '\u{a0}' => {
                out.push_str("&nbsp;");
                rest.get('\u{a0}'.len_utf8()..)?
            }
            _ => return None,
        };
    }
    push_text(rest, &open, &mut out)?;
    open.is_empty().then_some(out)
}

/// Whether text that is met now would stand between the rows and cells of a table.
fn in_table(open: &[&str]) -> bool {
    matches!(open.last(), Some(&("table" | "tbody" | "thead" | "tfoot" | "tr")))
}

fn push_text(text: &str, open: &[&str], out: &mut String) -> Option<()> {
    if in_table(open) && !text.bytes().all(|byte| matches!(byte, b' ' | b'\n' | b'\t')) {
        return None;
    }
    out.push_str(text);
    Some(())
}

fn push_escaped(decoded: char, out: &mut String) {
    match decoded {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '\u{a0}' => out.push_str("&nbsp;"),
        other => out.push(other),
    }
}

/// Character references by name that texts are full of, each ended by a semicolon.
const NAMED: [(&str, char); 44] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("nbsp", '\u{a0}'),
    ("quot", '"'),
    ("mdash", '—'),
    ("ndash", '–'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("sbquo", '‚'),
    ("bdquo", '„'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("hellip", '…'),
    ("eacute", 'é'),
    ("egrave", 'è'),
    ("ecirc", 'ê'),
    ("agrave", 'à'),
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("atilde", 'ã'),
    ("ccedil", 'ç'),
    ("iacute", 'í'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("otilde", 'õ'),
    ("uacute", 'ú'),
    ("ntilde", 'ñ'),
    ("auml", 'ä'),
    ("ouml", 'ö'),
    ("uuml", 'ü'),
    ("Auml", 'Ä'),
    ("Ouml", 'Ö'),
    ("Uuml", 'Ü'),
    ("szlig", 'ß'),
    ("aring", 'å'),
    ("oslash", 'ø'),
    ("euro", '€'),
    ("pound", '£'),
    ("copy", '©'),
    ("deg", '°'),
    ("middot", '·'),
];

/// The character that a reference at the start of `rest` stands for, and what follows it.
fn entity(rest: &str) -> Option<(char, &str)> {
    let after = rest.get(1..)?;
    if after.starts_with(' ') {
        return Some(('&', after));
    }
    // No name that is taken here is longer, nor is any number.
    let end = after.bytes().take(8).position(|byte| byte == b';')?;
    let (name, after) = (after.get(..end)?, after.get(end + 1..)?);
    let Some(number) = name.strip_prefix('#') else {
        return NAMED.iter().find(|(known, _)| *known == name).map(|(_, decoded)| (*decoded, after));
    };
    let number = match number.strip_prefix(['x', 'X']) {
        Some(number) => u32::from_str_radix(number, 16).ok()?,
        None => number.parse().ok()?,
    };
    // The others are controls, what no text may hold, or read by an old table.
    let usual = matches!(number, 0x20..=0x7e | 0xa0..=0xd7ff | 0xf900..=0xfdcf | 0x1_f300..=0x1_faff);
    usual.then(|| char::from_u32(number))?.map(|decoded| (decoded, after))
}

/// What follows a comment whose inside is given.
fn after_comment(comment: &str) -> Option<&str> {
    let (inside, after) = comment.split_once("-->")?;
    let plain = !inside.starts_with(['>', '-']) && !inside.contains("--") && !inside.ends_with('-');
    (plain && !inside.contains('<')).then_some(after)
}

fn tag<'a>(rest: &'a str, base: Option<&Url>, open: &mut Vec<&'a str>, out: &mut String) -> Option<&'a str> {
    let end = rest.find('>')?;
    let inner = rest.get(1..end)?;
    let after = rest.get(end + 1..)?;
    if let Some(name) = inner.strip_prefix('/') {
        if open.pop() != Some(name) {
            return None;
        }
        out.extend(["</", name, ">"]);
        return Some(after);
    }
    let empty = inner.strip_suffix('/').map_or(inner, str::trim_end);
    let (name, attributes) = empty.split_once([' ', '\n']).unwrap_or((empty, ""));
    let is_empty = matches!(name, "br" | "hr" | "img" | "wbr");
    // A slash says nothing on an element that is not empty: what follows would be its content.
    if (!is_empty && inner.len() > empty.len()) || !has_its_place(name, open) {
        return None;
    }
    // A parser drops the line break that preformatted text begins with.
    if name == "pre" && after.starts_with('\n') {
        return None;
    }
    out.extend(["<", name]);
    self::attributes(name, attributes, base, out)?;
    out.push_str(if name == "a" { LINK_END } else { ">" });
    if !is_empty {
        open.push(name);
    }
    Some(after)
}

/// Whether a parser leaves an element where it is written: within what is open, outermost first.
fn has_its_place(name: &str, open: &[&str]) -> bool {
    let parent = open.last().copied().unwrap_or_default();
    if let Some((_, parents)) = TABLE.iter().find(|(part, _)| *part == name) {
        return parents.contains(&parent);
    }
    let in_list = matches!(parent, "ul" | "ol");
    let rows = in_table(open);
    if BLOCKS.contains(&name) || matches!(name, "hr" | "pre") {
        let heading = |name: &str| name.len() == 2 && name.starts_with('h');
        let closed = |outer: &&str| *outer == "p" || *outer == "pre" || INLINE.contains(outer) || heading(outer);
        let item = matches!(name, "dt" | "dd");
        return !open.iter().any(closed) && (name == "li") == in_list && item == (parent == "dl") && !rows;
    }
    let inline = INLINE.contains(&name) && !open.contains(&name);
    (inline || matches!(name, "br" | "img" | "wbr")) && parent != "dl" && !rows && (!in_list || name == "br")
}

/// Copies the attributes that the sanitiser keeps; `None` for what is not written plainly.
fn attributes(element: &str, written: &str, base: Option<&Url>, out: &mut String) -> Option<()> {
    let mut seen: Vec<&str> = Vec::new();
    let mut rest = written.trim_start_matches([' ', '\n']);
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        rest = after.trim_start_matches([' ', '\n']);
        if rest.len() == after.len() && !rest.is_empty() {
            return None;
        }
        let usual = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b':');
        if name.is_empty() || !name.bytes().all(usual) || seen.contains(&name) {
            return None;
        }
        seen.push(name);
        let is_address = matches!((element, name), ("a", "href") | ("img", "src"));
        let kept = is_address
            || matches!(
                (element, name),
                ("a", "title" | "hreflang")
                    | ("img", "alt" | "title" | "width" | "height")
                    | ("td" | "th", "colspan" | "rowspan")
                    | ("th", "scope")
                    | ("ol", "start" | "reversed")
                    | ("time", "datetime")
                    | (_, "lang" | "dir")
            );
        if value.contains(['\0', '\r']) {
            return None;
        }
        if kept {
            out.extend([" ", name, "=\""]);
            if is_address {
                address(value, base, out)?
            } else {
                attribute_value(value, out)?
            }
            out.push('"');
        }
    }
    Some(())
}

/// Writes an address as the sanitiser does.
fn address(value: &str, base: Option<&Url>, out: &mut String) -> Option<()> {
    if value.replace("&amp;", "").contains(['&', '<', '>', '"', '\u{a0}']) {
        return None;
    }
    if is_plain(value) || is_absolute(value) {
        out.push_str(value);
        return Some(());
    }
    let base = base.filter(|_| value.starts_with('/') && !value.starts_with("//"))?;
    let joined = base.join(&value.replace("&amp;", "&")).ok()?;
    attribute_value(&joined.as_str().replace('&', "&amp;"), out)
}

/// Writes the value of an attribute with its references read and what must be escaped.
fn attribute_value(value: &str, out: &mut String) -> Option<()> {
    let mut rest = value;
    while let Some(place) = rest.find(['&', '<', '>', '\u{a0}']) {
        out.push_str(rest.get(..place)?);
        rest = rest.get(place..)?;
        if !rest.starts_with('&') {
            return None;
        }
        let (decoded, after) = entity(rest)?;
        match decoded {
            '"' => out.push_str("&quot;"),
            '<' | '>' => return None,
            other => push_escaped(other, out),
        }
        rest = after;
    }
    out.push_str(rest);
    Some(())
}

/// Whether an address is absolute as the parser of addresses has it, without what it would change.
fn is_absolute(address: &str) -> bool {
    let web = address.starts_with("https://") || address.starts_with("http://");
    web && address.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\^`{|}".contains(&byte))
        && Url::parse(address).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::sanitise_by_parser;
    use proptest::prelude::*;

    #[test]
    fn what_is_simple_is_recognised() {
        let html = "<p>A &amp; b, <b>bold</b> and <a href=\"https://a.example/x?y=1\">more</a>.<br></p>\n<ul><li>one</li></ul>";
        assert_eq!(simple(html, None), Some(sanitise_by_parser(html, None)));
        for other in [
            "<p>",
            "<p onclick=x>a</p>",
            "<script>x</script>",
            "<b><p>x</p></b>",
            "<a href=\"javascript:x\">y</a>",
            "&eacute",
            "&#128;",
            "<!-- x --y -->",
            "<table><tr><td>x</td></tr></table>",
            "<p><div>x</div></p>",
        ] {
            assert_eq!(simple(other, None), None, "{other}");
        }
    }

    /// Properly closed elements of every kind within each other, right or wrong where they stand.
    fn trees() -> impl Strategy<Value = String> {
        let leaves = prop_oneof![
            Just(" "),
            Just("\n"),
            Just("word "),
            Just("<br>"),
            Just("<hr>"),
            Just("<img src=\"/i.png\">"),
            Just("<!-- c -->"),
            Just("&eacute;"),
            Just(""),
        ]
        .prop_map(str::to_owned);
        let names = BLOCKS.iter().chain(&INLINE).chain(TABLE.iter().map(|(part, _)| part)).chain(&["pre", "section"]);
        let names: Vec<&str> = names.copied().collect();
        leaves.prop_recursive(6, 64, 3, move |inner| {
            let children = proptest::collection::vec(inner, 1..3);
            (proptest::sample::select(names.clone()), children).prop_map(|(name, children)| {
                let inside = children.concat();
                // Half of what stands in a table or list is what belongs there.
                match name {
                    "table" => format!("<table><tbody><tr><td>{inside}</td></tr></tbody></table>"),
                    "ul" => format!("<ul><li>{inside}</li>\n</ul>"),
                    "dl" => format!("<dl><dt>{inside}</dt><dd>x</dd></dl>"),
                    _ => format!("<{name}>{inside}</{name}>"),
                }
            })
        })
    }

    proptest! {
        #[test]
        fn a_tree_is_the_parsers(html in trees(), others in proptest::collection::vec(trees(), 0..2)) {
            let html = html + &others.concat();
            let base = Url::parse("https://base.example/x/").unwrap();
            if let Some(answer) = simple(&html, Some(&base)) {
                prop_assert_eq!(&answer, &sanitise_by_parser(&html, Some(&base)));
            }
        }

        #[test]
        fn the_answer_is_the_parsers(pieces in proptest::collection::vec(prop_oneof![
            Just("<p>"), Just("</p>"), Just("<b>"), Just("</b>"), Just("<i>"), Just("</i>"), Just("<ul>"), Just("<li>"), Just("</li>"), Just("</ul>"),
            Just("<h2>"), Just("</h2>"), Just("<div>"), Just("</div>"), Just("<br/>"), Just("<span>"), Just("</span>"), Just("<blockquote>"), Just("</blockquote>"),
            Just("<a href=\"https://a.example/b-c?d=e\">"), Just("<a href=\"http://A.example\">"), Just("<a href=\"https://a..b/\">"), Just("</a>"),
            Just("<a href=\"https://a.example/?x=1&amp;y=2\" rel=\"me\" class=\"c\" title=\"t &amp; u\">"), Just("<img src=\"http://127.0.0.1:80/i.png\" alt=\"x\" srcset=\"y 2x\"/>"),
            Just("<img alt=\"\" src=\"https://a.example\">"), Just("<img/>"), Just("<ul class=\"x\">"), Just("<p style=\"x\" lang=\"de\">"), Just("<div/>"), Just("<figure>"), Just("</figure>"), Just("<figcaption>"), Just("</figcaption>"),
            Just("<table>"), Just("</table>"), Just("<tbody>"), Just("</tbody>"), Just("<tr>"), Just("</tr>"), Just("<td colspan=\"2\">"), Just("</td>"), Just("<caption>"), Just("</caption>"),
            Just("<dl>"), Just("<dt>"), Just("</dt>"), Just("<dd>"), Just("</dd>"), Just("</dl>"), Just("<pre>"), Just("</pre>"), Just("<hr>"), Just("<hr />"), Just("<code>"), Just("</code>"), Just("<q>"), Just("</q>"),
            Just("<!-- x -->"), Just("<!---->"), Just("&mdash;"), Just("&ldquo;"), Just("&#8217;"), Just("&#38;"), Just("&#60;"), Just("&#160;"), Just("&#xe9;"), Just("&#10;"), Just("<a href=\"/x?y=1&amp;z=2\">"), Just("<a href=\"/x|y z\" title=\"&quot;q&quot; &amp; &rsquo;\">"),
            Just("<img\n src=\"/p.png\" data-x1=\"<b>\"  alt=\"&lt;\">"), Just("<a href=\"//h.example/x\">"), Just("<ol start=\"3\" reversed=\"\">"), Just("</ol>"), Just("<time datetime=\"2026-05-05\">"), Just("</time>"), Just("<wbr>"),
            Just("<a name=\"x\">"), Just("<a>"), Just("<a href=\"http://a.example:99999/\">"), Just("<a href=\"http://a b/\">"), Just("<p id=\"a\" id=\"b\">"), Just("<img src=\"/i.png\">"),
            Just("x"), Just(" "), Just("\n"), Just("&amp;"), Just("& "), Just("&quot;"), Just("\""), Just(">"), Just("\u{a0}"), Just("é"), Just("&nbsp;"), Just("<"), Just("<P>"), Just("&lt;"),
        ], 0..12)) {
            let html = pieces.concat();
            if let Some(answer) = simple(&html, None) {
                prop_assert_eq!(&answer, &sanitise_by_parser(&html, None));
            }
            let base = Url::parse("https://base.example/x/").unwrap();
            if let Some(answer) = simple(&html, Some(&base)) {
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
            prop_assert_eq!(simple(&html, None), Some(sanitise_by_parser(&html, None)));
            let base = Url::parse("https://base.example/x/").unwrap();
            prop_assert_eq!(simple(&html, Some(&base)), Some(sanitise_by_parser(&html, Some(&base))));
        }
    }
}
