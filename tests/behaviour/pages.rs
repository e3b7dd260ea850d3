//! Lists page by page: where they end, and what an error in the middle does.

use anypoint_core::ErrorKind;

use crate::support::{Server, json};

fn ids(range: std::ops::Range<usize>) -> String {
    let items: Vec<_> = range.map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
    format!("[{}]", items.join(","))
}

fn page(range: std::ops::Range<usize>, total: usize) -> Vec<u8> {
    json(200, format!(r#"{{"data":{},"total":{total}}}"#, ids(range)))
}

fn bare(range: std::ops::Range<usize>) -> Vec<u8> {
    json(200, ids(range))
}

fn targets(server: &Server) -> Vec<String> {
    let line = |line: String| line.split('?').nth(1).unwrap_or_default().to_owned();
    server
        .requests()
        .iter()
        .map(|request| line(request.line()))
        .collect()
}

#[tokio::test]
async fn items_end_with_the_total() {
    let server = Server::start([page(0..2, 5), page(2..4, 5), page(4..5, 5)]).await;
    let items = server
        .shapes()
        .list_colors()
        .limit(2)
        .items()
        .collect()
        .await
        .unwrap();
    let found: Vec<_> = items.iter().map(|color| color.id.as_str()).collect();
    assert_eq!(found, ["0", "1", "2", "3", "4"]);
    assert_eq!(
        targets(&server),
        ["offset=0&limit=2", "offset=2&limit=2", "offset=4&limit=2"]
    );
}

#[tokio::test]
async fn pages_start_at_the_offset_that_was_set() {
    let server = Server::start([page(3..5, 6), page(5..6, 6)]).await;
    let mut pages = server.shapes().list_colors().offset(3).pages();
    assert_eq!(pages.next().await.unwrap().unwrap().data.len(), 2);
    // A page is fetched when it is asked for, not before.
    assert_eq!(server.requests().len(), 1);
    assert_eq!(pages.next().await.unwrap().unwrap().data[0].id, "5");
    assert!(pages.next().await.is_none());
    assert!(pages.next().await.is_none());
    assert_eq!(targets(&server), ["offset=3", "offset=5"]);
}

#[tokio::test]
async fn a_list_without_a_total_ends_with_an_empty_page() {
    // A server may cap the limit, so a short page alone proves nothing.
    let server = Server::start([bare(0..2), bare(2..3), bare(0..0)]).await;
    let items = server
        .shapes()
        .list_brushes()
        .limit(50)
        .items()
        .collect()
        .await
        .unwrap();
    assert_eq!(items.len(), 3);
    assert_eq!(
        targets(&server),
        [
            "offset=0&limit=50",
            "offset=2&limit=50",
            "offset=3&limit=50"
        ]
    );
}

#[tokio::test]
async fn an_empty_list_is_one_empty_page() {
    let server = Server::start([bare(0..0), bare(0..0)]).await;
    let mut pages = server.shapes().list_brushes().pages();
    assert!(pages.next().await.unwrap().unwrap().is_empty());
    assert!(pages.next().await.is_none());
    let items = server
        .shapes()
        .list_brushes()
        .items()
        .collect()
        .await
        .unwrap();
    assert!(items.is_empty());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_server_that_ignores_the_offset_does_not_go_on_for_ever() {
    // Without a total, one more request tells a list that has grown from one that repeats.
    let server = Server::start([bare(0..2), bare(0..2), bare(0..2)]).await;
    let items = server
        .shapes()
        .list_brushes()
        .items()
        .collect()
        .await
        .unwrap();
    assert_eq!(items.len(), 2);
    let server = Server::start([page(0..2, 9), page(0..2, 9)]).await;
    let items = server
        .shapes()
        .list_colors()
        .items()
        .collect()
        .await
        .unwrap();
    assert_eq!(items.len(), 2);
}

/// A server that sends the bare list gives no total either.
#[tokio::test]
async fn a_page_or_a_bare_list_ends_in_its_own_way() {
    let named = r#"{"data":[{"name":"a"},{"name":"b"}],"total":2}"#;
    let server = Server::start([json(200, named)]).await;
    let layers = server.shapes().list_layers().items();
    assert_eq!(layers.collect().await.unwrap().len(), 2);
    let bare = || json(200, r#"[{"name":"a"}]"#);
    let server = Server::start([bare(), json(200, "[]")]).await;
    let layers = server.shapes().list_layers().items();
    assert_eq!(layers.collect().await.unwrap().len(), 1);
    assert_eq!(targets(&server), ["offset=0", "offset=1"]);
}

#[tokio::test]
async fn an_error_in_the_middle_is_yielded_once() {
    let server = Server::start([page(0..1, 3), json(503, "{}"), page(1..3, 3)]).await;
    let mut items = server.shapes().list_colors().items();
    assert_eq!(items.next().await.unwrap().unwrap().id, "0");
    let error = items.next().await.unwrap().unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Status, Some(503))
    );
    assert_eq!(error.operation(), Some("list_colors"));
    assert!(items.next().await.is_none());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn an_error_at_the_start_is_yielded_once() {
    let server = Server::start([json(200, "7"), json(200, "7")]).await;
    let mut pages = server.shapes().list_colors().pages();
    let error = pages.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(pages.next().await.is_none());
    assert_eq!(server.requests().len(), 1);
}
