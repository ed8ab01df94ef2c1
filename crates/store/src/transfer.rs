//! A store taken from SQLite to PostgreSQL: table by table, resumable, verified.
//!
//! The file is locked for writing while it is read, so that the copy is of one moment and nothing that was acknowledged is
//! missing from it; whoever reads it goes on. What was copied is noted in the transaction that stores it. In the end both
//! sides are read and compared: the number of rows of each table, and a sum over the hashes of all rows. A table that differs
//! (the file was written between two attempts) is copied anew.

use crate::engine::{Value, connect_sqlite};
use crate::{DatabaseUrl, Result, Store, StoreError, migrate};
use firsthand_model::Clock;
use firsthand_text::shingles::stable_hash;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;

/// Rows in one transaction, and the bytes of text after which there are no more in it.
const ROWS: usize = 2_000;
const BYTES: usize = 8 << 20;
/// Tables of this database's own state, which are not those of another.
const OWN: &[&str] = &["schema_version", "node", "lease"];
/// How often a table is copied that differs afterwards.
const ATTEMPTS: usize = 2;

/// What `PRAGMA user_version` of a file is whose data has been moved. No schema of ours uses it otherwise.
pub(crate) const MOVED: i64 = 0x6d6f_7664;

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferStep {
    /// What is being done, in words.
    pub doing: String,
    /// Rows done, of all.
    pub rows: u64,
    /// Rows there are.
    pub of: u64,
}

/// What was taken over.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct TransferReport {
    /// Each table with its rows, and the sum over their hashes that both sides have.
    pub tables: Vec<TransferredTable>,
    /// Rows in all.
    pub rows: u64,
    /// Rows that an earlier attempt had copied.
    pub resumed: u64,
    /// The size of the file, in bytes.
    pub bytes_from: u64,
    /// The size of the database, in bytes.
    pub bytes_to: u64,
}

/// A table that is the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TransferredTable {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// The sum of the hashes of its rows, as hexadecimal digits.
    pub checksum: String,
}

#[derive(Clone)]
struct Table {
    name: String,
    columns: Vec<String>,
}

/// Rows and the sum of their hashes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    rows: u64,
    hash: u64,
}

impl Sum {
    /// Whatever order the rows come in, the sum is the same.
    fn add(&mut self, row: &[Value]) {
        let mut bytes = Vec::new();
        for value in row {
            match value {
                Value::Null => bytes.push(0),
                Value::Int(number) => {
                    bytes.push(1);
                    bytes.extend(number.to_le_bytes());
                }
                Value::Real(number) => {
                    bytes.push(2);
                    bytes.extend(number.to_bits().to_le_bytes());
                }
                // A column of the file may hold text where the server's holds its bytes.
                Value::Text(_) | Value::Blob(_) => {
                    let content = match value {
                        Value::Text(text) => text.as_bytes(),
                        Value::Blob(blob) => blob,
                        _ => &[],
                    };
                    bytes.push(3);
                    bytes.extend((content.len() as u64).to_le_bytes());
                    bytes.extend(content);
                }
            }
        }
        self.rows += 1;
        self.hash = self.hash.wrapping_add(stable_hash(&bytes));
    }
}

/// Rows of a table that belong into one transaction.
struct Chunk {
    table: usize,
    last_row: i64,
    rows: Vec<Vec<Value>>,
}

/// Takes a store from a file to an empty database on a server, or goes on with that. `keep`: the file stays in use, and
/// what is written to it later is not in the copy; else it says from then on that its data has been moved.
///
/// # Errors
/// A target that holds anything already, a file that others write to for longer than ten seconds, a difference that
/// remains.
pub async fn transfer(
    from: &Path,
    to: &DatabaseUrl,
    keep: bool,
    clock: Arc<dyn Clock>,
    progress: impl Fn(TransferStep) + Send + Sync,
) -> Result<TransferReport> {
    let DatabaseUrl::Postgres(address) = to else {
        return Err(StoreError::Invalid(
            "a store is taken to PostgreSQL: give --to postgres://USER@HOST/NAME".to_owned(),
        ));
    };
    if !from.is_file() {
        return Err(StoreError::Invalid(format!(
            "there is no file {}: name the database with --from sqlite:PATH",
            from.display()
        )));
    }
    // Brings the file's schema up to date.
    drop(Store::open(&DatabaseUrl::Sqlite(from.to_owned()), Arc::clone(&clock)).await?);
    let name = to.to_string();
    let mut target = Target::connect(address, &name).await?;
    let begun = target.is_under_way().await?;
    if !begun {
        drop(Store::open(to, clock).await?);
        target.must_be_empty().await?;
    }
    let path = from.to_owned();
    let opened = tokio::task::spawn_blocking(move || Source::open(&path)).await;
    let source = opened.map_err(|error| ended(&error))??;
    let tables = source.tables.clone();
    let of: u64 = source.counts.iter().sum();
    if !begun {
        target.begin(&tables).await?;
    }
    let resumed: u64 = target.progress().await?.values().map(|(_, rows)| *rows).sum();
    let mut source = Some(source);
    let mut redo: BTreeSet<String> = BTreeSet::new();
    for attempt in 0..ATTEMPTS {
        for table in &redo {
            target.empty(table).await?;
        }
        let after = target.progress().await?;
        let mut rows: u64 = after.values().map(|(_, rows)| *rows).sum();
        let (chunks, mut waiting) = mpsc::channel::<Chunk>(2);
        let Some(reader) = source.take() else { break };
        let starts: Vec<Option<i64>> = tables
            .iter()
            .map(|table| match after.get(&table.name) {
                Some((last, _)) => Some(*last),
                None => Some(i64::MIN),
            })
            .collect();
        let reading = tokio::task::spawn_blocking(move || {
            let done = reader.read(&starts, &chunks);
            (reader, done)
        });
        while let Some(chunk) = waiting.recv().await {
            let Some(table) = tables.get(chunk.table) else { continue };
            target.store(table, &chunk).await?;
            rows += chunk.rows.len() as u64;
            progress(TransferStep { doing: format!("copying {}", table.name), rows, of });
        }
        let (reader, done) = reading.await.map_err(|error| ended(&error))?;
        done?;
        progress(TransferStep { doing: "comparing both sides".to_owned(), rows: 0, of });
        let summing = tokio::task::spawn_blocking(move || {
            let sums = reader.sums();
            (reader, sums)
        });
        let mut there = Vec::new();
        let mut compared = 0;
        for table in &tables {
            let sum = target.sum(table).await?;
            compared += sum.rows;
            progress(TransferStep { doing: format!("comparing {}", table.name), rows: compared, of });
            there.push(sum);
        }
        let (reader, here) = summing.await.map_err(|error| ended(&error))?;
        let here = here?;
        source = Some(reader);
        redo = tables
            .iter()
            .zip(here.iter().zip(&there))
            .filter(|(_, (here, there))| here != there)
            .map(|(table, _)| table.name.clone())
            .collect();
        if redo.is_empty() {
            progress(TransferStep { doing: "making indexes".to_owned(), rows: of, of });
            target.finish().await?;
            let bytes_to = target.size().await?;
            let report = TransferReport {
                rows: here.iter().map(|sum| sum.rows).sum(),
                resumed,
                bytes_from: std::fs::metadata(from).map_or(0, |file| file.len()),
                bytes_to,
                tables: tables
                    .iter()
                    .zip(&here)
                    .map(|(table, sum)| TransferredTable {
                        name: table.name.clone(),
                        rows: sum.rows,
                        checksum: format!("{:016x}", sum.hash),
                    })
                    .collect(),
            };
            if let Some(source) = source.take() {
                source.close(!keep)?;
            }
            return Ok(report);
        }
        tracing::warn!(attempt, tables = ?redo, "tables differ from the file's, and are copied anew");
    }
    Err(StoreError::Invalid(format!(
        "{} differ on both sides after {ATTEMPTS} attempts: is somebody else writing to {name}? The file is as it was; empty the database and begin anew",
        redo.into_iter().collect::<Vec<_>>().join(", ")
    )))
}

fn ended(error: &tokio::task::JoinError) -> StoreError {
    StoreError::Invalid(format!("the work ended early ({error})"))
}

/// The file, locked for writing.
struct Source {
    connection: Connection,
    path: String,
    tables: Vec<Table>,
    counts: Vec<u64>,
}

impl Source {
    fn open(path: &Path) -> Result<Self> {
        let connection = connect_sqlite(path, false)?;
        let failed = |error: rusqlite::Error| crate::engine::sqlite_failure(path, &error.to_string());
        // Others read on; whoever writes is told that the file is locked.
        connection.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
        let names: Vec<String> = {
            let mut names = connection
                .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'article_search%' ORDER BY name")
                .map_err(failed)?;
            names.query_map([], |row| row.get(0)).and_then(Iterator::collect).map_err(failed)?
        };
        let mut source = Self { connection, path: path.display().to_string(), tables: Vec::new(), counts: Vec::new() };
        for name in names.into_iter().filter(|name| !OWN.contains(&name.as_str())) {
            let (columns, count) = source.look_at(&name).map_err(failed)?;
            source.tables.push(Table { name, columns });
            source.counts.push(count);
        }
        Ok(source)
    }

    fn look_at(&self, table: &str) -> rusqlite::Result<(Vec<String>, u64)> {
        let mut columns = self.connection.prepare(&format!("PRAGMA table_info({table})"))?;
        let columns: Vec<String> = columns.query_map([], |row| row.get(1))?.collect::<rusqlite::Result<_>>()?;
        let count: i64 = self.connection.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0))?;
        Ok((columns, count.unsigned_abs()))
    }

    fn failure(&self, error: &rusqlite::Error) -> StoreError {
        crate::engine::sqlite_failure(Path::new(&self.path), &error.to_string())
    }

    /// Sends the rows of each table that come after one, in the order in which they lie in the file.
    fn read(&self, after: &[Option<i64>], chunks: &mpsc::Sender<Chunk>) -> Result<()> {
        for (place, table) in self.tables.iter().enumerate() {
            let Some(Some(after)) = after.get(place) else { continue };
            let mut chunk = Chunk { table: place, last_row: *after, rows: Vec::new() };
            let mut bytes = 0;
            let mut heard = true;
            self.rows(table, *after, |row_id, row| {
                bytes += row.iter().map(size).sum::<usize>();
                chunk.last_row = row_id;
                chunk.rows.push(row);
                if chunk.rows.len() >= ROWS || bytes >= BYTES {
                    let next = Chunk { table: place, last_row: row_id, rows: Vec::new() };
                    bytes = 0;
                    // Nobody hears when the other side failed: it says why.
                    heard = chunks.blocking_send(std::mem::replace(&mut chunk, next)).is_ok();
                }
                heard
            })?;
            if !heard || !chunk.rows.is_empty() && chunks.blocking_send(chunk).is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn sums(&self) -> Result<Vec<Sum>> {
        let mut sums = Vec::new();
        for table in &self.tables {
            let mut sum = Sum::default();
            self.rows(table, i64::MIN, |_, row| {
                sum.add(&row);
                true
            })?;
            sums.push(sum);
        }
        Ok(sums)
    }

    fn rows(&self, table: &Table, after: i64, mut take: impl FnMut(i64, Vec<Value>) -> bool) -> Result<()> {
        let sql =
            format!("SELECT rowid, {} FROM {} WHERE rowid > ?1 ORDER BY rowid", table.columns.join(", "), table.name);
        let failed = |error: rusqlite::Error| self.failure(&error);
        let mut statement = self.connection.prepare(&sql).map_err(failed)?;
        let mut rows = statement.query([after]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let mut values = Vec::with_capacity(table.columns.len());
            for column in 1..=table.columns.len() {
                values.push(match row.get_ref(column).map_err(failed)? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(value) => Value::Int(value),
                    ValueRef::Real(value) => Value::Real(value),
                    // The server's text holds no NUL; what stands for it there counts here as well.
                    ValueRef::Text(value) => Value::Text(String::from_utf8_lossy(value).replace('\0', "\u{FFFD}")),
                    ValueRef::Blob(value) => Value::Blob(value.to_vec()),
                });
            }
            if !take(row.get(0).map_err(failed)?, values) {
                break;
            }
        }
        Ok(())
    }

    /// Lets others write again; `moved`: never again, since the data is elsewhere now.
    fn close(self, moved: bool) -> Result<()> {
        let sql = if moved { format!("PRAGMA user_version = {MOVED}; COMMIT") } else { "COMMIT".to_owned() };
        self.connection.execute_batch(&sql).map_err(|error| self.failure(&error))
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Blob(blob) => blob.len(),
        _ => 8,
    }
}

/// The database on the server.
struct Target {
    client: Client,
    name: String,
    /// The types of columns, by table and column.
    types: HashMap<(String, String), String>,
}

impl Target {
    async fn connect(address: &str, name: &str) -> Result<Self> {
        let failed = |error: &dyn std::fmt::Display| StoreError::Database {
            database: name.to_owned(),
            message: format!("{error}: is the server running, is the database made, are user and password right?"),
        };
        let mut config: tokio_postgres::Config =
            address.parse().map_err(|error: tokio_postgres::Error| failed(&error))?;
        let tls = crate::engine::tls_connector(&mut config).map_err(|error| failed(&error))?;
        let (client, connection) =
            config.connect(tls).await.map_err(|error| failed(&crate::engine::postgres_words(&error)))?;
        let lost = name.to_owned();
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!("the connection to {lost} ended: {error}");
            }
        });
        Ok(Self { client, name: name.to_owned(), types: HashMap::new() })
    }

    fn failure(&self, error: &tokio_postgres::Error) -> StoreError {
        StoreError::Database { database: self.name.clone(), message: crate::engine::postgres_words(error) }
    }

    async fn run(&self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).await.map_err(|error| self.failure(&error))
    }

    async fn ask(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<tokio_postgres::Row>> {
        self.client.query(sql, parameters).await.map_err(|error| self.failure(&error))
    }

    async fn is_under_way(&self) -> Result<bool> {
        let rows = self.ask("SELECT to_regclass('transfer_table') IS NOT NULL", &[]).await?;
        Ok(rows.first().is_some_and(|row| row.get(0)))
    }

    async fn must_be_empty(&self) -> Result<()> {
        let rows = self
            .ask(
                "SELECT (SELECT COUNT(*) FROM feed) + (SELECT COUNT(*) FROM article) + (SELECT COUNT(*) FROM account)",
                &[],
            )
            .await?;
        let held: i64 = rows.first().map_or(0, |row| row.get(0));
        if held > 0 {
            return Err(StoreError::Invalid(format!(
                "{} is not empty ({held} feeds, articles and accounts): nothing was changed there; give an empty database",
                self.name
            )));
        }
        Ok(())
    }

    /// Puts aside, and notes, what would only slow the copy down or stand in its way: indexes and references come back
    /// when all rows are there, which checks them as well.
    async fn begin(&self, tables: &[Table]) -> Result<()> {
        self.run("BEGIN").await?;
        self.run(
            "CREATE TABLE transfer_table (name TEXT PRIMARY KEY, last_row BIGINT NOT NULL, rows BIGINT NOT NULL);
             CREATE TABLE transfer_later (place BIGINT PRIMARY KEY, sql TEXT NOT NULL)",
        )
        .await?;
        let references = self
            .ask(
                "SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
                 WHERE contype = 'f' AND conparentid = 0 AND connamespace = current_schema()::regnamespace ORDER BY conname, conrelid",
                &[],
            )
            .await?;
        let indexes = self
            .ask(
                "SELECT relname::text, replace(pg_get_indexdef(pg_class.oid), ' ON ONLY ', ' ON ') FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid
                 WHERE relnamespace = current_schema()::regnamespace AND NOT relispartition
                   AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = pg_class.oid)
                 ORDER BY relname",
                &[],
            )
            .await?;
        // A file has no table of addresses.
        let mut later = vec![
            "INSERT INTO article_address (canonical_url, article_id) SELECT canonical_url, id FROM article".to_owned(),
        ];
        for row in &indexes {
            let (name, definition): (String, String) = (row.get(0), row.get(1));
            self.run(&format!("DROP INDEX \"{name}\"")).await?;
            later.push(definition);
        }
        for row in &references {
            let (table, name, definition): (String, String, String) = (row.get(0), row.get(1), row.get(2));
            self.run(&format!("ALTER TABLE {table} DROP CONSTRAINT \"{name}\"")).await?;
            later.push(format!("ALTER TABLE {table} ADD CONSTRAINT \"{name}\" {definition}"));
        }
        for (place, sql) in (0_i64..).zip(&later) {
            self.ask("INSERT INTO transfer_later (place, sql) VALUES ($1, $2)", &[&place, sql]).await?;
        }
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        self.run(&format!("TRUNCATE {}", names.join(", "))).await?;
        self.run("COMMIT").await
    }

    /// The last row and the number of rows of each table that was begun.
    async fn progress(&mut self) -> Result<HashMap<String, (i64, u64)>> {
        let columns = self
            .ask(
                "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns WHERE table_schema = current_schema()",
                &[],
            )
            .await?;
        self.types = columns.iter().map(|row| ((row.get(0), row.get(1)), row.get(2))).collect();
        let rows = self.ask("SELECT name, last_row, rows FROM transfer_table", &[]).await?;
        Ok(rows
            .iter()
            .map(|row| (row.get::<_, String>(0), (row.get::<_, i64>(1), row.get::<_, i64>(2).unsigned_abs())))
            .collect())
    }

    async fn empty(&self, table: &str) -> Result<()> {
        self.run(&format!("BEGIN; TRUNCATE {table}; DELETE FROM transfer_table WHERE name = '{table}'; COMMIT")).await
    }

    fn kind(&self, table: &Table, column: &str) -> &str {
        self.types.get(&(table.name.clone(), column.to_owned())).map_or("text", String::as_str)
    }

    async fn store(&self, table: &Table, chunk: &Chunk) -> Result<()> {
        let mut arrays: Vec<Box<dyn ToSql + Sync + Send>> = Vec::new();
        let mut kinds = Vec::new();
        for (place, column) in table.columns.iter().enumerate() {
            let values = || chunk.rows.iter().map(move |row| row.get(place).unwrap_or(&Value::Null));
            let misfit = || {
                StoreError::Invalid(format!(
                    "{}.{column} holds a value of another kind than the server's column: the file was changed by another program",
                    table.name
                ))
            };
            let (array, kind): (Box<dyn ToSql + Sync + Send>, &str) = match self.kind(table, column) {
                "bigint" | "integer" => {
                    let array = values().map(|value| match value {
                        Value::Int(number) => Ok(Some(*number)),
                        Value::Null => Ok(None),
                        _ => Err(misfit()),
                    });
                    (Box::new(array.collect::<Result<Vec<Option<i64>>>>()?), "int8")
                }
                "double precision" => {
                    let array = values().map(|value| match value {
                        Value::Real(number) => Ok(Some(*number)),
                        Value::Int(number) => Ok(Some(*number as f64)),
                        Value::Null => Ok(None),
                        _ => Err(misfit()),
                    });
                    (Box::new(array.collect::<Result<Vec<Option<f64>>>>()?), "float8")
                }
                "bytea" => {
                    let array = values().map(|value| match value {
                        Value::Blob(bytes) => Ok(Some(bytes.clone())),
                        Value::Text(text) => Ok(Some(text.clone().into_bytes())),
                        Value::Null => Ok(None),
                        _ => Err(misfit()),
                    });
                    (Box::new(array.collect::<Result<Vec<Option<Vec<u8>>>>>()?), "bytea")
                }
                _ => {
                    let array = values().map(|value| match value {
                        Value::Text(text) => Ok(Some(text.clone())),
                        Value::Null => Ok(None),
                        _ => Err(misfit()),
                    });
                    (Box::new(array.collect::<Result<Vec<Option<String>>>>()?), "text")
                }
            };
            arrays.push(array);
            kinds.push(kind);
        }
        let unnested: Vec<String> =
            kinds.iter().enumerate().map(|(place, kind)| format!("${}::{kind}[]", place + 1)).collect();
        let sql = format!(
            "INSERT INTO {} ({}) SELECT * FROM unnest({})",
            table.name,
            table.columns.join(", "),
            unnested.join(", ")
        );
        let parameters: Vec<&(dyn ToSql + Sync)> = arrays.iter().map(|array| array.as_ref() as _).collect();
        self.run("BEGIN").await?;
        self.ask(&sql, &parameters).await?;
        let rows = i64::try_from(chunk.rows.len()).unwrap_or(i64::MAX);
        self.ask(
            "INSERT INTO transfer_table (name, last_row, rows) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET last_row = excluded.last_row, rows = transfer_table.rows + excluded.rows",
            &[&table.name, &chunk.last_row, &rows],
        )
        .await?;
        self.run("COMMIT").await
    }

    /// Reads a table part by part: a cursor holds nothing but where it is.
    async fn sum(&self, table: &Table) -> Result<Sum> {
        let mut sum = Sum::default();
        self.run("BEGIN READ ONLY").await?;
        self.run(&format!(
            "DECLARE all_rows NO SCROLL CURSOR FOR SELECT {} FROM {}",
            table.columns.join(", "),
            table.name
        ))
        .await?;
        loop {
            let rows = self.ask(&format!("FETCH {} FROM all_rows", ROWS / 4), &[]).await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                let mut values = Vec::with_capacity(table.columns.len());
                for column in 0..row.len() {
                    values.push(crate::engine::postgres_value(row, column).map_err(|error| self.failure(&error))?);
                }
                sum.add(&values);
            }
        }
        self.run("COMMIT").await?;
        Ok(sum)
    }

    /// Puts back what was put aside, one after the other: each is done or not, and an attempt that ended goes on with it.
    async fn finish(&self) -> Result<()> {
        for row in self.ask("SELECT place, sql FROM transfer_later ORDER BY place", &[]).await? {
            let (place, sql): (i64, String) = (row.get(0), row.get(1));
            self.run(&format!("BEGIN; {sql}; DELETE FROM transfer_later WHERE place = {place}; COMMIT")).await?;
        }
        self.run("DROP TABLE transfer_later, transfer_table").await?;
        self.run("ANALYZE").await
    }

    async fn size(&self) -> Result<u64> {
        let rows = self.ask("SELECT pg_database_size(current_database())", &[]).await?;
        Ok(rows.first().map_or(0, |row| row.get::<_, i64>(0)).unsigned_abs())
    }
}

/// Whether a database on a server is being filled by [`transfer`].
pub(crate) fn is_half_filled(tx: &mut crate::engine::Tx<'_>) -> Result<bool> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM pg_class WHERE oid = to_regclass('transfer_table')";
    Ok(tx.number(sql, &[])? > 0)
}

/// What is said of a database that is being filled.
pub(crate) fn half_filled(database: &str) -> StoreError {
    StoreError::Invalid(format!(
        "{database} is being filled by `firsthand migrate`, or that ended early: run it again to finish, then start this"
    ))
}

/// What is said of a file whose data is elsewhere.
pub(crate) fn moved(database: &str) -> StoreError {
    StoreError::Database {
        database: database.to_owned(),
        message: format!(
            "its data was moved to PostgreSQL by `firsthand migrate`: start with --database postgres://… (to go back to this file, without what was stored there since: sqlite3 FILE 'PRAGMA user_version = 0'; schema {})",
            migrate::newest()
        ),
    }
}
