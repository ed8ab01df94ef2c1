//! Boosted trees: a sum of decision trees gives the log-odds of an answer (Friedman 2001, "Greedy function
//! approximation: a gradient boosting machine").

/// A node: an inner one asks whether a feature is below a threshold and names the place of the two
/// next ones; a leaf holds its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// The feature's place; [`Node::LEAF`] for a leaf.
    pub feature: u16,
    /// The place of the node for "below"; the other one follows it.
    pub next: u16,
    /// The threshold, or a leaf's value.
    pub value: f32,
}

impl Node {
    /// The feature of a leaf.
    pub const LEAF: u16 = u16::MAX;
}

/// Trees whose leaves are summed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Forest {
    /// The nodes of every tree, its root first; places are within the tree.
    pub trees: Vec<Vec<Node>>,
    /// The log-odds before any tree.
    pub base: f32,
}

impl Forest {
    #[cfg(any(test, feature = "training"))]
    /// The probability for a row of features; one that is missing counts as 0.
    pub fn probability(&self, row: &[f32]) -> f32 {
        1.0 / (1.0 + (-self.sum(row)).exp())
    }

    #[cfg(any(test, feature = "training"))]
    /// The log-odds for a row of features.
    pub fn sum(&self, row: &[f32]) -> f32 {
        self.trees.iter().fold(self.base, |sum, tree| sum + leaf(tree, row))
    }

    #[cfg(any(test, feature = "training"))]
    /// Appends the forest's bytes: trees, base, then each tree's nodes; all little-endian.
    pub fn write(&self, out: &mut Vec<u8>) {
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
        out.extend(count(self.trees.len()));
        out.extend(self.base.to_le_bytes());
        for tree in &self.trees {
            out.extend(count(tree.len()));
            for node in tree {
                out.extend(node.feature.to_le_bytes());
                out.extend(node.next.to_le_bytes());
                out.extend(node.value.to_le_bytes());
            }
        }
    }

    /// Reads what [`Forest::write`] wrote off the front of `bytes`; nothing when they are cut short.
    pub fn read(bytes: &mut &[u8]) -> Option<Self> {
        let trees = u32::from_le_bytes(take(bytes)?);
        let base = f32::from_le_bytes(take(bytes)?);
        let mut forest = Self { trees: Vec::new(), base };
        for _ in 0..trees {
            let nodes = u32::from_le_bytes(take(bytes)?);
            let mut tree = Vec::new();
            for _ in 0..nodes {
                tree.push(Node {
                    feature: u16::from_le_bytes(take(bytes)?),
                    next: u16::from_le_bytes(take(bytes)?),
                    value: f32::from_le_bytes(take(bytes)?),
                });
            }
            forest.trees.push(tree);
        }
        Some(forest)
    }
}

#[cfg(any(test, feature = "training"))]
fn leaf(tree: &[Node], row: &[f32]) -> f32 {
    let mut at = 0_usize;
    // A tree is no deeper than it has nodes; one that was tampered with ends too.
    for _ in 0..tree.len() {
        let Some(node) = tree.get(at) else { return 0.0 };
        if node.feature == Node::LEAF {
            return node.value;
        }
        let held = row.get(usize::from(node.feature)).copied().unwrap_or_default();
        at = usize::from(node.next) + usize::from(held >= node.value);
    }
    0.0
}

/// The greatest depth of a [`Forest`] that can be laid out flat.
const DEPTH: usize = 4;
const LEAVES: usize = 1 << DEPTH;
/// So many features at most, so that a byte names each.
const FEATURES: usize = 256;
/// So many rows go down a tree side by side: each step waits for the one before it, but not for other rows'.
const LANES: usize = 16;

/// A forest whose trees are padded to one depth: the places below a node follow from its own, nothing branches.
#[derive(Debug)]
pub(crate) struct Flat {
    trees: Vec<FlatTree>,
    base: f32,
}

/// The root stands at place 1, below a place are twice it and the next one; leaves follow the inner nodes.
#[derive(Debug, Clone)]
struct FlatTree {
    features: [u8; LEAVES],
    thresholds: [f32; LEAVES],
    leaves: [f32; LEAVES],
}

impl Flat {
    /// Lays out a forest; nothing when one of its trees is deeper than [`DEPTH`], or broken, or asks for too many features.
    pub(crate) fn new(forest: &Forest) -> Option<Self> {
        let trees = forest.trees.iter().map(|tree| FlatTree::new(tree)).collect::<Option<_>>()?;
        Some(Self { trees, base: forest.base })
    }

    /// The probability for each row of features, as [`Forest::probability`] gives it.
    pub(crate) fn probabilities(&self, rows: &[&[f32]]) -> Vec<f32> {
        let mut sums = vec![self.base; rows.len()];
        let mut lanes = [[0.0; FEATURES]; LANES];
        for (rows, sums) in rows.chunks(LANES).zip(sums.chunks_mut(LANES)) {
            // All lanes always: a loop of known length is unrolled.
            for (lane, row) in lanes.iter_mut().zip(rows) {
                lane.iter_mut().zip(*row).for_each(|(held, value)| *held = *value);
            }
            for tree in &self.trees {
                let mut at = [1; LANES];
                for _ in 0..DEPTH {
                    for (row, at) in lanes.iter().zip(&mut at) {
                        *at = tree.below(*at, row);
                    }
                }
                for (sum, at) in sums.iter_mut().zip(at) {
                    *sum += tree.leaves.get(at & (LEAVES - 1)).copied().unwrap_or_default();
                }
            }
        }
        sums.into_iter().map(|sum| 1.0 / (1.0 + (-sum).exp())).collect()
    }
}

impl FlatTree {
    fn new(tree: &[Node]) -> Option<Self> {
        let mut out = Self { features: [0; LEAVES], thresholds: [f32::INFINITY; LEAVES], leaves: [0.0; LEAVES] };
        // For each place of the padded tree the node that stands there; a leaf's stands at all places below too.
        let mut nodes = [0_usize; 2 * LEAVES];
        for place in 1..2 * LEAVES {
            let node = tree.get(*nodes.get(place)?)?;
            let is_leaf = node.feature == Node::LEAF;
            if let Some(leaf) = place.checked_sub(LEAVES) {
                *out.leaves.get_mut(leaf).filter(|_| is_leaf)? = node.value;
                continue;
            }
            if !is_leaf {
                *out.features.get_mut(place)? = u8::try_from(node.feature).ok()?;
                *out.thresholds.get_mut(place)? = node.value;
            }
            for side in 0..2 {
                let below = if is_leaf { *nodes.get(place)? } else { usize::from(node.next) + side };
                *nodes.get_mut(2 * place + side)? = below;
            }
        }
        Some(out)
    }

    // The masks and the byte keep every place within its array, so that nothing is left to check.
    fn below(&self, at: usize, row: &[f32; FEATURES]) -> usize {
        let feature = self.features.get(at & (LEAVES - 1)).copied().unwrap_or_default();
        let threshold = self.thresholds.get(at & (LEAVES - 1)).copied().unwrap_or(f32::INFINITY);
        let held = row.get(usize::from(feature)).copied().unwrap_or_default();
        2 * at + usize::from(held >= threshold)
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forest() -> Forest {
        let inner = Node { feature: 1, next: 1, value: 0.5 };
        let leaf = |value| Node { feature: Node::LEAF, next: 0, value };
        Forest { trees: vec![vec![inner, leaf(-2.0), leaf(3.0)], vec![leaf(0.25)]], base: 0.5 }
    }

    #[test]
    fn flat_trees_give_the_same() {
        let forest = forest();
        let flat = Flat::new(&forest).unwrap();
        let rows: Vec<[f32; 2]> = (0..19).map(|place| [0.0, place as f32 / 20.0]).collect();
        let rows: Vec<&[f32]> = rows.iter().map(|row| row.as_slice()).chain([[9.0].as_slice()]).collect();
        let wanted: Vec<f32> = rows.iter().map(|row| forest.probability(row)).collect();
        assert_eq!(flat.probabilities(&rows), wanted);
        let inner = |place: u16| Node { feature: 0, next: 2 * place + 1, value: 0.5 };
        let deep = (0..LEAVES as u16 - 1).map(inner).chain((0..LEAVES).map(|_| inner(0)));
        assert!(Flat::new(&Forest { trees: vec![deep.collect()], base: 0.0 }).is_none());
        assert!(Flat::new(&Forest { trees: vec![Vec::new()], base: 0.0 }).is_none());
        let leaf = Node { feature: Node::LEAF, next: 0, value: 0.0 };
        let far = vec![Node { feature: 256, next: 1, value: 0.5 }, leaf, leaf];
        assert!(Flat::new(&Forest { trees: vec![far], base: 0.0 }).is_none());
    }

    #[test]
    fn leaves_are_summed() {
        assert_eq!(forest().sum(&[9.0, 0.4]), -1.25);
        assert_eq!(forest().sum(&[9.0, 0.5]), 3.75);
        assert!(forest().probability(&[0.0, 1.0]) > 0.97);
    }

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        forest().write(&mut bytes);
        assert_eq!(Forest::read(&mut bytes.as_slice()), Some(forest()));
        for end in 0..bytes.len() {
            assert_eq!(Forest::read(&mut &bytes[..end]), None);
        }
    }
}
