//! What `check` finds and can be put right from what else is stored. Nothing that people gave is taken away: votes, stars, what
//! editors said. What cannot be put right is left and stays a problem.

use crate::engine::{Dialect, Tx, values};
use crate::{Result, maintenance};

/// Each: what it mends, and the statements that do, in order. What a statement changes must need it.
const MENDINGS: &[(&str, &[&str])] = &[
    (
        "entries had an article that is not there: they are fetched again",
        &["UPDATE entry SET article_id = NULL, attempts = 0, due_at = CAST(?1 AS BIGINT)
           WHERE article_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM article WHERE article.id = entry.article_id) AND item_json <> '{}'"],
    ),
    (
        "entries had neither an article nor a time to be tried: they are fetched",
        &["UPDATE entry SET attempts = 0, due_at = CAST(?1 AS BIGINT) WHERE article_id IS NULL AND due_at IS NULL AND released_at IS NULL"],
    ),
    (
        "labels were on nothing",
        &["DELETE FROM article_label WHERE NOT EXISTS (SELECT 1 FROM article WHERE article.id = article_label.article_id) AND CAST(?1 AS BIGINT) > 0"],
    ),
    (
        "reports stood in no order of stories: they stand last",
        &["UPDATE article SET assigned = (SELECT COALESCE(MAX(other.assigned), 0) FROM article AS other) + 1 WHERE story_id IS NOT NULL AND assigned IS NULL AND CAST(?1 AS BIGINT) > 0"],
    ),
    (
        "reliances belonged to a report of another story or were on no report: who relies on whom is found anew",
        &[
            "UPDATE story SET stale = stale + 1 WHERE merged_into IS NULL AND CAST(?1 AS BIGINT) > 0 AND id IN (SELECT reliance.story_id FROM reliance
               WHERE NOT EXISTS (SELECT 1 FROM article WHERE article.id = reliance.article_id AND article.story_id = reliance.story_id)
                  OR (to_article_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM article WHERE article.id = reliance.to_article_id)))",
            "DELETE FROM reliance WHERE CAST(?1 AS BIGINT) > 0
               AND (NOT EXISTS (SELECT 1 FROM article WHERE article.id = reliance.article_id AND article.story_id = reliance.story_id)
                 OR (to_article_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM article WHERE article.id = reliance.to_article_id)))",
        ],
    ),
    (
        "stories counted their reports wrongly",
        &["UPDATE story SET stale = stale + 1, reports = (SELECT COUNT(*) FROM article WHERE article.story_id = story.id)
           WHERE merged_into IS NULL AND CAST(?1 AS BIGINT) > 0 AND reports <> (SELECT COUNT(*) FROM article WHERE article.story_id = story.id)"],
    ),
    (
        "stories showed a report that is not theirs",
        &["UPDATE story SET stale = stale + 1,
             best_article_id = (SELECT id FROM article WHERE article.story_id = story.id ORDER BY published_at, id LIMIT 1)
           WHERE merged_into IS NULL AND CAST(?1 AS BIGINT) > 0
             AND EXISTS (SELECT 1 FROM article WHERE article.story_id = story.id)
             AND (best_article_id IS NULL OR NOT EXISTS (SELECT 1 FROM article WHERE article.id = story.best_article_id AND article.story_id = story.id))"],
    ),
    (
        "stories held reports without a role: they are related",
        &["UPDATE story SET stale = stale + 1 WHERE merged_into IS NULL AND stale = 0 AND CAST(?1 AS BIGINT) > 0
             AND EXISTS (SELECT 1 FROM article WHERE article.story_id = story.id AND article.role IS NULL)"],
    ),
    (
        "votes were not counted",
        &["INSERT INTO vote_count (subject_kind, subject_id, likes, dislikes)
           SELECT DISTINCT subject_kind, subject_id, 0, 0 FROM vote
           WHERE CAST(?1 AS BIGINT) > 0 AND NOT EXISTS (SELECT 1 FROM vote_count WHERE vote_count.subject_kind = vote.subject_kind AND vote_count.subject_id = vote.subject_id)"],
    ),
    (
        "subjects counted their votes wrongly",
        &["UPDATE vote_count SET
             likes = (SELECT COUNT(*) FROM vote WHERE vote.subject_kind = vote_count.subject_kind AND vote.subject_id = vote_count.subject_id AND vote.value = 1),
             dislikes = (SELECT COUNT(*) FROM vote WHERE vote.subject_kind = vote_count.subject_kind AND vote.subject_id = vote_count.subject_id AND vote.value = -1)
           WHERE CAST(?1 AS BIGINT) > 0 AND (likes <> (SELECT COUNT(*) FROM vote WHERE vote.subject_kind = vote_count.subject_kind AND vote.subject_id = vote_count.subject_id AND vote.value = 1)
             OR dislikes <> (SELECT COUNT(*) FROM vote WHERE vote.subject_kind = vote_count.subject_kind AND vote.subject_id = vote_count.subject_id AND vote.value = -1))"],
    ),
];

/// Mends what can be. Gives what was mended, a line each.
pub(crate) fn repair(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let (mut mended, now) = (Vec::new(), tx.now());
    // A damaged index hides rows from what follows.
    if tx.dialect() == Dialect::Sqlite && maintenance::is_damaged(tx)? {
        tx.batch("REINDEX")?;
        if !maintenance::is_damaged(tx)? {
            mended.push("indexes were damaged: they are made anew".to_owned());
        }
    }
    for (meaning, statements) in MENDINGS {
        let mut changed = 0;
        for statement in *statements {
            changed = tx.execute(statement, &values![now])?;
        }
        if changed > 0 {
            mended.push(format!("{changed} {meaning}"));
        }
    }
    let (what, changed) = match tx.dialect() {
        Dialect::Sqlite => ("articles and the full-text index did not go together", mend_index(tx)?),
        Dialect::Postgres => ("articles were not found by their address", mend_addresses(tx)?),
    };
    if changed > 0 {
        mended.push(format!("{changed} {what}"));
    }
    Ok(mended)
}

/// The full-text index of a file, by what the articles are.
fn mend_index(tx: &mut Tx<'_>) -> Result<u64> {
    let gone = tx.execute("DELETE FROM article_search WHERE rowid NOT IN (SELECT id FROM article)", &[])?;
    let missing = tx.execute(
        "INSERT INTO article_search (rowid, title, text) SELECT id, title, text FROM article WHERE id NOT IN (SELECT rowid FROM article_search)",
        &[],
    )?;
    Ok(gone + missing)
}

fn mend_addresses(tx: &mut Tx<'_>) -> Result<u64> {
    let gone = tx.execute(
        "DELETE FROM article_address WHERE NOT EXISTS (SELECT 1 FROM article WHERE article.id = article_address.article_id AND article.canonical_url = article_address.canonical_url)",
        &[],
    )?;
    let missing = tx.execute(
        "INSERT INTO article_address (canonical_url, article_id) SELECT canonical_url, id FROM article
         WHERE NOT EXISTS (SELECT 1 FROM article_address WHERE article_address.canonical_url = article.canonical_url)
         ON CONFLICT (canonical_url) DO NOTHING",
        &[],
    )?;
    Ok(gone + missing)
}
