//! Articles as reader apps know them: streams, one mark of reading each, one star each.

use crate::bodies::{self, Kept};
use crate::engine::{Row, Tx, Value, values};
use crate::{Result, StoreError};
use firsthand_model::*;
use std::collections::HashMap;

/// That a feed brought the article: the rest no app can place.
const HAS_FEED: &str = "EXISTS (SELECT 1 FROM entry WHERE entry.article_id = article.id)";

/// That the article speaks for its story.
const SPEAKS: &str =
    "EXISTS (SELECT 1 FROM story WHERE story.id = article.story_id AND story.best_article_id = article.id)";

/// The condition that an article is in a stream; its value takes the next place.
fn in_stream(stream: &Stream, account: UserId, parameters: &mut Vec<Value>) -> String {
    let mut with = |value: Value| {
        parameters.push(value);
        parameters.len()
    };
    match stream {
        Stream::All => HAS_FEED.to_owned(),
        Stream::Nothing => "1 = 0".to_owned(),
        Stream::Starred => starred(with(account.into())),
        Stream::Read => read(with(account.into())),
        Stream::NoFolder => "EXISTS (SELECT 1 FROM entry JOIN feed ON feed.id = entry.feed_id WHERE entry.article_id = article.id AND feed.folder IS NULL)".to_owned(),
        Stream::Stories => format!("{SPEAKS} AND {HAS_FEED}"),
        Stream::Feed(feed) => {
            let n = with((*feed).into());
            format!("article.id IN (SELECT entry.article_id FROM entry WHERE entry.feed_id = ?{n})")
        }
        Stream::Folder(folder) => {
            let n = with(folder.into());
            format!(
                "EXISTS (SELECT 1 FROM entry JOIN feed ON feed.id = entry.feed_id WHERE entry.article_id = article.id AND feed.folder = ?{n})"
            )
        }
    }
}

fn starred(n: usize) -> String {
    format!("EXISTS (SELECT 1 FROM star WHERE star.article_id = article.id AND star.account_id = ?{n})")
}

/// The condition that the account in place `n` read an article: marked by itself, or within what was read up to and not
/// marked as unread.
fn read(n: usize) -> String {
    let marked = |unread: u8| {
        format!(
            "EXISTS (SELECT 1 FROM article_read WHERE article_read.article_id = article.id AND article_read.account_id = ?{n} AND article_read.unread = {unread})"
        )
    };
    format!(
        "({} OR (EXISTS (SELECT 1 FROM read_until WHERE read_until.account_id = ?{n} AND read_until.article_id >= article.id
             AND (read_until.feed_id = 0 OR read_until.feed_id IN (SELECT entry.feed_id FROM entry WHERE entry.article_id = article.id)))
           AND NOT {}))",
        marked(0),
        marked(1)
    )
}

/// The article from which on an account may have something unread: it read everything before.
fn unread_from(tx: &mut Tx<'_>, account: UserId) -> Result<i64> {
    let until =
        tx.number("SELECT article_id FROM read_until WHERE account_id = ?1 AND feed_id = 0", &values![account])?;
    let kept =
        tx.first("SELECT MIN(article_id) FROM article_read WHERE account_id = ?1 AND unread = 1", &values![account])?;
    Ok(kept.and_then(|row| row.maybe_int(0)).map_or(until + 1, |kept| kept.min(until + 1)))
}

/// The conditions of a part of a stream, with their values.
fn part(tx: &mut Tx<'_>, account: UserId, query: &StreamQuery) -> Result<(String, Vec<Value>)> {
    let unread_from = if query.unread_only { unread_from(tx, account)? } else { 0 };
    let mut parameters: Vec<Value> = Vec::new();
    let mut conditions = vec![in_stream(&query.stream, account, &mut parameters)];
    if let Some(among) = &query.among {
        conditions.push(match among.is_empty() {
            true => "1 = 0".to_owned(),
            false => format!("article.id IN ({})", list_of(among.iter().map(|id| id.0))),
        });
    }
    let mut with = |value: Value, condition: &dyn Fn(usize) -> String| {
        parameters.push(value);
        conditions.push(condition(parameters.len()));
    };
    if query.unread_only {
        with(account.into(), &|n| format!("NOT {}", read(n)));
        with(unread_from.into(), &|n| format!("article.id >= ?{n}"));
    }
    if query.read_only {
        with(account.into(), &read);
    }
    if query.starred_only {
        with(account.into(), &starred);
    }
    if query.without_starred {
        with(account.into(), &|n| format!("NOT {}", starred(n)));
    }
    for (instant, condition) in [
        (query.since, "article.admitted_at >="),
        (query.until, "article.admitted_at <"),
        (query.published_since, "article.published_at >"),
        (query.published_until, "article.published_at <"),
    ] {
        if let Some(instant) = instant {
            with(instant.into(), &|n| format!("{condition} ?{n}"));
        }
    }
    for (number, condition) in [(query.above_number, ">"), (query.below_number, "<")] {
        if let Some(number) = number {
            with(number.into(), &|n| format!("article_number.number {condition} ?{n}"));
        }
    }
    if let Some(after) = query.after {
        let behind = if query.oldest_first { ">" } else { "<" };
        with(after.into(), &|n| format!("article.id {behind} ?{n}"));
    }
    let numbered = query.order == StreamOrder::Number || query.above_number.is_some() || query.below_number.is_some();
    let numbers = if numbered { " JOIN article_number ON article_number.article_id = article.id" } else { "" };
    Ok((format!("FROM article{numbers} WHERE {}", conditions.join(" AND ")), parameters))
}

/// The articles of a part of a stream, with when each was stored.
pub(crate) fn ids(tx: &mut Tx<'_>, account: UserId, query: &StreamQuery) -> Result<Vec<(ArticleId, Timestamp)>> {
    let (part, mut parameters) = part(tx, account, query)?;
    let direction = if query.oldest_first { "ASC" } else { "DESC" };
    let order = match query.order {
        StreamOrder::Stored => "",
        StreamOrder::Published => "article.published_at",
        StreamOrder::Title => "article.title",
        StreamOrder::Byline => "article.byline",
        StreamOrder::Number => "article_number.number",
    };
    let order = if order.is_empty() { String::new() } else { format!("{order} {direction}, ") };
    parameters.extend(values![query.limit, query.offset]);
    let n = parameters.len();
    let sql = format!(
        "SELECT article.id, article.admitted_at {part} ORDER BY {order}article.id {direction} LIMIT ?{} OFFSET ?{n}",
        n - 1
    );
    tx.query(&sql, &parameters)?.iter().map(|row| Ok((ArticleId(row.int(0)?), row.time(1)?))).collect()
}

/// How many articles a part of a stream has, whatever its limit.
pub(crate) fn count(tx: &mut Tx<'_>, account: UserId, query: &StreamQuery) -> Result<u64> {
    let (part, parameters) = part(tx, account, query)?;
    Ok(u64::try_from(tx.number(&format!("SELECT COUNT(*) {part}"), &parameters)?).unwrap_or_default())
}

/// Numbers are looked for again this far below the last one: a transaction may end after others that began later.
const LATE_S: i64 = 600;

/// Gives numbers of 32 bits to the articles and feeds that have none: whether there were any.
pub(crate) fn give_numbers(tx: &mut Tx<'_>) -> Result<bool> {
    let last = tx
        .number("SELECT article_id FROM article_number WHERE number = (SELECT MAX(number) FROM article_number)", &[])?;
    let from = (last - IdMaker::span(LATE_S)).max(0);
    let articles = tx.execute(
        "INSERT INTO article_number (number, article_id)
         SELECT COALESCE((SELECT MAX(number) FROM article_number), 0) + ROW_NUMBER() OVER (ORDER BY article.id), article.id
         FROM article WHERE article.id > ?1
           AND NOT EXISTS (SELECT 1 FROM article_number WHERE article_number.article_id = article.id)",
        &values![from],
    )?;
    let feeds = tx.execute(
        "INSERT INTO feed_number (number, feed_id)
         SELECT COALESCE((SELECT MAX(number) FROM feed_number), 0) + ROW_NUMBER() OVER (ORDER BY feed.id), feed.id
         FROM feed WHERE NOT EXISTS (SELECT 1 FROM feed_number WHERE feed_number.feed_id = feed.id)",
        &[],
    )?;
    Ok(articles + feeds > 0)
}

/// Whether every article and feed has its number.
pub(crate) fn all_numbered(tx: &mut Tx<'_>) -> Result<bool> {
    let last = tx
        .number("SELECT article_id FROM article_number WHERE number = (SELECT MAX(number) FROM article_number)", &[])?;
    let from = (last - IdMaker::span(LATE_S)).max(0);
    let article = tx.first(
        "SELECT 1 FROM article WHERE article.id > ?1
           AND NOT EXISTS (SELECT 1 FROM article_number WHERE article_number.article_id = article.id) LIMIT 1",
        &values![from],
    )?;
    let feed = tx.first(
        "SELECT 1 FROM feed WHERE NOT EXISTS (SELECT 1 FROM feed_number WHERE feed_number.feed_id = feed.id) LIMIT 1",
        &[],
    )?;
    Ok(article.is_none() && feed.is_none())
}

/// The numbers of 32 bits of articles.
pub(crate) fn numbers(tx: &mut Tx<'_>, ids: &[ArticleId]) -> Result<HashMap<ArticleId, i64>> {
    pairs(tx, "article_id, number FROM article_number WHERE article_id", ids.iter().map(|id| id.0))
        .map(|pairs| pairs.into_iter().map(|(id, number)| (ArticleId(id), number)).collect())
}

/// The articles that have these numbers of 32 bits.
pub(crate) fn numbered(tx: &mut Tx<'_>, numbers: &[i64]) -> Result<HashMap<i64, ArticleId>> {
    pairs(tx, "number, article_id FROM article_number WHERE number", numbers.iter().copied())
        .map(|pairs| pairs.into_iter().map(|(number, id)| (number, ArticleId(id))).collect())
}

/// Numbers with commas between, for a statement.
fn list_of(ids: impl Iterator<Item = i64>) -> String {
    ids.map(|id| id.to_string()).collect::<Vec<_>>().join(", ")
}

fn pairs(tx: &mut Tx<'_>, what: &str, ids: impl Iterator<Item = i64>) -> Result<Vec<(i64, i64)>> {
    let list = list_of(ids);
    if list.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(&format!("SELECT {what} IN ({list})"), &[])?.iter().map(|row| Ok((row.int(0)?, row.int(1)?))).collect()
}

/// The numbers of 32 bits of all feeds.
pub(crate) fn feed_numbers(tx: &mut Tx<'_>) -> Result<HashMap<FeedId, i64>> {
    let rows = tx.query("SELECT feed_id, number FROM feed_number", &[])?;
    rows.iter().map(|row| Ok((FeedId(row.int(0)?), row.int(1)?))).collect()
}

/// Articles by their numbers, in the order of these; those that no feed brought are left out.
pub(crate) fn items(tx: &mut Tx<'_>, account: UserId, ids: &[ArticleId]) -> Result<Vec<Kept<StreamItem>>> {
    let list = list_of(ids.iter().map(|id| id.0));
    if list.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT article.id, article.title, article.byline, article.url, article.published_at, article.admitted_at, article.html,
                feed.id, COALESCE(feed.title, feed.url), feed.site_url, feed.folder,
                CASE WHEN {} THEN 1 ELSE 0 END, CASE WHEN {} THEN 1 ELSE 0 END, article.role, article.why,
                COALESCE((SELECT story.reports FROM story WHERE story.id = article.story_id), 0), CASE WHEN {SPEAKS} THEN 1 ELSE 0 END
         FROM article
         JOIN feed ON feed.id = (SELECT MIN(entry.feed_id) FROM entry WHERE entry.article_id = article.id)
         WHERE article.id IN ({list})",
        read(1),
        starred(1)
    );
    let mut items: Vec<Kept<StreamItem>> =
        tx.query(&sql, &values![account])?.iter().map(item).collect::<Result<_>>()?;
    let place = |item: &Kept<StreamItem>| ids.iter().position(|id| *id == item.value.id);
    items.sort_by_key(place);
    Ok(items)
}

fn item(row: &Row) -> Result<Kept<StreamItem>> {
    let (html, key) = bodies::body(row, 6)?;
    let value = StreamItem {
        id: ArticleId(row.int(0)?),
        title: row.text(1)?,
        byline: row.maybe_text(2),
        url: row.text(3)?,
        published_at: row.time(4)?,
        stored_at: row.time(5)?,
        html,
        feed_id: FeedId(row.int(7)?),
        feed_title: row.text(8)?,
        site_url: row.maybe_text(9),
        folder: row.maybe_text(10).filter(|folder| !folder.is_empty()),
        read: row.switch(11)?,
        starred: row.switch(12)?,
        role: row.maybe_word(13)?,
        why: row.maybe_text(14),
        reports: row.count(15)?,
        speaks: row.switch(16)?,
    };
    Ok(Kept { value, key })
}

/// Marks articles as read, or takes that back; those that there are not are left out.
pub(crate) fn set_read(tx: &mut Tx<'_>, account: UserId, ids: &[ArticleId], read: bool) -> Result<()> {
    let now = tx.now();
    for id in ids {
        tx.execute(
            "INSERT INTO article_read (account_id, article_id, read_at, unread) SELECT ?1, id, ?3, ?4 FROM article WHERE id = ?2
             ON CONFLICT (account_id, article_id) DO UPDATE SET read_at = excluded.read_at, unread = excluded.unread
             WHERE article_read.unread <> excluded.unread",
            &values![account, *id, now, !read],
        )?;
    }
    Ok(())
}

/// Those articles and the others that print the same text in the same story.
pub(crate) fn with_copies(tx: &mut Tx<'_>, ids: &[ArticleId]) -> Result<Vec<ArticleId>> {
    let mut all = ids.to_vec();
    // From a copy to what it copies, and from there to the other copies.
    for (from, to) in [("article_id", "to_article_id"), ("to_article_id", "article_id")] {
        if all.is_empty() {
            break;
        }
        let rows = tx.query(
            &format!(
                "SELECT reliance.{to} FROM reliance JOIN article ON article.id = reliance.article_id
                 WHERE reliance.{from} IN ({}) AND reliance.how = 'reuse' AND reliance.to_article_id IS NOT NULL
                   AND article.role IN ('copy', 'wire')",
                list_of(all.iter().map(|id| id.0))
            ),
            &[],
        )?;
        for row in &rows {
            let id = ArticleId(row.int(0)?);
            if !all.contains(&id) {
                all.push(id);
            }
        }
    }
    Ok(all)
}

/// Articles of a stream that has no mark of its own that are marked at a time.
const MOST_MARKED: usize = 10_000;
/// Identifiers that one transaction draws run ahead of its time by less than this.
const AHEAD_S: i64 = 60;

/// Marks everything of a stream as read that was stored until an instant.
pub(crate) fn read_all(tx: &mut Tx<'_>, account: UserId, stream: &Stream, until: Timestamp) -> Result<()> {
    let now = tx.now();
    // What was stored at one moment has the numbers of that moment: one number stands for all before it.
    let bound = IdMaker::first_of(until.plus_seconds(AHEAD_S));
    let last = tx.number(
        "SELECT id FROM article WHERE id < ?1 AND admitted_at <= ?2 ORDER BY id DESC LIMIT 1",
        &values![bound, until],
    )?;
    let feeds = match stream {
        Stream::Nothing | Stream::Read => return Ok(()),
        Stream::All => vec![0],
        Stream::Feed(feed) => vec![feed.0],
        Stream::Folder(folder) => {
            let rows = tx.query("SELECT id FROM feed WHERE folder = ?1", &values![folder])?;
            rows.iter().map(|row| row.int(0)).collect::<Result<_>>()?
        }
        Stream::NoFolder => {
            let rows = tx.query("SELECT id FROM feed WHERE folder IS NULL", &[])?;
            rows.iter().map(|row| row.int(0)).collect::<Result<_>>()?
        }
        Stream::Stories => {
            let until = StreamQuery {
                stream: Stream::Stories,
                unread_only: true,
                limit: MOST_MARKED,
                ..StreamQuery::default()
            };
            let ids: Vec<ArticleId> =
                ids(tx, account, &until)?.into_iter().map(|(id, _)| id).filter(|id| id.0 <= last).collect();
            return set_read(tx, account, &ids, true);
        }
        Stream::Starred => {
            let rows = tx.query(
                "SELECT article_id FROM star WHERE account_id = ?1 AND article_id <= ?2",
                &values![account, last],
            )?;
            let ids = rows.iter().map(|row| Ok(ArticleId(row.int(0)?))).collect::<Result<Vec<_>>>()?;
            return set_read(tx, account, &ids, true);
        }
    };
    let all =
        tx.number("SELECT article_id FROM read_until WHERE account_id = ?1 AND feed_id = 0", &values![account])?;
    for feed in feeds {
        let before = tx.number(
            "SELECT article_id FROM read_until WHERE account_id = ?1 AND feed_id = ?2",
            &values![account, feed],
        )?;
        tx.execute(
            "INSERT INTO read_until (account_id, feed_id, article_id) VALUES (?1, ?2, ?3)
             ON CONFLICT (account_id, feed_id) DO UPDATE SET article_id = excluded.article_id
             WHERE read_until.article_id < excluded.article_id",
            &values![account, feed, last],
        )?;
        if feed == 0 {
            // The mark says it for all of them: single ones, also of what was kept unread, and those of feeds go.
            tx.execute("DELETE FROM article_read WHERE account_id = ?1 AND article_id <= ?2", &values![account, last])?;
            tx.execute(
                "DELETE FROM read_until WHERE account_id = ?1 AND feed_id <> 0 AND article_id <= ?2",
                &values![account, last],
            )?;
            continue;
        }
        // What was kept unread is read now.
        tx.execute(
            "UPDATE article_read SET unread = 0 WHERE account_id = ?1 AND unread = 1 AND article_id <= ?2
               AND article_id IN (SELECT entry.article_id FROM entry WHERE entry.feed_id = ?3)",
            &values![account, last, feed],
        )?;
        // What other feeds brought as well is marked by itself: their counts know nothing of this one's mark. Up to the
        // mark before that was done.
        tx.execute(
            "INSERT INTO article_read (account_id, article_id, read_at, unread)
             SELECT ?1, entry.article_id, ?4, 0 FROM entry
             WHERE entry.feed_id = ?3 AND entry.article_id > ?5 AND entry.article_id <= ?2
               AND EXISTS (SELECT 1 FROM entry AS other WHERE other.article_id = entry.article_id AND other.feed_id <> entry.feed_id)
             ON CONFLICT (account_id, article_id) DO NOTHING",
            &values![account, last, feed, now, before.max(all)],
        )?;
    }
    Ok(())
}

/// How much of each feed an account has not read, with when the newest of the feed was stored; feeds that are read are left out.
pub(crate) fn unread_counts(tx: &mut Tx<'_>, account: UserId) -> Result<Vec<UnreadCount>> {
    // What came after the marks is counted by the index, single marks are then added and taken away: cheaper than to ask of
    // every article whether it was read.
    let all =
        tx.number("SELECT article_id FROM read_until WHERE account_id = ?1 AND feed_id = 0", &values![account])?;
    let rows = tx.query("SELECT feed_id, article_id FROM read_until WHERE account_id = ?1", &values![account])?;
    let until: HashMap<i64, i64> = rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?))).collect::<Result<_>>()?;
    let brought = tx.query(
        "SELECT feed.id, (SELECT COUNT(*) FROM entry WHERE entry.feed_id = feed.id AND entry.article_id >
                            COALESCE((SELECT read_until.article_id FROM read_until WHERE read_until.account_id = ?1 AND read_until.feed_id = feed.id AND read_until.article_id > ?2), ?2)),
                article.admitted_at, feed.folder
         FROM feed
         JOIN article ON article.id = (SELECT MAX(entry.article_id) FROM entry WHERE entry.feed_id = feed.id)",
        &values![account, all],
    )?;
    let marked = tx.query(
        "SELECT entry.feed_id, article_read.article_id, article_read.unread FROM article_read
         JOIN entry ON entry.article_id = article_read.article_id WHERE article_read.account_id = ?1",
        &values![account],
    )?;
    let mut change: HashMap<i64, i64> = HashMap::new();
    for row in &marked {
        let (feed, article, unread) = (row.int(0)?, row.int(1)?, row.switch(2)?);
        let below = article <= all.max(until.get(&feed).copied().unwrap_or_default());
        match (unread, below) {
            (true, true) => *change.entry(feed).or_default() += 1,
            (false, false) => *change.entry(feed).or_default() -= 1,
            _ => {}
        }
    }
    let mut out = Vec::new();
    for row in &brought {
        let feed = row.int(0)?;
        let unread = row.int(1)? + change.get(&feed).copied().unwrap_or_default();
        if let Ok(unread @ 1..) = u64::try_from(unread) {
            out.push(UnreadCount {
                feed_id: FeedId(feed),
                folder: row.maybe_text(3).filter(|folder| !folder.is_empty()),
                unread,
                newest_at: row.time(2)?,
            });
        }
    }
    Ok(out)
}

pub(crate) fn article_count(tx: &mut Tx<'_>) -> Result<u64> {
    Ok(u64::try_from(tx.number("SELECT COUNT(*) FROM article", &[])?).unwrap_or_default())
}

/// Sets what an account's reader apps sign in with, or takes it away.
pub(crate) fn set_app_key(tx: &mut Tx<'_>, account: UserId, key: Option<&str>) -> Result<()> {
    tx.execute("UPDATE account SET app_key = ?2 WHERE id = ?1", &values![account, key])?;
    Ok(())
}

/// The key of an account's reader apps.
pub(crate) fn app_key(tx: &mut Tx<'_>, account: UserId) -> Result<Option<String>> {
    Ok(tx.first("SELECT app_key FROM account WHERE id = ?1", &values![account])?.and_then(|row| row.maybe_text(0)))
}

/// Gives a feed another title or folder; an empty folder is none.
pub(crate) fn edit_feed(tx: &mut Tx<'_>, feed: FeedId, title: Option<&str>, folder: Option<&str>) -> Result<()> {
    if tx.first("SELECT 1 FROM feed WHERE id = ?1", &values![feed])?.is_none() {
        return Err(StoreError::NotFound(format!("the feed {feed}")));
    }
    if let Some(title) = title {
        tx.execute("UPDATE feed SET title = ?2 WHERE id = ?1", &values![feed, title])?;
    }
    if let Some(folder) = folder {
        tx.execute(
            "UPDATE feed SET folder = ?2 WHERE id = ?1",
            &values![feed, Some(folder).filter(|folder| !folder.is_empty())],
        )?;
    }
    Ok(())
}

/// Gives a folder another name, or (with an empty one) lets its feeds be in none.
pub(crate) fn rename_folder(tx: &mut Tx<'_>, folder: &str, name: &str) -> Result<u64> {
    tx.execute(
        "UPDATE feed SET folder = ?2 WHERE folder = ?1",
        &values![folder, Some(name).filter(|name| !name.is_empty())],
    )
}
