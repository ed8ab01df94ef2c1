//! For those who run the server: is it alive, is it ready, how much does it do.

use crate::CrawlControl;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use firsthand_store::Store;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::watch;

/// Answers since the start, by the class of their status.
#[derive(Debug, Default)]
pub(crate) struct Requests([AtomicU64; 5]);

impl Requests {
    pub(crate) fn count(&self, status: StatusCode) {
        if let Some(counter) = self.0.get(usize::from(status.as_u16() / 100).saturating_sub(1)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// What these answers are made of.
pub(crate) struct Health {
    store: Store,
    control: Arc<dyn CrawlControl>,
    stopped: watch::Receiver<bool>,
    pub(crate) requests: Requests,
}

impl Health {
    pub(crate) fn new(store: Store, control: Arc<dyn CrawlControl>, stopped: watch::Receiver<bool>) -> Self {
        Self { store, control, stopped, requests: Requests::default() }
    }
}

pub(crate) fn routes<S: Clone + Send + Sync + 'static>(health: Arc<Health>) -> Router<S> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(health)
}

/// `/healthz`, `/readyz` and `/metrics` alone: for a process that serves no pages.
pub fn health_router(store: Store, control: Arc<dyn CrawlControl>, stopped: watch::Receiver<bool>) -> Router {
    routes(Arc::new(Health::new(store, control, stopped)))
}

/// `/healthz`: the process answers.
async fn alive() -> &'static str {
    "ok\n"
}

/// `/readyz`: the store answers, and the process is not about to stop.
async fn ready(State(health): State<Arc<Health>>) -> Response {
    if *health.stopped.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match health.store.database_now().await {
        Ok(_) => "ok\n".into_response(),
        Err(error) => {
            tracing::warn!("not ready: {error}");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n").into_response()
        }
    }
}

/// `/metrics` in Prometheus' text format.
async fn metrics(State(health): State<Arc<Health>>) -> Response {
    let store = &health.store;
    let (Ok(counts), Ok(queue), Ok(nodes)) = (store.counts().await, store.queue().await, store.nodes().await) else {
        return (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n").into_response();
    };
    let mut out = String::new();
    let working = nodes.iter().filter(|node| node.alive && node.role != "web");
    let gauges = [
        ("outlets", "Outlets known", counts.outlets),
        ("feeds", "Feeds followed", counts.feeds),
        ("feeds_failing", "Feeds whose last poll failed", counts.failing_feeds),
        ("entries", "Entries seen in feeds", counts.entries),
        ("entries_pending", "Entries whose page is still to be fetched", counts.pending_entries),
        ("articles", "Articles stored", counts.articles),
        ("articles_ungrouped", "Articles without a story", counts.ungrouped_articles),
        ("stories", "Stories", counts.stories),
        ("revisions", "Earlier texts kept", counts.revisions),
        ("votes", "Votes standing", counts.votes),
        ("users", "Accounts", counts.users),
        ("feeds_late_seconds", "By how much the feed that waits longest is late", queue.feeds_late_s),
        ("entries_late_seconds", "By how much the page that waits longest is late", queue.entries_late_s),
        ("articles_ungrouped_seconds", "The age of the oldest article without a story", queue.ungrouped_s),
        ("stories_stale", "Stories whose reports are to be related anew", queue.stale_stories),
        ("nodes", "Processes that share the work of one database", working.clone().count() as u64),
        ("parts_free", "Parts of the work that no live process holds, where several share it", free_parts(working)),
    ];
    for (name, help, value) in gauges {
        let _ =
            writeln!(out, "# HELP firsthand_{name} {help}.\n# TYPE firsthand_{name} gauge\nfirsthand_{name} {value}");
    }
    if let Some(lag_ms) = store.replica_lag_ms() {
        let _ = writeln!(
            out,
            "# HELP firsthand_replica_lag_seconds How far the copy that pages are read from is behind.\n# TYPE firsthand_replica_lag_seconds gauge\nfirsthand_replica_lag_seconds {}.{:03}",
            lag_ms / 1000,
            lag_ms % 1000
        );
    }
    let met = store.transactions_met();
    let _ = writeln!(
        out,
        "# HELP firsthand_transactions_met_total Transactions run again because they met another one.\n# TYPE firsthand_transactions_met_total counter\nfirsthand_transactions_met_total {met}"
    );
    out.push_str("# HELP firsthand_http_responses_total Answers since the start.\n# TYPE firsthand_http_responses_total counter\n");
    for (class, counter) in health.requests.0.iter().enumerate() {
        let _ = writeln!(
            out,
            "firsthand_http_responses_total{{class=\"{}xx\"}} {}",
            class + 1,
            counter.load(Ordering::Relaxed)
        );
    }
    out.push_str(&health.control.metrics());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], out).into_response()
}

/// Where one process does all there are no parts.
fn free_parts<'a>(working: impl Iterator<Item = &'a firsthand_model::NodeView>) -> u64 {
    let held: Vec<u64> = working.map(|node| u64::from(node.shards) + u64::from(node.stories)).collect();
    if held.is_empty() { 0 } else { u64::from(firsthand_model::Part::SHARDS + 1).saturating_sub(held.iter().sum()) }
}
