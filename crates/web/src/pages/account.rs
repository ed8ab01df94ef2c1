//! Signing in and out, and what a signed-in reader keeps.

use super::{LAST_PAGE, PAGE};
use crate::Shared;
use crate::auth::{Asker, token_hash, verify_password};
use crate::error::Error;
use crate::show::{Paging, RowShown, Shell};
use crate::votes::local;
use askama::Template;
use axum::Form;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use firsthand_model::{Action, StarredLink};
use serde::Deserialize;

/// A hash that no password fits: an unknown name takes as long as a wrong password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[derive(Template)]
#[template(path = "signin.html")]
struct SignInPage {
    shell: Shell,
    back: String,
    name: String,
    problem: Option<&'static str>,
    /// Another service that can be signed in through.
    service: Option<String>,
    /// Whether this build knows keys in readers' devices.
    passkeys: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    back: String,
}

/// `GET /signin`
pub(crate) async fn sign_in_form(
    State(app): State<Shared>,
    asker: Asker,
    Query(query): Query<Back>,
) -> Result<Html<String>, Error> {
    let shell = Shell::new(&app, &asker, "Sign in").await?;
    Ok(Html(
        SignInPage {
            shell,
            back: query.back,
            name: String::new(),
            problem: None,
            service: app.sign_in_service(),
            passkeys: cfg!(feature = "passkeys"),
        }
        .render()?,
    ))
}

#[derive(Debug, Deserialize)]
pub(crate) struct SignInForm {
    name: String,
    password: String,
    #[serde(default)]
    back: String,
}

/// `POST /signin`
pub(crate) async fn sign_in(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<SignInForm>,
) -> Result<Response, Error> {
    // By network, and by name: many networks together must not guess faster.
    let name = format!("name {}", form.name.to_lowercase());
    let now = app.clock.now();
    if !app.sign_ins.take(&asker.network, now) || !app.sign_ins.take(&name, now) {
        return Err(Error::TooMany);
    }
    let known = app.store.user_by_name(&form.name).await?;
    let (user, hash) = known.map_or_else(|| (None, NOBODY.to_owned()), |(user, hash)| (Some(user), hash));
    let password = form.password;
    // Checking a password takes a core for a while by design.
    let fits = tokio::task::spawn_blocking(move || verify_password(&password, &hash)).await.unwrap_or(false);
    let Some(user) = user.filter(|_| fits) else {
        let name: String = form.name.chars().take(60).collect();
        app.store.note(None, &name, Action::SignInRefused, "").await?;
        let shell = Shell::new(&app, &asker, "Sign in").await?;
        let problem = Some("The name or the password is wrong.");
        let page = SignInPage {
            shell,
            back: form.back,
            name: form.name,
            problem,
            service: app.sign_in_service(),
            passkeys: cfg!(feature = "passkeys"),
        }
        .render()?;
        return Ok((StatusCode::UNAUTHORIZED, Html(page)).into_response());
    };
    let back = local(&form.back).unwrap_or_else(|| "/".to_owned());
    let mut response = Redirect::to(&back).into_response();
    app.begin_session(user.id, &mut response).await?;
    app.note(&user, Action::SignedIn, "").await?;
    app.adopt_votes_of(&asker, user.id).await?;
    Ok(response)
}

/// `POST /signout`
pub(crate) async fn sign_out(State(app): State<Shared>, asker: Asker) -> Result<Response, Error> {
    if let Some(session) = &asker.session {
        app.store.end_session(&token_hash(session)).await?;
    }
    let mut response = Redirect::to("/").into_response();
    response.headers_mut().append(header::SET_COOKIE, app.no_session_cookie());
    // Pages that the browser kept for reading without a connection are the reader's own (W3C Clear Site Data).
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}

#[derive(Template)]
#[template(path = "starred.html")]
struct StarredPage {
    shell: Shell,
    /// What was starred elsewhere and is not here yet; on the first page.
    kept: Vec<KeptShown>,
    /// What became of a file that was brought.
    said: Option<String>,
    problem: Option<String>,
    rows: Vec<RowShown>,
    paging: Paging,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct PageQuery {
    #[serde(default)]
    page: Option<usize>,
}

/// `GET /starred`
pub(crate) async fn starred(
    State(app): State<Shared>,
    asker: Asker,
    Query(query): Query<PageQuery>,
) -> Result<Html<String>, Error> {
    starred_page(&app, &asker, &query, None, None).await
}

/// The greatest file of stars in bytes.
pub(crate) const MOST_STARRED_BYTES: usize = 32 << 20;

/// `POST /starred/import`: a file of another reader.
pub(crate) async fn bring_stars(State(app): State<Shared>, asker: Asker, request: Request) -> Result<Response, Error> {
    let user = asker.signed_in()?.id;
    let unread = |error: axum::extract::multipart::MultipartError| Error::BadRequest(error.body_text());
    let mut request = request;
    DefaultBodyLimit::max(MOST_STARRED_BYTES).apply(&mut request);
    let mut form =
        Multipart::from_request(request, &app).await.map_err(|error| Error::BadRequest(error.body_text()))?;
    let mut file = Vec::new();
    while let Some(field) = form.next_field().await.map_err(unread)? {
        if field.name() == Some("file") {
            file = field.bytes().await.map_err(unread)?.to_vec();
        }
    }
    let query = PageQuery::default();
    match firsthand_feed::starred::parse(&file) {
        Ok(links) => {
            let brought = app.store.bring_stars(user, links).await?;
            let said = format!("{} starred here, {} kept until a feed brings them.", brought.starred, brought.kept);
            Ok(starred_page(&app, &asker, &query, Some(said), None).await?.into_response())
        }
        Err(error) => {
            let page = starred_page(&app, &asker, &query, None, Some(error.to_string())).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// A link to be taken away.
#[derive(Debug, Deserialize)]
pub(crate) struct LinkForm {
    url: String,
}

/// `POST /starred/links/remove`
pub(crate) async fn remove_link(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<LinkForm>,
) -> Result<Redirect, Error> {
    app.store.remove_kept_link(asker.signed_in()?.id, &form.url).await?;
    Ok(Redirect::to("/starred"))
}

/// Kept links that the page shows.
const KEPT: usize = 200;

struct KeptShown {
    url: String,
    title: String,
    outlet: String,
}

impl From<StarredLink> for KeptShown {
    fn from(link: StarredLink) -> Self {
        Self { url: link.url, title: link.title, outlet: link.outlet.unwrap_or_default() }
    }
}

async fn starred_page(
    app: &Shared,
    asker: &Asker,
    query: &PageQuery,
    said: Option<String>,
    problem: Option<String>,
) -> Result<Html<String>, Error> {
    let user = asker.signed_in()?.id;
    let page = query.page.unwrap_or(1).clamp(1, LAST_PAGE);
    let mut cards = app.store.starred(user, PAGE + 1, (page - 1) * PAGE).await?;
    let has_more = cards.len() > PAGE;
    cards.truncate(PAGE);
    let now = app.clock.now();
    let mut shell = Shell::new(app, asker, "Starred").await?;
    shell.feed = Some(format!("{}.{{}}", app.starred_feed(user).await?));
    let kept = match page {
        1 => app.store.kept_links(user, KEPT, 0).await?,
        _ => Vec::new(),
    };
    let page = StarredPage {
        shell,
        kept: kept.into_iter().map(KeptShown::from).collect(),
        said,
        problem,
        rows: cards.into_iter().map(|card| RowShown::new(card, now, &asker.path)).collect(),
        paging: Paging::new(page, has_more, |page| format!("/starred?page={page}")),
    };
    Ok(Html(page.render()?))
}
