//! How each app is, told honestly: from the statuses of its sources, and nothing else.

use crate::{SourceState, SourceStatus, StaleApp, Trouble};
use chrono::{DateTime, Utc};
use divos_model::{AppId, Lang, wita};
use serde::Serialize;

/// How an app's data is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AppState {
    /// Every source was read within its promise of freshness.
    Up,
    /// The last run of a source failed, but its data is still within the promise.
    Failing,
    /// A source's data is older than promised.
    Stale,
    /// A source's data is older than promised, and the app does not answer.
    Down,
    /// A source was never read.
    Never,
}

impl AppState {
    /// Returns the word that people see.
    #[must_use]
    pub fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Up, Lang::Id) => "Lancar",
            (Self::Up, Lang::En) => "Up",
            (Self::Failing, Lang::Id) => "Gagal dibaca",
            (Self::Failing, Lang::En) => "Failing",
            (Self::Stale, Lang::Id) => "Data terlambat",
            (Self::Stale, Lang::En) => "Stale",
            (Self::Down, Lang::Id) => "Tidak dapat dihubungi",
            (Self::Down, Lang::En) => "Down",
            (Self::Never, Lang::Id) => "Belum pernah dibaca",
            (Self::Never, Lang::En) => "Never read",
        }
    }
}

/// The health of one app.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AppHealth {
    /// Which app.
    pub app: AppId,
    /// Its title.
    pub title: String,
    /// How it is: the worst of its sources. `Up` where the hub reads none of its data.
    pub state: AppState,
    /// Since when it is so, as far as is known.
    pub since: Option<DateTime<Utc>>,
    /// The oldest of its sources' last successes; `None` where one never succeeded.
    pub last_ok: Option<DateTime<Utc>>,
    /// The age of that, in seconds.
    pub age_s: Option<u64>,
    /// Whether the breaker is open.
    pub breaker_open: bool,
    /// When one of its sources is read next.
    pub next_run: Option<DateTime<Utc>>,
    /// What is wrong, worst first.
    pub troubles: Vec<Trouble>,
}

impl AppHealth {
    /// Judges one app by its sources' statuses. With none the app is `Up`: nothing is known against it.
    #[must_use]
    pub fn judge(app: &AppId, title: &str, sources: &[&SourceStatus], now: DateTime<Utc>) -> Self {
        let worst = sources.iter().max_by_key(|status| state_of(status));
        let state = worst.map_or(AppState::Up, |status| state_of(status));
        let oldest = sources.iter().map(|status| status.last_ok).min().flatten();
        let mut troubles: Vec<Trouble> = sources
            .iter()
            .flat_map(|status| status.troubles.iter().cloned())
            .collect();
        troubles.sort_by_key(|trouble| !trouble.failure);
        Self {
            app: app.clone(),
            title: title.to_owned(),
            state,
            since: worst.and_then(|status| since(status)),
            last_ok: oldest,
            age_s: oldest.and_then(|at| u64::try_from((now - at).num_seconds()).ok()),
            breaker_open: sources.iter().any(|status| status.breaker == "open"),
            next_run: sources.iter().filter_map(|status| status.next_run).min(),
            troubles,
        }
    }

    /// Returns what a reader is told; `None` for an app whose data is as fresh as promised.
    #[must_use]
    pub fn stale(&self) -> Option<StaleApp> {
        let local = |at: DateTime<Utc>| at.with_timezone(&wita());
        matches!(
            self.state,
            AppState::Stale | AppState::Down | AppState::Never
        )
        .then(|| StaleApp {
            app: self.app.clone(),
            title: self.title.clone(),
            state: self.state,
            since: self.since.map(local),
            last_ok: self.last_ok.map(local),
        })
    }
}

fn state_of(status: &SourceStatus) -> AppState {
    let unreachable = status.troubles.iter().any(Trouble::is_unreachable);
    let failing = status.failures > 0 || status.state == SourceState::Failing;
    match (status.last_ok, status.stale) {
        (None, _) => AppState::Never,
        (Some(_), true) if unreachable => AppState::Down,
        (Some(_), true) => AppState::Stale,
        (Some(_), false) if failing => AppState::Failing,
        (Some(_), false) => AppState::Up,
    }
}

/// Since when a source is as it is: when its trouble began, or when its data grew too old.
fn since(status: &SourceStatus) -> Option<DateTime<Utc>> {
    let fresh = status
        .fresh
        .and_then(|fresh| chrono::TimeDelta::from_std(fresh).ok());
    match state_of(status) {
        AppState::Up => status.last_ok,
        AppState::Stale => status.last_ok.zip(fresh).map(|(at, fresh)| at + fresh),
        AppState::Failing | AppState::Down | AppState::Never => status
            .troubles
            .iter()
            .filter(|t| t.failure)
            .map(|t| t.at)
            .min(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).expect("a time")
    }

    fn status(last_ok_min: Option<i64>, failures: u32, code: &str) -> SourceStatus {
        let ago = |minutes| now() - chrono::TimeDelta::minutes(minutes);
        let mut status = SourceStatus::new(
            "surat".parse().expect("a slug"),
            "Surat",
            "inbox",
            Duration::from_secs(300),
            Duration::from_secs(3600),
        );
        status.last_ok = last_ok_min.map(ago);
        status.failures = failures;
        status.stale = last_ok_min.is_none_or(|minutes| minutes > 60);
        if !code.is_empty() {
            let finding = crate::trouble::Finding::NotSaved.at(ago(7));
            let failure = failures > 0;
            status.troubles = vec![Trouble {
                code: code.to_owned(),
                failure,
                ..finding
            }];
        }
        status
    }

    #[test]
    fn each_app_is_as_bad_as_its_worst_source() {
        let fine = status(Some(5), 0, "");
        for (other, expected) in [
            (status(Some(5), 0, ""), AppState::Up),
            (status(Some(5), 0, "sweep_held"), AppState::Up),
            (status(Some(5), 2, "upstream_error"), AppState::Failing),
            (status(Some(90), 9, "upstream_error"), AppState::Stale),
            (status(Some(90), 9, "refused"), AppState::Down),
            (status(None, 1, "refused"), AppState::Never),
        ] {
            let app = fine.app.clone();
            let health = AppHealth::judge(&app, "Surat", &[&fine, &other], now());
            assert_eq!(health.state, expected);
            assert_eq!(
                health.last_ok,
                other.last_ok.map(|at| at.min(fine.last_ok.expect("ok")))
            );
            let told = matches!(expected, AppState::Stale | AppState::Down | AppState::Never);
            assert_eq!(health.stale().is_some(), told, "{expected:?}");
        }
    }

    #[test]
    fn stale_since_the_moment_the_promise_was_broken() {
        let old = status(Some(90), 0, "");
        let health = AppHealth::judge(&old.app, "Surat", &[&old], now());
        assert_eq!(health.since, Some(now() - chrono::TimeDelta::minutes(30)));
        assert_eq!(health.age_s, Some(90 * 60));
    }

    #[test]
    fn an_app_without_sources_is_up() {
        let app = "surat".parse().expect("a slug");
        assert_eq!(
            AppHealth::judge(&app, "Surat", &[], now()).state,
            AppState::Up
        );
    }
}
