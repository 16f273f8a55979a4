//! `divos connector drift`.

use crate::app;
use crate::desk::{Desk, SURAT};
use serde_json::Value;

/// A desk whose app answers with these records.
fn desk(rows: &'static str) -> Desk {
    let port = app::start(move |_| {
        let kind = "content-type: application/json\r\n".to_owned();
        (200, kind, format!("{{\"data\": {rows}}}"))
    });
    let desk = Desk::new();
    let definition = SURAT.replace("http://127.0.0.1:9", &format!("http://127.0.0.1:{port}"));
    desk.write("connectors.d/surat.yaml", &definition);
    desk
}

const SAME: &str = r#"[{"nomor": "005/200/UM", "perihal": "Undangan (contoh)", "pengirim": {"nama": "Ni Contoh"}, "tanggal": "2026-11-02 08:00:00", "baru": 1}]"#;
const OTHER: &str = r#"[{"no_surat": "005/200/UM", "perihal": "Undangan (contoh)", "pengirim": {"nama": "Ni Contoh"}, "tanggal": "2026-11-02 08:00:00"}]"#;

#[test]
fn an_app_that_is_as_recorded_is_fine_and_what_is_new_is_told() {
    let done = desk(SAME).run(&["connector", "drift", "--allow-private"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(
        done.out, "ok   surat/masuk\n     `baru` is new\n",
        "{done:?}"
    );
}

#[test]
fn a_field_that_is_gone_is_told_with_what_may_be_its_name_now() {
    let desk = desk(OTHER);
    let done = desk.run(&[
        "connector",
        "drift",
        "surat",
        "--allow-private",
        "--lang",
        "id",
    ]);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(
        done.out
            .contains("FAIL surat/masuk\n   ! `nomor` tidak ada lagi, mungkin sekarang `no_surat`"),
        "{done:?}"
    );
    let done = desk.run(&["connector", "drift", "--allow-private", "--json"]);
    let rows: Value = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!(rows[0]["fine"], false, "{rows}");
    assert_eq!(rows[0]["differences"][0]["drift"], true, "{rows}");
}

#[test]
fn an_app_that_does_not_answer_is_no_drift_but_a_failure() {
    let done = Desk::new().run(&["connector", "drift", "--allow-private"]);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.out.starts_with("FAIL surat/masuk: "), "{done:?}");
}
