//! What is known of a log that is searched by time, and of the service that shows it.
//!
//! It must not know what is asked next.

use std::collections::BTreeSet;

use crate::follow::horizon::Horizon;
use crate::follow::seen::Seen;

/// An answer with fewer entries is whole: the shortest list that a service was seen to give unless
/// asked for more has 10.
const FEW: usize = 10;

/// How many entries are read again with each look, unless the service shows fewer at a time.
const AGAIN: usize = 50;

/// How many entries are remembered: less than 8 MiB.
const MOST: usize = 100_000;

/// How many milliseconds are remembered of which not all was shown.
const TOLD: usize = 1_000;

#[derive(Debug)]
pub(super) struct Known {
    pub(super) seen: Seen,
    pub(super) horizon: Horizon,
    /// The largest answer so far: the service shows that many.
    pub(super) largest: usize,
    /// The largest answer that was found to lack nothing.
    pub(super) whole: usize,
    /// The smallest answer that was found to lack something.
    least: Option<usize>,
    /// No answer is taken to be whole before that is found out.
    pub(super) doubtful: bool,
    /// The dates of what is read tell how far the log has come.
    pub(super) tells: bool,
    /// The service does not keep to the times that it is asked for.
    pub(super) ignores: bool,
    /// The milliseconds whose gaps have been told.
    told: BTreeSet<i64>,
}

impl Known {
    pub(super) fn new(start: i64) -> Self {
        Self {
            seen: Seen::new(MOST),
            horizon: Horizon::at(start),
            largest: FEW,
            whole: 0,
            least: None,
            doubtful: false,
            tells: false,
            ignores: false,
            told: BTreeSet::new(),
        }
    }

    /// An answer of that length may lack something.
    pub(super) fn doubts(&self, count: usize) -> bool {
        match self.doubtful {
            true => count > 0,
            false => match self.least {
                Some(least) => count >= least,
                None => count >= self.largest && count > self.whole,
            },
        }
    }

    /// How many entries to read again, so that much of an answer can be new.
    pub(super) fn again(&self) -> usize {
        self.least.map_or(AGAIN, |least| AGAIN.min(least / 2))
    }

    /// Notes that an answer of that length lacks something.
    pub(super) fn lacks(&mut self, count: usize) {
        let least = self.least.unwrap_or(count).min(count);
        self.least = Some(least.max(1));
    }

    /// Notes a gap, and tells whether it is a new one.
    pub(super) fn is_new_gap(&mut self, time: i64) -> bool {
        if self.told.len() >= TOLD {
            self.told.pop_first();
        }
        self.told.insert(time)
    }
}
