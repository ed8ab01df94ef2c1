//! Figures in a text: a number with its unit, its bounds and what it counts.

use crate::lex::{Kind, Lexed};
use crate::numbers::{Number, number};
use crate::tongues::{Vocabulary, amounts};
use firsthand_model::{DateMention, Figure, Relation};
use firsthand_text::offsets::Offsets;

/// Words before a number that bound it, the longest first.
const BOUNDS: [(&str, Relation); 36] = [
    ("no fewer than", Relation::AtLeast),
    ("no less than", Relation::AtLeast),
    ("not less than", Relation::AtLeast),
    ("as many as", Relation::AtMost),
    ("as much as", Relation::AtMost),
    ("no more than", Relation::AtMost),
    ("well over", Relation::More),
    ("just over", Relation::More),
    ("just under", Relation::Less),
    ("more than", Relation::More),
    ("greater than", Relation::More),
    ("higher than", Relation::More),
    ("in excess of", Relation::More),
    ("less than", Relation::Less),
    ("fewer than", Relation::Less),
    ("lower than", Relation::Less),
    ("at least", Relation::AtLeast),
    ("at most", Relation::AtMost),
    ("up to", Relation::AtMost),
    ("close to", Relation::About),
    ("an estimated", Relation::About),
    ("estimated", Relation::About),
    ("over", Relation::More),
    ("above", Relation::More),
    ("exceeding", Relation::More),
    ("under", Relation::Less),
    ("below", Relation::Less),
    ("nearly", Relation::About),
    ("almost", Relation::About),
    ("about", Relation::About),
    ("around", Relation::About),
    ("roughly", Relation::About),
    ("approximately", Relation::About),
    ("some", Relation::About),
    ("circa", Relation::About),
    ("~", Relation::About),
];

/// Money before a number and its unit.
const CURRENCIES: [(&str, &str); 16] = [
    ("$", "USD"),
    ("us$", "USD"),
    ("usd", "USD"),
    ("€", "EUR"),
    ("eur", "EUR"),
    ("£", "GBP"),
    ("gbp", "GBP"),
    ("¥", "JPY"),
    ("jpy", "JPY"),
    ("chf", "CHF"),
    ("a$", "AUD"),
    ("au$", "AUD"),
    ("c$", "CAD"),
    ("ca$", "CAD"),
    ("₹", "INR"),
    ("₽", "RUB"),
];

/// Units after a number: their forms and the English singular.
const UNITS: &[(&str, &str)] = &[
    ("%", "percent"),
    ("percent", "percent"),
    ("pct", "percent"),
    ("dollars", "USD"),
    ("dollar", "USD"),
    ("usd", "USD"),
    ("euros", "EUR"),
    ("euro", "EUR"),
    ("€", "EUR"),
    ("eur", "EUR"),
    ("yen", "JPY"),
    ("yuan", "CNY"),
    ("rupees", "INR"),
    ("rubles", "RUB"),
    ("roubles", "RUB"),
    ("francs", "CHF"),
    ("pounds", "pound"),
    ("pound", "pound"),
    ("cents", "cent"),
    ("pence", "penny"),
    ("years", "year"),
    ("year", "year"),
    ("months", "month"),
    ("month", "month"),
    ("weeks", "week"),
    ("week", "week"),
    ("days", "day"),
    ("day", "day"),
    ("hours", "hour"),
    ("hour", "hour"),
    ("minutes", "minute"),
    ("minute", "minute"),
    ("seconds", "second"),
    ("kilometers", "kilometre"),
    ("kilometres", "kilometre"),
    ("kilometer", "kilometre"),
    ("kilometre", "kilometre"),
    ("km", "kilometre"),
    ("miles", "mile"),
    ("mile", "mile"),
    ("meters", "metre"),
    ("metres", "metre"),
    ("metre", "metre"),
    ("meter", "metre"),
    ("centimeters", "centimetre"),
    ("centimetres", "centimetre"),
    ("cm", "centimetre"),
    ("centimeter", "centimetre"),
    ("centimetre", "centimetre"),
    ("millimeters", "millimetre"),
    ("millimetres", "millimetre"),
    ("millimeter", "millimetre"),
    ("millimetre", "millimetre"),
    ("mm", "millimetre"),
    ("feet", "foot"),
    ("inches", "inch"),
    ("inch", "inch"),
    ("grams", "gram"),
    ("gram", "gram"),
    ("ton", "ton"),
    ("tons", "ton"),
    ("tonnes", "tonne"),
    ("tonne", "tonne"),
    ("kilograms", "kilogram"),
    ("kilogram", "kilogram"),
    ("hectare", "hectare"),
    ("acre", "acre"),
    ("barrel", "barrel"),
    ("degree", "degree"),
    ("litre", "litre"),
    ("liter", "litre"),
    ("kg", "kilogram"),
    ("acres", "acre"),
    ("hectares", "hectare"),
    ("barrels", "barrel"),
    ("degrees", "degree"),
    ("litres", "litre"),
    ("liters", "litre"),
    ("gallons", "gallon"),
];

/// Words that end what is counted: what follows them says something else of it.
const AFTER_COUNTED: [&str; 80] = [
    "of", "in", "on", "at", "for", "from", "to", "by", "with", "without", "into", "over", "under", "after", "before",
    "since", "during", "through", "across", "between", "among", "as", "than", "that", "which", "who", "whom", "whose",
    "when", "where", "while", "because", "if", "and", "or", "but", "is", "are", "was", "were", "be", "been", "has",
    "have", "had", "will", "would", "can", "could", "may", "might", "should", "did", "do", "does", "said", "says",
    "died", "killed", "injured", "wounded", "arrested", "remain", "remained", "attended", "took", "voted", "ago",
    "later", "earlier", "a", "an", "the", "this", "it", "they", "he", "she", "last", "next",
];

/// Words in a capital at a sentence's start that are no part of a number's name.
const LEADS: [&str; 26] = [
    "the", "in", "on", "at", "some", "about", "over", "of", "and", "but", "with", "only", "all", "nearly", "almost",
    "around", "for", "by", "another", "these", "those", "as", "between", "from", "than", "least",
];

/// The figures of a text: numbers that are not dates, ordinals, scores or phone numbers.
pub fn figures(text: &str, dates: &[DateMention], language: Option<&str>) -> Vec<Figure> {
    let words = crate::tongues::vocabulary(language);
    in_lexed(&Lexed::in_language(text, words), &Offsets::new(text), dates, words)
}

pub(crate) fn in_lexed(
    lexed: &Lexed<'_>,
    offsets: &Offsets<'_>,
    dates: &[DateMention],
    words: Option<&Vocabulary>,
) -> Vec<Figure> {
    let taken: Vec<(usize, usize)> = dates
        .iter()
        .filter(|date| !date.value.starts_with('P') || date.value.contains("REF"))
        .map(|date| (offsets.to_bytes(date.start), offsets.to_bytes(date.end)))
        .collect();
    let mut figures = Vec::new();
    let mut at = 0;
    while at < lexed.tokens.len() {
        let place = lexed.tokens.get(at).map_or(0, |token| token.start);
        let next = taken.partition_point(|(_, end)| *end <= place);
        let in_date = taken.get(next).is_some_and(|(start, _)| *start <= place);
        let read = || match words {
            Some(words) => amounts::figure(lexed, at, words).map(|((start, end), figure)| (start, end, figure)),
            None => figure(lexed, at),
        };
        match (!in_date).then(read).flatten() {
            Some((start, end, mut figure)) => {
                if let Some((first, last)) = lexed.bytes(start, end) {
                    let span = offsets.span(first, last);
                    figure.start = span.start;
                    figure.end = span.end;
                    figure.text = span.text;
                    figures.push(figure);
                }
                at = end.max(at + 1);
            }
            None => at += 1,
        }
    }
    figures
}

/// The figure whose number begins at a token: its tokens and what it says.
fn figure(lexed: &Lexed<'_>, at: usize) -> Option<(usize, usize, Figure)> {
    let mut found = number(lexed, at)?;
    let mut end = found.end;
    let currency = at.checked_sub(1).and_then(|before| named(&CURRENCIES, lexed.lower(before)));
    if currency.is_none() && !counts(lexed, at, &found) {
        return None;
    }
    if let Some((max, after)) = range(lexed, at, &found) {
        // "20 to 25 percent": the unit and magnitude are those of the second number.
        let scale = if max.value >= 1e3 && found.value < 1e3 && found.end == at + 1 {
            scale_of(lexed, after, max.end)
        } else {
            1.0
        };
        found.value *= scale;
        found.max = Some(max.value).filter(|max| *max > found.value);
        found.tail = max.tail;
        end = max.end;
    }
    let mut unit = currency;
    if let Some(tail) = found.tail.strip_prefix('-') {
        let word = tail.split(['-', '‑']).next().unwrap_or_default();
        unit = unit.or_else(|| named(UNITS, word));
        unit?;
    } else if !found.tail.is_empty() {
        unit = unit.or_else(|| named(UNITS, &found.tail.to_lowercase()));
    }
    let mut counted_from = end;
    if let Some(name) = named(UNITS, lexed.lower(end)).filter(|_| currency.is_none()) {
        unit = Some(name);
        end += 1;
        counted_from = end;
        if lexed.lower(end) == "old" || (name == "percent" && lexed.lower(end) == "points") {
            end += 1;
        }
    } else if currency.is_some() && matches!(lexed.lower(end), "dollars" | "usd") {
        end += 1;
        counted_from = end;
    } else if let Some(after) = lexed.follows(end, "per cent") {
        unit = Some("percent");
        end = after;
        counted_from = end;
    } else if lexed.lower(end) == "percentage" && lexed.lower(end + 1).starts_with("point") {
        unit = Some("percent");
        end += 2;
        counted_from = end;
    }
    let mut start = if currency.is_some() { at - 1 } else { at };
    let mut relation = Relation::Equal;
    if let Some((from, bound)) = bound(lexed, start) {
        relation = bound;
        start = from;
    } else if lexed.word(end) == "+" {
        relation = Relation::AtLeast;
        end += 1;
    } else if let Some(after) = lexed.follows(end, "or more") {
        relation = Relation::AtLeast;
        end = after;
        counted_from = end;
    }
    let clock = |word: &str| matches!(word, "a.m." | "p.m." | "am" | "pm" | "a.m" | "p.m");
    if unit.is_none() && clock(lexed.lower(end)) {
        return None;
    }
    if lexed.lower(end).starts_with("o'clock") || lexed.lower(end).starts_with("o’clock") {
        return None;
    }
    let of = counted(lexed, counted_from, unit).or_else(|| measured(lexed, start, counted_from));
    let figure = Figure {
        start: 0,
        end: 0,
        text: String::new(),
        value: found.value,
        value_max: found.max,
        relation,
        unit: unit.map(str::to_owned),
        of,
    };
    Some((start, end, figure))
}

/// Whether a number without a currency stands for an amount.
fn counts(lexed: &Lexed<'_>, at: usize, number: &Number<'_>) -> bool {
    let before = lexed.before(at);
    let next = lexed.lower(number.end);
    if matches!(number.tail, "st" | "nd" | "rd" | "th" | "s" | "-") {
        return false;
    }
    if number.tail.is_empty() && number.end == at + 1 {
        if number.digits {
            // "Boeing 737", "Base 201", "No. 1", "page 4": the number is a part of a name.
            let named =
                at > 0 && lexed.capital(at - 1) && lexed.kind(at - 1) == Some(Kind::Word) && !LEADS.contains(&before);
            let counted = named_unit(next)
                || (lexed.kind(at + 1) == Some(Kind::Word)
                    && next.len() > 3
                    && next.ends_with('s')
                    && !lexed.capital(at + 1));
            if (named && !counted)
                || matches!(
                    before,
                    "no" | "page"
                        | "article"
                        | "section"
                        | "chapter"
                        | "number"
                        | "#"
                        | "room"
                        | "route"
                        | "highway"
                        | "interstate"
                        | "covid"
                )
            {
                return false;
            }
        } else if matches!(lexed.lower(at), "one" | "zero") {
            return named_unit(next)
                || matches!(
                    next,
                    "person" | "man" | "woman" | "child" | "soldier" | "officer" | "victim" | "worker" | "boy" | "girl"
                );
        } else if matches!(before, "the" | "these" | "those" | "its" | "their" | "his" | "her" | "our" | "other")
            && !named_unit(next)
        {
            return false;
        } else {
            let of_several = matches!(lexed.lower(at), "two" | "three") && matches!(before, "of" | "or" | "and");
            return !of_several || lexed.kind(at + 1) == Some(Kind::Word);
        }
    }
    true
}

/// The currency that a sign or code stands for.
pub(crate) fn currency(word: &str) -> Option<&'static str> {
    named(&CURRENCIES, word)
}

fn named_unit(word: &str) -> bool {
    named(UNITS, word).is_some()
}

fn named(list: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    list.iter().find(|(name, _)| *name == word).map(|(_, unit)| *unit)
}

/// "10 to 15", "between 10 and 15": the second number and the token it begins at.
fn range<'a>(lexed: &Lexed<'a>, at: usize, number_found: &Number<'a>) -> Option<(Number<'a>, usize)> {
    let joint = lexed.lower(number_found.end);
    let joined = matches!(joint, "to" | "–" | "-") || (joint == "and" && lexed.before(at) == "between");
    if !joined || !number_found.tail.is_empty() || number_found.max.is_some() {
        return None;
    }
    let mut after = number_found.end + 1;
    if named(&CURRENCIES, lexed.lower(after)).is_some() {
        after += 1;
    }
    let second = number(lexed, after)?;
    (second.value > number_found.value && !lexed.lower(after).starts_with("19")).then_some((second, after))
}

/// What the magnitude words of a number multiply by.
fn scale_of(lexed: &Lexed<'_>, from: usize, to: usize) -> f64 {
    (from + 1..to).filter_map(|index| crate::numbers::magnitude(lexed.lower(index))).product()
}

/// The words before a number that bound it: their first token and the relation.
fn bound(lexed: &Lexed<'_>, start: usize) -> Option<(usize, Relation)> {
    BOUNDS.iter().find_map(|(words, relation)| {
        let from = start.checked_sub(words.split(' ').count())?;
        (lexed.follows(from, words) == Some(start)).then_some((from, *relation))
    })
}

/// What is counted: the noun with its modifiers after the number; after a share, what it is of.
fn counted(lexed: &Lexed<'_>, from: usize, unit: Option<&str>) -> Option<String> {
    let mut start = from;
    if lexed.lower(start) == "of" {
        start += 1;
        while matches!(lexed.lower(start), "the" | "a" | "an" | "its" | "their" | "all" | "his" | "her") {
            start += 1;
        }
    } else if unit.is_some_and(|unit| unit != "percent") {
        return None;
    }
    let mut end = start;
    while end < start + 6
        && lexed.kind(end) == Some(Kind::Word)
        && !AFTER_COUNTED.contains(&lexed.lower(end))
        && !(end > start && is_verb(lexed, end))
    {
        end += 1;
    }
    (end > start).then(|| lexed.phrase(start, end).to_owned())
}

/// Whether the word after a plural is its verb ("vehicles cross the bridge"): a determiner follows it,
/// or it stands in the past before a preposition.
fn is_verb(lexed: &Lexed<'_>, at: usize) -> bool {
    const PLURALS: [&str; 6] = ["people", "men", "women", "children", "police", "cattle"];
    const DETERMINERS: [&str; 14] =
        ["the", "a", "an", "its", "their", "his", "her", "our", "my", "this", "that", "these", "those", "each"];
    let before = lexed.before(at);
    let plural = (before.len() > 3 && before.ends_with('s') && !before.ends_with("ss")) || PLURALS.contains(&before);
    let object = DETERMINERS.contains(&lexed.lower(at + 1));
    // "passengers waited at the pier".
    let past = lexed.lower(at).ends_with("ed") && AFTER_COUNTED.contains(&lexed.lower(at + 1));
    plural && !lexed.lower(at).ends_with('s') && (object || past)
}

/// What a length is of ("cracks up to 4 millimetres wide"): the noun before it.
fn measured(lexed: &Lexed<'_>, start: usize, after: usize) -> Option<String> {
    if !matches!(lexed.lower(after), "wide" | "long" | "high" | "tall" | "deep" | "thick" | "across") {
        return None;
    }
    let mut before = start.checked_sub(1)?;
    if matches!(lexed.lower(before), "is" | "are" | "was" | "were") {
        before = before.checked_sub(1)?;
    }
    let fits = lexed.kind(before) == Some(Kind::Word) && !AFTER_COUNTED.contains(&lexed.lower(before));
    fits.then(|| lexed.word(before).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dates::dates;

    /// Text, value, relation, unit and what is counted.
    type Found = (String, f64, Relation, Option<String>, Option<String>);

    fn found(text: &str) -> Vec<Found> {
        let published = "2024-04-20T12:00:00Z".parse().unwrap();
        let dates = dates(text, Some(published), Some("en"));
        figures(text, &dates, Some("en"))
            .into_iter()
            .map(|figure| (figure.text, figure.value, figure.relation, figure.unit, figure.of))
            .collect()
    }

    fn figure(
        text: &str,
        value: f64,
        relation: Relation,
        unit: &str,
        of: &str,
    ) -> (String, f64, Relation, Option<String>, Option<String>) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        (text.to_owned(), value, relation, some(unit), some(of))
    }

    #[test]
    fn a_figure_has_its_bound_unit_and_what_it_counts() {
        assert_eq!(
            found(
                "over 1,000 military personnel will leave; no fewer than 8,222 defenceless Christians; the 12-year-old pact; 13 months"
            ),
            [
                figure("over 1,000", 1000.0, Relation::More, "", "military personnel"),
                figure("no fewer than 8,222", 8222.0, Relation::AtLeast, "", "defenceless Christians"),
                figure("12-year-old", 12.0, Relation::Equal, "year", ""),
                figure("13 months", 13.0, Relation::Equal, "month", ""),
            ]
        );
        assert_eq!(found("about $4.2 billion"), [figure("about $4.2 billion", 4.2e9, Relation::About, "USD", "")]);
        assert_eq!(
            found("70% of the voters agreed"),
            [figure("70%", 70.0, Relation::Equal, "percent", "voters agreed")]
        );
    }

    #[test]
    fn dates_names_and_ordinals_are_no_figures() {
        assert_eq!(found("In 2019 the 5th man left Base 201 on March 15, one of the last, at 16:30."), []);
        assert_eq!(found("Base 201 was closed at 2 a.m. and stays so until six o'clock."), []);
    }

    #[test]
    fn a_range_has_two_ends() {
        let text = "between 20 and 25 percent";
        let figures = figures(text, &[], None);
        assert_eq!(
            figures.iter().map(|figure| (figure.value, figure.value_max)).collect::<Vec<_>>(),
            [(20.0, Some(25.0))]
        );
    }
}
