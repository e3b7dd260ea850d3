//! One part of a log: where its reading is, and what has been read but not handed out.
//!
//! It must not know the other parts.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::document::{At, Document};
use super::entry::{Found, decoded, entries};
use super::ledger::Begun;
use super::position::Mark;
use super::rules::By;
use super::split::Piece;
use super::window::Window;
use super::{Batch, Followed, Stretch};
use crate::date;
use crate::error::Error;
use crate::json::Tolerant;

/// A part that is being followed.
pub(super) struct Part {
    pub(super) id: Arc<str>,
    pub(super) begun: Begun,
    cursor: Cursor,
    buffer: VecDeque<Held>,
    /// The time of the last entry that was read, for those without one.
    time: i64,
    /// The number of the last look.
    pub(super) looked: u64,
    /// There is more to read at once.
    pub(super) more: bool,
    /// The service says that it is being written.
    pub(super) active: bool,
    /// Since when it is not and has brought nothing, and after which look.
    silent: Option<(Instant, u64)>,
    /// Since when the service says that there is no such log.
    pub(super) unbegun: Option<Instant>,
}

enum Cursor {
    Document(Document<Piece>),
    Window(Window<Piece>),
}

/// An entry that waits for those of other parts.
struct Held {
    found: Found<Piece>,
    time: i64,
    /// The look that brought it.
    look: u64,
}

/// An entry that is handed out.
pub(super) struct Next<T> {
    pub(super) found: Found<Result<T, Error>>,
    pub(super) time: i64,
    /// The earliest time of those after it.
    pub(super) pending: Option<i64>,
}

/// Where the reading of a part begins.
#[derive(Debug, Clone)]
pub(super) enum Start {
    /// With the last so many entries, or those of the last minute.
    Newest(i64),
    /// In epoch milliseconds.
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

/// How long a part that is no longer written is still looked at.
const LAST_WORDS: Duration = Duration::from_secs(30);

impl Part {
    pub(super) fn new(id: &str, by: &By, start: Start, now: Instant) -> Self {
        let mark = match &start {
            Start::Mark(mark) => mark.clone(),
            // For a position that is printed before anything of this part has come.
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

    /// Looks until nothing new comes, where otherwise the next round would go on.
    pub(super) fn read_to_the_end(&mut self) {
        if let Cursor::Document(document) = &mut self.cursor {
            document.read_to_the_end();
        }
    }

    /// It is no longer written, and has brought nothing for a while.
    pub(super) fn is_over(&mut self, now: Instant, looks: u64) -> bool {
        if self.active || self.head().is_some() {
            self.silent = None;
            return false;
        }
        let (since, look) = *self.silent.get_or_insert((now, looks));
        self.looked > look && now.saturating_duration_since(since) >= LAST_WORDS
    }

    /// The time of the next entry, and the look that brought it.
    pub(super) fn head(&self) -> Option<(i64, u64)> {
        self.buffer.front().map(|held| (held.time, held.look))
    }

    /// The next entry.
    pub(super) fn pop<T: Tolerant>(&mut self) -> Option<Next<T>> {
        let Held { found, time, .. } = self.buffer.pop_front()?;
        let Found {
            key,
            id,
            order,
            entry,
            ..
        } = found;
        let found = Found {
            key,
            id,
            time: Some(time),
            order,
            entry: decoded(&entry),
        };
        // They are in order of their times, unless some came late.
        let pending = self.head().map(|(time, _)| time);
        Some(Next {
            found,
            time,
            pending,
        })
    }

    /// Keeps what a look has brought.
    pub(super) fn keep(&mut self, batch: Batch<Piece>, look: u64) -> Option<Error> {
        (self.looked, self.more) = (look, batch.more);
        if !batch.entries.is_empty() {
            self.silent = None;
        }
        let times = batch.entries.iter().map(|found| found.time);
        let times = smoothed(&times.collect::<Vec<_>>(), self.time);
        for (found, time) in batch.entries.into_iter().zip(times) {
            // The service's order holds within a part; times only order the parts.
            self.time = time;
            self.buffer.push_back(Held { found, time, look });
        }
        batch.gap
    }

    /// Asks once, and tells what is new.
    pub(super) async fn look<R: Followed>(
        &mut self,
        request: &R,
        plain: bool,
    ) -> Result<Batch<Piece>, Error> {
        let session = request.endpoint().session.clone();
        let asked = session.clock().now();
        let answer = request
            .clone()
            .read(self.stretch(&R::FOLLOWING.by, plain))
            .await?;
        let date = answer.header("date").and_then(date);
        let found = entries(R::FOLLOWING, answer.into_value());
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

/// The times by which entries are put among those of other parts: where one has no time or a wrong
/// one, that of those beside it.
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

/// The date that an answer has.
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
