//! The blocks of text of a whole page, in one walk: paragraphs, headings, items, rows, images.

use crate::dom::NodeId;
use crate::page::Page;
use crate::vocabulary;
use firsthand_text::normalise::one_line;
use std::ops::Range;

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
    /// Its part of [`Segments::events`].
    pub(crate) events: Range<usize>,
    /// The innermost element that is no inline one.
    pub(crate) element: NodeId,
    /// The place of its surroundings in [`Segments::contexts`].
    pub(crate) context: usize,
    /// Characters that are no white space: all, in links, in bold, in italics.
    pub(crate) letters: u32,
    pub(crate) linked: u32,
    pub(crate) bold: u32,
    pub(crate) italic: u32,
    /// Links in it.
    pub(crate) links: u16,
    /// The first of them.
    pub(crate) first_link: Option<NodeId>,
    /// Whether an image stands in it or between it and the block before.
    pub(crate) image_before: bool,
}

/// A step of the walk, kept so that the blocks that are chosen can be rendered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Event {
    Text(NodeId),
    Open(NodeId),
    Close(NodeId),
    Break,
    Space,
    Image(NodeId),
}

/// What surrounds a block, by kinds of elements: for each the share of the page's prose that the
/// innermost element of the kind holds; [`Context::NONE`] where there is none.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) shares: [f32; vocabulary::COUNT],
}

impl Context {
    /// Stands for: no such element around.
    pub(crate) const NONE: f32 = 2.0;

    /// Whether an element of the kind is around.
    pub(crate) fn has(&self, bit: u32) -> bool {
        self.shares.get(bit as usize).is_some_and(|share| *share < Self::NONE)
    }
}

/// A page in blocks.
#[derive(Debug)]
pub(crate) struct Segments {
    pub(crate) blocks: Vec<Block>,
    pub(crate) events: Vec<Event>,
    pub(crate) contexts: Vec<Context>,
}

enum Step {
    Enter(NodeId),
    Leave(NodeId),
}

struct Frame {
    node: NodeId,
    kind: Option<Kind>,
    context: usize,
}

struct Walk<'a> {
    page: &'a Page,
    out: Segments,
    frames: Vec<Frame>,
    text: String,
    first_event: usize,
    letters: u32,
    linked: u32,
    bold: u32,
    italic: u32,
    links: u16,
    first_link: Option<NodeId>,
    link_depth: u32,
    open_link: Option<NodeId>,
    bold_depth: u32,
    italic_depth: u32,
    image_before: bool,
}

/// Cuts a page into blocks. What is never text (scripts, menus in `nav`, buttons) is left out.
pub(crate) fn segments(page: &Page) -> Segments {
    let outer = Context { shares: [Context::NONE; vocabulary::COUNT] };
    let mut walk = Walk {
        page,
        out: Segments { blocks: Vec::new(), events: Vec::new(), contexts: vec![outer] },
        frames: Vec::new(),
        text: String::new(),
        first_event: 0,
        letters: 0,
        linked: 0,
        bold: 0,
        italic: 0,
        links: 0,
        first_link: None,
        link_depth: 0,
        open_link: None,
        bold_depth: 0,
        italic_depth: 0,
        image_before: false,
    };
    walk.run();
    walk.out
}

impl Walk<'_> {
    /// An explicit stack: a page's depth is the page's choice.
    fn run(&mut self) {
        let page = self.page;
        let dom = &page.dom;
        let mut stack = vec![Step::Enter(NodeId::ROOT)];
        while let Some(step) = stack.pop() {
            match step {
                Step::Enter(node) => {
                    if let Some(text) = dom.text(node) {
                        self.add_text(node, text);
                        continue;
                    }
                    let tag = dom.tag(node);
                    match tag {
                        "" if node != NodeId::ROOT => continue,
                        "br" => {
                            self.line_break();
                            continue;
                        }
                        "img" => {
                            self.image(node);
                            continue;
                        }
                        "hr" => {
                            self.flush();
                            continue;
                        }
                        _ if dom.is_never_text(node) => {
                            if !dom.is_inline(node) {
                                self.flush();
                            }
                            continue;
                        }
                        _ => {}
                    }
                    stack.push(Step::Leave(node));
                    if dom.is_inline(node) {
                        self.out.events.push(Event::Open(node));
                        self.inline(tag, 1);
                        if tag == "a" {
                            self.open_link = Some(node);
                            self.first_link = self.first_link.or(self.open_link);
                        }
                    } else {
                        self.flush();
                        self.enter(node, tag);
                    }
                    let start = stack.len();
                    stack.extend(dom.children(node).map(Step::Enter));
                    if let Some(children) = stack.get_mut(start..) {
                        children.reverse();
                    }
                }
                Step::Leave(node) => {
                    let tag = dom.tag(node);
                    if dom.is_inline(node) {
                        self.out.events.push(Event::Close(node));
                        self.inline(tag, -1);
                    } else if matches!(tag, "td" | "th") {
                        self.text.push(' ');
                        self.out.events.push(Event::Space);
                        self.frames.pop();
                    } else {
                        self.flush();
                        self.frames.pop();
                    }
                }
            }
        }
        self.flush();
    }

    fn inline(&mut self, tag: &str, by: i32) {
        let depth = match tag {
            "a" => {
                if by > 0 {
                    self.links = self.links.saturating_add(1);
                }
                &mut self.link_depth
            }
            "b" | "strong" => &mut self.bold_depth,
            "i" | "em" => &mut self.italic_depth,
            _ => return,
        };
        *depth = depth.saturating_add_signed(by);
    }

    fn enter(&mut self, node: NodeId, tag: &str) {
        let outer = self.frames.last();
        let mut context = outer.map_or(0, |frame| frame.context);
        let kind = kind_of(tag).or_else(|| outer.and_then(|frame| frame.kind));
        let marks = self.page.marks(node);
        if marks != 0 {
            let share = self.page.share(node);
            let mut shares = self.out.contexts.get(context).map_or([Context::NONE; _], |context| context.shares);
            for (bit, held) in shares.iter_mut().enumerate() {
                if marks >> bit & 1 == 1 {
                    *held = share;
                }
            }
            context = self.out.contexts.len();
            self.out.contexts.push(Context { shares });
        }
        self.frames.push(Frame { node, kind, context });
    }

    fn add_text(&mut self, node: NodeId, text: &str) {
        let letters = match text.is_ascii() {
            true => text.bytes().filter(|byte| !matches!(byte, b' ' | b'\t'..=b'\r')).count(),
            false => text.chars().filter(|character| !character.is_whitespace()).count(),
        };
        let letters = u32::try_from(letters).unwrap_or(u32::MAX);
        self.letters = self.letters.saturating_add(letters);
        if self.link_depth > 0 && letters > 0 {
            self.first_link = self.first_link.or(self.open_link);
        }
        for (depth, held) in [
            (self.link_depth, &mut self.linked),
            (self.bold_depth, &mut self.bold),
            (self.italic_depth, &mut self.italic),
        ] {
            if depth > 0 {
                *held = held.saturating_add(letters);
            }
        }
        self.text.push_str(text);
        self.out.events.push(Event::Text(node));
    }

    /// One line break is a space in the text; two part paragraphs.
    fn line_break(&mut self) {
        let kind = self.frames.last().and_then(|frame| frame.kind);
        if kind != Some(Kind::Code) && self.text.trim_end_matches([' ', '\t']).ends_with('\n') {
            self.flush();
            return;
        }
        self.text.push('\n');
        self.out.events.push(Event::Break);
    }

    fn image(&mut self, node: NodeId) {
        let dom = &self.page.dom;
        let tiny = ["width", "height"].iter().any(|name| {
            dom.attribute(node, name).and_then(|size| size.trim().parse::<u32>().ok()).is_some_and(|size| size < 60)
        });
        if tiny {
            return;
        }
        self.image_before = true;
        let place = self.out.events.len();
        self.out.events.push(Event::Image(node));
        self.out.blocks.push(self.block(Kind::Image, String::new(), place..place + 1));
    }

    fn block(&self, kind: Kind, text: String, events: Range<usize>) -> Block {
        let frame = self.frames.last();
        Block {
            kind,
            text,
            events,
            element: frame.map_or(NodeId::ROOT, |frame| frame.node),
            context: frame.map_or(0, |frame| frame.context),
            letters: self.letters,
            linked: self.linked,
            bold: self.bold,
            italic: self.italic,
            links: self.links,
            first_link: self.first_link,
            image_before: self.image_before,
        }
    }

    fn flush(&mut self) {
        let kind = self.frames.last().and_then(|frame| frame.kind).unwrap_or(Kind::Paragraph);
        // Links around pictures only are not links of the text.
        if self.letters > 0 {
            let text = if kind == Kind::Code {
                plain_lines(self.text.trim_matches('\n').trim_end())
            } else {
                one_line(&self.text)
            };
            if !text.is_empty() {
                let block = self.block(kind, text, self.first_event..self.out.events.len());
                self.out.blocks.push(block);
                self.image_before = false;
            }
        }
        self.text.clear();
        self.first_event = self.out.events.len();
        (self.letters, self.linked, self.bold, self.italic, self.links) = (0, 0, 0, 0, 0);
        self.first_link = None;
    }
}

/// Unicode's line separators break lines of JSON for many readers.
pub(crate) fn plain_lines(text: &str) -> String {
    text.replace(['\u{2028}', '\u{2029}', '\u{85}', '\u{b}', '\u{c}'], " ")
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
