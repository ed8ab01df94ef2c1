//! What is kept, what is let go, and what is put right.

use crate::cli::Place;
use crate::data_folder::DataFolder;
use crate::progress::Progress;
use anyhow::{Context, Result, bail};
use firsthand_model::KeepRule;
use firsthand_store::{DatabaseUrl, Store};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// `firsthand keep`.
pub async fn keep(
    url: Option<&str>,
    days: Option<u32>,
    articles: Option<u32>,
    place: &Place,
    output: &mut impl Write,
) -> Result<ExitCode> {
    let folder = DataFolder::open(place)?;
    let general = folder.config()?.keep()?;
    let store = folder.store().await?;
    let feeds = store.feeds().await?;
    let Some(url) = url else {
        writeln!(output, "all feeds: {} (keep.days, keep.articles)", in_words(general))?;
        for feed in &feeds {
            if let Some(rule) = feed.keep {
                writeln!(output, "{}: {}", feed.url, in_words(rule))?;
            }
        }
        return Ok(ExitCode::SUCCESS);
    };
    let Some(feed) = feeds.iter().find(|feed| feed.url == url) else {
        bail!("{url} is not followed: `firsthand feeds` lists the addresses that are");
    };
    let rule = match (days, articles) {
        (None, None) => None,
        (days, articles) => {
            let rule = KeepRule::of_numbers(days.unwrap_or(0), articles.unwrap_or(0));
            Some(rule.map_err(|why| anyhow::anyhow!("--days: {why}"))?)
        }
    };
    store.set_keep(feed.id, rule).await?;
    let whose = if rule.is_some() { "" } else { "as of all feeds: " };
    writeln!(output, "{url}: {whose}{}", in_words(rule.unwrap_or(general)))?;
    Ok(ExitCode::SUCCESS)
}

fn in_words(rule: KeepRule) -> String {
    match (rule.days, rule.articles) {
        (None, None) => "everything, for ever".to_owned(),
        (Some(days), None) => format!("what came in the last {days} days"),
        (None, Some(articles)) => format!("the newest {articles} articles of the feed"),
        (Some(days), Some(articles)) => {
            format!("what came in the last {days} days, the newest {articles} articles of the feed")
        }
    }
}

/// `firsthand compact`.
pub async fn compact(dry_run: bool, place: &Place, output: &mut impl Write) -> Result<ExitCode> {
    let folder = DataFolder::open(place)?;
    let general = folder.config()?.keep()?;
    if dry_run {
        let progress = Progress::spinner("looking");
        let stories = folder.store().await?.releasable(general).await?;
        progress.end();
        writeln!(output, "{stories} stories would go: all of their reports are older than is kept")?;
        return Ok(ExitCode::SUCCESS);
    }
    let _lock = folder.lock()?;
    let before = size(&folder.database);
    let progress = Progress::spinner("letting go");
    let store = folder.store().await?;
    let released = store.release(general).await?;
    drop(store);
    progress.end();
    writeln!(output, "{} articles of {} stories were let go", released.articles, released.stories)?;
    let progress = Progress::spinner("writing the database anew");
    let database = folder.database.clone();
    tokio::task::spawn_blocking(move || Store::compact(&database)).await.context("it ended early")??;
    progress.end();
    if let (Some(before), Some(after)) = (before, size(&folder.database)) {
        writeln!(output, "{} KiB became {} KiB", before >> 10, after >> 10)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The bytes of an SQLite file.
fn size(database: &DatabaseUrl) -> Option<u64> {
    match database {
        DatabaseUrl::Sqlite(path) => std::fs::metadata(path).ok().map(|file| file.len()),
        DatabaseUrl::Postgres(_) => None,
    }
}

/// `firsthand repair`.
pub async fn repair(place: &Place, output: &mut impl Write) -> Result<ExitCode> {
    let folder = DataFolder::open(place)?;
    let _lock = folder.lock()?;
    let store = folder.store().await?;
    if store.is_shared() && store.nodes().await?.iter().any(|node| node.alive) {
        bail!("processes are at work on this database: stop them first (`firsthand nodes` lists them)");
    }
    let progress = Progress::spinner("verifying");
    let found = store.check().await?.problems;
    progress.end();
    if found.is_empty() {
        writeln!(output, "nothing wrong")?;
        return Ok(ExitCode::SUCCESS);
    }
    if let DatabaseUrl::Sqlite(path) = &folder.database {
        let copy = free_name(path);
        // A file that cannot be copied whole is not made worse by leaving it as it is.
        store.backup(&copy).await.context("nothing was changed, as the file cannot be copied before")?;
        tracing::info!("the database as it was is in {}", copy.display());
    }
    let progress = Progress::spinner("repairing");
    let mended = store.repair().await?;
    let left = store.check().await?.problems;
    progress.end();
    for line in &mended {
        writeln!(output, "mended: {line}")?;
    }
    for problem in &left {
        writeln!(output, "PROBLEM {problem}")?;
    }
    if left.is_empty() {
        writeln!(output, "nothing wrong any more")?;
    }
    Ok(if left.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A name beside a file that no file has.
fn free_name(path: &Path) -> PathBuf {
    let name = |ending: String| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let plain = name(".before-repair".to_owned());
    let numbered = (2..).map(|number| name(format!(".before-repair-{number}")));
    std::iter::once(plain).chain(numbered).find(|name| !name.exists()).unwrap_or_default()
}
