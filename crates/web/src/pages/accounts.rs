//! `/accounts`: for administrators, and `/join/CODE` for whom they invite.

use super::settings::LEAST_PASSWORD;
use crate::accounts::{problem_with, role_word};
use crate::auth::{Asker, token_hash};
use crate::error::Error;
use crate::show::{Shell, When};
use crate::{App, Shared};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use firsthand_model::*;
use serde::Deserialize;

/// Entries of the log that the page shows.
const ENTRIES: usize = 50;

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    shell: Shell,
    users: Vec<UserShown>,
    invitations: Vec<InvitationShown>,
    /// The address of a new invitation, shown this once.
    link: Option<String>,
    log: Vec<EntryShown>,
    problem: Option<String>,
}

struct UserShown {
    id: UserId,
    name: String,
    role: &'static str,
    /// It is the asker's own.
    own: bool,
}

struct InvitationShown {
    id: String,
    role: &'static str,
    by: String,
    /// "Thu 10 Dec 2026, 22:15 UTC".
    until: String,
}

struct EntryShown {
    at: When,
    name: String,
    what: &'static str,
    subject: String,
}

fn what(action: Action) -> &'static str {
    match action {
        Action::SignedIn => "signed in",
        Action::SignInRefused => "gave a wrong password",
        Action::PasswordChanged => "changed the password",
        Action::AppPasswordChanged => "changed the password for apps",
        Action::PasskeyAdded => "added a passkey",
        Action::PasskeyRemoved => "took a passkey away",
        Action::TokenMade => "made a token",
        Action::TokenRemoved => "took a token away",
        Action::Invited => "invited somebody",
        Action::InvitationRevoked => "took an invitation back",
        Action::AccountMade => "made an account",
        Action::AccountRemoved => "took an account away",
        Action::RoleChanged => "changed a role",
        Action::SiteChanged => "changed the site’s settings",
        Action::Followed => "followed a feed",
        Action::Unfollowed => "left a feed",
    }
}

async fn page(app: &App, asker: &Asker, link: Option<String>, problem: Option<String>) -> Result<Html<String>, Error> {
    let own = asker.at_least(UserRole::Administrator)?.id;
    let now = app.clock.now();
    let users = app.store.users().await?.into_iter().map(|user| UserShown {
        id: user.id,
        own: user.id == own,
        role: role_word(user.role),
        name: user.name,
    });
    let log = app.store.audit(None, ENTRIES).await?.into_iter().map(|entry| EntryShown {
        at: When::new(entry.at, now),
        name: entry.name,
        what: what(entry.action),
        subject: entry.subject,
    });
    let page = AccountsPage {
        users: users.collect(),
        invitations: app
            .store
            .invitations()
            .await?
            .into_iter()
            .map(|invitation| InvitationShown {
                id: invitation.id,
                role: role_word(invitation.role),
                by: invitation.by,
                until: When::new(invitation.expires_at, now).full,
            })
            .collect(),
        link,
        log: log.collect(),
        problem,
        shell: Shell::new(app, asker, "Accounts").await?,
    };
    Ok(Html(page.render()?))
}

/// The page again, with what was wrong, where that is for the reader to mend.
async fn or_problem(app: &App, asker: &Asker, done: Result<(), Error>) -> Result<Response, Error> {
    match done {
        Ok(()) => Ok(Redirect::to("/accounts").into_response()),
        Err(Error::BadRequest(why)) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(app, asker, None, Some(why)).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

/// `GET /accounts`
pub(crate) async fn accounts(State(app): State<Shared>, asker: Asker) -> Result<Html<String>, Error> {
    page(&app, &asker, None, None).await
}

/// A role, of an account or for one.
#[derive(Debug, Deserialize)]
pub(crate) struct RoleForm {
    #[serde(default)]
    id: i64,
    role: UserRole,
}

/// `POST /accounts/invite`
pub(crate) async fn invite(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<RoleForm>,
) -> Result<Response, Error> {
    match app.invite(asker.at_least(UserRole::Administrator)?, form.role).await {
        Ok((_, code)) => {
            let link = format!("{}/join/{code}", asker.base);
            Ok(page(&app, &asker, Some(link), None).await?.into_response())
        }
        Err(error) => or_problem(&app, &asker, Err(error)).await,
    }
}

/// The number of an invitation.
#[derive(Debug, Deserialize)]
pub(crate) struct InvitationForm {
    id: String,
}

/// `POST /accounts/revoke`
pub(crate) async fn revoke(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<InvitationForm>,
) -> Result<Redirect, Error> {
    app.revoke(asker.at_least(UserRole::Administrator)?, &form.id).await?;
    Ok(Redirect::to("/accounts"))
}

/// `POST /accounts/role`
pub(crate) async fn set_role(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<RoleForm>,
) -> Result<Response, Error> {
    let administrator = asker.at_least(UserRole::Administrator)?;
    let done = app.set_role(administrator, UserId(form.id), form.role).await.map(|_| ());
    or_problem(&app, &asker, done).await
}

/// `POST /accounts/remove`
pub(crate) async fn remove(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<super::NumberForm>,
) -> Result<Response, Error> {
    let administrator = asker.at_least(UserRole::Administrator)?;
    let done = app.remove_account(administrator, UserId(form.id)).await;
    or_problem(&app, &asker, done).await
}

#[derive(Template)]
#[template(path = "join.html")]
struct JoinPage {
    shell: Shell,
    code: String,
    name: String,
    problem: Option<String>,
}

fn gone() -> Error {
    Error::NotFound("this invitation is good no more: ask for another one".to_owned())
}

/// `GET /join/CODE`
pub(crate) async fn join_form(
    State(app): State<Shared>,
    asker: Asker,
    Path(code): Path<String>,
) -> Result<Html<String>, Error> {
    app.store.invited(&token_hash(&code)).await?.ok_or_else(gone)?;
    let shell = Shell::new(&app, &asker, "Welcome").await?;
    Ok(Html(JoinPage { shell, code, name: String::new(), problem: None }.render()?))
}

/// The account that an invitation offers.
#[derive(Debug, Deserialize)]
pub(crate) struct JoinForm {
    name: String,
    password: String,
}

/// `POST /join/CODE`
pub(crate) async fn join(
    State(app): State<Shared>,
    asker: Asker,
    Path(code): Path<String>,
    Form(form): Form<JoinForm>,
) -> Result<Response, Error> {
    if !app.sign_ins.take(&asker.network, app.clock.now()) {
        return Err(Error::TooMany);
    }
    let hash = token_hash(&code);
    app.store.invited(&hash).await?.ok_or_else(gone)?;
    let problem = match problem_with(&form.name, &form.password, LEAST_PASSWORD) {
        Some(problem) => Some(problem),
        None => match app.join(&hash, &form.name, form.password).await {
            Ok(Some(user)) => {
                let mut response = Redirect::to("/").into_response();
                app.begin_session(user.id, &mut response).await?;
                app.adopt_votes_of(&asker, user.id).await?;
                return Ok(response);
            }
            Ok(None) => return Err(gone()),
            Err(Error::BadRequest(why)) => Some(why),
            Err(error) => return Err(error),
        },
    };
    let shell = Shell::new(&app, &asker, "Welcome").await?;
    let page = JoinPage { shell, code, name: form.name, problem }.render()?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}
