//! Trains the attribution model on data from outside the project.

use anyhow::{Context, Result, bail};
use firsthand_trace::learned::train::{Gold, Sample, Settings, train};
use firsthand_trace::learned::{Hidden, Model};
use firsthand_trace::{ArticleInput, Outlets, analyse_with};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Trains on all articles and writes the model; with `folds`, trains on all parts but one in turn (or on
/// all but the `only` one) and writes what each model says of the part that it has not seen to `to` as
/// JSON lines. Without what is `hidden` from the model, it shows what that is worth.
pub fn train_trace(
    data: &Path,
    to: &Path,
    folds: Option<usize>,
    only: Option<usize>,
    hidden: Option<&str>,
) -> Result<()> {
    let file = data.join("polnear_train.jsonl.gz");
    if !file.exists() {
        bail!(
            "no training data at {}: it is not part of the project; name its folder with --data (models/README.md says what it is)",
            file.display()
        );
    }
    let lines = articles(&file)?;
    let samples: Vec<Sample> = lines.iter().map(sample).collect();
    let outlets = Outlets::builtin();
    let hidden = match hidden {
        None => Hidden::Nothing,
        Some(name) => {
            let known = Hidden::NAMES.iter().find(|(known, _)| *known == name);
            known.with_context(|| format!("{name:?} can't be hidden"))?.1
        }
    };
    let settings = Settings { hidden, ..Settings::default() };
    let started = Instant::now();
    let mut log = |line: &str| {
        let _ = writeln!(std::io::stderr(), "{:>5} s  {line}", started.elapsed().as_secs());
    };
    let Some(folds) = folds.filter(|folds| *folds > 1) else {
        let bytes = train(&samples, &outlets, &settings, &mut log).write();
        fs::write(to, &bytes).with_context(|| format!("cannot write {}", to.display()))?;
        let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        log(&format!("{}: {} bytes, sha256 {hash}", to.display(), bytes.len()));
        return Ok(());
    };
    let mut out = fs::File::create(to).with_context(|| format!("cannot write {}", to.display()))?;
    for fold in (0..folds).filter(|fold| only.is_none_or(|only| only == *fold + 1)) {
        let kept: Vec<Sample> =
            samples.iter().enumerate().filter(|(at, _)| at % folds != fold).map(|(_, sample)| sample.clone()).collect();
        let bytes = train(&kept, &outlets, &settings, &mut |_| {}).write();
        let model = Model::read(&bytes)?.trained_without(hidden);
        for line in lines.iter().skip(fold).step_by(folds) {
            writeln!(out, "{}", predicted(line, &outlets, &model, fold)?)?;
        }
        log(&format!("part {} of {folds} read by a model of the others", fold + 1));
    }
    Ok(())
}

fn predicted(line: &Value, outlets: &Outlets, model: &Model, fold: usize) -> Result<Value> {
    let text = |key: &str| line.get(key).and_then(Value::as_str);
    let input = ArticleInput {
        title: text("title").unwrap_or_default(),
        text: text("text").unwrap_or_default(),
        published: text("published").and_then(|published| published.parse().ok()),
        publisher: text("publisher"),
        ..ArticleInput::default()
    };
    let mut value = serde_json::to_value(analyse_with(&input, outlets, Some(model)))?;
    if let Some(object) = value.as_object_mut() {
        object.insert("id".to_owned(), line.get("id").cloned().unwrap_or_default());
        object.insert("fold".to_owned(), json!(fold));
    }
    Ok(value)
}

fn articles(file: &Path) -> Result<Vec<Value>> {
    let unpacked =
        Command::new("gzip").arg("-dc").arg(file).stderr(Stdio::inherit()).output().context("cannot run gzip")?;
    if !unpacked.status.success() {
        bail!("gzip could not unpack {}", file.display());
    }
    let text = String::from_utf8(unpacked.stdout).context("the training data is not UTF-8")?;
    text.lines().map(|line| serde_json::from_str(line).context("a line of the training data is not JSON")).collect()
}

fn sample(line: &Value) -> Sample {
    let text = |key: &str| line.get(key).and_then(Value::as_str).map(str::to_owned);
    let pieces = |attribution: &Value, role: &str| -> Vec<(usize, usize)> {
        let Some(span) = attribution.get(role).filter(|span| span.is_object()) else { return Vec::new() };
        let number = |value: Option<&Value>| {
            value.and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok()).unwrap_or_default()
        };
        match span.get("parts").and_then(Value::as_array) {
            Some(parts) => parts.iter().map(|part| (number(part.get(0)), number(part.get(1)))).collect(),
            None => vec![(number(span.get("start")), number(span.get("end")))],
        }
    };
    let gold = line.get("attributions").and_then(Value::as_array).into_iter().flatten();
    Sample {
        text: text("text").unwrap_or_default(),
        publisher: text("publisher"),
        gold: gold
            .map(|one| Gold { source: pieces(one, "source"), cue: pieces(one, "cue"), content: pieces(one, "content") })
            .collect(),
    }
}
