//! Filters over numbers, read the Indonesian way: `1.234,5`.

use super::{Args, Fault, FilterWorld, text_of};
use minijinja::Value;
use minijinja::value::ValueKind;

type Outcome = Result<Value, Fault>;

pub(crate) fn int(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    if value.is_integer() {
        return Ok(value.clone());
    }
    match number(value)? {
        None => Ok(Value::from(())),
        Some(number) if number.abs() < 9e15 => Ok(Value::from(number.trunc() as i64)),
        Some(_) => Err(Fault::new("the number is too large")),
    }
}

pub(crate) fn float(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    Ok(number(value)?.map_or(Value::from(()), Value::from))
}

pub(crate) fn round(value: &Value, args: &Args, _: &FilterWorld) -> Outcome {
    let digits = args.whole(0, "digits")?.unwrap_or(0).clamp(0, 12);
    let Some(number) = number(value)? else {
        return Ok(Value::from(()));
    };
    let scale = 10_f64.powi(digits as i32);
    let rounded = (number * scale).round() / scale;
    let whole = digits == 0 && rounded.abs() < 9e15;
    Ok(if whole {
        Value::from(rounded as i64)
    } else {
        Value::from(rounded)
    })
}

pub(crate) fn abs(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    match value
        .as_i64()
        .filter(|_| value.is_integer())
        .and_then(i64::checked_abs)
    {
        Some(whole) => Ok(Value::from(whole)),
        None => Ok(number(value)?.map_or(Value::from(()), |n| Value::from(n.abs()))),
    }
}

pub(crate) fn boolean(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    if matches!(value.kind(), ValueKind::Bool | ValueKind::None) {
        return Ok(value.clone());
    }
    let text = text_of(value)?.trim().to_lowercase();
    match text.as_str() {
        "" => Ok(Value::from(())),
        "1" | "ya" | "y" | "yes" | "true" | "benar" | "aktif" | "on" | "ada" => {
            Ok(Value::from(true))
        }
        "0" | "tidak" | "t" | "n" | "no" | "false" | "salah" | "nonaktif" | "off" | "tdk" => {
            Ok(Value::from(false))
        }
        _ => Err(Fault::new("neither yes nor no")),
    }
}

fn number(value: &Value) -> Result<Option<f64>, Fault> {
    if value.is_number() {
        return Ok(f64::try_from(value.clone()).ok());
    }
    let text = text_of(value)?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    decimal(&text)
        .map(Some)
        .ok_or_else(|| Fault::new("not a number"))
}

/// Reads a number as Indonesian apps write it: `1.234,5`, `Rp 1.500.000,00`, `12,5 %`; also `1234.5`.
pub(crate) fn decimal(text: &str) -> Option<f64> {
    let text = text.trim();
    let text = text
        .strip_prefix("Rp")
        .map_or(text, |rest| rest.trim_start_matches('.'));
    let text = text
        .trim_end_matches(['%', '-'])
        .trim_end_matches(',')
        .trim();
    let (sign, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.trim_start_matches('+')),
    };
    if text.is_empty()
        || text.len() > 40
        || !text
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
    {
        return None;
    }
    let plain = unambiguous(text)?;
    plain
        .parse::<f64>()
        .ok()
        .filter(|n| n.is_finite())
        .map(|n| sign * n)
}

/// Decides which mark groups thousands and which begins the decimals.
fn unambiguous(text: &str) -> Option<String> {
    let dots = text.matches('.').count();
    let commas = text.matches(',').count();
    let grouped = |mark: char| {
        let mut groups = text.split(mark);
        groups.next().is_some_and(|g| (1..=3).contains(&g.len())) && groups.all(|g| g.len() == 3)
    };
    Some(match (dots, commas) {
        (0, 0) => text.to_owned(),
        (0, 1) => text.replace(',', "."),
        (1.., 0) if grouped('.') => text.replace('.', ""),
        (1, 0) => text.to_owned(),
        (0, 2..) if grouped(',') => text.replace(',', ""),
        (_, 1) if text.rfind(',') > text.rfind('.') => text.replace('.', "").replace(',', "."),
        (1, _) if text.rfind('.') > text.rfind(',') => text.replace(',', ""),
        _ => return None,
    })
}

/// Writes a number as a native id or a text needs it: whole numbers without a decimal point.
pub(crate) fn written(value: &Value) -> String {
    match f64::try_from(value.clone()) {
        Ok(float) if !value.is_integer() && float.fract() == 0.0 && float.abs() < 9e15 => {
            format!("{}", float as i64)
        }
        _ => value.to_string(),
    }
}
