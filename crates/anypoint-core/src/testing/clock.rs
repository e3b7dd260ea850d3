//! Time that does not have to pass.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::clock::{Clock, Sleep};

/// A clock whose waits end at once, as if their time had passed; used by [`FakeHttp`](super::FakeHttp) and replayed cassettes.
///
/// Waits of retries, rate limits and polls take no time, but still count for the total timeout of a call. Timeouts never end
/// an exchange. Nothing is random.
#[derive(Debug)]
pub struct QuickClock {
    start: Instant,
    start_unix: Duration,
    passed: Mutex<Duration>,
}

impl QuickClock {
    /// A clock that starts now.
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
            start_unix: crate::SystemClock.unix_time(),
            passed: Mutex::default(),
        }
    }

    /// The total time of all waits.
    pub fn passed(&self) -> Duration {
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for QuickClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for QuickClock {
    fn now(&self) -> Instant {
        self.start + self.passed()
    }

    fn unix_time(&self) -> Duration {
        self.start_unix + self.passed()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner) += duration;
        Box::pin(std::future::ready(()))
    }

    fn timeout(&self, _after: Duration) -> Sleep {
        Box::pin(std::future::pending())
    }

    fn random(&self) -> u64 {
        u64::MAX / 2
    }
}
