//! The style, the script and the icon: a part of the program, under names that change with them.

use crate::error::Error;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use firsthand_text::shingles::stable_hash;
use std::sync::OnceLock;

const STYLE: &str = include_str!("../assets/style.css");
const SCRIPT: &str = include_str!("../assets/script.js");
const ICON: &str = include_str!("../assets/icon.svg");

/// The addresses of the style and the script.
pub(crate) fn addresses() -> &'static (String, String) {
    static ADDRESSES: OnceLock<(String, String)> = OnceLock::new();
    ADDRESSES.get_or_init(|| {
        let name = |content: &str, ending: &str| format!("/assets/{:016x}.{ending}", stable_hash(content.as_bytes()));
        (name(STYLE, "css"), name(SCRIPT, "js"))
    })
}

/// `/assets/…`
pub(crate) async fn asset(Path(name): Path<String>) -> Result<Response, Error> {
    let (style, script) = addresses();
    let path = format!("/assets/{name}");
    let (content, media_type) = match name.as_str() {
        _ if path == *style => (STYLE, "text/css; charset=utf-8"),
        _ if path == *script => (SCRIPT, "text/javascript; charset=utf-8"),
        "icon.svg" => (ICON, "image/svg+xml"),
        _ => return Err(Error::NotFound("no such asset".to_owned())),
    };
    let caching = [(header::CACHE_CONTROL, "public, max-age=31536000, immutable"), (header::CONTENT_TYPE, media_type)];
    Ok((caching, content).into_response())
}

/// `/favicon.ico`
pub(crate) async fn icon() -> Response {
    ([(header::CACHE_CONTROL, "public, max-age=86400"), (header::CONTENT_TYPE, "image/svg+xml")], ICON).into_response()
}
