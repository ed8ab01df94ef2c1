//! An article's fields as they are kept and compared: a few bytes a word.

use crate::features::{FIELDS, Term};
use crate::state::Vector;

/// The heaviest terms that are kept of each field: title, lead, body, names, numbers.
const KEPT: [usize; FIELDS] = [24, 56, 128, 48, 16];

/// Sparse vectors of length one, a field each, in one piece: terms in order, weights in eight bits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packed {
    terms: Box<[Term]>,
    weights: Box<[u8]>,
    /// Where each field ends.
    ends: [u16; FIELDS],
    /// What makes each field's vector of length one.
    scales: [f32; FIELDS],
}

impl Packed {
    /// The heaviest terms of each field; the fields' terms are in order.
    pub(crate) fn of(fields: &[Vector; FIELDS]) -> Self {
        let (mut terms, mut weights) = (Vec::new(), Vec::new());
        let (mut ends, mut scales) = ([0; FIELDS], [0.0; FIELDS]);
        for (((field, kept), end), scale) in fields.iter().zip(KEPT).zip(&mut ends).zip(&mut scales) {
            let greatest = field.iter().fold(0.0_f32, |greatest, (_, weight)| greatest.max(*weight));
            let mut heavy: Vec<(Term, f32)> = field.clone();
            if heavy.len() > kept {
                heavy.sort_unstable_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
                heavy.truncate(kept);
                heavy.sort_unstable_by_key(|(term, _)| *term);
            }
            let mut squares = 0_u32;
            for (term, weight) in heavy {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
                let rounded = (weight / greatest * 255.0).round() as u8;
                if rounded > 0 {
                    terms.push(term);
                    weights.push(rounded);
                    squares += u32::from(rounded) * u32::from(rounded);
                }
            }
            *end = u16::try_from(terms.len()).unwrap_or(u16::MAX);
            *scale = if squares > 0 { 1.0 / (squares as f32).sqrt() } else { 0.0 };
        }
        Self { terms: terms.into(), weights: weights.into(), ends, scales }
    }

    fn range(&self, field: usize) -> std::ops::Range<usize> {
        let end = |field: usize| self.ends.get(field).map_or(0, |end| usize::from(*end));
        field.checked_sub(1).map_or(0, end)..end(field)
    }

    fn parts(&self, field: usize) -> (&[Term], &[u8]) {
        let range = self.range(field);
        (self.terms.get(range.clone()).unwrap_or_default(), self.weights.get(range).unwrap_or_default())
    }

    /// The number of terms of a field.
    pub(crate) fn len(&self, field: usize) -> usize {
        self.range(field).len()
    }

    /// The terms of a field with their weights in the vector of length one.
    pub(crate) fn field(&self, field: usize) -> impl Iterator<Item = (Term, f32)> {
        let scale = self.scales.get(field).copied().unwrap_or(0.0);
        let (terms, weights) = self.parts(field);
        terms.iter().zip(weights).map(move |(term, weight)| (*term, f32::from(*weight) * scale))
    }

    /// The cosine of a field of two articles.
    pub(crate) fn cosine(&self, other: &Self, field: usize) -> f32 {
        let ((mut one, mut one_weights), (mut two, mut two_weights)) = (self.parts(field), other.parts(field));
        let mut sum = 0_u32;
        while let (Some((term, rest)), Some((other_term, other_rest))) = (one.split_first(), two.split_first()) {
            let (forward, other_forward) = (term <= other_term, other_term <= term);
            if forward && other_forward {
                let weight = |weights: &[u8]| weights.first().map_or(0, |weight| u32::from(*weight));
                sum += weight(one_weights) * weight(two_weights);
            }
            if forward {
                one = rest;
                one_weights = one_weights.get(1..).unwrap_or_default();
            }
            if other_forward {
                two = other_rest;
                two_weights = two_weights.get(1..).unwrap_or_default();
            }
        }
        let scale = |packed: &Self| packed.scales.get(field).copied().unwrap_or(0.0);
        sum as f32 * scale(self) * scale(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_terms_are_kept_in_order_and_compare_as_before() {
        let mut body: Vector = (0..200).map(|term| (term * 3, 1.0 + (term % 7) as f32)).collect();
        let length = body.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        body.iter_mut().for_each(|(_, weight)| *weight /= length);
        let fields = [Vec::new(), Vec::new(), body.clone(), vec![(7, 0.6), (9, 0.8)], Vec::new()];
        let packed = Packed::of(&fields);
        assert_eq!((packed.len(0), packed.len(2), packed.len(3)), (0, KEPT[2], 2));
        let kept: Vec<(Term, f32)> = packed.field(2).collect();
        assert!(kept.is_sorted_by_key(|(term, _)| *term));
        assert!(kept.iter().all(|(term, _)| term % 3 == 0 && (term / 3) % 7 >= 2));
        assert!((packed.cosine(&packed, 2) - 1.0).abs() < 1e-4);
        let other = Packed::of(&[Vec::new(), Vec::new(), Vec::new(), vec![(7, 1.0)], Vec::new()]);
        assert!((packed.cosine(&other, 3) - 0.6).abs() < 0.01);
        assert_eq!(packed.cosine(&other, 2), 0.0);
    }
}
