//! Progress on a terminal; silence elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;

/// A bar for work over a second, on standard error, when that is a terminal.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar of so many steps.
    pub fn new(what: &'static str, steps: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(steps as u64), target());
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}") {
            bar.set_style(style);
        }
        bar.set_message(what);
        Self(bar)
    }

    /// A sign of life for work whose length is not known.
    pub fn spinner(what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, target());
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// One step done.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// Several steps done.
    pub fn steps(&self, steps: usize) {
        self.0.inc(steps as u64);
    }

    /// Where work of several kinds is, of how many steps.
    pub fn at(&self, what: &str, steps: u64, of: u64) {
        self.0.set_length(of);
        self.0.set_position(steps);
        if self.0.message() != what {
            self.0.set_message(what.to_owned());
        }
    }

    /// A message for the person at the terminal, above the bar.
    pub fn say(&self, message: &str) {
        self.0.suspend(|| tracing::info!("{message}"));
    }

    /// The work is done; the bar goes.
    pub fn end(&self) {
        self.0.finish_and_clear();
    }
}

fn target() -> ProgressDrawTarget {
    if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr_with_hz(5) } else { ProgressDrawTarget::hidden() }
}
