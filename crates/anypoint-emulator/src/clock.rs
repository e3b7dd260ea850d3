//! The emulator's time. Token lives, rate limits and life cycles go by it; pauses that a client
//! has to sit through (a fault's delay, a slow body) are real.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long the emulator has been running: real time, or what a test says.
#[derive(Clone)]
pub(crate) struct Clock(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Clock {
    pub(crate) fn new(now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Real time, counted from here.
    pub(crate) fn real() -> Self {
        let start = Instant::now();
        Self::new(move || start.elapsed())
    }

    pub(crate) fn now(&self) -> Duration {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({:?})", self.now())
    }
}
