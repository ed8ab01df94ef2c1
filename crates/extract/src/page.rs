//! What is known of every node of a page before anything is chosen.

use crate::dom::{Dom, NodeId};
use crate::vocabulary::{self, Marks};
use crate::words::{ALONE, BODY, FURNITURE};
use foldhash::{HashMap, HashMapExt as _, HashSet};
use html5ever::local_name;
use std::sync::OnceLock;

/// Sums over the text under a node, furniture left out.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sums {
    /// Code points of text, white space runs as one.
    pub(crate) chars: usize,
    /// Those of them in links.
    pub(crate) linked: usize,
    /// Code points in blocks that read like prose.
    pub(crate) prose: usize,
}

/// A page with what is known of its nodes.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) dom: Dom,
    sums: Vec<Sums>,
    /// Code points of each text node, white space runs as one.
    lengths: Vec<u32>,
    furniture: Vec<bool>,
    score: Vec<f32>,
    /// The prose under each node before anything is taken for furniture.
    everything: Vec<usize>,
    /// Whether a node holds the page's main heading.
    headings: Vec<bool>,
    /// The place of each node in document order, and the place after all that is under it.
    places: Vec<(u32, u32)>,
    /// What each element is by its names, tag and role.
    marks: Vec<Marks>,
    /// Whether each element's names are words for furniture.
    named_furniture: Vec<bool>,
}

/// What a value of `class` or `id` says.
#[derive(Clone, Copy)]
struct Names {
    marks: Marks,
    furniture: bool,
    body: bool,
}

impl Names {
    /// Reads a value; `known` are the names that were read before, `parts` is memory to do it in.
    fn read<'a>(value: &'a str, known: &mut HashMap<&'a str, Names>, parts: &mut Parts) -> Self {
        let mut out = Self { marks: 0, furniture: false, body: false };
        for name in value.split_ascii_whitespace().take(24) {
            let name = known.entry(name).or_insert_with(|| {
                parts.read(name);
                Self { marks: vocabulary::marks(name), furniture: names_furniture(parts), body: names_body(parts) }
            });
            out.marks |= name.marks;
            out.furniture |= name.furniture;
            out.body |= name.body;
        }
        out
    }
}

/// The same on a page whose names are no help.
const LENIENT_SHARE: f32 = 0.12;
/// Below this share of the page's prose, what is left when the furniture is out is not believed.
const LENIENT_BELOW: f32 = 0.15;
/// An element named like furniture that holds more of the page's prose than this is none.
const FURNITURE_SHARE: f32 = 0.45;

impl Page {
    pub(crate) fn new(dom: Dom) -> Self {
        let count = dom.len();
        let mut page = Self {
            dom,
            sums: vec![Sums::default(); count],
            lengths: vec![0; count],
            furniture: vec![false; count],
            score: vec![0.0; count],
            headings: vec![false; count],
            everything: Vec::new(),
            places: vec![(0, 0); count],
            marks: vec![0; count],
            named_furniture: vec![false; count],
        };
        let heading = page.dom.elements("h1").next();
        for node in heading.into_iter().flat_map(|heading| page.dom.ancestors(heading)) {
            if let Some(held) = page.headings.get_mut(node.index()) {
                *held = true;
            }
        }
        let order: Vec<NodeId> = page.dom.descendants(NodeId::ROOT).collect();
        for node in &order {
            // Scripts are no text, wherever they stand.
            let is_read = |parent: NodeId| !page.dom.is_raw(parent);
            let text = page.dom.text(*node).filter(|_| page.dom.parent(*node).is_some_and(is_read));
            if let Some((text, held)) = text.zip(page.lengths.get_mut(node.index())) {
                *held = u32::try_from(squeezed_length(text)).unwrap_or(u32::MAX);
            }
        }
        page.number(&order);
        page.mark(&order);
        // Once with everything, to see which of the elements named like furniture hold the text.
        page.sum(&order);
        let all = page.sums(NodeId::ROOT);
        page.everything = page.sums.iter().map(|sums| sums.prose).collect();
        for node in &order {
            let inherited = page.dom.parent(*node).is_some_and(|parent| page.is_furniture(parent));
            let marked = inherited || page.looks_like_furniture(*node, all.prose.max(1), FURNITURE_SHARE);
            if let Some(held) = page.furniture.get_mut(node.index()) {
                *held = marked;
            }
        }
        page.sum(&order);
        if (page.sums(NodeId::ROOT).prose as f32) < all.prose as f32 * LENIENT_BELOW {
            // Most of the text is in what is named like furniture, or hidden until a script shows
            // it: the names are no help on this page.
            for node in &order {
                let inherited = page.dom.parent(*node).is_some_and(|parent| page.is_furniture(parent));
                let marked = inherited || page.looks_like_furniture(*node, all.prose.max(1), LENIENT_SHARE);
                if let Some(held) = page.furniture.get_mut(node.index()) {
                    *held = marked;
                }
            }
            page.sum(&order);
        }
        page.score_containers(&order);
        page
    }

    fn number(&mut self, order: &[NodeId]) {
        for (place, node) in (0_u32..).zip(order) {
            if let Some(held) = self.places.get_mut(node.index()) {
                *held = (place, place + 1);
            }
        }
        for node in order.iter().rev() {
            let (_, end) = self.place(*node);
            if let Some(held) = self.dom.parent(*node).and_then(|parent| self.places.get_mut(parent.index())) {
                held.1 = held.1.max(end);
            }
        }
    }

    fn mark(&mut self, order: &[NodeId]) {
        let mut values: HashMap<&str, Names> = HashMap::new();
        let mut known: HashMap<&str, Names> = HashMap::new();
        let mut parts = Parts::default();
        for node in order {
            let tag = self.dom.tag(*node);
            if tag.is_empty() {
                continue;
            }
            let mut marks = vocabulary::tag_marks(tag);
            let mut furniture = false;
            if !matches!(tag, "html" | "body") {
                let (mut body, mut is_body, mut hidden, mut role) = (false, false, false, false);
                for (name, value) in self.dom.attributes(*node) {
                    match *name {
                        local_name!("class") | local_name!("id") => {
                            let names =
                                *values.entry(value).or_insert_with(|| Names::read(value, &mut known, &mut parts));
                            marks |= names.marks;
                            furniture |= names.furniture;
                            body |= names.body;
                        }
                        local_name!("itemprop") => {
                            let property = value.to_ascii_lowercase();
                            is_body = property.contains("articlebody")
                                || property.contains("reviewbody")
                                || property == "text";
                        }
                        local_name!("hidden") => hidden = true,
                        local_name!("aria-hidden") => hidden |= value == "true",
                        local_name!("style") => hidden |= hides(value),
                        local_name!("role") => role = is_furniture_role(value),
                        _ => {}
                    }
                }
                let holds = matches!(tag, "div" | "section" | "article" | "main" | "td" | "span");
                let flags = [
                    (vocabulary::HIDDEN_BIT, hidden),
                    (vocabulary::ROLE_BIT, role),
                    (vocabulary::BODY_BIT, (body && holds) || is_body),
                ];
                for (bit, is) in flags {
                    marks |= Marks::from(is) << bit;
                }
            }
            if let Some(held) = self.marks.get_mut(node.index()) {
                *held = marks;
            }
            if let Some(held) = self.named_furniture.get_mut(node.index()) {
                *held = furniture;
            }
        }
    }

    /// Whether a text has nothing but white space.
    pub(crate) fn is_blank(&self, text: NodeId) -> bool {
        self.lengths.get(text.index()).is_none_or(|length| *length == 0)
    }

    /// What an element is by its names, tag and role.
    pub(crate) fn marks(&self, node: NodeId) -> Marks {
        self.marks.get(node.index()).copied().unwrap_or_default()
    }

    /// The place of a node in document order, and the place after all that is under it.
    pub(crate) fn place(&self, node: NodeId) -> (u32, u32) {
        self.places.get(node.index()).copied().unwrap_or_default()
    }

    /// Whether a node is `above` or under it.
    pub(crate) fn is_within(&self, node: NodeId, above: NodeId) -> bool {
        let ((place, _), (start, end)) = (self.place(node), self.place(above));
        (start..end).contains(&place)
    }

    /// The share of the page's prose under a node, furniture counted.
    pub(crate) fn share(&self, node: NodeId) -> f32 {
        let of = |node: NodeId| self.everything.get(node.index()).copied().unwrap_or(0) as f32;
        of(node) / of(NodeId::ROOT).max(1.0)
    }

    pub(crate) fn sums(&self, node: NodeId) -> Sums {
        self.sums.get(node.index()).copied().unwrap_or_default()
    }

    pub(crate) fn is_furniture(&self, node: NodeId) -> bool {
        self.furniture.get(node.index()).copied().unwrap_or(false)
    }

    pub(crate) fn score(&self, node: NodeId) -> f32 {
        self.score.get(node.index()).copied().unwrap_or(0.0)
    }

    fn sum(&mut self, order: &[NodeId]) {
        self.sums.iter_mut().for_each(|sums| *sums = Sums::default());
        for node in order.iter().rev() {
            if self.is_furniture(*node) {
                continue;
            }
            let is_div = self.dom.is_div(*node);
            let mut own = self.sums(*node);
            own.chars += self.lengths.get(node.index()).map_or(0, |length| *length as usize);
            if self.dom.is_link(*node) {
                own.linked = own.chars;
            }
            let holds_blocks =
                || self.dom.children(*node).any(|child| !self.dom.is_inline(child) && self.sums(child).prose > 0);
            if self.dom.is_paragraph(*node) || is_div {
                let prose = own.chars.saturating_sub(own.linked);
                let reads = own.chars >= 25 && own.linked * 2 < own.chars && !holds_blocks();
                // Of a container, only what stands in it without a paragraph of its own.
                if reads && (!is_div || self.direct_text(*node) * 2 > own.chars) {
                    own.prose = own.prose.max(prose);
                }
            }
            if let Some(held) = self.sums.get_mut(node.index()) {
                *held = own;
            }
            let Some(parent) = self.dom.parent(*node) else { continue };
            if let Some(held) = self.sums.get_mut(parent.index()) {
                held.chars += own.chars;
                held.linked += own.linked;
                held.prose += own.prose;
            }
        }
    }

    /// Code points of text in a node that are in no block of their own.
    fn direct_text(&self, node: NodeId) -> usize {
        self.dom.children(node).filter(|child| self.dom.is_inline(*child)).map(|child| self.sums(child).chars).sum()
    }

    fn looks_like_furniture(&self, node: NodeId, all: usize, limit: f32) -> bool {
        let tag = self.dom.tag(node);
        match tag {
            "" | "html" | "body" | "main" => return false,
            _ if self.dom.is_never_text(node) => return true,
            _ => {}
        }
        let share = self.everything.get(node.index()).copied().unwrap_or(0) as f32 / all as f32;
        let is = |bit: u32| self.marks(node) >> bit & 1 == 1;
        if is(vocabulary::HIDDEN_BIT) && (limit == FURNITURE_SHARE || share < limit) {
            return true;
        }
        if share > limit {
            return false;
        }
        if matches!(tag, "footer" | "aside" | "form" | "figcaption" | "menu") {
            return true;
        }
        if tag == "header" && share < 0.2 {
            return true;
        }
        if is(vocabulary::ROLE_BIT) {
            return true;
        }
        if self.dom.is_inline(node) && tag != "span" && tag != "a" {
            return false;
        }
        // An article's own element is named after its topics, and what holds the headline or is
        // named as the text is no furniture around it.
        let is_article = tag == "article"
            || self
                .dom
                .attribute(node, "class")
                .is_some_and(|class| class.split_ascii_whitespace().any(|name| name == "hentry"));
        if (is_article && share > 0.02) || self.is_named_body(node) || self.holds_heading(node) {
            return false;
        }
        self.named_furniture.get(node.index()).copied().unwrap_or(false)
    }

    fn holds_heading(&self, node: NodeId) -> bool {
        self.headings.get(node.index()).copied().unwrap_or(false)
    }

    /// Whether the element is named as an article's text.
    pub(crate) fn is_named_body(&self, node: NodeId) -> bool {
        self.marks(node) >> vocabulary::BODY_BIT & 1 == 1
    }

    /// Paragraphs give their worth to the elements around them: all to the parent, half to the
    /// grandparent, a third to the one above (after Readability's scoring).
    fn score_containers(&mut self, order: &[NodeId]) {
        for node in order {
            let sums = self.sums(*node);
            if self.is_furniture(*node) || sums.prose == 0 || self.dom.is_inline(*node) {
                continue;
            }
            let leaf = !self.dom.children(*node).any(|child| !self.dom.is_inline(child) && self.sums(child).prose > 0);
            if !leaf || sums.chars < 25 {
                continue;
            }
            let worth =
                (1.0 + (sums.prose as f32 / 60.0).min(6.0)) * if self.dom.tag(*node) == "li" { 0.4 } else { 1.0 };
            let ancestors: Vec<NodeId> = self.dom.ancestors(*node).take(4).collect();
            for (ancestor, share) in ancestors.into_iter().zip([1.0, 0.5, 0.33, 0.2]) {
                if let Some(held) = self.score.get_mut(ancestor.index()) {
                    *held += worth * share;
                }
            }
            if self.dom.is_div(*node)
                && let Some(held) = self.score.get_mut(node.index())
            {
                *held += worth;
            }
        }
        for node in order {
            let sums = self.sums(*node);
            let prose_share = 1.0 - sums.linked as f32 / sums.chars.max(1) as f32;
            if let Some(held) = self.score.get_mut(node.index()) {
                *held *= prose_share;
            }
        }
    }
}

/// Whether a `style` hides its element.
fn hides(style: &str) -> bool {
    let style: String = style.chars().filter(|character| !character.is_whitespace()).collect();
    let style = style.to_ascii_lowercase();
    style.contains("display:none") || style.contains("visibility:hidden")
}

fn is_furniture_role(role: &str) -> bool {
    matches!(
        role,
        "navigation" | "complementary" | "contentinfo" | "banner" | "search" | "dialog" | "menu" | "menubar" | "form"
    )
}

/// The words of [`FURNITURE`], [`ALONE`] and [`BODY`], to be looked up.
struct Known {
    furniture: HashSet<&'static str>,
    alone: HashSet<&'static str>,
    body: HashSet<&'static str>,
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    let set = |words: &[&'static str]| words.iter().copied().collect();
    KNOWN.get_or_init(|| Known { furniture: set(FURNITURE), alone: set(ALONE), body: set(BODY) })
}

/// Whether a name has a part that is a word for furniture, or is such words written together.
fn names_furniture(parts: &Parts) -> bool {
    // "has-sidebar", "no-comments", "js-share": said of what stands beside it.
    let said_of_others =
        matches!(parts.run(0, 1), "has" | "with" | "no" | "not" | "w" | "is" | "and" | "js" | "single" | "category");
    if said_of_others {
        return false;
    }
    let Known { furniture, alone, .. } = known();
    let count = parts.ends.len();
    if count < 2 {
        return furniture.contains(parts.run(0, 1));
    }
    let is_alone = |at: usize| alone.contains(parts.run(at, 1));
    if (0..count).any(|at| furniture.contains(parts.run(at, 1)) && !is_alone(at)) {
        return true;
    }
    // Written together, without the words that say so only alone.
    let left: Vec<&str> = (0..count).filter(|at| !is_alone(*at)).map(|at| parts.run(at, 1)).collect();
    match left.len() {
        0 | 1 => false,
        all if all == count => furniture.contains(parts.run(0, count)),
        _ => furniture.contains(left.concat().as_str()),
    }
}

/// Whether a name has a run of parts that names an article's text ("td-post-content", "c-article__body").
fn names_body(parts: &Parts) -> bool {
    let body = &known().body;
    let count = parts.ends.len();
    (0..count).any(|start| (1..=4.min(count - start)).any(|length| body.contains(parts.run(start, length))))
}

/// A class name split at punctuation and capitals, lower case.
#[derive(Default)]
struct Parts {
    /// The parts one behind the other.
    joined: String,
    /// Where each ends in it.
    ends: Vec<usize>,
}

impl Parts {
    /// Splits another name, into the same memory.
    fn read(&mut self, name: &str) {
        self.joined.clear();
        self.ends.clear();
        let mut lower_before = false;
        for character in name.chars().take(80) {
            let is_word = character.is_alphanumeric();
            if !is_word || (character.is_uppercase() && lower_before) {
                self.end();
            }
            if is_word {
                match character.is_ascii() {
                    true => self.joined.push(character.to_ascii_lowercase()),
                    false => self.joined.extend(character.to_lowercase()),
                }
            }
            lower_before = character.is_lowercase();
        }
        self.end();
    }

    /// Ends a part, if one has begun.
    fn end(&mut self) {
        if self.joined.len() > self.ends.last().copied().unwrap_or(0) {
            self.ends.push(self.joined.len());
        }
    }

    /// So many parts from the one with this number on, written together.
    fn run(&self, start: usize, length: usize) -> &str {
        let end_of = |count: usize| count.checked_sub(1).map_or(Some(0), |last| self.ends.get(last).copied());
        let range = end_of(start).zip(end_of(start + length));
        range.and_then(|(start, end)| self.joined.get(start..end)).unwrap_or_default()
    }
}

/// Code points with runs of white space as one, leading and trailing ones left out.
fn squeezed_length(text: &str) -> usize {
    if !text.is_ascii() {
        return text.split_whitespace().map(|word| word.chars().count() + 1).sum::<usize>().saturating_sub(1);
    }
    // A word counts with the white space before it, the first one's is taken off again.
    let (mut count, mut words, mut in_word) = (0, 0, false);
    for byte in text.bytes() {
        let is_word = !matches!(byte, b' ' | b'\t'..=b'\r');
        count += usize::from(is_word);
        words += usize::from(is_word && !in_word);
        in_word = is_word;
    }
    (count + words).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_counts_once() {
        assert_eq!(squeezed_length("  one\n\t two "), 7);
        assert_eq!(squeezed_length("  één\u{a0}\n twee "), 8);
        assert_eq!((squeezed_length(" \n"), squeezed_length("")), (0, 0));
    }

    #[test]
    fn names_fall_into_parts() {
        let mut held = Parts::default();
        let mut parts = |name: &str| {
            held.read(name);
            (0..held.ends.len()).map(|at| held.run(at, 1).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(parts("td-post__content"), ["td", "post", "content"]);
        assert_eq!(parts("articleBody"), ["article", "body"]);
        assert_eq!(parts(""), Vec::<String>::new());
    }

    #[test]
    fn names_tell_furniture_and_text() {
        let read = |value: &str| {
            let names = Names::read(value, &mut HashMap::new(), &mut Parts::default());
            (names.furniture, names.body)
        };
        assert_eq!(read("article related-posts"), (true, false));
        assert_eq!(read("most-read"), (true, false));
        assert_eq!(read("widget-most-read"), (true, false));
        assert_eq!(read("has-sidebar no-comments"), (false, false));
        assert_eq!(read("latest-news"), (false, false));
        assert_eq!(read("latest"), (true, false));
        assert_eq!(read("c-article__body"), (false, true));
        assert_eq!(read("td-post-content"), (false, true));
    }
}
