//! The schema and its versions: numbered files for each dialect, forward only.

use crate::engine::{Dialect, Tx, values};
use crate::{Result, StoreError};

/// A step of the schema. A released file is never edited: a test keeps the hashes.
pub(crate) struct Migration {
    pub(crate) version: i64,
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

macro_rules! migrations {
    ($($version:literal $file:literal)*) => {
        pub(crate) const MIGRATIONS: &[Migration] = &[$(Migration {
            version: $version,
            sqlite: include_str!(concat!("../migrations/sqlite/", $file)),
            postgres: include_str!(concat!("../migrations/postgres/", $file)),
        }),*];
    };
}

migrations! {
    1 "0001_first.sql"
    2 "0002_websub.sql"
    3 "0003_story_changes.sql"
    4 "0004_site_memory.sql"
    5 "0005_details.sql"
    6 "0006_editor_role.sql"
    7 "0007_corrected.sql"
    8 "0008_editing.sql"
    9 "0009_forget.sql"
    10 "0010_marked.sql"
    11 "0011_read.sql"
    12 "0012_reading.sql"
    13 "0013_reader_apps.sql"
    14 "0014_reader_numbers.sql"
    15 "0015_alerts.sql"
    16 "0016_accounts.sql"
    17 "0017_kept_links.sql"
    18 "0018_letters.sql"
    19 "0019_identities.sql"
    20 "0020_passkeys.sql"
    21 "0021_nodes.sql"
    22 "0022_bodies.sql"
    23 "0023_months.sql"
    24 "0024_objects.sql"
    25 "0025_keep.sql"
}

/// The newest version that this program knows.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |migration| migration.version)
}

/// Whether a database on a server has this program's schema.
pub(crate) fn is_newest(tx: &mut Tx<'_>) -> Result<bool> {
    let made =
        tx.number("SELECT CAST(COUNT(*) AS BIGINT) FROM pg_class WHERE oid = to_regclass('schema_version')", &[])?;
    Ok(made > 0 && tx.number("SELECT MAX(version) FROM schema_version", &[])? == newest())
}

/// Versions that take away or change what programs before them use; all others only add. While processes are
/// exchanged one by one, an older program goes on beside a newer schema unless one of these lies between them.
const CONTRACTS: &[i64] = &[1, 22, 23];

/// The oldest schema whose program works with that of `version`.
fn oldest(version: i64) -> i64 {
    CONTRACTS.iter().copied().filter(|contract| *contract <= version).max().unwrap_or(version)
}

/// Brings the schema up to date; `database` is for messages.
pub(crate) fn migrate(tx: &mut Tx<'_>, database: &str) -> Result<()> {
    // A large table takes longer than any request may.
    if tx.dialect() == Dialect::Postgres {
        tx.batch("SET LOCAL statement_timeout = 0")?;
    }
    tx.batch("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")?;
    let found = tx.number("SELECT MAX(version) FROM schema_version", &[])?;
    if found > newest() {
        let needed = tx.number("SELECT MAX(COALESCE(oldest, version)) FROM schema_version", &[])?;
        if needed > newest() {
            return Err(StoreError::Newer { database: database.to_owned(), found, known: newest() });
        }
        tracing::warn!(
            "{database} has schema version {found}, this program knows {}: a newer firsthand works beside it",
            newest()
        );
    }
    for migration in MIGRATIONS.iter().filter(|migration| migration.version > found) {
        tx.batch(match tx.dialect() {
            Dialect::Sqlite => migration.sqlite,
            Dialect::Postgres => migration.postgres,
        })?;
        let version = migration.version;
        // The column is there from version 21 on.
        if version < 21 {
            tx.execute("INSERT INTO schema_version (version) VALUES (?1)", &values![version])?;
        } else {
            tx.execute(
                "INSERT INTO schema_version (version, oldest) VALUES (?1, ?2)",
                &values![version, oldest(version)],
            )?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    fn hash(text: &str) -> String {
        Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The hashes of released files. Nothing is released yet: a release adds its lines here.
    const RELEASED: &[(i64, &str, &str)] = &[];

    #[test]
    fn released_files_stay_as_they_are() {
        for (version, sqlite, postgres) in RELEASED {
            let migration = MIGRATIONS.iter().find(|migration| migration.version == *version).unwrap();
            assert_eq!(
                (hash(migration.sqlite).as_str(), hash(migration.postgres).as_str()),
                (*sqlite, *postgres),
                "version {version}"
            );
        }
    }

    #[test]
    fn a_program_works_beside_a_newer_schema_that_only_adds() {
        assert_eq!(oldest(newest()), *CONTRACTS.last().unwrap());
        assert!(CONTRACTS.is_sorted() && CONTRACTS.iter().all(|version| *version <= newest()));
    }

    /// Versions that only change how tables lie on a server.
    const ON_SERVERS: &[i64] = &[23];

    #[test]
    fn versions_follow_each_other_and_both_dialects_have_the_same_tables() {
        for (place, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.version, place as i64 + 1);
            if ON_SERVERS.contains(&migration.version) {
                continue;
            }
            let tables = |sql: &str| {
                sql.lines().filter(|line| line.starts_with("CREATE TABLE")).map(str::to_owned).collect::<Vec<_>>()
            };
            assert_eq!(tables(migration.sqlite), tables(migration.postgres));
        }
    }
}
