//! The unit codes that the directory holds, kept for a minute so that no run asks for each item.

use chrono::{DateTime, TimeDelta, Utc};
use divos_model::UnitCode;
use divos_store::{PeopleStore, StoreError};
use std::collections::HashSet;
use std::sync::{Arc, RwLock};

/// The unit codes that the directory holds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Units(HashSet<UnitCode>);

impl Units {
    /// Holds these codes; what is not a code is left out.
    #[must_use]
    pub fn of<'a>(codes: impl IntoIterator<Item = &'a str>) -> Self {
        Self(
            codes
                .into_iter()
                .filter_map(|code| code.parse().ok())
                .collect(),
        )
    }

    /// Tells whether the directory holds a code. An empty directory accuses nobody.
    #[must_use]
    pub fn knows(&self, code: &UnitCode) -> bool {
        self.0.is_empty() || self.0.contains(code)
    }
}

/// Reads the directory at most once a minute.
pub(crate) struct UnitCache {
    people: Arc<dyn PeopleStore>,
    held: RwLock<Option<(DateTime<Utc>, Arc<Units>)>>,
}

impl UnitCache {
    pub(crate) fn new(people: Arc<dyn PeopleStore>) -> Self {
        Self {
            people,
            held: RwLock::new(None),
        }
    }

    pub(crate) async fn at(&self, now: DateTime<Utc>) -> Result<Arc<Units>, StoreError> {
        let held = self
            .held
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .clone();
        if let Some((read_at, units)) = held
            && now - read_at < TimeDelta::minutes(1)
        {
            return Ok(units);
        }
        let units = self
            .people
            .units()
            .await?
            .into_iter()
            .map(|unit| unit.code)
            .collect();
        let units = Arc::new(Units(units));
        let mut held = self
            .held
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        *held = Some((now, Arc::clone(&units)));
        Ok(units)
    }
}
