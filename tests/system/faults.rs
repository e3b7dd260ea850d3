//! Ten thousand calls with every kind of failure.

mod calls;
mod log;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anypoint_core::{Backoff, ErrorKind};
use anypoint_emulator::{Chaos, Emulator};
use tokio::task::JoinSet;

use crate::clock::Paced;
use calls::{Apis, CALLS_OF_A_ROUND, knowing};
use log::{Ended, Log};

const TASKS: usize = 32;
/// A wait of a second takes ten milliseconds.
const PACE: f64 = 100.0;

/// One request in eight suffers, for as many requests as there are calls: retries come on
/// top, and all runs suffer the same.
fn chaos(calls: usize) -> Chaos {
    Chaos {
        throttled: 15,
        throttled_silently: 15,
        unavailable: 15,
        failed: 15,
        html: 15,
        expired: 4,
        reset_before: 15,
        reset_after: 15,
        truncated: 15,
        slow: 5,
        token_serves: 2 * TASKS as u32,
        requests: calls as u64,
        ..Chaos::default()
    }
}

/// What a run came to.
struct Run {
    calls: usize,
    emulator: Emulator,
    ended: Vec<Ended>,
}

impl Run {
    async fn new(seed: u64, calls: usize) -> Self {
        let clock = Paced::new(PACE);
        let builder = Emulator::builder()
            .chaos(seed, chaos(calls))
            .count_requests()
            // No token ends by itself, however long a busy machine takes at this pace.
            .token_life(Duration::from_secs(30 * 24 * 3600));
        let all = calls / CALLS_OF_A_ROUND;
        let emulator = clock.emulator(knowing(all, builder)).await;
        let session = clock
            .session(&emulator)
            .retry(Backoff::new().attempts(30))
            .retry_budget(u32::MAX);
        let apis = Arc::new(Apis::new(&session.build().unwrap()));
        let (log, rounds) = (Arc::new(Log::default()), Arc::new(AtomicUsize::new(0)));
        let mut tasks = JoinSet::new();
        for _ in 0..TASKS {
            let (apis, log, rounds) = (apis.clone(), log.clone(), rounds.clone());
            tasks.spawn(async move {
                loop {
                    let round = rounds.fetch_add(1, Ordering::Relaxed);
                    if round >= all {
                        return;
                    }
                    apis.round(round, &log).await;
                }
            });
        }
        let all = async {
            while let Some(ended) = tasks.join_next().await {
                ended.unwrap()
            }
        };
        // Far more than any machine takes: it ends what would hang for ever.
        let limit = Duration::from_secs(1800);
        tokio::time::timeout(limit, all).await.unwrap();
        Self {
            calls,
            emulator,
            ended: log.take(),
        }
    }

    fn mishap(&self, name: &str) -> u64 {
        *self.emulator.mishaps().get(name).unwrap_or(&0)
    }

    fn check(&self) {
        self.every_mishap_occurred();
        self.every_call_ended_once();
        self.idempotent_calls_succeeded();
        self.nothing_was_done_twice();
        // One for the first call, and one for each that expired.
        assert_eq!(self.emulator.token_fetches(), self.mishap("expired") + 1);
    }

    fn every_mishap_occurred(&self) {
        let mishaps = self.emulator.mishaps();
        assert_eq!(mishaps.len(), 10, "{mishaps:?}");
        assert!(mishaps.values().all(|count| *count >= 5), "{mishaps:?}");
    }

    fn every_call_ended_once(&self) {
        let calls: BTreeSet<_> = self.ended.iter().map(|ended| &ended.call).collect();
        assert_eq!((calls.len(), self.ended.len()), (self.calls, self.calls));
        for ended in &self.ended {
            let Some(error) = &ended.error else { continue };
            assert_eq!(error.operation(), Some(ended.operation), "{error}");
            assert!((1..=30).contains(&error.attempts()), "{error}");
        }
    }

    fn idempotent_calls_succeeded(&self) {
        for ended in self.ended.iter().filter(|ended| ended.method != "POST") {
            let Some(error) = &ended.error else { continue };
            // The answer to the attempt that deleted it got lost: another one finds nothing.
            let gone = ended.method == "DELETE" && error.is_not_found() && error.attempts() > 1;
            assert!(gone, "{}: {error}", ended.call);
        }
    }

    /// Each POST of a run has a path of its own.
    fn nothing_was_done_twice(&self) {
        let mut processed: BTreeMap<String, u64> = BTreeMap::new();
        for (request, count) in self.emulator.processed() {
            if request.method == "POST" && !request.path.contains("/oauth2/token") {
                *processed.entry(request.path).or_default() += count;
            }
        }
        let twice: Vec<_> = processed.iter().filter(|(_, count)| **count > 1).collect();
        assert!(
            twice.is_empty(),
            "{} done twice: {:?}",
            twice.len(),
            twice[0]
        );
        let posts = || self.ended.iter().filter(|ended| ended.method == "POST");
        let succeeded = posts().filter(|ended| ended.error.is_none()).count();
        let lost = self.mishap("reset_after") + self.mishap("truncated");
        // Some 92 of a hundred, as mishaps fall; far from none.
        assert!(succeeded > posts().count() * 4 / 5, "{succeeded}");
        // Whatever succeeded was done, and what was done without success lost its answer.
        let unknown = processed.len().checked_sub(succeeded).unwrap();
        assert!(unknown > 0 && unknown as u64 <= lost, "{unknown} of {lost}");
        for error in posts().filter_map(|ended| ended.error.as_ref()) {
            let known = match error.kind() {
                ErrorKind::Interrupted => true,
                ErrorKind::Status => matches!(error.status(), Some(500 | 502 | 503)),
                _ => false,
            };
            assert!(known, "{error}");
        }
    }
}

#[tokio::test]
async fn expectation_10_ten_thousand_calls_under_chaos_end_once_and_nothing_is_done_twice() {
    Run::new(1, 10_000).await.check();
}

#[tokio::test]
async fn expectation_19_a_seed_repeats_its_chaos_for_many_tasks_at_once() {
    let run = Run::new(2, 3_200).await;
    run.check();
    let again = Run::new(2, 3_200).await;
    again.check();
    assert_eq!(again.emulator.mishaps(), run.emulator.mishaps());
}
