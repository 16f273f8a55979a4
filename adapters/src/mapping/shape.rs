//! The shape that a body's field takes, found by asking the model itself, and how values are fitted to it.

use super::filters::{self, FilterWorld, decimal, text_of};
use super::html;
use super::json::to_json;
use divos_model::{Body, Kind};
use minijinja::Value;
use minijinja::value::ValueKind;
use serde_json::{Value as Json, json};

/// The longest text of a body's field, in characters.
const LONGEST: usize = 65_536;

/// The shape of a body's field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// A day.
    Date,
    /// A moment.
    Time,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// A word of a vocabulary, an object or a list of objects: the model decides.
    Any,
}

impl Shape {
    /// Asks the model what a field of `kind` takes.
    pub(crate) fn of(kind: Kind, field: &str) -> Self {
        let takes = |value: Json| Body::read(kind, json!({ field: value })).is_ok();
        if takes(json!("x")) {
            Self::Text
        } else if takes(json!(["x"])) {
            Self::Texts
        } else if takes(json!("2026-01-01")) {
            Self::Date
        } else if takes(json!("2026-01-01T00:00:00Z")) {
            Self::Time
        } else if takes(json!(1.5)) {
            Self::Number
        } else if takes(json!(1)) {
            Self::Whole
        } else if takes(json!(true)) {
            Self::Flag
        } else {
            Self::Any
        }
    }

    /// Fits a value to the shape; `None` where there is nothing.
    pub(crate) fn fit(
        self,
        value: &Value,
        world: &FilterWorld,
    ) -> Result<Option<Json>, filters::Fault> {
        if filters::is_empty(value) {
            return Ok(None);
        }
        let wrong = |what: &str| filters::Fault::new(what);
        Ok(Some(match self {
            Self::Text => match text(value)? {
                text if text.is_empty() => return Ok(None),
                text => Json::String(text),
            },
            Self::Texts => texts(value)?,
            Self::Date => match filters::moment(value, world)? {
                Some(moment) => json!(moment.at.date_naive()),
                None => return Ok(None),
            },
            Self::Time => match filters::moment(value, world)? {
                Some(moment) => json!(moment.at),
                None => return Ok(None),
            },
            Self::Whole => match number(value).filter(|n| n.fract() == 0.0 && n.abs() < 9e15) {
                Some(number) => json!(number as i64),
                None => return Err(wrong("not a whole number")),
            },
            Self::Number => json!(number(value).ok_or_else(|| wrong("not a number"))?),
            Self::Flag => match value.kind() {
                ValueKind::Bool => json!(value.is_true()),
                _ => return Err(wrong("neither true nor false: use the filter `bool`")),
            },
            Self::Any => cleaned(to_json(value)),
        }))
    }
}

fn number(value: &Value) -> Option<f64> {
    match value.as_str() {
        Some(text) => decimal(text),
        None => f64::try_from(value.clone()).ok(),
    }
}

/// Returns plain text: markup removed where there is any, controls removed, lines kept.
pub(crate) fn text(value: &Value) -> Result<String, filters::Fault> {
    Ok(clean(&text_of(value)?))
}

fn clean(text: &str) -> String {
    let plain = if html::looks_like_html(text) {
        html::html_text(text)
    } else {
        text.chars()
            .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
            .collect::<String>()
    };
    filters::cut(plain.trim(), LONGEST)
}

fn texts(value: &Value) -> Result<Json, filters::Fault> {
    let list: Vec<Value> = match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => match value.try_iter() {
            Ok(list) => list.collect(),
            Err(_) => return Err(filters::Fault::new("not a list")),
        },
        _ => vec![value.clone()],
    };
    let texts: Result<Vec<String>, _> = list
        .iter()
        .filter(|v| !filters::is_empty(v))
        .map(text)
        .collect();
    Ok(json!(texts?))
}

/// Cleans every text inside an object or list.
fn cleaned(json: Json) -> Json {
    match json {
        Json::String(text) => Json::String(clean(&text)),
        Json::Array(list) => list.into_iter().map(cleaned).collect(),
        Json::Object(fields) => fields
            .into_iter()
            .map(|(name, json)| (name, cleaned(json)))
            .collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_the_shape_of_the_model() {
        for (kind, field, shape) in [
            (Kind::Letter, "number", Shape::Text),
            (Kind::Letter, "date", Shape::Date),
            (Kind::Letter, "to", Shape::Texts),
            (Kind::Letter, "type", Shape::Text),
            (Kind::Letter, "dispositions", Shape::Any),
            (Kind::Task, "percent", Shape::Whole),
            (Kind::Attendance, "in", Shape::Time),
            (Kind::Document, "signed", Shape::Flag),
            (Kind::Document, "retention", Shape::Any),
            (Kind::Regulation, "year", Shape::Whole),
        ] {
            assert_eq!(Shape::of(kind, field), shape, "{kind} {field}");
        }
    }
}
