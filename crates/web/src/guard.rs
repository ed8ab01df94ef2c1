//! What every request passes: foreign sites may not act in a reader's name, every answer carries
//! the headers that keep a page from being misused, and problems become pages or JSON.

use crate::Shared;
use crate::api::apps::ForPrograms;
use crate::auth::{Asker, Renewal, is_session};
use crate::error::Problem;
use crate::pages::ProblemPage;
use crate::show::Shell;
use askama::Template;
use axum::Json;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use firsthand_text::shingles::stable_hash;
use serde_json::json;

/// Nothing from elsewhere, nothing inline, no text made code but by the script's own rules.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types firsthand";
/// What no page needs.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// The middleware around all routes.
pub(crate) async fn guard(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let renewal = Renewal::default();
    parts.extensions.insert(renewal.clone());
    let changes = !matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let response = if changes && !is_from_here(&parts.headers) {
        let mut response = StatusCode::FORBIDDEN.into_response();
        response.extensions_mut().insert(Problem {
            status: StatusCode::FORBIDDEN,
            message: "this request came from another site and was not carried out".to_owned(),
        });
        response
    } else {
        next.run(Request::from_parts(parts.clone(), body)).await
    };
    let response = with_problem(response).await;
    let mut response = match response.extensions().get::<Problem>().cloned() {
        Some(problem) if parts.uri.path().starts_with("/api/") => {
            with_headers_of(&response, problem_document(&problem))
        }
        Some(problem) => {
            // Who asks does not matter for the page's text, only for its head.
            let asker = Asker::from_request_parts(&mut parts, &app).await.unwrap_or_default();
            let page = match Shell::new(&app, &asker, "Not done").await {
                Ok(shell) => ProblemPage { shell, status: problem.status, message: problem.message.clone() }.render(),
                Err(_) => Err(askama::Error::Fmt),
            };
            let body = page.map_or_else(|_| problem.message.clone().into_response(), |page| Html(page).into_response());
            with_headers_of(&response, (problem.status, body).into_response())
        }
        None => response,
    };
    app.health.requests.count(response.status());
    // Unless the answer itself begins or ends a session.
    let says_so = response.headers().get_all(header::SET_COOKIE).iter().any(is_session);
    if let Some(cookie) = renewal.take().filter(|_| !says_so) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    let headers = response.headers_mut();
    // The older header knows no "everyone": it is left out where the policy says so.
    let framed = headers
        .get(header::CONTENT_SECURITY_POLICY)
        .is_some_and(|policy| policy.as_bytes().ends_with(b"frame-ancestors *"));
    if !framed {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        // A window that another site opened is no part of it.
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        // A picture that stands alone has a policy of its own.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // Pages hold the asker's own votes: nobody else's cache may keep them.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    response
}

/// A problem as programs read it (RFC 9457), with its text under the name `error` as well.
fn problem_document(problem: &Problem) -> Response {
    let title = problem.status.canonical_reason().unwrap_or_default();
    let body = json!({
        "type": "about:blank", "title": title, "status": problem.status.as_u16(), "detail": problem.message,
        "error": problem.message,
    });
    let kind = HeaderValue::from_static("application/problem+json");
    let mut response = (problem.status, Json(body)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// Around the API: an answer that the asker has already is not sent again (RFC 9110, 13.1.2).
pub(crate) async fn conditional(request: Request, next: Next) -> Response {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let reads = request.method() == Method::GET;
    let response = next.run(request).await;
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if !reads || !is_json || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // It was made in memory, whatever its size.
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let tag = format!("W/\"{:016x}\"", stable_hash(&bytes));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    if is_known(known.as_ref(), &tag) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, axum::body::Body::empty());
    }
    Response::from_parts(parts, bytes.into())
}

/// Whether a tag is among those that the asker names; weak ones are equal to strong ones.
pub(crate) fn is_known(known: Option<&HeaderValue>, tag: &str) -> bool {
    let known = known.and_then(|known| known.to_str().ok()).unwrap_or_default();
    let plain = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    known.split(',').any(|known| known.trim() == "*" || plain(known) == plain(tag))
}

/// A form, query or body that could not be read is refused by the framework with a line of text:
/// that becomes a problem like any other.
async fn with_problem(response: Response) -> Response {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let for_programs = response.extensions().get::<ForPrograms>().is_some();
    if for_programs
        || !status.is_client_error()
        || !kind.starts_with("text/plain")
        || response.extensions().get::<Problem>().is_some()
    {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let text = axum::body::to_bytes(body, 4096).await.unwrap_or_default();
    let message = String::from_utf8_lossy(&text).trim_end_matches('.').to_owned();
    parts.extensions.insert(Problem { status, message });
    Response::from_parts(parts, axum::body::Body::empty())
}

fn with_headers_of(old: &Response, mut new: Response) -> Response {
    if let Some(wait) = old.headers().get(header::RETRY_AFTER) {
        new.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    if let Some(allowed) = old.headers().get(header::ALLOW) {
        new.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    new
}

/// Whether a changing request comes from this site or from no browser at all. Browsers say where a
/// request comes from (Fetch Metadata, or `Origin`); a token is not sent by itself.
fn is_from_here(headers: &HeaderMap) -> bool {
    if headers.contains_key(header::AUTHORIZATION) {
        return true;
    }
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    matches!((origin, host), (Some((_, origin)), Some(host)) if origin == host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn other_sites_may_not_act() {
        assert!(is_from_here(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(!is_from_here(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(!is_from_here(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(is_from_here(&headers(&[("host", "a.example:8080"), ("origin", "http://a.example:8080")])));
        assert!(!is_from_here(&headers(&[("host", "a.example"), ("origin", "https://b.example")])));
        assert!(!is_from_here(&headers(&[("host", "a.example"), ("origin", "null")])));
        assert!(is_from_here(&headers(&[])));
    }
}
