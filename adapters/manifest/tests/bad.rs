//! Bad definitions and what people are told about them, in English and Indonesian.
//!
//! Each file of `tests/bad` holds the definitions of one mistake and the faults that must come of them.
//! After a change of words run with `DIVOS_BLESS=1`, then read the difference.

use divos_manifest::{Format, LoadOptions, StaticSecrets, load_texts, render};
use divos_model::Lang;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A case file: `--- name` lines, each followed by that part's text.
fn parts(text: &str) -> Vec<(String, String)> {
    let mut parts: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        match (line.strip_prefix("--- "), parts.last_mut()) {
            (Some(name), _) => parts.push((name.trim().to_owned(), String::new())),
            (None, Some((_, body))) => body.push_str(line),
            (None, None) => panic!("a case starts with `--- `"),
        }
    }
    parts
}

/// Puts a case together again with what is said now.
fn said(parts: &[(String, String)]) -> String {
    let under = |folder: &str| -> Vec<(&str, &str)> {
        let direct = |(name, text): &&(String, String)| {
            let rest = name.strip_prefix(folder)?.strip_prefix('/')?;
            (!rest.contains('/')).then_some((rest.len(), text.len()))
        };
        let found = parts.iter().filter(|part| direct(part).is_some());
        found
            .map(|(name, text)| (&name[folder.len() + 1..], text.as_str()))
            .collect()
    };
    let secrets = StaticSecrets::from_iter([("rm/key", "k")]);
    let loaded = load_texts(
        &under("connectors.d"),
        &under("connectors.d/templates"),
        &under("overlay.d"),
        LoadOptions {
            secrets: Some(Arc::new(secrets)),
        },
    );
    let live: Vec<&str> = loaded
        .connectors
        .iter()
        .map(|connector| connector.id.as_str())
        .collect();
    let files = parts.iter().filter(|(name, _)| name.contains('/'));
    let mut text: String = files
        .map(|(name, text)| format!("--- {name}\n{text}"))
        .collect();
    text.push_str(&format!("--- usable: {}\n", live.join(" ")));
    text.push_str(&format!(
        "--- en\n{}",
        render(&loaded.faults, Lang::En, Format::Human)
    ));
    text.push_str(&format!(
        "--- id\n{}",
        render(&loaded.faults, Lang::Id, Format::Human)
    ));
    text
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("cases")
        .map(|entry| entry.expect("a case").path())
        .collect();
    paths.sort();
    paths
}

#[test]
fn every_mistake_is_told_as_it_should_be() {
    let mut wrong = Vec::new();
    for path in cases() {
        let text = std::fs::read_to_string(&path).expect("a case");
        let now = said(&parts(&text));
        if now == text {
            continue;
        }
        if std::env::var_os("DIVOS_BLESS").is_some() {
            std::fs::write(&path, &now).expect("a case");
        }
        wrong.push(format!("{}\nwas:\n{text}\nis:\n{now}", path.display()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
}

/// What no case of a few lines can show is shown by the tests named here.
const ELSEWHERE: &[&str] = &[
    "DV0004", // loading.rs: a file that cannot be read
    "DV0410", // expr.rs: an expression of thousands of characters
];

#[test]
fn every_code_has_a_case() {
    let codes = |text: &str| -> BTreeSet<String> {
        let marks = text
            .match_indices("DV0")
            .map(|(at, _)| text[at..].chars().take(6).collect::<String>());
        marks
            .filter(|code| code.len() == 6 && code[2..].bytes().all(|c| c.is_ascii_digit()))
            .collect()
    };
    let known = codes(include_str!("../src/problem.rs"));
    let shown: BTreeSet<String> = cases()
        .iter()
        .flat_map(|path| codes(&std::fs::read_to_string(path).expect("a case")))
        .chain(codes(include_str!("wrong.txt")))
        .collect();
    let missing: Vec<&String> = known
        .difference(&shown)
        .filter(|code| !ELSEWHERE.contains(&code.as_str()))
        .collect();
    assert!(missing.is_empty(), "codes without a case: {missing:?}");
}

#[test]
fn no_case_shows_a_secret() {
    for path in cases() {
        let text = std::fs::read_to_string(&path).expect("a case");
        let told = text.split_once("--- usable").expect("a verdict").1;
        for secret in ["hunter2", "abc123", "user:pw"] {
            assert!(!told.contains(secret), "{}", path.display());
        }
    }
}

#[test]
fn programs_get_json_and_annotations() {
    let yaml = "metadata: { name: a, title: A }\napp: { hots: a }\n";
    let loaded = divos_manifest::load_str("a.yaml", yaml, LoadOptions::default());
    insta::assert_snapshot!(render(&loaded.faults, Lang::En, Format::Github), @"::error file=connectors.d/a.yaml,line=2,col=8,endColumn=12,title=DV0102::unknown field `hots` in `app`%0Aa field with a similar name exists: `host`");
    let json: serde_json::Value =
        serde_json::from_str(&render(&loaded.faults, Lang::Id, Format::Json)).expect("JSON");
    assert_eq!(json[0]["code"], "DV0102");
    assert_eq!(json[0]["place"]["line"], 2);
    assert_eq!(json[0]["place"]["column"], 8);
    assert_eq!(json[0]["connector"], "a");
    assert_eq!(json[0]["help"], "ada isian dengan nama mirip: `host`");
    assert_eq!(render(&[], Lang::En, Format::Json), "[]\n");
    assert_eq!(render(&[], Lang::En, Format::Human), "");
}
