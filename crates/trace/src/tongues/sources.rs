//! What kind of source a noun phrase names, in languages other than English.

use super::{Class, Vocabulary};
use crate::lex::{Kind, Lexed};
use crate::outlets::{Mention, within};
use crate::speech::Range;
use firsthand_model::SourceKind;

/// The kind of a source by its words alone; a pronoun is a person.
pub(crate) fn kind(lexed: &Lexed<'_>, mentions: &[Mention], words: &Vocabulary, source: Range) -> SourceKind {
    let (from, to) = source;
    let is = |at: usize, class: Class| words.is(lexed.lower(at), class);
    if to == from + 1 && is(from, Class::Pronoun) {
        return if is(from, Class::Person) { SourceKind::Person } else { SourceKind::Unnamed };
    }
    let start = if is(from, Class::Article) { from + 1 } else { from };
    let outlet = within(mentions, from, to).iter().find(|mention| mention.to <= to);
    if outlet.is_some_and(|mention| {
        (mention.from..start).all(|at| is(at, Class::Article)) || {
            // "die Zeitung „Bild“", "le quotidien Le Monde".
            mention.from > from
                && (start..mention.from).all(|at| {
                    words.any(lexed.lower(at), &[Class::Outlet, Class::Article]) || lexed.kind(at) == Some(Kind::Open)
                })
        }
    }) {
        return SourceKind::Outlet;
    }
    if is(start, Class::Outlet) && to == start + 1 {
        return SourceKind::Outlet;
    }
    let capitals =
        |from: usize| (from..to).take_while(|at| lexed.capital(*at) && lexed.kind(*at) == Some(Kind::Word)).count();
    let head = (start..to).find_map(|at| {
        let class = [Class::Document, Class::Organization, Class::Unnamed, Class::Journalist]
            .into_iter()
            .find(|class| is(at, *class))
            .or_else(|| compound(words, lexed.lower(at)))?;
        Some((at, class))
    });
    match head {
        Some((_, Class::Document)) => SourceKind::Document,
        Some((_, Class::Organization)) => SourceKind::Organization,
        Some((at, _)) => {
            // "der Sprecher des Ministeriums, Anna Weiss", "Minister Anna Weiss": the name makes the person.
            let named =
                (start..to).any(|place| place != at && capitals(place) >= 2) || proper(lexed, words, at + 1, to);
            if named { SourceKind::Person } else { SourceKind::Unnamed }
        }
        None if capitals(start) >= 2 || (start..to).any(|at| lexed.word(at) == "," && capitals(at + 1) >= 2) => {
            SourceKind::Person
        }
        None => {
            let word = lexed.word(start);
            // One name alone: a body's, unless a person was named so before.
            if word.starts_with(char::is_uppercase) { SourceKind::Organization } else { SourceKind::Unnamed }
        }
    }
}

/// Whether a name of its own follows a role: "Präsidentin Weiss", "le maire Dupont".
fn proper(lexed: &Lexed<'_>, words: &Vocabulary, at: usize, to: usize) -> bool {
    at < to
        && lexed.capital(at)
        && lexed.kind(at) == Some(Kind::Word)
        && (words.language != "de" || at + 1 == to || lexed.capital(at + 1))
}

/// German words are what their last part is, whatever their case: "Regierungssprecherin", "Medienberichten".
fn compound(words: &Vocabulary, word: &str) -> Option<Class> {
    if words.language != "de" {
        return None;
    }
    // "Sprechers", "Experten": as they stand and without their ending.
    let bare = ["s", "n", "en", "es"].into_iter().filter_map(|ending| word.strip_suffix(ending));
    let forms = std::iter::once(word).chain(bare);
    let parts = forms.flat_map(|form| form.char_indices().map(|(at, _)| form.get(at..).unwrap_or_default()));
    parts.filter(|part| part.len() > 4).find_map(|part| {
        [Class::Document, Class::Organization, Class::Unnamed].into_iter().find(|class| words.is(part, *class))
    })
}
