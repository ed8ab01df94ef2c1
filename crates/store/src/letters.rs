//! Newsletters of accounts.

use crate::Result;
use crate::engine::{Row, Tx, values};
use firsthand_model::*;

/// Letters that an account keeps: the oldest go.
const MOST: i64 = 5000;

/// Sets the part before the @ of the address for an account's newsletters, or takes it away.
pub(crate) fn set_code(tx: &mut Tx<'_>, account: UserId, code: Option<&str>) -> Result<()> {
    tx.execute("UPDATE account SET letter_code = ?2 WHERE id = ?1", &values![account, code])?;
    Ok(())
}

pub(crate) fn code(tx: &mut Tx<'_>, account: UserId) -> Result<Option<String>> {
    let row = tx.first("SELECT letter_code FROM account WHERE id = ?1", &values![account])?;
    Ok(row.and_then(|row| row.maybe_text(0)))
}

pub(crate) fn by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<UserId>> {
    let row = tx.first("SELECT id FROM account WHERE letter_code = ?1", &values![code])?;
    row.map(|row| row.int(0).map(UserId)).transpose()
}

/// Stores a letter: whether it is new.
pub(crate) fn add(tx: &mut Tx<'_>, account: UserId, letter: &NewLetter) -> Result<bool> {
    let id = tx.new_id();
    let added = tx.execute(
        "INSERT INTO letter (id, account_id, message_key, sender, sender_address, subject, html, excerpt, received_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (account_id, message_key) DO NOTHING",
        &values![
            id,
            account,
            &letter.key,
            &letter.sender,
            &letter.sender_address,
            &letter.subject,
            &letter.html,
            &letter.excerpt,
            letter.received_at
        ],
    )?;
    tx.execute(
        "DELETE FROM letter WHERE account_id = ?1 AND id <= (SELECT id FROM letter WHERE account_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        &values![account, MOST],
    )?;
    Ok(added > 0)
}

const CARD: &str = "id, sender, sender_address, subject, excerpt, received_at";

fn card(row: &Row) -> Result<LetterCard> {
    Ok(LetterCard {
        id: row.int(0)?,
        sender: row.text(1)?,
        sender_address: row.text(2)?,
        subject: row.text(3)?,
        excerpt: row.text(4)?,
        received_at: row.time(5)?,
    })
}

/// An account's letters before one, the latest first.
pub(crate) fn list(tx: &mut Tx<'_>, account: UserId, before: Option<i64>, limit: usize) -> Result<Vec<LetterCard>> {
    tx.query(
        &format!("SELECT {CARD} FROM letter WHERE account_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3"),
        &values![account, before.unwrap_or(i64::MAX), limit],
    )?
    .iter()
    .map(card)
    .collect()
}

pub(crate) fn one(tx: &mut Tx<'_>, account: UserId, id: i64) -> Result<Option<Letter>> {
    let row =
        tx.first(&format!("SELECT {CARD}, html FROM letter WHERE account_id = ?1 AND id = ?2"), &values![account, id])?;
    row.map(|row| Ok(Letter { card: card(&row)?, html: row.text(6)? })).transpose()
}

pub(crate) fn remove(tx: &mut Tx<'_>, account: UserId, id: i64) -> Result<bool> {
    Ok(tx.execute("DELETE FROM letter WHERE account_id = ?1 AND id = ?2", &values![account, id])? > 0)
}
