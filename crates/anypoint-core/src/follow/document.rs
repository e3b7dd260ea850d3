//! A log that is continued by the id of an entry.
//!
//! The service returns the entries after that one in its own order. A late entry may appear anywhere
//! in it, two entries may have the same id, and a service may return something else. So the known
//! entries are kept in the order of the service, and the range between two entries is read once more
//! when no late entry can appear there any longer. A page is accepted if it shows the entries that
//! are known to follow the requested one.
//!
//! Each round reads what is new at the end, and at the few other places where unexpected entries
//! appeared. Then it checks the ranges that are due, and from time to time all known ranges, because
//! a clock may have been set back.
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

/// All known ranges are read again after this number of rounds without new entries, then after twice
/// as many and so on, up to the limit.
const QUIET: u64 = 8;
const QUIETEST: u64 = 256;

/// All known ranges are read again after this number of rounds at the latest.
const OFTEN: u64 = 64;

/// How many pages of that are read in a round without new entries.
const FURTHER: u64 = 16;

/// Every this many rounds the last entries are read again to find late ones.
const AGAIN: u64 = 4;

/// How often a page that does not follow the known entries is requested again.
const TRIES: u32 = 6;

/// A log, and where to continue.
#[derive(Debug)]
pub(super) struct Document<T> {
    /// How many entries to request.
    length: i64,
    beginning: Option<Beginning<T>>,
    chain: Chain,
    /// The time at which reading began, unless it began after an entry.
    origin: Option<i64>,
    order: Order,
    /// Entries whose order no page has confirmed yet.
    doubt: Option<Doubt>,
    ask: Ask,
    /// How many pages in a row did not follow the known entries.
    strays: u32,
    /// How many entries a page can be expected to have, and how many the last one had.
    largest: usize,
    previous: usize,
    /// The length of the longest page with new entries, and how many pages had it.
    longest: (usize, u32),
    /// Continue in the same round after short pages, too.
    to_the_end: bool,
    fronts: Fronts,
    /// How far the reading of all known ranges has come.
    far: Option<Far>,
    /// When that begins again: by the number of rounds without new entries, and of all rounds since
    /// the last time.
    far_after: u64,
    since_far: u64,
    rounds: u64,
    /// How many rounds in a row had no new entries.
    quiet: u64,
    /// How many more pages this round may use for checks, and for reading all known ranges.
    checks: u64,
    looks: u64,
}

/// What is requested: the entries after one, or all from the origin on.
#[derive(Debug, Clone, Copy)]
struct Ask {
    purpose: Purpose,
    after: Option<Key>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Purpose {
    /// New entries at the end.
    End,
    /// New entries after an entry in the middle.
    Front(Key),
    /// Late entries before this one.
    Check(Key),
    /// Any entries.
    Far,
}

/// The reading of all known ranges, from the first entry to the last.
#[derive(Debug)]
struct Far {
    at: Option<Key>,
    found: bool,
}

impl<T> Document<T> {
    pub(super) fn read_to_the_end(&mut self) {
        self.to_the_end = true;
    }

    /// What to request next.
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

    /// Takes the new entries of a page that was requested and received at these times, and decides
    /// what to request next.
    ///
    /// # Errors
    /// A full page without an id after which to continue.
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
        // Two known entries that must follow show the order, so it is not a guess.
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

    /// Whether a page is as long as any of this service, and none of its last entries has an id after
    /// which to continue. It is reported once.
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

    /// Requests a page again that does not show what it should: it may have been truncated to
    /// nothing or to the newest of many entries, or two entries may have the id.
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

    /// Decides what to request next, and returns whether that belongs to this round.
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

    /// Continues at the end while there are new entries, and until a page reaches the end.
    fn goes_on_at_end(&mut self, merged: &Merged<T>, count: usize) -> bool {
        let (last, asked) = (self.chain.last(), self.ask.after);
        if merged.appended > 0 {
            self.ask_at_end(if count > 3 { 1 } else { 0 });
            // Two pages of the same length may be the longest that the service returns.
            let previous = std::mem::replace(&mut self.previous, count);
            return self.to_the_end || count * 2 >= self.largest || count == previous;
        }
        if count == 0 || merged.reached == last || asked == self.chain.last_named() {
            return false;
        }
        // The service returns fewer entries than expected.
        self.largest = count;
        self.ask_at_end(count / 2);
        if self.ask.after == asked {
            self.ask_at_end(0);
        }
        self.ask.after != asked
    }

    /// Requests the new entries, and `again` known ones before them.
    fn ask_at_end(&mut self, again: usize) {
        // One known entry confirms the order of the others, and two show the order of a page.
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

    /// Moves each place to the last new entry that directly follows it, or to one further on, among
    /// known entries.
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

    /// Marks the places that the page shows, so that this round does not request them again.
    fn look_at_fronts(&mut self, reached: Option<Key>) {
        let (chain, asked) = (&self.chain, self.ask.after);
        self.fronts.looked(self.rounds, |key| {
            asked.is_none_or(|asked| chain.is_behind(key, asked))
                && reached.is_some_and(|reached| chain.is_behind(reached, key))
        });
    }

    /// Requests a known entry and those after it.
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

    /// Where the page after this one begins: with the new entries of this one, which it must repeat.
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

    /// Requests whatever else belongs to this round.
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

    /// The first entry to be checked: if there are many, or after twice the time.
    fn due(&self, now: Instant) -> Option<Key> {
        let many = self.largest / 2;
        let (due, age, count) = self.chain.due(now, many)?;
        (count >= many || age >= 2 * LATE_FOR).then_some(due)
    }

    /// Everything since the time at which reading began is known, and can be requested.
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
            // A service that returns very few entries would return only known ones.
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
    .with_hint("follow the log again, from a later time")
}

fn missing() -> Error {
    let problem =
        "log entries may be missing: what the service shows does not follow what it showed before";
    Error::new(ErrorKind::Gap, problem).with_hint("the log file of the deployment has them all")
}

#[cfg(test)]
mod tests;
