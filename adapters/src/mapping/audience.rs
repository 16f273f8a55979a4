//! Sets the parts of an audience from mapped values. What cannot be read is a fault: never wider, never
//! silently narrower.

use super::filters::{Fault, is_empty, text_of};
use divos_model::{Audience, UnitScope};
use minijinja::Value;
use minijinja::value::ValueKind;
use std::str::FromStr;

/// Sets one key of an audience; tells whether the value said anything.
pub(crate) fn set(audience: &mut Audience, key: &str, value: &Value) -> Result<bool, Fault> {
    if is_empty(value) {
        return Ok(false);
    }
    match key {
        "everyone" => match value.kind() {
            ValueKind::Bool => audience.everyone = value.is_true(),
            _ => return Err(Fault::new("neither true nor false: use the filter `bool`")),
        },
        "persons" => audience.persons = ids(value)?,
        "exclude" => audience.exclude = ids(value)?,
        "posts" => audience.posts = ids(value)?,
        "roles" => audience.roles = words(value)?,
        "units" => audience.units.extend(units(value, false)?),
        "under" => audience.units.extend(units(value, true)?),
        _ => return Err(Fault::new("no such part of an audience")),
    }
    Ok(true)
}

fn words(value: &Value) -> Result<Vec<String>, Fault> {
    let list: Vec<Value> = match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => {
            value.try_iter().map(Iterator::collect).unwrap_or_default()
        }
        _ => vec![value.clone()],
    };
    list.iter()
        .filter(|v| !is_empty(v))
        .map(|v| Ok(text_of(v)?.trim().to_owned()))
        .collect()
}

fn ids<T: FromStr>(value: &Value) -> Result<Vec<T>, Fault> {
    let parsed = words(value)?.into_iter().map(|word| word.parse::<T>());
    parsed
        .map(|id| id.map_err(|_| Fault::new("not an id of the hub's directory")))
        .collect()
}

fn units(value: &Value, subtree: bool) -> Result<Vec<UnitScope>, Fault> {
    let scope = |word: String| {
        let code = word.parse().map_err(|_| Fault::new("not a unit code"))?;
        Ok(UnitScope { code, subtree })
    };
    words(value)?.into_iter().map(scope).collect()
}
