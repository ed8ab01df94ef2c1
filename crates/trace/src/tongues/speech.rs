//! Attributions in German, French, Spanish and Italian.
//!
//! The forms are those of news in these languages: `„C“, sagte S` · `S sagte, C` · `Laut S C` · `C, so S` ·
//! `« C », a déclaré S` · `S a dit que C` · `Selon S, C` (as Pareti 2015 has them for English, with the verb
//! before its subject).

use super::{Class, Vocabulary};
use crate::lex::{Kind, Lexed};
use crate::outlets::{Mention, within};
use crate::speech::{Range, Speech, continue_quotations};

/// Every attribution of a text, in the order of the text.
pub(crate) fn speeches(lexed: &Lexed<'_>, mentions: &[Mention], words: &Vocabulary) -> Vec<Speech> {
    let mut found = Vec::new();
    for (number, &(start, end)) in lexed.sentences.iter().enumerate() {
        Sentence { lexed, mentions: within(mentions, start.saturating_sub(1), end), words, start, end, number }
            .read(&mut found);
    }
    continue_quotations(lexed, &mut found);
    found
}

/// The most tokens that stand between a verb and what it reports.
const REACH: usize = 22;

/// One sentence as it is read.
pub(super) struct Sentence<'a, 'b> {
    pub(super) lexed: &'b Lexed<'a>,
    pub(super) mentions: &'b [Mention],
    pub(super) words: &'b Vocabulary,
    pub(super) start: usize,
    pub(super) end: usize,
    number: usize,
}

/// A verb of reporting with its helpers, and a subject that stands inside it ("a-t-il dit").
pub(super) struct Cue {
    range: Range,
    sure: bool,
    inside: Option<Range>,
}

impl Sentence<'_, '_> {
    fn read(&self, found: &mut Vec<Speech>) {
        let mut at = self.start;
        let mut from = self.start;
        while at < self.end {
            let speech = if self.is_quoted(at) || self.lexed.kind(at) != Some(Kind::Word) {
                None
            } else {
                self.according_to(at, from).or_else(|| self.so(at, from)).or_else(|| self.spoken(at, from))
            };
            match speech {
                Some(speech) => {
                    let source_end = speech.source.map_or(0, |source| source.1);
                    at = speech.cue.1.max(at + 1);
                    let before = speech.content.first().is_some_and(|(_, end)| *end <= speech.cue.0);
                    if before {
                        from = speech.cue.1.max(source_end);
                        from = speech.content.last().map_or(from, |(_, end)| from.max(*end));
                        at = at.max(source_end);
                    }
                    found.push(speech);
                }
                None => at += 1,
            }
        }
    }

    pub(super) fn lower(&self, at: usize) -> &str {
        self.lexed.lower(at)
    }

    pub(super) fn is(&self, at: usize, class: Class) -> bool {
        self.words.is(self.lower(at), class)
    }

    pub(super) fn german(&self) -> bool {
        self.words.language == "de"
    }

    /// The mention of an outlet that covers a token.
    pub(super) fn mention(&self, at: usize) -> Option<&Mention> {
        self.mentions.iter().find(|mention| mention.from <= at && at < mention.to)
    }

    /// Whether a token stands in what somebody said: not in the marks around an outlet's name.
    pub(super) fn is_quoted(&self, at: usize) -> bool {
        self.lexed.quoted(at) && !self.names(at)
    }

    /// Whether a quoted token belongs to a name in quotation marks („Bild“).
    pub(super) fn names(&self, at: usize) -> bool {
        let lexed = self.lexed;
        let open = (at.saturating_sub(5)..=at).rev().find(|index| lexed.kind(*index) == Some(Kind::Open));
        let Some(open) = open else { return false };
        let close = (open + 1..open + 6).find(|index| lexed.kind(*index) == Some(Kind::Close));
        let Some(close) = close.filter(|close| at <= *close) else { return false };
        let outlet = self.mention(open + 1).is_some_and(|mention| mention.to == close);
        let called =
            open > 0 && (self.is(open - 1, Class::Outlet) || lexed.word(open - 1) == "-") && lexed.capital(open + 1);
        outlet || called
    }

    pub(super) fn opens(&self, at: usize) -> bool {
        self.lexed.kind(at) == Some(Kind::Open) && self.lexed.quoted(at) && !self.names(at)
    }

    pub(super) fn closes(&self, at: usize) -> bool {
        self.lexed.kind(at) == Some(Kind::Close) && !self.names(at)
    }

    /// The end of the sentence without its stop.
    pub(super) fn close(&self) -> usize {
        let mut end = self.end;
        while end > self.start
            && !self.lexed.quoted(end - 1)
            && matches!(self.lexed.word(end - 1), "." | "!" | "?" | ":" | ";" | "…")
        {
            end -= 1;
        }
        end
    }

    fn without_comma(&self, from: usize, end: usize) -> usize {
        let marked = end > from && matches!(self.lexed.word(end - 1), "," | "—" | "–" | "-");
        if marked && !self.lexed.quoted(end - 1) { end - 1 } else { end }
    }

    /// Where what is said before a verb begins: after "Und", a comma.
    fn content_start(&self, from: usize, end: usize) -> usize {
        let mut at = from;
        while at < end && !self.lexed.quoted(at) && matches!(self.lexed.word(at), "," | "—" | "–" | "-" | "." | ";")
        {
            at += 1;
        }
        at
    }

    /// `Laut S C`, `C, selon S`, `S zufolge C`.
    fn according_to(&self, at: usize, from: usize) -> Option<Speech> {
        let lexed = self.lexed;
        if self.is(at, Class::Postposed) {
            let start = self.noun_start(at, from);
            if start >= at {
                return None;
            }
            let rest = (at + 1, self.close());
            let content = if start <= from {
                vec![rest]
            } else if lexed.before(start) == "," {
                vec![(from, self.without_comma(from, start))]
            } else {
                vec![(from, start), rest]
            };
            return self.made((start, at), (at, at + 1), content, 0.85);
        }
        let mut after = self.words.phrase(lexed, at, Class::According)?;
        // "il secondo produttore", "segundo": an ordinal unless a source follows.
        let ordinal = self.lower(at) == "secondo"
            && (self.words.is(lexed.before(at), Class::Article)
                || !(lexed.capital(after)
                    || self.words.any(
                        self.lower(after),
                        &[
                            Class::Article,
                            Class::Unnamed,
                            Class::Organization,
                            Class::Document,
                            Class::Outlet,
                            Class::Report,
                        ],
                    )));
        if ordinal {
            return None;
        }
        // "según dijo el ministro": the verb is a part of the cue.
        let verbal = self.words.any(self.lower(after), &[Class::Said, Class::Auxiliary]);
        while self.words.any(self.lower(after), &[Class::Said, Class::Auxiliary]) && after < self.end {
            after += 1;
        }
        let leads = at <= from + 1;
        let end = self.noun_end(after, !leads);
        if end <= after {
            return None;
        }
        let mut end = end;
        let content = if leads {
            // "Laut einer Umfrage des Instituts im Auftrag von RTL halten …": the source goes to the verb.
            let verb = (end..(end + 8).min(self.close()))
                .take_while(|at| lexed.word(*at) != "," && !self.is_quoted(*at))
                .find(|at| self.words.any(self.lower(*at), &[Class::Finite, Class::Be, Class::Auxiliary]));
            if self.german()
                && let Some(verb) = verb
            {
                end = verb;
            }
            let start = self.content_start(end, self.close());
            (start, self.close())
        } else {
            (from, self.without_comma(from, at))
        };
        self.made((after, end), (at, after), vec![content], if verbal { 0.9 } else { 0.85 })
    }

    /// `C, so S`.
    fn so(&self, at: usize, from: usize) -> Option<Speech> {
        let lexed = self.lexed;
        if !self.is(at, Class::SaidBy) || at <= from {
            return None;
        }
        let closed = self.closed_before(at);
        let next = at + 1;
        let named = self.is(next, Class::Article) || lexed.capital(next);
        if !(closed || lexed.word(at - 1) == ",") || !named || lexed.quoted(next) {
            return None;
        }
        let end = self.noun_end(next, true);
        let ends = end >= self.close() || matches!(lexed.word(end), "," | ";" | "." | ":" | "–" | "(");
        let goes_on = self.words.any(self.lower(end), &[Class::Preposition, Class::Adverb]);
        if end <= next || !(ends || goes_on) || self.is(end, Class::Finite) {
            return None;
        }
        let mut content = vec![(self.content_start(from, at), self.without_comma(from, at))];
        self.go_on(end, &mut content);
        self.made((next, end), (at, at + 1), content, if closed { 0.95 } else { 0.8 })
    }

    fn made(&self, source: Range, cue: Range, content: Vec<Range>, confidence: f32) -> Option<Speech> {
        let content: Vec<Range> = content.into_iter().filter(|(from, to)| from < to).collect();
        let words = content.iter().map(|(from, to)| to - from).sum::<usize>();
        (words > 1).then_some(Speech { source: Some(source), cue, content, recipient: None, confidence })
    }

    /// Whether a quotation ends right before a token, with a comma or without.
    fn closed_before(&self, at: usize) -> bool {
        let closes = |at: Option<usize>| at.is_some_and(|at| at >= self.start && self.closes(at));
        closes(at.checked_sub(1)) || (self.lexed.before(at) == "," && closes(at.checked_sub(2)))
    }

    /// The verb at a token with its helpers, unless it is a noun, an infinitive or a passive.
    pub(super) fn cue(&self, at: usize) -> Option<Cue> {
        let lexed = self.lexed;
        let sure = self.is(at, Class::Said);
        if !sure && !self.is(at, Class::Weak) {
            return None;
        }
        if self.german() && lexed.capital(at) && at > self.start {
            return None;
        }
        let mut from = at;
        let mut inside = None;
        let mut helped = false;
        while from > self.start && !lexed.quoted(from - 1) {
            let before = lexed.lower(from - 1);
            if self.words.is(before, Class::Auxiliary) {
                from -= 1;
                helped = true;
                break;
            }
            // "a-t-il dit": helper, subject, verb.
            if self.words.is(before, Class::Pronoun)
                && from >= self.start + 2
                && self.words.is(lexed.lower(from - 2), Class::Auxiliary)
                && inside.is_none()
                && !self.german()
                && lexed.tokens.get(from - 1).zip(lexed.tokens.get(from - 2)).is_some_and(|(pronoun, helper)| {
                    lexed.text.get(helper.end..pronoun.start).is_some_and(|between| between.contains('-'))
                })
            {
                inside = Some((from - 1, from));
                from -= 1;
                continue;
            }
            if self.words.any(before, &[Class::Adverb]) && from < at + 4 {
                from -= 1;
                continue;
            }
            break;
        }
        if !helped {
            if self.participle(at) {
                return None;
            }
            from = at;
            inside = None;
        }
        let mut before = from;
        while before > self.start && self.words.is(lexed.before(before), Class::Clitic) && (helped || !self.german()) {
            // "l'annonce", "la dice": an article, unless a verb follows it.
            if !helped {
                return None;
            }
            before -= 1;
        }
        let preceding = lexed.before(before);
        let noun = !self.german() && !helped && self.words.is(preceding, Class::Article) && before > self.start;
        let passive = self.words.is(preceding, Class::Be)
            || (self.german() && self.is(at + 1, Class::Be) && lexed.lower(at).starts_with("ge"));
        if noun
            || (passive && !self.german())
            || (passive && helped)
            || (passive && from == before && !helped && self.words.is(preceding, Class::Be))
        {
            return None;
        }
        // "dit-il", "dice él".
        let follows = lexed.tokens.get(at + 1).zip(lexed.tokens.get(at)).is_some_and(|(next, verb)| {
            lexed.text.get(verb.end..next.start).is_some_and(|between| between.starts_with('-'))
        });
        if inside.is_none() && follows && self.is(at + 1, Class::Pronoun) {
            inside = Some((at + 1, at + 2));
        }
        Some(Cue { range: (from, at + 1), sure, inside })
    }

    /// Whether a verb is a participle, which reports only with its helper.
    fn participle(&self, at: usize) -> bool {
        let word = self.lower(at);
        let endings: &[&str] = match self.words.language {
            "es" => &["ado", "ido", "dicho"],
            "fr" => &["é", "u", "mis"],
            "it" => &["ato", "ito", "uto", "tto", "sso", "sto"],
            _ => &[],
        };
        endings.iter().any(|ending| word.ends_with(ending))
    }

    /// An attribution by the verb at a token.
    fn spoken(&self, at: usize, from: usize) -> Option<Speech> {
        let cue = self.cue(at)?;
        self.as_said(&cue, from).or_else(|| self.inverted(&cue, from)).or_else(|| self.plain(&cue, from))
    }

    /// `C, wie S sagte`.
    fn as_said(&self, cue: &Cue, from: usize) -> Option<Speech> {
        let lexed = self.lexed;
        let (first, last) = cue.range;
        let ends = last >= self.close() || matches!(lexed.word(last), "," | ";" | "–");
        if !self.german() || !cue.sure || !ends {
            return None;
        }
        let opener = (from + 2..first).rev().find(|at| self.lower(*at) == "wie" && lexed.before(*at) == ",")?;
        let source = (opener + 1, first);
        let parted = (source.0..source.1).any(|at| lexed.word(at) == "," || self.is_quoted(at));
        if source.0 >= source.1 || parted {
            return None;
        }
        self.made(source, cue.range, vec![(self.content_start(from, opener), opener - 1)], 0.85)
    }

    /// `„C“, sagte S`, `C, a déclaré S`.
    fn inverted(&self, cue: &Cue, from: usize) -> Option<Speech> {
        let lexed = self.lexed;
        let (first, last) = cue.range;
        let closed = first > from && self.closed_before(first);
        let parted = first > from && matches!(lexed.word(first - 1), "," | "—" | "–" | "-" | "?" | "!");
        if !(closed || parted) {
            return None;
        }
        let after = cue.inside.map_or(last, |inside| inside.1.max(last));
        let mut first_told = None;
        let (source, end) = match cue.inside {
            Some(inside) => (Some(inside), after),
            None => {
                let mut start = self.past_adverbs(after);
                if let Some(range) = self.told(start).filter(|_| !self.german()) {
                    first_told = Some(range);
                    start = self.past_adverbs(range.1);
                }
                let end = self.noun_end(start, true);
                ((end > start).then_some((start, end)), end.max(after))
            }
        };
        if source.is_none() && !closed {
            return None;
        }
        let (recipient, end) = self.recipient(end);
        let recipient = recipient.or(first_told);
        if !closed {
            // Without a quotation only what is a clause, before a verb that surely reports.
            let clause = (from..first - 1)
                .any(|at| self.words.any(self.lower(at), &[Class::Finite, Class::Be, Class::Auxiliary]));
            let opener = self.words.any(self.lower(from), &[Class::Preposition, Class::Border])
                && (from..first - 1).filter(|at| lexed.word(*at) == ",").count() == 0;
            let that = (end..(end + 4).min(self.close())).any(|at| self.is(at, Class::That));
            if !cue.sure || that || first < from + 4 || (!clause && opener) || (!clause && first < from + 8) {
                return None;
            }
        }
        let mut start = self.content_start(from, first);
        // "S klagt: „C“, sagt T": the quotation alone.
        let open = (start..first).rev().find(|at| self.opens(*at));
        if closed && open.is_some_and(|open| open > start && lexed.word(open - 1) == ":") {
            start = open.unwrap_or(start);
        }
        let mut content = vec![(start, self.without_comma(from, first))];
        self.go_on(end, &mut content);
        let content: Vec<Range> = content.into_iter().filter(|(from, to)| from < to).collect();
        if content.is_empty() {
            return None;
        }
        Some(Speech { source, cue: cue.range, content, recipient, confidence: if closed { 0.95 } else { 0.75 } })
    }

    /// `S sagte, C`, `S a dit que C`, `Am Freitag sagte S, dass C`.
    fn plain(&self, cue: &Cue, from: usize) -> Option<Speech> {
        let lexed = self.lexed;
        let (first, last) = cue.range;
        let before = self.subject_before(first, from);
        let mut after = cue.inside.map_or(last, |inside| inside.1.max(last));
        let source = match (cue.inside, before) {
            (Some(inside), _) => Some(inside),
            (None, Some(before)) => Some(before),
            (None, None) => {
                let start = self.past_adverbs(after);
                let that = self.is(start, Class::That) || lexed.word(start) == ":" || self.opens(start);
                let end = if that { start } else { self.noun_end(start, false) };
                if end > start {
                    after = end;
                }
                (end > start).then_some((start, end))
            }
        };
        let (recipient, told) = self.recipient(after);
        after = told.max(after);
        let close = self.close();
        let (content_from, confidence) = self.content_after(after, cue.sure)?;
        let mut content = Vec::new();
        if content_from < close {
            let end = self.content_end(content_from, close);
            content.push((content_from, end));
            if end == close && lexed.quoted(close.saturating_sub(1)) {
                self.next_quotations(&mut content);
            }
        } else if lexed.word(self.end - 1) == ":" {
            self.next_quotations(&mut content);
        }
        let content: Vec<Range> = content.into_iter().filter(|(from, to)| from < to).collect();
        if content.is_empty() {
            return None;
        }
        // A verb without a subject reports in Spanish and Italian; elsewhere something was missed.
        let opens = first <= from + 1 || lexed.before(first) == "," || self.is_and(first - 1);
        if source.is_none() && !(matches!(self.words.language, "es" | "it") && opens) {
            return None;
        }
        let confidence = if cue.sure { confidence } else { confidence - 0.15 };
        Some(Speech { source, cue: cue.range, content, recipient, confidence })
    }

    /// Where what is reported begins after a verb, its subject and who is told.
    fn content_after(&self, from: usize, sure: bool) -> Option<(usize, f32)> {
        let lexed = self.lexed;
        let close = self.close();
        let mut at = from;
        while at < close.min(from + REACH) {
            if self.opens(at) {
                // "sprach von „C“": the quotation alone, with the words that belong to it.
                return Some((at, if sure { 0.85 } else { 0.75 }));
            }
            match lexed.word(at) {
                ":" => return Some((at + 1, 0.9)),
                ";" => return None,
                "," if self.is(at + 1, Class::That) => return Some((at + 1, 0.85)),
                // German: a clause after a comma, unless it tells more of the subject.
                "," if self.german() && !sure && self.infinitive(at + 1) => return Some((at + 1, 0.85)),
                "," if self.german() && sure => {
                    let next = self.lower(at + 1);
                    let relative = matches!(next, "der" | "die" | "das" | "dem" | "den" | "deren" | "dessen")
                        && !lexed.word(at + 2).is_empty()
                        && !lexed.capital(at + 2)
                        && !self.words.any(self.lower(at + 2), &[Class::Finite, Class::Article]);
                    let ends_in_verb = (at + 1..close).any(|place| {
                        self.words.any(self.lower(place), &[Class::Finite, Class::Be])
                            || (lexed.lower(place).ends_with("en") && lexed.before(place) == "zu")
                    });
                    let appositive = (at + 2..(at + 9).min(close)).any(|place| lexed.word(place) == ",")
                        && !(at + 1..(at + 9).min(close))
                            .take_while(|place| lexed.word(*place) != ",")
                            .any(|place| self.words.any(self.lower(place), &[Class::Finite, Class::Be]));
                    let border = self.is(at + 1, Class::Border) && !self.is(at + 1, Class::That);
                    if ends_in_verb && !relative && !appositive && !border {
                        return Some((at + 1, 0.75));
                    }
                }
                _ => {}
            }
            let conjunction = self.is(at, Class::That) && !self.words.any(self.lower(at), &[Class::Article]);
            let straight = matches!(self.lower(at), "que" | "qu'" | "che" | "dass");
            if conjunction && (straight || at == from) {
                return Some((at, 0.85));
            }
            if at > from && self.words.any(self.lower(at), &[Class::Said]) && self.cue(at).is_some() {
                return None;
            }
            at += 1;
        }
        (at >= close && lexed.word(self.end - 1) == ":").then_some((close, 0.85))
    }

    /// Whether a German clause is an infinitive with "zu", as after "warf … vor".
    fn infinitive(&self, from: usize) -> bool {
        let end = (from..self.close()).find(|at| self.lexed.word(*at) == ",").unwrap_or(self.close());
        (from + 1..end)
            .any(|at| self.lexed.before(at) == "zu" && self.lower(at).ends_with('n') && !self.lexed.capital(at))
    }

    /// The end of what is reported: before the next verb's clause (", und fügte hinzu, …").
    fn content_end(&self, from: usize, close: usize) -> usize {
        let lexed = self.lexed;
        let mut quoted_end = None;
        for at in from..close {
            if self.closes(at) && self.opens(from) {
                quoted_end = Some(at + 1);
            }
            if self.is_quoted(at) || at < from + 3 {
                continue;
            }
            let so = self.is(at, Class::SaidBy) && lexed.before(at) == ",";
            let according = lexed.before(at) == "," && self.words.phrase(lexed, at, Class::According).is_some();
            if so || according {
                return at - 1;
            }
            let next = self.is(at, Class::Said) && self.cue(at).is_some();
            if next {
                let parted = (from + 2..at)
                    .rev()
                    .find(|place| !self.is_quoted(*place) && (lexed.word(*place) == "," || self.is_and(*place)));
                if let Some(parted) = parted.filter(|parted| at - parted < 8 && self.is_and(*parted)) {
                    return self.without_comma(from, parted);
                }
            }
        }
        // A quotation with only a short rest behind it: "„C“ gesagt".
        quoted_end.filter(|end| close - end <= 3).unwrap_or(close)
    }

    pub(super) fn is_and(&self, at: usize) -> bool {
        matches!(self.lower(at), "und" | "et" | "y" | "e" | "ed")
    }

    /// A quotation that goes on after „…“, sagte S.
    fn go_on(&self, from: usize, content: &mut Vec<Range>) {
        let lexed = self.lexed;
        let quoted =
            content.last().is_some_and(|(_, end)| *end > 0 && (self.closes(*end - 1) || lexed.quoted(*end - 1)));
        if !quoted {
            return;
        }
        let Some(open) = (from..self.end).find(|at| self.opens(*at)) else {
            if (from..self.close()).all(|at| !self.is_quoted(at)) {
                self.next_quotations(content);
            }
            return;
        };
        let spoken = (from..open).any(|at| self.is(at, Class::Said) && self.cue(at).is_some());
        let end = (open..self.end).find(|at| self.closes(*at)).map_or(self.end, |at| at + 1);
        let later =
            (end..self.close()).any(|at| !self.is_quoted(at) && self.is(at, Class::Said) && self.cue(at).is_some());
        if !spoken && !later {
            content.push((open, end));
        }
    }

    /// The next sentences of the paragraph that are nothing but a quotation.
    fn next_quotations(&self, content: &mut Vec<Range>) {
        let lexed = self.lexed;
        let announced = lexed.word(self.end.saturating_sub(1)) == ":";
        let paragraph_end = lexed.paragraph_at(self.start).1;
        for &(start, end) in lexed.sentences.iter().skip(self.number + 1) {
            let whole = (start..end).all(|at| lexed.quoted(at));
            if !whole || (start >= paragraph_end && !announced) {
                break;
            }
            content.push((start, end));
        }
    }
}
