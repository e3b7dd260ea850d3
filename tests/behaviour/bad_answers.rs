//! Successful answers that differ from the spec: which are accepted, which are errors, and that no error
//! shows what the server sent.

use anypoint_core::{Error, ErrorKind};
use anypoint_test_shapes::requests::RenderShapeOutcome;
use anypoint_test_shapes::types::{ColorPage, LayerList, Shape, ShapeKind};

use crate::support::{Server, answer, json, payload, printed};

async fn shape(body: impl AsRef<[u8]>) -> Result<Shape, Error> {
    let server = Server::start([json(200, body)]).await;
    let shape = server.shapes().get_shape("s-1").send().await;
    shape.map(anypoint_core::Response::into_value)
}

async fn colors(body: &str) -> Result<ColorPage, Error> {
    let server = Server::start([json(200, body)]).await;
    let page = server.shapes().list_colors().send().await;
    page.map(anypoint_core::Response::into_value)
}

async fn layers(body: &str) -> Result<LayerList, Error> {
    let server = Server::start([json(200, body)]).await;
    let list = server.shapes().list_layers().send().await;
    list.map(anypoint_core::Response::into_value)
}

#[tokio::test]
async fn an_html_page_is_named_and_not_shown() {
    let page = payload!("shapes/get_shape/proxy.html");
    for content_type in ["text/html", "application/json"] {
        let server = Server::start([answer(200, content_type, page)]).await;
        let error = server.shapes().get_shape("s-1").send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(error.status(), Some(200));
        assert_eq!(
            error.to_string(),
            "get_shape: the 200 answer is not JSON: an HTML page (title \"Corporate Proxy: sign in\"); \
             hint: this is not the API: a proxy or a wrong host may have answered; check the region or host"
        );
        assert!(!printed(&error).contains("s3cret"), "{error:?}");
        assert_eq!(error.body(), Some(&page[..]));
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn an_empty_body_is_an_empty_value() {
    for body in ["", " \r\n", "null", "{}"] {
        assert_eq!(shape(body).await.unwrap(), Shape::default(), "{body:?}");
    }
}

#[tokio::test]
async fn expectation_06_missing_null_and_extra_members_are_put_up_with() {
    let read = shape(r#"{"id":"s-1","tags":null,"name":null,"kind":null,"new":{"a":[1]}}"#).await;
    let read = read.unwrap();
    assert_eq!((read.id.as_str(), read.name.as_str()), ("s-1", ""));
    assert_eq!(read.kind, ShapeKind::default());
    assert!(read.tags.is_empty());
    assert_eq!((read.corners, read.area, read.filled), (None, None, None));
    let page = colors(r#"{"data":[null],"total":null}"#).await.unwrap();
    assert_eq!((page.data[0].id.as_str(), page.total), ("", 0));
}

#[tokio::test]
async fn numbers_and_texts_are_read_for_each_other_unless_that_changes_them() {
    let read = shape(r#"{"id":12345,"corners":"4","area":"0.07","filled":"True","name":true}"#);
    let read = read.await.unwrap();
    assert_eq!((read.id.as_str(), read.name.as_str()), ("12345", "true"));
    assert_eq!(
        (read.corners, read.area, read.filled),
        (Some(4), Some(0.07.into()), Some(true))
    );
    let read = shape(r#"{"filled":1,"corners":"","area":"NaN","tags":{}}"#).await;
    let read = read.unwrap();
    assert_eq!((read.filled, read.corners), (Some(true), None));
    assert_eq!(read.area.unwrap().to_string(), "NaN");
    assert!(read.tags.is_empty());
}

#[tokio::test]
async fn a_member_that_does_not_fit_counts_as_missing_and_is_told() {
    for (member, problem) in [
        (
            r#""corners":"four""#,
            "corners: expected an integer of 64 bits, found a text",
        ),
        (
            r#""corners":4.5"#,
            "corners: expected an integer of 64 bits, found a number with a fraction",
        ),
        (
            r#""corners":9223372036854775808"#,
            "corners: expected an integer of 64 bits, found a number",
        ),
        (
            r#""area":[]"#,
            "area: expected a number, found an empty array",
        ),
        (
            r#""filled":2"#,
            "filled: expected true or false, found a number",
        ),
        (
            r#""tags":["a",{"s3cret":1}]"#,
            "tags[1]: expected a text, found an object",
        ),
        (
            r#""createdAt":{}"#,
            "createdAt: expected a time as a text or a number, found an object",
        ),
    ] {
        let server = Server::start([json(200, format!(r#"{{{member},"id":"s-1"}}"#))]).await;
        let shape = server.shapes().get_shape("s-1").send().await.unwrap();
        let told: Vec<String> = shape.oddities().iter().map(ToString::to_string).collect();
        assert_eq!(told, [problem]);
        assert_eq!(shape.id, "s-1");
        assert_eq!(
            (shape.corners, &shape.area, shape.filled),
            (None, &None, None)
        );
    }
}

#[tokio::test]
async fn one_odd_value_hides_none_of_the_others() {
    let body =
        r#"{"total":"s3cret","data":[{"id":{"s3cret":1},"name":"a"},["s3cret"],{"id":"b"}]}"#;
    let server = Server::start([json(200, body)]).await;
    let page = server.shapes().list_colors().send().await.unwrap();
    let ids: Vec<&str> = page.data.iter().map(|color| color.id.as_str()).collect();
    assert_eq!((ids, page.total), (vec!["", "b"], 0));
    let paths: Vec<&str> = page.oddities().iter().map(|odd| odd.path()).collect();
    assert_eq!(paths, ["data[0].id", "data[1]", "total"]);
    assert!(!format!("{page:?}").contains("s3cret"));
}

#[tokio::test]
async fn an_answer_of_another_kind_says_what_came_and_shows_nothing() {
    for (body, path) in [
        (r#"{"data":[["s3cret"]]}"#, Some("data[0]")),
        (r#"{"data":"s3cret"}"#, Some("data")),
        (r#"{"data":{"s3cret":1}}"#, Some("data")),
        (r#"{"s3cret":1}"#, None),
        (r#"[{"s3cret":1}]"#, None),
        (r#""s3cret""#, None),
    ] {
        let error = colors(body).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        assert_eq!(error.json_path(), path, "{body}");
        assert_eq!(error.operation(), Some("list_colors"));
        if let Some(path) = path {
            assert!(error.to_string().contains(path), "{error}");
        }
        assert!(!printed(&error).contains("s3cret"), "{error:?}");
        assert_eq!(error.body(), Some(body.as_bytes()));
    }
    for (body, problem) in [
        ("[]", "an empty array"),
        (r#"[{"id":"a"},{"id":"b"}]"#, "an array of several items"),
        (r#""a""#, "a text"),
        (r#"{"message":"no"}"#, "one without any member of it"),
    ] {
        let error = shape(body).await.unwrap_err().to_string();
        let expected = format!("expected an object (Shape), found {problem}");
        assert!(error.contains(&expected), "{error}");
    }
}

#[tokio::test]
async fn a_list_is_found_where_it_is() {
    for body in [
        r#"{"data":[{"name":"ground"}],"total":1}"#,
        r#"{"total":1,"items":[{"name":"ground"}]}"#,
        r#"{"layers":[{"name":"ground"}]}"#,
        r#"[{"name":"ground"}]"#,
        r#"{"name":"ground"}"#,
    ] {
        let page = layers(body).await.unwrap();
        assert_eq!(page.data.len(), 1, "{body}");
        assert_eq!(page.data[0].name, "ground");
    }
    assert!(layers("[]").await.unwrap().data.is_empty());
    for body in [
        r#"[{"id":"b-1"}]"#,
        r#"{"data":[{"id":"b-1"}]}"#,
        r#"{"response":{"content":[{"id":"b-1"}]}}"#,
        r#"{"brushes":[{"id":"b-1"}],"total":1}"#,
        r#"{"id":"b-1"}"#,
    ] {
        let server = Server::start([json(200, body)]).await;
        let brushes = server.shapes().list_brushes().send().await.unwrap();
        let ids: Vec<String> = brushes.into_iter().map(|brush| brush.id).collect();
        assert_eq!(ids, ["b-1"], "{body}");
    }
    let read = shape(r#"[{"id":"s-1"}]"#).await.unwrap();
    assert_eq!(read.id, "s-1");
}

#[tokio::test]
async fn expectation_07_a_success_that_nobody_documented_is_a_success() {
    for status in [200, 203, 207, 226] {
        let server = Server::start([json(status, r#"{"id":"s-1"}"#)]).await;
        let shape = server.shapes().get_shape("s-1").send().await.unwrap();
        assert_eq!((shape.status(), shape.id.as_str()), (status, "s-1"));
    }
    let server = Server::start([json(207, r#"{"imageId":"i-1"}"#)]).await;
    let outcome = server.shapes().render_shape("s-1").send().await.unwrap();
    assert!(
        matches!(outcome.value(), RenderShapeOutcome::Ok(rendering) if rendering.image_id == "i-1")
    );
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_short_success() {
    let whole = json(200, r#"[{"id":"s-1"},{"id":"s-2"}]"#);
    let cut = whole[..whole.len() - 14].to_vec();
    let server = Server::start([cut]).await;
    let error = server.shapes().list_shapes().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert_eq!(
        (error.operation(), error.status()),
        (Some("list_shapes"), Some(200))
    );
    assert!(error.is_retryable());
}

#[tokio::test]
async fn json_that_is_cut_short_or_followed_by_more_is_an_error() {
    for body in [r#"{"id":"s-1""#, r#"{"id":"s-1"} {"#, "shape", "\u{0}"] {
        let error = shape(body).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body:?}");
        assert_eq!(error.operation(), Some("get_shape"));
    }
}
