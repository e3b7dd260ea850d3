//! One clock for the client and the emulator, as fast as a test needs.

use anypoint_core::{EnvironmentId, OrganizationId};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anypoint_core::{Clock, Credentials, Session, SessionBuilder, Sleep};
use anypoint_emulator::{Builder, CLIENT_ID, CLIENT_SECRET, Emulator, ORGANIZATION, SANDBOX};

/// Runs `pace` times as fast as real time, and can be put forward.
#[derive(Debug, Clone)]
pub(crate) struct Paced {
    start: Instant,
    pace: f64,
    /// In seconds.
    forward: Arc<AtomicU64>,
}

impl Paced {
    pub(crate) fn new(pace: f64) -> Self {
        Self {
            start: Instant::now(),
            pace,
            forward: Arc::default(),
        }
    }

    /// The time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        let forward = Duration::from_secs(self.forward.load(Ordering::Relaxed));
        self.start.elapsed().mul_f64(self.pace) + forward
    }

    /// Lets time pass at once.
    pub(crate) fn put_forward(&self, seconds: u64) {
        self.forward.fetch_add(seconds, Ordering::Relaxed);
    }

    /// An emulator that goes by this clock.
    pub(crate) async fn emulator(&self, builder: Builder) -> Emulator {
        let clock = self.clone();
        builder
            .clock(move || clock.elapsed())
            .start()
            .await
            .unwrap()
    }

    /// A session with that emulator that goes by this clock, with time to wait for its turn.
    pub(crate) fn session(&self, emulator: &Emulator) -> SessionBuilder {
        Session::builder()
            .host(emulator.url())
            .credentials(Credentials::connected_app(CLIENT_ID, CLIENT_SECRET))
            .environment(
                OrganizationId::new(ORGANIZATION),
                EnvironmentId::new(SANDBOX),
            )
            .attempt_timeout(Duration::from_secs(24 * 3600))
            .total_timeout(Duration::from_secs(7 * 24 * 3600))
            .clock(Arc::new(self.clone()))
    }
}

impl Clock for Paced {
    fn now(&self) -> Instant {
        self.start + self.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration.div_f64(self.pace)))
    }
}
