//! One part of a log: where its reading is, and what has been read but not handed out.
//!
//! It must not know the other parts.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::document::{At, Document};
use super::entry::{Found, entries};
use super::ledger::Begun;
use super::position::Mark;
use super::rules::By;
use super::seen::Seen;
use super::window::Window;
use super::{Batch, Followed, Stretch};
use crate::error::Error;
use crate::internal::Tolerant;

/// A part that is being followed.
pub(super) struct Part<T> {
    pub(super) id: Arc<str>,
    pub(super) begun: Begun,
    cursor: Cursor<T>,
    buffer: VecDeque<Held<T>>,
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

enum Cursor<T> {
    Document(Document),
    Window(Window<T>),
}

/// An entry that waits for those of other parts.
struct Held<T> {
    found: Found<T>,
    time: i64,
    /// The look that brought it.
    look: u64,
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

/// How long a part that is no longer written is still looked at.
const LAST_WORDS: Duration = Duration::from_secs(30);

/// How far back the newest entries are looked for where only times tell where to read on.
const NEWEST: i64 = 60_000;

impl<T> Part<T> {
    pub(super) fn new(id: &str, by: &By, start: Start, now: i64, seen: &mut Seen) -> Self {
        let time = match &start {
            Start::Newest(_) => now.saturating_sub(NEWEST),
            Start::From(time) => *time,
            Start::Mark(mark) => mark.from.unwrap_or(0),
        };
        let mark = match start.clone() {
            Start::Mark(mark) => mark,
            // For a position that is printed before anything of this part has come.
            Start::Newest(_) | Start::From(_) => Mark {
                part: id.to_owned(),
                from: Some(time),
                ..Mark::default()
            },
        };
        for id in mark.shown.iter().map(|(_, id)| id).chain(&mark.after) {
            seen.is_new(id);
        }
        let cursor = match by {
            By::Document { length } => {
                let at = match (start, &mark.after) {
                    (_, Some(after)) => At::After(after.clone()),
                    (Start::Newest(count), None) => At::Newest(count),
                    _ => At::From(time),
                };
                Cursor::Document(Document::new(at, *length))
            }
            By::Time => {
                let shown = mark.shown.iter();
                let shown = shown.map(|(time, id)| (*time, id.as_str().into()));
                Cursor::Window(Window::new(time, shown.collect()))
            }
        };
        let id: Arc<str> = id.into();
        Self {
            begun: Begun {
                part: id.clone(),
                mark,
            },
            id,
            cursor,
            buffer: VecDeque::new(),
            time: i64::MIN,
            looked: 0,
            more: false,
            active: true,
            silent: None,
            unbegun: None,
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

    /// The next entry, its time, and that of the one after it.
    pub(super) fn pop(&mut self) -> Option<(Found<T>, i64, Option<i64>)> {
        let held = self.buffer.pop_front()?;
        Some((held.found, held.time, self.head().map(|(time, _)| time)))
    }

    /// Keeps what a look has brought.
    pub(super) fn keep(&mut self, batch: Batch<T>, look: u64) -> Option<Error> {
        (self.looked, self.more) = (look, batch.more);
        if !batch.entries.is_empty() {
            self.silent = None;
        }
        for found in batch.entries {
            // The service's order holds within a part; times only order the parts.
            self.time = self.time.max(found.time.unwrap_or(self.time));
            let time = match self.cursor {
                Cursor::Document(_) => self.time,
                Cursor::Window(_) => found.time.unwrap_or(self.time),
            };
            self.buffer.push_back(Held { found, time, look });
        }
        batch.gap
    }

    /// Asks until it is clear what is new.
    pub(super) async fn look<R: Followed<Entry = T>>(
        &mut self,
        request: &R,
        seen: &mut Seen,
    ) -> Result<Batch<T>, Error>
    where
        T: Tolerant,
    {
        loop {
            let answer = request.clone().read(self.stretch()).await?;
            let found = entries(R::FOLLOWING, answer.into_value())?;
            let batch = match &mut self.cursor {
                Cursor::Document(document) => Some(document.accept(found, seen)?),
                Cursor::Window(window) => window.accept(found, seen),
            };
            if let Some(batch) = batch {
                return Ok(batch);
            }
        }
    }

    fn stretch(&self) -> Stretch {
        let stretch = match &self.cursor {
            Cursor::Document(document) => document.stretch(),
            Cursor::Window(window) => window.stretch(),
        };
        Stretch {
            part: self.id.to_string(),
            ..stretch
        }
    }
}

/// The time, as this side has it.
pub(super) fn now<R: Followed>(request: &R) -> i64 {
    let now = request.endpoint().session.clock().unix_time();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
