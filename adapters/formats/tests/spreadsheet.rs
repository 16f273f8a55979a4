//! Workbooks as openpyxl and LibreOffice write them, damaged ones and bombs.

mod zip;

use calamine::{Data, Reader as _, Xlsx};
use divos_formats::spreadsheet::{self, Options, Sheet};
use divos_formats::table::{HeaderRow, Shape};
use divos_formats::{FormatFault, Oddity, Opened, Reason};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::io::Cursor;
use zip::Archive;

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("tests/files/{name}")).expect("the fixture")
}

fn open(bytes: &[u8], options: &Options) -> Result<Opened, FormatFault> {
    spreadsheet::open(Box::new(Cursor::new(bytes.to_vec())), None, options)
}

fn reason(bytes: &[u8], options: &Options) -> Option<Reason> {
    match open(bytes, options) {
        Err(fault) => Some(fault.reason),
        Ok(opened) => opened
            .rows
            .filter_map(Result::err)
            .next()
            .map(|fault| fault.reason),
    }
}

fn rows(bytes: &[u8], options: &Options) -> Vec<Json> {
    let opened = open(bytes, options).expect("it opens");
    opened.rows.map(|row| row.expect("a row")).collect()
}

#[test]
fn workbooks_of_openpyxl_and_libreoffice_are_read_alike() {
    let options = Options {
        shape: Shape {
            footer: 1,
            min_rows: Some(3),
            ..Shape::default()
        },
        ..Options::default()
    };
    let xlsx = (json!(true), json!(false), "1999-05-17T00:00:00");
    // LibreOffice makes numbers of another program's booleans, and a day of its midnight.
    let opendocument = (json!(1), json!(0), "1999-05-17");
    for (name, (yes, no, midnight)) in [
        ("openpyxl.xlsx", xlsx.clone()),
        ("libreoffice.xlsx", xlsx.clone()),
        ("libreoffice.xls", xlsx),
        ("libreoffice.ods", opendocument),
    ] {
        assert_eq!(
            rows(&file(name), &options),
            [
                json!({"No": 1, "Nama Banjar": "Br. Contoh Kaja", "Jumlah KK": 125, "Luas (ha)": 3.25,
                    "Tanggal": "2026-01-31", "Mulai": "2026-01-31T09:00:00", "Jam": "09:30:00", "Aktif": yes,
                    "Catatan": "a & b <c>"}),
                json!({"No": 2, "Nama Banjar": "Br. Contoh Kelod", "Jumlah KK": 98, "Luas (ha)": 0.1,
                    "Tanggal": "2025-12-01", "Mulai": "2025-12-01T23:59:59", "Jam": "00:00:00", "Aktif": no}),
                json!({"No": 3, "Nama Banjar": "  Br. Peken “é” ", "Jumlah KK": 0, "Luas (ha)": 1_250_000,
                    "Tanggal": "1999-05-17", "Mulai": midnight, "Jam": "12:00:00", "Aktif": yes,
                    "Catatan": "dua\nbaris"}),
            ],
            "{name}"
        );
    }
}

#[test]
fn a_formula_gives_its_last_value_and_an_error_gives_none() {
    for name in ["libreoffice.xlsx", "libreoffice.ods", "libreoffice.xls"] {
        let opened = open(&file(name), &Options::default()).expect("it opens");
        let last = opened.rows.last().expect("a row");
        assert_eq!(last, Ok(json!({"Nama Banjar": "Jumlah", "Jumlah KK": 223})));
        let odd = opened.odd.list();
        assert_eq!((odd[0].what, odd[0].line), (Oddity::ErrorCell, Some(9)));
    }
}

#[test]
fn a_sheet_is_found_by_name_by_number_or_missing() {
    let by = |sheet| Options {
        sheet,
        shape: Shape {
            header: HeaderRow::Absent,
            ..Shape::default()
        },
    };
    let cover = [json!({"c1": "Sampul, dibuat-buat"})];
    for book in ["openpyxl.xlsx", "libreoffice.ods"].map(file) {
        let first = rows(&book, &by(Sheet::Number(1)));
        assert_eq!(first, cover, "hidden, but asked for");
        assert_eq!(rows(&book, &by(Sheet::Named(" sampul".into()))), cover);
        let shown = rows(&book, &by(Sheet::First));
        assert_eq!(shown.len(), 7, "the first that is shown");
        let missing = Reason::Missing {
            what: "sheet",
            name: "Rekap".into(),
            found: vec!["Sampul".into(), "Data Banjar".into()],
        };
        let named = by(Sheet::Named("Rekap".into()));
        assert_eq!(reason(&book, &named), Some(missing));
    }
}

/// One row whose texts take more than they may.
const ROW_BYTES: Reason = Reason::TooMuch {
    of: "row bytes",
    limit: 16 * 1024 * 1024,
};

/// An OpenDocument spreadsheet of these rows.
fn opendocument(rows: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"A\">{rows}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    Archive::default()
        .plain(
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        )
        .with("content.xml", content.as_bytes())
        .bytes()
}

#[test]
fn cells_of_an_opendocument_are_repeated_within_bounds() {
    let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let row = |repeated: u64, cells: &str| {
        format!(
            "<table:table-row table:number-rows-repeated=\"{repeated}\">{cells}</table:table-row>"
        )
    };
    let wide = "<table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"float\" office:value=\"7\"/>\
        <table:table-cell table:number-columns-repeated=\"16000\"/>";
    let noted = "<table:table-cell office:value-type=\"string\"><office:annotation><text:p>catatan</text:p></office:annotation>\
        <text:p>a<text:s text:c=\"2\"/>b &amp; <text:span>c</text:span></text:p><text:p>dua</text:p></table:table-cell>";
    let header = row(1, &["a", "b", "c"].map(cell).concat());
    let body = [
        &header,
        &row(2, wide),
        &row(1_000_000, "<table:table-cell/>"),
        &row(1, noted),
    ];
    let book = opendocument(&body.map(String::as_str).concat());
    let expected = [
        json!({"a": 7, "b": 7}),
        json!({"a": 7, "b": 7}),
        json!({"a": "a  b & c\ndua"}),
    ];
    assert_eq!(rows(&book, &Options::default()), expected);
    let bomb = opendocument(&[header, row(1_000_000, &cell("x"))].concat());
    let limit = 10_000;
    let of = "repeated rows";
    let too_much = Some(Reason::TooMuch { of, limit });
    assert_eq!(reason(&bomb, &Options::default()), too_much);
    let long = format!(
        "<table:table-cell table:number-columns-repeated=\"9000\"><text:p>{}</text:p></table:table-cell>",
        "x".repeat(4000)
    );
    let wide = opendocument(&row(1, &long));
    assert_eq!(reason(&wide, &Options::default()), Some(ROW_BYTES));
    let cut = format!("<table:table><table:table-row>{}", cell("a"));
    let cut = Archive::default()
        .plain(
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        )
        .with("content.xml", cut.as_bytes());
    let truncated = Some(Reason::Truncated);
    assert_eq!(reason(&cut.bytes(), &Options::default()), truncated);
}

#[test]
fn the_header_is_found_by_number_or_by_columns() {
    let book = file("libreoffice.xlsx");
    for (header, required) in [
        (HeaderRow::At(4), vec![]),
        (HeaderRow::Found, vec!["Luas (ha)".to_owned()]),
    ] {
        let shape = Shape {
            header,
            required,
            ..Shape::default()
        };
        let options = Options {
            shape,
            ..Options::default()
        };
        assert_eq!(rows(&book, &options)[0]["Luas (ha)"], 3.25);
    }
    let options = Options {
        shape: Shape {
            required: vec!["Kepala".into()],
            ..Shape::default()
        },
        ..Options::default()
    };
    assert!(
        matches!(reason(&book, &options), Some(Reason::Missing { name, .. }) if name == "Kepala")
    );
}

#[test]
fn what_is_no_workbook_is_named() {
    for (bytes, found) in [
        (
            b"<html><title>Ekspor</title><table>".to_vec(),
            "an HTML page \"Ekspor\"",
        ),
        (b"nama;nilai\n".to_vec(), "plain text"),
        (Vec::new(), "nothing"),
        (
            Archive::default().with("readme.txt", b"x").bytes(),
            "a ZIP archive",
        ),
    ] {
        let expected = Reason::NotThis {
            expected: "xlsx",
            found: found.into(),
        };
        assert_eq!(reason(&bytes, &Options::default()), Some(expected));
    }
    assert_eq!(
        reason(&file("encrypted.xlsx"), &Options::default()),
        Some(Reason::Encrypted)
    );
}

#[test]
fn a_workbook_cut_off_is_truncated_wherever_it_is_cut() {
    let book = file("openpyxl.xlsx");
    for length in (4..book.len()).step_by(97) {
        let reason = reason(&book[..length], &Options::default());
        assert_eq!(reason, Some(Reason::Truncated), "{length} bytes");
    }
}

/// A workbook of one sheet whose rows are given as XML.
fn book(rows: &[u8], strings: &[u8]) -> Archive {
    let sheet = [b"<worksheet><sheetData>", rows, b"</sheetData></worksheet>"].concat();
    let strings = [b"<sst>", strings, b"</sst>"].concat();
    Archive::default()
        .with("xl/workbook.xml", br#"<x:workbook xmlns:x="m" xmlns:r="r"><x:workbookPr/><x:sheets><x:sheet name="A" r:id="r1"/></x:sheets></x:workbook>"#)
        .with("_rels/.rels", br#"<Relationships><Relationship Id="r1" Type="t/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#)
        .with("xl/_rels/workbook.xml.rels", br#"<Relationships><Relationship Id="r1" Type="t/worksheet" Target="/xl/s.xml"/><Relationship Id="r2" Type="t/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#)
        .with("xl/s.xml", &sheet)
        .with("xl/sharedStrings.xml", &strings)
}

fn bare() -> Options {
    Options {
        shape: Shape {
            header: HeaderRow::Absent,
            ..Shape::default()
        },
        ..Options::default()
    }
}

#[test]
fn cells_are_read_as_odd_writers_write_them() {
    let strings = b"<si><r><t>Br. </t></r><r><t>&#x41;&amp;B</t></r><rPh><t>no</t></rPh></si><si/>";
    let cells = br#"<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>9</v></c>
        <c t="inlineStr"><is><t>dalam_x000D_</t></is></c><c t="b"><v>1</v></c><c t="d"><v>2026-01-31</v></c>
        <c><v>1E3</v></c><c t="n"><f>1+1</f><v>2</v></c><c r="K1"><v>x</v></c><c r="L1" t="str"><v><![CDATA[<]]></v></c></row>"#;
    let expected = json!({"c1": "Br. A&B", "c4": "dalam\r", "c5": true, "c6": "2026-01-31", "c7": 1000, "c8": 2, "c12": "<"});
    assert_eq!(rows(&book(cells, strings).bytes(), &bare()), [expected]);
}

#[test]
fn bombs_are_told_before_they_go_off() {
    let zeros = vec![b'0'; 20 * 1024 * 1024];
    let bomb = book(&zeros, b"");
    let too_much = |bytes: &[u8]| match reason(bytes, &bare()) {
        Some(Reason::TooMuch { of, .. }) => of,
        other => panic!("{other:?}"),
    };
    assert_eq!(too_much(&bomb.bytes()), "expansion");
    assert_eq!(
        too_much(&bomb.understated().bytes()),
        "cell bytes",
        "the directory lies"
    );
    let mut strings = Vec::new();
    for number in 0..160 {
        strings.extend_from_slice(
            format!("<si><t>{number}{}</t></si>", "x".repeat(900_000)).as_bytes(),
        );
    }
    let strings = book(b"", &strings).understated();
    assert_eq!(too_much(&strings.bytes()), "shared strings");
    let long = format!("<si><t>{}</t></si>", "x".repeat(4000));
    let cells = "<c t=\"s\"><v>0</v></c>".repeat(9000);
    let shared = book(format!("<row>{cells}</row>").as_bytes(), long.as_bytes());
    assert_eq!(reason(&shared.bytes(), &bare()), Some(ROW_BYTES));
}

#[test]
fn a_bad_document_type_is_not_expanded() {
    let strings = br#"<!DOCTYPE a [<!ENTITY b "bbbb">]><si><t>&b;</t></si>"#;
    let cells = br#"<row><c t="s"><v>0</v></c></row>"#;
    assert_eq!(
        rows(&book(cells, strings).bytes(), &bare()),
        [json!({"c1": "&b;"})]
    );
}

/// The same cells by the other reader, as this one would give them.
fn by_calamine(bytes: &[u8]) -> Vec<Vec<Json>> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).expect("it opens");
    let range = book.worksheet_range("A").expect("a sheet");
    let rows = range.rows().map(|row| {
        row.iter()
            .map(|cell| match cell {
                Data::Float(number) if number.fract() == 0.0 => json!(*number as i64),
                Data::Float(number) => json!(number),
                Data::Int(number) => json!(number),
                Data::String(text) if !text.is_empty() => json!(text),
                Data::Bool(yes) => json!(yes),
                _ => Json::Null,
            })
            .filter(|cell| !cell.is_null())
            .collect()
    });
    rows.filter(|row: &Vec<Json>| !row.is_empty()).collect()
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i32>().prop_map(|number| format!("<c><v>{number}</v></c>")),
        (-1e9..1e9).prop_map(|number| format!("<c><v>{number}</v></c>")),
        any::<bool>().prop_map(|yes| format!("<c t=\"b\"><v>{}</v></c>", u8::from(yes))),
        (0..3).prop_map(|index| format!("<c t=\"s\"><v>{index}</v></c>")),
        "[a-z]{1,9}".prop_map(|text| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>")),
        Just("<c/>".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn two_readers_agree(cells in proptest::collection::vec(proptest::collection::vec(cell(), 1..6), 1..12)) {
        let sheet: String = cells.iter().map(|row| format!("<row>{}</row>", row.concat())).collect();
        let strings = b"<si><t>satu</t></si><si><r><t>du</t></r><r><t>a</t></r></si><si><t>tiga &lt;</t></si>";
        let bytes = book(sheet.as_bytes(), strings).bytes();
        let ours: Vec<Vec<Json>> = rows(&bytes, &bare())
            .into_iter()
            .map(|row| {
                let Json::Object(row) = row else { panic!("no object") };
                let mut cells: Vec<_> = row.into_iter().collect();
                cells.sort_by_key(|(name, _)| name[1..].parse::<u32>().expect("a number"));
                cells.into_iter().map(|(_, cell)| cell).collect()
            })
            .collect();
        prop_assert_eq!(ours, by_calamine(&bytes));
    }

    #[test]
    fn arbitrary_bytes_never_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = reason(&bytes, &bare());
        bytes.splice(0..0, *b"PK\x03\x04");
        let _ = reason(&bytes, &bare());
        bytes.extend_from_slice(b"PK\x05\x06");
        bytes.extend_from_slice(&[0; 18]);
        let _ = reason(&bytes, &bare());
    }

    #[test]
    fn a_damaged_workbook_never_panics(damage in proptest::collection::vec((0_usize..6000, any::<u8>()), 1..8)) {
        let mut bytes = file("openpyxl.xlsx");
        let length = bytes.len();
        for (at, byte) in damage {
            bytes[at % length] = byte;
        }
        let _ = reason(&bytes, &Options::default());
    }

    #[test]
    fn damaged_xml_never_panics(
        sheet in "(<row( r=\"[0-9]{0,22}\")?>|</row>|<c( r=\"[A-Z]{0,5}[0-9]{0,3}\")?( t=\"(s|b|d|e|n|str)\")?>|<v>|</v>|</c>|[0-9]{1,20}|&[a-z#0-9]{0,6};|<|é){0,40}",
        strings in "(<si>|</si>|<t>|</t>|_x[0-9A-F]{0,5}_?|&#[0-9]{0,9};|é){0,20}",
    ) {
        let _ = reason(&book(sheet.as_bytes(), strings.as_bytes()).bytes(), &bare());
    }
}
