//! Attributions by rules: reporting verbs, "according to", quotation marks.
//!
//! The forms are those of English news: `S said (that) C`, `"C," S said`, `"C," said S`,
//! `C, according to S`, `According to S, C`, `C, per S` (the patterns of Pareti et al. 2013 and
//! Newell et al. 2018). Subjects are found by walking left from the verb to the border of the clause.

use crate::lex::{Kind, Lexed};
use crate::outlets::{Mention, within};

/// A stretch of tokens, the end exclusive.
pub(crate) type Range = (usize, usize);

/// An attribution in tokens.
#[derive(Debug, Clone)]
pub(crate) struct Speech {
    pub source: Option<Range>,
    pub cue: Range,
    pub content: Vec<Range>,
    /// Who was told ("Fox News" of "told Fox News").
    pub recipient: Option<Range>,
    pub confidence: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    /// Reports speech whatever follows.
    Sure,
    /// Takes the person who is told first.
    Tell,
    /// Reports speech when "that" or a quotation follows, or it follows one.
    Weak,
}

const SURE: [&str; 54] = [
    "said",
    "says",
    "say",
    "saying",
    "stated",
    "stating",
    "declared",
    "declares",
    "declaring",
    "announced",
    "announces",
    "announcing",
    "added",
    "adds",
    "adding",
    "confirmed",
    "confirms",
    "confirming",
    "claimed",
    "claims",
    "claiming",
    "reported",
    "reports",
    "reporting",
    "explained",
    "explains",
    "noted",
    "notes",
    "noting",
    "argued",
    "argues",
    "arguing",
    "insisted",
    "insists",
    "insisting",
    "tweeted",
    "wrote",
    "writes",
    "alleged",
    "alleges",
    "alleging",
    "asserted",
    "asserts",
    "testified",
    "acknowledged",
    "acknowledges",
    "admitted",
    "admits",
    "conceded",
    "contended",
    "contends",
    "maintained",
    "maintains",
    "quipped",
];

const TELL: [&str; 11] = [
    "told", "tells", "telling", "informed", "warned", "warns", "warning", "assured", "reminded", "advised", "notified",
];

const WEAK: [&str; 82] = [
    "believe",
    "believes",
    "believed",
    "think",
    "thinks",
    "thought",
    "know",
    "knows",
    "knew",
    "hope",
    "hopes",
    "hoped",
    "suggest",
    "suggests",
    "suggested",
    "suggesting",
    "reveal",
    "reveals",
    "revealed",
    "show",
    "shows",
    "showed",
    "find",
    "finds",
    "found",
    "predict",
    "predicts",
    "predicted",
    "recalled",
    "recalls",
    "concluded",
    "concludes",
    "indicated",
    "indicates",
    "agreed",
    "agrees",
    "replied",
    "responded",
    "continued",
    "continues",
    "concede",
    "asked",
    "asks",
    "asking",
    "denied",
    "denies",
    "denying",
    "vowed",
    "pledged",
    "promised",
    "threatened",
    "learned",
    "estimated",
    "estimates",
    "expects",
    "expected",
    "accused",
    "cautioned",
    "complained",
    "stressed",
    "emphasized",
    "emphasised",
    "pointed",
    "remarked",
    "observed",
    "proclaimed",
    "lamented",
    "joked",
    "shouted",
    "exclaimed",
    "fears",
    "feared",
    "called",
    "described",
    "describes",
    "calls",
    "acknowledging",
    "urged",
    "realized",
    "answered",
    "speculated",
    "mentioned",
];

const AUXILIARIES: [&str; 30] = [
    "has",
    "have",
    "had",
    "having",
    "would",
    "will",
    "could",
    "can",
    "may",
    "might",
    "should",
    "must",
    "did",
    "does",
    "do",
    "not",
    "also",
    "then",
    "later",
    "previously",
    "already",
    "once",
    "repeatedly",
    "again",
    "even",
    "still",
    "never",
    "just",
    "always",
    "since",
];

const BE: [&str; 9] = ["is", "are", "was", "were", "be", "been", "being", "am", "get"];

/// Words that a subject does not reach over.
const BORDERS: [&str; 46] = [
    "that", "because", "but", "when", "while", "if", "as", "though", "although", "since", "after", "before", "where",
    "whether", "than", "so", "until", "unless", "is", "are", "was", "were", "has", "have", "had", "will", "would",
    "can", "could", "may", "might", "should", "did", "does", "do", "said", "says", "told", "or", "nor", "what", "how",
    "why", "yet", "then", "be",
];

const PRONOUNS: [&str; 8] = ["he", "she", "it", "they", "we", "i", "you", "who"];

const DETERMINERS: [&str; 18] = [
    "the", "a", "an", "his", "her", "its", "their", "our", "my", "this", "these", "those", "some", "several", "many",
    "one", "two", "three",
];

const PREPOSITIONS: [&str; 19] = [
    "in",
    "on",
    "at",
    "during",
    "after",
    "before",
    "by",
    "from",
    "with",
    "through",
    "via",
    "over",
    "since",
    "amid",
    "following",
    "for",
    "when",
    "as",
    "while",
];

fn verb(word: &str) -> Option<Verb> {
    if SURE.contains(&word) {
        Some(Verb::Sure)
    } else if TELL.contains(&word) {
        Some(Verb::Tell)
    } else if WEAK.contains(&word) {
        Some(Verb::Weak)
    } else {
        None
    }
}

/// A word's class among the verbs that report: 0 none, 1 sure, 2 telling, 3 weak.
pub(crate) fn verb_class(word: &str) -> u32 {
    match verb(word) {
        None => 0,
        Some(Verb::Sure) => 1,
        Some(Verb::Tell) => 2,
        Some(Verb::Weak) => 3,
    }
}

/// Every attribution of a text, in the order of the text.
pub(crate) fn speeches(lexed: &Lexed<'_>, mentions: &[Mention]) -> Vec<Speech> {
    let mut found = Vec::new();
    for (number, &(start, end)) in lexed.sentences.iter().enumerate() {
        let sentence = Sentence { lexed, mentions: within(mentions, start, end), start, end, number };
        sentence.read(&mut found);
    }
    continue_quotations(lexed, &mut found);
    found
}

/// The most tokens of a cue.
const LONGEST_CUE: usize = 64;

/// The attributions whose cues overlap a stretch of tokens, of a list in the order of their cues.
pub(crate) fn overlapping(speeches: &[Speech], cue: Range) -> impl Iterator<Item = &Speech> {
    let first = speeches.partition_point(|speech| speech.cue.0 + LONGEST_CUE < cue.0);
    let rest = speeches.get(first..).unwrap_or_default();
    rest.iter().take_while(move |speech| speech.cue.0 < cue.1).filter(move |speech| cue.0 < speech.cue.1)
}

struct Sentence<'a, 'b> {
    lexed: &'b Lexed<'a>,
    mentions: &'b [Mention],
    start: usize,
    end: usize,
    number: usize,
}

impl Sentence<'_, '_> {
    fn read(&self, found: &mut Vec<Speech>) {
        let first = found.len();
        let mut at = self.start;
        while at < self.end {
            if self.lexed.quoted(at) || self.lexed.kind(at) != Some(Kind::Word) {
                at += 1;
                continue;
            }
            let speech = self.according_to(at).or_else(|| self.spoken(at, found.get(first..).unwrap_or_default()));
            match speech {
                Some(speech) => {
                    at = speech.cue.1.max(at + 1);
                    found.push(speech);
                }
                None => at += 1,
            }
        }
    }

    /// The end of the sentence without its closing stop.
    fn close(&self) -> usize {
        let mut end = self.end;
        while end > self.start
            && !self.lexed.quoted(end - 1)
            && matches!(self.lexed.word(end - 1), "." | "!" | "?" | ":" | ";")
        {
            end -= 1;
        }
        end
    }

    /// The end of a preceding content without its comma.
    fn content_end(&self, end: usize) -> usize {
        if end > self.start && !self.lexed.quoted(end - 1) && matches!(self.lexed.word(end - 1), "," | "—" | "–" | "-")
        {
            end - 1
        } else {
            end
        }
    }

    /// "according to S", "per S".
    fn according_to(&self, at: usize) -> Option<Speech> {
        let lexed = self.lexed;
        let after = match lexed.lower(at) {
            "according" if lexed.lower(at + 1) == "to" => at + 2,
            "per" if lexed.before(at) == "," && (lexed.capital(at + 1) || lexed.lower(at + 1) == "the") => at + 1,
            _ => return None,
        };
        let source_end = self.noun_end(after, true);
        if source_end <= after {
            return None;
        }
        let leads =
            at == self.start || (at == self.start + 1 && matches!(lexed.lower(self.start), "but" | "and" | "still"));
        let content = if leads {
            let from = if lexed.word(source_end) == "," { source_end + 1 } else { source_end };
            (from, self.close())
        } else {
            (self.start, self.content_end(at))
        };
        (content.0 < content.1).then(|| Speech {
            source: Some((after, source_end)),
            cue: (at, after),
            content: vec![content],
            recipient: None,
            confidence: 0.9,
        })
    }

    /// The end of a noun phrase that begins at `from`: to a comma, a verb or the sentence's end.
    fn noun_end(&self, from: usize, long: bool) -> usize {
        let lexed = self.lexed;
        let mut at = from;
        while at < self.close() && at < from + 24 {
            let word = lexed.lower(at);
            if lexed.quoted(at) && lexed.kind(at) == Some(Kind::Open) && at == from {
                return from;
            }
            let mark = matches!(lexed.kind(at), Some(Kind::Mark | Kind::Open | Kind::Close));
            if mark && !matches!(word, "-" | "&" | "’" | "'" | "." | "(" | ")" | "/") {
                break;
            }
            if word == "." && lexed.word(at.saturating_sub(1)).len() > 4 {
                break;
            }
            if at > from
                && (BORDERS.contains(&word)
                    || matches!(word, "which" | "during" | "on" | "today" | "yesterday")
                    || weekday(word))
            {
                break;
            }
            if at > from
                && !long
                && matches!(
                    word,
                    "in" | "at"
                        | "after"
                        | "before"
                        | "during"
                        | "who"
                        | "to"
                        | "he"
                        | "she"
                        | "they"
                        | "it"
                        | "we"
                        | "i"
                )
            {
                break;
            }
            at += 1;
        }
        at
    }

    /// An attribution by the verb at `at`.
    fn spoken(&self, at: usize, earlier: &[Speech]) -> Option<Speech> {
        let lexed = self.lexed;
        let word = lexed.lower(at);
        let class = verb(word)?;
        let mut from = at;
        let mut passive = false;
        while from > self.start && !lexed.quoted(from - 1) {
            let before = lexed.lower(from - 1);
            if BE.contains(&before) {
                passive |= !word.ends_with("ing");
            } else {
                let adverb = before.ends_with("ly") && before.len() > 4 && !lexed.capital(from - 1);
                if !adverb && !AUXILIARIES.contains(&before) {
                    break;
                }
            }
            from -= 1;
        }
        let before = if from > self.start { lexed.lower(from - 1) } else { "" };
        if passive || (matches!(before, "to" | "of" | "by" | "without" | "from" | "for" | "in" | "with") && from == at)
        {
            return None;
        }
        // "the reports", "its claims": a noun.
        if DETERMINERS.contains(&before) && from > self.start
            || (before.ends_with("’s") || before.ends_with("'s")) && from == at
        {
            return None;
        }
        if word == "states" && before == "united" {
            return None;
        }
        let mut cue = (from, at + 1);
        if matches!(lexed.lower(cue.1), "out") && matches!(word, "pointed" | "points") {
            cue.1 += 1;
        }
        self.inverted(class, cue).or_else(|| self.plain(class, cue, earlier))
    }

    /// `"C," said S`.
    fn inverted(&self, class: Verb, cue: Range) -> Option<Speech> {
        let lexed = self.lexed;
        let before = cue.0.checked_sub(1).filter(|before| *before >= self.start)?;
        let closed = lexed.kind(before) == Some(Kind::Close)
            || (lexed.word(before) == "," && before > self.start && lexed.kind(before - 1) == Some(Kind::Close));
        let after = cue.1;
        if class == Verb::Tell || lexed.quoted(after) || lexed.kind(after) != Some(Kind::Word) || after >= self.end {
            return None;
        }
        let next = lexed.lower(after);
        if matches!(next, "that" | "on" | "in" | "at" | "during" | "to") || PREPOSITIONS.contains(&next) {
            return None;
        }
        let nominal = lexed.capital(after)
            || DETERMINERS.contains(&next)
            || PRONOUNS.contains(&next)
            || !closed
            || next.ends_with('s')
            || lexed.kind(after) == Some(Kind::Word);
        let source_end = self.noun_end(after, true);
        if source_end <= after || !nominal {
            return None;
        }
        if !closed {
            // Without a quotation only when nothing but the name and its apposition follows.
            let rest_is_short = source_end + 1 >= self.close() || lexed.word(source_end) == ",";
            let speaks = matches!(lexed.word(before), ",")
                && (lexed.capital(after) || DETERMINERS.contains(&next))
                && rest_is_short;
            let clause = (self.start..before)
                .any(|index| BORDERS.contains(&lexed.lower(index)) || lexed.lower(index).ends_with("ed"));
            if !speaks || !clause || class == Verb::Weak {
                return None;
            }
        }
        let mut content = vec![(self.start, self.content_end(cue.0))];
        self.after_source(source_end, &mut content);
        Some(Speech {
            source: Some((after, source_end)),
            cue,
            content,
            recipient: None,
            confidence: if closed { 0.95 } else { 0.75 },
        })
    }

    /// A quotation that goes on after "…," S said.
    fn after_source(&self, from: usize, content: &mut Vec<Range>) {
        let lexed = self.lexed;
        let mut at = from;
        while at < self.end && !(lexed.quoted(at) && lexed.kind(at) == Some(Kind::Open)) {
            at += 1;
        }
        if at < self.end {
            let mut to = at;
            while to < self.end && lexed.quoted(to) {
                to += 1;
            }
            let said_again =
                (to..self.end).any(|index| !lexed.quoted(index) && verb(lexed.lower(index)) == Some(Verb::Sure));
            if !said_again {
                content.push((at, to));
            }
            return;
        }
        // The next sentences of the paragraph that are nothing but a quotation.
        let mut number = self.number + 1;
        let paragraph_end = self.paragraph_end();
        while let Some(&(start, end)) = lexed.sentences.get(number) {
            let whole = (start..end).all(|index| lexed.quoted(index));
            if start >= paragraph_end || !whole {
                break;
            }
            content.push((start, end));
            number += 1;
        }
    }

    fn paragraph_end(&self) -> usize {
        self.lexed.paragraph_at(self.start).1
    }

    /// `S said C` and `"C," S said`.
    fn plain(&self, class: Verb, cue: Range, earlier: &[Speech]) -> Option<Speech> {
        let lexed = self.lexed;
        let (source, shared) = self.subject(cue.0, earlier)?;
        let mut after = cue.1;
        let mut recipient = None;
        if class == Verb::Tell && !matches!(lexed.lower(after), "that" | "of") && !lexed.quoted(after) {
            let end = self.recipient_end(after);
            if end > after {
                recipient = Some((after, end));
                after = end;
            }
        }
        let follows = self.adverbials(after);
        let closing = follows >= self.close()
            || matches!(lexed.word(follows), "," | "." | ";" | "—" | "–" | ":") && follows + 1 >= self.close();
        let head = source.0;
        let preceded = !shared && head > self.start && {
            let before = head - 1;
            lexed.kind(before) == Some(Kind::Close) || (lexed.word(before) == "," && before > self.start)
        };
        let quote_before = preceded
            && (lexed.kind(head - 1) == Some(Kind::Close) || (head >= 2 && lexed.kind(head - 2) == Some(Kind::Close)));
        let opens = |index: usize| lexed.kind(index) == Some(Kind::Open) && lexed.quoted(index);
        let that = matches!(lexed.lower(follows), "that" | "whether" | "how" | "why" | "if");
        if preceded && !that && (quote_before || !opens(follows)) {
            let clause_ends = closing || quote_before || matches!(lexed.word(follows), "," | "." | ";" | "—" | "–");
            let leading = self.leading_phrase(head - 1);
            if clause_ends && (quote_before || !leading) && (class != Verb::Weak || quote_before) {
                let mut content = vec![(self.start, self.content_end(head))];
                self.after_source(follows, &mut content);
                return Some(Speech {
                    source: Some(source),
                    cue,
                    content,
                    recipient,
                    confidence: if quote_before { 0.95 } else { 0.8 },
                });
            }
        }
        let mut from = follows;
        if matches!(lexed.word(from), ":" | ",") {
            from += 1;
        }
        let mut content_end = self.close();
        // The clause ends where the next attribution begins ("…, according to", "…, per").
        let mut at = from;
        while at < content_end {
            let next = lexed.lower(at + 1);
            if !lexed.quoted(at)
                && lexed.word(at) == ","
                && (next == "per"
                    || next == "according"
                    || matches!(next, "adding" | "saying" | "noting" | "citing" | "referring"))
            {
                content_end = at;
            }
            if !lexed.quoted(at) && matches!(lexed.word(at), ";") {
                content_end = at;
            }
            at += 1;
        }
        let mut content = Vec::new();
        if from < content_end {
            content.push((from, content_end));
        } else if matches!(lexed.word(self.end - 1), ":") {
            // The quotation stands in the next paragraph.
            let mut number = self.number + 1;
            while let Some(&(start, end)) = lexed.sentences.get(number) {
                if !(start..end).all(|index| lexed.quoted(index)) {
                    break;
                }
                content.push((start, end));
                number += 1;
            }
        }
        let first = content.first()?.0;
        let quotes = (first..content_end.min(first + 8)).any(opens);
        if class == Verb::Weak && !(that || quotes) {
            return None;
        }
        if class == Verb::Tell && recipient.is_none() && !that && !quotes {
            return None;
        }
        let bare = !that && !quotes;
        // "reported the crime", "claimed responsibility": an object, not a clause.
        if bare && !self.is_clause(first, content_end) {
            return None;
        }
        let confidence = match (class, quotes, that) {
            (Verb::Weak, ..) => 0.65,
            (_, true, _) => 0.9,
            (_, _, true) => 0.85,
            _ => 0.75,
        };
        Some(Speech { source: Some(source), cue, content, recipient, confidence })
    }

    /// Whether a stretch reads as a clause of its own: it has a finite verb among its first words.
    fn is_clause(&self, from: usize, to: usize) -> bool {
        let lexed = self.lexed;
        if PRONOUNS.contains(&lexed.lower(from)) || matches!(lexed.lower(from), "there" | "no") {
            return true;
        }
        (from + 1..to.min(from + 25)).any(|at| {
            let word = lexed.lower(at);
            FINITE.contains(&word)
                || (word.len() > 3 && word.ends_with("ed") && !lexed.capital(at))
                || (word.len() > 4 && word.ends_with('s') && !lexed.capital(at) && lexed.lower(at + 1) == "to")
        })
    }

    /// Whether what stands before the comma at `at` is only an introduction ("On Friday,").
    fn leading_phrase(&self, at: usize) -> bool {
        let lexed = self.lexed;
        let head = lexed.lower(self.start);
        let has_verb = (self.start..at).any(|index| FINITE.contains(&lexed.lower(index)));
        let short = at.saturating_sub(self.start) < 4;
        let opener = PREPOSITIONS.contains(&head)
            || matches!(head, "but" | "meanwhile" | "however" | "still" | "asked" | "if" | "although" | "though");
        (!has_verb && (opener || short))
            || (matches!(
                head,
                "when"
                    | "while"
                    | "as"
                    | "asked"
                    | "if"
                    | "although"
                    | "though"
                    | "after"
                    | "before"
                    | "because"
                    | "since"
            ))
    }

    /// Past "on Friday", "in a statement", "at a rally in Ohio" after the verb, as far as the
    /// content or the end follows.
    fn adverbials(&self, from: usize) -> usize {
        let lexed = self.lexed;
        let mut at = from;
        loop {
            let word = lexed.lower(at);
            if at >= self.end || lexed.quoted(at) {
                return at.min(self.end);
            }
            if weekday(word)
                || matches!(
                    word,
                    "today" | "yesterday" | "earlier" | "later" | "recently" | "again" | "here" | "afterward"
                )
            {
                at += 1;
                continue;
            }
            if lexed.word(at) == ","
                && at > from
                && !(lexed.quoted(at + 1))
                && PREPOSITIONS.contains(&lexed.lower(at + 1))
            {
                at += 1;
                continue;
            }
            if PREPOSITIONS.contains(&word)
                || (word == "last" && matches!(lexed.lower(at + 1), "week" | "month" | "year" | "night"))
                || word == "this"
            {
                let mut end = at + 1;
                while end < self.end && end < at + 12 && !lexed.quoted(end) {
                    let next = lexed.lower(end);
                    let stop = matches!(lexed.kind(end), Some(Kind::Mark))
                        && !matches!(lexed.word(end), "’" | "'" | "-" | "&");
                    if stop
                        || matches!(next, "that" | "he" | "she" | "they" | "it" | "we" | "i" | "there")
                        || (end > at + 1 && weekday(next) && lexed.kind(end + 1) == Some(Kind::Mark))
                    {
                        break;
                    }
                    if end > at + 2
                        && DETERMINERS.contains(&next)
                        && !PREPOSITIONS.contains(&lexed.lower(end - 1))
                        && lexed.lower(end - 1) != "of"
                        && lexed.lower(end - 1) != "to"
                    {
                        break;
                    }
                    end += 1;
                }
                let clean = end >= self.close()
                    || lexed.quoted(end)
                    || matches!(lexed.word(end), "," | "." | ":")
                    || matches!(lexed.lower(end), "that" | "he" | "she" | "they" | "it" | "we" | "i" | "there")
                    || DETERMINERS.contains(&lexed.lower(end));
                if clean && end > at + 1 {
                    at = end;
                    continue;
                }
            }
            return at;
        }
    }

    /// The end of who is told.
    fn recipient_end(&self, from: usize) -> usize {
        let lexed = self.lexed;
        if let Some(mention) = self.mentions.iter().find(|mention| mention.from == from) {
            let mut end = mention.to;
            // "told CNN host Jake Tapper", "told Fox News’s Chris Wallace".
            while end < mention.to + 5
                && lexed.kind(end) == Some(Kind::Word)
                && (lexed.capital(end) && !weekday(lexed.lower(end)) || JOURNALISTS.contains(&lexed.lower(end)))
            {
                end += 1;
            }
            return end;
        }
        let mut at = from;
        while at < self.end && at < from + 10 && !lexed.quoted(at) {
            let word = lexed.lower(at);
            if lexed.kind(at) == Some(Kind::Mark) && !matches!(lexed.word(at), "’" | "'" | "&") {
                break;
            }
            if at > from
                && (matches!(
                    word,
                    "that"
                        | "he"
                        | "she"
                        | "it"
                        | "they"
                        | "we"
                        | "i"
                        | "there"
                        | "to"
                        | "on"
                        | "in"
                        | "at"
                        | "during"
                        | "after"
                        | "about"
                        | "of"
                        | "how"
                        | "why"
                        | "not"
                        | "before"
                ) || weekday(word)
                    || (DETERMINERS.contains(&word) && !matches!(lexed.lower(at - 1), "of" | "and")))
            {
                break;
            }
            if at > from
                && matches!(lexed.lower(from), "me" | "us" | "them" | "him" | "reporters" | "lawmakers" | "supporters")
            {
                break;
            }
            at += 1;
        }
        at
    }

    /// Who speaks: the noun phrase before the verb, or the one that the sentence spoke of before
    /// (the second value says so).
    fn subject(&self, verb_at: usize, earlier: &[Speech]) -> Option<(Range, bool)> {
        let lexed = self.lexed;
        let mut to = verb_at;
        let again = || {
            let last = earlier.iter().rev().find_map(|speech| speech.source);
            last.or_else(|| self.leading_name()).map(|range| (range, true))
        };
        if to == self.start {
            return None;
        }
        let before = lexed.lower(to - 1);
        let participle = lexed.lower(verb_at).ends_with("ing");
        if matches!(before, "and" | "but" | "or") || (participle && matches!(before, ",")) {
            return again();
        }
        if participle {
            return None;
        }
        let mut whole = to;
        if lexed.word(to - 1) == "who" || lexed.word(to - 1) == "which" {
            to -= 1;
            if to > self.start && lexed.word(to - 1) == "," {
                to -= 1;
            }
            whole = to;
        } else if lexed.word(to - 1) == "," && !lexed.quoted(to - 1) {
            // An apposition: "Kurt Campbell, the deputy secretary, said".
            let comma = (self.start..to - 1).rev().find(|index| lexed.word(*index) == "," && !lexed.quoted(*index))?;
            if to - 1 - comma > 24 || comma == self.start {
                return None;
            }
            whole = to - 1;
            to = comma;
        } else if lexed.word(to - 1) == ")" {
            let bracket = (self.start..to - 1).rev().find(|index| lexed.word(*index) == "(")?;
            to = bracket;
        }
        let from = self.noun_start(to);
        (from < to).then_some(((from, whole), false))
    }

    /// The start of the noun phrase that ends before `to`.
    fn noun_start(&self, to: usize) -> usize {
        let lexed = self.lexed;
        let mut from = to;
        while from > self.start && to - from < 22 {
            let index = from - 1;
            let word = lexed.lower(index);
            let kind = lexed.kind(index);
            if lexed.quoted(index) && (kind == Some(Kind::Close) || kind == Some(Kind::Open)) {
                break;
            }
            if matches!(kind, Some(Kind::Mark)) && !matches!(lexed.word(index), "’" | "'" | "&" | "-" | ".") {
                break;
            }
            if BORDERS.contains(&word) {
                break;
            }
            if word == "and" {
                let names = lexed.capital(from) && index > self.start && lexed.capital(index - 1)
                    || to - from == 1 && lexed.lower(from).ends_with('s') && lexed.lower(index - 1).ends_with('s');
                if !names {
                    break;
                }
            }
            from = index;
            if PRONOUNS.contains(&word) && word != "who" {
                break;
            }
        }
        // What leads into the clause is not the speaker.
        loop {
            let word = lexed.lower(from);
            let next = lexed.lower(from + 1);
            let dated = |word: &str| weekday(word) || matches!(word, "week" | "month" | "year" | "night" | "day");
            if from + 1 >= to {
                break;
            }
            if matches!(
                word,
                "and"
                    | "but"
                    | "also"
                    | "meanwhile"
                    | "still"
                    | "yet"
                    | "so"
                    | "however"
                    | "now"
                    | "then"
                    | "later"
                    | "earlier"
                    | "today"
                    | "yesterday"
                    | "that"
                    | "’"
                    | "'"
                    | "-"
                    | "."
            ) || weekday(word)
            {
                from += 1;
            } else if (PREPOSITIONS.contains(&word) || word == "last")
                && (dated(next) || lexed.kind(from + 1) == Some(Kind::Number))
                && from + 2 < to
            {
                from += 2;
            } else if PREPOSITIONS.contains(&word) || word == "of" || word == "to" {
                // "In a speech Obama": the last noun phrase that begins with a name.
                let name = (from + 1..to).rev().take_while(|index| lexed.capital(*index)).last();
                match name {
                    Some(name) if name > from + 1 => from = name,
                    _ => from += 1,
                }
            } else {
                break;
            }
        }
        from
    }

    /// The name or pronoun that the sentence begins with.
    fn leading_name(&self) -> Option<Range> {
        let lexed = self.lexed;
        let from = self.start;
        if PRONOUNS.contains(&lexed.lower(from)) {
            return Some((from, from + 1));
        }
        let mut to = from;
        if matches!(lexed.lower(to), "the" | "a" | "an") {
            to += 1;
            while to < from + 4
                && lexed.kind(to) == Some(Kind::Word)
                && !FINITE.contains(&lexed.lower(to))
                && !lexed.lower(to).ends_with("ed")
            {
                to += 1;
            }
            return (to > from + 1).then_some((from, to));
        }
        while to < self.end && lexed.kind(to) == Some(Kind::Word) && lexed.capital(to) && !lexed.quoted(to) {
            to += 1;
        }
        (to > from && !matches!(lexed.lower(from), "in" | "on" | "but" | "and" | "at" | "as" | "after" | "when" | "if"))
            .then_some((from, to))
    }
}

/// Verbs that make a stretch of words a clause.
const FINITE: [&str; 60] = [
    "is",
    "are",
    "was",
    "were",
    "has",
    "have",
    "had",
    "will",
    "would",
    "can",
    "could",
    "may",
    "might",
    "should",
    "must",
    "did",
    "does",
    "do",
    "won’t",
    "won't",
    "don’t",
    "don't",
    "didn’t",
    "didn't",
    "doesn’t",
    "isn’t",
    "wasn’t",
    "went",
    "came",
    "made",
    "took",
    "gave",
    "got",
    "became",
    "began",
    "saw",
    "knew",
    "felt",
    "left",
    "lost",
    "won",
    "ran",
    "met",
    "held",
    "kept",
    "put",
    "set",
    "let",
    "led",
    "fell",
    "rose",
    "grew",
    "brought",
    "bought",
    "sent",
    "spent",
    "found",
    "told",
    "said",
    "needs",
];

/// What an outlet's people are called.
pub(crate) const JOURNALISTS: [&str; 18] = [
    "writer",
    "blogger",
    "reporter",
    "reporters",
    "correspondent",
    "correspondents",
    "journalist",
    "journalists",
    "host",
    "anchor",
    "columnist",
    "editor",
    "commentator",
    "contributor",
    "analyst",
    "interviewer",
    "presenter",
    "producer",
];

fn weekday(word: &str) -> bool {
    matches!(word, "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday")
}

/// A quotation that is not closed at a paragraph's end goes on in the next paragraph that opens
/// with a quotation mark.
pub(crate) fn continue_quotations(lexed: &Lexed<'_>, found: &mut [Speech]) {
    for pair in lexed.paragraphs.windows(2) {
        let [(_, end), (next, next_end)] = pair else { continue };
        let open = *end > 0 && lexed.quoted(end - 1) && lexed.kind(end - 1) != Some(Kind::Close);
        if !open || lexed.kind(*next) != Some(Kind::Open) {
            continue;
        }
        let near = found.partition_point(|speech| speech.cue.0 < *next);
        let near = found.get_mut(..near).unwrap_or_default().iter_mut().rev().take(8);
        let Some(speech) = { near }.find(|speech| speech.content.last().is_some_and(|(_, to)| to == end)) else {
            continue;
        };
        let to = (*next..*next_end).find(|index| !lexed.quoted(*index)).unwrap_or(*next_end);
        speech.content.push((*next, to));
    }
}
