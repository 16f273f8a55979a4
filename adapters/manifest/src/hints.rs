//! What may stand at a place of a definition, from the tables of the grammar; for editors.
//!
//! A place is the list of keys from the top of the file; the items of a list add nothing to it.

use crate::grammar::{Field, Type, field};
use crate::keys::{CONNECTOR, TEMPLATE};
use crate::targets;
use divos_model::Kind;

/// A key that a map may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHint {
    /// The key.
    pub name: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// What it is where it is absent.
    pub default: Option<&'static str>,
    /// Whether it must be there.
    pub required: bool,
}

impl KeyHint {
    fn of(field: &Field) -> Self {
        Self {
            name: field.name,
            doc: field.doc,
            default: field.default,
            required: field.required,
        }
    }
}

/// Lists the keys of the map at a place; nothing where keys are free.
#[must_use]
pub fn keys_at(path: &[&str], template: bool) -> Vec<KeyHint> {
    fields_at(path, template).iter().map(KeyHint::of).collect()
}

/// Describes the key at a place.
#[must_use]
pub fn key_at(path: &[&str], template: bool) -> Option<KeyHint> {
    let (name, within) = path.split_last()?;
    field(fields_at(within, template), name).map(KeyHint::of)
}

/// Lists the words that may stand at a place, with what they mean where that is known.
#[must_use]
pub fn words_at(path: &[&str], template: bool) -> Vec<(&'static str, &'static str)> {
    match type_at(path, template) {
        Some(Type::Words(words)) => words.iter().map(|word| (*word, "")).collect(),
        Some(Type::Choice(words, _) | Type::WordOrRecord(words, _)) => words.to_vec(),
        Some(Type::Flag) => vec![("true", ""), ("false", "")],
        _ => Vec::new(),
    }
}

/// Tells whether a mapping expression stands at a place.
#[must_use]
pub fn is_expression(path: &[&str], template: bool) -> bool {
    matches!(type_at(path, template), Some(Type::Expr))
}

/// Lists what a mapping to a kind may name, each by the name it is written with.
#[must_use]
pub fn targets_of(kind: Kind) -> Vec<String> {
    targets::known(kind)
}

fn top(template: bool) -> &'static [Field] {
    if template { TEMPLATE } else { CONNECTOR }
}

fn fields_at(path: &[&str], template: bool) -> &'static [Field] {
    if path.is_empty() {
        return top(template);
    }
    match type_at(path, template) {
        Some(
            Type::Record(fields)
            | Type::Choice(_, fields)
            | Type::WordOrRecord(_, fields)
            | Type::DurationOr(_, fields),
        ) => fields,
        _ => &[],
    }
}

fn type_at(path: &[&str], template: bool) -> Option<&'static Type> {
    let (first, rest) = path.split_first()?;
    let mut ty = item(&field(top(template), first)?.ty);
    for key in rest {
        ty = item(ty.under(key)?);
    }
    Some(ty)
}

/// What a list holds; anything else is itself.
fn item(ty: &'static Type) -> &'static Type {
    match ty {
        Type::List(item) | Type::OneOrMany(item) => item,
        ty => ty,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_keys_words_and_expressions_by_place() {
        let names = |path: &[&str]| -> Vec<&str> {
            keys_at(path, false).iter().map(|key| key.name).collect()
        };
        assert!(names(&[]).contains(&"sources"));
        assert!(names(&["sources", "masuk"]).contains(&"deletes"));
        assert!(names(&["tests"]).contains(&"fixture"), "within a list");
        assert!(names(&["sources", "masuk", "map"]).is_empty(), "free keys");
        assert!(is_expression(&["sources", "masuk", "map", "title"], false));
        assert!(
            words_at(&["sources", "x", "to"], false)
                .iter()
                .any(|(word, _)| *word == "letter")
        );
        let every = key_at(&["sources", "x", "every"], false).expect("a key");
        assert_eq!(every.default, Some("15m"));
        assert!(keys_at(&[], true).iter().any(|key| key.name == "params"));
        assert!(targets_of(Kind::Letter).iter().any(|name| name == "number"));
    }
}
