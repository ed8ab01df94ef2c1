//! The public rank of a story.

use crate::logistic::{Example, fit};
use serde::{Deserialize, Serialize};

/// The votes that what is known without votes weighs as much as.
const PRIOR_VOTES: f64 = 6.0;
/// Hours in which a story's score halves.
const HALF_LIFE_HOURS: f64 = 24.0;
/// Votes that one network prefix adds at most.
const VOTES_PER_PREFIX: u32 = 2;
/// The votes as which what coverage weighs by default counts when its weights are fitted.
const HELD: f64 = 40.0;
/// The votes of one story that count for that at most.
const VOTES_OF_ONE: f64 = 10.0;
/// Standard deviations of the mean that are added so that stories with few votes are seen.
const EXPLORATION: f64 = 0.5;
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

/// What coverage says of a story before anybody votes: a logistic of the logarithm of the outlets, and of whether
/// there is a first-hand report. As it is by default, one outlet alone with nobody first-hand gives 0.38, eight
/// outlets with a first-hand report 0.77.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coverage {
    /// What is there for every story.
    pub constant: f64,
    /// For each doubling of the independent outlets.
    pub per_doubling: f64,
    /// For a first-hand report.
    pub first_hand: f64,
}

impl Default for Coverage {
    fn default() -> Self {
        Self { constant: -0.5, per_doubling: 0.43, first_hand: 0.4 }
    }
}

impl Coverage {
    /// Fitted to the votes that some stories have, by logistic regression: the default counts as forty votes on
    /// stories of every kind. Within bounds: no weight changes its sign, or grows beyond twice what it is by default.
    pub fn fitted(stories: &[RankInput]) -> Self {
        let start = Self::default();
        let mut examples = Vec::new();
        let mut vote = |story: &RankInput, likes: f64, dislikes: f64| {
            let features = vec![(0, doublings(story)), (1, has_first_hand(story))];
            for (label, weight) in [(true, likes), (false, dislikes)].into_iter().filter(|(_, weight)| *weight > 0.0) {
                examples.push(Example { features: features.clone(), label, weight });
            }
        };
        const KINDS: [(u32, u32); 8] = [(1, 0), (2, 0), (4, 0), (8, 0), (1, 1), (2, 1), (4, 1), (8, 1)];
        for (outlets, firsthand) in KINDS {
            let story = RankInput { outlets, firsthand, ..RankInput::default() };
            let (votes, prior) = (HELD / KINDS.len() as f64, start.prior(&story));
            vote(&story, votes * prior, votes * (1.0 - prior));
        }
        for story in stories {
            let (likes, _) = counted(story.likes, story.like_prefixes);
            let (dislikes, _) = counted(story.dislikes, story.dislike_prefixes);
            let (likes, dislikes) = (f64::from(likes), f64::from(dislikes));
            // One story that everybody votes on must not speak for all others.
            let scale = (VOTES_OF_ONE / (likes + dislikes)).min(1.0);
            vote(story, likes * scale, dislikes * scale);
        }
        let weights = fit(&examples, 2, 1e-4);
        let [per_doubling, first_hand, constant] = weights.as_slice() else { return start };
        Self {
            constant: constant.clamp(start.constant - 1.5, start.constant + 1.5),
            per_doubling: per_doubling.clamp(0.0, 2.0 * start.per_doubling),
            first_hand: first_hand.clamp(0.0, 2.0 * start.first_hand),
        }
    }

    /// From 0 to 1: what coverage alone says.
    fn prior(&self, story: &RankInput) -> f64 {
        let doublings = self.per_doubling * f64::from(doublings(story));
        logistic(self.constant + doublings + self.first_hand * f64::from(has_first_hand(story)))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "at most 32")]
fn doublings(story: &RankInput) -> f32 {
    f64::from(story.outlets.max(1)).log2() as f32
}

fn has_first_hand(story: &RankInput) -> f32 {
    if story.firsthand > 0 { 1.0 } else { 0.0 }
}

/// The public score of a story: the posterior mean of its likes under a prior from its coverage,
/// with half a standard deviation for what is not known yet, halved every 24 hours.
pub fn public_score(story: &RankInput, coverage: &Coverage) -> Ranked {
    let outlets = story.outlets.max(1);
    let prior = coverage.prior(story);
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

/// How many of so many votes of one kind, from so many network prefixes, do not count in the rank.
pub fn set_aside(votes: u64, prefixes: u32) -> u64 {
    votes.saturating_sub(u64::from(prefixes.saturating_mul(VOTES_PER_PREFIX)))
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
        public_score(&story, &Coverage::default()).score
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
        assert!(public_score(&brigade, &Coverage::default()).why.contains("98 votes set aside"));
    }

    #[test]
    fn coverage_weighs_what_the_votes_say_it_does_within_bounds() {
        let voted =
            |outlets: u32, likes: u32, dislikes: u32| RankInput { outlets, likes, dislikes, ..RankInput::default() };
        let (alone, default) = (Coverage::fitted(&[]), Coverage::default());
        assert!(
            (alone.per_doubling - default.per_doubling).abs() < 0.01
                && (alone.first_hand - default.first_hand).abs() < 0.01,
            "{alone:?}"
        );
        let one_likes_many: Vec<RankInput> = (0..50).flat_map(|_| [voted(1, 2, 8), voted(16, 9, 1)]).collect();
        let the_other_way: Vec<RankInput> = (0..50).flat_map(|_| [voted(1, 9, 1), voted(16, 2, 8)]).collect();
        let (more, less) = (Coverage::fitted(&one_likes_many), Coverage::fitted(&the_other_way));
        assert!(more.per_doubling > Coverage::default().per_doubling, "{more:?}");
        assert!(less.per_doubling.abs() < 1e-9, "it is no reason to hide a story: {less:?}");
    }

    #[test]
    fn absurd_ages_do_no_harm() {
        for age_hours in [f64::NAN, f64::INFINITY, -5.0, 1e300] {
            assert!(score(RankInput { age_hours, ..RankInput::default() }).is_finite());
        }
    }
}
