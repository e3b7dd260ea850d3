//! Records the entries that were returned, so that a position can be computed at any time.
//!
//! It must not know how a log is read.

use std::sync::Arc;

use super::horizon::LATE;
use super::position::{Mark, Position};

/// How many entries a position of a log that is searched by time names at least and at most (more if
/// they have the same time), and how many are kept to choose from.
const NAMED: usize = 20;
const MOST: usize = 150;
const KEPT: usize = 2_000;

/// How many entries a position of a log that is continued by id names: of the last ones, among which
/// it chooses one with an id, and of those before that one, which may be shown again.
const AGAIN: usize = 16;
const BEFORE: usize = 10;

/// The place of an entry, which is returned with it.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// The parts that are followed, the oldest first, and where each began.
    pub(super) parts: Arc<[Begun]>,
    /// The index of the entry's part among them.
    pub(super) part: usize,
    pub(super) key: u64,
    /// An id after which reading can continue.
    pub(super) id: Option<Arc<str>>,
    pub(super) time: i64,
    /// The earliest time of the entries of that part that were read but not returned yet.
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
    /// The parts of the last entry.
    parts: Option<Arc<[Begun]>>,
    marks: Vec<Reached>,
}

struct Reached {
    part: String,
    from: Option<i64>,
    /// `handed` has all returned entries from this time on.
    floor: i64,
    /// In the order of their times if the log is searched by time, otherwise as they were returned.
    handed: Vec<Out>,
    pending: Option<i64>,
}

/// An entry that was returned.
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

    /// Records that an entry was returned.
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

    /// The position after the last entry; `None` before the first one.
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

/// How a mark is converted.
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

    /// Like [`Self::at`], for a log that is searched by time.
    fn from(mark: &Mark) -> Self {
        let mut reached = Self::at(mark);
        reached.handed.sort_by_key(|out| out.time);
        reached
    }

    /// Inserts after the entries of the same time and of earlier ones: nearly always at the end.
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

    /// The mark that names as few entries as possible, but all from its time on.
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

    /// The index of the entry with an id after which a mark continues.
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
        // Where reading began, or otherwise when the entries were written.
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
