//! What others hear of a run: the witness, and the span.

use super::*;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Mutex;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The spans of a run, with their fields; nothing else is listened to.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<Fields>>>);

#[derive(Clone, Default)]
struct Fields {
    said: BTreeMap<&'static str, String>,
    ended: bool,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.said.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.said.insert(field.name(), format!("{value:?}"));
    }
}

impl Spans {
    fn with(&self, id: &Id, change: impl FnOnce(&mut Fields)) {
        let place = usize::try_from(id.into_u64()).expect("small") - 1;
        change(&mut self.0.lock().expect("no panic")[place]);
    }

    fn seen(&self) -> Vec<Fields> {
        self.0.lock().expect("no panic").clone()
    }
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.name() == "divos.source.run"
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let mut all = self.0.lock().expect("no panic");
        all.push(fields);
        Id::from_u64(all.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        self.with(id, |fields| values.record(fields));
    }

    fn try_close(&self, id: Id) -> bool {
        self.with(&id, |fields| fields.ended = true);
        true
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn every_run_that_ended_is_heard_of() {
    let city = sweeping();
    city.run(Pass::full(tasks(0..3))).await;
    let faults = vec![row_fault(4, Some("4".into()))];
    let page = page(tasks(0..4), faults);
    city.run(Pass::of(vec![page])).await;
    city.run(Pass::of(vec![]).fails(error(Fetching::Truncated)))
        .await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    city.run_until(Pass::full(vec![]), cancel).await;
    let heard = city.heard.0.lock().expect("no panic").clone();
    let said: Vec<_> = heard
        .iter()
        .map(|run| (run.new, run.faults, run.error.as_ref().map(|e| &*e.code)))
        .collect();
    let code = Fetching::Truncated.code();
    assert_eq!(said, [(3, 0, None), (1, 1, None), (0, 0, Some(code))]);
    let kept = city.store.runs.runs(&key().app, "inbox", 9).await;
    let kept: Vec<_> = kept.expect("runs").into_iter().rev().collect();
    assert_eq!(heard, kept, "what the store keeps, and nothing else");
}

#[tokio::test]
async fn a_run_is_one_span_that_says_of_what_and_how_it_ended() {
    let city = sweeping();
    let spans = Spans::default();
    let _ours = tracing::subscriber::set_default(spans.clone());
    city.run(Pass::full(tasks(0..3))).await;
    city.run(Pass::of(vec![]).fails(error(Fetching::Truncated)))
        .await;
    let seen = spans.seen();
    assert_eq!(seen.len(), 2);
    for span in &seen {
        assert!(span.ended);
        let said = |name| span.said.get(name).map(String::as_str);
        assert_eq!(said("otel.kind"), Some("client"));
        assert_eq!(said("divos.app"), Some("surat"));
        assert_eq!(said("divos.source"), Some("inbox"));
    }
    let said = |n: usize, name| seen[n].said.get(name).map(String::as_str);
    assert_eq!(said(0, "divos.items.changed"), Some("3"));
    assert_eq!(said(0, "error.type"), None);
    assert_eq!(said(1, "error.type"), Some(Fetching::Truncated.code()));
    assert_eq!(said(1, "otel.status_code"), Some("ERROR"));
}
