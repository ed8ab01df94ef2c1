//! Accounts by the API: one's own, and everybody's for administrators.

use super::spec::{Operation, Who, after, delete as delete_op, get as get_op, limit, post as post_op, put as put_op};
use super::v1::{Page, id};
use crate::auth::Asker;
use crate::error::Error;
use crate::pages::settings::LEAST_PASSWORD;
use crate::{Shared, accounts};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, put};
use axum::{Json, Router};
use firsthand_model::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Entries of the log on a page.
const ENTRIES: usize = 100;

/// The operations of this module, for the specification.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        get_op("/me", "The asker's account").by(Who::Readers).gives::<User>(),
        get_op("/me/export", "All that is the asker's own").by(Who::Readers).gives::<BTreeMap<String, Value>>(),
        put_op("/me/password", "Change the password; all sessions end").by(Who::Readers).takes::<NewPassword>(),
        put_op("/me/app-password", "Make a password for reader apps; the one before is good no more")
            .by(Who::Readers)
            .gives::<AppPassword>(),
        delete_op("/me/app-password", "Sign all reader apps out").by(Who::Readers),
        get_op("/tokens", "The asker's tokens, without themselves").by(Who::Readers).gives::<Page<Token>>(),
        post_op("/tokens", "A new token for the asker").by(Who::Readers).takes::<NewToken>().makes::<TokenMade>(),
        delete_op("/tokens/{id}", "Take a token away").by(Who::Readers),
        get_op("/users", "Accounts").by(Who::Administrators).gives::<Page<User>>(),
        post_op("/users", "Make an account").by(Who::Administrators).takes::<NewUser>().makes::<User>(),
        put_op("/users/{id}/role", "Give an account another role")
            .by(Who::Administrators)
            .takes::<NewRole>()
            .gives::<User>(),
        delete_op("/users/{id}", "Take an account away with all that is its own").by(Who::Administrators),
        get_op("/invitations", "Accounts that are offered").by(Who::Administrators).gives::<Page<Invitation>>(),
        post_op("/invitations", "Offer an account to whoever has the address that is given")
            .by(Who::Administrators)
            .takes::<NewInvitation>()
            .makes::<InvitationMade>(),
        delete_op("/invitations/{id}", "Take such an offer back").by(Who::Administrators),
        get_op("/audit", "Who did what to accounts and the site, the latest first")
            .by(Who::Administrators)
            .query([limit(), after()])
            .gives::<Page<AuditEntry>>(),
    ]
}

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/me", get(me))
        .route("/me/export", get(export))
        .route("/me/password", put(set_password))
        .route("/me/app-password", put(new_app_password).delete(no_app_password))
        .route("/tokens", get(tokens).post(add_token))
        .route("/tokens/{id}", delete(remove_token))
        .route("/users", get(users).post(add_user))
        .route("/users/{id}/role", put(set_role))
        .route("/users/{id}", delete(remove_user))
        .route("/invitations", get(invitations).post(invite))
        .route("/invitations/{id}", delete(revoke))
        .route("/audit", get(audit))
}

async fn me(asker: Asker) -> Result<Json<User>, Error> {
    Ok(Json(asker.signed_in()?.clone()))
}

async fn export(State(app): State<Shared>, asker: Asker) -> Result<Response, Error> {
    let user = asker.signed_in()?;
    let document = app.own_data(user).await?;
    let name = [(header::CONTENT_DISPOSITION, "attachment; filename=\"firsthand.json\"")];
    Ok((name, Json(document)).into_response())
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    old: String,
    new: String,
}

async fn set_password(
    State(app): State<Shared>,
    asker: Asker,
    Json(wish): Json<NewPassword>,
) -> Result<StatusCode, Error> {
    let user = asker.signed_in()?.clone();
    match app.change_password(&asker, &user, wish.old, wish.new).await? {
        None => Ok(StatusCode::NO_CONTENT),
        Some(problem) => Err(Error::Forbidden(problem)),
    }
}

/// A password for reader apps, shown this once.
#[derive(Serialize, JsonSchema)]
struct AppPassword {
    name: String,
    password: String,
    /// The addresses for apps: of the Google Reader API, of Fever, of Miniflux's API.
    greader: String,
    fever: String,
    miniflux: String,
}

async fn new_app_password(State(app): State<Shared>, asker: Asker) -> Result<Json<AppPassword>, Error> {
    let user = asker.signed_in()?;
    let password = app.new_app_password(user).await?;
    let base = &asker.base;
    Ok(Json(AppPassword {
        name: user.name.clone(),
        password,
        greader: format!("{base}/api/greader.php"),
        fever: format!("{base}/fever/"),
        miniflux: base.clone(),
    }))
}

async fn no_app_password(State(app): State<Shared>, asker: Asker) -> Result<StatusCode, Error> {
    app.no_app_password(asker.signed_in()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn tokens(State(app): State<Shared>, asker: Asker) -> Result<Json<Page<Token>>, Error> {
    Ok(Json(Page::whole(app.store.tokens(asker.signed_in()?.id).await?)))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewToken {
    /// What it is for.
    #[serde(default)]
    label: String,
}

/// A token, shown this once.
#[derive(Serialize, JsonSchema)]
struct TokenMade {
    token: String,
}

async fn add_token(State(app): State<Shared>, asker: Asker, Json(wish): Json<NewToken>) -> Result<Response, Error> {
    let token = app.new_token(asker.signed_in()?, &wish.label).await?;
    Ok((StatusCode::CREATED, Json(TokenMade { token })).into_response())
}

async fn remove_token(State(app): State<Shared>, asker: Asker, Path(text): Path<String>) -> Result<StatusCode, Error> {
    match app.remove_token(asker.signed_in()?, &text).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Error::NotFound(format!("there is no token {text} of yours"))),
    }
}

async fn users(State(app): State<Shared>, asker: Asker) -> Result<Json<Page<User>>, Error> {
    asker.at_least(UserRole::Administrator)?;
    Ok(Json(Page::whole(app.store.users().await?)))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    #[schemars(length(min = 1, max = 60))]
    name: String,
    #[schemars(length(min = 8))]
    password: String,
    role: Option<UserRole>,
}

async fn add_user(State(app): State<Shared>, asker: Asker, Json(wish): Json<NewUser>) -> Result<Response, Error> {
    let administrator = asker.at_least(UserRole::Administrator)?.clone();
    if let Some(problem) = accounts::problem_with(&wish.name, &wish.password, LEAST_PASSWORD) {
        return Err(Error::BadRequest(problem));
    }
    let hash = crate::pages::settings::hashed(&app, wish.password).await?;
    let user = app.store.add_user(wish.name.trim(), &hash, wish.role.unwrap_or(UserRole::Reader)).await?;
    app.note(&administrator, Action::AccountMade, &user.name).await?;
    Ok((StatusCode::CREATED, Json(user)).into_response())
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewRole {
    role: UserRole,
}

async fn set_role(
    State(app): State<Shared>,
    asker: Asker,
    Path(text): Path<String>,
    Json(wish): Json<NewRole>,
) -> Result<Json<User>, Error> {
    let administrator = asker.at_least(UserRole::Administrator)?;
    Ok(Json(app.set_role(administrator, id(&text, "account")?, wish.role).await?))
}

async fn remove_user(State(app): State<Shared>, asker: Asker, Path(text): Path<String>) -> Result<StatusCode, Error> {
    let administrator = asker.at_least(UserRole::Administrator)?;
    app.remove_account(administrator, id(&text, "account")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn invitations(State(app): State<Shared>, asker: Asker) -> Result<Json<Page<Invitation>>, Error> {
    asker.at_least(UserRole::Administrator)?;
    Ok(Json(Page::whole(app.store.invitations().await?)))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewInvitation {
    role: Option<UserRole>,
}

/// An invitation with its address, shown this once.
#[derive(Serialize, JsonSchema)]
struct InvitationMade {
    #[serde(flatten)]
    invitation: Invitation,
    /// Where the account can be made.
    url: String,
}

async fn invite(State(app): State<Shared>, asker: Asker, Json(wish): Json<NewInvitation>) -> Result<Response, Error> {
    let administrator = asker.at_least(UserRole::Administrator)?;
    let (invitation, code) = app.invite(administrator, wish.role.unwrap_or(UserRole::Reader)).await?;
    let url = format!("{}/join/{code}", asker.base);
    Ok((StatusCode::CREATED, Json(InvitationMade { invitation, url })).into_response())
}

async fn revoke(State(app): State<Shared>, asker: Asker, Path(text): Path<String>) -> Result<StatusCode, Error> {
    let administrator = asker.at_least(UserRole::Administrator)?;
    match app.revoke(administrator, &text).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Error::NotFound(format!("there is no invitation {text}"))),
    }
}

#[derive(Debug, Deserialize)]
struct LogQuery {
    limit: Option<usize>,
    after: Option<i64>,
}

async fn audit(
    State(app): State<Shared>,
    asker: Asker,
    Query(query): Query<LogQuery>,
) -> Result<Json<Page<AuditEntry>>, Error> {
    asker.at_least(UserRole::Administrator)?;
    let limit = match query.limit {
        Some(0) => return Err(Error::BadRequest("limit=0 asks for nothing: it is 1 or more".to_owned())),
        limit => limit.unwrap_or(ENTRIES).min(ENTRIES),
    };
    let entries = app.store.audit(query.after, limit + 1).await?;
    Ok(Json(Page::new(entries, limit, |entry| entry.id.to_string())))
}
