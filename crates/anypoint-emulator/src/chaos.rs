//! A reproducible mix of failures.
//!
//! The failure of a request depends only on the seed and on the number of the request, not on time or
//! on failures of other requests. Requests for tokens (unless they have a share) and requests whose
//! credentials are refused anyway are not numbered.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hyper::http::request::Parts;

use crate::FIXED_TOKEN;
use crate::auth::{Gate, bearer};
use crate::fault::{Effect, Shot};
use crate::fault::{empty, html, problem};
use crate::random::mix;
use crate::spec::{Operation, Security};

/// A client that has not returned after this many requests of others is no longer waited for.
const PATIENCE: u64 = 256;

/// The share of each failure in a thousand requests, for [`Builder::chaos`](crate::Builder::chaos).
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
    /// 429 without `Retry-After`; not processed.
    pub throttled_silently: u16,
    /// 503 without a body; not processed.
    pub unavailable: u16,
    /// 500 with a message; not processed.
    pub failed: u16,
    /// 502 with the HTML page of a proxy; not processed.
    pub html: u16,
    /// A token expires: the request with it gets a 401 and is not processed. This is delayed until
    /// the token has served [`token_serves`](Self::token_serves) requests, and until each request that
    /// was refused because of an earlier expiry was sent again (identified by method and target). So
    /// a client that renews its token immediately is not refused twice in a row. A request that needs
    /// no token is answered normally; the fixed token is refused once and remains valid.
    pub expired: u16,
    /// The connection is closed before the body is read; not processed.
    pub reset_before: u16,
    /// The request is processed, and the connection is closed without an answer.
    pub reset_after: u16,
    /// Processed; half of the body of the answer is sent, then the connection is closed. An answer
    /// without a body is not changed.
    pub truncated: u16,
    /// Processed; the body of the answer is sent in four pieces, each after a quarter of
    /// [`slow_for`](Self::slow_for).
    pub slow: u16,
    /// The `Retry-After` of [`throttled`](Self::throttled), in seconds; 1 by default.
    pub retry_after: u64,
    /// How long the body of a [`slow`](Self::slow) answer takes, in real time; 40 ms by default.
    pub slow_for: Duration,
    /// How many requests a token serves at least before it expires; 1 by default.
    pub token_serves: u32,
    /// Whether requests for tokens fail, too; false by default.
    pub tokens_too: bool,
    /// For how many requests chaos lasts; without end by default. Two runs with more requests than
    /// this have the same number of failures of each kind, even if the order of their requests differs.
    pub requests: u64,
}

impl Default for Chaos {
    /// No failures.
    fn default() -> Self {
        Self {
            throttled: 0,
            throttled_silently: 0,
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
            token_serves: 1,
            tokens_too: false,
            requests: u64::MAX,
        }
    }
}

impl Chaos {
    /// The same share of a thousand requests for each of the ten failures.
    #[must_use]
    pub fn even(share: u16) -> Self {
        Self {
            throttled: share,
            throttled_silently: share,
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

    /// How many of a thousand requests fail.
    pub(crate) fn total(&self) -> u32 {
        self.shares()
            .iter()
            .map(|(share, _)| u32::from(*share))
            .sum()
    }

    fn shares(&self) -> [(u16, &'static str); 10] {
        [
            (self.throttled, "throttled"),
            (self.throttled_silently, "throttled_silently"),
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

    /// The failure of the request with this number.
    fn draw(&self, seed: u64, number: u64) -> Option<&'static str> {
        // The seed is mixed first, so that neighbouring seeds do not give shifted sequences.
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
            "throttled" | "throttled_silently" => problem(429),
            "unavailable" => empty(503),
            "failed" => problem(500),
            "html" => html(502),
            "reset_before" => Effect::ResetBeforeRead,
            "reset_after" => Effect::ResetAfterProcessing,
            "truncated" => Effect::TruncateHalf,
            _ => Effect::Slow(self.slow_for),
        }
    }
}

/// What chaos does to a request.
pub(crate) enum Fate {
    /// Nothing; its credentials are valid.
    Spared,
    /// Its credentials are not valid, or not any more.
    Refused,
    /// Its credentials are valid, and it fails.
    Suffers(Shot),
}

/// The chaos of one emulator, and its counts.
#[derive(Debug)]
pub(crate) struct Dice {
    seed: u64,
    chaos: Chaos,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How many requests were numbered.
    requests: u64,
    counts: BTreeMap<&'static str, u64>,
    /// How many tokens must still expire.
    due: u64,
    /// How many requests were served since the last token expired.
    served: u32,
    expired: HashSet<String>,
    /// Requests that had an expired token and were not sent again with a valid one, with the number of
    /// requests at that time.
    away: HashMap<String, u64>,
}

impl Dice {
    pub(crate) fn new(seed: u64, chaos: Chaos) -> Self {
        Self {
            seed,
            chaos,
            state: Mutex::default(),
        }
    }

    /// Decides what happens to a request. Its credentials are checked under the same lock, so that no
    /// token expires between the check and the record of the refusal.
    pub(crate) fn meet(&self, operation: &Operation, parts: &Parts, gate: &Gate) -> Fate {
        let mut state = self.lock();
        let token = bearer(&parts.headers).filter(|_| operation.security == Security::Bearer);
        if !gate.admits(operation.security, &parts.headers) {
            if token.is_some_and(|token| state.expired.contains(token)) {
                state.leave(parts);
            }
            return Fate::Refused;
        }
        let drawn = self.next(&mut state, operation);
        let Some(token) = token else {
            return self.suffer(&mut state, drawn.filter(|mishap| *mishap != "expired"));
        };
        let back = state.away.remove(&name(parts)).is_some();
        if drawn == Some("expired") {
            state.due += 1;
        }
        let free = drawn.is_none_or(|mishap| mishap == "expired");
        if free && !back && self.expire(&mut state, token, gate) {
            state.leave(parts);
            return Fate::Refused;
        }
        state.served = state.served.saturating_add(1);
        self.suffer(&mut state, drawn.filter(|_| !free))
    }

    /// The failure of the next request, if it has one.
    fn next(&self, state: &mut State, operation: &Operation) -> Option<&'static str> {
        if operation.gives_tokens() && !self.chaos.tokens_too {
            return None;
        }
        state.requests += 1;
        let lasts = state.requests <= self.chaos.requests;
        self.chaos.draw(self.seed, state.requests).filter(|_| lasts)
    }

    /// Whether a token expires now.
    fn expire(&self, state: &mut State, token: &str, gate: &Gate) -> bool {
        let fixed = token == FIXED_TOKEN;
        let ripe = state.served >= self.chaos.token_serves && !state.awaits();
        if state.due == 0 || !(fixed || ripe) {
            return false;
        }
        state.due -= 1;
        *state.counts.entry("expired").or_default() += 1;
        if !fixed {
            gate.revoke(token);
            state.expired.insert(token.to_owned());
            state.served = 0;
        }
        true
    }

    fn suffer(&self, state: &mut State, mishap: Option<&'static str>) -> Fate {
        let Some(mishap) = mishap else {
            return Fate::Spared;
        };
        *state.counts.entry(mishap).or_default() += 1;
        let waits = mishap == "throttled";
        Fate::Suffers(Shot {
            delay: None,
            retry_after: waits.then_some(self.chaos.retry_after),
            effect: Some(self.chaos.effect(mishap)),
        })
    }

    pub(crate) fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.lock().counts.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Records a request that was refused because of an expired token.
    fn leave(&mut self, parts: &Parts) {
        self.away.insert(name(parts), self.requests);
    }

    /// Whether one of these was not sent again yet.
    fn awaits(&mut self) -> bool {
        let now = self.requests;
        self.away.retain(|_, left| now - *left <= PATIENCE);
        !self.away.is_empty()
    }
}

/// Identifies a request before its body is read.
fn name(parts: &Parts) -> String {
    format!("{} {}", parts.method, parts.uri)
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
