//! Stories: articles put into them, and who relies on whom.

use crate::bodies;
use crate::engine::{Row, Tx, Value, json_of, values, word_of};
use crate::views;
use crate::{Result, StoreError, StoryReports};
use firsthand_model::*;
use std::collections::{HashMap, HashSet};

const STORY_ARTICLE: &str = "SELECT article.id, article.story_id, outlet.name, article.title, article.text, article.published_at, article.language,
        (SELECT COUNT(editor_place.story_id) FROM editor_place WHERE editor_place.article_id = article.id), article.assigned
     FROM article JOIN outlet_shown AS outlet ON outlet.own_id = article.outlet_id";

fn story_article(row: &Row) -> Result<StoryArticle> {
    Ok(StoryArticle {
        id: ArticleId(row.int(0)?),
        story_id: row.maybe_int(1).map(StoryId),
        outlet: row.text(2)?,
        title: row.text(3)?,
        text: row.text(4)?,
        published_at: row.time(5)?,
        language: row.maybe_text(6),
        placed: row.switch(7)?,
        assigned: row.maybe_int(8),
    })
}

pub(crate) fn ungrouped(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<StoryArticle>> {
    let rows = tx.query(
        &format!("{STORY_ARTICLE} WHERE article.story_id IS NULL ORDER BY article.id LIMIT ?1"),
        &values![limit],
    )?;
    rows.iter().map(story_article).collect()
}

pub(crate) fn window(tx: &mut Tx<'_>, since: Timestamp, after: i64, limit: usize) -> Result<Vec<StoryArticle>> {
    let rows = tx.query(
        &format!("{STORY_ARTICLE} WHERE article.assigned > ?2 AND article.admitted_at >= ?1 ORDER BY article.assigned LIMIT ?3"),
        &values![since, after, limit],
    )?;
    rows.iter().map(story_article).collect()
}

/// A new story has the number of its first article.
pub(crate) fn assign(tx: &mut Tx<'_>, article: ArticleId, decision: Decision<StoryId>) -> Result<StoryId> {
    let row = tx.first("SELECT story_id, published_at FROM article WHERE id = ?1", &values![article])?;
    let Some(row) = row else { return Err(StoreError::NotFound(format!("the article {article}"))) };
    if let Some(story) = row.maybe_int(0) {
        return Ok(StoryId(story));
    }
    let published_at = row.time(1)?;
    let joined = match decision {
        Decision::Join(story) => standing(tx, story)?,
        Decision::New => None,
    };
    let story = match joined {
        Some(story) => story,
        None => {
            tx.execute(
                "INSERT INTO story (id, created_at, stale, voices, reports, firsthand, independent_outlets, first_published_at, last_published_at)
                 VALUES (?1, ?2, 1, 0, 0, 0, 0, ?3, ?3)",
                &values![article, tx.now(), published_at],
            )?;
            StoryId(article.0)
        }
    };
    // One writer of stories at a time: the next place is the greatest plus one.
    let place = tx.number("SELECT MAX(assigned) FROM article", &[])? + 1;
    tx.execute("UPDATE article SET story_id = ?2, assigned = ?3 WHERE id = ?1", &values![article, story, place])?;
    tx.execute(
        "UPDATE story SET stale = stale + 1, reports = reports + 1, best_article_id = COALESCE(best_article_id, ?2),
                first_published_at = CASE WHEN first_published_at < ?3 THEN first_published_at ELSE ?3 END,
                last_published_at = CASE WHEN last_published_at > ?3 THEN last_published_at ELSE ?3 END
         WHERE id = ?1",
        &values![story, article, published_at],
    )?;
    Ok(story)
}

/// The story, or the one it was merged into; nothing when there is no such story.
pub(crate) fn standing(tx: &mut Tx<'_>, story: StoryId) -> Result<Option<StoryId>> {
    let mut story = story;
    // A chain of merges is short; a circle would be a fault of ours and must not hang.
    for _ in 0..32 {
        let Some(row) = tx.first("SELECT merged_into FROM story WHERE id = ?1", &values![story])? else {
            return Ok(None);
        };
        match row.maybe_int(0) {
            Some(next) => story = StoryId(next),
            None => return Ok(Some(story)),
        }
    }
    Ok(None)
}

pub(crate) fn stale(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<StoryId>> {
    let rows =
        tx.query("SELECT id FROM story WHERE stale > 0 AND merged_into IS NULL ORDER BY id LIMIT ?1", &values![limit])?;
    rows.iter().map(|row| row.int(0).map(StoryId)).collect()
}

pub(crate) fn reports(tx: &mut Tx<'_>, story: StoryId) -> Result<StoryReports> {
    let changes = tx.number("SELECT stale FROM story WHERE id = ?1", &values![story])?;
    let rows = tx.query(
        "SELECT article.id, outlet.name, article.url, article.title, article.text, article.published_at, article.language, article.analysis_json, editor_role.role
         FROM article JOIN outlet_shown AS outlet ON outlet.own_id = article.outlet_id LEFT JOIN editor_role ON editor_role.article_id = article.id
         WHERE article.story_id = ?1 ORDER BY article.published_at, article.id",
        &values![story],
    )?;
    // A row at a time: there may be thousands.
    let reports = rows
        .into_iter()
        .map(|row| {
            let analysis: Analysis = bodies::json(&row, 7)?;
            Ok(Report {
                id: row.int(0)?.to_string(),
                publisher: Some(row.text(1)?),
                url: Some(row.text(2)?),
                title: row.text(3)?,
                text: row.text(4)?,
                published: Some(row.time(5)?),
                language: row.maybe_text(6),
                links: Vec::new(),
                analysis: Analysis { figures: Vec::new(), dates: Vec::new(), ..analysis },
                editor_role: row.maybe_word(8)?,
            })
        })
        .collect::<Result<_>>()?;
    Ok(StoryReports { reports, changes })
}

pub(crate) fn set_relations(tx: &mut Tx<'_>, story: StoryId, relations: &StoryRelations, changes: i64) -> Result<bool> {
    // Who puts a report into the story changes its row, and waits or is waited for.
    tx.first(&format!("SELECT 1 FROM story WHERE id = ?1{}", tx.locked()), &values![story])?;
    let rows = tx.query(
        "SELECT article.id, outlet.id, article.published_at, article.role, article.voice, article.why, article.own_reporting_json
         FROM article JOIN outlet_shown AS outlet ON outlet.own_id = article.outlet_id WHERE article.story_id = ?1 ORDER BY article.published_at, article.id",
        &values![story],
    )?;
    let before: HashMap<String, &Row> =
        rows.iter().map(|row| Ok((row.int(0)?.to_string(), row))).collect::<Result<_>>()?;
    let given: HashSet<&str> = relations.reports.iter().map(|report| report.id.as_str()).collect();
    if before.len() != given.len() || before.keys().any(|id| !given.contains(id.as_str())) {
        return Ok(false);
    }
    // Of a story of a thousand reports one more changes few.
    let mut edges_before = views::reliances(tx, "story_id", story.0)?;
    for report in &relations.reports {
        let article: ArticleId =
            report.id.parse().map_err(|_| StoreError::Invalid(format!("{} is not an article's number", report.id)))?;
        let role = word_of(&report.role)?;
        let is_known = before.get(&report.id).is_some_and(|row| {
            row.maybe_text(3).as_deref() == Some(&role)
                && row.maybe_text(4).as_deref() == Some(&report.voice)
                && row.maybe_text(5).as_deref() == Some(&report.why)
                && row.json::<Vec<Span>>(6).is_ok_and(|own| own == report.own_reporting)
        });
        if !is_known {
            tx.execute(
                "UPDATE article SET role = ?2, voice = ?3, why = ?4, own_reporting_json = ?5 WHERE id = ?1",
                &values![article, role, &report.voice, &report.why, json_of(&report.own_reporting)?],
            )?;
        }
        let edges: Vec<RelianceView> = report.relies_on.iter().map(|edge| stored(edge, &before)).collect();
        let known = edges_before.remove(&article.0).unwrap_or_default();
        let mut in_order = edges.clone();
        in_order.sort_by_key(|edge| !edge.main);
        if known == in_order {
            continue;
        }
        if !known.is_empty() {
            forget_edges(tx, story, article)?;
        }
        for edge in edges {
            let id = tx.new_id();
            tx.execute(
                "INSERT INTO reliance (id, story_id, article_id, outlet, domain, to_article_id, how, main, evidence_json) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                &values![id, story, article, edge.outlet, edge.domain, edge.article_id.map(|id| id.0), word_of(&edge.how)?, edge.main, json_of(&edge.evidence)?],
            )?;
        }
    }
    // Those of reports that are in another story by now.
    for article in edges_before.into_keys() {
        forget_edges(tx, story, ArticleId(article))?;
    }
    summarise(tx, story, relations, &rows, changes)?;
    Ok(true)
}

/// An edge as it is stored: what it leads to is a report of the story or none.
fn stored(edge: &Reliance, reports: &HashMap<String, &Row>) -> RelianceView {
    let to = edge.article.as_ref().filter(|id| reports.contains_key(*id));
    RelianceView {
        outlet: edge.outlet.clone(),
        domain: edge.domain.clone(),
        article_id: to.and_then(|id| id.parse().ok()),
        how: edge.how,
        main: edge.main,
        evidence: edge.evidence.clone(),
    }
}

fn forget_edges(tx: &mut Tx<'_>, story: StoryId, article: ArticleId) -> Result<()> {
    // Found by its article: a story may have thousands. The sign keeps the story's index out of it.
    tx.execute("DELETE FROM reliance WHERE article_id = ?2 AND +story_id = ?1", &values![story, article])?;
    Ok(())
}

/// What lists show of a story, computed once when its relations change.
fn summarise(tx: &mut Tx<'_>, story: StoryId, relations: &StoryRelations, rows: &[Row], changes: i64) -> Result<()> {
    let roles: HashMap<i64, Role> =
        relations.reports.iter().filter_map(|report| Some((report.id.parse().ok()?, report.role))).collect();
    let role_of = |row: &Row| row.int(0).ok().and_then(|id| roles.get(&id).copied());
    let with =
        |wanted: &dyn Fn(Role) -> bool| rows.iter().filter(|row| role_of(row).is_some_and(wanted)).collect::<Vec<_>>();
    let firsthand = with(&|role| role == Role::FirstHand);
    let original = with(&|role| !matches!(role, Role::Copy | Role::Wire));
    let origin = relations
        .origin
        .as_deref()
        .and_then(|origin| rows.iter().find(|row| row.int(0).is_ok_and(|id| id.to_string() == origin)));
    let best = origin.or(firsthand.first().copied()).or(original.first().copied()).or(rows.first());
    let independent: HashSet<i64> = original.iter().filter_map(|row| row.maybe_int(1)).collect();
    let last_firsthand = firsthand.last().and_then(|row| row.maybe_int(2));
    tx.execute(
        "UPDATE story SET stale = CASE WHEN stale = ?9 THEN 0 ELSE stale END, origin = ?2, origin_why = ?3, voices = ?4, firsthand = ?5, independent_outlets = ?6, last_firsthand_at = ?7,
                best_article_id = COALESCE(?8, best_article_id)
         WHERE id = ?1",
        &values![
            story,
            &relations.origin,
            &relations.why,
            relations.voices,
            firsthand.len(),
            independent.len(),
            last_firsthand.map_or(Value::Null, Value::Int),
            best.and_then(|row| row.maybe_int(0)).map_or(Value::Null, Value::Int),
            changes,
        ],
    )?;
    Ok(())
}
