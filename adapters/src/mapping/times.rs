//! Reads times for those outside the mapping: cursors.

use super::dates::{self, Zone};
use chrono_tz::Tz;
use divos_model::Time;
use serde_json::Value as Json;

/// Reads a source's times in its connector's zone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SourceTime(pub(crate) Tz);

impl SourceTime {
    /// Reads a record's field as a time; `None` where it holds none.
    pub(crate) fn read(self, value: &Json) -> Option<Time> {
        let zone = Zone {
            tz: self.0,
            stated: false,
        };
        let moment = match value {
            Json::Number(number) => dates::from_number(number.as_f64()?, zone),
            Json::String(text) => dates::read(text, zone),
            _ => return None,
        };
        moment.ok().flatten().map(|moment| moment.at)
    }

    /// Reads a text as a time.
    pub(crate) fn read_text(self, text: &str) -> Option<Time> {
        self.read(&Json::String(text.to_owned()))
    }
}
