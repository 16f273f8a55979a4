//! HTML as rows: cells by selectors and by headers, guards. The pages are made up.

use divos_formats::html::{Compiled, Options, check_selector, title};
use divos_formats::{FormatFault, Opened, Reason};
use serde_json::{Value as Json, json};
use std::io::Cursor;

const LETTERS: &str = "<html><head><meta charset=utf-8><title> Surat\n Masuk </title></head><body>
  <table id=menu><tr><td>Beranda</td></tr></table>
  <table id=data><thead><tr><th>No</th><th>No. <b>Surat</b></th><th>Perihal</th><th>Tanggal</th></tr></thead>
  <tr data-id=7><td>1</td><td>005/112/UM</td><td><a href=' /surat?id=7&amp;x=1 '>Undangan &amp;<br>rapat</a></td><td> 5
   Januari&nbsp;2026 </td></tr>
  <tr data-id=8><td>2</td><td>005/113/UM</td><td>Tanpa tautan</td></tr>
  </table></body></html>";

fn options(rows: &str) -> Options {
    Options {
        rows: rows.to_owned(),
        ..Options::default()
    }
}

fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .to_vec()
}

fn opened(page: impl Into<Vec<u8>>, options: Options) -> Result<Opened, FormatFault> {
    let compiled = Compiled::new(options).expect("selectors");
    compiled.open(Box::new(Cursor::new(page.into())), None)
}

fn read(page: impl Into<Vec<u8>>, options: Options) -> Vec<Json> {
    let opened = opened(page, options).expect("a page");
    opened.rows.collect::<Result<_, _>>().expect("good rows")
}

#[test]
fn cells_are_found_by_selectors() {
    let cells = pairs([
        ("nomor", "td:nth-child(2)"),
        ("perihal", "> td:nth-child(3) @text"),
        ("href", "td a@href"),
        ("html", "a@html"),
        ("id", "@data-id"),
        ("tanggal", "td:nth-child(4)"),
        ("semua", "."),
    ]);
    let rows = read(
        LETTERS,
        Options {
            cells,
            ..options("table#data tr")
        },
    );
    let first = json!({
        "nomor": "005/112/UM", "perihal": "Undangan &\nrapat", "href": "/surat?id=7&x=1", "html": "Undangan &amp;<br>rapat",
        "id": "7", "tanggal": "5 Januari 2026", "semua": "1 005/112/UM Undangan &\nrapat 5 Januari 2026",
    });
    let second = json!({"nomor": "005/113/UM", "perihal": "Tanpa tautan", "id": "8", "semua": "2 005/113/UM Tanpa tautan"});
    assert_eq!(
        rows,
        [first, second],
        "without the row of headings, and absent cells absent"
    );
}

#[test]
fn cells_are_found_by_the_header_above_them() {
    let columns = pairs([("nomor", "no. surat"), ("tanggal", " TANGGAL ")]);
    let rows = read(
        LETTERS,
        Options {
            columns,
            ..options("#data tr")
        },
    );
    let expected = [
        json!({"nomor": "005/112/UM", "tanggal": "5 Januari 2026"}),
        json!({"nomor": "005/113/UM"}),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn spans_in_headers_and_bodies_are_counted() {
    let page =
        "<table><tr><th rowspan=2>No</th><th colspan=2>Surat</th><th rowspan=2>Unit</th></tr>
        <tr><th>Nomor</th><th>Tanggal</th></tr>
        <tr><td>1</td><td>A</td><td>1 Mei</td><td rowspan=2>Umum</td></tr>
        <tr><td>2</td><td>B</td><td>2 Mei</td></tr>
        <tr><td>3</td><td colspan=2>C</td><td>Hukum</td></tr></table>";
    let columns = pairs([
        ("nomor", "Nomor"),
        ("tanggal", "Surat Tanggal"),
        ("unit", "Unit"),
    ]);
    let opened = opened(
        page,
        Options {
            columns,
            ..options("tr")
        },
    )
    .expect("a page");
    let names = ["No", "Surat Nomor", "Surat Tanggal", "Unit"]
        .map(str::to_owned)
        .to_vec();
    assert_eq!(opened.columns, Some(names));
    let rows: Vec<Json> = opened.rows.collect::<Result<_, _>>().expect("rows");
    let expected = [
        json!({"nomor": "A", "tanggal": "1 Mei", "unit": "Umum"}),
        json!({"nomor": "B", "tanggal": "2 Mei", "unit": "Umum"}),
        json!({"nomor": "C", "tanggal": "C", "unit": "Hukum"}),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn a_span_counts_even_where_its_row_is_not_selected() {
    let page = "<table><thead><tr><th>Unit<th>Nama</thead><tr class=x><td rowspan=2>Umum<td>A<tr class=y><td>B</table>";
    let columns = pairs([("unit", "Unit"), ("nama", "Nama")]);
    let rows = read(
        page,
        Options {
            columns,
            ..options("tr.y")
        },
    );
    assert_eq!(rows, [json!({"unit": "Umum", "nama": "B"})]);
}

#[test]
fn tables_within_cells_do_not_mix_with_the_outer_one() {
    let page = "<table id=o><tr><th>A<th>B</tr><tr><td><table><tr><td>x<td>y</table><td>b1</tr><tr><td>a2<td>b2</tr></table>";
    let columns = pairs([("b", "B")]);
    let rows = read(
        page,
        Options {
            columns,
            ..options("#o > tbody > tr")
        },
    );
    assert_eq!(rows, [json!({"b": "b1"}), json!({"b": "b2"})]);
}

#[test]
fn a_header_of_plain_cells_is_one_if_the_connector_names_it() {
    let page = "<table><tr><td><b>Nomor</b><td>Nama</tr><tr><td>1<td>A</tr></table>";
    let cells = pairs([("n", "td")]);
    let named = Options {
        cells: cells.clone(),
        guard: vec!["nomor".to_owned()],
        ..options("tr")
    };
    assert_eq!(read(page, named), [json!({"n": "1"})]);
    assert_eq!(
        read(
            page,
            Options {
                cells,
                ..options("tr")
            }
        )
        .len(),
        2,
        "else it is a record"
    );
}

#[test]
fn a_missing_column_is_named_with_those_that_are_there() {
    let missing = |options| match opened(LETTERS, options).map(|_| ()) {
        Err(FormatFault {
            reason:
                Reason::Missing {
                    what: "column",
                    name,
                    found,
                },
            ..
        }) => (name, found),
        other => panic!("{other:?}"),
    };
    let found = ["No", "No. Surat", "Perihal", "Tanggal"]
        .map(str::to_owned)
        .to_vec();
    let guard = vec!["Perihal".to_owned(), "Pengirim".to_owned()];
    let cells = pairs([("x", "td")]);
    assert_eq!(
        missing(Options {
            guard: guard.clone(),
            cells,
            ..options("#data tr")
        }),
        ("Pengirim".to_owned(), found.clone())
    );
    let columns = pairs([("x", "Nomor")]);
    assert_eq!(
        missing(Options {
            columns: columns.clone(),
            ..options("#data tr")
        }),
        ("Nomor".to_owned(), found)
    );
    let login = "<title>Masuk</title><form><input type=password></form>";
    let fault = opened(
        login,
        Options {
            columns,
            ..options("#data tr")
        },
    )
    .map(|_| ())
    .expect_err("no table");
    let reason = Reason::Missing {
        what: "column",
        name: "Nomor".to_owned(),
        found: vec![],
    };
    assert_eq!(fault.reason, reason);
}

#[test]
fn an_empty_table_has_no_rows_and_no_fault_unless_some_are_expected() {
    let header = "<thead><tr><th>No<th>Nama<th>Unit</thead>";
    let columns = pairs([("n", "Nama")]);
    for body in [
        "",
        "<tbody></tbody>",
        "<tr><td colspan=3>Tidak ada data</td></tr>",
        "<tr><td colspan='99'>-</td></tr>",
    ] {
        let page = format!("<table>{header}{body}</table>");
        let rows = read(
            page.clone(),
            Options {
                columns: columns.clone(),
                ..options("tbody tr")
            },
        );
        assert_eq!(rows, [] as [Json; 0], "{body}");
        let least = Options {
            columns: columns.clone(),
            min_rows: Some(1),
            ..options("tbody tr")
        };
        let last = opened(page, least)
            .expect("a page")
            .rows
            .last()
            .expect("an end");
        assert_eq!(
            last.expect_err("too few").reason,
            Reason::TooFew {
                found: 0,
                expected: 1
            }
        );
    }
    let narrow = format!("<table>{header}<tr><td colspan=2>1</td></tr></table>");
    assert_eq!(
        read(
            narrow,
            Options {
                columns,
                ..options("tbody tr")
            }
        )
        .len(),
        1,
        "not across the whole table"
    );
}

#[test]
fn lists_are_rows_as_well() {
    let page = "<ul><li><h3>A</h3><p>satu</p><script>x()</script></li><li><h3>B</h3></li></ul>";
    let cells = pairs([("judul", "h3"), ("isi", "p"), ("semua", "")]);
    let rows = read(
        page,
        Options {
            cells,
            ..options("ul > li")
        },
    );
    assert_eq!(
        rows,
        [
            json!({"judul": "A", "isi": "satu", "semua": "A satu"}),
            json!({"judul": "B", "semua": "B"})
        ]
    );
}

#[test]
fn broken_markup_is_read_as_browsers_read_it() {
    let page = "<table><tr><td>1<td>A & B<tr><td>2<td>&eacute;&#8211;&bogus;<p>x</table>";
    let cells = pairs([("a", "td"), ("b", "td + td")]);
    let rows = read(
        page,
        Options {
            cells,
            ..options("tr")
        },
    );
    assert_eq!(
        rows,
        [
            json!({"a": "1", "b": "A & B"}),
            json!({"a": "2", "b": "é–&bogus; x"})
        ]
    );
}

#[test]
fn selectors_are_checked_before_use() {
    for good in [
        "td a@href",
        "> td",
        "td:nth-child(2)",
        "a[href*=\"@x\"]",
        "",
        ".",
        "@id",
        "tr:has(> td)",
        "a, b@html",
    ] {
        assert_eq!(check_selector(good), Ok(()), "{good}");
    }
    for bad in ["td[", "td:nope(1)", "td::", "@", "a@b c", ">"] {
        assert!(
            check_selector(bad).is_err_and(|why| !why.is_empty()),
            "{bad}"
        );
    }
    let fault = Compiled::new(Options {
        cells: pairs([("x", "td[")]),
        ..options("tr")
    })
    .expect_err("a fault");
    assert_eq!(fault.selector, "td[");
    let row = Compiled::new(options("tr[")).expect_err("a fault");
    assert_eq!(row.selector, "tr[");
}

#[test]
fn pages_have_titles_and_other_bytes_have_none() {
    assert_eq!(title(LETTERS.as_bytes()).as_deref(), Some("Surat Masuk"));
    assert_eq!(title(b"<h1>500 Galat</h1>").as_deref(), Some("500 Galat"));
    assert_eq!(title(b"{\"a\": 1}"), None);
    let pdf = opened("%PDF-1.7", options("tr"))
        .map(|_| ())
        .expect_err("a fault");
    assert_eq!(
        pdf.reason,
        Reason::NotThis {
            expected: "html",
            found: "a PDF document".to_owned()
        }
    );
}
