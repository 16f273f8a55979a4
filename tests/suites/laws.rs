//! The house's laws, held against the workspace itself: arrows, forbidden crates, licences, headers, sizes.
//!
//! Owns the rules that Cargo and clippy cannot hold. Never runs the hub.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The level of every package of the house. An arrow may only point to a lower level.
const LEVELS: &[(&str, u32)] = &[
    ("divos-model", 0),
    ("divos-city", 0),
    ("divos-formats", 0),
    ("divos-database", 0),
    ("divos-mail", 0),
    ("divos-manifest", 1),
    ("divos-adapters", 2),
    ("divos-store", 2),
    ("divos-sso", 3),
    ("divos-feed", 3),
    ("divos-portal", 4),
    ("divos-gateway", 5),
    ("divos-tests", 6),
];

/// Packages of the workspace that are no rooms of the house.
const OUTSIDE: &[&str] = &["libz-ng-sys"];

/// What may never be in the tree, and why.
const FORBIDDEN: &[(&str, &str)] = &[
    ("aws-lc-rs", "one crypto provider: ring"),
    ("aws-lc-sys", "one crypto provider: ring"),
    ("openssl-sys", "no OpenSSL"),
    ("native-tls", "no OpenSSL"),
    ("cmake", "a build needs a C compiler and nothing else"),
    ("async-std", "one async runtime"),
];

/// Of these only one version may be in the tree.
const SINGLE: &[&str] = &[
    "http", "rustls", "hyper", "tokio", "ring", "axum", "serde", "tracing", "url",
];

/// The most lines of one file.
const LINES: usize = 400;

/// Reviewed exceptions: a file, its own bound, and why it is whole.
const LONG: &[(&str, usize, &str)] = &[];

/// Files whose text may name no third party's real hosts: what the hub would call.
const HOSTS_ALLOWED: &[&str] = &[
    "10.20.0.15",
    "10.20.0.16",
    ".example",
    "example.org",
    "example.com",
    "127.0.0.1",
    "localhost",
    "example.go.id",
    "example.invalid",
    // An XML namespace that many SOAP services never changed; nothing is fetched from it.
    "tempuri.org",
    // The name of JSON Feed's version (jsonfeed.org/version/1.1), by which a feed is recognised; nothing is fetched from it.
    "jsonfeed.org",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
        .to_path_buf()
}

fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--offline",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .current_dir(root())
        .output()
        .expect("cargo metadata runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

#[test]
fn arrows_point_down() {
    let metadata = metadata();
    let levels: BTreeMap<&str, u32> = LEVELS.iter().copied().collect();
    let members: BTreeSet<&str> = metadata["workspace_members"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = text(package, "name");
        if !members.contains(text(package, "id")) || OUTSIDE.contains(&name) {
            continue;
        }
        let Some(level) = levels.get(name) else {
            faults.push(format!("{name} has no level"));
            continue;
        };
        seen.insert(name);
        for arrow in package["dependencies"].as_array().into_iter().flatten() {
            let below = levels.get(text(arrow, "name"));
            // A package may test itself with other features on.
            if text(arrow, "name") != name && below.is_some_and(|below| below >= level) {
                faults.push(format!("{name} -> {}", text(arrow, "name")));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "arrows that do not point down: {faults:#?}"
    );
    assert_eq!(
        seen.len(),
        LEVELS.len(),
        "a package of the house is missing"
    );
}

/// The crates that the workspace's own graph reaches on this target, with their versions.
fn reached(metadata: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let nodes: BTreeMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|node| (text(node, "id"), node))
        .collect();
    let names: BTreeMap<&str, &Value> = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|package| (text(package, "id"), package))
        .collect();
    let mut open: Vec<&str> = metadata["workspace_members"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let (mut seen, mut found) = (BTreeSet::new(), BTreeMap::<String, BTreeSet<String>>::new());
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let package = names[id];
        found
            .entry(text(package, "name").to_owned())
            .or_default()
            .insert(text(package, "version").to_owned());
        for dep in nodes[id]["deps"].as_array().into_iter().flatten() {
            let here = dep["dep_kinds"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|kind| runs_here(&kind["target"]));
            if here {
                open.push(text(dep, "pkg"));
            }
        }
    }
    found
}

/// Whether a dependency for this target expression is built on Linux; unknown expressions count.
fn runs_here(target: &Value) -> bool {
    let foreign = [
        "windows", "macos", "apple", "wasm", "hermit", "wasi", "android", "solaris", "bsd",
        "redox", "uefi",
    ];
    target.as_str().is_none_or(|target| {
        target.contains("not(") || !foreign.iter().any(|word| target.contains(word))
    })
}

#[test]
fn forbidden_crates_are_absent_and_single_ones_single() {
    let found = reached(&metadata());
    let forbidden: Vec<_> = FORBIDDEN
        .iter()
        .filter(|(name, _)| found.contains_key(*name))
        .collect();
    assert!(forbidden.is_empty(), "forbidden in the tree: {forbidden:?}");
    let doubled: Vec<_> = SINGLE
        .iter()
        .filter_map(|name| found.get_key_value(*name))
        .filter(|(_, v)| v.len() > 1)
        .collect();
    assert!(doubled.is_empty(), "more than one version of: {doubled:?}");
}

#[test]
fn every_licence_is_one_that_we_allow() {
    let deny = std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml");
    let allowed = deny
        .split("allow = [")
        .nth(1)
        .and_then(|rest| rest.split(']').next())
        .expect("a list of licences");
    let allowed: BTreeSet<&str> = allowed.split('"').skip(1).step_by(2).collect();
    let mut refused = Vec::new();
    for package in metadata()["packages"].as_array().into_iter().flatten() {
        let licence = text(package, "license");
        let fine = licence
            .split(" AND ")
            .flat_map(|part| part.split(" and "))
            .all(|part| {
                part.split(" OR ")
                    .flat_map(|one| one.split('/'))
                    .any(|one| allowed.contains(one.trim().trim_matches(['(', ')'])))
            });
        if !fine {
            refused.push(format!(
                "{} {}: `{licence}`",
                text(package, "name"),
                text(package, "version")
            ));
        }
    }
    assert!(refused.is_empty(), "licences to review: {refused:#?}");
}

/// Every file of ours with one of these extensions, without build output and dependencies.
fn files(folder: &Path, ends: &[&str], found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (
            entry.path(),
            entry.file_name().to_string_lossy().into_owned(),
        );
        if path.is_dir() {
            if !name.starts_with('.')
                && !["target", "node_modules", "data", "shots"].contains(&name.as_str())
            {
                files(&path, ends, found);
            }
        } else if ends.iter().any(|end| name.ends_with(end)) {
            found.push(path);
        }
    }
}

fn ours(ends: &[&str]) -> Vec<(String, String)> {
    let root = root();
    let mut found = Vec::new();
    files(&root, ends, &mut found);
    found.sort();
    let read = |path: &PathBuf| {
        let name = path
            .strip_prefix(&root)
            .unwrap_or(path)
            .display()
            .to_string();
        (
            name,
            String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned(),
        )
    };
    found.iter().map(read).collect()
}

#[test]
fn every_file_opens_by_saying_what_it_owns() {
    let sources = ours(&[".rs"]);
    assert!(
        sources.len() > 100,
        "only {} files were found",
        sources.len()
    );
    let bare: Vec<&String> = sources
        .iter()
        .filter(|(_, text)| !opens_well(text))
        .map(|(name, _)| name)
        .collect();
    assert!(
        bare.is_empty(),
        "files without a `//!` header that says something: {bare:#?}"
    );
}

/// Whether a file opens with inner documentation of at least two words.
fn opens_well(text: &str) -> bool {
    let header: String = text
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .collect();
    header.len() >= 14
}

#[test]
fn no_file_is_too_long() {
    let bound = |name: &str| {
        LONG.iter()
            .find(|(long, ..)| *long == name)
            .map_or(LINES, |(_, bound, _)| *bound)
    };
    let long: Vec<String> = ours(&[".rs"])
        .iter()
        .filter(|(name, text)| text.lines().count() > bound(name))
        .map(|(name, text)| format!("{name}: {}", text.lines().count()))
        .collect();
    assert!(long.is_empty(), "files to part: {long:#?}");
    for (name, bound, why) in LONG {
        assert!(
            root().join(name).is_file() && *bound > LINES && why.len() > 20,
            "an exception without its file or reason: {name}"
        );
    }
}

#[test]
fn no_test_is_ignored_and_no_snapshot_waits() {
    let word = ["#[ign", "ore"].concat();
    let ignored: Vec<String> = ours(&[".rs"])
        .into_iter()
        .filter(|(_, text)| text.contains(&word))
        .map(|(name, _)| name)
        .collect();
    assert!(ignored.is_empty(), "ignored tests in {ignored:?}");
    let waiting = ours(&[".snap.new", ".pending-snap"]);
    assert!(
        waiting.is_empty(),
        "snapshots that nobody reviewed: {:?}",
        waiting.iter().map(|(name, _)| name).collect::<Vec<_>>()
    );
}

#[test]
fn a_shipped_connector_names_no_host_to_call() {
    let shipped: Vec<_> = ours(&[".yaml"])
        .into_iter()
        .filter(|(name, _)| name.starts_with("connectors.d/"))
        .collect();
    assert!(
        shipped.len() >= 8,
        "only {} connectors are shipped",
        shipped.len()
    );
    for (name, text) in shipped {
        for (number, line) in text.lines().enumerate() {
            let called = line.split("://").skip(1).map(|rest| {
                rest.chars()
                    .take_while(|letter| letter.is_alphanumeric() || ".-".contains(*letter))
                    .collect::<String>()
            });
            for host in called.filter(|host| !host.is_empty()) {
                let fine = HOSTS_ALLOWED.iter().any(|allowed| host.ends_with(allowed));
                assert!(fine, "{name}:{} would call {host}", number + 1);
            }
        }
    }
}

/// Where the hub's sources name a host that could be called, it is one of the reserved ones.
#[test]
fn no_source_names_a_government_host() {
    let word = [".go", ".id"].concat();
    let naming: Vec<String> = ours(&[".rs", ".yaml", ".html", ".js", ".mjs"])
        .into_iter()
        .flat_map(|(name, text)| {
            let lines: Vec<String> = text
                .lines()
                .enumerate()
                .filter(|(_, line)| line.replace("example.go.id", "").contains(&word))
                .map(|(number, line)| format!("{name}:{}: {}", number + 1, line.trim()))
                .collect();
            lines
        })
        .collect();
    assert!(naming.is_empty(), "real hosts: {naming:#?}");
}
