//! Sources that are not ours: SOAP services of spyne and PHP, an OAI-PMH repository of pyoai, a mailbox of Dovecot, feeds
//! of WordPress, Redmine and feedgen, a calendar of Radicale, a folder that OpenSSH fills. They listen on the loopback;
//! every record is made up. What is missing fails the test.

use crate::fake::{connector_with, ids, read};
use crate::login_peers::{live, script};
use crate::ways::titles;
use divos_adapters::Ask;
use divos_manifest::Connector;
use divos_model::SystemClock;
use dovecot::{Dovecot, PASSWORD};
use std::collections::BTreeSet;
use std::sync::Arc;

mod calendars;
mod feeds;
mod files;
mod services;

#[path = "../../mail/tests/server/mod.rs"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "the mailbox's own tests use the rest"
)]
mod dovecot;

fn app(base: &str, source: &str) -> Arc<Connector> {
    connector(base, source, &[("password", PASSWORD)])
}

/// A connector of one source, `rows`.
fn connector(base: &str, source: &str, secrets: &[(&str, &str)]) -> Arc<Connector> {
    let yaml = format!(
        "apiVersion: divos/v1\nkind: Connector\n\
         metadata: {{ name: app, title: App, owner: \"030801\", capability: portal }}\n\
         app: {{ upstreams: \"{base}\", timeouts: {{ total: 20s }} }}\n\
         sources:\n  rows:\n    every: 5m\n{source}\
         privacy: {{ class: internal, audience: everyone }}\n"
    );
    connector_with(&yaml, secrets)
}

fn soap(size: u32) -> String {
    format!(
        "    soap:\n      endpoint: /\n      version: \"1.2\"\n      action: DaftarIzin\n      ns: {{ t: \"http://layanan.example/\" }}\n\
         \x20     body: {{ \"t:DaftarIzin\": {{ \"t:halaman\": \"${{page}}\", \"t:jumlah\": \"{size}\" }} }}\n\
         \x20   select: DaftarIzinResponse.DaftarIzinResult.Izin[*]\n    paginate: {{ page: {{ until: short, size: {size} }} }}\n\
         \x20   deletes: sweep\n    to: announcement\n    map: {{ id: Nomor, title: Perihal }}\n"
    )
}

#[tokio::test]
async fn a_soap_1_2_service_of_spyne_is_read_page_by_page_and_its_fault_is_told() {
    let server = script("soap.py");
    let world = live(Arc::new(SystemClock));
    let connector = app(&server.base("http"), &soap(2));
    let (pages, error, summary) = read(&connector, Ask::default(), &world).await;
    assert_eq!(error, None);
    assert_eq!(ids(&pages), ["IZ-1", "IZ-2", "IZ-3", "IZ-4", "IZ-5"]);
    assert_eq!(titles(&pages)[0], "Izin contoh <1> & lainnya");
    assert!(summary.may_sweep());
    let greedy = app(&server.base("http"), &soap(500));
    let (_, error, summary) = read(&greedy, Ask::default(), &world).await;
    let error = error.expect("a fault");
    assert_eq!(error.code(), "soap_fault");
    assert!(
        error.to_string().contains("jumlah paling banyak 100"),
        "{error}"
    );
    assert!(!summary.may_sweep());
}

const OAI: &str = "    oai: { get: /, prefix: oai_dc }\n    cursor: { field: header.datestamp }\n\
    \x20   deletes: { tombstone: header.deleted }\n    to: announcement\n\
    \x20   map: { id: header.identifier, title: title | text, updated_at: header.datestamp | datetime }\n";

#[tokio::test]
async fn a_repository_of_pyoai_is_harvested_by_its_tokens_and_then_for_changes() {
    let server = script("oai.py");
    let world = live(Arc::new(SystemClock));
    let connector = app(&server.base("http"), OAI);
    let (pages, error, summary) = read(&connector, Ask::default(), &world).await;
    assert_eq!(error, None);
    assert_eq!((summary.pages, summary.rows), (3, 7), "three batches");
    let items = || pages.iter().flat_map(|page| &page.batch.items);
    let gone: Vec<&str> = items()
        .filter(|item| item.deleted.is_some())
        .map(|item| item.native_id.as_str())
        .collect();
    assert_eq!(gone, ["oai:contoh:4"]);
    assert!(items().any(|item| item.title == "Arsip contoh 7 <&>"));
    assert_eq!(summary.cursor.as_deref(), Some("2026-11-07T00:00:00Z"));
    let ask = Ask {
        cursor: summary.cursor,
        ..Ask::default()
    };
    let (pages, error, _) = read(&connector, ask, &world).await;
    assert_eq!(error, None);
    assert_eq!(ids(&pages), ["oai:contoh:7"]);
}

fn mailbox(port: u16, deletes: &str) -> String {
    format!(
        "    imap: {{ host: localhost, port: {port}, tls: none, user: made, password: \"${{secret:app/password}}\" }}\n\
         \x20   deletes: {deletes}\n    to: letter\n\
         \x20   map: {{ id: message_id, title: subject | text, number: message_id, created_at: date | datetime }}\n"
    )
}

fn letter(number: u32) -> Vec<u8> {
    format!(
        "From: Petugas Contoh <petugas@contoh.example>\r\nTo: made@contoh.example\r\nMessage-ID: <{number}@contoh.example>\r\n\
         Subject: =?utf-8?Q?Undangan_contoh_{number}_=E2=80=93_rapat?=\r\nDate: Tue, 24 Nov 2026 08:00:0{number} +0800\r\n\r\nIsi rekaan.\r\n"
    )
    .into_bytes()
}

#[tokio::test]
async fn letters_of_a_real_dovecot_are_read_once_and_never_marked_as_seen() {
    let server = Dovecot::start();
    (1..=3).for_each(|number| server.deliver("INBOX", number, &letter(number)));
    let world = live(Arc::new(SystemClock));
    let connector = app("http://127.0.0.1:9", &mailbox(server.plain, "never"));
    let (pages, error, summary) = read(&connector, Ask::default(), &world).await;
    assert_eq!(error, None);
    assert_eq!(summary.faults, 0, "{pages:?}");
    assert_eq!(titles(&pages).len(), 3);
    assert!(titles(&pages).contains(&"Undangan contoh 2 \u{2013} rapat".to_owned()));
    let cursor = summary.cursor.clone();
    assert!(cursor.is_some());
    server.deliver("INBOX", 4, &letter(4));
    let ask = Ask {
        cursor,
        ..Ask::default()
    };
    let (pages, error, _) = read(&connector, ask, &world).await;
    assert_eq!(error, None);
    assert_eq!(
        titles(&pages),
        ["Undangan contoh 4 \u{2013} rapat"],
        "only what is new"
    );
    assert_eq!(server.seen("INBOX"), 0);
}

#[tokio::test]
async fn a_mailbox_is_seen_whole_where_letters_may_be_gone_and_only_what_is_new_elsewhere() {
    let server = Dovecot::start();
    (1..=3).for_each(|number| server.deliver("INBOX", number, &letter(number)));
    let world = live(Arc::new(SystemClock));
    let policies = [
        "sweep",
        "{ ttl: 48h }",
        "never",
        "{ tombstone: \"'dibatalkan' in subject\" }",
    ];
    let first = async |deletes: &str| {
        let connector = app("http://127.0.0.1:9", &mailbox(server.plain, deletes));
        let (pages, error, summary) = read(&connector, Ask::default(), &world).await;
        assert_eq!((ids(&pages).len(), error), (3, None), "{deletes}");
        assert!(summary.may_sweep(), "{deletes}");
        (connector, summary.cursor)
    };
    let mut known = Vec::new();
    for deletes in policies {
        known.push((deletes, first(deletes).await));
    }
    server.delete("INBOX", 2);
    // A letter of the same name as the first one.
    let recalled = String::from_utf8(letter(4)).expect("text");
    let recalled = recalled
        .replace("Undangan_contoh_4", "dibatalkan")
        .replace("<4@", "<1@");
    server.deliver("INBOX", 4, recalled.as_bytes());
    for (deletes, (connector, cursor)) in known {
        let ask = Ask {
            cursor,
            ..Ask::default()
        };
        let (pages, error, summary) = read(&connector, ask, &world).await;
        assert_eq!((error, summary.complete), (None, true), "{deletes}");
        let all = pages.iter().flat_map(|page| &page.batch.items);
        let (gone, there): (Vec<_>, Vec<_>) = all.partition(|item| item.deleted.is_some());
        let is_whole = matches!(deletes, "sweep" | "{ ttl: 48h }");
        assert_eq!(summary.may_sweep(), is_whole, "{deletes}");
        let named: BTreeSet<&str> = there
            .iter()
            .chain(&gone)
            .map(|item| &*item.native_id)
            .collect();
        let letters: &[&str] = match is_whole {
            true => &["1@contoh.example", "3@contoh.example"],
            false => &["1@contoh.example"],
        };
        assert_eq!(named.into_iter().collect::<Vec<_>>(), letters, "{deletes}");
        assert_eq!(
            gone.len(),
            usize::from(deletes.contains("tombstone")),
            "{deletes}"
        );
    }
}
