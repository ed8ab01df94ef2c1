//! What the fuzz target checks, over its seeds and over cut and mixed ones: the checks must not rot
//! between two fuzzings.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "../../../fuzz/checks/extract.rs"]
mod extract;
#[path = "../../../fuzz/checks/seeds.rs"]
mod seeds;

#[test]
fn pages_hold() {
    seeds::over_seeds("extract", extract::check);
}
