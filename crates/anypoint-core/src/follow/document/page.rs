//! Adds the entries of a page to the known ones.
//!
//! It must not know why the page was requested.

use std::ops::Range;
use std::time::Instant;

use super::chain::{Chain, Key};
use crate::follow::entry::Found;

/// The new entries of a page.
#[derive(Debug)]
pub(super) struct Merged<T> {
    pub(super) entries: Vec<Found<T>>,
    /// How many of them are after all known entries.
    pub(super) appended: usize,
    /// The last entry of the page after the requested one.
    pub(super) reached: Option<Key>,
    /// The last new entry at a place where no late ones were expected.
    pub(super) strange: Option<Key>,
}

/// Removes the entries up to the one after which the page was requested.
pub(super) fn without_overlap<T>(page: &mut Vec<Found<T>>, asked: Option<Key>, chain: &Chain) {
    let Some(asked) = asked else {
        return;
    };
    let id = chain.id(asked);
    let Some(at) = page
        .iter()
        .position(|found| found.id.is_some() && found.id == id)
    else {
        return;
    };
    let before = at.checked_sub(1).and_then(|at| page.get(at));
    let is_older = |found: &Found<T>| chain.knows(found.key) && chain.is_behind(asked, found.key);
    // Otherwise the service repeats that entry, and nothing is removed.
    if before.is_none_or(is_older) || chain.first_named() == Some(asked) {
        page.drain(..=at);
    }
}

/// Whether a page begins after the requested entry: then it shows the next known one.
pub(super) fn follows<T>(page: &[Found<T>], asked: Option<Key>, chain: &Chain) -> bool {
    match chain.next(asked) {
        Some(next) => page.iter().any(|found| found.key == next),
        None => !shows_known(page, chain),
    }
}

pub(super) fn shows_known<T>(page: &[Found<T>], chain: &Chain) -> bool {
    page.iter().any(|found| chain.knows(found.key))
}

/// Where a page begins.
pub(super) enum Begins {
    Behind(Option<Key>),
    /// Unknown, until the page shows a known entry.
    Anywhere,
}

/// Adds the new entries.
pub(super) fn merge<T>(
    page: Vec<Found<T>>,
    begins: Begins,
    during: &Range<Instant>,
    chain: &mut Chain,
) -> Merged<T> {
    let mut merged = Merged {
        entries: Vec::new(),
        appended: 0,
        reached: None,
        strange: None,
    };
    let (mut at, mut is_lost) = match begins {
        Begins::Behind(key) => (key, false),
        Begins::Anywhere => (None, true),
    };
    let mut is_run = false;
    for mut found in page {
        if chain.knows(found.key) {
            // Entries before this place are repetitions.
            if is_lost || at.is_none_or(|at| chain.is_behind(found.key, at)) {
                if !is_lost {
                    chain.shown(at, found.key, during.start);
                }
                (at, is_lost, is_run) = (Some(found.key), false, false);
            }
            continue;
        }
        if is_lost {
            continue;
        }
        let is_last = at == chain.last();
        let is_strange = !is_last && (is_run || chain.is_settled(at));
        chain.insert(at, found.key, found.id.clone(), during.end);
        if is_last {
            merged.appended += 1;
        } else {
            // Reading must not continue after an entry in the middle when it is resumed.
            found.id = None;
        }
        if is_strange {
            merged.strange = Some(found.key);
        }
        (at, is_run) = (Some(found.key), is_strange);
        merged.entries.push(found);
    }
    merged.reached = at;
    merged
}
