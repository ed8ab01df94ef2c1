//! Programs' way in.

pub(crate) mod apps;
mod editing;
pub(crate) mod fever;
pub(crate) mod greader;
mod reading;
pub(crate) mod v1;
