//! What editors set right, by the API.

use super::spec::{Operation, Who, all_required, put as put_op};
use super::v1::id;
use crate::Shared;
use crate::auth::Asker;
use crate::error::Error;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Json, Router, routing::put};
use firsthand_model::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The operations of this module, for the specification.
pub(super) fn operations() -> Vec<Operation> {
    let placed = "The story that an editor puts it into, or \"own\" for one of its own; null: the computed one";
    let merged = "The outlet that it is shown and counted as by an editor's word; null: itself";
    vec![
        put_op("/articles/{id}/role", "The part in its story that an editor gives it; null: the computed one")
            .by(Who::Editors)
            .takes::<SetRole>(),
        put_op("/articles/{id}/story", placed).by(Who::Editors).takes::<Place>().gives::<Placed>(),
        put_op("/stories/{id}/mark", "An editor's word: \"hidden\", \"pinned\", or null for neither")
            .by(Who::Editors)
            .takes::<Mark>(),
        put_op("/outlets/{id}/merged-into", merged).by(Who::Editors).takes::<Merge>().gives::<Merged>(),
    ]
}

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/articles/{id}/role", put(set_role))
        .route("/articles/{id}/story", put(place))
        .route("/stories/{id}/mark", put(mark_story))
        .route("/outlets/{id}/merged-into", put(merge_outlet))
}

// In each of them the field must be there: to leave it out by mistake must not take anything back.

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = all_required)]
struct SetRole {
    #[serde(deserialize_with = "Option::deserialize")]
    role: Option<Role>,
}

async fn set_role(
    State(app): State<Shared>,
    asker: Asker,
    Path(text): Path<String>,
    Json(wish): Json<SetRole>,
) -> Result<StatusCode, Error> {
    let article: ArticleId = id(&text, "article")?;
    let editor = asker.at_least(UserRole::Editor)?.id;
    app.store.set_editor_role(article, wish.role, Some(editor)).await?;
    app.forget_what_was_read();
    app.control.wake();
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = all_required)]
struct Place {
    #[serde(deserialize_with = "Option::deserialize")]
    story: Option<Wanted>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Wanted {
    Story(i64),
    Word(Own),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Own {
    Own,
}

/// Where the report is then.
#[derive(Debug, Serialize, JsonSchema)]
struct Placed {
    story_id: StoryId,
}

async fn place(
    State(app): State<Shared>,
    asker: Asker,
    Path(text): Path<String>,
    Json(wish): Json<Place>,
) -> Result<Json<Placed>, Error> {
    let article: ArticleId = id(&text, "article")?;
    let editor = asker.at_least(UserRole::Editor)?.id;
    let placement = match wish.story {
        Some(Wanted::Story(story)) => Placement::In(StoryId(story)),
        Some(Wanted::Word(Own::Own)) => Placement::Alone,
        None => Placement::Computed,
    };
    let story_id = app.store.place(article, placement, Some(editor)).await?;
    app.forget_what_was_read();
    app.control.wake();
    Ok(Json(Placed { story_id }))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = all_required)]
struct Mark {
    #[serde(deserialize_with = "Option::deserialize")]
    mark: Option<StoryMark>,
}

async fn mark_story(
    State(app): State<Shared>,
    asker: Asker,
    Path(text): Path<String>,
    Json(wish): Json<Mark>,
) -> Result<StatusCode, Error> {
    let story: StoryId = id(&text, "story")?;
    let editor = asker.at_least(UserRole::Editor)?.id;
    app.store.mark_story(story, wish.mark, Some(editor)).await?;
    app.forget_what_was_read();
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = all_required)]
struct Merge {
    #[serde(deserialize_with = "Option::deserialize")]
    outlet: Option<OutletId>,
}

/// What the outlet is shown as then.
#[derive(Debug, Serialize, JsonSchema)]
struct Merged {
    outlet_id: OutletId,
}

async fn merge_outlet(
    State(app): State<Shared>,
    asker: Asker,
    Path(text): Path<String>,
    Json(wish): Json<Merge>,
) -> Result<Json<Merged>, Error> {
    let outlet: OutletId = id(&text, "outlet")?;
    let editor = asker.at_least(UserRole::Editor)?.id;
    let outlet_id = app.store.merge_outlet(outlet, wish.outlet, Some(editor)).await?;
    app.forget_what_was_read();
    app.control.wake();
    Ok(Json(Merged { outlet_id }))
}
