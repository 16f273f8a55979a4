//! What operators write: definitions, templates, expressions, schedules, and the times that apps write.

use chrono::DateTime;
use chrono_tz::Tz;
use divos_adapters::Tryout;
use divos_manifest::{
    Connector, Expr, Format, LoadOptions, Severity, load_str, load_texts, parse_duration,
    parse_size, read_document, render, tidy,
};
use divos_model::Lang;
use serde_json::{Value as Json, json};
use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;

/// A connector with one source, read as `way` says.
pub(crate) fn connector(way: &str, more: &str) -> Arc<Connector> {
    let yaml = format!(
        "apiVersion: divos/v1\nkind: Connector\nmetadata: {{ name: app, title: App, owner: \"030801\", capability: portal }}\n\
         app: {{ upstreams: \"http://app.example\" }}\nsources:\n  rows:\n    {way}\n    every: 5m\n    deletes: never\n\
        \x20   to: announcement\n    map: {{ id: id, title: title }}\n{more}\nprivacy: {{ class: internal, audience: everyone }}\n"
    );
    let loaded = load_str("app.yaml", &yaml, LoadOptions::default());
    let faults = render(&loaded.faults, Lang::En, Format::Human);
    loaded
        .get("app")
        .cloned()
        .unwrap_or_else(|| panic!("{faults}"))
}

/// Says every fault in every way; a definition with an error gives no connector, and the usual way to write is stable.
fn judge(connector: &str, template: &str, overlay: &str) {
    let options = LoadOptions::default();
    let loaded = load_texts(
        &[("a.yaml", connector)],
        &[("t@1.yaml", template)],
        &[("a.yaml", overlay)],
        options,
    );
    for (lang, format) in [(Lang::Id, Format::Human), (Lang::En, Format::Json)] {
        let _ = render(&loaded.faults, lang, format);
    }
    let broken = loaded
        .faults_of("a")
        .any(|fault| fault.severity() == Severity::Error);
    assert!(
        !(broken && loaded.get("a").is_some()),
        "usable although broken"
    );
    let _ = loaded.explain("a");
}

pub(crate) fn definition(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    judge(text, "", "");
    let path = Path::new("a.yaml");
    if let Ok(written) = tidy(path, text) {
        assert_eq!(
            tidy(path, &written).as_ref(),
            Ok(&written),
            "the usual way is not stable"
        );
    }
    thread_local! {
        static SCHEMA: OnceCell<Json> = const { OnceCell::new() };
    }
    SCHEMA.with(|schema| {
        drop(read_document(
            path,
            text,
            schema.get_or_init(divos_manifest::schema::connector),
        ))
    });
}

const USE: &str = "apiVersion: divos/v1\nkind: Connector\nextends: t@1\nmetadata: { name: a, title: A, owner: \"030801\" }\n\
    with: { x: [1, \"${secret:k}\"], y: é, base: \"http://app.example\" }\nprivacy: { audience: everyone }\n";
const TEMPLATE: &str = "apiVersion: divos/v1\nkind: Template\nmetadata: { name: t@1, title: T }\nparams: { base: { description: B } }\n\
    app: { upstreams: \"${param.base}\" }\nprivacy: { class: public }\n";

/// A template, and an overlay over what stands on another, apart by NUL.
pub(crate) fn template(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match text.split_once('\0') {
        None => judge(USE, text, ""),
        Some((template, overlay)) => {
            judge(USE, template, overlay);
            judge(USE, TEMPLATE, overlay);
        }
    }
}

thread_local! {
    static ANY: OnceCell<Arc<Connector>> = const { OnceCell::new() };
}

fn any() -> Arc<Connector> {
    ANY.with(|any| {
        any.get_or_init(|| connector("rest: { get: /rows }", ""))
            .clone()
    })
}

/// An expression reads, and gives a value or a sentence, whatever the record holds.
pub(crate) fn expression(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let _ = (
        parse_duration(text),
        parse_size(text),
        text.parse::<divos_manifest::Path>(),
    );
    let Ok(expr) = Expr::read(text) else { return };
    let Ok(tryout) = Tryout::compile(&any(), &expr) else {
        return;
    };
    let row = json!({
        "a": null, "b": true, "c": -1.5, "d": 1_767_225_600, "e": "", "f": "Senin, 5 Januari 2026 pukul 08.00 WITA",
        "g": "<p>Rp 1.250.000,50 &amp; <b>dua</b>", "h": ["x", 2, null], "i": { "a": { "b": [{ "c": "d" }] } }, "j": "é".repeat(400),
    });
    let _ = tryout.on(&row);
    let _ = tryout.on(&json!({}));
}

/// A time as an app writes it, read in the ways that mappings have.
pub(crate) fn date(bytes: &[u8]) {
    thread_local! {
        static WAYS: OnceCell<Vec<Tryout>> = const { OnceCell::new() };
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let ways = || {
        let way = |text: &str| {
            Tryout::compile(&any(), &Expr::read(text).expect("it reads")).expect("it compiles")
        };
        [
            "t | datetime",
            "t | date",
            "t | datetime('%d %B %Y %H.%M')",
            "t | datetime(tz='Asia/Jakarta')",
            "t | epoch('ms')",
        ]
        .map(way)
        .into()
    };
    let row = json!({ "t": text });
    let number = json!({ "t": text.trim().parse::<f64>().ok() });
    WAYS.with(|all| {
        for way in all.get_or_init(ways) {
            let read = way.on(&row);
            let text = read
                .ok()
                .and_then(|tried| tried.value.as_str().map(str::to_owned));
            assert!(text.is_none_or(|text| text.len() < 64), "a time is short");
            let _ = way.on(&number);
        }
    });
}

/// A cron expression never gives a time that is not later, nor one that it does not allow.
pub(crate) fn schedule(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let hours = divos_manifest::Hours::Cron(text.to_owned());
    for (at, zone) in [
        (1_767_225_600, Tz::Asia__Makassar),
        (1_774_746_000, Tz::Europe__Berlin),
        (-62_135_596_800, Tz::UTC),
    ] {
        let after = DateTime::from_timestamp(at, 0)
            .expect("a time")
            .with_timezone(&zone);
        if let Some(next) = hours.next_after(after) {
            assert!(next > after && hours.allow(next), "{text}: {after} {next}");
        }
    }
}
