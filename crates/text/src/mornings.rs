//! When the next morning is, where a reader lives.

use firsthand_model::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{ToSpan, ZonedDateTime};

/// The hour at which a morning begins.
const HOUR: i8 = 7;
const DAY_S: i64 = 86_400;

/// Whether there is a time zone of this name (IANA).
pub fn is_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

/// Seven o'clock of the next morning, or of the next Monday morning, after an instant, in a zone (IANA name). An unknown
/// zone is UTC.
pub fn next_morning(after: Timestamp, zone: Option<&str>, monday: bool) -> Timestamp {
    let zone = zone.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
    let Ok(instant) = jiff::Timestamp::from_millisecond(after.as_millis()) else { return after.plus_seconds(DAY_S) };
    let now = instant.to_zoned_datetime(zone);
    let morning = |day: &ZonedDateTime| day.date().at(HOUR, 0, 0, 0).to_zoned_datetime(day.time_zone().clone()).ok();
    let days = (0..=8_i64).filter_map(|days| now.checked_add(days.days()).ok());
    let fits = |day: &ZonedDateTime| !monday || day.weekday() == Weekday::Monday;
    let next = days.filter(fits).filter_map(|day| morning(&day)).find(|morning| *morning > now);
    next.map_or(after.plus_seconds(DAY_S), |next| Timestamp::from_millis(next.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mornings_are_those_of_the_zone() {
        // A Thursday, 20:00 UTC.
        let now: Timestamp = "2026-11-26T20:00:00Z".parse().unwrap();
        let at = |zone, monday| next_morning(now, zone, monday).to_string();
        assert_eq!(at(None, false), "2026-11-27T07:00:00Z");
        assert_eq!(at(Some("Europe/Berlin"), false), "2026-11-27T06:00:00Z");
        assert_eq!(at(Some("Nowhere/Atall"), false), "2026-11-27T07:00:00Z");
        assert_eq!(at(None, true), "2026-11-30T07:00:00Z");
        let monday: Timestamp = "2026-11-30T07:00:00Z".parse().unwrap();
        assert_eq!(next_morning(monday, None, true).to_string(), "2026-12-07T07:00:00Z");
        // The clocks go forward on the night to 29 March 2026.
        let spring: Timestamp = "2026-03-28T20:00:00Z".parse().unwrap();
        assert_eq!(next_morning(spring, Some("Europe/Berlin"), false).to_string(), "2026-03-29T05:00:00Z");
    }
}
