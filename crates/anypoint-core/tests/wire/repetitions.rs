//! Which calls are repeated after which failure, and which never are.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anypoint_core::internal::{Method, Operation, RateLimit};
use anypoint_core::{Attempt, Backoff, Error, ErrorKind, Json, RetryPolicy, Session, Throttle};
use tokio::net::TcpSocket;

use crate::support::clock::Fast;
use crate::support::{CREATE, GET, POST, RESET, SILENCE, Server, call, json, operation, reply};

/// A limit whose refusals are 503, wide enough never to be reached here.
static DOCUMENTED: Operation = Operation {
    limits: &[RateLimit {
        name: "test",
        permits: 1000,
        interval: Duration::from_secs(1),
        regions: &[],
        per: None,
        throttled: &[503],
    }],
    ..CREATE
};
/// The method alone says that it may be repeated, the operation that it must not.
static FRAGILE: Operation = Operation {
    idempotent: false,
    ..operation(Method::Put, "/things")
};

const TRUNCATED: &[u8] = b"HTTP/1.1 201 X\r\nx-request-id: r\r\ncontent-length: 100\r\n\r\n{\"a\":";
const BROKEN_503: &[u8] = b"HTTP/1.1 503 X\r\ncontent-length: 100\r\n\r\n";

fn html(status: u16) -> Vec<u8> {
    let page = "<html><title>Bad gateway</title></html>";
    reply(status, "content-type: text/html\r\n", page)
}

/// What comes of a call that fails like this once, and how often it was made.
async fn after(
    first: impl Into<Vec<u8>>,
    operation: &'static Operation,
) -> (Result<(), Error>, usize) {
    let server = Server::script(vec![first.into(), json(200, "{}")]).await;
    let session = server.timed(&Fast::new()).build().unwrap();
    let sent = call(&session, operation).send_json::<Json>().await;
    (sent.map(|_| ()), server.requests().len())
}

#[tokio::test]
async fn expectation_10_a_repeatable_call_outlives_what_passes() {
    for first in [
        reply(408, "", ""),
        reply(429, "", ""),
        reply(500, "", ""),
        json(500, r#"{"message":"oops"}"#),
        html(502),
        reply(503, "", ""),
        html(503),
        reply(504, "", ""),
        RESET.to_vec(),
        Vec::new(),
        TRUNCATED.to_vec(),
    ] {
        let shown = String::from_utf8_lossy(&first).into_owned();
        let (result, count) = after(first, &GET).await;
        assert!(result.is_ok(), "{shown}: {result:?}");
        assert_eq!(count, 2, "{shown}");
    }
}

#[tokio::test]
async fn what_does_not_pass_is_not_tried_again() {
    for first in [
        reply(400, "", ""),
        reply(404, "", ""),
        reply(409, "", ""),
        reply(501, "", ""),
        reply(302, "location: https://elsewhere.example/\r\n", ""),
        reply(200, "", "no json"),
    ] {
        let (result, count) = after(first, &GET).await;
        assert!(!result.unwrap_err().is_retryable());
        assert_eq!(count, 1);
    }
}

#[tokio::test]
async fn expectation_10_a_call_that_may_have_taken_effect_is_made_once() {
    for first in [
        reply(408, "", ""),
        reply(500, "", ""),
        html(502),
        reply(503, "", ""),
        html(503),
        reply(504, "", ""),
        RESET.to_vec(),
        Vec::new(),
        TRUNCATED.to_vec(),
    ] {
        let shown = String::from_utf8_lossy(&first).into_owned();
        let (result, count) = after(first, &CREATE).await;
        let error = result.unwrap_err();
        assert_eq!((count, error.attempts()), (1, 1), "{shown}");
        assert!(error.is_retryable(), "the caller may decide: {shown}");
    }
}

#[tokio::test]
async fn a_lost_answer_of_a_creation_says_that_it_took_effect() {
    let error = after(TRUNCATED, &CREATE).await.0.unwrap_err();
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("answered 201") && hint.contains("took effect"),
        "{hint}"
    );
    assert_eq!((error.status(), error.request_id()), (Some(201), Some("r")));
    // Nobody wants this body, so nothing is lost with it.
    let server = Server::always(TRUNCATED).await;
    assert_eq!(
        server.call(&CREATE).send_empty().await.unwrap().status(),
        201
    );
}

#[tokio::test]
async fn expectation_10_a_creation_that_times_out_is_not_repeated() {
    let server = Server::always(SILENCE).await;
    let session = |attempts| {
        let clock = Fast::new();
        let builder = server
            .timed(&clock)
            .retry(Backoff::new().attempts(attempts));
        builder.attempt_timeout(Duration::from_secs(50)).build()
    };
    let attempts = async |operation| {
        let sent = call(&session(3).unwrap(), operation).send_empty().await;
        let error = sent.unwrap_err();
        assert!(error.is_timeout(), "{error}");
        error.attempts()
    };
    assert_eq!(attempts(&CREATE).await, 1);
    assert_eq!(attempts(&GET).await, 3);
}

#[tokio::test]
async fn expectation_10_a_call_that_was_not_processed_is_repeated() {
    for (first, operation) in [
        (reply(429, "", "slow down"), &CREATE),
        (reply(503, "", ""), &DOCUMENTED),
    ] {
        let (result, count) = after(first, operation).await;
        assert!(result.is_ok() && count == 2, "{result:?}");
    }
    for first in [html(503), BROKEN_503.to_vec(), reply(500, "", "")] {
        let (result, count) = after(first, &DOCUMENTED).await;
        assert!(result.is_err() && count == 1);
    }
    let (result, count) = after(BROKEN_503, &GET).await;
    assert!(result.is_ok() && count == 2);
}

#[tokio::test]
async fn what_a_refusal_means_does_not_depend_on_throttling() {
    let server = Server::script(vec![reply(503, "", ""), json(200, "{}")]).await;
    let builder = server.timed(&Fast::new()).throttle(Throttle::off());
    let session = builder.build().unwrap();
    call(&session, &DOCUMENTED).send_empty().await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn the_operation_says_whether_it_may_be_repeated() {
    let (result, count) = after(reply(500, "", ""), &POST).await;
    assert!(result.is_ok() && count == 2, "an idempotent POST");
    let (result, count) = after(reply(500, "", ""), &FRAGILE).await;
    assert!(result.is_err() && count == 1, "a PUT that is not");
}

/// Lets a server listen when it is asked about the first failure.
#[derive(Debug, Clone)]
struct Revive(Arc<Mutex<Option<TcpSocket>>>);

impl RetryPolicy for Revive {
    fn wait(&self, failed: &Attempt<'_>) -> Option<Duration> {
        assert_eq!(failed.error().kind(), ErrorKind::Connect);
        let socket = self.0.lock().unwrap().take()?;
        let listener = socket.listen(8).unwrap();
        Server::on(listener, |_, _| json(200, "{}"));
        Some(Duration::from_secs(1))
    }
}

#[tokio::test]
async fn expectation_10_a_creation_is_repeated_when_nothing_listened() {
    // A bound port belongs to this test, and refuses connections until it listens.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let host = format!("http://{}", socket.local_addr().unwrap());
    let revive = Revive(Arc::new(Mutex::new(Some(socket))));
    let builder = Session::builder().host(host).clock(Fast::new());
    let hour = Duration::from_secs(3600);
    let builder = builder
        .attempt_timeout(hour * 100)
        .total_timeout(hour * 100);
    let session = builder.retry(revive).build().unwrap();
    call(&session, &CREATE).send_empty().await.unwrap();
}

/// The first attempt took effect, and its answer was lost. What the second one finds is no reason to look for a typing
/// mistake in an id.
#[tokio::test]
async fn a_deletion_that_is_repeated_may_find_its_own_work() {
    static DELETE: Operation = operation(Method::Delete, "/things");
    let server = Server::script(vec![RESET.to_vec(), reply(404, "", "")]).await;
    let session = server.timed(&Fast::new()).build().unwrap();
    let error = call(&session, &DELETE).send_empty().await.unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Some(404), 2));
    assert_eq!(error.hint(), Some("an earlier attempt may have deleted it"));
    // The first attempt, or one after a refusal, cannot find its own work.
    for answers in [vec![], vec![reply(429, "", "")]] {
        let answers = answers.into_iter().chain([reply(404, "", "")]);
        let server = Server::script(answers.collect()).await;
        let session = server.timed(&Fast::new()).build().unwrap();
        let error = call(&session, &DELETE).send_empty().await.unwrap_err();
        assert_eq!(error.status(), Some(404));
        let hint = error.hint().unwrap_or_default();
        assert!(!hint.contains("earlier"), "{error}");
    }
}
