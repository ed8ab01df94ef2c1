//! The runs of words of a text in 128 bytes: enough to tell how many two texts have in common.

/// The bins of a sketch.
const BINS: usize = 128;

/// One permutation hashing (Li, Owen and Zhang 2012) with eight bits a bin (Li and König 2010): each run falls
/// into one bin, which keeps some bits of the smallest run in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sketch([u8; BINS]);

impl Default for Sketch {
    fn default() -> Self {
        Self([0; BINS])
    }
}

impl Sketch {
    /// The sketch of hashed runs, in any order.
    pub(crate) fn of(runs: &[u64]) -> Self {
        let mut smallest = [u64::MAX; BINS];
        for run in runs {
            let bin = (run >> 57) as usize;
            if let Some(held) = smallest.get_mut(bin) {
                *held = (*held).min(run << 7);
            }
        }
        // 0 is an empty bin. The upper bits of what is smallest are few: the remainder hangs on the lower ones.
        Self(smallest.map(|run| if run == u64::MAX { 0 } else { ((run >> 7) % 255) as u8 + 1 }))
    }

    /// The Jaccard similarity of the runs of two texts, as far as the sketches tell: 0 to 1.
    pub(crate) fn resemblance(&self, other: &Self) -> f32 {
        let (mut filled, mut equal) = (0_u32, 0_u32);
        for (one, two) in self.0.iter().zip(&other.0) {
            filled += u32::from(*one != 0 || *two != 0);
            equal += u32::from(*one == *two && *one != 0);
        }
        if filled == 0 {
            return 0.0;
        }
        // One in 255 bins is equal by chance.
        ((equal as f32 / filled as f32 - 1.0 / 255.0) * (255.0 / 254.0)).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use firsthand_text::shingles::stable_hash;

    fn runs(range: std::ops::Range<u32>) -> Vec<u64> {
        range.map(|number| stable_hash(&number.to_le_bytes())).collect()
    }

    #[test]
    fn resemblance_is_near_the_share_of_common_runs() {
        for (one, other, share) in [
            (0..1000, 0..1000, 1.0),
            (0..1000, 2000..3000, 0.0),
            (0..1000, 500..1500, 1.0 / 3.0),
            (0..40, 0..40, 1.0),
            (0..40, 20..60, 1.0 / 3.0),
            (0..100, 0..1000, 0.1),
        ] {
            let near = Sketch::of(&runs(one)).resemblance(&Sketch::of(&runs(other)));
            assert!((near - share).abs() < 0.12, "{near} {share}");
        }
        assert_eq!(Sketch::default().resemblance(&Sketch::default()), 0.0);
    }
}
