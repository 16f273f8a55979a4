//! Starts the city, holds it, and stops it.
//!
//! Owns the list of running apps; never knows how one answers.

use crate::app::{CityApp, Make, SPECS, Spec};
use crate::knobs::Knobs;
use crate::state::AppState;
use crate::{connectors, data, serve};
use chrono::{DateTime, FixedOffset, Utc};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What a city is built from.
#[derive(Debug, Clone, Copy)]
pub struct CityOptions {
    /// The same seed and `now` give the same data.
    pub seed: u64,
    /// The day on which the city's data is "today".
    pub now: DateTime<Utc>,
    /// How long the slow app takes.
    pub slow: Duration,
}

impl Default for CityOptions {
    /// Seed 1, the present moment, three seconds.
    fn default() -> Self {
        Self {
            seed: 1,
            now: Utc::now(),
            slow: Duration::from_secs(3),
        }
    }
}

/// Why the city could not be built or written down.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    /// No port could be taken on loopback.
    #[error("no port on 127.0.0.1 for the app `{app}`")]
    NoPort {
        /// Which app.
        app: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// A connector file could not be written.
    #[error("the connector file `{path}` could not be written")]
    NotWritten {
        /// Which file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A running city. Dropping it stops it too, without waiting.
pub struct City {
    apps: Vec<CityApp>,
    states: Vec<Arc<AppState>>,
    servers: Vec<JoinHandle<()>>,
    /// Keeps the port of the app that is down: bound, never listening, so that a connection is refused.
    _closed: Vec<TcpSocket>,
    stopping: CancellationToken,
}

impl City {
    /// Starts every app on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// [`CityError::NoPort`] when the system has none.
    pub async fn start(options: CityOptions) -> Result<Self, CityError> {
        let wita = FixedOffset::east_opt(8 * 3600).expect("eight hours is an offset");
        let now = options.now.with_timezone(&wita);
        let stopping = CancellationToken::new();
        let mut city = Self {
            apps: Vec::new(),
            states: Vec::new(),
            servers: Vec::new(),
            _closed: Vec::new(),
            stopping,
        };
        for spec in SPECS {
            let records = data::records(spec, options.seed, now);
            city.open(spec, records, options.slow)
                .await
                .map_err(|source| CityError::NoPort {
                    app: spec.id,
                    source,
                })?;
        }
        Ok(city)
    }

    async fn open(
        &mut self,
        spec: &'static Spec,
        records: Vec<crate::Record>,
        slow: Duration,
    ) -> std::io::Result<()> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(([127, 0, 0, 1], 0).into())?;
        let base_url = format!("http://{}", socket.local_addr()?);
        let state = Arc::new(AppState::new(spec, base_url.clone(), slow, records));
        if spec.make == Make::Down {
            self._closed.push(socket);
        } else {
            let listener: TcpListener = socket.listen(1024)?;
            self.servers.push(tokio::spawn(serve::run(
                listener,
                state.clone(),
                self.stopping.clone(),
            )));
        }
        self.apps.push(CityApp {
            id: spec.id,
            title: spec.title,
            owner: spec.owner,
            base_url,
            make: spec.make,
        });
        self.states.push(state);
        Ok(())
    }

    /// Every app, in the order in which it is shown.
    #[must_use]
    pub fn apps(&self) -> &[CityApp] {
        &self.apps
    }

    /// One app.
    ///
    /// # Panics
    /// When the city has no app of that id.
    #[must_use]
    pub fn app(&self, id: &str) -> &CityApp {
        self.apps
            .iter()
            .find(|app| app.id == id)
            .expect("an app of the city")
    }

    /// The knobs of one app.
    ///
    /// # Panics
    /// When the city has no app of that id.
    #[must_use]
    pub fn knobs(&self, id: &str) -> Knobs {
        let state = self
            .states
            .iter()
            .find(|state| state.spec.id == id)
            .expect("an app of the city");
        Knobs(state.clone())
    }

    /// The connector of one app, with its loopback address, as `connectors.d/<id>.yaml` would hold it.
    ///
    /// # Panics
    /// When the city has no app of that id.
    #[must_use]
    pub fn connector_yaml(&self, id: &str) -> String {
        connectors::yaml(self.app(id))
    }

    /// Writes `<dir>/<id>.yaml` for every app; the directory must exist.
    ///
    /// # Errors
    /// [`CityError::NotWritten`] with the file's name.
    pub fn write_connectors(&self, dir: &Path) -> Result<(), CityError> {
        for app in &self.apps {
            let path = dir.join(format!("{}.yaml", app.id));
            std::fs::write(&path, connectors::yaml(app)).map_err(|source| {
                CityError::NotWritten {
                    path: path.display().to_string(),
                    source,
                }
            })?;
        }
        Ok(())
    }

    /// The secrets that the connectors name: `${secret:<path>}` and its made-up value.
    #[must_use]
    pub fn secrets(&self) -> &'static [connectors::Secret] {
        connectors::SECRETS
    }

    /// Lets a little happen: a new item in one app, another one each turn. Returns the app's id and the title.
    pub fn happen(&self, turn: u64) -> Option<(&'static str, String)> {
        let (app, title) = data::happening(turn);
        self.knobs(app).insert(&title).map(|_| (app, title))
    }

    /// Closes every port and connection.
    pub async fn stop(mut self) {
        self.stopping.cancel();
        for server in self.servers.drain(..) {
            server.await.ok();
        }
    }
}

impl Drop for City {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}
