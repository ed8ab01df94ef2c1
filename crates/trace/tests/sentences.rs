//! The golden sentences: what `analyse` finds in each, in five languages.

#![allow(clippy::expect_used, clippy::panic, reason = "a sentence that cannot be read ends the test")]

use firsthand_model::{Analysis, Relation};
use firsthand_trace::{ArticleInput, Outlets, analyse};
use std::collections::BTreeMap;

const SENTENCES: &str = include_str!("sentences.tsv");

/// Source, cue and content of one attribution as marked in the text.
#[derive(Debug, Default, PartialEq, Eq)]
struct Marked {
    source: Option<String>,
    cue: Vec<String>,
    content: Vec<String>,
}

/// The plain text of a line and the attributions marked in it, by number.
fn read(marked: &str) -> (String, BTreeMap<u8, Marked>) {
    let (mut text, mut found) = (String::new(), BTreeMap::<u8, Marked>::new());
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (inside, behind) = after.split_once('}').expect("a mark that closes");
        let (label, words) = inside.split_once(' ').expect("a label and words");
        let (number, role) = label.split_at(1);
        let attribution = found.entry(number.parse().expect("a number")).or_default();
        match role {
            "s" => attribution.source = Some(trimmed(words)),
            "q" => attribution.cue.push(trimmed(words)),
            "c" => attribution.content.push(trimmed(words)),
            other => panic!("unknown role {other:?} in {marked}"),
        }
        text.push_str(words);
        rest = behind;
    }
    text.push_str(rest);
    (text, found)
}

/// Words without the marks around them.
fn trimmed(words: &str) -> String {
    words.trim_matches(|character: char| !character.is_alphanumeric()).to_owned()
}

fn name<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).expect("a value").as_str().unwrap_or_default().to_owned()
}

/// What differs between what a line asks for and what was found.
fn differences(text: &str, marked: &BTreeMap<u8, Marked>, wanted: &str, found: &Analysis) -> Vec<String> {
    let slice = |start: usize, end: usize| text.chars().skip(start).take(end - start).collect::<String>();
    let mut out = Vec::new();
    let seen: Vec<(Marked, usize)> = found
        .attributions
        .iter()
        .enumerate()
        .map(|(index, attribution)| {
            let content = match &attribution.content.parts {
                Some(parts) if !parts.is_empty() => {
                    parts.iter().map(|[start, end]| trimmed(&slice(*start, *end))).collect()
                }
                _ => vec![trimmed(&attribution.content.text)],
            };
            let source = attribution.source.as_ref().map(|source| trimmed(&source.text));
            (Marked { source, cue: attribution.cue.iter().map(|cue| trimmed(&cue.text)).collect(), content }, index)
        })
        .collect();
    let place = |number: u8| {
        let attribution = marked.get(&number)?;
        seen.iter().find(|(seen, _)| seen == attribution).and_then(|(_, index)| found.attributions.get(*index))
    };
    for (number, attribution) in marked {
        if place(*number).is_none() {
            out.push(format!("not found: {attribution:?}; found: {seen:?}"));
        }
    }
    let sentences_without = wanted.split("; ").any(|item| item == "none");
    if (sentences_without || !marked.is_empty()) && seen.len() > marked.len() {
        out.push(format!("found too many: {seen:?}"));
    }
    let mut figures: Vec<String> = found
        .figures
        .iter()
        .map(|figure| {
            let relation = match figure.relation {
                Relation::Equal => "=",
                Relation::About => "~",
                Relation::More => ">",
                Relation::AtLeast => ">=",
                Relation::Less => "<",
                Relation::AtMost => "<=",
            };
            let mut words = format!("{relation} {}", figure.value);
            figure.value_max.iter().for_each(|max| words.push_str(&format!("..{max}")));
            figure.unit.iter().for_each(|unit| words.push_str(&format!(" {unit}")));
            figure.of.iter().for_each(|of| words.push_str(&format!(" of {of}")));
            words
        })
        .collect();
    for item in wanted.split("; ").filter(|item| !item.is_empty()) {
        let (what, rest) = item.split_once(' ').unwrap_or((item, ""));
        let numbered = || {
            let (number, value) = rest.split_once(' ').expect("a number and a value");
            (place(number.parse().expect("a number")), value)
        };
        let right = match what {
            "source" => true,
            "none" => seen.is_empty(),
            "own" => !found.own_reporting.is_empty(),
            "kind" => {
                let (attribution, value) = numbered();
                attribution.is_some_and(|attribution| name(&attribution.kind) == value)
            }
            "who" => {
                let (attribution, value) = numbered();
                attribution.and_then(|attribution| attribution.source_kind).is_some_and(|kind| name(&kind) == value)
            }
            "means" => {
                let (attribution, value) = numbered();
                attribution.is_some_and(|attribution| attribution.refers_to.as_deref() == Some(value))
            }
            "relies" => {
                let (how, outlet) = rest.split_once(' ').expect("how and an outlet");
                found.relies_on.iter().any(|reliance| name(&reliance.how) == how && reliance.outlet == outlet)
            }
            "date" => found.dates.iter().any(|date| date.value == rest),
            "figure" => {
                let at = figures.iter().position(|figure| figure == rest);
                at.map(|at| figures.remove(at)).is_some()
            }
            other => panic!("unknown item {other:?}"),
        };
        if !right {
            out.push(format!("{item}: found {:?} {:?} {:?}", figures, found.dates, found.relies_on));
        }
    }
    out
}

#[test]
fn golden_sentences_are_read_as_marked() {
    let outlets = Outlets::builtin();
    let published = "2026-03-11T12:00:00Z".parse().expect("a time");
    let (mut lines, mut languages, mut wrong) = (0, std::collections::BTreeSet::new(), Vec::new());
    for line in SENTENCES.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let mut columns = line.split('\t');
        let language = columns.next().expect("a language");
        let (missed, language) = match language.strip_prefix('!') {
            Some(language) => (true, language),
            None => (false, language),
        };
        let (text, mut marked) = read(columns.next().expect("a text"));
        let wanted = columns.next().unwrap_or_default();
        for item in wanted.split("; ") {
            if let Some((number, words)) = item.strip_prefix("source ").and_then(|item| item.split_once(' ')) {
                let number = number.parse().expect("a number");
                marked.entry(number).or_default().source = Some(words.to_owned());
            }
        }
        let article = ArticleInput {
            text: &text,
            published: Some(published),
            language: Some(language),
            publisher: Some("Harbour Gazette"),
            ..ArticleInput::default()
        };
        let different = differences(&text, &marked, wanted, &analyse(&article, &outlets));
        match (missed, different.is_empty()) {
            (false, false) => wrong.push(format!("{language}: {text}\n    {}", different.join("\n    "))),
            (true, true) => wrong.push(format!("{language}: {text}\n    is right now: take its mark away")),
            _ => {}
        }
        lines += 1;
        languages.insert(language.to_owned());
    }
    assert!(wrong.is_empty(), "{} of {lines} sentences:\n{}", wrong.len(), wrong.join("\n"));
    assert!(lines >= 120 && languages.len() == 5, "{lines} sentences in {languages:?}");
}
