//! How arguments look on the wire, and which are refused before anything is sent.

use anypoint_core::internal::{Call, Endpoint, Method, Multipart, Operation, Parameter};
use anypoint_core::{
    Credentials, EnvironmentId, ErrorKind, Nullable, OrganizationId, Secret, Session,
    StringOrNumber, Timestamp, Upload,
};
use serde::Serialize;

use crate::support::{GET, POST, Server, json, operation};

static ONE: Operation = operation(Method::Get, "/things/{thingId}/x");
static PAGES: Operation = operation(Method::Get, "/pages/{path}");
static SCOPED: Operation = Operation {
    environment: true,
    ..operation(Method::Get, "/things")
};

async fn target(operation: &'static Operation, describe: impl FnOnce(Call) -> Call) -> String {
    let server = Server::always(json(200, "{}")).await;
    describe(server.call(operation)).send_empty().await.unwrap();
    server.only_request().target
}

#[tokio::test]
async fn the_plain_request() {
    let server = Server::always(json(200, "{}")).await;
    server.call(&GET).send_empty().await.unwrap();
    let request = server.only_request();
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("GET", "/api/things")
    );
    assert_eq!(request.header("accept"), Some("application/json"));
    let agent = concat!("anypoint-rs/", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("user-agent"), Some(agent));
    assert_eq!(
        (request.header("content-type"), request.body.len()),
        (None, 0)
    );
}

#[tokio::test]
async fn a_path_segment_is_encoded() {
    for (value, path) in [
        ("a-b._~9", "/api/things/a-b._~9/x"),
        ("a/b c", "/api/things/a%2Fb%20c/x"),
        ("local$ce-1?x#y", "/api/things/local%24ce-1%3Fx%23y/x"),
        ("%2e%2e", "/api/things/%252e%252e/x"),
        ("{thingId}", "/api/things/%7BthingId%7D/x"),
        ("é", "/api/things/%C3%A9/x"),
        ("...", "/api/things/.../x"),
    ] {
        assert_eq!(
            target(&ONE, |call| call.path("thingId", &value)).await,
            path
        );
    }
}

#[tokio::test]
async fn several_segments_keep_their_slashes() {
    for (value, path) in [
        ("/a/b c", "/api/pages/a/b%20c"),
        ("home", "/api/pages/home"),
    ] {
        assert_eq!(
            target(&PAGES, |call| call.path_segments("path", &value)).await,
            path
        );
    }
}

#[tokio::test]
async fn dangerous_paths_send_nothing() {
    let server = Server::always(json(200, "{}")).await;
    for value in ["", ".", "..", "a\nb", "a\u{7f}"] {
        let error = server
            .call(&ONE)
            .path("thingId", &value)
            .send_empty()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(
            error
                .to_string()
                .starts_with("test_call: the path parameter thingId "),
            "{error}"
        );
    }
    for value in ["", "/", "a//b", "//a", "a/../b", "a/", "./a"] {
        let error = server
            .call(&PAGES)
            .path_segments("path", &value)
            .send_empty()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{value}");
    }
    let error = server.call(&ONE).send_empty().await.unwrap_err();
    assert!(error.to_string().contains("thingId was not given"));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn an_id_that_an_answer_lacked_is_refused_by_name_before_anything_is_sent() {
    let server = Server::always(json(200, "{}")).await;
    let none = OrganizationId::new("");
    let calls = [
        server.call(&ONE).path("thingId", &none),
        server.call(&GET).query("thingId", &Some(none.clone())),
        server
            .call(&GET)
            .query_joined("thingId", &vec![none.clone()]),
        server.call(&GET).header("thingId", &none),
    ];
    for call in calls {
        let error = call.send_empty().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        let text = error.to_string();
        assert!(text.contains("thingId") && text.contains("empty"), "{text}");
    }
    let set = server.call(&GET).query("thingId", &None::<OrganizationId>);
    set.query("thingId", &"").send_empty().await.unwrap();
    assert_eq!(server.only_request().target, "/api/things?thingId=");
}

#[tokio::test]
async fn query_parameters() {
    let list = vec!["a b".to_owned(), "c,d".to_owned()];
    let path = target(&GET, |call| {
        call.query("q", &list)
            .query_joined("j", &list)
            .query("none", &None::<String>)
            .query("empty", &Vec::<String>::new())
            .query_joined("empty", &Vec::<String>::new())
            .query("n", &Some(-3))
            .query("f", &0.5)
            .query("b", &true)
            .query("t", &Timestamp::from_millis(5))
            .query("s", &StringOrNumber::from("&="))
            .query("filter[x]", &"")
    });
    assert_eq!(
        path.await,
        "/api/things?q=a%20b&q=c%2Cd&j=a%20b,c%2Cd&n=-3&f=0.5&b=true&t=5&s=%26%3D&filter%5Bx%5D="
    );
}

#[tokio::test]
async fn headers() {
    let server = Server::always(json(200, "{}")).await;
    let call = server
        .call(&GET)
        .header("x-limit", &5)
        .header("x-none", &None::<String>)
        .header("x-list", &vec!["a".to_owned(), "b".to_owned()])
        .header("x-secret", &Secret::from("s"));
    call.send_empty().await.unwrap();
    let request = server.only_request();
    let values = ["x-limit", "x-none", "x-list", "x-secret"].map(|name| request.header(name));
    assert_eq!(values, [Some("5"), None, Some("a,b"), Some("s")]);
    let error = server
        .call(&GET)
        .header("x-key", &"s3cret\r\nx: y")
        .send_empty()
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "test_call: the header x-key has characters that a header cannot hold"
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn scope_headers_go_where_they_are_asked_for() {
    let server = Server::always(json(200, "{}")).await;
    let session = Session::builder()
        .host(&server.url)
        .environment(OrganizationId::new("org"), EnvironmentId::new("env"))
        .build()
        .unwrap();
    let endpoint = Endpoint::new(&session, "api");
    Call::new(&endpoint, &GET).send_empty().await.unwrap();
    Call::new(&endpoint, &SCOPED).send_empty().await.unwrap();
    Call::new(&endpoint, &SCOPED)
        .header("X-ANYPNT-ENV-ID", &"mine")
        .send_empty()
        .await
        .unwrap();
    let scopes: Vec<_> = server
        .requests()
        .iter()
        .map(|request| {
            ["x-anypnt-org-id", "X-ANYPNT-ENV-ID"]
                .map(|name| request.header(name).map(str::to_owned))
        })
        .collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        scopes,
        [
            [None, None],
            [some("org"), some("env")],
            [some("org"), some("mine")]
        ]
    );
}

#[test]
fn base_urls() {
    let session = Session::builder()
        .host("http://localhost:8081/")
        .build()
        .unwrap();
    assert_eq!(
        Endpoint::new(&session, "").base_url(),
        "http://localhost:8081"
    );
    assert_eq!(
        Endpoint::new(&session, "/a/b/").base_url(),
        "http://localhost:8081/a/b"
    );
    let console = Endpoint::at(&session, "http://mmc:8080/mmc/").unwrap();
    assert_eq!(console.base_url(), "http://mmc:8080/mmc");
    assert_eq!(
        format!("{console:?}"),
        r#"Endpoint { base_url: "http://mmc:8080/mmc", .. }"#
    );
    for url in [
        "mmc:8080",
        "ftp://mmc",
        "http://user:s3cret@mmc/",
        "http://mmc/?x=s3cret",
    ] {
        let error = Endpoint::at(&session, url).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(!error.to_string().contains("s3cret"));
    }
}

#[derive(Serialize)]
struct Body {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Nullable<String>>,
}

#[tokio::test]
async fn bodies() {
    let server = Server::always(json(200, "{}")).await;
    let body = |note| Body { name: "a b", note };
    let kind = "application/merge-patch+json";
    server
        .call(&POST)
        .json(kind, &body(Some(Nullable::Null)))
        .send_empty()
        .await
        .unwrap();
    server
        .call(&POST)
        .json_optional(kind, &Some(body(None)))
        .send_empty()
        .await
        .unwrap();
    server
        .call(&POST)
        .json_optional(kind, &None::<Body>)
        .send_empty()
        .await
        .unwrap();
    server
        .call(&POST)
        .form(&body(None))
        .send_empty()
        .await
        .unwrap();
    let sent: Vec<_> = server
        .requests()
        .iter()
        .map(|request| {
            (
                request.header("content-type").map(str::to_owned),
                request.text(),
            )
        })
        .collect();
    let with = |kind: &str, text: &str| (Some(kind.to_owned()), text.to_owned());
    assert_eq!(
        sent,
        [
            with(kind, r#"{"name":"a b","note":null}"#),
            with(kind, r#"{"name":"a b"}"#),
            (None, String::new()),
            with("application/x-www-form-urlencoded", "name=a+b"),
        ]
    );
}

#[tokio::test]
async fn a_multipart_form_on_the_wire() {
    let server = Server::always(json(200, "{}")).await;
    let jar = Upload::bytes("my \"app\".jar", "PK");
    let form = Multipart::new()
        .file("file", Some(&jar))
        .file("absent", None)
        .json(
            "appInfoJson",
            Some(&Body {
                name: "x",
                note: None,
            }),
        )
        .json("absent", None::<&Body>)
        .text("autoStart", &true)
        .text("absent", &None::<bool>);
    server
        .call(&POST)
        .multipart(form)
        .send_empty()
        .await
        .unwrap();
    let request = server.only_request();
    let kind = request.header("content-type").unwrap();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let expected = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"my \\\"app\\\".jar\"\r\n\
         Content-Type: application/octet-stream\r\n\r\nPK\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"appInfoJson\"\r\n\
         Content-Type: application/json\r\n\r\n{{\"name\":\"x\"}}\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"autoStart\"\r\n\r\ntrue\r\n\
         --{boundary}--\r\n"
    );
    assert_eq!(request.text(), expected);
    assert_eq!(
        request.header("content-length"),
        Some(expected.len().to_string().as_str())
    );
}

#[test]
fn a_call_is_send_and_static() {
    fn check<T: Send + 'static>(_: T) {}
    fn unpin<T: Send + Unpin + 'static>() {}
    fn shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    unpin::<anypoint_core::Download>();
    let session = Session::builder()
        .host("http://x")
        .credentials(Credentials::basic("u", "p"))
        .build()
        .unwrap();
    let endpoint = Endpoint::new(&session, "");
    shared(&session);
    shared(&endpoint);
    check(Call::new(&endpoint, &GET).send_json::<Vec<String>>());
    check(Call::new(&endpoint, &GET).send_download());
    check(async move {
        let download = Call::new(&endpoint, &GET)
            .send_download()
            .await?
            .into_value();
        download.save("/nowhere").await
    });
}

#[test]
fn a_reference_is_a_parameter_too() {
    let mut out = Vec::new();
    let mut take = |text: &str| out.push(text.to_owned());
    (&&"a").each(&mut take);
    Some(&vec![1, 2]).each(&mut take);
    assert_eq!(out, ["a", "1", "2"]);
}
