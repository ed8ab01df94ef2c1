//! What editors set right by forms: a report's part, its story, outlets that are one.

use super::number;
use crate::Shared;
use crate::auth::Asker;
use crate::error::Error;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Redirect;
use firsthand_model::{ArticleId, OutletId, Placement, Role, StoryId, StoryMark, UserRole};
use serde::Deserialize;

/// The parts that an editor can give a report, by their words in forms.
pub(crate) const PARTS: [(&str, Role); 6] = [
    ("first-hand", Role::FirstHand),
    ("relay", Role::Relay),
    ("wire", Role::Wire),
    ("copy", Role::Copy),
    ("update", Role::Update),
    ("unclear", Role::Unclear),
];

/// The part that an editor gives a report; "computed" takes it back.
#[derive(Debug, Deserialize)]
pub(crate) struct RoleForm {
    role: String,
}

/// `POST /article/ID/role`
pub(crate) async fn set_role(
    State(app): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Form(form): Form<RoleForm>,
) -> Result<Redirect, Error> {
    let id = ArticleId(number(&id, "article")?);
    let editor = asker.at_least(UserRole::Editor)?.id;
    let role = PARTS.iter().find(|(word, _)| *word == form.role).map(|(_, role)| *role);
    if role.is_none() && form.role != "computed" {
        return Err(Error::BadRequest(format!("a report cannot be \"{}\"", form.role)));
    }
    app.store.set_editor_role(id, role, Some(editor)).await?;
    app.forget_what_was_read();
    app.control.wake();
    Ok(Redirect::to(&format!("/article/{id}")))
}

/// What an editor says of a story; an empty word takes it back.
#[derive(Debug, Deserialize)]
pub(crate) struct MarkForm {
    mark: String,
}

/// `POST /story/ID/mark`
pub(crate) async fn mark_story(
    State(app): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Form(form): Form<MarkForm>,
) -> Result<Redirect, Error> {
    let id = StoryId(number(&id, "story")?);
    let editor = asker.at_least(UserRole::Editor)?.id;
    let mark = match form.mark.as_str() {
        "" => None,
        "hidden" => Some(StoryMark::Hidden),
        "pinned" => Some(StoryMark::Pinned),
        other => return Err(Error::BadRequest(format!("a story cannot be marked \"{other}\""))),
    };
    app.store.mark_story(id, mark, Some(editor)).await?;
    app.forget_what_was_read();
    Ok(Redirect::to(&format!("/story/{id}")))
}

/// Where an editor puts a report: `to` is "story", "alone" or "computed", `story` an address or a number.
#[derive(Debug, Deserialize)]
pub(crate) struct PlaceForm {
    to: String,
    #[serde(default)]
    story: String,
}

/// `POST /article/ID/story`
pub(crate) async fn place(
    State(app): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Form(form): Form<PlaceForm>,
) -> Result<Redirect, Error> {
    let id = ArticleId(number(&id, "article")?);
    let editor = asker.at_least(UserRole::Editor)?.id;
    let placement = match form.to.as_str() {
        "story" => Placement::In(story_named(&form.story)?),
        "alone" => Placement::Alone,
        "computed" => Placement::Computed,
        other => return Err(Error::BadRequest(format!("a report cannot be put \"{other}\""))),
    };
    app.store.place(id, placement, Some(editor)).await?;
    app.forget_what_was_read();
    app.control.wake();
    Ok(Redirect::to(&format!("/article/{id}")))
}

/// The story that is meant by its number, or by the address of its page.
fn story_named(text: &str) -> Result<StoryId, Error> {
    let path = text.trim().split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    let digits = last.split('.').next().unwrap_or_default();
    digits.parse().map_err(|_| {
        Error::BadRequest(format!("\"{text}\" names no story; give the address of its page or the number in it"))
    })
}

/// The outlet that another one is by an editor's word; an empty one takes that back.
#[derive(Debug, Deserialize)]
pub(crate) struct MergeForm {
    into: String,
}

/// `POST /outlet/ID/merge`
pub(crate) async fn merge_outlet(
    State(app): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Form(form): Form<MergeForm>,
) -> Result<Redirect, Error> {
    let id = OutletId(number(&id, "outlet")?);
    let editor = asker.at_least(UserRole::Editor)?.id;
    let into = match form.into.as_str() {
        "" => None,
        text => Some(OutletId(number(text, "outlet")?)),
    };
    let shown = app.store.merge_outlet(id, into, Some(editor)).await?;
    app.forget_what_was_read();
    app.control.wake();
    Ok(Redirect::to(&format!("/outlet/{shown}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_is_named_by_its_number_or_its_address() {
        for text in
            ["17", " 17 ", "/story/17", "https://news.example/story/17?day=2#who", "/story/17.json", "/story/17/"]
        {
            assert_eq!(story_named(text).unwrap(), StoryId(17), "{text}");
        }
        for text in ["", "the bridge", "/story/"] {
            assert!(story_named(text).is_err(), "{text}");
        }
    }
}
