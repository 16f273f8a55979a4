//! Items in SQLite. Writing: [`prepare`] → [`admit`] or [`gone`] → [`index`]. Reading: [`readers`] →
//! [`merge`] → [`filter`] → [`load`].

mod admit;
mod aged;
mod changes;
mod codec;
mod counts;
mod events;
mod filter;
mod gone;
mod index;
mod load;
mod marked;
mod marks;
mod merge;
mod own;
mod page;
mod prepare;
mod readers;
mod same;
mod whole;

use super::Sqlite;
use super::runs::{put_cursor, put_place};
use super::words::{self, Class};
use crate::{
    Aged, AgedQuery, AppCount, Changes, ChangesQuery, Commit, CountsQuery, EventKey, ItemMark,
    ItemStore, Page, PageQuery, Reader, ReaderState, Row, StateChange, StoreError, Tombstones,
    Upserted,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use divos_model::{AppId, Item, ItemId};
use index::Facts;
use rusqlite::Connection;
use std::collections::BTreeMap;
use tokio::sync::oneshot;
use uuid::Uuid;

pub(crate) use codec::{maybe_time, time};
pub(crate) use own::{count_marks, holding, own_marks};

#[async_trait]
impl ItemStore for Sqlite {
    async fn commit(&self, commit: Commit) -> Result<Upserted, StoreError> {
        self.write_commit(commit, None).await
    }

    async fn commit_in_turn(
        &self,
        commit: Commit,
        turn: oneshot::Receiver<()>,
    ) -> Result<Upserted, StoreError> {
        self.write_commit(commit, Some(turn)).await
    }

    async fn unchanged(&self, app: &AppId, marks: Vec<ItemMark>) -> Result<Vec<bool>, StoreError> {
        let app = app.clone();
        self.engine
            .read(move |db| {
                let mut apps = prepare::Apps::default();
                let mut same = |mark: &ItemMark| {
                    let known = apps.known(db, &app, mark.id)?;
                    Ok(known
                        .is_some_and(|known| known.is_alive() && known.hash == *mark.hash.bytes()))
                };
                marks.iter().map(&mut same).collect()
            })
            .await
    }

    async fn taken(&self, events: Vec<EventKey>) -> Result<Vec<bool>, StoreError> {
        self.engine.read(move |db| events::taken(db, &events)).await
    }

    async fn ids_of(&self, app: &AppId, source: &str) -> Result<Vec<ItemId>, StoreError> {
        let word = prepare::source_word(app.as_str(), source);
        self.engine
            .read(move |db| {
                let Some(source) = words::find(db, Class::Source, &word)? else {
                    return Ok(Vec::new());
                };
                let mut statement = db.prepare_cached(
                    "SELECT id FROM item WHERE source = ?1 AND deleted_at IS NULL",
                )?;
                let ids = statement.query_map([source], |row| {
                    Ok(ItemId::from_uuid(Uuid::from_bytes(row.get(0)?)))
                })?;
                Ok(ids.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn count_of(&self, app: &AppId, source: &str) -> Result<u64, StoreError> {
        let word = prepare::source_word(app.as_str(), source);
        self.engine
            .read(move |db| {
                let Some(source) = words::find(db, Class::Source, &word)? else {
                    return Ok(0);
                };
                // The index alone answers this; no item is touched.
                let mut statement = db.prepare_cached(
                    "SELECT count(*) FROM item WHERE source = ?1 AND deleted_at IS NULL",
                )?;
                let count: i64 = statement.query_row([source], |row| row.get(0))?;
                Ok(count.unsigned_abs())
            })
            .await
    }

    async fn tombstone(&self, gone: Tombstones, at: DateTime<Utc>) -> Result<u32, StoreError> {
        self.engine
            .write_bulk(gone.ids.len(), move |tx| gone::bury(tx, &gone, at))
            .await
    }

    async fn get(&self, id: ItemId, reader: &Reader) -> Result<Option<Row>, StoreError> {
        let reader = reader.clone();
        self.engine
            .read(move |db| {
                let reader = readers::Known::find(db, &reader)?;
                let Some(stored) = stored(db, id)?.filter(|stored| reader.sees(stored)) else {
                    return Ok(None);
                };
                let Facts { number, bits, .. } = stored.facts;
                page::shown(db, &reader, number, bits).map(Some)
            })
            .await
    }

    async fn get_any(&self, id: ItemId) -> Result<Option<Item>, StoreError> {
        self.engine
            .read(
                move |db| match prepare::Apps::default().known_anywhere(db, id)? {
                    Some(known) => load::item(db, known.number).map(Some),
                    None => Ok(None),
                },
            )
            .await
    }

    async fn page(&self, query: PageQuery) -> Result<Page, StoreError> {
        self.engine.read(move |db| page::page(db, &query)).await
    }

    async fn changes(&self, query: ChangesQuery) -> Result<Changes, StoreError> {
        self.engine
            .read(move |db| changes::changes(db, &query))
            .await
    }

    async fn counts(&self, query: CountsQuery) -> Result<Vec<AppCount>, StoreError> {
        self.engine.read(move |db| counts::counts(db, &query)).await
    }

    async fn mark(
        &self,
        reader: &Reader,
        id: ItemId,
        change: StateChange,
        at: DateTime<Utc>,
    ) -> Result<ReaderState, StoreError> {
        let reader = reader.clone();
        self.engine
            .write(move |tx| marks::change(tx, &reader, id, &change, at))
            .await
    }

    async fn purge(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        loop {
            let (count, more) = self
                .engine
                .write_bulk(1_000, move |tx| {
                    let (count, more) = gone::purge(tx, before)?;
                    Ok((count, events::forget(tx, before, 1_000)? || more))
                })
                .await?;
            forgotten += count;
            if !more {
                return Ok(forgotten);
            }
        }
    }

    async fn shared(&self) -> Result<BTreeMap<(AppId, AppId), u64>, StoreError> {
        self.engine.read(same::shared).await
    }

    async fn aged(&self, query: AgedQuery) -> Result<Aged, StoreError> {
        self.engine.read(move |db| aged::aged(db, &query)).await
    }

    async fn head(&self) -> Result<u64, StoreError> {
        Ok(*self.engine.head.borrow())
    }

    fn watch(&self) -> tokio::sync::watch::Receiver<u64> {
        self.engine.head.clone()
    }
}

impl Sqlite {
    /// Writes a commit; where it has to wait for its turn, it is prepared before.
    async fn write_commit(
        &self,
        commit: Commit,
        turn: Option<oneshot::Receiver<()>>,
    ) -> Result<Upserted, StoreError> {
        let Commit {
            app,
            source,
            entries,
            gone,
            cursor,
            place,
            events,
            at,
        } = commit;
        // Looked at by a reader first, so that what did not change never troubles the writer.
        let (prepared, unchanged) = self
            .engine
            .read(move |db| prepare::prepare(db, &entries))
            .await?;
        if let Some(turn) = turn {
            turn.await.map_err(|_| StoreError::Closed)?;
        }
        let gone = gone.filter(|gone| !gone.ids.is_empty());
        let nothing = prepared.is_empty() && gone.is_none();
        let stays = cursor.is_none() && place.is_none();
        if nothing && stays && events.is_empty() {
            return Ok(Upserted {
                unchanged,
                seq: *self.engine.head.borrow(),
                ..Upserted::default()
            });
        }
        let rows = prepared.len() + gone.as_ref().map_or(0, |gone| gone.ids.len());
        self.engine
            .write_bulk(rows, move |tx| {
                let mut done = Upserted {
                    unchanged,
                    ..Upserted::default()
                };
                admit::write(tx, &prepared, at.timestamp_millis(), &mut done)?;
                if let Some(gone) = &gone {
                    done.gone = gone::bury(tx, gone, at)?;
                }
                match (&cursor, &place) {
                    (Some(cursor), _) => put_cursor(tx.db, &app, &source, cursor)?,
                    (None, Some(place)) => put_place(tx.db, &app, &source, place)?,
                    (None, None) => {}
                }
                events::note(tx, &events, at)?;
                done.seq = tx.seq();
                Ok(done)
            })
            .await
    }
}

fn stored(db: &Connection, id: ItemId) -> Result<Option<load::Stored>, StoreError> {
    match prepare::Apps::default().known_anywhere(db, id)? {
        Some(known) => load::by_number(db, known.number),
        None => Ok(None),
    }
}
