//! What a page adds to what is known of a log.
//!
//! It must not know why the page was asked for.

use std::ops::Range;
use std::time::Instant;

use super::chain::{Chain, Key};
use crate::follow::entry::Found;

/// What was new in a page.
#[derive(Debug)]
pub(super) struct Merged<T> {
    pub(super) entries: Vec<Found<T>>,
    /// How many of them stand behind all that was known.
    pub(super) appended: usize,
    /// The last entry that the page shows, as far as that stands behind what was asked for.
    pub(super) reached: Option<Key>,
    /// The last entry of those that stand where no late ones were expected.
    pub(super) strange: Option<Key>,
}

/// Leaves out what a page shows that stands before what it was to begin behind.
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
    // Otherwise the service shows that entry again.
    if before.is_none_or(is_older) || chain.first_named() == Some(asked) {
        page.drain(..=at);
    }
}

/// Whether a page begins behind what was asked for: then it shows what is known to stand there.
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
    /// Nobody knows, until it shows what is known.
    Anywhere,
}

/// Adds what is new.
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
            // What stands before is shown again.
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
            // Where it stands is no place to read on from after a restart.
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
