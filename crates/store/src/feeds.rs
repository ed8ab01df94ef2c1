//! Feeds, outlets and entries.

use crate::engine::{Row, Tx, Value, json_of, values};
use crate::leases::{self, shard_of};
use crate::{AddedFeed, Result, retention, websub};
use firsthand_model::*;

pub(crate) fn add(tx: &mut Tx<'_>, feed: &NewFeed, outlet_name: &str, outlet_key: &str) -> Result<AddedFeed> {
    if let Some(row) = tx.first("SELECT id FROM feed WHERE url = ?1", &values![&feed.url])? {
        return Ok(AddedFeed { id: FeedId(row.int(0)?), created: false });
    }
    let now = tx.now();
    let known = tx.first("SELECT id FROM outlet WHERE key = ?1", &values![outlet_key])?;
    let outlet_id = match known {
        Some(row) => row.int(0)?,
        None => {
            let id = tx.new_id();
            tx.execute(
                "INSERT INTO outlet (id, key, name, created_at) VALUES (?1, ?2, ?3, ?4)",
                &values![id, outlet_key, outlet_name, now],
            )?;
            id
        }
    };
    let id = tx.new_id();
    // A feed's format shows with its first document; that it is a page is known before, and decides how
    // it is asked.
    let format = if feed.page { Some(crate::engine::word_of(&FeedFormat::Page)?) } else { None };
    tx.execute(
        "INSERT INTO feed (id, outlet_id, url, title, site_url, folder, format, status, added_at, failures, interval_s, moved_times, next_fetch_at, shard)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'active', ?8, 0, 0, 0, ?8, ?9)",
        &values![id, outlet_id, &feed.url, &feed.title, &feed.site_url, &feed.folder, format, now, shard_of(&feed.url)],
    )?;
    Ok(AddedFeed { id: FeedId(id), created: true })
}

pub(crate) fn remove(tx: &mut Tx<'_>, url: &str) -> Result<bool> {
    let Some(row) = tx.first("SELECT id FROM feed WHERE url = ?1", &values![url])? else { return Ok(false) };
    websub::end(tx, FeedId(row.int(0)?))?;
    Ok(tx.execute("DELETE FROM feed WHERE url = ?1", &values![url])? > 0)
}

pub(crate) fn all(tx: &mut Tx<'_>) -> Result<Vec<FeedView>> {
    let sql = format!(
        "SELECT feed.id, feed.url, feed.title, outlet.id, outlet.name, feed.site_url, feed.folder, feed.format, feed.status, feed.added_at,
                feed.last_fetch_at, feed.last_success_at, feed.last_status, feed.next_fetch_at, feed.last_error, feed.failures,
                (SELECT COUNT(*) FROM entry WHERE entry.feed_id = feed.id AND entry.article_id IS NOT NULL), {},
                feed_keep.feed_id, feed_keep.days, feed_keep.articles
         FROM feed JOIN outlet_shown AS outlet ON outlet.own_id = feed.outlet_id LEFT JOIN websub ON websub.feed_id = feed.id
         LEFT JOIN feed_keep ON feed_keep.feed_id = feed.id
         ORDER BY COALESCE(feed.folder, ''), COALESCE(feed.title, feed.url), feed.id",
        websub::PUSH
    );
    tx.query(&sql, &[])?.iter().map(view).collect()
}

fn view(row: &Row) -> Result<FeedView> {
    let status = row.maybe_word(8)?.unwrap_or(FeedStatus::Active);
    Ok(FeedView {
        id: FeedId(row.int(0)?),
        url: row.text(1)?,
        title: row.maybe_text(2).filter(|title| !title.is_empty()).map_or_else(|| row.text(1), Ok)?,
        outlet_id: OutletId(row.int(3)?),
        outlet: row.text(4)?,
        site_url: row.maybe_text(5),
        folder: row.maybe_text(6),
        format: row.maybe_text(7),
        status,
        added_at: row.time(9)?,
        last_fetch_at: row.maybe_time(10),
        last_success_at: row.maybe_time(11),
        last_status: row.maybe_int(12).and_then(|status| u16::try_from(status).ok()),
        next_fetch_at: row.maybe_time(13).filter(|_| status == FeedStatus::Active),
        last_error: row.maybe_text(14),
        failures: row.small(15)?,
        articles: row.count(16)?,
        push: websub::push(row, 17)?,
        keep: retention::rule(row, 26),
    })
}

pub(crate) fn due(
    tx: &mut Tx<'_>,
    node: Option<NodeId>,
    now: Timestamp,
    limit: usize,
    include_not_due: bool,
) -> Result<Vec<DueFeed>> {
    // Two statements, not one with a switch: a plan that holds for both would go through feeds that are not due.
    let is_due = if include_not_due { "" } else { "AND feed.next_fetch_at <= ?1" };
    let condition = format!("feed.status = 'active' {is_due} AND (feed.not_before IS NULL OR feed.not_before <= ?1)");
    let due = leases::of_shards(tx, "feed", &condition, "feed.next_fetch_at", node);
    let sql = format!(
        "SELECT feed.id, feed.outlet_id, feed.url, feed.etag, feed.last_modified, feed.failures, feed.interval_s, feed.not_before, feed.moved_to, feed.moved_times,
                feed.format, feed.last_success_at, {}, feed.shard
         FROM {due} LEFT JOIN websub ON websub.feed_id = feed.id
         ORDER BY feed.next_fetch_at, feed.id LIMIT ?2",
        websub::PUSH
    );
    let node = node.map(|node| Value::Int(node.0));
    let parameters: Vec<_> = values![now, limit].into_iter().chain(node).collect();
    let rows = tx.query(&sql, &parameters)?;
    rows.iter()
        .map(|row| {
            Ok(DueFeed {
                id: FeedId(row.int(0)?),
                outlet_id: OutletId(row.int(1)?),
                url: row.text(2)?,
                page: row.maybe_text(10).is_some() && row.maybe_word(10)? == Some(FeedFormat::Page),
                etag: row.maybe_text(3),
                last_modified: row.maybe_text(4),
                failures: row.small(5)?,
                interval_s: row.small(6)?,
                not_before: row.maybe_time(7),
                moved_to: row.maybe_text(8).map(|url| Ok::<_, crate::StoreError>((url, row.small(9)?))).transpose()?,
                last_success_at: row.maybe_time(11),
                push: websub::push(row, 12)?,
                part: leases::part(row, 21),
            })
        })
        .collect()
}

/// Feeds whose turn at their host is later than they were due.
pub(crate) fn postpone(tx: &mut Tx<'_>, turns: &[(FeedId, Timestamp)]) -> Result<()> {
    for (feed, at) in turns {
        tx.execute("UPDATE feed SET next_fetch_at = ?2 WHERE id = ?1 AND next_fetch_at < ?2", &values![*feed, *at])?;
    }
    Ok(())
}

/// Entries whose turn at their host is later than they were due.
pub(crate) fn postpone_entries(tx: &mut Tx<'_>, turns: &[(EntryId, Timestamp)]) -> Result<()> {
    for (entry, at) in turns {
        tx.execute("UPDATE entry SET due_at = ?2 WHERE id = ?1 AND due_at < ?2", &values![*entry, *at])?;
    }
    Ok(())
}

pub(crate) fn next_due_at(tx: &mut Tx<'_>) -> Result<Option<Timestamp>> {
    let row = tx.first(
        "SELECT MIN(at) FROM (SELECT MIN(next_fetch_at) AS at FROM feed WHERE status = 'active' UNION ALL SELECT MIN(due_at) AS at FROM entry) AS due",
        &[],
    )?;
    Ok(row.and_then(|row| row.maybe_time(0)))
}

pub(crate) fn record_poll(tx: &mut Tx<'_>, feed: FeedId, outcome: &PollOutcome) -> Result<PollSummary> {
    // A feed that was removed while it was polled stays removed.
    let known = format!("SELECT failures, title, url FROM feed WHERE id = ?1{}", tx.locked());
    let Some(row) = tx.first(&known, &values![feed])? else {
        return Ok(PollSummary::default());
    };
    let failures = if outcome.error.is_some() { row.int(0)? + i64::from(outcome.asked) } else { 0 };
    let status = crate::engine::word_of(&outcome.status)?;
    let (moved_to, moved_times) = outcome.moved_to.clone().map_or((None, 0), |(url, times)| (Some(url), times));
    tx.execute(
        "UPDATE feed SET etag = ?2, last_modified = ?3, failures = ?4, interval_s = ?5, not_before = ?6, moved_to = ?7, moved_times = ?8, last_fetch_at = COALESCE(?9, last_fetch_at),
                last_status = ?10, last_error = ?11, next_fetch_at = ?12, status = ?13, last_success_at = COALESCE(?14, last_success_at)
         WHERE id = ?1",
        &values![
            feed,
            &outcome.etag,
            &outcome.last_modified,
            failures,
            outcome.interval_s,
            outcome.not_before,
            moved_to,
            moved_times,
            outcome.asked.then_some(outcome.at),
            outcome.http_status,
            &outcome.error,
            outcome.next_fetch_at,
            status,
            outcome.error.is_none().then_some(outcome.at),
        ],
    )?;
    if let Some(url) = &outcome.new_url
        && tx.first("SELECT id FROM feed WHERE url = ?1", &values![url])?.is_none()
    {
        tx.execute(
            "UPDATE feed SET url = ?2, moved_to = NULL, moved_times = 0, shard = ?3 WHERE id = ?1",
            &values![feed, url, shard_of(url)],
        )?;
    }
    let Some(document) = &outcome.document else {
        websub::after_poll(tx, feed, outcome, 0)?;
        return Ok(PollSummary::default());
    };
    tx.execute(
        "UPDATE feed SET title = COALESCE(?2, title), site_url = COALESCE(?3, site_url), format = ?4 WHERE id = ?1",
        &values![feed, &document.title, &document.site_url, &document.format],
    )?;
    websub::take_offer(tx, feed, document.push.as_ref())?;
    let owed_before = outcome.push_check.as_ref().and_then(|check| check.owed_before);
    let (mut summary, mut unpushed) = (PollSummary { seen: document.entries.len(), new: 0 }, 0);
    for entry in &document.entries {
        let new = take_entry(tx, feed, entry, outcome.at)?;
        let owed =
            owed_before.is_some_and(|before| entry.item.published.or(entry.item.updated).is_none_or(|at| at < before));
        summary.new += usize::from(new);
        unpushed += usize::from(new && owed);
    }
    websub::after_poll(tx, feed, outcome, unpushed)?;
    Ok(summary)
}

/// Stores an entry if it is new; whoever does so has locked the feed's row. The same key with another page is another entry: some feeds use
/// an id twice, and nothing may be lost by that. The same page under another key is the same
/// entry: some feeds change their ids, and nothing may be shown twice.
pub(crate) fn take_entry(tx: &mut Tx<'_>, feed: FeedId, entry: &NewEntry, at: Timestamp) -> Result<bool> {
    let mut key = entry.key.clone();
    if let Some(row) =
        tx.first("SELECT canonical_url FROM entry WHERE feed_id = ?1 AND key = ?2", &values![feed, &key])?
    {
        let known = row.maybe_text(0);
        match (&known, &entry.canonical_url) {
            (Some(known), Some(given)) if known != given => key = format!("{key}\n{given}"),
            _ => return Ok(false),
        }
        if tx.first("SELECT 1 FROM entry WHERE feed_id = ?1 AND key = ?2", &values![feed, &key])?.is_some() {
            return Ok(false);
        }
    }
    if let Some(canonical_url) = &entry.canonical_url
        && tx
            .first("SELECT 1 FROM entry WHERE feed_id = ?1 AND canonical_url = ?2", &values![feed, canonical_url])?
            .is_some()
    {
        return Ok(false);
    }
    let id = tx.new_id();
    tx.execute(
        "INSERT INTO entry (id, feed_id, key, url, canonical_url, item_json, first_seen_at, attempts, due_at, shard) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?7, ?8)",
        &values![
            id,
            feed,
            key,
            &entry.url,
            &entry.canonical_url,
            json_of(&entry.item)?,
            at,
            shard_of(entry.url.as_deref().unwrap_or_default())
        ],
    )?;
    Ok(true)
}

pub(crate) fn folders(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let rows =
        tx.query("SELECT DISTINCT folder FROM feed WHERE folder IS NOT NULL AND folder <> '' ORDER BY folder", &[])?;
    rows.iter().map(|row| row.text(0)).collect()
}
