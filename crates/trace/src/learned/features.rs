//! What the model sees of a text: hashed features of single words, shapes, word classes and their
//! places. No feature keeps text.

use crate::lex::{Kind, Lexed};
use crate::outlets::Mention;
use crate::speech::{self, Range, Speech, overlapping};
use std::collections::HashMap;

/// Word classes by the hash of the word.
pub(crate) type Classes = HashMap<u32, u16>;

/// What is known of a token.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    pub word: u32,
    class: u32,
    coarse: u32,
    suffix: u32,
    short_suffix: u32,
    shape: u32,
    /// What kind of word it is, by closed lists and endings.
    pub part: u32,
    /// 0 outside, 1 inside, 2 opens, 3 closes a quotation.
    quote: u32,
    /// The rules' cue: 0 none, else by its verb.
    rule: u32,
    outlet: u32,
    /// The number of the sentence and of the paragraph.
    pub sentence: u32,
    pub paragraph: u32,
    from_start: u32,
    to_end: u32,
}

/// What a model is not shown, in training and in reading, to find out what that is worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hidden {
    /// It sees everything.
    #[default]
    Nothing,
    /// The classes of words; their kinds remain.
    Classes,
    /// The endings and shapes of words.
    Endings,
    /// Words' kinds by closed lists and endings.
    Kinds,
    /// Where quotations open and close.
    Quotations,
    /// Which words name outlets.
    Outlets,
    /// What the rules find.
    Rules,
    /// What lies between a cue and a token.
    Way,
}

impl Hidden {
    /// What can be hidden, by name.
    pub const NAMES: [(&'static str, Self); 7] = [
        ("classes", Self::Classes),
        ("endings", Self::Endings),
        ("kinds", Self::Kinds),
        ("quotations", Self::Quotations),
        ("outlets", Self::Outlets),
        ("rules", Self::Rules),
        ("way", Self::Way),
    ];
}

/// A text as the model sees it.
pub(crate) struct View<'a, 'b> {
    pub lexed: &'b Lexed<'a>,
    pub seen: Vec<Seen>,
    pub rules: &'b [Speech],
    /// Whether a cue is likely at each token (found by the first pass).
    pub cues: Vec<Range>,
    hidden: Hidden,
}

/// A feature's hash.
pub(crate) fn mix(template: u32, first: u32, second: u32) -> u32 {
    let mut x = (u64::from(first) | u64::from(second) << 32).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^= x >> 29;
    x = (x ^ u64::from(template).wrapping_mul(0xD6E8_FEB8_6659_FD93)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((x ^ x >> 31) >> 16) as u32
}

fn pair(first: u32, second: u32) -> u32 {
    mix(0xFFFF, first, second)
}

/// A word's hash: lower case, digits alike.
pub(crate) fn hash_word(lower: &str) -> u32 {
    let mut hash = 0x811C_9DC5_u32;
    for byte in lower.bytes() {
        let byte = if byte.is_ascii_digit() { b'0' } else { byte };
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash
}

fn tail(word: &str, letters: usize) -> u32 {
    let start = word.char_indices().rev().nth(letters.saturating_sub(1)).map_or(0, |(at, _)| at);
    hash_word(word.get(start..).unwrap_or_default())
}

fn shape(word: &str) -> u32 {
    let mut shape = 0_u32;
    let mut last = 0;
    for character in word.chars().take(24) {
        let kind = if character.is_uppercase() {
            1
        } else if character.is_alphabetic() {
            2
        } else if character.is_numeric() {
            3
        } else {
            4
        };
        if kind != last {
            shape = shape.wrapping_mul(5).wrapping_add(kind);
            last = kind;
        }
    }
    shape
}

/// Kinds of words: closed lists first, then endings.
fn part(word: &str, lower: &str, kind: Kind, first: bool) -> u32 {
    match kind {
        Kind::Number => return 1,
        Kind::Open => return 2,
        Kind::Close => return 3,
        Kind::Mark => {
            return match lower {
                "," => 4,
                "." | "!" | "?" => 5,
                ":" => 6,
                ";" => 7,
                "—" | "–" | "-" => 8,
                "(" | "[" => 9,
                ")" | "]" => 10,
                _ => 11,
            };
        }
        Kind::Word => {}
    }
    match lower {
        "the" | "a" | "an" | "this" | "these" | "those" | "some" | "any" | "no" | "every" | "each" | "all" | "both"
        | "several" | "many" | "most" | "other" | "another" | "few" => return 12,
        "his" | "her" | "its" | "their" | "our" | "my" | "your" | "whose" => return 13,
        "he" | "she" | "i" | "we" | "they" => return 14,
        "it" | "you" | "there" => return 15,
        "him" | "them" | "me" | "us" | "himself" | "herself" | "themselves" | "itself" => return 16,
        "that" => return 17,
        "who" | "whom" | "which" => return 18,
        "what" | "how" | "why" | "whether" | "where" | "when" => return 19,
        "if" | "because" | "although" | "though" | "while" | "unless" | "until" | "once" | "whereas" => return 20,
        "and" => return 21,
        "or" | "nor" => return 22,
        "but" | "yet" | "so" => return 23,
        "to" => return 24,
        "of" => return 25,
        "in" | "on" | "at" | "from" | "with" | "by" | "for" | "about" | "against" | "over" | "into" | "through"
        | "during" | "between" | "under" | "without" | "among" | "toward" | "towards" | "amid" | "via" | "across"
        | "upon" | "behind" | "despite" | "within" => return 26,
        "as" | "than" | "like" => return 27,
        "after" | "before" | "since" | "following" => return 28,
        "is" | "are" | "was" | "were" | "be" | "been" | "being" | "am" | "’s" | "'s" => return 29,
        "has" | "have" | "had" | "having" => return 30,
        "do" | "does" | "did" => return 31,
        "will" | "would" | "can" | "could" | "may" | "might" | "should" | "must" | "shall" => return 32,
        "not" | "never" | "n’t" | "n't" => return 33,
        "also" | "then" | "now" | "just" | "even" | "still" | "only" | "already" | "again" | "later" | "too"
        | "ever" | "once." | "often" | "earlier" | "recently" | "simply" | "instead" => return 34,
        "mr" | "mrs" | "ms" | "dr" | "sen" | "rep" | "gov" | "gen" | "president" | "senator" | "judge"
        | "secretary" | "governor" => return 35,
        "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday" | "today" | "yesterday"
        | "tomorrow" => return 36,
        "according" => return 37,
        _ => {}
    }
    if lower.ends_with("n’t") || lower.ends_with("n't") {
        return 33;
    }
    match speech::verb_class(lower) {
        0 => {}
        class => return 38 + class,
    }
    if lower.ends_with("’s") || lower.ends_with("'s") {
        return if word.starts_with(char::is_uppercase) { 43 } else { 44 };
    }
    if word.chars().next().is_some_and(char::is_uppercase) && !first {
        return 45;
    }
    if lower.len() > 4 {
        if lower.ends_with("ed") {
            return 46;
        }
        if lower.ends_with("ing") {
            return 47;
        }
        if lower.ends_with("ly") {
            return 48;
        }
        if lower.ends_with("ion") || lower.ends_with("ment") || lower.ends_with("ness") || lower.ends_with("ity") {
            return 49;
        }
    }
    if lower.len() > 3 && lower.ends_with('s') && !lower.ends_with("ss") {
        return 50;
    }
    if first { 51 } else { 52 }
}

impl<'a, 'b> View<'a, 'b> {
    pub(crate) fn new(lexed: &'b Lexed<'a>, mentions: &[Mention], rules: &'b [Speech], classes: &Classes) -> Self {
        let mut seen: Vec<Seen> = lexed
            .tokens
            .iter()
            .map(|token| {
                let word = hash_word(&token.lower);
                let class = classes.get(&word).map_or(0, |class| u32::from(*class) + 1);
                Seen {
                    word,
                    class,
                    suffix: tail(&token.lower, 3),
                    short_suffix: tail(&token.lower, 2),
                    shape: shape(token.text),
                    quote: match (token.kind, token.quoted) {
                        (Kind::Open, true) => 2,
                        (Kind::Close, true) => 3,
                        (_, true) => 1,
                        _ => 0,
                    },
                    ..Seen::default()
                }
            })
            .collect();
        for (number, &(from, to)) in (0_u32..).zip(&lexed.sentences) {
            for (index, seen) in seen.get_mut(from..to).unwrap_or_default().iter_mut().enumerate() {
                seen.sentence = number;
                seen.from_start = u32::try_from(index).unwrap_or(u32::MAX);
                seen.to_end = u32::try_from(to - from - index).unwrap_or(u32::MAX);
            }
        }
        for (number, &(from, to)) in (0_u32..).zip(&lexed.paragraphs) {
            for seen in seen.get_mut(from..to).unwrap_or_default() {
                seen.paragraph = number;
            }
        }
        for (token, seen) in lexed.tokens.iter().zip(&mut seen) {
            seen.part = part(token.text, &token.lower, token.kind, seen.from_start == 0);
            // Rare words stand for each other by their kind.
            seen.coarse = if seen.class == 0 { 1000 + seen.part } else { seen.class };
        }
        for rule in rules {
            let class = 1 + u32::from(rule.confidence >= 0.85);
            for seen in seen.get_mut(rule.cue.0..rule.cue.1).unwrap_or_default() {
                seen.rule = class;
            }
        }
        for mention in mentions {
            for seen in seen.get_mut(mention.from..mention.to).unwrap_or_default() {
                seen.outlet = 1 + u32::from(mention.own);
            }
        }
        Self { lexed, seen, rules, cues: Vec::new(), hidden: Hidden::Nothing }
    }

    /// The text without something.
    pub(crate) fn without(mut self, hidden: Hidden) -> Self {
        self.hidden = hidden;
        for seen in &mut self.seen {
            match hidden {
                Hidden::Nothing | Hidden::Way => break,
                Hidden::Classes => {
                    seen.class = 0;
                    seen.coarse = seen.part;
                }
                Hidden::Endings => (seen.suffix, seen.short_suffix, seen.shape) = (0, 0, 0),
                Hidden::Kinds => seen.part = 0,
                Hidden::Quotations => seen.quote = 0,
                Hidden::Outlets => seen.outlet = 0,
                Hidden::Rules => seen.rule = 0,
            }
        }
        if hidden == Hidden::Rules {
            self.rules = &[];
        }
        self
    }

    fn at(&self, place: usize, offset: isize) -> Seen {
        place.checked_add_signed(offset).and_then(|place| self.seen.get(place)).copied().unwrap_or(Seen {
            word: 7,
            coarse: 7,
            part: 60,
            shape: 99,
            ..Seen::default()
        })
    }

    /// The features of a token for being (part of) a cue.
    pub(crate) fn cue_features(&self, place: usize, out: &mut Vec<u32>) {
        out.clear();
        let [p3, p2, p1, t, n1, n2, n3] = [-3, -2, -1, 0, 1, 2, 3].map(|offset| self.at(place, offset));
        let mut template = 0;
        let mut add = |first: u32, second: u32| {
            template += 1;
            out.push(mix(template, first, second));
        };
        add(0, 0);
        for seen in [p3, p2, p1, t, n1, n2, n3] {
            add(seen.word, 0);
            add(seen.coarse, 0);
            add(seen.part, seen.quote);
        }
        add(p1.word, t.word);
        add(t.word, n1.word);
        add(n1.word, n2.word);
        add(p2.word, p1.word);
        add(pair(p1.word, t.word), n1.word);
        add(p1.coarse, t.coarse);
        add(t.coarse, n1.coarse);
        add(pair(p1.coarse, t.coarse), n1.coarse);
        add(t.word, p1.coarse);
        add(t.word, n1.coarse);
        add(t.coarse, p1.word);
        add(t.coarse, n1.word);
        add(pair(n1.coarse, n2.coarse), t.coarse);
        add(pair(p1.coarse, p2.coarse), t.coarse);
        let parts = |a: u32, b: u32, c: u32| (a << 12) | (b << 6) | c;
        add(parts(p1.part, t.part, n1.part), 0);
        add(parts(p2.part, p1.part, t.part), 0);
        add(parts(t.part, n1.part, n2.part), 0);
        add(parts(p2.part, p1.part, t.part), parts(0, n1.part, n2.part));
        add(t.word, parts(0, p1.part, n1.part));
        add(t.word, parts(0, n1.part, n2.part));
        add(t.word, parts(0, p2.part, p1.part));
        add(p1.word, parts(0, t.part, n1.part));
        add(n1.word, parts(0, p1.part, t.part));
        add(t.suffix, p1.part);
        add(t.suffix, n1.part);
        add(t.short_suffix, parts(0, p1.part, n1.part));
        add(p1.suffix, t.part);
        add(n1.suffix, t.part);
        add(t.shape, t.from_start.min(2));
        add(t.word, t.quote);
        add(t.coarse, (p1.quote << 4) | (t.quote << 2) | n1.quote);
        add(t.rule, p1.rule * 3 + n1.rule);
        add(t.rule, t.word);
        add(t.outlet, p1.outlet * 3 + n1.outlet);
        let close = (1..=4_isize)
            .find(|back| self.at(place, -back).quote == 3 && self.at(place, -back).paragraph == t.paragraph);
        let open = (1..=5_isize)
            .find(|ahead| self.at(place, *ahead).quote == 2 && self.at(place, *ahead).paragraph == t.paragraph);
        let quotes = close.map_or(0, |far| far as u32) * 8 + open.map_or(0, |far| far as u32);
        add(quotes, t.part);
        add(u32::from(close.is_some()) * 2 + u32::from(open.is_some()), t.word);
        add(u32::from(close.is_some()) * 2 + u32::from(open.is_some()), t.coarse);
        let that = (1..=5_isize).find(|ahead| {
            let seen = self.at(place, *ahead);
            seen.sentence == t.sentence && matches!(seen.part, 17 | 19)
        });
        add(that.map_or(0, |far| far as u32), t.part);
        add(u32::from(that.is_some()), t.coarse);
        // The nearest likely subject to the left, and the verbs in the sentence.
        let mut subject = 0;
        for back in 1..=8_isize {
            let seen = self.at(place, -back);
            if seen.sentence != t.sentence {
                subject = subject.max(1);
                break;
            }
            if matches!(seen.part, 14 | 15 | 18 | 35 | 43 | 45) {
                subject = seen.part * 4 + u32::from(back > 1) + u32::from(back > 3);
                break;
            }
            if matches!(seen.part, 4 | 5 | 17 | 29 | 30 | 32 | 39 | 40 | 41) {
                subject = seen.part * 4 + 3;
                break;
            }
        }
        add(subject, t.coarse);
        add(subject, t.part);
        add(subject, t.suffix);
        let mut verbs = [0_u32; 2];
        for far in 1..=25_isize {
            for (side, offset) in verbs.iter_mut().zip([-far, far]) {
                let seen = self.at(place, offset);
                if seen.sentence == t.sentence && (seen.rule != 0 || matches!(seen.part, 37 | 39 | 40)) {
                    *side += 1;
                }
            }
        }
        add(verbs.map(|count| count.min(2)).into_iter().fold(0, |sum, count| sum * 3 + count), t.part);
        add(verbs.map(|count| count.min(1)).into_iter().fold(0, |sum, count| sum * 2 + count), t.coarse);
        add(t.from_start.min(4), t.part);
        add(t.from_start.min(2), t.word);
        add(t.to_end.min(4), t.part);
        add(u32::from(t.paragraph == 0), t.part);
    }

    /// The tokens that a cue's source and content may lie in.
    pub(crate) fn window(&self, cue: Range) -> Range {
        let (before, after) = (90, 110);
        let here = self.at(cue.0, 0);
        let low = cue.0.saturating_sub(before);
        let from = (low..cue.0)
            .rev()
            .find(|place| {
                let seen = self.at(*place, 0);
                seen.sentence + 1 < here.sentence || seen.paragraph + 1 < here.paragraph
            })
            .map_or(low, |place| place + 1);
        let high = (cue.1 + after).min(self.seen.len());
        let to = (cue.1..high)
            .find(|place| {
                let seen = self.at(*place, 0);
                let far = seen.sentence > here.sentence + 3 || seen.paragraph > here.paragraph + 2;
                let quoted = seen.quote != 0;
                seen.sentence > here.sentence && (far || !quoted)
            })
            .unwrap_or(high);
        (from, to)
    }

    /// The features of every token of a window for being the source or the content of a cue.
    pub(crate) fn argument_features(&self, cue: Range, window: Range, mut each: impl FnMut(&[u32])) {
        let head = self.head(cue);
        let head_seen = self.at(head, 0);
        let left = self.at(cue.0, -1);
        let left2 = self.at(cue.0, -2);
        let right = self.at(cue.1, 0);
        let right2 = self.at(cue.1, 1);
        let here = self.at(cue.0, 0);
        let length = (cue.1 - cue.0).min(4) as u32;
        let rule = overlapping(self.rules, cue).max_by(|a, b| a.confidence.total_cmp(&b.confidence));
        let paths = self.paths(cue, window);
        let near = here.quote << 4 | left.quote << 2 | right.quote;
        let frame = pair(left.part << 6 | right.part, near);
        let mut out = Vec::with_capacity(96);
        for (place, path) in (window.0..window.1).zip(&paths) {
            out.clear();
            if place >= cue.0 && place < cue.1 {
                // A border before the cue's first token still has its words.
                out.push(mix(1, u32::from(place == cue.0), 77));
                if place == cue.0 {
                    out.push(mix(2, self.at(place, -1).part, 77));
                    out.push(mix(3, self.at(place, -1).word, 77));
                    out.push(mix(4, head_seen.word, 77));
                    out.push(mix(5, self.at(place, -1).part << 6 | self.at(place, -2).part, 77));
                    out.push(mix(6, self.at(place, -1).coarse, head_seen.coarse));
                }
                each(&out);
                continue;
            }
            let side = u32::from(place >= cue.1);
            let distance = if side == 1 { place - cue.1 } else { cue.0 - 1 - place };
            let step = match distance {
                0..=5 => distance as u32,
                6..=8 => 6,
                9..=12 => 7,
                13..=20 => 8,
                21..=35 => 9,
                36..=60 => 10,
                _ => 11,
            };
            let [p2, p1, t, n1, n2] = [-2, -1, 0, 1, 2].map(|offset| self.at(place, offset));
            let other = if t.sentence < here.sentence {
                1
            } else if t.sentence > here.sentence {
                2 + u32::from(t.paragraph != here.paragraph)
            } else {
                0
            };
            let way = side | other << 1;
            let mut template = 100;
            let mut add = |first: u32, second: u32| {
                template += 1;
                out.push(mix(template, first, second.wrapping_mul(16) | way));
            };
            let parts = |a: u32, b: u32, c: u32| (a << 12) | (b << 6) | c;
            add(0, 0);
            add(t.word, 0);
            add(p1.word, 0);
            add(n1.word, 0);
            add(t.coarse, 0);
            add(p1.coarse, 0);
            add(n1.coarse, 0);
            add(p1.word, t.word);
            add(t.word, n1.word);
            add(p1.coarse, t.coarse);
            add(t.coarse, n1.coarse);
            add(parts(p1.part, t.part, n1.part), 0);
            add(parts(p2.part, p1.part, t.part), 0);
            add(parts(t.part, n1.part, n2.part), 0);
            add(parts(p2.part, p1.part, t.part), parts(0, n1.part, n2.part));
            add(p1.word, t.part);
            add(p1.part, t.word);
            add(t.shape, p1.shape);
            add(t.suffix, p1.part);
            add((p1.quote << 4) | (t.quote << 2) | n1.quote, 0);
            add((p1.quote << 4) | (t.quote << 2) | n1.quote, p1.part << 6 | t.part);
            add((p1.quote << 4) | (t.quote << 2) | n1.quote, p1.word);
            // Where it stands.
            add(step, 1);
            add(step, t.part << 6 | p1.part);
            add(step, head_seen.word);
            add(step, head_seen.coarse);
            add(step, frame);
            add(step, t.quote << 2 | p1.quote);
            add(t.from_start.min(3), t.part);
            add(t.from_start.min(3), (p1.part << 6) | near);
            add(t.to_end.min(3), t.part << 6 | p1.part);
            add(t.to_end.min(3) * 4 + t.from_start.min(3), frame);
            add(t.outlet * 3 + p1.outlet, step);
            // The way from the cue.
            add(path.marks, 0);
            add(path.marks, parts(0, p1.part, t.part));
            add(path.marks, head_seen.word);
            add(path.marks, head_seen.coarse);
            add(path.marks, frame);
            add(path.short, p1.part << 6 | t.part);
            add(path.short, t.word);
            add(path.short, p1.word);
            add(path.short, (p1.quote << 4) | (t.quote << 2) | near << 6);
            add(path.commas.min(5), parts(p1.part, t.part, n1.part));
            add(path.verbs.min(4), parts(p1.part, t.part, n1.part));
            add(path.verbs.min(4) * 6 + path.commas.min(5), frame);
            add(path.clauses.min(3), parts(p1.part, t.part, path.verbs.min(2)));
            add(path.quotations.min(4), (t.quote << 2 | p1.quote) | near << 4);
            add(path.quotations.min(4), parts(p1.part, t.part, head_seen.part));
            // The cue's words and surroundings.
            add(head_seen.word, t.part << 6 | p1.part);
            add(head_seen.word, t.word);
            add(head_seen.word, n1.part << 4 | t.quote);
            add(head_seen.coarse, t.part << 6 | p1.part);
            add(head_seen.coarse, t.word);
            add(head_seen.coarse, p1.word);
            add(head_seen.part, parts(p1.part, t.part, n1.part));
            add(frame, t.part << 6 | p1.part);
            add(frame, (t.quote << 2) | p1.quote);
            add(frame, t.word);
            add(left.word, parts(0, p1.part, t.part));
            add(right.word, parts(0, p1.part, t.part));
            add(parts(left2.part, left.part, right.part), right2.part << 8 | (t.quote << 2 | p1.quote));
            add(parts(left2.part, left.part, right.part), right2.part << 8 | step);
            add(length, step);
            add(length, t.part << 6 | p1.part);
            // Other cues.
            add(path.other, t.part << 6 | p1.part);
            add(path.other, path.others.min(3) << 4 | (t.quote << 2 | p1.quote));
            add(path.others.min(3), parts(p1.part, t.part, n1.part));
            add(path.others.min(3), path.short);
            // What the rules say.
            let said = rule.map_or(0, |rule| {
                let inside = |range: &Range, place: usize| place >= range.0 && place < range.1;
                let role = |place: usize| {
                    if rule.source.is_some_and(|source| inside(&source, place)) {
                        1
                    } else if rule.content.iter().any(|piece| inside(piece, place)) {
                        2
                    } else {
                        0
                    }
                };
                1 + role(place)
                    + 3 * place.checked_sub(1).map_or(0, role)
                    + 9 * (u32::from(rule.confidence >= 0.8) + u32::from(rule.confidence >= 0.9))
            });
            add(said, 0);
            add(said, frame);
            add(said, parts(0, p1.part, t.part));
            add(said, path.short);
            each(&out);
        }
    }

    /// The word that says most of a cue: its last reporting verb or word with a verb's ending, else the last.
    fn head(&self, cue: Range) -> usize {
        let last = |wanted: fn(u32) -> bool| (cue.0..cue.1).rev().find(|place| wanted(self.at(*place, 0).part));
        last(|part| matches!(part, 37 | 39..=41))
            .or_else(|| last(|part| matches!(part, 46 | 47 | 50 | 51 | 52)))
            .unwrap_or(cue.1.saturating_sub(1))
    }

    /// What lies between the cue and each token of its window.
    fn paths(&self, cue: Range, window: Range) -> Vec<Path> {
        let mut paths = vec![Path::default(); window.1.saturating_sub(window.0)];
        if self.hidden == Hidden::Way {
            return paths;
        }
        let mut walk = |places: &mut dyn Iterator<Item = usize>, backward: bool| {
            let mut now = Path::default();
            let mut recent = [0_u32; 6];
            for place in places {
                // The border that counts is the one before the token: walking left, the token itself is not yet passed.
                let other = self
                    .cues
                    .get(self.cues.partition_point(|other| other.1 + 3 <= place)..)
                    .unwrap_or_default()
                    .iter()
                    .take_while(|other| other.0 <= place + 4)
                    .find(|other| **other != cue && !(other.0 < cue.1 && cue.0 < other.1));
                now.other = other.map_or(0, |other| {
                    if place < other.0 {
                        (other.0 - place).min(4) as u32
                    } else if place >= other.1 {
                        8 + (place - other.1).min(3) as u32
                    } else {
                        5 + u32::from(place == other.0)
                    }
                });
                if let Some(path) = paths.get_mut(place - window.0) {
                    *path = now;
                }
                let seen = self.at(place, 0);
                let mark = match seen.part {
                    4 => 1,
                    5 => 2,
                    6 | 7 => 3,
                    8 => 4,
                    2 => 5,
                    3 => 6,
                    17 => 7,
                    18 | 19 => 8,
                    20 | 28 => 9,
                    21..=23 => 10,
                    9 | 10 => 11,
                    14 | 15 => 12,
                    29..=32 => 13,
                    39..=41 => 14,
                    24 => 15,
                    _ => 0,
                };
                match mark {
                    1 => now.commas += 1,
                    5 if !backward => now.quotations += 1,
                    6 if backward => now.quotations += 1,
                    7..=9 => now.clauses += 1,
                    13 | 14 => now.verbs += 1,
                    _ => {}
                }
                if self.cues.binary_search_by(|other| other.0.cmp(&place)).is_ok() {
                    now.others += 1;
                }
                if mark != 0 && mark != recent[5] {
                    recent.rotate_left(1);
                    recent[5] = mark;
                    now.short = recent[3] << 8 | recent[4] << 4 | recent[5];
                    now.marks = recent.iter().fold(0, |sum, mark| sum << 4 | mark);
                }
            }
        };
        walk(&mut (window.0..cue.0).rev(), true);
        walk(&mut (cue.1..window.1), false);
        paths
    }
}

/// What lies between a cue and a token.
#[derive(Debug, Clone, Copy, Default)]
struct Path {
    /// The last marks and clause words passed, and the last three of them.
    marks: u32,
    short: u32,
    commas: u32,
    verbs: u32,
    clauses: u32,
    quotations: u32,
    /// The nearest other cue's place, and how many were passed.
    other: u32,
    others: u32,
}
