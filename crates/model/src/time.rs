//! Instants in UTC and the clock that gives them.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};

/// An instant: milliseconds since 1970-01-01T00:00:00Z, written as RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The earliest and latest milliseconds that RFC 3339 can write: the years 0 to 9999.
    const RANGE: (i64, i64) = (-62_167_219_200_000, 253_402_207_200_000);

    /// From milliseconds since the Unix epoch, clamped to the years 0 to 9999.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(Self::RANGE.0, Self::RANGE.1))
    }

    /// From seconds since the Unix epoch, clamped to the years 0 to 9999.
    pub fn from_seconds(seconds: i64) -> Self {
        Self::from_millis(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the Unix epoch.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This instant moved by so many seconds (negative: earlier).
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_millis(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Seconds from `earlier` to this instant, negative when it is later.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(1000)
    }

    /// The same instant for calendar arithmetic.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// From the calendar library's instant; what is below a millisecond is cut off.
    pub fn from_jiff(instant: jiff::Timestamp) -> Self {
        Self::from_millis(instant.as_millisecond())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_jiff().fmt(f)
    }
}

impl FromStr for Timestamp {
    type Err = jiff::Error;
    /// Reads RFC 3339 with any offset. Feeds' and pages' own dates are read by their stages.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::from_jiff)
    }
}

/// An instant as a page wrote it: with its own zone, so that its day is the outlet's. Written as RFC 3339 with
/// the offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WrittenTime {
    /// The instant.
    pub at: Timestamp,
    /// Minutes east of UTC, within a day; 0 where no zone was written.
    pub offset_minutes: i16,
}

impl WrittenTime {
    fn offset(self) -> jiff::tz::Offset {
        jiff::tz::Offset::from_seconds(i32::from(self.offset_minutes) * 60).unwrap_or(jiff::tz::Offset::UTC)
    }
}

impl From<Timestamp> for WrittenTime {
    fn from(at: Timestamp) -> Self {
        Self { at, offset_minutes: 0 }
    }
}

impl fmt::Display for WrittenTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.offset_minutes == 0 {
            self.at.fmt(f)
        } else {
            self.at.to_jiff().display_with_offset(self.offset()).fmt(f)
        }
    }
}

impl FromStr for WrittenTime {
    type Err = jiff::Error;
    /// Reads RFC 3339 with any offset.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let pieces = jiff::fmt::temporal::Pieces::parse(text)?;
        let seconds = pieces.to_numeric_offset().map_or(0, |offset| offset.seconds());
        Ok(Self { at: text.parse()?, offset_minutes: i16::try_from(seconds / 60).unwrap_or_default() })
    }
}

impl Serialize for WrittenTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WrittenTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error| D::Error::custom(format!("{text:?} is not an RFC 3339 time: {error}")))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error| D::Error::custom(format!("{text:?} is not an RFC 3339 time: {error}")))
    }
}

/// Gives the present. The server has a [`SystemClock`]; tests have a [`ManualClock`].
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    fn now(&self) -> Timestamp {
        Timestamp::from_jiff(jiff::Timestamp::now())
    }
}

/// A clock set by another one: processes on several machines go by their database's, whatever their own show.
pub struct SetClock {
    own: Box<dyn Clock>,
    ahead_ms: AtomicI64,
}

impl SetClock {
    /// A clock that shows what `own` shows until it is set.
    pub fn new(own: impl Clock + 'static) -> Self {
        Self { own: Box::new(own), ahead_ms: AtomicI64::new(0) }
    }

    /// Sets it: what it is to show now. Gives by how many milliseconds the own clock is behind that.
    pub fn set(&self, now: Timestamp) -> i64 {
        let ahead_ms = now.as_millis() - self.own.now().as_millis();
        self.ahead_ms.store(ahead_ms, Ordering::Relaxed);
        ahead_ms
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.own.now().as_millis() + self.ahead_ms.load(Ordering::Relaxed))
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `now`.
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_millis()))
    }

    /// Moves the clock forward.
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for WrittenTime {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "WrittenTime".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "format": "date-time", "description": "An instant with the offset it was written with (RFC 3339)."
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "format": "date-time", "description": "An instant in UTC (RFC 3339)."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_and_read_as_rfc_3339_in_utc() {
        let time: Timestamp = "2024-04-20T14:00:00+02:00".parse().unwrap();
        assert_eq!(time.to_string(), "2024-04-20T12:00:00Z");
        assert_eq!(serde_json::to_string(&time).unwrap(), "\"2024-04-20T12:00:00Z\"");
        let error = serde_json::from_str::<Timestamp>("\"yesterday\"").unwrap_err().to_string();
        assert!(error.contains("yesterday"), "{error}");
    }

    #[test]
    fn a_clock_goes_by_the_one_that_it_is_set_by() {
        let clock = SetClock::new(ManualClock::at(Timestamp::from_seconds(7200)));
        assert_eq!(clock.now(), Timestamp::from_seconds(7200));
        assert_eq!(clock.set(Timestamp::from_seconds(3600)), -3_600_000);
        assert_eq!(clock.now(), Timestamp::from_seconds(3600));
    }

    #[test]
    fn absurd_instants_are_clamped_to_what_can_be_written() {
        assert_eq!(Timestamp::from_seconds(i64::MAX).to_string().get(..4), Some("9999"));
        assert_eq!(Timestamp::from_seconds(i64::MIN).to_string().get(..4), Some("0000"));
    }
}
