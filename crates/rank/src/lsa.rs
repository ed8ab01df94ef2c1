//! Latent semantic analysis (Deerwester et al. 1990): articles by what their words have in common, through a
//! randomised singular value decomposition (Halko, Martinsson and Tropp 2011).

use crate::words::Vector;

/// Dimensions that are looked at besides, for the kept ones to be exact.
const BESIDES: usize = 12;
/// Times that the range is sharpened.
const SHARPENED: usize = 2;
/// Articles from which the dimensions are learnt.
const ARTICLES: usize = 4000;

/// The projection of words to dimensions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Space {
    /// A row of dimensions for each term.
    rows: Vec<f32>,
    dimensions: usize,
}

impl Space {
    /// The space of some articles, over so many terms, of at most so many dimensions. Empty where there are too few articles to say anything.
    pub(crate) fn of(articles: &[Vector], terms: usize, dimensions: usize) -> Self {
        let step = articles.len().div_ceil(ARTICLES).max(1);
        let articles: Vec<&Vector> = articles.iter().step_by(step).filter(|article| !article.is_empty()).collect();
        let width = (dimensions + BESIDES).min(articles.len() / 2);
        if width < 4 {
            return Self::default();
        }
        // The range of the matrix (articles × terms), from a random start that is the same every time.
        let mut range = times(&articles, &random(terms * width), width);
        orthonormal(&mut range, width);
        for _ in 0..SHARPENED {
            let back = transposed(&articles, &range, terms, width);
            range = times(&articles, &back, width);
            orthonormal(&mut range, width);
        }
        // In it the matrix is small (width × terms); its singular vectors come from its Gram matrix.
        let small = transposed(&articles, &range, terms, width);
        let mut gram = vec![0.0_f64; width * width];
        for row in small.chunks_exact(width) {
            for (left, slots) in row.iter().zip(gram.chunks_exact_mut(width)) {
                if *left != 0.0 {
                    slots.iter_mut().zip(row).for_each(|(slot, right)| *slot += f64::from(*left) * f64::from(*right));
                }
            }
        }
        let (values, vectors) = eigen(gram, width);
        let mut order: Vec<usize> = (0..width).collect();
        order.sort_by(|one, other| {
            let value = |place: &usize| values.get(*place).copied().unwrap_or(0.0);
            value(other).total_cmp(&value(one))
        });
        let greatest = order.first().and_then(|place| values.get(*place)).copied().unwrap_or(0.0);
        order.retain(|place| values.get(*place).is_some_and(|value| *value > greatest * 1e-6));
        order.truncate(dimensions);
        let dimensions = order.len();
        // Term by dimension: what a term adds to each, by singular values (V = Bᵀ U Σ⁻¹).
        let mut turned = vec![0.0_f32; width * dimensions];
        for (column, place) in order.iter().enumerate() {
            let scale = values.get(*place).map_or(0.0, |value| 1.0 / value.sqrt());
            for (row, slots) in turned.chunks_exact_mut(dimensions).enumerate() {
                if let (Some(slot), Some(value)) = (slots.get_mut(column), vectors.get(row * width + place)) {
                    #[expect(clippy::cast_possible_truncation, reason = "a coordinate of a unit vector")]
                    let value = (value * scale) as f32;
                    *slot = value;
                }
            }
        }
        let mut rows = vec![0.0_f32; terms * dimensions];
        for (row, out) in small.chunks_exact(width).zip(rows.chunks_exact_mut(dimensions)) {
            add_rows(row, &turned, out);
        }
        Self { rows, dimensions }
    }

    pub(crate) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Where an article stands, and how long the vector was before it was made one of length 1.
    pub(crate) fn place(&self, article: &Vector) -> (Vec<f32>, f32) {
        let mut out = vec![0.0; self.dimensions];
        for (term, value) in article {
            for (slot, part) in out.iter_mut().zip(self.row(*term)) {
                *slot += value * part;
            }
        }
        let length = out.iter().map(|value| value * value).sum::<f32>().sqrt();
        if length > 0.0 {
            out.iter_mut().for_each(|value| *value /= length);
        }
        (out, length)
    }

    /// The dimensions of a term.
    pub(crate) fn row(&self, term: u32) -> &[f32] {
        let start = term as usize * self.dimensions;
        self.rows.get(start..start + self.dimensions).unwrap_or_default()
    }
}

/// Adds the rows of a matrix, each as often as `shares` says.
fn add_rows(shares: &[f32], rows: &[f32], out: &mut [f32]) {
    for (share, row) in shares.iter().zip(rows.chunks_exact(out.len().max(1))) {
        out.iter_mut().zip(row).for_each(|(slot, value)| *slot += share * value);
    }
}

/// Articles × terms, times terms × width.
fn times(articles: &[&Vector], dense: &[f32], width: usize) -> Vec<f32> {
    let mut out = vec![0.0; articles.len() * width];
    for (article, slots) in articles.iter().zip(out.chunks_exact_mut(width)) {
        for (term, value) in article.iter() {
            let start = *term as usize * width;
            let row = dense.get(start..start + width).unwrap_or_default();
            slots.iter_mut().zip(row).for_each(|(slot, part)| *slot += value * part);
        }
    }
    out
}

/// Terms × articles, times articles × width.
fn transposed(articles: &[&Vector], dense: &[f32], terms: usize, width: usize) -> Vec<f32> {
    let mut out = vec![0.0; terms * width];
    for (article, row) in articles.iter().zip(dense.chunks_exact(width)) {
        for (term, value) in article.iter() {
            let start = *term as usize * width;
            if let Some(slots) = out.get_mut(start..start + width) {
                slots.iter_mut().zip(row).for_each(|(slot, part)| *slot += value * part);
            }
        }
    }
    out
}

/// Makes the columns of a matrix orthonormal, one after the other, twice over for exactness.
fn orthonormal(matrix: &mut [f32], width: usize) {
    let rows = matrix.len() / width.max(1);
    // By columns, so that a column is one stretch.
    let mut columns = vec![0.0_f32; matrix.len()];
    for (row, values) in matrix.chunks_exact(width).enumerate() {
        for (column, value) in values.iter().enumerate() {
            if let Some(slot) = columns.get_mut(column * rows + row) {
                *slot = *value;
            }
        }
    }
    for column in 0..width {
        let (done, rest) = columns.split_at_mut(column * rows);
        let Some(own) = rest.get_mut(..rows) else { continue };
        for _ in 0..2 {
            for other in done.chunks_exact(rows) {
                let share: f32 = own.iter().zip(other).map(|(one, other)| one * other).sum();
                own.iter_mut().zip(other).for_each(|(slot, value)| *slot -= share * value);
            }
        }
        let length = own.iter().map(|value| value * value).sum::<f32>().sqrt();
        let scale = if length > 1e-6 { 1.0 / length } else { 0.0 };
        own.iter_mut().for_each(|value| *value *= scale);
    }
    for (row, values) in matrix.chunks_exact_mut(width).enumerate() {
        for (column, slot) in values.iter_mut().enumerate() {
            *slot = columns.get(column * rows + row).copied().unwrap_or(0.0);
        }
    }
}

/// The eigenvalues of a symmetric matrix, and its eigenvectors as columns (Jacobi's method, by sweeps).
fn eigen(mut matrix: Vec<f64>, width: usize) -> (Vec<f64>, Vec<f64>) {
    let mut vectors = vec![0.0; width * width];
    (0..width).for_each(|place| {
        if let Some(slot) = vectors.get_mut(place * width + place) {
            *slot = 1.0;
        }
    });
    let at = |matrix: &[f64], row: usize, column: usize| matrix.get(row * width + column).copied().unwrap_or(0.0);
    for _ in 0..12 {
        let total: f64 = (0..width).map(|place| at(&matrix, place, place).abs()).sum();
        let mut off = 0.0;
        for row in 0..width {
            for column in row + 1..width {
                let value = at(&matrix, row, column);
                off += value.abs();
                if value.abs() < 1e-14 * total {
                    continue;
                }
                let angle = (at(&matrix, column, column) - at(&matrix, row, row)) / (2.0 * value);
                let tangent = angle.signum() / (angle.abs() + (angle * angle + 1.0).sqrt());
                let tangent = if angle == 0.0 { 1.0 } else { tangent };
                let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
                let sine = tangent * cosine;
                let turn = |matrix: &mut [f64], one: usize, other: usize| {
                    let (before, after) =
                        (matrix.get(one).copied().unwrap_or(0.0), matrix.get(other).copied().unwrap_or(0.0));
                    if let Some(slot) = matrix.get_mut(one) {
                        *slot = cosine * before - sine * after;
                    }
                    if let Some(slot) = matrix.get_mut(other) {
                        *slot = sine * before + cosine * after;
                    }
                };
                for place in 0..width {
                    turn(&mut matrix, place * width + row, place * width + column);
                }
                for place in 0..width {
                    turn(&mut matrix, row * width + place, column * width + place);
                }
                for place in 0..width {
                    turn(&mut vectors, place * width + row, place * width + column);
                }
            }
        }
        if off <= 1e-9 * total {
            break;
        }
    }
    ((0..width).map(|place| at(&matrix, place, place)).collect(), vectors)
}

/// Numbers between -1 and 1, the same every time (splitmix64, Steele et al. 2014).
fn random(count: usize) -> Vec<f32> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..count)
        .map(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((mixed ^ (mixed >> 31)) >> 40) as f32 / (1_u32 << 23) as f32 - 1.0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symmetric_matrix_is_its_eigenvectors() {
        let (values, vectors) = eigen(vec![2.0, 1.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 5.0], 3);
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        for (value, expected) in sorted.iter().zip([1.0, 3.0, 5.0]) {
            assert!((value - expected).abs() < 1e-9, "{values:?}");
        }
        for column in 0..3 {
            let length: f64 = (0..3).map(|row| vectors[row * 3 + column].powi(2)).sum();
            assert!((length - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn words_that_go_together_come_to_stand_together() {
        // Two topics of three words each; no article has all of its topic's words.
        let topics = [[0_u32, 1, 2], [3, 4, 5]];
        let articles: Vec<Vector> = (0..40)
            .map(|number| {
                let topic = topics[number % 2];
                let left_out = number / 2 % 3;
                (0..3).filter(|place| *place != left_out).map(|place| (topic[place], 0.7)).collect()
            })
            .collect();
        let space = Space::of(&articles, 6, 2);
        assert_eq!(space.dimensions(), 2);
        let near = |one: u32, other: u32| {
            let (one, _) = space.place(&vec![(one, 1.0)]);
            let (other, _) = space.place(&vec![(other, 1.0)]);
            one.iter().zip(&other).map(|(one, other)| one * other).sum::<f32>()
        };
        assert!(near(0, 1) > near(0, 3) + 0.1, "{} {}", near(0, 1), near(0, 3));
        assert_eq!(Space::of(&articles[..3], 6, 2).dimensions(), 0);
    }
}
