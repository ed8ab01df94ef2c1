//! Second thoughts about stories: merged, parted, a report moved. Numbers, votes and links survive, and
//! every change leaves a trace.

use crate::Result;
use crate::editing;
use crate::engine::{Tx, values};
use crate::stories::standing;
use crate::votes;
use firsthand_model::*;

pub(crate) fn change(tx: &mut Tx<'_>, change: &StoryChange) -> Result<()> {
    match change {
        StoryChange::Merge { from, into } => merge(tx, *from, *into),
        StoryChange::Move { article, from, to } => {
            let Some(to) = standing(tx, *to)? else { return Ok(()) };
            part(tx, *from, to, &[*article], "move")
        }
        StoryChange::Split { from, articles } => {
            let Some(from) = standing(tx, *from)? else { return Ok(()) };
            let mut there = Vec::new();
            for article in articles.iter().filter(|article| article.0 != from.0) {
                let row = tx.first(
                    "SELECT published_at FROM article WHERE id = ?1 AND story_id = ?2",
                    &values![*article, from],
                )?;
                if let Some(row) = row
                    && !editing::is_placed(tx, from, Some(*article))?
                {
                    there.push((*article, row.time(0)?));
                }
            }
            let Some((first, published_at)) = there.first().copied() else { return Ok(()) };
            // The report may have begun a story before that was merged: its number means that story again.
            tx.execute(
                "INSERT INTO story (id, created_at, stale, voices, reports, firsthand, independent_outlets, first_published_at, last_published_at)
                 VALUES (?1, ?2, 1, 0, 0, 0, 0, ?3, ?3) ON CONFLICT (id) DO UPDATE SET merged_into = NULL",
                &values![first, tx.now(), published_at],
            )?;
            let articles: Vec<ArticleId> = there.into_iter().map(|(article, _)| article).collect();
            part(tx, from, StoryId(first.0), &articles, "split")
        }
    }
}

fn merge(tx: &mut Tx<'_>, from: StoryId, into: StoryId) -> Result<()> {
    let (Some(from), Some(into)) = (standing(tx, from)?, standing(tx, into)?) else { return Ok(()) };
    // What an editor parted or put together stays so.
    if from == into || editing::is_placed(tx, from, None)? || editing::is_placed(tx, into, None)? {
        return Ok(());
    }
    let reports = tx.number("SELECT COUNT(*) FROM article WHERE story_id = ?1", &values![from])?;
    tx.execute("DELETE FROM reliance WHERE story_id = ?1", &values![from])?;
    tx.execute("UPDATE article SET story_id = ?2 WHERE story_id = ?1", &values![from, into])?;
    tx.execute(
        "UPDATE story SET merged_into = ?2, reports = 0, stale = 0, best_article_id = NULL WHERE id = ?1",
        &values![from, into],
    )?;
    votes::pour(tx, from, into)?;
    measure(tx, into)?;
    note(tx, "merge", from, into, reports)
}

/// Takes reports from one story to another.
fn part(tx: &mut Tx<'_>, from: StoryId, to: StoryId, articles: &[ArticleId], kind: &str) -> Result<()> {
    let Some(from) = standing(tx, from)? else { return Ok(()) };
    let mut gone = 0;
    for article in articles {
        let there =
            tx.number("SELECT COUNT(*) FROM article WHERE id = ?1 AND story_id = ?2", &values![*article, from])?;
        // The first report gave its story the number, and stays; so does what an editor put there.
        if from == to || there == 0 || article.0 == from.0 || editing::is_placed(tx, from, Some(*article))? {
            continue;
        }
        tx.execute("DELETE FROM reliance WHERE article_id = ?1", &values![*article])?;
        tx.execute("UPDATE article SET story_id = ?2 WHERE id = ?1", &values![*article, to])?;
        gone += 1;
    }
    if gone == 0 {
        return Ok(());
    }
    measure(tx, from)?;
    measure(tx, to)?;
    note(tx, kind, from, to, gone)
}

/// Counts a story's reports anew; who relies on whom is found again later.
pub(crate) fn measure(tx: &mut Tx<'_>, story: StoryId) -> Result<()> {
    tx.execute(
        "UPDATE story SET stale = stale + 1,
                reports = (SELECT COUNT(*) FROM article WHERE article.story_id = story.id),
                first_published_at = COALESCE((SELECT MIN(published_at) FROM article WHERE article.story_id = story.id), first_published_at),
                last_published_at = COALESCE((SELECT MAX(published_at) FROM article WHERE article.story_id = story.id), last_published_at)
         WHERE id = ?1",
        &values![story],
    )?;
    tx.execute(
        "UPDATE story SET best_article_id = (SELECT id FROM article WHERE article.story_id = story.id ORDER BY published_at, id LIMIT 1)
         WHERE id = ?1 AND (best_article_id IS NULL
            OR NOT EXISTS (SELECT 1 FROM article WHERE article.id = story.best_article_id AND article.story_id = story.id))",
        &values![story],
    )?;
    Ok(())
}

pub(crate) fn note(tx: &mut Tx<'_>, kind: &str, from: StoryId, to: StoryId, reports: i64) -> Result<()> {
    let (id, now) = (tx.new_id(), tx.now());
    tx.execute(
        "INSERT INTO story_change (id, at, kind, from_story, to_story, reports) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        &values![id, now, kind, from, to, reports],
    )?;
    Ok(())
}

/// The traces of a story, earliest first.
pub(crate) fn traces(tx: &mut Tx<'_>, story: StoryId) -> Result<Vec<StoryTrace>> {
    let rows = tx.query(
        "SELECT at, kind, from_story, to_story, reports FROM story_change WHERE from_story = ?1 OR to_story = ?1 ORDER BY at, id LIMIT 100",
        &values![story],
    )?;
    rows.iter()
        .map(|row| {
            let (from, to) = (StoryId(row.int(2)?), StoryId(row.int(3)?));
            let came = to == story;
            Ok(StoryTrace {
                at: row.time(0)?,
                merged: row.text(1)? == "merge",
                came,
                story: if came { from } else { to },
                reports: u32::try_from(row.int(4)?).unwrap_or(u32::MAX),
            })
        })
        .collect()
}

pub(crate) fn set_neighbours(tx: &mut Tx<'_>, story: StoryId, others: &[StoryId]) -> Result<()> {
    let Some(story) = standing(tx, story)? else { return Ok(()) };
    tx.execute("DELETE FROM story_neighbour WHERE story_id = ?1", &values![story])?;
    for (place, other) in (0_i64..).zip(others) {
        let Some(other) = standing(tx, *other)?.filter(|other| *other != story) else { continue };
        tx.execute(
            "INSERT INTO story_neighbour (story_id, other_id, place) VALUES (?1, ?2, ?3) ON CONFLICT (story_id, other_id) DO NOTHING",
            &values![story, other, place],
        )?;
    }
    Ok(())
}

/// The stories next to one, whichever of the two was found to be next to the other.
pub(crate) fn neighbours(tx: &mut Tx<'_>, story: StoryId) -> Result<Vec<StoryLink>> {
    let rows = tx.query(
        "SELECT story.id, article.title, article.language, story.reports, story.first_published_at
         FROM (SELECT other_id AS id, MIN(place) AS place
               FROM (SELECT other_id, place FROM story_neighbour WHERE story_id = ?1
                     UNION ALL SELECT story_id AS other_id, place FROM story_neighbour WHERE other_id = ?1) AS pairs
               GROUP BY other_id) AS near
         JOIN story ON story.id = near.id JOIN article ON article.id = story.best_article_id
         WHERE story.merged_into IS NULL AND story.id <> ?1
           AND NOT EXISTS (SELECT 1 FROM editor_story WHERE editor_story.story_id = story.id AND editor_story.mark = 'hidden')
         ORDER BY near.place, story.id LIMIT 6",
        &values![story],
    )?;
    rows.iter()
        .map(|row| {
            Ok(StoryLink {
                id: StoryId(row.int(0)?),
                headline: row.text(1)?,
                language: row.maybe_text(2),
                reports: u32::try_from(row.int(3)?).unwrap_or(u32::MAX),
                first_published_at: row.time(4)?,
            })
        })
        .collect()
}
