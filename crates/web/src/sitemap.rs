//! What search engines are told: `/robots.txt` (RFC 9309) and `/sitemap.xml` (sitemaps.org 0.9).

use crate::Shared;
use crate::auth::Asker;
use crate::error::Error;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use firsthand_model::{StoryOrder, StoryQuery};
use std::fmt::Write;

/// The newest stories that the sitemap names.
const STORIES: usize = 1000;

/// `/robots.txt`: pages may be found, but not every list in every order; or nothing at all.
pub(crate) async fn robots(State(app): State<Shared>, asker: Asker) -> Result<String, Error> {
    if app.config.noindex || app.site().await?.noindex() {
        return Ok("User-agent: *\nDisallow: /\n".to_owned());
    }
    Ok(format!(
        "User-agent: *\nDisallow: /search\nDisallow: /signin\nDisallow: /api/\nSitemap: {}/sitemap.xml\n",
        asker.base
    ))
}

/// `/sitemap.xml`: the front page and the newest stories.
pub(crate) async fn sitemap(State(app): State<Shared>, asker: Asker) -> Result<Response, Error> {
    let query = StoryQuery { order: StoryOrder::New, limit: STORIES, ..StoryQuery::default() };
    let stories =
        if app.config.noindex || app.site().await?.noindex() { Vec::new() } else { app.stories(&query, None).await? };
    // The base is of letters that need no escape, or set by the administrator.
    let base = asker.base.replace('&', "&amp;").replace('<', "&lt;");
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n<url><loc>{base}/</loc></url>\n"
    );
    for story in stories {
        let (id, day) = (story.id, story.last_published_at.to_jiff().strftime("%F"));
        // Writing to a string does not fail.
        let _ = writeln!(out, "<url><loc>{base}/story/{id}</loc><lastmod>{day}</lastmod></url>");
    }
    out.push_str("</urlset>\n");
    Ok(([(header::CONTENT_TYPE, "application/xml; charset=utf-8")], out).into_response())
}
