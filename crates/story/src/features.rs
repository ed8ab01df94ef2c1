//! What grouping sees of an article.

use firsthand_model::{StoryInput, Timestamp};
use firsthand_text::normalise::fold;
use firsthand_text::shingles::{shingles, stable_hash};
use firsthand_text::tokens::{Token, words};
use std::collections::BTreeMap;

/// Words of the text that count as its lead, besides the title.
const LEAD_WORDS: usize = 40;
/// Words of the text that are read at all: an article's event is not on its hundredth page.
const MAX_WORDS: usize = 4000;
/// Most words of a name.
const MAX_NAME_WORDS: usize = 4;
/// Hashes kept of the runs of four words (the smallest ones: a bottom-k sketch, Cohen 1997).
pub(crate) const SKETCH: usize = 128;

/// How often each term is in a field, by the term's hash, sorted.
pub(crate) type Counts = Vec<(u64, f32)>;

/// The fields that are compared one by one.
pub(crate) const FIELDS: usize = 4;
/// The share of each field in the likeness of two articles: title, lead, body, names.
pub(crate) const WEIGHTS: [f32; FIELDS] = [0.13, 0.38, 0.31, 0.17];

/// What grouping sees of an article.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// Title, lead, body, names.
    pub(crate) fields: [Counts; FIELDS],
    /// Distinct words of title and text: what the weights of words are learnt from.
    pub(crate) terms: Vec<u64>,
    /// The smallest hashes of runs of four words, sorted.
    pub(crate) sketch: Vec<u64>,
    pub(crate) published: Option<Timestamp>,
    /// Words to explain a decision by: hash and spelling.
    pub(crate) spelling: BTreeMap<u64, String>,
}

/// Reads an article for [`crate::State::decide`].
pub fn features(article: &StoryInput<'_>) -> Features {
    let title: Vec<Token<'_>> = words(article.title).take(MAX_WORDS).collect();
    let text: Vec<Token<'_>> = words(article.text).take(MAX_WORDS).collect();
    let folded_title: Vec<String> = title.iter().map(|word| fold(word.text)).collect();
    let folded_text: Vec<String> = text.iter().map(|word| fold(word.text)).collect();
    let mut spelling = BTreeMap::new();
    let title_counts = counts(folded_title.iter(), &mut spelling);
    let lead_counts = counts(folded_title.iter().chain(folded_text.iter().take(LEAD_WORDS)), &mut spelling);
    let body_counts = counts(folded_text.iter(), &mut spelling);
    let mut names: BTreeMap<u64, f32> = BTreeMap::new();
    collect_names(article.title, &title, &mut names, &mut spelling);
    collect_names(article.text, &text, &mut names, &mut spelling);
    let mut terms: Vec<u64> = lead_counts.iter().chain(&body_counts).map(|(term, _)| *term).collect();
    terms.extend(names.keys());
    terms.sort_unstable();
    terms.dedup();
    let names: Counts = names.into_iter().map(|(term, count)| (term, damped(count))).collect();
    let mut sketch = if folded_text.len() >= 12 { shingles(&folded_text, 4) } else { Vec::new() };
    sketch.sort_unstable();
    sketch.dedup();
    sketch.truncate(SKETCH);
    let fields = [title_counts, lead_counts, body_counts, names];
    Features { fields, terms, sketch, published: article.published, spelling }
}

/// Sublinear term frequency: 1 + ln(count) (Salton and Buckley 1988).
fn damped(count: f32) -> f32 {
    1.0 + count.ln()
}

fn counts<'a>(words: impl Iterator<Item = &'a String>, spelling: &mut BTreeMap<u64, String>) -> Counts {
    let mut counts: BTreeMap<u64, f32> = BTreeMap::new();
    for word in words.filter(|word| !word.is_empty()) {
        let term = stable_hash(word.as_bytes());
        *counts.entry(term).or_default() += 1.0;
        spelling.entry(term).or_insert_with(|| word.clone());
    }
    counts.into_iter().map(|(term, count)| (term, damped(count))).collect()
}

/// Runs of capitalised words. A single one at the start of a sentence is no name: anything is
/// capitalised there.
fn collect_names(
    text: &str,
    words: &[Token<'_>],
    names: &mut BTreeMap<u64, f32>,
    spelling: &mut BTreeMap<u64, String>,
) {
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
            add_name(&run, at_start, names, spelling);
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
    add_name(&run, at_start, names, spelling);
}

fn add_name(run: &[&Token<'_>], at_start: bool, names: &mut BTreeMap<u64, f32>, spelling: &mut BTreeMap<u64, String>) {
    let single = run.len() == 1;
    if run.is_empty() || (single && at_start) {
        return;
    }
    let folded: Vec<String> = run.iter().take(MAX_NAME_WORDS).map(|word| fold(word.text)).collect();
    let mut add = |name: String| {
        let term = stable_hash(format!("name:{name}").as_bytes());
        *names.entry(term).or_default() += 1.0;
        spelling.entry(term).or_insert(name);
    };
    if folded.len() > 1 {
        add(folded.join(" "));
    }
    for word in folded {
        if word.chars().count() > 1 {
            add(word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_of(text: &str) -> Vec<String> {
        let features = features(&StoryInput { title: "", text, ..StoryInput::default() });
        let mut names: Vec<String> =
            features.fields[3].iter().map(|(term, _)| features.spelling[term].clone()).collect();
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
    fn an_empty_article_has_no_features() {
        let features = features(&StoryInput::default());
        assert!(features.fields.iter().all(Vec::is_empty));
        assert!(features.sketch.is_empty() && features.terms.is_empty());
    }
}
