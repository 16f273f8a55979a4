//! Whatever comes, nothing panics, no row is lost or doubled, and good rows survive bad ones.

use crate::fake::{Fake, ids, plain, read, through};
use crate::items::mapped;
use crate::paging::{app, source};
use divos_adapters::Ask;
use proptest::prelude::*;
use serde_json::{Value, json};

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter_map("a JSON number", |f| serde_json::Number::from_f64(f)
            .map(Value::Number)),
        ".{0,30}".prop_map(Value::from),
        "[<>&;/0-9:. a-zA-Z-]{0,40}".prop_map(Value::from),
        Just(json!("2026-11-24 08:00")),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z]{1,3}|name|url", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

const EVERYTHING: &str = "    to: letter\n    map:\n      id: id\n      title: a | html_text | truncate(50)\n      summary: b\n      state: \"c | lookup({'x': 'done'})\"\n\
    \x20     priority: d\n      created_at: e | datetime\n      updated_at: f | default(none)\n      web: g | default('/')\n      attachments: h\n\
    \x20     dedupe: i | default(none)\n      author: j | mask | default(none)\n      body.to: k\n      body.date: l | date\n      body.dispositions: m\n\
    \x20     ext.n: n | json | hash\n      audience.units: o | default(none)\n      body.number: \"p if p is string else q | default('-')\"\n      body.cc: r | split(',') | compact | unique | sort\n";

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_record_is_an_item_or_a_fault(values in proptest::collection::vec(anything(), 18), odd in anything()) {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r"];
        let mut row: serde_json::Map<String, Value> = names.iter().map(|n| (*n).to_owned()).zip(values).collect();
        row.insert("id".into(), json!("x"));
        let plain = json!({"id": "good", "a": "Judul", "b": null, "c": null, "d": null, "e": null, "h": null, "j": null,
            "k": null, "l": null, "m": null, "n": null, "p": "1", "r": null});
        let batch = mapped(EVERYTHING, "{ class: internal, audience: everyone }", json!([row, odd, plain]));
        prop_assert_eq!(batch.items.len() + batch.faults.len(), 3);
        prop_assert!(batch.items.iter().any(|item| item.native_id == "good"), "{:?}", batch.faults);
        for item in &batch.items {
            prop_assert!(item.title.chars().count() <= 300 && !item.title.contains("<script"));
        }
    }

    #[test]
    fn every_row_comes_exactly_once(total in 0_usize..40, size in 1_usize..9, style in 0_usize..5) {
        let styles = [
            "page: { param: p, size_param: n, size: SIZE, until: empty }", "page: { param: p, size_param: n, size: SIZE }",
            "offset: { size: SIZE, until: total, total: meta.total }", "link: {}", "header: { param: p, pages: X-Pages, total: X-Total }",
        ];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let connector = plain("http://app.example/prefix", &source(styles[style], size), "");
            let (pages, error, summary) = read(&connector, Ask::default(), &through(Fake::new(app(total, size)))).await;
            assert_eq!(error, None);
            assert_eq!(ids(&pages), (0..total).map(|n| n.to_string()).collect::<Vec<_>>());
            assert!(summary.may_sweep());
        });
    }
}
