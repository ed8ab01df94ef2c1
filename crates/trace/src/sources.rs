//! What kind of source a noun phrase names, and whom a pronoun, a surname or "the outlet" means.

use crate::lex::{Kind, Lexed, bare};
use crate::outlets::{Mention, within};
use crate::speech::{JOURNALISTS, Range};
use crate::tongues::{self, Class, Vocabulary};
use firsthand_model::SourceKind;
use std::collections::HashMap;

const DOCUMENTS: [&str; 40] = [
    "report",
    "reports",
    "study",
    "survey",
    "statement",
    "document",
    "documents",
    "filing",
    "filings",
    "letter",
    "poll",
    "polls",
    "lawsuit",
    "indictment",
    "memo",
    "book",
    "article",
    "investigation",
    "analysis",
    "review",
    "audit",
    "complaint",
    "ruling",
    "email",
    "emails",
    "records",
    "data",
    "figures",
    "statistics",
    "affidavit",
    "transcript",
    "testimony",
    "release",
    "announcement",
    "paper",
    "file",
    "files",
    "story",
    "research",
    "findings",
];

/// Words that stand for an outlet named before.
const OUTLET_NOUNS: [&str; 20] = [
    "outlet",
    "newspaper",
    "paper",
    "magazine",
    "site",
    "website",
    "network",
    "broadcaster",
    "agency",
    "channel",
    "daily",
    "weekly",
    "station",
    "publication",
    "tabloid",
    "portal",
    "journal",
    "broadsheet",
    "blog",
    "newsroom",
];

/// People without a name.
const ROLES: [&str; 96] = [
    "official",
    "officials",
    "spokesman",
    "spokeswoman",
    "spokesperson",
    "spokespeople",
    "spokesmen",
    "source",
    "sources",
    "aide",
    "aides",
    "adviser",
    "advisers",
    "advisor",
    "advisors",
    "witness",
    "witnesses",
    "people",
    "person",
    "officer",
    "officers",
    "lawyer",
    "lawyers",
    "attorney",
    "attorneys",
    "expert",
    "experts",
    "analyst",
    "analysts",
    "resident",
    "residents",
    "critics",
    "supporters",
    "opponents",
    "scientists",
    "scientist",
    "researchers",
    "researcher",
    "authorities",
    "prosecutors",
    "prosecutor",
    "investigators",
    "investigator",
    "doctors",
    "doctor",
    "lawmakers",
    "lawmaker",
    "senators",
    "senator",
    "republicans",
    "democrats",
    "voters",
    "voter",
    "activists",
    "activist",
    "employees",
    "employee",
    "executive",
    "executives",
    "leader",
    "leaders",
    "member",
    "members",
    "minister",
    "ministers",
    "president",
    "director",
    "manager",
    "chairman",
    "chairwoman",
    "chair",
    "secretary",
    "chief",
    "governor",
    "mayor",
    "commander",
    "general",
    "diplomat",
    "diplomats",
    "insider",
    "insiders",
    "operative",
    "operatives",
    "strategist",
    "strategists",
    "pollster",
    "candidate",
    "nominee",
    "congressman",
    "congresswoman",
    "judge",
    "woman",
    "man",
    "professor",
    "economist",
    "economists",
];

/// Titles and trades that stand before names, besides those.
const TITLES: [&str; 26] = [
    "actor",
    "actress",
    "captain",
    "coach",
    "commissioner",
    "constable",
    "defender",
    "deputy",
    "detective",
    "driver",
    "foreman",
    "guard",
    "inspector",
    "lieutenant",
    "pastor",
    "player",
    "quarterback",
    "representative",
    "researcher",
    "sergeant",
    "sheriff",
    "singer",
    "superintendent",
    "trooper",
    "widow",
    "writer",
];

const ORGANIZATIONS: [&str; 70] = [
    "ministry",
    "department",
    "company",
    "police",
    "court",
    "government",
    "administration",
    "committee",
    "party",
    "university",
    "institute",
    "commission",
    "council",
    "agency",
    "bureau",
    "office",
    "union",
    "association",
    "organization",
    "organisation",
    "group",
    "bank",
    "campaign",
    "congress",
    "senate",
    "parliament",
    "pentagon",
    "kremlin",
    "house",
    "inc",
    "corp",
    "ltd",
    "llc",
    "foundation",
    "center",
    "centre",
    "society",
    "federation",
    "league",
    "board",
    "authority",
    "army",
    "military",
    "navy",
    "force",
    "forces",
    "hospital",
    "school",
    "church",
    "team",
    "club",
    "firm",
    "corporation",
    "junta",
    "regime",
    "embassy",
    "city",
    "county",
    "state",
    "service",
    "services",
    "alliance",
    "coalition",
    "network",
    "fund",
    "museum",
    "observatory",
    "airline",
    "operator",
    "utility",
];

/// How many names back a pronoun looks.
const NAMES_BACK: usize = 200;

/// The most words of an outlet's name.
const LONGEST_NAME: usize = 10;

/// A source read: its kind and the name that it stands for.
pub(crate) struct Source {
    pub kind: SourceKind,
    pub refers_to: Option<String>,
}

/// Remembers who was named, from the start of the text on.
pub(crate) struct Resolver<'a, 'b> {
    lexed: &'b Lexed<'a>,
    mentions: &'b [Mention],
    /// The words of a language other than English.
    words: Option<&'b Vocabulary>,
    /// Runs of two to four capitalised words, with the token after: people and bodies.
    names: Vec<Range>,
    /// The places in `names` of those that end in a word.
    by_last: HashMap<&'a str, Vec<usize>>,
    last_person: Option<String>,
    last_thing: Option<String>,
    last_document: Option<String>,
}

impl<'a, 'b> Resolver<'a, 'b> {
    pub(crate) fn new(lexed: &'b Lexed<'a>, mentions: &'b [Mention], words: Option<&'b Vocabulary>) -> Self {
        let mut names = Vec::new();
        let mut at = 0;
        while at < lexed.tokens.len() {
            let mut end = at;
            while end < at + 4 && lexed.kind(end) == Some(Kind::Word) && lexed.capital(end) {
                end += 1;
            }
            if end >= at + 2 {
                names.push((at, end));
            }
            at = end.max(at + 1);
        }
        let mut by_last: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, (_, end)) in names.iter().enumerate() {
            by_last.entry(bare(lexed.word(end - 1))).or_default().push(place);
        }
        Self { lexed, mentions, words, names, by_last, last_person: None, last_thing: None, last_document: None }
    }

    /// Reads a source. Sources must come in the order of the text.
    pub(crate) fn read(&mut self, source: Range) -> Source {
        let read = self.classify(source);
        let name = read.refers_to.clone().unwrap_or_else(|| self.name_of(source, read.kind));
        match read.kind {
            SourceKind::Person => self.last_person = Some(name),
            SourceKind::Document => {
                self.last_document = Some(name.clone());
                self.last_thing = Some(name);
            }
            SourceKind::Outlet | SourceKind::Organization => self.last_thing = Some(name),
            SourceKind::Unnamed => {}
        }
        read
    }

    /// The name of a source for later reference: of a person the name alone.
    fn name_of(&self, source: Range, kind: SourceKind) -> String {
        let (mut from, to) = source;
        if kind == SourceKind::Person
            && let Some((start, end)) = self
                .names
                .get(self.names.partition_point(|(_, end)| *end <= source.1).wrapping_sub(1))
                .filter(|(start, _)| *start >= source.0)
        {
            return match self.words {
                Some(words) => self.bare_name(*start, *end, words),
                None => self.lexed.phrase(*start, *end).to_owned(),
            };
        }
        if matches!(self.lexed.lower(from), "a" | "an") && from + 1 < to {
            from += 1;
        }
        bare(self.lexed.phrase(from, to)).to_owned()
    }

    fn classify(&self, source: Range) -> Source {
        let lexed = self.lexed;
        let (from, to) = source;
        let plain = |kind| Source { kind, refers_to: None };
        let only = to == from + 1;
        if let Some(words) = self.words {
            return self.in_tongue(source, words);
        }
        match lexed.lower(from) {
            "he" | "she" if only => {
                let refers_to = self.last_person.clone().or_else(|| self.person_before(from));
                return Source { kind: SourceKind::Person, refers_to };
            }
            "it" if only => {
                let kind = if self.last_thing.is_some() && self.last_thing == self.last_document {
                    SourceKind::Document
                } else {
                    SourceKind::Organization
                };
                return Source { kind, refers_to: self.last_thing.clone() };
            }
            "they" | "we" | "i" | "you" | "who" | "i’m" if only => return plain(SourceKind::Unnamed),
            _ => {}
        }
        let start =
            if matches!(lexed.lower(from), "the" | "a" | "an" | "this" | "that" | "its" | "their" | "his" | "her") {
                from + 1
            } else {
                from
            };
        let mention = within(self.mentions, from, to).iter().find(|mention| mention.to <= to);
        if let Some(mention) = mention
            && mention.from <= start
            && (mention.to == to
                || matches!(
                    lexed.lower(mention.to),
                    "," | "newspaper" | "website" | "news" | "magazine" | "television" | "TV" | "radio"
                ))
        {
            let written = lexed.phrase(mention.from, mention.to);
            let short = !crate::outlets::key(written).contains(&crate::outlets::key(&mention.outlet.name));
            let refers_to = (short && mention.to == mention.from.max(start) + 1 && lexed.lower(mention.from) == "the")
                .then(|| mention.outlet.name.clone());
            return Source { kind: SourceKind::Outlet, refers_to };
        }
        // "Celebrity website TMZ": the noun says what the name is.
        if let Some(last) = within(self.mentions, from, to).last()
            && last.to == to
            && last.from > from
            && OUTLET_NOUNS.contains(&lexed.lower(last.from - 1))
        {
            return Source { kind: SourceKind::Outlet, refers_to: None };
        }
        if self.is_titled_name(from, to) {
            return plain(SourceKind::Person);
        }
        let definite = matches!(lexed.lower(from), "the" | "this" | "that") && to <= from + 3;
        let last = lexed.lower(to.saturating_sub(1));
        if definite
            && OUTLET_NOUNS.contains(&last)
            && let Some(outlet) = self.mention_before(from)
        {
            let refers_to = Some(outlet.outlet.name.clone());
            return Source { kind: SourceKind::Outlet, refers_to };
        }
        let head_end = (from..to)
            .find(|index| {
                matches!(
                    lexed.lower(*index),
                    "of" | "by"
                        | "from"
                        | "for"
                        | "in"
                        | "released"
                        | "published"
                        | "issued"
                        | "who"
                        | "at"
                        | "with"
                        | ","
                        | "on"
                        | "to"
                )
            })
            .unwrap_or(to);
        let head =
            (from..head_end).rev().map(|index| lexed.lower(index)).find(|word| word.len() > 1).unwrap_or_default();
        if DOCUMENTS.contains(&head) {
            let refers_to = (definite && to <= from + 2).then(|| self.last_document.clone()).flatten();
            return Source { kind: SourceKind::Document, refers_to };
        }
        let role = (from..to).find(|index| {
            let word = lexed.lower(*index);
            ROLES.contains(&word) || JOURNALISTS.contains(&word)
        });
        let capital_run = |from: usize| {
            (from..to).take_while(|index| lexed.capital(*index) && lexed.kind(*index) == Some(Kind::Word)).count()
        };
        if let Some(role) = role {
            let after = if lexed.word(role + 1) == "," { role + 2 } else { role + 1 };
            if capital_run(after) > 0 && after < to {
                return self.person(after, after + capital_run(after));
            }
            // "Kurt Campbell, the deputy secretary": the name stands before the role.
            let named = capital_run(start);
            if named >= 2 && start + named < role && lexed.word(start + named) == "," {
                return self.person(start, start + named);
            }
            return plain(SourceKind::Unnamed);
        }
        let capitals = capital_run(start);
        let body = (start..head_end).any(|index| ORGANIZATIONS.contains(&bare(lexed.lower(index))));
        if body {
            return plain(SourceKind::Organization);
        }
        if capitals == 0 {
            let later = (start..to).find(|index| lexed.capital(*index));
            return match later {
                Some(index) if capital_run(index) >= 2 => self.person(index, index + capital_run(index)),
                _ => plain(SourceKind::Unnamed),
            };
        }
        let word = lexed.word(start);
        let acronym =
            capitals == 1 && word.len() > 1 && word.chars().all(|letter| letter.is_uppercase() || letter == '.');
        if acronym {
            return plain(SourceKind::Organization);
        }
        self.person(start, start + capitals)
    }

    /// Whether a source, up to its first comma, is a title or trade with the name that bears it: "Police
    /// Inspector Dave Gaskin", "Creighton coach Greg McDermott".
    fn is_titled_name(&self, from: usize, to: usize) -> bool {
        let lexed = self.lexed;
        let end = (from..to).find(|index| lexed.word(*index) == ",").unwrap_or(to);
        let title = (from..end).rev().find(|index| {
            let word = lexed.lower(*index);
            ROLES.contains(&word) || TITLES.contains(&word)
        });
        let Some(title) = title else { return false };
        let named = |index: usize| lexed.capital(index) && lexed.kind(index) != Some(Kind::Number);
        end >= title + 3 && (title + 1..end).all(named)
    }

    /// A name without the nouns before it, which German writes in capitals too.
    fn bare_name(&self, start: usize, end: usize, words: &Vocabulary) -> String {
        let start = if words.language == "de" { start.max(end.saturating_sub(2)) } else { start };
        self.lexed.phrase(start, end).to_owned()
    }

    /// As [`Self::classify`], in a language other than English.
    fn in_tongue(&self, source: Range, words: &Vocabulary) -> Source {
        let lexed = self.lexed;
        let (from, to) = source;
        let kind = tongues::sources::kind(lexed, self.mentions, words, source);
        let only = to == from + 1;
        let refers_to = match kind {
            SourceKind::Person if only && words.is(lexed.lower(from), Class::Person) => {
                self.last_person.clone().or_else(|| self.person_before(from))
            }
            SourceKind::Organization if only && lexed.capital(from) => {
                let surname = lexed.word(from);
                if let Some((start, end)) = self.full_name(surname, from) {
                    let refers_to = Some(self.bare_name(start, end, words));
                    return Source { kind: SourceKind::Person, refers_to };
                }
                None
            }
            SourceKind::Outlet if words.is(lexed.lower(to.saturating_sub(1)), Class::Outlet) && to <= from + 3 => {
                self.mention_before(from).map(|mention| mention.outlet.name.clone())
            }
            _ => None,
        };
        Source { kind, refers_to }
    }

    /// The last full name before a token that ends in a surname.
    fn full_name(&self, surname: &str, before: usize) -> Option<Range> {
        let places = self.by_last.get(surname)?;
        let last = places.partition_point(|place| self.names.get(*place).is_some_and(|(_, end)| *end <= before));
        self.names.get(*places.get(last.checked_sub(1)?)?).copied()
    }

    /// The last outlet that is named before a token.
    fn mention_before(&self, token: usize) -> Option<&Mention> {
        self.mentions.get(self.mentions.partition_point(|mention| mention.to <= token).checked_sub(1)?)
    }

    /// A person, or a body, by one to four capitalised words; a surname stands for the last full
    /// name that ends in it.
    fn person(&self, from: usize, to: usize) -> Source {
        let lexed = self.lexed;
        let titled = matches!(
            lexed.lower(from).trim_end_matches('.'),
            "mr" | "mrs"
                | "ms"
                | "dr"
                | "sen"
                | "rep"
                | "gov"
                | "president"
                | "senator"
                | "prime"
                | "judge"
                | "gen"
                | "governor"
        );
        if to > from + 2 || (to == from + 2 && !titled) {
            return Source { kind: SourceKind::Person, refers_to: None };
        }
        let surname = bare(lexed.word(to.saturating_sub(1)));
        match self.full_name(surname, from) {
            Some((start, end)) => {
                Source { kind: SourceKind::Person, refers_to: Some(bare(lexed.phrase(start, end)).to_owned()) }
            }
            None => {
                Source { kind: if titled { SourceKind::Person } else { SourceKind::Organization }, refers_to: None }
            }
        }
    }

    /// The nearest name of two or three words before a token that is no outlet's.
    fn person_before(&self, before: usize) -> Option<String> {
        let outlet = |range: &Range| {
            within(self.mentions, range.0.saturating_sub(LONGEST_NAME), range.1)
                .iter()
                .any(|mention| range.0 < mention.to)
        };
        let body = |range: &Range| (range.0..range.1).any(|index| ORGANIZATIONS.contains(&self.lexed.lower(index)));
        let end = self.names.partition_point(|range| range.1 <= before);
        let near = self.names.get(end.saturating_sub(NAMES_BACK)..end).unwrap_or_default();
        let range = near.iter().rev().find(|range| !outlet(range) && !body(range))?;
        Some(bare(self.lexed.phrase(range.0, range.1)).to_owned())
    }
}
