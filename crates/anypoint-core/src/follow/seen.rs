//! Which entries have been read already, for as many of the last ones as matter.
//!
//! It must not know what an entry is.

use std::collections::hash_map::RandomState;
use std::collections::{HashSet, VecDeque};
use std::hash::BuildHasher;

/// How many ids are remembered: those of twenty of the largest pages that are documented.
/// It keeps a hash of each, less than 1 MiB in all.
pub(super) const MOST: usize = 20_000;

/// The ids that were read last.
#[derive(Default)]
pub(super) struct Seen {
    keys: RandomState,
    hashes: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Seen {
    /// Notes an id, and tells whether it is a new one.
    pub(super) fn is_new(&mut self, id: &str) -> bool {
        let hash = self.keys.hash_one(id);
        if !self.hashes.insert(hash) {
            return false;
        }
        self.order.push_back(hash);
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.hashes.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ids_are_remembered_and_no_more() {
        let mut seen = Seen::default();
        for number in 0..=MOST {
            assert!(seen.is_new(&number.to_string()));
        }
        assert!(!seen.is_new("1"));
        assert!(seen.is_new("0"));
        assert_eq!((seen.hashes.len(), seen.order.len()), (MOST, MOST));
    }
}
