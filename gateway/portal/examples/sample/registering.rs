//! Registrations that are kept in memory, and an app that somebody looks after.

use super::{World, now};
use async_trait::async_trait;
use chrono::{NaiveDate, TimeDelta};
use divos_feed::{AppHealth, AppState};
use divos_model::{AppId, Kind, Lang};
use divos_portal::ports::*;

/// The secret that a new credential of the sample has.
pub const SECRET: &str = "dvp_contoh-rahasia-yang-hanya-tampil-sekali";

/// One registration as the sample keeps it.
#[derive(Clone)]
pub struct Kept {
    pub typed: Typed,
    pub state: RegistrationState,
    pub note: Option<String>,
}

fn text(typed: &Typed, field: &str) -> String {
    typed.get(field).cloned().unwrap_or_default()
}

/// What is wrong in the sample's eyes: names and addresses that are missing.
fn faults(typed: &Typed) -> Vec<AnswerFault> {
    ["name", "address", "readers", "way"]
        .into_iter()
        .filter(|field| text(typed, field).trim().is_empty())
        .map(|field| AnswerFault {
            field: field.to_owned(),
            sentence: format!("Isi bagian {field}."),
        })
        .collect()
}

impl World {
    fn line(&self, number: u64, kept: &Kept) -> RegistrationLine {
        RegistrationLine {
            number,
            name: text(&kept.typed, "name"),
            unit: Some("Dinas Komunikasi, Informatika dan Statistik".into()),
            author: Some("Ni Luh Sekar Contoh".into()),
            state: kept.state,
            changed_at: now() - TimeDelta::minutes(3),
        }
    }

    fn lines(&self) -> Vec<RegistrationLine> {
        let kept = self.registrations.lock().expect("a lock");
        let lines = kept.iter().enumerate();
        lines
            .map(|(at, kept)| self.line(at as u64 + 1, kept))
            .collect()
    }

    fn with<T>(&self, number: u64, work: impl FnOnce(&mut Kept) -> T) -> Result<T, PortError> {
        let mut kept = self.registrations.lock().expect("a lock");
        let at = usize::try_from(number)
            .ok()
            .and_then(|number| number.checked_sub(1));
        let found = at.and_then(|at| kept.get_mut(at));
        found.map(work).ok_or(PortError::Missing)
    }
}

#[async_trait]
impl Registering for World {
    async fn choices(&self, _: &Visitor, _: Lang) -> Result<Choices, PortError> {
        Ok(Choices {
            units: vec![(
                "030801".into(),
                "Dinas Komunikasi, Informatika dan Statistik".into(),
            )],
            products: vec![ProductChoice {
                word: "rss@1".into(),
                title: "RSS".into(),
                params: vec![("path".into(), "The path of its feed".into(), false)],
            }],
            kinds: vec![("letter".into(), "Surat".into())],
            capabilities: vec!["letter".into(), "lainnya".into()],
        })
    }

    async fn keep(
        &self,
        _: &Visitor,
        number: Option<u64>,
        typed: Typed,
        _: Lang,
    ) -> Result<u64, RegisteringError> {
        if let Some(number) = number {
            self.with(number, |kept| kept.typed = typed)?;
            return Ok(number);
        }
        let mut all = self.registrations.lock().expect("a lock");
        all.push(Kept {
            typed,
            state: RegistrationState::Draft,
            note: None,
        });
        Ok(all.len() as u64)
    }

    async fn sheet(
        &self,
        _: &Visitor,
        number: u64,
        _: Lang,
    ) -> Result<RegistrationSheet, PortError> {
        let kept = self.with(number, |kept| kept.clone())?;
        let faults = faults(&kept.typed);
        let good = faults.is_empty();
        Ok(RegistrationSheet {
            line: self.line(number, &kept),
            own: true,
            app: "surat".parse().ok(),
            draft: match good {
                true => format!("metadata: {{ title: {} }}\n", text(&kept.typed, "name")),
                false => String::new(),
            },
            check: String::new(),
            good,
            note: kept.note,
            typed: kept.typed,
            faults,
        })
    }

    async fn mine(&self, _: &Visitor) -> Result<Vec<RegistrationLine>, PortError> {
        Ok(self.lines())
    }

    async fn sent(&self, _: &Visitor) -> Result<Vec<RegistrationLine>, PortError> {
        let mut lines = self.lines();
        lines.retain(|line| line.state != RegistrationState::Draft);
        Ok(lines)
    }

    async fn send(&self, _: &Visitor, number: u64, _: Lang) -> Result<(), RegisteringError> {
        self.with(number, |kept| kept.state = RegistrationState::Waiting)?;
        Ok(())
    }

    async fn withdraw(&self, _: &Visitor, number: u64) -> Result<(), PortError> {
        self.with(number, |kept| kept.state = RegistrationState::Withdrawn)
    }

    async fn rule(
        &self,
        _: &Visitor,
        number: u64,
        ruling: Ruling,
        _: Lang,
    ) -> Result<(), RegisteringError> {
        self.note(format!("rule {number} {ruling:?}"));
        match ruling {
            Ruling::Reject { note } if note.is_empty() => Err(RegisteringError::Said(
                "Tulis alasannya untuk pendaftar.".into(),
            )),
            Ruling::Reject { note } => Ok(self.with(number, |kept| {
                (kept.state, kept.note) = (RegistrationState::Rejected, Some(note));
            })?),
            Ruling::Approve { .. } => {
                Ok(self.with(number, |kept| kept.state = RegistrationState::Approved)?)
            }
        }
    }
}

#[async_trait]
impl OwnApps for World {
    async fn sheet(&self, _: &Visitor, app: &AppId) -> Result<OwnAppSheet, PortError> {
        let mut sources = Operating::sources(self).await?;
        sources.retain(|source| source.app == *app);
        let Some(title) = self.title(app) else {
            return Err(PortError::Missing);
        };
        let day = |day: u32| NaiveDate::from_ymd_opt(2026, 11, day).expect("a day");
        let health = AppHealth::judge(app, &title, &sources.iter().collect::<Vec<_>>(), now());
        Ok(OwnAppSheet {
            app: app.clone(),
            title,
            owner: Some("Dinas Komunikasi, Informatika dan Statistik".into()),
            connected: health.state != AppState::Never,
            health: Some(health),
            sources,
            kinds: vec![(Kind::Letter, 1_240)],
            usage: vec![
                UsageLine {
                    day: day(24),
                    opened: None,
                    pushed: 12,
                    refused: 0,
                },
                UsageLine {
                    day: day(23),
                    opened: Some((1_310, 212)),
                    pushed: 40,
                    refused: 3,
                },
            ],
            credentials: Some(vec![CredentialLine {
                id: "0199b7a1-0000-7000-8000-000000000001".into(),
                signs: true,
                label: "Server surat (contoh)".into(),
                since: now() - TimeDelta::days(3),
                last_used: Some(now() - TimeDelta::minutes(5)),
            }]),
            ingest: format!("{}/api/v1/ingest/{app}", self.origin),
        })
    }

    async fn mine(&self, _: &Visitor) -> Result<Vec<(AppId, String)>, PortError> {
        Ok(vec![(
            "surat".parse().expect("a slug"),
            "Surat Kota (contoh)".into(),
        )])
    }

    async fn make_credential(
        &self,
        _: &Visitor,
        app: &AppId,
        signs: bool,
        label: &str,
    ) -> Result<CredentialMade, PortError> {
        self.note(format!("credential {app} {signs} {label}"));
        match label {
            "ketiga" => Ok(CredentialMade::TooMany),
            _ => Ok(CredentialMade::Secret(SECRET.into())),
        }
    }

    async fn revoke_credential(&self, _: &Visitor, app: &AppId, id: &str) -> Result<(), PortError> {
        self.note(format!("revoke {app} {id}"));
        Ok(())
    }
}
