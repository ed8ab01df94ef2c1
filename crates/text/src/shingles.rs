//! Runs of words as numbers: what two texts share word for word.

/// A hash that is the same on every machine and in every release (FNV-1a, 64 bits, finished with
/// the mixer of SplitMix64): hashes are stored and compared over years.
pub fn stable_hash(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in bytes {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    mix(hash)
}

fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// The hashes of all runs of `size` words, in order; of a shorter text the one run of all words.
/// The words are taken as they are: fold them first.
pub fn shingles<T: AsRef<str>>(words: &[T], size: usize) -> Vec<u64> {
    let hashes: Vec<u64> = words.iter().map(|word| stable_hash(word.as_ref().as_bytes())).collect();
    if hashes.is_empty() || size == 0 {
        return Vec::new();
    }
    let run = |window: &[u64]| window.iter().fold(0, |sum: u64, hash| mix(sum.rotate_left(5) ^ hash));
    if hashes.len() < size {
        return vec![run(&hashes)];
    }
    hashes.windows(size).map(run).collect()
}

/// The smallest hash under each of `N` permutations (Broder 1997, by mixing with `N` seeds): the
/// share of equal places estimates the Jaccard similarity of two sets.
pub fn min_hashes<const N: usize>(shingles: &[u64]) -> [u64; N] {
    let mut out = [u64::MAX; N];
    for shingle in shingles {
        for (seed, smallest) in (1_u64..).zip(out.iter_mut()) {
            *smallest = (*smallest).min(mix(shingle ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_runs_have_equal_hashes() {
        let a = shingles(&["a", "b", "c", "d", "e"], 4);
        let b = shingles(&["x", "a", "b", "c", "d"], 4);
        assert_eq!(a.len(), 2);
        assert_eq!(a[0], b[1]);
        assert_ne!(a[0], a[1]);
    }

    #[test]
    fn hashes_never_change() {
        assert_eq!(stable_hash(b"firsthand"), stable_hash(b"firsthand"));
        assert_eq!(stable_hash(b""), mix(0xcbf2_9ce4_8422_2325));
        assert_eq!(shingles(&["one"], 4).len(), 1);
    }

    #[test]
    fn the_share_of_equal_minima_follows_the_overlap() {
        let a: Vec<u64> = (0..1000).map(|n: u64| stable_hash(&n.to_le_bytes())).collect();
        let b: Vec<u64> = (500..1500).map(|n: u64| stable_hash(&n.to_le_bytes())).collect();
        let (a, b) = (min_hashes::<128>(&a), min_hashes::<128>(&b));
        let equal = a.iter().zip(&b).filter(|(a, b)| a == b).count();
        // Jaccard is 1/3: of 128 places about 43 are equal, five standard deviations are 27.
        assert!((16..70).contains(&equal), "{equal}");
    }
}
