//! How often and after which backoff a call is repeated, and what limits that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use anypoint_core::internal::{Call, Endpoint};
use anypoint_core::{Attempt, Backoff, CallOptions, Error, RetryPolicy, Session};

use crate::support::clock::Fast;
use crate::support::{CREATE, GET, SILENCE, Server, call, json, reply};

async fn get(session: &Session) -> Result<(), Error> {
    call(session, &GET).send_empty().await.map(|_| ())
}

/// The waits of a call that is refused like this once, with the shortest jitter.
async fn waits_after(headers: &str) -> Vec<Duration> {
    let server = Server::script(vec![reply(429, headers, ""), json(200, "{}")]).await;
    let clock = Fast::new();
    clock.set_random(0);
    get(&server.timed(&clock).build().unwrap()).await.unwrap();
    clock.waits()
}

#[tokio::test]
async fn expectation_10_a_retry_waits_as_long_as_the_server_says() {
    let seconds = |seconds| vec![Duration::from_secs(seconds)];
    assert_eq!(waits_after("").await, seconds(0));
    assert_eq!(waits_after("retry-after: 7\r\n").await, seconds(7));
    let date = "retry-after: Fri, 15 Jan 2027 08:00:30 GMT\r\n";
    assert_eq!(waits_after(date).await, seconds(30));
    let reset = "x-ratelimit-reset: 12\r\n";
    assert_eq!(waits_after(reset).await, seconds(12));
    let reset = "x-ratelimit-reset: 1800000012\r\n";
    assert_eq!(waits_after(reset).await, seconds(12));
    assert_eq!(waits_after("retry-after: soon\r\n").await, seconds(0));
}

#[tokio::test]
async fn expectation_10_jitter_is_full_and_attempts_are_bounded() {
    let server = Server::always(reply(500, "x-request-id: r\r\n", "")).await;
    for (random, waits) in [(0, [0, 0, 0]), (u64::MAX, [500, 1000, 2000])] {
        let clock = Fast::new();
        clock.set_random(random);
        let error = get(&server.timed(&clock).build().unwrap())
            .await
            .unwrap_err();
        assert_eq!(clock.waits(), waits.map(Duration::from_millis));
        assert_eq!(error.attempts(), 4);
        let text = "test_call: 500 Internal Server Error (request id r, 4 attempts)";
        assert_eq!(error.to_string(), text);
    }
    assert_eq!(server.requests().len(), 8);
}

#[tokio::test]
async fn a_wait_beyond_the_total_timeout_is_an_error_at_once() {
    let server = Server::always(reply(503, "retry-after: 80000\r\n", "")).await;
    let clock = Fast::new();
    let builder = server
        .timed(&clock)
        .total_timeout(Duration::from_secs(70_000));
    let error = get(&builder.build().unwrap()).await.unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Some(503), 1));
    assert!(clock.waits().is_empty());
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("80000s") && hint.contains("total timeout"),
        "{hint}"
    );
}

#[tokio::test]
async fn expectation_10_a_server_that_is_down_is_not_held_down() {
    let down = Arc::new(AtomicBool::new(true));
    let is_down = down.clone();
    let server = Server::start(move |_, _| match is_down.load(Ordering::SeqCst) {
        true => reply(500, "", ""),
        false => json(200, "{}"),
    })
    .await;
    // Three retries.
    let session = server.timed(&Fast::new()).retry_budget(15).build().unwrap();
    let attempts = async || get(&session).await.unwrap_err().attempts();
    assert_eq!(attempts().await, 4);
    assert_eq!(attempts().await, 1, "the budget is spent");
    down.store(false, Ordering::SeqCst);
    for _ in 0..5 {
        get(&session).await.unwrap();
    }
    down.store(true, Ordering::SeqCst);
    assert_eq!(attempts().await, 2, "five successes pay for one retry");
    assert_eq!(server.requests().len(), 4 + 1 + 5 + 2);
}

#[tokio::test]
async fn a_retry_that_helps_costs_nothing_and_one_after_a_timeout_costs_double() {
    let server = Server::start(|_, number| match number % 2 {
        0 => reply(500, "", ""),
        _ => json(200, "{}"),
    })
    .await;
    let session = server.timed(&Fast::new()).retry_budget(5).build().unwrap();
    for _ in 0..5 {
        get(&session).await.unwrap();
    }
    let silent = Server::always(SILENCE).await;
    let builder = silent.timed(&Fast::new()).retry_budget(15);
    let session = builder.attempt_timeout(Duration::from_secs(20)).build();
    let error = get(&session.unwrap()).await.unwrap_err();
    assert_eq!(error.attempts(), 2);
}

/// Tries for ever, and counts how often it is asked.
#[derive(Debug, Clone, Default)]
struct Stubborn(Arc<AtomicU32>);

impl RetryPolicy for Stubborn {
    fn wait(&self, failed: &Attempt<'_>) -> Option<Duration> {
        assert_eq!(self.0.fetch_add(1, Ordering::SeqCst) + 1, failed.number());
        Some(Duration::from_millis(10))
    }
}

#[tokio::test]
async fn a_policy_is_asked_only_where_a_repetition_is_safe() {
    let server = Server::always(reply(500, "", "")).await;
    let policy = Stubborn::default();
    let builder = server.timed(&Fast::new()).retry(policy.clone());
    let session = builder.retry_budget(50).build().unwrap();
    let error = call(&session, &CREATE).send_empty().await.unwrap_err();
    assert_eq!((error.attempts(), policy.0.load(Ordering::SeqCst)), (1, 0));
    let error = get(&session).await.unwrap_err();
    assert_eq!(error.attempts(), 11, "the budget bounds every policy");
    assert_eq!(server.requests().len(), 1 + 11);
}

/// Waits for longer than there is time.
#[derive(Debug)]
struct Endless;

impl RetryPolicy for Endless {
    fn wait(&self, _: &Attempt<'_>) -> Option<Duration> {
        Some(Duration::MAX)
    }
}

#[tokio::test]
async fn durations_of_any_length_do_no_harm() {
    let server = Server::always(reply(500, "", "")).await;
    let endless = Backoff::new().first(Duration::MAX).longest(Duration::MAX);
    let session = server.timed(&Fast::new()).retry(endless).build().unwrap();
    assert_eq!(get(&session).await.unwrap_err().attempts(), 1);
    let options = CallOptions::new()
        .retry(Endless)
        .attempt_timeout(Duration::MAX)
        .total_timeout(Duration::MAX);
    let endpoint = Endpoint::new(&session, "").with_options(options);
    let error = Call::new(&endpoint, &GET).send_empty().await.unwrap_err();
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn one_call_may_have_another_policy_than_its_session() {
    let server = Server::always(reply(500, "", "")).await;
    let twice = Backoff::new().attempts(2);
    let session = server.timed(&Fast::new()).retry(twice).build().unwrap();
    let endpoint = Endpoint::new(&session, "/api");
    let once = endpoint.with_options(CallOptions::new().retry(Backoff::off()));
    let thrice = CallOptions::new().retry(Backoff::new().attempts(3));
    let thrice = endpoint.with_options(thrice);
    for (endpoint, attempts) in [(&endpoint, 2), (&once, 1), (&thrice, 3), (&endpoint, 2)] {
        let sent = Call::new(endpoint, &GET).send_empty().await;
        assert_eq!(sent.unwrap_err().attempts(), attempts);
    }
    assert_eq!(server.requests().len(), 8);
}

#[tokio::test]
async fn a_download_is_asked_for_again_until_it_starts() {
    let server = Server::script(vec![reply(503, "", ""), reply(200, "", "whole")]).await;
    let session = server.timed(&Fast::new()).build().unwrap();
    let sent = call(&session, &GET).send_download().await;
    let bytes = sent.unwrap().into_value().bytes(100).await.unwrap();
    assert_eq!(&bytes[..], b"whole");
}

#[test]
fn a_shared_and_a_boxed_policy_are_policies() {
    let policy: Arc<dyn RetryPolicy> = Arc::new(Backoff::off());
    let boxed: Box<dyn RetryPolicy> = Box::new(policy.clone());
    let _ = Session::builder().retry(policy).retry(boxed);
}
