//! One reader's order, learnt from the reader's own votes.

use firsthand_text::normalise::fold;
use firsthand_text::shingles::stable_hash;
use firsthand_text::tokens::words;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// The reader's newest votes that are learnt from.
const VOTES: usize = 500;
/// Articles without a vote that stand for what the reader does not care for.
const BACKGROUND: usize = 200;
/// The weight of one of them against a vote.
const BACKGROUND_WEIGHT: f64 = 0.1;
/// Words of a text that are read.
const MAX_WORDS: usize = 600;
/// Passes of gradient descent.
const PASSES: usize = 60;
const RATE: f64 = 2.0;
/// L2 regularisation.
const SHRINK: f64 = 1e-3;
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
    /// Higher is earlier.
    pub score: f64,
    /// What moved it most.
    pub why: Vec<Reason>,
}

/// What was learnt of one reader: a logistic regression on TF-IDF of title and text, with
/// unvoted articles as weak dislikes, and popularity that fades as the reader's votes grow.
#[derive(Debug, Clone)]
pub struct Reader {
    idf: HashMap<u64, f64>,
    unknown: f64,
    weights: HashMap<u64, f64>,
    constant: f64,
    votes: f64,
}

type Vector = BTreeMap<u64, (f64, String)>;

impl Reader {
    /// Learns from votes, oldest first, and from articles that were seen without a vote.
    pub fn learn(votes: &[Voted], seen: &[Item]) -> Self {
        let votes = votes.get(votes.len().saturating_sub(VOTES)..).unwrap_or_default();
        let mut frequency: HashMap<u64, f64> = HashMap::new();
        let texts = votes.iter().map(|voted| &voted.item).chain(seen);
        let mut documents = 0.0;
        for item in texts {
            documents += 1.0;
            for feature in counts(item).into_keys() {
                *frequency.entry(feature).or_default() += 1.0;
            }
        }
        let idf = frequency
            .into_iter()
            .map(|(feature, count)| (feature, ((documents + 1.0) / (count + 1.0)).ln() + 1.0))
            .collect();
        let unknown = f64::ln(documents + 1.0) + 1.0;
        let mut reader = Self { idf, unknown, weights: HashMap::new(), constant: 0.0, votes: votes.len() as f64 };
        let step = (seen.len() / BACKGROUND).max(1);
        let background = seen.iter().step_by(step).take(BACKGROUND);
        let mut examples: Vec<(Vector, f64, f64)> =
            votes.iter().map(|voted| (reader.vector(&voted.item), if voted.like { 1.0 } else { 0.0 }, 1.0)).collect();
        examples.extend(background.map(|item| (reader.vector(item), 0.0, BACKGROUND_WEIGHT)));
        reader.descend(&examples);
        reader
    }

    fn descend(&mut self, examples: &[(Vector, f64, f64)]) {
        let total: f64 = examples.iter().map(|(_, _, weight)| weight).sum();
        if total == 0.0 {
            return;
        }
        for pass in 0..PASSES {
            let rate = RATE / (1.0 + pass as f64 / 20.0);
            for (vector, label, weight) in examples {
                let guess = 1.0 / (1.0 + (-self.linear(vector)).exp());
                let gradient = weight * (label - guess);
                self.constant += 0.1 * rate * gradient;
                for (feature, (value, _)) in vector {
                    let held = self.weights.entry(*feature).or_default();
                    *held += rate * (gradient * value - SHRINK * weight * *held);
                }
            }
        }
    }

    fn linear(&self, vector: &Vector) -> f64 {
        let sum: f64 = vector
            .iter()
            .filter_map(|(feature, (value, _))| self.weights.get(feature).map(|weight| weight * value))
            .sum();
        sum + self.constant
    }

    fn vector(&self, item: &Item) -> Vector {
        let mut vector = counts(item);
        for (feature, (value, _)) in &mut vector {
            *value = (1.0 + value.ln()) * self.idf.get(feature).copied().unwrap_or(self.unknown);
        }
        let length = vector.values().map(|(value, _)| value * value).sum::<f64>().sqrt();
        if length > 0.0 {
            vector.values_mut().for_each(|(value, _)| *value /= length);
        }
        vector
    }

    /// Scores articles, in the order given.
    pub fn judge(&self, items: &[Item]) -> Vec<Verdict> {
        let greatest = items.iter().filter_map(|item| item.likes).fold(0.0_f64, f64::max);
        items.iter().map(|item| self.verdict(item, greatest)).collect()
    }

    fn verdict(&self, item: &Item, greatest: f64) -> Verdict {
        let vector = self.vector(item);
        let mut why: Vec<Reason> = vector
            .iter()
            .filter_map(|(feature, (value, name))| {
                self.weights.get(feature).map(|weight| Reason { feature: name.clone(), weight: weight * value })
            })
            .collect();
        let mut score = self.linear(&vector);
        if let Some(likes) = item.likes.filter(|likes| likes.is_finite() && greatest > 0.0 && *likes >= 0.0) {
            let popularity = 10.0 / (10.0 + self.votes) * 2.0 * (likes / greatest - 0.5);
            score += popularity;
            why.push(Reason { feature: "liked by others".to_owned(), weight: popularity });
        }
        why.sort_by(|one, other| other.weight.abs().total_cmp(&one.weight.abs()).then(one.feature.cmp(&other.feature)));
        why.truncate(REASONS);
        Verdict { score, why }
    }
}

/// How often each word is in an article (a word of the title counts twice), and its outlet.
fn counts(item: &Item) -> Vector {
    let mut counts: Vector = BTreeMap::new();
    let mut add = |name: String, count: f64| {
        let held = counts.entry(stable_hash(name.as_bytes())).or_insert_with(|| (0.0, name));
        held.0 += count;
    };
    for word in words(item.title.as_deref().unwrap_or_default()).take(MAX_WORDS) {
        add(fold(word.text), 2.0);
    }
    for word in words(item.text.as_deref().unwrap_or_default()).take(MAX_WORDS) {
        add(fold(word.text), 1.0);
    }
    if let Some(outlet) = item.outlet.as_deref().filter(|outlet| !outlet.is_empty()) {
        add(format!("outlet: {outlet}"), 1.0);
    }
    counts
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
        let verdicts = Reader::learn(&[], &[]).judge(&[item("b"), liked]);
        assert!(verdicts[1].score > verdicts[0].score);
        assert_eq!(verdicts[1].why[0].feature, "liked by others");
    }
}
