//! The port of the audit log: append-only, each row sealed with the hash of the one before.

use super::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use divos_model::{PersonId, canonical_json};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditDraft {
    /// When, to the millisecond.
    pub at: DateTime<Utc>,
    /// What, for example `sign_in.failed`.
    pub event: String,
    /// Who did it; `None` where nobody is known.
    pub actor: Option<PersonId>,
    /// What it was done to, for example an app or a person's id.
    pub subject: Option<String>,
    /// What else there is to know. Never a secret, never a NIP.
    pub details: Value,
}

/// A row of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Its number, from 1, without gaps.
    pub number: u64,
    /// What happened.
    #[serde(flatten)]
    pub draft: AuditDraft,
    /// The hash of the row before, in hexadecimal; 64 zeros for the first.
    pub previous: String,
    /// This row's hash, in hexadecimal.
    pub hash: String,
}

impl AuditRow {
    /// Seals a draft as row `number`. The hash is SHA-256 of the canonical JSON (RFC 8785) of the row
    /// without `hash`, so that an export can be verified by anybody.
    #[must_use]
    pub fn seal(number: u64, draft: AuditDraft, previous: &str) -> Self {
        let mut row = Self {
            number,
            draft,
            previous: previous.to_owned(),
            hash: String::new(),
        };
        row.hash = row.expected();
        row
    }

    /// Returns the hash that the row should have.
    #[must_use]
    pub fn expected(&self) -> String {
        let mut value = serde_json::to_value(self).unwrap_or(Value::Null);
        if let Some(fields) = value.as_object_mut() {
            fields.remove("hash");
        }
        hex::encode(Sha256::digest(canonical_json(&value)))
    }

    /// The `previous` of the first row.
    #[must_use]
    pub fn origin() -> String {
        "0".repeat(64)
    }
}

/// What a check of the whole log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditVerdict {
    /// How many rows there are.
    pub rows: u64,
    /// The first row that does not fit: altered, missing, or out of order.
    pub broken_at: Option<u64>,
    /// The last row's hash; keep it elsewhere to notice a log that was cut short.
    pub head: String,
}

/// Keeps what happened.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Adds a row and returns it sealed.
    async fn append(&self, draft: AuditDraft) -> Result<AuditRow, StoreError>;

    /// Returns rows after a number, at most 1000, oldest first.
    async fn rows(&self, after: u64, limit: usize) -> Result<Vec<AuditRow>, StoreError>;

    /// Checks every row and every link.
    async fn verify(&self) -> Result<AuditVerdict, StoreError>;
}
