//! Records that are asked for once for each record of another source: detail pages, lists per unit.
//!
//! Owns the walk over the parents, and where it stands. What fails for one parent costs that parent only, unless
//! everything fails.

use super::http::Http;
use super::place::{Mark, Turn};
use super::way::{self, Chunk, End, Step, Way};
use super::{Ask, Partial, Reader, World};
use crate::{Document, Note, Trouble};
use divos_model::{Lang, RowFault};
use serde_json::Value as Json;
use std::collections::VecDeque;

/// The most parents of one pass.
const MOST_PARENTS: u32 = 10_000;
/// So many failures, one after the other, are no longer the parents' own.
const IN_A_ROW: u32 = 10;

/// How the parents are read.
#[derive(Debug)]
pub(crate) struct Walk {
    pub(crate) reader: Reader,
    pub(crate) ask: Ask,
    pub(crate) world: World,
}

impl Walk {
    fn at(&self, page: Option<&Turn>) -> Box<dyn Way> {
        way::at(&self.reader, &self.ask, page, &self.world)
    }
}

/// A pass over the children of a source's records.
#[derive(Debug)]
pub(crate) struct Children {
    reader: Reader,
    cursor: Option<String>,
    walk: Walk,
    parents: Box<dyn Way>,
    /// Whether the last piece of the parents was read.
    ended: bool,
    waiting: VecDeque<Json>,
    current: Option<(Json, Http)>,
    walked: u32,
    failed: u32,
    /// Where the page of parents begins that is walked over, and where the next one does.
    page: Option<Turn>,
    next_page: Option<Turn>,
    /// The last parent of that page that was done with.
    done: Option<Mark>,
    /// The parents of that page up to this one were done with by another pass.
    behind: Option<Mark>,
    /// What that pass had under way.
    within: Option<(Mark, Box<Turn>)>,
    /// How many parents the app declares; `None` where that is an estimate.
    declared: Option<u64>,
    found: Found,
}

/// What was found out about the parents and not told yet.
#[derive(Debug, Default)]
struct Found {
    missed: Vec<RowFault>,
    notes: Vec<Note>,
    skipped: bool,
}

impl Children {
    /// Begins, or goes on where another pass stood.
    pub(crate) fn new(
        reader: Reader,
        walk: Walk,
        cursor: Option<String>,
        turn: Option<&Turn>,
    ) -> Self {
        let mut children = Self {
            parents: walk.at(None),
            reader,
            cursor,
            walk,
            ended: false,
            waiting: VecDeque::new(),
            current: None,
            walked: 0,
            failed: 0,
            page: None,
            next_page: None,
            done: None,
            behind: None,
            within: None,
            declared: None,
            found: Found::default(),
        };
        if let Some(Turn::Children {
            walked,
            page,
            done,
            within,
        }) = turn
        {
            children.walked = *walked;
            children.page = page.as_deref().cloned();
            children.parents = children.walk.at(children.page.as_ref());
            children.done.clone_from(done);
            children.behind.clone_from(done);
            children.within.clone_from(within);
        }
        children
    }

    /// Reads more parents.
    async fn refill(&mut self) -> Result<(), Trouble> {
        if let Some(next) = self.next_page.take() {
            (self.page, self.done) = (Some(next), None);
        }
        let Step::Chunk(chunk) = self.parents.next().await? else {
            self.ended = true;
            return Ok(());
        };
        let mut chunk = *chunk;
        self.next_page = chunk.turn.take();
        self.declared = chunk.declared.or(self.declared);
        if let Some(end) = &chunk.end {
            self.ended = true;
            self.declared = self.declared.filter(|_| !end.estimate);
        }
        self.found.missed.append(&mut chunk.missed);
        self.found.notes.append(&mut chunk.document.notes);
        self.found.skipped |= chunk.skipped;
        let rows = chunk
            .document
            .into_rows(&self.walk.reader.source().select)?;
        self.waiting.extend(rows);
        self.leave_out();
        Ok(())
    }

    /// Leaves out the parents that another pass was done with. Where the last of them is not there any more, its page is
    /// walked over anew: nobody can tell what was done.
    fn leave_out(&mut self) {
        let Some(last) = &self.behind else {
            return;
        };
        let is_last = |parent: &Json| self.mark(parent).as_ref() == Some(last);
        if let Some(at) = self.waiting.iter().position(is_last) {
            self.waiting.drain(..=at);
            self.behind = None;
            return;
        }
        self.waiting.clear();
        if self.ended || self.next_page.is_some() {
            self.parents = self.walk.at(self.page.as_ref());
            (self.ended, self.next_page) = (false, None);
            (self.done, self.behind, self.within) = (None, None, None);
        }
    }

    /// Begins with one parent; a parent without the field has no children that could be asked for.
    fn begin(&mut self, parent: Json) -> Result<Option<Chunk>, Trouble> {
        self.walked += 1;
        if self.walked > MOST_PARENTS {
            return Err(Trouble::TooManyPages {
                limit: MOST_PARENTS,
            });
        }
        let within = self.within.take();
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
        let under_way = within.filter(|(mark, _)| *mark == Mark::of(&value));
        let http = Http::for_parent(
            self.reader.clone(),
            self.cursor.clone(),
            value,
            self.walk.world.clone(),
        );
        let http = http.from(under_way.as_ref().map(|(_, turn)| turn.as_ref()));
        self.current = Some((parent, http));
        Ok(None)
    }

    /// Finds what a parent's children are asked for by.
    fn key(&self, parent: &Json) -> Option<String> {
        let field = &self.reader.source().parent.as_ref()?.field;
        field.get(parent).and_then(text)
    }

    fn mark(&self, parent: &Json) -> Option<Mark> {
        self.key(parent).map(|key| Mark::of(&key))
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
        let turn = chunk.turn.take();
        if chunk.end.take().is_some() {
            self.failed = 0;
            chunk.turn = Some(self.close(&parent));
            chunk.parents = Some(vec![parent]);
        } else {
            let within = self.mark(&parent).zip(turn.map(Box::new));
            chunk.turn = within.map(|within| self.stand(Some(within)));
            chunk.parents = Some(Vec::new());
            self.current = Some((parent, http));
        }
        Ok(chunk)
    }

    /// Is done with a parent; says where it stands then.
    fn close(&mut self, parent: &Json) -> Turn {
        self.done = self.mark(parent).or(self.done.take());
        self.stand(None)
    }

    /// Says where it stands.
    fn stand(&self, within: Option<(Mark, Box<Turn>)>) -> Turn {
        Turn::Children {
            // The one that is under way is met again.
            walked: self.walked - u32::from(within.is_some()),
            page: self.page.clone().map(Box::new),
            done: self.done.clone(),
            within,
        }
    }

    /// Tells of a parent whose children could not be read.
    fn missed(&mut self, parent: Json, trouble: &Trouble) -> Chunk {
        let mut chunk = Chunk::rows(Vec::new());
        chunk.turn = Some(self.close(&parent));
        chunk.parents = Some(Vec::new());
        chunk.missed.push(RowFault {
            row: self.walked.saturating_sub(1) as usize,
            native_id: self.key(&parent),
            field: "parent".to_owned(),
            message: trouble.sentence(Lang::En),
        });
        chunk
    }

    /// Ends the pass; parents that the app declares and did not give have children, too.
    fn end(&self) -> Chunk {
        let fetched = u64::from(self.walked);
        let short = self.declared.filter(|declared| fetched < *declared);
        let mut chunk = Chunk::rows(Vec::new());
        chunk.parents = Some(Vec::new());
        chunk.end = Some(End {
            partial: short.map(|declared| Partial::Shortfall { declared, fetched }),
            ..End::default()
        });
        chunk
    }

    /// Tells what was found out about the parents, too.
    fn told(&mut self, mut chunk: Chunk) -> Step {
        let found = std::mem::take(&mut self.found);
        chunk.missed.extend(found.missed);
        chunk.document.notes.extend(found.notes);
        chunk.skipped |= found.skipped;
        Step::Chunk(Box::new(chunk))
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
                return Ok(self.told(chunk));
            }
            if let Some(parent) = self.waiting.pop_front() {
                if let Some(missed) = self.begin(parent)? {
                    return Ok(self.told(missed));
                }
            } else if self.ended {
                let end = self.end();
                return Ok(self.told(end));
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
