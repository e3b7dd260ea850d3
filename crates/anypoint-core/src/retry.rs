//! Whether and when a failed call is repeated.
//!
//! It must not judge whether a repetition is safe: it is asked only if it is.

pub(crate) mod budget;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;

/// Decides whether a failed attempt is followed by another one. The default is [`Backoff`], which
/// is enough unless the wait depends on something that only the application knows.
///
/// A policy is asked only if another attempt is safe: the error may be temporary, and either the
/// operation is idempotent or the request is known not to have been processed. So a policy cannot
/// repeat a request that must not be repeated. Every policy is bounded by the session's retry budget
/// ([`SessionBuilder::retry_budget`](crate::SessionBuilder::retry_budget)) and by the call's total
/// timeout. It is not asked before a refused token is renewed.
///
/// ```
/// use std::time::Duration;
///
/// use anypoint_core::{Attempt, RetryPolicy};
///
/// /// Three attempts, a second apart.
/// #[derive(Debug)]
/// struct Steady;
///
/// impl RetryPolicy for Steady {
///     fn wait(&self, failed: &Attempt<'_>) -> Option<Duration> {
///         (failed.number() < 3).then(|| Duration::from_secs(1))
///     }
/// }
/// ```
pub trait RetryPolicy: Debug + Send + Sync + 'static {
    /// How long to wait before the next attempt; `None` to give up.
    ///
    /// If the server asks for a wait, the longer of both is used.
    fn wait(&self, failed: &Attempt<'_>) -> Option<Duration>;
}

impl<P: RetryPolicy + ?Sized> RetryPolicy for Arc<P> {
    fn wait(&self, failed: &Attempt<'_>) -> Option<Duration> {
        (**self).wait(failed)
    }
}

impl<P: RetryPolicy + ?Sized> RetryPolicy for Box<P> {
    fn wait(&self, failed: &Attempt<'_>) -> Option<Duration> {
        (**self).wait(failed)
    }
}

/// An attempt that failed.
#[derive(Debug)]
pub struct Attempt<'a> {
    pub(crate) number: u32,
    pub(crate) error: &'a Error,
    pub(crate) random: u64,
}

impl Attempt<'_> {
    /// 1 for the first attempt of a call.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Why it failed.
    pub fn error(&self) -> &Error {
        self.error
    }

    /// A random part of the longest wait, so that callers that failed at the same time do not retry
    /// at the same time.
    pub fn jitter(&self, longest: Duration) -> Duration {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a random share needs no exactness"
        )]
        let share = self.random as f64 / u64::MAX as f64;
        let wait = longest.as_secs_f64() * share;
        // Rounding may lead beyond what a duration can hold.
        Duration::try_from_secs_f64(wait).unwrap_or(longest)
    }
}

/// Exponential backoff with full jitter: the default policy.
///
/// The wait before attempt `n + 1` is random between zero and `first · 2ⁿ⁻¹`, and at most `longest`.
/// The defaults are 4 attempts, half a second for `first` and 20 seconds for `longest`. This is
/// enough while a server or proxy restarts, and delays a caller by a few seconds at most. For an
/// unattended job raise the attempts, and the total timeout with them. Use [`Backoff::off`] if the
/// caller retries by itself. A wait that the server asks for, such as `Retry-After`, may be longer
/// than `longest`.
///
/// Set it for all calls with [`SessionBuilder::retry`](crate::SessionBuilder::retry), or for some with
/// [`CallOptions::retry`](crate::CallOptions::retry).
///
/// ```
/// use std::time::Duration;
///
/// use anypoint_core::{Backoff, Session};
///
/// # fn main() -> Result<(), anypoint_core::Error> {
/// let patient = Backoff::new().attempts(8).longest(Duration::from_secs(60));
/// let session = Session::builder().retry(patient).host("http://127.0.0.1:8081").build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    attempts: u32,
    first: Duration,
    longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            attempts: 4,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(20),
        }
    }
}

impl Backoff {
    /// A policy with the defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// A single attempt without retries. A refused token is still renewed once.
    pub fn off() -> Self {
        Self::default().attempts(1)
    }

    /// The maximum number of attempts of a call, including the first one; 4 by default.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The longest wait before the second attempt; half a second by default.
    #[must_use]
    pub fn first(mut self, wait: Duration) -> Self {
        self.first = wait;
        self
    }

    /// The longest wait before any attempt; 20 seconds by default.
    #[must_use]
    pub fn longest(mut self, wait: Duration) -> Self {
        self.longest = wait;
        self
    }
}

impl RetryPolicy for Backoff {
    fn wait(&self, failed: &Attempt<'_>) -> Option<Duration> {
        if failed.number() >= self.attempts {
            return None;
        }
        let doublings = failed.number().saturating_sub(1).min(31);
        let longest = self.first.saturating_mul(1 << doublings);
        Some(failed.jitter(longest.min(self.longest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(policy: Backoff, number: u32, random: u64) -> Option<Duration> {
        let error = Error::from_status(500);
        policy.wait(&Attempt {
            number,
            error: &error,
            random,
        })
    }

    #[test]
    fn the_wait_doubles_up_to_its_limit() {
        let policy = Backoff::new().attempts(40).longest(Duration::from_secs(3));
        let longest = |number| wait(policy, number, u64::MAX).unwrap().as_millis();
        assert_eq!([1, 2, 3, 4, 39].map(longest), [500, 1000, 2000, 3000, 3000]);
    }

    #[test]
    fn jitter_is_full() {
        assert_eq!(wait(Backoff::new(), 3, 0), Some(Duration::ZERO));
        let half = wait(Backoff::new(), 1, u64::MAX / 2).unwrap();
        assert_eq!(half.as_millis(), 250);
    }

    #[test]
    fn attempts_are_bounded() {
        assert!(wait(Backoff::new(), 3, 0).is_some());
        assert_eq!(wait(Backoff::new(), 4, 0), None);
        assert_eq!(wait(Backoff::off(), 1, 0), None);
        assert_eq!(wait(Backoff::new().attempts(0), 1, 0), None);
    }
}
