//! Everything that firsthand remembers, on SQLite or PostgreSQL.
//!
//! A method of [`Store`] is a whole use case and one transaction. SQL stands in this crate alone;
//! rules of the stages (what is a story, who is first-hand, what ranks) stand elsewhere. It makes
//! identifiers itself and takes the present from a `Clock`.

mod accounts;
mod alerts;
mod articles;
mod bodies;
mod changes;
mod database_url;
mod editing;
mod engine;
mod error;
mod feeds;
mod leases;
mod letters;
mod maintenance;
mod memory;
mod migrate;
mod months;
mod objects;
mod reading;
mod repair;
mod retention;
mod search;
mod stories;
mod streams;
mod transfer;
mod trouble;
mod views;
mod votes;
mod websub;

pub use database_url::DatabaseUrl;
pub use engine::ServerOptions;
pub use error::{Result, StoreError};
pub use transfer::{TransferReport, TransferStep, TransferredTable, transfer};

use bodies::Kept;
use engine::{Postgres, Replicas, Sqlite, Tx, Value};
use firsthand_model::*;
use objects::Objects;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::broadcast;
use tokio::task::JoinSet;
use trouble::Trouble;

/// Bodies that are read from the object store at the same time.
const BODIES_AT_A_TIME: usize = 32;
/// Names in the object store of which `check` looks whether they lead to anything.
const BODIES_CHECKED: usize = 500;

/// The store. Cheap to clone; all clones share one set of connections.
#[derive(Clone)]
pub struct Store {
    backend: Backend,
    /// What it writes, it writes under this lease.
    lease: Option<Lease>,
    /// Whose shards it asks for work of.
    node: Option<NodeId>,
    /// Servers that copy the database's.
    replicas: Option<Arc<Replicas>>,
    /// Where long bodies lie, if not in the database.
    objects: Option<Arc<Objects>>,
    trouble: Arc<Trouble>,
}

#[derive(Clone)]
enum Backend {
    Sqlite(Arc<Sqlite>, Arc<Path>),
    Postgres(Arc<Postgres>),
}

/// A feed that was asked to be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddedFeed {
    /// The feed.
    pub id: FeedId,
    /// Whether it was not followed before.
    pub created: bool,
}

/// What processes on one database tell each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// There is something to do.
    Work,
    /// Somebody changed what others remember: a setting of the site, a story by an editor's word.
    Changed,
}

impl Hint {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Changed => "changed",
        }
    }

    pub(crate) fn of_word(word: &str) -> Option<Self> {
        [Self::Work, Self::Changed].into_iter().find(|hint| hint.word() == word)
    }
}

/// What came of asking a feed, to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedPoll {
    /// The feed.
    pub feed: FeedId,
    /// What came of it.
    pub outcome: PollOutcome,
    /// The right to write it, where several processes share the work.
    pub lease: Option<Lease>,
}

/// An article with its analysis, to be stored for an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Admission {
    /// The entry whose page it is.
    pub entry_id: EntryId,
    /// The article.
    pub article: Article,
    /// What `trace` found in it.
    pub analysis: Analysis,
    /// The version of the trace stage.
    pub trace_version: u32,
    /// When the page is looked at again for changes; `None`: no more.
    pub recheck_at: Option<Timestamp>,
}

/// What became of an admission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    /// A new article.
    New(ArticleId),
    /// The text or headline had changed: the old one is kept as a revision.
    Revised(ArticleId),
    /// The article was there with the same text.
    Unchanged(ArticleId),
    /// Another entry's page is the same article (equal canonical address): the entry now points to it.
    Known(ArticleId),
}

/// A story by its id.
#[derive(Debug, Clone, PartialEq)]
pub enum FoundStory {
    /// The story.
    Here(Box<StoryView>),
    /// It was merged into an older one.
    Moved(StoryId),
}

/// A story's reports, to be related.
#[derive(Debug, Clone, PartialEq)]
pub struct StoryReports {
    /// Earliest first; without their links, figures and dates, which tell nothing of who relies on whom.
    pub reports: Vec<Report>,
    /// How often they changed since they were related last.
    pub changes: i64,
}

/// An article as `firsthand export --format jsonl` writes it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ExportedArticle {
    /// The article.
    pub id: ArticleId,
    /// The address of its feed.
    pub feed: Option<String>,
    /// Its address at the source.
    pub url: String,
    /// Its headline.
    pub title: String,
    /// When it was published.
    pub published: Timestamp,
    /// Its text.
    pub text: String,
    /// Its sanitised HTML.
    pub html: String,
    /// Links in its text.
    pub links: Vec<Link>,
    /// Its story.
    pub story: Option<StoryId>,
}

/// What `firsthand check` found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct CheckReport {
    /// How much there is.
    pub counts: Counts,
    /// What is wrong, one line each; empty when nothing is.
    pub problems: Vec<String>,
}

impl Store {
    /// Opens the database, makes it if it is not there, and brings its schema up to date.
    ///
    /// Errors: a file that is no database, a database from a newer version, no right to write.
    pub async fn open(database: &DatabaseUrl, clock: Arc<dyn Clock>) -> Result<Self> {
        Self::open_with(database, clock, &ServerOptions::default()).await
    }

    /// [`Self::open`] with a say in how a server is used.
    pub async fn open_with(database: &DatabaseUrl, clock: Arc<dyn Clock>, options: &ServerOptions) -> Result<Self> {
        let name = database.to_string();
        let replicas = match database {
            DatabaseUrl::Postgres(_) if !options.replicas.is_empty() => Some(Replicas::new(&clock, options)?),
            _ => None,
        };
        let objects = match (&options.bodies, database) {
            (Some(address), DatabaseUrl::Postgres(_)) => Some(Arc::new(Objects::open(address)?)),
            (Some(_), DatabaseUrl::Sqlite(_)) => {
                return Err(StoreError::Invalid(
                    "database.bodies is for PostgreSQL: with SQLite all is in one file; take the setting out"
                        .to_owned(),
                ));
            }
            (None, _) => None,
        };
        let backend = match database {
            DatabaseUrl::Sqlite(path) => {
                let (path, opening) = (Arc::<Path>::from(path.as_path()), Arc::clone(&clock));
                let target = Arc::clone(&path);
                let opened = tokio::task::spawn_blocking(move || engine::open_sqlite(&target, &name, opening)).await;
                let sqlite = opened
                    .map_err(|error| StoreError::Invalid(format!("opening the database ended early ({error})")))??;
                Backend::Sqlite(Arc::new(sqlite), path)
            }
            DatabaseUrl::Postgres(address) => {
                let ids = Arc::new(IdMaker::default());
                let postgres = Arc::new(Postgres::new(address, name.clone(), clock, ids, options)?);
                if postgres.read(transfer::is_half_filled).await? {
                    return Err(transfer::half_filled(&name));
                }
                // Most of the time there is nothing to do, and nothing to be written.
                if !postgres.read(migrate::is_newest).await? {
                    postgres.write(move |tx| migrate::migrate(tx, &name)).await?;
                }
                if postgres.read(months::are_missing).await?
                    && let Err(error) = postgres.write_in_turn(months::make).await
                {
                    tracing::warn!(
                        "tables for the coming months could not be made, one for all of them is used: {error}"
                    );
                }
                Backend::Postgres(postgres)
            }
        };
        Ok(Self { backend, lease: None, node: None, replicas, objects, trouble: Arc::default() })
    }

    /// A use case that holds the lease until it is done.
    fn under_lease<T>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static {
        let lease = self.lease;
        move |tx| {
            if let Some(lease) = lease {
                leases::hold(tx, lease)?;
            }
            work(tx)
        }
    }

    /// Whether several processes may work on this database at a time: then they share the work by leases.
    pub fn is_shared(&self) -> bool {
        matches!(self.backend, Backend::Postgres(_))
    }

    /// How often a write failed for the database's sake since the start, and what the database says as long as that lasts, with what
    /// to do: a full disk, a file that may not be written.
    pub fn trouble(&self) -> (u64, Option<String>) {
        self.trouble.now()
    }

    /// The same store for a piece of work that a lease gives the right to: every write looks at the lease in its own
    /// transaction, and fails with [`StoreError::LeaseLost`] when it is another's by then.
    pub fn under(&self, lease: Option<Lease>) -> Self {
        Self { lease, ..self.clone() }
    }

    /// The same store for a process: it is given the feeds and pages of its own shards only.
    pub fn for_node(&self, node: NodeId) -> Self {
        Self { node: Some(node), ..self.clone() }
    }

    async fn write<T: Send + 'static>(&self, work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        let work = self.under_lease(work);
        self.trouble.note(match &self.backend {
            Backend::Sqlite(sqlite, _) => sqlite.write(work).await,
            Backend::Postgres(postgres) => postgres.write(work).await,
        })
    }

    /// For use cases of which many want one row: they take it first and read after.
    async fn write_in_turn<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let work = self.under_lease(work);
        self.trouble.note(match &self.backend {
            Backend::Sqlite(sqlite, _) => sqlite.write(work).await,
            Backend::Postgres(postgres) => postgres.write_in_turn(work).await,
        })
    }

    async fn read<T: Send + 'static>(&self, work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        match &self.backend {
            Backend::Sqlite(sqlite, _) => sqlite.read(work).await,
            Backend::Postgres(postgres) => postgres.read(work).await,
        }
    }

    /// Reads what is the same for everybody: from a server that copies the database's, if one follows. What is an asker's
    /// own is never read there: who has just voted must see it.
    async fn read_public<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Clone + Send + 'static,
    ) -> Result<T> {
        if let Some(copy) = self.replicas.as_ref().and_then(|replicas| replicas.following()) {
            match copy.read_once(work.clone()).await {
                Err(StoreError::Database { message, .. }) => {
                    tracing::debug!("a copy of the database could not be read ({message}): the database is");
                }
                answered => return answered,
            }
        }
        self.read(work).await
    }

    /// Tells the other processes on this database something, this one included. It may be lost: it is only a hint.
    pub async fn hint(&self, hint: Hint) {
        if let Backend::Postgres(postgres) = &self.backend {
            postgres.hint(hint).await;
        }
    }

    /// What the processes on this database tell each other; `None` where there is one.
    pub fn hints(&self) -> Option<broadcast::Receiver<Hint>> {
        match &self.backend {
            Backend::Sqlite(..) => None,
            Backend::Postgres(postgres) => Some(postgres.hints()),
        }
    }

    /// How often a transaction of this process was run again because it met another one.
    pub fn transactions_met(&self) -> u64 {
        match &self.backend {
            Backend::Sqlite(..) => 0,
            Backend::Postgres(postgres) => postgres.met(),
        }
    }

    /// How far the copy that pages are read from is behind, in milliseconds; `None`: they are read from the database itself.
    pub fn replica_lag_ms(&self) -> Option<i64> {
        self.replicas.as_ref().and_then(|replicas| replicas.lag_ms())
    }

    // Sharing the work
    /// A process comes in: it has a name for people, a role (`all`, `crawl`, `web`) and a version.
    pub async fn join(&self, name: &str, role: &str, version: &str) -> Result<NodeId> {
        let (name, role, version) = (name.to_owned(), role.to_owned(), version.to_owned());
        self.write(move |tx| leases::join(tx, &name, &role, &version)).await
    }

    /// A process says that it lives for another `term_ms`, gives up parts, and takes what is free up to its share.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was away for so long that it has to [`Self::join`] anew.
    pub async fn beat(&self, node: NodeId, term_ms: i64, give_up: Vec<Part>) -> Result<Beat> {
        self.write_in_turn(move |tx| leases::beat(tx, node, term_ms, &give_up)).await
    }

    /// A process goes: what it holds is free for the others.
    pub async fn leave(&self, node: NodeId) -> Result<()> {
        self.write_in_turn(move |tx| leases::leave(tx, node)).await
    }

    /// The processes that share this database, those that have gone within the last hour among them.
    pub async fn nodes(&self) -> Result<Vec<NodeView>> {
        self.read(leases::nodes).await
    }

    /// The database's clock; the program's own on SQLite.
    pub async fn database_now(&self) -> Result<Timestamp> {
        self.read(|tx| tx.database_now()).await
    }

    /// Gives feeds and entries from before there were shards theirs.
    pub async fn number_shards(&self) -> Result<()> {
        while self.write(leases::number_shards).await? {}
        Ok(())
    }

    /// What is to be done once a day, by one process: makes tables for the coming months.
    pub async fn tidy(&self) -> Result<()> {
        if !self.is_shared() {
            return Ok(());
        }
        if self.read(months::are_missing).await? {
            self.write_in_turn(months::make).await?;
        }
        self.write_in_turn(months::measure).await
    }

    /// Gives a feed a rule of its own for how long its articles are kept, or (`None`) takes it back.
    pub async fn set_keep(&self, feed: FeedId, rule: Option<KeepRule>) -> Result<()> {
        self.write(move |tx| retention::set_rule(tx, feed, rule)).await
    }

    /// What would be let go now by the rules of the feeds and, for those without one, the general one.
    pub async fn releasable(&self, general: KeepRule) -> Result<u64> {
        let limits = self.read(move |tx| retention::limits(tx, general)).await?;
        let (mut stories, mut after) = (0, 0);
        loop {
            let asked = limits.clone();
            let (found, next) = self.read(move |tx| retention::candidates(tx, &asked, after)).await?;
            stories += found.len() as u64;
            match next {
                Some(next) => after = next,
                None => return Ok(stories),
            }
        }
    }

    /// Lets go what is older than is kept, by the rules of the feeds and, for those without one, the general one. Others write
    /// in between. Bodies in an object store that cannot be taken away are left to [`Self::sweep_bodies`].
    pub async fn release(&self, general: KeepRule) -> Result<Released> {
        let limits = self.read(move |tx| retention::limits(tx, general)).await?;
        let (mut released, mut after) = (Released::default(), 0);
        loop {
            let asked = limits.clone();
            let (stories, next) = self.read(move |tx| retention::candidates(tx, &asked, after)).await?;
            for stories in stories.chunks(retention::AT_A_TIME) {
                let (limits, stories) = (limits.clone(), stories.to_vec());
                let (gone, keys) = self.write_in_turn(move |tx| retention::release(tx, &limits, &stories)).await?;
                released.stories += gone.stories;
                released.articles += gone.articles;
                for key in keys {
                    if let Some(objects) = &self.objects
                        && let Err(error) = objects.delete(&key).await
                    {
                        tracing::warn!("the body {key} stays in the object store: {error}");
                    }
                }
            }
            match next {
                Some(next) => after = next,
                None => break,
            }
        }
        if released.articles > 0 {
            while self.write(retention::tidy_index).await? {}
            if let Err(error) = self.write_in_turn(months::drop_empty).await {
                tracing::info!("the tables of months of which nothing is kept stay for today: {error}");
            }
        }
        while self.write(retention::shrink).await? {}
        Ok(released)
    }

    /// Takes away bodies in the object store that lay there a day before `now` and that nothing here refers to. Gives their
    /// number. What another database, or a newer state of this one, refers to would be lost: only people know that there is none.
    pub async fn sweep_bodies(&self, now: Timestamp) -> Result<u64> {
        let Some(objects) = &self.objects else { return Err(objects::not_named()) };
        let mut gone = 0;
        // Younger ones may be about to be referred to.
        let mut names = objects.names(now.plus_seconds(-86_400));
        while let Some(keys) = names.recv().await {
            let keys = keys?;
            if keys.is_empty() {
                continue;
            }
            for key in self.read(move |tx| articles::unneeded(tx, keys.clone())).await? {
                objects.delete(&key).await?;
                gone += 1;
            }
        }
        Ok(gone)
    }

    /// An article's body as it is stored: packed, or its name in the object store, where it lies then.
    async fn body(&self, admission: &Arc<Admission>) -> Result<Value> {
        let packed = bodies::packed(&admission.article.html);
        let (Some(objects), Value::Blob(bytes)) = (&self.objects, &packed) else { return Ok(packed) };
        let asked = Arc::clone(admission);
        let is_stored = move |tx: &mut Tx<'_>| articles::is_stored(tx, asked.entry_id, &asked.article);
        // Most pages that are looked at again are as they were.
        if bytes.len() < bodies::LEAST_ELSEWHERE || self.read(is_stored).await? {
            return Ok(packed);
        }
        let key = objects::name(&admission.article, bytes);
        objects.put(&key, bytes.clone()).await?;
        Ok(bodies::reference(&key))
    }

    /// Gets the bodies that lie in the object store.
    async fn with_bodies<T>(&self, kept: Vec<Kept<T>>, set: impl Fn(&mut T, String)) -> Result<Vec<T>> {
        let mut found: HashMap<String, String> = HashMap::new();
        let keys: Vec<String> = kept.iter().filter_map(|kept| kept.key.clone()).collect();
        for keys in keys.chunks(BODIES_AT_A_TIME) {
            let Some(objects) = &self.objects else { return Err(objects::not_named()) };
            let mut coming = JoinSet::new();
            for key in keys {
                let (objects, key) = (Arc::clone(objects), key.clone());
                coming.spawn(async move { objects.get(&key).await.map(|bytes| (key, bytes)) });
            }
            while let Some(got) = coming.join_next().await {
                let got = got.map_err(|error| StoreError::Invalid(format!("reading a body ended early ({error})")))?;
                let (key, bytes) = got?;
                found.insert(key, bodies::unpacked(bytes)?);
            }
        }
        let with_body = |Kept { mut value, key }: Kept<T>| {
            if let Some(body) = key.and_then(|key| found.remove(&key)) {
                set(&mut value, body);
            }
            value
        };
        Ok(kept.into_iter().map(with_body).collect())
    }

    /// Notes for all processes that a host asked to be left alone.
    pub async fn hold_host(&self, host: &str, until: Timestamp) -> Result<()> {
        let host = host.to_owned();
        self.write(move |tx| leases::hold_host(tx, &host, until)).await
    }

    /// Hosts that are to be left alone, and until when.
    pub async fn held_hosts(&self) -> Result<Vec<(String, Timestamp)>> {
        self.read(leases::held_hosts).await
    }

    // Feeds and outlets
    /// Follows a feed. The outlet is found by `outlet_domain` (a registrable domain or host) or made with `outlet_name`.
    pub async fn add_feed(&self, feed: &NewFeed, outlet_name: &str, outlet_domain: &str) -> Result<AddedFeed> {
        let (feed, outlet_name, outlet_domain) = (feed.clone(), outlet_name.to_owned(), outlet_domain.to_owned());
        self.write(move |tx| feeds::add(tx, &feed, &outlet_name, &outlet_domain)).await
    }

    /// Stops following a feed; its articles stay. `false` when it was not followed.
    pub async fn remove_feed(&self, url: &str) -> Result<bool> {
        let url = url.to_owned();
        self.write(move |tx| feeds::remove(tx, &url)).await
    }

    /// All feeds followed, by folder and title.
    pub async fn feeds(&self) -> Result<Vec<FeedView>> {
        self.read(feeds::all).await
    }

    /// Feeds to poll now, the longest due first. `include_not_due` takes those not yet due as well, but never one whose `not_before` lies ahead or that is gone.
    pub async fn due_feeds(&self, now: Timestamp, limit: usize, include_not_due: bool) -> Result<Vec<DueFeed>> {
        let node = self.node;
        self.read(move |tx| feeds::due(tx, node, now, limit, include_not_due)).await
    }

    /// Gives feeds and entries whose host has others before them the time of their turn: what is due is what can be asked.
    pub async fn postpone(&self, feeds: Vec<(FeedId, Timestamp)>, entries: Vec<(EntryId, Timestamp)>) -> Result<()> {
        self.write(move |tx| {
            feeds::postpone(tx, &feeds)?;
            feeds::postpone_entries(tx, &entries)
        })
        .await
    }

    /// When the next feed or entry is due.
    pub async fn next_due_at(&self) -> Result<Option<Timestamp>> {
        self.read(feeds::next_due_at).await
    }

    /// Stores a poll's outcome and its new entries.
    pub async fn record_poll(&self, feed: FeedId, outcome: &PollOutcome) -> Result<PollSummary> {
        let outcome = outcome.clone();
        self.write_in_turn(move |tx| feeds::record_poll(tx, feed, &outcome)).await
    }

    /// [`Self::record_poll`] for several polls in one transaction, each under its lease: a poll whose lease is another's by now
    /// is not stored, the others are. Gives an outcome for each, in order.
    pub async fn record_polls(&self, polls: Arc<Vec<RecordedPoll>>) -> Result<Vec<Result<PollSummary>>> {
        self.write_in_turn(move |tx| {
            let record = |tx: &mut Tx<'_>, poll: &RecordedPoll| {
                if let Some(lease) = poll.lease {
                    leases::hold(tx, lease)?;
                }
                feeds::record_poll(tx, poll.feed, &poll.outcome)
            };
            let mut summaries = Vec::with_capacity(polls.len());
            for poll in polls.iter() {
                summaries.push(match record(tx, poll) {
                    Err(StoreError::LeaseLost(part)) => Err(StoreError::LeaseLost(part)),
                    done => Ok(done?),
                });
            }
            Ok(summaries)
        })
        .await
    }

    // Push
    /// Subscriptions whose hub is to be asked now, the longest due first.
    pub async fn due_subscriptions(&self, now: Timestamp, limit: usize) -> Result<Vec<Subscription>> {
        self.read(move |tx| websub::due(tx, now, limit)).await
    }

    /// The subscription of a call-back.
    pub async fn subscription(&self, token: &str) -> Result<Option<Subscription>> {
        let token = token.to_owned();
        self.read(move |tx| websub::by_token(tx, &token)).await
    }

    /// Notes that the hub is about to be asked, and asked again at `again_at` unless it confirms. `false`: it is not due, so another process asks it. A lease that is over is noted, and its feed polled at its own rhythm again.
    pub async fn ask_hub(&self, token: &str, mode: HubMode, again_at: Timestamp) -> Result<bool> {
        let token = token.to_owned();
        self.write(move |tx| websub::ask(tx, &token, mode, again_at)).await
    }

    /// Notes that the hub could not be asked or did not take the request, unless it has confirmed meanwhile.
    pub async fn hub_failed(&self, token: &str, error: &str, again_at: Timestamp) -> Result<()> {
        let (token, error) = (token.to_owned(), error.to_owned());
        self.write(move |tx| websub::hub_failed(tx, &token, &error, again_at)).await
    }

    /// Notes that the hub confirmed a subscription.
    pub async fn confirm_subscription(&self, token: &str, until: Timestamp, renew_at: Timestamp) -> Result<()> {
        let token = token.to_owned();
        self.write(move |tx| websub::confirm(tx, &token, until, renew_at)).await
    }

    /// Notes that the hub refused a subscription or ended it.
    pub async fn deny_subscription(&self, token: &str, why: &str, again_at: Timestamp) -> Result<()> {
        let (token, why) = (token.to_owned(), why.to_owned());
        self.write(move |tx| websub::deny(tx, &token, &why, again_at)).await
    }

    /// Stores what a hub pushed: entries that are new.
    pub async fn record_push(&self, token: &str, at: Timestamp, entries: &[NewEntry]) -> Result<PollSummary> {
        let (token, entries) = (token.to_owned(), entries.to_vec());
        self.write_in_turn(move |tx| websub::record_push(tx, &token, at, &entries)).await
    }

    /// Counts a push that was not taken.
    pub async fn refuse_push(&self, token: &str, why: &str) -> Result<()> {
        let (token, why) = (token.to_owned(), why.to_owned());
        self.write(move |tx| websub::refuse_push(tx, &token, &why)).await
    }

    /// Forgets a subscription that was ended, or (without a token) all there are; feeds are polled at their own rhythm again.
    pub async fn forget_subscriptions(&self, token: Option<&str>) -> Result<()> {
        let token = token.map(str::to_owned);
        self.write(move |tx| websub::forget(tx, token.as_deref())).await
    }

    // Entries and articles
    /// Entries whose page is to be fetched now (new ones and those to be looked at again), oldest first.
    pub async fn pending_entries(&self, now: Timestamp, limit: usize) -> Result<Vec<PendingEntry>> {
        let node = self.node;
        self.read(move |tx| articles::pending(tx, node, now, limit)).await
    }

    /// The article whose canonical address one of `urls` is.
    pub async fn article_at(&self, urls: Vec<String>) -> Result<Option<ArticleId>> {
        self.read(move |tx| articles::at_address(tx, &urls)).await
    }

    /// Entries of feeds that give one of `urls`, or that led to `article`, the earliest first. It reads all entries: for
    /// people who ask, not for pages.
    pub async fn entries_naming(&self, urls: Vec<String>, article: Option<ArticleId>) -> Result<Vec<EntryTrace>> {
        self.read(move |tx| articles::entries_naming(tx, &urls, article)).await
    }

    /// Notes that an entry's page could not be had; it is tried again at `retry_at`, or never.
    pub async fn record_failure(&self, entry: EntryId, error: &str, retry_at: Option<Timestamp>) -> Result<()> {
        let error = error.to_owned();
        self.write_in_turn(move |tx| articles::record_failure(tx, entry, &error, retry_at)).await
    }

    /// Stores an article for an entry: as new, as a revision, or as known.
    pub async fn admit(&self, admission: &Admission) -> Result<Admitted> {
        let admission = Arc::new(admission.clone());
        let body = self.body(&admission).await?;
        let url = admission.article.canonical_url.clone();
        // It locks the rows that it changes, and two articles of one address cannot be stored: it need not run as if it were
        // alone, which many that write at a time cannot.
        let admitted = self.write_in_turn(move |tx| articles::admit(tx, &admission, &body)).await?;
        let kept = url.clone();
        if matches!(admitted, Admitted::New(_))
            && self.read(move |tx| accounts::has_kept(tx, Some(&kept), None)).await?
        {
            self.write(move |tx| accounts::star_kept(tx, Some(&url), None)).await?;
        }
        Ok(admitted)
    }

    // Stories
    /// Articles without a story, in the order of their ids.
    pub async fn ungrouped(&self, limit: usize) -> Result<Vec<StoryArticle>> {
        self.read(move |tx| stories::ungrouped(tx, limit)).await
    }

    /// Articles with a story, admitted at or after `since`, in the order in which they were assigned: `limit` of those
    /// whose place in it ([`StoryArticle::assigned`]) is behind `after`.
    pub async fn story_window(&self, since: Timestamp, after: i64, limit: usize) -> Result<Vec<StoryArticle>> {
        self.read(move |tx| stories::window(tx, since, after, limit)).await
    }

    /// Puts an article into a story, or into a new one. Assigning again changes nothing.
    pub async fn assign(&self, article: ArticleId, decision: Decision<StoryId>) -> Result<StoryId> {
        self.write(move |tx| stories::assign(tx, article, decision)).await
    }

    /// [`Self::assign`] for several articles, in order: all of them or none.
    pub async fn assign_all(&self, decisions: Vec<(ArticleId, Decision<StoryId>)>) -> Result<()> {
        self.write(move |tx| {
            decisions.iter().try_for_each(|(id, decision)| stories::assign(tx, *id, *decision).map(drop))
        })
        .await
    }

    /// Makes changes to stories, in order: all of them or none. Votes and links survive: a merged story's votes go to the
    /// one that it goes into, and its number leads there. What no longer fits (a report that has gone, a story that has
    /// been merged by now) is passed over.
    pub async fn change_stories(&self, changes: Vec<StoryChange>) -> Result<()> {
        self.write(move |tx| changes.iter().try_for_each(|change| changes::change(tx, change))).await
    }

    /// What is remembered of an outlet's last pages, as it was stored; empty where nothing was.
    pub async fn site_memory(&self, outlet: OutletId) -> Result<Vec<u8>> {
        self.read(move |tx| memory::of_site(tx, outlet)).await
    }

    /// Stores what is remembered of an outlet's last pages, in the place of what was.
    pub async fn set_site_memory(&self, outlet: OutletId, remembered: Vec<u8>) -> Result<()> {
        self.write_in_turn(move |tx| memory::set_of_site(tx, outlet, &remembered)).await
    }

    /// The text of an article as it is stored; `None` where there is no such article.
    pub async fn article_text(&self, id: ArticleId) -> Result<Option<String>> {
        self.read(move |tx| memory::text_of(tx, id)).await
    }

    /// The texts of articles; those that there are not are left out.
    pub async fn texts(&self, ids: Vec<ArticleId>) -> Result<HashMap<ArticleId, String>> {
        self.read(move |tx| views::texts(tx, &ids)).await
    }

    /// Stores which stories tell of neighbouring events, for each story in the place of what was known of it.
    pub async fn set_neighbours(&self, neighbours: Vec<(StoryId, Vec<StoryId>)>) -> Result<()> {
        self.write(move |tx| {
            neighbours.iter().try_for_each(|(story, others)| changes::set_neighbours(tx, *story, others))
        })
        .await
    }

    /// Stories whose reports changed since their relations were computed.
    pub async fn stale_stories(&self, limit: usize) -> Result<Vec<StoryId>> {
        self.read(move |tx| stories::stale(tx, limit)).await
    }

    /// The reports of a story.
    pub async fn reports(&self, story: StoryId) -> Result<StoryReports> {
        self.read(move |tx| stories::reports(tx, story)).await
    }

    /// Stores who relies on whom in a story, all at once. `changes`: the [`StoryReports::changes`] that it was found from; what
    /// changed later keeps the story stale. `false` (nothing stored) when its reports are other ones by now.
    pub async fn set_relations(&self, story: StoryId, relations: &StoryRelations, changes: i64) -> Result<bool> {
        let relations = relations.clone();
        self.write_in_turn(move |tx| stories::set_relations(tx, story, &relations, changes)).await
    }

    // Read models
    /// A page of stories. `voter`'s own ballots are in the tallies.
    pub async fn stories(&self, query: &StoryQuery, voter: Option<&Voter>) -> Result<Vec<StoryCard>> {
        let (query, voter) = (query.clone(), voter.cloned());
        let is_public = voter.is_none();
        let work = move |tx: &mut Tx<'_>| views::stories(tx, &query, voter.as_ref());
        if is_public { self.read_public(work).await } else { self.read(work).await }
    }

    /// Cards that [`Self::stories`] gave for nobody in particular some moments ago, with the counts of this moment and
    /// what is the voter's own.
    pub async fn freshened(&self, cards: Vec<StoryCard>, voter: Option<&Voter>) -> Result<Vec<StoryCard>> {
        let voter = voter.cloned();
        self.read(move |tx| views::freshened(tx, cards.clone(), voter.as_ref())).await
    }

    /// One story with all that its page shows.
    pub async fn story(&self, id: StoryId, voter: Option<&Voter>) -> Result<Option<FoundStory>> {
        let voter = voter.cloned();
        let is_public = voter.is_none();
        let work = move |tx: &mut Tx<'_>| views::story(tx, id, voter.as_ref());
        if is_public { self.read_public(work).await } else { self.read(work).await }
    }

    /// One article with all that its public page shows. Its `html` is empty where the body lies in the object store: see
    /// [`Self::whole_article`].
    pub async fn article(&self, id: ArticleId, voter: Option<&Voter>) -> Result<Option<ArticleView>> {
        Ok(self.kept_article(id, voter).await?.map(|kept| kept.value))
    }

    /// One article with its body. A body that cannot be had from the object store is made of its text, and the log says so.
    pub async fn whole_article(&self, id: ArticleId, voter: Option<&Voter>) -> Result<Option<ArticleView>> {
        let Some(Kept { mut value, key }) = self.kept_article(id, voter).await? else { return Ok(None) };
        if key.is_some() {
            let body = vec![Kept { value: String::new(), key }];
            value.html = match self.with_bodies(body, |html, body| *html = body).await {
                Ok(bodies) => bodies.into_iter().collect(),
                Err(error) => {
                    tracing::error!(article = id.0, "an article is shown by its text alone: {error}");
                    bodies::paragraphs(&value.text)
                }
            };
        }
        Ok(Some(value))
    }

    async fn kept_article(&self, id: ArticleId, voter: Option<&Voter>) -> Result<Option<Kept<ArticleView>>> {
        let voter = voter.cloned();
        let is_public = voter.is_none();
        let work = move |tx: &mut Tx<'_>| views::article(tx, id, voter.as_ref());
        if is_public { self.read_public(work).await } else { self.read(work).await }
    }

    /// Articles, newest id first; those below `before`.
    pub async fn articles(
        &self,
        outlet: Option<OutletId>,
        before: Option<ArticleId>,
        limit: usize,
        voter: Option<&Voter>,
    ) -> Result<Vec<ArticleCard>> {
        let voter = voter.cloned();
        let is_public = voter.is_none();
        let work = move |tx: &mut Tx<'_>| views::articles(tx, outlet, before, limit, voter.as_ref());
        if is_public { self.read_public(work).await } else { self.read(work).await }
    }

    /// One outlet with all that its page shows.
    pub async fn outlet(&self, id: OutletId) -> Result<Option<OutletView>> {
        self.read_public(move |tx| views::outlet(tx, id)).await
    }

    /// All outlets by name.
    pub async fn outlets(&self) -> Result<Vec<OutletCard>> {
        self.read_public(views::outlets).await
    }

    /// Articles that match, newest first.
    pub async fn search(&self, query: &SearchQuery, voter: Option<&Voter>) -> Result<Vec<ArticleCard>> {
        let (query, voter) = (query.clone(), voter.cloned());
        let is_public = voter.is_none();
        let work = move |tx: &mut Tx<'_>| search::search(tx, &query, voter.as_ref());
        if is_public { self.read_public(work).await } else { self.read(work).await }
    }

    /// Folders that feeds are in, by name.
    pub async fn folders(&self) -> Result<Vec<String>> {
        self.read(feeds::folders).await
    }

    /// Languages of the newest articles with their number, the most frequent first.
    pub async fn languages(&self) -> Result<Vec<(String, u64)>> {
        self.read_public(views::languages).await
    }

    /// Articles for export, in the order of their ids; those above `after`.
    pub async fn export_articles(&self, after: Option<ArticleId>, limit: usize) -> Result<Vec<ExportedArticle>> {
        let kept = self.read_public(move |tx| articles::export(tx, after, limit)).await?;
        self.with_bodies(kept, |article, body| article.html = body).await
    }

    // Votes
    /// Casts an absolute ballot; the counts after it. `prefix_hash` is a keyed hash of the voter's network prefix. Fails with [`StoreError::NotFound`] for a subject that does not exist.
    pub async fn cast_vote(
        &self,
        subject: Subject,
        voter: &Voter,
        ballot: Ballot,
        prefix_hash: Option<&str>,
    ) -> Result<Tally> {
        let (voter, prefix_hash) = (voter.clone(), prefix_hash.map(str::to_owned));
        self.write_in_turn(move |tx| votes::cast(tx, subject, &voter, ballot, prefix_hash.as_deref())).await
    }

    /// The counts of a subject; `None` for one that does not exist.
    pub async fn tally(&self, subject: Subject, voter: Option<&Voter>) -> Result<Option<Tally>> {
        let voter = voter.cloned();
        self.read(move |tx| votes::tally(tx, subject, voter.as_ref())).await
    }

    /// Gives a visitor's votes to an account; where the account has voted itself, its own vote stays.
    pub async fn adopt_votes(&self, visitor: &Voter, user: UserId) -> Result<()> {
        let visitor = visitor.clone();
        self.write_in_turn(move |tx| votes::adopt(tx, &visitor, user)).await
    }

    // Accounts
    /// Makes an account. Fails with [`StoreError::Conflict`] when the name is taken (names are equal without regard to case).
    pub async fn add_user(&self, name: &str, password_hash: &str, role: UserRole) -> Result<User> {
        let (name, password_hash) = (name.to_owned(), password_hash.to_owned());
        self.write(move |tx| accounts::add(tx, &name, &password_hash, role)).await
    }

    /// Whether there is an account.
    pub async fn has_accounts(&self) -> Result<bool> {
        self.read(accounts::any).await
    }

    /// Makes the very first account, an administrator's; `None` when there is one already.
    pub async fn add_first_user(&self, name: &str, password_hash: &str) -> Result<Option<User>> {
        let (name, password_hash) = (name.to_owned(), password_hash.to_owned());
        self.write_in_turn(move |tx| accounts::add_first(tx, &name, &password_hash)).await
    }

    /// Changes a password and ends all sessions of the account.
    pub async fn set_password(&self, name: &str, password_hash: &str) -> Result<()> {
        let (name, password_hash) = (name.to_owned(), password_hash.to_owned());
        self.write(move |tx| accounts::set_password(tx, &name, &password_hash)).await
    }

    /// All accounts by name.
    pub async fn users(&self) -> Result<Vec<User>> {
        self.read(accounts::all).await
    }

    /// An account with its password's hash.
    pub async fn user_by_name(&self, name: &str) -> Result<Option<(User, String)>> {
        let name = name.to_owned();
        self.read(move |tx| accounts::by_name(tx, &name)).await
    }

    /// Starts a session; `token_hash` is the SHA-256 of its cookie.
    pub async fn add_session(&self, user: UserId, token_hash: &[u8], expires_at: Timestamp) -> Result<()> {
        let token_hash = token_hash.to_vec();
        self.write(move |tx| accounts::add_session(tx, user, &token_hash, expires_at)).await
    }

    /// The account of a session that has not ended.
    pub async fn session_user(&self, token_hash: &[u8]) -> Result<Option<(User, bool)>> {
        let token_hash = token_hash.to_vec();
        self.read(move |tx| accounts::session_user(tx, &token_hash)).await
    }

    /// Ends a session.
    pub async fn end_session(&self, token_hash: &[u8]) -> Result<()> {
        let token_hash = token_hash.to_vec();
        self.write(move |tx| accounts::end_session(tx, &token_hash)).await
    }

    /// Stores an API token's SHA-256.
    pub async fn add_token(&self, user: UserId, label: &str, token_hash: &[u8]) -> Result<()> {
        let (label, token_hash) = (label.to_owned(), token_hash.to_vec());
        self.write(move |tx| accounts::add_token(tx, user, &label, &token_hash)).await
    }

    /// The account of an API token.
    pub async fn token_user(&self, token_hash: &[u8]) -> Result<Option<User>> {
        let token_hash = token_hash.to_vec();
        self.read(move |tx| accounts::token_user(tx, &token_hash)).await
    }

    /// Stars an article for an account, or takes the star away.
    pub async fn set_star(&self, user: UserId, article: ArticleId, starred: bool) -> Result<()> {
        self.write(move |tx| accounts::set_star(tx, user, article, starred)).await
    }

    /// Notes that an account read stories, or takes that back; stories that there are not are left out.
    pub async fn set_read(&self, user: UserId, stories: Vec<StoryId>, read: bool) -> Result<()> {
        self.write(move |tx| accounts::set_read(tx, user, &stories, read)).await
    }

    /// What an account liked, disliked and starred since it last had that forgotten, latest first.
    pub async fn taste(&self, user: UserId, limit: usize) -> Result<Vec<Taste>> {
        self.read(move |tx| accounts::taste(tx, user, limit)).await
    }

    /// Leaves what an account voted and starred until now out of what it is shown first; the votes still count.
    pub async fn forget_taste(&self, user: UserId) -> Result<()> {
        self.write(move |tx| accounts::forget_taste(tx, user)).await
    }

    /// An account's rules, oldest first.
    pub async fn rules(&self, user: UserId) -> Result<Vec<Rule>> {
        self.read(move |tx| reading::rules(tx, user)).await
    }

    /// Keeps a rule (its number is not looked at) and gives its number. Fails when there are too many.
    pub async fn add_rule(&self, user: UserId, rule: Rule) -> Result<i64> {
        self.write(move |tx| reading::add_rule(tx, user, &rule)).await
    }

    /// Takes an account's rule away; `false` when it has none of that number.
    pub async fn remove_rule(&self, user: UserId, id: i64) -> Result<bool> {
        self.write(move |tx| reading::remove_rule(tx, user, id)).await
    }

    /// The searches that an account keeps, by name.
    pub async fn saved_searches(&self, user: UserId) -> Result<Vec<SavedSearch>> {
        self.read(move |tx| reading::saved_searches(tx, user)).await
    }

    /// Keeps a search under a name and gives its number; the same query again gets the new name. Fails when there are too many.
    pub async fn save_search(&self, user: UserId, name: &str, query: &str, alert: bool) -> Result<i64> {
        let (name, query) = (name.to_owned(), query.to_owned());
        self.write(move |tx| reading::save_search(tx, user, &name, &query, alert)).await
    }

    /// Forgets a kept search; `false` when the account has none of that number.
    pub async fn remove_search(&self, user: UserId, id: i64) -> Result<bool> {
        self.write(move |tx| reading::remove_search(tx, user, id)).await
    }

    /// Notes that the account looked at what a query finds, if it keeps that search.
    pub async fn search_seen(&self, user: UserId, query: &str) -> Result<()> {
        let query = query.to_owned();
        self.write(move |tx| reading::search_seen(tx, user, &query)).await
    }

    /// How an account wants its pages.
    pub async fn preferences(&self, user: UserId) -> Result<Preferences> {
        self.read(move |tx| reading::preferences(tx, user)).await
    }

    /// Stores how an account wants its pages.
    pub async fn set_preferences(&self, user: UserId, preferences: Preferences) -> Result<()> {
        self.write(move |tx| reading::set_preferences(tx, user, &preferences)).await
    }

    /// What editors say of the site, by name.
    pub async fn site_settings(&self) -> Result<BTreeMap<String, String>> {
        self.read(reading::site_settings).await
    }

    /// Sets what editors say of the site; what is not named stays, an empty value takes a setting away.
    pub async fn set_site_settings(&self, settings: Vec<(String, String)>, by: Option<UserId>) -> Result<()> {
        self.write(move |tx| reading::set_site_settings(tx, &settings, by)).await
    }

    /// A file of the site, its logo say.
    pub async fn site_file(&self, name: &str) -> Result<Option<SiteFile>> {
        let name = name.to_owned();
        self.read(move |tx| reading::site_file(tx, &name)).await
    }

    /// Keeps a file of the site (media type, bytes) in the place of what was under the name, or takes that away.
    pub async fn set_site_file(&self, name: &str, file: Option<(String, Vec<u8>)>) -> Result<()> {
        let name = name.to_owned();
        self.write(move |tx| {
            let file = file.as_ref().map(|(media_type, content)| (media_type.as_str(), content.as_slice()));
            reading::set_site_file(tx, &name, file)
        })
        .await
    }

    /// Lets an outlet's excerpts be at most so many characters on all pages; `None`: as they are stored.
    pub async fn set_excerpt_chars(&self, outlet: OutletId, chars: Option<u32>) -> Result<()> {
        self.write(move |tx| reading::set_excerpt_chars(tx, outlet, chars)).await
    }

    /// The outlets whose excerpts editors shortened, with their greatest length in characters.
    pub async fn excerpt_chars(&self) -> Result<Vec<(OutletId, u32)>> {
        self.read(reading::excerpt_chars).await
    }

    /// Which of these labels (folded) an article has that was published since then.
    pub async fn labels_in_use(&self, labels: Vec<String>, since: Timestamp) -> Result<BTreeSet<String>> {
        self.read(move |tx| reading::labels_in_use(tx, &labels, since)).await
    }

    /// The names, folded, of those whom the newest articles quote, each once, in their order.
    pub async fn recent_sources(&self, articles: usize) -> Result<Vec<String>> {
        self.read_public(move |tx| views::recent_sources(tx, articles)).await
    }

    /// The last place in the order in which reports came into stories.
    pub async fn last_assigned(&self) -> Result<i64> {
        self.read(alerts::last_assigned).await
    }

    /// The stories that got reports after a place in that order, the earliest news first; hidden ones are left out.
    pub async fn story_news(&self, after: i64, limit: usize) -> Result<Vec<StoryNews>> {
        self.read(move |tx| alerts::story_news(tx, after, limit)).await
    }

    // Accounts' affairs
    /// The passkeys of an account.
    pub async fn passkeys(&self, user: UserId) -> Result<Vec<StoredPasskey>> {
        self.read(move |tx| accounts::passkeys(tx, user)).await
    }

    /// Keeps a passkey: its number.
    pub async fn add_passkey(&self, user: UserId, label: &str, key_json: &str) -> Result<i64> {
        let (label, key_json) = (label.to_owned(), key_json.to_owned());
        self.write(move |tx| accounts::add_passkey(tx, user, &label, &key_json)).await
    }

    /// Keeps a passkey as it is after a use.
    pub async fn update_passkey(&self, user: UserId, id: i64, key_json: &str) -> Result<()> {
        let key_json = key_json.to_owned();
        self.write(move |tx| accounts::update_passkey(tx, user, id, &key_json)).await
    }

    /// Takes a passkey away: whether there was one.
    pub async fn remove_passkey(&self, user: UserId, id: i64) -> Result<bool> {
        self.write(move |tx| accounts::remove_passkey(tx, user, id)).await
    }

    /// The account of a subject of an issuer.
    pub async fn identity_user(&self, issuer: &str, subject: &str) -> Result<Option<User>> {
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        self.read(move |tx| accounts::by_identity(tx, &issuer, &subject)).await
    }

    /// Lets a subject of an issuer be an account.
    pub async fn add_identity(&self, user: UserId, issuer: &str, subject: &str) -> Result<()> {
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        self.write(move |tx| accounts::add_identity(tx, user, &issuer, &subject)).await
    }

    /// Stars what was starred elsewhere where it is here, and keeps the links to the rest until a feed brings their articles.
    pub async fn bring_stars(&self, user: UserId, links: Vec<StarredLink>) -> Result<StarsBrought> {
        let mut brought = self.write(move |tx| accounts::bring_stars(tx, user, &links)).await?;
        // An article that was being stored meanwhile did not see the links, nor they the article: one of both looks again after
        // the other is there (see `admit`).
        if self.read(move |tx| accounts::has_kept(tx, None, Some(user))).await? {
            let found = self.write(move |tx| accounts::star_kept(tx, None, Some(user))).await?;
            (brought.starred, brought.kept) = (brought.starred + found, brought.kept.saturating_sub(found));
        }
        Ok(brought)
    }

    /// The links that an account keeps until a feed brings their articles, the latest first.
    pub async fn kept_links(&self, user: UserId, limit: usize, offset: usize) -> Result<Vec<StarredLink>> {
        self.read(move |tx| accounts::kept_links(tx, user, limit, offset)).await
    }

    /// Takes a kept link away: whether there was one.
    pub async fn remove_kept_link(&self, user: UserId, url: &str) -> Result<bool> {
        let url = url.to_owned();
        self.write(move |tx| accounts::remove_kept_link(tx, user, &url)).await
    }

    /// The ballots of an account, the latest first.
    pub async fn own_votes(&self, user: UserId) -> Result<Vec<OwnVote>> {
        self.read(move |tx| votes::own(tx, user)).await
    }

    /// Gives a session that is due for it another token; `false` where another request did so before.
    pub async fn renew_session(&self, old: &[u8], new: &[u8], expires_at: Timestamp) -> Result<bool> {
        let (old, new) = (old.to_vec(), new.to_vec());
        self.write(move |tx| accounts::renew_session(tx, &old, &new, expires_at)).await
    }

    /// An account's tokens, without themselves.
    pub async fn tokens(&self, user: UserId) -> Result<Vec<Token>> {
        self.read(move |tx| accounts::tokens(tx, user)).await
    }

    /// Takes a token away: whether there was one.
    pub async fn remove_token(&self, user: UserId, id: &str) -> Result<bool> {
        let id = id.to_owned();
        self.write(move |tx| accounts::remove_token(tx, user, &id)).await
    }

    /// Offers an account to whoever has the code with this hash.
    pub async fn invite(
        &self,
        by: UserId,
        role: UserRole,
        code_hash: &[u8],
        expires_at: Timestamp,
    ) -> Result<Invitation> {
        let code_hash = code_hash.to_vec();
        self.write(move |tx| accounts::invite(tx, by, role, &code_hash, expires_at)).await
    }

    /// The invitations that stand, the latest first.
    pub async fn invitations(&self) -> Result<Vec<Invitation>> {
        self.read(accounts::invitations).await
    }

    /// Takes an invitation back: whether there was one.
    pub async fn revoke_invitation(&self, id: &str) -> Result<bool> {
        let id = id.to_owned();
        self.write(move |tx| accounts::revoke_invitation(tx, &id)).await
    }

    /// The role that the code with this hash offers.
    pub async fn invited(&self, code_hash: &[u8]) -> Result<Option<UserRole>> {
        let code_hash = code_hash.to_vec();
        self.read(move |tx| accounts::invited(tx, &code_hash)).await
    }

    /// Makes the account that the code with this hash offers, once; `None` where it offers none.
    pub async fn accept_invitation(&self, code_hash: &[u8], name: &str, password_hash: &str) -> Result<Option<User>> {
        let (code_hash, name, password_hash) = (code_hash.to_vec(), name.to_owned(), password_hash.to_owned());
        self.write(move |tx| accounts::accept_invitation(tx, &code_hash, &name, &password_hash)).await
    }

    /// Gives an account another role. The last administrator stays one.
    pub async fn set_role(&self, user: UserId, role: UserRole) -> Result<User> {
        self.write(move |tx| accounts::set_role(tx, user, role)).await
    }

    /// Takes an account away with all that is its own; its votes stay in the counts. The last administrator stays.
    pub async fn remove_user(&self, user: UserId) -> Result<User> {
        self.write(move |tx| accounts::remove(tx, user)).await
    }

    /// Notes who did what.
    pub async fn note(&self, by: Option<UserId>, name: &str, action: Action, subject: &str) -> Result<()> {
        let (name, subject) = (name.to_owned(), subject.to_owned());
        self.write(move |tx| accounts::note(tx, by, &name, action, &subject)).await
    }

    /// Who did what before an entry, the latest first.
    pub async fn audit(&self, before: Option<i64>, limit: usize) -> Result<Vec<AuditEntry>> {
        self.read(move |tx| accounts::audit(tx, before, limit)).await
    }

    // Alerts
    /// The ways by which an account is told of news or keeps articles.
    pub async fn channels(&self, user: UserId) -> Result<Vec<Channel>> {
        self.read(move |tx| alerts::channels(tx, user)).await
    }

    /// Keeps a way; where its owner has to agree, the question is on its way with it.
    pub async fn add_channel(&self, user: UserId, channel: NewChannel) -> Result<Channel> {
        self.write(move |tx| alerts::add_channel(tx, user, &channel)).await
    }

    /// Takes a way away with all that goes by it: whether there was one.
    pub async fn remove_channel(&self, user: UserId, id: i64) -> Result<bool> {
        self.write(move |tx| alerts::remove_channel(tx, user, id)).await
    }

    /// The way that a code confirms.
    pub async fn channel_by_code(&self, code: &str) -> Result<Option<Channel>> {
        let code = code.to_owned();
        self.read(move |tx| alerts::channel_by_code(tx, &code)).await
    }

    /// Notes that the owner of a way agrees: whether the code was one.
    pub async fn confirm_channel(&self, code: &str) -> Result<bool> {
        let code = code.to_owned();
        self.write(move |tx| alerts::confirm_channel(tx, &code)).await
    }

    /// What an account is told of.
    pub async fn watches(&self, user: UserId) -> Result<Vec<Watch>> {
        self.read(move |tx| alerts::watches(tx, user)).await
    }

    /// Keeps a watch, which looks at what comes from now on: its number.
    pub async fn add_watch(&self, user: UserId, watch: NewWatch) -> Result<i64> {
        self.write(move |tx| alerts::add_watch(tx, user, &watch)).await
    }

    /// Takes a watch away: whether there was one.
    pub async fn remove_watch(&self, user: UserId, id: i64) -> Result<bool> {
        self.write(move |tx| alerts::remove_watch(tx, user, id)).await
    }

    /// The watch that a code ends.
    pub async fn watch_by_code(&self, code: &str) -> Result<Option<Watch>> {
        let code = code.to_owned();
        self.read(move |tx| alerts::watch_by_code(tx, &code)).await
    }

    /// Ends the watch of a code: whether there was one.
    pub async fn stop_watch(&self, code: &str) -> Result<bool> {
        let code = code.to_owned();
        self.write(move |tx| alerts::stop_watch(tx, &code)).await
    }

    /// Watches whose time has come, and the place up to which reports came into stories.
    pub async fn due_watches(&self, limit: usize) -> Result<(Vec<DueWatch>, i64)> {
        self.read(move |tx| alerts::due_watches(tx, limit)).await
    }

    /// Notes how far a watch looked and when it looks again, and puts what it found on its way: both, or nothing where
    /// another process was first.
    pub async fn looked(&self, due: DueWatch, seen: i64, next_at: Timestamp, notice: Option<Notice>) -> Result<bool> {
        self.write(move |tx| alerts::looked(tx, &due, seen, next_at, notice.as_ref())).await
    }

    /// Puts an article on its way to all services where an account keeps articles: how many these are.
    pub async fn save_elsewhere(&self, user: UserId, notice: Notice) -> Result<usize> {
        self.write(move |tx| alerts::save_elsewhere(tx, user, &notice)).await
    }

    /// Takes deliveries that are due, each for some seconds: after that another process may take them.
    pub async fn take_deliveries(&self, limit: usize, lease_s: i64) -> Result<Vec<Delivery>> {
        self.write(move |tx| alerts::take_deliveries(tx, limit, lease_s)).await
    }

    /// Ticks a delivery off.
    pub async fn delivered(&self, id: i64) -> Result<()> {
        self.write(move |tx| alerts::delivered(tx, id)).await
    }

    /// Notes why an attempt failed and when the next one is; `None`: there is none.
    pub async fn delivery_failed(&self, id: i64, error: &str, retry_at: Option<Timestamp>) -> Result<()> {
        let error = error.to_owned();
        self.write(move |tx| alerts::delivery_failed(tx, id, &error, retry_at)).await
    }

    // Newsletters
    /// Sets the part before the @ of the address for an account's newsletters, or takes it away.
    pub async fn set_letter_code(&self, user: UserId, code: Option<String>) -> Result<()> {
        self.write(move |tx| letters::set_code(tx, user, code.as_deref())).await
    }

    /// The part before the @ of the address for an account's newsletters.
    pub async fn letter_code(&self, user: UserId) -> Result<Option<String>> {
        self.read(move |tx| letters::code(tx, user)).await
    }

    /// The account whose address has this part before the @.
    pub async fn user_by_letter_code(&self, code: &str) -> Result<Option<UserId>> {
        let code = code.to_owned();
        self.read(move |tx| letters::by_code(tx, &code)).await
    }

    /// Stores a letter: whether it is new.
    pub async fn add_letter(&self, user: UserId, letter: NewLetter) -> Result<bool> {
        self.write(move |tx| letters::add(tx, user, &letter)).await
    }

    /// An account's letters before one, the latest first.
    pub async fn letters(&self, user: UserId, before: Option<i64>, limit: usize) -> Result<Vec<LetterCard>> {
        self.read(move |tx| letters::list(tx, user, before, limit)).await
    }

    /// A letter of an account.
    pub async fn letter(&self, user: UserId, id: i64) -> Result<Option<Letter>> {
        self.read(move |tx| letters::one(tx, user, id)).await
    }

    /// Takes a letter away: whether there was one.
    pub async fn remove_letter(&self, user: UserId, id: i64) -> Result<bool> {
        self.write(move |tx| letters::remove(tx, user, id)).await
    }

    // Reader apps
    /// The articles of a part of a stream, with when each was stored.
    pub async fn stream_ids(&self, user: UserId, query: StreamQuery) -> Result<Vec<(ArticleId, Timestamp)>> {
        self.read(move |tx| streams::ids(tx, user, &query)).await
    }

    /// How many articles a part of a stream has, whatever its limit.
    pub async fn stream_count(&self, user: UserId, query: StreamQuery) -> Result<u64> {
        self.read(move |tx| streams::count(tx, user, &query)).await
    }

    /// Gives numbers of 32 bits to the articles and feeds that have none yet.
    pub async fn give_numbers(&self) -> Result<()> {
        if !self.read(streams::all_numbered).await? {
            self.write(streams::give_numbers).await?;
        }
        Ok(())
    }

    /// The numbers of 32 bits of articles.
    pub async fn article_numbers(&self, ids: Vec<ArticleId>) -> Result<HashMap<ArticleId, i64>> {
        self.read(move |tx| streams::numbers(tx, &ids)).await
    }

    /// The articles that have these numbers of 32 bits.
    pub async fn articles_numbered(&self, numbers: Vec<i64>) -> Result<HashMap<i64, ArticleId>> {
        self.read(move |tx| streams::numbered(tx, &numbers)).await
    }

    /// The numbers of 32 bits of all feeds.
    pub async fn feed_numbers(&self) -> Result<HashMap<FeedId, i64>> {
        self.read(streams::feed_numbers).await
    }

    /// Articles as reader apps show them, in the order of their numbers given; those that no feed brought are left out.
    pub async fn stream_items(&self, user: UserId, ids: Vec<ArticleId>) -> Result<Vec<StreamItem>> {
        let kept = self.read(move |tx| streams::items(tx, user, &ids)).await?;
        self.with_bodies(kept, |item, body| item.html = body).await
    }

    /// Marks articles as read, or takes that back; those that there are not are left out.
    pub async fn set_articles_read(&self, user: UserId, ids: Vec<ArticleId>, read: bool) -> Result<()> {
        self.write(move |tx| streams::set_read(tx, user, &ids, read)).await
    }

    /// Those articles and the others that print the same text in the same story.
    pub async fn with_copies(&self, ids: Vec<ArticleId>) -> Result<Vec<ArticleId>> {
        self.read(move |tx| streams::with_copies(tx, &ids)).await
    }

    /// Marks everything of a stream as read that was stored until an instant.
    pub async fn read_stream(&self, user: UserId, stream: Stream, until: Timestamp) -> Result<()> {
        self.write(move |tx| streams::read_all(tx, user, &stream, until)).await
    }

    /// How much of each feed an account has not read, with when the newest of it was stored.
    pub async fn unread_counts(&self, user: UserId) -> Result<Vec<UnreadCount>> {
        self.read(move |tx| streams::unread_counts(tx, user)).await
    }

    /// How many articles there are.
    pub async fn article_count(&self) -> Result<u64> {
        self.read(streams::article_count).await
    }

    /// Sets what an account's reader apps sign in with (see the migration), or takes it away.
    pub async fn set_app_key(&self, user: UserId, key: Option<String>) -> Result<()> {
        self.write(move |tx| streams::set_app_key(tx, user, key.as_deref())).await
    }

    /// The key of an account's reader apps.
    pub async fn app_key(&self, user: UserId) -> Result<Option<String>> {
        self.read(move |tx| streams::app_key(tx, user)).await
    }

    /// The account whose reader apps have this key.
    pub async fn user_by_app_key(&self, key: &str) -> Result<Option<User>> {
        let key = key.to_owned();
        self.read(move |tx| accounts::by_app_key(tx, &key)).await
    }

    /// An account by its number.
    pub async fn user(&self, id: UserId) -> Result<Option<User>> {
        self.read(move |tx| accounts::by_id(tx, id)).await
    }

    /// Gives a feed another title or folder; an empty folder is none.
    pub async fn edit_feed(&self, feed: FeedId, title: Option<String>, folder: Option<String>) -> Result<()> {
        self.write(move |tx| streams::edit_feed(tx, feed, title.as_deref(), folder.as_deref())).await
    }

    /// Gives a folder another name, or (with an empty one) lets its feeds be in none: how many feeds that were.
    pub async fn rename_folder(&self, folder: &str, name: &str) -> Result<u64> {
        let (folder, name) = (folder.to_owned(), name.to_owned());
        self.write(move |tx| streams::rename_folder(tx, &folder, &name)).await
    }

    /// A secret that lasts for a day: all processes get the same one, and those of days before the last are forgotten.
    pub async fn daily_secret(&self, name: &str, random: &dyn Random) -> Result<(i64, Vec<u8>)> {
        let (name, mut drawn) = (name.to_owned(), vec![0; 32]);
        random.fill(&mut drawn);
        self.write(move |tx| accounts::daily_secret(tx, &name, &drawn)).await
    }

    /// Gives a report the part in its story that an editor says it has, or with `None` the computed one again. The story is
    /// stale from then on: its relations follow when it is related anew.
    pub async fn set_editor_role(&self, article: ArticleId, role: Option<Role>, by: Option<UserId>) -> Result<()> {
        self.write(move |tx| editing::set_role(tx, article, role, by)).await
    }

    /// Puts a report into the story that an editor says it belongs to; grouping leaves it there until that is taken back.
    /// A story that nothing is left in is closed: its number leads to the report's new story, and its votes go along.
    /// Gives the story that the report is in then.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown article or story, [`StoreError::Invalid`] for an article that is in no story yet.
    pub async fn place(&self, article: ArticleId, placement: Placement, by: Option<UserId>) -> Result<StoryId> {
        self.write(move |tx| editing::place(tx, article, placement, by)).await
    }

    /// Hides a story from lists, feeds and search by an editor's word, lets it stand first on the front page, or with
    /// `None` takes that back.
    pub async fn mark_story(&self, story: StoryId, mark: Option<StoryMark>, by: Option<UserId>) -> Result<()> {
        self.write(move |tx| editing::mark_story(tx, story, mark, by)).await
    }

    /// The stories of neighbouring events, nearest first.
    pub async fn neighbours(&self, story: StoryId) -> Result<Vec<StoryLink>> {
        self.read(move |tx| changes::neighbours(tx, story)).await
    }

    /// A number that is another one after every change that an editor made to where reports are.
    pub async fn places_version(&self) -> Result<i64> {
        self.read(editing::places_version).await
    }

    /// Lets an outlet be shown and counted as another one by an editor's word, or with `None` as itself again. The
    /// stories of both are stale from then on. Gives the outlet that it is shown as then.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown outlet, [`StoreError::Invalid`] where an outlet would be merged into
    /// itself, or others are merged into it.
    pub async fn merge_outlet(&self, outlet: OutletId, into: Option<OutletId>, by: Option<UserId>) -> Result<OutletId> {
        self.write(move |tx| editing::merge_outlet(tx, outlet, into, by)).await
    }

    /// The names of all outlets, those that are shown as themselves first.
    pub async fn outlet_names(&self) -> Result<Vec<OutletName>> {
        self.read(editing::outlet_names).await
    }

    /// An account's starred articles, latest star first.
    pub async fn starred(&self, user: UserId, limit: usize, offset: usize) -> Result<Vec<ArticleCard>> {
        self.read(move |tx| views::starred(tx, user, limit, offset)).await
    }

    // Keeping house
    /// A secret of 32 bytes under a name, drawn from `random` the first time.
    pub async fn secret(&self, name: &str, random: &dyn Random) -> Result<Vec<u8>> {
        let (name, mut drawn) = (name.to_owned(), vec![0; 32]);
        random.fill(&mut drawn);
        self.write(move |tx| accounts::secret(tx, &name, &drawn)).await
    }

    /// How much there is.
    pub async fn counts(&self) -> Result<Counts> {
        self.read(maintenance::counts).await
    }

    /// What waits to be done, and for how long.
    pub async fn queue(&self) -> Result<Queue> {
        self.read(maintenance::queue).await
    }

    /// Verifies counts, references and the full-text index.
    pub async fn check(&self) -> Result<CheckReport> {
        let mut report = self.read(maintenance::check).await?;
        let keys = self.read(|tx| articles::newest_bodies(tx, BODIES_CHECKED)).await?;
        let Some(objects) = &self.objects else {
            if !keys.is_empty() {
                report.problems.push(objects::not_named().to_string());
            }
            return Ok(report);
        };
        let (looked_at, mut missing) = (keys.len(), 0);
        for key in keys {
            missing += u64::from(!objects.has(&key).await?);
        }
        if missing > 0 {
            report.problems.push(format!(
                "{missing} bodies of the newest {looked_at} in the object store are not there: articles are shown by their text alone; put back a copy of it"
            ));
        }
        Ok(report)
    }

    /// Puts right what can be, of what [`Self::check`] finds. Gives what was done, a line each.
    pub async fn repair(&self) -> Result<Vec<String>> {
        self.write(repair::repair).await
    }

    /// Writes an SQLite file anew, without what is free in it; needs as much room again, and nobody else may use it. Of a database on a
    /// server it does nothing: the server gives room back by itself.
    pub fn compact(database: &DatabaseUrl) -> Result<()> {
        match database {
            DatabaseUrl::Sqlite(path) => maintenance::compact(path),
            DatabaseUrl::Postgres(_) => Ok(()),
        }
    }

    /// Writes a consistent copy to `file`, which must not exist, while others read and write.
    pub async fn backup(&self, file: &Path) -> Result<()> {
        let Backend::Sqlite(_, from) = &self.backend else {
            return Err(StoreError::Invalid(
                "firsthand copies SQLite databases; for PostgreSQL use pg_dump".to_owned(),
            ));
        };
        let (from, to) = (Arc::clone(from), file.to_owned());
        let done = tokio::task::spawn_blocking(move || maintenance::backup(&from, &to)).await;
        done.map_err(|error| StoreError::Invalid(format!("the backup ended early ({error})")))?
    }

    /// Puts a copy made by `backup` in the place of the database at `target`; what was there is kept beside it with the ending `.before-restore`.
    pub fn restore(copy: &Path, target: &Path) -> Result<()> {
        maintenance::restore(copy, target)
    }
}
