//! A stream that can be sent once, by whichever attempt takes its first chunk.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use futures_util::stream;

use super::Chunks;

/// A stream that attempts share, one after the other.
#[derive(Clone)]
pub(super) struct Once(Arc<Mutex<Shared>>);

struct Shared {
    chunks: Chunks,
    /// A chunk was taken.
    begun: bool,
    /// The number of the attempt that may take more. An earlier one may not have ended yet.
    attempt: u64,
}

impl Once {
    pub(super) fn new(chunks: Chunks) -> Self {
        Self(Arc::new(Mutex::new(Shared {
            chunks,
            begun: false,
            attempt: 0,
        })))
    }

    pub(super) fn is_begun(&self) -> bool {
        self.lock().begun
    }

    /// The stream for one more attempt; `None` if another one has begun it.
    pub(super) fn open(&self) -> Option<Chunks> {
        let mut shared = self.lock();
        if shared.begun {
            return None;
        }
        shared.attempt += 1;
        let (attempt, once) = (shared.attempt, self.clone());
        Some(Box::pin(stream::poll_fn(move |task| {
            let mut shared = once.lock();
            if shared.attempt != attempt {
                return Poll::Ready(None);
            }
            let chunk = shared.chunks.as_mut().poll_next(task);
            shared.begun |= chunk.is_ready();
            chunk
        })))
    }

    /// Ignores poisoning, because a stream that panicked is not polled again.
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
