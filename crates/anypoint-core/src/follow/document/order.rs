//! Which order to ask for, and which one it is that comes.
//!
//! Services do not agree on what `descending` means, and some do not look at it. So what comes
//! decides: entries that are known tell more than dates do.
//!
//! It must not know what is new.

use super::chain::Chain;
use crate::follow::direction::{direction, turned};
use crate::follow::entry::Found;

/// How often the order is asked for the other way round before it is taken as it comes.
pub(super) const TURNS: u32 = 2;

#[derive(Debug, Default)]
pub(super) struct Order {
    /// What is asked for to get the older entries first.
    pub(super) descending: bool,
    /// They come the other way round nevertheless.
    newest_first: bool,
    turns: u32,
    /// Asking for this has shown several known entries, the oldest first.
    proved: Option<bool>,
    /// What was asked for before the other way round was tried.
    tried: Option<bool>,
}

impl Order {
    /// Asks the other way round, which may show what is missing.
    pub(super) fn try_other(&mut self) {
        self.tried = Some(self.descending);
        self.descending = !self.descending;
    }

    /// That did not help.
    pub(super) fn try_back(&mut self) {
        self.descending = self.tried.take().unwrap_or(self.descending);
    }

    /// The page with the oldest entry first; nothing if the other order is to be asked for.
    pub(super) fn sorted<T>(
        &mut self,
        mut page: Vec<Found<T>>,
        chain: &Chain,
    ) -> Option<Vec<Found<T>>> {
        let known = by_known(&page, chain);
        if known == Some(false) {
            self.proved = Some(self.descending);
        }
        let is_proved = self.proved == Some(self.descending);
        let guessed = || by_one(&page, chain).or_else(|| by_dates(&page, true));
        match known.or_else(|| guessed().filter(|_| !is_proved)) {
            Some(true) => {
                self.newest_first = true;
                self.turns += 1;
                if self.turns <= TURNS {
                    // The newest ones may be all that is shown.
                    self.descending = !self.descending;
                    return None;
                }
                page.reverse();
            }
            Some(false) => (self.newest_first, self.turns) = (false, 0),
            None if is_proved => {}
            None => page = turned(page, self.newest_first),
        }
        Some(page)
    }
}

/// Whether what is known comes in the other order, as far as that tells.
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

/// The one entry that is known is the oldest one, unless the others are late.
fn by_one<T>(page: &[Found<T>], chain: &Chain) -> Option<bool> {
    let mut known = page.iter().enumerate();
    let mut known = known.by_ref().filter(|(_, found)| chain.knows(found.key));
    match (known.next()?, known.next()) {
        ((0, _), None) if page.len() > 1 => Some(false),
        ((at, _), None) if at > 0 && at + 1 == page.len() => {
            Some(by_dates(page, false) != Some(false))
        }
        _ => None,
    }
}

fn by_dates<T>(page: &[Found<T>], is_sure: bool) -> Option<bool> {
    let direction = direction(page).filter(|direction| direction.is_sure || !is_sure)?;
    Some(direction.newest_first)
}
