//! Timeouts of a call and of its parts.

use std::time::{Duration, Instant};

use anypoint_core::internal::{Call, Endpoint};
use anypoint_core::{
    Attempt, Backoff, CallOptions, Credentials, Error, ErrorKind, Json, RetryPolicy, Session,
    SessionBuilder, Upload,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::support::clock::Fast;
use crate::support::stepped::Stepped;
use crate::support::{CREATE, GET, POST, SILENCE, Server, call, json, reply};

/// What passes in a test that expects a timeout: short.
const SHORT: Duration = Duration::from_millis(100);
/// The same where a head has to come before it.
const SOON: Duration = Duration::from_millis(500);
/// What must not pass: far longer than any test.
const LONG: Duration = Duration::from_secs(600);
/// More than sockets hold, so that an upload of it cannot end before the server reads.
const LARGE: usize = 64 << 20;

/// A server that does with its only connection whatever a test wants.
async fn on_connection<F>(handle: impl FnOnce(TcpStream) -> F + Send + 'static) -> SessionBuilder
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        handle(stream).await;
    });
    let builder = Session::builder().host(host).retry(Backoff::off());
    let builder = builder.attempt_timeout(LONG).stall_timeout(LONG);
    builder.total_timeout(LONG)
}

/// Reads the head of a request.
async fn head(stream: &mut TcpStream) {
    let mut bytes = Vec::new();
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0);
    }
}

/// Sends the start of an answer, and then this again and again.
async fn trickle(mut stream: TcpStream, start: &[u8], more: &[u8]) {
    head(&mut stream).await;
    stream.write_all(start).await.unwrap();
    while stream.write_all(more).await.is_ok() {
        tokio::time::sleep(SHORT / 10).await;
    }
}

async fn get(builder: SessionBuilder) -> Error {
    let session = builder.build().unwrap();
    let sent = call(&session, &GET).send_json::<Json>().await;
    sent.unwrap_err()
}

const HEAD: &[u8] = b"HTTP/1.1 200 X\r\nx-request-id: r\r\ncontent-length: 100000000\r\n\r\n[";

/// A server whose queue of connections is full answers no further one.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn expectation_12_a_connection_that_does_not_come_about_ends() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let _full = [
        TcpStream::connect(address).await.unwrap(),
        TcpStream::connect(address).await.unwrap(),
    ];
    let builder = Session::builder().host(format!("http://{address}"));
    let builder = builder.connect_timeout(SHORT).clock(Fast::new());
    let builder = builder
        .attempt_timeout(LONG * 1000)
        .total_timeout(LONG * 1000);
    let builder = builder.retry(Backoff::new().attempts(2));
    let sent = call(&builder.build().unwrap(), &CREATE).send_empty().await;
    let error = sent.unwrap_err();
    // It cannot have reached anyone, so even a creation is tried again.
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 2));
    assert!(error.hint().unwrap().contains("connect_timeout"), "{error}");
}

#[tokio::test]
async fn expectation_12_an_attempt_ends_without_a_head() {
    let silent = on_connection(|mut stream| async move {
        head(&mut stream).await;
        std::future::pending().await
    });
    let error = get(silent.await.attempt_timeout(SHORT)).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.hint().unwrap().contains("attempt_timeout"), "{error}");
}

#[tokio::test]
async fn expectation_12_an_attempt_ends_in_the_middle_of_a_body() {
    for more in [&b""[..], b"1,"] {
        let server = on_connection(move |stream| trickle(stream, HEAD, more));
        let error = get(server.await.attempt_timeout(SOON)).await;
        assert_eq!(
            (error.kind(), error.status(), error.request_id()),
            (ErrorKind::Timeout, Some(200), Some("r")),
        );
    }
}

#[tokio::test]
async fn an_error_that_never_ends_is_still_told() {
    let start = b"HTTP/1.1 404 X\r\ncontent-length: 100000\r\n\r\n";
    let server = on_connection(move |stream| trickle(stream, start, b"no"));
    let error = get(server.await.attempt_timeout(SOON)).await;
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Status, Some(404))
    );
}

#[tokio::test]
async fn a_success_whose_body_nobody_wants_is_one_however_slow_it_is() {
    let server = on_connection(|stream| trickle(stream, HEAD, b"1,"));
    let session = server.await.attempt_timeout(SOON).build().unwrap();
    let sent = call(&session, &CREATE).send_empty().await;
    assert_eq!(sent.unwrap().status(), 200);
}

#[tokio::test]
async fn expectation_12_the_total_bounds_attempts_and_waits() {
    let silent = Server::always(SILENCE).await;
    let builder = silent.timed(&Fast::new()).total_timeout(SHORT * 1000);
    let error = get(builder).await;
    assert!(error.is_timeout() && error.attempts() == 1, "{error}");
    // Three waits of 3000 seconds fit into 10 000.
    let refusing = Server::always(reply(500, "", "")).await;
    let clock = Stepped::new();
    let builder = refusing.timed(&clock).retry(Steady);
    let builder = builder.total_timeout(Duration::from_secs(10_000));
    let failing = tokio::spawn(get(builder));
    for _ in 0..3 {
        clock.settle(1).await;
        clock.step();
    }
    let error = failing.await.unwrap();
    assert_eq!((error.status(), error.attempts()), (Some(500), 4));
    assert_eq!(clock.elapsed(), Duration::from_secs(9000));
}

/// Tries for ever, at long intervals.
#[derive(Debug)]
struct Steady;

impl RetryPolicy for Steady {
    fn wait(&self, _: &Attempt<'_>) -> Option<Duration> {
        Some(Duration::from_secs(3000))
    }
}

#[tokio::test]
async fn the_total_bounds_the_wait_for_a_token() {
    let server = Server::always(SILENCE).await;
    let builder = server.timed(&Fast::new()).total_timeout(SHORT * 1000);
    let error = get(builder.credentials(Credentials::connected_app("a", "b"))).await;
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
    assert!(error.to_string().contains("access token"), "{error}");
    assert_eq!(server.count("/things"), 0);
}

#[tokio::test]
async fn one_call_may_have_other_timeouts_than_its_session() {
    let server = Server::always(SILENCE).await;
    let session = server.timed(&Fast::by(1)).retry(Backoff::off()).build();
    let endpoint = Endpoint::new(&session.unwrap(), "");
    for options in [
        CallOptions::new().attempt_timeout(SHORT),
        CallOptions::new().total_timeout(SHORT),
    ] {
        let endpoint = endpoint.with_options(options);
        let error = Call::new(&endpoint, &GET).send_empty().await.unwrap_err();
        assert!(error.is_timeout(), "{error}");
    }
}

#[tokio::test]
async fn without_any_time_nothing_is_sent() {
    let server = Server::always(json(200, "{}")).await;
    let endpoint = Endpoint::new(&server.timed(&Fast::new()).build().unwrap(), "");
    // A connection that is ready is no reason to send either.
    Call::new(&endpoint, &GET).send_empty().await.unwrap();
    for options in [
        CallOptions::new().attempt_timeout(Duration::ZERO),
        CallOptions::new().total_timeout(Duration::ZERO),
    ] {
        let endpoint = endpoint.with_options(options);
        let error = Call::new(&endpoint, &CREATE)
            .send_empty()
            .await
            .unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
    }
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_timeout_of_zero_is_refused() {
    for zero in [
        SessionBuilder::connect_timeout,
        SessionBuilder::attempt_timeout,
        SessionBuilder::stall_timeout,
        SessionBuilder::total_timeout,
    ] {
        let builder = Session::builder().host("http://127.0.0.1:1");
        let error = zero(builder, Duration::ZERO).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }
}

#[test]
fn expectation_12_every_timeout_is_finite_by_default() {
    let shown = format!("{:?}", Session::builder());
    let timeouts = "Timeouts { connect: 10s, attempt: 60s, stall: 60s, total: 300s }";
    assert!(shown.contains(timeouts), "{shown}");
}

fn upload(session: &Session) -> Call {
    let upload = Upload::bytes("big.jar", vec![0; LARGE]);
    call(session, &POST).upload("x/y", &upload)
}

#[tokio::test]
async fn expectation_12_an_upload_that_stands_still_ends() {
    let deaf = on_connection(|mut stream| async move {
        head(&mut stream).await;
        std::future::pending().await
    });
    let session = deaf.await.stall_timeout(SHORT).build().unwrap();
    let error = upload(&session).send_empty().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(
        error.to_string().contains("took nothing of the upload"),
        "{error}"
    );
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("stall_timeout") && !hint.contains("attempt_timeout"),
        "{hint}"
    );
}

#[tokio::test]
async fn a_timeout_names_the_setting_that_ended_it() {
    let attempt = |session: SessionBuilder| session.attempt_timeout(SHORT);
    let total = |session: SessionBuilder| session.total_timeout(SHORT);
    for (set, named, other) in [
        (
            &attempt as &dyn Fn(SessionBuilder) -> SessionBuilder,
            "attempt_timeout",
            "total_timeout",
        ),
        (&total, "total_timeout", "attempt_timeout"),
    ] {
        for start in [&b""[..], HEAD] {
            let server = on_connection(move |stream| trickle(stream, start, b""));
            let error = get(set(server.await)).await;
            let hint = error.hint().unwrap();
            assert!(hint.contains(named) && !hint.contains(other), "{error}");
        }
    }
}

/// Reads an upload in the time that 20 steps take, then answers: the head at once, the body after
/// one more step.
async fn slow_reader(mut stream: TcpStream, step: Duration) {
    let mut left = LARGE;
    let mut buffer = vec![0; LARGE / 20];
    while left > 0 {
        tokio::time::sleep(step).await;
        let end = left.min(buffer.len());
        let read = stream.read_exact(&mut buffer[..end]).await.unwrap();
        left -= read;
    }
    let head = b"HTTP/1.1 200 X\r\nconnection: close\r\ncontent-length: 3\r\n\r\n";
    stream.write_all(head).await.unwrap();
    tokio::time::sleep(step).await;
    stream.write_all(b"[7]").await.unwrap();
    let _ = stream.read(&mut buffer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn expectation_12_a_moving_upload_may_take_longer_than_attempt_and_total() {
    let server = on_connection(|stream| slow_reader(stream, Duration::from_millis(250)));
    // The sockets hold what takes the reader a third of that, after the upload is over.
    let limit = Duration::from_millis(2_400);
    let builder = server.await.attempt_timeout(limit).total_timeout(limit);
    let session = builder.stall_timeout(limit).build().unwrap();
    let start = Instant::now();
    let answer = upload(&session).send_json::<Vec<i64>>().await.unwrap();
    assert_eq!(*answer, [7]);
    assert!(start.elapsed() > limit * 2);
}

#[tokio::test]
async fn expectation_12_a_download_that_stands_still_ends() {
    let server = on_connection(|stream| trickle(stream, HEAD, b""));
    let session = server.await.stall_timeout(SHORT).build().unwrap();
    let sent = call(&session, &GET).send_download().await;
    let error = sent.unwrap().into_value().bytes(1000).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Timeout, Some(200))
    );
    assert!(error.to_string().contains("stall_timeout"), "{error}");
}

#[tokio::test]
async fn expectation_12_a_moving_download_may_take_longer_than_attempt_and_total() {
    let server = on_connection(|mut stream| async move {
        head(&mut stream).await;
        let head = b"HTTP/1.1 200 X\r\ncontent-length: 30\r\n\r\n";
        stream.write_all(head).await.unwrap();
        for _ in 0..30 {
            tokio::time::sleep(SHORT).await;
            stream.write_all(b"x").await.unwrap();
        }
    });
    let limit = Duration::from_secs(1);
    let builder = server.await.attempt_timeout(limit).total_timeout(limit);
    let session = builder.stall_timeout(limit).build().unwrap();
    let sent = call(&session, &GET).send_download().await;
    let start = Instant::now();
    let bytes = sent.unwrap().into_value().bytes(1000).await.unwrap();
    assert_eq!(bytes.len(), 30);
    assert!(start.elapsed() > limit * 2);
}
