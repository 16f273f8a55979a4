//! A corpus of definitions with one mistake each, and the sentence that people read about it.
//!
//! `wrong.txt` holds the cases. `#! DV0106` ends the line that must be blamed; the sentences are in the snapshot, in
//! English and Indonesian, with what would help. A case that begins with `metadata:` is a whole file; one that begins
//! with another key of a file gets a name and an address; any other is the body of a source.

use divos_manifest::{LoadOptions, StaticSecrets, load_str};
use divos_model::Lang;
use std::fmt::Write;
use std::sync::Arc;

const ROOT: &[&str] = &["app:", "auth:", "sources:", "privacy:", "tests:", "with:"];

fn cases() -> Vec<(&'static str, String)> {
    let cases = include_str!("wrong.txt").split("---- ").skip(1);
    let case = |text: &'static str| {
        let (name, body) = text.split_once('\n').expect("a name and a body");
        (name.trim(), whole(body.trim_end()))
    };
    cases.map(case).collect()
}

/// Makes a file of a case.
fn whole(body: &str) -> String {
    if body.starts_with("metadata:") || body.starts_with("kind:") {
        return format!("{body}\n");
    }
    let mut file = "metadata: { name: a, title: A }\n".to_owned();
    if !body.contains("app:") {
        file.push_str("app: { upstreams: \"http://10.0.0.1\" }\n");
    }
    if ROOT.iter().any(|key| body.starts_with(key)) {
        return format!("{file}{body}\n");
    }
    file.push_str("sources:\n  s:\n");
    body.lines().for_each(|line| {
        let _ = writeln!(file, "    {line}");
    });
    let says = |key: &str| body.lines().any(|line| line.starts_with(key));
    for (key, rest) in [
        ("deletes:", " never"),
        ("to:", " task"),
        ("map:", " { id: id, title: t }"),
    ] {
        if !says(key) {
            let _ = writeln!(file, "    {key}{rest}");
        }
    }
    file
}

/// The lines that must be blamed, with the codes.
fn marked(file: &str) -> Vec<(usize, String)> {
    let mut marks = Vec::new();
    for (at, line) in file.lines().enumerate() {
        let codes = line.split_once("#! ").map_or("", |(_, codes)| codes);
        marks.extend(
            codes
                .split_whitespace()
                .map(|code| (at + 1, code.to_owned())),
        );
    }
    marks.sort();
    marks
}

fn options() -> LoadOptions {
    let known = [
        ("k", "hunter2"),
        ("pg", "postgres://hub:hunter2@10.0.0.2/a"),
        ("my", "mysql://hub:hunter2@10.0.0.2/a"),
    ];
    LoadOptions {
        secrets: Some(Arc::new(StaticSecrets::from_iter(known))),
    }
}

#[test]
fn every_mistake_is_found_at_its_line() {
    let mut said = String::new();
    let mut wrong = String::new();
    for (name, file) in cases() {
        let loaded = load_str("a.yaml", &file, options());
        let found: Vec<(usize, String)> = loaded
            .faults
            .iter()
            .map(|fault| {
                let line = fault.place.as_ref().map_or(0, |place| place.line);
                (line, fault.code().to_owned())
            })
            .collect();
        let mut sorted = found.clone();
        sorted.sort();
        if sorted != marked(&file) || found.is_empty() {
            let _ = writeln!(wrong, "{name}: {found:?}\n{file}");
        }
        let _ = writeln!(said, "{name}");
        for fault in &loaded.faults {
            let place = fault.place.as_ref().expect("a place");
            let under: String = place
                .text
                .chars()
                .skip(place.column - 1)
                .take(place.length)
                .collect();
            let _ = writeln!(said, "  {} {under}", fault.code());
            for lang in [Lang::En, Lang::Id] {
                let help = fault.help(lang).unwrap_or_default();
                let label = fault.problem.label(lang);
                let more = [label, help].into_iter().filter(|text| !text.is_empty());
                let _ = writeln!(said, "    {}", fault.message(lang));
                for more in more {
                    let _ = writeln!(said, "      {more}");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(!said.contains("hunter2"), "a secret is shown");
    insta::assert_snapshot!("wrong", said);
}

#[test]
fn the_corpus_is_large_and_each_case_is_its_own() {
    let cases = cases();
    assert!(cases.len() >= 150, "{}", cases.len());
    let mut names: Vec<&str> = cases.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), cases.len(), "two cases of one name");
}
