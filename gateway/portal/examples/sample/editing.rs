//! A desk with one made-up definition: its draft, its faults, its proposals, its history and a trial.

use super::{HOSTILE, World, now};
use async_trait::async_trait;
use chrono::TimeDelta;
use divos_model::{AppId, Lang, RowFault};
use divos_portal::ports::PortError;
use divos_portal::ports::editing::*;

/// The text that the desk holds to be good, and the hash by which its file is known.
pub const GOOD: &str = "metadata: { name: surat, title: Surat }\napp:\n  upstreams: []\n";
pub const HASH: &str = "h1";

fn refused(who: Editor) -> Result<(), EditFault> {
    match who.operator {
        true => Ok(()),
        false => Err(EditFault::Port(PortError::Refused)),
    }
}

fn known(app: &AppId) -> Result<(), EditFault> {
    match app.as_str() {
        "surat" | "baru" => Ok(()),
        _ => Err(EditFault::Port(PortError::Missing)),
    }
}

fn proposal(number: u64, state: &'static str) -> ProposalLine {
    ProposalLine {
        number,
        app: "surat".parse().expect("a slug"),
        kind: "change",
        state,
        author: "Ni Luh Contoh".to_owned(),
        reason: HOSTILE[0].to_owned(),
        at: now() - TimeDelta::minutes(9),
        decided_by: (state == "rejected").then(|| "I Made Contoh".to_owned()),
        note: (state == "rejected").then(|| "alamatnya keliru".to_owned()),
        restores: None,
    }
}

fn version(number: u64) -> VersionLine {
    VersionLine {
        number,
        at: now() - TimeDelta::days(3 - number.min(3) as i64),
        author: (number == 2).then(|| "Ni Luh Contoh".to_owned()),
        decided_by: (number == 2).then(|| "I Made Contoh".to_owned()),
        reason: if number == 2 { "judul baru" } else { "" }.to_owned(),
        restores: None,
        removed: false,
    }
}

impl World {
    fn saved(&self) -> Saved {
        Saved {
            number: 5,
            in_force: !self.two_persons,
        }
    }

    fn written(&self, what: &str, app: &AppId, typed: &Typed) {
        self.note(format!("{what} {app} base={} {}", typed.base, typed.reason));
        *self.draft.lock().expect("a lock") = Some(typed.clone());
    }
}

#[async_trait]
impl Editing for World {
    async fn open(&self, who: Editor, app: &AppId) -> Result<Sheet, EditFault> {
        refused(who)?;
        known(app)?;
        let draft = self.draft.lock().expect("a lock").clone();
        let exists = app.as_str() == "surat";
        let typed = draft.clone().unwrap_or_else(|| Typed {
            base: if exists { HASH } else { "" }.to_owned(),
            text: GOOD.to_owned(),
            reason: String::new(),
        });
        Ok(Sheet {
            exists,
            moved: (exists && typed.base != HASH).then(|| Moved {
                base: GOOD.to_owned(),
                theirs: GOOD.replace("Surat }", "Surat Mereka }"),
                hash: HASH.to_owned(),
            }),
            text: typed.text,
            base: typed.base,
            reason: typed.reason,
            draft: draft.map(|_| now() - TimeDelta::minutes(2)),
            two_persons: self.two_persons,
            waiting: Vec::new(),
        })
    }

    async fn keep(&self, who: Editor, app: &AppId, typed: Typed) -> Result<(), EditFault> {
        refused(who)?;
        self.written("keep", app, &typed);
        Ok(())
    }

    async fn discard(&self, who: Editor, app: &AppId) -> Result<(), EditFault> {
        refused(who)?;
        self.note(format!("discard {app}"));
        *self.draft.lock().expect("a lock") = None;
        Ok(())
    }

    async fn check(&self, who: Editor, _: &AppId, text: &str) -> Result<Findings, EditFault> {
        refused(who)?;
        if !text.contains("tilte") {
            return Ok(Findings {
                good: true,
                effects: vec![EffectLine {
                    destructive: true,
                    says: "PRIVASI DILONGGARKAN".to_owned(),
                    source: Some("masuk".to_owned()),
                    values: vec![(
                        "privacy.class".into(),
                        "restricted".into(),
                        HOSTILE[0].into(),
                    )],
                }],
                ..Findings::default()
            });
        }
        Ok(Findings {
            faults: vec![FaultLine {
                error: true,
                code: "DV0102".to_owned(),
                message: match who.lang {
                    Lang::Id => "kunci `tilte` tidak dikenal",
                    Lang::En => "unknown key `tilte`",
                }
                .to_owned(),
                help: Some("title".to_owned()),
                place: Some(Spot { line: 2, column: 3 }),
                elsewhere: None,
                excerpt: HOSTILE[0].to_owned(),
            }],
            lost: vec!["arsip".to_owned()],
            ..Findings::default()
        })
    }

    async fn save(&self, who: Editor, app: &AppId, typed: Typed) -> Result<Saved, EditFault> {
        refused(who)?;
        self.written("save", app, &typed);
        match typed.reason.trim() {
            "" => Err(EditFault::Told("Tulis alasan perubahan.".to_owned())),
            _ => Ok(self.saved()),
        }
    }

    async fn remove(&self, who: Editor, app: &AppId, reason: &str) -> Result<Saved, EditFault> {
        refused(who)?;
        self.note(format!("remove {app} {reason}"));
        Ok(self.saved())
    }

    async fn try_out(&self, who: Editor, app: &AppId, _: &str) -> Result<(), EditFault> {
        refused(who)?;
        self.note(format!("try {app}"));
        Ok(())
    }

    async fn trial(
        &self,
        who: Editor,
        app: &AppId,
        text: &str,
    ) -> Result<Option<TrialSheet>, EditFault> {
        refused(who)?;
        Ok((app.as_str() == "surat").then(|| TrialSheet {
            running: text.contains("berjalan"),
            same_text: text == GOOD,
            began: now() - TimeDelta::minutes(1),
            sources: vec![TrialSource {
                name: "masuk".to_owned(),
                counts: [1, 12, 1, 4_200],
                ended: Some(("ok", "Terbaca seluruhnya".to_owned())),
                notes: vec!["Tanpa charset".to_owned()],
                items: vec![TrialItem {
                    native_id: "7".to_owned(),
                    title: HOSTILE[0].to_owned(),
                    fields: vec![("state".to_owned(), "active".to_owned())],
                }],
                faults: vec![RowFault {
                    row: 3,
                    native_id: None,
                    field: "updated_at".to_owned(),
                    message: "bukan waktu".to_owned(),
                }],
            }],
        }))
    }

    async fn waiting(&self, who: Editor) -> Result<Vec<ProposalLine>, EditFault> {
        refused(who)?;
        Ok(vec![proposal(5, "waiting")])
    }

    async fn proposals(&self, who: Editor, _: &AppId) -> Result<Vec<ProposalLine>, EditFault> {
        refused(who)?;
        Ok(vec![proposal(5, "waiting"), proposal(4, "rejected")])
    }

    async fn proposal(&self, who: Editor, number: u64) -> Result<ProposalSheet, EditFault> {
        refused(who)?;
        if !(4..=6).contains(&number) {
            return Err(EditFault::Port(PortError::Missing));
        }
        let own = number == 6;
        Ok(ProposalSheet {
            line: proposal(number, if number == 4 { "rejected" } else { "waiting" }),
            old: GOOD.to_owned(),
            new: GOOD.replace("Surat }", "Surat Masuk }"),
            findings: Findings {
                good: true,
                ..Findings::default()
            },
            moved: false,
            barred: own.then(|| "Diperlukan dua orang.".to_owned()),
            own,
        })
    }

    async fn decide(
        &self,
        who: Editor,
        number: u64,
        decided: Decided,
        note: &str,
    ) -> Result<(), EditFault> {
        refused(who)?;
        self.note(format!("decide {number} {decided:?} {note}"));
        match (decided, note.trim()) {
            (Decided::Reject, "") => Err(EditFault::Told("Tulis alasan.".to_owned())),
            _ => Ok(()),
        }
    }

    async fn versions(
        &self,
        who: Editor,
        app: &AppId,
        _: Option<u64>,
    ) -> Result<Vec<VersionLine>, EditFault> {
        refused(who)?;
        known(app)?;
        Ok(vec![version(3), version(2), version(1)])
    }

    async fn version(
        &self,
        who: Editor,
        app: &AppId,
        number: u64,
    ) -> Result<VersionSheet, EditFault> {
        refused(who)?;
        known(app)?;
        Ok(VersionSheet {
            line: version(number),
            old: GOOD.to_owned(),
            new: GOOD.replace("Surat }", "Surat Masuk }"),
            effects: Vec::new(),
            newest: number == 3,
        })
    }

    async fn restore(
        &self,
        who: Editor,
        app: &AppId,
        number: u64,
        reason: &str,
    ) -> Result<Saved, EditFault> {
        refused(who)?;
        self.note(format!("restore {app} {number} {reason}"));
        Ok(self.saved())
    }
}
