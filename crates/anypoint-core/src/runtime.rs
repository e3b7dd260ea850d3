//! Checks for a Tokio runtime with sockets and timers.
//!
//! Tokio panics without one; a library must not.

#[cfg(feature = "reqwest")]
mod sockets;

use std::cell::Cell;
use std::panic::catch_unwind;
use std::time::Duration;

#[cfg(feature = "blocking")]
use tokio::runtime::RuntimeFlavor;
use tokio::runtime::{Handle, Id};

use crate::error::{Error, ErrorKind};
#[cfg(feature = "reqwest")]
pub(crate) use sockets::guarded;

/// Returns an error before anything starts that would panic here.
///
/// A timer that is created and not polled is neither registered nor allocated, so this costs almost nothing.
pub(crate) fn check() -> Result<(), Error> {
    if Handle::try_current().is_err() {
        return Err(missing("there is no Tokio runtime here"));
    }
    catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO)))
        .map_err(|_| missing("the Tokio runtime here has no timers"))
}

/// A runtime, or `None` outside of one.
pub(crate) type Place = Option<Id>;

thread_local! {
    /// The runtime that this thread blocks.
    static HELD_UP: Cell<Place> = const { Cell::new(None) };
}

/// The current runtime.
pub(crate) fn here() -> Place {
    Handle::try_current().ok().map(|runtime| runtime.id())
}

/// Whether this thread blocks a runtime, so that its connections make no progress.
pub(crate) fn is_held_up(place: Place) -> bool {
    place.is_some() && place == HELD_UP.get()
}

/// Records, until it is dropped, that this thread blocks the current runtime, if that has no other thread.
#[cfg(feature = "blocking")]
pub(crate) struct HeldUp(Place);

#[cfg(feature = "blocking")]
impl HeldUp {
    pub(crate) fn begin() -> Self {
        let runtime = Handle::try_current().ok();
        let only = |runtime: &Handle| runtime.runtime_flavor() == RuntimeFlavor::CurrentThread;
        let place = runtime.filter(only).map(|runtime| runtime.id());
        Self(HELD_UP.replace(place.or(HELD_UP.get())))
    }
}

#[cfg(feature = "blocking")]
impl Drop for HeldUp {
    fn drop(&mut self) {
        HELD_UP.set(self.0);
    }
}

fn missing(what: &str) -> Error {
    Error::new(ErrorKind::Configuration, what).with_hint(
        "run the call in a Tokio runtime that is built with `enable_all`, as `#[tokio::main]` does",
    )
}
