//! Detects a runtime without sockets, which fails only when one is opened.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;

use super::missing;
use crate::error::Error;

/// Part of the message of Tokio's panics about a missing driver.
const DISABLED: &str = "`enable_";

/// Turns Tokio's panic about a runtime without sockets into an error; other panics continue.
pub(crate) fn guarded<F: Future>(
    mut future: Pin<&mut F>,
) -> impl Future<Output = Result<F::Output, Error>> {
    poll_fn(move |task| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(task)));
        match polled {
            Ok(polled) => polled.map(Ok),
            Err(panic) if is_about_the_runtime(&*panic) => {
                Err(missing("the Tokio runtime here has no sockets")).into()
            }
            Err(panic) => resume_unwind(panic),
        }
    })
}

fn is_about_the_runtime(panic: &(dyn Any + Send)) -> bool {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.is_some_and(|text| text.contains("Tokio") && text.contains(DISABLED))
}
