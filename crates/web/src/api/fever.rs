//! The Fever API (version 3) under `/fever/`: everything in one call, always answered with 200.

use super::apps::{Parameters, folder_number, key_of};
use crate::error::Error;
use crate::{App, Shared};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use firsthand_model::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Items of an answer, as Fever's own documentation has it; and numbers in a list at the most.
const ITEMS: usize = 50;
const MOST_IDS: usize = 100_000;

/// The one address of the API.
pub(crate) async fn fever(State(app): State<Shared>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    let parameters = Parameters::new(uri.query(), &headers, &body);
    match answer(&app, &parameters).await {
        Ok(answer) => Json(Value::Object(answer)).into_response(),
        Err(Error::Store(cause)) => {
            tracing::error!("a reader app was not answered: {cause}");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        // Clients look at nothing but `auth`.
        Err(_) => Json(json!({ "api_version": 3, "auth": 0 })).into_response(),
    }
}

async fn answer(app: &App, parameters: &Parameters) -> Result<Map<String, Value>, Error> {
    let mut out = Map::new();
    out.insert("api_version".to_owned(), json!(3));
    let key = parameters.get("api_key").unwrap_or_default();
    let Some(user) = app.store.user_by_app_key(&key_of(key)).await? else {
        out.insert("auth".to_owned(), json!(0));
        return Ok(out);
    };
    let user = user.id;
    out.insert("auth".to_owned(), json!(1));
    let feeds = app.store.feeds().await?;
    let last = feeds.iter().filter_map(|feed| feed.last_success_at).max().unwrap_or_default();
    out.insert("last_refreshed_on_time".to_owned(), json!(last.as_millis() / 1000));
    if parameters.has("mark") {
        mark(app, user, parameters, &feeds).await?;
    }
    if parameters.has("groups") || parameters.has("feeds") {
        let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for feed in &feeds {
            if let Some(folder) = feed.folder.as_deref().filter(|folder| !folder.is_empty()) {
                groups.entry(folder).or_default().push(feed.id.to_string());
            }
        }
        let of_group = |(folder, feeds): (&&str, &Vec<String>)| json!({ "group_id": folder_number(folder), "feed_ids": feeds.join(",") });
        let feeds_groups: Vec<Value> = groups.iter().map(of_group).collect();
        if parameters.has("groups") {
            let titles: Vec<Value> =
                groups.keys().map(|folder| json!({ "id": folder_number(folder), "title": folder })).collect();
            out.insert("groups".to_owned(), json!(titles));
        }
        out.insert("feeds_groups".to_owned(), json!(feeds_groups));
    }
    if parameters.has("feeds") {
        let feeds: Vec<Value> = feeds
            .iter()
            .map(|feed| {
                json!({
                    "id": feed.id.0, "favicon_id": 0, "title": feed.title, "url": feed.url,
                    "site_url": feed.site_url.as_deref().unwrap_or(&feed.url), "is_spark": 0,
                    "last_updated_on_time": feed.last_success_at.map_or(0, |at| at.as_millis() / 1000),
                })
            })
            .collect();
        out.insert("feeds".to_owned(), json!(feeds));
    }
    if parameters.has("favicons") {
        out.insert("favicons".to_owned(), json!([]));
    }
    if parameters.has("links") {
        out.insert("links".to_owned(), json!([]));
    }
    if parameters.has("items") {
        out.insert("items".to_owned(), items(app, user, parameters).await?);
        out.insert("total_items".to_owned(), json!(app.store.article_count().await?));
    }
    for (name, query) in [
        ("unread_item_ids", StreamQuery { unread_only: true, ..StreamQuery::default() }),
        ("saved_item_ids", StreamQuery { stream: Stream::Starred, ..StreamQuery::default() }),
    ] {
        if parameters.has(name) {
            let ids = app.store.stream_ids(user, StreamQuery { limit: MOST_IDS, ..query }).await?;
            let ids: Vec<String> = ids.into_iter().map(|(id, _)| id.to_string()).collect();
            out.insert(name.to_owned(), json!(ids.join(",")));
        }
    }
    Ok(out)
}

async fn items(app: &App, user: UserId, parameters: &Parameters) -> Result<Value, Error> {
    let number = |name: &str| parameters.get(name).and_then(|text| text.trim().parse::<i64>().ok());
    let ids = if let Some(list) = parameters.get("with_ids") {
        list.split(',').filter_map(|id| id.trim().parse().ok()).map(ArticleId).take(ITEMS).collect()
    } else {
        let (oldest_first, after) = match (number("since_id"), number("max_id")) {
            (Some(since), _) => (true, Some(since)),
            (None, Some(max)) => (false, Some(max).filter(|max| *max > 0)),
            (None, None) => (true, None),
        };
        let query = StreamQuery { oldest_first, after: after.map(ArticleId), limit: ITEMS, ..StreamQuery::default() };
        app.store.stream_ids(user, query).await?.into_iter().map(|(id, _)| id).collect()
    };
    let items = app.reader_items(user, ids).await?;
    let items: Vec<Value> = items
        .into_iter()
        .map(|item| {
            json!({
                "id": item.id.0, "feed_id": item.feed_id.0, "title": item.title,
                "author": item.byline.unwrap_or_default(), "html": item.html, "url": item.url,
                "is_saved": u8::from(item.starred), "is_read": u8::from(item.read),
                "created_on_time": item.published_at.as_millis() / 1000,
            })
        })
        .collect();
    Ok(json!(items))
}

/// Marks an item, a feed or a group; what makes no sense changes nothing.
async fn mark(app: &App, user: UserId, parameters: &Parameters, feeds: &[FeedView]) -> Result<(), Error> {
    let Some(id) = parameters.get("id").and_then(|text| text.trim().parse::<i64>().ok()) else { return Ok(()) };
    let store = &app.store;
    let until = parameters.get("before").and_then(|text| text.trim().parse::<i64>().ok()).filter(|before| *before > 0);
    let until = until.map_or(app.clock.now(), |seconds| Timestamp::from_millis(seconds.saturating_mul(1000)));
    match (parameters.get("mark"), parameters.get("as")) {
        (Some("item"), Some(state @ ("read" | "unread"))) => {
            app.mark_read(user, vec![ArticleId(id)], state == "read").await?;
        }
        (Some("item"), Some(state @ ("saved" | "unsaved"))) => {
            match store.set_star(user, ArticleId(id), state == "saved").await {
                Ok(()) | Err(firsthand_store::StoreError::NotFound(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        (Some("feed"), Some("read")) => {
            store.read_stream(user, Stream::Feed(FeedId(id)), until).await?;
        }
        // 0 is everything; -1, the feeds that are not worth reading, is nothing here.
        (Some("group"), Some("read")) if id == 0 => {
            store.read_stream(user, Stream::All, until).await?;
        }
        (Some("group"), Some("read")) => {
            let folder =
                feeds.iter().filter_map(|feed| feed.folder.as_deref()).find(|folder| folder_number(folder) == id);
            if let Some(folder) = folder {
                store.read_stream(user, Stream::Folder(folder.to_owned()), until).await?;
            }
        }
        _ => {}
    }
    Ok(())
}
