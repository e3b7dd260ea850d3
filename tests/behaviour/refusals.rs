//! Errors of the server and of the network: their kinds and hints, and that none of them prints a body or
//! a secret.

use anypoint_core::{Credentials, Error, ErrorKind, Session};
use anypoint_test_shapes::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{Server, answer, empty, payload, printed};

async fn refused(answer: Vec<u8>) -> Error {
    let server = Server::start([answer]).await;
    let client = Client::new(&server.session(Credentials::bearer("s3cret-token")));
    client.get_shape("s-1").send().await.unwrap_err()
}

#[tokio::test]
async fn expectation_09_the_message_is_found_in_a_body_of_any_kind() {
    let json = "application/json";
    for (content_type, body, message) in [
        (
            json,
            r#"{"message":"no such shape"}"#,
            Some("no such shape"),
        ),
        (
            json,
            r#"{"name":"BadRequest","status":409,"message":"bad","details":[{"message":"too long"}]}"#,
            Some("bad; too long"),
        ),
        (
            json,
            r#"{"message":"bad","errors":[{"code":"c","message":"worse"}]}"#,
            Some("bad; worse"),
        ),
        (
            json,
            r#"{"error":"invalid_client","error_description":"unknown app"}"#,
            Some("unknown app"),
        ),
        (
            "application/problem+json",
            r#"{"title":"Conflict","instance":"/x","status":{"statusCode":409},"detail":"it exists"}"#,
            Some("Conflict: it exists"),
        ),
        ("text/plain", "not\r\nhere\n", Some("not here")),
        (json, "not here", Some("not here")),
        (json, "", None),
        (json, r#"{"s3cret":{"a":1}}"#, None),
        (json, r#"{"message":"no such sh"#, None),
    ] {
        let error = refused(answer(409, content_type, body)).await;
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::Status, Some(409))
        );
        assert_eq!(error.message(), message, "{body}");
        assert_eq!(error.body(), Some(body.as_bytes()));
        let expected = match message {
            Some(message) => format!("get_shape: 409 Conflict: {message}"),
            None => "get_shape: 409 Conflict".to_owned(),
        };
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn an_html_error_is_told_from_one_of_the_api() {
    let page = payload!("shapes/get_shape/proxy.html");
    for status in [403, 404, 502] {
        let error = refused(answer(status, "text/html", page)).await;
        let title = "an HTML page (title \"Corporate Proxy: sign in\")";
        assert_eq!(error.message(), Some(title));
        assert!(
            error.to_string().contains("check the region or host"),
            "{error}"
        );
        assert!(!printed(&error).contains("s3cret"), "{error:?}");
    }
}

/// The most frequent wrong host: https where the port speaks plain http.
#[tokio::test]
async fn a_port_without_tls_is_an_error_of_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_u8().await.unwrap();
        stream.write_all(&empty(400)).await.unwrap();
    });
    let session = Session::builder().host(host).build().unwrap();
    let call = Client::new(&session).get_shape("s-1");
    let error = call.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls, "{error}");
    assert!(error.to_string().contains("does not speak TLS"), "{error}");
}

#[tokio::test]
async fn no_error_prints_the_body_or_the_token() {
    let echo = r#"{"sent":"Bearer s3cret-token","message":"s3cret-token is not a token","cookie":"s3cret-cookie"}"#;
    for status in [400, 401, 403, 404, 409, 429, 500, 503] {
        let error = refused(answer(status, "application/json", echo)).await;
        assert_eq!(error.message(), Some("*** is not a token"));
        let printed = printed(&error);
        assert!(!printed.contains("s3cret"), "{printed}");
    }
}

#[tokio::test]
async fn expectation_09_a_status_says_what_to_try() {
    for (status, hint, retryable) in [
        (401, Some("the credentials were refused"), false),
        (403, Some("a scope is missing"), false),
        (404, Some("check the ids"), false),
        (409, None, false),
        (429, Some("wait"), true),
        (500, None, true),
        (503, Some("wait"), true),
    ] {
        let error = refused(empty(status)).await;
        assert_eq!(error.status(), Some(status));
        match hint {
            Some(hint) => assert!(error.to_string().contains(hint), "{error}"),
            None => assert_eq!(error.hint(), None),
        }
        assert_eq!(error.is_retryable(), retryable, "{status}");
        assert_eq!(error.is_throttled(), matches!(status, 429 | 503));
        assert_eq!(error.is_not_found(), status == 404);
    }
}

#[tokio::test]
async fn the_request_id_is_there_to_quote() {
    let head = "HTTP/1.1 500 X\r\nconnection: close\r\nx-anypnt-trx-id: trx-7\r\n\r\n";
    let error = refused(head.into()).await;
    assert_eq!(error.request_id(), Some("trx-7"));
    assert!(error.to_string().contains("trx-7"), "{error}");
}

#[tokio::test]
async fn no_credentials_are_told_from_wrong_ones() {
    let server = Server::start([empty(401)]).await;
    let error = server.shapes().get_shape("s-1").send().await.unwrap_err();
    assert!(
        error.to_string().contains("SessionBuilder::credentials"),
        "{error}"
    );
}

#[tokio::test]
async fn a_wrong_client_secret_is_an_error_of_authentication() {
    let body = r#"{"error":"invalid_client","error_description":"s3cret is wrong"}"#;
    let server = Server::start([answer(401, "application/json", body)]).await;
    let credentials = Credentials::connected_app("app", "s3cret");
    let client = Client::new(&server.session(credentials));
    let error = client.get_shape("s-1").send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Authentication, Some(401))
    );
    assert_eq!(error.operation(), Some("get_shape"));
    assert!(
        error.to_string().contains("check the client id and secret"),
        "{error}"
    );
    assert!(!printed(&error).contains("s3cret"), "{error:?}");
    assert_eq!(
        server.request().line(),
        "POST /accounts/api/v2/oauth2/token"
    );
}

#[tokio::test]
async fn no_server_says_which_place_is_silent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let session = Session::builder()
        .host(format!("http://{address}"))
        .build()
        .unwrap();
    let call = Client::new(&session).measure_shapes("s3cret", "t");
    let error = call.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(
        error
            .to_string()
            .contains(&format!("nothing listens at {address}")),
        "{error}"
    );
    assert!(!printed(&error).contains("s3cret"), "{error:?}");
}

#[tokio::test]
async fn a_server_that_hangs_up_is_an_interruption() {
    for cut in [
        "",
        "HTTP/1.1 200 O",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{}",
    ] {
        let error = refused(cut.into()).await;
        assert_eq!(error.kind(), ErrorKind::Interrupted, "{cut:?} {error}");
        assert_eq!(error.operation(), Some("get_shape"));
    }
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let head = "HTTP/1.1 302 X\r\nconnection: close\r\nlocation: https://login.example.com/?t=s3cret\r\n\r\n";
    let error = refused(head.into()).await;
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Status, Some(302))
    );
    assert!(
        error.hint().unwrap().contains("login.example.com"),
        "{error}"
    );
    assert!(!printed(&error).contains("s3cret"), "{error:?}");
}
