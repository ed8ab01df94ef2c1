//! Passkeys (W3C Web Authentication): a key in the reader's device opens the account in the place of its password. The
//! browser is asked by the script; what is asked of it is remembered here for some minutes, by the process that asked.

use crate::auth::{Asker, draw};
use crate::error::Error;
use crate::{App, Shared};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use firsthand_model::{Action, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use webauthn_rs::prelude::{
    Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid,
    Webauthn, WebauthnBuilder,
};

/// How long a question stands, in seconds, and how many at a time.
const STANDS_S: i64 = 300;
const MOST: usize = 1000;
/// Letters of a key's name at the most.
const MOST_LABEL: usize = 60;

/// Questions to browsers that were not answered yet.
#[derive(Default)]
pub(crate) struct Questions(Mutex<HashMap<String, (Timestamp, Question)>>);

enum Question {
    /// For a new key of an account.
    New(UserId, Box<PasskeyRegistration>),
    /// For one of an account's keys.
    Known(UserId, Box<PasskeyAuthentication>),
}

impl Questions {
    fn put(&self, name: String, now: Timestamp, question: Question) -> Result<(), Error> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (at, _)| now.seconds_since(*at) < STANDS_S);
        if all.len() >= MOST {
            return Err(Error::TooMany);
        }
        all.insert(name, (now, question));
        Ok(())
    }

    /// Takes a question: it is answered once.
    fn take(&self, name: &str, now: Timestamp) -> Option<Question> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(name).filter(|(at, _)| now.seconds_since(*at) < STANDS_S).map(|(_, question)| question)
    }
}

/// What the browser is asked, and the name of the question.
#[derive(Serialize)]
pub(crate) struct Asked<T> {
    question: String,
    options: T,
}

fn refused(what: impl std::fmt::Display) -> Error {
    Error::Forbidden(format!("the key was not taken: {what}"))
}

impl App {
    fn webauthn(&self, asker: &Asker) -> Result<Webauthn, Error> {
        let origin = Url::parse(&asker.base).map_err(refused)?;
        let host = origin.domain().ok_or_else(|| refused("keys need this server's name, not its number"))?;
        let builder = WebauthnBuilder::new(host, &origin).map_err(refused)?;
        builder.rp_name(&self.config.title).build().map_err(refused)
    }

    async fn keys(&self, user: UserId) -> Result<Vec<(i64, Passkey)>, Error> {
        let stored = self.store.passkeys(user).await?;
        Ok(stored.into_iter().filter_map(|key| Some((key.id, serde_json::from_str(&key.key_json).ok()?))).collect())
    }
}

/// `POST /api/passkeys/begin`
pub(crate) async fn begin_new(State(app): State<Shared>, asker: Asker) -> Result<Response, Error> {
    let user = asker.signed_in()?;
    let known = app.keys(user.id).await?.iter().map(|(_, key)| key.cred_id().clone()).collect();
    let id = Uuid::from_u128(u128::from(user.id.0.unsigned_abs()));
    let (options, state) =
        app.webauthn(&asker)?.start_passkey_registration(id, &user.name, &user.name, Some(known)).map_err(refused)?;
    let question = draw(app.random.as_ref());
    app.questions.put(question.clone(), app.clock.now(), Question::New(user.id, Box::new(state)))?;
    Ok(Json(Asked { question, options }).into_response())
}

/// What the browser answers for a new key.
#[derive(Deserialize)]
pub(crate) struct NewKey {
    question: String,
    #[serde(default)]
    label: String,
    credential: RegisterPublicKeyCredential,
}

/// `POST /api/passkeys/finish`
pub(crate) async fn finish_new(
    State(app): State<Shared>,
    asker: Asker,
    Json(answer): Json<NewKey>,
) -> Result<StatusCode, Error> {
    let user = asker.signed_in()?;
    let Some(Question::New(whose, state)) = app.questions.take(&answer.question, app.clock.now()) else {
        return Err(refused("nobody asked for it, or too long ago"));
    };
    if whose != user.id {
        return Err(refused("it was asked of another account"));
    }
    let key = app.webauthn(&asker)?.finish_passkey_registration(&answer.credential, &state).map_err(refused)?;
    let label: String = answer.label.trim().chars().take(MOST_LABEL).collect();
    let json = serde_json::to_string(&key).map_err(refused)?;
    app.store.add_passkey(user.id, &label, &json).await?;
    app.note(user, Action::PasskeyAdded, &label).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whose keys are asked for.
#[derive(Deserialize)]
pub(crate) struct Name {
    name: String,
}

/// `POST /api/passkeys/signin/begin`
pub(crate) async fn begin_known(
    State(app): State<Shared>,
    asker: Asker,
    Json(wish): Json<Name>,
) -> Result<Response, Error> {
    let now = app.clock.now();
    if !app.sign_ins.take(&asker.network, now) {
        return Err(Error::TooMany);
    }
    let user = app.store.user_by_name(&wish.name).await?.map(|(user, _)| user);
    let keys: Vec<Passkey> = match &user {
        Some(user) => app.keys(user.id).await?.into_iter().map(|(_, key)| key).collect(),
        None => Vec::new(),
    };
    let Some(user) = user.filter(|_| !keys.is_empty()) else {
        return Err(refused("no account of this name has one: sign in with the password"));
    };
    let (options, state) = app.webauthn(&asker)?.start_passkey_authentication(&keys).map_err(refused)?;
    let question = draw(app.random.as_ref());
    app.questions.put(question.clone(), now, Question::Known(user.id, Box::new(state)))?;
    Ok(Json(Asked { question, options }).into_response())
}

/// What the browser answers with a known key.
#[derive(Deserialize)]
pub(crate) struct KnownKey {
    question: String,
    credential: PublicKeyCredential,
}

/// `POST /api/passkeys/signin/finish`
pub(crate) async fn finish_known(
    State(app): State<Shared>,
    asker: Asker,
    Json(answer): Json<KnownKey>,
) -> Result<Response, Error> {
    let Some(Question::Known(whose, state)) = app.questions.take(&answer.question, app.clock.now()) else {
        return Err(refused("nobody asked for it, or too long ago"));
    };
    let user = app.store.user(whose).await?.ok_or_else(|| refused("the account is gone"))?;
    let result = match app.webauthn(&asker)?.finish_passkey_authentication(&answer.credential, &state) {
        Ok(result) => result,
        Err(error) => {
            app.note(&user, Action::SignInRefused, "by passkey").await?;
            return Err(refused(error));
        }
    };
    // A key that counts its uses tells a copy of it.
    for (id, mut key) in app.keys(user.id).await? {
        if key.update_credential(&result) == Some(true) {
            let json = serde_json::to_string(&key).map_err(refused)?;
            app.store.update_passkey(user.id, id, &json).await?;
        }
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    app.begin_session(user.id, &mut response).await?;
    app.adopt_votes_of(&asker, user.id).await?;
    app.note(&user, Action::SignedIn, "by passkey").await?;
    Ok(response)
}
