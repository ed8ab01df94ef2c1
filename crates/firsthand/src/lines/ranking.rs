//! `rank`: stories by the public rank, articles for one reader.

use super::{Lines, Tally, open, print};
use anyhow::{Context, Result};
use firsthand_rank::{Coverage, Item, RankInput, Reader, Voted, public_score};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::{BufReader, Read, Write};
use std::path::Path;

/// `firsthand rank`. An order needs all of its lines, so they are held; bad ones come last.
pub fn rank(input: impl Read, reader: Option<&Path>, corpus: Option<&Path>, output: &mut impl Write) -> Result<Tally> {
    let (values, errors) = read_all(input)?;
    let mut ranked: Vec<(f64, Value)> = match reader {
        Some(votes) => for_reader(&values, votes, corpus)?,
        None => by_public_rank(&values),
    };
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut tally = Tally::default();
    for line in ranked.into_iter().map(|(_, line)| line).chain(errors) {
        print(output, &line, &mut tally)?;
    }
    Ok(tally)
}

/// With the weights that these stories' own votes give their coverage.
fn by_public_rank(values: &[Value]) -> Vec<(f64, Value)> {
    let stories: Vec<serde_json::Result<RankInput>> = values.iter().map(RankInput::deserialize).collect();
    let readable: Vec<RankInput> = stories.iter().flatten().cloned().collect();
    let coverage = Coverage::fitted(&readable);
    let line = |(value, story): (&Value, serde_json::Result<RankInput>)| {
        let id = value.get("id").cloned().unwrap_or_default();
        match story {
            Ok(story) => {
                let ranked = public_score(&story, &coverage);
                (ranked.score, json!({ "id": id, "score": ranked.score, "why": ranked.why }))
            }
            Err(error) => (f64::NEG_INFINITY, json!({ "id": id, "error": error.to_string() })),
        }
    };
    values.iter().zip(stories).map(line).collect()
}

fn for_reader(values: &[Value], votes: &Path, corpus: Option<&Path>) -> Result<Vec<(f64, Value)>> {
    let votes: Vec<Voted> = read_file(votes)?.iter().filter_map(voted).collect();
    let seen: Vec<Item> = match corpus {
        Some(path) => read_file(path)?.iter().filter_map(|value| serde_json::from_value(value.clone()).ok()).collect(),
        None => Vec::new(),
    };
    let items: Vec<Result<Item, String>> =
        values.iter().map(|value| serde_json::from_value(value.clone()).map_err(|error| error.to_string())).collect();
    let readable: Vec<Item> = items.iter().filter_map(|item| item.as_ref().ok().cloned()).collect();
    let mut verdicts = Reader::learn(&votes, &seen).judge(&readable).into_iter();
    let lines = values.iter().zip(&items).map(|(value, item)| {
        let id = value.get("id").cloned().unwrap_or_default();
        match item {
            Ok(_) => {
                let (score, why) = verdicts.next().map(|verdict| (verdict.score, verdict.why)).unwrap_or_default();
                let why: Vec<Value> = why
                    .into_iter()
                    .map(|reason| json!({ "feature": reason.feature, "weight": reason.weight }))
                    .collect();
                (score, json!({ "id": id, "score": score, "why": why }))
            }
            Err(error) => (f64::NEG_INFINITY, json!({ "id": id, "error": error })),
        }
    });
    Ok(lines.collect())
}

/// A line of the votes; one that withdraws or says nothing of use is left out.
fn voted(value: &Value) -> Option<Voted> {
    let like = match value.get("vote").and_then(Value::as_str)? {
        "like" => true,
        "dislike" => false,
        _ => return None,
    };
    Some(Voted { item: serde_json::from_value(value.clone()).ok()?, like })
}

fn read_file(path: &Path) -> Result<Vec<Value>> {
    let (values, errors) = read_all(open(path)?).with_context(|| format!("cannot read {}", path.display()))?;
    if !errors.is_empty() {
        tracing::warn!("{}: {} lines are no JSON objects and were left out", path.display(), errors.len());
    }
    Ok(values)
}

/// The lines that are JSON objects, and an error line for each that is not.
fn read_all(input: impl Read) -> Result<(Vec<Value>, Vec<Value>)> {
    let mut lines = Lines { input: BufReader::new(input), number: 0 };
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    loop {
        let batch = lines.batch()?;
        if batch.is_empty() {
            return Ok((values, errors));
        }
        for line in batch {
            match line.object() {
                Ok(value) => values.push(value),
                Err(error) => errors.push(error),
            }
        }
    }
}
