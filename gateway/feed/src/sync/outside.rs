//! The real way out: the adapters' readers, compiled once per source and connector.

use super::{Opens, Passes};
use async_trait::async_trait;
use divos_adapters::drift::Shape;
use divos_adapters::{Ask, FetchError, Look, Page, Pages, Reader, Summary, Trouble, World};
use divos_manifest::{Connector, Source};
use divos_model::AppId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

type Compiled = HashMap<(AppId, String), ([u8; 32], Reader)>;

/// Reads apps through the adapters.
pub struct Outside {
    world: World,
    readers: Mutex<Compiled>,
}

impl std::fmt::Debug for Outside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outside").finish_non_exhaustive()
    }
}

impl Outside {
    /// Reads apps through this world.
    #[must_use]
    pub fn new(world: World) -> Self {
        Self {
            world,
            readers: Mutex::default(),
        }
    }

    fn readers(&self) -> MutexGuard<'_, Compiled> {
        self.readers
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Returns the compiled reader; compiles it where the connector is new or changed.
    fn reader(&self, connector: &Arc<Connector>, source: &Source) -> Result<Reader, FetchError> {
        let key = (connector.id.clone(), source.name.clone());
        let mark = connector.fingerprint();
        if let Some((known, reader)) = self.readers().get(&key)
            && *known == mark
        {
            return Ok(reader.clone());
        }
        let reader = Reader::new(Arc::clone(connector), &source.name).map_err(|error| {
            Trouble::BadRequest {
                why: error.to_string(),
            }
            .of(&connector.id)
        })?;
        self.readers().insert(key, (mark, reader.clone()));
        Ok(reader)
    }
}

#[async_trait]
impl Opens for Outside {
    async fn recorded(&self, connector: &Arc<Connector>, source: &Source) -> Option<Shape> {
        let look = Look::recorded(connector, &source.name).await.ok()??;
        Some(look.shape.of_recording())
    }

    fn open(
        &self,
        connector: &Arc<Connector>,
        source: &Source,
        ask: Ask,
    ) -> Result<Box<dyn Passes>, FetchError> {
        let reader = self.reader(connector, source)?;
        Ok(Box::new(Reading(reader.pages(ask, &self.world))))
    }

    fn take(
        &self,
        connector: &Arc<Connector>,
        source: &Source,
        records: &[serde_json::Value],
    ) -> Result<Page, FetchError> {
        Ok(self.reader(connector, source)?.take(records, &self.world))
    }

    fn server(&self, connector: &Connector, source: &Source) -> Option<String> {
        self.world.server(connector, source)
    }

    fn breaker(&self, app: &AppId) -> &'static str {
        self.world.http.breaker(app).as_str()
    }

    fn forget(&self, app: &AppId) {
        self.readers().retain(|(known, _), _| known != app);
        self.world.http.forget(app);
    }
}

/// A pass of the adapters.
struct Reading(Pages);

#[async_trait]
impl Passes for Reading {
    async fn next(&mut self) -> Option<Result<Page, FetchError>> {
        self.0.next().await
    }

    fn summary(&self) -> Summary {
        self.0.summary().clone()
    }
}
