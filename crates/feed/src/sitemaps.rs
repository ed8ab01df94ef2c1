//! News sitemaps: where a site says it has them, and which file of an index to look at.

use crate::values::{address, date};
use crate::xml::Document;
use firsthand_model::{FeedFormat, ParsedFeed, Timestamp};
use std::cmp::Reverse;
use url::Url;

/// Most files of an index that are looked at.
const MOST_FILES: usize = 5_000;

/// Where sites usually have a news sitemap.
const USUAL: &[&str] =
    &["news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml", "sitemaps/news.xml", "sitemap.xml"];

/// The files of a sitemap index (sitemaps.org), those that seem to hold news first, then the newest;
/// `None` when the document is no index. Packed files are left out.
pub fn files_of_index(document: &[u8], base: &Url) -> Option<Vec<String>> {
    let text = crate::decode::decode(document, None);
    let document = Document::read(&text, 32);
    let of = |id: usize, local: &str| document.element(id).is_some_and(|e| e.local.eq_ignore_ascii_case(local));
    document.all().find(|id| of(*id, "sitemapindex"))?;
    let mut files: Vec<(bool, Option<Timestamp>, String)> = Vec::new();
    for id in document.all().filter(|id| of(*id, "sitemap")).take(MOST_FILES) {
        let child = |local: &str| document.children(id).find(|(_, child)| child.local.eq_ignore_ascii_case(local));
        let Some(url) = child("loc").and_then(|(id, _)| address(&document.text(id), Some(base))) else { continue };
        let modified = child("lastmod").and_then(|(id, _)| date(document.text(id).trim(), None));
        if !url.ends_with(".gz") {
            files.push((is_of_news(&url), modified, url));
        }
    }
    files.sort_by_key(|(news, modified, _)| (!news, Reverse(*modified)));
    let mut seen = std::collections::HashSet::new();
    Some(files.into_iter().map(|(_, _, url)| url).filter(|url| seen.insert(url.clone())).collect())
}

/// Addresses to look for a news sitemap at: those that robots.txt names, ones of news first, then the
/// usual ones. Packed files are left out.
pub fn places(named: &[String], site: &Url) -> Vec<String> {
    let mut places: Vec<String> = named.iter().filter_map(|named| address(named, Some(site))).collect();
    places.sort_by_key(|place| !is_of_news(place));
    let usual = USUAL.iter().filter_map(|path| site.join(&format!("/{path}")).ok()).map(String::from);
    let mut seen = std::collections::HashSet::new();
    let all = places.into_iter().chain(usual).filter(|place| !place.ends_with(".gz"));
    all.filter(|place| seen.insert(place.clone())).collect()
}

/// Whether a feed that was read is a sitemap of news: a plain one lists a site's pages without a
/// headline, which is nothing to follow.
pub fn holds_news(feed: &ParsedFeed) -> bool {
    feed.format == FeedFormat::Sitemap && feed.items.iter().any(|item| item.title.is_some())
}

fn is_of_news(address: &str) -> bool {
    let path = Url::parse(address).map(|url| url.path().to_ascii_lowercase()).unwrap_or_default();
    path.contains("news")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_news_come_first_then_the_newest() {
        let index = b"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>
            <sitemap><loc>https://a.example/2024.xml</loc><lastmod>2024-12-31</lastmod></sitemap>
            <sitemap><loc>/2026.xml</loc><lastmod>2026-03-02T09:00:00Z</lastmod></sitemap>
            <sitemap><loc>https://a.example/2026.xml.gz</loc></sitemap>
            <sitemap><loc>https://a.example/map/News.xml</loc></sitemap><sitemap><loc>javascript:x</loc></sitemap></sitemapindex>";
        let base = Url::parse("https://a.example/sitemap.xml").unwrap();
        assert_eq!(
            files_of_index(index, &base).unwrap(),
            ["https://a.example/map/News.xml", "https://a.example/2026.xml", "https://a.example/2024.xml"]
        );
        assert_eq!(files_of_index(b"<urlset/>", &base), None);
    }

    #[test]
    fn what_robots_txt_names_is_looked_at_first() {
        let site = Url::parse("https://a.example/x/").unwrap();
        let places = places(&["https://a.example/pages.xml".into(), "https://a.example/g-news.xml".into()], &site);
        assert_eq!(
            places[..3],
            ["https://a.example/g-news.xml", "https://a.example/pages.xml", "https://a.example/news-sitemap.xml"]
        );
    }
}
