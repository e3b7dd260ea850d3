//! The time of the emulator. Token lifetimes, rate limits and life cycles use it; delays on the wire
//! (that of a fault, or a slow body) use real time.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The time since the start: real time, or that of a test.
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
