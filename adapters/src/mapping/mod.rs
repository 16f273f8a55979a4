//! From a document's rows to items: each expression compiled once, each row apart from the others.
//!
//! Owns the rules of the envelope. Pure: it never fetches, stores or asks the time; a bad row never
//! costs a good one. Start with [`Mapper`].

mod audience;
mod dates;
mod draft;
mod filters;
pub(crate) mod html;
mod json;
mod links;
mod mask;
mod moment;
mod plan;
mod privacy;
mod pseudonym;
mod script;
mod sentence;
mod shape;
mod target;
mod times;
mod tryout;
mod words;

pub use pseudonym::Pseudonym;
pub use sentence::row_sentence;
pub(crate) use times::SourceTime;
pub use tryout::{Tried, Tryout, ValueType};

use crate::{Document, Trouble};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use divos_manifest::{Connector, Deletes, Pii, Privacy, Source};
use divos_model::{AppId, Batch, Item, ItemId, Kind, RowFault, Time};
use draft::Draft;
use filters::FilterWorld;
use plan::Plan;
use script::{Machines, Scripts};
use serde_json::Value as Json;
use std::collections::HashMap;
use std::sync::Arc;
use target::Field;
use url::Url;

/// A mapping that cannot be compiled. The manifest refuses such mappings, so this is the hub's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{connector}: the mapping of `{field}` cannot be compiled: {why}")]
pub struct MapFault {
    /// The connector.
    pub connector: String,
    /// The target.
    pub field: String,
    /// Why.
    pub why: String,
}

/// What is known of a page besides its rows.
#[derive(Debug, Clone)]
pub struct RowContext {
    /// When the page was fetched.
    pub fetched_at: DateTime<Utc>,
    /// The page's own address, for relative links.
    pub url: Option<Url>,
    /// The key of pseudonyms.
    pub pseudonym: Arc<Pseudonym>,
}

/// Turns rows of one source into items. Compiled once, used for every page.
#[derive(Debug)]
pub struct Mapper {
    app: AppId,
    version: String,
    kind: Kind,
    lang: String,
    zone: Tz,
    privacy: Privacy,
    hosts: Vec<String>,
    open: String,
    base: Option<Url>,
    id: Plan,
    fields: Vec<Field>,
    tombstone: Option<Plan>,
    failure: Option<Plan>,
    /// The field that reads the cursor's source field as a time.
    cursor: Option<usize>,
}

/// A page's items, and every id that it held.
#[derive(Debug, Default)]
pub(crate) struct Mapped {
    pub(crate) batch: Batch,
    /// The ids of all rows, those with faults too, where they could be read.
    pub(crate) seen: Vec<ItemId>,
    /// How many rows have no id: a sweep after them would delete too much.
    pub(crate) nameless: usize,
    /// The latest time of the cursor's field, read as the mapping reads it.
    pub(crate) latest: Option<Time>,
}

/// Turns a document into items. A pure function.
///
/// # Errors
/// Where the document does not have the place where its records should be.
pub fn normalise(
    mapper: &Mapper,
    source: &Source,
    document: &Document,
    context: &RowContext,
) -> Result<Batch, Trouble> {
    let rows = document.rows(&source.select)?;
    Ok(mapper.map(&rows, context).batch)
}

impl Mapper {
    /// Compiles the mapping of one source.
    ///
    /// # Errors
    /// The first target or expression that does not compile.
    pub fn compile(connector: &Connector, source: &Source) -> Result<Self, MapFault> {
        let fault = |field: &str, why: String| MapFault {
            connector: connector.id.to_string(),
            field: field.to_owned(),
            why,
        };
        let compile =
            |field: &str, expr| Plan::compile(expr).map_err(|e| fault(field, e.to_string()));
        let mut fields = Vec::new();
        let mut id = None;
        for (name, expr) in &source.map.fields {
            let plan = compile(name, expr)?;
            if name == "id" {
                id = Some(plan);
                continue;
            }
            let field = Field::new(source.to, name, plan, &connector.privacy);
            fields.push(field.ok_or_else(|| fault(name, "no such field".to_owned()))?);
        }
        let tombstone = match &source.deletes {
            Deletes::Tombstone(expr) => Some(compile("deletes", expr)?),
            _ => None,
        };
        let cursor = source.cursor.as_ref().and_then(|cursor| {
            let wanted = cursor.field.segments();
            let reads = |field: &Field| {
                field.is_time()
                    && field
                        .plan
                        .root()
                        .is_some_and(|path| path.segments() == wanted)
            };
            fields.iter().position(reads)
        });
        let failure = match source.request().and_then(|request| request.fail.as_ref()) {
            Some(fail) => Some(compile("fail", &fail.when)?),
            None => None,
        };
        let base = source
            .request()
            .and_then(|request| request.base.as_ref())
            .or(connector.app.upstreams.first());
        Ok(Self {
            app: connector.id.clone(),
            version: connector.version.clone(),
            kind: source.to,
            lang: connector.lang.clone(),
            zone: connector.zone,
            privacy: connector.privacy.clone(),
            hosts: connector.own_hosts(),
            open: connector.app.open.clone(),
            base: base.cloned(),
            id: id.ok_or_else(|| fault("id", "not mapped".to_owned()))?,
            fields,
            tombstone,
            failure,
            cursor,
        })
    }

    /// Tells whether some readers see more of an item than others.
    fn masks_for_others(&self) -> bool {
        let masks = |field: &Field| field.pii == Some(Pii::MaskForOthers);
        self.fields.iter().any(masks)
    }

    /// Maps the rows of one page.
    pub(crate) fn map(&self, rows: &[&Json], context: &RowContext) -> Mapped {
        let world = self.world(context);
        let mut scripts = Vec::new();
        let plans = self.fields.iter().map(|field| &field.plan);
        plans
            .chain([&self.id])
            .chain(&self.tombstone)
            .for_each(|plan| plan.scripts(&mut scripts));
        let machines = Machines::for_scripts(&scripts, &world);
        let scripts = Scripts::compile(machines.as_ref(), &scripts);
        let pass = Pass {
            mapper: self,
            context,
            world: &world,
            scripts: &scripts,
        };
        let mut mapped = Mapped::default();
        let mut places: HashMap<String, usize> = HashMap::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            pass.row(at, row, rows, &mut places, &mut mapped);
            mapped.latest = mapped.latest.max(pass.cursor_time(row));
        }
        mapped
    }

    /// Tells whether a whole document is an error by the source's own rule (`fail.when`).
    pub(crate) fn is_failure(&self, root: &Json, context: &RowContext) -> bool {
        let Some(plan) = &self.failure else {
            return false;
        };
        let world = self.world(context);
        let mut scripts = Vec::new();
        plan.scripts(&mut scripts);
        let machines = Machines::for_scripts(&scripts, &world);
        let scripts = Scripts::compile(machines.as_ref(), &scripts);
        // A document without the field that the rule asks about is not that error.
        plan.eval(root, &scripts, &world)
            .is_ok_and(|value| value.is_true())
    }

    fn world(&self, context: &RowContext) -> FilterWorld {
        FilterWorld {
            zone: self.zone,
            base: context.url.clone().or_else(|| self.base.clone()),
            key: context.pseudonym.clone(),
        }
    }
}

/// One page on its way through a mapper.
struct Pass<'a> {
    mapper: &'a Mapper,
    context: &'a RowContext,
    world: &'a FilterWorld,
    scripts: &'a Scripts<'a>,
}

/// What is wrong with a row: the field and the sentence.
pub(crate) struct FieldFault {
    pub(crate) field: String,
    pub(crate) message: String,
}

impl FieldFault {
    pub(crate) fn new(field: &str, message: impl ToString) -> Self {
        Self {
            field: field.to_owned(),
            message: message.to_string(),
        }
    }
}

impl Pass<'_> {
    fn row(
        &self,
        at: usize,
        row: &Json,
        rows: &[&Json],
        places: &mut HashMap<String, usize>,
        mapped: &mut Mapped,
    ) {
        let fault = |native_id: Option<String>, fault: FieldFault| RowFault {
            row: at,
            native_id,
            field: fault.field,
            message: fault.message,
        };
        let id = match self.native_id(row) {
            Ok(id) => id,
            Err(wrong) => {
                mapped.nameless += 1;
                mapped.batch.faults.push(fault(None, wrong));
                return;
            }
        };
        if let Some(first) = places.get(&id) {
            if rows[*first] != row {
                let wrong = FieldFault::new("id", "another row of this page has the same id");
                mapped.batch.faults.push(fault(Some(id), wrong));
            }
            return;
        }
        places.insert(id.clone(), at);
        mapped
            .seen
            .push(ItemId::of(&self.mapper.app, self.mapper.kind, &id));
        match self.item(&id, row) {
            Ok(item) => mapped.batch.items.push(item),
            Err(wrong) => mapped.batch.faults.push(fault(Some(id), wrong)),
        }
    }

    /// Reads the cursor's field with the zone and format that the mapping states for it.
    fn cursor_time(&self, row: &Json) -> Option<Time> {
        let field = &self.mapper.fields[self.mapper.cursor?];
        let value = field.plan.eval(row, self.scripts, self.world).ok()?;
        filters::moment(&value, self.world)
            .ok()
            .flatten()
            .map(|moment| moment.at)
    }

    fn native_id(&self, row: &Json) -> Result<String, FieldFault> {
        let value = self.mapper.id.eval(row, self.scripts, self.world);
        let value = value.map_err(|e| FieldFault::new("id", e))?;
        let text = filters::text_of(&value).map_err(|e| FieldFault::new("id", e))?;
        match text.trim() {
            "" => Err(FieldFault::new("id", "the id is empty")),
            id if id.len() > 512 => Err(FieldFault::new("id", "the id is longer than 512 bytes")),
            id => Ok(id.to_owned()),
        }
    }

    fn item(&self, id: &str, row: &Json) -> Result<Item, FieldFault> {
        let gone = match &self.mapper.tombstone {
            None => false,
            Some(plan) => {
                let value = plan.eval(row, self.scripts, self.world);
                value.map_err(|e| FieldFault::new("deletes", e))?.is_true()
            }
        };
        let draft = Draft::new(self.mapper, id, self.context, self.world);
        let mut item = self.fill(draft, row, gone)?;
        // A tombstone says nothing that could be masked.
        if !gone && self.mapper.masks_for_others() {
            let plain = Draft::new(self.mapper, id, self.context, self.world).plain();
            item.whole = Some(Box::new(self.fill(plain, row, gone)?));
        }
        Ok(item)
    }

    fn fill(&self, mut draft: Draft<'_>, row: &Json, gone: bool) -> Result<Item, FieldFault> {
        for field in &self.mapper.fields {
            let set = field.plan.eval(row, self.scripts, self.world);
            let set = set.map_err(|e| FieldFault::new(&field.name, e));
            let outcome = set.and_then(|value| draft.set(field, value, row));
            match outcome {
                Err(fault) if !gone => return Err(fault),
                _ => {}
            }
        }
        draft.finish(gone)
    }
}
