//! Programs' way in.

pub(crate) mod apps;
mod editing;
pub(crate) mod fever;
pub(crate) mod greader;
pub(crate) mod miniflux;
mod reading;
pub(crate) mod v1;
