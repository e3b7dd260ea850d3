//! Time that does not have to pass.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::clock::{Clock, Sleep};

/// A clock whose waits end at once, as if their time had passed; the clock of sessions of [`FakeHttp`](super::FakeHttp).
///
/// Waits of a retry, a limit or a poll take no time, and a whole call's total timeout counts them all the same. What is under
/// way never takes too long: timeouts do not end it. Nothing is random.
#[derive(Debug)]
pub struct QuickClock {
    start: Instant,
    start_unix: Duration,
    passed: Mutex<Duration>,
}

impl QuickClock {
    /// One that starts now.
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
            start_unix: crate::SystemClock.unix_time(),
            passed: Mutex::default(),
        }
    }

    /// How much time was waited for.
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
