//! `divos connector templates`: which products are known, what each template asks for, and how it is used.

use super::load;
use crate::cli::args::HubArgs;
use crate::cli::{Outcome, progress, table};
use divos_manifest::{ParamInfo, TemplateInfo};
use divos_model::Lang;
use serde_json::{Value, json};

pub(super) fn run(
    hub: &HubArgs,
    lang: Lang,
    names: &[String],
    as_json: bool,
) -> anyhow::Result<Outcome> {
    let loaded = load(hub, lang)?;
    let chosen = chosen(&loaded.templates, names, lang)?;
    if as_json {
        let rows: Vec<Value> = chosen.into_iter().map(as_value).collect();
        progress::say(serde_json::to_string_pretty(&rows)?);
    } else if names.is_empty() {
        progress::say(list(&chosen));
        progress::note(match lang {
            Lang::Id => "Selengkapnya, dengan contoh pemakaian: divos connector templates NAMA",
            Lang::En => "More, with an example of use: divos connector templates NAME",
        });
    } else {
        let told: Vec<String> = chosen.into_iter().map(|info| whole(info, lang)).collect();
        progress::say(told.join("\n"));
    }
    Ok(Outcome::Fine)
}

/// Those of these names, with or without their version; all where none is named.
fn chosen<'a>(
    all: &'a [TemplateInfo],
    names: &[String],
    lang: Lang,
) -> anyhow::Result<Vec<&'a TemplateInfo>> {
    if names.is_empty() {
        return Ok(all.iter().collect());
    }
    let mut found = Vec::new();
    for name in names {
        let before = found.len();
        let same = |info: &&TemplateInfo| {
            info.name == *name || info.name.split('@').next() == Some(name.as_str())
        };
        found.extend(all.iter().filter(same));
        if found.len() == before {
            let known: Vec<&str> = all.iter().map(|info| info.name.as_str()).collect();
            let known = known.join(", ");
            match lang {
                Lang::Id => anyhow::bail!("tidak ada templat `{name}`; yang ada: {known}"),
                Lang::En => anyhow::bail!("there is no template `{name}`; there are: {known}"),
            }
        }
    }
    Ok(found)
}

/// One line a template.
fn list(templates: &[&TemplateInfo]) -> String {
    let row = |info: &&TemplateInfo| {
        let params = info.params.iter().map(|param| match param.required {
            true => format!("{}*", param.name),
            false => param.name.clone(),
        });
        let first = info.about.lines().next().unwrap_or_default();
        vec![
            info.name.clone(),
            first.to_owned(),
            params.collect::<Vec<_>>().join(", "),
        ]
    };
    table::write(
        &["template", "reads", "parameters (* required)"],
        templates.iter().map(row).collect(),
    )
}

/// Everything of one template.
fn whole(info: &TemplateInfo, lang: Lang) -> String {
    let rows = info.params.iter().map(|param| {
        let given = match (param.required, &param.default) {
            (true, _) => "required".to_owned(),
            (false, Some(default)) => default.to_string(),
            (false, None) => String::new(),
        };
        vec![
            param.name.clone(),
            param.kind.clone(),
            given,
            param.description.clone(),
        ]
    });
    let heading = ["parameter", "type", "default", "meaning"];
    let example = match lang {
        Lang::Id => "Contoh pemakaian",
        Lang::En => "An example of use",
    };
    format!(
        "{} · {}\n{}\n\n{}\n\n{example}:\n\n{}",
        info.name,
        info.title,
        info.about,
        table::write(&heading, rows.collect()),
        usage(info)
    )
}

fn as_value(info: &TemplateInfo) -> Value {
    let param = |param: &ParamInfo| {
        json!({
            "name": param.name,
            "type": param.kind,
            "required": param.required,
            "default": param.default,
            "example": param.example,
            "description": param.description,
        })
    };
    json!({
        "name": info.name,
        "title": info.title,
        "about": info.about,
        "capability": info.capability,
        "built_in": info.built_in,
        "params": info.params.iter().map(param).collect::<Vec<_>>(),
        "example": usage(info),
    })
}

/// A connector that extends it: the parameters that have an example or must be given, secrets by reference.
fn usage(info: &TemplateInfo) -> String {
    let capability = info.capability.as_deref().unwrap_or("other");
    let mut text = format!(
        "# connectors.d/contoh.yaml\nmetadata: {{ name: contoh, title: {}, owner: \"030801\", capability: {capability} }}\nextends: {}\n",
        quoted(&info.title),
        info.name
    );
    let given: Vec<String> = info.params.iter().filter_map(example).collect();
    if !given.is_empty() {
        text.push_str(&format!("with:\n{}", given.concat()));
    }
    text.push_str("privacy: { class: internal }\n");
    text
}

fn example(param: &ParamInfo) -> Option<String> {
    let secret = || Value::from(format!("${{secret:contoh/{}}}", param.name));
    let value = match (&param.example, param.kind.as_str()) {
        (Some(value), _) => value.clone(),
        (None, "secret") if param.required => secret(),
        (None, _) if param.required => Value::from("…"),
        _ => return None,
    };
    // JSON is YAML.
    Some(format!("  {}: {value}\n", param.name))
}

/// A text as YAML that cannot be taken for anything else.
fn quoted(text: &str) -> Value {
    Value::from(format!("{text} (contoh)"))
}
