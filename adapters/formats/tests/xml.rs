//! XML as rows: shapes, streaming, bounds, and what is said of documents that do not fit.

use divos_formats::xml::{Document, Options, RECORD, open};
use divos_formats::{FormatFault, Reason};
use serde_json::{Value as Json, json};
use std::io::Cursor;

fn document(text: impl Into<Vec<u8>>, path: &str) -> Result<Document, FormatFault> {
    let options = Options {
        rows: path
            .split('.')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect(),
        charset: None,
    };
    open(Box::new(Cursor::new(text.into())), None, &options)
}

/// Rows, the fault that ended them, and the rest.
fn read(text: impl Into<Vec<u8>>, path: &str) -> (Vec<Json>, Option<Reason>, Option<Json>) {
    let document = match document(text, path) {
        Ok(document) => document,
        Err(fault) => return (Vec::new(), Some(fault.reason), None),
    };
    let (mut rows, mut fault) = (Vec::new(), None);
    for row in document.opened.rows {
        match row {
            Ok(row) => rows.push(row),
            Err(error) => fault = Some(error.reason),
        }
    }
    (rows, fault, document.rest.take())
}

fn one(text: &str) -> Json {
    let (rows, fault, _) = read(text, "");
    assert_eq!(fault, None, "{text}");
    assert_eq!(rows.len(), 1, "{text}");
    rows[0].clone()
}

#[test]
fn an_element_becomes_json() {
    for (text, json) in [
        ("<a><b>x</b></a>", json!({"b": "x"})),
        ("<a><b>1</b><b/><b>2</b></a>", json!({"b": ["1", "", "2"]})),
        ("<a k='1'>teks</a>", json!({"@k": "1", "#text": "teks"})),
        ("<a>teks</a>", json!({"#text": "teks"})),
        (
            "<a>\n  kata <b>x</b> lagi\n</a>",
            json!({"b": "x", "#text": "kata  lagi"}),
        ),
        (
            "<n:a xmlns:n='u' n:k='v'><n:b>x</n:b></n:a>",
            json!({"@k": "v", "b": "x"}),
        ),
        ("<a><![CDATA[<b> & ]]>c</a>", json!({"#text": "<b> & c"})),
        (
            "<a k='&lt;&#65;&apos;'>&amp;&#x42;&gt;</a>",
            json!({"@k": "<A'", "#text": "&B>"}),
        ),
        ("<a>A & B &nbsp; C</a>", json!({"#text": "A & B &nbsp; C"})),
        ("<a>x\r\ny</a>", json!({"#text": "x\ny"})),
        (
            "\n<?xml version='1.0'?><!-- c --><a><b> x </b></a><!-- d -->\n",
            json!({"b": " x "}),
        ),
    ] {
        assert_eq!(one(text), json, "{text}");
    }
}

#[test]
fn nil_is_null_and_other_xsi_attributes_are_left_out() {
    let text = "<a xmlns:i='http://www.w3.org/2001/XMLSchema-instance'><b i:nil='true'/><c i:nil='0'/>\
                <d i:type='x:string'>t</d><e i:nil='1'>kept</e></a>";
    assert_eq!(
        one(text),
        json!({"b": null, "c": "", "d": "t", "e": "kept"})
    );
    let rows = read("<a><r xsi:nil='true'/><r>x</r></a>", "a.r").0;
    assert_eq!(rows, [json!({"#text": "x"})]);
}

#[test]
fn records_stream_and_the_rest_follows() {
    let text = "<e:Envelope xmlns:e='u'><e:Header><token>t</token></e:Header><e:Body><List><total>2</total>\
                <Item><id>1</id></Item><Item><id>2</id></Item><next>n</next></List></e:Body></e:Envelope>";
    let mut document = document(text, "Envelope.Body.List.Item").expect("XML");
    let first = document.opened.rows.next().expect("a row").expect("good");
    assert_eq!(first, json!({"id": "1"}));
    assert!(document.rest.take().is_none(), "not before the end");
    assert_eq!(document.opened.rows.by_ref().count(), 1);
    let rest = json!({"Envelope": {"Header": {"token": "t"}, "Body": {"List": {"total": "2", "next": "n"}}}});
    assert_eq!(document.rest.take(), Some(rest));
}

#[test]
fn records_under_several_parents_are_all_read() {
    let text =
        "<a><g n='1'><r>1</r></g><g n='2'><r>2</r><x><r>not here</r></x></g><r>nor here</r></a>";
    let (rows, fault, rest) = read(text, "a.g.r");
    assert_eq!((rows.len(), fault), (2, None));
    assert_eq!(rest.expect("a rest")["a"]["r"], "nor here");
}

#[test]
fn a_bad_end_does_not_take_back_good_rows() {
    let (rows, fault, rest) = read("<a><r>1</r><r>2</r><r>3", "a.r");
    assert_eq!(
        (rows.len(), fault, rest),
        (2, Some(Reason::Truncated), None)
    );
    let (rows, fault, _) = read("<a><r>1</r><r></q></a>", "a.r");
    assert_eq!(rows.len(), 1);
    assert!(matches!(fault, Some(Reason::Malformed(_))), "{fault:?}");
    let (rows, fault, _) = read("<a><r>1</r></a><b/>", "a.r");
    assert_eq!(rows.len(), 1);
    assert!(matches!(fault, Some(Reason::Malformed(_))), "{fault:?}");
}

#[test]
fn a_fault_has_its_line() {
    let document = document("<a>\n<r>1</r>\n<r></q></a>", "a.r").expect("XML");
    let fault = document
        .opened
        .rows
        .last()
        .expect("a row")
        .expect_err("a fault");
    assert_eq!(fault.line, Some(3));
    assert!(
        fault.byte.is_some_and(|byte| (16..24).contains(&byte)),
        "{fault}"
    );
}

#[test]
fn a_missing_element_is_named_with_what_is_there() {
    let missing = |text: &str, path: &str| match read(text, path) {
        (rows, Some(Reason::Missing { name, found, .. }), Some(_)) if rows.is_empty() => {
            (name, found)
        }
        other => panic!("{other:?}"),
    };
    let text = "<Envelope><Body><Fault><faultcode>x</faultcode></Fault></Body></Envelope>";
    let (name, found) = missing(text, "Envelope.Body.List.Item");
    assert_eq!(
        (name.as_str(), found),
        ("Envelope.Body.List", vec!["Fault".to_owned()])
    );
    let (name, found) = missing("<a><l><itm><id/></itm><itm><id/></itm></l></a>", "a.l.item");
    assert_eq!((name.as_str(), found), ("a.l.item", vec!["itm".to_owned()]));
    let (name, found) = missing("<b/>", "a.l.item");
    assert_eq!((name.as_str(), found), ("a", vec!["b".to_owned()]));
}

#[test]
fn an_empty_list_is_no_fault() {
    for text in [
        "<a><l/></a>",
        "<a><l> \n</l></a>",
        "<a><l><total>0</total></l></a>",
        "<a><l xsi:nil='true'/></a>",
    ] {
        assert_eq!(read(text, "a.l.item").1, None, "{text}");
    }
    assert_eq!(read("<e><b><r/></b></e>", "e.b.r.result.item").1, None);
}

#[test]
fn what_is_not_xml_is_named() {
    for (bytes, found) in [
        (
            "<!DOCTYPE html><html><title>Masuk</title>",
            "an HTML page \"Masuk\"",
        ),
        ("{\"error\": 1}", "a JSON document"),
        ("", "nothing at all"),
        ("  \n ", "nothing at all"),
        ("%PDF-1.7", "a PDF document"),
        ("Warning: mysql_connect()", "text: Warning: mysql_connect()"),
    ] {
        let reason = Reason::NotThis {
            expected: "xml",
            found: found.to_owned(),
        };
        assert_eq!(read(bytes, "a.r").1, Some(reason), "{bytes}");
    }
}

#[test]
fn entities_of_a_document_type_are_never_expanded() {
    let laughs = "<!DOCTYPE a [<!ENTITY b 'ha'><!ENTITY c '&b;&b;'>]><a><r>&c;</r></a>";
    let (rows, fault, _) = read(laughs, "a.r");
    assert_eq!(rows, [] as [Json; 0]);
    assert_eq!(
        fault,
        Some(Reason::TooMuch {
            of: "entities",
            limit: 0
        })
    );
    let plain = "<!DOCTYPE a SYSTEM 'file:///etc/passwd' [<!ELEMENT a ANY>]><a><r>&x;</r></a>";
    assert_eq!(read(plain, "a.r").0, [json!({"#text": "&x;"})]);
}

#[test]
fn depth_attributes_and_bytes_are_bounded() {
    let too_much = |text: String, path: &str| match read(text, path).1 {
        Some(Reason::TooMuch { of, .. }) => of,
        other => panic!("{other:?}"),
    };
    let deep = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert_eq!(too_much(deep(101), ""), "depth");
    assert_eq!(read(deep(100), "").1, None);
    let many = |count: usize| {
        let attributes: String = (0..count).map(|n| format!(" k{n}=''")).collect();
        format!("<a{attributes}/>")
    };
    assert_eq!(too_much(many(257), ""), "attributes");
    assert_eq!(read(many(256), "").1, None);
    let long = "x".repeat(RECORD + 1);
    for inside in [
        long.clone(),
        format!("<![CDATA[{long}]]>"),
        format!("<b k='{long}'/>"),
        "<b/>".repeat(RECORD / 60),
    ] {
        assert_eq!(
            too_much(format!("<a><r>1</r><r>{inside}</r></a>"), "a.r"),
            "record bytes"
        );
    }
    let rest = format!("<a><r>1</r>{}</a>", "<other>x</other>".repeat(RECORD / 60));
    assert_eq!(too_much(rest, "a.r"), "rest bytes");
}

#[test]
fn memory_is_that_of_one_record() {
    // A document of 40 times the bound is read, since no record and not the rest is beyond it.
    let record = format!("<r>{}</r>", "y".repeat(1 << 20));
    let (rows, fault, _) = read(format!("<a>{}</a>", record.repeat(160)), "a.r");
    assert_eq!((rows.len(), fault), (160, None));
}

#[test]
fn a_large_document_with_another_path_is_told_from_one_that_is_too_large() {
    let text = format!("<a>{}</a>", "<row><id>1</id></row>".repeat(RECORD / 100));
    match read(text, "a.record").1 {
        Some(Reason::Missing { found, .. }) => assert_eq!(found, ["row"]),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_header_states_the_charset() {
    let options = Options {
        rows: vec!["a".into()],
        charset: None,
    };
    let bytes = b"<a>caf\xe9</a>".to_vec();
    let header = Some("text/xml; charset=windows-1252");
    let mut rows = open(Box::new(Cursor::new(bytes)), header, &options)
        .expect("XML")
        .opened
        .rows;
    assert_eq!(rows.next(), Some(Ok(json!({"#text": "café"}))));
}

mod any_bytes {
    use super::*;
    use divos_formats::xml::{oai, soap, wsdl};
    use proptest::prelude::*;

    /// Bytes that are almost XML reach further than any others.
    fn nearly() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just("<a>"),
            Just("</a>"),
            Just("<b k='"),
            Just("'/>"),
            Just("<![CDATA["),
            Just("]]>"),
            Just("&#x"),
            Just(";"),
            Just("&"),
            Just("<!DOCTYPE a ["),
            Just("]>"),
            Just("<?xml version='1.0' encoding='"),
            Just("'?>"),
            Just("<!--"),
            Just("-->"),
            Just("xmlns:x='"),
            Just("é"),
            Just("\u{0}"),
            Just(":"),
            Just("<definitions>"),
            Just("<service><port binding='x:y'>"),
            Just("<address xmlns='http://schemas.xmlsoap.org/wsdl/soap/'/>"),
            Just("<Envelope><Body><Fault>"),
            Just("<OAI-PMH><ListRecords><record><header>"),
            Just("</"),
            Just(">"),
        ];
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes())
    }

    fn everything(bytes: &[u8]) {
        for path in ["", "a", "a.b", "Envelope.Body.Fault"] {
            let _ = read(bytes, path);
        }
        let _ = soap::read_fault(bytes, None);
        let _ = wsdl::read(bytes, None);
        let _ = oai::identify(bytes, None);
        if let Ok(document) = oai::open(
            Box::new(Cursor::new(bytes.to_vec())),
            None,
            oai::Verb::ListRecords,
        ) {
            let rows = document.opened.rows;
            assert!(rows.count() <= bytes.len());
            let _ = document.rest.take().map(|rest| oai::outcome(&rest));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            everything(&bytes);
        }

        #[test]
        fn nearly_xml_is_read_without_a_panic(bytes in nearly()) {
            everything(&bytes);
        }

        #[test]
        fn text_comes_back_as_it_was_built(text in "[^\u{0}-\u{8}\u{b}-\u{1f}\u{fffe}\u{ffff}\r]{1,60}") {
            prop_assume!(!text.trim().is_empty());
            let envelope = soap::Envelope {
                version: soap::Version::V11,
                action: None,
                namespaces: vec![],
                header: vec![],
                security: None,
                body: vec![("a".into(), soap::Node::Text(text.clone()))],
                nulls: soap::Nulls::Omit,
            };
            let message = envelope.build().expect("a message");
            let rows = read(message.body, "Envelope.Body.a").0;
            prop_assert_eq!(&rows[0]["#text"], &Json::String(text));
        }
    }
}
