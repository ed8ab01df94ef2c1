//! Extracts pages and prints a line of JSON for each, in the order given, on one core.
//!
//!   cargo run --release -p firsthand-extract --example lines -- LIST.jsonl
//!
//! LIST.jsonl holds lines `{"file": "page.html", "url": "https://…"}`. With `--memory` as a second argument
//! blocks that stand on several pages of one host are left out.
#![expect(clippy::print_stdout, reason = "a command prints its results")]

use firsthand_extract::{Hints, Limits, ReadPage, SiteMemory};
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
    let mut memories: HashMap<&str, SiteMemory> = HashMap::new();
    for (file, url) in &lines {
        let hints = Hints { url: Some(url), content_type: None };
        // As a server meets them: what is known comes from the pages before.
        let memory = memories.entry(host(url)).or_default();
        let read = ReadPage::new(&std::fs::read(file)?, &hints, &limits);
        let article = read.and_then(|read| {
            memory.see(url, &read.block_hashes());
            read.article(&if with_memory { memory.furniture() } else { HashSet::new() })
        });
        let mut out = match article {
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
