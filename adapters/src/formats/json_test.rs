//! JSON as it comes, whole and row by row.

use super::*;
use proptest::prelude::*;

fn came(body: &str) -> String {
    read(None, body.as_bytes()).map_or_else(|trouble| trouble.to_string(), |_| "read".to_owned())
}

#[test]
fn tells_what_came_instead() {
    for (body, told) in [
        ("{\"a\": 1}", "read"),
        ("", "the answer is empty"),
        (" \n", "the answer is empty"),
        ("{\"a\": [1, 2", "the answer is cut off"),
        ("{\"a\": \"x", "the answer is cut off"),
        (
            "<!DOCTYPE html><html><head><TITLE>Masuk &amp; Daftar</TITLE></head><input type=\"password\">",
            "not JSON: an HTML page titled “Masuk & Daftar”, perhaps a login page",
        ),
        ("<html><body>x", "not JSON: an HTML page"),
        (
            "<br />\n<b>Warning</b>: mysql_connect()",
            "not JSON: an HTML page",
        ),
        ("<?xml version='1.0'?><Fault/>", "not JSON: an XML document"),
        (
            "Fatal error",
            "not JSON: something unreadable (line 1, column 1)",
        ),
        (
            "{\"a\": 1} trailing",
            "not JSON: something unreadable (line 1, column 10)",
        ),
    ] {
        assert_eq!(came(body), told, "{body}");
    }
    assert_eq!(
        came(&"[".repeat(5000)),
        "not JSON: something unreadable (line 1, column 128)"
    );
}

#[test]
fn an_html_page_in_another_charset_is_told_as_such() {
    let body = b"<html><title>Masuk caf\xe9</title>";
    let told = read(Some("utf-8"), body).map_err(|t| t.code());
    assert_eq!(told.err(), Some("not_json"));
}

/// Reads row by row as an answer is; the records, and what surrounds them.
fn streamed(body: &[u8], select: &Select, stated: Option<&str>) -> Result<Document, Trouble> {
    let input = || Box::new(std::io::Cursor::new(body.to_vec())) as _;
    let mut parsed = open(select, stated, &input)?;
    let mut rows = Vec::new();
    loop {
        let piece = parsed.piece(3)?;
        rows.extend(piece.rows);
        match piece.end {
            Some(end) if end.whole => return Ok(Document::tree(end.root, end.notes)),
            Some(end) => return Ok(Document::listed(rows, end.root, end.notes)),
            None => {}
        }
    }
}

fn path(text: &str) -> Select {
    Select::Path(text.parse().expect(text))
}

/// The records read row by row, and those of the whole document.
fn both(body: &str, select: &Select) -> [Result<Vec<Json>, Trouble>; 2] {
    let rows = |document: Document| document.into_rows(select);
    let whole = read(None, body.as_bytes()).and_then(rows);
    [
        streamed(body.as_bytes(), select, None).and_then(rows),
        whole,
    ]
}

#[test]
fn a_list_is_read_row_by_row_and_what_stands_around_it_is_kept() {
    let body = r#" {"total": 3, "data": {"note": [1], "items": [{"id": 1, "n": "a,]}\""}, {"id": 2}, {"id": 3}],
        "after": {"x": [1, {}]}}, "next": "/p/2"}"#;
    let document = streamed(body.as_bytes(), &path("data.items[*]"), None).expect("it is read");
    let ids: Vec<&Json> = document.rows(&path("data.items[*]")).expect("rows");
    assert_eq!(ids.len(), 3);
    assert_eq!(
        document.root,
        serde_json::json!({"total": 3, "next": "/p/2", "data": {
            "note": [1], "items": [{"id": 1, "n": "a,]}\""}], "after": {"x": [1, {}]}}})
    );
}

#[test]
fn row_by_row_is_told_what_the_whole_is_told() {
    for (body, place) in [
        ("{\"data\": [1, 2", "data"),
        ("{\"data\": [1, 2]", "data"),
        ("{\"data\": [{\"a\": \"x", "data"),
        ("{\"data\": [1]} trailing", "data"),
        ("{\"data\": [1,\n x]}", "data"),
        ("{\"data\": [1,\n {\"a\":\n 01}]}", "data"),
        ("{\"data\" [1]}", "data"),
        ("{data: [1]}", "data"),
        ("{\"data\": null}", "data"),
        ("{\"data\": {}}", "data[*]"),
        ("{\"other\": [1]}", "data"),
        ("[]", "data"),
        ("\"x\"", "data"),
        ("", "data"),
        (" \n", "data"),
        ("<html><title>Masuk</title>", "data"),
        ("{\"a\": [{\"b\": [1]}, {}, {\"b\": 1}]}", "a[*].b[*]"),
        ("Fatal error", "data"),
    ] {
        let [streamed, whole] = both(body, &path(place));
        assert_eq!(
            streamed.as_ref().map_err(|t| (t.code(), t.to_string())),
            whole.as_ref().map_err(|t| (t.code(), t.to_string())),
            "{body}"
        );
        assert!(whole.is_err(), "{body}");
    }
}

#[test]
fn the_character_set_is_kept_to_row_by_row() {
    let read = |stated, body: &[u8]| {
        streamed(body, &Select::Root, stated)
            .map(|document| {
                (
                    document.rows(&Select::Root).map(|r| r[0].clone()),
                    document.notes.len(),
                )
            })
            .map_err(|trouble| trouble.to_string())
    };
    let cafe = Ok((Ok(Json::from("café")), 0));
    assert_eq!(read(None, "\u{feff}[\"café\"]".as_bytes()), cafe, "BOM");
    assert_eq!(read(Some("iso-8859-1"), b"[\"caf\xe9\"]"), cafe);
    let wide: Vec<u8> = "\u{feff}[\"café\"]"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(read(None, &wide), cafe, "UTF-16");
    let misstated = read(Some("iso-8859-1"), "[\"café\"]".as_bytes());
    assert_eq!(misstated, Ok((Ok(Json::from("café")), 1)));
    for (stated, body) in [
        (None, &b"[1, \"caf\xe9\"]"[..]),
        (Some("utf-8"), b"[\"caf\xe9\"]"),
        (Some("gbk"), b"[\"\xff\"]"),
        (None, b"[\"caf\xc3"),
    ] {
        let whole = super::read(stated, body).map_err(|trouble| trouble.code());
        let streamed = streamed(body, &Select::Root, stated).map_err(|t| t.code());
        assert_eq!(streamed.err(), whole.err(), "{stated:?}");
    }
}

/// Any JSON of the names `a`, `b`, `c`, so that paths often lead somewhere.
fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        ".{0,6}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 48, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            proptest::collection::hash_map("[abc]", inner, 0..4)
                .prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

fn place() -> impl Strategy<Value = Select> {
    let step = prop_oneof![
        Just(".a"),
        Just(".b"),
        Just("[*]"),
        Just("[0]"),
        Just("[1]")
    ];
    proptest::collection::vec(step, 0..4).prop_map(|steps| {
        let text = steps.concat();
        match text.trim_start_matches('.') {
            "" => Select::Root,
            text => path(text),
        }
    })
}

proptest! {
    #[test]
    fn row_by_row_finds_what_the_whole_holds(root in json(), select in place(), pretty: bool) {
        let body = match pretty {
            true => serde_json::to_string_pretty(&root).expect("JSON"),
            false => root.to_string(),
        };
        let [streamed, whole] = both(&body, &select);
        prop_assert_eq!(streamed, whole);
    }

    #[test]
    fn a_cut_document_is_never_taken_for_whole(root in json(), cut in 0.0..1.0_f64) {
        let body = serde_json::json!({"data": [root], "total": 1}).to_string();
        let cut = (body.len() as f64 * cut) as usize;
        let document = streamed(&body.as_bytes()[..cut], &path("data"), None);
        prop_assert!(document.is_err(), "{} of {}", cut, body);
    }

    #[test]
    fn never_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(None, &body);
        let _ = read(Some("utf-16le"), &body);
        let _ = streamed(&body, &Select::Root, None);
        let _ = streamed(&body, &path("a[*].b"), Some("gbk"));
    }
}
