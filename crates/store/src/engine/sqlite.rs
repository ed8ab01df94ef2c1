//! SQLite: one thread that writes, a few connections that read.

use super::{Dialect, Row, Statements, Tx, Value};
use crate::{Result, StoreError};
use firsthand_model::{Clock, IdMaker};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};

const READERS: usize = 4;
/// The most use cases that share one commit.
const BATCH: usize = 64;
/// Another process (`firsthand add` beside a server) may hold the file for a moment.
const BUSY: Duration = Duration::from_secs(10);

/// A use case under way: run within the open transaction; what it gives is called with the outcome of the commit.
type Job = Box<dyn FnOnce(&mut Connection) -> Finish + Send>;
type Finish = Box<dyn FnOnce(&std::result::Result<(), String>) + Send>;

/// An open database. Dropping the last handle ends the writing thread after what it has begun.
pub(crate) struct Sqlite {
    path: PathBuf,
    jobs: mpsc::Sender<Job>,
    readers: Mutex<Vec<Connection>>,
    places: Semaphore,
    clock: Arc<dyn Clock>,
    ids: Arc<IdMaker>,
}

impl Sqlite {
    pub(crate) fn new(path: &Path, writer: Connection, clock: Arc<dyn Clock>, ids: Arc<IdMaker>) -> Result<Self> {
        let readers: Result<Vec<Connection>> = (0..READERS).map(|_| connect(path, true)).collect();
        let (jobs, waiting) = mpsc::channel();
        let thread = std::thread::Builder::new().name("store".to_owned());
        thread.spawn(move || write_loop(writer, &waiting)).map_err(|error| failure(path, &error.to_string()))?;
        Ok(Self {
            path: path.to_owned(),
            jobs,
            readers: Mutex::new(readers?),
            places: Semaphore::new(READERS),
            clock,
            ids,
        })
    }

    /// Runs a use case that writes. It shares a commit with others that wait, but fails alone.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let (ids, clock, path) = (Arc::clone(&self.ids), Arc::clone(&self.clock), self.path.clone());
        let job: Job = Box::new(move |connection| {
            let result =
                in_savepoint(connection, &path, |statements| work(&mut Tx::new(statements, &ids, clock.now())));
            Box::new(move |committed| {
                let result = match committed {
                    Ok(()) => result,
                    Err(error) => result.and_then(|_| Err(failure(&path, error))),
                };
                let _ = answer.send(result);
            })
        });
        self.jobs.send(job).map_err(|_| failure(&self.path, "the writing thread has ended"))?;
        answered.await.map_err(|_| failure(&self.path, "the writing thread has ended"))?
    }

    /// Runs a use case that reads, on a snapshot of its own.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let store = Arc::clone(self);
        let _place = self.places.acquire().await;
        let done = tokio::task::spawn_blocking(move || {
            let taken = store.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = match taken {
                Some(connection) => connection,
                None => connect(&store.path, true)?,
            };
            connection.execute_batch("BEGIN").map_err(|error| failure(&store.path, &error.to_string()))?;
            let mut statements = On { connection: &connection, path: &store.path };
            let result = work(&mut Tx::new(&mut statements, &store.ids, store.clock.now()));
            // A connection that does not come back to rest is left to be closed.
            if connection.execute_batch("ROLLBACK").is_ok() {
                store.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            }
            result
        });
        done.await.map_err(|error| failure(&self.path, &format!("a read ended early ({error})")))?
    }
}

fn write_loop(mut connection: Connection, waiting: &mpsc::Receiver<Job>) {
    while let Ok(first) = waiting.recv() {
        let begun = connection.execute_batch("BEGIN IMMEDIATE").map_err(|error| error.to_string());
        // Another process may have moved the data elsewhere: what were written now would be lost.
        let begun = begun.and_then(|()| if is_moved(&connection) { Err(MOVED_ELSEWHERE.to_owned()) } else { Ok(()) });
        let mut finishes = Vec::new();
        let jobs = std::iter::once(first).chain(waiting.try_iter().take(BATCH - 1));
        for job in jobs {
            // A use case that panics is dropped with its answer; the others go on.
            if let Ok(finish) = catch_unwind(AssertUnwindSafe(|| job(&mut connection))) {
                finishes.push(finish);
            }
        }
        let outcome = begun.and_then(|()| connection.execute_batch("COMMIT").map_err(|error| error.to_string()));
        if outcome.is_err() && !connection.is_autocommit() {
            let _ = connection.execute_batch("ROLLBACK");
        }
        for finish in finishes {
            finish(&outcome);
        }
    }
}

/// What is said of a write to a file whose data is elsewhere.
const MOVED_ELSEWHERE: &str =
    "its data was moved to PostgreSQL by `firsthand migrate`: start with --database postgres://…";

/// Whether the data of a file has been moved to a server.
pub(crate) fn is_moved(connection: &Connection) -> bool {
    let version = connection
        .prepare_cached("PRAGMA user_version")
        .and_then(|mut asked| asked.query_row([], |row| row.get::<_, i64>(0)));
    version.is_ok_and(|version| version == crate::transfer::MOVED)
}

fn in_savepoint<T>(
    connection: &mut Connection,
    path: &Path,
    work: impl FnOnce(&mut dyn Statements) -> Result<T>,
) -> Result<T> {
    let sql = |error: rusqlite::Error| failure(path, &error.to_string());
    let savepoint = connection.savepoint().map_err(sql)?;
    let result = work(&mut On { connection: &savepoint, path });
    match result {
        Ok(value) => savepoint.commit().map_err(sql).map(|()| value),
        // Dropping the savepoint undoes what the use case did.
        Err(error) => Err(error),
    }
}

/// Opens a connection with the settings that every one of ours has.
pub(crate) fn connect(path: &Path, read_only: bool) -> Result<Connection> {
    let sql = |error: rusqlite::Error| failure(path, &error.to_string());
    let mode = if read_only {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    };
    let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(sql)?;
    connection.busy_timeout(BUSY).map_err(sql)?;
    connection.set_prepared_statement_cache_capacity(128);
    // FULL: what was acknowledged outlives a loss of power; commits are shared, so it is cheap.
    connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000").map_err(sql)?;
    if !read_only {
        // Of a new file: what is let go is given back to the disk bit by bit. Others are rewritten for it (`firsthand compact`).
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").map_err(sql)?;
        // Waits for nothing when it is WAL already.
        connection.pragma_update(None, "journal_mode", "WAL").map_err(sql)?;
    }
    Ok(connection)
}

/// An error of the database with what a person can do about it.
pub(crate) fn failure(path: &Path, message: &str) -> StoreError {
    let lower = message.to_lowercase();
    let advice = [
        ("not a database", "the file is no SQLite database: give another with --data or --database"),
        ("database or disk is full", "the disk is full: make room, nothing stored is lost"),
        ("readonly", "the file or its folder cannot be written: check who owns it"),
        ("read-only", "the file or its folder cannot be written: check who owns it"),
        ("unable to open", "the file cannot be opened: check that its folder is there and may be written"),
        ("locked", "another program holds the database: end it, or try again"),
        ("malformed", "the database is damaged: put back a backup with `firsthand restore`"),
    ];
    let advice = advice
        .iter()
        .find(|(sign, _)| lower.contains(sign))
        .map(|(_, advice)| format!(" ({advice})"))
        .unwrap_or_default();
    StoreError::Database { database: format!("sqlite:{}", path.display()), message: format!("{message}{advice}") }
}

/// A connection within a transaction.
pub(crate) struct On<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) path: &'a Path,
}

impl On<'_> {
    fn error(&self, error: &rusqlite::Error) -> StoreError {
        failure(self.path, &error.to_string())
    }
}

impl Statements for On<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64> {
        let mut statement = self.connection.prepare_cached(sql).map_err(|error| self.error(&error))?;
        let changed = statement.execute(rusqlite::params_from_iter(parameters)).map_err(|error| self.error(&error))?;
        Ok(changed as u64)
    }

    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>> {
        let mut statement = self.connection.prepare_cached(sql).map_err(|error| self.error(&error))?;
        let columns = statement.column_count();
        let mut rows = statement.query(rusqlite::params_from_iter(parameters)).map_err(|error| self.error(&error))?;
        let mut out = Vec::new();
        while let Some(row) = rows.next().map_err(|error| self.error(&error))? {
            let mut values = Vec::with_capacity(columns);
            for column in 0..columns {
                let value = row.get_ref(column).map_err(|error| self.error(&error))?;
                values.push(match value {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(value) => Value::Int(value),
                    ValueRef::Real(value) => Value::Real(value),
                    ValueRef::Text(value) => Value::Text(String::from_utf8_lossy(value).into_owned()),
                    ValueRef::Blob(value) => Value::Blob(value.to_vec()),
                });
            }
            out.push(Row(values));
        }
        Ok(out)
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        self.connection.execute_batch(sql).map_err(|error| self.error(&error))
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        Ok(rusqlite::types::ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Real(value) => ValueRef::Real(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Blob(value) => ValueRef::Blob(value),
        }))
    }
}
