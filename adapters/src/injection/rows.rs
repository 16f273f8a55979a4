//! What goes wrong with records themselves: a name that changed, a connection that is lost between two of them.

use crate::pull::way::{Chunk, Step, Way};
use crate::{Document, Trouble};
use divos_manifest::Select;
use serde_json::{Map, Value as Json};

/// What a renamed field is called.
const LATER: &str = " (baru)";

/// Gives the records of another way with one field renamed.
#[derive(Debug)]
pub(super) struct Renamed {
    pub(super) inner: Box<dyn Way>,
    pub(super) field: String,
    pub(super) select: Select,
}

#[async_trait::async_trait]
impl Way for Renamed {
    async fn next(&mut self) -> Result<Step, Trouble> {
        let Step::Chunk(mut chunk) = self.inner.next().await? else {
            return Err(Trouble::BadHttp);
        };
        let empty = Document::listed(Vec::new(), Json::Null, Vec::new());
        let document = std::mem::replace(&mut chunk.document, empty);
        let notes = document.notes.clone();
        let mut rows = document.into_rows(&self.select)?;
        rows.iter_mut().for_each(|row| rename(row, &self.field));
        chunk.document = Document::listed(rows, Json::Null, notes);
        Ok(Step::Chunk(chunk))
    }
}

/// Renames a field, dotted where it lies deeper.
fn rename(row: &mut Json, field: &str) {
    let Some(fields) = row.as_object_mut() else {
        return;
    };
    if let Some(value) = fields.remove(field) {
        fields.insert(later(field), value);
        return;
    }
    if let Some((outer, inner)) = field.split_once('.')
        && let Some(below) = fields.get_mut(outer)
    {
        rename(below, inner);
    }
}

/// Tells whether a record has a field, dotted where it lies deeper.
pub(super) fn has(fields: &Map<String, Json>, field: &str) -> bool {
    fields.contains_key(field)
        || field.split_once('.').is_some_and(|(outer, inner)| {
            let below = fields.get(outer).and_then(Json::as_object);
            below.is_some_and(|below| has(below, inner))
        })
}

/// What a field or a column is called later.
pub(super) fn later(name: &str) -> String {
    format!("{name}{LATER}")
}

/// Gives the first half of records, and then loses the connection.
#[derive(Debug)]
pub(super) struct Lost {
    half: Option<Vec<Json>>,
}

impl Lost {
    pub(super) fn of(mut rows: Vec<Json>) -> Self {
        rows.truncate(rows.len() / 2);
        Self { half: Some(rows) }
    }
}

#[async_trait::async_trait]
impl Way for Lost {
    async fn next(&mut self) -> Result<Step, Trouble> {
        let rows = self.half.take().ok_or(Trouble::Refused)?;
        Ok(Step::Chunk(Box::new(Chunk::rows(rows))))
    }
}
