//! Which candidates are on a page: by what their index row says, then by what the reader marked, and
//! by what the item says only where it must.

use super::index::state_code;
use super::merge::Candidate;
use super::readers::{self, Known, Marks};
use super::{codec, load, same};
use crate::sqlite::words::{self, Class};
use crate::{Filter, StateFilter, StoreError};
use chrono::{DateTime, Utc};
use divos_model::Sensitivity;
use rusqlite::{Connection, OptionalExtension};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;

/// More marks than these are looked up one by one.
const MANY_MARKS: usize = 20_000;

/// A filter with its words numbered.
pub(crate) struct Sieve<'a> {
    db: &'a Connection,
    reader: &'a Known,
    kinds: Vec<i64>,
    pub(crate) apps: Option<Vec<i64>>,
    units: Option<Vec<i64>>,
    states: Vec<i64>,
    words: Vec<String>,
    /// The time in the index row is that of the last change.
    timed: bool,
    since: Option<i64>,
    marks: StateFilter,
    /// Whether the reader marked anything at all.
    marked: bool,
    /// Whether of items that are the same thing only the face is taken.
    one_face: bool,
    /// All that they marked, where that was read ahead.
    ahead: Option<HashMap<i64, Marks>>,
    now: DateTime<Utc>,
}

impl<'a> Sieve<'a> {
    /// Numbers the words of a filter. `timed`: the candidates' rows hold the time of last change.
    pub(crate) fn new(
        db: &'a Connection,
        reader: &'a Known,
        filter: &Filter,
        now: DateTime<Utc>,
        timed: bool,
    ) -> Result<Self, StoreError> {
        let apps = filter.apps.iter().map(divos_model::AppId::as_str);
        let units = filter.units.iter().map(divos_model::UnitCode::as_str);
        let text = filter.text.as_deref().unwrap_or_default().to_lowercase();
        Ok(Self {
            db,
            reader,
            kinds: filter.kinds.iter().map(|kind| *kind as i64).collect(),
            apps: numbers(db, Class::App, apps)?,
            units: numbers(db, Class::Unit, units)?,
            states: filter
                .states
                .iter()
                .map(|state| state_code(*state))
                .collect(),
            words: text.split_whitespace().map(str::to_owned).collect(),
            timed,
            since: filter.since.map(|since| since.timestamp_millis()),
            marks: filter.marks,
            marked: readers::has_marks(db, reader.person)?,
            one_face: false,
            ahead: None,
            now,
        })
    }

    /// Reads the reader's marks ahead, for looking at very many candidates.
    pub(crate) fn read_ahead(mut self) -> Result<Self, StoreError> {
        if self.marked && self.marks != StateFilter::default() {
            self.ahead = readers::all_marks(self.db, self.reader.person, MANY_MARKS)?;
        }
        Ok(self)
    }

    /// Takes of items that are the same thing only the face: the first of them that the reader sees and that the
    /// filter takes, whatever they marked on it.
    pub(crate) fn one_face(mut self) -> Self {
        self.one_face = true;
        self
    }

    /// Tells whether no item can pass, because the filter names only apps or units unknown here.
    pub(crate) fn is_hopeless(&self) -> bool {
        let none = |list: &Option<Vec<i64>>| list.as_ref().is_some_and(Vec::is_empty);
        none(&self.apps) || none(&self.units)
    }

    /// What looking at a candidate costs, in index rows.
    pub(crate) fn cost(&self) -> usize {
        if self.words.is_empty() { 1 } else { 5 }
    }

    /// Tells whether a candidate is on the page.
    pub(crate) fn takes(&self, candidate: &Candidate) -> Result<bool, StoreError> {
        Ok(self.fits(candidate)?
            && self.takes_marks(candidate)?
            && !self.is_excluded(candidate)?
            && self.has_words(candidate.number())?
            && !self.is_behind(candidate)?)
    }

    /// Tells whether another app's item stands for this one.
    fn is_behind(&self, candidate: &Candidate) -> Result<bool, StoreError> {
        if !self.one_face || !candidate.bits.has_twins() {
            return Ok(false);
        }
        same::is_behind(self.db, candidate.number(), candidate.app, |other| {
            let facts = &other.facts;
            let as_candidate = Candidate {
                place: (facts.due, facts.recency, facts.number),
                level: facts.level,
                app: facts.app,
                unit: facts.unit,
                bits: facts.bits,
                ..*candidate
            };
            Ok(self.reader.sees(other)
                && self.fits(&as_candidate)?
                && self.has_words(facts.number)?)
        })
    }

    /// Tells whether what the index row says fits.
    fn fits(&self, candidate: &Candidate) -> Result<bool, StoreError> {
        let bits = candidate.bits;
        let within = |list: &[i64], value| list.is_empty() || list.contains(&value);
        let named =
            |list: &Option<Vec<i64>>, value| list.as_deref().is_none_or(|l| within(l, value));
        let out = bits.is_gone()
            || bits.is_revoked()
            || !within(&self.kinds, bits.kind())
            || !within(&self.states, bits.state())
            || !named(&self.apps, candidate.app)
            || !named(&self.units, candidate.unit)
            || !self.is_recent(candidate)?;
        Ok(!out)
    }

    fn is_recent(&self, candidate: &Candidate) -> Result<bool, StoreError> {
        let Some(since) = self.since else {
            return Ok(true);
        };
        let recency = if self.timed {
            candidate.place.1
        } else {
            let stored = load::by_number(self.db, candidate.number())?;
            stored.map_or(0, |stored| stored.facts.recency)
        };
        Ok(-recency >= since)
    }

    fn takes_marks(&self, candidate: &Candidate) -> Result<bool, StoreError> {
        if self.marks == StateFilter::default() {
            return Ok(true);
        }
        let marks = match &self.ahead {
            Some(ahead) => ahead.get(&candidate.number()).cloned().unwrap_or_default(),
            None if self.marked => readers::marks(self.db, self.reader.person, candidate.number())?,
            None => Marks::default(),
        };
        let bits = candidate.bits;
        let is = |wanted: Option<bool>, fact: bool| wanted.is_none_or(|wanted| wanted == fact);
        let muted_away = marks.state.muted && !bits.must_show();
        Ok(is(self.marks.unread, marks.is_unread(bits.version()))
            && is(self.marks.done, marks.state.done_at.is_some())
            && is(self.marks.pinned, marks.state.pinned_at.is_some())
            && is(self.marks.snoozed, marks.is_snoozed(self.now))
            && match self.marks.muted {
                None => true,
                Some(true) => marks.state.muted,
                Some(false) => !muted_away,
            })
    }

    fn is_excluded(&self, candidate: &Candidate) -> Result<bool, StoreError> {
        if !candidate.bits.excludes() {
            return Ok(false);
        }
        let mut statement = self
            .db
            .prepare_cached("SELECT excluded FROM item WHERE number = ?1")?;
        let blob: Option<Vec<u8>> = statement
            .query_row([candidate.number()], |row| row.get(0))
            .optional()?
            .flatten();
        Ok(codec::has_person(blob.as_deref(), self.reader.person))
    }

    fn has_words(&self, number: i64) -> Result<bool, StoreError> {
        if self.words.is_empty() {
            return Ok(true);
        }
        let mut statement = self
            .db
            .prepare_cached("SELECT json FROM item WHERE number = ?1")?;
        let mut rows = statement.query([number])?;
        let Some(row) = rows.next()? else {
            return Ok(false);
        };
        let json = row.get_ref(0)?.as_str().unwrap_or_default();
        Ok(says(json, &self.words))
    }
}

/// What a search looks at.
#[derive(Deserialize)]
struct Said<'a> {
    #[serde(borrow)]
    title: Cow<'a, str>,
    #[serde(borrow, default)]
    summary: Cow<'a, str>,
    #[serde(borrow)]
    native_id: Cow<'a, str>,
    sensitivity: Sensitivity,
    #[serde(default)]
    body: SaidBody,
}

#[derive(Deserialize, Default)]
struct SaidBody {
    #[serde(default)]
    number: Option<String>,
}

/// Tells whether an item's JSON holds every one of some lower-case words.
fn says(json: &str, words: &[String]) -> bool {
    let Ok(said) = serde_json::from_str::<Said<'_>>(json) else {
        return false;
    };
    let mut text = said.title.to_lowercase();
    if said.sensitivity != Sensitivity::Restricted {
        let number = said.body.number.as_deref().unwrap_or_default();
        for more in [&*said.summary, &*said.native_id, number] {
            text.push('\n');
            text.push_str(&more.to_lowercase());
        }
    }
    words.iter().all(|word| text.contains(word.as_str()))
}

fn numbers<'t>(
    db: &Connection,
    class: Class,
    texts: impl ExactSizeIterator<Item = &'t str>,
) -> Result<Option<Vec<i64>>, StoreError> {
    if texts.len() == 0 {
        return Ok(None);
    }
    let mut numbers = Vec::new();
    for text in texts {
        numbers.extend(words::find(db, class, text)?);
    }
    Ok(Some(numbers))
}
