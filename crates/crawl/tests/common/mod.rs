//! What the crawler's tests share: a crawler on a store of its own, with a clock that stands still.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use firsthand_crawl::{CrawlConfig, Crawler};
use firsthand_model::{Clock, ManualClock, Random};
use firsthand_store::{DatabaseUrl, Store};
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use tempfile::TempDir;

/// Bytes that differ from draw to draw.
pub struct Counting(pub AtomicU8);
impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

/// A crawler that may ask this machine, and what it works on.
pub struct Place {
    pub crawler: Crawler,
    pub store: Store,
    pub clock: Arc<ManualClock>,
    _folder: TempDir,
}

/// A file in the folder, or where `FIRSTHAND_TEST_ENGINE` is `postgres` a new database on the server that
/// `FIRSTHAND_TEST_PG` names.
fn database_of(folder: &Path) -> DatabaseUrl {
    if std::env::var("FIRSTHAND_TEST_ENGINE").as_deref() != Ok("postgres") {
        return DatabaseUrl::Sqlite(folder.join("firsthand.db"));
    }
    let server = std::env::var("FIRSTHAND_TEST_PG").unwrap();
    let mut hasher = std::hash::DefaultHasher::new();
    folder.hash(&mut hasher);
    let name = format!("firsthand_crawl_{:016x}", hasher.finish());
    let made = Command::new("psql").args([&server, "-c", &format!("CREATE DATABASE {name}")]).status().unwrap();
    assert!(made.success());
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}").parse().unwrap()
}

/// A new one; `change` changes its settings.
pub async fn place(change: impl FnOnce(&mut CrawlConfig)) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at("2026-03-02T10:00:00Z".parse().unwrap()));
    let shared: Arc<dyn Clock> = clock.clone();
    let database = database_of(folder.path());
    let store = Store::open(&database, Arc::clone(&shared)).await.unwrap();
    let mut config = CrawlConfig::default();
    config.http.allow_private_network = true;
    change(&mut config);
    let chance = Arc::new(Counting(AtomicU8::new(1)));
    let crawler = Crawler::new(store.clone(), shared, chance, config).unwrap();
    Place { crawler, store, clock, _folder: folder }
}
