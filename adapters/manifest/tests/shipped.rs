//! The examples of the handbook and the connectors that are shipped: all of them load.

use divos_manifest::{
    Deletes, Fetch, Hours, LoadOptions, Paginate, Severity, SoapNode, StaticSecrets, load_dir,
    load_str,
};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

fn secrets() -> LoadOptions {
    let known = [
        ("surat/user", "hub"),
        ("surat/pass", "rahasia"),
        ("izin/kunci", "r<ahasi&a"),
        (
            "simpeg/dsn_readonly",
            "mysql://hub:rahasia@127.0.0.1/simpeg",
        ),
    ];
    LoadOptions {
        secrets: Some(Arc::new(StaticSecrets::from_iter(known))),
    }
}

fn load(name: &str, yaml: &str) -> Arc<divos_manifest::Connector> {
    let loaded = load_str(&format!("{name}.yaml"), yaml, secrets());
    assert_eq!(loaded.faults, []);
    Arc::clone(loaded.get(name).expect("usable"))
}

#[test]
fn a_known_product_is_a_few_lines() {
    let yaml = r#"apiVersion: divos/v1
kind: Connector
metadata: { name: berita, title: Portal Berita, owner: "030801", capability: portal }
extends: wordpress@1
with: { base: "https://berita.example.go.id" }
app: { host: berita }
privacy: { class: public }
tests:
  - { fixture: posts.http, source: posts, expect: [{ title: Jadwal Samsat Keliling }] }
"#;
    let berita = load("berita", yaml);
    assert_eq!(berita.app.host, "berita");
    assert_eq!(berita.tests[0].expect[0]["title"], "Jadwal Samsat Keliling");
}

/// How many lines an operator writes, without remarks: 15 for a known product, 45 for a table that nobody knew.
#[test]
fn shipped_connectors_are_short() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../connectors.d");
    let (mut products, mut tables) = (0, 0);
    for entry in std::fs::read_dir(folder).expect("the shipped connectors") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("text");
        let is_product = text.lines().any(|line| line.starts_with("extends:"));
        let is_table = text.lines().any(|line| line.trim() == "html:");
        let most = match (is_product, is_table) {
            (true, _) => 15,
            (false, true) => 45,
            (false, false) => continue,
        };
        *if is_product {
            &mut products
        } else {
            &mut tables
        } += 1;
        let remark = |line: &&str| line.trim_start().starts_with('#');
        let lines = text.lines().filter(|line| !remark(line)).count();
        assert!(
            lines <= most,
            "{}: {lines} lines, at most {most}",
            path.display()
        );
    }
    assert!(
        products > 5 && tables > 5,
        "{products} products, {tables} tables"
    );
}

#[test]
fn a_legacy_app_has_a_form_and_a_table() {
    let yaml = r#"metadata: { name: surat, title: Surat Masuk, owner: "011301", capability: letter, sla: { fresh: 30m } }
app:
  upstreams: ["http://10.20.0.15:8080"]
  timeouts: { connect: 3s, total: 30s }
  breaker: { failures: 5, window: 1m, open: 2m }
auth:
  form:
    url: /login.php
    fields: { username: "${secret:surat/user}", password: "${secret:surat/pass}" }
    csrf: input[name=token]
    logged_in: a[href*=logout]
sources:
  inbox:
    html:
      get: /surat_masuk.php
      rows: table#data tbody tr
      cells: { nomor: "td:nth-child(2)", perihal: "td:nth-child(3)", dari: "td:nth-child(4)", tanggal: "td:nth-child(5)", href: "td a@href" }
      guard: { columns: [No, Nomor, Perihal, Pengirim, Tanggal], min_rows: 1 }
    paginate: { page: { param: hal, until: empty } }
    every: { cron: "*/15 7-17 * * 1-5" }
    deletes: never
    to: letter
    map:
      id: nomor | slug
      number: nomor
      title: perihal | text
      from: dari | mask('person')
      created_at: tanggal | datetime(format='%d %B %Y', locale='id')
      web: href | absolute
privacy: { class: restricted, pii: { from: mask }, retain: 365d, audience: { unit: "011301" } }
tests: [{ fixture: inbox-2-pages.http, count: 37, expect: [{ number: 005/112/UM }] }]
"#;
    let surat = load("surat", yaml);
    let inbox = surat.source("inbox").expect("a source");
    let Fetch::Html(request, table) = &inbox.fetch else {
        panic!("a page");
    };
    assert_eq!(request.path.to_string(), "/surat_masuk.php");
    assert_eq!(table.cells[4], ("href".to_owned(), "td a@href".to_owned()));
    assert_eq!(table.guard_columns.len(), 5);
    assert_eq!(inbox.every, Duration::from_secs(900));
    assert_eq!(
        inbox.hours,
        Some(Hours::Cron("*/15 7-17 * * 1-5".to_owned()))
    );
    assert_eq!(surat.fresh, Duration::from_secs(1800));
    assert!(!format!("{surat:?}").contains("rahasia"));
}

const SOAP: &str = r#"metadata: { name: izin, title: Perizinan }
app: { upstreams: "http://10.20.0.16" }
sources:
  permohonan:
    soap:
      endpoint: /ws/Perizinan.asmx
      action: http://tempuri.org/DaftarPermohonan
      ns: { t: "http://tempuri.org/" }
      header: { "t:Kunci": "${secret:izin/kunci}", "t:Sejak": "${secret:izin/kunci}/${cursor}" }
      body: { "t:DaftarPermohonan": { "t:sejak": "${cursor}", "t:halaman": "${page}", "t:jumlah": 200, "t:jenis": [A, B] } }
      fault: { retry: ["*Timeout*"], fatal: ["*Unauthorized*"] }
    select: DaftarPermohonanResponse.DaftarPermohonanResult.Permohonan[*]
    paginate: { page: { until: short, size: 200 } }
    cursor: { field: DiubahPada, start: 2025-01-01, overlap: 1h }
    deletes: { tombstone: "Status == 'BATAL'" }
    to: service_request
    map: { id: Nomor, title: Nama }
"#;

#[test]
fn a_soap_message_keeps_its_order_and_its_secrets() {
    let izin = load("izin", SOAP);
    let Fetch::Soap(_, soap) = &izin.sources[0].fetch else {
        panic!("a SOAP operation");
    };
    let text = |node: &SoapNode| match node {
        SoapNode::Text(text) => text.reveal().expect("resolved").to_owned(),
        SoapNode::Children(_) => panic!("a text"),
    };
    assert_eq!(text(&soap.header[0].1), "r<ahasi&a");
    assert_eq!(text(&soap.header[1].1), "r<ahasi&a/${cursor}");
    let SoapNode::Children(body) = &soap.body[0].1 else {
        panic!("children");
    };
    let said: Vec<(&str, String)> = body
        .iter()
        .map(|(name, node)| (name.as_str(), text(node)))
        .collect();
    let expected = [
        ("t:sejak", "${cursor}"),
        ("t:halaman", "${page}"),
        ("t:jumlah", "200"),
        ("t:jenis", "A"),
        ("t:jenis", "B"),
    ];
    assert_eq!(said, expected.map(|(name, text)| (name, text.to_owned())));
    assert!(!format!("{izin:?}").contains("ahasi&a"));
    assert!(matches!(&izin.sources[0].deletes, Deletes::Tombstone(_)));
}

#[test]
fn a_view_of_a_database_is_read_by_its_key() {
    // The example says `to: person`; the model has no such kind.
    let yaml = r#"metadata: { name: simpeg, title: Kepegawaian }
sources:
  direktori:
    sql:
      mysql: "${secret:simpeg/dsn_readonly}"
      query: SELECT nip, nama, kode_opd, aktif, diubah FROM v_pegawai_hub WHERE (diubah, nip) > (:cursor, :last_key) ORDER BY diubah, nip LIMIT :size
      limits: { statement: 10s, rows: 5000 }
    paginate: { keyset: { key: nip, size: 500 } }
    cursor: { field: diubah, start: 2000-01-01 }
    deletes: { tombstone: aktif == 0 }
    to: dataset
    map: { id: nip, title: nama }
"#;
    let simpeg = load("simpeg", yaml);
    let source = &simpeg.sources[0];
    assert!(
        matches!(&source.paginate, Some(Paginate::Keyset { key, size: 500, .. }) if key.to_string() == "nip")
    );
    assert!(matches!(&source.fetch, Fetch::Sql(sql) if sql.rows == 5000));
}

#[test]
fn a_pause_is_not_staleness() {
    let fresh = |every: &str| {
        let yaml = format!(
            "metadata: {{ name: a, title: A }}\napp: {{ upstreams: 'http://10.0.0.1' }}\nsources:\n  s: {{ rest: {{ get: /a }}, every: {every}, deletes: never, to: task, map: {{ id: id, title: t }} }}\n"
        );
        let loaded = load_str("a.yaml", &yaml, secrets());
        assert_eq!(loaded.faults, [], "{every}");
        loaded.get("a").expect("usable").fresh.as_secs() / 60
    };
    assert_eq!(fresh("15m"), 60);
    assert_eq!(fresh("2h"), 360);
    // From Friday 17:00 to Monday 07:00 there are 62 hours.
    assert_eq!(fresh("{ every: 15m, office: 7-17 }"), 62 * 60 + 45);
    assert_eq!(fresh("{ cron: \"*/15 7-16 * * 1-5\" }"), 62 * 60 + 45);
}

#[test]
fn a_source_is_due_at_its_hours_only() {
    use chrono::TimeZone;
    let yaml = "metadata: { name: a, title: A }\napp: { upstreams: 'http://10.0.0.1' }\nsources:\n  s: { rest: { get: /a }, every: { every: 15m, office: 7-17 }, deletes: never, to: task, map: { id: id, title: t } }\n";
    let a = load("a", yaml);
    let bali = a.zone;
    let due = |day, hour, minute| {
        let after = bali
            .with_ymd_and_hms(2026, 1, day, hour, minute, 0)
            .unwrap();
        a.sources[0].next_after(after).to_rfc3339()
    };
    assert_eq!(due(30, 9, 0), "2026-01-30T09:15:00+08:00");
    assert_eq!(due(30, 16, 50), "2026-02-02T07:00:00+08:00");
    assert_eq!(due(29, 3, 0), "2026-01-29T07:00:00+08:00");
}

#[test]
fn what_a_source_does_not_say_is_not_explained() {
    let yaml = "metadata: { name: a, title: A }\napp: { upstreams: 'http://10.0.0.1' }\nsources:\n  s: { rest: { get: /a }, deletes: never, to: task, map: { id: id, title: t } }\n";
    let loaded = load_str("a.yaml", yaml, LoadOptions::default());
    let lines = loaded.explain("a").expect("explained");
    let of_source: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.path.strip_prefix("sources.s."))
        .collect();
    let expected = [
        "rest.get",
        "rest.method",
        "every",
        "deletes",
        "to",
        "map.id",
        "map.title",
    ];
    assert_eq!(of_source, expected);
    let hours = yaml.replace("deletes", "every: { cron: '0 6 * * *' }, deletes");
    let loaded = load_str("a.yaml", &hours, LoadOptions::default());
    let lines = loaded.explain("a").expect("explained");
    let cron = lines
        .iter()
        .find(|line| line.path == "sources.s.every.cron");
    assert_eq!(cron.map(|line| line.value.as_str()), Some("0 6 * * *"));
}

#[test]
fn every_shipped_connector_is_without_a_fault() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../connectors.d");
    let loaded = load_dir(&folder, None, LoadOptions::default());
    let errors = loaded
        .faults
        .iter()
        .filter(|fault| fault.severity() == Severity::Error);
    let told: Vec<_> = errors.cloned().collect();
    let told = divos_manifest::render(&told, divos_model::Lang::En, divos_manifest::Format::Human);
    assert!(told.is_empty(), "{told}");
    assert_eq!(loaded.connectors.len(), loaded.ids().len());
    assert!(loaded.connectors.len() > 10);
}
