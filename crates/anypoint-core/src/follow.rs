//! Following a log: every entry once, in order, from a position.
//!
//! It must not know an API: generated code says how a stretch of a log is read, and its rules
//! where ids and times are.

mod direction;
mod document;
mod entry;
mod horizon;
mod ledger;
mod log;
#[cfg(test)]
mod model;
mod part;
mod parts;
pub(crate) mod position;
pub(crate) mod rules;
mod seen;
pub(crate) mod split;
mod tail;
mod window;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use serde::Serialize;

use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::json::Tolerant;
use crate::response::Response;
use crate::{Json, Timestamp};
use entry::{Found, decoded};
use ledger::Ledger;
use part::Start;
use position::Position;
use rules::{By, Following};
use split::Pieces;
use tail::{Handed, Tail};

/// A log that can be followed; implemented by generated code.
#[cfg_attr(not(feature = "_internal-semver"), doc(hidden))]
pub trait Followed: Clone + Send + Sync + Unpin + 'static {
    /// One entry of the log.
    type Entry: Tolerant + Send + 'static;

    /// What the entries mean.
    const FOLLOWING: &'static Following;

    /// Where requests are sent.
    fn endpoint(&self) -> &Endpoint;
    /// The ids of what is logged; the same for every request of the same log.
    fn subject(&self) -> String;
    /// Reads one stretch.
    fn read(
        self,
        stretch: Stretch,
    ) -> impl Future<Output = Result<Response<Pieces>, Error>> + Send + 'static;
    /// The answer that shows which parts are being written, where there are parts.
    fn overview(self) -> impl Future<Output = Result<Json, Error>> + Send + 'static {
        async { Ok(Json::Null) }
    }
    /// The list of all parts, where there are parts.
    fn history(self) -> impl Future<Output = Result<Json, Error>> + Send + 'static {
        async { Ok(Json::Null) }
    }
}

/// Which entries to read.
#[derive(Debug, Clone, Default)]
pub struct Stretch {
    /// The part of the log; empty where there are none.
    pub part: String,
    /// Entries after the one with this id.
    pub after: Option<String>,
    /// Entries from this time on, in epoch milliseconds.
    pub from: Option<i64>,
    /// Entries up to this time.
    pub to: Option<i64>,
    /// The maximum number.
    pub length: Option<i64>,
    /// The newest first, if the service respects that.
    pub descending: Option<bool>,
}

/// An answer as JSON, for rules that point into it.
///
/// # Errors
/// That of the call.
pub async fn json<T: Serialize>(
    sent: impl Future<Output = Result<Response<T>, Error>> + Send,
) -> Result<Json, Error> {
    let answer = sent.await?;
    Ok(crate::json::to_json(answer.value()).unwrap_or_default())
}

/// The result of reading a part of a log.
#[derive(Debug)]
struct Batch<T> {
    /// The new entries, in order.
    entries: Vec<Found<T>>,
    /// There is more to read now.
    more: bool,
    /// The gap that may precede them.
    gap: Option<Error>,
}

impl<T> Default for Batch<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            more: false,
            gap: None,
        }
    }
}

impl<T> Batch<T> {
    /// Another answer is needed to decide.
    fn on_its_way() -> Self {
        Self {
            more: true,
            ..Self::default()
        }
    }
}

/// Follows a log: `client.follow_logs(…).lines()`.
///
/// It continues across restarts and new versions of the application. It polls with ordinary calls,
/// which are retried and keep to the documented rate limits. Dropping it stops the polling.
///
/// # Guarantees
/// - **Once**: every entry that the service shows at most 30 seconds after other entries of the same
///   time is returned exactly once, or a [`Gap`](crate::ErrorKind::Gap) is reported in its place. Two
///   entries are the same if their ids and contents are.
/// - **Order**: entries are returned in the order of the service, or by their times if a log is
///   searched by time or consists of several parts. Entries that the service shows late are returned
///   late, after newer ones.
/// - **Clocks**: nothing depends on the local clock, or on the date of a single entry. Entries of a
///   writer whose clock is up to 2 hours behind, or of a service whose clock was set back by as much,
///   are returned too, but may take some minutes, or a quarter of an hour if a busy log shows few
///   entries per answer.
/// - **Limits**: a late entry is compared with the last 100,000 entries; after
///   [`resume`](Self::resume) with the last 150 of a log that is searched by time, and the last 16 of
///   other logs. If a service shows fewer than 10 entries per answer, some may be missed without a
///   `Gap`.
/// - **Requests**: one to three per poll interval if there are few new entries. A log that is read by
///   ids takes up to four per interval and per page of new entries. One that is searched by time takes
///   up to 25 per interval and per full answer of new entries; 10 to 20 are usual if an answer shows
///   100 entries or fewer, and fewer requests if it shows more.
///
/// It starts with the newest entries, unless [`since`](Self::since) or [`resume`](Self::resume) is
/// set, and continues until it is dropped or an error ends it.
///
/// ```
/// use anypoint_core::{Error, Position};
///
/// # fn main() {}
/// /// What a program stores, to continue after a restart.
/// fn kept(text: &str) -> Result<Position, Error> {
///     text.parse()
/// }
/// ```
///
/// # Errors
/// Two kinds do not end the stream; it continues with the next entries:
/// - [`Decode`](crate::ErrorKind::Decode) for an entry that is damaged, is not a JSON object, or has
///   members of other types. [`Error::body`] is its text. The position is after it;
/// - [`Gap`](crate::ErrorKind::Gap) if entries may be missing, because the service shows only some
///   entries of one millisecond, ignores the time that it is asked for, or shows entries that do not
///   continue what it showed before.
///
/// All other errors end the stream. It can be resumed at [`Lines::position`]:
/// - [`InvalidRequest`](crate::ErrorKind::InvalidRequest): the position belongs to another log.
/// - [`Deleted`](crate::ErrorKind::Deleted): the application was deleted in the meantime.
/// - [`Decode`](crate::ErrorKind::Decode) without a body: a full page has no id to continue from.
/// - Otherwise the error of a call, such as a 403, or a 404 if only 404s are received for 10 seconds
///   because the application does not exist or is in another environment. Broken connections, answers
///   that are HTML or truncated, and other temporary faults end it only if nothing else is received
///   during the time of [`patience`](Self::patience).
#[must_use = "it does nothing until its lines are asked for"]
#[derive(Clone)]
pub struct Follow<R: Followed> {
    request: R,
    settings: Settings,
    filter: Filter<R>,
}

type Filter<R> = Option<Arc<dyn Fn(&<R as Followed>::Entry) -> bool + Send + Sync>>;

#[derive(Clone, Debug)]
struct Settings {
    newest: u32,
    since: Option<i64>,
    position: Option<Position>,
    every: Duration,
    patience: Duration,
    once: bool,
}

impl Settings {
    fn start(&self) -> Start {
        let newest = || Start::Newest(i64::from(self.newest));
        self.since.map_or_else(newest, Start::From)
    }
}

impl<R: Followed> Follow<R> {
    /// Follows what the request reads.
    #[doc(hidden)]
    pub fn new(request: R) -> Self {
        let settings = Settings {
            newest: 10,
            since: None,
            position: None,
            every: Duration::from_secs(2),
            patience: Duration::from_secs(300),
            once: false,
        };
        Self {
            request,
            settings,
            filter: None,
        }
    }

    /// Changes the request, for instance to see errors only:
    /// `.request(|logs| logs.log_level([LogLevel::Error]))`.
    pub fn request(mut self, change: impl FnOnce(R) -> R) -> Self {
        self.request = change(self.request);
        self
    }

    /// Filters entries that the service cannot filter, such as those of other instances:
    /// `.filter(|entry| entry.instance_id.as_deref() == Some("…"))`. The position moves past entries
    /// that are left out.
    pub fn filter(mut self, filter: impl Fn(&R::Entry) -> bool + Send + Sync + 'static) -> Self {
        self.filter = Some(Arc::new(filter));
        self
    }

    /// The number of newest entries to start with; 10 by default. A log that can only be searched by
    /// time starts a minute before its newest entries instead.
    pub fn newest(mut self, count: u32) -> Self {
        self.settings.newest = count;
        self
    }

    /// Starts with the entries of this time, including those of earlier versions of the application.
    ///
    /// # Errors
    /// The timestamp is a text that is not a time.
    pub fn since(mut self, time: impl Into<Timestamp>) -> Result<Self, Error> {
        let time = time.into();
        let problem = || Error::invalid("what to follow the log since is not a time");
        self.settings.since = Some(time.as_millis().ok_or_else(problem)?);
        Ok(self)
    }

    /// Continues after a position, with everything that was logged in the meantime.
    pub fn resume(mut self, position: Position) -> Self {
        self.settings.position = Some(position);
        self
    }

    /// The poll interval when there is nothing new; 2 seconds by default.
    pub fn every(mut self, pause: Duration) -> Self {
        self.settings.every = pause;
        self
    }

    /// How long to continue while every poll fails temporarily; 5 minutes by default.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.settings.patience = patience;
        self
    }

    /// Ends when there is nothing new, instead of waiting for more.
    pub fn once(mut self) -> Self {
        self.settings.once = true;
        self
    }

    /// The entries as a stream. Polling starts with the first call of `next`.
    pub fn lines(self) -> Lines<R> {
        let by_time = matches!(R::FOLLOWING.by, By::Time { .. });
        let subject = self.request.subject();
        let position = self.settings.position.as_ref();
        // One of another log is refused by the first call of `next`.
        let marks = position.and_then(|position| position.marks_of(&subject).ok());
        let ledger = Ledger::new(subject.clone(), by_time, marks);
        let tail = Tail::new(Box::new(log::Of(self.request)), self.settings);
        Lines {
            lines: tail.stream(),
            ledger,
            filter: self.filter,
        }
    }
}

impl<R: Followed> fmt::Debug for Follow<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follow")
            .field("log", &self.request.subject())
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// A stream of the entries of a log; see [`Follow`].
///
/// Dropping a future of `next` does not lose an entry.
#[must_use = "a stream does nothing until it is asked for its next value"]
pub struct Lines<R: Followed> {
    lines: Pin<Box<dyn Stream<Item = Handed> + Send>>,
    ledger: Ledger,
    filter: Filter<R>,
}

impl<R: Followed> Lines<R> {
    /// The next entry, as soon as there is one; `None` after the end.
    pub async fn next(&mut self) -> Option<Result<R::Entry, Error>> {
        std::future::poll_fn(|context| self.poll_line(context)).await
    }

    /// The position after the last entry that was returned; `None` if the stream was not resumed and
    /// has not returned an entry. Another stream, also in another process, can
    /// [resume](Follow::resume) there.
    pub fn position(&self) -> Option<Position> {
        self.ledger.position()
    }

    fn poll_line(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<R::Entry, Error>>> {
        loop {
            let handed = ready!(self.lines.as_mut().poll_next(context));
            if let Some(step) = handed.as_ref().and_then(|handed| handed.step.as_ref()) {
                self.ledger.take(step);
            }
            let entry = handed.map(|handed| {
                let entry = handed.entry.and_then(|piece| decoded(&piece));
                entry.map_err(|error| error.in_operation(R::FOLLOWING.method))
            });
            match (entry, &self.filter) {
                (Some(Ok(entry)), Some(filter)) if !filter(&entry) => {}
                (entry, _) => return Poll::Ready(entry),
            }
        }
    }
}

impl<R: Followed> Stream for Lines<R> {
    type Item = Result<R::Entry, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_line(context)
    }
}

impl<R: Followed> fmt::Debug for Lines<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines")
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}
