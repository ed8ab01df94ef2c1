//! `/api/v1`: everything that the pages can do, as JSON. Reading what the pages show to everyone
//! needs no token; the rest needs `Authorization: Bearer TOKEN` or a session.

use super::spec::{
    Operation, Who, after, delete, get as get_op, limit, number, post as post_op, put as put_op, text, words,
};
use super::{accounts, alerts, editing, following, letters, live, reading, spec};
use crate::auth::Asker;
use crate::error::Error;
use crate::pages::for_you::stories_for;
use crate::pages::front::ListQuery;
use crate::pages::search::parse as parse_search;
use crate::votes::cast;
use crate::{Shared, exports};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use firsthand_model::*;
use firsthand_store::FoundStory;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Items of a page, unless asked otherwise, and at the most.
const PAGE: usize = 20;
const MOST: usize = 100;
/// What numbers of things can be.
const IDS: std::ops::Range<i64> = 1..1_000_000_000_000_000;

/// The operations of this module, for the specification.
fn operations() -> Vec<Operation> {
    let by = text("by", "\"relevance\" for the best matches first instead of the newest.");
    let list = [
        limit(),
        after(),
        words(
            "order",
            &["rank", "new", "day", "week", "month", "hidden"],
            "The order, or (for editors) what they hid.",
        ),
        text("folder", "Only stories with a report from a feed in this folder."),
        text("language", "Only stories with a report in this language (BCP 47)."),
        text("topic", "Only stories of this topic of the site."),
        text("firsthand", "There: only stories with a first-hand report."),
        text("unread", "There: only stories that the asker has not read."),
    ];
    vec![
        get_op("/stories", "Stories by rank, or in another order").query(list).gives::<Page<StoryCard>>(),
        get_op("/for-you", "Stories in the asker's own order")
            .by(Who::Readers)
            .query([limit(), after()])
            .gives::<Page<StoryCard>>(),
        delete("/for-you", "Forget what the asker liked; votes still count").by(Who::Readers),
        get_op("/stories/{id}", "A story with its reports, their parts and evidence").gives::<StoryView>(),
        put_op("/stories/{id}/read", "Whether the asker read it").by(Who::Readers).takes::<Read>(),
        get_op("/stories/{id}/vote", "The counts and the own vote").gives::<Tally>(),
        post_op("/stories/{id}/vote", "Like, dislike or withdraw").takes::<Vote>().gives::<Tally>(),
        get_op("/articles", "Articles, newest first")
            .query([limit(), after(), number("outlet", "Only this outlet's.")])
            .gives::<Page<ArticleCard>>(),
        get_op("/articles/{id}", "An article; its full text for signed-in readers").gives::<ArticleAnswer>(),
        get_op("/articles/{id}/vote", "The counts and the own vote").gives::<Tally>(),
        post_op("/articles/{id}/vote", "Like, dislike or withdraw").takes::<Vote>().gives::<Tally>(),
        get_op("/outlets", "Outlets by name").gives::<Page<OutletCard>>(),
        get_op("/outlets/{id}", "An outlet with what it rests on").gives::<OutletView>(),
        get_op("/search", "Articles that match q, a query as the search page takes it")
            .query([text("q", "The query."), by, limit(), after()])
            .gives::<Page<ArticleCard>>(),
        post_op("/votes", "Cast a vote on {subject, id}").takes::<VoteOn>().gives::<Tally>(),
        get_op("/openapi.json", "This specification").gives::<BTreeMap<String, Value>>(),
    ]
}

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
        .route("/votes", post(vote))
        .route("/openapi.json", get(openapi))
        .merge(accounts::routes())
        .merge(alerts::routes())
        .merge(editing::routes())
        .merge(following::routes())
        .merge(letters::routes())
        .merge(live::routes())
        .merge(reading::routes())
        .layer(axum::middleware::from_fn(crate::guard::conditional))
}

/// A page of a list: `next` is the value of `after` for the page after it.
#[derive(Serialize, JsonSchema)]
pub(super) struct Page<T> {
    /// What there is.
    pub(super) items: Vec<T>,
    /// The value of `after` for the page after it; null on the last one.
    pub(super) next: Option<String>,
}

impl<T> Page<T> {
    /// All there is, on one page.
    pub(super) fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// From one item more than the page holds.
    pub(super) fn new(mut items: Vec<T>, limit: usize, cursor: impl Fn(&T) -> String) -> Self {
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| has_more).map(cursor);
        Self { items, next }
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct PageQuery {
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
    pub(super) fn limit(&self) -> Result<usize, Error> {
        match self.limit {
            Some(0) => Err(Error::BadRequest("limit=0 asks for nothing: it is 1 or more".to_owned())),
            limit => Ok(limit.unwrap_or(PAGE).min(MOST)),
        }
    }

    /// The cursor of lists that are in the order of ids: the last one that was seen.
    pub(super) fn number(&self) -> Result<Option<i64>, Error> {
        let after = self.after.as_ref();
        after.map(|after| after.parse().map_err(|_| bad_cursor(after))).transpose()
    }

    /// The cursor of lists that are in no order of ids: how many were seen.
    pub(super) fn offset(&self) -> Result<usize, Error> {
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
    let (limit, offset) = (page.limit()?, page.offset()?);
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

#[derive(Debug, Deserialize, JsonSchema)]
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
    let (limit, offset) = (page.limit()?, page.offset()?);
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
    if page.outlet.is_some_and(|outlet| !IDS.contains(&outlet)) {
        return Err(Error::BadRequest("outlet is the number of an outlet".to_owned()));
    }
    let before = page.number()?.map(ArticleId);
    let limit = page.limit()?;
    let items = app.store.articles(page.outlet.map(OutletId), before, limit + 1, asker.voter().as_ref()).await?;
    Ok(Json(Page::new(items, limit, |card| card.id.to_string())))
}

/// An article as whoever asks may have it.
struct ArticleAnswer;

/// What only signed-in readers get.
const OWN: [&str; 4] = ["text", "html", "revisions", "feed_url"];

impl JsonSchema for ArticleAnswer {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Article".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = ArticleView::json_schema(generator);
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            for name in OWN {
                if let Some(property) = properties.get_mut(name) {
                    *property = serde_json::json!({ "anyOf": [property.take(), { "type": "null" }] });
                }
            }
        }
        schema
    }
}

async fn article(State(app): State<Shared>, asker: Asker, Path(text): Path<String>) -> Result<Json<Value>, Error> {
    let id: ArticleId = id(&text, "article")?;
    let voter = asker.voter();
    let article = match asker.user {
        Some(_) => app.store.whole_article(id, voter.as_ref()).await?,
        None => app.store.article(id, voter.as_ref()).await?,
    };
    let article = article.ok_or_else(|| Error::NotFound(format!("there is no article {id}")))?;
    let mut value = serde_json::to_value(article).map_err(|_| Error::Render(askama::Error::Fmt))?;
    if let Some(fields) = value.as_object_mut().filter(|_| asker.user.is_none()) {
        for name in OWN {
            fields.insert(name.to_owned(), Value::Null);
        }
    }
    Ok(Json(value))
}

async fn outlets(State(app): State<Shared>, _: Asker) -> Result<Json<Page<OutletCard>>, Error> {
    Ok(Json(Page::whole(app.outlets().await?.as_ref().clone())))
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
    let (limit, offset) = (page.limit()?, page.offset()?);
    let query = parse_search(&page.q).map_err(Error::BadRequest)?;
    let by_relevance = page.by.as_deref() == Some("relevance");
    let query = SearchQuery { by_relevance, limit: limit + 1, offset, ..query };
    let items = app.store.search(&query, asker.voter().as_ref()).await?;
    Ok(Json(Page::new(items, limit, |_| (offset + limit).to_string())))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Vote {
    vote: Ballot,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum SubjectKind {
    Story,
    Article,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct VoteOn {
    subject: SubjectKind,
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
    let subject = match vote.subject {
        SubjectKind::Story => Subject::Story(StoryId(vote.id)),
        SubjectKind::Article => Subject::Article(ArticleId(vote.id)),
    };
    vote_on(&app, &asker, subject, vote.vote).await
}

/// The specification (OpenAPI 3.1).
async fn openapi(State(app): State<Shared>, asker: Asker) -> Result<Json<Value>, Error> {
    let all = [
        operations(),
        reading::operations(),
        alerts::operations(),
        following::operations(),
        editing::operations(),
        accounts::operations(),
        letters::operations(),
        live::operations(),
    ];
    let site = app.site().await?;
    let title = site.name().unwrap_or(&app.config.title);
    let operations = all.into_iter().flatten().collect();
    Ok(Json(spec::document(title, &format!("{}/api/v1", asker.base), operations)))
}
