//! A log that is searched by time.
//!
//! Each round reads new entries: where most of the last ones appeared, and further ahead. Then it
//! searches known ranges again, with a few more answers: where late entries may still appear, at the
//! places where unexpected entries appeared, and from time to time everything, as far as clocks may
//! be wrong. A search that is not finished continues in the next round.
//!
//! It must not know requests, nor other parts of the same log.

mod known;
mod places;
#[cfg(test)]
mod shows;
mod start;
mod sweep;

use std::collections::VecDeque;
use std::mem;
use std::time::Instant;

use self::known::Known;
use self::places::{LATELY, Places};
use self::start::Start;
use self::sweep::{Sweep, Swept, is_inside};
use super::entry::Found;
use super::horizon::{LATE, SKEW};
use super::{Batch, Stretch};

/// Every this many rounds without new entries, the length of the service's answers is checked.
const QUIET: u64 = 8;

/// How many milliseconds after one search of everything the next one begins.
const EVERY: i64 = 60_000;

/// How many answers may be used to search again, for each answer with new entries.
const AGAIN: u64 = 2;

/// How many answers may be used for entries that were written before reading began.
const HISTORY: u64 = 16;

/// A log that is searched by time, and where to continue.
pub(super) struct Window<T> {
    known: Known,
    places: Places,
    /// The date at which reading began, and the moment, from which the other moments are counted in
    /// milliseconds.
    start: i64,
    begun: Instant,
    now: i64,
    stage: Stage<T>,
    /// From where new entries were read in this round, and all ranges that were read.
    news_from: i64,
    read: Vec<(i64, i64)>,
    /// How many new entries appeared lately where most do, and further ahead.
    here: u64,
    ahead: u64,
    /// How many answers that took, and how many more may be used to search again.
    answers: u64,
    left: u64,
    /// Searches that continue in the next rounds.
    looks: VecDeque<Look<T>>,
    /// The time of the log before the last search for late entries began, and before this round.
    passed: i64,
    passing: i64,
    /// When the last new entry appeared, and when everything is searched again.
    came: i64,
    all_after: i64,
    /// How many rounds in a row had no new entries.
    quiet: u64,
}

/// The earliest time that a wrong clock may show.
fn far(time: i64) -> i64 {
    time.saturating_sub(SKEW).max(0)
}

enum Stage<T> {
    Start(Start),
    /// Entries from before reading began. They are read before any entry is returned, so that later
    /// ones there are known to come from a clock that was set back.
    History(Sweep<T>),
    News(Sweep<T>),
    /// New entries further ahead than where most entries appear.
    Ahead(Sweep<T>),
    Again(Look<T>),
}

/// A search of a known range.
struct Look<T> {
    aim: Aim,
    sweep: Sweep<T>,
    /// The dates of new entries count for the time of the log.
    tells: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Aim {
    /// Late entries; the value is the time of the log.
    Late(i64),
    /// The place that became due at this moment.
    Place(i64),
    All,
}

impl<T> Window<T> {
    /// Begins with the newest entries.
    pub(super) fn newest(now: Instant) -> Self {
        Self {
            stage: Stage::Start(Start::new()),
            ..Self::from(0, &[], now)
        }
    }

    /// Continues from a time, without the entries of that time and later that were returned already.
    pub(super) fn from(start: i64, shown: &[(i64, u64)], now: Instant) -> Self {
        let mut known = Known::new(start);
        for (time, key) in shown {
            known.seen.note(*key, *time);
            known.horizon.note(*time);
        }
        Self {
            known,
            places: Places::default(),
            start,
            begun: now,
            now: 0,
            stage: match start > 0 {
                true => Stage::History(Sweep::new(far(start), Some(start - 1))),
                false => Stage::News(Sweep::new(start, None)),
            },
            news_from: start,
            read: vec![(start, i64::MAX)],
            here: 0,
            ahead: 0,
            answers: 0,
            left: HISTORY,
            looks: VecDeque::new(),
            passed: start,
            passing: start,
            came: 0,
            all_after: EVERY,
            quiet: 0,
        }
    }

    /// What to request next.
    pub(super) fn stretch(&self) -> Stretch {
        match &self.stage {
            Stage::Start(start) => start.stretch(),
            Stage::History(sweep)
            | Stage::News(sweep)
            | Stage::Ahead(sweep)
            | Stage::Again(Look { sweep, .. }) => sweep.stretch(),
        }
    }

    /// Takes the new entries of an answer with this date, which was received now.
    pub(super) fn accept(
        &mut self,
        found: Vec<Found<T>>,
        answered: Option<i64>,
        now: Instant,
    ) -> Batch<T> {
        let since = now.saturating_duration_since(self.begun);
        self.now = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        self.known.horizon.answered(answered);
        self.known.tells = match &self.stage {
            Stage::Start(_) | Stage::History(_) => false,
            Stage::News(_) => true,
            Stage::Ahead(_) => self.is_main(self.ahead),
            Stage::Again(look) => look.tells,
        };
        let swept = match &mut self.stage {
            Stage::Start(start) => {
                if let Some(start) = start.accept(&found, answered) {
                    *self = Self::from(start, &[], now);
                }
                return Batch::on_its_way();
            }
            Stage::History(sweep)
            | Stage::News(sweep)
            | Stage::Ahead(sweep)
            | Stage::Again(Look { sweep, .. }) => sweep.accept(found, &mut self.known),
        };
        let batch = self.batch(swept);
        batch.unwrap_or_else(|(last, is_over)| self.end_round(last, is_over))
    }

    /// The entries of an answer; as `Err`, if they are the last of their round.
    fn batch(&mut self, swept: Swept<T>) -> Result<Batch<T>, (Batch<T>, bool)> {
        let Swept {
            mut entries,
            gap,
            is_over,
        } = swept;
        if matches!(self.stage, Stage::History(_)) {
            self.know_history(is_over);
            return Ok(Batch::on_its_way());
        }
        entries.retain(|found| self.is_due(found));
        if !entries.is_empty() {
            self.note(&entries);
        }
        let batch = Batch {
            entries,
            more: true,
            gap,
        };
        match self.next(is_over) {
            true => Ok(batch),
            false => Err((batch, is_over)),
        }
    }

    /// Records where new entries appeared.
    fn note(&mut self, entries: &[Found<T>]) {
        (self.quiet, self.came) = (0, self.now);
        for date in entries.iter().filter_map(|found| found.time) {
            self.places.came(date, self.now);
            if !self.reads(date) {
                self.places.add(date, self.now);
            }
        }
        let count = entries.len() as u64 * LATELY;
        match &self.stage {
            Stage::News(_) => self.here += count,
            Stage::Ahead(_) => self.ahead += count,
            Stage::Again(look) => {
                self.left += 2;
                self.here += if look.tells { count } else { 0 };
            }
            Stage::Start(_) | Stage::History(_) => {}
        }
    }

    /// Whether most entries now appear at the place where this number did.
    fn is_main(&self, count: u64) -> bool {
        count > 2 * self.here
    }

    /// Whether this round, and so the next one, reads entries of this date.
    fn reads(&self, date: i64) -> bool {
        let mut read = self.read.iter();
        read.any(|(from, to)| date >= *from && date <= *to)
    }

    /// Whether an entry was written after reading began. One with an earlier date is late, or comes
    /// from a clock that was set back.
    fn is_due(&self, found: &Found<T>) -> bool {
        let time = found.time.unwrap_or(self.start);
        let was_set_back = time < self.start.saturating_sub(LATE) && time >= self.lowest();
        time >= self.start || was_set_back
    }

    /// Begins with new entries once the earlier ones are known, or reading them has taken too long.
    fn know_history(&mut self, is_over: bool) {
        self.left = self.left.saturating_sub(1);
        if is_over || self.left == 0 {
            if !is_over {
                // A clock that is set back is not detected in this case.
                self.known.seen.forget_until(self.start - 1 - LATE);
            }
            self.stage = Stage::News(Sweep::new(self.start, None));
        }
    }

    /// Continues with the next request of this round, if there is one.
    fn next(&mut self, is_over: bool) -> bool {
        match &self.stage {
            Stage::Start(_) | Stage::History(_) => true,
            Stage::News(sweep) | Stage::Ahead(sweep) => {
                let end = sweep.end();
                self.answers += 1;
                !is_over || self.look_ahead(end) || self.look_again()
            }
            Stage::Again(Look { aim, .. }) => {
                let aim = *aim;
                self.left = self.left.saturating_sub(1);
                if is_over {
                    self.looked(aim);
                }
                self.left > 0 && (!is_over || self.next_look())
            }
        }
    }

    /// Reads new entries further ahead, if only the nearer ones were read.
    fn look_ahead(&mut self, end: Option<i64>) -> bool {
        let Some(end) = end else {
            return false;
        };
        // As far as clocks may be wrong, and then entries with wrong dates.
        let near = self.known.horizon.newest().saturating_add(SKEW);
        let until = if end < near { near } else { i64::MAX };
        let mut ahead = self.known.seen.within(end.saturating_add(1)..=until).rev();
        let again = ahead.nth(self.known.again()).map(|(time, _)| time);
        let from = again.unwrap_or(end.saturating_add(1));
        let end = self.much_behind(until).map(|_| until);
        self.read.push((from, end.unwrap_or(i64::MAX)));
        self.stage = Stage::Ahead(Sweep::new(from, end));
        true
    }

    /// The time of an entry far enough from the end that reading all after `time` in each round would
    /// take one more answer.
    fn much_behind(&self, time: i64) -> Option<i64> {
        let mut behind = self.known.seen.within(time.saturating_add(1)..=i64::MAX);
        behind.nth(self.known.again()).map(|(time, _)| time)
    }

    /// Adds the searches that are due, and continues with the first one.
    fn look_again(&mut self) -> bool {
        self.left = 1 + AGAIN * self.answers;
        for look in [self.late(), self.place(), self.all()] {
            self.looks.extend(look);
        }
        self.next_look()
    }

    fn next_look(&mut self) -> bool {
        let lowest = self.lowest();
        while let Some(mut look) = self.looks.pop_front() {
            if look.sweep.end().is_none_or(|end| end >= lowest) {
                look.sweep.skip_until(lowest);
                self.stage = Stage::Again(look);
                return true;
            }
        }
        false
    }

    fn is_looking(&self, is_it: impl Fn(Aim) -> bool) -> bool {
        self.looks.iter().any(|look| is_it(look.aim))
    }

    /// The search where late entries may still appear, unless there were no new ones for too long.
    fn late(&mut self) -> Option<Look<T>> {
        let from = self.passed.saturating_sub(LATE).max(self.lowest());
        if from >= self.news_from {
            // New entries were read from there on.
            self.passed = self.passing;
            return None;
        }
        let is_due = self.now - self.came < 2 * LATE;
        let is_due = is_due && !self.is_looking(|aim| matches!(aim, Aim::Late(_)));
        is_due.then(|| Look {
            aim: Aim::Late(self.passing),
            sweep: Sweep::new(from, Some(self.news_from)),
            tells: true,
        })
    }

    fn place(&mut self) -> Option<Look<T>> {
        if self.is_looking(|aim| matches!(aim, Aim::Place(_))) {
            return None;
        }
        let (from, end, count) = self.places.due(self.now)?;
        let from = from.max(self.lowest());
        (from < end).then(|| Look {
            aim: Aim::Place(self.now),
            sweep: Sweep::new(from, Some(end)),
            tells: self.is_main(count),
        })
    }

    /// The search of everything, as far as clocks may be wrong.
    fn all(&mut self) -> Option<Look<T>> {
        let from = self.known.horizon.newest().saturating_sub(SKEW);
        let from = from.max(self.lowest());
        let is_due = self.now >= self.all_after && from < self.news_from;
        let is_due = is_due && !self.is_looking(|aim| aim == Aim::All);
        is_due.then(|| Look {
            aim: Aim::All,
            sweep: Sweep::new(from, None),
            tells: false,
        })
    }

    fn looked(&mut self, aim: Aim) {
        match aim {
            Aim::Late(passed) => self.passed = passed,
            Aim::Place(begun) => self.places.looked(begun),
            Aim::All => self.all_after = self.now.saturating_add(EVERY),
        }
    }

    /// The earliest time at which new entries are recognized: earlier ones may have been written
    /// before reading began, or be forgotten. An entry without a date has that of its neighbour.
    fn lowest(&self) -> i64 {
        let forgotten = self.known.seen.floor().saturating_add(LATE);
        far(self.start).max(forgotten)
    }

    /// Prepares the next round.
    fn end_round(&mut self, last: Batch<T>, is_over: bool) -> Batch<T> {
        let newest = self.known.horizon.newest();
        // An entry without a date may have got one that is as wrong as clocks may be.
        let forgotten = newest.saturating_sub(2 * SKEW);
        self.known.seen.forget_until(forgotten);
        self.news_from = self.next_news_from(newest);
        let near = newest.saturating_add(LATE).max(self.news_from);
        let end = self.much_behind(near);
        let end = end.map(|end| end.min(newest.saturating_add(SKEW)));
        let news = Stage::News(Sweep::new(self.news_from, end));
        if let Stage::Again(look) = mem::replace(&mut self.stage, news)
            && !is_over
        {
            self.looks.push_back(look);
        }
        self.pass_to(newest, end);
        self.here -= self.here / LATELY;
        self.ahead -= self.ahead / LATELY;
        self.known.doubtful = self.quiet % QUIET == QUIET - 2;
        (self.answers, self.quiet) = (0, self.quiet + 1);
        Batch {
            more: false,
            ..last
        }
    }

    /// Records what the next round reads: everything until `end`, or until now.
    fn pass_to(&mut self, newest: i64, end: Option<i64>) {
        if !is_inside(self.passing, self.news_from.saturating_sub(LATE), end) {
            self.move_to(newest);
        }
        self.passing = newest;
        let from = self.news_from.min(self.passed.saturating_sub(LATE));
        self.read = vec![(from, end.unwrap_or(i64::MAX))];
        self.places
            .leave(self.now, |date| is_inside(date, from, end));
    }

    /// Moves to where most entries appear now. Where they appeared before becomes one of the places.
    fn move_to(&mut self, newest: i64) {
        self.looks.retain(|look| !matches!(look.aim, Aim::Late(_)));
        let settled = self.places.settled(newest, self.now);
        let settled = settled.unwrap_or(newest.saturating_sub(2 * LATE));
        self.passed = settled.saturating_add(LATE);
        self.places.add(self.passing, self.now);
        self.here = self.here.max(self.ahead).max(self.places.most());
    }

    /// From where the next round reads new entries: with some known ones, so that the answer shows
    /// whether any are missing before the new ones.
    fn next_news_from(&self, newest: i64) -> i64 {
        let forgotten = far(self.start).max(self.known.seen.floor());
        let far = newest.saturating_sub(SKEW).max(forgotten);
        let mut known = self.known.seen.within(far..=newest.max(far)).rev();
        let again = known.nth(self.known.again());
        again.map_or(far, |(time, _)| time)
    }
}
