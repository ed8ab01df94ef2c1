//! The REST API of Miniflux as far as its clients need it, under `/v1/`. Articles are entries, folders are categories;
//! numbers fit 32 bits, which some clients hold no more than.

use super::apps::{folder_number, key_of, md5_of};
use crate::error::Error;
use crate::pages::search::parse as parse_search;
use crate::{App, Shared};
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, RawQuery, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use base64::Engine;
use firsthand_model::*;
use firsthand_store::StoreError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Entries of an answer, unless asked otherwise, and at the most.
const ENTRIES: usize = 100;
const MOST: usize = 1000;
const MOST_IDS: usize = 10_000;
/// Words in a minute: Miniflux's own default.
const WORDS_A_MINUTE: usize = 265;
/// The version of Miniflux whose API this is.
const VERSION: &str = "2.2.0";

/// The routes below `/v1`.
pub(crate) fn routes() -> Router<Shared> {
    use routing::{get, post, put};
    Router::new()
        .route("/me", get(me))
        .route("/users", get(users))
        .route("/users/{id}", get(user))
        .route("/users/{id}/mark-all-as-read", put(mark_everything))
        .route("/categories", get(categories).post(add_category))
        .route("/categories/{id}", put(rename_category).delete(remove_category))
        .route("/categories/{id}/feeds", get(feeds_of_category))
        .route("/categories/{id}/entries", get(entries_of_category))
        .route("/categories/{id}/entries/{entry}", get(entry_within))
        .route("/categories/{id}/mark-all-as-read", put(mark_category))
        .route("/categories/{id}/refresh", put(refresh_one))
        .route("/feeds", get(feeds).post(follow))
        .route("/feeds/counters", get(counters))
        .route("/feeds/refresh", put(refresh))
        .route("/feeds/{id}", get(feed).put(edit_feed).delete(remove_feed))
        .route("/feeds/{id}/entries", get(entries_of_feed))
        .route("/feeds/{id}/entries/{entry}", get(entry_within))
        .route("/feeds/{id}/mark-all-as-read", put(mark_feed))
        .route("/feeds/{id}/refresh", put(refresh_one))
        .route("/feeds/{id}/icon", get(no_icon))
        .route("/icons/{id}", get(no_icon))
        .route("/entries", get(entries).put(set_status))
        .route("/entries/ids", get(entry_ids))
        .route("/entries/{id}", get(entry).put(no_edit))
        .route("/entries/{id}/bookmark", put(toggle_star))
        .route("/entries/{id}/star", put(toggle_star))
        .route("/entries/{id}/save", post(save))
        .route("/entries/{id}/fetch-content", get(content))
        .route("/flush-history", put(flush).delete(flush))
        .route("/integrations/status", get(integrations))
        .route("/discover", post(discover))
        .route("/export", get(export))
        .route("/import", post(import))
        .route("/version", get(version))
        .method_not_allowed_fallback(|| async {
            Refusal(StatusCode::METHOD_NOT_ALLOWED, "this address does not take that method".to_owned())
        })
        .fallback(|| async { Refusal(StatusCode::NOT_FOUND, "resource not found".to_owned()) })
}

/// What clients expect where something is wrong.
struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error_message": self.1 }))).into_response()
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::NotFound(_) => StatusCode::NOT_FOUND,
            Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::SignIn(_) => StatusCode::UNAUTHORIZED,
            Error::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Error::Store(cause) => {
                tracing::error!("a reader app was not answered: {cause}");
                StatusCode::SERVICE_UNAVAILABLE
            }
            Error::Render(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Error::BadRequest(_) => StatusCode::BAD_REQUEST,
        };
        Self(status, error.to_string())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Error::from(error).into()
    }
}

type Answer<T = Json<Value>> = Result<T, Refusal>;

fn bad(what: impl Into<String>) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, what.into())
}

fn not_found() -> Refusal {
    Refusal(StatusCode::NOT_FOUND, "resource not found".to_owned())
}

/// The account of a request.
struct Client(User);

impl FromRequestParts<Shared> for Client {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Refusal> {
        let user = match parts.headers.get("x-auth-token").and_then(|token| token.to_str().ok()) {
            Some(token) => app.store.token_user(&crate::auth::token_hash(token.trim())).await?,
            None => match basic(&parts.headers) {
                Some((name, password)) => app.store.user_by_app_key(&key_of(&md5_of(&name, &password))).await?,
                None => None,
            },
        };
        user.map(Self).ok_or_else(|| Refusal(StatusCode::UNAUTHORIZED, "access unauthorized".to_owned()))
    }
}

impl Client {
    fn may_edit(&self) -> Answer<()> {
        match self.0.role >= UserRole::Editor {
            true => Ok(()),
            false => Err(Refusal(StatusCode::FORBIDDEN, "this needs the account of an editor".to_owned())),
        }
    }
}

/// Name and password by HTTP's basic scheme (RFC 7617).
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, coded) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let bytes =
        scheme.eq_ignore_ascii_case("basic").then(|| base64::engine::general_purpose::STANDARD.decode(coded.trim()))?;
    let text = String::from_utf8(bytes.ok()?).ok()?;
    text.split_once(':').map(|(name, password)| (name.to_owned(), password.to_owned()))
}

/// A body, whatever media type it says that it has: clients of this API often say none.
fn read<T: DeserializeOwned>(body: &Bytes) -> Answer<T> {
    serde_json::from_slice(body).map_err(|error| bad(format!("the body is not the JSON that this call takes: {error}")))
}

fn user_json(user: &User) -> Value {
    json!({
        "id": numbered_user(user.id), "username": user.name, "is_admin": user.role >= UserRole::Administrator,
        "theme": "system_serif", "language": "en_US", "timezone": "UTC", "entry_sorting_direction": "desc",
        "entry_sorting_order": "published_at", "entries_per_page": ENTRIES, "keyboard_shortcuts": true,
        "show_reading_time": true, "entry_swipe": true, "stylesheet": "", "google_id": "", "openid_connect_id": "",
        "last_login_at": user.created_at, "categories_sorting_order": "unread_count", "display_mode": "standalone",
        "default_reading_speed": WORDS_A_MINUTE, "cjk_reading_speed": 500, "default_home_page": "unread",
    })
}

/// An account's number within 31 bits: clients show it and ask for nothing by it.
fn numbered_user(id: UserId) -> i64 {
    id.0 % 0x7fff_ffff
}

async fn me(Client(user): Client) -> Json<Value> {
    Json(user_json(&user))
}

async fn users(State(app): State<Shared>, client: Client) -> Answer {
    if client.0.role < UserRole::Administrator {
        return Err(Refusal(StatusCode::FORBIDDEN, "this needs the account of an administrator".to_owned()));
    }
    Ok(Json(app.store.users().await?.iter().map(user_json).collect()))
}

async fn user(State(app): State<Shared>, client: Client, Path(wanted): Path<String>) -> Answer {
    let is_wanted = |user: &User| user.name == wanted || numbered_user(user.id).to_string() == wanted;
    if is_wanted(&client.0) {
        return Ok(Json(user_json(&client.0)));
    }
    if client.0.role < UserRole::Administrator {
        return Err(Refusal(StatusCode::FORBIDDEN, "this needs the account of an administrator".to_owned()));
    }
    let users = app.store.users().await?;
    Ok(Json(user_json(users.iter().find(|user| is_wanted(user)).ok_or_else(not_found)?)))
}

/// All feeds with their numbers.
struct Feeds {
    feeds: Vec<FeedView>,
    numbers: HashMap<FeedId, i64>,
}

impl Feeds {
    async fn read(app: &App) -> Answer<Self> {
        app.store.give_numbers().await?;
        Ok(Self { feeds: app.store.feeds().await?, numbers: app.store.feed_numbers().await? })
    }

    fn number(&self, feed: FeedId) -> i64 {
        self.numbers.get(&feed).copied().unwrap_or_default()
    }

    fn numbered(&self, text: &str) -> Answer<&FeedView> {
        let number: i64 = text.parse().map_err(|_| bad(format!("{text} is no feed's number")))?;
        self.feeds.iter().find(|feed| self.number(feed.id) == number).ok_or_else(not_found)
    }

    /// The folder of a number; `None` within: no folder.
    fn folder(&self, text: &str) -> Answer<Option<String>> {
        let number: i64 = text.parse().map_err(|_| bad(format!("{text} is no category's number")))?;
        if number == folder_number("") {
            return Ok(None);
        }
        let known = self.feeds.iter().filter_map(|feed| feed.folder.as_deref());
        known
            .filter(|folder| folder_number(folder) == number)
            .map(|folder| Some(folder.to_owned()))
            .next()
            .ok_or_else(not_found)
    }

    fn json(&self, feed: &FeedView, user: &User) -> Value {
        let (number, status) = (self.number(feed.id), feed.status);
        json!({
            "id": number, "user_id": numbered_user(user.id), "feed_url": feed.url,
            "site_url": feed.site_url.as_deref().unwrap_or(&feed.url), "title": feed.title, "description": "",
            "checked_at": feed.last_fetch_at.unwrap_or_default(), "next_check_at": feed.next_fetch_at.unwrap_or_default(),
            "etag_header": "", "last_modified_header": "",
            "parsing_error_message": feed.last_error.as_deref().unwrap_or_default(), "parsing_error_count": feed.failures,
            "scraper_rules": "", "rewrite_rules": "", "blocklist_rules": "", "keeplist_rules": "", "urlrewrite_rules": "",
            "user_agent": "", "cookie": "", "username": "", "password": "", "disabled": status != FeedStatus::Active,
            "no_media_player": false, "ignore_http_cache": false, "allow_self_signed_certificates": false,
            "fetch_via_proxy": false, "hide_globally": false, "crawler": true,
            "category": category_json(feed.folder.as_deref().unwrap_or_default(), user),
            "icon": { "feed_id": number, "icon_id": 0 },
        })
    }
}

fn category_json(folder: &str, user: &User) -> Value {
    let title = if folder.is_empty() { "All" } else { folder };
    json!({ "id": folder_number(folder), "title": title, "user_id": numbered_user(user.id), "hide_globally": false })
}

/// How much of each feed is not read.
async fn unread_of(app: &App, user: &User) -> Answer<HashMap<FeedId, u64>> {
    let counts = app.store.unread_counts(user.id).await?;
    Ok(counts.into_iter().map(|count| (count.feed_id, count.unread)).collect())
}

async fn categories(State(app): State<Shared>, Client(user): Client, RawQuery(query): RawQuery) -> Answer {
    let feeds = Feeds::read(&app).await?;
    let counted = query.unwrap_or_default().contains("counts=true");
    let unread: HashMap<FeedId, u64> = match counted {
        true => unread_of(&app, &user).await?,
        false => HashMap::new(),
    };
    let mut folders: Vec<&str> = feeds.feeds.iter().filter_map(|feed| feed.folder.as_deref()).collect();
    // The one of the feeds that are in none.
    folders.push("");
    folders.sort_unstable();
    folders.dedup();
    let all = folders.iter().map(|folder| {
        let mut category = category_json(folder, &user);
        if let (true, Some(category)) = (counted, category.as_object_mut()) {
            let within: Vec<&FeedView> =
                feeds.feeds.iter().filter(|feed| feed.folder.as_deref().unwrap_or_default() == *folder).collect();
            let total: u64 = within.iter().filter_map(|feed| unread.get(&feed.id)).sum();
            category.insert("feed_count".to_owned(), json!(within.len()));
            category.insert("total_unread".to_owned(), json!(total));
        }
        category
    });
    Ok(Json(all.collect()))
}

#[derive(Deserialize)]
struct Titled {
    title: String,
}

fn title_of(body: &Bytes) -> Answer<String> {
    let title = read::<Titled>(body)?.title.trim().to_owned();
    match title.is_empty() {
        true => Err(bad("the title is mandatory")),
        false => Ok(title),
    }
}

/// Folders are those of feeds: a new one is there once a feed is in it.
async fn add_category(client: Client, body: Bytes) -> Answer<Response> {
    client.may_edit()?;
    Ok((StatusCode::CREATED, Json(category_json(&title_of(&body)?, &client.0))).into_response())
}

async fn rename_category(
    State(app): State<Shared>,
    client: Client,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer<Response> {
    client.may_edit()?;
    let title = title_of(&body)?;
    let folder =
        Feeds::read(&app).await?.folder(&id)?.ok_or_else(|| bad("feeds without a folder have none to rename"))?;
    app.store.rename_folder(&folder, &title).await?;
    app.forget_what_was_read();
    Ok((StatusCode::CREATED, Json(category_json(&title, &client.0))).into_response())
}

/// Takes a folder away; its feeds stay. Miniflux would unfollow them: that is too much to lose by one call.
async fn remove_category(State(app): State<Shared>, client: Client, Path(id): Path<String>) -> Answer<StatusCode> {
    client.may_edit()?;
    if let Some(folder) = Feeds::read(&app).await?.folder(&id)? {
        app.store.rename_folder(&folder, "").await?;
        app.forget_what_was_read();
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn feeds(State(app): State<Shared>, Client(user): Client) -> Answer {
    let feeds = Feeds::read(&app).await?;
    Ok(Json(feeds.feeds.iter().map(|feed| feeds.json(feed, &user)).collect()))
}

async fn feeds_of_category(State(app): State<Shared>, Client(user): Client, Path(id): Path<String>) -> Answer {
    let feeds = Feeds::read(&app).await?;
    let folder = feeds.folder(&id)?;
    let within = feeds
        .feeds
        .iter()
        .filter(|feed| feed.folder.as_deref().unwrap_or_default() == folder.as_deref().unwrap_or_default());
    Ok(Json(within.map(|feed| feeds.json(feed, &user)).collect()))
}

async fn feed(State(app): State<Shared>, Client(user): Client, Path(id): Path<String>) -> Answer {
    let feeds = Feeds::read(&app).await?;
    Ok(Json(feeds.json(feeds.numbered(&id)?, &user)))
}

#[derive(Deserialize)]
struct Follow {
    feed_url: String,
    category_id: Option<i64>,
}

async fn follow(State(app): State<Shared>, client: Client, body: Bytes) -> Answer<Response> {
    client.may_edit()?;
    let wish: Follow = read(&body)?;
    let before = Feeds::read(&app).await?;
    let folder = match wish.category_id {
        Some(number) => before.folder(&number.to_string())?,
        None => None,
    };
    app.control.follow(wish.feed_url.clone(), folder).await.map_err(bad)?;
    app.forget_what_was_read();
    let after = Feeds::read(&app).await?;
    let is_new = |feed: &&FeedView| !before.numbers.contains_key(&feed.id);
    let found = after.feeds.iter().find(is_new).or_else(|| after.feeds.iter().find(|feed| feed.url == wish.feed_url));
    let found = found.ok_or_else(|| bad("this feed already exists"))?;
    Ok((StatusCode::CREATED, Json(json!({ "feed_id": after.number(found.id) }))).into_response())
}

#[derive(Deserialize)]
struct FeedEdit {
    title: Option<String>,
    category_id: Option<i64>,
}

async fn edit_feed(State(app): State<Shared>, client: Client, Path(id): Path<String>, body: Bytes) -> Answer<Response> {
    client.may_edit()?;
    let wish: FeedEdit = read(&body)?;
    let feeds = Feeds::read(&app).await?;
    let feed = feeds.numbered(&id)?.id;
    let folder = match wish.category_id {
        Some(number) => Some(feeds.folder(&number.to_string())?.unwrap_or_default()),
        None => None,
    };
    let title = wish.title.filter(|title| !title.trim().is_empty());
    app.store.edit_feed(feed, title, folder).await?;
    app.forget_what_was_read();
    let feeds = Feeds::read(&app).await?;
    Ok((StatusCode::CREATED, Json(feeds.json(feeds.numbered(&id)?, &client.0))).into_response())
}

async fn remove_feed(State(app): State<Shared>, client: Client, Path(id): Path<String>) -> Answer<StatusCode> {
    client.may_edit()?;
    let feeds = Feeds::read(&app).await?;
    app.store.remove_feed(&feeds.numbered(&id)?.url).await?;
    app.control.wake();
    app.forget_what_was_read();
    Ok(StatusCode::NO_CONTENT)
}

async fn counters(State(app): State<Shared>, Client(user): Client) -> Answer {
    let feeds = Feeds::read(&app).await?;
    let unread = unread_of(&app, &user).await?;
    let of = |read: bool| -> Value {
        let count = |feed: &FeedView| {
            let unread = unread.get(&feed.id).copied().unwrap_or_default();
            (feeds.number(feed.id).to_string(), json!(if read { feed.articles.saturating_sub(unread) } else { unread }))
        };
        Value::Object(feeds.feeds.iter().map(count).collect())
    };
    Ok(Json(json!({ "reads": of(true), "unreads": of(false) })))
}

/// Feeds are polled when they are due: asking for it here only wakes the crawler.
async fn refresh(State(app): State<Shared>, _: Client) -> StatusCode {
    app.control.wake();
    StatusCode::NO_CONTENT
}

async fn refresh_one(State(app): State<Shared>, _: Client, Path(_): Path<String>) -> StatusCode {
    app.control.wake();
    StatusCode::NO_CONTENT
}

async fn no_icon(_: Client, Path(_): Path<String>) -> Refusal {
    not_found()
}

async fn mark_everything(
    State(app): State<Shared>,
    Client(user): Client,
    Path(id): Path<String>,
) -> Answer<StatusCode> {
    // Nobody marks for others.
    if numbered_user(user.id).to_string() != id {
        return Err(Refusal(StatusCode::FORBIDDEN, "access forbidden".to_owned()));
    }
    app.store.read_stream(user.id, Stream::All, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn mark_feed(State(app): State<Shared>, Client(user): Client, Path(id): Path<String>) -> Answer<StatusCode> {
    let feed = Feeds::read(&app).await?.numbered(&id)?.id;
    app.store.read_stream(user.id, Stream::Feed(feed), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn mark_category(State(app): State<Shared>, Client(user): Client, Path(id): Path<String>) -> Answer<StatusCode> {
    let feeds = Feeds::read(&app).await?;
    let stream = feeds.folder(&id)?.map_or(Stream::NoFolder, Stream::Folder);
    app.store.read_stream(user.id, stream, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What of a stream a query asks for.
struct Wanted {
    query: StreamQuery,
    words: Option<String>,
}

fn wanted(query: &str, stream: Stream) -> Answer<Wanted> {
    let mut out = Wanted { query: StreamQuery { stream, limit: ENTRIES, ..StreamQuery::default() }, words: None };
    let (mut unread, mut read_too) = (false, false);
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let number = || value.parse::<i64>().map_err(|_| bad(format!("{name}={value} is no number")));
        let instant = || number().map(Timestamp::from_seconds).map(Some);
        let query = &mut out.query;
        match name.as_ref() {
            "status" => match value.as_ref() {
                "unread" => unread = true,
                "read" => read_too = true,
                "removed" => {}
                other => return Err(bad(format!("invalid entry status {other:?}: unread, read or removed"))),
            },
            // As Go reads a truth.
            "starred" => match value.as_ref() {
                "1" | "t" | "T" | "true" | "TRUE" | "True" => query.starred_only = true,
                "0" | "f" | "F" | "false" | "FALSE" | "False" => query.without_starred = true,
                other => return Err(bad(format!("starred={other} is neither true nor false"))),
            },
            "before" | "published_before" => query.published_until = instant()?,
            "after" | "published_after" => query.published_since = instant()?,
            "changed_before" => query.until = instant()?,
            "changed_after" => query.since = instant()?,
            "before_entry_id" => query.below_number = Some(number()?),
            "after_entry_id" => query.above_number = Some(number()?),
            "offset" => query.offset = usize::try_from(number()?).map_err(|_| bad("the offset is not below 0"))?,
            "limit" => {
                let limit = usize::try_from(number()?).map_err(|_| bad("the limit is not below 0"))?;
                // Without a limit, as 0 is read there, a store of years would go out at once.
                query.limit = if limit == 0 { MOST } else { limit.min(MOST) };
            }
            "direction" => match value.as_ref() {
                "asc" => query.oldest_first = true,
                "desc" => query.oldest_first = false,
                other => return Err(bad(format!("invalid direction {other:?}: asc or desc"))),
            },
            "order" => {
                query.order = match value.as_ref() {
                    "id" => StreamOrder::Number,
                    "published_at" => StreamOrder::Published,
                    "title" => StreamOrder::Title,
                    "author" => StreamOrder::Byline,
                    "status" | "created_at" | "changed_at" | "category_title" | "category_id" => StreamOrder::Stored,
                    other => return Err(bad(format!("invalid order {other:?}"))),
                };
            }
            "search" => out.words = Some(value.into_owned()).filter(|words| !words.trim().is_empty()),
            // Others are for what is not kept here.
            _ => {}
        }
    }
    out.query.unread_only = unread && !read_too;
    out.query.read_only = read_too && !unread;
    Ok(out)
}

async fn listed(app: &App, user: &User, feeds: &Feeds, wanted: Wanted) -> Answer {
    let Wanted { mut query, words } = wanted;
    if let Some(words) = words {
        let search = SearchQuery { limit: MOST, ..parse_search(&words).map_err(bad)? };
        query.among = Some(app.store.search(&search, None).await?.into_iter().map(|card| card.id).collect());
    }
    let total = app.store.stream_count(user.id, query.clone()).await?;
    let ids = app.store.stream_ids(user.id, query).await?.into_iter().map(|(id, _)| id).collect();
    Ok(Json(json!({ "total": total, "entries": shown(app, user, feeds, ids).await? })))
}

async fn shown(app: &App, user: &User, feeds: &Feeds, ids: Vec<ArticleId>) -> Answer<Vec<Value>> {
    let numbers = app.store.article_numbers(ids.clone()).await?;
    let items = app.reader_items(user.id, ids).await?;
    let views: HashMap<FeedId, &FeedView> = feeds.feeds.iter().map(|feed| (feed.id, feed)).collect();
    Ok(items
        .iter()
        .map(|item| {
            json!({
                "id": numbers.get(&item.id).copied().unwrap_or_default(), "user_id": numbered_user(user.id),
                "feed_id": feeds.number(item.feed_id), "status": if item.read { "read" } else { "unread" },
                "hash": format!("{:064x}", item.id.0), "title": item.title, "url": item.url, "comments_url": "",
                "published_at": item.published_at, "created_at": item.stored_at, "changed_at": item.stored_at,
                "content": item.html, "author": item.byline.as_deref().unwrap_or_default(), "share_code": "",
                "starred": item.starred, "reading_time": item.html.split_whitespace().count().div_ceil(WORDS_A_MINUTE),
                "enclosures": [], "tags": [],
                "feed": views.get(&item.feed_id).map(|feed| feeds.json(feed, user)),
            })
        })
        .collect())
}

async fn entries(State(app): State<Shared>, Client(user): Client, RawQuery(query): RawQuery) -> Answer {
    let query = query.unwrap_or_default();
    let feeds = Feeds::read(&app).await?;
    let value = |wanted: &str| {
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    let stream = match (value("feed_id"), value("category_id")) {
        (Some(feed), _) => Stream::Feed(feeds.numbered(&feed)?.id),
        (None, Some(category)) => feeds.folder(&category)?.map_or(Stream::NoFolder, Stream::Folder),
        (None, None) => Stream::All,
    };
    listed(&app, &user, &feeds, wanted(&query, stream)?).await
}

async fn entries_of_feed(
    State(app): State<Shared>,
    Client(user): Client,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let feeds = Feeds::read(&app).await?;
    let stream = Stream::Feed(feeds.numbered(&id)?.id);
    listed(&app, &user, &feeds, wanted(&query.unwrap_or_default(), stream)?).await
}

async fn entries_of_category(
    State(app): State<Shared>,
    Client(user): Client,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let feeds = Feeds::read(&app).await?;
    let stream = feeds.folder(&id)?.map_or(Stream::NoFolder, Stream::Folder);
    listed(&app, &user, &feeds, wanted(&query.unwrap_or_default(), stream)?).await
}

/// The articles of numbers; refuses numbers that no article has.
async fn articles(app: &App, numbers: &[i64]) -> Answer<Vec<ArticleId>> {
    let known = app.store.articles_numbered(numbers.to_vec()).await?;
    numbers.iter().map(|number| known.get(number).copied().ok_or_else(not_found)).collect()
}

async fn article_of(app: &App, text: &str) -> Answer<ArticleId> {
    let number: i64 = text.parse().map_err(|_| bad(format!("{text} is no entry's number")))?;
    articles(app, &[number]).await?.first().copied().ok_or_else(not_found)
}

async fn one_entry(app: &App, user: &User, text: &str) -> Answer {
    let feeds = Feeds::read(app).await?;
    let id = article_of(app, text).await?;
    Ok(Json(shown(app, user, &feeds, vec![id]).await?.into_iter().next().ok_or_else(not_found)?))
}

async fn entry(State(app): State<Shared>, Client(user): Client, Path(id): Path<String>) -> Answer {
    one_entry(&app, &user, &id).await
}

async fn entry_within(
    State(app): State<Shared>,
    Client(user): Client,
    Path((_, id)): Path<(String, String)>,
) -> Answer {
    one_entry(&app, &user, &id).await
}

async fn no_edit(_: Client, Path(_): Path<String>) -> Refusal {
    Refusal(StatusCode::FORBIDDEN, "articles are as their source wrote them: they are not edited here".to_owned())
}

/// The numbers alone of what a query asks for, the newest first.
async fn entry_ids(State(app): State<Shared>, Client(user): Client, RawQuery(query): RawQuery) -> Answer {
    app.store.give_numbers().await?;
    let query = query.unwrap_or_default();
    let Wanted { query: wanted, .. } = wanted(&query, Stream::All)?;
    let limit = if query.contains("limit=") { wanted.limit } else { MOST_IDS };
    let wanted = StreamQuery { order: StreamOrder::Number, limit, ..wanted };
    let total = app.store.stream_count(user.id, wanted.clone()).await?;
    let ids: Vec<ArticleId> = app.store.stream_ids(user.id, wanted).await?.into_iter().map(|(id, _)| id).collect();
    let numbers = app.store.article_numbers(ids.clone()).await?;
    let numbers: Vec<i64> = ids.iter().filter_map(|id| numbers.get(id).copied()).collect();
    Ok(Json(json!({ "total": total, "entry_ids": numbers })))
}

#[derive(Deserialize)]
struct Status {
    entry_ids: Vec<i64>,
    status: Option<String>,
    starred: Option<bool>,
}

async fn set_status(State(app): State<Shared>, Client(user): Client, body: Bytes) -> Answer<StatusCode> {
    let wish: Status = read(&body)?;
    let read = match wish.status.as_deref() {
        // What is removed there is out of sight: read, here, where nothing is lost.
        Some("read" | "removed") => Some(true),
        Some("unread") => Some(false),
        None if wish.starred.is_some() => None,
        other => return Err(bad(format!("invalid entry status {other:?}: unread, read or removed"))),
    };
    if wish.entry_ids.is_empty() {
        return Err(bad("the list of entries is empty"));
    }
    // Those that have gone are no reason to leave the others.
    let known: Vec<ArticleId> = app.store.articles_numbered(wish.entry_ids).await?.into_values().collect();
    if let Some(starred) = wish.starred {
        for id in &known {
            app.store.set_star(user.id, *id, starred).await?;
        }
    }
    if let Some(read) = read {
        app.mark_read(user.id, known, read).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn toggle_star(State(app): State<Shared>, Client(user): Client, Path(id): Path<String>) -> Answer<StatusCode> {
    let id = article_of(&app, &id).await?;
    let item = app.store.stream_items(user.id, vec![id]).await?.into_iter().next().ok_or_else(not_found)?;
    app.store.set_star(user.id, id, !item.starred).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn save(State(app): State<Shared>, Client(user): Client, Path(id): Path<String>) -> Answer<StatusCode> {
    let id = article_of(&app, &id).await?;
    app.save_elsewhere(user.id, id).await?;
    Ok(StatusCode::ACCEPTED)
}

async fn content(State(app): State<Shared>, Client(user): Client, Path(id): Path<String>) -> Answer {
    let id = article_of(&app, &id).await?;
    let item = app.store.stream_items(user.id, vec![id]).await?.into_iter().next().ok_or_else(not_found)?;
    Ok(Json(
        json!({ "content": item.html, "reading_time": item.html.split_whitespace().count().div_ceil(WORDS_A_MINUTE) }),
    ))
}

/// Read articles stay: there is nothing to flush.
async fn flush(_: Client) -> StatusCode {
    StatusCode::ACCEPTED
}

async fn integrations(State(app): State<Shared>, Client(user): Client) -> Answer {
    Ok(Json(json!({ "has_integrations": app.saves_elsewhere(user.id).await? })))
}

#[derive(Deserialize)]
struct Discover {
    url: String,
}

/// The address itself: following it discovers the feed.
async fn discover(client: Client, body: Bytes) -> Answer {
    client.may_edit()?;
    let wish: Discover = read(&body)?;
    let url = url::Url::parse(&wish.url).map_err(|_| bad(format!("{} is no address", wish.url)))?;
    Ok(Json(json!([{ "url": url.as_str(), "title": url.host_str().unwrap_or_default(), "type": "rss" }])))
}

async fn export(State(app): State<Shared>, _: Client) -> Answer<Response> {
    let feeds: Vec<NewFeed> = app.store.feeds().await?.into_iter().map(NewFeed::from).collect();
    let document = firsthand_feed::opml::write("firsthand subscriptions", &feeds);
    Ok(([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], document).into_response())
}

async fn import(State(app): State<Shared>, client: Client, body: Bytes) -> Answer<Response> {
    client.may_edit()?;
    let feeds = firsthand_feed::opml::parse(&body).map_err(|error| bad(error.to_string()))?;
    app.control.import(feeds).await?;
    app.forget_what_was_read();
    Ok((StatusCode::CREATED, Json(json!({ "message": "Feeds imported successfully" }))).into_response())
}

async fn version(_: Client, _: Method) -> Json<Value> {
    Json(json!({
        "version": VERSION, "commit": "", "build_date": "", "go_version": "", "compiler": "rustc",
        "arch": std::env::consts::ARCH, "os": std::env::consts::OS,
    }))
}

/// `/version`, by which clients tell what they speak to.
pub(crate) async fn plain_version() -> &'static str {
    VERSION
}
