//! The file as it is written: part after part, never more of it in memory than a few rows.
//!
//! Owns its form. It ends with how much of each part was written and with `complete`: a file without that end was cut
//! off.

use super::super::{ApiParts, address};
use super::{Turn, parts};
use crate::own_data::Overview;
use bytes::Bytes;
use divos_model::Lang;
use divos_portal::own_data::about;
use divos_sso::Reader;
use divos_store::StoreError;
use futures::Stream;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// The name of the form and its version.
const FORM: &str = "divos/own-data/1";
/// A chunk is sent once it is about as large as this, in bytes.
const CHUNK: usize = 32 * 1024;
/// Chunks that wait for a slow browser; then the writing waits too.
const WAITING: usize = 2;
/// Whoever reads more slowly than this gets a file without its end.
const LONGEST: Duration = Duration::from_secs(300);

/// Why the writing ends early.
enum Stop {
    /// Nobody reads any more.
    Left,
    /// The store failed.
    Failed(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// Writes somebody's file.
pub(super) fn write(
    parts: ApiParts,
    reader: Arc<Reader>,
    overview: Overview,
    lang: Lang,
    turn: Turn,
) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static {
    let (to, from) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        let mut out = Out::new(to);
        let wrote = all(&parts, &reader, &overview, lang, &mut out);
        match tokio::time::timeout(LONGEST, wrote).await {
            Ok(Ok(())) => out.end(None).await,
            Ok(Err(Stop::Left)) | Err(_) => {}
            Ok(Err(Stop::Failed(error))) => {
                tracing::error!(%error, "a person's own data could not be read to the end");
                let said = lang.pick(
                    "Hub tidak dapat membaca datanya sampai selesai. Unduh lagi nanti.",
                    "The hub could not read its data to the end. Download it again later.",
                );
                out.end(Some(said)).await;
            }
        }
        drop(turn);
    });
    futures::stream::unfold(from, |mut from| async move {
        from.recv().await.map(|chunk| (Ok(chunk), from))
    })
}

async fn all(
    parts: &ApiParts,
    reader: &Reader,
    overview: &Overview,
    lang: Lang,
    out: &mut Out,
) -> Result<(), Stop> {
    let own = &parts.own_data;
    let id = overview.person.id;
    let lives = parts.sso.settings().absolute;
    out.field("form", FORM).await?;
    out.field("made_at", parts::time(own.now())).await?;
    out.field("expected", parts::expected(&overview.counts))
        .await?;
    out.field("about", parts::about(&about(lang, lives)))
        .await?;
    out.field("account", parts::account(overview)).await?;
    out.list("posts", overview.account.tenures.iter().map(parts::post))
        .await?;
    out.list("sessions", overview.sessions.iter().map(parts::session))
        .await?;
    let epoch = overview.person.epoch;
    let tokens = overview.tokens.iter();
    out.list(
        "tokens",
        tokens.map(|one| parts::token(one, epoch, own.now())),
    )
    .await?;
    marks(parts, reader, out).await?;
    items(parts, reader, overview, out).await?;
    let registrations = own.registrations(id).await?;
    out.list(
        "registrations",
        registrations.iter().map(parts::registration),
    )
    .await?;
    out.begin("proposals").await?;
    let mut before = None;
    loop {
        let part = own.proposals(id, before).await?;
        let Some(last) = part.last() else { break };
        before = Some(last.number);
        for proposal in &part {
            out.row(&parts::proposal(proposal)).await?;
        }
    }
    let credentials = own.credentials(id).await?;
    out.list(
        "push_credentials",
        credentials.iter().map(parts::credential),
    )
    .await?;
    log(parts, overview, out).await
}

async fn marks(parts: &ApiParts, reader: &Reader, out: &mut Out) -> Result<(), Stop> {
    out.begin("marks").await?;
    let mut after = None;
    loop {
        let part = parts.own_data.marks(&reader.reads, after).await?;
        let Some(last) = part.last() else {
            return Ok(());
        };
        after = Some(last.place);
        for mark in &part {
            out.row(&parts::mark(mark)).await?;
        }
    }
}

async fn items(
    parts: &ApiParts,
    reader: &Reader,
    overview: &Overview,
    out: &mut Out,
) -> Result<(), Stop> {
    let own = &parts.own_data;
    let words = own.words(&overview.person);
    out.begin("items").await?;
    let mut after = None;
    loop {
        let (found, next) = own.items(&reader.reads, &words, after).await?;
        for mut shown in found {
            let why = parts::why(&shown, &overview.person);
            address::item(&*parts.launcher, &mut shown);
            out.row(&parts::item(&shown, &why)).await?;
        }
        // Between two parts the browser may have left; a part without a find tells nothing of that.
        out.still_read()?;
        match next {
            Some(place) => after = Some(place),
            None => return Ok(()),
        }
    }
}

async fn log(parts: &ApiParts, overview: &Overview, out: &mut Out) -> Result<(), Stop> {
    out.begin("log").await?;
    let mut before = None;
    loop {
        let part = parts
            .own_data
            .log(overview, before, divos_store::OWN_PART)
            .await?;
        let Some(last) = part.last() else {
            return Ok(());
        };
        before = Some(last.number);
        for row in &part {
            out.row(&parts::event(row, overview.person.id)).await?;
        }
    }
}

/// The file so far.
struct Out {
    to: mpsc::Sender<Bytes>,
    chunk: Vec<u8>,
    /// Whether a field was written.
    begun: bool,
    /// How much of each list was written.
    counts: Map<String, Value>,
    /// The list that is open, and how much of it was written.
    open: Option<(&'static str, u64)>,
}

impl Out {
    fn new(to: mpsc::Sender<Bytes>) -> Self {
        Self {
            to,
            chunk: b"{".to_vec(),
            begun: false,
            counts: Map::new(),
            open: None,
        }
    }

    /// Writes one field of the file.
    async fn field(&mut self, name: &str, value: impl Serialize) -> Result<(), Stop> {
        self.close();
        self.name(name);
        self.put(&value);
        self.send_from(CHUNK).await
    }

    /// Begins a list.
    async fn begin(&mut self, name: &'static str) -> Result<(), Stop> {
        self.close();
        self.name(name);
        self.chunk.push(b'[');
        self.open = Some((name, 0));
        self.send_from(CHUNK).await
    }

    /// Writes a row of the list that is open.
    async fn row(&mut self, row: &Value) -> Result<(), Stop> {
        if let Some((_, count)) = &mut self.open {
            let mark: &[u8] = if *count == 0 { b"\n" } else { b",\n" };
            *count += 1;
            self.chunk.extend_from_slice(mark);
        }
        self.put(row);
        self.send_from(CHUNK).await
    }

    /// Writes a whole list.
    async fn list(
        &mut self,
        name: &'static str,
        rows: impl Iterator<Item = Value>,
    ) -> Result<(), Stop> {
        self.begin(name).await?;
        for row in rows {
            self.row(&row).await?;
        }
        Ok(())
    }

    /// Ends the file, and says why where it is not complete.
    async fn end(mut self, failed: Option<&str>) {
        self.close();
        self.name("counts");
        let counts = std::mem::take(&mut self.counts);
        self.put(&counts);
        self.name("complete");
        self.put(&failed.is_none());
        if let Some(said) = failed {
            self.name("failed");
            self.put(&said);
        }
        self.chunk.extend_from_slice(b"\n}\n");
        // Whoever left does not miss the end.
        let _ = self.send_from(0).await;
    }

    fn close(&mut self) {
        if let Some((name, count)) = self.open.take() {
            self.chunk.push(b']');
            self.counts.insert(name.to_owned(), json!(count));
        }
    }

    fn name(&mut self, name: &str) {
        let mark: &[u8] = if self.begun { b",\n" } else { b"\n" };
        self.begun = true;
        self.chunk.extend_from_slice(mark);
        self.put(&name);
        self.chunk.push(b':');
    }

    /// Writes a value into memory, which takes every one of ours.
    fn put(&mut self, value: &impl Serialize) {
        if serde_json::to_writer(&mut self.chunk, value).is_err() {
            self.chunk.extend_from_slice(b"null");
        }
    }

    /// Sends what is there once it is as much as this.
    async fn send_from(&mut self, least: usize) -> Result<(), Stop> {
        if self.chunk.len() < least {
            return Ok(());
        }
        let chunk = std::mem::take(&mut self.chunk);
        self.to.send(chunk.into()).await.map_err(|_| Stop::Left)
    }

    fn still_read(&self) -> Result<(), Stop> {
        match self.to.is_closed() {
            true => Err(Stop::Left),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn written(rows: usize, failed: Option<&str>) -> Value {
        let (to, mut from) = mpsc::channel(1);
        let said = failed.map(str::to_owned);
        tokio::spawn(async move {
            let mut out = Out::new(to);
            out.field("form", FORM).await.ok();
            out.list("empty", std::iter::empty()).await.ok();
            let row = json!({ "text": "x".repeat(1_000) });
            out.list("rows", (0..rows).map(|_| row.clone())).await.ok();
            out.field("after", json!({ "a": [1, 2] })).await.ok();
            out.end(said.as_deref()).await;
        });
        let (mut whole, mut largest) = (Vec::new(), 0);
        while let Some(chunk) = from.recv().await {
            largest = largest.max(chunk.len());
            whole.extend_from_slice(&chunk);
        }
        assert!(largest < 2 * CHUNK, "{largest} bytes at once");
        serde_json::from_slice(&whole).expect("JSON")
    }

    #[tokio::test]
    async fn a_file_of_any_length_is_one_document_in_small_chunks() {
        for rows in [0, 1, 2, 500] {
            let file = written(rows, None).await;
            assert_eq!(file["rows"].as_array().map(Vec::len), Some(rows));
            assert_eq!(file["counts"], json!({ "empty": 0, "rows": rows }));
            assert_eq!(file["after"]["a"], json!([1, 2]));
            assert_eq!(file["complete"], true);
        }
    }

    #[tokio::test]
    async fn a_file_that_could_not_be_finished_says_so() {
        let file = written(3, Some("nanti")).await;
        assert_eq!(
            (&file["complete"], &file["failed"]),
            (&json!(false), &json!("nanti"))
        );
        assert_eq!(file["counts"]["rows"], 3);
    }

    #[tokio::test]
    async fn nobody_is_written_for_who_left() {
        let (to, from) = mpsc::channel(1);
        drop(from);
        let mut out = Out::new(to);
        assert!(matches!(out.still_read(), Err(Stop::Left)));
        out.begin("rows").await.ok();
        let row = json!("x".repeat(CHUNK));
        assert!(matches!(out.row(&row).await, Err(Stop::Left)));
    }
}
