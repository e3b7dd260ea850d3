//! One limit, shared by all calls that it applies to.
//!
//! A server counts a request when it arrives. That time is not known here; it is between the sending
//! and the answer. So a start counts for slightly longer than the interval, which allows a request to
//! be delayed by that much. The limiter does not wait for answers, because slow requests would then
//! block calls that the limit allows.

use std::future::poll_fn;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use super::RateLimit;
use super::schedule::{Look, Schedule};
use super::store::{Limit, LimitStore};
use crate::clock::{Clock, Sleep};

/// The part of an interval by which a request may be delayed on the way to the server.
const GRACE: u32 = 25;
/// The longest wait before the next check, so that its time does not overflow an `Instant`.
const MAX_PATIENCE: Duration = Duration::from_secs(3600);

/// A limiter of one class and host, or of one class and application.
#[derive(Debug)]
pub(crate) struct Limiter {
    name: &'static str,
    grace: Duration,
    clock: Arc<dyn Clock>,
    shared: Option<Shared>,
    schedule: Mutex<Schedule>,
}

/// The limit, as other processes know it.
#[derive(Debug)]
struct Shared {
    store: Arc<dyn LimitStore>,
    key: String,
    permits: Option<usize>,
    interval: Duration,
}

impl Limiter {
    pub(super) fn new(
        limit: &RateLimit,
        permits: u32,
        sharers: NonZeroU32,
        clock: Arc<dyn Clock>,
    ) -> Self {
        // Less than one request in an interval means one request in a longer interval.
        let (permits, interval) = match (permits, permits / sharers) {
            (0, _) => (None, limit.interval),
            (_, 0) => (Some(1), limit.interval * sharers.get() / permits),
            (_, share) => (Some(share as usize), limit.interval),
        };
        let grace = interval / GRACE;
        Self {
            name: limit.name,
            grace,
            clock,
            shared: None,
            schedule: Mutex::new(Schedule::new(permits, interval + grace, grace)),
        }
    }

    /// The same, shared with other processes by what it counts.
    pub(super) fn shared(mut self, store: Arc<dyn LimitStore>, of: &str) -> Self {
        let (permits, interval) = self.with(|schedule, _| schedule.limit());
        self.shared = Some(Shared {
            store,
            key: format!("{} {of}", self.name),
            permits,
            interval,
        });
        self
    }

    /// Where it is shared, and how it is known there.
    pub(super) fn store(&self) -> Option<(&dyn LimitStore, Limit<'_>)> {
        let shared = self.shared.as_ref()?;
        let limit = Limit::new(&shared.key, shared.permits, shared.interval);
        Some((&*shared.store, limit))
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether replacing it with a new limiter would allow too many requests.
    pub(super) fn is_resting(&self) -> bool {
        self.with(|schedule, now| schedule.is_resting(now))
    }

    /// Delays all starts until that instant, because a server asked for it.
    pub(crate) fn pause(&self, until: Instant) {
        if let Some((store, limit)) = self.store() {
            store.pause(&limit, until.saturating_duration_since(self.clock.now()));
        }
        self.with(|schedule, now| schedule.pause(until, now));
    }

    /// Delays all starts of this process, because other processes have used the limit.
    pub(super) fn hold(&self, wait: Duration) {
        self.with(|schedule, now| schedule.pause(now + wait, now));
    }

    /// When a new call may start.
    pub(super) fn earliest(&self) -> Instant {
        self.with(Schedule::earliest)
    }

    /// The next place. It is given up when it is dropped.
    pub(super) fn place(self: &Arc<Self>, deadline: Instant) -> Place {
        Place {
            number: self.with(|schedule, now| schedule.enter(now, deadline)),
            limiter: self.clone(),
            deadline,
            started: None,
        }
    }

    fn with<T>(&self, change: impl FnOnce(&mut Schedule, Instant) -> T) -> T {
        let mut schedule = self.schedule.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = change(&mut schedule, self.clock.now());
        let moved = std::mem::take(&mut schedule.moved);
        drop(schedule);
        moved.into_iter().for_each(std::task::Waker::wake);
        outcome
    }
}

/// The place of one call under one limit.
#[derive(Debug)]
pub(super) struct Place {
    limiter: Arc<Limiter>,
    number: u64,
    deadline: Instant,
    started: Option<Instant>,
}

impl Place {
    /// Waits until the call may start. It returns `false` as soon as it is known that it cannot start by the deadline.
    pub(super) async fn due(&self) -> bool {
        let limiter = &*self.limiter;
        // A waiting call checks whether the one in front starts in time, less often while it does.
        let mut patience = limiter.grace;
        let mut timer: Option<(Instant, Sleep)> = None;
        poll_fn(|task| {
            loop {
                let sleep = timer.as_mut().map(|(_, sleep)| sleep.as_mut());
                if sleep.is_some_and(|sleep| sleep.poll(task).is_ready()) {
                    timer = None;
                    patience = patience.saturating_mul(2).min(MAX_PATIENCE);
                }
                let (look, now) = limiter.with(|schedule, now| {
                    let (number, deadline) = (self.number, self.deadline);
                    let look = schedule.look(number, now, deadline, patience, task.waker());
                    (look, now)
                });
                let at = match look {
                    Look::Due => return Poll::Ready(true),
                    Look::TooLate => return Poll::Ready(false),
                    Look::Again { at, passed } => {
                        if passed {
                            patience = limiter.grace;
                        }
                        at
                    }
                };
                if timer.as_ref().is_some_and(|(until, _)| *until == at) {
                    return Poll::Pending;
                }
                timer = Some((at, limiter.clock.sleep(at - now)));
            }
        })
        .await
    }

    /// Starts the call, because the request is sent now; false if the call must wait again.
    pub(super) fn start(&mut self) -> bool {
        let number = self.number;
        self.started = self
            .limiter
            .with(|schedule, now| schedule.start(number, now).then_some(now));
        self.started.is_some()
    }

    /// Takes back the start, because another limit does not allow the request.
    pub(super) fn take_back(&mut self) {
        let (number, deadline) = (self.number, self.deadline);
        if let Some(started) = self.started.take() {
            self.limiter
                .with(|schedule, now| schedule.take_back(number, started, now, deadline));
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.started.is_none() {
            self.limiter
                .with(|schedule, now| schedule.leave(self.number, now));
        }
    }
}
