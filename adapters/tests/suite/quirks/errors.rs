//! Errors that do not look like one, and emptiness that does.

use super::asked::{html, json, ok};
use super::{Comes, Quirk, source};
use crate::server::answer;

const ROWS: &str = source!(
    "    rest: { get: /rows }\n    select: data[*]\n",
    "      id: id\n      title: title\n"
);
const SOAP: &str = source!(
    "    soap: { endpoint: /layanan, action: 'urn:a#Daftar', ns: { t: 'urn:a' }, body: { 't:Daftar': { 't:jumlah': 10 } }, fault: { fatal: ['*Unauthorized*'] } }\n    select: DaftarResponse.Baris[*]\n",
    "      id: Nomor\n      title: Hal\n"
);
const FEED: &str = source!(
    "    feed: { get: /feed }\n",
    "      id: id\n      title: title | text\n"
);

fn envelope(status: &str, body: &str) -> Vec<u8> {
    let text = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{body}</s:Body></s:Envelope>"
    );
    answer(
        status,
        "Content-Type: text/xml; charset=utf-8\r\n",
        text.as_bytes(),
    )
}

const FAULT: &str = "<s:Fault><faultcode>s:Client</faultcode><faultstring>Unauthorized: kunci contoh kedaluwarsa</faultstring></s:Fault>";

pub(super) fn quirks() -> Vec<Quirk> {
    let failing = source!(
        "    rest: { get: /rows, fail: { when: \"status == 'error'\", message: pesan } }\n    select: data[*]\n",
        "      id: id\n      title: title\n"
    );
    vec![
        Quirk {
            name: "an error as HTTP 200",
            connector: failing,
            app: |_| json(r#"{"status":"error","pesan":"Kunci <b>kedaluwarsa</b>","data":[]}"#),
            comes: Comes::Fault("error_inside", "Kunci kedaluwarsa", "Kunci kedaluwarsa"),
        },
        Quirk {
            name: "an error as HTTP 200 that no rule knows",
            connector: ROWS,
            app: |_| json(r#"{"status":"error","pesan":"Kunci kedaluwarsa"}"#),
            comes: Comes::Fault("select_missed", "`data[*]`", "`data[*]`"),
        },
        Quirk {
            name: "a page about an error as HTTP 200",
            connector: ROWS,
            app: |_| {
                html(
                    "",
                    "<html><title>Database Error</title><p>Too many connections</html>",
                )
            },
            comes: Comes::Fault("not_json", "Database Error", "Database Error"),
        },
        Quirk {
            name: "a warning of PHP before the JSON",
            connector: ROWS,
            app: |_| {
                html(
                    "",
                    "<br />\n<b>Warning</b>: Undefined variable $x in /contoh.php on line 7<br />\n{\"data\":[]}",
                )
            },
            comes: Comes::Fault("not_json", "HTML", "HTML"),
        },
        Quirk {
            name: "nothing at all as HTTP 200",
            connector: ROWS,
            app: |_| json(""),
            comes: Comes::Fault("empty", "tanpa isi", "answered with nothing"),
        },
        Quirk {
            name: "a SOAP fault as HTTP 500",
            connector: SOAP,
            app: |_| envelope("500 Internal Server Error", FAULT),
            comes: Comes::Fault(
                "soap_fault",
                "kunci contoh kedaluwarsa",
                "kunci contoh kedaluwarsa",
            ),
        },
        Quirk {
            name: "a SOAP fault as HTTP 200",
            connector: SOAP,
            app: |_| envelope("200 OK", FAULT),
            comes: Comes::Fault(
                "soap_fault",
                "kunci contoh kedaluwarsa",
                "kunci contoh kedaluwarsa",
            ),
        },
        Quirk {
            name: "a feed that is only an XML prolog",
            connector: FEED,
            app: |_| {
                ok(
                    "Content-Type: application/rss+xml; charset=UTF-8\r\n",
                    b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
                )
            },
            comes: Comes::Fault("empty", "tanpa isi", "answered with nothing"),
        },
        Quirk {
            name: "a sign-in page in the place of CSV",
            connector: source!(
                "    csv: { get: /ekspor }\n",
                "      id: no\n      title: hal\n"
            ),
            app: |_| {
                ok(
                    "Content-Type: text/csv\r\n",
                    b"<!DOCTYPE html><html><title>Masuk</title></html>",
                )
            },
            comes: Comes::Fault("not_this_format", "HTML", "HTML"),
        },
    ]
}
