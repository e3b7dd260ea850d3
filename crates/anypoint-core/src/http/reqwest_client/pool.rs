//! The connection pools for http or for https, and when they are replaced.
//!
//! reqwest gives no access to single connections, and an HTTP/2 connection is used until it breaks. So if a request is given up
//! and its pool has received nothing in the meantime, new requests get a new pool. Requests that are in progress keep the old one.
//!
//! A connection is driven by the runtime in which it was opened. So each runtime has a pool of its own, and a blocked runtime does not
//! affect others.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::Client;

use crate::error::Error;
use crate::runtime::{self, Place};

/// The maximum number of pools, of which the newest are kept. Some servers have a runtime for each core.
const RUNTIMES: usize = 64;

/// The pools in use, by the runtime of their connections.
#[derive(Default)]
pub(super) struct Slot(Mutex<Vec<(Place, Arc<Pool>)>>);

pub(super) struct Pool {
    pub(super) client: Client,
    answers: AtomicU64,
}

/// A request in progress. If it is dropped before its end, its connection may be silent.
pub(super) struct Waiting<'a> {
    slot: &'a Slot,
    pool: Arc<Pool>,
    /// The number of answers when it began.
    answers: u64,
    ended: bool,
}

impl Slot {
    /// The pool of the current runtime, created by `make` if there is none.
    pub(super) fn pool(
        &self,
        make: impl FnOnce() -> Result<Client, Error>,
    ) -> Result<Arc<Pool>, Error> {
        self.of(runtime::here(), make)
    }

    /// Creates a pool for the first runtime that needs one.
    pub(super) fn prepare(
        &self,
        make: impl FnOnce() -> Result<Client, Error>,
    ) -> Result<(), Error> {
        self.of(None, make).map(drop)
    }

    fn of(
        &self,
        owner: Place,
        make: impl FnOnce() -> Result<Client, Error>,
    ) -> Result<Arc<Pool>, Error> {
        let mut pools = self.lock();
        let own = pools.iter().position(|(other, _)| *other == owner);
        let free = || pools.iter().position(|(other, _)| other.is_none());
        if let Some(place) = own.or_else(free) {
            let (other, pool) = &mut pools[place];
            *other = owner;
            return Ok(pool.clone());
        }
        let pool = Arc::new(Pool {
            client: make()?,
            answers: AtomicU64::new(0),
        });
        if pools.len() == RUNTIMES {
            pools.remove(0);
        }
        pools.push((owner, pool.clone()));
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

    /// Ignores poisoning, because a panic leaves no partial change.
    fn lock(&self) -> MutexGuard<'_, Vec<(Place, Arc<Pool>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting<'_> {
    /// Records the end of the request, with an answer or an error.
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
        let mut pools = self.slot.lock();
        pools.retain(|(_, pool)| !Arc::ptr_eq(pool, &self.pool));
    }
}
