//! A launcher with apps in every state of health.

use super::{World, now};
use async_trait::async_trait;
use chrono::TimeDelta;
use divos_feed::AppState;
use divos_model::AppId;
use divos_portal::ports::*;

const NAMES: [(&str, &str); 8] = [
    ("surat", "Surat Kota"),
    ("kinerja", "Kinerja"),
    ("agenda", "Agenda Pimpinan"),
    ("aset", "Aset Daerah"),
    ("lapor", "Lapor Warga"),
    ("arsip", "Arsip Daerah"),
    ("hukum", "Produk Hukum"),
    ("data", "Satu Data"),
];

#[async_trait]
impl Apps for World {
    async fn apps(&self, _: &Visitor) -> Result<Vec<AppLine>, PortError> {
        let states = [
            Some(AppState::Up),
            Some(AppState::Failing),
            Some(AppState::Stale),
            Some(AppState::Down),
            Some(AppState::Never),
            None,
        ];
        let line = |i: usize| {
            let (id, title) = NAMES[i % NAMES.len()];
            let id = if i < NAMES.len() {
                id.to_owned()
            } else {
                format!("{id}-{i}")
            };
            let health = states[i % states.len()];
            AppLine {
                open: (i % 7 != 6).then(|| format!("https://{id}.divos.test/")),
                id: id.parse().expect("a slug"),
                title: format!("{title} (contoh)"),
                owner: Some("Dinas Komunikasi, Informatika dan Statistik".into()),
                about: i
                    .is_multiple_of(2)
                    .then(|| ["letter", "Catatan bebas"][i / 2 % 2].into()),
                health,
                last_ok: health
                    .filter(|state| *state != AppState::Never)
                    .map(|_| now() - TimeDelta::minutes(7 * i as i64)),
            }
        };
        Ok((0..self.apps).map(line).collect())
    }

    fn title(&self, app: &AppId) -> Option<String> {
        NAMES
            .iter()
            .find(|(id, _)| *id == app.as_str())
            .map(|(_, title)| format!("{title} (contoh)"))
    }

    fn open(&self, app: &AppId, web: &str) -> Option<String> {
        web.strip_prefix('/')
            .map(|path| format!("https://{app}.divos.test/{path}"))
    }
}
