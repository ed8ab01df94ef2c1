//! Streams of a made-up world: the same twice, half of it, with a restart in the middle, with second thoughts.

#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]

use firsthand_model::{Decision, StoryInput, Timestamp};
use firsthand_story::{Change, Embedder, Embedding, Features, State, features, features_with};
use proptest::prelude::*;
use std::collections::HashMap;

/// An article of the world: which event it reports, which words of the event it uses, when it came.
#[derive(Debug, Clone)]
struct Made {
    event: u8,
    seed: u32,
    hour: u32,
}

fn text(made: &Made) -> String {
    let mut seed = made.seed;
    let mut next = |bound: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % bound
    };
    let mut words = format!("In Port{0} Mayor Ann{0} Reed{0} spoke", made.event);
    for _ in 0..40 {
        // Most words are the event's, some anybody's.
        if next(3) == 0 {
            words.push_str(&format!(" common{}", next(60)));
        } else {
            words.push_str(&format!(" word{}of{}", next(18), made.event));
        }
    }
    words
}

fn read(made: &Made) -> Features {
    let published = Some(Timestamp::from_seconds(1_770_000_000 + i64::from(made.hour) * 3600));
    features(&StoryInput { title: "", text: &text(made), published, language: Some("en"), ..StoryInput::default() })
}

fn worlds() -> impl Strategy<Value = Vec<Made>> {
    prop::collection::vec((0..9_u8, any::<u32>(), 0..60_u32), 2..60).prop_map(|mut world| {
        world.sort_by_key(|(.., hour)| *hour);
        world.into_iter().map(|(event, seed, hour)| Made { event, seed, hour }).collect()
    })
}

/// The stories after the whole stream, with second thoughts after every `every` articles; and the changes.
fn run(world: &[Made], every: usize, restart_at: Option<usize>) -> (HashMap<u64, u64>, Vec<Change>) {
    let mut state = State::new();
    let mut stories: HashMap<u64, u64> = HashMap::new();
    let mut changes = Vec::new();
    for (place, made) in world.iter().enumerate() {
        if restart_at == Some(place) {
            state = State::new();
            for (number, made) in world[..place].iter().enumerate() {
                state.restore(number as u64, stories[&(number as u64)], false, read(made));
            }
        }
        let number = place as u64;
        let story = match state.decide(number, read(made)) {
            Decision::Join(story) => story,
            Decision::New => number,
        };
        stories.insert(number, story);
        if (place + 1) % every == 0 {
            for change in state.repair() {
                match &change {
                    Change::Merge { from, into } => {
                        assert!(from > into, "the older one stays: {change:?}");
                        stories.values_mut().filter(|story| **story == *from).for_each(|story| *story = *into);
                    }
                    Change::Move { article, from, to } => {
                        assert_eq!(stories.insert(*article, *to), Some(*from), "{change:?}");
                        assert_ne!(article, from, "the first report stays");
                    }
                    Change::Split { from, story, articles } => {
                        assert_eq!(articles.first(), Some(story));
                        for article in articles {
                            assert_eq!(stories.insert(*article, *story), Some(*from), "{change:?}");
                        }
                    }
                }
                changes.push(change);
            }
            let known: HashMap<u64, u64> = state.finish().into_iter().collect();
            assert!(known.iter().all(|(article, story)| stories[article] == *story), "the state says the same");
        }
    }
    (stories, changes)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_stream_is_decided_alike_twice_in_part_and_over_a_restart(world in worlds(), cut in 0.0..1.0_f64) {
        let whole = run(&world, usize::MAX, None).0;
        prop_assert_eq!(&whole, &run(&world, usize::MAX, None).0);
        let half = (world.len() as f64 * cut) as usize;
        let part = run(&world[..half], usize::MAX, None).0;
        prop_assert!(part.iter().all(|(article, story)| whole[article] == *story));
        prop_assert_eq!(&whole, &run(&world, usize::MAX, Some(half)).0);
    }

    #[test]
    fn second_thoughts_are_alike_over_a_restart(world in worlds(), cut in 0.0..1.0_f64) {
        // A restart comes after a repair, as the program stores both together.
        let half = (world.len() as f64 * cut) as usize / 4 * 4;
        prop_assert_eq!(run(&world, 4, None), {
            let (stories, changes) = run(&world, 4, Some(half));
            (stories, changes)
        });
    }
}

fn at(text: &str, day: &str, hour: u32) -> Features {
    let published = format!("2026-03-{day}T{hour:02}:00:00Z").parse().ok();
    features(&StoryInput { title: "", text, published, language: Some("en"), ..StoryInput::default() })
}

const QUAKE: &str =
    "An earthquake shook Torvik on the island of Halden, and the harbour wall of Torvik fell, said rescuers.";
const RESCUE: &str = "Rescuers search under roofs in Brenna and Solvik, where houses collapsed; forty people are missing there, said Mayor Ida Lund.";
const BOTH: &str = "The earthquake that shook Torvik on the island of Halden has made houses collapse in Brenna and Solvik too, where rescuers search \
    under roofs for forty missing people, said Mayor Ida Lund; in Torvik the harbour wall fell.";

#[test]
fn stories_that_turn_out_to_be_one_become_the_older_one() {
    let mut state = State::new();
    assert_eq!(state.decide(1, at(QUAKE, "02", 8)), Decision::New);
    assert_eq!(state.decide(2, at(RESCUE, "02", 9)), Decision::New);
    assert_eq!(state.repair(), []);
    let joined = state.decide(3, at(BOTH, "02", 10));
    assert!(matches!(joined, Decision::Join(_)));
    // A second report that ties the two together, and they are one.
    state.decide(4, at(BOTH, "02", 11));
    let merged = state.repair();
    assert_eq!(merged, [Change::Merge { from: 2, into: 1 }]);
    assert!(state.finish().into_iter().all(|(_, story)| story == 1));
    assert_eq!(state.repair(), []);
}

#[test]
fn what_is_older_than_a_day_is_frozen() {
    let mut state = State::new();
    state.decide(1, at(QUAKE, "02", 8));
    state.decide(2, at(RESCUE, "02", 9));
    state.decide(3, at(BOTH, "04", 10));
    state.decide(4, at(BOTH, "04", 11));
    assert_eq!(state.repair(), []);
    assert!(state.finish().into_iter().any(|(article, story)| article == 2 && story == 2));
}

#[test]
fn what_was_put_somewhere_by_hand_stays_there() {
    // The same reports as above would be one story; and the second one, by its words alone, would be split off.
    let restored = |held: &[u64]| {
        let mut state = State::new();
        for (article, story, text, hour) in
            [(1, 1, QUAKE, 8), (2, 2, RESCUE, 9), (3, 1, BOTH, 10), (4, 2, BOTH, 11), (5, 1, ORCHESTRA, 12)]
        {
            state.restore(article, story, held.contains(&article), at(text, "02", hour));
        }
        // A restored state has nothing to repair until something comes in.
        state.decide(6, at(QUAKE, "02", 13));
        state.decide(7, at(BOTH, "02", 14));
        let changes = state.repair();
        (changes, state.finish().into_iter().collect::<HashMap<u64, u64>>())
    };
    let (changes, found) = restored(&[]);
    assert!(changes.contains(&Change::Merge { from: 2, into: 1 }), "{changes:?}");
    assert!(changes.contains(&Change::Split { from: 1, story: 5, articles: vec![5] }), "{changes:?}");
    assert_eq!((found[&2], found[&5]), (1, 5));
    let (changes, found) = restored(&[2, 5]);
    assert!(!changes.iter().any(|change| matches!(change, Change::Merge { .. })), "{changes:?}");
    assert_eq!((found[&2], found[&5]), (2, 1), "{changes:?}");
}

const ORCHESTRA: &str =
    "The school orchestra of Tammford won the national prize for young musicians on Sunday evening.";

/// Knows what bridges are in two languages.
#[derive(Debug)]
struct Bridges;

impl Embedder for Bridges {
    fn embed(&self, article: &StoryInput<'_>) -> Option<Embedding> {
        let bridge = ["bridge", "Brücke"].iter().any(|word| article.text.contains(word));
        Embedding::of(if bridge { &[1.0, 0.1] } else { &[0.1, 1.0] })
    }
}

#[test]
fn meaning_adds_to_what_words_say_across_languages() {
    let english = StoryInput {
        text: "The bridge of Port Sorrel is closed for 18 days, says Ada Byron of the port.",
        language: Some("en"),
        ..StoryInput::default()
    };
    let german = StoryInput {
        text: "In Port Sorrel ist eine Brücke gesperrt, sagt Ada Byron: für 18 Tage.",
        language: Some("de"),
        ..StoryInput::default()
    };
    let score = |embedder: Option<&dyn Embedder>, second: &StoryInput<'_>| {
        let mut state = State::new();
        state.decide(1, features_with(&english, embedder));
        state.explain(second, embedder).candidates[0].score
    };
    assert!(score(Some(&Bridges), &german) > score(None, &german));
    // In one language words say it better.
    let again = StoryInput { language: Some("en"), ..german.clone() };
    assert_eq!(score(Some(&Bridges), &again), score(None, &again));
}
