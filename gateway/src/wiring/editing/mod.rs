//! The editor's pages, over the editing of definitions: sentences in the visitor's language, names for people.

mod shown;
mod typed;

use crate::definitions::editing::{Actor, Decision, EditError, Editing};
use async_trait::async_trait;
use divos_model::{AppId, Lang};
use divos_portal::ports::PortError;
use divos_portal::ports::editing::{
    Decided, EditFault, Editing as Port, Editor, Findings, Moved, ProposalLine, ProposalSheet,
    Saved, Sheet, TrialSheet, Typed, VersionLine, VersionSheet,
};
use divos_store::{PeopleStore, Proposal, ProposalKind, ProposalQuery, ProposalState, text_hash};
use shown::Names;
use std::sync::Arc;

/// How many versions or proposals one page lists.
const LISTED: usize = 50;
/// How many that wait are looked through, the most that the store lists.
const WAITING: usize = 200;

/// The desk of the operators.
pub struct Desk {
    /// Editing itself.
    pub editing: Arc<Editing>,
    /// The names of people.
    pub people: Arc<dyn PeopleStore>,
}

fn actor(who: Editor) -> Actor {
    Actor {
        person: who.person,
        operator: who.operator,
    }
}

/// What a person is told; what only the log can use is written there.
fn told(who: Editor) -> impl Fn(EditError) -> EditFault {
    move |error| match error {
        EditError::Missing => EditFault::Port(PortError::Missing),
        EditError::NotAllowed => EditFault::Port(PortError::Refused),
        error => {
            if let EditError::Store(cause) = &error {
                tracing::error!(%cause, "an edit could not be kept");
            }
            EditFault::Told(error.sentence(who.lang))
        }
    }
}

fn only_operators(who: Editor) -> Result<(), EditFault> {
    match who.operator {
        true => Ok(()),
        false => Err(EditFault::Port(PortError::Refused)),
    }
}

fn saved(proposal: &Proposal) -> Saved {
    Saved {
        number: proposal.number,
        in_force: proposal.state == ProposalState::InForce,
    }
}

/// Where a registration is approved: its own page asks for the address, too.
fn at_its_page(lang: Lang) -> String {
    lang.pick(
        "Pendaftaran disetujui di halamannya sendiri (Operasi, lalu Pendaftaran): di sana alamat aplikasi diisi.",
        "A registration is approved on its own page (Operations, then Registrations): the app's address is given there.",
    )
    .to_owned()
}

/// What an editor shows where there is no definition yet.
fn beginning(app: &AppId) -> String {
    format!(
        "apiVersion: divos/v1\nkind: Connector\nmetadata: {{ name: {app}, title: \"\" }}\napp:\n  upstreams: []\n  sso: none\n  \
         policy:\n    - {{ path: /, allow: signed_in }}\nprivacy: {{ class: internal }}\n"
    )
}

impl Desk {
    fn names(&self) -> Names<'_> {
        Names::of(&*self.people)
    }

    async fn lines(
        &self,
        who: Editor,
        query: ProposalQuery,
    ) -> Result<Vec<ProposalLine>, EditFault> {
        only_operators(who)?;
        let found = self.editing.proposals(query).await.map_err(told(who))?;
        let mut names = self.names();
        let mut lines = Vec::with_capacity(found.len());
        for proposal in found.iter().filter(|one| one.state != ProposalState::Draft) {
            lines.push(names.proposal(proposal).await);
        }
        Ok(lines)
    }
}

#[async_trait]
impl Port for Desk {
    async fn open(&self, who: Editor, app: &AppId) -> Result<Sheet, EditFault> {
        only_operators(who)?;
        let disk = self.editing.on_disk(app).await.map_err(told(who))?;
        let kind = ProposalKind::Change;
        let draft = self.editing.draft(actor(who), kind, app).await;
        let draft = draft.map_err(told(who))?;
        let query = ProposalQuery {
            app: Some(app.clone()),
            state: Some(ProposalState::Waiting),
            limit: LISTED,
            ..ProposalQuery::default()
        };
        let hash = |text: &Option<String>| text.as_deref().map(text_hash).unwrap_or_default();
        let mut sheet = Sheet {
            exists: disk.is_some(),
            base: hash(&disk),
            two_persons: self.editing.two_persons(),
            waiting: self.lines(who, query).await?,
            ..Sheet::default()
        };
        match draft {
            None => sheet.text = disk.unwrap_or_else(|| beginning(app)),
            Some((proposal, texts)) => {
                sheet.base = hash(&texts.base);
                sheet.moved = (texts.base != disk).then(|| Moved {
                    base: texts.base.unwrap_or_default(),
                    hash: hash(&disk),
                    theirs: disk.unwrap_or_default(),
                });
                sheet.text = texts.text.unwrap_or_default();
                sheet.reason = proposal.reason;
                sheet.draft = Some(proposal.changed_at);
            }
        }
        sheet.text = sheet.text.replace("\r\n", "\n");
        Ok(sheet)
    }

    async fn keep(&self, who: Editor, app: &AppId, typed: Typed) -> Result<(), EditFault> {
        let reason = typed.reason.clone();
        let texts = self.texts(who, app, typed).await.map_err(told(who))?;
        let kept = self.editing.keep_typed(actor(who), app, texts, &reason);
        kept.await.map_err(told(who))
    }

    async fn discard(&self, who: Editor, app: &AppId) -> Result<(), EditFault> {
        let kind = ProposalKind::Change;
        let draft = self.editing.draft(actor(who), kind, app).await;
        if let Some((draft, _)) = draft.map_err(told(who))? {
            let withdrawn = self.editing.withdraw(actor(who), draft.number).await;
            withdrawn.map_err(told(who))?;
        }
        Ok(())
    }

    async fn check(&self, who: Editor, app: &AppId, text: &str) -> Result<Findings, EditFault> {
        only_operators(who)?;
        let checked = self.editing.check(app, Some(text.to_owned())).await;
        let checked = checked.map_err(told(who))?;
        Ok(shown::findings(&checked, &self.editing.file(app), who.lang))
    }

    async fn save(&self, who: Editor, app: &AppId, typed: Typed) -> Result<Saved, EditFault> {
        let number = self.draft(who, app, typed).await.map_err(told(who))?;
        let done = self.editing.submit(actor(who), number).await;
        Ok(saved(&done.map_err(told(who))?))
    }

    async fn remove(&self, who: Editor, app: &AppId, reason: &str) -> Result<Saved, EditFault> {
        let done = self.editing.remove(actor(who), app, reason).await;
        Ok(saved(&done.map_err(told(who))?))
    }

    async fn try_out(&self, who: Editor, app: &AppId, text: &str) -> Result<(), EditFault> {
        let begun = self.editing.try_out(actor(who), app, text).await;
        begun.map_err(told(who))
    }

    async fn trial(
        &self,
        who: Editor,
        app: &AppId,
        text: &str,
    ) -> Result<Option<TrialSheet>, EditFault> {
        only_operators(who)?;
        let report = self.editing.trial(actor(who), app);
        Ok(report.map(|report| shown::trial(&report, text, who.lang)))
    }

    async fn waiting(&self, who: Editor) -> Result<Vec<ProposalLine>, EditFault> {
        let query = ProposalQuery {
            state: Some(ProposalState::Waiting),
            limit: WAITING,
            ..ProposalQuery::default()
        };
        let mut lines = self.lines(who, query).await?;
        // Registrations have a list of their own.
        lines.retain(|line| line.kind != "registration");
        Ok(lines)
    }

    async fn proposals(&self, who: Editor, app: &AppId) -> Result<Vec<ProposalLine>, EditFault> {
        let query = ProposalQuery {
            app: Some(app.clone()),
            limit: LISTED,
            ..ProposalQuery::default()
        };
        let mut lines = self.lines(who, query).await?;
        // What came into force is told by the versions.
        lines.retain(|line| !matches!(line.state, "in_force" | "withdrawn"));
        Ok(lines)
    }

    async fn proposal(&self, who: Editor, number: u64) -> Result<ProposalSheet, EditFault> {
        only_operators(who)?;
        let (proposal, texts) = self.editing.proposal(number).await.map_err(told(who))?;
        let own = proposal.author == who.person;
        // What is not proposed, or not any more, is its author's alone.
        let private = matches!(
            proposal.state,
            ProposalState::Draft | ProposalState::Withdrawn
        );
        if private && !own {
            return Err(EditFault::Port(PortError::Missing));
        }
        let waits = proposal.state == ProposalState::Waiting;
        let app = &proposal.app;
        let findings = if waits {
            let checked = self.editing.check(app, texts.text.clone()).await;
            let checked = checked.map_err(told(who))?;
            shown::findings(&checked, &self.editing.file(app), who.lang)
        } else {
            let (old, new) = (texts.base.clone(), texts.text.clone());
            let changes = self.editing.consequences(app, old, new).await;
            Findings {
                effects: shown::effects(&changes.map_err(told(who))?, who.lang),
                good: true,
                ..Findings::default()
            }
        };
        let moved = waits && self.editing.on_disk(app).await.map_err(told(who))? != texts.base;
        let barred = self.editing.may_decide(actor(who), &proposal).err();
        Ok(ProposalSheet {
            line: self.names().proposal(&proposal).await,
            old: texts.base.unwrap_or_default(),
            new: texts.text.unwrap_or_default(),
            findings,
            moved,
            barred: barred.map(|error| error.sentence(who.lang)),
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
        let decision = match decided {
            Decided::Withdraw => {
                let withdrawn = self.editing.withdraw(actor(who), number).await;
                return withdrawn.map(drop).map_err(told(who));
            }
            Decided::Approve => Decision::Approve,
            Decided::Reject => Decision::Reject,
        };
        only_operators(who)?;
        let (proposal, _) = self.editing.proposal(number).await.map_err(told(who))?;
        if decision == Decision::Approve && proposal.kind == ProposalKind::Registration {
            return Err(EditFault::Told(at_its_page(who.lang)));
        }
        let done = self
            .editing
            .decide(actor(who), number, decision, note)
            .await;
        done.map(drop).map_err(told(who))
    }

    async fn versions(
        &self,
        who: Editor,
        app: &AppId,
        before: Option<u64>,
    ) -> Result<Vec<VersionLine>, EditFault> {
        only_operators(who)?;
        let found = self.editing.versions(app, before, LISTED).await;
        let mut names = self.names();
        let mut lines = Vec::new();
        for version in found.map_err(told(who))? {
            lines.push(names.version(&version).await);
        }
        Ok(lines)
    }

    async fn version(
        &self,
        who: Editor,
        app: &AppId,
        number: u64,
    ) -> Result<VersionSheet, EditFault> {
        only_operators(who)?;
        let (version, new) = self.editing.version(app, number).await.map_err(told(who))?;
        let old = match number {
            0 | 1 => None,
            _ => {
                self.editing
                    .version(app, number - 1)
                    .await
                    .map_err(told(who))?
                    .1
            }
        };
        let changes = self
            .editing
            .consequences(app, old.clone(), new.clone())
            .await;
        let newest = self
            .editing
            .versions(app, None, 1)
            .await
            .map_err(told(who))?;
        Ok(VersionSheet {
            line: self.names().version(&version).await,
            effects: shown::effects(&changes.map_err(told(who))?, who.lang),
            old: old.unwrap_or_default(),
            new: new.unwrap_or_default(),
            newest: newest.first().is_some_and(|newest| newest.number == number),
        })
    }

    async fn restore(
        &self,
        who: Editor,
        app: &AppId,
        number: u64,
        reason: &str,
    ) -> Result<Saved, EditFault> {
        let done = self
            .editing
            .roll_back(actor(who), app, number, reason)
            .await;
        Ok(saved(&done.map_err(told(who))?))
    }
}
