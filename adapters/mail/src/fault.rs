//! What keeps letters from being read.
//!
//! Owns the kinds of faults. No text of the server is repeated: it could repeat a password.

use std::net::IpAddr;

/// Letters cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MailFault {
    /// None of the host's addresses is permitted.
    #[error("the address {address} of the mail server is not permitted")]
    NotPermitted {
        /// The address, or the last of several.
        address: IpAddr,
    },
    /// The host's name is unknown.
    #[error("the name of the mail server, {host}, cannot be resolved")]
    UnknownHost {
        /// The name.
        host: String,
    },
    /// Nobody answers at that port.
    #[error("the mail server {host}:{port} cannot be reached: {kind}")]
    Unreachable {
        /// The host as it was given.
        host: String,
        /// The port.
        port: u16,
        /// What the system says.
        kind: std::io::ErrorKind,
    },
    /// The connection could not be encrypted: the certificate, the authorities, or no STARTTLS.
    #[error("the connection to the mail server cannot be encrypted: {reason}")]
    Tls {
        /// Why.
        reason: String,
    },
    /// The server takes no password without encryption.
    #[error("the mail server takes no password without encryption")]
    TlsRequired,
    /// The user or the password is wrong, or may not sign in.
    #[error("the mail server refused the user or the password")]
    SignIn,
    /// There is no such folder, or it may not be read.
    #[error("there is no folder {folder} in the mailbox, or it may not be read")]
    NoFolder {
        /// The folder as it was given.
        folder: String,
    },
    /// The time was over.
    #[error("the mail server took too long: {step}")]
    TimedOut {
        /// What was being done.
        step: &'static str,
    },
    /// The server ended the conversation.
    #[error("the mail server ended the connection: {step}")]
    Closed {
        /// What was being done.
        step: &'static str,
    },
    /// The server said what it must not say, or refused what it must not refuse.
    #[error("the mail server does not speak as RFC 3501 has it: {step}")]
    Protocol {
        /// What was being done.
        step: &'static str,
    },
    /// The server sends more than may be kept.
    #[error("the mail server sends too many {of}: more than {limit}")]
    TooMuch {
        /// What there is too much of: `bytes of a response`, `responses`.
        of: &'static str,
        /// The bound.
        limit: u64,
    },
    /// A value of the options cannot be sent.
    #[error("{what} of the mailbox holds characters that cannot be sent")]
    BadOption {
        /// Which: `the user`, `the password`, `the folder`.
        what: &'static str,
    },
}
