//! The JSON Schema of an item, for editors, departments and the API's description.

use crate::Item;
use serde_json::Value;

/// Returns the JSON Schema (2020-12) of an item.
#[must_use]
pub fn item() -> Value {
    let mut schema = schemars::schema_for!(Item).to_value();
    if let Some(fields) = schema.as_object_mut() {
        fields.insert(
            "$id".into(),
            "https://divos.example/schema/item-1.json".into(),
        );
        fields.insert("title".into(), "DIVOS item, version 1".into());
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn the_schema_names_every_kind() {
        let text = item().to_string();
        for kind in Kind::ALL {
            assert!(
                text.contains(&format!("\"const\":\"{kind}\"")),
                "{kind}: {text}"
            );
        }
    }
}
