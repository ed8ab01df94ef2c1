//! What is wrong with the database's writing at this moment, for those who look after the server.

use crate::StoreError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// The last write that failed, until one succeeds.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    failures: AtomicU64,
    last: Mutex<Option<String>>,
}

impl Trouble {
    /// Notes how a write ended. What was refused for its content says nothing of the database.
    pub(crate) fn note<T>(&self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        match &done {
            Ok(_) => *self.last() = None,
            Err(StoreError::Database { message, .. }) => {
                self.failures.fetch_add(1, Ordering::Relaxed);
                *self.last() = Some(message.clone());
            }
            Err(_) => {}
        }
        done
    }

    /// How often a write failed, and what the database said of the last one, if none has succeeded since.
    pub(crate) fn now(&self) -> (u64, Option<String>) {
        (self.failures.load(Ordering::Relaxed), self.last().clone())
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_lasts_until_a_write_succeeds() {
        let trouble = Trouble::default();
        let full = || {
            Err::<(), _>(StoreError::Database {
                database: "sqlite:x".to_owned(),
                message: "the disk is full".to_owned(),
            })
        };
        assert!(trouble.note(full()).is_err() && trouble.note(full()).is_err());
        assert!(trouble.note(Err::<(), _>(StoreError::NotFound("it".to_owned()))).is_err());
        assert_eq!(trouble.now(), (2, Some("the disk is full".to_owned())));
        assert!(trouble.note(Ok(())).is_ok());
        assert_eq!(trouble.now(), (2, None));
    }
}
