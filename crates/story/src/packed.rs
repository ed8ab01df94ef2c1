//! An article's fields as they are kept and compared: four bytes a word.

use crate::features::{FIELDS, Term};

/// A sparse vector of length one, sorted by term.
pub(crate) type Vector = Vec<(Term, f32)>;

/// The heaviest terms that are kept of each field: title, lead, body, names, numbers.
const KEPT: [usize; FIELDS] = [16, 40, 96, 32, 12];

/// The bits of a term that are kept; the others are those of its weight.
const TERM: u32 = !0xff;

/// A term as it is kept: two of 16 million words are seldom one.
pub(crate) fn kept(term: Term) -> Term {
    term & TERM
}

/// Sparse vectors of length one, a field each, in one piece: 24 bits of a term, in order, and eight of
/// its weight.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packed {
    words: Box<[u32]>,
    /// Where each field ends.
    ends: [u16; FIELDS],
    /// What makes each field's vector of length one.
    scales: [f32; FIELDS],
}

impl Packed {
    /// The heaviest terms of each field; the fields' terms are in order.
    pub(crate) fn of(fields: &[Vector; FIELDS]) -> Self {
        let mut words: Vec<u32> = Vec::new();
        let (mut ends, mut scales) = ([0; FIELDS], [0.0; FIELDS]);
        for (((field, most), end), scale) in fields.iter().zip(KEPT).zip(&mut ends).zip(&mut scales) {
            let greatest = field.iter().fold(0.0_f32, |greatest, (_, weight)| greatest.max(*weight));
            let mut heavy: Vec<(Term, f32)> = field.clone();
            if heavy.len() > most {
                heavy.sort_unstable_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
                heavy.truncate(most);
                heavy.sort_unstable_by_key(|(term, _)| *term);
            }
            let mut squares = 0_u32;
            for (term, weight) in heavy {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
                let rounded = (weight / greatest * 255.0).round() as u8;
                if rounded > 0 {
                    words.push(kept(term) | u32::from(rounded));
                    squares += u32::from(rounded) * u32::from(rounded);
                }
            }
            *end = u16::try_from(words.len()).unwrap_or(u16::MAX);
            *scale = if squares > 0 { 1.0 / (squares as f32).sqrt() } else { 0.0 };
        }
        Self { words: words.into(), ends, scales }
    }

    fn words(&self, field: usize) -> &[u32] {
        let end = |field: usize| self.ends.get(field).map_or(0, |end| usize::from(*end));
        self.words.get(field.checked_sub(1).map_or(0, end)..end(field)).unwrap_or_default()
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        size_of_val(&*self.words)
    }

    /// The number of terms of a field.
    pub(crate) fn len(&self, field: usize) -> usize {
        self.words(field).len()
    }

    /// The terms of a field, as they are kept, with their weights in the vector of length one.
    pub(crate) fn field(&self, field: usize) -> impl Iterator<Item = (Term, f32)> {
        let scale = self.scales.get(field).copied().unwrap_or(0.0);
        self.words(field).iter().map(move |word| (kept(*word), (word & !TERM) as f32 * scale))
    }

    /// The terms that weigh most in all fields together, at most `most`, heaviest first; `shares` are those of
    /// the fields.
    pub(crate) fn heaviest(&self, shares: &[f32; FIELDS], most: usize) -> Vector {
        let mut weights: Vector = (0..FIELDS)
            .zip(shares)
            .flat_map(|(field, share)| self.field(field).map(move |(term, weight)| (term, share * weight)))
            .collect();
        weights.sort_by_key(|(term, _)| *term);
        weights.dedup_by(|next, held| {
            let same = next.0 == held.0;
            if same {
                held.1 += next.1;
            }
            same
        });
        weights.sort_unstable_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        weights.truncate(most);
        weights
    }

    /// The cosine of a field of two articles.
    pub(crate) fn cosine(&self, other: &Self, field: usize) -> f32 {
        let (mut one, mut two) = (self.words(field), other.words(field));
        let mut sum = 0_u32;
        while let (Some((word, rest)), Some((other_word, other_rest))) = (one.split_first(), two.split_first()) {
            let (term, other_term) = (kept(*word), kept(*other_word));
            if term == other_term {
                sum += (word & !TERM) * (other_word & !TERM);
            }
            if term <= other_term {
                one = rest;
            }
            if other_term <= term {
                two = other_rest;
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
        let mut body: Vector = (0..200).map(|term| ((term * 3) << 8, 1.0 + (term % 7) as f32)).collect();
        let length = body.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        body.iter_mut().for_each(|(_, weight)| *weight /= length);
        let fields = [Vec::new(), Vec::new(), body.clone(), vec![(0x700, 0.6), (0x900, 0.8)], Vec::new()];
        let packed = Packed::of(&fields);
        assert_eq!((packed.len(0), packed.len(2), packed.len(3)), (0, KEPT[2], 2));
        let kept: Vec<(Term, f32)> = packed.field(2).collect();
        assert!(kept.is_sorted_by_key(|(term, _)| *term));
        assert!(kept.iter().all(|(term, _)| (term >> 8) % 3 == 0 && ((term >> 8) / 3) % 7 >= 2));
        assert!((packed.cosine(&packed, 2) - 1.0).abs() < 1e-4);
        let other = Packed::of(&[Vec::new(), Vec::new(), Vec::new(), vec![(0x700, 1.0)], Vec::new()]);
        assert!((packed.cosine(&other, 3) - 0.6).abs() < 0.01);
        assert_eq!(packed.cosine(&other, 2), 0.0);
    }
}
