//! `divos connector record`.

use crate::app::start;
use crate::desk::{Desk, SURAT};

const KEY: &str = "kunci-rahasia-contoh";

fn app(head: &str) -> (u16, String, String) {
    let json = "Content-Type: application/json\r\nSet-Cookie: sesi=abc123\r\n".to_owned();
    if !head.contains(KEY) {
        return (401, json, String::new());
    }
    let body = r#"{"data": [
        {"nomor": "1", "perihal": "Dari Ni Wayan Contoh, NIK 5171010101850001", "pengirim": {"nama": "Ni Wayan Contoh"}, "tanggal": "2026-11-01 08:00:00", "telepon": "0812-3456-7890"},
        {"nomor": "2", "perihal": "NIP 199001012020121001", "pengirim": {"nama": "I Made Contoh"}, "tanggal": "2026-11-02 08:00:00", "surel": "made@kota.example", "gema": "kunci-rahasia-contoh"}
    ]}"#;
    (200, json, body.to_owned())
}

fn desk(port: u16) -> Desk {
    let desk = Desk::new();
    let with = SURAT
        .replace("http://127.0.0.1:9", &format!("http://127.0.0.1:{port}"))
        .replace(
            "sources:\n",
            "auth: { api_key: { name: kunci, value: \"${secret:surat/kunci}\" } }\nsources:\n",
        );
    desk.write("connectors.d/surat.yaml", &with);
    desk.write(
        "config/hub.yaml",
        "connectors: { secrets: { surat/kunci: \"${env:KUNCI}\" } }\n",
    );
    desk
}

#[test]
fn personal_data_and_secrets_never_reach_the_file_and_the_test_passes() {
    let desk = desk(start(app));
    let words = [
        "connector",
        "record",
        "surat",
        "masuk",
        "-o",
        "connectors.d/fixtures/surat/baru.http",
        "--allow-private",
    ];
    let done = desk.run_with(&words, "", &[("KUNCI", KEY)]);
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(
        done.out,
        "  - { fixture: baru.http, source: masuk, count: 2 }\n"
    );
    let file = desk.path("connectors.d/fixtures/surat/baru.http");
    let text = std::fs::read_to_string(file).expect("a file");
    for hidden in [
        "Wayan",
        "I Made",
        "5171010101850001",
        "199001012020121001",
        "0812-3456",
        "made@kota",
        KEY,
        "abc123",
    ] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
        assert!(!format!("{done:?}").contains(hidden), "{hidden}: {done:?}");
    }
    let yaml = std::fs::read_to_string(desk.path("connectors.d/surat.yaml")).expect("a file");
    let tests = yaml.replace(
        "{ fixture: masuk.http, count: 2 }",
        done.out.trim().trim_start_matches("- "),
    );
    desk.write("connectors.d/surat.yaml", &tests);
    let tested = desk.run_with(&["connector", "test", "surat"], "", &[("KUNCI", KEY)]);
    assert_eq!(tested.code, 0, "{tested:?}");
    let again = desk.run_with(&words, "", &[("KUNCI", KEY)]);
    assert_eq!(again.code, 3, "nothing is overwritten: {again:?}");
}

#[test]
fn a_calendar_whose_path_names_who_signs_in_is_recorded_without_the_name() {
    let port = start(|head| {
        let xml = "Content-Type: application/xml; charset=utf-8\r\n".to_owned();
        // `walikota:rahasia-contoh`
        let signed = head.contains("d2FsaWtvdGE6cmFoYXNpYS1jb250b2g=");
        if !signed || !head.starts_with("REPORT /agenda/walikota/ ") {
            return (401, xml, String::new());
        }
        let body = "<multistatus xmlns=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><response>\
            <href>/agenda/walikota/rapat.ics</href><propstat><prop><C:calendar-data>BEGIN:VCALENDAR\nVERSION:2.0\n\
            BEGIN:VEVENT\nUID:rapat@kota.example\nLAST-MODIFIED:20261101T000000Z\nDTSTART:20261102T010000Z\nSUMMARY:Rapat (contoh)\nEND:VEVENT\n\
            END:VCALENDAR\n</C:calendar-data></prop></propstat></response></multistatus>";
        (207, xml, body.to_owned())
    });
    let desk = Desk::new();
    desk.write(
        "connectors.d/agenda.yaml",
        &format!(
            "metadata: {{ name: agenda, title: Agenda Contoh }}\nextends: caldav@1\nwith: {{ base: \"http://127.0.0.1:{port}\", \
             path: /agenda/walikota/, user: \"${{secret:agenda/user}}\", password: \"${{secret:agenda/password}}\" }}\ntests: []\n"
        ),
    );
    desk.write(
        "config/hub.yaml",
        "connectors: { secrets: { agenda/user: \"${env:NAMA}\", agenda/password: \"${env:SANDI}\" } }\n",
    );
    let words = ["connector", "record", "agenda", "--allow-private"];
    let env = [("NAMA", "walikota"), ("SANDI", "rahasia-contoh")];
    let done = desk.run_with(&words, "", &env);
    assert_eq!(done.code, 0, "{done:?}");
    let file = desk.path("connectors.d/fixtures/agenda/events.http");
    let text = std::fs::read_to_string(file).expect("a file");
    assert!(text.contains("\nREPORT /\n"), "{text}");
    for hidden in ["walikota", "rahasia-contoh", "rapat@kota"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
}

#[test]
fn an_app_that_refuses_leaves_no_file_and_no_key() {
    let desk = desk(start(app));
    let words = [
        "connector",
        "record",
        "surat",
        "-o",
        "x/baru.http",
        "--allow-private",
        "--lang",
        "id",
    ];
    let done = desk.run_with(&words, "", &[("KUNCI", "kunci-yang-salah")]);
    assert_eq!(done.code, 3, "{done:?}");
    assert!(done.err.contains("401"), "{done:?}");
    assert!(!done.err.contains("kunci-yang-salah"), "{done:?}");
    assert!(!desk.path("x").exists(), "no draft stays behind");
}
