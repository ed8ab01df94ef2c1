//! What can go wrong with a request, as a status and a page or JSON that leaks no cause.

use axum::extract::OriginalUri;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use firsthand_store::StoreError;

/// Why a request got no answer. The text is for the reader.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Nothing is there.
    #[error("{0}")]
    NotFound(String),
    /// The request makes no sense.
    #[error("{0}")]
    BadRequest(String),
    /// The asker may not.
    #[error("{0}")]
    Forbidden(String),
    /// Only for signed-in readers: the path to come back to.
    #[error("sign in first")]
    SignIn(String),
    /// Too often.
    #[error("too many requests from your network: wait a minute, then try again")]
    TooMany,
    /// The store failed.
    #[error("the server could not read or write its data: try again in a moment")]
    Store(StoreError),
    /// A page could not be made.
    #[error("the server could not make this page")]
    Render(#[from] askama::Error),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(what) => Self::NotFound(format!("{what} not found")),
            StoreError::Invalid(what) => Self::BadRequest(what),
            StoreError::Conflict(what) => Self::BadRequest(format!("{what} exists already")),
            other => Self::Store(other),
        }
    }
}

/// What the guard makes a page or JSON of, by the path.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
}

impl Error {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::SignIn(_) => StatusCode::UNAUTHORIZED,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Render(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match &self {
            Self::SignIn(back) if !back.starts_with("/api/") => {
                let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("back", back).finish();
                return Redirect::to(&format!("/signin?{query}")).into_response();
            }
            Self::Store(cause) => tracing::error!("a request failed: {cause}"),
            Self::Render(cause) => tracing::error!("a page could not be made: {cause}"),
            _ => {}
        }
        let status = self.status();
        let mut response = status.into_response();
        response.extensions_mut().insert(Problem { status, message: self.to_string() });
        if status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(axum::http::header::RETRY_AFTER, axum::http::HeaderValue::from_static("60"));
        }
        response
    }
}

/// For paths that no route has.
pub(crate) async fn unknown_path(OriginalUri(uri): OriginalUri) -> Error {
    Error::NotFound(format!("there is nothing at {}", uri.path()))
}

/// For routes that do not take the method.
pub(crate) async fn wrong_method() -> Response {
    let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
    response.extensions_mut().insert(Problem {
        status: StatusCode::METHOD_NOT_ALLOWED,
        message: "this address does not take that method".to_owned(),
    });
    response
}
