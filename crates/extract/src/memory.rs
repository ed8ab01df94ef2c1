//! The memory of a site: blocks that stand on several pages of one outlet are its furniture.
//!
//! Pure: the caller keeps the hashes, for example per outlet with the pages that they were seen on.

use crate::segment::{Block, Kind};
use firsthand_text::normalise::fold;
use std::collections::{HashMap, HashSet};

/// Shorter blocks (in letters) are not remembered: headings such as "Background" recur in articles too.
const LEAST_LETTERS: u32 = 20;

/// A block's hash (FNV-1a, 64 bits, of the folded text, numbers taken for equal); none for images and short blocks.
pub(crate) fn hash(block: &Block) -> Option<u64> {
    if block.kind == Kind::Image || block.letters < LEAST_LETTERS {
        return None;
    }
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in fold(&block.text).bytes() {
        let byte = if byte.is_ascii_digit() { b'0' } else { byte };
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    Some(hash)
}

/// The hashes that stand on at least `least` of the pages, given each page's hashes (see
/// [`block_hashes`](crate::block_hashes)). Two is a good choice: two reports of one outlet seldom share a paragraph.
pub fn repeated(pages: &[Vec<u64>], least: usize) -> HashSet<u64> {
    let mut counts: HashMap<u64, usize> = HashMap::new();
    for page in pages {
        for hash in page.iter().copied().collect::<HashSet<u64>>() {
            *counts.entry(hash).or_insert(0) += 1;
        }
    }
    counts.into_iter().filter(|(_, count)| *count >= least).map(|(hash, _)| hash).collect()
}
