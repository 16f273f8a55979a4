//! A made-up person's own data.

use super::registry::records;
use super::{World, now};
use async_trait::async_trait;
use chrono::{NaiveDate, TimeDelta};
use divos_portal::ports::{
    OwnData, OwnDataSheet, OwnEvent, OwnMarks, OwnSession, OwnToken, PortError, PostHeld, Visitor,
};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn post(title: &str, assignment: &str, until: Option<&str>) -> PostHeld {
    PostHeld {
        title: title.into(),
        unit: "Dinas <Contoh>".into(),
        assignment: assignment.into(),
        until: until.map(day),
    }
}

/// All that the hub holds about the sample's person.
pub fn sheet() -> OwnDataSheet {
    let before = |minutes| now() - TimeDelta::minutes(minutes);
    let event = |minutes, event: &str, by_self| OwnEvent {
        at: before(minutes),
        event: event.into(),
        by_self,
        address: (by_self == Some(true)).then(|| "127.0.0.1".into()),
    };
    let token = |label: &str, ended: bool| OwnToken {
        label: label.into(),
        since: before(60 * 24 * 40),
        last_used: (!ended).then(|| before(3)),
        ended,
    };
    let mut apps = records();
    apps.truncate(1);
    OwnDataSheet {
        id: "6afba68c-151a-525a-8293-8ac4832c3ef1".into(),
        name: "Ni Made Sekar Ayu <Contoh>, S.Kom.".into(),
        status: Some("PNS".into()),
        identifiers: vec![
            ("nip", "990001012026011001".into()),
            ("email", "sekar@denpasar.example".into()),
            ("username", "sekar".into()),
        ],
        roles: vec!["operator".into()],
        has_password: true,
        since: before(60 * 24 * 400),
        posts: vec![
            (
                day("2026-01-01"),
                post("Pranata Komputer", "definitif", None),
            ),
            (
                day("2024-02-01"),
                post("Sekretaris", "plt", Some("2025-12-31")),
            ),
        ],
        sessions: vec![OwnSession {
            host: "divos.test".into(),
            device: "Firefox, Android".into(),
            since: before(90),
            last_seen: before(1),
        }],
        tokens: vec![token("kalender <ponsel>", false), token("", true)],
        marks: OwnMarks {
            seen: 1_240,
            done: 310,
            pinned: 4,
            snoozed: 2,
            muted: 0,
        },
        addressed: 87,
        work: [1, 3, 0],
        log: vec![
            event(90, "sign_in.ok", Some(true)),
            event(95, "sign_in.failed", None),
            event(60 * 24 * 40, "password.reset", Some(false)),
            event(60 * 24 * 41, "sesuatu.baru", None),
        ],
        more_log: true,
        apps,
        lives: TimeDelta::hours(12),
    }
}

#[async_trait]
impl OwnData for World {
    async fn sheet(&self, visitor: &Visitor) -> Result<OwnDataSheet, PortError> {
        self.note(format!("own data of {}", visitor.person));
        Ok(sheet())
    }
}
