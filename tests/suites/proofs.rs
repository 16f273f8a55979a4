//! `docs/proofs.md`: every test that it names exists.

use anyhow::{Context, ensure};
use std::path::Path;

/// The words between backquotes, in order.
fn quoted(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_proof_names_a_test_that_exists() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the workspace")?;
    let table = std::fs::read_to_string(root.join("docs/proofs.md"))?;
    let mut proofs = 0;
    for line in table.lines().filter(|line| line.contains(".rs` `")) {
        let words = quoted(line);
        let [file, name] = words[words.len() - 2..] else {
            anyhow::bail!("{line}");
        };
        let text = std::fs::read_to_string(root.join(file)).with_context(|| file.to_owned())?;
        let test = format!("fn {name}(");
        ensure!(text.contains(&test), "{file} has no test {name}");
        proofs += 1;
    }
    ensure!(proofs >= 20, "only {proofs} proofs");
    Ok(())
}
