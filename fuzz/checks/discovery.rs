//! What must hold of the feeds found on every page.

use firsthand_feed::discovery::{common_paths, discover};
use std::collections::HashSet;
use url::Url;

/// Looks for feeds in the bytes as a page and panics when one could not be asked for.
pub fn check(page: &[u8]) {
    let Ok(address) = Url::parse("https://outlet.example/news/today?all=1") else { return };
    let found = discover(page, &address);
    assert!(found.len() <= 20);
    for feed in &found {
        is_of_the_web(&feed.url);
    }
    let different: HashSet<&str> = found.iter().map(|feed| feed.url.as_str()).collect();
    assert_eq!(different.len(), found.len(), "an address is given twice");
    assert_eq!(discover(page, &address), found);
    if let Some(Ok(address)) = found.first().map(|feed| Url::parse(&feed.url)) {
        common_paths(&address).iter().for_each(|url| is_of_the_web(url.as_str()));
    }
}

fn is_of_the_web(address: &str) {
    let url = Url::parse(address);
    let good = url.as_ref().is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    assert!(good, "{address:?} is no address of the web");
}
