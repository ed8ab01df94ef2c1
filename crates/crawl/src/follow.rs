//! Following an address: a feed, or a site whose feed is looked for.

use crate::Crawler;
use crate::articles::site_of;
use crate::http::{FetchError, Fetched};
use crate::polls::{PAGE_FORBIDDEN, in_plain_words, unknown_feed};
use firsthand_feed::discovery::{Discovered, Way, common_paths, discover, in_headers};
use firsthand_feed::platforms::feeds_of_platform;
use firsthand_feed::sitemaps::{files_of_index, holds_news, places};
use firsthand_model::{FeedFormat, FeedId, NewFeed, ParsedFeed};
use firsthand_store::StoreError;
use firsthand_text::urls;
use reqwest::header;
use std::collections::{HashSet, VecDeque};
use url::Url;

/// How many of the feeds that a site names, links to or may have by its platform are tried.
const MOST_CANDIDATES: usize = 4;
/// How many of the usual addresses are tried where a site names none.
const MOST_USUAL: usize = 12;
/// How many files are asked for when a news sitemap is looked for, those of an index included.
const MOST_SITEMAPS: usize = 8;
/// How many files of a sitemap index are asked for.
const MOST_OF_INDEX: usize = 3;
/// A page that nobody asked to watch must list so many articles to be taken for a list of them.
const MIN_LINKS_UNASKED: usize = 5;

/// A feed that is followed now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Followed {
    /// The feed.
    pub id: FeedId,
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: Option<String>,
    /// Whether it was not followed before.
    pub created: bool,
    /// New entries that it brought.
    pub entries: usize,
    /// How it was found.
    pub way: Way,
}

/// Why an address is not followed.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// It is no web address.
    #[error("{0:?} is no web address: give one that begins with http:// or https://")]
    Address(String),
    /// It could not be fetched.
    #[error("{0}")]
    Fetch(#[from] FetchError),
    /// The server answered with an error.
    #[error("{url}: {why}")]
    Status {
        /// The address.
        url: String,
        /// The status in plain words.
        why: String,
    },
    /// Neither a feed nor a page that names one.
    #[error("no feed found at {url}: {why}; give the address of a feed, or of a page that lists articles")]
    NoFeed {
        /// The address.
        url: String,
        /// What is there.
        why: String,
    },
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl Crawler {
    /// Follows an address: that of a feed, or of a site whose feed is looked for: where the server or the
    /// page names one, where its platform has them, at the usual addresses, among the news sitemaps; a
    /// site without any is watched itself. What was fetched counts as the first poll, so that no outlet is
    /// asked twice, and a host that asks to be left alone is.
    pub async fn follow(&self, address: &str, folder: Option<&str>) -> Result<Followed, FollowError> {
        let url = with_scheme(address).ok_or_else(|| FollowError::Address(address.to_owned()))?;
        let (site, why) = match self.feed_at(url.as_str()).await? {
            Ok((answer, parsed)) => return self.take_up(answer, parsed, folder, Way::Address).await,
            Err(none) => none,
        };
        let mut tried = HashSet::from([site.final_url.to_string()]);
        for candidate in self.candidates(&site).await {
            if !tried.insert(candidate.url.clone()) {
                continue;
            }
            match self.feed_at(&candidate.url).await {
                Ok(Ok((answer, parsed))) if parsed.format != FeedFormat::Sitemap || holds_news(&parsed) => {
                    return self.take_up(answer, parsed, folder, candidate.way).await;
                }
                Err(FollowError::Fetch(held @ FetchError::Held { .. })) => return Err(held.into()),
                Ok(_) | Err(_) => {}
            }
        }
        if let Some((answer, parsed)) = self.news_sitemap(&site.final_url, &mut tried).await? {
            return self.take_up(answer, parsed, folder, Way::NewsSitemap).await;
        }
        let min_links = self.inner.config.link_limits.min_links.max(MIN_LINKS_UNASKED);
        let Some(list) = self.read_page(&site, min_links).await else {
            return Err(FollowError::NoFeed { url: url.into(), why });
        };
        self.watch(site, list, folder).await
    }

    /// Follows a page by the articles that it lists, also where there is a feed.
    pub async fn follow_page(&self, address: &str, folder: Option<&str>) -> Result<Followed, FollowError> {
        let url = with_scheme(address).ok_or_else(|| FollowError::Address(address.to_owned()))?;
        let answer = good(url.as_str(), self.inner.fetcher.get(url.as_str(), &self.first_request(true)).await?)?;
        let Some(list) = self.read_page(&answer, self.inner.config.link_limits.min_links).await else {
            let why = "no list of links to articles is found on this page".to_owned();
            return Err(FollowError::NoFeed { url: url.into(), why });
        };
        self.watch(answer, list, folder).await
    }

    async fn watch(&self, answer: Fetched, list: ParsedFeed, folder: Option<&str>) -> Result<Followed, FollowError> {
        if !self.robots_allow(&answer.final_url).await {
            return Err(FollowError::NoFeed { url: answer.final_url.into(), why: PAGE_FORBIDDEN.to_owned() });
        }
        self.take_up(answer, list, folder, Way::Page).await
    }

    /// The feeds to try for a page that is none, the likeliest first. What a site names itself is taken;
    /// only where it names nothing is anything guessed.
    async fn candidates(&self, site: &Fetched) -> Vec<Discovered> {
        let (body, url) = (site.body.clone(), site.final_url.clone());
        let headers: Vec<String> = site
            .headers
            .get_all(header::LINK)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .map(str::to_owned)
            .collect();
        let found = self.on_a_core(move || {
            let mut named = in_headers(headers.iter().map(String::as_str), &url);
            named.extend(discover(&body, &url));
            named.truncate(MOST_CANDIDATES);
            if !named.is_empty() {
                return named;
            }
            let mut guessed = feeds_of_platform(&body, &url);
            guessed.truncate(MOST_CANDIDATES);
            let usual = common_paths(&url).into_iter().take(MOST_USUAL);
            guessed.extend(usual.map(|url| Discovered { url: url.into(), title: None, way: Way::UsualPath }));
            guessed
        });
        found.await.unwrap_or_default()
    }

    /// A site's news sitemap: robots.txt names it, or it has a usual name, or an index leads to it.
    async fn news_sitemap(
        &self,
        site: &Url,
        tried: &mut HashSet<String>,
    ) -> Result<Option<(Fetched, ParsedFeed)>, FollowError> {
        let named = self.robots_of(site).await.map(|robots| robots.sitemaps().to_vec()).unwrap_or_default();
        let mut places: VecDeque<(String, bool)> =
            places(&named, site).into_iter().map(|place| (place, true)).collect();
        let mut asked = 0;
        while let Some((place, may_be_index)) = places.pop_front() {
            if !tried.insert(place.clone()) {
                continue;
            }
            asked += 1;
            if asked > MOST_SITEMAPS {
                break;
            }
            match self.feed_at(&place).await {
                Ok(Ok((answer, parsed))) if holds_news(&parsed) => return Ok(Some((answer, parsed))),
                Ok(Err((answer, _))) if may_be_index => {
                    let files = files_of_index(&answer.body, &answer.final_url).unwrap_or_default();
                    // Before the other places: an index of news is nearer than a guess.
                    for file in files.into_iter().take(MOST_OF_INDEX).rev() {
                        places.push_front((file, false));
                    }
                }
                Err(FollowError::Fetch(held @ FetchError::Held { .. })) => return Err(held.into()),
                Ok(_) | Err(_) => {}
            }
        }
        Ok(None)
    }

    /// Takes up a list of feeds without asking any of them; they are polled when their turn comes.
    /// Gives how many were not followed before.
    pub async fn import(&self, feeds: &[NewFeed]) -> Result<usize, StoreError> {
        let mut created = 0;
        for feed in feeds {
            let (domain, name) = outlet_of(feed.site_url.as_deref(), &feed.url, feed.title.as_deref());
            created += usize::from(self.inner.store.add_feed(feed, &name, &domain).await?.created);
        }
        self.refresh_outlets().await?;
        self.wake();
        Ok(created)
    }

    /// The feed at an address, or the answer that was none and why.
    async fn feed_at(&self, url: &str) -> Result<Result<(Fetched, ParsedFeed), (Fetched, String)>, FollowError> {
        let answer = good(url, self.inner.fetcher.get(url, &self.first_request(false)).await?)?;
        Ok(match self.read_feed(&answer).await {
            Ok(parsed) => Ok((answer, parsed)),
            Err(why) => Err((answer, why)),
        })
    }

    async fn take_up(
        &self,
        answer: Fetched,
        parsed: ParsedFeed,
        folder: Option<&str>,
        way: Way,
    ) -> Result<Followed, FollowError> {
        let page = way == Way::Page;
        let url = answer.final_url.to_string();
        let feed = NewFeed {
            url: url.clone(),
            title: parsed.title.clone(),
            site_url: parsed.link.clone(),
            folder: folder.map(str::to_owned),
            page,
        };
        let (domain, name) = outlet_of(parsed.link.as_deref(), &url, parsed.title.as_deref());
        let added = self.inner.store.add_feed(&feed, &name, &domain).await?;
        let mut entries = 0;
        if added.created {
            let due = firsthand_model::DueFeed { id: added.id, page, ..unknown_feed(&url) };
            let outcome = self.outcome(&due, answer).await;
            entries = self.inner.store.record_poll(added.id, &outcome).await?.new;
            self.refresh_outlets().await?;
        }
        self.wake();
        Ok(Followed { id: added.id, url, title: parsed.title, created: added.created, entries, way })
    }
}

/// An answer with a document, or what its status means.
fn good(url: &str, answer: Fetched) -> Result<Fetched, FollowError> {
    match answer.status {
        200..=299 => Ok(answer),
        status => Err(FollowError::Status { url: url.to_owned(), why: in_plain_words(status) }),
    }
}

/// The outlet of a feed as (key, name): by the site that it names, if that is on the feed's own
/// machine or the feed is hosted elsewhere; the key is the registrable domain, or host, port and
/// first folder where hosts have no names.
fn outlet_of(site: Option<&str>, feed: &str, title: Option<&str>) -> (String, String) {
    let address = site.filter(|site| site_of(site).is_some()).unwrap_or(feed);
    let mut key = site_of(address).unwrap_or_else(|| feed.to_owned());
    if let Some(url) = urls::absolute(address, None)
        && !matches!(url.host(), Some(url::Host::Domain(_)))
        && let Some(folder) = url
            .path_segments()
            .and_then(|mut parts| parts.next().map(str::to_owned))
            .filter(|folder| !folder.is_empty())
    {
        key = format!("{key}/{folder}");
    }
    let name =
        title.map(firsthand_text::normalise::one_line).filter(|title| !title.is_empty()).unwrap_or_else(|| key.clone());
    (key, name)
}

/// The address with https:// where a person left the scheme out; `None` for what is no web address.
fn with_scheme(address: &str) -> Option<Url> {
    let address = address.trim();
    let absolute = if address.contains("://") {
        urls::absolute(address, None)
    } else {
        urls::absolute(&format!("https://{address}"), None)
    };
    absolute.filter(|url| {
        url.host_str().is_some_and(|host| host.contains('.') || host.contains(':') || host == "localhost")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outlet_is_known_by_its_domain() {
        assert_eq!(
            outlet_of(Some("https://www.outlet.example/"), "https://feeds.host.example/x", Some("Outlet ")),
            ("outlet.example".into(), "Outlet".into())
        );
        assert_eq!(outlet_of(None, "https://a.outlet.co.uk/feed", None).0, "outlet.co.uk");
        assert_eq!(
            outlet_of(Some("http://127.0.0.1:8600/o7/"), "http://127.0.0.1:8600/o7/feed.xml", Some("Seven")).0,
            "127.0.0.1:8600/o7"
        );
    }

    #[test]
    fn a_scheme_may_be_left_out() {
        assert_eq!(with_scheme("outlet.example/feed").unwrap().as_str(), "https://outlet.example/feed");
        assert_eq!(with_scheme(" http://outlet.example ").unwrap().as_str(), "http://outlet.example/");
        assert!(with_scheme("javascript:alert(1)").is_none());
        assert!(with_scheme("file:///etc/passwd").is_none());
        assert!(with_scheme("outlet").is_none());
    }
}
