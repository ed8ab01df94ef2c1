//! Extracts pages and prints a line of JSON for each, in the order given, on one core.
//!
//!   cargo run --release -p firsthand-extract --example lines -- LIST.jsonl
//!
//! LIST.jsonl holds lines `{"file": "page.html", "url": "https://…"}`. With `--memory` as a second argument
//! blocks that stand on several pages of one host are left out.
#![expect(clippy::print_stdout, reason = "a command prints its results")]

use firsthand_extract::{Hints, Limits, block_hashes, extract_known, repeated};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let list = std::env::args().nth(1).ok_or("name a file of lines {\"file\", \"url\"}")?;
    let with_memory = std::env::args().nth(2).is_some_and(|argument| argument == "--memory");
    let limits = Limits::default();
    let mut lines: Vec<(String, String)> = Vec::new();
    for line in std::fs::read_to_string(list)?.lines().filter(|line| !line.is_empty()) {
        let line: Value = serde_json::from_str(line)?;
        let text = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        lines.push((text("file"), text("url")));
    }
    let mut seen: HashMap<&str, Vec<Vec<u64>>> = HashMap::new();
    if with_memory {
        for (file, url) in &lines {
            let hints = Hints { url: Some(url), content_type: None };
            seen.entry(host(url)).or_default().push(block_hashes(&std::fs::read(file)?, &hints, &limits)?);
        }
    }
    let furniture: HashMap<&str, HashSet<u64>> = seen.iter().map(|(host, pages)| (*host, repeated(pages, 2))).collect();
    let nothing = HashSet::new();
    for (file, url) in &lines {
        let hints = Hints { url: Some(url), content_type: None };
        let known = furniture.get(host(url)).unwrap_or(&nothing);
        let mut out = match extract_known(&std::fs::read(file)?, &hints, &limits, known) {
            Ok(article) => serde_json::to_value(article)?,
            Err(error) => json!({ "error": error.to_string() }),
        };
        if let Some(fields) = out.as_object_mut() {
            fields.insert("file".to_owned(), json!(file));
        }
        println!("{out}");
    }
    Ok(())
}

fn host(url: &str) -> &str {
    url.split("//").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default()
}
