//! A reader of XML that never refuses a document: feeds are written by hand, cut off, mixed with
//! HTML and encoded twice, and a reader that stops at the first fault loses all of them.
//!
//! What is wrong is read as a person would: an end tag that fits no open element is skipped, one
//! that fits an outer element closes what is open within it, a stray `<` or `&` is text, an
//! undeclared entity is looked up among HTML's. The depth is bounded; declared entities are taken
//! from the document's own subset, without nesting and with a bound, so none can grow.

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};
use std::borrow::Cow;

/// Most entities that a document may declare, and the greatest length of one in bytes.
const MOST_ENTITIES: usize = 256;
const LONGEST_ENTITY: usize = 1024;
/// Most prefixes that are declared at one place.
const MOST_PREFIXES: usize = 256;
/// Most elements of a web page: what follows them is not read.
const MOST_PAGE_ELEMENTS: usize = 150_000;

/// The vocabulary that an element's name belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// No namespace, or one of RSS.
    Plain,
    /// Atom 0.3 and 1.0.
    Atom,
    /// Dublin Core elements and terms.
    Dc,
    /// RSS's content module.
    Content,
    /// Media RSS.
    Media,
    /// iTunes.
    Itunes,
    /// XHTML.
    Xhtml,
    /// RDF itself.
    Rdf,
    /// Sitemaps.
    Sitemap,
    /// The news extension of sitemaps.
    News,
    /// Any other.
    Other,
}

/// An element: names and values borrow from the document.
#[derive(Debug)]
pub(crate) struct Element<'a> {
    /// The name as written, prefix included.
    pub(crate) name: &'a str,
    /// The name without its prefix.
    pub(crate) local: &'a str,
    /// What the prefix stands for.
    pub(crate) space: Space,
    /// Names and raw values.
    attributes: Vec<(&'a str, &'a str)>,
    /// What it holds, in order.
    pub(crate) children: Vec<Node<'a>>,
    /// The element around it.
    pub(crate) parent: Option<usize>,
}

/// What an element holds.
#[derive(Debug)]
pub(crate) enum Node<'a> {
    /// An element, by its number.
    Element(usize),
    /// Text with its entities as written.
    Text(&'a str),
    /// The text of a CDATA section: no entities.
    Raw(&'a str),
}

/// A document as a tree of elements; number 0 is the document itself.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    elements: Vec<Element<'a>>,
    entities: Vec<(&'a str, &'a str)>,
    /// What was wrong, each kind once.
    pub(crate) faults: Vec<&'static str>,
}

struct Reader<'a> {
    source: &'a str,
    document: Document<'a>,
    open: Vec<usize>,
    /// Declared prefixes with the element that declares them.
    prefixes: Vec<(usize, &'a str, Space)>,
    too_deep: usize,
    max_depth: usize,
    /// No "]]>" and no document type follow any more: not to be looked for again and again.
    no_section_end: bool,
    subset_read: bool,
    /// The source is a web page: names in any case, elements that are empty or end by themselves.
    is_page: bool,
}

impl<'a> Document<'a> {
    /// Reads a document.
    pub(crate) fn read(source: &'a str, max_depth: usize) -> Self {
        Self::read_as(source, max_depth, false)
    }

    /// Reads a web page well enough to find links and what stands around them: in one pass, without
    /// the repairs of HTML's own parser, whose cost a hostile page can drive up. Scripts and styles are
    /// left out. Elements deeper than `max_depth` lie beside each other at that depth.
    pub(crate) fn read_page(source: &'a str, max_depth: usize) -> Self {
        Self::read_as(source, max_depth, true)
    }

    fn read_as(source: &'a str, max_depth: usize, is_page: bool) -> Self {
        let root = Element {
            name: "",
            local: "",
            space: Space::Other,
            attributes: Vec::new(),
            children: Vec::new(),
            parent: None,
        };
        let document = Document { elements: vec![root], entities: Vec::new(), faults: Vec::new() };
        let mut reader = Reader {
            source,
            document,
            open: vec![0],
            prefixes: Vec::new(),
            too_deep: 0,
            max_depth: max_depth.max(2),
            no_section_end: false,
            subset_read: is_page,
            is_page,
        };
        reader.run();
        reader.document
    }

    /// The element with this number.
    pub(crate) fn element(&self, id: usize) -> Option<&Element<'a>> {
        self.elements.get(id)
    }

    /// The numbers of all elements in the document's order.
    pub(crate) fn all(&self) -> std::ops::Range<usize> {
        1..self.elements.len()
    }

    /// The elements directly below one.
    pub(crate) fn children(&self, id: usize) -> impl Iterator<Item = (usize, &Element<'a>)> {
        self.element(id).into_iter().flat_map(|element| element.children.iter()).filter_map(|node| match node {
            Node::Element(child) => Some((*child, self.element(*child)?)),
            Node::Text(_) | Node::Raw(_) => None,
        })
    }

    /// Whether an element lies below another.
    pub(crate) fn is_below(&self, id: usize, above: impl Fn(&Element<'a>) -> bool) -> bool {
        std::iter::successors(self.element(id).and_then(|element| element.parent), |id| self.element(*id)?.parent)
            .any(|id| self.element(id).is_some_and(&above))
    }

    /// An attribute's value, by its name without regard to case.
    pub(crate) fn attribute(&self, id: usize, name: &str) -> Option<Cow<'a, str>> {
        let element = self.element(id)?;
        let (_, value) = element.attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(self.decoded(value))
    }

    /// The nearest value of an attribute on an element or around it.
    pub(crate) fn inherited(&self, id: usize, name: &str) -> Option<Cow<'a, str>> {
        std::iter::successors(Some(id), |id| self.element(*id)?.parent).find_map(|id| self.attribute(id, name))
    }

    /// The text of an element and of all below it, entities decoded once.
    pub(crate) fn text(&self, id: usize) -> String {
        self.text_start(id, usize::MAX)
    }

    /// The beginning of an element's text: what lies beyond `max_bytes` is not looked for.
    pub(crate) fn text_start(&self, id: usize, max_bytes: usize) -> String {
        let mut out = String::new();
        self.push_text(id, max_bytes, &mut out);
        out
    }

    fn push_text(&self, id: usize, max_bytes: usize, out: &mut String) {
        for node in self.element(id).into_iter().flat_map(|element| &element.children) {
            if out.len() >= max_bytes {
                return;
            }
            match node {
                Node::Text(text) => out.push_str(&self.decoded(text)),
                Node::Raw(text) => out.push_str(text),
                Node::Element(child) => self.push_text(*child, max_bytes, out),
            }
        }
    }

    /// Whether an element holds others.
    pub(crate) fn has_markup(&self, id: usize) -> bool {
        self.children(id).next().is_some()
    }

    /// What an element holds, written as HTML. `resolve` makes the address of a link absolute,
    /// given the element that has it.
    pub(crate) fn markup(&self, id: usize, resolve: &dyn Fn(usize, &str) -> Option<String>) -> String {
        let mut out = String::new();
        self.push_markup(id, resolve, &mut out);
        out
    }

    fn push_markup(&self, id: usize, resolve: &dyn Fn(usize, &str) -> Option<String>, out: &mut String) {
        use firsthand_text::html::escape;
        for node in self.element(id).into_iter().flat_map(|element| &element.children) {
            match node {
                Node::Text(text) => out.push_str(&escape(&self.decoded(text))),
                Node::Raw(text) => out.push_str(&escape(text)),
                Node::Element(child) => {
                    let Some(element) = self.element(*child) else { continue };
                    let name = element.local.to_ascii_lowercase();
                    out.push('<');
                    out.push_str(&name);
                    for (attribute, value) in &element.attributes {
                        if attribute.contains(':') || *attribute == "xmlns" {
                            continue;
                        }
                        let value = self.decoded(value);
                        let resolved = matches!(*attribute, "href" | "src").then(|| resolve(*child, &value)).flatten();
                        out.push(' ');
                        out.push_str(attribute);
                        out.push_str("=\"");
                        out.push_str(&escape(resolved.as_deref().unwrap_or(&value)));
                        out.push('"');
                    }
                    out.push('>');
                    // A void element that was not closed seems to hold what follows it.
                    self.push_markup(*child, resolve, out);
                    if !is_void(&name) {
                        out.push_str("</");
                        out.push_str(&name);
                        out.push('>');
                    }
                }
            }
        }
    }

    /// Text with its entities decoded once, those that the document declares among them.
    pub(crate) fn decoded(&self, text: &'a str) -> Cow<'a, str> {
        decode_entities(text, &self.entities)
    }

    fn fault(&mut self, what: &'static str) {
        if !self.faults.contains(&what) {
            self.faults.push(what);
        }
    }
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Whether an element of a page is a block: it ends a paragraph, and no end of prose reaches beyond it.
pub(crate) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "center"
            | "details"
            | "div"
            | "dl"
            | "dd"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "header"
            | "hr"
            | "html"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// Decodes entities once: numeric ones as HTML does, named ones of HTML, and `declared` ones. What
/// is none stays as it is.
pub(crate) fn decode_entities<'a>(text: &'a str, declared: &[(&str, &str)]) -> Cow<'a, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('&') {
        out.push_str(rest.get(..place).unwrap_or_default());
        rest = rest.get(place..).unwrap_or_default();
        let used = entity(rest, declared, &mut out);
        if used == 0 {
            out.push('&');
        }
        rest = rest.get(used.max(1)..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Pushes the entity that `text` begins with and gives its length; 0 when there is none.
fn entity(text: &str, declared: &[(&str, &str)], out: &mut String) -> usize {
    let Some(body) = text.get(1..) else { return 0 };
    if let Some(number) = body.strip_prefix('#') {
        let (digits, radix) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16),
            None => (number, 10),
        };
        let length = digits.chars().take_while(|digit| digit.is_digit(radix)).count();
        let Some(code) = digits.get(..length).filter(|digits| !digits.is_empty() && digits.len() <= 8) else {
            return 0;
        };
        let Ok(code) = u32::from_str_radix(code, radix) else { return 0 };
        let c1 = code.checked_sub(0x80).and_then(|offset| C1_REPLACEMENTS.get(usize::try_from(offset).ok()?).copied());
        out.push(c1.flatten().or_else(|| char::from_u32(code)).filter(|c| *c != '\0').unwrap_or('\u{fffd}'));
        let used = 2 + usize::from(radix == 16) + length;
        return used + usize::from(text.get(used..).is_some_and(|rest| rest.starts_with(';')));
    }
    let length = body
        .bytes()
        .take(48)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        .count();
    let Some(name) = body.get(..length).filter(|name| !name.is_empty()) else { return 0 };
    if body.get(length..).is_some_and(|rest| rest.starts_with(';')) {
        if let Some((_, value)) = declared.iter().find(|(known, _)| *known == name) {
            out.push_str(&decode_entities(value, &[]));
            return length + 2;
        }
        if name == "apos" {
            out.push('\'');
            return length + 2;
        }
        if let Some((first, second)) = NAMED_ENTITIES.get(format!("{name};").as_str()).filter(|(first, _)| *first != 0)
        {
            out.extend([*first, *second].into_iter().filter(|code| *code != 0).filter_map(char::from_u32));
            return length + 2;
        }
    } else if let Some((first, _)) = NAMED_ENTITIES.get(name).filter(|(first, _)| *first != 0) {
        // "&copy 2026": HTML's oldest names need no semicolon.
        out.extend(char::from_u32(*first));
        return length + 1;
    }
    0
}

impl<'a> Reader<'a> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some(rest) = self.source.get(at..).filter(|rest| !rest.is_empty()) {
            if self.is_page && self.document.elements.len() >= MOST_PAGE_ELEMENTS {
                break;
            }
            let Some(open) = rest.find('<') else {
                self.push(Node::Text(rest));
                break;
            };
            if open > 0 {
                self.push(Node::Text(rest.get(..open).unwrap_or_default()));
            }
            let tag = rest.get(open..).unwrap_or_default();
            at += open + self.markup(tag);
        }
        if self.open.len() > 1 {
            self.document.fault("the document is cut off: elements are left open at its end");
        }
    }

    /// Reads the markup that `tag` begins with and gives its length in bytes, at least one.
    fn markup(&mut self, tag: &'a str) -> usize {
        if let Some(body) = tag.strip_prefix("<![CDATA[").filter(|_| !self.is_page) {
            let end = if self.no_section_end { None } else { body.find("]]>") };
            self.no_section_end = end.is_none();
            let close = || self.closing_name().and_then(|name| body.find(&format!("</{name}")));
            let (length, used) = match end {
                Some(end) => (end, end + 3),
                None => {
                    let end = close().unwrap_or(body.len());
                    self.document.fault("a CDATA section is not closed");
                    (end, end)
                }
            };
            self.push(Node::Raw(body.get(..length).unwrap_or_default()));
            return "<![CDATA[".len() + used;
        }
        if let Some(body) = tag.strip_prefix("<!--") {
            return body.find("-->").map_or(tag.len(), |end| 4 + end + 3);
        }
        if tag.starts_with("<!") {
            return self.declaration(tag);
        }
        if tag.starts_with("<?") {
            return tag.find('>').map_or(tag.len(), |end| end + 1);
        }
        if let Some(name) = tag.strip_prefix("</") {
            let end = tag.find('>').unwrap_or(tag.len() - 1) + 1;
            let name = name.split(|c: char| c == '>' || c.is_whitespace()).next().unwrap_or_default();
            self.close(name);
            return end;
        }
        if tag.chars().nth(1).is_some_and(|first| first.is_alphabetic() || first == '_') {
            return self.start(tag);
        }
        self.document.fault("a \"<\" stands for itself: it should be written &lt;");
        self.push(Node::Text(tag.get(..1).unwrap_or_default()));
        1
    }

    fn closing_name(&self) -> Option<&'a str> {
        self.document.element(*self.open.last()?).map(|element| element.name)
    }

    /// A document type with its internal subset, whose plain entities are kept.
    fn declaration(&mut self, tag: &'a str) -> usize {
        let end = tag.find('>').map_or(tag.len(), |end| end + 1);
        let subset = tag.get(..end).and_then(|head| head.find('[')).filter(|_| !self.subset_read);
        self.subset_read |= subset.is_some();
        let Some(bracket) = subset else { return end };
        let Some(close) = tag.find("]>").or_else(|| tag.find(']')) else { return end };
        let mut rest = tag.get(bracket + 1..close).unwrap_or_default();
        while let Some(place) = rest.find("<!ENTITY") {
            rest = rest.get(place + "<!ENTITY".len()..).unwrap_or_default();
            let mut words = rest.trim_start().splitn(2, char::is_whitespace);
            let (name, value) = (words.next().unwrap_or_default(), words.next().unwrap_or_default().trim_start());
            let Some(quote) = value.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { continue };
            let Some(value) = value.get(1..).and_then(|value| value.split(quote).next()) else { continue };
            if self.document.entities.len() < MOST_ENTITIES && value.len() <= LONGEST_ENTITY && name != "%" {
                self.document.entities.push((name, value));
            }
        }
        tag.get(close..).and_then(|rest| rest.find('>')).map_or(tag.len(), |end| close + end + 1)
    }

    fn start(&mut self, tag: &'a str) -> usize {
        let name_end = tag
            .get(1..)
            .and_then(|body| body.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<')))
            .map_or(tag.len(), |end| end + 1);
        let name = tag.get(1..name_end).unwrap_or_default();
        let mut attributes = Vec::new();
        let mut at = name_end;
        let mut empty = false;
        while let Some(rest) = tag.get(at..) {
            let trimmed = rest.trim_start();
            at += rest.len() - trimmed.len();
            let Some(next) = trimmed.chars().next() else { break };
            match next {
                '>' => {
                    at += 1;
                    break;
                }
                '<' => {
                    self.document.fault("a tag is not closed");
                    break;
                }
                '/' => {
                    empty = trimmed.starts_with("/>");
                    at += 1;
                }
                _ => {
                    let length = trimmed
                        .char_indices()
                        .find(|(place, c)| *place > 0 && (c.is_whitespace() || matches!(c, '=' | '>' | '/' | '<')))
                        .map_or(trimmed.len(), |(place, _)| place);
                    let attribute = trimmed.get(..length).unwrap_or_default();
                    let after = trimmed.get(length..).unwrap_or_default();
                    let Some(value) = after.trim_start().strip_prefix('=') else {
                        attributes.push((attribute, ""));
                        at += length;
                        continue;
                    };
                    let value = value.trim_start();
                    let (found, left) = match value.chars().next() {
                        Some(quote @ ('"' | '\'')) => {
                            let inner = value.get(1..).unwrap_or_default();
                            match inner.find(quote) {
                                Some(end) => (inner.get(..end), inner.get(end + 1..)),
                                None => (inner.split('>').next(), inner.find('>').and_then(|end| inner.get(end..))),
                            }
                        }
                        _ => {
                            let end = value.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(value.len());
                            (value.get(..end), value.get(end..))
                        }
                    };
                    attributes.push((attribute, found.unwrap_or_default()));
                    at = tag.len() - left.unwrap_or_default().len();
                }
            }
        }
        if self.is_page {
            let name_known = name.to_ascii_lowercase();
            self.open_page_element(name, &name_known, attributes, empty);
            return at.max(1) + self.skipped(&name_known, tag.get(at..).unwrap_or_default());
        }
        self.open_element(name, attributes, empty);
        at.max(1)
    }

    /// The length of what an element holds that is no markup: its end tag is the first that bears its
    /// name. The text of a title is kept.
    fn skipped(&mut self, name: &str, rest: &'a str) -> usize {
        if !matches!(name, "script" | "style" | "textarea" | "title" | "iframe" | "noembed" | "noframes" | "xmp") {
            return 0;
        }
        let end = crate::values::end_tag(rest, name).unwrap_or(rest.len());
        if name == "title" {
            self.push(Node::Text(rest.get(..end).unwrap_or_default()));
        }
        end
    }

    fn open_page_element(&mut self, name: &'a str, known: &str, attributes: Vec<(&'a str, &'a str)>, empty: bool) {
        // What ends by itself when the next one begins, and the elements beyond which it does not.
        let (ends, within): (&[&str], &[&str]) = match known {
            "li" => (&["li"], &["ul", "ol", "menu"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "tr" => (&["tr"], &["table"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "option" => (&["option"], &["select"]),
            "a" => (&["a"], &["td", "th", "table"]),
            "body" => (&["head"], &[]),
            _ if is_block(known) => {
                (&["p"], &["div", "section", "article", "li", "td", "th", "body", "main", "button"])
            }
            _ => (&[], &[]),
        };
        let is_one =
            |names: &[&str], element: &Element<'_>| names.iter().any(|one| element.name.eq_ignore_ascii_case(one));
        let open =
            self.open.iter().enumerate().rev().filter_map(|(place, id)| Some((place, self.document.element(*id)?)));
        let ended = open
            .take(if ends.is_empty() { 0 } else { 64 })
            .take_while(|(_, element)| !is_one(within, element))
            .find(|(_, element)| is_one(ends, element))
            .map(|(place, _)| place);
        if let Some(place) = ended {
            self.open.truncate(place.max(1));
        }
        let id = self.document.elements.len();
        let local = local_name(name);
        let parent = self.open.last().copied();
        let space = Space::Plain;
        self.document.elements.push(Element { name, local, space, attributes, children: Vec::new(), parent });
        self.push(Node::Element(id));
        if !empty && !is_void(known) && self.open.len() < self.max_depth {
            self.open.push(id);
        }
    }

    /// Ends an element of a page. The end of an element within prose does not reach beyond the block
    /// that it stands in.
    fn close_page_element(&mut self, name: &str) {
        let is_prose = !is_block(&name.to_ascii_lowercase());
        for (place, id) in self.open.iter().enumerate().skip(1).rev() {
            let Some(element) = self.document.element(*id) else { return };
            if element.name.eq_ignore_ascii_case(name) {
                self.open.truncate(place.max(1));
                return;
            }
            if is_prose && is_block(&element.name.to_ascii_lowercase()) {
                return;
            }
        }
    }

    fn open_element(&mut self, name: &'a str, attributes: Vec<(&'a str, &'a str)>, empty: bool) {
        // An item within an item is one whose end was forgotten.
        if matches!(local_name(name), "item" | "entry")
            && let Some(place) =
                self.open.iter().rposition(|id| self.document.element(*id).is_some_and(|e| e.name == name))
        {
            self.document.fault("an item is not closed before the next one begins");
            self.truncate(place);
        }
        if self.open.len() >= self.max_depth {
            self.document.fault("elements lie deeper in each other than is read");
            self.too_deep += usize::from(!empty);
            return;
        }
        let id = self.document.elements.len();
        for (attribute, value) in &attributes {
            let prefix = if *attribute == "xmlns" { Some("") } else { attribute.strip_prefix("xmlns:") };
            if let Some(prefix) = prefix.filter(|_| self.prefixes.len() < MOST_PREFIXES) {
                self.prefixes.push((id, prefix, space_of(&decode_entities(value, &self.document.entities))));
            }
        }
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let declared = self.prefixes.iter().rev().find(|(_, known, _)| *known == prefix).map(|(_, _, space)| *space);
        let space = declared.unwrap_or_else(|| usual_space(prefix));
        let parent = self.open.last().copied();
        self.document.elements.push(Element { name, local, space, attributes, children: Vec::new(), parent });
        self.push(Node::Element(id));
        if empty {
            self.prefixes.retain(|(owner, _, _)| *owner < id);
        } else {
            self.open.push(id);
        }
    }

    fn close(&mut self, name: &str) {
        if self.is_page {
            return self.close_page_element(name);
        }
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        let place = self.open.iter().rposition(|id| self.document.element(*id).is_some_and(|e| e.name == name));
        match place.filter(|place| *place > 0) {
            Some(place) => {
                if place + 1 < self.open.len() {
                    self.document.fault("an end tag closes an outer element while inner ones are open");
                }
                self.truncate(place);
            }
            None => self.document.fault("an end tag closes nothing"),
        }
    }

    fn truncate(&mut self, place: usize) {
        if let Some(id) = self.open.get(place).copied() {
            self.prefixes.retain(|(owner, _, _)| *owner < id);
        }
        self.open.truncate(place.max(1));
    }

    fn push(&mut self, node: Node<'a>) {
        if let Some(element) = self.open.last().and_then(|id| self.document.elements.get_mut(*id)) {
            element.children.push(node);
        }
    }
}

fn local_name(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}

/// What a namespace's name stands for; spellings differ in case, slashes and versions.
fn space_of(uri: &str) -> Space {
    const KNOWN: &[(&str, Space)] = &[
        ("www.w3.org/2005/atom", Space::Atom),
        ("purl.org/atom/", Space::Atom),
        ("purl.org/dc/", Space::Dc),
        ("purl.org/rss/1.0/modules/content", Space::Content),
        ("purl.org/rss/1.0/modules/", Space::Other),
        ("purl.org/rss/1.0/", Space::Plain),
        ("purl.org/rss/1.0", Space::Plain),
        ("purl.org/net/rss1.1", Space::Plain),
        ("search.yahoo.com/mrss", Space::Media),
        ("www.itunes.com/dtds/podcast", Space::Itunes),
        ("www.w3.org/1999/xhtml", Space::Xhtml),
        ("www.w3.org/1999/02/22-rdf-syntax-ns", Space::Rdf),
        ("my.netscape.com/", Space::Plain),
        ("channel.netscape.com/", Space::Plain),
        ("backend.userland.com/", Space::Plain),
        ("blogs.law.harvard.edu/tech/rss", Space::Plain),
        ("cyber.harvard.edu/rss", Space::Plain),
        ("www.rssboard.org/rss-specification", Space::Plain),
        ("www.sitemaps.org/schemas/sitemap/", Space::Sitemap),
        ("www.google.com/schemas/sitemap/", Space::Sitemap),
        ("www.google.com/schemas/sitemap-news/", Space::News),
    ];
    let lower = uri.trim().to_ascii_lowercase();
    let name = lower.strip_prefix("http://").or_else(|| lower.strip_prefix("https://")).unwrap_or(&lower);
    if name.is_empty() {
        return Space::Plain;
    }
    KNOWN.iter().find(|(known, _)| name.starts_with(known)).map_or(Space::Other, |(_, space)| *space)
}

/// What a prefix usually stands for, for documents that do not say.
fn usual_space(prefix: &str) -> Space {
    match prefix {
        "" | "rss" => Space::Plain,
        "atom" | "atom10" | "a10" => Space::Atom,
        "dc" | "dcterms" | "dct" => Space::Dc,
        "content" => Space::Content,
        "media" => Space::Media,
        "itunes" => Space::Itunes,
        "xhtml" => Space::Xhtml,
        "rdf" => Space::Rdf,
        "news" => Space::News,
        _ => Space::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn find(document: &Document<'_>, local: &str) -> usize {
        document.all().find(|id| document.element(*id).unwrap().local == local).unwrap()
    }

    #[test]
    fn faults_are_read_past_and_noted() {
        let document = Document::read(
            "junk<rss><channel><item><title>5 < 6 &amp;&nbsp;&eacute;<br>x</title><b></i><link>y</channel>",
            64,
        );
        assert_eq!(document.text(find(&document, "title")), "5 < 6 &\u{a0}éx");
        assert_eq!(document.text(find(&document, "link")), "y");
        assert!(document.faults.len() >= 3, "{:?}", document.faults);
    }

    #[test]
    fn declared_entities_are_used_but_cannot_grow() {
        let document =
            Document::read("<!DOCTYPE x [<!ENTITY a \"one\"><!ENTITY b \"&a;&a;&a;\">]><x>&a; &b; &c;</x>", 64);
        assert_eq!(document.text(find(&document, "x")), "one &a;&a;&a; &c;");
    }

    #[test]
    fn prefixes_are_known_by_what_they_stand_for() {
        let document = Document::read(
            "<r xmlns:q='http://purl.org/dc/elements/1.1/'><q:date/><dc:date/><x xmlns='http://www.w3.org/2005/Atom'><y/></x><z/></r>",
            64,
        );
        let spaces: Vec<_> = document.all().filter_map(|id| document.element(id)).map(|e| e.space).collect();
        assert_eq!(spaces, [Space::Plain, Space::Dc, Space::Dc, Space::Atom, Space::Atom, Space::Plain]);
    }

    #[test]
    fn pages_are_read_as_pages() {
        let source = "<!DOCTYPE html><HEAD><META a><LINK b><script>if (a</b) '<a href=x>'</SCRIPT><title>A &amp; <b></title><body>\
                      <ul><li><a href=1>one<li><b>two<div>three</b>four</div>five</ul><p>six<p>seven<br>eight<table><tr><td>nine<td>ten</table>";
        let document = Document::read_page(source, 64);
        let text = |local: &str| {
            let of =
                |id: &usize| document.element(*id).is_some_and(|element| element.local.eq_ignore_ascii_case(local));
            document.all().filter(of).map(|id| document.text(id)).collect::<Vec<_>>()
        };
        assert_eq!(text("title"), ["A & <b>"]);
        assert_eq!(
            (text("a"), text("li"), text("p")),
            (
                vec!["one".into()],
                vec!["one".into(), "twothreefourfive".into()],
                vec!["six".to_owned(), "seveneight".into()]
            )
        );
        assert_eq!((text("td"), text("div")), (vec!["nine".to_owned(), "ten".into()], vec!["threefour".to_owned()]));
        assert_eq!(Document::read_page(&"<b>".repeat(1_000_000), 64).all().len(), MOST_PAGE_ELEMENTS - 1);
    }

    #[test]
    fn depth_is_bounded() {
        let source = "<a>".repeat(100_000);
        let document = Document::read(&source, 64);
        assert!(document.all().len() < 64);
    }

    proptest! {
        #[test]
        fn anything_can_be_read(source in "(<[/!?]?[a-z:]{0,4}( [a-z]=[\"']?[a-z&;]{0,3}[\"']?)?/?>?|&[#x]?[a-z0-9]{0,4};?|]]>|<!\\[CDATA\\[|é|.){0,40}") {
            for document in [Document::read(&source, 8), Document::read_page(&source, 8)] {
                for id in document.all() {
                    let _ = (document.text(id), document.markup(id, &|_, _| None));
                }
            }
        }
    }
}
