//! A request is sent when it is awaited, with `send` or without.

use std::future::IntoFuture;

use crate::support::{self, Server, payload};

#[tokio::test]
async fn a_request_is_sent_when_it_is_awaited_and_not_before() {
    let full = payload!("shapes/get_sample/full.json");
    let server = Server::start([support::json(200, full)]).await;
    let waiting = server.shapes().get_sample("one").into_future();
    assert!(server.requests().is_empty());
    let sample = tokio::spawn(waiting).await.unwrap().unwrap();
    assert_eq!(sample.value().type_, "outline");
    assert!(server.request().line().starts_with("GET /"));
}
