//! Times as apps write them.

use super::asked::{json, ok};
use super::{Comes, Quirk, source};

const ROWS: &str = source!(
    "    rest: { get: /rows }\n    select: data[*]\n",
    "      id: id\n      title: title\n      updated_at: at | datetime\n"
);

pub(super) fn quirks() -> Vec<Quirk> {
    vec![
        Quirk {
            name: "a time without a zone",
            connector: ROWS,
            app: |_| {
                json(
                    r#"{"data":[{"id":1,"title":"Satu","at":"2026-11-24 08:00:00"},{"id":2,"title":"Dua","at":"2026-11-24T08:00:00.123"},{"id":3,"title":"Tiga","at":"24/11/2026 08.00"},{"id":4,"title":"Empat","at":"24 November 2026 07:00 WIB"}]}"#,
                )
            },
            comes: Comes::Items(&[
                "1 | Satu | 2026-11-24T08:00:00+08:00",
                "2 | Dua | 2026-11-24T08:00:00.123+08:00",
                "3 | Tiga | 2026-11-24T08:00:00+08:00",
                "4 | Empat | 2026-11-24T07:00:00+07:00",
            ]),
        },
        Quirk {
            name: "local time labelled Z",
            connector: source!(
                "    rest: { get: /rows }\n    select: data[*]\n",
                "      id: id\n      title: title\n      updated_at: at | datetime(format='%Y-%m-%dT%H:%M:%SZ')\n"
            ),
            app: |_| json(r#"{"data":[{"id":1,"title":"Satu","at":"2026-11-24T08:00:00Z"}]}"#),
            comes: Comes::Items(&["1 | Satu | 2026-11-24T08:00:00+08:00"]),
        },
        Quirk {
            name: "local time labelled Z in a calendar",
            connector: "sources:\n  rows:\n    ical: { get: /agenda.ics, z_is_local: true }\n    deletes: sweep\n    to: event\n\
                        \x20   map: { id: uid, title: summary, updated_at: start | datetime, starts_at: start | datetime }\n",
            app: |_| {
                ok(
                    "Content-Type: text/calendar\r\n",
                    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261124T080000Z\r\nSUMMARY:Apel pagi\r\nDTSTART:20261124T080000Z\r\nDTEND:20261124T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                )
            },
            comes: Comes::Items(&["1 | Apel pagi | 2026-11-24T08:00:00+08:00"]),
        },
        Quirk {
            name: "Indonesian month names",
            connector: source!(
                "    csv: { get: /ekspor }\n",
                "      id: no\n      title: hal\n      updated_at: tanggal | datetime\n"
            ),
            app: |_| {
                let dates = [
                    "1 Januari 2026",
                    "2 Pebruari 2026",
                    "3 Maret 2026",
                    "4 Apr 2026",
                    "Jumat, 5 Mei 2026",
                    "6 Juni 2026",
                    "7 Juli 2026",
                    "8 Agt 2026",
                    "9 Agustus 2026",
                    "10-Okt-2026",
                    "11 Nopember 2026 pukul 14.30 WITA",
                    "12 DESEMBER 2026",
                ];
                let rows = dates.iter().zip(1..);
                let rows: String = rows
                    .map(|(date, n)| format!("{n};Surat;{date}\r\n"))
                    .collect();
                let text = format!("no;hal;tanggal\r\n{rows}");
                ok("Content-Type: text/csv\r\n", text.as_bytes())
            },
            comes: Comes::Items(&[
                "1 | Surat | 2026-01-01T00:00:00+08:00",
                "2 | Surat | 2026-02-02T00:00:00+08:00",
                "3 | Surat | 2026-03-03T00:00:00+08:00",
                "4 | Surat | 2026-04-04T00:00:00+08:00",
                "5 | Surat | 2026-05-05T00:00:00+08:00",
                "6 | Surat | 2026-06-06T00:00:00+08:00",
                "7 | Surat | 2026-07-07T00:00:00+08:00",
                "8 | Surat | 2026-08-08T00:00:00+08:00",
                "9 | Surat | 2026-08-09T00:00:00+08:00",
                "10 | Surat | 2026-10-10T00:00:00+08:00",
                "11 | Surat | 2026-11-11T14:30:00+08:00",
                "12 | Surat | 2026-12-12T00:00:00+08:00",
            ]),
        },
        Quirk {
            name: "0000-00-00",
            connector: source!(
                "    rest: { get: /rows }\n    select: data[*]\n",
                "      id: id\n      title: title\n      created_at: dibuat | datetime\n      updated_at: diubah | datetime\n"
            ),
            app: |_| {
                json(
                    r#"{"data":[{"id":1,"title":"Satu","dibuat":"2026-11-01","diubah":"0000-00-00 00:00:00"},{"id":2,"title":"Dua","dibuat":"0000-00-00","diubah":"2026-11-02"},{"id":3,"title":"Tiga","dibuat":"0000-00-00","diubah":"00-00-0000"}]}"#,
                )
            },
            comes: Comes::Items(&[
                "1 | Satu | 2026-11-01T00:00:00+08:00 | 2026-11-01T00:00:00+08:00",
                "2 | Dua | 2026-11-02T00:00:00+08:00",
                "3 | Tiga | 2026-11-24T08:00:00+08:00",
            ]),
        },
    ]
}
