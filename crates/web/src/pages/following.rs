//! `/feeds`: what is followed, with its health, and following more.

use crate::Shared;
use crate::auth::Asker;
use crate::error::Error;
use crate::show::{Paging, Shell, When, counted};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use firsthand_model::{FeedStatus, FeedView, KeepRule, Timestamp, UserRole};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "feeds.html")]
struct FeedsPage {
    shell: Shell,
    feeds: Vec<FeedShown>,
    /// "200 feeds", and of these "7 with problems".
    all: String,
    with_problems: Option<String>,
    only_problems: bool,
    paging: Paging,
    may_change: bool,
    problem: Option<String>,
    address: String,
}

struct FeedShown {
    url: String,
    title: String,
    outlet_id: i64,
    outlet: String,
    folder: String,
    articles: u64,
    /// "ok", "waiting" (not asked for its host's sake), "failing" or "gone".
    class: &'static str,
    last: String,
    next: String,
    error: Option<String>,
    /// Since when it fails and how often it was tried: "4 times since 3 h ago".
    since: Option<String>,
    push: Option<String>,
    /// It is a page watched for links, not a feed.
    watched: bool,
    /// Its own rule for how long its articles are kept, as its form has it: days and articles, 0 without limit.
    keep: Option<(u32, u32)>,
}

impl FeedShown {
    fn new(feed: FeedView, now: Timestamp) -> Self {
        Self {
            class: match (feed.status, &feed.last_error) {
                (FeedStatus::Gone, _) => "gone",
                (FeedStatus::Active, Some(_)) if feed.failures == 0 => "waiting",
                (FeedStatus::Active, Some(_)) => "failing",
                (FeedStatus::Active, None) => "ok",
            },
            last: feed.last_success_at.map_or_else(|| "never".to_owned(), |at| When::new(at, now).age),
            next: match feed.next_fetch_at {
                None => "never".to_owned(),
                Some(at) if at <= now => "now".to_owned(),
                Some(at) => format!(
                    "in {}",
                    crate::show::age(at.seconds_since(now)).trim_end_matches(" ago").replace("just now", "a moment")
                ),
            },
            since: (feed.status == FeedStatus::Active && feed.failures > 1).then(|| {
                let good = feed.last_success_at.map_or_else(
                    || "it has never worked".to_owned(),
                    |at| format!("it last worked {}", When::new(at, now).age),
                );
                format!("tried {}, {good}", counted(feed.failures as usize, "time", "times"))
            }),
            push: feed.push.map(|push| push.in_words(now, |at| When::new(at, now).full)),
            watched: feed.format.as_deref() == Some("page"),
            keep: feed.keep.map(|rule| (rule.days.unwrap_or(0), rule.articles.unwrap_or(0))),
            url: feed.url,
            title: feed.title,
            outlet_id: feed.outlet_id.0,
            outlet: feed.outlet,
            folder: feed.folder.unwrap_or_default(),
            articles: feed.articles,
            error: feed.last_error,
        }
    }
}

/// Feeds on one page.
const PAGE: usize = 200;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct FeedsQuery {
    page: Option<usize>,
    /// "problems" for the feeds that have one.
    show: Option<String>,
    /// An address to begin with: what a bookmark filled in.
    #[serde(default)]
    url: String,
}

async fn page(
    app: &Shared,
    asker: &Asker,
    query: &FeedsQuery,
    problem: Option<String>,
    address: String,
) -> Result<String, Error> {
    let user = asker.signed_in()?;
    let now = app.clock.now();
    let mut feeds = app.store.feeds().await?;
    let all = counted(feeds.len(), "feed", "feeds");
    let troubled = |feed: &FeedView| feed.status == FeedStatus::Gone || feed.failures > 0;
    let with_problems = feeds.iter().filter(|feed| troubled(feed)).count();
    let only_problems = query.show.as_deref() == Some("problems");
    if only_problems {
        feeds.retain(troubled);
    }
    let number = query.page.unwrap_or(1).clamp(1, feeds.len().div_ceil(PAGE).max(1));
    let shown = if only_problems { "show=problems&" } else { "" };
    let page = FeedsPage {
        may_change: user.role >= UserRole::Editor,
        shell: Shell::new(app, asker, "Feeds").await?,
        paging: Paging::new(number, feeds.len() > number * PAGE, |page| format!("/feeds?{shown}page={page}")),
        feeds: feeds.into_iter().skip((number - 1) * PAGE).take(PAGE).map(|feed| FeedShown::new(feed, now)).collect(),
        all,
        with_problems: (with_problems > 0).then(|| format!("{with_problems} with problems")),
        only_problems,
        problem,
        address,
    };
    Ok(page.render()?)
}

/// `GET /feeds`
pub(crate) async fn feeds(
    State(app): State<Shared>,
    asker: Asker,
    Query(query): Query<FeedsQuery>,
) -> Result<Html<String>, Error> {
    let address = query.url.clone();
    Ok(Html(page(&app, &asker, &query, None, address).await?))
}

#[derive(Debug, Deserialize)]
pub(crate) struct FollowForm {
    url: String,
    #[serde(default)]
    folder: String,
}

/// `POST /feeds`
pub(crate) async fn follow(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<FollowForm>,
) -> Result<Response, Error> {
    asker.at_least(UserRole::Editor)?;
    let folder = Some(form.folder.trim().to_owned()).filter(|folder| !folder.is_empty());
    match app.control.follow(form.url.clone(), folder).await {
        Ok(_) => {
            app.forget_what_was_read();
            Ok(Redirect::to("/feeds").into_response())
        }
        Err(why) => {
            let page = page(&app, &asker, &FeedsQuery::default(), Some(why), form.url).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct RemoveForm {
    url: String,
}

/// `POST /feeds/remove`
pub(crate) async fn remove(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<RemoveForm>,
) -> Result<Redirect, Error> {
    asker.at_least(UserRole::Editor)?;
    app.store.remove_feed(&form.url).await?;
    Ok(Redirect::to("/feeds"))
}

#[derive(Debug, Deserialize)]
pub(crate) struct KeepForm {
    url: String,
    #[serde(default)]
    days: String,
    #[serde(default)]
    articles: String,
}

impl KeepForm {
    /// The rule that was filled in; empty fields: as all feeds have it.
    fn rule(&self) -> Result<Option<KeepRule>, String> {
        let number = |text: &str| match text.trim() {
            "" => Ok(None),
            text => text.parse::<u32>().map(Some).map_err(|_| format!("{text} is no number")),
        };
        match (number(&self.days)?, number(&self.articles)?) {
            (None, None) => Ok(None),
            (days, articles) => KeepRule::of_numbers(days.unwrap_or(0), articles.unwrap_or(0)).map(Some),
        }
    }
}

/// `POST /feeds/keep`
pub(crate) async fn keep(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<KeepForm>,
) -> Result<Response, Error> {
    asker.at_least(UserRole::Editor)?;
    let rule = match form.rule() {
        Ok(rule) => rule,
        Err(why) => {
            let page = page(&app, &asker, &FeedsQuery::default(), Some(why), String::new()).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    };
    let feeds = app.store.feeds().await?;
    let feed = feeds.iter().find(|feed| feed.url == form.url);
    let feed = feed.ok_or_else(|| Error::NotFound(format!("{} is not followed", form.url)))?;
    app.store.set_keep(feed.id, rule).await?;
    Ok(Redirect::to("/feeds").into_response())
}
