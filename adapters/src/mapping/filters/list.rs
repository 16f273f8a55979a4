//! Filters over lists and maps, and those that choose.

use super::{Args, Fault, FilterWorld, is_empty, text_of};
use crate::mapping::json::{to_json, to_value};
use minijinja::Value;
use minijinja::value::ValueKind;

type Outcome = Result<Value, Fault>;

pub(crate) fn default(value: &Value, args: &Args, _: &FilterWorld) -> Outcome {
    if !is_empty(value) {
        return Ok(value.clone());
    }
    Ok(args.get(0, "value").cloned().unwrap_or(Value::from(())))
}

pub(crate) fn lookup(value: &Value, args: &Args, _: &FilterWorld) -> Outcome {
    let map = args
        .get(0, "map")
        .filter(|map| map.kind() == ValueKind::Map);
    let map = map.ok_or_else(|| Fault::new("`lookup` needs a map"))?;
    let fallback = || args.get(1, "default").cloned().unwrap_or(Value::from(()));
    if is_empty(value) {
        return Ok(fallback());
    }
    let wanted = text_of(value)?;
    let exact = map.get_attr(&wanted).ok();
    if let Some(found) = exact.filter(|found| !found.is_undefined()) {
        return Ok(found);
    }
    let wanted = wanted.trim().to_lowercase();
    let keys = map
        .try_iter()
        .map_err(|_| Fault::new("`lookup` needs a map"))?;
    for key in keys {
        if key.to_string().trim().to_lowercase() == wanted {
            return Ok(map.get_item(&key).unwrap_or_else(|_| fallback()));
        }
    }
    Ok(fallback())
}

pub(crate) fn split(value: &Value, args: &Args, _: &FilterWorld) -> Outcome {
    let text = text_of(value)?;
    let mark = args.text(0, "separator")?.filter(|mark| !mark.is_empty());
    let mark = mark.ok_or_else(|| Fault::new("`split` needs a separator"))?;
    let parts: Vec<Value> = match args.whole(1, "limit")? {
        Some(limit) if limit > 0 => text.splitn(limit as usize, mark).map(part).collect(),
        _ => text.split(mark).map(part).collect(),
    };
    Ok(Value::from(parts))
}

fn part(text: &str) -> Value {
    Value::from(text.trim())
}

pub(crate) fn first(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    at(value, 0)
}

pub(crate) fn last(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    at(value, -1)
}

pub(crate) fn nth(value: &Value, args: &Args, _: &FilterWorld) -> Outcome {
    at(value, args.whole(0, "n")?.unwrap_or(0))
}

/// Returns an element of a list or a character of a text; null beyond the end.
fn at(value: &Value, n: i64) -> Outcome {
    let items = match value.as_str() {
        Some(text) => text.chars().map(|c| Value::from(c.to_string())).collect(),
        None => items(value)?,
    };
    let len = items.len() as i64;
    let at = if n < 0 { len + n } else { n };
    let found = usize::try_from(at)
        .ok()
        .and_then(|at| items.get(at).cloned());
    Ok(found.unwrap_or(Value::from(())))
}

pub(crate) fn join(value: &Value, args: &Args, _: &FilterWorld) -> Outcome {
    let mark = args.text(0, "separator")?.unwrap_or("");
    let attribute = args.text(1, "attribute")?;
    let mut parts = Vec::new();
    for item in items(value)? {
        let item = attribute.map_or(Some(item.clone()), |name| dotted(&item, name));
        if let Some(item) = item.filter(|item| !item.is_none()) {
            parts.push(text_of(&item)?.into_owned());
        }
    }
    Ok(Value::from(parts.join(mark)))
}

pub(crate) fn length(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    Ok(Value::from(match value.as_str() {
        Some(text) => text.chars().count(),
        None => value.len().unwrap_or(0),
    }))
}

pub(crate) fn unique(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    let mut kept: Vec<Value> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for item in items(value)? {
        if seen.insert(to_json(&item).to_string()) {
            kept.push(item);
        }
    }
    Ok(Value::from(kept))
}

pub(crate) fn sort(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    let mut list = items(value)?;
    list.sort();
    Ok(Value::from(list))
}

pub(crate) fn pluck(value: &Value, args: &Args, _: &FilterWorld) -> Outcome {
    let name = args
        .text(0, "attribute")?
        .ok_or_else(|| Fault::new("`pluck` needs a name"))?;
    let found = items(value)?
        .into_iter()
        .filter_map(|item| dotted(&item, name));
    Ok(Value::from(found.collect::<Vec<_>>()))
}

/// Finds a dotted attribute; `None` where a step is missing.
fn dotted(item: &Value, name: &str) -> Option<Value> {
    let found = name
        .split('.')
        .try_fold(item.clone(), |value, step| value.get_attr(step).ok())?;
    (!found.is_undefined()).then_some(found)
}

pub(crate) fn compact(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    let kept = items(value)?.into_iter().filter(|item| !is_empty(item));
    Ok(Value::from(kept.collect::<Vec<_>>()))
}

pub(crate) fn json(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    Ok(Value::from(to_json(value).to_string()))
}

pub(crate) fn from_json(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    let text = text_of(value)?;
    let json: serde_json::Value =
        serde_json::from_str(&text).map_err(|_| Fault::new("not JSON"))?;
    Ok(to_value(&json))
}

/// Returns a list's elements; a single value is a list of one.
fn items(value: &Value) -> Result<Vec<Value>, Fault> {
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => value
            .try_iter()
            .map(Iterator::collect)
            .map_err(|_| Fault::new("not a list")),
        ValueKind::Map => Err(Fault::new("an object where a list is needed")),
        _ => Ok(vec![value.clone()]),
    }
}
