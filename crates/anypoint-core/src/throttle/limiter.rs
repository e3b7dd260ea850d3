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
use crate::clock::{self, Clock};

/// The part of an interval by which a request may be late on its way.
const GRACE: u32 = 25;

/// How long nothing may move while somebody waits, besides the rest of the slots.
const STUCK: Duration = Duration::from_secs(30);

/// A limiter of one class and host, or of one class and application.
#[derive(Debug)]
pub(crate) struct Limiter {
    name: &'static str,
    interval: Duration,
    clock: Arc<dyn Clock>,
    /// The number of requests is known, not only what the server says.
    is_numbered: bool,
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
    /// The slots that are out, by the number of their taking.
    out: VecDeque<u64>,
    taken: u64,
    /// When a slot was last taken or used.
    moved: Instant,
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
            gate: Arc::new(Semaphore::new(slots)),
            state: Mutex::new(State {
                free: std::iter::repeat_n(None, known).collect(),
                paused_until: None,
                out: VecDeque::new(),
                taken: 0,
                moved: clock.now(),
            }),
            is_numbered: known > 0,
            clock,
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
        loop {
            let slot = self.take().await;
            while let Some(wait) = slot.wait() {
                if self.clock.now() + wait >= deadline {
                    return None;
                }
                self.clock.sleep(wait).await;
            }
            if slot.is_out() {
                return Some(slot);
            }
            // Nobody polled this call for so long that another slot took the place of its own.
        }
    }

    /// The next slot, whether it still rests or not.
    async fn take(self: &Arc<Self>) -> Slot {
        loop {
            let permit = self.turn().await;
            let mut state = self.lock();
            let back = state.free.pop_front();
            if back.is_none() && self.is_numbered {
                // Another slot has taken the place of the one that this turn was for.
                permit.into_iter().for_each(OwnedSemaphorePermit::forget);
                continue;
            }
            state.taken += 1;
            state.moved = self.clock.now();
            let number = state.taken;
            if back.is_some() {
                state.out.push_back(number);
            }
            drop(state);
            return Slot {
                limiter: self.clone(),
                back,
                number,
                permit,
            };
        }
    }

    /// Waits for the next turn. A call whose future nobody polls keeps its turn without using it,
    /// and would hold up all others.
    async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = self.gate.clone().try_acquire_owned() {
            return Some(permit);
        }
        let mut gate = Box::pin(self.gate.clone().acquire_owned());
        loop {
            let patience = STUCK.max(self.rest()) + self.rest();
            let look = self.clock.now() + patience;
            match clock::by(&*self.clock, look, &mut gate).await {
                // The gate is never closed.
                Some(permit) => return permit.ok(),
                None => self.replace_stuck(patience),
            }
        }
    }

    /// Puts a slot in the place of the one that is out for longest, if nothing has moved.
    fn replace_stuck(&self, patience: Duration) {
        let now = self.clock.now();
        let mut state = self.lock();
        let since = state
            .paused_until
            .map_or(state.moved, |until| until.max(state.moved));
        if !self.is_numbered || now.saturating_duration_since(since) < patience {
            return;
        }
        state.moved = now;
        // None is out when a turn was given to a call that has not looked yet.
        if state.out.pop_front().is_some() {
            state.free.push_back(None);
        }
        drop(state);
        self.gate.add_permits(1);
    }

    /// How long a slot rests after its use.
    fn rest(&self) -> Duration {
        self.interval + self.interval / GRACE
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
    number: u64,
    permit: Option<OwnedSemaphorePermit>,
}

impl Slot {
    /// The request is sent now: the slot rests.
    pub(crate) fn start(mut self) {
        let back = self.limiter.clock.now() + self.limiter.rest();
        self.give_back(|free, _| free.push_back(Some(back)));
    }

    /// How long it is until this slot may be used.
    fn wait(&self) -> Option<Duration> {
        let paused = self.limiter.lock().paused_until;
        let ready = self.back.flatten().max(paused)?;
        let wait = ready.saturating_duration_since(self.limiter.clock.now());
        (!wait.is_zero()).then_some(wait)
    }

    /// No other slot has taken its place.
    fn is_out(&self) -> bool {
        self.back.is_none() || self.limiter.lock().out.contains(&self.number)
    }

    /// Once; unless another slot has taken its place.
    fn give_back(&mut self, to: impl FnOnce(&mut VecDeque<Option<Instant>>, Option<Instant>)) {
        let Some(back) = self.back.take() else {
            return;
        };
        let mut state = self.limiter.lock();
        state.moved = self.limiter.clock.now();
        let at = state.out.iter().position(|number| *number == self.number);
        match at {
            Some(at) => {
                state.out.remove(at);
                to(&mut state.free, back);
            }
            None => self
                .permit
                .take()
                .into_iter()
                .for_each(OwnedSemaphorePermit::forget),
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.give_back(|free, back| free.push_front(back));
        // Only now: who comes through the gate finds a slot.
        self.permit.take();
    }
}
