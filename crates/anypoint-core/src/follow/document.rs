//! A log that is read on from the id of an entry.
//!
//! The service shows what stands behind that entry in its own order. What is late may stand anywhere
//! in it, an id may stand for two entries, and a service may show something else. So what was read
//! is kept in the service's order, and what stands between two entries is read once more when
//! nothing late can come there any longer. A page counts if it shows what is known to stand behind
//! the entry that was asked for.
//!
//! Each round reads what is new at the end, and at the few other places where something came that
//! was not expected; then it checks what is due, and now and then all that is known, since a clock
//! may have been set back.
//!
//! It must not know other parts of the same log.

mod beginning;
mod chain;
mod doubt;
mod fronts;
mod order;
mod page;
mod start;

use std::collections::HashSet;
use std::ops::Range;
use std::time::Instant;

use self::beginning::Beginning;
use self::chain::{Chain, Key};
use self::doubt::Doubt;
use self::fronts::Fronts;
use self::order::Order;
use self::page::{Begins, Merged, follows, merge, shows_known, without_overlap};
use super::entry::Found;
use super::horizon::LATE_FOR;
use super::{Batch, Stretch};
use crate::error::{Error, ErrorKind};

pub(super) use self::beginning::At;

/// After so many rounds that brought nothing everything is looked at again, and then after twice as
/// many and so on, up to a limit.
const QUIET: u64 = 8;
const QUIETEST: u64 = 256;

/// After so many rounds at the latest everything is looked at again.
const OFTEN: u64 = 64;

/// How many pages that takes in a quiet round.
const FURTHER: u64 = 16;

/// With every so many rounds the last entries are read again for late ones.
const AGAIN: u64 = 4;

/// How often a page is asked for again that does not follow what is known.
const TRIES: u32 = 6;

/// A log, and where to read on.
#[derive(Debug)]
pub(super) struct Document<T> {
    /// How many entries to ask for.
    length: i64,
    beginning: Option<Beginning<T>>,
    chain: Chain,
    /// The time at which reading began, unless it began behind an entry.
    origin: Option<i64>,
    order: Order,
    /// What was taken in an order that no page has shown yet.
    doubt: Option<Doubt>,
    ask: Ask,
    /// How often in a row a page did not follow what is known.
    strays: u32,
    /// How many entries a page can be expected to have, and how many the last one had.
    largest: usize,
    previous: usize,
    /// The length of the longest page that brought something, and how many had it.
    longest: (usize, u32),
    /// Short pages may be followed by others, too, and are not left to the next round.
    to_the_end: bool,
    fronts: Fronts,
    /// Where looking at everything has come to.
    far: Option<Far>,
    /// When it is to begin again, by the number of quiet rounds and of all since the last time.
    far_after: u64,
    since_far: u64,
    rounds: u64,
    /// How many rounds in a row have brought nothing.
    quiet: u64,
    /// How many more pages this round may have to check, and to look at everything.
    checks: u64,
    looks: u64,
}

/// What is asked for: what stands behind an entry, or all from the origin on.
#[derive(Debug, Clone, Copy)]
struct Ask {
    purpose: Purpose,
    after: Option<Key>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Purpose {
    /// What is new at the end.
    End,
    /// What is new behind an entry in the middle.
    Front(Key),
    /// What was late before that entry.
    Check(Key),
    /// Anything.
    Far,
}

/// Looking at everything, from the first entry to the last.
#[derive(Debug)]
struct Far {
    at: Option<Key>,
    found: bool,
}

impl<T> Document<T> {
    pub(super) fn read_to_the_end(&mut self) {
        self.to_the_end = true;
    }

    /// What to ask for next.
    pub(super) fn stretch(&self) -> Stretch {
        if let Some(beginning) = &self.beginning {
            return beginning.stretch(self.length);
        }
        let after = self.ask.after.and_then(|key| self.chain.id(key));
        Stretch {
            from: self.origin.filter(|_| after.is_none()),
            after: after.map(|id| id.to_string()),
            length: Some(self.length),
            descending: Some(self.order.descending),
            ..Stretch::default()
        }
    }

    /// Takes what is new in a page that was asked for and came at these times, and moves on.
    ///
    /// # Errors
    /// When a full page has no id to read on from.
    pub(super) fn accept(
        &mut self,
        found: Vec<Found<T>>,
        during: &Range<Instant>,
    ) -> Result<Batch<T>, Error> {
        if let Some(mut beginning) = self.beginning.take() {
            let first = beginning.accept(found);
            let (origin, descending) = (beginning.origin(), beginning.descending);
            self.order.descending = descending;
            self.beginning = Some(beginning);
            return match first {
                Some(page) => self.begin(page, origin, during),
                None => Ok(Batch::on_its_way()),
            };
        }
        if !self.settles_doubt(&found) {
            return Ok(Batch::on_its_way());
        }
        let Some((mut page, guess)) = self.order.sorted(found, &self.chain) else {
            if self.ask.purpose == Purpose::End {
                self.ask_at_end(1);
            }
            return Ok(Batch::on_its_way());
        };
        let asked = self.ask.after;
        without_overlap(&mut page, asked, &self.chain);
        let follows =
            (asked.is_none() && self.knows_beginning()) || follows(&page, asked, &self.chain);
        // The order is no guess where two known entries are to come.
        let follows = follows && (guess.is_none() || !self.chain.has_two_behind(asked));
        if !follows && self.tries_again(page.is_empty()) {
            return Ok(Batch::on_its_way());
        }
        self.strays = 0;
        let is_end = self.ask.purpose == Purpose::End;
        let is_gap = !follows && is_end && !page.is_empty() && !shows_known(&page, &self.chain);
        let begins = match (follows, is_gap) {
            (true, _) => Begins::Behind(asked),
            (_, true) => Begins::Behind(self.chain.last()),
            _ => Begins::Anywhere,
        };
        let count = page.len();
        if let (Some(_), Begins::Behind(behind)) = (guess, &begins) {
            let behind = *behind;
            self.doubt = Some(Doubt { behind, guess });
        }
        let merged = merge(page, begins, during, &mut self.chain);
        let is_full = i64::try_from(count).is_ok_and(|count| count >= self.length);
        let is_last = asked.is_none() || asked == self.chain.last_named();
        if is_end && is_full && is_last && merged.entries.is_empty() {
            return Err(nameless());
        }
        let is_stuck = is_end && self.is_stuck(&merged, count) && is_last;
        let more = self.next(&merged, count, during.end);
        Ok(Batch {
            more,
            gap: (is_gap || is_stuck).then(missing),
            entries: merged.entries,
        })
    }

    /// A page is as long as the service shows any, and none of its last entries has an id to read
    /// on from. It is told once.
    fn is_stuck(&mut self, merged: &Merged<T>, count: usize) -> bool {
        let (longest, times) = self.longest;
        let is_stuck = merged.entries.is_empty()
            && self.chain.last() != self.chain.last_named()
            && (count >= longest && times > 1);
        if is_stuck {
            self.longest.1 = 0;
        } else if !merged.entries.is_empty() && count >= longest {
            self.longest = (count, if count > longest { 1 } else { times + 1 });
        }
        is_stuck
    }

    /// Asks once more in place of a page that does not show what it should: it may have been cut
    /// to nothing, or to the newest entries of many, or the id may stand for two entries.
    fn tries_again(&mut self, is_empty: bool) -> bool {
        self.strays += 1;
        match self.strays {
            2 if !is_empty => self.order.try_other(),
            3.. if !is_empty => {
                self.order.try_back();
                if let Some(asked) = self.ask.after
                    && let Some(before) = self.chain.named_before(asked)
                {
                    self.chain.forget_id(asked);
                    self.ask.after = Some(before);
                }
            }
            _ => {}
        }
        self.strays < TRIES
    }

    /// Decides what to ask for next, and tells whether that belongs to this round.
    fn next(&mut self, merged: &Merged<T>, count: usize, now: Instant) -> bool {
        let is_new = !merged.entries.is_empty();
        if is_new {
            self.quiet = 0;
            self.checks += 2;
            self.looks += u64::from(!matches!(self.ask.purpose, Purpose::Check(_)));
            self.move_fronts(merged);
        }
        self.look_at_fronts(merged.reached);
        self.largest = self.largest.max(count);
        let goes_on = match self.ask.purpose {
            Purpose::End => self.goes_on_at_end(merged, count),
            Purpose::Front(front) => {
                let strange = |key| merged.strange.filter(|_| key == front);
                self.fronts.advance(self.rounds, strange);
                false
            }
            Purpose::Check(due) => self.goes_on_checking(merged, due),
            Purpose::Far => {
                self.goes_on_far(merged);
                false
            }
        };
        goes_on || self.choose(now)
    }

    /// Reads on at the end while there is something new, and as long as the page did not go there.
    fn goes_on_at_end(&mut self, merged: &Merged<T>, count: usize) -> bool {
        let (last, asked) = (self.chain.last(), self.ask.after);
        if merged.appended > 0 {
            self.ask_at_end(if count > 3 { 1 } else { 0 });
            // Two pages of one length may be as long as the service shows any.
            let previous = std::mem::replace(&mut self.previous, count);
            return self.to_the_end || count * 2 >= self.largest || count == previous;
        }
        if count == 0 || merged.reached == last || asked == self.chain.last_named() {
            return false;
        }
        // The service shows less than was expected.
        self.largest = count;
        self.ask_at_end(count / 2);
        if self.ask.after == asked {
            self.ask_at_end(0);
        }
        self.ask.after != asked
    }

    /// Asks for what is new, and for so many entries before it.
    fn ask_at_end(&mut self, again: usize) {
        // One proves the order of the others, and two show the order of a page.
        let least = match self.doubt {
            Some(_) => 1,
            None if self.order.is_known() => 0,
            None => 2,
        };
        let again = again.max(least);
        let before = self.chain.before_last(again);
        let named = before.and_then(|key| self.chain.named(key));
        self.ask = Ask {
            purpose: Purpose::End,
            after: named.or_else(|| self.chain.last_named()),
        };
    }

    /// What is new right behind a place moves it, or what is new further on, among what is old.
    fn move_fronts(&mut self, merged: &Merged<T>) {
        let new: HashSet<Key> = merged.entries.iter().map(|found| found.key).collect();
        let next = |key: &Key| self.chain.next(Some(*key)).filter(|key| new.contains(key));
        let is_further = |key| merged.strange.is_some() && self.ask.purpose == Purpose::Front(key);
        let last = |key: Key| match is_further(key) {
            true => None,
            false => std::iter::successors(next(&key), next).last(),
        };
        self.fronts.advance(self.rounds, last);
    }

    /// What the page shows is not to be asked for again in this round.
    fn look_at_fronts(&mut self, reached: Option<Key>) {
        let (chain, asked) = (&self.chain, self.ask.after);
        self.fronts.looked(self.rounds, |key| {
            asked.is_none_or(|asked| chain.is_behind(key, asked))
                && reached.is_some_and(|reached| chain.is_behind(reached, key))
        });
    }

    /// Asks for a known entry and what is behind it.
    fn ask_before(&mut self, key: Key, purpose: Purpose) {
        self.ask = Ask {
            purpose,
            after: self.chain.named_before(key),
        };
    }

    fn goes_on_checking(&mut self, merged: &Merged<T>, due: Key) -> bool {
        self.checks = self.checks.saturating_sub(1);
        let reached = self.to_go_on(merged);
        let is_before = reached.is_some_and(|key| !self.chain.is_behind(key, due) && key != due);
        if is_before && reached != self.ask.after && self.checks > 0 {
            self.ask.after = reached;
            return true;
        }
        // It has been shown, or cannot be.
        self.chain.pass_over(due);
        false
    }

    /// Where a page goes on after one: with what was new in it, which must come again.
    fn to_go_on(&self, merged: &Merged<T>) -> Option<Key> {
        let reached = merged.reached?;
        let before = self.chain.named_before(reached);
        let before =
            before.filter(|key| !merged.entries.is_empty() && Some(*key) != self.ask.after);
        before.or_else(|| self.chain.named(reached))
    }

    fn goes_on_far(&mut self, merged: &Merged<T>) {
        self.looks = self.looks.saturating_sub(1);
        if let Some(strange) = merged.strange {
            self.fronts.add(strange, self.rounds);
        }
        let reached = self.to_go_on(merged);
        let Some(far) = &mut self.far else {
            return;
        };
        far.found |= merged.strange.is_some();
        let is_over =
            merged.reached == self.chain.last() || reached.is_none() || reached == self.ask.after;
        far.at = reached;
        if is_over {
            self.far_after = match far.found {
                true => QUIET,
                false => (self.far_after * 2).min(QUIETEST),
            };
            (self.far, self.since_far) = (None, 0);
        }
    }

    /// Asks for what else belongs to this round.
    fn choose(&mut self, now: Instant) -> bool {
        if self.doubt.is_some() {
            self.end_round();
            return false;
        }
        if let Some(front) = self.fronts.next(self.rounds)
            && self.chain.knows(front)
        {
            self.ask_before(front, Purpose::Front(front));
            return true;
        }
        if let Some(first) = self.chain.first().filter(|_| !self.knows_beginning()) {
            self.chain.pass_over(first);
        }
        if self.checks > 0
            && let Some(due) = self.due(now)
        {
            self.ask_before(due, Purpose::Check(due));
            return true;
        }
        if self.looks > 0 && self.is_far_due() {
            let first = self.chain.first_named().filter(|_| !self.knows_beginning());
            let far = self.far.get_or_insert(Far {
                at: first,
                found: false,
            });
            self.ask = Ask {
                purpose: Purpose::Far,
                after: far.at,
            };
            return true;
        }
        self.end_round();
        false
    }

    /// The first entry to be checked: when there are many, or after twice the time.
    fn due(&self, now: Instant) -> Option<Key> {
        let many = self.largest / 2;
        let (due, age, count) = self.chain.due(now, many)?;
        (count >= many || age >= 2 * LATE_FOR).then_some(due)
    }

    /// All since the time at which reading began is known, and can be asked for.
    fn knows_beginning(&self) -> bool {
        self.origin.is_some() && !self.chain.is_cut
    }

    fn is_far_due(&self) -> bool {
        self.far.is_some() || self.quiet >= self.far_after || self.since_far >= OFTEN
    }

    /// Prepares the next round.
    fn end_round(&mut self) {
        self.rounds += 1;
        self.quiet += 1;
        self.since_far += 1;
        let is_quiet = self.quiet >= QUIET;
        let pages = if is_quiet { FURTHER } else { 1 };
        (self.checks, self.looks) = (pages, pages);
        let again = match self.rounds % AGAIN {
            // A service that shows very little would show only what is known.
            1 if is_quiet => 0,
            0 => self.chain.new_at_end(self.largest / 2).max(1),
            _ => 1,
        };
        self.ask_at_end(again);
    }
}

fn nameless() -> Error {
    Error::new(
        ErrorKind::Decode,
        "none of the entries on a full page has an id to read on from",
    )
    .with_hint("follow the log anew, from a later time")
}

fn missing() -> Error {
    let problem =
        "log entries may be missing: what the service shows does not follow what it showed before";
    Error::new(ErrorKind::Gap, problem).with_hint("the log file of the deployment has them all")
}

#[cfg(test)]
mod tests;
