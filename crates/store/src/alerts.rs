//! Ways to readers, what they are told of, and what is on its way to them.

use crate::engine::{Row, Tx, json_of, values, word_of};
use crate::views::NOT_HIDDEN;
use crate::{Result, StoreError};
use firsthand_model::*;

/// Ways and watches that an account may have.
const MOST_CHANNELS: i64 = 20;
const MOST_WATCHES: i64 = 200;
/// How long what was sent or given up is kept, in seconds.
const KEPT_S: i64 = 30 * 86_400;

const CHANNEL: &str =
    "channel.id, channel.kind, channel.address, channel.confirmed, channel.last_success_at, channel.last_error";

fn newer() -> StoreError {
    StoreError::Invalid("a way of a newer version of the program".to_owned())
}

/// A way, from the columns of [`CHANNEL`].
fn channel(row: &Row) -> Result<Channel> {
    Ok(Channel {
        id: row.int(0)?,
        kind: row.maybe_word(1)?.ok_or_else(newer)?,
        address: row.text(2)?,
        confirmed: row.switch(3)?,
        last_success_at: row.maybe_time(4),
        last_error: row.maybe_text(5),
    })
}

pub(crate) fn channels(tx: &mut Tx<'_>, account: UserId) -> Result<Vec<Channel>> {
    tx.query(&format!("SELECT {CHANNEL} FROM channel WHERE account_id = ?1 ORDER BY id"), &values![account])?
        .iter()
        .map(channel)
        .collect()
}

/// Keeps a way; where its owner has to agree, the question is on its way with it.
pub(crate) fn add_channel(tx: &mut Tx<'_>, account: UserId, new: &NewChannel) -> Result<Channel> {
    if tx.number("SELECT COUNT(*) FROM channel WHERE account_id = ?1", &values![account])? >= MOST_CHANNELS {
        return Err(StoreError::Invalid(format!("there are {MOST_CHANNELS} ways already: take one away first")));
    }
    let (id, now) = (tx.new_id(), tx.now());
    let confirmed = new.code.is_none();
    tx.execute(
        "INSERT INTO channel (id, account_id, kind, address, secret, code, confirmed, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        &values![id, account, word_of(&new.kind)?, &new.address, &new.secret, &new.code, confirmed, now],
    )?;
    if !confirmed {
        deliver(tx, id, None, DeliveryKind::Confirm, &Notice::default())?;
    }
    Ok(Channel { id, kind: new.kind, address: new.address.clone(), confirmed, last_success_at: None, last_error: None })
}

pub(crate) fn remove_channel(tx: &mut Tx<'_>, account: UserId, id: i64) -> Result<bool> {
    Ok(tx.execute("DELETE FROM channel WHERE id = ?1 AND account_id = ?2", &values![id, account])? > 0)
}

/// The way that a code confirms.
pub(crate) fn channel_by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<Channel>> {
    tx.first(&format!("SELECT {CHANNEL} FROM channel WHERE code = ?1"), &values![code])?
        .as_ref()
        .map(channel)
        .transpose()
}

pub(crate) fn confirm_channel(tx: &mut Tx<'_>, code: &str) -> Result<bool> {
    Ok(tx.execute("UPDATE channel SET confirmed = 1 WHERE code = ?1", &values![code])? > 0)
}

const WATCH: &str = "watch.id, watch.channel_id, watch.kind, watch.subject, watch.name, watch.next_at";

/// A watch, from the columns of [`WATCH`].
fn watch(row: &Row) -> Result<Watch> {
    Ok(Watch {
        id: row.int(0)?,
        channel_id: row.int(1)?,
        kind: row.maybe_word(2)?.ok_or_else(newer)?,
        subject: row.text(3)?,
        name: row.text(4)?,
        next_at: row.time(5)?,
    })
}

pub(crate) fn watches(tx: &mut Tx<'_>, account: UserId) -> Result<Vec<Watch>> {
    tx.query(&format!("SELECT {WATCH} FROM watch WHERE account_id = ?1 ORDER BY name, id"), &values![account])?
        .iter()
        .map(watch)
        .collect()
}

/// The stories that got reports after a place in the order in which reports came into stories.
pub(crate) fn story_news(tx: &mut Tx<'_>, after: i64, limit: usize) -> Result<Vec<StoryNews>> {
    let rows = tx.query(
        &format!(
            "SELECT story.id, came.at, CASE WHEN (SELECT MIN(other.assigned) FROM article AS other WHERE other.story_id = story.id) > ?1 THEN 1 ELSE 0 END,
                    article.title, story.reports, story.firsthand
             FROM (SELECT late.story_id AS story_id, MAX(late.assigned) AS at FROM article AS late WHERE late.assigned > ?1 GROUP BY late.story_id) AS came
             JOIN story ON story.id = came.story_id JOIN article ON article.id = story.best_article_id
             WHERE {NOT_HIDDEN} ORDER BY came.at LIMIT ?2"
        ),
        &values![after, limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(StoryNews {
                story_id: StoryId(row.int(0)?),
                at: row.int(1)?,
                new: row.switch(2)?,
                headline: row.text(3)?,
                reports: row.count(4)?,
                firsthand: row.count(5)?,
            })
        })
        .collect()
}

pub(crate) fn last_assigned(tx: &mut Tx<'_>) -> Result<i64> {
    tx.number("SELECT MAX(assigned) FROM article", &[])
}

/// Keeps a watch: it looks at what comes from now on. One for the same on the same way is the same.
pub(crate) fn add_watch(tx: &mut Tx<'_>, account: UserId, new: &NewWatch) -> Result<i64> {
    let way =
        tx.first("SELECT kind FROM channel WHERE id = ?1 AND account_id = ?2", &values![new.channel_id, account])?;
    let way: ChannelKind = way
        .ok_or_else(|| StoreError::NotFound(format!("the way {}", new.channel_id)))?
        .maybe_word(0)?
        .ok_or_else(newer)?;
    if way.saves() {
        return Err(StoreError::Invalid(
            "a service that keeps articles tells nobody of news: choose another way".to_owned(),
        ));
    }
    let kind = word_of(&new.kind)?;
    let same = tx.first(
        "SELECT id FROM watch WHERE account_id = ?1 AND channel_id = ?2 AND kind = ?3 AND subject = ?4",
        &values![account, new.channel_id, &kind, &new.subject],
    )?;
    if let Some(same) = same {
        return same.int(0);
    }
    if tx.number("SELECT COUNT(*) FROM watch WHERE account_id = ?1", &values![account])? >= MOST_WATCHES {
        return Err(StoreError::Invalid(format!("there are {MOST_WATCHES} alerts already: take one away first")));
    }
    let (id, now, seen) = (tx.new_id(), tx.now(), last_assigned(tx)?);
    tx.execute(
        "INSERT INTO watch (id, account_id, channel_id, kind, subject, name, query_json, stop_code, seen, next_at, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        &values![
            id, account, new.channel_id, kind, &new.subject, &new.name, json_of(&new.query)?, &new.stop_code, seen,
            new.next_at, now
        ],
    )?;
    Ok(id)
}

pub(crate) fn remove_watch(tx: &mut Tx<'_>, account: UserId, id: i64) -> Result<bool> {
    Ok(tx.execute("DELETE FROM watch WHERE id = ?1 AND account_id = ?2", &values![id, account])? > 0)
}

/// The watch that a code ends.
pub(crate) fn watch_by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<Watch>> {
    tx.first(&format!("SELECT {WATCH} FROM watch WHERE stop_code = ?1"), &values![code])?
        .as_ref()
        .map(watch)
        .transpose()
}

pub(crate) fn stop_watch(tx: &mut Tx<'_>, code: &str) -> Result<bool> {
    Ok(tx.execute("DELETE FROM watch WHERE stop_code = ?1", &values![code])? > 0)
}

/// Watches whose time has come and that may have something to look at, with the place up to which reports came into stories.
pub(crate) fn due_watches(tx: &mut Tx<'_>, limit: usize) -> Result<(Vec<DueWatch>, i64)> {
    let (now, last) = (tx.now(), last_assigned(tx)?);
    let rows = tx.query(
        &format!(
            "SELECT {WATCH}, watch.account_id, watch.query_json, watch.seen, account.preferences_json
             FROM watch JOIN channel ON channel.id = watch.channel_id JOIN account ON account.id = watch.account_id
             WHERE watch.next_at <= ?1 AND channel.confirmed = 1 AND (watch.seen < ?2 OR watch.kind IN ('daily', 'weekly'))
             ORDER BY watch.next_at, watch.id LIMIT ?3"
        ),
        &values![now, last, limit],
    )?;
    let due = |row: &Row| {
        let preferences = match row.maybe_text(9) {
            Some(_) => row.json::<Preferences>(9)?,
            None => Preferences::default(),
        };
        Ok(DueWatch {
            watch: watch(row)?,
            account: UserId(row.int(6)?),
            query: row.json(7)?,
            seen: row.int(8)?,
            time_zone: preferences.time_zone,
        })
    };
    Ok((rows.iter().map(due).collect::<Result<_>>()?, last))
}

/// Notes how far a watch looked and when it looks again, and puts what it found on its way: both or nothing. Does nothing
/// where another process was first.
pub(crate) fn looked(
    tx: &mut Tx<'_>,
    due: &DueWatch,
    seen: i64,
    next_at: Timestamp,
    notice: Option<&Notice>,
) -> Result<bool> {
    let watch = &due.watch;
    let moved = tx.execute(
        "UPDATE watch SET seen = ?2, next_at = ?3 WHERE id = ?1 AND seen = ?4 AND next_at = ?5",
        &values![watch.id, seen, next_at, due.seen, watch.next_at],
    )?;
    if let (1.., Some(notice)) = (moved, notice) {
        deliver(tx, watch.channel_id, Some(watch.id), DeliveryKind::Notice, notice)?;
    }
    Ok(moved > 0)
}

fn deliver(tx: &mut Tx<'_>, channel: i64, watch: Option<i64>, kind: DeliveryKind, notice: &Notice) -> Result<()> {
    let (id, now) = (tx.new_id(), tx.now());
    tx.execute(
        "INSERT INTO delivery (id, channel_id, watch_id, kind, notice_json, created_at, attempts, under_way, due_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, ?6)",
        &values![id, channel, watch, word_of(&kind)?, json_of(notice)?, now],
    )?;
    Ok(())
}

/// Puts an article on its way to all services where an account keeps articles: how many these are.
pub(crate) fn save_elsewhere(tx: &mut Tx<'_>, account: UserId, notice: &Notice) -> Result<usize> {
    let services: Vec<Channel> = channels(tx, account)?.into_iter().filter(|channel| channel.kind.saves()).collect();
    for service in &services {
        deliver(tx, service.id, None, DeliveryKind::Save, notice)?;
    }
    Ok(services.len())
}

/// Takes deliveries that are due, each for some seconds: after that another process may take them.
pub(crate) fn take_deliveries(tx: &mut Tx<'_>, limit: usize, lease_s: i64) -> Result<Vec<Delivery>> {
    let now = tx.now();
    let rows = tx.query(
        &format!(
            "SELECT {CHANNEL}, delivery.id, delivery.kind, channel.secret, COALESCE(watch.stop_code, channel.code), delivery.notice_json,
                    delivery.attempts, delivery.under_way, delivery.created_at
             FROM delivery JOIN channel ON channel.id = delivery.channel_id LEFT JOIN watch ON watch.id = delivery.watch_id
             WHERE delivery.due_at <= ?1 ORDER BY delivery.due_at, delivery.id LIMIT ?2"
        ),
        &values![now, limit],
    )?;
    let mut taken = Vec::new();
    for row in &rows {
        let delivery = Delivery {
            channel: channel(row)?,
            id: row.int(6)?,
            kind: row.maybe_word(7)?.ok_or_else(newer)?,
            secret: row.maybe_text(8),
            code: row.maybe_text(9),
            notice: row.json(10)?,
            attempt: row.small(11)? + 1,
            may_repeat: row.switch(12)?,
            created_at: row.time(13)?,
        };
        // Who else looked at the same moment finds the number of attempts changed.
        let mine = tx.execute(
            "UPDATE delivery SET attempts = ?2, under_way = 1, due_at = ?3 WHERE id = ?1 AND attempts = ?4 AND due_at <= ?5",
            &values![delivery.id, delivery.attempt, now.plus_seconds(lease_s), delivery.attempt - 1, now],
        )?;
        if mine > 0 {
            taken.push(delivery);
        }
    }
    Ok(taken)
}

/// Ticks a delivery off; those that are long done are forgotten.
pub(crate) fn delivered(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "UPDATE channel SET last_success_at = ?2, last_error = NULL WHERE id = (SELECT channel_id FROM delivery WHERE id = ?1)",
        &values![id, now],
    )?;
    tx.execute(
        "UPDATE delivery SET sent_at = ?2, due_at = NULL, under_way = 0, last_error = NULL WHERE id = ?1",
        &values![id, now],
    )?;
    tx.execute("DELETE FROM delivery WHERE due_at IS NULL AND created_at < ?1", &values![now.plus_seconds(-KEPT_S)])?;
    Ok(())
}

/// Notes why an attempt failed and when the next one is; `None`: there is none.
pub(crate) fn delivery_failed(tx: &mut Tx<'_>, id: i64, error: &str, retry_at: Option<Timestamp>) -> Result<()> {
    tx.execute(
        "UPDATE channel SET last_error = ?2 WHERE id = (SELECT channel_id FROM delivery WHERE id = ?1)",
        &values![id, error],
    )?;
    tx.execute(
        "UPDATE delivery SET last_error = ?2, due_at = ?3, under_way = 0 WHERE id = ?1",
        &values![id, error, retry_at],
    )?;
    Ok(())
}
