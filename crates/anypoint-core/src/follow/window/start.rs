//! Where the newest entries of a log are that can only be searched by time.
//!
//! The log itself says so: this side's clock may be wrong, and an answer without a time may show the
//! oldest entries. So it is asked for what is later, until there is nothing.
//!
//! It must not know what becomes of the entries.

use crate::follow::Stretch;
use crate::follow::entry::Found;

/// Following begins that long before the newest entries, in milliseconds.
const BEFORE: i64 = 60_000;

/// As near as that to the newest entries will do.
const NEAR: i64 = 15_000;

/// That many entries are not just wrong dates.
const SOME: usize = 5;

/// No log takes as many questions.
const MOST: u32 = 60;

/// The search for the newest entries.
#[derive(Debug)]
pub(super) struct Start {
    /// There are entries of this time.
    reached: i64,
    /// How far behind that to look.
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

    /// The time to begin at, once it is known. The date of the answer saves questions.
    pub(super) fn accept<T>(&mut self, found: &[Found<T>], answered: Option<i64>) -> Option<i64> {
        let mut times: Vec<i64> = found.iter().filter_map(|found| found.time).collect();
        times.sort_unstable();
        self.questions += 1;
        match self.asked {
            None => {
                // Without any date there is no telling: all of it, then.
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
                // It shows the same whatever it is asked for.
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

/// A time that a few wrong ones do not move.
fn median(times: &[i64]) -> Option<i64> {
    times.get(times.len().checked_sub(1)? / 2).copied()
}
