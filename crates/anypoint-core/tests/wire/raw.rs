//! Requests that no API crate has.

use std::collections::BTreeMap;
use std::sync::Arc;

use anypoint_core::http::Method;
use anypoint_core::testing::{FakeHttp, Reply};
use anypoint_core::{
    CallOptions, Credentials, EnvironmentId, ErrorKind, Json, OperationSpec, OrganizationId,
    Secret, Upload, WithOptions,
};

use crate::support::{Server, app, json};

#[tokio::test]
async fn any_method_and_path_goes_with_the_sessions_token_and_renews_it() {
    let http = FakeHttp::new();
    let token = |name: &str| Reply::new(200).json(&BTreeMap::from([("access_token", name)]));
    http.on("log_in", [token("t1"), token("t2")]);
    let path = "PUT /a/x%2Fy/b%20c";
    http.on(path, [Reply::new(401), Reply::new(200).body("[1, 2]")]);
    let session = http.builder().credentials(app()).build().unwrap();
    let request = session
        .request(Method::Put, "/a/{id}/b%20c")
        .path("id", "x/y");
    let request = request
        .query("limit", 10)
        .query("name", "a&b")
        .json(&[true]);
    let answer = request.send_json::<Vec<i64>>().await.unwrap();
    assert_eq!((answer.status(), answer.into_value()), (200, vec![1, 2]));
    let requests = http.requests();
    let sent = requests.last().unwrap();
    assert_eq!(
        (sent.query.as_str(), &sent.body[..]),
        ("limit=10&name=a%26b", &b"[true]"[..])
    );
    assert_eq!(sent.headers.get("authorization"), Some("Bearer t2"));
    assert_eq!(sent.headers.get("content-type"), Some("application/json"));
}

#[tokio::test]
async fn an_idempotent_method_is_repeated_and_another_one_when_it_is_said_to_be() {
    for (method, said, attempts) in [
        (Method::Get, None, 2),
        (Method::Delete, None, 2),
        (Method::Post, None, 1),
        (Method::Patch, None, 1),
        (Method::Get, Some(false), 1),
        (Method::Post, Some(true), 2),
    ] {
        let http = FakeHttp::new();
        http.on(
            "try",
            [Reply::new(502), Reply::new(204)]
                .into_iter()
                .take(attempts),
        );
        let spec = OperationSpec::new("try", method, "/a");
        let spec = said.into_iter().fold(spec, OperationSpec::idempotent);
        let sent = http.session().operation(spec).send().await;
        assert_eq!(sent.is_ok(), attempts == 2, "{method}");
        http.finish();
    }
}

#[tokio::test]
async fn an_operation_is_described_by_a_value_and_named_in_errors() {
    let http = FakeHttp::new();
    http.on("restart", [Reply::new(404), Reply::new(204)]);
    let spec = OperationSpec::new("restart", Method::Post, "/apps/{domain}/status")
        .accept("application/json")
        .in_environment();
    let spec = Arc::new(spec);
    let session = http.session();
    let error = session
        .operation(spec.clone())
        .path("domain", "a")
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::Configuration, Some("restart"))
    );
    let ids = (OrganizationId::new("o"), EnvironmentId::new("e"));
    let session = session.in_environment(ids.0, ids.1).unwrap();
    let error = session
        .operation(spec.clone())
        .path("domain", "a")
        .send()
        .await
        .unwrap_err();
    assert!(
        error.is_not_found() && error.to_string().starts_with("restart: 404"),
        "{error}"
    );
    session
        .operation(spec)
        .path("domain", "b")
        .send()
        .await
        .unwrap();
    let sent = &http.requests()[1];
    assert_eq!(sent.path, "/apps/b/status");
    assert_eq!(sent.headers.get("x-anypnt-env-id"), Some("e"));
    assert_eq!(sent.headers.get("accept"), Some("application/json"));
}

#[tokio::test]
async fn credentials_are_as_the_operation_says() {
    let http = FakeHttp::new();
    http.respond(|_| Some(Reply::new(204)));
    let session = http.builder().credentials(app()).build().unwrap();
    let spec = |id: &str| OperationSpec::new(id, Method::Get, "/a");
    session
        .operation(spec("open").without_credentials())
        .send()
        .await
        .unwrap();
    session
        .operation(spec("basic").basic_auth())
        .send()
        .await
        .unwrap();
    let sent = http.requests();
    let credentials = |number: usize| sent[number].headers.get("authorization");
    assert_eq!(credentials(0), None);
    assert!(credentials(1).unwrap().starts_with("Basic "));
}

#[tokio::test]
async fn a_path_that_leads_elsewhere_is_refused_before_anything_is_sent() {
    let http = FakeHttp::new();
    let session = http.session();
    for path in [
        "a",
        "",
        "//evil.example/a",
        "/a/../b",
        "/a/.",
        "/a?b=c",
        "/a#b",
    ] {
        let error = session.request(Method::Get, path).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{path}");
    }
    for value in ["", "..", "a\nb"] {
        let request = session.request(Method::Get, "/a/{id}").path("id", value);
        assert_eq!(
            request.send().await.unwrap_err().kind(),
            ErrorKind::InvalidRequest
        );
    }
    let error = session
        .request(Method::Get, "/a/{id}")
        .send()
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the path parameter id was not given"),
        "{error}"
    );
    assert!(http.requests().is_empty());
}

#[tokio::test]
async fn secrets_of_a_raw_request_are_redacted() {
    let http = FakeHttp::new();
    let echo = |request: &anypoint_core::testing::Recorded| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        Reply::new(400).json(&BTreeMap::from([("message", body)]))
    };
    http.respond(move |request| Some(echo(request)));
    let session = http
        .builder()
        .credentials(Credentials::bearer("the-t0ken"))
        .build()
        .unwrap();
    let body = BTreeMap::from([("password", Secret::from("the-s3cret"))]);
    let error = session
        .request(Method::Post, "/a")
        .json(&body)
        .send()
        .await
        .unwrap_err();
    assert!(!error.to_string().contains("s3cret"), "{error}");
    let body = "the-t0ken";
    let error = session
        .request(Method::Post, "/a")
        .bytes("text/plain", body)
        .send()
        .await
        .unwrap_err();
    assert!(!error.to_string().contains("t0ken"), "{error}");
}

#[tokio::test]
async fn an_answer_of_another_shape_is_a_decode_error_and_an_empty_one_is_null() {
    let http = FakeHttp::new();
    http.on(
        "request",
        [Reply::new(200).body(r#"{"a":"s3cret"}"#), Reply::new(200)],
    );
    let session = http.session();
    let error = session
        .request(Method::Get, "/a")
        .send_json::<BTreeMap<String, i64>>()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(!error.to_string().contains("s3cret"), "{error}");
    let empty = session
        .request(Method::Get, "/a")
        .send_json::<Option<Json>>()
        .await
        .unwrap();
    assert_eq!(empty.into_value(), None);
}

/// Over the wire: files go and come as streams.
#[tokio::test]
async fn files_bytes_and_streams_go_raw_too() {
    let server = Server::always(json(200, "[1]")).await;
    let session = server.session(Credentials::default());
    let upload = Upload::bytes("a.zip", "PK").with_content_type("application/zip");
    let request = session.request(Method::Post, "/files").upload(&upload);
    let mut down = request.send_download().await.unwrap().into_value();
    assert_eq!(down.next_chunk().await.unwrap().unwrap(), "[1]");
    let bytes = session
        .request(Method::Get, "/files")
        .send_bytes()
        .await
        .unwrap();
    assert_eq!(&bytes[..], b"[1]");
    let options = CallOptions::new().header("x-own", "1");
    let form = session
        .request(Method::Post, "/form")
        .form(&[("a", "b c")])
        .with_options(options);
    form.send().await.unwrap();
    let seen = server.requests();
    assert_eq!(seen[0].header("content-type"), Some("application/zip"));
    assert_eq!(
        (seen[0].text().as_str(), seen[2].text().as_str()),
        ("PK", "a=b+c")
    );
    assert_eq!(seen[2].header("x-own"), Some("1"));
}

#[tokio::test]
async fn a_form_of_texts_json_and_files_goes_raw() {
    let http = FakeHttp::new();
    http.on("request", [Reply::new(204)]);
    let session = http.session();
    let request = || session.request(Method::Post, "/files");
    let name = String::from("organizationId");
    let form = request().text_part(name, 7).json_part("tags", &["a", "b"]);
    let form = form.file_part("file", &Upload::bytes("a.jar", "PK"));
    form.send().await.unwrap();
    let sent = &http.requests()[0];
    let content_type = sent.headers.get("content-type").unwrap();
    let boundary = content_type
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
    let part = |head: &str, body: &str| {
        format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
    };
    let expected = [
        part("name=\"organizationId\"", "7"),
        part(
            "name=\"tags\"\r\nContent-Type: application/json",
            "[\"a\",\"b\"]",
        ),
        part(
            "name=\"file\"; filename=\"a.jar\"\r\nContent-Type: application/octet-stream",
            "PK",
        ),
        format!("--{boundary}--\r\n"),
    ];
    assert_eq!(String::from_utf8_lossy(&sent.body), expected.concat());
    let error = request().text_part("a\r\nb", 1).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}
