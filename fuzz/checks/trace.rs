//! Any text through the analysis of one article: no panic, offsets inside the text and in order.

use firsthand_trace::{ArticleInput, Outlets, analyse};
use std::sync::OnceLock;

pub fn check(data: &[u8]) {
    static OUTLETS: OnceLock<Outlets> = OnceLock::new();
    let outlets = OUTLETS.get_or_init(Outlets::builtin);
    let text = &*String::from_utf8_lossy(data);
    let length = text.chars().count();
    let published = "2024-04-20T12:00:00Z".parse().ok();
    for language in [Some("en"), Some("de"), Some("fr"), Some("es"), Some("it"), None] {
        let found = analyse(&ArticleInput { text, language, published, ..ArticleInput::default() }, outlets);
        let contents = found.attributions.iter().map(|one| (one.content.start, one.content.end));
        let figures = found.figures.iter().map(|figure| (figure.start, figure.end));
        let dates = found.dates.iter().map(|date| (date.start, date.end));
        for (start, end) in contents.chain(figures).chain(dates) {
            assert!(start < end && end <= length, "{start}..{end} is no part of a text of {length} characters");
        }
    }
}
