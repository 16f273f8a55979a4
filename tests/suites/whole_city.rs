//! All 143 apps at once, as `divos demo --city` federates them: every source that has an address is read.
//!
//! Owns the count of who is read and who waits. What a single make answers is in `divos-city`'s own tests.

use anyhow::{Context, ensure};
use divos_tests::{Tried, eventually};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The demo, stopped with the test.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_whole_city_is_federated() -> Tried {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the workspace")?;
    let data = tempfile::tempdir()?;
    let complaints = data.path().join("stderr.txt");
    let child = Command::new(divos_tests::binary())
        .args(["demo", "--city", "--json", "--port", "0"])
        .arg("--data")
        .arg(data.path())
        .env("DIVOS_LOG__FILTER", "error")
        .current_dir(root)
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(&complaints)?)
        .spawn()?;
    let mut demo = Demo(child);
    let output = demo.0.stdout.take().context("its output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    let told: Value = serde_json::from_str(&line).with_context(|| {
        let said = std::fs::read_to_string(&complaints).unwrap_or_default();
        format!("a line of JSON, not {line:?}; on stderr: {said}")
    })?;
    let admin = told["admin"].as_str().context("an address")?;
    let url = format!("{admin}/admin/v1/sources").parse()?;
    let operator = divos_tests::Browser::new(&[])?;
    let sources = || async {
        let answer = operator.send(http::Method::GET, &url, &[], "").await.ok()?;
        let answer = answer.json().ok()?;
        answer["sources"].as_array().cloned()
    };
    let is_ok = |source: &&Value| source["last_ok"].is_string();
    let last = eventually("every app", Duration::from_secs(120), || async {
        let all = sources().await?;
        let ok = all.iter().filter(is_ok).count();
        (ok == all.len()).then_some(all)
    })
    .await;
    let all = match last {
        Ok(all) => all,
        Err(error) => {
            let all = sources().await.unwrap_or_default();
            let wrong = all.iter().filter(|source| !is_ok(source));
            let wrong: Vec<String> = wrong
                .map(|s| format!("{}: {}", s["app"], s["troubles"][0]["sentence_en"]))
                .collect();
            return Err(error.context(wrong.join("\n")));
        }
    };
    let apps: BTreeSet<_> = all.iter().map(|source| source["app"].as_str()).collect();
    ensure!(apps.len() == 143, "only {} apps", apps.len());
    let faulty = all.iter().filter(|source| source["row_faults"] != 0);
    let faulty: Vec<_> = faulty.map(|source| source["app"].clone()).collect();
    ensure!(faulty.is_empty(), "rows of {faulty:?} had faults");
    let items: u64 = all
        .iter()
        .filter_map(|source| source["items"].as_u64())
        .sum();
    ensure!(items > 2_000, "only {items} items");
    Ok(())
}
