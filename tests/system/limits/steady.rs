//! Judges a measurement only when the machine kept still enough for it.

use std::convert::Infallible;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long a window of a limit lasts at first, in seconds of real time.
const FIRST_WINDOW: f64 = 0.8;
/// A longer one is not tried.
const LAST_WINDOW: f64 = 8.0;
/// The part of a window that a request may be on its way without the client's knowing is 1/25;
/// standing still for half of that is too much.
const PART: f64 = 0.02;
const TICK: Duration = Duration::from_millis(2);

/// Makes a run with a length of a window in seconds, and again with a longer one if it fails
/// while the machine stands still. Client and emulator share a thread with the watch, so nothing
/// that holds them up escapes it.
pub(crate) async fn steady(run: impl AsyncFn(f64) -> Result<(), String>) {
    let mut window = FIRST_WINDOW;
    loop {
        let (outcome, still) = watched(run(window)).await;
        let Err(why) = outcome else { return };
        let conclusive = still.as_secs_f64() < window * PART || window >= LAST_WINDOW;
        assert!(!conclusive, "{why}; window {window} s, still for {still:?}");
        window *= 2.0;
    }
}

/// The outcome, and for how long the thread did not get round to a timer at worst.
async fn watched<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let longest = Mutex::new(Duration::ZERO);
    let watch = async {
        loop {
            let before = Instant::now();
            tokio::time::sleep(TICK).await;
            let late = before.elapsed().saturating_sub(TICK);
            let mut longest = longest.lock().unwrap();
            *longest = longest.max(late);
        }
    };
    let outcome: Result<T, Infallible> = tokio::select! {
        outcome = work => Ok(outcome),
        never = watch => Err(never),
    };
    let Ok(outcome) = outcome;
    (outcome, longest.into_inner().unwrap())
}
