//! What a department answers when it registers its app: as typed, and as meant.
//!
//! Owns the fields of the form, which are those of the API. Pure. How they are read is in `reading`.

mod reading;

pub use reading::read;

use divos_model::{AppId, Kind, Lang, UnitCode};
use std::collections::BTreeMap;
use url::Url;

/// Field → what was typed. Nothing of it is ever dropped because another field is wrong.
pub type Typed = BTreeMap<String, String>;

/// Every field of the form, apart from the parameters of a product (`param.<name>`).
pub const FIELDS: &[&str] = &[
    "name",
    "id",
    "unit",
    "capability",
    "about",
    "address",
    "sign_in",
    "readers",
    "personal",
    "way",
    "product",
    "path",
    "kind",
    "column_id",
    "column_title",
    "column_time",
];
/// What begins the field of a product's parameter.
pub const PARAM: &str = "param.";
/// The kinds of items that a push or a file may hold.
pub const KINDS: &[Kind] = &[
    Kind::Announcement,
    Kind::Letter,
    Kind::Task,
    Kind::Ticket,
    Kind::ServiceRequest,
    Kind::Document,
];

/// What apps are for, in the words of the definitions.
pub const CAPABILITIES: &[&str] = &[
    "archive",
    "audit",
    "booking",
    "budget",
    "civil-registry",
    "complaint",
    "data",
    "docstore",
    "emergency",
    "environment",
    "finance",
    "gis",
    "health",
    "helpdesk",
    "housing",
    "jobs",
    "legal",
    "letter",
    "library",
    "market",
    "payroll",
    "performance",
    "permit",
    "personnel",
    "plan",
    "portal",
    "procurement",
    "progress",
    "queue",
    "school",
    "social",
    "tax",
    "ticket",
    "tourism",
    "traffic",
    "utility",
    "village",
];

/// What the answers mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// What people see.
    pub name: String,
    /// The app's id: its host, its file.
    pub id: AppId,
    /// The agency that owns it.
    pub unit: UnitCode,
    /// What it is for, in one word.
    pub capability: String,
    /// What it is for, in the applicant's words.
    pub about: String,
    /// Where it runs. For the operator: it never stands in a definition.
    pub address: Option<Url>,
    /// How people are signed in.
    pub sign_in: SignIn,
    /// Who may open it and see what it holds.
    pub readers: Readers,
    /// What personal data it holds.
    pub personal: Personal,
    /// How its data can be read.
    pub way: Way,
}

/// How people are signed in to the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// By the app's own form; the hub lets through whoever is signed in at the hub.
    Own,
    /// Not at all.
    Open,
    /// By the hub: the app trusts its signed statement of who it is.
    Hub,
}

/// Who may open the app and see what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Anyone, citizens too.
    Public,
    /// Every civil servant.
    Everyone,
    /// The owner's unit and what is below it.
    Unit,
}

/// What personal data the app holds (UU 27/2022, article 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Personal {
    /// None.
    None,
    /// Names, addresses and the like.
    General,
    /// Health, children, finances and the like.
    Specific,
}

/// How the app's data can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// The app is a known product: a template and its parameters.
    Product {
        /// For example `wordpress@1`.
        template: String,
        /// Its parameters, those that were given.
        params: Vec<(String, String)>,
    },
    /// A file for download.
    File {
        /// Its path.
        path: String,
        /// What its rows become.
        kind: Kind,
        /// The columns.
        columns: Columns,
    },
    /// The app sends events.
    Push {
        /// What they become.
        kind: Kind,
    },
    /// Nothing is read; the hub only opens it.
    Launcher,
}

/// The columns of a file that matter, by their headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// What tells a row from every other.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// When it was changed.
    pub time: Option<String>,
}

/// One answer that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerFault {
    /// Which field.
    pub field: String,
    /// What is wrong and what to do, in Indonesian and in English.
    pub says: (String, String),
}

impl AnswerFault {
    pub(super) fn new(field: &str, id: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            says: (id.into(), en.into()),
        }
    }

    /// Says it.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> &str {
        lang.pick(&self.says.0, &self.says.1)
    }
}

/// What the answers are read against.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The products that can be named, each with its parameters.
    pub products: &'a [super::Product],
    /// The units that the applicant may answer for.
    pub units: &'a [UnitCode],
    /// The ids that are taken.
    pub taken: &'a [AppId],
}

/// Makes an id of a name: `Surat Masuk (2026)` becomes `surat-masuk-2026`.
#[must_use]
pub fn suggest_id(name: &str) -> String {
    let mut id = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            id.push(c);
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
        if id.len() >= 40 {
            break;
        }
    }
    id.trim_end_matches('-').to_owned()
}
