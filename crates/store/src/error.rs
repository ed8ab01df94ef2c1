//! What can go wrong with the store.

use firsthand_model::Part;

/// What a method of the store gives.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why a use case failed. Callers choose by the variant; the text says what, where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The subject does not exist.
    #[error("{0} not found")]
    NotFound(String),
    /// It is there already.
    #[error("{0} exists already")]
    Conflict(String),
    /// The database is from a newer version of the program.
    #[error("{database} has schema version {found}, this program knows up to {known}: use a newer firsthand")]
    Newer {
        /// The database.
        database: String,
        /// Its version.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// Another process does this part of the work by now: what was to be written was not, and is done by that one.
    #[error("another process has taken over {0}: nothing was written")]
    LeaseLost(Part),
    /// The call or the file makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// The database cannot be reached, is full, locked, read-only or broken.
    #[error("{database}: {message}")]
    Database {
        /// The database.
        database: String,
        /// What it said, and what to do.
        message: String,
    },
}
