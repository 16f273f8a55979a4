//! Records that an app pushes instead of being asked for them.

use super::{Page, Reader, World};
use crate::RowContext;
use serde_json::Value as Json;

impl Reader {
    /// Maps pushed records as a page of their own. Nothing is fetched.
    #[must_use]
    pub fn take(&self, records: &[Json], world: &World) -> Page {
        let context = RowContext {
            fetched_at: world.clock.now(),
            url: None,
            pseudonym: world.pseudonym.clone(),
        };
        let rows: Vec<&Json> = records.iter().collect();
        let mapped = self.mapper.map(&rows, &context);
        Page {
            number: 1,
            raw_rows: rows.len(),
            cursor_after: None,
            place: None,
            notes: Vec::new(),
            bytes: 0,
            batch: mapped.batch,
            seen: mapped.seen,
        }
    }
}
