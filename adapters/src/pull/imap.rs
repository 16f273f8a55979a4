//! Letters of a mailbox, in the order of their arrival.
//!
//! Owns where the next pass goes on: behind the last letter, unless what is gone has to be noticed. It must never know
//! the mail server's words.

use super::place::Turn;
use super::way::{Chunk, End, Step, Way};
use super::{Ask, Reader, World};
use crate::Trouble;
use divos_mail::{MailFault, Mailbox, Options, PAGE, Tls};
use divos_manifest::{Deletes, Imap as Source, ImapTls};
use divos_model::RowFault;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The most pages of one pass.
const MOST_PAGES: u32 = 200;
/// How much longer than one answer of an app a whole mailbox may take.
const PATIENCE: u32 = 20;

/// A pass over a mailbox.
#[derive(Debug)]
pub(crate) struct Imap {
    reader: Reader,
    world: World,
    source: Source,
    mailbox: Option<Mailbox>,
    /// `uidvalidity:uid`.
    cursor: Option<String>,
    /// Whether earlier letters are left out.
    skipped: bool,
    pages: u32,
}

impl Imap {
    pub(crate) fn new(reader: Reader, source: Source, ask: &Ask, world: World) -> Self {
        // A mailbox that is swept has to be seen whole; letters that only come need not be seen twice.
        let whole = matches!(
            reader.source().deletes,
            Deletes::Sweep { .. } | Deletes::Ttl(_)
        );
        let cursor = ask.cursor.clone().filter(|_| !whole);
        Self {
            skipped: cursor.is_some(),
            reader,
            world,
            source,
            mailbox: None,
            cursor,
            pages: 0,
        }
    }

    /// The same from where another pass stood: the letters before that were read by it.
    pub(crate) fn from(mut self, turn: Option<&Turn>) -> Self {
        if let Some(Turn::Letters { pages, cursor }) = turn {
            (self.pages, self.cursor) = (*pages, Some(cursor.clone()));
        }
        self
    }

    fn options(&self) -> Result<Options, Trouble> {
        let timeouts = self.reader.connector.app.timeouts;
        let policy = self.world.http.policy(&self.reader.reach);
        Ok(Options {
            host: self.source.host.clone(),
            port: self.source.port,
            tls: match self.source.tls {
                ImapTls::Implicit => Tls::Implicit,
                ImapTls::StartTls => Tls::StartTls,
                ImapTls::None => Tls::None,
            },
            user: self.source.user.reveal()?.to_owned(),
            password: self.source.password.reveal()?.to_owned().into(),
            folder: self.source.folder.clone(),
            roots: None,
            connect: timeouts.connect,
            total: self.patience(),
            permitted: Arc::new(move |address| policy.permits(address)),
        })
    }

    fn patience(&self) -> Duration {
        self.reader.connector.app.timeouts.total * PATIENCE
    }
}

#[async_trait::async_trait]
impl Way for Imap {
    async fn next(&mut self) -> Result<Step, Trouble> {
        let patience = self.patience();
        let of = |fault| trouble(fault, patience);
        let (http, since) = (&self.world.http, Instant::now());
        let server = (self.source.host.as_str(), self.source.port);
        let _turn = http.turn(&self.reader.connector, Some(server)).await?;
        match &mut self.mailbox {
            Some(mailbox) => mailbox.waited(since.elapsed()),
            None => self.mailbox = Some(Mailbox::open(&self.options()?).await.map_err(of)?),
        }
        let mailbox = self.mailbox.as_mut().ok_or(Trouble::Refused)?;
        let page = mailbox
            .next(self.cursor.as_deref(), PAGE)
            .await
            .map_err(of)?;
        self.pages += 1;
        self.skipped &= !page.renumbered;
        self.cursor = Some(page.cursor.clone());
        if !page.ended && self.pages >= MOST_PAGES {
            return Err(Trouble::TooManyPages { limit: MOST_PAGES });
        }
        let mut chunk = Chunk::rows(page.rows);
        chunk.bytes = chunk.weight();
        // They are there, though nobody can say what they are: nothing may be taken for gone then.
        chunk.missed.extend((0..page.unread).map(|_| RowFault {
            row: 0,
            native_id: None,
            field: "uid".to_owned(),
            message: "the server cannot describe this letter".to_owned(),
        }));
        chunk.skipped = self.skipped;
        chunk.turn = (!page.ended).then(|| Turn::Letters {
            pages: self.pages,
            cursor: page.cursor.clone(),
        });
        chunk.end = page.ended.then_some(End {
            cursor: Some(page.cursor),
            ..End::default()
        });
        Ok(Step::Chunk(Box::new(chunk)))
    }
}

fn trouble(fault: MailFault, after: Duration) -> Trouble {
    match fault {
        MailFault::NotPermitted { address } => Trouble::AddressRefused {
            address: address.to_string(),
        },
        MailFault::UnknownHost { .. } => Trouble::Dns,
        MailFault::Unreachable { .. } => Trouble::Refused,
        MailFault::Tls { reason } => Trouble::Tls { why: reason },
        MailFault::SignIn => Trouble::Unauthorized,
        MailFault::TimedOut { .. } => Trouble::TimedOut { after },
        MailFault::Closed { .. } => Trouble::Truncated,
        other => Trouble::Mail {
            why: other.to_string(),
        },
    }
}
