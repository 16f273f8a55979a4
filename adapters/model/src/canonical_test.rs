//! Canonical JSON against the examples of RFC 8785, and the hash against a slow one that goes through
//! a tree of values.

use super::*;
use crate::{AppId, Body, Indicator, Kind, LetterBody, ReportBody, Time, TimeQuality};
use proptest::prelude::*;
use serde_json::json;

fn canonical(text: &str) -> String {
    let value: Value = serde_json::from_str(text).expect("JSON");
    String::from_utf8(canonical_json(&value)).expect("UTF-8")
}

#[test]
fn follows_the_examples_of_rfc_8785() {
    let input = "{\"numbers\":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],\
        \"string\":\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\"literals\":[null,true,false]}";
    let expected = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
        \"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
    assert_eq!(canonical(input), expected);
}

#[test]
fn sorts_members_by_utf16_code_units() {
    let input = "{\"\u{20ac}\":1,\"\\r\":2,\"\u{fb33}\":3,\"1\":4,\"\u{1f600}\":5,\"\u{80}\":6,\"\u{f6}\":7}";
    let expected = "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}";
    assert_eq!(canonical(input), expected);
}

#[test]
fn the_hash_ignores_what_the_hub_adds_and_nothing_else() {
    let at = chrono::DateTime::parse_from_rfc3339("2026-11-24T08:00:00+08:00").expect("a time");
    let app: crate::AppId = "surat".parse().expect("a slug");
    let item = Item::new(app, "1", "Undangan", at, Body::empty(Kind::Letter));
    let mut other = item.clone();
    other.seq = 9;
    other.hash = ContentHash::from_bytes([7; 32]);
    other.provenance.fetched_at = at + chrono::TimeDelta::hours(1);
    other.provenance.version = "2f".into();
    assert_eq!(item.content_hash(), other.content_hash());
    other.title.push('!');
    assert_ne!(item.content_hash(), other.content_hash());
}

#[test]
fn a_time_that_is_only_the_fetch_s_is_no_content() {
    let at = chrono::DateTime::parse_from_rfc3339("2026-11-24T08:00:00+08:00").expect("a time");
    let app: crate::AppId = "surat".parse().expect("a slug");
    let fetched = |hours: i64, quality| {
        let at = at + chrono::TimeDelta::hours(hours);
        let mut item = Item::new(app.clone(), "1", "Undangan", at, Body::empty(Kind::Letter));
        item.time_quality = quality;
        item.content_hash()
    };
    let guessed = Some(crate::TimeQuality::Guessed);
    assert_eq!(fetched(0, guessed), fetched(1, guessed));
    assert_ne!(
        fetched(0, None),
        fetched(1, None),
        "a time of its own is content"
    );
}

#[test]
fn an_item_survives_its_own_json() {
    let at = chrono::DateTime::parse_from_rfc3339("2026-11-24T08:00:00+08:00").expect("a time");
    for &kind in Kind::ALL {
        let app: crate::AppId = "surat".parse().expect("a slug");
        let mut item = Item::new(app, "1", "Undangan", at, Body::empty(kind));
        item.ext.insert("warna".into(), json!({"a": [1, 2.5]}));
        let text = serde_json::to_string(&item).expect("JSON");
        assert_eq!(serde_json::from_str::<Item>(&text).expect("an item"), item);
    }
}

/// The content of an item by way of a tree of values: slow, and plainly right.
fn content_by_tree(item: &Item) -> Vec<u8> {
    let mut value = serde_json::to_value(item).expect("JSON");
    let fields = value.as_object_mut().expect("an object");
    fields.remove("seq");
    fields.remove("hash");
    if item.updated_at == item.provenance.fetched_at
        && item.time_quality == Some(TimeQuality::Guessed)
    {
        fields.remove("updated_at");
    }
    let provenance = fields["provenance"].as_object_mut().expect("an object");
    provenance.remove("fetched_at");
    provenance.remove("version");
    let mut out = Vec::new();
    write_tree(&value, &mut out);
    out
}

fn write_tree(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            for (place, (key, value)) in members.iter().enumerate() {
                out.push(if place == 0 { b'{' } else { b',' });
                out.extend(serde_json::to_vec(key).expect("JSON"));
                out.push(b':');
                write_tree(value, out);
            }
            out.extend_from_slice(if members.is_empty() { b"{}" } else { b"}" });
        }
        Value::Array(values) => {
            for (place, value) in values.iter().enumerate() {
                out.push(if place == 0 { b'[' } else { b',' });
                write_tree(value, out);
            }
            out.extend_from_slice(if values.is_empty() { b"[]" } else { b"]" });
        }
        Value::Number(number) if number.is_f64() => {
            let float = number.as_f64().expect("a number");
            write_number(float, out).expect("a vector takes every byte");
        }
        other => out.extend(serde_json::to_vec(other).expect("JSON")),
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("(seq|hash|version|\\PC{0,6}|.{0,4})", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn any_body() -> impl Strategy<Value = Body> {
    let letter = (".{0,20}", prop::collection::vec(".{0,9}", 0..3)).prop_map(|(number, to)| {
        let number = Some(number);
        Body::Letter(Box::new(LetterBody {
            number,
            to,
            ..LetterBody::default()
        }))
    });
    let report = (".{0,9}", any::<f64>(), any::<f64>()).prop_map(|(name, target, actual)| {
        let indicator = Indicator {
            name,
            target: Some(target),
            actual: Some(actual),
            unit: None,
        };
        let indicators = vec![indicator];
        Body::Report(Box::new(ReportBody {
            indicators,
            ..ReportBody::default()
        }))
    });
    prop_oneof![
        prop::sample::select(Kind::ALL).prop_map(Body::empty),
        letter,
        report
    ]
}

prop_compose! {
    fn any_item()(
        (native, title, version) in (".{1,20}", ".{0,40}", ".{0,8}"),
        body in any_body(),
        summary in prop::option::of(".{0,60}"),
        ext in prop::collection::btree_map(".{0,8}", any_value(), 0..5),
        confidence in any::<f32>(),
        seq in any::<u64>(),
        fetched in 0_i64..3,
        quality in prop::sample::select(vec![None, Some(TimeQuality::Guessed), Some(TimeQuality::Exact)]),
    ) -> Item {
        let at: Time = "2026-11-24T08:00:00+08:00".parse().expect("a time");
        let app: AppId = "surat".parse().expect("a slug");
        let mut item = Item::new(app, &native, &title, at, body);
        item.summary = summary;
        item.ext = ext;
        item.seq = seq;
        item.time_quality = quality;
        item.provenance.version = version;
        item.provenance.confidence = confidence;
        item.provenance.fetched_at = at + chrono::TimeDelta::seconds(fetched);
        item
    }
}

proptest! {
    #[test]
    fn the_content_is_what_a_tree_of_values_says(item in any_item()) {
        let slow = content_by_tree(&item);
        let hash = ContentHash::from_bytes(Sha256::digest(&slow).into());
        prop_assert_eq!(item.content_hash(), hash, "{}", String::from_utf8_lossy(&slow));
    }

    #[test]
    fn a_value_is_written_as_a_tree_walk_writes_it(value in any_value()) {
        let mut slow = Vec::new();
        write_tree(&value, &mut slow);
        prop_assert_eq!(canonical_json(&value), slow);
    }
}
