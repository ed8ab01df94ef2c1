//! Trains and tries attribution models while working on them.
//!
//! `attributions train TRAIN.jsonl MODEL [NAME=VALUE …]`, `attributions predict MODEL|- ARTICLES.jsonl > OUT.jsonl`

use firsthand_trace::learned::{Model, train};
use firsthand_trace::{ArticleInput, Outlets, analyse_with};
use serde_json::Value;
use std::io::{BufRead, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let argument = |at: usize| arguments.get(at).map(String::as_str).ok_or("too few arguments");
    match argument(1)? {
        "train" => {
            let mut settings = train::Settings::default();
            for set in arguments.iter().skip(4) {
                let (name, value) = set.split_once('=').ok_or("NAME=VALUE")?;
                match name {
                    "cue_rounds" => settings.cue_rounds = value.parse()?,
                    "argument_rounds" => settings.argument_rounds = value.parse()?,
                    "step" => settings.step = value.parse()?,
                    "shrink" => settings.shrink = value.parse()?,
                    "classes" => settings.classes = value.parse()?,
                    "least_weight" => settings.least_weight = value.parse()?,
                    other => return Err(other.into()),
                }
            }
            let samples: Vec<train::Sample> = lines(argument(2)?)?.iter().map(sample).collect();
            let model = train::train(&samples, &Outlets::builtin(), &settings, &mut |line| eprintln_line(line));
            std::fs::write(argument(3)?, model.write())?;
        }
        "predict" => {
            let model = match argument(2)? {
                "-" => None,
                path => Some(Model::read(&std::fs::read(path)?)?),
            };
            let outlets = Outlets::builtin();
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            for line in lines(argument(3)?)? {
                let text = |key: &str| line.get(key).and_then(Value::as_str);
                let input = ArticleInput {
                    title: text("title").unwrap_or_default(),
                    text: text("text").unwrap_or_default(),
                    published: text("published").and_then(|text| text.parse().ok()),
                    language: text("language"),
                    publisher: text("publisher"),
                    url: text("url"),
                    links: &[],
                };
                let mut value = serde_json::to_value(analyse_with(&input, &outlets, model.as_ref()))?;
                value.as_object_mut().ok_or("object")?.insert("id".into(), line["id"].clone());
                writeln!(out, "{value}")?;
            }
        }
        other => return Err(other.into()),
    }
    Ok(())
}

fn eprintln_line(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn lines(path: &str) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let file = std::io::BufReader::new(std::fs::File::open(path)?);
    file.lines().map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

fn sample(line: &Value) -> train::Sample {
    let text = |key: &str| line.get(key).and_then(Value::as_str).map(str::to_owned);
    let span = |attribution: &Value, role: &str| -> Vec<(usize, usize)> {
        let Some(span) = attribution.get(role).filter(|span| span.is_object()) else { return Vec::new() };
        let number = |value: &Value| value.as_u64().unwrap_or_default() as usize;
        match span.get("parts").and_then(Value::as_array) {
            Some(parts) => parts.iter().map(|part| (number(&part[0]), number(&part[1]))).collect(),
            None => vec![(number(&span["start"]), number(&span["end"]))],
        }
    };
    let gold = line.get("attributions").and_then(Value::as_array).into_iter().flatten();
    train::Sample {
        text: text("text").unwrap_or_default(),
        publisher: text("publisher"),
        gold: gold
            .map(|one| train::Gold {
                source: span(one, "source"),
                cue: span(one, "cue"),
                content: span(one, "content"),
            })
            .collect(),
    }
}
