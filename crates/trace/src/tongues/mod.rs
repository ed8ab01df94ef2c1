//! Languages other than English, by rules over lists of words: who says what, dates, figures.
//!
//! What differs between the languages stands in `data/languages`, a file a language; what they have
//! in common (where a source stands to its verb, how a date is put together) stands here.

pub(crate) mod amounts;
pub(crate) mod calendar;
mod phrases;
pub(crate) mod sources;
pub(crate) mod speech;
pub(crate) mod ties;

use crate::lex::Lexed;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a word or phrase can be. The lists of a file are named so, in small letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Verbs that report whatever follows.
    Said,
    /// Verbs that report what is quoted or opened by a conjunction.
    Weak,
    Auxiliary,
    /// Forms of "to be" that make a passive.
    Be,
    Adverb,
    /// Parts of a verb that stand apart from it ("teilte … mit").
    Particle,
    Clitic,
    Pronoun,
    /// Pronouns that stand for one person.
    Person,
    That,
    Border,
    /// "according to", before the source.
    According,
    /// "according to", after the source ("zufolge").
    Postposed,
    /// A word that reports without a verb ("so der Minister").
    SaidBy,
    Article,
    /// Words in small letters that a source goes over.
    Inside,
    Preposition,
    /// What stands before the one who is told.
    Recipient,
    Finite,
    Outlet,
    Journalist,
    Interview,
    Report,
    Poll,
    This,
    Unnamed,
    Organization,
    Document,
    Month,
    Weekday,
    Day,
    Step,
    Period,
    Ago,
    AgoAfter,
    Ahead,
    Year,
    Number,
    Magnitude,
    More,
    Less,
    AtLeast,
    AtMost,
    About,
    Unit,
    Percent,
    Age,
    NoFigure,
    Elision,
}

/// The names of the lists, in the order of [`Class`].
const LISTS: [(&str, Class); 49] = [
    ("said", Class::Said),
    ("weak", Class::Weak),
    ("auxiliary", Class::Auxiliary),
    ("be", Class::Be),
    ("adverb", Class::Adverb),
    ("particle", Class::Particle),
    ("clitic", Class::Clitic),
    ("pronoun", Class::Pronoun),
    ("person", Class::Person),
    ("that", Class::That),
    ("border", Class::Border),
    ("according", Class::According),
    ("postposed", Class::Postposed),
    ("said_by", Class::SaidBy),
    ("article", Class::Article),
    ("inside", Class::Inside),
    ("preposition", Class::Preposition),
    ("recipient", Class::Recipient),
    ("finite", Class::Finite),
    ("outlet", Class::Outlet),
    ("journalist", Class::Journalist),
    ("interview", Class::Interview),
    ("report", Class::Report),
    ("poll", Class::Poll),
    ("this", Class::This),
    ("unnamed", Class::Unnamed),
    ("organization", Class::Organization),
    ("document", Class::Document),
    ("month", Class::Month),
    ("weekday", Class::Weekday),
    ("day", Class::Day),
    ("step", Class::Step),
    ("period", Class::Period),
    ("ago", Class::Ago),
    ("ago_after", Class::AgoAfter),
    ("ahead", Class::Ahead),
    ("year", Class::Year),
    ("number", Class::Number),
    ("magnitude", Class::Magnitude),
    ("more", Class::More),
    ("less", Class::Less),
    ("at_least", Class::AtLeast),
    ("at_most", Class::AtMost),
    ("about", Class::About),
    ("unit", Class::Unit),
    ("percent", Class::Percent),
    ("age", Class::Age),
    ("no_figure", Class::NoFigure),
    ("elision", Class::Elision),
];

/// The words of one language.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    /// BCP 47.
    pub language: &'static str,
    /// Each word's classes, a bit each.
    words: HashMap<&'static str, u64>,
    /// Phrases of several words by their first and by their last word.
    phrases: HashMap<&'static str, Vec<(Vec<&'static str>, Class)>>,
    phrase_ends: HashMap<&'static str, Vec<(Vec<&'static str>, Class)>>,
    numbers: HashMap<(&'static str, u8), f64>,
    units: HashMap<&'static str, &'static str>,
}

const FILES: [(&str, &str); 4] = [
    ("de", include_str!("../../data/languages/de.txt")),
    ("es", include_str!("../../data/languages/es.txt")),
    ("fr", include_str!("../../data/languages/fr.txt")),
    ("it", include_str!("../../data/languages/it.txt")),
];

static VOCABULARIES: LazyLock<Vec<Vocabulary>> =
    LazyLock::new(|| FILES.iter().map(|(language, file)| Vocabulary::parse(language, file)).collect());

/// The words of a language (BCP 47), where there are any.
pub(crate) fn vocabulary(language: Option<&str>) -> Option<&'static Vocabulary> {
    let subtag = firsthand_text::language::primary_subtag(language?)?;
    VOCABULARIES.iter().find(|vocabulary| vocabulary.language == subtag)
}

impl Vocabulary {
    fn parse(language: &'static str, file: &'static str) -> Self {
        let mut vocabulary = Self { language, ..Self::default() };
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            let Some((list, items)) = line.split_once(": ") else { continue };
            let Some((_, class)) = LISTS.iter().find(|(name, _)| *name == list) else { continue };
            for item in items.split(", ") {
                let (name, value) = item.split_once('=').map_or((item, None), |(name, value)| (name, Some(value)));
                if let Some(value) = value.and_then(|value| value.parse().ok()) {
                    vocabulary.numbers.insert((name, *class as u8), value);
                } else if let Some(unit) = value {
                    vocabulary.units.insert(name, unit);
                }
                let words: Vec<&'static str> = name.split(' ').collect();
                match words.as_slice() {
                    [word] => *vocabulary.words.entry(word).or_default() |= bit(*class),
                    [first, .., last] => {
                        vocabulary.phrases.entry(first).or_default().push((words.clone(), *class));
                        vocabulary.phrase_ends.entry(last).or_default().push((words.clone(), *class));
                    }
                    [] => {}
                }
            }
        }
        for phrases in vocabulary.phrases.values_mut().chain(vocabulary.phrase_ends.values_mut()) {
            phrases.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        vocabulary
    }

    /// Whether a word (in small letters) is of a class.
    pub(crate) fn is(&self, word: &str, class: Class) -> bool {
        self.words.get(word).is_some_and(|classes| classes & bit(class) != 0)
    }

    /// Whether a word is of one of several classes.
    pub(crate) fn any(&self, word: &str, classes: &[Class]) -> bool {
        let wanted = classes.iter().fold(0, |wanted, class| wanted | bit(*class));
        self.words.get(word).is_some_and(|classes| classes & wanted != 0)
    }

    /// The token after the longest word or phrase of a class that begins at a token.
    pub(crate) fn phrase(&self, lexed: &Lexed<'_>, at: usize, class: Class) -> Option<usize> {
        let first = lexed.lower(at);
        let several = self.phrases.get(first).into_iter().flatten().find_map(|(words, of)| {
            let fits = *of == class && words.iter().enumerate().all(|(step, word)| lexed.lower(at + step) == *word);
            fits.then_some(at + words.len())
        });
        several.or_else(|| self.is(first, class).then_some(at + 1))
    }

    /// The first token of the longest word or phrase of a class that ends before a token.
    pub(crate) fn phrase_before(&self, lexed: &Lexed<'_>, at: usize, class: Class) -> Option<usize> {
        let last = lexed.before(at);
        let several = self.phrase_ends.get(last).into_iter().flatten().find_map(|(words, of)| {
            let from = at.checked_sub(words.len())?;
            let fits = *of == class && words.iter().enumerate().all(|(step, word)| lexed.lower(from + step) == *word);
            fits.then_some(from)
        });
        several.or_else(|| self.is(last, class).then(|| at.saturating_sub(1)))
    }

    /// The value of a word in a list with values.
    pub(crate) fn value(&self, word: &str, class: Class) -> Option<f64> {
        // The key's word must live as long as the table; look it up by its own copy.
        let (word, classes) = self.words.get_key_value(word)?;
        if classes & bit(class) == 0 {
            return None;
        }
        self.numbers.get(&(*word, class as u8)).copied()
    }

    /// The English name of a unit.
    pub(crate) fn unit(&self, word: &str) -> Option<&'static str> {
        self.units.get(word).copied().filter(|_| self.any(word, &[Class::Unit, Class::Age]))
    }
}

const fn bit(class: Class) -> u64 {
    1 << class as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_of_every_file_is_known_and_no_item_is_empty() {
        for (language, file) in FILES {
            for line in file.lines().filter(|line| !line.starts_with('#')) {
                let (list, items) = line.split_once(": ").unwrap_or_else(|| panic!("{language}: {line}"));
                assert!(LISTS.iter().any(|(name, _)| *name == list), "{language}: {list}");
                assert!(items.split(", ").all(|item| !item.trim().is_empty()), "{language}: {list}");
            }
            let vocabulary = vocabulary(Some(language)).expect("a vocabulary");
            assert!(vocabulary.value("", Class::Number).is_none());
            for list in ["said", "according", "month", "number", "unit"] {
                assert!(file.contains(&format!("\n{list}: ")), "{language} has no {list}");
            }
        }
    }

    #[test]
    fn phrases_are_found_from_both_ends() {
        let words = vocabulary(Some("de")).expect("German");
        let lexed = Lexed::in_language("Nach Angaben von Zeugen mehr als 20", Some(words));
        assert_eq!(words.phrase(&lexed, 0, Class::According), Some(3));
        assert_eq!(words.phrase_before(&lexed, 6, Class::More), Some(4));
        assert_eq!(words.value("zwölf", Class::Number), Some(12.0));
    }
}
