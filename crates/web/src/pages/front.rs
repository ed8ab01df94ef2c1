//! `/`: stories for everyone.

use super::search::parse as parse_search;
use super::{LAST_PAGE, PAGE};
use crate::auth::Asker;
use crate::error::Error;
use crate::rules::Rules;
use crate::show::{CardShown, FoldedShown, Paging, Shell, counted, folded, language_name, written};
use crate::site::Site;
use crate::votes::local;
use crate::{App, Shared};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::{Html, Redirect};
use firsthand_model::{Counts, SearchQuery, StoryId, StoryOrder, StoryQuery, UserRole};
use serde::Deserialize;

/// What a list of stories is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct ListQuery {
    #[serde(default)]
    pub(crate) order: Option<String>,
    #[serde(default)]
    pub(crate) folder: Option<String>,
    #[serde(default)]
    pub(crate) language: Option<String>,
    #[serde(default)]
    pub(crate) firsthand: Option<String>,
    #[serde(default)]
    pub(crate) unread: Option<String>,
    #[serde(default)]
    pub(crate) topic: Option<String>,
    #[serde(default)]
    pub(crate) page: Option<usize>,
    /// The stories that were just marked as read, for that to be undone.
    #[serde(default)]
    pub(crate) read: Option<String>,
}

impl ListQuery {
    fn order(&self) -> Result<StoryOrder, Error> {
        Ok(match self.order.as_deref() {
            None | Some("" | "rank") => StoryOrder::Rank,
            Some("new" | "hidden") => StoryOrder::New,
            Some("day") => StoryOrder::Top { hours: 24 },
            Some("week") => StoryOrder::Top { hours: 168 },
            Some("month") => StoryOrder::Top { hours: 720 },
            Some(other) => {
                return Err(Error::BadRequest(format!(
                    "there is no order {other:?}: use rank, new, day, week or month"
                )));
            }
        })
    }

    /// The store's query for one page, with one story more to see whether there is another page.
    pub(crate) fn stories(&self, site: &Site) -> Result<StoryQuery, Error> {
        let given = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
        Ok(StoryQuery {
            order: self.order()?,
            language: given(&self.language),
            folder: given(&self.folder),
            firsthand_only: self.firsthand.is_some(),
            labels: match given(&self.topic) {
                Some(topic) => site
                    .labels(&topic)
                    .ok_or_else(|| Error::NotFound(format!("there is no section {topic:?} with news of these days")))?,
                None => Vec::new(),
            },
            hidden: self.hidden(),
            unread_by: None,
            limit: PAGE + 1,
            offset: (self.page() - 1) * PAGE,
        })
    }

    /// Whether the stories are asked for that editors hid; only editors may.
    pub(crate) fn hidden(&self) -> bool {
        self.order.as_deref() == Some("hidden")
    }

    pub(crate) fn page(&self) -> usize {
        self.page.unwrap_or(1).clamp(1, LAST_PAGE)
    }

    /// The query of another page, or of the same list elsewhere.
    pub(crate) fn written(&self, page: usize) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("order", &self.order),
            ("folder", &self.folder),
            ("language", &self.language),
            ("firsthand", &self.firsthand),
            ("unread", &self.unread),
            ("topic", &self.topic),
        ] {
            if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
                query.append_pair(name, value);
            }
        }
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        query.finish()
    }

    fn title(&self) -> String {
        let order = match self.order.as_deref() {
            Some("new") => "New",
            Some("day") => "Top of the day",
            Some("week") => "Top of the week",
            Some("month") => "Top of the month",
            Some("hidden") => "Hidden stories",
            _ if self.unread.is_some() => "Unread",
            _ => "",
        };
        [self.topic.as_deref(), self.folder.as_deref(), Some(order)]
            .into_iter()
            .flatten()
            .find(|part| !part.is_empty())
            .unwrap_or_default()
            .to_owned()
    }
}

/// Stories that are marked as read, or unread again, by a form; with where to go then.
#[derive(Debug, Deserialize)]
pub(crate) struct ReadForm {
    /// Their numbers, with commas between.
    stories: String,
    read: bool,
    #[serde(default)]
    back: String,
}

/// `POST /read`
pub(crate) async fn set_read(
    State(app): State<Shared>,
    asker: Asker,
    Form(form): Form<ReadForm>,
) -> Result<Redirect, Error> {
    let user = asker.signed_in()?.id;
    let stories = numbers(&form.stories);
    let several = stories.len() > 1 && form.read;
    app.store.set_read(user, stories.clone(), form.read).await?;
    let back = local(&form.back).unwrap_or_else(|| "/".to_owned());
    let undo = stories.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let join = if back.contains('?') { '&' } else { '?' };
    Ok(Redirect::to(&if several { format!("{back}{join}read={undo}") } else { back }))
}

/// Numbers of stories with commas between; at most those of a page.
fn numbers(text: &str) -> Vec<StoryId> {
    text.split(',').filter_map(|number| number.trim().parse().ok()).map(StoryId).take(PAGE).collect()
}

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage {
    shell: Shell,
    /// The stories of the page that are unread, as a form sends them.
    unread: String,
    /// The same for those that were just marked as read, and how many.
    marked: Option<(String, String)>,
    /// Where forms lead back to.
    back: String,
    cards: Vec<CardShown>,
    paging: Paging,
    /// Stories that the reader's rules fold away.
    folded: Vec<FoldedShown>,
    /// Finds of kept searches: address, name, how many.
    alerts: Vec<(String, String, String)>,
    /// Orders within "top": address, name, whether it is this one.
    spans: Vec<(String, &'static str, bool)>,
    topics: Vec<(String, String, bool)>,
    languages: Vec<(String, String, bool)>,
    /// Feeds followed: an empty page says what to do next.
    feeds: u64,
    pending: u64,
    /// Whether an account is there: without one the first is to be made.
    has_accounts: bool,
}

/// The asker's rules, made ready.
pub(crate) async fn rules_of(app: &App, asker: &Asker) -> Result<Rules, Error> {
    Ok(match &asker.user {
        Some(user) => Rules::new(app.store.rules(user.id).await?),
        None => Rules::default(),
    })
}

/// What kept searches that tell of themselves have found since they were looked at.
async fn alerts(app: &App, asker: &Asker) -> Result<Vec<(String, String, String)>, Error> {
    /// Searches that are asked, and finds that are counted.
    const MOST: usize = 10;
    const FINDS: usize = 50;
    let Some(user) = &asker.user else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    let saved = app.store.saved_searches(user.id).await?;
    for search in saved.into_iter().filter(|search| search.alert).take(MOST) {
        let Ok(query) = parse_search(&search.query) else { continue };
        let query = SearchQuery { admitted_after: Some(search.seen_at), limit: FINDS, ..query };
        let found = app.store.search(&query, asker.voter().as_ref()).await?.len();
        if found > 0 {
            let count = if found == FINDS { format!("{FINDS} or more new") } else { format!("{found} new") };
            out.push((format!("/search?{}", written("q", &search.query)), search.name, count));
        }
    }
    Ok(out)
}

/// The front page and its sections.
pub(crate) async fn front(
    State(app): State<Shared>,
    asker: Asker,
    Query(query): Query<ListQuery>,
) -> Result<Html<String>, Error> {
    if query.hidden() {
        asker.at_least(UserRole::Editor)?;
    }
    let site = app.site().await?;
    let mut wanted = query.stories(&site)?;
    if query.unread.is_some() {
        wanted.unread_by = Some(asker.signed_in()?.id);
    }
    let mut stories = app.stories(&wanted, asker.voter().as_ref()).await?;
    let has_more = stories.len() > PAGE && query.page() < LAST_PAGE;
    stories.truncate(PAGE);
    let now = app.clock.now();
    let rules = if query.hidden() { Rules::default() } else { rules_of(&app, &asker).await? };
    let (stories, folded) = folded(stories, &rules);
    let first_page = query.page() == 1;
    let cards: Vec<CardShown> = stories
        .into_iter()
        .enumerate()
        .map(|(place, card)| CardShown::new(card, now, &asker.path, place == 0 && first_page))
        .collect();
    // Only an empty page says what is to come.
    let counts = if cards.is_empty() { app.store.counts().await? } else { Counts::default() };
    let mut shell = Shell::new(&app, &asker, &query.title()).await?;
    let written = query.written(1);
    let name = match query.order.as_deref() {
        Some("new") => "new",
        Some("day") => "day",
        Some("week") => "week",
        Some("month") => "month",
        _ => "front",
    };
    let rest = ListQuery { order: None, ..query.clone() }.written(1);
    shell.feed =
        (!query.hidden()).then(|| format!("/feeds/{name}.{{}}{}{rest}", if rest.is_empty() { "" } else { "?" }));
    if let Some(section) = shell
        .sections
        .iter_mut()
        .find(|section| section.href == if written.is_empty() { "/".to_owned() } else { format!("/?{written}") })
    {
        section.current = true;
    }
    let link = |other: ListQuery| format!("/?{}", other.written(1));
    let topics = site
        .topics
        .iter()
        .filter(|_| site.has_section("topics") && !query.hidden())
        .map(|topic| {
            let current = query.topic.as_deref() == Some(topic.name.as_str());
            let other = ListQuery { topic: (!current).then(|| topic.name.clone()), ..query.clone() };
            (link(other), topic.name.clone(), current)
        })
        .collect();
    const SPANS: [(&str, &str); 3] = [("day", "Day"), ("week", "Week"), ("month", "Month")];
    let top = SPANS.iter().any(|(order, _)| query.order.as_deref() == Some(order));
    let spans = SPANS
        .iter()
        .filter(|_| top)
        .map(|(order, name)| {
            let other = ListQuery { order: Some((*order).to_owned()), ..query.clone() };
            (link(other), *name, query.order.as_deref() == Some(order))
        })
        .collect();
    let alerts = if first_page && written.is_empty() { alerts(&app, &asker).await? } else { Vec::new() };
    let several = site.languages.len() > 1;
    let languages = site
        .languages
        .iter()
        .filter(|_| several)
        .take(8)
        .map(|language| {
            let current = query.language.as_deref() == Some(language.as_str());
            let other = ListQuery { language: (!current).then(|| language.clone()), page: None, ..query.clone() };
            (link(other), language_name(language), current)
        })
        .collect();
    let unread: Vec<String> = cards.iter().filter(|card| !card.read).map(|card| card.id.to_string()).collect();
    let marked = query.read.as_deref().map(numbers).filter(|marked| !marked.is_empty());
    let page = FrontPage {
        shell,
        unread: unread.join(","),
        marked: marked.map(|marked| {
            let written = marked.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            (written, counted(marked.len(), "story is", "stories are"))
        }),
        back: format!("/?{}", query.written(query.page())),
        cards,
        paging: Paging::new(query.page(), has_more, |page| format!("/?{}", query.written(page))),
        folded,
        alerts,
        spans,
        topics,
        languages,
        feeds: counts.feeds,
        pending: counts.pending_entries,
        has_accounts: site.has_accounts,
    };
    Ok(Html(page.render()?))
}
