//! `/search`: words, phrases and narrowing terms.

use super::{LAST_PAGE, PAGE};
use crate::auth::Asker;
use crate::error::Error;
use crate::show::{Paging, RowShown, Shell, shortened, written};
use crate::{App, Shared};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Html;
use firsthand_model::{ArticleCard, SearchQuery, StoryId, Timestamp};
use firsthand_store::StoreError;
use firsthand_text::normalise::fold;
use firsthand_text::sentences::sentences;
use serde::Deserialize;

/// Words and phrases that a query may have.
const MOST_TERMS: usize = 20;
/// Letters from which the beginning of a word is looked for.
const LEAST_BEGUN: usize = 2;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct SearchForm {
    #[serde(default)]
    pub(crate) q: String,
    #[serde(default)]
    pub(crate) page: Option<usize>,
    /// "relevance": the best matches first.
    #[serde(default)]
    pub(crate) by: Option<String>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    shell: Shell,
    asked: bool,
    problem: Option<String>,
    rows: Vec<RowShown>,
    paging: Paging,
    by_relevance: bool,
    /// The same search in the other order.
    other_order: String,
    /// Queries that may have been meant: address and text.
    suggestions: Vec<(String, String)>,
    /// The name under which the reader keeps this search, and whether it tells of new finds.
    kept: String,
    /// The query, for the link to alerts.
    watched: String,
    alert: bool,
}

/// The search page.
pub(crate) async fn search(
    State(app): State<Shared>,
    asker: Asker,
    Query(form): Query<SearchForm>,
) -> Result<Html<String>, Error> {
    let mut shell = Shell::new(&app, &asker, "Search").await?;
    let by_relevance = form.by.as_deref() == Some("relevance");
    let address = |page: usize| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", &form.q);
        if by_relevance {
            query.append_pair("by", "relevance");
        }
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        query.finish()
    };
    shell.query.clone_from(&form.q);
    let asked = !form.q.trim().is_empty();
    if asked {
        shell.feed = Some(format!("/feeds/search.{{}}?{}", address(1)));
    }
    let page = form.page.unwrap_or(1).clamp(1, LAST_PAGE);
    let (mut rows, mut problem, mut wanted) = (Vec::new(), None, Vec::new());
    match parse(&form.q) {
        Ok(query) if asked => {
            wanted = looked_for(&query);
            let query = SearchQuery { by_relevance, limit: PAGE + 1, offset: (page - 1) * PAGE, ..query };
            match app.store.search(&query, asker.voter().as_ref()).await {
                Err(StoreError::Invalid(why)) => problem = Some(why),
                found => rows = found?,
            }
        }
        Ok(_) => {}
        Err(why) => problem = Some(why),
    }
    let has_more = rows.len() > PAGE && page < LAST_PAGE;
    rows.truncate(PAGE);
    let now = app.clock.now();
    // Full texts are for signed-in readers, their passages too.
    let ids = rows.iter().map(|row| row.id).filter(|_| asker.user.is_some()).collect();
    let texts = app.store.texts(ids).await?;
    let rows: Vec<RowShown> = rows
        .into_iter()
        .map(|card| {
            let found = texts.get(&card.id).and_then(|text| passage(text, &wanted));
            found_row(card, found, &wanted, now, &asker.path)
        })
        .collect();
    let suggestions = if asked && rows.is_empty() && page == 1 { meant(&app, &form.q).await? } else { Vec::new() };
    let (mut kept, mut alert) = (String::new(), false);
    if let Some(user) = asker.user.as_ref().filter(|_| asked) {
        let saved = app.store.saved_searches(user.id).await?;
        if let Some(search) = saved.into_iter().find(|search| search.query == form.q.trim()) {
            app.store.search_seen(user.id, &search.query).await?;
            (kept, alert) = (search.name, search.alert);
        }
    }
    let page = SearchPage {
        shell,
        by_relevance,
        other_order: format!("/search?{}{}", written("q", &form.q), if by_relevance { "" } else { "&by=relevance" }),
        suggestions,
        watched: written("subject", form.q.trim()),
        kept,
        alert,
        asked,
        problem,
        rows,
        paging: Paging::new(page, has_more, |page| format!("/search?{}", address(page))),
    };
    Ok(Html(page.render()?))
}

/// The newest articles among whose sources a name is looked for, and suggestions at the most.
const SOURCES_OF: usize = 2000;
const SUGGESTIONS: usize = 4;

/// Queries that may have been meant where nothing was found: outlets and sources of nearly such a name.
async fn meant(app: &App, typed: &str) -> Result<Vec<(String, String)>, Error> {
    let terms = terms(typed);
    let value = |name: &str| terms.iter().find_map(|term| Some(term.strip_prefix(name)?.trim_matches('"').to_owned()));
    let plain = terms.iter().filter(|term| !term.contains(':')).map(|term| term.trim_matches('"'));
    let plain = plain.collect::<Vec<_>>().join(" ");
    let outlet = value("outlet:").unwrap_or_else(|| plain.clone());
    let source = value("source:").unwrap_or(plain);
    let mut found: Vec<(usize, String)> = Vec::new();
    let names = app.store.outlet_names().await?;
    for name in names.iter().map(|outlet| outlet.shown_as.as_str()) {
        found.extend(nearness(&outlet, name).map(|far| (far, format!("outlet:\"{name}\""))));
    }
    for name in app.store.recent_sources(SOURCES_OF).await? {
        found.extend(nearness(&source, &name).map(|far| (far, format!("source:\"{name}\""))));
    }
    found.sort();
    found.dedup();
    found.truncate(SUGGESTIONS);
    Ok(found.into_iter().map(|(_, query)| (format!("/search?{}", written("q", &query)), query)).collect())
}

/// How far what was typed is from a name, or from one of its words; `None`: too far to be meant.
/// Optimal string alignment distance, an eighth to a quarter of the letters at the most.
fn nearness(typed: &str, name: &str) -> Option<usize> {
    let typed = fold(typed);
    let letters = typed.chars().count();
    let most = match letters {
        0..=2 => return None,
        3..=4 => 1,
        5..=8 => 2,
        _ => letters / 4,
    };
    let name = fold(name);
    let without_article = name.strip_prefix("the ").unwrap_or(&name);
    let words = name.split(' ').filter(|word| word.chars().count() > 3);
    let forms = [name.as_str(), without_article].into_iter().chain(words);
    forms.map(|form| strsim::osa_distance(&typed, form)).min().filter(|far| *far <= most)
}

/// A row with what was looked for marked, and around it where the excerpt has nothing of it.
fn found_row(card: ArticleCard, passage: Option<String>, wanted: &[Wanted], now: Timestamp, back: &str) -> RowShown {
    let title = marked(&card.title, wanted);
    let mut excerpt = marked(&card.excerpt, wanted);
    if excerpt.iter().all(|(hit, _)| !hit)
        && let Some(passage) = passage
    {
        excerpt = marked(&format!("… {}", shortened(&passage, 300)), wanted);
    }
    RowShown { title, excerpt, ..RowShown::new(card, now, back) }
}

/// A word that was looked for, folded; or the beginning of one.
#[derive(Debug, Clone)]
struct Wanted {
    word: String,
    begun: bool,
}

impl Wanted {
    fn is(&self, word: &str) -> bool {
        let folded = fold(word);
        if self.begun { folded.starts_with(&self.word) } else { folded == self.word }
    }
}

fn looked_for(query: &SearchQuery) -> Vec<Wanted> {
    let words = query.words.iter().chain(&query.phrases).flat_map(|term| stretches(term)).filter(|(word, _)| *word);
    let words = words.map(|(_, word)| Wanted { word: fold(word), begun: false });
    words.chain(query.prefixes.iter().map(|prefix| Wanted { word: fold(prefix), begun: true })).collect()
}

/// A text in stretches of letters and digits, and of what is between them.
fn stretches(text: &str) -> Vec<(bool, &str)> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = first.is_alphanumeric();
        let end = rest.find(|character: char| character.is_alphanumeric() != word).unwrap_or(rest.len());
        let (stretch, behind) = rest.split_at(end);
        out.push((word, stretch));
        rest = behind;
    }
    out
}

/// A text in pieces, those that were looked for marked.
fn marked(text: &str, wanted: &[Wanted]) -> Vec<(bool, String)> {
    let mut out: Vec<(bool, String)> = Vec::new();
    for (word, stretch) in stretches(text) {
        let hit = word && wanted.iter().any(|wanted| wanted.is(stretch));
        match out.last_mut() {
            Some((false, text)) if !hit => text.push_str(stretch),
            _ => out.push((hit, stretch.to_owned())),
        }
    }
    out
}

/// The first sentence of a text that has something that was looked for, and the one behind it.
fn passage(text: &str, wanted: &[Wanted]) -> Option<String> {
    let sentences = sentences(text);
    let has = |sentence: &str| {
        stretches(sentence).into_iter().any(|(word, stretch)| word && wanted.iter().any(|wanted| wanted.is(stretch)))
    };
    let place = sentences.iter().position(|(start, end)| has(text.get(*start..*end).unwrap_or_default()))?;
    let (start, _) = sentences.get(place)?;
    let (_, end) = sentences.get(place + 1).or_else(|| sentences.get(place))?;
    Some(firsthand_text::normalise::one_line(text.get(*start..*end)?))
}

/// Reads a query: words, "phrases", beginnings*, -without, outlet:, source:, author:, story:, before:, after:, language:,
/// is:firsthand, is:starred, is:unread. A value of several words stands in quotation marks. Errors name the term.
pub(crate) fn parse(text: &str) -> Result<SearchQuery, String> {
    let mut query = SearchQuery { limit: PAGE, ..SearchQuery::default() };
    for term in terms(text) {
        let (name, value) = match term.split_once(':') {
            Some((name, value)) if !term.starts_with('"') => {
                (name.to_ascii_lowercase(), value.trim_matches('"').to_owned())
            }
            _ => (String::new(), String::new()),
        };
        let date = |value: &str| {
            let whole = match value.len() {
                4 => format!("{value}-01-01"),
                7 => format!("{value}-01"),
                _ => value.to_owned(),
            };
            format!("{whole}T00:00:00Z")
                .parse::<Timestamp>()
                .map_err(|_| format!("{name}:{value} is no date: write it as 2026, 2026-03 or 2026-03-15"))
        };
        match name.as_str() {
            "outlet" => query.outlet = Some(value),
            "source" => query.source = Some(value),
            "before" => query.before = Some(date(&value)?),
            "after" => query.after = Some(date(&value)?),
            "language" | "lang" => query.language = Some(value.to_ascii_lowercase()),
            "author" => query.author = Some(value),
            "story" => {
                let number = value.parse().map_err(|_| format!("story:{value} is no story's number"))?;
                query.story = Some(StoryId(number));
            }
            "is" if value == "firsthand" || value == "first-hand" => query.firsthand_only = true,
            "is" if value == "starred" => query.starred_only = true,
            "is" if value == "unread" => query.unread_only = true,
            "is" => return Err(format!("is:{value} is not known: is:firsthand, is:starred and is:unread are")),
            _ => {
                let (list, term) = match term.strip_prefix('-').filter(|rest| rest.starts_with(starts_a_term)) {
                    Some(rest) => (Some(&mut query.without), rest.to_owned()),
                    None => (None, term),
                };
                let begun = term.strip_suffix('*').filter(|begun| begun.chars().count() >= LEAST_BEGUN);
                match (list, term.strip_prefix('"'), begun) {
                    (Some(list), phrase, _) => {
                        list.push(phrase.unwrap_or(&term).trim_end_matches('"').trim().to_owned())
                    }
                    (None, Some(phrase), _) => query.phrases.push(phrase.trim_end_matches('"').trim().to_owned()),
                    (None, None, Some(begun)) if begun.chars().all(char::is_alphanumeric) => {
                        query.prefixes.push(begun.to_owned());
                    }
                    (None, None, _) => query.words.push(term),
                }
            }
        }
    }
    query.phrases.retain(|phrase| !phrase.is_empty());
    if query.words.len() + query.phrases.len() + query.prefixes.len() + query.without.len() > MOST_TERMS {
        return Err(format!("the query has more than {MOST_TERMS} words and phrases"));
    }
    Ok(query)
}

/// Whether a character begins a word or a phrase.
fn starts_a_term(character: char) -> bool {
    character.is_alphanumeric() || character == '"'
}

/// The terms of a query: parted by white space outside quotation marks.
fn terms(text: &str) -> Vec<String> {
    let mut terms = vec![String::new()];
    let mut quoted = false;
    for character in text.chars().take(2000) {
        let character = if matches!(character, '“' | '”' | '„') { '"' } else { character };
        quoted ^= character == '"';
        if character.is_whitespace() && !quoted {
            terms.push(String::new());
        } else if let Some(term) = terms.last_mut() {
            term.push(character);
        }
    }
    terms.retain(|term| !term.is_empty());
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read() {
        let query =
            parse("bridge \"closed to lorries\" outlet:\"Harbour Radio\" after:2026-03 language:EN is:firsthand")
                .unwrap();
        assert_eq!(query.words, ["bridge"]);
        assert_eq!(query.phrases, ["closed to lorries"]);
        assert_eq!(query.outlet.as_deref(), Some("Harbour Radio"));
        assert_eq!(query.after.unwrap().to_string(), "2026-03-01T00:00:00Z");
        assert_eq!(query.language.as_deref(), Some("en"));
        assert!(query.firsthand_only);
        let query = parse("brid* -lorries -\"old bridge\" author:Byron story:17 is:starred a* - x-ray").unwrap();
        assert_eq!(
            (query.prefixes, query.words),
            (vec!["brid".to_owned()], ["a*", "-", "x-ray"].map(str::to_owned).to_vec())
        );
        assert_eq!(query.without, ["lorries", "old bridge"]);
        assert_eq!(
            (query.author.as_deref(), query.story, query.starred_only),
            (Some("Byron"), Some(StoryId(17)), true)
        );
    }

    #[test]
    fn a_name_that_was_nearly_typed_is_found() {
        assert_eq!(nearness("guardain", "The Guardian"), Some(1));
        assert_eq!(nearness("Harbor Gazete", "Harbour Gazette"), Some(2));
        assert_eq!(nearness("gazete", "Harbour Gazette"), Some(1));
        assert_eq!(nearness("Zurich Post", "Zürich Post"), Some(0));
        for (typed, name) in [("bridge", "Harbour Gazette"), ("ab", "abc"), ("gaze", "Harbour Gazette")] {
            assert_eq!(nearness(typed, name), None, "{typed}");
        }
    }

    #[test]
    fn what_was_looked_for_is_marked() {
        let query = parse("bridge clos* \"two piers\"").unwrap();
        let shown = |text: &str| {
            let parts = marked(text, &looked_for(&query)).into_iter();
            parts.map(|(hit, part)| if hit { format!("[{part}]") } else { part }).collect::<String>()
        };
        assert_eq!(
            shown("The Bridge, closed: cracks in two piers."),
            "The [Bridge], [closed]: cracks in [two] [piers]."
        );
        assert_eq!(shown("Nothing of it"), "Nothing of it");
        let text = "The council met. It heard of cracks. The bridge is closed now. Nobody was hurt.";
        assert_eq!(passage(text, &looked_for(&query)).unwrap(), "The bridge is closed now. Nobody was hurt.");
        assert_eq!(passage("Nothing of it.", &looked_for(&query)), None);
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        assert!(parse("before:tomorrow").unwrap_err().contains("before:tomorrow"));
        assert!(parse("is:funny").unwrap_err().contains("is:funny"));
        assert!(parse("story:bridge").unwrap_err().contains("story:bridge"));
        assert_eq!(parse("\"open phrase").unwrap().phrases, ["open phrase"]);
        assert_eq!(parse("10:30").unwrap().words, ["10:30"]);
    }
}
