//! Renamed things can be used under their former names.
#![expect(deprecated, reason = "that is what it is about")]

use anypoint_test_shapes::requests::{FetchShape, GetShape};
use anypoint_test_shapes::types::{KindOfShape, PrintOrder, ShapeKind};

use crate::support::{Server, json};

#[tokio::test]
async fn a_method_answers_to_its_former_name() {
    let server = Server::start([json(200, r#"{"id":"s-1"}"#)]).await;
    let request: FetchShape = server.shapes().fetch_shape("s-1");
    let request: GetShape = request;
    let shape = request.send().await.unwrap();
    assert_eq!(shape.id, "s-1");
    assert_eq!(server.request().line(), "GET /shapes/api/shapes/s-1");
}

#[tokio::test]
async fn a_setter_answers_to_each_of_its_former_names() {
    let (kind, sort) = (ShapeKind::Polygon, ShapeKind::LineArt);
    let server = Server::start([json(200, "{}")]).await;
    let measure = server.shapes().measure_shapes("cm", "t-1");
    measure.shape_kind(kind).send().await.unwrap();
    assert!(server.request().line().ends_with("kind=polygon"));
    let server = Server::start([json(200, "{}")]).await;
    let measure = server.shapes().measure_shapes("cm", "t-1");
    measure.sort(sort).send().await.unwrap();
    assert!(server.request().line().ends_with("kind=LINE_ART"));
    let order = PrintOrder::new("A4", 1).voucher("s3=cret");
    assert_eq!(order.gift_card.unwrap().expose(), "s3=cret");
}

#[test]
fn a_type_and_its_values_answer_to_their_former_names() {
    let kind: KindOfShape = ShapeKind::Round2d;
    let is_round = |kind: &ShapeKind| matches!(*kind, KindOfShape::Round);
    assert!(is_round(&kind) && !is_round(&KindOfShape::Lines));
    assert_eq!(KindOfShape::Lines, ShapeKind::LineArt);
    assert_eq!(KindOfShape::Round.as_str(), "round");
}
