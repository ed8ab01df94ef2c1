//! Training: from articles with gold attributions to a [`Model`]. One thread, no chance: the same
//! articles give the same bytes.
#![expect(clippy::indexing_slicing, reason = "runs in the repository's chore on its own data, never in the program")]

use super::features::{Classes, Hidden, View, hash_word};
use super::lattice::{ARGUMENTS, COLUMNS, CUES, Chain, Lattice, Scores};
use super::model::{JUDGED, Model, Table};
use super::pass::{self, Candidate, gold_kinds};
use crate::lex::{Kind, Lexed};
use crate::outlets::{Mention, Outlets};
use crate::speech::{self, Range, Speech};
use firsthand_text::offsets::Offsets;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A gold attribution: pieces as code-point offsets.
#[derive(Debug, Clone, Default)]
pub struct Gold {
    /// Who says it.
    pub source: Vec<(usize, usize)>,
    /// The words that attribute.
    pub cue: Vec<(usize, usize)>,
    /// What is said.
    pub content: Vec<(usize, usize)>,
}

/// An article with its gold.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// The text.
    pub text: String,
    /// The outlet that it is from.
    pub publisher: Option<String>,
    /// Its attributions.
    pub gold: Vec<Gold>,
}

/// How to train. The defaults are those of the shipped model.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Rounds over the cues' chains, and over the arguments'.
    pub cue_rounds: usize,
    /// Rounds over the arguments' chains.
    pub argument_rounds: usize,
    /// Step of AdaGrad.
    pub step: f32,
    /// Shrinking of weights at each touch.
    pub shrink: f32,
    /// Word classes.
    pub classes: usize,
    /// Weights below this are left out.
    pub least_weight: f32,
    /// What the model is not shown.
    pub hidden: Hidden,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            cue_rounds: 8,
            argument_rounds: 6,
            step: 0.05,
            shrink: 2e-4,
            classes: 200,
            least_weight: 0.02,
            hidden: Hidden::Nothing,
        }
    }
}

/// An attribution in tokens.
#[derive(Debug, Clone)]
struct Labelled {
    source: Option<Range>,
    cue: Range,
    content: Vec<Range>,
}

struct Document<'a> {
    lexed: Lexed<'a>,
    mentions: Vec<Mention>,
    rules: Vec<Speech>,
    gold: Vec<Labelled>,
    hidden: Hidden,
}

#[derive(Default)]
struct Plain(u64);

impl Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_u32(&mut self, value: u32) {
        self.0 = u64::from(value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

type Index = HashMap<u32, u32, BuildHasherDefault<Plain>>;

fn token_range(lexed: &Lexed<'_>, offsets: &Offsets<'_>, piece: (usize, usize)) -> Option<Range> {
    let (start, end) = (offsets.to_bytes(piece.0), offsets.to_bytes(piece.1));
    let covered = |token: &crate::lex::Token<'_>| {
        2 * token.end.min(end).saturating_sub(token.start.max(start)) >= token.end - token.start
    };
    let from = lexed.tokens.iter().position(covered)?;
    let to = lexed.tokens[from..].iter().position(|token| !covered(token)).map_or(lexed.tokens.len(), |far| from + far);
    Some((from, to))
}

impl<'a> Document<'a> {
    fn new(sample: &'a Sample, outlets: &Outlets, hidden: Hidden) -> Self {
        let lexed = Lexed::new(&sample.text);
        let offsets = Offsets::new(&sample.text);
        let publisher = outlets.publisher(sample.publisher.as_deref(), None);
        let mentions = outlets.mentions(&lexed, publisher.as_ref());
        let rules = speech::speeches(&lexed, &mentions);
        let mut gold: Vec<Labelled> = sample
            .gold
            .iter()
            .filter_map(|gold| {
                let ranges = |pieces: &[(usize, usize)]| -> Vec<Range> {
                    pieces.iter().filter_map(|piece| token_range(&lexed, &offsets, *piece)).collect()
                };
                Some(Labelled {
                    source: ranges(&gold.source).first().copied(),
                    cue: *ranges(&gold.cue).first()?,
                    content: ranges(&gold.content),
                })
            })
            .collect();
        gold.sort_by_key(|gold| gold.cue);
        Self { lexed, mentions, rules, gold, hidden }
    }

    fn view(&self, classes: &Classes) -> View<'a, '_> {
        View::new(&self.lexed, &self.mentions, &self.rules, classes).without(self.hidden)
    }
}

/// Chains with their features, in one piece.
#[derive(Default)]
struct Chains {
    features: Vec<u32>,
    /// Where the features of each position end.
    ends: Vec<usize>,
    kinds: Vec<u8>,
    allowed: Vec<u8>,
    /// Where the positions of each chain end, and its article.
    sequences: Vec<(usize, u32)>,
}

impl Chains {
    fn position(&mut self, features: &[u32], kind: u8, allowed: u8) {
        self.features.extend_from_slice(features);
        self.ends.push(self.features.len());
        self.kinds.push(kind);
        self.allowed.push(allowed);
    }

    fn close(&mut self, article: usize) {
        self.sequences.push((self.ends.len(), article as u32));
    }

    /// Replaces hashes by row numbers; features of fewer than three articles go.
    fn index(&mut self) -> Vec<u32> {
        let mut count: HashMap<u32, (u32, u32), BuildHasherDefault<Plain>> = HashMap::default();
        let mut position = 0;
        let mut feature = 0;
        for (end, article) in &self.sequences {
            while position < *end {
                for hash in &self.features[feature..self.ends[position]] {
                    let entry = count.entry(*hash).or_insert((u32::MAX, 0));
                    if entry.0 != *article {
                        *entry = (*article, entry.1 + 1);
                    }
                }
                feature = self.ends[position];
                position += 1;
            }
        }
        let mut keys: Vec<u32> = count.iter().filter(|(_, (_, seen))| *seen >= 3).map(|(key, _)| *key).collect();
        drop(count);
        keys.sort_unstable();
        let index: Index = keys.iter().zip(0_u32..).map(|(key, row)| (*key, row)).collect();
        let mut kept = 0;
        let mut feature = 0;
        for end in &mut self.ends {
            for at in feature..*end {
                if let Some(row) = index.get(&self.features[at]) {
                    self.features[kept] = *row;
                    kept += 1;
                }
            }
            feature = *end;
            *end = kept;
        }
        self.features.truncate(kept);
        keys
    }

    /// Weights for each key by stochastic gradients (AdaGrad), averaged over the last rounds.
    fn train(mut self, chain: Chain, rounds: usize, settings: &Settings, log: &mut dyn FnMut(&str)) -> Table {
        let keys = self.index();
        let columns = 3 * chain.scored;
        log(&format!("{} chains, {} positions, {} features kept", self.sequences.len(), self.ends.len(), keys.len()));
        let mut weights = vec![0.0_f32; keys.len() * columns];
        let mut squares = vec![1e-6_f32; keys.len() * columns];
        let mut mean = vec![0.0_f32; keys.len() * columns];
        let mut averaged = 0.0_f32;
        let mut order: Vec<usize> = (0..self.sequences.len()).collect();
        let mut chance = 0x2545_F491_4F6C_DD1D_u64;
        for round in 0..rounds {
            for at in (1..order.len()).rev() {
                chance ^= chance << 13;
                chance ^= chance >> 7;
                chance ^= chance << 17;
                order.swap(at, (chance % (at as u64 + 1)) as usize);
            }
            let mut loss = 0.0;
            for number in &order {
                let from = number.checked_sub(1).map_or(0, |before| self.sequences[before].0);
                let to = self.sequences[*number].0;
                if from == to {
                    continue;
                }
                let start = |position: usize| if position == 0 { 0 } else { self.ends[position - 1] };
                let scores: Vec<Scores> = (from..to)
                    .map(|position| {
                        let mut scores = [0.0; COLUMNS];
                        for row in &self.features[start(position)..self.ends[position]] {
                            let row = *row as usize * columns;
                            for (score, weight) in scores.iter_mut().zip(&weights[row..row + columns]) {
                                *score += weight;
                            }
                        }
                        scores
                    })
                    .collect();
                let lattice = Lattice { chain, scores: &scores, allowed: &self.allowed[from..to] };
                let marginals = lattice.marginals();
                let events = Lattice::events(chain, &self.kinds[from..to]);
                for (position, (events, marginals)) in (from..to).zip(events.iter().zip(&marginals)) {
                    let mut gradient = [0.0; COLUMNS];
                    let mut large = false;
                    for ((gradient, event), marginal) in gradient.iter_mut().zip(events).zip(marginals) {
                        *gradient = event - marginal;
                        large |= gradient.abs() > 0.003;
                    }
                    loss += gradient.iter().map(|gradient| gradient.abs()).sum::<f32>();
                    if !large {
                        continue;
                    }
                    for row in &self.features[start(position)..self.ends[position]] {
                        let row = *row as usize * columns;
                        for ((weight, square), gradient) in
                            weights[row..row + columns].iter_mut().zip(&mut squares[row..row + columns]).zip(&gradient)
                        {
                            *square += gradient * gradient;
                            *weight += settings.step * gradient / (1.0 + square.sqrt() * 1.0).max(0.1)
                                - settings.shrink * *weight;
                        }
                    }
                }
            }
            log(&format!("round {}: error {:.4} a position", round + 1, loss / self.ends.len() as f32));
            if round + 3 >= rounds {
                for (mean, weight) in mean.iter_mut().zip(&weights) {
                    *mean += weight;
                }
                averaged += 1.0;
            }
        }
        let rows: Vec<(u32, [f32; COLUMNS])> = keys
            .iter()
            .zip(mean.chunks_exact(columns))
            .map(|(key, weights)| {
                let mut row = [0.0; COLUMNS];
                for (cell, weight) in row.iter_mut().zip(weights) {
                    *cell = weight / averaged.max(1.0);
                }
                (*key, row)
            })
            .collect();
        let table = Table::new(columns, &rows, settings.least_weight);
        log(&format!("{} features weighed", table.len()));
        table
    }
}

fn train_cues(documents: &[&Document<'_>], classes: &Classes, settings: &Settings, log: &mut dyn FnMut(&str)) -> Table {
    let mut chains = Chains::default();
    let mut features = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        let view = document.view(classes);
        let mut cue = vec![0_u8; document.lexed.tokens.len()];
        for gold in &document.gold {
            cue[gold.cue.0..gold.cue.1].fill(1);
        }
        for &(from, to) in &document.lexed.paragraphs {
            for (place, kind) in (from..to).zip(&cue[from..to]) {
                view.cue_features(place, &mut features);
                chains.position(&features, *kind, 0b11);
            }
            chains.close(number);
        }
    }
    chains.train(CUES, settings.cue_rounds, settings, log)
}

fn train_arguments(
    documents: &[&Document<'_>],
    predicted: &[Vec<Range>],
    classes: &Classes,
    settings: &Settings,
    log: &mut dyn FnMut(&str),
) -> Table {
    let mut chains = Chains::default();
    let mut kinds;
    let (mut whole, mut cut) = (0, 0);
    for (number, document) in documents.iter().enumerate() {
        let mut view = document.view(classes);
        view.cues.clone_from(&predicted[number]);
        for gold in &document.gold {
            let window = view.window(gold.cue);
            for piece in gold.content.iter().chain(&gold.source) {
                if piece.0 >= window.0 && piece.1 <= window.1 {
                    whole += 1;
                } else {
                    cut += 1;
                }
            }
            kinds = gold_kinds(window, gold.cue, gold.source, &gold.content);
            let allowed = pass::allowed(gold.cue, window);
            let mut position = 0;
            view.argument_features(gold.cue, window, |features| {
                chains.position(features, kinds[position], allowed[position]);
                position += 1;
            });
            chains.close(number);
        }
    }
    log(&format!("{whole} sources and pieces of content in the windows, {cut} cut"));
    chains.train(ARGUMENTS, settings.argument_rounds, settings, log)
}

/// Trains the parts of a model that find candidates.
fn train_tables(
    documents: &[&Document<'_>],
    classes: &Classes,
    settings: &Settings,
    log: &mut dyn FnMut(&str),
) -> (Table, Table) {
    let cues = train_cues(documents, classes, settings, log);
    // Other cues are a feature of arguments: as they are found, not as they are marked.
    let mut predicted = vec![Vec::new(); documents.len()];
    for fold in 0..2 {
        let other: Vec<&Document<'_>> = documents
            .iter()
            .enumerate()
            .filter(|(number, _)| number % 2 != fold)
            .map(|(_, document)| *document)
            .collect();
        let table = train_cues(&other, classes, settings, &mut |_| {});
        for (number, document) in documents.iter().enumerate().filter(|(number, _)| number % 2 == fold) {
            predicted[number] =
                pass::cues(&document.view(classes), &table, 0.0).into_iter().map(|(cue, _)| cue).collect();
        }
    }
    let arguments = train_arguments(documents, &predicted, classes, settings, log);
    (cues, arguments)
}

/// Words and numbers of ranges, as a set: marks do not count.
fn words(lexed: &Lexed<'_>, ranges: &[Range]) -> Vec<usize> {
    let mut places: Vec<usize> = ranges
        .iter()
        .flat_map(|(from, to)| *from..*to)
        .filter(|place| matches!(lexed.kind(*place), Some(Kind::Word | Kind::Number)))
        .collect();
    places.sort_unstable();
    places.dedup();
    places
}

fn overlap(a: &[usize], b: &[usize]) -> f64 {
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    let shared = a.iter().filter(|place| b.binary_search(place).is_ok()).count();
    2.0 * shared as f64 / (a.len() + b.len()) as f64
}

/// For each candidate whether it is a gold triple: source and content half right or better, one to one.
fn right(document: &Document<'_>, candidates: &[Candidate]) -> Vec<bool> {
    let lexed = &document.lexed;
    let gold: Vec<(Vec<usize>, Vec<usize>)> = document
        .gold
        .iter()
        .map(|gold| {
            let source: Vec<Range> = gold.source.into_iter().collect();
            (words(lexed, &source), words(lexed, &gold.content))
        })
        .collect();
    let mut pairs = Vec::new();
    for (number, candidate) in candidates.iter().enumerate() {
        let source: Vec<Range> = candidate.source.into_iter().collect();
        let (source, content) = (words(lexed, &source), words(lexed, &candidate.content));
        for (other, gold) in gold.iter().enumerate() {
            let (a, b) = (overlap(&source, &gold.0), overlap(&content, &gold.1));
            if a >= 0.5 && b >= 0.5 {
                pairs.push((a + b, number, other));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut hit = vec![false; candidates.len()];
    let mut used = vec![false; gold.len()];
    for (_, number, other) in pairs {
        if !hit[number] && !used[other] {
            hit[number] = true;
            used[other] = true;
        }
    }
    hit
}

/// A logistic regression of whether candidates are right, by gradient descent on all of them.
fn train_judge(samples: &[([f32; JUDGED], bool)]) -> [f32; JUDGED] {
    let mut weights = [0.0_f64; JUDGED];
    let mut squares = [1e-8_f64; JUDGED];
    for _ in 0..600 {
        let mut gradient = [0.0_f64; JUDGED];
        for (evidence, hit) in samples {
            let sum: f64 = weights.iter().zip(evidence).map(|(weight, value)| weight * f64::from(*value)).sum();
            let error = f64::from(u8::from(*hit)) - 1.0 / (1.0 + (-sum).exp());
            for (gradient, value) in gradient.iter_mut().zip(evidence) {
                *gradient += error * f64::from(*value);
            }
        }
        for ((weight, square), gradient) in weights.iter_mut().zip(&mut squares).zip(gradient) {
            let gradient = gradient / samples.len().max(1) as f64 - 1e-4 * *weight;
            *square += gradient * gradient;
            *weight += 0.3 * gradient / square.sqrt();
        }
    }
    weights.map(|weight| weight as f32)
}

/// Trains a model.
pub fn train(samples: &[Sample], outlets: &Outlets, settings: &Settings, log: &mut dyn FnMut(&str)) -> Model {
    let documents: Vec<Document<'_>> =
        samples.iter().map(|sample| Document::new(sample, outlets, settings.hidden)).collect();
    let documents: Vec<&Document<'_>> = documents.iter().collect();
    let classes = classes(&documents, settings.classes, log);
    let (cues, arguments) = train_tables(&documents, &classes, settings, log);
    // The judge is trained on halves of the articles that the other half's tables have not seen.
    let mut judged: Vec<([f32; JUDGED], bool)> = Vec::new();
    let mut gold = 0;
    for fold in 0..2 {
        let other: Vec<&Document<'_>> = documents
            .iter()
            .enumerate()
            .filter(|(number, _)| number % 2 != fold)
            .map(|(_, document)| *document)
            .collect();
        let (cues, arguments) = train_tables(&other, &classes, settings, &mut |_| {});
        for document in documents.iter().skip(fold).step_by(2) {
            let candidates = pass::candidates(&mut document.view(&classes), &cues, &arguments);
            let hits = right(document, &candidates);
            gold += document.gold.len();
            judged.extend(candidates.iter().map(|candidate| candidate.evidence).zip(hits));
        }
    }
    let judge = train_judge(&judged);
    // Told from the probability on that gives the best F1 of triples.
    let mut ranked: Vec<(f32, bool)> =
        judged.iter().map(|(evidence, hit)| (pass::probability(&judge, evidence), *hit)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut hits, mut best, mut least) = (0.0, 0.0, 0.5);
    let mut sure = 0.0;
    for (number, (probability, hit)) in ranked.iter().enumerate() {
        hits += f64::from(u8::from(*hit));
        let f1 = 2.0 * hits / (number as f64 + 1.0 + gold as f64);
        if f1 > best {
            best = f1;
            least = *probability;
        }
        if number > 200 && hits / (number as f64 + 1.0) >= 0.87 {
            sure = f64::from(*probability);
        }
    }
    log(&format!(
        "judge: {} candidates, best F1 on halves {:.2} from {:.3}; 87 % right from {:.3}",
        ranked.len(),
        100.0 * best,
        least,
        sure
    ));
    Model { classes, cues, arguments, judge, least, hidden: settings.hidden }
}

/// Classes of words by exchange (Kneser and Ney 1993): each word moves to the class that makes the
/// text's class bigrams most likely.
fn classes(documents: &[&Document<'_>], count: usize, log: &mut dyn FnMut(&str)) -> Classes {
    let mut seen: HashMap<u32, (u32, u32, u32)> = HashMap::new();
    for (number, document) in (0_u32..).zip(documents) {
        for token in &document.lexed.tokens {
            let entry = seen.entry(hash_word(&token.lower)).or_insert((u32::MAX, 0, 0));
            entry.2 += 1;
            if entry.0 != number {
                *entry = (number, entry.1 + 1, entry.2);
            }
        }
    }
    let mut words: Vec<(u32, u32)> =
        seen.iter().filter(|(_, (_, articles, _))| *articles >= 3).map(|(word, (.., times))| (*times, *word)).collect();
    words.sort_unstable_by(|a, b| b.cmp(a));
    let number: HashMap<u32, usize> = words.iter().enumerate().map(|(at, (_, word))| (*word, at)).collect();
    // Class 0 holds rare words and the borders of sentences; frequent words begin in classes of their own.
    let classes = count.max(2);
    let mut class: Vec<usize> = (0..words.len()).map(|at| 1 + at % (classes - 1)).collect();
    let mut after: Vec<HashMap<usize, f64>> = vec![HashMap::new(); words.len()];
    let mut before: Vec<HashMap<usize, f64>> = vec![HashMap::new(); words.len()];
    let none = words.len();
    let mut bigrams: HashMap<(usize, usize), f64> = HashMap::new();
    for document in documents {
        for &(from, to) in &document.lexed.sentences {
            let mut last = none;
            for token in &document.lexed.tokens[from..to] {
                let word = number.get(&hash_word(&token.lower)).copied().unwrap_or(none);
                *bigrams.entry((last, word)).or_default() += 1.0;
                last = word;
            }
            *bigrams.entry((last, none)).or_default() += 1.0;
        }
    }
    let mut counts = vec![0.0_f64; classes * classes];
    let (mut left, mut right) = (vec![0.0_f64; classes], vec![0.0_f64; classes]);
    let of = |word: usize, class: &[usize]| class.get(word).copied().unwrap_or(0);
    let mut flat: Vec<((usize, usize), f64)> = bigrams.into_iter().collect();
    flat.sort_unstable_by_key(|(pair, _)| *pair);
    for ((a, b), times) in &flat {
        if *a < none {
            after[*a].insert(*b, *times);
        }
        if *b < none {
            before[*b].insert(*a, *times);
        }
        let (x, y) = (of(*a, &class), of(*b, &class));
        counts[x * classes + y] += times;
        left[x] += times;
        right[y] += times;
    }
    let after: Vec<Vec<(usize, f64)>> = after.into_iter().map(sorted).collect();
    let before: Vec<Vec<(usize, f64)>> = before.into_iter().map(sorted).collect();
    let gain = |n: f64| if n > 0.0 { n * n.ln() } else { 0.0 };
    let mut to_class = vec![0.0_f64; classes];
    let mut from_class = vec![0.0_f64; classes];
    for round in 0..12 {
        let mut moved = 0;
        for word in 0..words.len() {
            let own = class[word];
            // Counts of the word with each class.
            let mut next: Vec<usize> = Vec::new();
            let mut previous: Vec<usize> = Vec::new();
            let mut twice = 0.0;
            for (other, times) in &after[word] {
                if *other == word {
                    twice += times;
                    continue;
                }
                let other = of(*other, &class);
                if to_class[other] == 0.0 {
                    next.push(other);
                }
                to_class[other] += times;
            }
            for (other, times) in &before[word] {
                if *other == word {
                    continue;
                }
                let other = of(*other, &class);
                if from_class[other] == 0.0 {
                    previous.push(other);
                }
                from_class[other] += times;
            }
            let total_left: f64 = after[word].iter().map(|(_, times)| times).sum();
            let total_right: f64 = before[word].iter().map(|(_, times)| times).sum();
            let shift = |class: usize,
                         sign: f64,
                         counts: &mut [f64],
                         left: &mut [f64],
                         right: &mut [f64],
                         to: &[f64],
                         from: &[f64]| {
                for other in &next {
                    counts[class * classes + other] += sign * to[*other];
                }
                for other in &previous {
                    counts[other * classes + class] += sign * from[*other];
                }
                counts[class * classes + class] += sign * twice;
                left[class] += sign * total_left;
                right[class] += sign * total_right;
            };
            shift(own, -1.0, &mut counts, &mut left, &mut right, &to_class, &from_class);
            let mut best = (f64::NEG_INFINITY, own);
            for candidate in 1..classes {
                let mut score = gain(left[candidate]) - gain(left[candidate] + total_left) + gain(right[candidate])
                    - gain(right[candidate] + total_right);
                for other in &next {
                    if *other != candidate {
                        let now = counts[candidate * classes + other];
                        score += gain(now + to_class[*other]) - gain(now);
                    }
                }
                for other in &previous {
                    if *other != candidate {
                        let now = counts[other * classes + candidate];
                        score += gain(now + from_class[*other]) - gain(now);
                    }
                }
                let now = counts[candidate * classes + candidate];
                score += gain(now + to_class[candidate] + from_class[candidate] + twice) - gain(now);
                if score > best.0 {
                    best = (score, candidate);
                }
            }
            if best.1 != own {
                moved += 1;
            }
            class[word] = best.1;
            shift(best.1, 1.0, &mut counts, &mut left, &mut right, &to_class, &from_class);
            for other in &next {
                to_class[*other] = 0.0;
            }
            for other in &previous {
                from_class[*other] = 0.0;
            }
        }
        log(&format!("classes: round {}, {moved} of {} words moved", round + 1, words.len()));
        if moved * 100 < words.len() {
            break;
        }
    }
    words.iter().zip(&class).map(|((_, word), class)| (*word, *class as u16)).collect()
}

fn sorted(map: HashMap<usize, f64>) -> Vec<(usize, f64)> {
    let mut entries: Vec<(usize, f64)> = map.into_iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries
}
