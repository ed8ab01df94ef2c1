//! Programs' way in.

pub(crate) mod apps;
mod editing;
pub(crate) mod greader;
mod reading;
pub(crate) mod v1;

use crate::error::Error;

/// For the reader APIs' addresses, which are kept for them.
pub(crate) async fn not_yet() -> Error {
    Error::NotImplemented("this API is not built yet: use /api/v1 (see /api/v1/openapi.json)".to_owned())
}
