//! Articles: admitted, revised, exported.

use crate::bodies::{self, Kept};
use crate::engine::{Dialect, Tx, Value, json_of, values};
use crate::leases;
use crate::reading::set_labels;
use crate::{Admission, Admitted, ExportedArticle, Result, StoreError};
use firsthand_model::*;
use std::collections::HashSet;

pub(crate) fn pending(
    tx: &mut Tx<'_>,
    node: Option<NodeId>,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<PendingEntry>> {
    let due = leases::of_shards(tx, "entry", "entry.due_at <= ?1", "entry.due_at", node);
    let sql = format!(
        "SELECT entry.id, entry.feed_id, feed.outlet_id, outlet.name, entry.url, entry.item_json, entry.first_seen_at, entry.attempts, entry.article_id, entry.shard
         FROM {due} JOIN feed ON feed.id = entry.feed_id JOIN outlet ON outlet.id = feed.outlet_id
         ORDER BY entry.due_at, entry.id LIMIT ?2"
    );
    let node = node.map(|node| Value::Int(node.0));
    let parameters: Vec<_> = values![now, limit].into_iter().chain(node).collect();
    let rows = tx.query(&sql, &parameters)?;
    rows.iter()
        .map(|row| {
            Ok(PendingEntry {
                id: EntryId(row.int(0)?),
                feed_id: FeedId(row.int(1)?),
                outlet_id: OutletId(row.int(2)?),
                outlet_name: row.text(3)?,
                url: row.maybe_text(4),
                item: row.json(5)?,
                first_seen_at: row.time(6)?,
                attempts: row.small(7)?,
                article: row.maybe_int(8).map(ArticleId),
                part: leases::part(row, 9),
            })
        })
        .collect()
}

/// The entries that name an address or led to an article, the earliest first.
pub(crate) fn entries_naming(tx: &mut Tx<'_>, urls: &[String], article: Option<ArticleId>) -> Result<Vec<EntryTrace>> {
    let mut parameters: Vec<Value> = vec![article.map_or(0, |article| article.0).into()];
    let mut conditions = vec!["entry.article_id = ?1".to_owned()];
    for url in urls {
        parameters.push(url.into());
        let n = parameters.len();
        conditions.push(format!("entry.url = ?{n} OR entry.canonical_url = ?{n}"));
    }
    let sql = format!(
        "SELECT feed.url, feed.title, entry.key, entry.url, entry.first_seen_at, entry.attempts, entry.last_error, entry.due_at, entry.article_id, entry.released_at
         FROM entry JOIN feed ON feed.id = entry.feed_id WHERE {} ORDER BY entry.first_seen_at, entry.id LIMIT 100",
        conditions.join(" OR ")
    );
    tx.query(&sql, &parameters)?
        .iter()
        .map(|row| {
            Ok(EntryTrace {
                feed_url: row.text(0)?,
                feed_title: row.maybe_text(1),
                key: row.text(2)?,
                url: row.maybe_text(3),
                first_seen_at: row.time(4)?,
                attempts: row.small(5)?,
                last_error: row.maybe_text(6),
                due_at: row.maybe_time(7),
                article_id: row.maybe_int(8).map(ArticleId),
                released_at: row.maybe_time(9),
            })
        })
        .collect()
}

/// The article whose address it is, in one of some spellings.
pub(crate) fn at_address(tx: &mut Tx<'_>, urls: &[String]) -> Result<Option<ArticleId>> {
    for url in urls {
        let found = tx.first("SELECT article_id FROM article_address WHERE canonical_url = ?1", &values![url])?;
        if let Some(row) = found {
            return Ok(Some(ArticleId(row.int(0)?)));
        }
    }
    Ok(None)
}

pub(crate) fn record_failure(tx: &mut Tx<'_>, entry: EntryId, error: &str, retry_at: Option<Timestamp>) -> Result<()> {
    tx.execute(
        "UPDATE entry SET attempts = attempts + 1, last_error = ?2, due_at = ?3 WHERE id = ?1",
        &values![entry, error, retry_at],
    )?;
    Ok(())
}

/// Whether an article's text is the one that is stored: then its body is as well.
pub(crate) fn is_stored(tx: &mut Tx<'_>, entry: EntryId, article: &Article) -> Result<bool> {
    let same = tx.first(
        "SELECT 1 FROM entry JOIN article ON article.id = entry.article_id WHERE entry.id = ?1 AND article.title = ?2 AND article.text = ?3",
        &values![entry, &article.title, &article.text],
    )?;
    Ok(same.is_some())
}

/// `body`: the article's HTML as it is stored.
pub(crate) fn admit(tx: &mut Tx<'_>, admission: &Admission, body: &Value) -> Result<Admitted> {
    let Admission { entry_id, article, recheck_at, .. } = admission;
    let known_entry = format!("SELECT article_id FROM entry WHERE id = ?1{}", tx.locked());
    let Some(entry) = tx.first(&known_entry, &values![*entry_id])? else {
        return Err(StoreError::NotFound(format!("the entry {entry_id} (its feed was removed meanwhile)")));
    };
    let own = entry.maybe_int(0);
    let known = match own {
        Some(id) => Some(id),
        None => tx
            .first("SELECT article_id FROM article_address WHERE canonical_url = ?1", &values![&article.canonical_url])?
            .map(|row| row.int(0))
            .transpose()?,
    };
    let admitted = match known {
        None => Admitted::New(insert(tx, admission, body)?),
        Some(id) => update(tx, ArticleId(id), own.is_some(), admission, body)?,
    };
    let (Admitted::New(id) | Admitted::Revised(id) | Admitted::Unchanged(id) | Admitted::Known(id)) = admitted;
    // Of two entries with one article, the first alone looks for changes.
    let due_at = recheck_at.filter(|_| !matches!(admitted, Admitted::Known(_)));
    // Why a page could not be had stays on record when the feed's own text stands in for it.
    let keep_error = i64::from(article.from_feed);
    tx.execute(
        "UPDATE entry SET article_id = ?2, due_at = ?3, attempts = 0, last_error = CASE WHEN CAST(?4 AS BIGINT) = 1 THEN last_error ELSE NULL END WHERE id = ?1",
        &values![*entry_id, id, due_at, keep_error],
    )?;
    Ok(admitted)
}

fn insert(tx: &mut Tx<'_>, admission: &Admission, body: &Value) -> Result<ArticleId> {
    let Admission { article, analysis, trace_version, .. } = admission;
    let (id, now) = (tx.new_id(), tx.now());
    // On a server the rule that an address is one article's is a table's of its own.
    let address = match tx.dialect() {
        Dialect::Postgres => {
            "WITH address AS (INSERT INTO article_address (canonical_url, article_id) VALUES (?4, ?1)) "
        }
        Dialect::Sqlite => "",
    };
    let sql = format!(
        "{address}INSERT INTO article (id, outlet_id, url, canonical_url, title, byline, language, published_at, modified_at, fetched_at, admitted_at, excerpt, text, html,
                lead_image, links_json, categories_json, from_feed, extract_version, trace_version, analysis_json, sources, own_reporting_json, details_json, corrected)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, '[]', ?23, ?24)"
    );
    tx.execute(
        &sql,
        &values![
            id,
            article.outlet_id,
            &article.url,
            &article.canonical_url,
            &article.title,
            &article.byline,
            &article.language,
            article.published_at,
            article.modified_at,
            article.fetched_at,
            now,
            &article.excerpt,
            &article.text,
            body.clone(),
            &article.lead_image,
            json_of(&article.links)?,
            json_of(&article.categories)?,
            article.from_feed,
            article.extract_version,
            *trace_version,
            bodies::packed_json(analysis)?,
            sources(analysis),
            json_of(&article.details)?,
            is_corrected(article),
        ],
    )?;
    refer(tx, ArticleId(id), body)?;
    index(tx, id, &article.title, &article.text)?;
    set_labels(tx, ArticleId(id), &labels(article))?;
    Ok(ArticleId(id))
}

fn update(tx: &mut Tx<'_>, id: ArticleId, own: bool, admission: &Admission, body: &Value) -> Result<Admitted> {
    let Admission { article, analysis, trace_version, .. } = admission;
    let stored = "SELECT title, text, fetched_at, from_feed, story_id FROM article WHERE id = ?1";
    let old = tx.first(&format!("{stored}{}", tx.locked()), &values![id])?;
    let Some(old) = old else { return Err(StoreError::NotFound(format!("the article {id}"))) };
    let (title, text, from_feed) = (old.text(0)?, old.text(1)?, old.switch(3)?);
    // A page had before is not replaced by what a feed says of it.
    let better = from_feed && !article.from_feed;
    if !own && !better {
        return Ok(Admitted::Known(id));
    }
    if article.from_feed && !from_feed {
        return Ok(Admitted::Unchanged(id));
    }
    if title == article.title && text == article.text {
        // A note of a correction may have come beside the text.
        let details = values![id, json_of(&article.details)?, is_corrected(article)];
        tx.execute(
            "UPDATE article SET details_json = ?2, corrected = ?3 WHERE id = ?1 AND details_json <> ?2",
            &details,
        )?;
        return Ok(Admitted::Unchanged(id));
    }
    // The page itself in the place of the feed's excerpt is no change of the outlet's.
    if !better {
        let revision = tx.new_id();
        tx.execute(
            "INSERT INTO revision (id, article_id, fetched_at, title, text) VALUES (?1, ?2, ?3, ?4, ?5)",
            &values![revision, id, old.time(2)?, &title, &text],
        )?;
    }
    unindex(tx, id.0)?;
    tx.execute(
        "UPDATE article SET title = ?2, byline = ?3, language = ?4, modified_at = ?5, fetched_at = ?6, excerpt = ?7, text = ?8, html = ?9, lead_image = ?10,
                links_json = ?11, from_feed = ?12, extract_version = ?13, trace_version = ?14, analysis_json = ?15, sources = ?16, url = ?17, details_json = ?18, corrected = ?19
         WHERE id = ?1",
        &values![
            id,
            &article.title,
            &article.byline,
            &article.language,
            article.modified_at,
            article.fetched_at,
            &article.excerpt,
            &article.text,
            body.clone(),
            &article.lead_image,
            json_of(&article.links)?,
            article.from_feed,
            article.extract_version,
            *trace_version,
            bodies::packed_json(analysis)?,
            sources(analysis),
            &article.url,
            json_of(&article.details)?,
            is_corrected(article),
        ],
    )?;
    tx.execute("DELETE FROM body_object WHERE article_id = ?1", &values![id])?;
    refer(tx, id, body)?;
    index(tx, id.0, &article.title, &article.text)?;
    set_labels(tx, id, &labels(article))?;
    if let Some(story) = old.maybe_int(4) {
        tx.execute("UPDATE story SET stale = stale + 1 WHERE id = ?1", &values![story])?;
    }
    Ok(Admitted::Revised(id))
}

/// Notes that a body in the object store is needed.
fn refer(tx: &mut Tx<'_>, id: ArticleId, body: &Value) -> Result<()> {
    if let Some(key) = bodies::key_of(body) {
        tx.execute("INSERT INTO body_object (key, article_id) VALUES (?1, ?2)", &values![key, id])?;
    }
    Ok(())
}

/// Those of some names in the object store that nothing refers to.
pub(crate) fn unneeded(tx: &mut Tx<'_>, mut keys: Vec<String>) -> Result<Vec<String>> {
    let places: Vec<String> = (1..=keys.len()).map(|n| format!("?{n}")).collect();
    let sql = format!("SELECT key FROM body_object WHERE key IN ({})", places.join(", "));
    let parameters: Vec<Value> = keys.iter().map(Value::from).collect();
    let needed: HashSet<String> = tx.query(&sql, &parameters)?.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
    keys.retain(|key| !needed.contains(key));
    Ok(keys)
}

/// Some names in the object store that are needed, those of the newest articles.
pub(crate) fn newest_bodies(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<String>> {
    let sql = "SELECT key FROM body_object ORDER BY article_id DESC LIMIT ?1";
    tx.query(sql, &values![limit])?.iter().map(|row| row.text(0)).collect()
}

/// Whether its page carries notes of corrections.
fn is_corrected(article: &Article) -> bool {
    !article.details.corrections.is_empty()
}

fn sources(analysis: &Analysis) -> String {
    let mut names: Vec<String> = analysis
        .attributions
        .iter()
        .flat_map(|attribution| {
            [
                attribution.source.as_ref().map(|span| span.text.to_lowercase()),
                attribution.refers_to.as_ref().map(|name| name.to_lowercase()),
            ]
        })
        .flatten()
        .chain(analysis.relies_on.iter().map(|reliance| reliance.outlet.to_lowercase()))
        .collect();
    names.sort();
    names.dedup();
    names.join("\n")
}

/// Labels of an article at the most, and letters of one.
const LABELS: usize = 40;
const LABEL_CHARS: usize = 60;

/// What an article is filed under: its outlet's categories and section as they are, and the words of its headline.
fn labels(article: &Article) -> Vec<String> {
    let section = article.details.section.iter();
    let filed = section.chain(&article.categories).map(|label| label.trim().to_lowercase());
    let words = article.title.split(|letter: char| !letter.is_alphanumeric()).map(str::to_lowercase);
    let words = words.filter(|word| word.chars().nth(2).is_some());
    let mut labels: Vec<String> = filed
        .filter(|label| !label.is_empty())
        .chain(words)
        .filter(|label| label.chars().nth(LABEL_CHARS).is_none())
        .collect();
    labels.truncate(LABELS);
    labels
}

/// The full-text index of SQLite is a table of its own; PostgreSQL's follows by itself.
fn index(tx: &mut Tx<'_>, id: i64, title: &str, text: &str) -> Result<()> {
    if tx.dialect() == Dialect::Sqlite {
        tx.execute("INSERT INTO article_search (rowid, title, text) VALUES (?1, ?2, ?3)", &values![id, title, text])?;
    }
    Ok(())
}

fn unindex(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    if tx.dialect() == Dialect::Sqlite {
        tx.execute("DELETE FROM article_search WHERE rowid = ?1", &values![id])?;
    }
    Ok(())
}

pub(crate) fn export(tx: &mut Tx<'_>, after: Option<ArticleId>, limit: usize) -> Result<Vec<Kept<ExportedArticle>>> {
    let rows = tx.query(
        "SELECT article.id, (SELECT MIN(feed.url) FROM entry JOIN feed ON feed.id = entry.feed_id WHERE entry.article_id = article.id),
                article.url, article.title, article.published_at, article.text, article.html, article.links_json, article.story_id
         FROM article WHERE article.id > ?1 ORDER BY article.id LIMIT ?2",
        &values![after.map_or(0, |id| id.0), limit],
    )?;
    rows.iter()
        .map(|row| {
            let (html, key) = bodies::body(row, 6)?;
            let value = ExportedArticle {
                id: ArticleId(row.int(0)?),
                feed: row.maybe_text(1),
                url: row.text(2)?,
                title: row.text(3)?,
                published: row.time(4)?,
                text: row.text(5)?,
                html,
                links: row.json(7)?,
                story: row.maybe_int(8).map(StoryId),
            };
            Ok(Kept { value, key })
        })
        .collect()
}
