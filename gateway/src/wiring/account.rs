//! *Account*: metrics, the request's span and one access line.

use crate::phases::{Account, Record};
use crate::telemetry::{Instruments, RequestSeen};
use crate::usage::Usage;
use opentelemetry::trace::{SpanId, TraceId};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The route of the hub's own pages.
const HUB: &str = "hub";

/// Takes note of every finished request.
pub struct Accounting {
    /// Where it is counted.
    pub instruments: Instruments,
    /// Whether each request gets a line in the log.
    pub access_log: bool,
    /// Where it is counted how much the apps are used.
    pub usage: Arc<Usage>,
}

impl Account for Accounting {
    fn account(&self, record: &Record) {
        let app = record.app.as_deref().unwrap_or("unknown");
        self.instruments.request(&RequestSeen {
            method: record.method.as_str(),
            app,
            path: &record.path,
            status: record.status,
            began: SystemTime::now() - record.duration,
            took: record.duration,
            upstream: (record.upstream > Duration::ZERO).then_some(record.upstream),
            bytes: record.bytes_out,
            request_id: &record.request_id,
            trace: ids(record),
        });
        if let Some(who) = opened_by(record) {
            self.usage.opened(app, who);
        }
        if self.access_log {
            line(record, app);
        }
    }
}

/// Returns who opened a page of an app; `None` for programs, for what was refused, and for the hub's own pages.
fn opened_by(record: &Record) -> Option<&str> {
    let app = record.app.as_deref()?;
    let who = record.who.as_deref()?;
    let is_page = record.navigation && (200..300).contains(&record.status);
    (is_page && app != HUB && !who.starts_with("token:")).then_some(who)
}

fn line(record: &Record, app: &str) {
    tracing::info!(
        target: "divos::access",
        method = %record.method,
        app,
        path = %record.path,
        status = record.status,
        bytes_in = record.bytes_in,
        bytes_out = record.bytes_out,
        ms = record.duration.as_secs_f64() * 1e3,
        upstream_ms = record.upstream.as_secs_f64() * 1e3,
        who = record.who.as_deref().unwrap_or("-"),
        request_id = %record.request_id,
        trace_id = %record.trace.trace_hex(),
        failure = record.failure.as_ref().map_or("-", |failure| failure.code()),
        "request"
    );
}

/// Returns the ids of the request's span, where the trace is recorded.
fn ids(record: &Record) -> Option<(TraceId, SpanId, Option<SpanId>)> {
    let trace = &record.trace;
    trace.sampled.then(|| {
        let span = SpanId::from_bytes(trace.span_id);
        (
            TraceId::from_bytes(trace.trace_id),
            span,
            trace.parent.map(SpanId::from_bytes),
        )
    })
}
