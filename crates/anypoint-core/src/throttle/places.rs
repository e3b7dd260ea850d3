//! The places of one call under several limits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::limiter::{Limiter, Place};

/// The places of one call under all limits that hold for it.
pub(crate) struct Places<'a> {
    /// From the widest to the narrowest.
    limiters: &'a [Arc<Limiter>],
    deadline: Instant,
    /// From the narrowest to the widest, so that no call holds a place under a wide limit while it waits under a narrow one.
    places: Vec<Place>,
}

impl<'a> Places<'a> {
    /// Takes the first place.
    ///
    /// # Errors
    /// The name of a limit under which the call cannot start by the deadline.
    pub(crate) fn take(
        limiters: &'a [Arc<Limiter>],
        deadline: Instant,
    ) -> Result<Self, &'static str> {
        let mut narrow_first = limiters.iter().rev();
        if let Some(late) = narrow_first.find(|limiter| limiter.earliest() >= deadline) {
            return Err(late.name());
        }
        let mut places = Vec::with_capacity(limiters.len());
        places.extend(limiters.last().map(|narrow| narrow.place(deadline)));
        Ok(Self {
            limiters,
            deadline,
            places,
        })
    }

    /// Waits until the call may start, under one limit after the other.
    ///
    /// # Errors
    /// The name of a limit under which the call cannot start by the deadline.
    pub(crate) async fn due(&mut self) -> Result<(), &'static str> {
        for (index, limiter) in self.limiters.iter().rev().enumerate() {
            if index == self.places.len() {
                self.places.push(limiter.place(self.deadline));
            }
            if !self.places[index].due().await {
                return Err(limiter.name());
            }
        }
        Ok(())
    }

    /// Uses all places, because the request is sent now. False if one of them has passed in the meantime, or
    /// if other processes have used a limit: the call must wait again.
    pub(crate) fn start(&mut self) -> bool {
        let late = self.places.iter_mut().position(|place| !place.start());
        let wait = match late {
            None => match self.shared_start() {
                Ok(()) => return true,
                Err(wait) => wait,
            },
            Some(_) => Duration::ZERO,
        };
        let started = late.unwrap_or(self.places.len());
        self.places[..started].iter_mut().for_each(Place::take_back);
        if let Some(narrow) = self.limiters.last().filter(|_| !wait.is_zero()) {
            narrow.hold(wait);
        }
        false
    }

    /// Starts under the limits as other processes share them, or says how long to wait.
    fn shared_start(&self) -> Result<(), Duration> {
        let shared = self.limiters.iter().filter_map(|limiter| limiter.store());
        let (mut store, mut limits) = (None, Vec::new());
        for (its, limit) in shared {
            store = Some(its);
            limits.push(limit);
        }
        store.map_or(Ok(()), |store| store.start(&limits))
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::pin::Pin;
    use std::task::Poll;

    use tokio::task::JoinSet;

    use super::*;
    use crate::clock::Clock;
    use crate::throttle::RateLimit;

    const SECOND: Duration = Duration::from_secs(1);
    const PERMITS: u32 = 100;

    /// Tokio's paused time, which advances when all tasks are idle.
    #[derive(Debug)]
    struct Stopped;

    impl Clock for Stopped {
        fn now(&self) -> Instant {
            tokio::time::Instant::now().into_std()
        }
    }

    fn limiter(permits: u32) -> Arc<Limiter> {
        const LIMIT: RateLimit = RateLimit {
            name: "test",
            permits: PERMITS,
            interval: SECOND,
            regions: &[],
            per: None,
            throttled: &[],
        };
        let clock = Arc::new(Stopped);
        Arc::new(Limiter::new(&LIMIT, permits, NonZeroU32::MIN, clock))
    }

    type Started = Pin<Box<dyn Future<Output = Duration> + Send>>;

    /// Waits for its turn, and says how long that took.
    fn call(limiters: &[Arc<Limiter>]) -> Started {
        let (limiters, begun) = (limiters.to_vec(), Stopped.now());
        Box::pin(async move {
            let mut places = Places::take(&limiters, begun + SECOND * 300).unwrap();
            loop {
                places.due().await.unwrap();
                if places.start() {
                    break;
                }
            }
            Stopped.now() - begun
        })
    }

    /// Begins a call and leaves it.
    async fn begun(mut call: Started) -> Started {
        std::future::poll_fn(|task| {
            assert!(call.as_mut().poll(task).is_pending());
            Poll::Ready(())
        })
        .await;
        call
    }

    fn assert_windows(times: &[Duration], permits: u32) {
        for (first, next) in times.iter().zip(&times[permits as usize..]) {
            assert!(*next - *first > SECOND, "{first:?} {next:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn ten_thousand_calls_keep_their_rate_although_fifty_of_them_are_not_polled() {
        let limiters = [limiter(PERMITS)];
        let (mut left, mut tasks) = (Vec::new(), JoinSet::new());
        for number in 0..10_000 {
            match number % 200 {
                // Not one of the first, which may start at once.
                150 => left.push(begun(call(&limiters)).await),
                _ => drop(tasks.spawn(call(&limiters))),
            }
            tokio::task::yield_now().await;
        }
        let mut times = tasks.join_all().await;
        times.sort();
        assert_windows(&times, PERMITS);
        assert_eq!((times.len(), left.len()), (9_950, 50));
        let allowed = times.len() as f64 / f64::from(PERMITS);
        let rate = allowed / times[times.len() - 1].as_secs_f64();
        assert!(rate > 0.95, "{rate}");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_long_for_those_who_are_not_polled() {
        let limiters = [limiter(1)];
        call(&limiters).await;
        let mut left = Vec::new();
        for _ in 0..49 {
            left.push(begun(call(&limiters)).await);
        }
        let waited = call(&limiters).await;
        assert!(waited < SECOND * 4, "{waited:?}");
        // Each takes its turn when it is polled again.
        let mut tasks = JoinSet::new();
        left.into_iter().for_each(|call| drop(tasks.spawn(call)));
        let mut times = tasks.join_all().await;
        times.sort();
        assert_windows(&times, 1);
        let last = times[times.len() - 1];
        assert!(last < waited + SECOND.mul_f64(1.05 * 49.0), "{last:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_of_many_is_not_kept_while_a_call_waits_for_one_of_few() {
        let (wide, narrow) = (limiter(10), limiter(1));
        let both = [wide.clone(), narrow];
        let mut slow = JoinSet::new();
        for _ in 0..30 {
            slow.spawn(call(&both));
        }
        tokio::task::yield_now().await;
        let mut fast = JoinSet::new();
        for _ in 0..90 {
            fast.spawn(call(std::slice::from_ref(&wide)));
        }
        let mut times = fast.join_all().await;
        let fast = times.iter().max().copied().unwrap();
        times.extend(slow.join_all().await);
        times.sort();
        assert_windows(&times, 10);
        let all = times[times.len() - 1];
        assert!(fast < SECOND * 13 && all < SECOND * 42, "{fast:?} {all:?}");
    }
}
