//! What must hold of every subscription list.

use firsthand_feed::opml::{parse, write};
use firsthand_model::NewFeed;
use url::Url;

/// Reads the bytes as a list and panics when it does not come back from being written.
pub fn check(document: &[u8]) {
    let Ok(feeds) = parse(document) else { return };
    for feed in &feeds {
        for address in [Some(&feed.url), feed.site_url.as_ref()].into_iter().flatten() {
            let good = Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
            assert!(good, "{address:?} is no address of the web");
        }
        for text in [&feed.title, &feed.folder].into_iter().flatten() {
            assert!(!text.is_empty() && text.trim() == text && !text.contains(char::is_control), "{text:?}");
        }
        let parts = feed.folder.iter().flat_map(|folder| folder.split('/'));
        assert!(parts.clone().all(|part| !part.trim().is_empty()) && parts.count() <= 64, "{:?}", feed.folder);
    }
    // A feed without a title is written with its address in its place.
    let mut expected: Vec<NewFeed> = feeds
        .iter()
        .map(|feed| NewFeed { title: feed.title.clone().or_else(|| Some(feed.url.clone())), ..feed.clone() })
        .collect();
    let written = write("Subscriptions", &feeds);
    let Ok(mut read) = parse(written.as_bytes()) else { panic!("a list of our own is refused: {written}") };
    expected.sort_by(|one, other| one.url.cmp(&other.url));
    read.sort_by(|one, other| one.url.cmp(&other.url));
    assert_eq!(read, expected, "{written}");
}
