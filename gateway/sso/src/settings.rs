//! What an operator may decide about sign-in.
//!
//! Owns the values and their defaults. It must never know where they are written.

use chrono::TimeDelta;
use secrecy::SecretString;
use std::fmt;

/// How people are signed in, and for how long.
#[derive(Clone)]
pub struct SsoSettings {
    /// The hub's own host as browsers write it, for example `divos.localhost:8443`.
    pub hub_host: String,
    /// A session that nobody used for so long has ended; 60 min.
    pub idle: TimeDelta,
    /// A session that old has ended, used or not; 12 h.
    pub absolute: TimeDelta,
    /// A change made on another node is seen after so long at the latest; 5 s. Changes made on this node are
    /// seen at once.
    pub fresh_for: TimeDelta,
    /// That a session is in use is written down so often at most; 60 s.
    pub touch_every: TimeDelta,
    /// Passwords that are hashed or verified at a time, each on a core of its own; half of the cores.
    pub passwords_at_once: usize,
    /// Published passwords that nobody may have or sign in with, such as the demo's.
    pub refused_passwords: Vec<SecretString>,
}

impl SsoSettings {
    /// The defaults, for a hub on `hub_host`.
    #[must_use]
    pub fn for_host(hub_host: &str) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            hub_host: hub_host.to_ascii_lowercase(),
            idle: TimeDelta::minutes(60),
            absolute: TimeDelta::hours(12),
            fresh_for: TimeDelta::seconds(5),
            touch_every: TimeDelta::seconds(60),
            passwords_at_once: (cores / 2).max(1),
            refused_passwords: Vec::new(),
        }
    }
}

impl fmt::Debug for SsoSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SsoSettings")
            .field("hub_host", &self.hub_host)
            .field("idle", &self.idle)
            .finish_non_exhaustive()
    }
}
