//! Newsletters by the API: the asker's own.

use super::spec::{Operation, Who, after, delete as delete_op, get as get_op, limit};
use super::v1::{Page, PageQuery, id};
use crate::Shared;
use crate::auth::Asker;
use crate::error::Error;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use firsthand_model::{Letter, LetterCard};

/// The operations of this module, for the specification.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        get_op("/letters", "The asker's newsletters, the latest first")
            .by(Who::Readers)
            .query([limit(), after()])
            .gives::<Page<LetterCard>>(),
        get_op("/letters/{id}", "A newsletter").by(Who::Readers).gives::<Letter>(),
        delete_op("/letters/{id}", "Throw a newsletter away").by(Who::Readers),
    ]
}

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/letters", get(letters)).route("/letters/{id}", get(letter).delete(remove))
}

async fn letters(
    State(app): State<Shared>,
    asker: Asker,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<LetterCard>>, Error> {
    let user = asker.signed_in()?.id;
    let (limit, before) = (page.limit()?, page.number()?);
    let items = app.store.letters(user, before, limit + 1).await?;
    Ok(Json(Page::new(items, limit, |card| card.id.to_string())))
}

fn no_such(text: &str) -> Error {
    Error::NotFound(format!("there is no letter {text} of yours"))
}

async fn letter(State(app): State<Shared>, asker: Asker, Path(text): Path<String>) -> Result<Json<Letter>, Error> {
    let letter = app.store.letter(asker.signed_in()?.id, id(&text, "letter")?).await?;
    Ok(Json(letter.ok_or_else(|| no_such(&text))?))
}

async fn remove(State(app): State<Shared>, asker: Asker, Path(text): Path<String>) -> Result<StatusCode, Error> {
    match app.store.remove_letter(asker.signed_in()?.id, id(&text, "letter")?).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(no_such(&text)),
    }
}
