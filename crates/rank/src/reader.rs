//! One reader's order, learnt from the reader's own votes.

use crate::logistic::{Example, fit, score};
use crate::lsa::Space;
use crate::words::{Counts, Vector, Vocabulary, each_word, hash, outlet_name};
use serde::Deserialize;
use std::collections::HashMap;

/// The reader's newest votes that are learnt from.
const VOTES: usize = 500;
/// Articles without a vote that stand for what the reader does not care for.
const BACKGROUND: usize = 200;
/// What all of them weigh together against one vote, when there are few votes.
const BACKGROUND_WEIGHT: f64 = 6.0;
/// Votes at which they weigh half as much.
const BACKGROUND_FADES: f64 = 60.0;
/// L2 regularisation of the regression on words and of that on dimensions.
const SHRINK_WORDS: f64 = 0.1;
const SHRINK_DIMENSIONS: f64 = 0.3;
/// What the dimensions count against the words.
const DIMENSIONS: f64 = 1.0;
/// What the other readers' likes count against the own votes, when there are none, and the number of votes at which
/// they count half as much.
const POPULARITY: f64 = 1.4;
const POPULARITY_FADES: f64 = 10.0;
/// Dimensions of the space.
const SPACE: usize = 100;
/// Words that a verdict names.
const REASONS: usize = 5;

/// An article to order, or one that was seen without a vote.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Item {
    /// The headline.
    #[serde(default)]
    pub title: Option<String>,
    /// The text.
    #[serde(default)]
    pub text: Option<String>,
    /// The outlet.
    #[serde(default)]
    pub outlet: Option<String>,
    /// Likes of the other readers, if known.
    #[serde(default)]
    pub likes: Option<f64>,
}

/// An article that the reader voted on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Voted {
    /// The article.
    pub item: Item,
    /// Whether the reader likes it.
    pub like: bool,
}

/// A feature that moved an article.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// A word, "outlet: NAME", or "liked by others".
    pub feature: String,
    /// What it added to the score.
    pub weight: f64,
}

/// The place of an article in the reader's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Higher is earlier. Comparable among the articles that were judged together.
    pub score: f64,
    /// What moved it most.
    pub why: Vec<Reason>,
}

/// What was learnt of one reader: a logistic regression on TF-IDF of headline and text and one on their latent
/// semantic dimensions, both with unvoted articles as weak dislikes that fade as the reader's votes grow; beside
/// them popularity, which fades too.
#[derive(Debug, Clone)]
pub struct Reader {
    vocabulary: Vocabulary,
    space: Space,
    on_words: Vec<f64>,
    on_dimensions: Vec<f64>,
    votes: f64,
}

impl Reader {
    /// Learns from votes, oldest first, and from articles that were seen without a vote.
    pub fn learn(votes: &[Voted], seen: &[Item]) -> Self {
        let votes = votes.get(votes.len().saturating_sub(VOTES)..).unwrap_or_default();
        let own: Vec<Counts> = votes.iter().map(|voted| Counts::of(&voted.item)).collect();
        let others: Vec<Counts> = seen.iter().map(Counts::of).collect();
        let vocabulary = Vocabulary::of(&others, &own, 2);
        let own: Vec<Vector> = own.iter().map(|counts| vocabulary.vector(counts)).collect();
        let others: Vec<Vector> = others.iter().map(|counts| vocabulary.vector(counts)).collect();
        let all: Vec<Vector> = own.iter().chain(&others).cloned().collect();
        let space = Space::of(&all, vocabulary.len(), SPACE);
        let count = votes.len() as f64;
        let step = (others.len() / BACKGROUND).max(1);
        let background: Vec<&Vector> = others.iter().step_by(step).take(BACKGROUND).collect();
        let weak = BACKGROUND_WEIGHT / background.len().max(1) as f64 * BACKGROUND_FADES / (BACKGROUND_FADES + count);
        let examples = |features: &dyn Fn(&Vector) -> Vec<(u32, f32)>| -> Vec<Example> {
            let voted = own.iter().zip(votes);
            let voted =
                voted.map(|(vector, voted)| Example { features: features(vector), label: voted.like, weight: 1.0 });
            let weak =
                background.iter().map(|vector| Example { features: features(vector), label: false, weight: weak });
            voted.chain(weak).collect()
        };
        let on_words = fit(&examples(&Vector::clone), vocabulary.len(), SHRINK_WORDS);
        let on_dimensions =
            fit(&examples(&|vector| numbered(space.place(vector).0)), space.dimensions(), SHRINK_DIMENSIONS);
        Self { vocabulary, space, on_words, on_dimensions, votes: count }
    }

    /// Scores articles, in the order given.
    pub fn judge(&self, items: &[Item]) -> Vec<Verdict> {
        let vectors: Vec<Vector> = items.iter().map(|item| self.vocabulary.vector(&Counts::of(item))).collect();
        let placed: Vec<(Vec<(u32, f32)>, f32)> = vectors
            .iter()
            .map(|vector| {
                let (place, length) = self.space.place(vector);
                (numbered(place), length)
            })
            .collect();
        let words = spread(vectors.iter().map(|vector| Some(score(&self.on_words, vector))).collect());
        let dimensions = spread(placed.iter().map(|(place, _)| Some(score(&self.on_dimensions, place))).collect());
        let likes = spread(items.iter().map(|item| item.likes.filter(|likes| *likes >= 0.0).map(f64::ln_1p)).collect());
        let faded = POPULARITY * POPULARITY_FADES / (POPULARITY_FADES + self.votes);
        let by_words = if self.votes > 0.0 { 1.0 } else { 0.0 };
        // What a term adds by the dimensions: the same for every article but for the article's length.
        let mut verdicts = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let at = |spread: &Spread| spread.values.get(place).copied().unwrap_or(0.0);
            let popular = faded * at(&likes);
            let own = by_words * (at(&words) + DIMENSIONS * at(&dimensions)) / (1.0 + DIMENSIONS);
            let length = placed.get(place).map_or(0.0, |(_, length)| *length);
            let shares = (
                by_words / words.unit / (1.0 + DIMENSIONS),
                by_words * DIMENSIONS / dimensions.unit / (1.0 + DIMENSIONS),
            );
            let mut why = self.reasons(item, vectors.get(place), shares, length);
            if popular != 0.0 {
                why.push(Reason { feature: "liked by others".to_owned(), weight: popular });
            }
            why.sort_by(|one, other| {
                other.weight.abs().total_cmp(&one.weight.abs()).then(one.feature.cmp(&other.feature))
            });
            why.truncate(REASONS);
            verdicts.push(Verdict { score: own + popular, why });
        }
        verdicts
    }

    /// What each term adds to an article's score; `shares` are those of the two regressions.
    fn reasons(&self, item: &Item, vector: Option<&Vector>, shares: (f64, f64), length: f32) -> Vec<Reason> {
        let weight = |term: u32, value: f32| {
            let words = self.on_words.get(term as usize).copied().unwrap_or(0.0);
            let row = self.space.row(term);
            let dimensions: f64 =
                row.iter().zip(&self.on_dimensions).map(|(part, weight)| f64::from(*part) * weight).sum();
            let dimensions = if length > 0.0 { dimensions / f64::from(length) } else { 0.0 };
            f64::from(value) * (shares.0 * words + shares.1 * dimensions)
        };
        let mut weighed: Vec<(u32, f64)> = vector
            .into_iter()
            .flatten()
            .map(|(term, value)| (*term, weight(*term, *value)))
            .filter(|(_, weight)| *weight != 0.0)
            .collect();
        weighed.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
        weighed.truncate(REASONS);
        let wanted: HashMap<u32, f64> = weighed.into_iter().collect();
        let mut names: HashMap<u32, String> = HashMap::new();
        let mut name = |word: &str| {
            if let Some(term) = self.vocabulary.place(hash(word)).filter(|term| wanted.contains_key(term)) {
                names.entry(term).or_insert_with(|| word.to_owned());
            }
        };
        each_word(item, |word, _| name(word));
        if let Some(outlet) = outlet_name(item) {
            name(&outlet);
        }
        names.into_iter().filter_map(|(term, feature)| Some(Reason { feature, weight: *wanted.get(&term)? })).collect()
    }
}

fn numbered(values: Vec<f32>) -> Vec<(u32, f32)> {
    (0..).zip(values).collect()
}

/// Values with mean 0 and standard deviation 1; one that is missing is the mean.
struct Spread {
    values: Vec<f64>,
    /// What one of them was before, in the measure of the values.
    unit: f64,
}

fn spread(values: Vec<Option<f64>>) -> Spread {
    let known: Vec<f64> = values.iter().flatten().copied().filter(|value| value.is_finite()).collect();
    let count = known.len().max(1) as f64;
    let mean = known.iter().sum::<f64>() / count;
    let unit = (known.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
    let unit = if unit > 1e-12 { unit } else { 1.0 };
    let values = values
        .into_iter()
        .map(|value| value.filter(|value| value.is_finite()).map_or(0.0, |value| (value - mean) / unit));
    Spread { values: values.collect(), unit }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(text: &str) -> Item {
        Item { text: Some(text.to_owned()), ..Item::default() }
    }

    #[test]
    fn what_the_reader_likes_comes_first_and_says_why() {
        let votes = [
            Voted { item: item("the harbour ferry was late again"), like: true },
            Voted { item: item("the football match was drawn"), like: false },
            Voted { item: item("a new ferry for the harbour"), like: true },
        ];
        let verdicts =
            Reader::learn(&votes, &[]).judge(&[item("football tonight"), item("ferry tonight"), item("rain")]);
        let scores: Vec<f64> = verdicts.iter().map(|verdict| verdict.score).collect();
        assert!(scores[1] > scores[2] && scores[2] > scores[0], "{scores:?}");
        assert_eq!(verdicts[1].why[0].feature, "ferry");
    }

    #[test]
    fn without_votes_the_others_likes_order() {
        let liked = Item { likes: Some(9.0), ..item("a") };
        let verdicts = Reader::learn(&[], &[]).judge(&[Item { likes: Some(0.0), ..item("b") }, liked]);
        assert!(verdicts[1].score > verdicts[0].score);
        assert_eq!(verdicts[1].why[0].feature, "liked by others");
    }
}
