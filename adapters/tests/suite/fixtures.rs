//! Recorded answers: the shipped templates against theirs, and what a failing test says.

use crate::fake::{connector, json};
use divos_adapters::fixture::{Fixture, Recorder};
use divos_adapters::{Failure, Mapper, test_connector};
use divos_manifest::{Connector, FixtureTest, LoadOptions, TemplateInfo, load_dir, template_list};
use divos_model::Lang;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const RECORDING: &str = "# at: 2026-11-24T08:00:00+08:00\nGET /rows?p=1\n\nHTTP/1.1 200 OK\nX-Pages: 2\n\n{\"data\":[{\"id\":1,\"title\":\"Satu\",\"n\":\"005/1\"}]}\n###\n\
    GET /rows?p=2\n\nHTTP/1.1 200 OK\nX-Pages: 2\n\n{\"data\":[{\"id\":2,\"title\":\"Dua\",\"n\":null}]}\n";

fn with_fixture(text: &str, expect: &str) -> (tempfile::TempDir, Arc<Connector>) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("rows.http");
    std::fs::write(&path, text).expect("written");
    let yaml = format!(
        "apiVersion: divos/v1\nkind: Connector\nmetadata: {{ name: app, title: App, owner: \"030801\", capability: letter }}\n\
         app: {{ upstreams: \"http://app.example\" }}\nauth: {{ bearer: {{ token: \"${{secret:app/key}}\" }} }}\nsources:\n  rows:\n    rest: {{ get: /rows }}\n    select: data[*]\n\
         \x20   paginate: {{ header: {{ param: p, pages: X-Pages }} }}\n    every: 5m\n    deletes: sweep\n    to: letter\n    map: {{ id: id, title: title, number: n }}\n\
         privacy: {{ class: internal, audience: everyone }}\ntests: [{{ fixture: rows.http, {expect} }}]\n"
    );
    let mut made = connector(&yaml).as_ref().clone();
    made.tests[0].fixture = path;
    (dir, Arc::new(made))
}

async fn failures(text: &str, expect: &str) -> Vec<Failure> {
    let (_dir, connector) = with_fixture(text, expect);
    let report = test_connector(&connector).await;
    assert_eq!(report.passed(), report.cases[0].failures.is_empty());
    report.cases[0].failures.clone()
}

#[tokio::test]
async fn a_recording_is_replayed_page_by_page() {
    let found = failures(RECORDING, "count: 2, expect: [{ title: Satu, number: 005/1, id: 1, app: app, links.web: / }, { title: Dua, number: null }]").await;
    assert!(found.is_empty(), "{found:?}");
}

#[tokio::test]
async fn what_is_not_as_expected_is_told_with_both_sides() {
    let found = failures(
        RECORDING,
        "count: 3, expect: [{ title: Lain }, { title: Dua }, { title: Tiga }]",
    )
    .await;
    let told: Vec<String> = found.iter().map(|f| f.sentence(Lang::En)).collect();
    assert_eq!(
        told,
        [
            "expected 3 items, got 2",
            "item 1, `title`:\n  expected \"Lain\"\n  got      \"Satu\"",
            "there is no item 3",
        ]
    );
}

#[tokio::test]
async fn a_failing_recording_is_never_hidden() {
    for (text, told) in [
        (
            RECORDING.replace("\"title\":\"Dua\"", "\"judul\":\"Dua\""),
            "row 1, `title`: the source lacks the field",
        ),
        (
            RECORDING.replace("GET /rows?p=2", "GET /rows?p=3"),
            "the recording has no answer for GET /rows (p)",
        ),
        (
            RECORDING.replace("200 OK", "401 Unauthorized"),
            "[unauthorized]",
        ),
        ("GET\n".to_owned(), "line 1"),
    ] {
        let found = failures(&text, "").await;
        assert!(
            found.iter().any(|f| f.sentence(Lang::En).contains(told)),
            "{told}: {found:?}"
        );
    }
}

#[tokio::test]
async fn the_recorder_keeps_no_credentials_and_knows_those_of_the_session() {
    let (_dir, connector) = with_fixture(RECORDING, "");
    let fake = crate::fake::Fake::new(|_, _| {
        let (status, mut headers, body) = json(json!({"data": [{"id": 1, "title": "Ni Wayan"}]}))?;
        headers.extend([
            ("x-pages".into(), "1".into()),
            (
                "set-cookie".into(),
                "s=S3CRET-of-the-session; Path=/".into(),
            ),
        ]);
        Ok((status, headers, body))
    });
    let recorder = Arc::new(Recorder::new(fake, vec!["p".into()]));
    let world = crate::fake::through(recorder.clone());
    let (_, error, _) = crate::fake::read(&connector, divos_adapters::Ask::default(), &world).await;
    assert_eq!(error, None);
    let at = chrono::DateTime::UNIX_EPOCH;
    let written = String::from_utf8(recorder.fixture(at).write()).expect("text");
    assert!(
        written.contains("GET /rows\n") && written.contains("x-pages: 1"),
        "{written}"
    );
    assert!(!written.contains("S3CRET"), "{written}");
    assert_eq!(recorder.secrets(), ["S3CRET-KEY", "S3CRET-of-the-session"]);
    assert_eq!(
        Fixture::parse(written.as_bytes())
            .expect("read back")
            .exchanges
            .len(),
        1
    );
}

/// A connector that gives a template what its parameters show as an example, on the loopback, where the recordings were made.
fn example_of(template: &TemplateInfo) -> Arc<Connector> {
    let given = template.params.iter().filter_map(|param| {
        let secret = || "\"${secret:app/key}\"".to_owned();
        let example = param.example.as_ref().map(ToString::to_string);
        let value = match param.name.as_str() {
            "base" => "\"http://127.0.0.1\"".to_owned(),
            _ => example.or_else(|| (param.kind == "secret").then(secret))?,
        };
        Some(format!("{}: {value}", param.name))
    });
    let given: Vec<String> = given.collect();
    let (name, given) = (&template.name, given.join(", "));
    connector(&format!(
        "apiVersion: divos/v1\nkind: Connector\nmetadata: {{ name: app, title: App, owner: \"030801\", capability: portal }}\n\
         extends: {name}\nwith: {{ {given} }}\nprivacy: {{ class: internal, audience: everyone }}\n"
    ))
}

/// Every template with sources reads what it recorded, and what changed since a cursor where that was recorded too: the
/// request must be exactly the recorded one.
#[tokio::test]
async fn the_templates_pass_their_own_recordings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../connectors.d/templates");
    for template in template_list() {
        let name = &template.name;
        let mut made = example_of(&template).as_ref().clone();
        assert_eq!(made.tests.is_empty(), made.sources.is_empty(), "{name}");
        for test in &mut made.tests {
            let file: PathBuf = test.fixture.file_name().expect("a name").into();
            test.fixture = root.join("fixtures").join(name).join(file);
        }
        let changed = made.tests.iter().filter_map(|test| {
            let file = test.fixture.with_extension("");
            let fixture = PathBuf::from(format!("{}-changed.http", file.display()));
            fixture.exists().then(|| FixtureTest {
                fixture,
                count: None,
                expect: Vec::new(),
                ..test.clone()
            })
        });
        let changed: Vec<FixtureTest> = changed.collect();
        made.tests.extend(changed);
        let report = test_connector(&Arc::new(made)).await;
        let told: Vec<String> = report
            .cases
            .iter()
            .flat_map(|c| &c.failures)
            .map(|f| f.sentence(Lang::En))
            .collect();
        assert!(report.passed(), "{name}: {told:#?}");
        assert!(report.cases.iter().all(|case| case.items > 0), "{name}");
    }
}

/// Every connector that is shipped compiles, and passes the recordings that it states.
#[tokio::test]
async fn shipped_connectors_pass_their_own_recordings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../connectors.d");
    let loaded = load_dir(&root, None, LoadOptions::default());
    assert!(!loaded.connectors.is_empty());
    for connector in &loaded.connectors {
        for source in &connector.sources {
            Mapper::compile(connector, source).expect("the mapping compiles");
        }
        let report = test_connector(connector).await;
        let told: Vec<String> = report
            .cases
            .iter()
            .flat_map(|case| {
                case.failures
                    .iter()
                    .map(|f| format!("{:?}: {}", case.fixture, f.sentence(Lang::En)))
            })
            .collect();
        assert!(report.passed(), "{}: {told:#?}", connector.id);
    }
}

/// Replays a recording of another kind than an exchange.
async fn replayed(
    name: &str,
    bytes: &[u8],
    fetch: impl FnOnce(&mut divos_manifest::Source),
) -> Vec<Failure> {
    let (dir, connector) = with_fixture(
        RECORDING,
        "count: 2, expect: [{ title: Satu }, { title: Dua }]",
    );
    let mut connector = connector.as_ref().clone();
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).expect("written");
    connector.tests[0].fixture = path;
    connector.sources[0].paginate = None;
    fetch(&mut connector.sources[0]);
    let report = test_connector(&Arc::new(connector)).await;
    report.cases[0].failures.clone()
}

#[tokio::test]
async fn a_recording_may_be_the_document_itself_or_records_as_json() {
    use crate::ways::{csv, request};
    use divos_manifest::{Fetch, Proof, Secret, Webhook};
    let as_csv =
        |source: &mut divos_manifest::Source| source.fetch = Fetch::Csv(request(source), csv());
    let found = replayed("rows.csv", b"id;title;n\n1;Satu;a\n2;Dua;b\n", as_csv).await;
    assert!(found.is_empty(), "{found:?}");
    let found = replayed("rows.csv", b"id;title;n\n1;Satu;a\n", as_csv).await;
    assert!(
        matches!(
            found[0],
            Failure::Count {
                expected: 2,
                got: 1
            }
        ),
        "{found:?}"
    );
    let pushed = |source: &mut divos_manifest::Source| {
        source.fetch = Fetch::Webhook(Webhook {
            types: vec![],
            proof: Proof::Token(Secret::known("${secret:app/token}", "made up")),
            tolerance: std::time::Duration::from_secs(300),
        });
    };
    let rows = br#"{"at": "2026-11-24T08:00:00+08:00", "rows": [{"id": 1, "title": "Satu", "n": null}, {"id": 2, "title": "Dua", "n": "x"}]}"#;
    let found = replayed("rows.json", rows, pushed).await;
    assert!(found.is_empty(), "{found:?}");
    let found = replayed("rows.json", b"{\"rows\": 1}", pushed).await;
    assert!(matches!(found[0], Failure::Unreadable { .. }), "{found:?}");
}

#[tokio::test]
async fn a_recording_of_exchanges_is_replayed_though_a_folder_is_watched() {
    let (dir, connector) = with_fixture(RECORDING, "count: 2");
    let mut watched = connector.as_ref().clone();
    let divos_manifest::Fetch::Rest(request) = &mut watched.sources[0].fetch else {
        panic!("a request");
    };
    request.files = Some(dir.path().join("*.json"));
    let report = test_connector(&Arc::new(watched)).await;
    assert!(report.passed(), "{report:?}");
}
