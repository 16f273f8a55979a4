//! OAI-PMH 2.0: records with their Dublin Core, the token of the next page, errors, and what a repository promises.
//!
//! Owns the flat shape of a record. It must never ask for the next page.

use super::{Document, Options, Rest};
use crate::{FormatFault, Input, Reason, Rows};
use serde_json::{Map, Value as Json, json};
use std::io::Cursor;

/// Elements of Dublin Core that are lists by their nature; the others are texts.
const LISTS: &[&str] = &[
    "contributor",
    "creator",
    "identifier",
    "relation",
    "subject",
];

/// What was asked for; it decides where the records are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// All records with their metadata.
    ListRecords,
    /// Only their headers.
    ListIdentifiers,
    /// One record.
    GetRecord,
}

impl Verb {
    fn path(self) -> [&'static str; 3] {
        match self {
            Self::ListRecords => ["OAI-PMH", "ListRecords", "record"],
            Self::ListIdentifiers => ["OAI-PMH", "ListIdentifiers", "header"],
            Self::GetRecord => ["OAI-PMH", "GetRecord", "record"],
        }
    }
}

/// Opens an answer. Each row has `header` with `identifier`, `datestamp`, `setSpec` (a list) and `deleted`; and, from
/// Dublin Core, `creator`, `contributor`, `subject`, `identifier` and `relation` as lists and every other element as
/// its first text, with all of them under `all` where there are several. Metadata of another kind is under
/// `metadata` as it is. Where the repository answers with an error there is no row: [`outcome`] says which.
///
/// # Errors
/// The document is not XML at all, or cannot be read.
pub fn open(
    input: Box<dyn Input>,
    content_type: Option<&str>,
    verb: Verb,
) -> Result<Document, FormatFault> {
    let options = Options {
        rows: verb.path().map(str::to_owned).to_vec(),
        charset: None,
    };
    let mut document = super::open(input, content_type, &options)?;
    document.opened.rows = flattened(document.opened.rows, verb, document.rest.clone());
    Ok(document)
}

/// An error stands in the place of a list, which then is no missing one.
fn flattened(rows: Rows, verb: Verb, rest: Rest) -> Rows {
    Box::new(rows.filter_map(move |row| match row {
        Ok(row) => Some(Ok(flat(row, verb))),
        Err(fault) => {
            let missing = matches!(fault.reason, Reason::Missing { .. });
            let refused = |rest: &Json| !rest["OAI-PMH"]["error"].is_null();
            (!(missing && rest.is(refused))).then_some(Err(fault))
        }
    }))
}

fn flat(mut record: Json, verb: Verb) -> Json {
    let header = match verb {
        Verb::ListIdentifiers => record.take(),
        Verb::ListRecords | Verb::GetRecord => record["header"].take(),
    };
    let mut row = Map::new();
    row.insert("header".to_owned(), header_of(header));
    match record.get_mut("metadata").map(Json::take) {
        Some(Json::Object(mut metadata)) => match metadata.remove("dc") {
            Some(Json::Object(core)) => dublin_core(core, &mut row),
            _ => {
                row.insert("metadata".to_owned(), Json::Object(metadata));
            }
        },
        Some(Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_))
        | None => {}
    }
    Json::Object(row)
}

fn header_of(header: Json) -> Json {
    let deleted = header["@status"] == "deleted";
    let Json::Object(mut said) = header else {
        return json!({ "setSpec": [], "deleted": false });
    };
    let sets = said.remove("setSpec").unwrap_or_default();
    let mut map = Map::new();
    for name in ["identifier", "datestamp"] {
        if let Some((name, value)) = said.remove_entry(name)
            && let Some(text) = into_text(value)
        {
            map.insert(name, text.into());
        }
    }
    map.insert("setSpec".to_owned(), texts(sets).into());
    map.insert("deleted".to_owned(), deleted.into());
    Json::Object(map)
}

fn dublin_core(core: Map<String, Json>, row: &mut Map<String, Json>) {
    let mut all = Map::new();
    for (name, value) in core {
        // `@schemaLocation` and the like describe the wrapper, not the record.
        if name.starts_with(['@', '#']) {
            continue;
        }
        let mut values = texts(value);
        if LISTS.contains(&name.as_str()) {
            row.insert(name, values.into());
        } else if values.len() > 1 {
            row.insert(name.clone(), values[0].clone().into());
            all.insert(name, values.into());
        } else if let Some(only) = values.pop() {
            row.insert(name, only.into());
        }
    }
    if !all.is_empty() {
        row.insert("all".to_owned(), Json::Object(all));
    }
}

fn text(value: &Json) -> Option<String> {
    let text = value.as_str().or_else(|| value["#text"].as_str())?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn texts(value: Json) -> Vec<String> {
    match value {
        Json::Array(list) => list.into_iter().filter_map(into_text).collect(),
        one => into_text(one).into_iter().collect(),
    }
}

/// As [`text`]; a text that needs no trimming is not copied.
fn into_text(value: Json) -> Option<String> {
    match value {
        Json::String(text) if !text.is_empty() && text.trim().len() == text.len() => Some(text),
        other => text(&other),
    }
}

/// How a page ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The token of the next page; `None`: this was the last.
    pub token: Option<String>,
    /// Whether the repository says itself that there is no more: by an empty token (section 3.5), or because nothing
    /// matches. A page without any token says nothing.
    pub ended: bool,
    /// How many records there are in all; an estimate (section 3.5).
    pub complete_list_size: Option<u64>,
    /// How many came before this page.
    pub cursor: Option<u64>,
    /// When the token expires, as it is written.
    pub expiration_date: Option<String>,
    /// What the repository says went wrong, `noRecordsMatch` excepted: that is an empty page.
    pub errors: Vec<OaiError>,
}

/// An error of the protocol (section 3.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OaiError {
    /// `badResumptionToken`, `badArgument`, `cannotDisseminateFormat`, …
    pub code: String,
    /// The repository's words.
    pub words: String,
}

/// Reads how a page ended out of what surrounds its records.
#[must_use]
pub fn outcome(rest: &Json) -> Outcome {
    let root = &rest["OAI-PMH"];
    let lists = ["ListRecords", "ListIdentifiers", "ListSets"];
    let said = lists
        .iter()
        .find_map(|list| root[*list].get("resumptionToken"));
    let around = said.unwrap_or(&Json::Null);
    let number = |name: &str| around[name].as_str().and_then(|n| n.trim().parse().ok());
    let (nothing, errors): (Vec<_>, Vec<_>) = errors(&root["error"])
        .into_iter()
        .partition(|error| error.code == "noRecordsMatch");
    let token = text(around);
    Outcome {
        ended: token.is_none() && (said.is_some() || !nothing.is_empty()),
        complete_list_size: number("@completeListSize"),
        cursor: number("@cursor"),
        expiration_date: around["@expirationDate"].as_str().map(str::to_owned),
        errors,
        token,
    }
}

fn errors(error: &Json) -> Vec<OaiError> {
    let all = match error {
        Json::Null => &[],
        Json::Array(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    };
    let error = |error: &Json| OaiError {
        code: error["@code"].as_str().unwrap_or_default().to_owned(),
        words: text(error).unwrap_or_default(),
    };
    all.iter().map(error).collect()
}

/// What a repository says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// How it tells of deleted records: `no`, `transient` or `persistent`.
    pub deleted_record: String,
    /// `YYYY-MM-DD` or `YYYY-MM-DDThh:mm:ssZ`: how exact `from` and `until` may be.
    pub granularity: String,
    /// No record is older.
    pub earliest_datestamp: String,
}

/// Reads the answer to `Identify`.
///
/// # Errors
/// The document cannot be read, or is the answer to something else.
pub fn identify(answer: &[u8], content_type: Option<&str>) -> Result<Identity, FormatFault> {
    let options = Options {
        rows: ["OAI-PMH", "Identify"].map(str::to_owned).to_vec(),
        charset: None,
    };
    let input = Box::new(Cursor::new(answer.to_vec()));
    let mut rows = super::open(input, content_type, &options)?.opened.rows;
    let Some(row) = rows.next().transpose()? else {
        // An error in its place is a plain element, which looks like an empty list.
        let name = "OAI-PMH.Identify".to_owned();
        return Err(FormatFault::missing("element", name, Vec::new()));
    };
    let field = |name: &str| text(&row[name]).unwrap_or_default();
    Ok(Identity {
        name: field("repositoryName"),
        deleted_record: field("deletedRecord"),
        granularity: field("granularity"),
        earliest_datestamp: field("earliestDatestamp"),
    })
}
