//! The chosen blocks with their markup and links, ready for output.

use crate::choose;
use crate::cues;
use crate::dom::NodeId;
use crate::features::Row;
use crate::page::Page;
use crate::segment::{Event, Kind, Segments, plain_lines};
use crate::vocabulary::CAPTION_BIT;
use firsthand_model::Link;
use firsthand_text::html::escape;
use firsthand_text::normalise::{fold, one_line};
use firsthand_text::urls;
use foldhash::{HashMap, HashMapExt as _};
use url::Url;

/// A block of the article.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) kind: Kind,
    /// The text on one line (several for code).
    pub(crate) text: String,
    /// The same with inline markup, not yet sanitised.
    pub(crate) html: String,
    pub(crate) links: Vec<Link>,
    /// The innermost element around it that is no inline one, where it stands on the page.
    pub(crate) element: Option<NodeId>,
}

/// Elements that are kept inside a line.
const INLINE: &[&str] =
    &["b", "strong", "i", "em", "u", "s", "sub", "sup", "code", "q", "cite", "mark", "abbr", "small", "del", "ins"];

impl Block {
    /// A paragraph of plain text.
    pub(crate) fn plain(text: String) -> Self {
        Self { html: escape(&text).into_owned(), kind: Kind::Paragraph, text, links: Vec::new(), element: None }
    }
}

/// Whether each block is kept: by the looks, less what repeats the title or another block.
pub(crate) fn keep(segments: &Segments, rows: &[Row], looks: &[f32], title: Option<&str>) -> Vec<bool> {
    let sizes: Vec<f32> = rows.iter().map(|row| row.size).collect();
    let chosen = choose::decide(looks, &sizes);
    let mut kept = vec![false; segments.blocks.len()];
    let title = title.map(fold).unwrap_or_default();
    // Of two blocks with the same words the likelier one stays.
    let mut copies: HashMap<String, (f32, usize)> = HashMap::new();
    let mut texts = 0;
    for ((row, chosen), look) in rows.iter().zip(chosen).zip(looks) {
        let Some(block) = segments.blocks.get(row.block).filter(|_| chosen) else { continue };
        if !block.text.chars().any(char::is_alphanumeric) {
            continue;
        }
        let folded = fold(&block.text);
        if texts < 3 && !title.is_empty() && folded == title {
            continue;
        }
        if block.letters > 60 {
            let held = copies.entry(folded).or_insert((0.0, row.block));
            if held.0 > *look {
                continue;
            }
            if held.0 > 0.0
                && let Some(other) = kept.get_mut(held.1)
            {
                *other = false;
            }
            *held = (*look, row.block);
        }
        texts += 1;
        if let Some(held) = kept.get_mut(row.block) {
            *held = true;
        }
    }
    keep_images(segments, &mut kept);
    kept
}

/// Images stay where the text before or after them does; captions are no such text.
fn keep_images(segments: &Segments, kept: &mut [bool]) {
    let is_caption = |place: usize| {
        segments
            .blocks
            .get(place)
            .and_then(|block| segments.contexts.get(block.context))
            .is_some_and(|context| context.has(CAPTION_BIT))
    };
    let is_image = |place: usize| segments.blocks.get(place).is_some_and(|block| block.kind == Kind::Image);
    let texts: Vec<bool> = kept.to_vec();
    let stays = |place: usize| texts.get(place).copied().unwrap_or(false);
    for place in (0..segments.blocks.len()).filter(|place| is_image(*place)) {
        let text = |place: &usize| !is_image(*place) && (stays(*place) || !is_caption(*place));
        let before = (0..place).rev().take(12).find(text);
        let after = (place + 1..segments.blocks.len()).take(12).find(text);
        let beside = |place: Option<usize>| place.is_some_and(stays);
        if let Some(held) = kept.get_mut(place) {
            *held = beside(before) || beside(after);
        }
    }
}

/// The kept blocks. Gives them and the links of "Read more" lines, which lead to the source.
pub(crate) fn render(page: &Page, segments: &Segments, kept: &[bool], base: Option<&Url>) -> (Vec<Block>, Vec<Link>) {
    let mut onward = Vec::new();
    let mut out: Vec<Block> = Vec::new();
    for (place, block) in segments.blocks.iter().enumerate() {
        if !kept.get(place).copied().unwrap_or(false) {
            continue;
        }
        let events = segments.events.get(block.events.clone()).unwrap_or_default();
        // An image within a paragraph has a block of its own, which stands before it.
        let events = events.iter().filter(|event| block.kind == Kind::Image || !matches!(event, Event::Image(_)));
        let (mut html, links) = Renderer { page, base, html: String::new(), links: Vec::new() }.run(events);
        if block.kind == Kind::Image {
            if html.is_empty() {
                continue;
            }
            // A caption that is no part of the text stays with its image.
            let next = segments.blocks.get(place + 1).filter(|_| !kept.get(place + 1).copied().unwrap_or(false));
            let caption = next.filter(|next| {
                next.kind != Kind::Image
                    && segments.contexts.get(next.context).is_some_and(|context| context.has(CAPTION_BIT))
            });
            if let Some(caption) = caption {
                html.push_str(&format!("<figcaption>{}</figcaption>", escape(&caption.text)));
            }
        }
        let (text, element) = (block.text.clone(), Some(block.element));
        let block = Block { kind: block.kind, text, html, links, element };
        let block = without_onward_link(block, &mut onward);
        if block.kind == Kind::Image || !block.text.is_empty() {
            out.push(block);
        }
    }
    while out.last().is_some_and(|last| matches!(last.kind, Kind::Heading(_))) {
        out.pop();
    }
    (out, onward)
}

struct Renderer<'a> {
    page: &'a Page,
    base: Option<&'a Url>,
    html: String,
    links: Vec<Link>,
}

impl Renderer<'_> {
    fn run<'e>(mut self, events: impl Iterator<Item = &'e Event>) -> (String, Vec<Link>) {
        let dom = &self.page.dom;
        // Links that are open: node, and the text within.
        let mut open: Vec<(NodeId, String)> = Vec::new();
        for event in events {
            match *event {
                Event::Text(node) => {
                    let text = plain_lines(dom.text(node).unwrap_or_default());
                    self.html.push_str(&escape(&text));
                    open.iter_mut().for_each(|(_, held)| held.push_str(&text));
                }
                Event::Break => self.html.push_str("<br>"),
                Event::Space => self.html.push(' '),
                Event::Image(node) => self.image(node),
                Event::Open(node) => match dom.tag(node) {
                    "a" => {
                        if let Some(address) = self.address(node, "href") {
                            self.html.push_str(&format!("<a href=\"{}\">", escape(&address)));
                        }
                        open.push((node, String::new()));
                    }
                    tag if INLINE.contains(&tag) => self.html.push_str(&format!("<{tag}>")),
                    _ => {}
                },
                Event::Close(node) => match dom.tag(node) {
                    "a" => {
                        if let Some(place) = open.iter().rposition(|(held, _)| *held == node) {
                            let (_, words) = open.remove(place);
                            self.close_link(node, &words);
                        }
                    }
                    tag if INLINE.contains(&tag) => self.html.push_str(&format!("</{tag}>")),
                    _ => {}
                },
            }
        }
        // A link around the whole block closes behind it.
        while let Some((node, words)) = open.pop() {
            self.close_link(node, &words);
        }
        (self.html, self.links)
    }

    fn close_link(&mut self, node: NodeId, words: &str) {
        let Some(address) = self.address(node, "href") else { return };
        self.html.push_str("</a>");
        let words = one_line(words);
        if !words.is_empty() {
            self.links.push(Link { url: address, text: words });
        }
    }

    fn image(&mut self, node: NodeId) {
        // Where the image is loaded by a script, its address is in an attribute of the script's.
        let named = ["src", "data-src", "data-original", "data-lazy-src"];
        let Some(address) = named.iter().find_map(|name| self.address(node, name)) else { return };
        let alternative = self.page.dom.attribute(node, "alt").unwrap_or_default();
        self.html.push_str(&format!("<img src=\"{}\" alt=\"{}\">", escape(&address), escape(alternative)));
    }

    fn address(&self, node: NodeId, name: &str) -> Option<String> {
        debug_assert!(self.page.dom.is_inline(node), "only elements within a line have addresses here");
        let address = urls::absolute(self.page.dom.attribute(node, name)?.trim(), self.base)?;
        matches!(address.scheme(), "http" | "https").then(|| address.to_string())
    }
}

/// Takes a link to the rest of the text ("» … Read More") off the end of a block.
fn without_onward_link(mut block: Block, onward: &mut Vec<Link>) -> Block {
    let Some(link) = block.links.last() else { return block };
    let words = fold(&link.text);
    let words = words.trim_matches(|character: char| !character.is_alphanumeric());
    let Some(before) = cues::is_onward(words).then(|| block.text.strip_suffix(link.text.as_str())).flatten() else {
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
    onward.extend(block.links.pop());
    if let Some(place) = block.html.rfind("<a ") {
        let html = block.html.get(..place).unwrap_or_default();
        let html = html.trim_end_matches("<br>").trim_end();
        let cut = html.rfind('»').filter(|place| html.len() - place < 30).unwrap_or(html.len());
        block.html = html.get(..cut).unwrap_or_default().trim_end().to_owned();
    }
    block
}
