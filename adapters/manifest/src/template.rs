//! Templates: what known products have in common, taken in by `extends: name@major`.

/// A template that connectors may extend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateInfo {
    /// For example `wordpress@1`.
    pub name: String,
    /// What product it is for.
    pub title: String,
    /// What it asks for: name, type, whether it must be given, and what it means.
    pub params: Vec<ParamInfo>,
    /// Whether it is compiled in (and not overridden by a file).
    pub built_in: bool,
}

/// What a template asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamInfo {
    /// Its name, for `with` and `${param.name}`.
    pub name: String,
    /// `text`, `secret`, `number`, `flag`, `list` or `map`.
    pub kind: String,
    /// Whether it must be given.
    pub required: bool,
    /// What it means.
    pub description: String,
}
