//! What must hold of every page.

use firsthand_extract::{Hints, Limits, block_hashes, explain, extract, markdown};

/// Reads the bytes as a page and panics when what comes out breaks a promise.
pub fn check(page: &[u8]) {
    let hints = Hints { url: Some("https://outlet.example/2026/03/04/story"), content_type: None };
    let limits = Limits::default();
    let hashes = block_hashes(page, &hints, &limits);
    let shown = explain(page, &hints, &limits);
    let Ok(article) = extract(page, &hints, &limits) else { return };
    assert!(hashes.is_ok() && shown.is_ok(), "a page with an article has blocks");
    assert!(!article.html.contains("<script"), "{}", article.html);
    assert!(article.links.iter().all(|link| link.url.starts_with("http")), "{:?}", article.links);
    assert!(!article.text.contains(['\u{2028}', '\u{2029}', '\u{0}']), "{:?}", article.text);
    let _ = markdown(&article);
}
