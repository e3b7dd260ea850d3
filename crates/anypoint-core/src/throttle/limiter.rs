//! One limit: slots that are taken in turn and come back an interval after their use.
//!
//! A server counts a request when it arrives. That moment is not known here, only that it lies
//! between the sending and the answer. A slot that came back an interval after the sending could
//! so be used too early, when the first request was slow on its way and the second one is not.
//! Therefore it comes back an interval after the *answer*. For answers that take long this would
//! waste most of the limit, so the wait for the answer counts for a small part of the interval
//! only.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::RateLimit;
use crate::clock::Clock;

/// The part of an interval that an answer may delay the return of its slot.
const GRACE: u32 = 25;

/// A limiter of one class and host, or of one class and application.
#[derive(Debug)]
pub(crate) struct Limiter {
    name: &'static str,
    interval: Duration,
    clock: Arc<dyn Clock>,
    /// First come, first served; as many permits as there are slots.
    gate: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When each slot at rest may be used again, in the order of their return; `None` at once.
    free: VecDeque<Option<Instant>>,
    /// Nobody starts before, because the server said so.
    paused_until: Option<Instant>,
}

impl Limiter {
    pub(super) fn new(
        limit: &RateLimit,
        permits: u32,
        sharers: NonZeroU32,
        clock: Arc<dyn Clock>,
    ) -> Self {
        // Less than one request in an interval is one in a longer interval.
        let (slots, interval) = match (permits, permits / sharers) {
            (0, _) => (Semaphore::MAX_PERMITS, limit.interval),
            (_, 0) => (1, limit.interval * sharers.get() / permits),
            (_, share) => (share as usize, limit.interval),
        };
        let known = if permits == 0 { 0 } else { slots };
        Self {
            name: limit.name,
            interval,
            clock,
            gate: Arc::new(Semaphore::new(slots)),
            state: Mutex::new(State {
                free: std::iter::repeat_n(None, known).collect(),
                paused_until: None,
            }),
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The time in which its requests are counted.
    pub(crate) fn interval(&self) -> Duration {
        self.interval
    }

    /// Whether a slot still rests, so that a new limiter in its place would allow too much.
    pub(super) fn is_resting(&self) -> bool {
        let now = Some(self.clock.now());
        let state = self.lock();
        state.paused_until > now || state.free.iter().any(|back| *back > now)
    }

    /// Waits until one more request may start. Who is cancelled gives the place back.
    pub(super) async fn slot(self: &Arc<Self>) -> Slot {
        // The gate is never closed.
        let permit = self.gate.clone().acquire_owned().await.ok();
        let free = self.lock().free.pop_front();
        let mut slot = Slot {
            limiter: self.clone(),
            back: free,
            permit,
        };
        while let Some(wait) = slot.wait() {
            self.clock.sleep(wait).await;
        }
        if slot.back.is_some() {
            let latest = self.clock.now() + self.interval + self.interval / GRACE;
            slot.back = Some(Some(latest));
        }
        slot
    }

    /// Nobody starts before that instant.
    pub(super) fn pause(&self, until: Instant) {
        let mut state = self.lock();
        state.paused_until = state.paused_until.max(Some(until));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to start one request. Dropped when the answer is there, or the request is given up.
#[derive(Debug)]
pub(crate) struct Slot {
    limiter: Arc<Limiter>,
    /// When it may be used again at the latest. The outer `None` is a limiter without a number.
    back: Option<Option<Instant>>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Slot {
    /// How long it is until this slot may be used.
    fn wait(&self) -> Option<Duration> {
        let paused = self.limiter.lock().paused_until;
        let ready = self.back.flatten().max(paused)?;
        let wait = ready.saturating_duration_since(self.limiter.clock.now());
        (!wait.is_zero()).then_some(wait)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(back) = self.back {
            let answered = self.limiter.clock.now() + self.limiter.interval;
            let back = back.map(|latest| latest.min(answered));
            self.limiter.lock().free.push_back(back);
        }
        // Only now: who comes through the gate finds a slot.
        self.permit.take();
    }
}
