//! What one document held.

use crate::Item;
use serde::{Deserialize, Serialize};

/// What a document held. A bad row never costs the reader a good one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// The rows that became items.
    pub items: Vec<Item>,
    /// The rows that did not.
    pub faults: Vec<RowFault>,
}

/// One row that could not become an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFault {
    /// The row's place in its document, from 0.
    pub row: usize,
    /// The row's native id, where one could be read.
    pub native_id: Option<String>,
    /// The field that failed, for example `created_at` or `body.number`.
    pub field: String,
    /// What is wrong, as a sentence without the row's own data.
    pub message: String,
}
