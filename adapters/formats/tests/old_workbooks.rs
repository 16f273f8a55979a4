//! Workbooks of Excel 5 to 2003: as LibreOffice, xlwt and PHP write them, damaged ones, and pages under their name.

use divos_formats::spreadsheet::{self, Options, Sheet};
use divos_formats::table::Shape;
use divos_formats::{FormatFault, Opened, Reason, html};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::io::Cursor;

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("tests/files/{name}")).expect("the fixture")
}

fn open(bytes: &[u8], sheet: Sheet) -> Result<Opened, FormatFault> {
    let options = Options {
        sheet,
        ..Options::default()
    };
    spreadsheet::open(Box::new(Cursor::new(bytes.to_vec())), None, &options)
}

fn rows(bytes: &[u8], sheet: Sheet) -> Vec<Json> {
    let opened = open(bytes, sheet).expect("it opens");
    opened.rows.map(|row| row.expect("a row")).collect()
}

fn reason(bytes: &[u8]) -> Option<Reason> {
    match open(bytes, Sheet::First) {
        Err(fault) => Some(fault.reason),
        Ok(mut opened) => opened.rows.find_map(Result::err).map(|fault| fault.reason),
    }
}

#[test]
fn a_workbook_of_xlwt_is_read_though_its_texts_fill_several_records() {
    let book = file("xlwt.xls");
    let all = rows(&book, Sheet::First);
    assert_eq!(all.len(), 140);
    for (at, row) in (1..).zip(&all) {
        let number = f64::from(at) * 1250.75;
        let cost = match number.fract() == 0.0 {
            true => json!(number as i64),
            false => json!(number),
        };
        let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day")
            + chrono::Days::new(at as u64);
        let title = format!("Undangan rapat koordinasi ke-{at} – café & lain-lain (data contoh)");
        let expected = json!({"No": at, "Perihal": title, "Tanggal": day.to_string(), "Biaya": cost, "Selesai": at % 2 == 0});
        assert_eq!(*row, expected);
    }
    assert_eq!(rows(&book, Sheet::Named("surat".into())), all);
    assert_eq!(rows(&book, Sheet::Number(2)), all);
    let missing = open(&book, Sheet::Named("Arsip".into())).err();
    let found = vec!["Sampul".to_owned(), "Surat".to_owned()];
    assert_eq!(
        missing.map(|fault| fault.reason),
        Some(Reason::Missing {
            what: "sheet",
            name: "Arsip".into(),
            found
        })
    );
}

#[test]
fn bare_records_of_a_php_program_are_sorted_into_rows() {
    let name = ["Kopi Contoh", "Café Rekaan", "Warung – Contoh"];
    let expected: Vec<Json> = (1..=3)
        .map(|at| {
            let turnover = if at == 2 {
                json!(1)
            } else {
                json!(f64::from(at) * 0.5)
            };
            json!({"No": at, "Nama Usaha": name[at as usize - 1], "Omzet": turnover})
        })
        .collect();
    assert_eq!(rows(&file("php-bare.xls"), Sheet::First), expected);
}

/// A record of a workbook.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [
        &kind.to_le_bytes(),
        &(data.len() as u16).to_le_bytes(),
        data,
    ]
    .concat()
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A workbook of Excel 5 with one sheet of these records; `more` comes before the sheet.
fn excel5(more: &[u8], cells: &[u8]) -> Vec<u8> {
    let name = b"Rekap";
    let tab = [&0_u32.to_le_bytes()[..], &[0, 0, name.len() as u8], name].concat();
    let globals = [
        record(0x0809, &words(&[0x0500, 5, 0, 0])),
        record(0x0042, &words(&[1250])),
        more.to_vec(),
    ]
    .concat();
    let at = globals.len() + record(0x0085, &tab).len() + 4;
    let tab = [&(at as u32).to_le_bytes()[..], &tab[4..]].concat();
    [
        globals,
        record(0x0085, &tab),
        record(0x000a, &[]),
        record(0x0809, &words(&[0x0500, 0x10, 0, 0])),
        cells.to_vec(),
        record(0x000a, &[]),
    ]
    .concat()
}

fn label(row: u16, column: u16, text: &[u8]) -> Vec<u8> {
    let head = words(&[row, column, 0, text.len() as u16]);
    record(0x0204, &[&head, text].concat())
}

#[test]
fn excel_5_has_its_code_page_its_formulas_and_charts_within_a_sheet() {
    let text_of_formula = [&words(&[1, 0, 0])[..], &[0, 0, 0, 0, 0, 0, 0xff, 0xff]].concat();
    let error_of_formula = [&words(&[1, 2, 0])[..], &[2, 0, 7, 0, 0, 0, 0xff, 0xff]].concat();
    let cells = [
        label(0, 0, b"Nama"),
        label(0, 1, b"Kota"),
        label(0, 2, b"Nilai"),
        record(0x0006, &text_of_formula),
        record(0x0207, &[&words(&[4])[..], b"\xb3\xf3d\x9f"].concat()),
        // A chart, with a cell of its own.
        record(0x0809, &words(&[0x0500, 0x20, 0, 0])),
        label(0, 0, b"bukan sel"),
        record(0x000a, &[]),
        record(0x0205, &[&words(&[1, 1, 0])[..], &[1, 0]].concat()),
        record(0x0006, &error_of_formula),
    ]
    .concat();
    assert_eq!(
        rows(&excel5(&[], &cells), Sheet::Named("Rekap".into())),
        [json!({"Nama": "łódź", "Kota": true})]
    );
}

#[test]
fn what_is_locked_cut_or_another_document_is_told() {
    let locked = excel5(&record(0x002f, &[0; 6]), &[]);
    assert_eq!(reason(&locked), Some(Reason::Encrypted));
    let book = file("libreoffice.xls");
    for length in (9..book.len()).step_by(61) {
        let told = reason(&book[..length]);
        assert!(
            matches!(
                told,
                Some(Reason::Truncated | Reason::NotThis { .. } | Reason::Malformed(_)) | None
            ),
            "{length}: {told:?}"
        );
    }
    assert_eq!(reason(&book[..2000]), Some(Reason::Truncated));
    let mut other = book.clone();
    let name: Vec<u8> = "Workbook"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let at = other
        .windows(name.len())
        .position(|part| part == name)
        .expect("its name");
    other[at] = b'X';
    assert!(
        matches!(reason(&other), Some(Reason::NotThis { found, .. }) if found.contains("no workbook"))
    );
    // A table that points at itself.
    let mut circle = book;
    let table = u32::from_le_bytes(circle[76..80].try_into().expect("four bytes")) as usize;
    let place = (table + 1) * 512;
    for sector in 0..128_u32 {
        let at = place + sector as usize * 4;
        circle[at..at + 4].copy_from_slice(&sector.to_le_bytes());
    }
    assert!(matches!(reason(&circle), Some(Reason::Malformed(_))));
}

#[test]
fn few_bytes_cannot_say_that_there_is_much() {
    // Each row again and again, out of order, far to the right.
    let cells: Vec<u8> = (0..2000_u16)
        .flat_map(|at| label(2000 - at, 60_000, b"x"))
        .collect();
    let told = reason(&excel5(&[], &cells));
    assert!(told.is_none(), "{told:?}");
    assert_eq!(rows(&excel5(&[], &cells), Sheet::First), Vec::<Json>::new());
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), old in any::<bool>()) {
        let mut book = file(if old { "php-bare.xls" } else { "libreoffice.xls" });
        for (at, byte) in changes {
            let at = at.index(book.len());
            book[at] = byte;
        }
        let _ = reason(&book);
    }
}

#[test]
fn a_page_under_a_workbooks_name_is_one_sheet_of_all_its_tables() {
    let page = "\u{feff}<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><table><tr><td colspan=3>Laporan Izin</td></tr></table>\
                <table><tr><td>\
                <table border=1><thead><tr><th>No</th><th>Pemohon</th><th>Izin</th></tr></thead><tr><td>1</td><td rowspan=2>CV Contoh</td><td>IMB &amp; SIUP</td></tr>\
                <tr><td>2</td><td></td></tr><tr><td colspan=2>Jumlah</td><td>2</td></tr></table></td></tr></table>";
    let shape = Shape {
        footer: 1,
        required: vec!["Pemohon".into()],
        ..Shape::default()
    };
    let input = || Box::new(Cursor::new(page.as_bytes().to_vec()));
    let opened = html::sheet(input(), None, Some("application/vnd.ms-excel"), &shape);
    let opened = opened.expect("it opens");
    assert_eq!(
        opened.columns.clone(),
        Some(vec!["No".into(), "Pemohon".into(), "Izin".into()])
    );
    let rows: Vec<Json> = opened.rows.map(|row| row.expect("a row")).collect();
    assert_eq!(
        rows,
        [
            json!({"No": "1", "Pemohon": "CV Contoh", "Izin": "IMB & SIUP"}),
            json!({"No": "2", "Pemohon": "CV Contoh"})
        ]
    );
    let none = html::sheet(
        Box::new(Cursor::new(b"<p>Silakan masuk".to_vec())),
        None,
        None,
        &shape,
    );
    assert!(matches!(
        none.err().map(|fault| fault.reason),
        Some(Reason::Missing { what: "table", .. })
    ));
}
