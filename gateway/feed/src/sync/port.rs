//! The port through which a run sees the outside: a pass over one source, page by page.

use async_trait::async_trait;
use divos_adapters::drift::Shape;
use divos_adapters::{Ask, FetchError, Page, Summary};
use divos_manifest::{Connector, Source};
use divos_model::AppId;
use std::sync::Arc;

/// A pass over one source.
#[async_trait]
pub trait Passes: Send {
    /// Reads the next page; `None` after the last one. After an error there is no next page.
    async fn next(&mut self) -> Option<Result<Page, FetchError>>;

    /// Tells what the pass came to; final once `next` has returned `None`.
    fn summary(&self) -> Summary;
}

/// The way out to the apps.
#[async_trait]
pub trait Opens: Send + Sync {
    /// Begins a pass over a source. Nothing is sent before the first [`Passes::next`].
    ///
    /// # Errors
    /// Where it cannot even be begun.
    fn open(
        &self,
        connector: &Arc<Connector>,
        source: &Source,
        ask: Ask,
    ) -> Result<Box<dyn Passes>, FetchError>;

    /// What the records of a source look like in its recording, for the first pass; `None` where nobody recorded any.
    async fn recorded(&self, connector: &Arc<Connector>, source: &Source) -> Option<Shape>;

    /// Maps records that the app pushed.
    ///
    /// # Errors
    /// Where the mapping does not compile.
    fn take(
        &self,
        connector: &Arc<Connector>,
        source: &Source,
        records: &[serde_json::Value],
    ) -> Result<Page, FetchError>;

    /// Names the server that a source asks, however many apps are on it; `None` where none may ask to be spared.
    fn server(&self, connector: &Connector, source: &Source) -> Option<String>;

    /// Tells the circuit breaker of an app: `closed`, `open` or `half_open`.
    fn breaker(&self, app: &AppId) -> &'static str;

    /// Lets go of what is kept of an app that was removed.
    fn forget(&self, app: &AppId);
}
