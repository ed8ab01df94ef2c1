//! Articles as weighted words.

use crate::Item;
use firsthand_text::normalise::fold;
use firsthand_text::shingles::stable_hash;
use firsthand_text::tokens::words;
use std::collections::HashMap;

/// Words of a text that are read.
const MAX_WORDS: usize = 600;
/// How often a word of the headline counts.
const HEADLINE: f32 = 2.0;
/// What an outlet weighs in the vector of an article, whose length is 1.
const OUTLET: f32 = 0.15;

/// Terms with their weights, by term; no term twice.
pub(crate) type Vector = Vec<(u32, f32)>;

/// Which terms are known, and what each weighs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    /// From the hash of a word to its place.
    places: HashMap<u64, u32>,
    /// The inverse document frequency at each place.
    idf: Vec<f32>,
}

impl Vocabulary {
    /// The words of some articles that stand in at least `least` of them, or in `kept`.
    pub(crate) fn of(articles: &[Counts], kept: &[Counts], least: u32) -> Self {
        let mut frequency: HashMap<u64, u32> = HashMap::new();
        for counts in articles.iter().chain(kept) {
            for (word, _) in &counts.words {
                *frequency.entry(*word).or_default() += 1;
            }
        }
        let wanted: std::collections::HashSet<u64> =
            kept.iter().flat_map(|counts| counts.words.iter().map(|(word, _)| *word)).collect();
        let documents = (articles.len() + kept.len()) as f32;
        let mut found: Vec<(u64, u32)> =
            frequency.into_iter().filter(|(word, count)| *count >= least || wanted.contains(word)).collect();
        found.sort_unstable();
        let mut vocabulary = Self::default();
        for (place, (word, count)) in (0_u32..).zip(found) {
            vocabulary.places.insert(word, place);
            vocabulary.idf.push(((documents + 1.0) / (count as f32 + 0.5)).ln().max(0.0));
        }
        vocabulary
    }

    /// How many terms there are.
    pub(crate) fn len(&self) -> usize {
        self.idf.len()
    }

    /// The place of a word.
    pub(crate) fn place(&self, word: u64) -> Option<u32> {
        self.places.get(&word).copied()
    }

    /// An article as a vector of length 1: (1 + ln tf) · idf (Salton and Buckley 1988), and its outlet besides.
    pub(crate) fn vector(&self, counts: &Counts) -> Vector {
        let mut vector: Vector = counts
            .words
            .iter()
            .filter_map(|(word, count)| {
                let place = self.place(*word)?;
                Some((place, (1.0 + count.ln()) * self.idf.get(place as usize).copied().unwrap_or(1.0)))
            })
            .collect();
        let length = vector.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
        if length > 0.0 {
            vector.iter_mut().for_each(|(_, value)| *value /= length);
        }
        if let Some(place) = counts.outlet.and_then(|outlet| self.place(outlet)) {
            vector.push((place, OUTLET));
        }
        vector.sort_unstable_by_key(|(place, _)| *place);
        vector.dedup_by_key(|(place, _)| *place);
        vector
    }
}

/// How often each word is in an article, a word of its headline twice; and its outlet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    pub(crate) words: Vec<(u64, f32)>,
    outlet: Option<u64>,
}

impl Counts {
    pub(crate) fn of(item: &Item) -> Self {
        let mut counts: HashMap<u64, f32> = HashMap::new();
        each_word(item, |word, count| *counts.entry(hash(word)).or_default() += count);
        let outlet = outlet_name(item).map(|name| hash(&name));
        let mut words: Vec<(u64, f32)> = counts.into_iter().collect();
        if let Some(outlet) = outlet {
            words.push((outlet, 1.0));
        }
        words.sort_unstable_by_key(|(word, _)| *word);
        Self { words, outlet }
    }
}

/// The name by which an outlet is a term.
pub(crate) fn outlet_name(item: &Item) -> Option<String> {
    item.outlet.as_deref().filter(|outlet| !outlet.is_empty()).map(|outlet| format!("outlet: {outlet}"))
}

/// Calls for each word of an article, folded, with how much it counts.
pub(crate) fn each_word(item: &Item, mut call: impl FnMut(&str, f32)) {
    let parts = [(item.title.as_deref(), HEADLINE), (item.text.as_deref(), 1.0)];
    for (text, count) in parts {
        for word in words(text.unwrap_or_default()).take(MAX_WORDS) {
            let folded = fold(word.text);
            if folded.chars().nth(1).is_some() {
                call(&folded, count);
            }
        }
    }
}

pub(crate) fn hash(word: &str) -> u64 {
    stable_hash(word.as_bytes())
}
