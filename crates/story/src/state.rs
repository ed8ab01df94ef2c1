//! The live articles, their stories, and the decision.

use crate::background::{COMMON_IN, DOCUMENTS, common_words};
use crate::embedding::{Embedder, Embedding};
use crate::features::{FIELDS, Features, NAMES, NUMBERS, Spelling, Term, read, stem, term_of};
use crate::packed::{Packed, Vector};
use crate::parameters::Parameters;
use crate::sketch::Sketch;
use firsthand_model::{Decision, StoryInput, Timestamp};
use serde::Serialize;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A story without a report for so long is closed.
const WINDOW_MS: i64 = 14 * 86_400_000;
/// The heaviest terms of an article by which it is found.
const INDEXED_TERMS: usize = 32;
/// The newest articles that are looked at for each term.
const POSTINGS: usize = 256;
/// The articles whose stories are compared in full.
const CANDIDATES: usize = 32;
/// The newest articles of a story that an article is compared with, besides its first one.
const COMPARED: usize = 24;
/// The names (a name and its parts each count) from which an article is taken to name whom it is about.
const NAMED: usize = 3;
/// The numbers from which an article is taken to say how much.
const COUNTED: usize = 2;
/// Decisions between two sweeps of what fell out of the window.
const SWEEP_EVERY: u32 = 512;

/// Articles that the weights of words rest on at most.
const LEARNT: f32 = 100_000.0;

/// The place of a live article in [`State::live`].
pub(crate) type Slot = usize;

/// What is compared of an article.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub fields: Packed,
    pub sketch: Sketch,
    pub language: Term,
    /// Who published it; 0 where that is not known.
    pub outlet: Term,
    pub published: Timestamp,
    /// Whether it says when it was published.
    pub dated: bool,
    pub meaning: Option<Box<Embedding>>,
}

impl Text {
    fn heap_bytes(&self) -> usize {
        let meaning = self.meaning.as_ref().map_or(0, |meaning| size_of::<Embedding>() + meaning.len());
        self.fields.heap_bytes() + meaning
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Live {
    pub article: u64,
    pub story: u64,
    /// The stream's time when it came in, and its place in the stream.
    pub seen: Timestamp,
    pub order: u64,
    /// Whether it was put into its story by hand: it stays there.
    pub held: bool,
    pub text: Text,
}

#[derive(Debug, Clone)]
pub(crate) struct Story {
    /// In the order in which they came in.
    pub articles: Vec<Slot>,
    /// The outlets that they are of: an outlet's later report is no further witness.
    pub outlets: usize,
    pub first: Timestamp,
    pub last: Timestamp,
    /// The stream's time when its latest article came in. A backlog comes in with old dates in any
    /// order: what came in late stays open as long as what was published late.
    pub seen: Timestamp,
}

impl Story {
    pub(crate) fn new(published: Timestamp, seen: Timestamp) -> Self {
        Self { articles: Vec::with_capacity(1), outlets: 0, first: published, last: published, seen }
    }
}

/// The state of grouping over its window: an inverted index of the live articles.
#[derive(Debug, Clone, Default)]
pub struct State {
    pub(crate) parameters: Parameters,
    /// The live articles; a place that fell empty is used again.
    pub(crate) live: Vec<Option<Live>>,
    empty: Vec<Slot>,
    pub(crate) stories: HashMap<u64, Story>,
    /// The stories that a report came into since the last repair.
    pub(crate) touched: BTreeSet<u64>,
    /// How many articles came in.
    order: u64,
    /// Term to the live articles that it is heavy in, oldest first.
    index: HashMap<Term, Vec<u32>>,
    /// In how many articles of the stream a term was.
    document_frequency: HashMap<Term, f32>,
    documents: f32,
    /// The latest time seen: what a missing date is taken for, and what the window ends at.
    pub(crate) now: Timestamp,
    since_sweep: u32,
    /// The shared weight of each live article, all 0 between two decisions.
    scratch: RefCell<Vec<f32>>,
}

/// What a [`State`] holds, in bytes, without what the allocator adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldBytes {
    /// The live articles and their stories.
    pub articles: usize,
    /// The table of terms: by which articles are found, and what they weigh.
    pub terms: usize,
}

/// The bytes of a hash table with room for so many entries: a byte more each, seven in eight places filled.
fn table_bytes<T>(capacity: usize) -> usize {
    capacity / 7 * 8 * (size_of::<T>() + 1)
}

/// A story that an article was compared with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// The story.
    pub story: u64,
    /// Its likeness, faded by time.
    pub score: f32,
    /// The score from which the article would join it.
    pub threshold: f32,
    /// Days between the article and the story.
    pub gap_days: f32,
    /// The share of runs of four words that its nearest article has in common.
    pub copied: f32,
    /// The words that made most of the likeness to its nearest article, heaviest first.
    pub shared: Vec<String>,
}

/// Why an article is decided as it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The score from which the article joins the best one; without one, from which it would join a
    /// story of one report.
    pub threshold: f32,
    /// The best stories, best first.
    pub candidates: Vec<Candidate>,
}

impl State {
    /// An empty state.
    pub fn new() -> Self {
        Self::with(Parameters::default())
    }

    /// An empty state that weighs as it is told.
    pub fn with(parameters: Parameters) -> Self {
        let mut state = Self { documents: DOCUMENTS, parameters, ..Self::default() };
        for word in common_words().map(stem) {
            state.document_frequency.insert(term_of(word), COMMON_IN);
        }
        state
    }

    /// Decides one article. `article` is the caller's number for it; a new story has the number
    /// of its first article.
    pub fn decide(&mut self, article: u64, features: Features) -> Decision<u64> {
        let text = self.taken_in(features);
        let best = self.score(&text).into_iter().next();
        let decision = match best {
            Some(best) if best.joins(&self.parameters) => Decision::Join(best.story),
            _ => Decision::New,
        };
        let story = match decision {
            Decision::Join(story) => story,
            Decision::New => article,
        };
        self.insert(article, story, false, text);
        self.since_sweep += 1;
        if self.since_sweep >= SWEEP_EVERY {
            self.sweep();
        }
        decision
    }

    /// Takes up an article that was decided before (after a restart), without deciding again. `held`: it was put into
    /// its story by hand; no repair takes it out, or makes its story one with another.
    pub fn restore(&mut self, article: u64, story: u64, held: bool, features: Features) {
        let text = self.taken_in(features);
        self.insert(article, story, held, text);
        // What it led to was repaired then.
        self.touched.remove(&story);
    }

    /// The stories that an article would be compared with, and what speaks for each. Changes
    /// nothing: the words' weights are those before the article.
    pub fn explain(&self, article: &StoryInput<'_>, embedder: Option<&dyn Embedder>) -> Explanation {
        let mut spelling = Spelling::new();
        let meaning = embedder.and_then(|embedder| embedder.embed(article));
        let text = self.weighed(Features { meaning, ..read(article, Some(&mut spelling)) });
        let mut scored = self.score(&text);
        scored.truncate(5);
        let threshold = scored.first().map_or(self.threshold(&text, 1, 0.0), |best| best.threshold);
        let candidates = scored
            .into_iter()
            .map(|scored| Candidate {
                story: scored.story,
                score: scored.score,
                threshold: scored.threshold,
                gap_days: scored.gap_days,
                copied: scored.copied,
                shared: self
                    .at(scored.nearest)
                    .map(|other| self.shared_words(&text, &other.text, &spelling))
                    .unwrap_or_default(),
            })
            .collect();
        Explanation { threshold, candidates }
    }

    /// The grouping of the articles that are still within the window: article, story.
    pub fn finish(&self) -> impl IntoIterator<Item = (u64, u64)> {
        let mut grouping: Vec<(u64, u64)> = self.live.iter().flatten().map(|live| (live.article, live.story)).collect();
        grouping.sort_unstable();
        grouping
    }

    /// The bytes that the state holds, as far as they grow with the stream.
    pub fn held_bytes(&self) -> HeldBytes {
        let heap: usize = self.live.iter().flatten().map(|live| live.text.heap_bytes()).sum();
        let stories: usize = self.stories.values().map(|story| story.articles.capacity() * size_of::<Slot>()).sum();
        let postings: usize = self.index.values().map(|postings| postings.capacity() * size_of::<u32>()).sum();
        HeldBytes {
            articles: self.live.capacity() * size_of::<Option<Live>>()
                + heap
                + stories
                + table_bytes::<(u64, Story)>(self.stories.capacity())
                + self.scratch.borrow().capacity() * size_of::<f32>(),
            terms: postings
                + table_bytes::<(Term, Vec<u32>)>(self.index.capacity())
                + table_bytes::<(Term, f32)>(self.document_frequency.capacity()),
        }
    }

    /// An article as it is compared, after the stream has learnt from it.
    fn taken_in(&mut self, features: Features) -> Text {
        self.learn(&features);
        if let Some(published) = features.published {
            self.now = self.now.max(published);
        }
        self.weighed(features)
    }

    fn weighed(&self, features: Features) -> Text {
        Text {
            fields: Packed::of(&self.weigh(&features)),
            sketch: features.sketch,
            language: features.language,
            outlet: features.outlet,
            published: features.published.unwrap_or(self.now),
            dated: features.published.is_some(),
            meaning: features.meaning.map(Box::new),
        }
    }

    fn learn(&mut self, features: &Features) {
        self.documents += 1.0;
        for term in &features.terms {
            *self.document_frequency.entry(*term).or_default() += 1.0;
        }
    }

    pub(crate) fn at(&self, slot: Slot) -> Option<&Live> {
        self.live.get(slot)?.as_ref()
    }

    fn idf(&self, term: Term) -> f32 {
        let frequency = self.document_frequency.get(&term).copied().unwrap_or(0.0);
        ((self.documents + 1.0) / (frequency + 0.5)).ln().max(0.05)
    }

    fn weigh(&self, features: &Features) -> [Vector; FIELDS] {
        features.fields.each_ref().map(|counts| {
            let mut vector: Vector = counts.iter().map(|(term, count)| (*term, count * self.idf(*term))).collect();
            let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
            if length > 0.0 {
                vector.iter_mut().for_each(|(_, weight)| *weight /= length);
            }
            vector
        })
    }

    fn insert(&mut self, article: u64, story: u64, held: bool, text: Text) {
        self.order += 1;
        self.touched.insert(story);
        let slot = self.empty.pop().unwrap_or(self.live.len());
        for (term, _) in text.fields.heaviest(&self.parameters.fields, INDEXED_TERMS) {
            self.index.entry(term).or_default().push(u32::try_from(slot).unwrap_or(u32::MAX));
        }
        let (seen, order, published) = (self.now, self.order, text.published);
        let known = text.outlet != 0 && self.has_of(story, text.outlet);
        let story_of = self.stories.entry(story).or_insert_with(|| Story::new(published, seen));
        story_of.articles.push(slot);
        story_of.outlets += usize::from(!known);
        story_of.first = story_of.first.min(published);
        story_of.last = story_of.last.max(published);
        story_of.seen = story_of.seen.max(seen);
        let live = Live { article, story, seen, order, held, text };
        match self.live.get_mut(slot) {
            Some(place) => *place = Some(live),
            None => self.live.push(Some(live)),
        }
    }

    /// Whether a story has a report of an outlet.
    fn has_of(&self, story: u64, outlet: Term) -> bool {
        let held = self.stories.get(&story).map(|story| story.articles.as_slice()).unwrap_or_default();
        held.iter().filter_map(|slot| self.at(*slot)).any(|live| live.text.outlet == outlet)
    }

    pub(crate) fn is_open(&self, story: &Story) -> bool {
        self.now.as_millis() - story.seen.as_millis() <= WINDOW_MS
    }

    /// The stories that share heavy terms with an article, best first.
    pub(crate) fn score(&self, text: &Text) -> Vec<Scored> {
        let mut weight_of = self.scratch.take();
        weight_of.resize(self.live.len(), 0.0);
        let mut reached: Vec<u32> = Vec::with_capacity(1024);
        for (term, weight) in text.fields.heaviest(&self.parameters.fields, INDEXED_TERMS) {
            let Some(postings) = self.index.get(&term) else { continue };
            for slot in postings.iter().rev().take(POSTINGS) {
                let Some(sum) = weight_of.get_mut(*slot as Slot) else { continue };
                if *sum == 0.0 {
                    reached.push(*slot);
                }
                *sum += weight;
            }
        }
        let mut reached: Vec<(f32, &Live)> = reached
            .into_iter()
            .filter_map(|slot| {
                let weight = std::mem::take(weight_of.get_mut(slot as Slot)?);
                Some((weight, self.at(slot as Slot)?))
            })
            .collect();
        self.scratch.replace(weight_of);
        let better = |one: &(f32, &Live), other: &(f32, &Live)| {
            other.0.total_cmp(&one.0).then(one.1.article.cmp(&other.1.article))
        };
        if reached.len() > CANDIDATES {
            reached.select_nth_unstable_by(CANDIDATES, better);
            reached.truncate(CANDIDATES);
        }
        let stories: BTreeSet<u64> = reached.iter().map(|(_, live)| live.story).collect();
        let mut scored: Vec<Scored> = stories.into_iter().filter_map(|story| self.score_story(story, text)).collect();
        scored.sort_by(|one, other| {
            let key = |scored: &Scored| {
                scored.score - scored.threshold + if scored.copied >= self.parameters.copy { 1.0 } else { 0.0 }
            };
            key(other).total_cmp(&key(one)).then(one.story.cmp(&other.story))
        });
        scored
    }

    fn score_story(&self, number: u64, text: &Text) -> Option<Scored> {
        let parameters = &self.parameters;
        let story = self.stories.get(&number).filter(|story| self.is_open(story))?;
        let skipped = story.articles.len().saturating_sub(COMPARED).max(1);
        let compared = story.articles.first().into_iter().chain(story.articles.iter().skip(skipped));
        let nearest = *story.articles.first()?;
        let (mut sum, mut count, mut best, mut nearest, mut copied) = (0.0, 0.0, 0.0_f32, nearest, 0.0_f32);
        for slot in compared {
            let Some(other) = self.at(*slot) else { continue };
            let (likeness, common) = self.pair(text, &other.text);
            sum += likeness;
            count += 1.0;
            copied = copied.max(common);
            if likeness > best {
                (best, nearest) = (likeness, *slot);
            }
        }
        if count == 0.0 {
            return None;
        }
        let gap_ms = gap_ms(story, text.published);
        if gap_ms > WINDOW_MS {
            return None;
        }
        let gap_days = gap_ms as f32 / 86_400_000.0;
        let link = parameters.link;
        let score = (link * sum / count + (1.0 - link) * best) * (-gap_days / parameters.fade_days).exp();
        let spread_days = (story.last.as_millis() - story.first.as_millis()) as f32 / 86_400_000.0;
        let threshold = self.threshold(text, story.outlets, spread_days);
        Some(Scored { story: number, score, threshold, gap_days, copied, nearest })
    }

    /// The likeness of two articles and the share of runs that they have in common; both are less where
    /// the two are fillings of one form.
    pub(crate) fn pair(&self, one: &Text, other: &Text) -> (f32, f32) {
        let parameters = &self.parameters;
        let common = one.sketch.resemblance(&other.sketch);
        let strange = if common >= parameters.formal { self.acquaintance(&one.fields, &other.fields) } else { 1.0 };
        (self.likeness(one, other) * strange, common * strange)
    }

    /// The score from which an article joins a story of so many outlets over so many days.
    pub(crate) fn threshold(&self, text: &Text, outlets: usize, spread_days: f32) -> f32 {
        let parameters = &self.parameters;
        let grown = 1.0 + parameters.by_size * (outlets.max(1) as f32).ln() + parameters.by_spread * spread_days;
        let undated = if text.dated { 1.0 } else { parameters.undated };
        parameters.threshold * grown * undated
    }

    /// The weighted mean of the cosines of the fields that both articles have.
    fn likeness(&self, one: &Text, other: &Text) -> f32 {
        let foreign = one.language != other.language && one.language != 0 && other.language != 0;
        let shares = if foreign { &self.parameters.foreign } else { &self.parameters.fields };
        let (mut sum, mut weights) = (0.0, 0.0);
        for (field, weight) in shares.iter().enumerate() {
            if one.fields.len(field) == 0 || other.fields.len(field) == 0 || *weight == 0.0 {
                continue;
            }
            sum += weight * one.fields.cosine(&other.fields, field);
            weights += weight;
        }
        let mean = if weights > 0.0 { sum / weights } else { 0.0 };
        if !foreign {
            return mean;
        }
        let words = mean * self.parameters.foreign_factor;
        let (Some(meaning), Some(other_meaning)) = (&one.meaning, &other.meaning) else { return words };
        let Parameters { embedded, embedded_from, .. } = self.parameters;
        let near = (meaning.cosine(other_meaning) - embedded_from).max(0.0) / (1.0 - embedded_from);
        words + embedded * near
    }

    /// What the likeness of two articles is multiplied by for their names: two events of one kind are
    /// told in the same words, of other people and places.
    fn acquaintance(&self, one: &Packed, other: &Packed) -> f32 {
        let Parameters { strangers, acquainted, miscounted, counted, .. } = self.parameters;
        let share = |field: usize, least: usize, none: f32, full: f32| {
            if one.len(field) < least || other.len(field) < least {
                return 1.0;
            }
            none + (1.0 - none) * (one.cosine(other, field) / full).min(1.0)
        };
        share(NAMES, NAMED, strangers, acquainted) * share(NUMBERS, COUNTED, miscounted, counted)
    }

    fn shared_words(&self, one: &Text, other: &Text, spelling: &Spelling) -> Vec<String> {
        let mut shared: BTreeMap<Term, f32> = BTreeMap::new();
        for (field, share) in self.parameters.fields.iter().enumerate() {
            let weights: HashMap<Term, f32> = other.fields.field(field).collect();
            for (term, weight) in one.fields.field(field) {
                if let Some(other_weight) = weights.get(&term) {
                    *shared.entry(term).or_default() += share * weight * other_weight;
                }
            }
        }
        let mut shared: Vector = shared.into_iter().collect();
        shared.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        shared.into_iter().take(8).filter_map(|(term, _)| spelling.get(&term).cloned()).collect()
    }

    /// Forgets the articles of closed stories and what only they were indexed under.
    fn sweep(&mut self) {
        self.since_sweep = 0;
        if self.documents > LEARNT {
            // Words that were met long ago weigh less than those of late, and the table stays small.
            self.documents /= 2.0;
            self.document_frequency.retain(|_, frequency| {
                *frequency /= 2.0;
                *frequency >= 1.0
            });
        }
        let closed: Vec<u64> =
            self.stories.iter().filter(|(_, story)| !self.is_open(story)).map(|(number, _)| *number).collect();
        let fallen: usize =
            closed.iter().filter_map(|story| self.stories.get(story)).map(|story| story.articles.len()).sum();
        // The index is gone through as a whole: only when it is worth it.
        if fallen == 0 || fallen < self.live.len() / 16 {
            return;
        }
        for number in closed {
            self.touched.remove(&number);
            let Some(story) = self.stories.remove(&number) else { continue };
            for slot in story.articles {
                if let Some(place) = self.live.get_mut(slot) {
                    *place = None;
                    self.empty.push(slot);
                }
            }
        }
        let live = &self.live;
        self.index.retain(|_, postings| {
            postings.retain(|slot| live.get(*slot as Slot).is_some_and(Option::is_some));
            !postings.is_empty()
        });
    }
}

pub(crate) struct Scored {
    pub story: u64,
    pub score: f32,
    pub threshold: f32,
    gap_days: f32,
    copied: f32,
    nearest: Slot,
}

impl Scored {
    pub(crate) fn joins(&self, parameters: &Parameters) -> bool {
        self.score >= self.threshold || self.copied >= parameters.copy
    }
}

fn gap_ms(story: &Story, published: Timestamp) -> i64 {
    let (first, last, at) = (story.first.as_millis(), story.last.as_millis(), published.as_millis());
    (at - last).max(first - at).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features;
    use firsthand_model::StoryInput;

    const BRIDGE: &str = "The Calder bridge in Port Sorrel was closed on Monday after engineers found cracks in two of its cables, \
        the harbour authority said. Traffic is sent over the old ferry until the cables have been replaced.";
    const BRIDGE_AGAIN: &str = "Engineers who found cracks in cables of the Calder bridge have closed it. Port Sorrel's harbour authority \
        said that traffic would go by ferry until the cables are replaced.";
    const HERRING: &str = "Fishing crews in the northern sounds report the largest herring shoals for thirty years, and prices at the \
        auction have fallen by half since the season began.";

    fn input<'a>(text: &'a str, day: &str) -> StoryInput<'a> {
        let published = format!("2026-03-{day}T08:00:00Z").parse().ok();
        StoryInput { title: "", text, published, ..StoryInput::default() }
    }

    fn read(text: &str, day: &str) -> Features {
        features(&input(text, day))
    }

    #[test]
    fn two_reports_of_one_event_are_one_story_and_another_event_is_another() {
        let mut state = State::new();
        assert_eq!(state.decide(7, read(BRIDGE, "02")), Decision::New);
        assert_eq!(state.decide(8, read(HERRING, "02")), Decision::New);
        assert_eq!(state.decide(9, read(BRIDGE_AGAIN, "03")), Decision::Join(7));
        assert_eq!(state.finish().into_iter().collect::<Vec<_>>(), [(7, 7), (8, 8), (9, 7)]);
    }

    #[test]
    fn reports_in_chinese_join_by_what_they_tell() {
        let mut state = State::new();
        let bridge =
            "索雷尔港的卡尔德大桥周一关闭，工程师在两根缆索上发现了裂缝，港务局表示，缆索更换之前交通将改由渡轮承担。";
        let again = "工程师在卡尔德大桥的缆索上发现裂缝后将其关闭。索雷尔港港务局说，更换缆索期间车辆由渡轮运送。";
        let herring = "北部海湾的渔民报告了三十年来最大的鲱鱼群，拍卖价格自渔季开始以来下跌了一半，渔业协会周二说。";
        assert_eq!(state.decide(1, read(bridge, "02")), Decision::New);
        assert_eq!(state.decide(2, read(herring, "02")), Decision::New);
        assert_eq!(state.decide(3, read(again, "02")), Decision::Join(1));
    }

    #[test]
    fn a_copy_joins_although_days_have_passed_but_not_after_the_window() {
        let mut state = State::new();
        state.decide(1, read(BRIDGE, "01"));
        assert_eq!(state.decide(2, read(BRIDGE, "13")), Decision::Join(1));
        assert_eq!(state.decide(3, read(BRIDGE, "30")), Decision::New);
    }

    #[test]
    fn an_article_of_nothing_stays_alone() {
        let mut state = State::new();
        assert_eq!(state.decide(1, features(&StoryInput::default())), Decision::New);
        assert_eq!(state.decide(2, features(&StoryInput::default())), Decision::New);
    }

    #[test]
    fn a_restored_state_decides_as_the_one_that_went_on() {
        let mut state = State::new();
        state.decide(1, read(BRIDGE, "02"));
        state.decide(2, read(HERRING, "02"));
        let mut restored = State::new();
        restored.restore(1, 1, false, read(BRIDGE, "02"));
        restored.restore(2, 2, false, read(HERRING, "02"));
        assert_eq!(state.explain(&input(BRIDGE_AGAIN, "03"), None), restored.explain(&input(BRIDGE_AGAIN, "03"), None));
        assert_eq!(restored.decide(3, read(BRIDGE_AGAIN, "03")), Decision::Join(1));
    }

    #[test]
    fn a_backlog_may_come_in_any_order() {
        let mut state = State::new();
        let dated = |text: &str, day: i64| {
            let published = Some(Timestamp::from_seconds(1_700_000_000 + day * 86_400));
            features(&StoryInput { title: "", text, published, ..StoryInput::default() })
        };
        let bridge = "Inspectors found cracks in two piers of the harbour bridge of Port Ellery, which was closed.";
        let orchestra = "The school orchestra of Tammford won the national prize for young musicians.";
        assert_eq!(state.decide(1, dated(orchestra, 400)), Decision::New);
        assert_eq!(state.decide(2, dated(bridge, 0)), Decision::New);
        assert_eq!(state.decide(3, dated(orchestra, 401)), Decision::Join(1));
        assert_eq!(state.decide(4, dated(bridge, 1)), Decision::Join(2));
        // The same words a year later are another event.
        assert_eq!(state.decide(5, dated(bridge, 380)), Decision::New);
    }

    #[test]
    fn what_fell_out_of_the_window_is_forgotten() {
        let mut state = State::new();
        for number in 0..2000_u64 {
            let published = Timestamp::from_seconds(1_700_000_000 + i64::try_from(number).unwrap() * 7200);
            let text = format!("Report {number} tells of item{number} and place{number} with thing{number} alone.");
            state.decide(
                number,
                features(&StoryInput { text: &text, published: Some(published), ..StoryInput::default() }),
            );
        }
        assert!(state.live.len() < 800, "{}", state.live.len());
        assert_eq!(state.finish().into_iter().count(), state.live.iter().flatten().count());
        assert!(state.index.len() < 800 * INDEXED_TERMS);
    }

    #[test]
    fn fillings_of_one_form_are_told_apart_by_names_and_figures() {
        let form = |company: &str, person: &str, heaters: u32, reports: u32| {
            format!(
                "{company} is recalling {heaters} heaters after {reports} reports that the unit can overheat, said {person} \
                 of {company}. Owners are asked to unplug the unit and to send in the serial number for a refund."
            )
        };
        let first = form("Lumen Retail", "Ada Reed", 4417, 38);
        let mut state = State::new();
        state.decide(1, read(&first, "02"));
        assert_eq!(state.decide(2, read(&form("Delphi Rail", "Ida Brandt", 2093, 71), "02")), Decision::New);
        let other_figures = form("Lumen Retail", "Ada Reed", 8056, 12);
        let score = |text: &str| state.explain(&input(text, "02"), None).candidates.first().unwrap().score;
        assert!(score(&other_figures) < score(&first) / 2.0);
        assert_eq!(state.decide(3, read(&first, "02")), Decision::Join(1));
    }

    #[test]
    fn an_outlets_later_report_is_no_further_witness() {
        let by = |outlet: &str, text: &str| {
            let mut input = input(text, "02");
            input.outlet = Some(outlet).filter(|outlet| !outlet.is_empty());
            features(&input)
        };
        let mut state = State::new();
        for (number, outlet) in ["The Post", "the post", "The Herald", "", ""].into_iter().enumerate() {
            state.decide(number as u64, by(outlet, BRIDGE));
        }
        assert_eq!((state.stories[&0].articles.len(), state.stories[&0].outlets), (5, 4));
    }

    #[test]
    fn an_explanation_names_the_shared_words() {
        let mut state = State::new();
        state.decide(1, read(BRIDGE, "02"));
        let why = state.explain(&input(BRIDGE_AGAIN, "02"), None);
        let best = why.candidates.first().unwrap();
        assert!(best.score > why.threshold);
        assert!(best.shared.iter().any(|word| word == "cables"), "{:?}", best.shared);
    }
}
