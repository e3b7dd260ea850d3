//! A mix of mishaps that a seed repeats.
//!
//! What befalls a request depends on the seed and on the request's arrival number alone, not on
//! time or on what befell others.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::fault::{Effect, Shot};
use crate::fault::{empty, html, problem};
use crate::random::mix;
use crate::spec::{Operation, Security};

/// How many of a thousand requests suffer which mishap, for [`Builder::chaos`](crate::Builder::chaos).
///
/// ```
/// use anypoint_emulator::Chaos;
/// let mix = Chaos { throttled: 20, reset_after: 5, ..Chaos::default() };
/// # let _ = mix;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chaos {
    /// 429 with a `Retry-After` of [`retry_after`](Self::retry_after) seconds; not processed.
    pub throttled: u16,
    /// 503 without a body; not processed.
    pub unavailable: u16,
    /// 500 with a message; not processed.
    pub failed: u16,
    /// 502 with the HTML page of a proxy; not processed.
    pub html: u16,
    /// 401, and the token that came along is void from then on; not processed. A request that
    /// needs no token gets its usual answer.
    pub expired: u16,
    /// The connection is closed before the body is read; not processed.
    pub reset_before: u16,
    /// The request is processed, and the connection closed without an answer.
    pub reset_after: u16,
    /// Processed; half of the answer's body comes, then the connection is closed. An answer
    /// without a body comes as usual.
    pub truncated: u16,
    /// Processed; the answer's body comes in four pieces, a quarter of
    /// [`slow_for`](Self::slow_for) before each.
    pub slow: u16,
    /// In seconds; 1 if not set.
    pub retry_after: u64,
    /// Real time; 40 ms if not set.
    pub slow_for: Duration,
    /// Whether requests for tokens have their share; they do not if not set.
    pub tokens_too: bool,
}

impl Default for Chaos {
    /// No mishaps.
    fn default() -> Self {
        Self {
            throttled: 0,
            unavailable: 0,
            failed: 0,
            html: 0,
            expired: 0,
            reset_before: 0,
            reset_after: 0,
            truncated: 0,
            slow: 0,
            retry_after: 1,
            slow_for: Duration::from_millis(40),
            tokens_too: false,
        }
    }
}

impl Chaos {
    /// The same share of a thousand for each of the nine mishaps.
    #[must_use]
    pub fn even(share: u16) -> Self {
        Self {
            throttled: share,
            unavailable: share,
            failed: share,
            html: share,
            expired: share,
            reset_before: share,
            reset_after: share,
            truncated: share,
            slow: share,
            ..Self::default()
        }
    }

    /// How many of a thousand requests suffer something.
    pub(crate) fn total(&self) -> u32 {
        self.shares()
            .iter()
            .map(|(share, _)| u32::from(*share))
            .sum()
    }

    fn shares(&self) -> [(u16, &'static str); 9] {
        [
            (self.throttled, "throttled"),
            (self.unavailable, "unavailable"),
            (self.failed, "failed"),
            (self.html, "html"),
            (self.expired, "expired"),
            (self.reset_before, "reset_before"),
            (self.reset_after, "reset_after"),
            (self.truncated, "truncated"),
            (self.slow, "slow"),
        ]
    }

    /// The mishap of the request with this arrival number.
    fn draw(&self, seed: u64, number: u64) -> Option<&'static str> {
        // The seed is mixed by itself, so that neighbouring seeds do not give shifted sequences.
        let drawn = mix(mix(seed) ^ number) % 1000;
        let mut limit = 0;
        let hit = |(share, name)| {
            limit += u64::from(share);
            (drawn < limit).then_some(name)
        };
        self.shares().into_iter().find_map(hit)
    }

    fn effect(&self, mishap: &str) -> Effect {
        match mishap {
            "throttled" => problem(429),
            "unavailable" => empty(503),
            "failed" => problem(500),
            "html" => html(502),
            "expired" => Effect::ExpireOwnToken,
            "reset_before" => Effect::ResetBeforeRead,
            "reset_after" => Effect::ResetAfterProcessing,
            "truncated" => Effect::TruncateHalf,
            _ => Effect::Slow(self.slow_for),
        }
    }
}

/// The chaos of one emulator, and how much of it there was.
#[derive(Debug)]
pub(crate) struct Dice {
    seed: u64,
    chaos: Chaos,
    counts: Mutex<BTreeMap<&'static str, u64>>,
}

impl Dice {
    pub(crate) fn new(seed: u64, chaos: Chaos) -> Self {
        Self {
            seed,
            chaos,
            counts: Mutex::default(),
        }
    }

    /// What befalls a request, if anything.
    pub(crate) fn roll(&self, number: u64, operation: &Operation) -> Option<Shot> {
        if operation.gives_tokens() && !self.chaos.tokens_too {
            return None;
        }
        let mishap = self.chaos.draw(self.seed, number)?;
        if mishap == "expired" && operation.security != Security::Bearer {
            return None;
        }
        *self.lock().entry(mishap).or_default() += 1;
        let waits = mishap == "throttled";
        Some(Shot {
            delay: None,
            retry_after: waits.then_some(self.chaos.retry_after),
            effect: Some(self.chaos.effect(mishap)),
        })
    }

    pub(crate) fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_the_shares_hold() {
        let chaos = Chaos::even(20);
        let draw = |seed| {
            (1..=10_000)
                .map(|n| chaos.draw(seed, n))
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        for (_, name) in chaos.shares() {
            let hits = draw(7).iter().filter(|hit| **hit == Some(name)).count();
            assert!((140..=260).contains(&hits), "{name}: {hits}");
        }
        assert!((1..1000).all(|n| Chaos::default().draw(7, n).is_none()));
        let always = Chaos {
            slow: 1000,
            ..Chaos::default()
        };
        assert!((1..1000).all(|n| always.draw(7, n) == Some("slow")));
    }
}
