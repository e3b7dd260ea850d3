//! Finds the newest entries of a log that can only be searched by time.
//!
//! The local clock may be wrong, and an answer to a request without a time may have the oldest
//! entries. So later and later entries are requested, until there are none.
//!
//! It must not know what is done with the entries.

use crate::follow::Stretch;
use crate::follow::entry::Found;

/// How many milliseconds before the newest entries the follower begins.
const BEFORE: i64 = 60_000;

/// The search ends when it is this many milliseconds from the newest entries.
const NEAR: i64 = 15_000;

/// This many entries are not explained by wrong dates.
const SOME: usize = 5;

/// The maximum number of requests; no log needs as many.
const MOST: u32 = 60;

/// The search for the newest entries.
#[derive(Debug)]
pub(super) struct Start {
    /// The latest time at which entries were found.
    reached: i64,
    /// How far after that to search next.
    step: i64,
    asked: Option<i64>,
    questions: u32,
}

impl Start {
    pub(super) fn new() -> Self {
        Self {
            reached: 0,
            step: BEFORE,
            asked: None,
            questions: 0,
        }
    }

    pub(super) fn stretch(&self) -> Stretch {
        Stretch {
            from: self.asked,
            descending: Some(self.asked.is_none()),
            ..Stretch::default()
        }
    }

    /// The time to begin at, once it is known. The date of the answer saves requests.
    pub(super) fn accept<T>(&mut self, found: &[Found<T>], answered: Option<i64>) -> Option<i64> {
        let mut times: Vec<i64> = found.iter().filter_map(|found| found.time).collect();
        times.sort_unstable();
        self.questions += 1;
        match self.asked {
            None => {
                // Without any date, begin with the oldest entries.
                let Some(latest) = median(&times) else {
                    return Some(0);
                };
                self.reached = latest;
                let present = |time: &&i64| answered.is_some_and(|now| **time <= now + BEFORE);
                let newest = times.iter().rev().find(present);
                let recent =
                    |newest: &&i64| answered.is_some_and(|now| **newest >= now - 2 * BEFORE);
                if let Some(newest) = newest.filter(recent) {
                    return Some(newest.saturating_sub(BEFORE));
                }
                let now = answered.map(|now| now.saturating_sub(BEFORE));
                self.asked = now.filter(|now| *now > latest);
            }
            Some(asked) => {
                let later = times.partition_point(|time| *time < asked);
                // The service ignores the requested time, or this is taking too long.
                if later * 2 > times.len() || self.questions > MOST {
                    return Some(self.reached.saturating_sub(BEFORE));
                }
                let later = times.get(later..).unwrap_or_default();
                match median(later).filter(|_| later.len() >= SOME) {
                    Some(latest) => {
                        self.reached = self.reached.max(latest);
                        self.step = self.step.saturating_mul(4);
                    }
                    None => self.step /= 4,
                }
                self.asked = None;
            }
        }
        if self.step < NEAR {
            return Some(self.reached.saturating_sub(BEFORE));
        }
        let next = self.reached.saturating_add(self.step);
        self.asked = self.asked.or(Some(next));
        None
    }
}

/// The median time, which a few wrong ones do not change.
fn median(times: &[i64]) -> Option<i64> {
    times.get(times.len().checked_sub(1)? / 2).copied()
}
