//! `/outlet/…` and `/outlets`: who the outlets are and what they rest on.

use super::number;
use crate::Shared;
use crate::auth::Asker;
use crate::error::Error;
use crate::show::{RowShown, Shell, When, counted, role_name};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use firsthand_model::{FeedStatus, OutletCard, OutletCount, OutletId, OutletName, Role, UserRole};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "outlet.html")]
struct OutletPage {
    shell: Shell,
    name: String,
    domain: String,
    articles: String,
    id: i64,
    share: Option<String>,
    weeks: Vec<WeekShown>,
    merged: Vec<OutletName>,
    editor: bool,
    /// For editors: how long its excerpts are; empty: as they are stored.
    excerpt_chars: String,
    /// For editors: the outlets that this one may be.
    others: Vec<OutletCard>,
    roles: Vec<(&'static str, &'static str, u64, u64)>,
    rests_on: Vec<OutletCount>,
    rested_on_by: Vec<OutletCount>,
    feeds: Vec<FeedShown>,
    corrected: Vec<CorrectedShown>,
    recent: Vec<RowShown>,
}

/// The reports of a week, with what of them is first-hand in percent.
struct WeekShown {
    /// Its Monday, for machines and for readers.
    monday: String,
    label: String,
    reports: u64,
    firsthand: u64,
    share: u64,
    resting: u64,
    rested_on: u64,
}

/// A report that the outlet corrected.
struct CorrectedShown {
    article: i64,
    title: String,
    when: When,
    notes: Vec<String>,
}

struct FeedShown {
    /// Shown to signed-in readers alone: an address may hold a secret.
    url: Option<String>,
    state: String,
    error: Option<String>,
}

/// The outlet page.
pub(crate) async fn outlet(State(app): State<Shared>, asker: Asker, Path(id): Path<String>) -> Result<Response, Error> {
    let id = OutletId(number(&id, "outlet")?);
    let outlet = app.store.outlet(id).await?.ok_or_else(|| Error::NotFound(format!("there is no outlet {id}")))?;
    if outlet.id != id {
        // An editor may take the merging back: for now only.
        return Ok(Redirect::to(&format!("/outlet/{}", outlet.id)).into_response());
    }
    let editor = asker.at_least(UserRole::Editor).is_ok();
    let mut others = if editor { app.store.outlets().await? } else { Vec::new() };
    others.retain(|other| other.id != id);
    let mut shell = Shell::new(&app, &asker, &outlet.name).await?;
    shell.feed = Some(format!("/feeds/outlet-{id}.{{}}"));
    let now = app.clock.now();
    let known: u64 = outlet.roles.iter().map(|(_, count)| count).sum();
    let first = outlet.roles.iter().find(|(role, _)| *role == Role::FirstHand).map_or(0, |(_, count)| *count);
    let limits = if editor { app.store.excerpt_chars().await? } else { Vec::new() };
    let excerpt_chars =
        limits.iter().find(|(outlet, _)| *outlet == id).map(|(_, chars)| chars.to_string()).unwrap_or_default();
    let page = OutletPage {
        articles: counted(usize::try_from(outlet.articles).unwrap_or(usize::MAX), "report", "reports"),
        // A share of a handful says nothing.
        share: (known >= 5).then(|| format!("{} % of {known} reports are first-hand", first * 100 / known)),
        roles: outlet
            .roles
            .iter()
            .map(|(role, count)| {
                (crate::show::mark(Some(*role)), role_name(Some(*role)), *count, count * 100 / known.max(1))
            })
            .collect(),
        weeks: outlet
            .weeks
            .into_iter()
            .map(|week| WeekShown {
                monday: week.from.to_jiff().strftime("%F").to_string(),
                label: week.from.to_jiff().strftime("%-d %b").to_string(),
                share: week.firsthand * 100 / week.reports.max(1),
                reports: week.reports,
                firsthand: week.firsthand,
                resting: week.resting,
                rested_on: week.rested_on,
            })
            .collect(),
        merged: outlet.merged,
        others,
        editor,
        excerpt_chars,
        id: id.0,
        rests_on: outlet.rests_on,
        rested_on_by: outlet.rested_on_by,
        feeds: outlet
            .feeds
            .into_iter()
            .map(|feed| FeedShown {
                state: match (feed.status, feed.last_success_at) {
                    (FeedStatus::Gone, _) => "ended by the outlet".to_owned(),
                    (FeedStatus::Active, Some(at)) => format!("last read {}", When::new(at, now).age),
                    (FeedStatus::Active, None) => "not read yet".to_owned(),
                },
                error: feed.last_error,
                url: asker.user.is_some().then_some(feed.url),
            })
            .collect(),
        corrected: outlet
            .corrected
            .into_iter()
            .map(|report| CorrectedShown {
                article: report.article_id.0,
                title: report.title,
                when: When::new(report.published_at, now),
                notes: report.notes,
            })
            .collect(),
        recent: outlet.recent.into_iter().map(|card| RowShown::new(card, now, &asker.path)).collect(),
        name: outlet.name,
        domain: outlet.domain,
        shell,
    };
    Ok(Html(page.render()?).into_response())
}

#[derive(Template)]
#[template(path = "outlets.html")]
struct OutletsPage {
    shell: Shell,
    outlets: Arc<Vec<OutletCard>>,
}

/// All outlets.
pub(crate) async fn outlets(State(app): State<Shared>, asker: Asker) -> Result<Html<String>, Error> {
    let shell = Shell::new(&app, &asker, "Outlets").await?;
    let outlets = app.outlets().await?;
    Ok(Html(OutletsPage { shell, outlets }.render()?))
}
