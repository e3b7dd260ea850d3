//! Which credentials, scope headers and secrets a request carries, and which it must not.

use anypoint_core::{Credentials, ErrorKind, Nullable, Secret, Session};
use anypoint_core::{EnvironmentId, OrganizationId};
use anypoint_test_shapes::Client;
use anypoint_test_shapes::types::KeyRequest;

use crate::support::{Server, empty, json, printed};

fn client(server: &Server, credentials: Credentials) -> Client {
    Client::new(&server.session(credentials))
}

#[tokio::test]
async fn each_operation_takes_the_credentials_that_it_declares() {
    let all = [json(200, "{}"), json(200, "{}"), empty(200)];
    // `user:pass` in Base64.
    let basic = Some("Basic dXNlcjpwYXNz".to_owned());
    let bearer = Some("Bearer token-1".to_owned());
    let server = Server::start(all).await;
    let user = client(&server, Credentials::basic("user", "pass"));
    user.get_shape("s-1").send().await.unwrap();
    user.create_key(KeyRequest::new("p")).send().await.unwrap();
    user.ping().send().await.unwrap();
    let sent: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.header("authorization"))
        .collect();
    assert_eq!(sent, [basic.clone(), basic, None]);

    let server = Server::start([json(200, "{}"), empty(200)]).await;
    let token = client(&server, Credentials::bearer("token-1"));
    token.get_shape("s-1").send().await.unwrap();
    token.ping().send().await.unwrap();
    let sent: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.header("authorization"))
        .collect();
    assert_eq!(sent, [bearer, None]);
}

#[tokio::test]
async fn a_connected_app_fetches_its_token_once() {
    let token = r#"{"access_token":"t-1","expires_in":3600,"token_type":"bearer"}"#;
    let server = Server::start([
        json(200, token),
        json(200, "{}"),
        json(200, "{}"),
        json(200, "{}"),
    ])
    .await;
    let app = client(&server, Credentials::connected_app("app", "s3cret"));
    app.get_shape("s-1").send().await.unwrap();
    app.get_shape("s-2").send().await.unwrap();
    app.create_key(KeyRequest::new("p")).send().await.unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].line(), "POST /accounts/api/v2/oauth2/token");
    assert_eq!(requests[0].header("authorization"), None);
    for request in &requests[1..3] {
        assert_eq!(request.header("authorization").unwrap(), "Bearer t-1");
    }
    // `app:s3cret` in Base64: basic is the app itself, not its token.
    assert_eq!(
        requests[3].header("authorization").unwrap(),
        "Basic YXBwOnMzY3JldA=="
    );
}

#[tokio::test]
async fn basic_cannot_be_made_of_a_token() {
    let server = Server::start([json(200, "{}")]).await;
    let call = client(&server, Credentials::bearer("t")).create_key(KeyRequest::new("p"));
    let error = call.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("Credentials::basic"), "{error}");
    server.assert_untouched().await;
}

#[tokio::test]
async fn the_environment_goes_only_where_it_is_read() {
    let server = Server::start([json(200, "1"), json(200, "{}")]).await;
    let builder = Session::builder()
        .host(&server.url)
        .environment(OrganizationId::new("o-1"), EnvironmentId::new("e-1"));
    let client = Client::new(&builder.build().unwrap());
    client.get_quota().send().await.unwrap();
    client.get_shape("s-1").send().await.unwrap();
    let [quota, shape] = &server.requests()[..] else {
        panic!()
    };
    assert_eq!(quota.header("X-ANYPNT-ORG-ID").unwrap(), "o-1");
    assert_eq!(quota.header("X-ANYPNT-ENV-ID").unwrap(), "e-1");
    assert_eq!(shape.header("X-ANYPNT-ORG-ID"), None);
    assert_eq!(shape.header("X-ANYPNT-ENV-ID"), None);
}

#[tokio::test]
async fn a_missing_environment_is_what_a_refusal_hints_at() {
    let server = Server::start([json(404, "{}")]).await;
    let error = server.shapes().get_quota().send().await.unwrap_err();
    assert!(
        error
            .hint()
            .unwrap()
            .contains("SessionBuilder::environment"),
        "{error}"
    );
}

#[tokio::test]
async fn secrets_cross_the_wire_and_nothing_else() {
    let server = Server::start([json(200, r#"{"id":"k-1","secret":"s3cret-c"}"#)]).await;
    let body = KeyRequest::new("s3cret-a").hint(Secret::from("s3cret-b"));
    assert!(!format!("{body:?}").contains("s3cret"));
    let client = client(&server, Credentials::basic("user", "s3cret-d"));
    let call = client.create_key(body).master_key("s3cret-e");
    for printed in [format!("{call:?}"), format!("{client:?}")] {
        assert!(!printed.contains("s3cret"), "{printed}");
    }
    let key = call.send().await.unwrap();
    assert!(!format!("{key:?}").contains("s3cret"));
    assert_eq!(key.secret.expose(), "s3cret-c");
    let request = server.request();
    assert_eq!(
        request.text(),
        r#"{"password":"s3cret-a","hint":"s3cret-b"}"#
    );
    assert_eq!(request.header("x-master-key").unwrap(), "s3cret-e");
}

#[tokio::test]
async fn a_secret_that_no_header_can_hold_is_refused_unseen() {
    let server = Server::start([json(200, "{}")]).await;
    let call = server.shapes().create_key(KeyRequest::new("p"));
    let error = call.master_key("s3cret\n").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("X-Master-Key"), "{error}");
    assert!(!printed(&error).contains("s3cret"), "{error:?}");
    server.assert_untouched().await;
}

#[tokio::test]
async fn a_secret_can_be_cleared_or_left_alone() {
    let server = Server::start([json(200, "{}"), json(200, "{}")]).await;
    let create = |body| server.shapes().create_key(body).send();
    create(KeyRequest::new("a").hint(Nullable::Null))
        .await
        .unwrap();
    create(KeyRequest::new("a")).await.unwrap();
    let [cleared, left] = &server.requests()[..] else {
        panic!()
    };
    assert_eq!(cleared.text(), r#"{"password":"a","hint":null}"#);
    assert_eq!(left.text(), r#"{"password":"a"}"#);
    assert_eq!(left.header("x-master-key"), None);
}

#[tokio::test]
#[expect(deprecated, reason = "that it is marked is part of the test")]
async fn a_deprecated_operation_is_marked_and_works() {
    let server = Server::start([empty(200)]).await;
    server.shapes().ping_again().send().await.unwrap();
    assert_eq!(server.request().line(), "HEAD /shapes/api/ping");
}
