//! Made-up readers and made-up voters: that the orders do better than plainer ones in a world whose laws are ours.
//! It catches bad formulas; it does not show how good the orders are for people. `--nocapture` prints the tables.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking, and prints its tables")]

use firsthand_rank::{Coverage, Item, RankInput, Reader, Voted, public_score};
use std::collections::HashMap;

/// splitmix64 (Steele et al. 2014).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// How often something happens that happens `mean` times on average (Knuth).
    fn poisson(&mut self, mean: f64) -> u32 {
        let (limit, mut product, mut count) = ((-mean).exp(), self.share(), 0);
        while product > limit {
            product *= self.share();
            count += 1;
        }
        count
    }
}

/// The normalised discounted gain of the first `most` of an order.
fn ndcg(scores: &[f64], gains: &[f64], most: usize) -> f64 {
    let gain = |order: &[usize]| -> f64 {
        let first = order.iter().take(most).enumerate();
        first.map(|(place, item)| gains[*item] / (place as f64 + 2.0).log2()).sum()
    };
    let by = |values: &[f64]| {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|one, other| values[*other].total_cmp(&values[*one]));
        order
    };
    gain(&by(scores)) / gain(&by(gains))
}

/// The share of pairs, one liked and one not, in which the liked one has the higher score.
fn auc(scores: &[f64], liked: &[bool]) -> f64 {
    let (mut right, mut pairs) = (0.0, 0.0);
    for (one, _) in scores.iter().zip(liked).filter(|(_, liked)| **liked) {
        for (other, _) in scores.iter().zip(liked).filter(|(_, liked)| !**liked) {
            right += if one > other {
                1.0
            } else if one == other {
                0.5
            } else {
                0.0
            };
            pairs += 1.0;
        }
    }
    right / pairs
}

const TOPICS: usize = 24;

/// An article: words of its topic (the common ones of it oftener) among words of all.
fn written(chance: &mut Chance) -> (usize, Item) {
    let topic = chance.below(TOPICS);
    let text: Vec<String> = (0..60)
        .map(|_| {
            let skewed = |chance: &mut Chance, count: usize| (chance.share().powi(2) * count as f64) as usize;
            if chance.share() < 0.2 {
                format!("t{topic}w{}", skewed(chance, 90))
            } else {
                format!("w{}", skewed(chance, 1500))
            }
        })
        .collect();
    (topic, Item { text: Some(text.join(" ")), ..Item::default() })
}

/// Logistic regression on TF-IDF alone, by plain gradient descent: what the reader's order is measured against.
fn plain(votes: &[Voted], items: &[Item]) -> Vec<f64> {
    let words = |item: &Item| -> HashMap<String, f64> {
        let mut counts: HashMap<String, f64> = HashMap::new();
        for word in item.text.as_deref().unwrap().split(' ') {
            *counts.entry(word.to_owned()).or_default() += 1.0;
        }
        counts
    };
    let mut frequency: HashMap<String, f64> = HashMap::new();
    for word in votes.iter().flat_map(|voted| words(&voted.item).into_keys()) {
        *frequency.entry(word).or_default() += 1.0;
    }
    let vector = |item: &Item| -> Vec<(String, f64)> {
        let documents = votes.len() as f64 + 1.0;
        let mut vector: Vec<(String, f64)> = words(item)
            .into_iter()
            .filter_map(|(word, count)| {
                let value = (1.0 + count.ln()) * ((documents / frequency.get(&word)?).ln() + 1.0);
                Some((word, value))
            })
            .collect();
        let length = vector.iter().map(|(_, value)| value * value).sum::<f64>().sqrt().max(1e-9);
        vector.iter_mut().for_each(|(_, value)| *value /= length);
        vector
    };
    let examples: Vec<(Vec<(String, f64)>, f64)> =
        votes.iter().map(|voted| (vector(&voted.item), if voted.like { 1.0 } else { 0.0 })).collect();
    let (mut weights, mut constant): (HashMap<String, f64>, f64) = (HashMap::new(), 0.0);
    let score = |weights: &HashMap<String, f64>, constant: f64, vector: &[(String, f64)]| -> f64 {
        constant + vector.iter().map(|(word, value)| weights.get(word).copied().unwrap_or(0.0) * value).sum::<f64>()
    };
    for _ in 0..200 {
        for (vector, label) in &examples {
            let pull = label - 1.0 / (1.0 + (-score(&weights, constant, vector)).exp());
            constant += 0.1 * pull;
            for (word, value) in vector {
                *weights.entry(word.clone()).or_default() += 0.5 * pull * value;
            }
        }
        weights.values_mut().for_each(|weight| *weight *= 0.99);
    }
    items.iter().map(|item| score(&weights, constant, &vector(item))).collect()
}

#[test]
fn a_readers_order_beats_words_alone_when_votes_are_few() {
    let mut chance = Chance(7);
    let articles: Vec<(usize, Item)> = (0..700).map(|_| written(&mut chance)).collect();
    let readers: Vec<Vec<bool>> = (0..12)
        .map(|_| {
            let liked: Vec<usize> = (0..3).map(|_| chance.below(TOPICS)).collect();
            articles.iter().map(|(topic, _)| chance.share() < if liked.contains(topic) { 0.9 } else { 0.03 }).collect()
        })
        .collect();
    let (earlier, later) = articles.split_at(400);
    for (votes, must_beat) in [(10, true), (50, false)] {
        let (mut ours, mut plainly, mut count) = ((0.0, 0.0), (0.0, 0.0), 0.0);
        for (reader, liked) in readers.iter().enumerate() {
            // The first that the reader meets, and one that is liked.
            let start = reader * 20;
            let mut met: Vec<usize> = (start..start + votes).map(|place| place % 400).collect();
            met[0] = (start..).map(|place| place % 400).find(|place| liked[*place]).unwrap();
            let voted: Vec<Voted> =
                met.iter().map(|place| Voted { item: earlier[*place].1.clone(), like: liked[*place] }).collect();
            let seen: Vec<Item> = earlier
                .iter()
                .enumerate()
                .filter(|(place, _)| !met.contains(place))
                .map(|(_, (_, item))| item.clone())
                .collect();
            let items: Vec<Item> = later.iter().map(|(_, item)| item.clone()).collect();
            let likes = &liked[400..];
            let gains: Vec<f64> = likes.iter().map(|liked| if *liked { 1.0 } else { 0.0 }).collect();
            let scores: Vec<f64> =
                Reader::learn(&voted, &seen).judge(&items).into_iter().map(|verdict| verdict.score).collect();
            let plain_scores = plain(&voted, &items);
            ours = (ours.0 + auc(&scores, likes), ours.1 + ndcg(&scores, &gains, 10));
            plainly = (plainly.0 + auc(&plain_scores, likes), plainly.1 + ndcg(&plain_scores, &gains, 10));
            count += 1.0;
        }
        eprintln!(
            "{votes} votes: AUC {:.3}, words alone {:.3}; nDCG@10 {:.3}, words alone {:.3}",
            ours.0 / count,
            plainly.0 / count,
            ours.1 / count,
            plainly.1 / count
        );
        assert!(!must_beat || ours.0 > plainly.0 + 0.02 * count, "{ours:?} {plainly:?}");
    }
}

/// A story of a made-up site: how good it is, and what the site knows of it.
struct Made {
    quality: f64,
    born: usize,
    story: RankInput,
    brigaded: bool,
}

/// nDCG@30 of some formulas against quality that fades, and how many brigaded stories each shows among the first ten.
fn site(visits: f64, brigades: bool, seed: u64) -> Vec<(&'static str, f64, f64)> {
    type Formula = fn(&RankInput, &Coverage) -> f64;
    let formulas: [(&str, Formula); 5] = [
        ("ours", |story, coverage| public_score(story, coverage).score),
        ("newest first", |story, _| -story.age_hours),
        ("Reddit hot", |story, _| {
            let net = f64::from(story.likes) - f64::from(story.dislikes);
            net.signum() * net.abs().max(1.0).log10() - story.age_hours * 3600.0 / 45_000.0
        }),
        ("Lemmy hot", |story, _| {
            let net = f64::from(story.likes) - f64::from(story.dislikes);
            (net + 3.0).max(2.0).log10() / (story.age_hours + 2.0).powf(1.8)
        }),
        ("Wilson", |story, _| {
            let (likes, votes) = (f64::from(story.likes), f64::from(story.likes + story.dislikes));
            if votes == 0.0 {
                return 0.0;
            }
            let (z, share) = (1.2816, likes / votes);
            (share + z * z / (2.0 * votes) - z * ((share * (1.0 - share) + z * z / (4.0 * votes)) / votes).sqrt())
                / (1.0 + z * z / votes)
        }),
    ];
    formulas
        .iter()
        .map(|(name, formula)| {
            // Every formula has a site of its own, with the same stories and the same visitors' luck.
            let mut chance = Chance(seed);
            let mut stories: Vec<Made> = Vec::new();
            let (mut gained, mut fakes, mut looks) = (0.0, 0.0, 0.0);
            for hour in 0..120 {
                for _ in 0..chance.poisson(4.0) {
                    let quality = chance.share();
                    // Good stories are covered more, though not always.
                    let talk = 0.5 * quality + 0.5 * chance.share();
                    let outlets = 1 + chance.poisson(3.0 * talk);
                    let firsthand = u32::from(chance.share() < 0.2 + 0.5 * quality);
                    let story = RankInput { outlets, firsthand, ..RankInput::default() };
                    stories.push(Made { quality, born: hour, story, brigaded: false });
                }
                if brigades && hour % 8 == 0 && hour > 0 {
                    let bad =
                        stories.iter_mut().rev().take(12).min_by(|one, other| one.quality.total_cmp(&other.quality));
                    if let Some(bad) = bad {
                        bad.brigaded = true;
                        bad.story.likes += 20;
                        bad.story.like_prefixes = Some(bad.story.like_prefixes.unwrap_or(0) + 2);
                    }
                }
                for made in &mut stories {
                    made.story.age_hours = (hour - made.born) as f64;
                }
                let inputs: Vec<RankInput> = stories.iter().map(|made| made.story.clone()).collect();
                let coverage = Coverage::fitted(&inputs);
                let scores: Vec<f64> = inputs.iter().map(|story| formula(story, &coverage)).collect();
                let mut order: Vec<usize> = (0..stories.len()).collect();
                order.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]));
                for _ in 0..chance.poisson(visits) {
                    // A visitor sees the head of the page and votes on some of it.
                    let seen = (chance.share().powi(2) * order.len().min(30) as f64) as usize;
                    let Some(made) = order.get(seen).map(|place| &mut stories[*place]) else { continue };
                    if chance.share() < 0.3 {
                        let liked = chance.share() < 0.15 + 0.7 * made.quality;
                        let (votes, prefixes) = if liked {
                            (&mut made.story.likes, &mut made.story.like_prefixes)
                        } else {
                            (&mut made.story.dislikes, &mut made.story.dislike_prefixes)
                        };
                        *votes += 1;
                        *prefixes = Some(prefixes.unwrap_or(0) + 1);
                    }
                }
                if hour >= 48 {
                    let gains: Vec<f64> = stories
                        .iter()
                        .map(|made| made.quality * 0.5_f64.powf((hour - made.born) as f64 / 24.0))
                        .collect();
                    gained += ndcg(&scores, &gains, 30);
                    fakes += order.iter().take(10).filter(|place| stories[**place].brigaded).count() as f64;
                    looks += 1.0;
                }
            }
            (*name, gained / looks, fakes / looks)
        })
        .collect()
}

#[test]
fn the_public_order_beats_plainer_ones_with_and_without_brigades() {
    for (visits, brigades) in [(5.0, false), (40.0, false), (40.0, true), (400.0, false)] {
        let mut sums: Vec<(&str, f64, f64)> = Vec::new();
        for seed in [1, 2, 3] {
            let found = site(visits, brigades, seed);
            if sums.is_empty() {
                sums = found;
            } else {
                sums.iter_mut().zip(found).for_each(|(sum, (_, gained, fakes))| {
                    sum.1 += gained;
                    sum.2 += fakes;
                });
            }
        }
        let table: Vec<String> = sums
            .iter()
            .map(|(name, gained, fakes)| format!("{name} {:.3} ({:.1})", gained / 3.0, fakes / 3.0))
            .collect();
        eprintln!("{visits} visits an hour, brigades {brigades}: {}", table.join(", "));
        let (_, ours, _) = sums[0];
        for (name, other, _) in &sums[1..] {
            assert!(ours > *other, "{name} does better: {table:?}");
        }
    }
}
