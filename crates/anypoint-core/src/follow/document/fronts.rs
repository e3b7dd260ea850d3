//! The places in the middle of a log where unexpected entries appeared: those of a writer whose clock
//! is behind, or all since a clock was set back. More may appear there.
//!
//! It must not know how they are read.

use super::chain::Key;

/// How many places are watched at most.
const MOST: usize = 8;

/// A place is watched until this many rounds had no new entries there.
const IDLE: u64 = 16;

#[derive(Debug)]
struct Front {
    /// The last entry that appeared there.
    key: Key,
    /// The round in which it appeared, and the last round in which a page showed the range after it.
    came: u64,
    looked: Option<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Fronts(Vec<Front>);

impl Fronts {
    /// Adds a place whose last entry appeared in this round; it is read again in the next one.
    pub(super) fn add(&mut self, key: Key, round: u64) {
        if self.0.len() == MOST {
            self.0.remove(0);
        }
        self.0.push(Front {
            key,
            came: round,
            looked: Some(round),
        });
    }

    /// Moves each place to the last new entry there, if there is one.
    pub(super) fn advance(&mut self, round: u64, last: impl Fn(Key) -> Option<Key>) {
        for front in &mut self.0 {
            if let Some(last) = last(front.key) {
                (front.key, front.came, front.looked) = (last, round, None);
            }
        }
    }

    /// Records that a page has shown these entries and those after them.
    pub(super) fn looked(&mut self, round: u64, is_shown: impl Fn(Key) -> bool) {
        for front in &mut self.0 {
            if is_shown(front.key) {
                front.looked = Some(round);
            }
        }
        self.0.retain(|front| round - front.came < IDLE);
    }

    /// A place that was not read in this round.
    pub(super) fn next(&mut self, round: u64) -> Option<Key> {
        let next = self
            .0
            .iter_mut()
            .find(|front| front.looked != Some(round))?;
        next.looked = Some(round);
        Some(next.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_watched_while_something_comes_there() {
        let mut fronts = Fronts::default();
        fronts.add(1, 0);
        assert_eq!(fronts.next(0), None);
        assert_eq!((fronts.next(1), fronts.next(1)), (Some(1), None));
        // More entries may follow the last one, unless a page has shown that place.
        fronts.advance(1, |key| (key == 1).then_some(2));
        assert_eq!((fronts.next(1), fronts.next(1)), (Some(2), None));
        fronts.advance(1, |key| (key == 2).then_some(3));
        fronts.looked(1, |key| key == 3);
        assert_eq!(fronts.next(1), None);
        for round in 2..17 {
            assert_eq!(fronts.next(round), Some(3));
            fronts.looked(round, |_| false);
        }
        fronts.looked(17, |_| false);
        assert_eq!(fronts.next(18), None);
    }

    #[test]
    fn no_more_than_a_few_are_watched() {
        let mut fronts = Fronts::default();
        (0..100).for_each(|key| fronts.add(key, 0));
        let mut watched = std::iter::from_fn(|| fronts.next(1));
        assert_eq!(
            watched.by_ref().collect::<Vec<_>>(),
            (92..100).collect::<Vec<_>>()
        );
    }
}
