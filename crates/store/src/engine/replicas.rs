//! Copies of the database's server, for the reading of pages.

use super::{Postgres, ServerOptions, Tx};
use crate::{DatabaseUrl, Result};
use firsthand_model::{Clock, IdMaker};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How often a copy is asked how far it is behind.
const ASK_EVERY: Duration = Duration::from_secs(2);
/// A copy that is farther behind is not read from.
const BEHIND_MS: i64 = 10_000;
/// The lag of a copy that does not answer.
const AWAY: i64 = i64::MAX;

/// A copy follows when it has replayed all that it received, and still receives (PostgreSQL, "Monitoring Database
/// Activity"); one that was promoted is a primary of its own and no copy any more.
const LAG: &str = "SELECT CASE
     WHEN NOT pg_is_in_recovery() THEN NULL
     WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() AND EXISTS (SELECT 1 FROM pg_stat_wal_receiver) THEN 0
     ELSE CAST(EXTRACT(EPOCH FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000 AS BIGINT) END";

/// The copies, and how far each is behind.
pub(crate) struct Replicas(Vec<Replica>);

struct Replica {
    server: Arc<Postgres>,
    lag_ms: AtomicI64,
}

impl Replicas {
    /// None of them is used before it was asked.
    pub(crate) fn new(clock: &Arc<dyn Clock>, options: &ServerOptions) -> Result<Arc<Self>> {
        let mut replicas = Vec::new();
        for address in &options.replicas {
            let name = address.parse::<DatabaseUrl>()?.to_string();
            let server = Postgres::new(address, name, Arc::clone(clock), Arc::new(IdMaker::default()), options)?;
            replicas.push(Replica { server: Arc::new(server), lag_ms: AtomicI64::new(AWAY) });
        }
        let replicas = Arc::new(Self(replicas));
        tokio::spawn(watch(Arc::downgrade(&replicas)));
        Ok(replicas)
    }

    /// The copy that is least behind, if any follows.
    pub(crate) fn following(&self) -> Option<Arc<Postgres>> {
        let lag = |replica: &&Replica| replica.lag_ms.load(Ordering::Relaxed);
        self.0
            .iter()
            .min_by_key(lag)
            .filter(|replica| lag(replica) <= BEHIND_MS)
            .map(|replica| Arc::clone(&replica.server))
    }

    /// How far the copy that is read from is behind, in milliseconds; `None`: none is.
    pub(crate) fn lag_ms(&self) -> Option<i64> {
        self.0.iter().map(|replica| replica.lag_ms.load(Ordering::Relaxed)).min().filter(|lag_ms| *lag_ms <= BEHIND_MS)
    }
}

/// Asks the copies until nobody needs them any more.
async fn watch(replicas: Weak<Replicas>) {
    while let Some(replicas) = replicas.upgrade() {
        for replica in &replicas.0 {
            let asked = replica
                .server
                .read_once(|tx: &mut Tx<'_>| Ok(tx.first(LAG, &[])?.and_then(|row| row.maybe_int(0))))
                .await;
            let lag_ms = asked.as_ref().ok().copied().flatten().map_or(AWAY, |lag_ms| lag_ms.max(0));
            let before = replica.lag_ms.swap(lag_ms, Ordering::Relaxed);
            match (before <= BEHIND_MS, lag_ms <= BEHIND_MS) {
                (false, true) => tracing::info!("pages are read from {}", replica.server.name()),
                (true, false) => {
                    tracing::warn!("{} is not read from any more: it does not follow", replica.server.name())
                }
                _ => {}
            }
        }
        drop(replicas);
        tokio::time::sleep(ASK_EVERY).await;
    }
}
