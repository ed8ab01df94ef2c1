//! A reader's rules: which stories of a list are folded away, and which are shown whatever else hides them.

use firsthand_model::{Rule, RuleEffect, RuleField, StoryCard};
use firsthand_text::normalise::fold;
use regex::{Regex, RegexBuilder};

/// Characters of a rule's pattern at the most.
const MOST_CHARS: usize = 500;
/// Bytes that a regular expression may take when compiled: a reader's pattern must not fill the memory.
const MOST_REGEX_BYTES: usize = 1 << 20;

/// Rules made ready to be asked.
#[derive(Debug, Default)]
pub(crate) struct Rules(Vec<(Rule, Ready)>);

#[derive(Debug)]
enum Ready {
    /// Each of them a row of folded words; whether the last one is a beginning.
    Words(Vec<(Vec<String>, bool)>),
    Regex(Regex),
    /// Folded.
    Part(String),
}

/// A rule that can be kept: trimmed, and known to work.
///
/// Errors: what is wrong with its pattern.
pub(crate) fn checked(rule: Rule) -> Result<Rule, String> {
    let rule = Rule { pattern: rule.pattern.trim().to_owned(), ..rule };
    if rule.pattern.is_empty() {
        return Err("a rule needs something to look for".to_owned());
    }
    if rule.pattern.chars().nth(MOST_CHARS).is_some() {
        return Err(format!("the rule is longer than {MOST_CHARS} characters: make two of it"));
    }
    ready(&rule)?;
    Ok(rule)
}

fn ready(rule: &Rule) -> Result<Ready, String> {
    Ok(match rule.field {
        RuleField::Words => {
            let row = |text: &str| {
                let words: Vec<String> = words(text).collect();
                (!words.is_empty()).then(|| (words, text.trim_end().ends_with('*')))
            };
            let rows: Vec<_> = rule.pattern.split([',', '\n']).filter_map(row).collect();
            if rows.is_empty() {
                return Err(format!("{:?} has no word in it", rule.pattern));
            }
            Ready::Words(rows)
        }
        RuleField::Regex => {
            let made = RegexBuilder::new(&rule.pattern).case_insensitive(true).size_limit(MOST_REGEX_BYTES).build();
            Ready::Regex(made.map_err(|error| {
                let why = error.to_string();
                format!(
                    "this is no regular expression: {}",
                    why.lines().last().unwrap_or_default().trim_start_matches("error: ")
                )
            })?)
        }
        RuleField::Outlet | RuleField::Author | RuleField::Source | RuleField::Feed => Ready::Part(fold(&rule.pattern)),
    })
}

/// The words of a text, folded.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(fold)
}

fn has_row(text: &[String], row: &[String], begun: bool) -> bool {
    text.windows(row.len()).any(|window| {
        let mut pairs = window.iter().zip(row).enumerate();
        pairs.all(|(place, (word, wanted))| {
            word == wanted || begun && place + 1 == row.len() && word.starts_with(wanted.as_str())
        })
    })
}

impl Rules {
    /// Rules as they are kept; one that no longer works is left out.
    pub(crate) fn new(rules: Vec<Rule>) -> Self {
        Self(rules.into_iter().filter_map(|rule| ready(&rule).ok().map(|ready| (rule, ready))).collect())
    }

    /// The rule that hides a story, if one does and none shows it.
    pub(crate) fn hiding(&self, card: &StoryCard) -> Option<&Rule> {
        let fits = |effect: RuleEffect| {
            self.0
                .iter()
                .find(move |(rule, ready)| rule.effect == effect && fits(rule, ready, card))
                .map(|(rule, _)| rule)
        };
        match fits(RuleEffect::Hide) {
            Some(_) if fits(RuleEffect::Show).is_some() => None,
            hiding => hiding,
        }
    }
}

fn fits(rule: &Rule, ready: &Ready, card: &StoryCard) -> bool {
    match (ready, rule.field) {
        (Ready::Words(rows), _) => {
            let (headline, excerpt): (Vec<_>, Vec<_>) =
                (words(&card.headline).collect(), words(&card.excerpt).collect());
            rows.iter().any(|(row, begun)| has_row(&headline, row, *begun) || has_row(&excerpt, row, *begun))
        }
        (Ready::Regex(regex), _) => regex.is_match(&card.headline) || regex.is_match(&card.excerpt),
        // A story is hidden for its outlet when it has no other; one outlet is enough to show it.
        (Ready::Part(name), RuleField::Outlet) => {
            let is_it = |outlet: &str| fold(outlet) == *name;
            let mut outlets = card.outlets.iter().map(|outlet| outlet.name.as_str());
            match rule.effect {
                RuleEffect::Hide => is_it(&card.outlet) && outlets.all(is_it),
                RuleEffect::Show => is_it(&card.outlet) || outlets.any(is_it),
            }
        }
        (Ready::Part(part), RuleField::Author) => {
            card.byline.as_deref().is_some_and(|byline| fold(byline).contains(part))
        }
        (Ready::Part(part), RuleField::Source) => card.sources.lines().any(|source| fold(source).contains(part)),
        (Ready::Part(part), _) => card.feed.as_deref().is_some_and(|feed| fold(feed).contains(part)),
    }
}

/// What a rule looks at, in a reader's words.
pub(crate) fn field_name(field: RuleField) -> &'static str {
    match field {
        RuleField::Words => "words",
        RuleField::Regex => "regular expression",
        RuleField::Outlet => "outlet",
        RuleField::Author => "author",
        RuleField::Source => "source quoted",
        RuleField::Feed => "feed's address",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use firsthand_model::{ArticleId, OutletId, OutletMention, StoryId, Tally, Timestamp};

    fn card() -> StoryCard {
        let outlet = |id: i64, name: &str| OutletMention { id: OutletId(id), name: name.to_owned(), firsthand: false };
        StoryCard {
            id: StoryId(1),
            headline: "Football club sells its ground".to_owned(),
            excerpt: "The Zürich side moves, its chairman said.".to_owned(),
            article_id: ArticleId(1),
            url: "https://a.example/1".to_owned(),
            outlet: "Harbour Gazette".to_owned(),
            lead_image: None,
            language: None,
            outlets: vec![outlet(1, "Harbour Gazette"), outlet(2, "Coast Radio")],
            reports: 2,
            firsthand: 1,
            voices: 1,
            first_published_at: Timestamp::from_seconds(1),
            last_published_at: Timestamp::from_seconds(1),
            last_firsthand_at: None,
            report_times: Vec::new(),
            tally: Tally::default(),
            like_prefixes: 0,
            dislike_prefixes: 0,
            read: false,
            starred: false,
            mark: None,
            byline: Some("Ida Holm".to_owned()),
            sources: "mara quint\nthe port authority".to_owned(),
            feed: Some("https://a.example/sport.xml".to_owned()),
            why_here: None,
        }
    }

    fn rule(effect: RuleEffect, field: RuleField, pattern: &str) -> Rule {
        Rule { id: 0, effect, field, pattern: pattern.to_owned() }
    }

    fn hides(field: RuleField, pattern: &str) -> bool {
        Rules::new(vec![rule(RuleEffect::Hide, field, pattern)]).hiding(&card()).is_some()
    }

    #[test]
    fn words_are_whole_words_in_a_row() {
        for there in ["football", "cricket, FOOTBALL CLUB", "footb*", "zürich", "club sell*"] {
            assert!(hides(RuleField::Words, there), "{there}");
        }
        for not in ["foot", "club football", "ground the", "cricket", "club* sells ground"] {
            assert!(!hides(RuleField::Words, not), "{not}");
        }
    }

    #[test]
    fn the_other_fields_look_at_what_they_are_named_for() {
        assert!(hides(RuleField::Regex, "^football .*ground$") && !hides(RuleField::Regex, "^ground"));
        assert!(hides(RuleField::Author, "holm") && !hides(RuleField::Author, "quint"));
        assert!(hides(RuleField::Source, "Port Authority") && !hides(RuleField::Source, "holm"));
        assert!(hides(RuleField::Feed, "sport.xml"));
        // Another outlet has the story too.
        assert!(!hides(RuleField::Outlet, "Harbour Gazette"));
        let mut alone = card();
        alone.outlets.truncate(1);
        let outlet = Rules::new(vec![rule(RuleEffect::Hide, RuleField::Outlet, "harbour gazette")]);
        assert!(outlet.hiding(&alone).is_some());
    }

    #[test]
    fn what_is_to_be_shown_is_shown() {
        let hide = rule(RuleEffect::Hide, RuleField::Words, "football");
        let show = rule(RuleEffect::Show, RuleField::Outlet, "Coast Radio");
        assert!(Rules::new(vec![hide.clone(), show]).hiding(&card()).is_none());
        let other = rule(RuleEffect::Show, RuleField::Outlet, "Hill Post");
        assert_eq!(Rules::new(vec![other, hide.clone()]).hiding(&card()), Some(&hide));
    }

    #[test]
    fn a_pattern_that_cannot_work_is_refused_with_its_reason() {
        let check = |field, pattern: &str| checked(rule(RuleEffect::Hide, field, pattern)).unwrap_err();
        assert!(check(RuleField::Regex, "(").contains("no regular expression: unclosed group"));
        assert!(check(RuleField::Regex, &"a{1000}".repeat(40)).contains("no regular expression"));
        assert!(check(RuleField::Words, ",*").contains("no word"));
        assert!(check(RuleField::Words, "  ").contains("something to look for"));
        assert!(check(RuleField::Words, &"a ".repeat(400)).contains("longer"));
    }
}
