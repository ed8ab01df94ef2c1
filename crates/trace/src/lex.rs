//! The words and marks of a text with their places, their sentences and the quotations they are in.

use crate::tongues::{Class, Vocabulary};
use firsthand_text::sentences::sentences;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters, with apostrophes, hyphens and stops inside.
    Word,
    /// Begins with a digit.
    Number,
    /// An opening quotation mark.
    Open,
    /// A closing quotation mark.
    Close,
    /// Any other mark.
    Mark,
}

/// A word or mark. Offsets are bytes.
#[derive(Debug, Clone)]
pub(crate) struct Token<'a> {
    pub text: &'a str,
    pub lower: String,
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
    /// Whether it stands inside a quotation (its marks included).
    pub quoted: bool,
}

/// The most tokens of a sentence: what is longer is no sentence, and is read in pieces so that the
/// work stays in proportion to the text.
const LONGEST_SENTENCE: usize = 400;

/// A text read into tokens. Paragraphs and sentences are ranges of token numbers; a sentence goes
/// on to the end of a quotation that begins in it.
#[derive(Debug)]
pub(crate) struct Lexed<'a> {
    pub text: &'a str,
    pub tokens: Vec<Token<'a>>,
    pub paragraphs: Vec<(usize, usize)>,
    pub sentences: Vec<(usize, usize)>,
}

impl<'a> Lexed<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self::in_language(text, None)
    }

    /// Reads a text of a language other than English: elided words ("l'", "d'") and pronouns that
    /// hang on their verb ("a-t-il") are tokens of their own, and apostrophes are straight in `lower`.
    pub(crate) fn in_language(text: &'a str, words: Option<&Vocabulary>) -> Self {
        let mut lexed = Self { text, tokens: Vec::new(), paragraphs: Vec::new(), sentences: Vec::new() };
        let stops: Vec<usize> = sentences(text).into_iter().map(|(_, end)| end).collect();
        let mut stop = 0;
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            lexed.paragraph(line, start, words);
            start += line.len();
        }
        for (first, end) in lexed.paragraphs.clone() {
            let mut sentence = first;
            for index in first..end {
                let Some(token) = lexed.tokens.get(index) else { continue };
                while stops.get(stop).is_some_and(|at| *at < token.end) {
                    stop += 1;
                }
                let open = token.quoted
                    && lexed.tokens.get(index + 1).is_some_and(|next| next.quoted && next.kind != Kind::Open);
                let ends = stops.get(stop).is_some_and(|at| *at == token.end);
                if index + 1 == end || (ends && !open) || index + 1 - sentence >= LONGEST_SENTENCE {
                    lexed.sentences.push((sentence, index + 1));
                    sentence = index + 1;
                }
            }
        }
        lexed
    }

    fn paragraph(&mut self, line: &'a str, base: usize, words: Option<&Vocabulary>) {
        let first = self.tokens.len();
        let mut chars = line.char_indices().peekable();
        let mut previous = ' ';
        while let Some((at, character)) = chars.next() {
            if character.is_whitespace() {
                previous = character;
                continue;
            }
            let mut end = at + character.len_utf8();
            let mut last = character;
            let kind = if character.is_alphanumeric() {
                while let Some(&(place, next)) = chars.peek() {
                    let after = line.get(place + next.len_utf8()..).and_then(|rest| rest.chars().next());
                    let joins = match next {
                        '\'' | '’' | '-' | '‑' => after.is_some_and(char::is_alphanumeric),
                        '.' => {
                            (after.is_some_and(char::is_alphanumeric)
                                && !(last.is_lowercase() && after.is_some_and(char::is_uppercase)))
                                || (line.get(at..place).is_some_and(|word| word.contains('.') && word.len() > 2)
                                    && last.is_alphabetic())
                        }
                        ',' | ':' | '/' => last.is_ascii_digit() && after.is_some_and(|next| next.is_ascii_digit()),
                        other => other.is_alphanumeric() || is_mark(other),
                    };
                    if !joins {
                        break;
                    }
                    last = next;
                    end = place + next.len_utf8();
                    chars.next();
                }
                if character.is_numeric() { Kind::Number } else { Kind::Word }
            } else {
                let next = chars.peek().map(|(_, next)| *next);
                quotation_mark(character, previous, next).unwrap_or(Kind::Mark)
            };
            previous = last;
            let Some(text) = line.get(at..end) else { continue };
            match words {
                Some(words) if kind == Kind::Word => self.push_parts(text, base + at, words),
                _ => self.push(text, base + at, kind),
            }
        }
        let end = self.tokens.len();
        if first < end {
            self.paragraphs.push((first, end));
            self.mark_quotations(first, end);
        }
    }

    fn push(&mut self, text: &'a str, start: usize, kind: Kind) {
        let lower = text.to_lowercase();
        self.tokens.push(Token { text, lower, start, end: start + text.len(), kind, quoted: false });
    }

    /// Pushes a word in its parts: what is elided before it, and the pronoun after its hyphen.
    fn push_parts(&mut self, text: &'a str, start: usize, words: &Vocabulary) {
        let plain = |text: &str| text.to_lowercase().replace('’', "'");
        let mut from = 0;
        if let Some((cut, mark)) = text.char_indices().find(|(_, character)| matches!(character, '\'' | '’')) {
            let head = cut + mark.len_utf8();
            if text.get(..head).is_some_and(|head| words.is(&plain(head), Class::Elision)) && head < text.len() {
                from = head;
            }
        }
        let mut to = text.len();
        let mut pronoun = to;
        if words.language == "fr"
            && let Some((verb, last)) = text.get(from..).and_then(|rest| rest.rsplit_once('-'))
            && words.is(&last.to_lowercase(), Class::Pronoun)
        {
            pronoun = text.len() - last.len();
            to = from + verb.strip_suffix("-t").unwrap_or(verb).len();
        }
        for (from, to) in [(0, from), (from, to), (pronoun, text.len())] {
            if let Some(part) = text.get(from..to).filter(|part| !part.is_empty()) {
                self.push(part, start + from, Kind::Word);
                if let Some(token) = self.tokens.last_mut() {
                    token.lower = plain(part);
                }
            }
        }
    }

    /// Pairs the quotation marks of one paragraph; a quotation that is not closed goes on to the
    /// paragraph's end.
    fn mark_quotations(&mut self, first: usize, end: usize) {
        let mut open: Option<usize> = None;
        for index in first..end {
            let Some(token) = self.tokens.get(index) else { break };
            let single = matches!(token.text, "'" | "‘" | "’" | "‚");
            match (token.kind, open) {
                (Kind::Open, None) => open = Some(index),
                (Kind::Close, Some(from)) => {
                    let outer_single = self.tokens.get(from).is_some_and(|mark| matches!(mark.text, "'" | "‘" | "‚"));
                    if outer_single == single {
                        self.quote(from, index + 1);
                        open = None;
                    }
                }
                (Kind::Close | Kind::Open, _) if single => {
                    if let Some(token) = self.tokens.get_mut(index) {
                        token.kind = Kind::Mark;
                    }
                }
                // "„…“" and "”…”": the mark that opens elsewhere closes here.
                (Kind::Open, Some(from)) if self.closes(from, token.text) => {
                    if let Some(token) = self.tokens.get_mut(index) {
                        token.kind = Kind::Close;
                    }
                    self.quote(from, index + 1);
                    open = None;
                }
                (Kind::Close, None) if token.text == "“" => open = Some(index),
                _ => {}
            }
        }
        if let Some(from) = open {
            // An apostrophe that looks like an opening mark never closes: it is none.
            let single = self.tokens.get(from).is_some_and(|mark| matches!(mark.text, "'" | "‘"));
            if !single {
                self.quote(from, end);
            }
        }
    }

    /// Whether a mark closes the quotation whose opening mark is at `from`.
    fn closes(&self, from: usize, mark: &str) -> bool {
        matches!(
            (self.tokens.get(from).map_or("", |token| token.text), mark),
            ("„", "“") | ("‚", "‘") | ("”", "”") | ("»", "«")
        )
    }

    fn quote(&mut self, from: usize, to: usize) {
        for token in self.tokens.get_mut(from..to).unwrap_or_default() {
            token.quoted = true;
        }
    }

    /// The sentence that a token stands in.
    pub(crate) fn sentence_at(&self, token: usize) -> (usize, usize) {
        holding(&self.sentences, token).unwrap_or((0, self.tokens.len()))
    }

    /// The paragraph that a token stands in.
    pub(crate) fn paragraph_at(&self, token: usize) -> (usize, usize) {
        holding(&self.paragraphs, token).unwrap_or((token, token + 1))
    }

    /// The token's text; empty beyond the ends.
    pub(crate) fn word(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| token.text)
    }

    /// The token's text in lower case; empty beyond the ends.
    pub(crate) fn lower(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| token.lower.as_str())
    }

    /// The token before, in lower case; empty at the start.
    pub(crate) fn before(&self, index: usize) -> &str {
        index.checked_sub(1).map_or("", |index| self.lower(index))
    }

    pub(crate) fn kind(&self, index: usize) -> Option<Kind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    pub(crate) fn quoted(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| token.quoted)
    }

    /// Whether the token begins with a capital letter.
    pub(crate) fn capital(&self, index: usize) -> bool {
        self.word(index).chars().next().is_some_and(char::is_uppercase)
    }

    /// The bytes of the tokens `from..to`, `None` when there is none.
    pub(crate) fn bytes(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        let (first, last) = (self.tokens.get(from)?, self.tokens.get(to.checked_sub(1)?)?);
        (from < to).then_some((first.start, last.end))
    }

    /// The words from `from` to `to` as they stand.
    pub(crate) fn phrase(&self, from: usize, to: usize) -> &'a str {
        self.bytes(from, to).and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default()
    }

    /// Whether the tokens from `at` on are these words, in lower case.
    pub(crate) fn follows(&self, at: usize, words: &str) -> Option<usize> {
        let mut index = at;
        for word in words.split(' ') {
            if self.lower(index) != word {
                return None;
            }
            index += 1;
        }
        Some(index)
    }
}

/// The range of a list of ranges in order that a token stands in.
fn holding(ranges: &[(usize, usize)], token: usize) -> Option<(usize, usize)> {
    ranges.get(ranges.partition_point(|(_, end)| *end <= token)).copied()
}

fn is_mark(character: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&character)
}

/// Whether a mark opens or closes a quotation; straight ones by the space around them.
fn quotation_mark(mark: char, previous: char, next: Option<char>) -> Option<Kind> {
    let after_space =
        previous.is_whitespace() || matches!(previous, '(' | '[' | '—' | '–' | '-' | '“' | '"' | '‘' | '…');
    let before_word = next.is_some_and(|next| !next.is_whitespace());
    let before_letter = next.is_some_and(char::is_alphanumeric);
    match mark {
        '“' if !after_space && !before_word => Some(Kind::Close),
        // Marks that point inward, as in German print: »…«.
        '»' if after_space && before_letter => Some(Kind::Open),
        '«' if !after_space && !matches!(previous, '\'' | '’') => Some(Kind::Close),
        '”' if previous.is_whitespace() && before_letter => Some(Kind::Open),
        '“' | '„' | '«' | '「' | '『' | '‹' | '‚' => Some(Kind::Open),
        '”' | '»' | '」' | '』' | '›' => Some(Kind::Close),
        '"' | '＂' if after_space && before_word => Some(Kind::Open),
        '"' | '＂' => Some(Kind::Close),
        '‘' if before_word => Some(Kind::Open),
        '\'' if after_space && before_word => Some(Kind::Open),
        '\'' | '’' if previous.is_alphanumeric() || matches!(previous, '.' | ',' | '!' | '?' | '…') => {
            Some(Kind::Close)
        }
        _ => None,
    }
}

/// A word without a possessive ending.
pub(crate) fn bare(word: &str) -> &str {
    word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_hold_together_inside_a_quotation() {
        let lexed = Lexed::new("“It is late. We go,” he said. She stayed.\n\n“Open to the end.");
        let sentences: Vec<&str> = lexed.sentences.iter().map(|(from, to)| lexed.phrase(*from, *to)).collect();
        assert_eq!(sentences, ["“It is late. We go,” he said.", "She stayed.", "“Open to the end."]);
    }

    #[test]
    fn words_keep_their_apostrophes_and_numbers_their_commas() {
        let words: Vec<String> = Lexed::new("Niger’s 8,222 U.S. troops’ pay, 3.5% of it.")
            .tokens
            .iter()
            .map(|token| token.text.to_owned())
            .collect();
        assert_eq!(words, ["Niger’s", "8,222", "U.S.", "troops", "’", "pay", ",", "3.5", "%", "of", "it", "."]);
    }
}
