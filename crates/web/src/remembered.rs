//! What was read of the store, remembered for a moment: many ask for the same.

use crate::error::Error;
use firsthand_model::Timestamp;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// How long what is old is shown while one asker reads it anew; also how long a failed reading keeps others from it.
const STALE_MS: i64 = 20_000;

/// Values by keys. One asker reads a value that is no longer fresh, the others get the old one meanwhile.
pub(crate) struct Remembered<K, V> {
    fresh_ms: i64,
    /// Values that are kept at the most.
    most: usize,
    kept: Mutex<Kept<K, V>>,
}

struct Kept<K, V> {
    /// How often all was forgotten: what was being read meanwhile is old.
    forgotten: u64,
    values: HashMap<K, Value<V>>,
}

struct Value<V> {
    value: Arc<V>,
    read_at: Timestamp,
    /// Somebody reads it anew.
    renewing: bool,
}

impl<K: Hash + Eq, V> Remembered<K, V> {
    /// At most so many values, each fresh for so many milliseconds.
    pub(crate) fn new(most: usize, fresh_ms: i64) -> Self {
        Self { fresh_ms, most, kept: Mutex::new(Kept { forgotten: 0, values: HashMap::new() }) }
    }

    /// The value of a key, or what `read` gives.
    pub(crate) async fn get(
        &self,
        key: K,
        now: Timestamp,
        read: impl Future<Output = Result<V, Error>>,
    ) -> Result<Arc<V>, Error> {
        let forgotten = match self.known(&key, now) {
            Ok(value) => return Ok(value),
            Err(forgotten) => forgotten,
        };
        let value = Arc::new(read.await?);
        self.put(key, &value, now, forgotten);
        Ok(value)
    }

    /// The value that is shown; or, where the asker is to read it, the state of forgetting before that.
    fn known(&self, key: &K, now: Timestamp) -> Result<Arc<V>, u64> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let forgotten = kept.forgotten;
        let Some(value) = kept.values.get_mut(key) else { return Err(forgotten) };
        let age = now.as_millis() - value.read_at.as_millis();
        let shown = (0..self.fresh_ms).contains(&age) || value.renewing && (0..STALE_MS).contains(&age);
        value.renewing |= !shown;
        if shown { Ok(Arc::clone(&value.value)) } else { Err(forgotten) }
    }

    fn put(&self, key: K, value: &Arc<V>, read_at: Timestamp, forgotten: u64) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.forgotten != forgotten {
            return;
        }
        if kept.values.len() >= self.most {
            let fresh =
                |value: &Value<V>| (0..self.fresh_ms).contains(&(read_at.as_millis() - value.read_at.as_millis()));
            kept.values.retain(|_, value| fresh(value));
        }
        if kept.values.len() < self.most || kept.values.contains_key(&key) {
            kept.values.insert(key, Value { value: Arc::clone(value), read_at, renewing: false });
        }
    }

    /// Lets everything be read anew: somebody changed it here.
    pub(crate) fn forget(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.forgotten += 1;
        kept.values.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reads_anew_while_the_others_see_the_old() {
        let remembered: Remembered<&str, u8> = Remembered::new(2, 2000);
        let start = Timestamp::from_seconds(1000);
        let known = |after: i64| remembered.known(&"a", start.plus_seconds(after)).map(|value| *value);
        assert_eq!(known(0), Err(0));
        remembered.put("a", &Arc::new(1), start, 0);
        assert_eq!(known(1), Ok(1));
        assert_eq!(known(3), Err(0), "the first one reads it");
        assert_eq!(known(4), Ok(1), "the others do not wait");
        assert_eq!(known(30), Err(0), "unless nobody comes back with it");
        remembered.put("a", &Arc::new(2), start.plus_seconds(31), 0);
        assert_eq!(known(32), Ok(2));
        // What was read before it was forgotten is not put back.
        remembered.forget();
        remembered.put("a", &Arc::new(2), start.plus_seconds(32), 0);
        assert_eq!(known(32), Err(1));
        remembered.put("a", &Arc::new(3), start.plus_seconds(32), 1);
        assert_eq!(known(33), Ok(3));
    }

    #[test]
    fn there_are_never_too_many() {
        let remembered: Remembered<u8, u8> = Remembered::new(2, 2000);
        let start = Timestamp::from_seconds(1000);
        let put = |key: u8, after: i64| remembered.put(key, &Arc::new(key), start.plus_seconds(after), 0);
        let there = |key: u8, after: i64| remembered.known(&key, start.plus_seconds(after)).is_ok();
        put(1, 0);
        put(2, 0);
        put(3, 1);
        assert!(there(1, 1) && there(2, 1) && !there(3, 1), "fresh ones stay");
        put(3, 5);
        assert!(there(3, 5) && !there(1, 5), "old ones make room");
    }
}
