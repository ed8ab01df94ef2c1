//! From an entry to an article: the page fetched, extracted, traced, stored.

use crate::Crawler;
use crate::http::{FetchError, Fetched, Request};
use crate::polls::{in_plain_words, may_pass};
use crate::robots::Robots;
use firsthand_model::{Analysis, Article, Details, Extracted, ParsedItem, PendingEntry, Timestamp};
use firsthand_store::{Admission, Admitted, Store, StoreError};
use firsthand_text::normalise::fold;
use firsthand_text::{html, language, urls};
use firsthand_trace::{ArticleInput, analyse};
use std::collections::HashSet;
use std::sync::PoisonError;
use url::Url;

pub(crate) const PAGE_ACCEPT: &str = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5";
/// How long a host's robots.txt is believed (RFC 9309, 2.4: at most a day).
const ROBOTS_LIFE_S: i64 = 24 * 3600;
const ROBOTS_MAX_BYTES: usize = 500 << 10;
/// An article has at most so many pages.
const MAX_PAGES: usize = 10;

/// A host's robots.txt and when it was asked for.
#[derive(Clone)]
pub(crate) struct KnownRobots {
    robots: Robots,
    at: Timestamp,
}

/// Why there is no page.
struct NoPage {
    why: String,
    /// Whether it is worth another try.
    may_pass: bool,
}

impl Crawler {
    /// Makes an article of an entry, or notes why not. `None`: nothing was stored but the failure.
    pub(crate) async fn process(&self, entry: &PendingEntry, store: &Store) -> Result<Option<Admitted>, StoreError> {
        let now = self.inner.clock.now();
        let page = match &entry.url {
            Some(url) => self.page(url).await,
            None => Err(NoPage { why: "the feed gives no address for it".to_owned(), may_pass: false }),
        };
        let extracted = match page {
            Ok(page) => match self.extract(entry, &page, store).await {
                Ok(extracted) => {
                    self.with_further_pages(entry, extracted, store).await.map(|extracted| (extracted, page))
                }
                Err(why) => Err(NoPage { why, may_pass: false }),
            },
            Err(no_page) => Err(no_page),
        };
        let schedule = &self.inner.config.schedule;
        let (article, recheck_at) = match extracted {
            Ok((extracted, page)) => {
                (article_of_page(entry, extracted, &page), schedule.recheck_at(entry.first_seen_at, now))
            }
            // A page seen before that cannot be had now changes nothing.
            Err(NoPage { why, .. }) if entry.article.is_some() => {
                store.record_failure(entry.id, &why, schedule.recheck_at(entry.first_seen_at, now)).await?;
                return Ok(None);
            }
            Err(NoPage { why, may_pass }) => {
                let retry_at = schedule.retry_at(entry.attempts + 1, now).filter(|_| may_pass);
                store.record_failure(entry.id, &why, retry_at).await?;
                if retry_at.is_some() {
                    return Ok(None);
                }
                (article_of_feed(entry, now, self.inner.config.page_limits.excerpt_chars), None)
            }
        };
        let (article, analysis) = self.trace(article, &entry.outlet_name).await;
        let admission =
            Admission { entry_id: entry.id, article, analysis, trace_version: firsthand_trace::VERSION, recheck_at };
        store.admit(&admission).await.map(Some)
    }

    /// An article with the pages on which it goes on. One that cannot be had ends it, and what came before stays; of an
    /// article that was read whole before, one that may be had later is no change.
    async fn with_further_pages(
        &self,
        entry: &PendingEntry,
        mut article: Extracted,
        store: &Store,
    ) -> Result<Extracted, NoPage> {
        let mut seen: HashSet<String> = article.url.iter().cloned().collect();
        for _ in 1..MAX_PAGES {
            let Some(next) = article.details.next_page.take().filter(|next| seen.insert(next.clone())) else { break };
            let page = match self.page(&next).await {
                Ok(page) => page,
                Err(no_page) if no_page.may_pass && entry.article.is_some() => return Err(no_page),
                Err(_) => break,
            };
            // A site that answers with another address has no such page.
            if page.final_url.as_str() != next {
                break;
            }
            let Ok(further) = self.extract(entry, &page, store).await else { break };
            if !join(&mut article, further) {
                break;
            }
        }
        article.details.next_page = None;
        Ok(article)
    }

    /// An image of an article, for those who read it here.
    ///
    /// Errors: why it could not be had, in plain words.
    pub async fn image(&self, url: &str) -> Result<Vec<u8>, String> {
        let request = Request {
            accept: "image/webp, image/png, image/jpeg, image/gif",
            max_body_bytes: self.inner.config.http.max_image_bytes,
            limit_setting: "http.max_image_bytes",
            ..Request::default()
        };
        let answer = self.inner.fetcher.get(url, &request).await.map_err(|error| error.to_string())?;
        match answer.status {
            200..=299 => Ok(answer.body),
            status => Err(in_plain_words(status)),
        }
    }

    async fn page(&self, url: &str) -> Result<Fetched, NoPage> {
        let parsed = Url::parse(url)
            .map_err(|error| NoPage { why: format!("{url} is no address ({error})"), may_pass: false })?;
        if !self.robots_allow(&parsed).await {
            return Err(NoPage {
                why: "the outlet's robots.txt asks not to fetch this page; the feed's own text is shown".to_owned(),
                may_pass: false,
            });
        }
        let request = Request {
            accept: PAGE_ACCEPT,
            max_body_bytes: self.inner.config.page_limits.max_bytes,
            limit_setting: "page.max_bytes",
            ..Request::default()
        };
        let answer = self
            .inner
            .fetcher
            .get(url, &request)
            .await
            .map_err(|error| NoPage { may_pass: may_pass(&error), why: error.to_string() })?;
        match answer.status {
            200..=299 => Ok(answer),
            status => {
                if let Some(until) = self.inner.fetcher.held_until(answer.final_url.as_str()) {
                    self.leave_alone(answer.final_url.as_str(), until).await;
                }
                Err(NoPage { why: in_plain_words(status), may_pass: matches!(status, 408 | 425 | 429 | 500..=599) })
            }
        }
    }

    /// Whether the host's robots.txt lets the page be fetched. A host without one, or whose one
    /// cannot be had, forbids nothing (RFC 9309, 2.3.1.3); one that answers with a server error
    /// forbids everything for now (2.3.1.4).
    pub(crate) async fn robots_allow(&self, page: &Url) -> bool {
        let path = page.query().map_or_else(|| page.path().to_owned(), |query| format!("{}?{query}", page.path()));
        self.robots_of(page).await.is_none_or(|robots| robots.allows(&path))
    }

    /// See [`Self::robots_allow`]; what is no address is not forbidden.
    pub(crate) async fn robots_allow_address(&self, page: &str) -> bool {
        match Url::parse(page) {
            Ok(page) => self.robots_allow(&page).await,
            Err(_) => true,
        }
    }

    /// What the robots.txt of a page's host says; `None` while nothing is known of it.
    pub(crate) async fn robots_of(&self, page: &Url) -> Option<Robots> {
        let origin = page.origin().ascii_serialization();
        let now = self.inner.clock.now();
        let known = self.inner.robots.lock().unwrap_or_else(PoisonError::into_inner).get(&origin).cloned();
        let robots = match known.filter(|known| now.seconds_since(known.at) < ROBOTS_LIFE_S) {
            Some(known) => known.robots,
            None => {
                let address = page.join("/robots.txt").ok()?;
                let request = Request {
                    accept: "text/plain, */*;q=0.5",
                    max_body_bytes: ROBOTS_MAX_BYTES,
                    limit_setting: "none",
                    ..Request::default()
                };
                let robots = match self.inner.fetcher.get(address.as_str(), &request).await {
                    Ok(answer) if matches!(answer.status, 200..=299) => {
                        Robots::parse(&String::from_utf8_lossy(&answer.body), "firsthand")
                    }
                    Ok(answer) if matches!(answer.status, 500..=599) => {
                        Robots::parse("User-agent: *\nDisallow: /", "firsthand")
                    }
                    // Nothing is known of the rules yet; the page's own request will meet the hold.
                    Err(FetchError::Held { .. }) => return None,
                    _ => Robots::default(),
                };
                let mut cache = self.inner.robots.lock().unwrap_or_else(PoisonError::into_inner);
                if cache.len() > 20_000 {
                    cache.retain(|_, known| now.seconds_since(known.at) < ROBOTS_LIFE_S / 4);
                }
                cache.insert(origin, KnownRobots { robots: robots.clone(), at: now });
                robots
            }
        };
        Some(robots)
    }

    async fn trace(&self, article: Article, publisher: &str) -> (Article, Analysis) {
        let (outlets, publisher, kept) = (self.outlets(), publisher.to_owned(), article.clone());
        let traced = self
            .on_a_core(move || {
                let input = ArticleInput {
                    title: &article.title,
                    text: &article.text,
                    published: Some(article.published_at),
                    language: article.language.as_deref(),
                    publisher: Some(&publisher),
                    url: Some(&article.url),
                    links: &article.links,
                };
                let analysis = analyse(&input, &outlets);
                (article, analysis)
            })
            .await;
        // An article that cannot be traced is still an article.
        traced.unwrap_or((kept, Analysis::default()))
    }
}

/// Adds a further page's text to an article's, and says whether there was something new in it: some sites give the
/// same page for every number.
fn join(article: &mut Extracted, further: Extracted) -> bool {
    let known: HashSet<&str> = article.text.split("\n\n").collect();
    let (old, new): (Vec<&str>, Vec<&str>) = further.text.split("\n\n").partition(|block| known.contains(block));
    if new.len() <= old.len() {
        return false;
    }
    // What stands on every page ("Part of a series") is told once.
    article.text = format!("{}\n\n{}", article.text, new.join("\n\n"));
    article.html.push_str(&further.html);
    article.links.extend(further.links);
    // Notes stand at the end, on the last page.
    for note in further.details.corrections {
        if !article.details.corrections.contains(&note) {
            article.details.corrections.push(note);
        }
    }
    article.details.next_page = further.details.next_page;
    true
}

fn article_of_page(entry: &PendingEntry, extracted: Extracted, page: &Fetched) -> Article {
    let item = &entry.item;
    let url = page.final_url.to_string();
    // A page may name the address of its own outlet only: another's would be taken over by it.
    let named = extracted.canonical_url.as_deref().filter(|canonical| same_site(canonical, &url));
    let canonical_url =
        named.and_then(urls::canonical).or_else(|| urls::canonical(&url)).unwrap_or_else(|| url.clone());
    Article {
        outlet_id: entry.outlet_id,
        // A page that names only its outlet has no headline.
        title: title(extracted.title.filter(|title| fold(title) != fold(&entry.outlet_name)), item, &extracted.text),
        byline: extracted.byline.or_else(|| authors(item)),
        published_at: published_at(extracted.published.map(|time| time.at), item, entry.first_seen_at, page.at),
        modified_at: extracted.modified.map(|time| time.at),
        fetched_at: page.at,
        excerpt: extracted.excerpt.unwrap_or_default(),
        text: extracted.text,
        html: extracted.html,
        language: extracted.language,
        lead_image: extracted.lead_image,
        links: extracted.links,
        categories: item.categories.clone(),
        details: extracted.details,
        from_feed: false,
        extract_version: firsthand_extract::VERSION,
        canonical_url,
        url,
    }
}

/// The article as far as the feed gave it: for entries whose page cannot be had or is none.
fn article_of_feed(entry: &PendingEntry, now: Timestamp, excerpt_chars: usize) -> Article {
    let item = &entry.item;
    let content = item.content.as_deref().or(item.summary.as_deref()).unwrap_or_default();
    let text = html::plain_text(content);
    // Without an address of its own the entry is known by its feed's number and its key.
    let url = entry.url.clone().unwrap_or_else(|| format!("urn:firsthand:entry:{}", entry.id));
    Article {
        outlet_id: entry.outlet_id,
        canonical_url: urls::canonical(&url).unwrap_or_else(|| url.clone()),
        title: title(None, item, &text),
        byline: authors(item),
        language: language::detect(&text, None),
        published_at: published_at(None, item, entry.first_seen_at, now),
        modified_at: item.updated,
        fetched_at: now,
        excerpt: firsthand_extract::excerpt(&text, excerpt_chars),
        html: content.to_owned(),
        lead_image: None,
        links: Vec::new(),
        categories: item.categories.clone(),
        details: Details::default(),
        from_feed: true,
        extract_version: firsthand_extract::VERSION,
        text,
        url,
    }
}

fn title(of_page: Option<String>, item: &ParsedItem, text: &str) -> String {
    of_page.or_else(|| item.title.clone()).filter(|title| !title.trim().is_empty()).unwrap_or_else(|| {
        let start = firsthand_extract::excerpt(text, 90);
        if start.is_empty() { "Untitled".to_owned() } else { start }
    })
}

fn authors(item: &ParsedItem) -> Option<String> {
    (!item.authors.is_empty()).then(|| item.authors.join(", "))
}

/// The page's time, else the feed's, else when it was first seen; never later than the fetch. A
/// page that gives the day alone is made exact by a feed that names the same day.
fn published_at(
    of_page: Option<Timestamp>,
    item: &ParsedItem,
    first_seen_at: Timestamp,
    fetched_at: Timestamp,
) -> Timestamp {
    const DAY_MS: i64 = 86_400_000;
    let of_feed = item.published.or(item.updated);
    let exact = match (of_page, of_feed) {
        (Some(page), Some(feed))
            if page.as_millis() % DAY_MS == 0 && (feed.as_millis() - page.as_millis()).abs() < DAY_MS =>
        {
            feed
        }
        (Some(page), _) => page,
        (None, Some(feed)) => feed,
        (None, None) => first_seen_at,
    };
    exact.min(fetched_at)
}

/// Whether two addresses belong to one site: the same registrable domain, or the same host and
/// port where there is none.
fn same_site(one: &str, other: &str) -> bool {
    match (site_of(one), site_of(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// The registrable domain of an address (by the Public Suffix List), else its host and port.
pub(crate) fn site_of(address: &str) -> Option<String> {
    let url = urls::absolute(address, None)?;
    let host = url.host_str()?.to_ascii_lowercase();
    if matches!(url.host(), Some(url::Host::Domain(_)))
        && let Some(domain) = psl::domain_str(&host)
    {
        return Some(domain.to_owned());
    }
    Some(url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_not_take_over_another_outlets_address() {
        assert!(same_site("https://www.outlet.example/a", "https://m.outlet.example/b"));
        assert!(!same_site("https://other.example/a", "https://outlet.example/a"));
        assert!(!same_site("http://127.0.0.1:1/a", "http://127.0.0.1:2/a"));
    }

    #[test]
    fn a_day_is_made_exact_by_the_feed_and_nothing_is_from_the_future() {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let item = ParsedItem { published: Some(time("2026-03-02T09:30:00Z")), ..ParsedItem::default() };
        let (seen, fetched) = (time("2026-03-02T10:00:00Z"), time("2026-03-02T10:01:00Z"));
        assert_eq!(
            published_at(Some(time("2026-03-02T00:00:00Z")), &item, seen, fetched),
            time("2026-03-02T09:30:00Z")
        );
        assert_eq!(
            published_at(Some(time("2026-03-02T08:00:00Z")), &item, seen, fetched),
            time("2026-03-02T08:00:00Z")
        );
        assert_eq!(published_at(Some(time("2027-01-01T08:00:00Z")), &item, seen, fetched), fetched);
        assert_eq!(published_at(None, &ParsedItem::default(), seen, fetched), seen);
    }
}
