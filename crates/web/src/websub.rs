//! `/websub/TOKEN`: where hubs confirm subscriptions and push content (W3C WebSub). Only hubs know
//! the tokens; what is said and pushed is judged by the crawler.

use crate::Shared;
use crate::error::Error;
use axum::body::{HttpBody, to_bytes};
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Pushes read at a time: each may be as large as a feed.
pub(crate) const PUSHES_AT_A_TIME: usize = 8;

fn unknown() -> Error {
    Error::NotFound("no such subscription was asked for".to_owned())
}

/// `GET`: a hub asks whether a subscription is wanted, or refuses it. Its challenge is echoed as
/// plain text: it is the hub's own, and must never be read as a page.
pub(crate) async fn hear(
    State(app): State<Shared>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let answer = app.control.hear_hub(token, query.unwrap_or_default()).await?.ok_or_else(unknown)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], answer).into_response())
}

/// `POST`: a hub pushes. The answer comes when what is new is stored, and does not say whether
/// the signature was right.
pub(crate) async fn take(
    State(app): State<Shared>,
    Path(token): Path<String>,
    request: Request,
) -> Result<Response, Error> {
    let subscription = app.store.subscription(&token).await?.ok_or_else(unknown)?;
    if subscription.feed.is_none() {
        return Ok(StatusCode::GONE.into_response());
    }
    if !app.pushes.take(&token, app.clock.now()) {
        return Err(Error::TooMany);
    }
    let Ok(_place) = app.push_places.try_acquire() else {
        return Ok((StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "60")]).into_response());
    };
    let (head, body) = request.into_parts();
    let text = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let content_type = text(header::CONTENT_TYPE);
    let signature = text(HeaderName::from_static("x-hub-signature")).unwrap_or_default();
    let limit = app.config.max_push_bytes;
    // What says that it is too large is not waited for.
    let fits = body.size_hint().lower() <= u64::try_from(limit).unwrap_or(u64::MAX);
    let Some(body) = (if fits { to_bytes(body, limit).await.ok() } else { None }) else {
        return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
    };
    app.control.take_push(subscription, content_type, signature, body.into()).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}
