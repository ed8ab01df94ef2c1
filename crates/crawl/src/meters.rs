//! What this process has done since its start, for those who run it.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How often a stage was gone through, and how long that took.
#[derive(Debug, Default)]
pub(crate) struct Stage {
    times: AtomicU64,
    micros: AtomicU64,
}

impl Stage {
    pub(crate) fn took(&self, time: Duration) {
        self.times.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

/// Counters of one process.
#[derive(Debug, Default)]
pub(crate) struct Meters {
    /// A feed fetched, read and stored.
    pub(crate) poll: Stage,
    /// A page fetched, extracted, traced and stored.
    pub(crate) page: Stage,
    /// Articles put into stories, a batch.
    pub(crate) group: Stage,
    /// Stories' reports related, a batch.
    pub(crate) relate: Stage,
    /// The other processes told that this one lives.
    pub(crate) beat: Stage,
    /// Parts of the work held.
    pub(crate) parts: AtomicU64,
    /// Parts that came to this process.
    pub(crate) parts_taken: AtomicU64,
    /// Parts that another process took over while this one had work in them.
    pub(crate) parts_lost: AtomicU64,
}

impl Meters {
    /// In Prometheus' text format.
    pub(crate) fn written(&self) -> String {
        let stages = [
            ("poll", &self.poll),
            ("page", &self.page),
            ("group", &self.group),
            ("relate", &self.relate),
            ("beat", &self.beat),
        ];
        let mut out = String::from(
            "# HELP firsthand_stage_seconds How long a stage of the work took in this process.\n# TYPE firsthand_stage_seconds summary\n",
        );
        for (name, stage) in stages {
            let micros = stage.micros.load(Ordering::Relaxed);
            let _ = writeln!(
                out,
                "firsthand_stage_seconds_sum{{stage=\"{name}\"}} {}.{:06}",
                micros / 1_000_000,
                micros % 1_000_000
            );
            let _ = writeln!(
                out,
                "firsthand_stage_seconds_count{{stage=\"{name}\"}} {}",
                stage.times.load(Ordering::Relaxed)
            );
        }
        let numbers = [
            ("parts", "gauge", "Parts of the work that this process holds, where several share it", &self.parts),
            ("parts_taken_total", "counter", "Parts of the work that came to this process", &self.parts_taken),
            (
                "parts_lost_total",
                "counter",
                "Parts that another process took over while this one had work in them",
                &self.parts_lost,
            ),
        ];
        for (name, kind, help, value) in numbers {
            let value = value.load(Ordering::Relaxed);
            let _ = writeln!(
                out,
                "# HELP firsthand_{name} {help}.\n# TYPE firsthand_{name} {kind}\nfirsthand_{name} {value}"
            );
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_summed_in_seconds() {
        let meters = Meters::default();
        meters.poll.took(Duration::from_millis(1500));
        meters.poll.took(Duration::from_micros(20));
        let written = meters.written();
        assert!(written.contains("firsthand_stage_seconds_sum{stage=\"poll\"} 1.500020\n"), "{written}");
        assert!(written.contains("firsthand_stage_seconds_count{stage=\"poll\"} 2\n"), "{written}");
    }
}
