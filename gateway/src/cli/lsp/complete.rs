//! What may stand at the cursor.

use super::place::{Spot, spot};
use super::sheet::Sheet;
use divos_manifest::{Loaded, ROW, filters, is_expression, keys_at, targets_of, words_at};
use divos_model::Kind;
use lsp_types::{CompletionItem, CompletionItemKind, Documentation, Position};

pub(super) fn at(sheet: &Sheet, position: Position) -> Vec<CompletionItem> {
    let loaded = sheet.loaded();
    match spot(&sheet.text, position) {
        Spot::Key(path) => keys(sheet, &loaded, &words(&path)),
        Spot::Value(path, written) => values(sheet, &loaded, &words(&path), &written),
    }
}

fn words(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

fn item(label: &str, kind: CompletionItemKind, detail: &str, doc: &str) -> CompletionItem {
    CompletionItem {
        label: label.to_owned(),
        kind: Some(kind),
        detail: Some(detail.to_owned()).filter(|text| !text.is_empty()),
        documentation: Some(Documentation::String(doc.to_owned())).filter(|_| !doc.is_empty()),
        ..CompletionItem::default()
    }
}

/// Inserted with its colon.
fn key(label: &str, detail: &str, doc: &str) -> CompletionItem {
    CompletionItem {
        insert_text: Some(format!("{label}: ")),
        ..item(label, CompletionItemKind::PROPERTY, detail, doc)
    }
}

fn keys(sheet: &Sheet, loaded: &Loaded, path: &[&str]) -> Vec<CompletionItem> {
    match path {
        ["with"] => params(sheet, loaded),
        ["sources", source, "map"] => {
            let to = sheet.value(loaded, &format!("sources.{source}.to"));
            let kind = to.and_then(|to| Kind::ALL.iter().copied().find(|kind| kind.as_str() == to));
            let targets = kind.map(targets_of).unwrap_or_default();
            targets.iter().map(|target| key(target, "", "")).collect()
        }
        path => keys_at(path, sheet.template)
            .iter()
            .map(|hint| {
                let default = hint
                    .default
                    .map_or_else(String::new, |value| format!("= {value}"));
                key(hint.name, &default, hint.doc)
            })
            .collect(),
    }
}

/// What the templates that the document extends ask for.
fn params(sheet: &Sheet, loaded: &Loaded) -> Vec<CompletionItem> {
    let values = loaded.explain(sheet.id()).unwrap_or_default();
    let extended = |name: &str| {
        values
            .iter()
            .any(|value| value.path.starts_with("extends") && value.value == name)
            || sheet.text.contains(&format!("extends: {name}"))
    };
    let templates = loaded
        .templates
        .iter()
        .filter(|template| extended(&template.name));
    templates
        .flat_map(|template| &template.params)
        .map(|param| {
            let needed = if param.required { "required" } else { "" };
            key(&param.name, needed, &param.description)
        })
        .collect()
}

fn values(sheet: &Sheet, loaded: &Loaded, path: &[&str], written: &str) -> Vec<CompletionItem> {
    if path == ["extends"] {
        let of = |template: &divos_manifest::TemplateInfo| {
            item(
                &template.name,
                CompletionItemKind::MODULE,
                "",
                &template.title,
            )
        };
        return loaded.templates.iter().map(of).collect();
    }
    if is_expression(path, sheet.template) {
        return expression(sheet, path, written);
    }
    let word = |(word, doc): &(&str, &str)| item(word, CompletionItemKind::ENUM_MEMBER, "", doc);
    words_at(path, sheet.template).iter().map(word).collect()
}

/// Filters after a `|`; else the record's fields and the functions.
fn expression(sheet: &Sheet, path: &[&str], written: &str) -> Vec<CompletionItem> {
    let named = |words: &[filters::Word]| -> Vec<CompletionItem> {
        let of = |word: &filters::Word| {
            item(
                word.name,
                CompletionItemKind::FUNCTION,
                word.usage,
                word.doc,
            )
        };
        words.iter().map(of).collect()
    };
    let after_pipe = written.rsplit_once('|').is_some_and(|(_, rest)| {
        rest.trim_start()
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_')
    });
    if after_pipe {
        return named(filters::FILTERS);
    }
    let source = path.get(1).copied().unwrap_or_default();
    let fields = sheet.fields.get(source).into_iter().flatten();
    let mut items: Vec<CompletionItem> = fields
        .map(|field| {
            let plain = field.chars().all(|c| c.is_alphanumeric() || c == '_')
                && !field.starts_with(|c: char| c.is_numeric());
            let label = if plain {
                field.clone()
            } else {
                format!("{ROW}['{field}']")
            };
            item(&label, CompletionItemKind::FIELD, "", "")
        })
        .collect();
    items.extend(named(filters::FUNCTIONS));
    items
}
