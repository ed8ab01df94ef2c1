//! The manual and the shells' completions, made of the command line itself.

use crate::cli::Cli;
use anyhow::{Context, Result};
use clap::CommandFactory;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// `firsthand man`.
pub fn man(to: Option<&Path>, output: &mut impl Write) -> Result<ExitCode> {
    match to {
        None => clap_mangen::Man::new(Cli::command()).render(output).context("the page cannot be written")?,
        Some(folder) => {
            let cannot = || {
                format!("the pages cannot be written to {}: is it a folder that you may write to?", folder.display())
            };
            std::fs::create_dir_all(folder).with_context(cannot)?;
            clap_mangen::generate_to(Cli::command(), folder).with_context(cannot)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `firsthand completions`.
pub fn completions(shell: clap_complete::Shell, output: &mut impl Write) -> Result<ExitCode> {
    let mut written = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "firsthand", &mut written);
    output.write_all(&written).context("the completions cannot be written")?;
    Ok(ExitCode::SUCCESS)
}
