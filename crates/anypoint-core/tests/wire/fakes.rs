//! The tools for a user's tests: a scripted client, and responses that are made by hand.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use anypoint_core::http::{Headers, Method};
use anypoint_core::testing::{FakeError, FakeHttp, QuickClock, Reply, pages, response};
use anypoint_core::{Clock, Error, ErrorKind, Session, Upload};

use futures_util::FutureExt as _;

use crate::support::{GET, POST, app, call};

async fn names(session: &Session) -> Result<Vec<String>, Error> {
    let names = call(session, &GET).send_json::<Vec<String>>().await?;
    Ok(names.into_value())
}

/// What a test that drops the fake is told.
fn complaint(http: FakeHttp) -> String {
    let failure = catch_unwind(AssertUnwindSafe(|| http.finish())).unwrap_err();
    failure.downcast_ref::<String>().unwrap().clone()
}

#[tokio::test]
async fn a_script_answers_in_order_and_waits_take_no_time() {
    let http = FakeHttp::new();
    let busy = Reply::new(429).header("retry-after", "20");
    http.on(
        "test_call",
        [busy, Reply::new(500), Reply::new(200).json(&["a"])],
    );
    assert_eq!(names(&http.session()).await.unwrap(), ["a"]);
    let requests = http.requests();
    assert_eq!(requests.len(), 3);
    let first = &requests[0];
    assert_eq!(
        (first.method, first.path.as_str()),
        (Method::Get, "/api/things")
    );
    assert_eq!(first.headers.get("accept"), Some("application/json"));
    assert!(http.clock().passed() >= Duration::from_secs(20));
    http.finish();
}

#[tokio::test]
async fn a_request_is_expected_by_method_and_path_or_by_a_closure() {
    let http = FakeHttp::new();
    http.on("GET /api/things", [Reply::new(200).body(r#"["path"]"#)]);
    http.respond(|request| {
        let sent = String::from_utf8_lossy(&request.body).into_owned();
        (request.method == Method::Post).then(|| Reply::new(200).json(&[sent]))
    });
    let session = http.session();
    assert_eq!(names(&session).await.unwrap(), ["path"]);
    let upload = Upload::bytes("a", "sent");
    let echoed = call(&session, &POST)
        .upload("x/y", &upload)
        .send_json::<Vec<String>>();
    assert_eq!(echoed.await.unwrap().into_value(), ["sent"]);
}

#[tokio::test]
async fn what_is_not_expected_fails_the_call_and_the_test() {
    let http = FakeHttp::new();
    let error = names(&http.session()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "test_call: the test did not expect GET /api/things (test_call)"
    );
    assert_eq!(
        complaint(http),
        "GET /api/things (test_call) was not expected"
    );
}

#[tokio::test]
async fn a_reply_that_nobody_asks_for_fails_the_test() {
    let http = FakeHttp::new();
    http.on("test_call", [Reply::new(200), Reply::new(200)]);
    names(&http.session()).await.unwrap();
    assert_eq!(complaint(http), "test_call was expected 1 more times");
}

#[tokio::test]
async fn a_script_in_order_refuses_another_order() {
    let http = FakeHttp::new();
    http.on("log_in", [Reply::new(200).body(r#"{"access_token":"t"}"#)]);
    http.on("test_call", [Reply::new(200).body("[]")]);
    http.in_order();
    names(&http.builder().credentials(app()).build().unwrap())
        .await
        .unwrap();
    http.on("other_call", [Reply::new(200)]);
    http.on("test_call", [Reply::new(200)]);
    names(&http.session()).await.unwrap_err();
    assert!(complaint(http).starts_with("GET /api/things (test_call) was not expected; "));
}

#[tokio::test]
async fn connections_break_in_a_script_too() {
    let http = FakeHttp::new();
    let cut = Reply::new(200).body("[").cut();
    http.on(
        "test_call",
        [Reply::broken(), cut, Reply::new(200).body("[]")],
    );
    assert!(names(&http.session()).await.unwrap().is_empty());
}

#[test]
fn what_is_under_way_never_takes_too_long() {
    let clock = QuickClock::new();
    let second = Duration::from_secs(1);
    assert!(clock.sleep(second).now_or_never().is_some());
    assert!(clock.timeout(second).now_or_never().is_none());
    assert_eq!(clock.passed(), second);
}

#[tokio::test]
async fn answers_errors_and_pages_are_made_without_a_call() {
    let mut headers = Headers::new();
    headers.append("x-request-id", "1a2b").unwrap();
    let answer = response(201, headers, "a");
    assert_eq!(
        (answer.status(), answer.request_id(), *answer),
        (201, Some("1a2b"), "a")
    );

    let error = FakeError::status(429)
        .operation("list_assets")
        .message("slow down")
        .request_id("1a2b")
        .attempts(4)
        .body("{}")
        .build();
    assert!(error.is_throttled() && error.is_retryable());
    assert_eq!(
        error.to_string(),
        "list_assets: 429 Too Many Requests: slow down (request id 1a2b, 4 attempts)"
    );
    let timeout = FakeError::new(ErrorKind::Timeout, "no answer in time")
        .hint("wait")
        .build();
    assert!(timeout.is_timeout());

    let broken = FakeError::new(ErrorKind::Interrupted, "it broke").build();
    let mut items = pages([Ok(vec![1, 2]), Ok(vec![3]), Err(broken)]).items();
    for number in [1, 2, 3] {
        assert_eq!(items.next().await.unwrap().unwrap(), number);
    }
    assert_eq!(
        items.next().await.unwrap().unwrap_err().kind(),
        ErrorKind::Interrupted
    );
    assert!(items.next().await.is_none());
}
