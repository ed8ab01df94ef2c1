//! The reports of one story laid side by side: who says what, figures that differ, dated events,
//! quotations that several reports share.

use crate::quotes::shared;
pub use crate::quotes::{Form, SharedQuote, Variant};
use firsthand_model::{Analysis, Figure, QuoteKind, Relation, SourceKind};
use firsthand_text::normalise::fold;
use firsthand_text::offsets::Offsets;
use firsthand_text::sentences::sentences;
use firsthand_text::tokens::words;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The share of the shorter statement's words that two must have in common to be one.
const SAME_STATEMENT: f64 = 0.6;
/// The share of the words around the shorter of two figures that stand around the other one.
const SAME_CONTEXT: f64 = 0.3;
/// Values of one thing in one report, beyond which it is no one thing (the scores of a match).
const VALUES_OF_ONE: usize = 3;
/// The greatest ratio of two figures of one thing: beyond it they count different things.
const FIGURE_RATIO: f64 = 20.0;
/// The longest sentence of the timeline, in characters.
const EVENT_CHARS: usize = 240;
/// The most rows of each kind.
pub(crate) const MOST: usize = 60;

/// A report to compare.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// The outlet's name.
    pub outlet: &'a str,
    /// The text that the analysis is of.
    pub text: &'a str,
    /// Its language (BCP 47); figures are compared in English only.
    pub language: Option<&'a str>,
    /// What was found in it.
    pub analysis: &'a Analysis,
}

/// What the reports say, side by side. Reports are named by their places in the input.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    /// Attributed statements, merged; those in most reports first.
    pub statements: Vec<Statement>,
    /// Figures of one thing that are not the same everywhere.
    pub figures: Vec<Difference>,
    /// Dated events by date.
    pub timeline: Vec<Event>,
    /// Quotations in more than one outlet's reports.
    pub quotes: Vec<SharedQuote>,
}

/// A statement with those who carry it.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The source, by the fullest name that a report gives.
    pub source: String,
    /// What kind of source it is.
    pub source_kind: Option<SourceKind>,
    /// What is said, in the words of the first report.
    pub content: String,
    /// Whether these are the source's own words.
    pub kind: QuoteKind,
    /// The outlets that were told.
    pub told: Vec<String>,
    /// The reports that carry it, earliest first.
    pub reports: Vec<usize>,
}

/// Figures of one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// What is counted or measured.
    pub of: String,
    /// The values, by size, with the words of the first report that gives each.
    pub values: Vec<Value>,
}

/// One of several values.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// The words ("over 8,000").
    pub text: String,
    /// The number.
    pub value: f64,
    /// The reports that give it.
    pub reports: Vec<usize>,
    /// How it stands to the others.
    pub standing: Standing,
}

/// How one of several values of a thing stands to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// No other is more precise, and some other fits it.
    Precise,
    /// It is the more precise one at that place, rounded ("8,000" for 8,222).
    Rounded(usize),
    /// It holds of the more precise one at that place ("over 30,000" for 31,400).
    Holds(usize),
    /// It fits no other.
    Conflicts,
}

/// A dated event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The TIMEX3 value ("2024-03-15", "2024-W15", "2023-07", "2019").
    pub date: String,
    /// The sentence, of the earliest report.
    pub text: String,
    /// The reports that name the date.
    pub reports: Vec<usize>,
}

/// Compares reports, which stand earliest first.
pub fn compare(reports: &[Compared<'_>]) -> Comparison {
    Comparison {
        statements: statements(reports),
        figures: figures(reports),
        timeline: timeline(reports),
        quotes: shared(reports),
    }
}

/// The words of a text that carry meaning: folded, without the shortest and most common.
pub(crate) fn content_words(text: &str) -> BTreeSet<String> {
    const COMMON: &[&str] = &[
        "about", "after", "also", "and", "are", "been", "but", "for", "from", "had", "has", "have", "her", "his",
        "its", "more", "not", "over", "said", "says", "than", "that", "the", "their", "there", "they", "this", "was",
        "were", "which", "will", "with", "would",
    ];
    let folded = fold(text);
    let kept = words(&folded).map(|word| word.text).filter(|word| {
        (word.chars().count() > 2 || word.chars().any(|c| c.is_ascii_digit())) && COMMON.binary_search(word).is_err()
    });
    kept.map(stem).collect()
}

/// A word without the endings in which English forms of one word differ most.
fn stem(word: &str) -> String {
    let cut = ["ing", "ed", "es", "s"].iter().find_map(|ending| word.strip_suffix(ending));
    cut.filter(|stem| stem.chars().count() > 3).unwrap_or(word).to_owned()
}

pub(crate) fn overlap(one: &BTreeSet<String>, other: &BTreeSet<String>) -> (usize, f64) {
    let shared = one.intersection(other).count();
    let smaller = one.len().min(other.len()).max(1);
    (shared, shared as f64 / smaller as f64)
}

struct OpenStatement {
    statement: Statement,
    words: BTreeSet<String>,
    source_words: BTreeSet<String>,
}

fn statements(reports: &[Compared<'_>]) -> Vec<Statement> {
    let mut open: Vec<OpenStatement> = Vec::new();
    for (place, report) in reports.iter().enumerate() {
        for attribution in &report.analysis.attributions {
            let named = attribution.refers_to.as_deref().or(attribution.source.as_ref().map(|span| span.text.as_str()));
            let Some(source) = named.map(source_name).filter(|source| !source.is_empty()) else { continue };
            if attribution.confidence < crate::SURE {
                continue;
            }
            let content = shown(&attribution.content.text);
            let words = content_words(&content);
            let source_words = content_words(&source);
            if words.len() < 2 {
                continue;
            }
            let told = attribution.via.as_ref().map(|via| via.outlet.clone());
            let full = open.len() >= MOST * 4;
            let same = open.iter_mut().find(|known| {
                let (shared, share) = overlap(&known.words, &words);
                let sources = overlap(&known.source_words, &source_words);
                share >= SAME_STATEMENT && shared >= 3 && sources.0 >= 1 && sources.1 >= 0.5
            });
            match same {
                Some(known) => {
                    if !known.statement.reports.contains(&place) {
                        known.statement.reports.push(place);
                    }
                    // A surname gives way to the whole name.
                    if known.source_words.len() < source_words.len() && source_words.is_superset(&known.source_words) {
                        known.statement.source = source;
                        known.source_words = source_words;
                    }
                    if attribution.kind == QuoteKind::Direct && known.statement.kind != QuoteKind::Direct {
                        known.statement.kind = QuoteKind::Direct;
                        known.statement.content = content;
                    }
                    known.statement.told.extend(told.filter(|told| !known.statement.told.contains(told)));
                }
                None if !full => open.push(OpenStatement {
                    statement: Statement {
                        source,
                        source_kind: attribution.source_kind,
                        content,
                        kind: attribution.kind,
                        told: told.into_iter().collect(),
                        reports: vec![place],
                    },
                    words,
                    source_words,
                }),
                None => {}
            }
        }
    }
    let mut statements: Vec<Statement> = open.into_iter().map(|open| open.statement).collect();
    statements.sort_by_key(|statement| std::cmp::Reverse(statement.reports.len()));
    statements.truncate(MOST);
    statements
}

/// A source as a list shows it: on one line, with a capital, without the punctuation around it.
pub fn source_name(source: &str) -> String {
    let line = firsthand_text::normalise::one_line(source);
    let name = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':'));
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// A content as a list shows it: on one line, without "that", a dateline and commas around it, with a
/// capital, its quotation marks whole.
pub fn shown(content: &str) -> String {
    let mut text = trimmed(content);
    if text.matches('“').count() > text.matches('”').count() {
        text.push('”');
    } else if text.matches('”').count() > text.matches('“').count() {
        text.insert(0, '“');
    }
    if text.starts_with('"') && text.matches('"').count() <= 2 {
        return trimmed(text.trim_matches('"'));
    }
    let inner = text.strip_prefix('“').and_then(|rest| rest.strip_suffix('”'));
    match inner.filter(|inner| !inner.contains(['“', '”'])) {
        Some(inner) => trimmed(inner),
        None => text,
    }
}

pub(crate) fn trimmed(content: &str) -> String {
    let line = firsthand_text::normalise::one_line(content);
    let line = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '—'));
    let line = line.strip_prefix("that ").unwrap_or_else(|| without_dateline(line));
    let mut characters = line.chars();
    match characters.next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(characters).collect(),
        _ => line.to_owned(),
    }
}

/// A text without "PORT ELLERY (NWA) —" before it.
fn without_dateline(text: &str) -> &str {
    let Some((head, rest)) = text.split_once(" — ").or_else(|| text.split_once(" - ")) else { return text };
    let place = head.split(" (").next().unwrap_or_default();
    let shouted =
        !place.is_empty() && place.chars().all(|c| !c.is_lowercase()) && place.chars().any(char::is_alphabetic);
    if shouted && head.chars().count() < 60 { rest } else { text }
}

struct Measured<'a> {
    report: usize,
    figure: &'a Figure,
    words: BTreeSet<String>,
    /// The words of its sentence.
    context: BTreeSet<String>,
    /// The dimension and the value in its base unit.
    dimension: &'a str,
    base_value: f64,
}

/// A unit's dimension with the factor to its base; units that no table knows are their own.
fn dimension(unit: &str) -> (&str, f64) {
    const UNITS: &[(&str, &str, f64)] = &[
        ("millimetre", "length", 0.001),
        ("millimeter", "length", 0.001),
        ("centimetre", "length", 0.01),
        ("centimeter", "length", 0.01),
        ("inch", "length", 0.0254),
        ("foot", "length", 0.3048),
        ("metre", "length", 1.0),
        ("meter", "length", 1.0),
        ("kilometre", "length", 1000.0),
        ("kilometer", "length", 1000.0),
        ("mile", "length", 1609.344),
        ("gram", "mass", 0.001),
        ("kilogram", "mass", 1.0),
        ("kilo", "mass", 1.0),
        ("pound", "mass", 0.4536),
        ("tonne", "mass", 1000.0),
        ("ton", "mass", 1000.0),
        ("hectare", "area", 10_000.0),
        ("acre", "area", 4046.86),
    ];
    UNITS.iter().find(|(name, _, _)| *name == unit).map_or((unit, 1.0), |(_, dimension, factor)| (dimension, *factor))
}

fn figures(reports: &[Compared<'_>]) -> Vec<Difference> {
    let mut groups: Vec<Vec<Measured<'_>>> = Vec::new();
    for (place, report) in reports.iter().enumerate() {
        if !report.language.is_none_or(|language| language.starts_with("en")) {
            continue;
        }
        let offsets = Offsets::new(report.text);
        let sentences = sentences(report.text);
        for figure in report.analysis.figures.iter().take(400) {
            let Some(of) = figure.of.as_deref() else { continue };
            let words = content_words(of);
            if words.is_empty() || !figure.value.is_finite() {
                continue;
            }
            let (dimension, factor) = dimension(figure.unit.as_deref().unwrap_or_default());
            let at = offsets.to_bytes(figure.start);
            let sentence = sentences.iter().find(|(start, end)| (*start..*end).contains(&at));
            let sentence = sentence.and_then(|(start, end)| report.text.get(*start..*end)).unwrap_or_default();
            let mut context = content_words(sentence);
            context.retain(|word| !words.contains(word) && !word.starts_with(|c: char| c.is_ascii_digit()));
            let base_value = figure.value * factor;
            let measured = Measured { report: place, figure, words, context, dimension, base_value };
            let full = groups.len() >= 500;
            let group = groups.iter_mut().find(|group| group.iter().any(|known| same_thing(known, &measured)));
            match group {
                Some(group) => group.push(measured),
                None if !full => groups.push(vec![measured]),
                None => {}
            }
        }
    }
    let mut differences: Vec<(usize, Difference)> = groups.iter().filter_map(|group| difference(group)).collect();
    differences.sort_by_key(|(reports, _)| std::cmp::Reverse(*reports));
    differences.truncate(MOST);
    differences.into_iter().map(|(_, difference)| difference).collect()
}

/// Whether two figures count one thing: the same dimension, the same words for what is counted, values
/// that could be two accounts of it, and sentences that are about the same.
fn same_thing(one: &Measured<'_>, other: &Measured<'_>) -> bool {
    let (shared, _) = overlap(&one.words, &other.words);
    let all = one.words.union(&other.words).count().max(1);
    let alike = shared * 2 >= all;
    if !alike {
        return false;
    }
    let (about, share) = overlap(&one.context, &other.context);
    if about < 2 || share < SAME_CONTEXT {
        return false;
    }
    let (low, high) =
        (one.base_value.abs().min(other.base_value.abs()), one.base_value.abs().max(other.base_value.abs()));
    one.dimension == other.dimension && (high == low || (low > 0.0 && high / low <= FIGURE_RATIO))
}

/// The values of a group, if they differ and not all stand in one place of one report.
fn difference(group: &[Measured<'_>]) -> Option<(usize, Difference)> {
    let mut values: BTreeMap<(i64, &'static str), Value> = BTreeMap::new();
    for measured in group {
        let relation = match measured.figure.relation {
            Relation::Equal => "",
            Relation::About => "about",
            Relation::More | Relation::AtLeast => "over",
            Relation::Less | Relation::AtMost => "under",
        };
        // Six digits are enough to tell two figures from one written in two units.
        let rounded = (measured.base_value * 1000.0).round().clamp(-9.0e15, 9.0e15);
        #[expect(clippy::cast_possible_truncation, reason = "clamped above")]
        let key = (rounded as i64, relation);
        let value = values.entry(key).or_insert_with(|| Value {
            text: measured.figure.text.clone(),
            value: measured.base_value,
            reports: Vec::new(),
            standing: Standing::Precise,
        });
        if !value.reports.contains(&measured.report) {
            value.reports.push(measured.report);
        }
    }
    let numbers: HashSet<i64> = values.keys().map(|(number, _)| *number).collect();
    let many = |report: usize| values.values().filter(|value| value.reports.contains(&report)).count() > VALUES_OF_ONE;
    if numbers.len() < 2 || group.iter().any(|measured| many(measured.report)) {
        return None;
    }
    let carriers: BTreeSet<usize> = group.iter().map(|measured| measured.report).collect();
    let of = group.iter().filter_map(|measured| measured.figure.of.as_deref()).min_by_key(|of| of.chars().count())?;
    let of = firsthand_text::normalise::one_line(of);
    let relations: Vec<&str> = values.keys().map(|(_, relation)| *relation).collect();
    let mut values: Vec<Value> = values.into_values().collect();
    let standings = standings(&values.iter().map(|value| value.value).zip(relations).collect::<Vec<_>>());
    for (value, standing) in values.iter_mut().zip(standings) {
        value.standing = standing;
    }
    Some((carriers.len(), Difference { of, values }))
}

/// How each of several values stands to the others, each with its relation ("", "about", "over", "under").
fn standings(values: &[(f64, &str)]) -> Vec<Standing> {
    let fits = |one: usize, other: usize| -> Option<Standing> {
        let ((value, relation), (precise, _)) = (values.get(one)?, values.get(other)?);
        if one == other || digits(*precise) <= digits(*value) {
            return None;
        }
        match *relation {
            "over" => (precise >= value).then_some(Standing::Holds(other)),
            "under" => (precise <= value).then_some(Standing::Holds(other)),
            "about" => ((precise - value).abs() <= step(*value).max(value.abs() * 0.1) / 2.0)
                .then_some(Standing::Rounded(other)),
            _ => ((precise - value).abs() <= step(*value) / 2.0).then_some(Standing::Rounded(other)),
        }
    };
    let places = 0..values.len();
    let standing = |one: usize| {
        // Of several that it fits, the most precise.
        let others = places.clone().filter(|other| fits(one, *other).is_some());
        let best = others.max_by_key(|other| values.get(*other).map_or(0, |(value, _)| digits(*value)));
        best.and_then(|other| fits(one, other))
    };
    places
        .clone()
        .map(|one| {
            let others_fit = || places.clone().any(|other| fits(other, one).is_some());
            standing(one).unwrap_or_else(|| if others_fit() { Standing::Precise } else { Standing::Conflicts })
        })
        .collect()
}

/// The significant digits of a number, at most six.
fn digits(value: f64) -> usize {
    let text = format!("{:.5e}", value.abs());
    let mantissa = text.split('e').next().unwrap_or_default().replace('.', "");
    mantissa.trim_end_matches('0').len().max(1)
}

/// The place value of a number's last significant digit: 1,000 for 8,000.
fn step(value: f64) -> f64 {
    if value == 0.0 {
        return 1.0;
    }
    let magnitude = value.abs().log10().floor();
    #[expect(clippy::cast_precision_loss, reason = "at most six")]
    let digits = digits(value) as f64;
    10_f64.powf(magnitude - digits + 1.0)
}

fn timeline(reports: &[Compared<'_>]) -> Vec<Event> {
    let mut events: BTreeMap<String, Vec<(Event, BTreeSet<String>)>> = BTreeMap::new();
    for (place, report) in reports.iter().enumerate() {
        let offsets = Offsets::new(report.text);
        let sentences = sentences(report.text);
        for date in report.analysis.dates.iter().take(200) {
            if !is_point(&date.value) {
                continue;
            }
            let at = offsets.to_bytes(date.start);
            let Some((start, end)) = sentences.iter().find(|(start, end)| (*start..*end).contains(&at)) else {
                continue;
            };
            let sentence = firsthand_text::normalise::one_line(report.text.get(*start..*end).unwrap_or_default());
            if sentence.chars().count() > EVENT_CHARS {
                continue;
            }
            let words = content_words(&sentence);
            let known = events.entry(date.value.clone()).or_default();
            let full = known.len() >= 3;
            match known.iter_mut().find(|(_, other)| overlap(other, &words).1 >= 0.5) {
                Some((event, _)) if event.reports.contains(&place) => {}
                Some((event, _)) => event.reports.push(place),
                None if !full => {
                    known.push((Event { date: date.value.clone(), text: sentence, reports: vec![place] }, words));
                }
                None => {}
            }
        }
    }
    let mut all: Vec<Event> = events.into_values().flatten().map(|(event, _)| event).collect();
    // The best attested ones, then by date again.
    if all.len() > MOST / 2 {
        all.sort_by_key(|event| std::cmp::Reverse(event.reports.len()));
        all.truncate(MOST / 2);
        all.sort_by(|one, other| one.date.cmp(&other.date));
    }
    all
}

/// Whether a TIMEX3 value is a point or stretch of the calendar, not a duration or "now".
fn is_point(value: &str) -> bool {
    value.len() >= 4 && value.chars().take(4).all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ArticleInput, Outlets, analyse};

    fn analysed(text: &str) -> Analysis {
        let input = ArticleInput {
            title: "",
            text,
            published: "2026-05-13T12:00:00Z".parse().ok(),
            language: Some("en"),
            publisher: None,
            url: None,
            links: &[],
        };
        analyse(&input, &Outlets::builtin())
    }

    #[test]
    fn reports_are_laid_side_by_side() {
        let texts = [
            "The bridge was closed on Tuesday. Cracks up to 4 millimetres wide were found. “We would rather close it a week too early than too late,” Ida Brandt, head of the roads office, said. Around 31,400 vehicles cross the bridge every day.",
            "Cracks up to 4 centimetres wide were found in the bridge. Brandt said the city would “rather close it a week too early than too late”. Over 30,000 vehicles cross the bridge every day.",
        ];
        let analyses = texts.map(analysed);
        let reports: Vec<Compared<'_>> = texts
            .iter()
            .zip(&analyses)
            .zip(["One", "Two"])
            .map(|((text, analysis), outlet)| Compared { outlet, text, language: Some("en"), analysis })
            .collect();
        let comparison = compare(&reports);
        let statement = comparison.statements.first().unwrap();
        assert_eq!(statement.reports, [0, 1]);
        assert!(statement.source.contains("Ida Brandt"), "{statement:?}");
        assert!(
            comparison.figures.iter().any(|figure| figure.of.contains("vehicle") && figure.values.len() == 2),
            "{:?}",
            comparison.figures
        );
        assert_eq!(comparison.quotes.len(), 1);
        assert!(comparison.timeline.iter().any(|event| event.date == "2026-05-12"), "{:?}", comparison.timeline);
    }

    #[test]
    fn values_stand_to_each_other_as_rounded_or_in_conflict() {
        use Standing::{Conflicts, Holds, Precise, Rounded};
        assert_eq!(standings(&[(8000.0, ""), (8222.0, "")]), [Rounded(1), Precise]);
        assert_eq!(standings(&[(30_000.0, "over"), (31_400.0, "about")]), [Holds(1), Precise]);
        assert_eq!(standings(&[(8.0, ""), (9.0, "")]), [Conflicts, Conflicts]);
        assert_eq!(standings(&[(4.0, ""), (40.0, "")]), [Conflicts, Conflicts]);
        assert_eq!(
            standings(&[(0.5, ""), (0.52, ""), (9000.0, "under"), (8222.0, "")]),
            [Rounded(1), Precise, Holds(3), Precise]
        );
        assert_eq!((digits(31_400.0), digits(0.25), digits(0.0)), (3, 2, 1));
        assert!((step(31_400.0) - 100.0).abs() < 1e-6 && (step(8000.0) - 1000.0).abs() < 1e-6);
    }

    #[test]
    fn equal_figures_do_not_differ() {
        let texts = [
            "Over 30,000 vehicles cross the old bridge. 12 points went to the home team in the first quarter.",
            "More than 30,000 vehicles cross the old bridge. 5 people died. 9 points were lost on the way.",
        ];
        let analyses = texts.map(analysed);
        let reports: Vec<Compared<'_>> = texts
            .iter()
            .zip(&analyses)
            .map(|(text, analysis)| Compared { outlet: text, text, language: None, analysis })
            .collect();
        assert_eq!(compare(&reports).figures, []);
    }
}
