//! Work that is done once for all calls that wait for it.
//!
//! Any waiting call drives it: a cancelled call does not affect the others, and neither does one that
//! is not polled. It is held weakly, so that work that no call waits for any more is dropped and not
//! resumed much later.

use std::pin::Pin;

use futures_util::FutureExt as _;
use futures_util::future::{Shared, WeakShared};

use crate::error::Error;
use crate::runtime::{self, Place};

type Work<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// Work in progress, polled by all calls that wait for it.
pub(crate) type Flight<T> = Shared<Work<T>>;

/// The work in progress, if there is any, and the runtime in which it began.
pub(crate) struct UnderWay<T: Clone>(Option<(WeakShared<Work<T>>, Place)>);

impl<T: Clone> Default for UnderWay<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Clone> UnderWay<T> {
    /// The work in progress, unless this thread blocks the runtime that drives it.
    pub(crate) fn get(&self) -> Option<Flight<T>> {
        let (work, place) = self.0.as_ref()?;
        work.upgrade().filter(|_| !runtime::is_held_up(*place))
    }

    /// Begins the work. Its last step must be [`UnderWay::clear`], before any caller gets its
    /// outcome, so that no call joins work that is over.
    pub(crate) fn begin(
        &mut self,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Flight<T> {
        let work: Work<T> = Box::pin(work);
        let flight = work.shared();
        self.0 = flight.downgrade().map(|work| (work, runtime::here()));
        flight
    }

    pub(crate) fn clear(&mut self) {
        self.0 = None;
    }
}
