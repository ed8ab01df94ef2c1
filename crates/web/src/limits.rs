//! How often one network may do a thing.

use firsthand_model::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Networks that are remembered at the most; beyond it those that have all their turns back go.
const MOST_NETWORKS: usize = 20_000;

/// A token bucket for each network prefix.
#[derive(Debug)]
pub(crate) struct Limiter {
    burst: f64,
    per_second: f64,
    buckets: Mutex<HashMap<String, (f64, Timestamp)>>,
}

impl Limiter {
    /// `burst` at once, and `per_second` again after that.
    pub(crate) fn new(burst: f64, per_second: f64) -> Self {
        Self { burst, per_second, buckets: Mutex::default() }
    }

    /// Takes a turn; `false` when none is left.
    pub(crate) fn take(&self, network: &str, now: Timestamp) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let filled = |(left, since): (f64, Timestamp)| {
            let seconds = (now.as_millis() - since.as_millis()).max(0) as f64 / 1000.0;
            (left + seconds * self.per_second).min(self.burst)
        };
        if buckets.len() >= MOST_NETWORKS && !buckets.contains_key(network) {
            buckets.retain(|_, bucket| filled(*bucket) < self.burst);
            if buckets.len() >= MOST_NETWORKS {
                return false;
            }
        }
        let left = buckets.get(network).map_or(self.burst, |bucket| filled(*bucket));
        let granted = left >= 1.0;
        buckets.insert(network.to_owned(), (if granted { left - 1.0 } else { left }, now));
        granted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_come_back_with_time() {
        let limiter = Limiter::new(2.0, 0.5);
        let start = Timestamp::from_seconds(1000);
        assert!(limiter.take("a", start) && limiter.take("a", start) && !limiter.take("a", start));
        assert!(limiter.take("b", start));
        assert!(!limiter.take("a", start.plus_seconds(1)));
        assert!(limiter.take("a", start.plus_seconds(3)));
    }
}
