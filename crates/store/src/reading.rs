//! How readers want their pages: rules, kept searches, preferences; and what editors say of the site.

use crate::engine::{Row, Tx, json_of, values, word_of};
use crate::{Result, StoreError};
use firsthand_model::*;
use std::collections::{BTreeMap, BTreeSet};

/// Rules and kept searches that an account may have, each.
const MOST: i64 = 200;

pub(crate) fn rules(tx: &mut Tx<'_>, account: UserId) -> Result<Vec<Rule>> {
    let rows =
        tx.query("SELECT id, effect, field, pattern FROM rule WHERE account_id = ?1 ORDER BY id", &values![account])?;
    let known = |row: &Row| {
        let unknown = || StoreError::Invalid("a rule of a newer version of the program".to_owned());
        Ok(Rule {
            id: row.int(0)?,
            effect: row.maybe_word(1)?.ok_or_else(unknown)?,
            field: row.maybe_word(2)?.ok_or_else(unknown)?,
            pattern: row.text(3)?,
        })
    };
    rows.iter().map(known).collect()
}

pub(crate) fn add_rule(tx: &mut Tx<'_>, account: UserId, rule: &Rule) -> Result<i64> {
    if tx.number("SELECT COUNT(*) FROM rule WHERE account_id = ?1", &values![account])? >= MOST {
        return Err(StoreError::Invalid(format!("there are {MOST} rules already: take one away first")));
    }
    let (id, now) = (tx.new_id(), tx.now());
    tx.execute(
        "INSERT INTO rule (id, account_id, effect, field, pattern, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        &values![id, account, word_of(&rule.effect)?, word_of(&rule.field)?, &rule.pattern, now],
    )?;
    Ok(id)
}

pub(crate) fn remove_rule(tx: &mut Tx<'_>, account: UserId, id: i64) -> Result<bool> {
    Ok(tx.execute("DELETE FROM rule WHERE id = ?1 AND account_id = ?2", &values![id, account])? > 0)
}

const SAVED: &str = "SELECT id, name, query, alert, seen_at FROM saved_search";

fn saved(row: &Row) -> Result<SavedSearch> {
    Ok(SavedSearch {
        id: row.int(0)?,
        name: row.text(1)?,
        query: row.text(2)?,
        alert: row.switch(3)?,
        seen_at: row.time(4)?,
    })
}

pub(crate) fn saved_searches(tx: &mut Tx<'_>, account: UserId) -> Result<Vec<SavedSearch>> {
    tx.query(&format!("{SAVED} WHERE account_id = ?1 ORDER BY name, id"), &values![account])?
        .iter()
        .map(saved)
        .collect()
}

pub(crate) fn save_search(tx: &mut Tx<'_>, account: UserId, name: &str, query: &str, alert: bool) -> Result<i64> {
    let now = tx.now();
    let same =
        tx.first("SELECT id FROM saved_search WHERE account_id = ?1 AND query = ?2", &values![account, query])?;
    if let Some(same) = same {
        let id = same.int(0)?;
        tx.execute("UPDATE saved_search SET name = ?2, alert = ?3 WHERE id = ?1", &values![id, name, alert])?;
        return Ok(id);
    }
    if tx.number("SELECT COUNT(*) FROM saved_search WHERE account_id = ?1", &values![account])? >= MOST {
        return Err(StoreError::Invalid(format!("there are {MOST} searches kept already: take one away first")));
    }
    let id = tx.new_id();
    tx.execute(
        "INSERT INTO saved_search (id, account_id, name, query, created_at, alert, seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5)",
        &values![id, account, name, query, now, alert],
    )?;
    Ok(id)
}

pub(crate) fn remove_search(tx: &mut Tx<'_>, account: UserId, id: i64) -> Result<bool> {
    Ok(tx.execute("DELETE FROM saved_search WHERE id = ?1 AND account_id = ?2", &values![id, account])? > 0)
}

/// Notes that the finds of a kept search were looked at.
pub(crate) fn search_seen(tx: &mut Tx<'_>, account: UserId, query: &str) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "UPDATE saved_search SET seen_at = ?3 WHERE account_id = ?1 AND query = ?2",
        &values![account, query, now],
    )?;
    Ok(())
}

pub(crate) fn set_preferences(tx: &mut Tx<'_>, account: UserId, preferences: &Preferences) -> Result<()> {
    let text = json_of(preferences)?;
    tx.execute("UPDATE account SET preferences_json = ?2 WHERE id = ?1", &values![account, text])?;
    Ok(())
}

pub(crate) fn preferences(tx: &mut Tx<'_>, account: UserId) -> Result<Preferences> {
    match tx.first("SELECT preferences_json FROM account WHERE id = ?1", &values![account])? {
        Some(row) if row.maybe_text(0).is_some() => row.json(0),
        _ => Ok(Preferences::default()),
    }
}

pub(crate) fn site_settings(tx: &mut Tx<'_>) -> Result<BTreeMap<String, String>> {
    let rows = tx.query("SELECT name, value FROM site_setting", &[])?;
    rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
}

/// Sets what is given and leaves the rest; an empty value takes a setting away.
pub(crate) fn set_site_settings(tx: &mut Tx<'_>, settings: &[(String, String)], by: Option<UserId>) -> Result<()> {
    let now = tx.now();
    for (name, value) in settings {
        if value.is_empty() {
            tx.execute("DELETE FROM site_setting WHERE name = ?1", &values![name])?;
            continue;
        }
        tx.execute(
            "INSERT INTO site_setting (name, value, account_id, set_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value, account_id = excluded.account_id, set_at = excluded.set_at",
            &values![name, value, by, now],
        )?;
    }
    Ok(())
}

pub(crate) fn site_file(tx: &mut Tx<'_>, name: &str) -> Result<Option<SiteFile>> {
    let row = tx.first("SELECT media_type, content, set_at FROM site_file WHERE name = ?1", &values![name])?;
    row.map(|row| Ok(SiteFile { media_type: row.text(0)?, content: row.blob(1)?, set_at: row.time(2)? })).transpose()
}

/// Puts a file in the place of the one under its name, or takes that away.
pub(crate) fn set_site_file(tx: &mut Tx<'_>, name: &str, file: Option<(&str, &[u8])>) -> Result<()> {
    let now = tx.now();
    tx.execute("DELETE FROM site_file WHERE name = ?1", &values![name])?;
    if let Some((media_type, content)) = file {
        tx.execute(
            "INSERT INTO site_file (name, media_type, content, set_at) VALUES (?1, ?2, ?3, ?4)",
            &values![name, media_type, content, now],
        )?;
    }
    Ok(())
}

/// How long the excerpts of an outlet are on public pages; `None`: as they are stored.
pub(crate) fn set_excerpt_chars(tx: &mut Tx<'_>, outlet: OutletId, chars: Option<u32>) -> Result<()> {
    if tx.first("SELECT 1 FROM outlet WHERE id = ?1", &values![outlet])?.is_none() {
        return Err(StoreError::NotFound(format!("the outlet {outlet}")));
    }
    tx.execute("DELETE FROM outlet_setting WHERE outlet_id = ?1", &values![outlet])?;
    if let Some(chars) = chars {
        tx.execute("INSERT INTO outlet_setting (outlet_id, excerpt_chars) VALUES (?1, ?2)", &values![outlet, chars])?;
    }
    Ok(())
}

/// The outlets whose excerpts editors shortened, with the greatest length in characters.
pub(crate) fn excerpt_chars(tx: &mut Tx<'_>) -> Result<Vec<(OutletId, u32)>> {
    let rows = tx.query("SELECT outlet_id, excerpt_chars FROM outlet_setting", &[])?;
    rows.iter().map(|row| Ok((OutletId(row.int(0)?), row.small(1)?))).collect()
}

/// Files an article under labels, in the place of those that it had.
pub(crate) fn set_labels(tx: &mut Tx<'_>, article: ArticleId, labels: &[String]) -> Result<()> {
    tx.execute("DELETE FROM article_label WHERE article_id = ?1", &values![article])?;
    for label in labels {
        tx.execute(
            "INSERT INTO article_label (article_id, label) VALUES (?1, ?2) ON CONFLICT (article_id, label) DO NOTHING",
            &values![article, label],
        )?;
    }
    Ok(())
}

/// Which of the labels an article has that was published since then.
pub(crate) fn labels_in_use(tx: &mut Tx<'_>, labels: &[String], since: Timestamp) -> Result<BTreeSet<String>> {
    let mut out = BTreeSet::new();
    for label in labels {
        // Numbers rise with time: the last one is looked at, however many there are.
        let used = tx.first(
            "SELECT 1 FROM article WHERE published_at >= ?2
             AND id = (SELECT MAX(article_label.article_id) FROM article_label WHERE article_label.label = ?1)",
            &values![label, since],
        )?;
        if used.is_some() {
            out.insert(label.clone());
        }
    }
    Ok(out)
}
