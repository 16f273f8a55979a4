//! The end of a pass: what is gone is deleted where that is certain, and the cursor moves with the last
//! page, in one transaction.

use super::pass::Passed;
use super::stand::Stand;
use super::sweep::{Sweep, sweep};
use super::{Run, SyncError};
use crate::board::Permit;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use divos_adapters::Summary;
use divos_manifest::Deletes;
use divos_model::{DeletedReason, ItemId};
use divos_store::{Commit, SourceCursor};
use std::collections::HashSet;
use std::time::Duration;

impl Run<'_> {
    /// Keeps the last page, deletes what is gone, and moves the cursor.
    pub(super) async fn keep(
        &self,
        passed: &mut Passed,
        stand: &mut Stand,
        held: &SourceCursor,
        summary: Summary,
    ) -> Result<(), SyncError> {
        passed.not_modified = summary.not_modified;
        passed.partial = summary.partial;
        passed.notes.clone_from(&summary.notes);
        if summary.complete {
            // Deletes come first: were the hub killed in between, the next pass would do it again.
            self.delete(passed, stand, &summary).await?;
            self.advance(passed, stand, summary);
        }
        let next = stand.write();
        let empty = || Commit::new(self.key.app.clone(), &self.source.name, self.started);
        let mut commit = passed.held.take().unwrap_or_else(empty);
        commit.cursor = (passed.moved || next != *held).then_some(next);
        passed.saved(self.sync.admission.save(commit).await?);
        Ok(())
    }

    /// Moves the place of the source past a complete pass.
    fn advance(&self, passed: &mut Passed, stand: &mut Stand, summary: Summary) {
        stand.version.clone_from(&self.connector.version);
        if summary.not_modified {
            return;
        }
        stand.cursor = summary.cursor.map(|cursor| no_later(cursor, passed.since));
        stand.shape = Some(summary.shape);
        if summary.full {
            stand.full_at = Some(self.started);
            passed.full_at = stand.full_at;
        }
        // Only a whole, faultless answer is recognised again: any other has to be read again.
        let whole = passed.sweep_held.is_none() && passed.fault_count == 0 && !passed.uncertain;
        stand.validators = summary.validators.filter(|_| whole);
    }

    async fn delete(
        &self,
        passed: &mut Passed,
        stand: &mut Stand,
        summary: &Summary,
    ) -> Result<(), SyncError> {
        match &self.source.deletes {
            Deletes::Sweep { .. } if summary.may_sweep() => self.sweep(passed).await,
            Deletes::Sweep { .. } => {
                // A record without an id may be any item: nothing is certain.
                passed.uncertain = summary.full && summary.nameless > 0;
                Ok(())
            }
            Deletes::Ttl(ttl) => self.expire(passed, stand, *ttl, summary.not_modified).await,
            Deletes::Tombstone(_) | Deletes::Never => Ok(()),
        }
    }

    async fn sweep(&self, passed: &mut Passed) -> Result<(), SyncError> {
        let allowed = self.sync.board.take_permit(self.key, Permit::Sweep);
        let live = self.live().await?;
        match sweep(&live, &passed.seen, allowed) {
            Sweep::Gone(gone) => self.remove(passed, gone, DeletedReason::Removed).await?,
            Sweep::Held { percent } => {
                let app = &self.key.app;
                tracing::warn!(%app, source = %self.source.name, percent, "a sweep was held back");
                passed.sweep_held = Some(percent);
            }
        }
        Ok(())
    }

    async fn expire(
        &self,
        passed: &mut Passed,
        stand: &mut Stand,
        ttl: Duration,
        not_modified: bool,
    ) -> Result<(), SyncError> {
        let live = self.live().await?;
        // An unchanged answer still holds everything that it held.
        let all: HashSet<ItemId>;
        let seen = if not_modified {
            all = live.iter().copied().collect();
            &all
        } else {
            &passed.seen
        };
        let ttl = TimeDelta::from_std(ttl).unwrap_or(TimeDelta::MAX);
        let gone = stand.expire(&live, seen, ttl, self.started);
        self.remove(passed, gone, DeletedReason::Removed).await
    }

    async fn live(&self) -> Result<Vec<ItemId>, SyncError> {
        Ok(self
            .sync
            .items
            .ids_of(&self.key.app, &self.source.name)
            .await?)
    }

    async fn remove(
        &self,
        passed: &mut Passed,
        gone: Vec<ItemId>,
        reason: DeletedReason,
    ) -> Result<(), SyncError> {
        let (app, name) = (&self.key.app, self.source.name.as_str());
        let removed = self
            .sync
            .admission
            .remove(app, name, gone, reason, self.started)
            .await?;
        passed.gone += u64::from(removed);
        Ok(())
    }
}

/// Keeps a cursor from running ahead: what changed on a page that was read already, while a first load waited to go on,
/// is asked for again. Cursors that are no times are as the app gave them.
fn no_later(cursor: String, since: Option<DateTime<Utc>>) -> String {
    let at = DateTime::parse_from_rfc3339(&cursor).ok();
    match at.zip(since) {
        Some((at, since)) if at > since => since.to_rfc3339_opts(SecondsFormat::Secs, true),
        _ => cursor,
    }
}
