//! The whole city: all 143 apps of the register, one port each, every item made up.
//!
//! Owns the running apps and what a harness needs of each: address, credentials, overlay, what must come of it. Each app
//! speaks as its connector in `connectors.d/` expects. Must never know the hub. Start reading at [`WholeCity::start`];
//! which apps there are is in `table`, what their rows hold in `rows`, how they answer in `answer`.

mod answer;
mod lock;
mod push;
mod rows;
mod serve;
mod shelf;
mod sql;
mod table;

pub use push::Push;
pub use sql::SqlSeed;
pub use table::Technology;

use crate::city::CityError;
use crate::knobs::Break;
use chrono::{DateTime, FixedOffset, Utc};
use shelf::Shelf;
use std::path::Path;
use std::sync::Arc;
use table::Entry;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How much each app holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// At most this many items.
    Each(u64),
    /// All: about 200,000 items together.
    Full,
}

/// What the whole city is built from.
#[derive(Debug, Clone, Copy)]
pub struct WholeOptions {
    /// The same seed and `now` give the same data.
    pub seed: u64,
    /// The moment that is "now" for the data.
    pub now: DateTime<Utc>,
    /// How much there is.
    pub size: Size,
}

impl Default for WholeOptions {
    /// Seed 1, the present moment, twenty items each.
    fn default() -> Self {
        Self {
            seed: 1,
            now: Utc::now(),
            size: Size::Each(20),
        }
    }
}

/// One running app of the whole city.
#[derive(Debug, Clone)]
pub struct WholeApp {
    /// Slug, as in the city's register.
    pub id: &'static str,
    /// The name a person reads.
    pub title: &'static str,
    /// Code of the agency that owns it; `None` where the register names none.
    pub owner: Option<&'static str>,
    /// How it gives away what it holds.
    pub technology: Technology,
    /// `http://127.0.0.1:PORT`, no slash at the end.
    pub base_url: String,
    /// The path where its data lies; empty for what is pushed or in a database.
    pub path: &'static str,
}

/// The running city. Dropping it stops it, too, without waiting.
pub struct WholeCity {
    apps: Vec<WholeApp>,
    shelves: Vec<Arc<Shelf>>,
    servers: Vec<JoinHandle<()>>,
    stopping: CancellationToken,
}

impl WholeCity {
    /// Starts every app on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// [`CityError::NoPort`] when the system has none.
    pub async fn start(options: WholeOptions) -> Result<Self, CityError> {
        let wita = FixedOffset::east_opt(8 * 3600).expect("eight hours is an offset");
        let now = options.now.with_timezone(&wita);
        let mut city = Self {
            apps: Vec::new(),
            shelves: Vec::new(),
            servers: Vec::new(),
            stopping: CancellationToken::new(),
        };
        for entry in table::entries() {
            let app = entry.slug;
            let opened = city.open(entry, &options, now).await;
            opened.map_err(|source| CityError::NoPort { app, source })?;
        }
        Ok(city)
    }

    async fn open(
        &mut self,
        entry: Entry,
        options: &WholeOptions,
        now: DateTime<FixedOffset>,
    ) -> std::io::Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let count = match options.size {
            Size::Full => entry.items,
            Size::Each(most) => entry.items.min(most),
        };
        self.apps.push(WholeApp {
            id: entry.slug,
            title: entry.name,
            owner: entry.owner,
            technology: entry.technology,
            base_url: base_url.clone(),
            path: entry.option("path"),
        });
        let shelf = Arc::new(Shelf::new(entry, base_url, (options.seed, count), now));
        let stopping = self.stopping.clone();
        self.servers
            .push(tokio::spawn(serve::run(listener, shelf.clone(), stopping)));
        self.shelves.push(shelf);
        Ok(())
    }

    /// Every app, by slug.
    #[must_use]
    pub fn apps(&self) -> &[WholeApp] {
        &self.apps
    }

    /// One app.
    #[must_use]
    pub fn app(&self, id: &str) -> Option<&WholeApp> {
        self.apps.iter().find(|app| app.id == id)
    }

    fn shelf(&self, id: &str) -> Option<&Arc<Shelf>> {
        self.shelves.iter().find(|shelf| shelf.entry.slug == id)
    }

    /// How many items must come of an app; rows that say they are gone do not count.
    #[must_use]
    pub fn expected(&self, id: &str) -> Option<u64> {
        self.shelf(id).map(|shelf| shelf.expected())
    }

    /// Titles of the newest items of an app, newest first, as a connector has to make them.
    #[must_use]
    pub fn titles(&self, id: &str, most: usize) -> Vec<String> {
        let Some(shelf) = self.shelf(id) else {
            return Vec::new();
        };
        let rows = shelf.ids().into_iter().rev().map(|id| shelf.row(id));
        rows.filter(|row| !row.gone)
            .map(|row| row.title)
            .take(most)
            .collect()
    }

    /// What an operator writes into the overlay of an app: its address and what it asks of the hub.
    #[must_use]
    pub fn overlay(&self, id: &str) -> Option<String> {
        self.shelf(id).map(|shelf| lock::overlay(shelf))
    }

    /// The secrets that connector and overlay of an app name: the path in `${secret:…}` and the made-up value.
    /// What a database needs is not among them, for the harness starts it.
    #[must_use]
    pub fn secrets(&self, id: &str) -> Vec<(String, String)> {
        self.shelf(id)
            .map(|shelf| lock::secrets(&shelf.entry))
            .unwrap_or_default()
    }

    /// Writes `<dir>/<id>.yaml` with the overlay of every app; the directory must exist.
    ///
    /// # Errors
    /// [`CityError::NotWritten`] with the file's name.
    pub fn write_overlays(&self, dir: &Path) -> Result<(), CityError> {
        for shelf in &self.shelves {
            let path = dir.join(format!("{}.yaml", shelf.entry.slug));
            std::fs::write(&path, lock::overlay(shelf)).map_err(|source| {
                let path = path.display().to_string();
                CityError::NotWritten { path, source }
            })?;
        }
        Ok(())
    }

    /// What an app that pushes would push, in batches of at most `batch` events, oldest first. `at` is the time of the
    /// signature.
    #[must_use]
    pub fn pushes(&self, id: &str, batch: usize, at: DateTime<Utc>) -> Vec<Push> {
        match self.shelf(id) {
            Some(shelf) if shelf.entry.technology == Technology::Webhook => {
                push::all(shelf, batch.max(1), at)
            }
            _ => Vec::new(),
        }
    }

    /// The newest item of an app that pushes, as it pushes it.
    #[must_use]
    pub fn newest_push(&self, id: &str, at: DateTime<Utc>) -> Option<Push> {
        let shelf = self.shelf(id)?;
        (shelf.entry.technology == Technology::Webhook)
            .then(|| push::newest(shelf, at))
            .flatten()
    }

    /// What is loaded into the database of an app whose data is a view.
    #[must_use]
    pub fn sql(&self, id: &str) -> Option<SqlSeed> {
        let shelf = self.shelf(id)?;
        (shelf.entry.technology == Technology::Sql).then(|| SqlSeed::of(shelf))
    }

    /// Adds an item to an app, made just now, under this title where its titles are no sum of fields; returns its
    /// number.
    pub fn insert(&self, id: &str, title: Option<&str>) -> Option<u64> {
        self.shelf(id).map(|shelf| shelf.insert(title))
    }

    /// Moves the time of change of an item on; false where there is no such item.
    pub fn touch(&self, id: &str, item: u64) -> bool {
        self.shelf(id).is_some_and(|shelf| shelf.touch(item))
    }

    /// Removes an item; false where there is no such item.
    pub fn delete(&self, id: &str, item: u64) -> bool {
        self.shelf(id).is_some_and(|shelf| shelf.delete(item))
    }

    /// Breaks the data answers of an app from now on; `None` heals it.
    pub fn break_with(&self, id: &str, broken: Option<Break>) {
        if let Some(shelf) = self.shelf(id) {
            shelf.set_broken(broken);
        }
    }

    /// Ends every session of an app with a sign-in form.
    pub fn sign_all_out(&self, id: &str) {
        if let Some(shelf) = self.shelf(id) {
            shelf.sign_all_out();
        }
    }

    /// How many requests an app has seen.
    #[must_use]
    pub fn requests(&self, id: &str) -> u64 {
        self.shelf(id).map_or(0, |shelf| shelf.requests())
    }

    /// Lets a little happen: a new item in one app, another app each turn. An app that pushes has to be made to push it
    /// ([`WholeCity::newest_push`]); the databases stay as they were filled.
    pub fn happen(&self, turn: u64) -> Option<&'static str> {
        let asked: Vec<&Arc<Shelf>> = self
            .shelves
            .iter()
            .filter(|shelf| shelf.entry.technology != Technology::Sql)
            .collect();
        let shelf = asked.get((turn % asked.len().max(1) as u64) as usize)?;
        shelf.insert(None);
        Some(shelf.entry.slug)
    }

    /// Closes every port and connection.
    pub async fn stop(mut self) {
        self.stopping.cancel();
        for server in self.servers.drain(..) {
            server.await.ok();
        }
    }
}

impl Drop for WholeCity {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}
