//! What a connector's `privacy.pii` does to a mapped value.

use super::filters::{FilterWorld, text_of};
use super::mask::{MaskKind, mask};
use divos_manifest::Pii;
use minijinja::Value;
use minijinja::value::ValueKind;

/// Hides personal data in a value, in every text of it. What cannot be hidden is dropped.
pub(crate) fn apply(pii: Pii, value: &Value, world: &FilterWorld) -> Value {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => value.clone(),
        ValueKind::Seq | ValueKind::Iterable => match value.try_iter() {
            Ok(items) => items
                .map(|item| apply(pii, &item, world))
                .filter(|item| !item.is_none())
                .collect(),
            Err(_) => Value::from(()),
        },
        ValueKind::Map => match value.try_iter() {
            Ok(keys) => {
                let hidden = |key: Value| {
                    let inner = value.get_item(&key).unwrap_or(Value::from(()));
                    (key, apply(pii, &inner, world))
                };
                Value::from_pairs(keys.map(hidden).filter(|(_, inner)| !inner.is_none()))
            }
            Err(_) => Value::from(()),
        },
        _ => scalar(pii, value, world),
    }
}

fn scalar(pii: Pii, value: &Value, world: &FilterWorld) -> Value {
    let Ok(text) = text_of(value) else {
        return Value::from(());
    };
    match pii {
        Pii::Keep => value.clone(),
        Pii::Mask | Pii::MaskForOthers => Value::from(mask(&text, MaskKind::of(&text))),
        Pii::Hash if text.trim().is_empty() => Value::from(()),
        Pii::Hash => Value::from(world.key.of(text.trim())),
        Pii::Drop => Value::from(()),
    }
}
