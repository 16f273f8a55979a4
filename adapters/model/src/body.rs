//! The body of each kind of item. Every field is one type; what a source lacks is left out.

use crate::{ItemId, Kind, State, Time, UnitCode};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $ty:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
            #[serde(default, deny_unknown_fields)]
            pub struct $name {
                $(
                    $(#[$field_doc])*
                    #[serde(skip_serializing_if = "empty")]
                    pub $field: $ty,
                )*
            }

            impl $name {
                /// The names of the fields, as the API and the YAML use them.
                pub const FIELDS: &'static [&'static str] = &[$(stringify!($field),)*];
            }
        )*
    };
}

/// Tells whether a field holds nothing, and so is left out of the JSON.
fn empty<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

bodies! {
    /// `task` (tugas).
    TaskBody {
        /// Who has to do it, as the source names them.
        assignees: Vec<String>,
        /// Where the task came from, for example a letter's number.
        origin: Option<String>,
        /// How far it is, 0 to 100.
        percent: Option<u8>,
        /// Its steps.
        checklist: Vec<ChecklistEntry>,
    }
    /// One step of a task.
    ChecklistEntry {
        /// What has to be done.
        label: String,
        /// Whether it is.
        done: bool,
    }
    /// `letter` (surat, naskah dinas).
    LetterBody {
        /// `incoming`, `outgoing` or `internal`.
        direction: Option<String>,
        /// The letter's own number (nomor surat).
        number: Option<String>,
        /// The date on the letter.
        date: Option<NaiveDate>,
        /// What it is about (hal, perihal).
        subject: Option<String>,
        /// Its sender.
        from: Option<String>,
        /// Its recipients.
        to: Vec<String>,
        /// Those who receive a copy (tembusan).
        cc: Vec<String>,
        /// Its type, for example `undangan`.
        r#type: Option<String>,
        /// Its archival classification code.
        classification: Option<String>,
        /// Who signs it.
        signers: Vec<String>,
        /// What superiors noted on it.
        dispositions: Vec<Disposition>,
    }
    /// A superior's instruction on a letter (disposisi).
    Disposition {
        /// The source's id.
        id: Option<String>,
        /// Who gave it.
        from: Option<String>,
        /// Who received it.
        to: Option<String>,
        /// The preset instruction.
        instruction: Option<String>,
        /// A note in free words.
        note: Option<String>,
        /// Until when.
        due: Option<Time>,
        /// When the recipient read it.
        read_at: Option<Time>,
        /// Where it stands.
        state: Option<State>,
        /// The disposition that it forwards.
        parent: Option<String>,
    }
    /// `document` (arsip).
    DocumentBody {
        /// The type of document.
        doc_type: Option<String>,
        /// Its archival classification code.
        classification: Option<String>,
        /// How long it is kept (UU 43/2009).
        retention: Option<Retention>,
        /// Its version, as the source writes it.
        version: Option<String>,
        /// Whether it carries an electronic signature.
        signed: Option<bool>,
    }
    /// How long an archive is kept.
    Retention {
        /// Years in active use.
        active: Option<u16>,
        /// Years in inactive store.
        inactive: Option<u16>,
        /// What happens then, for example `musnah` or `permanen`.
        fate: Option<String>,
    }
    /// `approval` (persetujuan).
    ApprovalBody {
        /// What is to be decided.
        subject: Option<String>,
        /// Which step of the procedure this is.
        step: Option<String>,
        /// Who may decide.
        approvers: Vec<String>,
        /// `approved` or `rejected`, once decided.
        decision: Option<String>,
        /// Why.
        reason: Option<String>,
    }
    /// `announcement` (pengumuman).
    AnnouncementBody {
        /// The text.
        text: Option<String>,
        /// Whether the source keeps it on top.
        pinned: bool,
        /// Whether each reader has to acknowledge it.
        ack_required: bool,
    }
    /// `event` (agenda).
    EventBody {
        /// Where it is.
        place: Option<String>,
        /// Where it is online.
        online_url: Option<String>,
        /// Who invites.
        organizer: Option<String>,
        /// Who is invited.
        attendees: Vec<String>,
        /// Its IANA zone.
        tz: Option<String>,
    }
    /// `report` (laporan kinerja).
    ReportBody {
        /// The period it covers, for example `2026-Q3`.
        period: Option<String>,
        /// What it reports on.
        subject: Option<String>,
        /// Its figures.
        indicators: Vec<Indicator>,
        /// The verdict (predikat).
        predicate: Option<String>,
        /// Where the evidence lies.
        evidence: Vec<String>,
    }
    /// One figure of a report.
    Indicator {
        /// What is measured.
        name: String,
        /// What was to be reached.
        target: Option<f64>,
        /// What was reached.
        actual: Option<f64>,
        /// In which unit of measure.
        unit: Option<String>,
    }
    /// `ticket` (aduan).
    TicketBody {
        /// `complaint`, `suggestion`, `information` or `help`.
        r#type: Option<String>,
        /// The source's category.
        category: Option<String>,
        /// Who reported it, masked.
        reporter: Option<String>,
        /// Where it is.
        location: Option<String>,
        /// What was promised, as the source says.
        sla: Option<String>,
        /// The exchange so far.
        thread: Vec<Message>,
    }
    /// One message of an exchange.
    Message {
        /// Who wrote it, masked where personal.
        author: Option<String>,
        /// When.
        at: Option<Time>,
        /// What.
        text: String,
    }
    /// `service_request` (permohonan).
    ServiceRequestBody {
        /// Which service is applied for.
        service: Option<String>,
        /// Who applies, masked.
        applicant: Option<String>,
        /// What has to be handed in.
        requirements: Vec<String>,
        /// What came of it.
        result: Option<String>,
    }
    /// `attendance` (presensi).
    AttendanceBody {
        /// Whose presence.
        person: Option<String>,
        /// Which day.
        date: Option<NaiveDate>,
        /// When the day began.
        r#in: Option<Time>,
        /// When it ended.
        out: Option<Time>,
        /// `office`, `home`, `field`, as the source says.
        mode: Option<String>,
        /// The source's verdict, for example `tepat waktu`.
        status: Option<String>,
    }
    /// `dataset` (set data).
    DatasetBody {
        /// Who publishes it.
        publisher: Option<String>,
        /// Under which licence.
        license: Option<String>,
        /// How often it changes.
        periodicity: Option<String>,
        /// Where its files are.
        distributions: Vec<Distribution>,
        /// The Satu Data metadata (Perpres 39/2019).
        sdi: Option<SatuData>,
    }
    /// One file of a dataset.
    Distribution {
        /// Its name.
        name: Option<String>,
        /// Its media type.
        mime: Option<String>,
        /// Where it is.
        url: String,
    }
    /// The Satu Data metadata.
    SatuData {
        /// The activity (kegiatan).
        activity: Option<String>,
        /// Its variables (variabel).
        variables: Vec<String>,
        /// Its indicators (indikator).
        indicators: Vec<String>,
    }
    /// `regulation` (produk hukum); the JDIHN fields in the model's spelling.
    RegulationBody {
        /// `jenis`: the type of legal product.
        r#type: Option<String>,
        /// `singkatanJenis`: its abbreviation.
        type_short: Option<String>,
        /// `noPeraturan`: its number.
        number: Option<String>,
        /// `tahun_pengundangan`: its year.
        year: Option<u16>,
        /// `tanggal_pengundangan`: the date of promulgation.
        promulgated: Option<NaiveDate>,
        /// `noPanggil`: the call number.
        call_number: Option<String>,
        /// `tempatTerbit`: the place of publication.
        place: Option<String>,
        /// `penerbit`: the publisher.
        publisher: Option<String>,
        /// `deskripsiFisik`: the physical description.
        physical: Option<String>,
        /// `sumber`: the source.
        source: Option<String>,
        /// `subjek`: the subject.
        subject: Option<String>,
        /// `isbn`.
        isbn: Option<String>,
        /// `status`: in force, amended or revoked, as the source says.
        status: Option<String>,
        /// `bahasa`: the language as the source writes it.
        language: Option<String>,
        /// `lokasi`: where the copy is kept.
        location: Option<String>,
        /// `bidangHukum`: the field of law.
        field: Option<String>,
        /// `teuBadan`: the corporate author.
        author: Option<String>,
        /// `nomorIndukBuku`: the accession number.
        register: Option<String>,
        /// `urlDownload`: the text itself.
        file_url: Option<String>,
        /// `abstrak` or `urlAbstrak`: the abstract.
        abstract_url: Option<String>,
    }
}

/// A body together with the kind that decides its shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
#[allow(missing_docs)] // Each variant is its body's type, which is documented.
pub enum Body {
    Task(Box<TaskBody>),
    Letter(Box<LetterBody>),
    Document(Box<DocumentBody>),
    Approval(Box<ApprovalBody>),
    Announcement(Box<AnnouncementBody>),
    Event(Box<EventBody>),
    Report(Box<ReportBody>),
    Ticket(Box<TicketBody>),
    ServiceRequest(Box<ServiceRequestBody>),
    Attendance(Box<AttendanceBody>),
    Dataset(Box<DatasetBody>),
    Regulation(Box<RegulationBody>),
}

macro_rules! per_kind {
    ($($kind:ident => $body:ident),* $(,)?) => {
        impl Body {
            /// Returns the kind whose body this is.
            #[must_use]
            pub fn kind(&self) -> Kind {
                match self { $(Self::$kind(_) => Kind::$kind,)* }
            }

            /// Returns the empty body of `kind`.
            #[must_use]
            pub fn empty(kind: Kind) -> Self {
                match kind { $(Kind::$kind => Self::$kind(Box::default()),)* }
            }

            /// Returns the names of the fields that a body of `kind` may have.
            #[must_use]
            pub fn fields(kind: Kind) -> &'static [&'static str] {
                match kind { $(Kind::$kind => $body::FIELDS,)* }
            }

            /// Reads the body of `kind` from its JSON fields.
            ///
            /// # Errors
            /// The first field whose value does not fit, in serde's words.
            pub fn read(kind: Kind, fields: serde_json::Value) -> Result<Self, serde_json::Error> {
                match kind { $(Kind::$kind => serde_json::from_value(fields).map(Self::$kind),)* }
            }
        }
    };
}
per_kind! {
    Task => TaskBody, Letter => LetterBody, Document => DocumentBody, Approval => ApprovalBody,
    Announcement => AnnouncementBody, Event => EventBody, Report => ReportBody, Ticket => TicketBody,
    ServiceRequest => ServiceRequestBody, Attendance => AttendanceBody, Dataset => DatasetBody,
    Regulation => RegulationBody,
}

/// Fields of a source that no field of the model takes, kept as they came (capped in size).
pub type Ext = BTreeMap<String, serde_json::Value>;

/// A directory object: a work unit (unit kerja).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unit {
    /// Its code.
    pub code: UnitCode,
    /// Its name.
    pub name: String,
    /// The unit above it; `None` at the root.
    pub parent: Option<UnitCode>,
}

/// A directory object: an app as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AppCard {
    /// Its id.
    pub id: crate::AppId,
    /// Its title.
    pub title: String,
    /// The agency that owns it.
    pub owner: Option<UnitCode>,
    /// What it is for, for example `letter`.
    pub capability: Option<String>,
}

/// A link between two items.
pub(crate) type Related = ItemId;
