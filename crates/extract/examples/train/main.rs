//! Trains the model that tells an article's blocks from the rest of its page, and says how good it is by
//! cross-validation over hosts.
//!
//!   cargo run --release -p firsthand-extract --features training --example train -- --data DIR [--to FILE]
//!
//! DIR holds folders with `html/ID.html.gz` and `gold.json` (`{ID: {"url", "articleBody"}}`).
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command prints its figures")]
#![expect(clippy::indexing_slicing, clippy::expect_used, reason = "a command on data of ours, not part of the library")]

mod boost;
mod gold;
mod pages;

use boost::{Boost, Matrix};
use firsthand_extract::training::{self, Forest, Node};
use pages::Page;
use std::path::PathBuf;

const FOLDS: u64 = 5;
/// The forests whose mean log-odds count; every second one sees nothing of names, tags and roles.
const BAG: u64 = training::PARTS as u64;
/// What is added to the log-odds: a block must be a little more likely than not, since what is kept too much
/// costs more than what is lost.
const TILT: f32 = -0.3;
/// A page that forests of other pages read worse than this (F1) has gold that is cut short or another text's:
/// nothing is learnt from it (Northcutt, Jiang and Chuang 2021, "Confident learning").
const LEAST_F1: f64 = 0.7;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut data = PathBuf::from("../shared/data");
    let mut to = None;
    let mut boost =
        Boost { trees: 60, depth: 4, rate: 0.18, columns: 0.2, pages: 0.75, seed: 7, lambda: 4.0, least: 6.0 };
    let mut worst = 0;
    let mut show = None;
    let mut without: Vec<String> = Vec::new();
    let mut seeds = 1;
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
            "--trees" => boost.trees = value.parse()?,
            "--depth" => boost.depth = value.parse()?,
            "--columns" => boost.columns = value.parse()?,
            "--rate" => boost.rate = value.parse()?,
            _ => return Err(format!("unknown argument {name}").into()),
        }
    }
    if !data.is_dir() {
        return Err(format!("no data at {}: name the folder with --data", data.display()).into());
    }
    let started = std::time::Instant::now();
    let mut pages = pages::read(&data)?;
    pages::balance(&mut pages);
    let rows: usize = pages.iter().map(|page| page.blocks.len()).sum();
    eprintln!("{} pages, {rows} blocks, {:.1} s", pages.len(), started.elapsed().as_secs_f32());
    report("perfect choice of blocks", &pages, |_, page| page.labels.iter().map(|label| *label > 0.5).collect());

    let names = training::feature_names();
    let hidden = |name: &str| without.iter().any(|part| !part.is_empty() && name.starts_with(part.as_str()));
    let used: Vec<usize> = (0..names.len()).filter(|feature| !hidden(&names[*feature])).collect();
    let bag = Bag { boost, matrix: Matrix::new(&pages, names.len()), names: &names, used };
    let furniture = pages::furniture(&pages);
    let mut ships: Vec<(String, gold::Score)> = Vec::new();
    for seed in 0..seeds {
        let all: Vec<usize> = (0..pages.len()).collect();
        let looks = bag.validate(&pages, &all, seed);
        report("all pages learnt from", &pages, |number, page| decide(&looks[number], page));
        let sound = |page: &&Page| page.score(&decide(&looks[page.number], page)).f1 >= LEAST_F1;
        let learnt: Vec<usize> = pages.iter().filter(sound).map(|page| page.number).collect();
        println!("{} pages are not learnt from", pages.len() - learnt.len());
        let looks = bag.validate(&pages, &learnt, seed);
        ships.extend(report("as it ships", &pages, |number, page| decide(&looks[number], page)));
        let several = |page: &&Page| furniture.contains_key(&page.host);
        println!("{} pages are of hosts with several", pages.iter().filter(several).count());
        report("with the memory of hosts that have several pages", &pages, |number, page| {
            let known = furniture.get(&page.host);
            let is_known =
                |hash: Option<u32>| hash.is_some_and(|hash| known.is_some_and(|known| known.contains(&hash)));
            let known: Vec<bool> = page.blocks.iter().map(|block| is_known(block.hash)).collect();
            let looks = training::forget(&looks[number], &page.blocks, &known);
            decide(&looks, page)
        });
        if worst > 0 {
            pages::worst(&pages, worst, |number, page| decide(&looks[number], page));
        }
        if let Some(id) = &show {
            let shown = |page: &&Page| page.id.starts_with(id.as_str());
            pages.iter().filter(shown).for_each(|page| show_page(page, &looks[page.number]));
        }
        if let Some(to) = to.as_ref().filter(|_| seed == 0) {
            let mut out = format!("firsthand-extract model 2\n{}\n", names.join(" ")).into_bytes();
            bag.train(&pages, &learnt, seed).write(&mut out);
            std::fs::write(to, out)?;
        }
    }
    if seeds > 1 {
        println!("as it ships, mean of {seeds} ways to part the hosts (least to most):");
        for set in pages::sets(&pages) {
            let of_set: Vec<gold::Score> =
                ships.iter().filter(|(name, _)| name == set).map(|(_, score)| *score).collect();
            let f1 = || of_set.iter().map(|score| score.f1);
            println!(
                "  {set:22} F1 {:.4} ({:.4} to {:.4})  accuracy {:.3}",
                f1().sum::<f64>() / of_set.len() as f64,
                f1().fold(1.0, f64::min),
                f1().fold(0.0, f64::max),
                of_set.iter().map(|score| score.exact).sum::<f64>() / of_set.len() as f64,
            );
        }
    }
    Ok(())
}

/// How the model is made: several forests, of which the mean of log-odds counts.
struct Bag<'a> {
    boost: Boost,
    matrix: Matrix,
    names: &'a [String],
    used: Vec<usize>,
}

impl Bag<'_> {
    /// One forest whose sum is the mean of the bag's.
    fn train(&self, pages: &[Page], learnt: &[usize], seed: u64) -> Forest {
        let mut out = Forest { trees: Vec::new(), base: TILT };
        for number in 0..BAG {
            let boost = Boost { seed: self.boost.seed + seed * 100 + number * 1000, ..self.boost };
            let blind = |feature: &usize| number % 2 == 0 || !training::is_of_markup(&self.names[*feature]);
            let used: Vec<usize> = self.used.iter().copied().filter(blind).collect();
            let mut forest = boost.train(&self.matrix, &used, pages, learnt);
            forest.trees.iter_mut().flatten().filter(|node| node.feature == Node::LEAF).for_each(|leaf| {
                leaf.value /= BAG as f32;
            });
            out.base += forest.base / BAG as f32;
            out.trees.extend(forest.trees);
        }
        out
    }

    /// The probabilities of every page's blocks, by forests trained on the other folds' hosts.
    fn validate(&self, pages: &[Page], learnt: &[usize], seed: u64) -> Vec<Vec<f32>> {
        let fold = |fold: u64| -> Vec<(usize, Vec<f32>)> {
            let of = |page: &Page| page.fold(FOLDS, seed) == fold;
            let others: Vec<usize> = learnt.iter().copied().filter(|number| !of(&pages[*number])).collect();
            let forest = self.train(pages, &others, seed);
            let look = |number: usize| self.matrix.rows[number].iter().map(|row| forest.probability(row)).collect();
            pages.iter().filter(|page| of(page)).map(|page| (page.number, look(page.number))).collect()
        };
        let mut out: Vec<Vec<f32>> = vec![Vec::new(); pages.len()];
        std::thread::scope(|scope| {
            let folds: Vec<_> = (0..FOLDS).map(|number| scope.spawn(move || fold(number))).collect();
            for (number, looks) in folds.into_iter().flat_map(|fold| fold.join().expect("training does not panic")) {
                out[number] = looks;
            }
        });
        out
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

fn decide(look: &[f32], page: &Page) -> Vec<bool> {
    training::decide(look, &page.blocks)
}

/// Prints the scores of each set, and gives them.
fn report(what: &str, pages: &[Page], kept: impl Fn(usize, &Page) -> Vec<bool>) -> Vec<(String, gold::Score)> {
    println!("{what}:");
    let mut out = Vec::new();
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
        out.push((set.to_owned(), all));
    }
    out
}
