//! HTML at its edges: character sets, and pages that would fill the memory.

use divos_formats::html::{Compiled, Options};
use divos_formats::{FormatFault, Oddity, Opened, Reason};
use serde_json::Value as Json;
use std::io::Cursor;

fn options(rows: &str) -> Options {
    Options {
        rows: rows.to_owned(),
        ..Options::default()
    }
}

fn opened(page: impl Into<Vec<u8>>, options: Options) -> Result<Opened, FormatFault> {
    let compiled = Compiled::new(options).expect("selectors");
    compiled.open(Box::new(Cursor::new(page.into())), None)
}

#[test]
fn the_character_set_is_stated_in_many_ways() {
    let cells = vec![("x".to_owned(), "p".to_owned())];
    let text = |page: &[u8], content_type: Option<&str>| {
        let compiled = Compiled::new(Options {
            cells: cells.clone(),
            ..options("body")
        })
        .expect("selectors");
        let opened = compiled
            .open(Box::new(Cursor::new(page.to_vec())), content_type)
            .expect("a page");
        let odd: Vec<Oddity> = opened.odd.list().iter().map(|odd| odd.what).collect();
        let rows: Vec<Json> = opened.rows.collect::<Result<_, _>>().expect("rows");
        (rows[0]["x"].as_str().expect("text").to_owned(), odd)
    };
    let said = |page: &[u8], content_type| text(page, content_type).0;
    assert_eq!(
        said(b"<p>caf\xe9", Some("text/html; charset=iso-8859-1")),
        "café"
    );
    assert_eq!(said(b"<meta charset='windows-1251'><p>\xcf", None), "П");
    let old = b"<META http-equiv=Content-Type content=\"text/html; charset=windows-1251\"><p>\xcf";
    assert_eq!(said(old, None), "П");
    assert_eq!(
        said("\u{feff}<meta charset=windows-1251><p>é".as_bytes(), None),
        "é"
    );
    assert_eq!(said("<meta charset=utf-16><p>é".as_bytes(), None), "é");
    assert_eq!(
        text(b"<p>Sri \x93Dewi\x94 caf\xe9", None),
        (
            "Sri “Dewi” café".to_owned(),
            vec![Oddity::GuessedCharset("windows-1252")]
        )
    );
}

#[test]
fn a_page_beyond_a_bound_is_refused() {
    let too_much = |page: String| match opened(page, options("tr")).map(|_| ()) {
        Err(FormatFault {
            reason: Reason::TooMuch { of, .. },
            ..
        }) => of,
        other => panic!("{other:?}"),
    };
    assert_eq!(too_much("<div>".repeat(3000)), "depth");
    assert_eq!(too_much("<i></i>".repeat(1_000_001)), "elements");
    let attributes: String = (0..6000).map(|n| format!(" a{n}=1")).collect();
    assert_eq!(too_much(format!("<p{attributes}>")), "attributes");
    let bare: String = (0..6000).map(|n| format!(" a{n}")).collect();
    assert_eq!(too_much(format!("<svg><style><p{bare}")), "attributes");
    // What looks like it within a value or a script is none.
    let value = format!("<p title=\"{bare}\">");
    let script = format!("<script>for(i=0;i<n;i++){{}} if (a > b) {{}}{bare}</script>");
    assert!(opened(value + &script, options("tr")).is_ok());
}

#[test]
fn formatting_that_is_opened_anew_everywhere_does_not_fill_the_memory() {
    let open: String = (0..900).map(|n| format!("<b id={n}>")).collect();
    let page = format!("<p>{open}</p>{}", "<p>x</p>".repeat(100_000));
    let start = std::time::Instant::now();
    let fault = opened(page, options("p"))
        .map(|_| ())
        .expect_err("too much");
    assert!(matches!(fault.reason, Reason::TooMuch { .. }), "{fault}");
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
