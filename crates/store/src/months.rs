//! Articles on a server lie in a table for each month (partitions by the number of an article, which rises with time).
//!
//! Months are made ahead of time. What falls into none goes to a table of its own and is found there like any other: making
//! months is housekeeping, and nothing fails when it was not done.

use crate::Result;
use crate::engine::{Dialect, Tx, values};

/// The months from this one on that have no table yet and could have one: their name, first number, and first number of the next.
/// A month that the table of all articles before reaches into has that; one of which the table for the rest holds articles keeps it.
const MISSING: &str = "
    SELECT 'article_' || to_char(month, 'YYYY_MM'), first_id, next_id FROM (
      SELECT month, CAST(EXTRACT(EPOCH FROM month) * 1000 - 1735689600000 AS BIGINT) * 256 AS first_id,
             CAST(EXTRACT(EPOCH FROM month + interval '1 month') * 1000 - 1735689600000 AS BIGINT) * 256 AS next_id
      FROM (SELECT this + n * interval '1 month' AS month
            FROM (SELECT date_trunc('month', timezone('UTC', to_timestamp(CAST(?1 AS BIGINT) / 1000.0))) AS this) AS present, generate_series(0, 2) AS n) AS coming
    ) AS months
    WHERE to_regclass('article_' || to_char(month, 'YYYY_MM')) IS NULL
      AND first_id >= (SELECT CAST(substring(pg_get_expr(relpartbound, oid) FROM 'TO \\(\\D*(\\d+)') AS BIGINT) FROM pg_class WHERE oid = to_regclass('article_before'))
      AND NOT EXISTS (SELECT 1 FROM article_other WHERE article_other.id >= first_id AND article_other.id < next_id)
    ORDER BY month";

/// Whether a month's table is missing that should be there by now.
pub(crate) fn are_missing(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.dialect() == Dialect::Postgres && !tx.query(MISSING, &values![tx.now()])?.is_empty())
}

/// Makes tables for this month and the two that come.
pub(crate) fn make(tx: &mut Tx<'_>) -> Result<()> {
    if tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    // One process at a time; the others find them made.
    tx.batch("LOCK TABLE article_other IN SHARE UPDATE EXCLUSIVE MODE")?;
    for row in tx.query(MISSING, &values![tx.now()])? {
        let (name, first, next) = (row.text(0)?, row.int(1)?, row.int(2)?);
        tx.batch(&format!("CREATE TABLE {name} PARTITION OF article FOR VALUES FROM ({first}) TO ({next})"))?;
    }
    Ok(())
}

/// Renews the figures of all months together, by which the server plans; after each month's it looks by itself. The columns are
/// named, since the texts would take minutes.
pub(crate) fn measure(tx: &mut Tx<'_>) -> Result<()> {
    tx.batch(
        "ANALYZE article (id, story_id, outlet_id, published_at, admitted_at, assigned, language, role, corrected)",
    )
}

/// The months that are over and hold nothing: their tables.
const EMPTY: &str = "
    SELECT relname::text FROM pg_class JOIN pg_inherits ON inhrelid = pg_class.oid
    WHERE inhparent = 'article'::regclass AND relname LIKE 'article\\_%\\_%'
      AND relname < 'article_' || to_char(timezone('UTC', to_timestamp(CAST(?1 AS BIGINT) / 1000.0)) - interval '1 month', 'YYYY_MM')
    ORDER BY relname";

/// Takes away the tables of months that are over and of which nothing is kept.
pub(crate) fn drop_empty(tx: &mut Tx<'_>) -> Result<()> {
    if tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    for row in tx.query(EMPTY, &values![tx.now()])? {
        let name = row.text(0)?;
        if tx.first(&format!("SELECT 1 FROM {name} LIMIT 1"), &[])?.is_some() {
            continue;
        }
        // Everything that reads articles waits for this: it must not wait long itself. What is not had today is had tomorrow.
        tx.batch(&format!(
            "SET LOCAL lock_timeout = '1s'; ALTER TABLE article DETACH PARTITION {name}; DROP TABLE {name}"
        ))?;
    }
    Ok(())
}
