//! The operator's page, over the feed's operations and the reload.

use crate::reload::Reloader;
use async_trait::async_trait;
use divos_feed::{Operations, RunNow};
use divos_model::AppId;
use divos_portal::ports::{Operating, PortError, RunAnswer, SourceLine};
use std::sync::Arc;

/// Shows the operator how every source fares.
pub struct OperatorSide {
    /// The feed's side.
    pub operations: Operations,
    /// What the files say.
    pub reloader: Arc<Reloader>,
}

#[async_trait]
impl Operating for OperatorSide {
    async fn sources(&self) -> Result<Vec<SourceLine>, PortError> {
        let lines = self.operations.sources().into_iter();
        Ok(lines.map(|status| SourceLine { status, breaker_until: None }).collect())
    }

    async fn run_now(&self, app: &AppId, source: &str) -> Result<RunAnswer, PortError> {
        match self.operations.run_now(app, source).await {
            RunNow::Queued => Ok(RunAnswer::Queued),
            RunNow::Running => Ok(RunAnswer::Running),
            RunNow::Unknown => Err(PortError::Missing),
            RunNow::Full => Err(PortError::Unavailable("too many sources wait".to_owned())),
        }
    }

    fn reload_fault(&self, app: &AppId) -> Option<String> {
        self.reloader.fault_of(app)
    }
}
