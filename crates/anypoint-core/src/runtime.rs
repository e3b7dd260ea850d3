//! Whether there is a Tokio runtime that does what the sockets and timers need.
//!
//! Tokio panics without one; a library must not.

#[cfg(feature = "reqwest")]
mod sockets;

use std::panic::catch_unwind;
use std::time::Duration;

use tokio::runtime::Handle;

use crate::error::{Error, ErrorKind};
#[cfg(feature = "reqwest")]
pub(crate) use sockets::guarded;

/// Complains before anything is begun that would panic here.
///
/// A timer that is made and not polled is neither registered nor allocated, so this costs next to nothing.
pub(crate) fn check() -> Result<(), Error> {
    if Handle::try_current().is_err() {
        return Err(missing("there is no Tokio runtime here"));
    }
    catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO)))
        .map_err(|_| missing("the Tokio runtime here has no timers"))
}

fn missing(what: &str) -> Error {
    Error::new(ErrorKind::Configuration, what).with_hint(
        "run the call in a Tokio runtime that is built with `enable_all`, as `#[tokio::main]` does",
    )
}
