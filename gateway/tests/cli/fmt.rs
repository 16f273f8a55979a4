//! `divos connector fmt`.

use crate::desk::{Desk, SURAT};

const ODD: &str = "privacy: { class: public }\nsources:\n    # Of letters.\n    masuk:\n        to: letter\n        deletes: never\n        rest: { get: /a }\n        map: { id: id, title: t }\nmetadata: { name: surat, title: Surat, owner: \"011301\" }\napp: { upstreams: [\"http://127.0.0.1:9\"] }\n";

#[test]
fn a_check_names_the_file_and_changes_nothing() {
    let desk = Desk::new();
    let path = desk.write("connectors.d/surat.yaml", ODD);
    let done = desk.run(&["connector", "fmt", "--check", "--lang", "id"]);
    assert_eq!(done.code, 1, "{done:?}");
    assert_eq!(done.out, "connectors.d/surat.yaml: belum rapi\n");
    assert_eq!(std::fs::read_to_string(path).expect("a file"), ODD);
}

#[test]
fn a_file_is_written_anew_once_and_means_the_same() {
    let desk = Desk::new();
    let path = desk.write("connectors.d/surat.yaml", ODD);
    let old = desk.write("lama/surat.yaml", ODD);
    let done = desk.run(&["connector", "fmt"]);
    assert_eq!(done.code, 0, "{done:?}");
    let text = std::fs::read_to_string(&path).expect("a file");
    assert!(text.starts_with("metadata:"), "{text}");
    assert!(
        text.contains("sources:\n  # Of letters.\n  masuk:\n    rest:"),
        "{text}"
    );
    let again = desk.run(&["connector", "fmt", "--check"]);
    assert_eq!((again.code, again.out.as_str()), (0, ""), "{again:?}");
    let old = old.to_string_lossy();
    let same = desk.run(&["connector", "diff", &old, "surat"]);
    assert_eq!(same.out.trim(), "no difference", "{same:?}");
}

#[test]
fn a_broken_file_is_a_fault_with_its_place() {
    let desk = Desk::new();
    let broken = SURAT.replace("title: Surat Contoh,", "title: [");
    desk.write("connectors.d/surat.yaml", &broken);
    let done = desk.run(&["connector", "fmt", "connectors.d/surat.yaml"]);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.err.contains("connectors.d/surat.yaml:"), "{done:?}");
}
