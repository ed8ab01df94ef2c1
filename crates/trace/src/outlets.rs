//! The names by which outlets are known, and where they stand in a text.

use crate::lex::{Kind, Lexed, bare};
use firsthand_text::normalise::fold;
use firsthand_text::urls::host_name;
use std::collections::HashMap;

/// Words that newspapers, stations and sites end in: a name in capitals that ends in one is taken
/// for an outlet where the text quotes it as one.
const PRESS_WORDS: [&str; 38] = [
    "Herald",
    "Times",
    "Post",
    "Tribune",
    "Gazette",
    "Journal",
    "Chronicle",
    "News",
    "Daily",
    "Telegraph",
    "Observer",
    "Courier",
    "Dispatch",
    "Examiner",
    "Inquirer",
    "Enquirer",
    "Register",
    "Sentinel",
    "Bulletin",
    "Echo",
    "Monitor",
    "Review",
    "Magazine",
    "Radio",
    "TV",
    "Television",
    "Broadcasting",
    "Guardian",
    "Mail",
    "Mirror",
    "Globe",
    "Ledger",
    "Argus",
    "Standard",
    "Courant",
    "Advertiser",
    "Advocate",
    "Intelligencer",
];

/// Offices and bodies that end in one of them.
const NO_PRESS: [(&str, &str); 6] = [
    ("Medical", "Examiner"),
    ("Bank", "Examiner"),
    ("Judge", "Advocate"),
    ("Royal", "Mail"),
    ("Lloyd’s", "Register"),
    ("National", "Register"),
];

/// The outlets that ship with the program: our own list.
const BUILTIN: &str = include_str!("../data/outlets.tsv");

/// An outlet's full name and domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outlet {
    pub name: String,
    pub domain: Option<String>,
}

/// An outlet named in a text: tokens `from..to` (a leading "the" included).
#[derive(Debug, Clone)]
pub(crate) struct Mention {
    pub from: usize,
    pub to: usize,
    pub outlet: Outlet,
    /// Whether it is the publisher of the text.
    pub own: bool,
}

/// The mentions that begin in a stretch of tokens, of all in the order of the text.
pub(crate) fn within(mentions: &[Mention], from: usize, to: usize) -> &[Mention] {
    let first = mentions.partition_point(|mention| mention.from < from);
    let last = mentions.partition_point(|mention| mention.from < to);
    mentions.get(first..last.max(first)).unwrap_or_default()
}

/// The registry of outlets, agencies and programmes: names, aliases, domains.
#[derive(Debug, Clone, Default)]
pub struct Outlets {
    outlets: Vec<Outlet>,
    /// The words of every name, [`joined`], to the outlet's number.
    names: HashMap<String, usize>,
    /// From the first word of a name to the number of words of the longest name that begins with it.
    longest: HashMap<String, usize>,
    folded: HashMap<String, usize>,
    domains: HashMap<String, usize>,
}

impl Outlets {
    /// The outlets that ship with the program.
    pub fn builtin() -> Self {
        let mut registry = Self::default();
        for line in BUILTIN.lines() {
            let mut fields = line.split('\t');
            let (Some(name), Some(domain)) = (fields.next(), fields.next()) else { continue };
            let aliases = fields.next().unwrap_or_default().split('|');
            registry.insert(name, Some(domain).filter(|domain| !domain.is_empty()), aliases);
        }
        registry
    }

    /// Adds an outlet that is followed, by its name and domain.
    pub fn add(&mut self, name: &str, domain: &str) {
        let domain = registrable(domain);
        if name.trim().is_empty() || self.folded.contains_key(&key(name)) {
            return;
        }
        self.insert(name.trim(), domain.as_deref(), std::iter::empty());
    }

    /// Lets a name and a domain stand for an outlet that is known already, by its name.
    pub fn merge(&mut self, name: &str, domain: &str, into: &str) {
        let Some(number) = self.folded.get(&key(into)).copied() else { return self.add(name, domain) };
        if let Some(domain) = registrable(domain) {
            self.domains.insert(domain, number);
        }
        self.folded.insert(key(name), number);
        if let Some(words) = self.looked_for(name) {
            self.names.insert(words, number);
        }
    }

    fn insert<'a>(&mut self, name: &'a str, domain: Option<&str>, aliases: impl Iterator<Item = &'a str>) {
        let number = self.outlets.len();
        self.outlets.push(Outlet { name: name.to_owned(), domain: domain.map(str::to_owned) });
        if let Some(domain) = domain {
            self.domains.entry(domain.to_owned()).or_insert(number);
        }
        for alias in aliases.filter(|alias| !alias.is_empty()).chain(std::iter::once(name)) {
            self.folded.entry(key(alias)).or_insert(number);
            if let Some(words) = self.looked_for(alias) {
                self.names.entry(words).or_insert(number);
            }
        }
    }

    /// The words of a name as they are looked for in texts; nothing for a name that is too common to be.
    fn looked_for(&mut self, name: &str) -> Option<String> {
        let lexed = Lexed::new(name);
        let words: Vec<String> = lexed.tokens.iter().map(|token| token.text.to_owned()).collect();
        if matches!(words.as_slice(), [the, name] if the == "The" && AMBIGUOUS.contains(&name.as_str())) {
            return None;
        }
        let longest = self.longest.entry(words.first()?.clone()).or_default();
        *longest = words.len().max(*longest);
        Some(joined(words.iter().map(String::as_str)))
    }

    /// The outlet that a name stands for.
    pub(crate) fn by_name(&self, name: &str) -> Option<&Outlet> {
        self.folded.get(&key(name)).and_then(|number| self.outlets.get(*number))
    }

    /// The outlet whose site an address is on.
    pub(crate) fn by_url(&self, url: &str) -> Option<&Outlet> {
        let host = host_name(url)?;
        let known = |host: &str| self.domains.get(host).and_then(|number| self.outlets.get(*number));
        known(&host).or_else(|| known(&registrable(&host)?))
    }

    /// The one outlet whose name an identifier in small letters shortens word by word
    /// ("harbour-gaz" for Harbour Gazette).
    fn by_identifier(&self, identifier: &str) -> Option<&Outlet> {
        let parts: Vec<&str> = identifier.split(['-', '_']).collect();
        let written = identifier.chars().all(|letter| letter.is_lowercase() || matches!(letter, '-' | '_'));
        if parts.len() < 2 || !written || parts.iter().any(|part| part.len() < 3) {
            return None;
        }
        let mut fits = self.outlets.iter().filter(|outlet| {
            let key = key(&outlet.name);
            let words: Vec<&str> = key.split(' ').collect();
            words.len() == parts.len() && words.iter().zip(&parts).all(|(word, part)| word.starts_with(part))
        });
        fits.next().filter(|_| fits.next().is_none())
    }

    /// The outlet that an article is from, by the name that is given and its address.
    pub(crate) fn publisher(&self, name: Option<&str>, url: Option<&str>) -> Option<Outlet> {
        if let Some(known) = name.and_then(|name| self.by_name(name)).or_else(|| url.and_then(|url| self.by_url(url))) {
            return Some(known.clone());
        }
        if let Some(known) = name.and_then(|name| self.by_identifier(name)) {
            return Some(known.clone());
        }
        let domain = url.and_then(host_name).map(|host| registrable(&host).unwrap_or(host));
        match (name.filter(|name| !name.trim().is_empty()), domain) {
            (Some(name), domain) => Some(Outlet { name: name.trim().to_owned(), domain }),
            (None, Some(domain)) => Some(Outlet { name: domain.clone(), domain: Some(domain) }),
            (None, None) => None,
        }
    }

    /// Every outlet that a text names, in order. A short form ("the Post") stands for the last
    /// full name that ends in it, else for the publisher.
    pub(crate) fn mentions(&self, lexed: &Lexed<'_>, publisher: Option<&Outlet>) -> Vec<Mention> {
        let mut found: Vec<Mention> = Vec::new();
        let own = publisher.map(|outlet| publisher_words(&outlet.name)).filter(|words| !words.is_empty());
        let people: Vec<&str> = FAMILIES.iter().copied().filter(|name| is_person(lexed, name)).collect();
        let mut at = 0;
        while at < lexed.tokens.len() {
            let matched = self
                .named(lexed, at, listed(lexed, at, found.last()))
                .filter(|(to, _)| !(is_common(lexed, at, *to) && is_in_a_name(lexed, at)))
                .map(|(to, outlet)| (to, last_of_the_name(lexed, at, to, &found).unwrap_or(outlet)))
                .filter(|(to, _)| *to > at + 1 || !people.contains(&bare(lexed.word(at))))
                .or_else(|| station(lexed, at))
                .or_else(|| own.as_ref().and_then(|words| Some((matches(lexed, at, words)?, publisher?.clone()))))
                .or_else(|| short_form(lexed, at, &found, publisher))
                .or_else(|| {
                    press_name(lexed, at)
                        .filter(|(to, _)| (at + 1..*to).all(|inner| self.is_no_name(lexed, inner, *to)))
                });
            let Some((to, outlet)) = matched else {
                at += 1;
                continue;
            };
            let from = if at > 0 && lexed.lower(at - 1) == "the" { at - 1 } else { at };
            let own = publisher.is_some_and(|publisher| same(publisher, &outlet));
            found.push(Mention { from, to, outlet, own });
            // "Washington Post-ABC News": the partner's name begins inside the token.
            if let Some((end, outlet)) = self.partner(lexed, to) {
                let own = publisher.is_some_and(|publisher| same(publisher, &outlet));
                found.push(Mention { from: to - 1, to: end, outlet, own });
                at = end;
                continue;
            }
            at = to;
        }
        found
    }

    /// Whether no outlet's name begins at a word inside of a longer name that ends at `to`; "Daily News" in "Ellery Daily
    /// News" is none.
    fn is_no_name(&self, lexed: &Lexed<'_>, at: usize, to: usize) -> bool {
        self.named(lexed, at, false).is_none_or(|(end, _)| end == to && is_common(lexed, at, end))
    }

    /// The outlet whose name begins after the hyphen of the token before `to`.
    fn partner(&self, lexed: &Lexed<'_>, to: usize) -> Option<(usize, Outlet)> {
        let (_, first) = lexed.word(to.checked_sub(1)?).split_once('-')?;
        let longest = self.longest(first)?;
        (0..longest).rev().find_map(|more| {
            let words = || std::iter::once(first).chain((to..to + more).map(|index| lexed.word(index)));
            let number = self.number(words().take(more), words().last()?)?;
            Some((to + more, self.outlets.get(number)?.clone()))
        })
    }

    /// The number of words of the longest name that begins with this one.
    fn longest(&self, first: &str) -> Option<usize> {
        self.longest.get(first).or_else(|| self.longest.get(bare(first))).copied()
    }

    /// The number of the outlet with a name of these words; the last may have a possessive, or a
    /// partner's name behind a hyphen.
    fn number<'a>(&self, before: impl Iterator<Item = &'a str> + Clone, last: &'a str) -> Option<usize> {
        let alone = last.split_once('-').filter(|(_, partner)| self.longest(partner).is_some());
        [last, bare(last), alone.map_or(last, |(alone, _)| alone)]
            .into_iter()
            .find_map(|last| self.names.get(&joined(before.clone().chain(std::iter::once(last)))))
            .copied()
    }

    fn named(&self, lexed: &Lexed<'_>, at: usize, listed: bool) -> Option<(usize, Outlet)> {
        let first = lexed.word(at);
        let longest = self.longest(first).or_else(|| self.longest(first.split_once('-')?.0))?;
        (1..=longest).rev().find_map(|length| {
            let to = at + length;
            let number = self.number((at..to - 1).map(|index| lexed.word(index)), lexed.word(to - 1))?;
            // "People", "Time", "Fox": a single common word at the start of a sentence is no name.
            let common = length == 1 && COMMON.contains(&first);
            let goes_on = lexed.kind(to) == Some(Kind::Word) && lexed.capital(to) && lexed.capital(at) && common;
            let goes_before = common && at > 0 && lexed.kind(at - 1) == Some(Kind::Word) && lexed.capital(at - 1);
            if common && (goes_on || goes_before || !(listed || common_word_is_named(lexed, at, to))) {
                return None;
            }
            // "Washington Times Square" is none either: the name must not be a part of a longer one.
            Some((to, self.outlets.get(number)?.clone()))
        })
    }
}

/// Whether a name is made of words that many outlets' names end in: "Daily News".
fn is_common(lexed: &Lexed<'_>, from: usize, to: usize) -> bool {
    to > from + 1 && (from..to).all(|at| PRESS_WORDS.contains(&bare(lexed.word(at))))
}

/// Whether the word before is a part of the same name: "Ellery" before "Daily News".
fn is_in_a_name(lexed: &Lexed<'_>, at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return false };
    lexed.kind(before) == Some(Kind::Word)
        && lexed.capital(before)
        && bare(lexed.word(before)) == lexed.word(before)
        && lexed.lower(before) != "the"
        && !opens_sentence(lexed, before)
        && !lexed.lower(before).ends_with("day")
}

/// The outlet that was named in full before, where a common name is the end of it: "the Daily News" after "the Ellery
/// Daily News".
fn last_of_the_name(lexed: &Lexed<'_>, from: usize, to: usize, found: &[Mention]) -> Option<Outlet> {
    if !is_common(lexed, from, to) {
        return None;
    }
    let name = format!(" {}", bare(lexed.phrase(from, to)));
    found.iter().rev().map(|mention| &mention.outlet).find(|outlet| outlet.name.ends_with(&name)).cloned()
}

/// Words as one key: none of them has white space in it.
fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.fold(String::new(), |mut key, word| {
        key.push_str(word);
        key.push(' ');
        key
    })
}

/// Names that many outlets share: only the text around says which one is meant.
const AMBIGUOUS: [&str; 14] = [
    "Times",
    "Herald",
    "Sun",
    "Age",
    "Register",
    "National",
    "Nation",
    "Dispatch",
    "Hindu",
    "Australian",
    "Information",
    "Conversation",
    "Independent",
    "Standard",
];

/// Names of outlets that are also everyday words.
const COMMON: [&str; 31] = [
    "Time",
    "People",
    "Fortune",
    "Mic",
    "Fox",
    "FOX",
    "Slate",
    "Vogue",
    "Hardball",
    "Esquire",
    "ARD",
    "Fars",
    "RT",
    "DR",
    "Science",
    "Nature",
    "Reason",
    "Wired",
    "Variety",
    "Deadline",
    "Billboard",
    "Dawn",
    "Reforma",
    "STAT",
    "Bild",
    "Spiegel",
    "Welt",
    "Zeit",
    "Stern",
    "Mundo",
    "Stampa",
];

/// Names of outlets that are also families'.
const FAMILIES: [&str; 8] = ["Bloomberg", "Forbes", "Hearst", "Gannett", "Scripps", "Barron", "Harper", "Springer"];

/// Whether a text speaks of a person of this name: "Ada Bloomberg", "Mr. Bloomberg".
fn is_person(lexed: &Lexed<'_>, family: &str) -> bool {
    (1..lexed.tokens.len()).filter(|at| bare(lexed.word(*at)) == family).any(|at| {
        let before = if lexed.word(at - 1) == "." { at.saturating_sub(2) } else { at - 1 };
        let name = lexed.kind(before) == Some(Kind::Word) && lexed.capital(before);
        let in_a_name = |index: usize| lexed.kind(index) == Some(Kind::Word) && lexed.capital(index);
        let particle = matches!(
            lexed.lower(before),
            "a" | "an" | "the" | "this" | "that" | "new" | "per" | "via" | "both" | "only"
        );
        name && !opens_sentence(lexed, before) && !particle && !in_a_name(at + 1)
    })
}

/// A station by its call sign, where the words around say that it is one: "KABC-TV", "radio station WVOM".
fn station(lexed: &Lexed<'_>, at: usize) -> Option<(usize, Outlet)> {
    let word = bare(lexed.word(at));
    let (sign, suffix) = word.split_once('-').map_or((word, None), |(sign, suffix)| (sign, Some(suffix)));
    let is_sign = (3..=4).contains(&sign.len())
        && sign.starts_with(['K', 'W'])
        && sign.bytes().all(|letter| letter.is_ascii_uppercase());
    if !is_sign || suffix.is_some_and(|suffix| !matches!(suffix, "TV" | "FM" | "AM" | "DT")) {
        return None;
    }
    let said = suffix.is_some()
        || matches!(lexed.before(at), "station" | "affiliate" | "radio" | "television")
        || matches!(lexed.lower(at + 1), "radio" | "tv" | "television" | "eyewitness" | "eyewitnesses")
        || (matches!(lexed.lower(at + 1), "news" | "channel") && lexed.capital(at + 1));
    said.then(|| (at + 1, Outlet { name: sign.to_owned(), domain: None }))
}

/// Whether an everyday word at `at` stands in a row of outlets: "outlets such as A, B and C".
fn listed(lexed: &Lexed<'_>, at: usize, last: Option<&Mention>) -> bool {
    let follows =
        last.is_some_and(|last| last.to + 1 == at && matches!(lexed.lower(last.to), "," | "and" | "or" | "&" | "/"));
    follows || crate::reliance::as_example(lexed, at) != at
}

/// Whether an everyday word stands where only a name stands: before "reported", "magazine",
/// "news", after "told" or "by".
fn common_word_is_named(lexed: &Lexed<'_>, at: usize, to: usize) -> bool {
    // „Bild“; "berichtet der Spiegel", "der Spiegel schreibt".
    if lexed.kind(to) == Some(Kind::Close) && at > 0 && lexed.kind(at - 1) == Some(Kind::Open) {
        return true;
    }
    let reports = |at: Option<usize>| {
        at.is_some_and(|at| {
            matches!(
                lexed.lower(at),
                "berichtet"
                    | "berichtete"
                    | "meldet"
                    | "meldete"
                    | "schreibt"
                    | "schrieb"
                    | "zitiert"
                    | "sagte"
                    | "laut"
            )
        })
    };
    if matches!(lexed.before(at), "der" | "die" | "dem" | "den") && (reports(Some(to)) || reports(at.checked_sub(2))) {
        return true;
    }
    matches!(
        lexed.lower(to),
        "magazine" | "reported" | "reports" | "poll" | "reporter" | "host" | "anchor" | "interview" | "’s" | "'s"
    ) || (matches!(lexed.before(at), "told" | "to" | "by" | "on" | "per" | "with")
        && !lexed.word(to).starts_with(char::is_uppercase))
}

/// The words of a publisher's name as it may stand in its own texts; an identifier in lower case
/// ("breitbart") is taken with a capital.
fn publisher_words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Lexed::new(name).tokens.iter().map(|token| token.text.to_owned()).collect();
    if words.len() > 1 && words.first().is_some_and(|first| first.eq_ignore_ascii_case("the")) {
        words.remove(0);
    }
    if let [only] = words.as_mut_slice() {
        let mut letters = only.chars();
        if let Some(first) = letters.next() {
            *only = first.to_uppercase().chain(letters).collect();
        }
    }
    words
}

/// The token after a name that stands at `at`, its last word perhaps with a possessive.
fn matches(lexed: &Lexed<'_>, at: usize, words: &[String]) -> Option<usize> {
    let last = words.len().checked_sub(1)?;
    let equal = words.iter().enumerate().all(|(index, word)| {
        let token = lexed.word(at + index);
        token == word
            || (index == last
                && (bare(token) == word
                    || token.strip_prefix(word.as_str()).is_some_and(|rest| {
                        rest.strip_prefix('-').is_some_and(|rest| rest.starts_with(char::is_uppercase))
                    })))
    });
    equal.then_some(at + words.len())
}

/// "the Post" after "The Washington Post", or in the Post itself.
fn short_form(lexed: &Lexed<'_>, at: usize, found: &[Mention], publisher: Option<&Outlet>) -> Option<(usize, Outlet)> {
    let word = bare(lexed.word(at));
    if lexed.before(at) != "the" || !PRESS_WORDS.contains(&word) {
        return None;
    }
    if lexed.kind(at + 1) == Some(Kind::Word) && lexed.capital(at + 1) && !bare(lexed.word(at)).ne(lexed.word(at)) {
        return None;
    }
    let ends = |outlet: &Outlet| outlet.name.split([' ', '-']).next_back() == Some(word);
    let outlet = found
        .iter()
        .rev()
        .map(|mention| &mention.outlet)
        .find(|outlet| ends(outlet))
        .or_else(|| publisher.filter(|outlet| ends(outlet)))?;
    Some((at + 1, outlet.clone()))
}

/// Two to four words in capitals that end as outlets' names end.
fn press_name(lexed: &Lexed<'_>, at: usize) -> Option<(usize, Outlet)> {
    if lexed.kind(at) != Some(Kind::Word)
        || !lexed.capital(at)
        || matches!(
            lexed.lower(at),
            "the"
                | "a"
                | "an"
                | "in"
                | "on"
                | "but"
                | "and"
                | "as"
                | "at"
                | "for"
                | "from"
                | "when"
                | "while"
                | "after"
                | "this"
                | "that"
                | "his"
                | "her"
                | "their"
                | "our"
                | "no"
                | "with"
                | "by"
                | "all"
                | "like"
                | "more"
                | "if"
        )
        || bare(lexed.word(at)) != lexed.word(at)
    {
        return None;
    }
    if at > 0
        && bare(lexed.word(at - 1)) == lexed.word(at - 1)
        && lexed.capital(at - 1)
        && lexed.kind(at - 1) == Some(Kind::Word)
        && !opens_sentence(lexed, at - 1)
        && lexed.lower(at - 1) != "the"
    {
        return None;
    }
    let mut end = at + 1;
    while end < at + 4 && lexed.kind(end) == Some(Kind::Word) && lexed.capital(end) {
        end += 1;
    }
    let last = end.checked_sub(1)?;
    if end < at + 2 || !PRESS_WORDS.contains(&bare(lexed.word(last))) {
        return None;
    }
    if NO_PRESS.contains(&(lexed.word(last.saturating_sub(1)), bare(lexed.word(last)))) {
        return None;
    }
    let name = bare(lexed.phrase(at, end)).to_owned();
    Some((end, Outlet { name, domain: None }))
}

/// Whether a word that is usually written small opens its sentence with a capital ("As", "But").
fn opens_sentence(lexed: &Lexed<'_>, at: usize) -> bool {
    matches!(
        lexed.lower(at),
        "as" | "but" | "and" | "in" | "on" | "at" | "for" | "from" | "when" | "while" | "after" | "like" | "if" | "by"
    )
}

/// Whether two are one outlet: by domain where both have one, else by name.
pub(crate) fn same(one: &Outlet, other: &Outlet) -> bool {
    match (&one.domain, &other.domain) {
        (Some(one_domain), Some(other_domain)) if one_domain == other_domain => true,
        _ => key(&one.name) == key(&other.name),
    }
}

/// What an outlet is known by, made once for many comparisons.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    domain: Option<String>,
    key: String,
}

impl Identity {
    /// Of an outlet's name and domain.
    pub(crate) fn new(name: &str, domain: Option<&str>) -> Self {
        Self { domain: domain.map(str::to_owned), key: key(name) }
    }

    /// As [`same`].
    pub(crate) fn is(&self, other: &Self) -> bool {
        (self.domain.is_some() && self.domain == other.domain) || self.key == other.key
    }
}

/// A name for comparing: folded, without "the".
pub(crate) fn key(name: &str) -> String {
    let folded = fold(name).replace('-', " ");
    folded.strip_prefix("the ").unwrap_or(&folded).to_owned()
}

/// The registrable domain of a host, by the public suffix list.
pub(crate) fn registrable(host: &str) -> Option<String> {
    let host = host.trim().trim_start_matches("www.").to_lowercase();
    if host.is_empty() {
        return None;
    }
    match psl::domain_str(&host) {
        Some(domain) => Some(domain.to_owned()),
        None => Some(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str, publisher: Option<&Outlet>) -> Vec<String> {
        let lexed = Lexed::new(text);
        Outlets::builtin().mentions(&lexed, publisher).into_iter().map(|mention| mention.outlet.name).collect()
    }

    #[test]
    fn an_outlet_that_is_merged_is_the_other_one_by_name_and_site() {
        let mut outlets = Outlets::builtin();
        outlets.add("Harbour Gazette", "gazette.example");
        outlets.add("Gazette on Sunday", "sunday.example");
        let of = |outlets: &Outlets, url: &str| outlets.by_url(url).map(|outlet| outlet.name.clone());
        assert_eq!(of(&outlets, "https://sunday.example/a").as_deref(), Some("Gazette on Sunday"));
        outlets.merge("Gazette on Sunday", "sunday.example", "Harbour Gazette");
        assert_eq!(of(&outlets, "https://sunday.example/a").as_deref(), Some("Harbour Gazette"));
        assert_eq!(outlets.by_name("gazette on sunday").map(|outlet| outlet.name.as_str()), Some("Harbour Gazette"));
        let lexed = Lexed::new("Per Gazette on Sunday it sank.");
        let found: Vec<String> =
            outlets.mentions(&lexed, None).into_iter().map(|one| one.outlet.name.clone()).collect();
        assert_eq!(found, ["Harbour Gazette"]);
    }

    #[test]
    fn finds_names_aliases_and_short_forms() {
        assert_eq!(names("The Guardian’s man met Fox News.", None), ["The Guardian", "Fox News"]);
        assert_eq!(
            names("The Washington Post wrote it. The Post added more.", None),
            ["The Washington Post", "The Washington Post"]
        );
        assert_eq!(names("a new Washington Post-ABC News poll", None), ["The Washington Post", "ABC"]);
        assert_eq!(names("by sites such as Time, Slate and CNN", None), ["Time", "Slate", "CNN"]);
        assert_eq!(names("The Post is open. Time flies, people say.", None), Vec::<String>::new());
        assert_eq!(names("It told the Harbour Gazette.", None), ["Harbour Gazette"]);
    }

    #[test]
    fn a_followed_outlet_is_known_by_its_name_and_domain() {
        let mut outlets = Outlets::builtin();
        outlets.add("Harbour Gazette", "news.harbour.example");
        assert_eq!(
            outlets.by_url("https://www.news.harbour.example/a").map(|outlet| outlet.name.as_str()),
            Some("Harbour Gazette")
        );
        assert_eq!(outlets.by_name("the harbour gazette").map(|outlet| outlet.name.as_str()), Some("Harbour Gazette"));
    }
}
