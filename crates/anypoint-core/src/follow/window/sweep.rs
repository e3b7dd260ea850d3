//! One way through a stretch of a log, from its older end to the newer one.
//!
//! The service may show only the oldest or only the newest entries of a window, and does not say
//! how many. So a large answer counts when it goes back to what was read before, or to the start of
//! the window; otherwise a shorter window is taken.
//!
//! It must not know why the stretch is read.

use std::collections::HashSet;
use std::mem;

use super::known::Known;
use crate::error::{Error, ErrorKind};
use crate::follow::Stretch;
use crate::follow::direction::{direction, turned};
use crate::follow::entry::Found;
use crate::follow::horizon::LATE;

/// A stretch that is being read.
pub(super) struct Sweep<T> {
    /// Everything before has been read.
    from: i64,
    /// Where it ends; at the present if not set.
    end: Option<i64>,
    /// Where the window ends; with the stretch if not set.
    to: Option<i64>,
    /// Answers that may lack something before their first entry, each for the time before the one
    /// below it.
    held: Vec<Held<T>>,
    /// The next answer is to show whether there is anything after a millisecond with as many
    /// entries as an answer shows.
    is_beyond: bool,
    /// The length of an answer that may lack something after its last entry, and its latest date.
    checking: Option<(usize, i64)>,
    /// The millisecond that was asked for again because there is something after it: what was
    /// missing may only just have been written.
    again: Option<i64>,
    /// How often an answer has shown nothing where there is something.
    empty: u32,
    /// How often in a row nothing of what is after a millisecond had a date that is.
    undated: u32,
}

/// An answer that waits for what is before it.
struct Held<T> {
    found: Vec<Found<T>>,
    first: i64,
    /// It was shown to lack something before its first entry, and so lacks nothing behind.
    is_cut: bool,
}

/// How many answers are held.
const HELD: usize = 8;

/// Of so many last entries the one in the middle tells how far an answer goes.
const LAST: usize = 5;

/// How many entries of another time than was asked for are not just wrong dates.
const MANY: usize = 5;

/// How often an answer is asked for again that shows nothing where there is something.
const EMPTY: u32 = 3;

/// How many milliseconds are passed before what has no dates counts as what cannot be searched.
const UNDATED: u32 = 3;

/// What an answer has come to.
pub(super) struct Swept<T> {
    /// Those that were not known, with their times, in order.
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

    /// Leaves out what is before that time, and has been forgotten.
    pub(super) fn skip_until(&mut self, lowest: i64) {
        if self.from < lowest {
            *self = Self::new(lowest, self.end);
        }
    }

    pub(super) fn end(&self) -> Option<i64> {
        self.end
    }

    /// What to ask for next.
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

    /// Takes what is new in an answer.
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

    /// There is something in the time that was asked for.
    fn is_strange(&self, known: &Known) -> bool {
        let (from, to) = self.asked();
        let mut there = known.seen.within(from..=to.unwrap_or(i64::MAX));
        let is_there = !self.held.is_empty() || there.next().is_some();
        self.empty < EMPTY && is_there
    }

    /// Most of the answer is not from the time that was asked for.
    fn is_ignored(&self, found: &[Found<T>]) -> bool {
        let (from, to) = self.asked();
        let times = || found.iter().filter_map(|found| found.time);
        let outside = times().filter(|time| !is_inside(*time, from, to));
        let outside = outside.count();
        // A few are wrong dates.
        outside >= MANY && outside * 2 > times().count()
    }

    /// Nothing tells where to read on, millisecond after millisecond.
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

    /// Takes what there is where asking for a time is of no use.
    fn give_up(&mut self, found: Vec<Found<T>>, known: &mut Known) -> Swept<T> {
        // A few that stand alone have wrong dates.
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

    /// An answer with these keys lacks nothing before its first entry.
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
            // A few may have been taken from the log, or have wrong dates.
            false => {
                found.is_empty() || until(first.saturating_sub(1)).filter(lacks).take(3).count() < 3
            }
        }
    }

    /// Asks for what is before an answer.
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
        // What is far ahead are wrong dates, and few.
        let near = known.horizon.newest().saturating_add(LATE);
        let until = if first > from { first } else { last };
        let middle = from + until.saturating_sub(from) / 2;
        self.to = Some(match self.to {
            None if near > from && near < middle => near,
            _ => middle,
        });
        Swept::on_its_way()
    }

    /// The first and the last time of an answer, of those that were asked for.
    fn times_within(&self, found: &[Found<T>]) -> (i64, i64) {
        let (from, to) = self.asked();
        let inside = |time: &i64| is_inside(*time, from, to);
        let mut times: Vec<i64> = found
            .iter()
            .filter_map(|found| found.time)
            .filter(inside)
            .collect();
        let first = times.iter().min().copied().unwrap_or(from);
        // The newest ones stand at one end: a date that is far ahead anywhere is a wrong one.
        if direction(found).is_some_and(|direction| direction.newest_first) {
            times.reverse();
        }
        let mut ends: Vec<i64> = times.into_iter().rev().take(LAST).collect();
        ends.sort_unstable();
        let last = ends.get(ends.len().saturating_sub(1) / 2).copied();
        (first, last.unwrap_or(from).max(first))
    }

    /// The answer lacks nothing before its last entry, nor do those that are held.
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
                // There may be more before the answer that is held.
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

    /// What is before the answer that is held is one millisecond, and may not be shown whole.
    fn gap_before_held(&self, count: usize, known: &mut Known) -> Option<Error> {
        let is_cut = |held: &Held<T>| held.is_cut && held.first <= self.from;
        let is_gap = self.held.last().is_some_and(is_cut) && count >= known.largest;
        let is_new = is_gap && known.is_new_gap(self.from);
        is_new.then(|| too_many(count, self.from))
    }

    /// Where all but a few are of one millisecond, those few are next.
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

    /// Whether the answer before this one lacked something.
    fn check(&mut self, last: i64, doubtful: bool, known: &mut Known) {
        match self.checking.take() {
            // A few more may just have been written.
            Some((count, until)) if last > until && count >= known.largest => known.lacks(count),
            Some((count, _)) if !doubtful => known.whole = known.whole.max(count),
            _ => {}
        }
    }

    /// Moves on behind the last entry, and tells whether this was the end.
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
            // Beginning with what is known, if there is anything.
            Some(_) if last > from => self.from = last,
            Some(to) => self.from = to.saturating_add(1),
        }
        let to = width.map(|width| self.from.saturating_add(width.saturating_mul(4)));
        let near = known.horizon.newest().saturating_add(LATE);
        let near = known.seen.last().map_or(near, |last| near.max(last));
        self.to = to.filter(|to| *to < self.end.unwrap_or(near));
        self.end.is_some_and(|end| self.from > end)
    }

    /// Leaves a millisecond of which the service may not show more.
    fn pass(&mut self, more: bool, known: &mut Known) -> Swept<T> {
        let checking = self.checking.take();
        if !more {
            known.whole = known.whole.max(checking.map_or(0, |(count, _)| count));
            return Swept {
                is_over: true,
                ..Swept::on_its_way()
            };
        }
        // More of it may have been written since it was shown, and that comes first.
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

    /// By time, then by number, then as the service had them. What has no time of the window stays
    /// where it is.
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

/// Whether a time is one of those from the first to the last, or to the end of the log.
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
