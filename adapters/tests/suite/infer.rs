//! Drafts of unknown apps: whatever is proposed loads without a fault and passes its own recording; nothing is invented.

use divos_adapters::infer::{Answer, Draft, Place, Sketch, Way, sketch};
use divos_adapters::{Failure, test_connector};
use divos_manifest::{FixtureTest, LoadOptions, load_str};
use divos_model::{Kind, Lang};
use http::{HeaderMap, HeaderValue};
use std::sync::Arc;

pub(crate) fn answer(url: &str, media: &str, body: impl Into<Vec<u8>>) -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert(
        "content-type",
        HeaderValue::from_str(media).expect("a media type"),
    );
    Answer {
        url: url.parse().expect("an address"),
        status: 200,
        headers,
        body: body.into().into(),
    }
}

pub(crate) fn place(answer: &Answer, title: &str) -> Place {
    Place::of_url("contoh", title, &answer.url)
}

pub(crate) fn way(answer: &Answer, title: &str) -> Way {
    match sketch(answer, &place(answer, title)) {
        Ok(Sketch::Way(way)) => *way,
        other => panic!("{other:?}"),
    }
}

/// Drafts, loads and tests what is proposed.
pub(crate) async fn drafted(answer: &Answer, title: &str) -> (Draft, String) {
    let mut draft = Draft::new(place(answer, title), way(answer, title));
    let at = "2026-11-24T00:00:00Z".parse().expect("a time");
    let rows = draft.rows(answer, at).await.expect("rows");
    assert!(draft.propose(&rows), "{rows:?}");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("data.http");
    let mut recording = draft.recording(answer, at);
    if draft
        .way
        .lines
        .iter()
        .any(|line| line.contains("until: empty"))
    {
        // The page behind the last one, as the app would answer it.
        let mut last = recording.exchanges[0].clone();
        let body = String::from_utf8_lossy(&last.body).into_owned();
        let (head, rest) = body.split_once("<tbody>").expect("a table");
        let (_, tail) = rest.split_once("</tbody>").expect("a table");
        last.body = format!("{head}<tbody></tbody>{tail}").into_bytes();
        recording.exchanges.push(last);
    }
    std::fs::write(&file, recording.write()).expect("written");
    let yaml = draft.yaml(Some(("data.http", rows.len())), Lang::En);
    let loaded = load_str("contoh.yaml", &yaml, LoadOptions::default());
    assert_eq!(loaded.faults, [], "{yaml}");
    let mut connector = Arc::clone(loaded.get("contoh").expect("usable"));
    Arc::make_mut(&mut connector).tests = vec![FixtureTest {
        fixture: file,
        source: None,
        count: Some(rows.len()),
        expect: Vec::new(),
    }];
    let report = test_connector(&connector).await;
    let failures: Vec<&Failure> = report
        .cases
        .iter()
        .flat_map(|case| &case.failures)
        .collect();
    assert!(failures.is_empty(), "{failures:?}\n{yaml}");
    (draft, yaml)
}

pub(crate) fn from<'a>(draft: &'a Draft, field: &str) -> &'a str {
    let found = draft
        .findings()
        .into_iter()
        .find(|finding| finding.field == field);
    found.map_or("", |finding| finding.from.as_str())
}

pub(crate) fn sure(draft: &Draft, field: &str) -> u8 {
    let found = draft
        .findings()
        .into_iter()
        .find(|finding| finding.field == field);
    found.map_or(0, |finding| finding.confidence)
}

const LETTERS: &str = r#"{"status": "ok", "meta": {"total": 3}, "data": [
  {"id": 11, "nomor_surat": "005/112/UM", "perihal": "Undangan rapat (contoh)", "pengirim": "Dinas Contoh", "tgl_surat": "2026-11-02", "status": "Baru", "nik": "5171010101850001"},
  {"id": 12, "nomor_surat": "005/113/UM", "perihal": "Edaran (contoh)", "pengirim": "Badan Contoh", "tgl_surat": "2026-11-03", "status": "Selesai", "nik": "5171010101850002"},
  {"id": 13, "nomor_surat": null, "perihal": "Permintaan data (contoh)", "pengirim": "Kecamatan Contoh", "tgl_surat": "2026-11-04", "status": "Disposisikan ke Kabid", "nik": "5171010101850003"}]}"#;

#[tokio::test]
async fn a_json_list_of_letters_is_understood() {
    let answer = answer(
        "http://surat.example/api/surat/masuk",
        "application/json",
        LETTERS,
    );
    let (draft, yaml) = drafted(&answer, "Surat Masuk").await;
    assert_eq!(
        draft.proposal.as_ref().map(|p| p.kind),
        Some(Kind::Letter),
        "{yaml}"
    );
    assert_eq!(from(&draft, "select"), "data[*]");
    assert_eq!(from(&draft, "id"), "id | string");
    assert_eq!(from(&draft, "title"), "perihal | text | truncate(300)");
    assert_eq!(from(&draft, "number"), "nomor_surat | default('') | text");
    assert_eq!(from(&draft, "from"), "pengirim | mask('person')");
    assert_eq!(from(&draft, "created_at"), "tgl_surat | datetime");
    assert_eq!(
        from(&draft, "deletes"),
        "sweep",
        "the total is declared and reached"
    );
    assert_eq!(
        from(&draft, "state"),
        "status | lookup({'Baru': 'pending', 'Disposisikan ke Kabid': 'active', 'Selesai': 'done'}, 'unknown')"
    );
    assert!(yaml.contains("pii: { from: mask }"), "{yaml}");
    assert!(
        !yaml.contains("nik |"),
        "what is personal and has no place is not read: {yaml}"
    );
    assert!(
        draft
            .notes(Lang::En)
            .iter()
            .any(|note| note.contains("personal data") && note.contains("nik"))
    );
}

#[tokio::test]
async fn a_table_of_a_page_is_a_connector_of_few_lines() {
    let rows: String = (1..=4)
        .map(|n| format!("<tr><td>{n}</td><td>005/{n}/UM</td><td>Undangan {n} (contoh)</td><td>Dinas Contoh {n}</td><td>{n} November 2026</td><td><a href=\"lihat.php?id={n}\">Lihat</a></td></tr>"))
        .collect();
    let page = format!(
        "<!doctype html><title>Surat Masuk</title><table id=\"data\"><thead><tr><th>No</th><th>Nomor Surat</th><th>Perihal</th><th>Pengirim</th><th>Tanggal</th><th>Aksi</th></tr></thead><tbody>{rows}</tbody></table>\
         <a href=\"?hal=1\">1</a> <a href=\"?hal=2\">2</a>"
    );
    let answer = answer(
        "http://surat.example/surat_masuk.php",
        "text/html; charset=utf-8",
        page,
    );
    let (draft, yaml) = drafted(&answer, "Aplikasi Surat").await;
    assert!(yaml.lines().count() <= 45, "{yaml}");
    assert_eq!(
        draft.proposal.as_ref().map(|p| p.kind),
        Some(Kind::Letter),
        "{yaml}"
    );
    assert_eq!(
        from(&draft, "id"),
        "nomor_surat",
        "the number of the line is no id: {yaml}"
    );
    assert_eq!(from(&draft, "title"), "perihal | text | truncate(300)");
    assert_eq!(from(&draft, "created_at"), "tanggal | datetime");
    assert_eq!(from(&draft, "web"), "tautan | absolute");
    assert_eq!(
        from(&draft, "paginate"),
        "page: { param: hal, until: empty }"
    );
    assert_eq!(from(&draft, "deletes"), "never");
    assert!(
        yaml.contains(
            "guard: { columns: [\"No\", Nomor Surat, Perihal, Pengirim, Tanggal, Aksi] }"
        ),
        "{yaml}"
    );
}

#[tokio::test]
async fn separated_text_as_excel_writes_it_in_indonesia() {
    let text = "No;Nama Kegiatan;Realisasi Anggaran;Tgl Ubah;Keterangan\r\n1;Pelatihan caf\u{e9} (contoh);1.250.000,50;24/11/2026;Baik\r\n2;Pengadaan (contoh);2.000,00;03/11/2026;Baik\r\n";
    let bytes: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("Latin 1"))
        .collect();
    let answer = answer(
        "http://127.0.0.1/realisasi.csv",
        "application/vnd.ms-excel",
        bytes,
    );
    let (draft, yaml) = drafted(&answer, "Realisasi Anggaran").await;
    assert_eq!(
        draft.proposal.as_ref().map(|p| p.kind),
        Some(Kind::Report),
        "{yaml}"
    );
    assert_eq!(
        from(&draft, "title"),
        "row['Nama Kegiatan'] | text | truncate(300)"
    );
    assert_eq!(from(&draft, "updated_at"), "row['Tgl Ubah'] | datetime");
    assert!(
        sure(&draft, "updated_at") <= 80,
        "day and month may be mistaken for each other"
    );
    assert!(sure(&draft, "id") < 60, "no column is an id: {yaml}");
    assert!(yaml.contains("csv: { get: /realisasi.csv }"), "{yaml}");
}

#[test]
fn a_workbook_of_libreoffice_is_known_by_its_bytes() {
    let book = include_bytes!("../../formats/tests/files/libreoffice.ods");
    for media in [
        "application/octet-stream",
        "application/vnd.oasis.opendocument.spreadsheet",
    ] {
        let answer = answer("http://x.example/unduh", media, *book);
        let way = way(&answer, "Realisasi");
        assert_eq!(way.lines, ["xlsx: { get: /unduh }"]);
        let why = way.findings[0].why.in_lang(Lang::En);
        assert_eq!(why, "an OpenDocument workbook");
    }
}

#[tokio::test]
async fn what_cannot_be_known_is_said_and_not_invented() {
    let answer = answer(
        "http://x.example/api/v2/things?page=1",
        "application/json",
        r#"{"total": 400, "rows": [{"a": "b", "c": 1}, {"a": "d", "c": 1}]}"#,
    );
    let (draft, yaml) = drafted_first_page(&answer).await;
    assert!(sure(&draft, "to") < 60, "{yaml}");
    assert!(sure(&draft, "title") < 60, "{yaml}");
    assert_eq!(
        from(&draft, "paginate"),
        "page: { param: page, until: total, total: total }"
    );
    assert!(yaml.contains("get: /api/v2/things }"), "{yaml}");
    assert!(
        draft
            .notes(Lang::Id)
            .iter()
            .any(|note| note.contains("tidak ada waktu")),
        "{yaml}"
    );
}

#[tokio::test]
async fn what_an_app_calls_its_fields_adds_no_line() {
    let row = |n: u8| serde_json::json!({"id": n, "perihal": format!("Hal {n}"), "hari\nauth: none": format!("2026-11-0{n}")});
    let body = serde_json::json!({
        "isi, x": {"total": 400}, "surat": [row(1), row(2), row(3)],
    });
    let answer = answer(
        "http://x.example/surat?page=1",
        "application/json",
        body.to_string(),
    );
    let (draft, yaml) = drafted_first_page(&answer).await;
    assert!(yaml.contains("`hari auth: none`"), "{yaml}");
    assert!(yaml.lines().all(|line| !line.starts_with("auth")), "{yaml}");
    assert_eq!(
        from(&draft, "paginate"),
        r#"page: { param: page, until: total, total: "[\"isi, x\"].total" }"#
    );
    let findings = draft.findings();
    let to = findings.iter().find(|finding| finding.field == "to");
    let why = to.expect("a kind").why.in_lang(Lang::En);
    assert_eq!(why, "words: surat, perihal");
}

/// As [`drafted`], of a source whose other pages are not at hand.
pub(crate) async fn drafted_first_page(answer: &Answer) -> (Draft, String) {
    let mut draft = Draft::new(place(answer, "X"), way(answer, "X"));
    let rows = draft
        .rows(answer, chrono::DateTime::UNIX_EPOCH)
        .await
        .expect("rows");
    assert!(draft.propose(&rows));
    let yaml = draft.yaml(None, Lang::En);
    assert_eq!(
        load_str("contoh.yaml", &yaml, LoadOptions::default()).faults,
        [],
        "{yaml}"
    );
    (draft, yaml)
}

#[test]
fn a_page_that_asks_who_one_is_becomes_a_sign_in_with_secrets() {
    let page = "<!doctype html><title>Masuk</title><form action=\"/login.php\" method=\"post\"><input type=\"hidden\" name=\"csrf_token\" value=\"d41d8cd98f00b204\">\
                <input name=\"nip\" type=\"text\"><input name=\"sandi\" type=\"password\"><button>Masuk</button></form>";
    let answer = answer("http://surat.example/login.php", "text/html", page);
    let Ok(Sketch::Login(way)) = sketch(&answer, &place(&answer, "Surat")) else {
        panic!("a sign-in");
    };
    let yaml = Draft::new(place(&answer, "Surat"), *way).yaml(None, Lang::Id);
    assert!(
        yaml.contains(
            "fields: { nip: \"${secret:contoh/user}\", sandi: \"${secret:contoh/password}\" }"
        ),
        "{yaml}"
    );
    assert!(
        yaml.contains("csrf: \"input[name=\\\"csrf_token\\\"]\""),
        "{yaml}"
    );
    assert_eq!(
        load_str("contoh.yaml", &yaml, LoadOptions::default()).faults,
        [],
        "{yaml}"
    );
}

#[test]
fn an_app_that_asks_by_http_is_signed_in_to_with_secrets() {
    let mut asks = answer("http://surat.example/data.csv", "text/plain", "401");
    asks.status = 401;
    asks.headers.insert(
        "www-authenticate",
        HeaderValue::from_static("Basic realm=\"surat\""),
    );
    let Ok(Sketch::Login(way)) = sketch(&asks, &place(&asks, "Surat")) else {
        panic!("a sign-in");
    };
    let draft = Draft::new(place(&asks, "Surat"), *way);
    assert!(
        draft
            .yaml(None, Lang::Id)
            .contains("auth: { basic: { username: \"${secret:contoh/user}\"")
    );
    assert!(
        draft.probe(LoadOptions::default()).is_ok(),
        "it can be signed in with"
    );
    asks.headers.clear();
    assert!(sketch(&asks, &place(&asks, "Surat")).is_err());
}

#[test]
fn pages_without_rows_say_what_to_do() {
    for (media, body, says) in [
        (
            "text/html",
            "<!doctype html><h1>Selamat datang</h1>",
            "table",
        ),
        ("application/json", "{\"ok\": true}", "list"),
        ("text/plain", "halo", "JSON"),
        ("application/pdf", "%PDF-1.7 \0", "binary"),
        ("text/html", "", "empty"),
    ] {
        let answer = answer("http://x.example/", media, body);
        let nothing = sketch(&answer, &place(&answer, "X")).expect_err(body);
        assert!(nothing.why.in_lang(Lang::En).contains(says), "{nothing:?}");
    }
}
