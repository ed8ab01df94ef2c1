//! `/settings`: how a reader wants their pages, and their password.

use crate::auth::{Asker, hash_password};
use crate::error::Error;
use crate::show::{Shell, When};
use crate::texts::LANGUAGES;
use crate::{App, Shared};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use firsthand_model::{Action, Layout, Preferences};
use firsthand_text::mornings::is_zone;
use serde::Deserialize;
use std::sync::Arc;

/// Characters of a password at the least.
pub(crate) const LEAST_PASSWORD: usize = 8;

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    shell: Shell,
    name: String,
    dense: bool,
    images: bool,
    scrolling: bool,
    /// Copies are marked as read together, reports say who reported them, stories have a label: in reader apps.
    copies: bool,
    credits: bool,
    stories: bool,
    zone: String,
    /// Languages: code, name, whether it is the set one.
    languages: Vec<(&'static str, &'static str, bool)>,
    said: Option<&'static str>,
    problem: Option<String>,
    /// This server's address, for reader apps.
    base: String,
    /// A new password for reader apps, shown this once.
    app_password: Option<String>,
    /// Whether reader apps have one.
    has_app_password: bool,
    /// A new token, shown this once.
    token: Option<String>,
    tokens: Vec<TokenShown>,
    /// Another service that can be signed in through.
    service: Option<String>,
    /// Keys in the reader's devices; where this build knows none, nothing.
    passkeys: Option<Vec<PasskeyShown>>,
}

struct PasskeyShown {
    id: i64,
    label: String,
    at: When,
}

struct TokenShown {
    id: String,
    label: String,
    at: When,
}

/// What a page shows once and never again.
#[derive(Default)]
struct Shown {
    app_password: Option<String>,
    token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    done: Option<String>,
}

async fn page(app: &App, asker: &Asker, said: Option<&'static str>, problem: Option<String>) -> Result<String, Error> {
    page_with(app, asker, said, problem, Shown::default()).await
}

async fn page_with(
    app: &App,
    asker: &Asker,
    said: Option<&'static str>,
    problem: Option<String>,
    shown: Shown,
) -> Result<String, Error> {
    let user = asker.signed_in()?;
    let now = app.clock.now();
    let preferences = &asker.preferences;
    let page = SettingsPage {
        name: user.name.clone(),
        dense: preferences.layout == Layout::Dense,
        images: !preferences.without_images,
        scrolling: preferences.read_by_scrolling,
        copies: preferences.copies_together,
        credits: preferences.credits_in_apps,
        stories: preferences.stories_in_apps,
        zone: preferences.time_zone.clone().unwrap_or_default(),
        languages: LANGUAGES
            .iter()
            .map(|(code, name, _)| (*code, *name, preferences.language.as_deref() == Some(code)))
            .collect(),
        said,
        problem,
        base: asker.base.clone(),
        has_app_password: shown.app_password.is_some() || app.store.app_key(user.id).await?.is_some(),
        app_password: shown.app_password,
        token: shown.token,
        service: app.sign_in_service(),
        passkeys: match cfg!(feature = "passkeys") {
            true => {
                let keys = app.store.passkeys(user.id).await?.into_iter();
                Some(
                    keys.map(|key| PasskeyShown { id: key.id, label: key.label, at: When::new(key.added_at, now) })
                        .collect(),
                )
            }
            false => None,
        },
        tokens: app
            .store
            .tokens(user.id)
            .await?
            .into_iter()
            .map(|token| TokenShown { id: token.id, label: token.label, at: When::new(token.created_at, now) })
            .collect(),
        shell: Shell::new(app, asker, "Settings").await?,
    };
    Ok(page.render()?)
}

/// `GET /settings`
pub(crate) async fn settings(
    State(app): State<Shared>,
    asker: Asker,
    Query(query): Query<Done>,
) -> Result<Html<String>, Error> {
    let said = match query.done.as_deref() {
        Some("set") => Some("Kept."),
        Some("password") => Some("The password is changed. Everywhere else you are signed out."),
        _ => None,
    };
    Ok(Html(page(&app, &asker, said, None).await?))
}

/// What the form sends: a box that is not ticked is not there.
#[derive(Debug, Deserialize)]
pub(crate) struct SettingsForm {
    layout: Layout,
    #[serde(default)]
    images: Option<String>,
    #[serde(default)]
    scrolling: Option<String>,
    #[serde(default)]
    copies: Option<String>,
    #[serde(default)]
    credits: Option<String>,
    #[serde(default)]
    stories: Option<String>,
    #[serde(default)]
    zone: String,
    #[serde(default)]
    language: String,
}

/// `POST /settings`
pub(crate) async fn set(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<SettingsForm>,
) -> Result<Response, Error> {
    let user = asker.signed_in()?.id;
    let zone = form.zone.trim();
    if !(zone.is_empty() || is_zone(zone)) {
        let problem = Some(format!("{zone:?} is no name of a time zone: write it as Europe/Berlin, or leave it empty"));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page(&app, &asker, None, problem).await?)).into_response());
    }
    let preferences = Preferences {
        layout: form.layout,
        time_zone: Some(zone.to_owned()).filter(|zone| !zone.is_empty()),
        without_images: form.images.is_none(),
        read_by_scrolling: form.scrolling.is_some(),
        copies_together: form.copies.is_some(),
        credits_in_apps: form.credits.is_some(),
        stories_in_apps: form.stories.is_some(),
        language: LANGUAGES.iter().find(|(code, ..)| *code == form.language).map(|(code, ..)| (*code).to_owned()),
    };
    app.store.set_preferences(user, preferences).await?;
    Ok(Redirect::to("/settings?done=set").into_response())
}

#[derive(Debug, Deserialize)]
pub(crate) struct PasswordForm {
    old: String,
    new: String,
}

/// `POST /settings/password`
pub(crate) async fn set_password(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Error> {
    let user = asker.signed_in()?.clone();
    let problem = app.change_password(&asker, &user, form.old, form.new).await?;
    if problem.is_some() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page(&app, &asker, None, problem).await?)).into_response());
    }
    // All sessions ended with the old password; this one goes on under a new token.
    let mut response = Redirect::to("/settings?done=password").into_response();
    app.begin_session(user.id, &mut response).await?;
    Ok(response)
}

/// What becomes of the password for reader apps.
#[derive(Debug, Deserialize)]
pub(crate) struct AppForm {
    /// "new" or "none".
    app: String,
}

/// `POST /settings/apps`
pub(crate) async fn set_app_password(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<AppForm>,
) -> Result<Html<String>, Error> {
    let user = asker.signed_in()?;
    let password = match form.app.as_str() {
        "new" => Some(app.new_app_password(user).await?),
        _ => {
            app.no_app_password(user).await?;
            None
        }
    };
    let shown = Shown { app_password: password, ..Shown::default() };
    Ok(Html(page_with(&app, &asker, None, None, shown).await?))
}

/// `POST /settings/passkeys/remove`
pub(crate) async fn remove_passkey(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<super::NumberForm>,
) -> Result<Redirect, Error> {
    let user = asker.signed_in()?;
    if app.store.remove_passkey(user.id, form.id).await? {
        app.note(user, Action::PasskeyRemoved, "").await?;
    }
    Ok(Redirect::to("/settings"))
}

/// A token to be made.
#[derive(Debug, Deserialize)]
pub(crate) struct TokenForm {
    #[serde(default)]
    label: String,
}

/// `POST /settings/tokens`
pub(crate) async fn add_token(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<TokenForm>,
) -> Result<Html<String>, Error> {
    let token = app.new_token(asker.signed_in()?, &form.label).await?;
    Ok(Html(page_with(&app, &asker, None, None, Shown { token: Some(token), ..Shown::default() }).await?))
}

/// A token to be taken away.
#[derive(Debug, Deserialize)]
pub(crate) struct TokenId {
    id: String,
}

/// `POST /settings/tokens/remove`
pub(crate) async fn remove_token(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<TokenId>,
) -> Result<Redirect, Error> {
    app.remove_token(asker.signed_in()?, &form.id).await?;
    Ok(Redirect::to("/settings"))
}

/// A password's hash, made where it keeps nobody waiting.
pub(crate) async fn hashed(app: &App, password: String) -> Result<String, Error> {
    let random = Arc::clone(&app.random);
    tokio::task::spawn_blocking(move || hash_password(&password, random.as_ref()))
        .await
        .map_err(|_| Error::BadRequest("the password could not be kept: try again".to_owned()))?
        .map_err(|error| Error::BadRequest(format!("the password cannot be used: {error}")))
}
