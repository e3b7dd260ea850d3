//! Where the use of rate limits is shared with other processes.
//!
//! It must not decide who is next: that is the schedule's job.

use std::fmt;
use std::time::Duration;

/// Shares the documented rate limits between processes that use them together, such as those of one machine.
///
/// The session asks it when a request is about to be sent, and for each request. If there is no room, all calls of the
/// session under that limit wait for as long as it says, in the order in which they began. See [`Throttle`](crate::Throttle).
pub trait LimitStore: fmt::Debug + Send + Sync + 'static {
    /// Notes that a request starts now under all of these limits; or, if one of them has no room, notes nothing.
    ///
    /// A limit has room if fewer than its number of requests have started in the [`Limit::interval`] before now, and no server
    /// asked for a pause. The store must look and note in one step. It should return at once; if it cannot be used, the request
    /// should start.
    ///
    /// # Errors
    /// How long to wait before asking again.
    fn start(&self, limits: &[Limit<'_>]) -> Result<(), Duration>;

    /// Notes that a server asked for a pause of all requests under a limit.
    fn pause(&self, limit: &Limit<'_>, wait: Duration);
}

/// A rate limit, as it holds for one request.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Limit<'a> {
    /// What is counted together: the API and the class, the host, and the application where each has its own limit.
    pub key: &'a str,
    /// How many requests may start in an interval; `None` if only the server's answers say.
    pub permits: Option<usize>,
    /// How long a start counts: the documented interval, and a twenty-fifth of it for the way to the server.
    pub interval: Duration,
}

impl<'a> Limit<'a> {
    /// A limit of this key; for the tests of a store.
    pub fn new(key: &'a str, permits: Option<usize>, interval: Duration) -> Self {
        Self {
            key,
            permits,
            interval,
        }
    }
}
