//! Watches: what they find becomes a message.

use crate::Notifier;
use firsthand_model::*;
use firsthand_store::StoreError;
use firsthand_text::mornings::next_morning;

/// Watches of a transaction.
const WATCHES: usize = 50;
/// Reports and stories of a message: what is more is behind its link.
const REPORTS: usize = 50;
const STORIES: usize = 20;
/// A watch that found something looks again after this many seconds: what comes in a burst comes in one message.
const PAUSE_S: i64 = 60;

impl Notifier {
    pub(crate) async fn look(&self) -> Result<(), StoreError> {
        let store = &self.inner.store;
        loop {
            let (due, last) = store.due_watches(WATCHES).await?;
            let is_last = due.len() < WATCHES;
            for due in due {
                let now = self.inner.clock.now();
                let (notice, next_at) = match due.watch.kind {
                    WatchKind::Daily | WatchKind::Weekly => {
                        let weekly = due.watch.kind == WatchKind::Weekly;
                        (self.stories_of(&due.watch).await?, next_morning(now, due.time_zone.as_deref(), weekly))
                    }
                    WatchKind::Search | WatchKind::Story | WatchKind::Outlet => {
                        let notice = match self.finds_of(&due, last).await {
                            // One that cannot be answered must not keep the others from it.
                            Err(StoreError::Invalid(why)) => {
                                tracing::warn!(watch = due.watch.id, why, "a watched search cannot be answered");
                                None
                            }
                            found => found?,
                        };
                        let next_at = if notice.is_some() { now.plus_seconds(PAUSE_S) } else { due.watch.next_at };
                        (notice, next_at)
                    }
                };
                store.looked(due, last, next_at, notice).await?;
            }
            if is_last {
                return Ok(());
            }
        }
    }

    async fn finds_of(&self, due: &DueWatch, last: i64) -> Result<Option<Notice>, StoreError> {
        let query = SearchQuery { assigned: Some((due.seen, last)), limit: REPORTS, offset: 0, ..due.query.clone() };
        let found = self.inner.store.search(&query, Some(&Voter::User(due.account))).await?;
        let (watch, count) = (&due.watch, found.len());
        let path = match watch.kind {
            WatchKind::Story => format!("/story/{}", watch.subject),
            WatchKind::Outlet => format!("/outlet/{}", watch.subject),
            _ => {
                let mut query = url::form_urlencoded::Serializer::new(String::new());
                format!("/search?{}", query.append_pair("q", &watch.subject).finish())
            }
        };
        let heading = match found.as_slice() {
            [] => return Ok(None),
            [one] => format!("{}: {}", watch.name, one.title),
            _ if count == REPORTS => format!("{}: {count} new reports or more", watch.name),
            _ => format!("{}: {count} new reports", watch.name),
        };
        let items = found.into_iter().map(|card| NoticeItem {
            path: format!("/article/{}", card.id),
            title: card.title,
            url: card.url,
            outlet: card.outlet,
            excerpt: card.excerpt,
            role: card.role,
            reports: card.story_reports,
            published: card.published_at,
        });
        Ok(Some(Notice { heading, path, items: items.collect() }))
    }

    async fn stories_of(&self, watch: &Watch) -> Result<Option<Notice>, StoreError> {
        let (order, path) = match watch.kind {
            WatchKind::Weekly => (StoryOrder::Top { hours: 7 * 24 }, "/?order=week"),
            _ => (StoryOrder::Top { hours: 24 }, "/?order=day"),
        };
        let query = StoryQuery { order, limit: STORIES, ..StoryQuery::default() };
        let stories = self.inner.store.stories(&query, None).await?;
        if stories.is_empty() {
            return Ok(None);
        }
        let items = stories.into_iter().map(|card| NoticeItem {
            path: format!("/story/{}", card.id),
            title: card.headline,
            url: card.url,
            outlet: card.outlet,
            excerpt: card.excerpt,
            role: None,
            reports: card.reports,
            published: card.last_published_at,
        });
        Ok(Some(Notice { heading: watch.name.clone(), path: path.to_owned(), items: items.collect() }))
    }
}
