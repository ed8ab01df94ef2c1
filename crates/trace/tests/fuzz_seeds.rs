//! What the fuzz target checks, over its seeds and over cut and mixed ones: the checks must not rot
//! between two fuzzings.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "../../../fuzz/checks/seeds.rs"]
mod seeds;
#[path = "../../../fuzz/checks/trace.rs"]
mod trace;

#[test]
fn articles_hold() {
    seeds::over_seeds("trace", trace::check);
}
