//! One part of a log: how far it was read, and the entries that were read but not returned yet.
//!
//! It must not know the other parts.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::document::{At, Document};
use super::entry::{Found, entries};
use super::ledger::Begun;
use super::log::Log;
use super::position::Mark;
use super::rules::By;
use super::split::Piece;
use super::window::Window;
use super::{Batch, Stretch};
use crate::date;
use crate::error::Error;

/// A part that is followed.
pub(super) struct Part {
    pub(super) id: Arc<str>,
    pub(super) begun: Begun,
    cursor: Cursor,
    buffer: VecDeque<Held>,
    /// The time of the last entry that was read, for entries without one.
    time: i64,
    /// The number of the last read.
    pub(super) looked: u64,
    /// More can be read immediately.
    pub(super) more: bool,
    /// According to the service, the part is being written.
    pub(super) active: bool,
    /// Since when it is not active and had no new entries, and after which read.
    silent: Option<(Instant, u64)>,
    /// Since when the service answers that the log does not exist.
    pub(super) unbegun: Option<Instant>,
}

enum Cursor {
    Document(Document<Piece>),
    Window(Window<Piece>),
}

/// An entry that waits for earlier entries of other parts.
struct Held {
    found: Found<Piece>,
    time: i64,
    /// The number of the read that returned it.
    look: u64,
}

/// An entry to be returned.
pub(super) struct Next {
    pub(super) found: Found<Piece>,
    pub(super) time: i64,
    /// The earliest time of the entries after it.
    pub(super) pending: Option<i64>,
}

/// Where the reading of a part begins.
#[derive(Debug, Clone)]
pub(super) enum Start {
    /// At this number of last entries, or, if searched by time, at those of the last minute.
    Newest(i64),
    /// At this time, in epoch milliseconds.
    From(i64),
    Mark(Mark),
}

impl Cursor {
    fn new(by: &By, start: Start, now: Instant) -> Self {
        match by {
            By::Document { length } => {
                let (at, shown) = match start {
                    Start::Newest(count) => (At::Newest(count), Vec::new()),
                    Start::From(time) => (At::From(time), Vec::new()),
                    Start::Mark(mark) => {
                        let from = At::From(mark.from.unwrap_or(0));
                        let at = mark.after.map_or(from, |id| At::After(id.into()));
                        (at, mark.shown)
                    }
                };
                Self::Document(Document::new(at, &shown, *length, now))
            }
            By::Time { .. } => Self::Window(match start {
                Start::Newest(_) => Window::newest(now),
                Start::From(time) => Window::from(time, &[], now),
                Start::Mark(mark) => {
                    let from = mark.from.unwrap_or(0);
                    let shown = mark.shown.into_iter();
                    let shown = shown.map(|(later, key)| (from.saturating_add(later), key));
                    Window::from(from, &shown.collect::<Vec<_>>(), now)
                }
            }),
        }
    }
}

/// How long a part that is no longer written is still read.
const LAST_WORDS: Duration = Duration::from_secs(30);

impl Part {
    pub(super) fn new(id: &str, by: &By, start: Start, now: Instant) -> Self {
        let mark = match &start {
            Start::Mark(mark) => mark.clone(),
            // For a position that is taken before any entry of this part was returned.
            Start::From(time) => Mark {
                part: id.to_owned(),
                from: Some(*time),
                ..Mark::default()
            },
            Start::Newest(_) => Mark {
                part: id.to_owned(),
                ..Mark::default()
            },
        };
        let id: Arc<str> = id.into();
        Self {
            begun: Begun {
                part: id.clone(),
                mark,
            },
            id,
            cursor: Cursor::new(by, start, now),
            buffer: VecDeque::new(),
            time: i64::MIN,
            looked: 0,
            more: false,
            active: true,
            silent: None,
            unbegun: None,
        }
    }

    /// Reads until there are no new entries, instead of continuing in the next round.
    pub(super) fn read_to_the_end(&mut self) {
        if let Cursor::Document(document) = &mut self.cursor {
            document.read_to_the_end();
        }
    }

    /// Whether it is no longer written and has had no new entries for a while.
    pub(super) fn is_over(&mut self, now: Instant, looks: u64) -> bool {
        if self.active || self.head().is_some() {
            self.silent = None;
            return false;
        }
        let (since, look) = *self.silent.get_or_insert((now, looks));
        self.looked > look && now.saturating_duration_since(since) >= LAST_WORDS
    }

    /// The time of the next entry, and the number of the read that returned it.
    pub(super) fn head(&self) -> Option<(i64, u64)> {
        self.buffer.front().map(|held| (held.time, held.look))
    }

    /// The next entry.
    pub(super) fn pop(&mut self) -> Option<Next> {
        let Held { found, time, .. } = self.buffer.pop_front()?;
        // The entries are in the order of their times, unless some are late.
        let pending = self.head().map(|(time, _)| time);
        Some(Next {
            found,
            time,
            pending,
        })
    }

    /// Keeps the result of a read.
    pub(super) fn keep(&mut self, batch: Batch<Piece>, look: u64) -> Option<Error> {
        (self.looked, self.more) = (look, batch.more);
        if !batch.entries.is_empty() {
            self.silent = None;
        }
        let times = batch.entries.iter().map(|found| found.time);
        let times = smoothed(&times.collect::<Vec<_>>(), self.time);
        for (found, time) in batch.entries.into_iter().zip(times) {
            // Within a part the order of the service is kept; times only order entries of different
            // parts.
            self.time = time;
            self.buffer.push_back(Held { found, time, look });
        }
        batch.gap
    }

    /// Sends one request, and returns the new entries.
    pub(super) async fn look(&mut self, log: &dyn Log, plain: bool) -> Result<Batch<Piece>, Error> {
        let session = log.endpoint().session.clone();
        let asked = session.clock().now();
        let answer = log.read(self.stretch(&log.rules().by, plain)).await?;
        let date = answer.header("date").and_then(date);
        let found = entries(log.rules(), answer.into_value());
        let now = session.clock().now();
        match &mut self.cursor {
            Cursor::Document(document) => document.accept(found, &(asked..now)),
            Cursor::Window(window) => Ok(window.accept(found, date, now)),
        }
    }

    fn stretch(&self, by: &By, plain: bool) -> Stretch {
        let mut stretch = match &self.cursor {
            Cursor::Document(document) => document.stretch(),
            Cursor::Window(window) => window.stretch(),
        };
        if let By::Time { length, .. } = by {
            stretch.length = length.filter(|_| !plain);
            stretch.descending = stretch.descending.filter(|_| !plain);
        }
        Stretch {
            part: self.id.to_string(),
            ..stretch
        }
    }
}

/// The times by which entries are merged with those of other parts. An entry without a time, or with
/// a wrong one, gets the time of its neighbours.
fn smoothed(times: &[Option<i64>], before: i64) -> Vec<i64> {
    let mut last = before;
    let known: Vec<i64> = { times.iter() }
        .map(|time| {
            last = time.unwrap_or(last);
            last
        })
        .collect();
    let middle = |at: usize| {
        let own = known.get(at).copied().unwrap_or(before);
        let (earlier, later) = (at.checked_sub(1), at + 1);
        let earlier = earlier.and_then(|at| known.get(at)).copied().unwrap_or(own);
        let later = known.get(later).copied().unwrap_or(own);
        own.clamp(earlier.min(later), earlier.max(later))
    };
    (0..known.len()).map(middle).collect()
}

/// Parses the `Date` of an answer.
fn date(text: &str) -> Option<i64> {
    date::parse_header(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_times_do_not_move_an_entry_among_those_of_other_parts() {
        let smooth = |times: &[Option<i64>]| smoothed(times, 5);
        assert_eq!(smooth(&[Some(10), Some(99), Some(11)]), [10, 11, 11]);
        assert_eq!(smooth(&[Some(10), Some(0), Some(11)]), [10, 10, 11]);
        assert_eq!(smooth(&[None, Some(10), None]), [5, 10, 10]);
        assert_eq!(smooth(&[Some(1), Some(2), Some(2), Some(7)]), [1, 2, 2, 7]);
        assert!(smooth(&[]).is_empty());
    }

    #[test]
    fn the_date_of_an_answer_is_read() {
        assert_eq!(
            date("Wed, 02 Apr 2025 09:16:04 GMT"),
            Some(1_743_585_364_000)
        );
        assert_eq!(date("soon"), None);
    }
}
