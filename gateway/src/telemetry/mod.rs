//! What the hub tells about itself: logs, metrics, traces, with OpenTelemetry's semantic names.
//!
//! Owns the providers and the instruments. It must never know a connector, a page or a person.
//! Start with [`Telemetry::start`].

mod ids;
mod instruments;
mod logs;
mod otlp;

pub use instruments::{Instruments, RequestSeen, RunSeen};
pub use logs::{LogFormat, LogSettings};
pub use otlp::OtlpSettings;

use opentelemetry::metrics::MeterProvider as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::{Encoder, TextEncoder};

/// What cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The Prometheus exporter refused its registry.
    #[error("the metrics cannot be exposed")]
    Metrics(#[source] opentelemetry_sdk::error::OTelSdkError),
    /// An OTLP exporter could not be built.
    #[error("the OTLP exporter for {signal} cannot be started")]
    Otlp {
        /// `traces`, `metrics` or `logs`.
        signal: &'static str,
        /// Why.
        #[source]
        source: opentelemetry_otlp::ExporterBuildError,
    },
    /// The log filter is not one.
    #[error("`{0}` is not a log level or filter; for example `info` or `info,divos_feed=debug`")]
    Filter(String),
}

/// The running telemetry. Dropping it stops nothing; [`Telemetry::stop`] flushes.
pub struct Telemetry {
    registry: prometheus::Registry,
    meters: SdkMeterProvider,
    exporters: otlp::Exporters,
    /// The instruments that the hub records into.
    pub instruments: Instruments,
}

impl Telemetry {
    /// Starts logs, metrics and, where an endpoint is given, OTLP export.
    ///
    /// # Errors
    /// Where the filter or the endpoint cannot be used.
    pub fn start(logs: &LogSettings, otlp: Option<&OtlpSettings>) -> Result<Self, TelemetryError> {
        let resource = Resource::builder()
            .with_service_name("divos-hub")
            .with_attribute(opentelemetry::KeyValue::new(
                "service.version",
                env!("CARGO_PKG_VERSION"),
            ))
            .build();
        let registry = prometheus::Registry::new();
        let exposer = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            .build()
            .map_err(TelemetryError::Metrics)?;
        let mut meters = SdkMeterProvider::builder()
            .with_resource(resource.clone())
            .with_reader(exposer);
        let mut exporters = otlp::Exporters::default();
        if let Some(settings) = otlp {
            let (reader, started) = otlp::start(settings, &resource)?;
            meters = meters.with_reader(reader);
            exporters = started;
        }
        let meters = meters.build();
        logs::install(logs, &exporters)?;
        let instruments = Instruments::new(&meters.meter("divos-hub"), exporters.tracer());
        Ok(Self {
            registry,
            meters,
            exporters,
            instruments,
        })
    }

    /// Returns all metrics in the Prometheus text format 0.0.4.
    #[must_use]
    pub fn exposition(&self) -> String {
        let mut out = Vec::with_capacity(16 * 1024);
        match TextEncoder::new().encode(&self.registry.gather(), &mut out) {
            Ok(()) => String::from_utf8(out).unwrap_or_default(),
            Err(error) => {
                tracing::error!(%error, "metrics could not be written");
                String::new()
            }
        }
    }

    /// Returns the provider, for gauges that read other parts when they are asked.
    #[must_use]
    pub fn meter(&self) -> opentelemetry::metrics::Meter {
        self.meters.meter("divos-hub")
    }

    /// Sends what is still held, at most a few seconds. Blocking.
    pub fn stop(&self) {
        self.exporters.stop();
        let _ = self.meters.shutdown();
    }
}
