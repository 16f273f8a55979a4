//! Export over OTLP (HTTP, protobuf) to a collector that the operator named.

use super::TelemetryError;
use super::ids::EdgeIds;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{
    LogExporter, MetricExporter, SpanExporter, WithExportConfig, WithHttpConfig,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::PeriodicReader;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};
use std::collections::HashMap;
use std::time::Duration;

/// Where telemetry goes.
#[derive(Debug, Clone)]
pub struct OtlpSettings {
    /// The collector's base address, for example `http://127.0.0.1:4318`.
    pub endpoint: String,
    /// Headers to send, for example an authorization; secrets.
    pub headers: HashMap<String, String>,
    /// Which share of requests is traced, 0 to 1; a caller's decision is kept.
    pub sample: f64,
    /// How often metrics are sent.
    pub every: Duration,
}

/// The running exporters; empty where OTLP is off.
#[derive(Default)]
pub(super) struct Exporters {
    traces: Option<SdkTracerProvider>,
    logs: Option<SdkLoggerProvider>,
}

impl Exporters {
    pub(super) fn tracer(&self) -> Option<SdkTracer> {
        self.traces
            .as_ref()
            .map(|provider| provider.tracer("divos-hub"))
    }

    pub(super) fn logs(&self) -> Option<&SdkLoggerProvider> {
        self.logs.as_ref()
    }

    pub(super) fn stop(&self) {
        if let Some(traces) = &self.traces {
            let _ = traces.shutdown();
        }
        if let Some(logs) = &self.logs {
            let _ = logs.shutdown();
        }
    }
}

type MetricReader = PeriodicReader<MetricExporter>;

pub(super) fn start(
    settings: &OtlpSettings,
    resource: &Resource,
) -> Result<(MetricReader, Exporters), TelemetryError> {
    let at = |path: &str| format!("{}{path}", settings.endpoint.trim_end_matches('/'));
    let failed = |signal| move |source| TelemetryError::Otlp { signal, source };
    let spans = SpanExporter::builder()
        .with_http()
        .with_endpoint(at("/v1/traces"))
        .with_headers(settings.headers.clone())
        .build()
        .map_err(failed("traces"))?;
    let logs = LogExporter::builder()
        .with_http()
        .with_endpoint(at("/v1/logs"))
        .with_headers(settings.headers.clone())
        .build()
        .map_err(failed("logs"))?;
    let metrics = MetricExporter::builder()
        .with_http()
        .with_endpoint(at("/v1/metrics"))
        .with_headers(settings.headers.clone())
        .build()
        .map_err(failed("metrics"))?;
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.sample)));
    let exporters = Exporters {
        traces: Some(
            SdkTracerProvider::builder()
                .with_resource(resource.clone())
                .with_sampler(sampler)
                .with_id_generator(EdgeIds::default())
                .with_batch_exporter(spans)
                .build(),
        ),
        logs: Some(
            SdkLoggerProvider::builder()
                .with_resource(resource.clone())
                .with_batch_exporter(logs)
                .build(),
        ),
    };
    let reader = PeriodicReader::builder(metrics)
        .with_interval(settings.every)
        .build();
    Ok((reader, exporters))
}
