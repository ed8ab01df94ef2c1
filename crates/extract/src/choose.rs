//! Which blocks are the article: what the model thinks of each, and the choice that follows.

use crate::candidates::Candidates;
use crate::features::{self, Row, Said};
use crate::memory;
use crate::page::Page;
use crate::segment::Segments;
use crate::trees::{Flat, Forest};
use std::collections::HashSet;
use std::sync::OnceLock;

/// The trained forest: see `models/README.md`.
const BYTES: &[u8] = include_bytes!("../models/blocks.bin");

/// What is left of the probability of a line that points to another article.
pub(crate) const POINTER: f32 = 0.2;

/// What was thought of every block of text.
#[derive(Debug)]
pub(crate) struct Looks {
    /// The blocks' places among all.
    pub(crate) rows: Vec<Row>,
    /// The probability that each belongs to the article.
    pub(crate) looks: Vec<f32>,
}

impl Looks {
    /// The looks when the blocks whose hashes are known are furniture.
    pub(crate) fn without(&self, segments: &Segments, furniture: &HashSet<u32>) -> Vec<f32> {
        let mut looks = self.looks.clone();
        if furniture.is_empty() {
            return looks;
        }
        let known = |row: &Row| {
            segments.blocks.get(row.block).and_then(memory::hash).is_some_and(|hash| furniture.contains(&hash))
        };
        let known: Vec<bool> = self.rows.iter().map(known).collect();
        let sizes: Vec<f32> = self.rows.iter().map(|row| row.size).collect();
        forget(&mut looks, &sizes, &known);
        looks
    }
}

/// Of the words that seem to be the article's at most this share may be known furniture: else the page is a
/// second copy of one that was seen, and nothing is taken from it.
const MOST_KNOWN: f32 = 0.4;

/// Between two paragraphs that only this page has, what is so likely the article's stays: stock sentences.
const SURE: f32 = 0.8;

/// Sets the probability of known furniture to nothing, unless that is most of the article.
pub(crate) fn forget(looks: &mut [f32], sizes: &[f32], known: &[bool]) {
    let (mut all, mut of_known) = (0.0_f32, 0.0_f32);
    for ((look, size), known) in looks.iter().zip(sizes).zip(known) {
        all += look * size;
        of_known += if *known { look * size } else { 0.0 };
    }
    if of_known > all * MOST_KNOWN {
        return;
    }
    let own = |(look, known): (&f32, &bool)| *look > 0.5 && !known;
    let first = looks.iter().zip(known).position(own).unwrap_or(0);
    let last = looks.iter().zip(known).rposition(own).unwrap_or(0);
    for (place, (look, known)) in looks.iter_mut().zip(known).enumerate() {
        if *known && !((first..last).contains(&place) && *look > SURE) {
            *look = 0.0;
        }
    }
}

/// Looks at every block of text.
pub(crate) fn look(page: &Page, segments: &Segments, candidates: &Candidates, said: &Said<'_>) -> Looks {
    let rows = features::table(page, segments, candidates, said);
    let Some(model) = model() else { return Looks { rows, looks: Vec::new() } };
    let values: Vec<&[f32]> = rows.iter().map(|row| row.values.as_slice()).collect();
    let mut looks = model.probabilities(&values);
    for (look, row) in looks.iter_mut().zip(&rows) {
        if features::is_pointer(&row.values) {
            *look *= POINTER;
        }
    }
    Looks { rows, looks }
}

fn model() -> Option<&'static Flat> {
    static MODEL: OnceLock<Option<Flat>> = OnceLock::new();
    MODEL.get_or_init(|| Flat::new(&read(BYTES)?)).as_ref()
}

/// Reads a model whose features are those of this version.
fn read(mut bytes: &[u8]) -> Option<Forest> {
    let mut line = || {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let (line, rest) = bytes.split_at_checked(end)?;
        bytes = rest.get(1..)?;
        std::str::from_utf8(line).ok()
    };
    let (version, names) = (line()?, line()?);
    if version != "firsthand-extract model 2" || names != features::names().join(" ") {
        return None;
    }
    Forest::read(&mut bytes)
}

/// Which blocks to keep, given the probability that each belongs to the article and its words: the
/// set whose expected F1 is greatest. With F1 as the measure the best set is that of all blocks above
/// some threshold (Lewis 1995, "Evaluating and optimizing autonomous text classification systems").
pub fn decide(looks: &[f32], sizes: &[f32]) -> Vec<bool> {
    let mut order: Vec<(f32, f32)> =
        looks.iter().copied().zip(sizes.iter().map(|size| size.max(1.0))).filter(|(look, _)| *look > 0.02).collect();
    order.sort_by(|one, other| other.0.total_cmp(&one.0));
    let expected: f32 = order.iter().map(|(look, size)| look * size).sum();
    let (mut hit, mut taken, mut best, mut threshold) = (0.0_f32, 0.0_f32, 0.0_f32, f32::INFINITY);
    for (look, size) in order {
        hit += look * size;
        taken += size;
        let f1 = 2.0 * hit / (expected + taken);
        if f1 > best {
            best = f1;
            threshold = look;
        }
    }
    looks.iter().map(|look| *look >= threshold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_model_fits_the_features() {
        let model = read(BYTES).unwrap();
        let nodes = model.trees.iter().flatten();
        let inner = nodes.filter(|node| node.feature != crate::trees::Node::LEAF);
        let most = inner.map(|node| usize::from(node.feature)).max();
        assert!(most.is_some() && most < Some(features::names().len()));
        assert!(Flat::new(&model).is_some());
        assert!(read(&BYTES[..BYTES.len() - 1]).is_none());
    }

    #[test]
    fn a_second_copy_of_a_page_keeps_its_text() {
        let mut looks = [0.9, 0.9, 0.5];
        forget(&mut looks, &[40.0, 40.0, 20.0], &[false, false, true]);
        assert_eq!(looks, [0.9, 0.9, 0.0]);
        let mut looks = [0.9, 0.9, 0.6, 0.9, 0.9];
        forget(&mut looks, &[40.0, 20.0, 20.0, 40.0, 9.0], &[false, true, true, false, true]);
        assert_eq!(looks, [0.9, 0.9, 0.0, 0.9, 0.0]);
        let mut looks = [0.9, 0.9, 0.5];
        forget(&mut looks, &[40.0, 40.0, 20.0], &[true, true, true]);
        assert_eq!(looks, [0.9, 0.9, 0.5]);
    }

    #[test]
    fn the_likely_blocks_are_kept() {
        assert_eq!(decide(&[0.9, 0.2, 0.95, 0.01], &[40.0, 30.0, 50.0, 100.0]), [true, false, true, false]);
        // Where nothing is likely, the likeliest is.
        assert_eq!(decide(&[0.3, 0.1], &[40.0, 30.0]), [true, false]);
        assert_eq!(decide(&[], &[]), Vec::<bool>::new());
    }
}
