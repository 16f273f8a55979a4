//! Filters over texts.

use super::{Args, Fault, FilterWorld, LONGEST, text_of};
use crate::mapping::html;
use minijinja::Value;
use url::Url;

type Outcome = Result<Value, Fault>;

pub(crate) fn plain(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    Ok(Value::from(html::plain_text(&text_of(value)?)))
}

pub(crate) fn html(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    Ok(Value::from(html::html_text(&text_of(value)?)))
}

pub(crate) fn string(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    Ok(Value::from(text_of(value)?.into_owned()))
}

pub(crate) fn lower(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    Ok(Value::from(text_of(value)?.to_lowercase()))
}

pub(crate) fn upper(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    Ok(Value::from(text_of(value)?.to_uppercase()))
}

pub(crate) fn title(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    let mut out = String::new();
    let mut inside = false;
    for c in text_of(value)?.chars() {
        match (c.is_alphanumeric(), inside) {
            (true, false) => out.extend(c.to_uppercase()),
            (true, true) => out.extend(c.to_lowercase()),
            (false, _) => out.push(c),
        }
        inside = c.is_alphanumeric();
    }
    Ok(Value::from(out))
}

pub(crate) fn capitalize(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    let text = text_of(value)?;
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    Ok(Value::from(
        first.unwrap_or_default() + &letters.as_str().to_lowercase(),
    ))
}

pub(crate) fn trim(value: &Value, args: &Args, _: &FilterWorld) -> Outcome {
    let text = text_of(value)?;
    Ok(Value::from(match args.text(0, "chars")? {
        Some(chars) => text.trim_matches(|c| chars.contains(c)),
        None => text.trim(),
    }))
}

pub(crate) fn replace(value: &Value, args: &Args, _: &FilterWorld) -> Outcome {
    let (from, to) = (args.text(0, "from")?, args.text(1, "to")?);
    let (Some(from), Some(to)) = (from, to) else {
        return Err(Fault::new("`replace` needs two texts"));
    };
    let text = text_of(value)?;
    let hits = if from.is_empty() {
        text.chars().count() + 1
    } else {
        text.matches(from).count()
    };
    if text.len() + hits * to.len() > LONGEST {
        return Err(Fault::new("the text grows too long"));
    }
    Ok(Value::from(text.replace(from, to)))
}

pub(crate) fn remove_prefix(value: &Value, args: &Args, _: &FilterWorld) -> Outcome {
    let prefix = args.text(0, "prefix")?.unwrap_or_default();
    let text = text_of(value)?;
    Ok(Value::from(text.strip_prefix(prefix).unwrap_or(&text)))
}

pub(crate) fn slug(value: &Value, _: &Args, _: &FilterWorld) -> Outcome {
    let mut out = String::new();
    for c in text_of(value)?.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let len = out.trim_end_matches('-').len();
    out.truncate(len);
    Ok(Value::from(out))
}

pub(crate) fn truncate(value: &Value, args: &Args, _: &FilterWorld) -> Outcome {
    let most = args
        .whole(0, "length")?
        .ok_or_else(|| Fault::new("`truncate` needs a number"))?;
    let end = args.text(1, "end")?.unwrap_or("…");
    let most = usize::try_from(most).map_err(|_| Fault::new("`truncate` needs a number from 0"))?;
    Ok(Value::from(cut(&text_of(value)?, most, end)))
}

/// Cuts a text to at most `most` characters, `end` included, at a word where one ends in its second half.
pub(crate) fn cut(text: &str, most: usize, end: &str) -> String {
    if text.len() <= most || text.chars().count() <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(end.chars().count());
    let at = text
        .char_indices()
        .nth(room)
        .map_or(text.len(), |(at, _)| at);
    let head = &text[..at];
    let whole_word = text[at..].starts_with(char::is_whitespace);
    let word = head
        .rfind(char::is_whitespace)
        .filter(|&blank| !whole_word && blank * 2 >= head.len());
    let head = head[..word.unwrap_or(head.len())].trim_end();
    let end: String = end.chars().take(most).collect();
    format!("{head}{end}")
}

pub(crate) fn absolute(value: &Value, args: &Args, world: &FilterWorld) -> Outcome {
    let text = text_of(value)?;
    let text = text.trim();
    if text.is_empty() {
        return Ok(Value::from(()));
    }
    let own = match args.text(0, "base")? {
        Some(base) => Some(Url::parse(base).map_err(|_| Fault::new("`base` is not an address"))?),
        None => world.base.clone(),
    };
    let joined = match own {
        Some(base) => base.join(text),
        None => Url::parse(text),
    };
    let url = joined.map_err(|_| Fault::new("not an address"))?;
    Ok(Value::from(url.to_string()))
}
