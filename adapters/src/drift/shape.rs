//! What records look like: the names of their fields, and of what kind the values are.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// How many records of a page are looked at, spread over it.
const SAMPLE: usize = 20;
/// So many records say that a field is gone.
const ENOUGH: u32 = 5;
/// The most fields that are kept, and columns.
const MOST: usize = 200;
/// How deep fields lie that are looked at.
const DEPTH: usize = 3;
/// The longest name that is kept, in bytes.
const NAME: usize = 80;

/// What records look like. Bounded: at most 200 fields and columns, three levels deep.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Fields by their names, dotted where they lie deeper.
    pub(super) fields: BTreeMap<String, Field>,
    /// The names of the columns in their order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) columns: Option<Vec<String>>,
    /// How many records were looked at; more than enough are not counted.
    pub(super) rows: u32,
}

/// What is known of a field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u8", into = "u8")]
pub(super) struct Field {
    /// One bit for each form that its values have.
    forms: u8,
    /// Whether every record has it.
    pub(super) always: bool,
}

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A text, a number or a truth value: the filters read one as the other.
    Scalar,
    /// A list.
    List,
    /// Fields of its own.
    Map,
}

const NULL: u8 = 1;
const ALWAYS: u8 = 1 << 7;

impl From<u8> for Field {
    fn from(bits: u8) -> Self {
        Self {
            forms: bits & !ALWAYS,
            always: bits & ALWAYS != 0,
        }
    }
}

impl From<Field> for u8 {
    fn from(field: Field) -> Self {
        field.forms | if field.always { ALWAYS } else { 0 }
    }
}

impl Form {
    fn of(value: &Json) -> u8 {
        match value {
            Json::Null => NULL,
            Json::String(_) | Json::Number(_) | Json::Bool(_) => Self::Scalar.bit(),
            Json::Array(_) => Self::List.bit(),
            Json::Object(_) => Self::Map.bit(),
        }
    }

    fn bit(self) -> u8 {
        match self {
            Self::Scalar => 2,
            Self::List => 4,
            Self::Map => 8,
        }
    }
}

impl Field {
    /// The one form of its values, nulls aside; `None` where there is none, or more than one.
    pub(super) fn form(self) -> Option<Form> {
        let all = [Form::Scalar, Form::List, Form::Map];
        let only = self.forms & !NULL;
        all.into_iter().find(|form| form.bit() == only)
    }
}

impl Shape {
    /// Looks at records of one page, and at the columns of its header.
    #[must_use]
    pub fn of(rows: &[&Json], columns: Option<&[String]>) -> Self {
        let step = rows.len().div_ceil(SAMPLE).max(1);
        let sample: Vec<&Map<String, Json>> = rows
            .iter()
            .step_by(step)
            .filter_map(|row| row.as_object())
            .collect();
        let mut seen = BTreeMap::new();
        for row in &sample {
            look(row, "", 1, &mut seen);
        }
        let count = sample.len() as u32;
        let field = |(forms, times)| Field {
            forms,
            always: times == count,
        };
        let fields = seen.into_iter().map(|(name, told)| (name, field(told)));
        Self {
            fields: fields.collect(),
            columns: columns.map(|names| names.iter().take(MOST).map(|n| short(n)).collect()),
            rows: count.min(ENOUGH),
        }
    }

    /// The shape of a recording as something to hold live pages against: it has few records, so that only a page with
    /// enough of them can say that something is gone, and its columns may be an account's own.
    #[must_use]
    pub fn of_recording(self) -> Self {
        Self {
            columns: None,
            rows: ENOUGH,
            ..self
        }
    }

    /// Takes in what another page says.
    pub fn learn(&mut self, other: &Self) {
        if other.rows == 0 {
            return;
        }
        if self.rows == 0 {
            self.clone_from(other);
            return;
        }
        for (name, field) in &mut self.fields {
            let told = other.fields.get(name).copied().unwrap_or_default();
            field.forms |= told.forms;
            field.always &= told.always;
        }
        for (name, field) in &other.fields {
            if self.fields.len() < MOST && !self.fields.contains_key(name) {
                let forms = field.forms;
                let always = false;
                self.fields.insert(name.clone(), Field { forms, always });
            }
        }
        if other.columns.is_some() {
            self.columns.clone_from(&other.columns);
        }
        self.rows = (self.rows + other.rows).min(ENOUGH);
    }

    /// Tells whether enough records were looked at to say what is gone from those that are `known`.
    pub(super) fn is_enough(&self, known: &Self) -> bool {
        self.rows > 0 && self.rows >= known.rows
    }

    /// Tells whether a field is there: in a record, or as the name of a column that is empty.
    pub(super) fn has(&self, name: &str) -> bool {
        let columns = self.columns.iter().flatten();
        self.fields.contains_key(name) || columns.into_iter().any(|column| column == name)
    }

    /// Tells whether what a field lies in is there, but without fields of its own: then nothing is known of it.
    pub(super) fn is_veiled(&self, name: &str) -> bool {
        let Some((outer, _)) = name.rsplit_once('.') else {
            return false;
        };
        let field = self.fields.get(outer);
        field.is_some_and(|field| field.forms & Form::Map.bit() == 0) || self.is_veiled(outer)
    }
}

fn look(
    row: &Map<String, Json>,
    above: &str,
    depth: usize,
    seen: &mut BTreeMap<String, (u8, u32)>,
) {
    for (name, value) in row {
        let name = match above {
            "" => short(name),
            above => format!("{above}.{}", short(name)),
        };
        if let Json::Object(below) = value
            && depth < DEPTH
        {
            look(below, &name, depth + 1, seen);
        }
        if seen.len() < MOST || seen.contains_key(&name) {
            let (forms, times) = seen.entry(name).or_default();
            *forms |= Form::of(value);
            *times += 1;
        }
    }
}

fn short(name: &str) -> String {
    let mut end = name.len().min(NAME);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name[..end].to_owned()
}
