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

/// So many leaves of a tree at most: a bit stands for each.
const LEAVES: usize = 32;
/// So many rows go down a tree side by side.
const LANES: usize = 16;
/// The shipped forest is the mean of so many, one behind the other. The first looks at all rows; what it holds for hopeless
/// the others do not see.
pub const PARTS: usize = 4;
/// The log-odds below which a row is hopeless: one in a thousand.
const HOPELESS: f32 = -7.0;

/// A forest laid out for many rows at once. No tree is walked: every inner node that sends a row to its second side takes
/// the leaves of its first side away, and the first leaf that is left is the row's (Lucchese, Nardini, Orlando, Perego,
/// Tonellotto and Venturini 2015, "QuickScorer: a fast algorithm to rank documents with additive ensembles of regression
/// trees").
#[derive(Debug)]
pub(crate) struct Flat {
    trees: Vec<FlatTree>,
    base: f32,
}

#[derive(Debug, Clone)]
struct FlatTree {
    inner: Vec<Inner>,
    leaves: [f32; LEAVES],
}

#[derive(Debug, Clone, Copy)]
struct Inner {
    feature: u16,
    threshold: f32,
    /// The leaves that are not on its first side.
    rest: u32,
}

/// The values of some rows, feature by feature.
type Lanes = Vec<[f32; LANES]>;

impl Flat {
    /// Lays out a forest; nothing when one of its trees has too many leaves, or is broken.
    pub(crate) fn new(forest: &Forest) -> Option<Self> {
        let trees = forest.trees.iter().map(|tree| FlatTree::new(tree)).collect::<Option<_>>()?;
        Some(Self { trees, base: forest.base })
    }

    /// The probability for each row of features, as [`Forest::probability`] gives it but for hopeless ones, whose are
    /// those of the first trees.
    pub(crate) fn probabilities(&self, rows: &[&[f32]]) -> Vec<f32> {
        let mut lanes: Lanes = vec![[0.0; LANES]; rows.iter().map(|row| row.len()).max().unwrap_or(0)];
        let first = self.trees.len() / PARTS;
        let (first, others) = self.trees.split_at_checked(first).unwrap_or((&[], &self.trees));
        let mut sums = vec![0.0; rows.len()];
        let all: Vec<usize> = (0..rows.len()).collect();
        add(first, rows, &all, &mut lanes, &mut sums);
        // The parts are trained alike: the whole is about so many times the first.
        let whole = |sum: f32| self.base + sum * PARTS as f32;
        let hopeful: Vec<usize> = all
            .into_iter()
            .filter(|row| sums.get(*row).is_some_and(|sum| first.is_empty() || whole(*sum) >= HOPELESS))
            .collect();
        let mut out: Vec<f32> = sums.iter().map(|sum| whole(*sum)).collect();
        sums.iter_mut().for_each(|sum| *sum += self.base);
        add(others, rows, &hopeful, &mut lanes, &mut sums);
        for row in hopeful {
            if let Some((held, sum)) = out.get_mut(row).zip(sums.get(row)) {
                *held = *sum;
            }
        }
        out.into_iter().map(|sum| 1.0 / (1.0 + (-sum).exp())).collect()
    }
}

/// Adds what trees say of some of the rows.
fn add(trees: &[FlatTree], rows: &[&[f32]], some: &[usize], lanes: &mut Lanes, sums: &mut [f32]) {
    for some in some.chunks(LANES) {
        for (lane, row) in some.iter().enumerate() {
            let values = rows.get(*row).into_iter().flat_map(|row| row.iter());
            for (held, value) in lanes.iter_mut().zip(values) {
                if let Some(held) = held.get_mut(lane) {
                    *held = *value;
                }
            }
        }
        let mut own = [0.0; LANES];
        for tree in trees {
            let mut left = [u32::MAX; LANES];
            for node in &tree.inner {
                let Some(values) = lanes.get(usize::from(node.feature)) else { continue };
                for (left, value) in left.iter_mut().zip(values) {
                    *left &= node.rest | u32::from(*value >= node.threshold).wrapping_sub(1);
                }
            }
            for (sum, left) in own.iter_mut().zip(left) {
                *sum += tree.leaves.get(left.trailing_zeros() as usize % LEAVES).copied().unwrap_or_default();
            }
        }
        for (row, own) in some.iter().zip(own) {
            if let Some(sum) = sums.get_mut(*row) {
                *sum += own;
            }
        }
    }
}

impl FlatTree {
    fn new(tree: &[Node]) -> Option<Self> {
        let mut out = Self { inner: Vec::new(), leaves: [0.0; LEAVES] };
        let mut leaves = 0;
        // Each inner node is met before its sides, and again between them, when the leaves of the first are known.
        let mut steps = vec![(0_usize, None)];
        while let Some((place, leaves_before)) = steps.pop() {
            let node = tree.get(place)?;
            if node.feature == Node::LEAF {
                *out.leaves.get_mut(leaves)? = node.value;
                leaves += 1;
                continue;
            }
            let next = usize::from(node.next);
            // A tree's places grow downwards; one that was tampered with would go round.
            if next <= place {
                return None;
            }
            let Some(before) = leaves_before else {
                steps.extend([(next + 1, None), (place, Some(leaves)), (next, None)]);
                continue;
            };
            let first_side = (before..leaves).fold(0_u32, |bits, leaf| bits | 1 << leaf);
            out.inner.push(Inner { feature: node.feature, threshold: node.value, rest: !first_side });
        }
        Some(out)
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
        let mut forest = forest();
        let inner = |feature, next, value| Node { feature, next, value };
        let leaf = |value| inner(Node::LEAF, 0, value);
        let both =
            vec![inner(0, 1, 0.5), inner(1, 3, 0.3), inner(1, 5, 0.7), leaf(1.0), leaf(2.0), leaf(3.0), leaf(4.0)];
        forest.trees.push(both);
        let flat = Flat::new(&forest).unwrap();
        let rows: Vec<[f32; 2]> = (0..19).map(|place| [(place % 3) as f32 / 2.0, place as f32 / 20.0]).collect();
        let rows: Vec<&[f32]> = rows.iter().map(|row| row.as_slice()).chain([[9.0, 0.0].as_slice()]).collect();
        let wanted: Vec<f32> = rows.iter().map(|row| forest.probability(row)).collect();
        assert_eq!(flat.probabilities(&rows), wanted);
        assert!(flat.probabilities(&[]).is_empty());
        assert!(Flat::new(&Forest { trees: vec![Vec::new()], base: 0.0 }).is_none());
        // A tree that goes round, and one with a leaf too many.
        assert!(Flat::new(&Forest { trees: vec![vec![inner(0, 0, 0.5), leaf(1.0)]], base: 0.0 }).is_none());
        let deep = (0..LEAVES as u16).flat_map(|place| [inner(0, 2 * place + 1, 0.5), leaf(1.0)]);
        let deep: Vec<Node> = deep.chain([leaf(1.0)]).collect();
        assert!(Flat::new(&Forest { trees: vec![deep], base: 0.0 }).is_none());
    }

    #[test]
    fn hopeless_rows_are_not_shown_to_all_trees() {
        let leaf = |value| vec![Node { feature: Node::LEAF, next: 0, value }];
        let split = |low, high| {
            let mut tree = vec![Node { feature: 0, next: 1, value: 0.5 }];
            tree.extend([leaf(low), leaf(high)].concat());
            tree
        };
        let forest = Forest { trees: vec![split(-3.0, 1.0), split(9.0, 2.0), leaf(0.0), leaf(0.0)], base: 0.0 };
        let looks = Flat::new(&forest).unwrap().probabilities(&[&[0.0], &[1.0]]);
        assert!(looks[0] < 0.001 && (looks[1] - forest.probability(&[1.0])).abs() < 1e-6, "{looks:?}");
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
