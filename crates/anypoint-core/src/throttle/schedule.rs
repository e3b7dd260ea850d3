//! Decides when calls may start under one limit. Plain data: the caller passes the time.
//!
//! A call gets a place when it begins, in order of arrival: the time at which it may start if all earlier
//! calls start on time. So it is known immediately which call cannot start before its deadline. Only
//! starts count against the limit. A place that is not used in time, because the call is not polled or
//! has no token yet, is skipped, and later ones move up. When the call is polled again, it gets a place
//! according to its arrival.

use std::collections::VecDeque;
use std::ops::Range;
use std::task::Waker;
use std::time::{Duration, Instant};

#[derive(Debug)]
pub(super) struct Schedule {
    /// How many calls may start in an interval of `rest`; `None` if only the headers of the server state it.
    permits: Option<usize>,
    rest: Duration,
    /// How late a start may be before its place is skipped.
    grace: Duration,
    /// The last starts, as many as there are permits, the oldest first.
    started: VecDeque<Instant>,
    /// In order of arrival, which is also the order of the times.
    waiting: VecDeque<Waiting>,
    paused_until: Option<Instant>,
    /// The number of calls so far.
    came: u64,
    /// The calls that must check again, because their time has become earlier or is too late now.
    pub(super) moved: Vec<Waker>,
}

#[derive(Debug)]
struct Waiting {
    number: u64,
    at: Instant,
    deadline: Instant,
    /// When it checks again.
    looks: Instant,
    waker: Option<Waker>,
}

/// The result of a check by a waiting call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// It may start.
    Due,
    /// It cannot start before its deadline, and has given up its place.
    TooLate,
    /// It must check again at this time. `passed` is true if an earlier place was skipped.
    Again { at: Instant, passed: bool },
}

impl Schedule {
    pub(super) fn new(permits: Option<usize>, rest: Duration, grace: Duration) -> Self {
        Self {
            permits,
            rest,
            grace,
            started: VecDeque::new(),
            waiting: VecDeque::new(),
            paused_until: None,
            came: 0,
            moved: Vec::new(),
        }
    }

    /// How many calls may start, and in which interval.
    pub(super) fn limit(&self) -> (Option<usize>, Duration) {
        (self.permits, self.rest)
    }

    /// Whether replacing it with a new schedule would lose anything.
    pub(super) fn is_resting(&self, now: Instant) -> bool {
        let last = self.started.back();
        let paused = self.paused_until.is_some_and(|until| until > now);
        paused || !self.waiting.is_empty() || last.is_some_and(|last| *last + self.rest > now)
    }

    /// When a new call may start.
    pub(super) fn earliest(&mut self, now: Instant) -> Instant {
        self.pass(now);
        let (bound, last) = (self.bound(self.waiting.len()), self.waiting.back());
        let after = self.paused_until.max(last.map(|last| last.at));
        after.max(bound).map_or(now, |at| at.max(now))
    }

    /// Reserves the next place for a new call. The number identifies the call.
    pub(super) fn enter(&mut self, now: Instant, deadline: Instant) -> u64 {
        self.pass(now);
        self.came += 1;
        self.insert(self.came, now, deadline);
        self.came
    }

    /// Gives up the place of a call; later ones move up.
    pub(super) fn leave(&mut self, number: u64, now: Instant) {
        if let Ok(index) = self.find(number) {
            self.waiting.remove(index);
            self.plan(index..self.waiting.len(), now);
        }
    }

    /// Checks whether a call may start, and otherwise returns when to check again. A call whose place was
    /// skipped gets one again. `patience` is how late the call in front may be.
    pub(super) fn look(
        &mut self,
        number: u64,
        now: Instant,
        deadline: Instant,
        patience: Duration,
        waker: &Waker,
    ) -> Look {
        let mut index = match self.find(number) {
            Ok(index) => index,
            Err(_) => self.insert(number, now, deadline),
        };
        let mut passed = 0;
        // A call that is due is not skipped by its own check.
        if self.time(index) > now {
            passed = self.pass(now);
            index -= passed;
        }
        let (first, at) = (self.waiting[0].at + patience, self.time(index));
        let one = &mut self.waiting[index];
        one.at = at;
        if one.at >= deadline {
            self.leave(number, now);
            return Look::TooLate;
        }
        if one.at <= now {
            return Look::Due;
        }
        one.looks = at.min(first);
        one.waker = Some(waker.clone());
        Look::Again {
            at: one.looks,
            passed: passed > 0,
        }
    }

    /// Starts a call whose time has come; false if it has not, or if its place was skipped.
    pub(super) fn start(&mut self, number: u64, now: Instant) -> bool {
        let index = self.find(number).ok();
        let Some(index) = index.filter(|index| self.time(*index) <= now) else {
            return false;
        };
        let started = self.waiting.remove(index);
        if let Some(permits) = self.permits {
            self.started.push_back(now);
            if self.started.len() > permits {
                self.started.pop_front();
            }
        }
        if started.is_none_or(|one| index > 0 || one.at < now) {
            // The next calls depend on this start. The others check when they are next.
            let next = index.saturating_add(self.permits.unwrap_or_default());
            self.plan(0..next.min(self.waiting.len()), now);
        }
        true
    }

    /// Takes back a start without a request.
    pub(super) fn take_back(
        &mut self,
        number: u64,
        started: Instant,
        now: Instant,
        deadline: Instant,
    ) {
        if let Some(index) = self.started.iter().rposition(|at| *at == started) {
            self.started.remove(index);
        }
        self.insert(number, now, deadline);
        self.plan(0..self.waiting.len(), now);
    }

    /// Delays all starts until that instant.
    pub(super) fn pause(&mut self, until: Instant, now: Instant) {
        if self.paused_until < Some(until) {
            self.paused_until = Some(until);
            self.plan(0..self.waiting.len(), now);
        }
    }

    /// The index of a waiting call, or where it belongs.
    fn find(&self, number: u64) -> Result<usize, usize> {
        self.waiting.binary_search_by_key(&number, |one| one.number)
    }

    fn insert(&mut self, number: u64, now: Instant, deadline: Instant) -> usize {
        let (Ok(index) | Err(index)) = self.find(number);
        let waiting = Waiting {
            number,
            at: now,
            deadline,
            looks: now,
            waker: None,
        };
        self.waiting.insert(index, waiting);
        self.plan(index..self.waiting.len(), now);
        index
    }

    /// Skips the places that were not used in time, and returns their number.
    fn pass(&mut self, now: Instant) -> usize {
        let late = |one: &&Waiting| one.at + self.grace <= now;
        let passed = self.waiting.iter().take_while(late).count();
        if passed > 0 {
            self.waiting.drain(..passed);
            self.plan(0..self.waiting.len(), now);
        }
        passed
    }

    /// Computes the times of these calls again after earlier ones have changed. A call that moves up may
    /// start now at the earliest.
    fn plan(&mut self, changed: Range<usize>, now: Instant) {
        let before = changed.start.checked_sub(1);
        let mut after = self
            .paused_until
            .max(before.map(|index| self.waiting[index].at));
        for index in changed {
            after = after.max(self.bound(index));
            let one = &mut self.waiting[index];
            let soonest = one.at.min(now);
            let at = after.map_or(soonest, |after| after.max(soonest));
            if at < one.looks || at >= one.deadline {
                self.moved.extend(one.waker.take());
            }
            one.at = at;
            after = Some(at);
        }
    }

    /// When the call at this index may start.
    fn time(&self, index: usize) -> Instant {
        let at = self.waiting[index].at;
        self.bound(index).map_or(at, |bound| bound.max(at))
    }

    /// When the limit allows the call at this index to start: `rest` after the call that is before it by
    /// the number of permits.
    fn bound(&self, index: usize) -> Option<Instant> {
        let before = (self.started.len() + index).checked_sub(self.permits?)?;
        let time = match before.checked_sub(self.started.len()) {
            None => self.started[before],
            Some(waiting) => self.waiting[waiting].at,
        };
        Some(time + self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: Duration = Duration::from_millis(1040);
    const GRACE: Duration = Duration::from_millis(40);

    struct Random(u64);

    impl Random {
        fn below(&mut self, bound: u64) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (self.0 >> 33) % bound
        }
    }

    /// Calls that begin, check, start, are dropped, or are not polled for a while, at random times.
    fn run(seed: u64, permits: usize) -> Vec<Instant> {
        let mut random = Random(seed);
        let mut schedule = Schedule::new(Some(permits), REST, GRACE);
        let mut now = Instant::now();
        let deadline = now + REST * 10_000;
        let (mut waiting, mut starts, mut started) = (Vec::new(), Vec::new(), 0);
        for _ in 0..3000 {
            now += Duration::from_millis(random.below(60));
            let one = random.below(waiting.len().max(1) as u64) as usize;
            match random.below(20) {
                0..6 => waiting.push(schedule.enter(now, deadline)),
                6 if !waiting.is_empty() => schedule.leave(waiting.swap_remove(one), now),
                7 if random.below(40) == 0 => schedule.pause(now + REST * 3, now),
                _ if !waiting.is_empty() => {
                    let number = waiting[one];
                    let look = schedule.look(number, now, deadline, GRACE, Waker::noop());
                    // Some check, and start later.
                    let starts_late = random.below(4) == 0;
                    if look == Look::Due && !starts_late {
                        assert!(schedule.start(number, now));
                        waiting.swap_remove(one);
                        starts.push(now);
                        started += 1;
                    }
                }
                _ => {}
            }
            let numbers = schedule.waiting.iter().map(|one| one.number);
            assert!(numbers.is_sorted(), "seed {seed}");
        }
        assert!(started > 20, "seed {seed}: {started}");
        starts
    }

    #[test]
    fn no_stretch_has_more_starts_than_permits() {
        for seed in 0..40 {
            for permits in [1, 2, 5, 20] {
                let starts = run(seed, permits);
                for (first, next) in starts.iter().zip(&starts[permits..]) {
                    assert!(*next - *first >= REST, "seed {seed}, {permits} permits");
                }
            }
        }
    }

    #[test]
    fn who_comes_knows_when_its_turn_is() {
        let now = Instant::now();
        let mut schedule = Schedule::new(Some(2), REST, GRACE);
        for number in 0..7 {
            assert_eq!(schedule.earliest(now), now + REST * (number / 2));
            schedule.enter(now, now + REST * 100);
        }
        schedule.pause(now + REST / 2, now);
        assert_eq!(schedule.earliest(now), now + REST / 2 + REST * 3);
        // The second one leaves, and those after it move up.
        schedule.leave(2, now);
        assert_eq!(schedule.earliest(now), now + REST / 2 + REST * 3);
        schedule.leave(1, now);
        assert_eq!(schedule.earliest(now), now + REST / 2 + REST * 2);
    }
}
