//! Subscriptions at WebSub hubs. What the protocol asks stands in the crawler.

use crate::engine::{Row, Tx, values, word_of};
use crate::{Result, feeds};
use firsthand_model::*;

/// The columns of [`push`], for statements that join `websub`.
pub(crate) const PUSH: &str = "websub.hub, websub.state, websub.since_at, websub.until_at, websub.pushes_until_trusted, websub.last_push_at, websub.pushes, websub.refused, websub.error";

/// Reads [`PUSH`] from a row, from a column on.
pub(crate) fn push(row: &Row, first: usize) -> Result<Option<Push>> {
    let Some(hub) = row.maybe_text(first) else { return Ok(None) };
    Ok(Some(Push {
        hub,
        state: row.maybe_word(first + 1)?.unwrap_or(PushState::Requested),
        since: row.maybe_time(first + 2),
        until: row.maybe_time(first + 3),
        pushes_until_trusted: row.small(first + 4)?,
        last_push_at: row.maybe_time(first + 5),
        pushes: row.count(first + 6)?,
        refused: row.count(first + 7)?,
        error: row.maybe_text(first + 8),
    }))
}

const SUBSCRIPTION: &str = "SELECT websub.token, websub.feed_id, feed.url, websub.hub, websub.topic, websub.secret, websub.asked, websub.until_at, websub.failures
         FROM websub LEFT JOIN feed ON feed.id = websub.feed_id";

fn subscription(row: &Row) -> Result<Subscription> {
    Ok(Subscription {
        token: row.text(0)?,
        feed: row.maybe_int(1).map(FeedId).zip(row.maybe_text(2)),
        hub: row.text(3)?,
        topic: row.text(4)?,
        secret: row.text(5)?,
        asked: row.maybe_word(6)?,
        until: row.maybe_time(7),
        failures: row.small(8)?,
    })
}

pub(crate) fn due(tx: &mut Tx<'_>, now: Timestamp, limit: usize) -> Result<Vec<Subscription>> {
    let sql = format!("{SUBSCRIPTION} WHERE websub.due_at <= ?1 ORDER BY websub.due_at, websub.token LIMIT ?2");
    tx.query(&sql, &values![now, limit])?.iter().map(subscription).collect()
}

pub(crate) fn by_token(tx: &mut Tx<'_>, token: &str) -> Result<Option<Subscription>> {
    let row = tx.first(&format!("{SUBSCRIPTION} WHERE websub.token = ?1"), &values![token])?;
    row.as_ref().map(subscription).transpose()
}

/// Makes a feed's subscription the one that its document asks for.
pub(crate) fn take_offer(tx: &mut Tx<'_>, feed: FeedId, offer: Option<&NewSubscription>) -> Result<()> {
    if let Some(row) = tx.first("SELECT hub, topic FROM websub WHERE feed_id = ?1", &values![feed])? {
        if let Some(offer) = offer
            && (row.text(0)?, row.text(1)?) == (offer.hub.clone(), offer.topic.clone())
        {
            return Ok(());
        }
        end(tx, feed)?;
    }
    if let Some(offer) = offer {
        // The first push proves that the hub pushes: until then the feed is polled as any other.
        tx.execute(
            "INSERT INTO websub (token, feed_id, hub, topic, secret, state, due_at, failures, pushes_until_trusted, pushes, refused)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 1, 0, 0)",
            &values![
                &offer.token,
                feed,
                &offer.hub,
                &offer.topic,
                &offer.secret,
                word_of(&PushState::Requested)?,
                tx.now()
            ],
        )?;
    }
    Ok(())
}

/// Ends a feed's subscription: the hub is told if it had confirmed.
pub(crate) fn end(tx: &mut Tx<'_>, feed: FeedId) -> Result<()> {
    tx.execute("DELETE FROM websub WHERE feed_id = ?1 AND state <> 'active'", &values![feed])?;
    let now = tx.now();
    tx.execute("UPDATE websub SET feed_id = NULL, due_at = ?2 WHERE feed_id = ?1", &values![feed, now])?;
    Ok(())
}

/// After a poll that brought `unpushed` entries which the hub owed: whether the next one is at the
/// feed's own rhythm, which is what is stored so far, or seldom.
pub(crate) fn after_poll(tx: &mut Tx<'_>, feed: FeedId, outcome: &PollOutcome, unpushed: usize) -> Result<()> {
    if outcome.status == FeedStatus::Gone {
        return end(tx, feed);
    }
    tx.execute("UPDATE websub SET own_fetch_at = ?2 WHERE feed_id = ?1", &values![feed, outcome.next_fetch_at])?;
    let Some(check) = &outcome.push_check else { return Ok(()) };
    if unpushed > 0 {
        let error = format!("a poll found what the hub had not pushed (new: {unpushed})");
        tx.execute(
            "UPDATE websub SET pushes_until_trusted = ?2, error = ?3 WHERE feed_id = ?1 AND state = 'active'",
            &values![feed, check.pushes_until_trusted, error],
        )?;
    }
    tx.execute(
        "UPDATE feed SET next_fetch_at = ?2
         WHERE id = ?1 AND EXISTS (SELECT 1 FROM websub WHERE websub.feed_id = feed.id AND state = 'active' AND pushes_until_trusted = 0)",
        &values![feed, check.next_fetch_at],
    )?;
    Ok(())
}

/// Where a hub does not push any more, its feed is polled when it would have been without push.
fn at_own_rhythm(tx: &mut Tx<'_>, token: &str) -> Result<()> {
    tx.execute(
        "UPDATE feed SET next_fetch_at = (SELECT own_fetch_at FROM websub WHERE token = ?1)
         WHERE id = (SELECT feed_id FROM websub WHERE token = ?1) AND next_fetch_at > (SELECT own_fetch_at FROM websub WHERE token = ?1)",
        &values![token],
    )?;
    Ok(())
}

pub(crate) fn ask(tx: &mut Tx<'_>, token: &str, mode: HubMode, again_at: Timestamp) -> Result<bool> {
    let now = tx.now();
    let asked = tx.execute(
        "UPDATE websub SET asked = ?2, due_at = ?3, failures = failures + 1 WHERE token = ?1 AND due_at <= ?4",
        &values![token, word_of(&mode)?, again_at, now],
    )?;
    let over = tx.execute(
        "UPDATE websub SET state = 'requested' WHERE token = ?1 AND feed_id IS NOT NULL AND state = 'active' AND until_at <= ?2",
        &values![token, now],
    )?;
    if over > 0 {
        at_own_rhythm(tx, token)?;
    }
    Ok(asked > 0)
}

pub(crate) fn hub_failed(tx: &mut Tx<'_>, token: &str, error: &str, again_at: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE websub SET error = ?2, due_at = ?3 WHERE token = ?1 AND failures > 0",
        &values![token, error, again_at],
    )?;
    Ok(())
}

pub(crate) fn confirm(tx: &mut Tx<'_>, token: &str, until: Timestamp, renew_at: Timestamp) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "UPDATE websub SET since_at = CASE WHEN state = 'active' AND until_at > ?4 THEN since_at ELSE ?4 END,
                state = 'active', until_at = ?2, due_at = ?3, failures = 0, error = NULL
         WHERE token = ?1 AND feed_id IS NOT NULL",
        &values![token, until, renew_at, now],
    )?;
    Ok(())
}

pub(crate) fn deny(tx: &mut Tx<'_>, token: &str, why: &str, again_at: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE websub SET state = 'denied', asked = NULL, until_at = NULL, due_at = ?3, failures = 0, error = ?2
         WHERE token = ?1 AND feed_id IS NOT NULL",
        &values![token, why, again_at],
    )?;
    at_own_rhythm(tx, token)
}

pub(crate) fn record_push(tx: &mut Tx<'_>, token: &str, at: Timestamp, entries: &[NewEntry]) -> Result<PollSummary> {
    let row = tx.first("SELECT feed_id FROM websub WHERE token = ?1", &values![token])?;
    // A feed that was removed while its push was read stays removed.
    let Some(feed) = row.and_then(|row| row.maybe_int(0)).map(FeedId) else { return Ok(PollSummary::default()) };
    let known = format!("SELECT 1 FROM feed WHERE id = ?1{}", tx.locked());
    if tx.first(&known, &values![feed])?.is_none() {
        return Ok(PollSummary::default());
    }
    let mut summary = PollSummary { seen: entries.len(), new: 0 };
    for entry in entries {
        summary.new += usize::from(feeds::take_entry(tx, feed, entry, at)?);
    }
    tx.execute(
        "UPDATE websub SET pushes = pushes + 1, last_push_at = ?2, error = CASE WHEN pushes_until_trusted = 1 THEN NULL ELSE error END,
                pushes_until_trusted = CASE WHEN pushes_until_trusted > 0 THEN pushes_until_trusted - 1 ELSE 0 END
         WHERE token = ?1",
        &values![token, at],
    )?;
    Ok(summary)
}

pub(crate) fn refuse_push(tx: &mut Tx<'_>, token: &str, why: &str) -> Result<()> {
    tx.execute("UPDATE websub SET refused = refused + 1, error = ?2 WHERE token = ?1", &values![token, why])?;
    Ok(())
}

pub(crate) fn forget(tx: &mut Tx<'_>, token: Option<&str>) -> Result<()> {
    let tokens = match token {
        Some(token) => vec![token.to_owned()],
        None => tx.query("SELECT token FROM websub", &[])?.iter().map(|row| row.text(0)).collect::<Result<_>>()?,
    };
    for token in tokens {
        at_own_rhythm(tx, &token)?;
        tx.execute("DELETE FROM websub WHERE token = ?1", &values![token])?;
    }
    Ok(())
}
