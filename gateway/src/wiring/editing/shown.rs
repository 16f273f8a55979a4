//! From what editing finds to what the editor's pages show.

use crate::definitions::consequences::{Change, sentence};
use crate::definitions::editing::{Checked, Ended, SourceTrial, TrialReport, TriedItem};
use divos_adapters::row_sentence;
use divos_manifest::{Fault, Severity};
use divos_model::{Lang, PersonId, RowFault};
use divos_portal::ports::editing::{
    EffectLine, FaultLine, Findings, ProposalLine, Spot, TrialItem, TrialSheet, TrialSource,
    VersionLine,
};
use divos_store::{PeopleStore, Proposal, ProposalKind, ProposalState, Version, text_hash};
use std::collections::BTreeMap;
use std::path::Path;

/// The names of people, each looked up once.
pub(super) struct Names<'a> {
    people: &'a dyn PeopleStore,
    known: BTreeMap<PersonId, String>,
}

impl<'a> Names<'a> {
    pub(super) fn of(people: &'a dyn PeopleStore) -> Self {
        Self {
            people,
            known: BTreeMap::new(),
        }
    }

    /// A person's name; their id where nobody of that id is known any more.
    async fn name(&mut self, id: PersonId) -> String {
        if let Some(name) = self.known.get(&id) {
            return name.clone();
        }
        let found = self.people.person(id).await.ok().flatten();
        let name = found.map_or_else(|| id.to_string(), |person| person.name);
        self.known.insert(id, name.clone());
        name
    }

    async fn maybe(&mut self, id: Option<PersonId>) -> Option<String> {
        match id {
            Some(id) => Some(self.name(id).await),
            None => None,
        }
    }

    pub(super) async fn proposal(&mut self, proposal: &Proposal) -> ProposalLine {
        ProposalLine {
            number: proposal.number,
            app: proposal.app.clone(),
            kind: match proposal.kind {
                ProposalKind::Change => "change",
                ProposalKind::Removal => "removal",
                ProposalKind::Restoration => "restoration",
                ProposalKind::Registration => "registration",
            },
            state: match proposal.state {
                ProposalState::Draft => "draft",
                ProposalState::Waiting => "waiting",
                ProposalState::Applying => "applying",
                ProposalState::InForce => "in_force",
                ProposalState::Rejected => "rejected",
                ProposalState::Withdrawn => "withdrawn",
            },
            author: self.name(proposal.author).await,
            reason: proposal.reason.clone(),
            at: proposal.changed_at,
            decided_by: self.maybe(proposal.decided_by).await,
            note: proposal.note.clone(),
            restores: proposal.restores,
        }
    }

    pub(super) async fn version(&mut self, version: &Version) -> VersionLine {
        VersionLine {
            number: version.number,
            at: version.at,
            author: self.maybe(version.author).await,
            decided_by: self.maybe(version.decided_by).await,
            reason: version.reason.clone(),
            restores: version.restores,
            removed: version.hash.is_none(),
        }
    }
}

/// What was found in a text that would be in `file`.
pub(super) fn findings(checked: &Checked, file: &Path, lang: Lang) -> Findings {
    let faults = checked.faults.iter();
    let mut faults: Vec<FaultLine> = faults.map(|fault| line(fault, file, lang)).collect();
    faults.sort_by_key(|fault| (!fault.error, fault.place));
    // What a faulty text would do is not known.
    let known = if checked.is_good() {
        effects(&checked.changes, lang)
    } else {
        Vec::new()
    };
    Findings {
        faults,
        effects: known,
        lost: checked.lost.iter().map(ToString::to_string).collect(),
        good: checked.is_good(),
    }
}

fn line(fault: &Fault, file: &Path, lang: Lang) -> FaultLine {
    let own = fault.place.as_ref().filter(|place| place.file == file);
    let elsewhere = fault.place.as_ref().filter(|place| place.file != file);
    FaultLine {
        error: fault.severity() == Severity::Error,
        code: fault.code().to_owned(),
        message: fault.message(lang),
        help: fault.help(lang),
        place: own.map(|place| Spot {
            line: place.line,
            column: place.column,
        }),
        elsewhere: elsewhere.map(|place| format!("{}:{}", place.file.display(), place.line)),
        excerpt: fault
            .place
            .as_ref()
            .map(|place| place.text.clone())
            .unwrap_or_default(),
    }
}

/// What happens to the data, the values that cause it together.
pub(super) fn effects(changes: &[Change], lang: Lang) -> Vec<EffectLine> {
    let mut lines: Vec<EffectLine> = Vec::new();
    for change in changes {
        let says = sentence(change.effect, lang);
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let value = (
            change.path.clone(),
            text(&change.before),
            text(&change.after),
        );
        let same = |line: &&mut EffectLine| line.says == says && line.source == change.source;
        match lines.iter_mut().find(same) {
            Some(line) => line.values.push(value),
            None => lines.push(EffectLine {
                destructive: change.effect.is_destructive(),
                says: says.to_owned(),
                source: change.source.clone(),
                values: vec![value],
            }),
        }
    }
    lines
}

/// How a trial goes; `text` is what the editor shows now.
pub(super) fn trial(report: &TrialReport, text: &str, lang: Lang) -> TrialSheet {
    TrialSheet {
        running: report.running,
        same_text: report.text == text_hash(text),
        began: report.began,
        sources: report.sources.iter().map(|one| source(one, lang)).collect(),
    }
}

fn source(source: &SourceTrial, lang: Lang) -> TrialSource {
    let fault = |fault: &RowFault| RowFault {
        message: row_sentence(&fault.message, lang),
        ..fault.clone()
    };
    let item = |item: &TriedItem| TrialItem {
        native_id: item.native_id.clone(),
        title: item.title.clone(),
        fields: item.fields.clone(),
    };
    TrialSource {
        name: source.name.clone(),
        counts: [
            source.pages.into(),
            source.items,
            source.faults,
            source.bytes,
        ],
        ended: source.ended.as_ref().map(|ended| end(ended, lang)),
        notes: source
            .notes
            .iter()
            .map(|note| note.sentence(lang))
            .collect(),
        items: source.shown.iter().map(item).collect(),
        faults: source.row_faults.iter().map(fault).collect(),
    }
}

fn end(ended: &Ended, lang: Lang) -> (&'static str, String) {
    match ended {
        Ended::Whole => (
            "ok",
            lang.pick("Terbaca seluruhnya", "Read to the end")
                .to_owned(),
        ),
        Ended::Enough => (
            "ok",
            lang.pick("Cukup terbaca untuk dinilai", "Enough was read to judge by")
                .to_owned(),
        ),
        Ended::Short(partial) => ("warn", partial.sentence(lang)),
        Ended::Late => (
            "warn",
            lang.pick("Waktu uji coba habis", "The time of the trial was over")
                .to_owned(),
        ),
        Ended::Pushed => (
            "note",
            lang.pick(
                "Dikirim oleh aplikasi; tidak dapat ditanya",
                "Sent by the app; it cannot be asked",
            )
            .to_owned(),
        ),
        Ended::Failed(error) => ("bad", error.sentence(lang)),
        Ended::NotOpened(why) => (
            "bad",
            format!(
                "{}: {why}",
                lang.pick("Tidak dapat dibuka", "Cannot be opened")
            ),
        ),
    }
}
