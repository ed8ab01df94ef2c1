//! The style, the script and the icon: a part of the program, under names that change with them.

use crate::Shared;
use crate::auth::Asker;
use crate::error::Error;
use crate::show::Shell;
use crate::texts::{LANGUAGES, Lang, of_script};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use firsthand_text::shingles::stable_hash;
use serde_json::json;
use std::sync::OnceLock;

const STYLE: &str = include_str!("../assets/style.css");
const SCRIPT: &str = include_str!("../assets/script.js");
const ICON: &str = include_str!("../assets/icon.svg");
/// The service worker, with places for the addresses that it keeps.
const WORKER: &str = include_str!("../assets/worker.js");

/// The script of each language: the words that it says stand at its head.
fn scripts() -> &'static [(Lang, String, String)] {
    static SCRIPTS: OnceLock<Vec<(Lang, String, String)>> = OnceLock::new();
    SCRIPTS.get_or_init(|| {
        let of = |lang| {
            let script = SCRIPT.replacen("{ /* TEXTS */ }", &of_script(SCRIPT, lang), 1);
            (lang, address(&script, "js"), script)
        };
        LANGUAGES.iter().map(|(.., lang)| of(*lang)).collect()
    })
}

fn address(content: &str, ending: &str) -> String {
    format!("/assets/{:016x}.{ending}", stable_hash(content.as_bytes()))
}

fn style_address() -> &'static str {
    static ADDRESS: OnceLock<String> = OnceLock::new();
    ADDRESS.get_or_init(|| address(STYLE, "css"))
}

/// The addresses of the style and the script.
pub(crate) fn addresses(lang: Lang) -> (&'static str, &'static str) {
    let script = scripts().iter().find(|(known, ..)| *known == lang).map_or("", |(_, address, _)| address.as_str());
    (style_address(), script)
}

/// `/assets/…`
pub(crate) async fn asset(State(app): State<Shared>, Path(name): Path<String>) -> Result<Response, Error> {
    if name == "site.css" {
        // Its address changes with the colours.
        let colours = app.site().await?.colours().unwrap_or_default();
        let headers =
            [(header::CACHE_CONTROL, "public, max-age=86400"), (header::CONTENT_TYPE, "text/css; charset=utf-8")];
        return Ok((headers, colours).into_response());
    }
    let path = format!("/assets/{name}");
    let script = scripts().iter().find(|(_, address, _)| *address == path);
    let (content, media_type) = match (script, name.as_str()) {
        (Some((.., script)), _) => (script.as_str(), "text/javascript; charset=utf-8"),
        _ if path == style_address() => (STYLE, "text/css; charset=utf-8"),
        (_, "icon.svg") => (ICON, "image/svg+xml"),
        _ => return Err(Error::NotFound("no such asset".to_owned())),
    };
    let caching = [(header::CACHE_CONTROL, "public, max-age=31536000, immutable"), (header::CONTENT_TYPE, media_type)];
    Ok((caching, content).into_response())
}

/// `/favicon.ico`
pub(crate) async fn icon() -> Response {
    ([(header::CACHE_CONTROL, "public, max-age=86400"), (header::CONTENT_TYPE, "image/svg+xml")], ICON).into_response()
}

/// `/sw.js`
pub(crate) async fn service_worker(asker: Asker) -> Response {
    let (style, script) = addresses(asker.lang);
    let worker = WORKER.replace("STYLE", style).replace("SCRIPT", script);
    ([(header::CACHE_CONTROL, "no-cache"), (header::CONTENT_TYPE, "text/javascript; charset=utf-8")], worker)
        .into_response()
}

/// `/manifest.webmanifest` (W3C Web Application Manifest)
pub(crate) async fn manifest(State(app): State<Shared>) -> Result<Response, Error> {
    let site = app.site().await?;
    let name = site.name().unwrap_or(&app.config.title);
    let manifest = json!({
        "name": name,
        "short_name": name,
        "description": "Who reported the news first-hand, who repeats whom, and where the reports differ.",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbfaf6",
        "theme_color": "#fbfaf6",
        "icons": [{ "src": "/assets/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any" }],
    });
    let headers =
        [(header::CACHE_CONTROL, "public, max-age=3600"), (header::CONTENT_TYPE, "application/manifest+json")];
    Ok((headers, manifest.to_string()).into_response())
}

#[derive(Template)]
#[template(path = "offline.html")]
struct OfflinePage {
    shell: Shell,
}

/// `/offline`: what the service worker shows when the server cannot be reached. It is nobody's in particular.
pub(crate) async fn offline(State(app): State<Shared>, asker: Asker) -> Result<Html<String>, Error> {
    let nobody = Asker { path: "/offline".to_owned(), lang: asker.lang, ..Asker::default() };
    Ok(Html(OfflinePage { shell: Shell::new(&app, &nobody, "No connection").await? }.render()?))
}
