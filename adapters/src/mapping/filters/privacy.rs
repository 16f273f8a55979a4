//! Filters that hide personal data.

use super::{Args, Fault, FilterWorld, text_of};
use crate::mapping::mask::{MaskKind, mask};
use minijinja::Value;
use minijinja::value::ValueKind;

type Outcome = Result<Value, Fault>;

pub(crate) fn hash(value: &Value, _: &Args, world: &FilterWorld) -> Outcome {
    hashed(value, world)
}

fn hashed(value: &Value, world: &FilterWorld) -> Outcome {
    if value.kind() == ValueKind::Seq {
        return each(value, |v| hashed(v, world));
    }
    let text = text_of(value)?;
    let text = text.trim();
    if text.is_empty() {
        return Ok(Value::from(()));
    }
    Ok(Value::from(world.key.of(text)))
}

pub(crate) fn masked(value: &Value, args: &Args, _: &FilterWorld) -> Outcome {
    hidden(value, args)
}

fn hidden(value: &Value, args: &Args) -> Outcome {
    if value.kind() == ValueKind::Seq {
        return each(value, |v| hidden(v, args));
    }
    let text = text_of(value)?;
    let kind = match args.text(0, "kind")? {
        None => MaskKind::of(&text),
        Some(word) => MaskKind::from_word(word)
            .ok_or_else(|| Fault::new("`kind` is not a kind of personal data"))?,
    };
    Ok(Value::from(mask(&text, kind)))
}

fn each(list: &Value, apply: impl Fn(&Value) -> Outcome) -> Outcome {
    let items = list.try_iter().map_err(|_| Fault::new("not a list"))?;
    let items: Result<Vec<Value>, Fault> = items.map(|item| apply(&item)).collect();
    Ok(Value::from(items?))
}
