//! The loop that keeps everything going: due feeds, pending entries, grouping.

use crate::Crawler;
use crate::polls::Polled;
use crate::recorder::Recorder;
use crate::turns::{Turn, Turns};
use firsthand_model::{DueFeed, EntryId, FeedId, Part, Timestamp};
use firsthand_store::{Admitted, StoreError};
use serde::Serialize;
use std::collections::{HashSet, VecDeque};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

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

/// Feeds, and pages, under way at a time for each exchange of the client (`http.max_exchanges`): most wait for their host.
const UNDER_WAY_FOR_AN_EXCHANGE: usize = 4;
/// Pages under way while feeds wait for their turn: what is new everywhere comes before all of it
/// in full.
const PAGES_BESIDE_FEEDS: usize = 8;
const HUBS_UNDER_WAY: usize = 16;
/// While pages come in, what came is grouped in batches, so that each is in the order of publication.
const GROUP_EVERY: Duration = Duration::from_secs(1);
/// The reports of a story that grows are related anew at most so often.
const RELATE_EVERY: Duration = Duration::from_secs(3);
/// A chore rests for so many times the time that it took, while anything else goes on.
const RESTS: u32 = 4;
/// The longest that the loop sleeps: other processes (`firsthand add`) do not wake it.
const TICK: Duration = Duration::from_secs(1);

enum Done {
    /// The host whose turn it was, with what was done.
    Poll(FeedId, String, Result<Polled, StoreError>),
    Page(EntryId, String, Result<Option<Admitted>, StoreError>),
    Group(Result<usize, StoreError>),
    Relate(Result<(), StoreError>),
    /// The token of the subscription.
    Hub(String, Result<(), StoreError>),
}

/// A chore that is done as a whole, one at a time: there may be work for it, it may be at work.
struct Chore {
    wanted: bool,
    under_way: bool,
    begun_at: Instant,
    /// While anything else goes on it does not begin before.
    rests_until: Option<Instant>,
    pause: Duration,
}

impl Chore {
    /// Wanted from the start: the last run may have left something.
    fn new(pause: Duration) -> Self {
        Self { wanted: true, under_way: false, begun_at: Instant::now(), rests_until: None, pause }
    }

    /// Whether to begin it: at once when nothing else is going on, else when it has rested.
    fn begin(&mut self, quiet: bool) -> bool {
        let rested = self.rests_until.is_none_or(|until| until <= Instant::now());
        let begin = self.wanted && !self.under_way && (quiet || rested);
        if begin {
            (self.wanted, self.under_way, self.begun_at) = (false, true, Instant::now());
        }
        begin
    }

    /// It is done; `again`: there is more of it.
    fn done(&mut self, again: bool) {
        self.under_way = false;
        self.wanted |= again;
        self.rests_until = Some(Instant::now() + self.pause.max(self.begun_at.elapsed() * RESTS));
    }
}

struct UnderWay {
    recorder: Recorder,
    /// Feeds that are polled although they are not due; the store is not asked before all were.
    waiting: VecDeque<DueFeed>,
    feeds: HashSet<FeedId>,
    pages: HashSet<EntryId>,
    hubs: HashSet<String>,
    turns: Turns,
    /// What got its turn later, to be stored.
    later_feeds: Vec<(FeedId, Timestamp)>,
    later_pages: Vec<(EntryId, Timestamp)>,
    /// Whether the store may have due feeds, entries, and subscriptions, that are not under way: it is
    /// not asked after every single page.
    feeds_due: bool,
    pages_due: bool,
    hubs_due: bool,
    looked_at: Instant,
    grouping: Chore,
    relating: Chore,
}

impl UnderWay {
    fn new(recorder: Recorder) -> Self {
        Self {
            recorder,
            waiting: VecDeque::new(),
            feeds: HashSet::new(),
            pages: HashSet::new(),
            hubs: HashSet::new(),
            turns: Turns::default(),
            later_feeds: Vec::new(),
            later_pages: Vec::new(),
            feeds_due: true,
            pages_due: true,
            hubs_due: true,
            looked_at: Instant::now(),
            grouping: Chore::new(GROUP_EVERY),
            relating: Chore::new(RELATE_EVERY),
        }
    }

    /// Anything may have become due.
    fn look_again(&mut self) {
        (self.feeds_due, self.pages_due, self.hubs_due) = (true, true, true);
        // An editor may have given a report another part, or another process have stored an article.
        self.relating.wanted = true;
        self.grouping.wanted = true;
        self.looked_at = Instant::now();
    }
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
        // A store that cannot be read now may be readable later; a server goes on serving.
        loop {
            match self.prepare().await {
                Ok(()) => break,
                Err(error) if forever => tracing::error!(%error, "the store cannot be read; trying again"),
                Err(error) => return Err(error),
            }
            if self.sleep_or_stop(&mut stop).await {
                return Ok(Summary::default());
            }
        }
        let (end, ended) = watch::channel(false);
        let crawler = self.clone();
        let keeper = tokio::spawn(async move { crawler.keep_territory(ended).await });
        let done = tokio::select! {
            done = self.work(mode, stop) => done,
            () = self.hear(), if forever => Ok(Summary::default()),
        };
        // Only when nothing is under way any more may others have this process's parts.
        let _ = end.send(true);
        let _ = keeper.await;
        done
    }

    async fn work(&self, mode: RunMode, mut stop: Option<watch::Receiver<bool>>) -> Result<Summary, StoreError> {
        let forever = matches!(mode, RunMode::Until(_));
        let mut tasks: JoinSet<Done> = JoinSet::new();
        let mut under_way = UnderWay::new(Recorder::start(self.inner.store.clone()));
        let mut summary = Summary::default();
        if !forever && self.inner.store.is_shared() {
            let others = self.nodes_at_work().await?.saturating_sub(1);
            if others > 0 {
                return Err(StoreError::Invalid(format!(
                    "{others} other processes are at work on this database and fetch what is due by themselves: leave it to them, or stop them first (one that was killed counts for another {} s)",
                    self.inner.config.node.term.as_secs()
                )));
            }
        }
        if let RunMode::Once { all: true } = mode {
            let now = self.inner.clock.now();
            under_way.waiting = self.own_work().due_feeds(now, usize::MAX, true).await?.into();
        }
        loop {
            if !stop.as_ref().is_some_and(|stop| *stop.borrow())
                && let Err(error) = self.fill(&mut tasks, &mut under_way, forever).await
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
                    if let Some(error) = note(done, &mut under_way, &mut summary, self.inner.clock.now()) {
                        if let StoreError::LeaseLost(part) = error {
                            self.lost(part);
                            continue;
                        }
                        if !forever {
                            return Err(error);
                        }
                        tracing::error!(%error, "the store failed; trying again");
                        tokio::time::sleep(TICK).await;
                    }
                }
                () = self.inner.wake.notified(), if !stopping => under_way.look_again(),
                _ = self.sleep_or_stop(&mut stop), if forever && !stopping => under_way.look_again(),
            }
        }
    }

    async fn prepare(&self) -> Result<(), StoreError> {
        if self.inner.config.websub.is_none() {
            let store = &self.inner.store;
            if store.is_shared() && store.nodes().await?.iter().any(|node| node.alive) {
                tracing::warn!(
                    "push (WebSub) is off in this process's settings; subscriptions of the others' are left as they are: give all processes the same settings"
                );
            } else {
                // Push was switched off: nobody answers the hubs, and no poll may wait for them.
                store.forget_subscriptions(None).await?;
            }
        }
        self.come_in().await?;
        self.take_up_holds().await?;
        self.refresh_outlets().await
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
    async fn fill(&self, tasks: &mut JoinSet<Done>, under_way: &mut UnderWay, forever: bool) -> Result<(), StoreError> {
        let now = self.inner.clock.now();
        let most_feeds = self.inner.config.http.max_exchanges.max(1) * UNDER_WAY_FOR_AN_EXCHANGE;
        if under_way.looked_at.elapsed() >= TICK {
            under_way.look_again();
        }
        while under_way.feeds.len() < most_feeds
            && let Some(feed) = under_way.waiting.pop_front()
        {
            self.spawn_poll(feed, forever, tasks, under_way);
        }
        if under_way.waiting.is_empty() && under_way.feeds_due && under_way.feeds.len() < most_feeds / 2 {
            // Those under way are still due in the store: ask for as many more.
            let limit = most_feeds + under_way.feeds.len();
            let due = self.own_work().due_feeds(now, limit, false).await?;
            under_way.feeds_due = due.len() == limit;
            for feed in due {
                self.spawn_poll(feed, forever, tasks, under_way);
            }
        }
        let most = if under_way.feeds_due || !under_way.waiting.is_empty() { PAGES_BESIDE_FEEDS } else { most_feeds };
        if under_way.pages_due && under_way.pages.len() <= most / 2 {
            let limit = most + under_way.pages.len();
            let due = self.own_work().pending_entries(now, limit).await?;
            under_way.pages_due = due.len() == limit;
            for entry in due {
                if !under_way.pages.contains(&entry.id)
                    && let Some(work) = self.begin(entry.part)
                {
                    let url = entry.url.as_deref().unwrap_or_default();
                    let host = match under_way.turns.take(url, self.pause_of(url, forever), now) {
                        Turn::Now(host) => host,
                        Turn::At(at) => {
                            under_way.later_pages.push((entry.id, at));
                            continue;
                        }
                    };
                    under_way.pages.insert(entry.id);
                    let crawler = self.clone();
                    tasks.spawn(async move {
                        let begun_at = Instant::now();
                        let done = crawler.process(&entry, &crawler.inner.store.under(work.lease)).await;
                        crawler.inner.meters.page.took(begun_at.elapsed());
                        Done::Page(entry.id, host, done)
                    });
                }
            }
        }
        if !under_way.later_feeds.is_empty() || !under_way.later_pages.is_empty() {
            let (feeds, pages) =
                (std::mem::take(&mut under_way.later_feeds), std::mem::take(&mut under_way.later_pages));
            self.inner.store.postpone(feeds, pages).await?;
        }
        if let Some(websub) = &self.inner.config.websub
            && under_way.hubs_due
            && under_way.hubs.len() < HUBS_UNDER_WAY / 2
        {
            let limit = HUBS_UNDER_WAY + under_way.hubs.len();
            let due = self.inner.store.due_subscriptions(now, limit).await?;
            under_way.hubs_due = due.len() == limit;
            for due in due {
                if under_way.hubs.insert(due.token.clone()) {
                    let (crawler, websub) = (self.clone(), websub.clone());
                    tasks.spawn(async move {
                        let done = crawler.ask_hub(&websub, &due).await;
                        Done::Hub(due.token, done)
                    });
                }
            }
        }
        let quiet = under_way.feeds.is_empty() && under_way.pages.is_empty();
        // Another process may group; then its articles, and this one's, are grouped there.
        let Some(work) = self.begin(Some(Part::STORIES)) else {
            (under_way.grouping.wanted, under_way.relating.wanted) = (false, false);
            self.forget_grouping().await;
            return Ok(());
        };
        if under_way.grouping.begin(quiet) {
            let crawler = self.clone();
            tasks.spawn(async move {
                let begun_at = Instant::now();
                let done = crawler.group(work.lease).await;
                if done.as_ref().is_ok_and(|grouped| *grouped > 0) {
                    crawler.inner.meters.group.took(begun_at.elapsed());
                }
                Done::Group(done)
            });
        }
        let grouped = !under_way.grouping.wanted && !under_way.grouping.under_way;
        // Who waits for the end of a single run reads nothing before.
        if (forever || quiet && grouped) && under_way.relating.begin(quiet && grouped) {
            let crawler = self.clone();
            let Some(work) = self.begin(Some(Part::STORIES)) else { return Ok(()) };
            tasks.spawn(async move {
                let begun_at = Instant::now();
                let done = crawler.relate(work.lease).await;
                crawler.inner.meters.relate.took(begun_at.elapsed());
                Done::Relate(done)
            });
        }
        Ok(())
    }

    /// By what the turns at a host are paced. A single run gives none: it ends when nothing is due any more.
    fn pause_of(&self, url: &str, forever: bool) -> Option<Duration> {
        if forever { self.inner.fetcher.pause_of(url) } else { None }
    }

    fn spawn_poll(&self, feed: DueFeed, forever: bool, tasks: &mut JoinSet<Done>, under_way: &mut UnderWay) {
        if !under_way.feeds.contains(&feed.id)
            && let Some(work) = self.begin(feed.part)
        {
            let pause = self.pause_of(&feed.url, forever);
            let host = match under_way.turns.take(&feed.url, pause, self.inner.clock.now()) {
                Turn::Now(host) => host,
                Turn::At(at) => {
                    under_way.later_feeds.push((feed.id, at));
                    return;
                }
            };
            under_way.feeds.insert(feed.id);
            let (crawler, recorder) = (self.clone(), under_way.recorder.clone());
            tasks.spawn(async move {
                let begun_at = Instant::now();
                let done = crawler.poll(&feed, work.lease, &recorder).await;
                crawler.inner.meters.poll.took(begun_at.elapsed());
                Done::Poll(feed.id, host, done)
            });
        }
    }
}

/// Takes a finished task into the summary; gives the store's failure, if it was one.
fn note(
    done: Result<Done, tokio::task::JoinError>,
    under_way: &mut UnderWay,
    summary: &mut Summary,
    now: Timestamp,
) -> Option<StoreError> {
    match done {
        Ok(Done::Poll(feed, host, result)) => {
            under_way.feeds.remove(&feed);
            under_way.turns.done(&host, now);
            match result {
                Ok(polled) => {
                    summary.feeds += 1;
                    summary.unchanged += usize::from(polled.unchanged);
                    summary.entries += polled.entries.new;
                    // Its document may have named a hub.
                    under_way.hubs_due |= !polled.unchanged;
                    under_way.pages_due |= polled.entries.new > 0;
                    if let Some(error) = polled.error {
                        summary.failed += 1;
                        // One busy host may have hundreds of feeds: what it said is told once.
                        if polled.asked {
                            tracing::info!(url = %polled.url, %error, "a feed could not be read");
                        }
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
        Ok(Done::Page(entry, host, result)) => {
            under_way.pages.remove(&entry);
            under_way.turns.done(&host, now);
            match result {
                Ok(Some(Admitted::New(_))) => {
                    summary.articles += 1;
                    under_way.grouping.wanted = true;
                    None
                }
                Ok(Some(Admitted::Revised(_))) => {
                    summary.revised += 1;
                    under_way.relating.wanted = true;
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
        Ok(Done::Hub(token, result)) => {
            under_way.hubs.remove(&token);
            result.err()
        }
        Ok(Done::Group(result)) => {
            under_way.grouping.done(result.is_err());
            match result {
                Ok(grouped) => {
                    summary.grouped += grouped;
                    under_way.relating.wanted |= grouped > 0;
                    None
                }
                Err(error) => Some(error),
            }
        }
        Ok(Done::Relate(result)) => {
            under_way.relating.done(result.is_err());
            result.err()
        }
        Err(error) => {
            tracing::error!(%error, "a task of the crawler ended early");
            None
        }
    }
}
