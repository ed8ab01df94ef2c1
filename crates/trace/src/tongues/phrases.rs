//! Noun phrases in German, French, Spanish and Italian: where a source begins and ends, and who is told.

use super::Class;
use super::speech::Sentence;
use crate::lex::Kind;
use crate::speech::Range;

impl Sentence<'_, '_> {
    pub(super) fn past_adverbs(&self, from: usize) -> usize {
        let mut at = from;
        while at < self.end
            && (self.words.any(self.lower(at), &[Class::Adverb, Class::Weekday, Class::Day])
                || (self.german() && matches!(self.lower(at), "am") && self.is(at + 1, Class::Weekday)))
        {
            at += 1;
        }
        // "à la presse", "a los periodistas".
        if let Some(after) = self.words.phrase(self.lexed, at, Class::Recipient) {
            let noun = if self.is(after, Class::Article) { after + 1 } else { after };
            let unnamed = self.words.any(self.lower(noun), &[Class::Outlet, Class::Journalist])
                && !self.lexed.capital(noun + 1)
                && !self.german();
            if unnamed {
                return noun + 1;
            }
        }
        at
    }

    /// The subject that stands before a verb, from the border of its clause.
    pub(super) fn subject_before(&self, verb: usize, from: usize) -> Option<Range> {
        let lexed = self.lexed;
        let mut end = verb;
        while end > from
            && self.words.any(lexed.before(end), &[Class::Clitic, Class::Adverb])
            && !self.words.is(lexed.before(end), Class::Pronoun)
        {
            end -= 1;
        }
        let mut start = end;
        let mut commas = 0;
        while start > from && end - start < 24 {
            let before = start - 1;
            if self.is_quoted(before) || lexed.word(before) == ":" || lexed.word(before) == ";" {
                break;
            }
            if lexed.word(before) == "," {
                // An apposition: "La ministre de l'Intérieur, Anna Weiss, a dit".
                let apposition = start == end && commas == 0;
                if !apposition && commas != 1 {
                    break;
                }
                if commas == 1 && end - start == 1 {
                    // "Boeing, invece, ha detto": a word put in.
                    end = before;
                    start = before;
                    commas = 2;
                    continue;
                }
                commas += 1;
                if apposition {
                    end = before;
                    start = before;
                    continue;
                }
                start = before;
                continue;
            }
            let word = lexed.lower(before);
            let border = self.words.any(word, &[Class::Border, Class::Said]) && !self.is_and(before);
            if border && commas != 1 {
                break;
            }
            start = before;
        }
        if commas == 1 {
            // The comma before the verb closed no apposition.
            start = end;
        }
        while start < end
            && (self.is_and(start)
                || lexed.word(start) == ","
                || self.words.any(self.lower(start), &[Class::Border, Class::That]))
        {
            start += 1;
        }
        if start >= end {
            return None;
        }
        let adverbial = self.words.any(self.lower(start), &[Class::Preposition, Class::Adverb, Class::Day])
            && !self.is(start, Class::Pronoun);
        if adverbial {
            if self.german() {
                return None;
            }
            // "En rueda de prensa el ministro dijo": the last noun phrase that nothing leads to.
            let led = |at: usize| {
                at > start && self.words.any(lexed.before(at), &[Class::Preposition, Class::Inside, Class::Article])
            };
            let head = (start + 1..end)
                .rev()
                .find(|at| (self.is(*at, Class::Article) || lexed.capital(*at)) && !led(*at) && !lexed.capital(at - 1));
            return head.map(|head| (head, end));
        }
        // A source names somebody: an article, a pronoun, a capital.
        let somebody = self.words.any(self.lower(start), &[Class::Article, Class::Pronoun])
            || (start..end).any(|at| {
                lexed.capital(at)
                    || self.words.any(self.lower(at), &[Class::Unnamed, Class::Organization, Class::Document])
            });
        let reached = (start..end).any(|at| self.words.any(self.lower(at), &[Class::Finite]) && !lexed.capital(at));
        (somebody && !reached).then_some((start, end))
    }

    /// The start of the noun phrase that ends before a token (for "zufolge").
    pub(super) fn noun_start(&self, end: usize, from: usize) -> usize {
        let lexed = self.lexed;
        let mut start = end;
        while start > from && end - start < 8 {
            let before = start - 1;
            let fits = lexed.kind(before) == Some(Kind::Word)
                && (lexed.capital(before)
                    || self.words.any(lexed.lower(before), &[Class::Article, Class::Inside])
                    || lexed.lower(before).ends_with("en")
                    || lexed.lower(before).ends_with("er"))
                && !self.words.any(lexed.lower(before), &[Class::Finite, Class::Border, Class::Be]);
            if !fits && !self.names(before) {
                break;
            }
            start = before;
        }
        start
    }

    /// The end of the noun phrase that begins at a token; `last` says that its apposition may be the
    /// sentence's last words.
    pub(super) fn noun_end(&self, from: usize, last: bool) -> usize {
        let lexed = self.lexed;
        if self.is(from, Class::Pronoun) && !self.is(from, Class::Article) {
            return from + 1;
        }
        if self.words.any(self.lower(from), &[Class::That, Class::Finite, Class::Be]) && !self.is(from, Class::Article)
        {
            return from;
        }
        let mut at = from;
        let mut noun = false;
        while at < self.close() && at < from + 20 {
            if self.is_quoted(at) {
                break;
            }
            if lexed.quoted(at) {
                // A name in quotation marks.
                noun = true;
                at += 1;
                continue;
            }
            let word = self.lower(at);
            match lexed.kind(at) {
                Some(Kind::Word) => {}
                Some(Kind::Number) => break,
                _ if matches!(lexed.word(at), "-" | "&" | "'" | "’" | "/") => {
                    at += 1;
                    continue;
                }
                _ if lexed.word(at) == "." && lexed.word(at.saturating_sub(1)).chars().count() < 5 => {
                    at += 1;
                    continue;
                }
                _ if lexed.word(at) == "(" => {
                    // "(42)", "(CDU)".
                    let close = (at + 1..at + 6).find(|place| lexed.word(*place) == ")");
                    match close {
                        Some(close) => at = close + 1,
                        None => break,
                    }
                    continue;
                }
                _ => break,
            }
            let capital = lexed.capital(at);
            let stops = self
                .words
                .any(word, &[Class::Finite, Class::Be, Class::Auxiliary, Class::That, Class::Weekday, Class::Day])
                || (self.words.any(word, &[Class::Pronoun]) && !self.is(at, Class::Article));
            if at > from
                && stops
                && (!capital || self.words.any(word, &[Class::Weekday]))
                && !self.is_and_in_name(at, from)
            {
                break;
            }
            if at > from && !capital {
                let inside = self.is(at, Class::Inside);
                let leads = self.words.any(word, &[Class::Preposition, Class::Particle, Class::Border]);
                if self.german() {
                    if noun && self.told_here(at) {
                        break;
                    }
                    let links = inside && self.goes_inside(at);
                    if noun && !links && !self.adjective(at) {
                        break;
                    }
                    if !noun && leads && !inside {
                        break;
                    }
                } else {
                    let led = (leads || self.told_here(at)) && !(inside && self.goes_inside(at));
                    if led || (self.words.any(word, &[Class::Said, Class::Weak]) && self.cue(at).is_some()) {
                        break;
                    }
                }
            }
            noun |= capital || (!self.german() && !self.words.any(word, &[Class::Article, Class::Inside]));
            at += 1;
        }
        // Back over what only leads on.
        while at > from && self.words.any(lexed.before(at), &[Class::Inside, Class::Article]) && !lexed.capital(at - 1)
        {
            at -= 1;
        }
        // "S, Chef der Feuerwehr,".
        let apposition = if at > from { self.apposition(at, last) } else { None };
        apposition.unwrap_or(at)
    }

    pub(super) fn is_and_in_name(&self, at: usize, from: usize) -> bool {
        at > from && self.is_and(at) && self.lexed.capital(at + 1)
    }

    /// Whether a word in small letters between nouns belongs to them: "des Ministeriums", "von der Feuerwehr".
    pub(super) fn goes_inside(&self, at: usize) -> bool {
        let lexed = self.lexed;
        let word = self.lower(at);
        if self.german() {
            let place = matches!(word, "in" | "im" | "am" | "aus" | "zu" | "zum" | "dem" | "den");
            return !place && (at + 1..at + 4).any(|next| lexed.capital(next)) && !self.is(at + 1, Class::Weekday);
        }
        let place = matches!(word, "à" | "en" | "a" | "al" | "in" | "alla" | "au" | "aux" | "per" | "para" | "pour");
        let time = (at + 1..at + 3).any(|next| {
            self.words.any(self.lower(next), &[Class::Weekday, Class::Day, Class::Month])
                || lexed.kind(next) == Some(Kind::Number)
        });
        !place && !time && lexed.kind(at + 1) == Some(Kind::Word)
    }

    /// Whether a German word in small letters can stand before a noun as its adjective.
    pub(super) fn adjective(&self, at: usize) -> bool {
        let word = self.lower(at);
        let ending = ["en", "er", "em", "es", "e"].iter().any(|ending| word.ends_with(ending));
        ending
            && word.len() > 4
            && self.lexed.capital(at + 1)
            && self.words.any(self.lexed.before(at), &[Class::Article, Class::Inside])
    }

    /// The end of a short apposition between commas after a name.
    pub(super) fn apposition(&self, at: usize, last: bool) -> Option<usize> {
        let lexed = self.lexed;
        if lexed.word(at) != "," || lexed.quoted(at) {
            return None;
        }
        let end = (at + 1..(at + 12).min(self.close())).find(|place| lexed.word(*place) == "," || lexed.quoted(*place));
        let end = match end {
            Some(end) if lexed.word(end) == "," => end,
            Some(_) => return None,
            None if last && self.close() < at + 10 => self.close(),
            None => return None,
        };
        let describes = self.words.any(self.lower(at + 1), &[Class::Article, Class::Unnamed, Class::Organization])
            || (lexed.capital(at + 1) && (self.german() || lexed.capital(at + 2)));
        let verbs = (at + 1..end)
            .any(|place| self.words.any(self.lower(place), &[Class::Finite, Class::Be, Class::Auxiliary, Class::That]));
        (describes && !verbs && end > at + 1).then_some(end)
    }

    /// Whether a token begins who is told: "der Zeitung", "au Monde", "a la Repubblica".
    pub(super) fn told_here(&self, at: usize) -> bool {
        self.told(at).is_some()
    }

    /// Who is told, from a token on: the words of an outlet.
    pub(super) fn told(&self, at: usize) -> Option<Range> {
        let lexed = self.lexed;
        let after = self.words.phrase(lexed, at, Class::Recipient)?;
        if lexed.quoted(at) {
            return None;
        }
        let own = self.is(at, Class::This) && self.is(at + 1, Class::Outlet);
        let mut place = after;
        let outlet = own;
        while place < (after + 7).min(self.close()) {
            if let Some(mention) = self
                .mentions
                .iter()
                .find(|mention| mention.from == place || (mention.from + 1 == place && mention.from >= at))
            {
                let end = if lexed.kind(mention.to) == Some(Kind::Close) { mention.to + 1 } else { mention.to };
                return Some((at, end));
            }
            if self.is(place, Class::Outlet) {
                let named = self.names(place + 1) || lexed.capital(place + 1);
                if !named {
                    return self.words.is(self.lower(after.saturating_sub(1)), Class::This).then_some((at, place + 1));
                }
                let mut end = place + 1;
                while end < place + 6
                    && (self.names(end) || (lexed.capital(end) && lexed.kind(end) == Some(Kind::Word)))
                {
                    end += 1;
                }
                return Some((at, end));
            }
            let passes = lexed.kind(place) == Some(Kind::Open)
                || self.is(place, Class::Article)
                || (lexed.kind(place) == Some(Kind::Word)
                    && !lexed.capital(place)
                    && place < after + 3
                    && !self.is(place, Class::Preposition))
                || (lexed.kind(place) == Some(Kind::Word) && self.german() && place < after + 2);
            if !passes {
                return None;
            }
            place += 1;
        }
        outlet.then_some((at, place))
    }

    /// The outlet that is told within the next words, and the token after it.
    pub(super) fn recipient(&self, from: usize) -> (Option<Range>, usize) {
        for at in from..(from + 9).min(self.close()) {
            if self.is_quoted(at) || matches!(self.lexed.word(at), ":" | ";") || self.is(at, Class::That) {
                break;
            }
            if let Some(range) = self.told(at) {
                return (Some(range), range.1);
            }
        }
        (None, from)
    }
}
