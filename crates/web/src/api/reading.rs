//! What readers say of their own pages, and editors of the site, by the API.

use super::spec::{
    Operation, Who, after, all_required, delete as delete_op, get as get_op, limit, post as post_op, put as put_op,
};
use super::v1::{Page, PageQuery, id};
use crate::Shared;
use crate::auth::Asker;
use crate::error::Error;
use crate::pages::account::MOST_STARRED_BYTES;
use crate::pages::saved::{self, SaveForm};
use crate::pages::site::checked_settings;
use crate::rules;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::delete, routing::get, routing::put};
use firsthand_model::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The operations of this module, for the specification.
pub(super) fn operations() -> Vec<Operation> {
    let excerpt = "How long an outlet's excerpts are; null: as they are stored";
    vec![
        put_op("/articles/{id}/star", "Whether the asker starred it").by(Who::Readers).takes::<Star>(),
        get_op("/starred", "What the asker starred, the latest first")
            .by(Who::Readers)
            .query([limit(), after()])
            .gives::<Page<ArticleCard>>(),
        put_op("/starred", "Bring stars from another reader's file (JSON); what no feed has brought is kept as a link")
            .by(Who::Readers)
            .gives::<StarsBrought>(),
        get_op("/rules", "The asker's rules").by(Who::Readers).gives::<Page<Rule>>(),
        post_op("/rules", "Keep a rule that hides or shows stories").by(Who::Readers).takes::<Rule>().makes::<Rule>(),
        delete_op("/rules/{id}", "Take a rule away").by(Who::Readers),
        get_op("/searches", "The searches that the asker keeps").by(Who::Readers).gives::<Page<SavedSearch>>(),
        post_op("/searches", "Keep a search").by(Who::Readers).takes::<SaveForm>().makes::<Kept>(),
        delete_op("/searches/{id}", "Forget a kept search").by(Who::Readers),
        get_op("/preferences", "How the asker wants pages").by(Who::Readers).gives::<Preferences>(),
        put_op("/preferences", "Set that; what is left out is as at first")
            .by(Who::Readers)
            .takes::<Preferences>()
            .gives::<Preferences>(),
        get_op("/site", "What editors say of the site").gives::<BTreeMap<String, String>>(),
        put_op("/site", "Set some of it; an empty text takes a setting away")
            .by(Who::Editors)
            .takes::<BTreeMap<String, String>>()
            .gives::<BTreeMap<String, String>>(),
        put_op("/outlets/{id}/excerpt", excerpt).by(Who::Editors).takes::<Excerpt>(),
    ]
}

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/articles/{id}/star", put(star))
        .route("/starred", get(starred).put(bring_stars))
        .route("/rules", get(all_rules).post(add_rule))
        .route("/rules/{id}", delete(remove_rule))
        .route("/searches", get(searches).post(save_search))
        .route("/searches/{id}", delete(remove_search))
        .route("/preferences", get(preferences).put(set_preferences))
        .route("/site", get(site).put(set_site))
        .route("/outlets/{id}/excerpt", put(set_excerpt))
}

fn no_such(what: &str, text: &str) -> Error {
    Error::NotFound(format!("there is no {what} {text} of yours"))
}

#[derive(Debug, Deserialize, JsonSchema)]
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

async fn starred(
    State(app): State<Shared>,
    asker: Asker,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ArticleCard>>, Error> {
    let (limit, offset) = (page.limit()?, page.offset()?);
    let items = app.store.starred(asker.signed_in()?.id, limit + 1, offset).await?;
    Ok(Json(Page::new(items, limit, |_| (offset + limit).to_string())))
}

async fn bring_stars(State(app): State<Shared>, asker: Asker, body: Body) -> Result<Json<StarsBrought>, Error> {
    let user = asker.signed_in()?.id;
    let file = axum::body::to_bytes(body, MOST_STARRED_BYTES)
        .await
        .map_err(|error| Error::BadRequest(format!("the file could not be read: {error}")))?;
    let links = firsthand_feed::starred::parse(&file).map_err(|error| Error::BadRequest(error.to_string()))?;
    Ok(Json(app.store.bring_stars(user, links).await?))
}

async fn all_rules(State(app): State<Shared>, asker: Asker) -> Result<Json<Page<Rule>>, Error> {
    Ok(Json(Page::whole(app.store.rules(asker.signed_in()?.id).await?)))
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

async fn searches(State(app): State<Shared>, asker: Asker) -> Result<Json<Page<SavedSearch>>, Error> {
    Ok(Json(Page::whole(app.store.saved_searches(asker.signed_in()?.id).await?)))
}

/// A search that is kept.
#[derive(Debug, Serialize, JsonSchema)]
struct Kept {
    id: i64,
    name: String,
    query: String,
}

async fn save_search(State(app): State<Shared>, asker: Asker, Json(wish): Json<SaveForm>) -> Result<Response, Error> {
    let user = asker.signed_in()?.id;
    let (name, query) = saved::checked(&wish)?;
    let id = app.store.save_search(user, &name, &query, wish.alert.is_some()).await?;
    Ok((StatusCode::CREATED, Json(Kept { id, name, query })).into_response())
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

async fn site(State(app): State<Shared>, _: Asker) -> Result<Json<BTreeMap<String, String>>, Error> {
    Ok(Json(app.store.site_settings().await?))
}

async fn set_site(
    State(app): State<Shared>,
    asker: Asker,
    Json(wish): Json<BTreeMap<String, String>>,
) -> Result<Json<BTreeMap<String, String>>, Error> {
    let editor = asker.at_least(UserRole::Editor)?.clone();
    let checked = checked_settings(wish).map_err(Error::BadRequest)?;
    let names: Vec<&str> = checked.keys().map(String::as_str).collect();
    let changed = names.join(", ");
    app.store.set_site_settings(checked.into_iter().collect(), Some(editor.id)).await?;
    app.note(&editor, Action::SiteChanged, &changed).await?;
    app.forget_what_was_read();
    Ok(Json(app.store.site_settings().await?))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = all_required)]
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
