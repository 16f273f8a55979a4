//! What is kept of one app between its reads: its breaker, its places, its pace.
//!
//! Owns an app's turn, by whatever protocol it is read. Reads time from tokio only, so that tests can pause it. It must
//! never send.

use super::breaker::Breaker;
use super::budget::{Host, Pace, Room};
use crate::Trouble;
use divos_manifest::AppDef;
use divos_model::AppId;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// What is kept of one app.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) breaker: Arc<Breaker>,
    places: Arc<Semaphore>,
    width: usize,
    per_minute: Option<u32>,
    pace: Option<Mutex<Pace>>,
}

/// The right to read one thing; the place and the room that it takes are given back with it.
#[must_use]
#[derive(Debug)]
pub(crate) struct Turn {
    _place: OwnedSemaphorePermit,
    _room: Option<Room>,
}

impl Gate {
    pub(super) fn new(app: &AppDef) -> Self {
        let width = width(app);
        let per_minute = app.limits.reads_per_minute;
        Self {
            breaker: Arc::new(Breaker::new(app.breaker)),
            places: Arc::new(Semaphore::new(width)),
            width,
            per_minute,
            pace: per_minute.map(Pace::new).map(Mutex::new),
        }
    }

    /// Tells whether it keeps to what the app is defined with.
    pub(super) fn fits(&self, app: &AppDef) -> bool {
        self.width == width(app)
            && self.per_minute == app.limits.reads_per_minute
            && self.breaker.limits() == app.breaker
    }

    /// Waits until the app may be asked: for one of its places, for its pace, and for its turn at the server. `may` is
    /// asked at each step, so that who may not go any more leaves the queue and takes nothing of the server's.
    ///
    /// # Errors
    /// What `may` says, or that the server wants to be left alone for longer than a read waits.
    pub(super) async fn turn(
        &self,
        app: &AppId,
        host: Option<&Arc<Host>>,
        may: impl Fn() -> Result<(), Trouble>,
    ) -> Result<Turn, Trouble> {
        may()?;
        let place = self.places.clone().acquire_owned().await;
        let place = place.map_err(|_| Trouble::Refused)?;
        may()?;
        self.paced().await;
        let room = match host {
            Some(host) => Some(host.enter(app, &may).await?),
            None => None,
        };
        Ok(Turn {
            _place: place,
            _room: room,
        })
    }

    async fn paced(&self) {
        let Some(pace) = &self.pace else {
            return;
        };
        let now = Instant::now();
        let at = pace
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .reserve(now);
        tokio::time::sleep_until(at).await;
    }
}

fn width(app: &AppDef) -> usize {
    app.limits.reads_in_flight.max(1)
}
