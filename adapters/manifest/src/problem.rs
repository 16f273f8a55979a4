//! What can be wrong with a definition: one variant per kind of mistake, with its stable code.
//! The words are in `words.rs`.

use crate::cron::CronFault;
use crate::fault::Severity;

/// What is wrong. The code never changes its meaning.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)] // The fields are what the sentence names; the sentence is the documentation.
pub enum Problem {
    /// DV0001: not YAML.
    BrokenYaml { says: String },
    /// DV0002: a key that is a list or a map.
    KeyNotText,
    /// DV0003: a key twice in one map.
    DuplicateKey { key: String },
    /// DV0004: a file or folder that cannot be read.
    Unreadable { path: String, says: String },
    /// DV0005: `apiVersion` or `kind` of another format.
    WrongFormat { field: String, expected: String },
    /// DV0006: `metadata.name` is not the file's name.
    NameIsNotFile { name: String, file: String },
    /// DV0007: two files for one connector or template.
    DuplicateId { id: String },
    /// DV0008: two apps on one virtual host.
    DuplicateHost { host: String, other: String },
    /// DV0009: YAML that is a bomb, or no definition.
    TooMuch,
    /// DV0101: a field that must be there.
    Missing { field: String, within: String },
    /// DV0102: a field that the grammar does not know.
    UnknownField {
        field: String,
        within: String,
        similar: Option<String>,
        known: Vec<String>,
    },
    /// DV0103: a list where a text is meant, and the like.
    WrongType {
        field: String,
        expected: Shape,
        found: Shape,
    },
    /// DV0104: a word that is not among the choices.
    UnknownChoice {
        field: String,
        word: String,
        similar: Option<String>,
        known: Vec<String>,
    },
    /// DV0105: a choice with no key or more than one.
    NotOneChoice { field: String, known: Vec<String> },
    /// DV0106: a text that does not have the form it must have.
    BadValue {
        field: String,
        value: String,
        form: Form,
    },
    /// DV0107: a number outside its range.
    OutOfRange { field: String, min: u64, max: u64 },
    /// DV0201: a template that is not there.
    UnknownTemplate {
        name: String,
        similar: Option<String>,
    },
    /// DV0202: templates that extend each other.
    TemplateCycle { chain: Vec<String> },
    /// DV0203: templates on templates on templates.
    TooDeep { chain: Vec<String> },
    /// DV0204: `extends: wordpress` without `@1`.
    NotPinned {
        name: String,
        newest: Option<String>,
    },
    /// DV0205: `with` names what the template does not ask for.
    UnknownParam {
        name: String,
        similar: Option<String>,
        known: Vec<String>,
    },
    /// DV0206: the template asks for what `with` does not give.
    MissingParam {
        name: String,
        template: String,
        about: String,
    },
    /// DV0207: a parameter of another type than declared.
    ParamType {
        name: String,
        expected: Shape,
        found: Shape,
    },
    /// DV0208: `${something.else}`.
    UnknownPlaceholder {
        name: String,
        similar: Option<String>,
    },
    /// DV0209: `${` without `}`.
    OpenPlaceholder,
    /// DV0210: `${cursor}` or `${page}` where no request is made.
    PlaceholderNotHere { name: String, field: String },
    /// DV0211: a list or map in the middle of a text.
    ParamInText { name: String },
    /// DV0301: no such secret.
    MissingSecret { path: String },
    /// DV0305: no such secret, of an app that waits for its address anyway.
    SecretNotYet { path: String },
    /// DV0302: a secret written into the file.
    LiteralSecret { field: String },
    /// DV0303: a secret where it would be shown.
    SecretNotHere { field: String },
    /// DV0304: `${env:…}` or `${file:…}` in a connector.
    ReferenceNotHere { name: String },
    /// DV0401: not an expression.
    BadExpression { says: String },
    /// DV0402: a filter that is not there.
    UnknownFilter {
        name: String,
        similar: Option<String>,
    },
    /// DV0403: a function that is not there.
    UnknownFunction {
        name: String,
        similar: Option<String>,
    },
    /// DV0404: a test that is not there.
    UnknownTest {
        name: String,
        similar: Option<String>,
    },
    /// DV0405: too few, too many or unknown arguments.
    WrongArguments { name: String, usage: &'static str },
    /// DV0406: the kind has no such target.
    UnknownTarget {
        target: String,
        kind: &'static str,
        similar: Option<String>,
    },
    /// DV0407: not a dotted path.
    BadPath { path: String, why: &'static str },
    /// DV0408: not an RFC 9535 JSONPath.
    BadJsonPath { path: String, says: String },
    /// DV0409: `lookup` gives a word that the target's vocabulary lacks.
    NotInVocabulary {
        target: &'static str,
        word: String,
        similar: Option<String>,
        known: Vec<String>,
    },
    /// DV0410: an expression beyond reason.
    ExpressionTooLong { max: usize },
    /// DV0411: brackets in brackets in brackets.
    TooNested { max: usize },
    /// DV0502: paging that cannot know its end.
    PagingNeeds { field: String, why: Needs },
    /// DV0503: a cursor that no request carries.
    CursorNotSent,
    /// DV0504: a page that no request carries.
    PageNotSent,
    /// DV0505: nowhere to call.
    NoAddress { source: String },
    /// DV0506: a test names a source that is not there.
    UnknownSource {
        name: String,
        similar: Option<String>,
    },
    /// DV0507: a test that cannot tell its source.
    WhichSource { known: Vec<String> },
    /// DV0508: `privacy.pii` names a target that nothing maps.
    PiiNotMapped {
        target: String,
        similar: Option<String>,
    },
    /// DV0509: a key that this way of reading has no use for.
    NotForThisWay { field: String, way: String },
    /// DV0510: `parent` names itself, or a circle of sources.
    ParentCycle { name: String },
    /// DV0511: `parent` without `${parent}` in the request.
    ParentNotSent,
    /// DV0512: not a cron expression.
    BadCron { why: CronFault },
    /// DV0513: `${parent}` in a source without `parent`.
    NoParent,
    /// DV0514: a name that no XML element can have.
    BadElement { name: String },
    /// DV0515: a prefix without a namespace.
    UnknownPrefix { prefix: String, known: Vec<String> },
    /// DV0516: a statement that does more than read, or none.
    NotAQuery { word: String },
    /// DV0517: a query's parameter that the hub does not bind.
    NotBound {
        name: String,
        similar: Option<String>,
    },
    /// DV0518: a query that would read the same rows for ever.
    QueryLacks { name: &'static str },
    /// DV0519: the address of another product.
    WrongDsn { product: String },
    /// DV0520: WS-Security where no SOAP message is sent.
    NoMessage,
    /// DV0521: a signature over a name that is not given.
    NoKeyName,
    /// DV0522: a fact that no answer has.
    UnknownFact {
        name: String,
        similar: Option<String>,
    },
    /// DV0601: an overlay that touches more than addresses, secrets, schedules and limits.
    NotForOverlay { field: String },
    /// DV0602: an overlay for no connector.
    OverlayForNobody { id: String, similar: Option<String> },
    /// DV0603: what only the operator may say.
    OnlyForOverlay { field: String },
    /// DV0701: privacy loosened.
    Loosened {
        field: String,
        from: String,
        to: String,
    },
    /// DV0702: restricted, and nobody is named.
    NobodyMaySee,
    /// DV0703: a field that is hidden in one target goes as it is to another.
    ShownElsewhere {
        target: String,
        from: String,
        hidden: String,
    },
}

/// A kind of value, for sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Shape {
    Text,
    Number,
    Flag,
    List,
    Map,
    Nothing,
    Scalar,
    TextOrList,
    Choice,
    Secret,
}

/// A form that a text must have, for sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Form {
    AppId,
    UnitCode,
    Slug,
    Duration,
    Size,
    Url,
    UrlPath,
    PathOrQuery,
    Host,
    HeaderName,
    Zone,
    Language,
    Cidr,
    Charset,
    TemplateName,
    Method,
    Uuid,
    FileName,
    Listen,
    NotEmpty,
    Selector,
    Delimiter,
    Office,
    Files,
}

/// What paging lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Needs {
    TotalPath,
    Size,
}

impl Problem {
    /// Returns the stable code, for example `DV0102`.
    #[must_use]
    #[rustfmt::skip]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BrokenYaml { .. } => "DV0001",
            Self::KeyNotText => "DV0002",
            Self::DuplicateKey { .. } => "DV0003",
            Self::Unreadable { .. } => "DV0004",
            Self::WrongFormat { .. } => "DV0005",
            Self::NameIsNotFile { .. } => "DV0006",
            Self::DuplicateId { .. } => "DV0007",
            Self::DuplicateHost { .. } => "DV0008",
            Self::TooMuch => "DV0009",
            Self::Missing { .. } => "DV0101",
            Self::UnknownField { .. } => "DV0102",
            Self::WrongType { .. } => "DV0103",
            Self::UnknownChoice { .. } => "DV0104",
            Self::NotOneChoice { .. } => "DV0105",
            Self::BadValue { .. } => "DV0106",
            Self::OutOfRange { .. } => "DV0107",
            Self::UnknownTemplate { .. } => "DV0201",
            Self::TemplateCycle { .. } => "DV0202",
            Self::TooDeep { .. } => "DV0203",
            Self::NotPinned { .. } => "DV0204",
            Self::UnknownParam { .. } => "DV0205",
            Self::MissingParam { .. } => "DV0206",
            Self::ParamType { .. } => "DV0207",
            Self::UnknownPlaceholder { .. } => "DV0208",
            Self::OpenPlaceholder => "DV0209",
            Self::PlaceholderNotHere { .. } => "DV0210",
            Self::ParamInText { .. } => "DV0211",
            Self::MissingSecret { .. } => "DV0301",
            Self::SecretNotYet { .. } => "DV0305",
            Self::LiteralSecret { .. } => "DV0302",
            Self::SecretNotHere { .. } => "DV0303",
            Self::ReferenceNotHere { .. } => "DV0304",
            Self::BadExpression { .. } => "DV0401",
            Self::UnknownFilter { .. } => "DV0402",
            Self::UnknownFunction { .. } => "DV0403",
            Self::UnknownTest { .. } => "DV0404",
            Self::WrongArguments { .. } => "DV0405",
            Self::UnknownTarget { .. } => "DV0406",
            Self::BadPath { .. } => "DV0407",
            Self::BadJsonPath { .. } => "DV0408",
            Self::NotInVocabulary { .. } => "DV0409",
            Self::ExpressionTooLong { .. } => "DV0410",
            Self::TooNested { .. } => "DV0411",
            Self::PagingNeeds { .. } => "DV0502",
            Self::CursorNotSent => "DV0503",
            Self::PageNotSent => "DV0504",
            Self::NoAddress { .. } => "DV0505",
            Self::UnknownSource { .. } => "DV0506",
            Self::WhichSource { .. } => "DV0507",
            Self::PiiNotMapped { .. } => "DV0508",
            Self::NotForThisWay { .. } => "DV0509",
            Self::ParentCycle { .. } => "DV0510",
            Self::ParentNotSent => "DV0511",
            Self::BadCron { .. } => "DV0512",
            Self::NoParent => "DV0513",
            Self::BadElement { .. } => "DV0514",
            Self::UnknownPrefix { .. } => "DV0515",
            Self::NotAQuery { .. } => "DV0516",
            Self::NotBound { .. } => "DV0517",
            Self::QueryLacks { .. } => "DV0518",
            Self::WrongDsn { .. } => "DV0519",
            Self::NoMessage => "DV0520",
            Self::NoKeyName => "DV0521",
            Self::UnknownFact { .. } => "DV0522",
            Self::NotForOverlay { .. } => "DV0601",
            Self::OverlayForNobody { .. } => "DV0602",
            Self::OnlyForOverlay { .. } => "DV0603",
            Self::Loosened { .. } => "DV0701",
            Self::NobodyMaySee => "DV0702",
            Self::ShownElsewhere { .. } => "DV0703",
        }
    }

    /// Tells how bad it is: an overlay without its connector, a rule for a field that is not mapped, what is hidden
    /// here and shown there, and what waits for the operator are warnings, everything else keeps the connector from being used.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::OverlayForNobody { .. }
            | Self::PiiNotMapped { .. }
            | Self::ShownElsewhere { .. }
            | Self::NoAddress { .. }
            | Self::SecretNotYet { .. } => Severity::Warning,
            _ => Severity::Error,
        }
    }
}
