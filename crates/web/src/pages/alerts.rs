//! `/alerts`: ways to a reader, what they are told of, and the pages behind the links in messages.

use super::NumberForm;
use crate::alerts::{ChannelWish, WatchWish};
use crate::auth::Asker;
use crate::error::Error;
use crate::show::{Shell, When};
use crate::votes::local;
use crate::{App, Shared};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use firsthand_model::*;
use serde::Deserialize;

/// Ways by their names, in the order of the form.
const KINDS: [(ChannelKind, &str, &str); 7] = [
    (ChannelKind::Email, "email", "E-mail"),
    (ChannelKind::Webhook, "webhook", "Webhook"),
    (ChannelKind::Ntfy, "ntfy", "ntfy topic"),
    (ChannelKind::Readeck, "readeck", "Readeck"),
    (ChannelKind::Linkding, "linkding", "linkding"),
    (ChannelKind::Wallabag, "wallabag", "wallabag"),
    (ChannelKind::Post, "post", "Any address, by POST"),
];

#[derive(Template)]
#[template(path = "alerts.html")]
struct AlertsPage {
    shell: Shell,
    /// Ways that tell of news, and services that keep articles.
    channels: Vec<ChannelShown>,
    watches: Vec<WatchShown>,
    /// Whether one of the ways tells of news.
    has_ways: bool,
    /// Kinds of ways: the word in the form, the name.
    kinds: Vec<(&'static str, &'static str)>,
    /// What a link asked to be told of: kind, subject.
    asked: Option<(&'static str, String)>,
    /// A webhook's secret, shown this once.
    secret: Option<String>,
    problem: Option<String>,
    /// The address of this page's own server, for the bookmarklet.
    base: String,
}

struct ChannelShown {
    id: i64,
    kind: &'static str,
    address: String,
    confirmed: bool,
    tells: bool,
    last_error: Option<String>,
    last: Option<When>,
}

struct WatchShown {
    id: i64,
    name: String,
    what: &'static str,
    by: String,
}

fn name_of(kind: ChannelKind) -> &'static str {
    KINDS.iter().find(|(known, ..)| *known == kind).map_or("", |(_, _, name)| name)
}

fn what(kind: WatchKind) -> &'static str {
    match kind {
        WatchKind::Search => "new finds of a search",
        WatchKind::Story => "new reports of a story",
        WatchKind::Outlet => "new reports of an outlet",
        WatchKind::Daily => "every morning",
        WatchKind::Weekly => "every Monday morning",
    }
}

/// What a link asks to be told of.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    kind: Option<WatchKind>,
    #[serde(default)]
    subject: String,
}

async fn page(
    app: &App,
    asker: &Asker,
    asked: Asked,
    secret: Option<String>,
    problem: Option<String>,
) -> Result<Html<String>, Error> {
    let user = asker.signed_in()?.id;
    let now = app.clock.now();
    let channels = app.store.channels(user).await?;
    let address = |id: i64| channels.iter().find(|channel| channel.id == id).map_or("", |channel| &channel.address);
    let watches = app.store.watches(user).await?.into_iter().map(|watch| WatchShown {
        id: watch.id,
        what: what(watch.kind),
        by: address(watch.channel_id).to_owned(),
        name: watch.name,
    });
    let kind = asked.kind.map(|kind| match kind {
        WatchKind::Search => "search",
        WatchKind::Story => "story",
        WatchKind::Outlet => "outlet",
        WatchKind::Daily => "daily",
        WatchKind::Weekly => "weekly",
    });
    let offered = |kind: &ChannelKind| *kind != ChannelKind::Email || app.config.sends_mail;
    let page = AlertsPage {
        watches: watches.collect(),
        has_ways: channels.iter().any(|channel| !channel.kind.saves()),
        kinds: KINDS.iter().filter(|(kind, ..)| offered(kind)).map(|(_, word, name)| (*word, *name)).collect(),
        asked: kind.map(|kind| (kind, asked.subject)),
        secret,
        problem,
        base: asker.base.clone(),
        channels: channels
            .iter()
            .map(|channel| ChannelShown {
                id: channel.id,
                kind: name_of(channel.kind),
                address: channel.address.clone(),
                confirmed: channel.confirmed,
                tells: !channel.kind.saves(),
                last_error: channel.last_error.clone(),
                last: channel.last_success_at.map(|at| When::new(at, now)),
            })
            .collect(),
        shell: Shell::new(app, asker, "Alerts").await?,
    };
    Ok(Html(page.render()?))
}

/// `GET /alerts`
pub(crate) async fn alerts(
    State(app): State<Shared>,
    asker: Asker,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Error> {
    page(&app, &asker, asked, None, None).await
}

/// `POST /alerts/channels`
pub(crate) async fn add_channel(
    State(app): State<Shared>,
    asker: Asker,
    Form(wish): Form<ChannelWish>,
) -> Result<Response, Error> {
    let user = asker.signed_in()?.id;
    match app.add_channel(user, wish).await {
        // A secret is shown this once; otherwise a page that can be loaded anew.
        Ok((_, Some(secret))) => Ok(page(&app, &asker, Asked::default(), Some(secret), None).await?.into_response()),
        Ok((_, None)) => Ok(Redirect::to("/alerts").into_response()),
        Err(Error::BadRequest(why)) => {
            let page = page(&app, &asker, Asked::default(), None, Some(why)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error),
    }
}

/// `POST /alerts/channels/remove`
pub(crate) async fn remove_channel(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<NumberForm>,
) -> Result<Redirect, Error> {
    app.store.remove_channel(asker.signed_in()?.id, form.id).await?;
    Ok(Redirect::to("/alerts"))
}

/// `POST /alerts/watch`
pub(crate) async fn add_watch(
    State(app): State<Shared>,
    asker: Asker,
    Form(wish): Form<WatchWish>,
) -> Result<Redirect, Error> {
    app.add_watch(asker.signed_in()?.id, wish).await?;
    Ok(Redirect::to("/alerts"))
}

/// `POST /alerts/watch/remove`
pub(crate) async fn remove_watch(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<NumberForm>,
) -> Result<Redirect, Error> {
    app.store.remove_watch(asker.signed_in()?.id, form.id).await?;
    Ok(Redirect::to("/alerts"))
}

/// Where to go back to.
#[derive(Debug, Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    back: String,
}

/// `POST /article/ID/save`
pub(crate) async fn save(
    State(app): State<Shared>,
    asker: Asker,
    Path(text): Path<String>,
    Form(form): Form<Back>,
) -> Result<Redirect, Error> {
    let user = asker.signed_in()?.id;
    let id = super::number(&text, "article")?;
    app.save_elsewhere(user, ArticleId(id)).await?;
    Ok(Redirect::to(&local(&form.back).unwrap_or_else(|| format!("/article/{id}"))))
}

/// A question with one button, behind a link in a message: opening it does nothing yet, since programs open links too.
#[derive(Template)]
#[template(path = "question.html")]
struct QuestionPage {
    shell: Shell,
    question: &'static str,
    what: String,
    button: &'static str,
    /// What was done; then there is no question.
    done: Option<&'static str>,
}

fn unknown() -> Error {
    Error::NotFound("this link is good no more: what it stands for was taken away, or done before".to_owned())
}

/// `GET /alerts/confirm/CODE`
pub(crate) async fn confirm_form(
    State(app): State<Shared>,
    asker: Asker,
    Path(code): Path<String>,
) -> Result<Html<String>, Error> {
    let channel = app.store.channel_by_code(&code).await?.ok_or_else(unknown)?;
    let page = QuestionPage {
        shell: Shell::new(&app, &asker, "Alerts").await?,
        question: "Is this your address, and may news be sent to it?",
        what: channel.address,
        button: "Yes, it is mine",
        done: channel.confirmed.then_some("News will be sent to this address."),
    };
    Ok(Html(page.render()?))
}

/// `POST /alerts/confirm/CODE`
pub(crate) async fn confirm(State(app): State<Shared>, Path(code): Path<String>) -> Result<Redirect, Error> {
    match app.store.confirm_channel(&code).await? {
        true => Ok(Redirect::to(&format!("/alerts/confirm/{code}"))),
        false => Err(unknown()),
    }
}

/// `GET /stop/CODE`
pub(crate) async fn stop_form(
    State(app): State<Shared>,
    asker: Asker,
    Path(code): Path<String>,
) -> Result<Html<String>, Error> {
    let watch = app.store.watch_by_code(&code).await?.ok_or_else(unknown)?;
    let page = QuestionPage {
        shell: Shell::new(&app, &asker, "Alerts").await?,
        question: "Shall no more of these be sent?",
        what: watch.name,
        button: "No more of these",
        done: None,
    };
    Ok(Html(page.render()?))
}

/// `POST /stop/CODE`: also by the one click of a mail program (RFC 8058).
pub(crate) async fn stop(
    State(app): State<Shared>,
    asker: Asker,
    Path(code): Path<String>,
) -> Result<Html<String>, Error> {
    let watch = app.store.watch_by_code(&code).await?.ok_or_else(unknown)?;
    app.store.stop_watch(&code).await?;
    let page = QuestionPage {
        shell: Shell::new(&app, &asker, "Alerts").await?,
        question: "",
        what: watch.name,
        button: "",
        done: Some("No more of these will be sent."),
    };
    Ok(Html(page.render()?))
}
