//! What the fuzz targets check, over their seeds and over cut and mixed ones: the checks must not
//! rot between two fuzzings.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "../../../fuzz/checks/discovery.rs"]
mod discovery;
#[path = "../../../fuzz/checks/feed.rs"]
mod feed;
#[path = "../../../fuzz/checks/opml.rs"]
mod opml;

use std::path::Path;

/// Runs a check over the seeds of its target, over each cut off at some places, and over each with
/// another one put into its middle.
fn over_seeds(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let seeds: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    assert!(seeds.len() >= 3, "{target} has no seeds");
    for (place, seed) in seeds.iter().enumerate() {
        check(seed);
        (0..seed.len()).step_by(17).for_each(|end| check(&seed[..end]));
        let other = &seeds[(place + 1) % seeds.len()];
        for middle in (0..seed.len()).step_by(seed.len() / 9 + 1) {
            check(&[&seed[..middle], other, &seed[middle..]].concat());
        }
    }
}

#[test]
fn feeds_hold() {
    over_seeds("feed", feed::check);
}

#[test]
fn subscription_lists_hold() {
    over_seeds("opml", opml::check);
}

#[test]
fn discovery_holds() {
    over_seeds("discovery", discovery::check);
}
