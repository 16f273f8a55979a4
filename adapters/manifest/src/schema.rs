//! The JSON Schema (draft-07) of the definitions, for editors: `# yaml-language-server: $schema=…`.
//!
//! Made from the same tables as the validator. It helps while typing; the validator alone decides.

use crate::filters::{FILTERS, FUNCTIONS};
use crate::grammar::{Field, Type};
use crate::keys::{CONNECTOR, TEMPLATE};
use crate::problem::Form;
use serde_json::{Map, Value, json};

/// Returns the JSON Schema (draft-07) of a connector's or template's file.
#[must_use]
pub fn connector() -> Value {
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://divos.example/schema/connector-1.json",
        "title": "DIVOS connector, version 1",
        "description": "One app of the city: how it is reached, signed in to, read, mapped, kept private and tested.",
        "if": { "properties": { "kind": { "const": "Template" } }, "required": ["kind"] },
        "then": { "$ref": "#/definitions/template" },
        "else": { "$ref": "#/definitions/connector" },
    });
    schema["definitions"] = json!({
        "connector": relaxed(CONNECTOR),
        "template": loose(TEMPLATE),
        "allow": choice(allow_words(), allow_fields(), false),
        "expression": {
            "type": ["string", "number", "boolean"],
            "description": format!("An expression over the record's fields. Filters: {}. Functions: {}.", usages(FILTERS), usages(FUNCTIONS)),
        },
    });
    schema
}

fn usages(words: &[crate::filters::Word]) -> String {
    words
        .iter()
        .map(|word| word.usage)
        .collect::<Vec<_>>()
        .join(", ")
}

/// A connector that extends a template may leave out whatever the template says.
fn relaxed(fields: &'static [Field]) -> Value {
    let loose = loose(fields);
    let mut whole = record(fields, true);
    whole["description"] = "A connector's file.".into();
    json!({ "if": { "required": ["extends"] }, "then": with_required(loose, fields), "else": whole })
}

fn with_required(mut schema: Value, fields: &'static [Field]) -> Value {
    let required: Vec<&str> = fields
        .iter()
        .filter(|f| f.required)
        .map(|f| f.name)
        .collect();
    schema["required"] = json!(required);
    schema
}

/// A record in which nothing is required at any depth.
fn loose(fields: &'static [Field]) -> Value {
    record(fields, false)
}

fn record(fields: &'static [Field], strict: bool) -> Value {
    let mut properties = Map::new();
    for known in fields {
        let mut schema = of(&known.ty, strict);
        let mut doc = known.doc.to_owned();
        if let Some(default) = known.default {
            doc.push_str(&format!(" Default: `{default}`."));
        }
        if schema.get("$ref").is_some() {
            schema = json!({ "allOf": [schema] });
        }
        schema["description"] = doc.into();
        // `null` deletes what a template says.
        if !strict && !known.required {
            schema = json!({ "description": schema["description"].clone(), "anyOf": [schema, { "type": "null" }] });
        }
        properties.insert(known.name.to_owned(), schema);
    }
    let required: Vec<&str> = fields
        .iter()
        .filter(|f| f.required && strict)
        .map(|f| f.name)
        .collect();
    let mut schema =
        json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn of(ty: &'static Type, strict: bool) -> Value {
    match ty {
        Type::Text(form) => text(*form),
        Type::Scalar | Type::Pattern => json!({ "type": ["string", "number", "boolean"] }),
        Type::Words(words) => either(json!({ "enum": words }), strict),
        Type::Int(min, max) => either(
            json!({ "type": "integer", "minimum": min, "maximum": max }),
            strict,
        ),
        Type::Flag => either(json!({ "type": "boolean" }), strict),
        Type::Duration(_) => duration(),
        Type::DurationOr(_, fields) => {
            json!({ "anyOf": [duration(), record(fields, strict)] })
        }
        Type::Size => {
            json!({ "type": "string", "pattern": pattern("[0-9]+ ?(B|KB|kB|MB|GB|KiB|MiB|GiB)") })
        }
        Type::Secret { strict: true } => {
            json!({ "type": "string", "pattern": "\\$\\{(secret:|param\\.)[^}]+\\}" })
        }
        Type::Secret { .. } | Type::Path | Type::Select => json!({ "type": "string" }),
        Type::Expr => json!({ "$ref": "#/definitions/expression" }),
        Type::Any | Type::PatternTree | Type::SecretTree => json!({}),
        Type::Record(fields) => record(fields, strict),
        Type::Map(value, _) => {
            let mut value = of(value, strict);
            if !strict {
                value = json!({ "anyOf": [value, { "type": "null" }] });
            }
            either(
                json!({ "type": "object", "additionalProperties": value }),
                strict,
            )
        }
        Type::List(item) => either(
            json!({ "type": "array", "items": of(item, strict) }),
            strict,
        ),
        Type::OneOrMany(item) => {
            json!({ "anyOf": [of(item, strict), { "type": "array", "items": of(item, strict) }] })
        }
        Type::Choice(words, _) if same(words, allow_words()) => {
            json!({ "$ref": "#/definitions/allow" })
        }
        Type::Choice(words, fields) => choice(words, fields, strict),
        Type::WordOrRecord(words, fields) => many(words, fields, strict),
    }
}

/// In a template a parameter may stand for anything.
fn either(schema: Value, strict: bool) -> Value {
    if strict {
        return schema;
    }
    json!({ "anyOf": [schema, { "type": "string", "pattern": "\\$\\{param\\." }] })
}

fn duration() -> Value {
    json!({ "type": "string", "pattern": pattern("([0-9]+(ms|s|m|h|d))+") })
}

fn pattern(inner: &str) -> String {
    format!("^({inner}|.*\\$\\{{param\\..*)$")
}

fn text(form: Option<Form>) -> Value {
    let inner = match form {
        Some(Form::AppId) => "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
        Some(Form::UnitCode) => "[A-Za-z0-9.-]{1,32}",
        Some(Form::Slug) => "[a-z0-9][a-z0-9_-]{0,62}",
        Some(Form::Url) => "https?://[^\\s]+",
        Some(Form::UrlPath) => "/.*",
        Some(Form::PathOrQuery) => "[/?].*",
        Some(Form::NotEmpty) => ".*\\S.*",
        Some(Form::Method) => "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS",
        Some(Form::TemplateName) => "[a-z0-9][a-z0-9_-]*@[0-9]+",
        _ => return json!({ "type": "string" }),
    };
    json!({ "type": "string", "pattern": pattern(inner) })
}

type Words = &'static [(&'static str, &'static str)];

fn choice(words: Words, fields: &'static [Field], strict: bool) -> Value {
    let mut options = word_options(words);
    let (beside, choices): (Vec<&Field>, Vec<&Field>) =
        fields.iter().partition(|known| known.beside);
    for known in choices {
        let mut below = Map::new();
        for other in &beside {
            let mut schema = of(&other.ty, strict);
            schema["description"] = other.doc.into();
            below.insert(other.name.to_owned(), schema);
        }
        let mut schema = of(&known.ty, strict);
        if schema.get("$ref").is_some() {
            schema = json!({ "allOf": [schema] });
        }
        schema["description"] = known.doc.into();
        below.insert(known.name.to_owned(), schema);
        options.push(json!({ "type": "object", "properties": below, "required": [known.name], "additionalProperties": false }));
    }
    json!({ "anyOf": options })
}

fn many(words: Words, fields: &'static [Field], strict: bool) -> Value {
    let mut options = word_options(words);
    let mut record = record(fields, strict);
    record["minProperties"] = json!(1);
    options.push(record);
    json!({ "anyOf": options })
}

fn word_options(words: Words) -> Vec<Value> {
    words
        .iter()
        .map(|(word, doc)| json!({ "const": word, "description": doc }))
        .collect()
}

/// The one type of the grammar that contains itself.
fn allow() -> (Words, &'static [Field]) {
    crate::keys::allow()
}

fn allow_words() -> Words {
    allow().0
}

fn allow_fields() -> &'static [Field] {
    allow().1
}

fn same(a: Words, b: Words) -> bool {
    std::ptr::eq(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks schema and grammar together: every key of the tables is a property, no other one is, and
    /// each says what it means.
    fn same_keys(schema: &Value, fields: &'static [Field], path: &str) {
        let properties = schema["properties"]
            .as_object()
            .unwrap_or_else(|| panic!("{path}: no properties"));
        let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
        let mut listed: Vec<&str> = properties.keys().map(String::as_str).collect();
        listed.sort_by_key(|name| known.iter().position(|other| other == name));
        assert_eq!(listed, known, "{path}");
        assert_eq!(schema["additionalProperties"], false, "{path}");
        for field in fields {
            let below = &properties[field.name];
            let doc = below["description"].as_str().unwrap_or_default();
            assert!(doc.starts_with(field.doc), "{path}.{}", field.name);
            if let Type::Record(fields) = &field.ty {
                let inner = if below["properties"].is_object() {
                    below
                } else {
                    &below["anyOf"][0]
                };
                same_keys(inner, fields, &format!("{path}.{}", field.name));
            }
        }
    }

    #[test]
    fn the_schema_knows_what_the_validator_knows() {
        let schema = connector();
        same_keys(
            &schema["definitions"]["connector"]["else"],
            CONNECTOR,
            "connector",
        );
        same_keys(
            &schema["definitions"]["connector"]["then"],
            CONNECTOR,
            "extending",
        );
        same_keys(&schema["definitions"]["template"], TEMPLATE, "template");
    }
}
