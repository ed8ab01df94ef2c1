//! Numbers and figures in languages other than English.

use super::{Class, Vocabulary};
use crate::lex::{Kind, Lexed};
use crate::speech::Range;
use firsthand_model::{Figure, Relation};

/// A number in digits or words: its value and the token after it.
pub(crate) struct Number {
    pub value: f64,
    pub end: usize,
    pub digits: bool,
    /// What hangs on it: "-jährige", "%".
    pub tail: String,
}

/// The number that begins at a token, magnitudes included ("8.000", "8 000", "2,5 Millionen", "drei").
pub(crate) fn number(lexed: &Lexed<'_>, at: usize, words: &Vocabulary) -> Option<Number> {
    let mut found = match lexed.kind(at)? {
        Kind::Number => digits(lexed, at)?,
        Kind::Word => {
            let value = words.value(lexed.lower(at), Class::Number)?;
            Number { value, end: at + 1, digits: false, tail: String::new() }
        }
        _ => return None,
    };
    if found.tail.is_empty() {
        loop {
            let mut next = found.end;
            if lexed.lower(next) == "de" && found.value >= 1000.0 {
                next += 1;
            }
            let Some(factor) = words.value(lexed.lower(next), Class::Magnitude) else { break };
            found.value *= factor;
            found.end = next + 1;
        }
    }
    Some(found)
}

/// Digits with points or spaces between groups of three and a comma before the fraction.
fn digits(lexed: &Lexed<'_>, at: usize) -> Option<Number> {
    let text = lexed.word(at);
    let length = text.find(|next: char| !(next.is_ascii_digit() || matches!(next, '.' | ','))).unwrap_or(text.len());
    let (head, tail) = (text.get(..length)?, text.get(length..)?);
    if tail.starts_with([':', '/']) {
        return None;
    }
    let (whole, fraction) = match head.rsplit_once(',') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (head, None),
    };
    let mut groups = whole.split('.');
    let mut plain = groups.next()?.to_owned();
    let mut fraction = fraction.map(str::to_owned);
    for group in groups {
        if group.len() == 3 && plain.len() <= 9 {
            plain.push_str(group);
        } else if fraction.is_none() && group.len() < 3 && !group.is_empty() {
            // "3.5" as some write it.
            fraction = Some(group.to_owned());
        } else {
            return None;
        }
    }
    let mut end = at + 1;
    // "8 000": groups of three after a space.
    if tail.is_empty() && fraction.is_none() && plain.len() <= 3 {
        while let (Some(before), Some(group)) = (lexed.tokens.get(end - 1), lexed.tokens.get(end)) {
            let (bare, _) = group.text.split_at(group.text.find(',').unwrap_or(group.text.len()));
            let joined = group.kind == Kind::Number
                && bare.len() == 3
                && bare.bytes().all(|byte| byte.is_ascii_digit())
                && lexed.text.get(before.end..group.start).is_some_and(|space| space.chars().count() == 1);
            if !joined {
                break;
            }
            plain.push_str(bare);
            fraction = group.text.split_once(',').map(|(_, fraction)| fraction.to_owned());
            end += 1;
            if fraction.is_some() {
                break;
            }
        }
    }
    let value = format!("{plain}.{}", fraction.as_deref().unwrap_or("0")).parse().ok()?;
    Some(Number { value, end, digits: true, tail: tail.to_owned() })
}

/// The figure whose number begins at a token: its tokens and what it says.
pub(crate) fn figure(lexed: &Lexed<'_>, at: usize, words: &Vocabulary) -> Option<(Range, Figure)> {
    let currency = at.checked_sub(1).and_then(|before| crate::figures::currency(lexed.lower(before)));
    let found = number(lexed, at, words)?;
    let mut end = found.end;
    let next = lexed.lower(end);
    let barred = words.phrase(lexed, end, Class::NoFigure).is_some() && words.unit(next).is_none();
    // "3. Platz", "2e": ordinals.
    let ordinal = found.digits
        && ((lexed.word(end) == "."
            && words.language == "de"
            && end == at + 1
            && lexed.capital(end + 1)
            && found.value < 100.0
            && !ends_sentence(lexed, end))
            || matches!(found.tail.as_str(), "e" | "er" | "ère" | "re" | "º" | "ª" | "°" | "h"));
    let clock = lexed.word(end) == "h" || (found.digits && matches!(next, "uhr"));
    if barred || ordinal || clock {
        return None;
    }
    let mut unit = currency.map(str::to_owned);
    let mut max = None;
    let mut value = found.value;
    // "20 bis 25", "entre 20 et 25".
    let joint = matches!(lexed.lower(end), "bis" | "à" | "a" | "–" | "-" | "oder")
        || (matches!(lexed.lower(end), "et" | "y" | "e" | "und")
            && matches!(lexed.before(at), "entre" | "zwischen" | "tra" | "fra"));
    if joint
        && found.tail.is_empty()
        && let Some(second) = number(lexed, end + 1, words)
        && second.value > value
        && (found.digits == second.digits)
    {
        let scale = scale(lexed, end + 1, second.end, words);
        if scale > 1.0 && value < 1000.0 && second.value / scale >= value {
            value *= scale;
        }
        max = Some(second.value);
        end = second.end;
    }
    let mut counted_from = end;
    let tail = found.tail.trim_start_matches(['-', '‑']).to_lowercase();
    if !tail.is_empty() {
        unit = unit.or_else(|| words.unit(&tail).map(str::to_owned));
        unit.as_ref()?;
    } else if currency.is_none() {
        let linked = if matches!(lexed.lower(end), "de" | "d'" | "di") { end + 1 } else { end };
        let sign = crate::figures::currency(lexed.lower(end));
        if let Some(after) = words.phrase(lexed, end, Class::Percent) {
            unit = Some("percent".to_owned());
            end = after;
            counted_from = end;
        } else if lexed.word(end) == "%" {
            unit = Some("percent".to_owned());
            end += 1;
            counted_from = end;
        } else if let Some(sign) = sign {
            unit = Some(sign.to_owned());
            end += 1;
            counted_from = end;
        } else if let Some(name) = words.unit(lexed.lower(linked)).filter(|_| linked == end || found.value >= 1000.0) {
            unit = Some(name.to_owned());
            end = linked + 1;
            counted_from = end;
        }
    }
    // One: an article, unless a unit or a bound says that it counts.
    let mut start = if currency.is_some() { at - 1 } else { at };
    let bounds = [
        (Class::AtLeast, Relation::AtLeast),
        (Class::AtMost, Relation::AtMost),
        (Class::More, Relation::More),
        (Class::Less, Relation::Less),
        (Class::About, Relation::About),
    ];
    let mut relation = Relation::Equal;
    let bound = bounds
        .into_iter()
        .filter_map(|(class, relation)| Some((words.phrase_before(lexed, start, class)?, relation)))
        .min_by_key(|(from, _)| *from);
    if let Some((from, bound)) = bound {
        start = from;
        relation = bound;
    } else if lexed.word(end) == "+" {
        relation = Relation::AtLeast;
        end += 1;
    }
    let one = !found.digits && found.value <= 1.0;
    if one && (unit.is_none() || relation == Relation::Equal) {
        return None;
    }
    let named = found.digits
        && end == at + 1
        && unit.is_none()
        && at > 0
        && lexed.capital(at - 1)
        && lexed.kind(at - 1) == Some(Kind::Word)
        && !words.any(lexed.before(at), &[Class::Preposition, Class::Article, Class::About, Class::Finite]);
    // "el 787", "le 4e": one thing by its number.
    let singular = found.digits
        && unit.is_none()
        && relation == Relation::Equal
        && matches!(
            lexed.before(start),
            "el" | "la" | "le" | "il" | "lo" | "l'" | "un" | "une" | "una" | "du" | "del" | "al" | "au"
        );
    if singular {
        return None;
    }
    let of = counted(lexed, counted_from, unit.as_deref(), words);
    if named && (of.is_none() || words.language != "de") {
        return None;
    }
    let figure = Figure { start: 0, end: 0, text: String::new(), value, value_max: max, relation, unit, of };
    Some(((start, end), figure))
}

fn ends_sentence(lexed: &Lexed<'_>, stop: usize) -> bool {
    lexed.sentence_at(stop).1 == stop + 1
}

fn scale(lexed: &Lexed<'_>, from: usize, to: usize, words: &Vocabulary) -> f64 {
    (from..to).filter_map(|at| words.value(lexed.lower(at), Class::Magnitude)).product()
}

/// What is counted: the noun with its adjectives.
fn counted(lexed: &Lexed<'_>, from: usize, unit: Option<&str>, words: &Vocabulary) -> Option<String> {
    let german = words.language == "de";
    let mut start = from;
    if unit.is_some() && unit != Some("percent") {
        return None;
    }
    let linked =
        matches!(lexed.lower(start), "de" | "d'" | "di" | "der" | "des" | "del" | "della" | "dei" | "delle" | "degli");
    if linked || (unit.is_some() && !german) {
        if !linked {
            return None;
        }
        start += 1;
        while words.is(lexed.lower(start), Class::Article) {
            start += 1;
        }
    } else if unit.is_some() && !lexed.capital(start) {
        return None;
    }
    let mut end = start;
    while end < start + 4 && lexed.kind(end) == Some(Kind::Word) {
        let word = lexed.lower(end);
        let stops = words.any(
            word,
            &[
                Class::Finite,
                Class::Be,
                Class::Preposition,
                Class::Border,
                Class::That,
                Class::Pronoun,
                Class::Article,
                Class::Said,
                Class::Weak,
                Class::Auxiliary,
                Class::Adverb,
                Class::Clitic,
                Class::Particle,
                Class::Weekday,
                Class::Day,
            ],
        );
        if stops && !(german && lexed.capital(end)) {
            break;
        }
        end += 1;
        if german && lexed.capital(end - 1) && !lexed.capital(end) {
            break;
        }
        // Romance: the noun and one adjective in the plural.
        if !german && end == start + 2 {
            break;
        }
    }
    let plural = |at: usize| lexed.word(at).ends_with(['s', 'x', 'i', 'e']);
    if !german && end == start + 2 && !(plural(end - 1) && plural(start)) {
        end -= 1;
    }
    let noun = !german || (start..end).any(|at| lexed.capital(at));
    (end > start && noun).then(|| lexed.phrase(start, end).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tongues::vocabulary;

    fn value(language: &str, text: &str) -> Option<f64> {
        let words = vocabulary(Some(language)).expect("a vocabulary");
        number(&Lexed::in_language(text, Some(words)), 0, words).map(|number| number.value)
    }

    #[test]
    fn numbers_are_read_as_each_language_writes_them() {
        assert_eq!(value("de", "8.222 Menschen"), Some(8222.0));
        assert_eq!(value("de", "2,5 Millionen Euro"), Some(2_500_000.0));
        assert_eq!(value("fr", "12 500 habitants"), Some(12_500.0));
        assert_eq!(value("fr", "3,2 milliards d’euros"), Some(3.2e9));
        assert_eq!(value("es", "1.200 millones"), Some(1.2e9));
        assert_eq!(value("it", "cinque mila"), Some(5000.0));
        assert_eq!(value("de", "16:30 Uhr"), None);
        assert_eq!(value("de", "1.2.3"), None);
    }
}
