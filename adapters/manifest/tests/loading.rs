//! Loading folders: what is read, what is kept, and what a change costs.

use divos_manifest::{LoadOptions, Loader, SecretSource, load_dir};
use secrecy::SecretString;
use std::path::Path;
use std::sync::{Arc, Mutex};

const GOOD: &str = "metadata: { name: a, title: A }\napp: { upstreams: 'http://10.0.0.1' }\n";

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, text).expect("a file");
}

/// Secrets that can be changed while the hub runs.
struct Changing(Mutex<String>);

impl SecretSource for Changing {
    fn get(&self, path: &str) -> Option<SecretString> {
        (path == "k").then(|| SecretString::from(self.0.lock().expect("unpoisoned").clone()))
    }
}

#[test]
fn a_reload_keeps_what_did_not_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path();
    write(dir, "a.yaml", GOOD);
    write(
        dir,
        "b.yaml",
        "metadata: { name: b, title: B }\nextends: t@1\n",
    );
    write(
        dir,
        "templates/t@1.yaml",
        "kind: Template\nmetadata: { name: t@1, title: T }\napp: { upstreams: 'http://10.0.0.3' }\nauth: { bearer: { token: '${secret:k}' } }\n",
    );
    let secrets = Arc::new(Changing(Mutex::new("one".to_owned())));
    let mut loader = Loader::new(
        dir,
        None,
        LoadOptions {
            secrets: Some(secrets.clone()),
        },
    );
    let first = loader.load();
    assert_eq!(first.faults, []);
    let same = |old: &divos_manifest::Loaded, new: &divos_manifest::Loaded, id: &str| {
        Arc::ptr_eq(old.get(id).expect("old"), new.get(id).expect("new"))
    };

    let second = loader.load();
    assert!(
        same(&first, &second, "a") && same(&first, &second, "b"),
        "nothing changed"
    );

    write(dir, "a.yaml", &format!("# only a comment\n{GOOD}"));
    let third = loader.load();
    assert!(same(&second, &third, "a"), "a comment changes nothing");

    write(dir, "a.yaml", &GOOD.replace("10.0.0.1", "10.0.0.9"));
    let fourth = loader.load();
    assert!(!same(&third, &fourth, "a") && same(&third, &fourth, "b"));

    write(dir, "a.yaml", "metadata: {");
    let broken = loader.load();
    assert!(
        broken.get("a").is_none() && broken.get("b").is_some(),
        "the others live"
    );
    assert_eq!(broken.faults_of("a").count(), 1);

    "two".clone_into(&mut secrets.0.lock().expect("unpoisoned"));
    let turned = loader.load();
    assert!(
        !same(&broken, &turned, "b"),
        "a new secret is a new connector"
    );
    assert_eq!(
        turned.get("b").expect("b").version,
        broken.get("b").expect("b").version,
        "but the same meaning"
    );

    write(
        dir,
        "templates/t@1.yaml",
        "kind: Template\nmetadata: { name: t@1, title: T }\napp: { upstreams: 'http://10.0.0.4' }\n",
    );
    let moved = loader.load();
    assert_eq!(
        moved.get("b").expect("b").app.upstreams[0].as_str(),
        "http://10.0.0.4/"
    );

    std::fs::remove_file(dir.join("b.yaml")).expect("removed");
    assert!(loader.load().get("b").is_none());
}

#[test]
fn what_cannot_be_read_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let loaded = load_dir(&folder.path().join("nowhere"), None, LoadOptions::default());
    assert_eq!(
        loaded
            .faults
            .iter()
            .map(|fault| fault.code())
            .collect::<Vec<_>>(),
        ["DV0004"]
    );

    std::fs::write(
        folder.path().join("latin.yaml"),
        b"metadata: { title: \xe9 }",
    )
    .expect("a file");
    std::fs::write(folder.path().join("large.yaml"), vec![b'#'; 1_000_001]).expect("a file");
    write(
        folder.path(),
        "bom.yaml",
        "\u{feff}metadata: { name: bom, title: B }\n",
    );
    write(folder.path(), ".hidden.yaml", "{");
    write(folder.path(), "notes.txt", "{");
    let loaded = load_dir(folder.path(), None, LoadOptions::default());
    let told: Vec<_> = loaded
        .faults
        .iter()
        .map(|fault| (fault.code(), fault.connector.as_deref()))
        .collect();
    assert_eq!(told, [("DV0004", Some("large")), ("DV0004", Some("latin"))]);
    assert!(loaded.get("bom").is_some());
}

#[test]
fn what_is_supposed_is_judged_and_not_kept() {
    let dir = tempfile::tempdir().expect("a folder");
    let text = |name: &str, host: &str| {
        format!(
            "metadata: {{ name: {name}, title: T }}\napp: {{ host: {host}, upstreams: [\"http://127.0.0.1:9\"] }}\n"
        )
    };
    for name in ["a", "c"] {
        std::fs::write(dir.path().join(format!("{name}.yaml")), text(name, name)).expect("written");
    }
    let mut loader = Loader::new(dir.path(), None, LoadOptions::default());
    let ids = |loaded: &divos_manifest::Loaded| {
        let ids = loaded.connectors.iter().map(|c| c.id.to_string());
        ids.collect::<Vec<_>>().join(" ")
    };
    // A new one that takes a host that is given away already.
    let (before, after) = loader.suppose("b", Some(&text("b", "c")));
    assert_eq!((ids(&before), ids(&after)), ("a c".into(), "a b".into()));
    assert!(before.is_clean() && !after.is_clean());
    // A changed one with a fault; the fault has a place in the file that it will be.
    let (before, after) = loader.suppose("a", Some("metadata: { nmae: a }\n"));
    assert_eq!(ids(&after), "c");
    let place = after.faults_of("a").next().and_then(|f| f.place.clone());
    assert_eq!(
        place.map(|p| (p.file, p.line)),
        Some((dir.path().join("a.yaml"), 1))
    );
    assert_eq!(before.text("a"), Some(&*text("a", "a")));
    let (_, after) = loader.suppose("a", None);
    assert_eq!((ids(&after), after.text("a")), ("c".into(), None));
    let again = loader.load();
    assert_eq!(ids(&again), "a c");
    assert!(std::sync::Arc::ptr_eq(
        &again.connectors[0],
        &before.connectors[0]
    ));
}
