//! A clock that only advances when a test steps it, so that no test depends on the speed of the machine.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use anypoint_core::{Clock, Sleep};

/// Timers of timeouts are longer, and never end; waits are shorter.
const HOUR: Duration = Duration::from_secs(3600);
/// No test takes as long, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(30);

/// Comes back when something has happened that will; that it does not is noticed late.
pub(crate) async fn until(happened: impl Fn() -> bool) {
    let waiting = async {
        while !happened() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
}

#[derive(Debug, Clone)]
pub(crate) struct Stepped {
    start: Instant,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    now: Duration,
    made: u64,
    waiting: BTreeMap<u64, Waiting>,
}

#[derive(Debug)]
struct Waiting {
    until: Duration,
    waker: Option<Waker>,
}

impl Stepped {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            start: Instant::now(),
            state: Arc::default(),
        })
    }

    /// How long it has been since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.lock().now
    }

    /// How long each one that waits now still has to.
    pub(crate) fn waits(&self) -> Vec<Duration> {
        let state = self.lock();
        let left = |one: &Waiting| one.until - state.now;
        state.waiting.values().map(left).collect()
    }

    /// How many wait now.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Lets as many come to wait as there should be.
    pub(crate) async fn settle(&self, waiting: usize) -> Vec<Duration> {
        until(|| self.waiting() == waiting).await;
        self.waits()
    }

    /// Goes on to when the next wait ends.
    pub(crate) fn step(&self) {
        let state = self.lock();
        let next = state.waiting.values().map(|one| one.until).min();
        let left = next.unwrap() - state.now;
        drop(state);
        self.advance(left);
    }

    pub(crate) fn advance(&self, time: Duration) {
        let mut state = self.lock();
        state.now += time;
        let (now, mut wakers) = (state.now, Vec::new());
        state.waiting.retain(|_, one| {
            let is_over = one.until <= now;
            if is_over {
                wakers.extend(one.waker.take());
            }
            !is_over
        });
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// A wait that a cancelled call gives up.
struct Entry(u64, Stepped);

impl Drop for Entry {
    fn drop(&mut self) {
        self.1.lock().waiting.remove(&self.0);
    }
}

impl Clock for Stepped {
    fn now(&self) -> Instant {
        self.start + self.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        if duration >= HOUR {
            return Box::pin(std::future::pending());
        }
        let mut state = self.lock();
        state.made += 1;
        let number = state.made;
        let until = state.now + duration;
        let waker = None;
        state.waiting.insert(number, Waiting { until, waker });
        drop(state);
        let entry = Entry(number, self.clone());
        Box::pin(poll_fn(move |task| {
            match entry.1.lock().waiting.get_mut(&entry.0) {
                Some(one) => {
                    one.waker = Some(task.waker().clone());
                    Poll::Pending
                }
                None => Poll::Ready(()),
            }
        }))
    }

    fn random(&self) -> u64 {
        0
    }
}
