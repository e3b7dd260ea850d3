//! Where the reading of a log begins, and its first page.
//!
//! It must not know what is requested later.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use super::beginning::{At, Beginning};
use super::chain::{Chain, Key};
use super::doubt::Doubt;
use super::fronts::Fronts;
use super::order::Order;
use super::page::{Begins, merge, shows_known};
use super::{Ask, Document, Purpose, QUIET, missing, nameless};
use crate::error::Error;
use crate::follow::Batch;
use crate::follow::entry::{Found, hash};

impl<T> Document<T> {
    pub(in crate::follow) fn new(at: At, shown: &[(i64, Key)], length: i64, now: Instant) -> Self {
        let mut document = Self {
            length,
            beginning: None,
            chain: Chain::default(),
            origin: None,
            order: Order::default(),
            doubt: None,
            ask: Ask {
                purpose: Purpose::End,
                after: None,
            },
            strays: 0,
            largest: usize::try_from(length).unwrap_or(1).max(1),
            previous: 0,
            longest: (0, 0),
            to_the_end: false,
            fronts: Fronts::default(),
            far: None,
            far_after: QUIET,
            since_far: 0,
            rounds: 0,
            quiet: 0,
            checks: 0,
            looks: 0,
        };
        match at {
            At::After(id) => document.resume(id, shown, now),
            at => {
                // The entries that a position names without an id after which to continue.
                for (_, key) in shown.iter().filter(|(later, _)| *later >= 0) {
                    document.chain.append(*key, None, now);
                    document.chain.pass_over(*key);
                }
                document.beginning = Some(Beginning::new(at));
            }
        }
        document
    }

    /// Restores the known entries from a position.
    fn resume(&mut self, id: Arc<str>, shown: &[(i64, Key)], now: Instant) {
        let mut id = Some(id);
        for (later, key) in shown {
            let own = id.take_if(|_| *later >= 0);
            if own.is_some() {
                self.ask.after = Some(*key);
            }
            self.chain.append(*key, own, now);
            if self.ask.after.is_none_or(|after| after == *key) {
                self.chain.pass_over(*key);
            }
        }
        // A position that names no entry, for example one made by hand.
        if let Some(id) = id {
            let key = hash(id.as_bytes());
            self.chain.append(key, Some(id), now);
            self.ask.after = Some(key);
        }
    }

    /// Takes the first page, which may be empty.
    pub(super) fn begin(
        &mut self,
        page: Vec<Found<T>>,
        origin: Option<i64>,
        during: &Range<Instant>,
    ) -> Result<Batch<T>, Error> {
        let full = i64::try_from(page.len()).is_ok_and(|count| count >= self.length);
        let is_later = self.chain.last().is_some() && !page.is_empty();
        let is_gap = is_later && !shows_known(&page, &self.chain);
        let merged = merge(page, Begins::Behind(None), during, &mut self.chain);
        let entries = merged.entries;
        match self.chain.last_named() {
            Some(_) => {
                (self.beginning, self.origin) = (None, origin);
                self.doubt = (entries.len() > 1).then(Doubt::default);
                self.ask_at_end(1);
                Ok(Batch {
                    more: !entries.is_empty(),
                    entries,
                    gap: is_gap.then(missing),
                })
            }
            None if full => Err(nameless()),
            None => Ok(Batch {
                entries,
                gap: is_gap.then(missing),
                ..Batch::default()
            }),
        }
    }
}
