//! Faults: what is wrong in a definition, where, and what would help. Self-contained, so that a
//! fault can be kept, shown on the operator's page or sent to a code host long after the load.

use crate::Problem;
use divos_model::Lang;
use std::path::PathBuf;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Which connector cannot be used because of it; `None` where it concerns a template or a folder.
    pub connector: Option<String>,
    /// What is wrong.
    pub problem: Problem,
    /// Where; `None` for a folder that cannot be read.
    pub place: Option<Place>,
    /// Other places that explain it: the first of two duplicates, the template that asked for a value.
    pub notes: Vec<(Note, Place)>,
}

impl Fault {
    /// Returns the stable code, for example `DV0102`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.problem.code()
    }

    /// Tells how bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.problem.severity()
    }

    /// Returns the sentence, without its place.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        self.problem.title(lang)
    }

    /// Returns what would help, where the hub knows.
    #[must_use]
    pub fn help(&self, lang: Lang) -> Option<String> {
        self.problem.help(lang)
    }
}

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The connector works; somebody should look.
    Warning,
    /// The connector cannot be used.
    Error,
}

/// A place in a file, with the line itself. Literal secrets in the line are blotted out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file, as it was named to the loader; `<wordpress@1>` for a compiled-in template.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// How many characters of the line are meant, at least 1.
    pub length: usize,
    /// The line itself.
    pub text: String,
}

/// Why another place is shown with a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Note {
    /// The first of two.
    First,
    /// The template asks for the value here.
    UsedHere,
    /// The template was taken in here.
    ExtendedHere,
    /// The privacy that may not be loosened.
    StatedHere,
    /// The parameter is declared here.
    DeclaredHere,
}

impl Note {
    /// Returns the words beside the place.
    #[must_use]
    pub fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::First, Lang::Id) => "yang pertama ada di sini",
            (Self::First, Lang::En) => "the first one is here",
            (Self::UsedHere, Lang::Id) => "dipakai templat di sini",
            (Self::UsedHere, Lang::En) => "used by the template here",
            (Self::ExtendedHere, Lang::Id) => "templat dipakai dari sini",
            (Self::ExtendedHere, Lang::En) => "the template is extended here",
            (Self::StatedHere, Lang::Id) => "dinyatakan templat di sini",
            (Self::StatedHere, Lang::En) => "stated by the template here",
            (Self::DeclaredHere, Lang::Id) => "parameter dinyatakan di sini",
            (Self::DeclaredHere, Lang::En) => "the parameter is declared here",
        }
    }
}
