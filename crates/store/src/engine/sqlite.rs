//! SQLite: one thread that writes, a few that read, each with a connection of its own.

use super::{Dialect, Row, Statements, Tx, Value};
use crate::{Result, StoreError};
use firsthand_model::{Clock, IdMaker};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;
use tokio::sync::oneshot;

const READERS: usize = 4;
/// What a connection remembers of the file, in KiB; the system remembers the rest.
const CACHE_KIB: u32 = 8_000;
/// The most use cases that share one commit.
const BATCH: usize = 64;
/// Another process (`firsthand add` beside a server) may hold the file for a moment.
const BUSY: Duration = Duration::from_secs(10);

/// A use case under way: run within the open transaction; what it gives is called with the outcome of the commit.
type Job = Box<dyn FnOnce(&mut Connection) -> Finish + Send>;
type Finish = Box<dyn FnOnce(&std::result::Result<(), String>) + Send>;
/// A use case that reads, on a connection that begins no transaction by itself; it tells whether the connection came back to rest.
type ReadJob = Box<dyn FnOnce(&Connection) -> bool + Send>;

/// An open database. Dropping the last handle ends its threads after what they have begun.
pub(crate) struct Sqlite {
    path: PathBuf,
    jobs: mpsc::Sender<Job>,
    reads: mpsc::Sender<ReadJob>,
    clock: Arc<dyn Clock>,
    ids: Arc<IdMaker>,
}

impl Sqlite {
    pub(crate) fn new(path: &Path, writer: Connection, clock: Arc<dyn Clock>, ids: Arc<IdMaker>) -> Result<Self> {
        let (jobs, waiting) = mpsc::channel();
        let begin = |name: &str, work: Box<dyn FnOnce() + Send>| {
            let thread = std::thread::Builder::new().name(name.to_owned());
            thread.spawn(work).map(drop).map_err(|error| failure(path, &error.to_string()))
        };
        let (reading, readers_gone) = mpsc::channel::<Infallible>();
        let write = move || {
            let connection = write_loop(writer, &waiting);
            // Whoever closes the file last tidies up its log, which those that read cannot.
            let _ = readers_gone.recv();
            drop(connection);
        };
        begin("store", Box::new(write))?;
        let (reads, waiting) = mpsc::channel();
        let waiting = Arc::new(Mutex::new(waiting));
        // What a connection remembers is allocated and freed by one thread: among many it would lie scattered and never be given back.
        for _ in 0..READERS {
            let (connection, path) = (connect(path, true)?, path.to_owned());
            let (waiting, reading) = (Arc::clone(&waiting), reading.clone());
            let read = move || {
                read_loop(connection, &path, &waiting);
                drop(reading);
            };
            begin("reads", Box::new(read))?;
        }
        Ok(Self { path: path.to_owned(), jobs, reads, clock, ids })
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
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let (ids, clock, path) = (Arc::clone(&self.ids), Arc::clone(&self.clock), self.path.clone());
        let job: ReadJob = Box::new(move |connection| {
            // Who asked has gone meanwhile.
            if answer.is_closed() {
                return true;
            }
            let result =
                connection.execute_batch("BEGIN").map_err(|error| failure(&path, &error.to_string())).and_then(|()| {
                    let mut statements = On { connection, path: &path };
                    work(&mut Tx::new(&mut statements, &ids, clock.now()))
                });
            let at_rest = connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok();
            let _ = answer.send(result);
            at_rest
        });
        let ended = || failure(&self.path, "a read ended early");
        self.reads.send(job).map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }
}

fn read_loop(mut connection: Connection, path: &Path, waiting: &Mutex<mpsc::Receiver<ReadJob>>) {
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // A use case that panics is dropped with its answer; the others go on.
        if catch_unwind(AssertUnwindSafe(|| job(&connection))).unwrap_or(false) {
            continue;
        }
        // A connection that does not come back to rest is closed. Until there is another, whoever asks is told what is wrong.
        match connect(path, true) {
            Ok(another) => connection = another,
            Err(error) => tracing::error!("a connection that reads could not be opened anew: {error}"),
        }
    }
}

/// Gives the connection back when nobody is left who could write.
fn write_loop(mut connection: Connection, waiting: &mpsc::Receiver<Job>) -> Connection {
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
    connection
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
    connection
        .execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY")
        .map_err(sql)?;
    connection.pragma_update(None, "cache_size", -i64::from(CACHE_KIB)).map_err(sql)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use firsthand_model::{ManualClock, Timestamp};
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicBool, Ordering};

    fn open(path: &Path) -> Sqlite {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(Timestamp::from_seconds(1_772_445_600)));
        Sqlite::new(path, connect(path, false).unwrap(), clock, Arc::new(IdMaker::above(0))).unwrap()
    }

    #[tokio::test]
    async fn a_read_that_fails_leaves_the_others_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder.path().join("a.db"));
        store.write(|tx| tx.batch("CREATE TABLE word (word TEXT); INSERT INTO word VALUES ('ferry')")).await.unwrap();
        // As often as there are threads that read: each of them meets one.
        for _ in 0..READERS {
            let failed: Result<()> = store.read(|_| panic!("a fault of a use case")).await;
            assert!(failed.is_err());
            assert!(store.read(|tx| tx.batch("SELECT nothing FROM nowhere")).await.is_err());
        }
        let words = (0..3 * READERS).map(|_| store.read(|tx| tx.first("SELECT word FROM word", &[])));
        for word in words {
            assert_eq!(word.await.unwrap().unwrap().text(0).unwrap(), "ferry");
        }
        assert!(store.read(|tx| tx.batch("DELETE FROM word")).await.is_err(), "nothing is written by who reads");
    }

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(open(&folder.path().join("a.db")));
        let all_are_busy = Arc::new(Barrier::new(READERS + 1));
        let busy: Vec<_> = (0..READERS)
            .map(|_| {
                let (store, all_are_busy) = (Arc::clone(&store), Arc::clone(&all_are_busy));
                tokio::spawn(async move {
                    let wait = move |_: &mut Tx<'_>| {
                        // Once when it is begun, once when it may end.
                        all_are_busy.wait();
                        all_are_busy.wait();
                        Ok(())
                    };
                    store.read(wait).await
                })
            })
            .collect();
        tokio::task::yield_now().await;
        all_are_busy.wait();
        let was_read = Arc::new(AtomicBool::new(false));
        let reads = Arc::clone(&was_read);
        let asked = store.read(move |_| {
            reads.store(true, Ordering::SeqCst);
            Ok(())
        });
        assert!(tokio::time::timeout(Duration::ZERO, asked).await.is_err(), "it waits for its turn");
        all_are_busy.wait();
        for one in busy {
            one.await.unwrap().unwrap();
        }
        for _ in 0..READERS {
            store.read(|tx| tx.batch("SELECT 1")).await.unwrap();
        }
        assert!(!was_read.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn the_log_is_tidied_up_when_the_last_handle_goes() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder.path().join("a.db"));
        store.write(|tx| tx.batch("CREATE TABLE word (word TEXT)")).await.unwrap();
        store.read(|tx| tx.batch("SELECT word FROM word")).await.unwrap();
        let log = folder.path().join("a.db-wal");
        assert!(log.exists());
        drop(store);
        for _ in 0..500 {
            if !log.exists() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the log is still there");
    }
}
