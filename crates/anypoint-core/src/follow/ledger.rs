//! What has been handed out, so that a position can be printed at any time.
//!
//! It must not know how a log is read.

use std::sync::Arc;

use super::horizon::LATE;
use super::position::{Mark, Position};

/// How many entries of a log that is searched by time a position names at least and at most, unless
/// more have the same time, and how many are kept to choose from.
const NAMED: usize = 20;
const MOST: usize = 150;
const KEPT: usize = 2_000;

/// How many entries a position names where ids tell where to read on: of those after an entry that
/// can be asked for, and of those before it, since they may be shown again.
const AGAIN: usize = 16;
const BEFORE: usize = 10;

/// Where an entry stands, told with it.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// The parts that are followed, the oldest first, and where each began.
    pub(super) parts: Arc<[Begun]>,
    /// The part of the entry, among them.
    pub(super) part: usize,
    pub(super) key: u64,
    /// An id behind which to read on.
    pub(super) id: Option<Arc<str>>,
    pub(super) time: i64,
    /// The earliest time of the entries of that part that have been read, but not handed out.
    pub(super) pending: Option<i64>,
}

/// A part and where its reading began.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Begun {
    pub(super) part: Arc<str>,
    pub(super) mark: Mark,
}

/// The marks in the parts of a log.
pub(super) struct Ledger {
    of: String,
    by_time: bool,
    /// The parts as they were told last.
    parts: Option<Arc<[Begun]>>,
    marks: Vec<Reached>,
}

struct Reached {
    part: String,
    from: Option<i64>,
    /// All entries from this time on are among those that were handed out.
    floor: i64,
    /// In the order of their times where the log is searched by time, else as they were handed out.
    handed: Vec<Out>,
    pending: Option<i64>,
}

/// An entry that was handed out.
struct Out {
    time: i64,
    key: u64,
    id: Option<Arc<str>>,
}

impl Ledger {
    pub(super) fn new(of: String, by_time: bool, start: Option<&[Mark]>) -> Self {
        Self {
            of,
            by_time,
            parts: None,
            marks: start
                .unwrap_or_default()
                .iter()
                .map(begun(by_time))
                .collect(),
        }
    }

    /// An entry was handed out.
    pub(super) fn take(&mut self, step: &Step) {
        let same = self.parts.as_ref();
        if !same.is_some_and(|parts| Arc::ptr_eq(parts, &step.parts)) {
            self.rearrange(&step.parts);
        }
        let Some(reached) = self.marks.get_mut(step.part) else {
            return;
        };
        reached.pending = step.pending;
        let out = Out {
            time: step.time,
            key: step.key,
            id: step.id.clone(),
        };
        match self.by_time {
            true => reached.insert(out),
            false => reached.handed.push(out),
        }
        if reached.handed.len() >= KEPT * 2 {
            match self.by_time {
                true => reached.shorten(),
                false => reached.keep_named(),
            }
        }
    }

    fn rearrange(&mut self, parts: &Arc<[Begun]>) {
        let mut old = std::mem::take(&mut self.marks);
        let reached = begun(self.by_time);
        let mark = |begun: &Begun| {
            let at = old.iter().position(|old| *old.part == *begun.part);
            at.map_or_else(|| reached(&begun.mark), |at| old.swap_remove(at))
        };
        self.marks = parts.iter().map(mark).collect();
        self.parts = Some(parts.clone());
    }

    /// Where one is behind the last entry; nothing before the first one.
    pub(super) fn position(&self) -> Option<Position> {
        if self.marks.is_empty() {
            return None;
        }
        let marks = self.marks.iter();
        let marks = marks.map(|reached| match self.by_time {
            true => reached.by_time(),
            false => reached.by_id(),
        });
        Some(Position::new(self.of.clone(), marks.collect()))
    }
}

/// What a mark stands for.
fn begun(by_time: bool) -> fn(&Mark) -> Reached {
    match by_time {
        true => Reached::from,
        false => Reached::at,
    }
}

impl Reached {
    fn at(mark: &Mark) -> Self {
        let from = mark.from.unwrap_or_default();
        let mut after = mark.after.as_deref().map(Arc::from);
        let shown = mark.shown.iter().map(|(later, key)| Out {
            time: from.saturating_add(*later),
            key: *key,
            id: after.take_if(|_| *later >= 0),
        });
        Self {
            part: mark.part.clone(),
            from: mark.from,
            floor: mark.from.unwrap_or(i64::MIN),
            handed: shown.collect(),
            pending: None,
        }
    }

    /// As [`Self::at`], for a log that is searched by time.
    fn from(mark: &Mark) -> Self {
        let mut reached = Self::at(mark);
        reached.handed.sort_by_key(|out| out.time);
        reached
    }

    /// Behind the entries of its time and before: nearly always at the end.
    fn insert(&mut self, out: Out) {
        let later = self.handed.iter().rev();
        let later = later.take_while(|other| other.time > out.time).count();
        self.handed.insert(self.handed.len() - later, out);
    }

    fn shorten(&mut self) {
        let keep = self.handed.len().saturating_sub(KEPT);
        if let Some(out) = self.handed.get(keep) {
            self.floor = self.floor.max(out.time);
        }
        let floor = self.floor;
        self.handed.retain(|out| out.time >= floor);
    }

    /// The mark that names few entries and yet all from its time on.
    fn by_time(&self) -> Mark {
        let all = self.handed.len();
        let nth = |count: usize| Some(self.handed.get(all.checked_sub(count)?)?.time);
        let newest = nth(NAMED.min(all).max(1)).unwrap_or(self.floor);
        let late = newest
            .saturating_sub(LATE)
            .min(self.pending.unwrap_or(newest));
        let from = late.max(nth(MOST).unwrap_or(self.floor)).max(self.floor);
        let shown = self.handed.partition_point(|out| out.time < from);
        let shown = self.handed.iter().skip(shown);
        Mark {
            part: self.part.clone(),
            after: None,
            from: Some(from),
            shown: shown
                .map(|out| (out.time.saturating_sub(from), out.key))
                .collect(),
        }
    }

    /// Where the entries begin that a mark names: with an id behind which they stand.
    fn anchor(&self) -> Option<usize> {
        let from = self.handed.len().saturating_sub(AGAIN);
        let has_id = |at: &usize| self.handed.get(*at).is_some_and(|out| out.id.is_some());
        let mut later = (from..self.handed.len()).filter(has_id);
        later.next().or_else(|| (0..from).rev().find(has_id))
    }

    fn by_id(&self) -> Mark {
        let anchor = self.anchor();
        let at = anchor.unwrap_or(0);
        let before = at.min(BEFORE);
        let until = self.handed.iter().take(at + 1).skip(at - before);
        let later = self.handed.len().saturating_sub(MOST).max(at + 1);
        let shown = until.chain(self.handed.iter().skip(later)).zip(0..);
        let after = anchor.and_then(|at| self.handed.get(at)?.id.clone());
        // Where reading began, or else when the entries were written.
        let earliest = || self.handed.iter().map(|out| out.time).min();
        let from = match anchor {
            Some(_) => None,
            None => self
                .from
                .or_else(|| Some(earliest()?.saturating_sub(LATE).max(0))),
        };
        Mark {
            part: self.part.clone(),
            after: after.map(|id| id.to_string()),
            from,
            shown: shown
                .map(|(out, number)| (if number < before { -1 } else { 0 }, out.key))
                .collect(),
        }
    }

    fn keep_named(&mut self) {
        let old = self.handed.len().saturating_sub(KEPT);
        let anchor = self.anchor().unwrap_or(old);
        let first = anchor.saturating_sub(BEFORE);
        let later = self.handed.len().saturating_sub(MOST).max(anchor + 1);
        self.handed.drain(anchor + 1..later);
        self.handed.drain(..first);
    }
}

#[cfg(test)]
mod tests;
