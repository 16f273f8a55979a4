//! Proposals and versions of definitions in SQLite. Triggers refuse every change of a version.

mod rows;

use super::Sqlite;
use crate::{
    DefinitionStore, Draft, NewVersion, Proposal, ProposalQuery, ProposalState, Step, StoreError,
    Texts, Version, text_hash,
};
use async_trait::async_trait;
use divos_model::{AppId, PersonId};
use rows::{PROPOSAL, VERSION, proposal, state_word, texts, version};
use rusqlite::{Connection, OptionalExtension};

/// The most rows of one list.
const LONGEST: usize = 200;

#[async_trait]
impl DefinitionStore for Sqlite {
    async fn keep_draft(&self, draft: Draft) -> Result<Proposal, StoreError> {
        self.engine.write(move |tx| keep_draft(tx.db, &draft)).await
    }

    async fn proposal(&self, number: u64) -> Result<Option<(Proposal, Texts)>, StoreError> {
        self.engine
            .read(move |db| {
                let sql = format!("SELECT {PROPOSAL}, base, text FROM proposal WHERE number = ?1");
                let mut statement = db.prepare_cached(&sql)?;
                let found = statement
                    .query_row([number as i64], |row| Ok((proposal(row), texts(row)?)))
                    .optional()?;
                found
                    .map(|(proposal, texts)| Ok((proposal?, texts)))
                    .transpose()
            })
            .await
    }

    async fn proposals(&self, query: ProposalQuery) -> Result<Vec<Proposal>, StoreError> {
        self.engine
            .read(move |db| {
                let sql = format!(
                    "SELECT {PROPOSAL} FROM proposal WHERE (?1 IS NULL OR app = ?1) \
                     AND (?2 IS NULL OR author = ?2) AND (?3 IS NULL OR state = ?3) \
                     AND (?4 IS NULL OR number < ?4) ORDER BY number DESC LIMIT ?5"
                );
                let mut statement = db.prepare_cached(&sql)?;
                let rows = statement.query_map(
                    rusqlite::params![
                        query.app.as_ref().map(AppId::as_str),
                        query.author.map(bytes),
                        query.state.map(state_word),
                        query.before.map(|number| number as i64),
                        query.limit.clamp(1, LONGEST) as i64,
                    ],
                    |row| Ok(proposal(row)),
                )?;
                rows.map(|row| row?).collect()
            })
            .await
    }

    async fn step(&self, step: Step, version: Option<NewVersion>) -> Result<Proposal, StoreError> {
        self.engine
            .write(move |tx| {
                move_on(tx.db, &step)?;
                if let Some(version) = &version {
                    add(tx.db, version)?;
                }
                find(tx.db, step.number)
            })
            .await
    }

    async fn record(&self, versions: Vec<NewVersion>) -> Result<(), StoreError> {
        self.engine
            .write(move |tx| versions.iter().try_for_each(|version| add(tx.db, version)))
            .await
    }

    async fn versions(
        &self,
        app: &AppId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Version>, StoreError> {
        let app = app.clone();
        self.engine
            .read(move |db| {
                let sql = format!(
                    "SELECT {VERSION} FROM definition WHERE app = ?1 \
                     AND (?2 IS NULL OR number < ?2) ORDER BY number DESC LIMIT ?3"
                );
                let limit = limit.clamp(1, LONGEST) as i64;
                let mut statement = db.prepare_cached(&sql)?;
                let before = before.map(|number| number as i64);
                let rows =
                    statement.query_map((app.as_str(), before, limit), |row| Ok(version(row)))?;
                rows.map(|row| row?).collect()
            })
            .await
    }

    async fn version(
        &self,
        app: &AppId,
        number: u64,
    ) -> Result<Option<(Version, Option<String>)>, StoreError> {
        let app = app.clone();
        self.engine
            .read(move |db| {
                let sql = format!(
                    "SELECT {VERSION}, text FROM definition WHERE app = ?1 AND number = ?2"
                );
                let mut statement = db.prepare_cached(&sql)?;
                let found = statement
                    .query_row((app.as_str(), number as i64), |row| {
                        Ok((version(row), row.get("text")?))
                    })
                    .optional()?;
                found
                    .map(|(version, text)| Ok((version?, text)))
                    .transpose()
            })
            .await
    }

    async fn latest(&self) -> Result<Vec<Version>, StoreError> {
        self.engine
            .read(|db| {
                let sql = format!(
                    "SELECT {VERSION} FROM definition AS d WHERE number = \
                     (SELECT max(number) FROM definition WHERE app = d.app) ORDER BY app"
                );
                let mut statement = db.prepare_cached(&sql)?;
                let rows = statement.query_map([], |row| Ok(version(row)))?;
                rows.map(|row| row?).collect()
            })
            .await
    }
}

fn bytes(person: PersonId) -> [u8; 16] {
    person.uuid().into_bytes()
}

fn keep_draft(db: &Connection, draft: &Draft) -> Result<Proposal, StoreError> {
    let kind = rows::kind_word(draft.kind);
    let number: i64 = db
        .prepare_cached(
            "INSERT INTO proposal(kind, app, author, reason, state, restores, created_at, \
             changed_at, base, text) VALUES (?1, ?2, ?3, ?4, 'draft', ?5, ?6, ?6, ?7, ?8) \
             ON CONFLICT(app, author, kind) WHERE state = 'draft' DO UPDATE SET \
             reason = excluded.reason, restores = excluded.restores, \
             changed_at = excluded.changed_at, base = excluded.base, text = excluded.text \
             RETURNING number",
        )?
        .query_row(
            rusqlite::params![
                kind,
                draft.app.as_str(),
                bytes(draft.author),
                draft.reason,
                draft.restores.map(|number| number as i64),
                draft.at.timestamp_millis(),
                draft.texts.base,
                draft.texts.text,
            ],
            |row| row.get(0),
        )?;
    find(db, number as u64)
}

fn find(db: &Connection, number: u64) -> Result<Proposal, StoreError> {
    let sql = format!("SELECT {PROPOSAL} FROM proposal WHERE number = ?1");
    let found = db
        .prepare_cached(&sql)?
        .query_row([number as i64], |row| Ok(proposal(row)))
        .optional()?;
    found.ok_or(StoreError::NotFound { what: "proposal" })?
}

/// Moves a proposal from the state that it must be in. Where it would be a draft again and its author has begun
/// another meanwhile, that is a conflict too.
fn move_on(db: &Connection, step: &Step) -> Result<(), StoreError> {
    let before = find(db, step.number)?;
    let conflict = StoreError::Conflict {
        what: "another decision",
    };
    if before.state != step.from {
        return Err(conflict);
    }
    if step.to == ProposalState::Draft {
        let other: bool = db
            .prepare_cached(
                "SELECT EXISTS(SELECT 1 FROM proposal WHERE app = ?1 AND author = ?2 AND kind = ?3 \
                 AND state = 'draft' AND number != ?4)",
            )?
            .query_row(
                rusqlite::params![
                    before.app.as_str(),
                    bytes(before.author),
                    rows::kind_word(before.kind),
                    step.number as i64
                ],
                |row| row.get(0),
            )?;
        if other {
            return Err(StoreError::Conflict { what: "draft" });
        }
    }
    db.prepare_cached(
        "UPDATE proposal SET state = ?2, decided_by = ?3, note = ?4, changed_at = ?5 \
         WHERE number = ?1",
    )?
    .execute(rusqlite::params![
        step.number as i64,
        state_word(step.to),
        step.decided_by.map(bytes),
        step.note,
        step.at.timestamp_millis(),
    ])?;
    Ok(())
}

fn add(db: &Connection, version: &NewVersion) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO definition(app, number, hash, at, author, decided_by, reason, proposal, \
         restores, text) VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM definition \
         WHERE app = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(rusqlite::params![
        version.app.as_str(),
        version.text.as_deref().map(text_hash),
        version.at.timestamp_millis(),
        version.author.map(bytes),
        version.decided_by.map(bytes),
        version.reason,
        version.proposal.map(|number| number as i64),
        version.restores.map(|number| number as i64),
        version.text,
    ])?;
    Ok(())
}
