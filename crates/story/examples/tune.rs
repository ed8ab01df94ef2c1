//! Fits the parameters of grouping on streams with gold stories.
//!
//! `cargo run --release -p firsthand-story --example tune -- DIR [STEPS [VECTORS]]`; DIR holds `*.jsonl`, an article a
//! line with its story under "gold". Each stream is read whole, without dates, cut to its lead and its first
//! words, and thinned so that most stories have one report: what a reader of feeds meets. A walk without
//! chance (a fixed generator) moves one parameter at a time and keeps what raises the mean B-cubed F1
//! (Bagga and Baldwin 1998). It walks once on each half of the topics, to say what the parameters are worth
//! on the other half, then on all.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a command of developers that prints its figures and ends at a fault"
)]

use firsthand_model::{Decision, StoryInput, Timestamp};
use firsthand_story::{Embedder, Features, Parameters, State, WordVectors, features_with};
use serde::Deserialize;
use std::collections::HashMap;
use std::error::Error;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::BufReader;
use std::{env, fs, thread};

#[derive(Debug, Clone, Deserialize)]
struct Line {
    title: String,
    text: String,
    published: Option<String>,
    language: Option<String>,
    gold: String,
}

/// A stream: its name, and each article's features, gold story and topic.
struct Stream {
    name: String,
    articles: Vec<(Features, u64, u64)>,
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn first_words(text: &str, count: usize) -> String {
    text.split_whitespace().take(count).collect::<Vec<_>>().join(" ")
}

/// The topic of a gold story: its name to the second hyphen or to the last slash.
fn topic(gold: &str) -> u64 {
    let cut = gold.match_indices('-').nth(1).map_or(gold.len(), |(place, _)| place);
    hash(gold.get(..cut))
}

fn streams(name: &str, lines: &[Line], embedder: Option<&dyn Embedder>) -> Vec<Stream> {
    let stream = |kind: &str, keep: &dyn Fn(usize, &Line) -> bool, words: usize, dated: bool| {
        let articles = lines
            .iter()
            .enumerate()
            .filter(|(number, line)| keep(*number, line))
            .map(|(_, line)| {
                let text = if words == 0 { line.text.clone() } else { first_words(&line.text, words) };
                let published: Option<Timestamp> = line.published.as_deref().and_then(|date| date.parse().ok());
                let input = StoryInput {
                    title: &line.title,
                    text: &text,
                    published: published.filter(|_| dated),
                    language: line.language.as_deref(),
                    outlet: None,
                };
                (features_with(&input, embedder), hash(&line.gold), topic(&line.gold))
            })
            .collect();
        Stream { name: format!("{name} {kind}"), articles }
    };
    let all = |_: usize, _: &Line| true;
    let thin = |number: usize, line: &Line| {
        let reports = lines.iter().filter(|other| other.gold == line.gold).count() as u64;
        let wanted = 1 + hash(("thin", &line.gold)) % 3;
        hash((number, "thin")) % reports < wanted
    };
    let english = |_: usize, line: &Line| line.language.as_deref() == Some("en");
    let mut streams = vec![
        stream("whole", &all, 0, true),
        stream("undated", &all, 0, false),
        stream("lead", &all, 60, true),
        stream("first words", &all, 25, true),
        stream("thin", &thin, 0, true),
        stream("thin lead", &thin, 60, true),
    ];
    if lines.iter().any(|line| line.language.as_deref() != Some("en")) {
        streams.push(stream("English", &english, 0, true));
        streams.push(stream("English lead", &english, 60, true));
    }
    streams
}

/// B-cubed F1 of a stream's articles whose topic is wanted.
fn score(parameters: &Parameters, stream: &Stream, wanted: fn(u64) -> bool) -> (f64, f64, f64) {
    let mut state = State::with(parameters.clone());
    let mut pairs = Vec::new();
    for (number, (features, gold, _)) in stream.articles.iter().filter(|(.., topic)| wanted(*topic)).enumerate() {
        let story = match state.decide(number as u64, features.clone()) {
            Decision::Join(story) => story,
            Decision::New => number as u64,
        };
        pairs.push((*gold, story));
    }
    let (mut golds, mut stories, mut both) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (gold, story) in &pairs {
        *golds.entry(*gold).or_insert(0.0) += 1.0;
        *stories.entry(*story).or_insert(0.0) += 1.0;
        *both.entry((*gold, *story)).or_insert(0.0) += 1.0;
    }
    let count = pairs.len().max(1) as f64;
    let sum = |sizes: &HashMap<u64, f64>, key: fn(&(u64, u64)) -> u64| -> f64 {
        both.iter().map(|(pair, shared): (&(u64, u64), &f64)| shared * shared / sizes[&key(pair)]).sum()
    };
    let (precision, recall) = (sum(&stories, |pair| pair.1) / count, sum(&golds, |pair| pair.0) / count);
    (precision, recall, 2.0 * precision * recall / (precision + recall))
}

fn mean(parameters: &Parameters, streams: &[Stream], wanted: fn(u64) -> bool) -> f64 {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let scores: Vec<f64> = thread::scope(|scope| {
        let work: Vec<_> = (0..cores)
            .map(|core| {
                scope.spawn(move || -> f64 {
                    let mine = streams.iter().skip(core).step_by(cores);
                    mine.map(|stream| score(parameters, stream, wanted).2).sum()
                })
            })
            .collect();
        work.into_iter().map(|work| work.join().expect("scoring does not panic")).collect()
    });
    scores.iter().sum::<f64>() / streams.len() as f64
}

/// The parameters that are moved, each with its bounds: where there are vectors, those of meaning alone.
fn dials(parameters: &mut Parameters, meaning: bool) -> Vec<(&mut f32, f32, f32)> {
    let Parameters {
        threshold,
        link,
        fade_days,
        fields,
        foreign,
        foreign_factor,
        embedded,
        embedded_from,
        by_size,
        by_spread,
        undated,
        strangers,
        formal,
        acquainted,
        ..
    } = parameters;
    if meaning {
        return vec![(embedded, 0.0, 0.4), (embedded_from, -0.2, 0.9)];
    }
    let mut dials = vec![
        (threshold, 0.05, 0.5),
        (link, 0.0, 1.0),
        (fade_days, 2.0, 12.0),
        (foreign_factor, 0.5, 4.0),
        (by_size, 0.0, 0.3),
        (by_spread, 0.0, 0.2),
        (undated, 1.0, 2.5),
        (strangers, 0.0, 1.0),
        (formal, 0.0, 0.2),
        (acquainted, 0.1, 1.0),
    ];
    dials.extend(fields.iter_mut().map(|field| (field, 0.0, 1.0)));
    dials.extend(foreign.iter_mut().map(|field| (field, 0.0, 1.0)));
    dials
}

fn walk(streams: &[Stream], steps: u64, meaning: bool, wanted: fn(u64) -> bool) -> Parameters {
    let mut best = Parameters::default();
    let mut reached = mean(&best, streams, wanted);
    for step in 0..steps {
        let mut tried = best.clone();
        let mut dials = dials(&mut tried, meaning);
        let count = dials.len() as u64;
        // One dial, at times two, by steps that grow smaller.
        for turn in 0..1 + hash((step, "turns")) % 2 {
            let number = (hash((step, turn, "dial")) % count) as usize;
            let unit = (hash((step, turn, "size")) % 2001) as f32 / 1000.0 - 1.0;
            let (dial, least, most) = &mut dials[number];
            let reach = (*most - *least) * (0.25 - 0.2 * step as f32 / steps as f32);
            **dial = (**dial + unit * reach).clamp(*least, *most);
        }
        let score = mean(&tried, streams, wanted);
        // A change must be worth something: what helps by a hair is chance.
        if score > reached + 0.0003 {
            (best, reached) = (tried, score);
        }
    }
    best
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().ok_or("name the folder with the streams")?;
    let steps: u64 = arguments.next().map_or(Ok(300), |steps| steps.parse())?;
    let vectors = arguments.next().map(|file| WordVectors::read(BufReader::new(fs::File::open(file)?))).transpose()?;
    let embedder = vectors.as_ref().map(|vectors| vectors as &dyn Embedder);
    let mut files: Vec<_> =
        fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?.into_iter().map(|file| file.path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "jsonl"));
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let lines: Vec<Line> =
            fs::read_to_string(&file)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        all.extend(streams(&file.file_stem().unwrap_or_default().to_string_lossy(), &lines, embedder));
    }
    let one_half: fn(u64) -> bool = |topic| topic % 2 == 0;
    let other_half: fn(u64) -> bool = |topic| topic % 2 == 1;
    let report = |what: &str, parameters: &Parameters| {
        println!(
            "{what}: one half {:.4}, other half {:.4}, all {:.4}",
            mean(parameters, &all, one_half),
            mean(parameters, &all, other_half),
            mean(parameters, &all, |_| true)
        );
    };
    report("as they are", &Parameters::default());
    if steps > 0 {
        report("fitted on one half", &walk(&all, steps, vectors.is_some(), one_half));
        report("fitted on the other half", &walk(&all, steps, vectors.is_some(), other_half));
    }
    let fitted = walk(&all, steps, vectors.is_some(), |_| true);
    report("fitted on all", &fitted);
    println!("{fitted:#?}");
    for stream in &all {
        let (before, after) = (score(&Parameters::default(), stream, |_| true), score(&fitted, stream, |_| true));
        println!(
            "{:28} {:4} articles  {:.4} {:.4} {:.4}  fitted {:.4} {:.4} {:.4}",
            stream.name,
            stream.articles.len(),
            before.0,
            before.1,
            before.2,
            after.0,
            after.1,
            after.2
        );
    }
    Ok(())
}
