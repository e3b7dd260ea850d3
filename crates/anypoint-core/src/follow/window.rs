//! A log that is searched by time.
//!
//! The service may show only the oldest or only the newest entries of a window, and does not say
//! how many. So a large answer counts when it goes back to what was read before, or to the start of
//! the window; otherwise a shorter window is taken. Windows overlap, because entries come late and
//! many have the same time.
//!
//! It must not know requests, nor other parts of the same log.

use std::collections::HashSet;
use std::sync::Arc;

use super::document::newest_first;
use super::entry::Found;
use super::seen::{MOST, Seen};
use super::{Batch, Stretch};
use crate::error::{Error, ErrorKind};

/// An answer with fewer entries is whole: the shortest list that a service was seen to give unless
/// asked for more has 10. So is one that is smaller than another answer was.
const FEW: usize = 10;

/// How far back to look again for entries that come late, in milliseconds, and for how many
/// entries at least.
const LATE: i64 = 30_000;
const AGAIN: usize = 50;

/// Where to search on.
pub(super) struct Window<T> {
    /// In epoch milliseconds.
    from: i64,
    /// What was read at this time or later, the oldest first.
    recent: Vec<(i64, Arc<str>)>,
    /// How long the next window is; without an end if not set.
    width: Option<i64>,
    /// The largest answer so far: the service shows that many.
    largest: usize,
    /// The latest time that any answer has shown.
    latest: i64,
    asking: Asking<T>,
}

/// What the next answer is for.
enum Asking<T> {
    /// The entries of a window, until a time or the present.
    Entries { to: Option<i64> },
    /// Whether an answer, whose first entry has this time, lacks entries before that.
    Start {
        to: Option<i64>,
        first: i64,
        held: Vec<Found<T>>,
    },
    /// Whether there is anything after a millisecond with more entries than an answer shows.
    Beyond,
}

impl<T> Window<T> {
    /// Reads on from a time, but for what was shown of that time and later.
    pub(super) fn new(from: i64, mut shown: Vec<(i64, Arc<str>)>) -> Self {
        shown.sort_by_key(|(time, _)| *time);
        Self {
            from,
            recent: shown,
            width: None,
            largest: FEW,
            latest: i64::MIN,
            asking: Asking::Entries { to: None },
        }
    }

    /// What to ask for next.
    pub(super) fn stretch(&self) -> Stretch {
        let (from, to) = match &self.asking {
            Asking::Entries { to } => (self.from, *to),
            Asking::Start { first, .. } => (self.from, Some(*first)),
            Asking::Beyond => (self.from.saturating_add(1), None),
        };
        Stretch {
            from: Some(from),
            to,
            ..Stretch::default()
        }
    }

    /// Takes what is new, or nothing when another answer is needed to tell.
    pub(super) fn accept(&mut self, found: Vec<Found<T>>, seen: &mut Seen) -> Option<Batch<T>> {
        self.largest = self.largest.max(found.len());
        let latest = found.iter().filter_map(|found| found.time).max();
        self.latest = self.latest.max(latest.unwrap_or(i64::MIN));
        match std::mem::replace(&mut self.asking, Asking::Entries { to: None }) {
            Asking::Entries { to } => self.judge(found, to, seen),
            Asking::Start { to, held, .. } => {
                let known: HashSet<&str> = held.iter().map(|found| &*found.id).collect();
                match found.iter().all(|found| known.contains(&*found.id)) {
                    true => self.conclude(held, to, seen),
                    false => self.halve(&held, to),
                }
            }
            Asking::Beyond => Some(self.pass(!found.is_empty())),
        }
    }

    fn judge(
        &mut self,
        found: Vec<Found<T>>,
        to: Option<i64>,
        seen: &mut Seen,
    ) -> Option<Batch<T>> {
        let times = || found.iter().filter_map(|found| found.time);
        let first = times().min().unwrap_or(self.from);
        let single = to.or(times().max()).is_none_or(|end| end <= self.from);
        if found.len() < self.largest || single || self.goes_back(&found) {
            return self.conclude(found, to, seen);
        }
        if !self.recent.is_empty() {
            return self.halve(&found, to);
        }
        let held = found;
        self.asking = Asking::Start { to, first, held };
        None
    }

    /// The answer shows all of the oldest millisecond that was read before.
    fn goes_back(&self, found: &[Found<T>]) -> bool {
        let oldest = self.recent.first().map(|(time, _)| *time);
        let anchors = self
            .recent
            .iter()
            .take_while(|(time, _)| Some(*time) == oldest);
        let shown: HashSet<&str> = found.iter().map(|found| &*found.id).collect();
        oldest.is_some() && { anchors }.all(|(_, id)| shown.contains(&**id))
    }

    /// The answer lacks its beginning: a shorter window has fewer entries.
    fn halve(&mut self, found: &[Found<T>], to: Option<i64>) -> Option<Batch<T>> {
        let last = found.iter().filter_map(|found| found.time).max();
        let end = to.or(last).unwrap_or(self.from);
        let to = self.from + end.saturating_sub(self.from) / 2;
        self.asking = Asking::Entries { to: Some(to) };
        None
    }

    fn conclude(
        &mut self,
        found: Vec<Found<T>>,
        to: Option<i64>,
        seen: &mut Seen,
    ) -> Option<Batch<T>> {
        let count = found.len();
        let full = count == self.largest;
        let mut entries = self.in_order(found);
        entries.retain(|found| seen.is_new(&found.id));
        if full && entries.is_empty() {
            self.asking = self.past_the_shown();
            return None;
        }
        // There is more behind it. Asking for it by the clock of this side would trust that clock.
        let bounded = to.is_some_and(|to| to < self.latest);
        self.width = to.filter(|_| bounded).map(|to| {
            let width = to.saturating_sub(self.from).max(1);
            match count < self.largest / 2 {
                true => width.saturating_mul(4),
                false => width,
            }
        });
        match to {
            // Nothing new until then: without moving on, a longer window would be halved again.
            Some(to) if bounded && entries.is_empty() => {
                self.skip_to(to.max(self.from.saturating_add(1)));
            }
            _ => self.remember(&entries),
        }
        self.asking = self.next();
        Some(Batch {
            more: bounded || full,
            entries,
            gap: None,
        })
    }

    /// What was shown before fills an answer: less of it, or none.
    fn past_the_shown(&mut self) -> Asking<T> {
        match self.recent.last() {
            Some((newest, _)) if *newest > self.from => {
                self.skip_to(*newest);
                Asking::Entries { to: None }
            }
            _ => Asking::Beyond,
        }
    }

    fn skip_to(&mut self, time: i64) {
        self.from = self.from.max(time);
        self.recent.retain(|(time, _)| *time >= self.from);
    }

    /// By time, then by number, then as the service had them. What has no time stays where it is.
    fn in_order(&self, mut found: Vec<Found<T>>) -> Vec<Found<T>> {
        if newest_first(&found) == Some(true) {
            found.reverse();
        }
        let mut last = (self.from, None);
        for found in &mut found {
            let time = found.time.unwrap_or(last.0);
            let order = found.order.or(last.1.filter(|_| time == last.0));
            last = (time, order);
            (found.time, found.order) = (Some(time), order);
        }
        found.sort_by_key(|found| (found.time, found.order));
        found
    }

    /// The next window begins where late entries may still come, but shows enough new ones.
    fn remember(&mut self, entries: &[Found<T>]) {
        let new = entries.iter();
        self.recent
            .extend(new.map(|found| (found.time.unwrap_or(self.from), found.id.clone())));
        self.recent.sort_by_key(|(time, _)| *time);
        let Some((newest, _)) = self.recent.last() else {
            return;
        };
        let again = (self.largest / 2).clamp(AGAIN, MOST / 2);
        let late = newest.saturating_sub(LATE);
        let again = self.recent.len().saturating_sub(again);
        let start = self
            .recent
            .get(again)
            .map_or(late, |(time, _)| late.max(*time));
        self.skip_to(start);
    }

    fn next(&self) -> Asking<T> {
        let to = self.width.map(|width| self.from.saturating_add(width));
        Asking::Entries { to }
    }

    /// Leaves a millisecond of which the service does not show more, if anything is after it.
    fn pass(&mut self, more: bool) -> Batch<T> {
        let gap = more.then(|| too_many(self.recent.len().max(FEW), self.from));
        if more {
            self.skip_to(self.from.saturating_add(1));
        }
        self.asking = self.next();
        Batch {
            entries: Vec::new(),
            more,
            gap,
        }
    }
}

fn too_many(count: usize, time: i64) -> Error {
    let problem = format!(
        "log entries may be missing: there are {count} of the millisecond {time}, and the service may show no more of them"
    );
    Error::new(ErrorKind::Gap, problem).with_hint("the instances' log files have them all")
}

#[cfg(test)]
mod tests;
