//! What is followed, by the API.

use super::spec::{Operation, Who, delete, get as get_op, post as post_op, put as put_op, required, text};
use super::v1::{Page, id};
use crate::Shared;
use crate::auth::Asker;
use crate::error::Error;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use firsthand_model::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The operations of this module, for the specification.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        get_op("/feeds", "Feeds with their health").by(Who::Readers).gives::<Page<FeedView>>(),
        post_op("/feeds", "Follow an address: of a feed, or of a site whose feed is discovered")
            .by(Who::Editors)
            .takes::<Follow>()
            .makes::<Followed>(),
        delete("/feeds", "Stop following an address")
            .by(Who::Editors)
            .query([required(text("url", "The feed's address."))]),
        put_op("/feeds/{id}", "Give a feed another title, folder or rule for what is kept; what is left out stays")
            .by(Who::Editors)
            .takes::<FeedEdit>(),
        get_op("/subscriptions.opml", "What is followed, as OPML")
            .by(Who::Readers)
            .gives::<String>()
            .media("text/x-opml"),
        put_op("/subscriptions.opml", "Follow what an OPML document names; nothing is left")
            .by(Who::Editors)
            .gives::<Imported>(),
    ]
}

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/feeds", get(feeds).post(follow).delete(remove))
        .route("/feeds/{id}", put(edit))
        .route("/subscriptions.opml", get(export).put(import))
}

async fn feeds(State(app): State<Shared>, asker: Asker) -> Result<Json<Page<FeedView>>, Error> {
    asker.signed_in()?;
    Ok(Json(Page::whole(app.store.feeds().await?)))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Follow {
    /// A feed's address, or a site's.
    url: String,
    /// The folder that it goes into.
    folder: Option<String>,
}

/// What is followed then.
#[derive(Debug, Serialize, JsonSchema)]
struct Followed {
    url: String,
    title: String,
}

async fn follow(State(app): State<Shared>, asker: Asker, Json(wish): Json<Follow>) -> Result<Response, Error> {
    let editor = asker.at_least(UserRole::Editor)?.clone();
    let title = app.control.follow(wish.url.clone(), wish.folder).await.map_err(Error::BadRequest)?;
    app.note(&editor, Action::Followed, &wish.url).await?;
    app.forget_what_was_read();
    Ok((StatusCode::CREATED, Json(Followed { url: wish.url, title })).into_response())
}

#[derive(Debug, Deserialize)]
struct Remove {
    url: String,
}

async fn remove(State(app): State<Shared>, asker: Asker, Query(wish): Query<Remove>) -> Result<StatusCode, Error> {
    let editor = asker.at_least(UserRole::Editor)?.clone();
    if app.store.remove_feed(&wish.url).await? {
        app.control.wake();
        app.note(&editor, Action::Unfollowed, &wish.url).await?;
        app.forget_what_was_read();
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Error::NotFound(format!("{} is not followed", wish.url)))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FeedEdit {
    /// Another title.
    title: Option<String>,
    /// Another folder; empty: none.
    folder: Option<String>,
    /// How long its articles are kept: 15 days or more, so many articles, or without limit where a value is absent.
    keep: Option<KeepRule>,
    /// Its articles are kept as those of all feeds.
    #[serde(default)]
    keep_as_all: bool,
}

async fn edit(
    State(app): State<Shared>,
    asker: Asker,
    Path(text): Path<String>,
    Json(wish): Json<FeedEdit>,
) -> Result<StatusCode, Error> {
    asker.at_least(UserRole::Editor)?;
    let title = wish.title.filter(|title| !title.trim().is_empty());
    let feed = id(&text, "feed")?;
    let keep = match wish.keep {
        Some(rule) => {
            Some(KeepRule::of_numbers(rule.days.unwrap_or(0), rule.articles.unwrap_or(0)).map_err(Error::BadRequest)?)
        }
        None => None,
    };
    app.store.edit_feed(feed, title, wish.folder).await?;
    if keep.is_some() || wish.keep_as_all {
        app.store.set_keep(feed, keep.filter(|_| !wish.keep_as_all)).await?;
    }
    app.forget_what_was_read();
    Ok(StatusCode::NO_CONTENT)
}

async fn export(State(app): State<Shared>, asker: Asker) -> Result<Response, Error> {
    asker.signed_in()?;
    let feeds: Vec<NewFeed> = app.store.feeds().await?.into_iter().map(NewFeed::from).collect();
    let document = firsthand_feed::opml::write("firsthand subscriptions", &feeds);
    Ok(([(header::CONTENT_TYPE, "text/x-opml; charset=utf-8")], document).into_response())
}

/// How much of a document is new.
#[derive(Debug, Serialize, JsonSchema)]
struct Imported {
    /// Feeds that were not followed before.
    new: usize,
}

async fn import(State(app): State<Shared>, asker: Asker, body: Bytes) -> Result<Json<Imported>, Error> {
    asker.at_least(UserRole::Editor)?;
    let feeds = firsthand_feed::opml::parse(&body).map_err(|error| Error::BadRequest(error.to_string()))?;
    let new = app.control.import(feeds).await?;
    app.forget_what_was_read();
    Ok(Json(Imported { new }))
}
