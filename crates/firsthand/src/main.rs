//! The program: its command line, its configuration, its start and stop.
//!
//! Rules of the stages, SQL and pages stand in their crates; here they are only put together.
//! Data goes to standard output, messages to standard error; 0 is success, 1 a failure of the
//! work, 2 wrong use.

mod cli;
mod commands;
mod config;
mod data_folder;
mod demo;
mod keep;
mod lines;
mod manual;
mod progress;
mod random;
mod serve;
mod why;

use anyhow::Result;
use clap::Parser;
use cli::{Cli, Command};
use std::future::Future;
use std::io::{BufWriter, Write};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    set_up_messages(matches!(cli.command, Command::Serve { .. }));
    match run(cli.command) {
        Ok(code) => code,
        // The reader of a pipe has gone (`firsthand … | head`): nothing is wrong.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{}", in_one_line(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    let mut output = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let code = match command {
        Command::Serve { listen, role, poll_interval, allow_private_network, place } => {
            wait_for(serve::serve(listen, role, poll_interval, allow_private_network, &place))
        }
        Command::Demo { listen } => wait_for(demo::demo(listen, &mut output)),
        Command::Add { urls, folder, page, allow_private_network, place } => {
            wait_for(commands::add(&urls, folder.as_deref(), page, allow_private_network, &place))
        }
        Command::Remove { url, place } => wait_for(commands::remove(&url, &place)),
        Command::Feeds { json, place } => wait_for(commands::feeds(json, &place, &mut output)),
        Command::Nodes { json, place } => wait_for(commands::nodes(json, &place, &mut output)),
        Command::Fetch { once: _, all, json, allow_private_network, place } => {
            wait_for(commands::fetch(all, json, allow_private_network, &place, &mut output))
        }
        Command::Import { file, place } => wait_for(commands::import(&file, &place)),
        Command::Export { format, place } => wait_for(commands::export(format, &place, &mut output)),
        Command::User { command } => wait_for(commands::user(&command, &mut output)),
        Command::Token { name, label, place } => wait_for(commands::token(&name, &label, &place, &mut output)),
        Command::Backup { file, place } => wait_for(commands::backup(&file, &place)),
        Command::Restore { file, place } => commands::restore(&file, &place),
        Command::Migrate { from, to, keep, json } => wait_for(commands::migrate(&from, &to, keep, json, &mut output)),
        Command::Check { sweep_bodies, json, place } => {
            wait_for(commands::check(sweep_bodies, json, &place, &mut output))
        }
        Command::Why { article, json, place } => wait_for(why::why(&article, json, &place, &mut output)),
        Command::Keep { url, days, articles, as_all: _, place } => {
            wait_for(keep::keep(url.as_deref(), days, articles, &place, &mut output))
        }
        Command::Compact { dry_run, place } => wait_for(keep::compact(dry_run, &place, &mut output)),
        Command::Repair { place } => wait_for(keep::repair(&place, &mut output)),
        Command::Man { to } => manual::man(to.as_deref(), &mut output),
        Command::Completions { shell } => manual::completions(shell, &mut output),
        Command::Config { explain, place } => commands::config(explain, &place, &mut output),
        Command::Feed { jsonl, files } => lines::feed(jsonl.as_deref(), &files, &mut output).map(exit_code),
        Command::Extract { explain: true, url, files, .. } => {
            lines::explain(&files, url.as_deref(), &mut output).map(exit_code)
        }
        Command::Extract { jsonl, url, format, files, .. } => {
            lines::extract(jsonl.as_deref(), &files, url.as_deref(), format, &mut output).map(exit_code)
        }
        Command::Cluster { at_the_end, explain } => {
            let embedder = config::Config::of_environment()?.embedder()?;
            lines::cluster(std::io::stdin(), &mut output, at_the_end, explain, embedder.as_deref()).map(exit_code)
        }
        Command::Trace { format, html } => {
            lines::trace(std::io::stdin(), &mut output, format, html.as_deref()).map(exit_code)
        }
        Command::Relate {} => lines::relate(std::io::stdin(), &mut output).map(exit_code),
        Command::Rank { reader, corpus } => {
            lines::rank(std::io::stdin(), reader.as_deref(), corpus.as_deref(), &mut output).map(exit_code)
        }
    }?;
    output.flush()?;
    Ok(code)
}

fn exit_code(tally: lines::Tally) -> ExitCode {
    if tally.failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn wait_for<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(work);
    // A blocked thread of a pool must not hold up the end of the process.
    runtime.shutdown_background();
    result
}

/// Messages to standard error: bare lines for commands, with time and level for the server.
/// `RUST_LOG` chooses which.
fn set_up_messages(serving: bool) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new(if serving { "info" } else { "error,firsthand=info" }));
    let messages = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if serving {
        messages.with_target(false).init();
    } else {
        messages.with_target(false).without_time().with_level(false).init();
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = |error: &std::io::Error| error.kind() == std::io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(io)
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|error| error.io_error_kind() == Some(std::io::ErrorKind::BrokenPipe))
    })
}

/// An error with its causes on one line, each said once.
fn in_one_line(error: &anyhow::Error) -> String {
    let mut line = String::from("error");
    for cause in error.chain() {
        let cause = cause.to_string();
        if !line.contains(&cause) {
            line.push_str(": ");
            line.push_str(&cause);
        }
    }
    line.replace(['\n', '\r'], " ")
}
