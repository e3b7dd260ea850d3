//! The connections of one kind, http or https, and when they are given up.
//!
//! reqwest gives no access to single connections, and one of HTTP/2 is used until it breaks. So a pool from which nothing came
//! while a request waited in vain is left to the requests that still use it, and the next one gets a new pool.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::Client;

use crate::error::Error;

/// The pool that is in use, if there is one yet.
#[derive(Default)]
pub(super) struct Slot(Mutex<Option<Arc<Pool>>>);

pub(super) struct Pool {
    pub(super) client: Client,
    answers: AtomicU64,
}

/// A request on its way. Dropped before it has ended, it may leave a silent connection behind.
pub(super) struct Waiting<'a> {
    slot: &'a Slot,
    pool: Arc<Pool>,
    /// How many answers had come when it began.
    answers: u64,
    ended: bool,
}

impl Slot {
    /// The pool, which `make` makes if there is none.
    pub(super) fn pool(
        &self,
        make: impl FnOnce() -> Result<Client, Error>,
    ) -> Result<Arc<Pool>, Error> {
        let mut slot = self.lock();
        if let Some(pool) = &*slot {
            return Ok(pool.clone());
        }
        let pool = Arc::new(Pool {
            client: make()?,
            answers: AtomicU64::new(0),
        });
        *slot = Some(pool.clone());
        Ok(pool)
    }

    pub(super) fn wait(&self, pool: Arc<Pool>) -> Waiting<'_> {
        Waiting {
            answers: pool.answers.load(Ordering::Relaxed),
            slot: self,
            pool,
            ended: false,
        }
    }

    /// Nothing is left half done by a panic.
    fn lock(&self) -> MutexGuard<'_, Option<Arc<Pool>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting<'_> {
    /// There is an answer, or an error.
    pub(super) fn ended(mut self, answered: bool) {
        self.ended = true;
        if answered {
            self.pool.answers.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.ended || self.pool.answers.load(Ordering::Relaxed) != self.answers {
            return;
        }
        let mut slot = self.slot.lock();
        if slot
            .as_ref()
            .is_some_and(|pool| Arc::ptr_eq(pool, &self.pool))
        {
            *slot = None;
        }
    }
}
