//! Reading a fault (SOAP 1.1 section 4.4, SOAP 1.2 part 1 section 5.4).

use crate::xml::{Options, open};
use serde_json::Value as Json;
use std::io::Cursor;

/// How deeply subcodes are followed.
const SUBCODES: usize = 8;

/// What a service says went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoapFault {
    /// The code without prefixes: `Server`, `Sender.FailedAuthentication` (subcodes after a dot).
    pub code: String,
    /// What it says to people; in Indonesian where it says so in several languages, else the first.
    pub reason: String,
    /// Anything more; `null` where there is none. It may hold personal data.
    pub detail: Json,
}

/// Finds a fault in a document's JSON, `{"Envelope": {"Body": {"Fault": …}}}`.
#[must_use]
pub fn fault_in(document: &Json) -> Option<SoapFault> {
    let fault = document.get("Envelope")?.get("Body")?.get("Fault")?;
    Some(of(fault))
}

/// Reads a fault out of an answer; `None` where there is none or it is not XML.
#[must_use]
pub fn read_fault(answer: &[u8], content_type: Option<&str>) -> Option<SoapFault> {
    if !may_hold_a_fault(answer) {
        return None;
    }
    let options = Options {
        rows: ["Envelope", "Body", "Fault"].map(str::to_owned).to_vec(),
        charset: None,
    };
    let document = open(
        Box::new(Cursor::new(answer.to_vec())),
        content_type,
        &options,
    )
    .ok()?;
    let mut rows = document.opened.rows;
    rows.next()?.ok().map(|fault| of(&fault))
}

/// Tells by the letters whether an answer can hold a fault at all: most hold none, and then are parsed for their rows
/// only. The name of an element cannot be written by references; in UTF-16 every second byte is NUL.
fn may_hold_a_fault(answer: &[u8]) -> bool {
    const NAME: &[u8] = b"Fault";
    let wide = answer.starts_with(b"\xff\xfe") || answer.iter().take(4).any(|byte| *byte == 0);
    wide || answer.starts_with(b"\xfe\xff") || answer.windows(NAME.len()).any(|word| word == NAME)
}

fn of(fault: &Json) -> SoapFault {
    if let Some(code) = fault.get("Code") {
        return SoapFault {
            code: codes(code),
            reason: fault.get("Reason").and_then(reason).unwrap_or_default(),
            detail: fault.get("Detail").cloned().unwrap_or_default(),
        };
    }
    SoapFault {
        code: fault
            .get("faultcode")
            .map(said)
            .map(plain)
            .unwrap_or_default(),
        reason: fault
            .get("faultstring")
            .map(said)
            .unwrap_or_default()
            .trim()
            .to_owned(),
        detail: fault.get("detail").cloned().unwrap_or_default(),
    }
}

fn codes(code: &Json) -> String {
    let (mut code, mut names) = (Some(code), Vec::new());
    while let Some(inner) = code.filter(|_| names.len() < SUBCODES) {
        names.push(inner.get("Value").map(said).map(plain).unwrap_or_default());
        code = inner.get("Subcode");
    }
    names.join(".")
}

fn reason(reason: &Json) -> Option<String> {
    let texts = match reason.get("Text")? {
        Json::Array(texts) => texts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let indonesian = |text: &&Json| {
        text["@lang"]
            .as_str()
            .is_some_and(|lang| lang.starts_with("id"))
    };
    let text = texts.iter().find(indonesian).or_else(|| texts.first())?;
    Some(said(text).trim().to_owned())
}

/// The text of an element, whether it has attributes or not.
fn said(element: &Json) -> &str {
    element
        .as_str()
        .or_else(|| element["#text"].as_str())
        .unwrap_or_default()
}

fn plain(code: &str) -> String {
    let code = code.trim();
    code.rsplit_once(':')
        .map_or(code, |(_, local)| local)
        .to_owned()
}
