//! Streams over pages.

use std::sync::Arc;
use std::sync::Mutex;

use anypoint_core::internal::{Call, Endpoint, Operation, Paged};
use anypoint_core::{Error, Items, Pages, Response, Sending};

use crate::support::{GET, Server, json, reply};

static LIST: &Operation = &GET;

/// A list whose pages are bare arrays, with a total of its own.
#[derive(Clone)]
struct List {
    endpoint: Endpoint,
    start: i64,
    offsets: Arc<Mutex<Vec<i64>>>,
}

/// The total travels as a negative last item, to keep the page a plain array.
type Page = Vec<i64>;

impl IntoFuture for List {
    type Output = Result<Response<Page>, Error>;
    type IntoFuture = Sending<Page>;

    fn into_future(self) -> Self::IntoFuture {
        self.offsets.lock().unwrap().push(self.start);
        Call::new(&self.endpoint, LIST)
            .query("offset", &self.start)
            .send_json()
    }
}

impl Paged for List {
    type Page = Page;
    type Item = i64;

    fn at(mut self, offset: i64) -> Self {
        self.start = offset;
        self
    }

    fn start(&self) -> i64 {
        self.start
    }

    fn items(page: &Page) -> &[i64] {
        match page.split_last() {
            Some((last, rest)) if *last < 0 => rest,
            _ => page,
        }
    }

    fn total(page: &Page) -> Option<i64> {
        page.last().filter(|last| **last < 0).map(|last| -last)
    }
}

/// Walks a list that is answered from a table of offset and page.
async fn walk(
    start: i64,
    table: &'static [(i64, &'static str)],
) -> (Result<Vec<i64>, Error>, Vec<i64>) {
    let list = list(start, table).await;
    let offsets = list.offsets.clone();
    let found = Items::new(list).collect().await;
    let offsets = offsets.lock().unwrap().clone();
    (found, offsets)
}

async fn list(start: i64, table: &'static [(i64, &'static str)]) -> List {
    let server = Server::start(move |request, _| {
        let page = |(offset, page): &&(i64, &'static str)| {
            request.target.ends_with(&format!("offset={offset}")) && !page.is_empty()
        };
        match table.iter().find(page) {
            Some((_, page)) => json(200, page),
            None => reply(500, "", "no such page"),
        }
    })
    .await;
    let session = server.session(anypoint_core::Credentials::default());
    List {
        endpoint: Endpoint::new(&session, ""),
        start,
        offsets: Arc::default(),
    }
}

#[tokio::test]
async fn ends_on_an_empty_page() {
    let (found, offsets) = walk(0, &[(0, "[1,2]"), (2, "[3]"), (3, "[]")]).await;
    assert_eq!((found.unwrap(), offsets), (vec![1, 2, 3], vec![0, 2, 3]));
}

#[tokio::test]
async fn ends_when_the_total_is_reached() {
    let (found, offsets) = walk(0, &[(0, "[1,2,-3]"), (2, "[3,-3]")]).await;
    assert_eq!((found.unwrap(), offsets), (vec![1, 2, 3], vec![0, 2]));
}

#[tokio::test]
async fn starts_where_the_caller_says() {
    let (found, offsets) = walk(2, &[(2, "[3,-4]"), (3, "[4,-4]")]).await;
    assert_eq!((found.unwrap(), offsets), (vec![3, 4], vec![2, 3]));
}

#[tokio::test]
async fn a_server_that_ignores_the_offset_is_noticed() {
    let (found, offsets) = walk(0, &[(0, "[1,2]"), (2, "[1,2]")]).await;
    assert_eq!((found.unwrap(), offsets), (vec![1, 2], vec![0, 2]));
}

#[tokio::test]
async fn an_empty_list_has_one_page_and_no_items() {
    assert_eq!(walk(0, &[(0, "[]")]).await.0.unwrap(), [0; 0]);
    let mut stream = Pages::new(list(0, &[(0, "[]")]).await);
    assert_eq!(stream.next().await.unwrap().unwrap(), [0; 0]);
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn pages_come_whole() {
    let mut stream = Pages::new(list(0, &[(0, "[1,2]"), (2, "[3]"), (3, "[]")]).await);
    let mut found = Vec::new();
    while let Some(page) = stream.next().await {
        found.push(page.unwrap());
    }
    assert_eq!(found, [vec![1, 2], vec![3]]);
}

#[tokio::test]
async fn an_error_comes_once_and_ends_the_stream() {
    let mut stream = Items::new(list(0, &[(0, "[1]")]).await);
    assert_eq!(stream.next().await.unwrap().unwrap(), 1);
    assert_eq!(
        stream.next().await.unwrap().unwrap_err().status(),
        Some(500)
    );
    assert!(stream.next().await.is_none());
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn nothing_is_fetched_before_it_is_asked_for() {
    let list = list(0, &[(0, "[1,2]")]).await;
    let offsets = list.offsets.clone();
    let mut stream = Items::new(list);
    assert!(offsets.lock().unwrap().is_empty());
    for item in [1, 2] {
        assert_eq!(stream.next().await.unwrap().unwrap(), item);
    }
    assert_eq!(*offsets.lock().unwrap(), [0]);
}

#[test]
fn streams_can_move_between_tasks() {
    fn check<T: Send + Unpin + 'static>() {}
    check::<Items<List>>();
    check::<Pages<List>>();
}
