//! What a source reads, and what it is read as: one variant for each key of the grammar that is a way of its own.
//!
//! `ckan` and `jdih` are no variants: they mean a [`Fetch::Rest`] with the paging and the place of the records that
//! those products have.

use crate::{Path, Request, Secret};
use std::time::Duration;

/// What is asked for, and what the answer is read as.
#[derive(Debug, Clone)]
pub enum Fetch {
    /// A JSON API.
    Rest(Request),
    /// An RSS, Atom or JSON feed. Each entry is a record with the fields `id`, `title`, `summary`,
    /// `content`, `link`, `published`, `updated`, `author`, `authors`, `categories`, `enclosures`, `lang`.
    Feed(Request),
    /// A SOAP operation; the document is the content of the answer's `Body`, without prefixes.
    Soap(Request, Soap),
    /// An XML document, without prefixes; attributes are `@name`.
    Xml(Request),
    /// Rows of an HTML page. Each is a record of texts.
    Html(Request, HtmlTable),
    /// Separated text. Each line is a record of texts, named by the header.
    Csv(Request, Csv),
    /// A sheet of a workbook.
    Xlsx(Request, Sheet),
    /// A calendar (RFC 5545); each occurrence is a record.
    Ical(Request, Calendar),
    /// Records of an OAI-PMH 2.0 repository. Deleted ones have `deleted: true`.
    Oai(Request),
    /// A read-only query.
    Sql(Sql),
    /// Letters of a mailbox.
    Imap(Imap),
    /// Events that the app pushes to `POST /api/v1/ingest/{app}`.
    Webhook(Webhook),
}

impl Fetch {
    /// Returns the HTTP request; `None` for a database, a mailbox and a push.
    #[must_use]
    pub fn request(&self) -> Option<&Request> {
        match self {
            Self::Rest(request)
            | Self::Feed(request)
            | Self::Xml(request)
            | Self::Soap(request, _)
            | Self::Html(request, _)
            | Self::Csv(request, _)
            | Self::Xlsx(request, _)
            | Self::Ical(request, _)
            | Self::Oai(request) => Some(request),
            Self::Sql(_) | Self::Imap(_) | Self::Webhook(_) => None,
        }
    }

    /// Tells whether the hub waits for the app instead of asking it.
    #[must_use]
    pub fn is_push(&self) -> bool {
        matches!(self, Self::Webhook(_))
    }
}

impl Fetch {
    /// Lists every secret that it holds.
    #[must_use]
    pub fn secrets(&self) -> Vec<&Secret> {
        match self {
            Self::Sql(sql) => vec![&sql.dsn],
            Self::Imap(imap) => vec![&imap.user, &imap.password],
            Self::Webhook(webhook) => match &webhook.proof {
                Proof::Token(secret)
                | Proof::Hmac { secret, .. }
                | Proof::Standard(secret)
                | Proof::Body { secret, .. } => vec![secret],
                Proof::Issued => vec![],
            },
            Self::Soap(_, soap) => {
                let mut found = Vec::new();
                soap.header
                    .iter()
                    .for_each(|(_, node)| node.secrets(&mut found));
                found
            }
            _ => vec![],
        }
    }
}

impl SoapNode {
    fn secrets<'a>(&'a self, found: &mut Vec<&'a Secret>) {
        match self {
            Self::Text(secret) => found.push(secret),
            Self::Children(list) => list.iter().for_each(|(_, node)| node.secrets(found)),
        }
    }
}

/// The message of a SOAP operation.
#[derive(Debug, Clone)]
pub struct Soap {
    /// 1.1 or 1.2.
    pub version: SoapVersion,
    /// The `SOAPAction`.
    pub action: Option<String>,
    /// Prefix → namespace.
    pub namespaces: Vec<(String, String)>,
    /// The entries of the `Header`, in order; texts may hold `${cursor}`, `${page}` and secrets.
    pub header: Vec<(String, SoapNode)>,
    /// The entries of the `Body`, in order; texts may hold `${cursor}` and `${page}`.
    pub body: Vec<(String, SoapNode)>,
    /// Faults that are worth another try, by patterns with `*` over code and words.
    pub retry: Vec<String>,
    /// Faults that no retry mends.
    pub fatal: Vec<String>,
}

/// The versions of SOAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoapVersion {
    /// SOAP 1.1.
    V11,
    /// SOAP 1.2.
    V12,
}

/// One element of a message, with its children in order.
#[derive(Debug, Clone)]
pub enum SoapNode {
    /// A text, with holes for the cursor and the page; it may hold a secret in a header.
    Text(Secret),
    /// Child elements, in order; a name may come more than once.
    Children(Vec<(String, SoapNode)>),
}

/// The rows of an HTML page.
#[derive(Debug, Clone)]
pub struct HtmlTable {
    /// A CSS selector for the rows.
    pub rows: String,
    /// Field → CSS selector within the row, perhaps with `@attribute`.
    pub cells: Vec<(String, String)>,
    /// Field → text of its column's header, instead of `cells`.
    pub columns: Vec<(String, String)>,
    /// Headers that must be there: a renamed column is a fault, not an empty field.
    pub guard_columns: Vec<String>,
    /// Rows that must be there at least.
    pub min_rows: Option<u64>,
}

/// How separated text is read.
#[derive(Debug, Clone)]
pub struct Csv {
    /// The separator; found out where it is `None`.
    pub delimiter: Option<char>,
    /// Where the header is.
    pub table: TableShape,
}

/// How a sheet is read.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The sheet by name, or by number from 1; the first where it is `None`.
    pub sheet: Option<String>,
    /// Where the header is.
    pub table: TableShape,
}

/// What separated text and sheets have in common.
#[derive(Debug, Clone, Default)]
pub struct TableShape {
    /// The header's line from 1; found out where it is `None`. 0: there is none, fields are `c1`, `c2` ….
    pub header: Option<u32>,
    /// Columns that must be there.
    pub guard_columns: Vec<String>,
    /// Rows that must be there at least.
    pub min_rows: Option<u64>,
    /// Lines at the end that are no records: totals, signatures.
    pub footer: u8,
}

/// How a calendar is read.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// How far back occurrences are wanted.
    pub past: Duration,
    /// How far ahead.
    pub ahead: Duration,
    /// Whether times marked `Z` are local times in truth.
    pub z_is_local: bool,
    /// Whether the address is a CalDAV collection, asked by `REPORT calendar-query` (RFC 4791, section 7.8).
    pub caldav: bool,
}

/// A read-only query.
#[derive(Debug, Clone)]
pub struct Sql {
    /// Where, with the user and the password: `postgres://…`, `mysql://…`, `sqlite:…`.
    pub dsn: Secret,
    /// The query, with `:cursor`, `:last_key` and `:size` as bound parameters.
    pub query: String,
    /// The longest run of the statement; 10 s.
    pub statement: Duration,
    /// The most rows of one pass; reaching it is a fault.
    pub rows: u64,
}

/// A mailbox.
#[derive(Debug, Clone)]
pub struct Imap {
    /// The server's name.
    pub host: String,
    /// Its port; 993.
    pub port: u16,
    /// How the connection is protected.
    pub tls: ImapTls,
    /// The user.
    pub user: Secret,
    /// The password.
    pub password: Secret,
    /// The mailbox; `INBOX`.
    pub folder: String,
}

/// How a connection to a mailbox is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImapTls {
    /// TLS from the first byte.
    Implicit,
    /// `STARTTLS`.
    StartTls,
    /// In the clear; only on the hub's own machine or a protected line.
    None,
}

/// What an app may push.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The CloudEvents types that this source takes, perhaps with a `*` at the end; all where empty.
    pub types: Vec<String>,
    /// How the app proves itself.
    pub proof: Proof,
    /// How far a signature's time may be from the hub's; 5 min.
    pub tolerance: Duration,
}

/// How an app that pushes proves itself.
#[derive(Debug, Clone)]
pub enum Proof {
    /// `Authorization: Bearer …`.
    Token(Secret),
    /// HMAC-SHA-256 of `timestamp.body`, hexadecimal or base64, in a header of this name.
    Hmac {
        /// The shared secret.
        secret: Secret,
        /// The header with the signature; `X-Signature`.
        header: String,
        /// The header with the time in seconds since 1970; `X-Timestamp`.
        timestamp: String,
    },
    /// A signature of Standard Webhooks 1.0: HMAC-SHA-256 of `id.timestamp.body` in `webhook-signature`.
    Standard(Secret),
    /// HMAC-SHA-256 of the body alone, as GitHub has it.
    Body {
        /// The shared secret.
        secret: Secret,
        /// The header with the signature; `X-Hub-Signature-256`.
        header: String,
    },
    /// By what the hub gave the app: a token, or a secret for signatures in the usual headers.
    Issued,
}

/// A request for each record of another source: a detail page, a list per unit.
#[derive(Debug, Clone)]
pub struct Parent {
    /// The source whose records are walked over.
    pub source: String,
    /// The parent record's field that fills `${parent}` in the request; all its fields are there as `parent.*` in
    /// the mapping.
    pub field: Path,
}
