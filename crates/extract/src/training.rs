//! What a training command needs of the inside: blocks with their features. No part of the public interface.

pub use crate::trees::{Forest, Node, PARTS};

use crate::{Hints, candidates, choose, decode, dom, features, memory, metadata, page, segment};

/// A block of text with its features.
#[derive(Debug, Clone)]
pub struct TrainingBlock {
    /// Its text on one line.
    pub text: String,
    /// Its words, as the features count them.
    pub size: f32,
    /// The numbers, in the order of [`feature_names`].
    pub values: Vec<f32>,
    /// Its hash for the memory of a site.
    pub hash: Option<u32>,
}

/// The names of the features.
pub fn feature_names() -> Vec<String> {
    features::names()
}

/// Whether a feature is about the names, tags and roles of the elements around a block.
pub fn is_of_markup(name: &str) -> bool {
    crate::vocabulary::GROUPS.contains(&name)
}

/// The blocks of a page; none for what is no page.
pub fn blocks(page: &[u8], hints: &Hints<'_>) -> Vec<TrainingBlock> {
    let Ok(html) = decode::decode(page, hints.content_type) else { return Vec::new() };
    let dom = dom::parse(&html, 512);
    let base = metadata::base(&dom, hints.url);
    let page = page::Page::new(dom);
    let metadata = metadata::read(&page, base.as_ref());
    let candidates = candidates::find(&page);
    let segments = segment::segments(&page);
    let table = features::table(&page, &segments, &candidates, &metadata.said());
    table
        .into_iter()
        .filter_map(|row| {
            let block = segments.blocks.get(row.block)?;
            let hash = memory::hash(block);
            Some(TrainingBlock { hash, text: block.text.clone(), size: row.size, values: row.values })
        })
        .collect()
}

/// Which blocks are kept, given their probabilities.
pub fn decide(looks: &[f32], blocks: &[TrainingBlock]) -> Vec<bool> {
    let sizes: Vec<f32> = blocks.iter().map(|block| block.size).collect();
    let weigh = |(look, block): (&f32, &TrainingBlock)| {
        if features::is_pointer(&block.values) { look * choose::POINTER } else { *look }
    };
    let looks: Vec<f32> = looks.iter().zip(blocks).map(weigh).collect();
    choose::decide(&looks, &sizes)
}

/// The probabilities when the blocks in `known` are furniture of the site.
pub fn forget(looks: &[f32], blocks: &[TrainingBlock], known: &[bool]) -> Vec<f32> {
    let sizes: Vec<f32> = blocks.iter().map(|block| block.size).collect();
    let mut looks = looks.to_vec();
    choose::forget(&mut looks, &sizes, known);
    looks
}
