//! Votes: by a form that works without script, and the one way in which all of them are cast.

use crate::auth::Asker;
use crate::error::Error;
use crate::site::Voters;
use crate::{App, Shared};
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use firsthand_model::{Ballot, Subject, Tally, Voter};
use serde::Deserialize;

/// The form below a story or article.
#[derive(Debug, Deserialize)]
pub(crate) struct VoteForm {
    subject: String,
    id: i64,
    vote: Ballot,
    #[serde(default)]
    back: String,
}

/// `POST /vote`
pub(crate) async fn vote_by_form(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<VoteForm>,
) -> Result<Response, Error> {
    let subject = Subject::from_parts(&form.subject, form.id)
        .ok_or_else(|| Error::BadRequest("a vote is on a story or an article".to_owned()))?;
    let (_, cookie) = cast(&app, &asker, subject, form.vote).await?;
    let back = local(&form.back).unwrap_or_else(|| format!("/{}/{}", subject.kind(), subject.number()));
    let mut response = Redirect::to(&format!("{back}#{}-{}", subject.kind(), subject.number())).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Casts a ballot in the asker's name; a visitor without a cookie gets one, which is given back.
pub(crate) async fn cast(
    app: &App,
    asker: &Asker,
    subject: Subject,
    ballot: Ballot,
) -> Result<(Tally, Option<HeaderValue>), Error> {
    match app.site().await?.voters() {
        Voters::Everyone => {}
        Voters::Accounts => _ = asker.signed_in()?,
        Voters::Nobody => return Err(Error::Forbidden("nobody votes on this site".to_owned())),
    }
    if !app.votes.take(&asker.network, app.clock.now()) {
        return Err(Error::TooMany);
    }
    let (voter, cookie) = match asker.voter() {
        Some(voter) => (voter, None),
        None => {
            let (id, cookie) = app.new_visitor();
            (Voter::Visitor(id), Some(cookie))
        }
    };
    let tally = app.store.cast_vote(subject, &voter, ballot, Some(&asker.network)).await?;
    Ok((tally, cookie))
}

/// A path on this server: what a form says of where to go back to is not believed.
pub(crate) fn local(path: &str) -> Option<String> {
    let plain = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 2000
        && path.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '\\' | '"' | '<' | '>' | '#'));
    plain.then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_elsewhere() {
        assert_eq!(local("/?order=new&page=2").as_deref(), Some("/?order=new&page=2"));
        for path in ["https://evil.example/", "//evil.example", "/\\evil.example", "", "/a b", "javascript:x"] {
            assert_eq!(local(path), None, "{path}");
        }
    }
}
