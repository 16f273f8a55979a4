//! Bad definitions: `divos check` says where and what, all at once; nothing is guessed.
//!
//! Owns the table of mistakes. What a running hub does with them is in `reload`.

use divos_tests::{Settings, Tried, divos_in};
use serde_json::Value;

/// A good connector to spoil.
const GOOD: &str = r#"metadata: { name: baik, title: Aplikasi Baik }
app: { upstreams: ["http://127.0.0.1:9"] }
sources:
  isi:
    rest: { get: /isi }
    paginate: { page: { param: hal, size: 10, until: short } }
    deletes: never
    to: task
    map: { id: id, title: nama | text, updated_at: diubah | datetime, web: url }
"#;

/// What is spoiled, how, the stable code, and the line to which it must point.
const MISTAKES: &[(&str, &str, &str, &str, u64)] = &[
    ("broken YAML", "sources:\n", "sources: [\n", "DV0001", 0),
    (
        "an unknown key with a suggestion",
        "size: 10",
        "sise: 10",
        "DV0102",
        6,
    ),
    (
        "a key twice",
        "    to: task\n",
        "    to: task\n    to: letter\n",
        "DV0003",
        9,
    ),
    (
        "a missing secret",
        "sources:\n",
        "auth: { bearer: { token: \"${secret:tidak/ada}\" } }\nsources:\n",
        "DV0301",
        3,
    ),
    (
        "a secret in clear",
        "sources:\n",
        "auth: { bearer: { token: rahasia } }\nsources:\n",
        "DV0302",
        3,
    ),
    (
        "a bad expression",
        "nama | text",
        "nama | | text",
        "DV0401",
        9,
    ),
    (
        "an unknown filter",
        "nama | text",
        "nama | texxt",
        "DV0402",
        9,
    ),
    (
        "an unknown target",
        "title: nama",
        "titel: nama",
        "DV0406",
        9,
    ),
    ("a missing field", "    deletes: never\n", "", "DV0101", 0),
    (
        "an unknown template",
        "sources:\n",
        "extends: tidakada@1\nsources:\n",
        "DV0201",
        3,
    ),
    (
        "another name than the file's",
        "name: baik",
        "name: buruk",
        "DV0006",
        1,
    ),
];

fn check(settings: &Settings) -> anyhow::Result<(i32, Vec<Value>, String)> {
    settings.write()?;
    let file = settings.file().display().to_string();
    let output = divos_in(
        &settings.root,
        &["check", "-c", &file, "--format", "json"],
        "",
    );
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let faults: Vec<Value> = serde_json::from_str(&text).map_err(|error| {
        anyhow::anyhow!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr))
    })?;
    let human = divos_in(&settings.root, &["check", "-c", &file], "");
    let human = format!(
        "{}{}",
        String::from_utf8_lossy(&human.stdout),
        String::from_utf8_lossy(&human.stderr)
    );
    Ok((output.status.code().unwrap_or(-1), faults, human))
}

fn has(faults: &[Value], code: &str, line: u64) -> bool {
    faults
        .iter()
        .any(|fault| fault["code"] == code && (line == 0 || fault["place"]["line"] == line))
}

#[test]
fn a_good_definition_passes() -> Tried {
    let root = tempfile::tempdir()?;
    let settings = Settings::new(root.path())?;
    settings.connector("baik", GOOD)?;
    let (code, faults, human) = check(&settings)?;
    assert_eq!((code, faults.len()), (0, 0), "{human}");
    Ok(())
}

#[test]
fn each_mistake_is_told_with_its_place() -> Tried {
    for (what, good, bad, code, line) in MISTAKES {
        let root = tempfile::tempdir()?;
        let settings = Settings::new(root.path())?;
        assert!(GOOD.contains(good), "{what}");
        settings.connector("baik", &GOOD.replacen(good, bad, 1))?;
        let (exit, faults, human) = check(&settings)?;
        assert_eq!(exit, 1, "{what}: {human}");
        assert!(
            has(&faults, code, *line),
            "{what}: wanted {code} on line {line}, got {faults:#?}"
        );
        assert!(
            human.contains(code) && human.contains("baik.yaml"),
            "{what}: {human}"
        );
    }
    Ok(())
}

#[test]
fn every_mistake_of_a_file_is_told_at_once() -> Tried {
    let root = tempfile::tempdir()?;
    let settings = Settings::new(root.path())?;
    let spoiled = GOOD
        .replace("size: 10", "sise: 10")
        .replace("nama | text", "nama | texxt")
        .replace("to: task", "to: tasks");
    settings.connector("baik", &spoiled)?;
    let (_, faults, human) = check(&settings)?;
    for code in ["DV0102", "DV0402", "DV0104"] {
        assert!(has(&faults, code, 0), "{code} is missing: {human}");
    }
    assert!(
        human.contains("`size`") && human.contains("`text`") && human.contains("`task`"),
        "no suggestions: {human}"
    );
    Ok(())
}

#[test]
fn a_cycle_of_templates_and_a_host_taken_twice_are_refused() -> Tried {
    let root = tempfile::tempdir()?;
    let settings = Settings::new(root.path())?;
    let templates = settings.connectors().join("templates");
    std::fs::create_dir_all(&templates)?;
    for (name, other) in [("putar@1", "balik@1"), ("balik@1", "putar@1")] {
        let text = format!(
            "kind: Template\nmetadata: {{ name: \"{name}\", title: Uji }}\nextends: {other}\n"
        );
        std::fs::write(templates.join(format!("{name}.yaml")), text)?;
    }
    settings.connector(
        "lingkar",
        "metadata: { name: lingkar, title: Uji }\nextends: putar@1\n",
    )?;
    settings.connector("satu", "metadata: { name: satu, title: Uji }\napp: { host: sama, upstreams: [\"http://127.0.0.1:9\"] }\n")?;
    settings.connector("dua", "metadata: { name: dua, title: Uji }\napp: { host: sama, upstreams: [\"http://127.0.0.1:9\"] }\n")?;
    let (exit, faults, human) = check(&settings)?;
    assert_eq!(exit, 1);
    assert!(
        has(&faults, "DV0202", 0) && has(&faults, "DV0008", 0),
        "{human}"
    );
    Ok(())
}

#[test]
fn a_mistake_in_the_hubs_own_file_is_told_too() -> Tried {
    let root = tempfile::tempdir()?;
    let mut settings = Settings::new(root.path())?;
    settings.more = "sesions: { idle: 5m }\n".to_owned();
    settings.write()?;
    let output = divos_in(
        &settings.root,
        &["check", "-c", &settings.file().display().to_string()],
        "",
    );
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        !output.status.success() && said.contains("sesions") && said.contains("sessions"),
        "{said}"
    );
    Ok(())
}

#[test]
fn the_shipped_connectors_are_clean_and_their_fixtures_hold() -> Tried {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace");
    let checked = divos_in(root, &["check", "connectors.d"], "");
    assert!(
        checked.status.success(),
        "{}{}",
        String::from_utf8_lossy(&checked.stdout),
        String::from_utf8_lossy(&checked.stderr)
    );
    let tested = divos_in(
        root,
        &["connector", "test", "--connectors", "connectors.d"],
        "",
    );
    assert!(
        tested.status.success(),
        "{}{}",
        String::from_utf8_lossy(&tested.stdout),
        String::from_utf8_lossy(&tested.stderr)
    );
    Ok(())
}
