//! `/api/v1`: everything that the pages can do, as JSON. Reading what the pages show to everyone
//! needs no token; the rest needs `Authorization: Bearer TOKEN` or a session.

use super::{editing, reading};
use crate::auth::{Asker, token_hash};
use crate::error::Error;
use crate::pages::for_you::stories_for;
use crate::pages::front::ListQuery;
use crate::pages::search::parse as parse_search;
use crate::votes::cast;
use crate::{Shared, auth, exports};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use firsthand_model::*;
use firsthand_store::FoundStory;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Items of a page, unless asked otherwise, and at the most.
const PAGE: usize = 20;
const MOST: usize = 100;

/// The routes with their place in the specification: path, methods, what each does.
const PATHS: &[(&str, &[(&str, &str)])] = &[
    ("/stories", &[("get", "Stories by rank, or with order=new, day, week or month")]),
    (
        "/for-you",
        &[("get", "Stories in the asker's own order"), ("delete", "Forget what the asker liked; votes still count")],
    ),
    ("/stories/{id}", &[("get", "A story with its reports, their parts and evidence")]),
    ("/stories/{id}/read", &[("put", "Whether the asker read it")]),
    ("/stories/{id}/vote", &[("get", "The counts and the own vote"), ("post", "Like, dislike or withdraw")]),
    ("/articles", &[("get", "Articles, newest first")]),
    ("/articles/{id}", &[("get", "An article; its full text for signed-in readers")]),
    ("/articles/{id}/vote", &[("get", "The counts and the own vote"), ("post", "Like, dislike or withdraw")]),
    ("/outlets", &[("get", "Outlets by name")]),
    ("/outlets/{id}", &[("get", "An outlet with what it rests on")]),
    ("/search", &[("get", "Articles that match q")]),
    (
        "/feeds",
        &[
            ("get", "Feeds with their health"),
            ("post", "Follow an address (editors)"),
            ("delete", "Stop following url (editors)"),
        ],
    ),
    ("/votes", &[("post", "Cast a vote on {subject, id}")]),
    ("/users", &[("get", "Accounts (administrators)"), ("post", "Make an account (administrators)")]),
    ("/tokens", &[("post", "A new token for the asker")]),
    ("/openapi.json", &[("get", "This specification")]),
];

/// The routes below `/api/v1`.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/stories", get(stories))
        .route("/for-you", get(for_you).delete(forget))
        .route("/stories/{id}", get(story))
        .route("/stories/{id}/read", put(set_read))
        .route("/stories/{id}/vote", get(story_tally).post(story_vote))
        .route("/articles", get(articles))
        .route("/articles/{id}", get(article))
        .route("/articles/{id}/vote", get(article_tally).post(article_vote))
        .route("/outlets", get(outlets))
        .route("/outlets/{id}", get(outlet))
        .route("/search", get(search))
        .route("/feeds", get(feeds).post(follow).delete(remove))
        .route("/votes", post(vote))
        .route("/users", get(users).post(add_user))
        .route("/tokens", post(add_token))
        .route("/openapi.json", get(openapi))
        .merge(editing::routes())
        .merge(reading::routes())
}

/// A page of a list: `next` is the value of `after` for the page after it.
#[derive(Serialize)]
struct Page<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl<T> Page<T> {
    /// From one item more than the page holds.
    fn new(mut items: Vec<T>, limit: usize, cursor: impl Fn(&T) -> String) -> Self {
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| has_more).map(cursor);
        Self { items, next }
    }
}

#[derive(Debug, Default, Deserialize)]
struct PageQuery {
    limit: Option<usize>,
    after: Option<String>,
    outlet: Option<i64>,
    #[serde(default)]
    q: String,
    order: Option<String>,
    folder: Option<String>,
    language: Option<String>,
    firsthand: Option<String>,
    unread: Option<String>,
    topic: Option<String>,
    by: Option<String>,
}

impl PageQuery {
    fn limit(&self) -> usize {
        self.limit.unwrap_or(PAGE).clamp(1, MOST)
    }

    /// The cursor of lists that are in no order of ids: how many were seen.
    fn offset(&self) -> Result<usize, Error> {
        match &self.after {
            None => Ok(0),
            Some(after) => after.parse().ok().filter(|offset| *offset <= 100_000).ok_or_else(|| bad_cursor(after)),
        }
    }
}

fn bad_cursor(after: &str) -> Error {
    Error::BadRequest(format!("after={after} is no cursor: take the value of `next` of the page before"))
}

pub(super) fn id<T: From<i64>>(text: &str, what: &str) -> Result<T, Error> {
    crate::pages::number(text, what).map(T::from)
}

async fn stories(
    State(app): State<Shared>,
    asker: Asker,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<StoryCard>>, Error> {
    let (limit, offset) = (page.limit(), page.offset()?);
    let list = ListQuery {
        order: page.order,
        folder: page.folder,
        language: page.language,
        firsthand: page.firsthand,
        unread: page.unread,
        topic: page.topic,
        page: None,
        read: None,
    };
    if list.hidden() {
        asker.at_least(UserRole::Editor)?;
    }
    let unread_by = if list.unread.is_some() { Some(asker.signed_in()?.id) } else { None };
    let query = StoryQuery { limit: limit + 1, offset, unread_by, ..list.stories(&*app.site().await?)? };
    let items = app.stories(&query, asker.voter().as_ref()).await?;
    Ok(Json(Page::new(items, limit, |_| (offset + limit).to_string())))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    read: bool,
}

async fn set_read(
    State(app): State<Shared>,
    asker: Asker,
    Path(text): Path<String>,
    Json(wish): Json<Read>,
) -> Result<StatusCode, Error> {
    let story: StoryId = id(&text, "story")?;
    app.store.set_read(asker.signed_in()?.id, vec![story], wish.read).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn for_you(
    State(app): State<Shared>,
    asker: Asker,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<StoryCard>>, Error> {
    let (limit, offset) = (page.limit(), page.offset()?);
    let (_, stories) = stories_for(&app, asker.signed_in()?.id).await?;
    let items = stories.into_iter().skip(offset).take(limit + 1).collect();
    Ok(Json(Page::new(items, limit, |_| (offset + limit).to_string())))
}

async fn forget(State(app): State<Shared>, asker: Asker) -> Result<StatusCode, Error> {
    app.store.forget_taste(asker.signed_in()?.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn story(State(app): State<Shared>, asker: Asker, Path(text): Path<String>) -> Result<Response, Error> {
    let id: StoryId = id(&text, "story")?;
    let editor = asker.at_least(UserRole::Editor).is_ok();
    match app.store.story(id, asker.voter().as_ref()).await? {
        Some(FoundStory::Here(story)) if story.card.mark == Some(StoryMark::Hidden) && !editor => {
            Err(Error::NotFound(format!("there is no story {id}")))
        }
        Some(FoundStory::Here(story)) => Ok(Json(exports::for_asker(*story, &asker)).into_response()),
        Some(FoundStory::Moved(to)) => {
            Ok(axum::response::Redirect::temporary(&format!("/api/v1/stories/{to}")).into_response())
        }
        None => Err(Error::NotFound(format!("there is no story {id}"))),
    }
}

async fn articles(
    State(app): State<Shared>,
    asker: Asker,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ArticleCard>>, Error> {
    let before = match &page.after {
        None => None,
        Some(after) => Some(ArticleId(after.parse().map_err(|_| bad_cursor(after))?)),
    };
    let limit = page.limit();
    let items = app.store.articles(page.outlet.map(OutletId), before, limit + 1, asker.voter().as_ref()).await?;
    Ok(Json(Page::new(items, limit, |card| card.id.to_string())))
}

async fn article(State(app): State<Shared>, asker: Asker, Path(text): Path<String>) -> Result<Json<Value>, Error> {
    let id: ArticleId = id(&text, "article")?;
    let article = app.store.article(id, asker.voter().as_ref()).await?;
    let article = article.ok_or_else(|| Error::NotFound(format!("there is no article {id}")))?;
    let mut value = serde_json::to_value(article).map_err(|_| Error::Render(askama::Error::Fmt))?;
    if let Some(fields) = value.as_object_mut().filter(|_| asker.user.is_none()) {
        for name in ["text", "html", "revisions", "feed_url"] {
            fields.insert(name.to_owned(), Value::Null);
        }
    }
    Ok(Json(value))
}

async fn outlets(State(app): State<Shared>) -> Result<Json<Page<OutletCard>>, Error> {
    Ok(Json(Page { items: app.store.outlets().await?, next: None }))
}

async fn outlet(State(app): State<Shared>, asker: Asker, Path(text): Path<String>) -> Result<Json<OutletView>, Error> {
    let id: OutletId = id(&text, "outlet")?;
    let outlet = app.store.outlet(id).await?;
    let mut outlet = outlet.ok_or_else(|| Error::NotFound(format!("there is no outlet {id}")))?;
    if asker.user.is_none() {
        // A feed's address may hold a secret.
        outlet.feeds.clear();
    }
    Ok(Json(outlet))
}

async fn search(
    State(app): State<Shared>,
    asker: Asker,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ArticleCard>>, Error> {
    let (limit, offset) = (page.limit(), page.offset()?);
    let query = parse_search(&page.q).map_err(Error::BadRequest)?;
    let by_relevance = page.by.as_deref() == Some("relevance");
    let query = SearchQuery { by_relevance, limit: limit + 1, offset, ..query };
    let items = app.store.search(&query, asker.voter().as_ref()).await?;
    Ok(Json(Page::new(items, limit, |_| (offset + limit).to_string())))
}

async fn feeds(State(app): State<Shared>, asker: Asker) -> Result<Json<Page<FeedView>>, Error> {
    asker.signed_in()?;
    Ok(Json(Page { items: app.store.feeds().await?, next: None }))
}

#[derive(Debug, Deserialize)]
struct Follow {
    url: String,
    folder: Option<String>,
}

async fn follow(State(app): State<Shared>, asker: Asker, Json(wish): Json<Follow>) -> Result<Response, Error> {
    asker.at_least(UserRole::Editor)?;
    let title = app.control.follow(wish.url.clone(), wish.folder).await.map_err(Error::BadRequest)?;
    Ok((StatusCode::CREATED, Json(json!({ "url": wish.url, "title": title }))).into_response())
}

#[derive(Debug, Deserialize)]
struct Remove {
    url: String,
}

async fn remove(State(app): State<Shared>, asker: Asker, Query(wish): Query<Remove>) -> Result<StatusCode, Error> {
    asker.at_least(UserRole::Editor)?;
    if app.store.remove_feed(&wish.url).await? {
        app.control.wake();
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Error::NotFound(format!("{} is not followed", wish.url)))
}

#[derive(Debug, Deserialize)]
struct Vote {
    vote: Ballot,
}

#[derive(Debug, Deserialize)]
struct VoteOn {
    subject: String,
    id: i64,
    vote: Ballot,
}

async fn tally(app: &Shared, asker: &Asker, subject: Subject) -> Result<Json<Tally>, Error> {
    let tally = app.store.tally(subject, asker.voter().as_ref()).await?;
    let no_such = || Error::NotFound(format!("there is no {} {}", subject.kind(), subject.number()));
    Ok(Json(tally.ok_or_else(no_such)?))
}

async fn vote_on(app: &Shared, asker: &Asker, subject: Subject, ballot: Ballot) -> Result<Response, Error> {
    let (tally, cookie) = cast(app, asker, subject, ballot).await?;
    let mut response = Json(tally).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn story_tally(State(app): State<Shared>, asker: Asker, Path(text): Path<String>) -> Result<Json<Tally>, Error> {
    tally(&app, &asker, Subject::Story(id(&text, "story")?)).await
}

async fn article_tally(
    State(app): State<Shared>,
    asker: Asker,
    Path(text): Path<String>,
) -> Result<Json<Tally>, Error> {
    tally(&app, &asker, Subject::Article(id(&text, "article")?)).await
}

async fn story_vote(
    State(app): State<Shared>,
    asker: Asker,
    Path(text): Path<String>,
    Json(vote): Json<Vote>,
) -> Result<Response, Error> {
    vote_on(&app, &asker, Subject::Story(id(&text, "story")?), vote.vote).await
}

async fn article_vote(
    State(app): State<Shared>,
    asker: Asker,
    Path(text): Path<String>,
    Json(vote): Json<Vote>,
) -> Result<Response, Error> {
    vote_on(&app, &asker, Subject::Article(id(&text, "article")?), vote.vote).await
}

async fn vote(State(app): State<Shared>, asker: Asker, Json(vote): Json<VoteOn>) -> Result<Response, Error> {
    let subject = Subject::from_parts(&vote.subject, vote.id)
        .ok_or_else(|| Error::BadRequest("subject is \"story\" or \"article\"".to_owned()))?;
    vote_on(&app, &asker, subject, vote.vote).await
}

async fn users(State(app): State<Shared>, asker: Asker) -> Result<Json<Page<User>>, Error> {
    asker.at_least(UserRole::Administrator)?;
    Ok(Json(Page { items: app.store.users().await?, next: None }))
}

#[derive(Deserialize)]
struct NewUser {
    name: String,
    password: String,
    role: Option<UserRole>,
}

async fn add_user(State(app): State<Shared>, asker: Asker, Json(wish): Json<NewUser>) -> Result<Response, Error> {
    asker.at_least(UserRole::Administrator)?;
    if wish.password.chars().count() < 8 {
        return Err(Error::BadRequest("the password has fewer than 8 characters: choose a longer one".to_owned()));
    }
    let random = std::sync::Arc::clone(&app.random);
    // Hashing a password takes a core for a while by design.
    let hash = tokio::task::spawn_blocking(move || auth::hash_password(&wish.password, random.as_ref()))
        .await
        .map_err(|_| Error::Render(askama::Error::Fmt))?
        .map_err(|error| Error::BadRequest(format!("the password cannot be used: {error}")))?;
    let user = app.store.add_user(&wish.name, &hash, wish.role.unwrap_or(UserRole::Reader)).await?;
    Ok((StatusCode::CREATED, Json(user)).into_response())
}

#[derive(Debug, Deserialize)]
struct NewToken {
    #[serde(default)]
    label: String,
}

async fn add_token(State(app): State<Shared>, asker: Asker, Json(wish): Json<NewToken>) -> Result<Response, Error> {
    let user = asker.signed_in()?;
    let token = format!("{}{}", auth::draw(app.random.as_ref()), auth::draw(app.random.as_ref()));
    app.store.add_token(user.id, &wish.label, &token_hash(&token)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "token": token }))).into_response())
}

/// The specification (OpenAPI 3.1), from the same list that a test holds against the routes.
async fn openapi(State(app): State<Shared>, asker: Asker) -> Json<Value> {
    let mut paths = serde_json::Map::new();
    for (path, methods) in PATHS.iter().chain(editing::PATHS).chain(reading::PATHS) {
        let mut operations = serde_json::Map::new();
        for (method, summary) in *methods {
            let mut operation = json!({
                "summary": summary,
                "operationId": format!("{method}{}", path.replace(['/', '{', '}', '.'], "_")),
                "responses": {
                    "default": { "description": "JSON; a problem has an `error`", "content": { "application/json": {} } }
                },
            });
            let parameter = |name: &str, place: &str| json!({ "name": name, "in": place, "required": place == "path", "schema": { "type": "string" } });
            let mut parameters: Vec<Value> = Vec::new();
            if path.contains("{id}") {
                parameters.push(parameter("id", "path"));
            }
            let names: &[&str] = match (*path, *method) {
                ("/stories", "get") => {
                    &["limit", "after", "order", "folder", "language", "firsthand", "unread", "topic"]
                }
                ("/articles", "get") => &["limit", "after", "outlet"],
                ("/search", "get") => &["q", "by", "limit", "after"],
                ("/for-you", "get") => &["limit", "after"],
                ("/feeds", "delete") => &["url"],
                _ => &[],
            };
            parameters.extend(names.iter().map(|name| parameter(name, "query")));
            let body = match (*path, *method) {
                ("/stories/{id}/vote" | "/articles/{id}/vote", "post") => {
                    Some(json!({ "vote": { "enum": ["like", "dislike", "none"] } }))
                }
                ("/votes", "post") => Some(json!({
                    "subject": { "enum": ["story", "article"] }, "id": { "type": "integer" }, "vote": { "enum": ["like", "dislike", "none"] },
                })),
                ("/feeds", "post") => Some(json!({ "url": { "type": "string" }, "folder": { "type": "string" } })),
                ("/users", "post") => Some(json!({
                    "name": { "type": "string" }, "password": { "type": "string" }, "role": { "enum": ["reader", "editor", "administrator"] },
                })),
                ("/articles/{id}/role", "put") => Some(json!({
                    "role": { "enum": ["first-hand", "relay", "wire", "copy", "update", "unclear", null] },
                })),
                ("/articles/{id}/story", "put") => {
                    Some(json!({ "story": { "oneOf": [{ "type": "integer" }, { "enum": ["own", null] }] } }))
                }
                ("/stories/{id}/read", "put") => Some(json!({ "read": { "type": "boolean" } })),
                ("/stories/{id}/mark", "put") => Some(json!({ "mark": { "enum": ["hidden", "pinned", null] } })),
                ("/outlets/{id}/merged-into", "put") => Some(json!({ "outlet": { "type": ["integer", "null"] } })),
                ("/tokens", "post") => Some(json!({ "label": { "type": "string" } })),
                (path, method) => reading::body(path, method),
            };
            if let Some(fields) = operation.as_object_mut() {
                fields.insert("parameters".to_owned(), Value::Array(parameters));
                if let Some(properties) = body {
                    let schema = json!({ "type": "object", "properties": properties });
                    fields.insert(
                        "requestBody".to_owned(),
                        json!({ "required": true, "content": { "application/json": { "schema": schema } } }),
                    );
                }
            }
            operations.insert((*method).to_owned(), operation);
        }
        paths.insert((*path).to_owned(), Value::Object(operations));
    }
    Json(json!({
        "openapi": "3.1.0",
        "info": { "title": app.config.title, "version": env!("CARGO_PKG_VERSION") },
        "servers": [{ "url": format!("{}/api/v1", asker.base) }],
        "components": { "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } } },
        "security": [{}, { "token": [] }],
        "paths": paths,
    }))
}
