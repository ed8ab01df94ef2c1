//! What is let go because it is older than is kept.
//!
//! A story goes as a whole, when all of its reports may: taken apart, those that repeat others would seem to stand alone.
//! What somebody starred or voted on stays, and what an editor put somewhere or pinned; so do all reports of that story. Entries stay
//! as a few bytes, so that what a feed still lists does not come again.

use crate::engine::{Dialect, Row, Tx, Value, numbers, values};
use crate::{Result, StoreError};
use firsthand_model::*;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Stories looked at in one transaction, and let go in one.
const LOOKED_AT: usize = 500;
pub(crate) const AT_A_TIME: usize = 25;

/// The rule in three columns: whose it is, days, articles.
pub(crate) fn rule(row: &Row, column: usize) -> Option<KeepRule> {
    let number = |column| row.maybe_int(column).and_then(|number| u32::try_from(number).ok());
    row.maybe_int(column).map(|_| KeepRule { days: number(column + 1), articles: number(column + 2) })
}

/// Gives a feed a rule of its own, or takes it back.
pub(crate) fn set_rule(tx: &mut Tx<'_>, feed: FeedId, rule: Option<KeepRule>) -> Result<()> {
    if tx.first("SELECT 1 FROM feed WHERE id = ?1", &values![feed])?.is_none() {
        return Err(StoreError::NotFound(format!("the feed {feed}")));
    }
    tx.execute("DELETE FROM feed_keep WHERE feed_id = ?1", &values![feed])?;
    if let Some(rule) = rule {
        tx.execute(
            "INSERT INTO feed_keep (feed_id, days, articles) VALUES (?1, ?2, ?3)",
            &values![feed, rule.days, rule.articles],
        )?;
    }
    Ok(())
}

/// Which articles may go, by the numbers that they have in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Limits {
    /// Below it goes what no feed that is followed brought.
    general: i64,
    /// Below it goes what a feed brought.
    of_feed: HashMap<i64, i64>,
}

impl Limits {
    /// Of no article at or above it may go.
    fn highest(&self) -> i64 {
        self.of_feed.values().copied().fold(self.general, i64::max)
    }

    /// Whether an article may go, as far as those who brought it are concerned.
    fn allow(&self, article: i64, feeds: &[i64]) -> bool {
        let limit = feeds.iter().map(|feed| self.of_feed.get(feed).copied().unwrap_or(0)).min();
        article < limit.unwrap_or(self.general)
    }
}

/// What the rules mean at this moment.
pub(crate) fn limits(tx: &mut Tx<'_>, general: KeepRule) -> Result<Limits> {
    let now = tx.now();
    let before = |days: u32| IdMaker::first_of(now.plus_seconds(-86_400 * i64::from(days.max(KeepRule::LEAST_DAYS))));
    let youngest = before(KeepRule::LEAST_DAYS);
    let mut limits = Limits { general: general.days.map_or(0, before), of_feed: HashMap::new() };
    let feeds = tx.query(
        "SELECT feed.id, feed_keep.feed_id, feed_keep.days, feed_keep.articles FROM feed LEFT JOIN feed_keep ON feed_keep.feed_id = feed.id",
        &[],
    )?;
    for row in &feeds {
        let feed = row.int(0)?;
        let own = rule(row, 1).unwrap_or(general);
        let mut limit = own.days.map_or(0, before);
        if let Some(articles) = own.articles {
            let too_many = tx.number(
                "SELECT article_id FROM entry WHERE feed_id = ?1 AND article_id IS NOT NULL ORDER BY article_id DESC LIMIT 1 OFFSET ?2",
                &values![feed, i64::from(articles)],
            )?;
            limit = limit.max((too_many + 1).min(youngest));
        }
        limits.of_feed.insert(feed, limit);
    }
    Ok(limits)
}

/// Some stories that may go, of those after a number; the number to go on after, as long as there are more.
pub(crate) fn candidates(tx: &mut Tx<'_>, limits: &Limits, after: i64) -> Result<(Vec<i64>, Option<i64>)> {
    let rows = tx.query(
        "SELECT id FROM story WHERE merged_into IS NULL AND stale = 0 AND id > ?1 AND id < ?2 ORDER BY id LIMIT ?3",
        &values![after, limits.highest(), LOOKED_AT],
    )?;
    let stories: Vec<i64> = rows.iter().map(|row| row.int(0)).collect::<Result<_>>()?;
    let next = stories.last().copied();
    Ok((free(tx, limits, &stories)?.into_keys().collect(), next))
}

/// Those of some stories that may go, with their reports.
fn free(tx: &mut Tx<'_>, limits: &Limits, stories: &[i64]) -> Result<BTreeMap<i64, Vec<i64>>> {
    if stories.is_empty() {
        return Ok(BTreeMap::new());
    }
    let set = numbers(stories.iter().copied());
    let rows = tx.query(
        &format!(
            "SELECT article.story_id, article.id, entry.feed_id FROM article LEFT JOIN entry ON entry.article_id = article.id
             WHERE article.story_id IN {} ORDER BY article.story_id, article.id",
            tx.set(1)
        ),
        std::slice::from_ref(&set),
    )?;
    let mut reports = Reports::new();
    for row in &rows {
        let brought_by = reports.entry(row.int(0)?).or_default().entry(row.int(1)?).or_default();
        brought_by.extend(row.maybe_int(2));
    }
    reports.retain(|_, articles| articles.iter().all(|(article, feeds)| limits.allow(*article, feeds)));
    let (held_stories, held_articles) = (held_stories(tx, &reports)?, held_articles(tx, &reports)?);
    let free = reports.into_iter().filter(|(story, articles)| {
        !held_stories.contains(story) && !articles.keys().any(|article| held_articles.contains(article))
    });
    Ok(free.map(|(story, articles)| (story, articles.into_keys().collect())).collect())
}

/// The reports of stories, each with the feeds that brought it.
type Reports = BTreeMap<i64, BTreeMap<i64, Vec<i64>>>;

/// Those of some stories that somebody holds on to. Each table is asked for them by its own index, never joined: the other way round all
/// votes would be gone through.
fn held_stories(tx: &mut Tx<'_>, reports: &Reports) -> Result<HashSet<i64>> {
    let sql = format!(
        "SELECT subject_id FROM vote_count WHERE subject_kind = 'story' AND subject_id IN {set} AND likes + dislikes > 0
         UNION SELECT story_id FROM editor_story WHERE story_id IN {set} AND mark = 'pinned'
         UNION SELECT story_id FROM editor_place WHERE story_id IN {set}
         UNION SELECT computed_story_id FROM editor_place WHERE computed_story_id IN {set}",
        set = tx.set(1)
    );
    let mut held: HashSet<i64> =
        tx.query(&sql, &[numbers(reports.keys().copied())])?.iter().map(|row| row.int(0)).collect::<Result<_>>()?;
    // An editor may have taken a report out of a story that was merged into one of these.
    let merged = format!("SELECT id, merged_into FROM story WHERE merged_into IN {}", tx.set(1));
    for row in tx.query(&merged, &[numbers(reports.keys().copied())])? {
        let id = row.int(0)?;
        let placed = "SELECT 1 FROM editor_place WHERE story_id = ?1 OR computed_story_id = ?1 LIMIT 1";
        if tx.first(placed, &values![id])?.is_some() {
            held.insert(row.int(1)?);
        }
    }
    Ok(held)
}

/// Those of the reports that somebody holds on to.
fn held_articles(tx: &mut Tx<'_>, reports: &Reports) -> Result<HashSet<i64>> {
    let sql = format!(
        "SELECT article_id FROM star WHERE article_id IN {set}
         UNION SELECT article_id FROM editor_role WHERE article_id IN {set}
         UNION SELECT article_id FROM editor_place WHERE article_id IN {set}
         UNION SELECT subject_id FROM vote_count WHERE subject_kind = 'article' AND subject_id IN {set} AND likes + dislikes > 0",
        set = tx.set(1)
    );
    let articles = numbers(reports.values().flat_map(|articles| articles.keys().copied()));
    tx.query(&sql, &[articles])?.iter().map(|row| row.int(0)).collect()
}

/// Lets those of some stories go that still may. Gives what went, and the names of bodies in the object store that nothing needs
/// any more.
pub(crate) fn release(tx: &mut Tx<'_>, limits: &Limits, stories: &[i64]) -> Result<(Released, Vec<String>)> {
    let set = numbers(stories.iter().copied());
    if tx.dialect() == Dialect::Postgres {
        // Who holds on to one of them from here on waits, and finds that it is gone.
        tx.query(
            &format!("SELECT id FROM story WHERE id IN {} ORDER BY id FOR UPDATE", tx.set(1)),
            std::slice::from_ref(&set),
        )?;
        let sql = format!("SELECT id FROM article WHERE story_id IN {} ORDER BY id FOR UPDATE", tx.set(1));
        tx.query(&sql, &[set])?;
    }
    let free = free(tx, limits, stories)?;
    let articles: Vec<i64> = free.values().flatten().copied().collect();
    let stories = with_merged(tx, free.keys().copied().collect())?;
    if articles.is_empty() {
        return Ok((Released::default(), Vec::new()));
    }
    let released = Released { stories: free.len() as u64, articles: articles.len() as u64 };
    let (articles, stories) = (numbers(articles), numbers(stories));
    let set = tx.set(1);
    let keys =
        tx.query(&format!("SELECT key FROM body_object WHERE article_id IN {set}"), std::slice::from_ref(&articles))?;
    let keys = keys.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
    let now = tx.now();
    tx.execute(
        &format!(
            "UPDATE entry SET article_id = NULL, due_at = NULL, url = NULL, item_json = '{{}}', attempts = 0, last_error = NULL, released_at = ?2
             WHERE article_id IN {set}"
        ),
        &[articles.clone(), Value::from(now)],
    )?;
    for (table, column, of) in OF_THEM {
        let them = if *of == Of::Articles { &articles } else { &stories };
        tx.execute(&format!("DELETE FROM {table} WHERE {column} IN {set}"), std::slice::from_ref(them))?;
    }
    for (kind, them) in [("article", &articles), ("story", &stories)] {
        let sql = format!("DELETE FROM vote_count WHERE subject_kind = '{kind}' AND subject_id IN {set}");
        tx.execute(&sql, std::slice::from_ref(them))?;
    }
    match tx.dialect() {
        Dialect::Sqlite => tx.execute(&format!("DELETE FROM article_search WHERE rowid IN {set}"), std::slice::from_ref(&articles))?,
        Dialect::Postgres => tx.execute(
            &format!("DELETE FROM article_address WHERE canonical_url IN (SELECT canonical_url FROM article WHERE id IN {set})"),
            std::slice::from_ref(&articles),
        )?,
    };
    tx.execute(&format!("DELETE FROM article WHERE id IN {set}"), &[articles])?;
    tx.execute(&format!("DELETE FROM story WHERE id IN {set}"), &[stories])?;
    Ok((released, keys))
}

#[derive(PartialEq, Eq)]
enum Of {
    Articles,
    Stories,
}

/// What refers to articles and stories, and means nothing without them.
const OF_THEM: &[(&str, &str, Of)] = &[
    ("reliance", "article_id", Of::Articles),
    ("reliance", "to_article_id", Of::Articles),
    ("reliance", "story_id", Of::Stories),
    ("revision", "article_id", Of::Articles),
    ("article_label", "article_id", Of::Articles),
    ("article_read", "article_id", Of::Articles),
    ("article_number", "article_id", Of::Articles),
    ("body_object", "article_id", Of::Articles),
    ("story_change", "from_story", Of::Stories),
    ("story_change", "to_story", Of::Stories),
    ("story_neighbour", "story_id", Of::Stories),
    ("story_neighbour", "other_id", Of::Stories),
    ("story_read", "story_id", Of::Stories),
    ("editor_story", "story_id", Of::Stories),
];

/// Some stories and all that were merged into them.
fn with_merged(tx: &mut Tx<'_>, stories: Vec<i64>) -> Result<Vec<i64>> {
    let (mut all, mut last) = (stories.clone(), stories);
    while !last.is_empty() {
        let sql = format!("SELECT id FROM story WHERE merged_into IN {}", tx.set(1));
        let rows = tx.query(&sql, &[numbers(last)])?;
        last = rows.iter().map(|row| row.int(0)).collect::<Result<_>>()?;
        last.retain(|story| !all.contains(story));
        all.extend(&last);
    }
    Ok(all)
}

/// Pages given back to the disk in one transaction.
const PAGES_AT_A_TIME: i64 = 500;

/// Gives some of a file's free pages back to the disk while more than one in twenty is free. `true`: there are more.
pub(crate) fn shrink(tx: &mut Tx<'_>) -> Result<bool> {
    if tx.dialect() == Dialect::Postgres || tx.number("PRAGMA auto_vacuum", &[])? != 2 {
        return Ok(false);
    }
    let free = tx.number("PRAGMA freelist_count", &[])?;
    let surplus = free - tx.number("PRAGMA page_count", &[])? / 20;
    if surplus <= 0 {
        return Ok(false);
    }
    tx.query(&format!("PRAGMA incremental_vacuum({})", surplus.min(PAGES_AT_A_TIME)), &[])?;
    Ok(surplus > PAGES_AT_A_TIME && tx.number("PRAGMA freelist_count", &[])? < free)
}

/// Lets the full-text index of a file forget what was taken out of it, a part at a time. `true`: there is more.
pub(crate) fn tidy_index(tx: &mut Tx<'_>) -> Result<bool> {
    if tx.dialect() == Dialect::Postgres {
        return Ok(false);
    }
    let before = tx.number("SELECT total_changes()", &[])?;
    tx.execute("INSERT INTO article_search (article_search, rank) VALUES ('merge', 200)", &[])?;
    Ok(tx.number("SELECT total_changes()", &[])? - before >= 2)
}
