//! How far the archive of an order was sent: from the upload to the stream of events.
//!
//! It must not know a platform.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use anypoint_core::Transferred;

/// What an upload has told last, and who waits for more.
#[derive(Clone, Default)]
pub(super) struct Sent(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    last: Option<Transferred>,
    waiting: Option<Waker>,
}

impl Sent {
    /// The upload, which tells how far it is.
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

    /// What was told since it was asked last. Where that is nothing, the task is woken by the next news.
    pub(super) fn take(&self, context: &Context<'_>) -> Option<Transferred> {
        let mut state = self.lock();
        let last = state.last.take();
        if last.is_none() {
            state.waiting = Some(context.waker().clone());
        }
        last
    }

    /// Nothing is left half done by a panic.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
