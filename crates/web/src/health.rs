//! For those who run the server: is it alive, is it ready, how much does it do.

use crate::Shared;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

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

/// `/healthz`: the process answers.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// `/readyz`: the store answers.
pub(crate) async fn ready(State(app): State<Shared>) -> Response {
    match app.store.counts().await {
        Ok(_) => "ok\n".into_response(),
        Err(error) => {
            tracing::warn!("not ready: {error}");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n").into_response()
        }
    }
}

/// `/metrics` in Prometheus' text format.
pub(crate) async fn metrics(State(app): State<Shared>) -> Response {
    let Ok(counts) = app.store.counts().await else {
        return (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n").into_response();
    };
    let mut out = String::new();
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
    ];
    for (name, help, value) in gauges {
        let _ =
            writeln!(out, "# HELP firsthand_{name} {help}.\n# TYPE firsthand_{name} gauge\nfirsthand_{name} {value}");
    }
    out.push_str("# HELP firsthand_http_responses_total Answers since the start.\n# TYPE firsthand_http_responses_total counter\n");
    for (class, counter) in app.requests.0.iter().enumerate() {
        let _ = writeln!(
            out,
            "firsthand_http_responses_total{{class=\"{}xx\"}} {}",
            class + 1,
            counter.load(Ordering::Relaxed)
        );
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], out).into_response()
}
