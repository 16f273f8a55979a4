//! A folder, a page at a time.
//!
//! Owns the order of the conversation: greet, encrypt, sign in, examine, search, fetch.

use crate::connect::{self, Stream};
use crate::cursor::Cursor;
use crate::letter::{FETCH_BYTES, Letter};
use crate::wire::{Outcome, Wire};
use crate::{MailFault, Options, Tls, folder};
use imap_codec::imap_types::command::CommandBody;
use imap_codec::imap_types::core::Vec1;
use imap_codec::imap_types::fetch::{
    MacroOrMessageDataItemNames as Names, MessageDataItemName as Name,
};
use imap_codec::imap_types::response::{Capability, Code, Data, Response, Status};
use imap_codec::imap_types::search::SearchKey;
use imap_codec::imap_types::sequence::SequenceSet;
use secrecy::ExposeSecret as _;
use serde_json::Value as Json;
use std::collections::{BTreeSet, VecDeque};
use std::num::NonZeroU32;
use std::time::Duration;
use tokio::time::Instant;

/// The most letters of one page.
pub const PAGE: usize = 500;
/// How many UIDs are searched at once at first; deleted letters leave gaps, so it grows over empty ones.
const SPAN: u32 = 20_000;

/// Letters in the order of their arrival.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The rows: `uid`, `message_id`, `subject`, `from`, `to`, `cc`, `date`, `text`, `cut`, `attachments`, `in_reply_to`,
    /// `references`, `flags`, `size`. `from` and the others hold `name` and `email`; an attachment is `name`, `type`,
    /// `size` and `part`, and is never fetched.
    pub rows: Vec<Json>,
    /// Where the next page begins, also for a later day: `uidvalidity:uid`.
    pub cursor: String,
    /// How many letters the folder holds.
    pub total: u32,
    /// Nothing is left after this page.
    pub ended: bool,
    /// The cursor that was given counts no longer, since the server has numbered the letters anew: this is the first
    /// page of a full pass, and what was known by `uid` is void.
    pub renumbered: bool,
    /// Letters left out because the server cannot describe them.
    pub unread: u32,
}

/// An open folder that is only looked at (`EXAMINE`).
pub struct Mailbox {
    wire: Wire,
    validity: u32,
    /// The UID that the next letter to arrive will have, if the server says it.
    next_uid: Option<u32>,
    total: u32,
    /// UIDs that were found and not read yet, all above `searched_from`.
    found: VecDeque<NonZeroU32>,
    /// Up to which UID was searched.
    searched: u32,
    span: u32,
    /// Where the last page ended.
    last: Option<Cursor>,
}

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailbox")
            .field("validity", &self.validity)
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

impl Mailbox {
    /// Connects, signs in and opens the folder. The process must have installed rustls' cryptography.
    ///
    /// # Errors
    /// Any [`MailFault`].
    pub async fn open(options: &Options) -> Result<Self, MailFault> {
        let start = Instant::now();
        let deadline = after(start, options.total);
        let connect = after(start, options.connect.min(options.total));
        let (wire, stranger) = greet(options, connect, deadline).await?;
        Self::begin(wire, stranger, options).await
    }

    /// Signs in, where the server does not know yet who is there, and opens the folder.
    pub(crate) async fn begin(
        mut wire: Wire,
        stranger: bool,
        options: &Options,
    ) -> Result<Self, MailFault> {
        if stranger {
            sign_in(&mut wire, options).await?;
        }
        let mut mailbox = Self {
            wire,
            validity: 0,
            next_uid: None,
            total: 0,
            found: VecDeque::new(),
            searched: 0,
            span: SPAN,
            last: None,
        };
        mailbox.examine(&options.folder).await?;
        Ok(mailbox)
    }

    async fn examine(&mut self, name: &str) -> Result<(), MailFault> {
        let body = CommandBody::examine(folder::encode(name))
            .map_err(|_| MailFault::BadOption { what: "the folder" })?;
        let (mut validity, mut next_uid, mut total) = (None, None, 0);
        let outcome = self
            .wire
            .ask("to open the folder", body, |response| match response {
                Some(Response::Data(Data::Exists(exists))) => total = exists,
                Some(Response::Status(Status::Untagged(status))) => match status.code {
                    Some(Code::UidValidity(found)) => validity = Some(found.get()),
                    Some(Code::UidNext(found)) => next_uid = Some(found.get()),
                    _ => {}
                },
                _ => {}
            });
        if outcome.await? != Outcome::Done {
            return Err(MailFault::NoFolder {
                folder: name.to_owned(),
            });
        }
        self.validity = validity.ok_or(MailFault::Protocol {
            step: "to tell the UIDVALIDITY of the folder",
        })?;
        (self.next_uid, self.total) = (next_uid, total);
        Ok(())
    }

    /// Reads up to `size` letters (at most [`PAGE`]) after `cursor`; `None`, a text that is no cursor, or one of another
    /// UIDVALIDITY begins with the first letter.
    ///
    /// # Errors
    /// Any [`MailFault`]; after one the mailbox must be opened anew.
    pub async fn next(&mut self, cursor: Option<&str>, size: usize) -> Result<Page, MailFault> {
        let given = cursor.and_then(Cursor::parse);
        let counts = given.filter(|given| given.validity == self.validity);
        let after = counts.map_or(0, |cursor| cursor.uid);
        let here = Cursor {
            validity: self.validity,
            uid: after,
        };
        if self.last != Some(here) {
            self.found.clear();
            (self.searched, self.span) = (after, SPAN);
        }
        let size = size.clamp(1, PAGE);
        self.search(size).await?;
        let wanted: Vec<NonZeroU32> = self.found.drain(..size.min(self.found.len())).collect();
        let (rows, unread) = self.fetch(&wanted).await?;
        let ended = self.found.is_empty() && self.is_searched();
        let last = Cursor {
            uid: wanted.last().map_or(after, |uid| uid.get()),
            ..here
        };
        self.last = Some(last);
        Ok(Page {
            rows,
            cursor: last.to_string(),
            total: self.total,
            ended,
            renumbered: cursor.is_some() && counts.is_none(),
            unread,
        })
    }

    /// Leaves out of the total time what its owner waited for something else.
    pub fn waited(&mut self, time: Duration) {
        self.wire.waited(time);
    }

    fn is_searched(&self) -> bool {
        match self.next_uid {
            Some(next) => self.searched >= next.saturating_sub(1),
            None => self.searched == u32::MAX,
        }
    }

    /// Searches until more UIDs than `size` are known or none is left. A span at a time, so that no response is endless.
    async fn search(&mut self, size: usize) -> Result<(), MailFault> {
        while self.found.len() <= size && !self.is_searched() {
            let from = self.searched.saturating_add(1);
            let to = match self.next_uid {
                Some(_) => self.searched.saturating_add(self.span),
                None => u32::MAX,
            };
            let uids = self.search_between(from, to).await?;
            if uids.is_empty() {
                self.span = self.span.saturating_mul(16);
            }
            self.found.extend(uids);
            self.searched = to;
        }
        Ok(())
    }

    async fn search_between(
        &mut self,
        from: u32,
        to: u32,
    ) -> Result<BTreeSet<NonZeroU32>, MailFault> {
        const STEP: &str = "to search the folder";
        let set = SequenceSet::try_from(format!("{from}:{to}").as_str());
        let set = set.map_err(|_| MailFault::Protocol { step: STEP })?;
        let body = CommandBody::search(None, Vec1::from(SearchKey::Uid(set)), true);
        let mut uids = BTreeSet::new();
        let outcome = self.wire.ask(STEP, body, |response| {
            if let Some(Response::Data(Data::Search(found))) = response {
                uids.extend(
                    found
                        .into_iter()
                        .filter(|uid| (from..=to).contains(&uid.get())),
                );
            }
        });
        match outcome.await? {
            Outcome::Done => Ok(uids),
            Outcome::Refused(_) => Err(MailFault::Protocol { step: STEP }),
        }
    }

    /// Fetches letters, and how many the server has but cannot describe. A letter whose structure cannot be read is
    /// asked for again without it; one that is gone by now is not missed.
    async fn fetch(&mut self, wanted: &[NonZeroU32]) -> Result<(Vec<Json>, u32), MailFault> {
        let Ok(set) = SequenceSet::try_from(wanted) else {
            return Ok((Vec::new(), 0));
        };
        let mut asked: BTreeSet<u32> = wanted.iter().map(|uid| uid.get()).collect();
        let (mut letters, unclear) = self.fetch_set(set, true, &mut asked).await?;
        let mut unread = 0;
        if unclear > 0 {
            for uid in asked.clone().into_iter().filter_map(NonZeroU32::new) {
                let (again, unclear) = self
                    .fetch_set(SequenceSet::from(uid), false, &mut asked)
                    .await?;
                unread += u32::from(again.is_empty() && unclear > 0);
                letters.extend(again);
            }
        }
        letters.sort_by_key(|(uid, _)| *uid);
        Ok((letters.into_iter().map(|(_, row)| row).collect(), unread))
    }

    async fn fetch_set(
        &mut self,
        set: SequenceSet,
        structure: bool,
        asked: &mut BTreeSet<u32>,
    ) -> Result<(Vec<(u32, Json)>, u32), MailFault> {
        const STEP: &str = "to fetch letters";
        let body = CommandBody::fetch(set, items(structure), true)
            .map_err(|_| MailFault::Protocol { step: STEP })?;
        let (mut letters, mut unclear) = (Vec::new(), 0);
        let outcome = self.wire.ask(STEP, body, |response| match response {
            None => unclear += 1,
            Some(Response::Data(Data::Fetch { items, .. })) => {
                // What was not asked for, or was given already, is not taken: the page stays bounded.
                if let Some(letter) =
                    Letter::of(items.as_ref()).filter(|letter| asked.remove(&letter.uid))
                {
                    letters.push((letter.uid, letter.row()));
                }
            }
            Some(_) => {}
        });
        match outcome.await? {
            Outcome::Done => Ok((letters, unclear)),
            Outcome::Refused(_) if !structure => Ok((letters, unclear + 1)),
            Outcome::Refused(_) => Err(MailFault::Protocol { step: STEP }),
        }
    }
}

fn after(start: Instant, time: Duration) -> Instant {
    // Longer than a day is no deadline worth keeping, and an endless one cannot be added.
    start + time.min(std::time::Duration::from_secs(86_400))
}

fn items(structure: bool) -> Names<'static> {
    let mut names = vec![Name::Uid, Name::Flags, Name::Rfc822Size, Name::InternalDate];
    if structure {
        names.push(Name::BodyStructure);
    }
    names.push(Name::BodyExt {
        section: None,
        partial: NonZeroU32::new(FETCH_BYTES).map(|most| (0, most)),
        peek: true,
    });
    Names::MessageDataItemNames(names)
}

/// Connects and hears the greeting; encrypts as the options say. `true` if the server does not know yet who is there.
async fn greet(
    options: &Options,
    connect: Instant,
    deadline: Instant,
) -> Result<(Wire, bool), MailFault> {
    let stream = connect::tcp(options, connect).await?;
    if options.tls == Tls::Implicit {
        let stream = connect::tls(options, stream, connect).await?;
        return hear(stream, deadline).await;
    }
    let (mut wire, stranger) = hear(Box::new(stream), deadline).await?;
    if options.tls == Tls::None {
        return Ok((wire, stranger));
    }
    if !stranger {
        // Nobody may begin TLS once signed in: somebody in between wants to keep this in the clear (RFC 9051, 7.1.4).
        return Err(MailFault::Tls {
            reason: "the server signs in before TLS can begin".to_owned(),
        });
    }
    let outcome = wire
        .ask("to begin TLS", CommandBody::StartTLS, |_| {})
        .await?;
    if outcome != Outcome::Done {
        return Err(MailFault::Tls {
            reason: "the server offers no STARTTLS".to_owned(),
        });
    }
    let stream = connect::tls(options, wire.into_stream()?, deadline).await?;
    Ok((Wire::new(stream, deadline), stranger))
}

async fn hear(stream: Box<dyn Stream>, deadline: Instant) -> Result<(Wire, bool), MailFault> {
    let mut wire = Wire::new(stream, deadline);
    let stranger = wire.greeting().await?;
    Ok((wire, stranger))
}

async fn sign_in(wire: &mut Wire, options: &Options) -> Result<(), MailFault> {
    let mut disabled = false;
    let heard = |response: Option<Response<'_>>| {
        if let Some(Response::Data(Data::Capability(able))) = response {
            disabled |= able.as_ref().contains(&Capability::LoginDisabled);
        }
    };
    wire.ask("to tell its capabilities", CommandBody::Capability, heard)
        .await?;
    if disabled {
        return Err(MailFault::TlsRequired);
    }
    let body = CommandBody::login(options.user.as_str(), options.password.expose_secret());
    let body = body.map_err(|_| MailFault::BadOption {
        what: "the user or the password",
    })?;
    match wire.ask("to sign in", body, |_| {}).await? {
        Outcome::Done => Ok(()),
        Outcome::Refused(Some(code)) if code == "PRIVACYREQUIRED" => Err(MailFault::TlsRequired),
        Outcome::Refused(Some(code)) if code == "UNAVAILABLE" => {
            Err(MailFault::Closed { step: "to sign in" })
        }
        Outcome::Refused(_) => Err(MailFault::SignIn),
    }
}
