//! How an article in a language other than English is tied to an outlet that it names.

use super::{Class, Vocabulary};
use crate::lex::Lexed;
use crate::outlets::Mention;
use crate::speech::{Range, Speech};
use firsthand_model::How;

/// The tie of a mention: who was told, whose report, interview or poll it is.
pub(crate) fn tie(
    lexed: &Lexed<'_>,
    mention: &Mention,
    speeches: &[Speech],
    words: &Vocabulary,
) -> Option<(How, Range)> {
    let (from, to) = (mention.from, mention.to);
    let is = |at: usize, class: Class| words.is(lexed.lower(at), class);
    for speech in speeches {
        if let Some(recipient) = speech.recipient.filter(|recipient| recipient.0 <= from && to <= recipient.1) {
            return Some((How::Told, (recipient.0.min(speech.cue.0), recipient.1.max(speech.cue.1))));
        }
        let Some(source) = speech.source.filter(|source| source.0 <= from && to <= source.1) else { continue };
        let within = |class: Class| (source.0..source.1).any(|at| is(at, class));
        let evidence = (source.0.min(speech.cue.0), source.1.max(speech.cue.1));
        let how = if within(Class::Poll) {
            How::Poll
        } else if within(Class::Journalist) {
            How::Journalist
        } else {
            How::Report
        };
        return Some((how, evidence));
    }
    // "im Interview mit der Zeitung", "laut einem Bericht des Senders", "une enquête du Monde".
    let sentence = lexed.sentence_at(from);
    let near = (sentence.0.max(from.saturating_sub(6))..from).rev();
    let mut how = None;
    for at in near {
        if lexed.word(at) == "," || lexed.word(at) == ";" {
            break;
        }
        how = [(Class::Interview, How::Told), (Class::Poll, How::Poll), (Class::Report, How::Report)]
            .into_iter()
            .find(|(class, _)| is(at, *class))
            .map(|(_, how)| (how, (at, to)));
        if how.is_some() {
            break;
        }
    }
    // "Im ZDF sagte S": the outlet at the head of the sentence, before the verb.
    let led = from <= sentence.0 + 2 && words.is(lexed.lower(sentence.0), Class::Preposition);
    let verb = (to..(to + 5).min(sentence.1)).find(|at| is(*at, Class::Said));
    if how.is_none() && led && words.phrase(lexed, sentence.0, Class::According).is_none() && verb.is_some() {
        how = Some((How::Told, (sentence.0, to)));
    }
    // "wie die Zeitung berichtet", "comme l'a révélé Mediapart": a verb of reporting right beside the name.
    how.or_else(|| {
        let after = (to..(to + 3).min(sentence.1)).find(|at| is(*at, Class::Said));
        let before = (sentence.0.max(from.saturating_sub(3))..from).find(|at| is(*at, Class::Said));
        let beside = after
            .filter(|at| (to..*at).all(|between| words.any(lexed.lower(between), &[Class::Auxiliary, Class::Adverb])));
        let behind = before.filter(|at| {
            (*at + 1..from).all(|between| words.any(lexed.lower(between), &[Class::Article, Class::Outlet]))
        });
        beside.map(|at| (How::Report, (from, at + 1))).or_else(|| behind.map(|at| (How::Report, (at, to))))
    })
}

/// "sagte dieser Zeitung", "a dit à notre journal": the words that show reporting of its own.
pub(crate) fn own_words(lexed: &Lexed<'_>, words: &Vocabulary) -> Vec<Range> {
    let mut found = Vec::new();
    for at in 0..lexed.tokens.len() {
        let this = words.is(lexed.lower(at), Class::This)
            && words.any(lexed.lower(at + 1), &[Class::Outlet, Class::Journalist])
            && !lexed.quoted(at);
        if !this {
            continue;
        }
        let said = (at.saturating_sub(8)..at)
            .rev()
            .take_while(|place| !matches!(lexed.word(*place), "." | ":" | ";"))
            .find(|place| words.any(lexed.lower(*place), &[Class::Said, Class::Weak, Class::Interview]));
        if let Some(said) = said {
            found.push((said, at + 2));
        }
    }
    found
}
