//! The instruments, by OpenTelemetry's semantic conventions for HTTP, and the request's span.

use super::ids;
use opentelemetry::metrics::{Counter, Histogram, Meter};
use opentelemetry::trace::{
    Span, SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId,
    TraceState, Tracer,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::SdkTracer;
use std::time::{Duration, SystemTime};

/// One finished request.
#[derive(Debug, Clone)]
pub struct RequestSeen<'a> {
    /// The method; unknown ones count as `_OTHER`.
    pub method: &'a str,
    /// `hub`, an app's id, or `unknown` for a host that is no app's: a bounded set.
    pub app: &'a str,
    /// The path without its query.
    pub path: &'a str,
    /// The status that was answered.
    pub status: u16,
    /// When the request began.
    pub began: SystemTime,
    /// How long it took.
    pub took: Duration,
    /// How long the upstream took to its first byte, where one was asked.
    pub upstream: Option<Duration>,
    /// Bytes of the answer's body.
    pub bytes: u64,
    /// The request id.
    pub request_id: &'a str,
    /// The trace that the request belongs to.
    pub trace: Option<(TraceId, SpanId, Option<SpanId>)>,
}

/// One finished run of one source.
#[derive(Debug, Clone)]
pub struct RunSeen<'a> {
    /// The app's id.
    pub app: &'a str,
    /// `ok` or a stable fault code such as `timed_out`.
    pub outcome: &'a str,
    /// How long it took.
    pub took: Duration,
    /// Items that were new or changed.
    pub changed: u64,
    /// Rows that could not become items.
    pub faults: u64,
}

/// The instruments. Cheap to clone.
#[derive(Clone)]
pub struct Instruments {
    requests: Histogram<f64>,
    upstream: Histogram<f64>,
    runs: Histogram<f64>,
    items: Counter<u64>,
    faults: Counter<u64>,
    reloads: Counter<u64>,
    sign_ins: Counter<u64>,
    tracer: Option<SdkTracer>,
}

/// The bucket bounds that the semantic conventions advise, in seconds.
const SECONDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

impl Instruments {
    pub(super) fn new(meter: &Meter, tracer: Option<SdkTracer>) -> Self {
        let seconds = |name: &'static str, about: &'static str| {
            meter
                .f64_histogram(name)
                .with_unit("s")
                .with_description(about)
                .with_boundaries(SECONDS.to_vec())
                .build()
        };
        let count = |name: &'static str, unit: &'static str, about: &'static str| {
            meter
                .u64_counter(name)
                .with_unit(unit)
                .with_description(about)
                .build()
        };
        Self {
            requests: seconds(
                "http.server.request.duration",
                "Duration of HTTP server requests.",
            ),
            upstream: seconds(
                "http.client.request.duration",
                "Time to the first byte of an app's answer.",
            ),
            runs: seconds(
                "divos.source.run.duration",
                "Duration of one run of one source.",
            ),
            items: count(
                "divos.items.admitted",
                "{item}",
                "Items that were new or changed.",
            ),
            faults: count(
                "divos.rows.refused",
                "{row}",
                "Rows that could not become items.",
            ),
            reloads: count(
                "divos.reloads",
                "{reload}",
                "Reloads of the configuration, by outcome.",
            ),
            sign_ins: count(
                "divos.sign_ins",
                "{attempt}",
                "Sign-in attempts, by outcome.",
            ),
            tracer,
        }
    }

    /// Counts a reload.
    pub fn reload(&self, outcome: &'static str) {
        self.reloads.add(1, &[KeyValue::new("outcome", outcome)]);
    }

    /// Counts a sign-in attempt.
    pub fn sign_in(&self, outcome: &'static str) {
        self.sign_ins.add(1, &[KeyValue::new("outcome", outcome)]);
    }

    /// Records a finished run of a source.
    pub fn run(&self, seen: &RunSeen<'_>) {
        let app = KeyValue::new("divos.app", seen.app.to_owned());
        let outcome = KeyValue::new("outcome", seen.outcome.to_owned());
        self.runs
            .record(seen.took.as_secs_f64(), &[app.clone(), outcome]);
        self.items.add(seen.changed, std::slice::from_ref(&app));
        self.faults.add(seen.faults, std::slice::from_ref(&app));
    }

    /// Records a finished request: its metrics and, where traces are exported, its span.
    pub fn request(&self, seen: &RequestSeen<'_>) {
        let attributes = [
            KeyValue::new("http.request.method", known_method(seen.method)),
            KeyValue::new("http.response.status_code", i64::from(seen.status)),
            KeyValue::new("divos.app", seen.app.to_owned()),
        ];
        self.requests.record(seen.took.as_secs_f64(), &attributes);
        if let Some(upstream) = seen.upstream {
            self.upstream.record(upstream.as_secs_f64(), &attributes);
        }
        if let (Some(tracer), Some(trace)) = (&self.tracer, seen.trace) {
            span(tracer, seen, trace);
        }
    }
}

/// Names the method from the closed set of RFC 9110 and RFC 5789, so that labels stay bounded.
fn known_method(method: &str) -> &'static str {
    const KNOWN: [&str; 9] = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT",
    ];
    KNOWN
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("_OTHER")
}

fn span(tracer: &SdkTracer, seen: &RequestSeen<'_>, trace: (TraceId, SpanId, Option<SpanId>)) {
    let (trace_id, span_id, parent) = trace;
    let context = match parent {
        Some(parent) => Context::new().with_remote_span_context(SpanContext::new(
            trace_id,
            parent,
            TraceFlags::SAMPLED,
            true,
            TraceState::default(),
        )),
        None => Context::new(),
    };
    let builder = SpanBuilder::from_name(format!("{} {}", known_method(seen.method), seen.app))
        .with_kind(SpanKind::Server)
        .with_start_time(seen.began)
        .with_attributes([
            KeyValue::new("http.request.method", known_method(seen.method)),
            KeyValue::new("url.path", seen.path.to_owned()),
            KeyValue::new("http.response.status_code", i64::from(seen.status)),
            KeyValue::new(
                "http.response.body.size",
                i64::try_from(seen.bytes).unwrap_or(i64::MAX),
            ),
            KeyValue::new("divos.app", seen.app.to_owned()),
            KeyValue::new("divos.request_id", seen.request_id.to_owned()),
        ]);
    let mut span = ids::with(trace_id, span_id, || {
        tracer.build_with_context(builder, &context)
    });
    if seen.status >= 500 {
        span.set_status(Status::error(format!("status {}", seen.status)));
    }
    span.end_with_timestamp(seen.began + seen.took);
}
