//! Waiting until something that was begun has come to its end.
//!
//! It must not know an API: the emitted code says how a look is taken, and its rules what the
//! answers mean.

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
use crate::response::Response;
use crate::secret::redact::Redactor;
use rules::Waiting;
use version::Followed;
use watch::Watch;

/// A look at something that can be waited for; implemented by emitted code.
pub trait Waited: Clone + Send + Sync + Unpin + 'static {
    /// What one look gives.
    type Look: Serialize + Send + 'static;

    /// What the answers mean.
    const WAITING: &'static Waiting;

    /// Where it is sent.
    fn endpoint(&self) -> &Endpoint;
    /// Sends it.
    fn fetch(self) -> impl Future<Output = Result<Response<Self::Look>, Error>> + Send + 'static;
}

/// Waits until something that was begun is done: `client.wait_for_deployment(…).await`.
///
/// It looks again and again, each time by a call like any other, with its retries and under the
/// documented limits. A look that fails in passing does not end the wait: a broken connection, a
/// fault of the server, throttling, or a page of HTML or cut JSON in place of the answer.
///
/// Servers also answer 404 or 410 for something that was made a moment ago, or now and then. So
/// that ends the wait only when it has lasted for **30 seconds** without another answer, both for
/// what was there before and for what never was.
///
/// An end that the very first answer shows counts when a second one confirms it, because that may
/// still be the end of what was before; where the service tells no versions apart, it has to last
/// for 15 seconds. Dropping it, or the future it turns into, ends the waiting and changes nothing
/// on the server.
///
/// # Errors
/// - [`Failed`](crate::ErrorKind::Failed): it failed. [`Error::message`] is the reason, as far
///   as the service gives one.
/// - [`Replaced`](crate::ErrorKind::Replaced): someone began something else in its place.
/// - [`Deleted`](crate::ErrorKind::Deleted): it was deleted meanwhile.
/// - [`Timeout`](crate::ErrorKind::Timeout): it was not done in time. It may be done later. When
///   the last look failed in passing, the error says how, and has that error as its source.
/// - Otherwise the error of the look that could not be made, such as a 403, or a 404 that has
///   lasted from the start.
///
/// [`Error::last_state`] is the state that was seen last.
#[must_use = "it does nothing until it is awaited"]
#[derive(Clone)]
pub struct Wait<R: Waited> {
    request: R,
    followed: Followed,
    timeout: Duration,
    every: Duration,
}

/// How often to look, unless set.
const EVERY: Duration = Duration::from_secs(5);

impl<R: Waited> Wait<R> {
    /// Follows whatever the answers show.
    #[doc(hidden)]
    pub fn new(request: R) -> Self {
        Self {
            request,
            followed: Followed::default(),
            timeout: R::WAITING.timeout,
            every: EVERY,
        }
    }

    /// Follows the version that this answer of a change has.
    #[doc(hidden)]
    pub fn after(request: R, answer: &impl Serialize) -> Self {
        Self {
            followed: Followed::of(R::WAITING, answer),
            ..Self::new(request)
        }
    }

    /// How long to wait in all; the method that gave this `Wait` says what it is if not set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long to pause between two looks; 5 seconds if not set.
    pub fn every(mut self, pause: Duration) -> Self {
        self.every = pause;
        self
    }

    /// Follows this version and no other one, where the service has versions.
    ///
    /// It is known already when the wait began from what a change answered. Without it, whatever
    /// the answers show is followed.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.followed = Followed::version(version.into());
        self
    }

    /// The states on the way, each when it is first seen, instead of just the end.
    ///
    /// The last item is the end, good or bad. Waiting begins with the first call of `next`.
    pub fn states(self) -> States<R> {
        let watch = Watch::new(self.request, self.followed, self.timeout, self.every);
        // Boxed here, in generic code, so that only crates that wait compile it.
        let states = futures_util::stream::unfold(watch, async |mut watch| {
            let item = watch.next().await?;
            Some((item, watch))
        });
        // Fused: an unfolded stream panics when it is polled after its end.
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
/// `Debug` does not print what the session has sent of its secrets, even if the service says it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Progress<T> {
    /// The state in the service's words, such as `APPLYING, application STARTING`.
    pub state: String,
    /// Whether this is the good end.
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
/// An error ends it, and so does a [`Progress`] that is `done`. After the end it gives `None` for
/// ever.
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
