//! The pages of the data, with their blocks and labels.

use crate::gold::{self, Score};
use firsthand_extract::Hints;
use firsthand_extract::training::{self, TrainingBlock};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::error::Error;
use std::io::Read as _;
use std::path::Path;

/// A page.
pub struct Page {
    /// Its place among all.
    pub number: usize,
    pub set: String,
    pub id: String,
    pub url: String,
    pub gold: String,
    pub blocks: Vec<TrainingBlock>,
    /// For each block, the share of its words that the gold has.
    pub labels: Vec<f32>,
    /// For each block, how much it counts.
    pub weights: Vec<f32>,
    pub host: u64,
}

impl Page {
    /// The part of the data that it falls into by its host's registrable domain.
    pub fn fold(&self, folds: u64, seed: u64) -> u64 {
        (self.host ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xff51_afd7_ed55_8ccd) % 10_007 % folds
    }

    /// The score of a choice of blocks.
    pub fn score(&self, kept: &[bool]) -> Score {
        let text: Vec<&str> =
            self.blocks.iter().zip(kept).filter(|(_, kept)| **kept).map(|(block, _)| block.text.as_str()).collect();
        let text = text.join("\n\n");
        gold::score(&gold::words(&self.gold), &gold::words(&text))
    }
}

/// The names of the sets, in order.
pub fn sets(pages: &[Page]) -> Vec<&str> {
    let mut out: Vec<&str> = pages.iter().map(|page| page.set.as_str()).collect();
    out.dedup();
    out
}

/// Reads all pages of the folders of extraction data under `data`.
pub fn read(data: &Path) -> Result<Vec<Page>, Box<dyn Error>> {
    let mut folders: Vec<_> = std::fs::read_dir(data)?.filter_map(Result::ok).map(|entry| entry.path()).collect();
    folders.sort();
    let mut out = Vec::new();
    for folder in folders {
        let set = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !set.starts_with("extract") {
            continue;
        }
        let gold: BTreeMap<String, Value> = serde_json::from_slice(&std::fs::read(folder.join("gold.json"))?)?;
        for (id, item) in gold {
            let file = std::fs::File::open(folder.join("html").join(format!("{id}.html.gz")))?;
            let mut bytes = Vec::new();
            flate2::read::GzDecoder::new(file).read_to_end(&mut bytes)?;
            let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
            let (url, gold) = (text("url"), text("articleBody"));
            let blocks = training::blocks(&bytes, &Hints { url: Some(&url), content_type: None });
            let texts: Vec<&str> = blocks.iter().map(|block| block.text.as_str()).collect();
            let labels = gold::labels(&texts, &gold);
            let words = gold::words(&gold).len() as f32;
            let weights = blocks.iter().map(|block| weight(block.size, words)).collect();
            let host = host(&url);
            out.push(Page { number: out.len(), set: set.clone(), id, url, gold, blocks, labels, weights, host });
        }
    }
    Ok(out)
}

/// Weighs the pages so that each set counts as much as any other: they follow different customs.
pub fn balance(pages: &mut [Page]) {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for page in pages.iter() {
        *counts.entry(page.set.clone()).or_insert(0) += 1;
    }
    let mean = pages.len() as f32 / counts.len().max(1) as f32;
    for page in pages {
        let by = mean / counts[&page.set] as f32;
        page.weights.iter_mut().for_each(|weight| *weight *= by);
    }
}

/// A block counts by its share of the page's words, short ones a little more.
fn weight(size: f32, words: f32) -> f32 {
    ((size + 4.0) / (words + 100.0) * 100.0).min(12.0)
}

fn host(url: &str) -> u64 {
    let host = url.split("//").nth(1).unwrap_or(url).split('/').next().unwrap_or_default().to_ascii_lowercase();
    let domain = psl::domain_str(&host).unwrap_or(&host);
    domain.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Prints the pages with the lowest scores.
pub fn worst(pages: &[Page], count: usize, kept: impl Fn(usize, &Page) -> Vec<bool>) {
    let mut scores: Vec<(f64, f64, &Page, Score)> = pages
        .iter()
        .map(|page| {
            let score = page.score(&kept(page.number, page));
            let best = page.score(&page.labels.iter().map(|label| *label > 0.5).collect::<Vec<_>>());
            (score.f1, best.f1, page, score)
        })
        .collect();
    for set in sets(pages) {
        scores.sort_by(|one, other| (one.0 - one.1).total_cmp(&(other.0 - other.1)));
        for (f1, best, page, score) in scores.iter().filter(|(.., page, _)| page.set == set).take(count) {
            println!(
                "  {f1:.3} of {best:.3}  P {:.3}  R {:.3}  {}  {}",
                score.precision,
                score.recall,
                page.id.chars().take(12).collect::<String>(),
                page.url.chars().take(90).collect::<String>()
            );
        }
    }
}

/// For every host with several pages, the hashes of blocks that stand on at least two of them: what a memory of many
/// pages would know, as far as so few tell.
pub fn furniture(pages: &[Page]) -> HashMap<u64, HashSet<u32>> {
    let mut hosts: HashMap<u64, Vec<HashSet<u32>>> = HashMap::new();
    for page in pages {
        hosts.entry(page.host).or_default().push(page.blocks.iter().filter_map(|block| block.hash).collect());
    }
    hosts.retain(|_, pages| pages.len() > 1);
    let repeated = |pages: Vec<HashSet<u32>>| {
        let on = |hash: &u32| pages.iter().filter(|page| page.contains(hash)).count();
        pages.iter().flatten().copied().filter(|hash| on(hash) > 1).collect()
    };
    hosts.into_iter().map(|(host, pages)| (host, repeated(pages))).collect()
}
