//! The blocks of text in the chosen containers, and which of them belong to the article.

use crate::dom::{NodeId, is_inline};
use crate::page::Page;
use crate::words::{CONTINUE, CUES, END_HEADINGS};
use firsthand_model::Link;
use firsthand_text::html::escape;
use firsthand_text::normalise::{fold, one_line};
use firsthand_text::urls;
use url::Url;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Paragraph,
    Heading(u8),
    Item,
    Quotation,
    Code,
    Row,
    Image,
}

/// A block: a paragraph, heading, list item, table row or image.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) kind: Kind,
    /// The text on one line (several for code).
    pub(crate) text: String,
    /// The same with inline markup, not yet sanitised.
    pub(crate) html: String,
    pub(crate) links: Vec<Link>,
    /// Code points of `text` in links.
    linked: usize,
}

/// Elements that are kept inside a line.
const INLINE: &[&str] =
    &["b", "strong", "i", "em", "u", "s", "sub", "sup", "code", "q", "cite", "mark", "abbr", "small", "del", "ins"];

/// The blocks under the nodes, furniture left out.
pub(crate) fn blocks(page: &Page, containers: &[NodeId], base: Option<&Url>) -> Vec<Block> {
    let mut walk = Walk { page, base, out: Vec::new(), current: Block::new(Kind::Paragraph) };
    for container in containers {
        walk.visit(*container);
        walk.flush();
    }
    walk.out
}

impl Block {
    /// A paragraph of plain text.
    pub(crate) fn plain(text: String) -> Self {
        Self { html: escape(&text).into_owned(), text, ..Self::new(Kind::Paragraph) }
    }

    fn new(kind: Kind) -> Self {
        Self { kind, text: String::new(), html: String::new(), links: Vec::new(), linked: 0 }
    }

    fn link_share(&self) -> f32 {
        self.linked as f32 / self.text.chars().count().max(1) as f32
    }
}

struct Walk<'a> {
    page: &'a Page,
    base: Option<&'a Url>,
    out: Vec<Block>,
    current: Block,
}

enum Step {
    Enter(NodeId),
    Leave(NodeId),
}

impl Walk<'_> {
    /// An explicit stack: a page's depth is the page's choice.
    fn visit(&mut self, top: NodeId) {
        let mut stack = vec![Step::Enter(top)];
        // Places in the current block where an open link began: node, text bytes.
        let mut open_links: Vec<(NodeId, usize)> = Vec::new();
        let mut kinds: Vec<(NodeId, Kind)> = Vec::new();
        while let Some(step) = stack.pop() {
            match step {
                Step::Enter(node) => {
                    let dom = &self.page.dom;
                    if node != top && self.page.is_furniture(node) {
                        if !is_inline(dom.tag(node)) {
                            self.flush_as(kinds.last().map(|(_, kind)| *kind));
                        }
                        continue;
                    }
                    if let Some(text) = dom.text(node) {
                        self.add_text(text);
                        continue;
                    }
                    let tag = dom.tag(node);
                    match tag {
                        "br" => self.line_break(kinds.last().map(|(_, kind)| *kind)),
                        "img" => self.image(node),
                        "hr" => self.flush_as(kinds.last().map(|(_, kind)| *kind)),
                        "" if node != NodeId::ROOT => {}
                        _ => {
                            stack.push(Step::Leave(node));
                            if tag == "a" {
                                open_links.push((node, self.current.text.len()));
                                self.open_link(node);
                            } else if is_inline(tag) {
                                if INLINE.contains(&tag) {
                                    self.current.html.push_str(&format!("<{tag}>"));
                                }
                            } else {
                                self.flush_as(kinds.last().map(|(_, kind)| *kind));
                                if let Some(kind) = kind_of(tag) {
                                    kinds.push((node, kind));
                                }
                                self.current.kind = kinds.last().map_or(Kind::Paragraph, |(_, kind)| *kind);
                            }
                            let children: Vec<NodeId> = dom.children(node).collect();
                            stack.extend(children.into_iter().rev().map(Step::Enter));
                        }
                    }
                }
                Step::Leave(node) => {
                    let tag = self.page.dom.tag(node);
                    if tag == "a" {
                        if let Some(place) = open_links.iter().rposition(|(open, _)| *open == node) {
                            let (_, start) = open_links.remove(place);
                            self.close_link(node, start);
                        }
                    } else if is_inline(tag) {
                        if INLINE.contains(&tag) {
                            self.current.html.push_str(&format!("</{tag}>"));
                        }
                    } else if matches!(tag, "td" | "th") {
                        self.current.text.push(' ');
                        self.current.html.push(' ');
                    } else {
                        self.flush_as(kinds.last().map(|(_, kind)| *kind));
                        if kinds.last().is_some_and(|(open, _)| *open == node) {
                            kinds.pop();
                        }
                        self.current.kind = kinds.last().map_or(Kind::Paragraph, |(_, kind)| *kind);
                    }
                }
            }
        }
    }

    fn add_text(&mut self, text: &str) {
        // Unicode's line separators break lines of JSON for many readers.
        let text = text.replace(['\u{2028}', '\u{2029}', '\u{85}', '\u{b}', '\u{c}'], " ");
        let text = text.as_str();
        self.current.text.push_str(text);
        self.current.html.push_str(&escape(text));
    }

    /// One line break is a space in the text; two part paragraphs.
    fn line_break(&mut self, kind: Option<Kind>) {
        if self.current.kind != Kind::Code && self.current.text.trim_end_matches([' ', '\t']).ends_with('\n') {
            self.flush_as(kind);
            return;
        }
        self.current.text.push('\n');
        self.current.html.push_str("<br>");
    }

    fn open_link(&mut self, node: NodeId) {
        if let Some(address) = self.address(node, "href") {
            self.current.html.push_str(&format!("<a href=\"{}\">", escape(&address)));
        }
    }

    fn close_link(&mut self, node: NodeId, start: usize) {
        let words = self.current.text.get(start.min(self.current.text.len())..).map(one_line).unwrap_or_default();
        self.current.linked += words.chars().count();
        if let Some(address) = self.address(node, "href") {
            self.current.html.push_str("</a>");
            if !words.is_empty() {
                self.current.links.push(Link { url: address, text: words });
            }
        }
    }

    fn image(&mut self, node: NodeId) {
        let dom = &self.page.dom;
        let tiny = ["width", "height"].iter().any(|name| {
            dom.attribute(node, name).and_then(|size| size.trim().parse::<u32>().ok()).is_some_and(|size| size < 60)
        });
        let Some(address) = self.address(node, "src").filter(|_| !tiny) else { return };
        let alternative = dom.attribute(node, "alt").unwrap_or_default();
        let html = format!("<img src=\"{}\" alt=\"{}\">", escape(&address), escape(alternative));
        self.out.push(Block { html, ..Block::new(Kind::Image) });
    }

    fn address(&self, node: NodeId, name: &str) -> Option<String> {
        let address = urls::absolute(self.page.dom.attribute(node, name)?.trim(), self.base)?;
        matches!(address.scheme(), "http" | "https").then(|| address.to_string())
    }

    fn flush_as(&mut self, kind: Option<Kind>) {
        self.flush();
        self.current.kind = kind.unwrap_or(Kind::Paragraph);
    }

    fn flush(&mut self) {
        let mut block = std::mem::replace(&mut self.current, Block::new(Kind::Paragraph));
        block.text = if block.kind == Kind::Code {
            block.text.trim_matches('\n').trim_end().to_owned()
        } else {
            one_line(&block.text)
        };
        if block.text.is_empty() {
            // Links around pictures only are not links of the text.
            return;
        }
        self.out.push(block);
    }
}

fn kind_of(tag: &str) -> Option<Kind> {
    Some(match tag {
        "h1" | "h2" => Kind::Heading(2),
        "h3" => Kind::Heading(3),
        "h4" | "h5" | "h6" => Kind::Heading(4),
        "li" | "dd" | "dt" => Kind::Item,
        "blockquote" => Kind::Quotation,
        "pre" => Kind::Code,
        "tr" => Kind::Row,
        _ => return None,
    })
}

/// Keeps the blocks that belong to the article. Gives them and the links of dropped "Read more"
/// lines, which lead to the source.
pub(crate) fn keep(blocks: Vec<Block>, title: Option<&str>, byline: Option<&str>) -> (Vec<Block>, Vec<Link>) {
    let mut onward = Vec::new();
    let mut blocks: Vec<Block> = blocks
        .into_iter()
        .map(|block| without_onward_link(block, &mut onward))
        .filter(|block| block.kind == Kind::Image || !block.text.is_empty())
        .collect();
    cut_at_end_heading(&mut blocks);
    let runs = link_runs(&blocks);
    let title = title.map(fold).unwrap_or_default();
    let byline = byline.map(fold).unwrap_or_default();
    let count = blocks.len();
    let mut kept: Vec<Block> = Vec::with_capacity(count);
    let mut seen = std::collections::HashSet::new();
    for ((place, block), in_run) in blocks.into_iter().enumerate().zip(runs) {
        if block.kind == Kind::Image {
            kept.push(block);
            continue;
        }
        let folded = fold(&block.text);
        let near_start = kept.iter().filter(|block| block.kind != Kind::Image).count() < 3;
        let repeats_title = near_start
            && !title.is_empty()
            && (folded == title
                || (matches!(block.kind, Kind::Heading(_))
                    && title.starts_with(&folded)
                    && folded.len() * 2 > title.len()));
        let is_byline = near_start && folded.chars().count() < 120 && is_byline(&folded, &byline);
        let is_masthead = near_start && is_masthead(&block, &kept);
        let long = block.text.chars().count() > 60;
        let repeated = long && !seen.insert(folded.clone());
        if repeats_title
            || is_byline
            || is_masthead
            || repeated
            || in_run
            || is_furniture_line(&block, &folded, place, count)
        {
            continue;
        }
        kept.push(block);
    }
    trim_ends(&mut kept);
    (kept, onward)
}

/// Takes a link to the rest of the text ("» … Read More") off the end of a block.
fn without_onward_link(mut block: Block, onward: &mut Vec<Link>) -> Block {
    let Some(link) = block.links.last() else { return block };
    let words = fold(&link.text);
    let words = words.trim_matches(|character: char| !character.is_alphanumeric());
    let Some(before) = CONTINUE.contains(&words).then(|| block.text.strip_suffix(link.text.as_str())).flatten() else {
        return block;
    };
    let before = before
        .trim_end_matches([' ', '»', '«', '…', '.', '[', ']', '(', ')', '\u{a0}', '→', '›', '>', '|', ':', '-', '–']);
    // The full stop of the last sentence stays.
    let rest = block.text.get(before.len()..).unwrap_or_default();
    let stop = if rest.starts_with('.') && !rest.starts_with("...") {
        "."
    } else if rest.starts_with(").") {
        ")."
    } else if rest.starts_with(')') && before.contains('(') {
        ")"
    } else {
        ""
    };
    block.text = format!("{before}{stop}");
    if let Some(link) = block.links.pop() {
        block.linked = block.linked.saturating_sub(link.text.chars().count());
        onward.push(link);
    }
    if let Some(place) = block.html.rfind("<a ") {
        let html = block.html.get(..place).unwrap_or_default();
        let html = html.trim_end_matches("<br>").trim_end();
        let cut = html.rfind('»').filter(|place| html.len() - place < 30).unwrap_or(html.len());
        block.html = html.get(..cut).unwrap_or_default().trim_end().to_owned();
    }
    block
}

/// Cuts the blocks at a heading such as "Related articles" when little prose follows it.
fn cut_at_end_heading(blocks: &mut Vec<Block>) {
    let prose = |block: &Block| if block.link_share() < 0.4 { block.text.chars().count() } else { 0 };
    let total: usize = blocks.iter().map(prose).sum();
    let mut before = 0;
    let mut cut = None;
    for (place, block) in blocks.iter().enumerate() {
        let folded = fold(&block.text);
        let words = folded.trim_end_matches([':', '.', '…', '»', ' ']);
        let heading = matches!(block.kind, Kind::Heading(_))
            || (block.text.chars().count() < 40 && block.kind == Kind::Paragraph);
        if heading && before * 10 >= total * 6 && END_HEADINGS.contains(&words) {
            cut = Some(place);
            break;
        }
        before += prose(block);
    }
    if let Some(cut) = cut {
        blocks.truncate(cut);
    }
}

/// Runs of two and more blocks that are nothing but a link: lists of other articles.
fn link_runs(blocks: &[Block]) -> Vec<bool> {
    let only_link = |block: &Block| block.kind != Kind::Image && block.link_share() > 0.8;
    let mut out = vec![false; blocks.len()];
    let mut run: Vec<usize> = Vec::new();
    for (place, block) in blocks.iter().enumerate() {
        if block.kind == Kind::Image {
            continue;
        }
        if only_link(block) {
            run.push(place);
            continue;
        }
        mark(&mut out, &mut run);
    }
    mark(&mut out, &mut run);
    out
}

fn mark(out: &mut [bool], run: &mut Vec<usize>) {
    if run.len() > 1 {
        for place in run.iter() {
            if let Some(held) = out.get_mut(*place) {
                *held = true;
            }
        }
    }
    run.clear();
}

fn is_byline(folded: &str, byline: &str) -> bool {
    if !byline.is_empty() && folded.contains(byline) && folded.len() < byline.len() + 60 {
        return true;
    }
    folded
        .split_once(' ')
        .is_some_and(|(first, rest)| first == "by" && rest.split(' ').count() < 8 && !rest.ends_with('.'))
}

/// Whether a block above the text is a line of author and date ("Ida Marrow 4 March 2026, 11:28"): short,
/// no sentence, with a date and few words beside it.
fn is_masthead(block: &Block, kept: &[Block]) -> bool {
    let starts_text = kept.iter().any(|block| block.text.chars().count() > 80);
    if starts_text || block.kind != Kind::Paragraph || block.text.chars().count() > 90 {
        return false;
    }
    if block.text.ends_with(['.', '!', '?', '”', '"', '…', ':', '。']) || block.text.split_whitespace().count() > 14
    {
        return false;
    }
    firsthand_text::dates::within(&block.text).is_some()
}

/// Whether a block by itself is no part of an article.
fn is_furniture_line(block: &Block, folded: &str, place: usize, count: usize) -> bool {
    let length = block.text.chars().count();
    let words = folded.split(' ').count();
    if !block.text.chars().any(char::is_alphanumeric) {
        return true;
    }
    let share = block.link_share();
    let cue =
        CUES.iter().any(|cue| folded.strip_prefix(cue).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)));
    if cue && (words <= 6 || share > 0.4 || (words <= 16 && (folded.contains(':') || place * 3 > count * 2))) {
        return true;
    }
    // A line that is one link, not the end of a sentence: a pointer to another article.
    if share > 0.8 && !matches!(block.kind, Kind::Item | Kind::Row) && length < 200 {
        let whole_sentence = block.text.ends_with(['.', '”', '"']) && words > 8;
        return !whole_sentence || share > 0.95;
    }
    if share > 0.6 && words > 3 && place * 4 > count * 3 {
        return true;
    }
    // Shouted links ("DON'T MISS: …").
    let letters = block.text.chars().filter(|character| character.is_alphabetic()).count();
    let capitals = block.text.chars().filter(|character| character.is_uppercase()).count();
    share > 0.5 && capitals * 10 > letters * 8 && letters > 4
}

/// Takes headings and lines without an end off the end, pictures and rules off both.
fn trim_ends(kept: &mut Vec<Block>) {
    while let Some(last) = kept.last() {
        let heading = matches!(last.kind, Kind::Heading(_));
        let stray = last.kind == Kind::Paragraph
            && kept.len() > 3
            && last.text.chars().count() < 25
            && !last.text.ends_with(['.', '!', '?', '”', '"', '…', ')', ':', '。']);
        if !(heading || stray) {
            break;
        }
        kept.pop();
    }
}
