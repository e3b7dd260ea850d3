//! Clocks that tests control.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anypoint_core::{Clock, Sleep};

/// Longer than any wait of a test and shorter than any of its timeouts, so that the two can be
/// told apart among the sleeps.
const HOUR: Duration = Duration::from_secs(3600);
/// Seconds since 1970 by every clock here: 2027-01-15 08:00:00.
const UNIX: Duration = Duration::from_secs(1_800_000_000);

/// Time that runs faster than it does, and remembers what was waited for.
#[derive(Debug)]
pub(crate) struct Fast {
    start: Instant,
    scale: u32,
    random: AtomicU64,
    slept: Mutex<Vec<Duration>>,
}

impl Fast {
    /// A thousand times faster, and with the longest jitter.
    pub(crate) fn new() -> std::sync::Arc<Self> {
        Self::by(1000)
    }

    pub(crate) fn by(scale: u32) -> std::sync::Arc<Self> {
        std::sync::Arc::new(Self {
            start: Instant::now(),
            scale,
            random: AtomicU64::new(u64::MAX),
            slept: Mutex::default(),
        })
    }

    pub(crate) fn set_random(&self, random: u64) {
        self.random.store(random, Ordering::SeqCst);
    }

    /// The waits so far, without the timers of timeouts.
    pub(crate) fn waits(&self) -> Vec<Duration> {
        let slept = self.slept.lock().unwrap();
        slept.iter().copied().filter(|wait| *wait < HOUR).collect()
    }
}

impl Clock for Fast {
    fn now(&self) -> Instant {
        self.start + self.start.elapsed() * self.scale
    }

    fn unix_time(&self) -> Duration {
        UNIX
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.slept.lock().unwrap().push(duration);
        Box::pin(tokio::time::sleep(duration / self.scale))
    }

    fn random(&self) -> u64 {
        self.random.load(Ordering::SeqCst)
    }
}
