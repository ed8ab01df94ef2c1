//! `rank`: stories by the public rank, articles for one reader.

use super::{Tally, open, print};
use anyhow::Result;
use firsthand_rank::{RankInput, public_score};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

/// `firsthand rank`.
pub fn rank(input: impl Read, _reader: Option<&Path>, _corpus: Option<&Path>, output: &mut impl Write) -> Result<Tally> {
    let _ = open;
    let mut tally = Tally::default();
    let mut ranked: Vec<(f64, Value)> = Vec::new();
    for line in BufReader::new(input).lines() {
        let value: Value = serde_json::from_str(&line?)?;
        let score = public_score(&serde_json::from_value::<RankInput>(value.clone())?);
        ranked.push((score.score, json!({ "id": value.get("id"), "score": score.score, "why": score.why })));
    }
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0));
    for (_, line) in ranked {
        print(output, &line, &mut tally)?;
    }
    Ok(tally)
}
