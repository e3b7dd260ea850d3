//! Members of every kind, as they are read and as they are written again.

use anypoint_core::{ErrorKind, Json, StringOrNumber, Timestamp};
use anypoint_test_shapes::types::{
    Circle, Drawing, DrawingResult, Figure, Rectangle, Sample, Shape, ShapeKind,
};
use serde_json::json;

use crate::support::{self, Server, payload};

async fn sample(body: impl AsRef<[u8]>) -> Sample {
    let server = Server::start([support::json(200, body)]).await;
    let sample = server.shapes().get_sample("one").send().await.unwrap();
    sample.into_value()
}

async fn shape(body: impl AsRef<[u8]>) -> Shape {
    let server = Server::start([support::json(200, body)]).await;
    let shape = server.shapes().get_shape("s-1").send().await.unwrap();
    shape.into_value()
}

#[tokio::test]
async fn a_full_object_is_read_and_written_in_the_form_it_came_in() {
    let sample = sample(payload!("shapes/get_sample/full.json")).await;
    assert_eq!(sample.type_, "outline");
    assert_eq!(sample.self_.as_deref(), Some("me"));
    assert_eq!(sample.run_href.as_deref(), Some("/runs/1"));
    assert_eq!(sample.ip_addresses, ["10.0.0.1", "10.0.0.2"]);
    assert_eq!(sample.vcores, Some(StringOrNumber::from("0.1")));
    assert_eq!(sample.version, Some(StringOrNumber::from(4)));
    assert_eq!(sample.extra, Some(json!({"nested": [1, null, "x"]})));
    assert_eq!(sample.counters["on"], 4);
    assert_eq!(sample.layers_by_name["ground"].name, "Ground");
    assert_eq!(sample.points, [[0.0, 0.5], [1.0, 1.0]]);
    assert_eq!(sample.nickname, None);
    let written = serde_json::to_value(&sample).unwrap();
    let expected = json!({
        "id": "one", "type": "outline", "self": "me", "run-href": "/runs/1",
        "ipAddresses": ["10.0.0.1", "10.0.0.2"], "vCores": "0.1", "version": 4,
        "changedAt": 1_709_290_800_000_i64, "extra": {"nested": [1, null, "x"]},
        "counters": {"2024-03-01": 3, "on": 4}, "layersByName": {"ground": {"name": "Ground"}},
        "points": [[0, 0.5], [1, 1]], "size": 7,
    });
    assert_eq!(written, expected);
}

#[tokio::test]
#[expect(deprecated, reason = "that it is marked is part of the test")]
async fn a_deprecated_member_is_marked_and_read() {
    assert_eq!(sample(r#"{"size":7}"#).await.size, Some(7));
}

#[tokio::test]
async fn either_name_of_an_alias_will_do() {
    for name in ["ipAddresses", "IpAddresses"] {
        let sample = sample(format!(r#"{{"{name}":["a"]}}"#)).await;
        assert_eq!(sample.ip_addresses, ["a"], "{name}");
    }
    assert!(
        sample(r#"{"id":"one","ipaddresses":["a"]}"#)
            .await
            .ip_addresses
            .is_empty()
    );
}

#[tokio::test]
async fn a_time_is_read_in_each_form_and_kept() {
    for form in [
        r#""2024-03-01T12:00:00+01:00""#,
        r#""2024-03-01T11:00:00""#,
        "1709290800000",
    ] {
        let shape = shape(format!(r#"{{"createdAt":{form}}}"#)).await;
        let time = shape.created_at.unwrap();
        assert_eq!(time.as_millis(), Some(1_709_290_800_000), "{form}");
        assert_eq!(serde_json::to_string(&time).unwrap(), form);
    }
    let odd = shape(r#"{"createdAt":"Mon Mar 04 ART"}"#).await.created_at;
    assert_eq!(odd.as_ref().and_then(Timestamp::as_millis), None);
    assert_eq!(odd.unwrap().to_string(), "Mon Mar 04 ART");
    for nothing in ["{}", r#"{"createdAt":null}"#] {
        assert_eq!(shape(nothing).await.created_at, None);
    }
}

#[tokio::test]
async fn a_value_that_an_enum_does_not_know_is_kept() {
    let kind = shape(r#"{"kind":"Blob 2"}"#).await.kind;
    assert!(matches!(kind, ShapeKind::Unknown(_)));
    assert_eq!(kind.as_str(), "Blob 2");
    assert_eq!(kind.to_string(), "Blob 2");
    assert_eq!(serde_json::to_value(&kind).unwrap(), "Blob 2");
    assert_eq!(kind, ShapeKind::from("Blob 2"));
    // A value of the API that happens to be called unknown is a known one.
    let reported = shape(r#"{"kind":"unknown"}"#).await.kind;
    assert_eq!(reported, ShapeKind::ReportedUnknown);
    // Case is not guessed: what came in goes out.
    assert_eq!(
        shape(r#"{"kind":"POLYGON"}"#).await.kind.as_str(),
        "POLYGON"
    );
}

async fn draw(answer: &str) -> Result<DrawingResult, anypoint_core::Error> {
    let server = Server::start([support::json(200, answer)]).await;
    let drawing = server.shapes().draw_figures(Drawing::new([])).send().await;
    drawing.map(anypoint_core::Response::into_value)
}

#[tokio::test]
async fn figures_are_sent_flat_with_their_tag() {
    let server = Server::start([support::json(200, "{}")]).await;
    let figures: [Figure; 3] = [
        Circle::new(2.5).color("red").into(),
        Rectangle::new(3.0).into(),
        Figure::Unknown(json!({"form": "star", "rays": 5})),
    ];
    let call = server.shapes().draw_figures(Drawing::new(figures));
    call.send().await.unwrap();
    assert_eq!(
        server.request().text(),
        r#"{"figures":[{"form":"circle","color":"red","radius":2.5},{"form":"rectangle","width":3.0},{"form":"star","rays":5}]}"#
    );
}

#[tokio::test]
async fn the_tag_tells_figures_apart() {
    let star = r#"{"form":"star","rays":[5,{"x":null}]}"#;
    let body = format!(
        r#"{{"figures":[{{"radius":"2.5","form":"circle","new":1}},{{"form":"rectangle"}},{star},{{}},7],"cover":null}}"#
    );
    let result = draw(&body).await.unwrap();
    let [first, second, third, fourth, fifth] = &result.figures[..] else {
        panic!("{result:?}");
    };
    // It may be sent back, and so it keeps what nobody knows.
    let mut circle = Circle::new(2.5);
    circle.other.insert("new".to_owned(), json!(1));
    assert_eq!(*first, Figure::Circle(circle));
    assert_eq!(*second, Figure::Rectangle(Rectangle::new(0.0)));
    let expected: Json = serde_json::from_str(star).unwrap();
    assert_eq!(*third, Figure::Unknown(expected));
    assert_eq!(serde_json::to_string(third).unwrap(), star);
    assert_eq!(*fourth, Figure::Unknown(json!({})));
    assert_eq!(*fifth, Figure::Unknown(json!(7)));
    assert_eq!(result.cover, None);
}

#[tokio::test]
async fn a_wrong_member_behind_a_known_tag_counts_as_missing() {
    let body = r#"{"figures":[{"form":"circle","color":"red","radius":["s3cret"]}]}"#;
    let server = Server::start([support::json(200, body)]).await;
    let call = server.shapes().draw_figures(Drawing::new([]));
    let result = call.send().await.unwrap();
    // It is kept to be sent back as it came.
    let mut circle = Circle::new(0.0).color("red");
    circle.other.insert("radius".to_owned(), json!(["s3cret"]));
    assert_eq!(result.figures, [circle.into()]);
    let oddity = &result.oddities()[0];
    assert_eq!(oddity.path(), "figures[0].radius");
    assert!(!format!("{oddity:?} {oddity}").contains("s3cret"));
}

#[tokio::test]
async fn a_tree_is_read_to_its_leaves() {
    let body = r#"{"name":"a","children":[{"name":"b","children":[{"name":"c"}]}],"origin":{"name":"d","origin":null}}"#;
    let server = Server::start([support::json(200, body)]).await;
    let tree = server.shapes().get_tree("oak").send().await.unwrap();
    assert_eq!(tree.children[0].children[0].name, "c");
    assert_eq!(tree.origin.as_ref().unwrap().name, "d");
    assert_eq!(tree.origin.as_ref().unwrap().origin, None);
}

#[tokio::test]
async fn a_tree_is_read_as_deep_as_json_goes_in_any_form() {
    for (open, close) in [
        (r#"{"name":"a","children":["#, "]}"),
        (r#"{"name":"a","children":"#, "}"),
        (r#"{"name":"a","origin":"#, "}"),
        (r#"{"name":"a","origin":["#, "]}"),
    ] {
        let depth = if open.ends_with('[') { 60 } else { 120 };
        let body = format!(
            r#"{}{{"name":""}}{}"#,
            open.repeat(depth),
            close.repeat(depth)
        );
        let server = Server::start([support::json(200, body)]).await;
        let tree = server.shapes().get_tree("oak").send().await.unwrap();
        assert!(tree.oddities().is_empty(), "{open}");
        let mut tree = tree.into_value();
        for _ in 0..depth {
            assert_eq!(tree.name, "a");
            let below = tree.origin.map(|origin| *origin);
            tree = below.or_else(|| tree.children.pop()).unwrap();
        }
        assert_eq!(tree.name, "");
    }
}

#[tokio::test]
async fn a_tree_without_an_end_is_an_error_and_no_crash() {
    let body = r#"{"children":["#.repeat(100_000);
    let server = Server::start([support::json(200, body)]).await;
    let error = server.shapes().get_tree("oak").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
}
