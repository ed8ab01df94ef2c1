//! `feed` and `extract`: files in, a line each out.

use super::{Line, Tally, each_line, open, print, read_file};
use crate::cli::ExtractFormat;
use anyhow::{Context, Result, bail};
use firsthand_extract::{Hints as PageHints, Limits as PageLimits};
use firsthand_feed::{Hints as FeedHints, Limits as FeedLimits};
use firsthand_model::{Clock, Extracted, SystemClock};
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A line of a list: a file, and what a server would know of it.
#[derive(Debug, Deserialize)]
struct ListLine {
    file: PathBuf,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    content_type: Option<String>,
}

/// `firsthand feed`.
pub fn feed(list: Option<&Path>, files: &[PathBuf], output: &mut impl Write) -> Result<Tally> {
    let now = SystemClock.now();
    each_file(list, files, None, output, |entry| {
        let limits = FeedLimits::default();
        let bytes = read_file(&entry.file, limits.max_bytes)?;
        let hints =
            FeedHints { url: entry.url.as_deref(), content_type: entry.content_type.as_deref(), now: Some(now) };
        let parsed = firsthand_feed::parse(&bytes, &hints, &limits).map_err(|error| error.to_string())?;
        serde_json::to_value(parsed).map_err(|error| error.to_string())
    })
}

/// `firsthand extract`.
pub fn extract(
    list: Option<&Path>,
    files: &[PathBuf],
    url: Option<&str>,
    format: ExtractFormat,
    output: &mut impl Write,
) -> Result<Tally> {
    let work = |entry: &ListLine| -> Result<Extracted, String> {
        let limits = PageLimits::default();
        let bytes = read_file(&entry.file, limits.max_bytes)?;
        let hints = PageHints { url: entry.url.as_deref(), content_type: entry.content_type.as_deref() };
        firsthand_extract::extract(&bytes, &hints, &limits).map_err(|error| error.to_string())
    };
    if format == ExtractFormat::Json {
        return each_file(list, files, url, output, |entry| {
            serde_json::to_value(work(entry)?).map_err(|error| error.to_string())
        });
    }
    if list.is_some() {
        bail!("--jsonl prints JSON lines: leave --format out, or name files");
    }
    let mut tally = Tally::default();
    for file in files {
        tally.inputs += 1;
        match work(&ListLine { file: file.clone(), url: url.map(str::to_owned), content_type: None }) {
            Ok(article) => {
                let text = match format {
                    ExtractFormat::Json | ExtractFormat::Text => article.text,
                    ExtractFormat::Markdown => firsthand_extract::markdown(&article),
                    ExtractFormat::Html => article.html,
                };
                writeln!(output, "{}", text.trim_end()).context("cannot write the output")?;
            }
            Err(why) => {
                tally.bad += 1;
                tracing::error!("{}: {why}", file.display());
            }
        }
    }
    Ok(tally)
}

/// `firsthand extract --explain`: a page for each file.
pub fn explain(files: &[PathBuf], url: Option<&str>, output: &mut impl Write) -> Result<Tally> {
    let limits = PageLimits::default();
    let mut tally = Tally::default();
    for file in files {
        tally.inputs += 1;
        let shown = read_file(file, limits.max_bytes).and_then(|bytes| {
            let hints = PageHints { url, content_type: None };
            firsthand_extract::explain(&bytes, &hints, &limits).map_err(|error| error.to_string())
        });
        match shown {
            Ok(page) => output.write_all(page.as_bytes()).context("cannot write the output")?,
            Err(why) => {
                tally.bad += 1;
                tracing::error!("{}: {why}", file.display());
            }
        }
    }
    Ok(tally)
}

fn each_file(
    list: Option<&Path>,
    files: &[PathBuf],
    url: Option<&str>,
    output: &mut impl Write,
    work: impl Fn(&ListLine) -> Result<Value, String> + Sync,
) -> Result<Tally> {
    let answer = |entry: &ListLine| match work(entry) {
        // The file comes first, so that a person finds the line.
        Ok(Value::Object(found)) => {
            let mut line = serde_json::Map::from_iter([("file".to_owned(), json!(entry.file.to_string_lossy()))]);
            line.extend(found);
            Value::Object(line)
        }
        Ok(other) => other,
        Err(why) => json!({ "file": entry.file.to_string_lossy(), "error": why }),
    };
    match list {
        Some(list) => each_line(open(list)?, output, |line| match entry(line) {
            Ok(entry) => answer(&entry),
            Err(error) => error,
        }),
        None => {
            let mut tally = Tally::default();
            for batch in files.chunks(64) {
                let entries: Vec<ListLine> = batch
                    .iter()
                    .map(|file| ListLine { file: file.clone(), url: url.map(str::to_owned), content_type: None })
                    .collect();
                let answers: Vec<Value> = entries.par_iter().map(&answer).collect();
                for answer in answers {
                    print(output, &answer, &mut tally)?;
                }
            }
            Ok(tally)
        }
    }
}

fn entry(line: &Line) -> Result<ListLine, Value> {
    let bad = |why: String| json!({ "file": null, "error": format!("line {} of the list: {why}", line.number) });
    let text = line.text.as_ref().map_err(|why| bad(why.clone()))?;
    serde_json::from_str(text).map_err(|error| bad(error.to_string()))
}
