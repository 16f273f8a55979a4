//! Records of a read-only query, page by page along a key.
//!
//! Owns what `:cursor`, `:last_key` and `:size` are on each page. It must never build SQL out of a value.

use super::place::Turn;
use super::way::{Chunk, End, Step, Way};
use super::{Reader, World};
use crate::Trouble;
use crate::formats::{Note, weigh};
use divos_database::{Database, DatabaseFault, Dsn, FaultKind, Limits, Product, Query, Quirk};
use divos_manifest::{Paginate, Sql as Source};
use futures::StreamExt;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A pass over a query.
#[derive(Debug)]
pub(crate) struct Sql {
    reader: Reader,
    world: World,
    source: Source,
    asked: Option<Arc<Asked>>,
    database: Option<Database>,
    /// Bound as `:cursor`.
    cursor: Json,
    /// Bound as `:last_key`.
    last_key: Json,
    pages: u32,
    rows: u64,
}

/// Where the database is, and what is asked of it.
#[derive(Debug)]
struct Asked {
    dsn: Dsn,
    query: Query,
}

impl Sql {
    pub(crate) fn new(
        reader: Reader,
        source: Source,
        cursor: Option<String>,
        world: World,
    ) -> Self {
        Self {
            reader,
            world,
            source,
            asked: None,
            database: None,
            cursor: cursor.map_or(Json::Null, Json::String),
            // Nothing stands before the first key.
            last_key: Json::from(""),
            pages: 0,
            rows: 0,
        }
    }

    /// The same from where another pass stood.
    pub(crate) fn from(mut self, turn: Option<&Turn>) -> Self {
        if let Some(Turn::Keyset {
            pages,
            rows,
            cursor,
            last_key,
        }) = turn
        {
            (self.pages, self.rows) = (*pages, *rows);
            self.cursor.clone_from(cursor);
            self.last_key.clone_from(last_key);
        }
        self
    }

    fn place(&self) -> Turn {
        Turn::Keyset {
            pages: self.pages,
            rows: self.rows,
            cursor: self.cursor.clone(),
            last_key: self.last_key.clone(),
        }
    }

    /// Gives the words of the source their meaning.
    fn asked(&mut self) -> Result<Arc<Asked>, Trouble> {
        if let Some(asked) = &self.asked {
            return Ok(asked.clone());
        }
        let bad = |why: String| Trouble::BadRequest { why };
        let dsn = Dsn::parse(self.source.dsn.reveal()?).map_err(|fault| bad(fault.to_string()))?;
        let query = Query::read(dsn.product(), &self.source.query);
        let query = query.map_err(|fault| bad(fault.to_string()))?;
        let asked = Arc::new(Asked { dsn, query });
        Ok(self.asked.insert(asked).clone())
    }

    async fn connect(&mut self, dsn: Dsn) -> Result<Database, Trouble> {
        let limits = Limits {
            connect: self.reader.connector.app.timeouts.connect,
            statement: self.source.statement,
            rows: self.source.rows,
            ..Limits::default()
        };
        let policy = self.world.http.policy(&self.reader.reach);
        let opened = Database::open(dsn, limits, move |address| policy.permits(address)).await;
        opened.map_err(of)
    }

    /// Asks for one page, when it is the app's turn.
    async fn page(&mut self) -> Result<Chunk, Trouble> {
        let asked = self.asked()?;
        let http = &self.world.http;
        let turn = http.turn(&self.reader.connector, server(&asked.dsn));
        let _turn = turn.await?;
        if self.database.is_none() {
            self.database = Some(self.connect(asked.dsn.clone()).await?);
        }
        self.ask(&asked.query).await
    }

    async fn ask(&mut self, query: &Query) -> Result<Chunk, Trouble> {
        let size = self.size();
        let limit = self.reader.connector.app.limits.body;
        let params = [
            ("cursor", self.cursor.clone()),
            ("last_key", self.last_key.clone()),
            (
                "size",
                json!(size.unwrap_or(u32::try_from(self.source.rows).unwrap_or(u32::MAX))),
            ),
        ];
        let database = self.database.as_mut().ok_or(Trouble::Refused)?;
        let mut stream = database.rows(query, &params);
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while let Some(row) = stream.next().await {
            let row = row.map_err(of)?;
            bytes += weigh(&row) as u64;
            if bytes > limit {
                return Err(Trouble::TooLarge { limit });
            }
            rows.push(row);
        }
        let notes = notes(stream.quirks());
        drop(stream);
        let mut chunk = Chunk::rows(rows);
        chunk.document.notes = notes;
        chunk.bytes = bytes;
        Ok(chunk)
    }

    /// Asks for the first page. Before the first record stands the empty text, or where keys are numbers the least
    /// one: SQLite finds no number above a text, PostgreSQL refuses the text.
    async fn first(&mut self) -> Result<Chunk, Trouble> {
        if !self.asked()?.query.names().contains(&"last_key") {
            return self.page().await;
        }
        let mut found = None;
        for key in [json!(""), json!(i32::MIN), json!(i16::MIN)] {
            self.last_key = key;
            match (self.page().await, &found) {
                (Ok(chunk), _) if chunk.bytes > 0 => return Ok(chunk),
                (Ok(chunk), _) => found = Some(Ok(chunk)),
                (Err(trouble), None) if is_value(&trouble) => found = Some(Err(trouble)),
                (Err(trouble), _) if is_value(&trouble) => {}
                (Err(trouble), _) => return Err(trouble),
            }
        }
        found.unwrap_or(Err(Trouble::Refused))
    }

    fn size(&self) -> Option<u32> {
        match &self.reader.source().paginate {
            Some(Paginate::Keyset { size, .. }) => Some(*size),
            _ => None,
        }
    }

    /// Goes behind the last record; tells whether another page follows.
    fn turn(&mut self, rows: &[&Json]) -> Result<bool, Trouble> {
        self.pages += 1;
        self.rows += rows.len() as u64;
        let source = self.reader.source();
        let (key, size, max_pages) = match &source.paginate {
            None => return Ok(false),
            Some(Paginate::Keyset {
                key,
                size,
                max_pages,
            }) => (key, *size, *max_pages),
            Some(_) => {
                return Err(Trouble::BadRequest {
                    why: "a query is paged by `keyset` only".to_owned(),
                });
            }
        };
        let Some(last) = rows.last().filter(|_| rows.len() >= size as usize) else {
            return Ok(false);
        };
        let next = key.get(last).filter(|value| !value.is_null());
        let next = next.ok_or_else(|| Trouble::PagingUnclear {
            what: format!("`{key}`"),
        })?;
        let moved = source
            .cursor
            .as_ref()
            .filter(|cursor| orders_by(&self.source.query, &cursor.field.to_string()));
        let cursor = moved.and_then(|cursor| cursor.field.get(last)).cloned();
        let same = *next == self.last_key && cursor.as_ref().is_none_or(|c| *c == self.cursor);
        if same {
            return Err(Trouble::PagingLoop { page: self.pages });
        }
        self.last_key = next.clone();
        self.cursor = cursor.unwrap_or(std::mem::take(&mut self.cursor));
        if self.pages >= max_pages {
            return Err(Trouble::TooManyPages { limit: max_pages });
        }
        Ok(true)
    }
}

#[async_trait::async_trait]
impl Way for Sql {
    async fn next(&mut self) -> Result<Step, Trouble> {
        let mut chunk = match self.pages {
            0 => self.first().await?,
            _ => self.page().await?,
        };
        let rows = chunk.document.rows(&divos_manifest::Select::Root)?;
        let more = self.turn(&rows)?;
        if self.rows > self.source.rows && self.size().is_none() {
            return Err(Trouble::TooLarge {
                limit: self.source.rows,
            });
        }
        if more {
            chunk.turn = Some(self.place());
        } else {
            self.database = None;
            chunk.end = Some(End::default());
        }
        Ok(Step::Chunk(Box::new(chunk)))
    }
}

/// The host and port of a database; `None` for a file.
pub(super) fn server(dsn: &Dsn) -> Option<(&str, u16)> {
    (dsn.product() != Product::Sqlite).then(|| (dsn.host(), dsn.port()))
}

/// Tells whether the query's last `ORDER BY` begins with a column: then the cursor moves along with the key, as in
/// `(changed, id) > (:cursor, :last_key) ORDER BY changed, id`; else it stands where the pass began.
fn orders_by(query: &str, column: &str) -> bool {
    let words: Vec<&str> = query
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')))
        .filter(|word| !word.is_empty())
        .collect();
    let is = |at: usize, word: &str| words.get(at).is_some_and(|w| w.eq_ignore_ascii_case(word));
    let last = (1..words.len())
        .rev()
        .find(|at| is(at - 1, "order") && is(*at, "by"));
    let first = last.and_then(|at| words.get(at + 1));
    first.is_some_and(|first| {
        first
            .rsplit('.')
            .next()
            .is_some_and(|c| c.eq_ignore_ascii_case(column))
    })
}

fn notes(quirks: Vec<(String, Quirk, u64)>) -> Vec<Note> {
    let mut counts: BTreeMap<Quirk, u64> = BTreeMap::new();
    for (_, quirk, count) in quirks {
        *counts.entry(quirk).or_default() += count;
    }
    let note = |(quirk, count)| Note::Values { quirk, count };
    counts.into_iter().map(note).collect()
}

fn is_value(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Database { fault } if fault.kind == FaultKind::BadValue)
}

fn of(fault: DatabaseFault) -> Trouble {
    Trouble::Database { fault }
}

#[cfg(test)]
mod tests {
    use super::orders_by;

    #[test]
    fn the_cursor_moves_only_where_the_query_is_ordered_by_it() {
        for (query, moves) in [
            (
                "SELECT * FROM v WHERE (diubah, nip) > (:cursor, :last_key) ORDER BY diubah, nip",
                true,
            ),
            ("SELECT * FROM v ORDER\n by v.Diubah DESC", true),
            (
                "SELECT * FROM v WHERE diubah >= :cursor AND nip > :last_key ORDER BY nip",
                false,
            ),
            (
                "SELECT * FROM (SELECT 1 ORDER BY diubah) x ORDER BY \"nip\"",
                false,
            ),
            ("SELECT 1", false),
        ] {
            assert_eq!(orders_by(query, "diubah"), moves, "{query}");
        }
    }
}
