//! The book's reference is what the program says: commands, settings, metrics. `FIRSTHAND_WRITE_BOOK=1` writes it anew.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Server, as_text, run, stdout};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn book() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/book/src")
}

/// Compares a page of the book with what it should say, or writes it.
fn is_current(page: &str, text: &str) {
    let path = book().join(page);
    if std::env::var_os("FIRSTHAND_WRITE_BOOK").is_some() {
        fs::write(&path, text).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == text,
        "docs/book/src/{page} is not what the program says: FIRSTHAND_WRITE_BOOK=1 cargo test -p firsthand --test book writes it anew"
    );
}

/// The names of the commands that a help text lists.
fn commands_of(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    lines.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn every_command_stands_in_the_book() {
    let help = |words: &[&str]| stdout(&run(&[words, &["--help"]].concat(), b""));
    let mut text = String::from("# Commands\n\nAs `firsthand COMMAND --help` says it.\n");
    let commands = commands_of(&help(&[]));
    assert!(commands.len() > 20, "{commands:?}");
    for command in &commands {
        let own = help(&[command]);
        let _ = write!(text, "\n## {command}\n\n```text\n{}\n```\n", own.trim_end());
        for inner in commands_of(&own) {
            let _ = write!(text, "\n### {command} {inner}\n\n```text\n{}\n```\n", help(&[command, &inner]).trim_end());
        }
    }
    is_current("reference/commands.md", &text);
}

#[test]
fn every_setting_stands_in_the_book() {
    let folder = tempfile::tempdir().unwrap();
    let settings = stdout(&run(&["config", "--data", as_text(folder.path())], b""));
    let mut text = String::from(
        "# Settings\n\nThey stand in `firsthand.toml` in the data folder, or in the file that `--config` names, as TOML. The environment is above the file\n(`FIRSTHAND_HTTP_CONTACT` for `http.contact`), and what a command line says above both. `firsthand config --explain` shows each with its value and\nwhere that came from.\n\n| setting | default | does |\n|---|---|---|\n",
    );
    for line in settings.lines() {
        let (value, meaning) = line.split_once(" # ").unwrap();
        let (name, default) = value.trim().split_once(" = ").unwrap();
        let default = if default == "\"\"" { String::new() } else { format!("`{}`", default.trim_matches('"')) };
        let _ = writeln!(text, "| `{name}` | {default} | {} |", meaning.replace('|', "\\|"));
    }
    text.push_str("\nTaken over at the start only: `listen`, and what begins with `node.`, `database.` and `letters.`. Everything else when the server is sent SIGHUP.\n");
    is_current("reference/settings.md", &text);
}

#[test]
fn every_metric_stands_in_the_book() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&["serve", "--data", as_text(folder.path())]);
    let shown = server.get("/metrics").body;
    let shown: BTreeSet<&str> =
        shown.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let page = fs::read_to_string(book().join("reference/metrics.md")).unwrap();
    let mut told: BTreeSet<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    // Only where there is a copy of the database.
    assert!(told.remove("firsthand_replica_lag_seconds"));
    assert_eq!(told, shown);
}

#[test]
fn what_the_book_lists_and_shows_is_there() {
    let summary = fs::read_to_string(book().join("SUMMARY.md")).unwrap();
    let pages: Vec<&str> =
        summary.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter(|page| !page.is_empty()).collect();
    assert!(pages.len() > 15);
    let taken = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../xtask/src/pictures.rs")).unwrap();
    for page in pages {
        let text = fs::read_to_string(book().join(page)).unwrap_or_else(|error| panic!("{page}: {error}"));
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if let Some(picture) = link.strip_prefix("pictures/") {
                let name = picture.rsplitn(3, '-').last().unwrap();
                assert!(taken.contains(&format!("(\"{name}\"")), "{page} shows {picture}, which nothing takes");
            } else if link.ends_with(".md") && !link.contains("://") {
                let beside = book().join(page).with_file_name("").join(link);
                assert!(beside.exists(), "{page} leads to {link}");
            }
        }
    }
}
