//! Dates in languages other than English, as TIMEX3 values resolved backward from publication.

use super::amounts::number;
use super::{Class, Vocabulary};
use crate::dates::{Reader, duration, moved, week};
use crate::lex::Kind;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

/// TIMEX3 units by the numbers of the lists of periods: day, week, month, year, hour, minute, decade.
const UNITS: [&str; 8] = ["", "D", "W", "M", "Y", "TH", "TM", "DE"];

impl Reader<'_, '_> {
    /// The date that begins at a token in the reader's language: first token, token after, value.
    pub(crate) fn in_tongue(&self, at: usize, words: &Vocabulary) -> Option<(usize, usize, String)> {
        let value = |found: Option<(usize, String)>| found.map(|(end, value)| (at, end, value));
        value(self.day_of_month(at, words))
            .or_else(|| value(self.month_alone(at, words)))
            .or_else(|| self.day_of_week(at, words))
            .or_else(|| value(self.day_word(at, words)))
            .or_else(|| self.stepped(at, words))
            .or_else(|| self.ago_or_for(at, words))
            .or_else(|| value(self.year_alone(at, words)))
    }

    fn month_of(&self, at: usize, words: &Vocabulary) -> Option<i8> {
        words.value(self.lexed.lower(at), Class::Month).map(|month| month as i8)
    }

    /// "3. November 2026", "1er novembre", "3 de noviembre de 2026", "3 novembre".
    fn day_of_month(&self, at: usize, words: &Vocabulary) -> Option<(usize, String)> {
        let lexed = self.lexed;
        let digits = lexed.lower(at).trim_end_matches(|next: char| !next.is_ascii_digit());
        if lexed.kind(at)? != Kind::Number
            || digits.len() > 2
            || !matches!(lexed.lower(at).get(digits.len()..)?, "" | "er" | "º" | "°")
        {
            return None;
        }
        let day: i8 = digits.parse().ok().filter(|day| (1..=31).contains(day))?;
        let mut next = at + 1;
        if matches!(lexed.lower(next), "." | "de") {
            next += 1;
        }
        let month = self.month_of(next, words)?;
        let (year, end) = self.year_behind(next + 1);
        let value = match year {
            Some(year) => Date::new(year, month, day).ok()?.to_string(),
            None => self.nearest(month, day),
        };
        Some((end, value))
    }

    /// A year behind a month, and the token after: "2026", "de 2026", "del 2026".
    fn year_behind(&self, at: usize) -> (Option<i16>, usize) {
        let linked = if matches!(self.lexed.lower(at), "de" | "del" | ",") { at + 1 } else { at };
        match four_digits(self.lexed.word(linked)) {
            Some(year) => (Some(year), linked + 1),
            None => (None, at),
        }
    }

    /// "November 2026", "en novembre", "im November".
    fn month_alone(&self, at: usize, words: &Vocabulary) -> Option<(usize, String)> {
        let month = self.month_of(at, words)?;
        if words.language == "de" && !self.lexed.capital(at) {
            return None;
        }
        let (year, end) = self.year_behind(at + 1);
        let before = self.lexed.before(at);
        let led = year.is_some()
            || matches!(
                before,
                "im" | "en"
                    | "in"
                    | "a"
                    | "ad"
                    | "nel"
                    | "seit"
                    | "bis"
                    | "ab"
                    | "depuis"
                    | "desde"
                    | "da"
                    | "dal"
                    | "di"
                    | "de"
                    | "d'"
                    | "fin"
                    | "début"
                    | "ende"
                    | "anfang"
                    | "mitte"
                    | "hasta"
                    | "letzten"
                    | "mois"
                    | "mes"
                    | "fine"
                    | "zum"
            );
        if !led {
            return None;
        }
        let value = match (year, self.today) {
            (Some(year), _) => format!("{year:04}-{month:02}"),
            (None, Some(today)) => {
                let year = if month > today.month() { today.year() - 1 } else { today.year() };
                format!("{year:04}-{month:02}")
            }
            (None, None) => return None,
        };
        Some((end, value))
    }

    /// "am Freitag", "vendredi dernier", "el próximo lunes".
    fn day_of_week(&self, at: usize, words: &Vocabulary) -> Option<(usize, usize, String)> {
        let lexed = self.lexed;
        let number = words.value(lexed.lower(at), Class::Weekday)?;
        let weekday = Weekday::from_monday_one_offset(number as i8).ok()?;
        if words.language == "de" && !lexed.capital(at) {
            return None;
        }
        // "Freitag, 13. November", "vendredi 13 novembre": the day of the month says it.
        let next = if lexed.word(at + 1) == "," { at + 2 } else { at + 1 };
        let next =
            if words.is(lexed.lower(next), Class::Article) || lexed.lower(next) == "dem" { next + 1 } else { next };
        if let Some((end, value)) = self.day_of_month(next, words) {
            return Some((at, end, value));
        }
        let today = self.today?;
        let before = at.checked_sub(1).and_then(|before| words.value(lexed.lower(before), Class::Step));
        let after = words.value(lexed.lower(at + 1), Class::Step).filter(|_| words.language != "de");
        let (start, end) = match (before, after) {
            (Some(_), _) => (at - 1, at + 1),
            (None, Some(_)) => (at, at + 2),
            (None, None) => (at, at + 1),
        };
        let date = match before.or(after) {
            Some(step) if step > 0.0 => today.nth_weekday(1, weekday).ok()?,
            Some(step) if step < 0.0 => today.nth_weekday(-1, weekday).ok()?,
            _ if today.weekday() == weekday => today,
            _ if self.lies_ahead(at, words) => today.nth_weekday(1, weekday).ok()?,
            _ => today.nth_weekday(-1, weekday).ok()?,
        };
        Some((start, end, date.to_string()))
    }

    /// Whether the words before a day say that it is still to come ("bis Freitag", "soll am Montag").
    fn lies_ahead(&self, at: usize, words: &Vocabulary) -> bool {
        (at.saturating_sub(6)..at)
            .rev()
            .take_while(|place| !matches!(self.lexed.word(*place), "," | "." | ";" | ":"))
            .any(|place| words.is(self.lexed.lower(place), Class::Ahead))
    }

    /// "heute", "ayer", "avant-hier".
    fn day_word(&self, at: usize, words: &Vocabulary) -> Option<(usize, String)> {
        let lexed = self.lexed;
        let step = words.value(lexed.lower(at), Class::Day)?;
        // "esta mañana", "por la mañana": the morning.
        if lexed.lower(at) == "mañana" && matches!(lexed.before(at), "la" | "esta" | "una" | "misma") {
            return None;
        }
        let date = self.today?.checked_add((step as i32).days()).ok()?;
        Some((at + 1, date.to_string()))
    }

    /// "letzte Woche", "la semaine dernière", "el año pasado", "questo mese".
    fn stepped(&self, at: usize, words: &Vocabulary) -> Option<(usize, usize, String)> {
        let lexed = self.lexed;
        let today = self.today?;
        let period = words.value(lexed.lower(at), Class::Period)? as usize;
        let singular = !matches!(lexed.lower(at), "jahren" | "tagen" | "wochen" | "monaten" | "stunden");
        let before = at.checked_sub(1).and_then(|before| words.value(lexed.lower(before), Class::Step));
        let after = words.value(lexed.lower(at + 1), Class::Step).filter(|_| words.language != "de");
        let step = before.or(after)? as i32;
        let (start, end) = if before.is_some() { (at - 1, at + 1) } else { (at, at + 2) };
        let value = match period {
            1 => today.checked_add(step.days()).ok()?.to_string(),
            2 => week(today.checked_add((step * 7).days()).ok()?),
            3 => {
                let date = today.checked_add(step.months()).ok()?;
                format!("{:04}-{:02}", date.year(), date.month())
            }
            4 => format!("{:04}", i32::from(today.year()) + step),
            _ => return None,
        };
        singular.then_some((start, end, value))
    }

    /// "vor drei Tagen", "il y a deux ans", "tre giorni fa"; "drei Tage" alone lasts.
    fn ago_or_for(&self, at: usize, words: &Vocabulary) -> Option<(usize, usize, String)> {
        let lexed = self.lexed;
        let number = number(lexed, at, words).filter(|number| number.tail.is_empty() && number.value < 10_000.0)?;
        let unit_at = number.end;
        let unit = UNITS.get(words.value(lexed.lower(unit_at), Class::Period)? as usize)?;
        let mut end = unit_at + 1;
        let led = words.phrase_before(lexed, at, Class::Ago);
        let behind = words.is(lexed.lower(end), Class::AgoAfter);
        if (led.is_some() || behind)
            && let Some(value) = self.today.and_then(|today| moved(today, -number.value, unit))
        {
            end += usize::from(behind);
            return Some((led.unwrap_or(at), end, value));
        }
        // An age is a figure: "42 Jahre alt", "de 42 ans", "42 años de edad".
        let age = matches!(unit, &"Y")
            && (matches!(lexed.lower(end), "alt" | "alten")
                || matches!(lexed.before(at), "de" | "di")
                || lexed.lower(end + 1) == "edad");
        if age || (!number.digits && number.value <= 1.0) {
            return None;
        }
        Some((at, end, duration(number.value, unit)))
    }

    /// A year where the words before it lead to one.
    fn year_alone(&self, at: usize, words: &Vocabulary) -> Option<(usize, String)> {
        let lexed = self.lexed;
        let year = four_digits(lexed.word(at)).filter(|year| (1500..=2100).contains(year))?;
        let led = words.phrase_before(lexed, at, Class::Year).is_some()
            || (lexed.word(at.wrapping_sub(1)) == "(" && matches!(lexed.word(at + 1), ")" | "-" | "–" | ","));
        let counted = matches!(lexed.word(at + 1), "%" | "€")
            || words.unit(lexed.lower(at + 1)).is_some()
            || (words.language == "de" && lexed.capital(at + 1) && !words.is(lexed.before(at), Class::Year))
            || words.value(lexed.lower(at + 1), Class::Magnitude).is_some();
        // "gegründet 1999 in", "fondée 1999,": nothing that it could count follows.
        let next = lexed.lower(at + 1);
        let alone = (1900..=2100).contains(&year)
            && (lexed.kind(at + 1) != Some(Kind::Word)
                || words.any(next, &[Class::Preposition, Class::Border, Class::Finite, Class::Be, Class::Auxiliary]))
            && !words.any(lexed.before(at), &[Class::More, Class::Less, Class::About, Class::Unit])
            && crate::figures::currency(lexed.before(at)).is_none();
        ((led || alone) && !counted).then(|| (at + 1, format!("{year:04}")))
    }
}

fn four_digits(word: &str) -> Option<i16> {
    (word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit())).then(|| word.parse().ok()).flatten()
}
