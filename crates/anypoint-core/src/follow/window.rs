//! A log that is searched by time.
//!
//! Each look reads what is new, and then looks back: again through the time in which late entries
//! may still come, and now and then as far back as clocks may be wrong. Looking back takes at most
//! twice as many answers as what is new, and where both fit into one, none.
//!
//! It must not know requests, nor other parts of the same log.

mod known;
#[cfg(test)]
mod shows;
mod start;
mod sweep;

use std::mem;

use self::known::Known;
use self::start::Start;
use self::sweep::{Sweep, Swept};
use super::entry::Found;
use super::horizon::{LATE, SKEW};
use super::{Batch, Stretch};

/// After so many rounds that brought nothing, one looks further back, and the others look back less.
const QUIET: u64 = 8;

/// After so many looks back at what may be late, one goes further.
const OFTEN: u64 = 64;

/// How many answers are spent at most on what was written before reading began.
const HISTORY: u64 = 16;

/// Where to search on.
pub(super) struct Window<T> {
    known: Known,
    /// Where reading began.
    start: i64,
    stage: Stage<T>,
    /// Where what is new was read from in this round.
    news_from: i64,
    /// How many answers that took, and how many more looking back may take.
    answers: u64,
    left: u64,
    /// A look back that goes on with the next round.
    paused: Option<Sweep<T>>,
    /// How far the log had come before the last look back began, and before this one.
    passed: i64,
    passing: i64,
    looks_back: u64,
    /// How many rounds in a row have brought nothing.
    quiet: u64,
    /// The look back goes further than late entries may be, and whether such a one found anything.
    goes_further: bool,
    found_further: bool,
}

/// The earliest time that a clock shows which is wrong.
fn far(time: i64) -> i64 {
    time.saturating_sub(SKEW).max(0)
}

enum Stage<T> {
    Start(Start),
    /// What was written before reading began, before anything is handed out: what shows up there
    /// later comes of a clock that was set back.
    History(Sweep<T>),
    News(Sweep<T>),
    /// What is new further ahead than clocks may be wrong.
    Ahead(Sweep<T>),
    Back(Sweep<T>),
}

impl<T> Window<T> {
    /// Begins with the newest entries.
    pub(super) fn newest() -> Self {
        Self {
            stage: Stage::Start(Start::new()),
            ..Self::from(0, &[])
        }
    }

    /// Reads on from a time, but for what was shown of that time and later.
    pub(super) fn from(start: i64, shown: &[(i64, u64)]) -> Self {
        let mut known = Known::new(start);
        for (time, key) in shown {
            known.seen.note(*key, *time);
            known.horizon.note(*time);
        }
        Self {
            known,
            start,
            stage: match start > 0 {
                true => Stage::History(Sweep::of_history(far(start), start - 1)),
                false => Stage::News(Sweep::new(start, None)),
            },
            news_from: start,
            answers: 0,
            left: HISTORY,
            paused: None,
            passed: start,
            passing: start,
            looks_back: 0,
            quiet: 0,
            goes_further: false,
            found_further: false,
        }
    }

    /// What to ask for next.
    pub(super) fn stretch(&self) -> Stretch {
        match &self.stage {
            Stage::Start(start) => start.stretch(),
            Stage::History(sweep)
            | Stage::News(sweep)
            | Stage::Ahead(sweep)
            | Stage::Back(sweep) => sweep.stretch(),
        }
    }

    /// Takes what is new in an answer, which has this date.
    pub(super) fn accept(&mut self, found: Vec<Found<T>>, answered: Option<i64>) -> Batch<T> {
        self.known.horizon.answered(answered);
        let swept = match &mut self.stage {
            Stage::Start(start) => {
                if let Some(start) = start.accept(&found, answered) {
                    *self = Self::from(start, &[]);
                }
                return Batch::on_its_way();
            }
            Stage::History(sweep)
            | Stage::News(sweep)
            | Stage::Ahead(sweep)
            | Stage::Back(sweep) => sweep.accept(found, &mut self.known),
        };
        let batch = self.batch(swept);
        batch.unwrap_or_else(|(last, is_over)| self.end_round(last, is_over))
    }

    /// The entries of an answer; as an error, those that are the last of their round.
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
            self.quiet = 0;
            if matches!(self.stage, Stage::Back(_)) {
                self.left += 2;
                self.found_further |= self.goes_further;
            }
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

    /// It was not written before reading began. Those that are dated before are late ones, or come
    /// of a clock that was set back.
    fn is_due(&self, found: &Found<T>) -> bool {
        let time = found.time.unwrap_or(self.start);
        let was_set_back = time < self.start.saturating_sub(LATE) && time >= self.lowest();
        time >= self.start || was_set_back
    }

    /// Begins with what is new once what was written before is known, or has taken too long.
    fn know_history(&mut self, is_over: bool) {
        self.left = self.left.saturating_sub(1);
        if is_over || self.left == 0 {
            if !is_over {
                // A clock that is set back is not noticed, then.
                self.known.seen.forget_until(self.start - 1);
            }
            self.stage = Stage::News(Sweep::new(self.start, None));
        }
    }

    /// Goes on to the next answer of this round, if there is one.
    fn next(&mut self, is_over: bool) -> bool {
        match &self.stage {
            Stage::Start(_) | Stage::History(_) => true,
            Stage::News(_) | Stage::Ahead(_) => {
                self.answers += 1;
                !is_over || self.look_ahead() || self.look_back()
            }
            Stage::Back(_) => {
                self.left = self.left.saturating_sub(1);
                if is_over {
                    self.looked_back();
                }
                !is_over && self.left > 0
            }
        }
    }

    /// Reads what is new of what is far ahead, if what is nearer was read alone.
    fn look_ahead(&mut self) -> bool {
        let ahead = match &self.stage {
            Stage::News(sweep) => sweep.end().and_then(|end| self.news_ahead(end)),
            _ => None,
        };
        let is_ahead = ahead.is_some();
        if let Some(from) = ahead {
            self.stage = Stage::Ahead(Sweep::new(from, None));
        }
        is_ahead
    }

    /// Where to read on of what is later, if there is anything: where late entries may still come,
    /// and all of it when one looks further back, too.
    fn news_ahead(&self, end: i64) -> Option<i64> {
        let far = || self.known.seen.within(end.saturating_add(1)..=i64::MAX);
        let (newest, _) = far().next_back()?;
        let again = far().rev().nth(self.known.again());
        let again = again.map_or(newest, |(time, _)| time.min(newest));
        let late = again.min(newest.saturating_sub(2 * LATE));
        let from = if self.is_far() { i64::MIN } else { late };
        Some(from.max(end.saturating_add(1)))
    }

    /// Begins to look back, or goes on with it.
    fn look_back(&mut self) -> bool {
        self.left = 1 + 2 * self.answers;
        if let Some(sweep) = self.paused.take().or_else(|| self.next_look_back()) {
            self.stage = Stage::Back(sweep);
            return true;
        }
        false
    }

    /// It is time to look further than where late entries may be.
    fn is_far(&self) -> bool {
        self.looks_back % OFTEN == OFTEN - 1 || self.quiet % QUIET == QUIET - 1
    }

    fn next_look_back(&mut self) -> Option<Sweep<T>> {
        let further = mem::take(&mut self.found_further) || self.is_far();
        self.goes_further = further;
        if self.quiet > QUIET && !further && !self.quiet.is_multiple_of(4) {
            return None;
        }
        let from = match further {
            true => self.known.horizon.newest().saturating_sub(SKEW),
            false => self.passed.saturating_sub(LATE),
        };
        let from = from.max(self.lowest());
        if from >= self.news_from {
            // What is new has been read from there on.
            self.looked_back();
            return None;
        }
        Some(Sweep::new(from, Some(self.news_from)))
    }

    /// What was shown until that time, if not later, has been read.
    fn looked_back(&mut self) {
        self.looks_back += 1;
        self.passed = self.passing;
        let forgotten = self.known.horizon.newest().saturating_sub(SKEW + LATE);
        self.known.seen.forget_until(forgotten);
    }

    /// Nothing before is told from what was written before reading began, or has been forgotten.
    fn lowest(&self) -> i64 {
        far(self.start).max(self.known.seen.floor())
    }

    /// Prepares the next round.
    fn end_round(&mut self, last: Batch<T>, is_over: bool) -> Batch<T> {
        let passing = matches!(&self.stage, Stage::Back(_)) && !is_over;
        let newest = self.known.horizon.newest();
        let news_from = self.next_news_from(newest);
        // Many wrong dates would be in the way.
        let end = Some(newest.saturating_add(SKEW));
        let end = end.filter(|end| *end > news_from && self.news_ahead(*end).is_some());
        let stage = mem::replace(&mut self.stage, Stage::News(Sweep::new(news_from, end)));
        match stage {
            // What takes too long was written long ago, and is not looked at again.
            Stage::Back(sweep) if passing => self.paused = Some(sweep),
            _ => self.passing = newest,
        }
        self.known.doubtful = self.quiet % QUIET == QUIET - 2;
        (self.answers, self.quiet, self.news_from) = (0, self.quiet + 1, news_from);
        Batch {
            more: false,
            ..last
        }
    }

    /// With some of what is known, so that it shows whether anything is missing before the rest.
    fn next_news_from(&self, newest: i64) -> i64 {
        let far = newest.saturating_sub(SKEW).max(self.lowest());
        let mut known = self.known.seen.within(far..=newest.max(far)).rev();
        let again = known.nth(self.known.again());
        again.map_or(far, |(time, _)| time)
    }
}
