//! Which order to request, and which order the service returns.
//!
//! Services interpret `descending` differently, and some ignore it. So the order is decided by the
//! answer, and by known entries rather than by dates.
//!
//! It must not know which entries are new.

use super::chain::Chain;
use crate::follow::direction::direction;
use crate::follow::entry::Found;

#[derive(Debug, Default)]
pub(super) struct Order {
    /// The value of `descending` that returns the older entries first.
    pub(super) descending: bool,
    /// Whether the newest entries come first without `descending`, and with it, once known entries
    /// have shown it.
    newest_first: [Option<bool>; 2],
    /// The other order was requested because of a guess.
    has_turned: bool,
    /// What was requested before the other order was tried.
    tried: Option<bool>,
}

/// The guessed order of a page, and the order that was requested.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guess {
    descending: bool,
    newest_first: bool,
}

impl Order {
    /// Requests the other order, which may show the missing entries.
    pub(super) fn try_other(&mut self) {
        if !self.is_known() {
            self.tried = Some(self.descending);
            self.descending = !self.descending;
        }
    }

    /// Returns to the previous order, because the other one did not help.
    pub(super) fn try_back(&mut self) {
        self.descending = self.tried.take().unwrap_or(self.descending);
    }

    /// Whether known entries have shown the order of the answers.
    pub(super) fn is_known(&self) -> bool {
        self.of(self.descending).is_some()
    }

    fn of(&self, descending: bool) -> Option<bool> {
        let [rising, falling] = self.newest_first;
        if descending { falling } else { rising }
    }

    /// Records whether the guess was right.
    pub(super) fn learn(&mut self, guess: Guess, is_right: bool) {
        self.note(guess.descending, guess.newest_first == is_right);
    }

    fn note(&mut self, descending: bool, newest_first: bool) {
        let [rising, falling] = &mut self.newest_first;
        *(if descending { falling } else { rising }) = Some(newest_first);
    }

    /// The page with the oldest entry first, and the guess if its order is one; `None` if the other
    /// order must be requested.
    pub(super) fn sorted<T>(
        &mut self,
        mut page: Vec<Found<T>>,
        chain: &Chain,
    ) -> Option<(Vec<Found<T>>, Option<Guess>)> {
        let descending = self.descending;
        if let Some(newest_first) = by_known(&page, chain) {
            self.note(descending, newest_first);
        }
        let other = self.of(!descending);
        let known = self.of(descending);
        let newest_first = known.unwrap_or_else(|| other != Some(true) && guessed(&page, chain));
        let guess = Guess {
            descending,
            newest_first,
        };
        let first = page.first().map(|found| found.key);
        let has_order = page.iter().any(|found| Some(found.key) != first);
        let guess = Some(guess).filter(|_| known.is_none() && has_order);
        if newest_first {
            // The answer may have only the newest entries.
            let asks_other = match guess {
                Some(_) => !std::mem::replace(&mut self.has_turned, true),
                None => has_order && other != Some(true),
            };
            if asks_other {
                self.descending = !descending;
                return None;
            }
            page.reverse();
        }
        Some((page, guess))
    }
}

/// Whether the known entries are in reverse order, if they show it.
fn by_known<T>(page: &[Found<T>], chain: &Chain) -> Option<bool> {
    let known = page.iter().filter(|found| chain.knows(found.key));
    let known: Vec<_> = known.map(|found| found.key).collect();
    let (mut rising, mut falling) = (0, 0);
    for (one, other) in known.iter().zip(known.iter().skip(1)) {
        rising += usize::from(chain.is_behind(*other, *one));
        falling += usize::from(chain.is_behind(*one, *other));
    }
    (rising != falling).then_some(falling > rising)
}

fn guessed<T>(page: &[Found<T>], chain: &Chain) -> bool {
    let guess = by_one(page, chain).or_else(|| by_dates(page, true));
    guess.or_else(|| by_dates(page, false)).unwrap_or(false)
}

/// A single known entry is the oldest one, unless the others are late.
fn by_one<T>(page: &[Found<T>], chain: &Chain) -> Option<bool> {
    let is_known = |found: &Found<T>| chain.knows(found.key);
    match (
        page.first().is_some_and(is_known),
        page.last().is_some_and(is_known),
    ) {
        (true, false) => Some(false),
        (false, true) => Some(by_dates(page, false) != Some(false)),
        _ => None,
    }
}

fn by_dates<T>(page: &[Found<T>], is_sure: bool) -> Option<bool> {
    let direction = direction(page).filter(|direction| direction.is_sure || !is_sure)?;
    Some(direction.newest_first)
}
