//! Finds the records in a JSON document. A place that is not there is a fault, never an empty list.

use crate::Trouble;
use divos_manifest::{Path, Segment, Select};
use serde_json::Value as Json;
use serde_json_path::JsonPath;

/// Finds the records.
pub(crate) fn rows<'a>(root: &'a Json, select: &Select) -> Result<Vec<&'a Json>, Trouble> {
    match select {
        Select::Root => root_rows(root),
        Select::Path(path) => path_rows(root, path),
        Select::JsonPath(path) => json_path_rows(root, path),
    }
}

fn missed(path: &dyn std::fmt::Display) -> Trouble {
    Trouble::SelectMissed {
        path: path.to_string(),
    }
}

fn root_rows(root: &Json) -> Result<Vec<&Json>, Trouble> {
    match root {
        Json::Array(rows) => Ok(rows.iter().collect()),
        Json::Object(_) => Ok(vec![root]),
        _ => Err(missed(&"$")),
    }
}

fn path_rows<'a>(root: &'a Json, path: &Path) -> Result<Vec<&'a Json>, Trouble> {
    let mut found = vec![root];
    for (depth, step) in path.segments().iter().enumerate() {
        let mut next = Vec::new();
        for value in &found {
            match step {
                Segment::Field(name) => next.extend(value.get(name.as_str())),
                Segment::Index(at) => next.extend(value.get(*at)),
                Segment::All => next.extend(value.as_array().ok_or_else(|| missed(path))?),
            }
        }
        // Below a list that may be empty, nothing need be there; above, everything must.
        let below_a_list = path.segments()[..=depth].contains(&Segment::All);
        if next.is_empty() && !below_a_list {
            return Err(missed(path));
        }
        found = next;
    }
    if path.segments().last() == Some(&Segment::All) {
        return Ok(found);
    }
    let lists: Option<Vec<&Vec<Json>>> = found.iter().map(|value| value.as_array()).collect();
    Ok(lists
        .ok_or_else(|| missed(path))?
        .into_iter()
        .flatten()
        .collect())
}

fn json_path_rows<'a>(root: &'a Json, path: &JsonPath) -> Result<Vec<&'a Json>, Trouble> {
    let found = path.query(root).all();
    match found.as_slice() {
        [Json::Array(rows)] => Ok(rows.iter().collect()),
        [] if parent_exists(root, path) => Ok(Vec::new()),
        [] => Err(missed(path)),
        _ => Ok(found),
    }
}

/// Tells whether the place is there and merely holds nothing: the path without its last selector.
fn parent_exists(root: &Json, path: &JsonPath) -> bool {
    let text = path.to_string();
    let Some(cut) = last_bracket(&text).filter(|cut| *cut > 0) else {
        return false;
    };
    let parent = JsonPath::parse(&text[..cut]);
    parent.is_ok_and(|parent| {
        parent
            .query(root)
            .all()
            .iter()
            .any(|value| value.is_array())
    })
}

/// Finds where the last selector of a normalised path begins, over brackets inside it.
fn last_bracket(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, c) in text.char_indices().rev() {
        match c {
            ']' => depth += 1,
            '[' if depth == 1 => return Some(at),
            '[' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn count(document: &Json, select: &Select) -> Option<usize> {
        rows(document, select).map(|rows| rows.len()).ok()
    }

    #[test]
    fn a_missing_place_is_a_fault_and_an_empty_list_is_not() {
        let document = json!({
            "data": {"items": [{"a": 1}, {"a": 2}], "none": [], "null": null, "one": {"a": 1}, "text": "x"},
            "groups": [{"rows": [1, 2]}, {"rows": [3]}, {}]
        });
        for (path, rows) in [
            ("data.items[*]", Some(2)),
            ("data.items", Some(2)),
            ("data.none", Some(0)),
            ("data.none[*]", Some(0)),
            ("data.null", None),
            ("data.null[*]", None),
            ("data.one", None),
            ("data.text", None),
            ("data.missing[*]", None),
            ("missing", None),
            ("groups[*].rows", Some(3)),
            ("groups[*].rows[*]", Some(3)),
            ("data.none[*].rows", Some(0)),
        ] {
            let select = Select::Path(path.parse().expect(path));
            assert_eq!(count(&document, &select), rows, "{path}");
        }
        for (path, rows) in [
            ("$.data.items[*]", Some(2)),
            ("$.data.items", Some(2)),
            ("$.data.items[?@.a > 1]", Some(1)),
            ("$.data.items[?@.a > 9]", Some(0)),
            ("$.data.none[*]", Some(0)),
            ("$.data.missing[*]", None),
            ("$.missing", None),
        ] {
            let select = Select::JsonPath(Box::new(JsonPath::parse(path).expect(path)));
            assert_eq!(count(&document, &select), rows, "{path}");
        }
        assert_eq!(count(&json!([1, 2]), &Select::Root), Some(2));
        assert_eq!(count(&json!({"id": 1}), &Select::Root), Some(1));
        assert_eq!(count(&json!("x"), &Select::Root), None);
    }
}
