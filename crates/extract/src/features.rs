//! What the model sees of a block: numbers about its text, place, markup and neighbours.
//!
//! Lengths are in words; where words are not parted by spaces, in half characters.

use crate::candidates::Candidates;
use crate::cues;
use crate::dom::NodeId;
use crate::page::Page;
use crate::segment::{Block, Context, Kind, Segments};
use crate::vocabulary;
use firsthand_text::normalise::fold;
use foldhash::fast::FixedState;
use foldhash::{HashMap, HashMapExt as _, HashSet};
use std::hash::BuildHasher as _;

/// What the page says of its article elsewhere.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Said<'a> {
    pub(crate) title: Option<&'a str>,
    pub(crate) description: Option<&'a str>,
    pub(crate) byline: Option<&'a str>,
    /// The article's text by its own description.
    pub(crate) body: Option<&'a str>,
}

/// Numbers of a block by itself.
const OWN: &[&str] = &[
    "size",
    "link-share",
    "links",
    "bold",
    "italic",
    "capitals",
    "digits",
    "ending",
    "lower-start",
    "bullet",
    "commas",
    "stops",
    "quotes",
    "mean-word",
    "kind",
    "date",
    "copies",
    "repeats-title",
    "title-overlap",
    "repeats-description",
    "has-author",
    "in-described-body",
    "begins-cue",
    "end-heading",
    "onward",
    "image-before",
    "colon",
    "address",
    "bar",
    "capital-words",
    "spaced",
    "link-kind",
    "heading-one",
];
/// Numbers of a block on its page.
const PLACE: &[&str] = &[
    "in-chosen",
    "in-named",
    "in-article",
    "in-scored",
    "in-top",
    "anchor-steps",
    "anchor-share",
    "depth-difference",
    "signature-share",
    "signature-size",
    "parent-size",
    "parent-links",
    "parent-blocks",
    "grand-size",
    "grand-links",
    "grand-blocks",
    "prose-before",
    "prose-after",
    "prose-total",
    "to-prose-before",
    "to-prose-after",
    "page-place",
    "chosen-from-start",
    "chosen-from-end",
    "long-before",
    "long-after",
    "heading-distance",
    "heading-cues",
    "heading-ending",
    "section-size",
    "section-links",
    "section-blocks",
    "section-is-last",
    "run-links-3",
    "run-links-8",
    "run-size-3",
    "run-size-8",
    "folded-place",
    "same-as-before",
    "same-as-after",
    "heading-above-h1",
    "h1-distance",
    "median-prose",
    "furniture",
    "headline-steps",
    "headline-share",
    "headline-distance",
    "prose-since-headline",
    "headlines-between",
    "article-number",
    "articles",
    "parent-share-of-grand",
    "in-headed",
    "branch-size",
    "branch-links",
    "branch-blocks",
    "branch-share",
    "branch-place",
    "branch-kin",
    "branch-headed",
    "branch-cues",
    "same-article",
    "end-headings",
    "since-end-heading",
    "end-heading-steps",
    "heading-about",
];
/// Numbers of a neighbour, for each of the offsets.
const NEAR: &[&str] = &["size", "link-share", "ending", "kind", "same-signature", "cues", "same-parent"];
const OFFSETS: &[isize] = &[-2, -1, 1, 2];

/// The names of the features, in order.
pub(crate) fn names() -> Vec<String> {
    let mut out: Vec<String> = vocabulary::GROUPS.iter().map(|name| (*name).to_owned()).collect();
    out.extend(cues::KINDS.iter().map(|name| (*name).to_owned()));
    out.extend(OWN.iter().map(|name| format!("own:{name}")));
    out.extend(PLACE.iter().map(|name| format!("place:{name}")));
    for offset in OFFSETS {
        out.extend(NEAR.iter().map(|name| format!("near{offset:+}:{name}")));
    }
    out
}

/// A block with what is counted once.
struct Seen<'a> {
    block: &'a Block,
    folded: String,
    size: f32,
    link_share: f32,
    ending: f32,
    kind: f32,
    signature: u64,
    cues: [u8; cues::KINDS.len()],
    parent: u32,
    grand: u32,
    /// The place of the outermost element around the block that does not hold the best container.
    branch: u32,
    place: u32,
    chosen: bool,
    own: [f32; OWN.len()],
}

/// Sums over the blocks of one element.
#[derive(Default, Clone, Copy)]
struct Group {
    cues: f32,
    headings: f32,
    /// Blocks of it that were passed.
    passed: f32,
    size: f32,
    linked: f32,
    blocks: f32,
}

/// A block's features.
#[derive(Debug)]
pub(crate) struct Row {
    /// The block's place among all.
    pub(crate) block: usize,
    /// Its words.
    pub(crate) size: f32,
    /// The numbers, in the order of [`names`].
    pub(crate) values: Vec<f32>,
}

/// The features of every block that is no image.
pub(crate) fn table(page: &Page, segments: &Segments, candidates: &Candidates, said: &Said<'_>) -> Vec<Row> {
    let heard = Heard::new(said);
    let seen: Vec<(usize, Seen<'_>)> = segments
        .blocks
        .iter()
        .enumerate()
        .filter(|(_, block)| block.kind != Kind::Image)
        .map(|(place, block)| (place, see(page, candidates, block, &heard)))
        .collect();
    let mut copies: HashMap<&str, f32> = HashMap::new();
    let mut signatures: HashMap<u64, Group> = HashMap::new();
    let mut parents: HashMap<u32, Group> = HashMap::new();
    let mut grands: HashMap<u32, Group> = HashMap::new();
    let mut branches: HashMap<u32, Group> = HashMap::new();
    for (_, one) in &seen {
        *copies.entry(one.folded.as_str()).or_insert(0.0) += 1.0;
        for group in [
            signatures.entry(one.signature).or_default(),
            parents.entry(one.parent).or_default(),
            grands.entry(one.grand).or_default(),
            branches.entry(one.branch).or_default(),
        ] {
            group.size += one.size;
            group.linked += one.size * one.link_share;
            group.blocks += 1.0;
            group.cues += one.cues.iter().map(|count| f32::from(*count)).sum::<f32>();
            group.headings += f32::from(u8::from(matches!(one.block.kind, Kind::Heading(_))));
        }
    }
    let prose: Vec<f32> = seen.iter().map(|(_, one)| one.prose()).collect();
    let total: f32 = prose.iter().sum::<f32>().max(1.0);
    let mut signature_prose: HashMap<u64, f32> = HashMap::new();
    for ((_, one), prose) in seen.iter().zip(&prose) {
        *signature_prose.entry(one.signature).or_insert(0.0) += prose;
    }
    let median = median_prose(&prose);
    let sections = sections(&seen);
    let chosen_total: f32 = seen.iter().filter(|(_, one)| one.chosen).map(|(_, one)| one.size).sum::<f32>().max(1.0);
    let anchor_depth = candidates.anchor.map_or(0, |anchor| page.dom.ancestors(anchor).count());
    let h1 = page.dom.elements("h1").next().map(|node| page.place(node).0);
    let h1_at = h1.and_then(|h1| seen.iter().position(|(_, one)| one.place >= h1));
    let to_prose = distances(&prose);
    let headline = headline(&seen);
    let headline_node = headline.and_then(|at| seen.get(at)).map(|(_, one)| one.block.element);
    let headline_signature = headline.and_then(|at| seen.get(at)).map(|(_, one)| one.signature);
    let articles = articles(page);
    let article_of = |place: u32| articles.iter().position(|(start, end)| (*start..*end).contains(&place));
    let headed_article = headline_node.and_then(|node| article_of(page.place(node).0));
    let mut headed: HashMap<u32, (f32, f32, f32)> = HashMap::new();
    let (mut since_headline, mut headlines) = (0.0_f32, 0.0_f32);
    let mut end = End::default();
    let mut anchors: HashMap<u32, (f32, f32, f32)> = HashMap::new();
    let (mut before, mut chosen_before, mut long_before) = (0.0_f32, 0.0_f32, 0.0_f32);
    let long_total: f32 = prose.iter().filter(|size| **size >= LONG).count() as f32;
    let count = seen.len();
    let mut out = Vec::with_capacity(count);
    for (at, (place, one)) in seen.iter().enumerate() {
        let own_prose = prose.get(at).copied().unwrap_or_default();
        let mut row: Vec<f32> = Vec::with_capacity(224);
        match segments.contexts.get(one.block.context) {
            Some(context) => row.extend(context.shares),
            None => row.extend([Context::NONE; vocabulary::COUNT]),
        }
        row.extend(one.cues.iter().map(|count| f32::from(*count)));
        let own_start = row.len();
        row.extend(one.own);
        if let Some(held) = row.get_mut(own_start + COPIES) {
            *held = copies.get(one.folded.as_str()).copied().unwrap_or(1.0);
        }
        let (steps, share, depth) =
            *anchors.entry(one.parent).or_insert_with(|| anchor_of(page, candidates.anchor, one.block, anchor_depth));
        let (headline_steps, headline_share, _) =
            *headed.entry(one.parent).or_insert_with(|| anchor_of(page, headline_node, one.block, 0));
        let past_headline = headline.is_some_and(|headline| at > headline);
        if past_headline
            && (one.own.get(HEADING_ONE).is_some_and(|is| *is > 0.0) || headline_signature == Some(one.signature))
        {
            headlines += 1.0;
        }
        let article = article_of(one.place);
        let same_article = headed_article.map_or(-1.0, |headed| f32::from(u8::from(article == Some(headed))));
        if past_headline && one.ends() {
            end.pass(page, at, one.block.element, headline_node);
        }
        let parent = parents.get(&one.parent).copied().unwrap_or_default();
        let grand = grands.get(&one.grand).copied().unwrap_or_default();
        let branch = branches.get(&one.branch).copied().unwrap_or_default();
        if let Some(held) = branches.get_mut(&one.branch) {
            held.passed += 1.0;
        }
        let signature = signatures.get(&one.signature).copied().unwrap_or_default();
        let section = sections.get(at).copied().unwrap_or_default();
        let (to_before, to_after) = to_prose.get(at).copied().unwrap_or_default();
        let within =
            |nodes: &[NodeId]| f32::from(u8::from(nodes.iter().any(|node| page.is_within(one.block.element, *node))));
        let is_long = f32::from(u8::from(own_prose >= LONG));
        let near = |width: usize| {
            let from = at.saturating_sub(width);
            let part = seen.get(from..(at + width + 1).min(count)).unwrap_or_default();
            let size: f32 = part.iter().map(|(_, one)| one.size).sum();
            let linked: f32 = part.iter().map(|(_, one)| one.size * one.link_share).sum();
            (linked / size.max(1.0), size / part.len().max(1) as f32)
        };
        let ((links_3, size_3), (links_8, size_8)) = (near(3), near(8));
        let neighbour = |offset: isize| at.checked_add_signed(offset).and_then(|at| seen.get(at)).map(|(_, one)| one);
        let same = |offset: isize| {
            f32::from(u8::from(neighbour(offset).is_some_and(|other| other.signature == one.signature)))
        };
        row.extend([
            f32::from(u8::from(one.chosen)),
            within(candidates.named.as_slice()),
            within(candidates.article.as_slice()),
            within(&candidates.scored),
            within(candidates.anchor.as_slice()),
            steps,
            share,
            depth,
            signature_prose.get(&one.signature).copied().unwrap_or_default() / total,
            signature.size / signature.blocks.max(1.0),
            parent.size,
            parent.linked / parent.size.max(1.0),
            parent.blocks,
            grand.size,
            grand.linked / grand.size.max(1.0),
            grand.blocks,
            before / total,
            (total - before - own_prose) / total,
            total,
            to_before,
            to_after,
            at as f32 / count.max(1) as f32,
            if one.chosen { chosen_before } else { -1.0 },
            if one.chosen { chosen_total - chosen_before - one.size } else { -1.0 },
            long_before,
            long_total - long_before - is_long,
            section.distance,
            section.cues,
            section.ending,
            section.size,
            section.linked / section.size.max(1.0),
            section.blocks,
            section.is_last,
            links_3,
            links_8,
            size_3,
            size_8,
            chosen_before / chosen_total,
            same(-1),
            same(1),
            f32::from(u8::from(h1.is_some_and(|h1| one.place < h1))),
            h1_at.map_or(-99.0, |h1| (at as f32 - h1 as f32).clamp(-50.0, 200.0)),
            median,
            f32::from(u8::from(page.is_furniture(one.block.element))),
            headline_steps,
            headline_share,
            headline.map_or(-99.0, |headline| (at as f32 - headline as f32).clamp(-50.0, 200.0)),
            if past_headline { since_headline / total } else { -1.0 },
            headlines,
            article.map_or(-1.0, |number| number as f32),
            articles.len() as f32,
            parent.size / grand.size.max(1.0),
            within(candidates.headed.as_slice()),
            branch.size,
            branch.linked / branch.size.max(1.0),
            branch.blocks,
            one.size / branch.size.max(1.0),
            branch.passed / branch.blocks.max(1.0),
            signature.blocks,
            branch.headings,
            branch.cues / branch.size.max(1.0),
            same_article,
            end.count,
            end.at.map_or(-1.0, |end| (at - end) as f32),
            end.steps(page, one.block.element),
            section.about,
        ]);
        for offset in OFFSETS {
            match neighbour(*offset) {
                Some(other) => row.extend([
                    other.size,
                    other.link_share,
                    other.ending,
                    other.kind,
                    f32::from(u8::from(other.signature == one.signature)),
                    other.cues.iter().map(|count| f32::from(*count)).sum(),
                    f32::from(u8::from(other.parent == one.parent)),
                ]),
                None => row.extend([-1.0; 7]),
            }
        }
        out.push(Row { block: *place, size: one.size, values: row });
        if past_headline {
            since_headline += own_prose;
        }
        before += own_prose;
        long_before += is_long;
        if one.chosen {
            chosen_before += one.size;
        }
    }
    out
}

/// Whether a block points to another article in words that say so ("READ MORE: …"): a link, mostly. Such lines are
/// seldom in the training pages and plain enough without training.
pub(crate) fn is_pointer(values: &[f32]) -> bool {
    const OWN_START: usize = vocabulary::COUNT + cues::KINDS.len();
    let own = |place: usize| values.get(OWN_START + place).copied().unwrap_or_default();
    own(BEGINS_CUE) > 0.0 && own(LINK_SHARE) > 0.4 && own(0) < 40.0
}

/// A block of so much prose is a paragraph.
const LONG: f32 = 20.0;
/// More places in [`OWN`].
const LINK_SHARE: usize = 1;
const BEGINS_CUE: usize = 22;
/// The place of "copies" in [`OWN`].
const COPIES: usize = 16;

impl Seen<'_> {
    /// Whether it is a heading after which no article goes on.
    fn ends(&self) -> bool {
        self.size <= 8.0 && self.own.get(END_HEADING).is_some_and(|is| *is > 0.0)
    }

    fn prose(&self) -> f32 {
        if self.link_share < 0.4 { self.size * (1.0 - self.link_share) } else { 0.0 }
    }
}

/// What the page says, folded.
struct Heard {
    title: String,
    title_words: HashSet<String>,
    description: String,
    authors: Vec<String>,
    body: String,
}

impl Heard {
    fn new(said: &Said<'_>) -> Self {
        let title = said.title.map(fold).unwrap_or_default();
        Self {
            title_words: words(&title).map(str::to_owned).collect(),
            title,
            description: said.description.map(fold).unwrap_or_default(),
            authors: said.byline.map(|names| names.split(", ").map(fold).collect()).unwrap_or_default(),
            body: said.body.map(|body| squeezed(&fold(body))).unwrap_or_default(),
        }
    }
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// What the characters of a text are.
#[derive(Default)]
struct Counts {
    upper: u32,
    alphabetic: u32,
    digits: u32,
    commas: u32,
    stops: u32,
    quotes: u32,
    /// Letters of scripts that are written without spaces.
    dense: u32,
    /// What white space parts.
    words: u32,
    capital_words: u32,
}

impl Counts {
    fn of(text: &str) -> Self {
        let mut out = Self::default();
        let mut in_word = false;
        for character in text.chars() {
            if character.is_whitespace() {
                in_word = false;
                continue;
            }
            let is_upper = character.is_uppercase();
            out.words += u32::from(!in_word);
            out.capital_words += u32::from(!in_word && is_upper);
            in_word = true;
            if character.is_alphabetic() {
                out.alphabetic += 1;
                out.upper += u32::from(is_upper);
                out.dense += u32::from(!character.is_ascii() && is_dense(character));
                continue;
            }
            match character {
                '0'..='9' => out.digits += 1,
                ',' | '、' | '،' | '\u{FF0C}' => out.commas += 1,
                '.' | '!' | '?' | '。' | '\u{FF01}' | '\u{FF1F}' | '।' | '؟' => out.stops += 1,
                '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」' => out.quotes += 1,
                _ => {}
            }
        }
        out
    }

    fn as_floats(&self) -> [f32; 9] {
        let Self { upper, alphabetic, digits, commas, stops, quotes, dense, words, capital_words } = *self;
        [upper, alphabetic, digits, commas, stops, quotes, dense, words, capital_words].map(|count| count as f32)
    }
}

fn see<'a>(page: &Page, candidates: &Candidates, block: &'a Block, heard: &Heard) -> Seen<'a> {
    let text = &block.text;
    let folded = fold(text);
    let letters = block.letters.max(1) as f32;
    let counts = Counts::of(text);
    let [upper, alphabetic, digits, commas, stops, quotes, dense, spaced, capital_words] = counts.as_floats();
    let flag = |is: bool| f32::from(u8::from(is));
    let spaced = spaced.max(1.0);
    let size = if dense * 2.0 > alphabetic { (dense / 2.0).max(spaced) } else { spaced };
    let (mut block_words, mut shared) = (0_usize, 0.0_f32);
    for word in words(&folded).take(60) {
        block_words += 1;
        shared += flag(heard.title_words.contains(word));
    }
    let first = text.chars().next().unwrap_or(' ');
    let kind = match block.kind {
        Kind::Paragraph => 0.0,
        Kind::Heading(level) => f32::from(level),
        Kind::Item => 5.0,
        Kind::Quotation => 6.0,
        Kind::Code => 7.0,
        Kind::Row => 8.0,
        Kind::Image => 9.0,
    };
    let ending = ending(text);
    let link_share = block.linked as f32 / letters;
    let trimmed = folded.trim_end_matches([':', '.', '…', '»', ' ', '>', '→']);
    let short = size < 60.0;
    let body = if heard.body.len() < 200 || folded.len() < 12 {
        -1.0
    } else {
        let inside = squeezed(&folded);
        f32::from(u8::from(heard.body.contains(prefix(&inside, 160))))
    };
    let own = [
        size,
        link_share,
        f32::from(block.links),
        block.bold as f32 / letters,
        block.italic as f32 / letters,
        if alphabetic > 0.0 { upper / alphabetic } else { 0.0 },
        digits / letters,
        ending,
        flag(first.is_lowercase()),
        flag(matches!(first, '•' | '·' | '-' | '–' | '*' | '►' | '▶' | '>' | '»' | '|' | '→' | '(' | '[')),
        commas / size,
        stops,
        quotes,
        alphabetic / size,
        kind,
        flag(short && digits > 0.0 && firsthand_text::dates::within(text).is_some()),
        1.0,
        flag(!heard.title.is_empty() && folded == heard.title),
        shared / (block_words.max(heard.title_words.len())).max(1) as f32,
        flag(
            !heard.description.is_empty() && folded.len() > 20 && (heard.description.starts_with(prefix(&folded, 60))),
        ),
        flag(short && heard.authors.iter().any(|author| folded.contains(author.as_str()))),
        body,
        flag(cues::begins_like_furniture(&folded)),
        flag(short && cues::is_end_heading(trimmed)),
        flag(short && cues::is_onward(trimmed)),
        flag(block.image_before),
        flag(short && folded.contains(':')),
        flag(short && (folded.contains('@') || folded.contains("www.") || folded.contains("http"))),
        flag(short && (folded.contains('|') || folded.contains('/'))),
        capital_words / spaced,
        spaced / size,
        link_kind(page, block),
        flag(block.kind == Kind::Heading(2) && is_h1(page, block)),
    ];
    let mut above = page.dom.ancestors(block.element);
    let parent = above.next();
    let grand = above.next();
    let place_of = |node: Option<NodeId>| node.map_or(0, |node| page.place(node).0);
    Seen {
        block,
        size,
        link_share,
        ending,
        kind,
        signature: signature(page, block.element, block.kind),
        cues: cues::count(&folded, if short { 60 } else { 200 }),
        parent: place_of(parent),
        grand: place_of(grand),
        branch: branch(page, candidates.anchor, block.element),
        place: page.place(block.element).0,
        chosen: candidates.chosen.iter().any(|node| page.is_within(block.element, *node)),
        folded,
        own,
    }
}

/// Whether a block stands in an `h1`.
fn is_h1(page: &Page, block: &Block) -> bool {
    std::iter::once(block.element)
        .chain(page.dom.ancestors(block.element))
        .take(3)
        .any(|node| page.dom.tag(node) == "h1")
}

/// Where a block's first link leads: 0 without one, 1 within the page, 2 to mail, 3 to a list (author, tag,
/// category), 4 to another host or an absolute address, 5 elsewhere.
fn link_kind(page: &Page, block: &Block) -> f32 {
    const LISTS: &[&str] = &[
        "author",
        "tag",
        "topic",
        "categor",
        "people/",
        "staff",
        "contributor",
        "by/",
        "autor",
        "thema",
        "writer",
        "profile",
        "section",
        "keyword",
        "search",
        "newsletter",
        "subscri",
    ];
    let Some(address) = block.first_link.and_then(|link| page.dom.attribute(link, "href")) else { return 0.0 };
    let begins = |start: &str| address.get(..start.len()).is_some_and(|held| held.eq_ignore_ascii_case(start));
    if begins("#") {
        1.0
    } else if begins("mailto:") || begins("tel:") {
        2.0
    } else if vocabulary::has_folder(prefix(address, 300), LISTS) {
        3.0
    } else if begins("http") || begins("//") {
        4.0
    } else {
        5.0
    }
}

fn prefix(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// Whether a character is of a script that is written without spaces.
fn is_dense(character: char) -> bool {
    matches!(character, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// How a text ends: 0 without a mark.
fn ending(text: &str) -> f32 {
    match text.trim_end().chars().next_back() {
        Some('.' | '。' | '।' | '۔') => 1.0,
        Some('!' | '?' | '\u{FF01}' | '\u{FF1F}' | '؟') => 2.0,
        Some('"' | '”' | '“' | '»' | '’' | '\'' | '」' | '』') => 3.0,
        Some(')' | ']') => 4.0,
        Some(':' | '\u{FF1A}' | ';' | ',') => 5.0,
        Some('…') => 6.0,
        Some('>' | '→' | '›' | '|') => 7.0,
        _ => 0.0,
    }
}

/// The make of a block: its tag and class and those of the element around it.
fn signature(page: &Page, element: NodeId, kind: Kind) -> u64 {
    let mut own = std::iter::once(element)
        .chain(page.dom.ancestors(element))
        .map(|node| (page.dom.tag(node), page.dom.attribute(node, "class").unwrap_or_default()));
    FixedState::default().hash_one((own.next(), own.next(), matches!(kind, Kind::Heading(_))))
}

/// Steps up to an element that holds the best scored container, the share of the page's prose that
/// it holds, and how much deeper the block stands.
fn anchor_of(page: &Page, anchor: Option<NodeId>, block: &Block, anchor_depth: usize) -> (f32, f32, f32) {
    let Some(anchor) = anchor else { return (-1.0, -1.0, 0.0) };
    let depth = page.dom.ancestors(block.element).count() as f32 - anchor_depth as f32;
    let own = std::iter::once(block.element).chain(page.dom.ancestors(block.element));
    for (steps, node) in own.enumerate() {
        if page.is_within(anchor, node) {
            return (steps as f32, page.share(node), depth);
        }
        if page.is_within(node, anchor) && page.is_within(block.element, anchor) {
            return (0.0, page.share(anchor), depth);
        }
    }
    (-1.0, -1.0, depth)
}

/// The place of the outermost element around a block's, itself counted, that does not hold the best container.
fn branch(page: &Page, anchor: Option<NodeId>, element: NodeId) -> u32 {
    let Some(anchor) = anchor else { return 0 };
    let own = std::iter::once(element).chain(page.dom.ancestors(element));
    own.take_while(|node| !page.is_within(anchor, *node))
        .last()
        .map_or(page.place(element).0, |node| page.place(node).0)
}

/// The place of the block that is the page's headline: the heading that has most words of the title.
fn headline(seen: &[(usize, Seen<'_>)]) -> Option<usize> {
    let mut best: Option<(f32, usize)> = None;
    for (at, (_, one)) in seen.iter().enumerate().filter(|(_, (_, one))| matches!(one.block.kind, Kind::Heading(_))) {
        let own = |place: usize| one.own.get(place).copied().unwrap_or_default();
        let worth = own(REPEATS_TITLE) + own(TITLE_OVERLAP) + own(HEADING_ONE) * 0.3;
        if worth >= 0.3 && best.is_none_or(|(most, _)| worth > most) {
            best = Some((worth, at));
        }
    }
    best.map(|(_, at)| at)
}

/// The outermost `article` elements that hold some of the page's prose.
fn articles(page: &Page) -> Vec<(u32, u32)> {
    let mut out: Vec<(u32, u32)> = Vec::new();
    for node in page.dom.elements("article").filter(|node| page.share(*node) > 0.02) {
        let (start, end) = page.place(node);
        if out.last().is_none_or(|(_, last)| start >= *last) {
            out.push((start, end));
        }
    }
    out
}

/// The words of the middle paragraph, by words.
fn median_prose(prose: &[f32]) -> f32 {
    let mut sizes: Vec<f32> = prose.iter().copied().filter(|size| *size >= 8.0).collect();
    sizes.sort_by(f32::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or_default()
}

/// Blocks to the next paragraph before and after each block, at most 20.
fn distances(prose: &[f32]) -> Vec<(f32, f32)> {
    let mut out = vec![(20.0, 20.0); prose.len()];
    let mut last = 20.0_f32;
    for (held, size) in out.iter_mut().zip(prose) {
        held.0 = last;
        last = if *size >= LONG { 1.0 } else { (last + 1.0).min(20.0) };
    }
    let mut next = 20.0_f32;
    for (held, size) in out.iter_mut().zip(prose).rev() {
        held.1 = next;
        next = if *size >= LONG { 1.0 } else { (next + 1.0).min(20.0) };
    }
    out
}

/// What follows a heading up to the next one.
#[derive(Default, Clone, Copy)]
struct Section {
    distance: f32,
    cues: f32,
    ending: f32,
    size: f32,
    linked: f32,
    blocks: f32,
    is_last: f32,
    /// Whether its heading is "About …".
    about: f32,
}

/// The last heading after which no article goes on ("Related articles").
#[derive(Default)]
struct End {
    /// How many there were since the headline.
    count: f32,
    /// The block that it is.
    at: Option<usize>,
    /// The elements around it that do not hold the headline, the innermost first.
    around: Vec<NodeId>,
}

impl End {
    /// Farther than this from such a heading nothing is under it.
    const STEPS: usize = 5;

    fn pass(&mut self, page: &Page, at: usize, heading: NodeId, headline: Option<NodeId>) {
        self.count += 1.0;
        self.at = Some(at);
        let is_apart = |node: &NodeId| headline.is_none_or(|headline| !page.is_within(headline, *node));
        self.around = page.dom.ancestors(heading).take_while(is_apart).take(Self::STEPS).collect();
    }

    /// Steps up from the heading to an element that holds a block too.
    fn steps(&self, page: &Page, block: NodeId) -> f32 {
        let steps = self.around.iter().position(|node| page.is_within(block, *node));
        steps.map_or(-1.0, |steps| steps as f32)
    }
}

fn sections(seen: &[(usize, Seen<'_>)]) -> Vec<Section> {
    let mut out: Vec<Section> = Vec::with_capacity(seen.len());
    let mut start = 0;
    while start < seen.len() {
        let is_heading =
            |at: usize| seen.get(at).is_some_and(|(_, one)| matches!(one.block.kind, Kind::Heading(_)) || one.ends());
        let end = (start + 1..seen.len()).find(|at| is_heading(*at)).unwrap_or(seen.len());
        let part = seen.get(start..end).unwrap_or_default();
        let Some((_, first)) = part.first() else { break };
        let headed = is_heading(start);
        let rest = if headed { part.get(1..).unwrap_or_default() } else { part };
        let section = Section {
            distance: 0.0,
            cues: if headed { first.cues.iter().map(|count| f32::from(*count)).sum() } else { -1.0 },
            ending: if headed { first.own.get(END_HEADING).copied().unwrap_or_default() } else { -1.0 },
            size: rest.iter().map(|(_, one)| one.size).sum(),
            linked: rest.iter().map(|(_, one)| one.size * one.link_share).sum(),
            blocks: rest.len() as f32,
            is_last: f32::from(u8::from(end == seen.len())),
            about: f32::from(u8::from(headed && cues::is_about(&first.folded))),
        };
        out.extend((0..part.len()).map(|distance| Section { distance: distance as f32, ..section }));
        start = end;
    }
    out
}

/// Places in [`OWN`].
const REPEATS_TITLE: usize = 17;
const TITLE_OVERLAP: usize = 18;
const HEADING_ONE: usize = 32;
/// The place of "end-heading" in [`OWN`].
const END_HEADING: usize = 23;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_are_those_of_the_names() {
        assert_eq!(OWN.get(COPIES), Some(&"copies"));
        assert_eq!(OWN.get(END_HEADING), Some(&"end-heading"));
        assert_eq!(OWN.get(LINK_SHARE), Some(&"link-share"));
        assert_eq!(OWN.get(BEGINS_CUE), Some(&"begins-cue"));
        assert_eq!(OWN.get(REPEATS_TITLE), Some(&"repeats-title"));
        assert_eq!(OWN.get(TITLE_OVERLAP), Some(&"title-overlap"));
        assert_eq!(OWN.get(HEADING_ONE), Some(&"heading-one"));
        let names = names();
        let unique: HashSet<&String> = names.iter().collect();
        assert_eq!(unique.len(), names.len());
    }
}
