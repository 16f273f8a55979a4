//! What a connector is made of, value by value, each with its origin.

use std::path::PathBuf;

/// One value of the definition after templates, overlay and defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Where it is, for example `app.timeouts.connect`.
    pub path: String,
    /// What it is; secrets show their reference only.
    pub value: String,
    /// The file and line that says so; `None` for one of the hub's own defaults.
    pub origin: Option<(PathBuf, usize)>,
}
