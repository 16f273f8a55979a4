//! MySQL's and MariaDB's values as JSON; parameters as they are compared.
//!
//! Owns what a column's type and character set say about its bytes.

use crate::row::{Quirk, Quirks, binary, float, json as read_json, single, text};
use chrono::DateTime;
use mysql_async::consts::{ColumnFlags, ColumnType};
use mysql_async::{Column, Value};
use serde_json::Value as Json;

/// The character set that says "bytes".
const BINARY: u16 = 63;

/// The bytes of a value, roughly as they were sent.
pub(crate) fn length(value: &Value) -> usize {
    match value {
        Value::Bytes(bytes) => bytes.len(),
        _ => 8,
    }
}

/// A value of a column as JSON.
pub(crate) fn json(column: &Column, value: &Value, name: &str, quirks: &Quirks) -> Json {
    match value {
        Value::NULL => Json::Null,
        Value::Int(number) => (*number).into(),
        Value::UInt(number) => (*number).into(),
        Value::Float(number) => single(*number),
        Value::Double(number) => float(*number),
        Value::Bytes(bytes) => from_bytes(column, bytes, name, quirks),
        Value::Date(year, month, day, hour, minute, second, micros) => {
            if *month == 0 || *day == 0 {
                quirks.note(name, Quirk::ZeroDate);
                return Json::Null;
            }
            let date = format!("{year:04}-{month:02}-{day:02}");
            let zone = match column.column_type() {
                ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => return date.into(),
                ColumnType::MYSQL_TYPE_TIMESTAMP | ColumnType::MYSQL_TYPE_TIMESTAMP2 => "Z",
                _ => "",
            };
            format!(
                "{date}T{hour:02}:{minute:02}:{second:02}{}{zone}",
                fraction(*micros)
            )
            .into()
        }
        Value::Time(negative, days, hours, minutes, seconds, micros) => {
            let sign = if *negative { "-" } else { "" };
            let hours = u64::from(*days) * 24 + u64::from(*hours);
            format!(
                "{sign}{hours:02}:{minutes:02}:{seconds:02}{}",
                fraction(*micros)
            )
            .into()
        }
    }
}

fn fraction(micros: u32) -> String {
    match micros {
        0 => String::new(),
        micros => format!(".{micros:06}"),
    }
}

fn from_bytes(column: &Column, bytes: &[u8], name: &str, quirks: &Quirks) -> Json {
    match column.column_type() {
        ColumnType::MYSQL_TYPE_JSON => read_json(bytes, name, quirks),
        ColumnType::MYSQL_TYPE_BIT if bytes.len() <= 8 => bytes
            .iter()
            .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte))
            .into(),
        ColumnType::MYSQL_TYPE_BIT | ColumnType::MYSQL_TYPE_GEOMETRY => binary(bytes),
        ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL => {
            text(bytes, name, quirks)
        }
        kind if is_binary(kind, column) => binary(bytes),
        _ => text(bytes, name, quirks),
    }
}

/// Whether a column of characters or bytes holds bytes.
fn is_binary(kind: ColumnType, column: &Column) -> bool {
    let enumerated = ColumnFlags::ENUM_FLAG | ColumnFlags::SET_FLAG;
    kind.is_character_type()
        && column.character_set() == BINARY
        && !column.flags().intersects(enumerated)
}

/// A parameter. A text that is a moment with a zone (RFC 3339) is written as the session's UTC, since neither product
/// reads a zone; every other text stays as it is.
pub(crate) fn bound(value: &Json) -> Value {
    match value {
        Json::Null => Value::NULL,
        Json::Bool(yes) => Value::Int(i64::from(*yes)),
        Json::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(whole), ..) => Value::Int(whole),
            (None, Some(whole), _) => Value::UInt(whole),
            (None, None, Some(float)) => Value::Double(float),
            _ => Value::Bytes(number.to_string().into_bytes()),
        },
        Json::String(text) => match DateTime::parse_from_rfc3339(text) {
            Ok(at) => Value::Bytes(
                at.naive_utc()
                    .format("%Y-%m-%d %H:%M:%S%.6f")
                    .to_string()
                    .into_bytes(),
            ),
            Err(_) => Value::Bytes(text.clone().into_bytes()),
        },
        other => Value::Bytes(other.to_string().into_bytes()),
    }
}
