//! Repeats a measurement with slower clocks until it succeeds.

/// How long a window of a limit lasts at first, in seconds of real time.
const FIRST_WINDOW: f64 = 0.8;
/// A longer one is not tried.
const LAST_WINDOW: f64 = 25.6;

/// Makes a run with a length of a window in seconds, and again with twice the length if it fails.
///
/// A request may be on its way for 1/25 of a window without the client's knowing. On a fast clock
/// that is less than a busy machine takes to serve the requests of one window, so only the failure
/// on the slowest clock tells of the client. What the client does wrong by itself, it does wrong on
/// every clock.
pub(crate) async fn steady(run: impl AsyncFn(f64) -> Result<(), String>) {
    let mut window = FIRST_WINDOW;
    while let Err(why) = run(window).await {
        assert!(window < LAST_WINDOW, "{why}; a window takes {window} s");
        window *= 2.0;
    }
}
