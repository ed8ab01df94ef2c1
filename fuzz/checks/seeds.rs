//! Runs what a fuzz target checks in an ordinary test: over its seeds, cut and mixed.

use std::path::Path;

/// Runs a check over the seeds of its target, over each cut off at some places, and over each with
/// another one put into its middle.
pub fn over_seeds(target: &str, check: fn(&[u8])) {
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
