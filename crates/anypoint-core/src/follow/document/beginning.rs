//! The first page of a log that is continued by id.
//!
//! It is not known how a service interprets the requested order. So both orders are requested where
//! it matters, and the dates of the entries decide.
//!
//! It must not know what is read later.

use std::sync::Arc;

use crate::follow::Stretch;
use crate::follow::direction::{direction, pairs, turned};
use crate::follow::entry::Found;

/// Where reading begins.
#[derive(Debug, Clone)]
pub(in crate::follow) enum At {
    /// At this number of last entries.
    Newest(i64),
    /// At this time, in epoch milliseconds.
    From(i64),
    /// After the entry with this id.
    After(Arc<str>),
}

#[derive(Debug)]
pub(super) struct Beginning<T> {
    at: At,
    /// The first answer, if a second one is needed.
    held: Option<Vec<Found<T>>>,
    /// The value of `descending` that returns the older entries first.
    pub(super) descending: bool,
}

impl<T> Beginning<T> {
    pub(super) fn new(at: At) -> Self {
        Self {
            at,
            held: None,
            descending: false,
        }
    }

    pub(super) fn stretch(&self, length: i64) -> Stretch {
        let again = self.held.is_some();
        let stretch = Stretch {
            length: Some(length),
            descending: Some(again),
            ..Stretch::default()
        };
        match &self.at {
            At::Newest(count) => Stretch {
                length: Some((*count).clamp(1, length)),
                descending: Some(!again),
                ..stretch
            },
            At::From(time) => Stretch {
                from: Some(*time),
                ..stretch
            },
            At::After(id) => Stretch {
                after: Some(id.to_string()),
                ..stretch
            },
        }
    }

    /// The time to begin at, if there is one.
    pub(super) fn origin(&self) -> Option<i64> {
        match self.at {
            At::From(time) => Some(time),
            _ => None,
        }
    }

    /// The first entries, the oldest first, once they are known.
    pub(super) fn accept(&mut self, found: Vec<Found<T>>) -> Option<Vec<Found<T>>> {
        let newest = matches!(self.at, At::Newest(_));
        let Some(held) = self.held.take() else {
            let direction = direction(&found);
            let (rising, falling) = pairs(&found);
            let is_sure = match newest {
                true => direction.is_some_and(|it| it.is_sure && it.newest_first),
                false => match direction {
                    Some(direction) => !direction.newest_first,
                    None => rising + falling < 3,
                },
            };
            if is_sure {
                return Some(turned(found, false));
            }
            self.held = Some(found);
            return None;
        };
        if newest && held.is_empty() && found.is_empty() {
            // The log is empty: later entries are read from the start.
            self.at = At::From(0);
        }
        // One of the two answers has more of the wanted entries, the newest or the oldest.
        let (first, second) = (median(&held), median(&found));
        if first == second {
            // Both answers have the same entries; take the one in the order of time.
            let slope = |found: &[Found<T>]| {
                let (rising, falling) = pairs(found);
                (rising, std::cmp::Reverse(falling))
            };
            let takes_first = slope(&held) > slope(&found);
            self.descending = takes_first == newest;
            return Some(turned(if takes_first { held } else { found }, false));
        }
        let takes_first = match newest {
            true => first > second,
            false => first < second,
        };
        self.descending = !takes_first;
        Some(match takes_first {
            true => turned(held, newest),
            false => turned(found, !newest),
        })
    }
}

/// The median date of an answer, which a few wrong dates do not change.
fn median<T>(found: &[Found<T>]) -> Option<i64> {
    let mut times: Vec<i64> = found.iter().filter_map(|found| found.time).collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}
