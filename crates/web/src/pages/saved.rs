//! `/saved`: searches that a reader keeps; each is a page, a feed and, where wished, an alert.

use super::NumberForm;
use super::search::parse;
use crate::Shared;
use crate::auth::Asker;
use crate::error::Error;
use crate::show::{Shell, written};
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::{Html, Redirect};
use schemars::JsonSchema;
use serde::Deserialize;

/// Characters of a name and of a query at the most.
const MOST_NAME: usize = 80;
const MOST_QUERY: usize = 500;

#[derive(Template)]
#[template(path = "saved.html")]
struct SavedPage {
    shell: Shell,
    searches: Vec<SavedShown>,
}

struct SavedShown {
    id: i64,
    name: String,
    query: String,
    /// The query as a part of an address.
    written: String,
    alert: bool,
}

/// `GET /saved`
pub(crate) async fn saved(State(app): State<Shared>, asker: Asker) -> Result<Html<String>, Error> {
    let searches = app.store.saved_searches(asker.signed_in()?.id).await?;
    let searches = searches.into_iter().map(|search| SavedShown {
        id: search.id,
        name: search.name,
        written: written("q", &search.query),
        query: search.query,
        alert: search.alert,
    });
    let page = SavedPage { searches: searches.collect(), shell: Shell::new(&app, &asker, "Kept searches").await? };
    Ok(Html(page.render()?))
}

/// A search to be kept.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct SaveForm {
    #[schemars(length(min = 1, max = 500))]
    pub(crate) query: String,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) alert: Option<String>,
}

/// A name and a query that can be kept.
///
/// Errors: what is wrong with the query.
pub(crate) fn checked(form: &SaveForm) -> Result<(String, String), Error> {
    let query = form.query.trim();
    if query.is_empty() || query.chars().nth(MOST_QUERY).is_some() {
        return Err(Error::BadRequest(format!("a search to be kept has 1 to {MOST_QUERY} characters")));
    }
    parse(query).map_err(Error::BadRequest)?;
    let name = Some(form.name.trim()).filter(|name| !name.is_empty()).unwrap_or(query);
    Ok((name.chars().take(MOST_NAME).collect(), query.to_owned()))
}

/// `POST /saved`
pub(crate) async fn save(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<SaveForm>,
) -> Result<Redirect, Error> {
    let user = asker.signed_in()?.id;
    let (name, query) = checked(&form)?;
    app.store.save_search(user, &name, &query, form.alert.is_some()).await?;
    Ok(Redirect::to("/saved"))
}

/// `POST /saved/remove`
pub(crate) async fn remove(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<NumberForm>,
) -> Result<Redirect, Error> {
    app.store.remove_search(asker.signed_in()?.id, form.id).await?;
    Ok(Redirect::to("/saved"))
}
