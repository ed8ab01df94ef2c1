//! Figures of one thing that the reports of a story give differently, and how they stand to each other.

use crate::compare::{Compared, MOST, content_words, overlap};
use firsthand_model::{Figure, Relation};
use firsthand_text::offsets::Offsets;
use firsthand_text::sentences::sentences;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The share of the words around the shorter of two figures that stand around the other one.
const SAME_CONTEXT: f64 = 0.3;
/// The same where one word says what is counted.
const SAME_CONTEXT_OF_ONE_WORD: f64 = 0.4;
/// The greatest ratio of two figures of one thing: beyond it they count different things.
const FIGURE_RATIO: f64 = 2.5;
/// Values that contradict each other beyond which they are no accounts of one thing.
const ACCOUNTS: usize = 4;
/// Values that one report gives with one word, from which the word counts many things.
const TALLIED: usize = 5;
/// How far beyond "over 30,000" a figure may be for the words to be said of it.
const BOUND: f64 = 1.5;

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
    /// Neither can be said ("over three" beside 11).
    Open,
    /// It fits no other.
    Conflicts,
}
struct Measured<'a> {
    report: usize,
    figure: &'a Figure,
    words: BTreeSet<String>,
    /// The words of its sentence.
    context: BTreeSet<String>,
    /// Those of them that are written with a capital within it.
    names: BTreeSet<String>,
    /// The dimension and the value in its base unit.
    dimension: &'a str,
    base_value: f64,
}

/// What stands behind the hours of a clock.
const CLOCKS: [&str; 14] =
    ["GMT", "UTC", "BST", "CET", "CEST", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "o’clock"];

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

/// What some report counts again and again with one word: the points and yards of a match, each of another player.
fn tallied(reports: &[Compared<'_>]) -> HashSet<BTreeSet<String>> {
    let mut found = HashSet::new();
    for report in reports {
        let mut values: HashMap<BTreeSet<String>, HashSet<u64>> = HashMap::new();
        for figure in report.analysis.figures.iter().take(400) {
            let words = figure.of.as_deref().map(content_words).unwrap_or_default();
            if words.len() == 1 {
                values.entry(words).or_default().insert(figure.value.to_bits());
            }
        }
        found.extend(values.into_iter().filter(|(_, values)| values.len() >= TALLIED).map(|(words, _)| words));
    }
    found
}

pub(crate) fn differences(reports: &[Compared<'_>]) -> Vec<Difference> {
    let tallied = tallied(reports);
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
            if words.len() == 1 && tallied.contains(&words) {
                continue;
            }
            // A number of a clock is no count.
            let clock = of.split_whitespace().next().is_some_and(|word| CLOCKS.contains(&word));
            if words.is_empty() || clock || !figure.value.is_finite() {
                continue;
            }
            let (dimension, factor) = dimension(figure.unit.as_deref().unwrap_or_default());
            let at = offsets.to_bytes(figure.start);
            let sentence = sentences.iter().find(|(start, end)| (*start..*end).contains(&at));
            let sentence = sentence.and_then(|(start, end)| report.text.get(*start..*end)).unwrap_or_default();
            let mut context = content_words(sentence);
            context.retain(|word| !words.contains(word) && !word.starts_with(|c: char| c.is_ascii_digit()));
            let capital = |word: &&str| word.starts_with(char::is_uppercase);
            let names = sentence.split_whitespace().skip(1).filter(capital).flat_map(content_words).collect();
            let base_value = figure.value * factor;
            let measured = Measured { report: place, figure, words, context, names, dimension, base_value };
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
    // "people" alone, or "points", counts a hundred things: the sentences must be the more alike.
    let (least, enough) = if all == 1 { (3, SAME_CONTEXT_OF_ONE_WORD) } else { (2, SAME_CONTEXT) };
    let (about, share) = overlap(&one.context, &other.context);
    if about < least || share < enough {
        return false;
    }
    // Each sentence names somebody whom the other does not: the yards of two players.
    if all == 1
        && one.names.difference(&other.names).next().is_some()
        && other.names.difference(&one.names).next().is_some()
    {
        return false;
    }
    let (low, high) =
        (one.base_value.abs().min(other.base_value.abs()), one.base_value.abs().max(other.base_value.abs()));
    // Ten or a thousand times as much in the same digits is one thing with a slip of the unit or of a nought.
    let slipped = || {
        let power = (high / low).log10();
        (power - power.round()).abs() < 1e-9 && power <= 3.0
    };
    one.dimension == other.dimension && (high == low || (low > 0.0 && (high / low <= FIGURE_RATIO || slipped())))
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
    if numbers.len() < 2 {
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
    // A report that gives two values that do not fit each other counts two things; a list of values of which
    // nothing can be said tells nothing.
    let fit = |one: usize, value: &Value| match value.standing {
        Standing::Rounded(other) | Standing::Holds(other) => other == one,
        Standing::Precise | Standing::Open | Standing::Conflicts => false,
    };
    let of_one = |report: usize| {
        let given: Vec<(usize, &Value)> =
            values.iter().enumerate().filter(|(_, value)| value.reports.contains(&report)).collect();
        // One of them, which the others are rounded from or hold of.
        given.iter().any(|(precise, _)| given.iter().all(|(place, value)| place == precise || fit(*precise, value)))
    };
    let conflicting = values.iter().filter(|value| value.standing == Standing::Conflicts).count();
    let says_something =
        conflicting <= ACCOUNTS && values.iter().any(|value| !matches!(value.standing, Standing::Open));
    (says_something && carriers.iter().all(|report| of_one(*report)))
        .then_some((carriers.len(), Difference { of, values }))
}

/// How each of several values stands to the others, each with its relation ("", "about", "over", "under").
fn standings(values: &[(f64, &str)]) -> Vec<Standing> {
    let fits = |one: usize, other: usize| -> Option<Standing> {
        let ((value, relation), (precise, _)) = (values.get(one)?, values.get(other)?);
        if one == other || digits(*precise) <= digits(*value) {
            return None;
        }
        match *relation {
            "over" => (precise >= value && *precise <= value * BOUND).then_some(Standing::Holds(other)),
            "under" => (precise <= value && *precise >= value / BOUND).then_some(Standing::Holds(other)),
            "about" => ((precise - value).abs() <= value.abs() * 0.05 || is_rounded(*value, *precise))
                .then_some(Standing::Rounded(other)),
            _ => is_rounded(*value, *precise).then_some(Standing::Rounded(other)),
        }
    };
    let holds_far = |one: usize, other: usize| {
        let (Some((bound, relation)), Some((value, _))) = (values.get(one), values.get(other)) else { return false };
        (*relation == "over" && value >= bound) || (*relation == "under" && value <= bound)
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
            let mut others = places.clone().filter(|other| *other != one);
            let others_fit = || places.clone().any(|other| fits(other, one).is_some());
            standing(one).unwrap_or_else(|| {
                if others_fit() {
                    Standing::Precise
                } else if others.all(|other| holds_far(one, other) || holds_far(other, one)) {
                    Standing::Open
                } else {
                    Standing::Conflicts
                }
            })
        })
        .collect()
}

/// The significant digits of a number, at most six.
fn digits(value: f64) -> usize {
    let text = format!("{:.5e}", value.abs());
    let mantissa = text.split('e').next().unwrap_or_default().replace('.', "");
    mantissa.trim_end_matches('0').len().max(1)
}

/// Whether one number is another, rounded to the digits that it has: 8,000 for 8,222, but not 1,000 for 520.
fn is_rounded(value: f64, precise: f64) -> bool {
    // Nobody rounds 14 to 10.
    if value == 0.0 || (precise - value).abs() > value.abs() * 0.1 {
        return false;
    }
    let place = step(value).min(step_at(precise, digits(value)));
    (precise / place).round() * place == value || (precise - value).abs() <= place / 2.0
}

/// The place value of the last of so many digits of a number.
fn step_at(value: f64, digits: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "at most six")]
    let digits = digits as f64;
    10_f64.powf(value.abs().log10().floor() - digits + 1.0)
}

/// The place value of a number's last significant digit: 1,000 for 8,000.
fn step(value: f64) -> f64 {
    if value == 0.0 {
        return 1.0;
    }
    step_at(value, digits(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::compare;
    use crate::{ArticleInput, Outlets, analyse};

    fn of(texts: &[(&str, &str)]) -> Vec<Difference> {
        let outlets = Outlets::builtin();
        let analysed =
            |text| analyse(&ArticleInput { text, language: Some("en"), ..ArticleInput::default() }, &outlets);
        let analyses: Vec<_> = texts.iter().map(|(_, text)| analysed(text)).collect();
        let reports: Vec<Compared<'_>> = texts
            .iter()
            .zip(&analyses)
            .map(|((outlet, text), analysis)| Compared { outlet, text, language: Some("en"), analysis })
            .collect();
        compare(&reports).figures
    }

    #[test]
    fn values_stand_to_each_other_as_rounded_or_in_conflict() {
        use Standing::{Conflicts, Holds, Open, Precise, Rounded};
        assert_eq!(standings(&[(8000.0, ""), (8222.0, "")]), [Rounded(1), Precise]);
        assert_eq!(standings(&[(30_000.0, "over"), (31_400.0, "about")]), [Holds(1), Precise]);
        assert_eq!(standings(&[(8.0, ""), (9.0, "")]), [Conflicts, Conflicts]);
        assert_eq!(standings(&[(4.0, ""), (40.0, "")]), [Conflicts, Conflicts]);
        assert_eq!(
            standings(&[(0.5, ""), (0.52, ""), (9000.0, "under"), (8222.0, "")]),
            [Rounded(1), Precise, Holds(3), Precise]
        );
        assert_eq!(standings(&[(1000.0, ""), (520.0, "")]), [Conflicts, Conflicts], "that would be 500");
        assert_eq!(standings(&[(1000.0, ""), (950.0, "")]), [Rounded(1), Precise]);
        assert_eq!(standings(&[(3.0, "over"), (11.0, "")]), [Open, Open], "nobody says it of eleven");
        assert_eq!(standings(&[(40.0, "over"), (35.0, "")]), [Conflicts, Conflicts]);
        assert_eq!((digits(31_400.0), digits(0.25), digits(0.0)), (3, 2, 1));
        assert!((step(31_400.0) - 100.0).abs() < 1e-6 && (step(8000.0) - 1000.0).abs() < 1e-6);
    }

    #[test]
    fn counts_of_other_things_are_no_conflict() {
        let comparison = of(&[
            (
                "One",
                "Brandt took 11 rebounds in the second half. Kerr took five rebounds before the break. Doors open at 1900 GMT.",
            ),
            ("Two", "In the second half Kerr took seven rebounds and Brandt 11 rebounds. Doors open at 2000 GMT."),
        ]);
        assert_eq!(comparison, [], "a report that gives 11 and five counts two things");
        let deaths = [
            ("One", "The fire in the old mill of Port Ellery killed 24 people on Monday night, the brigade said."),
            ("Two", "The fire in the old mill of Port Ellery killed 26 people on Monday night, the brigade said."),
        ];
        assert_eq!(of(&deaths).len(), 1);
    }

    #[test]
    fn equal_figures_do_not_differ() {
        let same = of(&[
            ("One", "Over 30,000 vehicles cross the old bridge. 12 points went to the home team in the first quarter."),
            ("Two", "More than 30,000 vehicles cross the old bridge. 5 people died. 9 points were lost on the way."),
        ]);
        assert_eq!(same, []);
    }
}
