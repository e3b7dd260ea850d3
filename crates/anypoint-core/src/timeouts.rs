//! The timeouts of a call and of its parts.

use std::time::Duration;

use crate::error::{Error, ErrorKind};

/// The largest timeout, so that deadlines do not overflow an `Instant`.
pub(crate) const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// The timeouts of one call. All of them are finite by default.
///
/// | | default | what it limits |
/// |---|---|---|
/// | `connect` | 10 s | opening a connection, including name resolution and TLS |
/// | `attempt` | 60 s | one attempt, from the request to the end of its answer |
/// | `stall` | 60 s | the time without progress in an upload or download |
/// | `total` | 5 min | the call: the wait for a token or a limit, all attempts, and the waits between them |
///
/// An upload or download may take hours while it makes progress: during the transfer only `stall`
/// applies, and `attempt` limits the wait for the answer after the last byte of an upload. `total`
/// then limits only what happens before the transfer, and further attempts.
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
    /// The same, limited to [`LONGEST`].
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
