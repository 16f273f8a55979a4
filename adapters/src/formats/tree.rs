//! XML, SOAP answers and OAI-PMH: where the records are, and what surrounds them.
//!
//! Owns the way from `select` to a path of elements. A place that cannot be such a path is looked for in the whole
//! document instead, which then must be small.

use super::rows::{Parsed, of};
use super::soap;
use super::table::Source;
use crate::Trouble;
use divos_formats::xml::{self, Rest, oai};
use divos_formats::{FormatFault, Reason};
use divos_manifest::{Segment, Select};
use serde_json::{Value as Json, json};

/// No element has this name, so that all of a document is what surrounds the records.
const NOWHERE: &str = "";

/// Opens an XML document whose records lie below `above`.
pub(super) fn open(
    above: &[&str],
    select: &Select,
    charset: Option<&str>,
    content_type: Option<&str>,
    input: Source<'_>,
) -> Result<Parsed, Trouble> {
    let path = elements(select);
    let whole = path.is_none();
    let rows = match path {
        Some(path) => above
            .iter()
            .map(|name| (*name).to_owned())
            .chain(path)
            .collect(),
        None => vec![NOWHERE.to_owned()],
    };
    let options = xml::Options {
        rows,
        charset: charset.map(str::to_owned),
    };
    let document = xml::open(input(), content_type, &options).map_err(of)?;
    let rest = document.rest.clone();
    let above: Vec<String> = above.iter().map(|name| (*name).to_owned()).collect();
    let finish = move |fault| end(&rest, fault, whole, &above);
    Ok(Parsed::new(document.opened, Box::new(finish)))
}

/// The path of elements to the records; `None` where it is no such path.
fn elements(select: &Select) -> Option<Vec<String>> {
    let Select::Path(path) = select else {
        return None;
    };
    let segments = path.segments();
    let names = match segments.split_last() {
        Some((Segment::All, names)) => names,
        _ => segments,
    };
    let name = |segment: &Segment| match segment {
        Segment::Field(name) if !name.starts_with(['@', '#']) => Some(name.to_string()),
        _ => None,
    };
    names
        .iter()
        .map(name)
        .collect::<Option<Vec<_>>>()
        .filter(|names| !names.is_empty())
}

/// Takes what surrounds the records, without the elements `above` them.
fn end(
    rest: &Rest,
    fault: Option<FormatFault>,
    whole: bool,
    above: &[String],
) -> Result<(Json, bool), Trouble> {
    let missed = fault
        .as_ref()
        .is_some_and(|fault| matches!(fault.reason, Reason::Missing { .. }));
    let root = rest.take();
    if let Some(said) = root.as_ref().and_then(soap::fault_in) {
        return Err(said);
    }
    match fault {
        Some(fault) if !(whole && missed) => return Err(of(fault)),
        _ => {}
    }
    let mut root = root.ok_or(Trouble::Truncated)?;
    for name in above {
        root = root.get_mut(name).map(Json::take).unwrap_or_default();
    }
    if whole && root.is_null() {
        return Err(Trouble::SelectMissed {
            path: above.join("."),
        });
    }
    Ok((root, whole))
}

/// Opens an answer of an OAI-PMH repository. What surrounds the records is `{"token": …, "total": …, "ended": …}`.
pub(super) fn harvest(content_type: Option<&str>, input: Source<'_>) -> Result<Parsed, Trouble> {
    let document = oai::open(input(), content_type, oai::Verb::ListRecords).map_err(of)?;
    let rest = document.rest.clone();
    let mut opened = document.opened;
    opened.rows = Box::new(opened.rows.map(|row| row.map(with_deleted)));
    let finish = move |fault: Option<FormatFault>| {
        if let Some(fault) = fault {
            return Err(of(fault));
        }
        let outcome = oai::outcome(&rest.take().ok_or(Trouble::Truncated)?);
        match outcome.errors.first() {
            Some(error) => Err(Trouble::ErrorInside {
                message: format!("{} {}", error.code, error.words)
                    .trim()
                    .chars()
                    .take(200)
                    .collect(),
            }),
            None => Ok((
                json!({
                    "token": outcome.token,
                    "total": outcome.complete_list_size,
                    "ended": outcome.ended,
                }),
                false,
            )),
        }
    };
    Ok(Parsed::new(opened, Box::new(finish)))
}

/// Says at the top of a record whether it is deleted.
fn with_deleted(mut row: Json) -> Json {
    let deleted = row["header"]["deleted"].as_bool().unwrap_or(false);
    if let Some(fields) = row.as_object_mut() {
        fields.insert("deleted".to_owned(), deleted.into());
    }
    row
}
