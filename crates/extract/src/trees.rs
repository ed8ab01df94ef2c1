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
    /// The probability for a row of features; one that is missing counts as 0.
    pub fn probability(&self, row: &[f32]) -> f32 {
        1.0 / (1.0 + (-self.sum(row)).exp())
    }

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
