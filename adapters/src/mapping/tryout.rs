//! One expression on one record, apart from any mapping: for people who write mappings.

use super::filters::FilterWorld;
use super::json::to_json;
use super::moment::Moment;
use super::plan::Plan;
use super::script::{Machines, Scripts};
use super::{MapFault, Pseudonym};
use chrono_tz::Tz;
use divos_manifest::{Connector, Expr};
use divos_model::Lang;
use minijinja::Value;
use minijinja::value::ValueKind;
use serde_json::Value as Json;
use std::sync::Arc;
use url::Url;

/// The key of pseudonyms in tryouts: nothing of them is kept.
const KEY: &[u8] = b"divos tryout key, not a secret";

/// An expression that is tried out. Its pseudonyms are not those of the hub.
#[derive(Debug)]
pub struct Tryout {
    plan: Plan,
    world: FilterWorld,
}

/// What an expression gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// The value; moments as RFC 3339, nothing and missing as null.
    pub value: Json,
    /// What it is to the mapping language.
    pub kind: ValueType,
}

/// What a value is to the mapping language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// The record has no such field.
    Missing,
    /// Null.
    Nothing,
    /// True or false.
    Flag,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A moment, with how far it can be trusted.
    Moment,
    /// A list.
    List,
    /// A map.
    Map,
}

impl ValueType {
    /// Names it.
    #[must_use]
    pub fn word(self, lang: Lang) -> &'static str {
        let (id, en) = match self {
            Self::Missing => ("tidak ada", "missing"),
            Self::Nothing => ("kosong", "null"),
            Self::Flag => ("benar/salah", "flag"),
            Self::Number => ("angka", "number"),
            Self::Text => ("teks", "text"),
            Self::Moment => ("waktu", "moment"),
            Self::List => ("daftar", "list"),
            Self::Map => ("peta", "map"),
        };
        match lang {
            Lang::Id => id,
            Lang::En => en,
        }
    }

    fn of(value: &Value) -> Self {
        match value.kind() {
            ValueKind::Undefined => Self::Missing,
            ValueKind::None => Self::Nothing,
            ValueKind::Bool => Self::Flag,
            ValueKind::Number => Self::Number,
            ValueKind::Seq | ValueKind::Iterable => Self::List,
            ValueKind::Map => Self::Map,
            _ if Moment::of(value).is_some() => Self::Moment,
            _ => Self::Text,
        }
    }
}

impl Tryout {
    /// Compiles an expression in the world of a connector: its zone and its address.
    ///
    /// # Errors
    /// Where it does not compile although it reads well.
    pub fn compile(connector: &Connector, expr: &Expr) -> Result<Self, MapFault> {
        let base = connector.app.upstreams.first().cloned();
        Self::in_world(expr, connector.id.as_str(), connector.zone, base)
    }

    fn in_world(
        expr: &Expr,
        connector: &str,
        zone: Tz,
        base: Option<Url>,
    ) -> Result<Self, MapFault> {
        let plan = Plan::compile(expr).map_err(|error| MapFault {
            connector: connector.to_owned(),
            field: expr.source().to_owned(),
            why: error.to_string(),
        })?;
        let key = Arc::new(Pseudonym::new(KEY.to_vec()));
        let world = FilterWorld { zone, base, key };
        Ok(Self { plan, world })
    }

    /// Compiles an expression that belongs to no connector: its times are UTC, its links have no address.
    ///
    /// # Errors
    /// Where it does not compile although it reads well.
    pub fn apart(expr: &Expr) -> Result<Self, MapFault> {
        Self::in_world(expr, "", Tz::UTC, None)
    }

    /// Evaluates it over a record.
    ///
    /// # Errors
    /// The English sentence of a row fault; see [`crate::row_sentence`].
    pub fn on(&self, row: &Json) -> Result<Tried, String> {
        let mut scripts = Vec::new();
        self.plan.scripts(&mut scripts);
        let machines = Machines::for_scripts(&scripts, &self.world);
        let scripts = Scripts::compile(machines.as_ref(), &scripts);
        let value = self.plan.eval(row, &scripts, &self.world);
        let value = value.map_err(|fault| fault.to_string())?;
        Ok(Tried {
            kind: ValueType::of(&value),
            value: to_json(&value),
        })
    }
}
