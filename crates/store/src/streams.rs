//! Articles as reader apps know them: streams, one mark of reading each, one star each.

use crate::engine::{Row, Tx, Value, values};
use crate::{Result, StoreError};
use firsthand_model::*;
use std::collections::HashMap;

/// That a feed brought the article: the rest no app can place.
const HAS_FEED: &str = "EXISTS (SELECT 1 FROM entry WHERE entry.article_id = article.id)";

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

fn read(n: usize) -> String {
    format!(
        "EXISTS (SELECT 1 FROM article_read WHERE article_read.article_id = article.id AND article_read.account_id = ?{n})"
    )
}

/// The articles of a part of a stream, with when each was stored.
pub(crate) fn ids(tx: &mut Tx<'_>, account: UserId, query: &StreamQuery) -> Result<Vec<(ArticleId, Timestamp)>> {
    let mut parameters: Vec<Value> = Vec::new();
    let mut conditions = vec![in_stream(&query.stream, account, &mut parameters)];
    let mut with = |value: Value, condition: &dyn Fn(usize) -> String| {
        parameters.push(value);
        conditions.push(condition(parameters.len()));
    };
    if query.unread_only {
        with(account.into(), &|n| format!("NOT {}", read(n)));
    }
    if query.starred_only {
        with(account.into(), &starred);
    }
    if let Some(since) = query.since {
        with(since.into(), &|n| format!("article.admitted_at >= ?{n}"));
    }
    if let Some(until) = query.until {
        with(until.into(), &|n| format!("article.admitted_at < ?{n}"));
    }
    let (order, behind) = if query.oldest_first { ("ASC", ">") } else { ("DESC", "<") };
    if let Some(after) = query.after {
        with(after.into(), &|n| format!("article.id {behind} ?{n}"));
    }
    parameters.push(query.limit.into());
    let sql = format!(
        "SELECT article.id, article.admitted_at FROM article WHERE {} ORDER BY article.id {order} LIMIT ?{}",
        conditions.join(" AND "),
        parameters.len()
    );
    tx.query(&sql, &parameters)?.iter().map(|row| Ok((ArticleId(row.int(0)?), row.time(1)?))).collect()
}

/// Articles by their numbers, in the order of these; those that no feed brought are left out.
pub(crate) fn items(tx: &mut Tx<'_>, account: UserId, ids: &[ArticleId]) -> Result<Vec<StreamItem>> {
    let list = ids.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(", ");
    if list.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT article.id, article.title, article.byline, article.url, article.published_at, article.admitted_at, article.html,
                feed.id, COALESCE(feed.title, feed.url), feed.site_url, feed.folder,
                CASE WHEN {} THEN 1 ELSE 0 END, CASE WHEN {} THEN 1 ELSE 0 END
         FROM article
         JOIN feed ON feed.id = (SELECT MIN(entry.feed_id) FROM entry WHERE entry.article_id = article.id)
         WHERE article.id IN ({list})",
        read(1),
        starred(1)
    );
    let mut items: Vec<StreamItem> = tx.query(&sql, &values![account])?.iter().map(item).collect::<Result<_>>()?;
    let place = |item: &StreamItem| ids.iter().position(|id| *id == item.id);
    items.sort_by_key(place);
    Ok(items)
}

fn item(row: &Row) -> Result<StreamItem> {
    Ok(StreamItem {
        id: ArticleId(row.int(0)?),
        title: row.text(1)?,
        byline: row.maybe_text(2),
        url: row.text(3)?,
        published_at: row.time(4)?,
        stored_at: row.time(5)?,
        html: row.text(6)?,
        feed_id: FeedId(row.int(7)?),
        feed_title: row.text(8)?,
        site_url: row.maybe_text(9),
        folder: row.maybe_text(10).filter(|folder| !folder.is_empty()),
        read: row.switch(11)?,
        starred: row.switch(12)?,
    })
}

/// Marks articles as read, or takes that back; those that there are not are left out.
pub(crate) fn set_read(tx: &mut Tx<'_>, account: UserId, ids: &[ArticleId], read: bool) -> Result<()> {
    let now = tx.now();
    for id in ids {
        if read {
            tx.execute(
                "INSERT INTO article_read (account_id, article_id, read_at) SELECT ?1, id, ?3 FROM article WHERE id = ?2
                 ON CONFLICT (account_id, article_id) DO NOTHING",
                &values![account, *id, now],
            )?;
        } else {
            tx.execute("DELETE FROM article_read WHERE account_id = ?1 AND article_id = ?2", &values![account, *id])?;
        }
    }
    Ok(())
}

/// Marks everything of a stream as read that was stored until an instant.
pub(crate) fn read_all(tx: &mut Tx<'_>, account: UserId, stream: &Stream, until: Timestamp) -> Result<u64> {
    let now = tx.now();
    let mut parameters = values![account, now, until].to_vec();
    let condition = in_stream(stream, account, &mut parameters);
    tx.execute(
        &format!(
            "INSERT INTO article_read (account_id, article_id, read_at) SELECT ?1, article.id, ?2 FROM article WHERE article.admitted_at <= ?3 AND {condition}
             ON CONFLICT (account_id, article_id) DO NOTHING"
        ),
        &parameters,
    )
}

/// How much of each feed an account has not read, with when the newest of the feed was stored; feeds that are read are left out.
pub(crate) fn unread_counts(tx: &mut Tx<'_>, account: UserId) -> Result<Vec<(FeedId, u64, Timestamp)>> {
    // Two sums by the index are cheaper than to ask of every article whether it was read.
    let brought = tx.query(
        "SELECT brought.feed_id, brought.articles, article.admitted_at
         FROM (SELECT feed_id, COUNT(*) AS articles, MAX(article_id) AS newest FROM entry WHERE article_id IS NOT NULL GROUP BY feed_id) AS brought
         JOIN article ON article.id = brought.newest",
        &[],
    )?;
    let read = tx.query(
        "SELECT entry.feed_id, COUNT(*) FROM article_read JOIN entry ON entry.article_id = article_read.article_id
         WHERE article_read.account_id = ?1 GROUP BY entry.feed_id",
        &values![account],
    )?;
    let read: HashMap<i64, u64> = read.iter().map(|row| Ok((row.int(0)?, row.count(1)?))).collect::<Result<_>>()?;
    let mut out = Vec::new();
    for row in &brought {
        let feed = row.int(0)?;
        let unread = row.count(1)?.saturating_sub(read.get(&feed).copied().unwrap_or_default());
        if unread > 0 {
            out.push((FeedId(feed), unread, row.time(2)?));
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
