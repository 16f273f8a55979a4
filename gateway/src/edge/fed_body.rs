//! The request body as the hub's own service reads it: fed chunk by chunk, and only when asked.
//!
//! Owns one hand-over slot. The bridge puts a chunk in when the reader has polled for it, so a handler that does
//! not read makes the visitor wait, and a handler that never asks never costs a `100 Continue`.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::{Notify, mpsc};

/// The reader's end.
pub(super) struct FedBody {
    slot: mpsc::Receiver<io::Result<Bytes>>,
    wish: Arc<Wish>,
    left: Option<u64>,
}

/// The feeder's end.
pub(super) struct Feeder {
    slot: mpsc::Sender<io::Result<Bytes>>,
    wish: Arc<Wish>,
}

#[derive(Default)]
struct Wish {
    pending: AtomicBool,
    made: Notify,
}

/// A body of `length` bytes, if that is known, and the end to feed it from.
pub(super) fn fed_body(length: Option<u64>) -> (Feeder, FedBody) {
    let (sender, receiver) = mpsc::channel(1);
    let wish = Arc::new(Wish::default());
    let feeder = Feeder {
        slot: sender,
        wish: wish.clone(),
    };
    (
        feeder,
        FedBody {
            slot: receiver,
            wish,
            left: length,
        },
    )
}

impl Feeder {
    /// Waits until the reader wants a chunk.
    pub(super) async fn wanted(&self) {
        while !self.wish.pending.load(Ordering::Acquire) {
            self.wish.made.notified().await;
        }
    }

    /// Hands a chunk over; `false` when the reader is gone or has not asked.
    pub(super) fn feed(&self, chunk: io::Result<Bytes>) -> bool {
        self.wish.pending.store(false, Ordering::Release);
        self.slot.try_send(chunk).is_ok()
    }

    /// Whether nobody will read any more.
    pub(super) fn is_abandoned(&self) -> bool {
        self.slot.is_closed()
    }
}

impl Body for FedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.slot.poll_recv(cx) {
            Poll::Ready(Some(Ok(chunk))) => {
                self.left = self
                    .left
                    .map(|left| left.saturating_sub(chunk.len() as u64));
                Poll::Ready(Some(Ok(Frame::data(chunk))))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                if !self.wish.pending.swap(true, Ordering::AcqRel) {
                    self.wish.made.notify_one();
                }
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.left
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    #[tokio::test]
    async fn nothing_is_fed_before_it_is_wanted() {
        let (feeder, mut body) = fed_body(None);
        let idle =
            tokio::time::timeout(std::time::Duration::from_millis(20), feeder.wanted()).await;
        assert!(idle.is_err(), "nobody has asked yet");
        let reader = tokio::spawn(async move {
            let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
            (first, body.frame().await.is_none())
        });
        feeder.wanted().await;
        assert!(feeder.feed(Ok(Bytes::from_static(b"one"))));
        feeder.wanted().await;
        drop(feeder);
        assert_eq!(reader.await.unwrap(), (Bytes::from_static(b"one"), true));
    }

    #[tokio::test]
    async fn a_reader_that_left_is_noticed() {
        let (feeder, body) = fed_body(Some(3));
        assert_eq!(body.size_hint().exact(), Some(3));
        drop(body);
        assert!(feeder.is_abandoned());
        assert!(!feeder.feed(Ok(Bytes::from_static(b"x"))));
    }
}
