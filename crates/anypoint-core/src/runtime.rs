//! Whether there is a Tokio runtime that does what the sockets and timers need.
//!
//! Tokio panics without one; a library must not.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::time::Duration;

use tokio::runtime::Handle;

use crate::error::{Error, ErrorKind};

/// What Tokio's panics about a missing part of the runtime advise.
const DISABLED: &str = "`enable_";

/// Complains before anything is begun that would panic here.
///
/// A timer that is made and not polled is neither registered nor allocated, so this costs next to nothing.
pub(crate) fn check() -> Result<(), Error> {
    if Handle::try_current().is_err() {
        return Err(missing("there is no Tokio runtime here"));
    }
    catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO)))
        .map_err(|_| missing("the Tokio runtime here has no timers"))
}

/// Turns Tokio's panic about a runtime without sockets into an error; other panics go on.
pub(crate) async fn guarded<F: Future>(mut future: Pin<&mut F>) -> Result<F::Output, Error> {
    poll_fn(|task| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(task)));
        match polled {
            Ok(polled) => polled.map(Ok),
            Err(panic) if is_about_the_runtime(&*panic) => {
                Err(missing("the Tokio runtime here has no sockets")).into()
            }
            Err(panic) => resume_unwind(panic),
        }
    })
    .await
}

fn is_about_the_runtime(panic: &(dyn Any + Send)) -> bool {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.is_some_and(|text| text.contains("Tokio") && text.contains(DISABLED))
}

fn missing(what: &str) -> Error {
    Error::new(ErrorKind::Configuration, what).with_hint(
        "run the call in a Tokio runtime that is built with `enable_all`, as `#[tokio::main]` does",
    )
}
