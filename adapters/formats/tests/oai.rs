//! OAI-PMH: records, the end of a page, errors, and what a repository says of itself. The answers are made up.

use divos_formats::Reason;
use divos_formats::xml::oai::{OaiError, Outcome, Verb, identify, open, outcome};
use serde_json::{Value as Json, json};
use std::io::Cursor;

const HEAD: &str = "<?xml version='1.0' encoding='UTF-8'?><OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/' \
    xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><responseDate>2026-01-31T00:00:00Z</responseDate>";

fn read(inside: &str, verb: Verb) -> (Vec<Json>, Option<Reason>, Outcome) {
    let text = format!("{HEAD}{inside}</OAI-PMH>");
    let document = open(Box::new(Cursor::new(text.into_bytes())), None, verb).expect("XML");
    let (mut rows, mut fault) = (Vec::new(), None);
    for row in document.opened.rows {
        match row {
            Ok(row) => rows.push(row),
            Err(error) => fault = Some(error.reason),
        }
    }
    (rows, fault, outcome(&document.rest.take().expect("a rest")))
}

#[test]
fn records_are_flat_and_their_lists_are_lists() {
    let inside = "<ListRecords><record><header><identifier>oai:arsip:1</identifier><datestamp>2026-01-02</datestamp>
        <setSpec>perda</setSpec></header><metadata><oai_dc:dc xmlns:oai_dc='u' xmlns:dc='v' xsi:schemaLocation='x y'>
        <dc:title>Perda 1</dc:title><dc:creator>Bagian Hukum</dc:creator><dc:date>2025</dc:date><dc:date>2026</dc:date>
        <dc:identifier>a</dc:identifier><dc:identifier xml:lang='id'>b</dc:identifier><dc:type></dc:type></oai_dc:dc></metadata>
        </record><record><header status='deleted'><identifier>oai:arsip:2</identifier><datestamp>2026-01-03</datestamp>
        <setSpec>a</setSpec><setSpec>b</setSpec></header></record>
        <resumptionToken completeListSize='40' cursor='20' expirationDate='2026-02-01T00:00:00Z'> t|1 </resumptionToken></ListRecords>";
    let (rows, fault, end) = read(inside, Verb::ListRecords);
    assert_eq!(fault, None);
    let first = json!({
        "header": {"identifier": "oai:arsip:1", "datestamp": "2026-01-02", "setSpec": ["perda"], "deleted": false},
        "title": "Perda 1", "creator": ["Bagian Hukum"], "date": "2025", "identifier": ["a", "b"],
        "all": {"date": ["2025", "2026"]},
    });
    let second = json!({"header": {"identifier": "oai:arsip:2", "datestamp": "2026-01-03", "setSpec": ["a", "b"], "deleted": true}});
    assert_eq!(rows, [first, second]);
    let expected = Outcome {
        token: Some("t|1".to_owned()),
        ended: false,
        complete_list_size: Some(40),
        cursor: Some(20),
        expiration_date: Some("2026-02-01T00:00:00Z".to_owned()),
        errors: Vec::new(),
    };
    assert_eq!(end, expected);
}

#[test]
fn an_empty_token_is_the_end() {
    let record = "<record><header><identifier>1</identifier></header></record>";
    for (token, ended) in [
        ("<resumptionToken/>", true),
        ("<resumptionToken cursor='1'> </resumptionToken>", true),
        ("", false),
    ] {
        let (rows, _, end) = read(
            &format!("<ListRecords>{record}{token}</ListRecords>"),
            Verb::ListRecords,
        );
        assert_eq!((rows.len(), end.token), (1, None), "{token}");
        assert_eq!(end.ended, ended, "{token}");
    }
}

#[test]
fn no_records_is_no_error_and_other_errors_are_told() {
    let (rows, fault, end) = read(
        "<error code='noRecordsMatch'>none</error>",
        Verb::ListRecords,
    );
    let nothing = Outcome {
        ended: true,
        ..Outcome::default()
    };
    assert_eq!((rows.len(), fault, end), (0, None, nothing));
    let (rows, fault, end) = read(
        "<error code='badResumptionToken'>kedaluwarsa</error>",
        Verb::ListRecords,
    );
    assert_eq!((rows.len(), fault), (0, None));
    let expected = OaiError {
        code: "badResumptionToken".to_owned(),
        words: "kedaluwarsa".to_owned(),
    };
    assert_eq!(end.errors, [expected]);
    let (_, fault, _) = read("<Identify/>", Verb::ListRecords);
    assert!(matches!(fault, Some(Reason::Missing { .. })), "{fault:?}");
}

#[test]
fn headers_and_other_metadata_are_read() {
    let headers =
        "<ListIdentifiers><header><identifier>1</identifier></header><header status='deleted'>
        <identifier>2</identifier></header></ListIdentifiers>";
    let (rows, _, _) = read(headers, Verb::ListIdentifiers);
    assert_eq!(rows[1]["header"]["deleted"], true);
    let other = "<GetRecord><record><header><identifier>1</identifier></header><metadata><mods><t>x</t></mods></metadata></record></GetRecord>";
    assert_eq!(
        read(other, Verb::GetRecord).0[0]["metadata"],
        json!({"mods": {"t": "x"}})
    );
}

#[test]
fn a_repository_says_what_it_promises() {
    let text = format!(
        "{HEAD}<Identify><repositoryName>Arsip (contoh)</repositoryName><earliestDatestamp>2020-01-01</earliestDatestamp>
         <deletedRecord>persistent</deletedRecord><granularity>YYYY-MM-DD</granularity></Identify></OAI-PMH>"
    );
    let identity = identify(text.as_bytes(), None).expect("an identity");
    assert_eq!(identity.name, "Arsip (contoh)");
    assert_eq!(
        (
            identity.deleted_record.as_str(),
            identity.granularity.as_str()
        ),
        ("persistent", "YYYY-MM-DD")
    );
    assert_eq!(identity.earliest_datestamp, "2020-01-01");
    assert!(identify(b"<OAI-PMH><error code='badVerb'/></OAI-PMH>", None).is_err());
}
