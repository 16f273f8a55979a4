//! Records that are at hand: of a recording, or none where the app pushes.

use super::way::{Chunk, End, Step, Way};
use crate::Trouble;
use crate::formats::PIECE;
use serde_json::Value as Json;

/// Gives records that are at hand.
#[derive(Debug)]
pub(crate) struct Given {
    left: std::vec::IntoIter<Json>,
}

impl Given {
    pub(crate) fn new(rows: Vec<Json>) -> Self {
        let left = rows.into_iter();
        Self { left }
    }
}

#[async_trait::async_trait]
impl Way for Given {
    async fn next(&mut self) -> Result<Step, Trouble> {
        let rows = self.left.by_ref().take(PIECE).collect();
        let mut chunk = Chunk::rows(rows);
        chunk.end = self.left.as_slice().is_empty().then(End::default);
        Ok(Step::Chunk(Box::new(chunk)))
    }
}
