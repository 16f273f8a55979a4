//! The connector as meant: everything that the other crates may know of a YAML file.

use crate::{AppDef, Auth, Privacy, Register, Secret, Source, Sso};
use chrono_tz::Tz;
use divos_model::{AppId, UnitCode};
use serde_json::{Map, Value};
use std::path::PathBuf;
use std::time::Duration;

/// One app of the city, as its YAML means it: valid in every part, secrets resolved.
#[derive(Debug, Clone)]
pub struct Connector {
    /// The file's name without `.yaml`; also the app's id.
    pub id: AppId,
    /// What people see.
    pub title: String,
    /// The agency that owns the app.
    pub owner: Option<UnitCode>,
    /// What the app is for, for example `portal` or `letter`; apps of one capability overlap.
    pub capability: Option<String>,
    /// How well the app's interface is known.
    pub contract: Contract,
    /// The schemes of dedupe keys (`letter`, `regulation`) for which it is the authority.
    pub authority: Vec<String>,
    /// What the city's register of apps says of it.
    pub register: Register,
    /// The promise of freshness (`metadata.sla.fresh`): data older than this is called stale.
    /// Default: three times the longest `every`, at least one hour.
    pub fresh: Duration,
    /// The zone of times that the app writes without one; `Asia/Makassar` unless the file says otherwise.
    pub zone: Tz,
    /// The language of what the app holds, BCP 47; `id` unless the file says otherwise.
    pub lang: String,
    /// How the app is reached and opened.
    pub app: AppDef,
    /// How the hub itself signs in when it reads data.
    pub auth: Auth,
    /// A path that only those who are signed in may open; asked for before each read.
    pub auth_check: Option<String>,
    /// What of the app's data the hub reads, in the order of the file; may be empty.
    pub sources: Vec<Source>,
    /// How private the data is.
    pub privacy: Privacy,
    /// Recorded fixtures and what must come of them.
    pub tests: Vec<FixtureTest>,
    /// A hash of the meaning, 16 hexadecimal digits: the same for every file that means the same,
    /// whatever its comments, order or templates; secrets count by reference only. Safe to show.
    pub version: String,
    /// The templates it extends, nearest first, for example `wordpress@1`.
    pub templates: Vec<String>,
    /// The file it came from.
    pub file: PathBuf,
    pub(crate) fingerprint: [u8; 32],
}

/// How well an app's interface is known to who wrote the connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contract {
    /// It was seen: the file was written against the app itself.
    Known,
    /// Its product's interface is public; this installation was not seen.
    Documented,
    /// A plausible guess; the operator checks it against the app before it is used.
    Assumed,
}

impl Connector {
    /// Tells whether anything at all differs from another load, resolved secrets included. Never
    /// show it: a weak secret could be guessed from it; [`Connector::version`] is for showing.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// Finds a source by name.
    #[must_use]
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name)
    }

    /// Lists every secret that it holds: of the reading, of the sources, of the sign-on.
    #[must_use]
    pub fn secrets(&self) -> Vec<&Secret> {
        let mut found = self.auth.secrets();
        let of_sources = self
            .sources
            .iter()
            .flat_map(|source| source.fetch.secrets());
        found.extend(of_sources);
        if let Sso::Basic { password, .. } = &self.app.sso {
            found.push(password);
        }
        found
    }

    /// Lists every host that the app's own links and redirects may name: `app.hosts` and the hosts
    /// of its upstreams, lower case, without ports.
    #[must_use]
    pub fn own_hosts(&self) -> Vec<String> {
        let upstreams = self.app.upstreams.iter().filter_map(|url| url.host_str());
        let bases = self
            .sources
            .iter()
            .filter_map(|s| s.request()?.base.as_ref()?.host_str());
        let mut hosts: Vec<String> = self.app.hosts.clone();
        hosts.extend(upstreams.chain(bases).map(str::to_ascii_lowercase));
        hosts.sort();
        hosts.dedup();
        hosts
    }
}

/// A recorded answer of the app, and what must come of it.
#[derive(Debug, Clone, PartialEq)]
pub struct FixtureTest {
    /// The recorded answers: `fixtures/<connector or template>/<name>` beside the file that wrote the
    /// test, for example `connectors.d/templates/fixtures/wordpress@1/posts.http`.
    pub fixture: PathBuf,
    /// Which source reads it; the only one where there is one.
    pub source: Option<String>,
    /// How many items must come of it.
    pub count: Option<usize>,
    /// What the first items must hold, in order: a field (dotted for nested ones) and its value.
    pub expect: Vec<Map<String, Value>>,
}
