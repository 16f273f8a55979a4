//! `divos connector infer`: what it writes passes `check` and `test`, holds nothing personal, and replaces nothing.

use crate::app::start;
use crate::desk::{Desk, Done};

const LETTERS: &str = r#"{"total": 2, "data": [
  {"id": 11, "nomor_surat": "005/112/UM", "perihal": "Undangan (contoh)", "pengirim": "Ni Wayan Buatan", "tgl_surat": "2026-11-02", "telepon": "0812-3456-7890"},
  {"id": 12, "nomor_surat": "005/113/UM", "perihal": "Edaran (contoh)", "pengirim": "I Made Buatan", "tgl_surat": "2026-11-03", "telepon": "0812-3456-7891"}]}"#;

const LOGIN: &str = "<!doctype html><title>Masuk</title><form method=post action=/login.php><input type=hidden name=csrf value=0123456789abcdef>\
    <input name=username><input type=password name=sandi><button>Masuk</button></form>";

/// An app with a list, a page of words, a sign-in, and the REST API of WordPress.
fn app(head: &str) -> (u16, String, String) {
    let path = head.split(' ').nth(1).unwrap_or_default();
    let json = |headers: &str, body: &str| {
        (
            200,
            format!("Content-Type: application/json\r\n{headers}"),
            body.to_owned(),
        )
    };
    let page = |body: &str| {
        (
            200,
            "Content-Type: text/html\r\n".to_owned(),
            body.to_owned(),
        )
    };
    match path {
        "/api/surat" => json("", LETTERS),
        "/masuk" => page(LOGIN),
        "/" => page("<!doctype html><h1>Selamat datang</h1>"),
        "/situs/wp-json/" => json(
            "",
            r#"{"namespaces": ["wp/v2"], "home": "http://situs.example"}"#,
        ),
        path if path.starts_with("/situs/wp-json/wp/v2/posts") => json(
            "X-WP-Total: 1\r\nX-WP-TotalPages: 1\r\n",
            r#"[{"id": 1, "date_gmt": "2026-11-01T02:00:00", "modified_gmt": "2026-11-01T02:00:00", "link": "http://situs.example/a/", "title": {"rendered": "Satu (contoh)"}, "excerpt": {"rendered": "<p>x</p>"}, "sticky": false}]"#,
        ),
        _ => (404, String::new(), String::new()),
    }
}

fn infer(desk: &Desk, port: u16, path: &str, more: &[&str]) -> Done {
    let target = format!("http://127.0.0.1:{port}{path}");
    let mut words = vec!["connector", "infer", &target];
    words.extend(more);
    desk.run(&words)
}

fn read(desk: &Desk, name: &str) -> String {
    std::fs::read_to_string(desk.path(name)).expect(name)
}

#[test]
fn a_list_becomes_a_file_and_a_fixture_that_pass_and_hold_nothing_personal() {
    let (desk, port) = (Desk::new(), start(app));
    let done = infer(
        &desk,
        port,
        "/api/surat",
        &["--id", "baru", "--allow-private"],
    );
    assert_eq!(done.code, 0, "{done:?}");
    assert!(
        done.out.contains("perihal | text | truncate(300)"),
        "{done:?}"
    );
    assert!(
        done.err.contains("check: fine · test: passed, items: 2"),
        "{done:?}"
    );
    let yaml = read(&desk, "connectors.d/baru.yaml");
    let fixture = read(&desk, "connectors.d/fixtures/baru/surat.http");
    for hidden in ["Wayan", "Made Buatan", "0812-3456"] {
        assert!(
            !yaml.contains(hidden) && !fixture.contains(hidden),
            "{hidden}: {fixture}"
        );
    }
    let checked = desk.run(&["check", "connectors.d/baru.yaml"]);
    assert_eq!(checked.code, 0, "{checked:?}");
    let tested = desk.run(&["connector", "test", "baru"]);
    assert_eq!(tested.code, 0, "{tested:?}");
    let again = infer(
        &desk,
        port,
        "/api/surat",
        &["--id", "baru", "--allow-private"],
    );
    assert_eq!(again.code, 3, "nothing is written over: {again:?}");
    let forced = infer(
        &desk,
        port,
        "/api/surat",
        &["--id", "baru", "--allow-private", "--force"],
    );
    assert_eq!(forced.code, 0, "{forced:?}");
}

#[test]
fn a_known_product_in_a_folder_of_the_host_is_a_few_lines() {
    let (desk, port) = (Desk::new(), start(app));
    let done = infer(
        &desk,
        port,
        "/situs/",
        &["--id", "situs", "--allow-private"],
    );
    assert_eq!(done.code, 0, "{done:?}");
    let yaml = read(&desk, "connectors.d/situs.yaml");
    assert!(yaml.lines().count() <= 15, "{yaml}");
    assert!(yaml.contains("extends: wordpress@1"), "{yaml}");
    assert!(
        yaml.contains(&format!("base: \"http://127.0.0.1:{port}/situs\"")),
        "{yaml}"
    );
    assert!(yaml.contains("host: situs.example"), "{yaml}");
    assert!(
        yaml.contains("fixture: posts.http, source: posts, count: 1"),
        "{yaml}"
    );
}

#[test]
fn on_standard_output_nothing_is_written() {
    let (desk, port) = (Desk::new(), start(app));
    let done = infer(
        &desk,
        port,
        "/api/surat",
        &["--id", "baru", "--allow-private", "-o", "-"],
    );
    assert_eq!(done.code, 0, "{done:?}");
    assert!(
        done.out.starts_with("# A draft") && done.out.contains("to: letter"),
        "{done:?}"
    );
    assert!(!desk.path("connectors.d/baru.yaml").exists());
}

#[test]
fn a_sign_in_without_secrets_is_drafted_and_waits_for_the_operator() {
    let (desk, port) = (Desk::new(), start(app));
    let done = infer(&desk, port, "/masuk", &["--id", "baru", "--allow-private"]);
    assert!(done.err.contains("baru/user"), "{done:?}");
    let yaml = read(&desk, "connectors.d/baru.yaml");
    assert!(
        yaml.contains("sandi: \"${secret:baru/password}\""),
        "{yaml}"
    );
    assert!(!yaml.contains("0123456789abcdef"), "{yaml}");
}

#[test]
fn what_is_no_list_or_not_permitted_is_told_and_nothing_is_written() {
    let (desk, port) = (Desk::new(), start(app));
    let none = infer(&desk, port, "/", &["--id", "baru", "--allow-private"]);
    assert_eq!(none.code, 3, "{none:?}");
    assert!(
        none.err.contains("no table with column headings"),
        "{none:?}"
    );
    let refused = infer(&desk, port, "/api/surat", &["--id", "baru"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    let other = infer(
        &desk,
        port,
        "/api/surat",
        &["--id", "baru", "--allow-private", "--template", "ckan@1"],
    );
    assert_eq!(other.code, 3, "{other:?}");
    assert!(!desk.path("connectors.d/baru.yaml").exists());
}

#[test]
fn separated_text_waits_for_the_folder_that_only_the_operator_may_name() {
    let desk = Desk::new();
    desk.write("realisasi.csv", "Kode;Nama Kegiatan;Realisasi;Tgl Ubah\r\nA-1;Pelatihan (contoh);1.250.000,50;24/11/2026\r\nA-2;Rapat (contoh);2.000,00;03/11/2026\r\n");
    let done = desk.run(&["connector", "infer", "realisasi.csv"]);
    assert_eq!(done.code, 0, "{done:?}");
    let yaml = read(&desk, "connectors.d/realisasi.yaml");
    assert!(
        yaml.contains("files:") && yaml.contains("/srv/…/*"),
        "{yaml}"
    );
    assert!(
        yaml.contains("to: report") && yaml.contains("id: Kode"),
        "{yaml}"
    );
    let tested = desk.run(&["connector", "test", "realisasi"]);
    assert_eq!(tested.code, 0, "{tested:?}");
}
