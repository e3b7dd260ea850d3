//! The result of a call for each kind of answer that a spec can declare.

use anypoint_core::ErrorKind;
use anypoint_test_shapes::requests::RenderShapeOutcome;
use anypoint_test_shapes::types::{Claim, ShapeKind};

use crate::support::{Server, answer, empty, json, payload};

#[tokio::test]
async fn json_comes_with_its_status_headers_and_request_id() {
    let head = "HTTP/1.1 200 X\r\nconnection: close\r\nx-request-id: r-1\r\nX-Left: 7\r\n\r\n";
    let body = r#"{"id":"s-1","name":"Square","kind":"polygon","corners":4,"tags":["a"]}"#;
    let server = Server::start([format!("{head}{body}").into_bytes()]).await;
    let shape = server.shapes().get_shape("s-1").send().await.unwrap();
    assert_eq!((shape.id.as_str(), shape.corners), ("s-1", Some(4)));
    assert_eq!(shape.kind, ShapeKind::Polygon);
    assert_eq!(shape.tags, ["a"]);
    assert_eq!(shape.status(), 200);
    assert_eq!(shape.header("x-left"), Some("7"));
    assert_eq!(shape.request_id(), Some("r-1"));
    let request = server.request();
    assert_eq!(request.line(), "GET /shapes/api/shapes/s-1");
    assert_eq!(request.header("accept").unwrap(), "application/json");
    assert!(request.body().is_empty());
}

#[tokio::test]
async fn each_code_has_its_variant_when_the_bodies_differ() {
    let server = Server::start([
        json(200, r#"{"imageId":"i-1"}"#),
        json(202, r#"{"jobId":"j-1"}"#),
    ])
    .await;
    let render = || server.shapes().render_shape("s-1").send();
    match render().await.unwrap().into_value() {
        RenderShapeOutcome::Ok(rendering) => assert_eq!(rendering.image_id, "i-1"),
        other => panic!("{other:?}"),
    }
    match render().await.unwrap().into_value() {
        RenderShapeOutcome::Accepted(job) => assert_eq!(job.job_id, "j-1"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_code_without_a_body_is_none() {
    let server = Server::start([json(201, r#"{"owner":"me"}"#), empty(204)]).await;
    let claim = || server.shapes().claim_shape("s-1").send();
    let first: Option<Claim> = claim().await.unwrap().into_value();
    assert_eq!(first.unwrap().owner, "me");
    assert_eq!(claim().await.unwrap().into_value(), None);
}

#[tokio::test]
async fn codes_with_the_same_body_are_one_type() {
    let body = r#"{"id":"s-2","name":"Copy","kind":"round"}"#;
    let server = Server::start([json(200, body), json(202, body)]).await;
    for status in [200, 202] {
        let copy = server.shapes().copy_shape("s-1").send().await.unwrap();
        assert_eq!((copy.id.as_str(), copy.status()), ("s-2", status));
    }
}

#[tokio::test]
async fn nothing_is_promised_and_whatever_comes_is_ignored() {
    let html = answer(200, "text/html", "<html>deleted</html>");
    let server = Server::start([empty(204), json(200, "{}"), html]).await;
    for _ in 0..3 {
        let gone: () = server
            .shapes()
            .delete_shape("s-1")
            .send()
            .await
            .unwrap()
            .into_value();
        assert_eq!(gone, ());
    }
    assert_eq!(server.requests()[0].line(), "DELETE /shapes/api/shapes/s-1");
}

#[tokio::test]
async fn a_304_is_a_success_only_where_it_is_documented() {
    let server = Server::start([empty(304), empty(304)]).await;
    let switched = server.shapes().switch_shape("s-1").send().await.unwrap();
    assert_eq!(switched.status(), 304);
    let error = server.shapes().get_shape("s-1").send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Status, Some(304))
    );
}

#[tokio::test]
async fn text_is_left_as_it_is() {
    for text in [
        "",
        " A square,\r\n2 cm wide. \n",
        "\"quoted\"",
        "{\"a\":1}",
        "é",
    ] {
        let server = Server::start([answer(200, "text/plain;charset=utf-8", text)]).await;
        let legend = server.shapes().get_legend("s-1").send().await.unwrap();
        assert_eq!(legend.into_value(), text);
        let accept = server.request().header("accept").unwrap();
        assert!(accept.starts_with("text/plain"), "{accept}");
    }
}

#[tokio::test]
async fn text_under_a_json_label_is_read_quoted_or_bare() {
    for (sent, read) in [
        ("started", "started"),
        ("\"started\"", "started"),
        ("\"a\\nb\"", "a\nb"),
        ("2 of 2 nodes online", "2 of 2 nodes online"),
        ("200", "200"),
        ("", ""),
    ] {
        let server = Server::start([json(200, sent)]).await;
        let state = server.shapes().get_state("s-1").send().await.unwrap();
        assert_eq!(state.into_value(), read, "{sent}");
    }
}

#[tokio::test]
async fn bytes_are_a_stream_of_exactly_those_bytes() {
    let image = payload!("shapes/download_image/image.bin");
    let server = Server::start([answer(200, "image/png", image)]).await;
    let download = server.shapes().download_image("s-1").send().await.unwrap();
    let download = download.into_value();
    assert_eq!(download.content_type(), Some("image/png"));
    assert_eq!(download.content_length(), Some(256));
    assert_eq!(&download.bytes(1000).await.unwrap()[..], image);
    assert_eq!(server.request().header("accept").unwrap(), "*/*");
}

#[tokio::test]
async fn bytes_that_break_off_are_an_error_that_names_the_operation() {
    let mut cut = answer(
        200,
        "image/png",
        payload!("shapes/download_image/image.bin"),
    );
    cut.truncate(cut.len() - 1);
    let server = Server::start([cut]).await;
    let download = server.shapes().download_image("s-1").send().await.unwrap();
    let error = download.into_value().bytes(1000).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert_eq!(error.operation(), Some("download_image"));
}

#[tokio::test]
async fn a_vendor_kind_of_json_is_asked_for_and_read() {
    let body = r#"{"id":"s-1","name":"New","kind":"round"}"#;
    let server = Server::start([answer(200, "application/vnd.shapes.v1+json", body)]).await;
    let replacement = anypoint_test_shapes::types::ShapeReplacement::new("New");
    let shape = server.shapes().replace_shape("s-1", replacement).send();
    assert_eq!(shape.await.unwrap().name, "New");
    let request = server.request();
    let vendor = "application/vnd.shapes.v1+json";
    assert_eq!(request.header("accept").unwrap(), vendor);
    assert_eq!(request.header("content-type").unwrap(), vendor);
    assert_eq!(request.text(), r#"{"name":"New"}"#);
}

#[tokio::test]
async fn lists_maps_and_scalars_need_no_type_of_their_own() {
    let server = Server::start([
        json(200, r#"[{"id":"s-1"},{"id":"s-2"}]"#),
        json(200, r#"{"s-1":4,"s-2":"0.5"}"#),
        json(200, " 12\n"),
    ])
    .await;
    let client = server.shapes();
    let shapes = client.list_shapes().send().await.unwrap().into_value();
    assert_eq!(
        shapes.iter().map(|shape| &shape.id[..]).collect::<Vec<_>>(),
        ["s-1", "s-2"]
    );
    let measures = client.measure_shapes("cm", "t-1").send().await.unwrap();
    assert_eq!((measures["s-1"], measures["s-2"]), (4.into(), 0.5.into()));
    assert_eq!(client.get_quota().send().await.unwrap().into_value(), 12);
}
