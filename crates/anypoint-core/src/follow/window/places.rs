//! The places in a log where unexpected entries appeared: those of a writer whose clock is wrong by
//! minutes, or all since a clock was set back. More may appear there.
//!
//! A place moves with the monotonic clock; all moments are milliseconds of that clock.
//!
//! It must not know how a place is read.

use crate::follow::horizon::LATE;

/// How many places are watched at most.
const MOST: usize = 16;

/// How many milliseconds a place is watched after the last entry that appeared there.
const IDLE: i64 = 300_000;

/// How many milliseconds pass between two reads of a place.
const PAUSE: i64 = LATE;

/// How many milliseconds later than expected an entry at a place may be dated.
const EARLY: i64 = 10_000;

/// An unexpected entry belongs to a place that is at most this many milliseconds earlier.
const APART: i64 = 120_000;

/// Entries that were written this many milliseconds ago are shown by the service, even those of
/// writers whose clocks differ a little.
const SETTLED: i64 = 2 * LATE;

/// How many rounds count for where most entries appear.
pub(super) const LATELY: u64 = 16;

#[derive(Debug)]
struct Place {
    /// The date of entries that are written, minus the moment.
    lead: i64,
    /// Everything before this date was read after no entry could appear there any more.
    settled: i64,
    /// How many entries appeared there lately.
    count: u64,
    /// When the last entry appeared there, and when the last read began.
    came: i64,
    looked: i64,
}

impl Place {
    fn at(date: i64, now: i64) -> Self {
        Self {
            lead: date.saturating_sub(now),
            settled: date.saturating_sub(SETTLED),
            count: 0,
            came: now,
            looked: now,
        }
    }

    /// The date of entries that are written now.
    fn date(&self, now: i64) -> i64 {
        self.lead.saturating_add(now)
    }

    fn end(&self, now: i64) -> i64 {
        self.date(now).saturating_add(EARLY)
    }

    fn covers(&self, date: i64, now: i64) -> bool {
        date >= self.settled && date <= self.end(now)
    }

    /// Whether the date is a little later than the last one.
    fn is_near(&self, date: i64) -> bool {
        let last = self.lead.saturating_add(self.came);
        date >= last && date <= last.saturating_add(APART)
    }
}

#[derive(Debug, Default)]
pub(super) struct Places(Vec<Place>);

impl Places {
    /// Records an entry of this date.
    pub(super) fn came(&mut self, date: i64, now: i64) {
        for place in self.0.iter_mut().filter(|place| place.covers(date, now)) {
            place.lead = place.lead.max(date.saturating_sub(now));
            place.came = now;
            place.count += LATELY;
        }
    }

    /// Adds a place for an entry of this date that no other read will cover soon, unless there is one.
    pub(super) fn add(&mut self, date: i64, now: i64) {
        if self.0.iter().any(|place| place.covers(date, now)) {
            return;
        }
        let near = self.0.iter().position(|place| place.is_near(date));
        let idlest = || {
            let places = self.0.iter().enumerate();
            places.min_by_key(|(_, place)| place.came).map(|(at, _)| at)
        };
        if let Some(at) = near.or_else(|| idlest().filter(|_| self.0.len() >= MOST)) {
            self.0.remove(at);
        }
        self.0.push(Place::at(date, now));
    }

    /// Stops watching the places that are read anyway, or where no entries appear any more.
    pub(super) fn leave(&mut self, now: i64, is_read: impl Fn(i64) -> bool) {
        for place in &mut self.0 {
            place.count -= place.count / LATELY;
        }
        let is_watched = |place: &Place| now - place.came < IDLE && !is_read(place.date(now));
        self.0.retain(is_watched);
    }

    /// The place that was not read for the longest time, if it is due: the range to read, and how many
    /// entries appeared there lately.
    pub(super) fn due(&mut self, now: i64) -> Option<(i64, i64, u64)> {
        let place = self.0.iter_mut().min_by_key(|place| place.looked)?;
        if now - place.looked < PAUSE {
            return None;
        }
        place.looked = now;
        Some((place.settled, place.end(now), place.count))
    }

    /// How many entries appeared lately at the place with the most.
    pub(super) fn most(&self) -> u64 {
        let counts = self.0.iter().map(|place| place.count);
        counts.max().unwrap_or(0)
    }

    /// The date before which everything was read at the place of this date.
    pub(super) fn settled(&self, date: i64, now: i64) -> Option<i64> {
        let places = self.0.iter().filter(|place| place.covers(date, now));
        places.map(|place| place.settled).min()
    }

    /// Records that the place that became due at this moment was read.
    pub(super) fn looked(&mut self, begun: i64) {
        for place in self.0.iter_mut().filter(|place| place.looked == begun) {
            let settled = place.lead.saturating_add(begun - SETTLED);
            place.settled = place.settled.max(settled);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(places: &mut Places, now: i64) -> Option<(i64, i64)> {
        places.leave(now, |_| false);
        places.due(now).map(|(from, end, _)| (from, end))
    }

    #[test]
    fn a_place_moves_on_with_time_and_is_left_when_nothing_comes_there() {
        let mut places = Places::default();
        places.add(500_000, 0);
        assert_eq!(due(&mut places, PAUSE - 1), None);
        let end = |now: i64| 500_000 + now + EARLY;
        assert_eq!(due(&mut places, PAUSE), Some((440_000, end(PAUSE))));
        places.looked(PAUSE);
        places.came(500_000 + PAUSE, PAUSE);
        assert_eq!(due(&mut places, 2 * PAUSE), Some((470_000, end(2 * PAUSE))));
        assert_eq!(due(&mut places, PAUSE + IDLE), None);
        assert!(places.0.is_empty());
    }

    #[test]
    fn a_place_that_is_read_anyway_is_left() {
        let mut places = Places::default();
        places.add(500_000, 0);
        places.leave(7, |date| date == 500_007);
        assert!(places.0.is_empty());
    }

    #[test]
    fn what_is_a_little_later_than_a_place_moves_it() {
        let mut places = Places::default();
        for minute in 0..30 {
            places.add(minute * 60_000, minute);
        }
        assert_eq!(places.0.len(), 1);
        assert!(places.0.iter().all(|place| place.covers(29 * 60_000, 30)));
    }

    #[test]
    fn no_more_than_a_few_are_watched_each_in_its_turn() {
        let mut places = Places::default();
        (0..100).for_each(|at| places.add(at * 10 * APART, at));
        assert_eq!(places.0.len(), MOST);
        let due = (0..20).filter_map(|at| due(&mut places, PAUSE + 100 + at));
        assert_eq!(due.count(), MOST);
    }

    #[test]
    fn it_is_known_at_which_place_most_came_lately() {
        let mut places = Places::default();
        places.add(0, 0);
        places.add(10 * APART, 0);
        (0..10).for_each(|_| places.came(10 * APART, 0));
        let most = places.most();
        (0..100).for_each(|_| places.leave(0, |_| false));
        assert!(places.most() < most / 10);
        assert_eq!(places.settled(10 * APART, 0), Some(10 * APART - SETTLED));
    }
}
