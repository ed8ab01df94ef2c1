//! What must hold of every page.

use firsthand_extract::{Hints, Limits, ReadPage, SiteMemory, explain, extract, markdown};
use std::collections::HashSet;

/// Reads the bytes as a page and panics when what comes out breaks a promise.
pub fn check(page: &[u8]) {
    let hints = Hints { url: Some("https://outlet.example/2026/03/04/story"), content_type: None };
    let limits = Limits::default();
    let read = ReadPage::new(page, &hints, &limits);
    let shown = explain(page, &hints, &limits);
    let Ok(article) = extract(page, &hints, &limits) else { return };
    let Ok(read) = read else { panic!("a page with an article can be read") };
    assert!(shown.is_ok(), "a page with an article can be shown");
    let mut memory = SiteMemory::read(page);
    ["/a", "/b", "/c"].iter().for_each(|address| memory.see(address, &read.block_hashes()));
    assert_eq!(SiteMemory::read(&memory.write()), memory);
    let hashes: HashSet<u32> = read.block_hashes().into_iter().collect();
    assert!(hashes.len() > 400 || hashes.is_subset(&memory.furniture()));
    let _ = read.article(&memory.furniture());
    assert!(!article.html.contains("<script"), "{}", article.html);
    assert!(article.links.iter().all(|link| link.url.starts_with("http")), "{:?}", article.links);
    assert!(!article.text.contains(['\u{2028}', '\u{2029}', '\u{0}']), "{:?}", article.text);
    let length = article.text.chars().count();
    let entries = &article.details.entries;
    assert!(entries.iter().all(|entry| entry.start < entry.end && entry.end <= length), "{entries:?}");
    let next = article.details.next_page.as_deref();
    assert!(next.is_none_or(|next| next.starts_with("https://outlet.example/")), "{next:?}");
    let _ = markdown(&article);
}
