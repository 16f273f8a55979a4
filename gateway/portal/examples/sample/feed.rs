//! A feed in memory, and the sources it is said to come from.

use super::{World, now};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use divos_feed::*;
use divos_model::{AppId, ItemId, wita};
use divos_portal::ports::*;
use std::time::Duration;

fn fits(entry: &FeedItem, filter: &Filter) -> bool {
    let (item, mark) = (&entry.item, &entry.mark);
    let text = filter
        .q
        .as_ref()
        .is_none_or(|q| item.title.to_lowercase().contains(&q.to_lowercase()));
    let snoozed = mark.snoozed_until.is_some_and(|until| until > now());
    let asked = filter.q.is_some() || filter.done || filter.snoozed || filter.pinned;
    text && filter.kind.is_none_or(|kind| item.kind() == kind)
        && filter.app.as_ref().is_none_or(|app| item.app == *app)
        && filter.state.is_none_or(|state| item.state == state)
        && (!filter.unread || !mark.seen)
        && (!filter.pinned || mark.pinned)
        && (!filter.done || mark.done)
        && (!filter.snoozed || snoozed)
        && (asked || (!mark.done && !snoozed))
}

#[async_trait]
impl Reading for World {
    async fn page(
        &self,
        _: &Reader,
        filter: &Filter,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<FeedPage, PortError> {
        let from: usize = cursor
            .map_or(Ok(0), str::parse)
            .map_err(|_| PortError::Expired)?;
        let all = self.items.lock().expect("a lock");
        let found: Vec<_> = all
            .iter()
            .filter(|entry| fits(entry, filter))
            .cloned()
            .collect();
        let stale = |id: &str, title: &str, state, hours: Option<i64>| StaleApp {
            app: id.parse().expect("a slug"),
            title: title.into(),
            state,
            since: None,
            last_ok: hours.map(|hours| (now() - TimeDelta::hours(hours)).with_timezone(&wita())),
        };
        let stale_apps = if self.stale {
            vec![
                stale("lapor", "Lapor Warga (contoh)", AppState::Down, Some(5)),
                stale("arsip", "Arsip Daerah (contoh)", AppState::Never, None),
            ]
        } else {
            Vec::new()
        };
        Ok(FeedPage {
            next: (found.len() > from + limit).then(|| (from + limit).to_string()),
            items: found.into_iter().skip(from).take(limit).collect(),
            more: false,
            gone: Vec::new(),
            as_of: now().with_timezone(&wita()),
            stale_apps,
        })
    }

    async fn item(&self, _: &Reader, id: ItemId) -> Result<FeedItem, PortError> {
        let all = self.items.lock().expect("a lock");
        all.iter()
            .find(|entry| entry.item.id == id)
            .cloned()
            .ok_or(PortError::Missing)
    }

    async fn mark(&self, _: &Reader, id: ItemId, change: MarkChange) -> Result<Mark, PortError> {
        self.note(format!(
            "mark {}",
            serde_json::to_string(&change).expect("JSON")
        ));
        let mut all = self.items.lock().expect("a lock");
        let mark = all
            .iter_mut()
            .find(|entry| entry.item.id == id)
            .map(|entry| &mut entry.mark)
            .ok_or(PortError::Missing)?;
        mark.seen = change.seen.unwrap_or(mark.seen);
        mark.done = change.done.unwrap_or(mark.done);
        mark.pinned = change.pinned.unwrap_or(mark.pinned);
        mark.snoozed_until = change.snoozed_until.unwrap_or(mark.snoozed_until);
        Ok(mark.clone())
    }

    async fn unread(&self, _: &Reader) -> Result<Vec<(AppId, u64)>, PortError> {
        Ok(vec![("surat".parse().expect("a slug"), 3)])
    }

    async fn coming(
        &self,
        _: &Reader,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        _: usize,
    ) -> Result<Vec<FeedItem>, PortError> {
        let date = |entry: &FeedItem| {
            entry
                .item
                .starts_at
                .or(entry.item.due_at)
                .map(|at| at.with_timezone(&Utc))
        };
        let all = self.items.lock().expect("a lock");
        Ok(all
            .iter()
            .filter(|entry| date(entry).is_some_and(|at| at >= from && at < to))
            .cloned()
            .collect())
    }
}

fn trouble(code: &str, sentence: &str, failure: bool) -> Trouble {
    Trouble {
        code: code.into(),
        blame: "operator".into(),
        sentence_id: sentence.into(),
        sentence_en: "A sentence in English.".into(),
        at: now() - TimeDelta::minutes(30),
        failure,
    }
}

/// Sources in every state.
pub fn sources() -> Vec<SourceStatus> {
    let source = |app: &str, title: &str, name: &str| {
        let mut status = SourceStatus::new(
            app.parse().expect("a slug"),
            title,
            name,
            Duration::from_secs(300),
            Duration::from_secs(3600),
        );
        status.version = "3f9c2a7be10d44aa".into();
        status.file = format!("{app}.yaml");
        status
    };
    let ago = |minutes| Some(now() - TimeDelta::minutes(minutes));
    let fine = |mut status: SourceStatus| {
        (status.last_run, status.last_ok, status.last_full) = (ago(4), ago(4), ago(240));
        (status.took_ms, status.next_run) = (Some(1840), Some(now() + TimeDelta::minutes(1)));
        (status.items, status.stale) = (1240, false);
        status
    };
    let surat = fine(source("surat", "Surat Kota (contoh)", "masuk"));
    let mut wrong_key = source("kinerja", "Kinerja (contoh)", "harian");
    (wrong_key.state, wrong_key.failures) = (SourceState::Failing, 4);
    (wrong_key.last_run, wrong_key.last_ok, wrong_key.next_run) =
        (ago(2), ago(600), Some(now() + TimeDelta::minutes(14)));
    wrong_key.troubles = vec![
        trouble(
            "unauthorized",
            "Aplikasi menolak kunci hub (HTTP 401). Periksa rahasia pada konektor ini.",
            true,
        ),
        trouble(
            "breaker_open",
            "Aplikasi berkali-kali gagal, sehingga dibiarkan sebentar.",
            true,
        ),
    ];
    wrong_key.breaker = "open".into();
    let mut rows = fine(source("agenda", "Agenda Pimpinan (contoh)", "acara"));
    rows.row_faults = 2;
    rows.troubles = vec![trouble(
        "row_faults",
        "2 baris tidak dapat menjadi item; baris lain tetap masuk.",
        false,
    )];
    rows.faults = (0..2)
        .map(|row| divos_model::RowFault {
            row: row + 6,
            native_id: Some(format!("A-{row}<script>")),
            field: "starts_at".into(),
            message: "is not a time".into(),
        })
        .collect();
    let mut running = fine(source("aset", "Aset Daerah (contoh)", "barang"));
    (running.state, running.next_run) = (SourceState::Running, None);
    vec![
        surat,
        wrong_key,
        rows,
        running,
        source("baru", "Aplikasi Baru (contoh)", "data"),
    ]
}

#[async_trait]
impl Operating for World {
    async fn sources(&self) -> Result<Vec<SourceStatus>, PortError> {
        Ok(sources())
    }

    async fn run_now(&self, app: &AppId, source: &str) -> Result<RunAnswer, PortError> {
        self.note(format!("run {app}/{source}"));
        match app.as_str() {
            "aset" => Ok(RunAnswer::Running),
            "baru" => Ok(RunAnswer::Full),
            "tidak-ada" => Err(PortError::Missing),
            _ => Ok(RunAnswer::Queued),
        }
    }

    async fn accept(&self, app: &AppId, source: &str) -> Result<RunAnswer, PortError> {
        self.note(format!("accept {app}/{source}"));
        Ok(RunAnswer::Queued)
    }

    fn reload_faults(&self) -> Vec<(AppId, String)> {
        let fault = "connectors.d/agenda.yaml:7:3: kunci `evry` tidak dikenal; maksudnya `every`?";
        vec![("agenda".parse().expect("a slug"), fault.into())]
    }
}
