//! Bounds the depth of a page while it is parsed: the parser looks through all open elements for many a tag,
//! which takes time by the square of the depth.

use foldhash::HashMap;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::{LocalName, local_name};
use std::cell::RefCell;

/// Passes tokens on, but for tags that open elements deeper than the limit, and those that close these.
pub(crate) struct Guard<Sink> {
    pub(crate) sink: Sink,
    max_depth: usize,
    open: RefCell<Open>,
}

#[derive(Default)]
struct Open {
    elements: Vec<LocalName>,
    /// How many elements of each name were left out and are not yet closed.
    left_out: HashMap<LocalName, usize>,
}

impl<Sink> Guard<Sink> {
    pub(crate) fn new(sink: Sink, max_depth: usize) -> Self {
        Self { sink, max_depth, open: RefCell::new(Open::default()) }
    }

    /// Whether a tag passes.
    fn passes(&self, tag: &Tag) -> bool {
        if tag.self_closing || !nests(&tag.name) {
            return true;
        }
        let mut open = self.open.borrow_mut();
        match tag.kind {
            TagKind::StartTag if open.elements.len() >= self.max_depth => {
                *open.left_out.entry(tag.name.clone()).or_insert(0) += 1;
                false
            }
            TagKind::StartTag => {
                open.elements.push(tag.name.clone());
                true
            }
            TagKind::EndTag => {
                if let Some(count) = open.left_out.get_mut(&tag.name).filter(|count| **count > 0) {
                    *count -= 1;
                    return false;
                }
                if let Some(place) = open.elements.iter().rposition(|name| *name == tag.name) {
                    open.elements.truncate(place);
                }
                true
            }
        }
    }
}

/// Whether elements of a name stand open until they are closed. Others are closed by the next of their kind, are
/// empty, or hold text alone.
fn nests(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("div")
            | local_name!("span")
            | local_name!("section")
            | local_name!("article")
            | local_name!("aside")
            | local_name!("main")
            | local_name!("nav")
            | local_name!("header")
            | local_name!("footer")
            | local_name!("figure")
            | local_name!("details")
            | local_name!("ul")
            | local_name!("ol")
            | local_name!("dl")
            | local_name!("table")
            | local_name!("blockquote")
            | local_name!("center")
            | local_name!("font")
            | local_name!("b")
            | local_name!("i")
            | local_name!("u")
            | local_name!("s")
            | local_name!("em")
            | local_name!("strong")
            | local_name!("small")
            | local_name!("big")
            | local_name!("code")
            | local_name!("tt")
            | local_name!("strike")
            | local_name!("sub")
            | local_name!("sup")
            | local_name!("address")
            | local_name!("fieldset")
            | local_name!("svg")
            | local_name!("g")
            | local_name!("math")
            | local_name!("object")
            | local_name!("template")
    )
}

impl<Sink: TokenSink> TokenSink for Guard<Sink> {
    type Handle = Sink::Handle;

    fn process_token(&self, token: Token, line_number: u64) -> TokenSinkResult<Self::Handle> {
        match &token {
            Token::TagToken(tag) if !self.passes(tag) => TokenSinkResult::Continue,
            _ => self.sink.process_token(token, line_number),
        }
    }

    fn end(&self) {
        self.sink.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.sink.adjusted_current_node_present_but_not_in_html_namespace()
    }
}
