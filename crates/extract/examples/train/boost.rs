//! Gradient boosting on binned features, one thread, the same result for the same data and seed.

use crate::pages::Page;
use firsthand_extract::training::{Forest, Node};

/// How forests are trained.
#[derive(Debug, Clone, Copy)]
pub struct Boost {
    pub trees: usize,
    pub depth: usize,
    /// The share of each tree that counts.
    pub rate: f64,
    /// The share of features that a tree looks at.
    pub columns: f64,
    /// The share of pages that a tree is made on.
    pub pages: f64,
    pub seed: u64,
    /// What is added to a leaf's weight.
    pub lambda: f64,
    /// The least weight of a leaf.
    pub least: f64,
}

const BINS: usize = 64;

/// The rows of all pages and, by columns, their bins.
pub struct Matrix {
    pub rows: Vec<Vec<Vec<f32>>>,
    /// The first row of each page.
    starts: Vec<usize>,
    bins: Vec<Vec<u8>>,
    cuts: Vec<Vec<f32>>,
}

impl Matrix {
    pub fn new(pages: &[Page], width: usize) -> Self {
        let values = |page: &Page| page.blocks.iter().map(|block| block.values.clone()).collect();
        let rows: Vec<Vec<Vec<f32>>> = pages.iter().map(values).collect();
        let mut starts = Vec::new();
        let mut count = 0;
        for page in &rows {
            starts.push(count);
            count += page.len();
        }
        let (mut bins, mut cuts) = (Vec::new(), Vec::new());
        for feature in 0..width {
            let column: Vec<f32> = rows.iter().flatten().map(|row| row[feature]).collect();
            let held = cut(&column);
            bins.push(column.iter().map(|value| held.partition_point(|cut| *cut <= *value) as u8).collect());
            cuts.push(held);
        }
        Self { rows, starts, bins, cuts }
    }
}

/// At most 63 thresholds between a column's values, with as many values between each two.
fn cut(column: &[f32]) -> Vec<f32> {
    let mut sorted = column.to_vec();
    sorted.sort_by(f32::total_cmp);
    let mut unique = sorted.clone();
    unique.dedup();
    let middles = |values: &[f32]| values.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0).collect::<Vec<f32>>();
    if unique.len() <= BINS {
        return middles(&unique);
    }
    // Half of the thresholds by rank, half by rank among different values.
    let picked = |values: &[f32], count: usize| -> Vec<f32> {
        (1..count).map(|step| values[values.len() * step / count]).collect()
    };
    let mut out = [picked(&sorted, BINS / 2), picked(&unique, BINS / 2)].concat();
    out.sort_by(f32::total_cmp);
    out.dedup();
    out
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl Boost {
    /// Trains a forest that asks for the features with these numbers on the pages with these numbers.
    pub fn train(&self, matrix: &Matrix, used: &[usize], pages: &[Page], chosen: &[usize]) -> Forest {
        let mut random = Random(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        (0..3).for_each(|_| {
            random.next();
        });
        let rows: usize = matrix.bins.first().map_or(0, Vec::len);
        let (mut label, mut weight) = (vec![0.0_f64; rows], vec![0.0_f64; rows]);
        for page in chosen.iter().map(|number| &pages[*number]) {
            for (at, (held, counts)) in page.labels.iter().zip(&page.weights).enumerate() {
                label[matrix.starts[page.number] + at] = f64::from(*held);
                weight[matrix.starts[page.number] + at] = f64::from(*counts);
            }
        }
        let base = -1.0_f64;
        let mut sums = vec![base; rows];
        let mut forest = Forest { trees: Vec::new(), base: base as f32 };
        let (mut slope, mut bend) = (vec![0.0_f64; rows], vec![0.0_f64; rows]);
        for _ in 0..self.trees {
            for row in 0..rows {
                if weight[row] > 0.0 {
                    let probability = 1.0 / (1.0 + (-sums[row]).exp());
                    slope[row] = weight[row] * (probability - label[row]);
                    bend[row] = weight[row] * (probability * (1.0 - probability)).max(1e-6);
                }
            }
            let mut sample: Vec<u32> = Vec::new();
            for number in chosen {
                if random.next() < self.pages {
                    let start = matrix.starts[*number];
                    sample.extend((start..start + pages[*number].blocks.len()).map(|row| row as u32));
                }
            }
            let columns: Vec<usize> = used.iter().copied().filter(|_| random.next() < self.columns).collect();
            let tree = self.grow(matrix, &sample, &columns, &slope, &bend);
            for number in chosen {
                let start = matrix.starts[*number];
                for (at, row) in matrix.rows[*number].iter().enumerate() {
                    sums[start + at] += f64::from(leaf(&tree, row));
                }
            }
            forest.trees.push(tree);
        }
        forest
    }

    fn grow(&self, matrix: &Matrix, sample: &[u32], columns: &[usize], slope: &[f64], bend: &[f64]) -> Vec<Node> {
        let mut tree = vec![Node { feature: Node::LEAF, next: 0, value: 0.0 }];
        // The open nodes of a level, and for each row of the sample the one that it is in.
        let mut open: Vec<usize> = vec![0];
        let mut at: Vec<u32> = vec![0; sample.len()];
        for level in 0..=self.depth {
            let mut totals = vec![(0.0_f64, 0.0_f64); open.len()];
            for (row, node) in sample.iter().zip(&at) {
                if *node != u32::MAX {
                    let held = &mut totals[*node as usize];
                    held.0 += slope[*row as usize];
                    held.1 += bend[*row as usize];
                }
            }
            for (node, (slope, bend)) in open.iter().zip(&totals) {
                tree[*node].value = (-slope / (bend + self.lambda) * self.rate) as f32;
            }
            if level == self.depth || open.is_empty() {
                break;
            }
            // The best split of each open node: gain, feature, bin.
            let mut best: Vec<(f64, usize, usize)> = vec![(1e-3, usize::MAX, 0); open.len()];
            let mut sums: Vec<(f64, f64)> = Vec::new();
            for feature in columns {
                let bins = &matrix.bins[*feature];
                sums.clear();
                sums.resize(open.len() * BINS, (0.0, 0.0));
                for (row, node) in sample.iter().zip(&at) {
                    if *node != u32::MAX {
                        let held = &mut sums[*node as usize * BINS + bins[*row as usize] as usize];
                        held.0 += slope[*row as usize];
                        held.1 += bend[*row as usize];
                    }
                }
                for (node, best) in best.iter_mut().enumerate() {
                    let (slope_all, bend_all) = totals[node];
                    let worth = |slope: f64, bend: f64| slope * slope / (bend + self.lambda);
                    let (mut slope_left, mut bend_left) = (0.0, 0.0);
                    for bin in 0..matrix.cuts[*feature].len() {
                        let (slope, bend) = sums[node * BINS + bin];
                        slope_left += slope;
                        bend_left += bend;
                        if bend_left < self.least * 0.25 || bend_all - bend_left < self.least * 0.25 {
                            continue;
                        }
                        let gain = worth(slope_left, bend_left) + worth(slope_all - slope_left, bend_all - bend_left)
                            - worth(slope_all, bend_all);
                        if gain > best.0 {
                            *best = (gain, *feature, bin);
                        }
                    }
                }
            }
            let mut next_open = Vec::new();
            let mut moved: Vec<u32> = vec![u32::MAX; open.len()];
            for (place, (_, feature, bin)) in best.iter().enumerate() {
                if *feature == usize::MAX {
                    continue;
                }
                let next = tree.len();
                let leaf = Node { feature: Node::LEAF, next: 0, value: 0.0 };
                tree.extend([leaf, leaf]);
                tree[open[place]] =
                    Node { feature: *feature as u16, next: next as u16, value: matrix.cuts[*feature][*bin] };
                moved[place] = next_open.len() as u32;
                next_open.extend([next, next + 1]);
            }
            for (row, node) in sample.iter().zip(&mut at) {
                if *node == u32::MAX {
                    continue;
                }
                let place = *node as usize;
                *node = match moved[place] {
                    u32::MAX => u32::MAX,
                    first => {
                        let (_, feature, bin) = best[place];
                        first + u32::from(matrix.bins[feature][*row as usize] as usize > bin)
                    }
                };
            }
            open = next_open;
        }
        tree
    }
}

fn leaf(tree: &[Node], row: &[f32]) -> f32 {
    {
        let mut node = tree[0];
        while node.feature != Node::LEAF {
            node = tree[node.next as usize + usize::from(row[node.feature as usize] >= node.value)];
        }
        node.value
    }
}
