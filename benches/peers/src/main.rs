//! Runs other extractors beside ours over pages with gold, on one core: F1 and pages per CPU second.
//!
//!   cargo run --release -- [--only NAME] DIR…
//!
//! Each DIR holds `html/ID.html.gz` and `gold.json` (`{ID: {"url", "articleBody"}}`). The time includes parsing and
//! metadata; `--only` measures the extractors whose names start so; peers that give HTML get their text by one converter, which is not timed. Linux only (CPU time of a thread).

use firsthand_extract::{Hints, Limits};
use html5ever::tendril::TendrilSink;
use std::collections::HashMap;
use std::io::Read as _;

struct Page {
    html: String,
    url: String,
    gold: String,
}

/// What an extractor gives: text, or HTML that is turned into text outside of the time.
enum Found {
    Text(String),
    Html(String),
}

type Extractor = (&'static str, fn(&Page) -> Found);

const EXTRACTORS: &[Extractor] = &[
    ("html5ever, parse alone", |page| {
        let dom = html5ever::parse_document(markup5ever_rcdom::RcDom::default(), html5ever::ParseOpts::default())
            .one(page.html.as_str());
        Found::Text(dom.document.children.borrow().len().to_string())
    }),
    ("firsthand-extract", |page| {
        let hints = Hints { url: Some(&page.url), content_type: Some("text/html; charset=utf-8") };
        let article = firsthand_extract::extract(page.html.as_bytes(), &hints, &Limits::default());
        Found::Text(article.map(|article| article.text).unwrap_or_default())
    }),
    ("dom_smoothie 0.19.0", |page| {
        let article = dom_smoothie::Readability::new(page.html.as_str(), Some(&page.url), None)
            .and_then(|mut reader| reader.parse());
        Found::Html(article.map(|article| article.content.to_string()).unwrap_or_default())
    }),
    ("trafilatura 0.6.0", |page| {
        let found = trafilatura::extract(&page.html, &trafilatura::Options::default());
        Found::Text(found.map(|found| found.content_text).unwrap_or_default())
    }),
    ("rs-trafilatura 0.2.2", |page| {
        Found::Text(rs_trafilatura::extract(&page.html).map(|found| found.content_text).unwrap_or_default())
    }),
    ("legible 0.5.1", |page| {
        Found::Html(legible::parse(&page.html, Some(&page.url), None).map(|found| found.content).unwrap_or_default())
    }),
    ("readable-readability 0.4.0", |page| {
        let (node, _) = readable_readability::Readability::new().parse(&page.html);
        Found::Html(node.to_string())
    }),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut folders: Vec<String> = std::env::args().skip(1).collect();
    let only = folders.iter().position(|word| word == "--only").and_then(|at| folders.drain(at..(at + 2).min(folders.len())).nth(1));
    if folders.is_empty() {
        return Err("name the folders with the pages".into());
    }
    let sets: Vec<Vec<Page>> = folders.iter().map(|folder| read(folder)).collect::<Result<_, _>>()?;
    let count: usize = sets.iter().map(Vec::len).sum();
    println!("{:28} {:>12}  F1 by folder", "extractor", "pages/cpu-s");
    for (name, extract) in EXTRACTORS.iter().filter(|(name, _)| name.starts_with(only.as_deref().unwrap_or_default())) {
        let mut times: Vec<f64> = (0..3)
            .map(|_| {
                let before = cpu_seconds();
                for page in sets.iter().flatten() {
                    std::hint::black_box(caught(*extract, page));
                }
                cpu_seconds() - before
            })
            .collect();
        times.sort_by(f64::total_cmp);
        let scores: Vec<String> = sets.iter().map(|set| format!("{:.4}", score(set, *extract))).collect();
        println!("{name:28} {:12.1}  {}", count as f64 / times[1], scores.join("  "));
    }
    Ok(())
}

/// A page that makes an extractor panic counts as one without text.
fn caught(extract: fn(&Page) -> Found, page: &Page) -> Found {
    std::panic::catch_unwind(|| extract(page)).unwrap_or_else(|_| Found::Text(String::new()))
}

fn read(folder: &str) -> Result<Vec<Page>, Box<dyn std::error::Error>> {
    let gold: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&std::fs::read(format!("{folder}/gold.json"))?)?;
    gold.iter()
        .map(|(id, item)| {
            let mut bytes = Vec::new();
            let file = std::fs::File::open(format!("{folder}/html/{id}.html.gz"))?;
            flate2::read::GzDecoder::new(file).read_to_end(&mut bytes)?;
            let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
            Ok(Page { html: String::from_utf8_lossy(&bytes).into_owned(), url: text("url"), gold: text("articleBody") })
        })
        .collect()
}

/// Seconds of CPU time that this thread has had.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or_default() / 1e9
}

fn grams(text: &str) -> HashMap<Vec<&str>, i64> {
    let words: Vec<&str> =
        text.split(|character: char| !(character.is_alphanumeric() || character == '_')).filter(|word| !word.is_empty()).collect();
    let mut out = HashMap::new();
    if !words.is_empty() && words.len() < 4 {
        out.insert(words.clone(), 1);
    }
    words.windows(4).for_each(|gram| *out.entry(gram.to_vec()).or_insert(0) += 1);
    out
}

/// F1 of the mean precision and the mean recall over runs of four words.
fn score(set: &[Page], extract: fn(&Page) -> Found) -> f64 {
    let (mut precisions, mut recalls) = (Vec::new(), Vec::new());
    for page in set {
        let text = match caught(extract, page) {
            Found::Text(text) => text,
            Found::Html(html) => firsthand_text::html::plain_text(&firsthand_text::html::sanitise(&html, None)),
        };
        let (wanted, got) = (grams(&page.gold), grams(&text));
        let hit: i64 = got.iter().map(|(gram, count)| wanted.get(gram).copied().unwrap_or(0).min(*count)).sum();
        if !got.is_empty() {
            precisions.push(hit as f64 / got.values().sum::<i64>() as f64);
        }
        recalls.push(hit as f64 / wanted.values().sum::<i64>().max(1) as f64);
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let (precision, recall) = (mean(&precisions), mean(&recalls));
    2.0 * precision * recall / (precision + recall).max(1e-9)
}
