//! The pages. Each reads one view from the store and fills one template.

pub(crate) mod account;
pub(crate) mod accounts;
pub(crate) mod alerts;
pub(crate) mod article;
pub(crate) mod editing;
pub(crate) mod following;
pub(crate) mod for_you;
pub(crate) mod front;
pub(crate) mod letters;
pub(crate) mod outlet;
pub(crate) mod rules;
pub(crate) mod saved;
pub(crate) mod search;
pub(crate) mod settings;
pub(crate) mod site;
pub(crate) mod story;
pub(crate) mod welcome;

use crate::Shared;
use crate::auth::Asker;
use crate::error::Error;
use crate::show::Shell;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use serde::Deserialize;

/// Stories or articles on one page of a list.
pub(crate) const PAGE: usize = 20;
/// The last page that a list has: beyond it, search is the better way.
pub(crate) const LAST_PAGE: usize = 50;

/// What went wrong.
#[derive(Template)]
#[template(path = "problem.html")]
pub(crate) struct ProblemPage {
    pub(crate) shell: Shell,
    pub(crate) status: StatusCode,
    pub(crate) message: String,
}

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage {
    shell: Shell,
    /// What the editors say of the site.
    own: Vec<String>,
}

/// `/about`
pub(crate) async fn about(State(app): State<Shared>, asker: Asker) -> Result<Html<String>, Error> {
    let own = app.site().await?.about().map(site::paragraphs).unwrap_or_default();
    Ok(Html(AboutPage { shell: Shell::new(&app, &asker, "About").await?, own }.render()?))
}

/// A form that names what it is about by its number alone.
#[derive(Debug, Deserialize)]
pub(crate) struct NumberForm {
    pub(crate) id: i64,
}

/// A number in a path, or nothing there.
pub(crate) fn number(text: &str, what: &str) -> Result<i64, Error> {
    text.parse().map_err(|_| Error::NotFound(format!("there is no {what} {text}")))
}
