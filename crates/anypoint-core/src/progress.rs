//! The progress of uploads and downloads.
//!
//! It must not know what is transferred.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The progress of an upload or a download; see [`Upload::on_progress`](crate::Upload::on_progress) and
/// [`Download::on_progress`](crate::Download::on_progress).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transferred {
    /// The bytes sent or received so far.
    pub bytes: u64,
    /// The total number of bytes, if it is known.
    pub total: Option<u64>,
    /// The number of the attempt, from 1. Each attempt starts at 0 bytes. A download has only one.
    pub attempt: u32,
}

/// A callback of the user, for one call.
#[derive(Clone)]
pub(crate) struct Watcher {
    tell: Arc<dyn Fn(Transferred) + Send + Sync>,
    /// How many attempts there were.
    begun: Arc<AtomicU32>,
}

/// The progress of one attempt.
pub(crate) struct Watched {
    tell: Arc<dyn Fn(Transferred) + Send + Sync>,
    so_far: Transferred,
}

impl Watcher {
    pub(crate) fn new(tell: impl Fn(Transferred) + Send + Sync + 'static) -> Self {
        Self {
            tell: Arc::new(tell),
            begun: Arc::default(),
        }
    }

    /// This callback, and then another one.
    pub(crate) fn and(self, tell: impl Fn(Transferred) + Send + Sync + 'static) -> Self {
        let earlier = self.tell;
        Self::new(move |so_far| {
            earlier(so_far);
            tell(so_far);
        })
    }

    /// The same callback, for another call.
    pub(crate) fn anew(&self) -> Self {
        Self {
            tell: self.tell.clone(),
            begun: Arc::default(),
        }
    }

    /// Reports that an attempt begins.
    pub(crate) fn begin(&self, total: Option<u64>) -> Watched {
        let so_far = Transferred {
            bytes: 0,
            total,
            attempt: self.begun.fetch_add(1, Ordering::Relaxed) + 1,
        };
        (self.tell)(so_far);
        Watched {
            tell: self.tell.clone(),
            so_far,
        }
    }
}

impl Watched {
    /// Reports that more bytes have moved.
    pub(crate) fn moved(&mut self, bytes: usize) {
        self.so_far.bytes += bytes as u64;
        (self.tell)(self.so_far);
    }
}
