//! Properties of a client's types that the compiler checks.

use anypoint_core::{Credentials, Download, Error, Items, Pages, Response, Session, Upload};
use anypoint_test_shapes::requests::RenderShapeOutcome;
use anypoint_test_shapes::types::{
    Circle, Drawing, Figure, KeyRequest, NewShape, PrintOrder, Sample, Shape, ShapeKind,
    ShapeUpload, TreeNode,
};
use anypoint_test_shapes::{Client, requests};

fn send_static<T: Send + 'static>(_: T) {}

fn value<T: Clone + Send + Sync + std::fmt::Debug + 'static>() {}

fn client() -> Client {
    Client::new(
        &Session::builder()
            .host("http://127.0.0.1:1")
            .build()
            .unwrap(),
    )
}

/// A future that borrowed the client could not be spawned.
#[test]
fn every_kind_of_call_can_be_spawned() {
    let client = client();
    let file = || Upload::bytes("a", "a");
    send_static(client.get_shape("s").send());
    send_static(client.create_shape(NewShape::new("a")).send());
    send_static(
        client
            .upload_shape(ShapeUpload::new(file(), NewShape::new("a"), "a"))
            .send(),
    );
    send_static(client.replace_image("s", file()).send());
    send_static(client.patch_shape("s", []).send());
    send_static(client.copy_shape("s").send());
    send_static(client.order_print(PrintOrder::new("A4", 1)).send());
    send_static(client.delete_shape("s").send());
    send_static(client.render_shape("s").send());
    send_static(client.claim_shape("s").send());
    send_static(client.get_legend("s").send());
    send_static(client.get_state("s").send());
    send_static(client.download_image("s").send());
    send_static(client.measure_shapes("cm", "t").send());
    send_static(client.list_colors().send());
    send_static(client.list_colors().items().collect());
    send_static(client.list_brushes().pages());
}

#[test]
fn values_can_be_shared_and_cloned() {
    value::<Client>();
    value::<Session>();
    value::<Credentials>();
    value::<Error>();
    value::<Response<Shape>>();
    value::<Upload>();
    value::<requests::GetShape>();
    value::<requests::UploadShape>();
    value::<requests::ListColors>();
    value::<RenderShapeOutcome>();
    value::<Sample>();
    value::<TreeNode>();
    value::<Figure>();
    value::<ShapeKind>();
    value::<ShapeUpload>();
    value::<KeyRequest>();
    send_static::<Option<Download>>(None);
    send_static::<Option<Items<requests::ListColors>>>(None);
    send_static::<Option<Pages<requests::ListColors>>>(None);
}

/// An error travels through every call, so it should be no larger than a pointer.
#[test]
fn an_error_is_small_and_a_standard_one() {
    fn standard<T: std::error::Error + Send + Sync + 'static>() -> usize {
        size_of::<T>()
    }
    assert_eq!(standard::<Error>(), size_of::<usize>());
}

#[test]
fn a_request_model_reads_what_it_writes() {
    let shape = NewShape::new("Square").kind(ShapeKind::Round2d);
    let text = serde_json::to_string(&shape).unwrap();
    assert_eq!(serde_json::from_str::<NewShape>(&text).unwrap(), shape);
    let drawing = Drawing::new([Circle::new(1.0).into()]);
    let text = serde_json::to_string(&drawing).unwrap();
    assert_eq!(serde_json::from_str::<Drawing>(&text).unwrap(), drawing);
}

/// The client borrows nothing from the session, and a request nothing from the client.
#[tokio::test]
async fn a_call_outlives_the_client_that_made_it() {
    let server = crate::support::Server::start([crate::support::json(200, "{}")]).await;
    let call = {
        let client = server.shapes();
        client.get_shape("s-1")
    };
    tokio::spawn(call.send()).await.unwrap().unwrap();
}

#[test]
fn a_request_prints_its_arguments() {
    let printed = format!("{:?}", client().get_shape("s-1"));
    assert!(printed.contains("s-1"), "{printed}");
    assert!(
        printed.contains("http://127.0.0.1:1/shapes/api"),
        "{printed}"
    );
}
