//! Entries that were taken in an order that no page has shown yet.
//!
//! Dates tell the order of most pages, but not of those with few entries, nor where clocks are
//! wrong. What stands behind an entry does: so the next page proves the order, or turns it round.
//!
//! It must not know how pages are read.

use super::chain::{Chain, Key};
use super::order::Guess;
use super::{Document, TRIES};
use crate::follow::entry::Found;

/// The order of what stands behind an entry, or of all, is a guess.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Doubt {
    pub(super) behind: Option<Key>,
    pub(super) guess: Option<Guess>,
}

impl Doubt {
    /// Whether the order is right, as far as a page tells that shows what stands behind an entry.
    fn is_right<T>(&self, page: &[Found<T>], asked: Option<Key>, chain: &Chain) -> Option<bool> {
        let asked = asked.filter(|asked| Some(*asked) != self.behind)?;
        let shows = |key: Key| page.iter().any(|found| found.key == key);
        let mut known = page.iter().map(|found| found.key);
        let is_behind_shown = known.any(|key| chain.is_behind(key, asked));
        // Where the entry itself is shown, its id may stand for another one.
        let is_before_shown = chain.before(asked).is_some_and(shows);
        match (is_behind_shown, is_before_shown) {
            (true, false) => Some(true),
            (false, true) if !shows(asked) => Some(false),
            _ => None,
        }
    }
}

impl<T> Document<T> {
    /// Whether a page can be taken since the order is no longer in doubt; otherwise another one is
    /// asked for.
    pub(super) fn settles_doubt(&mut self, page: &[Found<T>]) -> bool {
        let Some(doubt) = self.doubt else {
            return true;
        };
        let is_right = doubt.is_right(page, self.ask.after, &self.chain);
        if is_right.is_none() && self.strays + 1 < TRIES {
            self.strays += 1;
            self.ask_at_end(1);
            if self.strays.is_multiple_of(2) {
                // Something stands behind the last entry if the order is wrong.
                self.ask.after = self.chain.last_named();
            }
            return false;
        }
        self.doubt = None;
        if let (Some(guess), Some(is_right)) = (doubt.guess, is_right) {
            self.order.learn(guess, is_right);
        }
        if is_right == Some(false) {
            self.chain.turn(doubt.behind);
            self.strays = 0;
            self.ask_at_end(1);
        }
        is_right != Some(false)
    }
}
