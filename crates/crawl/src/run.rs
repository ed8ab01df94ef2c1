//! The loop that keeps everything going: due feeds, pending entries, grouping.

use crate::Crawler;
use crate::polls::Polled;
use firsthand_model::{EntryId, FeedId};
use firsthand_store::{Admitted, StoreError};
use serde::Serialize;
use std::collections::HashSet;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long the loop runs.
#[derive(Debug, Clone)]
pub enum RunMode {
    /// Until the value turns true; what is under way is finished first.
    Until(watch::Receiver<bool>),
    /// Until nothing is due any more. `all`: feeds that are not yet due are polled as well.
    Once {
        /// See above.
        all: bool,
    },
}

/// What a run did, as `firsthand fetch --once --json` prints it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Feeds polled.
    pub feeds: usize,
    /// Of those, feeds that had not changed.
    pub unchanged: usize,
    /// Of those, feeds that failed.
    pub failed: usize,
    /// Entries that were not known before.
    pub entries: usize,
    /// Articles made of them.
    pub articles: usize,
    /// Articles whose text had changed.
    pub revised: usize,
    /// Pages that could not be had.
    pub pages_failed: usize,
    /// Articles put into stories.
    pub grouped: usize,
    /// What went wrong with which feed.
    pub errors: Vec<FeedFailure>,
}

/// A feed that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeedFailure {
    /// Its address.
    pub url: String,
    /// Why, in plain words.
    pub error: String,
}

/// Feeds and pages under way at a time; the client's own limits are below.
const FEEDS_UNDER_WAY: usize = 64;
const PAGES_UNDER_WAY: usize = 64;
/// The longest that the loop sleeps: other processes (`firsthand add`) do not wake it.
const TICK: Duration = Duration::from_secs(1);

enum Done {
    Poll(FeedId, Result<Polled, StoreError>),
    Page(EntryId, Result<Option<Admitted>, StoreError>),
    Group(Result<usize, StoreError>),
}

#[derive(Default)]
struct UnderWay {
    feeds: HashSet<FeedId>,
    pages: HashSet<EntryId>,
    grouping: bool,
    ungrouped: bool,
}

impl Crawler {
    /// Polls what is due, fetches what is new, groups what came, until `mode` says so. A store
    /// that fails ends a run of [`RunMode::Once`]; a server logs it and tries again.
    pub async fn run(&self, mode: RunMode) -> Result<Summary, StoreError> {
        let forever = matches!(mode, RunMode::Until(_));
        let mut stop = match &mode {
            RunMode::Until(stop) => Some(stop.clone()),
            RunMode::Once { .. } => None,
        };
        let mut tasks: JoinSet<Done> = JoinSet::new();
        let mut under_way = UnderWay { ungrouped: true, ..UnderWay::default() };
        let mut summary = Summary::default();
        // A store that cannot be read now may be readable later; a server goes on serving.
        loop {
            match self.refresh_outlets().await {
                Ok(()) => break,
                Err(error) if forever => tracing::error!(%error, "the store cannot be read; trying again"),
                Err(error) => return Err(error),
            }
            if self.sleep_or_stop(&mut stop).await {
                return Ok(summary);
            }
        }
        if let RunMode::Once { all: true } = mode {
            let now = self.inner.clock.now();
            for feed in self.inner.store.due_feeds(now, usize::MAX, true).await? {
                self.spawn_poll(feed, &mut tasks, &mut under_way);
            }
        }
        loop {
            if !stop.as_ref().is_some_and(|stop| *stop.borrow())
                && let Err(error) = self.fill(&mut tasks, &mut under_way).await
            {
                if !forever {
                    return Err(error);
                }
                tracing::error!(%error, "the store cannot be read; trying again");
            }
            let stopping = stop.as_ref().is_some_and(|stop| *stop.borrow());
            if tasks.is_empty() && (stopping || !forever) {
                return Ok(summary);
            }
            tokio::select! {
                Some(done) = tasks.join_next() => {
                    if let Some(error) = note(done, &mut under_way, &mut summary) {
                        if !forever {
                            return Err(error);
                        }
                        tracing::error!(%error, "the store failed; trying again");
                        tokio::time::sleep(TICK).await;
                    }
                }
                () = self.inner.wake.notified(), if !stopping => {}
                stopped = self.sleep_or_stop(&mut stop), if forever && !stopping => {
                    tracing::debug!(stopped, "tick");
                }
            }
        }
    }

    /// Sleeps for a tick; `true` when the run shall stop.
    async fn sleep_or_stop(&self, stop: &mut Option<watch::Receiver<bool>>) -> bool {
        match stop {
            Some(stop) => {
                let _ = tokio::time::timeout(TICK, stop.wait_for(|stop| *stop)).await;
                *stop.borrow()
            }
            None => {
                tokio::time::sleep(TICK).await;
                false
            }
        }
    }

    /// Starts as much of what is due as there is room for.
    async fn fill(&self, tasks: &mut JoinSet<Done>, under_way: &mut UnderWay) -> Result<(), StoreError> {
        let now = self.inner.clock.now();
        if under_way.feeds.len() < FEEDS_UNDER_WAY / 2 {
            // Those under way are still due in the store: ask for as many more.
            for feed in self.inner.store.due_feeds(now, FEEDS_UNDER_WAY + under_way.feeds.len(), false).await? {
                self.spawn_poll(feed, tasks, under_way);
            }
        }
        if under_way.pages.len() < PAGES_UNDER_WAY / 2 {
            for entry in self.inner.store.pending_entries(now, PAGES_UNDER_WAY + under_way.pages.len()).await? {
                if under_way.pages.insert(entry.id) {
                    let crawler = self.clone();
                    tasks.spawn(async move {
                        let done = crawler.process(&entry).await;
                        Done::Page(entry.id, done)
                    });
                }
            }
        }
        if under_way.ungrouped && !under_way.grouping {
            (under_way.ungrouped, under_way.grouping) = (false, true);
            let crawler = self.clone();
            tasks.spawn(async move { Done::Group(crawler.group().await) });
        }
        Ok(())
    }

    fn spawn_poll(&self, feed: firsthand_model::DueFeed, tasks: &mut JoinSet<Done>, under_way: &mut UnderWay) {
        if under_way.feeds.insert(feed.id) {
            let crawler = self.clone();
            tasks.spawn(async move {
                let done = crawler.poll(&feed).await;
                Done::Poll(feed.id, done)
            });
        }
    }
}

/// Takes a finished task into the summary; gives the store's failure, if it was one.
fn note(
    done: Result<Done, tokio::task::JoinError>,
    under_way: &mut UnderWay,
    summary: &mut Summary,
) -> Option<StoreError> {
    match done {
        Ok(Done::Poll(feed, result)) => {
            under_way.feeds.remove(&feed);
            match result {
                Ok(polled) => {
                    summary.feeds += 1;
                    summary.unchanged += usize::from(polled.unchanged);
                    summary.entries += polled.entries.new;
                    if let Some(error) = polled.error {
                        summary.failed += 1;
                        tracing::info!(url = %polled.url, %error, "a feed could not be read");
                        summary.errors.push(FeedFailure { url: polled.url, error });
                        // A server runs for years: only the newest failures are kept here.
                        if summary.errors.len() > 10_000 {
                            summary.errors.drain(..5_000);
                        }
                    }
                    None
                }
                Err(error) => Some(error),
            }
        }
        Ok(Done::Page(entry, result)) => {
            under_way.pages.remove(&entry);
            match result {
                Ok(Some(Admitted::New(_))) => {
                    summary.articles += 1;
                    under_way.ungrouped = true;
                    None
                }
                Ok(Some(Admitted::Revised(_))) => {
                    summary.revised += 1;
                    under_way.ungrouped = true;
                    None
                }
                Ok(Some(Admitted::Unchanged(_) | Admitted::Known(_))) => None,
                Ok(None) => {
                    summary.pages_failed += 1;
                    None
                }
                Err(error) => Some(error),
            }
        }
        Ok(Done::Group(result)) => {
            under_way.grouping = false;
            match result {
                Ok(grouped) => {
                    summary.grouped += grouped;
                    None
                }
                Err(error) => {
                    under_way.ungrouped = true;
                    Some(error)
                }
            }
        }
        Err(error) => {
            tracing::error!(%error, "a task of the crawler ended early");
            None
        }
    }
}
