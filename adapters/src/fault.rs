//! What can go wrong on the way to an app's data, whose fault it is, and what people are told.
//!
//! Owns the stable codes and the sentences. It must never hold a secret, a whole address or a row's data.

mod came;
mod format;
mod named;
mod refusal;
mod sentence;

pub use came::Came;
pub use refusal::Refusal;

use crate::drift::Change;
use divos_database::DatabaseFault;
use divos_formats::FormatFault;
use divos_model::AppId;
use std::time::Duration;

/// A pass over a source failed. The message names the app.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{app}: {trouble}")]
pub struct FetchError {
    /// The app that was asked.
    pub app: AppId,
    /// What went wrong.
    pub trouble: Trouble,
}

/// What went wrong between the hub and an app.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Status 401.
    #[error("the credentials are not accepted (401)")]
    Unauthorized,
    /// Status 403.
    #[error("the credentials do not permit this (403)")]
    Forbidden,
    /// Status 404 or 410.
    #[error("there is nothing at this path ({status})")]
    NotFound {
        /// The status.
        status: u16,
    },
    /// Any other 4xx status.
    #[error("the request is refused ({status})")]
    Rejected {
        /// The status.
        status: u16,
    },
    /// Status 429.
    #[error("too many requests (429)")]
    RateLimited {
        /// How long the app asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// Status 5xx, or a status that no client may expect.
    #[error("the app fails ({status})")]
    UpstreamError {
        /// The status.
        status: u16,
        /// How long the app asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// Nothing, or not all, came in time.
    #[error("no answer within {} ms", .after.as_millis())]
    TimedOut {
        /// How long the hub waited.
        after: Duration,
    },
    /// Nobody listens, or the connection broke before an answer.
    #[error("the connection is refused or broken")]
    Refused,
    /// The host name has no address.
    #[error("the host name has no address")]
    Dns,
    /// The certificate is not valid or the handshake failed.
    #[error("no secure connection: {why}")]
    Tls {
        /// In the library's words, without addresses.
        why: String,
    },
    /// What came is not HTTP.
    #[error("the answer is not valid HTTP")]
    BadHttp,
    /// The answer is larger than the connector permits, after decompression.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The app redirects to a host that is not its own.
    #[error("redirected to another host, {host}")]
    RedirectedAway {
        /// The other host.
        host: String,
    },
    /// More redirects than the hub follows.
    #[error("more than {limit} redirects")]
    TooManyRedirects {
        /// How many the hub follows.
        limit: u32,
    },
    /// The app's address is one that the hub may not call.
    #[error("the address {address} may not be called")]
    AddressRefused {
        /// The address.
        address: String,
    },
    /// The app failed too often; the hub leaves it alone for a while.
    #[error("left alone after repeated failures")]
    BreakerOpen {
        /// For how much longer.
        retry_after: Duration,
    },
    /// JSON was expected.
    #[error("not JSON: {came}")]
    NotJson {
        /// What came instead.
        came: Came,
    },
    /// A feed was expected.
    #[error("not a feed: {came}")]
    NotFeed {
        /// What came instead.
        came: Came,
    },
    /// The answer ends before its end.
    #[error("the answer is cut off")]
    Truncated,
    /// The bytes do not fit their character set.
    #[error("byte {at} does not fit {charset}")]
    BadEncoding {
        /// The character set.
        charset: String,
        /// Where the first misfit is, in bytes from 0.
        at: usize,
    },
    /// Nothing came, with a status that says all is well.
    #[error("the answer is empty")]
    Empty,
    /// Status 200, and a document that is an error.
    #[error("the app reports an error: {message}")]
    ErrorInside {
        /// What the document says, cut at 200 characters; empty where it says nothing.
        message: String,
    },
    /// The records no longer look as they did until now.
    #[error("the records have another shape")]
    Drifted {
        /// What is different, where it matters to the mapping.
        changes: Vec<Change>,
    },
    /// The document does not have the place where the records should be.
    #[error("no list of records at `{path}`")]
    SelectMissed {
        /// The place, as the connector writes it.
        path: String,
    },
    /// The same page came twice.
    #[error("the same page came twice (page {page})")]
    PagingLoop {
        /// Which page, counted from 1.
        page: u32,
    },
    /// The link to the next page leads elsewhere.
    #[error("the next page is on another host, {host}")]
    PagingAway {
        /// The other host.
        host: String,
    },
    /// The limit of pages is reached and there is more.
    #[error("more than {limit} pages")]
    TooManyPages {
        /// The limit.
        limit: u32,
    },
    /// The answer does not say what paging needs.
    #[error("paging needs {what}, which the answer does not say")]
    PagingUnclear {
        /// What, for example a header's name.
        what: String,
    },
    /// A secret of the connector was not resolved.
    #[error("secret {reference} is not known")]
    SecretMissing {
        /// The reference, never the secret.
        reference: String,
    },
    /// The app does not let the hub sign in.
    #[error("the app refuses the sign-in: {why}")]
    LoginRefused {
        /// Why.
        why: Refusal,
        /// How long the hub will not try again.
        retry_after: Duration,
    },
    /// A document is not what its format says, or breaks off.
    #[error("{fault}")]
    Unreadable {
        /// Where and why.
        fault: Box<FormatFault>,
    },
    /// A SOAP fault.
    #[error("the service reports a fault: {code}: {reason}")]
    SoapFault {
        /// Its code, without prefixes.
        code: String,
        /// Its words, cut at 200 characters.
        reason: String,
        /// Whether the connector says that it may pass (`fault.retry`).
        passing: bool,
    },
    /// A database did not give its rows.
    #[error("the database: {fault}")]
    Database {
        /// Why.
        fault: DatabaseFault,
    },
    /// A mail server does not give its letters.
    #[error("{why}")]
    Mail {
        /// Why, without the server's words.
        why: String,
    },
    /// A watched folder cannot be read.
    #[error("the folder or file {name}: {why}")]
    Folder {
        /// The folder's or the file's name.
        name: String,
        /// Why, in the system's words.
        why: String,
    },
    /// The hub's own disk does not take or give what was read.
    #[error("the hub's disk: {why}")]
    Disk {
        /// Why, in the system's words.
        why: String,
    },
    /// The connector names a way of reading that this hub does not go yet.
    #[error("{what} is not connected")]
    NotConnected {
        /// What.
        what: &'static str,
    },
    /// The connector does not make a request.
    #[error("the request cannot be written: {why}")]
    BadRequest {
        /// Why.
        why: String,
    },
}

/// Whose fault it is: decides who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    /// The app, or the way to it.
    Upstream,
    /// What the operator wrote or gave: addresses, credentials, connector.
    Operator,
    /// The hub.
    Hub,
}

impl Trouble {
    /// Puts the app's name to it.
    #[must_use]
    pub fn of(self, app: &AppId) -> FetchError {
        FetchError {
            app: app.clone(),
            trouble: self,
        }
    }

    /// Returns the stable code, for example `rate_limited`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound { .. } => "not_found",
            Self::Rejected { .. } => "rejected",
            Self::RateLimited { .. } => "rate_limited",
            Self::UpstreamError { .. } => "upstream_error",
            Self::TimedOut { .. } => "timed_out",
            Self::Refused => "refused",
            Self::Dns => "dns",
            Self::Tls { .. } => "tls",
            Self::BadHttp => "bad_http",
            Self::TooLarge { .. } => "too_large",
            Self::RedirectedAway { .. } => "redirected_away",
            Self::TooManyRedirects { .. } => "too_many_redirects",
            Self::AddressRefused { .. } => "address_refused",
            Self::BreakerOpen { .. } => "breaker_open",
            Self::NotJson { .. } => "not_json",
            Self::NotFeed { .. } => "not_feed",
            Self::Truncated => "truncated",
            Self::BadEncoding { .. } => "bad_encoding",
            Self::Empty => "empty",
            Self::ErrorInside { .. } => "error_inside",
            Self::Drifted { .. } => "drifted",
            Self::SelectMissed { .. } => "select_missed",
            Self::PagingLoop { .. } => "paging_loop",
            Self::PagingAway { .. } => "paging_away",
            Self::TooManyPages { .. } => "too_many_pages",
            Self::PagingUnclear { .. } => "paging_unclear",
            Self::SecretMissing { .. } => "secret_missing",
            Self::LoginRefused { .. } => "login_refused",
            Self::Unreadable { fault } => format::code(&fault.reason),
            Self::SoapFault { .. } => "soap_fault",
            Self::Database { fault } => format::database_code(fault.kind),
            Self::Mail { .. } => "mail",
            Self::Folder { .. } => "folder",
            Self::Disk { .. } => "disk",
            Self::NotConnected { .. } => "not_connected",
            Self::BadRequest { .. } => "bad_request",
        }
    }

    /// Tells whose fault it is.
    #[must_use]
    pub fn blame(&self) -> Blame {
        match self {
            Self::Unauthorized
            | Self::Forbidden
            | Self::NotFound { .. }
            | Self::Rejected { .. }
            | Self::AddressRefused { .. }
            | Self::Drifted { .. }
            | Self::SelectMissed { .. }
            | Self::TooManyPages { .. }
            | Self::SecretMissing { .. }
            | Self::LoginRefused { .. }
            | Self::Folder { .. }
            | Self::NotConnected { .. }
            | Self::BadRequest { .. } => Blame::Operator,
            Self::Unreadable { fault } => format::blame(&fault.reason),
            Self::Database { fault } => format::database_blame(fault.kind),
            Self::SoapFault { code, .. } if format::is_callers(code) => Blame::Operator,
            Self::Disk { .. } => Blame::Hub,
            _ => Blame::Upstream,
        }
    }

    /// Returns how long to leave the app alone, where that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::UpstreamError { retry_after, .. } => {
                *retry_after
            }
            Self::BreakerOpen { retry_after } | Self::LoginRefused { retry_after, .. } => {
                Some(*retry_after)
            }
            _ => None,
        }
    }

    /// Tells whether the same request may succeed a moment later.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::UpstreamError { status, .. } => !matches!(status, 501 | 505),
            Self::SoapFault { passing, .. } => *passing,
            Self::RateLimited { .. }
            | Self::TimedOut { .. }
            | Self::Refused
            | Self::Dns
            | Self::Truncated => true,
            _ => false,
        }
    }

    /// Tells whether the app itself asks to be asked again, so that even a `POST` may be.
    pub(crate) fn is_invitation(&self) -> bool {
        matches!(self, Self::SoapFault { passing: true, .. })
    }

    /// Tells whether it says that the app is unwell, and so counts for the breaker.
    pub(crate) fn is_illness(&self) -> bool {
        matches!(
            self,
            Self::UpstreamError { .. }
                | Self::TimedOut { .. }
                | Self::Refused
                | Self::Dns
                | Self::Tls { .. }
                | Self::BadHttp
                | Self::Truncated
        )
    }
}

impl From<divos_manifest::MissingSecret> for Trouble {
    fn from(missing: divos_manifest::MissingSecret) -> Self {
        Self::SecretMissing {
            reference: missing.0,
        }
    }
}
