//! PostgreSQL: pooled connections; a use case runs on a blocking thread and waits for each answer.

use super::{Dialect, Row, Statements, Tx, Value};
use crate::{Result, StoreError};
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use firsthand_model::{Clock, IdMaker};
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

const CONNECTIONS: usize = 16;
const WAIT: Duration = Duration::from_secs(10);
/// How often a use case is run again when it met another one.
const TRIES: u32 = 50;

/// A pool of connections to one server.
pub(crate) struct Postgres {
    name: String,
    pool: Pool,
    clock: Arc<dyn Clock>,
    ids: Arc<IdMaker>,
}

impl Postgres {
    /// `name`: the address without its password, for messages.
    pub(crate) fn new(address: &str, name: String, clock: Arc<dyn Clock>, ids: Arc<IdMaker>) -> Result<Self> {
        let wrong = |what: &str| StoreError::Database {
            database: name.clone(),
            message: format!("{what}: write postgres://USER:PASSWORD@HOST:PORT/NAME"),
        };
        let mut config: tokio_postgres::Config =
            address.parse().map_err(|error| wrong(&format!("the address cannot be read ({error})")))?;
        config.application_name("firsthand").connect_timeout(WAIT);
        let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(WAIT))
            .runtime(Runtime::Tokio1)
            .build();
        let pool = pool.map_err(|error| wrong(&error.to_string()))?;
        Ok(Self { name, pool, clock, ids })
    }

    /// Runs a use case as if it were alone (serializable); again when it met another one.
    pub(crate) async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.run("BEGIN ISOLATION LEVEL SERIALIZABLE", work).await
    }

    /// Runs a use case that takes the row that others want first, and reads after it has it: many
    /// of them wait for each other instead of failing on each other.
    pub(crate) async fn write_in_turn<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.run("BEGIN ISOLATION LEVEL READ COMMITTED", work).await
    }

    /// Runs a use case on a snapshot.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work).await
    }

    async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        begin: &'static str,
        work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let store = Arc::clone(self);
        let runtime = Handle::current();
        let done = tokio::task::spawn_blocking(move || {
            let mut tries = 0;
            loop {
                tries += 1;
                match store.attempt(&runtime, begin, &work) {
                    Err(Failed::Again) if tries < TRIES => {}
                    Err(Failed::Again) => return Err(store.failure("too many transactions met; try again")),
                    Err(Failed::ForGood(error)) => return Err(error),
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
        let client = runtime.block_on(self.pool.get()).map_err(|error| {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            Failed::ForGood(
                self.failure(&format!("{error}{cause} (is the server running, and are user and password right?)")),
            )
        })?;
        let mut statements = On { client: &client, runtime, store: self, meeting: false };
        let result =
            statements.batch(begin).and_then(|()| work(&mut Tx::new(&mut statements, &self.ids, self.clock.now())));
        let result = match result {
            Ok(value) => statements.batch("COMMIT").map(|()| value),
            Err(error) => Err(error),
        };
        result.map_err(|error| {
            let meeting = statements.meeting;
            // If even this fails the pool throws the connection away.
            let _ = runtime.block_on(client.batch_execute("ROLLBACK"));
            if meeting { Failed::Again } else { Failed::ForGood(error) }
        })
    }

    pub(crate) fn failure(&self, message: &str) -> StoreError {
        StoreError::Database { database: self.name.clone(), message: message.to_owned() }
    }
}

enum Failed {
    Again,
    ForGood(StoreError),
}

/// A connection within a transaction.
struct On<'a> {
    client: &'a Object,
    runtime: &'a Handle,
    store: &'a Postgres,
    /// Whether the last error was that of two transactions that met.
    meeting: bool,
}

impl On<'_> {
    fn error(&mut self, error: &tokio_postgres::Error) -> StoreError {
        self.meeting = matches!(error.code(), Some(code) if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED || *code == SqlState::UNIQUE_VIOLATION);
        let message = error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
        self.store.failure(&message)
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
            let statement = self.client.prepare_cached(&sql).await?;
            self.client.execute(&statement, &parameters).await
        });
        done.map_err(|error| self.error(&error))
    }

    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>> {
        let sql = numbered(sql);
        let parameters: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|value| value as _).collect();
        let done = self.runtime.block_on(async {
            let statement = self.client.prepare_cached(&sql).await?;
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
    fn value(&self, row: &tokio_postgres::Row, column: usize) -> Result<Value> {
        let kind = row.columns().get(column).map_or(&Type::UNKNOWN, tokio_postgres::Column::type_);
        let value = match *kind {
            Type::INT8 => row.try_get::<_, Option<i64>>(column).map(Value::from),
            Type::INT4 => row.try_get::<_, Option<i32>>(column).map(|value| value.map(i64::from).into()),
            Type::BOOL => row.try_get::<_, Option<bool>>(column).map(Value::from),
            Type::FLOAT8 => row.try_get::<_, Option<f64>>(column).map(|value| value.map_or(Value::Null, Value::Real)),
            Type::BYTEA => {
                row.try_get::<_, Option<Vec<u8>>>(column).map(|value| value.map_or(Value::Null, Value::Blob))
            }
            _ => row.try_get::<_, Option<String>>(column).map(Value::from),
        };
        value.map_err(|error| self.store.failure(&format!("column {column} cannot be read: {error}")))
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
