//! Ways to a reader and what they are told of, by the API.

use super::spec::{Operation, Who, delete as delete_op, get as get_op, post as post_op};
use super::v1::{Page, id};
use crate::Shared;
use crate::alerts::{ChannelWish, WatchWish};
use crate::auth::Asker;
use crate::error::Error;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use firsthand_model::*;
use schemars::JsonSchema;
use serde::Serialize;

/// The operations of this module, for the specification.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        get_op("/channels", "The ways by which the asker is told of news or keeps articles")
            .by(Who::Readers)
            .gives::<Page<Channel>>(),
        post_op("/channels", "Add a way; an e-mail address is used once its owner has agreed")
            .by(Who::Readers)
            .takes::<ChannelWish>()
            .makes::<NewWay>(),
        delete_op("/channels/{id}", "Take a way away with all that goes by it").by(Who::Readers),
        get_op("/watches", "What the asker is told of").by(Who::Readers).gives::<Page<Watch>>(),
        post_op("/watches", "Be told of new reports of a search, story or outlet, or of the stories of a day or week")
            .by(Who::Readers)
            .takes::<WatchWish>()
            .makes::<Made>(),
        delete_op("/watches/{id}", "Be told of it no more").by(Who::Readers),
        post_op("/articles/{id}/save", "Pass an article to the services where the asker keeps articles")
            .by(Who::Readers),
    ]
}

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/channels", get(channels).post(add_channel))
        .route("/channels/{id}", delete(remove_channel))
        .route("/watches", get(watches).post(add_watch))
        .route("/watches/{id}", delete(remove_watch))
        .route("/articles/{id}/save", post(save))
}

async fn channels(State(app): State<Shared>, asker: Asker) -> Result<Json<Page<Channel>>, Error> {
    Ok(Json(Page::whole(app.store.channels(asker.signed_in()?.id).await?)))
}

/// A way, and what is said of it this once.
#[derive(Debug, Serialize, JsonSchema)]
struct NewWay {
    #[serde(flatten)]
    channel: Channel,
    /// What signs a webhook's messages (Standard Webhooks); not shown again.
    secret: Option<String>,
}

async fn add_channel(
    State(app): State<Shared>,
    asker: Asker,
    Json(wish): Json<ChannelWish>,
) -> Result<Response, Error> {
    let (channel, secret) = app.add_channel(asker.signed_in()?.id, wish).await?;
    Ok((StatusCode::CREATED, Json(NewWay { channel, secret })).into_response())
}

async fn remove_channel(
    State(app): State<Shared>,
    asker: Asker,
    Path(text): Path<String>,
) -> Result<StatusCode, Error> {
    match app.store.remove_channel(asker.signed_in()?.id, id(&text, "way")?).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Error::NotFound(format!("there is no way {text} of yours"))),
    }
}

async fn watches(State(app): State<Shared>, asker: Asker) -> Result<Json<Page<Watch>>, Error> {
    Ok(Json(Page::whole(app.store.watches(asker.signed_in()?.id).await?)))
}

/// The number of what was made.
#[derive(Debug, Serialize, JsonSchema)]
struct Made {
    id: i64,
}

async fn add_watch(State(app): State<Shared>, asker: Asker, Json(wish): Json<WatchWish>) -> Result<Response, Error> {
    let id = app.add_watch(asker.signed_in()?.id, wish).await?;
    Ok((StatusCode::CREATED, Json(Made { id })).into_response())
}

async fn remove_watch(State(app): State<Shared>, asker: Asker, Path(text): Path<String>) -> Result<StatusCode, Error> {
    match app.store.remove_watch(asker.signed_in()?.id, id(&text, "alert")?).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Error::NotFound(format!("there is no alert {text} of yours"))),
    }
}

async fn save(State(app): State<Shared>, asker: Asker, Path(text): Path<String>) -> Result<StatusCode, Error> {
    app.save_elsewhere(asker.signed_in()?.id, id(&text, "article")?).await?;
    Ok(StatusCode::NO_CONTENT)
}
