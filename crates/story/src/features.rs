//! What grouping sees of an article.

use crate::embedding::{Embedder, Embedding};
use crate::packed::kept;
use crate::sketch::Sketch;
use firsthand_model::{StoryInput, Timestamp};
use firsthand_text::language::{detect, primary_subtag};
use firsthand_text::normalise::fold;
use firsthand_text::shingles::{shingles, stable_hash};
use firsthand_text::tokens::{Token, words};
use std::collections::BTreeMap;

/// Words of the text that count as its lead, besides the title.
const LEAD_WORDS: usize = 40;
/// Words of the text that are read at all: an article's event is not on its hundredth page.
const MAX_WORDS: usize = 4000;
/// The letters of a word that are compared.
const STEM: usize = 6;
/// Most words of a name.
const MAX_NAME_WORDS: usize = 4;

/// A word or name, hashed. Half of a 64-bit hash: state holds millions of them, and the few that
/// collide weigh next to nothing.
pub(crate) type Term = u32;

/// The term of a word; of a name when `text` begins with `name:`.
pub(crate) fn term_of(text: &str) -> Term {
    high_half(stable_hash(text.as_bytes()))
}

fn high_half(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// How often each term is in a field, sorted by term.
pub(crate) type Counts = Vec<(Term, f32)>;

/// The fields that are compared one by one.
pub(crate) const FIELDS: usize = 5;
/// The field of names.
pub(crate) const NAMES: usize = 3;
/// The field of numbers.
pub(crate) const NUMBERS: usize = 4;

/// What grouping sees of an article.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// Title, lead, body, names, numbers.
    pub(crate) fields: [Counts; FIELDS],
    /// Distinct words of title and text: what the weights of words are learnt from.
    pub(crate) terms: Vec<Term>,
    /// The runs of four words.
    pub(crate) sketch: Sketch,
    pub(crate) published: Option<Timestamp>,
    /// The language's hash; 0 where it is not known.
    pub(crate) language: Term,
    /// The outlet's hash; 0 where it is not known.
    pub(crate) outlet: Term,
    /// What it means, where an [`Embedder`] says so.
    pub(crate) meaning: Option<Embedding>,
}

/// Terms, as they are kept, and how they are written: what a decision is explained with.
pub(crate) type Spelling = BTreeMap<Term, String>;

/// Reads an article for [`crate::State::decide`].
pub fn features(article: &StoryInput<'_>) -> Features {
    read(article, None)
}

/// As [`features`], with what the article means in the eyes of `embedder`.
pub fn features_with(article: &StoryInput<'_>, embedder: Option<&dyn Embedder>) -> Features {
    let meaning = embedder.and_then(|embedder| embedder.embed(article));
    Features { meaning, ..features(article) }
}

/// As [`features`]; notes how each term is written when it is asked to.
pub(crate) fn read(article: &StoryInput<'_>, mut spelling: Option<&mut Spelling>) -> Features {
    let title: Vec<Token<'_>> = words(article.title).take(MAX_WORDS).collect();
    let text: Vec<Token<'_>> = words(article.text).take(MAX_WORDS).collect();
    let folded_title = terms_of(&title);
    let folded_text = terms_of(&text);
    let title_counts = counts(folded_title.iter(), spelling.as_deref_mut());
    let lead_counts = counts(folded_title.iter().chain(folded_text.iter().take(LEAD_WORDS)), spelling.as_deref_mut());
    let body_counts = counts(folded_text.iter(), spelling.as_deref_mut());
    let mut names = Vec::new();
    collect_names(article.title, &title, &mut names);
    collect_names(article.text, &text, &mut names);
    let name_counts = counted(names.iter().map(|name| term_of(&format!("name:{name}"))).collect());
    if let Some(spelling) = spelling {
        spelling.extend(names.into_iter().map(|name| (kept(term_of(&format!("name:{name}"))), name)));
    }
    let all = folded_title.iter().chain(&folded_text);
    let number_counts = counts(all.filter(|word| word.bytes().any(|byte| byte.is_ascii_digit())), None);
    let fields = [title_counts, lead_counts, body_counts, name_counts, number_counts];
    let mut terms: Vec<Term> = fields.iter().skip(1).flatten().map(|(term, _)| *term).collect();
    terms.sort_unstable();
    terms.dedup();
    let runs = if folded_text.len() >= 12 { shingles(&folded_text, 4) } else { Vec::new() };
    let sketch = Sketch::of(&runs);
    // What the article says of itself is believed: to look costs as much as the rest of the reading.
    let language = article.language.and_then(primary_subtag).or_else(|| detect(article.text, None));
    let language = language.map_or(0, |language| term_of(&language));
    let outlet = article.outlet.map_or(0, |outlet| term_of(&fold(outlet)));
    Features { fields, terms, sketch, published: article.published, language, outlet, meaning: None }
}

/// The words that are compared: as they are where a script parts them by spaces; overlapping pairs of
/// characters of Chinese and Japanese, triples of Thai and its like (as Nie et al. 2000 index Chinese).
fn terms_of(words: &[Token<'_>]) -> Vec<String> {
    let mut out = Vec::with_capacity(words.len());
    let mut run: Vec<&Token<'_>> = Vec::new();
    let mut size = 0;
    for word in words {
        let wanted = unspaced(word.text);
        let goes_on = wanted != 0 && wanted == size && run.last().is_some_and(|last| last.end == word.start);
        if !goes_on {
            end_run(&run, size, &mut out);
            run.clear();
            size = wanted;
        }
        if wanted == 0 {
            out.push(fold(word.text));
        } else {
            run.push(word);
        }
    }
    end_run(&run, size, &mut out);
    out
}

fn end_run(run: &[&Token<'_>], size: usize, out: &mut Vec<String>) {
    let joined = |part: &[&Token<'_>]| part.iter().map(|word| fold(word.text)).collect::<String>();
    if run.is_empty() {
    } else if run.len() <= size {
        out.push(joined(run));
    } else {
        out.extend(run.windows(size).map(joined));
    }
}

/// How many characters of a script without spaces are a term; 0 where words are parted.
fn unspaced(word: &str) -> usize {
    match word.chars().next() {
        // Han, Hiragana; Katakana comes as whole words.
        Some(
            '\u{3400}'..='\u{9fff}' | '\u{3040}'..='\u{309f}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}',
        ) => 2,
        // Thai, Lao, Burmese, Khmer.
        Some('\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}') => 3,
        _ => 0,
    }
}

/// Sublinear term frequency: 1 + ln(count) (Salton and Buckley 1988).
fn damped(count: f32) -> f32 {
    1.0 + count.ln()
}

/// A word without its ending: its first letters. What inflection changes stands behind them in most languages
/// (McNamee and Mayfield 2004, who take as many characters anywhere in a word). Numbers stay whole.
pub(crate) fn stem(word: &str) -> &str {
    match word.char_indices().nth(STEM) {
        Some((end, _)) if !word.bytes().any(|byte| byte.is_ascii_digit()) => word.get(..end).unwrap_or(word),
        _ => word,
    }
}

fn counts<'a>(words: impl Iterator<Item = &'a String>, mut spelling: Option<&mut Spelling>) -> Counts {
    let mut terms = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        let term = term_of(stem(word));
        terms.push(term);
        if let Some(spelling) = &mut spelling {
            spelling.entry(kept(term)).or_insert_with(|| word.clone());
        }
    }
    counted(terms)
}

fn counted(mut terms: Vec<Term>) -> Counts {
    terms.sort_unstable();
    terms
        .chunk_by(|one, other| one == other)
        .filter_map(|run| Some((*run.first()?, damped(run.len() as f32))))
        .collect()
}

/// Runs of capitalised words. A single one at the start of a sentence is no name: anything is
/// capitalised there.
fn collect_names(text: &str, words: &[Token<'_>], names: &mut Vec<String>) {
    let mut run: Vec<&Token<'_>> = Vec::new();
    let mut at_start = true;
    let mut previous_end = 0;
    for word in words {
        let between = text.get(previous_end..word.start).unwrap_or_default();
        let joined =
            previous_end > 0 && between.chars().all(|character| matches!(character, ' ' | '-' | '\u{a0}' | '\'' | '’'));
        let starts_sentence = previous_end == 0 || between.contains(['.', '!', '?', '\n', ':', '“', '"', '«', '„']);
        let capital = word.text.chars().next().is_some_and(char::is_uppercase);
        if !joined || !capital {
            add_name(&run, at_start, names);
            run.clear();
        }
        if capital {
            if run.is_empty() {
                at_start = starts_sentence;
            }
            run.push(word);
        }
        previous_end = word.end;
    }
    add_name(&run, at_start, names);
}

fn add_name(run: &[&Token<'_>], at_start: bool, names: &mut Vec<String>) {
    let single = run.len() == 1;
    if run.is_empty() || (single && at_start) {
        return;
    }
    let folded: Vec<String> = run.iter().take(MAX_NAME_WORDS).map(|word| fold(word.text)).collect();
    if folded.len() > 1 {
        names.push(folded.join(" "));
    }
    names.extend(folded.into_iter().filter(|word| word.chars().count() > 1));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_of(text: &str) -> Vec<String> {
        let mut spelling = Spelling::new();
        let features = read(&StoryInput { title: "", text, ..StoryInput::default() }, Some(&mut spelling));
        let mut names: Vec<String> =
            features.fields[3].iter().map(|(term, _)| spelling[&kept(*term)].clone()).collect();
        names.sort();
        names
    }

    #[test]
    fn names_are_runs_of_capitalised_words() {
        assert_eq!(
            names_of("Yesterday the mayor met Ada Byron in Port Sorrel."),
            ["ada", "ada byron", "byron", "port", "port sorrel", "sorrel"]
        );
        assert_eq!(names_of("Yesterday it rained. Nobody came."), Vec::<String>::new());
    }

    #[test]
    fn scripts_without_spaces_are_cut_into_overlapping_terms() {
        let terms = |text: &str| terms_of(&words(text).collect::<Vec<_>>());
        assert_eq!(terms("港口大桥 closed 关闭"), ["港口", "口大", "大桥", "closed", "关闭"]);
        assert_eq!(terms("桥。橋"), ["桥", "橋"]);
        assert_eq!(terms("สะพาน").len(), words("สะพาน").count().saturating_sub(2).max(1));
        assert_eq!(terms("The bridge"), ["the", "bridge"]);
    }

    #[test]
    fn a_word_is_known_in_every_inflection() {
        let body = |text: &str| features(&StoryInput { title: "", text, ..StoryInput::default() }).fields[2].clone();
        assert_eq!(body("the engineer inspected bridges"), body("the engineers inspecting bridges"));
        assert_ne!(body("2008001"), body("2008002"));
        assert_eq!(stem("Überschwemmung"), "Übersc");
    }

    #[test]
    fn an_empty_article_has_no_features() {
        let features = features(&StoryInput::default());
        assert!(features.fields.iter().all(Vec::is_empty));
        assert!(features.sketch == Sketch::default() && features.terms.is_empty());
    }
}
