//! Instants as pages and feeds write them.

use firsthand_model::{Timestamp, WrittenTime};
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use std::collections::HashMap;
use std::sync::OnceLock;

/// A day of the calendar.
pub type Day = Date;

/// Beginnings of months' names in the languages most met, folded; the number is the month.
const MONTHS: &[(&str, i8)] = &[
    ("jan", 1),
    ("januar", 1),
    ("january", 1),
    ("janvier", 1),
    ("janv", 1),
    ("enero", 1),
    ("ene", 1),
    ("gennaio", 1),
    ("gen", 1),
    ("janeiro", 1),
    ("januari", 1),
    ("janner", 1),
    ("января", 1),
    ("stycznia", 1),
    ("feb", 2),
    ("februar", 2),
    ("february", 2),
    ("fevrier", 2),
    ("fevr", 2),
    ("fev", 2),
    ("febrero", 2),
    ("febbraio", 2),
    ("fevereiro", 2),
    ("februari", 2),
    ("февраля", 2),
    ("lutego", 2),
    ("mar", 3),
    ("march", 3),
    ("marz", 3),
    ("maerz", 3),
    ("mars", 3),
    ("marzo", 3),
    ("marco", 3),
    ("maart", 3),
    ("mrt", 3),
    ("марта", 3),
    ("marca", 3),
    ("apr", 4),
    ("april", 4),
    ("avril", 4),
    ("avr", 4),
    ("abril", 4),
    ("abr", 4),
    ("aprile", 4),
    ("апреля", 4),
    ("kwietnia", 4),
    ("may", 5),
    ("mai", 5),
    ("mayo", 5),
    ("maggio", 5),
    ("mag", 5),
    ("maio", 5),
    ("mei", 5),
    ("maj", 5),
    ("мая", 5),
    ("maja", 5),
    ("jun", 6),
    ("june", 6),
    ("juni", 6),
    ("juin", 6),
    ("junio", 6),
    ("giugno", 6),
    ("giu", 6),
    ("junho", 6),
    ("июня", 6),
    ("czerwca", 6),
    ("jul", 7),
    ("july", 7),
    ("juli", 7),
    ("juillet", 7),
    ("juil", 7),
    ("julio", 7),
    ("luglio", 7),
    ("lug", 7),
    ("julho", 7),
    ("июля", 7),
    ("lipca", 7),
    ("aug", 8),
    ("august", 8),
    ("aout", 8),
    ("agosto", 8),
    ("ago", 8),
    ("augustus", 8),
    ("augusti", 8),
    ("августа", 8),
    ("sierpnia", 8),
    ("sep", 9),
    ("sept", 9),
    ("september", 9),
    ("septembre", 9),
    ("septiembre", 9),
    ("settembre", 9),
    ("set", 9),
    ("setembro", 9),
    ("сентября", 9),
    ("wrzesnia", 9),
    ("oct", 10),
    ("okt", 10),
    ("october", 10),
    ("oktober", 10),
    ("octobre", 10),
    ("octubre", 10),
    ("ottobre", 10),
    ("ott", 10),
    ("outubro", 10),
    ("октября", 10),
    ("pazdziernika", 10),
    ("nov", 11),
    ("november", 11),
    ("novembre", 11),
    ("noviembre", 11),
    ("novembro", 11),
    ("ноября", 11),
    ("listopada", 11),
    ("dec", 12),
    ("dez", 12),
    ("december", 12),
    ("dezember", 12),
    ("decembre", 12),
    ("diciembre", 12),
    ("dic", 12),
    ("dicembre", 12),
    ("dezembro", 12),
    ("декабря", 12),
    ("grudnia", 12),
];

/// Names of zones with their hours east of UTC; where a name has several meanings, the one most
/// written in feeds.
const ZONES: &[(&str, i32)] = &[
    ("EDT", -4),
    ("AST", -4),
    ("ADT", -3),
    ("EST", -5),
    ("ET", -5),
    ("CDT", -5),
    ("CST", -6),
    ("MDT", -6),
    ("MST", -7),
    ("PDT", -7),
    ("PST", -8),
    ("PT", -8),
    ("AKDT", -8),
    ("AKST", -9),
    ("HST", -10),
    ("BRT", -3),
    ("ART", -3),
    ("WEST", 1),
    ("BST", 1),
    ("IST", 1),
    ("CET", 1),
    ("MEZ", 1),
    ("CEST", 2),
    ("MESZ", 2),
    ("EET", 2),
    ("SAST", 2),
    ("EEST", 3),
    ("MSK", 3),
    ("SGT", 8),
    ("HKT", 8),
    ("JST", 9),
    ("KST", 9),
    ("AEST", 10),
    ("AEDT", 11),
    ("NZST", 12),
    ("NZDT", 13),
];

/// Years in which pages were written.
fn plausible(date: Date) -> Option<Date> {
    (1990..=2100).contains(&date.year()).then_some(date)
}

/// A value that is a date: RFC 3339 with faults, RFC 2822, a number of seconds or milliseconds
/// since 1970, or words. A date alone is its first instant in UTC.
pub fn read(value: &str) -> Option<Timestamp> {
    let value = value.trim();
    if value.is_empty() || value.len() > 120 {
        return None;
    }
    if value.len() >= 9 && value.bytes().all(|byte| byte.is_ascii_digit()) && !matches!(value.len(), 8 | 14) {
        let number: i64 = value.parse().ok()?;
        let time = if value.len() >= 12 { Timestamp::from_millis(number) } else { Timestamp::from_seconds(number) };
        return plausible(Offset::UTC.to_datetime(time.to_jiff()).date()).map(|_| time);
    }
    iso(value).or_else(|| mail(value)).or_else(|| within(value))
}

/// As [`read`], with the zone in which the value is written: what its day is there.
pub fn read_written(value: &str) -> Option<WrittenTime> {
    let at = read(value)?;
    Some(WrittenTime { at, offset_minutes: offset_minutes(value.trim(), at).unwrap_or(0) })
}

/// The minutes east of UTC of a value that ends in a zone after a time: what taking the zone off does to it.
fn offset_minutes(value: &str, at: Timestamp) -> Option<i16> {
    let zone =
        value.rfind(['+', '-', ' ']).filter(|place| value.get(..*place).is_some_and(|rest| rest.contains(':')))?;
    let rest = value.get(..zone)?;
    let digits = value.get(zone + 1..)?.bytes().filter(u8::is_ascii_digit).count();
    let named = value.get(zone + 1..)?;
    let named = named.bytes().all(|byte| byte.is_ascii_uppercase()) && !matches!(named, "AM" | "PM");
    if digits != 4 && !named {
        return None;
    }
    let minutes = read(rest)?.seconds_since(at) / 60;
    i16::try_from(minutes).ok().filter(|minutes| minutes.abs() <= 14 * 60)
}

/// RFC 822 and 2822 with the usual faults, and the form of C's `asctime`: a month's name, a day and
/// a year of two or four digits around it, a time anywhere, a zone after it.
fn mail(value: &str) -> Option<Timestamp> {
    let folded = crate::normalise::fold(value);
    let tokens: Vec<&str> = folded
        .split(|character: char| character.is_whitespace() || matches!(character, ',' | ';'))
        .flat_map(|token| {
            if token.contains(':') || token.starts_with(['-', '+']) {
                vec![token]
            } else {
                token.split_inclusive('-').collect()
            }
        })
        .map(|token| if token.len() > 1 { token.trim_end_matches(['-', '.']) } else { token })
        .filter(|token| !token.is_empty())
        .collect();
    if tokens.len() > 12 {
        return None;
    }
    // "mar., 5 mai": the day before it tells a month from a weekday that is written alike.
    let months = || tokens.iter().enumerate().filter_map(|(place, token)| Some((place, month(token)?)));
    let after_day = |place: usize| {
        place
            .checked_sub(1)
            .and_then(|before| tokens.get(before))
            .is_some_and(|day| day.bytes().all(|b| b.is_ascii_digit()))
    };
    let (place, month) = months().find(|(place, _)| after_day(*place)).or_else(|| months().next())?;
    let number = |place: usize| tokens.get(place).filter(|token| token.len() <= 4)?.parse::<i16>().ok();
    let day_of = |place: usize| {
        number(place).filter(|day| (1..=31).contains(day) && tokens.get(place).is_some_and(|token| token.len() <= 2))
    };
    let (day, used) = match place.checked_sub(1).and_then(|before| Some((day_of(before)?, before))) {
        Some(found) => found,
        None => (day_of(place + 1)?, place + 1),
    };
    let year_place = (place + 1..tokens.len()).find(|at| {
        *at != used && number(*at).is_some_and(|_| tokens.get(*at).is_some_and(|token| matches!(token.len(), 2 | 4)))
    })?;
    let year = match (number(year_place)?, tokens.get(year_place)?.len()) {
        (year, 2) if year < 70 => 2000 + year,
        (year, 2) => 1900 + year,
        (year, _) => year,
    };
    let date = Date::new(year, month, i8::try_from(day).ok()?).ok().and_then(plausible)?;
    let time = tokens.iter().position(|token| token.contains(':'));
    let rest = time.map_or(String::new(), |time| {
        let zone = tokens.iter().enumerate().filter(|(at, _)| *at > time && *at != year_place).map(|(_, token)| *token);
        format!("{} {}", tokens.get(time).copied().unwrap_or_default(), zone.collect::<Vec<_>>().join(" "))
    });
    Some(at(date, &rest))
}

/// Whether a word names a month, whole or shortened, in one of the languages that are read.
pub fn is_month(word: &str) -> bool {
    month(&crate::normalise::fold(word)).is_some()
}

/// The month that a folded name or its beginning stands for.
fn month(token: &str) -> Option<i8> {
    static TABLE: OnceLock<HashMap<&str, i8>> = OnceLock::new();
    let token = token.trim_end_matches('.');
    // No name of a month begins with a digit, and most tokens beside one do.
    if token.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    // Of a name that stands twice the first counts.
    TABLE.get_or_init(|| MONTHS.iter().rev().copied().collect()).get(token).copied()
}

/// ISO 8601 with the usual faults: a space for the T, no colon in the offset, no seconds, no dashes.
fn iso(value: &str) -> Option<Timestamp> {
    let mut numbers = value.split(|character: char| !character.is_ascii_digit());
    let first = numbers.next()?;
    let (year, month, day, used) = match first.len() {
        4 => {
            let (month, day) = (numbers.next()?, numbers.next()?);
            let separator = value.chars().nth(4)?;
            if !matches!(separator, '-' | '/' | '.') || month.len() > 2 || day.len() > 2 {
                return None;
            }
            (first, month, day, 4 + 1 + month.len() + 1 + day.len())
        }
        8 | 14 => (first.get(..4)?, first.get(4..6)?, first.get(6..8)?, 8),
        _ => return None,
    };
    let date = plausible(Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?)?;
    let rest = value.get(used..).unwrap_or_default();
    // "T100509Z" is "T10:05:09Z".
    let digits = rest.bytes().skip(1).take_while(u8::is_ascii_digit).count();
    if rest.starts_with(['T', 't']) && matches!(digits, 4 | 6) {
        let part = |from: usize, to: usize| rest.get(from..to).unwrap_or_default();
        let seconds = if digits == 6 { part(5, 7) } else { "00" };
        return Some(at(date, &format!("T{}:{}:{seconds}{}", part(1, 3), part(3, 5), part(1 + digits, rest.len()))));
    }
    Some(at(date, rest))
}

/// A year, a year and month, or a year and the number of its day (ISO 8601, W3C date and
/// time): its first instant in UTC. Not tried by [`read`], since a page's number is seldom a year.
pub fn partial(value: &str) -> Option<Timestamp> {
    let value = value.trim();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // Two digits of a year: "03-12-31", "031231".
    let century =
        |year: &str| Some(if year.parse::<i16>().ok()? < 70 { format!("20{year}") } else { format!("19{year}") });
    let parts: Vec<&str> = value.split('-').collect();
    match parts.as_slice() {
        [year, month, day] if [year, month, day].iter().all(|part| part.len() == 2 && digits(part)) => {
            return iso(&format!("{}-{month}-{day}", century(year)?));
        }
        [whole] if whole.len() == 6 && digits(whole) => {
            return iso(&format!("{}{}", century(whole.get(..2)?)?, whole.get(2..)?));
        }
        _ => {}
    }
    let mut parts = parts.into_iter();
    let year = parts.next()?.parse().ok()?;
    let date = match parts.next() {
        None => Date::new(year, 1, 1).ok()?,
        Some(month) if month.len() == 2 => Date::new(year, month.parse().ok()?, 1).ok()?,
        Some(day) if day.len() == 3 => {
            Date::new(year, 1, 1).ok()?.with().day_of_year(day.parse().ok()?).build().ok()?
        }
        Some(_) => return None,
    };
    plausible(date).map(|date| at(date, ""))
}

/// The instant of a date with the time of day and offset in `rest`, if they are there.
fn at(date: Date, rest: &str) -> Timestamp {
    let midnight = DateTime::from_parts(date, jiff::civil::Time::midnight());
    let in_utc =
        |time: DateTime, offset: Offset| offset.to_timestamp(time).map(Timestamp::from_jiff).unwrap_or_default();
    let Some((time, after)) = time_of_day(rest) else { return in_utc(midnight, Offset::UTC) };
    let offset = offset(after).unwrap_or(Offset::UTC);
    in_utc(DateTime::from_parts(date, time), offset)
}

/// "T14:05:09.123", " 2:05 pm": the time and what follows it.
fn time_of_day(text: &str) -> Option<(jiff::civil::Time, &str)> {
    let colon = text.find(':')?;
    let before = text.get(..colon)?;
    let digits = before.chars().rev().take_while(char::is_ascii_digit).count();
    let mut hour: i8 = before.get(before.len() - digits..)?.parse().ok()?;
    let rest = text.get(colon + 1..)?;
    let (minute, mut rest) = leading_number(rest)?;
    let mut second = 0;
    if let Some((value, after)) = rest.strip_prefix(':').and_then(leading_number) {
        // A leap second is the second before it.
        second = value.min(59);
        rest = after;
        if let Some(fraction) = rest.strip_prefix('.') {
            rest = fraction.trim_start_matches(|character: char| character.is_ascii_digit());
        }
    }
    let half = rest.trim_start().to_ascii_lowercase();
    if (half.starts_with("pm") || half.starts_with("p.m")) && hour < 12 {
        hour += 12;
    } else if (half.starts_with("am") || half.starts_with("a.m")) && hour == 12 {
        hour = 0;
    }
    Some((jiff::civil::Time::new(hour, minute, second, 0).ok()?, rest))
}

/// One or two digits and what follows them.
fn leading_number(text: &str) -> Option<(i8, &str)> {
    let length = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    Some((text.get(..length)?.parse().ok()?, text.get(length..)?))
}

/// "Z", "+0200", "-05:00", "GMT", and the zones of North America.
fn offset(text: &str) -> Option<Offset> {
    let text = text.trim_start();
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' | '−' => -1,
        _ => {
            let name: String = text
                .chars()
                .skip_while(|character| !character.is_ascii_alphabetic())
                .take_while(char::is_ascii_alphabetic)
                .map(|character| character.to_ascii_uppercase())
                .collect();
            let after = text.get(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or_default() + name.len()..)?;
            if matches!(name.as_str(), "AM" | "PM" | "UHR" | "GMT" | "UTC")
                && after.trim_start().starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-'))
            {
                return offset(after);
            }
            let hours = ZONES.iter().find(|(zone, _)| *zone == name).map_or(0, |(_, hours)| *hours);
            return Offset::from_seconds(hours * 3600).ok();
        }
    };
    let digits: String =
        text.chars().skip(1).filter(|character| *character != ':').take_while(char::is_ascii_digit).take(4).collect();
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) = if digits.len() > 2 { (number / 100, number % 100) } else { (number, 0) };
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// The first date in words within a short text: "March 4, 2026", "4. März 2026, 14:05 Uhr",
/// "04.03.2026", "2026-03-04". Days and months in digits alone are read as day, month, year when
/// they are parted by dots; with slashes only when one of them must be the day.
pub fn within(text: &str) -> Option<Timestamp> {
    let folded = crate::normalise::fold(text);
    if !may_hold_a_date(&folded) {
        return None;
    }
    let tokens: Vec<(usize, &str)> = crate::tokens::words(&folded).map(|word| (word.end, word.text)).take(60).collect();
    for (place, (_, token)) in tokens.iter().enumerate() {
        if let Some(month) = month(token) {
            let number = |offset: isize| {
                place
                    .checked_add_signed(offset)
                    .and_then(|place| tokens.get(place))
                    .and_then(|(end, token)| Some((*end, ordinal(token)?)))
            };
            let year = |offset: isize| {
                place.checked_add_signed(offset).and_then(|place| tokens.get(place)).and_then(|(end, token)| {
                    Some((*end, token.parse::<i16>().ok().filter(|year| (1990..2100).contains(year))?))
                })
            };
            // "4 March 2026", "4 de marzo de 2026" (the little words were skipped by looking two on).
            let before = number(-1).or_else(|| number(-2));
            let found = match (before, year(1).or_else(|| year(2)), number(1), year(2)) {
                (Some((_, day)), Some((end, year)), _, _) => Some((day, year, end)),
                (_, _, Some((_, day)), Some((end, year))) => Some((day, year, end)),
                _ => None,
            };
            if let Some((day, year, end)) = found
                && let Some(date) = Date::new(year, month, day).ok().and_then(plausible)
            {
                return Some(at(
                    date,
                    folded.get(end..).unwrap_or_default().get(..24).unwrap_or(folded.get(end..).unwrap_or_default()),
                ));
            }
        }
    }
    folded.split([' ', ',', '(', ')', '|']).find_map(|word| iso(word).or_else(|| in_digits(word)))
}

/// Whether a text has four digits in a row, or digits around a mark that parts a date: most short texts have none.
fn may_hold_a_date(text: &str) -> bool {
    let mut run = 0;
    let mut before = false;
    for byte in text.bytes() {
        if byte.is_ascii_digit() {
            run += 1;
            if run == 4 || before {
                return true;
            }
            continue;
        }
        before = run > 0 && matches!(byte, b'.' | b'/' | b'-');
        run = 0;
    }
    false
}

fn ordinal(token: &str) -> Option<i8> {
    let digits: String = token.chars().take_while(char::is_ascii_digit).collect();
    let rest = token.get(digits.len()..)?;
    if !matches!(rest, "" | "st" | "nd" | "rd" | "th" | "er" | "º" | "o") {
        return None;
    }
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

fn in_digits(word: &str) -> Option<Timestamp> {
    let separator = word
        .chars()
        .find(|character| !character.is_ascii_digit())
        .filter(|separator| matches!(separator, '.' | '/' | '-'))?;
    let parts: Vec<i16> =
        word.trim_end_matches(['.', ':']).split(separator).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let &[first, second, year] = parts.as_slice() else { return None };
    let year = if year < 100 { year + 2000 } else { year };
    let (day, month) = match separator {
        '.' => (first, second),
        _ if first > 12 => (first, second),
        _ if second > 12 => (second, first),
        _ => return None,
    };
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().and_then(plausible)?;
    Some(at(date, ""))
}

/// A date in an address: "/2026/03/04/", "/2026-03-04-", "/20260304/".
pub fn in_path(path: &str) -> Option<Timestamp> {
    let numbers: Vec<&str> = path.split(['/', '-', '_', '.']).collect();
    let spelt = numbers.windows(3).find_map(|window| match window {
        [year, month, day] if year.len() == 4 && month.len() <= 2 && day.len() <= 2 => {
            Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok().and_then(plausible)
        }
        _ => None,
    });
    let joined = || numbers.iter().filter(|part| part.len() == 8).find_map(|part| iso(part));
    spelt.map(|date| at(date, "")).or_else(joined)
}

/// The day of an instant in UTC as some APIs write it: "March 05, 2026".
pub fn in_english(at: Timestamp) -> String {
    let instant = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
    instant.strftime("%B %d, %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &str) -> String {
        read(value).map(|time| time.to_string()).unwrap_or_default()
    }

    #[test]
    fn the_zone_of_a_written_date_is_kept() {
        let written = |value: &str| read_written(value).map(|time| time.to_string()).unwrap_or_default();
        assert_eq!(written("2026-03-04T22:10:00-05:00"), "2026-03-04T22:10:00-05:00");
        assert_eq!(written("2026-03-04T22:10:00.000+0530"), "2026-03-04T22:10:00+05:30");
        assert_eq!(written("Wed, 04 Mar 2026 22:10:00 EST"), "2026-03-04T22:10:00-05:00");
        assert_eq!(written("Wed, 04 Mar 2026 22:10:00 GMT"), "2026-03-04T22:10:00Z");
        assert_eq!(written("2026-03-04T22:10:00Z"), "2026-03-04T22:10:00Z");
        assert_eq!(written("2026-03-04"), "2026-03-04T00:00:00Z");
        assert_eq!(written("March 4, 2026"), "2026-03-04T00:00:00Z");
        assert_eq!(written("2026-03-04 22:10"), "2026-03-04T22:10:00Z");
        assert_eq!(written("March 4, 2026 10:10 PM"), "2026-03-04T22:10:00Z");
    }

    #[test]
    fn dates_are_read_as_pages_write_them() {
        assert_eq!(shown("2026-03-04T08:00:00+01:00"), "2026-03-04T07:00:00Z");
        assert_eq!(shown("2026-03-04 08:00"), "2026-03-04T08:00:00Z");
        assert_eq!(shown("20260304"), "2026-03-04T00:00:00Z");
        assert_eq!(shown("Wed, 04 Mar 2026 08:00:00 GMT"), "2026-03-04T08:00:00Z");
        assert_eq!(shown("March 4th, 2026 2:05 pm EST"), "2026-03-04T19:05:00Z");
        assert_eq!(shown("4. März 2026"), "2026-03-04T00:00:00Z");
        assert_eq!(shown("4 de marzo de 2026"), "2026-03-04T00:00:00Z");
        assert_eq!(shown("04.03.2026"), "2026-03-04T00:00:00Z");
        assert_eq!(shown("25/12/2025"), "2025-12-25T00:00:00Z");
        assert_eq!(shown("03/04/2026"), "");
        assert_eq!(shown("1772611200"), "2026-03-04T08:00:00Z");
        assert_eq!(shown("tomorrow"), "");
        assert_eq!(shown("9999-99-99"), "");
    }

    #[test]
    fn dates_are_read_as_feeds_write_them() {
        for value in [
            "Thu, 01 Jan 2004 19:48:21 GMT",
            "Thu, 1 Jan 04 19:48:21 UT",
            "1 Jan 2004 14:48:21 EST",
            "Thu Jan  1 19:48:21 2004",
            "01-Jan-2004 20:48:21 +0100",
            "Thursday, January 1, 2004 19:48:21 +00:00",
            "2004-01-01T19:48:21.123Z",
            "20040101T19:48:21Z",
            "Thu, 01 Jan 2004 14:48:21 -0500 (EST)",
            "2004-1-1T19:48:21Z",
        ] {
            assert_eq!(shown(value), "2004-01-01T19:48:21Z", "{value}");
        }
        assert_eq!(partial("2003-12").unwrap().to_string(), "2003-12-01T00:00:00Z");
        assert_eq!(partial("2003").unwrap().to_string(), "2003-01-01T00:00:00Z");
        assert_eq!(partial("03-12-31").unwrap().to_string(), "2003-12-31T00:00:00Z");
        assert_eq!(partial("031231").unwrap().to_string(), "2003-12-31T00:00:00Z");
        assert_eq!(partial("2003-335").unwrap().to_string(), "2003-12-01T00:00:00Z");
    }

    #[test]
    fn an_address_may_hold_a_date() {
        assert_eq!(
            in_path("/news/2026/03/04/bridge").map(|time| time.to_string()).as_deref(),
            Some("2026-03-04T00:00:00Z")
        );
        assert_eq!(in_path("/news/2026/bridge"), None);
    }
}
