//! Servers of HTTP/1.0, and answers that break off. Every other row is played over HTTP/1.0 as well.

use super::{Comes, Quirk, source};

const ROWS: &str = source!(
    "    rest: { get: /rows }\n    select: data[*]\n",
    "      id: id\n      title: title\n      updated_at: at | datetime\n"
);
const TABLE: &str = source!(
    "    csv: { get: /ekspor }\n",
    "      id: no\n      title: hal\n      updated_at: tanggal | datetime\n"
);
const ONE: Comes = Comes::Items(&["1 | Satu | 2026-11-24T08:00:00+08:00"]);
const BODY: &str = r#"{"data":[{"id":1,"title":"Satu","at":"2026-11-24 08:00:00"}]}"#;

pub(super) fn quirks() -> Vec<Quirk> {
    vec![
        Quirk {
            name: "HTTP/1.0 that ends by closing",
            connector: ROWS,
            app: |_| format!("HTTP/1.0 200 OK\r\nServer: contoh\r\n\r\n{BODY}").into_bytes(),
            comes: ONE,
        },
        Quirk {
            name: "HTTP/1.0 that promises to stay and closes",
            connector: ROWS,
            app: |_| {
                let length = BODY.len();
                format!("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: {length}\r\n\r\n{BODY}").into_bytes()
            },
            comes: ONE,
        },
        Quirk {
            name: "a status line without words, lines that end in LF",
            connector: ROWS,
            app: |_| format!("HTTP/1.0 200\nContent-Type: application/json\n\n{BODY}").into_bytes(),
            comes: ONE,
        },
        Quirk {
            name: "JSON over HTTP/1.0 that breaks off",
            connector: ROWS,
            app: |_| format!("HTTP/1.0 200 OK\r\n\r\n{}", &BODY[..BODY.len() - 9]).into_bytes(),
            comes: Comes::Fault("truncated", "terputus", "broke off"),
        },
        Quirk {
            name: "CSV over HTTP/1.0 that may have broken off",
            connector: TABLE,
            app: |_| {
                b"HTTP/1.0 200 OK\r\nContent-Type: text/csv\r\n\r\nno;hal;tanggal\r\n1;Satu;2026-11-24 08:00:00".to_vec()
            },
            comes: Comes::Perhaps(&["1 | Satu | 2026-11-24T08:00:00+08:00"]),
        },
        Quirk {
            name: "fewer bytes than Content-Length",
            connector: ROWS,
            app: |_| {
                let length = BODY.len() + 1;
                format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{BODY}").into_bytes()
            },
            comes: Comes::Fault("truncated", "terputus", "broke off"),
        },
    ]
}
