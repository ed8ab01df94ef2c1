//! When a feed is asked again, and when a page is looked at again. Plain arithmetic on what the
//! answer said.

use crate::http::Fetched;
use firsthand_model::{CrawlHints, Timestamp};
use reqwest::header;

/// The bounds of polling.
#[derive(Debug, Clone)]
pub struct ScheduleConfig {
    /// The interval of a feed that asks for nothing, in seconds.
    pub poll_interval_s: u32,
    /// A feed that seldom has news is asked less often than `poll_interval_s`: as its own rhythm says,
    /// but at least at this interval, in seconds. Not above `poll_interval_s`: all feeds alike.
    pub quiet_interval_s: u32,
    /// No interval is longer, in seconds, unless the feed's server asks for it.
    pub max_interval_s: u32,
    /// Ages in seconds, counted from when an entry was first seen, at which its page is looked at
    /// again for changes.
    pub recheck_after_s: Vec<i64>,
    /// Pauses in seconds before the second, third … try of a page that could not be had.
    pub retry_after_s: Vec<i64>,
}

impl Default for ScheduleConfig {
    fn default() -> Self {
        Self {
            poll_interval_s: 30 * 60,
            quiet_interval_s: 6 * 3600,
            max_interval_s: 24 * 3600,
            recheck_after_s: vec![2 * 3600, 8 * 3600, 24 * 3600, 48 * 3600],
            retry_after_s: vec![5 * 60, 3600],
        }
    }
}

/// Items from which a feed's rhythm is learnt.
const RHYTHM_ITEMS: usize = 12;

/// The longest that a server's Retry-After or max-age is believed: two days.
const LONGEST_WISH_S: i64 = 2 * 86_400;

impl ScheduleConfig {
    /// The interval that a feed's rhythm suggests, in seconds: a quarter of what usually passes
    /// between two of its items, or has passed since the last one if that is longer; within
    /// `poll_interval_s` and `quiet_interval_s`. `published`: the times of its items, in any order.
    pub fn learnt_interval_s(&self, published: &[Timestamp], now: Timestamp) -> u32 {
        let mut times: Vec<i64> = published.iter().filter(|time| **time <= now).map(|time| time.as_seconds()).collect();
        times.sort_unstable_by(|one, other| other.cmp(one));
        times.truncate(RHYTHM_ITEMS);
        let mut gaps: Vec<i64> = times.windows(2).filter_map(|pair| Some(pair.first()? - pair.last()?)).collect();
        gaps.sort_unstable();
        let (Some(newest), Some(median)) = (times.first(), gaps.get(gaps.len() / 2)) else {
            return self.poll_interval_s;
        };
        let quarter = (now.as_seconds() - newest).max(*median) / 4;
        let quarter = u32::try_from(quarter).unwrap_or(u32::MAX);
        quarter.clamp(self.poll_interval_s, self.quiet_interval_s.max(self.poll_interval_s))
    }

    /// The interval after a good answer: the configured one, or what the server and the document
    /// ask for if that is longer.
    pub fn interval_after_success_s(&self, answer: &Fetched, hints: Option<&CrawlHints>) -> u32 {
        let max_age = answer.header(header::CACHE_CONTROL).and_then(max_age_s);
        let expires = answer.header(header::EXPIRES).and_then(http_date).map(|at| at.seconds_since(answer.at));
        let ttl = hints.and_then(|hints| hints.ttl_minutes).map(|minutes| i64::from(minutes) * 60);
        let wish = max_age.or(expires).into_iter().chain(ttl).max().unwrap_or(0).clamp(0, LONGEST_WISH_S);
        self.poll_interval_s
            .max(u32::try_from(wish).unwrap_or(u32::MAX))
            .min(self.max_interval_s.max(self.poll_interval_s))
    }

    /// The pause after so many failures in a row: doubled each time, from the interval.
    pub fn backoff_s(&self, failures: u32) -> i64 {
        let doubled = i64::from(self.poll_interval_s).saturating_mul(1 << failures.min(16));
        doubled.min(i64::from(self.max_interval_s.max(self.poll_interval_s)))
    }

    /// The next poll: after the interval, up to a tenth later by the feed's number, so that feeds
    /// added together do not stay together; then moved out of hours and days to skip.
    pub fn next_poll(&self, at: Timestamp, interval_s: i64, feed: i64, hints: Option<&CrawlHints>) -> Timestamp {
        let spread = (firsthand_text::shingles::stable_hash(&feed.to_le_bytes()) % 1000) as i64;
        let mut next = at.plus_seconds(interval_s + interval_s * spread / 10_000);
        let Some(hints) = hints else { return next };
        for _ in 0..24 * 7 {
            let seconds = next.as_seconds();
            let hour = seconds.div_euclid(3600).rem_euclid(24);
            // 1970-01-01 was a Thursday; Monday is 0.
            let day = (seconds.div_euclid(86_400) + 3).rem_euclid(7);
            let skipped = hints.skip_hours.iter().any(|skip| i64::from(*skip) == hour)
                || hints.skip_days.iter().any(|skip| i64::from(*skip) == day);
            if !skipped {
                break;
            }
            next = Timestamp::from_seconds((seconds.div_euclid(3600) + 1) * 3600);
        }
        next
    }

    /// When an entry's page is looked at again; `None` when the plan is over.
    pub fn recheck_at(&self, first_seen_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let age = now.seconds_since(first_seen_at);
        self.recheck_after_s.iter().find(|after| **after > age).map(|after| first_seen_at.plus_seconds(*after))
    }

    /// When a page that could not be had `attempts` times (this one included) is tried again;
    /// `None` when it is given up.
    pub fn retry_at(&self, attempts: u32, now: Timestamp) -> Option<Timestamp> {
        let pause = self.retry_after_s.get(usize::try_from(attempts.saturating_sub(1)).ok()?)?;
        Some(now.plus_seconds(*pause))
    }
}

/// What an answer asks to wait (`Retry-After`, RFC 9110, 10.2.3), in seconds; at most two days,
/// whatever number it holds.
pub fn retry_after_s(answer: &Fetched) -> Option<i64> {
    let value = answer.header(header::RETRY_AFTER)?.trim();
    let seconds = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        value.parse().unwrap_or(LONGEST_WISH_S)
    } else {
        http_date(value)?.seconds_since(answer.at)
    };
    Some(seconds.clamp(0, LONGEST_WISH_S))
}

/// `max-age` of a `Cache-Control` header, in seconds.
fn max_age_s(value: &str) -> Option<i64> {
    let directive = value
        .split(',')
        .find_map(|part| part.trim().to_ascii_lowercase().strip_prefix("max-age=").map(str::to_owned))?;
    directive.trim_matches('"').parse().ok()
}

/// An HTTP date (RFC 9110, 5.6.7).
fn http_date(value: &str) -> Option<Timestamp> {
    let time = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(value.trim()).ok()?;
    Some(Timestamp::from_jiff(time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderMap, HeaderValue};
    use url::Url;

    fn answer(headers: &[(&'static str, &str)]) -> Fetched {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        let final_url = Url::parse("https://outlet.example/feed").unwrap();
        Fetched {
            final_url,
            moved_to: None,
            status: 200,
            headers: map,
            body: Vec::new(),
            at: "2026-03-02T10:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn the_longest_wish_counts_within_the_bounds() {
        let schedule = ScheduleConfig::default();
        assert_eq!(schedule.interval_after_success_s(&answer(&[]), None), 1800);
        assert_eq!(
            schedule.interval_after_success_s(&answer(&[("cache-control", "public, max-age=7200")]), None),
            7200
        );
        assert_eq!(
            schedule.interval_after_success_s(&answer(&[("expires", "Mon, 02 Mar 2026 11:00:00 GMT")]), None),
            3600
        );
        assert_eq!(
            schedule.interval_after_success_s(&answer(&[("cache-control", "max-age=99999999999")]), None),
            86_400
        );
        let hints = CrawlHints { ttl_minutes: Some(120), ..CrawlHints::default() };
        assert_eq!(schedule.interval_after_success_s(&answer(&[("cache-control", "max-age=60")]), Some(&hints)), 7200);
    }

    #[test]
    fn a_feed_is_asked_at_its_own_rhythm() {
        let schedule = ScheduleConfig::default();
        let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let every = |hours: i64, since: i64| -> Vec<Timestamp> {
            (0..20).map(|place| now.plus_seconds(-3600 * (since + place * hours))).collect()
        };
        let learnt = |published: &[Timestamp]| schedule.learnt_interval_s(published, now);
        // Every hour: as often as any feed; every twelve: every three; for a month silent: the longest.
        assert_eq!([learnt(&every(1, 0)), learnt(&every(12, 1)), learnt(&every(1, 720))], [1800, 3 * 3600, 6 * 3600]);
        assert_eq!([learnt(&[]), learnt(&[now]), learnt(&every(24, -500))], [1800, 1800, 1800]);
        let alike = ScheduleConfig { poll_interval_s: 60, quiet_interval_s: 60, ..ScheduleConfig::default() };
        assert_eq!(alike.learnt_interval_s(&every(12, 1), now), 60);
    }

    #[test]
    fn retry_after_is_read_in_both_forms_and_never_absurd() {
        assert_eq!(retry_after_s(&answer(&[("retry-after", "120")])), Some(120));
        assert_eq!(retry_after_s(&answer(&[("retry-after", "Mon, 02 Mar 2026 10:10:00 GMT")])), Some(600));
        assert_eq!(retry_after_s(&answer(&[("retry-after", "99999999999999999999999999")])), Some(LONGEST_WISH_S));
        assert_eq!(retry_after_s(&answer(&[("retry-after", "soon")])), None);
    }

    #[test]
    fn skipped_hours_and_days_are_skipped() {
        let schedule = ScheduleConfig::default();
        let hints = CrawlHints {
            skip_hours: (0..24).filter(|hour| *hour != 6).collect(),
            skip_days: vec![1],
            ..CrawlHints::default()
        };
        let at: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        assert_eq!(schedule.next_poll(at, 0, 1, Some(&hints)).to_string(), "2026-03-04T06:00:00Z");
    }

    #[test]
    fn failures_double_the_pause_up_to_a_day() {
        let schedule = ScheduleConfig::default();
        assert_eq!([1, 2, 3, 20].map(|failures| schedule.backoff_s(failures)), [3600, 7200, 14_400, 86_400]);
    }

    #[test]
    fn rechecks_and_retries_end() {
        let schedule = ScheduleConfig::default();
        let seen: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        assert_eq!(schedule.recheck_at(seen, seen), Some(seen.plus_seconds(7200)));
        assert_eq!(schedule.recheck_at(seen, seen.plus_seconds(7200)), Some(seen.plus_seconds(8 * 3600)));
        assert_eq!(schedule.recheck_at(seen, seen.plus_seconds(49 * 3600)), None);
        assert_eq!(schedule.retry_at(1, seen), Some(seen.plus_seconds(300)));
        assert_eq!(schedule.retry_at(3, seen), None);
    }
}
