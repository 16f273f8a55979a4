//! The hub's own settings: `hub.yaml` as written, over the compiled-in defaults, as meant.
//!
//! Owns the layers (defaults, file, environment, flags) and where each value came from. It must never
//! know what a setting is used for. Start with [`load`].

mod file;
mod layers;
mod secrets;
mod words;

pub use file::{CertificateFiles, HostBudget, HubFile};
pub use layers::{ConfigError, Loaded, Origin, Overrides, environment, load};
pub use secrets::{HubSecrets, SecretFault};
pub use words::{Duration, Listen, Size};

/// The annotated defaults, as they are compiled in.
pub const DEFAULTS: &str = include_str!("../../../config/hub.yaml");

/// Returns the JSON Schema (2020-12) of `hub.yaml`.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(HubFile).to_value();
    if let Some(fields) = schema.as_object_mut() {
        fields.insert("title".into(), "DIVOS Hub configuration".into());
        // Every key may be left out: the compiled-in defaults hold then.
        fields.remove("required");
    }
    schema
}
