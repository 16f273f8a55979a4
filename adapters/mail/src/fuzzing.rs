//! Ways in for fuzzing: what a server says and what a letter holds, as bytes. Only there with the feature `fuzzing`.
//!
//! Knows no fuzzer.

use crate::letter::Letter;
use crate::wire::Wire;
use crate::{MailFault, Mailbox, Options, Page};
use serde_json::Value as Json;
use std::io::Cursor;
use tokio::time::Instant;

/// Reads one page from a server that says `said`, whatever it is told.
///
/// # Errors
/// Any [`MailFault`].
pub async fn converse(said: Vec<u8>, options: &Options) -> Result<Page, MailFault> {
    let stream = tokio::io::join(Cursor::new(said), tokio::io::sink());
    let mut wire = Wire::new(Box::new(stream), Instant::now() + options.total);
    let stranger = wire.greeting().await?;
    let mut mailbox = Mailbox::begin(wire, stranger, options).await?;
    mailbox.next(None, 10).await
}

/// Reads a letter.
#[must_use]
pub fn letter(bytes: Vec<u8>) -> Json {
    Letter::holding(bytes).row()
}
