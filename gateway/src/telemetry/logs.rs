//! The log: JSON lines for machines, short lines for people, OTLP where configured.

use super::{TelemetryError, otlp::Exporters};
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use std::io::IsTerminal;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// How log lines are written.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people on a terminal, JSON everywhere else.
    #[default]
    Auto,
    /// One JSON object a line.
    Json,
    /// One short line for people.
    Human,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// The format.
    pub format: LogFormat,
    /// A level or a filter, for example `info,divos_feed=debug`.
    pub filter: String,
}

pub(super) fn install(settings: &LogSettings, exporters: &Exporters) -> Result<(), TelemetryError> {
    let lines_filter = filter(&settings.filter)?;
    let human = match settings.format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Human => true,
        LogFormat::Json => false,
    };
    let lines = if human {
        fmt::layer()
            .with_writer(std::io::stderr)
            .with_target(false)
            .boxed()
    } else {
        fmt::layer()
            .json()
            .flatten_event(true)
            .with_writer(std::io::stderr)
            .boxed()
    };
    let bridge = exporters.logs().map(OpenTelemetryTracingBridge::new);
    let bridge = bridge
        .map(|bridge| Ok(bridge.with_filter(filter(&settings.filter)?)))
        .transpose()?;
    let spans = exporters.tracer().map(|tracer| {
        // How much is traced is `otlp.sample`'s to say, not the log's level.
        let own = Targets::new().with_target("divos", LevelFilter::INFO);
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_filter(own)
    });
    // A second installation (in tests, or a second hub in one process) keeps the first.
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(lines_filter))
        .with(bridge)
        .with(spans)
        .try_init();
    Ok(())
}

/// Reads a level or a filter.
fn filter(text: &str) -> Result<EnvFilter, TelemetryError> {
    let filter = EnvFilter::try_new(text).map_err(|_| TelemetryError::Filter(text.to_owned()))?;
    // The proxy's own log repeats what `account` says, with addresses that must not be shown.
    Ok(filter
        .add_directive("pingora_proxy=off".parse().expect("a directive"))
        .add_directive("pingora_core=error".parse().expect("a directive")))
}
