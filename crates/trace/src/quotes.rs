//! Quotations that several outlets carry, each with the forms in which they give it: whole, cut, altered.

use crate::compare::{Compared, MOST, content_words, overlap, source_name, trimmed};
use firsthand_text::normalise::fold;
use firsthand_text::tokens::words;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashSet};

/// Words that a quotation must have to count as shared.
const LEAST: usize = 5;
/// Words that it must have to be known again although some were altered.
const LEAST_ALTERED: usize = 8;
/// The share of the words of the shorter of two forms that must stand in the longer one, in order.
const SAME: f64 = 0.75;
/// Words of a quotation that are compared.
const LONGEST: usize = 120;
/// Quotations of a story that are held while they are compared.
const OPEN: usize = 2000;

/// A quotation that several outlets carry.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedQuote {
    /// The longest form of it.
    pub text: String,
    /// Who says it, where a report says so.
    pub source: Option<String>,
    /// The reports that carry it, in whatever form.
    pub reports: Vec<usize>,
    /// The other forms, each with the reports that give it.
    pub variants: Vec<Variant>,
}

/// Another form of a quotation.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// The words of the first report that has it.
    pub text: String,
    /// What was done.
    pub form: Form,
    /// The reports that give it so.
    pub reports: Vec<usize>,
}

/// How a form of a quotation differs from the longest one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Words are left out; those that are there are the same.
    Cut,
    /// It has other words.
    Altered,
}

/// One form while the reports are gone through.
struct Given {
    text: String,
    words: Vec<String>,
    /// The words once each, sorted: most pairs are told apart by them alone.
    known: Vec<String>,
    reports: Vec<usize>,
}

struct Open {
    /// The longest first.
    forms: Vec<Given>,
    /// By whom it is said to be, with the words that carry meaning.
    sources: Vec<(String, BTreeSet<String>)>,
}

/// The quotations that more than one outlet carries, those in most reports first.
pub(crate) fn shared(reports: &[Compared<'_>]) -> Vec<SharedQuote> {
    let mut open: Vec<Open> = Vec::new();
    for (place, report) in reports.iter().enumerate() {
        for attribution in &report.analysis.attributions {
            let source = attribution.refers_to.clone().or(attribution.source.as_ref().map(|span| span.text.clone()));
            let source = source.map(|source| source_name(&source));
            for text in quoted(&attribution.content.text) {
                let words: Vec<String> = words(&fold(&text)).map(|word| word.text.to_owned()).collect();
                if words.len() >= LEAST {
                    let mut known = words.clone();
                    known.sort_unstable();
                    known.dedup();
                    take(&mut open, Given { text, words, known, reports: vec![place] }, source.as_deref());
                }
            }
        }
    }
    let mut quotes: Vec<SharedQuote> = open.into_iter().filter_map(|open| closed(open, reports)).collect();
    quotes.sort_by_key(|shared| std::cmp::Reverse(shared.reports.len()));
    quotes.truncate(MOST / 2);
    quotes
}

/// Puts a quotation to the one that it is a form of, or opens a new one.
fn take(open: &mut Vec<Open>, given: Given, source: Option<&str>) {
    let source = source.map(|source| (source.to_owned(), content_words(source)));
    let known = open.iter_mut().find(|open| {
        let Some(longest) = open.forms.first() else { return false };
        if !shares_most(&given.known, &longest.known) {
            return false;
        }
        stands_in(&given.words, &longest.words)
            || stands_in(&longest.words, &given.words)
            || (is_like(&given.words, &longest.words) && open.may_be_of(source.as_ref()))
    });
    let Some(known) = known else {
        if open.len() < OPEN {
            open.push(Open { forms: vec![given], sources: source.into_iter().collect() });
        }
        return;
    };
    known.sources.extend(source);
    match known.forms.iter_mut().find(|form| form.words == given.words) {
        Some(form) => {
            for report in given.reports {
                if !form.reports.contains(&report) {
                    form.reports.push(report);
                }
            }
        }
        None => {
            let place = known.forms.partition_point(|form| form.words.len() >= given.words.len());
            known.forms.insert(place, given);
        }
    }
}

impl Open {
    /// Whether a quotation of a source may be this one: its words alone do not say so when some were altered.
    fn may_be_of(&self, source: Option<&(String, BTreeSet<String>)>) -> bool {
        let Some((_, source)) = source else { return true };
        self.sources.is_empty() || self.sources.iter().any(|(_, known)| overlap(known, source).0 >= 1)
    }
}

/// Whether the shorter of two sorted lists of words has most of its words in the longer one.
fn shares_most(one: &[String], other: &[String]) -> bool {
    let least = one.len().min(other.len()) as f64 * SAME;
    let (mut left, mut right) = (one.iter().peekable(), other.iter().peekable());
    let mut shared = 0.0;
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        match a.cmp(b) {
            Ordering::Less => drop(left.next()),
            Ordering::Greater => drop(right.next()),
            Ordering::Equal => {
                shared += 1.0;
                left.next();
                right.next();
            }
        }
    }
    shared >= least
}

fn closed(open: Open, reports: &[Compared<'_>]) -> Option<SharedQuote> {
    let mut carriers: Vec<usize> = open.forms.iter().flat_map(|form| form.reports.iter().copied()).collect();
    carriers.sort_unstable();
    carriers.dedup();
    let outlets: HashSet<&str> =
        carriers.iter().filter_map(|place| reports.get(*place)).map(|report| report.outlet).collect();
    if outlets.len() < 2 {
        return None;
    }
    let source = open.sources.into_iter().map(|(name, _)| name).max_by_key(|name| name.chars().count());
    let mut forms = open.forms.into_iter();
    let longest = forms.next()?;
    let variants = forms.map(|form| Variant {
        form: if in_order(&form.words, &longest.words) == form.words.len() { Form::Cut } else { Form::Altered },
        text: form.text,
        reports: form.reports,
    });
    Some(SharedQuote { text: longest.text, source, reports: carriers, variants: variants.collect() })
}

/// Whether words stand in others, one after the other.
fn stands_in(part: &[String], whole: &[String]) -> bool {
    whole.windows(part.len().max(1)).any(|window| window == part)
}

/// Whether two quotations are one although words were left out or altered.
fn is_like(one: &[String], other: &[String]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if short.len() < LEAST_ALTERED || short.len() > LONGEST || long.len() > LONGEST {
        return false;
    }
    in_order(short, long) as f64 >= short.len() as f64 * SAME
}

/// How many words of one text stand in another in the same order: the length of their longest common subsequence.
fn in_order(one: &[String], other: &[String]) -> usize {
    let mut row = vec![0_usize; other.len() + 1];
    for word in one {
        let mut diagonal = 0;
        for (place, known) in other.iter().enumerate() {
            let left = row.get(place).copied().unwrap_or(0);
            let Some(cell) = row.get_mut(place + 1) else { continue };
            let above = *cell;
            *cell = if word == known { diagonal + 1 } else { above.max(left) };
            diagonal = above;
        }
    }
    row.last().copied().unwrap_or(0)
}

/// The stretches of a text that stand in quotation marks; all of it when none does and a mark opens it.
fn quoted(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut open: Option<String> = None;
    for character in text.chars() {
        match (character, &mut open) {
            ('“' | '„' | '«' | '"', None) => open = Some(String::new()),
            ('”' | '“' | '»' | '"', Some(inner)) => {
                out.push(std::mem::take(inner));
                open = None;
            }
            (other, Some(inner)) => inner.push(other),
            _ => {}
        }
    }
    out.extend(open);
    out.into_iter().map(|quote| trimmed(&quote)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ArticleInput, Outlets, analyse};

    fn of(texts: &[(&str, &str)]) -> Vec<SharedQuote> {
        let outlets = Outlets::builtin();
        let analyses: Vec<_> = texts
            .iter()
            .map(|(_, text)| analyse(&ArticleInput { text, language: Some("en"), ..ArticleInput::default() }, &outlets))
            .collect();
        let reports: Vec<_> = texts
            .iter()
            .zip(&analyses)
            .map(|((outlet, text), analysis)| Compared { outlet, text, language: Some("en"), analysis })
            .collect();
        shared(&reports)
    }

    #[test]
    fn a_quotation_is_shown_with_its_cut_and_altered_forms() {
        let whole = "“We will open the bridge in spring, and nobody will have to pay for crossing it,” said Ida Brandt, the head of the roads office.";
        let cut = "“Nobody will have to pay for crossing it,” Brandt said.";
        let altered =
            "“We will open the bridge in summer, and nobody will have to pay for crossing it,” said Ida Brandt.";
        let quotes = of(&[("One", whole), ("Two", cut), ("Three", altered), ("Four", whole)]);
        assert_eq!(quotes.len(), 1, "{quotes:?}");
        let quote = &quotes[0];
        assert_eq!(quote.reports, [0, 1, 2, 3]);
        assert!(quote.text.contains("spring") && quote.source.as_deref().is_some_and(|source| source.contains("Ida")));
        let forms: Vec<_> = quote.variants.iter().map(|variant| (variant.form, variant.reports.as_slice())).collect();
        assert_eq!(forms, [(Form::Altered, [2].as_slice()), (Form::Cut, &[1])]);
    }

    #[test]
    fn what_another_source_says_in_like_words_is_another_quotation() {
        let one = "“We will open the bridge in spring, and nobody will have to pay for it,” said Ida Brandt.";
        let other = "“We will open the harbour in spring, and nobody will have to pay for it,” said Tom Kerr.";
        assert_eq!(of(&[("One", one), ("Two", other)]), []);
    }

    #[test]
    fn words_are_counted_in_order() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(in_order(&words("a b c d"), &words("b x c a d")), 3);
        assert_eq!(in_order(&[], &words("a")), 0);
        assert!(stands_in(&words("b c"), &words("a b c d")) && !stands_in(&words("a c"), &words("a b c d")));
    }
}
