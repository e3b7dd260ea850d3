//! Credentials on the wire: which header they make, and that no error shows them.

use anypoint_core::internal::{Auth, Method, Operation};
use anypoint_core::{Credentials, ErrorKind};

use crate::support::{GET, Server, app, call, get, json, operation, reply};

static BASIC: Operation = Operation {
    auth: Auth::Basic,
    ..operation(Method::Get, "/things")
};
static OPEN: Operation = Operation {
    auth: Auth::None,
    ..operation(Method::Get, "/things")
};

async fn authorization(credentials: Credentials, operation: &'static Operation) -> Option<String> {
    let server = Server::always(json(200, "{}")).await;
    call(&server.session(credentials), operation)
        .send_empty()
        .await
        .unwrap();
    server
        .only_request()
        .header("authorization")
        .map(str::to_owned)
}

#[tokio::test]
async fn each_kind_of_credentials_has_its_header() {
    let basic = || Credentials::basic("user", "pass");
    assert_eq!(authorization(Credentials::default(), &GET).await, None);
    assert_eq!(
        authorization(Credentials::bearer("abc"), &GET)
            .await
            .unwrap(),
        "Bearer abc"
    );
    assert_eq!(
        authorization(basic(), &GET).await.unwrap(),
        "Basic dXNlcjpwYXNz"
    );
    assert_eq!(
        authorization(basic(), &BASIC).await.unwrap(),
        "Basic dXNlcjpwYXNz"
    );
    assert_eq!(
        authorization(Credentials::connected_app("a", "b"), &BASIC)
            .await
            .unwrap(),
        "Basic YTpi"
    );
    assert_eq!(authorization(Credentials::bearer("abc"), &OPEN).await, None);
}

#[tokio::test]
async fn basic_cannot_be_made_of_a_bearer_token() {
    let server = Server::always(json(200, "{}")).await;
    let session = server.session(Credentials::bearer("abc"));
    let error = call(&session, &BASIC).send_empty().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn expectation_17_an_echoed_secret_never_shows() {
    let server = Server::start(|request, _| {
        let echo = format!(
            r#"{{"message":"bad request: {}"}}"#,
            request.text().replace('"', "\\\"")
        );
        reply(401, "x-request-id: r1\r\n", &echo)
    })
    .await;
    let error = get(&server.session(app())).await.unwrap_err();
    let body = String::from_utf8_lossy(error.body().unwrap()).into_owned();
    let shown = format!("{error} {error:?} {body} {}", error.message().unwrap());
    assert!(!shown.contains("s3cret"), "{shown}");
    assert!(shown.contains("***") && shown.contains("the-id"));
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(
        (error.operation(), error.request_id()),
        (Some("test_call"), Some("r1"))
    );
    assert!(error.hint().unwrap().contains("client id and secret"));
}

#[tokio::test]
async fn expectation_17_an_echoed_token_never_shows() {
    let server = Server::always(reply(403, "", "token tok-s3cret lacks a scope")).await;
    let error = get(&server.session(Credentials::bearer("tok-s3cret")))
        .await
        .unwrap_err();
    assert_eq!(error.message(), Some("token *** lacks a scope"));
}

#[tokio::test]
async fn odd_token_answers_are_errors_that_say_so() {
    for (body, part) in [
        ("", "without a token"),
        ("{}", "without a token"),
        (
            "<html><title>Login</title></html>",
            "an HTML page (title \"Login\")",
        ),
        (r#"{"access_token":"a\nb"}"#, "without a token"),
    ] {
        let server = Server::always(reply(200, "", body)).await;
        let error = get(&server.session(app())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.to_string().contains(part), "{error}");
    }
    let server = Server::always(reply(302, "location: https://login.example.com/\r\n", "")).await;
    let error = get(&server.session(app())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.hint().unwrap().contains("login.example.com"));
}
