//! What a reload keeps, changes and refuses.

use super::*;

const GOOD: &str = "apiVersion: divos/v1\nkind: Connector\nmetadata: { name: NAME, title: TITLE }\n\
    app: { upstreams: [\"http://127.0.0.1:9\"], sso: none, policy: [{ path: /, allow: signed_in }] }\n";

fn write(dir: &Path, name: &str, title: &str) {
    let text = GOOD.replace("NAME", name).replace("TITLE", title);
    std::fs::write(dir.join(format!("{name}.yaml")), text).expect("written");
}

fn reload(definitions: &Definitions) -> Changes {
    let (next, changes) = definitions.look();
    definitions.put(next);
    changes
}

fn ids(names: &[&str]) -> Vec<AppId> {
    names
        .iter()
        .map(|name| name.parse().expect("a slug"))
        .collect()
}

#[test]
fn a_faulty_file_never_replaces_a_good_connector() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "a", "A");
    write(dir.path(), "b", "B");
    let definitions = Definitions::open(dir.path(), None, LoadOptions::default());
    assert_eq!(
        definitions.in_force().connectors.len(),
        2,
        "{:?}",
        definitions.in_force().faults
    );

    std::fs::write(dir.path().join("a.yaml"), "metadata: { nmae: a }\n").expect("written");
    write(dir.path(), "b", "B2");
    write(dir.path(), "c", "C");
    let changes = reload(&definitions);
    assert_eq!(changes.kept, ids(&["a"]));
    assert_eq!((changes.changed, changes.added), (ids(&["b"]), ids(&["c"])));
    let now = definitions.in_force();
    let titles: Vec<_> = now.connectors.iter().map(|c| c.title.as_str()).collect();
    assert_eq!(titles, ["A", "B2", "C"]);
    assert!(!now.faults.is_empty());

    write(dir.path(), "a", "A");
    let changes = reload(&definitions);
    assert_eq!(
        changes,
        Changes::default(),
        "the mended file means what it meant"
    );
}

#[test]
fn a_removed_file_removes_its_connector_and_an_unreadable_folder_removes_none() {
    let dir = tempfile::tempdir().expect("a folder");
    let connectors = dir.path().join("connectors.d");
    std::fs::create_dir(&connectors).expect("made");
    write(&connectors, "a", "A");
    write(&connectors, "b", "B");
    let definitions = Definitions::open(&connectors, None, LoadOptions::default());
    std::fs::remove_file(connectors.join("a.yaml")).expect("removed");
    assert_eq!(reload(&definitions).removed, ids(&["a"]));
    std::fs::rename(&connectors, dir.path().join("away")).expect("moved");
    let changes = reload(&definitions);
    assert_eq!((changes.removed, changes.kept), (vec![], ids(&["b"])));
}

#[test]
fn a_look_changes_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "a", "A");
    let definitions = Definitions::open(dir.path(), None, LoadOptions::default());
    write(dir.path(), "a", "A2");
    let _ = definitions.look();
    assert_eq!(definitions.in_force().connectors[0].title, "A");
    assert_eq!(reload(&definitions).changed, ids(&["a"]));
}

#[test]
fn nobody_takes_the_host_of_a_connector_that_is_kept() {
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["a", "b", "c"] {
        write(dir.path(), name, "T");
    }
    let definitions = Definitions::open(dir.path(), None, LoadOptions::default());
    let taking = |name: &str, host: &str| {
        let text = GOOD
            .replace("NAME", name)
            .replace("TITLE", "T2")
            .replace("app: {", &format!("app: {{ host: {host},"));
        std::fs::write(dir.path().join(format!("{name}.yaml")), text).expect("written");
    };
    std::fs::write(dir.path().join("b.yaml"), "metadata: [").expect("written");
    taking("a", "b");
    taking("d", "b");
    write(dir.path(), "c", "C2");
    let changes = reload(&definitions);
    assert_eq!(
        (changes.kept, changes.changed, changes.added),
        (ids(&["a", "b"]), ids(&["c"]), vec![])
    );
    let now = definitions.in_force();
    let hosts: Vec<_> = now
        .connectors
        .iter()
        .map(|c| (c.id.as_str(), c.app.host.as_str()))
        .collect();
    assert_eq!(hosts, [("a", "a"), ("b", "b"), ("c", "c")]);
    let told = |id: &str| {
        now.faults
            .iter()
            .any(|f| f.connector.as_deref() == Some(id) && f.code() == "DV0008")
    };
    assert!(told("a") && told("d"), "{:?}", now.faults);
}
