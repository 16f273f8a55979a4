//! Registering, as the portal asks for it.

use super::visitor::{reader_of, unavailable, unit_names};
use crate::definitions::editing::EditError;
use crate::registration::{
    AnswerFault as Fault, Applicant, Approval, CAPABILITIES, Case, FIELDS, KINDS, PARAM,
    RegisterError, Registrations, products,
};
use async_trait::async_trait;
use divos_model::{Lang, PersonId};
use divos_portal::ports::{
    AnswerFault, Choices, PortError, ProductChoice, Registering, RegisteringError,
    RegistrationLine, RegistrationSheet, RegistrationState, Ruling, Typed, Visitor,
};
use divos_portal::registry::UnitNames;
use divos_sso::{Reader, Sso};
use divos_store::{PeopleStore, ProposalState, StoreError};
use std::sync::Arc;

/// The most parameters of one product that are kept.
const PARAMS_MOST: usize = 30;

/// The portal's way to the registrations.
pub struct RegistrationDesk {
    /// What was registered.
    pub registrations: Arc<Registrations>,
    /// Who somebody is.
    pub sso: Arc<Sso>,
    /// The names of people and units.
    pub people: Arc<dyn PeopleStore>,
}

/// Returns somebody as an applicant: the city itself, the unit that is under none, registers nothing.
pub(crate) async fn applicant(
    people: &dyn PeopleStore,
    reader: &Reader,
) -> Result<Applicant, StoreError> {
    let all = people.units().await?;
    let is_root = |unit: &divos_store::Unit| unit.parent.is_none();
    let roots: Vec<_> = all
        .into_iter()
        .filter(is_root)
        .map(|unit| unit.code)
        .collect();
    let mut units = reader.under.clone();
    units.retain(|unit| !roots.contains(unit) || reader.units.contains(unit));
    Ok(Applicant {
        person: reader.person,
        units,
        operator: reader.has_role("operator"),
    })
}

/// Keeps the fields of the form and drops what is none of it.
pub(crate) fn known_fields(mut typed: Typed) -> Typed {
    let mut params = 0;
    typed.retain(|field, _| {
        if !field.starts_with(PARAM) {
            return FIELDS.contains(&field.as_str());
        }
        params += 1;
        field.len() <= 80 && params <= PARAMS_MOST
    });
    typed
}

impl RegistrationDesk {
    async fn applicant(&self, visitor: &Visitor) -> Result<Applicant, PortError> {
        let reader = reader_of(&self.sso, visitor).await?;
        applicant(&*self.people, &reader)
            .await
            .map_err(|e| unavailable(&e))
    }

    async fn name(&self, person: PersonId) -> Option<String> {
        let found = self.people.person(person).await.ok().flatten();
        found.map(|person| person.name)
    }

    async fn lines(&self, cases: &[Case]) -> Result<Vec<RegistrationLine>, PortError> {
        let units = unit_names(&*self.people).await?;
        let mut lines = Vec::with_capacity(cases.len());
        for case in cases {
            let author = self.name(case.registration.person).await;
            lines.push(line(case, &units, author));
        }
        Ok(lines)
    }
}

fn line(case: &Case, units: &UnitNames, author: Option<String>) -> RegistrationLine {
    let registration = &case.registration;
    let typed = |field: &str| registration.typed.get(field).map_or("", String::as_str);
    RegistrationLine {
        number: registration.number,
        name: typed("name").trim().to_owned(),
        unit: units.get(typed("unit")).map(str::to_owned),
        author,
        state: match case.state() {
            None | Some(ProposalState::Draft) => RegistrationState::Draft,
            Some(ProposalState::Waiting | ProposalState::Applying) => RegistrationState::Waiting,
            Some(ProposalState::InForce) => RegistrationState::Approved,
            Some(ProposalState::Rejected) => RegistrationState::Rejected,
            Some(ProposalState::Withdrawn) => RegistrationState::Withdrawn,
        },
        changed_at: case
            .proposal
            .as_ref()
            .map_or(registration.changed_at, |(proposal, _)| proposal.changed_at),
    }
}

fn said(faults: &[Fault], lang: Lang) -> Vec<AnswerFault> {
    let fault = |fault: &Fault| AnswerFault {
        field: fault.field.clone(),
        sentence: fault.sentence(lang).to_owned(),
    };
    faults.iter().map(fault).collect()
}

/// Says why something about a registration could not be done.
pub(crate) fn sentence(error: &RegisterError, lang: Lang) -> Option<String> {
    match error {
        RegisterError::TooMany => Some(
            lang.pick(
                "Sudah terlalu banyak pendaftaran yang belum dikirim. Kirim atau hapus salah satu dahulu.",
                "Too many registrations were begun and not sent. Send or delete one first.",
            )
            .to_owned(),
        ),
        RegisterError::TooManyWait => Some(
            lang.pick(
                "Sudah terlalu banyak pendaftaran Anda yang menunggu keputusan. Tunggu keputusan operator atau tarik kembali salah satu.",
                "Too many of your registrations wait for a decision. Wait for the operators or withdraw one.",
            )
            .to_owned(),
        ),
        RegisterError::SecondPerson => Some(
            lang.pick(
                "Perubahan Anda sudah menjadi usulan. Hub ini memerlukan dua orang: operator lain yang memutuskan.",
                "Your change is a proposal now. This hub asks for two persons: another operator decides.",
            )
            .to_owned(),
        ),
        RegisterError::Overlay(fault) => Some(fault.sentence(lang)),
        RegisterError::Edit(EditError::Missing) | RegisterError::Missing => None,
        RegisterError::Edit(EditError::NotAllowed) => None,
        RegisterError::Edit(error) => Some(error.sentence(lang)),
        RegisterError::Answers(_) | RegisterError::Store(_) => None,
    }
}

fn told(error: RegisterError, lang: Lang) -> RegisteringError {
    if let Some(sentence) = sentence(&error, lang) {
        return RegisteringError::Said(sentence);
    }
    match error {
        RegisterError::Answers(faults) => RegisteringError::Faults(said(&faults, lang)),
        other => RegisteringError::Port(port(other)),
    }
}

fn port(error: RegisterError) -> PortError {
    match error {
        RegisterError::Missing | RegisterError::Edit(EditError::Missing) => PortError::Missing,
        RegisterError::Edit(EditError::NotAllowed) => PortError::Refused,
        other => unavailable(&other),
    }
}

#[async_trait]
impl Registering for RegistrationDesk {
    async fn choices(&self, visitor: &Visitor, lang: Lang) -> Result<Choices, PortError> {
        let names = unit_names(&*self.people).await?;
        let units = self.applicant(visitor).await?.units.into_iter();
        let named = |code: divos_model::UnitCode| {
            let name = names.get(code.as_str()).unwrap_or(code.as_str());
            (code.to_string(), name.to_owned())
        };
        let product = |product: crate::registration::Product| ProductChoice {
            word: product.template,
            title: product.title,
            params: product
                .params
                .into_iter()
                .map(|param| (param.name, param.about, param.required))
                .collect(),
        };
        let kind =
            |kind: &divos_model::Kind| (kind.as_str().to_owned(), kind.label(lang).to_owned());
        Ok(Choices {
            units: units.map(named).collect(),
            products: products().into_iter().map(product).collect(),
            kinds: KINDS.iter().map(kind).collect(),
            capabilities: CAPABILITIES.iter().map(|word| (*word).to_owned()).collect(),
        })
    }

    async fn keep(
        &self,
        visitor: &Visitor,
        number: Option<u64>,
        typed: Typed,
        lang: Lang,
    ) -> Result<u64, RegisteringError> {
        let by = self.applicant(visitor).await?;
        let kept = self.registrations.keep(&by, number, known_fields(typed));
        kept.await.map_err(|error| told(error, lang))
    }

    async fn sheet(
        &self,
        visitor: &Visitor,
        number: u64,
        lang: Lang,
    ) -> Result<RegistrationSheet, PortError> {
        let by = self.applicant(visitor).await?;
        let case = self.registrations.case(&by, number).await.map_err(port)?;
        let units = unit_names(&*self.people).await?;
        let author = self.name(case.registration.person).await;
        let mut sheet = RegistrationSheet {
            line: line(&case, &units, author),
            typed: case.registration.typed.clone(),
            own: case.registration.person == by.person,
            app: None,
            faults: Vec::new(),
            draft: String::new(),
            check: String::new(),
            good: false,
            note: None,
        };
        let preview = match case.proposal {
            // What was sent is shown as it was sent.
            Some((proposal, texts)) => {
                sheet.app = Some(proposal.app.clone());
                sheet.note = proposal.note;
                sheet.draft = texts.text.clone().unwrap_or_default();
                if proposal.state != ProposalState::Waiting {
                    return Ok(sheet);
                }
                let text = texts.text.unwrap_or_default();
                self.registrations.check(&proposal.app, text, lang).await
            }
            None => {
                let typed = &case.registration.typed;
                let preview = self.registrations.preview(&by, typed, lang).await;
                preview.map(|(_, preview)| preview)
            }
        };
        match preview {
            Ok(preview) => {
                sheet.app = Some(preview.app);
                (sheet.draft, sheet.check, sheet.good) =
                    (preview.draft, preview.check, preview.good);
            }
            Err(RegisterError::Answers(faults)) => sheet.faults = said(&faults, lang),
            Err(error) => return Err(port(error)),
        }
        Ok(sheet)
    }

    async fn mine(&self, visitor: &Visitor) -> Result<Vec<RegistrationLine>, PortError> {
        let by = self.applicant(visitor).await?;
        let cases = self.registrations.mine(&by).await.map_err(port)?;
        self.lines(&cases).await
    }

    async fn sent(&self, visitor: &Visitor) -> Result<Vec<RegistrationLine>, PortError> {
        if !self.applicant(visitor).await?.operator {
            return Err(PortError::Refused);
        }
        let cases = self.registrations.sent().await.map_err(port)?;
        self.lines(&cases).await
    }

    async fn send(
        &self,
        visitor: &Visitor,
        number: u64,
        lang: Lang,
    ) -> Result<(), RegisteringError> {
        let by = self.applicant(visitor).await?;
        let sent = self.registrations.send(&by, number, lang).await;
        sent.map_err(|error| told(error, lang))
    }

    async fn withdraw(&self, visitor: &Visitor, number: u64) -> Result<(), PortError> {
        let by = self.applicant(visitor).await?;
        self.registrations.withdraw(&by, number).await.map_err(port)
    }

    async fn rule(
        &self,
        visitor: &Visitor,
        number: u64,
        ruling: Ruling,
        lang: Lang,
    ) -> Result<(), RegisteringError> {
        let by = self.applicant(visitor).await?;
        let ruled = match ruling {
            Ruling::Approve {
                address,
                networks,
                text,
                note,
            } => {
                let approval = Approval {
                    address,
                    networks,
                    text,
                    note,
                };
                self.registrations
                    .approve(&by, number, &approval, lang)
                    .await
            }
            Ruling::Reject { note } => self.registrations.reject(&by, number, &note).await,
        };
        ruled.map_err(|error| told(error, lang))
    }
}
