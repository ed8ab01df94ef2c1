//! Words, scores, and which blocks a gold text holds.

use std::collections::HashMap;

/// The words of a text: runs of letters, digits and underscores.
pub fn words(text: &str) -> Vec<&str> {
    text.split(|character: char| !(character.is_alphanumeric() || character == '_'))
        .filter(|word| !word.is_empty())
        .collect()
}

type Grams<'a> = HashMap<Vec<&'a str>, i64>;

fn grams<'a>(words: &[&'a str]) -> Grams<'a> {
    let mut out = HashMap::new();
    if words.len() < 4 && !words.is_empty() {
        out.insert(words.to_vec(), 1);
    }
    for gram in words.windows(4) {
        *out.entry(gram.to_vec()).or_insert(0) += 1;
    }
    out
}

/// A page's score, or the mean of several.
#[derive(Debug, Clone, Copy, Default)]
pub struct Score {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    pub exact: f64,
    pub empty: usize,
}

/// Compares a text's words with the gold's by runs of four.
pub fn score(gold: &[&str], found: &[&str]) -> Score {
    let (wanted, got) = (grams(gold), grams(found));
    let hit: i64 = got.iter().map(|(gram, count)| (*count).min(wanted.get(gram).copied().unwrap_or(0))).sum();
    let (of_wanted, of_got) = (wanted.values().sum::<i64>() as f64, got.values().sum::<i64>() as f64);
    Score {
        precision: if of_got > 0.0 { hit as f64 / of_got } else { f64::NAN },
        recall: if of_wanted > 0.0 { hit as f64 / of_wanted } else { f64::NAN },
        f1: 2.0 * hit as f64 / (of_wanted + of_got).max(1.0),
        exact: f64::from(u8::from(gold == found)),
        empty: usize::from(found.is_empty()),
    }
}

/// The means; F1 is that of the mean precision and recall.
pub fn mean(scores: impl Iterator<Item = Score>) -> Score {
    let scores: Vec<Score> = scores.collect();
    let of = |pick: &dyn Fn(&Score) -> f64| {
        let held: Vec<f64> = scores.iter().map(pick).filter(|value| !value.is_nan()).collect();
        held.iter().sum::<f64>() / held.len().max(1) as f64
    };
    let (precision, recall) = (of(&|score| score.precision), of(&|score| score.recall));
    Score {
        precision,
        recall,
        f1: 2.0 * precision * recall / (precision + recall).max(1e-9),
        exact: of(&|score| score.exact),
        empty: scores.iter().map(|score| score.empty).sum(),
    }
}

/// For every block the share of its words that the gold has in the same place: by the longest common
/// subsequence of the page's and the gold's words, in which runs count for more than strewn words.
pub fn labels(blocks: &[&str], gold: &str) -> Vec<f32> {
    let gold = words(gold);
    let blocks: Vec<Vec<&str>> = blocks.iter().map(|block| words(block)).collect();
    let page: Vec<&str> = blocks.iter().flatten().copied().collect();
    let matched = align(&page, &gold);
    let mut at = 0;
    blocks
        .iter()
        .map(|block| {
            let hits = matched[at..at + block.len()].iter().filter(|hit| **hit).count();
            at += block.len();
            hits as f32 / block.len().max(1) as f32
        })
        .collect()
}

/// Which of the page's words stand in the alignment with the gold's that has the most pairs which
/// follow another pair directly.
fn align(page: &[&str], gold: &[&str]) -> Vec<bool> {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut number = |word| {
        let next = numbers.len() as u32;
        *numbers.entry(word).or_insert(next)
    };
    let page: Vec<u32> = page.iter().map(|word| number(*word)).collect();
    let gold: Vec<u32> = gold.iter().map(|word| number(*word)).collect();
    let width = gold.len() + 1;
    // A pair that begins a run counts 1, one that goes on with it 4.
    let mut best = vec![0_u32; width];
    let mut run = vec![0_u32; width];
    // Per cell: 0 from above, 1 from the left, 2 a pair; bit 2: the pair goes on with a run.
    let mut steps = vec![0_u8; (page.len() + 1) * width];
    for (i, word) in page.iter().enumerate() {
        let mut next = vec![0_u32; width];
        let mut next_run = vec![0_u32; width];
        for j in 1..width {
            let (mut value, mut step) = if best[j] >= next[j - 1] { (best[j], 0) } else { (next[j - 1], 1) };
            if gold[j - 1] == *word {
                // Either a new run after the best of before, or on with the run that ended there.
                let fresh = best[j - 1] + 1;
                let on = if run[j - 1] > 0 { run[j - 1] + 4 } else { 0 };
                next_run[j] = fresh.max(on);
                if next_run[j] >= value {
                    value = next_run[j];
                    step = 2;
                }
                if on >= fresh {
                    step |= 4;
                }
            }
            next[j] = value;
            steps[(i + 1) * width + j] = step;
        }
        best = next;
        run = next_run;
    }
    let mut matched = vec![false; page.len()];
    let (mut i, mut j, mut forced) = (page.len(), gold.len(), false);
    while i > 0 && j > 0 {
        let step = steps[i * width + j];
        if forced || step & 3 == 2 {
            matched[i - 1] = true;
            forced = step & 4 != 0;
            i -= 1;
            j -= 1;
        } else if step & 3 == 0 {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    matched
}
