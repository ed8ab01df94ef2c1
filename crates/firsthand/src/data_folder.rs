//! The data folder and its lock.

use crate::cli::Place;
use crate::config::Config;
use anyhow::{Context, Result, bail};
use firsthand_model::{Clock, SetClock, SystemClock};
use firsthand_store::{DatabaseUrl, Store};
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The database's clock may differ so much from the machine's before that is worth a word.
const CLOCKS_DIFFER_MS: i64 = 5_000;

/// A data folder, made if it was not there.
pub struct DataFolder {
    folder: PathBuf,
    /// The database: the folder's own unless another was named.
    pub database: DatabaseUrl,
    config_file: Option<PathBuf>,
    /// By what the program goes: the machine's clock, set by the database's where several machines share one.
    pub clock: Arc<SetClock>,
}

/// While this is held, no other process fetches into the folder.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl DataFolder {
    /// The folder that the options name, else the platform's.
    pub fn open(place: &Place) -> Result<Self> {
        let folder = match &place.data {
            Some(folder) => folder.clone(),
            None => platform_folder().context("there is no home folder to keep data in: give one with --data DIR")?,
        };
        std::fs::create_dir_all(&folder).with_context(|| {
            format!("cannot make the data folder {}: give another with --data DIR", folder.display())
        })?;
        let database = match &place.database {
            Some(url) => url.parse()?,
            None => DatabaseUrl::Sqlite(folder.join("firsthand.db")),
        };
        let clock = Arc::new(SetClock::new(SystemClock));
        Ok(Self { folder, database, config_file: place.config.clone(), clock })
    }

    /// The configuration: the named file, or firsthand.toml in the folder.
    pub fn config(&self) -> Result<Config> {
        let file = self.config_file.clone().unwrap_or_else(|| self.folder.join("firsthand.toml"));
        Config::load(&file, self.config_file.is_some(), |name| std::env::var(name).ok())
    }

    /// Opens the store.
    pub async fn store(&self) -> Result<Store> {
        let options = self.config()?.server_options()?;
        let clock: Arc<dyn Clock> = self.clock.clone();
        let store = Store::open_with(&self.database, clock, &options).await?;
        if store.is_shared() {
            let behind_ms = self.clock.set(store.database_now().await?);
            if behind_ms.abs() > CLOCKS_DIFFER_MS {
                tracing::warn!(
                    "this machine's clock differs from the database's by {} s: this process goes by the database's; set the clock right (NTP)",
                    behind_ms / 1000
                );
            }
        }
        Ok(store)
    }

    /// Takes the folder's lock, or says who has it. The system gives it back when the process ends,
    /// however it ends. Processes on one PostgreSQL share the work by leases, and need none.
    pub fn lock(&self) -> Result<Option<FolderLock>> {
        match &self.database {
            DatabaseUrl::Sqlite(path) => lock_file(&path.with_extension("lock")).map(Some),
            DatabaseUrl::Postgres(_) => Ok(None),
        }
    }
}

/// Takes a lock by a file's name, or says who has it.
pub fn lock_file(path: &Path) -> Result<FolderLock> {
    let open = File::options().read(true).write(true).create(true).truncate(false).open(path);
    let mut file = open.with_context(|| format!("cannot write {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            write!(file, "{}", std::process::id())?;
            Ok(FolderLock { _file: file })
        }
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = file.read_to_string(&mut holder);
            bail!(
                "another firsthand (process {holder}) is at work on {}: stop it, or use another folder with --data DIR",
                path.with_extension("db").display()
            )
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
    }
}

fn platform_folder() -> Option<PathBuf> {
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if let Some(data) = from("XDG_DATA_HOME") {
        return Some(data.join("firsthand"));
    }
    let home = from("HOME")?;
    let data = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/share" };
    Some(home.join(data).join("firsthand"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_worked_on_by_one_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("firsthand.lock");
        let held = lock_file(&path).unwrap();
        let error = lock_file(&path).unwrap_err().to_string();
        assert!(error.contains(&std::process::id().to_string()) && error.contains("--data"), "{error}");
        drop(held);
        lock_file(&path).unwrap();
    }
}
