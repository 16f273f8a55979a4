//! From records to items: the envelope's rules, privacy, and quirks seen in real apps.

use crate::fake::connector;
use divos_adapters::{Document, Mapper, Pseudonym, RowContext, normalise};
use divos_model::{Batch, Body, PersonalData, Priority, Sensitivity, State, TimeQuality};
use serde_json::{Value, json};
use std::sync::Arc;

const HEAD: &str = "apiVersion: divos/v1\nkind: Connector\n\
    metadata: { name: app, title: App, owner: \"030801\", capability: letter }\n\
    app: { upstreams: \"http://10.20.0.15:8080\", hosts: surat.example.go.id }\n";

/// Maps records of a source whose `to`, `map` and the like are given, with a `privacy` block.
pub(crate) fn mapped(source: &str, privacy: &str, rows: Value) -> Batch {
    let yaml = format!(
        "{HEAD}sources:\n  rows:\n    rest: {{ get: /rows }}\n    every: 5m\n{source}\nprivacy: {privacy}\n"
    );
    let yaml = if source.contains("deletes:") {
        yaml
    } else {
        yaml.replace("    every: 5m\n", "    every: 5m\n    deletes: never\n")
    };
    let connector = connector(&yaml);
    let source = &connector.sources[0];
    let mapper = Mapper::compile(&connector, source).expect("the mapping compiles");
    let document = Document::read(&source.fetch, None, rows.to_string().as_bytes()).expect("JSON");
    let context = RowContext {
        fetched_at: chrono::DateTime::parse_from_rfc3339("2026-11-24T08:00:00Z")
            .expect("a time")
            .to_utc(),
        url: Some("http://10.20.0.15:8080/rows".parse().expect("a URL")),
        pseudonym: Arc::new(Pseudonym::new(b"test".to_vec())),
    };
    normalise(&mapper, source, &document, &context).expect("rows")
}

const OPEN: &str = "{ class: internal, audience: everyone }";

pub(crate) fn faults(batch: &Batch) -> Vec<(usize, Option<&str>, &str, &str)> {
    let all = batch.faults.iter();
    all.map(|f| {
        (
            f.row,
            f.native_id.as_deref(),
            f.field.as_str(),
            f.message.as_str(),
        )
    })
    .collect()
}

#[test]
fn a_letter_of_a_legacy_app() {
    let source = "    to: letter\n    map:\n      id: \"row['No Surat'] | slug\"\n      number: \"row['No Surat']\"\n      title: perihal\n\
        \x20     summary: isi\n      from: dari\n      to: kepada\n      created_at: tanggal | datetime(format='%d %B %Y', locale='id')\n\
        \x20     updated_at: diubah | datetime\n      due_at: batas | datetime\n      date: tanggal\n      state: \"status | lookup({'Didisposisi': 'active'})\"\n\
        \x20     priority: \"sifat | lookup({'segera': 'high'})\"\n      web: href | absolute\n      author: dari | mask('person')\n\
        \x20     dedupe: \"'letter:' ~ row['No Surat']\"\n      ext.retribusi: retribusi | float\n      owner_unit: unit\n";
    let rows = json!([{
        "No Surat": "005/112/UM", "perihal": " Undangan  <b>Rapat</b> &amp; makan ", "isi": "<p>Yth.</p><script>alert(1)</script>",
        "dari": "I Ketut Sudana", "kepada": "Kepala Dinas", "tanggal": "24 Nopember 2026", "diubah": "2026-11-24 08:00:00",
        "batas": "0000-00-00", "status": "Didisposisi", "sifat": "Segera", "href": "surat.php?id=7", "retribusi": "1.250,50", "unit": "030801"
    }]);
    let batch = mapped(
        source,
        "{ class: restricted, pii: { from: mask }, audience: { unit: \"030801\" } }",
        rows,
    );
    assert_eq!(faults(&batch), []);
    let item = &batch.items[0];
    assert_eq!(item.native_id, "005-112-um");
    assert_eq!(item.title, "Undangan Rapat & makan");
    assert_eq!(item.summary.as_deref(), Some("Yth."));
    assert_eq!(
        (item.state, item.state_label.as_deref()),
        (State::Active, Some("Didisposisi"))
    );
    assert_eq!(item.priority, Some(Priority::High));
    assert_eq!(
        item.created_at.map(|t| t.to_rfc3339()).as_deref(),
        Some("2026-11-24T00:00:00+08:00")
    );
    assert_eq!(item.updated_at.to_rfc3339(), "2026-11-24T08:00:00+08:00");
    assert_eq!(
        (item.due_at, item.time_quality),
        (None, Some(TimeQuality::Guessed))
    );
    assert_eq!(item.links.web, "http://10.20.0.15:8080/surat.php?id=7");
    assert_eq!(
        (item.sensitivity, item.personal_data),
        (Sensitivity::Restricted, PersonalData::General)
    );
    assert_eq!(item.audience.units.len(), 1);
    assert_eq!(item.actors[0].label, "I K*** S***");
    assert_eq!(item.dedupe, ["letter:005/112/UM"]);
    assert_eq!(item.ext["retribusi"], json!(1250.5));
    assert_eq!(item.provenance.connector, "app");
    let Body::Letter(body) = &item.body else {
        panic!("a letter")
    };
    assert_eq!(
        (body.number.as_deref(), body.from.as_deref()),
        (Some("005/112/UM"), Some("I K*** S***"))
    );
    assert_eq!(
        body.to,
        ["Kepala Dinas"],
        "one text where the model has a list"
    );
    assert_eq!(
        body.date.map(|d| d.to_string()).as_deref(),
        Some("2026-11-24")
    );
}

#[test]
fn a_bad_row_never_costs_a_good_one_and_its_data_is_not_told() {
    let source = "    to: announcement\n    map: { id: id, title: judul, updated_at: waktu | datetime, web: url }\n";
    let good = json!({"id": 1, "judul": "Satu", "waktu": "2026-11-24", "url": "/1"});
    let change = |name: &str, value: Value| {
        let mut row = good.clone();
        row["id"] = json!(9);
        row[name] = value;
        row
    };
    for (row, fault) in [
        (
            change("judul", json!("  ")),
            (Some("9"), "title", "the title is empty"),
        ),
        (
            change("judul", json!(null)),
            (Some("9"), "title", "the title is empty"),
        ),
        (
            change("judul", json!({"a": 1})),
            (
                Some("9"),
                "title",
                "a list or object where a text is needed",
            ),
        ),
        (
            change("waktu", json!("RAHASIA")),
            (Some("9"), "updated_at", "not a time that can be read"),
        ),
        (
            change("url", json!("https://evil.example/RAHASIA")),
            (Some("9"), "web", "the link leads to another host"),
        ),
        (
            change("url", json!("//evil.example/x")),
            (Some("9"), "web", "the link leads to another host"),
        ),
        (
            change("url", json!("javascript:alert(1)")),
            (Some("9"), "web", "not a web address"),
        ),
        (
            change("url", json!("http://user:x@surat.example.go.id/")),
            (Some("9"), "web", "not a web address"),
        ),
        (change("id", json!(null)), (None, "id", "the id is empty")),
        (
            change("id", json!([1])),
            (None, "id", "a list or object where a text is needed"),
        ),
        (
            json!({"id": 9, "judul": "x", "url": "/x"}),
            (Some("9"), "updated_at", "the source lacks the field"),
        ),
        (json!("RAHASIA"), (None, "id", "the source lacks the field")),
    ] {
        let last = json!({"id": 3, "judul": "Tiga", "waktu": "2026-11-24", "url": "https://SURAT.example.go.id/3"});
        let batch = mapped(source, OPEN, json!([good, row, last]));
        let ids: Vec<&str> = batch
            .items
            .iter()
            .map(|item| item.native_id.as_str())
            .collect();
        assert_eq!(ids, ["1", "3"], "{row}");
        assert_eq!(faults(&batch), [(1, fault.0, fault.1, fault.2)], "{row}");
        assert!(!format!("{:?}", batch.faults).contains("RAHASIA"));
    }
}

#[test]
fn a_repeated_id_is_one_item() {
    let source = "    to: announcement\n    map: { id: id, title: judul }\n";
    let rows = json!([{"id": 1, "judul": "a"}, {"id": 1, "judul": "a"}, {"id": "1", "judul": "b"}]);
    let batch = mapped(source, OPEN, rows);
    assert_eq!(batch.items.len(), 1);
    assert_eq!(
        faults(&batch),
        [(
            2,
            Some("1"),
            "id",
            "another row of this page has the same id"
        )]
    );
}

#[test]
fn states_that_nobody_mapped_are_unknown_and_kept_as_labels() {
    let source = "    to: ticket\n    map: { id: id, title: id, state: \"s.nama | lookup({'Baru': 'pending'})\" }\n";
    let rows = json!([{"id": 1, "s": {"nama": "Baru"}}, {"id": 2, "s": {"nama": "Diarsip"}}, {"id": 3, "s": {"nama": null}}]);
    let batch = mapped(source, OPEN, rows);
    let states: Vec<_> = batch
        .items
        .iter()
        .map(|i| (i.state, i.state_label.as_deref()))
        .collect();
    assert_eq!(
        states,
        [
            (State::Pending, Some("Baru")),
            (State::Unknown, Some("Diarsip")),
            (State::Unknown, None)
        ]
    );
}

#[test]
fn tombstones_need_an_id_and_nothing_else() {
    let source = "    deletes: { tombstone: \"hapus == 1\" }\n    to: letter\n    map: { id: id, title: judul, updated_at: waktu | datetime }\n";
    let rows = json!([{"id": 1, "hapus": 1, "waktu": "2026-11-24T08:00:00Z"}, {"id": 2, "hapus": 0, "judul": "x", "waktu": null}, {"hapus": 1}]);
    let batch = mapped(source, OPEN, rows);
    let gone: Vec<_> = batch
        .items
        .iter()
        .map(|i| {
            (
                i.native_id.as_str(),
                i.deleted.as_ref().map(|d| d.at.to_rfc3339()),
            )
        })
        .collect();
    assert_eq!(
        gone,
        [
            ("1", Some("2026-11-24T08:00:00+00:00".to_owned())),
            ("2", None)
        ]
    );
    assert_eq!(
        faults(&batch),
        [(2, None, "id", "the source lacks the field")]
    );
    assert_eq!(
        batch.items[1].time_quality,
        Some(TimeQuality::Guessed),
        "no time of its own: the fetch's"
    );
}

#[test]
fn body_fields_take_the_model_s_types() {
    let source = "    to: task\n    map: { id: id, title: id, percent: persen, assignees: petugas, checklist: langkah, origin: asal }\n";
    let steps = json!([{"label": "<i>Satu</i>", "done": true}]);
    let rows = json!([
        {"id": 1, "persen": "75", "petugas": "A", "langkah": steps, "asal": 5},
        {"id": 2, "persen": "banyak", "petugas": null, "langkah": null, "asal": null},
        {"id": 3, "persen": 400, "petugas": [], "langkah": [], "asal": null},
        {"id": 4, "persen": null, "petugas": [], "langkah": [{"nama": "RAHASIA"}], "asal": null},
    ]);
    let batch = mapped(source, OPEN, rows);
    let Body::Task(body) = &batch.items[0].body else {
        panic!("a task")
    };
    assert_eq!(
        (
            body.percent,
            body.assignees.as_slice(),
            body.origin.as_deref()
        ),
        (Some(75), &["A".to_owned()][..], Some("5"))
    );
    assert_eq!(body.checklist[0].label, "Satu");
    assert_eq!(
        faults(&batch),
        [
            (1, Some("2"), "body.percent", "not a whole number"),
            (
                2,
                Some("3"),
                "body.percent",
                "does not fit this field of the model"
            ),
            (
                3,
                Some("4"),
                "body.checklist",
                "does not fit this field of the model"
            ),
        ]
    );
}

#[test]
fn titles_and_ext_are_bounded() {
    let source = "    to: document\n    map: { id: id, title: t, summary: t, ext.semua: e }\n";
    let rows = json!([{"id": 1, "t": "kata ".repeat(1000), "e": "x"}, {"id": 2, "t": "x", "e": "x".repeat(3000)}]);
    let batch = mapped(source, OPEN, rows);
    let item = &batch.items[0];
    assert!(item.title.chars().count() <= 300 && item.title.ends_with('…'));
    assert!(
        item.summary
            .as_ref()
            .is_some_and(|s| s.chars().count() <= 2000)
    );
    assert_eq!(
        faults(&batch),
        [(1, Some("2"), "ext.semua", "too large for `ext`")]
    );
}

#[test]
fn attachments_stay_at_home() {
    let source = "    to: document\n    map: { id: id, title: id, attachments: berkas }\n";
    let rows = json!([
        {"id": 1, "berkas": [{"url": "/f/Surat%20Tugas.pdf", "mime": "application/pdf", "bytes": "12"}, "https://surat.example.go.id/g.doc"]},
        {"id": 2, "berkas": "https://evil.example/x"}, {"id": 3, "berkas": null},
    ]);
    let batch = mapped(source, OPEN, rows);
    let first = &batch.items[0].attachments;
    assert_eq!(
        (first[0].name.as_str(), first[0].bytes),
        ("Surat Tugas.pdf", Some(12))
    );
    assert_eq!(first[1].mime, "application/octet-stream");
    assert_eq!(
        faults(&batch),
        [(
            1,
            Some("2"),
            "attachments",
            "the link leads to another host"
        )]
    );
}

#[test]
fn two_readings_of_the_same_rows_have_the_same_hash() {
    let source = "    to: announcement\n    map: { id: id, title: judul, updated_at: w | datetime, reporterx: 1 }\n".replace(", reporterx: 1", "");
    let rows = json!([{"id": 1, "judul": "a", "w": "2026-11-24"}]);
    let hashes: Vec<_> = (0..2)
        .map(|_| mapped(&source, OPEN, rows.clone()).items[0].content_hash())
        .collect();
    assert_eq!(hashes[0], hashes[1]);
}
