//! Separated text as people and programs really write it.

use divos_formats::separated::{self, Options, ROW_BYTES};
use divos_formats::table::{HeaderRow, Shape};
use divos_formats::{FormatFault, Oddity, Opened, Reason};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::io::{Cursor, Read, Seek, SeekFrom};

fn open(bytes: &[u8], options: &Options) -> Result<Opened, FormatFault> {
    separated::open(Box::new(Cursor::new(bytes.to_vec())), None, options)
}

fn rows(bytes: &[u8], options: &Options) -> (Vec<Json>, Vec<Oddity>) {
    let opened = open(bytes, options).expect("it opens");
    let rows = opened.rows.map(|row| row.expect("a row")).collect();
    let odd = opened.odd.list().iter().map(|odd| odd.what).collect();
    (rows, odd)
}

fn with(shape: Shape) -> Options {
    Options {
        shape,
        ..Options::default()
    }
}

#[test]
fn excel_in_indonesia_is_read_as_it_is_written() {
    let file = std::fs::read("tests/files/excel-indonesia.csv").expect("the fixture");
    let options = Options {
        charset: Some("windows-1252".into()),
        ..with(Shape {
            required: vec!["Omzet (juta)".into()],
            min_rows: Some(3),
            ..Shape::default()
        })
    };
    let (rows, odd) = rows(&file, &options);
    assert_eq!(
        rows,
        [
            json!({"No": "1", "Nama Usaha": "Kopi “Contoh”", "Alamat": "Jl. Contoh No. 1; Denpasar", "Omzet (juta)": "1.250,75"}),
            json!({"No": "2", "Nama Usaha": "Café Rekaan", "Alamat": "Jl. \"Buatan\" No. 2", "Omzet (juta)": "0,5"}),
            json!({"No": "3", "Nama Usaha": "Warung – Contoh", "Alamat": "Jl. Contoh No. 3", "Omzet (juta)": "12"}),
        ]
    );
    assert_eq!(odd, []);
    let (guessed, odd) = self::rows(&file, &Options::default());
    assert_eq!(guessed, rows, "the bytes alone tell the same");
    assert_eq!(odd, [Oddity::GuessedCharset("windows-1252")]);
}

#[test]
fn marks_line_ends_and_declared_separators_are_no_data() {
    let expected = [json!({"a": "1", "b": "2"}), json!({"a": "3", "b": "4"})];
    for text in [
        "a,b\n1,2\n3,4",
        "\u{feff}a,b\r\n1,2\r\n\r\n3,4\r\n",
        "a\tb\r1\t2\r3\t4\r",
        "sep=;\r\na;b\n1;2\n3;4\n",
        "\u{feff}sep=|\n\"a\"|b\n1|2\n\n  \n3|4\n",
        "a,b\n1,2\0\n3,4\n",
    ] {
        assert_eq!(
            rows(text.as_bytes(), &Options::default()).0,
            expected,
            "{text:?}"
        );
    }
    let wide: Vec<u8> = "\u{feff}a\tb\r\n1\t2\r\n3\t4\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        rows(&wide, &Options::default()).0,
        expected,
        "Excel's Unicode text"
    );
}

#[test]
fn a_ragged_row_costs_no_other_row() {
    let (rows, odd) = rows(
        b"a,b,c\n1\n1,2,3,4,5\n1,2,3\nx,5\" pipa,y\n",
        &Options::default(),
    );
    assert_eq!(
        rows,
        [
            json!({"a": "1"}),
            json!({"a": "1", "b": "2", "c": "3", "c4": "4", "c5": "5"}),
            json!({"a": "1", "b": "2", "c": "3"}),
            json!({"a": "x", "b": "5\" pipa", "c": "y"}),
        ]
    );
    assert_eq!(odd, [Oddity::ShortRow, Oddity::LongRow]);
}

#[test]
fn titles_above_and_totals_below_are_left_out() {
    let text = b"Laporan, contoh\nTahun 2026\n\nnama;nilai\nA;1,5\nB;2,5\nJumlah;4,0\n";
    let options = with(Shape {
        header: HeaderRow::At(4),
        footer: 1,
        ..Shape::default()
    });
    let expected = [
        json!({"nama": "A", "nilai": "1,5"}),
        json!({"nama": "B", "nilai": "2,5"}),
    ];
    assert_eq!(rows(text, &options).0, expected);
    let options = with(Shape {
        required: vec!["nilai".into()],
        footer: 1,
        ..Shape::default()
    });
    assert_eq!(rows(text, &options).0, expected, "found by its columns");
}

#[test]
fn what_is_no_separated_text_is_named() {
    let page = b"<!DOCTYPE html>\n<html><head><title>Masuk | Contoh</title></head>".to_vec();
    let workbook = std::fs::read("tests/files/openpyxl.xlsx").expect("the fixture");
    let old = std::fs::read("tests/files/libreoffice.xls").expect("the fixture");
    for (bytes, found) in [
        (page, "an HTML page \"Masuk | Contoh\""),
        (workbook, "an XLSX workbook"),
        (old, "an old Excel workbook (.xls)"),
        (b"{\"error\": \"x\"}".to_vec(), "a JSON document"),
    ] {
        let reason = open(&bytes, &Options::default())
            .err()
            .map(|fault| fault.reason);
        let expected = Reason::NotThis {
            expected: "csv",
            found: found.into(),
        };
        assert_eq!(reason, Some(expected));
    }
}

#[test]
fn a_missing_column_is_named_with_what_there_is() {
    let options = with(Shape {
        required: vec!["nama".into(), "alamat".into()],
        ..Shape::default()
    });
    let reason = open(b"nama,jalan\nA,B\n", &options)
        .err()
        .map(|fault| fault.reason);
    let expected = Reason::Missing {
        what: "column",
        name: "alamat".into(),
        found: vec!["nama".into(), "jalan".into()],
    };
    assert_eq!(reason, Some(expected));
    assert!(
        open(b"", &options).is_err(),
        "an empty answer has no columns"
    );
    assert_eq!(rows(b"", &Options::default()).0, [] as [Json; 0]);
}

#[test]
fn a_quote_that_never_ends_is_told_after_the_good_rows() {
    let mut text = b"a,b\n1,2\n\"x,3\n".to_vec();
    text.extend_from_slice(&b"4,5\n".repeat(100));
    let mut rows = open(&text, &Options::default()).expect("it opens").rows;
    assert_eq!(rows.next(), Some(Ok(json!({"a": "1", "b": "2"}))));
    let fault = rows.next().and_then(Result::err).expect("a fault");
    assert_eq!((fault.line, fault.reason), (Some(3), Reason::Truncated));
    assert_eq!(rows.next(), None);
}

/// An answer without end: never a line, never a last byte.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let head = b"a,b\n1,2\n";
        for byte in buffer.iter_mut() {
            *byte = head.get(self.0 as usize).copied().unwrap_or(b'x');
            self.0 += 1;
        }
        assert!(self.0 < 8 * ROW_BYTES, "it is read far beyond the bound");
        Ok(buffer.len())
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        if let SeekFrom::Start(at) = to {
            self.0 = at;
        }
        Ok(self.0)
    }
}

#[test]
fn one_endless_line_comes_to_its_bound() {
    let options = Options {
        charset: Some("utf-8".into()),
        ..Options::default()
    };
    let mut rows = separated::open(Box::new(Endless(0)), None, &options)
        .expect("it opens")
        .rows;
    assert_eq!(rows.next(), Some(Ok(json!({"a": "1", "b": "2"}))));
    let reason = rows.next().and_then(Result::err).map(|fault| fault.reason);
    let expected = Reason::TooMuch {
        of: "row bytes",
        limit: ROW_BYTES,
    };
    assert_eq!(reason, Some(expected));
    assert_eq!(rows.next(), None);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..2000),
        line in 0_u64..5,
        footer in 0_u8..4,
    ) {
        let shape = Shape { header: HeaderRow::At(line), footer, ..Shape::default() };
        for options in [Options::default(), with(shape)] {
            if let Ok(opened) = open(&bytes, &options) {
                opened.rows.for_each(drop);
            }
        }
    }

    #[test]
    fn what_is_written_is_read(
        cells in proptest::collection::vec(proptest::collection::vec("[ -~\u{e9}\n]{1,12}", 3..=3), 1..20),
        delimiter in proptest::sample::select(b",;\t|".to_vec()),
    ) {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(["satu", "dua", "tiga"]).expect("it is written");
        for row in &cells {
            writer.write_record(row).expect("it is written");
        }
        let bytes = writer.into_inner().expect("it is written");
        let options = Options { delimiter: Some(delimiter), ..Options::default() };
        let expected: Vec<Json> = cells
            .iter()
            .filter(|row| row.iter().any(|cell| !cell.trim().is_empty()))
            .map(|row| json!({"satu": row[0], "dua": row[1], "tiga": row[2]}))
            .collect();
        prop_assert_eq!(rows(&bytes, &options).0, expected);
    }
}
