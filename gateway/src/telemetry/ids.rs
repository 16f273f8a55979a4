//! Span ids that were told to others before the span was made: an app has seen the request's span as its
//! parent, and an answer its trace, when the span is written down at the end.

use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};
use std::cell::Cell;

thread_local! {
    static TOLD: Cell<Option<(TraceId, SpanId)>> = const { Cell::new(None) };
}

/// Makes random ids, but for a span whose ids were told.
#[derive(Debug, Default)]
pub(super) struct EdgeIds(RandomIdGenerator);

impl IdGenerator for EdgeIds {
    fn new_trace_id(&self) -> TraceId {
        TOLD.get()
            .map_or_else(|| self.0.new_trace_id(), |(trace, _)| trace)
    }

    fn new_span_id(&self) -> SpanId {
        TOLD.get()
            .map_or_else(|| self.0.new_span_id(), |(_, span)| span)
    }
}

/// Makes one span, on this thread, with ids that were told.
pub(super) fn with<T>(trace: TraceId, span: SpanId, make: impl FnOnce() -> T) -> T {
    TOLD.set(Some((trace, span)));
    let made = make();
    TOLD.set(None);
    made
}
