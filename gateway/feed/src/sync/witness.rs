//! The port through which others hear of runs that ended, and the span that each run is traced as.

use divos_store::Run;
use tracing::Span;

/// Hears of every run that ended, well or not. A run that was cancelled tells nothing.
pub trait Witness: Send + Sync {
    /// Hears of one. Called on the run's own task: it must not block.
    fn ran(&self, run: &Run);
}

/// Nobody listens.
impl Witness for () {
    fn ran(&self, _: &Run) {}
}

/// Begins the span of a run; by OpenTelemetry's names, as far as it has any.
pub(super) fn span(app: &str, source: &str) -> Span {
    tracing::info_span!(
        "divos.source.run",
        "otel.kind" = "client",
        "otel.status_code" = tracing::field::Empty,
        "error.type" = tracing::field::Empty,
        "divos.app" = app,
        "divos.source" = source,
        "divos.items.changed" = tracing::field::Empty,
    )
}

/// Writes on the span how its run ended.
pub(super) fn note(span: &Span, run: &Run) {
    let changed = u64::from(run.new) + u64::from(run.changed);
    span.record("divos.items.changed", changed);
    if let Some(error) = &run.error {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", error.code.as_str());
    }
}
