//! Every way to read an app, as written and as meant.

use divos_manifest::{
    Connector, Fetch, ImapTls, LoadOptions, Paginate, Proof, Select, SoapNode, StaticSecrets,
    Until, load_str,
};
use std::sync::Arc;

fn read(sources: &str) -> Result<Arc<Connector>, String> {
    let yaml = format!(
        "apiVersion: divos/v1\nkind: Connector\nmetadata: {{ name: a, title: A, owner: \"030801\" }}\n\
         app: {{ upstreams: [\"http://10.20.0.15:8080\"] }}\n{sources}\n\
         privacy: {{ class: internal, audience: everyone }}\n"
    );
    let secrets: StaticSecrets = [
        ("a/dsn", "mysql://pembaca:rahasia@127.0.0.1/simpeg"),
        ("a/pass", "rahasia"),
    ]
    .into_iter()
    .collect();
    let options = LoadOptions {
        secrets: Some(Arc::new(secrets)),
    };
    let loaded = load_str("a.yaml", &yaml, options);
    let said: Vec<String> = loaded
        .faults
        .iter()
        .map(|fault| fault.problem.code().to_owned())
        .collect();
    loaded
        .get("a")
        .filter(|_| said.is_empty())
        .cloned()
        .ok_or(said.join(", "))
}

fn one(way: &str, more: &str) -> Result<Arc<Connector>, String> {
    read(&format!(
        "sources:\n  s:\n    {way}\n    deletes: never\n    to: announcement\n{more}    map: {{ id: id, title: t }}"
    ))
}

fn fetch(way: &str, more: &str) -> Fetch {
    one(way, more).expect("no fault").sources[0].fetch.clone()
}

#[test]
fn a_soap_operation_keeps_the_order_of_its_elements() {
    let connector = read(
        r#"sources:
  permohonan:
    soap:
      endpoint: /ws/Perizinan.asmx
      action: http://tempuri.org/DaftarPermohonan
      ns: { t: "http://tempuri.org/" }
      body: { "t:DaftarPermohonan": { "t:sejak": "${cursor}", "t:halaman": "${page}", "t:jumlah": 200 } }
      fault: { retry: ["*Timeout*"], fatal: ["*Unauthorized*"] }
    select: DaftarPermohonanResponse.DaftarPermohonanResult.Permohonan[*]
    paginate: { page: { until: short, size: 200 } }
    cursor: { field: DiubahPada, start: 2025-01-01, overlap: 1h }
    deletes: { tombstone: "Status == 'BATAL'" }
    to: service_request
    map: { id: Nomor, title: Nama }"#,
    );
    let connector = connector.expect("no fault");
    let Fetch::Soap(request, soap) = &connector.sources[0].fetch else {
        panic!("a SOAP source");
    };
    assert_eq!(request.path.to_string(), "/ws/Perizinan.asmx");
    assert_eq!((soap.retry.len(), soap.fatal.len()), (1, 1));
    let (name, SoapNode::Children(children)) = &soap.body[0] else {
        panic!("children");
    };
    assert_eq!(name, "t:DaftarPermohonan");
    let names: Vec<&str> = children.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["t:sejak", "t:halaman", "t:jumlah"]);
}

#[test]
fn tables_say_their_columns_and_guards() {
    let way = r#"html: { get: /surat.php, rows: "table#data tbody tr", cells: { nomor: "td:nth-child(2)", href: "td a@href" }, guard: { columns: [No, Nomor], min_rows: 1 } }"#;
    let Fetch::Html(_, html) = fetch(
        way,
        "    paginate: { page: { param: hal, until: empty } }\n",
    ) else {
        panic!("HTML");
    };
    assert_eq!(html.guard_columns, ["No", "Nomor"]);
    assert_eq!((html.cells.len(), html.min_rows), (2, Some(1)));
    let Fetch::Csv(_, csv) = fetch(
        "csv: { get: /a.csv, delimiter: tab, header: 3, footer: 1 }",
        "",
    ) else {
        panic!("CSV");
    };
    assert_eq!(
        (csv.delimiter, csv.table.header, csv.table.footer),
        (Some('\t'), Some(3), 1)
    );
    let Fetch::Xlsx(_, sheet) = fetch("xlsx: { get: /a.xlsx, sheet: 2 }", "") else {
        panic!("a sheet");
    };
    assert_eq!(sheet.sheet.as_deref(), Some("2"));
}

#[test]
fn products_bring_their_own_paging_and_place() {
    let connector = one("ckan: { rows: 50 }", "").expect("no fault");
    let source = &connector.sources[0];
    let Some(Paginate::Offset { size, until, .. }) = &source.paginate else {
        panic!("paged by offset");
    };
    assert_eq!(*size, 50);
    assert!(matches!(until, Until::Total(path) if path.to_string() == "result.count"));
    assert!(matches!(&source.select, Select::Path(path) if path.to_string() == "result.results"));
    let request = source.request().expect("a request");
    assert_eq!(request.path.to_string(), "/api/3/action/package_search");
    assert!(request.fail.is_some());
    let connector = one(
        "oai: { get: /oai, set: jurnal }",
        "    cursor: { field: datestamp }\n",
    )
    .expect("no fault");
    let source = &connector.sources[0];
    let query: Vec<String> = source
        .request()
        .expect("a request")
        .query
        .iter()
        .map(|(n, v)| format!("{n}={v}"))
        .collect();
    assert_eq!(
        query,
        ["verb=ListRecords", "metadataPrefix=oai_dc", "set=jurnal"]
    );
    assert_eq!(
        source.cursor.as_ref().expect("a cursor").param.as_deref(),
        Some("from")
    );
    assert!(matches!(
        one("jdih: { get: /integrasi.php }", "")
            .expect("no fault")
            .sources[0]
            .select,
        Select::Root
    ));
}

#[test]
fn databases_mailboxes_and_pushes_have_secrets_instead_of_addresses() {
    let more = "    paginate: { keyset: { key: nip, size: 500 } }\n    cursor: { field: diubah, start: 2000-01-01, format: raw }\n";
    let way = r#"sql: { mysql: "${secret:a/dsn}", query: "SELECT nip FROM v WHERE (diubah, nip) > (:cursor, :last_key) ORDER BY diubah, nip LIMIT :size", limits: { statement: 5s } }"#;
    let Fetch::Sql(sql) = fetch(way, more) else {
        panic!("a query");
    };
    assert_eq!(sql.statement.as_secs(), 5);
    assert!(sql.dsn.reveal().expect("known").starts_with("mysql://"));
    assert!(!format!("{sql:?}").contains("rahasia"));
    let way =
        r#"imap: { host: imap.example, tls: starttls, user: a, password: "${secret:a/pass}" }"#;
    let Fetch::Imap(imap) = fetch(way, "") else {
        panic!("a mailbox");
    };
    assert_eq!(
        (imap.tls, imap.port, imap.folder.as_str()),
        (ImapTls::StartTls, 993, "INBOX")
    );
    let way = r#"webhook: { types: ["surat.*"], hmac: { secret: "${secret:a/pass}" } }"#;
    let Fetch::Webhook(hook) = fetch(way, "") else {
        panic!("a push");
    };
    assert!(matches!(&hook.proof, Proof::Hmac { header, .. } if header == "X-Signature"));
    assert_eq!(hook.tolerance.as_secs(), 300);
    let way = r#"webhook: { standard_webhooks: { secret: "${secret:a/pass}" } }"#;
    assert!(
        matches!(fetch(way, ""), Fetch::Webhook(hook) if matches!(hook.proof, Proof::Standard(_)))
    );
    let way = r#"webhook: { github: { secret: "${secret:a/pass}" } }"#;
    let Fetch::Webhook(hook) = fetch(way, "") else {
        panic!("a push");
    };
    assert!(matches!(&hook.proof, Proof::Body { header, .. } if header == "X-Hub-Signature-256"));
}

#[test]
fn a_child_names_its_parent_and_sends_its_value() {
    let parent = "sources:\n  daftar:\n    rest: { get: /daftar }\n    deletes: never\n    to: announcement\n    map: { id: id, title: t }\n";
    let child = |way: &str, parent: &str| {
        format!(
            "  rinci:\n    rest: {{ get: {way} }}\n    parent: {{ source: {parent}, field: id }}\n    deletes: never\n    to: announcement\n    map: {{ id: id, title: t }}"
        )
    };
    let good = read(&format!(
        "{parent}{}",
        child("\"/rinci/${parent}\"", "daftar")
    ));
    let connector = good.expect("no fault");
    assert_eq!(
        connector.sources[1]
            .parent
            .as_ref()
            .expect("a parent")
            .source,
        "daftar"
    );
    let message = "  rinci:\n    soap: { endpoint: /ws, body: { \"Rinci\": { \"id\": \"${parent}\" } } }\n    parent: { source: daftar, field: id }\n    deletes: never\n    to: announcement\n    map: { id: id, title: t }";
    read(&format!("{parent}{message}")).expect("a value sent in a message is sent");
    for (way, name, code) in [
        ("/rinci", "daftar", "DV0511"),
        ("\"/rinci/${parent}\"", "daftr", "DV0506"),
        ("\"/rinci/${parent}\"", "rinci", "DV0510"),
    ] {
        let said = read(&format!("{parent}{}", child(way, name))).expect_err("a fault");
        assert!(said.contains(code), "{way} {name}: {said}");
    }
}

#[test]
fn what_a_way_has_no_use_for_is_told() {
    for (way, more, said) in [
        ("csv: { get: /a.csv }", "    select: a\n", "DV0509"),
        (
            "oai: { get: /oai }",
            "    paginate: { page: { param: p } }\n",
            "DV0509",
        ),
        (
            "rest: { get: /a }",
            "    paginate: { keyset: { key: id } }\n",
            "DV0509",
        ),
        ("csv: { get: /a.csv, delimiter: \";;\" }", "", "DV0106"),
        ("html: { get: /a, rows: \"td[\" }", "", "DV0106"),
        ("sql: { query: \"SELECT 1\" }", "", "DV0505"),
        ("webhook: { types: [a] }", "", "DV0505"),
        ("csv: { get: /a.csv, files: /srv/a.csv }", "", "DV0603"),
        (
            "sql: { postgres: \"postgres://a:b@c/d\", query: \"SELECT 1\" }",
            "",
            "DV0302",
        ),
        ("rest: { get: /a }\n    feed: { get: /b }", "", "DV0105"),
    ] {
        let found = one(way, more).expect_err(way);
        assert!(found.contains(said), "{way}: {found}");
    }
}

#[test]
fn every_way_to_sign_in_is_read() {
    use divos_manifest::Auth;
    let auth = |auth: &str| {
        let connector = read(&format!(
            "auth:\n  {auth}\nsources:\n  s:\n    rest: {{ get: /a }}\n    deletes: never\n    to: announcement\n    map: {{ id: id, title: t }}"
        ));
        connector.expect(auth).auth.clone()
    };
    let Auth::Form(form) = auth(
        r#"form: { url: /login.php, fields: { username: pembaca, password: "${secret:a/pass}" }, csrf: "input[name=token]", csrf_cookie: { field: X-CSRF, cookie: csrf }, then: { url: /pin.php, fields: { pin: "${secret:a/pass}" } }, logged_in: "a[href*=logout]", expired: [Sesi berakhir] }"#,
    ) else {
        panic!("a form");
    };
    assert_eq!(form.fields.len(), 2);
    assert_eq!(form.csrf_cookie, Some(("X-CSRF".into(), "csrf".into())));
    assert_eq!(
        form.then.as_ref().expect("a second step").fields[0].0,
        "pin"
    );
    assert!(!format!("{form:?}").contains("rahasia"));
    let Auth::OAuth2(oauth) = auth(
        r#"oauth2: { token_url: /token, client_id: hub, client_secret: "${secret:a/pass}", params: { audience: kota } }"#,
    ) else {
        panic!("OAuth 2.0");
    };
    assert!(!oauth.in_body && oauth.refresh_token.is_none());
    let Auth::Token(token) = auth(
        r#"token: { url: /masuk, fields: { user: a, pass: "${secret:a/pass}" }, token: data.token, expires: data.masa }"#,
    ) else {
        panic!("a token");
    };
    assert!(token.json && token.prefix == "Bearer ");
    let Auth::Hmac(sign) = auth(
        r#"hmac: { secret: "${secret:a/pass}", id: hub, id_header: X-cons-id, message: "{id}&{timestamp}" }"#,
    ) else {
        panic!("a signature");
    };
    assert_eq!(
        (sign.message.as_str(), sign.hex),
        ("{id}&{timestamp}", false)
    );
    assert!(matches!(
        auth(r#"digest: { username: a, password: "${secret:a/pass}" }"#),
        Auth::Digest { .. }
    ));
    let signed = read(
        "auth: { wsse: { username: a, password: \"${secret:a/pass}\" } }\nsources:\n  s:\n    soap: { endpoint: /a, body: { b: c } }\n    deletes: never\n    to: announcement\n    map: { id: id, title: t }",
    );
    assert!(matches!(
        signed.expect("no fault").auth,
        Auth::Wsse { digest: true, .. }
    ));
}
