//! Files on the wire: alone, and in a form with texts and JSON.

use anypoint_core::{Credentials, ErrorKind, Upload};
use anypoint_test_shapes::types::{CopyOptions, NewShape, ShapeUpload};

use crate::support::{Request, Server, empty, json};

/// The body of a form with its random boundary replaced by `--B`, and line breaks made visible.
fn parts(request: &Request) -> Vec<String> {
    let content_type = request.header("content-type").unwrap();
    let boundary = content_type
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
    let body = request.text().replace(&format!("--{boundary}"), "--B");
    body.split("\r\n").map(str::to_owned).collect()
}

#[tokio::test]
async fn an_upload_is_a_form_of_files_text_and_json() {
    let server = Server::start([json(201, r#"{"id":"s-9"}"#)]).await;
    let file = Upload::bytes("squ\"are.svg", "<svg/>").with_content_type("image/svg+xml");
    let upload = ShapeUpload::new(file, NewShape::new("Square"), "A title")
        .comment("é\r\n2")
        .copies(3)
        .preview(Upload::bytes("p.png", "PNG"))
        .options(CopyOptions::new().name("too"));
    let shape = server.shapes().upload_shape(upload).send().await.unwrap();
    assert_eq!(shape.id, "s-9");
    let request = server.request();
    assert_eq!(request.line(), "POST /shapes/api/shapes");
    let expected = [
        "--B",
        r#"Content-Disposition: form-data; name="file"; filename="squ\"are.svg""#,
        "Content-Type: image/svg+xml",
        "",
        "<svg/>",
        "--B",
        r#"Content-Disposition: form-data; name="shapeJson""#,
        "Content-Type: application/json",
        "",
        r#"{"name":"Square"}"#,
        "--B",
        r#"Content-Disposition: form-data; name="title""#,
        "",
        "A title",
        "--B",
        r#"Content-Disposition: form-data; name="comment""#,
        "",
        "é",
        "2",
        "--B",
        r#"Content-Disposition: form-data; name="copies""#,
        "",
        "3",
        "--B",
        r#"Content-Disposition: form-data; name="preview"; filename="p.png""#,
        "Content-Type: application/octet-stream",
        "",
        "PNG",
        "--B",
        r#"Content-Disposition: form-data; name="options""#,
        "Content-Type: application/json",
        "",
        r#"{"name":"too"}"#,
        "--B--",
        "",
    ];
    assert_eq!(parts(&request), expected);
}

#[tokio::test]
async fn optional_parts_are_left_out() {
    let server = Server::start([json(201, "{}")]).await;
    let file = Upload::bytes("a.svg", "<svg/>");
    let upload = ShapeUpload::new(file, NewShape::new("Square"), "");
    server.shapes().upload_shape(upload).send().await.unwrap();
    let parts = parts(&server.request());
    let names: Vec<_> = parts
        .iter()
        .filter_map(|line| line.strip_prefix("Content-Disposition: form-data; name=\""))
        .filter_map(|line| line.split('"').next())
        .collect();
    assert_eq!(names, ["file", "shapeJson", "title"]);
}

#[tokio::test]
async fn a_file_name_cannot_smuggle_a_parameter_in() {
    for name in ["a\"; name=\"title", "a\\\"; name=\"title"] {
        let server = Server::start([json(201, "{}")]).await;
        let file = Upload::bytes(name, "<svg/>");
        let upload = ShapeUpload::new(file, NewShape::new("Square"), "t");
        server.shapes().upload_shape(upload).send().await.unwrap();
        let escaped = name.replace('\\', "\\\\").replace('"', "\\\"");
        let line = format!(r#"Content-Disposition: form-data; name="file"; filename="{escaped}""#);
        assert_eq!(parts(&server.request())[1], line);
    }
}

/// A line break would give the part a header of the file name's choosing.
#[tokio::test]
async fn a_file_name_cannot_smuggle_a_header_in() {
    let server = Server::start([json(201, "{}")]).await;
    let file = Upload::bytes("a\r\nX-Evil: 1", "<svg/>");
    let upload = ShapeUpload::new(file, NewShape::new("Square"), "t");
    let error = server
        .shapes()
        .upload_shape(upload)
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("file name"), "{error}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn bytes_are_sent_as_they_are_with_their_length() {
    let bytes: Vec<u8> = (0..=255).collect();
    let server = Server::start([empty(204), empty(204)]).await;
    let replace = |upload| server.shapes().replace_image("s-1", upload).send();
    let plain = Upload::bytes("a.png", bytes.clone());
    replace(plain.clone()).await.unwrap();
    replace(plain.with_content_type("image/png")).await.unwrap();
    let [request, typed] = &server.requests()[..] else {
        panic!()
    };
    assert_eq!(request.line(), "PUT /shapes/api/shapes/s-1/image");
    assert_eq!(request.body(), bytes);
    assert_eq!(request.header("content-length").unwrap(), "256");
    let content_type = |request: &Request| request.header("content-type").unwrap();
    assert_eq!(content_type(request), "application/octet-stream");
    assert_eq!(content_type(typed), "image/png");
}

/// Not even a token is fetched for a call that cannot be made.
#[tokio::test]
async fn a_missing_file_is_noticed_before_anything_is_sent() {
    let server = Server::start([empty(204), empty(204)]).await;
    let session = server.session(Credentials::connected_app("app", "s3cret"));
    let client = anypoint_test_shapes::Client::new(&session);
    let missing = Upload::file("/nonexistent/square.svg");
    let upload = ShapeUpload::new(missing.clone(), NewShape::new("Square"), "title");
    let errors = [
        client
            .replace_image("s-1", missing)
            .send()
            .await
            .unwrap_err(),
        client.upload_shape(upload).send().await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(
            error.to_string().contains("/nonexistent/square.svg"),
            "{error}"
        );
    }
    server.assert_untouched().await;
}
