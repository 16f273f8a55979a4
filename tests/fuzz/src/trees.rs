//! XML and what is written in it: SOAP answers and envelopes, WSDL, OAI-PMH.

use crate::tables::{drain, input};
use divos_formats::xml::soap::{self, Envelope, Node, Nulls, Version};
use divos_formats::xml::{self, Options, oai, tree, wsdl};

/// Where records are looked for.
const PATHS: &[&[&str]] = &[&[], &["r", "i"], &["Envelope", "Body", "List", "Item"]];

pub(crate) fn xml(bytes: &[u8]) {
    for path in PATHS {
        let options = Options {
            rows: path.iter().map(|name| (*name).to_owned()).collect(),
            charset: None,
        };
        if let Ok(document) = xml::open(input(bytes), Some("text/xml; charset=utf-8"), &options) {
            drain(Ok(document.opened));
            let _ = document.rest.take();
        }
    }
    let _ = tree::parse(bytes, None);
}

/// A fault is found; and whatever text is sent comes out of the envelope as it went in.
pub(crate) fn soap(bytes: &[u8]) {
    let _ = soap::read_fault(bytes, Some("text/xml"));
    let said = String::from_utf8_lossy(bytes).into_owned();
    let envelope = Envelope {
        version: Version::V12,
        action: None,
        namespaces: vec![("t".to_owned(), said.clone())],
        header: Vec::new(),
        security: None,
        body: vec![(
            "t:Cari".to_owned(),
            Node::Tree(vec![
                ("@kunci".to_owned(), Node::Text(said.clone())),
                ("t:Nama".to_owned(), Node::Text(said.clone())),
            ]),
        )],
        nulls: Nulls::Omit,
    };
    let Ok(message) = envelope.build() else {
        return;
    };
    let read = tree::parse(message.body.as_bytes(), Some(&message.content_type));
    if said.len() > 10_000 {
        return;
    }
    let read = read.expect("what is built is XML");
    let name = read
        .child("Body")
        .and_then(|body| body.child("Cari"))
        .and_then(|call| call.child("Nama"));
    let allowed = |letter: &char| !matches!(letter, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffd}'..='\u{ffff}');
    let plain = |text: &str| -> String { text.chars().filter(allowed).collect() };
    let came = name.map(|name| plain(&name.text)).unwrap_or_default();
    let meant = plain(&said);
    assert_eq!(came.trim(), meant.trim(), "the text of an envelope");
}

pub(crate) fn wsdl(bytes: &[u8]) {
    for port in wsdl::read(bytes, None).unwrap_or_default() {
        for operation in &port.operations {
            let _ = operation.repeated();
        }
    }
}

pub(crate) fn oai(bytes: &[u8]) {
    for verb in [
        oai::Verb::ListRecords,
        oai::Verb::ListIdentifiers,
        oai::Verb::GetRecord,
    ] {
        if let Ok(document) = oai::open(input(bytes), None, verb) {
            drain(Ok(document.opened));
            if let Some(rest) = document.rest.take() {
                let _ = oai::outcome(&rest);
            }
        }
    }
    let _ = oai::identify(bytes, None);
}
