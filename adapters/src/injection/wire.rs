//! The transport that answers from a recording, except where something goes wrong.
//!
//! Owns when that is: by the number of answers that came well before.

use crate::fixture::{Exchange, ReplayTransport};
use crate::{Call, Reply, Transport, Trouble};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use std::fmt;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// What happens instead of the recorded answer.
pub(super) enum Effect {
    /// Nothing else.
    Calm,
    /// Another answer at this place, once or whenever it is asked for.
    Instead {
        at: usize,
        once: bool,
        answer: Answer,
    },
    /// Recorded bodies are altered: all of them, or the one at a place.
    Altered {
        at: Option<usize>,
        alter: fn(&[u8]) -> Vec<u8>,
    },
    /// One answer for the first requests, whatever they ask for.
    Repeated { answer: Exchange, times: usize },
}

/// An answer that nobody recorded.
#[derive(Clone)]
pub(super) enum Answer {
    /// A status, a `Retry-After` in seconds, and a page.
    Page {
        status: StatusCode,
        retry_after: Option<u64>,
        body: &'static str,
    },
    /// The transport's own trouble.
    Trouble(Trouble),
    /// None, ever.
    Never,
}

/// A recording in which something goes wrong.
pub(super) struct Disturbed {
    recording: ReplayTransport,
    effect: Effect,
    tally: Mutex<Tally>,
}

/// What passed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    /// Requests.
    pub(super) sent: usize,
    /// Answers as recorded.
    pub(super) answered: usize,
    /// How long the reader waited between tries.
    pub(super) waited: Duration,
    /// How often something else happened.
    struck: usize,
}

impl Disturbed {
    pub(super) fn new(exchanges: Vec<Exchange>, effect: Effect) -> Self {
        Self {
            recording: ReplayTransport::new(exchanges),
            effect,
            tally: Mutex::default(),
        }
    }

    pub(super) fn tally(&self) -> Tally {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Counts a request; tells whether something else happens than was recorded.
    fn strikes(&self) -> bool {
        let mut tally = self.lock();
        tally.sent += 1;
        let strikes = match &self.effect {
            Effect::Instead { at, once, .. } => {
                tally.answered == *at && !(*once && tally.struck > 0)
            }
            Effect::Repeated { times, .. } => tally.struck < *times,
            Effect::Calm | Effect::Altered { .. } => false,
        };
        tally.struck += usize::from(strikes);
        strikes
    }

    async fn recorded(&self, call: &Call) -> Result<Reply, Trouble> {
        let mut reply = self.recording.send(call).await?;
        let place = self.lock().answered;
        if let Effect::Altered { at, alter } = &self.effect
            && at.is_none_or(|at| at == place)
        {
            let body = reply.body.whole().await?;
            let altered = alter(&body);
            reply.close_delimited = altered.len() < body.len();
            reply.body = altered.into();
        }
        self.lock().answered += 1;
        Ok(reply)
    }
}

impl Answer {
    async fn give(&self, call: &Call) -> Result<Reply, Trouble> {
        let (status, retry_after, body) = match self {
            Self::Never => return std::future::pending().await,
            Self::Trouble(trouble) => return Err(trouble.clone()),
            Self::Page {
                status,
                retry_after,
                body,
            } => (*status, *retry_after, *body),
        };
        let mut headers = HeaderMap::new();
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, html);
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        Ok(Reply {
            status,
            headers,
            body: body.as_bytes().to_vec().into(),
            url: call.url.clone(),
            close_delimited: false,
        })
    }
}

impl fmt::Debug for Disturbed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Disturbed({:?})", self.tally())
    }
}

#[async_trait::async_trait]
impl Transport for Disturbed {
    async fn send(&self, call: &Call) -> Result<Reply, Trouble> {
        match (self.strikes(), &self.effect) {
            (true, Effect::Instead { answer, .. }) => answer.give(call).await,
            (true, Effect::Repeated { answer, .. }) => answer.clone().answer(call),
            _ => self.recorded(call).await,
        }
    }

    async fn pause(&self, wait: Duration) {
        self.lock().waited += wait;
    }

    fn is_offline(&self) -> bool {
        true
    }
}
