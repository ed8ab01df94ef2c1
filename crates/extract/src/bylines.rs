//! The byline that readers see: elements marked as the author, "By" and its kin, portraits with a name, a name with a
//! role below the headline.

use crate::dom::{Dom, NodeId};
use crate::metadata::{has_word, plain};
use crate::names::{begins_with_by, is_full_name, split_names, without_by};
use crate::page::Page;
use crate::vocabulary::{self, AUTHOR_BIT, ELSEWHERE};
use crate::words::{BY, JOBS, LABELS, PORTRAITS};
use firsthand_text::dates;
use firsthand_text::normalise::{fold, one_line};
use html5ever::local_name;
use std::sync::OnceLock;

/// A byline worth less is another article's, or no byline.
const LEAST: i64 = -20;
/// A byline worth so much is marked or labelled as one and stands where bylines stand.
pub(crate) const PLAIN: i64 = 10;
/// Nodes after the headline among which a portrait is the author's.
const BESIDE: i64 = 150;
/// Texts after the headline among which a name with a role is the author's.
const BELOW: usize = 14;
/// What parts the pieces of a line: name, role, date.
const BARS: [char; 6] = ['|', '·', '•', '—', '–', '⋅'];

/// The authors that a page shows, and how plainly: see [`PLAIN`].
pub(crate) struct Shown {
    pub(crate) worth: i64,
    pub(crate) names: Vec<String>,
}

/// The authors that a page shows beside its headline, or else at the end of its text. `title` is the article's.
pub(crate) fn shown(page: &Page, title: Option<&str>) -> Option<Shown> {
    let mut bylines = Bylines::new(page, title);
    bylines.marked();
    bylines.labelled();
    bylines.portrayed();
    bylines.with_role();
    bylines.best.filter(|best| best.worth > LEAST)
}

/// The heading of the article: that with its title, else the first main heading.
pub(crate) fn headline(dom: &Dom, title: Option<&str>) -> Option<NodeId> {
    let title = title.map(fold).unwrap_or_default();
    let is_title = |node: &NodeId| !title.is_empty() && fold(&dom.line_of(*node)) == title;
    let main = dom.elements("h1").take(20).find(is_title);
    main.or_else(|| dom.elements("h1").next()).or_else(|| dom.elements("h2").take(60).find(is_title))
}

struct Bylines<'a> {
    page: &'a Page,
    dom: &'a Dom,
    nodes: Vec<NodeId>,
    /// The texts that readers may see, and their places among the nodes.
    texts: Vec<(usize, &'a str)>,
    /// The headline's place among the nodes.
    headline: usize,
    best: Option<Shown>,
    /// The title, folded.
    title: String,
}

impl<'a> Bylines<'a> {
    fn new(page: &'a Page, title: Option<&str>) -> Self {
        let dom = &page.dom;
        let nodes: Vec<NodeId> = dom.descendants(NodeId::ROOT).collect();
        let heading = headline(dom, title);
        let headline = nodes.iter().position(|node| Some(*node) == heading).unwrap_or(0);
        let is_seen =
            |node| dom.parent(node).is_none_or(|above| !dom.is_never_text(above) && dom.tag(above) != "title");
        let texts = nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| !page.is_blank(**node) && is_seen(**node))
            .filter_map(|(place, node)| dom.text(*node).map(|text| (place, text.trim())))
            .collect();
        Self { page, dom, nodes, texts, headline, best: None, title: title.map(fold).unwrap_or_default() }
    }

    /// Takes names for the byline if they are worth more than what was found before: less the farther they stand from
    /// the headline, and beside what is another article's.
    fn offer(&mut self, place: usize, worth: i64, names: Vec<String>) -> bool {
        let Some(node) = self.nodes.get(place).copied() else { return false };
        let dom = self.dom;
        let elsewhere = dom.ancestors(node).take(12).any(|above| {
            let tag = dom.tag(above);
            matches!(tag, "aside" | "footer" | "nav") || self.page.marks(above) & ELSEWHERE != 0 && tag != "main"
        });
        // Bylines stand under the headline, some above it, some at the end.
        let distance = self.distance(place);
        let far = if distance < 0 { 40 - distance * 2 } else { distance };
        let aside = match (elsewhere, distance) {
            (false, _) => 0,
            (true, 0..BESIDE) => 12,
            (true, _) => 25,
        };
        let worth = worth - (far / 40).min(30) - aside;
        let better = self.best.as_ref().is_none_or(|best| worth > best.worth);
        if better {
            self.best = Some(Shown { worth, names });
        }
        better
    }

    /// The nodes between the headline and a place: less than none before it.
    fn distance(&self, place: usize) -> i64 {
        place as i64 - self.headline as i64
    }

    /// Elements marked as the author, links to an author's page, short texts that begin with "By".
    fn marked(&mut self) {
        let dom = self.dom;
        // The outermost element that was read last, and whether its names are the best so far.
        let mut within: Option<(NodeId, bool)> = None;
        for place in 0..self.nodes.len() {
            let Some(node) = self.nodes.get(place).copied() else { break };
            let tag = dom.tag(node);
            if tag.is_empty() || matches!(tag, "html" | "body" | "head" | "script" | "style" | "main" | "article") {
                continue;
            }
            let outer = within.filter(|(outer, _)| dom.ancestors(node).take(8).any(|above| above == *outer));
            if outer.is_some_and(|(_, is_best)| !is_best) {
                continue;
            }
            let Some((worth, found)) = candidate(self.page, node, tag) else { continue };
            if outer.is_none() {
                within = Some((node, self.offer(place, worth, found)));
                continue;
            }
            // The name alone within a line of name and role.
            if let Some(best) = &mut self.best
                && let ([whole], [name]) = (best.names.as_slice(), found.as_slice())
                && whole.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(' '))
                && name.contains(' ')
            {
                best.names = found;
            }
        }
    }

    /// Names that follow a text which is nothing but "Written by", "Authors", …
    fn labelled(&mut self) {
        for at in 0..self.texts.len() {
            let Some((place, text)) = self.texts.get(at).copied() else { break };
            if text.len() > 40 || !is_label(text) {
                continue;
            }
            let mut names: Vec<String> = Vec::new();
            let mut make = None;
            for (place, text) in self.texts.get(at + 1..(at + 12).min(self.texts.len())).unwrap_or_default() {
                let folded = fold(text);
                if matches!(folded.as_str(), "," | "and" | "&" | "und" | "et" | "y" | "|" | ":") {
                    continue;
                }
                let Some(node) = self.nodes.get(*place) else { break };
                let Some(parent) = self.dom.parent(*node) else { break };
                let own = (self.dom.tag(parent), self.dom.attribute(parent, "class"));
                if has_word(self.dom.attribute(parent, "rel"), "tag") {
                    break;
                }
                let in_link = own.0 == "a";
                if text.len() > 70 || make.is_some_and(|make| make != own || !in_link) {
                    break;
                }
                make = Some(own);
                let found = split_names(text, in_link);
                // A link within a sentence that has a "by" before it is no name.
                let is_name = found.first().is_some_and(|name| !name.starts_with(char::is_lowercase));
                if !is_name || names.len() > 5 {
                    break;
                }
                names.extend(found);
            }
            if !names.is_empty() {
                self.offer(place, 31, names);
            }
        }
    }

    /// Names that stand beside a picture whose words are the same name.
    fn portrayed(&mut self) {
        let portraits: Vec<(usize, String)> = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| self.dom.tag(**node) == "img")
            .filter_map(|(place, node)| Some((place, portrayed(self.dom.attribute(*node, "alt")?)?)))
            .take(40)
            .collect();
        for (picture, name) in portraits {
            let beside = self.texts.iter().filter(|(place, _)| place.abs_diff(picture) <= 30).find(|(_, text)| {
                let rest = text.strip_prefix(name.as_str());
                rest.is_some_and(|rest| rest.chars().next().is_none_or(|next| !next.is_alphanumeric()))
                    && text.len() < name.len() + 60
            });
            let Some((place, _)) = beside.copied() else { continue };
            let dom = self.dom;
            let is_marked = self.nodes.get(place).is_some_and(|node| {
                dom.ancestors(*node).take(5).any(|above| self.page.marks(above) >> AUTHOR_BIT & 1 == 1)
            });
            // Cards of topics and products have pictures with their names too.
            let is_of_person = || (0..BESIDE).contains(&self.distance(place)) && self.says_more(place);
            if !self.is_of_title(&name) && (is_marked || is_of_person()) {
                self.offer(place, if is_marked { 24 } else { 20 }, vec![name]);
            }
        }
    }

    /// Whether a date or a role stands beside a text.
    fn says_more(&self, place: usize) -> bool {
        let at = self.texts.partition_point(|(other, _)| *other < place);
        let near = self.texts.get(at.saturating_sub(3)..(at + 4).min(self.texts.len())).unwrap_or_default();
        near.iter().any(|(_, text)| is_job(text) || text.len() < 60 && dates::within(text).is_some())
    }

    /// Whether all words of a name stand in the title.
    fn is_of_title(&self, name: &str) -> bool {
        fold(name).split(' ').all(|word| self.title.split(' ').any(|held| held == word))
    }

    /// A full name right below the headline with a role behind it, or behind a drawing of a person.
    fn with_role(&mut self) {
        let first = self.texts.partition_point(|(place, _)| *place <= self.headline);
        let mut last: Option<(usize, Vec<String>)> = None;
        for at in first..(first + BELOW).min(self.texts.len()) {
            let Some((place, text)) = self.texts.get(at).copied() else { break };
            if text.len() > 120 {
                break;
            }
            for piece in text.split(BARS).map(str::trim).filter(|piece| !piece.is_empty()) {
                if let Some((place, names)) = last.take()
                    && is_job(piece)
                {
                    self.offer(place, 18, names);
                }
                let names = split_names(piece, false);
                if names.is_empty() || !names.iter().all(|name| is_full_name(name) && !self.is_of_title(name)) {
                    continue;
                }
                if self.nodes.get(place).is_some_and(|node| is_after_person(self.dom, *node)) {
                    self.offer(place, 20, names.clone());
                }
                last = Some((place, names));
            }
        }
    }
}

/// Whether a text is a label before authors and nothing else.
fn is_label(text: &str) -> bool {
    let folded = fold(text.trim_end_matches([':', ' ', '\u{a0}', '-', '–', '—']));
    BY.iter().chain(LABELS).any(|label| folded == *label)
}

/// The name of whom a picture's words say that it shows.
fn portrayed(words: &str) -> Option<String> {
    if !(5..90).contains(&words.len()) {
        return None;
    }
    let line = one_line(words);
    let lower = line.to_lowercase();
    let line = PORTRAITS
        .iter()
        .find(|words| lower.starts_with(*words))
        .and_then(|words| line.get(words.len()..))
        .unwrap_or(&line)
        .trim();
    let line = ["'s avatar", "’s avatar", " avatar", "'s profile picture", "’s profile picture", " headshot"]
        .iter()
        .find_map(|end| line.strip_suffix(end))
        .unwrap_or(line);
    split_names(line, false).into_iter().next().filter(|name| is_full_name(name))
}

/// Whether a short text says what somebody does ("Senior Reporter").
fn is_job(text: &str) -> bool {
    text.len() < 60
        && !text.ends_with('.')
        && fold(text).split(|letter: char| !letter.is_alphanumeric()).any(|word| JOBS.split(' ').any(|job| job == word))
}

/// Whether a text stands right behind a drawing of a person.
fn is_after_person(dom: &Dom, text: NodeId) -> bool {
    let siblings = dom.parent(text).into_iter().flat_map(|parent| dom.children(parent));
    let before = siblings.take_while(|node| *node != text).filter(|node| !dom.tag(*node).is_empty()).last();
    before.filter(|node| matches!(dom.tag(*node), "i" | "svg" | "span")).is_some_and(|icon| {
        let class = dom.attribute(icon, "class").unwrap_or_default();
        class.split(|letter: char| !letter.is_ascii_alphabetic()).any(|word| {
            ["person", "user", "author", "avatar", "profile", "writer"]
                .iter()
                .any(|name| word.eq_ignore_ascii_case(name))
        })
    })
}

/// What an element says of the author, and how plainly.
fn candidate(page: &Page, node: NodeId, tag: &str) -> Option<(i64, Vec<String>)> {
    let dom = &page.dom;
    let mut marked = page.marks(node) >> AUTHOR_BIT & 1 == 1;
    let (mut by_property, mut by_relation, mut by_link) = (false, false, false);
    for (name, value) in dom.attributes(node) {
        match *name {
            local_name!("itemprop") => {
                by_property = has_word(Some(value), "author") || has_word(Some(value), "creator")
            }
            local_name!("rel") => by_relation = has_word(Some(value), "author"),
            local_name!("href") => by_link = tag == "a" && is_of_author(value) && !is_in_prose(dom, node),
            _ if &**name == "data-testid" => marked |= vocabulary::marks(value) >> AUTHOR_BIT & 1 == 1,
            _ => {}
        }
    }
    if tag == "meta" {
        return by_property.then(|| dom.attribute(node, "content")).flatten().map(|name| (40, vec![plain(name)]));
    }
    let is_short_block = matches!(
        tag,
        "p" | "div"
            | "span"
            | "li"
            | "address"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "small"
            | "em"
            | "i"
            | "td"
            | "strong"
            | "b"
            | "a"
            | "section"
            | "header"
            | "cite"
    );
    if !(by_property || by_relation || by_link || is_short_block && (marked || may_begin_with_by(page, node))) {
        return None;
    }
    let text = if by_property {
        let name = dom.descendants(node).find(|inner| has_word(dom.attribute(*inner, "itemprop"), "name"));
        dom.line_of(name.unwrap_or(node))
    } else {
        short_line(dom, node)?
    };
    let length = text.chars().count();
    if !(2..140).contains(&length) {
        return None;
    }
    let spoken = begins_with_by(&text);
    let worth = match (by_property || by_relation, by_link, marked, spoken) {
        (true, ..) => 36,
        (_, true, _, _) if length < 50 => 30,
        (.., true, true) => 32,
        (.., true, false) if length < 60 => 24,
        (.., false, true) if length < 90 => 26,
        _ => return None,
    };
    let trusted = by_property || by_relation || by_link || marked || spoken && is_dated(&text);
    let names = split_names(without_date(&text), trusted);
    (!names.is_empty()).then_some((worth, names))
}

/// Whether an address looks like that of an author's page.
fn is_of_author(address: &str) -> bool {
    const FOLDERS: &[&str] =
        &["author", "people/", "contributor", "staff/", "writer", "profile", "team/", "by/", "autor"];
    vocabulary::has_folder(address, FOLDERS)
        || address.match_indices('=').any(|(place, _)| ends_with(address.get(..place).unwrap_or_default(), "author"))
}

fn ends_with(text: &str, end: &str) -> bool {
    let start = text.len().checked_sub(end.len());
    start.and_then(|start| text.get(start..)).is_some_and(|held| held.eq_ignore_ascii_case(end))
}

/// Whether a link stands in a long paragraph.
fn is_in_prose(dom: &Dom, link: NodeId) -> bool {
    let paragraph = dom.ancestors(link).take(4).find(|above| matches!(dom.tag(*above), "p" | "li"));
    paragraph.is_some_and(|paragraph| short_line(dom, paragraph).is_none())
}

/// Whether a date follows the first words of a text: "Posted by Ada at March 4, 2026".
fn is_dated(text: &str) -> bool {
    let rest = without_by(text);
    rest.split(' ').next().is_some_and(|first| !dates::is_month(first)) && dates::within(rest).is_some()
}

/// A line without the date before its names: "March 4, 2026 · Ada Byron".
fn without_date(line: &str) -> &str {
    match line.split_once(BARS) {
        Some((before, rest)) if before.contains(|letter: char| letter.is_ascii_digit()) && !rest.trim().is_empty() => {
            rest.trim_start()
        }
        _ => line,
    }
}

/// The text under a node on one line, when it is short; links' edges part words.
fn short_line(dom: &Dom, node: NodeId) -> Option<String> {
    let mut count = 0;
    for inner in dom.descendants(node) {
        count += 1 + dom.text(inner).map_or(0, |text| text.trim().len() / 8);
        if count > 60 {
            return None;
        }
    }
    // Two elements side by side are two things, a name and its date, even where no space parts them.
    let mut line = String::new();
    for text in dom.descendants(node).filter_map(|inner| dom.text(inner)) {
        line.push_str(text);
        line.push(' ');
    }
    Some(one_line(&line))
}

/// Whether the first word under a node is one of those that [`begins_with_by`] looks for: few are, and most need not
/// be read whole.
fn may_begin_with_by(page: &Page, node: NodeId) -> bool {
    let first = page.dom.descendants(node).take(12).find(|inner| !page.is_blank(*inner));
    let Some(text) = first.and_then(|first| page.dom.text(first)) else { return false };
    let is_edge = |character: char| character.is_whitespace() || character == ':';
    let first = text.trim_start().split(is_edge).next().unwrap_or_default();
    static FIRST: OnceLock<Vec<&str>> = OnceLock::new();
    let known = FIRST.get_or_init(|| BY.iter().filter_map(|by| by.split(' ').next()).collect());
    known.iter().any(|by| first.len() == by.len() && first.chars().flat_map(char::to_lowercase).eq(by.chars()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::parse;

    fn names(html: &str) -> Vec<String> {
        let page =
            format!("<nav>Harbour Post</nav><h1>Bridge closed</h1>{html}<p>The bridge was closed on Monday.</p>");
        shown(&Page::new(parse(&page, 100)), Some("Bridge closed")).map(|shown| shown.names).unwrap_or_default()
    }

    #[test]
    fn a_label_names_those_who_follow_it() {
        assert_eq!(
            names("<h6>Author(s)</h6><ul><li><a>Ada Byron</a><li><a>Max Frei</a></ul>"),
            ["Ada Byron", "Max Frei"]
        );
        assert_eq!(names("<div>Written by</div><div>Ada Byron</div><div>Harbour Works</div>"), ["Ada Byron"]);
        assert_eq!(names("<p><b>Contributors:</b> Ada Byron</p>"), ["Ada Byron"]);
        assert!(names("<p>A tale told by <a href=/x>several hundred sailors</a> of the port.</p>").is_empty());
        assert!(names("<b>By</b> <a rel=tag href=/harbour>Harbour Works</a>").is_empty());
    }

    #[test]
    fn a_portrait_names_its_person() {
        let card = |alt: &str, more: &str| format!("<img alt='{alt}'><div><p>Ada Byron</p><p>{more}</p></div>");
        assert_eq!(names(&card("Picture of Ada Byron", "March 4, 2026")), ["Ada Byron"]);
        assert_eq!(names(&card("Ada Byron, Harbour Post", "Tech Writer")), ["Ada Byron"]);
        assert!(names(&card("A crane", "March 4, 2026")).is_empty());
        // A card of a topic.
        assert!(
            names("<img alt='Harbour Works'><p>Harbour Works</p><p>All about cranes and what they lift</p>").is_empty()
        );
    }

    #[test]
    fn a_role_or_a_drawing_tells_a_name_below_the_headline() {
        assert_eq!(names("<p>Ada Byron | Senior Writer | March 4, 2026</p>"), ["Ada Byron"]);
        assert_eq!(names("<li><i class='bi bi-person'></i> Ada Byron</li>"), ["Ada Byron"]);
        assert!(names("<p>Harbour Works | March 4, 2026</p>").is_empty());
    }

    #[test]
    fn dates_before_and_behind_names_are_no_part_of_them() {
        assert_eq!(
            names("<div class=date-author>March 4, 2026 · Ada Byron on behalf of the team</div>"),
            ["Ada Byron"]
        );
        assert_eq!(names("<span>Posted by Ada at March 4, 2026</span>"), ["Ada"]);
    }

    #[test]
    fn the_name_alone_within_a_line_counts() {
        let line = "<div class=byline>By <a href=/authors/ada>Ada Byron</a> <span>Ferry Tales</span></div>";
        assert_eq!(names(line), ["Ada Byron"]);
    }

    #[test]
    fn the_headline_is_the_heading_with_the_title() {
        let page =
            "<h1>Harbour Post</h1><p class=author>Max Frei</p><h1>Bridge closed</h1><p class=author>Ada Byron</p>";
        let found = shown(&Page::new(parse(page, 100)), Some("Bridge closed")).unwrap();
        assert_eq!(found.names, ["Ada Byron"]);
    }
}
