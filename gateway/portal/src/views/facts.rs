//! The body of an item in words: each field with its label, whatever the kind.
//!
//! Owns how a field's value is read: as a sentence, a list, a table or a link. It goes by the JSON of
//! the model, so that no field can be forgotten.

use crate::frame::Frame;
use crate::when;
use crate::words::{decimal, knows};
use chrono::{DateTime, NaiveDate};
use divos_model::{
    Body, ChecklistEntry, Disposition, Distribution, Indicator, Message, Retention, SatuData, State,
};
use serde_json::{Map, Value};

/// One field with its label.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fact {
    pub(crate) label: String,
    pub(crate) value: Shown,
}

/// How a value is shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shown {
    /// Words.
    Text(String),
    /// An address that may be followed.
    Link(String),
    /// Several words.
    List(Vec<String>),
    /// Several things of the same make, each with its own facts.
    Rows(Vec<Vec<(String, String)>>),
}

/// Reads every field of a body that holds something.
pub(crate) fn of_body(body: &Body, f: &Frame) -> Vec<Fact> {
    let kind = body.kind().as_str();
    let value = serde_json::to_value(body).unwrap_or_default();
    let Some(fields) = value.get("body").and_then(Value::as_object) else {
        return Vec::new();
    };
    // In the model's order, which is the order in which people ask.
    let named = Body::fields(body.kind())
        .iter()
        .filter_map(|name| Some((*name, fields.get(name.trim_start_matches("r#"))?)));
    named
        .filter_map(|(name, value)| fact(kind, name.trim_start_matches("r#"), value, f))
        .collect()
}

/// Returns the key of a field's label: its own for the kind, else the common one.
pub(crate) fn label_key(kind: &str, name: &str) -> String {
    let own = format!("field-{kind}-{name}");
    if knows(&own) {
        own
    } else {
        format!("field-{name}")
    }
}

fn fact(kind: &str, name: &str, value: &Value, f: &Frame) -> Option<Fact> {
    let label = f.t(&label_key(kind, name));
    let value = match value {
        Value::Null => return None,
        Value::Array(values) if values.len() == 1 && values[0].is_string() => {
            Shown::Text(words(name, &values[0], f))
        }
        Value::Array(values) if values.iter().all(Value::is_string) => {
            Shown::List(values.iter().map(|value| words(name, value, f)).collect())
        }
        Value::Array(values) => Shown::Rows(
            values
                .iter()
                .filter_map(Value::as_object)
                .map(|fields| rows(fields, f))
                .collect(),
        ),
        Value::Object(fields) => Shown::Rows(vec![rows(fields, f)]),
        Value::String(text) if is_address(name, text) => Shown::Link(text.clone()),
        other => Shown::Text(words(name, other, f)),
    };
    Some(Fact { label, value })
}

/// The fields of everything that stands inside a body, in the model's order.
const NESTED: [&[&str]; 7] = [
    ChecklistEntry::FIELDS,
    Disposition::FIELDS,
    Retention::FIELDS,
    Indicator::FIELDS,
    Message::FIELDS,
    Distribution::FIELDS,
    SatuData::FIELDS,
];

fn rows(fields: &Map<String, Value>, f: &Frame) -> Vec<(String, String)> {
    let order = NESTED
        .iter()
        .find(|order| fields.keys().all(|name| order.contains(&name.as_str())));
    let known = order.copied().unwrap_or_default().iter();
    // Ids are the source's own and say nothing to people.
    let shown = known.filter(|name| !matches!(**name, "id" | "parent"));
    let filled = shown.filter_map(|name| Some((*name, fields.get(*name)?)));
    filled
        .map(|(name, value)| (f.t(&label_key("row", name)), words(name, value, f)))
        .collect()
}

/// Only what a browser opens as a page; never `javascript:` and its like.
fn is_address(name: &str, text: &str) -> bool {
    name.ends_with("url") && (text.starts_with("https://") || text.starts_with("http://"))
}

/// Reads one plain value as words.
fn words(name: &str, value: &Value, f: &Frame) -> String {
    match value {
        Value::Bool(true) => f.t("yes"),
        Value::Bool(false) => f.t("no"),
        Value::Number(number) if name == "percent" => format!("{number} %"),
        // A year is a name rather than an amount.
        Value::Number(number) if name == "year" => number.to_string(),
        Value::Number(number) => number
            .as_f64()
            .map_or_else(String::new, |n| decimal(f.lang, n)),
        Value::String(text) => text_words(name, text, f),
        Value::Array(values) => values
            .iter()
            .map(|value| words(name, value, f))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Null | Value::Object(_) => String::new(),
    }
}

fn text_words(name: &str, text: &str, f: &Frame) -> String {
    let known = format!("value-{name}-{text}");
    if text.len() < 40 && text.bytes().all(|c| c.is_ascii_lowercase() || c == b'_') && knows(&known)
    {
        return f.t(&known);
    }
    if name == "state"
        && let Ok(state) = text.parse::<State>()
    {
        return state.label(f.lang).to_owned();
    }
    if let Ok(date) = text.parse::<NaiveDate>() {
        return when::date(date, f.lang);
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return f.moment(at.into(), None);
    }
    text.to_owned()
}

/// Reads fields that no field of the model takes, as plain words.
pub(crate) fn of_ext(ext: &divos_model::Ext, f: &Frame) -> Vec<(String, String)> {
    let plain = ext.iter().map(|(name, value)| {
        let said = match value {
            Value::Object(_) => value.to_string(),
            Value::Array(values) if !values.iter().all(Value::is_string) => value.to_string(),
            other => words(name, other, f),
        };
        (name.clone(), super::card::cut(&said, 400))
    });
    plain.filter(|(_, said)| !said.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::tests::frame;
    use divos_model::{AnnouncementBody, EventBody, Kind, Lang, LetterBody};

    #[test]
    fn every_field_of_every_kind_has_a_label() {
        for &kind in Kind::ALL {
            for name in Body::fields(kind) {
                let key = label_key(kind.as_str(), name.trim_start_matches("r#"));
                assert!(knows(&key), "{kind}.{name}: {key}");
            }
        }
        for name in NESTED.concat() {
            let key = label_key("row", name.trim_start_matches("r#"));
            assert!(matches!(name, "id" | "parent") || knows(&key), "{key}");
        }
    }

    #[test]
    fn values_are_said_in_words() {
        let body = LetterBody {
            direction: Some("incoming".into()),
            date: NaiveDate::from_ymd_opt(2026, 11, 3),
            r#type: Some("undangan".into()),
            dispositions: vec![Disposition {
                to: Some("Sekretaris".into()),
                state: Some(State::Pending),
                id: Some("7".into()),
                ..Disposition::default()
            }],
            ..LetterBody::default()
        };
        let facts = of_body(&Body::Letter(Box::new(body)), &frame(Lang::Id));
        let said: Vec<_> = facts
            .iter()
            .map(|fact| (fact.label.as_str(), &fact.value))
            .collect();
        assert_eq!(said[0], ("Arah surat", &Shown::Text("Surat masuk".into())));
        assert_eq!(said[1], ("Tanggal", &Shown::Text("3 November 2026".into())));
        assert_eq!(said[2], ("Jenis", &Shown::Text("undangan".into())));
        let Shown::Rows(rows) = said[3].1 else {
            panic!("{said:?}")
        };
        assert_eq!(
            rows[0],
            [
                ("Kepada".into(), "Sekretaris".into()),
                ("Status".into(), "Menunggu diproses".into())
            ]
        );
    }

    #[test]
    fn only_web_addresses_become_links() {
        let event = |url: &str| {
            Body::Event(Box::new(EventBody {
                online_url: Some(url.into()),
                ..EventBody::default()
            }))
        };
        let shown = |url: &str| of_body(&event(url), &frame(Lang::Id)).remove(0).value;
        assert_eq!(
            shown("https://rapat.example/1"),
            Shown::Link("https://rapat.example/1".into())
        );
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            " https://x",
            "//x",
        ] {
            assert_eq!(shown(bad), Shown::Text(bad.into()));
        }
        let text = Body::Announcement(Box::new(AnnouncementBody {
            text: Some("https://x".into()),
            ack_required: true,
            ..AnnouncementBody::default()
        }));
        assert_eq!(
            of_body(&text, &frame(Lang::En))[1].value,
            Shown::Text("Yes".into())
        );
    }
}
