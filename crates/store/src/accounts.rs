//! Accounts, sessions, tokens, stars, secrets.

use crate::engine::{Row, Tx, values, word_of};
use crate::{Result, StoreError};
use firsthand_model::*;

const USER: &str =
    "SELECT account.id, account.name, account.role, account.created_at, account.password_hash FROM account";

fn user(row: &Row) -> Result<User> {
    let role = row.maybe_word(2)?.unwrap_or(UserRole::Reader);
    Ok(User { id: UserId(row.int(0)?), name: row.text(1)?, role, created_at: row.time(3)? })
}

pub(crate) fn add(tx: &mut Tx<'_>, name: &str, password_hash: &str, role: UserRole) -> Result<User> {
    if by_name(tx, name)?.is_some() {
        return Err(StoreError::Conflict(format!("the account {name}")));
    }
    let (id, created_at) = (UserId(tx.new_id()), tx.now());
    tx.execute(
        "INSERT INTO account (id, name, folded_name, password_hash, role, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        &values![id, name, name.to_lowercase(), password_hash, word_of(&role)?, created_at],
    )?;
    Ok(User { id, name: name.to_owned(), role, created_at })
}

pub(crate) fn set_password(tx: &mut Tx<'_>, name: &str, password_hash: &str) -> Result<()> {
    let Some((user, _)) = by_name(tx, name)? else { return Err(StoreError::NotFound(format!("the account {name}"))) };
    tx.execute("UPDATE account SET password_hash = ?2 WHERE id = ?1", &values![user.id, password_hash])?;
    tx.execute("DELETE FROM session WHERE account_id = ?1", &values![user.id])?;
    Ok(())
}

pub(crate) fn all(tx: &mut Tx<'_>) -> Result<Vec<User>> {
    tx.query(&format!("{USER} ORDER BY folded_name"), &[])?.iter().map(user).collect()
}

pub(crate) fn any(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.first("SELECT 1 FROM account LIMIT 1", &[])?.is_some())
}

/// Makes the very first account, an administrator's; `None` when there is one already.
pub(crate) fn add_first(tx: &mut Tx<'_>, name: &str, password_hash: &str) -> Result<Option<User>> {
    // Who comes at the same time waits here, and finds the account after.
    let claimed = tx.execute(
        "INSERT INTO secret (name, value) VALUES ('first account', ?1) ON CONFLICT (name) DO NOTHING",
        &values![name.as_bytes()],
    )?;
    if claimed == 0 || any(tx)? {
        return Ok(None);
    }
    add(tx, name, password_hash, UserRole::Administrator).map(Some)
}

pub(crate) fn by_name(tx: &mut Tx<'_>, name: &str) -> Result<Option<(User, String)>> {
    let row = tx.first(&format!("{USER} WHERE folded_name = ?1"), &values![name.to_lowercase()])?;
    row.map(|row| Ok((user(&row)?, row.text(4)?))).transpose()
}

pub(crate) fn add_session(tx: &mut Tx<'_>, account: UserId, token_hash: &[u8], expires_at: Timestamp) -> Result<()> {
    let now = tx.now();
    tx.execute("DELETE FROM session WHERE expires_at <= ?1", &values![now])?;
    tx.execute(
        "INSERT INTO session (token_hash, account_id, expires_at) VALUES (?1, ?2, ?3)",
        &values![token_hash, account, expires_at],
    )?;
    Ok(())
}

pub(crate) fn session_user(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<Option<User>> {
    let now = tx.now();
    let row = tx.first(&format!("{USER} JOIN session ON session.account_id = account.id WHERE session.token_hash = ?1 AND session.expires_at > ?2"), &values![token_hash, now])?;
    row.map(|row| user(&row)).transpose()
}

pub(crate) fn end_session(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<()> {
    tx.execute("DELETE FROM session WHERE token_hash = ?1", &values![token_hash]).map(|_| ())
}

pub(crate) fn add_token(tx: &mut Tx<'_>, account: UserId, label: &str, token_hash: &[u8]) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO token (token_hash, account_id, label, created_at) VALUES (?1, ?2, ?3, ?4)",
        &values![token_hash, account, label, now],
    )
    .map(|_| ())
}

pub(crate) fn token_user(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<Option<User>> {
    let row = tx.first(
        &format!("{USER} JOIN token ON token.account_id = account.id WHERE token.token_hash = ?1"),
        &values![token_hash],
    )?;
    row.map(|row| user(&row)).transpose()
}

/// The account whose reader apps have this key.
pub(crate) fn by_app_key(tx: &mut Tx<'_>, key: &str) -> Result<Option<User>> {
    let row = tx.first(&format!("{USER} WHERE account.app_key = ?1"), &values![key])?;
    row.map(|row| user(&row)).transpose()
}

/// An account by its number.
pub(crate) fn by_id(tx: &mut Tx<'_>, id: UserId) -> Result<Option<User>> {
    let row = tx.first(&format!("{USER} WHERE account.id = ?1"), &values![id])?;
    row.map(|row| user(&row)).transpose()
}

pub(crate) fn set_star(tx: &mut Tx<'_>, account: UserId, article: ArticleId, starred: bool) -> Result<()> {
    if tx.first("SELECT 1 FROM article WHERE id = ?1", &values![article])?.is_none() {
        return Err(StoreError::NotFound(format!("the article {article}")));
    }
    let now = tx.now();
    if starred {
        tx.execute("INSERT INTO star (account_id, article_id, starred_at) VALUES (?1, ?2, ?3) ON CONFLICT (account_id, article_id) DO NOTHING", &values![account, article, now])?;
    } else {
        tx.execute("DELETE FROM star WHERE account_id = ?1 AND article_id = ?2", &values![account, article])?;
    }
    Ok(())
}

/// Notes that an account read stories, or takes that back.
pub(crate) fn set_read(tx: &mut Tx<'_>, account: UserId, stories: &[StoryId], read: bool) -> Result<()> {
    let now = tx.now();
    for story in stories {
        tx.execute("DELETE FROM story_read WHERE account_id = ?1 AND story_id = ?2", &values![account, *story])?;
        if let Some(story) = crate::stories::standing(tx, *story)?.filter(|_| read) {
            tx.execute(
                "INSERT INTO story_read (account_id, story_id, read_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (account_id, story_id) DO UPDATE SET read_at = excluded.read_at",
                &values![account, story, now],
            )?;
        }
    }
    Ok(())
}

/// What an account liked, disliked and starred since it last had that forgotten, latest first.
pub(crate) fn taste(tx: &mut Tx<'_>, account: UserId, limit: usize) -> Result<Vec<Taste>> {
    let rows = tx.query(
        "SELECT article.title, article.excerpt, outlet.name, cast_votes.value
         FROM (SELECT subject_id AS article_id, value, cast_at AS at FROM vote WHERE subject_kind = 'article' AND voter = ?1
               UNION ALL SELECT story.best_article_id AS article_id, vote.value, vote.cast_at AS at FROM vote JOIN story ON story.id = vote.subject_id
                 WHERE vote.subject_kind = 'story' AND vote.voter = ?1
               UNION ALL SELECT article_id, 1 AS value, starred_at AS at FROM star WHERE account_id = ?2) AS cast_votes
         JOIN article ON article.id = cast_votes.article_id JOIN outlet_shown AS outlet ON outlet.own_id = article.outlet_id
         WHERE cast_votes.at > COALESCE((SELECT forgotten_at FROM account WHERE id = ?2), 0)
         ORDER BY cast_votes.at DESC, article.id DESC LIMIT ?3",
        &values![Voter::User(account).to_string(), account, limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Taste { title: row.text(0)?, excerpt: row.text(1)?, outlet: row.text(2)?, like: row.int(3)? > 0 })
        })
        .collect()
}

/// Leaves what an account voted and starred until now out of what it is shown first.
pub(crate) fn forget_taste(tx: &mut Tx<'_>, account: UserId) -> Result<()> {
    let now = tx.now();
    tx.execute("UPDATE account SET forgotten_at = ?2 WHERE id = ?1", &values![account, now])?;
    Ok(())
}

/// The secret under a name: the stored one, or `drawn` from now on.
pub(crate) fn secret(tx: &mut Tx<'_>, name: &str, drawn: &[u8]) -> Result<Vec<u8>> {
    tx.execute(
        "INSERT INTO secret (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING",
        &values![name, drawn],
    )?;
    match tx.first("SELECT value FROM secret WHERE name = ?1", &values![name])? {
        Some(row) => row.blob(0),
        None => Err(StoreError::NotFound(format!("the secret {name}"))),
    }
}

/// The secret of the present day (days since the Unix epoch) under a name; those of days before the last are forgotten.
pub(crate) fn daily_secret(tx: &mut Tx<'_>, name: &str, drawn: &[u8]) -> Result<(i64, Vec<u8>)> {
    let day = tx.now().as_millis().div_euclid(86_400_000);
    let value = secret(tx, &format!("{name} {day}"), drawn)?;
    let (today, yesterday) = (format!("{name} {day}"), format!("{name} {}", day - 1));
    tx.execute(
        "DELETE FROM secret WHERE name LIKE ?1 AND name <> ?2 AND name <> ?3",
        &values![format!("{name} %"), today, yesterday],
    )?;
    Ok((day, value))
}
