//! `/search`: words, phrases and narrowing terms.

use super::{LAST_PAGE, PAGE};
use crate::Shared;
use crate::auth::Asker;
use crate::error::Error;
use crate::show::{Paging, RowShown, Shell};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Html;
use firsthand_model::{SearchQuery, Timestamp};
use serde::Deserialize;

/// Words and phrases that a query may have.
const MOST_TERMS: usize = 20;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct SearchForm {
    #[serde(default)]
    pub(crate) q: String,
    #[serde(default)]
    pub(crate) page: Option<usize>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    shell: Shell,
    asked: bool,
    problem: Option<String>,
    rows: Vec<RowShown>,
    paging: Paging,
}

/// The search page.
pub(crate) async fn search(
    State(app): State<Shared>,
    asker: Asker,
    Query(form): Query<SearchForm>,
) -> Result<Html<String>, Error> {
    let mut shell = Shell::new(&app, &asker, "Search").await?;
    let written = |page: usize| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", &form.q);
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        query.finish()
    };
    shell.query.clone_from(&form.q);
    let asked = !form.q.trim().is_empty();
    if asked {
        shell.feed = Some(format!("/feeds/search.{{}}?{}", written(1)));
    }
    let page = form.page.unwrap_or(1).clamp(1, LAST_PAGE);
    let (mut rows, mut problem) = (Vec::new(), None);
    match parse(&form.q) {
        Ok(query) if asked => {
            let query = SearchQuery { limit: PAGE + 1, offset: (page - 1) * PAGE, ..query };
            rows = app.store.search(&query, asker.voter().as_ref()).await?;
        }
        Ok(_) => {}
        Err(why) => problem = Some(why),
    }
    let has_more = rows.len() > PAGE && page < LAST_PAGE;
    rows.truncate(PAGE);
    let now = app.clock.now();
    let page = SearchPage {
        shell,
        asked,
        problem,
        rows: rows.into_iter().map(|card| RowShown::new(card, now, &asker.path)).collect(),
        paging: Paging::new(page, has_more, |page| format!("/search?{}", written(page))),
    };
    Ok(Html(page.render()?))
}

/// Reads a query: words, "phrases", outlet:, source:, before:, after:, language:, is:firsthand. A
/// value of several words stands in quotation marks. Errors name the term.
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
            "is" if value == "firsthand" || value == "first-hand" => query.firsthand_only = true,
            "is" => return Err(format!("is:{value} is not known: only is:firsthand is")),
            _ => match term.strip_prefix('"') {
                Some(phrase) => query.phrases.push(phrase.trim_end_matches('"').trim().to_owned()),
                None => query.words.push(term),
            },
        }
    }
    query.phrases.retain(|phrase| !phrase.is_empty());
    if query.words.len() + query.phrases.len() > MOST_TERMS {
        return Err(format!("the query has more than {MOST_TERMS} words and phrases"));
    }
    Ok(query)
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
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        assert!(parse("before:tomorrow").unwrap_err().contains("before:tomorrow"));
        assert!(parse("is:funny").unwrap_err().contains("is:funny"));
        assert_eq!(parse("\"open phrase").unwrap().phrases, ["open phrase"]);
        assert_eq!(parse("10:30").unwrap().words, ["10:30"]);
    }
}
