//! What is wrong with the database's writing at this moment, for those who look after the server.

use crate::StoreError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A write that changes nothing succeeds on a full disk too: what failed is said for so long at least.
const LASTS: Duration = Duration::from_secs(60);

/// The last write that failed, until one succeeds a while after.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    failures: AtomicU64,
    last: Mutex<Option<(Instant, String)>>,
}

impl Trouble {
    /// Notes how a write ended. What was refused for its content says nothing of the database.
    pub(crate) fn note<T>(&self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        self.note_at(done, Instant::now())
    }

    fn note_at<T>(&self, done: Result<T, StoreError>, now: Instant) -> Result<T, StoreError> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match &done {
            Ok(_) if last.as_ref().is_some_and(|(at, _)| now.duration_since(*at) >= LASTS) => *last = None,
            Err(StoreError::Database { message, .. }) => {
                self.failures.fetch_add(1, Ordering::Relaxed);
                *last = Some((now, message.clone()));
            }
            Ok(_) | Err(_) => {}
        }
        done
    }

    /// How often a write failed, and what the database said of the last one as long as that lasts.
    pub(crate) fn now(&self) -> (u64, Option<String>) {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        (self.failures.load(Ordering::Relaxed), last.as_ref().map(|(_, message)| message.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_lasts_until_a_write_succeeds_a_while_after() {
        let (trouble, begun) = (Trouble::default(), Instant::now());
        let full = || {
            let message = "the disk is full".to_owned();
            Err::<(), _>(StoreError::Database { database: "sqlite:x".to_owned(), message })
        };
        assert!(trouble.note_at(full(), begun).is_err() && trouble.note_at(full(), begun).is_err());
        assert!(trouble.note_at(Err::<(), _>(StoreError::NotFound("it".to_owned())), begun + LASTS).is_err());
        // A write of nothing.
        assert!(trouble.note_at(Ok(()), begun + LASTS / 2).is_ok());
        assert_eq!(trouble.now(), (2, Some("the disk is full".to_owned())));
        assert!(trouble.note_at(Ok(()), begun + LASTS).is_ok());
        assert_eq!(trouble.now(), (2, None));
    }
}
