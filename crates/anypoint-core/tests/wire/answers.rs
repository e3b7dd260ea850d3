//! Answers that violate HTTP or the caller's limits.

use anypoint_core::internal::Call;
use anypoint_core::testing::{FakeHttp, Reply};
use anypoint_core::{CallOptions, Error, ErrorKind, Json, Response, WithOptions};

use crate::support::{CREATE, GET, RESET, Server, call, reply};

async fn read(call: Call) -> Result<Response<Json>, Error> {
    call.send_json::<Json>().await
}

#[tokio::test]
async fn headers_that_others_accept_are_accepted() {
    for header in [
        "x-powered-by : x",
        "x-folded: a\r\n b",
        "x bad name: 1",
        "no colon at all",
        ": no name",
        "x-control: a\u{1}b",
    ] {
        let answer = reply(202, &format!("{header}\r\nx-good: 1\r\n"), "{}");
        let server = Server::always(answer).await;
        let answer = read(server.call(&CREATE)).await.unwrap();
        let found = (answer.status(), answer.header("x-good"));
        assert_eq!(found, (202, Some("1")), "{header}");
        assert_eq!(server.requests().len(), 1, "{header}");
    }
}

/// What cannot be read at all is an error, and the call may have been made.
#[tokio::test]
async fn a_call_whose_answer_is_lost_says_that_it_may_have_taken_effect() {
    for answer in [&b"no HTTP\r\n\r\n"[..], RESET, b""] {
        let shown = String::from_utf8_lossy(answer).into_owned();
        for (operation, says) in [(&CREATE, true), (&GET, false)] {
            let server = Server::always(answer).await;
            let error = read(server.call(operation)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Interrupted, "{shown}");
            let hint = error.hint().unwrap_or_default();
            assert_eq!(
                hint.contains("may have taken effect"),
                says,
                "{shown} {error}"
            );
        }
    }
}

/// The start of what gzip writes.
const GZIP: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];

fn encoded(status: u16) -> Reply {
    let reply = Reply::new(status).header("content-encoding", "GZip");
    reply.body(GZIP)
}

#[tokio::test]
async fn an_answer_in_an_encoding_that_nobody_asked_for_is_named() {
    let http = FakeHttp::new();
    let session = http.session();
    http.on("test_call", vec![encoded(200); 4]);
    let errors = [
        read(call(&session, &CREATE)).await.unwrap_err(),
        call(&session, &CREATE).send_text().await.unwrap_err(),
        call(&session, &CREATE).send_download().await.unwrap_err(),
    ];
    for error in errors {
        let text = error.to_string();
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::Decode, Some(200)),
            "{text}"
        );
        assert!(text.contains("the 200 answer is encoded as gzip"), "{text}");
        assert!(text.contains("the call took effect"), "{text}");
    }
    // Nobody wants this body.
    call(&session, &CREATE).send_empty().await.unwrap();
    let asked = |number: usize| {
        http.requests()[number]
            .headers
            .get("accept-encoding")
            .map(str::to_owned)
    };
    assert_eq!(asked(0).as_deref(), Some("identity"));
}

#[tokio::test]
async fn a_refusal_in_an_encoding_keeps_its_status() {
    let http = FakeHttp::new();
    http.on("test_call", [encoded(404)]);
    let error = read(call(&http.session(), &GET)).await.unwrap_err();
    assert_eq!((error.status(), error.message()), (Some(404), None));
    assert!(error.hint().unwrap().contains("encoded as gzip"), "{error}");
    assert_eq!(error.body(), Some(GZIP));
}

#[tokio::test]
async fn who_asks_for_an_encoding_gets_it_as_it_is() {
    let http = FakeHttp::new();
    http.on("request", vec![encoded(200); 2]);
    let request = || {
        let request = http
            .session()
            .request(anypoint_core::http::Method::Get, "/a");
        request.with_options(CallOptions::new().header("accept-encoding", "gzip"))
    };
    assert_eq!(&request().send_bytes().await.unwrap()[..], GZIP);
    let error = request().send_json::<Json>().await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the 200 answer is encoded as gzip"),
        "{error}"
    );
}

#[tokio::test]
async fn an_answer_that_says_it_is_not_encoded_is_read() {
    for value in ["identity", " ", "Identity, identity"] {
        let http = FakeHttp::new();
        let reply = Reply::new(200)
            .header("content-encoding", value)
            .body("[1]");
        http.on("test_call", [reply]);
        let answer = read(call(&http.session(), &GET)).await.unwrap();
        assert_eq!(answer.value()[0], 1, "{value}");
    }
}
