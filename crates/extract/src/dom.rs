//! A page as an arena of nodes, built by the HTML parser.

use crate::depth::Guard;
use crate::tokens;
use foldhash::{HashMap, HashMapExt as _};
use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, LocalName, Namespace, QualName, local_name};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::num::NonZeroU32;

/// The place of a node in the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(NonZeroU32);

impl NodeId {
    pub(crate) const ROOT: Self = Self(NonZeroU32::MIN);

    pub(crate) fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

#[derive(Debug)]
enum Data {
    Element {
        name: QualName,
        attributes: Vec<Attribute>,
        template: Option<NodeId>,
    },
    Text(StrTendril),
    /// The document, comments, instructions.
    Other,
}

#[derive(Debug)]
struct Node {
    parent: Option<NodeId>,
    first: Option<NodeId>,
    last: Option<NodeId>,
    previous: Option<NodeId>,
    next: Option<NodeId>,
    depth: u32,
    data: Data,
}

/// A parsed page. Nodes that are asked for and not there answer as empty ones.
#[derive(Debug)]
pub(crate) struct Dom {
    nodes: Vec<Node>,
    /// The elements of each name, in document order, once the page is parsed.
    by_tag: HashMap<LocalName, Vec<NodeId>>,
    /// For each node what its tag says, once the page is parsed.
    traits: Vec<u8>,
    /// The elements with an `itemprop`, in document order, once the page is parsed.
    properties: Vec<NodeId>,
}

/// What a tag says, as bits: an element within a line of text, one that never holds text of an article, a block that
/// holds a paragraph, a link, a `div`, a script or style.
const INLINE: u8 = 1;
const NEVER_TEXT: u8 = 2;
const PARAGRAPH: u8 = 4;
const LINK: u8 = 8;
const DIV: u8 = 16;
const RAW: u8 = 32;

/// Parses a page. Of elements deeper than `max_depth` only the text is kept.
pub(crate) fn parse(html: &str, max_depth: usize) -> Dom {
    let sink = Guard::new(TreeBuilder::new(builder(html, max_depth), TreeBuilderOpts::default()), max_depth);
    tokens::send(html, &sink);
    sink.sink.sink.finish()
}

fn builder(html: &str, max_depth: usize) -> Builder {
    let mut dom = Dom {
        nodes: Vec::with_capacity(html.len() / 64),
        by_tag: HashMap::new(),
        traits: Vec::new(),
        properties: Vec::new(),
    };
    dom.add(Data::Other);
    let max_depth = u32::try_from(max_depth).unwrap_or(u32::MAX);
    Builder { dom: RefCell::new(dom), max_depth, newest: Cell::new(NodeId::ROOT) }
}

impl tokens::Sink for Guard<TreeBuilder<NodeId, Builder>> {
    fn add_raw(&self, text: StrTendril) {
        self.sink.sink.add_raw(text);
    }
}

impl Dom {
    fn add(&mut self, data: Data) -> NodeId {
        let number = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let id = NodeId(NonZeroU32::MIN.saturating_add(number));
        self.nodes.push(Node { parent: None, first: None, last: None, previous: None, next: None, depth: 0, data });
        id
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.index())
    }

    fn node_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        self.nodes.get_mut(id.index())
    }

    /// The number of nodes: every [`NodeId::index`] is below it.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id)?.parent
    }

    pub(crate) fn next(&self, id: NodeId) -> Option<NodeId> {
        self.node(id)?.next
    }

    pub(crate) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.node(id).and_then(|node| node.first), |child| self.next(*child))
    }

    /// The nodes under `id`, itself first, in document order.
    pub(crate) fn descendants(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut at = Some(id);
        std::iter::from_fn(move || {
            let here = at?;
            at = self.after(here, id);
            Some(here)
        })
    }

    fn after(&self, here: NodeId, top: NodeId) -> Option<NodeId> {
        if let Some(first) = self.node(here)?.first {
            return Some(first);
        }
        self.after_subtree(here, top)
    }

    /// The node that follows `here` and all that is under it, within `top`.
    fn after_subtree(&self, here: NodeId, top: NodeId) -> Option<NodeId> {
        let mut at = here;
        while at != top {
            let node = self.node(at)?;
            if node.next.is_some() {
                return node.next;
            }
            at = node.parent?;
        }
        None
    }

    pub(crate) fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(id), |at| self.parent(*at))
    }

    /// The element's local name; empty for what is no element.
    pub(crate) fn tag(&self, id: NodeId) -> &str {
        match self.node(id).map(|node| &node.data) {
            Some(Data::Element { name, .. }) => &name.local,
            _ => "",
        }
    }

    /// A text node's text.
    pub(crate) fn text(&self, id: NodeId) -> Option<&str> {
        match self.node(id).map(|node| &node.data) {
            Some(Data::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// An element's attributes: local names and values.
    pub(crate) fn attributes(&self, id: NodeId) -> impl Iterator<Item = (&LocalName, &str)> {
        let attributes = match self.node(id).map(|node| &node.data) {
            Some(Data::Element { attributes, .. }) => attributes.as_slice(),
            _ => &[],
        };
        attributes.iter().map(|attribute| (&attribute.name.local, &*attribute.value))
    }

    pub(crate) fn attribute(&self, id: NodeId, wanted: &str) -> Option<&str> {
        debug_assert!(tokens::is_kept(wanted), "{wanted} is not kept");
        match self.node(id).map(|node| &node.data) {
            Some(Data::Element { attributes, .. }) => {
                attributes.iter().find(|attribute| &*attribute.name.local == wanted).map(|attribute| &*attribute.value)
            }
            _ => None,
        }
    }

    /// All the text under a node, as it is.
    pub(crate) fn raw_text(&self, id: NodeId) -> String {
        self.descendants(id).filter_map(|node| self.text(node)).collect()
    }

    /// All the text under a node on one line, scripts and styles left out.
    pub(crate) fn line_of(&self, id: NodeId) -> String {
        let mut out = String::new();
        let mut at = Some(id);
        while let Some(node) = at {
            if matches!(self.tag(node), "script" | "style" | "noscript" | "template" | "svg") {
                at = self.after_subtree(node, id);
                continue;
            }
            if let Some(text) = self.text(node) {
                out.push_str(text);
            } else if !self.is_inline(node) {
                out.push(' ');
            }
            at = self.after(node, id);
        }
        firsthand_text::normalise::one_line(&out)
    }

    /// The elements with a name, in document order.
    pub(crate) fn elements(&self, tag: &str) -> impl Iterator<Item = NodeId> + '_ {
        self.by_tag.get(&LocalName::from(tag)).into_iter().flatten().copied()
    }

    /// The elements that have an `itemprop`, with it, in document order.
    pub(crate) fn properties(&self) -> impl Iterator<Item = (NodeId, &str)> {
        self.properties.iter().filter_map(|node| Some((*node, self.attribute(*node, "itemprop")?)))
    }

    /// Whether a node stands within a line of text.
    pub(crate) fn is_inline(&self, id: NodeId) -> bool {
        self.traits.get(id.index()).is_none_or(|traits| traits & INLINE != 0)
    }

    fn is(&self, id: NodeId, bit: u8) -> bool {
        self.traits.get(id.index()).is_some_and(|traits| traits & bit != 0)
    }

    /// Whether an element never holds text of an article.
    pub(crate) fn is_never_text(&self, id: NodeId) -> bool {
        self.is(id, NEVER_TEXT)
    }

    /// Whether an element is of those that hold a paragraph.
    pub(crate) fn is_paragraph(&self, id: NodeId) -> bool {
        self.is(id, PARAGRAPH)
    }

    pub(crate) fn is_link(&self, id: NodeId) -> bool {
        self.is(id, LINK)
    }

    pub(crate) fn is_div(&self, id: NodeId) -> bool {
        self.is(id, DIV)
    }

    /// Whether an element is a script or style.
    pub(crate) fn is_raw(&self, id: NodeId) -> bool {
        self.is(id, RAW)
    }

    fn index(&mut self) {
        let mut by_tag: HashMap<LocalName, Vec<NodeId>> = HashMap::new();
        let mut properties = Vec::new();
        for id in self.descendants(NodeId::ROOT) {
            if let Some(Data::Element { name, attributes, .. }) = self.node(id).map(|node| &node.data) {
                match by_tag.get_mut(&name.local) {
                    Some(nodes) => nodes.push(id),
                    None => drop(by_tag.insert(name.local.clone(), vec![id])),
                }
                if attributes.iter().any(|attribute| attribute.name.local == local_name!("itemprop")) {
                    properties.push(id);
                }
            }
        }
        self.properties = properties;
        self.traits = vec![INLINE; self.nodes.len()];
        for (name, nodes) in &by_tag {
            let traits = traits(name);
            for node in nodes {
                if let Some(held) = self.traits.get_mut(node.index()) {
                    *held = traits;
                }
            }
        }
        self.by_tag = by_tag;
    }

    fn detach(&mut self, id: NodeId) {
        let Some(node) = self.node_mut(id) else { return };
        let (parent, previous, next) = (node.parent.take(), node.previous.take(), node.next.take());
        match previous {
            Some(previous) => {
                if let Some(node) = self.node_mut(previous) {
                    node.next = next;
                }
            }
            None => {
                if let Some(node) = parent.and_then(|parent| self.node_mut(parent)) {
                    node.first = next;
                }
            }
        }
        match next {
            Some(next) => {
                if let Some(node) = self.node_mut(next) {
                    node.previous = previous;
                }
            }
            None => {
                if let Some(node) = parent.and_then(|parent| self.node_mut(parent)) {
                    node.last = previous;
                }
            }
        }
    }

    fn append(&mut self, parent: NodeId, child: NodeId, max_depth: u32) {
        self.detach(child);
        let mut parent = parent;
        while self.node(parent).is_some_and(|node| node.depth >= max_depth) {
            let Some(above) = self.parent(parent) else { break };
            parent = above;
        }
        let Some(node) = self.node_mut(parent) else { return };
        let (last, depth) = (node.last.replace(child), node.depth);
        if node.first.is_none() {
            node.first = Some(child);
        }
        if let Some(node) = last.and_then(|last| self.node_mut(last)) {
            node.next = Some(child);
        }
        if let Some(node) = self.node_mut(child) {
            (node.parent, node.previous, node.depth) = (Some(parent), last, depth + 1);
        }
    }

    fn insert_before(&mut self, sibling: NodeId, child: NodeId) {
        self.detach(child);
        let Some(node) = self.node_mut(sibling) else { return };
        let (parent, previous, depth) = (node.parent, node.previous.replace(child), node.depth);
        if let Some(node) = self.node_mut(child) {
            (node.parent, node.previous, node.next, node.depth) = (parent, previous, Some(sibling), depth);
        }
        match previous {
            Some(previous) => {
                if let Some(node) = self.node_mut(previous) {
                    node.next = Some(child);
                }
            }
            None => {
                if let Some(node) = parent.and_then(|parent| self.node_mut(parent)) {
                    node.first = Some(child);
                }
            }
        }
    }

    /// Adds to a text node, if it is one.
    fn extend_text(&mut self, id: Option<NodeId>, text: &StrTendril) -> bool {
        match id.and_then(|id| self.node_mut(id)).map(|node| &mut node.data) {
            Some(Data::Text(held)) => {
                held.push_tendril(text);
                true
            }
            _ => false,
        }
    }
}

/// What a tag says, as bits.
fn traits(tag: &str) -> u8 {
    let inline = matches!(
        tag,
        "a" | "abbr"
            | "acronym"
            | "b"
            | "bdi"
            | "bdo"
            | "big"
            | "cite"
            | "code"
            | "data"
            | "del"
            | "dfn"
            | "em"
            | "font"
            | "i"
            | "ins"
            | "kbd"
            | "label"
            | "mark"
            | "meter"
            | "nobr"
            | "output"
            | "q"
            | "rp"
            | "rt"
            | "ruby"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strike"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "tt"
            | "u"
            | "var"
            | "wbr"
            | "img"
    );
    let never_text = matches!(
        tag,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "svg"
            | "math"
            | "iframe"
            | "object"
            | "embed"
            | "button"
            | "input"
            | "select"
            | "textarea"
            | "nav"
            | "dialog"
            | "head"
            | "audio"
            | "video"
            | "canvas"
            | "map"
    );
    let paragraph = matches!(tag, "p" | "li" | "blockquote" | "pre" | "td" | "dd" | "h2" | "h3" | "h4");
    let bit = |is: bool, bit: u8| if is { bit } else { 0 };
    bit(inline, INLINE)
        | bit(never_text, NEVER_TEXT)
        | bit(paragraph, PARAGRAPH)
        | bit(tag == "a", LINK)
        | bit(tag == "div", DIV)
        | bit(matches!(tag, "script" | "style"), RAW)
}

struct Builder {
    dom: RefCell<Dom>,
    max_depth: u32,
    /// The element that was made last.
    newest: Cell<NodeId>,
}

impl Builder {
    /// Gives the element that was made last a text, as it stands in the page.
    fn add_raw(&self, text: StrTendril) {
        let mut dom = self.dom.borrow_mut();
        let child = dom.add(Data::Text(text));
        dom.append(self.newest.get(), child, self.max_depth);
    }
}

/// An element's name, for the parser.
#[derive(Debug)]
struct Name {
    ns: Namespace,
    local: LocalName,
}

impl ElemName for Name {
    fn ns(&self) -> &Namespace {
        &self.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.local
    }
}

impl TreeSink for Builder {
    type Handle = NodeId;
    type Output = Dom;
    type ElemName<'a> = Name;

    fn finish(self) -> Dom {
        let mut dom = self.dom.into_inner();
        dom.index();
        dom
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        NodeId::ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Name {
        match self.dom.borrow().node(*target).map(|node| &node.data) {
            Some(Data::Element { name, .. }) => Name { ns: name.ns.clone(), local: name.local.clone() },
            // The parser asks for elements' names only.
            _ => Name { ns: html5ever::ns!(html), local: local_name!("div") },
        }
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        let mut dom = self.dom.borrow_mut();
        let template = flags.template.then(|| dom.add(Data::Other));
        let element = dom.add(Data::Element { name, attributes, template });
        self.newest.set(element);
        element
    }

    fn create_comment(&self, _text: StrTendril) -> NodeId {
        self.dom.borrow_mut().add(Data::Other)
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> NodeId {
        self.dom.borrow_mut().add(Data::Other)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        let mut dom = self.dom.borrow_mut();
        match child {
            NodeOrText::AppendNode(child) => dom.append(*parent, child, self.max_depth),
            NodeOrText::AppendText(text) => {
                let last = dom.node(*parent).and_then(|node| node.last);
                if !dom.extend_text(last, &text) {
                    let child = dom.add(Data::Text(text));
                    dom.append(*parent, child, self.max_depth);
                }
            }
        }
    }

    fn append_based_on_parent_node(&self, element: &NodeId, previous: &NodeId, child: NodeOrText<NodeId>) {
        if self.dom.borrow().parent(*element).is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _name: StrTendril, _public: StrTendril, _system: StrTendril) {}

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        match self.dom.borrow().node(*target).map(|node| &node.data) {
            Some(Data::Element { template: Some(template), .. }) => *template,
            _ => *target,
        }
    }

    fn same_node(&self, one: &NodeId, other: &NodeId) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        let mut dom = self.dom.borrow_mut();
        match child {
            NodeOrText::AppendNode(child) => dom.insert_before(*sibling, child),
            NodeOrText::AppendText(text) => {
                let previous = dom.node(*sibling).and_then(|node| node.previous);
                if !dom.extend_text(previous, &text) {
                    let child = dom.add(Data::Text(text));
                    dom.insert_before(*sibling, child);
                }
            }
        }
    }

    fn add_attrs_if_missing(&self, target: &NodeId, new: Vec<Attribute>) {
        if let Some(Data::Element { attributes, .. }) =
            self.dom.borrow_mut().node_mut(*target).map(|node| &mut node.data)
        {
            for attribute in new {
                if !attributes.iter().any(|held| held.name == attribute.name) {
                    attributes.push(attribute);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.dom.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        let mut dom = self.dom.borrow_mut();
        while let Some(child) = dom.node(*node).and_then(|node| node.first) {
            dom.append(*new_parent, child, self.max_depth);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_markup_becomes_a_tree() {
        let dom = parse("<!doctype html><p>one<p>two <b>four<i>five</b>six</i><table><tr><td>three</table>", 64);
        let paragraphs: Vec<String> = dom.elements("p").map(|node| dom.line_of(node)).collect();
        assert_eq!(paragraphs, ["one", "two fourfivesix"]);
        assert_eq!(dom.line_of(NodeId::ROOT), "one two fourfivesix three");
    }

    #[test]
    fn scripts_are_kept_as_they_are() {
        let page = "<!doctype html><!-- <script> --><title>a <script></title><SCRIPT type=x data-y='>'>if (1 < 2) '</scripts>'\
            </script ><p title='<style>'>one<style>p > b {}</STYLE>two<script><!-- <script></script> --></script>three\
            <svg><script>four</script></svg><textarea><script></textarea>five<script>six";
        let dom = parse(page, 64);
        let scripts: Vec<String> = dom.elements("script").map(|node| dom.raw_text(node)).collect();
        assert_eq!(scripts, ["if (1 < 2) '</scripts>'", "<!-- <script></script> -->", "four", "six"]);
        // A style's text is nobody's concern.
        assert_eq!(dom.elements("style").map(|node| dom.raw_text(node)).collect::<Vec<_>>(), [""]);
        assert_eq!(dom.line_of(NodeId::ROOT), "a <script> onetwothree <script>five");
        assert_eq!(parse("<p>one<script>two", 64).line_of(NodeId::ROOT), "one");
    }

    #[test]
    fn drawings_need_no_parser_unless_they_hold_more_than_shapes() {
        let dom =
            parse("<p>one <SVG class=x><title>a</title><g><path d='M0'/></g></svg> two<svg/> three<svg><path>", 64);
        assert_eq!((dom.elements("path").count(), dom.elements("svg").count()), (1, 3));
        assert_eq!(dom.line_of(NodeId::ROOT), "one two three");
        // A paragraph ends the drawing around it.
        let dom = parse("<svg><g><p>one</p></g></svg>", 64);
        assert_eq!(dom.line_of(NodeId::ROOT), "one");
    }

    /// The tree that the parser's own tokenizer gives.
    fn parse_by_the_parsers_own(html: &str) -> Dom {
        use html5ever::TokenizerResult;
        use html5ever::buffer_queue::BufferQueue;
        use html5ever::tokenizer::{Tokenizer, TokenizerOpts};
        let builder = builder(html, 64);
        let guard = Guard::new(TreeBuilder::new(builder, TreeBuilderOpts::default()), 64);
        let tokenizer = Tokenizer::new(guard, TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(StrTendril::from_slice(html));
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        tokenizer.end();
        tokenizer.sink.sink.sink.finish()
    }

    fn drawn(dom: &Dom) -> String {
        let mut out = String::new();
        for node in dom.descendants(NodeId::ROOT) {
            let depth = dom.ancestors(node).count();
            let mut attributes: Vec<String> = dom
                .attributes(node)
                .filter(|(name, _)| tokens::is_kept(name))
                .map(|(name, value)| format!("{name}={value:?}"))
                .collect();
            attributes.sort();
            let (tag, text) = (dom.tag(node), dom.text(node).unwrap_or_default());
            out.push_str(&format!("{depth} {tag} {} {text:?}\n", attributes.join(" ")));
        }
        out
    }

    #[test]
    fn tokens_are_those_of_the_parsers_own_tokenizer() {
        for page in [
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\"><p>a<table><tr><td>b",
            "<!doctype html SYSTEM 'about:legacy-compat'><p>a<table>b",
            "<!doctype><p><table>",
            "<!doctype html public><p><table>",
            "<!doctype html bogus><p><table>",
            "a &amp; b &AMP c &notit; &nosuch; &#x41;&#65 &#0; &#x80; &#xD800; &#99999999999; &; &# &#x; &ampx",
            "<a href='?a=1&copy=2&amp;b&lt;&ltx&notin;' TITLE=x title=y class = \"q w\" data-x ='v' id=a/b>c</A b=c>",
            "<p =a=b class==c 'd' /><p/class=x/ id=y></p / class=x><p class='a'id='b'>",
            "a<!-- b --!>c<!-->d<!--->e<!-- - -- -- > -->f<!---->g<!x>h<?y>i</ z>j</>k<! >l< m<3 <!--n",
            "<title>a &lt; <b></titlex> </TITLE x>b<textarea>\n\nc</textarea><pre>\n\nd</pre>",
            "<script>a<!-- <script> </script> --> </script>b<script><!--></script>c<script><!-- x </script>d",
            "<script><!-- <script > </script/> - -- > --> <b></script\t>e<script><!--<scriptx></script>f",
            "<noscript><p>a</noscript>b<iframe><p>c</iframe><xmp><p>d</xmp><noembed><p></noembed>",
            "<math><mi><![CDATA[a<b>]]]]>c]]></mi><annotation-xml encoding='text/html'><p>d</math><![CDATA[e]]>f",
            "<p>a<plaintext><b>&amp;</plaintext>",
            "a\r\nb\rc<p title='d\r\ne'>f",
            "<p class",
            "<p class=",
            "<p class='a",
            "a</",
            "a<",
            "a</p",
            "a<!",
            "a<!-",
            "<script>a",
            "<title>a</titl",
            "<table>a<tr>b<td>c</table>d<b><p>e</b>f</p><a>g<a>h",
        ] {
            assert_eq!(drawn(&parse(page, 64)), drawn(&parse_by_the_parsers_own(page)), "{page}");
        }
    }

    proptest::proptest! {
        #[test]
        fn tokens_of_any_page_are_those_of_the_parsers_own_tokenizer(parts in proptest::collection::vec("[a-z<>/!='\"&; \n-]{1,4}|<(p|b|a|table|tr|td|pre|title|textarea|script|math|mi|noscript|div)( (class|id|x)(=('[^'\\x00]{0,4}'|\"[a-z&;]{0,4}\"|[a-z&]{1,3}))?){0,2} ?/?>|</(p|b|a|table|title|textarea|script|math|noscript|div)>|<!--|-->|--!>|<!\\[CDATA\\[|\\]\\]>|&(amp|lt|notin|not|copy|#x?[0-9a-f]{1,6});?", 0..14)) {
            let page = parts.concat();
            let (own, parsers) = (drawn(&parse(&page, 64)), drawn(&parse_by_the_parsers_own(&page)));
            proptest::prop_assert_eq!(own, parsers, "{}", page);
        }

        #[test]
        fn document_types_are_read_as_the_parsers_own_tokenizer_does(
            page in "<!DOCTYPE ?(html)?( ?(PUBLIC|system|x)( ?('[^>']{0,3}'?|\"-//W3C//DTD HTML 3.2//EN\"|'about:legacy-compat')){0,3})? ?>"
        ) {
            let page = format!("{page}<p><table>a");
            let (own, parsers) = (drawn(&parse(&page, 64)), drawn(&parse_by_the_parsers_own(&page)));
            proptest::prop_assert_eq!(own, parsers, "{}", page);
        }
    }

    #[test]
    fn many_open_drawings_take_no_longer_than_others() {
        let page = format!("{}<p>one", "<svg>".repeat(300_000));
        assert_eq!(parse(&page, 64).line_of(NodeId::ROOT), "one");
        let page = format!("{}<p>one", "<svg><path/>".repeat(100_000));
        assert_eq!(parse(&page, 64).line_of(NodeId::ROOT), "one");
    }

    #[test]
    fn depth_is_bounded() {
        let dom = parse(&"<div>".repeat(5000), 100);
        assert!(dom.nodes.iter().all(|node| node.depth <= 101));
        // The text of deeper ones is kept.
        let dom = parse(&format!("{}deep{}<p>after", "<div>".repeat(5000), "</div>".repeat(5000)), 100);
        assert_eq!(dom.line_of(NodeId::ROOT), "deep after");
        assert_eq!(dom.elements("p").map(|node| dom.ancestors(node).count()).collect::<Vec<_>>(), [3]);
    }
}
