//! The list of articles on a page without a feed, found by their likeness.
//!
//! Links to articles stand alike: in the same kind of element, with addresses of one shape (a date, a
//! number, the words of a headline) and texts as long as headlines. Links are gathered with what stands
//! around them, put into groups by structure and shape of address, and the group with the most weight
//! gives the measure: groups that are like it are taken with it. No rule knows a site.

use crate::values::{date, literal};
use crate::xml::{Document, Node};
use firsthand_model::{CrawlHints, FeedFormat, ParsedFeed, ParsedItem, Timestamp};
use firsthand_text::urls;
use std::collections::HashMap;
use url::Url;

/// How much work a page may make, and what is a list.
#[derive(Debug, Clone, Copy)]
pub struct PageLimits {
    /// The greatest page in bytes; the rest is not read.
    pub max_bytes: usize,
    /// The greatest depth of elements.
    pub max_depth: usize,
    /// The most links that are given, in the page's order.
    pub max_links: usize,
    /// So many links at least make a list.
    pub min_links: usize,
}

impl Default for PageLimits {
    fn default() -> Self {
        Self { max_bytes: 8 << 20, max_depth: 256, max_links: 100, min_links: 3 }
    }
}

/// Most different addresses of a page that are looked at.
const MOST_CANDIDATES: usize = 4000;
/// Most places of one address that are looked at: a picture, a headline, a "more".
const MOST_ANCHORS: usize = 4;
/// How far around a link its teaser may reach, in elements upwards.
const TEASER_LEVELS: usize = 8;
/// Most elements and texts of a teaser that are looked at.
const MOST_NODES: usize = 400;
/// Elements above a link that make its structure.
const STRUCTURE_LEVELS: usize = 3;
/// The longest title, in characters.
const LONGEST_TITLE: usize = 300;
/// A group is taken with the best one when its links weigh at least this share of that one's on average.
const LIKENESS: f32 = 0.5;
/// The average weight that the links of a list have at least.
const LEAST_WEIGHT: f32 = 0.45;

/// The articles that a page lists, as a feed whose items have a link, a title and, where a `time`
/// element stands by it, a time (never after `now`). `None` when the page has no such list.
pub fn find(
    page: &[u8],
    content_type: Option<&str>,
    page_url: &Url,
    now: Option<Timestamp>,
    limits: &PageLimits,
) -> Option<ParsedFeed> {
    let text =
        crate::decode::decode_page(page.get(..page.len().min(limits.max_bytes)).unwrap_or_default(), content_type);
    let document = Document::read_page(&text, limits.max_depth);
    let mut page = Page::new(&document, page_url);
    page.gather();
    let mut links: Vec<Link> = (0..page.candidates.len()).filter_map(|place| page.link(place, now)).collect();
    keep_the_list(&mut links, limits.min_links);
    if links.is_empty() {
        return None;
    }
    page.date(&mut links, now);
    let items: Vec<ParsedItem> = links
        .into_iter()
        .take(limits.max_links)
        .map(|link| ParsedItem {
            title: Some(link.title),
            link: Some(link.url),
            published: link.published,
            ..ParsedItem::default()
        })
        .collect();
    Some(ParsedFeed {
        format: FeedFormat::Page,
        version: None,
        title: page.title(),
        link: Some(page_url.to_string()),
        language: page.language(),
        items,
        crawl: CrawlHints::default(),
        notes: Vec::new(),
    })
}

/// An address with the elements that link to it.
struct Candidate {
    url: Url,
    anchors: Vec<usize>,
}

/// A candidate with what tells whether it is an article.
struct Link {
    candidate: usize,
    url: String,
    title: String,
    published: Option<Timestamp>,
    weight: f32,
    /// Names of the elements around it.
    structure: String,
    shape: Shape,
}

/// Which candidates stand below an element.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Below {
    Nothing,
    One(usize),
    Several,
}

struct Page<'a> {
    document: &'a Document<'a>,
    url: &'a Url,
    candidates: Vec<Candidate>,
    below: Vec<Below>,
    furniture: Vec<Furniture>,
}

/// Whether an element belongs to the page's furniture: menus, footers, forms.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Furniture {
    No,
    /// By the name of its class: they lie at times.
    Perhaps,
    Yes,
}

impl<'a> Page<'a> {
    fn new(document: &'a Document<'a>, url: &'a Url) -> Self {
        let count = document.all().end;
        let mut page =
            Self { document, url, candidates: Vec::new(), below: vec![Below::Nothing; count], furniture: Vec::new() };
        page.furniture = vec![Furniture::No; count];
        // Elements come after those around them: one pass hands down what is known of the outer one.
        for id in document.all() {
            let outer = document.element(id).and_then(|element| element.parent);
            let outer = outer.and_then(|outer| page.furniture.get(outer)).copied().unwrap_or(Furniture::No);
            let own = page.furniture_of(id);
            if let Some(known) = page.furniture.get_mut(id) {
                *known = outer.max(own);
            }
        }
        page
    }

    fn name(&self, id: usize) -> String {
        self.document.element(id).map(|element| element.local.to_ascii_lowercase()).unwrap_or_default()
    }

    fn furniture_of(&self, id: usize) -> Furniture {
        const ROLES: [&str; 7] = ["navigation", "contentinfo", "complementary", "banner", "search", "menu", "menubar"];
        const WORDS: [&str; 22] = [
            "nav",
            "navbar",
            "navigation",
            "menu",
            "submenu",
            "footer",
            "breadcrumb",
            "breadcrumbs",
            "sidebar",
            "cookie",
            "cookies",
            "consent",
            "social",
            "share",
            "sharing",
            "pagination",
            "pager",
            "login",
            "toolbar",
            "tags",
            "tagcloud",
            "comments",
        ];
        let name = self.name(id);
        match name.as_str() {
            "html" | "body" | "main" | "article" => return Furniture::No,
            "nav" | "footer" | "aside" | "form" | "dialog" | "button" | "select" => return Furniture::Yes,
            // The head of an article or section is a part of it; the page's is not.
            "header"
                if !self
                    .document
                    .is_below(id, |above| is_one_of(above.local, &["article", "section", "main", "li"])) =>
            {
                return Furniture::Yes;
            }
            _ => {}
        }
        let attribute = |name: &str| self.document.attribute(id, name).unwrap_or_default().to_ascii_lowercase();
        let role = attribute("role");
        if ROLES.contains(&role.trim()) {
            return Furniture::Yes;
        }
        let names = format!("{} {}", attribute("class"), attribute("id"));
        let mut words = names.split(|c: char| !c.is_ascii_alphanumeric()).take(60);
        if words.any(|word| WORDS.contains(&word)) { Furniture::Perhaps } else { Furniture::No }
    }

    /// Gathers the links of the page that may be articles, and what stands below which element.
    fn gather(&mut self) {
        let mut base = self.url.clone();
        let mut known: HashMap<String, usize> = HashMap::new();
        let own = urls::canonical(self.url.as_str());
        for id in self.document.all() {
            let Some(element) = self.document.element(id) else { continue };
            let is_base = element.local.eq_ignore_ascii_case("base");
            if !is_base && !element.local.eq_ignore_ascii_case("a") {
                continue;
            }
            let Some(href) = self.document.attribute(id, "href") else { continue };
            let Some(mut url) = urls::absolute(&href, Some(&base)) else { continue };
            if is_base {
                base = url;
                continue;
            }
            url.set_fragment(None);
            if !is_same_site(&url, self.url) || url.path().len() < 2 && url.query().is_none() || is_file(&url) {
                continue;
            }
            let Some(key) = urls::canonical(url.as_str()).filter(|key| Some(key) != own.as_ref()) else { continue };
            let next = self.candidates.len();
            let place = *known.entry(key).or_insert(next);
            if place == next {
                if next >= MOST_CANDIDATES {
                    break;
                }
                self.candidates.push(Candidate { url, anchors: Vec::new() });
            }
            self.mark(id, place);
            // What stands in the furniture says nothing of what else links there.
            let in_furniture = self.furniture.get(id) == Some(&Furniture::Yes);
            if let Some(candidate) = self.candidates.get_mut(place)
                && candidate.anchors.len() < MOST_ANCHORS
                && !in_furniture
            {
                candidate.anchors.push(id);
            }
        }
    }

    /// Notes of all elements around an anchor that a candidate stands below them.
    fn mark(&mut self, anchor: usize, candidate: usize) {
        let mut at = Some(anchor);
        while let Some(id) = at {
            let Some(below) = self.below.get_mut(id) else { return };
            match below {
                Below::Nothing => *below = Below::One(candidate),
                Below::One(known) if *known == candidate => {}
                Below::One(_) => *below = Below::Several,
                // Then it is so further up as well.
                Below::Several => return,
            }
            at = self.document.element(id).and_then(|element| element.parent);
        }
    }

    /// The outermost element around an anchor below which no other candidate stands.
    fn teaser(&self, anchor: usize) -> usize {
        let own = self.below.get(anchor).copied();
        let mut at = anchor;
        for _ in 0..TEASER_LEVELS {
            let Some(outer) = self.document.element(at).and_then(|element| element.parent) else { break };
            if self.below.get(outer).copied() != own
                || matches!(self.name(outer).as_str(), "body" | "html" | "main" | "")
            {
                break;
            }
            at = outer;
        }
        at
    }

    /// What is known of a candidate; `None` when nothing can be its title.
    fn link(&self, place: usize, now: Option<Timestamp>) -> Option<Link> {
        let candidate = self.candidates.get(place)?;
        let shape = Shape::of(&candidate.url);
        let mut best: Option<Link> = None;
        for anchor in &candidate.anchors {
            let teaser = self.teaser(*anchor);
            let of_anchor = self.texts(*anchor);
            let around = if teaser == *anchor { None } else { Some(self.texts(teaser)) };
            let around = around.as_ref().unwrap_or(&of_anchor);
            let above = self.heading_above(*anchor);
            let in_anchor = of_anchor.heading.clone().or_else(|| of_anchor.first_block());
            let (title, by_heading) = match (&in_anchor, above || of_anchor.heading.is_some()) {
                (Some(title), true) => (title.clone(), true),
                // "Read more" beside a headline that is no link.
                (Some(title), false) if headline_weight(title) < 1.0 => match &around.heading {
                    Some(heading) => (heading.clone(), true),
                    None => (title.clone(), false),
                },
                (Some(title), false) => (title.clone(), false),
                (None, _) => match around.heading.clone().or_else(|| self.named(*anchor)) {
                    Some(title) => (title, around.heading.is_some()),
                    None => continue,
                },
            };
            let published = around.time.as_deref().and_then(|written| date(written, now));
            let mut weight = headline_weight(&title) * shape.weight();
            weight *= 1.0 + if by_heading { 0.5 } else { 0.0 } + if around.time.is_some() { 0.5 } else { 0.0 };
            if self.furniture.get(*anchor) == Some(&Furniture::Perhaps) {
                weight *= 0.3;
            }
            let title: String = title.chars().take(LONGEST_TITLE).collect();
            let (Some(title), url) = (literal(&title), candidate.url.to_string()) else { continue };
            let link = Link {
                candidate: place,
                url,
                title,
                published,
                weight,
                structure: self.structure(*anchor),
                shape: shape.clone(),
            };
            match &mut best {
                Some(known) if known.weight >= link.weight => known.published = known.published.or(link.published),
                Some(known) => *known = Link { published: link.published.or(known.published), ..link },
                None => best = Some(link),
            }
        }
        best
    }

    /// Gives the links that have none the time of their teaser, which reaches further now that it is known
    /// which links are articles: an author's or a section's link within it parts nothing.
    fn date(&mut self, links: &mut [Link], now: Option<Timestamp>) {
        self.below.fill(Below::Nothing);
        let anchors = |page: &Self, link: &Link| {
            page.candidates.get(link.candidate).map(|candidate| candidate.anchors.clone()).unwrap_or_default()
        };
        for link in links.iter() {
            anchors(self, link).into_iter().for_each(|anchor| self.mark(anchor, link.candidate));
        }
        for link in links.iter_mut().filter(|link| link.published.is_none()) {
            link.published = anchors(self, link).into_iter().find_map(|anchor| {
                let time = self.texts(self.teaser(anchor)).time?;
                date(&time, now)
            });
        }
    }

    fn heading_above(&self, anchor: usize) -> bool {
        let above = std::iter::successors(self.document.element(anchor).and_then(|element| element.parent), |id| {
            self.document.element(*id)?.parent
        });
        above.take(3).any(|id| is_heading(&self.name(id)))
    }

    /// The title that an anchor's attributes or its picture give it.
    fn named(&self, anchor: usize) -> Option<String> {
        let value = |id: usize, name: &str| self.document.attribute(id, name).as_deref().and_then(literal);
        let own = value(anchor, "title").or_else(|| value(anchor, "aria-label"));
        own.or_else(|| {
            let (picture, _) =
                self.document.children(anchor).find(|(_, child)| child.local.eq_ignore_ascii_case("img"))?;
            value(picture, "alt")
        })
    }

    /// The names of the elements around an anchor: headings of every size are alike.
    fn structure(&self, anchor: usize) -> String {
        let above = std::iter::successors(self.document.element(anchor).and_then(|element| element.parent), |id| {
            self.document.element(*id)?.parent
        });
        let names = above.take(STRUCTURE_LEVELS).map(|id| {
            let name = self.name(id);
            if is_heading(&name) { "h".to_owned() } else { name }
        });
        names.collect::<Vec<_>>().join("<")
    }

    /// The texts of an element by block, its heading, its time.
    fn texts(&self, top: usize) -> Texts {
        let mut texts = Texts::default();
        let mut left = MOST_NODES;
        let mut stack: Vec<(usize, usize)> = vec![(top, 0)];
        let mut heading_at: Option<usize> = None;
        while let Some((id, next)) = stack.pop() {
            let Some(node) = self.document.element(id).and_then(|element| element.children.get(next)) else {
                // The element ends here.
                let name = self.name(id);
                if crate::xml::is_block(&name) {
                    texts.end_block();
                }
                if heading_at == Some(stack.len()) {
                    heading_at = None;
                    texts.end_heading();
                }
                continue;
            };
            left -= 1;
            if left == 0 {
                break;
            }
            stack.push((id, next + 1));
            match node {
                Node::Text(text) => texts.push(&self.document.decoded(text), heading_at.is_some()),
                Node::Raw(text) => texts.push(text, heading_at.is_some()),
                Node::Element(child) => {
                    let name = self.name(*child);
                    if name == "time" && texts.time.is_none() {
                        let written = self.document.attribute(*child, "datetime");
                        texts.time = written
                            .map(|written| written.into_owned())
                            .or_else(|| Some(self.document.text_start(*child, 200)));
                    }
                    if matches!(name.as_str(), "svg" | "noscript" | "time") {
                        continue;
                    }
                    if crate::xml::is_block(&name) || name == "br" {
                        texts.end_block();
                    }
                    if heading_at.is_none() && texts.heading.is_none() && self.is_headline(*child, &name) {
                        heading_at = Some(stack.len());
                    }
                    stack.push((*child, 0));
                }
            }
        }
        texts.end_block();
        texts.end_heading();
        texts
    }

    /// Whether an element is a headline: by its name, or by a class that says so.
    fn is_headline(&self, id: usize, name: &str) -> bool {
        if is_heading(name) {
            return true;
        }
        let class = self.document.attribute(id, "class").unwrap_or_default().to_ascii_lowercase();
        let mut words = class.split(|c: char| !c.is_ascii_alphanumeric()).take(30);
        words.any(|word| matches!(word, "headline" | "title"))
    }

    fn title(&self) -> Option<String> {
        let title = self.document.all().find(|id| {
            self.name(*id) == "title" && !self.document.is_below(*id, |above| above.local.eq_ignore_ascii_case("svg"))
        })?;
        literal(&self.document.text_start(title, 4 * LONGEST_TITLE).chars().take(LONGEST_TITLE).collect::<String>())
    }

    fn language(&self) -> Option<String> {
        let html = self.document.all().take(20).find(|id| self.name(*id) == "html")?;
        let language = self.document.attribute(html, "lang")?.trim().to_ascii_lowercase();
        Some(language).filter(|language| !language.is_empty() && language.len() <= 35)
    }
}

/// The texts of a part of the page.
#[derive(Default)]
struct Texts {
    blocks: Vec<String>,
    open: String,
    heading: Option<String>,
    open_heading: String,
    time: Option<String>,
}

impl Texts {
    fn push(&mut self, text: &str, in_heading: bool) {
        // A headline is short: what is longer is cut off before it is stored.
        let room = 4 * LONGEST_TITLE;
        let piece: String = text.chars().take(room).collect();
        if in_heading && self.open_heading.len() < room {
            self.open_heading.push_str(&piece);
        }
        if self.open.len() < room {
            self.open.push_str(&piece);
        }
    }

    fn end_block(&mut self) {
        let text = std::mem::take(&mut self.open);
        self.blocks.extend(literal(&text).filter(|_| self.blocks.len() < 50));
    }

    fn end_heading(&mut self) {
        let text = std::mem::take(&mut self.open_heading);
        self.heading = self.heading.take().or_else(|| literal(&text));
    }

    /// The first block that is as long as a headline, else the longest.
    fn first_block(&self) -> Option<String> {
        let longest = || self.blocks.iter().max_by_key(|block| block.chars().count());
        self.blocks.iter().find(|block| headline_weight(block) >= 1.0).or_else(longest).cloned()
    }
}

/// The shape of an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Shape {
    host: String,
    /// With the words of the path.
    exact: String,
    /// With a sign for every kind of segment.
    general: String,
    tells: bool,
}

impl Shape {
    fn of(url: &Url) -> Self {
        let (mut exact, mut general, mut tells) = (String::new(), String::new(), false);
        let segments: Vec<&str> =
            url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).take(12).collect();
        for (place, segment) in segments.iter().enumerate() {
            let (stem, ending) = match segment.rsplit_once('.') {
                Some((stem, ending)) if place + 1 == segments.len() && ending.len() <= 5 => (stem, ending),
                _ => (*segment, ""),
            };
            let kind = kind_of(stem);
            tells |= matches!(kind, 'S' | 'N' | 'M');
            for shape in [&mut exact, &mut general] {
                shape.push('/');
            }
            general.push(kind);
            if kind == 'W' && place + 1 < segments.len() {
                exact.push_str(stem);
            } else {
                exact.push(kind);
            }
            if !ending.is_empty() {
                for shape in [&mut exact, &mut general] {
                    shape.push('.');
                    shape.push_str(ending);
                }
            }
        }
        // "?id=17": the parameter's name belongs to the shape; its number tells.
        for (name, value) in url.query_pairs().take(4) {
            let kind = kind_of(&value);
            tells |= matches!(kind, 'N' | 'M' | 'D') && value.len() >= 2;
            for shape in [&mut exact, &mut general] {
                shape.push('?');
                shape.push_str(&name);
                shape.push('=');
                shape.push(kind);
            }
        }
        Self { host: url.host_str().unwrap_or_default().to_owned(), exact, general, tells }
    }

    /// How much the address alone looks like an article's.
    fn weight(&self) -> f32 {
        if self.tells { 1.0 } else { 0.5 }
    }
}

/// What a segment of a path is: `Y` a year, `D` a small number, `N` a large one, `S` the words of a
/// headline, `M` letters and digits mixed (an id), `W` a word.
fn kind_of(segment: &str) -> char {
    let digits = segment.bytes().filter(u8::is_ascii_digit).count();
    let letters = segment.bytes().filter(u8::is_ascii_alphabetic).count();
    let is_year = segment.len() == 4 && digits == 4 && (segment.starts_with("19") || segment.starts_with("20"));
    let escaped = segment.matches('%').count();
    let breaks = segment.bytes().filter(|byte| matches!(byte, b'-' | b'_' | b'+' | b',')).count();
    match () {
        () if segment.is_empty() => 'W',
        () if is_year => 'Y',
        () if digits == segment.len() && digits <= 3 => 'D',
        () if digits + breaks == segment.len() && digits >= 4 => 'N',
        () if breaks >= 2 || escaped >= 12 || (breaks >= 1 && segment.len() >= 18) => 'S',
        () if digits >= 2 && letters >= 1 && segment.len() >= 5 => 'M',
        () => 'W',
    }
}

/// How much a text is like a headline: 0 for a word of a menu, 1 for a sentence. Scripts without spaces
/// say more in fewer characters.
fn headline_weight(text: &str) -> f32 {
    let wide = |c: &char| matches!(*c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}');
    let mut length = 0_usize;
    for c in text.chars().take(LONGEST_TITLE) {
        length += if wide(&c) { 3 } else { 1 };
    }
    let words = text.split_whitespace().take(5).count();
    match length {
        0..12 => 0.0,
        12..24 => 0.4,
        24.. if words >= 3 || text.chars().any(|c| wide(&c)) => 1.0,
        _ => 0.4,
    }
}

/// Keeps the links of the best group and of those like it, in the page's order; none when there is no
/// group that is a list.
fn keep_the_list(links: &mut Vec<Link>, min_links: usize) {
    let mut groups: HashMap<(&str, &str, &str), (f32, usize, usize)> = HashMap::new();
    for (place, link) in links.iter().enumerate() {
        let group = groups.entry(key_of(link)).or_insert((0.0, 0, place));
        group.0 += link.weight;
        group.1 += 1;
    }
    let mean = |group: &(f32, usize, usize)| group.0 / group.1.max(1) as f32;
    // Many short links must not outweigh few good ones; of equal groups the first on the page.
    let value = |group: &(f32, usize, usize)| group.0 * mean(group);
    let best = groups
        .values()
        .filter(|group| mean(group) >= LEAST_WEIGHT)
        .max_by(|one, other| value(one).total_cmp(&value(other)).then(other.2.cmp(&one.2)))
        .copied();
    let model = best.and_then(|best| Some((best, links.get(best.2)?)));
    let Some((best, model)) = model else { return links.clear() };
    let (structure, general, tells) = (model.structure.clone(), model.shape.general.clone(), model.shape.tells);
    let is_like = |link: &Link| {
        let group = groups.get(&key_of(link)).copied().unwrap_or_default();
        mean(&group) >= LEAST_WEIGHT.max(LIKENESS * mean(&best))
            && (link.shape.general == general || (link.structure == structure && link.shape.tells == tells))
            && link.weight > 0.0
    };
    let kept: Vec<bool> = links.iter().map(is_like).collect();
    let mut kept = kept.into_iter();
    links.retain(|_| kept.next().unwrap_or(false));
    if links.len() < min_links.max(1) {
        links.clear();
    }
}

fn key_of(link: &Link) -> (&str, &str, &str) {
    (&link.structure, &link.shape.host, &link.shape.exact)
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|one| name.eq_ignore_ascii_case(one))
}

/// The same host, one below the other, or one beside the other below `www.`'s place.
fn is_same_site(one: &Url, other: &Url) -> bool {
    let host = |url: &Url| url.host_str().unwrap_or_default().trim_start_matches("www.").to_owned();
    let (one_host, other_host) = (host(one), host(other));
    if one_host == other_host {
        return one.port_or_known_default() == other.port_or_known_default() || one.port().is_none();
    }
    let below = |inner: &str, outer: &str| inner.strip_suffix(outer).is_some_and(|rest| rest.ends_with('.'));
    outer_is_a_name(&one_host, &other_host) && (below(&one_host, &other_host) || below(&other_host, &one_host))
}

/// Numbers have no hosts below them, and a single label is no site.
fn outer_is_a_name(one: &str, other: &str) -> bool {
    let is_name = |host: &str| {
        host.contains('.')
            && host.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_alphabetic()))
    };
    is_name(one) && is_name(other)
}

/// Whether an address is that of a file, not of a page.
fn is_file(url: &Url) -> bool {
    const ENDINGS: [&str; 28] = [
        "7z", "atom", "avi", "css", "csv", "doc", "docx", "epub", "gif", "gz", "ics", "jpeg", "jpg", "js", "json",
        "m4a", "mov", "mp3", "mp4", "pdf", "png", "rss", "svg", "webm", "webp", "xls", "xml", "zip",
    ];
    let last = url.path().rsplit('/').next().unwrap_or_default();
    last.rsplit_once('.')
        .is_some_and(|(_, ending)| ENDINGS.binary_search(&ending.to_ascii_lowercase().as_str()).is_ok())
}
