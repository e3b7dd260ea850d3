//! Decides which end of an answer is newer, by the entries themselves.
//!
//! It must not know what was requested, because services do not always return it.

use super::entry::Found;

/// How many entries are compared pairwise.
const SAMPLE: usize = 48;

/// From this number of pairs on, a smaller majority is enough.
const MANY: usize = 45;

/// What the dates of an answer say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Direction {
    pub(super) newest_first: bool,
    /// More than two pairs of entries show it.
    pub(super) is_sure: bool,
}

/// The direction of most pairs of entries; `None` without a clear majority, for example if writers
/// with different clocks alternate.
pub(super) fn direction<T>(found: &[Found<T>]) -> Option<Direction> {
    let (rising, falling) = pairs(found);
    let (more, less) = (rising.max(falling), rising.min(falling));
    // A large sample needs a smaller majority.
    let is_clear = match more + less >= MANY {
        true => more * 2 > less * 3,
        false => more > less * 3,
    };
    is_clear.then_some(Direction {
        newest_first: falling > rising,
        is_sure: more > 2,
    })
}

/// How many pairs of entries have the newer one second, and how many have it first.
pub(super) fn pairs<T>(found: &[Found<T>]) -> (usize, usize) {
    let step = found.len().div_ceil(SAMPLE).max(1);
    let times = found.iter().step_by(step).filter_map(|found| found.time);
    let times: Vec<i64> = times.collect();
    let (mut rising, mut falling) = (0, 0);
    for (at, earlier) in times.iter().enumerate() {
        for later in times.iter().skip(at + 1) {
            rising += usize::from(earlier < later);
            falling += usize::from(earlier > later);
        }
    }
    (rising, falling)
}

/// Reverses entries that have the newest one first; `otherwise` decides if the dates do not show it.
pub(super) fn turned<T>(mut found: Vec<Found<T>>, otherwise: bool) -> Vec<Found<T>> {
    let newest_first = direction(&found).map(|direction| direction.newest_first);
    if newest_first.unwrap_or(otherwise) {
        found.reverse();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(times: &[Option<i64>]) -> Option<bool> {
        let found = |time: &Option<i64>| Found {
            key: 0,
            id: None,
            time: *time,
            order: None,
            entry: (),
        };
        let found: Vec<_> = times.iter().map(found).collect();
        direction(&found).map(|direction| direction.newest_first)
    }

    #[test]
    fn most_entries_say_which_end_is_newer() {
        let far = Some(i64::MAX);
        assert_eq!(of(&[Some(1), Some(2)]), Some(false));
        assert_eq!(of(&[Some(3), None, Some(2), Some(2)]), Some(true));
        assert_eq!(
            of(&[far, Some(1), Some(2), Some(3), Some(4), Some(5)]),
            None
        );
        assert_eq!(
            of(&[Some(1), Some(2), Some(3), Some(4), Some(5), Some(0)]),
            None
        );
        assert_eq!(
            of(&[Some(1), Some(2), Some(3), far, Some(4), Some(5), Some(6)]),
            Some(false)
        );
        assert_eq!(of(&[None, Some(2), Some(2)]), None);
        assert_eq!(of(&[]), None);
        let many: Vec<_> = (0..1_000).rev().map(Some).collect();
        assert_eq!(of(&many), Some(true));
    }

    #[test]
    fn writers_with_different_clocks_that_take_turns_do_not_tell() {
        let burst: Vec<_> = (0..20)
            .map(|at| Some(if at < 10 { 1_000 + at } else { at }))
            .collect();
        assert_eq!(of(&burst), None);
    }
}
