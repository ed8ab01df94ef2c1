//! What editors say, kept apart from what is computed: a report's part, its story, outlets that are one.
//! Each can be taken back.

use crate::changes::{measure, note};
use crate::engine::{Row, Tx, values, word_of};
use crate::stories::standing;
use crate::{Result, StoreError, votes};
use firsthand_model::*;

/// The kind of change by which a story is closed: an editor took out its last report.
const EMPTIED: &str = "empty";

/// Gives a report the part that an editor says it has, or takes that back; its story is related anew.
pub(crate) fn set_role(tx: &mut Tx<'_>, article: ArticleId, role: Option<Role>, account: Option<UserId>) -> Result<()> {
    let Some(row) = tx.first("SELECT story_id FROM article WHERE id = ?1", &values![article])? else {
        return Err(StoreError::NotFound(format!("the article {article}")));
    };
    tx.execute("DELETE FROM editor_role WHERE article_id = ?1", &values![article])?;
    if let Some(role) = role {
        let now = tx.now();
        tx.execute(
            "INSERT INTO editor_role (article_id, role, account_id, set_at) VALUES (?1, ?2, ?3, ?4)",
            &values![article, word_of(&role)?, account.map(|account| account.0), now],
        )?;
    }
    if let Some(story) = row.maybe_int(0) {
        tx.execute("UPDATE story SET stale = stale + 1 WHERE id = ?1", &values![story])?;
    }
    Ok(())
}

/// Lets a story be hidden or stand first, or takes that back.
pub(crate) fn mark_story(
    tx: &mut Tx<'_>,
    story: StoryId,
    mark: Option<StoryMark>,
    account: Option<UserId>,
) -> Result<()> {
    let story = standing(tx, story)?.ok_or_else(|| StoreError::NotFound(format!("the story {story}")))?;
    tx.execute("DELETE FROM editor_story WHERE story_id = ?1", &values![story])?;
    if let Some(mark) = mark {
        let now = tx.now();
        tx.execute(
            "INSERT INTO editor_story (story_id, mark, account_id, set_at) VALUES (?1, ?2, ?3, ?4)",
            &values![story, word_of(&mark)?, account.map(|account| account.0), now],
        )?;
    }
    Ok(())
}

/// Puts a report where an editor says it belongs. Gives the story that it is in then.
pub(crate) fn place(
    tx: &mut Tx<'_>,
    article: ArticleId,
    placement: Placement,
    account: Option<UserId>,
) -> Result<StoryId> {
    let Some(row) = tx.first("SELECT story_id, published_at FROM article WHERE id = ?1", &values![article])? else {
        return Err(StoreError::NotFound(format!("the article {article}")));
    };
    let Some(present) = row.maybe_int(0).map(StoryId) else {
        return Err(StoreError::Invalid(format!(
            "the article {article} is not in a story yet; try again in some seconds"
        )));
    };
    let known =
        tx.first("SELECT computed_story_id, story_id FROM editor_place WHERE article_id = ?1", &values![article])?;
    // Where grouping has it: noted when an editor first moved it, and until that is taken back.
    let computed = match &known {
        Some(row) if row.maybe_int(1).is_some() => StoryId(row.int(0)?),
        _ => present,
    };
    let to = match placement {
        Placement::In(story) => {
            standing(tx, story)?.ok_or_else(|| StoreError::NotFound(format!("the story {story}")))?
        }
        Placement::Alone if is_alone(tx, present)? => present,
        Placement::Alone => begin(tx, article, row.time(1)?)?,
        Placement::Computed => {
            reopen(tx, computed)?;
            standing(tx, computed)?.unwrap_or(present)
        }
    };
    let now = tx.now();
    tx.execute(
        "INSERT INTO editor_place (article_id, story_id, computed_story_id, account_id, set_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (article_id) DO UPDATE SET story_id = excluded.story_id, computed_story_id = excluded.computed_story_id,
           account_id = excluded.account_id, set_at = excluded.set_at",
        &values![
            article,
            (placement != Placement::Computed).then_some(to.0),
            computed,
            account.map(|account| account.0),
            now
        ],
    )?;
    if to == present {
        return Ok(present);
    }
    let emptied = is_alone(tx, present)?;
    tx.execute("DELETE FROM reliance WHERE article_id = ?1", &values![article])?;
    tx.execute("UPDATE article SET story_id = ?2 WHERE id = ?1", &values![article, to])?;
    if emptied {
        // Nothing is left: its number leads on, and its votes go along.
        tx.execute(
            "UPDATE story SET merged_into = ?2, reports = 0, stale = 0, best_article_id = NULL WHERE id = ?1",
            &values![present, to],
        )?;
        votes::pour(tx, present, to)?;
    } else {
        measure(tx, present)?;
    }
    measure(tx, to)?;
    note(tx, if emptied { EMPTIED } else { "move" }, present, to, 1)?;
    Ok(to)
}

fn is_alone(tx: &mut Tx<'_>, story: StoryId) -> Result<bool> {
    Ok(tx.number("SELECT COUNT(*) FROM article WHERE story_id = ?1", &values![story])? <= 1)
}

/// A story for one report: under the report's own number where no other story stands there.
fn begin(tx: &mut Tx<'_>, article: ArticleId, published_at: Timestamp) -> Result<StoryId> {
    let taken = tx.number("SELECT COUNT(*) FROM story WHERE id = ?1 AND merged_into IS NULL", &values![article])? > 0;
    let story = if taken { StoryId(tx.new_id()) } else { StoryId(article.0) };
    tx.execute(
        "INSERT INTO story (id, created_at, stale, voices, reports, firsthand, independent_outlets, first_published_at, last_published_at)
         VALUES (?1, ?2, 1, 0, 0, 0, 0, ?3, ?3) ON CONFLICT (id) DO UPDATE SET merged_into = NULL",
        &values![story, tx.now(), published_at],
    )?;
    Ok(story)
}

/// Opens a story again that was closed because editors took its reports out.
fn reopen(tx: &mut Tx<'_>, story: StoryId) -> Result<()> {
    let closed = tx.first(
        "SELECT kind FROM story_change WHERE from_story = ?1 AND kind IN ('merge', ?2) ORDER BY at DESC, id DESC LIMIT 1",
        &values![story, EMPTIED],
    )?;
    if closed.is_some_and(|row| row.maybe_text(0).as_deref() == Some(EMPTIED)) {
        tx.execute("UPDATE story SET merged_into = NULL WHERE id = ?1", &values![story])?;
    }
    Ok(())
}

/// Whether an editor put a report into a story, or, with an article, that very report.
pub(crate) fn is_placed(tx: &mut Tx<'_>, story: StoryId, article: Option<ArticleId>) -> Result<bool> {
    let count = tx.number(
        "SELECT COUNT(*) FROM editor_place JOIN article ON article.id = editor_place.article_id
         WHERE editor_place.story_id IS NOT NULL AND article.story_id = ?1 AND (article.id = ?2 OR CAST(?2 AS BIGINT) = 0)",
        &values![story, article.map_or(0, |article| article.0)],
    )?;
    Ok(count > 0)
}

/// A number that is another one after every change of an editor to where reports are.
pub(crate) fn places_version(tx: &mut Tx<'_>) -> Result<i64> {
    tx.number("SELECT COUNT(*) + COALESCE(CAST(SUM(set_at) AS BIGINT), 0) FROM editor_place", &[])
}

/// Lets an outlet be another one, or itself again. Gives the outlet that it is then.
pub(crate) fn merge_outlet(
    tx: &mut Tx<'_>,
    outlet: OutletId,
    into: Option<OutletId>,
    account: Option<UserId>,
) -> Result<OutletId> {
    let before = shown_as(tx, outlet)?;
    let after = match into {
        Some(into) => shown_as(tx, into)?,
        None => outlet,
    };
    if into.is_some() && after == outlet {
        return Err(StoreError::Invalid(format!("the outlet {outlet} cannot be merged into itself")));
    }
    if into.is_some() && members(tx, outlet)?.len() > 1 {
        return Err(StoreError::Invalid(format!(
            "other outlets are merged into the outlet {outlet}; take those out of it first"
        )));
    }
    tx.execute("DELETE FROM editor_outlet WHERE outlet_id = ?1", &values![outlet])?;
    if into.is_some() {
        let now = tx.now();
        tx.execute(
            "INSERT INTO editor_outlet (outlet_id, into_id, account_id, set_at) VALUES (?1, ?2, ?3, ?4)",
            &values![outlet, after, account.map(|account| account.0), now],
        )?;
    }
    // Who relies on whom is another question for every story that one of them is in, or is named in.
    for changed in [outlet, before, after] {
        tx.execute(
            "UPDATE story SET stale = stale + 1 WHERE merged_into IS NULL AND id IN (
               SELECT article.story_id FROM article WHERE article.outlet_id = ?1
               UNION SELECT reliance.story_id FROM reliance JOIN outlet ON LOWER(outlet.name) = LOWER(reliance.outlet) WHERE outlet.id = ?1)",
            &values![changed],
        )?;
    }
    Ok(after)
}

/// The outlet that an outlet is shown as.
pub(crate) fn shown_as(tx: &mut Tx<'_>, outlet: OutletId) -> Result<OutletId> {
    let row = tx.first("SELECT id FROM outlet_shown WHERE own_id = ?1", &values![outlet])?;
    let Some(row) = row else { return Err(StoreError::NotFound(format!("the outlet {outlet}"))) };
    Ok(OutletId(row.int(0)?))
}

/// The outlets that are shown as one, that one first.
pub(crate) fn members(tx: &mut Tx<'_>, outlet: OutletId) -> Result<Vec<OutletName>> {
    let rows = tx.query(
        &format!("{NAMES} WHERE id = ?1 ORDER BY CASE WHEN own_id = id THEN 0 ELSE 1 END, own_id"),
        &values![outlet],
    )?;
    rows.iter().map(outlet_name).collect()
}

const NAMES: &str = "SELECT own_id, own_name, own_key, name FROM outlet_shown";

fn outlet_name(row: &Row) -> Result<OutletName> {
    Ok(OutletName { id: OutletId(row.int(0)?), name: row.text(1)?, domain: row.text(2)?, shown_as: row.text(3)? })
}

/// Every outlet's names, those that others are merged into first.
pub(crate) fn outlet_names(tx: &mut Tx<'_>) -> Result<Vec<OutletName>> {
    let rows = tx.query(&format!("{NAMES} ORDER BY CASE WHEN own_id = id THEN 0 ELSE 1 END, own_id"), &[])?;
    rows.iter().map(outlet_name).collect()
}
