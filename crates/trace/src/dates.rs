//! Dates in a text, as TIMEX3 values (ISO-TimeML): days, weeks, months, years, decades, durations.
//!
//! News is written looking back: a weekday is the last one, a month without a year the nearest.

use crate::lex::{Kind, Lexed};
use crate::numbers::number;
use crate::tongues::Vocabulary;
use firsthand_model::{DateMention, Timestamp};
use firsthand_text::offsets::Offsets;
use jiff::ToSpan as _;
use jiff::civil::{Date, ISOWeekDate, Weekday};

const MONTHS: [(&str, i8); 24] = [
    ("january", 1),
    ("february", 2),
    ("march", 3),
    ("april", 4),
    ("may", 5),
    ("june", 6),
    ("july", 7),
    ("august", 8),
    ("september", 9),
    ("october", 10),
    ("november", 11),
    ("december", 12),
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("sept", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
];

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// A date's place in tokens and its value.
struct Found {
    start: usize,
    end: usize,
    value: String,
}

/// The dates of a text, resolved against `published` as news is written: backward.
pub fn dates(text: &str, published: Option<Timestamp>, language: Option<&str>) -> Vec<DateMention> {
    let words = crate::tongues::vocabulary(language);
    let lexed = Lexed::in_language(text, words);
    in_lexed(&lexed, &Offsets::new(text), published, words)
}

pub(crate) fn in_lexed(
    lexed: &Lexed<'_>,
    offsets: &Offsets<'_>,
    published: Option<Timestamp>,
    words: Option<&Vocabulary>,
) -> Vec<DateMention> {
    let today = published.map(|time| jiff::tz::Offset::UTC.to_datetime(time.to_jiff()).date());
    let reader = Reader { lexed, today };
    let mut found = Vec::new();
    let mut at = 0;
    while at < lexed.tokens.len() {
        let date = match words {
            Some(words) => reader
                .numeric(at)
                .or_else(|| reader.in_tongue(at, words).map(|(start, end, value)| Found { start, end, value })),
            None => reader.at(at),
        };
        let Some(date) = date else {
            at += 1;
            continue;
        };
        if let Some((start, end)) = lexed.bytes(date.start, date.end) {
            let span = offsets.span(start, end);
            found.push(DateMention { start: span.start, end: span.end, text: span.text, value: date.value });
        }
        at = date.end.max(at + 1);
    }
    found
}

/// Reads the dates of one text.
pub(crate) struct Reader<'a, 'b> {
    pub(crate) lexed: &'b Lexed<'a>,
    /// The day of publication.
    pub(crate) today: Option<Date>,
}

impl Reader<'_, '_> {
    fn at(&self, at: usize) -> Option<Found> {
        self.numeric(at)
            .or_else(|| self.day_month(at))
            .or_else(|| self.month(at))
            .or_else(|| self.weekday(at))
            .or_else(|| self.relative(at))
            .or_else(|| self.ago_or_duration(at))
            .or_else(|| self.quarter(at))
            .or_else(|| self.year(at))
            .or_else(|| self.vague(at))
    }

    /// "now", "recently", "in the future", "annual": times without a day, as TIMEX3 writes them.
    fn vague(&self, at: usize) -> Option<Found> {
        let (word, next) = (self.lexed.lower(at), self.lexed.lower(at + 1));
        let found = |end: usize, value: &str| Some(Found { start: at, end, value: value.to_owned() });
        match word {
            "now" | "currently" | "nowadays" => found(at + 1, "PRESENT_REF"),
            "current" if self.lexed.kind(at + 1) == Some(Kind::Word) => found(at + 1, "PRESENT_REF"),
            "recently" => found(at + 1, "PAST_REF"),
            "recent" if matches!(next, "years" | "decades") => found(at + 2, "PXY"),
            "recent" if next == "months" => found(at + 2, "PXM"),
            "recent" if next == "weeks" => found(at + 2, "PXW"),
            "recent" if next == "days" => found(at + 2, "PXD"),
            "recent" if self.lexed.kind(at + 1) == Some(Kind::Word) => found(at + 1, "PAST_REF"),
            "annual" | "annually" | "yearly" => found(at + 1, "P1Y"),
            "the" if matches!(next, "future" | "past") && !self.noun_follows(at + 2) => {
                found(at + 2, if next == "past" { "PAST_REF" } else { "FUTURE_REF" })
            }
            _ => None,
        }
    }

    /// Whether a token goes on with a noun or number ("the past decade", "the future king").
    fn noun_follows(&self, at: usize) -> bool {
        self.lexed.kind(at) == Some(Kind::Number)
            || (self.lexed.kind(at) == Some(Kind::Word)
                && !matches!(
                    self.lexed.lower(at),
                    "and"
                        | "or"
                        | "but"
                        | "is"
                        | "was"
                        | "has"
                        | "had"
                        | "will"
                        | "to"
                        | "in"
                        | "of"
                        | "as"
                        | "that"
                        | "when"
                        | "with"
                        | "for"
                        | "by"
                ))
    }

    /// The year of "of last year" at a token, and the token after it.
    fn relative_year_after(&self, at: usize) -> Option<(i16, usize)> {
        let at = if self.lexed.lower(at) == "of" { at + 1 } else { at };
        let step = match self.lexed.lower(at) {
            "last" => -1,
            "this" => 0,
            "next" => 1,
            _ => return None,
        };
        (crate::lex::bare(self.lexed.lower(at + 1)) == "year")
            .then_some(())
            .and(self.today)
            .map(|today| (today.year() + step, at + 2))
    }

    /// "2024-03-15", "3/15/2024", "15.03.2024".
    fn numeric(&self, at: usize) -> Option<Found> {
        let word = self.lexed.word(at);
        if self.lexed.kind(at)? != Kind::Number || word.len() < 8 {
            return None;
        }
        let parts: Vec<&str> = word.split(['-', '/', '.']).collect();
        let [first, second, third] = parts.as_slice() else { return None };
        let value = |part: &str| part.parse::<i16>().ok().filter(|_| part.len() <= 4);
        let (first_value, second_value, third_value) = (value(first)?, value(second)?, value(third)?);
        let (year, month, day) = if first.len() == 4 {
            (first_value, second_value, third_value)
        } else if third.len() == 4 && word.contains('/') && second_value > 12 {
            (third_value, first_value, second_value)
        } else if third.len() == 4 && (word.contains('.') || first_value > 12) {
            (third_value, second_value, first_value)
        } else if third.len() == 4 {
            (third_value, first_value, second_value)
        } else {
            return None;
        };
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        Some(Found { start: at, end: at + 1, value: date.to_string() })
    }

    fn month_name(&self, at: usize) -> Option<(i8, usize)> {
        let word = self.lexed.lower(at);
        let (name, month) = MONTHS.iter().find(|(name, _)| *name == word.trim_end_matches('.'))?;
        if !self.lexed.capital(at) {
            return None;
        }
        let short = name.len() < 4 && *name != "may" || *name == "sept";
        let end = if short && self.lexed.word(at + 1) == "." { at + 2 } else { at + 1 };
        Some((*month, end))
    }

    fn day_number(&self, at: usize) -> Option<i8> {
        let word = self.lexed.lower(at);
        let digits = word.trim_end_matches(|character: char| character.is_ascii_alphabetic());
        let tail = word.get(digits.len()..)?;
        if !matches!(tail, "" | "st" | "nd" | "rd" | "th") || digits.len() > 2 {
            return None;
        }
        digits.parse().ok().filter(|day| (1..=31).contains(day))
    }

    /// A year at a token: four digits, perhaps in brackets or after a comma. Gives the token after.
    fn year_after(&self, at: usize) -> Option<(i16, usize)> {
        let four = |at: usize| {
            let word = self.lexed.word(at);
            (word.len() == 4).then(|| word.parse::<i16>().ok()).flatten().filter(|year| (1000..=2999).contains(year))
        };
        if let Some(year) = four(at) {
            return Some((year, at + 1));
        }
        match self.lexed.word(at) {
            "," => four(at + 1).map(|year| (year, at + 2)),
            "(" if self.lexed.word(at + 2) == ")" => four(at + 1).map(|year| (year, at + 3)),
            "of" => four(at + 1).map(|year| (year, at + 2)),
            _ => None,
        }
    }

    /// "15 March", "15th of March 2024".
    fn day_month(&self, at: usize) -> Option<Found> {
        let day = self.day_number(at)?;
        let next = if self.lexed.lower(at + 1) == "of" { at + 2 } else { at + 1 };
        let (month, end) = self.month_name(next)?;
        Some(self.full(at, end, month, day))
    }

    fn full(&self, start: usize, end: usize, month: i8, day: i8) -> Found {
        if let Some((year, end)) = self.year_after(end)
            && let Ok(date) = Date::new(year, month, day)
        {
            return Found { start, end, value: date.to_string() };
        }
        Found { start, end, value: self.nearest(month, day) }
    }

    /// A day without its year: the nearest one, the past weighing twice as near.
    pub(crate) fn nearest(&self, month: i8, day: i8) -> String {
        let candidates = self.today.into_iter().flat_map(|today| {
            (-1..=1).filter_map(move |step| {
                let date = Date::new(today.year() + step, month, day).ok()?;
                let days = today.until(date).ok()?.get_days();
                Some((if days > 0 { days * 2 } else { -days }, date))
            })
        });
        match candidates.min() {
            Some((_, date)) => date.to_string(),
            None => format!("XXXX-{month:02}-{day:02}"),
        }
    }

    /// "March 15", "March 15, 2024", "March 2024", "Jan (2023)", "March".
    fn month(&self, at: usize) -> Option<Found> {
        let (month, end) = self.month_name(at)?;
        let may = self.lexed.lower(at) == "may" || self.lexed.lower(at) == "march";
        if let Some(day) = self.day_number(end) {
            let followed = self.lexed.lower(end + 1);
            let counted = matches!(followed, "percent" | "%" | "million" | "billion");
            if !counted {
                return Some(self.full(at, end + 1, month, day));
            }
        }
        if let Some((year, end)) = self.year_after(end).or_else(|| self.relative_year_after(end)) {
            return Some(Found { start: at, end, value: format!("{year:04}-{month:02}") });
        }
        let before = self.lexed.before(at);
        let led = matches!(
            before,
            "in" | "since"
                | "until"
                | "till"
                | "by"
                | "last"
                | "next"
                | "this"
                | "early"
                | "late"
                | "mid"
                | "of"
                | "from"
                | "to"
                | "through"
                | "during"
                | "and"
                | "between"
                | "before"
                | "after"
                | "for"
                | "mid-"
        );
        if (may || self.lexed.word(at).len() <= 3) && !led {
            return None;
        }
        let today = self.today?;
        let back = |year: i16| if month > today.month() { year - 1 } else { year };
        let forward = |year: i16| if month <= today.month() { year + 1 } else { year };
        let (start, year) = match before {
            "last" => (at - 1, if month >= today.month() { today.year() - 1 } else { today.year() }),
            "next" => (at - 1, forward(today.year())),
            "this" => (at - 1, today.year()),
            "by" | "until" | "till" => (at, forward(today.year() - i16::from(month == today.month()))),
            _ if self.is_ahead(at) => (at, forward(today.year() - i16::from(month == today.month()))),
            _ => (at, back(today.year())),
        };
        Some(Found { start, end, value: format!("{year:04}-{month:02}") })
    }

    /// "Friday", "last Friday", "Friday morning".
    fn weekday(&self, at: usize) -> Option<Found> {
        let word = self.lexed.lower(at);
        let bare = crate::lex::bare(word);
        let (_, weekday) = WEEKDAYS.iter().find(|(name, _)| *name == bare)?;
        if !self.lexed.capital(at) {
            return None;
        }
        let mut end = at + 1;
        // "Friday, April 19, 2024" is one date.
        let month = if self.lexed.word(end) == "," { end + 1 } else { end };
        if let Some((number, after)) = self.month_name(month)
            && let Some(day) = self.day_number(after)
        {
            return Some(self.full(at, after + 1, number, day));
        }
        let today = self.today?;
        let before = self.lexed.before(at);
        let (start, date) = match before {
            "next" => (at - 1, today.nth_weekday(1, *weekday).ok()?),
            "last" => (at - 1, today.nth_weekday(-1, *weekday).ok()?),
            _ if self.is_ahead(at) => (at, today.nth_weekday(1, *weekday).ok()?),
            _ if today.weekday() == *weekday => (at, today),
            _ => (at, today.nth_weekday(-1, *weekday).ok()?),
        };
        let mut value = date.to_string();
        if let Some(part) = part_of_day(self.lexed.lower(end)) {
            value.push_str(part);
            end += 1;
        }
        Some(Found { start, end, value })
    }

    /// Whether a weekday lies ahead: "until Friday", "will begin on Thursday", "is due to open on Monday",
    /// with nothing said or done between the two.
    fn is_ahead(&self, at: usize) -> bool {
        for place in (at.saturating_sub(9)..at).rev() {
            match self.lexed.lower(place) {
                "until" | "till" if place + 1 == at => return true,
                "will" | "shall" | "due" | "scheduled" | "slated" | "planned" => return true,
                "would" if !matches!(self.lexed.lower(place + 1), "have" | "not") => return true,
                "set" if self.lexed.lower(place + 1) == "to" => return true,
                "by" if matches!(self.lexed.lower(place + 1), "early" | "late" | "mid") && place + 2 == at => {
                    return true;
                }
                "should" if self.lexed.lower(place + 1) == "be" => return true,
                "said" | "told" | "announced" | "reported" | "says" | "." | ";" | "," | "“" | "”" | "\"" => {
                    return false;
                }
                _ => {}
            }
        }
        false
    }

    /// "today", "last week", "this year", "last night".
    fn relative(&self, at: usize) -> Option<Found> {
        let today = self.today?;
        let word = self.lexed.lower(at);
        let one = |value: String| Some(Found { start: at, end: at + 1, value });
        let day = |days: i32| today.checked_add(days.days()).ok().map(|date| date.to_string());
        match word {
            "today" => return one(day(0)?),
            "tonight" => return one(day(0)? + "TNI"),
            "yesterday" => return one(day(-1)?),
            "tomorrow" => return one(day(1)?),
            _ => {}
        }
        let step: i16 = match word {
            "last" | "previous" | "past" => -1,
            "this" | "current" => 0,
            "next" | "coming" => 1,
            _ => return None,
        };
        let unit = self.lexed.lower(at + 1);
        let value = match crate::lex::bare(unit) {
            "week" => week(today.checked_add((i32::from(step) * 7).days()).ok()?),
            "weekend" => format!("{}-WE", week(today.checked_add((i32::from(step) * 7).days()).ok()?)),
            "month" => {
                let date = today.checked_add(step.months()).ok()?;
                format!("{:04}-{:02}", date.year(), date.month())
            }
            "year" => format!("{:04}", today.year() + step),
            "decade" => format!("{:03}", today.year() / 10 + step),
            "quarter" => {
                let quarter = i16::from((today.month() - 1) / 3) + today.year() * 4 + step;
                format!("{:04}-Q{}", quarter.div_euclid(4), quarter.rem_euclid(4) + 1)
            }
            "night" if step < 1 => day(i32::from(step))? + "TNI",
            "morning" | "afternoon" | "evening" if step == 0 => day(0)? + part_of_day(unit)?,
            "spring" | "summer" | "autumn" | "fall" | "winter" => {
                let (name, first_month) = match unit {
                    "spring" => ("SP", 3),
                    "summer" => ("SU", 6),
                    "winter" => ("WI", 12),
                    _ => ("FA", 9),
                };
                let year = match step {
                    -1 if today.month() > first_month + 2 => today.year(),
                    1 if today.month() < first_month => today.year(),
                    step => today.year() + step,
                };
                format!("{year:04}-{name}")
            }
            _ => return None,
        };
        Some(Found { start: at, end: at + 2, value })
    }

    /// "three days ago", "six months", "a year", "12-year-old" (which is a figure, not a date).
    fn ago_or_duration(&self, at: usize) -> Option<Found> {
        let article = matches!(self.lexed.lower(at), "a" | "an");
        let (amount, unit_at) = if article {
            (1.0, at + 1)
        } else {
            let number = number(self.lexed, at)?;
            if number.max.is_some() {
                return None;
            }
            match number.tail {
                "" => (number.value, number.end),
                tail => {
                    let unit = time_unit(tail.strip_prefix('-')?)?;
                    return Some(Found { start: at, end: number.end, value: duration(number.value, unit) });
                }
            }
        };
        let unit = time_unit(self.lexed.lower(unit_at))?;
        let end = unit_at + 1;
        let after = self.lexed.lower(end);
        if matches!(after, "ago" | "earlier") && (after == "ago" || self.today.is_some()) {
            let back = -amount.round().clamp(0.0, 9000.0);
            if let Some(value) = self.today.and_then(|today| moved(today, back, unit)) {
                return Some(Found { start: at, end: end + 1, value });
            }
        }
        if matches!(after, "old") || (article && matches!(unit, "TM" | "TS")) {
            return None;
        }
        Some(Found { start: at, end, value: duration(amount, unit) })
    }

    /// "the fourth quarter of 2009", "first quarter".
    fn quarter(&self, at: usize) -> Option<Found> {
        let number = match self.lexed.lower(at) {
            "first" => 1,
            "second" => 2,
            "third" => 3,
            "fourth" | "final" => 4,
            "first-quarter" => 1,
            "second-quarter" => 2,
            "third-quarter" => 3,
            "fourth-quarter" => 4,
            _ => return None,
        };
        let unit = self.lexed.lower(at + 1);
        let (end, _) = match unit {
            _ if self.lexed.lower(at).ends_with("-quarter") => (at + 1, ()),
            "quarter" => (at + 2, ()),
            "fiscal" if self.lexed.lower(at + 2) == "quarter" => (at + 3, ()),
            _ => return None,
        };
        let (year, end) = match self.year_after(end).or_else(|| self.relative_year_after(end)) {
            Some(found) => found,
            None => {
                let today = self.today?;
                let current = (today.month() - 1) / 3 + 1;
                (if number > current { today.year() - 1 } else { today.year() }, end)
            }
        };
        let start = if self.lexed.before(at) == "the" { at - 1 } else { at };
        Some(Found { start, end, value: format!("{year:04}-Q{number}") })
    }

    /// "2019", "the 1990s".
    fn year(&self, at: usize) -> Option<Found> {
        let word = self.lexed.word(at);
        if self.lexed.kind(at)? != Kind::Number {
            return None;
        }
        let bare = crate::lex::bare(word);
        if let Some(digits) = bare.strip_suffix('s').filter(|digits| digits.len() == 4 && digits.ends_with('0')) {
            let decade = digits.parse::<i16>().ok().filter(|year| (1500..=2100).contains(year))?;
            return Some(Found { start: at, end: at + 1, value: format!("{:03}", decade / 10) });
        }
        let year = bare.parse::<i16>().ok().filter(|year| bare.len() == 4 && (1500..=2100).contains(year))?;
        let before = self.lexed.before(at);
        let led = matches!(
            before,
            "in" | "since"
                | "of"
                | "by"
                | "from"
                | "until"
                | "till"
                | "the"
                | "through"
                | "during"
                | "after"
                | "before"
                | "early"
                | "late"
                | "mid"
                | "fiscal"
                | "year"
                | "and"
                | "to"
                | "between"
                | "("
                | "–"
                | "—"
                | "spring"
                | "summer"
                | "autumn"
                | "fall"
                | "winter"
                | "for"
        );
        let barred = matches!(
            before,
            "$" | "£"
                | "€"
                | "¥"
                | "than"
                | "over"
                | "about"
                | "some"
                | "nearly"
                | "almost"
                | "around"
                | "no"
                | "least"
        );
        let next = self.lexed.lower(at + 1);
        let counted = matches!(next, "%" | "percent" | "million" | "billion" | "thousand")
            || (self.lexed.kind(at + 1) == Some(Kind::Word)
                && !self.lexed.capital(at + 1)
                && next.len() > 3
                && next.ends_with('s')
                && !led)
            || time_unit(next).is_some()
            || (matches!(before, "the" | "for" | "to" | "of" | "and")
                && matches!(
                    next,
                    "people" | "troops" | "men" | "women" | "children" | "feet" | "miles" | "dollars" | "euros"
                ));
        if barred || counted || !(led || year >= 1900) {
            return None;
        }
        let end = at + 1;
        Some(Found { start: at, end, value: format!("{year:04}") })
    }
}

fn part_of_day(word: &str) -> Option<&'static str> {
    Some(match word {
        "morning" => "TMO",
        "afternoon" => "TAF",
        "evening" => "TEV",
        "night" => "TNI",
        _ => return None,
    })
}

/// The TIMEX3 letter of a unit of time; those below a day begin with T.
fn time_unit(word: &str) -> Option<&'static str> {
    Some(match word {
        "year" | "years" | "year-long" | "yearlong" => "Y",
        "month" | "months" => "M",
        "week" | "weeks" => "W",
        "day" | "days" => "D",
        "hour" | "hours" => "TH",
        "minute" | "minutes" => "TM",
        "second" | "seconds" => "TS",
        _ => return None,
    })
}

pub(crate) fn duration(amount: f64, unit: &str) -> String {
    match unit.strip_prefix('T') {
        Some(unit) => format!("PT{amount}{unit}"),
        None => format!("P{amount}{unit}"),
    }
}

pub(crate) fn week(date: Date) -> String {
    let week: ISOWeekDate = date.iso_week_date();
    format!("{:04}-W{:02}", week.year(), week.week())
}

/// The day, week, month or year so far from today, in the precision of the unit.
pub(crate) fn moved(today: Date, amount: f64, unit: &str) -> Option<String> {
    #[expect(clippy::cast_possible_truncation, reason = "the callers clamp to four digits")]
    let amount = amount as i32;
    Some(match unit {
        "Y" => format!("{:04}", today.checked_add(amount.years()).ok()?.year()),
        "M" => {
            let date = today.checked_add(amount.months()).ok()?;
            format!("{:04}-{:02}", date.year(), date.month())
        }
        "W" => week(today.checked_add((amount * 7).days()).ok()?),
        "D" => today.checked_add(amount.days()).ok()?.to_string(),
        _ => today.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        let published = "2024-04-20T12:00:00Z".parse().unwrap();
        dates(text, Some(published), Some("en"))
            .into_iter()
            .map(|date| format!("{}={}", date.text, date.value))
            .collect()
    }

    #[test]
    fn looks_back_from_the_day_of_publication() {
        assert_eq!(values("It came on Friday."), ["Friday=2024-04-19"]);
        assert_eq!(values("a statement on March 15, per him"), ["March 15=2024-03-15"]);
        assert_eq!(values("since last July"), ["last July=2023-07"]);
        assert_eq!(values("the capital last week to demand"), ["last week=2024-W15"]);
        assert_eq!(values("or Jan (2023) – Jan (2024),”"), ["Jan (2023)=2023-01", "Jan (2024)=2024-01"]);
        assert_eq!(values("the 2019 strikes, since 2009"), ["2019=2019", "2009=2009"]);
        assert_eq!(values("On 3 May 2021 and three days ago"), ["3 May 2021=2021-05-03", "three days ago=2024-04-17"]);
    }

    #[test]
    fn vague_times_and_quarters_have_values() {
        assert_eq!(values("It is now open, currently."), ["now=PRESENT_REF", "currently=PRESENT_REF"]);
        assert_eq!(values("in the past decade and in the future."), ["past decade=201", "the future=FUTURE_REF"]);
        assert_eq!(values("the first quarter of last year"), ["the first quarter of last year=2023-Q1"]);
        assert_eq!(values("its third-quarter results"), ["third-quarter=2023-Q3"]);
        assert_eq!(values("after October of next year"), ["October of next year=2025-10"]);
        assert_eq!(values("It should be completed in October."), ["October=2024-10"]);
        assert_eq!(values("an annual profit in recent years"), ["annual=P1Y", "recent years=PXY"]);
    }

    #[test]
    fn numbers_that_are_no_dates_are_left() {
        assert_eq!(values("You may go. 2000 soldiers, more than 1990 shells, $2010, 8,222"), Vec::<String>::new());
    }

    #[test]
    fn without_a_day_of_publication_only_what_is_full_is_dated() {
        let found = dates("On Friday, in March 2020 and on March 15", None, None);
        let found: Vec<&str> = found.iter().map(|date| date.value.as_str()).collect();
        assert_eq!(found, ["2020-03", "XXXX-03-15"]);
    }
}
