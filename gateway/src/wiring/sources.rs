//! How every source fares, as metrics that are read when they are asked for.

use divos_feed::{Operations, SourceStatus};
use divos_model::Clock;
use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;
use std::sync::Arc;

/// What a gauge tells of a source.
type Read = Box<dyn Fn(&SourceStatus) -> Option<f64> + Send + Sync>;

/// Registers the gauges of the sources: a bounded set, by app and source.
pub fn measure_sources(meter: &Meter, operations: &Operations, clock: Arc<dyn Clock>) {
    let age = move |source: &SourceStatus| {
        let age = clock.now() - source.last_ok?;
        Some(age.num_milliseconds().max(0) as f64 / 1e3)
    };
    let gauges: [(&'static str, &'static str, &'static str, Read); 6] = [
        (
            "divos.source.age",
            "s",
            "Time since the source was last read.",
            Box::new(age),
        ),
        (
            "divos.source.run.took",
            "s",
            "Duration of the last run.",
            Box::new(|source| Some(source.took_ms? as f64 / 1e3)),
        ),
        (
            "divos.source.items",
            "{item}",
            "Items that the hub holds of the source.",
            Box::new(|source| Some(source.items as f64)),
        ),
        (
            "divos.source.failures",
            "{run}",
            "Failed runs in a row.",
            Box::new(|source| Some(source.failures.into())),
        ),
        (
            "divos.source.row_faults",
            "{row}",
            "Rows of the last run that could not become items.",
            Box::new(|source| Some(source.row_faults.into())),
        ),
        (
            "divos.source.stale",
            "1",
            "Whether the data is older than the app promises.",
            Box::new(|source| Some(f64::from(u8::from(source.stale)))),
        ),
    ];
    for (name, unit, about, read) in gauges {
        let operations = operations.clone();
        let gauge = meter
            .f64_observable_gauge(name)
            .with_unit(unit)
            .with_description(about);
        gauge
            .with_callback(move |observer| {
                for source in operations.sources() {
                    if let Some(value) = read(&source) {
                        let app = KeyValue::new("divos.app", source.app.to_string());
                        let name = KeyValue::new("divos.source", source.source.clone());
                        observer.observe(value, &[app, name]);
                    }
                }
            })
            .build();
    }
}
