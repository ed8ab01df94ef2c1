//! The memory of a site: blocks that stand on several pages of one outlet are its furniture.
//!
//! Pure: the caller keeps a [`SiteMemory`] per outlet, as bytes.

use crate::segment::{Block, Kind};
use firsthand_text::normalise::fold;
use std::collections::{HashMap, HashSet, VecDeque};

/// Shorter blocks (in letters) are not remembered: headings such as "Background" recur in articles too.
const LEAST_LETTERS: u32 = 20;
/// The pages that are remembered, newest last.
const PAGES: usize = 8;
/// The blocks that are remembered of a page.
const BLOCKS: usize = 500;
/// On how many of the pages a block must stand, and on three quarters of all. Furniture is on nearly every page; reports
/// of one event may well share a paragraph of background, and an outlet has its stock sentences.
const LEAST_PAGES: usize = 3;
/// The first byte of the written form.
const VERSION: u8 = 1;

/// A block's hash (the upper half of FNV-1a, 64 bits, of the folded text, numbers taken for equal); none for
/// images and short blocks.
pub(crate) fn hash(block: &Block) -> Option<u32> {
    if block.kind == Kind::Image || block.letters < LEAST_LETTERS {
        return None;
    }
    let folded = fold(&block.text);
    let bytes = folded.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    Some((fnv(bytes) >> 32) as u32)
}

fn fnv(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What an outlet's last pages had in common: the hashes of their blocks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteMemory {
    /// Each page's address, hashed, and its blocks' hashes.
    pages: VecDeque<(u64, Vec<u32>)>,
}

impl SiteMemory {
    /// Remembers a page by its address; the same page seen again is no second one.
    pub fn see(&mut self, address: &str, hashes: &[u32]) {
        let address = fnv(address.bytes());
        self.pages.retain(|(held, _)| *held != address);
        self.pages.push_back((address, hashes.iter().copied().take(BLOCKS).collect()));
        while self.pages.len() > PAGES {
            self.pages.pop_front();
        }
    }

    /// The hashes of the blocks that stand on at least three of the last eight pages, and on three quarters of them.
    pub fn furniture(&self) -> HashSet<u32> {
        let mut counts: HashMap<u32, usize> = HashMap::new();
        for (_, page) in &self.pages {
            for hash in page.iter().copied().collect::<HashSet<u32>>() {
                *counts.entry(hash).or_insert(0) += 1;
            }
        }
        let least = LEAST_PAGES.max((self.pages.len() * 3).div_ceil(4));
        counts.into_iter().filter(|(_, count)| *count >= least).map(|(hash, _)| hash).collect()
    }

    /// Its bytes: a version, then for each page address, number of blocks and blocks, little-endian.
    pub fn write(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        for (address, hashes) in &self.pages {
            out.extend(address.to_le_bytes());
            out.extend(u16::try_from(hashes.len()).unwrap_or(u16::MAX).to_le_bytes());
            hashes.iter().for_each(|hash| out.extend(hash.to_le_bytes()));
        }
        out
    }

    /// Reads what [`SiteMemory::write`] wrote; of broken bytes or another version what can be read.
    pub fn read(bytes: &[u8]) -> Self {
        let mut out = Self::default();
        let Some((&VERSION, mut rest)) = bytes.split_first() else { return out };
        while let Some((address, after)) = rest.split_first_chunk::<8>() {
            let Some((count, after)) = after.split_first_chunk::<2>() else { break };
            let length = usize::from(u16::from_le_bytes(*count)) * 4;
            let Some((hashes, after)) = after.split_at_checked(length) else { break };
            let hashes = hashes.as_chunks::<4>().0.iter().map(|hash| u32::from_le_bytes(*hash)).collect();
            out.pages.push_back((u64::from_le_bytes(*address), hashes));
            rest = after;
        }
        out.pages.truncate(PAGES);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_on_three_of_the_last_pages_is_furniture() {
        let mut memory = SiteMemory::default();
        memory.see("/a", &[1, 2, 9]);
        memory.see("/b", &[1, 3, 9, 9, 9]);
        memory.see("/b", &[1, 3, 9]);
        assert!(memory.furniture().is_empty());
        memory.see("/c", &[1, 4]);
        assert_eq!(memory.furniture(), HashSet::from([1]));
        for page in 0..8 {
            memory.see(&format!("/{page}"), &[100 + page]);
        }
        assert!(memory.furniture().is_empty());
        assert_eq!(memory.pages.len(), PAGES);
        for page in 0..5 {
            memory.see(&format!("/{page}"), &[5]);
        }
        assert!(memory.furniture().is_empty());
        memory.see("/5", &[5]);
        assert_eq!(memory.furniture(), HashSet::from([5]));
    }

    #[test]
    fn what_is_written_is_read() {
        let mut memory = SiteMemory::default();
        memory.see("/a", &[1, 2]);
        memory.see("/b", &[]);
        memory.see("/c", &[7; 900]);
        let bytes = memory.write();
        assert_eq!(SiteMemory::read(&bytes), memory);
        for end in 0..bytes.len() {
            assert!(SiteMemory::read(&bytes[..end]).pages.len() <= 3);
        }
        assert_eq!(SiteMemory::read(&[9, 9, 9]), SiteMemory::default());
    }
}
