//! Shares the use of rate limits with other processes.
//!
//! It must not decide which call is next: that is the schedule's job.

use std::fmt;
use std::time::Duration;

/// Shares the documented rate limits between several processes, such as those of one machine.
///
/// The session calls it for each request, immediately before the request is sent. If a limit has no permit left, all calls of
/// the session under that limit wait for the returned time, in the order in which they began. See
/// [`Throttle`](crate::Throttle).
pub trait LimitStore: fmt::Debug + Send + Sync + 'static {
    /// Records that a request starts now under all of these limits, or records nothing if one of them has no permit left.
    ///
    /// A limit has a permit left if fewer requests than its permits have started in the [`Limit::interval`] before now, and no
    /// server asked for a pause. The store must check and record in one step. It should return immediately; if it cannot be
    /// used, the request should start.
    ///
    /// # Errors
    /// How long to wait before the next call.
    fn start(&self, limits: &[Limit<'_>]) -> Result<(), Duration>;

    /// Records that a server asked for a pause of all requests under a limit.
    fn pause(&self, limit: &Limit<'_>, wait: Duration);
}

/// A rate limit of one request.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Limit<'a> {
    /// Identifies the requests that are counted together: the API and the class, the host, and the application if each has its
    /// own limit.
    pub key: &'a str,
    /// How many requests may start in an interval; `None` if only the answers of the server state it.
    pub permits: Option<usize>,
    /// How long a start counts: the documented interval, plus a twenty-fifth of it for the way to the server.
    pub interval: Duration,
}

impl<'a> Limit<'a> {
    /// Creates a limit with this key, for tests of a store.
    pub fn new(key: &'a str, permits: Option<usize>, interval: Duration) -> Self {
        Self {
            key,
            permits,
            interval,
        }
    }
}
