//! The usual way to write a definition: the meaning never changes, and tidying twice changes nothing more.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use divos_manifest::{LoadOptions, load_dir, load_texts, tidy};
use std::path::{Path, PathBuf};

/// Every folder of definitions that is shipped.
fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    [
        "connectors.d",
        "connectors.d/templates",
        "tests/city/connectors",
    ]
    .iter()
    .map(|name| root.join(name))
    .collect()
}

fn files(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a file"))
        })
        .collect();
    files.sort();
    files
}

fn tidied(name: &str, text: &str) -> String {
    tidy(Path::new(name), text).unwrap_or_else(|faults| panic!("{name}: {faults:?}"))
}

/// The comments of a file, in any order.
fn comments(text: &str) -> Vec<String> {
    let comment = |line: &str| {
        line.trim_start()
            .starts_with('#')
            .then(|| line.trim().to_owned())
    };
    let mut found: Vec<String> = text.lines().filter_map(comment).collect();
    found.sort();
    found
}

#[test]
fn no_shipped_file_changes_its_meaning_and_twice_is_once() {
    let mut seen = 0;
    for folder in folders() {
        for (name, text) in files(&folder) {
            let once = tidied(&name, &text);
            assert_eq!(tidied(&name, &once), once, "{name}");
            assert_eq!(comments(&once), comments(&text), "{name}");
            seen += 1;
        }
    }
    assert!(seen > 150, "{seen}");
}

#[test]
fn every_shipped_connector_keeps_its_version() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../connectors.d");
    let before = load_dir(&root, None, LoadOptions::default());
    let own: Vec<(String, String)> = files(&root)
        .into_iter()
        .map(|(name, text)| (name.clone(), scrambled(&tidied(&name, &text))))
        .map(|(name, text)| (name.clone(), tidied(&name, &text)))
        .collect();
    let templates = files(&root.join("templates"));
    let templates: Vec<_> = templates
        .iter()
        .map(|(n, t)| (n.clone(), tidied(n, t)))
        .collect();
    let after = load_texts(&refs(&own), &refs(&templates), &[], LoadOptions::default());
    assert!(before.connectors.len() > 100);
    for connector in &before.connectors {
        let again = after.get(connector.id.as_str()).unwrap_or_else(|| {
            let faults: Vec<_> = after.faults_of(connector.id.as_str()).collect();
            panic!("{}: {faults:?}", connector.id)
        });
        assert_eq!(again.version, connector.version, "{}", connector.id);
    }
}

fn refs(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect()
}

/// Turns the order of the top keys around, each with the comments above it.
fn scrambled(text: &str) -> String {
    let mut parts: Vec<String> = vec![String::new()];
    let mut above = false;
    for line in text.lines() {
        let (comment, deeper) = (
            line.starts_with('#'),
            line.starts_with(' ') || line.is_empty(),
        );
        if !deeper && !above {
            parts.push(String::new());
        }
        above = comment;
        let last = parts.last_mut().unwrap();
        last.push_str(line);
        last.push('\n');
    }
    parts.reverse();
    parts.concat()
}

#[test]
fn keys_are_ordered_and_comments_go_with_them() {
    let text = "# The file.\nkind: Connector\n\n\n# Of privacy.\nprivacy: { class: public }\nsources:\n    # Of posts.\n    posts:\n        map:\n            title: 'judul'  # of the title\n            id: \"nomor\"\n        # Of the kind.\n        to:   letter\n        deletes: never\n        rest: { get: /a,\n                query: { q: 1 } }\n        every: \"15m\"\nmetadata:\n    owner: \"0301\"\n    name: surat\napiVersion: divos/v1\ntests:\n- count: 1\n  # Of the fixture.\n  fixture: a.http\n- { fixture: b.http }\n";
    let wanted = "# The file.\napiVersion: divos/v1\nkind: Connector\nmetadata:\n  name: surat\n  owner: \"0301\"\nsources:\n  # Of posts.\n  posts:\n    rest: { get: /a,\n            query: { q: 1 } }\n    every: \"15m\"\n    deletes: never\n    # Of the kind.\n    to: letter\n    map:\n      title: judul  # of the title\n      id: nomor\n\n# Of privacy.\nprivacy: { class: public }\ntests:\n  # Of the fixture.\n  - fixture: a.http\n    count: 1\n  - { fixture: b.http }\n";
    assert_eq!(tidied("surat.yaml", text), wanted);
    assert_eq!(tidied("surat.yaml", wanted), wanted);
}

#[test]
fn texts_of_many_lines_stay_what_they_are() {
    let text = "metadata: { name: a, title: A }\nsources:\n    s:\n        sql:\n            query: |\n                SELECT 1\n                  # no comment\n\n                FROM t\n            sqlite: \"${secret:a/b}\"\n        to: letter\n        map:\n            id: >-\n                a\n                | text\n            title: \"x\n              y\"\n        deletes: never\n";
    let once = tidied("a.yaml", text);
    assert_ne!(once, text, "it was written anew");
    assert!(
        once.contains(
            "      query: |\n          SELECT 1\n            # no comment\n\n          FROM t\n"
        ),
        "{once}"
    );
    assert_eq!(tidied("a.yaml", &once), once);
}

#[test]
fn what_cannot_be_read_is_a_fault_with_its_place() {
    let faults = tidy(Path::new("a.yaml"), "a: [1\nb: 2\n").unwrap_err();
    assert_eq!(faults.len(), 1);
    assert!(faults[0].place.is_some());
    let twice = tidy(Path::new("a.yaml"), "a: 1\na: 2\n").unwrap_err();
    assert_eq!(twice[0].place.as_ref().unwrap().line, 2);
}

#[test]
fn odd_files_come_back_as_they_are() {
    for text in [
        "",
        "---\na: 1\n",
        "- 1\n- 2\n",
        "{ a: 1 }\n",
        "? a\n: 1\n",
        "x",
    ] {
        assert_eq!(tidied("a.yaml", text), text);
    }
}
