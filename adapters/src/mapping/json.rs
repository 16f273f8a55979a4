//! Between the JSON of documents and the values of the mapping language.

use minijinja::Value;
use minijinja::value::ValueKind;
use serde_json::{Map, Number, Value as Json};

/// Turns a JSON value into one of the mapping language.
pub(crate) fn to_value(json: &Json) -> Value {
    match json {
        Json::Null => Value::from(()),
        Json::Bool(yes) => Value::from(*yes),
        Json::Number(number) => number_value(number),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(list) => list.iter().map(to_value).collect(),
        Json::Object(fields) => Value::from_pairs(
            fields
                .iter()
                .map(|(name, json)| (name.as_str(), to_value(json))),
        ),
    }
}

fn number_value(number: &Number) -> Value {
    if let Some(whole) = number.as_i64() {
        Value::from(whole)
    } else if let Some(whole) = number.as_u64() {
        Value::from(whole)
    } else {
        Value::from(number.as_f64().unwrap_or_default())
    }
}

/// Turns a value into JSON. Moments become RFC 3339; what has no JSON becomes null.
pub(crate) fn to_json(value: &Value) -> Json {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Json::Null,
        ValueKind::Bool => Json::Bool(value.is_true()),
        ValueKind::Number => number_json(value),
        ValueKind::String => Json::String(value.as_str().unwrap_or_default().to_owned()),
        ValueKind::Seq | ValueKind::Iterable => Json::Array(
            value
                .try_iter()
                .map(|list| list.map(|v| to_json(&v)).collect())
                .unwrap_or_default(),
        ),
        ValueKind::Map => Json::Object(fields(value)),
        _ => Json::String(value.to_string()),
    }
}

fn number_json(value: &Value) -> Json {
    if let Some(whole) = value.as_i64().filter(|_| value.is_integer()) {
        return Json::from(whole);
    }
    if value.is_integer() {
        return u64::try_from(value.clone()).map_or(Json::Null, Json::from);
    }
    f64::try_from(value.clone())
        .ok()
        .and_then(Number::from_f64)
        .map_or(Json::Null, Json::Number)
}

fn fields(value: &Value) -> Map<String, Json> {
    let Ok(keys) = value.try_iter() else {
        return Map::new();
    };
    let pair = |key: Value| Some((key.to_string(), to_json(&value.get_item(&key).ok()?)));
    keys.filter_map(pair).collect()
}
