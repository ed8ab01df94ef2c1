//! Fetches feeds and pages politely and runs the stages on them.
//!
//! [`Crawler`] is the one place where the stages meet: a due feed is polled (`polls`), a new
//! entry's page fetched, extracted and traced (`articles`), an article put into its story and
//! the story's reports related (`stories`); where a feed names a hub, what that
//! pushes is taken as a poll's document is (`websub`). It holds no rule of a stage and no SQL, and knows
//! nothing of pages and APIs. Every step is one transaction in the store, so a process that dies
//! anywhere goes on from there.

mod address;
mod articles;
mod follow;
mod http;
mod meters;
mod polls;
mod recorder;
mod robots;
mod run;
mod schedule;
mod site;
mod stories;
mod territory;
mod turns;
mod websub;

pub use address::special_purpose;
pub use firsthand_story::Explanation;
pub use follow::{FollowError, Followed};
pub use http::{FetchError, Fetched, Fetcher, HttpConfig, Post, Request};
pub use run::{RunMode, Summary};
pub use schedule::ScheduleConfig;
pub use territory::NodeConfig;
pub use turns::{Turn, Turns};
pub use websub::WebSubConfig;

use firsthand_model::{Clock, OutletId, Random};
use firsthand_store::{Hint, Store, StoreError};
use firsthand_trace::Outlets;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::sync::Notify;

/// All settings of crawling.
#[derive(Debug, Clone, Default)]
pub struct CrawlConfig {
    /// The outgoing client.
    pub http: HttpConfig,
    /// Intervals.
    pub schedule: ScheduleConfig,
    /// Limits of feeds.
    pub feed_limits: firsthand_feed::Limits,
    /// Limits of watched pages.
    pub link_limits: firsthand_feed::page_links::PageLimits,
    /// Limits of pages.
    pub page_limits: firsthand_extract::Limits,
    /// This process among others on the same database.
    pub node: NodeConfig,
    /// Push; `None`: feeds are polled only.
    pub websub: Option<WebSubConfig>,
    /// What tells grouping what a text means; `None`: it goes by words alone.
    pub embedder: Option<Arc<dyn firsthand_story::Embedder>>,
    /// How long what feeds bring is kept that have no rule of their own.
    pub keep: firsthand_model::KeepRule,
}

/// Follows feeds: polls, fetches, analyses, groups. Cheap to clone.
#[derive(Clone)]
pub struct Crawler {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    fetcher: Fetcher,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    config: CrawlConfig,
    /// Outlets known by name: the shipped ones and those followed.
    outlets: RwLock<Arc<Outlets>>,
    robots: Mutex<HashMap<String, articles::KnownRobots>>,
    grouping: tokio::sync::Mutex<Option<stories::Grouping>>,
    /// The parts of the work that are this process's; empty where it does all.
    territory: RwLock<Option<Arc<territory::Territory>>>,
    /// What outlets' last pages had in common; the store has all.
    sites: Mutex<HashMap<OutletId, firsthand_extract::SiteMemory>>,
    /// Analysis takes whole cores: a thread for each, and no more, since each thread that once
    /// analysed keeps memory of its own.
    analyses: rayon::ThreadPool,
    wake: Notify,
    meters: meters::Meters,
}

impl Crawler {
    /// A crawler on a store. Fails when the outgoing client cannot be made.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        config: CrawlConfig,
    ) -> Result<Self, FetchError> {
        let fetcher = Fetcher::new(config.http.clone(), Arc::clone(&clock))?;
        let analyses = rayon::ThreadPoolBuilder::new()
            .thread_name(|_| "analysis".to_owned())
            .build()
            .map_err(|error| FetchError::Threads(error.to_string()))?;
        Ok(Self {
            inner: Arc::new(Inner {
                store,
                fetcher,
                clock,
                random,
                config,
                outlets: RwLock::new(Arc::new(Outlets::builtin())),
                robots: Mutex::default(),
                grouping: tokio::sync::Mutex::default(),
                territory: RwLock::default(),
                sites: Mutex::default(),
                analyses,
                wake: Notify::new(),
                meters: meters::Meters::default(),
            }),
        })
    }

    /// Takes over what grouping knows from a crawler that has ended, where both read texts alike: to build it anew takes long, and
    /// room beside it.
    pub async fn take_over(&self, ended: &Self) {
        let alike = match (&self.inner.config.embedder, &ended.inner.config.embedder) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (own, other) => own.is_none() && other.is_none(),
        };
        if alike {
            *self.inner.grouping.lock().await = ended.inner.grouping.lock().await.take();
        }
    }

    /// The one client for everything that leaves the machine.
    pub fn fetcher(&self) -> &Fetcher {
        &self.inner.fetcher
    }

    /// What this process did since its start, in Prometheus' text format.
    pub fn metrics(&self) -> String {
        self.inner.meters.written()
    }

    /// Looks for work at once instead of at the next tick, here and in the other processes on the same database.
    pub fn wake(&self) {
        self.wake_here();
        if self.inner.store.is_shared() {
            let store = self.inner.store.clone();
            tokio::spawn(async move { store.hint(Hint::Work).await });
        }
    }

    pub(crate) fn wake_here(&self) {
        self.inner.wake.notify_one();
    }

    /// Takes up the names and domains of the outlets that are followed.
    pub async fn refresh_outlets(&self) -> Result<(), StoreError> {
        let mut outlets = Outlets::builtin();
        for outlet in self.inner.store.outlet_names().await? {
            if outlet.name == outlet.shown_as {
                outlets.add(&outlet.name, &outlet.domain);
            } else {
                outlets.merge(&outlet.name, &outlet.domain, &outlet.shown_as);
            }
        }
        *self.inner.outlets.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(outlets);
        Ok(())
    }

    fn outlets(&self) -> Arc<Outlets> {
        Arc::clone(&self.inner.outlets.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs work that takes a core on the bounded pool. `None` when it panicked: the caller treats
    /// its input as unreadable and goes on.
    async fn on_a_core<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (answer, answered) = tokio::sync::oneshot::channel();
        self.inner.analyses.spawn(move || {
            // Nobody waits any more when the caller was dropped; a panic drops `answer` unsent.
            if let Ok(done) = catch_unwind(AssertUnwindSafe(work)) {
                let _ = answer.send(done);
            }
        });
        answered.await.ok()
    }
}
