//! What the word under the cursor means: a key's documentation and default, or what a mapping target reads.

use super::place::{Spot, spot};
use super::sheet::Sheet;
use super::text::byte;
use divos_manifest::{Expr, key_at};
use divos_model::Lang;
use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position};

pub(super) fn at(sheet: &Sheet, position: Position, lang: Lang) -> Option<Hover> {
    let path = key_under(&sheet.text, position)?;
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let text = match path.as_slice() {
        ["sources", _, "map", _] => lineage(sheet, &path.join("."), lang)?,
        path => {
            let hint = key_at(path, sheet.template)?;
            let default = match (hint.default, lang) {
                (Some(value), Lang::Id) => format!("\n\nBawaan: `{value}`"),
                (Some(value), Lang::En) => format!("\n\nDefault: `{value}`"),
                (None, _) => String::new(),
            };
            format!("**{}**: {}{default}", hint.name, hint.doc)
        }
    };
    Some(Hover {
        contents: HoverContents::Markup(MarkupContent {
            kind: MarkupKind::Markdown,
            value: text,
        }),
        range: None,
    })
}

/// The path of the key that the cursor touches.
fn key_under(text: &str, position: Position) -> Option<Vec<String>> {
    let line = text.lines().nth(position.line as usize)?;
    let at = byte(line, position.character);
    let is_word = |c: char| c.is_alphanumeric() || "_.-@".contains(c);
    let from = line[..at].rfind(|c| !is_word(c)).map_or(0, |at| {
        at + line[at..].chars().next().map_or(1, char::len_utf8)
    });
    let to = line[at..]
        .find(|c| !is_word(c))
        .map_or(line.len(), |to| at + to);
    let word = line.get(from..to).filter(|word| !word.is_empty())?;
    if !line[to..].trim_start_matches(['"', '\'']).starts_with(':') {
        return None;
    }
    let column = u32::try_from(line[..from].encode_utf16().count()).ok()?;
    match spot(text, Position::new(position.line, column)) {
        Spot::Key(mut path) => {
            path.push(word.to_owned());
            Some(path)
        }
        Spot::Value(..) => None,
    }
}

fn lineage(sheet: &Sheet, path: &str, lang: Lang) -> Option<String> {
    let written = sheet.value(&sheet.loaded(), path)?;
    let reads = match Expr::read(&written) {
        Ok(expr) if !expr.lineage().is_empty() => expr.lineage().join("`, `"),
        _ => return Some(format!("`{written}`")),
    };
    let word = match lang {
        Lang::Id => "Membaca",
        Lang::En => "Reads",
    };
    Some(format!("`{written}`\n\n{word}: `{reads}`"))
}
