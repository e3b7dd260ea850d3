//! What each kind of request body looks like on the wire.

use std::collections::BTreeMap;

use anypoint_core::{Json, Nullable};
use anypoint_test_shapes::types::{
    CopyOptions, NewShape, NoteUpdate, PatchStep, PrintOrder, ShapeKind,
};

use crate::support::{Request, Server, empty, json};

#[tokio::test]
async fn json_holds_what_was_set_under_its_wire_names() {
    let server = Server::start([json(201, "{}"), json(201, "{}")]).await;
    let client = server.shapes();
    let shape = NewShape::new("Sq\"uare\né")
        .kind(ShapeKind::LineArt)
        .labels(BTreeMap::from([("a b".to_owned(), String::new())]))
        .type_("outline")
        .is_html_safe(false);
    client.create_shape(shape).send().await.unwrap();
    client.create_shape(NewShape::new("")).send().await.unwrap();
    let [full, bare] = &server.requests()[..] else {
        panic!()
    };
    assert_eq!(full.line(), "POST /shapes/api/shapes");
    assert_eq!(full.header("content-type").unwrap(), "application/json");
    let expected = r#"{"name":"Sq\"uare\né","kind":"LINE_ART","labels":{"a b":""},"type":"outline","isHTMLSafe":false}"#;
    assert_eq!(full.text(), expected);
    assert_eq!(bare.text(), r#"{"name":""}"#);
}

#[tokio::test]
async fn null_and_left_out_stay_different() {
    let server = Server::start([empty(200), empty(200), empty(200)]).await;
    let notes = [
        NoteUpdate::new(Nullable::Null),
        NoteUpdate::new("me".to_owned()).text(Nullable::Null),
        NoteUpdate::new("me".to_owned())
            .text("hi".to_owned())
            .pages(2),
    ];
    for note in notes {
        server
            .shapes()
            .update_note("s-1", note)
            .send()
            .await
            .unwrap();
    }
    let sent: Vec<_> = server.requests().iter().map(Request::text).collect();
    assert_eq!(
        sent,
        [
            r#"{"author":null}"#,
            r#"{"author":"me","text":null}"#,
            r#"{"author":"me","text":"hi","pages":2}"#,
        ]
    );
}

#[tokio::test]
async fn a_json_patch_is_a_bare_array() {
    let server = Server::start([json(200, "{}"), json(200, "{}")]).await;
    let steps = [
        PatchStep::new("replace", "/name").value(Json::from("Square")),
        PatchStep::new("add", "/note").value(Json::Null),
        PatchStep::new("remove", "/tags/0"),
    ];
    server
        .shapes()
        .patch_shape("s-1", steps)
        .send()
        .await
        .unwrap();
    server.shapes().patch_shape("s-1", []).send().await.unwrap();
    let [request, none] = &server.requests()[..] else {
        panic!()
    };
    assert_eq!(request.line(), "PATCH /shapes/api/shapes/s-1");
    let content_type = request.header("content-type").unwrap();
    assert_eq!(content_type, "application/json-patch+json");
    assert_eq!(
        request.text(),
        r#"[{"op":"replace","path":"/name","value":"Square"},{"op":"add","path":"/note","value":null},{"op":"remove","path":"/tags/0"}]"#
    );
    assert_eq!(none.text(), "[]");
}

#[tokio::test]
async fn an_optional_body_is_left_out_with_its_content_type() {
    let server = Server::start([json(200, "{}"), json(200, "{}")]).await;
    let copy = || server.shapes().copy_shape("s-1");
    copy().send().await.unwrap();
    copy().body(CopyOptions::new()).send().await.unwrap();
    let [without, with] = &server.requests()[..] else {
        panic!()
    };
    assert!(without.body().is_empty());
    assert_eq!(without.header("content-type"), None);
    assert_eq!(with.text(), "{}");
    assert_eq!(with.header("content-type").unwrap(), "application/json");
}

#[tokio::test]
async fn a_form_is_url_encoded() {
    let server = Server::start([empty(200)]).await;
    let order = PrintOrder::new("A4 & larger", 2)
        .kind(ShapeKind::from("my own"))
        .gift_card("s3=cret");
    server.shapes().order_print(order).send().await.unwrap();
    let request = server.request();
    assert_eq!(
        request.header("content-type").unwrap(),
        "application/x-www-form-urlencoded"
    );
    assert_eq!(
        request.text(),
        "paper=A4+%26+larger&copies=2&kind=my+own&voucher=s3%3Dcret"
    );
}
