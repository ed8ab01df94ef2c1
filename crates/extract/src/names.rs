//! Names of people out of lines of text: bylines, values of metadata.

use crate::words::BY;
use firsthand_text::dates;
use firsthand_text::normalise::{fold, one_line};
use foldhash::HashSet;
use std::sync::OnceLock;

/// Whether a text begins with "By" in some language, followed by a name.
pub(crate) fn begins_with_by(text: &str) -> bool {
    let rest = without_by(text);
    rest.len() < text.len() && rest.chars().next().is_some_and(|first| first.is_uppercase() || !first.is_ascii())
}

/// A text without the "By" at its beginning.
pub(crate) fn without_by(text: &str) -> &str {
    let lower = text.to_lowercase();
    for by in BY {
        if let Some(rest) = lower.strip_prefix(by)
            && rest.starts_with([' ', ':', '\u{a0}'])
            && let Some(rest) = text.get(by.len()..)
        {
            return rest.trim_start_matches([':', ' ', '\u{a0}', '-']);
        }
    }
    text
}

/// The names in a byline, "By", roles, degrees, dates and what follows them cut off; nothing for what
/// is no name. Of a trusted source single words and names in lower case count too.
pub(crate) fn split_names(line: &str, trusted: bool) -> Vec<String> {
    const ENDS: &[&str] = &[
        " | ",
        " • ",
        " · ",
        " — ",
        " – ",
        " - ",
        " // ",
        "\u{2022}",
        " published",
        " updated",
        " posted",
        " on ",
        " in ",
        " reviewed by",
        " medically reviewed",
        " fact checked",
        " edited by",
        " photo",
        " for ",
        " is ",
        " min read",
        " says",
        " at ",
        " am ",
        " le ",
        " el ",
    ];
    let mut line = one_line(line);
    for _ in 0..2 {
        line = without_by(&line).to_owned();
    }
    let lower = line.to_lowercase();
    if lower.len() == line.len() {
        let end = ENDS.iter().filter_map(|end| lower.find(end)).filter(|place| *place > 1).min();
        if let Some(end) = end {
            line.truncate(end);
        }
    }
    let cut = line.char_indices().find(|(place, character)| {
        character.is_ascii_digit() || *character == '(' && !is_middle_name(line.get(*place..).unwrap_or_default())
    });
    if let Some((place, _)) = cut {
        let dated = !line.get(place..).is_some_and(|rest| rest.starts_with('('));
        line.truncate(place);
        // "Ada Byron March 4": the month is no part of the name.
        if dated
            && let Some((before, last)) = line.trim_end().rsplit_once([' ', '\u{a0}', ','])
            && dates::is_month(last.trim_end_matches('.'))
        {
            line.truncate(before.len());
        }
    }
    let mut line = line.replace([';', '|', '•', '·', '⋅', '●', '、', '،'], ",");
    for and in [" and ", " & ", " und ", " et ", " AND ", " And ", " y ", " e ", " en ", " och ", " og ", " i ", " и "]
    {
        line = line.replace(and, ",\u{0}");
    }
    // What "and" adds to a role is a part of the role: "Head of Harbours and Bridges".
    let mut in_role = false;
    line.split(',')
        .filter(|part| {
            let added = part.starts_with('\u{0}');
            in_role = added && in_role || !added && has_role(part);
            !(added && in_role)
        })
        .map(|part| part.trim_start_matches('\u{0}'))
        .map(|name| name.trim().trim_matches(['.', ':', '-', '–', '/', '&']).trim())
        .map(without_degree)
        .map(without_role)
        .map(once)
        .filter(|name| is_name(name, trusted))
        .enumerate()
        .filter(|(place, name)| *place == 0 || !is_title(name))
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// Whether what begins with a bracket is a name within a name: "Ada (King) Byron".
fn is_middle_name(rest: &str) -> bool {
    rest.split_once(')').is_some_and(|(inside, after)| {
        !inside.contains(|letter: char| letter.is_ascii_digit())
            && after.strip_prefix(' ').and_then(|after| after.chars().next()).is_some_and(char::is_uppercase)
    })
}

/// Whether what follows a name is degrees or a site's address, no second name.
fn is_title(name: &str) -> bool {
    let letters = name.chars().filter(|character| character.is_alphabetic()).count();
    let capitals = name.chars().filter(|character| character.is_uppercase()).count();
    let degrees = letters <= 6 && capitals * 2 > letters && !name.contains(' ');
    let address = !name.contains(' ') && name.rsplit_once('.').is_some_and(|(_, top)| (2..=4).contains(&top.len()));
    degrees || address
}

/// A name that stands there twice in a row (a picture's words and a link's), once.
fn once(name: &str) -> &str {
    let half = name.len() / 2;
    match (name.get(..half), name.get(half..).and_then(|rest| rest.strip_prefix(' '))) {
        (Some(first), Some(second)) if first == second => first,
        _ => name,
    }
}

/// Whether a part of a line is a role and no name: its first words are no name's.
fn has_role(part: &str) -> bool {
    fold(part).split_whitespace().take(2).any(is_role)
}

const WEEKDAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A name of two words and more without the role or day behind it: "Ada Byron Co-Founder".
fn without_role(name: &str) -> &str {
    let mut end = 0;
    for (count, word) in name.split(' ').enumerate() {
        let folded = fold(word);
        let role = folded.rsplit('-').next().is_some_and(is_role);
        if count >= 2 && (role || WEEKDAYS.contains(&folded.trim_end_matches(','))) {
            return name.get(..end).unwrap_or(name).trim_end();
        }
        end += word.len() + 1;
    }
    name
}

/// A name without academic degrees behind it.
fn without_degree(name: &str) -> &str {
    let mut name = name;
    while let Some((before, last)) = name.rsplit_once(' ') {
        let letters = last.chars().filter(|character| character.is_alphabetic()).count();
        let capitals = last.chars().filter(|character| character.is_uppercase()).count();
        let degree = (2..=5).contains(&letters)
            && capitals >= 2
            && before.chars().any(char::is_lowercase)
            && before.contains(' ')
            && last.chars().all(|character| character.is_alphabetic() || character == '.')
            && !matches!(last, "III" | "II" | "IV" | "JR" | "SR");
        if !degree {
            break;
        }
        name = before.trim_end();
    }
    name
}

/// Words of roles and of what is no name: a part of a byline that holds one is left out.
const ROLES: &str = "reporter correspondent senior editor editors officer director manager head chief founder contributor \
    writer producer analyst columnist journalist photograph photographer picture photo published updated \
    posted http https www share follow comments author authors read more about view all posts by min \
    redaktion redakteur redakteurin president vice specialist expert professor engineer written reviewed \
    category article subscribe newsletter newsletters email search home menu guest click here meet our \
    profile bio biography website facebook twitter linkedin instagram consultant consultants dietitian dietician \
    nutritionist coach strategist therapist physician attorney lawyer certified licensed sponsored network page \
    information strategy member login account create retailer freelance freelancer columnists intern fellow";
/// What is no name when it stands alone.
const NOBODY: &str = "admin administrator staff team user guest author redaktion redaccion redazione editorial news press \
    bureau newsroom desk jr sr md phd ph.d rd rdn ms mba dvm cpa cfp root webmaster unknown anonymous \
    none null n/a test wordpress default";

/// Whether a name has two words and more, each written as names are.
pub(crate) fn is_full_name(name: &str) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    let ends_like_a_name =
        |word: Option<&&str>| word.and_then(|word| word.chars().next()).is_some_and(|first| !first.is_lowercase());
    (2..=4).contains(&words.len()) && ends_like_a_name(words.first()) && ends_like_a_name(words.last())
}

/// Whether a folded word is of a role, or of what is no name.
fn is_role(word: &str) -> bool {
    static WORDS: OnceLock<HashSet<&'static str>> = OnceLock::new();
    WORDS.get_or_init(|| ROLES.split_whitespace().collect()).contains(word)
}

fn nobody() -> &'static HashSet<&'static str> {
    static WORDS: OnceLock<HashSet<&'static str>> = OnceLock::new();
    WORDS.get_or_init(|| NOBODY.split_whitespace().collect())
}

fn is_name(name: &str, trusted: bool) -> bool {
    let length = name.chars().count();
    let folded = fold(name);
    let words: Vec<&str> = folded.split(' ').collect();
    let upper = name.chars().next().is_some_and(|first| first.is_uppercase() || !first.is_ascii());
    let last = name.rsplit(' ').next().unwrap_or_default();
    let ends_in_capital = last.chars().next().is_some_and(char::is_uppercase);
    let capitals =
        length <= 5 && length > 1 && name.chars().all(|character| character.is_uppercase() || character == '.');
    let particles = |word: &&str| {
        word.chars().next().is_some_and(|first| first.is_lowercase() && first.is_ascii())
            && !matches!(
                *word,
                "de" | "van"
                    | "von"
                    | "der"
                    | "den"
                    | "di"
                    | "da"
                    | "la"
                    | "le"
                    | "al"
                    | "bin"
                    | "el"
                    | "del"
                    | "du"
                    | "dos"
                    | "ter"
                    | "ten"
                    | "of"
                    | "the"
                    | "y"
            )
    };
    (2..50).contains(&length)
        && words.len() <= 5
        && (upper || trusted && (words.len() <= 2 || ends_in_capital))
        && (trusted || words.len() > 1 || !name.is_ascii())
        && (!capitals || trusted)
        && (trusted || !name.split(' ').any(|word| particles(&word)))
        && !name.contains(['@', '/', '_', '<', '{', '!', '?', '"', '“', ':', '#', '*'])
        && !(words.len() > 1 && name.ends_with('.') && !trusted)
        && !dates::is_month(&folded)
        && !nobody().contains(folded.as_str())
        && !words.iter().any(|word| is_role(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_degrees_and_dates_are_cut_off() {
        assert_eq!(split_names("By Ada Byron and Max Frei, Senior Reporter", false), ["Ada Byron", "Max Frei"]);
        assert_eq!(split_names("Written by: Ada Byron MS, RDN | March 4, 2026", true), ["Ada Byron"]);
        assert_eq!(split_names("Ada Byron March 4, 2026", false), ["Ada Byron"]);
        assert_eq!(split_names("April May, June Marsh", false), ["April May", "June Marsh"]);
        assert_eq!(split_names("Ada Byron Ada Byron", true), ["Ada Byron"]);
        assert_eq!(split_names("Ada Byron Co-founder", true), ["Ada Byron"]);
        assert_eq!(
            split_names("Ada Byron, LD, FAND, harbour-post.example", true),
            ["Ada Byron", "harbour-post.example"]
        );
        assert_eq!(split_names("Ada Byron, harbour.com", true), ["Ada Byron"]);
        assert_eq!(split_names("von Ida Marrow und Jan de Groot", false), ["Ida Marrow", "Jan de Groot"]);
        assert_eq!(split_names("Harbour Post Team", true), ["Harbour Post Team"]);
        assert!(split_names("Read more about the harbour", false).is_empty());
        assert_eq!(split_names("Ada Byron, Certified Harbour Consultant", true), ["Ada Byron"]);
        assert!(split_names("Member Login", false).is_empty());
        assert!(split_names("Staff", true).is_empty());
        assert_eq!(split_names("Ada Byron, Head of Cranes and Harbour Works", true), ["Ada Byron"]);
        assert_eq!(split_names("Ada (King) Byron (London)", true), ["Ada (King) Byron"]);
        assert!(split_names("July 4, 2026", true).is_empty());
        assert_eq!(split_names("by Ada Byron Monday, March 2, 2026", true), ["Ada Byron"]);
        assert!(split_names("Name *", true).is_empty());
    }
}
