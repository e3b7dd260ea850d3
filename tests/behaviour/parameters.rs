//! What path, query and header values become on the wire, and which are refused.

use anypoint_core::{Credentials, Error, ErrorKind, Timestamp};
use anypoint_test_shapes::types::ShapeKind;

use crate::support::{Server, answer, empty, json, printed};

#[tokio::test]
async fn a_path_value_stays_one_segment() {
    for (id, segment) in [
        ("s-1", "s-1"),
        ("local$1a2b", "local%241a2b"),
        ("my flow/GET:\\a?b#c", "my%20flow%2FGET%3A%5Ca%3Fb%23c"),
        ("100%", "100%25"),
        ("%2e%2e", "%252e%252e"),
        ("é", "%C3%A9"),
        ("...", "..."),
        ("~a_b.c-d", "~a_b.c-d"),
        ("+&=;,@", "%2B%26%3D%3B%2C%40"),
    ] {
        let server = Server::start([json(200, "{}")]).await;
        server.shapes().get_shape(id).send().await.unwrap();
        let line = format!("GET /shapes/api/shapes/{segment}");
        assert_eq!(server.request().line(), line);
    }
}

#[tokio::test]
async fn numbers_and_enums_go_into_the_path() {
    let server =
        Server::start([answer(200, "text/plain", ""), answer(200, "text/plain", "")]).await;
    let client = server.shapes();
    client
        .get_cell("g-1", -3, ShapeKind::LineArt)
        .send()
        .await
        .unwrap();
    client
        .get_cell("g-1", 0, "my own".into())
        .send()
        .await
        .unwrap();
    let lines: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.line())
        .collect();
    assert_eq!(
        lines,
        [
            "GET /shapes/api/grids/g-1/rows/-3/LINE_ART",
            "GET /shapes/api/grids/g-1/rows/0/my%20own",
        ]
    );
}

#[tokio::test]
async fn a_multi_segment_value_keeps_its_slashes_only() {
    for (path, target) in [
        ("square.svg", "square.svg"),
        ("/drawings/square.svg", "drawings/square.svg"),
        ("my files/a$b?c/d", "my%20files/a%24b%3Fc/d"),
    ] {
        let server = Server::start([empty(204)]).await;
        server.shapes().delete_file(path).send().await.unwrap();
        let line = format!("DELETE /shapes/api/files/{target}");
        assert_eq!(server.request().line(), line);
    }
}

#[tokio::test]
async fn the_query_has_what_was_set_in_the_order_of_the_spec() {
    let server = Server::start([json(200, "{}"), json(200, "{}"), json(200, "{}")]).await;
    let measure = || server.shapes().measure_shapes("c m&", "t-1");
    measure().send().await.unwrap();
    let nothing: [&str; 0] = [];
    measure().tag(nothing).fields(nothing).send().await.unwrap();
    let since: Timestamp = "2024-03-01T12:00:00+01:00".parse().unwrap();
    let full = measure()
        .limit(7)
        .type_("")
        .since(since)
        .filled(false)
        .min_area(1.5)
        .kind(ShapeKind::from("my own"))
        .fields(["area", "a,b"])
        .tag(["blue", "a=b"]);
    full.send().await.unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].line(), "GET /shapes/api/measures?unit=c%20m%26");
    assert_eq!(requests[1].line(), requests[0].line());
    assert_eq!(
        requests[2].line(),
        "GET /shapes/api/measures?unit=c%20m%26&tag=blue&tag=a%3Db&fields=area,a%2Cb&kind=my%20own\
         &minArea=1.5&filled=false&since=2024-03-01T12%3A00%3A00%2B01%3A00&type="
    );
    assert_eq!(requests[0].header("x-trace-id").unwrap(), "t-1");
    assert_eq!(requests[0].header("x-limit"), None);
    assert_eq!(requests[2].header("x-limit").unwrap(), "7");
}

fn assert_refused(error: &Error, parameter: &str) {
    assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
    assert!(error.to_string().contains(parameter), "{error}");
    assert!(!error.is_retryable());
}

/// An empty id would turn "delete one" into "delete all", and `..` leaves the collection.
#[tokio::test]
async fn what_leads_to_another_path_is_never_sent() {
    let server = Server::start([empty(204)]).await;
    let client = server.shapes();
    for id in ["", ".", "..", "a\nb", "\u{0}", "a\u{7f}"] {
        let error = client.delete_shape(id).send().await.unwrap_err();
        assert_refused(&error, "shapeId");
        assert_eq!(error.operation(), Some("delete_shape"));
    }
    for path in [
        "", "/", "//a", "a//b", "a/", "../a", "a/./b", "a/..", "a/b\r\n",
    ] {
        let error = client.delete_file(path).send().await.unwrap_err();
        assert_refused(&error, "filePath");
    }
    let error = client.get_cell("g", 1, "".into()).send().await.unwrap_err();
    assert_refused(&error, "kind");
    server.assert_untouched().await;
}

#[tokio::test]
async fn a_header_cannot_smuggle_another_one_in() {
    let server = Server::start([json(200, "{}")]).await;
    let call = server.shapes().measure_shapes("cm", "s3cret\r\nX-Evil: 1");
    let error = call.send().await.unwrap_err();
    assert_refused(&error, "X-Trace-Id");
    assert!(!printed(&error).contains("s3cret"));
    server.assert_untouched().await;
}

#[tokio::test]
async fn a_base_url_of_its_own_replaces_host_and_path() {
    let server = Server::start([json(200, "{}")]).await;
    let session = anypoint_core::Session::builder().credentials(Credentials::bearer("t"));
    let session = session.build().unwrap();
    let base_url = format!("{}/console/v7/", server.url);
    let client = anypoint_test_shapes::Client::with_base_url(&session, &base_url).unwrap();
    client.get_shape("s-1").send().await.unwrap();
    assert_eq!(server.request().line(), "GET /console/v7/shapes/s-1");
    assert_eq!(
        server.request().header("authorization").unwrap(),
        "Bearer t"
    );
}
