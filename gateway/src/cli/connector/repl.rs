//! `divos connector repl`: a mapping expression on the records of a fixture, with what it reads and what it gives.

use super::args::ReplArgs;
use super::{find, load};
use crate::cli::{Outcome, progress};
use anyhow::Context;
use divos_adapters::{Tryout, fixture, row_sentence};
use divos_manifest::{Connector, Expr, ExprFault, FixtureTest, Source};
use divos_model::Lang;
use serde_json::{Value as Json, json};
use std::io::{BufRead, IsTerminal, Read};
use std::sync::Arc;

/// The most records that are held.
const ROWS: usize = 10_000;
/// The longest line that is read, in bytes.
const LINE: u64 = 64 * 1024;
/// The longest value that is shown to people, in characters.
const SHOWN: usize = 200;

pub(super) fn run(args: &ReplArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let loaded = load(&args.hub, lang)?;
    let connector = find(&loaded, &args.id, lang)?;
    let (source, test) = recorded(&connector, args.source.as_deref(), lang)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let rows = runtime
        .block_on(fixture::records(&connector, test, ROWS))
        .map_err(|failure| anyhow::anyhow!("{}", failure.sentence(lang)))
        .with_context(|| test.fixture.display().to_string())?;
    let said = lang.pick(
        "rekamannya tidak memuat baris",
        "its fixture holds no record",
    );
    anyhow::ensure!(!rows.is_empty(), "{}/{}: {said}", connector.id, source.name);
    let mut desk = Desk {
        connector: &connector,
        source,
        rows,
        row: args.row,
        lang,
        json: args.json,
    };
    desk.choose(args.row)?;
    match &args.expr {
        Some(expr) => Ok(desk.expression(expr)),
        None => desk.lines(std::io::stdin().lock()),
    }
}

/// Finds the source and the first recording of it.
fn recorded<'a>(
    connector: &'a Connector,
    name: Option<&str>,
    lang: Lang,
) -> anyhow::Result<(&'a Source, &'a FixtureTest)> {
    let first = connector.sources.first();
    let source = match name {
        Some(name) => connector.source(name),
        None => first,
    };
    let Some(source) = source else {
        let known: Vec<&str> = connector.sources.iter().map(|s| s.name.as_str()).collect();
        let says = lang.pick(
            "tidak ada sumber itu; yang ada",
            "no such source; there are",
        );
        anyhow::bail!("{}: {says}: {}", connector.id, known.join(", "));
    };
    let is_first = first.is_some_and(|first| first.name == source.name);
    let of = |test: &&FixtureTest| match &test.source {
        Some(name) => *name == source.name,
        None => is_first,
    };
    let none = || {
        let says = lang.pick(
            "tidak punya rekaman; buat dengan `divos connector record`",
            "has no fixture; make one with `divos connector record`",
        );
        anyhow::anyhow!("{}/{} {says}", connector.id, source.name)
    };
    let test = connector.tests.iter().find(of).ok_or_else(none)?;
    Ok((source, test))
}

/// What is looked at.
struct Desk<'a> {
    connector: &'a Arc<Connector>,
    source: &'a Source,
    rows: Vec<Json>,
    /// Which record, from 1; all where it is `None`.
    row: Option<usize>,
    lang: Lang,
    json: bool,
}

impl Desk<'_> {
    fn choose(&mut self, row: Option<usize>) -> anyhow::Result<()> {
        let count = self.rows.len();
        if let Some(wrong) = row.filter(|row| *row == 0 || *row > count) {
            let says = self.lang.pick("tidak ada baris", "there is no record");
            let range = self.lang.pick("ada 1 sampai", "there are 1 to");
            anyhow::bail!("{says} {wrong}; {range} {count}");
        }
        self.row = row;
        Ok(())
    }

    /// Reads expressions and commands until the end or `:quit`.
    fn lines(&mut self, mut input: impl BufRead) -> anyhow::Result<Outcome> {
        let talks = std::io::stdin().is_terminal();
        if self.row.is_none() {
            self.row = Some(1);
        }
        let mut all = Outcome::Fine;
        loop {
            if talks {
                eprint_prompt();
            }
            let mut line = Vec::new();
            let read = input.by_ref().take(LINE).read_until(b'\n', &mut line)?;
            if read == 0 {
                break;
            }
            let too_long = self
                .lang
                .pick("baris terlalu panjang", "the line is too long");
            anyhow::ensure!((read as u64) < LINE, "{too_long}");
            let line = String::from_utf8_lossy(&line);
            let outcome = match line.trim() {
                "" => continue,
                ":quit" | ":q" => break,
                command if command.starts_with(':') => self.command(command),
                expression => self.expression(expression),
            };
            if outcome == Outcome::NotFine {
                all = outcome;
            }
        }
        // A person at a terminal has seen the faults; a program is told at the end.
        Ok(if talks { Outcome::Fine } else { all })
    }

    fn command(&mut self, command: &str) -> Outcome {
        let mut words = command.split_whitespace();
        let done = match (words.next(), words.next()) {
            (Some(":row"), Some("all")) => self.choose(None),
            (Some(":row"), Some(number)) => match number.parse() {
                Ok(number) => self.choose(Some(number)),
                Err(_) => Err(self.usage()),
            },
            (Some(":fields"), None) => {
                self.fields();
                Ok(())
            }
            _ => Err(self.usage()),
        };
        match done {
            Ok(()) => Outcome::Fine,
            Err(error) => {
                progress::note(error.to_string());
                Outcome::NotFine
            }
        }
    }

    fn usage(&self) -> anyhow::Error {
        let says = self.lang.pick("perintah", "commands");
        anyhow::anyhow!("{says}: `:row N`, `:row all`, `:fields`, `:quit`")
    }

    /// Lists the fields of the chosen record, dotted, as an expression writes them.
    fn fields(&self) {
        let row = &self.rows[self.row.map_or(0, |row| row - 1)];
        let mut found = Vec::new();
        leaves(row, "", &mut found);
        for (name, value) in found {
            progress::say(format!("{name}\t{}", shortened(&value.to_string())));
        }
    }

    fn expression(&self, text: &str) -> Outcome {
        let expr = match Expr::read(text) {
            Ok(expr) => expr,
            Err(faults) => {
                faults
                    .iter()
                    .for_each(|fault| pointed(text, fault, self.lang));
                return Outcome::NotFine;
            }
        };
        let tryout = match Tryout::compile(self.connector, &expr) {
            Ok(tryout) => tryout,
            Err(error) => {
                progress::note(error.to_string());
                return Outcome::NotFine;
            }
        };
        let mut outcome = Outcome::Fine;
        for (at, row) in self.rows.iter().enumerate() {
            if self.row.is_some_and(|chosen| chosen != at + 1) {
                continue;
            }
            if !self.shown(at + 1, &expr, tryout.on(row)) {
                outcome = Outcome::NotFine;
            }
        }
        if !self.json {
            let reads = self.lang.pick("membaca", "reads");
            let nothing = self.lang.pick("tidak satu isian pun", "no field");
            let fields = match expr.lineage() {
                [] => nothing.to_owned(),
                fields => fields.join(", "),
            };
            progress::say(format!("{reads}: {fields}"));
        }
        outcome
    }

    /// Shows what one record gives; tells whether it gives anything.
    fn shown(&self, row: usize, expr: &Expr, tried: Result<divos_adapters::Tried, String>) -> bool {
        let word = self.lang.pick("baris", "row");
        let source = format!("{}/{}", self.connector.id, self.source.name);
        match tried {
            Ok(tried) if self.json => progress::say(
                json!({ "row": row, "value": tried.value, "type": tried.kind.word(Lang::En), "reads": expr.lineage() })
                    .to_string(),
            ),
            Ok(tried) => progress::say(format!(
                "{word} {row}: {} ({})",
                shortened(&tried.value.to_string()),
                tried.kind.word(self.lang)
            )),
            Err(message) => {
                let sentence = row_sentence(&message, self.lang);
                if self.json {
                    progress::say(
                        json!({ "row": row, "fault": sentence, "reads": expr.lineage() })
                            .to_string(),
                    );
                } else {
                    progress::note(format!("{source}: {word} {row}: {sentence}"));
                }
                return false;
            }
        }
        true
    }
}

fn eprint_prompt() {
    use std::io::Write;
    let _ = write!(std::io::stderr(), "> ");
    let _ = std::io::stderr().flush();
}

/// Shows an expression with marks under what is wrong in it.
fn pointed(text: &str, fault: &ExprFault, lang: Lang) {
    let column = fault.from + 1;
    progress::note(format!(
        "{}: {} ({})",
        lang.pick("kesalahan", "fault"),
        fault.problem.title(lang),
        format_args!("{} {column}", lang.pick("kolom", "column"))
    ));
    progress::note(format!("  {text}"));
    let marks = "^".repeat(fault.to.saturating_sub(fault.from).max(1));
    progress::note(format!("  {}{marks}", " ".repeat(fault.from)));
    if let Some(help) = fault.problem.help(lang) {
        progress::note(format!("  {help}"));
    }
}

/// Lists the values of a record that are no maps, each with the name by which an expression finds it.
fn leaves<'a>(value: &'a Json, name: &str, found: &mut Vec<(String, &'a Json)>) {
    let Some(fields) = value.as_object().filter(|fields| !fields.is_empty()) else {
        return found.push((name.to_owned(), value));
    };
    for (key, below) in fields {
        leaves(below, &step(name, key), found);
    }
}

/// Writes one step further: `a.b`, or `a["b c"]` where the key is no word.
fn step(name: &str, key: &str) -> String {
    let first = key.chars().next();
    let is_word = first.is_some_and(|c| c.is_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_alphanumeric() || c == '_');
    match (name, is_word) {
        ("", true) => key.to_owned(),
        (_, true) => format!("{name}.{key}"),
        ("", false) => format!("{}[{key:?}]", divos_manifest::ROW),
        (_, false) => format!("{name}[{key:?}]"),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_as_an_expression_finds_them() {
        let row = json!({ "a": { "b": 1, "c d": "x" }, "Nama Lengkap": "y", "l": [1] });
        let mut found = Vec::new();
        leaves(&row, "", &mut found);
        for (name, value) in &found {
            let expr = Expr::read(name).expect("a name is an expression");
            let path = expr.path().expect("a name is a path");
            assert_eq!(path.get(&row), Some(*value), "{name}");
        }
        assert_eq!(found.len(), 4);
    }
}
