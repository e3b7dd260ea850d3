//! The log of any platform, followed from the time of an answer on.
//!
//! It must not know states, nor when the deployment has ended.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use anypoint_core::internal::Followed;
use anypoint_core::{Error, Follow, Lines, Position, Timestamp};
use futures_core::Stream;

use super::{Event, LogLine};

/// A log that is followed.
pub(super) struct Log {
    source: Box<dyn Source>,
    /// It has ended and must not be polled again.
    over: bool,
    /// It could not be read, which was reported.
    lost: bool,
    /// How many more lines are returned, once only the rest is read.
    left: Option<u32>,
}

/// How many lines are returned at most after the end of a deployment, because a log may grow as fast as
/// it is read.
const LAST_LINES: u32 = 10_000;

/// A log of one platform.
trait Source: Send {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<LogLine, Error>>>;
    fn position(&self) -> Option<Position>;
    /// Reads from the current position to the current end.
    fn read_rest(&mut self);
}

impl Log {
    /// The lines since the time of an answer. Without a time, all lines of a new application, or the
    /// newest lines of an existing one.
    pub(super) fn since<R: Followed>(
        follow: Follow<R>,
        time: Option<Timestamp>,
        new: bool,
        line: fn(R::Entry) -> LogLine,
    ) -> Self {
        let start = || new.then(|| Timestamp::from_millis(0));
        let time = time.filter(|time| time.as_millis().is_some());
        let follow = match time.or_else(start) {
            Some(time) => follow.clone().since(time).unwrap_or(follow),
            None => follow,
        };
        let lines = follow.clone().lines();
        Self {
            source: Box::new(Platform {
                follow,
                lines,
                line,
            }),
            over: false,
            lost: false,
            left: None,
        }
    }

    /// The next line or problem; `None` after the end.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Event>> {
        while !self.over && self.left != Some(0) {
            match ready!(self.source.poll(context)) {
                Some(Ok(line)) => {
                    self.left = self.left.map(|left| left - 1);
                    return Poll::Ready(Some(Event::Line(line)));
                }
                Some(Err(_)) if self.lost => {}
                Some(Err(problem)) => return Poll::Ready(Some(Event::LogProblem(problem))),
                None => self.over = true,
            }
        }
        Poll::Ready(None)
    }

    /// Reads the lines that exist now, and then ends. Temporary failures are no longer tolerated.
    pub(super) fn read_rest(&mut self) {
        // It only ends if it cannot be read.
        self.lost = self.over;
        self.over = false;
        self.left = Some(LAST_LINES);
        self.source.read_rest();
    }

    pub(super) fn position(&self) -> Option<Position> {
        self.source.position()
    }
}

struct Platform<R: Followed> {
    follow: Follow<R>,
    lines: Lines<R>,
    line: fn(R::Entry) -> LogLine,
}

impl<R: Followed> Source for Platform<R> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<LogLine, Error>>> {
        let next = ready!(Pin::new(&mut self.lines).poll_next(context));
        Poll::Ready(next.map(|entry| entry.map(self.line)))
    }

    fn position(&self) -> Option<Position> {
        self.lines.position()
    }

    fn read_rest(&mut self) {
        let follow = self.follow.clone().patience(Duration::ZERO).once();
        let follow = match self.lines.position() {
            Some(position) => follow.resume(position),
            None => follow,
        };
        self.lines = follow.lines();
    }
}
