//! Following an address: a feed, or a site whose feed is looked for.

use crate::Crawler;
use crate::articles::site_of;
use crate::http::{FetchError, Fetched, Request};
use crate::polls::{FEED_ACCEPT, in_plain_words, unknown_feed};
use firsthand_feed::discovery::{common_paths, discover};
use firsthand_model::{FeedId, NewFeed, ParsedFeed};
use firsthand_store::StoreError;
use firsthand_text::urls;
use url::Url;

/// How many of a page's feeds are tried.
const MOST_CANDIDATES: usize = 4;

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
    #[error("no feed found at {url}: {why}; give the address of a feed")]
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
    /// Follows an address: that of a feed, or of a page that names one. What was fetched counts
    /// as the first poll, so that no outlet is asked twice.
    pub async fn follow(&self, address: &str, folder: Option<&str>) -> Result<Followed, FollowError> {
        let url = with_scheme(address).ok_or_else(|| FollowError::Address(address.to_owned()))?;
        let first = self.feed_at(url.as_str()).await?;
        let why = match first {
            Ok((answer, parsed)) => return self.take_up(answer, parsed, folder).await,
            Err((answer, why)) => {
                // The feed that a site names is taken; only where it names none are the usual places tried.
                let named = discover(&answer.body, &answer.final_url);
                let mut candidates: Vec<String> = named.into_iter().map(|found| found.url).collect();
                if candidates.is_empty() {
                    candidates = common_paths(&answer.final_url).into_iter().map(String::from).collect();
                }
                for candidate in candidates.into_iter().take(MOST_CANDIDATES) {
                    if let Ok(Ok((answer, parsed))) = self.feed_at(&candidate).await {
                        return self.take_up(answer, parsed, folder).await;
                    }
                }
                why
            }
        };
        Err(FollowError::NoFeed { url: url.into(), why })
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
        let request = Request {
            accept: FEED_ACCEPT,
            max_body_bytes: self.inner.config.feed_limits.max_bytes,
            limit_setting: "feed.max_bytes",
            ..Request::default()
        };
        let answer = self.inner.fetcher.get(url, &request).await?;
        if !matches!(answer.status, 200..=299) {
            return Err(FollowError::Status { url: url.to_owned(), why: in_plain_words(answer.status) });
        }
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
    ) -> Result<Followed, FollowError> {
        let url = answer.final_url.to_string();
        let feed = NewFeed {
            url: url.clone(),
            title: parsed.title.clone(),
            site_url: parsed.link.clone(),
            folder: folder.map(str::to_owned),
        };
        let (domain, name) = outlet_of(parsed.link.as_deref(), &url, parsed.title.as_deref());
        let added = self.inner.store.add_feed(&feed, &name, &domain).await?;
        let mut entries = 0;
        if added.created {
            let due = firsthand_model::DueFeed { id: added.id, ..unknown_feed(&url) };
            let outcome = self.outcome(&due, answer).await;
            entries = self.inner.store.record_poll(added.id, &outcome).await?.new;
            self.refresh_outlets().await?;
        }
        self.wake();
        Ok(Followed { id: added.id, url, title: parsed.title, created: added.created, entries })
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
