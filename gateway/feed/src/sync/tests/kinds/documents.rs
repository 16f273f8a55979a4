//! The same records as every kind of source gives them. All of it is made up.

use serde_json::{Value as Json, json};

/// A record's number, and whether the app calls it gone.
pub(super) type Row = (u8, bool);

/// A kind of source: how it is asked for, what its id and its being gone are, and what it answers.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) way: &'static str,
    pub(super) id: &'static str,
    pub(super) gone: &'static str,
    pub(super) answer: fn(&[Row]) -> Vec<u8>,
}

const GONE: &str = "status == 'BATAL'";

pub(super) fn status((_, gone): Row) -> &'static str {
    if gone { "BATAL" } else { "AKTIF" }
}

fn joined(rows: &[Row], one: impl Fn(Row) -> String) -> String {
    rows.iter().map(|row| one(*row)).collect()
}

fn records(rows: &[Row], id: &str, title: &str) -> Json {
    let record =
        |row: &Row| json!({id: row.0, title: format!("Baris {}", row.0), "status": status(*row)});
    rows.iter().map(record).collect()
}

fn elements(rows: &[Row]) -> String {
    joined(rows, |row| {
        let (n, status) = (row.0, status(row));
        format!("<Baris><id>{n}</id><title>Baris {n}</title><status>{status}</status></Baris>")
    })
}

fn csv(rows: &[Row]) -> Vec<u8> {
    let lines = joined(rows, |row| {
        format!("{},Baris {},{}\n", row.0, row.0, status(row))
    });
    format!("id,title,status\n{lines}").into_bytes()
}

/// A workbook in a ZIP archive (APPNOTE 4.3) whose parts are stored as they are.
fn workbook(rows: &[Row]) -> Vec<u8> {
    let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let line = |cells: [&str; 3]| format!("<row>{}</row>", cells.map(cell).concat());
    let lines = joined(rows, |row| {
        line([&row.0.to_string(), &format!("Baris {}", row.0), status(row)])
    });
    let header = line(["id", "title", "status"]);
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{office}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let parts = [
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"Data\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            relation("worksheet", "worksheets/sheet1.xml"),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "<worksheet xmlns=\"{main}\"><sheetData>{header}{lines}</sheetData></worksheet>"
            ),
        ),
    ];
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in &parts {
        let (offset, size) = (out.len() as u32, content.len() as u32);
        let mut head = [20_u16, 0, 0, 0, 0x21].map(u16::to_le_bytes).concat();
        head.extend(
            [crc(content.as_bytes()), size, size]
                .map(u32::to_le_bytes)
                .concat(),
        );
        head.extend([name.len() as u16, 0].map(u16::to_le_bytes).concat());
        out.extend(
            [
                b"PK\x03\x04",
                &head[..],
                name.as_bytes(),
                content.as_bytes(),
            ]
            .concat(),
        );
        directory.extend([b"PK\x01\x02\x14\x00", &head[..], &[0; 10]].concat());
        directory.extend([&offset.to_le_bytes()[..], name.as_bytes()].concat());
    }
    let (start, count) = (out.len() as u32, parts.len() as u16);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count, count].map(u16::to_le_bytes).concat());
    out.extend(
        [directory.len() as u32, start]
            .map(u32::to_le_bytes)
            .concat(),
    );
    out.extend([0; 2]);
    out
}

/// CRC-32 as ZIP has it.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "rest",
        way: "rest: { get: /a }\n    select: data[*]",
        id: "id",
        gone: GONE,
        answer: |rows| {
            json!({"data": records(rows, "id", "title")})
                .to_string()
                .into_bytes()
        },
    },
    Kind {
        name: "feed",
        way: "feed: { get: /a }",
        id: "id",
        gone: "'BATAL' in title",
        answer: |rows| {
            let items = joined(rows, |row| {
                format!(
                    "<item><guid>{}</guid><title>Baris {} {}</title></item>",
                    row.0,
                    row.0,
                    status(row)
                )
            });
            format!("<rss version=\"2.0\"><channel><title>x</title>{items}</channel></rss>")
                .into_bytes()
        },
    },
    Kind {
        name: "soap",
        way: "soap: { endpoint: /a, action: urn:a, ns: { t: urn:a }, body: { \"t:Daftar\": { \"t:semua\": \"1\" } } }\n    select: DaftarResponse.Baris[*]",
        id: "id",
        gone: GONE,
        answer: |rows| {
            let rows = elements(rows);
            format!("<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><DaftarResponse xmlns=\"urn:a\">{rows}</DaftarResponse></e:Body></e:Envelope>").into_bytes()
        },
    },
    Kind {
        name: "xml",
        way: "xml: { get: /a }\n    select: Daftar.Baris[*]",
        id: "id",
        gone: GONE,
        answer: |rows| format!("<Daftar>{}</Daftar>", elements(rows)).into_bytes(),
    },
    Kind {
        name: "html",
        way: "html: { get: /a, rows: \"table#data tbody tr\", cells: { id: \"td:nth-child(1)\", title: \"td:nth-child(2)\", status: \"td:nth-child(3)\" } }",
        id: "id",
        gone: GONE,
        answer: |rows| {
            let rows = joined(rows, |row| {
                format!(
                    "<tr><td>{}</td><td>Baris {}</td><td>{}</td></tr>",
                    row.0,
                    row.0,
                    status(row)
                )
            });
            format!("<html><body><table id=\"data\"><thead><tr><th>No</th><th>Judul</th><th>Status</th></tr></thead><tbody>{rows}</tbody></table></body></html>").into_bytes()
        },
    },
    Kind {
        name: "csv",
        way: "csv: { get: /a }",
        id: "id",
        gone: GONE,
        answer: csv,
    },
    Kind {
        name: "files",
        way: "csv: { get: /a }",
        id: "id",
        gone: GONE,
        answer: csv,
    },
    Kind {
        name: "xlsx",
        way: "xlsx: { get: /a }",
        id: "id",
        gone: GONE,
        answer: workbook,
    },
    Kind {
        name: "ical",
        way: "ical: { get: /a, past: 60d, ahead: 60d }",
        id: "uid",
        gone: "status == 'CANCELLED'",
        answer: |rows| {
            let events = joined(rows, |row| {
                let status = if row.1 { "CANCELLED" } else { "CONFIRMED" };
                format!(
                    "BEGIN:VEVENT\r\nUID:{}\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:20261120T010000Z\r\nSUMMARY:Baris {}\r\nSTATUS:{status}\r\nEND:VEVENT\r\n",
                    row.0, row.0
                )
            });
            format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n")
                .into_bytes()
        },
    },
    Kind {
        name: "oai",
        way: "oai: { get: /a }",
        id: "header.identifier",
        gone: "deleted",
        answer: |rows| {
            let records = joined(rows, |(n, gone)| {
                let header = if gone {
                    "<header status=\"deleted\">"
                } else {
                    "<header>"
                };
                format!(
                    "<record>{header}<identifier>{n}</identifier><datestamp>2026-11-20</datestamp></header><metadata><dc><title>Baris {n}</title></dc></metadata></record>"
                )
            });
            format!("<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\"><ListRecords>{records}</ListRecords></OAI-PMH>").into_bytes()
        },
    },
    Kind {
        name: "ckan",
        way: "ckan: {}",
        id: "id",
        gone: GONE,
        answer: |rows| {
            let results = records(rows, "id", "title");
            json!({"success": true, "result": {"count": rows.len(), "results": results}})
                .to_string()
                .into_bytes()
        },
    },
    Kind {
        name: "jdih",
        way: "jdih: { get: /a }",
        id: "idData",
        gone: GONE,
        answer: |rows| records(rows, "idData", "title").to_string().into_bytes(),
    },
    Kind {
        name: "sql",
        way: "sql: { sqlite: \"${secret:surat/dsn}\", query: \"SELECT id, title, status FROM v\" }",
        id: "id",
        gone: GONE,
        answer: |rows| {
            let rows = joined(rows, |row| {
                format!(
                    "INSERT INTO v VALUES ({}, 'Baris {}', '{}');",
                    row.0,
                    row.0,
                    status(row)
                )
            });
            format!("DROP TABLE IF EXISTS v; CREATE TABLE v (id INTEGER, title TEXT, status TEXT); {rows}").into_bytes()
        },
    },
];
