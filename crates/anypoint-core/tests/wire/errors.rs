//! The errors of failed calls, and unusual answers that are not failures.

use std::time::Duration;

use anypoint_core::internal::{Call, Endpoint, Method, Operation};
use anypoint_core::{Backoff, Credentials, ErrorKind, Json, Session};
use tokio::net::TcpListener;

use crate::support::{GET, POST, Server, call, json, operation, reply};

static UNCHANGED: Operation = Operation {
    not_modified: true,
    ..operation(Method::Post, "/things")
};
static SCOPED: Operation = Operation {
    environment: true,
    ..operation(Method::Get, "/things")
};

/// The error of a call that is answered like this.
async fn failure(answer: Vec<u8>) -> anypoint_core::Error {
    Server::always(answer)
        .await
        .call(&GET)
        .send_json::<Json>()
        .await
        .unwrap_err()
}

#[tokio::test]
async fn expectation_08_a_status_error_is_one_line_with_all_that_helps() {
    let body = "{\"message\":\"no\\naccess\"}";
    let error = failure(reply(
        403,
        "X-ANYPNT-TRX-ID: 1a2b\r\nx-request-id: other\r\n",
        body,
    ))
    .await;
    assert_eq!(
        error.to_string(),
        "test_call: 403 Forbidden: no access (request id 1a2b); hint: a scope is missing, or the organization or environment is the wrong one"
    );
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Status, Some(403))
    );
    assert_eq!(
        (error.operation(), error.message()),
        (Some("test_call"), Some("no access"))
    );
    assert_eq!(error.body(), Some(body.as_bytes()));
    assert!(!error.is_retryable() && !error.is_not_found());
}

#[tokio::test]
async fn predicates_follow_the_status() {
    for (status, throttled, retryable) in [
        (429, true, true),
        (503, true, true),
        (500, false, true),
        (400, false, false),
    ] {
        let error = failure(reply(status, "", "")).await;
        assert_eq!(
            (error.is_throttled(), error.is_retryable()),
            (throttled, retryable),
            "{status}"
        );
        assert_eq!(error.message(), None);
    }
    assert!(failure(reply(404, "", "")).await.is_not_found());
}

#[tokio::test]
async fn a_long_error_body_is_cut() {
    let error = failure(reply(500, "", &"x".repeat(200_000))).await;
    assert_eq!(error.body().unwrap().len(), 64 * 1024);
    assert_eq!(error.to_string(), "test_call: 500 Internal Server Error");
    assert!(format!("{error:?}").len() < 1000);
}

#[tokio::test]
async fn expectation_09_html_instead_of_json_is_explained() {
    let page = "<!DOCTYPE html><html><head><title>Proxy login</title></head></html>";
    for status in [200, 502] {
        let error = failure(reply(status, "content-type: text/html\r\n", page)).await;
        assert_eq!(
            error.message(),
            Some("an HTML page (title \"Proxy login\")")
        );
        assert!(error.hint().unwrap().contains("proxy"), "{error}");
        assert_eq!(error.status(), Some(status));
    }
}

#[tokio::test]
async fn expectation_07_an_undocumented_or_empty_success_is_a_success() {
    for status in [200, 201, 204, 299] {
        let server = Server::always(reply(status, "", "")).await;
        let response = server.call(&GET).send_json::<Vec<i64>>().await.unwrap();
        assert_eq!((response.status(), response.len()), (status, 0));
    }
    let server =
        Server::always(b"HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n".to_vec()).await;
    assert_eq!(
        server.call(&UNCHANGED).send_empty().await.unwrap().status(),
        304
    );
    assert_eq!(
        server.call(&POST).send_empty().await.unwrap_err().status(),
        Some(304)
    );
}

#[tokio::test]
async fn a_decode_error_says_where() {
    let error = Server::always(reply(200, "x-request-id: r\r\n", r#"[{"a":"s3cret"},[]]"#))
        .await
        .call(&GET)
        .send_json::<Vec<i64>>()
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.json_path()),
        (ErrorKind::Decode, Some("[0]"))
    );
    let text = error.to_string();
    assert!(
        text.starts_with("test_call: cannot read the 200 answer at [0]: "),
        "{text}"
    );
    assert!(
        text.ends_with("(request id r)") && !text.contains("s3cret"),
        "{text}"
    );
}

#[tokio::test]
async fn a_truncated_answer_is_interrupted() {
    let error = failure(
        b"HTTP/1.1 200 OK\r\nx-request-id: r\r\ncontent-length: 100\r\n\r\n{\"a\":".to_vec(),
    )
    .await;
    assert_eq!(
        (error.kind(), error.request_id()),
        (ErrorKind::Interrupted, Some("r"))
    );
    assert!(error.is_retryable());
    let error = failure(Vec::new()).await;
    assert_eq!(error.kind(), ErrorKind::Interrupted);
}

#[tokio::test]
async fn nothing_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let session = Session::builder()
        .host(format!("http://{address}"))
        .build()
        .unwrap();
    let call = Call::new(&Endpoint::new(&session, ""), &GET).query("q", &"s3cret");
    let error = call.send_empty().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let text = error.to_string();
    assert!(
        text.contains(&format!("nothing listens at {address}")),
        "{text}"
    );
    let mut shown = format!("{error:?} {text}");
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        shown.push_str(&format!("{inner} {inner:?}"));
        cause = inner.source();
    }
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[tokio::test]
async fn a_port_without_tls_is_a_tls_error() {
    let session = Session::builder()
        .host("http://127.0.0.1:1")
        .build()
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ =
                tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad\r\n\r\n").await;
        }
    });
    let endpoint = Endpoint::at(&session, &url).unwrap();
    let error = Call::new(&endpoint, &GET).send_empty().await.unwrap_err();
    // Without system certificates the pool itself cannot be built; that is said instead.
    assert!(
        matches!(error.kind(), ErrorKind::Tls | ErrorKind::Configuration),
        "{error:?}"
    );
}

#[tokio::test]
async fn silence_is_a_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    let session = Session::builder()
        .host(host)
        .attempt_timeout(Duration::from_millis(100))
        .retry(Backoff::off())
        .build()
        .unwrap();
    let error = Call::new(&Endpoint::new(&session, ""), &GET)
        .send_empty()
        .await
        .unwrap_err();
    assert!(error.is_timeout() && error.is_retryable(), "{error}");
}

#[tokio::test]
async fn a_redirect_within_the_origin_is_followed() {
    let server = Server::start(|request, _| match request.target.as_str() {
        "/api/things" => reply(307, "location: /moved?a=b\r\n", ""),
        _ => json(200, "[7]"),
    })
    .await;
    let session = server.session(Credentials::bearer("t"));
    let call = Call::new(&Endpoint::new(&session, "/api"), &GET);
    assert_eq!(*call.send_json::<Vec<i64>>().await.unwrap().value(), [7]);
    let second = &server.requests()[1];
    assert_eq!(
        (second.target.as_str(), second.header("authorization")),
        ("/moved?a=b", Some("Bearer t"))
    );
}

#[tokio::test]
async fn a_redirect_elsewhere_is_an_error_and_nothing_goes_there() {
    let other = Server::always(json(200, "[]")).await;
    let location = format!(
        "location: {}/x?token=s3cret\r\n",
        other.url.replace("127.0.0.1", "localhost")
    );
    let server = Server::always(reply(302, &location, "")).await;
    let session = server.session(Credentials::bearer("t"));
    let call = Call::new(&Endpoint::new(&session, "/api"), &GET);
    let error = call.send_json::<Json>().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Status, Some(302))
    );
    assert!(error.hint().unwrap().contains("localhost"));
    assert!(!error.to_string().contains("s3cret"));
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn a_redirect_of_a_post_or_without_end_is_an_error() {
    let server = Server::always(reply(302, "location: /api/things\r\n", "")).await;
    assert_eq!(
        server.call(&POST).send_empty().await.unwrap_err().status(),
        Some(302)
    );
    assert_eq!(server.requests().len(), 1);
    let error = server.call(&GET).send_empty().await.unwrap_err();
    assert!(
        error.to_string().contains("more than 5 redirects"),
        "{error}"
    );
    assert_eq!(server.requests().len(), 7);
}

#[tokio::test]
async fn a_redirect_to_another_port_says_so() {
    let server = Server::always(reply(302, "location: http://127.0.0.1:9/x\r\n", "")).await;
    let error = server.call(&GET).send_empty().await.unwrap_err();
    let hint = error.hint().unwrap();
    assert!(hint.contains("port 9 of the same host"), "{hint}");
    assert!(!hint.contains("check the region"), "{hint}");
}

#[tokio::test]
async fn a_wrong_path_of_a_console_hints_at_no_environment() {
    let console = Credentials::basic("admin", "a-password");
    for (status, page, words) in [
        (404, "", "check the ids, and the path in the base URL"),
        (404, "<html>Tomcat</html>", "check the base URL"),
        (403, "", "role or permission"),
        (401, "", "user or password"),
        (200, "<html>login</html>", "check the base URL"),
    ] {
        let server = Server::always(reply(status, "", page)).await;
        let session = server.session(console.clone());
        let call = Call::new(&Endpoint::new(&session, ""), &GET);
        let hint = call.send_json::<Json>().await.unwrap_err();
        let hint = hint.hint().unwrap();
        assert!(hint.contains(words), "{hint}");
        assert!(
            !hint.contains("environment") && !hint.contains("region"),
            "{hint}"
        );
    }
}

#[tokio::test]
async fn expectation_09_a_missing_environment_is_hinted_at() {
    let server = Server::always(reply(404, "", "")).await;
    let builder = Session::builder().host(&server.url);
    let session = builder.service_default_environment().build().unwrap();
    let call = Call::new(&Endpoint::new(&session, "/api"), &SCOPED);
    let error = call.send_empty().await.unwrap_err();
    assert!(
        error
            .hint()
            .unwrap()
            .contains("SessionBuilder::environment")
    );
}

/// Runs this test again in a process that finds no certificates at all.
#[test]
fn http_works_without_certificates() {
    const INSIDE: &str = "ANYPOINT_TEST_NO_CERTIFICATES";
    if std::env::var_os(INSIDE).is_some() {
        assert!(
            Session::builder()
                .host("http://127.0.0.1:1")
                .build()
                .is_ok()
        );
        // Elsewhere the certificates do not come from files, and OpenSSL does not mind.
        if cfg!(all(
            target_os = "linux",
            any(feature = "ring", feature = "aws-lc-rs")
        )) {
            let error = Session::builder().build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.hint().unwrap().contains("CA certificates"), "{error}");
        }
        return;
    }
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "errors::http_works_without_certificates"])
        .env(INSIDE, "1")
        .env("SSL_CERT_FILE", "/nowhere")
        .env("SSL_CERT_DIR", "/nowhere")
        .status();
    assert!(status.unwrap().success());
}

#[cfg(not(any(feature = "ring", feature = "aws-lc-rs", feature = "native-tls")))]
#[test]
fn https_without_a_backend_names_the_features() {
    let error = Session::builder().build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let hint = error.hint().unwrap();
    for feature in ["ring", "aws-lc-rs", "native-tls"] {
        assert!(hint.contains(feature), "{error}");
    }
    assert!(Session::builder().host("http://x").build().is_ok());
}

/// What `main` prints when it returns an error.
#[tokio::test]
async fn debug_is_for_people_and_says_what_display_says_and_why() {
    let body = r#"{"message":"no such thing"}"#;
    let error = failure(reply(404, "x-request-id: 1a2b\r\n", body)).await;
    let hint = error.hint().unwrap();
    let expected =
        format!("test_call: 404 Not Found: no such thing (request id 1a2b)\n\nHint: {hint}");
    assert_eq!(format!("{error:?}"), expected);

    // Nobody listens there.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap();
    drop(listener);
    let session = Session::builder().host(format!("http://{place}"));
    let session = session.retry(Backoff::off()).build().unwrap();
    let error = call(&session, &GET).send_empty().await.unwrap_err();
    let shown = format!("{error:?}");
    let start = format!("test_call: no connection to {place}: Connection refused");
    assert!(shown.starts_with(&start), "{shown}");
    assert!(shown.contains("\n\nHint: nothing listens at"), "{shown}");
    assert!(shown.contains("\n\nCaused by:\n    0: "), "{shown}");
    // The parts, for who asks for them.
    assert!(
        format!("{error:#?}").starts_with("Error {\n    kind: Connect"),
        "{error:#?}"
    );
}
