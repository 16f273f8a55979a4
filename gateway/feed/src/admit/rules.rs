//! What one source's items are held to: from its connector, worked out once per run.

use chrono::{DateTime, Utc};
use divos_manifest::Connector;
use divos_model::{AppId, Audience, AudienceKey, PersonalData, Sensitivity, UnitCode};
use std::time::Duration;

/// The rules of one source.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The app.
    pub app: AppId,
    /// The source's name.
    pub source: String,
    /// The hosts that the app's own links may name, lower case, without ports.
    pub hosts: Vec<String>,
    /// Whether the app is opened through the hub: its own links then become paths on its virtual host.
    pub proxied: bool,
    /// Who may read it at most: an item may be more private, never less.
    pub class: Sensitivity,
    /// What personal data it holds at least.
    pub personal_data: PersonalData,
    /// Who sees an item that names nobody.
    pub audience: Audience,
    /// The agency that owns the app: who has a need to know of an item that belongs to no other unit.
    pub owner: Option<UnitCode>,
    /// The schemes of dedupe keys for which the app is the authority.
    pub authority: Vec<String>,
    /// How long an item is kept after its last change.
    pub retain: Option<Duration>,
    /// The moment that `retain` is counted back from.
    pub now: DateTime<Utc>,
    /// Whether the source is read for the first time, or with another mapping: what it holds is then
    /// handed to the store even where it says the same, for another source may have brought it.
    pub anew: bool,
    pub(crate) default_keys: Vec<AudienceKey>,
}

impl Rules {
    /// Reads the rules of a source from its connector.
    #[must_use]
    pub fn of(connector: &Connector, source: &str, now: DateTime<Utc>) -> Self {
        let privacy = &connector.privacy;
        Self {
            hosts: connector.own_hosts(),
            proxied: !connector.app.upstreams.is_empty(),
            class: privacy.class,
            personal_data: privacy.personal_data,
            owner: connector.owner.clone(),
            authority: connector.authority.clone(),
            retain: privacy.retain,
            ..Self::new(connector.id.clone(), source, privacy.audience.clone(), now)
        }
    }

    /// The mildest rules: internal data for this audience, no hosts, kept for ever.
    #[must_use]
    pub fn new(app: AppId, source: &str, audience: Audience, now: DateTime<Utc>) -> Self {
        Self {
            app,
            source: source.to_owned(),
            hosts: Vec::new(),
            proxied: true,
            class: Sensitivity::Public,
            personal_data: PersonalData::None,
            default_keys: audience.keys(),
            audience,
            owner: None,
            authority: Vec::new(),
            retain: None,
            now,
            anew: false,
        }
    }

    /// The moment before which an item's last change is too old to be kept.
    pub(crate) fn oldest(&self) -> Option<DateTime<Utc>> {
        let retain = chrono::TimeDelta::from_std(self.retain?).ok()?;
        self.now.checked_sub_signed(retain)
    }
}
