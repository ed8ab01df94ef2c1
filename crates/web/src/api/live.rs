//! News as it comes: server-sent events (HTML Living Standard, section 9.2), one for each story that got a report.

use super::spec::{Operation, get as get_op};
use crate::error::Error;
use crate::{App, Shared};
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use firsthand_model::StoryNews;
use futures_util::stream::{Stream, unfold};
use serde_json::json;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// Listeners at a time.
pub(crate) const LISTENERS: usize = 500;
/// How often it is looked for news.
const TICK: Duration = Duration::from_secs(2);
/// Events that one look gives at the most: who was away for long reads lists instead.
const MOST: usize = 100;

/// The operations of this module, for the specification.
pub(super) fn operations() -> Vec<Operation> {
    let what = "Server-sent events: \"story\" for each story that got a report, with Last-Event-ID to go on from";
    vec![get_op("/events", what).gives::<String>().media("text/event-stream")]
}

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/events", get(events))
}

/// A listener.
struct Listener {
    app: Shared,
    /// The place up to which it was told, in the order in which reports came into stories.
    seen: i64,
    waiting: VecDeque<StoryNews>,
    _place: OwnedSemaphorePermit,
}

async fn events(
    State(app): State<Shared>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Error> {
    let place = Arc::clone(&app.listeners).try_acquire_owned().map_err(|_| Error::TooMany)?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.trim().parse().ok());
    let seen = match last {
        Some(last) => last,
        None => app.store.last_assigned().await?,
    };
    let listener = Listener { app, seen, waiting: VecDeque::new(), _place: place };
    Ok(Sse::new(unfold(listener, next)).keep_alive(KeepAlive::default()))
}

async fn next(mut listener: Listener) -> Option<(Result<Event, Infallible>, Listener)> {
    let mut stopped = listener.app.stopped.clone();
    loop {
        if let Some(news) = listener.waiting.pop_front() {
            let event = event(&news);
            return Some((Ok(event), listener));
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stopped.wait_for(|stop| *stop) => return None,
        }
        // A store that is away for a moment is asked again.
        if let Ok(news) = listener.app.news_since(listener.seen).await {
            listener.seen = news.iter().map(|news| news.at).max().unwrap_or(listener.seen);
            listener.waiting = news.iter().cloned().collect();
        }
    }
}

fn event(news: &StoryNews) -> Event {
    let data = json!({
        "id": news.story_id, "new": news.new, "headline": news.headline, "reports": news.reports,
        "firsthand": news.firsthand, "path": format!("/story/{}", news.story_id),
    });
    Event::default().event("story").id(news.at.to_string()).data(data.to_string())
}

impl App {
    /// Stories that got reports after a place; all who listen from there share one look.
    async fn news_since(&self, seen: i64) -> Result<Arc<Vec<StoryNews>>, Error> {
        self.news.get(seen, self.clock.now(), async { Ok(self.store.story_news(seen, MOST).await?) }).await
    }
}
