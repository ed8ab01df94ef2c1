//! What is remembered of outlets' pages, for the extraction of the next ones.

use crate::Result;
use crate::engine::{Tx, values};
use firsthand_model::*;

pub(crate) fn of_site(tx: &mut Tx<'_>, outlet: OutletId) -> Result<Vec<u8>> {
    let row = tx.first("SELECT memory FROM site_memory WHERE outlet_id = ?1", &values![outlet])?;
    row.map_or(Ok(Vec::new()), |row| row.blob(0))
}

pub(crate) fn set_of_site(tx: &mut Tx<'_>, outlet: OutletId, memory: &[u8]) -> Result<()> {
    tx.execute(
        "INSERT INTO site_memory (outlet_id, memory) VALUES (?1, ?2)
         ON CONFLICT (outlet_id) DO UPDATE SET memory = excluded.memory",
        &values![outlet, memory],
    )?;
    Ok(())
}

pub(crate) fn text_of(tx: &mut Tx<'_>, article: ArticleId) -> Result<Option<String>> {
    let row = tx.first("SELECT text FROM article WHERE id = ?1", &values![article])?;
    row.map(|row| row.text(0)).transpose()
}
