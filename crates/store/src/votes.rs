//! Votes: one row a voter and subject; the counts kept beside them by the same transaction.

use crate::engine::{Tx, values};
use crate::{Result, StoreError};
use firsthand_model::*;

pub(crate) fn cast(
    tx: &mut Tx<'_>,
    subject: Subject,
    voter: &Voter,
    ballot: Ballot,
    prefix_hash: Option<&str>,
) -> Result<Tally> {
    // What is voted on is not let go meanwhile.
    let staying = tx.staying();
    let subject = existing(tx, subject, staying)?
        .ok_or_else(|| StoreError::NotFound(format!("the {} {}", subject.kind(), subject.number())))?;
    put(tx, subject, &voter.to_string(), value_of(ballot), prefix_hash)?;
    Ok(tally(tx, subject, Some(voter))?.unwrap_or_default())
}

fn value_of(ballot: Ballot) -> i64 {
    match ballot {
        Ballot::Like => 1,
        Ballot::Dislike => -1,
        Ballot::None => 0,
    }
}

/// Sets a voter's value (0: no row) and moves the counts by the difference.
fn put(tx: &mut Tx<'_>, subject: Subject, voter: &str, value: i64, prefix_hash: Option<&str>) -> Result<()> {
    let (kind, number) = (subject.kind(), subject.number());
    // The counter is taken first: who comes at the same time waits here, and reads the old value after.
    tx.execute(
        "INSERT INTO vote_count (subject_kind, subject_id, likes, dislikes) VALUES (?1, ?2, 0, 0)
         ON CONFLICT (subject_kind, subject_id) DO UPDATE SET likes = vote_count.likes",
        &values![kind, number],
    )?;
    let old = tx.number(
        "SELECT value FROM vote WHERE subject_kind = ?1 AND subject_id = ?2 AND voter = ?3",
        &values![kind, number, voter],
    )?;
    if old == value {
        return Ok(());
    }
    if value == 0 {
        tx.execute(
            "DELETE FROM vote WHERE subject_kind = ?1 AND subject_id = ?2 AND voter = ?3",
            &values![kind, number, voter],
        )?;
    } else {
        let now = tx.now();
        tx.execute(
            "INSERT INTO vote (subject_kind, subject_id, voter, value, cast_at, prefix_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (subject_kind, subject_id, voter) DO UPDATE SET value = excluded.value, cast_at = excluded.cast_at, prefix_hash = excluded.prefix_hash",
            &values![kind, number, voter, value, now, prefix_hash],
        )?;
    }
    let likes = i64::from(value == 1) - i64::from(old == 1);
    let dislikes = i64::from(value == -1) - i64::from(old == -1);
    tx.execute(
        "UPDATE vote_count SET likes = likes + ?3, dislikes = dislikes + ?4 WHERE subject_kind = ?1 AND subject_id = ?2",
        &values![kind, number, likes, dislikes],
    )?;
    Ok(())
}

/// Gives the votes of a story to another one. Who voted on both keeps the later ballot.
pub(crate) fn pour(tx: &mut Tx<'_>, from: StoryId, into: StoryId) -> Result<()> {
    let rows = tx.query(
        "SELECT voter, value, cast_at, prefix_hash FROM vote WHERE subject_kind = 'story' AND subject_id = ?1 ORDER BY voter",
        &values![from],
    )?;
    for row in &rows {
        let voter = row.text(0)?;
        let there = tx.first(
            "SELECT cast_at FROM vote WHERE subject_kind = 'story' AND subject_id = ?1 AND voter = ?2",
            &values![into, &voter],
        )?;
        let cast_at = row.time(2)?;
        let later = match there {
            Some(there) => there.time(0)? < cast_at,
            None => true,
        };
        put(tx, Subject::Story(from), &voter, 0, None)?;
        if later {
            put(tx, Subject::Story(into), &voter, row.int(1)?, row.maybe_text(3).as_deref())?;
            tx.execute(
                "UPDATE vote SET cast_at = ?3 WHERE subject_kind = 'story' AND subject_id = ?1 AND voter = ?2",
                &values![into, &voter, cast_at],
            )?;
        }
    }
    Ok(())
}

/// The subject if it exists; a merged story's votes are those of the story it went into.
/// `lock` ends the query for its row.
fn existing(tx: &mut Tx<'_>, subject: Subject, lock: &str) -> Result<Option<Subject>> {
    let (table, subject) = match subject {
        Subject::Story(id) => match crate::stories::standing(tx, id)? {
            Some(story) => ("story", Subject::Story(story)),
            None => return Ok(None),
        },
        Subject::Article(_) => ("article", subject),
    };
    let there = tx.first(&format!("SELECT 1 FROM {table} WHERE id = ?1{lock}"), &values![subject.number()])?;
    Ok(there.map(|_| subject))
}

pub(crate) fn tally(tx: &mut Tx<'_>, subject: Subject, voter: Option<&Voter>) -> Result<Option<Tally>> {
    let Some(subject) = existing(tx, subject, "")? else { return Ok(None) };
    let (kind, number) = (subject.kind(), subject.number());
    let counts = tx.first(
        "SELECT likes, dislikes FROM vote_count WHERE subject_kind = ?1 AND subject_id = ?2",
        &values![kind, number],
    )?;
    let (likes, dislikes) = counts.map_or(Ok((0, 0)), |row| Ok::<_, StoreError>((row.count(0)?, row.count(1)?)))?;
    let vote = match voter {
        Some(voter) => ballot_of(tx.number(
            "SELECT value FROM vote WHERE subject_kind = ?1 AND subject_id = ?2 AND voter = ?3",
            &values![kind, number, voter.to_string()],
        )?),
        None => Ballot::None,
    };
    Ok(Some(Tally { likes, dislikes, vote }))
}

pub(crate) fn ballot_of(value: i64) -> Ballot {
    match value {
        1 => Ballot::Like,
        -1 => Ballot::Dislike,
        _ => Ballot::None,
    }
}

/// The account's own votes stay where it has voted itself; the visitor's are gone afterwards.
pub(crate) fn adopt(tx: &mut Tx<'_>, visitor: &Voter, user: UserId) -> Result<()> {
    let (visitor, account) = (visitor.to_string(), Voter::User(user).to_string());
    if visitor == account {
        return Ok(());
    }
    for row in
        tx.query("SELECT subject_kind, subject_id, value, prefix_hash FROM vote WHERE voter = ?1", &values![&visitor])?
    {
        let Some(subject) = Subject::from_parts(&row.text(0)?, row.int(1)?) else { continue };
        let own = tx.first(
            "SELECT 1 FROM vote WHERE subject_kind = ?1 AND subject_id = ?2 AND voter = ?3",
            &values![subject.kind(), subject.number(), &account],
        )?;
        put(tx, subject, &visitor, 0, None)?;
        if own.is_none() {
            put(tx, subject, &account, row.int(2)?, row.maybe_text(3).as_deref())?;
        }
    }
    Ok(())
}

/// The ballots of an account, the latest first.
pub(crate) fn own(tx: &mut Tx<'_>, account: UserId) -> Result<Vec<OwnVote>> {
    let rows = tx.query(
        "SELECT subject_kind, subject_id, value, cast_at FROM vote WHERE voter = ?1 ORDER BY cast_at DESC, subject_id",
        &values![Voter::User(account).to_string()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(OwnVote {
                subject: row.text(0)?,
                id: row.int(1)?,
                vote: if row.int(2)? > 0 { Ballot::Like } else { Ballot::Dislike },
                cast_at: row.time(3)?,
            })
        })
        .collect()
}
