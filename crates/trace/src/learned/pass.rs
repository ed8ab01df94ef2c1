//! Reading a text with the model.

use super::features::View;
use super::lattice::{ARGUMENTS, CONTENT, CUE, CUES, Lattice, OUTSIDE, SOURCE, Scores};
use super::model::{JUDGED, Model, Table};
use crate::lex::{Kind, Lexed};
use crate::outlets::{Mention, within};
use crate::speech::{Range, Speech, overlapping};

/// What is added to a cue's beginning so that doubtful ones are looked at too.
const LEAN: f32 = 1.5;

/// The confidence from which a rule is believed where the model sees nothing.
const RULE_ALONE: f32 = 0.8;

/// A cue with its probability.
pub(crate) type Cue = (Range, f32);

/// The cues of a text: each paragraph as a chain.
pub(crate) fn cues(view: &View<'_, '_>, table: &Table, lean: f32) -> Vec<Cue> {
    let mut found = Vec::new();
    let mut features = Vec::with_capacity(96);
    for &(from, to) in &view.lexed.paragraphs {
        let mut scores: Vec<Scores> = (from..to)
            .map(|place| {
                view.cue_features(place, &mut features);
                table.scores(&features)
            })
            .collect();
        let allowed = vec![0b11; to - from];
        let marginals = Lattice { chain: CUES, scores: &scores, allowed: &allowed }.marginals();
        for scores in &mut scores {
            scores[1] += lean;
        }
        let kinds = Lattice { chain: CUES, scores: &scores, allowed: &allowed }.best();
        for (start, end, _) in stretches(&kinds, |kind| kind == 1) {
            let sure = marginals.get(start..end).unwrap_or_default().iter().map(|events| events[0]);
            found.push(((from + start, from + end), sure.fold(1.0, f32::min)));
        }
    }
    found
}

/// The runs of a kind.
pub(crate) fn stretches(kinds: &[u8], wanted: impl Fn(u8) -> bool) -> Vec<(usize, usize, u8)> {
    let mut found: Vec<(usize, usize, u8)> = Vec::new();
    for (at, kind) in kinds.iter().enumerate() {
        if !wanted(*kind) {
            continue;
        }
        match found.last_mut() {
            Some((_, end, last)) if *end == at && last == kind => *end = at + 1,
            _ => found.push((at, at + 1, *kind)),
        }
    }
    found
}

/// A cue's source and content, with what is known for and against them.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub cue: Range,
    pub source: Option<Range>,
    pub content: Vec<Range>,
    pub evidence: [f32; JUDGED],
}

/// The allowed types of a window: the cue's tokens are the cue, no others are.
pub(crate) fn allowed(cue: Range, window: Range) -> Vec<u8> {
    (window.0..window.1).map(|place| if place >= cue.0 && place < cue.1 { 1 << CUE } else { 0b111 }).collect()
}

/// The source and content of a cue.
pub(crate) fn arguments(view: &View<'_, '_>, table: &Table, cue: Cue) -> Candidate {
    let (cue, sure) = cue;
    let window = view.window(cue);
    let mut scores: Vec<Scores> = Vec::with_capacity(window.1 - window.0);
    view.argument_features(cue, window, |features| scores.push(table.scores(features)));
    let free = allowed(cue, window);
    let lattice = Lattice { chain: ARGUMENTS, scores: &scores, allowed: &free };
    let kinds = lattice.best();
    let total = lattice.log_sum();
    let place = |(start, end, _): &(usize, usize, u8)| (window.0 + start, window.0 + end);
    let source = stretches(&kinds, |kind| kind == SOURCE).first().map(place);
    let worded =
        |range: &Range| (range.0..range.1).any(|at| matches!(view.lexed.kind(at), Some(Kind::Word | Kind::Number)));
    let content: Vec<Range> = stretches(&kinds, |kind| kind == CONTENT).iter().map(place).filter(worded).collect();
    let held = |wanted: u8| {
        let allowed: Vec<u8> = kinds
            .iter()
            .zip(&free)
            .map(|(kind, free)| {
                if *free == 1 << CUE {
                    *free
                } else if *kind == wanted {
                    1 << wanted
                } else {
                    free & !(1 << wanted)
                }
            })
            .collect();
        let part = Lattice { chain: ARGUMENTS, scores: &scores, allowed: &allowed }.log_sum();
        #[expect(clippy::cast_possible_truncation, reason = "a logarithm of a probability")]
        let held = (part - total) as f32;
        held.clamp(-12.0, 0.0)
    };
    let (sure_source, sure_content) = (held(SOURCE), held(CONTENT));
    let candidate = Candidate { cue, source, content, evidence: [0.0; JUDGED] };
    Candidate { evidence: evidence(view, &candidate, sure, sure_source, sure_content), ..candidate }
}

fn overlap(a: &[Range], b: &[Range]) -> f32 {
    let length = |ranges: &[Range]| ranges.iter().map(|range| range.1 - range.0).sum::<usize>();
    let shared: usize = a.iter().flat_map(|a| b.iter().map(|b| a.1.min(b.1).saturating_sub(a.0.max(b.0)))).sum();
    let both = length(a) + length(b);
    #[expect(clippy::cast_precision_loss, reason = "token counts")]
    let share = 2.0 * shared as f32 / both.max(1) as f32;
    share
}

fn evidence(view: &View<'_, '_>, candidate: &Candidate, cue: f32, source: f32, content: f32) -> [f32; JUDGED] {
    let lexed = view.lexed;
    let flag = |value: bool| if value { 1.0 } else { 0.0 };
    let rule = overlapping(view.rules, candidate.cue).max_by(|a, b| a.confidence.total_cmp(&b.confidence));
    let words: usize = candidate.content.iter().map(|(from, to)| to - from).sum();
    let quoted = candidate.content.iter().any(|(from, to)| (*from..*to).any(|at| lexed.quoted(at)));
    let cue = cue.clamp(0.002, 0.998);
    let logit = (cue / (1.0 - cue)).ln();
    let has = (candidate.source.is_some(), !candidate.content.is_empty());
    let far = candidate.source.map_or(0, |(from, to)| {
        if to <= candidate.cue.0 { candidate.cue.0 - to } else { from.saturating_sub(candidate.cue.1) }
    });
    let pronoun = candidate.source.is_some_and(|(from, to)| to == from + 1 && !lexed.capital(from));
    let mut evidence = [0.0; JUDGED];
    let values = [
        1.0,
        logit,
        source,
        content,
        source * content * -0.1,
        flag(has.0),
        flag(has.1),
        flag(has.0) * logit,
        flag(rule.is_some()),
        rule.map_or(0.0, |rule| rule.confidence),
        rule.map_or(0.0, |rule| flag(rule.source == candidate.source)),
        rule.map_or(0.0, |rule| flag(overlap(&rule.content, &candidate.content) >= 0.6)),
        flag(quoted),
        flag(words <= 2),
        flag(words > 40),
        flag(lexed.quoted(candidate.cue.0)),
        flag(far == 0),
        flag(far > 3),
        flag(candidate.content.len() > 1),
        flag(pronoun),
        flag(candidate.cue.1 > candidate.cue.0 + 2),
        source.max(-1.0),
        content.max(-1.0),
        flag(candidate.cue.0 >= 1 && lexed.quoted(candidate.cue.0 - 1)),
    ];
    for (cell, value) in evidence.iter_mut().zip(values) {
        *cell = value;
    }
    evidence
}

/// Every candidate of a text: the model's cues and those of the rules that it does not see.
pub(crate) fn candidates(view: &mut View<'_, '_>, cue_table: &Table, argument_table: &Table) -> Vec<Candidate> {
    let mut cues = cues(view, cue_table, LEAN);
    view.cues = cues.iter().filter(|(_, sure)| *sure > 0.4).map(|(cue, _)| *cue).collect();
    let missed: Vec<Cue> = view
        .rules
        .iter()
        .filter(|rule| {
            let from = cues.partition_point(|(cue, _)| cue.1 <= rule.cue.0);
            cues.get(from).is_none_or(|(cue, _)| cue.0 >= rule.cue.1)
        })
        .map(|rule| (rule.cue, 0.02))
        .collect();
    cues.extend(missed);
    cues.sort_by_key(|(cue, _)| *cue);
    cues.into_iter().map(|cue| arguments(view, argument_table, cue)).collect()
}

/// The probability that a candidate is right.
pub(crate) fn probability(judge: &[f32; JUDGED], evidence: &[f32; JUDGED]) -> f32 {
    let sum: f32 = judge.iter().zip(evidence).map(|(weight, value)| weight * value).sum();
    1.0 / (1.0 + (-sum).exp())
}

/// Every attribution of a text by model and rules, in the order of the text.
pub(crate) fn speeches(model: &Model, lexed: &Lexed<'_>, mentions: &[Mention], rules: &[Speech]) -> Vec<Speech> {
    let mut view = View::new(lexed, mentions, rules, &model.classes).without(model.hidden);
    let mut found: Vec<Speech> = Vec::new();
    for candidate in candidates(&mut view, &model.cues, &model.arguments) {
        let confidence = probability(&model.judge, &candidate.evidence);
        if confidence < model.least || candidate.content.is_empty() {
            continue;
        }
        let recipient = overlapping(rules, candidate.cue).next().and_then(|rule| rule.recipient);
        found.push(Speech {
            source: candidate.source,
            cue: candidate.cue,
            content: candidate.content,
            recipient,
            confidence,
        });
    }
    // The same words are said once: by the surer of two cues.
    let doubled = |at: usize, speech: &Speech| {
        let near = found.iter().enumerate().skip(at.saturating_sub(8)).take(17);
        near.into_iter().any(|(other_at, other)| {
            other.content == speech.content && (other.confidence, other_at) > (speech.confidence, at)
        })
    };
    let kept: Vec<bool> = found.iter().enumerate().map(|(at, speech)| !doubled(at, speech)).collect();
    let mut kept = kept.into_iter();
    found.retain(|_| kept.next().unwrap_or(true));
    // What only the surest rules see ("…, per the Gazette", "…, he told the Gazette") is rare in what
    // the model learnt from.
    let told_outlet = |rule: &Speech| {
        let named =
            |(from, to): Range| within(mentions, from.saturating_sub(1), to).iter().any(|mention| from < mention.to);
        rule.source.is_some() && rule.recipient.is_some_and(named)
    };
    let sure = rules.iter().filter(|rule| rule.confidence >= RULE_ALONE || told_outlet(rule));
    let alone: Vec<Speech> = sure.filter(|rule| overlapping(&found, rule.cue).next().is_none()).cloned().collect();
    found.extend(alone);
    found.sort_by_key(|speech| speech.cue);
    found
}

/// The types of a window's tokens by a labelling of the whole text.
pub(crate) fn gold_kinds(window: Range, cue: Range, source: Option<Range>, content: &[Range]) -> Vec<u8> {
    let inside = |range: &Range, place: usize| place >= range.0 && place < range.1;
    (window.0..window.1)
        .map(|place| {
            if inside(&cue, place) {
                CUE
            } else if source.is_some_and(|source| inside(&source, place)) {
                SOURCE
            } else if content.iter().any(|piece| inside(piece, place)) {
                CONTENT
            } else {
                OUTSIDE
            }
        })
        .collect()
}
