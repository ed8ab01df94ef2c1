//! One article: its attributions with their sources read, outlets relied on, figures and dates.

use crate::learned::{self, Model};
use crate::lex::Lexed;
use crate::outlets::{Mention, Outlets, within};
use crate::speech::{Range, Speech};
use crate::{ArticleInput, dates, figures, reliance, sources, speech, tongues};
use firsthand_model::{Analysis, Attribution, QuoteKind, Span, Via};
use firsthand_text::offsets::Offsets;

/// Finds attributions, outlets relied on, signs of own reporting, figures and dates.
pub fn analyse(article: &ArticleInput<'_>, outlets: &Outlets) -> Analysis {
    analyse_with(article, outlets, Model::shipped())
}

/// [`analyse`] with a model of the caller's, or with the rules alone.
pub fn analyse_with(article: &ArticleInput<'_>, outlets: &Outlets, model: Option<&Model>) -> Analysis {
    let language = match article.language {
        Some(language) => Some(language.to_owned()),
        None => firsthand_text::language::detect(article.text, None),
    };
    let words = tongues::vocabulary(language.as_deref());
    let lexed = Lexed::in_language(article.text, words);
    let offsets = Offsets::new(article.text);
    let publisher = outlets.publisher(article.publisher, article.url);
    let mentions = outlets.mentions(&lexed, publisher.as_ref());
    let rules = match words {
        Some(words) => tongues::speech::speeches(&lexed, &mentions, words),
        None => speech::speeches(&lexed, &mentions),
    };
    let english = language.is_none_or(|language| language.starts_with("en"));
    let speeches = match model.filter(|_| english) {
        Some(model) => learned::speeches(model, &lexed, &mentions, &rules),
        None => rules,
    };
    let mut resolver = sources::Resolver::new(&lexed, &mentions, words);
    let attributions =
        speeches.iter().filter_map(|speech| attribution(speech, &lexed, &offsets, &mentions, &mut resolver)).collect();
    let (relies_on, own_reporting) =
        reliance::reliances(article, &lexed, &offsets, &mentions, &speeches, outlets, publisher.as_ref(), words);
    let dates = dates::in_lexed(&lexed, &offsets, article.published, words);
    let figures = figures::in_lexed(&lexed, &offsets, &dates, words);
    Analysis { attributions, relies_on, own_reporting, figures, dates }
}

fn attribution(
    speech: &Speech,
    lexed: &Lexed<'_>,
    offsets: &Offsets<'_>,
    mentions: &[Mention],
    resolver: &mut sources::Resolver<'_, '_>,
) -> Option<Attribution> {
    let span = |range: Range| lexed.bytes(range.0, range.1).map(|(start, end)| offsets.span(start, end));
    let content = content(&speech.content, lexed, offsets)?;
    if speech.source.is_some_and(|source| is_retracted(lexed, source)) {
        return None;
    }
    let source = speech.source.map(|source| resolver.read(source));
    let via = speech.recipient.and_then(|recipient| {
        let mention = within(mentions, recipient.0, recipient.1)
            .iter()
            .find(|mention| mention.to <= recipient.1 && !mention.own)?;
        let evidence = span((speech.cue.0, recipient.1.max(speech.cue.1)))?;
        Some(Via { outlet: mention.outlet.name.clone(), domain: mention.outlet.domain.clone(), evidence })
    });
    Some(Attribution {
        source: speech.source.and_then(span),
        cue: span(speech.cue),
        content,
        kind: kind(&speech.content, lexed),
        source_kind: source.as_ref().map(|source| source.kind),
        refers_to: source.and_then(|source| source.refers_to),
        via,
        confidence: speech.confidence,
    })
}

/// Whether a source is what an outlet took back: "An earlier version of this report said …".
fn is_retracted(lexed: &Lexed<'_>, (from, to): Range) -> bool {
    (from..to).any(|at| {
        matches!(lexed.lower(at), "version" | "edition")
            && matches!(lexed.before(at), "earlier" | "previous" | "prior" | "original" | "first")
            && lexed.lower(at + 1) == "of"
    })
}

fn content(pieces: &[Range], lexed: &Lexed<'_>, offsets: &Offsets<'_>) -> Option<Span> {
    let bytes: Vec<(usize, usize)> = pieces.iter().filter_map(|(from, to)| lexed.bytes(*from, *to)).collect();
    (!bytes.is_empty()).then(|| offsets.span_of_parts(&bytes))
}

/// Direct when every word stands in quotation marks, mixed when some do.
fn kind(pieces: &[Range], lexed: &Lexed<'_>) -> QuoteKind {
    let words =
        pieces.iter().flat_map(|(from, to)| *from..*to).filter(|at| lexed.word(*at).starts_with(char::is_alphanumeric));
    let (mut inside, mut outside) = (0, 0);
    for at in words {
        if lexed.quoted(at) {
            inside += 1;
        } else {
            outside += 1;
        }
    }
    match (inside, outside) {
        (0, _) => QuoteKind::Indirect,
        (_, 0) => QuoteKind::Direct,
        _ => QuoteKind::Mixed,
    }
}
