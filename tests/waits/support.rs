//! An emulator and a session that share a clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anypoint_core::{Backoff, Clock, Credentials, Session, SessionBuilder, Sleep};
use anypoint_emulator::{Builder, Emulator, FIXED_TOKEN};

pub(crate) const ORG: &str = "3f6f1c52-8a4e-4c1b-9d27-5e0b7a61c0de";
pub(crate) const ENV: &str = "d2e8b7f1-5a39-4e60-9c14-83b6f0a7d925";
/// How long a state of the emulator takes: a little more than two pauses between looks.
pub(crate) const STEP: Duration = Duration::from_secs(12);

/// A clock that stands still, but that a short pause moves by just its length, at once. Long
/// sleeps are time limits of calls, which nothing here is to run into.
#[derive(Debug, Clone)]
pub(crate) struct Leaps(Instant, Arc<AtomicU64>);

impl Leaps {
    pub(crate) fn passed(&self) -> Duration {
        Duration::from_millis(self.1.load(Ordering::SeqCst))
    }
}

impl Clock for Leaps {
    fn now(&self) -> Instant {
        self.0 + self.passed()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let hands = self.1.clone();
        Box::pin(async move {
            if duration > Duration::from_secs(10) {
                std::future::pending::<()>().await;
            }
            let millis = u64::try_from(duration.as_millis()).unwrap();
            hands.fetch_add(millis, Ordering::SeqCst);
            tokio::task::yield_now().await;
        })
    }
}

pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) clock: Leaps,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(settings: impl FnOnce(Builder) -> Builder) -> Self {
        let clock = Leaps(Instant::now(), Arc::default());
        let hands = clock.clone();
        let builder = Emulator::builder().step(STEP).clock(move || hands.passed());
        let emulator = settings(builder).start().await.unwrap();
        Self { emulator, clock }
    }

    /// A session that tries each call once, so that looks can be counted.
    pub(crate) fn session(&self) -> SessionBuilder {
        Session::builder()
            .host(self.emulator.url())
            .retry(Backoff::off())
            .credentials(Credentials::bearer(FIXED_TOKEN))
            .clock(Arc::new(self.clock.clone()))
    }
}
