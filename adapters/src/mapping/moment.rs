//! A time together with how far it can be trusted, as a value of the mapping language.

use divos_model::{Time, TimeQuality};
use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};
use std::fmt;
use std::sync::Arc;

/// A time and its quality. As text it is RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moment {
    pub(crate) at: Time,
    pub(crate) quality: TimeQuality,
}

impl Moment {
    pub(crate) fn value(self) -> Value {
        Value::from_object(self)
    }

    /// Takes the moment out of a value, where it is one.
    pub(crate) fn of(value: &Value) -> Option<Arc<Self>> {
        value.downcast_object::<Self>()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }
}

impl Object for Moment {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_ref(), f)
    }
}
