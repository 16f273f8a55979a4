//! Reads a source page by page: one page in memory at a time, honest about what is missing.
//!
//! Owns paging, cursors and conditional requests; `way.rs` has the port that each way of reading implements. It must never know a store or a schedule.
//! Start with [`Reader`], then [`Pages::next`].

mod children;
mod cursor;
mod files;
mod folder;
mod given;
mod http;
mod imap;
mod link;
mod pages;
mod paging;
mod place;
mod proof;
mod push;
mod raw;
mod request;
mod sql;
mod summary;
pub(crate) mod way;

pub use folder::last_watched;
pub use pages::{Page, Pages};
pub use place::Place;
pub use summary::{Partial, Summary};

use crate::drift::Shape;
use crate::formats::{self, Setting};
use crate::outbound::{self, NetworkFault, Outbound, Reach};
use crate::{MapFault, Mapper, Pseudonym};
use divos_database::Dsn;
use divos_formats::html::Compiled;
use divos_manifest::{Connector, Fetch, Source};
use divos_model::Clock;
use std::sync::Arc;

/// The outside world, as far as reading a source may see it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct World {
    /// The way out.
    pub http: Arc<Outbound>,
    /// The time, for `fetched_at`.
    pub clock: Arc<dyn Clock>,
    /// The key of pseudonyms.
    pub pseudonym: Arc<Pseudonym>,
}

impl World {
    /// Names the server that a source asks, as [`Outbound::sparing`] tells servers apart; `None` where it asks none: it
    /// reads files, or is pushed to.
    #[must_use]
    pub fn server(&self, connector: &Connector, source: &Source) -> Option<String> {
        let dsn;
        let place = match &source.fetch {
            Fetch::Sql(sql) => {
                dsn = Dsn::parse(sql.dsn.reveal().ok()?).ok()?;
                sql::server(&dsn)?
            }
            Fetch::Imap(imap) => (imap.host.as_str(), imap.port),
            fetch => {
                fetch.request().filter(|request| request.files.is_none())?;
                outbound::place(request::base(connector, source)?)
            }
        };
        Some(self.http.server(place))
    }
}

/// What to ask a source for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ask {
    /// The cursor that the last complete pass left ([`Summary::cursor`]); `None` asks for everything.
    pub cursor: Option<String>,
    /// What the last complete pass left for a conditional request ([`Summary::validators`]).
    pub validators: Option<Validators>,
    /// What the records looked like until now ([`Summary::shape`]): a page of another shape ends the pass. `None` takes
    /// any shape, and learns it.
    pub shape: Option<Shape>,
    /// Whether to ask for everything although there is a cursor: the pass that may sweep.
    pub full: bool,
    /// Where an unfinished pass of the same version of the connector stood ([`Page::place`]): this one goes on there.
    pub resume: Option<Place>,
}

/// What a server said to recognise an unchanged answer by (RFC 9110, section 8.8). Kept between
/// passes by whoever schedules them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Validators {
    /// A hash of the request that they are for; they are sent with no other.
    pub request: String,
    /// `ETag`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// `Last-Modified`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

/// A source cannot be opened at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The connector has no such source.
    #[error("{connector} has no source `{source_name}`")]
    UnknownSource {
        /// The connector.
        connector: String,
        /// The name asked for.
        source_name: String,
    },
    /// Its parents never come to an end.
    #[error("source `{source_name}` of {connector} has a parent of a parent too many")]
    TooDeep {
        /// The connector.
        connector: String,
        /// The name asked for.
        source_name: String,
    },
    /// Its mapping does not compile.
    #[error(transparent)]
    Mapping(#[from] MapFault),
    /// `app.networks` holds what is no network.
    #[error(transparent)]
    Network(#[from] NetworkFault),
}

/// A source, ready to be read again and again: mapping compiled, hosts known. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Reader {
    pub(crate) connector: Arc<Connector>,
    pub(crate) at: usize,
    pub(crate) mapper: Arc<Mapper>,
    pub(crate) reach: Arc<Reach>,
    /// The selectors of a page's rows, where they are good.
    pub(crate) html: Option<Compiled>,
    /// The source whose records this one is asked for.
    pub(crate) parent: Option<Arc<Reader>>,
}

/// The most generations of sources above one.
const GENERATIONS: u8 = 3;

impl Reader {
    /// Compiles what reading a source needs. Keep it for as long as the connector does not change.
    ///
    /// # Errors
    /// Where there is no such source, or its mapping or networks do not compile.
    pub fn new(connector: Arc<Connector>, source: &str) -> Result<Self, OpenError> {
        let reach = Arc::new(Reach::of(&connector)?);
        Self::below(connector, reach, source, 0)
    }

    fn below(
        connector: Arc<Connector>,
        reach: Arc<Reach>,
        source: &str,
        depth: u8,
    ) -> Result<Self, OpenError> {
        let at = connector
            .sources
            .iter()
            .position(|known| known.name == source);
        let at = at.ok_or_else(|| OpenError::UnknownSource {
            connector: connector.id.to_string(),
            source_name: source.to_owned(),
        })?;
        if depth > GENERATIONS {
            return Err(OpenError::TooDeep {
                connector: connector.id.to_string(),
                source_name: source.to_owned(),
            });
        }
        let parent = connector.sources[at].parent.as_ref();
        let parent = parent
            .map(|parent| Self::below(connector.clone(), reach.clone(), &parent.source, depth + 1));
        let parent = parent.transpose()?.map(Arc::new);
        let mapper = Arc::new(Mapper::compile(&connector, &connector.sources[at])?);
        let html = formats::compile(&connector.sources[at].fetch).ok();
        Ok(Self {
            connector,
            at,
            mapper,
            reach,
            html,
            parent,
        })
    }

    /// Compiles and begins a pass in one step.
    ///
    /// # Errors
    /// As [`Reader::new`].
    pub fn open(
        connector: Arc<Connector>,
        source: &str,
        ask: Ask,
        world: &World,
    ) -> Result<Pages, OpenError> {
        Ok(Self::new(connector, source)?.pages(ask, world))
    }

    /// Begins a pass. Nothing is sent before the first [`Pages::next`].
    #[must_use]
    pub fn pages(&self, ask: Ask, world: &World) -> Pages {
        Pages::begin(self.clone(), ask, world.clone())
    }

    /// Begins a pass over records that are at hand, for recordings of what is no request. Nothing is fetched.
    #[must_use]
    pub fn recorded(&self, records: Vec<serde_json::Value>, ask: Ask, world: &World) -> Pages {
        Pages::over(way::given(records), self.clone(), ask, world.clone())
    }

    /// Where and when its documents are read.
    pub(crate) fn setting(&self, world: &World) -> Setting {
        Setting {
            zone: self.connector.zone,
            now: Some(world.clock.now()),
        }
    }

    /// Returns the connector.
    #[must_use]
    pub fn connector(&self) -> &Arc<Connector> {
        &self.connector
    }

    /// Returns the source.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.connector.sources[self.at]
    }

    /// Returns the compiled mapping.
    #[must_use]
    pub fn mapper(&self) -> &Arc<Mapper> {
        &self.mapper
    }
}
