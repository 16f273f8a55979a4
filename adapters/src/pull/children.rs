//! Records that are asked for once for each record of another source: detail pages, lists per unit.
//!
//! Owns the walk over the parents. What fails for one parent costs that parent only, unless everything fails.

use super::http::Http;
use super::way::{Chunk, End, Step, Way};
use super::{Reader, World};
use crate::{Document, Trouble};
use divos_model::{Lang, RowFault};
use serde_json::Value as Json;
use std::collections::VecDeque;

/// The most parents of one pass.
const MOST_PARENTS: u32 = 10_000;
/// So many failures, one after the other, are no longer the parents' own.
const IN_A_ROW: u32 = 10;

/// A pass over the children of a source's records.
#[derive(Debug)]
pub(crate) struct Children {
    reader: Reader,
    world: World,
    parents: Box<dyn Way>,
    /// Whether the last piece of the parents was read.
    ended: bool,
    waiting: VecDeque<Json>,
    cursor: Option<String>,
    current: Option<(Json, Http)>,
    walked: u32,
    failed: u32,
}

impl Children {
    pub(crate) fn new(
        reader: Reader,
        parents: Box<dyn Way>,
        cursor: Option<String>,
        world: World,
    ) -> Self {
        Self {
            reader,
            world,
            parents,
            ended: false,
            waiting: VecDeque::new(),
            cursor,
            current: None,
            walked: 0,
            failed: 0,
        }
    }

    /// Reads more parents.
    async fn refill(&mut self) -> Result<(), Trouble> {
        let Step::Chunk(chunk) = self.parents.next().await? else {
            self.ended = true;
            return Ok(());
        };
        self.ended = chunk.end.is_some();
        if let Some(parent) = &self.reader.parent {
            let rows = chunk.document.into_rows(&parent.source().select)?;
            self.waiting.extend(rows);
        }
        Ok(())
    }

    /// Begins with one parent; a parent without the field has no children that could be asked for.
    fn begin(&mut self, parent: Json) -> Result<Option<Chunk>, Trouble> {
        self.walked += 1;
        if self.walked > MOST_PARENTS {
            return Err(Trouble::TooManyPages {
                limit: MOST_PARENTS,
            });
        }
        let Some(value) = self.key(&parent) else {
            let field = self
                .reader
                .source()
                .parent
                .as_ref()
                .map(|parent| &parent.field);
            let missing = Trouble::SelectMissed {
                path: field.map(ToString::to_string).unwrap_or_default(),
            };
            return Ok(Some(self.missed(parent, &missing)));
        };
        let http = Http::for_parent(
            self.reader.clone(),
            self.cursor.clone(),
            value,
            self.world.clone(),
        );
        self.current = Some((parent, http));
        Ok(None)
    }

    /// Finds what a parent's children are asked for by.
    fn key(&self, parent: &Json) -> Option<String> {
        let field = &self.reader.source().parent.as_ref()?.field;
        field.get(parent).and_then(text)
    }

    /// Puts the parent to its children.
    fn taken(&mut self, parent: Json, http: Http, mut chunk: Chunk) -> Result<Chunk, Trouble> {
        let notes = std::mem::take(&mut chunk.document.notes);
        let document = std::mem::replace(
            &mut chunk.document,
            Document::listed(vec![], Json::Null, vec![]),
        );
        let rows = document.into_rows(&self.reader.source().select)?;
        let with_parent = |mut row: Json| {
            if let Some(fields) = row.as_object_mut() {
                fields.insert("parent".to_owned(), parent.clone());
            }
            row
        };
        let rows = rows.into_iter().map(with_parent).collect();
        chunk.document = Document::listed(rows, Json::Null, notes);
        // A total and a place are one parent's only; paging has looked at them.
        chunk.declared = None;
        chunk.turn = None;
        chunk.parents = Some(Vec::new());
        match chunk.end.take() {
            Some(_) => {
                self.failed = 0;
                chunk.parents = Some(vec![parent]);
            }
            None => self.current = Some((parent, http)),
        }
        Ok(chunk)
    }

    /// Tells of a parent whose children could not be read.
    fn missed(&mut self, parent: Json, trouble: &Trouble) -> Chunk {
        let native_id = self.key(&parent);
        let mut chunk = Chunk::rows(Vec::new());
        chunk.parents = Some(Vec::new());
        chunk.missed.push(RowFault {
            row: self.walked.saturating_sub(1) as usize,
            native_id,
            field: "parent".to_owned(),
            message: trouble.sentence(Lang::En),
        });
        chunk
    }
}

#[async_trait::async_trait]
impl Way for Children {
    async fn next(&mut self) -> Result<Step, Trouble> {
        loop {
            if let Some((parent, mut http)) = self.current.take() {
                let step = match http.next().await {
                    Ok(Step::Chunk(chunk)) => self.taken(parent.clone(), http, *chunk),
                    Ok(Step::Unchanged(_)) => continue,
                    Err(trouble) => Err(trouble),
                };
                let chunk = match step {
                    Ok(chunk) => chunk,
                    Err(trouble) if is_own(&trouble) && self.failed + 1 < IN_A_ROW => {
                        self.failed += 1;
                        self.missed(parent, &trouble)
                    }
                    Err(trouble) => return Err(trouble),
                };
                return Ok(Step::Chunk(Box::new(chunk)));
            }
            if let Some(parent) = self.waiting.pop_front() {
                if let Some(missed) = self.begin(parent)? {
                    return Ok(Step::Chunk(Box::new(missed)));
                }
            } else if self.ended {
                let mut chunk = Chunk::rows(Vec::new());
                chunk.parents = Some(Vec::new());
                chunk.end = Some(End::default());
                return Ok(Step::Chunk(Box::new(chunk)));
            } else {
                self.refill().await?;
            }
        }
    }
}

/// Tells whether a trouble may be one parent's own: an app that is unwell, or credentials, are everybody's.
fn is_own(trouble: &Trouble) -> bool {
    let everybodys = trouble.is_illness() && !matches!(trouble, Trouble::UpstreamError { .. });
    !(everybodys
        || matches!(
            trouble,
            Trouble::Unauthorized
                | Trouble::RateLimited { .. }
                | Trouble::BreakerOpen { .. }
                | Trouble::SecretMissing { .. }
                | Trouble::NotConnected { .. }
                | Trouble::AddressRefused { .. }
        ))
}

fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
