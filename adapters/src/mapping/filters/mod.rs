//! The filters of the mapping language: exactly those that the manifest lists.
//!
//! Owns what each does. Pure. A fault's words never hold the row's data.

mod list;
mod number;
mod privacy;
mod text;
mod time;

use super::pseudonym::Pseudonym;
use chrono_tz::Tz;
use minijinja::Value;
use minijinja::value::ValueKind;
use std::fmt;
use std::sync::Arc;
use url::Url;

pub(crate) use number::decimal;
pub(crate) use time::moment;

/// Cuts a text to at most `most` characters, an ellipsis included, at a word where possible.
pub(crate) fn cut(text: &str, most: usize) -> String {
    text::cut(text, most, "…")
}

/// Marks a message of a filter inside minijinja's error.
pub(crate) const MARK: &str = "\u{1}";
/// The longest text that a filter or a concatenation makes, in bytes.
const LONGEST: usize = 1 << 20;

/// What filters may know besides their arguments.
#[derive(Debug, Clone)]
pub(crate) struct FilterWorld {
    /// The zone of times that are written without one.
    pub(crate) zone: Tz,
    /// What relative addresses are relative to.
    pub(crate) base: Option<Url>,
    /// The key of pseudonyms.
    pub(crate) key: Arc<Pseudonym>,
}

/// Why a filter has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    message: String,
    missing: bool,
}

impl Fault {
    pub(crate) fn new(message: &str) -> Self {
        Self {
            message: message.to_owned(),
            missing: false,
        }
    }

    /// The source has no such field.
    pub(crate) fn missing() -> Self {
        Self {
            message: "the source lacks the field".to_owned(),
            missing: true,
        }
    }

    pub(crate) fn is_missing(&self) -> bool {
        self.missing
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The arguments of a filter.
#[derive(Debug, Clone, Default)]
pub(crate) struct Args {
    placed: Vec<Value>,
    named: Vec<(String, Value)>,
}

impl Args {
    pub(crate) fn push(&mut self, name: Option<&str>, value: Value) {
        match name {
            Some(name) => self.named.push((name.to_owned(), value)),
            None => self.placed.push(value),
        }
    }

    /// Finds an argument by place or name.
    pub(crate) fn get(&self, place: usize, name: &str) -> Option<&Value> {
        let named = || {
            self.named
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value)
        };
        self.placed
            .get(place)
            .or_else(named)
            .filter(|value| !value.is_undefined())
    }

    /// Finds a text argument.
    pub(crate) fn text(&self, place: usize, name: &str) -> Result<Option<&str>, Fault> {
        match self.get(place, name) {
            None => Ok(None),
            Some(value) if value.is_none() => Ok(None),
            Some(value) => match value.as_str() {
                Some(text) => Ok(Some(text)),
                None => Err(Fault::new(&format!("`{name}` must be a text"))),
            },
        }
    }

    /// Finds a whole number.
    pub(crate) fn whole(&self, place: usize, name: &str) -> Result<Option<i64>, Fault> {
        match self.get(place, name) {
            None => Ok(None),
            Some(value) => match value.as_i64() {
                Some(number) => Ok(Some(number)),
                None => Err(Fault::new(&format!("`{name}` must be a whole number"))),
            },
        }
    }
}

macro_rules! filters {
    ($($name:ident $word:literal $call:path;)*) => {
        /// A filter of the mapping language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Filter { $($name,)* }

        impl Filter {
            /// Finds a filter by the name that mappings use.
            pub(crate) fn from_name(name: &str) -> Option<Self> {
                match name { $($word => Some(Self::$name),)* _ => None }
            }

            fn run(self, value: &Value, args: &Args, world: &FilterWorld) -> Result<Value, Fault> {
                match self { $(Self::$name => $call(value, args, world),)* }
            }
        }
    };
}

filters! {
    Text "text" text::plain;
    HtmlText "html_text" text::html;
    Truncate "truncate" text::truncate;
    Slug "slug" text::slug;
    Lower "lower" text::lower;
    Upper "upper" text::upper;
    Title "title" text::title;
    Capitalize "capitalize" text::capitalize;
    Trim "trim" text::trim;
    Replace "replace" text::replace;
    RemovePrefix "remove_prefix" text::remove_prefix;
    Default "default" list::default;
    Datetime "datetime" time::datetime;
    Date "date" time::date;
    Epoch "epoch" time::epoch;
    Absolute "absolute" text::absolute;
    Lookup "lookup" list::lookup;
    Hash "hash" privacy::hash;
    Mask "mask" privacy::masked;
    Split "split" list::split;
    First "first" list::first;
    Last "last" list::last;
    Nth "nth" list::nth;
    Join "join" list::join;
    Length "length" list::length;
    Unique "unique" list::unique;
    Sort "sort" list::sort;
    Pluck "pluck" list::pluck;
    Compact "compact" list::compact;
    Int "int" number::int;
    Float "float" number::float;
    Bool "bool" number::boolean;
    String "string" text::string;
    Round "round" number::round;
    Abs "abs" number::abs;
    Json "json" list::json;
    FromJson "from_json" list::from_json;
}

impl Filter {
    /// Applies the filter. A missing field is a fault for all but `default`; null stays null where the
    /// filter has nothing to say about it.
    pub(crate) fn apply(
        self,
        value: Value,
        args: &Args,
        world: &FilterWorld,
    ) -> Result<Value, Fault> {
        if value.is_undefined() && self != Self::Default {
            let excused = self == Self::Lookup && args.get(1, "default").is_some();
            if !excused {
                return Err(Fault::missing());
            }
        }
        let speaks_of_null = matches!(
            self,
            Self::Default | Self::Lookup | Self::Json | Self::Length | Self::Bool
        );
        if value.is_none() && !speaks_of_null {
            return Ok(value);
        }
        self.run(&value, args, world)
    }
}

/// `concat(…)`: one text of all values; missing and null ones are left out.
pub(crate) fn concat(parts: Vec<Value>) -> Result<Value, Fault> {
    let mut out = String::new();
    for part in parts
        .iter()
        .filter(|part| !part.is_undefined() && !part.is_none())
    {
        out.push_str(&text_of(part)?);
        if out.len() > LONGEST {
            return Err(Fault::new("the text grows too long"));
        }
    }
    Ok(Value::from(out))
}

/// `coalesce(…)`: the first value that is not missing, null or empty; null where there is none.
pub(crate) fn coalesce(parts: Vec<Value>) -> Value {
    parts
        .into_iter()
        .find(|part| !is_empty(part))
        .unwrap_or(Value::from(()))
}

/// Tells whether a value is missing, null, or an empty text, list or map.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => true,
        ValueKind::String => value.as_str().is_some_and(|text| text.trim().is_empty()),
        ValueKind::Seq | ValueKind::Map | ValueKind::Iterable => value.len() == Some(0),
        _ => false,
    }
}

/// Returns a value as text: texts, numbers, truth values and moments; lists and objects are no text.
pub(crate) fn text_of(value: &Value) -> Result<std::borrow::Cow<'_, str>, Fault> {
    if let Some(text) = value.as_str() {
        return Ok(text.into());
    }
    match value.kind() {
        ValueKind::Number => Ok(number::written(value).into()),
        ValueKind::Bool | ValueKind::Plain => Ok(value.to_string().into()),
        ValueKind::Undefined => Err(Fault::missing()),
        ValueKind::None => Ok("".into()),
        _ => Err(Fault::new("a list or object where a text is needed")),
    }
}

#[cfg(test)]
#[path = "../filters_test.rs"]
mod tests;
