//! What readers say of their own pages, and editors of the site, by the API.

use super::v1::id;
use crate::Shared;
use crate::auth::Asker;
use crate::error::Error;
use crate::pages::saved::{self, SaveForm};
use crate::pages::site::checked_settings;
use crate::rules;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::delete, routing::get, routing::put};
use firsthand_model::*;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The routes with their place in the specification.
pub(super) const PATHS: &[(&str, &[(&str, &str)])] = &[
    ("/articles/{id}/star", &[("put", "Whether the asker starred it")]),
    ("/rules", &[("get", "The asker's rules"), ("post", "Keep a rule that hides or shows stories")]),
    ("/rules/{id}", &[("delete", "Take a rule away")]),
    ("/searches", &[("get", "The searches that the asker keeps"), ("post", "Keep a search")]),
    ("/searches/{id}", &[("delete", "Forget a kept search")]),
    ("/preferences", &[("get", "How the asker wants pages"), ("put", "Set that; what is left out is as at first")]),
    (
        "/site",
        &[
            ("get", "What editors say of the site"),
            ("put", "Set some of it (editors); an empty text takes a setting away"),
        ],
    ),
    ("/outlets/{id}/excerpt", &[("put", "How long an outlet's excerpts are (editors); null: as they are stored")]),
];

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/articles/{id}/star", put(star))
        .route("/rules", get(all_rules).post(add_rule))
        .route("/rules/{id}", delete(remove_rule))
        .route("/searches", get(searches).post(save_search))
        .route("/searches/{id}", delete(remove_search))
        .route("/preferences", get(preferences).put(set_preferences))
        .route("/site", get(site).put(set_site))
        .route("/outlets/{id}/excerpt", put(set_excerpt))
}

/// The body that an operation takes, for the specification.
pub(super) fn body(path: &str, method: &str) -> Option<Value> {
    Some(match (path, method) {
        ("/articles/{id}/star", "put") => json!({ "starred": { "type": "boolean" } }),
        ("/rules", "post") => json!({
            "effect": { "enum": ["hide", "show"] },
            "field": { "enum": ["words", "regex", "outlet", "author", "source", "feed"] },
            "pattern": { "type": "string" },
        }),
        ("/searches", "post") => json!({
            "query": { "type": "string" }, "name": { "type": "string" }, "alert": { "type": ["string", "null"] },
        }),
        ("/preferences", "put") => json!({
            "layout": { "enum": ["calm", "dense"] }, "language": { "type": ["string", "null"] },
            "time_zone": { "type": ["string", "null"] }, "without_images": { "type": "boolean" },
            "read_by_scrolling": { "type": "boolean" },
        }),
        ("/site", "put") => json!({ "name": { "type": "string" } }),
        ("/outlets/{id}/excerpt", "put") => json!({ "characters": { "type": ["integer", "null"] } }),
        _ => return None,
    })
}

fn no_such(what: &str, text: &str) -> Error {
    Error::NotFound(format!("there is no {what} {text} of yours"))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Star {
    starred: bool,
}

async fn star(
    State(app): State<Shared>,
    asker: Asker,
    Path(text): Path<String>,
    Json(wish): Json<Star>,
) -> Result<StatusCode, Error> {
    let user = asker.signed_in()?.id;
    app.store.set_star(user, id(&text, "article")?, wish.starred).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn all_rules(State(app): State<Shared>, asker: Asker) -> Result<Json<Value>, Error> {
    Ok(Json(json!({ "items": app.store.rules(asker.signed_in()?.id).await?, "next": null })))
}

async fn add_rule(State(app): State<Shared>, asker: Asker, Json(rule): Json<Rule>) -> Result<Response, Error> {
    let user = asker.signed_in()?.id;
    let rule = rules::checked(rule).map_err(Error::BadRequest)?;
    let id = app.store.add_rule(user, rule.clone()).await?;
    Ok((StatusCode::CREATED, Json(Rule { id, ..rule })).into_response())
}

async fn remove_rule(State(app): State<Shared>, asker: Asker, Path(text): Path<String>) -> Result<StatusCode, Error> {
    let user = asker.signed_in()?.id;
    let number = text.parse().map_err(|_| no_such("rule", &text))?;
    match app.store.remove_rule(user, number).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(no_such("rule", &text)),
    }
}

async fn searches(State(app): State<Shared>, asker: Asker) -> Result<Json<Value>, Error> {
    Ok(Json(json!({ "items": app.store.saved_searches(asker.signed_in()?.id).await?, "next": null })))
}

async fn save_search(State(app): State<Shared>, asker: Asker, Json(wish): Json<SaveForm>) -> Result<Response, Error> {
    let user = asker.signed_in()?.id;
    let (name, query) = saved::checked(&wish)?;
    let id = app.store.save_search(user, &name, &query, wish.alert.is_some()).await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id, "name": name, "query": query }))).into_response())
}

async fn remove_search(State(app): State<Shared>, asker: Asker, Path(text): Path<String>) -> Result<StatusCode, Error> {
    let user = asker.signed_in()?.id;
    let number = text.parse().map_err(|_| no_such("search", &text))?;
    match app.store.remove_search(user, number).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(no_such("search", &text)),
    }
}

async fn preferences(asker: Asker) -> Result<Json<Preferences>, Error> {
    asker.signed_in()?;
    Ok(Json(asker.preferences))
}

async fn set_preferences(
    State(app): State<Shared>,
    asker: Asker,
    Json(wish): Json<Preferences>,
) -> Result<Json<Preferences>, Error> {
    app.store.set_preferences(asker.signed_in()?.id, wish.clone()).await?;
    Ok(Json(wish))
}

async fn site(State(app): State<Shared>) -> Result<Json<BTreeMap<String, String>>, Error> {
    Ok(Json(app.store.site_settings().await?))
}

async fn set_site(
    State(app): State<Shared>,
    asker: Asker,
    Json(wish): Json<BTreeMap<String, String>>,
) -> Result<Json<BTreeMap<String, String>>, Error> {
    let editor = asker.at_least(UserRole::Editor)?.id;
    let checked = checked_settings(wish).map_err(Error::BadRequest)?;
    app.store.set_site_settings(checked.into_iter().collect(), Some(editor)).await?;
    app.forget_what_was_read();
    site(State(app)).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Excerpt {
    // It must be there: to leave it out by mistake must not take anything back.
    #[serde(deserialize_with = "Option::deserialize")]
    characters: Option<u32>,
}

async fn set_excerpt(
    State(app): State<Shared>,
    asker: Asker,
    Path(text): Path<String>,
    Json(wish): Json<Excerpt>,
) -> Result<StatusCode, Error> {
    asker.at_least(UserRole::Editor)?;
    app.store.set_excerpt_chars(id(&text, "outlet")?, wish.characters).await?;
    app.forget_what_was_read();
    Ok(StatusCode::NO_CONTENT)
}
