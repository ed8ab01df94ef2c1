//! What the fuzz target checks, over its seeds and over cut and mixed ones: the checks must not rot between two fuzzings.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../../../fuzz/checks/http.rs"]
mod http;
#[path = "../../../fuzz/checks/image.rs"]
mod image;
#[path = "../../../fuzz/checks/seeds.rs"]
mod seeds;

#[test]
fn answers_hold() {
    seeds::over_seeds("http", http::check);
}

#[test]
fn images_hold() {
    seeds::over_seeds("image", image::check);
}
