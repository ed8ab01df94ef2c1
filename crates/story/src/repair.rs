//! Second thoughts: what came in within the last day may still move, merge or split.
//!
//! A decision is made with what was there when the article came; the articles after it, and the weights
//! of words that they teach, can show another story to be nearer, two stories to be one, or one to be
//! two. What is older than [`OPEN_MS`] is frozen: links and votes rest on it.

use crate::state::{Live, Slot, State, Text};
use std::collections::BTreeSet;

/// For how long after it came in an article may still change its story.
pub(crate) const OPEN_MS: i64 = 86_400_000;
/// Articles of each of two stories that are compared when they may be one.
const COMPARED: usize = 8;
/// The newest reports of a story that are looked at for a move.
const MOVABLE: usize = 48;
/// The most reports of a story that is looked at for a split.
const SPLITTABLE: usize = 48;

/// What a repair changed. Numbers are the callers' of articles; a story has the number of its first one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// One story is another: its reports belong to the older one, to which its number leads from now on.
    Merge {
        /// The younger story.
        from: u64,
        /// The older story.
        into: u64,
    },
    /// A report belongs to another story.
    Move {
        /// The report.
        article: u64,
        /// The story that it leaves.
        from: u64,
        /// The story that it joins.
        to: u64,
    },
    /// Reports of a story are a story of their own.
    Split {
        /// The story that they leave.
        from: u64,
        /// The new story: the number of the first of them.
        story: u64,
        /// The reports, oldest first.
        articles: Vec<u64>,
    },
}

impl State {
    /// Looks again at the stories that changed since the last repair, and changes what is not frozen.
    /// Gives the changes in the order in which they are to be made.
    pub fn repair(&mut self) -> Vec<Change> {
        let touched: Vec<u64> = std::mem::take(&mut self.touched).into_iter().collect();
        let mut changes = Vec::new();
        for story in &touched {
            self.merge_one(*story, &mut changes);
        }
        for story in &touched {
            self.move_some(*story, &mut changes);
            self.split_one(*story, &mut changes);
        }
        changes
    }

    /// The stories that tell of neighbouring events of one affair (announced and held, the first quake and
    /// the second), most like it first, at most `most`: like its newest report, but not enough to be it. `None`
    /// where there is no such story any more.
    pub fn neighbours(&self, story: u64, most: usize) -> Option<Vec<u64>> {
        let newest = self.at(*self.stories.get(&story)?.articles.last()?)?;
        let mut near: Vec<(f32, u64)> = self
            .score(&newest.text)
            .into_iter()
            .filter(|other| other.story != story)
            .map(|other| (other.score / other.threshold, other.story))
            .filter(|(share, _)| *share >= self.parameters.neighbour)
            .collect();
        near.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        Some(near.into_iter().take(most).map(|(_, story)| story).collect())
    }

    fn is_frozen(&self, slot: Slot) -> bool {
        self.at(slot).is_none_or(|live| self.now.as_millis() - live.seen.as_millis() > OPEN_MS)
    }

    /// Whether a report was put into a story by hand.
    fn is_held(&self, story: u64) -> bool {
        let held = self.stories.get(&story).map(|story| story.articles.as_slice()).unwrap_or_default();
        held.iter().filter_map(|slot| self.at(*slot)).any(|live| live.held)
    }

    /// Merges a story into the one most like it, if the younger of the two is not frozen.
    fn merge_one(&mut self, story: u64, changes: &mut Vec<Change>) {
        let newest = self.stories.get(&story).and_then(|held| self.at(*held.articles.last()?));
        let Some(newest) = newest else { return };
        if self.is_held(story) {
            return;
        }
        let best = self
            .score(&newest.text)
            .into_iter()
            .filter(|other| other.story != story && !self.is_held(other.story))
            .filter_map(|other| Some((self.alike(story, other.story)?, other.story)))
            .filter(|((score, threshold), _)| *score >= threshold * self.parameters.merge)
            .max_by(|one, other| (one.0.0 - one.0.1).total_cmp(&(other.0.0 - other.0.1)));
        let Some((_, other)) = best else { return };
        let (into, from) = if self.is_older(story, other) { (story, other) } else { (other, story) };
        let open = self.stories.get(&from).is_some_and(|held| held.articles.iter().all(|slot| !self.is_frozen(*slot)));
        if open {
            self.pour(from, into);
            changes.push(Change::Merge { from, into });
        }
    }

    /// Whether the first article of a story came in before that of another.
    fn is_older(&self, one: u64, other: u64) -> bool {
        let first = |story: u64| {
            let slots = &self.stories.get(&story)?.articles;
            self.at(*slots.first()?).map(|live| live.order)
        };
        first(one) <= first(other)
    }

    /// The mean likeness of the reports of two stories, faded by the days between, and the score from
    /// which they are one.
    fn alike(&self, one: u64, other: u64) -> Option<(f32, f32)> {
        let (first, second) = (self.stories.get(&one)?, self.stories.get(&other)?);
        if !self.is_open(first) || !self.is_open(second) {
            return None;
        }
        // The first report of a story and its newest ones.
        let some = |slots: &[Slot]| -> Vec<&Text> {
            let skipped = slots.len().saturating_sub(COMPARED - 1).max(1);
            let some = slots.iter().take(1).chain(slots.iter().skip(skipped));
            some.filter_map(|slot| Some(&self.at(*slot)?.text)).collect()
        };
        let others = some(&second.articles);
        let (mut sum, mut count) = (0.0, 0.0);
        for text in some(&first.articles) {
            for other in &others {
                sum += self.pair(text, other).0;
                count += 1.0;
            }
        }
        let gap = (second.first.as_millis() - first.last.as_millis())
            .max(first.first.as_millis() - second.last.as_millis())
            .max(0);
        let newest = self.at(*first.articles.last()?)?;
        let faded = (-(gap as f32 / 86_400_000.0) / self.parameters.fade_days).exp();
        let outlets = first.outlets + second.outlets;
        let spread =
            (first.last.max(second.last).as_millis() - first.first.min(second.first).as_millis()) as f32 / 86_400_000.0;
        (count > 0.0).then(|| (sum / count * faded, self.threshold(&newest.text, outlets, spread)))
    }

    /// Moves reports that are clearly nearer to another story than to their own.
    fn move_some(&mut self, story: u64, changes: &mut Vec<Change>) {
        let Some(slots) = self.stories.get(&story).map(|held| held.articles.clone()) else { return };
        // The first report gave the story its number, and stays.
        let free = |slot: &Slot| !self.is_frozen(*slot) && self.at(*slot).is_some_and(|live| !live.held);
        let open = slots.into_iter().skip(1).rev().take(MOVABLE).filter(free);
        for slot in open.collect::<Vec<_>>().into_iter().rev() {
            // As if it came in now: its story without it.
            self.take_out(slot, story);
            let Some(live) = self.at(slot) else { continue };
            let (article, scored) = (live.article, self.score(&live.text));
            let own = scored.iter().find(|scored| scored.story == story);
            let own = own.map_or(-1.0, |own| own.score - own.threshold);
            let better = scored.iter().find(|scored| {
                scored.story != story
                    && scored.joins(&self.parameters)
                    && scored.score - scored.threshold > own + self.parameters.hold
            });
            let to = better.map_or(story, |better| better.story);
            self.put_in(slot, to);
            if to != story {
                changes.push(Change::Move { article, from: story, to });
            }
        }
    }

    /// Splits off the reports that nothing ties to the first one any more.
    fn split_one(&mut self, story: u64, changes: &mut Vec<Change>) {
        let Some(held) = self.stories.get(&story) else { return };
        let slots = held.articles.clone();
        if slots.len() < 2 || slots.len() > SPLITTABLE {
            return;
        }
        // The first report, and what was put here by hand.
        let mut tied: Vec<bool> = slots.iter().map(|slot| self.at(*slot).is_some_and(|live| live.held)).collect();
        if let Some(first) = tied.first_mut() {
            *first = true;
        }
        let mut open: Vec<usize> = tied.iter().enumerate().filter(|(_, tied)| **tied).map(|(place, _)| place).collect();
        // From those on: whatever is like one that is tied is tied.
        while let Some(at) = open.pop() {
            let Some(from) = slots.get(at).and_then(|slot| self.at(*slot)) else { continue };
            for (other, slot) in slots.iter().enumerate() {
                let (Some(mark), Some(live)) = (tied.get_mut(other), self.at(*slot)) else { continue };
                let least = self.parameters.threshold * self.parameters.tie;
                if *mark {
                    continue;
                }
                let (likeness, common) = self.pair(&from.text, &live.text);
                if likeness >= least || common >= self.parameters.copy {
                    *mark = true;
                    open.push(other);
                }
            }
        }
        let loose: Vec<Slot> = slots
            .iter()
            .zip(&tied)
            .filter(|(slot, tied)| !**tied && !self.is_frozen(**slot))
            .map(|(slot, _)| *slot)
            .collect();
        let all = tied.iter().filter(|tied| !**tied).count();
        let Some(first) = loose.first().and_then(|slot| self.at(*slot)).map(|live| live.article) else { return };
        // The smaller part goes; if anything of it is frozen, all stays.
        if loose.len() != all || all * 2 > slots.len() {
            return;
        }
        let articles: Vec<u64> = loose.iter().filter_map(|slot| self.at(*slot)).map(|live| live.article).collect();
        for slot in &loose {
            self.take_out(*slot, story);
            self.put_in(*slot, first);
        }
        changes.push(Change::Split { from: story, story: first, articles });
    }

    /// Puts the reports of one story into another.
    fn pour(&mut self, from: u64, into: u64) {
        let Some(gone) = self.stories.remove(&from) else { return };
        self.touched.remove(&from);
        for slot in gone.articles {
            self.put_in(slot, into);
        }
    }

    /// Takes a report out of its story; the story stays even when it is empty, to be put in again.
    fn take_out(&mut self, slot: Slot, story: u64) {
        if let Some(held) = self.stories.get_mut(&story) {
            held.articles.retain(|held| *held != slot);
        }
        self.measure(story);
    }

    fn put_in(&mut self, slot: Slot, story: u64) {
        let Some(live) = self.live.get_mut(slot).and_then(Option::as_mut) else { return };
        live.story = story;
        let (published, seen, order) = (live.text.published, live.seen, live.order);
        let live = &self.live;
        let held = self.stories.entry(story).or_insert_with(|| crate::state::Story::new(published, seen));
        let order_of = |slot: &Slot| live.get(*slot).and_then(Option::as_ref).map_or(u64::MAX, |live| live.order);
        let place = held.articles.partition_point(|held| order_of(held) < order);
        held.articles.insert(place, slot);
        self.measure(story);
    }

    /// The times of a story from its reports.
    fn measure(&mut self, story: u64) {
        let Some(held) = self.stories.get(&story) else { return };
        let lives: Vec<&Live> = held.articles.iter().filter_map(|slot| self.at(*slot)).collect();
        let first = lives.iter().map(|live| live.text.published).min();
        let last = lives.iter().map(|live| live.text.published).max();
        let seen = lives.iter().map(|live| live.seen).max();
        let unknown = lives.iter().filter(|live| live.text.outlet == 0).count();
        let known: BTreeSet<_> = lives.iter().map(|live| live.text.outlet).filter(|outlet| *outlet != 0).collect();
        let outlets = unknown + known.len();
        if let (Some(first), Some(last), Some(seen), Some(held)) = (first, last, seen, self.stories.get_mut(&story)) {
            (held.first, held.last, held.seen, held.outlets) = (first, last, held.seen.max(seen), outlets);
        }
    }
}
