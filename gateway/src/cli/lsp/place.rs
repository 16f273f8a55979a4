//! Where a cursor is: under which keys, at a key or at a value. Works on lines, since a document that is being
//! typed is rarely good YAML.

use super::text::byte;
use lsp_types::Position;

/// Where a cursor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Spot {
    /// A key is written in the map at this path.
    Key(Vec<String>),
    /// A value is written at this path; with its text up to the cursor.
    Value(Vec<String>, String),
}

/// Finds where a cursor is.
pub(super) fn spot(text: &str, at: Position) -> Spot {
    let mut stack: Vec<(usize, String)> = Vec::new();
    // A map in braces or a list in brackets that is still open, from its beginning.
    let mut flow: Option<String> = None;
    for (number, line) in text.lines().chain([""]).enumerate() {
        let last = number == at.line as usize;
        let line = if last {
            &line[..byte(line, at.character)]
        } else {
            line
        };
        if let Some(open) = &mut flow {
            open.push('\n');
            open.push_str(line);
        } else if last || !(line.trim().is_empty() || line.trim_start().starts_with('#')) {
            let (indent, content) = content(line);
            while stack.last().is_some_and(|(column, _)| *column >= indent) {
                stack.pop();
            }
            let Some((key, value)) = pair(content) else {
                if last {
                    return Spot::Key(keys(&stack));
                }
                continue;
            };
            stack.push((indent, key.to_owned()));
            if !value.starts_with(['{', '[']) {
                if last {
                    return Spot::Value(keys(&stack), value.to_owned());
                }
                continue;
            }
            flow = Some(value.to_owned());
        }
        let open = flow.take().unwrap_or_default();
        let inside = within(&open);
        match inside {
            Some(spot) if last => return under(keys(&stack), spot),
            Some(_) => flow = Some(open),
            None if last => return Spot::Value(keys(&stack), String::new()),
            None => {}
        }
    }
    Spot::Key(Vec::new())
}

fn keys(stack: &[(usize, String)]) -> Vec<String> {
    stack.iter().map(|(_, key)| key.clone()).collect()
}

fn under(mut path: Vec<String>, spot: Spot) -> Spot {
    match spot {
        Spot::Key(below) => {
            path.extend(below);
            Spot::Key(path)
        }
        Spot::Value(below, text) => {
            path.extend(below);
            Spot::Value(path, text)
        }
    }
}

/// A line without its indentation and dashes, and the column where that begins.
fn content(line: &str) -> (usize, &str) {
    let mut rest = line.trim_start_matches(' ');
    while let Some(item) = rest.strip_prefix("- ") {
        rest = item.trim_start_matches(' ');
    }
    (line.len() - rest.len(), rest)
}

/// Splits `key: value`.
fn pair(content: &str) -> Option<(&str, &str)> {
    let (key, value) = match content.split_once(": ") {
        Some(pair) => pair,
        None => (content.trim_end().strip_suffix(':')?, ""),
    };
    let key = key.trim_matches(['"', '\'']);
    let is_key = !key.is_empty() && !key.contains([' ', '{', '[', '|', '(']);
    is_key.then(|| (key, value.trim_start()))
}

/// Follows an open map or list to its end; `None` where it is closed.
fn within(text: &str) -> Option<Spot> {
    // The key of each open map; `None` before one, and always for a list.
    let mut open: Vec<(char, Option<String>)> = Vec::new();
    let mut token = String::new();
    let mut quote = None;
    let mut signs = text.chars().peekable();
    while let Some(c) = signs.next() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), c) => token.push(c),
            (None, '"' | '\'') => quote = Some(c),
            (None, '{' | '[') => {
                open.push((c, None));
                token.clear();
            }
            (None, '}' | ']') => {
                open.pop();
                token.clear();
                if open.is_empty() {
                    return None;
                }
            }
            (None, ',') => {
                token.clear();
                if let Some((_, key)) = open.last_mut() {
                    *key = None;
                }
            }
            (None, ':') if signs.peek().is_none_or(|next| next.is_whitespace()) => {
                if let Some(('{', key @ None)) = open.last_mut() {
                    *key = Some(token.trim().to_owned());
                    token.clear();
                }
            }
            (None, c) => token.push(c),
        }
    }
    let (sign, last) = open.last()?.clone();
    let path: Vec<String> = open.iter().filter_map(|(_, key)| key.clone()).collect();
    Some(match (sign, last) {
        ('{', None) => Spot::Key(path),
        _ => Spot::Value(path, token.trim_start().to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_mark(text: &str) -> Spot {
        let at = text.find('§').expect("a mark");
        let line = text[..at].matches('\n').count();
        let from = text[..at].rfind('\n').map_or(0, |at| at + 1);
        let column = text[from..at].encode_utf16().count();
        spot(
            &text.replace('§', ""),
            Position::new(line as u32, column as u32),
        )
    }

    #[test]
    fn finds_the_path_of_a_cursor() {
        let path = |path: &str| -> Vec<String> {
            path.split('.')
                .filter(|key| !key.is_empty())
                .map(str::to_owned)
                .collect()
        };
        for (text, wanted) in [
            ("§", Spot::Key(vec![])),
            ("app:\n  §", Spot::Key(path("app"))),
            ("app:\n  open: /\nmet§", Spot::Key(vec![])),
            (
                "sources:\n  a:\n    to: let§",
                Spot::Value(path("sources.a.to"), "let".into()),
            ),
            (
                "sources:\n  a:\n    map:\n      title: judul | §",
                Spot::Value(path("sources.a.map.title"), "judul | ".into()),
            ),
            (
                "sources:\n  a:\n    rest: { get: /x,\n      qu§",
                Spot::Key(path("sources.a.rest")),
            ),
            (
                "privacy: { class: §",
                Spot::Value(path("privacy.class"), String::new()),
            ),
            (
                "privacy: { class: public, audience: { un§",
                Spot::Key(path("privacy.audience")),
            ),
            (
                "tests:\n  - { fixture: a }\n  - { §",
                Spot::Key(path("tests")),
            ),
            ("tests:\n  - fixture: a\n    co§", Spot::Key(path("tests"))),
            (
                "x: { a: 'é }', b: [1, 2] }\napp:\n  §",
                Spot::Key(path("app")),
            ),
        ] {
            assert_eq!(at_mark(text), wanted, "{text}");
        }
    }
}
