//! Reads a range of a log, from its older end to the newer one, window by window.
//!
//! The service may return only the oldest or only the newest entries of a window, and does not say
//! how many. So a large answer is accepted only if it reaches back to known entries, or to the start
//! of the window; otherwise the window is shortened.
//!
//! It must not know why the range is read.

use std::collections::HashSet;
use std::mem;

use super::known::Known;
use crate::error::{Error, ErrorKind};
use crate::follow::Stretch;
use crate::follow::direction::{direction, turned};
use crate::follow::entry::Found;
use crate::follow::horizon::LATE;

/// A range that is being read.
pub(super) struct Sweep<T> {
    /// Everything before this time was read.
    from: i64,
    /// Where the range ends; `None` for the present.
    end: Option<i64>,
    /// Where the window ends; `None` for the end of the range.
    to: Option<i64>,
    /// Answers that may be incomplete before their first entry, each for the time before the one
    /// below it.
    held: Vec<Held<T>>,
    /// The next answer will show whether there are entries after a millisecond that has as many
    /// entries as an answer.
    is_beyond: bool,
    /// The length of an answer that may be incomplete after its last entry, and its latest date.
    checking: Option<(usize, i64)>,
    /// The millisecond that was requested again because there are entries after it: the missing ones
    /// may have been written in the meantime.
    again: Option<i64>,
    /// How often an answer was empty although there are entries.
    empty: u32,
    /// How often in a row no entry of an answer for the time after a millisecond had such a date.
    undated: u32,
}

/// An answer that waits for the entries before it.
struct Held<T> {
    found: Vec<Found<T>>,
    first: i64,
    /// It was found to be incomplete before its first entry, so it is complete after its last one.
    is_cut: bool,
}

/// How many answers are held at most.
const HELD: usize = 8;

/// The median of this many last entries is taken as the end of an answer.
const LAST: usize = 5;

/// This many entries outside the requested time are not explained by wrong dates.
const MANY: usize = 5;

/// How often an answer is requested again that is empty although there are entries.
const EMPTY: u32 = 3;

/// How many milliseconds are skipped before entries without dates count as not searchable.
const UNDATED: u32 = 3;

/// The result of an answer.
pub(super) struct Swept<T> {
    /// The new entries, with their times, in order.
    pub(super) entries: Vec<Found<T>>,
    pub(super) gap: Option<Error>,
    pub(super) is_over: bool,
}

impl<T> Swept<T> {
    fn on_its_way() -> Self {
        Self {
            entries: Vec::new(),
            gap: None,
            is_over: false,
        }
    }
}

impl<T> Sweep<T> {
    pub(super) fn new(from: i64, end: Option<i64>) -> Self {
        Self {
            from,
            end,
            to: None,
            held: Vec::new(),
            is_beyond: false,
            checking: None,
            again: None,
            empty: 0,
            undated: 0,
        }
    }

    /// Skips the range before that time, which was forgotten.
    pub(super) fn skip_until(&mut self, lowest: i64) {
        if self.from < lowest {
            *self = Self::new(lowest, self.end);
        }
    }

    pub(super) fn end(&self) -> Option<i64> {
        self.end
    }

    /// What to request next.
    pub(super) fn stretch(&self) -> Stretch {
        let (from, to) = self.asked();
        Stretch {
            from: Some(from),
            to,
            descending: Some(false),
            ..Stretch::default()
        }
    }

    fn asked(&self) -> (i64, Option<i64>) {
        match (self.is_beyond, self.held.last()) {
            (true, _) => (self.from.saturating_add(1), self.end),
            (false, Some(held)) => (self.from, Some(held.first)),
            (false, None) => (self.from, self.to.or(self.end)),
        }
    }

    /// Takes the new entries of an answer.
    pub(super) fn accept(&mut self, found: Vec<Found<T>>, known: &mut Known) -> Swept<T> {
        let mut keys = HashSet::new();
        let mut found = found;
        found.retain(|found| keys.insert(found.key));
        known.largest = known.largest.max(found.len());
        if self.is_ignored(&found) {
            return self.give_up(found, known);
        }
        if found.is_empty() && self.is_strange(known) {
            self.empty += 1;
            return Swept::on_its_way();
        }
        self.empty = 0;
        if self.is_undated(&found) {
            return self.give_up(found, known);
        }
        if mem::take(&mut self.is_beyond) {
            return self.pass(!found.is_empty(), known);
        }
        match self.begins(&found, &keys, known) {
            true => self.conclude(found, known),
            false => self.hold(found, known),
        }
    }

    /// Whether an empty answer is unexpected, because there are entries in the requested time.
    fn is_strange(&self, known: &Known) -> bool {
        let (from, to) = self.asked();
        let mut there = known.seen.within(from..=to.unwrap_or(i64::MAX));
        let is_there = !self.held.is_empty() || there.next().is_some();
        self.empty < EMPTY && is_there
    }

    /// Whether most of the answer is outside the requested time.
    fn is_ignored(&self, found: &[Found<T>]) -> bool {
        let (from, to) = self.asked();
        let times = || found.iter().filter_map(|found| found.time);
        let outside = times().filter(|time| !is_inside(*time, from, to));
        let outside = outside.count();
        // A few may be wrong dates.
        outside >= MANY && outside * 2 > times().count()
    }

    /// Whether several milliseconds in a row had no date at which to continue.
    fn is_undated(&mut self, found: &[Found<T>]) -> bool {
        if !self.is_beyond {
            return false;
        }
        let (from, to) = self.asked();
        let is_dated = |found: &Found<T>| found.time.is_some_and(|time| is_inside(time, from, to));
        match found.iter().any(is_dated) {
            true => self.undated = 0,
            false => self.undated += u32::from(!found.is_empty()),
        }
        self.undated > UNDATED
    }

    /// Takes the whole answer of a service that ignores the requested time.
    fn give_up(&mut self, found: Vec<Found<T>>, known: &mut Known) -> Swept<T> {
        // A few entries without others have wrong dates.
        if found.len() < MANY {
            let entries = self.new_ones(found, (i64::MIN, None), known);
            return Swept {
                entries,
                gap: None,
                is_over: true,
            };
        }
        let doubtful = known.doubts(found.len());
        let overlaps = found.iter().any(|found| known.seen.knows(found.key));
        let first = !mem::replace(&mut known.ignores, true);
        let entries = self.new_ones(found, (i64::MIN, None), known);
        let is_gap = match overlaps {
            true => first && doubtful && entries.is_empty(),
            false => first || !entries.is_empty(),
        };
        Swept {
            entries,
            gap: is_gap.then(ignored),
            is_over: true,
        }
    }

    /// Whether an answer with these keys is complete before its first entry.
    fn begins(&mut self, found: &[Found<T>], keys: &HashSet<u64>, known: &mut Known) -> bool {
        let (from, to) = self.asked();
        let (first, last) = self.times_within(found);
        if let Some(held) = self.held.last_mut() {
            let shown: HashSet<u64> = held.found.iter().map(|found| found.key).collect();
            held.is_cut = !keys.is_subset(&shown);
            match held.is_cut {
                true => known.lacks(shown.len()),
                false => return true,
            }
        }
        if to.unwrap_or(last) <= from || last <= from {
            return true;
        }
        let until = |to: i64| known.seen.within(from..=to);
        let lacks = |(_, key): &(i64, u64)| !keys.contains(key);
        match known.doubts(found.len()) {
            true => {
                first <= from
                    && until(first).next().is_some()
                    && !until(first).any(|key| lacks(&key))
            }
            // A few may have been removed from the log, or have wrong dates.
            false => {
                found.is_empty() || until(first.saturating_sub(1)).filter(lacks).take(3).count() < 3
            }
        }
    }

    /// Requests the entries before an answer.
    fn hold(&mut self, found: Vec<Found<T>>, known: &mut Known) -> Swept<T> {
        let (from, to) = self.asked();
        let (first, last) = self.times_within(&found);
        if to.is_none_or(|to| first < to) && self.held.len() < HELD {
            self.held.push(Held {
                found,
                first,
                is_cut: false,
            });
            return Swept::on_its_way();
        }
        // A shorter window has fewer entries.
        known.lacks(found.len());
        self.held.clear();
        // Only a few entries, with wrong dates, are far ahead.
        let near = known.horizon.newest().saturating_add(LATE);
        let until = if first > from { first } else { last };
        let middle = from + until.saturating_sub(from) / 2;
        self.to = Some(match self.to {
            None if near > from && near < middle => near,
            _ => middle,
        });
        Swept::on_its_way()
    }

    /// The first and the last time of an answer within the requested time.
    fn times_within(&self, found: &[Found<T>]) -> (i64, i64) {
        let (from, to) = self.asked();
        let inside = |time: &i64| is_inside(*time, from, to);
        let mut times: Vec<i64> = found
            .iter()
            .filter_map(|found| found.time)
            .filter(inside)
            .collect();
        let first = times.iter().min().copied().unwrap_or(from);
        // The newest entries are at one end, so a date far ahead at another place is wrong.
        if direction(found).is_some_and(|direction| direction.newest_first) {
            times.reverse();
        }
        let mut ends: Vec<i64> = times.into_iter().rev().take(LAST).collect();
        ends.sort_unstable();
        let last = ends.get(ends.len().saturating_sub(1) / 2).copied();
        (first, last.unwrap_or(from).max(first))
    }

    /// Takes an answer and those held, which are all complete up to their last entries.
    fn conclude(&mut self, found: Vec<Found<T>>, known: &mut Known) -> Swept<T> {
        let mut entries = Vec::new();
        let gap = self.gap_before_held(found.len(), known);
        let mut next = Some((found, false));
        while let Some((found, is_cut)) = next.take() {
            let (count, asked) = (found.len(), self.asked());
            let last = self.last_of(&found, known);
            let doubtful = !is_cut && known.doubts(count);
            self.check(last, doubtful, known);
            entries.extend(self.new_ones(found, asked, known));
            match self.held.pop() {
                // There may be more entries before the held answer.
                Some(held) if doubtful && last > self.from && last < held.first => {
                    self.checking = Some((count, last));
                    self.from = last;
                    self.held.push(held);
                }
                Some(held) => {
                    self.from = held.first;
                    next = Some((held.found, held.is_cut));
                }
                None => {
                    let is_over = self.go_on(count, last, doubtful, known);
                    return Swept {
                        entries,
                        gap,
                        is_over,
                    };
                }
            }
        }
        Swept {
            entries,
            gap,
            is_over: false,
        }
    }

    /// The gap if the range before the held answer is one millisecond that may be incomplete.
    fn gap_before_held(&self, count: usize, known: &mut Known) -> Option<Error> {
        let is_cut = |held: &Held<T>| held.is_cut && held.first <= self.from;
        let is_gap = self.held.last().is_some_and(is_cut) && count >= known.largest;
        let is_new = is_gap && known.is_new_gap(self.from);
        is_new.then(|| too_many(count, self.from))
    }

    /// The last time of an answer; if all but a few entries are of one millisecond, the time of the
    /// first of those few.
    fn last_of(&self, found: &[Found<T>], known: &Known) -> i64 {
        let (_, last) = self.times_within(found);
        let near = known.horizon.newest().max(self.from).saturating_add(LATE);
        let times = found.iter().filter_map(|found| found.time);
        let after = times.filter(|time| *time > self.from && *time <= near);
        match last > self.from {
            true => last,
            false => after.min().unwrap_or(last),
        }
    }

    /// Records whether the answer before this one was complete.
    fn check(&mut self, last: i64, doubtful: bool, known: &mut Known) {
        match self.checking.take() {
            // If the answer was not full, the new entries may have been written in the meantime.
            Some((count, until)) if last > until && count >= known.largest => known.lacks(count),
            Some((count, _)) if !doubtful => known.whole = known.whole.max(count),
            _ => {}
        }
    }

    /// Continues after the last entry, and returns whether this was the end.
    fn go_on(&mut self, count: usize, last: i64, doubtful: bool, known: &Known) -> bool {
        let (from, to) = self.asked();
        if doubtful && (last <= from || to.is_some_and(|to| to <= from)) {
            self.checking = Some((count, last));
            self.is_beyond = true;
            return self.end.is_some_and(|end| end <= from);
        }
        let width = self.to.map(|to| to.saturating_sub(from).max(1));
        match self.to {
            _ if doubtful => {
                self.checking = Some((count, last));
                self.from = last;
            }
            None => return true,
            // Begin with known entries, if there are any.
            Some(_) if last > from => self.from = last,
            Some(to) => self.from = to.saturating_add(1),
        }
        let to = width.map(|width| self.from.saturating_add(width.saturating_mul(4)));
        let near = known.horizon.newest().saturating_add(LATE);
        let near = known.seen.last().map_or(near, |last| near.max(last));
        self.to = to.filter(|to| *to < self.end.unwrap_or(near));
        self.end.is_some_and(|end| self.from > end)
    }

    /// Skips a millisecond of which the service may not return more entries.
    fn pass(&mut self, more: bool, known: &mut Known) -> Swept<T> {
        let checking = self.checking.take();
        if !more {
            known.whole = known.whole.max(checking.map_or(0, |(count, _)| count));
            return Swept {
                is_over: true,
                ..Swept::on_its_way()
            };
        }
        // More entries of it may have been written in the meantime, so request it again first.
        if self.again.replace(self.from) != Some(self.from) {
            self.to = None;
            return Swept::on_its_way();
        }
        let is_full = |(count, _): &(usize, i64)| *count >= known.largest;
        let gap = checking.filter(is_full);
        let gap = gap.filter(|_| known.is_new_gap(self.from));
        let gap = gap.map(|(count, _)| too_many(count, self.from));
        self.from = self.from.saturating_add(1);
        self.to = None;
        Swept {
            gap,
            ..Swept::on_its_way()
        }
    }

    /// The new entries: by time, then by their order number, then in the order of the service. An
    /// entry without a time of the window stays at its place.
    fn new_ones(
        &self,
        found: Vec<Found<T>>,
        (from, to): (i64, Option<i64>),
        known: &mut Known,
    ) -> Vec<Found<T>> {
        let mut found = turned(found, false);
        let inside = |time: &i64| is_inside(*time, from, to);
        let first = found.iter().filter_map(|found| found.time).find(inside);
        let mut last = (first.unwrap_or(from.max(self.from)), None);
        found.retain_mut(|found| {
            let own = found.time.filter(inside);
            let time = own.unwrap_or(last.0);
            let order = found.order.or(last.1.filter(|_| time == last.0));
            last = (time, order);
            (found.time, found.order) = (Some(time), order);
            let is_new = known.seen.note(found.key, time);
            if let Some(own) = own.filter(|_| is_new && known.tells) {
                known.horizon.note(own);
            }
            is_new
        });
        found.sort_by_key(|found| (found.time, found.order));
        found
    }
}

/// Whether a time is within the range, which has no end without `to`.
pub(super) fn is_inside(time: i64, from: i64, to: Option<i64>) -> bool {
    time >= from && to.is_none_or(|to| time <= to)
}

fn too_many(count: usize, time: i64) -> Error {
    let problem = format!(
        "log entries may be missing: there are {count} of the millisecond {time}, and the service may show no more of them"
    );
    Error::new(ErrorKind::Gap, problem).with_hint("the instances' log files have them all")
}

fn ignored() -> Error {
    let problem = "log entries may be missing: the service does not keep to the time that it is asked for, and shows only some of its entries";
    Error::new(ErrorKind::Gap, problem).with_hint("the instances' log files have them all")
}
