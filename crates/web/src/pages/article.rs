//! `/article/…`: one report.

use super::editing::PARTS;
use super::number;
use super::story::{ChangeShown, kind_name, pieces, weight};
use crate::Shared;
use crate::auth::Asker;
use crate::error::Error;
use crate::show::{RelianceShown, Shell, VoteButtons, When, mark, role_name, shortened};
use crate::site::Images;
use crate::votes::local;
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{Html, Redirect};
use firsthand_model::{Access, ArticleId, ArticleView, QuoteKind, Revision, Subject, Timestamp, UserRole};
use firsthand_trace::compare::{shown, source_name};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "article.html")]
struct ArticlePage {
    shell: Shell,
    id: i64,
    title: String,
    byline: Option<String>,
    subtitle: Option<String>,
    /// Notes of the outlet that it corrected the article.
    corrections: Vec<String>,
    /// What the outlet says of who may read it whole.
    access: Option<&'static str>,
    section: Option<String>,
    keywords: Vec<String>,
    outlet_id: i64,
    outlet: String,
    url: String,
    language: String,
    published: When,
    modified: Option<When>,
    excerpt: String,
    /// The full text for signed-in readers, with or without its attributions marked.
    full: Option<Full>,
    from_feed: bool,
    mark: &'static str,
    role: &'static str,
    why: Option<String>,
    relies_on: Vec<RelianceShown>,
    own: Vec<String>,
    says: Vec<SaysShown>,
    figures: Vec<(String, String)>,
    votes: VoteButtons,
    story: Option<i64>,
    also: Vec<AlsoShown>,
    changes: Vec<ChangeShown>,
    signed_in: bool,
    /// Whether the reader keeps articles at a service.
    keeps: bool,
    starred: bool,
    /// The lead image's address here.
    lead: Option<String>,
    reading: Option<String>,
    /// For editors: the parts that they can give the report, as words and names, and whether it has that one by an editor.
    parts: Vec<(&'static str, &'static str, bool)>,
    by_editor: bool,
    placed: bool,
    /// For editors: stories that the report may belong to, as numbers and headlines.
    near: Vec<(i64, String)>,
}

enum Full {
    Html(String),
    Marked(Vec<Vec<(&'static str, String)>>),
}

struct SaysShown {
    source: String,
    kind: &'static str,
    content: String,
    direct: bool,
    told: Option<String>,
}

struct AlsoShown {
    article: i64,
    title: String,
    outlet: String,
    mark: &'static str,
    role: &'static str,
    when: When,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ArticleQuery {
    #[serde(default)]
    marks: Option<String>,
}

/// The article page.
pub(crate) async fn article(
    State(app): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Query(query): Query<ArticleQuery>,
) -> Result<Html<String>, Error> {
    let id = ArticleId(number(&id, "article")?);
    let voter = asker.voter();
    let article = match asker.user {
        Some(_) => app.store.whole_article(id, voter.as_ref()).await?,
        None => app.store.article(id, voter.as_ref()).await?,
    };
    let article = article.ok_or_else(|| Error::NotFound(format!("there is no article {id}")))?;
    let mut shell = Shell::new(&app, &asker, &article.title).await?;
    shell.description = Some(shortened(&article.excerpt, 200));
    shell.canonical = Some(article.url.clone());
    let images = app.shows_images(&asker).await?;
    if app.site().await?.images() == Images::Everyone {
        shell.image = article
            .lead_image
            .as_deref()
            .and_then(|address| app.image_here(address))
            .map(|path| format!("{}{path}", asker.base));
    }
    let full = asker.user.is_some().then(|| match query.marks {
        Some(_) => Full::Marked(marked(&article)),
        None => Full::Html(with_images(&article.html, |address| images.then(|| app.image_here(address)).flatten())),
    });
    let lead = article.lead_image.as_deref().filter(|_| images).and_then(|address| app.image_here(address));
    // The picture that stands in the text already is not shown twice.
    let lead = lead.filter(|lead| !matches!(&full, Some(Full::Html(html)) if html.contains(lead.as_str())));
    let near = match article.story_id.filter(|_| asker.at_least(UserRole::Editor).is_ok()) {
        Some(story) => app.store.neighbours(story).await?,
        None => Vec::new(),
    };
    let mut page = page(shell, article, full, app.clock.now(), &asker);
    if let Some(user) = &asker.user {
        page.keeps = app.saves_elsewhere(user.id).await?;
    }
    page.lead = lead;
    page.near = near.into_iter().map(|story| (story.id.0, shortened(&story.headline, 100))).collect();
    Ok(Html(page.render()?))
}

/// What readers are told of who may read an article whole at its outlet.
fn access_name(access: Access) -> Option<&'static str> {
    match access {
        Access::Free => None,
        Access::Metered => Some("The outlet lets everyone read some of its articles, then asks to pay."),
        Access::Restricted => Some("The outlet shows the whole article to subscribers only."),
    }
}

fn page(shell: Shell, article: ArticleView, full: Option<Full>, now: Timestamp, asker: &Asker) -> ArticlePage {
    let sure =
        article.analysis.attributions.iter().filter(|attribution| attribution.confidence >= firsthand_trace::SURE);
    let says = sure.filter_map(|attribution| {
        let source = attribution.refers_to.clone().or(attribution.source.as_ref().map(|span| span.text.clone()))?;
        Some(SaysShown {
            source: shortened(&source_name(&source), 90),
            kind: kind_name(attribution.source_kind),
            content: shortened(&shown(&attribution.content.text), 320),
            direct: attribution.kind == QuoteKind::Direct,
            told: attribution.via.as_ref().map(|via| via.outlet.clone()),
        })
    });
    let says = says.collect();
    let figures = article.analysis.figures.iter().filter_map(|figure| {
        let of = firsthand_text::normalise::one_line(figure.of.as_deref()?);
        Some((figure.text.clone(), shortened(&of, 60)))
    });
    let figures = figures.take(30).collect();
    let present = Revision {
        article_id: article.id,
        fetched_at: article.fetched_at,
        title: article.title.clone(),
        text: article.text.clone(),
    };
    let after = article.revisions.iter().skip(1).chain([&present]);
    let changes = article
        .revisions
        .iter()
        .zip(after)
        .map(|(before, after)| ChangeShown {
            outlet: article.outlet.clone(),
            article: article.id.0,
            when: When::new(after.fetched_at, now),
            after: String::new(),
            weight: weight(before, after, !article.details.corrections.is_empty()),
            pieces: pieces(before, after),
        })
        .filter(|change| !change.pieces.is_empty())
        .collect();
    let also = article.also_reported_by.iter().map(|other| AlsoShown {
        article: other.article_id.0,
        title: other.title.clone(),
        outlet: other.outlet.clone(),
        mark: mark(other.role),
        role: role_name(other.role),
        when: When::new(other.published_at, now),
    });
    ArticlePage {
        id: article.id.0,
        byline: article.byline.clone().filter(|byline| *byline != article.outlet),
        subtitle: article.details.subtitle.clone(),
        corrections: article.details.corrections.clone(),
        access: article.details.access.and_then(access_name),
        section: article.details.section.clone(),
        keywords: article.details.keywords.iter().take(8).cloned().collect(),
        outlet_id: article.outlet_id.0,
        outlet: article.outlet.clone(),
        language: article.language.clone().unwrap_or_default(),
        published: When::new(article.published_at, now),
        modified: article.modified_at.filter(|time| *time > article.published_at).map(|time| When::new(time, now)),
        from_feed: article.from_feed,
        mark: mark(article.role),
        role: role_name(article.role),
        relies_on: article.relies_on.iter().map(RelianceShown::new).collect(),
        own: article.analysis.own_reporting.iter().take(5).map(|span| shortened(&span.text, 200)).collect(),
        says,
        figures,
        votes: VoteButtons::new(Subject::Article(article.id), article.tally, &asker.path),
        story: article.story_id.map(|id| id.0).filter(|_| !article.also_reported_by.is_empty()),
        also: also.take(30).collect(),
        changes,
        signed_in: asker.user.is_some(),
        keeps: false,
        starred: article.starred,
        lead: None,
        reading: asker.user.as_ref().and_then(|_| reading_time(&article.text)),
        parts: match asker.at_least(UserRole::Editor) {
            Ok(_) => {
                PARTS.map(|(word, role)| (word, role_name(Some(role)), article.editor_role == Some(role))).to_vec()
            }
            Err(_) => Vec::new(),
        },
        by_editor: article.editor_role.is_some(),
        placed: article.placed_by_editor,
        near: Vec::new(),
        full,
        shell,
        why: article.role_why,
        title: article.title,
        url: article.url,
        excerpt: article.excerpt,
    }
}

/// Sanitised HTML with its images from here, by `here`, or without them: a page asks nothing of other hosts.
fn with_images(html: &str, here: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(place) = rest.find("<img") {
        out.push_str(rest.get(..place).unwrap_or_default());
        let tag = rest.get(place..).unwrap_or_default();
        // An attribute's value may hold a ">": the tag ends at the first one outside quotes.
        let mut quoted = false;
        let end = tag.char_indices().find(|(_, character)| {
            quoted ^= *character == '"';
            *character == '>' && !quoted
        });
        let end = end.map_or(tag.len(), |(end, _)| end + 1);
        let (tag, behind) = tag.split_at(end);
        // What sanitising wrote: attributes in double quotes, escaped.
        let value = |name: &str| {
            let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
            tag.get(start..).and_then(|value| value.split('"').next())
        };
        let address = value("src").map(|address| address.replace("&amp;", "&"));
        if let Some(here) = address.and_then(|address| here(&address)) {
            let alt = value("alt").unwrap_or_default();
            out.push_str(&format!("<img src=\"{here}\" alt=\"{alt}\" loading=\"lazy\">"));
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Words, or letters of scripts without spaces, that are read in a minute.
const WORDS_A_MINUTE: usize = 230;
const LETTERS_A_MINUTE: usize = 500;

/// How long a text takes to read: "4 minutes"; nothing for a short one.
fn reading_time(text: &str) -> Option<String> {
    let wide = text
        .chars()
        .filter(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{0e00}'..='\u{0e7f}'))
        .count();
    let words = text.split_whitespace().count();
    let minutes = wide.div_ceil(LETTERS_A_MINUTE).max(if wide * 2 > text.chars().count() {
        0
    } else {
        words.div_ceil(WORDS_A_MINUTE)
    });
    (minutes > 1).then(|| format!("{minutes} minutes to read"))
}

/// The paragraphs of a text in pieces, each with the class of what it is in an attribution.
fn marked(article: &ArticleView) -> Vec<Vec<(&'static str, String)>> {
    let characters: Vec<char> = article.text.chars().collect();
    let mut classes: Vec<&'static str> = vec![""; characters.len()];
    let mut mark = |span: &firsthand_model::Span, class: &'static str| {
        let parts = span.parts.clone().unwrap_or_else(|| vec![[span.start, span.end]]);
        for [start, end] in parts {
            let end = end.min(classes.len());
            if let Some(stretch) = classes.get_mut(start.min(end)..end) {
                stretch.fill(class);
            }
        }
    };
    for attribution in &article.analysis.attributions {
        mark(&attribution.content, "content");
    }
    for attribution in &article.analysis.attributions {
        attribution.cue.iter().for_each(|span| mark(span, "cue"));
        attribution.source.iter().for_each(|span| mark(span, "source"));
    }
    let mut paragraphs: Vec<Vec<(&'static str, String)>> = vec![Vec::new()];
    for (character, class) in characters.iter().zip(&classes) {
        if *character == '\n' {
            if paragraphs.last().is_some_and(|paragraph| !paragraph.is_empty()) {
                paragraphs.push(Vec::new());
            }
            continue;
        }
        let Some(paragraph) = paragraphs.last_mut() else { continue };
        match paragraph.last_mut() {
            Some((known, text)) if known == class => text.push(*character),
            _ => paragraph.push((class, character.to_string())),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// The star below an article.
#[derive(Debug, Deserialize)]
pub(crate) struct StarForm {
    starred: bool,
    #[serde(default)]
    back: String,
}

/// `POST /article/ID/star`
pub(crate) async fn star(
    State(app): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Form(form): Form<StarForm>,
) -> Result<Redirect, Error> {
    let id = ArticleId(number(&id, "article")?);
    app.store.set_star(asker.signed_in()?.id, id, form.starred).await?;
    Ok(Redirect::to(&local(&form.back).unwrap_or_else(|| format!("/article/{id}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_come_from_here_or_not_at_all() {
        let html = "<p>a<img alt=\"1 > 0\" src=\"https://a.example/x?y=1&amp;z=2\" width=\"3\">b</p>";
        assert_eq!(with_images(html, |_| None), "<p>ab</p>");
        let here = |address: &str| Some(format!("/image/{}", address.len()));
        assert_eq!(with_images(html, here), "<p>a<img src=\"/image/27\" alt=\"1 > 0\" loading=\"lazy\">b</p>");
        assert_eq!(with_images("<p>a</p>", here), "<p>a</p>");
        assert_eq!(with_images("<p>a<img src=\"x", here), "<p>a<img src=\"/image/1\" alt=\"\" loading=\"lazy\">");
    }

    #[test]
    fn a_long_text_says_how_long_it_takes() {
        assert_eq!(reading_time("word ".repeat(100).as_str()), None);
        assert_eq!(reading_time("word ".repeat(1000).as_str()).unwrap(), "5 minutes to read");
        assert_eq!(reading_time("記".repeat(1200).as_str()).unwrap(), "3 minutes to read");
    }
}
