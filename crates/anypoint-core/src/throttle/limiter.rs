//! One limit: slots that are taken in turn and come back an interval after their use.
//!
//! A server counts a request when it arrives. That moment is not known here, only that it lies
//! between the sending and the answer. So a slot rests a little longer than the interval, and a
//! request may be late on its way by that much. It does not wait for the answer: as many slow
//! requests as there are slots would hold up everyone else, though the limit allows them.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::RateLimit;
use crate::clock::Clock;

/// The part of an interval by which a request may be late on its way.
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

    /// Whether a slot still rests, so that a new limiter in its place would allow too much.
    pub(super) fn is_resting(&self) -> bool {
        let now = Some(self.clock.now());
        let state = self.lock();
        state.paused_until > now || state.free.iter().any(|back| *back > now)
    }

    /// Waits until one more request may start; `None` as soon as it is known that none may before
    /// the deadline. Who is cancelled gives the place back.
    pub(super) async fn slot(self: &Arc<Self>, deadline: Instant) -> Option<Slot> {
        // The gate is never closed.
        let permit = self.gate.clone().acquire_owned().await.ok();
        let slot = Slot {
            back: self.lock().free.pop_front(),
            limiter: self.clone(),
            permit,
        };
        while let Some(wait) = slot.wait() {
            if self.clock.now() + wait >= deadline {
                return None;
            }
            self.clock.sleep(wait).await;
        }
        Some(slot)
    }

    /// Nobody starts before that instant.
    pub(crate) fn pause(&self, until: Instant) {
        let mut state = self.lock();
        state.paused_until = state.paused_until.max(Some(until));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to start one request. Dropped without [`Slot::start`] it is given back unused.
#[derive(Debug)]
pub(crate) struct Slot {
    limiter: Arc<Limiter>,
    /// When it may be used. The outer `None` is a limiter without a number.
    back: Option<Option<Instant>>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Slot {
    /// The request is sent now: the slot rests.
    pub(crate) fn start(mut self) {
        let limiter = self.limiter.clone();
        if self.back.take().is_some() {
            let rest = limiter.interval + limiter.interval / GRACE;
            let back = Some(limiter.clock.now() + rest);
            limiter.lock().free.push_back(back);
        }
    }

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
            self.limiter.lock().free.push_front(back);
        }
        // Only now: who comes through the gate finds a slot.
        self.permit.take();
    }
}
