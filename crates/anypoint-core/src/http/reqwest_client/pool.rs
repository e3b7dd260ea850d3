//! The connections of one kind, http or https, and when they are given up.
//!
//! reqwest gives no access to single connections, and one of HTTP/2 is used until it breaks. So a pool from which nothing came
//! while a request waited in vain is left to the requests that still use it, and the next one gets a new pool.
//!
//! A connection is driven by the runtime in which it was opened. So each runtime has a pool of its own: one that stands still holds up
//! nobody elsewhere.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::Client;

use crate::error::Error;
use crate::runtime::{self, Place};

/// For so many runtimes pools are kept; of more, those that were made last. Some servers have a runtime for each core.
const RUNTIMES: usize = 64;

/// The pools that are in use, by the runtime that their connections belong to; none before there is any.
#[derive(Default)]
pub(super) struct Slot(Mutex<Vec<(Place, Arc<Pool>)>>);

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
    /// The pool of the runtime here, which `make` makes if there is none.
    pub(super) fn pool(
        &self,
        make: impl FnOnce() -> Result<Client, Error>,
    ) -> Result<Arc<Pool>, Error> {
        self.of(runtime::here(), make)
    }

    /// A pool that belongs to the first runtime that asks for one.
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

    /// Nothing is left half done by a panic.
    fn lock(&self) -> MutexGuard<'_, Vec<(Place, Arc<Pool>)>> {
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
        let mut pools = self.slot.lock();
        pools.retain(|(_, pool)| !Arc::ptr_eq(pool, &self.pool));
    }
}
