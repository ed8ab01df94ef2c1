//! The Google Reader API as its present servers speak it and reader apps expect it, under `/api/greader.php` and under
//! `/`. Articles are items, feeds are subscriptions, folders are labels.

use super::apps::{Parameters, article_id, key_of, md5_of, plain};
use crate::auth::Asker;
use crate::error::Error;
use crate::{App, Shared};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use firsthand_model::*;
use firsthand_text::html::escape;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const STATE: &str = "user/-/state/com.google/";
const LABEL: &str = "user/-/label/";
/// The label with one report for each story, where the account wants it.
const STORIES: &str = "One per story";
/// Items of an answer, unless asked otherwise; and at the most of numbers and of contents.
const ITEMS: usize = 20;
const MOST_IDS: usize = 10_000;
const MOST_CONTENTS: usize = 1000;

/// Below `/api/greader.php`.
pub(crate) async fn php(
    state: State<Shared>,
    asker: Asker,
    Path(path): Path<String>,
    uri: OriginalUri,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = path.trim_start_matches('/').to_owned();
    match path.as_str() {
        "accounts/ClientLogin" => sign_in(state, asker, uri, headers, body).await,
        _ => match path.strip_prefix("reader/api/0/").or_else(|| path.strip_prefix("reader/")) {
            Some(call) => answer(&state.0, call, &uri, &method, &headers, &body).await,
            None => plain(StatusCode::OK, "OK"),
        },
    }
}

/// Below `/reader/api/0` and `/reader/atom`.
pub(crate) async fn root(
    state: State<Shared>,
    uri: OriginalUri,
    Path(path): Path<String>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let atom = uri.path().starts_with("/reader/atom/");
    let call = if atom { format!("atom/{path}") } else { path };
    answer(&state.0, &call, &uri, &method, &headers, &body).await
}

/// `/accounts/ClientLogin`
pub(crate) async fn sign_in(
    State(app): State<Shared>,
    asker: Asker,
    uri: OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let parameters = Parameters::new(uri.query(), &headers, &body);
    if !app.sign_ins.take(&asker.network, app.clock.now()) {
        return plain(StatusCode::TOO_MANY_REQUESTS, "Error=TooManyRequests");
    }
    let (name, password) = (parameters.get("Email").unwrap_or_default(), parameters.get("Passwd").unwrap_or_default());
    let key = key_of(&md5_of(name, password));
    match app.store.user_by_app_key(&key).await {
        Ok(Some(user)) => {
            let token = token_of(&app, user.id, &key);
            if parameters.get("output") == Some("json") {
                return Json(json!({ "SID": token, "LSID": token, "Auth": token })).into_response();
            }
            plain(StatusCode::OK, format!("SID={token}\nLSID={token}\nAuth={token}\n"))
        }
        Ok(None) => plain(StatusCode::UNAUTHORIZED, "Error=BadAuthentication"),
        Err(error) => failed(error.into()),
    }
}

/// What tokens are signed for.
const APP: &str = "reader app";

fn signed(user: UserId, key: &str) -> String {
    format!("{user} {key}")
}

/// "NUMBER/SIGNATURE": good until the account's password for apps changes, and nowhere stored.
fn token_of(app: &App, user: UserId, key: &str) -> String {
    format!("{user}/{}", app.signature(APP, &signed(user, key)))
}

fn failed(error: Error) -> Response {
    match error {
        Error::Store(cause) => {
            tracing::error!("a reader app was not answered: {cause}");
            plain(StatusCode::SERVICE_UNAVAILABLE, "Error=ServiceUnavailable")
        }
        Error::NotFound(why) => plain(StatusCode::NOT_FOUND, why),
        Error::Forbidden(why) => plain(StatusCode::FORBIDDEN, why),
        other => plain(StatusCode::BAD_REQUEST, other.to_string()),
    }
}

fn unauthorized() -> Response {
    let mut response = plain(StatusCode::UNAUTHORIZED, "Unauthorized");
    response.headers_mut().insert("x-reader-google-bad-token", header::HeaderValue::from_static("true"));
    response
}

/// The account of a request: by its header, or a changing one by its `T`.
async fn who(app: &App, headers: &HeaderMap, parameters: &Parameters) -> Result<Option<User>, Error> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let by_header = header.strip_prefix("GoogleLogin").and_then(|rest| rest.trim().strip_prefix("auth="));
    let Some(token) = by_header.or_else(|| parameters.get("T")) else { return Ok(None) };
    let token = token.trim();
    let Some((number, signature)) = token.split_once('/') else { return Ok(None) };
    let Ok(user) = number.parse().map(UserId) else { return Ok(None) };
    let Some(key) = app.store.app_key(user).await? else { return Ok(None) };
    match app.is_signed(APP, &signed(user, &key), signature) {
        true => Ok(app.store.user(user).await?),
        false => Ok(None),
    }
}

async fn answer(
    app: &App,
    call: &str,
    uri: &axum::http::Uri,
    method: &Method,
    headers: &HeaderMap,
    body: &Bytes,
) -> Response {
    let parameters = Parameters::new(uri.query(), headers, body);
    let user = match who(app, headers, &parameters).await {
        Ok(Some(user)) => user,
        Ok(None) => return unauthorized(),
        Err(error) => return failed(error),
    };
    let request = Call { app, user, parameters, body };
    let changes = [
        "subscription/edit",
        "subscription/quickadd",
        "subscription/import",
        "rename-tag",
        "disable-tag",
        "edit-tag",
        "mark-all-as-read",
    ];
    if changes.contains(&call) && method != Method::POST {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "this call changes something: it takes POST");
    }
    request.run(call).await.unwrap_or_else(failed)
}

/// A call of an account.
struct Call<'a> {
    app: &'a App,
    user: User,
    parameters: Parameters,
    body: &'a Bytes,
}

fn bad(what: impl Into<String>) -> Error {
    Error::BadRequest(what.into())
}

fn ok() -> Response {
    plain(StatusCode::OK, "OK")
}

impl Call<'_> {
    async fn run(&self, call: &str) -> Result<Response, Error> {
        Ok(match call {
            "token" => {
                let key = self.app.store.app_key(self.user.id).await?.unwrap_or_default();
                plain(StatusCode::OK, token_of(self.app, self.user.id, &key))
            }
            "user-info" => {
                let (id, name) = (self.user.id.to_string(), &self.user.name);
                Json(json!({ "userId": id, "userName": name, "userProfileId": id, "userEmail": name })).into_response()
            }
            "preference/list" => Json(json!({ "prefs": [] })).into_response(),
            "preference/stream/list" => Json(json!({ "streamprefs": {} })).into_response(),
            "friend/list" => Json(json!({ "friends": [] })).into_response(),
            "subscription/list" => self.subscriptions().await?,
            "subscription/edit" => self.edit_subscription().await?,
            "subscription/quickadd" => self.quick_add().await?,
            "subscription/export" => self.export().await?,
            "subscription/import" => self.import().await?,
            "tag/list" => self.tags().await?,
            "rename-tag" => self.rename_tag().await?,
            "disable-tag" => self.disable_tag().await?,
            "unread-count" => self.unread_count().await?,
            "stream/items/ids" => self.ids().await?,
            "stream/items/contents" => self.contents().await?,
            "stream/items/count" => self.count().await?,
            "subscribed" => self.subscribed().await?,
            "edit-tag" => self.edit_tag().await?,
            "mark-all-as-read" => self.mark_all().await?,
            _ => match (call.strip_prefix("stream/contents"), call.strip_prefix("atom/")) {
                (Some(stream), _) => self.stream_contents(stream.trim_start_matches('/')).await?,
                (None, Some(stream)) => self.atom(stream).await?,
                (None, None) => return Err(Error::NotFound(format!("there is no call {call}"))),
            },
        })
    }

    fn may_edit(&self) -> Result<(), Error> {
        match self.user.role >= UserRole::Editor {
            true => Ok(()),
            false => Err(Error::Forbidden("this needs the account of an editor".to_owned())),
        }
    }

    /// Whether the account wants the label with one report for each story.
    async fn has_stories(&self) -> Result<bool, Error> {
        Ok(self.app.store.preferences(self.user.id).await?.stories_in_apps)
    }

    async fn feeds(&self) -> Result<Vec<FeedView>, Error> {
        Ok(self.app.store.feeds().await?)
    }

    /// A stream by its name; feeds by their number or address.
    async fn stream(&self, name: &str) -> Result<(Stream, bool), Error> {
        let name = name.strip_prefix("user/").and_then(|rest| rest.split_once('/')).map_or(name, |(_, rest)| rest);
        if let Some(feed) = name.strip_prefix("feed/") {
            let known = |view: &FeedView| view.url == feed || feed.parse() == Ok(view.id.0);
            let found = self.feeds().await?.into_iter().find(known);
            return Ok((
                Stream::Feed(found.ok_or_else(|| Error::NotFound(format!("there is no feed {feed}")))?.id),
                false,
            ));
        }
        if name.strip_prefix("label/") == Some(STORIES) && self.has_stories().await? {
            return Ok((Stream::Stories, false));
        }
        if let Some(label) = name.strip_prefix("label/") {
            return Ok((Stream::Folder(label.to_owned()), false));
        }
        Ok(match name.strip_prefix("state/com.google/").unwrap_or(name) {
            "" | "reading-list" => (Stream::All, false),
            "starred" => (Stream::Starred, false),
            "read" => (Stream::Read, false),
            "kept-unread" | "tracking-kept-unread" | "fresh" => (Stream::All, true),
            // Nobody likes or shares single articles here.
            "like" | "broadcast" | "created" => (Stream::Nothing, false),
            other => return Err(bad(format!("there is no stream {other:?}"))),
        })
    }

    async fn subscriptions(&self) -> Result<Response, Error> {
        let list: Vec<Value> = self.feeds().await?.iter().map(subscription).collect();
        Ok(Json(json!({ "subscriptions": list })).into_response())
    }

    async fn tags(&self) -> Result<Response, Error> {
        let mut tags = vec![json!({ "id": format!("{STATE}starred") })];
        let folders: BTreeSet<String> = self.feeds().await?.into_iter().filter_map(|feed| feed.folder).collect();
        tags.extend(folders.iter().map(|folder| json!({ "id": format!("{LABEL}{folder}"), "type": "folder" })));
        if self.has_stories().await? {
            tags.push(json!({ "id": format!("{LABEL}{STORIES}"), "type": "tag" }));
        }
        Ok(Json(json!({ "tags": tags })).into_response())
    }

    async fn edit_subscription(&self) -> Result<Response, Error> {
        self.may_edit()?;
        let label = |name: &str| {
            let value = self.parameters.get(name)?;
            Some(value.split_once("/label/").map_or(value, |(_, label)| label).to_owned())
        };
        let streams: Vec<&str> = self.parameters.all("s").collect();
        if streams.is_empty() {
            return Err(bad("s is missing: the feed"));
        }
        // An emptied folder: `r` without `a`.
        let folder = label("a").or_else(|| label("r").map(|_| String::new()));
        let title = self.parameters.get("t").filter(|title| !title.trim().is_empty()).map(str::to_owned);
        for stream in streams {
            match self.parameters.get("ac") {
                Some("subscribe") => {
                    let address = stream.strip_prefix("feed/").unwrap_or(stream);
                    self.app.control.follow(address.to_owned(), folder.clone()).await.map_err(Error::BadRequest)?;
                }
                Some("unsubscribe") => {
                    if let (Stream::Feed(id), _) = self.stream(stream).await?
                        && let Some(feed) = self.feeds().await?.into_iter().find(|feed| feed.id == id)
                    {
                        self.app.store.remove_feed(&feed.url).await?;
                    }
                }
                Some("edit") => {
                    let (Stream::Feed(id), _) = self.stream(stream).await? else {
                        return Err(bad(format!("{stream} is no feed")));
                    };
                    self.app.store.edit_feed(id, title.clone(), folder.clone()).await?;
                }
                other => return Err(bad(format!("ac is subscribe, unsubscribe or edit, not {other:?}"))),
            }
        }
        self.app.forget_what_was_read();
        Ok(ok())
    }

    async fn quick_add(&self) -> Result<Response, Error> {
        self.may_edit()?;
        let address = self.parameters.get("quickadd").ok_or_else(|| bad("quickadd is missing: an address"))?;
        let address = address.strip_prefix("feed/").unwrap_or(address);
        let before: BTreeSet<i64> = self.feeds().await?.iter().map(|feed| feed.id.0).collect();
        let followed = self.app.control.follow(address.to_owned(), None).await;
        let feeds = self.feeds().await?;
        let found = feeds
            .iter()
            .find(|feed| !before.contains(&feed.id.0))
            .or_else(|| feeds.iter().find(|feed| feed.url == address));
        let answer = match (followed, found) {
            (Ok(title), Some(feed)) => json!({
                "numResults": 1, "query": address, "streamId": format!("feed/{}", feed.id), "streamName": title,
            }),
            (Ok(_), None) => json!({ "numResults": 0, "query": address, "error": "it is followed already" }),
            (Err(why), _) => json!({ "numResults": 0, "query": address, "error": why }),
        };
        self.app.forget_what_was_read();
        Ok(Json(answer).into_response())
    }

    async fn export(&self) -> Result<Response, Error> {
        let feeds: Vec<NewFeed> = self.feeds().await?.into_iter().map(NewFeed::from).collect();
        let document = firsthand_feed::opml::write("firsthand subscriptions", &feeds);
        Ok(([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], document).into_response())
    }

    async fn import(&self) -> Result<Response, Error> {
        self.may_edit()?;
        let feeds = firsthand_feed::opml::parse(self.body).map_err(|error| bad(error.to_string()))?;
        let created = self.app.control.import(feeds).await?;
        self.app.forget_what_was_read();
        Ok(plain(StatusCode::OK, format!("OK: {created}")))
    }

    async fn rename_tag(&self) -> Result<Response, Error> {
        self.may_edit()?;
        let of = |name: &str| {
            let value = self.parameters.get(name).or_else(|| self.parameters.get("t").filter(|_| name == "s"))?;
            Some(value.split_once("/label/").map_or(value, |(_, label)| label).to_owned())
        };
        let (Some(from), Some(to)) = (of("s"), of("dest")) else { return Err(bad("s and dest name the folders")) };
        if from.is_empty() || to.is_empty() {
            return Err(bad("a folder has a name"));
        }
        self.app.store.rename_folder(&from, &to).await?;
        self.app.forget_what_was_read();
        Ok(ok())
    }

    async fn disable_tag(&self) -> Result<Response, Error> {
        self.may_edit()?;
        let tags: Vec<&str> = self.parameters.all("s").chain(self.parameters.all("t")).collect();
        if tags.is_empty() {
            return Err(bad("s is missing: the folder"));
        }
        for tag in tags {
            let folder = tag.split_once("/label/").map_or(tag, |(_, label)| label);
            self.app.store.rename_folder(folder, "").await?;
        }
        self.app.forget_what_was_read();
        Ok(ok())
    }

    async fn unread_count(&self) -> Result<Response, Error> {
        let mut all: BTreeMap<String, (u64, i64)> = BTreeMap::new();
        for count in self.app.store.unread_counts(self.user.id).await? {
            let folder = count.folder.map(|folder| format!("{LABEL}{folder}"));
            let streams = [Some(format!("feed/{}", count.feed_id)), folder, Some(format!("{STATE}reading-list"))];
            for stream in streams.into_iter().flatten() {
                let entry = all.entry(stream).or_default();
                *entry = (entry.0 + count.unread, entry.1.max(count.newest_at.as_millis() * 1000));
            }
        }
        let max = all.get(&format!("{STATE}reading-list")).map_or(0, |(count, _)| *count);
        let counts: Vec<Value> = all
            .into_iter()
            .map(|(id, (count, newest))| json!({ "id": id, "count": count, "newestItemTimestampUsec": newest.to_string() }))
            .collect();
        Ok(Json(json!({ "max": max, "unreadcounts": counts })).into_response())
    }

    /// The part of a stream that the parameters ask for.
    async fn query(&self, stream: &str, most: usize) -> Result<StreamQuery, Error> {
        let (stream, unread) = self.stream(stream).await?;
        let excluded = |state: &str| self.parameters.all("xt").any(|excluded| excluded.ends_with(&format!("/{state}")));
        let limit = match self.parameters.get("n") {
            Some(text) => text.parse().map_err(|_| bad(format!("n={text} is no number")))?,
            None => ITEMS,
        };
        let instant = |name: &str| self.parameters.get(name).map(instant).transpose();
        let after = match self.parameters.get("c").filter(|text| !text.is_empty()) {
            Some(text) => Some(article_id(text).ok_or_else(|| bad(format!("c={text} is no continuation")))?),
            None => None,
        };
        Ok(StreamQuery {
            stream,
            unread_only: unread || excluded("read"),
            starred_only: self.parameters.all("it").any(|wanted| wanted.ends_with("/starred")),
            oldest_first: self.parameters.get("r") == Some("o"),
            since: instant("ot")?.flatten(),
            until: instant("nt")?.flatten(),
            after,
            limit: limit.clamp(1, most),
            ..StreamQuery::default()
        })
    }

    /// Numbers of a part, with the continuation where there is more.
    async fn page(&self, query: StreamQuery) -> Result<(Vec<(ArticleId, Timestamp)>, Option<String>), Error> {
        let limit = query.limit;
        let mut ids = self.app.store.stream_ids(self.user.id, StreamQuery { limit: limit + 1, ..query }).await?;
        let more = ids.len() > limit;
        ids.truncate(limit);
        let next = ids.last().filter(|_| more).map(|(id, _)| id.to_string());
        Ok((ids, next))
    }

    async fn ids(&self) -> Result<Response, Error> {
        let stream = self.parameters.get("s").unwrap_or_default();
        let (ids, next) = self.page(self.query(stream, MOST_IDS).await?).await?;
        let references: Vec<Value> = ids
            .iter()
            .map(|(id, stored)| {
                json!({ "id": id.to_string(), "directStreamIds": [], "timestampUsec": (stored.as_millis() * 1000).to_string() })
            })
            .collect();
        let mut answer = json!({ "itemRefs": references });
        if let (Some(next), Some(answer)) = (next, answer.as_object_mut()) {
            answer.insert("continuation".to_owned(), json!(next));
        }
        Ok(Json(answer).into_response())
    }

    /// How many items a stream has, and with `a` when the newest was stored, as FeedHQ writes it.
    async fn count(&self) -> Result<Response, Error> {
        let query = self.query(self.parameters.get("s").unwrap_or_default(), MOST_IDS).await?;
        let query = StreamQuery { limit: 1, ..query };
        let count = self.app.store.stream_count(self.user.id, query.clone()).await?;
        let newest = match self.parameters.get("a") {
            Some("true") => self.app.store.stream_ids(self.user.id, query).await?.first().map(|(_, stored)| *stored),
            _ => None,
        };
        let day = newest.map(|at| format!("#{}", firsthand_text::dates::in_english(at))).unwrap_or_default();
        Ok(plain(StatusCode::OK, format!("{count}{day}")))
    }

    async fn subscribed(&self) -> Result<Response, Error> {
        let asked = self.parameters.get("s").unwrap_or_default();
        let address = asked.strip_prefix("feed/").unwrap_or(asked);
        let followed = self.feeds().await?.iter().any(|feed| feed.url == address || feed.id.to_string() == address);
        Ok(plain(StatusCode::OK, followed.to_string()))
    }

    fn asked_ids(&self) -> Result<Vec<ArticleId>, Error> {
        let ids: Result<Vec<ArticleId>, Error> = self
            .parameters
            .all("i")
            .map(|text| article_id(text).ok_or_else(|| bad(format!("i={text} is no article's number"))))
            .collect();
        let ids = ids?;
        match ids.is_empty() {
            true => Err(bad("i is missing: numbers of articles")),
            false => Ok(ids),
        }
    }

    async fn contents(&self) -> Result<Response, Error> {
        let mut ids = self.asked_ids()?;
        ids.truncate(MOST_CONTENTS);
        let items = self.app.reader_items(self.user.id, ids).await?;
        Ok(Json(listing(&format!("{STATE}reading-list"), &items, None, self.has_stories().await?)).into_response())
    }

    async fn stream_contents(&self, stream: &str) -> Result<Response, Error> {
        let stream = if stream.is_empty() { self.parameters.get("s").unwrap_or_default() } else { stream };
        let (ids, next) = self.page(self.query(stream, MOST_CONTENTS).await?).await?;
        let items = self.app.reader_items(self.user.id, ids.into_iter().map(|(id, _)| id).collect()).await?;
        let name = if stream.is_empty() { format!("{STATE}reading-list") } else { stream.to_owned() };
        Ok(Json(listing(&name, &items, next, self.has_stories().await?)).into_response())
    }

    async fn atom(&self, stream: &str) -> Result<Response, Error> {
        let (ids, next) = self.page(self.query(stream, MOST_CONTENTS).await?).await?;
        let items = self.app.reader_items(self.user.id, ids.into_iter().map(|(id, _)| id).collect()).await?;
        let title = match self.stream(stream).await?.0 {
            Stream::Feed(id) => self.feeds().await?.into_iter().find(|feed| feed.id == id).map(|feed| feed.title),
            Stream::Folder(folder) => Some(folder),
            _ => None,
        };
        let document = atom(stream, title.as_deref().unwrap_or(stream), &items, next.as_deref());
        Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], document).into_response())
    }

    async fn edit_tag(&self) -> Result<Response, Error> {
        let ids = self.asked_ids()?;
        let (user, store) = (self.user.id, &self.app.store);
        for (tags, added) in [("a", true), ("r", false)] {
            for tag in self.parameters.all(tags) {
                match tag.rsplit('/').next().unwrap_or_default() {
                    "read" if tag.contains("state/com.google") => self.app.mark_read(user, ids.clone(), added).await?,
                    "kept-unread" if added => self.app.mark_read(user, ids.clone(), false).await?,
                    "starred" if tag.contains("state/com.google") => {
                        for id in &ids {
                            match store.set_star(user, *id, added).await {
                                // An article that has gone is no reason to leave the others.
                                Ok(()) | Err(firsthand_store::StoreError::NotFound(_)) => {}
                                Err(error) => return Err(error.into()),
                            }
                        }
                    }
                    // Labels, likes and shares of single articles are not kept here.
                    _ => {}
                }
            }
        }
        Ok(ok())
    }

    async fn mark_all(&self) -> Result<Response, Error> {
        let stream = self.parameters.get("s").ok_or_else(|| bad("s is missing: the stream"))?;
        let (stream, _) = self.stream(stream).await?;
        let until = self.parameters.get("ts").map(instant).transpose()?.flatten().unwrap_or(self.app.clock.now());
        self.app.store.read_stream(self.user.id, stream, until).await?;
        Ok(ok())
    }
}

/// An instant in seconds, milliseconds or microseconds since the Unix epoch, told by its length; 0 is none.
fn instant(text: &str) -> Result<Option<Timestamp>, Error> {
    let number: i64 = text.trim().parse().map_err(|_| bad(format!("{text:?} is no time")))?;
    Ok(match number {
        ..=0 => None,
        1..100_000_000_000 => Some(Timestamp::from_millis(number * 1000)),
        100_000_000_000..100_000_000_000_000 => Some(Timestamp::from_millis(number)),
        _ => Some(Timestamp::from_millis(number / 1000)),
    })
}

fn subscription(feed: &FeedView) -> Value {
    let categories: Vec<Value> = feed
        .folder
        .iter()
        .filter(|folder| !folder.is_empty())
        .map(|folder| json!({ "id": format!("{LABEL}{folder}"), "label": folder }))
        .collect();
    json!({
        "id": format!("feed/{}", feed.id),
        "title": feed.title,
        "categories": categories,
        "url": feed.url,
        "htmlUrl": feed.site_url.as_deref().unwrap_or(&feed.url),
        "iconUrl": "",
        "firstitemmsec": (feed.added_at.as_millis()).to_string(),
    })
}

fn long_id(id: ArticleId) -> String {
    format!("tag:google.com,2005:reader/item/{:016x}", id.0)
}

fn listing(stream: &str, items: &[StreamItem], next: Option<String>, stories: bool) -> Value {
    let newest = items.iter().map(|item| item.stored_at.as_millis() / 1000).max().unwrap_or_default();
    let items: Vec<Value> = items.iter().map(|one| item(one, stories)).collect();
    let mut answer = json!({ "direction": "ltr", "id": stream, "title": stream, "updated": newest, "items": items });
    if let (Some(next), Some(answer)) = (next, answer.as_object_mut()) {
        answer.insert("continuation".to_owned(), json!(next));
    }
    answer
}

fn item(item: &StreamItem, stories: bool) -> Value {
    let mut categories = vec![format!("{STATE}reading-list")];
    categories.extend(item.folder.iter().map(|folder| format!("{LABEL}{folder}")));
    categories.extend((stories && item.speaks).then(|| format!("{LABEL}{STORIES}")));
    categories.extend(item.read.then(|| format!("{STATE}read")));
    categories.extend(item.starred.then(|| format!("{STATE}starred")));
    let stored = item.stored_at.as_millis();
    json!({
        "id": long_id(item.id),
        "crawlTimeMsec": stored.to_string(),
        "timestampUsec": (stored * 1000).to_string(),
        "published": item.published_at.as_millis() / 1000,
        "updated": item.published_at.as_millis() / 1000,
        "title": item.title,
        "author": item.byline.as_deref().unwrap_or_default(),
        "categories": categories,
        "canonical": [{ "href": item.url }],
        "alternate": [{ "href": item.url, "type": "text/html" }],
        "summary": { "direction": "ltr", "content": item.html },
        "content": { "direction": "ltr", "content": item.html },
        "origin": {
            "streamId": format!("feed/{}", item.feed_id),
            "title": item.feed_title,
            "htmlUrl": item.site_url.as_deref().unwrap_or(&item.url),
        },
        "enclosure": [],
    })
}

/// The same as Atom (RFC 4287), with the states as categories and the continuation as its clients read it.
fn atom(stream: &str, title: &str, items: &[StreamItem], next: Option<&str>) -> String {
    let updated = items.iter().map(|item| item.stored_at).max().unwrap_or_default();
    let next = next.map(|next| format!("<gr:continuation>{}</gr:continuation>\n", escape(next))).unwrap_or_default();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:gr=\"http://www.google.com/schemas/reader/atom/\">\n<id>tag:google.com,2005:reader/{}</id>\n<title>{}</title>\n<updated>{updated}</updated>\n{next}",
        crate::feeds::xml(stream),
        crate::feeds::xml(title)
    );
    for item in items {
        let xml = crate::feeds::xml;
        let state = |on: bool, name: &str| match on {
            true => format!(
                "<category term=\"{STATE}{name}\" scheme=\"http://www.google.com/reader/\" label=\"{name}\"/>\n"
            ),
            false => String::new(),
        };
        let _ = write!(
            out,
            "<entry>\n<id>{}</id>\n<title type=\"text\">{}</title>\n<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n<published>{}</published>\n<updated>{}</updated>\n<author><name>{}</name></author>\n{}{}<content type=\"html\">{}</content>\n</entry>\n",
            long_id(item.id),
            xml(&item.title),
            xml(&item.url),
            item.published_at,
            item.published_at,
            xml(item.byline.as_deref().unwrap_or(&item.feed_title)),
            state(item.read, "read"),
            state(item.starred, "starred"),
            xml(&item.html)
        );
    }
    out.push_str("</feed>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_by_its_length() {
        let at = |text: &str| instant(text).unwrap().map(|at| at.to_string());
        let expected = Some("2026-11-26T20:00:00Z".to_owned());
        for text in ["1795723200", "1795723200000", "1795723200000000"] {
            assert_eq!(at(text), expected, "{text}");
        }
        assert_eq!(at("0"), None);
        assert!(instant("soon").is_err());
    }
}
