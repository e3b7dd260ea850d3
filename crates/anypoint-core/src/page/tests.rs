//! Tests with lists in memory: many small ones that change or are wrong, and requests that wait.

use std::borrow::Cow;
use std::cell::Cell;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Waker;

use super::*;
use crate::StringOrNumber;
use crate::response::Response;
use crate::secret::redact::Secrets;
use ::http::HeaderMap;

/// A page by the number of the request and the offset: the ids of the items and the total. `None` is an error.
type Service = Arc<dyn Fn(usize, usize) -> Option<(Vec<u32>, Option<i64>)> + Send + Sync>;

#[derive(Clone)]
struct List {
    offset: i64,
    service: Service,
    asked: Arc<Mutex<Vec<i64>>>,
    /// How many requests were dropped.
    dropped: Arc<AtomicUsize>,
    /// How often a request must be polled before it is done.
    polls: usize,
}

/// An item that is its own id; one from [`NO_ID`] on has none.
#[derive(Debug, PartialEq)]
struct Item(u32);

const NO_ID: u32 = 1_000_000;

thread_local! {
    static CLONES: Cell<usize> = const { Cell::new(0) };
}

impl Clone for Item {
    fn clone(&self) -> Self {
        CLONES.set(CLONES.get() + 1);
        Self(self.0)
    }
}

struct Page(Vec<Item>, Option<i64>);

struct Unfinished(Arc<AtomicUsize>, bool);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if self.1 {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl IntoFuture for List {
    type Output = Result<Response<Page>, Error>;
    type IntoFuture = Sending<Page>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let turn = {
                let mut asked = self.asked.lock().unwrap();
                asked.push(self.offset);
                asked.len() - 1
            };
            let mut unfinished = Unfinished(self.dropped.clone(), true);
            for _ in 0..self.polls {
                let mut polled = false;
                std::future::poll_fn(|context| {
                    context.waker().wake_by_ref();
                    if std::mem::replace(&mut polled, true) {
                        Poll::Ready(())
                    } else {
                        Poll::Pending
                    }
                })
                .await;
            }
            unfinished.1 = false;
            let (ids, total) = (self.service)(turn, self.offset as usize)
                .ok_or_else(|| Error::from_status(500))?;
            let page = Page(ids.into_iter().map(Item).collect(), total);
            Ok(Response::new(
                200,
                HeaderMap::default(),
                page,
                Secrets::default(),
            ))
        })
    }
}

impl Paged for List {
    type Page = Page;
    type Item = Item;

    fn at(mut self, offset: i64) -> Self {
        self.offset = offset;
        self
    }

    fn start(&self) -> i64 {
        self.offset
    }

    fn items(page: &Page) -> &[Item] {
        &page.0
    }

    fn total(page: &Page) -> Option<i64> {
        page.1
    }

    fn id(item: &Item) -> Option<Cow<'_, str>> {
        (item.0 < NO_ID).then(|| Cow::Owned(item.0.to_string()))
    }
}

fn list(
    service: impl Fn(usize, usize) -> Option<(Vec<u32>, Option<i64>)> + Send + Sync + 'static,
) -> List {
    List {
        offset: 0,
        service: Arc::new(service),
        asked: Arc::default(),
        dropped: Arc::default(),
        polls: 0,
    }
}

/// The ids of all items, and how many requests it took.
fn read(list: &List, read_ahead: bool) -> (Vec<u32>, usize) {
    let items = Items::new(list.clone()).max_pages(1_000);
    let items = if read_ahead {
        items.read_ahead()
    } else {
        items
    };
    let items = wait(items.collect()).unwrap();
    let requests = std::mem::take(&mut *list.asked.lock().unwrap()).len();
    (items.into_iter().map(|item| item.0).collect(), requests)
}

/// Polls a future to its end.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

fn assert_no_duplicate(items: &[u32]) {
    let mut sorted = items.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), items.len(), "{items:?}");
}

/// The total in a page.
#[derive(Clone, Copy, Debug)]
enum Total {
    Right,
    Missing,
    /// 0, as in a model whose total the service left out.
    Zero,
    Negative,
}

impl Total {
    const ALL: [Self; 4] = [Self::Right, Self::Missing, Self::Zero, Self::Negative];

    fn of(self, length: usize) -> Option<i64> {
        match self {
            Self::Right => Some(length as i64),
            Self::Missing => None,
            Self::Zero => Some(0),
            Self::Negative => Some(-1),
        }
    }
}

/// A list into which `new` items come at `place` before the request of that turn.
fn growing(size: u32, limit: usize, new: u32, place: u32, when: usize, total: Total) -> List {
    list(move |turn, offset| {
        let mut all: Vec<_> = (0..size).collect();
        if turn >= when {
            all.splice(place as usize..place as usize, 100..100 + new);
        }
        let total = total.of(all.len());
        Some((all.into_iter().skip(offset).take(limit).collect(), total))
    })
}

#[test]
fn a_list_that_grows_by_a_page_at_most_loses_nothing_and_repeats_nothing() {
    for (size, limit) in (0..9).flat_map(|size| (1..5).map(move |limit| (size, limit))) {
        for (new, place) in (0..=limit).flat_map(|new| (0..=size).map(move |place| (new, place))) {
            for (when, total) in (1..4).flat_map(|when| Total::ALL.map(|total| (when, total))) {
                let list = growing(size, limit, new as u32, place, when, total);
                for read_ahead in [false, true] {
                    let (items, requests) = read(&list, read_ahead);
                    let said = format!("{size} {limit} {new} {place} {when} {total:?}: {items:?}");
                    assert_no_duplicate(&items);
                    assert!((0..size).all(|id| items.contains(&id)), "{said}");
                    let pages = (size as usize + new).div_ceil(limit);
                    assert!(requests <= pages + 2, "{said}: {requests} requests");
                }
            }
        }
    }
}

#[test]
fn a_list_that_shrinks_ends_and_repeats_nothing() {
    for (size, limit) in (0..9).flat_map(|size| (1..5).map(move |limit| (size, limit))) {
        for (gone, total) in (0..=size).flat_map(|gone| Total::ALL.map(|total| (gone, total))) {
            let list = list(move |turn, offset| {
                let all = if turn == 0 { 0..size } else { gone..size };
                let total = total.of(all.len());
                Some((all.skip(offset).take(limit).collect(), total))
            });
            let (items, requests) = read(&list, false);
            assert_no_duplicate(&items);
            assert!(requests <= (size as usize).div_ceil(limit) + 2);
        }
    }
}

/// For any server: at most one page in a row has no new id, and there are eight ids.
#[test]
fn no_server_with_few_items_keeps_a_list_going() {
    for seed in 0..5_000_u64 {
        let list = list(move |turn, _| {
            let mut state = (seed << 16 | turn as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let mut draw = |below: u64| {
                state ^= state >> 29;
                state = state.wrapping_mul(0xBF58_476D_1CE4_E5B9);
                (state >> 33) % below
            };
            let ids = (0..1 + draw(4)).map(|_| draw(8) as u32).collect();
            let total = [None, Some(draw(40) as i64 - 5), Some(1_000 + turn as i64)];
            Some((ids, total[draw(3) as usize]))
        });
        let (items, requests) = read(&list, seed % 2 == 0);
        assert_no_duplicate(&items);
        assert!(requests <= 2 * 8 + 2, "seed {seed}: {requests} requests");
    }
}

#[test]
fn a_list_without_end_stops_with_an_error() {
    let list = list(|_, offset| Some((vec![offset as u32], None)));
    let mut pages = Pages::new(list.clone());
    for _ in 0..MAX_PAGES {
        wait(pages.next()).unwrap().unwrap();
    }
    let error = wait(pages.next()).unwrap().err().unwrap();
    assert!(error.to_string().contains("10000 pages"), "{error}");
    assert!(wait(pages.next()).is_none());
    assert_eq!(list.asked.lock().unwrap().len(), 10_000);
}

#[test]
fn pages_come_as_they_are() {
    let list = growing(5, 2, 1, 0, 1, Total::Right);
    let mut pages = Pages::new(list);
    let mut found = Vec::new();
    while let Some(page) = wait(pages.next()) {
        found.push(
            page.unwrap()
                .0
                .iter()
                .map(|item| item.0)
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(found, [[0, 1], [1, 2], [3, 4]]);
}

#[test]
fn the_next_page_is_on_its_way_beside_the_current_one() {
    let list = growing(9, 3, 0, 0, 0, Total::Right);
    let asked = || list.asked.lock().unwrap().clone();
    let mut items = Items::new(list.clone()).read_ahead();
    assert_eq!(
        asked(),
        [0; 0],
        "nothing before the first item is asked for"
    );
    wait(items.next());
    assert_eq!(asked(), [0, 3]);
    wait(items.next());
    wait(items.next());
    assert_eq!(asked(), [0, 3], "one page ahead and no more");
    wait(items.next());
    assert_eq!(asked(), [0, 3, 6]);
    let rest = wait(items.collect()).unwrap();
    assert_eq!(
        (rest.len(), asked().len()),
        (5, 3),
        "the total ends the list"
    );
}

#[test]
fn reading_ahead_waits_for_a_page_that_takes_its_time() {
    for polls in 0..8 {
        let mut list = growing(9, 2, 1, 0, 2, Total::Missing);
        list.polls = polls;
        assert_eq!(read(&list, true), read(&list, false));
    }
}

#[test]
fn an_error_ahead_comes_after_the_items_before_it() {
    let list = list(|turn, _| (turn == 0).then(|| (vec![1, 2, 3], None)));
    let mut items = Items::new(list.clone()).read_ahead();
    for id in 1..4 {
        assert_eq!(wait(items.next()).unwrap().unwrap(), Item(id));
    }
    assert_eq!(wait(items.next()).unwrap().unwrap_err().status(), Some(500));
    assert!(wait(items.next()).is_none());
    assert_eq!(list.asked.lock().unwrap().len(), 2);
}

#[test]
fn dropping_the_stream_gives_up_the_page_ahead() {
    let mut list = growing(9, 3, 0, 0, 0, Total::Right);
    list.polls = 5;
    let mut items = Items::new(list.clone()).read_ahead();
    wait(items.next());
    assert_eq!(list.dropped.load(Ordering::Relaxed), 0);
    drop(items);
    assert_eq!(list.dropped.load(Ordering::Relaxed), 1);
    assert_eq!(*list.asked.lock().unwrap(), [0, 3]);
}

#[test]
fn an_id_that_the_server_left_out_is_none() {
    assert_eq!(String::new().id(), None);
    assert_eq!(0_i64.id(), None);
    assert_eq!(StringOrNumber::default().id(), None);
    assert_eq!(None::<String>.id(), None);
    assert_eq!(7_i64.id().unwrap(), "7");
    assert_eq!(Some(StringOrNumber::from("a")).id().unwrap(), "a");
}

#[test]
fn parts_of_an_id_stay_apart() {
    let text = |text: &str| text.to_owned();
    let id = |parts: [&str; 2]| joined(&[&text(parts[0]), &text(parts[1])]);
    assert_ne!(id(["a", "bc"]), id(["ab", "c"]));
    assert_ne!(id(["a", "b"]), id(["b", "a"]));
    assert_eq!(
        id(["a", ""]),
        None,
        "the rest alone may belong to several items"
    );
    let map = |key: &str| [(text(key), text("x"))].into();
    let place = |map: std::collections::BTreeMap<String, String>| joined(&[&text("a"), &map]);
    assert_ne!(place(map("org")), place(map("env")));
    assert!(place(Default::default()).is_some());
}

#[test]
fn an_item_is_cloned_when_it_is_given_and_a_page_only_where_ids_do_not_tell() {
    for (first, for_pages) in [(1, 0), (NO_ID, 6)] {
        let pages: Vec<u32> = (first..first + 6).collect();
        let list = list(move |_, offset| {
            Some((pages.iter().copied().skip(offset).take(2).collect(), None))
        });
        CLONES.set(0);
        assert_eq!(read(&list, false).0.len(), 6);
        assert_eq!(CLONES.get(), 6);
        CLONES.set(0);
        let mut stream = Pages::new(list);
        while let Some(page) = wait(stream.next()) {
            page.unwrap();
        }
        assert_eq!(CLONES.get(), for_pages);
    }
}
