//! The pages' own words in the reader's language: what stands in the templates and the program is English; files of
//! `texts/` have the others. What articles say is never translated.

use axum::http::{HeaderMap, header};
use std::collections::HashMap;
use std::sync::OnceLock;

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Lang {
    #[default]
    English,
    German,
}

/// The languages with their codes and own names.
pub(crate) const LANGUAGES: [(&str, &str, Lang); 2] =
    [("en", "English", Lang::English), ("de", "Deutsch", Lang::German)];

const GERMAN: &str = include_str!("../texts/de.tsv");

/// The words of a language by the English ones.
struct Words {
    exact: HashMap<&'static str, &'static str>,
    /// Sentences with words that are taken over: what stands around those, English and translated.
    around: Vec<(Vec<&'static str>, Vec<&'static str>)>,
}

fn german() -> &'static Words {
    static GERMAN_WORDS: OnceLock<Words> = OnceLock::new();
    GERMAN_WORDS.get_or_init(|| {
        let lines = GERMAN.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
        let parts = |text: &'static str| text.split('*').collect::<Vec<_>>();
        let around = lines.clone().filter(|(english, _)| english.contains('*'));
        let mut around: Vec<_> = around.map(|(english, german)| (parts(english), parts(german))).collect();
        // "repeats a poll of *" before "repeats *".
        around.sort_by_key(|(english, _)| std::cmp::Reverse(english.iter().map(|part| part.len()).sum::<usize>()));
        Words { exact: lines.collect(), around }
    })
}

impl Lang {
    /// The language that a reader set, else the first that the browser wishes (RFC 9110, Accept-Language, in its order).
    pub(crate) fn of(set: Option<&str>, headers: &HeaderMap) -> Self {
        let known = |code: &str| LANGUAGES.iter().find(|(known, ..)| *known == code).map(|(.., lang)| *lang);
        if let Some(lang) = set.and_then(known) {
            return lang;
        }
        let wished = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let codes = wished.split(',').filter_map(|wish| wish.trim().split([';', '-']).next());
        codes.filter_map(|code| known(&code.to_ascii_lowercase())).next().unwrap_or_default()
    }

    pub(crate) fn code(self) -> &'static str {
        LANGUAGES.iter().find(|(.., lang)| *lang == self).map_or("en", |(code, ..)| code)
    }

    /// Words of ours, as they are in English.
    pub(crate) fn t(self, english: &str) -> &str {
        match self {
            Self::English => english,
            Self::German => german().exact.get(english).copied().unwrap_or(english),
        }
    }

    /// A sentence of ours with numbers or names in it.
    pub(crate) fn say(self, english: impl AsRef<str>) -> String {
        let english = english.as_ref();
        if self == Self::English {
            return english.to_owned();
        }
        let words = german();
        if let Some(known) = words.exact.get(english) {
            return (*known).to_owned();
        }
        let (pattern, numbers) = without_numbers(english);
        if let Some(known) = words.exact.get(pattern.as_str()) {
            let mut numbers = numbers.into_iter();
            let mut parts = known.split("{}");
            let first = parts.next().unwrap_or_default().to_owned();
            return parts.fold(first, |out, part| out + numbers.next().unwrap_or_default() + part);
        }
        for (parts, german_parts) in &words.around {
            if let Some(names) = taken_over(english, parts) {
                let mut names = names.into_iter();
                let mut parts = german_parts.iter();
                let first = parts.next().map_or_else(String::new, |part| (*part).to_owned());
                return parts.fold(first, |out, part| out + names.next().unwrap_or_default() + part);
            }
        }
        english.to_owned()
    }
}

/// The words between the parts of a sentence, where it has those parts.
fn taken_over<'a>(text: &'a str, parts: &[&str]) -> Option<Vec<&'a str>> {
    let (first, rest) = parts.split_first()?;
    let (last, between) = rest.split_last()?;
    let mut text = text.strip_prefix(first)?.strip_suffix(last)?;
    let mut names = Vec::new();
    for part in between {
        let (name, behind) = text.split_once(part)?;
        names.push(name);
        text = behind;
    }
    names.push(text);
    Some(names)
}

/// A sentence with `{}` in the place of each number, and the numbers.
fn without_numbers(text: &str) -> (String, Vec<&str>) {
    let (mut pattern, mut numbers, mut rest) = (String::new(), Vec::new(), text);
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(from.len());
        let (number, behind) = from.split_at(end);
        pattern.push_str(before);
        pattern.push_str("{}");
        numbers.push(number);
        rest = behind;
    }
    pattern.push_str(rest);
    (pattern, numbers)
}

/// The words in `t("…")` of the script: not those of other functions whose names end so.
fn said(script: &str) -> impl Iterator<Item = &str> {
    script.match_indices("t(\"").filter_map(|(place, call)| {
        let before = script.get(..place)?.chars().next_back();
        let words = script.get(place + call.len()..)?.split_once("\")")?.0;
        (!before.is_some_and(char::is_alphanumeric)).then_some(words)
    })
}

/// The words that the script says in a language, as a JSON object by the English ones.
pub(crate) fn of_script(script: &str, lang: Lang) -> String {
    let words: serde_json::Map<String, serde_json::Value> = said(script)
        .filter(|english| lang.t(english) != *english)
        .map(|english| (english.to_owned(), lang.t(english).into()))
        .collect();
    serde_json::Value::Object(words).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_reader_gets_the_language_that_was_set_or_is_wished() {
        let wish =
            |text: &'static str| HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(text))]);
        assert_eq!(Lang::of(None, &wish("de-AT,de;q=0.9,en;q=0.8")), Lang::German);
        assert_eq!(Lang::of(None, &wish("fr, en-GB, de")), Lang::English);
        assert_eq!(Lang::of(Some("de"), &wish("en")), Lang::German);
        assert_eq!(Lang::of(Some("xx"), &HeaderMap::new()), Lang::English);
    }

    #[test]
    fn numbers_and_names_are_taken_over() {
        let german = |text: &str| Lang::German.say(text);
        assert_eq!(german("3 h ago"), "vor 3 Std.");
        assert_eq!(german("1 report"), "1 Bericht");
        assert_eq!(german("62 % of 12 reports are first-hand"), "62 % von 12 Berichten sind aus erster Hand");
        assert_eq!(german("repeats a poll of Harbour Radio"), "wiederholt eine Umfrage von Harbour Radio");
        assert_eq!(german("repeats Radio 4"), "wiederholt Radio 4");
        assert_eq!(
            german("Its main news rests on The Post: “the Post said: yes”."),
            "Seine Hauptnachricht stützt sich auf The Post: „the Post said: yes“."
        );
        assert_eq!(
            german("7 reports, 2 voices: 4 rest on The Ellery Courier."),
            "7 Berichte, 2 Stimmen: 4 stützen sich auf The Ellery Courier."
        );
        assert_eq!(
            german(
                "2 outlets and 1 first-hand report give 0.55; 0 for, 0 against make it 0.55; 0.10 for being little known; × 0.93 for 3 hours"
            ),
            "2 Medien und 1 Bericht aus erster Hand ergeben 0.55; 0 dafür, 0 dagegen machen daraus 0.55; 0.10 für geringe Bekanntheit; × 0.93 für 3 Stunden"
        );
        assert_eq!(german("something else"), "something else");
        assert_eq!(Lang::English.say("3 h ago"), "3 h ago");
    }

    /// Every text of the templates and the script has its German words.
    #[test]
    fn nothing_is_left_in_english() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let mut known = 0;
        let mut texts = vec![include_str!("../assets/script.js").to_owned()];
        for entry in std::fs::read_dir(folder).unwrap() {
            texts.push(std::fs::read_to_string(entry.unwrap().path()).unwrap());
        }
        for words in texts.iter().flat_map(|text| said(text)) {
            assert!(german().exact.contains_key(words), "no German for {words:?}");
            known += 1;
        }
        assert!(known > 250, "{known}");
        for line in GERMAN.lines().filter(|line| !line.starts_with('#')) {
            let (english, german) = line.split_once('\t').unwrap();
            assert_eq!(english.matches("{}").count(), german.matches("{}").count(), "{line}");
            assert_eq!(english.matches('*').count(), german.matches('*').count(), "{line}");
        }
    }
}
