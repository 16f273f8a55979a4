//! What the connectors in force say of all apps together.

use super::visitor::{unavailable, unit_names};
use crate::definitions::Definitions;
use async_trait::async_trait;
use divos_manifest::{Overlap, Processing, Shared, overlaps};
use divos_portal::ports::{PortError, Registry};
use divos_portal::registry::UnitNames;
use divos_store::{ItemStore, PeopleStore};
use std::sync::Arc;

/// Judges the connectors in force.
pub struct RegistryInForce {
    /// The connectors.
    pub definitions: Arc<Definitions>,
    /// What their data has in common.
    pub items: Arc<dyn ItemStore>,
    /// What units are called.
    pub people: Arc<dyn PeopleStore>,
}

#[async_trait]
impl Registry for RegistryInForce {
    async fn overlaps(&self) -> Result<Vec<Overlap>, PortError> {
        let in_force = self.definitions.in_force();
        let shared: Shared = self
            .items
            .shared()
            .await
            .map_err(|error| unavailable(&error))?;
        // Every two apps are compared: some ten thousand pairs, off the threads that serve people.
        tokio::task::spawn_blocking(move || {
            overlaps(in_force.connectors.iter().map(|c| &**c), &shared)
        })
        .await
        .map_err(|error| unavailable(&error))
    }

    fn processing(&self) -> Vec<Processing> {
        records(&self.definitions.in_force().connectors)
    }

    async fn unit_names(&self) -> Result<UnitNames, PortError> {
        unit_names(&*self.people).await
    }
}

/// Returns the record of processing, by title.
pub fn records(connectors: &[Arc<divos_manifest::Connector>]) -> Vec<Processing> {
    let mut records: Vec<Processing> = connectors.iter().map(|c| Processing::of(c)).collect();
    records.sort_by_key(|record| record.title.to_lowercase());
    records
}
