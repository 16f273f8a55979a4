//! One item: cleaned, identified, held to its app's rules. A pure step.

use super::links::{Held, hold};
use super::{Rules, plain};
use crate::Units;
use divos_model::{AudienceKey, Body, Item, ItemId, Priority, RowFault};
use divos_store::Whole;
use serde_json::Value;

const TITLE_MAX: usize = 300;
const SUMMARY_MAX: usize = 2000;
const LABEL_MAX: usize = 200;
/// The longest text inside a body, in characters.
const BODY_TEXT_MAX: usize = 20_000;
/// The largest body, in bytes of its JSON.
const BODY_MAX: usize = 256 * 1024;
/// The most that unmapped fields may take, in bytes of their JSON.
const EXT_MAX: usize = 16 * 1024;
/// The longest native id, in bytes.
const NATIVE_ID_MAX: usize = 512;
/// The most actors, attachments, actions, relations and dedupe keys, each.
const LIST_MAX: usize = 100;

/// What became of one item.
#[derive(Debug)]
pub enum Prepared {
    /// It may be kept.
    Keep {
        /// The item, its `hash` set.
        item: Box<Item>,
        /// The keys under which readers find it.
        keys: Vec<AudienceKey>,
        /// Whether muting may not hide it.
        must_show: bool,
        /// What it says to those who have a need to know.
        whole: Option<Whole>,
        /// Whether its app is the authority for it.
        leads: bool,
        /// What was put right.
        notes: Notes,
    },
    /// Its retention ended.
    Retired(ItemId),
    /// It may not; the fault's `row` is for the caller to set.
    Refused(RowFault),
}

/// What was put right on an item.
#[derive(Debug, Default)]
pub struct Notes {
    /// Links to other hosts, which were dropped.
    pub foreign_links: u32,
    /// Unit codes that the directory does not hold.
    pub unknown_units: Vec<String>,
}

/// Cleans, identifies and checks one item, and what it says where nothing is masked.
#[must_use]
pub fn prepare(mut item: Item, rules: &Rules, units: &Units) -> Prepared {
    let whole = item.whole.take();
    let mut prepared = one(item, rules, units);
    let (
        Prepared::Keep {
            item, whole: kept, ..
        },
        Some(plain),
    ) = (&mut prepared, whole)
    else {
        return prepared;
    };
    match one(*plain, rules, units) {
        Prepared::Keep { item: plain, .. } => {
            // A change of what is masked is a change.
            item.hash = plain.hash;
            let need = need_to_know(&plain, rules);
            *kept = Some(Whole { item: plain, need });
            prepared
        }
        otherwise => otherwise,
    }
}

/// Returns the keys of those who have a need to know: whoever the item names in person, by post or by role, and who
/// holds a post in the unit that it belongs to; where it says none, in the agency that owns the app.
fn need_to_know(item: &Item, rules: &Rules) -> Vec<AudienceKey> {
    let of = &item.audience;
    let persons = item.actors.iter().filter_map(|actor| actor.person);
    let persons = of.persons.iter().copied().chain(persons);
    let mut keys: Vec<AudienceKey> = persons.map(AudienceKey::Person).collect();
    keys.extend(of.posts.iter().copied().map(AudienceKey::Post));
    keys.extend(of.roles.iter().cloned().map(AudienceKey::Role));
    let unit = item.owner_unit.as_ref().or(rules.owner.as_ref());
    keys.extend(unit.cloned().map(AudienceKey::Under));
    keys.sort();
    keys.dedup();
    keys
}

fn one(mut item: Item, rules: &Rules, units: &Units) -> Prepared {
    if let Some(fault) = refuse(&item, rules) {
        return Prepared::Refused(fault);
    }
    // The id is a function of app, kind and native id: whatever the mapping wrote, it names its own.
    item.id = ItemId::of(&item.app, item.kind(), &item.native_id);
    if rules
        .oldest()
        .is_some_and(|oldest| item.updated_at < oldest)
    {
        return Prepared::Retired(item.id);
    }
    let mut notes = Notes::default();
    clean_envelope(&mut item);
    if item.title.is_empty() {
        return Prepared::Refused(fault(&item, "title", "has no text"));
    }
    if let Err(message) = clean_body(&mut item) {
        return Prepared::Refused(fault(&item, "body", message));
    }
    clean_links(&mut item, rules, &mut notes);
    clean_ext(&mut item);
    let keys = resolve_audience(&mut item, rules, units, &mut notes);
    item.sensitivity = item.sensitivity.max(rules.class);
    item.personal_data = item.personal_data.max(rules.personal_data);
    item.deleted = None;
    item.seq = 0;
    item.hash = item.content_hash();
    let must_show = must_show(&item);
    let leads = item.dedupe.iter().any(|key| {
        let scheme = key.split_once(':').map(|(scheme, _)| scheme);
        scheme.is_some_and(|scheme| rules.authority.iter().any(|own| own == scheme))
    });
    Prepared::Keep {
        item: Box::new(item),
        keys,
        must_show,
        whole: None,
        leads,
        notes,
    }
}

fn refuse(item: &Item, rules: &Rules) -> Option<RowFault> {
    let id = &item.native_id;
    if item.app != rules.app {
        return Some(fault(item, "app", "is another app's"));
    }
    if id.is_empty() {
        return Some(fault(item, "id", "is empty"));
    }
    if id.len() > NATIVE_ID_MAX || id.chars().any(char::is_control) {
        return Some(fault(
            item,
            "id",
            "is longer than 512 bytes or holds control characters",
        ));
    }
    None
}

fn fault(item: &Item, field: &str, message: &str) -> RowFault {
    let native_id = item
        .native_id
        .chars()
        .take(80)
        .filter(|c| !c.is_control())
        .collect();
    RowFault {
        row: 0,
        native_id: Some(native_id),
        field: field.to_owned(),
        message: message.to_owned(),
    }
}

fn clean(text: &mut String, most: usize, lines: bool) {
    if let std::borrow::Cow::Owned(plain) = plain(text, most, lines) {
        *text = plain;
    }
}

fn clean_envelope(item: &mut Item) {
    clean(&mut item.title, TITLE_MAX, false);
    if let Some(summary) = &mut item.summary {
        clean(summary, SUMMARY_MAX, true);
    }
    item.summary.take_if(|summary| summary.is_empty());
    if let Some(label) = &mut item.state_label {
        clean(label, LABEL_MAX, false);
    }
    item.actors.truncate(LIST_MAX);
    for actor in &mut item.actors {
        clean(&mut actor.label, LABEL_MAX, false);
    }
    for attachment in &mut item.attachments {
        clean(&mut attachment.name, LABEL_MAX, false);
        clean(&mut attachment.mime, LABEL_MAX, false);
    }
    for action in &mut item.actions {
        clean(&mut action.label, LABEL_MAX, false);
    }
    item.attachments.truncate(LIST_MAX);
    item.actions.truncate(LIST_MAX);
    item.relations.truncate(LIST_MAX);
    item.dedupe
        .retain(|key| key.len() <= NATIVE_ID_MAX && !key.chars().any(char::is_control));
    item.dedupe.truncate(LIST_MAX);
}

/// Cleans every text of a body. Most bodies hold nothing to clean, which their JSON shows at once.
fn clean_body(item: &mut Item) -> Result<(), &'static str> {
    let json = serde_json::to_string(&item.body).map_err(|_| "cannot be written as JSON")?;
    if json.len() > BODY_MAX {
        return Err("is larger than 256 KiB");
    }
    let odd =
        json.contains('<') || json.contains('\\') || json.len() > BODY_TEXT_MAX || !json.is_ascii();
    if !odd {
        return Ok(());
    }
    let kind = item.kind();
    let mut tagged: Value = serde_json::from_str(&json).map_err(|_| "cannot be read again")?;
    let Some(body) = tagged.get_mut("body") else {
        return Ok(());
    };
    if clean_value(body) {
        item.body = Body::read(kind, body.take()).map_err(|_| "cannot be read again")?;
    }
    Ok(())
}

/// Cleans every text of a tree; tells whether any changed.
fn clean_value(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            let plain = match plain(text, BODY_TEXT_MAX, true) {
                std::borrow::Cow::Owned(plain) => plain,
                std::borrow::Cow::Borrowed(_) => return false,
            };
            *text = plain;
            true
        }
        Value::Array(values) => values
            .iter_mut()
            .fold(false, |any, value| clean_value(value) | any),
        Value::Object(fields) => fields
            .values_mut()
            .fold(false, |any, value| clean_value(value) | any),
        _ => false,
    }
}

fn clean_links(item: &mut Item, rules: &Rules, notes: &mut Notes) {
    hold_in_place(&mut item.links.web, rules, notes);
    if let Some(api) = &mut item.links.api {
        hold_in_place(api, rules, notes);
    }
    item.links.api.take_if(|api| api.is_empty());
    for attachment in &mut item.attachments {
        hold_in_place(&mut attachment.url, rules, notes);
    }
    item.attachments
        .retain(|attachment| !attachment.url.is_empty());
}

fn hold_in_place(link: &mut String, rules: &Rules, notes: &mut Notes) {
    match hold(link, rules) {
        Held::Same => {}
        Held::As(path) => *link = path,
        Held::Foreign => {
            link.clear();
            notes.foreign_links += 1;
        }
    }
}

/// Keeps unmapped fields as long as they fit, in the order of their names.
fn clean_ext(item: &mut Item) {
    let mut left = EXT_MAX;
    item.ext.retain(|name, value| {
        clean_value(value);
        let size = name.len() + serde_json::to_string(value).map_or(EXT_MAX, |json| json.len());
        let fits = size <= left;
        left = left.saturating_sub(if fits { size } else { 0 });
        fits
    });
}

/// Resolves who may see the item, and notes the units that the directory does not hold.
fn resolve_audience(
    item: &mut Item,
    rules: &Rules,
    units: &Units,
    notes: &mut Notes,
) -> Vec<AudienceKey> {
    let mut keys = item.audience.keys();
    if keys.is_empty() {
        let exclude = std::mem::take(&mut item.audience.exclude);
        item.audience = rules.audience.clone();
        item.audience.exclude.extend(exclude);
        keys = rules.default_keys.clone();
    }
    let named = item
        .audience
        .units
        .iter()
        .map(|scope| &scope.code)
        .chain(&item.owner_unit);
    let unknown = named.filter(|code| !units.knows(code));
    notes.unknown_units.extend(unknown.map(ToString::to_string));
    keys
}

/// Tells whether muting may not hide an item: a disposition, an approval, what needs acknowledgement,
/// and whatever is urgent.
fn must_show(item: &Item) -> bool {
    let by_kind = match &item.body {
        Body::Approval(_) => true,
        Body::Letter(letter) => !letter.dispositions.is_empty(),
        Body::Announcement(announcement) => announcement.ack_required,
        _ => false,
    };
    by_kind || item.priority == Some(Priority::Urgent)
}
