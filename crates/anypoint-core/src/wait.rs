//! Waits until an operation that was started has finished.
//!
//! It must not know an API: the generated code says how to poll, and its rules say what the answers
//! mean.

pub(crate) mod rules;
mod version;
mod watch;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use futures_util::StreamExt;
use serde::Serialize;

use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::response::Sending;
use crate::secret::redact::Redactor;
use rules::Waiting;
use version::Followed;
use watch::Watch;

/// A request to poll; implemented by generated code.
#[cfg_attr(not(feature = "_internal-semver"), doc(hidden))]
pub trait Waited:
    IntoFuture<IntoFuture = Sending<<Self as Waited>::Look>> + Clone + Send + Sync + Unpin + 'static
{
    /// The model of an answer.
    type Look: Serialize + Send + 'static;

    /// The rules for the answers.
    const WAITING: &'static Waiting;

    /// The endpoint.
    fn endpoint(&self) -> &Endpoint;
}

/// Waits until an operation that was started has finished: `client.wait_for_deployment(…).await`.
///
/// It polls with ordinary calls, which are retried and keep to the documented rate limits. A poll
/// that fails temporarily does not end the wait: a broken connection, a server error, throttling, or
/// an HTML page or truncated JSON instead of the answer.
///
/// Servers sometimes answer 404 or 410 for a resource that exists, especially if it was just created.
/// So these end the wait only after **30 seconds** without another answer, no matter whether the
/// resource was seen before.
///
/// If the first answer already shows an end, a second one has to confirm it, because it may be the end
/// of an earlier operation. If the service has no versions, the end has to last for 15 seconds. Dropping
/// the `Wait`, or its future, stops the polling and changes nothing on the server.
///
/// # Errors
/// - [`Failed`](crate::ErrorKind::Failed): the operation failed. [`Error::message`] is the reason, if
///   the service gives one.
/// - [`Replaced`](crate::ErrorKind::Replaced): it was replaced by another operation.
/// - [`Deleted`](crate::ErrorKind::Deleted): the resource was deleted in the meantime.
/// - [`Timeout`](crate::ErrorKind::Timeout): the operation did not finish in time. It may finish later.
///   If the last poll failed temporarily, the error says how, and has that error as its source.
/// - Otherwise the error of a poll, such as a 403, or a 404 that has lasted from the start.
///
/// [`Error::last_state`] is the last state that was seen.
#[must_use = "it does nothing until it is awaited"]
#[derive(Clone)]
pub struct Wait<R: Waited> {
    request: R,
    followed: Followed,
    timeout: Duration,
    every: Duration,
}

/// The default poll interval.
const EVERY: Duration = Duration::from_secs(5);

impl<R: Waited> Wait<R> {
    /// Waits for the version that the answers show.
    #[doc(hidden)]
    pub fn new(request: R) -> Self {
        Self {
            request,
            followed: Followed::default(),
            timeout: R::WAITING.timeout,
            every: EVERY,
        }
    }

    /// Waits for the version in this answer of a change.
    #[doc(hidden)]
    pub fn after(request: R, answer: &impl Serialize) -> Self {
        Self {
            followed: Followed::of(R::WAITING, answer),
            ..Self::new(request)
        }
    }

    /// The time limit for the whole wait. The default is in the docs of the method that returned this `Wait`.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The poll interval; 5 seconds by default.
    pub fn every(mut self, pause: Duration) -> Self {
        self.every = pause;
        self
    }

    /// Waits for this version only, if the service has versions.
    ///
    /// It need not be set if the wait was started with the answer of a change. Without a version, the
    /// wait follows the version that the answers show.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.followed = Followed::version(version.into());
        self
    }

    /// Returns the states on the way as a stream, each when it is first seen, instead of only the end.
    ///
    /// The last item is the end: success or an error. Polling starts with the first call of `next`.
    pub fn states(self) -> States<R> {
        let watch = Watch::new(self.request, self.followed, self.timeout, self.every);
        // Boxed here, in generic code, so that only crates that wait compile it.
        let states = futures_util::stream::unfold(watch, async |mut watch| {
            let item = watch.next().await?;
            Some((item, watch))
        });
        // Fused, because an unfolded stream panics when it is polled after its end.
        States(Box::pin(states.fuse()))
    }
}

impl<R: Waited> IntoFuture for Wait<R> {
    type Output = Result<R::Look, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let mut watch = Watch::new(self.request, self.followed, self.timeout, self.every);
        Box::pin(async move { watch.end().await })
    }
}

impl<R: Waited> fmt::Debug for Wait<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("for", &R::WAITING.method)
            .field("timeout", &self.timeout)
            .field("every", &self.every)
            .finish_non_exhaustive()
    }
}

/// A state on the way to the end.
///
/// `Debug` does not print secrets that the session has sent, even if the service returns them.
#[derive(Clone)]
#[non_exhaustive]
pub struct Progress<T> {
    /// The state, as the service calls it, such as `APPLYING, application STARTING`.
    pub state: String,
    /// Whether the operation has succeeded.
    pub done: bool,
    /// The whole answer.
    pub answer: T,
    redactor: Arc<Redactor>,
}

impl<T: fmt::Debug> fmt::Debug for Progress<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress")
            .field("state", &self.state)
            .field("done", &self.done)
            .field("answer", &self.redactor.debug(&self.answer))
            .finish()
    }
}

type Item<R> = Result<Progress<<R as Waited>::Look>, Error>;

/// A stream of the states on the way to the end; see [`Wait::states`].
///
/// It ends with an error, or with a [`Progress`] that is `done`. After that it keeps returning `None`.
#[must_use = "a stream does nothing until it is asked for its next value"]
pub struct States<R: Waited>(Pin<Box<dyn Stream<Item = Item<R>> + Send>>);

impl<R: Waited> States<R> {
    /// The next state, or `None` after the end.
    pub async fn next(&mut self) -> Option<Result<Progress<R::Look>, Error>> {
        std::future::poll_fn(|context| self.0.as_mut().poll_next(context)).await
    }
}

impl<R: Waited> Stream for States<R> {
    type Item = Item<R>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Item<R>>> {
        self.0.as_mut().poll_next(context)
    }
}

impl<R: Waited> fmt::Debug for States<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("States").finish_non_exhaustive()
    }
}
