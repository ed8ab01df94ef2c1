//! Who does which part of the work, where several processes share a database.
//!
//! 1,024 shards of hosts and the grouping of stories are leased to processes. A process lives as long as it says so
//! (`beat`) within its term, by the database's clock; the leases of one that does not are taken over by the others,
//! with a higher fence. A write under a lease looks at the fence within its own transaction and holds the row until it is
//! committed: either it is stored before the lease goes, or not at all (M. Kleppmann, "How to do distributed locking",
//! 2016; C. Gray and D. Cheriton, "Leases", SOSP 1989).

use crate::engine::{Dialect, Row, Tx, values};
use crate::{Result, StoreError};
use firsthand_model::*;
use firsthand_text::shingles::stable_hash;
use firsthand_text::urls;

/// Rows that get their shard in one transaction.
const NUMBERED_AT_A_TIME: usize = 2_000;
/// For so long a process that has gone is still listed.
const LISTED_MS: i64 = 3_600_000;

/// The shard of an address: a hash of its host, so that one process asks a host at a time.
pub(crate) fn shard_of(address: &str) -> i64 {
    let host = urls::host_name(address).unwrap_or_default();
    (stable_hash(host.as_bytes()) % u64::from(Part::SHARDS)).cast_signed()
}

/// What a statement reads of a table that has shards: the rows that a condition holds for, those of a node's shards (`?3`) where
/// several processes share the work. Each shard is asked for its first ones (`?2` at the most), which an index gives: a node that holds a
/// tenth of all would else go through what is the others'.
pub(crate) fn of_shards(tx: &Tx<'_>, table: &str, condition: &str, order: &str, node: Option<NodeId>) -> String {
    let first = |what: &str| {
        format!("SELECT {table}.* FROM {table} {what} AND {condition} ORDER BY {order}, {table}.id LIMIT ?2")
    };
    match (node, tx.dialect()) {
        (Some(_), Dialect::Postgres) => format!(
            "lease JOIN LATERAL ({}) AS {table} ON lease.node_id = ?3",
            first(&format!("WHERE {table}.shard = lease.part"))
        ),
        (Some(_), Dialect::Sqlite) => format!(
            "({}) AS {table}",
            first(&format!("JOIN lease ON lease.part = {table}.shard WHERE lease.node_id = ?3"))
        ),
        (None, _) => format!("({}) AS {table}", first("WHERE TRUE")),
    }
}

/// The part in a column.
pub(crate) fn part(row: &Row, column: usize) -> Option<Part> {
    row.maybe_int(column).and_then(|shard| u32::try_from(shard).ok()).map(Part)
}

/// Holds the lease until the transaction ends, or says that it is another's.
pub(crate) fn hold(tx: &mut Tx<'_>, lease: Lease) -> Result<()> {
    let locked = if tx.dialect() == Dialect::Postgres { " FOR SHARE" } else { "" };
    let sql = format!("SELECT 1 FROM lease WHERE part = ?1 AND fence = ?2{locked}");
    match tx.first(&sql, &values![i64::from(lease.part.0), lease.fence])? {
        Some(_) => Ok(()),
        None => Err(StoreError::LeaseLost(lease.part)),
    }
}

pub(crate) fn join(tx: &mut Tx<'_>, name: &str, role: &str, version: &str) -> Result<NodeId> {
    let (id, now) = (tx.new_id(), tx.database_now()?);
    tx.execute("DELETE FROM node WHERE expires_at < ?1", &values![now.as_millis() - LISTED_MS])?;
    tx.execute(
        "INSERT INTO node (id, name, role, version, started_at, beat_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?5)",
        &values![id, name, role, version, now],
    )?;
    Ok(NodeId(id))
}

/// A process says that it lives, gives up what it is told to, and takes what is free or whose holder is gone.
pub(crate) fn beat(tx: &mut Tx<'_>, node: NodeId, term_ms: i64, give_up: &[Part]) -> Result<Beat> {
    let now = tx.database_now()?;
    let known = tx.execute(
        "UPDATE node SET beat_at = ?2, expires_at = ?3 WHERE id = ?1",
        &values![node.0, now, now.as_millis() + term_ms],
    )?;
    if known == 0 {
        // It was away for so long that it is not listed any more: it has to come in anew.
        return Err(StoreError::NotFound(format!("the process {}", node.0)));
    }
    for part in give_up {
        tx.execute(
            "UPDATE lease SET node_id = NULL WHERE part = ?1 AND node_id = ?2",
            &values![i64::from(part.0), node.0],
        )?;
    }
    let nodes = tx.number("SELECT COUNT(*) FROM node WHERE role <> 'web' AND expires_at >= ?1", &values![now])?.max(1);
    let shards = i64::from(Part::SHARDS);
    let serves_pages = tx.number("SELECT COUNT(*) FROM node WHERE id = ?1 AND role = 'web'", &values![node.0])? > 0;
    let share = if serves_pages { 0 } else { (shards + nodes - 1) / nodes };
    let held = tx.number("SELECT COUNT(*) FROM lease WHERE node_id = ?1 AND part < ?2", &values![node.0, shards])?;
    // Another one that takes at this moment has locked what it takes: that is passed over.
    let locked = if tx.dialect() == Dialect::Postgres { " FOR UPDATE OF free SKIP LOCKED" } else { "" };
    let mut take = |range: &str, most: i64| {
        let sql = format!(
            "WITH chosen AS MATERIALIZED (
               SELECT free.part FROM lease AS free WHERE {range}
                 AND (free.node_id IS NULL OR free.node_id <> ?1 AND NOT EXISTS (SELECT 1 FROM node WHERE node.id = free.node_id AND node.expires_at >= ?2))
               ORDER BY free.part LIMIT ?3{locked})
             UPDATE lease SET node_id = ?1, fence = fence + 1 WHERE part IN (SELECT part FROM chosen)"
        );
        tx.execute(&sql, &values![node.0, now, most])
    };
    let taken = take("free.part < 1024", (share - held).max(0))? + take("free.part >= 1024", i64::from(!serves_pages))?;
    let held: Vec<Lease> = tx
        .query("SELECT part, fence FROM lease WHERE node_id = ?1 ORDER BY part", &values![node.0])?
        .iter()
        .map(|row| Ok(Lease { part: Part(row.small(0)?), fence: row.int(1)? }))
        .collect::<Result<_>>()?;
    let own_shards = held.iter().filter(|lease| lease.part.is_shard()).count();
    let excess = own_shards.saturating_sub(usize::try_from(share).unwrap_or(usize::MAX));
    Ok(Beat {
        now,
        nodes: u32::try_from(nodes).unwrap_or(u32::MAX),
        held,
        share: u32::try_from(share).unwrap_or(u32::MAX),
        excess: u32::try_from(excess).unwrap_or(u32::MAX),
        taken: u32::try_from(taken).unwrap_or(u32::MAX),
    })
}

/// A process goes: what it holds is free at once.
pub(crate) fn leave(tx: &mut Tx<'_>, node: NodeId) -> Result<()> {
    tx.execute("UPDATE lease SET node_id = NULL WHERE node_id = ?1", &values![node.0])?;
    tx.execute("DELETE FROM node WHERE id = ?1", &values![node.0])?;
    Ok(())
}

pub(crate) fn nodes(tx: &mut Tx<'_>) -> Result<Vec<NodeView>> {
    let now = tx.database_now()?;
    let rows = tx.query(
        "SELECT node.id, node.name, node.role, node.version, node.started_at, node.beat_at, node.expires_at,
                (SELECT COUNT(*) FROM lease WHERE lease.node_id = node.id AND lease.part < 1024),
                (SELECT COUNT(*) FROM lease WHERE lease.node_id = node.id AND lease.part >= 1024)
         FROM node ORDER BY node.started_at, node.id",
        &[],
    )?;
    rows.iter()
        .map(|row| {
            Ok(NodeView {
                id: NodeId(row.int(0)?),
                name: row.text(1)?,
                role: row.text(2)?,
                version: row.text(3)?,
                started_at: row.time(4)?,
                beat_at: row.time(5)?,
                alive: row.time(6)? >= now,
                shards: row.small(7)?,
                stories: row.int(8)? > 0,
            })
        })
        .collect()
}

/// Gives rows from before there were shards theirs: at most so many as fit one transaction. `false`: there are no more.
pub(crate) fn number_shards(tx: &mut Tx<'_>) -> Result<bool> {
    let mut more = false;
    for (table, column) in [("feed", "url"), ("entry", "url")] {
        let rows = tx.query(
            &format!("SELECT id, {column} FROM {table} WHERE shard IS NULL LIMIT ?1"),
            &values![NUMBERED_AT_A_TIME],
        )?;
        more |= rows.len() == NUMBERED_AT_A_TIME;
        for row in rows {
            let shard = shard_of(&row.maybe_text(1).unwrap_or_default());
            tx.execute(&format!("UPDATE {table} SET shard = ?2 WHERE id = ?1"), &values![row.int(0)?, shard])?;
        }
    }
    Ok(more)
}

pub(crate) fn hold_host(tx: &mut Tx<'_>, host: &str, until: Timestamp) -> Result<()> {
    let now = tx.now();
    tx.execute("DELETE FROM held_host WHERE until_at < ?1", &values![now])?;
    tx.execute(
        "INSERT INTO held_host (host, until_at) VALUES (?1, ?2)
         ON CONFLICT (host) DO UPDATE SET until_at = CASE WHEN held_host.until_at > excluded.until_at THEN held_host.until_at ELSE excluded.until_at END",
        &values![host, until],
    )?;
    Ok(())
}

pub(crate) fn held_hosts(tx: &mut Tx<'_>) -> Result<Vec<(String, Timestamp)>> {
    let now = tx.now();
    let rows = tx.query("SELECT host, until_at FROM held_host WHERE until_at > ?1", &values![now])?;
    rows.iter().map(|row| Ok((row.text(0)?, row.time(1)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_in_one_shard_and_hosts_are_spread() {
        assert_eq!(shard_of("https://outlet.example/feed"), shard_of("http://OUTLET.example:8080/a?b"));
        let used: std::collections::HashSet<i64> =
            (0..5000).map(|number| shard_of(&format!("https://outlet{number}.example/"))).collect();
        assert!(used.len() > 1000 && used.iter().all(|shard| (0..1024).contains(shard)), "{}", used.len());
        assert_eq!(shard_of("no address"), shard_of(""));
    }
}
