//! The commands that read and write JSON lines, without a store.
//!
//! They keep the order of their input, use all cores and hold a bounded number of lines. A bad
//! line or file becomes `{"file"|"id": …, "error": "…"}` on a line of its own, and the rest goes on.

mod annotated;
mod articles;
mod files;
mod ranking;

pub use articles::{TraceFormat, cluster, relate, trace};
pub use files::{explain, extract, feed};
pub use ranking::rank;

use anyhow::{Context, Result};
use firsthand_model::ArticleLine;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

/// Lines that are worked on at a time, and the most bytes of them.
const BATCH_LINES: usize = 256;
const BATCH_BYTES: usize = 16 << 20;
/// The longest line; a longer one is an error of its own.
const MAX_LINE_BYTES: usize = 64 << 20;

/// How many inputs a command had, and how many of them were bad.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    inputs: usize,
    bad: usize,
}

impl Tally {
    /// The work failed when there was input and all of it was bad.
    pub fn failed(self) -> bool {
        self.inputs > 0 && self.bad == self.inputs
    }
}

/// A line of input: its number, from 1, and its text or what is wrong with it.
pub(crate) struct Line {
    number: usize,
    text: Result<String, String>,
}

/// Reads lines without ever holding more than one over-long line's limit.
struct Lines<R> {
    input: R,
    number: usize,
}

impl<R: BufRead> Lines<R> {
    /// The next batch; empty at the end. Empty lines are passed over.
    fn batch(&mut self) -> Result<Vec<Line>> {
        let (mut out, mut bytes) = (Vec::new(), 0);
        while out.len() < BATCH_LINES && bytes < BATCH_BYTES {
            let mut line = Vec::new();
            let read = self
                .input
                .by_ref()
                .take(MAX_LINE_BYTES as u64 + 1)
                .read_until(b'\n', &mut line)
                .context("cannot read the input")?;
            if read == 0 {
                break;
            }
            self.number += 1;
            let text = if line.len() > MAX_LINE_BYTES {
                self.skip_line()?;
                Err(format!("the line is longer than {MAX_LINE_BYTES} bytes"))
            } else {
                bytes += line.len();
                String::from_utf8(line).map_err(|error| format!("the line is not UTF-8 ({error})"))
            };
            if !text.as_ref().is_ok_and(|text| text.trim().is_empty()) {
                out.push(Line { number: self.number, text });
            }
        }
        Ok(out)
    }

    fn skip_line(&mut self) -> Result<()> {
        loop {
            let buffer = self.input.fill_buf().context("cannot read the input")?;
            if buffer.is_empty() {
                return Ok(());
            }
            let (used, ended) =
                buffer.iter().position(|byte| *byte == b'\n').map_or((buffer.len(), false), |at| (at + 1, true));
            self.input.consume(used);
            if ended {
                return Ok(());
            }
        }
    }
}

/// Works on every line on all cores and prints the answers in order. `work` gives the lines to
/// print, the last of which tells whether the input was bad.
fn each_line(input: impl Read, output: &mut impl Write, work: impl Fn(&Line) -> Value + Sync) -> Result<Tally> {
    let mut lines = Lines { input: BufReader::with_capacity(1 << 16, input), number: 0 };
    let mut tally = Tally::default();
    loop {
        let batch = lines.batch()?;
        if batch.is_empty() {
            return Ok(tally);
        }
        let answers: Vec<Value> = batch.par_iter().map(&work).collect();
        for answer in answers {
            print(output, &answer, &mut tally)?;
        }
    }
}

fn print(output: &mut impl Write, answer: &Value, tally: &mut Tally) -> Result<()> {
    tally.inputs += 1;
    tally.bad += usize::from(answer.get("error").is_some());
    serde_json::to_writer(&mut *output, answer)
        .and_then(|()| output.write_all(b"\n").map_err(serde_json::Error::io))
        .context("cannot write the output")
}

impl Line {
    /// The JSON object of the line, or the error line to print for it.
    fn object(&self) -> Result<Value, Value> {
        let text = self.text.as_ref().map_err(|why| bad_line(self.number, None, why))?;
        match serde_json::from_str(text) {
            Ok(value @ Value::Object(_)) => Ok(value),
            Ok(_) => Err(bad_line(self.number, None, "not a JSON object")),
            Err(error) => Err(bad_line(self.number, None, &format!("not JSON ({error})"))),
        }
    }
}

/// An article of a line, or the error line to print for it.
fn article(line: &Line) -> Result<ArticleLine, Value> {
    let value = line.object()?;
    let id = value.get("id").cloned();
    let article: ArticleLine =
        serde_json::from_value(value).map_err(|error| bad_line(line.number, id.as_ref(), &error.to_string()))?;
    if !(article.id.is_string() || article.id.is_number()) {
        return Err(bad_line(line.number, None, "\"id\" must be a string or a number"));
    }
    Ok(article)
}

fn bad_line(number: usize, id: Option<&Value>, why: &str) -> Value {
    json!({ "id": id, "error": format!("line {number}: {why}") })
}

/// Reads a file, or standard input for `-`, up to a limit.
fn read_file(path: &Path, max_bytes: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let limit = max_bytes as u64 + 1;
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    read.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(bytes)
}

/// A file of lines, or standard input for `-`.
fn open(path: &Path) -> Result<Box<dyn Read>> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    Ok(Box::new(std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_lines_are_answered_in_their_place() {
        let input = b"{\"id\":1}\nnot json\n\n{\"id\":\"b\"}\n{\"id\":[]}\n\xff\n".as_slice();
        let mut output = Vec::new();
        let tally = each_line(input, &mut output, |line| match article(line) {
            Ok(article) => json!({ "id": article.id }),
            Err(error) => error,
        })
        .unwrap();
        let output = String::from_utf8(output).unwrap();
        let lines: Vec<&str> = output.lines().collect();
        assert_eq!(lines[0], "{\"id\":1}");
        assert!(lines[1].starts_with("{\"id\":null,\"error\":\"line 2: not JSON"), "{}", lines[1]);
        assert_eq!(lines[2], "{\"id\":\"b\"}");
        assert!(lines[3].contains("line 5") && lines[4].contains("line 6"), "{output}");
        assert_eq!(tally, Tally { inputs: 5, bad: 3 });
        assert!(!tally.failed());
    }
}
