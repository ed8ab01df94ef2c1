//! The second look at a block: what the first one thought of those around it.

use std::collections::HashMap;

/// Names of the numbers that [`rows`] adds to a block's features.
pub(crate) const NAMES: &[&str] = &[
    "first:own",
    "first:-3",
    "first:-2",
    "first:-1",
    "first:+1",
    "first:+2",
    "first:+3",
    "first:mean-before",
    "first:mean-after",
    "first:parent",
    "first:grand",
    "first:signature",
    "first:mass-before",
    "first:mass-after",
    "first:mass",
    "first:to-kept-before",
    "first:to-kept-after",
    "first:section",
    "first:wide-before",
    "first:wide-after",
    "first:run",
];

/// What is needed of a block besides its first probability.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) size: f32,
    pub(crate) parent: u32,
    pub(crate) grand: u32,
    pub(crate) signature: u64,
    /// Blocks since the last heading.
    pub(crate) heading_distance: f32,
}

/// The numbers for every block, in the order of [`NAMES`].
pub(crate) fn rows(first: &[f32], places: &[Place]) -> Vec<[f32; NAMES.len()]> {
    let mean = |groups: &mut HashMap<u64, (f32, f32)>, key: u64, one: f32, size: f32| {
        let held = groups.entry(key).or_insert((0.0, 0.0));
        held.0 += one * size;
        held.1 += size;
    };
    let (mut parents, mut grands, mut signatures) = (HashMap::new(), HashMap::new(), HashMap::new());
    let mut total = 0.0_f32;
    for (one, place) in first.iter().zip(places) {
        let size = place.size.max(1.0);
        mean(&mut parents, u64::from(place.parent), *one, size);
        mean(&mut grands, u64::from(place.grand), *one, size);
        mean(&mut signatures, place.signature, *one, size);
        total += one * size;
    }
    let others = |groups: &HashMap<u64, (f32, f32)>, key: u64, one: f32, size: f32| {
        let (sum, weight) = groups.get(&key).copied().unwrap_or_default();
        // Without the block itself; -1 where it is alone.
        if weight - size < 0.5 { -1.0 } else { (sum - one * size) / (weight - size) }
    };
    let at = |place: usize, offset: isize| {
        place.checked_add_signed(offset).and_then(|place| first.get(place)).copied().unwrap_or(-1.0)
    };
    let window = |from: usize, to: usize| {
        let (mut sum, mut weight) = (0.0, 0.0);
        for (one, place) in first.iter().zip(places).take(to).skip(from) {
            sum += one * place.size;
            weight += place.size;
        }
        if weight > 0.0 { sum / weight } else { -1.0 }
    };
    let count = first.len();
    let mut after = vec![30.0_f32; count];
    let mut distance = 30.0_f32;
    for (held, one) in after.iter_mut().zip(first).rev() {
        *held = distance;
        distance = if *one > 0.5 { 1.0 } else { (distance + 1.0).min(30.0) };
    }
    let mut out = Vec::with_capacity(count);
    let (mut before, mut to_kept, mut run) = (0.0_f32, 30.0_f32, 0.0_f32);
    for (index, (one, place)) in first.iter().zip(places).enumerate() {
        let size = place.size.max(1.0);
        let section = index.saturating_sub(place.heading_distance.clamp(0.0, 4000.0) as usize);
        let heading = first.get(section).copied().unwrap_or(-1.0);
        out.push([
            *one,
            at(index, -3),
            at(index, -2),
            at(index, -1),
            at(index, 1),
            at(index, 2),
            at(index, 3),
            window(index.saturating_sub(5), index),
            window(index + 1, index + 6),
            others(&parents, u64::from(place.parent), *one, size),
            others(&grands, u64::from(place.grand), *one, size),
            others(&signatures, place.signature, *one, size),
            before / total.max(1.0),
            (total - before - one * size) / total.max(1.0),
            total,
            to_kept,
            after.get(index).copied().unwrap_or_default(),
            heading,
            window(index.saturating_sub(15), index),
            window(index + 1, index + 16),
            run,
        ]);
        before += one * size;
        if *one > 0.5 {
            to_kept = 1.0;
            run += 1.0;
        } else {
            to_kept = (to_kept + 1.0).min(30.0);
            run = 0.0;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_sees_its_neighbours() {
        let place = |parent| Place { size: 10.0, parent, grand: 1, signature: 7, heading_distance: 0.0 };
        let rows = rows(&[0.9, 0.8, 0.1], &[place(1), place(1), place(2)]);
        let named = |row: &[f32; NAMES.len()], name| row[NAMES.iter().position(|held| *held == name).unwrap()];
        assert_eq!(named(&rows[1], "first:own"), 0.8);
        assert_eq!(named(&rows[1], "first:-1"), 0.9);
        assert_eq!(named(&rows[1], "first:+1"), 0.1);
        assert!((named(&rows[0], "first:parent") - 0.8).abs() < 1e-5);
        assert_eq!(named(&rows[2], "first:parent"), -1.0);
        assert!((named(&rows[2], "first:mass-before") - 17.0 / 18.0).abs() < 1e-5);
        assert_eq!(named(&rows[2], "first:to-kept-before"), 1.0);
    }
}
