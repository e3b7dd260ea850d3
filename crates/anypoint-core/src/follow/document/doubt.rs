//! Entries whose order no page has confirmed yet.
//!
//! Dates show the order of most pages, but not with few entries or wrong clocks. The entries after a
//! known one do show it: so the next page confirms the order, or reverses it.
//!
//! It must not know how pages are read.

use super::chain::{Chain, Key};
use super::order::Guess;
use super::{Document, TRIES};
use crate::follow::entry::Found;

/// The order of the entries after one, or of all, is a guess.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Doubt {
    pub(super) behind: Option<Key>,
    pub(super) guess: Option<Guess>,
}

impl Doubt {
    /// Whether the order is right, if a page that shows the entries after one decides it.
    fn is_right<T>(&self, page: &[Found<T>], asked: Option<Key>, chain: &Chain) -> Option<bool> {
        let asked = asked.filter(|asked| Some(*asked) != self.behind)?;
        let shows = |key: Key| page.iter().any(|found| found.key == key);
        let mut known = page.iter().map(|found| found.key);
        let is_behind_shown = known.any(|key| chain.is_behind(key, asked));
        // If the entry itself is shown, another entry may have its id.
        let is_before_shown = chain.before(asked).is_some_and(shows);
        match (is_behind_shown, is_before_shown) {
            (true, false) => Some(true),
            (false, true) if !shows(asked) => Some(false),
            _ => None,
        }
    }
}

impl<T> Document<T> {
    /// Whether a page can be accepted because the order is known; otherwise requests another page.
    pub(super) fn settles_doubt(&mut self, page: &[Found<T>]) -> bool {
        let Some(doubt) = self.doubt else {
            return true;
        };
        let is_right = doubt.is_right(page, self.ask.after, &self.chain);
        if is_right.is_none() && self.strays + 1 < TRIES {
            self.strays += 1;
            self.ask_at_end(1);
            if self.strays.is_multiple_of(2) {
                // If the order is wrong, there are entries after the last one.
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
