//! The commands that work on the store.

use crate::cli::{ExportFormat, Place, UserCommand};
use crate::data_folder::DataFolder;
use crate::progress::Progress;
use crate::random::SystemRandom;
use anyhow::{Context, Result, bail};
use firsthand_crawl::{CrawlConfig, Crawler, RunMode, Summary};
use firsthand_model::{ArticleId, Clock, FeedStatus, FeedView, NewFeed, Random, SystemClock, Timestamp, UserRole};
use firsthand_store::{DatabaseUrl, Store};
use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

/// The largest subscription list that is read.
const OPML_MAX_BYTES: u64 = 8 << 20;

/// What fetches and analyses, as the folder's settings have it.
pub fn crawler(folder: &DataFolder, store: Store, allow_private_network: bool) -> Result<Crawler> {
    let mut config = folder.config()?;
    if allow_private_network {
        config.flag("http.allow_private_network", true, "--allow-private-network");
    }
    let crawl = CrawlConfig { embedder: config.embedder()?, ..config.crawl()? };
    let clock: Arc<dyn Clock> = folder.clock.clone();
    Ok(Crawler::new(store, clock, Arc::new(SystemRandom), crawl)?)
}

/// `firsthand add`.
pub async fn add(
    urls: &[String],
    folder_name: Option<&str>,
    page: bool,
    allow_private_network: bool,
    place: &Place,
) -> Result<ExitCode> {
    let folder = DataFolder::open(place)?;
    let crawler = crawler(&folder, folder.store().await?, allow_private_network)?;
    let progress = Progress::new("following", urls.len());
    let mut failed = 0;
    for url in urls {
        let followed =
            if page { crawler.follow_page(url, folder_name).await } else { crawler.follow(url, folder_name).await };
        match followed {
            Ok(followed) => {
                let title = followed.title.as_deref().unwrap_or("without a title");
                let state = if followed.created {
                    format!("followed ({}), {} entries", followed.way.in_words(), followed.entries)
                } else {
                    "followed already".to_owned()
                };
                progress.say(&format!("{}  {title}: {state}", followed.url));
            }
            Err(error) => {
                failed += 1;
                tracing::error!("{error}");
            }
        }
        progress.step();
    }
    progress.end();
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `firsthand remove`.
pub async fn remove(url: &str, place: &Place) -> Result<ExitCode> {
    let store = DataFolder::open(place)?.store().await?;
    if !store.remove_feed(url).await? {
        bail!("{url} is not followed: `firsthand feeds` lists the addresses that are");
    }
    Ok(ExitCode::SUCCESS)
}

/// `firsthand feeds`.
pub async fn feeds(json: bool, place: &Place, output: &mut impl Write) -> Result<ExitCode> {
    let feeds = DataFolder::open(place)?.store().await?.feeds().await?;
    if json {
        serde_json::to_writer_pretty(&mut *output, &feeds)?;
        writeln!(output)?;
        return Ok(ExitCode::SUCCESS);
    }
    if feeds.is_empty() {
        tracing::info!("no feed is followed yet: `firsthand add URL` follows one");
    }
    let now = SystemClock.now();
    for feed in &feeds {
        writeln!(output, "{}\n    {}\n    {}", feed.title, feed.url, health(feed, now))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `firsthand nodes`.
pub async fn nodes(json: bool, place: &Place, output: &mut impl Write) -> Result<ExitCode> {
    let store = DataFolder::open(place)?.store().await?;
    if !store.is_shared() {
        bail!("processes share the work on a PostgreSQL only: give its address with --database postgres://…");
    }
    let nodes = store.nodes().await?;
    if json {
        serde_json::to_writer_pretty(&mut *output, &nodes)?;
        writeln!(output)?;
        return Ok(ExitCode::SUCCESS);
    }
    if nodes.is_empty() {
        tracing::info!("no process is at work on this database");
    }
    let now = store.database_now().await?;
    for node in nodes {
        let state = if node.alive { "alive" } else { "silent" };
        let stories = if node.stories { ", groups stories" } else { "" };
        writeln!(
            output,
            "{}  {} · {} · {state}, heard of {} ago · since {} · {} of {} shards{stories}",
            node.name,
            node.role,
            node.version,
            span(now.seconds_since(node.beat_at)),
            node.started_at,
            node.shards,
            firsthand_model::Part::SHARDS,
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A feed's health in one plain line.
fn health(feed: &FeedView, now: Timestamp) -> String {
    let ago = |at: Timestamp| format!("{} ago", span(now.seconds_since(at)));
    let last = feed.last_fetch_at.map_or_else(|| "never asked yet".to_owned(), |at| format!("asked {}", ago(at)));
    let status = feed.last_status.map(|status| format!(" (status {status})")).unwrap_or_default();
    let next = match (feed.status, feed.next_fetch_at) {
        (FeedStatus::Gone, _) | (_, None) => "not asked again".to_owned(),
        (_, Some(at)) if at <= now => "due".to_owned(),
        (_, Some(at)) => format!("next in {}", span(at.seconds_since(now))),
    };
    let error = feed
        .last_error
        .as_deref()
        .map(|error| format!(" · {error} ({} failures in a row)", feed.failures))
        .unwrap_or_default();
    let kind = if feed.format.as_deref() == Some("page") { "watched page · " } else { "" };
    let push = feed.push.as_ref().map(|push| {
        let when = |at: Timestamp| if at > now { format!("in {}", span(at.seconds_since(now))) } else { ago(at) };
        format!(" · {}", push.in_words(now, when))
    });
    format!("{kind}{} articles · {last}{status} · {next}{error}{}", feed.articles, push.unwrap_or_default())
}

fn span(seconds: i64) -> String {
    match seconds.max(0) {
        seconds @ 0..=119 => format!("{seconds} s"),
        seconds @ 120..=7199 => format!("{} min", seconds / 60),
        seconds @ 7200..=172_799 => format!("{} h", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// `firsthand fetch --once`.
pub async fn fetch(
    all: bool,
    json: bool,
    allow_private_network: bool,
    place: &Place,
    output: &mut impl Write,
) -> Result<ExitCode> {
    let folder = DataFolder::open(place)?;
    let _lock = folder.lock()?;
    let crawler = crawler(&folder, folder.store().await?, allow_private_network)?;
    let progress = Progress::spinner("fetching");
    let summary = crawler.run(RunMode::Once { all }).await?;
    progress.end();
    if json {
        serde_json::to_writer(&mut *output, &summary)?;
        writeln!(output)?;
    } else {
        writeln!(output, "{}", in_words(&summary))?;
        for failure in &summary.errors {
            writeln!(output, "  {}: {}", failure.url, failure.error)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn in_words(summary: &Summary) -> String {
    format!(
        "{} feeds polled, {} unchanged, {} failed; {} new entries, {} articles, {} revised, {} pages failed; {} put into stories",
        summary.feeds,
        summary.unchanged,
        summary.failed,
        summary.entries,
        summary.articles,
        summary.revised,
        summary.pages_failed,
        summary.grouped
    )
}

/// `firsthand import`.
pub async fn import(file: &Path, place: &Place) -> Result<ExitCode> {
    let mut bytes = Vec::new();
    let limited = |input: &mut dyn Read, bytes: &mut Vec<u8>| input.take(OPML_MAX_BYTES + 1).read_to_end(bytes);
    let read = if file == Path::new("-") {
        limited(&mut std::io::stdin().lock(), &mut bytes)
    } else {
        std::fs::File::open(file).and_then(|mut file| limited(&mut file, &mut bytes))
    };
    read.with_context(|| format!("cannot read {}", file.display()))?;
    if bytes.len() as u64 > OPML_MAX_BYTES {
        bail!("{} has more than {OPML_MAX_BYTES} bytes: split it into several files", file.display());
    }
    let feeds = firsthand_feed::opml::parse(&bytes).with_context(|| format!("cannot import {}", file.display()))?;
    let folder = DataFolder::open(place)?;
    let crawler = crawler(&folder, folder.store().await?, false)?;
    let progress = Progress::new("importing", feeds.len());
    let mut created = 0;
    for feeds in feeds.chunks(100) {
        created += crawler.import(feeds).await?;
        progress.steps(feeds.len());
    }
    progress.end();
    tracing::info!(
        "{} feeds in the file, {created} of them new; `firsthand fetch --once` or `firsthand serve` polls them",
        feeds.len()
    );
    Ok(ExitCode::SUCCESS)
}

/// `firsthand export`.
pub async fn export(format: ExportFormat, place: &Place, output: &mut impl Write) -> Result<ExitCode> {
    let store = DataFolder::open(place)?.store().await?;
    match format {
        ExportFormat::Opml => {
            let feeds: Vec<NewFeed> = store.feeds().await?.into_iter().map(NewFeed::from).collect();
            writeln!(output, "{}", firsthand_feed::opml::write("firsthand subscriptions", &feeds).trim_end())?;
        }
        ExportFormat::Jsonl => {
            let mut after: Option<ArticleId> = None;
            loop {
                let articles = store.export_articles(after, 200).await?;
                let Some(last) = articles.last() else { break };
                after = Some(last.id);
                for article in &articles {
                    serde_json::to_writer(&mut *output, article)?;
                    writeln!(output)?;
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `firsthand user`.
pub async fn user(command: &UserCommand, output: &mut impl Write) -> Result<ExitCode> {
    match command {
        UserCommand::Add { name, role, password_stdin, place } => {
            check_name(name)?;
            let store = DataFolder::open(place)?.store().await?;
            let hash = password_hash(*password_stdin)?;
            let user = store.add_user(name, &hash, *role).await?;
            tracing::info!("{} is an account now ({})", user.name, role_name(user.role));
        }
        UserCommand::Password { name, password_stdin, place } => {
            let store = DataFolder::open(place)?.store().await?;
            store.set_password(name, &password_hash(*password_stdin)?).await?;
            tracing::info!("the password of {name} is changed; its sessions have ended");
        }
        UserCommand::List { place } => {
            for user in DataFolder::open(place)?.store().await?.users().await? {
                writeln!(output, "{}\t{}\t{}", user.name, role_name(user.role), user.created_at)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn role_name(role: UserRole) -> &'static str {
    match role {
        UserRole::Reader => "reader",
        UserRole::Editor => "editor",
        UserRole::Administrator => "administrator",
    }
}

fn check_name(name: &str) -> Result<()> {
    let plain = !name.is_empty()
        && name.chars().count() <= 64
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@'));
    if !plain {
        bail!("{name:?} cannot be an account's name: use up to 64 letters, digits and - _ . @");
    }
    Ok(())
}

fn password_hash(from_stdin: bool) -> Result<String> {
    let password = if from_stdin {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).context("cannot read the password")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        if !std::io::stdin().is_terminal() {
            bail!("there is no terminal to ask for the password: use --password-stdin");
        }
        let password = rpassword::prompt_password("Password: ")?;
        if password != rpassword::prompt_password("Again: ")? {
            bail!("the two passwords differ: nothing was changed");
        }
        password
    };
    if password.chars().count() < 8 {
        bail!("the password has fewer than 8 characters: choose a longer one");
    }
    firsthand_web::hash_password(&password, &SystemRandom).context("cannot hash the password")
}

/// `firsthand token`.
pub async fn token(name: &str, label: &str, place: &Place, output: &mut impl Write) -> Result<ExitCode> {
    let store = DataFolder::open(place)?.store().await?;
    let Some((user, _)) = store.user_by_name(name).await? else {
        bail!("there is no account {name}: `firsthand user list` lists all")
    };
    let mut bytes = [0; 24];
    SystemRandom.fill(&mut bytes);
    // Letters and digits only: some programs split a header at other signs.
    let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    store.add_token(user.id, label, &firsthand_web::token_hash(&token)).await?;
    writeln!(output, "{token}")?;
    Ok(ExitCode::SUCCESS)
}

/// `firsthand backup`.
pub async fn backup(file: &Path, place: &Place) -> Result<ExitCode> {
    let progress = Progress::spinner("copying");
    DataFolder::open(place)?.store().await?.backup(file).await?;
    progress.end();
    tracing::info!("{} holds a copy of the database", file.display());
    Ok(ExitCode::SUCCESS)
}

/// `firsthand restore`.
pub fn restore(file: &Path, place: &Place) -> Result<ExitCode> {
    let folder = DataFolder::open(place)?;
    let DatabaseUrl::Sqlite(target) = &folder.database else {
        bail!("restore puts back copies of SQLite databases; for PostgreSQL use pg_restore");
    };
    let _lock = folder.lock()?;
    Store::restore(file, target)?;
    tracing::info!("{} is back in its place", target.display());
    Ok(ExitCode::SUCCESS)
}

/// `firsthand migrate`.
pub async fn migrate(from: &str, to: &str, keep: bool, json: bool, output: &mut impl Write) -> Result<ExitCode> {
    let DatabaseUrl::Sqlite(file) = from.parse()? else {
        bail!("a store is taken from a file: give --from sqlite:PATH");
    };
    let to: DatabaseUrl = to.parse()?;
    // A server that fetches into the file has to stop first; one that only serves pages may go on.
    let _lock = crate::data_folder::lock_file(&file.with_extension("lock"))?;
    let progress = Progress::new("looking", 0);
    let begun_at = Instant::now();
    let report = firsthand_store::transfer(&file, &to, keep, Arc::new(SystemClock), |step| {
        progress.at(&step.doing, step.rows, step.of);
    })
    .await?;
    progress.end();
    if json {
        serde_json::to_writer_pretty(&mut *output, &report)?;
        writeln!(output)?;
    } else {
        for table in report.tables.iter().filter(|table| table.rows > 0) {
            writeln!(output, "{:<18} {:>10} rows  {}", table.name, table.rows, table.checksum)?;
        }
        writeln!(
            output,
            "{} rows are the same on both sides ({} of them from an earlier attempt); {} MB became {} MB in {} s",
            report.rows,
            report.resumed,
            report.bytes_from >> 20,
            report.bytes_to >> 20,
            begun_at.elapsed().as_secs()
        )?;
    }
    if !keep {
        tracing::info!("{} is not written to any more: start with --database {to}", file.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// `firsthand check`.
pub async fn check(sweep_bodies: bool, json: bool, place: &Place, output: &mut impl Write) -> Result<ExitCode> {
    let progress = Progress::spinner("verifying");
    let folder = DataFolder::open(place)?;
    let store = folder.store().await?;
    let report = store.check().await?;
    let swept = match sweep_bodies {
        true => Some(store.sweep_bodies(folder.clock.now()).await?),
        false => None,
    };
    progress.end();
    if let Some(swept) = swept {
        tracing::info!("{swept} bodies that nothing refers to were taken away from the object store");
    }
    if json {
        serde_json::to_writer_pretty(&mut *output, &report)?;
        writeln!(output)?;
    } else {
        let counts = &report.counts;
        writeln!(
            output,
            "{} outlets, {} feeds ({} failing), {} entries ({} to be fetched), {} articles ({} without a story), {} stories, {} revisions, {} votes, {} users",
            counts.outlets,
            counts.feeds,
            counts.failing_feeds,
            counts.entries,
            counts.pending_entries,
            counts.articles,
            counts.ungrouped_articles,
            counts.stories,
            counts.revisions,
            counts.votes,
            counts.users
        )?;
        for problem in &report.problems {
            writeln!(output, "PROBLEM {problem}")?;
        }
        if report.problems.is_empty() {
            writeln!(output, "nothing wrong")?;
        }
    }
    Ok(if report.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `firsthand config`.
pub fn config(explain: bool, place: &Place, output: &mut impl Write) -> Result<ExitCode> {
    write!(output, "{}", DataFolder::open(place)?.config()?.show(explain))?;
    Ok(ExitCode::SUCCESS)
}
