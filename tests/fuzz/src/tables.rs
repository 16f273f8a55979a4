//! Tables: separated text, workbooks, pages and their forms, character sets.

#[path = "../../../adapters/formats/tests/zip/mod.rs"]
#[allow(dead_code)]
mod zip;

use divos_formats::html::{Compiled, Options, Page};
use divos_formats::table::{HeaderRow, Shape};
use divos_formats::{FormatFault, Oddities, Opened, charset, separated, spreadsheet};
use std::cell::OnceCell;
use std::io::{Cursor, Read as _};

/// The most rows that are read of one input: a sheet of one byte may be long.
const ROWS: usize = 10_000;

/// Reads rows to their end: each is an object, and after a fault there is none.
pub(crate) fn drain(opened: Result<Opened, FormatFault>) {
    let Ok(opened) = opened else { return };
    let mut rows = opened.rows;
    for row in rows.by_ref().take(ROWS) {
        match row {
            Ok(row) => assert!(row.is_object(), "{row}"),
            Err(_) => {
                assert!(rows.next().is_none(), "a row after a fault");
                return;
            }
        }
    }
    let _ = opened.odd.list();
}

pub(crate) fn input(bytes: &[u8]) -> Box<dyn divos_formats::Input> {
    Box::new(Cursor::new(bytes.to_vec()))
}

pub(crate) fn csv(bytes: &[u8]) {
    drain(separated::open(
        input(bytes),
        None,
        &separated::Options::default(),
    ));
    let strict = separated::Options {
        charset: Some("windows-1252".to_owned()),
        delimiter: Some(b';'),
        shape: Shape {
            header: HeaderRow::At(2),
            min_rows: Some(3),
            footer: 2,
            ..Shape::default()
        },
        ..separated::Options::default()
    };
    drain(separated::open(
        input(bytes),
        Some("text/csv; charset=utf-16le"),
        &strict,
    ));
}

pub(crate) fn xlsx(bytes: &[u8]) {
    drain(spreadsheet::open(
        input(bytes),
        None,
        &spreadsheet::Options::default(),
    ));
}

/// Old workbooks; what is written anew of one is read as the same rows.
pub(crate) fn xls(bytes: &[u8]) {
    xlsx(bytes);
    if bytes.starts_with(b"PK") {
        return;
    }
    let sheet = spreadsheet::Sheet::First;
    let Ok(again) = spreadsheet::rewrite(input(bytes), &sheet, 1 << 20, &mut |_| {}) else {
        return;
    };
    let rows = |bytes: &[u8]| -> Option<Vec<_>> {
        let opened = spreadsheet::open(input(bytes), None, &spreadsheet::Options::default());
        Some(opened.ok()?.rows.take(ROWS).collect())
    };
    assert_eq!(rows(bytes), rows(&again));
}

/// The sheet, the shared strings and the styles of a workbook, apart by NUL: what a mutated archive hardly ever reaches.
pub(crate) fn sheet(bytes: &[u8]) {
    let mut parts = bytes.splitn(3, |byte| *byte == 0);
    let mut part = || parts.next().unwrap_or_default();
    let archive = zip::Archive::default()
        .with("_rels/.rels", br#"<Relationships><Relationship Id="r" Type="t/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#)
        .with("xl/workbook.xml", br#"<workbook xmlns:r="r"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>"#)
        .with("xl/_rels/workbook.xml.rels", br#"<Relationships><Relationship Id="r1" Type="t/worksheet" Target="s.xml"/><Relationship Id="r2" Type="t/sharedStrings" Target="t.xml"/><Relationship Id="r3" Type="t/styles" Target="f.xml"/></Relationships>"#)
        .with("xl/s.xml", part())
        .with("xl/t.xml", part())
        .with("xl/f.xml", part());
    xlsx(&archive.bytes());
}

thread_local! {
    static SELECTORS: OnceCell<Vec<Compiled>> = const { OnceCell::new() };
}

fn selectors() -> Vec<Compiled> {
    let options = |rows: &str, cells: &[(&str, &str)], columns: &[(&str, &str)]| {
        let owned = |pairs: &[(&str, &str)]| {
            let pair = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
            pairs.iter().map(pair).collect()
        };
        Options {
            rows: rows.to_owned(),
            cells: owned(cells),
            columns: owned(columns),
            ..Options::default()
        }
    };
    [
        options(
            "tr",
            &[("a", "td:nth-child(1)"), ("b", "a@href"), ("c", ".@html")],
            &[],
        ),
        options(
            "table tr",
            &[("all", ".")],
            &[("nama", "Nama"), ("no", "No")],
        ),
        options("li, div > p", &[("a", "> a:not([class])@href")], &[]),
    ]
    .into_iter()
    .map(|options| Compiled::new(options).expect("selectors"))
    .collect()
}

pub(crate) fn html(bytes: &[u8]) {
    SELECTORS.with(|all| {
        for compiled in all.get_or_init(selectors) {
            drain(compiled.open(input(bytes), None));
        }
    });
}

pub(crate) fn forms(bytes: &[u8]) {
    let Ok(page) = Page::read(bytes, Some("text/html")) else {
        return;
    };
    let _ = (
        page.title(),
        page.meta("csrf-token"),
        page.select_one("input[type=hidden]"),
    );
    for form in page.forms("http://app.example/masuk/") {
        assert!(matches!(form.method, "GET" | "POST"));
    }
}

/// What is decoded has no mark and no NUL, and is UTF-8.
pub(crate) fn charset(bytes: &[u8]) {
    for stated in [
        None,
        Some("utf-16le"),
        Some("shift_jis"),
        Some("iso-8859-1"),
    ] {
        let odd = Oddities::default();
        let picked =
            charset::pick(stated, None, &mut Cursor::new(bytes), &odd).expect("it is in memory");
        let mut text = String::new();
        let read = charset::Decoder::new(bytes, picked, odd).read_to_string(&mut text);
        read.expect("UTF-8");
        assert!(!text.contains('\0'));
    }
}
