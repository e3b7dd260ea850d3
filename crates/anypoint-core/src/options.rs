//! What one client does differently from its session.

use std::sync::Arc;
use std::time::Duration;

use crate::retry::RetryPolicy;
use crate::timeouts::LONGEST;

/// Settings for some calls only; what is not set is the session's, and by default nothing is.
///
/// Each API's client takes them with `with_options`, which gives a client of its own. Use it where
/// one operation is slower than the others, or where a caller cannot wait as long as a job can.
/// What is shared by all calls has no setting here: connections, limits, the retry budget.
///
/// ```
/// use std::time::Duration;
///
/// use anypoint_core::{Backoff, CallOptions};
///
/// let once = CallOptions::new().retry(Backoff::off()).total_timeout(Duration::from_secs(20));
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "give them to a client's `with_options`"]
pub struct CallOptions {
    pub(crate) retry: Option<Arc<dyn RetryPolicy>>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) total_timeout: Option<Duration>,
}

impl CallOptions {
    /// Nothing is set.
    pub fn new() -> Self {
        Self::default()
    }

    /// When a failed attempt is followed by another one. See
    /// [`SessionBuilder::retry`](crate::SessionBuilder::retry).
    pub fn retry(mut self, policy: impl RetryPolicy) -> Self {
        self.retry = Some(Arc::new(policy));
        self
    }

    /// How long one attempt may take; zero fails at once. See
    /// [`SessionBuilder::attempt_timeout`](crate::SessionBuilder::attempt_timeout).
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout.min(LONGEST));
        self
    }

    /// How long the call may take with all its attempts; zero fails at once. See
    /// [`SessionBuilder::total_timeout`](crate::SessionBuilder::total_timeout).
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = Some(timeout.min(LONGEST));
        self
    }
}
