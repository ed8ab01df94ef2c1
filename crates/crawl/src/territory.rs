//! This process's part of the work, where several share a database.
//!
//! It says every few seconds that it lives, and learns which parts are its own. Work of a part is begun only while the
//! lease is held and its process is sure to be taken for alive; what is written is written under the lease
//! (`Store::under`), so that even a process that was frozen for an hour in the midst of a poll does no harm when it wakes.
//! A part that is to be given up gets no new work and goes when what is under way in it is done.

use crate::Crawler;
use firsthand_model::{Beat, Lease, NodeId, Part, Timestamp};
use firsthand_store::{Hint, Store, StoreError};
use firsthand_text::urls;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::Instant;

/// This process among others.
#[derive(Debug, Clone)]
pub struct NodeConfig {
    /// Its name for people.
    pub name: String,
    /// What it does: `all` or `crawl`.
    pub role: String,
    /// For how long it is taken for alive after it said so.
    pub term: Duration,
}

impl Default for NodeConfig {
    fn default() -> Self {
        Self { name: "firsthand".to_owned(), role: "all".to_owned(), term: Duration::from_secs(20) }
    }
}

/// So many times within its term it says that it lives.
const BEATS: u32 = 5;
/// How often tables are looked after.
const TIDY_EVERY: Duration = Duration::from_secs(86_400);
/// After a start other things come first.
const TIDY_FIRST_AFTER: Duration = Duration::from_secs(60);
/// How soon it does so again while parts are on the move.
const ON_THE_MOVE: Duration = Duration::from_millis(500);

/// What is held, and what is under way in it.
pub(crate) struct Territory {
    held: Mutex<Held>,
}

struct Held {
    node: NodeId,
    fences: HashMap<Part, i64>,
    under_way: HashMap<Part, usize>,
    /// To be given up: no new work is begun in them.
    leaving: HashSet<Part>,
    /// Others may take it for dead after this.
    until: Instant,
}

/// A piece of work in a part; the part cannot be given up before it is dropped.
pub(crate) struct Work {
    pub(crate) lease: Option<Lease>,
    of: Option<Arc<Territory>>,
}

impl Drop for Work {
    fn drop(&mut self) {
        if let (Some(territory), Some(lease)) = (&self.of, self.lease) {
            let mut held = territory.held();
            if let Some(count) = held.under_way.get_mut(&lease.part) {
                *count -= 1;
                if *count == 0 {
                    held.under_way.remove(&lease.part);
                }
            }
        }
    }
}

impl Territory {
    fn new(node: NodeId) -> Self {
        let held = Held {
            node,
            fences: HashMap::new(),
            under_way: HashMap::new(),
            leaving: HashSet::new(),
            until: Instant::now(),
        };
        Self { held: Mutex::new(held) }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn node(&self) -> NodeId {
        self.held().node
    }

    fn begin(self: &Arc<Self>, part: Part) -> Option<Work> {
        let mut held = self.held();
        if held.until <= Instant::now() || held.leaving.contains(&part) {
            return None;
        }
        let fence = *held.fences.get(&part)?;
        *held.under_way.entry(part).or_default() += 1;
        Some(Work { lease: Some(Lease { part, fence }), of: Some(Arc::clone(self)) })
    }

    /// What of that which is to be given up has come to rest.
    fn at_rest(&self) -> Vec<Part> {
        let held = self.held();
        held.leaving.iter().filter(|part| !held.under_way.contains_key(part)).copied().collect()
    }

    /// Takes up what a beat said. Gives whether anything was lost or came.
    fn take(&self, beat: &Beat, given_up: &[Part], until: Instant) -> bool {
        let mut held = self.held();
        let fences: HashMap<Part, i64> = beat.held.iter().map(|lease| (lease.part, lease.fence)).collect();
        let changed = fences != held.fences;
        held.fences = fences;
        held.until = until;
        for part in given_up {
            held.leaving.remove(part);
        }
        let Held { fences, leaving, under_way, .. } = &mut *held;
        leaving.retain(|part| fences.contains_key(part));
        // What has nothing under way goes first.
        let excess = usize::try_from(beat.excess).unwrap_or(usize::MAX).saturating_sub(leaving.len());
        let mut others: Vec<Part> =
            fences.keys().filter(|part| part.is_shard() && !leaving.contains(part)).copied().collect();
        others.sort_unstable_by_key(|part| (under_way.contains_key(part), std::cmp::Reverse(*part)));
        leaving.extend(others.into_iter().take(excess));
        changed
    }

    fn lose(&self, part: Part) {
        self.held().fences.remove(&part);
    }

    fn lose_all(&self, node: NodeId) {
        let mut held = self.held();
        held.node = node;
        held.fences.clear();
        held.leaving.clear();
    }
}

impl Crawler {
    /// The right to work in a part, if it is this process's. Where one process does all, it always is.
    pub(crate) fn begin(&self, part: Option<Part>) -> Option<Work> {
        let territory = self.territory();
        match (territory, part) {
            (Some(territory), Some(part)) => territory.begin(part),
            // A row that has no shard yet is nobody's.
            (Some(_), None) => None,
            (None, _) => Some(Work { lease: None, of: None }),
        }
    }

    /// A part is another's by now.
    pub(crate) fn lost(&self, part: Part) {
        tracing::warn!(
            "another process has taken over {part}: this one was thought dead; what it had under way is done there"
        );
        if let Some(territory) = self.territory() {
            territory.lose(part);
        }
        self.inner.meters.parts_lost.fetch_add(1, Ordering::Relaxed);
        self.forget_sites();
    }

    fn territory(&self) -> Option<Arc<Territory>> {
        self.inner.territory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The store as it is asked for work: by this process's shards where several share it.
    pub(crate) fn own_work(&self) -> Store {
        match self.territory() {
            Some(territory) => self.inner.store.for_node(territory.node()),
            None => self.inner.store.clone(),
        }
    }

    /// Comes in among the processes that share the database. Nothing to do where one does all.
    pub(crate) async fn come_in(&self) -> Result<(), StoreError> {
        if !self.inner.store.is_shared() || self.territory().is_some() {
            return Ok(());
        }
        self.inner.store.number_shards().await?;
        let node = self.join().await?;
        *self.inner.territory.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Territory::new(node)));
        self.beat().await.map(drop)
    }

    async fn join(&self) -> Result<NodeId, StoreError> {
        let NodeConfig { name, role, .. } = &self.inner.config.node;
        let store = &self.inner.store;
        let node = store.join(name, role, env!("CARGO_PKG_VERSION")).await?;
        let alike = store
            .nodes()
            .await?
            .into_iter()
            .filter(|other| other.alive && other.id != node && other.name == *name)
            .count();
        if alike > 0 {
            tracing::warn!(
                "{alike} other processes on this database are called {name:?} as well; that does no harm, but give them names of their own with node.name"
            );
        }
        Ok(node)
    }

    /// Says that this process lives, and takes up what it is told.
    async fn beat(&self) -> Result<Beat, StoreError> {
        let Some(territory) = self.territory() else {
            return Err(StoreError::NotFound("this process's place among the others".to_owned()));
        };
        let term = self.inner.config.node.term;
        let give_up = territory.at_rest();
        // The term counts from before the database was asked: its clock ran on meanwhile.
        let asked_at = Instant::now();
        let term_ms = i64::try_from(term.as_millis()).unwrap_or(i64::MAX);
        let beat = match self.inner.store.beat(territory.node(), term_ms, give_up.clone()).await {
            Err(StoreError::NotFound(_)) => {
                tracing::warn!("this process was away for so long that it comes in anew");
                let node = self.join().await?;
                territory.lose_all(node);
                self.inner.store.beat(node, term_ms, Vec::new()).await?
            }
            answered => answered?,
        };
        let meters = &self.inner.meters;
        meters.beat.took(asked_at.elapsed());
        meters.parts.store(beat.held.len() as u64, Ordering::Relaxed);
        meters.parts_taken.fetch_add(u64::from(beat.taken), Ordering::Relaxed);
        if territory.take(&beat, &give_up, asked_at + term) {
            // Another one may have learnt more of these hosts, or stops learning here.
            self.forget_sites();
            self.take_up_holds().await?;
            tracing::info!(
                parts = beat.held.len(),
                nodes = beat.nodes,
                taken = beat.taken,
                given_up = give_up.len(),
                "this process has {} of {} parts of the work",
                beat.held.len(),
                Part::SHARDS + 1
            );
            self.wake_here();
        }
        Ok(beat)
    }

    /// Says that this process lives until it is told to stop; then it goes, and the others have its parts at once.
    pub(crate) async fn keep_territory(&self, mut ended: watch::Receiver<bool>) {
        if self.territory().is_none() {
            return self.keep_house(ended).await;
        }
        let term = self.inner.config.node.term;
        let mut tidied_at: Option<Instant> = None;
        loop {
            let pause = match self.beat().await {
                Ok(beat) => {
                    // Who groups the stories looks after the tables: one process does.
                    if beat.held.iter().any(|lease| lease.part == Part::STORIES)
                        && tidied_at.is_none_or(|at| at.elapsed() >= TIDY_EVERY)
                    {
                        tidied_at = Some(Instant::now());
                        // It may take long: meanwhile the process goes on saying that it lives.
                        let (crawler, ended) = (self.clone(), ended.clone());
                        tokio::spawn(async move { crawler.tidy_until(ended).await });
                    }
                    // Others that just came in wait for what this one is to give up; it waits for theirs.
                    let own = beat.held.iter().filter(|lease| lease.part.is_shard()).count();
                    let short = u32::try_from(own).is_ok_and(|own| own < beat.share);
                    if beat.excess > 0 || short && (own == 0 || beat.taken > 0) { ON_THE_MOVE } else { term / BEATS }
                }
                Err(error) => {
                    tracing::error!(%error, "this process cannot say that it lives; it begins nothing new when its term is over");
                    term / BEATS / 2
                }
            };
            if tokio::time::timeout(pause, ended.wait_for(|ended| *ended)).await.is_ok() {
                break;
            }
        }
        if let Some(territory) = self.territory()
            && let Err(error) = self.inner.store.leave(territory.node()).await
        {
            tracing::warn!("the others learn only by its silence that this process has gone: {error}");
        }
        *self.inner.territory.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Where one process does all: what is to be done once a day.
    async fn keep_house(&self, mut ended: watch::Receiver<bool>) {
        let mut pause = TIDY_FIRST_AFTER;
        while tokio::time::timeout(pause, ended.wait_for(|ended| *ended)).await.is_err() {
            self.tidy_until(ended.clone()).await;
            pause = TIDY_EVERY;
        }
    }

    /// Looks after the database's tables and lets go what is older than is kept. Told to end it stops between two steps.
    async fn tidy_until(&self, mut ended: watch::Receiver<bool>) {
        let work = async {
            self.inner.store.tidy().await?;
            self.inner.store.release(self.inner.config.keep).await
        };
        tokio::select! {
            done = work => match done {
                Ok(released) if released.articles > 0 => tracing::info!(
                    "{} articles of {} stories were let go: they were older than is kept",
                    released.articles,
                    released.stories
                ),
                Ok(_) => {}
                Err(error) => tracing::warn!("the database could not be looked after; trying again tomorrow: {error}"),
            },
            _ = ended.wait_for(|ended| *ended) => {}
        }
    }

    /// Wakes when another process says that there is work; without end where there is no other.
    pub(crate) async fn hear(&self) {
        let Some(mut hints) = self.inner.store.hints() else { return std::future::pending().await };
        loop {
            match hints.recv().await {
                Ok(Hint::Work) | Err(RecvError::Lagged(_)) => self.wake_here(),
                Ok(Hint::Changed) => {}
                Err(RecvError::Closed) => return std::future::pending().await,
            }
        }
    }

    /// For a process that only serves pages: it is known to the others, and does nothing of the work.
    pub async fn stay_known(&self, mut stopped: watch::Receiver<bool>) {
        while let Err(error) = self.come_in().await {
            tracing::error!(%error, "this process cannot say that it lives; trying again");
            if tokio::time::timeout(self.inner.config.node.term / BEATS, stopped.wait_for(|stop| *stop)).await.is_ok() {
                return;
            }
        }
        self.keep_territory(stopped).await;
    }

    /// How many processes share the work, this one included.
    pub(crate) async fn nodes_at_work(&self) -> Result<usize, StoreError> {
        let nodes = self.inner.store.nodes().await?;
        Ok(nodes.iter().filter(|node| node.alive && node.role != "web").count())
    }

    /// Leaves a host alone, in this process and in all that may have its feeds later.
    pub(crate) async fn leave_alone(&self, url: &str, until: Timestamp) {
        self.inner.fetcher.hold(url, until);
        if let Some(host) = urls::host_name(url)
            && let Err(error) = self.inner.store.hold_host(&host, until).await
        {
            tracing::warn!(%host, "that it is to be left alone could not be stored: {error}");
        }
    }

    pub(crate) async fn take_up_holds(&self) -> Result<(), StoreError> {
        for (host, until) in self.inner.store.held_hosts().await? {
            self.inner.fetcher.hold_host(host, until);
        }
        Ok(())
    }

    fn forget_sites(&self) {
        self.inner.sites.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
