//! `/embed`: a box of stories that other sites may put on their pages, where editors allow it.

use crate::Shared;
use crate::assets;
use crate::error::Error;
use crate::pages::front::ListQuery;
use crate::show::{CardShown, Section};
use crate::texts::Lang;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

/// Stories of a box, unless asked otherwise, and at the most.
const STORIES: usize = 5;
const MOST: usize = 20;
/// As on every page, but for who may put it in a frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors *";

#[derive(Debug, Default, Deserialize)]
pub(crate) struct EmbedQuery {
    n: Option<usize>,
    #[serde(flatten)]
    list: ListQuery,
}

#[derive(Template)]
#[template(path = "embed.html")]
struct EmbedPage {
    site: Section,
    base: String,
    style: &'static str,
    shell: Lang,
    cards: Vec<CardShown>,
}

/// The box.
pub(crate) async fn embed(
    State(app): State<Shared>,
    asker: crate::auth::Asker,
    Query(query): Query<EmbedQuery>,
) -> Result<Response, Error> {
    let site = app.site().await?;
    if !site.embeddable() {
        return Err(Error::NotFound("this site has no box for other sites".to_owned()));
    }
    let list = ListQuery { page: None, unread: None, ..query.list };
    if list.hidden() {
        return Err(Error::BadRequest("what is hidden is in no box".to_owned()));
    }
    let mut wanted = list.stories(&site)?;
    wanted.limit = query.n.unwrap_or(STORIES).clamp(1, MOST);
    // Nobody's own ballots: a box is the same for everyone.
    let stories = app.stories(&wanted, None).await?;
    let now = app.clock.now();
    let page = EmbedPage {
        site: Section {
            href: "/".to_owned(),
            label: site.name().unwrap_or(&app.config.title).to_owned(),
            current: false,
        },
        base: asker.base.clone(),
        shell: asker.lang,
        style: assets::addresses(asker.lang).0,
        cards: stories.into_iter().map(|card| CardShown::new(card, now, "/", false)).collect(),
    };
    let headers = [(header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, "public, max-age=300")];
    Ok((headers, Html(page.render()?)).into_response())
}
