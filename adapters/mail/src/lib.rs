//! Letters from a mailbox over IMAP4rev1 (RFC 3501), read-only: nothing is marked as seen, moved or deleted.
//!
//! Owns the conversation with the mail server, its bounds, and the row of a letter. It must never know a connector,
//! decide which addresses are permitted, or fetch an attachment. Start at [`Mailbox`].

mod connect;
mod cursor;
mod fault;
mod folder;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod letter;
mod mailbox;
mod structure;
mod wire;

pub use fault::MailFault;
pub use letter::TEXT_BYTES;
pub use mailbox::{Mailbox, PAGE, Page};

use secrecy::SecretString;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte, usually port 993 (RFC 8314).
    Implicit,
    /// After `STARTTLS`, usually port 143.
    StartTls,
    /// Not at all: the password travels in the clear.
    None,
}

/// Says whether an address may be connected to.
pub type Permitted = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// Where letters are read from.
#[derive(Clone)]
pub struct Options {
    /// The server's name or address; its certificate must bear it.
    pub host: String,
    /// The server's port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// Who signs in.
    pub user: String,
    /// With what.
    pub password: SecretString,
    /// The folder, with the server's separator: `INBOX`, `Arsip/2026`.
    pub folder: String,
    /// Authorities besides those of the machine, as PEM.
    pub roots: Option<Vec<u8>>,
    /// The most time until the server is connected.
    pub connect: Duration,
    /// The most time for everything, from the opening to the last page.
    pub total: Duration,
    /// Asked for each address of the host just before it is connected to.
    pub permitted: Permitted,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("user", &self.user)
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}
