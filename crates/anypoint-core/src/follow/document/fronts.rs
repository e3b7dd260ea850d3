//! The places in the middle of a log where entries came that nobody expected: those of a writer
//! whose clock is behind, or all since a clock was set back. More may come there.
//!
//! It must not know how they are read.

use super::chain::Key;

/// How many places are watched at most.
const MOST: usize = 8;

/// How many rounds without anything new end it.
const IDLE: u64 = 16;

#[derive(Debug)]
struct Front {
    /// The last entry that came there, and the one before that when it was looked at last.
    key: Key,
    was: Key,
    /// The round in which it came, and in which the place was looked at last.
    came: u64,
    looked: u64,
}

#[derive(Debug, Default)]
pub(super) struct Fronts(Vec<Front>);

impl Fronts {
    /// Something came in a round, the last of it this entry.
    pub(super) fn add(&mut self, key: Key, round: u64) {
        if self.0.len() == MOST {
            self.0.remove(0);
        }
        self.0.push(Front {
            key,
            was: key,
            came: round,
            looked: round,
        });
    }

    /// Moves each place behind the last entry that came there, if there is any.
    pub(super) fn advance(&mut self, round: u64, last: impl Fn(Key) -> Option<Key>) {
        for front in &mut self.0 {
            if let Some(last) = last(front.key) {
                (front.key, front.came) = (last, round);
            }
        }
    }

    /// The place that was at this entry has been looked at; the last entry if it has moved.
    pub(super) fn looked(&mut self, was: Key, round: u64) -> Option<Key> {
        let front = self.0.iter_mut().find(|front| front.was == was);
        let moved = front.and_then(|front| {
            front.was = front.key;
            (front.key != was).then_some(front.key)
        });
        self.0.retain(|front| round - front.came < IDLE);
        moved
    }

    /// A place that was not looked at in this round.
    pub(super) fn next(&mut self, round: u64) -> Option<Key> {
        let next = self.0.iter_mut().find(|front| front.looked < round)?;
        (next.looked, next.was) = (round, next.key);
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
        fronts.advance(1, |key| (key == 1).then_some(2));
        assert_eq!(fronts.looked(1, 1), Some(2));
        for round in 2..17 {
            assert_eq!(fronts.next(round), Some(2));
            assert_eq!(fronts.looked(2, round), None);
        }
        assert_eq!(fronts.next(17), Some(2));
        assert_eq!(fronts.looked(2, 17), None);
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
