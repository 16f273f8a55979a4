//! *Witness*: the metrics of each run of a source.

use crate::telemetry::{Instruments, RunSeen};
use divos_feed::Witness;
use divos_store::Run;

/// Counts every run that ended.
pub struct RunWitness {
    /// Where it is counted.
    pub instruments: Instruments,
}

impl Witness for RunWitness {
    fn ran(&self, run: &Run) {
        self.instruments.run(&RunSeen {
            app: run.app.as_str(),
            outcome: run.error.as_ref().map_or("ok", |error| &error.code),
            // A clock that was set back in between is no reason for a negative duration.
            took: (run.ended_at - run.started_at).to_std().unwrap_or_default(),
            changed: u64::from(run.new) + u64::from(run.changed),
            faults: u64::from(run.faults),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::{LogFormat, LogSettings, Telemetry};
    use chrono::{DateTime, TimeDelta};
    use divos_store::{RunError, RunOutcome};

    fn run(outcome: RunOutcome, code: Option<&str>) -> Run {
        let error = code.map(|code| RunError {
            code: code.to_owned(),
            blame: "upstream".to_owned(),
            sentence_id: "Aplikasi tidak menjawab.".to_owned(),
            sentence_en: "The app does not answer.".to_owned(),
        });
        Run {
            app: "jdih".parse().expect("a slug"),
            source: "posts".to_owned(),
            started_at: DateTime::UNIX_EPOCH,
            ended_at: DateTime::UNIX_EPOCH + TimeDelta::milliseconds(1500),
            outcome,
            pages: 1,
            bytes: 10,
            new: 4,
            changed: 3,
            unchanged: 9,
            gone: 1,
            faults: 2,
            error,
        }
    }

    #[test]
    fn a_run_is_counted_by_app_and_outcome() {
        let logs = LogSettings {
            format: LogFormat::Json,
            filter: "off".to_owned(),
        };
        let telemetry = Telemetry::start(&logs, None).expect("telemetry");
        let witness = RunWitness {
            instruments: telemetry.instruments.clone(),
        };
        witness.ran(&run(RunOutcome::Partial, None));
        witness.ran(&run(RunOutcome::Failed, Some("timed_out")));
        let said = telemetry.exposition();
        let has = |name: &str, labels: &[&str], value: &str| {
            let fits = |line: &&str| {
                line.starts_with(name) && labels.iter().all(|label| line.contains(label))
            };
            let line = said.lines().find(fits);
            let got = line.and_then(|line| line.rsplit(' ').next());
            assert_eq!(got, Some(value), "{name} {labels:?}\n{said}");
        };
        let took = "divos_source_run_duration_seconds_sum";
        has(took, &["\"jdih\"", "outcome=\"ok\""], "1.5");
        has(took, &["\"jdih\"", "outcome=\"timed_out\""], "1.5");
        has("divos_items_admitted_total", &["\"jdih\""], "14");
        has("divos_rows_refused_total", &["\"jdih\""], "4");
    }
}
