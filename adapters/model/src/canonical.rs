//! Canonical JSON (RFC 8785) and the hash that tells whether an item changed.

use crate::Item;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use sha2::{Digest, Sha256};
use std::fmt;

/// SHA-256 of what an item says; in JSON 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, JsonSchema)]
#[schemars(with = "String")]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Returns the 32 bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Wraps 32 bytes that were a hash before.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ContentHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.as_bytes(), &mut bytes).map_err(serde::de::Error::custom)?;
        Ok(Self(bytes))
    }
}

/// Writes a value as canonical JSON (RFC 8785): no blanks, members sorted by UTF-16 code units,
/// numbers as ECMAScript writes them.
#[must_use]
pub fn canonical_json(value: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    write_value(value, &mut out);
    out
}

pub(crate) fn hash_item(item: &Item) -> ContentHash {
    let mut value = serde_json::to_value(item).unwrap_or(Value::Null);
    if let Some(fields) = value.as_object_mut() {
        fields.remove("seq");
        fields.remove("hash");
        // A source without any time of its own: the fetch's stands in, and is no content either.
        if item.updated_at == item.provenance.fetched_at
            && item.time_quality == Some(crate::TimeQuality::Guessed)
        {
            fields.remove("updated_at");
        }
        if let Some(provenance) = fields.get_mut("provenance").and_then(Value::as_object_mut) {
            provenance.remove("fetched_at");
            // Another wording of the connector that reads the same item changes nothing for people.
            provenance.remove("version");
        }
    }
    ContentHash(Sha256::digest(canonical_json(&value)).into())
}

fn write_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(members) => write_object(members, out),
        Value::Array(values) => {
            out.push(b'[');
            for (i, value) in values.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write_value(value, out);
            }
            out.push(b']');
        }
        Value::Number(number) => write_number(number, out),
        // serde_json escapes strings exactly as RFC 8785, section 3.2.2.2, asks.
        Value::String(_) | Value::Bool(_) | Value::Null => {
            serde_json::to_writer(out, value).expect("a vector takes every byte");
        }
    }
}

fn write_object(members: &serde_json::Map<String, Value>, out: &mut Vec<u8>) {
    let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
    if !members.keys().all(|key| key.is_ascii()) {
        sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    } else if !sorted.is_sorted_by_key(|(key, _)| *key) {
        sorted.sort_by_key(|(key, _)| *key);
    }
    out.push(b'{');
    for (i, (key, value)) in sorted.into_iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        serde_json::to_writer(&mut *out, key).expect("a vector takes every byte");
        out.push(b':');
        write_value(value, out);
    }
    out.push(b'}');
}

/// Writes a number as ECMAScript's `Number::toString` does (RFC 8785, section 3.2.2.3).
fn write_number(number: &Number, out: &mut Vec<u8>) {
    let integer = number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from));
    if let Some(integer) = integer {
        // Whole numbers beyond 2^53 keep their digits: a native id must not lose any.
        out.extend_from_slice(integer.to_string().as_bytes());
        return;
    }
    let float = number.as_f64().unwrap_or_default();
    if float == 0.0 {
        out.push(b'0');
    } else if (1e-6..1e21).contains(&float.abs()) {
        out.extend_from_slice(format!("{float}").as_bytes());
    } else {
        let text = format!("{float:e}");
        let text = if text.contains("e-") {
            text
        } else {
            text.replace('e', "e+")
        };
        out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Body, Kind};
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
        other.hash = ContentHash([7; 32]);
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
}
