//! Limits how far a parser of a body may look ahead.
//!
//! A parser that searches everything received so far for the end of a part takes quadratic time, and
//! keeps the data in memory, if there is no end.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Poll, ready};

use bytes::Bytes;
use futures_util::stream::{self, Stream};

const ROOM: usize = 64 << 10;

/// The bytes that a stream still gives before its reader has to get on.
#[derive(Debug)]
pub(super) struct Room {
    left: AtomicUsize,
    /// The stream paused, and its reader has had a look at all that came.
    paused: AtomicBool,
    exceeded: AtomicBool,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            left: AtomicUsize::new(ROOM),
            paused: AtomicBool::new(false),
            exceeded: AtomicBool::new(false),
        }
    }
}

impl Room {
    /// The reader has got on.
    pub(super) fn renew(&self) {
        self.left.store(ROOM, Ordering::Relaxed);
        self.paused.store(false, Ordering::Relaxed);
    }

    /// Whether the reader did not get on.
    pub(super) fn is_exceeded(&self) -> bool {
        self.exceeded.load(Ordering::Relaxed)
    }

    /// The stream in pieces of this room. When it is used up, the stream pauses once, and ends
    /// with an error if that has not helped.
    pub(super) fn bound<'a>(
        &'a self,
        stream: impl Stream<Item = io::Result<Bytes>> + Send + 'a,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + 'a {
        let mut stream = Box::pin(stream);
        stream::poll_fn(move |context| {
            if self.left.load(Ordering::Relaxed) == 0 {
                if self.paused.swap(true, Ordering::Relaxed) {
                    self.exceeded.store(true, Ordering::Relaxed);
                    return Poll::Ready(Some(Err(io::Error::other("no end in sight"))));
                }
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            let next = ready!(stream.as_mut().poll_next(context));
            if let Some(Ok(data)) = &next {
                let left = self.left.load(Ordering::Relaxed);
                self.left
                    .store(left.saturating_sub(data.len()), Ordering::Relaxed);
            }
            Poll::Ready(next)
        })
    }
}
