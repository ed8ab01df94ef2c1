//! `/feeds/…`: every list as Atom 1.0 (RFC 4287) and JSON Feed 1.1: excerpts and links, as on the
//! public pages.

use crate::auth::Asker;
use crate::error::Error;
use crate::guard::is_known;
use crate::pages::front::ListQuery;
use crate::pages::search::parse as parse_search;
use crate::show::counted;
use crate::{App, Shared};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use firsthand_model::{
    ArticleCard, Letter, OutletId, SearchQuery, StoryCard, StoryId, StoryMark, StoryView, Timestamp, UserId,
};
use firsthand_store::FoundStory;
use firsthand_text::html::escape;
use firsthand_text::shingles::stable_hash;
use serde::Deserialize;
use serde_json::json;
use std::fmt::Write as _;

/// Entries of a feed.
const ENTRIES: usize = 40;

/// A list as a feed has it.
struct Listing {
    title: String,
    /// The page that shows the same.
    path: String,
    entries: Vec<Entry>,
}

struct Entry {
    /// The path of its page here, which is its identity.
    path: String,
    title: String,
    excerpt: String,
    /// The report at its source.
    source_url: String,
    outlet: String,
    author: Option<String>,
    published: Timestamp,
    updated: Timestamp,
    language: Option<String>,
    note: String,
    /// All of it, where it is the reader's own.
    html: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct FeedQuery {
    #[serde(default)]
    q: String,
    #[serde(flatten)]
    list: ListQuery,
}

/// `/feeds/NAME.atom` and `/feeds/NAME.json`
pub(crate) async fn feed(
    State(app): State<Shared>,
    asker: Asker,
    Path(name): Path<String>,
    Query(query): Query<FeedQuery>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (list, format) = name.rsplit_once('.').unwrap_or((name.as_str(), ""));
    if !matches!(format, "atom" | "json") {
        return Err(Error::NotFound(format!("there is no feed {name}: feeds end in .atom or .json")));
    }
    let listing = listing(&app, list, query).await?;
    let own = format!("{}{}", asker.base, asker.path);
    let site = app.site().await?;
    let site_name = site.name().unwrap_or(&app.config.title);
    let (media_type, document) = match format {
        "atom" => ("application/atom+xml; charset=utf-8", atom(&app, &listing, site_name, &asker.base, &own)),
        _ => ("application/feed+json; charset=utf-8", json_feed(&app, &listing, site_name, &asker.base, &own)),
    };
    let tag = format!("\"{:016x}\"", stable_hash(document.as_bytes()));
    let shared = if list.starts_with("starred-") || list.starts_with("letters-") { "private" } else { "public" };
    let caching = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, format!("{shared}, max-age=300"))];
    if is_known(headers.get(header::IF_NONE_MATCH), &tag) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let mut response = (caching, [(header::CONTENT_TYPE, media_type)], document).into_response();
    if let Some(hub) = &app.config.hub {
        // As WebSub (W3C, section 4) has it, in headers as well.
        for link in [format!("<{hub}>; rel=\"hub\""), format!("<{own}>; rel=\"self\"")] {
            if let Ok(link) = HeaderValue::from_str(&link) {
                response.headers_mut().append(header::LINK, link);
            }
        }
    }
    Ok(response)
}

impl App {
    /// The feed of what an account starred, by an address that only the account knows: good until its password for apps
    /// changes, as feed readers cannot sign in. Without an ending.
    pub(crate) async fn starred_feed(&self, user: UserId) -> Result<String, Error> {
        self.own_feed("starred", user).await
    }

    /// The feed of an account's newsletters, in the same way.
    pub(crate) async fn letters_feed(&self, user: UserId) -> Result<String, Error> {
        self.own_feed("letters", user).await
    }

    async fn own_feed(&self, kind: &str, user: UserId) -> Result<String, Error> {
        let signature = self.signature(&format!("{kind} feed"), &self.own_message(user).await?);
        Ok(format!("/feeds/{kind}-{user}-{signature}"))
    }

    async fn own_message(&self, user: UserId) -> Result<String, Error> {
        Ok(format!("{user} {}", self.store.app_key(user).await?.unwrap_or_default()))
    }

    /// The account of an address of [`Self::own_feed`], by what stands behind the kind.
    async fn owner(&self, kind: &str, rest: &str) -> Result<Option<UserId>, Error> {
        let Some((user, signature)) = rest.split_once('-') else { return Ok(None) };
        let Ok(user) = user.parse().map(UserId) else { return Ok(None) };
        let is_right = self.is_signed(&format!("{kind} feed"), &self.own_message(user).await?, signature);
        Ok(is_right.then_some(user))
    }
}

async fn listing(app: &App, list: &str, query: FeedQuery) -> Result<Listing, Error> {
    let no_such = || Error::NotFound(format!("there is no feed {list}"));
    let order = match list {
        "front" => Some((None, "Front page")),
        "new" => Some((Some("new"), "New")),
        "day" => Some((Some("day"), "Top of the day")),
        "week" => Some((Some("week"), "Top of the week")),
        "month" => Some((Some("month"), "Top of the month")),
        _ => None,
    };
    if let Some((order, title)) = order {
        let list = ListQuery { order: order.map(str::to_owned), page: None, ..query.list };
        let stories = firsthand_model::StoryQuery { limit: ENTRIES, ..list.stories(&*app.site().await?)? };
        let entries = app.stories(&stories, None).await?.into_iter().map(of_story).collect();
        let written = list.written(1);
        let path = if written.is_empty() { "/".to_owned() } else { format!("/?{written}") };
        let title = list.topic.clone().or(list.folder.clone()).unwrap_or_else(|| title.to_owned());
        return Ok(Listing { title, path, entries });
    }
    if list == "search" {
        let search = parse_search(&query.q).map_err(Error::BadRequest)?;
        let rows = app.store.search(&SearchQuery { limit: ENTRIES, ..search }, None).await?;
        let written = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", &query.q).finish();
        return Ok(Listing {
            title: format!("Search: {}", query.q),
            path: format!("/search?{written}"),
            entries: rows.into_iter().map(of_article).collect(),
        });
    }
    let (kind, number) = list.split_once('-').ok_or_else(no_such)?;
    if kind == "starred" {
        let user = app.owner(kind, number).await?.ok_or_else(no_such)?;
        let starred = app.store.starred(user, ENTRIES, 0).await?;
        return Ok(Listing {
            title: "Starred".to_owned(),
            path: "/starred".to_owned(),
            entries: starred.into_iter().map(of_article).collect(),
        });
    }
    if kind == "letters" {
        let user = app.owner(kind, number).await?.ok_or_else(no_such)?;
        let mut entries = Vec::new();
        for card in app.store.letters(user, None, ENTRIES).await? {
            if let Some(letter) = app.store.letter(user, card.id).await? {
                entries.push(of_letter(letter));
            }
        }
        return Ok(Listing { title: "Newsletters".to_owned(), path: "/letters".to_owned(), entries });
    }
    let number: i64 = number.parse().map_err(|_| no_such())?;
    match kind {
        "outlet" => {
            let outlet = app.store.outlet(OutletId(number)).await?.ok_or_else(no_such)?;
            let entries = app.store.articles(Some(outlet.id), None, ENTRIES, None).await?;
            Ok(Listing {
                title: outlet.name,
                path: format!("/outlet/{number}"),
                entries: entries.into_iter().map(of_article).collect(),
            })
        }
        "story" => match standing_story(app, StoryId(number)).await? {
            Some(story) => Ok(Listing {
                title: story.card.headline.clone(),
                path: format!("/story/{}", story.card.id),
                entries: story
                    .reports
                    .into_iter()
                    .rev()
                    .take(ENTRIES)
                    .map(|report| Entry {
                        path: format!("/article/{}", report.article_id),
                        title: report.title,
                        excerpt: report.excerpt,
                        source_url: report.url,
                        outlet: report.outlet,
                        author: report.byline,
                        published: report.published_at,
                        updated: report.published_at,
                        language: report.language,
                        note: crate::show::role_name(report.role).to_owned(),
                        html: None,
                    })
                    .collect(),
            }),
            None => Err(no_such()),
        },
        _ => Err(no_such()),
    }
}

/// A story, or the one that it was merged into: a reader's feed of it goes on.
async fn standing_story(app: &App, id: StoryId) -> Result<Option<Box<StoryView>>, Error> {
    let found = match app.store.story(id, None).await? {
        Some(FoundStory::Moved(to)) => app.store.story(to, None).await?,
        found => found,
    };
    Ok(match found {
        Some(FoundStory::Here(story)) if story.card.mark != Some(StoryMark::Hidden) => Some(story),
        Some(_) | None => None,
    })
}

fn of_story(card: StoryCard) -> Entry {
    let count = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
    Entry {
        path: format!("/story/{}", card.id),
        title: card.headline,
        excerpt: card.excerpt,
        source_url: card.url,
        outlet: card.outlet,
        author: None,
        published: card.first_published_at,
        updated: card.last_published_at,
        language: card.language,
        note: format!("{}, {} first-hand", counted(count(card.reports), "report", "reports"), card.firsthand),
        html: None,
    }
}

fn of_article(card: ArticleCard) -> Entry {
    Entry {
        path: format!("/article/{}", card.id),
        title: card.title,
        excerpt: card.excerpt,
        source_url: card.url,
        outlet: card.outlet,
        author: card.byline,
        published: card.published_at,
        updated: card.published_at,
        language: card.language,
        note: crate::show::role_name(card.role).to_owned(),
        html: None,
    }
}

fn of_letter(letter: Letter) -> Entry {
    let card = letter.card;
    Entry {
        path: format!("/letters/{}", card.id),
        title: card.subject,
        excerpt: card.excerpt,
        source_url: String::new(),
        outlet: card.sender,
        author: None,
        published: card.received_at,
        updated: card.received_at,
        language: None,
        note: String::new(),
        html: Some(letter.html),
    }
}

/// The excerpt with the link to the source, as HTML; of what is the reader's own all of it.
fn content(entry: &Entry) -> String {
    if let Some(html) = &entry.html {
        return html.clone();
    }
    format!(
        "<p>{}</p><p>{}</p><p><a href=\"{}\">Read more at {}</a></p>",
        escape(&entry.excerpt),
        escape(&entry.note),
        escape(&entry.source_url),
        escape(&entry.outlet)
    )
}

/// XML holds no control characters, not even escaped.
pub(crate) fn xml(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r'))
        .filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect();
    escape(&kept).into_owned()
}

/// The link to the source, where there is one.
fn via(entry: &Entry) -> String {
    match entry.source_url.as_str() {
        "" => String::new(),
        url => format!("<link rel=\"via\" href=\"{}\"/>\n", xml(url)),
    }
}

fn atom(app: &App, listing: &Listing, site: &str, base: &str, own: &str) -> String {
    let updated = listing.entries.iter().map(|entry| entry.updated).max().unwrap_or_default();
    let title = xml(&format!("{} — {site}", listing.title));
    let page = xml(&format!("{base}{}", listing.path));
    let hub = app.config.hub.as_deref().map(|hub| format!("<link rel=\"hub\" href=\"{}\"/>\n", xml(hub)));
    let hub = hub.unwrap_or_default();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>{title}</title>\n<id>{page}</id>\n<link rel=\"alternate\" type=\"text/html\" href=\"{page}\"/>\n<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n{hub}<updated>{updated}</updated>\n<generator>firsthand</generator>\n",
        xml(own)
    );
    for entry in &listing.entries {
        let address = xml(&format!("{base}{}", entry.path));
        let language = entry.language.as_deref().map(|code| format!(" xml:lang=\"{}\"", xml(code))).unwrap_or_default();
        let author = entry.author.as_deref().unwrap_or(&entry.outlet);
        let _ = write!(
            out,
            "<entry{language}>\n<title>{}</title>\n<id>{address}</id>\n<link rel=\"alternate\" type=\"text/html\" href=\"{address}\"/>\n{}<published>{}</published>\n<updated>{}</updated>\n<author><name>{}</name></author>\n<summary>{}</summary>\n<content type=\"html\">{}</content>\n</entry>\n",
            xml(&entry.title),
            via(entry),
            entry.published,
            entry.updated,
            xml(author),
            xml(&entry.excerpt),
            xml(&content(entry))
        );
    }
    out.push_str("</feed>\n");
    out
}

fn json_feed(app: &App, listing: &Listing, site: &str, base: &str, own: &str) -> String {
    let items: Vec<_> = listing
        .entries
        .iter()
        .map(|entry| {
            let mut item = json!({
                "id": format!("{base}{}", entry.path),
                "url": format!("{base}{}", entry.path),
                "title": entry.title,
                "summary": entry.excerpt,
                "content_html": content(entry),
                "date_published": entry.published,
                "date_modified": entry.updated,
                "authors": [{ "name": entry.author.as_deref().unwrap_or(&entry.outlet) }],
            });
            if let (false, Some(item)) = (entry.source_url.is_empty(), item.as_object_mut()) {
                item.insert("external_url".to_owned(), json!(entry.source_url));
            }
            if let (Some(language), Some(item)) = (&entry.language, item.as_object_mut()) {
                item.insert("language".to_owned(), json!(language));
            }
            item
        })
        .collect();
    let mut feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": format!("{} — {site}", listing.title),
        "home_page_url": format!("{base}{}", listing.path),
        "feed_url": own,
        "items": items,
    });
    if let (Some(hub), Some(feed)) = (&app.config.hub, feed.as_object_mut()) {
        feed.insert("hubs".to_owned(), json!([{ "type": "WebSub", "url": hub }]));
    }
    feed.to_string()
}
