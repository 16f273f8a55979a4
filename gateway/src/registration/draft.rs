//! The draft of a connector: what the answers of a registration mean in the definitions' grammar.
//!
//! Owns that translation. An address never stands in the draft: it is the operator's to give, in the overlay. Pure.

use super::answers::{Answers, Columns, Personal, Readers, SignIn, Way};
use std::fmt::Write;
use std::path::Path;

/// Writes the definition, the usual way.
#[must_use]
pub fn write(answers: &Answers) -> String {
    let mut text = String::from(
        "# Registered by its owner and assumed until it was tried. The operator gives its address in the overlay.\n",
    );
    for line in answers.about.lines().filter(|line| !line.trim().is_empty()) {
        let plain: String = line.chars().filter(|c| !c.is_control()).collect();
        let _ = writeln!(text, "# {}", plain.trim());
    }
    text.push_str("apiVersion: divos/v1\nkind: Connector\n");
    let _ = writeln!(
        text,
        "metadata: {{ name: {}, title: {}, owner: {}, capability: {}, contract: assumed }}",
        answers.id,
        quoted(&answers.name),
        quoted(answers.unit.as_str()),
        answers.capability,
    );
    if let Way::Product { template, params } = &answers.way {
        let _ = writeln!(text, "extends: {template}");
        if !params.is_empty() {
            let given = params
                .iter()
                .map(|(name, value)| format!("{name}: {}", quoted(value)));
            let _ = writeln!(text, "with: {{ {} }}", given.collect::<Vec<_>>().join(", "));
        }
    }
    text.push_str(&app(answers));
    text.push_str(&sources(answers));
    text.push_str(&privacy(answers));
    // What the tidier cannot read is told by the check, as it is.
    divos_manifest::tidy(Path::new("draft.yaml"), &text).unwrap_or(text)
}

fn app(answers: &Answers) -> String {
    let mut parts = Vec::new();
    match answers.sign_in {
        SignIn::Own => {}
        SignIn::Open => parts.push("sso: public".to_owned()),
        SignIn::Hub => parts.push("sso: { jwt: { claims: [id, name, unit] } }".to_owned()),
    }
    if answers.readers == Readers::Unit {
        let unit = quoted(answers.unit.as_str());
        parts.push(format!(
            "policy: [{{ path: /, allow: {{ under: {unit} }} }}]"
        ));
    }
    match parts.is_empty() {
        true => String::new(),
        false => format!("app: {{ {} }}\n", parts.join(", ")),
    }
}

fn sources(answers: &Answers) -> String {
    match &answers.way {
        Way::Product { .. } | Way::Launcher => String::new(),
        Way::File {
            path,
            kind,
            columns,
        } => {
            let format = match path.to_ascii_lowercase().contains(".xls") {
                true => "xlsx",
                false => "csv",
            };
            let map = file_map(columns);
            format!(
                "sources:\n  data:\n    {format}: {{ get: {} }}\n    every: 1h\n    deletes: never\n    to: {}\n    map:\n{map}",
                quoted(path),
                kind.as_str(),
            )
        }
        Way::Push { kind } => format!(
            "sources:\n  data:\n    webhook: {{ credentials: hub }}\n    deletes: {{ tombstone: \"type == 'deleted'\" }}\n    to: {}\n    map:\n{PUSH_MAP}",
            kind.as_str(),
        ),
    }
}

/// What an event's data has to hold, as the app's page tells its makers: `id` and `title`, perhaps `summary` and `url`.
const PUSH_MAP: &str = "      id: data.id | string\n      title: data.title | text\n      summary: data.summary | default('') | text | truncate(280)\n      updated_at: time | default(none) | datetime\n      web: data.url | default(none)\n";

fn file_map(columns: &Columns) -> String {
    let mut map = format!(
        "      id: {}\n      title: {}\n",
        quoted(&format!("row['{}'] | string", columns.id)),
        quoted(&format!("row['{}'] | text", columns.title)),
    );
    if let Some(time) = &columns.time {
        let expression = quoted(&format!("row['{time}'] | datetime"));
        let _ = writeln!(map, "      updated_at: {expression}");
    }
    map
}

fn privacy(answers: &Answers) -> String {
    let class = match (answers.readers, answers.personal) {
        (_, Personal::Specific) => "restricted",
        (Readers::Public, _) => "public",
        (Readers::Everyone | Readers::Unit, _) => "internal",
    };
    let personal = match answers.personal {
        Personal::None => "none",
        Personal::General => "general",
        Personal::Specific => "specific",
    };
    let audience = match answers.readers {
        Readers::Public | Readers::Everyone => "everyone".to_owned(),
        Readers::Unit => format!("{{ under: {} }}", quoted(answers.unit.as_str())),
    };
    format!("privacy: {{ class: {class}, personal_data: {personal}, audience: {audience} }}\n")
}

/// Writes a text between double quotes; JSON's escapes are among those of YAML (1.2, section 5.7).
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
