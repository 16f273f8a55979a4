//! What of a tried item is shown: every field that the mapping filled, with secrets and restricted words blotted out.
//!
//! An operator has to see that a mapping works, and need not read other people's letters for that.

use divos_manifest::Connector;
use divos_model::{Item, PersonalData, Sensitivity};
use serde_json::Value;

/// What the hub writes itself; it says nothing of the mapping.
const OWN: &[&str] = &[
    "id",
    "app",
    "seq",
    "hash",
    "provenance",
    "schema",
    "native_id",
    "title",
];
/// Fields whose values are words of the model or moments.
const PLAIN: &[&str] = &[
    "kind",
    "state",
    "priority",
    "sensitivity",
    "personal_data",
    "lang",
    "time_quality",
    "created_at",
    "updated_at",
    "due_at",
    "starts_at",
    "ends_at",
    "expires_at",
    "audience",
];
/// The longest value that is shown, in characters.
const LONGEST: usize = 200;
/// The most fields of an item that are shown.
const FIELDS: usize = 40;
/// Shorter secrets would be found in every other word.
const SHORTEST_SECRET: usize = 4;

/// An item of a trial, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedItem {
    /// The app's own id of it.
    pub native_id: String,
    /// Its title.
    pub title: String,
    /// Its other fields: dotted path and value.
    pub fields: Vec<(String, String)>,
}

/// Blots out what is not to be read.
pub(super) struct Blotter(Vec<String>);

impl Blotter {
    pub(super) fn of(connector: &Connector) -> Self {
        let secrets = connector.secrets();
        let revealed = secrets.iter().filter_map(|secret| secret.reveal().ok());
        let long = revealed.filter(|secret| secret.len() >= SHORTEST_SECRET);
        Self(long.map(str::to_owned).collect())
    }

    pub(super) fn item(&self, item: &Item) -> TriedItem {
        let restricted =
            item.sensitivity >= Sensitivity::Restricted || item.personal_data != PersonalData::None;
        let mut fields = Vec::new();
        if let Ok(Value::Object(map)) = serde_json::to_value(item) {
            for (name, value) in map.iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
                let hide = restricted && !PLAIN.contains(&name.as_str());
                self.walk(name.clone(), value, hide, &mut fields);
            }
        }
        fields.truncate(FIELDS);
        TriedItem {
            native_id: self.text(&item.native_id, false),
            title: self.text(&item.title, restricted),
            fields,
        }
    }

    fn walk(&self, path: String, value: &Value, hide: bool, fields: &mut Vec<(String, String)>) {
        if fields.len() >= FIELDS {
            return;
        }
        match value {
            Value::Null => {}
            Value::Object(map) => {
                for (name, inner) in map {
                    // The kind of a body is a word of the model.
                    self.walk(
                        format!("{path}.{name}"),
                        inner,
                        hide && name != "kind",
                        fields,
                    );
                }
            }
            Value::Array(list) => {
                for (at, inner) in list.iter().enumerate() {
                    self.walk(format!("{path}[{at}]"), inner, hide, fields);
                }
            }
            Value::String(text) if text.is_empty() => {}
            Value::String(text) => fields.push((path, self.text(text, hide))),
            other => fields.push((path, self.text(&other.to_string(), hide))),
        }
    }

    fn text(&self, text: &str, hide: bool) -> String {
        let mut out = text.to_owned();
        for secret in &self.0 {
            if out.contains(secret.as_str()) {
                out = out.replace(secret.as_str(), "***");
            }
        }
        let mut short: String = out.chars().take(LONGEST).collect();
        if short.len() < out.len() {
            short.push('…');
        }
        if hide { blot(&short) } else { short }
    }
}

/// Keeps the shape of a text: the first letter of each word, and every mark.
fn blot(text: &str) -> String {
    let mut inside = false;
    let hidden = text.chars().map(|c| {
        let first = !inside && c.is_alphabetic();
        inside = c.is_alphanumeric();
        if inside && !first { '•' } else { c }
    });
    hidden.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use divos_model::{Body, Kind};

    fn item() -> Item {
        let at = chrono::DateTime::parse_from_rfc3339("2026-11-24T10:00:00+08:00").expect("a time");
        let app = "surat".parse().expect("a slug");
        let mut item = Item::new(app, "7", "Undangan rapat 12", at, Body::empty(Kind::Letter));
        item.summary = Some("kunci rahasia123 ikut terkirim".to_owned());
        item
    }

    fn value<'a>(shown: &'a TriedItem, path: &str) -> Option<&'a str> {
        let found = shown.fields.iter().find(|(known, _)| known == path);
        found.map(|(_, value)| value.as_str())
    }

    #[test]
    fn an_echoed_secret_is_never_shown() {
        let shown = Blotter(vec!["rahasia123".to_owned()]).item(&item());
        assert_eq!(value(&shown, "summary"), Some("kunci *** ikut terkirim"));
        assert_eq!(shown.title, "Undangan rapat 12");
        assert_eq!(
            value(&shown, "updated_at"),
            Some("2026-11-24T10:00:00+08:00")
        );
        assert_eq!(value(&shown, "hash"), None);
    }

    #[test]
    fn of_restricted_items_the_shape_is_shown() {
        let mut restricted = item();
        restricted.sensitivity = Sensitivity::Restricted;
        let shown = Blotter(Vec::new()).item(&restricted);
        assert_eq!(shown.title, "U••••••• r•••• ••");
        assert_eq!(value(&shown, "sensitivity"), Some("restricted"));
        assert_eq!(
            value(&shown, "updated_at"),
            Some("2026-11-24T10:00:00+08:00")
        );
        assert_eq!(shown.native_id, "7");
    }
}
