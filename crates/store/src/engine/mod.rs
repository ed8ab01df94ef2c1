//! The two database engines behind one small, synchronous interface.
//!
//! Use cases are plain functions over [`Tx`], written once with `?1` placeholders. A use case may
//! run more than once before it is committed (PostgreSQL asks for that when two transactions
//! meet), so it must do nothing but talk to its transaction.

mod hints;
mod postgres;
mod replicas;
mod sqlite;
mod tls;
mod value;

pub use postgres::ServerOptions;
pub(crate) use postgres::{Postgres, in_words as postgres_words, value_of as postgres_value};
pub(crate) use replicas::Replicas;
pub(crate) use sqlite::{Sqlite, connect as connect_sqlite, failure as sqlite_failure};
pub(crate) use tls::connector as tls_connector;
pub(crate) use value::{Row, Value, json_of, values, word_of};

use crate::Result;
use firsthand_model::{IdMaker, Timestamp};

/// Which SQL a transaction speaks, for the few statements that differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLite 3.
    Sqlite,
    /// PostgreSQL 15 or later.
    Postgres,
}

/// What an engine does within a transaction.
pub(crate) trait Statements {
    fn dialect(&self) -> Dialect;
    /// Runs a statement; gives the number of rows it changed.
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64>;
    /// Runs a query; gives all of its rows.
    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>>;
    /// Runs several statements without parameters.
    fn batch(&mut self, sql: &str) -> Result<()>;
}

/// A transaction as use cases see it.
pub(crate) struct Tx<'a> {
    statements: &'a mut dyn Statements,
    ids: &'a IdMaker,
    now: Timestamp,
    by_database: bool,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(statements: &'a mut dyn Statements, ids: &'a IdMaker, now: Timestamp) -> Self {
        Self { statements, ids, now, by_database: true }
    }

    /// Lets [`Self::database_now`] be the program's clock: a simulation has but one.
    pub(crate) fn by_own_clock(self) -> Self {
        Self { by_database: false, ..self }
    }

    /// The present.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// The database's clock, by which leases end: processes on several machines have no other in common. Where one
    /// process does all, that is its own.
    pub(crate) fn database_now(&mut self) -> Result<Timestamp> {
        if self.dialect() == Dialect::Sqlite || !self.by_database {
            return Ok(self.now);
        }
        let row = self.first("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)", &[])?;
        row.map_or(Ok(self.now), |row| row.time(0))
    }

    /// A new identifier.
    pub(crate) fn new_id(&self) -> i64 {
        self.ids.next(self.now)
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.statements.dialect()
    }

    pub(crate) fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64> {
        self.statements.execute(sql, parameters)
    }

    pub(crate) fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>> {
        self.statements.query(sql, parameters)
    }

    /// What follows asks by keys, each time alike: a server plans it once, not for each key anew.
    pub(crate) fn plan_once(&mut self) -> Result<()> {
        match self.dialect() {
            Dialect::Sqlite => Ok(()),
            Dialect::Postgres => self.batch("SET LOCAL plan_cache_mode = force_generic_plan"),
        }
    }

    /// What ends a query whose rows nobody else may change until this use case is done: it reads what others have committed, and
    /// they wait. On SQLite there is one writer.
    pub(crate) fn locked(&self) -> &'static str {
        match self.dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR UPDATE",
        }
    }

    /// What ends a query for a row that must still be there when this use case is done; others may change it meanwhile.
    pub(crate) fn staying(&self) -> &'static str {
        match self.dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR KEY SHARE",
        }
    }

    /// A set of numbers given as [`numbers`], the `n`th parameter, for `IN`: one statement for sets of any length.
    pub(crate) fn set(&self, n: usize) -> String {
        match self.dialect() {
            Dialect::Sqlite => format!("(SELECT value FROM json_each('[' || ?{n} || ']'))"),
            Dialect::Postgres => format!("(SELECT unnest(CAST('{{' || CAST(?{n} AS TEXT) || '}}' AS BIGINT[])))"),
        }
    }

    /// The first row of a query, if there is one.
    pub(crate) fn first(&mut self, sql: &str, parameters: &[Value]) -> Result<Option<Row>> {
        Ok(self.query(sql, parameters)?.into_iter().next())
    }

    /// The first column of the first row, as a number; 0 where there is none.
    pub(crate) fn number(&mut self, sql: &str, parameters: &[Value]) -> Result<i64> {
        Ok(self.first(sql, parameters)?.and_then(|row| row.maybe_int(0)).unwrap_or(0))
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        self.statements.batch(sql)
    }
}

/// Numbers as the parameter of a [`Tx::set`].
pub(crate) fn numbers(numbers: impl IntoIterator<Item = i64>) -> Value {
    Value::Text(numbers.into_iter().map(|number| number.to_string()).collect::<Vec<_>>().join(","))
}

/// Opens an SQLite database, makes it if it is not there, and brings its schema up to date.
pub(crate) fn open_sqlite(
    path: &std::path::Path,
    name: &str,
    clock: std::sync::Arc<dyn firsthand_model::Clock>,
) -> Result<Sqlite> {
    let mut writer = sqlite::connect(path, false)?;
    if sqlite::is_moved(&writer) {
        return Err(crate::transfer::moved(name));
    }
    let unused = IdMaker::default();
    let failed = |error: rusqlite::Error| sqlite::failure(path, &error.to_string());
    let transaction = writer.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(failed)?;
    let mut statements = sqlite::On { connection: &transaction, path };
    let mut tx = Tx::new(&mut statements, &unused, clock.now());
    crate::migrate::migrate(&mut tx, name)?;
    // Identifiers go on above all that were used, even if the clock was set back meanwhile.
    let greatest = tx.number("SELECT MAX(id) FROM (SELECT MAX(id) AS id FROM article UNION ALL SELECT MAX(id) FROM entry UNION ALL SELECT MAX(id) FROM reliance UNION ALL SELECT MAX(id) FROM feed UNION ALL SELECT MAX(id) FROM revision)", &[])?;
    transaction.commit().map_err(failed)?;
    Sqlite::new(path, writer, clock, std::sync::Arc::new(IdMaker::above(greatest)))
}
