//! Calls that are polled once and then not any more, as in a `select!` or a stream of futures.

use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use anypoint_core::internal::{Method, Operation, RateLimit};
use anypoint_core::{Error, Session, Throttle};
use futures_util::StreamExt as _;
use tokio::task::JoinHandle;

use crate::support::clock::Fast;
use crate::support::counting::Counting;
use crate::support::{Server, call, json, operation};

const SECOND: Duration = Duration::from_secs(1);
const LIMIT: RateLimit = RateLimit {
    name: "slow",
    permits: 1,
    interval: SECOND,
    regions: &[],
    per: None,
    throttled: &[],
};
/// One in a second.
static SLOW: Operation = Operation {
    limits: &[LIMIT],
    ..operation(Method::Get, "/things")
};
/// Ten in a second.
static TEN: Operation = Operation {
    limits: &[RateLimit {
        permits: 10,
        ..LIMIT
    }],
    ..operation(Method::Get, "/things")
};
/// A hundred in a second.
static HUNDRED: Operation = Operation {
    limits: &[RateLimit {
        permits: 100,
        ..LIMIT
    }],
    ..operation(Method::Get, "/things")
};
/// One in a second, and each counts as one of ten, too.
static BOTH: Operation = Operation {
    limits: &[
        RateLimit {
            name: "wide",
            permits: 10,
            ..LIMIT
        },
        LIMIT,
    ],
    ..operation(Method::Get, "/things")
};

/// A start counts for an interval and a 25th of it.
const REST: Duration = Duration::from_millis(1040);
/// A place that is not used for as long is passed over.
const GRACE: Duration = Duration::from_millis(40);

type Sent = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

fn sent(session: &Session, operation: &'static Operation) -> Sent {
    let sent = call(session, operation);
    Box::pin(async move { sent.send_empty().await.map(|_| ()) })
}

/// Begins a call and leaves it.
async fn begun(mut sent: Sent) -> Sent {
    std::future::poll_fn(|task| {
        assert!(sent.as_mut().poll(task).is_pending());
        Poll::Ready(())
    })
    .await;
    sent
}

async fn succeed(call: JoinHandle<Result<(), Error>>) {
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_call_that_is_not_polled_when_its_place_comes_is_passed_over() {
    for operation in [&SLOW, &BOTH] {
        let server = Counting::start(100).await;
        let session = server.session(Throttle::default());
        sent(&session, operation).await.unwrap();
        let left = begun(sent(&session, operation)).await;
        let next = tokio::spawn(sent(&session, operation));
        server.clock.settle(2).await;
        // The place of the one that is left comes, and passes.
        server.clock.step();
        server.clock.settle(1).await;
        server.clock.step();
        succeed(next).await;
        // It takes another one and is not lost.
        let left = tokio::spawn(left);
        assert_eq!(server.clock.settle(1).await, [REST]);
        server.clock.step();
        succeed(left).await;
        let second = REST + GRACE;
        assert_eq!(server.arrivals(), [Duration::ZERO, second, second + REST]);
    }
}

#[tokio::test]
async fn a_call_that_comes_back_is_served_before_those_that_came_later() {
    let server = Counting::start(100).await;
    let session = server.session(Throttle::default());
    let numbered = |number: i64| {
        let sent = call(&session, &SLOW).query("n", &number);
        Box::pin(async move { sent.send_empty().await.map(|_| ()) })
    };
    numbered(0).await.unwrap();
    let left = begun(numbered(1)).await;
    let mut calls = vec![tokio::spawn(numbered(2)), tokio::spawn(numbered(3))];
    server.clock.settle(3).await;
    server.clock.advance(REST + GRACE);
    succeed(calls.remove(0)).await;
    calls.push(tokio::spawn(left));
    server.clock.settle(2).await;
    server.pass(4).await;
    for call in calls {
        succeed(call).await;
    }
    let targets = [0, 2, 1, 3].map(|number| format!("/api/things?n={number}"));
    assert_eq!(server.targets(), targets);
}

#[tokio::test]
async fn calls_keep_their_rate_although_some_of_them_are_not_polled() {
    const CALLS: usize = 1000;
    const EACH: usize = 200;
    let server = Counting::start(CALLS).await;
    let session = server.session(Throttle::default());
    let (mut left, mut calls) = (Vec::new(), Vec::new());
    for number in 0..CALLS {
        match number % EACH {
            // Not one of the first, which are sent at once.
            150 => left.push(begun(sent(&session, &HUNDRED)).await),
            _ => calls.push(tokio::spawn(sent(&session, &HUNDRED))),
        }
        tokio::task::yield_now().await;
    }
    // Each that is left has a timer for the first look. It ends here, and nobody makes another one.
    server.clock.settle(CALLS - 100).await;
    server.clock.advance(REST + GRACE);
    server.pass(CALLS - left.len()).await;
    for call in calls {
        succeed(call).await;
    }
    let arrivals = server.arrivals();
    for (first, next) in arrivals.iter().zip(&arrivals[100..]) {
        assert!(*next - *first > SECOND, "{first:?} {next:?}");
    }
    let last = arrivals.last().unwrap().as_secs_f64();
    let rate = arrivals.len() as f64 / 100.0 / last;
    assert!((left.len(), rate > 0.95) == (5, true), "{rate}");
}

#[tokio::test]
async fn a_stream_of_calls_with_a_call_for_each_result_comes_to_its_end() {
    let server = Server::always(json(200, "{}")).await;
    let builder = server.timed(&Fast::by(20));
    let session = builder.total_timeout(SECOND * 300).build().unwrap();
    let calls = (0..60).map(|_| sent(&session, &TEN));
    let mut results = futures_util::stream::iter(calls).buffer_unordered(50);
    while let Some(result) = results.next().await {
        result.unwrap();
        // Meanwhile nobody polls the others.
        sent(&session, &TEN).await.unwrap();
    }
    assert_eq!(server.requests().len(), 120);
}
