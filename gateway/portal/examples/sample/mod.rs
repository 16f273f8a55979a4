//! Made-up people, items, apps and sources behind the portal's ports. Nothing here is real.

#![allow(dead_code, unused_imports, unreachable_pub, missing_docs)] // Each of the tests and the preview uses its own part.

mod apps;
mod door;
pub mod editing;
mod feed;
pub mod items;
pub mod own_data;
mod registering;
mod registry;

use chrono::{DateTime, Utc};
use divos_model::FixedClock;
use divos_portal::{PortalParts, PublicFace};
use std::sync::{Arc, Mutex};

pub use door::{CSRF, SESSION};
pub use items::{HOSTILE, everything, letter};
pub use registering::{Kept, SECRET};

/// The moment at which the sample stands: a Tuesday morning in the city.
pub fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-24T09:12:00+08:00")
        .expect("a time")
        .with_timezone(&Utc)
}

/// The ports and what was done through them.
#[derive(Clone)]
pub struct World {
    pub origin: String,
    pub always_signed_in: bool,
    pub operator: bool,
    pub items: Arc<Mutex<Vec<divos_feed::FeedItem>>>,
    pub stale: bool,
    pub apps: usize,
    pub broken: bool,
    /// Whether whoever proposes does not decide.
    pub two_persons: bool,
    /// What somebody typed into the editor.
    pub draft: Arc<Mutex<Option<divos_portal::ports::editing::Typed>>>,
    /// What was registered.
    pub registrations: Arc<Mutex<Vec<Kept>>>,
    /// What was asked of the ports, in words.
    pub done: Arc<Mutex<Vec<String>>>,
}

impl World {
    pub fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            always_signed_in: false,
            operator: true,
            items: Arc::new(Mutex::new(everything())),
            stale: true,
            apps: 24,
            broken: false,
            two_persons: false,
            draft: Arc::default(),
            registrations: Arc::default(),
            done: Arc::default(),
        }
    }

    pub fn parts(&self) -> PortalParts {
        let world = Arc::new(self.clone());
        PortalParts {
            door: world.clone(),
            reading: world.clone(),
            apps: world.clone(),
            operating: world.clone(),
            editing: world.clone(),
            registry: world.clone(),
            registering: world.clone(),
            own_apps: world.clone(),
            own_data: world,
            clock: Arc::new(FixedClock::at(now())),
            face: PublicFace {
                origin: self.origin.clone(),
                app_sources: vec!["https://*.divos.test".into()],
                contact: "Meja bantuan <contoh>, pesawat 112".into(),
            },
        }
    }

    fn note(&self, what: impl Into<String>) {
        self.done.lock().expect("a lock").push(what.into());
    }

    /// Takes what was asked of the ports.
    pub fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.done.lock().expect("a lock"))
    }
}
