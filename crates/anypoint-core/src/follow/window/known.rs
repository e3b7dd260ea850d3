//! What is known of a log that is searched by time, and of its service.
//!
//! It must not know what is requested next.

use std::collections::BTreeSet;

use crate::follow::horizon::Horizon;
use crate::follow::seen::Seen;

/// An answer with fewer entries is complete: the smallest default limit that was seen in a service is
/// 10.
const FEW: usize = 10;

/// How many known entries are read again with each answer, unless the service returns fewer at a time.
const AGAIN: usize = 50;

/// How many entries are remembered: less than 8 MiB.
const MOST: usize = 100_000;

/// For how many milliseconds it is remembered that their gap was reported.
const TOLD: usize = 1_000;

#[derive(Debug)]
pub(super) struct Known {
    pub(super) seen: Seen,
    pub(super) horizon: Horizon,
    /// The number of entries in the largest answer so far.
    pub(super) largest: usize,
    /// The largest answer that was found to be complete.
    pub(super) whole: usize,
    /// The smallest answer that was found to be incomplete.
    least: Option<usize>,
    /// No answer is assumed to be complete without a check.
    pub(super) doubtful: bool,
    /// The dates of new entries count for the time of the log.
    pub(super) tells: bool,
    /// The service ignores the requested times.
    pub(super) ignores: bool,
    /// The milliseconds whose gaps were reported.
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

    /// Whether an answer of this length may be incomplete.
    pub(super) fn doubts(&self, count: usize) -> bool {
        match self.doubtful {
            true => count > 0,
            false => match self.least {
                Some(least) => count >= least,
                None => count >= self.largest && count > self.whole,
            },
        }
    }

    /// How many known entries to read again, so that enough of an answer can be new.
    pub(super) fn again(&self) -> usize {
        self.least.map_or(AGAIN, |least| AGAIN.min(least / 2))
    }

    /// Records that an answer of this length was incomplete.
    pub(super) fn lacks(&mut self, count: usize) {
        let least = self.least.unwrap_or(count).min(count);
        self.least = Some(least.max(1));
    }

    /// Records a gap, and returns whether it is new.
    pub(super) fn is_new_gap(&mut self, time: i64) -> bool {
        if self.told.len() >= TOLD {
            self.told.pop_first();
        }
        self.told.insert(time)
    }
}
