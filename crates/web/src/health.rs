//! For those who run the server: is it alive, is it ready, how much does it do.

use crate::CrawlControl;
use crate::auth::{bearer, came_from};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use firsthand_store::Store;
use ipnet::IpNet;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
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
    access: MetricsAccess,
    pub(crate) requests: Requests,
}

impl Health {
    pub(crate) fn new(
        store: Store,
        control: Arc<dyn CrawlControl>,
        stopped: watch::Receiver<bool>,
        access: MetricsAccess,
    ) -> Self {
        Self { store, control, stopped, access, requests: Requests::default() }
    }
}

/// Who may read `/metrics`, which say how busy a server is and what fails.
#[derive(Debug, Clone, Default)]
pub struct MetricsAccess {
    /// The networks that it is given to; `None`: this machine and private networks, unless a proxy that is not trusted passes the
    /// question on.
    pub networks: Option<Vec<IpNet>>,
    /// Who sends this as `Authorization: Bearer` is given it from anywhere.
    pub token: Option<String>,
    /// The networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

/// Private networks and this machine (RFC 1918, 3927, 4193, 4291, 6598).
const LOCAL: &[&str] = &[
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "100.64.0.0/10",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
];
/// By these a proxy says for whom it asks.
const PASSED_ON: [&str; 3] = ["x-forwarded-for", "forwarded", "x-real-ip"];

impl MetricsAccess {
    fn admits(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> bool {
        let given = bearer(headers).unwrap_or_default();
        // Compared as hashes, which tell nothing by the time that it takes.
        let is_token = |token: &String| !token.is_empty() && Sha256::digest(token) == Sha256::digest(given);
        if self.token.as_ref().is_some_and(is_token) {
            return true;
        }
        let Some(peer) = peer.map(|peer| peer.to_canonical()) else { return false };
        let from = came_from(peer, headers, &self.trusted_proxies);
        match &self.networks {
            Some(networks) => networks.iter().any(|network| network.contains(&from)),
            None => {
                let for_another = from == peer && PASSED_ON.iter().any(|name| headers.contains_key(*name));
                let mut local = LOCAL.iter().filter_map(|network| network.parse::<IpNet>().ok());
                !for_another && local.any(|network| network.contains(&from))
            }
        }
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
pub fn health_router(
    store: Store,
    control: Arc<dyn CrawlControl>,
    stopped: watch::Receiver<bool>,
    access: MetricsAccess,
) -> Router {
    routes(Arc::new(Health::new(store, control, stopped, access)))
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
async fn metrics(
    State(health): State<Arc<Health>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> Response {
    let peer = peer.map(|Extension(ConnectInfo(peer))| peer.ip());
    if !health.access.admits(peer, &headers) {
        let refused = "the metrics are for this machine and its private networks: allow others with metrics.networks, or ask with metrics.token";
        return (StatusCode::FORBIDDEN, refused).into_response();
    }
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
        ("store_failing", "1 while the database cannot be written", u64::from(store.trouble().1.is_some())),
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
    let _ = writeln!(
        out,
        "# HELP firsthand_store_failures_total Writes that failed for the database's sake: a full disk, no right to write.\n# TYPE firsthand_store_failures_total counter\nfirsthand_store_failures_total {}",
        store.trouble().0
    );
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

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn metrics_are_for_this_machine_and_who_is_allowed() {
        let network = |text: &str| -> IpNet { text.parse().unwrap() };
        let admits = |access: &MetricsAccess, peer: &str, pairs: &[(&'static str, &'static str)]| {
            access.admits(Some(peer.parse().unwrap()), &headers(pairs))
        };
        let local = MetricsAccess::default();
        for (peer, expected) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("::ffff:10.1.2.3", true),
            ("fd00::7", true),
            ("203.0.113.9", false),
            ("2001:db8::1", false),
            ("172.32.0.1", false),
        ] {
            assert_eq!(admits(&local, peer, &[]), expected, "{peer}");
        }
        // A proxy on this machine that nobody told this server of asks for a stranger.
        for name in PASSED_ON {
            assert!(!admits(&local, "127.0.0.1", &[(name, "127.0.0.1")]), "{name}");
        }
        let behind = MetricsAccess { trusted_proxies: vec![network("127.0.0.1/32")], ..local.clone() };
        assert!(!admits(&behind, "127.0.0.1", &[("x-forwarded-for", "203.0.113.9")]));
        assert!(admits(&behind, "127.0.0.1", &[("x-forwarded-for", "10.0.0.9")]));
        assert!(!admits(&behind, "127.0.0.1", &[("x-forwarded-for", "10.0.0.9, 203.0.113.9")]), "what it wrote counts");

        let named = MetricsAccess { networks: Some(vec![network("203.0.113.0/24")]), ..local.clone() };
        assert!(admits(&named, "203.0.113.9", &[]) && !admits(&named, "127.0.0.1", &[]));
        let secret = MetricsAccess { token: Some("a long token".to_owned()), ..local };
        assert!(admits(&secret, "203.0.113.9", &[("authorization", "Bearer a long token")]));
        assert!(!admits(&secret, "203.0.113.9", &[("authorization", "Bearer a long tokem")]));
        let empty = MetricsAccess { token: Some(String::new()), ..MetricsAccess::default() };
        assert!(!admits(&empty, "203.0.113.9", &[("authorization", "Bearer ")]));
        assert!(!empty.admits(None, &HeaderMap::new()));
    }
}
