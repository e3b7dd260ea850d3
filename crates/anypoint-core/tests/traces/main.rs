//! What a call records with `tracing`, and what it must never record.
//!
//! A separate binary, because whether a span is enabled is decided once per process, so every test in it
//! needs a subscriber.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod recorder;
#[allow(dead_code, reason = "it is there for other tests too")]
#[path = "../wire/support/mod.rs"]
mod support;

use std::sync::Arc;
use std::time::Duration;

use anypoint_core::internal::{Auth, Endpoint, Method, Operation, RateLimit};
use anypoint_core::{Credentials, Session, Upload};
use tracing::{Instrument, Level};

use crate::recorder::Recorder;
use crate::support::clock::Fast;
use crate::support::stepped::Stepped;
use crate::support::{GET, POST, Server, call, json, operation, reply, token};

static ONE: Operation = operation(Method::Put, "/things/{thingId}/x");
static LIMITED: Operation = Operation {
    limits: &[RateLimit {
        name: "test limit",
        permits: 1,
        interval: Duration::from_secs(1),
        regions: &[],
        per: None,
        throttled: &[],
    }],
    ..operation(Method::Get, "/things")
};

async fn scripted(answers: Vec<Vec<u8>>) -> (Server, Arc<Fast>, Session) {
    let server = Server::script(answers).await;
    let clock = Fast::new();
    let session = server.timed(&clock).build().unwrap();
    (server, clock, session)
}

#[tokio::test]
async fn a_span_for_the_call_and_one_for_each_attempt() {
    let recorder = Recorder::start(Level::DEBUG);
    let first = reply(503, "x-request-id: r1\r\n", "");
    let second = reply(200, "x-request-id: r2\r\n", "[1,2]");
    let (_server, _, session) = scripted(vec![first, second]).await;
    let sent = call(&session, &ONE).path("thingId", &"7");
    let sent = sent.json("application/json", &"abc");
    sent.send_json::<Vec<i64>>().await.unwrap();

    let calls = recorder.spans("call");
    assert_eq!(calls.len(), 1);
    let of = |name| calls[0].field(name);
    assert_eq!(of("operation"), Some("test_call"));
    assert_eq!(of("method"), Some("Put"));
    assert_eq!(of("path"), Some("/things/{thingId}/x"));
    assert_eq!(of("error"), None);
    assert_eq!(calls[0].metadata.target(), "anypoint");

    let attempts = recorder.spans("attempt");
    let all = |name| {
        attempts
            .iter()
            .map(|one| one.field(name))
            .collect::<Vec<_>>()
    };
    assert!(attempts.iter().all(|one| one.parent == Some("call")));
    assert_eq!(all("number"), [Some("1"), Some("2")]);
    assert_eq!(all("status"), [Some("503"), Some("200")]);
    assert_eq!(all("request_id"), [Some("r1"), Some("r2")]);
    assert_eq!(all("sent"), [Some("5"), Some("5")]);
    assert_eq!(all("received"), [None, Some("5")]);
}

#[tokio::test]
async fn the_bytes_of_an_upload_are_counted() {
    let recorder = Recorder::start(Level::DEBUG);
    let (_server, _, session) = scripted(vec![json(200, "{}")]).await;
    let upload = Upload::bytes("a.jar", vec![0; 100_000]);
    let sent = call(&session, &POST).upload("x/y", &upload);
    sent.send_empty().await.unwrap();
    assert_eq!(recorder.spans("attempt")[0].field("sent"), Some("100000"));
}

#[tokio::test]
async fn an_error_is_told_by_its_kind() {
    let recorder = Recorder::start(Level::DEBUG);
    let (_server, _, session) = scripted(vec![reply(404, "", "")]).await;
    call(&session, &GET).send_empty().await.unwrap_err();
    assert_eq!(recorder.spans("call")[0].field("error"), Some("Status"));
    assert_eq!(recorder.spans("attempt")[0].field("status"), Some("404"));
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_told_too() {
    let recorder = Recorder::start(Level::DEBUG);
    let (_server, _, session) = scripted(vec![json(200, "[\"x\"]")]).await;
    let sent = call(&session, &GET).send_json::<Vec<i64>>();
    sent.await.unwrap_err();
    assert_eq!(recorder.spans("call")[0].field("error"), Some("Decode"));
}

#[tokio::test]
async fn what_does_not_fit_is_told_once_for_an_answer_and_without_values() {
    let recorder = Recorder::start(Level::WARN);
    let answers = vec![json(200, "[1]"), json(200, r#"[1,"s3cret",{"s3cret":1}]"#)];
    let (_server, _, session) = scripted(answers).await;
    for _ in 0..2 {
        let sent = call(&session, &GET).send_json::<Vec<i64>>();
        assert_eq!(sent.await.unwrap().into_value(), [1]);
    }
    let told = recorder.events("do not fit");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].field("count"), Some("2"));
    assert_eq!(told[0].field("path"), Some("[1]"));
    let problem = "expected an integer of 64 bits, found a text";
    assert_eq!(told[0].field("problem"), Some(problem));
}

#[tokio::test]
async fn a_download_that_breaks_off_is_told_too() {
    let recorder = Recorder::start(Level::DEBUG);
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc".to_vec();
    let (_server, _, session) = scripted(vec![cut]).await;
    let download = call(&session, &GET).send_download().await.unwrap();
    assert_eq!(recorder.spans("call")[0].field("error"), None);
    download.into_value().bytes(1000).await.unwrap_err();
    assert_eq!(
        recorder.spans("call")[0].field("error"),
        Some("Interrupted")
    );
}

#[tokio::test]
async fn a_failed_attempt_is_no_failed_call() {
    let recorder = Recorder::start(Level::DEBUG);
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc".to_vec();
    let (_server, _, session) = scripted(vec![cut, json(200, "[7]")]).await;
    let sent = call(&session, &GET).send_json::<Vec<i64>>();
    assert_eq!(sent.await.unwrap().into_value(), [7]);
    assert_eq!(recorder.spans("call")[0].field("error"), None);
}

#[tokio::test]
async fn a_password_over_plain_http_is_warned_of_once() {
    let recorder = Recorder::start(Level::WARN);
    let warnings = || recorder.events("plain http");
    let console = |host: &str| {
        let basic = Credentials::basic("admin", "s3cret");
        Session::builder().host(host).credentials(basic)
    };
    for quiet in [
        console("http://127.0.0.1:8080"),
        console("http://localhost"),
        console("http://mmc.example.com").allow_plain_http(),
        Session::builder().host("http://mmc.example.com"),
    ] {
        quiet.build().unwrap();
    }
    assert_eq!(warnings().len(), 0);
    let session = console("http://mmc.example.com:8080").build().unwrap();
    for _ in 0..3 {
        Endpoint::at(&session, "http://mmc.example.com:8080/mmc/api").unwrap();
    }
    let found = warnings();
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].field("origin"),
        Some("http://mmc.example.com:8080")
    );
    assert!(!recorder.all().contains("s3cret"));
}

#[tokio::test]
async fn every_wait_has_an_event() {
    let recorder = Recorder::start(Level::DEBUG);
    let (_server, clock, session) = scripted(vec![reply(500, "", ""), json(200, "{}")]).await;
    call(&session, &GET).send_empty().await.unwrap();
    let retries = recorder.events("another one follows");
    assert_eq!(retries.len(), 1);
    assert_eq!(retries[0].parent, Some("call"));
    assert_eq!(retries[0].field("wait_ms"), Some("500"));
    assert_eq!(retries[0].field("status"), Some("500"));
    assert_eq!(clock.waits(), [Duration::from_millis(500)]);

    let clock = Stepped::new();
    let limited = Server::always(json(200, "{}")).await;
    let session = limited.timed(&clock).build().unwrap();
    call(&session, &LIMITED).send_empty().await.unwrap();
    let second = tokio::spawn(call(&session, &LIMITED).send_empty());
    clock.settle(1).await;
    clock.step();
    second.await.unwrap().unwrap();
    let waits = recorder.events("waited for a rate limit");
    assert_eq!((waits.len(), waits[0].parent), (1, Some("attempt")));
    assert_eq!(waits[0].field("limit"), Some("test limit"));
    assert_eq!(waits[0].field("waited_ms"), Some("1040"));
}

#[tokio::test]
async fn a_span_of_the_caller_is_left_alone() {
    let recorder = Recorder::start(Level::INFO);
    let empty = tracing::field::Empty;
    let mine = tracing::info_span!("mine", status = empty, error = empty, sent = empty);
    let (_server, _, session) = scripted(vec![reply(404, "", "")]).await;
    let sent = call(&session, &GET).send_empty().instrument(mine.clone());
    sent.await.unwrap_err();
    assert_eq!(recorder.spans("call").len(), 0);
    let mine = recorder.spans("mine").remove(0);
    assert_eq!((mine.field("status"), mine.field("error")), (None, None));
}

#[tokio::test]
async fn expectation_17_no_secret_is_traced_at_any_level() {
    static SECRETIVE: Operation = Operation {
        auth: Auth::Session,
        ..operation(Method::Put, "/things/{thingId}")
    };
    let recorder = Recorder::start(Level::TRACE);
    let server = Server::start(|request, number| {
        let headers = "x-s3cret: s3cret\r\nset-cookie: s3cret\r\n";
        match (request.target.contains("token"), number) {
            (true, _) => token("t-s3cret", 3600),
            (_, 1) => reply(503, headers, r#"{"message":"s3cret"}"#),
            (_, 2) => reply(401, headers, "s3cret"),
            _ => reply(404, headers, r#"{"message":"s3cret"}"#),
        }
    })
    .await;
    let builder = server.timed(&Fast::by(100));
    let app = Credentials::connected_app("id-s3cret", "s3cret");
    let session = builder.credentials(app).build().unwrap();
    let sent = call(&session, &SECRETIVE).path("thingId", &"s3cret");
    let sent = sent.query("q", &"s3cret").header("x-own", &"s3cret");
    let sent = sent.json("application/json", &"s3cret");
    sent.send_empty().await.unwrap_err();
    assert_eq!(server.count("s3cret"), 3);
    assert_eq!(recorder.spans("attempt").len(), 3);
    let all = recorder.all();
    assert!(!all.contains("s3cret"), "{all}");
}
