//! The reports of one story laid side by side: who says what, figures that differ, dated events,
//! quotations that several reports share.

use crate::differences::differences;
pub use crate::differences::{Difference, Standing, Value};
use crate::quotes::shared;
pub use crate::quotes::{Form, SharedQuote, Variant};
use firsthand_model::{Analysis, Attribution, QuoteKind, SourceKind};
use firsthand_text::normalise::fold;
use firsthand_text::offsets::Offsets;
use firsthand_text::sentences::sentences;
use firsthand_text::tokens::words;
use std::collections::{BTreeMap, BTreeSet};

/// The share of the shorter statement's words that two must have in common to be one.
const SAME_STATEMENT: f64 = 0.6;
/// Words in small letters from which the sentence around a date tells of something.
const TELLING: usize = 3;
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
        figures: differences(reports),
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
    /// Whether its source says that it is not so.
    denied: bool,
    words: BTreeSet<String>,
    source_words: BTreeSet<String>,
}

/// Whether the words that attribute turn what is said into its opposite, or leave it open.
fn reverses(attribution: &Attribution) -> bool {
    const VERBS: [&str; 12] = [
        "den",
        "refus",
        "declin",
        "reject",
        "disput",
        "doubt",
        "dismiss",
        "question",
        "rebut",
        "refut",
        "stop short",
        "without",
    ];
    let cue = attribution.cue.as_ref().map(|cue| fold(&cue.text)).unwrap_or_default();
    VERBS.iter().any(|verb| cue.starts_with(verb) || cue.contains(&format!(" {verb}")))
}

/// A content as a statement that can be read without its article: with the words that attribute where it
/// begins with them ("declined to say whether …", "called them …"). `None` for what is no statement by itself.
fn stated(attribution: &Attribution) -> Option<String> {
    const LEAST: usize = 5;
    const LEAST_DIRECT: usize = 4;
    let direct = attribution.kind == QuoteKind::Direct;
    let raw = firsthand_text::normalise::one_line(&attribution.content.text);
    if raw.split_whitespace().count() < if direct { LEAST_DIRECT } else { LEAST } {
        return None;
    }
    if direct {
        return Some(shown(&raw));
    }
    let first = raw.split_whitespace().next().unwrap_or_default().to_lowercase();
    if matches!(first.as_str(), "what" | "why" | "who" | "whom" | "whose" | "whether" | "how" | "which" | "where") {
        return None;
    }
    let leans =
        matches!(first.as_str(), "to" | "them" | "him" | "me" | "us" | "himself" | "herself" | "themselves" | "itself");
    if !leans && !reverses(attribution) {
        return Some(shown(&raw));
    }
    let cue = firsthand_text::normalise::one_line(&attribution.cue.as_ref()?.text);
    let cue = cue.trim_end_matches([',', ':', ' ']);
    (!cue.is_empty() && cue.split(' ').count() <= 4).then(|| trimmed(&format!("{cue} {raw}")))
}

/// Whether a source says who speaks without the sentence that it is from: no pronoun, no stray words.
fn stands_alone(source: &str) -> bool {
    const ALONE: [&str; 16] = [
        "i", "we", "you", "he", "she", "it", "they", "one", "this", "that", "these", "those", "some", "many", "others",
        "both",
    ];
    const FIRST: [&str; 18] = [
        "who", "which", "what", "with", "in", "on", "at", "for", "without", "if", "when", "while", "as", "and", "but",
        "or", "to", "from",
    ];
    let folded = source.to_lowercase();
    let first = folded.split_whitespace().next().unwrap_or_default();
    !(ALONE.contains(&folded.as_str()) || FIRST.contains(&first))
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
            let Some(content) = stated(attribution) else { continue };
            if !stands_alone(&source) {
                continue;
            }
            let words = content_words(&content);
            let source_words = content_words(&source);
            if words.len() < 2 {
                continue;
            }
            let denied = reverses(attribution);
            let told = attribution.via.as_ref().map(|via| via.outlet.clone());
            let full = open.len() >= MOST * 4;
            let same = open.iter_mut().find(|known| {
                let (shared, share) = overlap(&known.words, &words);
                let sources = overlap(&known.source_words, &source_words);
                known.denied == denied && share >= SAME_STATEMENT && shared >= 3 && sources.0 >= 1 && sources.1 >= 0.5
            });
            match same {
                Some(known) => {
                    if !known.statement.reports.contains(&place) {
                        known.statement.reports.push(place);
                    }
                    // A surname gives way to the whole name.
                    if known.source_words.len() < source_words.len() && source_words.is_superset(&known.source_words) {
                        known.statement.source = source;
                        known.statement.source_kind = attribution.source_kind;
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
                    denied,
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
    // A closing mark whose opening one is not in it.
    if text.ends_with('"') && text.matches('"').count() == 1 {
        text.truncate(text.len() - 1);
        text.truncate(text.trim_end_matches([' ', ',']).len());
    }
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

/// Whether a sentence tells of something, and is no line that dates a page ("Updated 4 May 2026, 10:12").
fn tells(sentence: &str) -> bool {
    const DATING: [&str; 10] =
        ["updated", "published", "posted", "last", "modified", "date", "edited", "created", "first", "filed"];
    let words = sentence.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 2);
    let small = |word: &&str| !word.starts_with(char::is_uppercase) && !DATING.contains(&word.to_lowercase().as_str());
    // Scripts without spaces have one long word where others have many.
    sentence.chars().any(|c| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase())
        || words.filter(small).nth(TELLING - 1).is_some()
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
            if sentence.chars().count() > EVENT_CHARS || !tells(&sentence) {
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

    fn of(texts: &[(&str, &str)]) -> Comparison {
        let analyses: Vec<Analysis> = texts.iter().map(|(_, text)| analysed(text)).collect();
        let reports: Vec<Compared<'_>> = texts
            .iter()
            .zip(&analyses)
            .map(|((outlet, text), analysis)| Compared { outlet, text, language: Some("en"), analysis })
            .collect();
        compare(&reports)
    }

    #[test]
    fn a_statement_keeps_the_words_that_turn_it_round_and_stands_by_itself() {
        let comparison = of(&[(
            "One",
            "The mayor, Ida Lund, declined to say whether the council will pay for the bridge this year. \
             Ola Kerr, the harbour master, denied that his office had known of the cracks before. \
             “We told the office about the cracks two years ago,” I said.",
        )]);
        let said: Vec<&str> = comparison.statements.iter().map(|statement| statement.content.as_str()).collect();
        assert!(said.iter().any(|content| content.starts_with("Declined to say whether the council")), "{said:?}");
        assert!(said.iter().any(|content| content.starts_with("Denied that his office had known")), "{said:?}");
        assert!(comparison.statements.iter().all(|statement| statement.source != "I"), "{said:?}");
    }

    #[test]
    fn lines_that_date_a_page_are_no_events() {
        for line in [
            "Updated 4 May 2026, 10:12 GMT",
            "Thu, 10 Nov 2011 02:45 PM",
            "PUBLISHED: 02:31 GMT, 12 March 2013 | UPDATED: 22:19",
        ] {
            assert!(!tells(line), "{line}");
        }
        for line in
            ["The bridge was closed on 12 May 2026.", "Le pont a été fermé le 12 mai 2026.", "大桥于5月12日关闭。"]
        {
            assert!(tells(line), "{line}");
        }
    }
}
