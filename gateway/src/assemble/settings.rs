//! From the settings to what each part is handed.

use crate::config::{HostBudget, HubFile};
use crate::edge::Limits;
use crate::routes::PublicAddress;
use divos_adapters::HostLimit;
use divos_feed::ScheduleLimits;
use divos_sso::SsoSettings;
use std::collections::BTreeMap;

pub(super) fn sso_settings(
    settings: &HubFile,
    address: &PublicAddress,
    refused_passwords: Vec<secrecy::SecretString>,
) -> SsoSettings {
    let delta =
        |d: std::time::Duration| chrono::TimeDelta::from_std(d).unwrap_or(chrono::TimeDelta::MAX);
    SsoSettings {
        idle: delta(settings.sessions.idle.0),
        absolute: delta(settings.sessions.absolute.0),
        passwords_at_once: settings.sign_in.parallel,
        refused_passwords,
        ..SsoSettings::for_host(&address.authority(&address.domain))
    }
}

pub(super) fn schedule_limits(settings: &HubFile) -> ScheduleLimits {
    ScheduleLimits {
        workers: settings.feed.workers,
        per_app: settings.feed.per_app,
        ..ScheduleLimits::default()
    }
}

/// What each server is spared.
pub(super) fn spared(settings: &HubFile) -> BTreeMap<String, HostLimit> {
    let limit = |budget: &HostBudget| HostLimit {
        per_minute: budget.per_minute,
        in_flight: budget.in_flight,
    };
    let hosts = settings.feed.hosts.iter();
    hosts
        .map(|(name, budget)| (name.clone(), limit(budget)))
        .collect()
}

pub(super) fn edge_limits(settings: &HubFile) -> Limits {
    let limits = &settings.limits;
    Limits {
        header_deadline: limits.header_time.0,
        keep_alive: limits.keep_alive.0,
        drain: limits.drain.0,
        connections: limits.connections,
        header_bytes: usize::try_from(limits.header_bytes.0).unwrap_or(usize::MAX),
        ..Limits::default()
    }
}
