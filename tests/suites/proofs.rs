//! `docs/proofs.md`: every test that it names exists, and no way of reading and of signing in is missing.

use anyhow::{Context, ensure};
use divos_tests::divos_in;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The words between backquotes, in order.
fn quoted(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

fn root() -> anyhow::Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.map(Path::to_owned).context("the workspace")
}

/// The rows of both tables.
fn rows() -> anyhow::Result<Vec<String>> {
    let table = std::fs::read_to_string(root()?.join("docs/proofs.md"))?;
    let rows = table.lines().filter(|line| line.contains(".rs` `"));
    Ok(rows.map(str::to_owned).collect())
}

#[test]
fn every_proof_names_a_test_that_exists() -> anyhow::Result<()> {
    let (root, rows) = (root()?, rows()?);
    for line in &rows {
        let words = quoted(line);
        let [file, name] = words[words.len() - 2..] else {
            anyhow::bail!("{line}");
        };
        let text = std::fs::read_to_string(root.join(file)).with_context(|| file.to_owned())?;
        let test = format!("fn {name}(");
        ensure!(text.contains(&test), "{file} has no test {name}");
    }
    ensure!(rows.len() >= 40, "only {} proofs", rows.len());
    Ok(())
}

/// Finds the keys of the first record that has all of these.
fn record<'v>(schema: &'v Value, with: &[&str]) -> Option<&'v serde_json::Map<String, Value>> {
    let own = schema.get("properties").and_then(Value::as_object);
    if let Some(found) = own.filter(|own| with.iter().all(|key| own.contains_key(*key))) {
        return Some(found);
    }
    match schema {
        Value::Object(map) => map.values().find_map(|below| record(below, with)),
        Value::Array(list) => list.iter().find_map(|below| record(below, with)),
        _ => None,
    }
}

/// The keys of a choice of maps with one key.
fn choices(schema: &Value) -> Vec<&str> {
    let own = schema["properties"].as_object().into_iter().flatten();
    let below = schema["anyOf"].as_array().into_iter().flatten();
    let own = own.map(|(key, _)| key.as_str());
    own.chain(below.flat_map(choices)).collect()
}

#[test]
fn no_way_of_reading_and_of_signing_in_is_without_a_proof() -> anyhow::Result<()> {
    let output = divos_in(&root()?, &["schema", "connector"], "");
    let schema: Value = serde_json::from_slice(&output.stdout)?;
    let source = record(&schema, &["rest", "imap", "deletes"]).context("sources")?;
    let ways = source["rest"]["description"].as_str().context("the ways")?;
    let connector = record(&schema, &["auth", "sources"]).context("a connector")?;
    let wanted: BTreeSet<&str> = quoted(ways)
        .into_iter()
        .chain(choices(&connector["auth"]))
        .chain(["files"])
        .collect();
    ensure!(wanted.len() >= 26, "{wanted:?}");
    let rows = rows()?;
    let first = |row: &'_ String| -> Vec<String> {
        let cell = row.split('|').nth(1).unwrap_or_default();
        quoted(cell).into_iter().map(str::to_owned).collect()
    };
    let proved: BTreeSet<String> = rows.iter().flat_map(first).collect();
    let missing: Vec<_> = wanted
        .iter()
        .filter(|one| !proved.contains(**one))
        .collect();
    ensure!(
        missing.is_empty(),
        "no proof of {missing:?} in docs/proofs.md"
    );
    Ok(())
}
