//! Trains the model that tells an article's blocks from the rest of its page, and says how good it is by
//! cross-validation over hosts.
//!
//!   cargo run --release -p firsthand-extract --features training --example train -- --data DIR [--to FILE]
//!
//! DIR holds folders with `html/ID.html.gz` and `gold.json` (`{ID: {"url", "articleBody"}}`).
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command prints its figures")]
#![expect(clippy::indexing_slicing, reason = "a command on data of ours, not part of the library")]

mod boost;
mod gold;
mod pages;

use boost::{Boost, Matrix};
use firsthand_extract::training::{self, Forest};
use pages::Page;
use std::path::PathBuf;

const FOLDS: u64 = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut data = PathBuf::from("../shared/data");
    let mut to = None;
    let mut first =
        Boost { trees: 170, depth: 5, rate: 0.07, columns: 0.2, pages: 0.75, seed: 7, lambda: 4.0, least: 6.0 };
    let mut second =
        Boost { trees: 120, depth: 4, rate: 0.07, columns: 0.25, pages: 0.75, seed: 11, lambda: 4.0, least: 6.0 };
    let mut worst = 0;
    let mut show = None;
    let mut without: Vec<String> = Vec::new();
    let mut seeds = 1;
    let mut quick = false;
    let mut brief = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} wants a value"))?;
        match name.as_str() {
            "--data" => data = value.into(),
            "--to" => to = Some(PathBuf::from(value)),
            "--worst" => worst = value.parse()?,
            "--show" => show = Some(value),
            "--without" => without.extend(value.split(',').map(str::to_owned)),
            "--seeds" => seeds = value.parse()?,
            "--brief" => brief = value.parse()?,
            "--quick" => quick = value.parse()?,
            "--trees" => {
                first.trees = value.parse()?;
                second.trees = value.parse()?;
            }
            "--depth" => {
                first.depth = value.parse()?;
                second.depth = value.parse()?;
            }
            "--rate" => {
                first.rate = value.parse()?;
                second.rate = value.parse()?;
            }
            "--columns" => {
                first.columns = value.parse()?;
                second.columns = value.parse()?;
            }
            "--lambda" => {
                first.lambda = value.parse()?;
                second.lambda = value.parse()?;
            }
            "--least" => {
                first.least = value.parse()?;
                second.least = value.parse()?;
            }
            _ => return Err(format!("unknown argument {name}").into()),
        }
    }
    if !data.is_dir() {
        return Err(format!("no data at {}: name the folder with --data", data.display()).into());
    }
    let started = std::time::Instant::now();
    let pages = pages::read(&data)?;
    let rows: usize = pages.iter().map(|page| page.blocks.len()).sum();
    eprintln!("{} pages, {rows} blocks, {:.1} s", pages.len(), started.elapsed().as_secs_f32());
    report("perfect choice of blocks", &pages, |_, page| page.labels.iter().map(|label| *label > 0.5).collect());

    let names = training::feature_names();
    let used: Vec<bool> = names
        .iter()
        .map(|name| !without.iter().any(|part| !part.is_empty() && name.starts_with(part.as_str())))
        .collect();
    let base = Matrix::new(&pages, |page| page.blocks.iter().map(|block| block.values.clone()).collect(), &used);
    for seed in 0..seeds {
        (first.seed, second.seed) = (7 + seed * 100, 11 + seed * 100);
        // Each page's first look by forests that did not see its host.
        let looks: Vec<Vec<f32>> = validate(&pages, &base, &first, seed);
        report("first look", &pages, |number, page| decide(&looks[number], page));
        let furniture = pages::furniture(&pages);
        let several = |page: &&Page| furniture.contains_key(&page.host);
        println!("{} pages are of hosts with several", pages.iter().filter(several).count());
        report("first look with the memory of hosts that have several pages", &pages, |number, page| {
            let known = furniture.get(&page.host);
            let is_known =
                |hash: Option<u64>| hash.is_some_and(|hash| known.is_some_and(|known| known.contains(&hash)));
            let known: Vec<bool> = page.blocks.iter().map(|block| is_known(block.hash)).collect();
            let looks = training::forget(&looks[number], &page.blocks, &known);
            decide(&looks, page)
        });
        if quick {
            if worst > 0 {
                pages::worst(&pages, worst, |number, page| decide(&looks[number], page));
            }
            if let Some(id) = &show {
                let shown = |page: &&Page| page.id.starts_with(id.as_str());
                pages.iter().filter(shown).for_each(|page| show_page(page, &looks[page.number]));
            }
            continue;
        }
        let wide = Matrix::new(
            &pages,
            |page| rows_with_context(page, &looks[page.number]),
            &used.iter().copied().chain(training::context_names().iter().map(|_| true)).collect::<Vec<_>>(),
        );
        if !brief {
            second_report(&pages, &wide, &second, &looks, seed, worst, show.as_deref());
        }
        if let Some(to) = to.as_ref().filter(|_| seed == 0) {
            let everything: Vec<usize> = (0..pages.len()).collect();
            let forests = [first.train(&base, &pages, &everything), second.train(&wide, &pages, &everything)];
            std::fs::write(to, write(&names, &forests))?;
        }
    }
    Ok(())
}

/// The second look and both together, validated as the first one was.
fn second_report(
    pages: &[Page],
    wide: &Matrix,
    second: &Boost,
    looks: &[Vec<f32>],
    seed: u64,
    worst: usize,
    show: Option<&str>,
) {
    let second_looks = validate(pages, wide, second, seed);
    report("second look", pages, |number, page| decide(&second_looks[number], page));
    let second_looks: Vec<Vec<f32>> = looks
        .iter()
        .zip(&second_looks)
        .map(|(first, second)| {
            first.iter().zip(second).map(|(first, second)| training::mixed(*first, *second)).collect()
        })
        .collect();
    report("both looks", pages, |number, page| decide(&second_looks[number], page));
    if worst > 0 {
        pages::worst(pages, worst, |number, page| decide(&second_looks[number], page));
    }
    if let Some(id) = show {
        let shown = |page: &&Page| page.id.starts_with(id);
        pages.iter().filter(shown).for_each(|page| show_page(page, &second_looks[page.number]));
    }
}

/// Prints the blocks of a page that were told wrong.
fn show_page(page: &Page, look: &[f32]) {
    let kept = decide(look, page);
    println!("== {} {} {:.3}", page.id, page.url, page.score(&kept).f1);
    for (at, block) in page.blocks.iter().enumerate() {
        let wrong = kept[at] != (page.labels[at] > 0.5);
        if wrong {
            println!(
                "{} {:4} {:.2} {:.2} {}",
                if kept[at] { "added" } else { "lost " },
                at,
                page.labels[at],
                look[at],
                block.text.chars().take(110).collect::<String>()
            );
        }
    }
}

fn write(names: &[String], forests: &[Forest; 2]) -> Vec<u8> {
    let all: Vec<String> = names.iter().cloned().chain(training::context_names()).collect();
    let mut out = format!("firsthand-extract model 1\n{}\n", all.join(" ")).into_bytes();
    forests.iter().for_each(|forest| forest.write(&mut out));
    out
}

fn rows_with_context(page: &Page, look: &[f32]) -> Vec<Vec<f32>> {
    let context = training::context_rows(look, &page.blocks);
    page.blocks.iter().zip(context).map(|(block, more)| [block.values.clone(), more].concat()).collect()
}

/// The probabilities of every page's blocks, by forests trained on the other folds' hosts.
fn validate(pages: &[Page], matrix: &Matrix, boost: &Boost, seed: u64) -> Vec<Vec<f32>> {
    let mut out: Vec<Vec<f32>> = vec![Vec::new(); pages.len()];
    for fold in 0..FOLDS {
        let of = |page: &Page| page.fold(FOLDS, seed) == fold;
        let train: Vec<usize> = pages.iter().filter(|page| !of(page)).map(|page| page.number).collect();
        let forest = boost.train(matrix, pages, &train);
        for page in pages.iter().filter(|page| of(page)) {
            out[page.number] = matrix.rows[page.number].iter().map(|row| forest.probability(row)).collect();
        }
    }
    out
}

fn decide(look: &[f32], page: &Page) -> Vec<bool> {
    training::decide(look, &page.blocks)
}

fn report(what: &str, pages: &[Page], kept: impl Fn(usize, &Page) -> Vec<bool>) {
    println!("{what}:");
    for set in pages::sets(pages) {
        let scores: Vec<(u64, gold::Score)> = pages
            .iter()
            .filter(|page| page.set == set)
            .map(|page| (page.fold(FOLDS, 0), page.score(&kept(page.number, page))))
            .collect();
        let all = gold::mean(scores.iter().map(|(_, score)| *score));
        let folds: Vec<f64> = (0..FOLDS)
            .map(|fold| gold::mean(scores.iter().filter(|(held, _)| *held == fold).map(|(_, score)| *score)).f1)
            .collect();
        let folds: Vec<String> = folds.iter().map(|f1| format!("{f1:.3}")).collect();
        println!(
            "  {set:22} F1 {:.4}  P {:.4}  R {:.4}  accuracy {:.3}  empty {}  folds {}",
            all.f1,
            all.precision,
            all.recall,
            all.exact,
            all.empty,
            folds.join(" ")
        );
    }
}
