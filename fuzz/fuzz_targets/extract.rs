//! Any bytes as a page: no panic, and what comes out keeps its promises.
#![no_main]

use firsthand_extract::{Hints, Limits, block_hashes, explain, extract, markdown};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|page: &[u8]| {
    let hints = Hints { url: Some("https://outlet.example/2026/03/04/story"), content_type: None };
    let limits = Limits::default();
    let _ = block_hashes(page, &hints, &limits);
    let _ = explain(page, &hints, &limits);
    if let Ok(article) = extract(page, &hints, &limits) {
        assert!(!article.html.contains("<script"));
        assert!(article.links.iter().all(|link| link.url.starts_with("http")));
        assert!(!article.text.contains(['\u{2028}', '\u{2029}', '\u{0}']));
        let _ = markdown(&article);
    }
});
