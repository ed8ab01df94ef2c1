//! The public rank of a story.

use serde::{Deserialize, Serialize};

/// The votes that what is known without votes weighs as much as.
const PRIOR_VOTES: f64 = 6.0;
/// Hours in which a story's score halves.
const HALF_LIFE_HOURS: f64 = 24.0;
/// Votes that one network prefix adds at most.
const VOTES_PER_PREFIX: u32 = 2;
/// Standard deviations of the mean that are added so that stories with few votes are seen.
const EXPLORATION: f64 = 0.5;
/// The logistic prior: its constant, its weight for log2 of the outlets, and for a first-hand
/// report. One outlet alone, nobody first-hand: 0.38; eight outlets with a first-hand report: 0.77.
const PRIOR: [f64; 3] = [-0.5, 0.43, 0.4];

/// What the public rank knows of a story. Deserialises from the lines of `firsthand rank`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct RankInput {
    /// Hours since the last new first-hand report (else the last report).
    #[serde(default)]
    pub age_hours: f64,
    /// Voters who like it.
    #[serde(default)]
    pub likes: u32,
    /// Voters who do not.
    #[serde(default)]
    pub dislikes: u32,
    /// Network prefixes among the likes.
    #[serde(default)]
    pub like_prefixes: Option<u32>,
    /// Network prefixes among the dislikes.
    #[serde(default)]
    pub dislike_prefixes: Option<u32>,
    /// Independent outlets.
    #[serde(default)]
    pub outlets: u32,
    /// First-hand reports.
    #[serde(default)]
    pub firsthand: u32,
    /// The section.
    #[serde(default)]
    pub section: Option<String>,
}

/// A score with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ranked {
    /// Higher is earlier; between 0 and about 1.1.
    pub score: f64,
    /// Every term, in one line.
    pub why: String,
}

/// The public score of a story: the posterior mean of its likes under a prior from its coverage,
/// with half a standard deviation for what is not known yet, halved every 24 hours.
pub fn public_score(story: &RankInput) -> Ranked {
    let outlets = story.outlets.max(1);
    let [constant, per_doubling, first_hand] = PRIOR;
    let has_first_hand = if story.firsthand > 0 { first_hand } else { 0.0 };
    let prior = logistic(constant + per_doubling * f64::from(outlets).log2() + has_first_hand);
    let (likes, likes_aside) = counted(story.likes, story.like_prefixes);
    let (dislikes, dislikes_aside) = counted(story.dislikes, story.dislike_prefixes);
    let liked = PRIOR_VOTES * prior + f64::from(likes);
    let disliked = PRIOR_VOTES * (1.0 - prior) + f64::from(dislikes);
    let votes = liked + disliked;
    let mean = liked / votes;
    // The standard deviation of the beta distribution.
    let spread = (liked * disliked / (votes * votes * (votes + 1.0))).sqrt();
    let age = if story.age_hours.is_finite() { story.age_hours.max(0.0) } else { 0.0 };
    let fade = 0.5_f64.powf(age / HALF_LIFE_HOURS);
    let score = (mean + EXPLORATION * spread) * fade;
    let aside = likes_aside + dislikes_aside;
    let set_aside = match aside {
        0 => String::new(),
        1 => ", 1 vote set aside (many from one network)".to_owned(),
        _ => format!(", {aside} votes set aside (many from one network)"),
    };
    let why = format!(
        "{} and {} give {prior:.2}; {likes} for, {dislikes} against make it {mean:.2}{set_aside}; {:.2} for being little known; × {fade:.2} for {age:.0} hours",
        count(outlets, "outlet"),
        count(story.firsthand, "first-hand report"),
        EXPLORATION * spread,
    );
    Ranked { score, why }
}

/// Votes that count, and those that are set aside because too many came from one network prefix.
fn counted(votes: u32, prefixes: Option<u32>) -> (u32, u32) {
    let counted = prefixes.map_or(votes, |prefixes| votes.min(prefixes.saturating_mul(VOTES_PER_PREFIX)));
    (counted, votes - counted)
}

fn count(number: u32, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(story: RankInput) -> f64 {
        public_score(&story).score
    }

    #[test]
    fn coverage_votes_and_age_move_a_story() {
        let plain = RankInput { outlets: 2, ..RankInput::default() };
        assert!(score(RankInput { outlets: 8, ..plain.clone() }) > score(plain.clone()));
        assert!(score(RankInput { firsthand: 1, ..plain.clone() }) > score(plain.clone()));
        assert!(score(RankInput { likes: 9, ..plain.clone() }) > score(plain.clone()));
        assert!(score(RankInput { dislikes: 9, ..plain.clone() }) < score(plain.clone()));
        assert!(score(RankInput { age_hours: 24.0, ..plain.clone() }) * 1.99 < score(plain));
    }

    #[test]
    fn a_brigade_from_one_network_counts_twice_at_most_and_is_said() {
        let brigade = RankInput { likes: 100, like_prefixes: Some(1), ..RankInput::default() };
        let two = RankInput { likes: 2, like_prefixes: Some(1), ..RankInput::default() };
        assert!((score(brigade.clone()) - score(two)).abs() < 1e-9);
        assert!(public_score(&brigade).why.contains("98 votes set aside"));
    }

    #[test]
    fn absurd_ages_do_no_harm() {
        for age_hours in [f64::NAN, f64::INFINITY, -5.0, 1e300] {
            assert!(score(RankInput { age_hours, ..RankInput::default() }).is_finite());
        }
    }
}
