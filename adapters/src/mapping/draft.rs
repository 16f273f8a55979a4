//! One item while its fields are being set, with the rules of the envelope.

use super::filters::{self, FilterWorld, is_empty, text_of};
use super::moment::Moment;
use super::target::{Field, Target};
use super::{FieldFault, Mapper, RowContext, audience, html, json, links, privacy, shape};
use divos_manifest::Pii;
use divos_model::{
    Actor, Audience, Body, Deleted, DeletedReason, Item, Method, PersonalData, Priority,
    Provenance, Sensitivity, State, Time, TimeQuality, UnitCode,
};
use minijinja::Value;
use serde_json::{Map, Value as Json};

/// Limits of the model note.
const TITLE: usize = 300;
const SUMMARY: usize = 2000;
/// The most bytes of one `ext` field, as JSON, and of all.
const EXT_FIELD: usize = 2_048;
const EXT_ALL: usize = 8_192;

/// An item that is being made.
pub(crate) struct Draft<'a> {
    mapper: &'a Mapper,
    world: &'a FilterWorld,
    fetched_at: Time,
    item: Item,
    body: Map<String, Json>,
    audience: Option<Audience>,
    updated: Option<Time>,
    quality: Option<TimeQuality>,
    ext_bytes: usize,
    /// Whether what is masked for others is left as it is.
    plain: bool,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(
        mapper: &'a Mapper,
        id: &str,
        context: &RowContext,
        world: &'a FilterWorld,
    ) -> Self {
        let fetched_at = context
            .fetched_at
            .with_timezone(&mapper.zone)
            .fixed_offset();
        let mut item = Item::new(
            mapper.app.clone(),
            id,
            "",
            fetched_at,
            Body::empty(mapper.kind),
        );
        item.lang = mapper.lang.clone();
        item.sensitivity = mapper.privacy.class;
        item.personal_data = mapper.privacy.personal_data;
        item.provenance = Provenance {
            connector: mapper.app.to_string(),
            version: mapper.version.clone(),
            fetched_at,
            method: Method::Poll,
            confidence: 1.0,
        };
        Self {
            mapper,
            world,
            fetched_at,
            item,
            body: Map::new(),
            audience: None,
            updated: None,
            quality: None,
            ext_bytes: 0,
            plain: false,
        }
    }

    /// The same, for those who have a need to know.
    pub(crate) fn plain(self) -> Self {
        Self {
            plain: true,
            ..self
        }
    }

    /// Sets one field. A missing source field is a fault; null sets nothing.
    pub(crate) fn set(
        &mut self,
        field: &Field,
        value: Value,
        row: &Json,
    ) -> Result<(), FieldFault> {
        if value.is_undefined() {
            return Err(FieldFault::new(&field.name, filters::Fault::missing()));
        }
        let value = match field.pii {
            Some(Pii::MaskForOthers) if self.plain => value,
            Some(pii) if pii != Pii::Keep => privacy::apply(pii, &value, self.world),
            _ => value,
        };
        self.put(field, &value, row)
            .map_err(|e| FieldFault::new(&field.name, e))
    }

    fn put(&mut self, field: &Field, value: &Value, row: &Json) -> Result<(), filters::Fault> {
        match &field.target {
            Target::State => self.state(field, value, row)?,
            Target::Audience(key) => {
                let mut audience = self.audience.take().unwrap_or_default();
                let said = audience::set(&mut audience, key, value)?;
                self.audience = (said || audience != Audience::default()).then_some(audience);
            }
            Target::Body(steps, shape) => {
                if let Some(json) = shape.fit(value, self.world)? {
                    insert(&mut self.body, steps, json);
                }
            }
            Target::Ext(name) => self.ext(name, value)?,
            Target::Attachments => {
                self.item.attachments = links::attachments(value, &self.mapper.hosts, self.world)?
            }
            _ if is_empty(value) => {}
            Target::Title => self.item.title = html::one_line(&capped(value, TITLE)?),
            Target::Summary => {
                self.item.summary = Some(capped(value, SUMMARY)?).filter(|text| !text.is_empty())
            }
            Target::Lang => {
                self.item.lang = lang(&text_of(value)?).unwrap_or_else(|| self.mapper.lang.clone())
            }
            Target::StateLabel => self.item.state_label = Some(capped(value, 80)?),
            Target::Priority => {
                self.item.priority = text_of(value)?.trim().parse::<Priority>().ok()
            }
            Target::Sensitivity => self.sensitivity(&text_of(value)?)?,
            Target::PersonalData => self.personal(&text_of(value)?)?,
            Target::OwnerUnit => self.item.owner_unit = Some(unit(&text_of(value)?)?),
            Target::Web => {
                self.item.links.web = links::own(&text_of(value)?, &self.mapper.hosts, self.world)?
            }
            Target::Api => {
                self.item.links.api = Some(links::own(
                    &text_of(value)?,
                    &self.mapper.hosts,
                    self.world,
                )?)
            }
            Target::Dedupe => self.item.dedupe = dedupe(value)?,
            Target::Actor(role) => self.actors(role, value)?,
            time => self.time(time, value)?,
        }
        Ok(())
    }

    fn time(&mut self, target: &Target, value: &Value) -> Result<(), filters::Fault> {
        let Some(Moment { at, quality }) = filters::moment(value, self.world)? else {
            return Ok(());
        };
        self.quality = Some(
            self.quality
                .map_or(quality, |known| known.max_doubt(quality)),
        );
        let slot = match target {
            Target::CreatedAt => &mut self.item.created_at,
            Target::UpdatedAt => &mut self.updated,
            Target::DueAt => &mut self.item.due_at,
            Target::StartsAt => &mut self.item.starts_at,
            Target::EndsAt => &mut self.item.ends_at,
            _ => &mut self.item.expires_at,
        };
        *slot = Some(at);
        Ok(())
    }

    /// A word that the vocabulary does not hold gives `unknown` and is kept as the label.
    fn state(&mut self, field: &Field, value: &Value, row: &Json) -> Result<(), filters::Fault> {
        let label = |text: &str| filters::cut(&html::plain_text(text), 80);
        if !is_empty(value) {
            let word = text_of(value)?;
            match word.trim().parse::<State>() {
                Ok(state) => self.item.state = state,
                Err(_) if self.item.state_label.is_none() => {
                    self.item.state_label = Some(label(&word))
                }
                Err(_) => {}
            }
        }
        let said = field
            .plan
            .root()
            .and_then(|path| path.get(row))
            .and_then(Json::as_str);
        let said = said.filter(|said| !said.trim().is_empty() && self.item.state_label.is_none());
        if let Some(said) = said {
            self.item.state_label = Some(label(said));
        }
        Ok(())
    }

    /// A row may be more private than its connector says, never less.
    fn sensitivity(&mut self, word: &str) -> Result<(), filters::Fault> {
        let said = word.trim().parse::<Sensitivity>();
        let said =
            said.map_err(|_| filters::Fault::new("a sensitivity that the hub does not hold"))?;
        self.item.sensitivity = self.item.sensitivity.max(said);
        Ok(())
    }

    fn personal(&mut self, word: &str) -> Result<(), filters::Fault> {
        let said = word.trim().parse::<PersonalData>();
        let said = said.map_err(|_| filters::Fault::new("not a class of personal data"))?;
        self.item.personal_data = self.item.personal_data.max(said);
        Ok(())
    }

    fn actors(&mut self, role: &str, value: &Value) -> Result<(), filters::Fault> {
        for label in labels(value)? {
            self.item.actors.push(Actor {
                role: role.to_owned(),
                person: None,
                unit: None,
                label,
            });
        }
        Ok(())
    }

    fn ext(&mut self, name: &str, value: &Value) -> Result<(), filters::Fault> {
        if value.is_none() {
            return Ok(());
        }
        let json = json::to_json(value);
        let bytes = json.to_string().len();
        if bytes > EXT_FIELD || self.ext_bytes + bytes > EXT_ALL {
            return Err(filters::Fault::new("too large for `ext`"));
        }
        self.ext_bytes += bytes;
        self.item.ext.insert(name.to_owned(), json);
        Ok(())
    }

    /// Closes the item: what it lacks is filled by the rules of the model note, or is a fault.
    pub(crate) fn finish(mut self, gone: bool) -> Result<Item, FieldFault> {
        let mut item = self.item;
        if gone {
            let reason = DeletedReason::Removed;
            let at = self.updated.unwrap_or(self.fetched_at);
            item.deleted = Some(Deleted { at, reason });
        } else if item.title.is_empty() {
            return Err(FieldFault::new("title", "the title is empty"));
        }
        let known = self.updated.or(item.created_at).or(item.starts_at);
        item.updated_at = known.unwrap_or(self.fetched_at);
        if known.is_none() {
            self.quality = Some(TimeQuality::Guessed);
        }
        item.time_quality = self.quality;
        item.audience = self
            .audience
            .unwrap_or_else(|| self.mapper.privacy.audience.clone());
        if item.links.web.is_empty() {
            item.links.web.clone_from(&self.mapper.open);
        }
        item.body = match body(self.mapper, self.body) {
            Err(_) if gone => Body::empty(self.mapper.kind),
            other => other?,
        };
        Ok(item)
    }
}

/// Which of two qualities is to be trusted less.
trait Doubt {
    fn max_doubt(self, other: Self) -> Self;
}

impl Doubt for TimeQuality {
    fn max_doubt(self, other: Self) -> Self {
        let doubt = |quality: &Self| match quality {
            Self::Exact => 0,
            Self::DateOnly => 1,
            Self::Guessed => 2,
        };
        std::cmp::max_by_key(self, other, doubt)
    }
}

/// Reads the body; where it does not fit, names the field and never its value.
fn body(mapper: &Mapper, fields: Map<String, Json>) -> Result<Body, FieldFault> {
    if fields.is_empty() {
        return Ok(Body::empty(mapper.kind));
    }
    let suspects = fields.clone();
    Body::read(mapper.kind, Json::Object(fields)).map_err(|_| {
        let misfit = |(name, value): (String, Json)| {
            let alone = Json::Object(Map::from_iter([(name.clone(), value)]));
            Body::read(mapper.kind, alone).is_err().then_some(name)
        };
        let name = suspects.into_iter().find_map(misfit).unwrap_or_default();
        FieldFault::new(
            &format!("body.{name}"),
            "does not fit this field of the model",
        )
    })
}

fn insert(body: &mut Map<String, Json>, steps: &[String], json: Json) {
    let Some((last, outer)) = steps.split_last() else {
        return;
    };
    let mut at = body;
    for step in outer {
        let inner = at
            .entry(step.clone())
            .or_insert_with(|| Json::Object(Map::new()));
        let Json::Object(inner) = inner else { return };
        at = inner;
    }
    at.insert(last.clone(), json);
}

fn capped(value: &Value, most: usize) -> Result<String, filters::Fault> {
    Ok(filters::cut(&shape::text(value)?, most))
}

/// Reads one text or a list of texts as names of actors.
fn labels(value: &Value) -> Result<Vec<String>, filters::Fault> {
    let list: Vec<Value> = match value.as_str() {
        None if value.len().is_some() => {
            value.try_iter().map(Iterator::collect).unwrap_or_default()
        }
        _ => vec![value.clone()],
    };
    let named = list.iter().filter(|name| !is_empty(name)).take(50);
    named
        .map(|name| Ok(html::one_line(&capped(name, 200)?)))
        .collect()
}

fn dedupe(value: &Value) -> Result<Vec<String>, filters::Fault> {
    let keys = labels(value)?;
    match keys.iter().all(|key| {
        key.split_once(':')
            .is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty())
    }) {
        true => Ok(keys),
        false => Err(filters::Fault::new("a key must be written `scheme:value`")),
    }
}

fn unit(text: &str) -> Result<UnitCode, filters::Fault> {
    text.trim()
        .parse()
        .map_err(|_| filters::Fault::new("not a unit code"))
}

/// Takes the primary language of a BCP 47 tag, where it is one that the model holds.
fn lang(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    match primary.as_str() {
        "id" | "in" => Some("id".to_owned()),
        "en" | "ban" => Some(primary),
        _ => None,
    }
}
