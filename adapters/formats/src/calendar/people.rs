//! Organizers and attendees.
//!
//! Owns names and addresses of people in a calendar. Knows no times.

use calcard::icalendar::{
    ICalendarEntry as Entry, ICalendarParameterName as Parameter, ICalendarValue as Value,
};
use serde_json::{Map, Value as Json};

/// The most people or words of one list.
const MOST: usize = 1000;

/// A person: `name` and `email`, where they are stated; of an attendee also `status` (`ACCEPTED`) and `role`.
pub(super) fn person(entry: &Entry) -> Option<Json> {
    let mut person = Map::new();
    for param in &entry.params {
        let key = match param.name {
            Parameter::Cn => "name",
            Parameter::Partstat => "status",
            Parameter::Role => "role",
            _ => continue,
        };
        if let Some(text) = param.value.as_text().filter(|text| !text.trim().is_empty()) {
            person.insert(key.to_owned(), Json::from(text.trim()));
        }
    }
    let address = entry.values.iter().find_map(Value::as_text);
    if let Some(email) = address
        .map(without_scheme)
        .filter(|email| email.contains('@'))
    {
        person.insert("email".to_owned(), Json::from(email));
    }
    (!person.is_empty()).then_some(Json::Object(person))
}

fn without_scheme(address: &str) -> &str {
    let address = address.trim();
    match address.split_at_checked(7) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto:") => rest.trim(),
        _ => address,
    }
}

/// Adds to the list under `key`.
pub(super) fn push(said: &mut Map<String, Json>, key: &str, value: Option<Json>) {
    let Some(value) = value else {
        return;
    };
    let list = said.entry(key).or_insert_with(|| Json::Array(Vec::new()));
    if let Json::Array(list) = list
        && list.len() < MOST
    {
        list.push(value);
    }
}
