//! An app's own page, for the people who look after it.

use super::{PortError, Visitor};
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use divos_feed::{AppHealth, SourceStatus};
use divos_model::{AppId, Kind};

/// What the people of an app see of it.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnAppSheet {
    /// Which app.
    pub app: AppId,
    /// Its title.
    pub title: String,
    /// Its owner's name.
    pub owner: Option<String>,
    /// Whether the operator gave it an address.
    pub connected: bool,
    /// How it is; `None` where it has no address.
    pub health: Option<AppHealth>,
    /// Its sources.
    pub sources: Vec<SourceStatus>,
    /// How many live items there are of each kind.
    pub kinds: Vec<(Kind, u64)>,
    /// The last days, the newest first.
    pub usage: Vec<UsageLine>,
    /// What it proves its pushes with; `None` where it does not push with credentials of the hub, or where the visitor may
    /// not manage them.
    pub credentials: Option<Vec<CredentialLine>>,
    /// Where pushes are sent.
    pub ingest: String,
}

/// One day of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageLine {
    /// Which day.
    pub day: NaiveDate,
    /// Pages opened and about how many people opened them; `None` where they were too few to be told.
    pub opened: Option<(u64, u64)>,
    /// Events taken.
    pub pushed: u64,
    /// Pushes refused.
    pub refused: u64,
}

/// One credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialLine {
    /// What the hub calls it; safe to show.
    pub id: String,
    /// Whether it is a secret for signatures, rather than a token.
    pub signs: bool,
    /// What its owner calls it.
    pub label: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it was last used.
    pub last_used: Option<DateTime<Utc>>,
}

/// What came of asking for a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialMade {
    /// It was made; this is its secret, shown once.
    Secret(String),
    /// The app has two of the sort already.
    TooMany,
}

/// The people who look after an app.
#[async_trait]
pub trait OwnApps: Send + Sync {
    /// Returns an app's page for somebody of its unit, whoever registered it, and operators.
    async fn sheet(&self, visitor: &Visitor, app: &AppId) -> Result<OwnAppSheet, PortError>;
    /// Lists the apps that the visitor looks after: id and title.
    async fn mine(&self, visitor: &Visitor) -> Result<Vec<(AppId, String)>, PortError>;
    /// Makes a credential for its pushes; a token, or a secret for signatures.
    async fn make_credential(
        &self,
        visitor: &Visitor,
        app: &AppId,
        signs: bool,
        label: &str,
    ) -> Result<CredentialMade, PortError>;
    /// Takes a credential back.
    async fn revoke_credential(
        &self,
        visitor: &Visitor,
        app: &AppId,
        id: &str,
    ) -> Result<(), PortError>;
}
