//! Documents that are not what they say: numbers, names, character sets, media types.

use super::asked::{html, json, ok};
use super::{Comes, Quirk, source};

const TABLE: &str = source!(
    "    csv: { get: /ekspor }\n",
    "      id: row['No']\n      title: \"concat(row['Nama Pasar'], ' ', row['Harga (Rp)'] | float)\"\n      updated_at: row['Tanggal'] | datetime\n"
);
const FEED: &str = source!(
    "    feed: { get: /feed }\n",
    "      id: id\n      title: title | text\n      updated_at: updated | datetime\n"
);
const ROWS: &str = source!(
    "    rest: { get: /rows }\n    select: data[*]\n",
    "      id: id\n      title: title\n      updated_at: at | datetime\n"
);

pub(super) fn quirks() -> Vec<Quirk> {
    vec![
        Quirk {
            name: "numbers as texts",
            connector: source!(
                "    rest: { get: /kios }\n    select: data[*]\n    paginate: { page: { param: hal, until: total, total: jumlah } }\n",
                "      id: kode\n      title: \"concat(nama, ' ', kios | int, ' ', luas | float)\"\n      updated_at: diubah | epoch\n"
            ),
            app: |_| {
                json(
                    r#"{"jumlah":"2","data":[{"kode":"007","nama":"Pasar contoh","kios":"1.250","luas":"12,5","diubah":"1795478400"},{"kode":"7","nama":"Pasar lain","kios":"8","luas":"3","diubah":"1795478400"}]}"#,
                )
            },
            comes: Comes::Items(&[
                "007 | Pasar contoh 1250 12.5 | 2026-11-24T08:00:00+08:00",
                "7 | Pasar lain 8 3 | 2026-11-24T08:00:00+08:00",
            ]),
        },
        Quirk {
            name: "a key with a space",
            connector: source!(
                "    rest: { get: /rows }\n    select: data[*]\n    cursor: { field: '[\"Diubah Pada\"]', param: sejak }\n",
                "      id: row['No Urut']\n      title: row['Nama Pasar']\n      updated_at: row['Diubah Pada'] | datetime\n"
            ),
            app: |_| {
                json(
                    r#"{"data":[{"No Urut":"1","Nama Pasar":"Pasar contoh","Diubah Pada":"2026-11-24 08:00:00"}]}"#,
                )
            },
            comes: Comes::Items(&["1 | Pasar contoh | 2026-11-24T08:00:00+08:00"]),
        },
        Quirk {
            name: "keys of JDIHN in another letter case",
            connector: "extends: jdih@1\nwith: { base: \"BASE\", path: /integrasi.php }\n",
            app: |_| {
                json(
                    r#"[{"IDDATA":"1","Judul":"Peraturan contoh","tanggal_Pengundangan":"2026-11-24","jenis":"Peraturan Daerah","SINGKATANJENIS":"PERDA","nopERATURAN":"1","SUBJEK":"-","UrlDetailPeraturan":"/1","tahun_pengundangan":"2026","status":"Berlaku"},{"idData":"2","iddata":"9","judul":"Keputusan contoh","tanggal_pengundangan":"2026-11-23","jenis":"Keputusan","singkatanJenis":"KEP","noPeraturan":"2","subjek":"-","urlDetailPeraturan":"/2","tahun_pengundangan":"2026","status":"Berlaku"}]"#,
                )
            },
            comes: Comes::Items(&[
                "1 | Peraturan contoh | 2026-11-24T00:00:00+08:00 | 2026-11-24T00:00:00+08:00",
                "2 | Keputusan contoh | 2026-11-23T00:00:00+08:00 | 2026-11-23T00:00:00+08:00",
            ]),
        },
        Quirk {
            name: "CSV as text/csv; header=present",
            connector: TABLE,
            app: |_| {
                ok(
                    "Content-Type: text/csv; header=present\r\n",
                    b"No,Nama Pasar,Harga (Rp),Tanggal\r\n1,\"Pasar contoh, timur\",15000,2026-11-24\r\n",
                )
            },
            comes: Comes::Items(&["1 | Pasar contoh, timur 15000 | 2026-11-24T00:00:00+08:00"]),
        },
        Quirk {
            name: "CSV as application/vnd.ms-excel",
            connector: TABLE,
            app: |_| {
                ok(
                    "Content-Type: application/vnd.ms-excel\r\nContent-Disposition: attachment; filename=\"harga.xls\"\r\n",
                    b"No\tNama Pasar\tHarga (Rp)\tTanggal\r\n1\tPasar contoh\t15000\t24/11/2026\r\n",
                )
            },
            comes: Comes::Items(&["1 | Pasar contoh 15000 | 2026-11-24T00:00:00+08:00"]),
        },
        Quirk {
            name: "an HTML table as application/vnd.ms-excel",
            connector: TABLE,
            app: |_| {
                ok(
                    "Content-Type: application/vnd.ms-excel\r\n",
                    b"<html><table><tr><th>No<th>Nama Pasar</tr><tr><td>1<td>Pasar contoh</tr></table></html>",
                )
            },
            comes: Comes::Fault("not_this_format", "HTML", "HTML"),
        },
        Quirk {
            name: "windows-1252 in CSV, no charset",
            connector: TABLE,
            app: |_| {
                ok(
                    "Content-Type: text/csv\r\n",
                    b"No;Nama Pasar;Harga (Rp);Tanggal\r\n1;Caf\xe9 \x93contoh\x94;1;2026-11-24\r\n",
                )
            },
            comes: Comes::Items(&[
                "1 | Caf\u{e9} \u{201c}contoh\u{201d} 1 | 2026-11-24T00:00:00+08:00",
            ]),
        },
        Quirk {
            name: "windows-1252 in a feed, no charset",
            connector: FEED,
            app: |_| {
                ok(
                    "Content-Type: text/xml\r\n",
                    b"<rss><channel><item><guid>1</guid><title>Caf\xe9</title><pubDate>Tue, 24 Nov 2026 08:00:00 +0800</pubDate></item></channel></rss>",
                )
            },
            comes: Comes::Items(&["1 | Caf\u{e9} | 2026-11-24T08:00:00+08:00"]),
        },
        Quirk {
            name: "windows-1252 in a page, no charset",
            connector: source!(
                "    html: { get: /surat, rows: tbody tr, cells: { id: 'td:nth-child(1)', title: 'td:nth-child(2)', at: 'td:nth-child(3)' } }\n",
                "      id: id\n      title: title\n      updated_at: at | datetime\n"
            ),
            app: |_| {
                ok(
                    "Content-Type: text/html\r\n",
                    b"<table><tbody><tr><td>1<td>Rapat \x96 caf\xe9<td>24 Nopember 2026</tr></tbody></table>",
                )
            },
            comes: Comes::Items(&["1 | Rapat \u{2013} caf\u{e9} | 2026-11-24T00:00:00+08:00"]),
        },
        Quirk {
            name: "a byte order mark before JSON",
            connector: ROWS,
            app: |_| {
                json(
                    "\u{feff}{\"data\":[{\"id\":1,\"title\":\"Satu\",\"at\":\"2026-11-24T00:00:00Z\"}]}",
                )
            },
            comes: Comes::Items(&["1 | Satu | 2026-11-24T00:00:00+00:00"]),
        },
        Quirk {
            name: "a byte order mark before CSV",
            connector: TABLE,
            app: |_| {
                ok(
                    "Content-Type: text/csv\r\n",
                    b"\xef\xbb\xbfNo;Nama Pasar;Harga (Rp);Tanggal\r\n1;Pasar contoh;1;2026-11-24\r\n",
                )
            },
            comes: Comes::Items(&["1 | Pasar contoh 1 | 2026-11-24T00:00:00+08:00"]),
        },
        Quirk {
            name: "UTF-16 with a byte order mark, as Excel saves text",
            connector: TABLE,
            app: |_| {
                let text = "\u{feff}No\tNama Pasar\tHarga (Rp)\tTanggal\r\n1\tPasar contoh\t1\t2026-11-24\r\n";
                let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                ok("Content-Type: text/plain\r\n", &bytes)
            },
            comes: Comes::Items(&["1 | Pasar contoh 1 | 2026-11-24T00:00:00+08:00"]),
        },
        Quirk {
            name: "a byte order mark before a feed",
            connector: FEED,
            app: |_| {
                ok(
                    "Content-Type: application/rss+xml\r\n",
                    b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><item><guid>1</guid><title>Satu</title><pubDate>Tue, 24 Nov 2026 08:00:00 +0800</pubDate></item></channel></rss>",
                )
            },
            comes: Comes::Items(&["1 | Satu | 2026-11-24T08:00:00+08:00"]),
        },
        Quirk {
            name: "a decimal comma",
            connector: TABLE,
            app: |_| {
                ok(
                    "Content-Type: text/csv\r\n",
                    b"No;Nama Pasar;Harga (Rp);Tanggal\r\n1;Satu;1.250,5;2026-11-24\r\n2;Dua;0,75;2026-11-24\r\n3;Tiga;12.345.678;2026-11-24\r\n4;Empat;Rp 1.500,00;2026-11-24\r\n",
                )
            },
            comes: Comes::Items(&[
                "1 | Satu 1250.5 | 2026-11-24T00:00:00+08:00",
                "2 | Dua 0.75 | 2026-11-24T00:00:00+08:00",
                "3 | Tiga 12345678 | 2026-11-24T00:00:00+08:00",
                "4 | Empat 1500 | 2026-11-24T00:00:00+08:00",
            ]),
        },
        Quirk {
            name: "entities twice over",
            connector: FEED,
            app: |_| {
                html(
                    "",
                    "<rss><channel><item><guid>1</guid><title>Rapat &amp;amp; &amp;#8220;contoh&amp;#8221;</title><pubDate>Tue, 24 Nov 2026 08:00:00 +0800</pubDate></item></channel></rss>",
                )
            },
            comes: Comes::Items(&[
                "1 | Rapat & \u{201c}contoh\u{201d} | 2026-11-24T08:00:00+08:00",
            ]),
        },
    ]
}
