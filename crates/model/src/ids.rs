//! Identifiers: time-ordered 63-bit numbers that the program makes itself.

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};

/// Milliseconds from the Unix epoch to 2025-01-01T00:00:00Z, where identifiers begin.
const EPOCH_MS: i64 = 1_735_689_600_000;
/// Identifiers that one millisecond can hold. 100 years of them stay below 10^15 and 2^53, the
/// limits of the reader APIs and of JavaScript's numbers.
const PER_MS: i64 = 256;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<i64> for $name {
            fn from(value: i64) -> Self {
                Self(value)
            }
        }
    };
}

id!(
    /// A publisher.
    OutletId
);
id!(
    /// An address that is polled.
    FeedId
);
id!(
    /// One item as a feed gave it.
    EntryId
);
id!(
    /// An extracted page.
    ArticleId
);
id!(
    /// The reports of one event. Its meaning never changes: a merge keeps the older one.
    StoryId
);
id!(
    /// An account.
    UserId
);

/// Makes identifiers that rise with time and never repeat within a process.
///
/// An identifier is the number of milliseconds since 2025 times 256, plus a counter.
#[derive(Debug, Default)]
pub struct IdMaker {
    last: AtomicI64,
}

impl IdMaker {
    /// A maker whose identifiers are all above `last`, the greatest one already used.
    pub fn above(last: i64) -> Self {
        Self { last: AtomicI64::new(last) }
    }

    /// The least identifier that a moment can have: what was made before is below it.
    pub fn first_of(moment: Timestamp) -> i64 {
        (moment.as_millis() - EPOCH_MS).max(0).saturating_mul(PER_MS)
    }

    /// How many identifiers some seconds have.
    pub fn span(seconds: i64) -> i64 {
        seconds.saturating_mul(1000 * PER_MS)
    }

    /// The next identifier: `now`'s first one, or the last one plus one if that is greater.
    pub fn next(&self, now: Timestamp) -> i64 {
        let floor = Self::first_of(now);
        let step = |last: i64| Some(floor.max(last + 1));
        match self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step) {
            Ok(last) | Err(last) => floor.max(last + 1),
        }
    }
}

/// A source of chance, given as a parameter so that tests are exact.
pub trait Random: Send + Sync {
    /// Fills the buffer with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_and_fit_the_reader_apis() {
        let maker = IdMaker::default();
        let now = Timestamp::from_millis(EPOCH_MS + 100 * 365 * 86_400_000);
        let ids: Vec<i64> = (0..1000).map(|_| maker.next(now)).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(ids.iter().all(|id| *id < 1_000_000_000_000_000));
    }

    #[test]
    fn a_clock_set_back_does_not_repeat_an_id() {
        let maker = IdMaker::above(500);
        assert_eq!(maker.next(Timestamp::from_millis(0)), 501);
    }
}
