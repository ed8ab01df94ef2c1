//! Which blocks are the article: the model's two looks at each, and the choice that follows.

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
    fn the_likely_blocks_are_kept() {
        assert_eq!(decide(&[0.9, 0.2, 0.95, 0.01], &[40.0, 30.0, 50.0, 100.0]), [true, false, true, false]);
        // Where nothing is likely, the likeliest is.
        assert_eq!(decide(&[0.3, 0.1], &[40.0, 30.0]), [true, false]);
        assert_eq!(decide(&[], &[]), Vec::<bool>::new());
    }
}
