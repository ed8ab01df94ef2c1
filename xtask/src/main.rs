//! Chores of the repository, run with `cargo xtask`.

mod fill;
mod pictures;
mod replay;
mod sbom;
mod score_world;
mod train_trace;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Chores of the repository.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Serve data from outside the project as outlets with feeds and pages on this machine
    #[command(
        after_help = "DIR holds either html/*.html.gz with gold.json (an outlet per host) or *.jsonl files of\narticles (spread over invented outlets and days). Example:\n\n  cargo xtask replay DIR --opml feeds.opml\n  firsthand import --data /tmp/replay feeds.opml\n  firsthand serve --data /tmp/replay --allow-private-network"
    )]
    Replay {
        /// The folder
        dir: PathBuf,
        /// The address to serve on
        #[arg(long, default_value = "127.0.0.1:8700")]
        listen: SocketAddr,
        /// Write the feeds' addresses to this file
        #[arg(long)]
        opml: Option<PathBuf>,
    },
    /// Train the model that finds a page's article, and say by cross-validation how good it is
    #[command(
        after_help = "DIR holds folders extract* with html/*.html.gz and gold.json; see crates/extract/models/README.md.\nExample: cargo xtask train-extract --data DIR"
    )]
    TrainExtract {
        /// The folder with the pages
        #[arg(long, default_value = "../shared/data")]
        data: PathBuf,
        /// Write the model to this file
        #[arg(long, default_value = "crates/extract/models/blocks.bin")]
        to: PathBuf,
    },
    /// Say how well reliance is found in a generated world
    #[command(
        after_help = "DIR holds articles.jsonl, stories.json (article to story), origin.json (article to its part and the\nreport that it goes back to) and farm.json (the articles' outlets). Example: cargo xtask score-world DIR"
    )]
    ScoreWorld {
        /// The folder
        dir: PathBuf,
    },
    /// Fill a new store with invented articles, to measure pages against
    #[command(
        after_help = "Build with --release. BASE is where the feeds would be; replay or nothing may be there. Example:\n\n  cargo run --release -p xtask -- fill sqlite:/tmp/load/firsthand.db --articles 100000"
    )]
    Fill {
        /// The database: sqlite:PATH or postgres://…
        database: String,
        /// How many articles
        #[arg(long, default_value_t = 100_000)]
        articles: usize,
        /// How many feeds
        #[arg(long, default_value_t = 500)]
        feeds: usize,
        /// How many texts are written and analysed; more articles have one of them under a title of their own [default: each its own]
        #[arg(long, value_name = "N")]
        distinct: Option<usize>,
        /// Before the addresses of feeds and articles
        #[arg(long, default_value = "http://127.0.0.1:8700")]
        base: String,
    },
    /// Print what the program is made of (CycloneDX)
    #[command(after_help = "Example: cargo xtask sbom > firsthand.cdx.json")]
    Sbom,
    /// Take the pictures of the README from the demo, in headless Chromium
    #[command(after_help = "Build the program first. Example: cargo xtask pictures")]
    Pictures {
        /// The folder to write to
        #[arg(long, default_value = "docs/pictures")]
        to: PathBuf,
        /// Every page, wide and narrow, light and dark
        #[arg(long)]
        all: bool,
    },
    /// Train the attribution model on articles from outside the project
    #[command(
        after_help = "The same articles give the same file. Build with --release, or it takes an hour. Example:\n\n  cargo run --release -p xtask -- train-trace"
    )]
    TrainTrace {
        /// The folder with polnear_train.jsonl.gz
        #[arg(long, default_value = "../shared/data/provenance-dev")]
        data: PathBuf,
        /// The file to write
        #[arg(long, default_value = "models/attributions.bin")]
        to: PathBuf,
        /// Instead of a model, write what models of all parts but one say of that part, as JSON lines
        #[arg(long)]
        folds: Option<usize>,
        /// Of the parts, only this one, from 1
        #[arg(long, requires = "folds")]
        only: Option<usize>,
        /// Hide something from the model: classes, endings, kinds, quotations, outlets, rules or way
        #[arg(long, requires = "folds")]
        without: Option<String>,
    },
}

fn main() -> Result<()> {
    match Cli::parse().chore {
        Chore::TrainTrace { data, to, folds, only, without } => {
            train_trace::train_trace(&data, &to, folds, only, without.as_deref())
        }
        Chore::Fill { database, articles, feeds, distinct, base } => {
            let database = database.parse().map_err(|error| anyhow::anyhow!("{error}"))?;
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            let distinct = distinct.unwrap_or(articles).max(1);
            let filling = fill::Filling { articles, feeds: feeds.max(1), distinct, base };
            runtime.block_on(fill::fill(&database, &filling))
        }
        Chore::ScoreWorld { dir } => score_world::score_world(&dir),
        Chore::Sbom => {
            let list = serde_json::to_string_pretty(&sbom::sbom()?)?;
            Ok(writeln!(std::io::stdout(), "{list}")?)
        }
        Chore::Pictures { to, all } => pictures::pictures(&to, all),
        Chore::TrainExtract { data, to } => train_extract(&data, &to),
        Chore::Replay { dir, listen, opml } => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(replay::replay(&dir, listen, opml.as_deref()))
        }
    }
}

/// The training is an example of the crate, which alone sees the inside of the extraction.
fn train_extract(data: &Path, to: &Path) -> Result<()> {
    anyhow::ensure!(data.is_dir(), "no data at {}: name the folder of the pages with --data", data.display());
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = std::process::Command::new(cargo)
        .args(["run", "--release", "-p", "firsthand-extract", "--features", "training", "--example", "train", "--"])
        .arg("--data")
        .arg(data)
        .arg("--to")
        .arg(to)
        .status()?;
    anyhow::ensure!(status.success(), "the training failed");
    Ok(())
}
