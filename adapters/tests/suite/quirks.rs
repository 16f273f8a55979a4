//! What apps really answer, one line each: read, or told in a code that says what is wrong.

use crate::fake::{clock, plain, read, world};
use crate::server::{Act, Server, answer};
use crate::ways::{csv, request};
use divos_adapters::{AddressPolicy, Ask, Outbound};
use divos_manifest::{Fetch, Source};
use std::sync::Arc;

/// A source, what it is answered, and what comes of it.
struct Quirk {
    name: &'static str,
    /// Lines of the source, from its format to its mapping.
    source: &'static str,
    over: fn(&mut Source),
    status: &'static str,
    headers: &'static str,
    body: &'static [u8],
    /// `title updated`, or the code of the trouble.
    comes: Result<&'static str, &'static str>,
}

const JSON: &str = "    rest: { get: /rows }\n    select: data[*]\n    deletes: sweep\n    map: { id: id, title: title, updated_at: at | datetime }\n";
const FEED: &str = "    feed: { get: /rows }\n    deletes: never\n    map: { id: id, title: title, updated_at: updated | datetime }\n";
const TABLE: &str = "    rest: { get: /rows }\n    select: data[*]\n    deletes: sweep\n    map: { id: id, title: \"title ~ ' ' ~ (jumlah | float)\", updated_at: \"at | datetime(format='%d %B %Y', locale='id')\" }\n";
const FAILING: &str = "    rest: { get: /rows, fail: { when: status == 'error', message: pesan } }\n    select: data[*]\n    deletes: sweep\n    map: { id: id, title: title }\n";

fn as_csv(source: &mut Source) {
    source.fetch = Fetch::Csv(request(source), csv());
}

fn as_it_is(_: &mut Source) {}

fn quirks() -> Vec<Quirk> {
    let json = |name, body, comes| Quirk {
        name,
        source: JSON,
        over: as_it_is,
        status: "200 OK",
        headers: "Content-Type: application/json\r\n",
        body,
        comes,
    };
    let table = |name, headers, body, comes| Quirk {
        name,
        source: TABLE,
        over: as_csv,
        status: "200 OK",
        headers,
        body,
        comes,
    };
    let feed = |name, headers, body, comes| Quirk {
        name,
        source: FEED,
        over: as_it_is,
        status: "200 OK",
        headers,
        body,
        comes,
    };
    vec![
        json(
            "all numbers are texts, a time has no zone",
            br#"{"data":[{"id":"007","title":"Satu","at":"2026-11-24 08:00:00"}]}"#,
            Ok("Satu 2026-11-24T08:00:00+08:00"),
        ),
        json(
            "a zero date is no date, so the item has the time of the pass",
            br#"{"data":[{"id":1,"title":"Satu","at":"0000-00-00 00:00:00"}]}"#,
            Ok("Satu 2026-11-24T08:00:00+08:00"),
        ),
        json(
            "a byte order mark stands before JSON",
            b"\xef\xbb\xbf{\"data\":[{\"id\":1,\"title\":\"Satu\",\"at\":\"2026-01-02T00:00:00Z\"}]}",
            Ok("Satu 2026-01-02T00:00:00+00:00"),
        ),
        json(
            "a page for people comes with status 200",
            b"<html><title>Masuk</title><input type=password></html>",
            Err("not_json"),
        ),
        json("nothing comes with status 200", b"", Err("empty")),
        Quirk {
            name: "an error comes with status 200",
            source: FAILING,
            over: as_it_is,
            status: "200 OK",
            headers: "",
            body: br#"{"status":"error","pesan":"Kunci kedaluwarsa"}"#,
            comes: Err("error_inside"),
        },
        table(
            "separated text with a semicolon, a decimal comma, an Indonesian month, in windows-1252 without a word",
            "Content-Type: text/csv; header=present\r\n",
            b"id;title;jumlah;at\r\n1;Caf\xe9 \x93Rekaan\x94;1.250,5;24 Nopember 2026\r\n",
            Ok("Caf\u{e9} \u{201c}Rekaan\u{201d} 1250.5 2026-11-24T00:00:00+08:00"),
        ),
        table(
            "separated text that calls itself a workbook, with a byte order mark",
            "Content-Type: application/vnd.ms-excel\r\n",
            b"\xef\xbb\xbfid,title,jumlah,at\n1,\"Satu, dua\",3,01 Agustus 2026\n",
            Ok("Satu, dua 3 2026-08-01T00:00:00+08:00"),
        ),
        table(
            "a sign-in page in the place of separated text",
            "Content-Type: text/csv\r\n",
            b"<!DOCTYPE html><html><title>Masuk</title></html>",
            Err("not_this_format"),
        ),
        table(
            "a quoted cell that never ends",
            "Content-Type: text/csv\r\n",
            b"id,title,jumlah,at\n1,\"Satu,3,01 Agustus 2026\n2,Dua,3,01 Agustus 2026\n",
            Err("truncated"),
        ),
        feed(
            "a feed that is an XML prolog and nothing else",
            "Content-Type: application/rss+xml\r\n",
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
            Err("empty"),
        ),
        feed(
            "a feed in windows-1252 that does not say so",
            "Content-Type: text/xml\r\n",
            b"<rss><channel><item><guid>1</guid><title>Caf\xe9</title><pubDate>Tue, 24 Nov 2026 08:00:00 +0800</pubDate></item></channel></rss>",
            Ok("Caf\u{e9} 2026-11-24T08:00:00+08:00"),
        ),
    ]
}

fn live() -> divos_adapters::World {
    let _ = rustls::crypto::ring::default_provider().install_default();
    world(Arc::new(Outbound::live(
        AddressPolicy::with_private(),
        clock(),
    )))
}

/// Reads the quirk from a local server that speaks `HTTP/1.1`, or `HTTP/1.0` as old servers do.
async fn outcome(quirk: &Quirk, old: bool) -> Result<String, &'static str> {
    let body = match old {
        false => answer(quirk.status, quirk.headers, quirk.body),
        true => {
            let head = format!("HTTP/1.0 {}\r\n{}\r\n", quirk.status, quirk.headers);
            [head.as_bytes(), quirk.body].concat()
        }
    };
    let server = Server::start(move |_, _| Act::Send(body.clone())).await;
    let mut connector = plain(&server.base(), quirk.source, "").as_ref().clone();
    (quirk.over)(&mut connector.sources[0]);
    let (pages, error, summary) = read(&Arc::new(connector), Ask::default(), &live()).await;
    if let Some(error) = error {
        return Err(error.code());
    }
    assert_eq!(
        (summary.items, summary.faults),
        (1, 0),
        "{}: {pages:?}",
        quirk.name
    );
    let item = &pages[0].batch.items[0];
    Ok(format!("{} {}", item.title, item.updated_at.to_rfc3339()))
}

#[tokio::test]
async fn what_apps_really_answer_is_read_or_told_by_its_name() {
    for quirk in quirks() {
        for old in [false, true] {
            let comes = outcome(&quirk, old).await;
            assert_eq!(
                comes.as_deref().map_err(|c| *c),
                quirk.comes,
                "{} (HTTP/1.0: {old})",
                quirk.name
            );
        }
    }
}
