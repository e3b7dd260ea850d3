//! Rate limits of the client, checked by a server that counts requests by the same clock.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anypoint_core::internal::{Call, Endpoint, Method, Operation, RateLimit};
use anypoint_core::{
    Backoff, CallOptions, Credentials, EnvironmentId, Error, ErrorKind, Limit, LimitStore,
    OrganizationId, Session, Throttle,
};
use tokio::task::JoinHandle;

use crate::support::counting::Counting;
use crate::support::stepped::{Stepped, until};
use crate::support::{Server, call, json, operation, reply, token};

const SECOND: Duration = Duration::from_secs(1);
const LIMIT: RateLimit = RateLimit {
    name: "things",
    permits: 20,
    interval: SECOND,
    regions: &[],
    per: None,
    throttled: &[],
};
static LIMITED: Operation = Operation {
    limits: &[LIMIT],
    ..operation(Method::Get, "/things")
};
/// One in a second.
static SLOW: Operation = Operation {
    limits: &[RateLimit {
        name: "slow",
        permits: 1,
        ..LIMIT
    }],
    ..operation(Method::Get, "/things")
};
/// One in a minute.
static MINUTE: Operation = Operation {
    limits: &[RateLimit {
        name: "minute",
        permits: 1,
        interval: Duration::from_secs(60),
        ..LIMIT
    }],
    ..operation(Method::Get, "/things")
};
/// Few of them, and each also counts as one of many.
static NARROW: Operation = Operation {
    limits: &[
        LIMIT,
        RateLimit {
            name: "narrow",
            permits: 4,
            ..LIMIT
        },
    ],
    ..operation(Method::Get, "/things")
};

/// A slot rests an interval and a 25th of it.
const REST: Duration = Duration::from_millis(1040);

type Calls = Vec<JoinHandle<Result<(), Error>>>;

/// Starts a call and lets it come as far as it can without the network.
async fn start(session: &Session, operation: &'static Operation, number: usize) -> Calls {
    let sent = call(session, operation).query("n", &(number as i64));
    let call = tokio::spawn(async move { sent.send_empty().await.map(|_| ()) });
    tokio::task::yield_now().await;
    vec![call]
}

/// Starts calls of which there may be one in a minute.
async fn start_of(endpoint: &Endpoint, calls: usize) -> Calls {
    let mut all = Vec::new();
    for _ in 0..calls {
        let sent = Call::new(endpoint, &MINUTE);
        all.push(tokio::spawn(
            async move { sent.send_empty().await.map(|_| ()) },
        ));
        tokio::task::yield_now().await;
    }
    all
}

async fn start_all(session: &Session, operation: &'static Operation, calls: usize) -> Calls {
    let mut all = Vec::new();
    for number in 0..calls {
        all.extend(start(session, operation, number).await);
    }
    all
}

async fn succeed(calls: Calls) {
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

/// No window holds more arrivals than it may, and the limit is made use of.
fn assert_within(arrivals: &[Duration], permits: usize, interval: Duration) {
    for (first, next) in arrivals.iter().zip(&arrivals[permits..]) {
        assert!(*next - *first > interval, "{first:?} {next:?}");
    }
    let windows = (arrivals.len() / permits - 1) as u32;
    let last = *arrivals.last().unwrap();
    assert!(
        last <= interval.mul_f64(f64::from(windows) / 0.95),
        "{last:?}"
    );
}

#[tokio::test]
async fn expectation_11_no_window_is_over_the_limit_and_none_is_wasted() {
    let server = Counting::start(100).await;
    let session = server.session(Throttle::default());
    let calls = start_all(&session, &LIMITED, 100).await;
    server.pass(100).await;
    succeed(calls).await;
    assert_within(&server.arrivals(), 20, SECOND);
}

#[tokio::test]
async fn expectation_11_slow_answers_do_not_slow_the_others() {
    let server = Counting::start(0).await;
    let session = server.session(Throttle::default());
    let calls = start_all(&session, &LIMITED, 100).await;
    server.pass(100).await;
    assert_within(&server.arrivals(), 20, SECOND);
    server.answer(100);
    succeed(calls).await;
}

#[tokio::test]
async fn expectation_11_who_shares_an_address_takes_a_share() {
    let server = Counting::start(100).await;
    let session = server.session(Throttle::shared_by(4));
    let calls = start_all(&session, &LIMITED, 25).await;
    server.pass(25).await;
    succeed(calls).await;
    assert_within(&server.arrivals(), 5, SECOND);
    // Less than one in an interval is one in a longer one.
    let server = Counting::start(100).await;
    let session = server.session(Throttle::shared_by(50));
    let calls = start_all(&session, &LIMITED, 4).await;
    server.pass(4).await;
    succeed(calls).await;
    assert_within(&server.arrivals(), 1, SECOND * 5 / 2);
}

#[tokio::test]
async fn all_clients_of_a_session_share_its_limits() {
    let server = Counting::start(100).await;
    let session = server.session(Throttle::default());
    succeed(start_all(&session, &SLOW, 1).await).await;
    let scoped = session
        .in_environment(OrganizationId::new("o"), EnvironmentId::new("e"))
        .unwrap();
    let calls = start(&scoped, &SLOW, 1).await;
    assert_eq!(server.clock.settle(1).await, [REST]);
    server.clock.step();
    succeed(calls).await;
}

#[tokio::test]
async fn a_session_that_does_not_throttle_never_waits() {
    let server = Counting::start(100).await;
    let session = server.session(Throttle::off());
    succeed(start_all(&session, &SLOW, 100).await).await;
    assert_eq!(server.clock.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn first_come_first_served() {
    let server = Counting::start(100).await;
    let session = server.session(Throttle::default());
    let calls = start_all(&session, &SLOW, 8).await;
    server.pass(8).await;
    succeed(calls).await;
    for (number, target) in server.targets().iter().enumerate() {
        assert_eq!(*target, format!("/api/things?n={number}"));
    }
}

#[tokio::test]
async fn who_gives_up_gives_the_place_back() {
    let server = Counting::start(100).await;
    let session = server.session(Throttle::default());
    succeed(start(&session, &SLOW, 0).await).await;
    let given_up = start(&session, &SLOW, 1).await.remove(0);
    let behind = start(&session, &SLOW, 2).await;
    server.clock.settle(2).await;
    server.clock.advance(Duration::from_millis(500));
    given_up.abort();
    assert!(given_up.await.unwrap_err().is_cancelled());
    let left = REST - Duration::from_millis(500);
    until(|| server.clock.waits() == [left]).await;
    server.clock.step();
    succeed(behind).await;
    assert_eq!(server.arrivals(), [Duration::ZERO, REST]);
}

#[tokio::test]
async fn a_place_counts_from_the_sending_however_late_the_token_is() {
    let clock = Stepped::new();
    let (turned, times) = (clock.clone(), Arc::new(Mutex::new(Vec::new())));
    let seen = times.clone();
    let server = Server::start(move |request, _| {
        if request.target.contains("token") {
            turned.advance(SECOND * 5);
            return token("t", 36_000);
        }
        seen.lock().unwrap().push(turned.elapsed());
        json(200, "{}")
    })
    .await;
    let builder = server.timed(&clock);
    let builder = builder.credentials(Credentials::connected_app("a", "b"));
    let session = builder.build().unwrap();
    succeed(start(&session, &SLOW, 0).await).await;
    let next = start(&session, &SLOW, 1).await;
    assert_eq!(clock.settle(1).await, [REST]);
    clock.step();
    succeed(next).await;
    assert_eq!(*times.lock().unwrap(), [SECOND * 5, SECOND * 5 + REST]);
}

#[tokio::test]
async fn a_place_under_one_limit_is_not_used_up_by_the_wait_for_another() {
    let server = Counting::start(100).await;
    let session = server.session(Throttle::default());
    // The wide limit is used up by others, so that the narrow places are taken but not used.
    succeed(start_all(&session, &LIMITED, 20).await).await;
    server.clock.advance(SECOND / 2);
    let calls = start_all(&session, &NARROW, 4).await;
    server.clock.settle(4).await;
    server.clock.step();
    succeed(calls).await;
    let more = start_all(&session, &NARROW, 4).await;
    assert_eq!(server.clock.settle(4).await, [REST; 4]);
    server.clock.step();
    succeed(more).await;
}

#[tokio::test]
async fn expectation_11_the_wait_for_a_place_is_bounded_and_the_error_names_the_limit() {
    let server = Counting::start(100).await;
    let session = server.session(Throttle::default());
    let options = CallOptions::new().total_timeout(SECOND);
    let endpoint = Endpoint::new(&session, "").with_options(options);
    succeed(start(&session, &SLOW, 0).await).await;
    let sent = Call::new(&endpoint, &SLOW);
    let error = sent.send_empty().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
    assert!(error.is_throttled() && error.is_retryable());
    let text = error.to_string();
    assert!(
        text.contains("the limit slow") && text.contains("total_timeout"),
        "{text}"
    );
    assert_eq!(server.arrivals().len(), 1);
    assert_eq!(server.clock.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn calls_that_cannot_be_served_in_time_fail_at_once_and_the_others_are_served() {
    let server = Counting::start(100).await;
    let session = server.session(Throttle::default());
    let options = CallOptions::new().total_timeout(SECOND * 300);
    let endpoint = Endpoint::new(&session, "").with_options(options);
    let mut calls = start_of(&endpoint, 10).await;
    let late = calls.split_off(5);
    for call in late {
        let error = call.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.to_string().contains("the limit minute"), "{error}");
    }
    assert_eq!(server.clock.elapsed(), Duration::ZERO);
    let rest = REST * 60;
    for call in calls.drain(..4) {
        call.await.unwrap().unwrap();
        server.clock.advance(rest);
    }
    succeed(calls).await;
    let times = [0, 1, 2, 3, 4].map(|number| rest * number);
    assert_eq!(server.arrivals(), times);
}

#[tokio::test]
async fn a_place_that_is_given_back_goes_to_a_call_that_had_no_time_for_a_later_one() {
    let server = Counting::start(100).await;
    let session = server.session(Throttle::default());
    let options = CallOptions::new().total_timeout(SECOND * 100);
    let endpoint = Endpoint::new(&session, "").with_options(options);
    let mut calls = start_of(&endpoint, 2).await;
    let late = start_of(&endpoint, 1).await.remove(0);
    late.await.unwrap().unwrap_err();
    succeed(vec![calls.remove(0)]).await;
    let given_up = calls.remove(0);
    given_up.abort();
    assert!(given_up.await.unwrap_err().is_cancelled());
    let calls = start_of(&endpoint, 1).await;
    server.clock.settle(1).await;
    server.clock.advance(REST * 60);
    succeed(calls).await;
    assert_eq!(server.arrivals(), [Duration::ZERO, REST * 60]);
}

#[tokio::test]
async fn a_pause_that_leaves_no_time_ends_those_who_wait_at_once() {
    let refusal = reply(429, "retry-after: 500\r\n", "");
    let server = Server::script(vec![json(200, "{}"), refusal]).await;
    let clock = Stepped::new();
    let builder = server.timed(&clock).total_timeout(SECOND * 400);
    let session = builder.retry(Backoff::off()).build().unwrap();
    succeed(start(&session, &SLOW, 0).await).await;
    let calls = start_all(&session, &SLOW, 2).await;
    clock.settle(2).await;
    clock.step();
    for call in calls {
        let error = call.await.unwrap().unwrap_err();
        assert!(error.is_throttled(), "{error}");
    }
    assert_eq!(clock.elapsed(), REST);
    assert_eq!(server.requests().len(), 2);
}

/// What two processes would share: the starts of one limit, and what servers asked for.
#[derive(Debug, Clone)]
struct Ledger {
    clock: Arc<Stepped>,
    starts: Arc<Mutex<Vec<Duration>>>,
    pauses: Arc<Mutex<Vec<(String, Duration)>>>,
}

impl Ledger {
    fn new(clock: &Arc<Stepped>) -> Self {
        Self {
            clock: clock.clone(),
            starts: Arc::default(),
            pauses: Arc::default(),
        }
    }
}

impl LimitStore for Ledger {
    fn start(&self, limits: &[Limit<'_>]) -> Result<(), Duration> {
        let (now, limit) = (self.clock.elapsed(), limits[0]);
        let mut starts = self.starts.lock().unwrap();
        starts.retain(|start| *start + limit.interval > now);
        match starts.len().checked_sub(limit.permits.unwrap()) {
            Some(first) => Err(starts[first] + limit.interval - now),
            None => {
                starts.push(now);
                Ok(())
            }
        }
    }

    fn pause(&self, limit: &Limit<'_>, wait: Duration) {
        let mut pauses = self.pauses.lock().unwrap();
        pauses.push((limit.key.to_owned(), wait));
    }
}

#[tokio::test]
async fn sessions_that_share_a_store_share_a_limit() {
    let server = Counting::start(100).await;
    let ledger = Ledger::new(&server.clock);
    let mut calls = Calls::new();
    for _ in 0..2 {
        let session = server.builder().limit_store(ledger.clone());
        calls.extend(start_all(&session.build().unwrap(), &LIMITED, 50).await);
    }
    server.pass(100).await;
    assert_within(&server.arrivals(), 20, SECOND);
    succeed(calls).await;
}

#[tokio::test]
async fn a_pause_that_a_server_asks_for_is_told_to_the_store() {
    let server = Server::always(reply(429, "Retry-After: 3\r\n", "")).await;
    let clock = Stepped::new();
    let ledger = Ledger::new(&clock);
    let session = server.timed(&clock).limit_store(ledger.clone());
    let session = session.retry(Backoff::off()).build().unwrap();
    call(&session, &LIMITED).send_empty().await.unwrap_err();
    let pauses = ledger.pauses.lock().unwrap();
    let host = server.url.trim_start_matches("http://");
    assert_eq!(*pauses, [(format!("things {host}"), SECOND * 3)]);
}
