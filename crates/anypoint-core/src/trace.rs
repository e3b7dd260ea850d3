//! What `tracing` gets of a call: a span for the call, a span for each attempt, and an event for each
//! wait.
//!
//! It must not be given a header, a body, a query or a path value: the operation's path template
//! is all that is shown of a URL. It must not write to the current span, which is the user's where
//! these are switched off.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tracing::field::Empty;
use tracing::{Span, debug, debug_span, warn};
use url::{Position, Url};

use crate::error::Error;
use crate::operation::Facts;
use crate::response::Oddity;
use crate::secret::redact::Shown;
use crate::throttle::limiter::Limiter;

/// A wait that is worth an event.
const NOTABLE: Duration = Duration::from_millis(1);

/// The span of a call. `error` is filled in at its end, if there is one.
pub(crate) fn call(operation: &Facts) -> Span {
    debug_span!(
        target: "anypoint",
        "call",
        operation = operation.id(),
        method = ?operation.rules().method,
        path = operation.path(),
        error = Empty,
    )
}

/// The span of an attempt; `number` is 1 for the first one.
pub(crate) fn attempt(number: u32) -> Span {
    debug_span!(
        target: "anypoint",
        "attempt",
        number,
        status = Empty,
        request_id = Empty,
        sent = Empty,
        received = Empty,
    )
}

/// Polls a future within a span. It neither moves the future nor copies the span, as `Instrument` does.
pub(crate) fn within<F: Future>(
    span: &Span,
    mut future: Pin<&mut F>,
) -> impl Future<Output = F::Output> {
    poll_fn(move |task| span.in_scope(|| future.as_mut().poll(task)))
}

/// The head of an answer is there, after so many bytes of the request's body.
pub(crate) fn answer(span: &Span, status: u16, request_id: Option<&Shown>, sent: u64) {
    span.record("status", status);
    span.record("sent", sent);
    if let Some(id) = request_id {
        span.record("request_id", id.as_str());
    }
}

/// An answer was read whole; its length is in bytes.
pub(crate) fn received(span: &Span, length: usize) {
    span.record("received", length);
}

/// The call is over. Of an error only its kind and status are shown: what the server wrote may
/// hold anything.
pub(crate) fn outcome(span: &Span, error: Option<&Error>) {
    if let Some(error) = error {
        span.record("error", tracing::field::debug(error.kind()));
    }
}

/// The client kept itself under the documented limits; the narrowest of them is named.
pub(crate) fn waited(limiters: &[Arc<Limiter>], waited: Duration) {
    if let Some(limiter) = limiters.last().filter(|_| waited >= NOTABLE) {
        debug!(
            target: "anypoint",
            limit = limiter.name(),
            waited_ms = millis(waited),
            "waited for a rate limit",
        );
    }
}

/// Another attempt follows.
pub(crate) fn retry(error: &Error, wait: Duration) {
    debug!(
        target: "anypoint",
        kind = ?error.kind(),
        status = error.status(),
        throttled = error.is_throttled(),
        wait_ms = millis(wait),
        "the attempt failed; another one follows",
    );
}

/// Something in an answer does not fit; the first such thing is shown, without its value.
#[cold]
pub(crate) fn odd(operation: &str, count: usize, first: &Oddity) {
    warn!(
        target: "anypoint",
        operation,
        count,
        path = first.path(),
        problem = first.problem(),
        "the answer has values that do not fit; they count as missing",
    );
}

/// A password goes over plain http to a host, the first time.
pub(crate) fn password_in_the_open(url: &Url) {
    warn!(
        target: "anypoint",
        origin = &url[..Position::AfterPort],
        "user and password go over plain http, where anyone on the way can read them; use https, \
         or say with SessionBuilder::allow_plain_http that it is meant",
    );
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
