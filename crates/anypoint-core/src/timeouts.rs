//! How long a call may take, and each of its parts.

use std::time::Duration;

use crate::error::{Error, ErrorKind};

/// Longer than any call; keeps deadlines within what an `Instant` can hold.
pub(crate) const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// The limits in time of one call. All of them are finite by default.
///
/// | | default | what it limits |
/// |---|---|---|
/// | `connect` | 10 s | a connection coming about, name resolution and TLS included |
/// | `attempt` | 60 s | one attempt, from the request to the end of its answer |
/// | `stall` | 60 s | a silence in an upload or download |
/// | `total` | 5 min | the call: waiting for a token or for a limit, all attempts and the waits between them |
///
/// An upload or download may take hours while it moves: only `stall` watches it on its way, and
/// `attempt` the wait for the answer after an upload's last byte. `total` then bounds only what
/// comes before it and further attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timeouts {
    pub(crate) connect: Duration,
    pub(crate) attempt: Duration,
    pub(crate) stall: Duration,
    pub(crate) total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            attempt: Duration::from_secs(60),
            stall: Duration::from_secs(60),
            total: Duration::from_secs(300),
        }
    }
}

impl Timeouts {
    /// The same, within what the runtime can count.
    pub(crate) fn checked(self) -> Result<Self, Error> {
        let bounded = |timeout: Duration| match timeout.min(LONGEST) {
            Duration::ZERO => Err(Error::new(ErrorKind::Configuration, "a timeout is zero")),
            timeout => Ok(timeout),
        };
        Ok(Self {
            connect: bounded(self.connect)?,
            attempt: bounded(self.attempt)?,
            stall: bounded(self.stall)?,
            total: bounded(self.total)?,
        })
    }
}
