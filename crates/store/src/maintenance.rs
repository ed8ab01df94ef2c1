//! Counts, verification, backup and restore.

use crate::engine::{self, Dialect, Tx};
use crate::{CheckReport, Result, StoreError, migrate};
use firsthand_model::{Counts, Queue};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};

pub(crate) fn counts(tx: &mut Tx<'_>) -> Result<Counts> {
    let row = tx.first(
        "SELECT (SELECT COUNT(*) FROM outlet), (SELECT COUNT(*) FROM feed), (SELECT COUNT(*) FROM feed WHERE last_error IS NOT NULL),
                (SELECT COUNT(*) FROM entry), (SELECT COUNT(*) FROM entry WHERE article_id IS NULL AND due_at IS NOT NULL),
                (SELECT COUNT(*) FROM article), (SELECT COUNT(*) FROM article WHERE story_id IS NULL),
                (SELECT COUNT(*) FROM story WHERE merged_into IS NULL), (SELECT COUNT(*) FROM revision), (SELECT COUNT(*) FROM vote), (SELECT COUNT(*) FROM account)",
        &[],
    )?;
    let Some(row) = row else { return Ok(Counts::default()) };
    Ok(Counts {
        outlets: row.count(0)?,
        feeds: row.count(1)?,
        failing_feeds: row.count(2)?,
        entries: row.count(3)?,
        pending_entries: row.count(4)?,
        articles: row.count(5)?,
        ungrouped_articles: row.count(6)?,
        stories: row.count(7)?,
        revisions: row.count(8)?,
        votes: row.count(9)?,
        users: row.count(10)?,
    })
}

pub(crate) fn queue(tx: &mut Tx<'_>) -> Result<Queue> {
    let now = tx.now();
    let row = tx.first(
        "SELECT (SELECT MIN(next_fetch_at) FROM feed WHERE status = 'active'), (SELECT MIN(due_at) FROM entry),
                (SELECT MIN(admitted_at) FROM article WHERE story_id IS NULL), (SELECT COUNT(*) FROM story WHERE stale > 0 AND merged_into IS NULL)",
        &[],
    )?;
    let Some(row) = row else { return Ok(Queue::default()) };
    let late = |column| {
        let seconds = row.maybe_time(column).map_or(0, |due: firsthand_model::Timestamp| now.seconds_since(due));
        u64::try_from(seconds).unwrap_or(0)
    };
    Ok(Queue { feeds_late_s: late(0), entries_late_s: late(1), ungrouped_s: late(2), stale_stories: row.count(3)? })
}

/// Each: how many rows break it, and what that means. All must give 0.
const INVARIANTS: &[(&str, &str)] = &[
    (
        "SELECT COUNT(*) FROM article WHERE story_id IS NOT NULL AND assigned IS NULL",
        "articles are in a story but not in the order of stories",
    ),
    (
        "SELECT COUNT(*) FROM story WHERE merged_into IS NULL AND reports <> (SELECT COUNT(*) FROM article WHERE article.story_id = story.id)",
        "stories count their reports wrongly",
    ),
    ("SELECT COUNT(*) FROM story WHERE merged_into IS NULL AND reports = 0", "stories have no report"),
    (
        "SELECT COUNT(*) FROM story WHERE merged_into IS NULL AND (best_article_id IS NULL OR NOT EXISTS (SELECT 1 FROM article WHERE article.id = story.best_article_id AND article.story_id = story.id))",
        "stories show a report that is not theirs",
    ),
    (
        "SELECT COUNT(*) FROM story WHERE merged_into IS NULL AND stale = 0 AND EXISTS (SELECT 1 FROM article WHERE article.story_id = story.id AND article.role IS NULL)",
        "stories hold reports without a role",
    ),
    (
        "SELECT COUNT(*) FROM reliance WHERE NOT EXISTS (SELECT 1 FROM article WHERE article.id = reliance.article_id AND article.story_id = reliance.story_id)",
        "reliances belong to a report of another story",
    ),
    (
        "SELECT COUNT(*) FROM reliance WHERE to_article_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM article WHERE article.id = reliance.to_article_id)",
        "reliances are on no report",
    ),
    (
        "SELECT COUNT(*) FROM entry WHERE article_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM article WHERE article.id = entry.article_id)",
        "entries have an article that is not there",
    ),
    (
        "SELECT COUNT(*) FROM article_label WHERE NOT EXISTS (SELECT 1 FROM article WHERE article.id = article_label.article_id)",
        "labels are on nothing",
    ),
    (
        "SELECT COUNT(*) FROM vote_count WHERE likes <> (SELECT COUNT(*) FROM vote WHERE vote.subject_kind = vote_count.subject_kind AND vote.subject_id = vote_count.subject_id AND vote.value = 1) OR dislikes <> (SELECT COUNT(*) FROM vote WHERE vote.subject_kind = vote_count.subject_kind AND vote.subject_id = vote_count.subject_id AND vote.value = -1)",
        "subjects count their votes wrongly",
    ),
    (
        "SELECT COUNT(*) FROM vote WHERE NOT EXISTS (SELECT 1 FROM vote_count WHERE vote_count.subject_kind = vote.subject_kind AND vote_count.subject_id = vote.subject_id)",
        "votes are not counted",
    ),
    (
        "SELECT COUNT(*) FROM vote WHERE (subject_kind = 'story' AND NOT EXISTS (SELECT 1 FROM story WHERE story.id = vote.subject_id)) OR (subject_kind = 'article' AND NOT EXISTS (SELECT 1 FROM article WHERE article.id = vote.subject_id))",
        "votes are on nothing",
    ),
    (
        "SELECT COUNT(*) FROM entry WHERE article_id IS NULL AND due_at IS NULL AND released_at IS NULL",
        "entries have neither an article nor a time to be tried",
    ),
    ("SELECT COUNT(*) - COUNT(DISTINCT canonical_url) FROM article", "articles are there twice"),
    (
        "SELECT COUNT(*) FROM article WHERE NOT EXISTS (SELECT 1 FROM article_address WHERE article_address.canonical_url = article.canonical_url AND article_address.article_id = article.id)",
        "articles are not found by their address",
    ),
];

pub(crate) fn check(tx: &mut Tx<'_>) -> Result<CheckReport> {
    let mut problems = Vec::new();
    for (sql, meaning) in INVARIANTS {
        let broken = tx.number(sql, &[])?;
        if broken != 0 {
            problems.push(format!("{broken} {meaning}"));
        }
    }
    if tx.dialect() == Dialect::Sqlite {
        refresh_index(tx)?;
        for row in tx.query("PRAGMA integrity_check", &[])? {
            let line = row.text(0)?;
            if line != "ok" {
                problems.push(format!("the file is damaged: {line}; put back a backup with `firsthand restore`"));
            }
        }
        for row in tx.query("PRAGMA foreign_key_check", &[])? {
            problems.push(format!("a row of {} points to nothing", row.maybe_text(0).unwrap_or_default()));
        }
        let unlike = tx.number(
            "SELECT (SELECT COUNT(*) FROM article WHERE id NOT IN (SELECT rowid FROM article_search)) + (SELECT COUNT(*) FROM article_search WHERE rowid NOT IN (SELECT id FROM article))",
            &[],
        )?;
        if unlike != 0 {
            problems.push(format!("{unlike} articles and the full-text index do not go together"));
        }
    }
    Ok(CheckReport { counts: counts(tx)?, problems })
}

/// Lets a connection see how the full-text index is laid out by now: a search does, the check of the file does not and would take
/// what another connection has merged since for a damage (SQLite 3.54).
fn refresh_index(tx: &mut Tx<'_>) -> Result<()> {
    tx.first("SELECT rowid FROM article_search WHERE article_search MATCH 'a' LIMIT 1", &[]).map(drop)
}

/// Whether a file is not as it should be: its pages, or indexes that say other than their tables.
pub(crate) fn is_damaged(tx: &mut Tx<'_>) -> Result<bool> {
    refresh_index(tx)?;
    Ok(tx.first("PRAGMA integrity_check(1)", &[])?.and_then(|row| row.maybe_text(0)).as_deref() != Some("ok"))
}

/// Writes a file anew without what is free in it, such that it gives back to the disk what is let go later.
pub(crate) fn compact(path: &Path) -> Result<()> {
    let failed = |error: rusqlite::Error| engine::sqlite_failure(path, &error.to_string());
    let connection = engine::connect_sqlite(path, false).map_err(|error| StoreError::Invalid(error.to_string()))?;
    connection
        .execute_batch("PRAGMA auto_vacuum = INCREMENTAL; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
        .map_err(failed)
}

/// Copies an SQLite database page by page while others read and write.
pub(crate) fn backup(from: &Path, to: &Path) -> Result<()> {
    let failed = |what: &str, path: &Path| StoreError::Invalid(format!("{what} {}", path.display()));
    if to.exists() {
        return Err(failed("there is a file already, and a backup never replaces one: give another name than", to));
    }
    let partial = beside(to, ".partial");
    let copied = (|| -> std::result::Result<(), String> {
        let source =
            Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|error| error.to_string())?;
        let mut copy = Connection::open(&partial).map_err(|error| error.to_string())?;
        // One snapshot: what is written meanwhile does not start it again.
        source.execute_batch("BEGIN; SELECT COUNT(*) FROM schema_version").map_err(|error| error.to_string())?;
        let backup = rusqlite::backup::Backup::new(&source, &mut copy).map_err(|error| error.to_string())?;
        backup.run_to_completion(1000, std::time::Duration::ZERO, None).map_err(|error| error.to_string())?;
        drop(backup);
        copy.execute_batch("PRAGMA journal_mode = DELETE").map_err(|error| error.to_string())?;
        copy.close().map_err(|(_, error)| error.to_string())?;
        std::fs::File::open(&partial).and_then(|file| file.sync_all()).map_err(|error| error.to_string())?;
        std::fs::rename(&partial, to).map_err(|error| error.to_string())
    })();
    copied.map_err(|error| {
        let _ = std::fs::remove_file(&partial);
        StoreError::Invalid(format!("the backup {} could not be written: {error}", to.display()))
    })
}

/// Verifies a copy, then puts it in the place of the database.
pub(crate) fn restore(copy: &Path, target: &Path) -> Result<()> {
    verify(copy)?;
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|error| StoreError::Invalid(format!("the folder {} cannot be made: {error}", folder.display())))?;
    }
    let moved = |from: &Path, to: &Path| {
        std::fs::rename(from, to).map_err(|error| {
            StoreError::Invalid(format!("{} cannot be moved to {}: {error}", from.display(), to.display()))
        })
    };
    // Copied beside the target first: a full disk must not leave half a database in its place.
    let arriving = beside(target, ".restoring");
    std::fs::copy(copy, &arriving).map_err(|error| {
        let _ = std::fs::remove_file(&arriving);
        StoreError::Invalid(format!("{} cannot be copied to {}: {error}", copy.display(), arriving.display()))
    })?;
    for ending in ["", "-wal", "-shm"] {
        let old = beside(target, ending);
        if old.exists() {
            moved(&old, &beside(target, &format!(".before-restore{ending}")))?;
        }
    }
    moved(&arriving, target)
}

fn verify(copy: &Path) -> Result<()> {
    let wrong = |what: String| StoreError::Invalid(format!("{} cannot be restored: {what}", copy.display()));
    if !copy.is_file() {
        return Err(wrong("there is no such file".to_owned()));
    }
    let connection = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .map_err(|error| wrong(error.to_string()))?;
    let version: rusqlite::Result<i64> =
        connection.query_row("SELECT MAX(version) FROM schema_version", [], |row| row.get(0));
    let version = version.map_err(|error| wrong(format!("it is no database of firsthand ({error})")))?;
    if version > migrate::newest() {
        return Err(StoreError::Newer {
            database: copy.display().to_string(),
            found: version,
            known: migrate::newest(),
        });
    }
    let integrity: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .map_err(|error| wrong(error.to_string()))?;
    if integrity != "ok" {
        return Err(wrong(format!("it is damaged ({integrity})")));
    }
    Ok(())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
