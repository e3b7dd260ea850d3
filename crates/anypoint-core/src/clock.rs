//! Where the runtime reads the time, so that tests can turn it.
//!
//! Nothing else in this crate asks for the current time to decide about a token. Socket
//! timeouts stay with Tokio: a turned clock and real sockets do not mix.

use std::fmt::Debug;
use std::time::Instant;

/// A source of monotonic time.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The current instant.
    fn now(&self) -> Instant;
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }
}
