//! Where the runtime reads the time, waits and draws lots, so that tests can turn it.
//!
//! Nothing else in this crate asks for the time, sleeps or is random. The sockets' own work stays
//! with Tokio; whatever limits it in time is measured here.

use std::fmt::Debug;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A wait that ends by itself.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The source of time, waiting and randomness.
///
/// The default methods use the operating system, so an implementation can replace only some of them.
///
/// ```
/// use std::sync::Arc;
/// use std::time::{Duration, Instant};
///
/// use anypoint_core::{Clock, Session, Sleep};
///
/// /// Runs a hundred times faster.
/// #[derive(Debug)]
/// struct Fast(Instant);
///
/// impl Clock for Fast {
///     fn now(&self) -> Instant {
///         self.0 + self.0.elapsed() * 100
///     }
///
///     fn sleep(&self, duration: Duration) -> Sleep {
///         Box::pin(tokio::time::sleep(duration / 100))
///     }
/// }
///
/// # fn main() -> Result<(), anypoint_core::Error> {
/// let session = Session::builder().clock(Arc::new(Fast(Instant::now()))).host("http://127.0.0.1:8081").build()?;
/// # Ok(())
/// # }
/// ```
pub trait Clock: Debug + Send + Sync + 'static {
    /// The current instant.
    fn now(&self) -> Instant {
        Instant::now()
    }

    /// The time since 1970-01-01, to compare with dates that a server sends.
    fn unix_time(&self) -> Duration {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
    }

    /// Waits. It must be called within a Tokio runtime.
    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }

    /// Completes when a timeout is reached; the same as `sleep` by default.
    fn timeout(&self, after: Duration) -> Sleep {
        self.sleep(after)
    }

    /// A uniformly distributed random number.
    fn random(&self) -> u64 {
        fastrand::u64(..)
    }
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {}

/// The outcome of a future, or nothing when it is not there by the deadline.
///
/// It takes a pinned reference, so that large futures are not moved.
pub(crate) fn by<F: Future + Unpin>(
    clock: &dyn Clock,
    deadline: Instant,
    mut future: F,
) -> impl Future<Output = Option<F::Output>> {
    let left = deadline.saturating_duration_since(clock.now());
    let mut timer = None;
    std::future::poll_fn(move |task| {
        use std::task::Poll;
        if let Poll::Ready(output) = Pin::new(&mut future).poll(task) {
            return Poll::Ready(Some(output));
        }
        // The timer is made only for a future that has to be waited for.
        let timer = timer.get_or_insert_with(|| clock.timeout(left));
        timer.as_mut().poll(task).map(|()| None)
    })
}
