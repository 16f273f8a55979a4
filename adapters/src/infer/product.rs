//! The file of a known product: the template, its parameters, and nothing else.

use super::{Recognised, write};
use divos_model::Lang;
use serde_json::Value as Json;

/// Writes the connector of a recognised product; at most 15 lines. `tests` are lines of `tests:`.
#[must_use]
pub fn product(id: &str, title: &str, found: &Recognised, tests: &[String], lang: Lang) -> String {
    let value = |value: &Json| match value {
        Json::String(text) => write::scalar(text),
        other => other.to_string(),
    };
    let with: Vec<String> = found
        .with
        .iter()
        .map(|(name, given)| format!("{name}: {}", value(given)))
        .collect();
    let says = lang.pick(
        "Konsep dari `divos connector infer`; dikenali:",
        "A draft of `divos connector infer`; recognised:",
    );
    let mut out = vec![
        format!("# {says} {}", found.template),
        "apiVersion: divos/v1".to_owned(),
        "kind: Connector".to_owned(),
        format!(
            "metadata: {{ name: {id}, title: {} }}",
            write::scalar(title)
        ),
        format!("extends: {}", found.template),
        format!("with: {{ {} }}", with.join(", ")),
    ];
    match tests {
        // The template's own recording is not this app's.
        [] => out.push("tests: []".to_owned()),
        tests => {
            out.push("tests:".to_owned());
            out.extend(tests.iter().cloned());
        }
    }
    out.join("\n") + "\n"
}
