//! `divos connector diff`.

use crate::desk::{Desk, SURAT};
use serde_json::Value;

#[test]
fn a_new_id_expression_is_destructive_between_two_files() {
    let desk = Desk::new();
    desk.write("lama/surat.yaml", &SURAT.replace("nomor | slug", "nomor"));
    let words = [
        "connector",
        "diff",
        "lama/surat.yaml",
        "connectors.d/surat.yaml",
    ];
    let done = desk.run(&words);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.out.starts_with("! surat/masuk: RE-KEYED"), "{done:?}");
    assert!(
        done.out
            .contains("sources.masuk.map.id: nomor → nomor | slug"),
        "{done:?}"
    );
}

#[test]
fn what_loses_nothing_ends_with_zero() {
    let desk = Desk::new();
    desk.write("lama.yaml", &SURAT.replace("every: 15m", "every: 1h"));
    let done = desk.run(&["connector", "diff", "surat", "--against", "lama.yaml"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.out.contains("schedule changes"), "{done:?}");
    let same = desk.run(&["connector", "diff", "connectors.d", "connectors.d"]);
    assert_eq!(
        (same.code, same.out.trim()),
        (0, "no difference"),
        "{same:?}"
    );
}

#[test]
fn folders_show_connectors_that_are_gone_as_json() {
    let desk = Desk::new();
    desk.write("lama/surat.yaml", SURAT);
    desk.write(
        "lama/kedua.yaml",
        &SURAT.replace("name: surat", "name: kedua"),
    );
    let done = desk.run(&["connector", "diff", "lama", "connectors.d", "--json"]);
    assert_eq!(done.code, 1, "{done:?}");
    let rows: Vec<Value> = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(
        (&rows[0]["connector"], &rows[0]["effect"]),
        (&"kedua".into(), &"deleted".into())
    );
}

#[test]
fn definitions_with_faults_are_not_compared() {
    let desk = Desk::new();
    desk.write("rusak.yaml", &SURAT.replace("to: letter", "to: surat"));
    let done = desk.run(&["connector", "diff", "rusak.yaml", "surat", "--lang", "id"]);
    assert_eq!(done.code, 3, "{done:?}");
    assert!(done.err.contains("tidak dapat dibandingkan"), "{done:?}");
    let use_ = desk.run(&["connector", "diff", "rusak.yaml"]);
    assert_eq!(use_.code, 2, "wrong use: {use_:?}");
}
