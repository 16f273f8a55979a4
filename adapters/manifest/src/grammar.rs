//! The shape of the grammar's tables. The validator, the merge, the overlay, the defaults, `explain`
//! and the JSON Schema all walk the same tables (`keys.rs`), so that they cannot drift apart.

use crate::problem::Form;

/// One key of a map.
#[derive(Debug)]
pub(crate) struct Field {
    /// The key.
    pub name: &'static str,
    /// What its value is.
    pub ty: Type,
    /// What it means, for editors.
    pub doc: &'static str,
    /// Whether it must be there after all templates.
    pub required: bool,
    /// What it is where it is absent, as YAML would say it.
    pub default: Option<&'static str>,
    /// What the operator's overlay has to do with it.
    pub overlay: Overlay,
    /// Whether it stands beside the one key of a choice, and is none of the choices.
    pub beside: bool,
}

/// What the operator's overlay has to do with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overlay {
    /// It may not touch it.
    Never,
    /// It may change it, and everything below: an address, a secret, a schedule or a limit.
    May,
    /// Nobody else may say it.
    Only,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Type {
    /// A text, perhaps of a certain form.
    Text(Option<Form>),
    /// Any scalar, taken as the text that is written.
    Scalar,
    /// Any scalar, with `${cursor}` and `${page}`.
    Pattern,
    /// Any tree whose texts may hold `${cursor}` and `${page}`.
    PatternTree,
    /// The same, with secrets too.
    SecretTree,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A whole number within bounds.
    Int(u64, u64),
    /// `true` or `false`.
    Flag,
    /// A duration of at least so many milliseconds.
    Duration(u64),
    /// A duration of at least so many milliseconds, or a map with these keys.
    DurationOr(u64, &'static [Field]),
    /// A size in bytes.
    Size,
    /// A secret: only references, or (where not strict) a text that may hold some.
    Secret {
        /// Whether a text without a reference is refused.
        strict: bool,
    },
    /// A mapping expression.
    Expr,
    /// A dotted path.
    Path,
    /// A dotted path, or a JSONPath that starts with `$`.
    Select,
    /// Anything.
    Any,
    /// A map with known keys.
    Record(&'static [Field]),
    /// A map with free keys, perhaps of a certain form.
    Map(&'static Type, Option<Form>),
    /// A list.
    List(&'static Type),
    /// One value or a list of them.
    OneOrMany(&'static Type),
    /// One of these words, or a map with exactly one of these keys, not counting those that stand beside it.
    Choice(&'static [(&'static str, &'static str)], &'static [Field]),
    /// One of these words, or a map with any of these keys, at least one.
    WordOrRecord(&'static [(&'static str, &'static str)], &'static [Field]),
}

impl Field {
    pub(crate) const fn new(name: &'static str, ty: Type, doc: &'static str) -> Self {
        Self {
            name,
            ty,
            doc,
            required: false,
            default: None,
            overlay: Overlay::Never,
            beside: false,
        }
    }

    /// It must be there.
    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// It is this where it is absent.
    pub(crate) const fn default(mut self, value: &'static str) -> Self {
        self.default = Some(value);
        self
    }

    /// It stands beside the choice.
    pub(crate) const fn beside(mut self) -> Self {
        self.beside = true;
        self
    }

    /// The overlay may change it.
    pub(crate) const fn operator(mut self) -> Self {
        self.overlay = Overlay::May;
        self
    }

    /// Only the overlay may say it.
    pub(crate) const fn operator_only(mut self) -> Self {
        self.overlay = Overlay::Only;
        self
    }
}

/// Tells whether a key stands beside a choice.
pub(crate) fn is_beside(fields: &'static [Field], name: &str) -> bool {
    field(fields, name).is_some_and(|field| field.beside)
}

/// Finds a key in a table.
pub(crate) fn field(fields: &'static [Field], name: &str) -> Option<&'static Field> {
    fields.iter().find(|field| field.name == name)
}

impl Type {
    /// Finds what lies under a key of a map of this type.
    pub(crate) fn under(&self, key: &str) -> Option<&'static Type> {
        match self {
            Self::Record(fields)
            | Self::Choice(_, fields)
            | Self::WordOrRecord(_, fields)
            | Self::DurationOr(_, fields) => field(fields, key).map(|f| &f.ty),
            Self::Map(value, _) => Some(value),
            _ => None,
        }
    }
}
