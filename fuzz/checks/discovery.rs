//! What must hold of the feeds found on every page.

use firsthand_feed::discovery::{common_paths, discover, in_headers};
use firsthand_feed::page_links::{PageLimits, find};
use firsthand_feed::platforms::feeds_of_platform;
use firsthand_feed::{entry_key, sitemaps};
use firsthand_model::{FeedFormat, Timestamp};
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
    let of_platform = feeds_of_platform(page, &address);
    assert!(of_platform.len() <= 4);
    of_platform.iter().for_each(|feed| is_of_the_web(&feed.url));
    let header = String::from_utf8_lossy(page);
    in_headers(header.lines(), &address).iter().for_each(|feed| is_of_the_web(&feed.url));
    sitemaps::files_of_index(page, &address).iter().flatten().for_each(|file| is_of_the_web(file));
    check_links(page, &address);
    if let Some(Ok(address)) = found.first().map(|feed| Url::parse(&feed.url)) {
        common_paths(&address).iter().for_each(|url| is_of_the_web(url.as_str()));
    }
}

/// The articles that a page lists: different pages of the site, each with a title on one line.
fn check_links(page: &[u8], address: &Url) {
    let now = Timestamp::from_seconds(1_772_445_600);
    let limits = PageLimits { max_links: 10, max_depth: 32, ..PageLimits::default() };
    let Some(feed) = find(page, None, address, Some(now), &limits) else { return };
    assert_eq!(feed.format, FeedFormat::Page);
    assert!((limits.min_links..=limits.max_links).contains(&feed.items.len()));
    let keys: HashSet<String> = feed.items.iter().map(entry_key).collect();
    assert_eq!(keys.len(), feed.items.len(), "an article is given twice");
    for item in &feed.items {
        let (link, title) = (item.link.as_deref().unwrap_or_default(), item.title.as_deref().unwrap_or_default());
        is_of_the_web(link);
        let host = Url::parse(link).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        assert!(host.ends_with("outlet.example") || "outlet.example".ends_with(&host), "{link} is of another site");
        assert!(!title.is_empty() && title.trim() == title && !title.contains(char::is_control), "{title:?}");
        assert!(item.published.is_none_or(|time| time <= now), "a date after the present");
    }
    assert_eq!(find(page, None, address, Some(now), &limits).as_ref(), Some(&feed));
}

fn is_of_the_web(address: &str) {
    let url = Url::parse(address);
    let good = url.as_ref().is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    assert!(good, "{address:?} is no address of the web");
}
