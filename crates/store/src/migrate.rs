//! The schema and its versions: numbered files for each dialect, forward only.

use crate::engine::{Dialect, Tx, values};
use crate::{Result, StoreError};

/// A step of the schema. A released file is never edited: a test keeps the hashes.
pub(crate) struct Migration {
    pub(crate) version: i64,
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        sqlite: include_str!("../migrations/sqlite/0001_first.sql"),
        postgres: include_str!("../migrations/postgres/0001_first.sql"),
    },
    Migration {
        version: 2,
        sqlite: include_str!("../migrations/sqlite/0002_websub.sql"),
        postgres: include_str!("../migrations/postgres/0002_websub.sql"),
    },
    Migration {
        version: 3,
        sqlite: include_str!("../migrations/sqlite/0003_story_changes.sql"),
        postgres: include_str!("../migrations/postgres/0003_story_changes.sql"),
    },
    Migration {
        version: 4,
        sqlite: include_str!("../migrations/sqlite/0004_site_memory.sql"),
        postgres: include_str!("../migrations/postgres/0004_site_memory.sql"),
    },
    Migration {
        version: 5,
        sqlite: include_str!("../migrations/sqlite/0005_details.sql"),
        postgres: include_str!("../migrations/postgres/0005_details.sql"),
    },
    Migration {
        version: 6,
        sqlite: include_str!("../migrations/sqlite/0006_editor_role.sql"),
        postgres: include_str!("../migrations/postgres/0006_editor_role.sql"),
    },
    Migration {
        version: 7,
        sqlite: include_str!("../migrations/sqlite/0007_corrected.sql"),
        postgres: include_str!("../migrations/postgres/0007_corrected.sql"),
    },
    Migration {
        version: 8,
        sqlite: include_str!("../migrations/sqlite/0008_editing.sql"),
        postgres: include_str!("../migrations/postgres/0008_editing.sql"),
    },
    Migration {
        version: 9,
        sqlite: include_str!("../migrations/sqlite/0009_forget.sql"),
        postgres: include_str!("../migrations/postgres/0009_forget.sql"),
    },
    Migration {
        version: 10,
        sqlite: include_str!("../migrations/sqlite/0010_marked.sql"),
        postgres: include_str!("../migrations/postgres/0010_marked.sql"),
    },
    Migration {
        version: 11,
        sqlite: include_str!("../migrations/sqlite/0011_read.sql"),
        postgres: include_str!("../migrations/postgres/0011_read.sql"),
    },
    Migration {
        version: 12,
        sqlite: include_str!("../migrations/sqlite/0012_reading.sql"),
        postgres: include_str!("../migrations/postgres/0012_reading.sql"),
    },
    Migration {
        version: 13,
        sqlite: include_str!("../migrations/sqlite/0013_reader_apps.sql"),
        postgres: include_str!("../migrations/postgres/0013_reader_apps.sql"),
    },
];

/// The newest version that this program knows.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |migration| migration.version)
}

/// Brings the schema up to date; `database` is for messages.
pub(crate) fn migrate(tx: &mut Tx<'_>, database: &str) -> Result<()> {
    tx.batch("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")?;
    let found = tx.number("SELECT MAX(version) FROM schema_version", &[])?;
    if found > newest() {
        return Err(StoreError::Newer { database: database.to_owned(), found, known: newest() });
    }
    for migration in MIGRATIONS.iter().filter(|migration| migration.version > found) {
        tx.batch(match tx.dialect() {
            Dialect::Sqlite => migration.sqlite,
            Dialect::Postgres => migration.postgres,
        })?;
        tx.execute("INSERT INTO schema_version (version) VALUES (?1)", &values![migration.version])?;
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
    fn versions_follow_each_other_and_both_dialects_have_the_same_tables() {
        for (place, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.version, place as i64 + 1);
            let tables = |sql: &str| {
                sql.lines().filter(|line| line.starts_with("CREATE TABLE")).map(str::to_owned).collect::<Vec<_>>()
            };
            assert_eq!(tables(migration.sqlite), tables(migration.postgres));
        }
    }
}
