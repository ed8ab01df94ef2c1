//! The kept blocks as text, HTML, Markdown and excerpt.

use crate::blocks::Block;
use crate::dateline;
use crate::segment::Kind;
use firsthand_model::Extracted;
use firsthand_text::html::{escape, sanitise};
use firsthand_text::normalise::one_line;
use std::fmt::Write as _;
use url::Url;

/// Paragraphs parted by a blank line.
pub(crate) fn text(blocks: &[Block]) -> String {
    let lines: Vec<&str> =
        blocks.iter().filter(|block| block.kind != Kind::Image).map(|block| block.text.as_str()).collect();
    lines.join("\n\n")
}

/// Blocks of plain text.
pub(crate) fn blocks_of_text(text: &str) -> Vec<Block> {
    text.split("\n\n").map(one_line).filter(|line| !line.is_empty()).map(Block::plain).collect()
}

/// Sanitised HTML.
pub(crate) fn html(blocks: &[Block], base: Option<&Url>) -> String {
    let mut out = String::new();
    let mut open: Option<Kind> = None;
    for block in blocks {
        if open.is_some_and(|open| open != block.kind) {
            out.push_str(closing(open));
            open = None;
        }
        if matches!(block.kind, Kind::Item | Kind::Quotation | Kind::Row) && open.is_none() {
            out.push_str(match block.kind {
                Kind::Item => "<ul>",
                Kind::Quotation => "<blockquote>",
                _ => "<table>",
            });
            open = Some(block.kind);
        }
        let inner = block.html.trim();
        // Writing to a string cannot fail.
        let _ = match block.kind {
            Kind::Paragraph | Kind::Quotation => write!(out, "<p>{inner}</p>"),
            Kind::Heading(level) => write!(out, "<h{level}>{inner}</h{level}>"),
            Kind::Item => write!(out, "<li>{inner}</li>"),
            Kind::Code => write!(out, "<pre>{}</pre>", escape(&block.text)),
            Kind::Row => write!(out, "<tr><td>{inner}</td></tr>"),
            Kind::Image => write!(out, "<figure>{inner}</figure>"),
        };
        out.push('\n');
    }
    out.push_str(closing(open));
    sanitise(&out, base)
}

fn closing(open: Option<Kind>) -> &'static str {
    match open {
        Some(Kind::Item) => "</ul>",
        Some(Kind::Quotation) => "</blockquote>",
        Some(Kind::Row) => "</table>",
        _ => "",
    }
}

/// The first sentences of the paragraphs; headings are no sentences.
pub(crate) fn excerpt_of(blocks: &[Block], max_chars: usize) -> String {
    let is_prose = |block: &&Block| matches!(block.kind, Kind::Paragraph | Kind::Quotation | Kind::Item);
    let mut prose = String::new();
    for block in blocks.iter().filter(is_prose) {
        prose.push_str(&block.text);
        prose.push('\n');
        if prose.chars().count() > max_chars * 2 {
            break;
        }
    }
    excerpt(&prose, max_chars)
}

/// The first sentences of a text, whole, within `max_chars` code points; when not even the first
/// one fits, as many whole words of it as do, and "…".
pub fn excerpt(text: &str, max_chars: usize) -> String {
    let flat: String = text.lines().map(one_line).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    let flat = dateline::split(&flat).map_or(flat.as_str(), |dateline| dateline.rest);
    let (end, whole) = firsthand_text::sentences::cut_at_sentence(flat, max_chars);
    let cut = one_line(flat.get(..end).unwrap_or_default());
    if whole || cut.is_empty() { cut } else { format!("{}…", cut.trim_end_matches([',', ';', ':', '-', '–', ' '])) }
}

/// An article as Markdown (CommonMark): title, byline, then the text with its headings and links.
pub fn markdown(article: &Extracted) -> String {
    let mut out = String::new();
    if let Some(title) = &article.title {
        let _ = write!(out, "# {}\n\n", marked(title));
    }
    if let Some(byline) = &article.byline {
        let _ = write!(out, "{}\n\n", marked(byline));
    }
    let mut rest = article.html.as_str();
    let mut href: Option<String> = None;
    while let Some(open) = rest.find('<') {
        out.push_str(&marked(&firsthand_text::html::unescape(rest.get(..open).unwrap_or_default())));
        let Some(close) = rest.get(open..).and_then(|tag| tag.find('>')).map(|place| open + place) else { break };
        let tag = rest.get(open + 1..close).unwrap_or_default();
        let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap_or_default();
        match (name, tag.starts_with('/')) {
            ("p" | "figure" | "ul" | "ol" | "blockquote" | "table" | "pre", true) => blank_line(&mut out),
            ("h2" | "h3" | "h4", true) => blank_line(&mut out),
            ("h2", false) => out.push_str("## "),
            ("h3", false) => out.push_str("### "),
            ("h4", false) => out.push_str("#### "),
            ("li", false) => out.push_str("- "),
            ("li" | "tr", true) => out.push('\n'),
            ("blockquote", false) => out.push_str("> "),
            ("b" | "strong", _) => out.push_str("**"),
            ("i" | "em", _) => out.push('*'),
            ("br", _) => out.push_str("  \n"),
            ("a", false) => {
                href = attribute(tag, "href");
                out.push('[');
            }
            ("a", true) => {
                let _ = write!(out, "]({})", href.take().unwrap_or_default());
            }
            ("img", _) => {
                let _ = write!(
                    out,
                    "![{}]({})",
                    marked(&attribute(tag, "alt").unwrap_or_default()),
                    attribute(tag, "src").unwrap_or_default()
                );
            }
            _ => {}
        }
        rest = rest.get(close + 1..).unwrap_or_default();
    }
    out.push_str(&marked(&firsthand_text::html::unescape(rest)));
    blank_line(&mut out);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn blank_line(out: &mut String) {
    out.truncate(out.trim_end_matches(['\n', ' ']).len());
    out.push_str("\n\n");
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!("{name}=\""))? + name.len() + 2;
    let rest = tag.get(start..)?;
    Some(firsthand_text::html::unescape(rest.get(..rest.find('"')?)?))
}

/// Text with Markdown's own marks escaped.
fn marked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\\' | '*' | '_' | '[' | ']' | '`' | '<') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dateline_is_no_part_of_an_excerpt() {
        for start in ["(CNN) - ", "LONDON (Reuters) — ", "PARIS — ", "NEW YORK, March 4 (AP) – ", ""] {
            assert_eq!(
                excerpt(&format!("{start}The bridge was closed. It stays so."), 30),
                "The bridge was closed.",
                "{start}"
            );
        }
        assert_eq!(excerpt("A bridge - the last one - was closed.", 100), "A bridge - the last one - was closed.");
        assert_eq!(excerpt("Ein Hafen-Kran fiel um.", 100), "Ein Hafen-Kran fiel um.");
    }
}
