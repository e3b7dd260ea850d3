//! Work that is done once for all who wait for it.
//!
//! Whoever waits drives it: one who is cancelled just leaves, and one who is not polled holds up
//! nobody. It is held weakly, so that work that nobody waits for any more is dropped, not resumed
//! much later.

use std::pin::Pin;

use futures_util::FutureExt as _;
use futures_util::future::{Shared, WeakShared};

use crate::error::Error;
use crate::runtime::{self, Place};

type Work<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// Work under way, polled by all who wait for it.
pub(crate) type Flight<T> = Shared<Work<T>>;

/// The place of the work that is under way, if any is, and where it was begun.
pub(crate) struct UnderWay<T: Clone>(Option<(WeakShared<Work<T>>, Place)>);

impl<T: Clone> Default for UnderWay<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Clone> UnderWay<T> {
    /// The work that is under way, unless this thread holds up what drives it.
    pub(crate) fn get(&self) -> Option<Flight<T>> {
        let (work, place) = self.0.as_ref()?;
        work.upgrade().filter(|_| !runtime::is_held_up(*place))
    }

    /// Begins the work. Its last step must be [`UnderWay::clear`], before anyone learns of its
    /// outcome, so that nobody joins work that is over.
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
