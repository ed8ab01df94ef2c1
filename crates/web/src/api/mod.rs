//! Programs' way in.

mod accounts;
mod alerts;
pub(crate) mod apps;
mod editing;
pub(crate) mod fever;
mod following;
pub(crate) mod greader;
mod letters;
pub(crate) mod live;
pub(crate) mod miniflux;
mod reading;
mod spec;
pub(crate) mod v1;
