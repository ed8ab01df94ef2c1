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

/// Seconds after which a session gets another token, and seconds for which the old one is good beside it: requests that
/// were under way still carry it.
const RENEWED_S: i64 = 86_400;
const OVERLAP_S: i64 = 60;

pub(crate) fn add_session(tx: &mut Tx<'_>, account: UserId, token_hash: &[u8], expires_at: Timestamp) -> Result<()> {
    let now = tx.now();
    tx.execute("DELETE FROM session WHERE expires_at <= ?1", &values![now])?;
    tx.execute(
        "INSERT INTO session (token_hash, account_id, expires_at, renew_at) VALUES (?1, ?2, ?3, ?4)",
        &values![token_hash, account, expires_at, now.plus_seconds(RENEWED_S)],
    )?;
    Ok(())
}

/// Gives a session another token; `false` where another request did so before.
pub(crate) fn renew_session(tx: &mut Tx<'_>, old: &[u8], new: &[u8], expires_at: Timestamp) -> Result<bool> {
    let now = tx.now();
    let Some(row) = tx.first(
        "SELECT account_id FROM session WHERE token_hash = ?1 AND expires_at > ?2 AND renew_at <= ?2",
        &values![old, now],
    )?
    else {
        return Ok(false);
    };
    let account = UserId(row.int(0)?);
    tx.execute(
        "UPDATE session SET expires_at = ?2, renew_at = NULL WHERE token_hash = ?1",
        &values![old, now.plus_seconds(OVERLAP_S)],
    )?;
    add_session(tx, account, new, expires_at)?;
    Ok(true)
}

/// The account of a session, and whether it is to get another token.
pub(crate) fn session_user(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<Option<(User, bool)>> {
    let now = tx.now();
    let row = tx.first(
        "SELECT account.id, account.name, account.role, account.created_at, session.renew_at
         FROM account JOIN session ON session.account_id = account.id WHERE session.token_hash = ?1 AND session.expires_at > ?2",
        &values![token_hash, now],
    )?;
    row.map(|row| Ok((user(&row)?, row.maybe_time(4).is_some_and(|at| at <= now)))).transpose()
}

pub(crate) fn end_session(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<()> {
    tx.execute("DELETE FROM session WHERE token_hash = ?1", &values![token_hash]).map(|_| ())
}

/// Tokens and stars that an account may have, invitations that may stand, and entries of the log that are kept.
const MOST_TOKENS: i64 = 50;
const MOST_STARS: i64 = 100_000;
const MOST_INVITATIONS: i64 = 200;
const MOST_AUDIT: i64 = 20_000;

/// The number of what is known by its hash: the hash's beginning.
fn hash_id(hash: &[u8]) -> String {
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The hash among rows of one column that begins as a number says.
fn by_hash_id(rows: &[Row], id: &str) -> Result<Option<Vec<u8>>> {
    for row in rows {
        let hash = row.blob(0)?;
        if hash_id(&hash) == id {
            return Ok(Some(hash));
        }
    }
    Ok(None)
}

pub(crate) fn tokens(tx: &mut Tx<'_>, account: UserId) -> Result<Vec<Token>> {
    let rows = tx.query(
        "SELECT token_hash, label, created_at FROM token WHERE account_id = ?1 ORDER BY created_at, token_hash",
        &values![account],
    )?;
    rows.iter()
        .map(|row| Ok(Token { id: hash_id(&row.blob(0)?), label: row.text(1)?, created_at: row.time(2)? }))
        .collect()
}

pub(crate) fn remove_token(tx: &mut Tx<'_>, account: UserId, id: &str) -> Result<bool> {
    let rows = tx.query("SELECT token_hash FROM token WHERE account_id = ?1", &values![account])?;
    match by_hash_id(&rows, id)? {
        Some(hash) => Ok(tx.execute("DELETE FROM token WHERE token_hash = ?1", &values![hash.as_slice()])? > 0),
        None => Ok(false),
    }
}

/// Offers an account to whoever has the code.
pub(crate) fn invite(
    tx: &mut Tx<'_>,
    by: UserId,
    role: UserRole,
    code_hash: &[u8],
    expires_at: Timestamp,
) -> Result<Invitation> {
    let now = tx.now();
    tx.execute("DELETE FROM invitation WHERE expires_at <= ?1", &values![now])?;
    if tx.number("SELECT COUNT(*) FROM invitation", &[])? >= MOST_INVITATIONS {
        return Err(StoreError::Invalid(format!(
            "there are {MOST_INVITATIONS} invitations already: take some back first"
        )));
    }
    tx.execute(
        "INSERT INTO invitation (code_hash, role, account_id, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        &values![code_hash, word_of(&role)?, by, now, expires_at],
    )?;
    let by = by_id(tx, by)?.map_or_else(String::new, |user| user.name);
    Ok(Invitation { id: hash_id(code_hash), role, by, created_at: now, expires_at })
}

pub(crate) fn invitations(tx: &mut Tx<'_>) -> Result<Vec<Invitation>> {
    let now = tx.now();
    let rows = tx.query(
        "SELECT invitation.code_hash, invitation.role, account.name, invitation.created_at, invitation.expires_at
         FROM invitation JOIN account ON account.id = invitation.account_id WHERE invitation.expires_at > ?1
         ORDER BY invitation.created_at DESC, invitation.code_hash",
        &values![now],
    )?;
    let one = |row: &Row| {
        Ok(Invitation {
            id: hash_id(&row.blob(0)?),
            role: row.maybe_word(1)?.unwrap_or(UserRole::Reader),
            by: row.text(2)?,
            created_at: row.time(3)?,
            expires_at: row.time(4)?,
        })
    };
    rows.iter().map(one).collect()
}

pub(crate) fn revoke_invitation(tx: &mut Tx<'_>, id: &str) -> Result<bool> {
    let rows = tx.query("SELECT code_hash FROM invitation", &[])?;
    match by_hash_id(&rows, id)? {
        Some(hash) => Ok(tx.execute("DELETE FROM invitation WHERE code_hash = ?1", &values![hash.as_slice()])? > 0),
        None => Ok(false),
    }
}

/// The role that a code offers.
pub(crate) fn invited(tx: &mut Tx<'_>, code_hash: &[u8]) -> Result<Option<UserRole>> {
    let now = tx.now();
    let row =
        tx.first("SELECT role FROM invitation WHERE code_hash = ?1 AND expires_at > ?2", &values![code_hash, now])?;
    row.map_or(Ok(None), |row| row.maybe_word(0))
}

/// Makes the account that a code offers, once.
pub(crate) fn accept_invitation(
    tx: &mut Tx<'_>,
    code_hash: &[u8],
    name: &str,
    password_hash: &str,
) -> Result<Option<User>> {
    let Some(role) = invited(tx, code_hash)? else { return Ok(None) };
    let user = add(tx, name, password_hash, role)?;
    // Who comes at the same time with the same code finds it gone.
    match tx.execute("DELETE FROM invitation WHERE code_hash = ?1", &values![code_hash])? {
        0 => Err(StoreError::NotFound("the invitation".to_owned())),
        _ => Ok(Some(user)),
    }
}

/// Refuses what would leave no administrator.
fn keeps_an_administrator(tx: &mut Tx<'_>, without: UserId) -> Result<()> {
    let others = tx.number(
        "SELECT COUNT(*) FROM account WHERE role = ?1 AND id <> ?2",
        &values![word_of(&UserRole::Administrator)?, without],
    )?;
    match others {
        0 => Err(StoreError::Invalid("then there would be no administrator: make another one first".to_owned())),
        _ => Ok(()),
    }
}

pub(crate) fn set_role(tx: &mut Tx<'_>, account: UserId, role: UserRole) -> Result<User> {
    let user = by_id(tx, account)?.ok_or_else(|| StoreError::NotFound(format!("the account {account}")))?;
    if user.role == UserRole::Administrator && role != UserRole::Administrator {
        keeps_an_administrator(tx, account)?;
    }
    tx.execute("UPDATE account SET role = ?2 WHERE id = ?1", &values![account, word_of(&role)?])?;
    Ok(User { role, ..user })
}

/// Takes an account away with all that is its own. Its votes stay in the counts, with nobody's name to them.
pub(crate) fn remove(tx: &mut Tx<'_>, account: UserId) -> Result<User> {
    let user = by_id(tx, account)?.ok_or_else(|| StoreError::NotFound(format!("the account {account}")))?;
    if user.role == UserRole::Administrator {
        keeps_an_administrator(tx, account)?;
    }
    tx.execute("DELETE FROM account WHERE id = ?1", &values![account])?;
    Ok(user)
}

/// Notes who did what; the oldest entries go.
pub(crate) fn note(tx: &mut Tx<'_>, by: Option<UserId>, name: &str, action: Action, subject: &str) -> Result<()> {
    let (id, now) = (tx.new_id(), tx.now());
    tx.execute(
        "INSERT INTO audit (id, at, account_id, name, action, subject) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        &values![id, now, by, name, word_of(&action)?, subject],
    )?;
    tx.execute(
        "DELETE FROM audit WHERE id <= (SELECT id FROM audit ORDER BY id DESC LIMIT 1 OFFSET ?1)",
        &values![MOST_AUDIT],
    )?;
    Ok(())
}

/// Who did what, the latest first.
pub(crate) fn audit(tx: &mut Tx<'_>, before: Option<i64>, limit: usize) -> Result<Vec<AuditEntry>> {
    let rows = tx.query(
        "SELECT id, at, account_id, name, action, subject FROM audit WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
        &values![before.unwrap_or(i64::MAX), limit],
    )?;
    let one = |row: &Row| {
        let unknown = || StoreError::Invalid("an entry of a newer version of the program".to_owned());
        Ok(AuditEntry {
            id: row.int(0)?,
            at: row.time(1)?,
            account_id: row.maybe_int(2).map(UserId),
            name: row.text(3)?,
            action: row.maybe_word(4)?.ok_or_else(unknown)?,
            subject: row.text(5)?,
        })
    };
    rows.iter().map(one).collect()
}

pub(crate) fn add_token(tx: &mut Tx<'_>, account: UserId, label: &str, token_hash: &[u8]) -> Result<()> {
    let now = tx.now();
    if tx.number("SELECT COUNT(*) FROM token WHERE account_id = ?1", &values![account])? >= MOST_TOKENS {
        return Err(StoreError::Invalid(format!("there are {MOST_TOKENS} tokens already: take one away first")));
    }
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

/// The account of a subject of an issuer.
pub(crate) fn by_identity(tx: &mut Tx<'_>, issuer: &str, subject: &str) -> Result<Option<User>> {
    let row = tx.first(
        &format!("{USER} JOIN identity ON identity.account_id = account.id WHERE identity.issuer = ?1 AND identity.subject = ?2"),
        &values![issuer, subject],
    )?;
    row.map(|row| user(&row)).transpose()
}

/// Lets a subject of an issuer be an account.
pub(crate) fn add_identity(tx: &mut Tx<'_>, account: UserId, issuer: &str, subject: &str) -> Result<()> {
    let now = tx.now();
    let added = tx.execute(
        "INSERT INTO identity (issuer, subject, account_id, added_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (issuer, subject) DO NOTHING",
        &values![issuer, subject, account, now],
    )?;
    match added {
        0 => Err(StoreError::Conflict("that identity".to_owned())),
        _ => Ok(()),
    }
}

pub(crate) fn passkeys(tx: &mut Tx<'_>, account: UserId) -> Result<Vec<StoredPasskey>> {
    let rows = tx.query(
        "SELECT id, label, key_json, added_at FROM passkey WHERE account_id = ?1 ORDER BY id",
        &values![account],
    )?;
    let one = |row: &Row| {
        Ok(StoredPasskey { id: row.int(0)?, label: row.text(1)?, key_json: row.text(2)?, added_at: row.time(3)? })
    };
    rows.iter().map(one).collect()
}

pub(crate) fn add_passkey(tx: &mut Tx<'_>, account: UserId, label: &str, key_json: &str) -> Result<i64> {
    if tx.number("SELECT COUNT(*) FROM passkey WHERE account_id = ?1", &values![account])? >= MOST_TOKENS {
        return Err(StoreError::Invalid(format!("there are {MOST_TOKENS} passkeys already: take one away first")));
    }
    let (id, now) = (tx.new_id(), tx.now());
    tx.execute(
        "INSERT INTO passkey (id, account_id, label, key_json, added_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        &values![id, account, label, key_json, now],
    )?;
    Ok(id)
}

pub(crate) fn update_passkey(tx: &mut Tx<'_>, account: UserId, id: i64, key_json: &str) -> Result<()> {
    tx.execute("UPDATE passkey SET key_json = ?3 WHERE id = ?1 AND account_id = ?2", &values![id, account, key_json])?;
    Ok(())
}

pub(crate) fn remove_passkey(tx: &mut Tx<'_>, account: UserId, id: i64) -> Result<bool> {
    Ok(tx.execute("DELETE FROM passkey WHERE id = ?1 AND account_id = ?2", &values![id, account])? > 0)
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
        if tx.number("SELECT COUNT(*) FROM star WHERE account_id = ?1", &values![account])? >= MOST_STARS {
            return Err(StoreError::Invalid(format!("there are {MOST_STARS} stars already: take some away first")));
        }
        tx.execute("INSERT INTO star (account_id, article_id, starred_at) VALUES (?1, ?2, ?3) ON CONFLICT (account_id, article_id) DO NOTHING", &values![account, article, now])?;
    } else {
        tx.execute("DELETE FROM star WHERE account_id = ?1 AND article_id = ?2", &values![account, article])?;
    }
    Ok(())
}

/// Stars what was starred elsewhere where it is here, and keeps the links to the rest.
pub(crate) fn bring_stars(tx: &mut Tx<'_>, account: UserId, links: &[StarredLink]) -> Result<StarsBrought> {
    let (mut brought, now) = (StarsBrought::default(), tx.now());
    let room = MOST_STARS - tx.number("SELECT COUNT(*) FROM kept_link WHERE account_id = ?1", &values![account])?;
    for link in links {
        match tx.first("SELECT article_id FROM article_address WHERE canonical_url = ?1", &values![&link.url])? {
            Some(row) => {
                set_star(tx, account, ArticleId(row.int(0)?), true)?;
                brought.starred += 1;
            }
            None if i64::try_from(brought.kept).unwrap_or(i64::MAX) >= room => {
                return Err(StoreError::Invalid(format!(
                    "there are {MOST_STARS} kept links already: take some away first"
                )));
            }
            None => {
                brought.kept += tx.execute(
                    "INSERT INTO kept_link (account_id, url, title, outlet, published_at, kept_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT (account_id, url) DO NOTHING",
                    &values![account, &link.url, &link.title, &link.outlet, link.published, now],
                )?;
            }
        }
    }
    Ok(brought)
}

/// Whether anybody keeps a link to an article, or an account (`account`) any to articles that are there.
pub(crate) fn has_kept(tx: &mut Tx<'_>, url: Option<&str>, account: Option<UserId>) -> Result<bool> {
    let row = match (url, account) {
        (Some(url), _) => tx.first("SELECT 1 FROM kept_link WHERE url = ?1 LIMIT 1", &values![url])?,
        (None, account) => tx.first(
            "SELECT 1 FROM kept_link JOIN article_address ON article_address.canonical_url = kept_link.url WHERE kept_link.account_id = ?1 LIMIT 1",
            &values![account],
        )?,
    };
    Ok(row.is_some())
}

/// Stars articles that are there for whom keeps links to them: all accounts for one article (`url`), or one account for all.
pub(crate) fn star_kept(tx: &mut Tx<'_>, url: Option<&str>, account: Option<UserId>) -> Result<u64> {
    let rows = tx.query(
        "SELECT kept_link.account_id, article_address.article_id, kept_link.url FROM kept_link JOIN article_address ON article_address.canonical_url = kept_link.url
         WHERE kept_link.url = COALESCE(?1, kept_link.url) AND kept_link.account_id = COALESCE(?2, kept_link.account_id)",
        &values![url, account],
    )?;
    for row in &rows {
        let account = UserId(row.int(0)?);
        set_star(tx, account, ArticleId(row.int(1)?), true)?;
        remove_kept_link(tx, account, &row.text(2)?)?;
    }
    Ok(rows.len() as u64)
}

/// The links that an account keeps until a feed brings their articles, the latest first.
pub(crate) fn kept_links(tx: &mut Tx<'_>, account: UserId, limit: usize, offset: usize) -> Result<Vec<StarredLink>> {
    let rows = tx.query(
        "SELECT url, title, outlet, published_at FROM kept_link WHERE account_id = ?1 ORDER BY COALESCE(published_at, kept_at) DESC, url LIMIT ?2 OFFSET ?3",
        &values![account, limit, offset],
    )?;
    let one = |row: &Row| {
        Ok(StarredLink {
            url: row.text(0)?,
            title: row.text(1)?,
            outlet: row.maybe_text(2),
            published: row.maybe_time(3),
        })
    };
    rows.iter().map(one).collect()
}

/// Takes a kept link away: whether there was one.
pub(crate) fn remove_kept_link(tx: &mut Tx<'_>, account: UserId, url: &str) -> Result<bool> {
    Ok(tx.execute("DELETE FROM kept_link WHERE account_id = ?1 AND url = ?2", &values![account, url])? > 0)
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
