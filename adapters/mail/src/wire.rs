//! Commands and responses on a stream.
//!
//! Owns tags, literals, deadlines and bounds. Knows the grammar of RFC 3501 but not what is being read.

use crate::MailFault;
use crate::connect::Stream;
use imap_codec::encode::{Encoder as _, Fragment};
use imap_codec::imap_types::command::{Command, CommandBody};
use imap_codec::imap_types::core::Tag;
use imap_codec::imap_types::response::Response;
use imap_codec::{CommandCodec, ResponseCodec, decode::Decoder as _};
use std::future::Future;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::time::{Instant, timeout_at};

/// The most bytes of one response, its literals included.
const RESPONSE: usize = 4 << 20;
/// The most responses to one command.
const RESPONSES: u64 = 50_000;

/// How the server ends a command.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// `NO` or `BAD`, with the code in brackets, in upper case, if there is one.
    Refused(Option<String>),
}

/// A conversation.
pub(crate) struct Wire {
    stream: BufReader<Box<dyn Stream>>,
    deadline: Instant,
    tags: u32,
    /// What is being done, for faults.
    step: &'static str,
}

impl Wire {
    pub(crate) fn new(stream: Box<dyn Stream>, deadline: Instant) -> Self {
        Self {
            stream: BufReader::new(stream),
            deadline,
            tags: 0,
            step: "to greet",
        }
    }

    /// Moves the deadline by the time that nothing was asked in.
    pub(crate) fn waited(&mut self, time: Duration) {
        self.deadline = self.deadline.checked_add(time).unwrap_or(self.deadline);
    }

    /// Gives the stream back to be encrypted. What the server said in the clear after its consent is not taken over
    /// (RFC 3501, section 6.2.1; RFC 8314): somebody in between may have said it.
    pub(crate) fn into_stream(self) -> Result<Box<dyn Stream>, MailFault> {
        match self.stream.buffer().is_empty() {
            true => Ok(self.stream.into_inner()),
            false => Err(self.protocol()),
        }
    }

    fn protocol(&self) -> MailFault {
        MailFault::Protocol { step: self.step }
    }

    async fn within<T>(
        deadline: Instant,
        step: &'static str,
        work: impl Future<Output = std::io::Result<T>>,
    ) -> Result<T, MailFault> {
        match timeout_at(deadline, work).await {
            Err(_) => Err(MailFault::TimedOut { step }),
            Ok(done) => done.map_err(|_| MailFault::Closed { step }),
        }
    }

    /// Hears the greeting: `false` if the server already knows who is there (`PREAUTH`).
    pub(crate) async fn greeting(&mut self) -> Result<bool, MailFault> {
        let greeting = self.response().await?;
        match word(&greeting, 1).as_str() {
            "OK" => Ok(true),
            "PREAUTH" => Ok(false),
            "BYE" => Err(MailFault::Closed { step: self.step }),
            _ => Err(self.protocol()),
        }
    }

    /// Gives a command and hears its responses. One that cannot be understood goes to `heard` as `None`.
    pub(crate) async fn ask(
        &mut self,
        step: &'static str,
        body: CommandBody<'_>,
        mut heard: impl FnMut(Option<Response<'_>>),
    ) -> Result<Outcome, MailFault> {
        self.step = step;
        self.tags += 1;
        let tag = format!("d{}", self.tags);
        let made = Tag::try_from(tag.clone()).map_err(|_| self.protocol())?;
        if let Some(outcome) = self.send(Command { tag: made, body }, &tag).await? {
            return Ok(outcome);
        }
        for _ in 0..RESPONSES {
            let mut response = self.response().await?;
            if let Some(outcome) = self.outcome(&response, &tag)? {
                return Ok(outcome);
            }
            // A NUL is not allowed in a literal and is found in broken letters all the same.
            response
                .iter_mut()
                .filter(|byte| **byte == 0)
                .for_each(|byte| *byte = b' ');
            let decoded = ResponseCodec::default().decode(&response);
            heard(decoded.ok().map(|(_, response)| response));
        }
        Err(MailFault::TooMuch {
            of: "responses",
            limit: RESPONSES,
        })
    }

    /// Writes a command; each literal waits for the server's consent. An outcome instead of it ends the command.
    async fn send(
        &mut self,
        command: Command<'_>,
        tag: &str,
    ) -> Result<Option<Outcome>, MailFault> {
        for fragment in CommandCodec::default().encode(&command) {
            let data = match fragment {
                Fragment::Line { data } => data,
                Fragment::Literal { data, .. } => {
                    if let Some(outcome) = self.consent(tag).await? {
                        return Ok(Some(outcome));
                    }
                    data
                }
            };
            let writing = async {
                self.stream.write_all(&data).await?;
                self.stream.flush().await
            };
            Self::within(self.deadline, self.step, writing).await?;
        }
        Ok(None)
    }

    async fn consent(&mut self, tag: &str) -> Result<Option<Outcome>, MailFault> {
        for _ in 0..RESPONSES {
            let response = self.response().await?;
            if response.starts_with(b"+") {
                return Ok(None);
            }
            if let Some(outcome) = self.outcome(&response, tag)? {
                return Ok(Some(outcome));
            }
        }
        Err(self.protocol())
    }

    /// The outcome of the command, if this is it. Read by hand, because its text may hold any characters.
    fn outcome(&self, response: &[u8], tag: &str) -> Result<Option<Outcome>, MailFault> {
        if word(response, 0) == "*" && word(response, 1) == "BYE" {
            return Err(MailFault::Closed { step: self.step });
        }
        if !word(response, 0).eq_ignore_ascii_case(tag) {
            return Ok(None);
        }
        match word(response, 1).as_str() {
            "OK" => Ok(Some(Outcome::Done)),
            "NO" | "BAD" => Ok(Some(Outcome::Refused(code(response)))),
            _ => Err(self.protocol()),
        }
    }

    /// Reads one response with its literals.
    async fn response(&mut self) -> Result<Vec<u8>, MailFault> {
        let mut response = Vec::new();
        loop {
            self.line(&mut response).await?;
            let Some(literal) = literal(&response) else {
                return Ok(response);
            };
            let end = response.len().saturating_add(literal);
            self.bounded(end)?;
            let start = response.len();
            response.resize(end, 0);
            let reading = self.stream.read_exact(&mut response[start..]);
            Self::within(self.deadline, self.step, reading).await?;
        }
    }

    fn bounded(&self, bytes: usize) -> Result<(), MailFault> {
        match bytes > RESPONSE {
            true => Err(MailFault::TooMuch {
                of: "bytes of a response",
                limit: RESPONSE as u64,
            }),
            false => Ok(()),
        }
    }

    /// Adds bytes up to the end of a line.
    async fn line(&mut self, response: &mut Vec<u8>) -> Result<(), MailFault> {
        loop {
            let available = Self::within(self.deadline, self.step, self.stream.fill_buf()).await?;
            if available.is_empty() {
                return Err(MailFault::Closed { step: self.step });
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let upto = end.map_or(available.len(), |end| end + 1);
            response.extend_from_slice(&available[..upto]);
            self.stream.consume(upto);
            self.bounded(response.len())?;
            if end.is_some() {
                if !response.ends_with(b"\r\n") {
                    response.pop();
                    response.extend_from_slice(b"\r\n");
                }
                return Ok(());
            }
        }
    }
}

/// The word of a line at a place, in upper case.
fn word(line: &[u8], place: usize) -> String {
    let word = line.split(|byte| byte.is_ascii_whitespace()).nth(place);
    String::from_utf8_lossy(word.unwrap_or_default()).to_ascii_uppercase()
}

/// The code of a status response: `AUTHENTICATIONFAILED` (RFC 5530).
fn code(line: &[u8]) -> Option<String> {
    let word = word(line, 2);
    let code = word.strip_prefix('[')?;
    Some(code.trim_end_matches(']').to_owned())
}

/// The length of the literal that a line ends with.
fn literal(line: &[u8]) -> Option<usize> {
    let line = line.strip_suffix(b"\r\n")?.strip_suffix(b"}")?;
    let open = line.iter().rposition(|byte| *byte == b'{')?;
    let digits = std::str::from_utf8(&line[open + 1..]).ok()?;
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    // A length beyond all numbers is beyond the bound, too.
    Some(digits.parse().unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_literal_is_found_at_the_end_of_a_line_only() {
        assert_eq!(literal(b"* 1 FETCH (BODY[] {12}\r\n"), Some(12));
        assert_eq!(literal(b"* OK {x}\r\n"), None);
        assert_eq!(literal(b"* OK {} {3} \r\n"), None);
        assert_eq!(literal(b"{99999999999999999999999}\r\n"), Some(usize::MAX));
    }

    #[test]
    fn the_code_of_a_refusal_is_read() {
        let code = |line: &str| code(line.as_bytes());
        assert_eq!(
            code("d1 NO [AUTHENTICATIONFAILED] Gagal\r\n").as_deref(),
            Some("AUTHENTICATIONFAILED")
        );
        assert_eq!(code("d1 NO Gagal\r\n"), None);
    }
}
