//! Who asks at a desk of the portal, what units are called there, and what is said where the hub's own parts fail.

use divos_portal::ports::{PortError, Visitor};
use divos_portal::registry::UnitNames;
use divos_sso::{Reader, Sso};
use divos_store::PeopleStore;
use std::sync::Arc;

/// Returns a visitor as they are in the directory now; whoever is there no more is refused.
pub(super) async fn reader_of(sso: &Sso, visitor: &Visitor) -> Result<Arc<Reader>, PortError> {
    let reader = sso.reader(visitor.person).await;
    let reader = reader.map_err(|error| unavailable(&error))?;
    reader.ok_or(PortError::Refused)
}

/// Returns what units are called.
pub(super) async fn unit_names(people: &dyn PeopleStore) -> Result<UnitNames, PortError> {
    let units = people.units().await.map_err(|error| unavailable(&error))?;
    let named = units
        .into_iter()
        .map(|unit| (unit.code.to_string(), unit.name));
    Ok(named.collect())
}

/// What a visitor is told of a part that does not answer.
pub(super) fn unavailable(error: &dyn std::error::Error) -> PortError {
    PortError::Unavailable(error.to_string())
}
