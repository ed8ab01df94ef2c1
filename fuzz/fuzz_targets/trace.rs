//! Any text through the analysis of one article: no panic, offsets inside the text.
#![no_main]

use firsthand_trace::{ArticleInput, Outlets, analyse};
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

fuzz_target!(|text: &str| {
    static OUTLETS: OnceLock<Outlets> = OnceLock::new();
    let outlets = OUTLETS.get_or_init(Outlets::builtin);
    let length = text.chars().count();
    for language in [Some("en"), Some("de"), None] {
        let published = "2024-04-20T12:00:00Z".parse().ok();
        let found = analyse(&ArticleInput { text, language, published, ..ArticleInput::default() }, outlets);
        for one in &found.attributions {
            assert!(one.content.start < one.content.end && one.content.end <= length);
        }
        for date in &found.dates {
            assert!(date.start < date.end && date.end <= length);
        }
        for figure in &found.figures {
            assert!(figure.start < figure.end && figure.end <= length);
        }
    }
});
