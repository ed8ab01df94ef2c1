//! What the fuzz target checks, over its seeds and over cut and mixed ones: the checks must not rot between two fuzzings.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "../../../fuzz/checks/letter.rs"]
mod letter;
#[path = "../../../fuzz/checks/seeds.rs"]
mod seeds;

#[test]
fn letters_hold() {
    seeds::over_seeds("letter", letter::check);
}
