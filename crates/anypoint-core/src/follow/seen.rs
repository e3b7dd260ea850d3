//! Which entries were read already, for a bounded number of the last ones.
//!
//! It must not know what an entry is.

use std::collections::{BTreeSet, HashMap};
use std::ops::RangeInclusive;

/// The keys of entries that were read, each at a place: a time or a number.
#[derive(Debug)]
pub(super) struct Seen {
    places: HashMap<u64, i64>,
    keys: BTreeSet<(i64, u64)>,
    most: usize,
    /// The place from which on no key was forgotten.
    floor: i64,
}

impl Seen {
    /// Remembers this many keys, those with the highest places. Each takes about 60 bytes.
    pub(super) fn new(most: usize) -> Self {
        Self {
            places: HashMap::new(),
            keys: BTreeSet::new(),
            most,
            floor: i64::MIN,
        }
    }

    pub(super) fn floor(&self) -> i64 {
        self.floor
    }

    /// The highest place.
    pub(super) fn last(&self) -> Option<i64> {
        self.keys.last().map(|(place, _)| *place)
    }

    /// Records an entry, and returns whether it is new.
    pub(super) fn note(&mut self, key: u64, place: i64) -> bool {
        if self.places.contains_key(&key) {
            return false;
        }
        self.places.insert(key, place);
        self.keys.insert((place, key));
        if self.keys.len() > self.most
            && let Some((lowest, _)) = self.keys.first()
        {
            self.forget_until(*lowest);
        }
        true
    }

    pub(super) fn knows(&self, key: u64) -> bool {
        self.places.contains_key(&key)
    }

    pub(super) fn forget_until(&mut self, place: i64) {
        self.floor = self.floor.max(place.saturating_add(1));
        while let Some((lowest, key)) = self.keys.first().copied()
            && lowest < self.floor
        {
            self.keys.pop_first();
            self.places.remove(&key);
        }
    }

    /// The keys at these places, the lowest first.
    pub(super) fn within(
        &self,
        places: RangeInclusive<i64>,
    ) -> impl DoubleEndedIterator<Item = (i64, u64)> + '_ {
        let (from, to) = (*places.start(), *places.end());
        let range = (from, u64::MIN)..=(to.max(from), u64::MAX);
        let inside = from <= to;
        self.keys.range(range).copied().filter(move |_| inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_places_are_remembered_and_no_more() {
        let mut seen = Seen::new(100);
        for place in 0..=100 {
            assert!(seen.note(place as u64, place));
        }
        assert!(!seen.note(1, 1));
        assert_eq!(
            (seen.floor(), seen.keys.len(), seen.places.len()),
            (1, 100, 100)
        );
        assert!(!seen.knows(0));
        let places: Vec<i64> = seen.within(3..=5).map(|(place, _)| place).collect();
        assert_eq!(places, [3, 4, 5]);
        let (from, to) = (5, 3);
        assert_eq!(seen.within(from..=to).count(), 0);
    }
}
