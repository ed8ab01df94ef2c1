//! `/feeds`: what is followed, with its health, and following more.

use crate::Shared;
use crate::auth::Asker;
use crate::error::Error;
use crate::show::{Shell, When};
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use firsthand_model::{FeedStatus, FeedView, Timestamp, UserRole};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "feeds.html")]
struct FeedsPage {
    shell: Shell,
    feeds: Vec<FeedShown>,
    may_change: bool,
    problem: Option<String>,
    address: String,
}

struct FeedShown {
    url: String,
    title: String,
    outlet_id: i64,
    outlet: String,
    folder: String,
    articles: u64,
    /// "ok", "failing" or "gone".
    class: &'static str,
    last: String,
    next: String,
    error: Option<String>,
    push: Option<String>,
    /// It is a page watched for links, not a feed.
    watched: bool,
}

impl FeedShown {
    fn new(feed: FeedView, now: Timestamp) -> Self {
        Self {
            class: match (feed.status, &feed.last_error) {
                (FeedStatus::Gone, _) => "gone",
                (FeedStatus::Active, Some(_)) => "failing",
                (FeedStatus::Active, None) => "ok",
            },
            last: feed.last_success_at.map_or_else(|| "not read yet".to_owned(), |at| When::new(at, now).age),
            next: match feed.next_fetch_at {
                None => "never".to_owned(),
                Some(at) if at <= now => "now".to_owned(),
                Some(at) => format!(
                    "in {}",
                    crate::show::age(at.seconds_since(now)).trim_end_matches(" ago").replace("just now", "a moment")
                ),
            },
            push: feed.push.map(|push| push.in_words(now, |at| When::new(at, now).full)),
            watched: feed.format.as_deref() == Some("page"),
            url: feed.url,
            title: feed.title,
            outlet_id: feed.outlet_id.0,
            outlet: feed.outlet,
            folder: feed.folder.unwrap_or_default(),
            articles: feed.articles,
            error: feed.last_error,
        }
    }
}

async fn page(app: &Shared, asker: &Asker, problem: Option<String>, address: String) -> Result<String, Error> {
    let user = asker.signed_in()?;
    let now = app.clock.now();
    let page = FeedsPage {
        may_change: user.role >= UserRole::Editor,
        shell: Shell::new(app, asker, "Feeds").await?,
        feeds: app.store.feeds().await?.into_iter().map(|feed| FeedShown::new(feed, now)).collect(),
        problem,
        address,
    };
    Ok(page.render()?)
}

/// `GET /feeds`
pub(crate) async fn feeds(State(app): State<Shared>, asker: Asker) -> Result<Html<String>, Error> {
    Ok(Html(page(&app, &asker, None, String::new()).await?))
}

#[derive(Debug, Deserialize)]
pub(crate) struct FollowForm {
    url: String,
    #[serde(default)]
    folder: String,
}

/// `POST /feeds`
pub(crate) async fn follow(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<FollowForm>,
) -> Result<Response, Error> {
    asker.at_least(UserRole::Editor)?;
    let folder = Some(form.folder.trim().to_owned()).filter(|folder| !folder.is_empty());
    match app.control.follow(form.url.clone(), folder).await {
        Ok(_) => Ok(Redirect::to("/feeds").into_response()),
        Err(why) => {
            let page = page(&app, &asker, Some(why), form.url).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct RemoveForm {
    url: String,
}

/// `POST /feeds/remove`
pub(crate) async fn remove(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<RemoveForm>,
) -> Result<Redirect, Error> {
    asker.at_least(UserRole::Editor)?;
    app.store.remove_feed(&form.url).await?;
    Ok(Redirect::to("/feeds"))
}
