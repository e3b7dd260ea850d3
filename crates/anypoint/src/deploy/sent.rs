//! The progress of an order's upload, passed from the upload to the stream of events.
//!
//! It must not know a platform.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use anypoint_core::Transferred;

/// The last progress of an upload, and the task that waits for more.
#[derive(Clone, Default)]
pub(super) struct Sent(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    last: Option<Transferred>,
    waiting: Option<Waker>,
}

impl Sent {
    /// The upload, with a callback that reports its progress here.
    #[cfg(feature = "cloudhub")]
    pub(super) fn watch(&self, upload: anypoint_core::Upload) -> anypoint_core::Upload {
        let sent = self.clone();
        upload.on_progress(move |so_far| sent.tell(so_far))
    }

    #[cfg(feature = "cloudhub")]
    fn tell(&self, so_far: Transferred) {
        let mut state = self.lock();
        state.last = Some(so_far);
        if let Some(waiting) = state.waiting.take() {
            waiting.wake();
        }
    }

    /// The progress since the last call. If there is none, the task is woken by the next report.
    pub(super) fn take(&self, context: &Context<'_>) -> Option<Transferred> {
        let mut state = self.lock();
        let last = state.last.take();
        if last.is_none() {
            state.waiting = Some(context.waker().clone());
        }
        last
    }

    /// Ignores poisoning, because a panic leaves no partial change.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
