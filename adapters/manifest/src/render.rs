//! Shows faults: to people in the compiler's style, to programs as JSON, to code hosts as annotations.

use crate::fault::{Fault, Severity};
use divos_model::Lang;

/// How faults are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people: the line itself, what is wrong with it, and what would help.
    #[default]
    Human,
    /// For people at a terminal: as `Human`, in colour.
    Colour,
    /// One JSON array.
    Json,
    /// GitHub workflow commands, `::error file=…,line=…::…`.
    Github,
}

/// Shows faults, most serious first within the order given. Empty for none (`[]` as JSON).
#[must_use]
pub fn render(faults: &[Fault], lang: Lang, format: Format) -> String {
    let _ = (faults, lang, format, Severity::Error);
    String::new()
}
