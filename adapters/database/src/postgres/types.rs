//! PostgreSQL's values as JSON, out of its binary format; parameters as text in the type that the server infers.
//!
//! Owns the formats of the types that are read here (PostgreSQL sources, `src/backend/utils/adt/*send`). Other types
//! are asked for as text, so that none is guessed.

use crate::row::{Quirks, binary, bound, float, json, single, text};
use bytes::BytesMut;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use serde_json::Value as Json;
use std::error::Error;
use std::net::IpAddr;
use tokio_postgres::types::{Format, FromSql, IsNull, Kind, ToSql, Type};

/// The deepest domain over a domain that is looked into.
const DEPTH: usize = 8;

/// A parameter that the server reads as whatever type it compares it with.
#[derive(Debug)]
pub(crate) struct Bound(Option<String>);

impl Bound {
    pub(crate) fn new(value: &Json) -> Self {
        Self(bound(value))
    }
}

impl ToSql for Bound {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match &self.0 {
            None => Ok(IsNull::Yes),
            Some(text) => {
                out.extend_from_slice(text.as_bytes());
                Ok(IsNull::No)
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.to_sql(ty, out)
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }
}

/// A value as it was sent; `None` is NULL.
pub(crate) struct Cell<'a>(Type, Option<&'a [u8]>);

impl<'a> FromSql<'a> for Cell<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(ty.clone(), Some(raw)))
    }

    fn from_sql_null(ty: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(ty.clone(), None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl Cell<'_> {
    /// The value as JSON; what does not fit its type is given as base64.
    pub(crate) fn json(&self, column: &str, quirks: &Quirks) -> Json {
        let Some(raw) = self.1 else {
            return Json::Null;
        };
        value(&self.0, raw, column, quirks).unwrap_or_else(|| binary(raw))
    }
}

/// The type under domains.
fn plain(ty: &Type) -> &Type {
    let mut ty = ty;
    for _ in 0..DEPTH {
        match ty.kind() {
            Kind::Domain(inner) => ty = inner,
            _ => break,
        }
    }
    ty
}

/// Whether a type is read here.
pub(crate) fn is_native(ty: &Type) -> bool {
    let ty = plain(ty);
    match ty.kind() {
        Kind::Array(inner) => !matches!(inner.kind(), Kind::Array(_)) && is_native(inner),
        Kind::Enum(_) => true,
        _ => is_text(ty) || is_known(ty),
    }
}

fn is_text(ty: &Type) -> bool {
    matches!(
        *ty,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN
    ) || matches!(ty.kind(), Kind::Enum(_))
}

fn is_known(ty: &Type) -> bool {
    matches!(
        *ty,
        Type::BOOL
            | Type::INT2
            | Type::INT4
            | Type::INT8
            | Type::OID
            | Type::FLOAT4
            | Type::FLOAT8
            | Type::NUMERIC
            | Type::DATE
            | Type::TIME
            | Type::TIMESTAMP
            | Type::TIMESTAMPTZ
            | Type::UUID
            | Type::JSON
            | Type::JSONB
            | Type::BYTEA
            | Type::INET
            | Type::CIDR
    )
}

fn fixed<const N: usize>(raw: &[u8]) -> Option<[u8; N]> {
    raw.try_into().ok()
}

fn value(ty: &Type, raw: &[u8], column: &str, quirks: &Quirks) -> Option<Json> {
    let ty = plain(ty);
    if let Kind::Array(inner) = ty.kind() {
        return array(inner, raw, column, quirks);
    }
    if is_text(ty) || !is_known(ty) {
        return Some(text(raw, column, quirks));
    }
    Some(match *ty {
        Type::BOOL => Json::Bool(*raw.first()? != 0),
        Type::INT2 => i16::from_be_bytes(fixed(raw)?).into(),
        Type::INT4 => i32::from_be_bytes(fixed(raw)?).into(),
        Type::INT8 => i64::from_be_bytes(fixed(raw)?).into(),
        Type::OID => u32::from_be_bytes(fixed(raw)?).into(),
        Type::FLOAT4 => single(f32::from_be_bytes(fixed(raw)?)),
        Type::FLOAT8 => float(f64::from_be_bytes(fixed(raw)?)),
        Type::NUMERIC => numeric(raw)?.into(),
        Type::DATE => date(i32::from_be_bytes(fixed(raw)?))?.into(),
        Type::TIME => time(i64::from_be_bytes(fixed(raw)?))?.into(),
        Type::TIMESTAMP => timestamp(i64::from_be_bytes(fixed(raw)?), "")?.into(),
        Type::TIMESTAMPTZ => timestamp(i64::from_be_bytes(fixed(raw)?), "Z")?.into(),
        Type::UUID => uuid(fixed(raw)?).into(),
        Type::JSON => json(raw, column, quirks),
        // A version, always 1, comes before the text.
        Type::JSONB => json(raw.get(1..)?, column, quirks),
        Type::INET | Type::CIDR => network(raw)?.into(),
        _ => binary(raw),
    })
}

fn date(days: i32) -> Option<String> {
    match days {
        i32::MAX => Some("infinity".to_owned()),
        i32::MIN => Some("-infinity".to_owned()),
        days => {
            let first = NaiveDate::from_ymd_opt(2000, 1, 1)?;
            let date = first.checked_add_signed(TimeDelta::try_days(days.into())?)?;
            Some(date.format("%Y-%m-%d").to_string())
        }
    }
}

/// 24:00:00 is a time in PostgreSQL.
fn time(micros: i64) -> Option<String> {
    if micros == 86_400_000_000 {
        return Some("24:00:00".to_owned());
    }
    let seconds = u32::try_from(micros / 1_000_000).ok()?;
    let nanos = u32::try_from(micros % 1_000_000).ok()? * 1000;
    let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos)?;
    Some(time.format("%H:%M:%S%.f").to_string())
}

fn timestamp(micros: i64, zone: &str) -> Option<String> {
    match micros {
        i64::MAX => Some("infinity".to_owned()),
        i64::MIN => Some("-infinity".to_owned()),
        micros => {
            let first = NaiveDate::from_ymd_opt(2000, 1, 1)?.and_hms_opt(0, 0, 0)?;
            let at = first.checked_add_signed(TimeDelta::microseconds(micros))?;
            Some(format!("{}{zone}", at.format("%Y-%m-%dT%H:%M:%S%.f")))
        }
    }
}

fn uuid(raw: [u8; 16]) -> String {
    let hex: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// Family, bits, whether it is a network, length, address. A cast to text would put `/32` behind every host.
fn network(raw: &[u8]) -> Option<String> {
    let [_, bits, network, _, address @ ..] = raw else {
        return None;
    };
    let address = match address.len() {
        4 => IpAddr::from(fixed::<4>(address)?),
        _ => IpAddr::from(fixed::<16>(address)?),
    };
    let whole = if address.is_ipv4() { 32 } else { 128 };
    match *network == 0 && *bits == whole {
        true => Some(address.to_string()),
        false => Some(format!("{address}/{bits}")),
    }
}

/// Digits to the base of 10,000, exactly as many decimals as the server states.
fn numeric(raw: &[u8]) -> Option<String> {
    let mut words = raw
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    let (count, weight, sign, scale) = (
        words.next()?,
        words.next()? as i16,
        words.next()?,
        words.next()?,
    );
    let sign = match sign {
        0x0000 => "",
        0x4000 => "-",
        0xD000 => return Some("Infinity".to_owned()),
        0xF000 => return Some("-Infinity".to_owned()),
        _ => return Some("NaN".to_owned()),
    };
    let digits: Vec<u16> = words.take(count.into()).collect();
    let group = |place: i32| {
        let at = usize::try_from(i32::from(weight) - place).ok();
        at.and_then(|at| digits.get(at)).copied().unwrap_or(0)
    };
    let mut whole: String = (0..=i32::from(weight))
        .rev()
        .map(|place| format!("{:04}", group(place)))
        .collect();
    whole = whole.trim_start_matches('0').to_owned();
    if whole.is_empty() {
        whole.push('0');
    }
    if scale == 0 {
        return Some(format!("{sign}{whole}"));
    }
    let groups = i32::from(scale).div_euclid(4) + 1;
    let decimals: String = (1..=groups)
        .map(|place| format!("{:04}", group(-place)))
        .collect();
    Some(format!("{sign}{whole}.{}", decimals.get(..scale.into())?))
}

/// Reads big-endian words off the front.
fn take(raw: &mut &[u8]) -> Option<i32> {
    let (first, rest) = raw.split_at_checked(4)?;
    *raw = rest;
    Some(i32::from_be_bytes(fixed(first)?))
}

fn array(inner: &Type, mut raw: &[u8], column: &str, quirks: &Quirks) -> Option<Json> {
    let dimensions = usize::try_from(take(&mut raw)?)
        .ok()
        .filter(|count| *count <= 6)?;
    let (_nulls, _type) = (take(&mut raw)?, take(&mut raw)?);
    let mut lengths = Vec::new();
    for _ in 0..dimensions {
        lengths.push(usize::try_from(take(&mut raw)?).ok()?);
        let _lowest = take(&mut raw)?;
    }
    let mut values = Vec::new();
    while !raw.is_empty() {
        let length = take(&mut raw)?;
        let Ok(length) = usize::try_from(length) else {
            values.push(Json::Null);
            continue;
        };
        let (one, rest) = raw.split_at_checked(length)?;
        values.push(value(inner, one, column, quirks).unwrap_or_else(|| binary(one)));
        raw = rest;
    }
    // From the innermost dimension outwards.
    for length in lengths.iter().skip(1).rev().filter(|length| **length > 0) {
        values = values
            .chunks(*length)
            .map(|part| Json::Array(part.to_vec()))
            .collect();
    }
    Some(Json::Array(values))
}
