//! `/welcome`: the first run. The first account, then outlets to begin with; then the front page.

use super::settings::{LEAST_PASSWORD, hashed};
use crate::auth::Asker;
use crate::error::Error;
use crate::show::Shell;
use crate::{App, Shared};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use firsthand_model::{NewFeed, Random, UserRole};
use firsthand_store::{Store, StoreError};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::sync::Arc;

/// Sets of outlets by language: language, set, outlet, domain, feed.
const STARTER: &str = include_str!("../../data/starter.tsv");

/// The code that only who sees the server's messages knows: with it the first account can be made.
///
/// Errors: the store's.
pub async fn welcome_code(store: &Store, random: &dyn Random) -> Result<String, StoreError> {
    let secret = store.secret("welcome", random).await?;
    let digest = Sha256::digest(&secret);
    Ok(digest.iter().take(6).fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    }))
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct WelcomePage {
    shell: Shell,
    code: String,
    /// Whether the code is the right one, so that it need not be asked for.
    knows: bool,
    name: String,
    problem: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct CodeQuery {
    #[serde(default)]
    code: String,
}

async fn page(app: &App, asker: &Asker, code: String, name: String, problem: Option<String>) -> Result<String, Error> {
    let knows = code == welcome_code(&app.store, app.random.as_ref()).await?;
    let shell = Shell::new(app, asker, "Welcome").await?;
    Ok(WelcomePage { shell, knows, code, name, problem }.render()?)
}

/// `GET /welcome`
pub(crate) async fn welcome(
    State(app): State<Shared>,
    asker: Asker,
    Query(query): Query<CodeQuery>,
) -> Result<Response, Error> {
    if app.store.has_accounts().await? {
        return Ok(Redirect::to("/").into_response());
    }
    Ok(Html(page(&app, &asker, query.code, String::new(), None).await?).into_response())
}

/// The first account.
#[derive(Debug, Deserialize)]
pub(crate) struct FirstForm {
    #[serde(default)]
    code: String,
    name: String,
    password: String,
}

/// `POST /welcome`
pub(crate) async fn first_account(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<FirstForm>,
) -> Result<Response, Error> {
    if !app.sign_ins.take(&asker.network, app.clock.now()) {
        return Err(Error::TooMany);
    }
    let right = form.code.trim() == welcome_code(&app.store, app.random.as_ref()).await?;
    let name = form.name.trim();
    let problem = if !right {
        Some("The code is another one: the server prints it when it starts.".to_owned())
    } else if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        Some("A name has 1 to 60 letters.".to_owned())
    } else if form.password.chars().count() < LEAST_PASSWORD {
        Some(format!("The password needs at least {LEAST_PASSWORD} characters."))
    } else {
        None
    };
    if problem.is_some() {
        let page = page(&app, &asker, form.code, form.name, problem).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let hash = hashed(&app, form.password).await?;
    let Some(user) = app.store.add_first_user(name, &hash).await? else {
        return Ok(Redirect::to("/signin").into_response());
    };
    app.forget_what_was_read();
    let mut response = Redirect::to("/welcome/outlets").into_response();
    app.begin_session(user.id, &mut response).await?;
    app.adopt_votes_of(&asker, user.id).await?;
    Ok(response)
}

#[derive(Template)]
#[template(path = "welcome_outlets.html")]
struct OutletsPage {
    shell: Shell,
    /// Languages with their sets: the browser's own first.
    languages: Vec<(String, Vec<SetShown>)>,
}

struct SetShown {
    /// Its place in the file, which the form sends.
    number: usize,
    name: String,
    outlets: String,
}

/// A set with its feeds.
struct Set {
    language: &'static str,
    name: &'static str,
    feeds: Vec<(&'static str, &'static str, &'static str)>,
}

fn sets() -> Vec<Set> {
    let mut sets: Vec<Set> = Vec::new();
    for line in STARTER.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split('\t');
        let (Some(language), Some(name), Some(outlet), Some(domain), Some(feed)) =
            (fields.next(), fields.next(), fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        match sets.iter_mut().find(|set| set.language == language && set.name == name) {
            Some(set) => set.feeds.push((outlet, domain, feed)),
            None => sets.push(Set { language, name, feeds: vec![(outlet, domain, feed)] }),
        }
    }
    sets
}

/// `GET /welcome/outlets`
pub(crate) async fn outlets(
    State(app): State<Shared>,
    asker: Asker,
    headers: HeaderMap,
) -> Result<Html<String>, Error> {
    asker.at_least(UserRole::Editor)?;
    let wished = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("en");
    let place = |language: &str| wished.find(language).unwrap_or(usize::MAX);
    let mut languages: Vec<(&str, Vec<SetShown>)> = Vec::new();
    for (number, set) in sets().into_iter().enumerate() {
        let mut names: Vec<&str> = set.feeds.iter().map(|(outlet, _, _)| *outlet).collect();
        names.dedup();
        let shown = SetShown { number, name: set.name.to_owned(), outlets: names.join(", ") };
        match languages.iter_mut().find(|(language, _)| *language == set.language) {
            Some((_, sets)) => sets.push(shown),
            None => languages.push((set.language, vec![shown])),
        }
    }
    languages.sort_by_key(|(language, _)| place(language));
    let languages =
        languages.into_iter().map(|(language, sets)| (crate::show::language_name(language), sets)).collect();
    Ok(Html(OutletsPage { shell: Shell::new(&app, &asker, "Outlets to begin with").await?, languages }.render()?))
}

/// `POST /welcome/outlets`: sets by their numbers, and addresses, a line each.
pub(crate) async fn follow(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Redirect, Error> {
    asker.at_least(UserRole::Editor)?;
    let all = sets();
    let mut feeds = Vec::new();
    let mut addresses = Vec::new();
    for (name, value) in &form {
        match name.as_str() {
            "set" => {
                let Some(set) = value.parse().ok().and_then(|number: usize| all.get(number)) else { continue };
                feeds.extend(set.feeds.iter().map(|(outlet, domain, feed)| NewFeed {
                    url: (*feed).to_owned(),
                    title: Some((*outlet).to_owned()),
                    site_url: Some(format!("https://{domain}/")),
                    folder: Some(set.name.to_owned()),
                    page: false,
                }));
            }
            "addresses" => addresses.extend(value.split_whitespace().take(50).map(str::to_owned)),
            _ => {}
        }
    }
    app.control.import(feeds).await?;
    // To look for sites' feeds takes as long as the sites do: nobody waits for that.
    let following = Arc::clone(&app);
    tokio::spawn(async move {
        for address in addresses {
            follow_or_keep(&following, address).await;
        }
        following.forget_what_was_read();
    });
    app.control.wake();
    app.forget_what_was_read();
    Ok(Redirect::to("/"))
}

/// Follows an address. One that cannot be followed is not lost: it is kept as it is, and the feeds page says what is
/// wrong with it.
async fn follow_or_keep(app: &App, address: String) {
    let Err(why) = app.control.follow(address.clone(), None).await else { return };
    tracing::info!("{address} cannot be followed yet: {why}");
    let address = if address.contains("://") { address } else { format!("https://{address}") };
    if url::Url::parse(&address).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
        let feed = NewFeed { url: address.clone(), title: None, site_url: None, folder: None, page: false };
        if let Err(error) = app.control.import(vec![feed]).await {
            tracing::error!("{address} could not be kept: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_has_feeds_that_are_addresses() {
        let sets = sets();
        assert!(sets.len() >= 8 && sets.iter().all(|set| set.feeds.len() >= 2));
        for (outlet, domain, feed) in sets.iter().flat_map(|set| &set.feeds) {
            assert!(url::Url::parse(feed).is_ok_and(|url| url.scheme() == "https"), "{outlet}: {feed}");
            assert!(domain.contains('.') && !domain.contains('/'), "{outlet}: {domain}");
        }
        let lines = STARTER.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(sets.iter().map(|set| set.feeds.len()).sum::<usize>(), lines);
    }
}
