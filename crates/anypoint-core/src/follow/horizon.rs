//! The time of a log, by the dates of many of its entries.
//!
//! The clocks of the writers and of the service may be wrong, and the local clock is independent of
//! both. So the median of the last dates counts, and a few wrong dates do not change it.
//!
//! It must not know how a log is read.

use std::collections::VecDeque;
use std::time::Duration;

/// How late an entry may be shown after those that were written at the same time, in milliseconds.
pub(super) const LATE: i64 = 30_000;

/// The same as a duration of the local clock.
pub(super) const LATE_FOR: Duration = Duration::from_millis(LATE.unsigned_abs());

/// How far clocks may be wrong, or be set, in milliseconds.
pub(super) const SKEW: i64 = 2 * 60 * 60 * 1_000;

/// How many dates count.
const WITNESSES: usize = 64;

#[derive(Debug)]
pub(super) struct Horizon {
    /// The dates of the entries that were read last, in the order in which they came.
    dates: VecDeque<i64>,
    /// The latest date of an answer itself.
    answered: Option<i64>,
}

impl Horizon {
    /// Until enough entries have been read, the time at which reading began.
    pub(super) fn at(start: i64) -> Self {
        Self {
            dates: std::iter::repeat_n(start, WITNESSES).collect(),
            answered: None,
        }
    }

    /// Records the date of a new entry.
    pub(super) fn note(&mut self, date: i64) {
        self.dates.pop_front();
        self.dates.push_back(date);
    }

    /// Records the date of an answer.
    pub(super) fn answered(&mut self, date: Option<i64>) {
        self.answered = date.or(self.answered);
    }

    /// The date that entries written now have. This is the median of the last dates, or their lower
    /// quartile if the median is far ahead of the date of the service.
    pub(super) fn newest(&self) -> i64 {
        let mut dates: Vec<i64> = self.dates.iter().copied().collect();
        dates.sort_unstable();
        let at = |part: usize| dates.get(dates.len() / 4 * part).copied();
        let (median, quartile) = (at(2).unwrap_or(0), at(1).unwrap_or(0));
        let is_ahead = |answered: i64| median > answered.saturating_add(SKEW);
        match self.answered.is_some_and(is_ahead) {
            true => quartile,
            false => median,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR: i64 = 365 * 24 * 60 * 60 * 1_000;

    #[test]
    fn it_is_where_reading_began_until_enough_has_been_read() {
        let mut horizon = Horizon::at(5);
        for _ in 0..30 {
            horizon.note(YEAR);
        }
        assert_eq!(horizon.newest(), 5);
    }

    #[test]
    fn a_few_wrong_dates_do_not_move_it() {
        let mut horizon = Horizon::at(0);
        for number in 0..1_000 {
            horizon.note(match number % 5 {
                0 => number + YEAR,
                1 => 0,
                _ => number,
            });
        }
        assert!((900..1_000).contains(&horizon.newest()));
    }

    #[test]
    fn it_goes_back_with_the_clock_of_those_who_write() {
        let mut horizon = Horizon::at(0);
        (0..100).for_each(|number| horizon.note(SKEW + number));
        (0..40).for_each(|number| horizon.note(number));
        assert!(horizon.newest() < 40);
    }

    #[test]
    fn most_entries_do_not_hold_against_the_date_of_the_service() {
        let mut horizon = Horizon::at(0);
        for number in 0..100 {
            horizon.note(if number % 3 == 0 { number } else { YEAR });
        }
        assert_eq!(horizon.newest(), YEAR);
        horizon.answered(Some(100));
        horizon.answered(None);
        assert!(horizon.newest() < 100);
    }
}
