//! States and log lines as one stream: both are polled at the same time, and the log is read once more
//! after the end.
//!
//! It must not know a platform.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use anypoint_core::internal::Waited;
use anypoint_core::{Error, Position, Wait};
use futures_core::Stream;
use futures_util::future::{MaybeDone, maybe_done};

use super::log::Log;
use super::order::{Begun, place};
use super::sent::Sent;
use super::{Deploy, Deployed, Event};

/// A stream of the events of a deployment; see [`Anypoint::deploy`](crate::Anypoint::deploy).
///
/// The first event is [`Accepted`](Event::Accepted), after [`Sent`](Event::Sent) if an archive is
/// uploaded. The last one is [`Done`](Event::Done) or an error. Between them are the states and the
/// lines of the log, in the order in which they become known. It follows exactly the version that the
/// service has accepted, never another one of the same name. The log starts at the time of that
/// answer, by the clock of the service. An application that is replaced logs until then, too;
/// [`LogLine::source`](super::LogLine::source) distinguishes them. After the end of the deployment the
/// log is read once more, at most 10,000 lines, so that the cause of a failure is returned before the
/// failure.
///
/// Dropping a future of `next` does not lose an event. Dropping the stream stops the polling and
/// changes nothing on the server, where the deployment continues.
///
/// # Errors
/// An error ends the stream.
/// - [`Failed`](crate::ErrorKind::Failed): the deployment failed. [`Error::message`] is the
///   reason, if the service gives one.
/// - [`Replaced`](crate::ErrorKind::Replaced): it was replaced by another deployment.
/// - [`Deleted`](crate::ErrorKind::Deleted): the application was deleted in the meantime.
/// - [`Timeout`](crate::ErrorKind::Timeout): it did not finish in time. It may finish later.
/// - [`Configuration`](crate::ErrorKind::Configuration): the ids of organization and environment
///   are not known.
/// - [`InvalidRequest`](crate::ErrorKind::InvalidRequest): the order is incomplete.
/// - Otherwise the error of a call: the deployment itself, or a poll.
///
/// A log that cannot be read is not an error, but an [`Event::LogProblem`].
#[must_use = "a stream does nothing until it is asked for its next value"]
pub struct Events {
    stage: Stage,
    log: Option<Log>,
}

/// The states of a deployment, and its result.
pub(super) type States = Pin<Box<dyn Stream<Item = Result<Look, Error>> + Send>>;

/// The state of one poll.
pub(super) struct Look {
    state: String,
    /// The result, if the deployment has succeeded.
    deployed: Option<Deployed>,
}

enum Stage {
    Placing(MaybeDone<Placing>, Sent),
    Following(States),
    /// The deployment has ended, and the rest of the log is being read.
    Closing(Result<Deployed, Error>),
    Over,
}

type Placing = Pin<Box<dyn Future<Output = Result<Begun, Error>> + Send>>;
type Polled = Poll<Option<Result<Event, Error>>>;

impl Events {
    pub(super) fn new(deploy: Deploy) -> Self {
        let sent = Sent::default();
        #[cfg(feature = "cloudhub")]
        let deploy = Deploy {
            order: deploy.order.watched(&sent),
            ..deploy
        };
        let call: Placing = Box::pin(place(deploy));
        Self {
            stage: Stage::Placing(maybe_done(call), sent),
            log: None,
        }
    }

    /// The next event; `None` after the end.
    pub async fn next(&mut self) -> Option<Result<Event, Error>> {
        std::future::poll_fn(|context| self.poll_event(context)).await
    }

    /// The position in the log after the last line that was returned; `None` before the first one. The
    /// `follow_logs` of the platform's client can [resume](anypoint_core::Follow::resume) there.
    pub fn position(&self) -> Option<Position> {
        self.log.as_ref().and_then(Log::position)
    }

    fn poll_event(&mut self, context: &mut Context<'_>) -> Polled {
        while !matches!(self.stage, Stage::Over) {
            // Lines first, so that the cause of a failure is returned before the failure.
            let log = self.log.as_mut().map(|log| log.poll(context));
            if let Some(Poll::Ready(Some(event))) = log {
                return Poll::Ready(Some(Ok(event)));
            }
            match &mut self.stage {
                Stage::Placing(call, sent) => {
                    let mut call = Pin::new(call);
                    let done = call.as_mut().poll(context);
                    // The progress of the upload is returned before the answer.
                    if let Some(so_far) = sent.take(context) {
                        let (bytes, total) = (so_far.bytes, so_far.total);
                        return Poll::Ready(Some(Ok(Event::Sent { bytes, total })));
                    }
                    ready!(done);
                    if let Some(begun) = call.take_output() {
                        return self.begin(begun);
                    }
                }
                Stage::Following(states) => {
                    let look = ready!(states.as_mut().poll_next(context));
                    if let Some(event) = self.see(look) {
                        return Poll::Ready(Some(Ok(event)));
                    }
                }
                Stage::Closing(_) if matches!(log, Some(Poll::Pending)) => return Poll::Pending,
                Stage::Closing(_) | Stage::Over => return Poll::Ready(self.end()),
            }
        }
        Poll::Ready(None)
    }

    fn end(&mut self) -> Option<Result<Event, Error>> {
        match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Closing(end) => Some(end.map(Event::Done)),
            _ => None,
        }
    }

    fn begin(&mut self, begun: Result<Begun, Error>) -> Polled {
        let event = begun.map(|begun| {
            self.log = Some(begun.log);
            self.stage = Stage::Following(begun.states);
            Event::Accepted(begun.accepted)
        });
        if event.is_err() {
            self.stage = Stage::Over;
        }
        Poll::Ready(Some(event))
    }

    fn see(&mut self, look: Option<Result<Look, Error>>) -> Option<Event> {
        let (state, end) = match look {
            Some(Ok(look)) => (Some(look.state), look.deployed.map(Ok)),
            Some(Err(error)) => (None, Some(Err(error))),
            None => {
                self.stage = Stage::Over;
                return None;
            }
        };
        if let Some(end) = end {
            self.stage = Stage::Closing(end);
            self.log.as_mut().map(Log::read_rest);
        }
        state.map(Event::State)
    }
}

/// The states that a wait shows.
pub(super) fn states<R: Waited>(wait: Wait<R>, deployed: fn(R::Look) -> Deployed) -> States {
    use futures_util::StreamExt as _;
    let look = move |progress: anypoint_core::Progress<R::Look>| Look {
        state: progress.state,
        deployed: progress.done.then(|| deployed(progress.answer)),
    };
    Box::pin(wait.states().map(move |progress| progress.map(look)))
}

impl Stream for Events {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        self.poll_event(context)
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}
