//! The records of a pass as the source has them, before any mapping.

use super::way::{self, Step};
use super::{Ask, Reader, World};
use crate::{FetchError, Trouble};
use serde_json::Value as Json;

impl Reader {
    /// Reads records without mapping them, at most so many; for people who write mappings.
    ///
    /// # Errors
    /// What keeps the pass from going on.
    pub async fn raw(
        &self,
        ask: &Ask,
        world: &World,
        most: usize,
    ) -> Result<Vec<Json>, FetchError> {
        let gathered = self.gather(ask, world, most).await;
        gathered.map_err(|trouble| trouble.of(&self.connector.id))
    }

    async fn gather(&self, ask: &Ask, world: &World, most: usize) -> Result<Vec<Json>, Trouble> {
        let mut way = way::begin(self, ask, world);
        let mut records = Vec::new();
        while records.len() < most {
            let Step::Chunk(chunk) = way.next().await? else {
                break;
            };
            let rows = chunk.document.rows(&self.source().select)?;
            let room = most - records.len();
            records.extend(rows.into_iter().take(room).cloned());
            if chunk.end.is_some() {
                break;
            }
        }
        Ok(records)
    }
}
