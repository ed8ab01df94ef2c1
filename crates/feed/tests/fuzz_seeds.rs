//! What the fuzz targets check, over their seeds and over cut and mixed ones: the checks must not
//! rot between two fuzzings.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "../../../fuzz/checks/discovery.rs"]
mod discovery;
#[path = "../../../fuzz/checks/feed.rs"]
mod feed;
#[path = "../../../fuzz/checks/opml.rs"]
mod opml;
#[path = "../../../fuzz/checks/seeds.rs"]
mod seeds;

use seeds::over_seeds;

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
