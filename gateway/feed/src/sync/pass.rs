//! The pages of one pass: each admitted and committed in order, memory bounded by a few pages and the ids seen.

use super::journey::Journey;
use super::{Passes, Run, SyncError, sample};
use crate::Units;
use crate::admit::{Line, Rules, Tally, clean};
use crate::trouble::{Finding, Trouble};
use chrono::{DateTime, Utc};
use divos_adapters::{Note, Page, Partial};
use divos_manifest::Deletes;
use divos_model::{DeletedReason, ItemId, Lang, RowFault};
use divos_store::{Commit, RunOutcome, SourceStatus as Kept, StoreError, Tombstones, Upserted};
use std::collections::HashSet;
use std::sync::Arc;

/// Rows from which a page is judged for drift.
const DRIFT_ROWS: usize = 4;

/// What a pass came to.
#[derive(Debug, Default)]
pub(crate) struct Passed {
    pub(super) pages: u32,
    pub(super) bytes: u64,
    pub(super) new: u64,
    pub(super) changed: u64,
    pub(super) gone: u64,
    pub(super) tally: Tally,
    pub(super) faults: Vec<RowFault>,
    pub(super) fault_count: u32,
    /// The worst page: this many of a hundred rows had faults.
    pub(super) drift: u64,
    /// Every record of the pass, those with faults too, where deletes depend on it.
    pub(super) seen: HashSet<ItemId>,
    /// The last pages' commit, held back so that the cursor goes with it.
    pub(super) held: Option<Commit>,
    pub(super) not_modified: bool,
    pub(super) partial: Option<Partial>,
    /// Whether something could not be told: nothing was deleted.
    pub(super) uncertain: bool,
    pub(super) notes: Vec<Note>,
    pub(super) sweep_held: Option<u64>,
    pub(super) full_at: Option<DateTime<Utc>>,
    /// Whether the source may stand elsewhere in the store than when the run began.
    pub(super) moved: bool,
    /// When a first load began that took several runs.
    pub(super) since: Option<DateTime<Utc>>,
}

/// Reads every page. All but the last few, which wait in [`Passed::held`], are committed when this returns; all of
/// them where it fails, unless the store is at fault.
pub(super) async fn read(
    run: &Run<'_>,
    pages: &mut dyn Passes,
    rules: &Arc<Rules>,
    units: &Arc<Units>,
    journey: &mut Option<Journey>,
) -> Result<Passed, SyncError> {
    let mut passed = Passed::default();
    let mut line = run.sync.admission.line();
    let followed = passed.follow(run, pages, rules, units, journey, &mut line);
    if let Err(error) = followed.await {
        line.settle().await?;
        return Err(error);
    }
    let (upserted, held) = line.last().await?;
    passed.saved(upserted);
    passed.held = held;
    Ok(passed)
}

impl Passed {
    /// Takes page after page while those before are written.
    async fn follow(
        &mut self,
        run: &Run<'_>,
        pages: &mut dyn Passes,
        rules: &Arc<Rules>,
        units: &Arc<Units>,
        journey: &mut Option<Journey>,
        line: &mut Line,
    ) -> Result<(), SyncError> {
        while let Some(page) = pages.next().await {
            let mut page = page?;
            self.saved(line.proceed().await?);
            let place = page.place.take();
            let (mut commit, bytes) = self.take(run, page, rules, units, line).await?;
            if let Some(journey) = journey {
                journey.mark(place, &mut commit);
                let progress = journey.progress(&pages.summary(), run.sync.clock.now());
                run.sync.board.progressed(run.key, progress);
            }
            line.push(commit, bytes);
        }
        Ok(())
    }

    /// Admits a page that was pushed; hands back its commit.
    pub(super) async fn pushed(
        &mut self,
        run: &Run<'_>,
        page: Page,
        rules: &Arc<Rules>,
        units: &Arc<Units>,
    ) -> Result<Commit, StoreError> {
        let mut line = run.sync.admission.line();
        let (commit, _) = self.take(run, page, rules, units, &mut line).await?;
        Ok(commit)
    }

    /// Admits a page; returns its commit, and how large the page's document was.
    async fn take(
        &mut self,
        run: &Run<'_>,
        page: Page,
        rules: &Arc<Rules>,
        units: &Arc<Units>,
        line: &mut Line,
    ) -> Result<(Commit, usize), StoreError> {
        self.pages += 1;
        self.bytes += page.bytes as u64;
        if matches!(run.source.deletes, Deletes::Sweep { .. } | Deletes::Ttl(_)) {
            self.seen.extend(&page.seen);
        }
        let (gone, items): (Vec<_>, Vec<_>) = page
            .batch
            .items
            .into_iter()
            .partition(|item| item.deleted.is_some());
        let ids: Vec<ItemId> = gone.into_iter().map(|item| item.id).collect();
        let mut admitted = clean(items, rules, units).await;
        self.saved(line.sift(&mut admitted, &ids, rules).await?);
        self.judge(
            page.raw_rows,
            page.batch.faults.len() + admitted.faults.len(),
        );
        sample(&mut self.faults, page.batch.faults);
        sample(&mut self.faults, admitted.faults);
        self.tally.add(&admitted.tally);
        self.retire(run, rules, admitted.retired).await?;
        let reason = DeletedReason::Removed;
        let gone = (!ids.is_empty()).then_some(Tombstones { ids, reason });
        let commit = Commit::new(run.key.app.clone(), &run.source.name, run.started);
        let entries = admitted.entries;
        let commit = Commit {
            entries,
            gone,
            ..commit
        };
        Ok((commit, page.bytes))
    }

    fn judge(&mut self, rows: usize, faults: usize) {
        self.fault_count = self
            .fault_count
            .saturating_add(u32::try_from(faults).unwrap_or(u32::MAX));
        if rows >= DRIFT_ROWS && faults * 2 > rows {
            self.drift = self.drift.max((faults * 100 / rows) as u64);
        }
    }

    async fn retire(
        &mut self,
        run: &Run<'_>,
        rules: &Rules,
        retired: Vec<ItemId>,
    ) -> Result<(), StoreError> {
        let reason = DeletedReason::Retention;
        let admission = &run.sync.admission;
        let gone = admission
            .remove(&rules.app, &rules.source, retired, reason, run.started)
            .await?;
        self.gone += u64::from(gone);
        Ok(())
    }

    pub(super) fn saved(&mut self, upserted: Upserted) {
        self.new += u64::from(upserted.new);
        self.changed += u64::from(upserted.changed);
        self.gone += u64::from(upserted.gone);
        self.tally.unchanged += u64::from(upserted.unchanged);
    }

    /// Adds what another push came to.
    pub(super) fn join(&mut self, other: Self) {
        self.pages = self.pages.saturating_add(other.pages);
        self.bytes += other.bytes;
        self.new += other.new;
        self.changed += other.changed;
        self.gone += other.gone;
        self.tally.add(&other.tally);
        sample(&mut self.faults, other.faults);
        self.fault_count = self.fault_count.saturating_add(other.fault_count);
        self.drift = self.drift.max(other.drift);
    }

    /// Lists what the operator should know although the run went well.
    fn notes(&self, at: DateTime<Utc>) -> Vec<Trouble> {
        let tally = &self.tally;
        let counted = |count: u64, finding: fn(u64) -> Finding| (count > 0).then(|| finding(count));
        let findings = [
            self.sweep_held
                .map(|percent| Finding::SweepHeld { percent }),
            self.uncertain.then_some(Finding::Partial),
            counted(self.drift, |percent| Finding::Drift { percent }),
            counted(self.fault_count.into(), |count| Finding::RowFaults {
                count,
            }),
            counted(tally.no_audience, |count| Finding::NoAudience { count }),
            counted(tally.unknown_units.len() as u64, |count| {
                Finding::UnknownUnits { count }
            }),
            counted(tally.foreign_links, |count| Finding::ForeignLinks { count }),
        ];
        let said = findings.into_iter().flatten().map(|finding| finding.at(at));
        let missing = self.partial.map(|partial| {
            let words = [Lang::Id, Lang::En].map(|lang| partial.sentence(lang));
            Trouble::note("partial", words, at)
        });
        let odd = self.notes.iter().map(|note| {
            Trouble::note(
                "odd_document",
                [Lang::Id, Lang::En].map(|lang| note.sentence(lang)),
                at,
            )
        });
        missing.into_iter().chain(said).chain(odd).collect()
    }

    /// Writes on the source's status how the run ended, and returns its line for the history.
    pub(super) fn tell(
        &self,
        kept: &mut Kept,
        started_at: DateTime<Utc>,
        ended_at: DateTime<Utc>,
    ) -> divos_store::Run {
        kept.fresh_at = Some(started_at);
        kept.failures = 0;
        kept.error = None;
        // An unchanged answer has the same faults as it had before.
        if !self.not_modified {
            kept.faults.clone_from(&self.faults);
            kept.fault_count = self.fault_count;
            let notes = self.notes(ended_at);
            kept.notice =
                (!notes.is_empty()).then(|| serde_json::to_string(&notes).unwrap_or_default());
        }
        let outcome = match (
            self.not_modified,
            self.fault_count > 0 || self.partial.is_some(),
        ) {
            (true, _) => RunOutcome::NotModified,
            (false, true) => RunOutcome::Partial,
            (false, false) => RunOutcome::Ok,
        };
        let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        divos_store::Run {
            app: kept.app.clone(),
            source: kept.source.clone(),
            started_at,
            ended_at,
            outcome,
            pages: self.pages,
            bytes: self.bytes,
            new: small(self.new),
            changed: small(self.changed),
            unchanged: small(self.tally.unchanged),
            gone: small(self.gone),
            faults: self.fault_count,
            error: None,
        }
    }
}
