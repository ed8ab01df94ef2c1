//! PostgreSQL: pooled connections; a use case runs on a blocking thread and waits for each answer.

use super::{Dialect, Row, Statements, Tx, Value, hints};
use crate::{Hint, Result, StoreError};
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use firsthand_model::{Clock, IdMaker};
use std::error::Error as _;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::broadcast;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres_rustls::MakeRustlsConnect;

const WAIT: Duration = Duration::from_secs(10);
/// How often a use case is run again when it met another one.
const TRIES: u32 = 50;
/// How often one is begun again whose connection was lost before anything of it can have been stored, and the pause
/// before that: a server that is started anew, or another that takes its place, is there again in a moment.
const RETURNS: u32 = 8;
const RETURN_PAUSE: Duration = Duration::from_millis(500);
/// Prepared statements that a connection keeps at the most.
const STATEMENTS: usize = 400;
/// What a connection of ours asks of the server: a statement that hangs, and a transaction whose process was frozen in
/// the midst of it, must not hold up the others for ever.
const MANNERS: &str =
    "SET statement_timeout = '60s'; SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = '15s'";

/// How a database on a server is used.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Connections at the most.
    pub connections: usize,
    /// Addresses of copies that follow the server (streaming replication), for the reading of pages.
    pub replicas: Vec<String>,
    /// Where long bodies lie (`s3://BUCKET/FOLDER`, `file:///FOLDER`); `None`: in the database.
    pub bodies: Option<String>,
    /// Leases end by the program's clock instead of the server's: for simulations, whose clock no server has.
    pub own_clock: bool,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self { connections: 16, replicas: Vec::new(), bodies: None, own_clock: false }
    }
}

/// A pool of connections to one server.
pub(crate) struct Postgres {
    name: String,
    pool: Pool,
    clock: Arc<dyn Clock>,
    ids: Arc<IdMaker>,
    own_clock: bool,
    /// How often a use case was run again because it met another one.
    met: AtomicU64,
    config: tokio_postgres::Config,
    tls: MakeRustlsConnect,
    /// Where hints from other processes are heard, once somebody listens.
    hints: OnceLock<broadcast::Sender<Hint>>,
}

impl Postgres {
    /// `name`: the address without its password, for messages.
    pub(crate) fn new(
        address: &str,
        name: String,
        clock: Arc<dyn Clock>,
        ids: Arc<IdMaker>,
        options: &ServerOptions,
    ) -> Result<Self> {
        let wrong = |what: &str| StoreError::Database {
            database: name.clone(),
            message: format!("{what}: write postgres://USER:PASSWORD@HOST:PORT/NAME"),
        };
        let mut config: tokio_postgres::Config =
            address.parse().map_err(|error| wrong(&format!("the address cannot be read ({error})")))?;
        config.application_name("firsthand").connect_timeout(WAIT);
        // A connection to a server that has gone without a word is given up within a minute, not after hours.
        config
            .keepalives_idle(Duration::from_secs(20))
            .keepalives_interval(Duration::from_secs(10))
            .keepalives_retries(3);
        let tls = super::tls::connector(&mut config).map_err(|error| wrong(&format!("TLS cannot be had ({error})")))?;
        let (own, own_tls) = (config.clone(), tls.clone());
        let manager = Manager::from_config(config, tls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let manners = Hook::async_fn(|client, _| {
            Box::pin(async move { client.batch_execute(MANNERS).await.map_err(HookError::Backend) })
        });
        let pool = Pool::builder(manager)
            .post_create(manners)
            .max_size(options.connections)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(WAIT))
            .runtime(Runtime::Tokio1)
            .build();
        let pool = pool.map_err(|error| wrong(&error.to_string()))?;
        Ok(Self {
            name,
            pool,
            clock,
            ids,
            own_clock: options.own_clock,
            met: AtomicU64::new(0),
            config: own,
            tls: own_tls,
            hints: OnceLock::new(),
        })
    }

    /// Runs a use case as if it were alone (serializable); again when it met another one.
    pub(crate) async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.run("BEGIN ISOLATION LEVEL SERIALIZABLE", RETURNS, work).await
    }

    /// Runs a use case that takes the row that others want first, and reads after it has it: many
    /// of them wait for each other instead of failing on each other.
    pub(crate) async fn write_in_turn<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL plan_cache_mode = force_generic_plan";
        // It asks by keys: how is planned once, not for each key anew.
        self.run(BEGIN, RETURNS, work).await
    }

    /// Runs a use case on a snapshot.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", RETURNS, work).await
    }

    /// [`Self::read`] without waiting for a server that is away.
    pub(crate) async fn read_once<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", 0, work).await
    }

    /// Tells the other processes something, if the server can be reached: it is only a hint.
    pub(crate) async fn hint(&self, hint: Hint) {
        let sent = match self.pool.get().await {
            Ok(client) => client.batch_execute(&hints::statement(hint)).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = sent {
            tracing::debug!("a hint could not be sent: {error}");
        }
    }

    /// What other processes tell.
    pub(crate) fn hints(&self) -> broadcast::Receiver<Hint> {
        self.hints.get_or_init(|| hints::listen(self.config.clone(), self.tls.clone())).subscribe()
    }

    /// How often use cases were run again because they met others.
    pub(crate) fn met(&self) -> u64 {
        self.met.load(Ordering::Relaxed)
    }

    /// What it is called in messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        begin: &'static str,
        most_returns: u32,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let store = Arc::clone(self);
        let runtime = Handle::current();
        let done = tokio::task::spawn_blocking(move || {
            let (mut tries, mut returns) = (0, 0);
            loop {
                tries += 1;
                match store.attempt(&runtime, begin, &work) {
                    Err(Failed::Again) if tries < TRIES => {
                        store.met.fetch_add(1, Ordering::Relaxed);
                        std::thread::sleep(pause_after(tries));
                    }
                    Err(Failed::Again) => return Err(store.failure("too many transactions met; try again")),
                    Err(Failed::Away(_)) if returns < most_returns => {
                        returns += 1;
                        std::thread::sleep(RETURN_PAUSE);
                    }
                    Err(Failed::Away(error) | Failed::ForGood(error)) => return Err(error),
                    Ok(value) => return Ok(value),
                }
            }
        });
        done.await.map_err(|error| self.failure(&format!("a transaction ended early ({error})")))?
    }

    fn attempt<T>(
        &self,
        runtime: &Handle,
        begin: &str,
        work: &impl Fn(&mut Tx<'_>) -> Result<T>,
    ) -> std::result::Result<T, Failed> {
        let client = runtime.block_on(self.pool.get()).map_err(|error| match &error {
            PoolError::Timeout(deadpool_postgres::TimeoutType::Wait) => Failed::ForGood(
                self.failure("all connections are at work; try again, or allow more with database.connections"),
            ),
            PoolError::Backend(cause) if !is_away(cause) => Failed::ForGood(self.failure(&in_words(cause))),
            _ => Failed::Away(self.failure(&format!(
                "the server cannot be reached ({}): is it running, and is the address right?",
                with_causes(&error)
            ))),
        })?;
        let mut statements = On { client: &client, runtime, store: self, what: What::Other };
        let begun = statements.batch(begin);
        let result = begun.and_then(|()| {
            let tx = Tx::new(&mut statements, &self.ids, self.clock.now());
            let mut tx = if self.own_clock { tx.by_own_clock() } else { tx };
            work(&mut tx)
        });
        let (result, committing) = match result {
            Ok(value) => (statements.batch("COMMIT").map(|()| value), true),
            Err(error) => (Err(error), false),
        };
        result.map_err(|error| {
            let what = statements.what;
            // If even this fails the pool throws the connection away.
            let _ = runtime.block_on(client.batch_execute("ROLLBACK"));
            match what {
                What::Met => Failed::Again,
                // What was under way when it was to be committed may be stored, or not.
                What::Away if committing && !begin.contains("READ ONLY") => Failed::ForGood(self.failure(
                    "the connection was lost while the change was stored: look whether it is there before you try again",
                )),
                What::Away => Failed::Away(error),
                What::Other => Failed::ForGood(error),
            }
        })
    }

    pub(crate) fn failure(&self, message: &str) -> StoreError {
        StoreError::Database { database: self.name.clone(), message: message.to_owned() }
    }
}

/// How long a use case waits that met another one for the so-manieth time: longer each time, and not as long as that one.
fn pause_after(tries: u32) -> Duration {
    let mut hasher = std::hash::DefaultHasher::new();
    (std::thread::current().id(), tries).hash(&mut hasher);
    let most_micros = 250_u64 << tries.min(9);
    Duration::from_micros(hasher.finish() % most_micros)
}

enum Failed {
    /// Two transactions met.
    Again,
    /// The server went away, and nothing was stored.
    Away(StoreError),
    ForGood(StoreError),
}

/// What the last error was.
#[derive(Clone, Copy)]
enum What {
    Met,
    Away,
    Other,
}

/// Whether the server has gone, or is about to come or go.
fn is_away(error: &tokio_postgres::Error) -> bool {
    let code = error.code();
    error.is_closed()
        || code.is_none() && error.source().is_some_and(|cause| cause.is::<std::io::Error>())
        || code.is_some_and(|code| {
            [
                SqlState::ADMIN_SHUTDOWN,
                SqlState::CRASH_SHUTDOWN,
                SqlState::CANNOT_CONNECT_NOW,
                SqlState::CONNECTION_FAILURE,
                SqlState::CONNECTION_EXCEPTION,
            ]
            .contains(code)
        })
}

/// An error and what caused it, and so on, each said once.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        let said = deeper.to_string();
        if !words.contains(&said) {
            words = format!("{words}: {said}");
        }
        cause = deeper.source();
    }
    words
}

/// An error of the server with what a person can do about it.
pub(crate) fn in_words(error: &tokio_postgres::Error) -> String {
    let message = error.as_db_error().map_or_else(|| with_causes(error), |error| error.message().to_owned());
    let Some(code) = error.code() else { return message };
    let advice = [
        (SqlState::INVALID_PASSWORD, "check user and password in the address"),
        (SqlState::INVALID_AUTHORIZATION_SPECIFICATION, "check user and password in the address"),
        (SqlState::INVALID_CATALOG_NAME, "make the database first: createdb NAME"),
        (
            SqlState::READ_ONLY_SQL_TRANSACTION,
            "this server only copies another one, or was set to be read only: name its primary, or all servers and ?target_session_attrs=read-write",
        ),
        (SqlState::DISK_FULL, "the server's disk is full: make room there, nothing stored is lost"),
        (SqlState::TOO_MANY_CONNECTIONS, "raise max_connections of the server, or lower database.connections"),
        (SqlState::INSUFFICIENT_PRIVILEGE, "give the user the right to it, or let it own the database"),
        (SqlState::QUERY_CANCELED, "it took too long, or somebody ended it"),
        (SqlState::LOCK_NOT_AVAILABLE, "another transaction holds what it needs; try again"),
    ];
    let advice = advice.iter().find(|(sign, _)| sign == code).map(|(_, advice)| format!(" ({advice})"));
    format!("{message}{}", advice.unwrap_or_default())
}

/// A connection within a transaction.
struct On<'a> {
    client: &'a Object,
    runtime: &'a Handle,
    store: &'a Postgres,
    what: What,
}

impl On<'_> {
    fn error(&mut self, error: &tokio_postgres::Error) -> StoreError {
        let met = [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::UNIQUE_VIOLATION];
        self.what = match error.code() {
            Some(code) if met.contains(code) => What::Met,
            _ if is_away(error) => What::Away,
            _ => What::Other,
        };
        self.store.failure(&in_words(error))
    }
}

impl Statements for On<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64> {
        let sql = numbered(sql);
        let parameters: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|value| value as _).collect();
        let done = self.runtime.block_on(async {
            let statement = self.prepared(&sql).await?;
            self.client.execute(&statement, &parameters).await
        });
        done.map_err(|error| self.error(&error))
    }

    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>> {
        let sql = numbered(sql);
        let parameters: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|value| value as _).collect();
        let done = self.runtime.block_on(async {
            let statement = self.prepared(&sql).await?;
            self.client.query(&statement, &parameters).await
        });
        let rows = done.map_err(|error| self.error(&error))?;
        rows.iter()
            .map(|row| (0..row.len()).map(|column| self.value(row, column)).collect::<Result<_>>().map(Row))
            .collect()
    }

    fn batch(&mut self, sql: &str) -> Result<()> {
        let done = self.runtime.block_on(self.client.batch_execute(sql));
        done.map_err(|error| self.error(&error))
    }
}

impl On<'_> {
    /// A statement that the connection keeps. Some have numbers written in them and are seldom met again: when too many are kept,
    /// here and by the server, all are forgotten.
    async fn prepared(&self, sql: &str) -> std::result::Result<tokio_postgres::Statement, tokio_postgres::Error> {
        if self.client.statement_cache.size() >= STATEMENTS {
            self.client.statement_cache.clear();
        }
        self.client.prepare_cached(sql).await
    }

    fn value(&self, row: &tokio_postgres::Row, column: usize) -> Result<Value> {
        value_of(row, column).map_err(|error| self.store.failure(&format!("column {column} cannot be read: {error}")))
    }
}

/// The value in a column of a row.
pub(crate) fn value_of(row: &tokio_postgres::Row, column: usize) -> std::result::Result<Value, tokio_postgres::Error> {
    let kind = row.columns().get(column).map_or(&Type::UNKNOWN, tokio_postgres::Column::type_);
    match *kind {
        Type::INT8 => row.try_get::<_, Option<i64>>(column).map(Value::from),
        Type::INT4 => row.try_get::<_, Option<i32>>(column).map(|value| value.map(i64::from).into()),
        Type::BOOL => row.try_get::<_, Option<bool>>(column).map(Value::from),
        Type::FLOAT8 => row.try_get::<_, Option<f64>>(column).map(|value| value.map_or(Value::Null, Value::Real)),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(column).map(|value| value.map_or(Value::Null, Value::Blob)),
        _ => row.try_get::<_, Option<String>>(column).map(Value::from),
    }
}

/// `?1` as `$1`. Statements hold no other question marks.
fn numbered(sql: &str) -> String {
    sql.replace('?', "$")
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) if *kind == Type::INT4 => i32::try_from(*value)?.to_sql(kind, out),
            Self::Int(value) if *kind == Type::FLOAT8 => (*value as f64).to_sql(kind, out),
            Self::Int(value) => value.to_sql(kind, out),
            Self::Real(value) => value.to_sql(kind, out),
            // The server's text holds no NUL.
            Self::Text(value) if value.contains('\0') => value.replace('\0', "\u{FFFD}").to_sql(kind, out),
            Self::Text(value) => value.to_sql(kind, out),
            Self::Blob(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(_kind: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
