//! Full-text search: FTS5 or GIN, newest first.

use crate::engine::{Dialect, Tx, Value, values};
use crate::stories::standing;
use crate::views::{ARTICLE_CARD, NOT_HIDDEN, READ, article_cards};
use crate::{Result, StoreError};
use firsthand_model::*;

/// Articles with the terms that are sorted by when they were published: of those with them the ones stored last. To
/// read when each was published takes some 10 µs an article, and the newest are hardly ever stored first.
const WINDOWS: [usize; 3] = [300, 4000, usize::MAX >> 1];

/// Articles with the terms among which the best matches are found: those of them stored last. On PostgreSQL it is a time.
const RELEVANT: usize = 4000;
const RELEVANT_S: i64 = 30 * 86_400;

/// On PostgreSQL: so many articles with the terms, or more, are looked for by going back in time with a look at each text; the
/// fewer there are, the longer that takes. Fewer are all taken from the index of words, which knows no order.
const FEW: i64 = 20_000;

/// An article's words on PostgreSQL, as they are indexed.
const TEXT: &str = "to_tsvector('simple', article.title || ' ' || left(article.text, 200000))";

pub(crate) fn search(tx: &mut Tx<'_>, query: &SearchQuery, voter: Option<&Voter>) -> Result<Vec<ArticleCard>> {
    let mut found = Vec::new();
    // What came into stories of late was stored of late: the index of words is asked for nothing before it.
    let from = match query.assigned {
        Some((after, until)) => {
            let sql = "SELECT MIN(id) FROM article WHERE assigned > ?1 AND assigned <= ?2";
            match tx.first(sql, &values![after, until])?.and_then(|row| row.maybe_int(0)) {
                Some(from) => from,
                None => return Ok(found),
            }
        }
        None => 0,
    };
    let has_terms = !(query.words.is_empty() && query.phrases.is_empty() && query.prefixes.is_empty());
    let narrow = tx.dialect() == Dialect::Sqlite && has_terms;
    // The best match is looked for among all that the second window has.
    let enough = |window: &usize| match query.by_relevance {
        true => *window >= RELEVANT,
        false => query.offset + query.limit <= window / 3,
    };
    for window in WINDOWS.into_iter().skip(if narrow { 0 } else { WINDOWS.len() - 1 }).filter(enough) {
        found = within(tx, query, voter, window, from)?;
        // What else is asked for may have left too few of them: then more are looked through.
        if found.len() >= query.limit {
            break;
        }
    }
    Ok(found)
}

fn within(
    tx: &mut Tx<'_>,
    query: &SearchQuery,
    voter: Option<&Voter>,
    window: usize,
    from: i64,
) -> Result<Vec<ArticleCard>> {
    let Terms { before, mut conditions, mut parameters, words } = match tx.dialect() {
        Dialect::Sqlite => Terms::default(),
        Dialect::Postgres => terms_on_server(tx, query)?,
    };
    let mut with = |value: Value, condition: &dyn Fn(usize) -> String| {
        parameters.push(value);
        conditions.push(condition(parameters.len()));
    };
    // What the best match is ordered by, and a table for it.
    let (mut match_order, mut match_table) = (None, String::new());
    match tx.dialect() {
        Dialect::Sqlite => {
            // In quotes nothing is syntax; a quote inside is doubled.
            let quoted = |term: &String| format!("\"{}\"", term.replace('"', "\"\"").replace('\0', " "));
            let terms = query.words.iter().chain(&query.phrases).filter(said).map(quoted);
            let begun = query.prefixes.iter().filter(said).map(|prefix| format!("{}*", quoted(prefix)));
            let terms: Vec<String> = terms.chain(begun).collect();
            let without: Vec<String> = query.without.iter().filter(said).map(quoted).collect();
            if terms.is_empty() {
                for term in without {
                    with(term.into(), &|n| {
                        format!(
                            "NOT EXISTS (SELECT 1 FROM article_search WHERE article_search MATCH ?{n} AND article_search.rowid = article.id)"
                        )
                    });
                }
            } else {
                let all = terms.into_iter().map(|term| format!("({term})")).collect::<Vec<_>>().join(" AND ");
                let all = std::iter::once(all).chain(without).collect::<Vec<_>>().join(" NOT ");
                if query.by_relevance {
                    // BM25 (Robertson and Zaragoza 2009); a word of the headline counts as several of the text.
                    match_table = format!(
                        "JOIN (SELECT rowid AS id, bm25(article_search, 5.0, 1.0) AS far FROM article_search WHERE article_search MATCH ?1 AND rowid >= {from} ORDER BY rowid DESC LIMIT {window}) AS met ON met.id = article.id"
                    );
                    match_order = Some("met.far".to_owned());
                }
                with(all.into(), &|n| {
                    format!(
                        "article.id IN (SELECT rowid FROM article_search WHERE article_search MATCH ?{n} AND rowid >= {from} ORDER BY rowid DESC LIMIT {window})"
                    )
                });
            }
        }
        Dialect::Postgres => {
            if query.by_relevance && words > 0 {
                // A word of the headline counts more; long texts count less (ts_rank's normalisation 1).
                const WEIGHED: &str = "setweight(to_tsvector('simple', article.title), 'A') || to_tsvector('simple', left(article.text, 200000))";
                let of = |n: usize| format!("ts_rank({WEIGHED}, phraseto_tsquery('simple', ?{n}), 1)");
                match_order = Some(format!("-({})", (1..=words).map(of).collect::<Vec<_>>().join(" + ")));
            }
            for term in query.without.iter().filter(said) {
                with(term.into(), &|n| format!("NOT ({TEXT} @@ phraseto_tsquery('simple', ?{n}))"));
            }
        }
    }
    if match_order.is_some() && tx.dialect() == Dialect::Postgres {
        with(tx.now().plus_seconds(-RELEVANT_S).into(), &|n| format!("article.published_at >= ?{n}"));
    }
    if let Some(author) = &query.author {
        with(part_of(author), &|n| format!("LOWER(COALESCE(article.byline, '')) LIKE ?{n} ESCAPE '!'"));
    }
    if let Some(story) = query.story {
        let story = standing(tx, story)?.unwrap_or(story);
        with(story.into(), &|n| format!("article.story_id = ?{n}"));
    }
    if query.starred_only {
        let Some(Voter::User(user)) = voter else {
            return Err(StoreError::Invalid("is:starred needs an account: sign in first".to_owned()));
        };
        with((*user).into(), &|n| {
            format!("EXISTS (SELECT 1 FROM star WHERE star.article_id = article.id AND star.account_id = ?{n})")
        });
    }
    if query.unread_only {
        let Some(Voter::User(user)) = voter else {
            return Err(StoreError::Invalid("is:unread needs an account: sign in first".to_owned()));
        };
        with((*user).into(), &|n| {
            format!(
                "NOT EXISTS (SELECT 1 FROM story_read JOIN story ON story.id = story_read.story_id WHERE story_read.story_id = article.story_id AND story_read.account_id = ?{n} AND {READ})"
            )
        });
    }
    if let Some((after, until)) = query.assigned {
        with(from.into(), &|n| format!("article.id >= ?{n}"));
        with(after.into(), &|n| format!("article.assigned > ?{n}"));
        with(until.into(), &|n| format!("article.assigned <= ?{n}"));
    }
    if let Some(outlet) = query.outlet_id {
        with(outlet.into(), &|n| format!("outlet.id = ?{n}"));
    }
    if let Some(after) = query.admitted_after {
        with(after.into(), &|n| format!("article.admitted_at > ?{n}"));
    }
    if let Some(outlet) = &query.outlet {
        with(part_of(outlet), &|n| {
            let one = |column: &str| format!("LOWER(outlet.{column}) LIKE ?{n} ESCAPE '!'");
            format!("({})", ["name", "key", "own_name", "own_key"].map(one).join(" OR "))
        });
    }
    if let Some(source) = &query.source {
        with(part_of(source), &|n| format!("article.sources LIKE ?{n} ESCAPE '!'"));
    }
    if let Some(before) = query.before {
        with(before.into(), &|n| format!("article.published_at < ?{n}"));
    }
    if let Some(after) = query.after {
        with(after.into(), &|n| format!("article.published_at >= ?{n}"));
    }
    if let Some(language) = &query.language {
        with(language.into(), &|n| format!("article.language = ?{n}"));
    }
    if query.firsthand_only {
        conditions.push("article.role = 'first-hand'".to_owned());
    }
    conditions.push(NOT_HIDDEN.to_owned());
    let filter = if conditions.is_empty() { String::new() } else { format!("WHERE {}", conditions.join(" AND ")) };
    parameters.push(query.limit.into());
    parameters.push(query.offset.into());
    let best = match_order.map(|order| format!("{order}, ")).unwrap_or_default();
    let sql = format!(
        "{before}{ARTICLE_CARD} {match_table} {filter} ORDER BY {best}article.published_at DESC, article.id DESC LIMIT ?{} OFFSET ?{}",
        parameters.len() - 1,
        parameters.len()
    );
    let rows = tx.query(&sql, &parameters)?;
    article_cards(tx, &rows, voter)
}

/// Whether there is anything in a term that can be found.
fn said(term: &&String) -> bool {
    term.chars().any(char::is_alphanumeric)
}

/// What articles must have, as PostgreSQL is asked for it.
#[derive(Default)]
struct Terms {
    /// What comes before the statement.
    before: String,
    conditions: Vec<String>,
    parameters: Vec<Value>,
    /// How many of the parameters are words and phrases, which come first.
    words: usize,
}

/// The server's own guess is off by orders of magnitude for a word that it has not seen, and it does not know how dear it is to
/// read a text: it would go through all articles for a word that none has. The index of words is asked first.
fn terms_on_server(tx: &mut Tx<'_>, query: &SearchQuery) -> Result<Terms> {
    let mut terms = Terms::default();
    for term in query.words.iter().chain(&query.phrases).filter(said) {
        terms.parameters.push(term.into());
        terms.conditions.push(format!("{TEXT} @@ phraseto_tsquery('simple', ?{})", terms.parameters.len()));
    }
    terms.words = terms.parameters.len();
    for prefix in query.prefixes.iter().filter(said) {
        // Letters and digits alone, which are no syntax.
        let letters: String = prefix.chars().filter(|letter| letter.is_alphanumeric()).collect();
        terms.parameters.push(format!("{letters}:*").into());
        terms.conditions.push(format!("{TEXT} @@ to_tsquery('simple', ?{})", terms.parameters.len()));
    }
    if terms.conditions.is_empty() {
        return Ok(terms);
    }
    let having = terms.conditions.join(" AND ");
    tx.batch("SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")?;
    let found = tx.number(
        &format!("SELECT COUNT(*) FROM (SELECT 1 FROM article WHERE {having} LIMIT {FEW}) AS met"),
        &terms.parameters,
    )?;
    if found < FEW {
        tx.batch("SET LOCAL enable_indexscan = on")?;
        terms.before = format!("WITH met AS MATERIALIZED (SELECT article.id FROM article WHERE {having}) ");
        terms.conditions = vec!["article.id IN (SELECT met.id FROM met)".to_owned()];
    } else {
        tx.batch("SET LOCAL enable_indexscan = on; SET LOCAL enable_seqscan = on")?;
    }
    Ok(terms)
}

/// A LIKE pattern for "contains", folded; what is a sign of LIKE stands for itself.
fn part_of(text: &str) -> Value {
    let folded = text.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    Value::Text(format!("%{folded}%"))
}
